// `ricci certify EXPR --by NAME`

import { type Certification, certificationData, certify, counterexampleData, headline, type ProofStep, proofSteps, shownText } from '../pipeline/certify.ts';
import type { Counterexample } from '../certify/refute.ts';
import { oneWord } from './args.ts';
import { declarationsOf, declaring, namesBy, showingErrors } from './asking.ts';
import type { Command } from './command.ts';
import type { Paint } from './paint.ts';

export const certifyCommand: Command = {
  name: 'certify',
  usage: 'ricci certify EXPR --by NAME [--by NAME …] [options]',
  says: `Says whether a scalar expression is convex or concave in the named variables together, with a proof, or with points
that refute it. The exit code is 0 for a proof and 1 otherwise.`,
  options: {
    by: { value: 'NAME', says: 'a variable that varies; repeated for several together' },
    ...declaring,
    quiet: { short: 'q', says: 'the verdict alone' },
    json: { says: 'the verdict and its proof as JSON' },
  },
  examples: [
    'ricci certify "log(sum(exp(A*x)))" --by x',
    `ricci certify "x'*x/t" --by x --by t --declare "t: scalar positive"`,
    'ricci certify "sum(log(1+x.^2))" --by x --declare "x: vector(n)"',
  ],
  run: (given, io) => {
    const text = oneWord(given, 'the expression', `ricci certify "x'*x" --by x`);
    const by = namesBy(given, `ricci certify ${JSON.stringify(text)}`);
    const declare = declarationsOf(given);
    return showingErrors(io, text, declare, () => {
      const c = certify(text, { by, declare });
      io.out(given.has('json') ? JSON.stringify(certificationData(c)) : given.has('quiet') ? headline(c) : certificationText(c, io.paint));
      return c.verdict.kind === 'certified' ? 0 : 1;
    });
  },
};

export function certificationText(c: Certification, paint: Paint): string {
  const v = c.verdict;
  const lines = [paint.bold(headline(c))];
  if (v.kind === 'certified') lines.push('', ...proofSteps(v.certificate).flatMap((step) => stepLines(step, 1)));
  if (v.kind === 'unknown') lines.push('', `  stopped at ${shownText(v.obstacle.node)}`, `  ${v.obstacle.reason}`);
  if (v.kind !== 'certified') {
    if (v.notConvex) lines.push('', '  not convex: f(x+d) - 2*f(x) + f(x-d) < 0 at', ...pointLines(v.notConvex));
    if (v.notConcave) lines.push('', '  not concave: f(x+d) - 2*f(x) + f(x-d) > 0 at', ...pointLines(v.notConcave));
  }
  return lines.join('\n');
}

function stepLines({ claim, because, steps }: ProofStep, depth: number): string[] {
  const indent = '  '.repeat(depth);
  return [`${indent}${claim}`, `${indent}  ${because}`, ...steps.flatMap((s) => stepLines(s, depth + 1))];
}

function pointLines(c: Counterexample): string[] {
  const { point, direction, difference } = counterexampleData(c);
  const shown = (value: unknown): string => JSON.stringify(value, (_, v: unknown) => (typeof v === 'number' ? Number(v.toPrecision(6)) : v));
  return [
    ...Object.entries(point).map(([name, value]) => `    ${name} = ${shown(value)}`),
    ...Object.entries(direction).map(([name, value]) => `    d for ${name} = ${shown(value)}`),
    `    difference = ${difference.toPrecision(6)}`,
  ];
}
