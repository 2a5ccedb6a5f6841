// Straight lines through points, with the uncertainty of their slopes; on logarithms, exponents of power laws.
// Draper and Smith, Applied Regression Analysis, ch. 1.

import { invariant } from '../../base/internal.ts';
import { mean } from './statistics.ts';
import { studentQuantile } from './student.ts';

export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Of the slope; 0 where all points lie on the line, NaN for two points. */
  readonly standardError: number;
  /** Of the slope, by Student's t with n-2 degrees of freedom; infinite for two points. */
  readonly interval: readonly [low: number, high: number];
  /** Share of the variance that the line explains. */
  readonly explained: number;
  readonly points: number;
}

export interface SlopeOptions {
  /** 0.95 unless told. */
  readonly confidence?: number;
}

/**
 * Least squares line y = intercept + slope x. Takes two lists of one length with at least two different x.
 *
 * @example fitLine([1, 2, 3], [2, 4, 6]).slope // 2
 */
export function fitLine(x: readonly number[], y: readonly number[], { confidence = 0.95 }: SlopeOptions = {}): Line {
  const n = x.length;
  invariant(n === y.length && n >= 2, 'a line takes as many x as y, and two at least');
  invariant([...x, ...y].every(Number.isFinite), 'a line takes finite numbers');
  const [mx, my] = [mean(x), mean(y)];
  const product = (u: readonly number[], mu: number, v: readonly number[], mv: number): number => u.reduce((sum, a, i) => sum + (a - mu) * (v[i]! - mv), 0);
  const [sxx, sxy, syy] = [product(x, mx, x, mx), product(x, mx, y, my), product(y, my, y, my)];
  invariant(sxx > 0, 'a line takes two different x');
  const slope = sxy / sxx;
  const intercept = my - slope * mx;
  const residual = x.reduce((sum, a, i) => sum + (y[i]! - intercept - slope * a) ** 2, 0);
  const standardError = n > 2 ? Math.sqrt(residual / (n - 2) / sxx) : NaN;
  const half = n > 2 ? studentQuantile((1 + confidence) / 2, n - 2) * standardError : Infinity;
  return { slope, intercept, standardError, interval: [slope - half, slope + half], explained: syy > 0 ? Math.max(0, 1 - residual / syy) : 1, points: n };
}

/** The exponent p of y ≈ c x^p: the line through logarithms. Takes positive numbers. */
export function fitPower(x: readonly number[], y: readonly number[], options?: SlopeOptions): Line {
  invariant([...x, ...y].every((v) => v > 0), 'an exponent takes positive numbers');
  return fitLine(x.map(Math.log), y.map(Math.log), options);
}
