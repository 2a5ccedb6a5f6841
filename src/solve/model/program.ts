// A model as the problem of a program that solves it without us: kinks taken out, derivatives taken, bounds read off.

import { must, unreachable } from '../../base/internal.ts';
import { add, axes, broadcast, constant, identityOn, neg, scale, times, transpose } from '../../ir/build.ts';
import { type Expr, type VariableNode, contract, inContext, variable } from '../../ir/expr.ts';
import { type Fact, facts } from '../../ir/fact.ts';
import { inverse, minusOne, mul, ratio } from '../../ir/rational.ts';
import { structureOf } from '../../ir/structure.ts';
import { rewriteUp, variables as variablesOf } from '../../ir/walk.ts';
import type { SolverBound, SolverCone, SolverRequest, SolverRow, SolverWeights } from '../../emit/solver/solver-request.ts';
import { lowerMask, upperMask } from '../../ops/defined/structure.ts';
import { larger, relu, smaller } from '../../ops/scalar/piecewise.ts';
import { power } from '../../ops/scalar/power.ts';
import { lazy } from '../../simplify/mode.ts';
import { fast } from '../../simplify/pipelines.ts';
import { simplify } from '../../simplify/simplify.ts';
import { split } from '../../simplify/sum.ts';
import { dependsOn, derivative, gradientsOf } from './derivatives.ts';
import { type KinkedRow, withoutBareKinks } from './kinks.ts';
import { type Judged, type PreparedModel, judgedFor } from './prepare.ts';
import { withBends } from './once.ts';
import { type Row, type Smooth, byFactors, reformulate } from './reformulate.ts';

/** The problem of the model, for data that are not known yet. `name` is that of the module. */
export function programOf(prepared: PreparedModel, name: string): SolverRequest {
  return inContext(prepared.context, () => requestFor(prepared, name));
}

/** The statement of a model, and the same without kinks: as rows with bounded weights, and by helper variables. */
interface Reading extends Pick<Judged, 'statement' | 'convexity' | 'inLogarithms'> {
  /** Over semidefinite matrices, and by factors of them. */
  readonly whole: Smooth;
  readonly smooth: Smooth;
  readonly kinks: readonly KinkedRow[];
  /** Parameters that are taken not to be negative. */
  readonly names: readonly string[];
}

function reading(prepared: PreparedModel, names: readonly string[]): Reading {
  const { statement, convexity, inLogarithms } = judgedFor(prepared, new Map(names.map((n) => [n, facts(['nonnegative'])])));
  const { statement: plain, rows: kinks } = withoutBareKinks(statement);
  const whole = prepared.isAboutSpectra() ? reformulate(plain, 'matrices') : (withBends(plain) ?? reformulate(plain));
  return { statement, convexity, inLogarithms, whole, smooth: byFactors(whole), kinks, names };
}

/** What kinks are of, over the variables that are solved for. */
function recovered(kink: KinkedRow, { recover }: Smooth): KinkedRow {
  const expr = rewriteUp(kink.expr, (e) => (e.kind === 'variable' ? (recover.get(e.name) ?? e) : e));
  return { ...kink, expr: simplify(expr, lazy) };
}

/** Scalars that weigh what has kinks, or what is convex only with their sign, are taken not to be negative. */
function assumed(prepared: PreparedModel): Reading {
  const plain = reading(prepared, []);
  const kinksIn = ({ smooth }: Reading): number => smooth.kinksLeft.length;
  if (kinksIn(plain) === 0 && plain.convexity().all) return plain;
  const names = prepared.model.parameters.filter((p) => p.shape.length === 0 && p.facts.has.size === 0).map((p) => p.name);
  if (names.length === 0) return plain;
  const other = reading(prepared, names);
  const helps = kinksIn(other) < kinksIn(plain) || other.kinks.length > plain.kinks.length || (other.convexity().all && !plain.convexity().all);
  return helps ? other : plain;
}

