// `ricci check EXPR --by NAME --is CANDIDATE`

import type { SymmetricConvention } from '../diff/structured.ts';
import { derive } from '../pipeline.ts';
import { compareWith } from '../pipeline/compare.ts';
import { UsageError, oneWord } from './args.ts';
import { declarationsOf, deriving, namesBy, showingErrors } from './asking.ts';
import { candidateData } from './batch-answer.ts';
import { candidateText } from './candidate-text.ts';
import type { Command } from './command.ts';

export const checkCommand: Command = {
  name: 'check',
  usage: 'ricci check EXPR --by NAME [--by NAME …] --is CANDIDATE [options]',
  says: `Says whether a derivative of your own is right. If not, it shows a point where the two differ, and the slip it looks
like. The exit code is 0 for yes and 1 for no.`,
  options: {
    ...deriving,
    is: { value: 'CANDIDATE', says: 'your derivative, with the same variables' },
    json: { says: 'the verdict as JSON' },
  },
  examples: [
    `ricci check "x'*A*x" --by x --is "A*x+A'*x"`,
    `ricci check "x'*A*x" --by x --is "2*A*x" --declare "A: matrix(n, n) symmetric"`,
  ],
  run: (given, io) => {
    const text = oneWord(given, 'the expression', `ricci check "x'*x" --by x --is "2*x"`);
    const by = namesBy(given, `ricci check ${JSON.stringify(text)}`);
    const candidate = given.last('is');
    if (candidate === undefined) throw new UsageError('your derivative is missing', 'write --is "2*A*x"');
    const declare = declarationsOf(given);
    const symmetric = given.last('symmetric');
    return showingErrors(io, text, declare, () => {
      const d = derive(text, {
        by,
        declare,
        ...(symmetric !== undefined && { symmetric: symmetric as SymmetricConvention }),
      });
      return showingErrors(io, candidate, declare, () => {
        const c = compareWith(d, candidate);
        io.out(given.has('json') ? JSON.stringify(candidateData(c)) : candidateText(c, io.paint));
        return c.comparison.equal ? 0 : 1;
      });
    });
  },
};
