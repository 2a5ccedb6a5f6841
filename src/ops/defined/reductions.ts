// Sums, means, norms and inner products: other ways to write contractions.

import { must } from '../../base/internal.ts';
import { times, total } from '../../ir/build.ts';
import { type Expr, contract, einsum, size, sizeOfGroup } from '../../ir/expr.ts';
import { minusOne, ratio, same } from '../../ir/rational.ts';
import { defined } from '../define.ts';
import type { FunctionRecord } from '../op.ts';
import { absolute, argOfAbs } from '../scalar/piecewise.ts';
import { asPower, power } from '../scalar/power.ts';
import { argOfLargest, largest } from './extremum.ts';

const sum = defined({
  name: 'sum',
  family: 'reduction',
  says: 'sum of all entries',
  axis: { rows: 'rowsum', cols: 'colsum' },
  forms: { 'any -> scalar': ([x]) => total(must(x)) },
  examples: [{ of: 'sum(A*x)', by: 'x', is: "A'*vector(1)" }],
  recognise: (e) => arg(totalled(e)),
});

const rowsum = defined({
  name: 'rowsum',
  family: 'reduction',
  says: 'sum of each row, as a column',
  forms: { 'matrix(m, n) -> vector(m)': ([X]) => einsum('ij->i', [must(X)]) },
  examples: [{ of: "a'*rowsum(X)", by: 'X', is: "a*vector(1)'", declare: 'X: matrix(m, n); a: vector(m)' }],
});

const colsum = defined({
  name: 'colsum',
  family: 'reduction',
  says: 'sum of each column, as a row',
  forms: { 'matrix(m, n) -> row(n)': ([X]) => einsum('ij->j', [must(X)]) },
  examples: [{ of: 'colsum(X)*a', by: 'X', is: "vector(1)*a'", declare: 'X: matrix(m, n); a: vector(n)' }],
});

const mean = defined({
  name: 'mean',
  family: 'reduction',
  says: 'mean of all entries',
  axis: { rows: 'rowmean', cols: 'colmean' },
  forms: { 'any -> scalar': ([x]) => times(total(must(x)), oneOver(must(x).shape)) },
  examples: [{ of: 'mean(x.^2)', by: 'x', is: '(2/3)*x', declare: 'x: vector(3)' }],
});

const rowmean = defined({
  name: 'rowmean',
  family: 'reduction',
  says: 'mean of each row, as a column',
  forms: { 'matrix(m, n) -> vector(m)': ([X]) => einsum('ij,->i', [must(X), oneOver(must(X).shape.slice(1))]) },
  examples: [{ of: "a'*rowmean(X)", by: 'X', is: "0.25*a*vector(1)'", declare: 'X: matrix(3, 4); a: vector(3)' }],
});

const colmean = defined({
  name: 'colmean',
  family: 'reduction',
  says: 'mean of each column, as a row',
  forms: { 'matrix(m, n) -> row(n)': ([X]) => einsum('ij,->j', [must(X), oneOver(must(X).shape.slice(0, 1))]) },
  examples: [{ of: 'colmean(X)*a', by: 'X', is: "0.25*vector(1)*a'", declare: 'X: matrix(4, 3); a: vector(3)' }],
});

const tr = defined({
  name: 'tr',
  aliases: ['trace'],
  family: 'reduction',
  says: 'trace: sum of the diagonal',
  forms: { 'matrix(n, n) -> scalar': ([X]) => einsum('ii->', [must(X)]) },
  examples: [{ of: 'tr(A*X)', by: 'X', is: "A'", declare: 'A: matrix(m, n); X: matrix(n, m)' }],
  recognise: (e) => {
    if (e.kind !== 'contract' || e.args.length !== 1 || e.out.length !== 0) return undefined;
    const labels = must(e.labels[0]);
    return labels.length === 2 && labels[0] === labels[1] ? e.args : undefined;
  },
});

const norm1 = defined({
  name: 'norm1',
  family: 'reduction',
  says: 'sum of the absolute values of all entries',
  look: { open: '‖', close: '‖', below: '1' },
  axis: { rows: 'norm1rows', cols: 'norm1cols', isByOrder: true },
  forms: { 'any -> scalar': ([x]) => total(absolute(must(x))) },
  examples: [{ of: 'norm1(A*x-y)', by: 'x', is: "A'*sign(A*x-y)" }],
  recognise: (e) => arg(argOfAbs(totalled(e))),
});

