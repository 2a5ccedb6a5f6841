// Objective and curved rows of the numeric problem as functions of all its variables in one vector.

import { must } from '../../base/internal.ts';
import { once } from '../../base/once.ts';
import type { Expr, VariableNode } from '../../ir/expr.ts';
import { variables as variablesOf } from '../../ir/walk.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { type Evaluate, type Known, keptOnce, valuesAt } from '../evaluate.ts';
import { lateObjective } from '../late.ts';
import type { Matrix } from '../matrix.ts';
import type { NonlinearRows, Objective, Residuals, SampledRows } from '../problem.ts';
import { areSame } from '../vector.ts';
import { approximationOf } from './approximation.ts';
import { bentHessian, sizesOf } from './bent.ts';
import { coordinatesOf } from './coordinates.ts';
import { directionOf } from './derivatives.ts';
import type { Derived, DerivedRow, Squares } from './derived.ts';
import { later } from './later.ts';
import { type Layout, gather, numbersOf, placeIn, unpack } from './layout.ts';
import { type Builder, type Part, symmetricParts } from './matrices.ts';
import type { Row } from './reformulate.ts';
import { scaledMatrix } from './scaled.ts';

function directions(layout: Layout): VariableNode[] {
  return layout.blocks.map((b) => directionOf(b.node));
}

function along(layout: Layout, v: Float64Array): [string, Dense][] {
  return [...unpack(layout, v, '#along ')];
}

export function objectiveOf(derived: Derived, builder: Builder, layout: Layout): Objective {
  const { objective } = derived.smooth;
  const both = builder.evaluate([objective, ...derived.gradient]);
  const value = both.first();
  const isCurved = derived.class !== 'linear';
  const isBent = derived.smooth.bends !== undefined;
  const hessian = later(() => (isBent ? bentHessian(derived.hessian(), builder, layout) : isCurved ? hessianOf(derived, builder, layout) : undefined));
  const terms = later(() => builder.evaluate(derived.gradient.map((g) => sizesOf(g))));
  const steepest = later(() => (isBent ? bentHessian(derived.hessian(), builder, layout, 'steep') : undefined));
  const products = later(() => builder.evaluate(derived.products(), directions(layout)));
  const residuals = derived.squares && residualsOf(derived.squares, builder, layout);
  const coordinates = derived.coordinates && coordinatesOf(derived.coordinates, layout, builder.known);
  const approximation = later(() => (isCurved && !coordinates ? approximationOf(derived.hessian, layout, builder.known) : undefined));
  const scaled = isCurved && derived.scaled && !layout.blocks.some((b) => b.places) ? scaledMatrix(derived.scaled, builder.known) : undefined;
  const remembered = memory();
  const atZero = once(() => (derived.class === 'quadratic' ? withoutProducts(derived, builder.known) : undefined));
  const take = (values: ReturnType<Evaluate>, out: Float64Array): number => {
    const [f, ...g] = values;
    out.fill(0);
    layout.blocks.forEach((b, k) => gather(b, must(g[k]).data, out));
    return must(f).data[0]!;
  };
  // Arrays that lie one after the other in z, and so do their derivatives.
  const isPlain = layout.blocks.every((b) => !b.places);
  const one = new Float64Array(1);
  const straight = (z: Float64Array, out: Float64Array): number => {
    both.into(unpack(layout, z), [one, ...layout.blocks.map((b) => out.subarray(b.offset, b.offset + b.size))]);
    return one[0]!;
  };
  const sampled = once((): SampledRows | undefined => {
    const found = both.sampled();
    return found && { rows: found.rows, from: (stretches) => ((evaluate) => (z, out) => take(evaluate(unpack(layout, z)), out))(found.from(stretches)) };
  });
  const plain = {
    ...(residuals && { residuals }),
    ...(isBent && {
      isBent,
      terms: (z: Float64Array) => {
        const out = new Float64Array(layout.dim);
        terms()(unpack(layout, z)).forEach(({ data }, k) => gather(must(layout.blocks[k]), data, out));
        return out;
      },
    }),
    ...(coordinates && { coordinates }),
    ...(scaled && { scaled }),
    class: (derived.class === 'quadratic' && !keptOnce(builder.known, 'whether a second derivative is stored', derived.gradient, () => hessian() !== undefined)) || (derived.class === 'least-squares' && !residuals) ? 'smooth' : derived.class,
    value: (z: Float64Array) => remembered.at(z)?.f ?? must(value(unpack(layout, z))[0]).data[0]!,
    gradient: (z: Float64Array, out: Float64Array) => {
      const known = remembered.at(z);
      if (known) {
        out.set(known.g);
        return known.f;
      }
      const zero = isZero(z) ? atZero() : undefined;
      const f = zero ? take(zero, out) : isPlain ? straight(z, out) : take(both(unpack(layout, z)), out);
      remembered.keep({ z: z.slice(), f, g: out.slice() });
      return f;
    },
    ...(isCurved && {
      hessianProduct: (z: Float64Array, v: Float64Array, out: Float64Array) => {
        const parts = products()(new Map([...unpack(layout, z), ...along(layout, v)]));
        out.fill(0);
        layout.blocks.forEach((b, k) => gather(b, must(parts[k]).data, out));
      },
    }),
  };
  return lateObjective(plain, { hessian, steepest, approximation, sampled });
}

// A parameter with more numbers takes longer to multiply with than a graph to simplify.
const manyNumbers = 1e5;

