// Inverse, determinant, adjugate: they stand in each other's derivatives.
// Magnus & Neudecker, Matrix Differential Calculus, ch. 8; Giles 2008, section 2.2.

import { must } from '../../base/internal.ts';
import { isIdentity, neg, ones, scale, transpose, times } from '../../ir/build.ts';
import { type Expr, eye, sum } from '../../ir/expr.ts';
import { content, inverse as invertRational, isInteger, isOne, mul } from '../../ir/rational.ts';
import { call, matrixOp, square, whenFirstIs } from '../define.ts';
import type { Factor, FunctionFamily, FunctionRecord, Op, ProductChange, ProductRule, ProductView } from '../op.ts';
import { cholesky } from '../reference/cholesky.ts';
import { dense } from '../reference/dense.ts';
import { det as detOf, inverse as inverseOf, slogdet } from '../reference/lu.ts';
import { detDerivative } from '../reference/minors.ts';
import { detDerivativeModulo, eliminate } from '../reference/modular.ts';
import { type CallSite, type Code, type Spell, type Spelling, arrays, helpers, level } from '../spell.ts';
import { preludes } from '../spell-native.ts';
import { ofMatrices } from '../spell-scripts.ts';
import { asPower, exponential, logName, power } from '../scalar/power.ts';
import * as work from './work.ts';

// inv(X) X = I, wherever the two meet over a summed label
const cancel: ProductRule = {
  name: 'inverse-cancels',
  at: 'product',
  example: { before: 'inv(X)*X*a', after: 'a', declare: 'X: matrix(n, n); a: vector(n)' },
  rewrite: (product, k, has) => {
    const here = must(product.factors[k]);
    if (here.expr.kind !== 'apply') return undefined;
    const X = must(here.expr.args[0]);
    if (X.shape.length !== 2) return undefined;
    const [row, col] = here.labels as [number, number];
    const n = must(X.shape[0]);
    for (const [m, other] of product.factors.entries()) {
      if (m === k || other.expr !== X) continue;
      const [a, b] = other.labels as [number, number];
      const meets = (mine: number, theirs: number): boolean => mine === theirs && row !== col && a !== b && product.isPrivateTo(mine, [k, m]);
      const joined = (left: number, right: number): ProductChange => ({ remove: [k, m], add: [{ expr: eye(n), labels: [left, right] }] });
      if (meets(col, a)) return joined(row, b);
      if (meets(row, b)) return joined(a, col);
      if (!has(X, 'symmetric')) continue;
      if (meets(col, b)) return joined(row, a);
      if (meets(row, a)) return joined(b, col);
    }
    return undefined;
  },
};

// d inv(X) = -inv(X) dX inv(X).  Labels run out-row, out-col, in-row, in-col.
const inv = matrixOp({
  name: 'inv',
  family: 'matrix',
  says: 'inverse of a square matrix',
  look: { above: '-1' },
  signature: 'matrix(n, n) -> matrix(n, n)',
  ranks: [2],
  shape: square,
  spell: {
    ...ofMatrices('inv({0})', 'solve({0})'),
    ...arrays('linalg.inv'),
    typescript: '@inverse({0})', cpp: '{0!}.inverse()',
  },
  partial: ({ node, at }) => neg(at('ia,bj->ijab', node, node)),
  work: work.inverse,
  value: ([X]) => inverseOf(must(X)),
  modular: ([X], _, prime) => eliminate(must(X), prime).inverse,
  // Where there is an inverse, no eigenvalue is zero.
  facts: ([X]) => [
    ...(['symmetric', 'diagonal', 'lower', 'upper', 'orthogonal', 'identity'] as const).filter((f) => X?.has.has(f)),
    ...(X?.has.has('psd') ? (['pd'] as const) : []),
    ...(X?.has.has('nsd') ? (['nd'] as const) : []),
  ],
  commutesWithTranspose: true,
  onSpectrum: (eigenvalues) => power(eigenvalues, -1),
  inLoewnerOrder: { is: 'convex', grows: -1 },
  excludes: ([X]) => `det(${X}) = 0`,
  holds: whenFirstIs('pd', 'nd', 'orthogonal'),
  rules: [
    cancel,
    {
      name: 'inverse-of-inverse',
      at: 'apply',
      example: { before: 'inv(inv(X))', after: 'X', declare: 'X: matrix(n, n)' },
      rewrite: ({ args: [X] }) => (X?.kind === 'apply' && X.op === 'inv' ? X.args[0] : undefined),
    },
    {
      name: 'inverse-of-identity',
      at: 'apply',
      example: { before: 'inv(eye)*x', after: 'x', declare: 'x: vector(n)' },
      rewrite: ({ args: [X] }) => (X && isIdentity(X) ? X : undefined),
    },
    {
      name: 'inverse-of-multiple',
      at: 'apply',
      example: { before: 'inv(2*X)', after: '0.5*inv(X)', declare: 'X: matrix(n, n)' },
      rewrite: ({ args: [X] }) => {
        if (X?.kind !== 'sum') return undefined;
        const [only] = X.terms;
        if (X.terms.length === 1 && only && only.coef.num !== 0) return scale(invertRational(only.coef), inverse(only.arg));
        const common = content(X.terms.map((t) => t.coef));
        if (isOne(common)) return undefined;
        return scale(invertRational(common), inverse(sum(X.terms.map((t) => ({ coef: mul(t.coef, invertRational(common)), arg: t.arg })))));
      },
    },
  ],
  source: 'Giles 2008, section 2.2',
  examples: [{ of: "a'*inv(X)*b", by: 'X', is: "-inv(X)'*a*b'*inv(X)'", declare: 'X: matrix(n, n); a: vector(n); b: vector(n)' }],
});

