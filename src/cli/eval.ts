// `ricci eval EXPR --at VALUES`

import { evaluate } from '../pipeline/evaluate.ts';
import { typeText } from '../pipeline/type-text.ts';
import { labelled, noticeRows } from './answer.ts';
import { oneWord } from './args.ts';
import { declarationsOf, declaring, showingErrors } from './asking.ts';
import { evaluationData } from './batch-answer.ts';
import type { Command } from './command.ts';
import { valueText, valuesFrom } from './values.ts';

export const evalCommand: Command = {
  name: 'eval',
  usage: 'ricci eval EXPR --at FILE | JSON [--declare …]',
  says: `Evaluates an expression. Values are numbers or nested lists, row by row; a name that is not declared takes its kind
from its value.`,
  options: {
    at: { value: 'FILE | JSON', says: `the values: '{"x": [1, 2], "A": [[1, 2], [3, 4]]}' or a file with them` },
    ...declaring,
    json: { says: 'type, text and value as JSON' },
  },
  examples: [
    `ricci eval "x'*A*x" --at '{"x": [1, 2], "A": [[2, 0], [0, 3]]}'`,
    `ricci eval "logdet(X)" --at values.json`,
  ],
  run: (given, io) => {
    const text = oneWord(given, 'the expression', `ricci eval "x'*x" --at '{"x": [1, 2]}'`);
    const declare = declarationsOf(given);
    const at = given.last('at');
    const values = at === undefined ? {} : valuesFrom(at);
    return showingErrors(io, text, declare, () => {
      const e = evaluate(text, values, { declare });
      if (given.has('json')) {
        io.out(JSON.stringify(evaluationData(e, values)));
        return 0;
      }
      io.out(`${valueText(e.value)}   ${io.paint.dim(typeText(e.expr.shape, e.orientation))}`);
      if (e.notices.length > 0) io.out(labelled(noticeRows(e.notices), io.paint));
      return 0;
    });
  },
};
