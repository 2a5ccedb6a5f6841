import { describe, expect, test } from 'vitest';

import { random } from '../../base/random.ts';
import { addProduct, addSymmetricProduct, addTransposedProduct, denseMatrix, fromEntries } from '../matrix.ts';
import type { Matrix, SparseMatrix } from '../matrix.ts';
import { bunchKaufman, solveBunchKaufman } from './bunch-kaufman.ts';
import { gmres } from './gmres.ts';
import { isSemidefinite } from './definite.ts';
import { factorDenseLdl, ldlKernel, solveDenseLdl } from './dense-ldl.ts';
import { factorKkt, planKkt, releaseKkt } from './kkt-system.ts';
import { minimumDegree } from './ordering.ts';
import { withoutSingletons } from './singletons.ts';
import { factorLdl, solveLdl, symbolicLdl } from './sparse-ldl.ts';
import { denseSymmetric } from './symmetric.ts';

/** The five-point Laplacian of a square, shifted, with the last rows negative. */
function grid(side: number, positive: number): SparseMatrix {
  const entries: [number, number, number][] = [];
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const k = i * side + j;
      entries.push([k, k, k < positive ? 4.5 : -4.5]);
      if (i > 0) entries.push([k, k - side, -1]);
      if (j > 0) entries.push([k, k - 1, -1]);
    }
  }
  return fromEntries(side * side, side * side, entries);
}

function worst(x: Float64Array, y: Float64Array): number {
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i]!)), 0);
}

function rightSide(A: Parameters<typeof addSymmetricProduct>[0], seed: number): [Float64Array, Float64Array] {
  const r = random(seed);
  const x = Float64Array.from({ length: A.rows }, () => r.normal());
  const b = new Float64Array(A.rows);
  addSymmetricProduct(A, x, 1, b);
  return [x, b];
}

describe('sparse', () => {
  test('the order is a permutation, and fills far less than the natural one', () => {
    const A = grid(40, 1600);
    const order = minimumDegree(A);
    expect([...order].sort((left, right) => left - right)).toEqual(Array.from({ length: 1600 }, (_, k) => k));
    // A band of 40 fills 1600 · 40 in the natural order.
    expect(symbolicLdl(A).fill).toBeLessThan(64_000 / 2);
  });

  test('an arrow is ordered without fill', () => {
    const entries = Array.from({ length: 50 }, (_, k) => [[k, k, 2] as const, [k, 0, 1] as const]).flat();
    expect(symbolicLdl(fromEntries(50, 50, entries)).fill).toBe(49);
  });

  test.each([1, 2, 7, 25])('solves quasi-definite systems on a grid of %i', (side) => {
    const n = side * side;
    const positive = Math.ceil(0.7 * n);
    const A = grid(side, positive);
    const signs = new Int8Array(n).fill(1, 0, positive).fill(-1, positive);
    const factors = factorLdl(symbolicLdl(A), A.values, signs);
    expect([factors.positive, factors.replaced]).toEqual([positive, 0]);
    const [x, b] = rightSide(A, side);
    solveLdl(factors, b);
    expect(worst(x, b)).toBeLessThan(1e-12);
  });
});

