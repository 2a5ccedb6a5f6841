// Roots of the secular equation f(x) = 1 + Σ s_i / (p_i - x) = 0 for ascending poles p and s > 0.
// Bunch, Nielsen & Sorensen 1978; Li 1994, "Solving secular equations stably and efficiently"

/** Root j, between poles j and j + 1 (the last one beyond the last pole), as an offset from the nearer pole. */
export function secularRoot(
  poles: Float64Array,
  squares: Float64Array,
  j: number,
): { readonly origin: number; readonly offset: number } {
  const k = poles.length;
  if (k === 1) return { origin: 0, offset: squares[0]! };
  const isLast = j === k - 1;
  // The two poles that the local model keeps: those around the root, or the last two.
  const [a, b] = isLast ? [k - 2, k - 1] : [j, j + 1];
  const width = isLast ? squares.reduce((sum, one) => sum + one, 0) : poles[b]! - poles[a]!;
  let origin = isLast ? b : a;
  let [low, high] = [0, width];
  if (!isLast && valueAt(poles, squares, poles[a]!, width / 2) < 0) {
    origin = b;
    [low, high] = [-width / 2, 0];
  } else if (!isLast) high = width / 2;
  const base = poles[origin]!;
  let x = isLast ? width / 2 : (low + high) / 2;

  for (let turn = 0; turn < 100; turn++) {
    // f = 1 + left + right with the poles up to a in `left`.
    let [left, leftSlope, right, rightSlope] = [0, 0, 0, 0];
    for (let i = 0; i <= a; i++) {
      const inverse = 1 / (poles[i]! - base - x);
      const term = squares[i]! * inverse;
      left += term;
      leftSlope += term * inverse;
    }
    for (let i = b; i < k; i++) {
      const inverse = 1 / (poles[i]! - base - x);
      const term = squares[i]! * inverse;
      right += term;
      rightSlope += term * inverse;
    }
    const f = 1 + left + right;
    if (!(Math.abs(f) > Number.EPSILON * k * 0.5 * (1 + Math.abs(left) + Math.abs(right)))) break;
    if (f > 0) high = x;
    else low = x;
    // c + A / (da - η) + B / (db - η), matching value and slope of both sums.
    const [da, db] = [poles[a]! - base - x, poles[b]! - base - x];
    const [A, B] = [da * da * leftSlope, db * db * rightSlope];
    const c = f - da * leftSlope - db * rightSlope;
    const p = c * (da + db) + A + B;
    const q = da * db * f;
    const root = Math.sqrt(Math.max(0, p * p - 4 * q * c));
    let step = isLast
      ? p >= 0
        ? (p + root) / (2 * c)
        : (2 * q) / (p - root)
      : p <= 0
        ? (p - root) / (2 * c)
        : (2 * q) / (p + root);
    if (!Number.isFinite(step) || f * step > 0) step = -f / (leftSlope + rightSlope); // f increases: Newton
    let next = x + step;
    if (!(next > low && next < high)) next = low + (high - low) / 2;
    if (next === x || !(Math.abs(next - x) > Number.EPSILON * 0.25 * Math.abs(next))) {
      x = next;
      break;
    }
    x = next;
  }
  return { origin, offset: x };
}

function valueAt(poles: Float64Array, squares: Float64Array, base: number, x: number): number {
  let f = 1;
  for (let i = 0; i < poles.length; i++) f += squares[i]! / (poles[i]! - base - x);
  return f;
}
