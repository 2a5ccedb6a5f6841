// Eigenvalues and eigenvectors of symmetric matrices, singular values and vectors, and the norms made of them.
// Magnus 1985 for simple eigenvalues; Giles 2008, sections 3.1 and 3.2; Townsend 2016 for thin singular vectors.
//
// Derivatives of eigenvectors, and second derivatives of eigenvalues, need the eigenvalue to be simple: where two meet,
// `gap` divides by zero and the derivative is not finite. Eigenvectors carry the sign that makes their largest entry
// positive. All of these read the symmetric part of their argument.

import { must } from '../../base/internal.ts';
import { add, broadcast, ones, scale, sub, times, transpose as transposeNode } from '../../ir/build.ts';
import { type Dim, addDims, dim, minDims } from '../../ir/dim.ts';
import { type Expr, type Shape, einsum, eye, stack } from '../../ir/expr.ts';
import type { Fact, Facts } from '../../ir/fact.ts';
import { ratio, same, zero } from '../../ir/rational.ts';
import { call, matrixOp } from '../define.ts';
import type { Applied, ApplyRule, FunctionRecord, ProductChange, ProductRule, ProductView, Semidefinite } from '../op.ts';
import { type Dense, block, dense, matmul, transpose as transposeOf } from '../reference/dense.ts';
import { svd } from '../reference/svd.ts';
import { symmetricEigen } from '../reference/symmetric-eigen.ts';
import { type Spell, type Spelling, helpers } from '../spell.ts';
import { partOf, preludes } from '../spell-native.ts';
import { ofMatrices } from '../spell-scripts.ts';
import { asPower, powName, power } from '../scalar/power.ts';
import * as work from './work.ts';

const simple = ([X]: readonly string[]): string => `repeated eigenvalues of ${X}`;
const simpleSingular = ([X]: readonly string[]): string => `repeated or zero singular values of ${X}`;
const half = ratio(1, 2);

/** One part of a decomposition that several nodes may share. */
function part(names: readonly string[], of: string, k: number, tail: string): Spelling {
  return ({ args: [X], shared, helper }) => shared(names, `${helper(of)}(${X?.text}${tail})`)[k] ?? '';
}

const eigenNames = ['eigenvalues', 'eigenvectors'];
const singularNames = ['U', 's', 'V'];

function eigen(k: number): Pick<Spell, 'numpy' | 'jax' | 'torch'> {
  return { numpy: part(eigenNames, 'eigh', k, ', xp'), jax: part(eigenNames, 'eigh', k, ''), torch: part(eigenNames, 'eigh', k, '') };
}

function singularPart(k: number): Pick<Spell, 'numpy' | 'jax' | 'torch'> {
  return { numpy: part(singularNames, 'svd', k, ', xp'), jax: part(singularNames, 'svd', k, ''), torch: part(singularNames, 'svd', k, '') };
}

/** The parts of a decomposition: MATLAB gives them names, R a list of them. */
function partScripts(names: readonly string[], octave: string, r: string, name: string, k: number): Pick<Spell, 'octave' | 'r'> {
  return ofMatrices(
    ({ args: [X], shared, helper }) => shared(names, `${helper(octave)}(${X?.text})`)[k] ?? '',
    ({ args: [X], shared, helper }) => `${shared([r], `${helper(r)}(${X?.text})`)[0]}${name}`,
  );
}

function eigenScripts(name: string, k: number): Pick<Spell, 'octave' | 'r'> {
  return partScripts(eigenNames, 'symmetricEig', 'symmetric_eigen', name, k);
}

function singularScripts(name: string, k: number): Pick<Spell, 'octave' | 'r'> {
  return partScripts(singularNames, 'thinSvd', 'thin_svd', name, k);
}

function endOfScripts(what: 'value' | 'vector', which: 'max' | 'min'): Pick<Spell, 'octave' | 'r'> {
  const k = what === 'value' ? 0 : 1;
  const column = what === 'value' ? '' : ':, ';
  return ofMatrices(
    ({ args: [X], shared, helper }) => `${shared(eigenNames, `${helper('symmetricEig')}(${X?.text})`)[k]}(${column}${which === 'max' ? 'end' : '1'})`,
    ({ args: [X], shared, helper }) => {
      const [all] = shared(['symmetric_eigen'], `${helper('symmetric_eigen')}(${X?.text})`);
      return `${all}$${what}s[${what === 'value' ? '' : ', '}${which === 'max' ? `length(${all}$values)` : '1'}]`;
    },
  );
}

