// What a square root misses, computed accurately enough to correct it.

import { dense, requireSameShape, squareDim } from './dense.ts';
import type { Dense } from './dense.ts';

/** X - R², every entry as if summed in twice the precision (Ogita, Rump & Oishi 2005, algorithm Dot2). */
export function squareResidual(X: Dense, R: Dense): Dense {
  const n = squareDim(X);
  requireSameShape(X, R);
  const result = dense(X.shape);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = X.data[i * n + j]!;
      let lost = 0;
      for (let k = 0; k < n; k++) {
        const [a, b] = [-R.data[i * n + k]!, R.data[k * n + j]!];
        if (a === 0 || b === 0) continue;
        const product = a * b;
        const [aHigh, bHigh] = [highHalf(a), highHalf(b)];
        const [aLow, bLow] = [a - aHigh, b - bHigh];
        const next = sum + product;
        const shift = next - sum;
        lost += sum - (next - shift) + (product - shift); // Knuth's two-sum
        lost += aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow); // Dekker's two-product
        sum = next;
      }
      result.data[i * n + j] = sum + lost;
    }
  }
  return result;
}

/** The leading 26 bits (Veltkamp). */
function highHalf(a: number): number {
  const spread = 134217729 * a;
  return spread - (spread - a);
}
