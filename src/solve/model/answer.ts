// The result of a method as the answer to a model: its own variables and shapes, a multiplier for every constraint, the
// objective recomputed, and a sentence.

import type { Diagnostic } from '../../base/diagnostic.ts';
import { unreachable, must } from '../../base/internal.ts';
import type { Expr } from '../../ir/expr.ts';
import { variables as variablesOf } from '../../ir/walk.ts';
import { type Dense, type Nested, toNested } from '../../ops/reference/dense.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { type Known, valuesOnce } from '../evaluate.ts';
import type { Endless } from '../endless.ts';
import type { KktReport } from '../kkt.ts';
import type { Limit, Multipliers, Outcome, Result } from '../method.ts';
import { type Assembled, type Fate, isSameBound } from './assemble.ts';
import { type ConeReport, coneReport } from './cones.ts';
import { type PartVerdict, turned } from './convexity.ts';
import { numbersOf, unpack } from './layout.ts';
import type { PreparedModel, Ready } from './prepare.ts';
import { conePrice } from './prices.ts';
import type { Smooth } from './reformulate.ts';

/**
 * How a solve ended. `optimal (global)`: the conditions hold and the problem is certified convex. `optimal (local)`:
 * they hold. Nothing is called optimal, infeasible or unbounded without a check that shares nothing with the method.
 */
export type OutcomeName =
  | 'optimal (global)'
  | 'optimal (local)'
  | 'feasible but not optimal'
  | 'infeasible'
  | 'locally infeasible'
  | 'unbounded'
  | 'left the domain'
  | 'stopped';

export interface Solution {
  readonly outcome: OutcomeName;
  /** What that means here, in a sentence. */
  readonly says: string;
  /** Of the model, recomputed from `x` with the kinks it was written with. */
  readonly objective: number;
  readonly x: Readonly<Record<string, Dense>>;
  /**
   * By constraint, of its shape. For the problem as a minimisation, with the Lagrangian
   * f + Σ λ(left - right) for `<=` and `==`, and f - Σ λ(left - right) for `>=`: those of inequalities are ≥ 0.
   */
  readonly multipliers: Readonly<Record<string, Dense>>;
  /** By inequality, the positions (row by row, from 0) where it holds with equality. */
  readonly active: Readonly<Record<string, readonly number[]>>;
  /** Largest violation of a constraint of the model at `x`. */
  readonly violation: number;
  readonly kkt: KktReport;
  readonly convexity: string;
  readonly method: string;
  /** Why that method. */
  readonly why: string;
  readonly iterations: number;
  readonly evaluations: number;
  readonly seconds: number;
  /** Multipliers that prove infeasibility, by constraint. */
  readonly farkas?: Readonly<Record<string, Dense>>;
  /** A direction of `x` along which the objective falls for ever, without bound or towards a value that no point attains. */
  readonly ray?: Readonly<Record<string, Dense>>;
  /** Of the text and the data: names that nothing uses, numbers of very different size. */
  readonly notices: readonly Diagnostic[];
  /** For another solve of the same model. */
  readonly warm: Result['warm'];
}

export interface Solved {
  readonly prepared: PreparedModel;
  readonly ready: Ready;
  readonly assembled: Assembled;
  readonly known: Known;
  readonly result: Result;
  readonly kkt: KktReport;
  readonly why: string;
  readonly convexity: { readonly all: boolean; readonly objective: PartVerdict; readonly inLogarithms?: boolean };
  readonly seconds: number;
  /** Of bounds that leave a variable no value. */
  readonly crossed?: Diagnostic;
}