// gap(l)[m,k] = 1/(l[k] - l[m]), zero on the diagonal
const gap = matrixOp({
  name: 'gap',
  family: 'spectral',
  says: 'matrix of 1/(x[j]-x[i]), zero on the diagonal',
  signature: 'vector(n) -> matrix(n, n)',
  ranks: [1],
  shape: ([x]) => [...must(x), ...must(x)],
  spell: {
    ...ofMatrices('@inverseGaps({0})', '@inverse_gaps({0})'),
    ...helpers('gap'),
    ...preludes('gap', 'gap'),
  },
  partial: ({ node, args: [x], at }) => {
    const I = eye(must(must(x).shape.at(-1)));
    return sub(at('mk,mk,mp->mkp', node, node, I), at('mk,mk,kp->mkp', node, node, I));
  },
  work: work.ofEntries(1),
  value: ([x]) => {
    const n = must(must(x).shape[0]);
    const entries = must(x).data;
    return dense([n, n], Float64Array.from({ length: n * n }, (_, i) => (i % n === Math.floor(i / n) ? 0 : 1 / (entries[i % n]! - entries[Math.floor(i / n)]!))));
  },
  excludes: ([x]) => `repeated entries of ${x}`,
  rules: [
    {
      name: 'diagonal-of-gap',
      at: 'product',
      example: { before: 'diag(gap(x)).*x', after: '0*x', declare: 'x: vector(n)' },
      rewrite: (product, k) => {
        const { expr, labels } = must(product.factors[k]);
        if (labels.length !== 2 || labels[0] !== labels[1]) return undefined;
        return { remove: [k], add: [{ expr: ones(expr.shape.slice(0, 1)), labels: labels.slice(0, 1) }], coef: zero };
      },
    },
  ],
  examples: [{ of: "a'*gap(x)*b", by: 'x', is: "a.*(gap(x).^2*b)-b.*((gap(x).^2)'*a)", declare: 'x: vector(n); a: vector(n); b: vector(n)' }],
});

/** The extreme entry of all values is a function of its own, which has derivatives where the others of its kind are repeated. */
function extremeOf(which: 'max' | 'min', values: string, example: ApplyRule['example'], of: (args: readonly Expr[]) => Expr): ApplyRule {
  return {
    name: `${which}-of-${values}`,
    on: which,
    at: 'apply',
    example,
    rewrite: ({ args: [x], params: [axes] }) => (x?.kind === 'apply' && x.op === values && x.shape.length === Number(axes) ? of(x.args) : undefined),
  };
}

function gapOf(x: Expr): Expr {
  return call(gap.op, [x]);
}

// dλ[k] = v[k]' dA v[k]
const eigvals = matrixOp({
  name: 'eigvals',
  aliases: ['eig'],
  family: 'spectral',
  says: 'eigenvalues of a symmetric matrix, ascending',
  signature: 'matrix(n, n) -> vector(n)',
  ranks: [2],
  requires: ['symmetric'],
  shape: ([A]) => must(A).slice(0, 1),
  spell: {
    ...eigenScripts('$values', 0),
    ...eigen(0),
    ...partOf(eigenNames, 'eigh', 0),
  },
  partial: ({ args, at }) => {
    const V = call(eigvecs.op, args);
    return at('ak,bk->kab', V, V);
  },
  work: work.eigenvalues,
  value: ([A]) => symmetricEigen(must(A)).values,
  facts: ([A]) => signs(A),
  lists: 'eigenvalues',
  excludes: simple,
  rules: [
    sumOverOwnAxis('sum-of-eigenvalues', { before: 'sum(eigvals(S))', after: 'tr(S)', declare: 'S: matrix(n, n) symmetric' }, (S) => einsum('ii->', [S])),
  ],
  source: 'Magnus, On differentiating eigenvalues and eigenvectors, 1985',
  examples: [{ of: "a'*eigvals(S)", by: 'S', is: "eigvecs(S)*diag(a)*eigvecs(S)'", declare: 'S: matrix(n, n) symmetric; a: vector(n)' }],
});

