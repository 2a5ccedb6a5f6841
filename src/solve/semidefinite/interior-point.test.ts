import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { must } from '../../base/internal.ts';
import type { Given } from '../model/data.ts';
import type { ModelOptions, Solution } from '../index.ts';
import { solveModel } from '../model/solve-model.ts';
import { fromEntries } from '../matrix.ts';
import type { Problem } from '../problem.ts';
import { solve } from '../solve.ts';

const theta = 'parameters\n matrix E symmetric\nvariables\n matrix X psd\nmax\n sum(X)\nst\n tr(X) == 1\n X.*E == matrix(0)';
const correlation = 'parameters\n matrix C symmetric\nvariables\n matrix X psd\nmin\n 0.5*norm2(X-C)^2\nst\n diag(X) == vector(1)';
const maxCut = 'parameters\n matrix L symmetric\nvariables\n matrix X psd\nmax\n 0.25*tr(L*X)\nst\n diag(X) == vector(1)';

function solved(text: string, data: Given, options: ModelOptions = {}): Solution {
  const s = solveModel(text, data, options);
  expect(s.method).toBe('semidefinite interior point');
  return s;
}

function graph(n: number, edges: readonly (readonly [number, number])[]): number[][] {
  const E = Array.from({ length: n }, () => Array.from({ length: n }, () => 0));
  for (const [i, j] of edges) must(E[i])[j] = must(E[j])[i] = 1;
  return E;
}

const cycle = (n: number): [number, number][] => Array.from({ length: n }, (_, i) => [i, (i + 1) % n]);
const petersen: [number, number][] = [...cycle(5), ...Array.from({ length: 5 }, (_, i): [number, number] => [i, i + 5]), ...Array.from({ length: 5 }, (_, i): [number, number] => [5 + i, 5 + ((i + 2) % 5)])];

describe('models', () => {
  // Lovász, On the Shannon capacity of a graph, 1979.
  test.each([
    ['pentagon', 5, cycle(5), Math.sqrt(5)],
    ['heptagon', 7, cycle(7), (7 * Math.cos(Math.PI / 7)) / (1 + Math.cos(Math.PI / 7))],
    ['Petersen graph', 10, petersen, 4],
  ] as const)('theta of the %s', (_, n, edges, value) => {
    const s = solved(theta, { E: graph(n, edges) });
    expect(s.outcome).toBe('optimal (global)');
    expect(Math.abs(s.objective / value - 1)).toBeLessThan(1e-8);
  });

  // Goemans & Williamson 1995: on an odd cycle the relaxation is n (1 + cos(π/n)) / 2.
  test.each([5, 9, 31])('maximum cut of a cycle of %i', (n) => {
    const E = graph(n, cycle(n));
    const L = E.map((row, i) => row.map((e, j) => (i === j ? row.reduce((a, b) => a + b, 0) : -e)));
    const s = solved(maxCut, { L });
    expect(s.outcome).toBe('optimal (global)');
    expect(Math.abs(s.objective / ((n * (1 + Math.cos(Math.PI / n))) / 2) - 1)).toBeLessThan(1e-8);
  });

  // Higham, Computing the nearest correlation matrix, 2002, section 5.
  test('nearest correlation matrix', () => {
    const s = solved(correlation, { C: [[2, -1, 0, 0], [-1, 2, -1, 0], [0, -1, 2, -1], [0, 0, -1, 2]] });
    expect(s.outcome).toBe('optimal (global)');
    const expected = [1, -0.8084, 0.1916, 0.1068, -0.8084, 1, -0.6562, 0.1916, 0.1916, -0.6562, 1, -0.8084, 0.1068, 0.1916, -0.8084, 1];
    Array.from(must(s.x['X']).data).forEach((v, i) => expect(Math.abs(v - must(expected[i]))).toBeLessThan(6e-5));
  });

  test('a matrix of rank one is completed by its nuclear norm', () => {
    const u = [1, 2, -1, 0.5];
    const v = [2, -1, 1, 3, 0.5];
    const M = u.map((a) => v.map((b) => a * b));
    const W = u.map((_, i) => v.map((__, j) => ((i + 2 * j) % 5 === 0 ? 0 : 1)));
    const s = solved('parameters\n matrix M, W\nvariables\n matrix X\nmin\n nuc(X)\nst\n W.*(X-M) == matrix(0)', { M, W });
    expect(s.outcome).toBe('optimal (global)');
    expect(Math.abs(s.objective - Math.hypot(...u) * Math.hypot(...v))).toBeLessThan(1e-6);
  });

  test('largest and smallest eigenvalues mirror each other', () => {
    const A = [[2, 1, 0], [1, -1, 3], [0, 3, 1]];
    const most = solved('parameters\n matrix A symmetric\nvariables\n vector x\nmin\n lmax(A+diag(x))\nst\n sum(x) == 0', { A });
    const least = solved('parameters\n matrix A symmetric\nvariables\n vector x\nmax\n lmin(diag(x)-A)\nst\n sum(x) == 0', { A });
    expect(most.outcome).toBe('optimal (global)');
    expect(least.outcome).toBe('optimal (global)');
    expect(Math.abs(most.objective + least.objective)).toBeLessThan(1e-7);
  });

  test('a spectral norm among quadratic terms and bounds', () => {
    const B = [[3, 0], [0, 1]];
    const s = solved('parameters\n matrix B\nvariables\n matrix X\nmin\n spectral(X)+0.5*norm2(X-B)^2', { B });
    // The prox of the spectral norm clips singular values so that what is cut off adds up to 1.
    expect(s.outcome).toBe('optimal (global)');
    [2, 0, 0, 1].forEach((v, i) => expect(Math.abs(must(s.x['X']).data[i]! - v)).toBeLessThan(1e-6));
  });

  test('semidefinite and not negative, entry by entry', () => {
    const s = solved('parameters\n matrix E symmetric\nvariables\n matrix X psd\nmax\n sum(X)\nst\n tr(X) == 1\n X.*E == matrix(0)\n X >= 0', { E: graph(5, cycle(5)) });
    expect(s.outcome).toBe('optimal (global)');
    expect(Math.abs(s.objective - Math.sqrt(5))).toBeLessThan(1e-7);
  });

  test('negative semidefinite', () => {
    const s = solved('variables\n matrix X(2,2) nsd\nmin\n X[1,2]\nst\n diag(X) == vector(-2)', {});
    expect(s.outcome).toBe('optimal (global)');
    expect(Math.abs(s.objective + 2)).toBeLessThan(1e-7);
  });

  test('contradiction and ray', () => {
    const empty = solved('variables\n matrix X(3,3) psd\nmin\n tr(X)\nst\n X[1,1] == 1\n X[2,2] == 1\n X[1,2] >= 2', {});
    expect(empty.outcome).toBe('infeasible');
    const deep = solved('variables\n matrix X(3,3) psd\nmin\n X[1,2]\nst\n X[1,1] == 1', {});
    expect(deep.outcome).toBe('unbounded');
  });
});

