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
  const limit = limitOf(stack.schedule, delta.some((d) => d > 0), isTriangular(mixings, n) && absorbing.length === 1 && absorbing[0] === 0);
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

function isTriangular(mixings: readonly Float64Array[], n: number): boolean {
  return [...new Set(mixings)].every((A) => Array.from({ length: n }, (_, i) => A.subarray(i * n + i + 1, (i + 1) * n)).every((row) => row.every((x) => x === 0)));
}

// With one absorbing position under a triangular mask every chain ends there once Σ λ diverges: each later position hands a
// fixed share of itself down in every layer.
function limitOf(schedule: Schedule, reads: boolean, endsAtFirst: boolean): Collapse['limit'] {
  if (schedule.kind === 'list') return 'not decided';
  const converges = schedule.kind === 'constant' ? schedule.value === 0 : schedule.first === 0 || schedule.exponent > 1;
  const isWhole = schedule.kind === 'constant' ? schedule.value === 1 : schedule.first === 1;
  if (converges || !reads) return isWhole ? 'not decided' : 'does not collapse';
  return endsAtFirst ? 'collapses' : 'not decided';
}

function sentence(total: number, kept: number, absorbed: number, absorbing: number, limit: Collapse['limit'], schedule: Schedule): string {
  const percent = (x: number): string => (x > 0 && x < 1e-6 ? 'less than 0.0001 %' : `${Number((100 * x).toPrecision(3))} %`);
  const where = absorbing === 0 ? 'no position only reads itself' : absorbing === 1 ? `the absorbing position holds ${percent(absorbed)} of the influence` : `the ${absorbing} absorbing positions hold ${percent(absorbed)} of the influence`;
  const here = absorbed > 0.9 && absorbing > 0 ? 'collapsed at this depth' : 'not collapsed at this depth';
  const more =
    limit === 'collapses'
      ? `with more layers of this ${schedule.kind} schedule Σλ diverges and all of it ends there`
      : limit === 'does not collapse'
        ? `with more layers of this ${schedule.kind} schedule Σλδ stays finite and every position keeps a share of itself`
        : schedule.kind === 'list'
          ? 'a list of λ says nothing about more layers'
          : 'what more layers do is not decided here';
  return `Σλδ = ${Number(total.toPrecision(4))}: ${here}; ${where}, and every position keeps at least ${percent(kept)} of itself; ${more}. Influence is not retrieval accuracy.`;
}