// dV = V (gap(λ) .* (V' dA V))
const eigvecs = matrixOp({
  name: 'eigvecs',
  family: 'spectral',
  says: 'orthonormal eigenvectors of a symmetric matrix as columns, in the order of eigvals',
  signature: 'matrix(n, n) -> matrix(n, n)',
  ranks: [2],
  requires: ['symmetric'],
  shape: ([A]) => must(A),
  spell: {
    ...eigenScripts('$vectors', 1),
    ...eigen(1),
    ...partOf(eigenNames, 'eigh', 1),
  },
  partial: ({ node: V, args, at }) => {
    const G = gapOf(call(eigvals.op, args));
    return scale(half, add(at('im,mk,am,bk->ikab', V, G, V, V), at('im,mk,bm,ak->ikab', V, G, V, V)));
  },
  work: work.eigenvectors,
  value: ([A]) => symmetricEigen(must(A)).vectors,
  facts: () => ['orthogonal'],
  excludes: simple,
  rules: [
    {
      name: 'eigendecomposition',
      at: 'product',
      example: { before: "eigvecs(S)*diag(eigvals(S))*eigvecs(S)'*x", after: 'S*x', declare: 'S: matrix(n, n) symmetric; x: vector(n)' },
      rewrite: (product, k) => {
        const S = argumentOf(product, k);
        return S && reassembled(product, k, call(eigvals.op, [S]), call(eigvecs.op, [S]), S);
      },
    },
  ],
  source: 'Giles 2008, section 3.1',
  examples: [
    {
      of: "a'*eigvecs(S)*b",
      by: 'S',
      is: "0.5*eigvecs(S)*(gap(eigvals(S)).*(eigvecs(S)'*a*b')+(gap(eigvals(S)).*(eigvecs(S)'*a*b'))')*eigvecs(S)'",
      declare: 'S: matrix(n, n) symmetric; a: vector(n); b: vector(n)',
    },
  ],
});

interface End {
  readonly which: 'max' | 'min';
  readonly says: string;
  readonly at: (n: number) => number;
}

