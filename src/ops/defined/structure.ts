// Rearranging entries: diagonals, Kronecker products, vec, reshape, triangles.

import { RicciError } from '../../base/diagnostic.ts';
import { invariant, must } from '../../base/internal.ts';
import { ones, times, transpose, zeros } from '../../ir/build.ts';
import { type Dim, dim, mulDims, sameDim } from '../../ir/dim.ts';
import { type Expr, contract, delta, einsum } from '../../ir/expr.ts';
import { isInteger } from '../../ir/rational.ts';
import { asPower, powName } from '../scalar/power.ts';
import { call, defined } from '../define.ts';
import type { FunctionRecord, Op } from '../op.ts';
import { type Spell, type Spelling, atom, level, wrap } from '../spell.ts';
import { type Dense, dense } from '../reference/dense.ts';
import * as work from '../matrix/work.ts';

const diag = defined({
  name: 'diag',
  family: 'structure',
  says: 'diagonal matrix of a vector, or the diagonal of a matrix as a column',
  forms: {
    'vector(n) -> matrix(n, n)': ([x]) => einsum('i->ii', [must(x)]),
    'row(n) -> matrix(n, n)': ([x]) => einsum('i->ii', [must(x)]),
    'matrix(n, n) -> vector(n)': ([X]) => einsum('ii->i', [must(X)]),
  },
  examples: [
    { of: 'diag(x)*a', by: 'x', is: 'diag(a)', declare: 'x: vector(n); a: vector(n)' },
    { of: "a'*diag(X)", by: 'X', is: 'diag(a)', declare: 'X: matrix(n, n); a: vector(n)' },
  ],
});

// kron(A, B)[(i,k), (j,l)] = A[i,j] B[k,l]
const kron = defined({
  name: 'kron',
  family: 'structure',
  says: 'Kronecker product: every entry of the first times the whole second',
  look: { infix: 'otimes' },
  forms: {
    'matrix(m, n), matrix(p, q) -> matrix(m*p, n*q)': ([A, B]) => kronecker(must(A), must(B)),
    'vector(m), vector(p) -> vector(m*p)': ([a, b]) => kronecker(must(a), must(b)),
    'row(m), row(p) -> row(m*p)': ([a, b]) => kronecker(must(a), must(b)),
  },
  examples: [{ of: 'tr(kron(A, X))', by: 'X', is: 'tr(A)*eye', declare: 'A: matrix(m, m); X: matrix(n, n)' }],
  recognise: kroneckerFactors,
  source: 'Magnus & Neudecker, ch. 2',
});

// vec(X)[j m + i] = X[i, j]
const vec = defined({
  name: 'vec',
  family: 'structure',
  says: 'the columns of a matrix below each other, as one column',
  forms: {
    'matrix(m, n) -> vector(m*n)': ([X]) => {
      const [m, n] = must(X).shape as [Dim, Dim];
      return contract([delta([[mulDims(m, n)], [n, m]]), must(X)], [[0, 2, 1], [1, 2]], [0]);
    },
  },
  examples: [{ of: "vec(X)'*vec(Y)", by: 'X', is: 'Y', declare: 'X: matrix(m, n); Y: matrix(m, n)' }],
  source: 'Magnus & Neudecker, ch. 2',
  recognise: (e) => {
    if (e.kind !== 'contract' || e.args.length !== 2 || e.out.length !== 1) return undefined;
    const d = e.args.findIndex((a) => a.kind === 'delta' && a.groups.length === 2 && a.groups[0]?.length === 1 && a.groups[1]?.length === 2);
    const X = e.args[1 - d];
    if (d < 0 || X?.shape.length !== 2) return undefined;
    const [position, col, row] = must(e.labels[d]);
    const [i, j] = must(e.labels[1 - d]);
    return position === e.out[0] && row === i && col === j && i !== j && i !== position && j !== position ? [X] : undefined;
  },
});

const reshape = defined({
  name: 'reshape',
  family: 'structure',
  says: 'the entries of a vector or matrix, column by column, as a matrix of another size',
  forms: {
    'vector(k), size(m), size(n) -> matrix(m, n)': ([x, m, n]) => reshaped(must(x), dimOf(must(m)), dimOf(must(n))),
    'matrix(k, l), size(m), size(n) -> matrix(m, n)': ([X, m, n]) => reshaped(must(X), dimOf(must(m)), dimOf(must(n))),
  },
  examples: [{ of: "a'*reshape(x, 2, 3)*b", by: 'x', is: "vec(a*b')", declare: 'x: vector(6); a: vector(2); b: vector(3)' }],
});

