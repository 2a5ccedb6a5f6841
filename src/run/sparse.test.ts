import { describe, expect, test } from 'vitest';
import { RicciError } from '../base/diagnostic.ts';
import { random } from '../base/random.ts';
import { add, scale, times, total, transpose } from '../ir/build.ts';
import { dim } from '../ir/dim.ts';
import { type Expr, einsum, variable } from '../ir/expr.ts';
import { dense } from '../ops/reference/dense.ts';
import { absolute, relu } from '../ops/scalar/piecewise.ts';
import { exponential, power } from '../ops/scalar/power.ts';
import { compile } from './compile.ts';
import { interpreter } from './interpret.ts';
import { planFor } from './prepare.ts';
import type { Csr } from './values.ts';

const [m, n, k] = [dim('m'), dim('n'), dim('k')];
const S = variable('S', [m, n]);
const A = variable('A', [m, n]);
const B = variable('B', [n, k]);
const C = variable('C', [m, k]);
const x = variable('x', [n]);
const y = variable('y', [m]);
const a = variable('a', []);
const sizes = new Map([['m', 7], ['n', 5], ['k', 3]]);

const stream = random(3);
const full = (rows: number, cols: number): number[] => Array.from({ length: rows * cols }, () => stream.normal());
const entries = full(7, 5).map((v, i) => (i % 3 === 0 || i === 11 ? v : 0));

function csr(rows: number, cols: number, data: readonly number[]): Csr {
  const [indptr, indices, values]: [number[], number[], number[]] = [[0], [], []];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      if (data[i * cols + j] === 0) continue;
      indices.push(j);
      values.push(data[i * cols + j]!);
    }
    indptr.push(values.length);
  }
  return { rows, cols, indptr, indices, values };
}

const values = new Map([
  ['S', dense([7, 5], entries)],
  ['A', dense([7, 5], full(7, 5))],
  ['B', dense([5, 3], full(5, 3))],
  ['C', dense([7, 3], full(7, 3))],
  ['x', dense([5], full(5, 1))],
  ['y', dense([7], full(7, 1))],
  ['a', dense([], [1.5])],
]);
const given = { ...Object.fromEntries(values), S: csr(7, 5, entries) };

const staysSparse: Record<string, Expr> = {
  'times a vector': einsum('ij,j->i', [S, x]),
  'turned, times a vector': einsum('ij,i->j', [S, y]),
  'times a matrix': einsum('ij,jk->ik', [S, B]),
  'turned, times a matrix': einsum('ij,ik->jk', [S, C]),
  'a matrix times it': einsum('ki,ij->kj', [transpose(C), S]),
  'times a turned matrix': einsum('ij,kj->ik', [S, transpose(B)]),
  'a multiple': scale(-2, einsum('ij,j->i', [S, x])),
  'Gram': einsum('ki,kj->ij', [S, S]),
  'Gram with weights': einsum('ki,k,kj->ij', [S, y, S]),
  'Gram with positive weights': einsum('ki,k,kj->ij', [S, exponential(y), S]),
  'inner product': total(times(S, A)),
  'bilinear form': einsum('i,ij,j->', [y, S, x]),
  'sum': total(S),
  'sums of rows': einsum('ij->i', [S]),
  'sums of columns': einsum('ij->j', [S]),
  'sum of squares': total(power(S, 2)),
  'sum of sizes': total(absolute(S)),
  'scaled rows and columns': einsum('ij,j,j,i->i', [relu(scale(3, S)), x, x, y]),
  'masked': einsum('ij,ij,j->i', [S, A, x]),
  'scaled by a number': einsum(',ij,j->i', [a, S, x]),
};
const becomesDense: Record<string, Expr> = {
  'exponential': exponential(S),
  'sum with a dense matrix': add(S, A),
  'itself': S,
  'its transpose': transpose(S),
  'rows with rows': einsum('ik,jk->ij', [S, S]),
  'outer': einsum('ij,k->ijk', [S, variable('z', [k])]),
  'sparse and dense': add(einsum('ij,j->i', [S, x]), einsum('ij,j->i', [exponential(S), x])),
};

describe('sparse matrices', () => {
  test.each(Object.entries({ ...staysSparse, ...becomesDense }))('%s', (name, e) => {
    const all = new Map(values).set('z', dense([3], [1, 2, 3]));
    const wanted = interpreter([e], sizes)(all)[0]!;
    for (const precision of ['f64', 'f32'] as const) {
      const found = compile(e, { precision })({ ...given, z: [1, 2, 3] });
      expect(found.shape).toEqual(wanted.shape);
      const size = Math.max(1, ...wanted.data.map(Math.abs));
      wanted.data.forEach((v, i) => expect(Math.abs(v - found.data[i]!) / size).toBeLessThan(precision === 'f64' ? 1e-14 : 1e-6));
    }
    const plan = planFor([e], sizes, { sparse: new Map([['S', 12]]) });
    expect(plan.kernels.some((one) => one.kind === 'densify')).toBe(Object.hasOwn(becomesDense, name));
  });

  test('may be fixed, and change from call to call', () => {
    const e = einsum('ij,j->i', [S, x]);
    expect(compile(e, { fixed: { S: csr(2, 2, [0, 3, 2, 0]) } })({ x: [1, 2] }).data).toEqual(Float64Array.of(6, 2));
    const f = compile(e);
    expect(f({ S: csr(2, 2, [0, 3, 2, 0]), x: [1, 2] }).data).toEqual(Float64Array.of(6, 2));
    expect(f({ S: csr(2, 2, [1, 0, 0, 0]), x: [1, 2] }).data).toEqual(Float64Array.of(1, 0));
    expect(f({ S: csr(2, 2, [0, 0, 0, 0]), x: [1, 2] }).data).toEqual(Float64Array.of(0, 0));
    expect(f({ S: [[1, 2], [3, 4]], x: [1, 2] }).data).toEqual(Float64Array.of(5, 11));
  });

  test.each([
    [{ indptr: [0, 1] }, 'indptr of length 2 for 2 rows'],
    [{ indptr: [0, 1, 3] }, 'indptr from 0 to 3, not from 0 to 2'],
    [{ indptr: [0, 3, 2] }, 'indptr that falls from 3 to 2 at row 1'],
    [{ indices: [0, 2] }, 'the column 2, of 2 columns'],
    [{ indices: [0, -1] }, 'the column -1, of 2 columns'],
    [{ indices: [0] }, '1 indices and 2 values'],
    [{ indptr: [0, 2, 2], indices: [1, 1] }, 'the column 1 twice in row 0'],
    [{ rows: -1 }, '-1 rows and 2 columns'],
  ])('malformed: %j', (change, message) => {
    const good: Csr = { rows: 2, cols: 2, indptr: [0, 1, 2], indices: [0, 1], values: [1, 1] };
    expect(() => compile(einsum('ij,j->i', [S, x]))({ S: { ...good, ...change }, x: [1, 2] })).toThrow(RicciError);
    expect(() => compile(einsum('ij,j->i', [S, x]))({ S: { ...good, ...change }, x: [1, 2] })).toThrow(message);
  });
});
