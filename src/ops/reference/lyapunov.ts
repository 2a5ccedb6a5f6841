// The Lyapunov equation, by brute force on vec(L).  Golub & Van Loan, section 12.3 (Kronecker products)

import { dense, requireSameShape, squareDim } from './dense.ts';
import type { Dense } from './dense.ts';
import { solve } from './lu.ts';

/** L with R L + L R = A; NaN when two eigenvalues of R sum to exactly zero. */
export function lyap(R: Dense, A: Dense): Dense {
  const n = squareDim(R);
  requireSameShape(R, A);
  // With row-major vec: vec(R L) = (R ⊗ I) vec(L), vec(L R) = (I ⊗ Rᵀ) vec(L).
  const size = n * n;
  const system = dense([size, size]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const row = (i * n + j) * size;
      for (let k = 0; k < n; k++) {
        system.data[row + k * n + j]! += R.data[i * n + k]!;
        system.data[row + i * n + k]! += R.data[k * n + j]!;
      }
    }
  }
  return dense([n, n], solve(system, dense([size], A.data)).data);
}