const nativeTriangle: Pick<Spell, 'typescript' | 'cpp'> = {
  typescript: ({ args: [X], helper }) => ({ ...atom(`${helper('lowerOnes')}(${X?.text})`), entry: ([i, j]) => ({ text: `${i} >= ${j} ? 1 : 0`, level: 0 }) }),
  cpp: ({ args: [X], helper }) => ({ ...atom(`${helper('lower_ones')}(${X?.text})`), mask: (Y) => atom(`Eigen::MatrixXd(${wrap(Y, level.atom)}.triangularView<Eigen::Lower>())`) }),
};

// Ones on and below the diagonal of a matrix of the argument's shape; times a matrix, its lower triangle.
const lower: Op = {
  name: 'lowermask',
  ranks: () => [2],
  shape: ([X]) => must(X),
  spell: {
    octave: ({ args: [X] }) => ({ ...atom(`tril(${X?.text})`), mask: (Y) => atom(`tril(${Y.text})`) }), r: ({ args: [X], helper }) => ({ ...atom(`${helper('tril')}(${X?.text})`), mask: (Y) => atom(`${helper('tril')}(${Y.text})`) }),
    numpy: spelledTriangle('xp'), jax: spelledTriangle('jnp'), torch: spelledTriangle('torch'),
    ...nativeTriangle,
  },
  partial: ({ node }) => zeros([...node.shape, ...node.shape.slice(-2)]),
  work: work.nothing,
  value: ([X]) => lowerOnes(must(X)),
  modular: ([X]) => lowerOnes(must(X)),
  facts: () => ['nonnegative', 'constant'],
  written: (node) => ({ name: 'tril', args: [ones(node.shape)], masks: { along: 'tril', across: 'triu' } }),
  rules: [
    {
      name: 'lowermask-squared',
      at: 'apply',
      on: powName,
      example: { before: 'tril(tril(A))*x', after: 'tril(A)*x', declare: 'A: matrix(n, n); x: vector(n)' },
      rewrite: (node) => {
        const p = asPower(node);
        return p && p.base.kind === 'apply' && p.base.op === lower.name && isInteger(p.exponent) && p.exponent.num > 1 ? p.base : undefined;
      },
    },
    {
      name: 'diagonal-of-lowermask',
      at: 'product',
      example: { before: 'diag(tril(A))', after: 'diag(A)', declare: 'A: matrix(n, n)' },
      rewrite: ({ factors }, k) => {
        const { expr, labels } = must(factors[k]);
        if (labels.length !== 2 || labels[0] !== labels[1]) return undefined;
        return { remove: [k], add: [{ expr: ones(expr.shape.slice(0, 1)), labels: labels.slice(0, 1) }] };
      },
    },
  ],
};

const tril = triangle('tril', 'lower', (m, n) => lowerMask(m, n));
// The upper triangle is the lower one of the transposed matrix, so that both are one pattern.
const triu = triangle('triu', 'upper', (m, n) => upperMask(m, n));

const transposition = defined({
  name: 'transpose',
  family: 'structure',
  says: "transpose, also written X'",
  forms: {
    'matrix(m, n) -> matrix(n, m)': ([X]) => transpose(must(X)),
    'vector(n) -> row(n)': ([x]) => must(x),
    'row(n) -> vector(n)': ([x]) => must(x),
    'scalar -> scalar': ([x]) => must(x),
  },
  examples: [{ of: 'tr(transpose(X)*A)', by: 'X', is: 'A', declare: 'X: matrix(m, n); A: matrix(m, n)' }],
});

const hadamard = defined({
  name: 'hadamard',
  family: 'structure',
  says: 'product entry by entry, also written X.*Y',
  forms: { 'any, any -> any': ([x, y]) => times(must(x), must(y)) },
  examples: [{ of: 'sum(hadamard(x, y))', by: 'x', is: 'y' }],
});

