// Solutions of linear systems. The language writes them with `inv`; `stabilise` puts these nodes in its place.

import { must } from '../../base/internal.ts';
import { add, neg } from '../../ir/build.ts';
import { type Expr, type Shape, einsum } from '../../ir/expr.ts';
import { call } from '../define.ts';
import type { Applied, Op } from '../op.ts';
import { matmul, transpose } from '../reference/dense.ts';
import { solve as solveWith } from '../reference/lu.ts';
import { type Spell, type Spelling, atom, level, wrap } from '../spell.ts';
import { leftDivision, ofMatrices } from '../spell-scripts.ts';
import { inverse } from './determinant.ts';
import * as work from './work.ts';

/** A vector with batch axes is a column of one entry to libraries that read it as a matrix. */
function asColumns(spell: (A: string, B: string) => string): Spelling {
  return ({ args: [A, B], batch, params: [k] }) =>
    batch > 0 && k === 1 ? `${spell(must(A).text, `(${must(B).text})[..., None]`)}[..., 0]` : spell(must(A).text, must(B).text);
}

const solving: Spell = {
  ...ofMatrices(({ args: [A, B] }) => leftDivision(must(A), must(B)), 'solve({0}, {1})'),
  numpy: asColumns((A, B) => `xp.linalg.solve(${A}, ${B})`),
  jax: asColumns((A, B) => `jnp.linalg.solve(${A}, ${B})`),
  torch: asColumns((A, B) => `torch.linalg.solve(${A}, ${B})`),
  typescript: ({ args: [A, B], params: [k], helper }) => `${helper(k === 1 ? 'solveVector' : 'solve')}(${A?.text}, ${B?.text})`,
  cpp: '{0!}.partialPivLu().solve({1})',
};

const solvingByCholesky: Spell = {
  ...ofMatrices(({ args: [L, B] }) => leftDivision(must(L).turned ?? atom(`${wrap(must(L), level.atom)}'`), leftDivision(must(L), must(B))), 'backsolve({0}, forwardsolve({0}, {1}), upper.tri = FALSE, transpose = TRUE)'),
  numpy: ({ args: [L, B], params: [k], helper }) => `${helper('cholesky_solve')}(${L?.text}, ${B?.text}, xp${k === 1 ? ', columns=False' : ''})`,
  jax: ({ args: [L, B], params: [k], helper }) => `${helper('cholesky_solve')}(${L?.text}, ${B?.text}${k === 1 ? ', columns=False' : ''})`,
  torch: ({ args: [L, B], params: [k], helper }) => `${helper('cholesky_solve')}(${L?.text}, ${B?.text}${k === 1 ? ', columns=False' : ''})`,
  typescript: ({ args: [L, B], params: [k], helper }) => `${helper(k === 1 ? 'choleskySolveVector' : 'choleskySolve')}(${L?.text}, ${B?.text})`,
  cpp: '@cholesky_solve({0}, {1})',
};

// X with A X = B. The parameter is the number of axes of B: 1 or 2.  d X = inv(A) (dB - dA X)
const solve: Op = {
  name: 'solve',
  ranks: ([k]) => [2, Number(k)],
  shape: ([, B]) => must(B),
  partial: (node, k) => byRightSide(node, k, (A) => inverse(A)),
  spell: solving,
  work: work.solving(work.lu),
  value: ([A, B]) => solveWith(must(A), must(B)),
  excludes: ([A]) => `det(${A}) = 0`,
};

// X with L L' X = B for a lower triangular L.  d X = inv(L L') (dB - (dL L' + L dL') X)
const choleskySolve: Op = {
  name: 'cholsolve',
  ranks: ([k]) => [2, Number(k)],
  shape: ([, B]) => must(B),
  partial: (node, k) => {
    const [L] = node.args;
    const gram = (X: Expr): Expr => node.at('ik,jk->ij', X, X);
    if (k === 1) return byRightSide(node, 1, (X) => inverse(gram(X)));
    // Through A = L L', ∂A[i,j]/∂L[a,b] = [i=a] L[j,b] + [j=a] L[i,b]
    const inv = inverse(gram(must(L)));
    const c = node.params[0] === 2 ? 'c' : '';
    const X = node.node;
    return neg(add(node.at(`ia,jb,j${c}->i${c}ab`, inv, must(L), X), node.at(`im,mb,a${c}->i${c}ab`, inv, must(L), X)));
  },
  spell: solvingByCholesky,
  work: work.solving(work.nothing),
  value: ([L, B]) => {
    const A = matmul(must(L), transpose(must(L)));
    return solveWith(A, must(B));
  },
  excludes: ([L]) => `det(${L}) = 0`,
};

export const solveOps: readonly Op[] = [solve, choleskySolve];

/** The X with A X = B; B has one own axis or two. */
export function solution(A: Expr, B: Expr): Expr {
  return call(solve, [A, B], [ownAxes(A, B)]);
}

/** The X with L L' X = B for the Cholesky factor L. */
export function choleskySolution(L: Expr, B: Expr): Expr {
  return call(choleskySolve, [L, B], [ownAxes(L, B)]);
}

function ownAxes(A: Expr, B: Expr): number {
  return B.shape.length - (A.shape.length - 2);
}

function byRightSide({ node, args: [A, B], params: [k], at }: Applied, which: number, inverseOfA: (A: Expr) => Expr): Expr {
  const inv = inverseOfA(must(A));
  const c = k === 2 ? 'c' : '';
  if (which === 0) return neg(at(`ia,b${c}->i${c}ab`, inv, node));
  if (c === '') return at('ia->ia', inv);
  const last: Shape = [must(must(B).shape.at(-1))];
  const I = einsum('->cc', [], [...last, ...last]);
  return at('ia,cd->icad', inv, I);
}