export function answerOf(solved: Solved): Omit<Solution, 'notices'> {
  const { prepared, ready, assembled, known, result } = solved;
  const { statement } = ready;
  const x = variablesAt(result.z, solved);
  const values = new Map(Object.entries(x));
  const { objective, sides } = valuesAtEnd(solved, values);
  const sign = prepared.model.sense === 'max' ? -1 : 1;
  const multipliers = byConstraint(solved, (fate) => priceOf(fate, result.multipliers, solved));
  const cones = statement.cones.size > 0 ? coneReport(statement, values, multipliers, known) : undefined;
  const outcome = withCones(result.outcome, solved, cones);
  const certificate = outcome.kind === 'infeasible' && outcome.certificate.kind === 'farkas' ? outcome.certificate : undefined;
  const ray = outcome.kind === 'unbounded' ? outcome.ray : outcome.kind === 'feasible' ? outcome.endless?.ray : undefined;
  const name = outcomeName(outcome);
  const violations = statement.constraints.map(({ relation }, k) =>
    must(sides[k]).data.reduce((most, v) => Math.max(most, relation === '==' ? Math.abs(v) : relation === '<=' ? v : -v), 0),
  );
  const worst = violations.reduce((best, v, k) => (v > must(violations[best]) ? k : best), 0);
  return {
    outcome: name,
    says: sentence(outcome, { constraint: violations[worst] === undefined || violations[worst] === 0 ? undefined : must(statement.constraints[worst]).name, convex: solved.convexity.all, inLogarithms: solved.convexity.inLogarithms === true, sense: prepared.model.sense, crossed: solved.crossed?.message }),
    objective: sign * objective + 0,
    x,
    multipliers: { ...multipliers, ...Object.fromEntries([...(cones?.multipliers ?? [])].map(([variable, S]) => [`${variable} ${must(statement.cones.get(variable)) === 1 ? 'psd' : 'nsd'}`, S])) },
    active: Object.fromEntries(
      statement.constraints.flatMap(({ name: constraint, relation }, k) => {
        if (relation === '==') return [];
        const { data } = must(sides[k]);
        const prices = must(multipliers[constraint]).data;
        const places: number[] = [];
        for (let i = 0; i < data.length; i++) if (Math.abs(data[i]!) <= 1e-7 && Math.abs(prices[i]!) > 1e-9) places.push(i);
        return [[constraint, places] as const];
      }),
    ),
    violation: Math.max(0, ...violations),
    kkt: solved.kkt,
    convexity: solved.convexity.all ? 'convex' : solved.convexity.inLogarithms ? 'convex in the logarithms of the variables' : solved.convexity.objective.serves ? 'not certified: a constraint is not' : `not certified: the objective is ${prepared.model.sense === 'max' ? turned(solved.convexity.objective.says) : solved.convexity.objective.says}`,
    method: result.method,
    why: solved.why,
    iterations: result.iterations,
    evaluations: result.evaluations.objective + result.evaluations.gradient,
    seconds: solved.seconds,
    ...(certificate && { farkas: byConstraint(solved, (fate) => priceOf(fate, { linear: certificate.rows, nonlinear: new Float64Array(assembled.problem.nonlinear?.count ?? 0), bounds: certificate.bounds, ...(certificate.norms && { norms: certificate.norms }) }, solved)) }),
    ...(ray && { ray: variablesAt(ray, solved) }),
    warm: result.warm,
  };
}

/** The variables of the model where those of the method are `z`. */
export function variablesAt(z: Float64Array, { prepared, ready, assembled, known }: Pick<Solved, 'prepared' | 'ready' | 'assembled' | 'known'>): Record<string, Dense> {
  const at = { variables: unpack(assembled.layout, z.slice()), known };
  return Object.fromEntries(prepared.model.variables.map((v) => [v.name, recovered(must(ready.derived.smooth.recover.get(v.name)), at)]));
}

/** Of the objective and the constraints as they are written. */
function valuesAtEnd({ ready: { statement, derived }, assembled, known, result }: Solved, values: ReadonlyMap<string, Dense>): { readonly objective: number; readonly sides: readonly Dense[] } {
  const objective = simplify(statement.objective, lazy);
  const sides = statement.constraints.map((c) => c.expr);
  // The function that was solved, of the same numbers: it knows its value there.
  const isSolved = objective === derived.smooth.objective && variablesOf([objective]).every((v) => !statement.variables.includes(v) || derived.smooth.recover.get(v.name) === v);
  if (isSolved || isParted(derived.smooth, values, unpack(assembled.layout, result.z))) return { objective: result.objective, sides: sides.length === 0 ? [] : valuesOnce(sides, values, known) };
  const [first, ...others] = valuesOnce([objective, ...sides], values, known);
  return { objective: must(must(first).data[0]), sides: others };
}

