// Whether later queries read later positions: the rows of the averaged attention in stochastic order. Row i is before row
// i+1 when no cumulative sum of it is less. Finite-depth statements about monotone arms lean on such an order, and the
// authors of arXiv 2602.16837 measure it; where it fails, a profile may have several valleys.

export interface StochasticOrder {
  /** Share of the comparisons of neighbouring rows, position by position, that fail. */
  readonly violated: number;
  /** By how much at most. */
  readonly worst: number;
}

export function stochasticOrder(mixings: readonly Float64Array[], n: number): StochasticOrder {
  let [count, failed, worst] = [0, 0, 0];
  for (const A of new Set(mixings)) {
    for (let i = 0; i + 1 < n; i++) {
      let ahead = 0;
      for (let k = 0; k < n; k++) {
        ahead += A[i * n + k]! - A[(i + 1) * n + k]!;
        count++;
        if (ahead < -1e-12) failed++;
        worst = Math.max(worst, -ahead);
      }
    }
  }
  return { violated: failed / count, worst: failed === 0 ? 0 : worst };
}
