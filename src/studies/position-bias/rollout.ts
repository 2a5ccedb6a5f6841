// Rollout: the row of a query in R[T−1]·…·R[0], R[t] = (1−λ[t])·I + λ[t]·A[t], with A averaged over heads. A row vector
// goes from the top layer down, so that a profile costs T·n² and no product of matrices.
// Abnar, Zuidema, ACL 2020; with measured λ: Herasimchyk et al., arXiv 2602.16837.

export interface Mixed {
  readonly length: number;
  readonly mixings: readonly Float64Array[];
  readonly residual: Float64Array;
}

/** The influence of every position on the query: not negative, of sum 1. */
export function rollout({ length, mixings, residual }: Mixed, query: number): Float64Array {
  let row = new Float64Array(length);
  row[query] = 1;
  for (let t = mixings.length - 1; t >= 0; t--) row = oneLayer(row, mixings[t]!, residual[t]!);
  return row;
}

/**
 * The row vector as it passes down: entry s is the row of the query in the product of the s upper layers, so entry 0 is
 * the query alone and entry T the profile.
 */
export function descent({ length, mixings, residual }: Mixed, query: number, layers: number = mixings.length): Float64Array[] {
  let row = new Float64Array(length);
  row[query] = 1;
  const rows = [row];
  for (let t = layers - 1; t >= 0; t--) {
    row = oneLayer(row, mixings[t]!, residual[t]!);
    rows.push(row);
  }
  return rows;
}

/** (1−λ)·r + λ·r·A. */
export function oneLayer(row: Float64Array, A: Float64Array, share: number): Float64Array<ArrayBuffer> {
  const n = row.length;
  const out = new Float64Array(n);
  for (let j = 0; j < n; j++) out[j] = (1 - share) * row[j]!;
  for (let i = 0; i < n; i++) {
    const factor = share * row[i]!;
    if (factor === 0) continue;
    const start = i * n;
    for (let j = 0; j < n; j++) out[j]! += factor * A[start + j]!;
  }
  return out;
}

/** The profiles of the stacks made of the first t layers, t = 0 … T: what depth does. Costs T²·n²/2. */
export function profilesByDepth(stack: Mixed, query: number): Float64Array[] {
  return Array.from({ length: stack.mixings.length + 1 }, (_, t) => descent(stack, query, t).at(-1)!);
}
