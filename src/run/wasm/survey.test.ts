import { expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { newMachine } from './machine.ts';
import { rangeOf, squareSurvey } from './survey.ts';

const machine = newMachine();
const placed = (values: Float64Array): number => {
  const at = machine.context.memory.allocate(values.length * 8);
  machine.context.memory.f64().set(values, at / 8);
  return at;
};

test.each([1, 2, 3, 31, 32, 33, 67, 130])('how far a matrix of order %i is from its transpose', (n) => {
  const r = random(n);
  const A = Float64Array.from({ length: n * n }, () => r.normal());
  let squares = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) squares += (A[i * n + j]! - A[j * n + i]!) ** 2;
  const at = placed(A);
  const { asymmetry: found, range } = squareSurvey(machine, at, n);
  expect(range).toEqual(rangeOf(machine, at, n * n));
  // Tiles of the diagonal are looked at whole.
  expect(found).toBeGreaterThanOrEqual(Math.sqrt(squares) * (1 - 1e-12));
  expect(found).toBeLessThanOrEqual(Math.sqrt(2 * squares) * (1 + 1e-12));
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) A[i * n + j] = A[j * n + i]!;
  const to = placed(new Float64Array(n * n));
  const bring = (from: number, until: number): void => machine.context.memory.f64().set(A.subarray(from * n, until * n), to / 8 + from * n);
  expect(squareSurvey(machine, to, n, bring)).toEqual({ asymmetry: 0, range: { least: A.reduce((a, b) => Math.min(a, b)), most: A.reduce((a, b) => Math.max(a, b)), isFinite: true } });
  expect(machine.context.memory.doubles(to, n * n)).toEqual(A);
  for (const odd of [NaN, Infinity]) {
    const where = r.integer(n) * n + r.integer(n);
    const mirror = (where % n) * n + Math.floor(where / n);
    A[where] = A[mirror] = odd;
    expect(squareSurvey(machine, placed(A), n).range.isFinite).toBe(false);
    A[where] = A[mirror] = 0;
  }
});

test.each([1, 7, 8, 1000, 40_003])('the range of %i numbers, and what is none', (n) => {
  const r = random(n);
  const x = Float64Array.from({ length: n }, () => r.normal());
  const at = placed(x);
  expect(rangeOf(machine, at, n)).toEqual({ least: x.reduce((a, b) => Math.min(a, b)), most: x.reduce((a, b) => Math.max(a, b)), isFinite: true });
  for (const odd of [NaN, Infinity, -Infinity]) {
    const where = r.integer(n);
    const kept = x[where]!;
    x[where] = odd;
    expect(rangeOf(machine, placed(x), n).isFinite).toBe(false);
    x[where] = kept;
  }
});
