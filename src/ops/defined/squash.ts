// The squashing function of capsule networks, over the last axis.

import { must } from '../../base/internal.ts';
import { add, ones, times, transpose } from '../../ir/build.ts';
import { type Expr, contract } from '../../ir/expr.ts';
import { defined } from '../define.ts';
import type { FunctionRecord } from '../op.ts';
import { power } from '../scalar/power.ts';
import { safeRoot } from '../scalar/root.ts';

/** Squares added up over the last axis. */
export function squaredLength(s: Expr): Expr {
  const labels = s.shape.map((_, i) => i);
  return contract([s, s], [labels, labels], labels.slice(0, -1));
}

/**
 * s |s|/(1+|s|^2) for each vector along the last axis: its direction, and a length below 1. Nothing is divided by |s|,
 * so that value and derivative are 0 at 0. Sabour, Frosst, Hinton, Dynamic Routing Between Capsules, NeurIPS 2017, (1).
 */
export function squashed(s: Expr): Expr {
  const labels = s.shape.map((_, i) => i);
  const square = squaredLength(s);
  const factor = times(safeRoot(square), power(add(ones(square.shape), square), -1));
  return contract([s, factor], [labels, labels.slice(0, -1)], labels);
}

const squash = defined({
  name: 'squash',
  family: 'learning',
  says: 'x*norm2(x)/(1+norm2(x)^2), the squashing of capsule networks, with value and derivative 0 at 0; of a matrix along the rows or columns: squash(X, rows), squash(X, cols)',
  axis: { rows: 'squashrows', cols: 'squashcols' },
  forms: {
    'vector(n) -> vector(n)': ([x]) => squashed(must(x)),
    'row(n) -> row(n)': ([x]) => squashed(must(x)),
  },
  source: 'Sabour, Frosst, Hinton, Dynamic Routing Between Capsules, NeurIPS 2017, equation 1',
  examples: [{ of: "y'*squash(x)", by: 'y', is: 'squash(x)' }],
});

const squashrows = defined({
  name: 'squashrows',
  family: 'learning',
  says: 'squash of each row',
  forms: { 'matrix(m, n) -> matrix(m, n)': ([X]) => squashed(must(X)) },
  examples: [{ of: 'sum(squashrows(X).*Y)', by: 'Y', is: 'squashrows(X)', declare: 'X: matrix(m, n); Y: matrix(m, n)' }],
});

const squashcols = defined({
  name: 'squashcols',
  family: 'learning',
  says: 'squash of each column',
  forms: { 'matrix(m, n) -> matrix(m, n)': ([X]) => transpose(squashed(transpose(must(X)))) },
  examples: [{ of: 'sum(squashcols(X).*Y)', by: 'Y', is: 'squashcols(X)', declare: 'X: matrix(m, n); Y: matrix(m, n)' }],
});

export const squashRecords: readonly FunctionRecord[] = [squash, squashrows, squashcols];
