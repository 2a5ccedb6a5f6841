// Cholesky factor and pseudo-inverse.

import { must } from '../../base/internal.ts';
import { add, scale, sub } from '../../ir/build.ts';
import type { Dim } from '../../ir/dim.ts';
import { type Expr, eye } from '../../ir/expr.ts';
import { ratio } from '../../ir/rational.ts';
import { lowerMask } from '../defined/structure.ts';
import { call, matrixOp, square, whenFirstIs } from '../define.ts';
import type { FunctionRecord } from '../op.ts';
import { cholesky } from '../reference/cholesky.ts';
import { pinv as pinvOf } from '../reference/svd.ts';
import { arrays, atom } from '../spell.ts';
import { preludes } from '../spell-native.ts';
import { ofMatrices } from '../spell-scripts.ts';
import { inverse } from './determinant.ts';
import * as work from './work.ts';

// dL = L Φ(inv(L) dA inv(L)'), where Φ takes the lower triangle and half of the diagonal; dA is read as symmetric.
const chol = matrixOp({
  name: 'chol',
  family: 'matrix',
  says: "Cholesky factor: the lower L with positive diagonal and L*L' = A",
  signature: 'matrix(n, n) -> matrix(n, n)',
  ranks: [2],
  requires: ['symmetric'],
  shape: square,
  spell: {
    ...ofMatrices("chol({0}, 'lower')", ({ args: [A] }) => ({ ...atom(`t(chol(${A?.text}))`), turned: atom(`chol(${A?.text})`) })),
    ...arrays('linalg.cholesky'),
    ...preludes('cholesky', 'cholesky'),
  },
  partial: ({ node, args: [A], at }) => {
    const n = must(must(A).shape.at(-1));
    const half = sub(lowerMask(n, n), scale(ratio(1, 2), eye(n)));
    const inv = inverse(node);
    return scale(ratio(1, 2), add(at('im,mj,ma,jb->ijab', node, half, inv, inv), at('im,mj,mb,ja->ijab', node, half, inv, inv)));
  },
  work: work.cholesky,
  value: ([A]) => cholesky(must(A)),
  facts: ([A]) => (A?.has.has('diagonal') ? ['diagonal'] : ['lower']),
  needs: ([A]) => `${A} positive definite`,
  holds: whenFirstIs('pd'),
  rules: [
    {
      name: 'product-of-cholesky-factors',
      at: 'product',
      example: { before: "chol(S)*chol(S)'*x", after: 'S*x', declare: 'S: matrix(n, n) pd; x: vector(n)' },
      rewrite: (product, k) => {
        const here = must(product.factors[k]);
        if (here.expr.kind !== 'apply' || here.labels.length !== 2) return undefined;
        const [row, inner] = here.labels as [number, number];
        for (const [m, other] of product.factors.entries()) {
          if (m === k || other.expr !== here.expr || other.labels[1] !== inner || row === inner || !product.isPrivateTo(inner, [k, m])) continue;
          return { remove: [k, m], add: [{ expr: must(here.expr.args[0]), labels: [row, must(other.labels[0])] }] };
        }
        return undefined;
      },
    },
    {
      name: 'cholesky-factor-is-lower',
      at: 'product',
      example: { before: 'tril(chol(S))*x', after: 'chol(S)*x', declare: 'S: matrix(n, n) pd; x: vector(n)' },
      rewrite: ({ factors }, k) => {
        const here = must(factors[k]);
        const n = must(here.expr.shape[0]);
        if (here.labels.length !== 2) return undefined;
        const [row, col] = here.labels as [number, number];
        for (const [m, other] of factors.entries()) {
          if (other.expr !== lowerMask(n, n) || row === col) continue;
          if (other.labels[0] === row && other.labels[1] === col) return { remove: [m], add: [] };
          // What lies on both sides of the diagonal is the diagonal.
          if (other.labels[0] === col && other.labels[1] === row) return { remove: [m], add: [{ expr: eye(n), labels: [row, col] }] };
        }
        return undefined;
      },
    },
  ],
  source: 'Murray, Differentiation of the Cholesky decomposition, 2016, equation 8',
  examples: [
    {
      of: "tr(B'*chol(S))",
      by: 'S',
      is: "0.5*inv(chol(S))'*(tril(chol(S)'*B)+tril(chol(S)'*B)'-diag(diag(chol(S)'*B)))*inv(chol(S))",
      declare: 'S: matrix(n, n) pd; B: matrix(n, n)',
    },
  ],
});

// dP = -P dA P + (I - P A) dA' P' P + P P' dA' (I - A P), where the rank stays the same
const pinv = matrixOp({
  name: 'pinv',
  look: { above: '+' },
  family: 'matrix',
  says: 'Moore-Penrose inverse',
  signature: 'matrix(m, n) -> matrix(n, m)',
  ranks: [2],
  shape: ([A]) => must(A).toReversed(),
  spell: {
    ...ofMatrices('pinv({0})', '@pinv({0})'),
    ...arrays('linalg.pinv'),
    typescript: '@pinv({0})', cpp: '{0!}.completeOrthogonalDecomposition().pseudoInverse()',
  },
  partial: ({ node: P, args: [A], at }) => {
    const [m, n] = must(A).shape.slice(-2) as [Dim, Dim];
    const offRows = sub(at('ib->ib', eye(n)), at('ik,kb->ib', P, must(A)));
    const offColumns = sub(at('aj->aj', eye(m)), at('ak,kj->aj', must(A), P));
    return add(
      scale(-1, at('ia,bj->ijab', P, P)),
      at('ib,ka,kj->ijab', offRows, P, P),
      at('ik,bk,aj->ijab', P, P, offColumns),
    );
  },
  work: work.pseudoInverse,
  value: ([A]) => pinvOf(must(A)),
  facts: ([A]) => (['symmetric', 'psd', 'pd', 'nsd', 'nd', 'diagonal'] as const).filter((f) => A?.has.has(f)),
  commutesWithTranspose: true,
  excludes: ([A]) => `points where the rank of ${A} changes`,
  rules: [
    {
      name: 'pseudo-inverse-twice',
      at: 'apply',
      example: { before: 'pinv(pinv(X))', after: 'X', declare: 'X: matrix(m, n)' },
      rewrite: ({ args: [X] }) => (X?.kind === 'apply' && X.op === 'pinv' ? X.args[0] : undefined),
    },
  ],
  source: 'Golub & Pereyra, The differentiation of pseudo-inverses, 1973',
  examples: [
    {
      of: "a'*pinv(X)*b",
      by: 'X',
      is: "-pinv(X)'*a*b'*pinv(X)'+pinv(X)'*pinv(X)*b*a'*(eye-pinv(X)*X)+(eye-X*pinv(X))*b*a'*pinv(X)*pinv(X)'",
      declare: 'X: matrix(m, n); a: vector(n); b: vector(m)',
    },
  ],
});

/** The lower L with L L' = A. */
export function choleskyFactor(A: Expr): Expr {
  return call(chol.op, [A]);
}

export const decompositionRecords: readonly FunctionRecord[] = [chol.record, pinv.record];