describe('dense', () => {
  test.each([1, 5, 49, 130])('blocks and the kernel factor alike at order %i', (n) => {
    const r = random(n);
    const data = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) data[i * n + j] = data[j * n + i] = r.normal();
      data[i * n + i] = i < n / 2 ? 3 * n : -3 * n;
    }
    const signs = new Int8Array(n).map((_, i) => (i < n / 2 ? 1 : -1));
    const [x, b] = rightSide(denseMatrix(n, n, data), n);
    for (const kernel of [undefined, ldlKernel(n)]) {
      const factors = factorDenseLdl(data.slice(), n, signs, kernel);
      const y = b.slice();
      solveDenseLdl(factors, y);
      expect(worst(x, y)).toBeLessThan(1e-12);
      expect(factors.positive).toBe(Math.ceil(n / 2));
    }
  });

  test.each([2, 3, 10, 60])('Bunch–Kaufman solves with a zero diagonal, and counts signs, at order %i', (half) => {
    // [0, B; Bᵀ, 0] has as many positive as negative eigenvalues.
    const n = 2 * half;
    const r = random(half);
    const data = new Float64Array(n * n);
    for (let i = 0; i < half; i++)
      for (let j = 0; j < half; j++) data[i * n + half + j] = data[(half + j) * n + i] = r.normal();
    const factors = bunchKaufman(data.slice(), n);
    expect([factors.positive, factors.negative, factors.zero]).toEqual([half, half, 0]);
    const [x, b] = rightSide(denseMatrix(n, n, data), half);
    solveBunchKaufman(factors, b);
    expect(worst(x, b)).toBeLessThan(1e-8);
  });

  test('semidefinite or not, sparse and dense', () => {
    const A = grid(9, 81);
    const full = denseSymmetric(
      A,
      Array.from({ length: 81 }, (_, k) => k),
    );
    expect([isSemidefinite(A), isSemidefinite(denseMatrix(81, 81, full))]).toEqual([true, true]);
    expect(isSemidefinite(grid(9, 80))).toBe(false);
    expect(isSemidefinite(denseMatrix(2, 2, Float64Array.of(1, 1, 1, 1)))).toBe(true);
    expect(isSemidefinite(denseMatrix(2, 2, Float64Array.of(0, 1, 1, 0)))).toBe(false);
  });
});