function requestFor(prepared: PreparedModel, name: string): SolverRequest {
  const { model } = prepared;
  const { statement, convexity, inLogarithms, whole, smooth, kinks, names } = assumed(prepared);
  const by = smooth.variables;
  const general: SolverRow[] = [];
  const bounds: SolverBound[] = [];
  by.forEach((v, of) => {
    if (!smooth.helpers.has(v.name)) return;
    const zero = scale(0, v);
    if (v.facts.has.has('nonnegative')) bounds.push({ of, side: 'lower', value: simplify(zero, lazy), factor: ratio(1) });
  });
  const overMatrices: Expr[] = [];
  smooth.rows.forEach((row, k) => {
    const bound = boundOf(row, by);
    if (bound) bounds.push(bound);
    else {
      general.push(generalRow(compared(row), general.length, by));
      overMatrices.push(compared(must(whole.rows[k])).expr);
    }
  });
  for (const kink of kinks) {
    general.push(generalRow(recovered(kink, smooth), general.length, by));
    overMatrices.push(recovered(kink, whole).expr);
  }
  const sign = model.sense === 'max' ? minusOne : ratio(1);
  const parameters = model.parameters.map((p) => ({
    variable: variable(p.name, p.shape, facts([...p.facts.has, ...(names.includes(p.name) ? (['nonnegative'] as const) : [])], intervalOf(p.node))),
    needs: [...p.facts.has, ...(names.includes(p.name) ? (['nonnegative'] as const) : [])] as readonly Fact[],
  }));
  return {
    name,
    text: prepared.text.split('\n'),
    sense: model.sense,
    parameters,
    variables: statement.variables.map((v) => {
      const cone = statement.cones.get(v.name);
      return { variable: v, recovered: must(smooth.recover.get(v.name)), ...(cone && { cone }), structure: structureOf(v) };
    }),
    solved: by.map((v) => started(v, smooth)),
    objective: simplify(scale(sign, statement.objective), lazy),
    smooth: smooth.objective,
    rows: general,
    bounds,
    constraints: statement.constraints.map((c) => ({ name: c.name, shape: c.expr.shape })),
    gradients: gradientsWith(smooth, general),
    pulls: pullsOf(general, by),
    cones: conesOf(whole, smooth, overMatrices, general),
    convex: convexity().all && smooth.kinksLeft.length === 0,
    remarks: [
      ...(!convexity().all && inLogarithms() ? ['It is convex in the logarithms of its variables: an optimum at which none of them is zero is a global one'] : []),
      ...[...new Set(smooth.kinksLeft.map((e) => (e.kind === 'apply' ? e.op : e.kind)))].map((op) => `${op} keeps its kinks: where they matter at the solution, the solver may end without progress`),
    ],
  };
}

function intervalOf({ facts: { above, below } }: VariableNode): { above?: number; below?: number } {
  return { ...(above !== undefined && { above }), ...(below !== undefined && { below }) };
}

/** A row that says of one variable alone, entry by entry, where it must lie. */
function boundOf({ expr, relation, constraint }: Row, by: readonly VariableNode[]): SolverBound | undefined {
  const simple = simplify(expr, lazy);
  const terms = simple.kind === 'sum' ? simple.terms : [split(simple)];
  const moving = terms.filter((t) => dependsOn(t.arg, by));
  const [own] = moving;
  const of = by.findIndex((v) => v === own?.arg);
  if (moving.length !== 1 || !own || of < 0 || own.coef.num === 0) return undefined;
  const v = must(by[of]);
  const rest = terms.filter((t) => t !== own);
  // Of a structured matrix only bounds at zero leave its form as it is.
  if (structureOf(v) !== 'none' && rest.length > 0) return undefined;
  const factor = own.coef;
  const level = mul(minusOne, inverse(factor));
  const value = rest.length === 0 ? scale(0, v) : add(...rest.map((t) => scale(mul(level, t.coef), t.arg)));
  const side = relation === '==' ? 'both' : (relation === '>=') === factor.num > 0 ? 'lower' : 'upper';
  return { of, side, value: broadcast(simplify(value, lazy), v.shape), factor, ...(constraint !== undefined && { constraint }) };
}

/** With the larger side second. */
function compared({ expr, relation, constraint }: Row): Pick<SolverRow, 'expr' | 'weights' | 'constraint'> {
  return {
    expr: relation === '>=' ? simplify(neg(expr), lazy) : expr,
    weights: { kind: relation === '==' ? 'equation' : 'inequality' },
    ...(constraint !== undefined && { constraint }),
  };
}

function generalRow(row: Pick<SolverRow, 'expr' | 'weights' | 'constraint'>, k: number, by: readonly VariableNode[]): SolverRow {
  const { expr, weights } = row;
  const labels = axes(expr);
  const squares = by.flatMap((v) => {
    if (!variablesOf([expr]).includes(v)) return [];
    const J = derivative(expr, v);
    return [contract([J, J], [axes(J), axes(J)], labels)];
  });
  const positive = facts(['nonnegative']);
  return {
    ...row,
    norm: squares.length === 0 ? scale(0, expr) : fast(power(simplify(add(...squares), lazy), ratio(1, 2))),
    y: variable(`y ${k + 1}`, expr.shape, weights.kind === 'inequality' ? positive : facts([])),
    rho: variable(`rho ${k + 1}`, expr.shape, positive),
  };
}

/** The nearest weights to these that the row allows. */
function allowed(weights: SolverWeights, wanted: Expr): Expr {
  switch (weights.kind) {
    case 'equation':
      return wanted;
    case 'inequality':
      return relu(wanted);
    case 'interval':
      return larger(smaller(wanted, weights.most), weights.least);
    case 'ball':
      return withinBall(wanted, weights.radius);
    default:
      return unreachable(weights);
  }
}

