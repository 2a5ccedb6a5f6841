// Where a formula as it stands would overflow, or lose all digits: the same for every target.

import type { Nested } from '../../src/ops/reference/dense.ts';

export interface FarCase {
  readonly text: string;
  readonly values: Readonly<Record<string, Nested>>;
  readonly by: string;
  readonly value: number;
  readonly gradient: Nested;
}

export const far: readonly FarCase[] = [
  { text: 'log(sum(exp(x)))', values: { x: [1000, 999, -1000] }, by: 'x', value: 1000 + Math.log1p(Math.exp(-1)), gradient: [1 / (1 + Math.exp(-1)), 1 / (1 + Math.E), 0] },
  { text: 'sum(log(vector(1)+exp(x)))', values: { x: [1000, -1000] }, by: 'x', value: 1000, gradient: [1, 0] },
  { text: 'sum(log(exp(-y.*x)+vector(1)))', values: { x: [1000, -1000], y: [1, 1] }, by: 'x', value: 1000, gradient: [0, -1] },
  { text: 'sum(vector(1)./(vector(1)+exp(-x)))', values: { x: [1000, -1000] }, by: 'x', value: 1, gradient: [0, 0] },
  { text: 'log(exp(a)+exp(b))', values: { a: 1000, b: 1001 }, by: 'a', value: 1001 + Math.log1p(Math.exp(-1)), gradient: 1 / (1 + Math.E) },
  { text: "y'*(exp(x)/sum(exp(x)))", values: { x: [1000, 1000, 0], y: [1, 3, 5] }, by: 'x', value: 2, gradient: [-0.5, 0.5, 0] },
  { text: '1/sum(exp(x))', values: { x: [1000, 0] }, by: 'x', value: 0, gradient: [0, 0] },
  { text: 'log(1+2*exp(a))', values: { a: 1000 }, by: 'a', value: 1000 + Math.log(2), gradient: 1 },
  { text: 'sum(tanh(x).^2)', values: { x: [1000, -1000] }, by: 'x', value: 2, gradient: [0, 0] },
  { text: 'log(1+a)', values: { a: 1e-18 }, by: 'a', value: 1e-18, gradient: 1 },
];
