// tr(A (log A - log B)) is convex in both matrices together (Lindblad, Expectations and entropy inequalities for finite quantum
// systems, 1974, from Lieb's concavity theorem of 1973). The theorem is cited: the proof of it is no sum of squares.

import { must } from '../base/internal.ts';
import { type ApplyNode, type Expr, sum } from '../ir/expr.ts';
import { add, isZero, minusOne, one } from '../ir/rational.ts';
import { isSymmetric } from '../ops/facts.ts';
import { opNamed } from '../ops/table.ts';

export interface RelativeEntropy {
  /** The sum with each pair of its terms as one. */
  readonly whole: Expr;
  readonly parts: readonly Expr[];
}

/** tr(A f(A)) - tr(A f(B)) among the terms of a sum, with one coefficient. */
export function relativeEntropies(start: Expr): RelativeEntropy | undefined {
  if (start.kind !== 'sum') return undefined;
  let rest = [...start.terms];
  const parts: Expr[] = [];
  for (const own of start.terms) {
    if (!rest.includes(own) || matricesOf(own.arg)?.isOwn !== true) continue;
    const A = must(matricesOf(own.arg)).A;
    const other = rest.find((t) => isZero(add(t.coef, own.coef)) && matricesOf(t.arg)?.A === A);
    if (!other) continue;
    const node = sum([{ coef: one, arg: own.arg }, { coef: minusOne, arg: other.arg }]);
    parts.push(node);
    rest = [...rest.filter((t) => t !== own && t !== other), { coef: own.coef, arg: node }];
  }
  return parts.length > 0 ? { whole: sum(rest), parts } : undefined;
}

/** The matrices of tr(A f(A)) - tr(A f(B)); undefined for everything else. */
export function matricesOfEntropy(node: Expr): readonly [Expr, Expr] | undefined {
  const [own, other, ...more] = node.kind === 'sum' ? node.terms : [];
  if (!own || !other || more.length > 0 || own.coef.num <= 0 || !isZero(add(own.coef, other.coef))) return undefined;
  const [first, second] = [matricesOf(own.arg), matricesOf(other.arg)];
  return first?.isOwn && second && first.A === second.A ? [first.A, second.B] : undefined;
}

/** A and B of tr(A f(B)). */
function matricesOf(e: Expr): { readonly A: Expr; readonly B: Expr; readonly isOwn: boolean } | undefined {
  if (e.kind !== 'contract' || e.out.length > 0 || e.args.length !== 2) return undefined;
  const at = e.args.findIndex(isLogarithm);
  const f = e.args[at];
  const A = e.args[1 - at];
  if (!f || !A || !isLogarithm(f) || A.shape.length !== 2) return undefined;
  const [mine, its] = [must(e.labels[at]), must(e.labels[1 - at])];
  const B = must(f.args[0]);
  const isTrace = mine[0] !== mine[1] && mine.every((l) => its.includes(l)) && its[0] !== its[1];
  return isTrace && isSymmetric(A) && isSymmetric(B) ? { A, B, isOwn: A === B } : undefined;
}

function isLogarithm(e: Expr): e is ApplyNode {
  return e.kind === 'apply' && opNamed(e.op).isLogarithmOfMatrix === true;
}
