// Derivatives by structured variables. The derivative by a symmetric, diagonal or triangular matrix lives on that
// subspace: the free derivative G is projected onto it.

import { must, unreachable } from '../base/internal.ts';
import { add, permute, scale, sub } from '../ir/build.ts';
import { type Expr, type VariableNode, contract } from '../ir/expr.ts';
import { type Fact, type Facts, facts } from '../ir/fact.ts';
import { ratio } from '../ir/rational.ts';
import { lowerMask } from '../ops/defined/structure.ts';
import { structureOf } from '../ir/structure.ts';

/**
 * How the derivative by a symmetric variable is written.
 * projected  (G + G')/2, the gradient in the space of symmetric matrices
 * cookbook   G + G' - G∘I, entries taken as n(n+1)/2 free numbers (Petersen & Pedersen, The Matrix Cookbook, section 2.8.2)
 */
export type SymmetricConvention = 'projected' | 'cookbook';

/** The free derivative `G`, with axes [of, by], onto the structure of `by`; a diagonal variable keeps one axis. */
export function project(G: Expr, by: VariableNode): Expr {
  const r = G.shape.length;
  const labels = [...Array(r).keys()];
  const structure = structureOf(by);
  switch (structure) {
    case 'none':
      return G;
    case 'symmetric':
      return scale(ratio(1, 2), add(G, permute(G, swapLast(labels))));
    case 'diagonal':
      return contract([G], [[...labels.slice(0, -1), r - 2]], labels.slice(0, -1));
    case 'lower':
    case 'upper': {
      const n = must(by.shape[0]);
      const at = structure === 'lower' ? [r - 2, r - 1] : [r - 1, r - 2];
      return contract([G, lowerMask(n, n)], [labels, at], labels);
    }
    default:
      return unreachable(structure);
  }
}

/** The Cookbook's convention from the projected one: 2P - P∘I over the last two axes. */
export function cookbook(P: Expr): Expr {
  const labels = [...Array(P.shape.length).keys()];
  const tied = [...labels.slice(0, -1), labels.length - 2];
  const diagonal = contract([P], [tied], tied);
  return sub(scale(2, P), diagonal);
}

// Sets that are not open in a linear space: off them the function is still what the formula says, and the derivative
// is that of the formula. Facts of this kind must not be used before differentiating.
const curved: readonly Fact[] = ['orthogonal', 'simplex', 'unit', 'identity', 'constant'];

/** The variable without the facts that hold only on a curved set. */
export function freed(by: VariableNode): Facts {
  const kept = [...by.facts.has].filter((f) => !curved.includes(f));
  return facts(kept, {
    ...(by.facts.above !== undefined && { above: by.facts.above }),
    ...(by.facts.below !== undefined && { below: by.facts.below }),
  });
}

function swapLast(labels: readonly number[]): number[] {
  const r = labels.length;
  return [...labels.slice(0, r - 2), r - 1, r - 2];
}

