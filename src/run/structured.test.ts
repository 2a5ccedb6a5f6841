import { expect, test } from 'vitest';
import { inContext, newContext } from '../ir/expr.ts';
import { oneDerivative, readOrThrow, variableNamed } from '../pipeline.ts';
import { compileStructured } from './structured.ts';

function secondDerivative(text: string, by: string, declare = '') {
  const reading = readOrThrow(text, declare);
  const x = variableNamed(reading, by).node;
  return compileStructured(oneDerivative(oneDerivative(reading.expr, x), x), x);
}

const filled = (shape: readonly number[], of: (i: number) => number) => ({ shape, data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => of(i)) });

test('a factorization keeps k×k numbers, applies and solves for n×k', () => {
  inContext(newContext(), () => {
    const [n, m, k] = [2000, 40, 5];
    const H = secondDerivative("norm2(T-U*V')^2", 'U')({ T: filled([n, m], (i) => Math.sin(i)), U: filled([n, k], (i) => Math.cos(i)), V: filled([m, k], (i) => Math.sin(i * i + 1)) });
    expect(H.form).toBe('tied blocks');
    expect(H.cores.map((c) => c.shape)).toEqual([[k, k]]);
    const S = filled([n, k], (i) => Math.sin(7 * i));
    const back = H.solve?.(H.apply(S));
    expect(back?.shape).toEqual([n, k]);
    back?.data.forEach((v, i) => expect(Math.abs(v - S.data[i]!)).toBeLessThan(1e-9));
  });
});

test('a mask makes one block for each row', () => {
  inContext(newContext(), () => {
    const H = secondDerivative("norm2(W.*(T-U*V'))^2", 'U')({ T: filled([7, 9], Math.sin), W: filled([7, 9], (i) => (i % 3 === 0 ? 0 : 1)), U: filled([7, 2], Math.cos), V: filled([9, 2], (i) => Math.cos(2 * i)) });
    expect(H.form).toBe('separate blocks');
    expect(H.cores.map((c) => c.shape)).toEqual([[7, 2, 2]]);
    const dense = H.dense();
    expect(dense.shape).toEqual([7, 2, 7, 2]);
    const S = filled([7, 2], (i) => i - 3);
    const product = H.apply(S).data;
    for (let row = 0; row < 14; row++) {
      const expected = S.data.reduce((sum, s, col) => sum + s * dense.data[row * 14 + col]!, 0);
      expect(product[row]).toBeCloseTo(expected, 9);
    }
  });
});

test('a congruence is applied without being formed', () => {
  inContext(newContext(), () => {
    const H = secondDerivative('sum(log(exp(A*x)+vector(1)))', 'x')({ A: filled([6, 3], (i) => Math.sin(i * i)), x: filled([3], Math.cos) });
    expect(H.form).toBe('congruence');
    expect(H.cores.map((c) => c.shape)).toEqual([[6, 3], [6]]);
    const S = filled([3], (i) => i + 1);
    H.solve?.(H.apply(S)).data.forEach((v, i) => expect(v).toBeCloseTo(S.data[i]!, 9));
  });
});

test('what has no structure is dense, and solved as such', () => {
  inContext(newContext(), () => {
    const H = secondDerivative("(x'*A*x)^2", 'x')({ A: filled([3, 3], (i) => Math.sin(i * i) + (i % 4 === 0 ? 3 : 0)), x: filled([3], Math.cos) });
    expect(H.dense().shape).toEqual([3, 3]);
    const S = filled([3], (i) => i + 1);
    H.solve?.(H.apply(S)).data.forEach((v, i) => expect(v).toBeCloseTo(S.data[i]!, 9));
  });
});