/** Helpers are parts of variables, and exactly these parts: with them the smooth objective is the one that is written. */
function isParted({ origins }: Smooth, values: ReadonlyMap<string, Dense>, helpers: ReadonlyMap<string, Dense>): boolean {
  return origins.length > 0 && origins.every(({ helper, of, part }) => {
    const whole = of.kind === 'variable' ? values.get(of.name)?.data : undefined;
    const own = helpers.get(helper.name)?.data;
    if (!whole || !own || (part !== 'positive' && part !== 'negative')) return false;
    const sign = part === 'positive' ? 1 : -1;
    for (let i = 0; i < own.length; i++) if (own[i] !== Math.max(0, sign * whole[i]!)) return false;
    return true;
  });
}

// Beside numbers near 1, as for the other conditions.
const coneTolerance = 1e-7;

/** A stationary factor in a convex problem is a global optimum if its multipliers are semidefinite. */
function withCones(outcome: Outcome, { ready, convexity }: Solved, cones: ConeReport | undefined): Outcome {
  if (!cones || outcome.kind !== 'optimal' || ready.derived.smooth.cones.size > 0) return outcome;
  const { replaced, kinksLeft } = ready.derived.smooth;
  if (!convexity.all || kinksLeft.length > 0) return { kind: 'optimal', scope: 'local' };
  // The gradient by X is that of the problem solved where the factors are all that was put in the place of others.
  const isPlain = replaced.length === ready.statement.cones.size;
  return { kind: 'optimal', scope: cones.inside || (isPlain && cones.worst <= coneTolerance) ? 'global' : 'local' };
}

function recovered(e: Expr, { variables, known }: { readonly variables: ReadonlyMap<string, Dense>; readonly known: Known }): Dense {
  const own = e.kind === 'variable' ? variables.get(e.name) : undefined;
  return own ?? must(valuesOnce([e], variables, known)[0]);
}

/** A value for each entry of each constraint; `price` is the solver's, of the value `expr` itself. */
function byConstraint({ ready, assembled, known }: Solved, price: (fate: Fate) => number): Record<string, Dense> {
  const taken = new Set<number>();
  const { rows } = ready.derived.smooth;
  return Object.fromEntries(
    ready.statement.constraints.map(({ name, relation, expr }, k) => {
      const shape = numbersOf(expr.shape, known.sizes);
      const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
      rows.forEach(({ constraint }, row) => {
        if (constraint !== k) return;
        const fates = must(assembled.fates[row]);
        // A part may have further axes, of what an entry bounds.
        const each = fates.length / data.length;
        fates.forEach((fate, i) => {
          const y = price(fate);
          if (fate.kind === 'bound' && !isTight(fate, assembled, y, taken)) return;
          data[Math.floor(i / each)]! += relation === '>=' ? y : -y;
        });
      });
      return [name, { shape, data }];
    }),
  );
}

/** Of several bounds on one variable, the multiplier belongs to the tightest; of equal ones to the first. */
function isTight(fate: Extract<Fate, { kind: 'bound' }>, { problem }: Assembled, price: number, taken: Set<number>): boolean {
  if (price === 0) return false;
  const isLower = price * fate.factor > 0;
  const bound = isLower ? fate.lower : fate.upper;
  const key = 2 * fate.place + (isLower ? 1 : 0);
  if (!isSameBound(bound, (isLower ? problem.lower : problem.upper)[fate.place]!) || taken.has(key)) return false;
  taken.add(key);
  return true;
}

function priceOf(fate: Fate, { linear, nonlinear, bounds, norms }: Multipliers, { assembled, result }: Solved): number {
  switch (fate.kind) {
    case 'bound':
      return bounds[fate.place]! / fate.factor;
    case 'linear':
      return linear[fate.row]!;
    case 'nonlinear':
      return nonlinear[fate.row]!;
    case 'cone':
      return conePrice(fate, assembled.problem, result.z, norms);
    case 'constant':
      return 0;
    default:
      return unreachable(fate);
  }
}

export function outcomeName(outcome: Outcome): OutcomeName {
  switch (outcome.kind) {
    case 'optimal':
      return outcome.scope === 'global' ? 'optimal (global)' : 'optimal (local)';
    case 'feasible':
      return 'feasible but not optimal';
    case 'infeasible':
      return 'infeasible';
    case 'locally-infeasible':
      return 'locally infeasible';
    case 'unbounded':
      return 'unbounded';
    case 'left-domain':
      return 'left the domain';
    case 'stopped':
    case 'failed':
      return 'stopped';
    default:
      return unreachable(outcome);
  }
}

