// Quadratic rows as second-order cones: ½ z'Qz + q'z + r ≤ 0 with Q = L L' says for τ = -q'z - r that
//
//   |(τ/γ - γ, √2 L'z)| ≤ τ/γ + γ,   γ > 0,
//
// since the difference of the squares of both sides is 4τ - 2|L'z|². The multiplier of the row is the sum of those of the
// first two numbers, over γ. Where the form in (z, 1) has one negative eigenvalue instead, as that of x'x - yz, it is a
// difference of squares |M(z, 1)|² - (w'(z, 1))², and a cone where bounds keep w'(z, 1) from being negative.
// Lobo, Vandenberghe, Boyd & Lebret, Applications of second-order cone programming, 1998.

import { must } from '../../base/internal.ts';
import { symmetricEigen } from '../../ops/reference/symmetric-eigen.ts';
import { type SparseMatrix, eachEntry, toSparse } from '../matrix.ts';
import type { NonlinearRows, NormRows, Problem } from '../problem.ts';
import { type RowList, rowList } from '../row-list.ts';

export interface ConeRow {
  /** The first row of the cone. */
  readonly head: number;
  /** Times the multipliers of the first two rows, or of the first one over the first number of the cone, that of the row. */
  readonly factor: number;
  readonly by: 'sum' | 'share';
}

/** One quadratic row, for ≤ 0 whatever its sign was. */
interface Form {
  /** Variables with curvature, or in the linear part. */
  readonly support: readonly number[];
  /** Q on them, by rows. */
  readonly curvature: Float64Array;
  readonly slope: Float64Array;
  readonly constant: number;
}

type Box = Pick<Problem, 'lower' | 'upper'>;

/** The rows as cones after these; undefined if one of them is an equation, or is not convex. The rows must be quadratic. */
export function conesOf(rows: NonlinearRows, box: Box, before: NormRows | undefined): { readonly norms: NormRows; readonly each: readonly ConeRow[] } | undefined {
  const dim = box.lower.length;
  const origin = new Float64Array(dim);
  const values = new Float64Array(rows.count);
  rows.value(origin, values);
  const slopes = toSparse(rows.jacobian(origin));
  const list = rowList(dim);
  const starts = [...(before?.starts ?? [0])];
  if (before) {
    const own = toSparse(before.matrix);
    for (let i = 0; i < own.rows; i++) list.add(own, i, 1, before.offset[i]!);
  }
  const each: ConeRow[] = [];
  for (let i = 0; i < rows.count; i++) {
    const sign = rows.lower[i] === -Infinity ? 1 : -1;
    if (sign === -1 && rows.upper[i] !== Infinity) return undefined;
    const form = formOf(rows, slopes, i, sign, sign * (values[i]! - (sign === 1 ? rows.upper[i]! : rows.lower[i]!)));
    if (!form) return undefined;
    const head = must(starts.at(-1));
    const cone = asBall(form, list) ?? asDifference(form, box, list);
    if (!cone) return undefined;
    starts.push(head + cone.length);
    each.push({ head, factor: -sign * cone.factor, by: cone.by });
  }
  return { norms: { matrix: list.matrix(), offset: list.right(), starts: Int32Array.from(starts) }, each };
}

function formOf(rows: NonlinearRows, slopes: SparseMatrix, i: number, sign: 1 | -1, constant: number): Form | undefined {
  const Q = rows.hessian?.(new Float64Array(slopes.cols), new Float64Array(rows.count).fill(1, i, i + 1));
  if (!Q) return undefined;
  const used = new Set<number>();
  eachEntry(Q, (a, b, value) => value !== 0 && used.add(a).add(b));
  const linear = new Map<number, number>();
  for (let at = slopes.starts[i]!; at < slopes.starts[i + 1]!; at++) linear.set(slopes.indices[at]!, sign * slopes.values[at]!);
  for (const [j, value] of linear) if (value !== 0) used.add(j);
  const support = [...used].toSorted((a, b) => a - b);
  const place = new Map(support.map((j, k) => [j, k]));
  const n = support.length;
  const curvature = new Float64Array(n * n);
  eachEntry(Q, (a, b, value) => {
    if (value === 0) return;
    const [k, l] = [must(place.get(a)), must(place.get(b))];
    curvature[k * n + l] = sign * value;
    curvature[l * n + k] = sign * value;
  });
  return { support, curvature, slope: Float64Array.from(support, (j) => linear.get(j) ?? 0), constant };
}

