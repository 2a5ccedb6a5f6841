// `ricci eval EXPR --at VALUES --data FILE`

import type { Diagnostic } from '../base/diagnostic.ts';
import { toNested } from '../ops/reference/dense.ts';
import { type DataEvaluation, type Sourced, evaluateData } from '../pipeline/data.ts';
import { evaluate, readValues } from '../pipeline/evaluate.ts';
import { typeText } from '../pipeline/type-text.ts';
import { labelled, noticeRows } from './answer.ts';
import { type Given, oneWord } from './args.ts';
import { declarationsOf, declaring, showingErrors } from './asking.ts';
import { evaluationData } from './batch-answer.ts';
import type { Command, ExitCode } from './command.ts';
import { dataFrom, requireWritable, writeData } from './data.ts';
import type { Io } from './io.ts';
import { valueText, valuesFrom } from './values.ts';

export const evalCommand: Command = {
  name: 'eval',
  usage: 'ricci eval EXPR --at FILE | JSON [--data FILE …] [--by NAME …] [--out FILE] [--declare …]',
  says: `Evaluates an expression, and with --by its derivatives too. Values are numbers or nested lists, row by row, or come from
data files; a name that is not declared takes its kind from its value.`,
  options: {
    at: { value: 'FILE | JSON', says: `the values: '{"x": [1, 2], "A": [[1, 2], [3, 4]]}' or a file with them` },
    data: { value: '[NAME=]FILE[:PART]', says: 'a data file: .npz .npy .csv .mtx .svm .parquet .json; may be repeated' },
    by: { value: 'NAME', says: 'also the derivative by this variable; repeated for higher orders' },
    out: { short: 'o', value: 'FILE', says: 'write the results there, as .npz or .json, instead of showing them' },
    ...declaring,
    json: { says: 'type, text and value as JSON' },
  },
  examples: [
    `ricci eval "x'*A*x" --at '{"x": [1, 2], "A": [[2, 0], [0, 3]]}'`,
    `ricci eval "logdet(X)" --at values.json`,
    `ricci eval "norm2(A*x-b)^2" --data file.npz --data b=y.csv --by x --out result.npz`,
    `ricci eval "norm2(X*w-y)^2" --data X=train.parquet --data y=people.csv:age --at '{"w": [0, 1]}'`,
  ],
  run: async (given, io) => {
    const text = oneWord(given, 'the expression', `ricci eval "x'*x" --at '{"x": [1, 2]}'`);
    if (given.has('data') || given.has('by') || given.has('out')) return evalData(text, given, io);
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

async function evalData(text: string, given: Given, io: Io): Promise<ExitCode> {
  const out = given.last('out');
  if (out !== undefined) requireWritable(out);
  const declare = declarationsOf(given);
  const by = given.all('by').flatMap((names) => names.split(/[\s,]+/).filter((name) => name !== ''));
  const at = given.last('at');
  const direct = at === undefined ? {} : valuesFrom(at);
  const loaded = await dataFrom(given.all('data'));
  return showingErrors(io, text, declare, () => {
    const data = new Map<string, Sourced>(loaded.data);
    for (const [name, array] of readValues(direct)) data.set(name, { array });
    const e = evaluateData(text, data, { declare, by });
    const notices = [...e.notices, ...loaded.notices];
    if (out !== undefined) writeData(out, new Map(e.results.map((r) => [r.name, r.value])));
    if (given.has('json')) io.out(JSON.stringify(resultData(e, notices, out)));
    else io.out(resultText(e, notices, out, io));
    return 0;
  });
}

function resultText(e: DataEvaluation, notices: readonly Diagnostic[], out: string | undefined, { paint }: Io): string {
  const lines = e.results.map(({ by, name, type, text, value }) => {
    const label = by.length === 0 ? '' : `${by.map((v) => `d/d${v}`).join(' ')} = `;
    if (out !== undefined) return `${name}   ${paint.dim(type)}   → ${out}`;
    const shown = valueText(toNested(value));
    return `${label === '' ? '' : `${paint.bold(`${label}${text}`)}\n`}${shown}   ${paint.dim(type)}`;
  });
  return [lines.join('\n'), ...(notices.length > 0 ? [labelled(noticeRows(notices), paint)] : [])].join('\n');
}

/** Numbers stay out of the answer when they go to a file. */
function resultData(e: DataEvaluation, notices: readonly Diagnostic[], out: string | undefined): object {
  const [first, ...derivatives] = e.results.map(({ by, name, type, text, value }) => ({ by, name, type, text, shape: value.shape, ...(out === undefined && { value: toNested(value) }) }));
  const { by: _, ...value } = first ?? { by: [] };
  return { ...value, ...(derivatives.length > 0 && { derivatives }), ...(out !== undefined && { out }), notices };
}
