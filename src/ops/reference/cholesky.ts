// Cholesky factor.  Golub & Van Loan, section 4.2

import { dense, filled, squareDim, symmetricPart } from './dense.ts';
import type { Dense } from './dense.ts';

/** Lower L with positive diagonal and L Lᵀ = the symmetric part of A; NaN when that is not positive definite. */
export function cholesky(A: Dense): Dense {
  const n = squareDim(A);
  const S = symmetricPart(A);
  const L = dense([n, n]);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let rest = S.data[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= L.data[i * n + k]! * L.data[j * n + k]!;
      if (i === j && !(rest > 0 && rest < Infinity)) return filled([n, n], NaN);
      L.data[i * n + j] = i === j ? Math.sqrt(rest) : rest / L.data[j * n + j]!;
    }
  }
  return L;
}
