// Points and directions that prove a scalar not convex, or not concave, by three of its values. The second derivative
// along a line says where to look.

import { must, unreachable } from '../base/internal.ts';
import { type Random, random } from '../base/random.ts';
import type { Expr, VariableNode } from '../ir/expr.ts';
import { type Structure, structureOf } from '../ir/structure.ts';
import { type Dense, dense } from '../ops/reference/dense.ts';
import { symmetricEigen } from '../ops/reference/symmetric-eigen.ts';
import { interpreter } from '../run/interpret.ts';
import { type Style, sample, sampleDirection, sampleSizes, variablesOf } from '../run/sample.ts';
import { lookAtTime } from '../base/deadline.ts';
import type { AlongLine } from './second.ts';

export interface Counterexample {
  /** Values of all variables, by name. */
  readonly point: ReadonlyMap<string, Dense>;
  /** Change of each variable, by its name. */
  readonly direction: ReadonlyMap<string, Dense>;
  /** f(x + d) - 2 f(x) + f(x - d): never negative for a convex function, never positive for a concave one. */
  readonly difference: number;
}

export interface Refutation {
  readonly notConvex?: Counterexample;
  readonly notConcave?: Counterexample;
}

const styles: readonly Style[] = ['generic', 'positive', 'definite', 'definite-positive', 'small', 'generic', 'small-positive', 'generic'];
const rounds = 3;
// Points of the last round are moved about so far.
const farthest = 3;
const little = 0.01;
// Larger spaces of directions are probed by random ones.
const mostEntries = 20;
// Differences are taken down to this part of a direction, and count when they are this much of the values.
const smallestStep = 2 ** -6;
const clear = 1e-9;
// After this many milliseconds no further point is begun.
const longest = 1000;

/** Looks at random points of the declared domain. */
export function refute(f: Expr, by: readonly VariableNode[], line: AlongLine, seed = 1): Refutation {
  const stream = random(seed);
  const all = variablesOf([f]);
  let found: Refutation = {};
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    for (const style of styles) {
      if (performance.now() - start > longest) return found;
      lookAtTime();
      const sizes = sampleSizes([f], stream, round % 2 === 1);
      const drawn = sample(all, sizes, stream, style).values;
      const shaped = round === 0 ? drawn : nearRankOne(drawn, all, stream);
      const point = scaled(shaped, all, () => (round === 0 ? 1 : 4 ** (2 * stream.uniform() - 1)), round === 2 ? stream.normal() * farthest : 0);
      found = { ...probe(f, by, line, sizes, point, stream), ...found };
      if (found.notConvex && found.notConcave) return found;
    }
  }
  return found;
}

/** Semidefinite matrices as a column times itself, and a little of what they were. */
function nearRankOne(values: ReadonlyMap<string, Dense>, variables: readonly VariableNode[], stream: Random): ReadonlyMap<string, Dense> {
  const isFree = new Set(variables.filter((v) => v.facts.has.has('psd') && [...v.facts.has].every((f) => ['psd', 'pd', 'symmetric'].includes(f)) && v.facts.above === undefined && v.facts.below === undefined).map((v) => v.name));
  return new Map([...values].map(([name, M]) => {
    const n = M.shape[0] ?? 0;
    if (!isFree.has(name) || n === 0) return [name, M];
    const at = stream.integer(n);
    const own = M.data[at * n + at]! || 1;
    return [name, dense(M.shape, M.data.map((x, i) => (M.data[Math.floor(i / n) * n + at]! * M.data[at * n + (i % n)]!) / own + little * x))];
  }));
}

/** Each farther out or nearer to zero, and what has no sign moved as a whole, where nothing declared forbids it. */
function scaled(values: ReadonlyMap<string, Dense>, variables: readonly VariableNode[], by: () => number, move: number): ReadonlyMap<string, Dense> {
  const isFree = new Set(variables.filter((v) => v.facts.above === undefined && v.facts.below === undefined && !(['simplex', 'unit', 'orthogonal', 'identity'] as const).some((f) => v.facts.has.has(f))).map((v) => v.name));
  const isUnsigned = new Set(variables.filter((v) => v.shape.length < 2 && v.facts.has.size === 0).map((v) => v.name));
  return new Map([...values].map(([name, v]) => {
    if (!isFree.has(name)) return [name, v];
    const factor = by();
    return [name, dense(v.shape, v.data.map((x) => x * factor + (isUnsigned.has(name) ? move : 0)))];
  }));
}