/** The largest or smallest eigenvalue λ, its unit vector v, and S = pinv(λ I - A), which stand in each other's derivatives. */
function endOfSpectrum({ which, says, at: position }: End): readonly FunctionRecord[] {
  const names = { value: `l${which}`, vector: `v${which}`, resolvent: `reduced${which}` };
  const place = which === 'max' ? '-1' : '0';
  const endOf = (k: number, tail: string): Spelling => ({ args: [A], shared: parts, helper }) => `${parts(eigenNames, `${helper('eigh')}(${A?.text}${tail})`)[k]}[..., ${place}]`;
  const endPart = (k: number): Pick<Spell, 'numpy' | 'jax' | 'torch'> => ({ numpy: endOf(k, ', xp'), jax: endOf(k, ''), torch: endOf(k, '') });
  const shared = { ranks: [2], requires: ['symmetric'] as const, family: 'spectral' as const, excludes: ([X]: readonly string[]) => `a repeated ${says} eigenvalue of ${X}` };

  const value = matrixOp({
    ...shared,
    name: names.value,
    says: `${says} eigenvalue of a symmetric matrix`,
    signature: 'matrix(n, n) -> scalar',
    shape: () => [],
    spell: {
      ...endOfScripts('value', which),
      ...endPart(0),
      ...partOf(eigenNames, 'eigh', 0, which === 'max' ? { typescript: '{0}[{0}.length - 1]!', cpp: '{0}({0}.size() - 1)' } : { typescript: '{0}[0]!', cpp: '{0}(0)' }),
    },
    partial: ({ args, at }) => {
      const v = call(vector.op, args);
      return at('a,b->ab', v, v);
    },
    work: work.eigenvalues,
    value: ([A]) => {
      const { values } = symmetricEigen(must(A));
      return dense([], [values.data[position(values.data.length)] ?? Number.NaN]);
    },
    facts: ([A]) => signs(A),
    curvature: { is: which === 'max' ? 'convex' : 'concave', grows: [0] },
    kinks: { semidefinite: ([S]) => endAsLevel(must(S), which, call(value.op, [must(S)])) },
    rules: [extremeOf(which, 'eigvals', { before: `${which}(eigvals(S))`, after: `l${which}(S)`, declare: 'S: matrix(n, n) symmetric' }, (args) => call(value.op, args))],
    source: 'Magnus, On differentiating eigenvalues and eigenvectors, 1985',
    examples: [{ of: `${names.value}(S)`, by: 'S', is: `${names.vector}(S)*${names.vector}(S)'`, declare: 'S: matrix(n, n) symmetric' }],
  });

  // dv = S dA v
  const vector = matrixOp({
    ...shared,
    name: names.vector,
    says: `unit eigenvector of the ${says} eigenvalue of a symmetric matrix`,
    signature: 'matrix(n, n) -> vector(n)',
    shape: ([A]) => must(A).slice(0, 1),
    spell: {
      ...endOfScripts('vector', which),
      ...endPart(1),
      ...partOf(eigenNames, 'eigh', 1, which === 'max' ? { typescript: '@column({0}, {0}.cols - 1)', cpp: '{0}.col({0}.cols() - 1)' } : { typescript: '@column({0}, 0)', cpp: '{0}.col(0)' }),
    },
    partial: ({ node: v, args, at }) => {
      const S = call(resolvent.op, args);
      return scale(half, add(at('ia,b->iab', S, v), at('ib,a->iab', S, v)));
    },
    work: work.eigenvectors,
    value: ([A]) => {
      const { vectors } = symmetricEigen(must(A));
      const n = must(vectors.shape[0]);
      return dense([n], block(vectors, 0, position(n), n, 1).data);
    },
    facts: () => ['unit'],
    rules: [
      {
        name: `unit-${names.vector}`,
        at: 'product',
        on: powName,
        example: { before: `(${names.vector}(S)'*${names.vector}(S))*x`, after: 'x', declare: 'S: matrix(n, n) symmetric; x: vector(n)' },
        rewrite: (product, k) => {
          const { expr, labels } = must(product.factors[k]);
          const square = asPower(expr);
          if (!square || square.base.kind !== 'apply' || square.base.op !== names.vector || !same(square.exponent, ratio(2))) return undefined;
          return labels.length === 1 && product.isPrivateTo(must(labels[0]), [k]) ? { remove: [k], add: [] } : undefined;
        },
      },
    ],
    source: 'Magnus, On differentiating eigenvalues and eigenvectors, 1985',
    examples: [
      {
        of: `a'*${names.vector}(S)`,
        by: 'S',
        is: `0.5*(${names.resolvent}(S)*a*${names.vector}(S)'+${names.vector}(S)*a'*${names.resolvent}(S))`,
        declare: 'S: matrix(n, n) symmetric; a: vector(n)',
      },
    ],
  });

  // dS = S dA S - (v' dA v) S² - v v' dA S² - S² dA v v'
  const resolvent = matrixOp({
    ...shared,
    name: names.resolvent,
    says: `reduced resolvent pinv(${names.value}(A)*eye-A) of a symmetric matrix`,
    signature: 'matrix(n, n) -> matrix(n, n)',
    shape: ([A]) => must(A),
    spell: {
      ...ofMatrices(`@reducedResolvent({0}, ${which === 'max' ? 0 : 1})`, `@reduced_resolvent({0}, ${which === 'max' ? 0 : 1})`),
      ...helpers('reduced_resolvent', { args: `{0}, ${which === 'max' ? -1 : 0}` }),
      ...preludes('reducedResolvent', 'reduced_resolvent', `{0}, ${which === 'max' ? -1 : 0}`),
    },
    partial: ({ node: S, args, at }) => {
      const v = call(vector.op, args);
      const both = (pattern: string, ...operands: readonly Expr[]): Expr => scale(half, add(at(pattern, ...operands), at(swapLast(pattern), ...operands)));
      return sub(
        both('ia,bj->ijab', S, S),
        add(at('a,b,ik,kj->ijab', v, v, S, S), both('i,a,bk,kj->ijab', v, v, S, S), both('ik,ka,b,j->ijab', S, S, v, v)),
      );
    },
    work: work.resolvent,
    value: ([A]) => reducedResolvent(must(A), position),
    facts: () => [which === 'max' ? 'psd' : 'nsd'],
    source: 'Kato, Perturbation Theory for Linear Operators, section II.2',
    examples: [
      {
        of: `a'*${names.resolvent}(S)*a`,
        by: 'S',
        is: [
          `${names.resolvent}(S)*a*a'*${names.resolvent}(S)`,
          `(a'*${names.resolvent}(S)*${names.resolvent}(S)*a)*${names.vector}(S)*${names.vector}(S)'`,
          `(a'*${names.vector}(S))*(${names.vector}(S)*a'*${names.resolvent}(S)*${names.resolvent}(S)+${names.resolvent}(S)*${names.resolvent}(S)*a*${names.vector}(S)')`,
        ].join('-'),
        declare: 'S: matrix(n, n) symmetric; a: vector(n)',
      },
    ],
  });
  return [value.record, vector.record, resolvent.record];
}