export const structureRecords: readonly FunctionRecord[] = [diag, kron, vec, reshape, tril, triu, transposition, hadamard];
export const maskOps: readonly Op[] = [lower];

/** Ones on and below the diagonal, zeros above. */
export function lowerMask(m: Dim, n: Dim): Expr {
  return call(lower, [ones([m, n])]);
}

/** Ones on and above the diagonal, zeros below. */
export function upperMask(m: Dim, n: Dim): Expr {
  return transpose(lowerMask(n, m));
}

export function kronecker(A: Expr, B: Expr): Expr {
  const r = A.shape.length;
  invariant(r === B.shape.length, 'Kronecker factors of different order');
  const joins = A.shape.map((m, axis) => delta([[mulDims(m, must(B.shape[axis]))], [m, must(B.shape[axis])]]));
  const axes = [...Array(r).keys()];
  return contract(
    [A, B, ...joins],
    [axes, axes.map((i) => r + i), ...axes.map((i) => [2 * r + i, i, r + i])],
    axes.map((i) => 2 * r + i),
  );
}

/** [A, B], when `e` is kron(A, B). */
function kroneckerFactors(e: Expr): readonly Expr[] | undefined {
  if (e.kind !== 'contract') return undefined;
  const r = e.out.length;
  const factors = e.args.flatMap((arg, i) => (arg.kind === 'delta' && arg.groups.length === 2 && arg.shape.length === 3 ? [] : [i]));
  if (factors.length !== 2 || e.args.length !== r + 2) return undefined;
  for (const [a, b] of [factors, factors.toReversed()] as [number, number][]) {
    const [A, B] = [must(e.args[a]), must(e.args[b])];
    if (A.shape.length === r && B.shape.length === r && kronecker(A, B) === e) return [A, B];
  }
  return undefined;
}

/** Ones in a part of a matrix; of its argument only the shape matters. */

function lowerOnes(X: Dense): Dense {
  const [m, n] = X.shape as [number, number];
  return dense([m, n], Float64Array.from({ length: m * n }, (_, k) => (Math.floor(k / n) >= k % n ? 1 : 0)));
}

function spelledTriangle(library: string): Spelling {
  return ({ args: [X] }) => ({ text: `${library}.tril(${library}.ones_like(${X?.text}))`, level: level.atom, mask: (Y) => atom(`${library}.tril(${Y.text})`) });
}

function triangle(name: string, which: string, pattern: (m: Dim, n: Dim) => Expr): FunctionRecord {
  return defined({
    name,
    family: 'structure',
    says: `${which} triangle with the diagonal, zeros elsewhere`,
    forms: {
      'matrix(m, n) -> matrix(m, n)': ([X]) => {
        const [m, n] = must(X).shape as [Dim, Dim];
        return times(must(X), pattern(m, n));
      },
    },
    examples: [{ of: `sum(${name}(X).*Y)`, by: 'X', is: `${name}(Y)` }],
  });
}

/** The dim that a `number` or `size` node stands for. */
function dimOf(e: Expr): Dim {
  if (e.kind === 'size') return e.dim;
  if (e.kind === 'number' && isInteger(e.value)) return dim(e.value.num);
  throw new RicciError([
    { code: 'size-expected', severity: 'error', message: 'reshape takes sizes', span: [0, 0], needed: 'whole numbers or dims for the rows and columns', found: e.kind, help: 'write reshape(X, 2, 3) or reshape(X, m, n)' },
  ]);
}

// X[i,j] stands at position (j, i), the last moving fastest, before and after.
function reshaped(X: Expr, m: Dim, n: Dim): Expr {
  const from = X.shape.toReversed();
  const before = from.reduce(mulDims, dim(1));
  if (!sameDim(before, mulDims(m, n))) {
    throw new RicciError([
      {
        code: 'reshape-size',
        severity: 'error',
        message: 'reshape keeps the number of entries',
        span: [0, 0],
        needed: `${before.key} entries`,
        found: `${m.key} rows of ${n.key}: ${mulDims(m, n).key} entries`,
        help: 'choose sizes whose product is the number of entries',
      },
    ]);
  }
  const own = X.shape.map((_, i) => i);
  return contract([delta([from, [n, m]]), X], [[...own.toReversed(), 3, 2], own], [2, 3]);
}