/** Through the Cholesky factor of a positive definite matrix, whose determinant may overflow or underflow. */
function logDetBy(helper: string): (site: CallSite) => Code | string {
  return (site) => (site.has(0, 'pd') ? { text: `2 * sum(log(diag(chol(${site.args[0]?.text}))))`, level: level.product } : `${site.helper(helper)}(${site.args[0]?.text})`);
}

const minors: (library: 'xp' | '') => Spelling = (library) => ({ args: [X], params: [k], helper }) =>
  `${helper('det_derivative')}(${X?.text}, ${k}${library === '' ? '' : `, ${library}`})`;
const nativeMinors: Pick<Spell, 'typescript' | 'cpp'> = {
  typescript: ({ args: [X], params: [k], helper }) => (k === 1 ? `${helper('cofactors')}(${X?.text})` : `${helper('detDerivative')}(${X?.text}, ${k})`),
  cpp: ({ args: [X], params: [k], helper }) => (k === 1 ? `${helper('cofactors')}(${X?.text})` : `${helper('det_derivative')}(${X?.text}, ${k})`),
};
const minorOf: Pick<Spell, 'numpy' | 'jax' | 'torch'> = { numpy: minors('xp'), jax: minors(''), torch: minors('') };

// det is linear in every entry: its k-th derivative is a signed minor, right at singular X as well.
// Axes a1, b1, ..., ak, bk.
const minor: Op = {
  name: 'detderivative',
  ranks: () => [2],
  shape: ([X], [k]) => Array.from({ length: Number(k) }, () => must(X)).flat(),
  spell: {
    ...ofMatrices(({ args: [X], params: [k], helper }) => `${helper('detDerivative')}(${X?.text}, ${k})`, ({ args: [X], params: [k], helper }) => `${helper('det_derivative')}(${X?.text}, ${k})`),
    ...minorOf,
    ...nativeMinors,
  },
  partial: ({ node, params: [k] }) => call(minor, [must(node.args[0])], [Number(k) + 1]),
  work: (sizes, [k]) => work.minors(Number(k))(sizes),
  value: ([X], [k]) => detDerivative(must(X), Number(k)),
  facts: ([X], { params: [k] }) => (k === 1 ? (['symmetric', 'pd', 'diagonal'] as const).filter((f) => X?.has.has(f)) : []),
  written: ({ args, params: [k] }) => (k === 1 ? { name: 'adj', args, transposed: true } : { name: `d${k}det`, args }),
  modular: ([X], { params: [k] }, prime) => detDerivativeModulo(must(X), Number(k), prime),
  rules: [
    {
      name: 'cofactor-over-determinant',
      at: 'product',
      example: { before: "adj(X)/det(X)", after: 'inv(X)', declare: 'X: matrix(n, n)' },
      rewrite: (product, k) => cofactorOverDet(product, k),
    },
  ],
};

