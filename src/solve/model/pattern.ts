// Derivatives with unit tensors in them are mostly zeros: a derivative is read as a sum of terms, each a small array of
// values (its core) with the places that they take in the matrix.

import { must } from '../../base/internal.ts';
import type { Dim } from '../../ir/dim.ts';
import { type Expr, type Label, contract, number, sum } from '../../ir/expr.ts';
import { isZero, one } from '../../ir/rational.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';

/** Values, one for each combination of the core's axes, and where they stand. */
export interface PatternTerm {
  readonly core: Expr;
  /** For each axis of the whole, the axis of the core whose position it shares. */
  readonly axes: readonly number[];
}

/** The terms whose sum is `e`. */
export function patternOf(e: Expr): PatternTerm[] {
  const terms = e.kind === 'sum' ? e.terms.map((t) => ({ coef: t.coef, arg: t.arg })) : [{ coef: one, arg: e }];
  const whole: Expr[] = [];
  const result: PatternTerm[] = [];
  for (const { coef, arg } of terms) {
    if (arg.kind === 'number' && isZero(arg.value)) continue;
    const found = tied(arg);
    const weighted = (core: Expr): Expr => (coef.num === 1 && coef.den === 1 ? core : simplify(sum([{ coef, arg: core }]), lazy));
    if (found) result.push({ core: weighted(found.core), axes: found.axes });
    else whole.push(weighted(arg));
  }
  if (whole.length > 0) {
    const core = whole.length === 1 ? must(whole[0]) : simplify(sum(whole.map((arg) => ({ coef: one, arg }))), lazy);
    result.push({ core, axes: core.shape.map((_, i) => i) });
  }
  return result;
}

/** The core of an array whose axes are partly tied together; undefined when none are. */
function tied(e: Expr): PatternTerm | undefined {
  const labels = labelsOf(e);
  if (!labels) return undefined;
  const distinct = [...new Set(labels)];
  if (distinct.length === labels.length) return undefined;
  const shape = distinct.map((l): Dim => must(e.shape[labels.indexOf(l)]));
  const core = e.kind === 'contract' ? simplify(contract(e.args, e.labels, distinct, shape), lazy) : number(one, shape);
  return { core, axes: labels.map((l) => distinct.indexOf(l)) };
}

function labelsOf(e: Expr): readonly Label[] | undefined {
  if (e.kind === 'contract') return e.out;
  // Unit tensors with one axis in each group.
  return e.kind === 'delta' && e.groups.every((g) => g.length === 1) ? e.groups.map(() => 0) : undefined;
}

/** The places of a term in a matrix, for given sizes; `rows` axes of the whole come first. */
export interface Places {
  readonly count: number;
  readonly row: Int32Array;
  readonly col: Int32Array;
}

/** How far one step along an axis of the core moves in the flat row and column of a matrix. */
export interface Strides {
  readonly row: readonly number[];
  readonly col: readonly number[];
}

export function stridesOf(axes: readonly number[], order: number, shape: readonly number[], rowAxes: number): Strides {
  const [row, col] = [new Array<number>(order).fill(0), new Array<number>(order).fill(0)];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= rowAxes; axis--) {
    col[must(axes[axis])]! += stride;
    stride *= must(shape[axis]);
  }
  stride = 1;
  for (let axis = rowAxes - 1; axis >= 0; axis--) {
    row[must(axes[axis])]! += stride;
    stride *= must(shape[axis]);
  }
  return { row, col };
}

export function placesOf(axes: readonly number[], core: readonly number[], shape: readonly number[], rowAxes: number): Places {
  const count = core.reduce((a, b) => a * b, 1);
  const [row, col] = [new Int32Array(count), new Int32Array(count)];
  const { row: stepRow, col: stepCol } = stridesOf(axes, core.length, shape, rowAxes);
  const position = core.map(() => 0);
  let [r, c] = [0, 0];
  for (let at = 0; at < count; at++) {
    row[at] = r;
    col[at] = c;
    for (let axis = core.length - 1; axis >= 0; axis--) {
      r += stepRow[axis]!;
      c += stepCol[axis]!;
      if (++position[axis]! < core[axis]!) break;
      position[axis] = 0;
      r -= stepRow[axis]! * core[axis]!;
      c -= stepCol[axis]! * core[axis]!;
    }
  }
  return { count, row, col };
}