/** Each vector along the last axes, shortened to the radius where it is longer. */
function withinBall(v: Expr, radius: Expr): Expr {
  const kept = axes(radius);
  const length = power(contract([v, v], [axes(v), axes(v)], kept), ratio(1, 2));
  // The least number keeps a radius of zero from dividing by zero.
  const factor = times(radius, power(larger(larger(length, radius), constant(Number.MIN_VALUE * 2 ** 52, radius.shape)), minusOne));
  return contract([v, factor], [axes(v), kept], axes(v));
}

/** Gradients of the objective plus the rows times their weights, which are y + rho · row or the nearest that is allowed. */
function gradientsWith(smooth: Smooth, rows: readonly SolverRow[]): Expr[] {
  const by = smooth.variables;
  const weights = rows.map((r, k) => variable(`weight ${k + 1}`, r.expr.shape, r.y.facts));
  const parts = rows.map((r, k) => {
    const labels = r.expr.shape.map((_, i) => i);
    return contract([must(weights[k]), r.expr], [labels, labels], []);
  });
  const lagrangian = parts.length === 0 ? smooth.objective : add(smooth.objective, ...parts);
  const full = rows.map((r) => allowed(r.weights, add(r.y, times(r.rho, r.expr))));
  return gradientsOf(lagrangian, by).map((g, k) => {
    const weighted = rewriteUp(g, (node) => {
      const at = weights.findIndex((w) => w === node);
      return at < 0 ? node : must(full[at]);
    });
    return onStructure(weighted, must(by[k]));
  });
}

/** The gradients of constraints alone, weighted. */
function pullsOf(rows: readonly SolverRow[], by: readonly VariableNode[]): Expr[] {
  const parts = rows.filter(({ weights: { kind } }) => kind === 'equation' || kind === 'inequality').map(({ expr, y }) => contract([y, expr], [axes(y), axes(y)], []));
  return parts.length === 0 ? [] : gradientsOf(add(...parts), by).map((g, k) => onStructure(g, must(by[k])));
}

/** The gradients of the Lagrangian by semidefinite matrices, at the products of their factors. */
function conesOf(whole: Smooth, smooth: Smooth, exprs: readonly Expr[], rows: readonly SolverRow[]): SolverCone[] {
  if (whole.cones.size === 0) return [];
  const parts = exprs.map((e, k) => contract([must(rows[k]).y, e], [axes(e), axes(e)], []));
  const lagrangian = parts.length === 0 ? whole.objective : add(whole.objective, ...parts);
  const factors = smooth.origins.filter((o) => o.part === 'factor' || o.part === 'negated factor');
  const products = new Map(factors.map(({ helper: V, of, part }): [Expr, Expr] => [of, scale(part === 'factor' ? 1 : -1, contract([V, V], [[0, 1], [2, 1]], [0, 2]))]));
  return [...whole.cones].map(([name, sign]) => {
    const X = must(whole.variables.find((v) => v.name === name));
    const G = rewriteUp(must(gradientsOf(lagrangian, [X])[0]), (e) => products.get(e) ?? e);
    const { helper } = must(factors.find((o) => o.of === X));
    return {
      of: smooth.variables.indexOf(helper),
      gradient: simplify(scale(ratio(sign, 2), add(G, transpose(G))), lazy),
      ...(!whole.helpers.has(name) && { name: `${name} ${sign === 1 ? 'psd' : 'nsd'}` }),
    };
  });
}

/** The nearest gradient of the variable's form, as a full matrix. */
function onStructure(G: Expr, v: VariableNode): Expr {
  const [m, n] = v.shape;
  switch (structureOf(v)) {
    case 'symmetric':
      return scale(ratio(1, 2), add(G, transpose(G)));
    case 'diagonal':
      return times(G, identityOn([must(n)]));
    case 'lower':
      return times(G, lowerMask(must(m), must(n)));
    case 'upper':
      return times(G, upperMask(must(m), must(n)));
    default:
      return G;
  }
}

function started(v: VariableNode, smooth: Smooth): SolverRequest['solved'][number] {
  const at = smooth.origins.findIndex((o) => o.helper === v);
  if (at < 0) return { variable: v };
  // Helpers before this one stand for what they are at the start.
  const values = new Map<Expr, Expr>();
  for (const { helper, of, part } of smooth.origins.slice(0, at + 1)) {
    const value = rewriteUp(of, (node) => values.get(node) ?? node);
    if (part === 'matrix') {
      values.set(helper, identityOn([must(helper.shape[0])]));
      continue;
    }
    values.set(helper, part === 'positive' ? relu(value) : part === 'negative' ? relu(neg(value)) : part === 'negated factor' ? neg(value) : value);
  }
  const { part } = must(smooth.origins[at]);
  const isFactor = part === 'factor' || part === 'negated factor';
  return { variable: v, start: { expr: must(values.get(v)), as: isFactor ? 'factor' : 'value' } };
}
