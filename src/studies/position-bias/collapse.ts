// Whether depth makes all positions listen to the first one alone. All factors of the rollout are lower triangular under
// a causal mask, so token i keeps P[i,i] = Π_t (1 − λ[t]·(1 − A[t][i,i])) of itself; and where every row puts at least
// ε[t] on the first position, what is not there shrinks by 1 − λ[t]·ε[t] a layer. So a convergent Σ λδ keeps every token
// alive, and a divergent Σ λ collapses them: the decision is summability, not the presence of a residual stream.

import type { Schedule, Stack } from './stack.ts';

export interface Collapse {
  /** Σ_t λ[t]·δ[t], with δ the largest mass that a row puts beside its diagonal. */
  readonly total: number;
  readonly delta: Float64Array;
  /** Every token keeps at least Π (1 − λ[t]·δ[t]) of itself. */
  readonly keptAtLeast: number;
  /** At most Π (1 − λ[t]·ε[t]) of a row is elsewhere than at the first position; 1 says nothing. */
  readonly elsewhereAtMost: number;
  /** Mass of the query's profile at positions that read only themselves or each other. */
  readonly absorbed: number;
  readonly absorbing: readonly number[];
  /** What more layers of the same schedule do. */
  readonly limit: 'collapses' | 'does not collapse' | 'not decided';
  readonly says: string;
}

export function collapseOf(stack: Stack, mixings: readonly Float64Array[], profile: Float64Array): Collapse {
  const n = stack.length;
  const per = new Map<Float64Array, { readonly delta: number; readonly epsilon: number }>();
  for (const A of new Set(mixings)) {
    let [delta, epsilon] = [0, Infinity];
    for (let i = 0; i < n; i++) {
      delta = Math.max(delta, 1 - A[i * n + i]!);
      epsilon = Math.min(epsilon, A[i * n]!);
    }
    per.set(A, { delta, epsilon });
  }
  const delta = Float64Array.from(mixings, (A) => per.get(A)!.delta);
  let [total, keptAtLeast, elsewhereAtMost] = [0, 1, 1];
  stack.residual.forEach((share, t) => {
    total += share * delta[t]!;
    keptAtLeast *= 1 - share * delta[t]!;
    elsewhereAtMost *= 1 - share * per.get(mixings[t]!)!.epsilon;
  });
  const absorbing = absorbingPositions(stack, mixings);
  const absorbed = absorbing.reduce((sum, j) => sum + profile[j]!, 0);
  const limit = limitOf(stack.schedule, delta.some((d) => d > 0), keptAtLeast, () => leadsTo(absorbing, mixings, n));
  return { total, delta, keptAtLeast, elsewhereAtMost, absorbed, absorbing, limit, says: sentence(total, keptAtLeast, absorbed, absorbing.length, limit, stack.schedule) };
}

/** Positions that read only themselves in every layer; under a prefix mask, the prefix, which reads only itself. */
function absorbingPositions({ attention, length }: Stack, mixings: readonly Float64Array[]): number[] {
  const used = [...new Set(mixings)];
  const prefix = Math.max(0, ...attention.flatMap((a) => a.masks.map((m) => (m.kind === 'prefix' ? m.length : 0))));
  const isClosed = (count: number): boolean => used.every((A) => Array.from({ length: count }, (_, i) => A.subarray(i * length + count, (i + 1) * length)).every((row) => row.every((x) => x === 0)));
  if (prefix > 1 && isClosed(prefix)) return Array.from({ length: prefix }, (_, j) => j);
  return Array.from({ length }, (_, j) => j).filter((j) => used.every((A) => 1 - A[j * length + j]! < 1e-12));
}

/** Whether every position outside reads no later ones, and so hands a fixed share of itself down in every layer. */
function leadsTo(absorbing: readonly number[], mixings: readonly Float64Array[], n: number): boolean {
  const outside = Array.from({ length: n }, (_, i) => i).filter((i) => !absorbing.includes(i));
  return absorbing.length > 0 && [...new Set(mixings)].every((A) => outside.every((i) => A.subarray(i * n + i + 1, (i + 1) * n).every((x) => x === 0)));
}

// A schedule that converges leaves every position a share of itself, if no layer takes it whole. Where all that is read
// leads down to absorbing positions, every chain ends there once Σ λ diverges.
function limitOf(schedule: Schedule, reads: boolean, keptAtLeast: number, leadsDown: () => boolean): Collapse['limit'] {
  if (schedule.kind === 'list') return 'not decided';
  const converges = schedule.kind === 'constant' ? schedule.value === 0 : schedule.first === 0 || schedule.exponent > 1;
  if (converges || !reads) return keptAtLeast > 0 ? 'does not collapse' : 'not decided';
  return leadsDown() ? 'collapses' : 'not decided';
}

function sentence(total: number, kept: number, absorbed: number, absorbing: number, limit: Collapse['limit'], schedule: Schedule): string {
  const percent = (x: number): string => (x > 0 && x < 1e-6 ? 'less than 0.0001 %' : `${Number((100 * x).toPrecision(3))} %`);
  const where = absorbing === 0 ? 'no position only reads itself' : absorbing === 1 ? `the absorbing position holds ${percent(absorbed)} of the influence` : `the ${absorbing} absorbing positions hold ${percent(absorbed)} of the influence`;
  const here = absorbed > 0.9 && absorbing > 0 ? 'collapsed at this depth' : 'not collapsed at this depth';
  const more =
    limit === 'collapses'
      ? `with more layers of this ${schedule.kind} schedule Σλ diverges and all of it ends ${absorbing === 1 ? 'at that position' : 'at those positions'}`
      : limit === 'does not collapse'
        ? `with more layers of this ${schedule.kind} schedule Σλδ stays finite and every position keeps a share of itself`
        : schedule.kind === 'list'
          ? 'a list of λ says nothing about more layers'
          : 'what more layers do is not decided here';
  return `Σλδ = ${Number(total.toPrecision(4))}: ${here}; ${where}, and every position keeps at least ${percent(kept)} of itself; ${more}. Influence is not retrieval accuracy.`;
}
