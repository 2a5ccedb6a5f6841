// A model as the problem of a program that solves it without us: kinks taken out, derivatives taken, bounds read off.

import { must } from '../../base/internal.ts';
import { add, broadcast, identityOn, neg, scale, times, transpose } from '../../ir/build.ts';
import { type Expr, type VariableNode, contract, inContext, variable } from '../../ir/expr.ts';
import { type Fact, facts } from '../../ir/fact.ts';
import { inverse, minusOne, mul, ratio } from '../../ir/rational.ts';
import { structureOf } from '../../ir/structure.ts';
import { rewriteUp, variables as variablesOf } from '../../ir/walk.ts';
import type { SolverBound, SolverRequest, SolverRow } from '../../emit/solver/solver-request.ts';
import { lowerMask, upperMask } from '../../ops/defined/structure.ts';
import { relu } from '../../ops/scalar/piecewise.ts';
import { power } from '../../ops/scalar/power.ts';
import { lazy } from '../../simplify/mode.ts';
import { fast } from '../../simplify/pipelines.ts';
import { simplify } from '../../simplify/simplify.ts';
import { split } from '../../simplify/sum.ts';
import { dependsOn, derivative, gradientsOf } from './derivatives.ts';
import { type PreparedModel, type Ready, readyFor } from './prepare.ts';
import type { Row, Smooth } from './reformulate.ts';

/** The problem of the model, for data that are not known yet. `name` is that of the module. */
export function programOf(prepared: PreparedModel, name: string): SolverRequest {
  return inContext(prepared.context, () => requestFor(prepared, name));
}

/** Scalars that weigh what has kinks, or what is convex only with their sign, are taken not to be negative. */
function assumed(prepared: PreparedModel): { ready: Ready; names: readonly string[] } {
  const plain = readyFor(prepared, new Map());
  const kinks = (r: Ready): number => r.derived.smooth.kinksLeft.length;
  if (kinks(plain) === 0 && plain.convexity().all) return { ready: plain, names: [] };
  const names = prepared.model.parameters.filter((p) => p.shape.length === 0 && p.facts.has.size === 0).map((p) => p.name);
  if (names.length === 0) return { ready: plain, names: [] };
  const other = readyFor(prepared, new Map(names.map((n) => [n, facts(['nonnegative'])])));
  const helps = kinks(other) < kinks(plain) || (other.convexity().all && !plain.convexity().all);
  return helps ? { ready: other, names } : { ready: plain, names: [] };
}

function requestFor(prepared: PreparedModel, name: string): SolverRequest {
  const { model } = prepared;
  const { ready, names } = assumed(prepared);
  const { statement, derived, convexity } = ready;
  const { smooth } = derived;
  const by = smooth.variables;
  const general: SolverRow[] = [];
  const bounds: SolverBound[] = [];
  by.forEach((v, of) => {
    if (!smooth.helpers.has(v.name)) return;
    const zero = scale(0, v);
    if (v.facts.has.has('nonnegative')) bounds.push({ of, side: 'lower', value: simplify(zero, lazy), factor: ratio(1) });
  });
  for (const row of smooth.rows) {
    const bound = boundOf(row, by);
    if (bound) bounds.push(bound);
    else general.push(generalRow(row, general.length, by));
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
    convex: convexity().all && smooth.kinksLeft.length === 0,
    remarks: [...new Set(smooth.kinksLeft.map((e) => (e.kind === 'apply' ? e.op : e.kind)))].map((op) => `${op} keeps its kinks: where they matter at the solution, the solver may end without progress`),
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

function generalRow({ expr, relation, constraint }: Row, k: number, by: readonly VariableNode[]): SolverRow {
  const normal = relation === '>=' ? simplify(neg(expr), lazy) : expr;
  const labels = expr.shape.map((_, i) => i);
  const squares = by.flatMap((v) => {
    if (!variablesOf([normal]).includes(v)) return [];
    const J = derivative(normal, v);
    const all = J.shape.map((_, i) => i);
    return [contract([J, J], [all, all], labels)];
  });
  const positive = facts(['nonnegative']);
  return {
    expr: normal,
    isEquation: relation === '==',
    norm: squares.length === 0 ? scale(0, normal) : fast(power(simplify(add(...squares), lazy), ratio(1, 2))),
    y: variable(`y ${k + 1}`, expr.shape, relation === '==' ? facts([]) : positive),
    rho: variable(`rho ${k + 1}`, expr.shape, positive),
    ...(constraint !== undefined && { constraint }),
  };
}

/** Gradients of the objective plus the rows times their weights y + rho · row, which in inequalities are at least zero. */
function gradientsWith(smooth: Smooth, rows: readonly SolverRow[]): Expr[] {
  const by = smooth.variables;
  const weights = rows.map((r, k) => variable(`weight ${k + 1}`, r.expr.shape, r.y.facts));
  const parts = rows.map((r, k) => {
    const labels = r.expr.shape.map((_, i) => i);
    return contract([must(weights[k]), r.expr], [labels, labels], []);
  });
  const lagrangian = parts.length === 0 ? smooth.objective : add(smooth.objective, ...parts);
  const full = rows.map((r) => {
    const raised = add(r.y, times(r.rho, r.expr));
    return r.isEquation ? raised : relu(raised);
  });
  return gradientsOf(lagrangian, by).map((g, k) => {
    const weighted = rewriteUp(g, (node) => {
      const at = weights.findIndex((w) => w === node);
      return at < 0 ? node : must(full[at]);
    });
    return onStructure(weighted, must(by[k]));
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
    values.set(helper, part === 'positive' ? relu(value) : part === 'negative' ? relu(neg(value)) : part === 'negated factor' ? neg(value) : value);
  }
  const { part } = must(smooth.origins[at]);
  const isFactor = part === 'factor' || part === 'negated factor';
  return { variable: v, start: { expr: must(values.get(v)), as: isFactor ? 'factor' : 'value' } };
}
