import { expect, test } from 'vitest';
import { einsum, variable } from '../../ir/expr.ts';
import { dim } from '../../ir/dim.ts';
import { reverse } from '../../diff/differentiate.ts';
import { compile } from '../../run/compile.ts';
import { interpreter } from '../../run/interpret.ts';
import { dense } from '../reference/dense.ts';
import { squashed } from './squash.ts';

const [b, d] = [dim('b'), dim('d')];
const [s, y] = [variable('s', [b, d]), variable('y', [b, d])];
const value = squashed(s);
const gradient = reverse(einsum('bi,bi->', [value, y]), s);

/** Radial 2m/(1+m²)², across m/(1+m²): the two eigenvalues of the derivative. */
function derivativeTimes(v: readonly number[], w: readonly number[]): number[] {
  const m = Math.hypot(...v);
  if (m === 0) return v.map(() => 0);
  const along = v.reduce((sum, x, i) => sum + (x / m) * w[i]!, 0);
  const [radial, across] = [(2 * m) / (1 + m * m) ** 2, m / (1 + m * m)];
  return v.map((x, i) => radial * along * (x / m) + across * (w[i]! - along * (x / m)));
}

test.each([0, 1e-300, 1e-170, 1e-140, 1e-8, 0.3, 1, 40, 1e6])('value and derivative of vectors of length %d', (length) => {
  const [S, Y] = [[[0.6 * length, -0.8 * length, 0], [0, 0, length]], [[1, 2, 3], [-1, 0.5, 0.25]]];
  const compiled = compile({ value, gradient })({ s: S, y: Y });
  const [plain, slope] = interpreter([value, gradient], new Map([['b', 2], ['d', 3]]))(new Map([['s', dense([2, 3], Float64Array.from(S.flat()))], ['y', dense([2, 3], Float64Array.from(Y.flat()))]]));
  S.forEach((v, i) => {
    const wanted = v.map((x) => (x * length) / (1 + length * length));
    const wantedSlope = derivativeTimes(v, Y[i]!);
    for (let k = 0; k < 3; k++) {
      const at = 3 * i + k;
      // Squares below the smallest number count as 0: lengths below 1e-160 are dead.
      const within = (x: number, most: number): number => 1e-12 * Math.abs(x) + (length < 1e-150 ? most : 1e-14 * most);
      for (const found of [compiled.value.data[at]!, plain!.data[at]!]) expect(Math.abs(found - wanted[k]!)).toBeLessThanOrEqual(within(wanted[k]!, length * length));
      for (const found of [compiled.gradient.data[at]!, slope!.data[at]!]) expect(Math.abs(found - wantedSlope[k]!)).toBeLessThanOrEqual(within(wantedSlope[k]!, 4 * length));
    }
  });
});