function probe(f: Expr, by: readonly VariableNode[], line: AlongLine, sizes: ReadonlyMap<string, number>, point: ReadonlyMap<string, Dense>, stream: Random): Refutation {
  const values = interpreter([f], sizes);
  const seconds = interpreter([line.second], sizes);
  const at = (direction: readonly Dense[]): number => must(seconds(new Map([...point, ...line.directions.map((d, k) => [d.name, must(direction[k])] as const)]))[0]).data[0]!;
  const shapes = by.map((v) => must(point.get(v.name)).shape);
  let found: Refutation = {};
  for (const direction of directions(by, shapes, at, stream)) {
    for (let t = 1; t >= smallestStep; t /= 2) {
      const step = direction.map((d) => dense(d.shape, d.data.map((e) => e * t)));
      if (!([-1, 1] as const).every((s) => isInDomain(by, moved(point, by, step, s)))) continue;
      const [before, here, after] = ([-1, 0, 1] as const).map((s) => must(values(moved(point, by, step, s))[0]).data[0]!) as [number, number, number];
      const difference = before - 2 * here + after;
      const size = Math.max(Math.abs(before), Math.abs(here), Math.abs(after));
      if (!(Math.abs(difference) > clear * size) || !Number.isFinite(difference)) continue;
      const shown = { point, direction: new Map(by.map((v, k) => [v.name, must(step[k])])), difference };
      found = difference < 0 ? { notConvex: shown, ...found } : { notConcave: shown, ...found };
    }
  }
  return found;
}

/** Whether the values are where the declarations say; sets that are curved or flat are taken for the space around them. */
function isInDomain(by: readonly VariableNode[], values: ReadonlyMap<string, Dense>): boolean {
  return by.every(({ name, facts: { has, above, below } }) => {
    const value = must(values.get(name));
    const all = (test: (x: number) => boolean): boolean => value.data.every(test);
    if (above !== undefined && !all((x) => x > above)) return false;
    if (below !== undefined && !all((x) => x < below)) return false;
    if (has.has('nonnegative') && !all((x) => (has.has('positive') ? x > 0 : x >= 0))) return false;
    if (has.has('nonpositive') && !all((x) => (has.has('negative') ? x < 0 : x <= 0))) return false;
    if (!has.has('psd') && !has.has('nsd')) return true;
    const eigenvalues = symmetricEigen(value).values.data;
    return has.has('psd') ? eigenvalues.every((l) => l >= 0) : eigenvalues.every((l) => l <= 0);
  });
}

function moved(point: ReadonlyMap<string, Dense>, by: readonly VariableNode[], step: readonly Dense[], times: number): ReadonlyMap<string, Dense> {
  const changed = by.map((v, k) => {
    const x = must(point.get(v.name));
    return [v.name, dense(x.shape, x.data.map((e, i) => e + times * must(step[k]).data[i]!))] as const;
  });
  return new Map([...point, ...changed]);
}

/** The eigenvectors of the Hessian at both ends of its spectrum where it is small, and random directions. */
function directions(by: readonly VariableNode[], shapes: readonly (readonly number[])[], at: (d: readonly Dense[]) => number, stream: Random): readonly (readonly Dense[])[] {
  const list = Array.from({ length: 3 }, () => by.map((v, k) => sampleDirection(structureOf(v), must(shapes[k]), stream)));
  const basis = by.flatMap((v, k) => entriesOf(structureOf(v), must(shapes[k])).map((places) => ({ k, places })));
  const n = basis.length;
  if (n > mostEntries) return list;
  const assembled = (weights: Float64Array): readonly Dense[] => {
    const made = shapes.map((shape) => dense(shape));
    for (const [i, { k, places }] of basis.entries()) for (const place of places) must(made[k]).data[place] = weights[i]!;
    return made;
  };
  const unit = (...chosen: readonly number[]): readonly Dense[] => assembled(Float64Array.from({ length: n }, (_, i) => (chosen.includes(i) ? 1 : 0)));
  const diagonal = Array.from({ length: n }, (_, i) => at(unit(i)));
  const H = dense([n, n]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) H.data[i * n + j] = H.data[j * n + i] = (at(unit(i, j)) - diagonal[i]! - diagonal[j]!) / 2;
    H.data[i * n + i] = diagonal[i]!;
  }
  if (!H.data.every(Number.isFinite)) return list;
  const { vectors } = symmetricEigen(H);
  const column = (k: number): Float64Array => Float64Array.from({ length: n }, (_, i) => vectors.data[i * n + k]!);
  return [assembled(column(0)), assembled(column(n - 1)), ...list];
}

/** Places that move together. */
function entriesOf(structure: Structure, shape: readonly number[]): readonly (readonly number[])[] {
  const count = shape.reduce((a, b) => a * b, 1);
  const [rows = 1, columns = 1] = shape;
  const all = Array.from({ length: count }, (_, place) => place);
  switch (structure) {
    case 'none':
      return all.map((place) => [place]);
    case 'diagonal':
      return Array.from({ length: rows }, (_, i) => [i * columns + i]);
    case 'lower':
    case 'upper':
      return all.filter((place) => (structure === 'lower' ? place % columns <= Math.floor(place / columns) : place % columns >= Math.floor(place / columns))).map((place) => [place]);
    case 'symmetric':
      return all.flatMap((place) => {
        const [i, j] = [Math.floor(place / columns), place % columns];
        return i < j ? [[place, j * columns + i]] : i === j ? [[place]] : [];
      });
    default:
      return unreachable(structure);
  }
}
