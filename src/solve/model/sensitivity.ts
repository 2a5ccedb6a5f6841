// How the optimum moves with a parameter: the KKT conditions of the active set, differentiated implicitly.
// Fiacco, Introduction to Sensitivity and Stability Analysis in Nonlinear Programming, 1983, theorem 2.2.1.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { neg, add } from '../../ir/build.ts';
import { type Expr, type VariableNode, contract, inContext, variable } from '../../ir/expr.ts';
import { structureOf } from '../../ir/structure.ts';
import { variables as variablesOf } from '../../ir/walk.ts';
import { jvp } from '../../diff/differentiate.ts';
import { nearest } from '../../lang/foreign.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { fast } from '../../simplify/pipelines.ts';
import { valuesAt } from '../evaluate.ts';
import { bunchKaufman, solveBunchKaufman } from '../linear/bunch-kaufman.ts';
import { holds, kktReport } from '../kkt.ts';
import type { Multipliers, WarmStart } from '../method.ts';
import { eachEntry } from '../matrix.ts';
import type { Solution } from './answer.ts';
import { type Assembled, assemble } from './assemble.ts';
import { type Given, type ModelData, readData } from './data.ts';
import { derivative, directionOf, gradientsOf } from './derivatives.ts';
import { faceAt } from './face.ts';
import { type Layout, numbersOf, placeIn, unpack } from './layout.ts';
import { type OverMatrices, overMatricesAt } from './over-matrices.ts';
import { type PreparedModel, type Ready, bentFor, conicFor, formFor, normsFor, prepareModel, readyFor } from './prepare.ts';
import { type BoundRow, pricesOf } from './prices.ts';
import type { Smooth } from './reformulate.ts';
import { withShownFacts } from './shown.ts';
import { smoothPoint } from './solve-model.ts';
import { withExponents } from './with-exponents.ts';

export interface Sensitivity {
  readonly parameter: string;
  /** Whether the optimum is differentiable here, as far as the conditions tell; if not, or if they do not, why. */
  readonly says: string;
  /** Of the optimal objective, with the shape of the parameter. Absent where multipliers are not unique. */
  readonly objective?: Dense;
  /** Of the variables: axes of the variable, then those of the parameter. Absent where they have no derivative. */
  readonly x?: Readonly<Record<string, Dense>>;
}

// A table of derivatives may have so many entries.
const mostEntries = 4e6;
// A system of these variables and of as many rows is factorised at once.
const mostInCones = 800;

/**
 * Derivatives of the optimum of a solved model by some of its parameters, at the same data and start. By a symmetric
 * parameter they are projected on symmetric matrices. Throws a `RicciError` for names that are no parameters.
 */
export function sensitivities(model: string | PreparedModel, data: Given, solution: Solution, names: readonly string[], start?: Given): Sensitivity[] {
  const written = typeof model === 'string' ? prepareModel(model) : model;
  const known = written.model.parameters.map((p) => p.name);
  const problems = names.filter((name) => !known.includes(name)).map((name): Diagnostic => {
    const [near] = nearest(name, known);
    return { code: 'no-such-parameter', severity: 'error', message: `${name} is not a parameter of the model`, span: [0, written.text.length], needed: `one of ${known.join(', ')}`, found: name, help: near === undefined ? 'name a parameter of the model' : `did you mean ${near}?` };
  });
  if (problems.length > 0) throw new RicciError(problems);
  return inContext(written.context, () => {
    const read = readData(written.model, data, start);
    const prepared = names.some((name) => written.exponents().has(name)) ? written : withExponents(written, read);
    const given = withShownFacts(prepared, read, Infinity);
    const all = (says: string): Sensitivity[] => names.map((parameter) => ({ parameter, says }));
    if (!solution.outcome.startsWith('optimal')) return all(`there is no derivative: the solve ended ${solution.outcome}`);
    const conic = conicFor(prepared, given);
    const own = conic ? formIn(prepared, conic, given, solution.warm) : formOf(prepared, given, solution.warm) ?? ((normsFor(prepared, given) ?? bentFor(prepared, given.facts)) && formOf(prepared, given, smoothPoint(prepared, given, solution.x)));
    const isOtherwise = own === undefined ? conic !== undefined : own.hasFactors || own.assembled.problem.norms !== undefined;
    const form = isOtherwise ? formOverMatrices(prepared, given, solution) : own;
    if (!form && isOtherwise) return all('unknown: the conditions of optimality over the semidefinite matrices themselves are not known to hold, or have corners');
    if (form && form.assembled.problem.cones && form.assembled.problem.dim > mostInCones) return all(`its ${form.assembled.problem.dim} variables are too many for derivatives of a semidefinite program`);
    if (!form) return all('unknown: a norm or root vanishes at the optimum, where the problem has no derivatives');
    const { derived, assembled } = form;
    if (derived.smooth.kinksLeft.length > 0) return all('unknown: a function with kinks is left in the problem');
    const at = pointOf(assembled, form.z, form.multipliers);
    return names.map((name) => sensitivity(must(prepared.model.parameters.find((p) => p.name === name)).name, derived.smooth, assembled, given, at, prepared));
  });
}

