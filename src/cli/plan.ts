// `ricci plan EXPR --by NAME --dims "n=1000,k=5"`

import { planRows } from '../plan/table.ts';
import { planOf, sizeUnlessGiven } from '../pipeline/compile.ts';
import { UsageError, oneWord } from './args.ts';
import { declarationsOf, declaring, showingErrors } from './asking.ts';
import type { Command } from './command.ts';

export const planCommand: Command = {
  name: 'plan',
  usage: 'ricci plan EXPR [--by NAME [--hessian]] [--dims "n=1000,k=5"]',
  says: `Shows the program for an expression, and for its derivatives together with it: products in the order that costs least for
the given sizes, work that is shared done once, entry-by-entry steps and sums joined into loops.

Each step comes with its additions and multiplications, the functions of numbers it evaluates, and the bytes it moves.`,
  options: {
    by: { value: 'NAME', says: 'adds the derivative by this variable' },
    hessian: { says: 'adds the second derivative by the same variable' },
    dims: { value: '"n=1000,k=5"', says: `sizes; those not given are ${sizeUnlessGiven}` },
    f32: { says: 'numbers of 4 bytes' },
    ...declaring,
    json: { says: 'the steps as JSON' },
  },
  examples: [
    `ricci plan "norm2(T-U*V')^2" --by U --dims "m=1000,n=800,k=5" --declare "T: matrix(m, n); U: matrix(m, k); V: matrix(n, k)"`,
    `ricci plan "sum(log(exp(-y.*(X*w))+vector(1)))" --by w --hessian --dims "m=5000,n=500"`,
  ],
  run: (given, io) => {
    const text = oneWord(given, 'the expression', `ricci plan "x'*A*x" --by x --dims "n=1000"`);
    const declare = declarationsOf(given);
    const by = given.last('by');
    const dims = sizesFrom(given.all('dims'));
    const precision = given.has('f32') ? 'f32' : 'f64';
    return showingErrors(io, text, declare, () => {
      const { plan, table, sizes } = planOf(text, { declare, dims, precision, hessian: given.has('hessian'), ...(by !== undefined && { by }) });
      if (given.has('json')) {
        io.out(JSON.stringify({ sizes: Object.fromEntries(sizes), steps: planRows(plan, precision === 'f32' ? 4 : 8) }));
        return 0;
      }
      io.out(table);
      const assumed = [...sizes].filter(([name]) => !Object.hasOwn(dims, name)).map(([name, n]) => `${name} = ${n}`);
      if (assumed.length > 0) io.out(io.paint.dim(`for ${assumed.join(', ')}; say others with --dims`));
      return 0;
    });
  },
};

function sizesFrom(lists: readonly string[]): Record<string, number> {
  const pairs = lists.flatMap((list) => list.split(/[,;\s]+/)).filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, n] = /^([A-Za-z]\w*)=(\d{1,9})$/.exec(pair) ?? [];
      if (name === undefined || n === undefined) throw new UsageError(`--dims cannot have ${JSON.stringify(pair)}`, 'write --dims "n=1000,k=5"');
      return [name, Number(n)];
    }),
  );
}