describe('quasi-definite systems', () => {
  const r = random(9);
  const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => r.uniform());
  const diagonal = (n: number, flat: number): SparseMatrix => fromEntries(n, n, Array.from({ length: n }, (_, i) => [i, i, i < flat ? 0 : 0.5 + r.uniform()] as const));
  const full = (n: number): Matrix => {
    const B = Float64Array.from({ length: n * n }, () => r.normal());
    const data = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) data[i * n + j]! += (B[i * n + k]! * B[j * n + k]!) / n;
    return denseMatrix(n, n, data);
  };
  const rowsOf = (m: number, n: number, share: number): SparseMatrix => fromEntries(m, n, Array.from({ length: m * n }, (_, k) => [Math.floor(k / n), k % n, r.uniform() < share ? r.normal() : 0] as const).filter((one) => one[2] !== 0));
  const flags = (count: number, from: number): Uint8Array => new Uint8Array(count).fill(1, from);
  interface Quasi {
    readonly says: string;
    readonly n: number;
    readonly m: number;
    readonly H: Matrix;
    readonly share: number;
    readonly free: number;
    readonly hard: number;
    readonly way: readonly [string, string];
    readonly pressing?: number;
  }
  // Of the variables `free` have no bound, and of the rows `hard` no room.
  const cases = [
    { says: 'few rows beside many curved variables', n: 40, m: 7, H: diagonal(40, 0), share: 1, free: 40, hard: 7, way: ['dense', 'variables'] },
    { says: 'one variable is flat, and left to the rows', n: 40, m: 7, H: diagonal(40, 1), share: 1, free: 40, hard: 7, way: ['dense', 'variables'] },
    { says: 'bounded variables without curvature', n: 50, m: 30, H: diagonal(50, 50), share: 1, free: 4, hard: 0, way: ['dense', 'variables'] },
    { says: 'rows with room beside few variables, some equations', n: 20, m: 60, H: full(20), share: 1, free: 20, hard: 3, way: ['dense', 'rows'] },
    { says: 'a full second derivative and equations', n: 45, m: 9, H: full(45), share: 1, free: 45, hard: 9, way: ['dense', 'none'] },
    { says: 'no rows', n: 33, m: 0, H: full(33), share: 1, free: 0, hard: 0, way: ['dense', 'none'] },
    { says: 'more than two panels', n: 150, m: 61, H: full(150), share: 1, free: 150, hard: 61, way: ['dense', 'none'] },
    { says: 'sparse', n: 300, m: 200, H: diagonal(300, 0), share: 0.01, free: 300, hard: 0, way: ['sparse', 'none'] },
    { says: 'rows that press beside few variables', n: 20, m: 60, H: diagonal(20, 20), share: 1, free: 20, hard: 2, way: ['dense', 'rows'], pressing: 12 },
  ] as const;
  test.for<Quasi>(cases)('$says', ({ n, m, H, share, free, hard, way, pressing = 0 }) => {
    const A = rowsOf(m, n, share);
    const plan = planKkt(H, A, { variables: flags(n, free), rows: flags(m, hard) });
    expect([plan.form.kind, plan.form.head]).toEqual(way);
    for (let turn = 0; turn < 2; turn++) {
      const [x, y] = [draw(n), draw(m)];
      const d = draw(n).map((v, j) => (j < free ? 0 : 10 ** (6 * v - 3)));
      const e = draw(m).map((v, i) => (i < hard ? 0 : i < hard + pressing ? 1e-8 * v : 10 ** (4 * v - 3)));
      const [f, g] = [d.map((v, i) => v * x[i]!), e.map((v, i) => -v * y[i]!)];
      addSymmetricProduct(H, x, 1, f);
      addTransposedProduct(A, y, 1, f);
      addProduct(A, x, 1, g);
      expect(factorKkt(plan, d, e).solve(f, g)).toBeLessThan(1e-12);
      expect(Math.max(...f.map((v, i) => Math.abs(v - x[i]!)))).toBeLessThan(1e-8);
      expect(Math.max(0, ...g.map((v, i) => Math.abs(v - y[i]!)))).toBeLessThan(1e-8);
      // What it held is given back, and taken anew.
      releaseKkt(plan);
    }
  });

  // Rows with these columns of one entry beside the full ones; `left` are variables and rows.
  const singles = [
    { says: 'positive and negative parts', full: 6, kinds: ['slacks', 'slacks', 'slacks', 'slacks', 'slacks', 'slacks', 'slacks', 'slacks', 'slacks'], left: [6, 9] },
    { says: 'free variables tell multipliers', full: 5, kinds: ['free', 'free', 'none', 'free', 'none'], left: [5, 2] },
    { says: 'slacks, free variables and curved ones', full: 4, kinds: ['slacks', 'free', 'both', 'curved', 'none', 'slacks'], left: [5, 4] },
    { says: 'nothing else', full: 0, kinds: ['free', 'slacks', 'free'], left: [0, 1] },
  ] as const;
  test.for(singles)('columns of one entry: $says', ({ full: count, kinds, left }) => {
    const m = kinds.length;
    const entries: [number, number, number][] = [];
    const [isBounded, curved]: [number[], [number, number, number][]] = [Array.from({ length: count }, () => 0), Array.from({ length: count }, (_, j) => [j, j, 1])];
    for (let i = 0; i < m; i++) for (let j = 0; j < count; j++) entries.push([i, j, r.uniform()]);
    const more = (i: number, bounded: number, curvature = 0): void => {
      const j = isBounded.push(bounded) - 1;
      entries.push([i, j, 1 + r.uniform()]);
      if (curvature > 0) curved.push([j, j, curvature]);
    };
    kinds.forEach((kind, i) => {
      if (kind === 'slacks' || kind === 'both') more(i, 1);
      if (kind === 'slacks') more(i, 1);
      if (kind === 'free' || kind === 'both') more(i, 0);
      if (kind === 'curved') more(i, 0, 2);
    });
    const n = isBounded.length;
    const [H, A] = [fromEntries(n, n, curved), fromEntries(m, n, entries)];
    const facts = { variables: Uint8Array.from(isBounded), free: Uint8Array.from(isBounded, (flag) => 1 - flag) };
    const plan = planKkt(H, A, facts);
    const isLeft = (i: number): boolean => kinds[i] !== 'free' && kinds[i] !== 'both';
    const [x, y] = [draw(n), draw(m)];
    const d = draw(n).map((v, j) => (isBounded[j] === 1 ? 10 ** (6 * v - 3) : 0));
    const e = draw(m).map((v, i) => (isLeft(i) ? 0 : v));
    const [f, g] = [d.map((v, i) => v * x[i]!), e.map((v, i) => -v * y[i]!)];
    addSymmetricProduct(H, x, 1, f);
    addTransposedProduct(A, y, 1, f);
    addProduct(A, x, 1, g);
    expect(factorKkt(plan, d, e).solve(f, g)).toBeLessThan(1e-12);
    expect(Math.max(...f.map((v, i) => Math.abs(v - x[i]!)), ...g.map((v, i) => Math.abs(v - y[i]!)))).toBeLessThan(1e-8);
    expect(withoutSingletons(H, A, facts)).toMatchObject({ A: { cols: left[0], rows: left[1] } });
    releaseKkt(plan);
  });
});

