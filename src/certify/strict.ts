// Strict and strong convexity, read off a proof: the squares of the direction itself may be made a little smaller.

import { must } from '../base/internal.ts';
import type { Expr, VariableNode } from '../ir/expr.ts';
import { isOne, mul, ratio } from '../ir/rational.ts';
import { postorder } from '../ir/walk.ts';
import { has } from '../ops/facts.ts';
import type { Half } from './mirror.ts';
import { isDiagonal } from './network.ts';
import type { Proof } from './proof.ts';
import { prove } from './prove.ts';
import { isPsd } from './squares.ts';

/**
 * `strongly` when q(d) ≥ m‖d‖² with m > 0 that no variable changes, `strictly` when q(d) > 0 for d ≠ 0.
 * `changing` are the variables and directions.
 */
export function definiteness(proof: Proof, directions: readonly VariableNode[], changing: ReadonlySet<Expr>): 'strongly' | 'strictly' | 'none' {
  const { reason } = proof;
  if (reason.rule !== 'squares') return 'none';
  for (const degree of ['strongly', 'strictly'] as const) {
    const found = directions.map((d) => reason.blocks.flatMap((block, k) => block.halves.flatMap((half, a) => (isDirection(half, d, degree, changing) ? [{ k, a }] : []))));
    if (found.some((places) => places.length === 0)) continue;
    const chosen = found.map((places) => must(places[0]));
    const smaller = reason.blocks.map((block, k) =>
      block.gram.map((row, a) => row.map((c, b) => (a === b && chosen.some((p) => p.k === k && p.a === a) ? mul(c, ratio(1023, 1024)) : c))),
    );
    if (smaller.every(isPsd)) return degree;
  }
  return 'none';
}

/** Whether ⟨h, h⟩ is a positive definite form of the direction. */
function isDirection(half: Half, d: VariableNode, degree: 'strongly' | 'strictly', changing: ReadonlySet<Expr>): boolean {
  const own = half.atoms.filter((a) => a.base === d);
  const [only] = own;
  if (own.length !== 1 || !only || !isOne(only.exponent)) return false;
  const labels = new Set(half.ports.map((p) => p.label));
  if (!only.labels.every((l) => labels.has(l)) || labels.size !== new Set(only.labels).size) return false;
  // The diagonal of a matrix says nothing of what stands beside it.
  if (isDiagonal(only) && !has(d, 'diagonal')) return false;
  if (half.ports.some((p) => p.kind === 'matrix' && !has(p.matrix, 'pd'))) return false;
  const weights = [...half.atoms.filter((a) => a !== only).map((a) => a.base), ...half.ports.flatMap((p) => (p.kind === 'matrix' ? [p.matrix] : []))];
  const isSteady = (e: Expr): boolean => postorder([e]).every((node) => !changing.has(node) && !(node.kind === 'variable' && node.name.includes(' ')));
  if (degree === 'strongly' && !weights.every(isSteady)) return false;
  return half.atoms.every((a) => a === only || prove('positive', a.base) !== undefined);
}
