import { describe, expect, test } from 'vitest';
import { type Dim, addDims, dim, mulDims } from '../ir/dim.ts';
import { createSolver } from './unify.ts';

const n = dim('n');
const m = dim('m');

describe('dims', () => {
  test('fresh ones take the value of the other side', () => {
    const s = createSolver();
    const [a, b] = [s.fresh(), s.fresh()];
    expect(s.equate(a, b, [0, 1])).toBeUndefined();
    expect(s.equate(b, addDims(n, dim(1)), [0, 1])).toBeUndefined();
    expect(s.find(a).key).toBe('n+1');
    expect(s.merges()).toEqual([]);
  });

  test('named ones become one name, and that is remembered', () => {
    const s = createSolver();
    expect(s.equate(m, n, [3, 4])).toBeUndefined();
    expect([s.find(m).key, s.find(n).key]).toEqual(['m', 'm']);
    expect(s.merges().map((x) => [x.name, x.is.key, x.span])).toEqual([['n', 'm', [3, 4]]]);
  });

  test.each<[Dim, Dim, string | undefined]>([
    [dim(3), dim(4), undefined],
    [n, addDims(n, dim(1)), undefined],
    [addDims(n, dim(4)), dim(3), undefined],
    [mulDims(dim(2), n), dim(5), undefined],
    [mulDims(n, n), dim(8), undefined],
    [mulDims(dim(2), n), dim(6), '3'],
    [addDims(n, dim(1)), dim(4), '3'],
    [mulDims(n, n), dim(9), '3'],
    [n, mulDims(dim(2), m), '2*m'],
  ])('%# equations of one name', (a, b, expected) => {
    const s = createSolver();
    const conflict = s.equate(a, b, [0, 1]);
    expect(conflict === undefined).toBe(expected !== undefined);
    if (expected !== undefined)
      expect(s.find(n).key === expected || s.find(m).key === expected || expected === '2*m').toBe(true);
  });

  test('products wait, then are matched factor by factor', () => {
    const s = createSolver();
    const [a, b] = [s.fresh(), s.fresh()];
    expect(s.equate(mulDims(a, b), mulDims(m, n), [0, 1])).toBeUndefined();
    expect(s.equate(b, n, [0, 1])).toBeUndefined();
    expect(s.settle()).toEqual([]);
    expect([s.find(a).key, s.find(b).key]).toEqual(['m', 'n']);
  });

  test('what cannot be made equal is a conflict in the end', () => {
    const s = createSolver();
    expect(s.equate(mulDims(m, n), addDims(mulDims(n, n), dim(2)), [0, 1])).toBeUndefined();
    expect(s.settle().length).toBe(1);
  });
});
