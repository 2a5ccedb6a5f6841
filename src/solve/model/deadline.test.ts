import { expect, test } from 'vitest';
import { inContext } from '../../ir/expr.ts';
import { prepareModel, readyFor } from './prepare.ts';
import { doneBy, lookAtTime } from '../../base/deadline.ts';
import { sharedMachine } from '../../run/wasm/machine.ts';
import { rowMajor } from '../../run/wasm/matrix.ts';
import { bunchKaufman } from '../linear/bunch-kaufman.ts';
import { factorDenseLdl } from '../linear/dense-ldl.ts';
import { solveModel } from './solve-model.ts';

const model = prepareModel('parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n log(sum(exp(A*x-b)))+norm2(x)\nst\n norm2(A*x) <= 3');

test('a proof past its deadline is given up, and found by a later search with the time for it', () => {
  const late = readyFor(model, new Map()).convexity(performance.now() - 1);
  expect([late.isLate, late.all, late.objective.serves]).toEqual([true, false, false]);
  expect(late.objective.says).toContain('the time did not suffice');
  const convexity = readyFor(model, new Map()).convexity();
  expect([convexity.isLate, convexity.all]).toEqual([false, true]);
});

test('the nearer of two deadlines counts, and other errors pass', () => {
  inContext(model.context, () => {
    const inner = doneBy(0, () => doneBy(Infinity, () => lookAtTime() ?? 'done'));
    expect(inner).toBeUndefined();
    expect(doneBy(Infinity, () => lookAtTime() ?? 'done')).toBe('done');
    expect(() => doneBy(0, () => JSON.parse('{'))).toThrow(SyntaxError);
  });
});

test('a factorisation past the deadline is left', () => {
  const n = 300;
  const matrix = (): Float64Array => Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 2 : 0));
  expect(doneBy(performance.now() - 1, () => factorDenseLdl(matrix(), n, new Int8Array(n).fill(1)))).toBeUndefined();
  expect(doneBy(performance.now() - 1, () => bunchKaufman(matrix(), n))).toBeUndefined();
  expect(doneBy(Infinity, () => bunchKaufman(matrix(), n).positive)).toBe(n);
});

test.each([
  ['a linear program', "min\n sum(x)\nst\n A*x >= 1"],
  ['a quadratic program', "min\n x'*x-sum(x)\nst\n A*x <= 1"],
  ['a cone program', 'min\n norm2(A*x-1)+norm2(x)'],
  ['a smooth problem', 'min\n log(sum(exp(A*x)))+norm2(x)^2\nst\n sum(x) == 1'],
])('without time, %s ends with a point and says so', (_, text) => {
  const s = solveModel(`parameters\n matrix A\nvariables\n vector x\n${text}`, { A: [[1, 2, 0], [0, 1, 3]] }, { limits: { seconds: 0 } });
  expect([s.outcome, s.x['x']?.shape]).toEqual(['stopped', [3]]);
});

test('products of large matrices look at the time', () => {
  const n = 200;
  const { context, blas } = sharedMachine();
  context.memory.temporary(n * n * 8, (at) => {
    const A = rowMajor(at, n, n);
    context.memory.doubles(at, n * n).fill(1);
    const product = (): true => context.memory.temporary(n * n * 8, (to) => (blas('f64').gemm(1, A, A, 0, rowMajor(to, n, n)), true));
    expect(doneBy(performance.now() - 1, product)).toBeUndefined();
    expect(doneBy(Infinity, product)).toBe(true);
  });
});

test.each([1, 2, 3, 5, 8, 13])('after %i evaluations a semidefinite program ends with a point and says so, whenever its multipliers are asked for', (evaluations) => {
  const s = solveModel('parameters\n matrix C symmetric\nvariables\n matrix X(3,3) psd\nmin\n tr(C*X)+norm2(X-C)^2\nst\n diag(X) == 1\n', { C: [[1, 2, 0], [2, -1, 3], [0, 3, 1]] }, { limits: { evaluations } });
  expect(s.x['X']?.shape).toEqual([3, 3]);
  expect(s.outcome === 'stopped' || s.outcome === 'optimal (global)').toBe(true);
});
