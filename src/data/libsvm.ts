// LIBSVM's sparse text: a label and the entries `index:value` on each line, columns counted from 1. Lin & Chang, README of
// LIBSVM. Where an index 0 occurs, columns are counted from 0.

import { type Csr, csrFromCoordinates } from '../base/csr.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { badContent, badFile, fileNotice } from './problem.ts';
import { Growing, linesOf, requireNumber, textOf } from './text.ts';

export interface LabelledRows {
  readonly X: Csr;
  readonly y: Dense;
  readonly notices: readonly Diagnostic[];
}

export function readLibsvm(file: string, bytes: Uint8Array): LabelledRows {
  const [labels, rowOf, colOf, values] = [new Growing(), new Growing(), new Growing(), new Growing()];
  let [lowest, highest] = [Infinity, -1];
  let queries = 0;
  for (const [line, text] of linesOf(textOf(file, bytes))) {
    const words = text.replace(/#.*$/, '').trim().split(/\s+/);
    const [label = '', ...entries] = words;
    if (label === '') continue;
    if (label.includes(':')) {
      throw badContent(file, 'the line does not begin with its label', { at: `line ${line}`, needed: 'LABEL INDEX:VALUE …', found: text, help: 'write a label first; 0 where there is none' });
    }
    labels.push(requireNumber(file, label, `line ${line}, the label`));
    let before = -1;
    for (const entry of entries) {
      if (entry.startsWith('qid:')) {
        queries++;
        continue;
      }
      const colon = entry.indexOf(':');
      const index = colon < 0 ? '' : entry.slice(0, colon);
      if (!/^\d{1,10}$/.test(index) || Number(index) >= 2 ** 31) {
        throw badContent(file, 'an entry cannot be read', { at: `line ${line}`, needed: 'INDEX:VALUE with a whole number before the colon', found: entry, help: 'write entries as 3:0.5' });
      }
      const column = Number(index);
      if (column <= before) {
        throw badContent(file, 'the indices of a line must ascend', { at: `line ${line}`, needed: `more than ${before}`, found: entry, help: 'sort the entries of the line, and give each index once' });
      }
      before = column;
      lowest = Math.min(lowest, column);
      highest = Math.max(highest, column);
      rowOf.push(labels.length - 1);
      colOf.push(column);
      values.push(requireNumber(file, entry.slice(colon + 1), `line ${line}, index ${index}`));
    }
  }
  if (labels.length === 0) throw badFile(file, 'there is no line with data', { needed: 'LABEL INDEX:VALUE …', help: 'write one line for each row' });
  const base = lowest === 0 ? 0 : 1;
  const cols = Math.max(highest - base + 1, 0);
  const shifted = colOf.done().map((c) => c - base);
  return {
    X: csrFromCoordinates(labels.length, cols, rowOf.done(), shifted, values.done()),
    y: { shape: [labels.length], data: labels.done() },
    notices: [
      ...(lowest === 0 ? [fileNotice(file, 'an index is 0, so columns are counted from 0', 'the format counts them from 1')] : []),
      ...(queries > 0 ? [fileNotice(file, `${queries} query numbers (qid) are left out`, 'they are no part of the matrix')] : []),
    ],
  };
}