// Jacobi: d det(X) = tr(adj(X) dX)
const det = matrixOp({
  name: 'det',
  family: 'matrix',
  says: 'determinant of a square matrix',
  signature: 'matrix(n, n) -> scalar',
  ranks: [2],
  shape: () => [],
  spell: {
    ...ofMatrices('det({0})'),
    ...arrays('linalg.det'),
    typescript: '@det({0})', cpp: '{0!}.determinant()',
  },
  partial: ({ node }) => call(minor, [must(node.args[0])], [1]),
  work: work.lu,
  value: ([X]) => dense([], Float64Array.of(detOf(must(X)))),
  modular: ([X], _, prime) => dense([], [eliminate(must(X), prime).det]),
  facts: ([X]) => (X?.has.has('pd') ? ['positive'] : X?.has.has('psd') ? ['nonnegative'] : []),
  inExponentials: ([X], has) => (X && has(X, 'pd') ? exponential(call(logdet.op, [X])) : undefined),
  rules: [
    {
      name: 'determinant-of-identity',
      at: 'apply',
      example: { before: 'det(eye)*x', after: 'x', declare: 'x: vector(n)' },
      rewrite: ({ args: [X], shape }) => (X && isIdentity(X) ? ones(shape) : undefined),
    },
    {
      name: 'determinant-of-inverse',
      at: 'apply',
      example: { before: 'det(inv(X))', after: '1/det(X)', declare: 'X: matrix(n, n)' },
      rewrite: ({ args: [X] }) => (X?.kind === 'apply' && X.op === 'inv' ? power(determinant(must(X.args[0])), -1) : undefined),
    },
    {
      name: 'determinant-of-product',
      at: 'apply',
      example: { before: 'det(X*Y)', after: 'det(X)*det(Y)', declare: 'X: matrix(n, n); Y: matrix(n, n)' },
      rewrite: ({ args: [X] }) => {
        const factors = squareFactors(X);
        return factors && times(...factors.map(determinant));
      },
    },
    {
      name: 'determinant-of-transpose',
      at: 'apply',
      example: { before: "det(X')", after: 'det(X)', declare: 'X: matrix(n, n)' },
      rewrite: ({ args: [X] }) => {
        const plain = transposed(X);
        return plain && determinant(plain);
      },
    },
  ],
  source: 'Magnus & Neudecker, ch. 8',
  examples: [{ of: 'det(X)', by: 'X', is: "adj(X)'", declare: 'X: matrix(n, n)' }],
});

const logdet = matrixOp({
  name: 'logdet',
  family: 'matrix',
  says: 'logarithm of the determinant, which must be positive',
  signature: 'matrix(n, n) -> scalar',
  ranks: [2],
  shape: () => [],
  spell: {
    ...ofMatrices(logDetBy('logDet'), logDetBy('logdet')),
    ...helpers('logdet'),
    ...preludes('logdet', 'logdet'),
  },
  partial: ({ node, at }) => at('ba->ab', inverse(must(node.args[0]))),
  work: work.lu,
  value: ([X]) => {
    const { sign, log } = slogdet(must(X));
    return dense([], Float64Array.of(sign > 0 ? log : sign < 0 ? Number.NaN : Number.NEGATIVE_INFINITY));
  },
  needs: ([X]) => `det(${X}) > 0`,
  holds: whenFirstIs('pd'),
  isConcaveOnDefinite: true,
  rules: [
    {
      name: 'log-of-determinant',
      at: 'apply',
      on: logName,
      example: { before: 'log(det(X))', after: 'logdet(X)', declare: 'X: matrix(n, n) pd' },
      rewrite: ({ args: [d] }) => (d?.kind === 'apply' && d.op === 'det' ? call(logdet.op, d.args) : undefined),
    },
    {
      name: 'logdet-of-inverse',
      at: 'apply',
      example: { before: 'logdet(inv(X))', after: '-logdet(X)', declare: 'X: matrix(n, n) pd' },
      rewrite: ({ args: [X] }) => (X?.kind === 'apply' && X.op === 'inv' ? neg(call(logdet.op, X.args)) : undefined),
    },
  ],
  source: 'Magnus & Neudecker, ch. 8',
  examples: [{ of: 'logdet(X)', by: 'X', is: "inv(X)'", declare: 'X: matrix(n, n) pd' }],
});

