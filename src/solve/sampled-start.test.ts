import { describe, expect, test } from 'vitest';
import { random } from '../base/random.ts';
import type { Csr } from '../base/csr.ts';
import { solveModel } from './model/solve-model.ts';
import { quasiNewton } from './quasi-newton.ts';
import { onSample } from './sampled-start.ts';
import type { Problem } from './problem.ts';

const logistic = `
parameters
  matrix A
  vector y
  scalar c
variables
  vector w
min
  0.5*w'*w+c*sum(log(exp((-y).*(A*w))+vector(1)))
`;

/** Labels of a linear rule with noise; `size` is that of the entries of a row. */
function labelled(rows: number, cols: number, size: (i: number) => number = () => 1): { A: { shape: number[]; data: Float64Array }; y: Float64Array } {
  const r = random(3);
  const rule = Float64Array.from({ length: cols }, () => r.normal());
  const data = new Float64Array(rows * cols);
  const y = Float64Array.from({ length: rows }, (_, i) => {
    let margin = 0;
    for (let j = 0; j < cols; j++) margin += rule[j]! * (data[i * cols + j] = size(i) * r.normal());
    return r.uniform() < 1 / (1 + Math.exp(-margin)) ? 1 : -1;
  });
  return { A: { shape: [rows, cols], data }, y };
}

function sparse({ shape: [rows = 0, cols = 0], data }: { shape: number[]; data: Float64Array }): Csr {
  const kept = [...data.keys()].filter((at) => (at * 7) % 11 < 2);
  const indptr = new Int32Array(rows + 1);
  for (const at of kept) indptr[Math.floor(at / cols) + 1]!++;
  for (let i = 0; i < rows; i++) indptr[i + 1]! += indptr[i]!;
  return { rows, cols, indptr, indices: Int32Array.from(kept, (at) => at % cols), values: Float64Array.from(kept, (at) => data[at]!) };
}

/** A sum over rows of (z - center)²/2 in one variable, of which `seen` counts the rows that were asked for. */
function rowsAround(centers: Float64Array): { problem: Problem; seen: () => number } {
  let seen = 0;
  const over = (stretches: readonly (readonly [number, number])[]) => (z: Float64Array, out: Float64Array) => {
    const taken = stretches.flatMap(([from, to]) => [...centers.subarray(from, to)]);
    seen += taken.length;
    const weight = centers.length / taken.length;
    out[0] = weight * taken.reduce((sum, c) => sum + z[0]! - c, 0);
    return (weight / 2) * taken.reduce((sum, c) => sum + (z[0]! - c) ** 2, 0);
  };
  const all = over([[0, centers.length]]);
  const none = new Float64Array(1);
  const objective = { class: 'smooth' as const, gradient: all, value: (z: Float64Array) => all(z, none), sampled: { rows: centers.length, from: over } };
  return { problem: { dim: 1, lower: Float64Array.of(-Infinity), upper: Float64Array.of(Infinity), start: Float64Array.of(0), objective, convex: true }, seen: () => seen };
}

describe('a start from a sample of the rows', () => {
  test('is near the optimum of all, whatever their order', () => {
    for (const center of [(i: number) => (i < 15_000 ? 1 : 3), (i: number) => (i % 32 < 16 ? 1 : 3), (i: number) => (i % 2000 < 1000 ? 1 : 3)]) {
      const { problem } = rowsAround(Float64Array.from({ length: 30_000 }, (_, i) => center(i)));
      const sample = onSample(problem);
      const g = new Float64Array(1);
      sample?.objective.gradient(Float64Array.of(2), g);
      expect(Math.abs(g[0]! / 30_000)).toBeLessThan(0.5);
    }
  });

  test('is not made of few rows', () => {
    expect(onSample(rowsAround(new Float64Array(4000)).problem)).toBeUndefined();
  });

  test('spares the evaluation of all rows where the solver would have started', () => {
    const { problem, seen } = rowsAround(Float64Array.from({ length: 30_000 }, (_, i) => i % 5));
    const state = quasiNewton.init(problem, { tolerance: 1e-8 });
    expect(seen()).toBeLessThan(2 * 30_000);
    expect(Math.abs(quasiNewton.standing(state).z[0]! - 2)).toBeLessThan(0.2);
  });

  test('is left where it leads up', () => {
    // One row that the sample misses outweighs all others.
    const centers = new Float64Array(30_000).fill(1e-3);
    centers[17] = -1e4;
    const state = quasiNewton.init(rowsAround(centers).problem, { tolerance: 1e-8 });
    expect(quasiNewton.standing(state).objective).toBeLessThanOrEqual(rowsAround(centers).problem.objective.value(Float64Array.of(0)));
  });

  test('leads to the same optimum with fewer evaluations, for dense and sparse data', () => {
    const given = labelled(24_000, 40);
    const start = { w: { shape: [40], data: new Float64Array(40) } };
    for (const A of [given.A, sparse(given.A)]) {
      const data = { A, y: given.y, c: 1 };
      const found = solveModel(logistic, data);
      expect(found.outcome).toBe('optimal (global)');
      // Newton's method knows nothing of samples.
      const other = solveModel(logistic, data, { start, method: 'projected-newton' });
      expect(found.objective / other.objective).toBeCloseTo(1, 12);
      found.x['w']!.data.forEach((v, j) => expect(v).toBeCloseTo(other.x['w']!.data[j]!, 7));
    }
  });

  test('misleads for a while only where few rows outweigh all others', () => {
    const { A, y } = labelled(24_000, 30, (i) => (i % 1000 === 7 ? 300 : 1));
    const found = solveModel(logistic, { A, y, c: 1 });
    expect(found.outcome).toBe('optimal (global)');
    expect(found.kkt.stationarity.scaled).toBeLessThan(1e-8);
  });
});
