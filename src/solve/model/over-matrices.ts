// The problem over its semidefinite matrices, with smooth functions, at a point that was found in another form: by factors of the
// matrices, or with norms as second-order cones. Its multipliers are read off those of the other form, and the matrices' own
// are what is left of the gradient. Burer & Monteiro, A nonlinear programming algorithm for solving semidefinite programs via
// low-rank factorization, Math. Programming 95, 2003, for the factors.

import { must } from '../../base/internal.ts';
import { type Expr, inContext } from '../../ir/expr.ts';
import { valuesAt } from '../evaluate.ts';
import { eachEntry } from '../matrix.ts';
import type { Multipliers } from '../method.ts';
import type { Problem } from '../problem.ts';
import type { Solution } from './answer.ts';
import { type Assembled, type Fate, assemble } from './assemble.ts';
import type { ModelData } from './data.ts';
import { type Derived, derive } from './derived.ts';
import { pack, unpack } from './layout.ts';
import { type PreparedModel, type Ready, readyFor } from './prepare.ts';
import { pricesOf } from './prices.ts';
import { type Smooth, byFactors, inParts } from './reformulate.ts';
import { startAt } from './start.ts';

export interface OverMatrices {
  readonly derived: Derived;
  readonly assembled: Assembled;
  readonly z: Float64Array;
  readonly multipliers: Multipliers;
}

/** Undefined where constraints became several rows, or rows tie helpers: these have prices that the constraints do not tell. */
export function overMatricesAt(prepared: PreparedModel, given: ModelData, { x, multipliers }: Pick<Solution, 'x' | 'multipliers'>): OverMatrices | undefined {
  const { derived, statement } = readyFor(prepared, given.facts, 'matrices');
  const { smooth } = derived;
  const isAlike = smooth.rows.length === statement.constraints.length && smooth.rows.every((row, k) => row.constraint === k);
  if (smooth.cones.size === 0 || smooth.kinksLeft.length > 0 || !isAlike) return undefined;
  return inContext(prepared.context, () => {
    const assembled = assembledWhole(derived, given);
    const z = startAt({ statement, smooth, layout: assembled.layout, known: given, given: new Map(Object.entries(x)) }, 'zeros');
    const prices = statement.constraints.map(({ name, relation }) => must(multipliers[name]).data.map((y) => (relation === '>=' ? y : -y)));
    return { derived, assembled, z, multipliers: withCones(assembled.problem, z, rowPrices(assembled, prices)) };
  });
}

/** A problem over semidefinite matrices, and the same with factors in their place. */
export interface ByFactors {
  readonly whole: Ready;
  readonly ready: Ready;
}

const known = new WeakMap<Ready, ByFactors>();

/** Where functions of spectra stand in the model; undefined if there are none, or if kinks are left beside them. */
export function byFactorsFor(prepared: PreparedModel, { facts }: ModelData): ByFactors | undefined {
  if (!prepared.isAboutSpectra()) return undefined;
  const whole = readyFor(prepared, facts, 'matrices');
  const { smooth } = whole.derived;
  if (smooth.kinksLeft.length > 0 || !smooth.origins.some((o) => o.part === 'matrix')) return undefined;
  const found = known.get(whole);
  if (found) return found;
  const made = inContext(prepared.context, (): ByFactors => ({ whole, ready: { ...whole, derived: derive(inParts(byFactors(withMatrices(smooth)))), forms: new Map() } }));
  known.set(whole, made);
  return made;
}

/** All variables are told, not only those of the model. */
function withMatrices(smooth: Smooth): Smooth {
  return { ...smooth, recover: new Map([...smooth.recover, ...smooth.variables.map((v): [string, Expr] => [v.name, v])]) };
}

/** The point of the whole problem that a point of the factored one stands for. */
export function wholeAt({ whole, ready }: ByFactors, assembled: Assembled, at: { readonly z: Float64Array; readonly multipliers: Multipliers }, given: ModelData): OverMatrices {
  const { derived } = whole;
  const full = assembledWhole(derived, given);
  const { recover } = ready.derived.smooth;
  const values = valuesAt(full.layout.blocks.map(({ node }) => must(recover.get(node.name))), unpack(assembled.layout, at.z), given);
  const z = new Float64Array(full.layout.dim);
  full.layout.blocks.forEach((block, k) => pack(block, must(values[k]).data, z));
  const { prices } = pricesOf(ready.derived.smooth, assembled, at.z, at.multipliers);
  return { derived, assembled: full, z, multipliers: withCones(full.problem, z, rowPrices(full, prices)) };
}

function assembledWhole(derived: Derived, given: ModelData): Assembled {
  return assemble(derived, given, ({ dim }) => ({ start: new Float64Array(dim), startGiven: false, convex: false }));
}

function rowPrices({ problem, fates }: Assembled, prices: readonly Float64Array[]): Multipliers {
  const linear = new Float64Array(problem.linear?.matrix.rows ?? 0);
  const nonlinear = new Float64Array(problem.nonlinear?.count ?? 0);
  const bounds = new Float64Array(problem.dim);
  const see = (fate: Fate, price: number): void => {
    if (fate.kind === 'linear') linear[fate.row] = price;
    else if (fate.kind === 'nonlinear') nonlinear[fate.row] = price;
    else if (fate.kind === 'bound') bounds[fate.place]! += price * fate.factor;
  };
  fates.forEach((list, k) => list.forEach((fate, i) => see(fate, prices[k]![i]!)));
  return { linear, nonlinear, bounds };
}

/** The gradient of the Lagrangian. */
function restOf({ dim, objective, linear, nonlinear }: Problem, z: Float64Array, y: Multipliers): Float64Array {
  const rest = new Float64Array(dim);
  objective.gradient(z, rest);
  if (linear) eachEntry(linear.matrix, (i, j, value) => (rest[j]! -= value * y.linear[i]!));
  if (nonlinear) eachEntry(nonlinear.jacobian(z), (i, j, value) => (rest[j]! -= value * y.nonlinear[i]!));
  for (let j = 0; j < dim; j++) rest[j]! -= y.bounds[j]!;
  return rest;
}

/** An entry off the diagonal stands at two places of a symmetric matrix, whose multiplier has half of its slope at each. */
function withCones(problem: Problem, z: Float64Array, rows: Multipliers): Multipliers {
  const rest = restOf(problem, z, rows);
  return { ...rows, cones: (problem.cones ?? []).map(({ order, places, sign }) => Float64Array.from(places, (place, at) => (sign * rest[place]!) / (at % (order + 1) === 0 ? 1 : 2))) };
}