const logdetpd = matrixOp({
  name: 'logdetpd',
  family: 'matrix',
  says: 'logarithm of the determinant of a symmetric matrix where it is positive definite; not defined elsewhere, also where the determinant is positive',
  signature: 'matrix(n, n) -> scalar',
  ranks: [2],
  requires: ['symmetric'],
  shape: () => [],
  spell: {
    ...ofMatrices('@logDetPd({0})', '@logdetpd({0})'),
    ...helpers('logdetpd'),
    ...preludes('logdetpd', 'logdetpd'),
  },
  partial: ({ node, at }) => at('ba->ab', inverse(must(node.args[0]))),
  work: work.cholesky,
  value: ([X]) => {
    const L = cholesky(must(X));
    const n = must(L.shape[0]);
    let logs = 0;
    for (let i = 0; i < n; i++) logs += Math.log(L.data[i * (n + 1)]!);
    return dense([], Float64Array.of(2 * logs));
  },
  needs: ([X]) => `${X} positive definite`,
  holds: whenFirstIs('pd'),
  curvature: { is: 'concave', grows: [0] },
  hasConvexDomain: true,
  source: 'Boyd & Vandenberghe, Convex Optimization, section 3.1.5',
  examples: [{ of: 'logdetpd(C+diag(x))', by: 'x', is: 'diag(inv(C+diag(x)))', declare: 'C: matrix(n, n) pd; x: vector(n) positive' }],
});

const logabsdet = matrixOp({
  name: 'logabsdet',
  family: 'matrix',
  says: 'logarithm of the absolute value of the determinant',
  signature: 'matrix(n, n) -> scalar',
  ranks: [2],
  shape: () => [],
  spell: {
    ...ofMatrices('@logAbsDet({0})', 'as.numeric(determinant({0})$modulus)'),
    numpy: 'xp.linalg.slogdet({0})[1]', jax: 'jnp.linalg.slogdet({0})[1]', torch: 'torch.linalg.slogdet({0})[1]',
    typescript: '@logabsdet({0})', cpp: '{0!}.householderQr().logAbsDeterminant()',
  },
  partial: ({ node, at }) => at('ba->ab', inverse(must(node.args[0]))),
  work: work.lu,
  value: ([X]) => dense([], Float64Array.of(slogdet(must(X)).log)),
  holds: whenFirstIs('pd', 'nd', 'orthogonal'),
  excludes: ([X]) => `det(${X}) = 0`,
  examples: [{ of: 'logabsdet(X)', by: 'X', is: "inv(X)'", declare: 'X: matrix(n, n)' }],
});

const adj: FunctionRecord = {
  name: 'adj',
  aliases: ['adjugate'],
  family: 'matrix',
  says: 'adjugate: the transposed matrix of cofactors, det(X)*inv(X) where X is invertible',
  forms: [{ signature: 'matrix(n, n) -> matrix(n, n)', build: ([X]) => transpose(call(minor, [must(X)], [1])) }],
  examples: [{ of: 'tr(adj(X))', by: 'X', is: "tr(inv(X))*adj(X)'-det(X)*inv(X)'*inv(X)'", declare: 'X: matrix(n, n)' }],
};

/** Derivatives of the determinant as tensors with axes a1, b1, ..., ak, bk. */
const derivativeOf = (k: number): FunctionRecord => ({
  name: k === 1 ? 'ddet' : `d${k}det`,
  family: 'matrix',
  says:
    k === 1
      ? "derivative of the determinant: the matrix of cofactors adj(X)'"
      : `derivative of the determinant of order ${k}: signed minors${k === 3 ? '; higher orders are written d4det, d5det and so on' : ''}`,
  forms: [
    {
      signature: `matrix(n, n) -> ${k === 1 ? 'matrix(n, n)' : `tensor(${Array.from({ length: 2 * k }, () => 'n').join(', ')})`}`,
      build: ([X]: readonly Expr[]) => call(minor, [must(X)], [k]),
    },
  ],
  source: 'Horn & Johnson, Matrix Analysis, section 0.8',
  examples: [
    k === 1
      ? { of: 'a*det(X)', by: 'X', is: 'a*ddet(X)', declare: 'X: matrix(n, n); a: scalar' }
      : { of: `#(${'ijklmn'.slice(0, 2 * k)},${'ijklmn'.slice(0, 2 * k)}->; d${k}det(X), T)`, by: 'T', is: `d${k}det(X)`, declare: `X: matrix(3, 3); T: tensor(${Array.from({ length: 2 * k }, () => '3').join(', ')})` },
  ],
});

