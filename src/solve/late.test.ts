import { expect, test } from 'vitest';

import { lateObjective, objectiveWith } from './late.ts';
import { denseMatrix } from './matrix.ts';

test('late parts are made when they are looked at, also of an objective with other parts', () => {
  const made: string[] = [];
  const note = (name: string) => (): undefined => void made.push(name);
  const matrix = denseMatrix(1, 1, Float64Array.of(2));
  const objective = lateObjective(
    { class: 'least-squares', value: (z) => z[0]! ** 2, gradient: (z, out) => z[0]! * (out[0] = 2 * z[0]!) * 0.5, residuals: { count: 1, weight: 1, offset: 0, value: (z, out) => void (out[0] = z[0]!), jacobian: () => denseMatrix(1, 1, Float64Array.of(1)) } },
    { hessian: () => (made.push('hessian'), () => matrix), steepest: note('steepest'), approximation: note('approximation'), sampled: note('sampled') },
  );
  const other = objectiveWith(objective, ({ residuals: _, ...plain }) => ({ ...plain, class: 'smooth' }));
  expect(made).toEqual([]);
  expect(other.class).toBe('smooth');
  expect(other.residuals).toBeUndefined();
  expect(objective.residuals?.count).toBe(1);
  expect(other.value(Float64Array.of(3))).toBe(9);
  expect(other.hessian?.(Float64Array.of(3))).toBe(matrix);
  expect(made).toEqual(['hessian']);
});

test('and of an objective that has them ready', () => {
  const matrix = denseMatrix(1, 1, Float64Array.of(2));
  const objective = { class: 'quadratic' as const, value: (z: Float64Array) => z[0]! ** 2, gradient: () => 0, hessian: () => matrix };
  expect(objectiveWith(objective, (plain) => ({ ...plain, class: 'smooth' })).hessian?.(Float64Array.of(1))).toBe(matrix);
});