/** ⟨C, X⟩ with ⟨Aᵢ, X⟩ = bᵢ, made so that X with the first eigenvectors and S with the others are optimal. */
function made(n: number, m: number, seed: number): { problem: Problem; value: number } {
  const g = random(seed);
  const places = new Int32Array(n * n);
  let dim = 0;
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) places[i * n + j] = places[j * n + i] = dim++;
  const square = (): Float64Array => Float64Array.from({ length: n * n }, () => g.normal());
  const Q = square();
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) {
      let dot = 0;
      for (let i = 0; i < n; i++) dot += Q[i * n + j]! * Q[i * n + k]!;
      for (let i = 0; i < n; i++) Q[i * n + j]! -= dot * Q[i * n + k]!;
    }
    const size = Math.hypot(...Array.from({ length: n }, (_, i) => Q[i * n + j]!));
    for (let i = 0; i < n; i++) Q[i * n + j]! /= size;
  }
  const spectral = (values: readonly number[]): Float64Array => Float64Array.from({ length: n * n }, (_, at) => values.reduce((sum, l, k) => sum + l * Q[Math.floor(at / n) * n + k]! * Q[(at % n) * n + k]!, 0));
  const r = Math.floor(n / 3);
  const X = spectral(Array.from({ length: n }, (_, k) => (k < r ? 1 + k : 0)));
  const S = spectral(Array.from({ length: n }, (_, k) => (k < r ? 0 : 1 + k / n)));
  const z = new Float64Array(dim);
  places.forEach((p, at) => (z[p] = X[at]!));
  const c = new Float64Array(dim);
  places.forEach((p, at) => (c[p]! += S[at]!));
  const entries: [number, number, number][] = [];
  const right = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    const y = g.normal();
    for (let j = 0; j < dim; j++) {
      const a = g.normal();
      entries.push([i, j, a]);
      right[i]! += a * z[j]!;
      c[j]! += y * a;
    }
  }
  const value = (x: Float64Array): number => x.reduce((sum, v, j) => sum + v * c[j]!, 0);
  const free = new Float64Array(dim);
  const problem: Problem = {
    dim,
    lower: free.map(() => -Infinity),
    upper: free.map(() => Infinity),
    start: free,
    objective: { class: 'linear', value, gradient: (x, out) => (out.set(c), value(x)) },
    linear: { matrix: fromEntries(m, dim, entries), lower: right, upper: right },
    cones: [{ order: n, places, sign: 1 }],
    convex: true,
  };
  return { problem, value: value(z) };
}