/** d4det and so on: derivatives of the determinant have the same form at every order. */
export const determinantFamily: FunctionFamily = { pattern: /^d([1-9]\d*)(det)$/, member: derivativeOf };

export const determinantRecords: readonly FunctionRecord[] = [inv.record, det.record, adj, logdet.record, logdetpd.record, logabsdet.record, ...[1, 2, 3].map(derivativeOf)];
export const minorOp: Op = minor;

export function inverse(X: Expr): Expr {
  return call(inv.op, [X]);
}

export function determinant(X: Expr): Expr {
  return call(det.op, [X]);
}

export function logDeterminant(X: Expr): Expr {
  return call(logdet.op, [X]);
}

/** X, when `e` is inv(X). */
export function argOfInverse(e: Expr): Expr | undefined {
  return e.kind === 'apply' && e.op === inv.op.name ? e.args[0] : undefined;
}

/** logdet(X) where X is positive definite alone. */
export function logDeterminantOfDefinite(X: Expr): Expr {
  return call(logdetpd.op, [X]);
}

/** X, when `e` has a value where X is positive definite alone. */
export function argOfDefinite(e: Expr): Expr | undefined {
  return e.kind === 'apply' && e.op === logdetpd.op.name ? e.args[0] : undefined;
}

/** X, when `e` is logdet(X), or is written as log(det(X)). */
export function argOfLogDeterminant(e: Expr): Expr | undefined {
  if (e.kind !== 'apply') return undefined;
  if (e.op === logdet.op.name) return e.args[0];
  const [d] = e.args;
  return e.op === logName && d?.kind === 'apply' && d.op === det.op.name ? d.args[0] : undefined;
}

/** Y, when X is Y'. */
export function transposed(X: Expr | undefined): Expr | undefined {
  if (X?.kind !== 'contract' || X.args.length !== 1 || X.shape.length !== 2) return undefined;
  const [a, b] = must(X.labels[0]);
  return X.labels[0]?.length === 2 && a !== b && X.out[0] === b && X.out[1] === a ? X.args[0] : undefined;
}

/** The factors of a matrix product whose factors are all square. */
function squareFactors(X: Expr | undefined): readonly Expr[] | undefined {
  if (X?.kind !== 'contract' || X.args.length < 2 || X.out[0] === X.out[1]) return undefined;
  const n = must(X.shape[0]).key;
  if (!X.args.every((a) => a.shape.length === 2 && a.shape.every((d) => d.key === n))) return undefined;
  const uses = new Map<number, number>();
  for (const l of X.labels.flat()) uses.set(l, (uses.get(l) ?? 0) + 1);
  const isChain = X.labels.every(([a, b]) => a !== b) && [...uses].every(([l, count]) => count === (X.out.includes(l) ? 1 : 2));
  // A chain from one end to the other, and no closed rings beside it.
  let [at, from, length] = [must(X.out[0]), -1, 0];
  if (!isChain) return undefined;
  while (length <= X.args.length) {
    const k = X.labels.findIndex((l, i) => i !== from && l.includes(at));
    if (k < 0) break;
    at = must(must(X.labels[k]).find((l) => l !== at));
    from = k;
    length++;
  }
  return length === X.args.length ? X.args : undefined;
}

function cofactorOverDet({ factors }: ProductView, k: number): ReturnType<ProductRule['rewrite']> {
  const here = must(factors[k]);
  if (here.expr.kind !== 'apply' || here.expr.params[0] !== 1 || here.labels.length !== 2) return undefined;
  const X = must(here.expr.args[0]);
  const d = determinant(X);
  for (const [m, other] of factors.entries()) {
    const p = asPower(other.expr);
    if (!p || p.base !== d || !isInteger(p.exponent) || p.exponent.num >= 0) continue;
    const rest: Factor[] = p.exponent.num === -1 ? [] : [{ expr: power(d, p.exponent.num + 1), labels: other.labels }];
    return { remove: [k, m], add: [{ expr: inverse(X), labels: here.labels.toReversed() }, ...rest] };
  }
  return undefined;
}

