// The entries of an array made of sparse parameters, of those alone that are kept: multiples of a sparse matrix, by rows or
// by columns, with weights along its axes, and sums of them.

import { csrRowOf } from '../../base/csr.ts';
import { must } from '../../base/internal.ts';
import type { Expr } from '../../ir/expr.ts';
import { toNumber } from '../../ir/rational.ts';
import { variables } from '../../ir/walk.ts';
import { unscaled } from '../../simplify/sum.ts';
import { type Known, evaluator } from '../evaluate.ts';

/** Entries of a matrix at their places; those at one place are to be added. */
export interface SparseEntries {
  readonly row: Int32Array;
  readonly col: Int32Array;
  readonly values: Float64Array;
}

/** Of a matrix; undefined where a part of it is not known to be sparse, or has variables. */
export function sparseEntries(e: Expr, known: Known): readonly SparseEntries[] | undefined {
  const { coef, arg } = unscaled(e);
  const by = toNumber(coef);
  if (arg.kind === 'sum') {
    const parts = arg.terms.map((t) => sparseEntries(t.arg, known)?.map((p) => scaled(p, by * toNumber(t.coef))));
    return parts.every((p) => p !== undefined) ? parts.flat() : undefined;
  }
  if (arg.kind === 'variable') {
    const own = entriesOf(arg, known);
    return own && [scaled(own, by)];
  }
  if (arg.kind !== 'contract' || arg.out.length !== 2) return undefined;
  const [i, j] = arg.out;
  const at = arg.args.findIndex((part) => part.kind === 'variable' && known.parameters.get(part.name)?.sparse);
  const labels = arg.labels[at];
  if (!labels || i === j || labels.length !== 2 || !labels.includes(must(i)) || !labels.includes(must(j))) return undefined;
  const own = entriesOf(must(arg.args[at]), known);
  if (!own) return undefined;
  const isTurned = labels[0] === j;
  const [row, col] = isTurned ? [own.col, own.row] : [own.row, own.col];
  const values = own.values.map((x) => by * x);
  for (const [k, part] of arg.args.entries()) {
    if (k === at) continue;
    const axes = must(arg.labels[k]);
    if (axes.length > 1 || (axes.length === 1 && axes[0] !== i && axes[0] !== j)) return undefined;
    if (variables([part]).some((v) => !known.parameters.has(v.name))) return undefined;
    const weights = must(evaluator([part], [], known)(new Map())[0]).data;
    const place = axes.length === 0 ? undefined : axes[0] === i ? row : col;
    for (let n = 0; n < values.length; n++) values[n]! *= weights[place ? place[n]! : 0]!;
  }
  return [{ row, col, values }];
}

function entriesOf(e: Expr, known: Known): SparseEntries | undefined {
  const sparse = e.kind === 'variable' ? known.parameters.get(e.name)?.sparse : undefined;
  return sparse && { row: csrRowOf(sparse), col: sparse.indices, values: sparse.values };
}

function scaled(entries: SparseEntries, by: number): SparseEntries {
  return by === 1 ? entries : { ...entries, values: entries.values.map((x) => by * x) };
}
