// When a pivot of a quasi-definite matrix has no digits left, and what stands in for it.

const noise = 1e-15;
const standIn = 1e-14;

/** The same for the kernels. */
export const lostPivot: { readonly noise: number; readonly standIn: number } = { noise, standIn };

/** Has the pivot the wrong sign, or cancelled to noise? `sign` 0 stands for any; `size` is the sum of its terms. */
export function isLost(pivot: number, sign: number, size: number): boolean {
  return !((sign === 0 ? Math.abs(pivot) : pivot * sign) > noise * size);
}

/**
 * A pivot of a row that depends on those before, just above the noise in it: what is much larger is far from the matrix
 * that was meant, and many of those are more than a Krylov space can make good.
 */
export function replacement(pivot: number, sign: number, size: number): number {
  const direction = sign === 0 ? (pivot < 0 ? -1 : 1) : sign;
  return direction * (size > 0 ? standIn * size : 1);
}