interface Form extends OverMatrices {
  /** Whether semidefinite variables are products of factors. */
  readonly hasFactors: boolean;
}

/** The form of the problem at which a point passes the conditions of optimality. */
function formOf(prepared: PreparedModel, given: ModelData, warm: WarmStart): Form | undefined {
  for (const kind of ['smooth', 'parted', ...(prepared.isAboutSpectra() ? ['matrices' as const] : [])] as const) {
    const form = formIn(prepared, readyFor(prepared, given.facts, kind), given, warm);
    if (form) return form;
  }
  return undefined;
}

/** The same for one form. */
function formIn(prepared: PreparedModel, kept: Ready, given: ModelData, warm: WarmStart): Form | undefined {
  const [z, multipliers] = [must(warm.z), must(warm.multipliers)];
  const derived = formFor(prepared, kept, given.sizes);
  const assembled = assemble(derived, given, ({ dim }) => ({ start: new Float64Array(dim), startGiven: false, convex: false }));
  const { problem } = assembled;
  const fits = problem.dim === z.length && (problem.linear?.matrix.rows ?? 0) === multipliers.linear.length && (problem.nonlinear?.count ?? 0) === multipliers.nonlinear.length && (problem.cones?.length ?? 0) === (multipliers.cones?.length ?? 0);
  if (!fits || !holds(kktReport(problem, z, multipliers), 1e-6)) return undefined;
  return { derived, assembled, hasFactors: kept.statement.cones.size > 0 && derived.smooth.cones.size === 0, z, multipliers };
}

function formOverMatrices(prepared: PreparedModel, given: ModelData, solution: Solution): OverMatrices | undefined {
  const form = overMatricesAt(prepared, given, solution);
  return form && holds(kktReport(form.assembled.problem, form.z, form.multipliers), 1e-6) ? form : undefined;
}

interface Point {
  readonly z: Float64Array;
  readonly multipliers: Multipliers;
  /** Places in z that move, and rows (linear first) that hold with equality. */
  readonly free: readonly number[];
  readonly active: readonly number[];
  /** Equations that say the same as one before them; only that is active. */
  readonly twins: readonly (readonly [number, number])[];
  /** How many rows and bounds hold with equality without being pressed on. */
  readonly weak: number;
  /** Solves the KKT system of the active set: right sides for stationarity and for rows; undefined if it is singular. */
  readonly solve: ((right: Float64Array) => Float64Array) | undefined;
  /** Rows of both Jacobians, dense over z. */
  readonly rows: readonly Float64Array[];
  readonly hessian: Float64Array;
}