interface Made {
  readonly length: number;
  readonly factor: number;
  readonly by: ConeRow['by'];
}

function put(list: RowList, { support }: Form, values: ArrayLike<number>, right: number): void {
  list.empty(right);
  support.forEach((j, k) => values[k] !== 0 && list.extend(j, values[k]!));
}

/** Of a row that is convex. */
function asBall(form: Form, list: RowList): Made | undefined {
  const columns = factorOf(form);
  if (!columns) return undefined;
  const { slope, constant: r } = form;
  const gamma = Math.sqrt(Math.abs(r)) || 1;
  for (const side of [gamma, -gamma]) put(list, form, slope.map((q) => -q / gamma), side - r / gamma);
  for (const column of columns) put(list, form, column.map((v) => Math.SQRT2 * v), 0);
  return { length: 2 + columns.length, factor: 1 / gamma, by: 'sum' };
}

// Beside the largest entry: what is no curvature, and what is a negative one.
const [noCurvature, negative] = [1e-14, 1e-10];

/** The columns of a factor L L' of the second derivative of a row; undefined if that is not semidefinite. */
function factorOf({ support, curvature }: Form): Float64Array[] | undefined {
  const n = support.length;
  const R = curvature.slice();
  const largest = R.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const columns: Float64Array[] = [];
  for (;;) {
    let pivot = 0;
    for (let k = 1; k < n; k++) if (R[k * (n + 1)]! > R[pivot * (n + 1)]!) pivot = k;
    if (columns.length === n || !(R[pivot * (n + 1)]! > noCurvature * n * largest)) break;
    const root = Math.sqrt(R[pivot * (n + 1)]!);
    const column = Float64Array.from({ length: n }, (_, k) => R[k * n + pivot]! / root);
    const moved = [...column.keys()].filter((k) => column[k] !== 0);
    for (const k of moved) for (const l of moved) R[k * n + l]! -= column[k]! * column[l]!;
    columns.push(column);
  }
  return R.every((v) => Math.abs(v) <= negative * largest) ? columns : undefined;
}

// Eigenvalues of so many variables are looked at.
const mostVariables = 200;

/** Of a row whose form in (z, 1) has one negative eigenvalue, on the side where bounds keep all points. */
function asDifference(form: Form, box: Box, list: RowList): Made | undefined {
  const { support, curvature, slope, constant } = form;
  const n = support.length;
  if (n > mostVariables) return undefined;
  const m = n + 1;
  // (z, σ) instead of (z, 1), so that all are of one size.
  const sigma = Math.sqrt(Math.abs(constant)) || 1;
  const data = new Float64Array(m * m);
  for (let k = 0; k < n; k++) {
    for (let l = 0; l < n; l++) data[k * m + l] = curvature[k * n + l]!;
    data[k * m + n] = slope[k]! / sigma;
    data[n * m + k] = slope[k]! / sigma;
  }
  data[m * m - 1] = (2 * constant) / sigma ** 2;
  const { values, vectors } = symmetricEigen({ shape: [m, m], data });
  const largest = values.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const column = (k: number): Float64Array => Float64Array.from({ length: m }, (_, i) => {
    const v = vectors.data[i * m + k]!;
    return Math.abs(v) <= tiny ? 0 : v * Math.sqrt(Math.abs(values.data[k]!)) * (i === n ? sigma : 1);
  });
  const all = [...values.data.keys()].filter((k) => Math.abs(values.data[k]!) > negative * largest);
  const below = all.filter((k) => values.data[k]! < 0);
  const [only] = below;
  if (only === undefined || below.length > 1) return undefined;
  const own = column(only);
  const both = [own, own.map((v) => -v)];
  const side = sideOf(form, box, sigma, { m, values: values.data, vectors: vectors.data, all, only });
  const head = both.find((w) => leastOver(form, box, w) >= 0) ?? (side === 0 ? undefined : both[side > 0 ? 0 : 1]);
  if (!head) return undefined;
  put(list, form, head, head[n]!);
  for (const k of all) if (k !== only) put(list, form, column(k), column(k)[n]!);
  return { length: all.length, factor: 1, by: 'share' };
}

