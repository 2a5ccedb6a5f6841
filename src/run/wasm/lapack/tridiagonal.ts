// Symmetric tridiagonal eigenproblems by implicit QL with Wilkinson's shift.  Golub & Van Loan, section 8.3;
// Dubrulle, Martin & Wilkinson 1968

// Shifted turns converge cubically: three are usual.
const patience = 12;

/** Ascending eigenvalues. */
export function tridiagonalValues(diagonal: Float64Array, beside: Float64Array): Float64Array {
  const d = diagonal.slice();
  implicitQl(d, beside, () => {});
  return d.sort();
}

/**
 * Overwrites d with the eigenvalues (in no order).  Each plane rotation is reported: (z_i, z_{i+1}) ←
 * (c z_i - s z_{i+1}, s z_i + c z_{i+1}) keeps the rows z of a matrix in step.
 */
export function implicitQl(
  d: Float64Array,
  beside: ArrayLike<number>,
  rotate: (i: number, c: number, s: number) => void,
): void {
  const n = d.length;
  const e = new Float64Array(n);
  for (let i = 0; i < n - 1; i++) e[i] = beside[i]!;
  // Where a block is zero but for rounding, nothing is small beside its neighbours: there the size of the whole counts,
  // to which the errors of the reduction belong anyway.
  const whole = Number.EPSILON * 0.5 * d.reduce((most, v, i) => Math.max(most, Math.abs(v) + Math.abs(e[i]!)), 0);
  for (let first = 0; first < n; first++) {
    for (let turn = 0; ; turn++) {
      let last = first;
      while (
        last < n - 1 &&
        !(Math.abs(e[last]!) <= Math.max(Number.EPSILON * 0.5 * (Math.abs(d[last]!) + Math.abs(d[last + 1]!)), turn > patience ? whole : 0))
      )
        last++;
      if (last === first) break;
      if (turn > 80) {
        d.fill(NaN); // never met for finite input
        return;
      }
      let g = (d[first + 1]! - d[first]!) / (2 * e[first]!);
      let r = Math.hypot(g, 1);
      g = d[last]! - d[first]! + e[first]! / (g + (g < 0 ? -r : r));
      let [s, c, p] = [1, 1, 0];
      let i = last - 1;
      for (; i >= first; i--) {
        const f = s * e[i]!;
        const b = c * e[i]!;
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[last] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        rotate(i, c, s);
      }
      if (r === 0 && i >= first) continue;
      d[first]! -= p;
      e[first] = g;
      e[last] = 0;
    }
  }
}
