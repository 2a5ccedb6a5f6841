// Poles on the other side of a denominator's zero: 1/x under x <= 3 has a least value among positive x, and none among all.
// Where a denominator may vanish within the constraints is looked for by Newton steps on it.

import { must } from '../../base/internal.ts';
import { type Expr, contract, variable } from '../../ir/expr.ts';
import { postorder } from '../../ir/walk.ts';
import { gradients } from '../../diff/differentiate.ts';
import { has } from '../../ops/facts.ts';
import { asPower } from '../../ops/scalar/power.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { type Known, evaluator } from '../evaluate.ts';
import { type Pole, poleAlong } from '../pole.ts';
import type { Problem } from '../problem.ts';
import type { Derived } from './derived.ts';
import { dependsOn } from './derivatives.ts';
import { type Layout, gather, numbersOf, unpack } from './layout.ts';

// Entries of denominators that are looked at, points from where, and steps from each.
const [mostEntries, mostPoints, mostSteps] = [20, 4, 40];

interface Where {
  readonly problem: Problem;
  readonly layout: Layout;
  readonly known: Known;
}

/** Whether the objective or its derivative has parts to negative powers whose sign is not known: that of log(x) has 1/x. */
export function hasDenominators({ smooth, gradient }: Derived): boolean {
  return denominatorsIn([smooth.objective, ...gradient]).some((e) => dependsOn(e, smooth.variables));
}

/** A pole of the objective at a zero of one of its denominators, reached from one of these points; undefined if none is found. */
export function poleOfDenominators({ smooth, gradient: slopes }: Derived, { problem, layout, known }: Where, points: readonly Float64Array[], tolerance: number): Pole | undefined {
  for (const base of denominatorsIn([smooth.objective, ...slopes]).filter((e) => dependsOn(e, smooth.variables))) {
    const count = numbersOf(base.shape, known.sizes).reduce((a, b) => a * b, 1);
    if (count > mostEntries) continue;
    const pick = variable('#pick', base.shape);
    const labels = base.shape.map((_, i) => i);
    const entry = contract([pick, base], [labels, labels], []);
    const roots = [entry, ...gradients(entry, smooth.variables)].map((e) => simplify(e, lazy));
    const values = evaluator(roots, [...smooth.variables, pick], known);
    for (let i = 0; i < count; i++) {
      const picked = { shape: numbersOf(base.shape, known.sizes), data: new Float64Array(count).fill(1, i, i + 1) };
      const at = (z: Float64Array): Slope => {
        const [value, ...parts] = values(new Map([...unpack(layout, z), [pick.name, picked]]));
        const gradient = new Float64Array(layout.dim);
        layout.blocks.forEach((block, k) => gather(block, must(parts[k]).data, gradient));
        return { value: must(value).data[0]!, gradient };
      };
      for (const point of points.slice(0, mostPoints)) {
        const zero = zeroFrom(at, point, problem);
        const found = zero && (poleAlong(problem, zero.z, zero.gradient, tolerance) ?? poleAlong(problem, zero.z, zero.gradient.map((g) => -g), tolerance));
        if (found) return found;
      }
    }
  }
  return undefined;
}

/** Bases of negative powers that may have either sign, or none. */
function denominatorsIn(roots: readonly Expr[]): Expr[] {
  const found = new Set<Expr>();
  for (const e of postorder(roots)) {
    const p = asPower(e);
    if (p && p.exponent.num < 0 && !has(p.base, 'positive') && !has(p.base, 'negative')) found.add(p.base);
  }
  return [...found];
}

interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** A zero of the function in the box, by Newton steps along its gradient there. */
function zeroFrom(at: (z: Float64Array) => Slope, from: Float64Array, { lower, upper }: Problem): { readonly z: Float64Array; readonly gradient: Float64Array } | undefined {
  let z = from;
  let last = Infinity;
  for (let step = 0; step < mostSteps; step++) {
    const { value, gradient } = at(z);
    const way = gradient.map((g, j) => (-value * g > 0 ? (z[j]! < upper[j]! ? g : 0) : z[j]! > lower[j]! ? g : 0));
    const square = way.reduce((sum, g) => sum + g * g, 0);
    const size = way.reduce((sum, g, j) => sum + Math.abs(g * z[j]!), 0);
    if (value === 0 || (Math.abs(value) <= 4 * Number.EPSILON * size && Math.abs(value) >= last)) return { z, gradient };
    if (!(square > 0 && Number.isFinite(value))) return undefined;
    last = Math.abs(value);
    z = z.map((v, j) => Math.min(upper[j]!, Math.max(lower[j]!, v - (value * way[j]!) / square)));
  }
  return undefined;
}