// Of a unit vector: rounding.
const tiny = 1e-14;

interface Spectrum {
  readonly m: number;
  readonly values: ArrayLike<number>;
  readonly vectors: ArrayLike<number>;
  /** Eigenvalues that are not zero, and the negative one. */
  readonly all: readonly number[];
  readonly only: number;
}

// Of numbers near 1.
const rounding = 1e-12;

/**
 * On which side of the double cone all points of the box are, as the sign of the negative eigenvector there; 0 where that is not
 * known. A linear form that is positive in the box, and in the dual of one half, tells: no point of the other half has a positive
 * value. Such forms are those of bounds, z[j] - lower[j] + s with s > 0, and the constant.
 */
function sideOf({ support }: Form, { lower, upper }: Box, sigma: number, { m, values, vectors, all, only }: Spectrum): number {
  const n = m - 1;
  /** By eigenvector; undefined where the form is not constant along the kernel. */
  const inRange = (form: Float64Array): Float64Array | undefined => {
    const parts = Float64Array.from({ length: m }, (_, k) => form.reduce((sum, v, i) => sum + v * vectors[i * m + k]!, 0));
    const size = Math.hypot(...form);
    return parts.every((v, k) => all.includes(k) || Math.abs(v) <= rounding * size) ? parts : undefined;
  };
  const product = (u: Float64Array, v: Float64Array): number => all.reduce((sum, k) => sum + (u[k]! * v[k]!) / values[k]!, 0);
  const one = inRange(new Float64Array(m).fill(1, n));
  if (!one) return 0;
  const c = product(one, one);
  if (c < -rounding * all.reduce((sum, k) => sum + one[k]! ** 2 / Math.abs(values[k]!), 0)) return Math.sign(one[only]!);
  for (const [k, j] of support.entries()) {
    for (const [sign, bound] of [[1, lower[j]!], [-1, upper[j]!]] as const) {
      if (!Number.isFinite(bound)) continue;
      const plain = new Float64Array(m);
      plain[k] = sign;
      plain[n] = (-sign * bound) / sigma;
      const form = inRange(plain);
      if (!form) continue;
      const [a, b] = [product(form, form), product(form, one)];
      const blind = rounding * all.reduce((sum, e) => sum + (form[e]! ** 2 + one[e]! ** 2) / Math.abs(values[e]!), 0);
      // On the edge of the dual at s = 0, the form vanishes on one ray, which has no point whose last number is 1.
      const isEdge = Math.abs(a) <= blind && Math.abs(b) <= blind;
      const s = c > 0 && b < 0 ? -b / c : 0;
      if (a < -blind || isEdge || (s > 0 && a - (b * b) / c <= blind)) return Math.sign(form[only]! + s * one[only]!);
    }
  }
  return 0;
}

/** The least value of w'(z, 1) in the box. */
function leastOver({ support }: Form, { lower, upper }: Box, w: Float64Array): number {
  return support.reduce((sum, j, k) => sum + (w[k] === 0 ? 0 : w[k]! * (w[k]! > 0 ? lower[j]! : upper[j]!)), w[support.length]!);
}