function pointOf({ problem }: Assembled, z: Float64Array, multipliers: Multipliers): Point {
  const n = problem.dim;
  const gradient = new Float64Array(n);
  problem.objective.gradient(z, gradient);
  const size = Math.max(1e-12, gradient.reduce((top, g) => Math.max(top, Math.abs(g)), 0));
  let weak = 0;
  const presses = (value: number, lower: number, upper: number, multiplier: number): boolean => {
    if (lower === upper) return true;
    const near = (bound: number): boolean => Number.isFinite(bound) && Math.abs(value - bound) <= 1e-6 * Math.max(1, Math.abs(bound));
    if (!near(lower) && !near(upper)) return false;
    if (Math.abs(multiplier) > 1e-6 * size) return true;
    weak++;
    return false;
  };
  const free = [...z.keys()].filter((j) => !presses(z[j]!, problem.lower[j]!, problem.upper[j]!, multipliers.bounds[j]!));
  const rows: Float64Array[] = [];
  const prices = [...multipliers.linear, ...multipliers.nonlinear];
  const active: number[] = [];
  const known = new Map<string, number>();
  const twins: [number, number][] = [];
  const take = (list: readonly Float64Array[], values: Float64Array, lower: Float64Array, upper: Float64Array): void =>
    list.forEach((row, i) => {
      const k = rows.push(row) - 1;
      // An equation of symmetric matrices says everything twice.
      const key = problem.cones && lower[i] === upper[i] ? `${lower[i]}: ${row.join(' ')}` : undefined;
      const before = key === undefined ? undefined : known.get(key);
      if (before !== undefined) twins.push([before, k]);
      else if (presses(values[i]!, lower[i]!, upper[i]!, prices[k]!)) active.push(k);
      if (key !== undefined && before === undefined) known.set(key, k);
    });
  if (problem.linear) {
    const list = Array.from({ length: problem.linear.matrix.rows }, () => new Float64Array(n));
    eachEntry(problem.linear.matrix, (i, j, value) => (list[i]![j]! += value));
    take(list, Float64Array.from(list, (row) => row.reduce((sum, a, j) => sum + a * z[j]!, 0)), problem.linear.lower, problem.linear.upper);
  }
  if (problem.nonlinear) {
    const { nonlinear } = problem;
    const list = Array.from({ length: nonlinear.count }, () => new Float64Array(n));
    eachEntry(nonlinear.jacobian(z), (i, j, value) => (list[i]![j]! += value));
    const values = new Float64Array(nonlinear.count);
    nonlinear.value(z, values);
    take(list, values, nonlinear.lower, nonlinear.upper);
  }
  const hessian = hessianOf(problem, z, multipliers);
  problem.cones?.forEach((cone, k) => {
    const face = faceAt(cone, z, must(multipliers.cones?.[k]));
    for (const row of face.rows) active.push(rows.push(row) - 1);
    face.bend(hessian);
    weak += face.weak;
  });
  return { z, multipliers, free, active, twins, weak, rows, hessian, solve: factored(hessian, n, free, active.map((k) => must(rows[k]))) };
}

/** Of the Lagrangian f - y'c, dense, column by column. */
function hessianOf({ objective, nonlinear, dim: n }: Assembled['problem'], z: Float64Array, { nonlinear: y }: Multipliers): Float64Array {
  const H = new Float64Array(n * n);
  const unit = new Float64Array(n);
  const [column, more] = [new Float64Array(n), new Float64Array(n)];
  for (let j = 0; j < n; j++) {
    unit[j] = 1;
    if (objective.hessianProduct) objective.hessianProduct(z, unit, column);
    else column.fill(0);
    if (nonlinear?.hessianProduct) {
      nonlinear.hessianProduct(z, y, unit, more);
      for (let i = 0; i < n; i++) column[i]! -= more[i]!;
    }
    H.set(column, j * n);
    unit[j] = 0;
  }
  return H;
}

/** [H, Jᵀ; J, 0] on the free places and the active rows. */
function factored(H: Float64Array, n: number, free: readonly number[], rows: readonly Float64Array[]): Point['solve'] {
  const size = free.length + rows.length;
  const K = new Float64Array(size * size);
  free.forEach((i, a) => free.forEach((j, b) => (K[a * size + b] = 0.5 * (H[i * n + j]! + H[j * n + i]!))));
  rows.forEach((row, k) => free.forEach((j, a) => (K[(free.length + k) * size + a] = K[a * size + free.length + k] = row[j]!)));
  const full = K.slice();
  const factors = bunchKaufman(K, size);
  if (factors.zero > 0) return undefined;
  const solve = (right: Float64Array): Float64Array => {
    const x = new Float64Array(size);
    const rest = right.slice();
    for (let turn = 0; turn < 3; turn++) {
      const step = rest.slice();
      solveBunchKaufman(factors, step);
      for (let i = 0; i < size; i++) x[i]! += step[i]!;
      for (let i = 0; i < size; i++) {
        let sum = right[i]!;
        for (let j = 0; j < size; j++) sum -= full[i * size + j]! * x[j]!;
        rest[i] = sum;
      }
    }
    return x;
  };
  // A nearly singular system gives itself away by the size of what it answers.
  const probe = Float64Array.from({ length: size }, (_, i) => Math.cos(i + 1));
  const scale = full.reduce((top, v) => Math.max(top, Math.abs(v)), 1e-300);
  const answer = solve(probe).reduce((top, v) => Math.max(top, Math.abs(v)), 0);
  return answer * scale > 1e11 || Number.isNaN(answer) ? undefined : solve;
}

