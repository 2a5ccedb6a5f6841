// The directions that a picture around an optimum can have: single entries of the variables, and ways that belong to the
// problem or to its solve.

import { type Diagnostic, RicciError } from '../../../../src/base/diagnostic.ts';
import { unreachable } from '../../../../src/base/internal.ts';
import { random } from '../../../../src/base/random.ts';
import type { VariableNode } from '../../../../src/ir/expr.ts';
import { type Structure, structureOf } from '../../../../src/ir/structure.ts';
import { placeText } from '../place-text.ts';
import { type EigenPair, lanczos } from './lanczos.ts';
import { type Arrays, dot, lengthOf, moved, offsetOf } from './space.ts';
import { type Axis, type Entry, type Way, ways } from './ways.ts';

export interface Around {
  /** The solution, from which ways are counted. */
  readonly x: Arrays;
  readonly center: Float64Array;
  readonly variables: readonly VariableNode[];
  readonly trail: readonly Float64Array[];
  /** The gradient of the objective at a point. */
  readonly gradient: (at: Float64Array) => Float64Array;
}

export interface AxisVector {
  readonly label: string;
  readonly vector: Float64Array;
  /** What the axis counts from: the value of an entry at the solution, 0 for ways. */
  readonly base: number;
}

/** Both axes; the second is made perpendicular to the first. Throws a diagnostic for axes that are none. */
export function axesOf([first, second]: readonly [Axis, Axis], around: Around): readonly [AxisVector, AxisVector] {
  const [a, b] = [axisVector(first, around), axisVector(second, around)];
  const share = dot(a.vector, b.vector) / dot(a.vector, a.vector);
  const vector = moved(b.vector, -share, a.vector);
  if (lengthOf(vector) < 1e-6 * lengthOf(b.vector)) throw wrong('both axes are the same direction', 'two directions', 'choose another one for one of them');
  return [a, { ...b, vector, label: Math.abs(share) > 1e-6 ? `${b.label}, as far as it is across` : b.label }];
}

function axisVector(axis: Axis, around: Around): AxisVector {
  if ('name' in axis) return entryVector(axis, around);
  return { label: ways[axis.along], vector: wayVector(axis.along, around), base: 0 };
}

function entryVector({ name, index }: Entry, { x, center, variables }: Around): AxisVector {
  const [offset, value] = [offsetOf(name, x), x[name]];
  if (offset === undefined || value === undefined || index >= value.data.length) throw wrong(`the solution has no entry ${index + 1} of ${name}`, `an entry of ${Object.keys(x).join(', ')}`, 'choose another one');
  const node = variables.find((v) => v.name === name);
  const vector = new Float64Array(center.length);
  for (const place of mirrored(value.shape, index, node && structureOf(node))) vector[offset + place] = 1;
  return { label: `${name}${placeText(index, value.shape)}`, vector, base: center[offset + index]! };
}

/** A symmetric matrix keeps its symmetry. */
function mirrored(shape: readonly number[], index: number, structure: Structure | undefined): readonly number[] {
  const n = shape[1] ?? 1;
  const mirror = (index % n) * n + Math.floor(index / n);
  return structure === 'symmetric' && mirror !== index ? [index, mirror] : [index];
}

function wayVector(way: Way, around: Around): Float64Array {
  const { center, trail } = around;
  switch (way) {
    case 'start': {
      const [start] = trail;
      return ofLengthOne(start ? moved(start, -1, center) : center.map(() => 0), 'the solve began where it ended');
    }
    case 'zero':
      return ofLengthOne(center.map((value) => -value), 'the solution is zero');
    case 'path':
      return must(pathDirections(around).at(-1), 'the solve has no path');
    case 'across-path':
      return must(pathDirections(around).at(-2), 'the path of the solve is a straight line');
    case 'most-curved':
      return must(curvatures(around).at(-1), 'the objective is not curved there');
    case 'least-curved':
      return must(curvatures(around).at(0), 'the objective is not curved there');
    default:
      return unreachable(way);
  }
}

// More points tell no more of where a path leads.
const mostPoints = 60;

/** The principal directions of the path, seen from the solution; the last is the main one. */
function pathDirections({ center, trail }: Around): EigenPair[] {
  const stride = Math.max(1, Math.ceil(trail.length / mostPoints));
  const offsets = trail.filter((_, i) => i % stride === 0).map((point) => moved(point, -1, center));
  const product = (v: Float64Array): Float64Array => offsets.reduce((sum, offset) => moved(sum, dot(offset, v), offset), new Float64Array(v.length));
  const pairs = lanczos(product, offsets.reduce((sum, offset) => moved(sum, 1, offset), new Float64Array(center.length)), 30);
  const most = pairs.at(-1)?.value ?? 0;
  return pairs.filter(({ value }) => value > 1e-10 * most && value > 0);
}

/** Eigenvectors of the second derivative of the objective, by differences of its gradient; of many variables the outer ones. */
function curvatures({ center, gradient }: Around): EigenPair[] {
  const scale = Math.cbrt(Number.EPSILON) * Math.max(1, lengthOf(center));
  const product = (v: Float64Array): Float64Array => {
    const step = scale / Math.max(lengthOf(v), 1e-300);
    return moved(gradient(moved(center, step, v)), -1, gradient(moved(center, -step, v))).map((d) => d / (2 * step));
  };
  const stream = random(1);
  // A difference of gradients keeps the structure that variables may have.
  const start = product(center.map(() => stream.normal()));
  if (!start.every(Number.isFinite)) throw wrong('the objective has no second derivative there', 'a smooth objective', 'choose another direction');
  return lanczos(product, start, 80);
}

function must(pair: EigenPair | undefined, otherwise: string): Float64Array {
  if (pair) return pair.vector;
  throw wrong(otherwise, 'a direction', 'choose another one');
}

function ofLengthOne(vector: Float64Array, otherwise: string): Float64Array {
  const length = lengthOf(vector);
  if (length < 1e-9) throw wrong(otherwise, 'a direction', 'choose another one');
  return vector.map((value) => value / length);
}

function wrong(message: string, needed: string, help: string): RicciError {
  const diagnostic: Diagnostic = { code: 'no-such-axis', severity: 'error', message, span: [0, 0], needed, help };
  return new RicciError([diagnostic]);
}