function swapLast(pattern: string): string {
  const [left, right] = pattern.split('->') as [string, string];
  return `${left}->${right.slice(0, -2)}${right.at(-1)}${right.at(-2)}`;
}

function reducedResolvent(A: Dense, position: (n: number) => number): Dense {
  const { values, vectors } = symmetricEigen(A);
  const n = values.data.length;
  const at = position(n);
  const scaled = dense(
    [n, n],
    vectors.data.map((v, i) => (i % n === at ? 0 : v / (values.data[at]! - values.data[i % n]!))),
  );
  return matmul(scaled, transposeOf(vectors));
}

function signs(A: Facts | undefined): readonly Fact[] {
  const from = [['pd', 'positive'], ['psd', 'nonnegative'], ['nd', 'negative'], ['nsd', 'nonpositive']] as const;
  return from.flatMap(([matrix, value]) => (A?.has.has(matrix) ? [value] : []));
}

function thin(A: Shape | undefined): Dim {
  const [m, n] = must(A) as [Dim, Dim];
  return minDims(m, n);
}

// ds[r] = u[r]' dA v[r]
const svdvals = matrixOp({
  name: 'svdvals',
  family: 'spectral',
  says: 'singular values, descending',
  signature: 'matrix(m, n) -> vector(min(m, n))',
  ranks: [2],
  shape: ([A]) => [thin(A)],
  spell: {
    ...singularScripts('$d', 1),
    ...singularPart(1),
    ...partOf(singularNames, 'svd', 1),
  },
  partial: ({ args, at }) => at('ar,br->rab', call(svdu.op, args), call(svdv.op, args)),
  work: work.singularValues,
  value: ([A]) => svd(must(A)).s,
  facts: () => ['nonnegative'],
  lists: 'singular values',
  excludes: simpleSingular,
  rules: [
    {
      name: 'sum-of-singular-values',
      at: 'product',
      example: { before: 'sum(svdvals(X))', after: 'nuc(X)', declare: 'X: matrix(m, n)' },
      rewrite: (product, k) => {
        const { expr, labels } = must(product.factors[k]);
        const [at] = labels;
        if (expr.kind !== 'apply' || labels.length !== 1 || at === undefined || !product.isPrivateTo(at, [k])) return undefined;
        return { remove: [k], add: [{ expr: call(nuc.op, expr.args), labels: [] }] };
      },
    },
  ],
  source: 'Giles 2008, section 3.2',
  examples: [{ of: 'sum(svdvals(X).^2)', by: 'X', is: '2*X', declare: 'X: matrix(m, n)' }],
});

// dU = U (G .* (U' dA V s + s V' dA' U)) + (I - U U') dA V / s with G = gap(s²)
const svdu = matrixOp({
  name: 'svdu',
  family: 'spectral',
  says: 'left singular vectors as columns, as many as there are singular values',
  signature: 'matrix(m, n) -> matrix(m, min(m, n))',
  ranks: [2],
  shape: ([A]) => [must(must(A)[0]), thin(A)],
  spell: {
    ...singularScripts('$u', 0),
    ...singularPart(0),
    ...partOf(singularNames, 'svd', 0),
  },
  partial: ({ node: U, args, at }) => {
    const { V, s, G, inverse } = singular(args);
    return add(
      at('im,mk,am,bk,k->ikab', U, G, U, V, s),
      at('im,mk,m,bm,ak->ikab', U, G, s, V, U),
      at('ia,bk,k->ikab', complement(U, at), V, inverse),
    );
  },
  work: work.singularVectors,
  value: ([A]) => svd(must(A)).u,
  excludes: simpleSingular,
  rules: [
    orthonormalColumns('svdu'),
    {
      name: 'singular-value-decomposition',
      at: 'product',
      example: { before: "svdu(X)*diag(svdvals(X))*svdv(X)'*x", after: 'X*x', declare: 'X: matrix(m, n); x: vector(n)' },
      rewrite: (product, k) => {
        const X = argumentOf(product, k);
        return X && reassembled(product, k, call(svdvals.op, [X]), call(svdv.op, [X]), X);
      },
    },
  ],
  source: 'Townsend, Differentiating the singular value decomposition, 2016',
  examples: [{ of: 'tr(svdu(X)*svdu(X)\')', by: 'X', is: '0*X', declare: 'X: matrix(4, 3)' }],
});

