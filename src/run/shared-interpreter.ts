// The reference interpreter for many functions of the same variables: a function, its derivatives and its conditions have parts
// in common, and are asked for at the same points. Each node has one step, and its value stays until its variables change.

import { must } from '../base/internal.ts';
import type { Expr } from '../ir/expr.ts';
import { children, postorder } from '../ir/walk.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { type Entries, type Step, stepOf } from './interpret.ts';
import { sizeReader } from './layout.ts';

/**
 * The values of these roots, for values of the variables. Throws where `interpreter` does: when a contraction needs more than
 * `most` multiplications in one step, or has no value.
 */
export type SharedInterpreter = (roots: readonly Expr[], most: number) => (variables: ReadonlyMap<string, Dense>) => Dense[];

interface Place {
  run: Step;
  /** What no step of it exceeds. */
  most: number;
  readonly from: readonly Place[];
  readonly args: Entries[];
  /** The variables without fixed values that it depends on. */
  readonly moving: readonly Place[];
  /** Of a variable without a fixed value. */
  readonly isMoving: boolean;
  /** Never changed: a new value is a new array. */
  value: Entries | undefined;
  /** When the value was made. */
  made: number;
}

/** Variables of `fixed` have their values there, and what they alone make is computed once. */
export function sharedInterpreter(sizes: ReadonlyMap<string, number>, fixed: ReadonlyMap<string, Dense>): SharedInterpreter {
  const sizeOf = sizeReader(sizes);
  const places = new Map<Expr, Place>();
  let now = 0;
  const placeOf = (node: Expr, most: number): Place => {
    const known = places.get(node);
    // Products alone have a limit.
    if (known && (known.most <= most || node.kind !== 'contract')) return known;
    const run = stepOf(node, sizeOf, most);
    if (known) {
      [known.run, known.most] = [run, most];
      return known;
    }
    const from = children(node).map((c) => must(places.get(c)));
    const isMoving = node.kind === 'variable' && !fixed.has(node.name);
    const made: Place = { run, most, from, args: [], moving: movingBelow(from), isMoving, value: undefined, made: 0 };
    places.set(node, made);
    return made;
  };
  const read = (place: Place, variables: ReadonlyMap<string, Dense>): void => {
    const value = place.run(none, variables);
    if (place.value && isSame(place.value, value)) return;
    place.value = value.slice();
    place.made = ++now;
  };
  const compute = (place: Place): void => {
    const { from, args } = place;
    for (let k = 0; k < from.length; k++) args[k] = from[k]!.value!;
    place.value = place.run(args, fixed);
    place.made = now;
  };
  return (roots, most) => {
    const order = postorder(roots).map((node) => placeOf(node, most));
    const outputs = roots.map((root) => ({ place: must(places.get(root)), shape: root.shape.map(sizeOf) }));
    return (variables) => {
      for (let i = 0; i < order.length; i++) {
        const place = order[i]!;
        if (place.isMoving) read(place, variables);
        else if (isOld(place)) compute(place);
      }
      return outputs.map(({ place, shape }) => ({ shape, data: place.value!.slice() }));
    };
  };
}

const none: readonly Entries[] = [];

function movingBelow(from: readonly Place[]): readonly Place[] {
  const found: Place[] = [];
  for (const place of from) {
    if (place.isMoving && !found.includes(place)) found.push(place);
    for (const below of place.moving) if (!found.includes(below)) found.push(below);
  }
  return found;
}

/** Whether a variable has changed since the value was made. */
function isOld({ value, made, moving }: Place): boolean {
  if (value === undefined) return true;
  for (let k = 0; k < moving.length; k++) if (moving[k]!.made > made) return true;
  return false;
}

function isSame(a: Entries, b: Entries): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
