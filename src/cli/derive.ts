// `ricci derive EXPR --by NAME`

import type { SymmetricConvention } from '../diff/structured.ts';
import { derive } from '../pipeline.ts';
import { readValues } from '../pipeline/evaluate.ts';
import { type Layout, layouts } from '../pipeline/layout.ts';
import { withoutValues } from '../pipeline/declared.ts';
import { notations, show } from '../pipeline/show.ts';
import { answerText, valueOf } from './answer.ts';
import { oneWord } from './args.ts';
import { declarationsOf, deriving, namesBy, showingErrors } from './asking.ts';
import { derivationData } from './batch-answer.ts';
import type { Command } from './command.ts';
import { valuesFrom } from './values.ts';

export const deriveCommand: Command = {
  name: 'derive',
  usage: 'ricci derive EXPR --by NAME [--by NAME …] [options]',
  says: `Derives an expression, simplifies the result, and checks it with numbers before showing it.

What is not declared goes by its letter: a … g are scalars, h … z column vectors, A … Z matrices.`,
  options: {
    ...deriving,
    layout: { value: 'LAYOUT', oneOf: layouts, says: 'mixed (by default), numerator or denominator' },
    at: { value: 'FILE | JSON', says: 'also the value at these numbers' },
    steps: { says: 'the derivation step by step' },
    index: { says: 'also in index notation' },
    latex: { says: 'also as LaTeX' },
    mathml: { says: 'also as MathML' },
    unicode: { says: 'also with mathematical signs' },
    quiet: { short: 'q', says: 'the derivative alone, in the notations asked for' },
    json: { says: 'everything as JSON, as `ricci batch` writes it' },
  },
  examples: [
    `ricci derive "norm2(A*x-y)^2" --by x`,
    `ricci derive "log(det(X))" --by X --declare "X: matrix(n, n) pd" --steps`,
    `ricci derive "x'*A*x" --by x --by x --latex --quiet`,
    `ricci derive "sum(exp(x))" --by x --at '{"x": [0, 1]}'`,
  ],
  run: (given, io) => {
    const text = oneWord(given, 'the expression', `ricci derive "x'*A*x" --by x`);
    const by = namesBy(given, `ricci derive ${JSON.stringify(text)}`);
    const declare = declarationsOf(given);
    const [layout, symmetric, at] = [given.last('layout'), given.last('symmetric'), given.last('at')];
    const wanted = notations.filter((name) => given.has(name));
    const numbers = at === undefined ? undefined : valuesFrom(at);
    return showingErrors(io, text, declare, () => {
      const values = numbers && readValues(numbers);
      const d = derive(text, {
        by,
        declare,
        ...(layout !== undefined && { layout: layout as Layout }),
        ...(symmetric !== undefined && { symmetric: symmetric as SymmetricConvention }),
        ...(values && { values }),
        trace: given.has('steps'),
      });
      const value = values && withoutValues([d.shown], 'notice').length === 0 ? valueOf(d, values) : undefined;
      if (given.has('json')) {
        io.out(
          JSON.stringify(
            derivationData(d, {
              ...(value !== undefined && { value }),
              ...(numbers && { given: numbers }),
              steps: given.has('steps'),
            }),
          ),
        );
      } else if (given.has('quiet')) {
        io.out((wanted.length > 0 ? wanted : (['text'] as const)).map((name) => show(d, name)).join('\n'));
      } else {
        io.out(
          answerText(d, io.paint, {
            notations: wanted,
            steps: given.has('steps'),
            ...(value !== undefined && { value }),
          }),
        );
      }
      return 0;
    });
  },
};