test('large dense matrices are semidefinite or not by their Cholesky factor', () => {
  const r = random(4);
  const n = 300;
  const G = Float64Array.from({ length: n * 40 }, () => r.normal());
  const full = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) for (let k = 0; k < 40; k++) full[i * n + j]! += G[i * 40 + k]! * G[j * 40 + k]!;
  expect(isSemidefinite(denseMatrix(n, n, full.slice()))).toBe(true);
  full[17 * n + 17]! -= 200;
  expect(isSemidefinite(denseMatrix(n, n, full))).toBe(false);
});

test('a system of which some directions are much flatter than its regularisation', () => {
  const r = random(12);
  const [n, m] = [60, 45];
  // Five rows follow from others, up to 1e-11, and most variables have almost no curvature.
  const rows = Array.from({ length: m }, () => Float64Array.from({ length: n }, () => (r.uniform() < 0.2 ? r.normal() : 0)));
  for (let k = 0; k < 5; k++) rows[k] = rows[10 + k]!.map((v, j) => v + rows[20 + k]![j]! + 1e-11 * (j === k ? 1 : 0));
  const H = fromEntries(n, n, [[0, 0, 1]]);
  const A = fromEntries(m, n, rows.flatMap((row, i) => [...row].flatMap((v, j) => (v === 0 ? [] : [[i, j, v] as const]))));
  const d = Float64Array.from({ length: n }, (_, j) => 10 ** (j % 3 === 0 ? 10 : -13));
  const [x, y] = [Float64Array.from({ length: n }, (_, j) => (j % 3 === 0 ? 1e-10 : 1) * r.normal()), Float64Array.from({ length: m }, () => r.normal())];
  const e = new Float64Array(m);
  const [f, g] = [d.map((v, i) => v * x[i]!), new Float64Array(m)];
  addSymmetricProduct(H, x, 1, f);
  addTransposedProduct(A, y, 1, f);
  addProduct(A, x, 1, g);
  expect(factorKkt(planKkt(H, A), d, e).solve(f, g)).toBeLessThan(1e-11);
});

test('a Krylov space solves with a factorisation of another matrix', () => {
  const n = 30;
  const matrix = (i: number, j: number): number => (i === j ? i + 1 : i === 0 || j === 0 ? 0.3 : 0);
  const x = Float64Array.from({ length: n }, (_, i) => Math.cos(i));
  const multiply = (v: Float64Array): Float64Array => Float64Array.from({ length: n }, (_, i) => v.reduce((sum, value, j) => sum + matrix(i, j) * value, 0));
  const backward = (v: Float64Array): void => v.forEach((value, i) => (v[i] = value / (i + 1)));
  const found = gmres({ size: n, multiply, backward, weight: new Float64Array(n).fill(1) }, multiply(x), 6, 1e-14);
  expect(Math.max(...found.map((v, i) => Math.abs(v - x[i]!)))).toBeLessThan(1e-12);
});