const norm2 = defined({
  name: 'norm2',
  aliases: ['norm'],
  family: 'reduction',
  says: 'Euclidean norm of all entries; of a matrix the Frobenius norm',
  axis: { rows: 'norm2rows', cols: 'norm2cols', isByOrder: true },
  forms: { 'any -> scalar': ([x]) => power(total(power(must(x), 2)), ratio(1, 2)) },
  examples: [
    { of: 'norm2(x)', by: 'x', is: 'x/norm2(x)' },
    { of: 'norm2(A*x-y)^2', by: 'x', is: "2*A'*(A*x-y)" },
  ],
  recognise: (e) => {
    const p = asPower(e);
    return p && same(p.exponent, ratio(1, 2)) ? arg(sumOfSquares(p.base)) : undefined;
  },
});

const norminf = defined({
  name: 'norminf',
  family: 'reduction',
  says: 'largest absolute value of all entries',
  look: { open: '‖', close: '‖', below: '∞' },
  axis: { rows: 'norminfrows', cols: 'norminfcols', isByOrder: true },
  forms: { 'any -> scalar': ([x]) => largest(absolute(must(x))) },
  examples: [{ of: 'norminf(x)', by: 'x', is: 'ismax(abs(x)).*sign(x)' }],
  recognise: (e) => arg(argOfAbs(argOfLargest(e))),
});

const dot = defined({
  name: 'dot',
  aliases: ['inner'],
  family: 'reduction',
  says: "inner product: x'*y, of matrices tr(X'*Y)",
  forms: {
    'vector(n), vector(n) -> scalar': inner,
    'row(n), row(n) -> scalar': inner,
    'matrix(m, n), matrix(m, n) -> scalar': inner,
  },
  examples: [{ of: 'dot(x, y)', by: 'x', is: 'y' }],
});

const outer = defined({
  name: 'outer',
  family: 'structure',
  says: "outer product x*y'",
  forms: {
    'vector(m), vector(n) -> matrix(m, n)': ([x, y]) => einsum('i,j->ij', [must(x), must(y)]),
    'vector(m), row(n) -> matrix(m, n)': ([x, y]) => einsum('i,j->ij', [must(x), must(y)]),
  },
  examples: [{ of: "a'*outer(x, y)*b", by: 'x', is: "(y'*b)*a", declare: 'x: vector(m); y: vector(n); a: vector(m); b: vector(n)' }],
});

export const reductionRecords: readonly FunctionRecord[] = [sum, rowsum, colsum, mean, rowmean, colmean, tr, norm1, norm2, norminf, dot, outer];

/** The sum of squares of all entries. */
export function squaredNorm(x: Expr): Expr {
  return total(power(x, 2));
}

/** x, when `e` is Σ x², written as a sum of powers or as a product of x with itself. */
export function sumOfSquares(e: Expr): Expr | undefined {
  const whole = totalled(e);
  const square = whole && asPower(whole);
  if (square) return same(square.exponent, ratio(2)) ? square.base : undefined;
  if (e.kind !== 'contract' || e.out.length !== 0 || e.args.length !== 2 || e.args[0] !== e.args[1]) return undefined;
  const [a, b] = e.labels as [readonly number[], readonly number[]];
  return new Set(a).size === a.length && a.every((l, i) => l === b[i]) ? e.args[0] : undefined;
}

/** x, when `e` is the sum of all entries of x. */
function totalled(e: Expr): Expr | undefined {
  if (e.kind !== 'contract' || e.out.length !== 0 || e.args.length !== 1) return undefined;
  const labels = must(e.labels[0]);
  return labels.length > 0 && new Set(labels).size === labels.length ? e.args[0] : undefined;
}

function arg(x: Expr | undefined): readonly Expr[] | undefined {
  return x && [x];
}

function oneOver(shape: Expr['shape']): Expr {
  return power(size(sizeOfGroup(shape)), minusOne);
}

function inner([x, y]: readonly Expr[]): Expr {
  const labels = must(x).shape.map((_, i) => i);
  return contract([must(x), must(y)], [labels, labels], []);
}

