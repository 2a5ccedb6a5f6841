// Which diagonal entries of [H + diag(d), Aᵀ; A, -diag(e)] can be pivots before the others, as far as is known before
// d and e are.

import { eachEntry, entryCount } from '../matrix.ts';
import type { Matrix } from '../matrix.ts';

/** What is known before numbers are. */
export interface DiagonalFacts {
  /** Variables with d > 0. */
  readonly variables?: Uint8Array;
  /** Variables with d = 0. */
  readonly free?: Uint8Array;
  /** Rows with e > 0. */
  readonly rows?: Uint8Array;
}

export interface Curvature {
  readonly diagonal: Float64Array;
  /** Variables whose row of H has no entry beside the diagonal. */
  readonly alone: Uint8Array;
}

export function curvatureOf(H: Matrix): Curvature {
  const alone = new Uint8Array(H.rows).fill(1);
  const diagonal = new Float64Array(H.rows);
  if (entryCount(H) > 0)
    eachEntry(H, (i, j, value) => {
      if (i === j) diagonal[i]! += value;
      else if (value !== 0) alone[i] = alone[j] = 0;
    });
  return { diagonal, alone };
}

// Of the largest: a curvature that is clearly there.
const clear = 1e-6;

/** Variables whose row of H has its diagonal entry alone, where that or d is clearly positive. */
export function hasOwnDiagonal({ diagonal, alone }: Curvature, bounded: Uint8Array | undefined): Uint8Array {
  let most = 0;
  for (const value of diagonal) if (value > most) most = value;
  return alone.map((flag, j) => (flag === 1 && (bounded?.[j] === 1 || diagonal[j]! > clear * most) ? 1 : 0));
}