test.each([[4, 3, 1], [8, 12, 2], [15, 30, 3], [25, 40, 4]])('a made program of order %i with %i rows', (n, m, seed) => {
  const { problem, value } = made(n, m, seed);
  const s = solve(problem);
  expect(s.outcome).toEqual({ kind: 'optimal', scope: 'global' });
  expect(Math.abs(s.objective - value)).toBeLessThan(1e-8 * Math.max(1, Math.abs(value)) * 10);
  expect(must(s.kkt.gap).scaled).toBeLessThan(1e-7);
});

describe('programs at the edge', () => {
  test.each([1, 2, 3])('bounds on all entries of a matrix (%i)', (seed) => {
    const r = random(seed);
    const n = 4 + 2 * seed;
    const B = Array.from({ length: n }, () => Array.from({ length: n }, () => r.normal()));
    const C = B.map((a) => B.map((b) => a.reduce((sum, v, j) => sum + v * must(b[j]), 0)));
    const s = solved('parameters\n matrix C symmetric\nvariables\n matrix X symmetric psd\nmax\n sum(X)\nst\n X <= 2\n X >= -1\n tr(C*X) <= 1', { C });
    expect(s.outcome).toBe('optimal (global)');
  });

  test.each([1, 2, 3, 4])('the objective falls for ever along a semidefinite matrix (%i)', (seed) => {
    const r = random(seed);
    const n = 5;
    const symmetric = (): number[][] => {
      const B = Array.from({ length: n }, () => Array.from({ length: n }, () => r.normal()));
      return B.map((row, i) => row.map((v, j) => v + must(must(B[j])[i])));
    };
    const [C, F] = [symmetric(), symmetric()];
    const s = solved('parameters\n matrix C symmetric\n matrix F symmetric\nvariables\n matrix X symmetric psd\nmin\n tr(C*X)\nst\n tr(F*X) == 1', { C, F });
    expect(s.outcome).toBe('unbounded');
    const { data } = must(s.ray?.['X']);
    const along = (M: number[][]): number => M.flat().reduce((sum, v, at) => sum + v * must(data[at]), 0);
    expect(along(C)).toBeLessThan(0);
    expect(Math.abs(along(F))).toBeLessThan(1e-7 * Math.abs(along(C)));
  });

  test('a way down that a free number takes along', () => {
    const s = solved('variables\n matrix X(3, 3) symmetric psd\n scalar t\nmin\n t\nst\n tr(X) == 2-t\n X[1, 1] == 1', {});
    expect(s.outcome).toBe('unbounded');
    expect(must(s.ray?.['t']).data[0]).toBeLessThan(0);
  });
});

test.each([100, 1000])('the gap is measured beside the objective as it is written, not beside what is left without its constant: %s', (c) => {
  const { outcome, objective } = solved('parameters\n matrix C, H symmetric\nvariables\n matrix X(3,3) psd\nmin\n sum((H.*(X-C)).^2)', { C: [[c, 0, 0], [0, -1, 0], [0, 0, 2]], H: [[1, 1, 2], [1, 1, 1], [2, 1, 1]] });
  expect(outcome).toBe('optimal (global)');
  expect(Math.abs(objective - 1)).toBeLessThan(1e-8);
});

test.each(['tr(X) == -1', 'X[1,1] <= 1\n X[2,2] <= 1\n X[1,2] >= 1.1', 'X[1,1]+X[2,2] == 1\n X[1,2] == 0.6'])('beside a curved objective affine constraints that contradict each other are infeasible: %s', (constraints) => {
  const { outcome, farkas } = solveModel(`variables\n matrix X(2,2) psd\nmin\n tr(X)-logdet(X)\nst\n ${constraints}`);
  expect(outcome).toBe('infeasible');
  expect(Object.values(must(farkas)).some((y) => y.data.some((v) => v !== 0))).toBe(true);
});