// dV = V (G .* (s U' dA V + V' dA' U s)) + (I - V V') dA' U / s
const svdv = matrixOp({
  name: 'svdv',
  family: 'spectral',
  says: 'right singular vectors as columns, as many as there are singular values',
  signature: 'matrix(m, n) -> matrix(n, min(m, n))',
  ranks: [2],
  shape: ([A]) => [must(must(A)[1]), thin(A)],
  spell: {
    ...singularScripts('$v', 2),
    ...singularPart(2),
    ...partOf(singularNames, 'svd', 2),
  },
  partial: ({ node: V, args, at }) => {
    const { U, s, G, inverse } = singular(args);
    return add(
      at('im,mk,m,am,bk->ikab', V, G, s, U, V),
      at('im,mk,bm,ak,k->ikab', V, G, V, U, s),
      at('ib,ak,k->ikab', complement(V, at), U, inverse),
    );
  },
  work: work.singularVectors,
  value: ([A]) => svd(must(A)).v,
  excludes: simpleSingular,
  rules: [orthonormalColumns('svdv')],
  source: 'Townsend, Differentiating the singular value decomposition, 2016',
  examples: [{ of: 'tr(svdv(X)*svdv(X)\')', by: 'X', is: '0*X', declare: 'X: matrix(3, 4)' }],
});

function singular(args: readonly Expr[]): { U: Expr; V: Expr; s: Expr; G: Expr; inverse: Expr } {
  const s = call(svdvals.op, args);
  return { U: call(svdu.op, args), V: call(svdv.op, args), s, G: gapOf(power(s, 2)), inverse: power(s, -1) };
}

/** I - Q Q' */
function complement(Q: Expr, at: Applied['at']): Expr {
  const n = must(Q.shape.at(-2));
  return sub(at('ia->ia', eye(n)), at('ir,ar->ia', Q, Q));
}

const smax = matrixOp({
  name: 'smax',
  aliases: ['spectral', 'specnorm'],
  family: 'spectral',
  says: 'largest singular value, the spectral norm',
  signature: 'matrix(m, n) -> scalar',
  ranks: [2],
  shape: () => [],
  spell: {
    ...ofMatrices('norm({0})', 'norm({0}, "2")'),
    numpy: "xp.linalg.norm({0}, ord=2, axis=(-2, -1))", jax: "jnp.linalg.norm({0}, ord=2, axis=(-2, -1))", torch: "torch.linalg.matrix_norm({0}, ord=2)",
    ...partOf(singularNames, 'svd', 1, { typescript: '{0}[0]!', cpp: '{0}(0)' }),
  },
  partial: (node) => singularPair(node, () => dim(0)),
  work: work.singularValues,
  value: ([A]) => dense([], [svd(must(A)).s.data[0] ?? 0]),
  curvature: { is: 'convex', grows: [0] },
  kinks: {
    semidefinite: ([A]) => {
      const X = must(A);
      const { order, parts, corner, beside } = besideItself(X);
      const level = (Z: Expr, t: Expr, at: 'first' | 'last'): Expr => {
        const W = corner(Z, at);
        return sub(W, times(broadcast(t, W.shape), eye(must(W.shape[0]))));
      };
      return { order, parts, hasLevel: true, vanish: (Z, t) => [sub(beside(Z), X), level(Z, t, 'first'), level(Z, t, 'last')], value: (_, t) => t, best: add(times(broadcast(call(smax.op, [X]), [order, order]), eye(order)), besides(X, parts)) };
    },
  },
  facts: () => ['nonnegative'],
  rules: [extremeOf('max', 'svdvals', { before: 'max(svdvals(X))', after: 'smax(X)', declare: 'X: matrix(m, n)' }, (args) => call(smax.op, args))],
  excludes: ([X]) => `a repeated largest singular value of ${X}`,
  source: 'Giles 2008, section 3.2',
  examples: [{ of: 'smax(X)^2', by: 'X', is: "2*X*vmax(X'*X)*vmax(X'*X)'", declare: 'X: matrix(m, n)' }],
});

