// What a square root misses, computed accurately enough to correct it.

import { type Jet, zeroLike } from './jet.ts';

/** X - R², every entry as if summed in twice the precision (Ogita, Rump & Oishi 2005, algorithm Dot2). */
export function squareResidual(X: Jet, R: Jet): Jet {
  const { n } = X;
  const result = zeroLike(X);
  for (let s = 0; s < 2 ** X.order; s++) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const entry = (s * n + i) * n + j;
        let sum = X.parts[entry]!;
        let lost = 0;
        for (let t = s; ; t = (t - 1) & s) {
          for (let k = 0; k < n; k++) {
            const [a, b] = [-R.parts[(t * n + i) * n + k]!, R.parts[((s ^ t) * n + k) * n + j]!];
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
          if (t === 0) break;
        }
        result.parts[entry] = sum + lost;
      }
    }
  }
  return result;
}

/** The leading 26 bits (Veltkamp). */
function highHalf(a: number): number {
  const spread = 134217729 * a;
  return spread - (spread - a);
}