/** Objective and gradient at zero, where no product with a large parameter is left there; else undefined. */
function withoutProducts({ smooth, atZero }: Derived, known: Known): readonly Dense[] | undefined {
  const isLarge = (e: Expr): boolean => variablesOf([e]).some((v) => (known.parameters.get(v.name)?.shape.reduce((a, b) => a * b, 1) ?? 0) >= manyNumbers);
  return isLarge(smooth.objective) && !atZero().some(isLarge) ? valuesAt(atZero(), new Map(), known) : undefined;
}

function isZero(z: Float64Array): boolean {
  for (let j = 0; j < z.length; j++) if (z[j] !== 0) return false;
  return true;
}

/** Undefined where it would be too large. */
function hessianOf(derived: Derived, builder: Builder, layout: Layout): ((z: Float64Array) => Matrix) | undefined {
  const at = builder.matrix(symmetricParts(derived.hessian(), layout), layout.dim, 'symmetric');
  if (!at || derived.class !== 'quadratic') return at && ((z) => at(unpack(layout, z)));
  let constant: Matrix | undefined;
  return (z) => (constant ??= at(unpack(layout, z)));
}

interface Evaluated {
  readonly z: Float64Array;
  readonly f: number;
  readonly g: Float64Array;
}

/** The first point and the two latest, at which several ask. */
function memory(): { readonly at: (z: Float64Array) => Evaluated | undefined; readonly keep: (point: Evaluated) => void } {
  let [first, before, last]: (Evaluated | undefined)[] = [];
  return {
    at: (z) => [last, before, first].find((point) => point !== undefined && areSame(point.z, z)),
    keep: (point) => {
      first ??= point;
      before = last;
      last = point;
    },
  };
}

function residualsOf({ residuals, jacobians, constants }: Squares, builder: Builder, layout: Layout): Residuals | undefined {
  const counts = residuals.map((r) => numbersOf(r.shape, builder.known.sizes).reduce((a, b) => a * b, 1));
  const first = counts.map((_, k) => counts.slice(0, k).reduce((a, b) => a + b, 0));
  const count = counts.reduce((a, b) => a + b, 0);
  const parts = jacobians.flatMap((list, r) =>
    list.flatMap((expr, k): Part[] =>
      expr ? [{ expr, rowAxes: must(residuals[r]).shape.length, row: (i) => must(first[r]) + i, col: (j) => placeIn(must(layout.blocks[k]), j), lowerOnly: false }] : [],
    ),
  );
  const jacobian = builder.matrix(parts, count, 'general');
  if (!jacobian) return undefined;
  const value = builder.evaluate(residuals);
  const offsets = valuesAt(constants, new Map(), builder.known);
  return {
    count,
    weight: 1,
    offset: offsets.reduce((total, c) => total + c.data[0]!, 0),
    value: (z, out) => value(unpack(layout, z)).forEach(({ data }, k) => out.set(data, must(first[k]))),
    jacobian: (z) => jacobian(unpack(layout, z)),
  };
}

export function nonlinearOf(
  curved: readonly { readonly row: Row; readonly derived: DerivedRow; readonly first: number; readonly count: number }[],
  count: number,
  builder: Builder,
  layout: Layout,
): NonlinearRows {
  const value = builder.evaluate(curved.map((c) => c.row.expr));
  const parts = curved.flatMap(({ row, derived, first }) =>
    derived.jacobian.flatMap((expr, k): Part[] =>
      expr ? [{ expr, rowAxes: row.expr.shape.length, row: (i) => first + i, col: (j) => placeIn(must(layout.blocks[k]), j), lowerOnly: false }] : [],
    ),
  );
  const multipliers = curved.map((c) => c.derived.multiplier);
  const jacobian = must(builder.matrix(parts, count, 'general'), 'a Jacobian of this size');
  const hessian = builder.matrix(curved.flatMap((c) => symmetricParts(c.derived.hessian(), layout)), layout.dim, 'symmetric', multipliers);
  const products = later(() => builder.evaluate(curved.flatMap((c) => c.derived.products()), [...multipliers, ...directions(layout)]));
  const weights = (y: Float64Array): [string, Dense][] =>
    curved.map(({ row, derived, first, count: n }) => [derived.multiplier.name, { shape: numbersOf(row.expr.shape, builder.known.sizes), data: y.subarray(first, first + n) }]);
  return {
    count,
    lower: Float64Array.from(curved.flatMap(({ row, count: n }) => Array<number>(n).fill(row.relation === '<=' ? -Infinity : 0))),
    upper: Float64Array.from(curved.flatMap(({ row, count: n }) => Array<number>(n).fill(row.relation === '>=' ? Infinity : 0))),
    value: (z, out) => {
      value(unpack(layout, z)).forEach(({ data }, k) => out.set(data, must(curved[k]).first));
    },
    jacobian: (z) => jacobian(unpack(layout, z)),
    ...(hessian && { hessian: (z: Float64Array, y: Float64Array) => hessian(new Map([...unpack(layout, z), ...weights(y)])) }),
    hessianProduct: (z, y, v, out) => {
      const parts2 = products()(new Map([...unpack(layout, z), ...weights(y), ...along(layout, v)]));
      out.fill(0);
      parts2.forEach(({ data }, k) => gather(must(layout.blocks[k % layout.blocks.length]), data, out));
    },
  };
}