const smin = matrixOp({
  name: 'smin',
  family: 'spectral',
  says: 'smallest singular value',
  signature: 'matrix(m, n) -> scalar',
  ranks: [2],
  shape: () => [],
  spell: {
    ...ofMatrices('min(svd({0}))', 'min(svd({0}, 0, 0)$d)'),
    numpy: "xp.linalg.norm({0}, ord=-2, axis=(-2, -1))", jax: "jnp.linalg.norm({0}, ord=-2, axis=(-2, -1))", torch: "torch.linalg.matrix_norm({0}, ord=-2)",
    ...partOf(singularNames, 'svd', 1, { typescript: '{0}[{0}.length - 1]!', cpp: '{0}({0}.size() - 1)' }),
  },
  partial: (node) => singularPair(node, (r) => addDims(r, dim(-1))),
  work: work.singularValues,
  value: ([A]) => dense([], [svd(must(A)).s.data.at(-1) ?? 0]),
  facts: () => ['nonnegative'],
  excludes: ([X]) => `a repeated smallest singular value of ${X}, and ${X} without full rank`,
  source: 'Giles 2008, section 3.2',
  examples: [{ of: 'smin(X)^2', by: 'X', is: "2*X*vmin(X'*X)*vmin(X'*X)'", declare: 'X: matrix(4, 3)' }],
});

/** λmax(S) ≤ t exactly if t I - S is psd. */
function endAsLevel(S: Expr, which: 'max' | 'min', end: Expr): Semidefinite {
  const n = must(S.shape[0]);
  const symmetric = scale(half, add(S, transposeNode(S)));
  const across = (t: Expr): Expr => times(broadcast(t, [n, n]), eye(n));
  const matrixAt = (t: Expr): Expr => (which === 'max' ? sub(across(t), symmetric) : sub(symmetric, across(t)));
  return {
    order: n,
    hasLevel: true,
    vanish: (Z, t) => [sub(Z, matrixAt(t))],
    value: (_, t) => t,
    best: matrixAt(end),
  };
}

/** [W₁ X; X' W₂] psd: then the trace of it is at least twice the nuclear norm of X, and λ(W) ≤ t bounds the spectral one. */
function besideItself(X: Expr): { order: Dim; parts: readonly Expr[]; corner: (Z: Expr, at: 'first' | 'last') => Expr; beside: (Z: Expr) => Expr } {
  const [m, n] = [must(X.shape[0]), must(X.shape[1])];
  const order = addDims(m, n);
  const [first, last] = [stack(m, order, dim(0)), stack(n, order, m)];
  return {
    order,
    parts: [first, last],
    corner: (Z, at) => einsum('ap,bq,pq->ab', at === 'first' ? [first, first, Z] : [last, last, Z]),
    beside: (Z) => einsum('ap,bq,pq->ab', [first, last, Z]),
  };
}

/** [0 X; X' 0] */
function besides(X: Expr, [first, last]: readonly Expr[]): Expr {
  const upper = einsum('ap,ab,bq->pq', [must(first), X, must(last)]);
  return add(upper, transposeNode(upper));
}

/** [U; V] diag(s) [U; V]' for the singular vectors and values of X = U diag(s) V'. */
function spectralSquare(X: Expr, [first, last]: readonly Expr[]): Expr {
  const both = add(einsum('ap,ar->pr', [must(first), call(svdu.op, [X])]), einsum('bp,br->pr', [must(last), call(svdv.op, [X])]));
  return einsum('pr,qr,r->pq', [both, both, call(svdvals.op, [X])]);
}

/** u v' for the singular vectors at one place. */
function singularPair({ args, at }: Applied, place: (r: Dim) => Dim): Expr {
  const [U, V] = [call(svdu.op, args), call(svdv.op, args)];
  const r = must(U.shape.at(-1));
  return at('ar,br,pr->ab', U, V, stack(dim(1), r, place(r)));
}