function sensitivity(parameter: string, smooth: Smooth, assembled: Assembled, data: ModelData, at: Point, { model }: PreparedModel): Sensitivity {
  const { layout } = assembled;
  const theta = variablesOf([smooth.objective, ...smooth.rows.map((r) => r.expr)]).find((v) => v.name === parameter);
  const own = must(model.parameters.find((p) => p.name === parameter));
  const shape = numbersOf(own.shape, data.sizes);
  const count = shape.reduce((a, b) => a * b, 1);
  if (!theta) return { parameter, says: 'the problem does not depend on it', objective: { shape, data: new Float64Array(count) } };
  if (!at.solve) return { parameter, says: 'no derivative is known: the optimum or its multipliers are not unique (the active constraints depend on each other, or the second derivative vanishes along them)' };
  if (count * layout.dim > mostEntries) return { parameter, says: `its ${count} entries times ${layout.dim} variables are too many for a table of derivatives; name a smaller parameter` };
  const { prices, twins } = pricesOf(smooth, assembled, at.z, at.multipliers);
  const rowSlopes = table(smooth.rows.map((r) => r.expr), theta, at, layout, data);
  const values = objectiveSlope(smooth.objective, theta, at, layout, data);
  smooth.rows.forEach((_, r) => must(prices[r]).forEach((y, i) => y !== 0 && values.forEach((_v, t) => (values[t]! -= y * rowSlopes[r]!.data[i * count + t]!))));
  const sign = model.sense === 'max' ? -1 : 1;
  const objective: Dense = { shape, data: onForm(values.map((v) => sign * v + 0), theta, shape) };
  const slopes = numericSlopes(assembled, at, rowSlopes, count);
  const differs = (one: Float64Array, other: Float64Array): boolean => one.some((v, t) => Math.abs(v - other[t]!) > 1e-12 * Math.max(1, Math.abs(v)));
  const boundSlope = ({ row, entry, factor }: BoundRow): Float64Array => onForm(must(rowSlopes[row]).data.slice(entry * count, (entry + 1) * count).map((v) => v / factor), theta, shape);
  const isTorn = at.twins.some(([a, b]) => differs(onForm(must(slopes[a]), theta, shape), onForm(must(slopes[b]), theta, shape))) || twins.some(([a, b]) => differs(boundSlope(a), boundSlope(b)));
  if (isTorn) return { parameter, says: 'no derivative: two constraints say the same, and the parameter moves them apart' };
  if (at.weak > 0) return { parameter, says: `${at.weak} constraint${at.weak === 1 ? '' : 's'} hold${at.weak === 1 ? 's' : ''} with equality at a multiplier of zero: the variables have no derivative there, the objective has this one`, objective };
  return { parameter, says: 'differentiable: the active constraints are independent and pressed on, and the second derivative is regular along them', objective, x: movement(theta, smooth, assembled, data, at, rowSlopes, slopes, shape, model.variables.map((v) => v.name)) };
}

function table(exprs: readonly Expr[], theta: VariableNode, { z }: Point, layout: Layout, data: ModelData): readonly Dense[] {
  return valuesAt(exprs.map((e) => derivative(e, theta)), unpack(layout, z), data);
}

function objectiveSlope(f: Expr, theta: VariableNode, { z }: Point, layout: Layout, data: ModelData): Float64Array {
  return must(valuesAt([derivative(f, theta)], unpack(layout, z), data)[0]).data.slice();
}

/** Slopes of rows in the order of the numeric problem. */
function numericSlopes({ fates, problem }: Assembled, at: Point, rowSlopes: readonly Dense[], count: number): Float64Array[] {
  const linearCount = problem.linear?.matrix.rows ?? 0;
  const slopes = at.rows.map(() => new Float64Array(count));
  fates.forEach((list, r) =>
    list.forEach((fate, i) => {
      if (fate.kind === 'linear' || fate.kind === 'nonlinear') must(slopes[fate.kind === 'linear' ? fate.row : linearCount + fate.row]).set(must(rowSlopes[r]).data.subarray(i * count, (i + 1) * count));
    }),
  );
  return slopes;
}