const limits: Readonly<Record<Limit, string>> = {
  time: 'the time was up',
  evaluations: 'the evaluations were used up',
  iterations: 'the iterations were used up',
  caller: 'it was asked to stop',
};

function sentence(outcome: Outcome, about: { readonly constraint: string | undefined; readonly convex: boolean; readonly inLogarithms: boolean; readonly sense: 'min' | 'max'; readonly crossed: string | undefined }): string {
  const better = about.sense === 'min' ? 'smaller' : 'larger';
  switch (outcome.kind) {
    case 'optimal':
      return outcome.scope === 'global'
        ? `the conditions of optimality hold and the problem is convex${about.inLogarithms ? ' in the logarithms of its variables: no feasible point where none is zero' : ': no feasible point'} has a ${better} objective`
        : `the conditions of optimality hold; elsewhere there may be a ${better} objective, since the problem was not certified convex`;
    case 'feasible':
      if (outcome.endless) return endlessSentence(outcome.endless, about);
      return `all constraints hold, but the conditions of optimality do not to the tolerance: ${outcome.why}`;
    case 'infeasible':
      return outcome.certificate.kind === 'farkas'
        ? 'no point keeps all constraints: a combination of them contradicts itself (see the multipliers that prove it)'
        : outcome.certificate.kind === 'empty-box'
          ? `no point keeps all constraints: ${about.crossed ?? 'the bounds of a variable contradict each other'}`
          : `no point keeps all constraints${about.inLogarithms ? ', since the problem is convex in the logarithms of its variables' : ''}: the least violation is ${short(outcome.certificate.violation)}${about.constraint === undefined ? '' : `, worst in ${about.constraint}`}`;
    case 'locally-infeasible':
      return `near here no point violates the constraints less${about.constraint === undefined ? '' : ` (worst: ${about.constraint})`}; another start may find a feasible one`;
    case 'unbounded':
      if (outcome.pole) return `on the way from this feasible point along the ray, to a point where it is not defined, the objective ${about.sense === 'min' ? 'falls below' : 'grows above'} all numbers; a bound that keeps away from there may be missing`;
      return `from this feasible point the objective ${about.sense === 'min' ? 'falls' : 'grows'} for ever along the ray; a bound may be missing`;
    case 'left-domain':
      return 'the objective or a constraint is not defined where the method had to go; a bound that keeps away from there may help, or another start';
    case 'stopped':
      return `${limits[outcome.by]}; this is the best point so far`;
    case 'failed':
      return `the method could not go on: ${outcome.why}`;
    default:
      return unreachable(outcome);
  }
}

function endlessSentence({ below, isCurved = false }: Endless, { sense, convex }: { readonly sense: 'min' | 'max'; readonly convex: boolean }): string {
  const [falls, value] = sense === 'min' ? ['falls', short(below)] : ['grows', short(-below)];
  const how = isCurved ? 'on and on as variables grow beyond all bounds in the direction of the ray and others follow' : 'along the ray on and on, by less and less';
  const what = convex ? 'no point is optimal' : 'neither this point is optimal nor any on the way on';
  return `${what}: from this feasible one the objective ${falls} ${how} (far out it is ${value}); a bound or a penalty on the size of variables would give an optimum`;
}

/** Three digits of a number, without zeros that tell nothing. */
function short(value: number): string {
  return String(Number(value.toPrecision(3)) + 0);
}

/** A solution as data: nested arrays in place of typed ones. */
export function solutionData(s: Solution): Record<string, unknown> {
  const nested = (list: Readonly<Record<string, Dense>>): Record<string, Nested> => Object.fromEntries(Object.entries(list).map(([name, value]) => [name, toNested(value)]));
  return {
    outcome: s.outcome,
    says: s.says,
    objective: s.objective,
    x: nested(s.x),
    multipliers: nested(s.multipliers),
    active: s.active,
    violation: s.violation,
    kkt: s.kkt,
    convexity: s.convexity,
    method: s.method,
    why: s.why,
    iterations: s.iterations,
    evaluations: s.evaluations,
    seconds: s.seconds,
    ...(s.farkas && { farkas: nested(s.farkas) }),
    ...(s.ray && { ray: nested(s.ray) }),
  };
}