const nuc = matrixOp({
  name: 'nuc',
  look: { open: '‖', close: '‖', below: '∗' },
  aliases: ['nuclear'],
  family: 'spectral',
  says: 'nuclear norm: sum of the singular values',
  signature: 'matrix(m, n) -> scalar',
  ranks: [2],
  shape: () => [],
  spell: {
    ...ofMatrices('sum(svd({0}))', 'sum(svd({0}, 0, 0)$d)'),
    numpy: "xp.linalg.norm({0}, ord='nuc', axis=(-2, -1))", jax: "jnp.linalg.norm({0}, ord='nuc', axis=(-2, -1))", torch: "torch.linalg.matrix_norm({0}, ord='nuc')",
    ...partOf(singularNames, 'svd', 1, { typescript: '@sumOf({0})', cpp: '{0}.sum()' }),
  },
  partial: ({ args, at }) => at('ar,br->ab', call(svdu.op, args), call(svdv.op, args)),
  work: work.singularValues,
  value: ([A]) => dense([], [svd(must(A)).s.data.reduce((a, b) => a + b, 0)]),
  curvature: { is: 'convex', grows: [0] },
  kinks: {
    semidefinite: ([A]) => {
      const X = must(A);
      const { order, parts, beside } = besideItself(X);
      return { order, parts, hasLevel: false, vanish: (Z) => [sub(beside(Z), X)], value: (Z) => scale(half, einsum('ii->', [Z])), best: spectralSquare(X, parts) };
    },
  },
  facts: () => ['nonnegative'],
  excludes: ([X]) => `${X} without full rank`,
  source: 'Giles 2008, section 3.2',
  examples: [{ of: 'nuc(X)', by: 'X', is: "svdu(X)*svdv(X)'", declare: 'X: matrix(m, n)' }],
});

export const spectralRecords: readonly FunctionRecord[] = [
  eigvals.record,
  eigvecs.record,
  ...endOfSpectrum({ which: 'max', says: 'largest', at: (n) => n - 1 }),
  ...endOfSpectrum({ which: 'min', says: 'smallest', at: () => 0 }),
  svdvals.record,
  svdu.record,
  svdv.record,
  smax.record,
  smin.record,
  nuc.record,
  gap.record,
];

function argumentOf({ factors }: ProductView, k: number): Expr | undefined {
  const { expr, labels } = must(factors[k]);
  return expr.kind === 'apply' && labels.length === 2 ? expr.args[0] : undefined;
}

/** Left[i,r] values[r] right[j,r] = whole[i,j], where factor `k` is the left one. */
function reassembled({ factors, isPrivateTo }: ProductView, k: number, values: Expr, right: Expr, whole: Expr): ProductChange | undefined {
  const [row, inner] = must(factors[k]).labels as [number, number];
  const v = factors.findIndex((f) => f.expr === values && f.labels[0] === inner);
  const m = factors.findIndex((f, i) => i !== k && f.expr === right && f.labels[1] === inner && f.labels[0] !== inner);
  if (v < 0 || m < 0 || row === inner || !isPrivateTo(inner, [k, v, m])) return undefined;
  return { remove: [k, v, m], add: [{ expr: whole, labels: [row, must(must(factors[m]).labels[0])] }] };
}

/** Q'Q = I for a thin factor. */
function orthonormalColumns(name: string): ProductRule {
  return {
    name: `columns-of-${name}`,
    at: 'product',
    example: { before: `${name}(X)'*${name}(X)*a`, after: 'a', declare: 'X: matrix(4, 3); a: vector(3)' },
    rewrite: (product, k) => {
      const here = must(product.factors[k]);
      if (here.labels.length !== 2) return undefined;
      const [row, col] = here.labels as [number, number];
      for (const [m, other] of product.factors.entries()) {
        if (m === k || other.expr !== here.expr || other.labels[0] !== row || row === col || !product.isPrivateTo(row, [k, m])) continue;
        return { remove: [k, m], add: [{ expr: eye(must(here.expr.shape[1])), labels: [col, must(other.labels[1])] }] };
      }
      return undefined;
    },
  };
}

function sumOverOwnAxis(name: string, example: ProductRule['example'], becomes: (X: Expr) => Expr): ProductRule {
  return {
    name,
    at: 'product',
    example,
    rewrite: (product, k) => {
      const { expr, labels } = must(product.factors[k]);
      if (expr.kind !== 'apply' || labels.length !== 1 || !product.isPrivateTo(must(labels[0]), [k])) return undefined;
      return { remove: [k], add: [{ expr: becomes(must(expr.args[0])), labels: [] }] };
    },
  };
}
