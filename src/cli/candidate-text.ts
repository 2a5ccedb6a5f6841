// "Is my own derivative right?", answered for people.

import { errorText } from '../base/words.ts';
import { toText, write } from '../lang/write.ts';
import type { Candidate } from '../pipeline/compare.ts';
import { toNested } from '../ops/reference/dense.ts';
import { labelled, noticeRows } from './answer.ts';
import type { Paint } from './paint.ts';
import { valueText } from './values.ts';

export function candidateText(c: Candidate, paint: Paint): string {
  const { equal, by, worst, counterexample, slip } = c.comparison;
  const names = c.derivation.by.map((v) => `/d${v.name}`).join('');
  const ours = toText(write(c.derivation.shown, { orientation: c.derivation.orientation }));
  if (equal) {
    const reason =
      by === 'normal form'
        ? 'both have the same normal form'
        : `equal at every random point, worst relative error ${errorText(worst)}`;
    const rows: [string, string][] = [[`d${names}`, ours], ['because', reason], ...noticeRows(c.notices)];
    return `${paint.bold(paint.green('yes'))}: it is the derivative\n\n${labelled(rows, paint)}`;
  }
  const rows: [string, string][] = [
    ...(slip === undefined ? [] : [['slip', slip] as [string, string]]),
    [`d${names}`, ours],
    ...(counterexample
      ? ([
          ...[...counterexample.values].map(([name, value], i): [string, string] => [
            i === 0 ? 'at' : '',
            `${name} = ${valueText(toNested(value)).replaceAll('\n', `\n${' '.repeat(name.length + 3)}`)}`,
          ]),
          ['derivative', valueText(toNested(counterexample.left))],
          ['candidate', valueText(toNested(counterexample.right))],
        ] as [string, string][])
      : []),
    ...noticeRows(c.notices),
  ];
  return `${paint.bold(paint.red('no'))}: it is not the derivative\n\n${labelled(rows, paint)}`;
}