/** dx/dθ by the KKT system, one right side for each entry of θ. */
function movement(theta: VariableNode, smooth: Smooth, assembled: Assembled, data: ModelData, at: Point, rowSlopes: readonly Dense[], slopes: readonly Float64Array[], shape: readonly number[], names: readonly string[]): Record<string, Dense> {
  const { layout, fates, problem } = assembled;
  const count = shape.reduce((a, b) => a * b, 1);
  const n = layout.dim;
  const mixed = mixedSlopes(theta, smooth, assembled, data, at);
  // How bounds move.
  const fixed = new Map<number, Float64Array>();
  const free = new Set(at.free);
  fates.forEach((list, r) =>
    list.forEach((fate, i) => {
      if (fate.kind !== 'bound' || free.has(fate.place)) return;
      const slope = must(rowSlopes[r]).data.subarray(i * count, (i + 1) * count);
      const price = at.multipliers.bounds[fate.place]!;
      const binds = price >= 0 ? fate.lower === problem.lower[fate.place] : fate.upper === problem.upper[fate.place];
      if (binds) fixed.set(fate.place, slope.map((s) => -s / fate.factor));
    }),
  );
  const moves = Array.from({ length: count }, (_, t): Float64Array => {
    const dz = new Float64Array(n);
    for (const [place, slope] of fixed) dz[place] = slope[t]!;
    const right = new Float64Array(at.free.length + at.active.length);
    at.free.forEach((j, a) => {
      let sum = -mixed[j * count + t]!;
      for (const place of fixed.keys()) sum -= at.hessian[place * n + j]! * dz[place]!;
      right[a] = sum;
    });
    at.active.forEach((k, a) => {
      let sum = -must(slopes[k])[t]!;
      for (const place of fixed.keys()) sum -= must(at.rows[k])[place]! * dz[place]!;
      right[at.free.length + a] = sum;
    });
    const found = must(at.solve)(right);
    at.free.forEach((j, a) => (dz[j] = found[a]!));
    return dz;
  });
  return Object.fromEntries(names.map((name) => [name, recoveredMoves(name, smooth, layout, data, at, moves, theta, shape)]));
}

/** ∂²L/∂z∂θ, [places, entries of θ]. */
function mixedSlopes(theta: VariableNode, smooth: Smooth, { layout, fates }: Assembled, data: ModelData, { z, multipliers }: Point): Float64Array {
  const curved = smooth.rows.map((row, r) => ({ row, list: must(fates[r]), weight: variable(`#weight ${r}`, row.expr.shape) })).filter(({ list }) => list.some((f) => f.kind === 'linear' || f.kind === 'nonlinear'));
  const weights = new Map(curved.map(({ weight, list, row }) => [weight.name, { shape: numbersOf(row.expr.shape, data.sizes), data: Float64Array.from(list, (f) => (f.kind === 'linear' ? multipliers.linear[f.row]! : f.kind === 'nonlinear' ? multipliers.nonlinear[f.row]! : 0)) }]));
  const parts = curved.map(({ row, weight }) => {
    const labels = row.expr.shape.map((_, i) => i);
    return neg(contract([weight, row.expr], [labels, labels], []));
  });
  const gradients = gradientsOf(parts.length === 0 ? smooth.objective : add(smooth.objective, ...parts), smooth.variables);
  const tables = valuesAt(gradients.map((g) => derivative(g, theta)), new Map([...unpack(layout, z), ...weights]), data);
  const count = numbersOf(theta.shape, data.sizes).reduce((a, b) => a * b, 1);
  const result = new Float64Array(layout.dim * count);
  layout.blocks.forEach((block, k) => {
    const { data: values } = must(tables[k]);
    for (let i = 0; i < block.size; i++) {
      const place = placeIn(block, i);
      if (place < 0) continue;
      for (let t = 0; t < count; t++) result[place * count + t]! += values[i * count + t]!;
    }
  });
  return result;
}

function recoveredMoves(name: string, smooth: Smooth, layout: Layout, data: ModelData, { z }: Point, moves: readonly Float64Array[], theta: VariableNode, shape: readonly number[]): Dense {
  const value = must(smooth.recover.get(name));
  const by = smooth.variables.filter((v) => variablesOf([value]).includes(v));
  const along = by.map((v) => jvp(value, v, directionOf(v)));
  const slope = fast(along.length === 1 ? must(along[0]) : add(...along));
  const own = numbersOf(value.shape, data.sizes);
  const size = own.reduce((a, b) => a * b, 1);
  const result = new Float64Array(size * moves.length);
  moves.forEach((dz, t) => {
    const found = must(valuesAt([slope], new Map([...unpack(layout, z), ...unpack(layout, dz, '#along ')]), data)[0]);
    found.data.forEach((v, i) => (result[i * moves.length + t] = v + 0));
  });
  for (let i = 0; i < size; i++) result.set(onForm(result.slice(i * moves.length, (i + 1) * moves.length), theta, shape), i * moves.length);
  return { shape: [...own, ...shape], data: result };
}

/** Derivatives by the entries of a parameter, on the matrices of its form. */
function onForm(values: Float64Array, theta: VariableNode, shape: readonly number[]): Float64Array {
  const structure = structureOf(theta);
  const [rows = 1, cols = 1] = shape;
  return values.map((v, k) => {
    const [i, j] = [Math.floor(k / cols), k % cols];
    switch (structure) {
      case 'none':
        return v;
      case 'symmetric':
        return 0.5 * (v + values[j * rows + i]!);
      case 'diagonal':
        return i === j ? v : 0;
      case 'lower':
        return i >= j ? v : 0;
      default:
        return i <= j ? v : 0;
    }
  });
}
