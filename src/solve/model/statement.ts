// A model as a statement to be solved: one objective to be minimised, constraints compared with zero, and the facts of
// the variables among them. Still symbolic, and still with kinks.

import { add, neg, scale, sub, total, zeros } from '../../ir/build.ts';
import { type Expr, type VariableNode, einsum, eye, number, variable } from '../../ir/expr.ts';
import { type Fact, type Facts, facts } from '../../ir/fact.ts';
import { fromNumber, minusOne, one } from '../../ir/rational.ts';
import { structureOf } from '../../ir/structure.ts';
import { rewriteUp, variables as variablesOf } from '../../ir/walk.ts';
import type { Span } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import type { Model, Relation } from '../../lang/model.ts';
import { squaredNorm } from '../../ops/defined/reductions.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { withLengths } from './completed-squares.ts';
import { split } from '../../simplify/sum.ts';
import { factsOf, has as hasFact } from '../../ops/facts.ts';
import { argOfLogDeterminant, logDeterminantOfDefinite } from '../../ops/matrix/determinant.ts';

/** A constraint of the model, or a fact of a variable that reads as one. */
export interface Constraint {
  readonly name: string;
  readonly relation: Relation;
  /** Compared with zero, entry by entry. */
  readonly expr: Expr;
  /** In the text of the model, of the declaration for a fact. */
  readonly span?: Span;
}

export interface Statement {
  /** To be minimised. */
  readonly objective: Expr;
  readonly constraints: readonly Constraint[];
  /** Without facts that are constraints; signs that every feasible point has are kept. */
  readonly variables: readonly VariableNode[];
  /** Variables that must be positive (`1`) or negative (`-1`) semidefinite. */
  readonly cones: ReadonlyMap<string, 1 | -1>;
  /** Variables that are declared positive, which is said of them as not negative. */
  readonly positive?: ReadonlySet<string>;
}

/**
 * The statement of a model, where `known` has the facts that the data show of parameters.
 */
export function statementOf(model: Model, known: ReadonlyMap<string, Facts>): Statement {
  const swap = new Map<Expr, Expr>();
  for (const p of model.parameters) {
    const more = known.get(p.name);
    if (more) swap.set(p.node, variable(p.name, p.shape, joined(p.facts, more)));
  }
  const plain = new Map(model.variables.map((v) => [v.name, v.node]));
  const at = (e: Expr): Expr => rewriteUp(e, (node) => swap.get(node) ?? node);
  const objective = at(model.sense === 'max' ? neg(model.objective.expr) : model.objective.expr);
  const written = model.constraints.map(({ name, relation, expr, span }): Constraint => ({ name, relation, expr: at(expr), span }));
  const declared = model.variables.flatMap((v) => constraintsOf(v.node, v.span));
  // Signs that constraints force on a variable are facts of it wherever it stands.
  const free = new Map<Expr, VariableNode>();
  for (const [name, node] of plain) {
    const signs = [...written, ...declared].flatMap((c) => signForced(c, node));
    free.set(node, variable(name, node.shape, facts([...signs, ...shapeFacts(node)])));
  }
  const variables = [...free.values()];
  const release = (e: Expr): Expr => withLengths(onDefinite(rewriteUp(e, (node) => free.get(node) ?? node), variables), variables);
  return {
    objective: release(objective),
    constraints: [...written, ...declared].map((c) => ({ ...c, expr: release(c.expr) })),
    variables,
    cones: new Map(model.variables.filter((v) => coneOf(v.node) !== 0).map((v) => [v.name, coneOf(v.node) === 1 ? 1 : -1])),
    positive: new Set(model.variables.filter((v) => v.node.facts.has.has('positive')).map((v) => v.name)),
  };
}

/** 1 for a matrix that must be positive semidefinite, -1 for a negative one. */
function coneOf(x: VariableNode): 1 | 0 | -1 {
  return x.facts.has.has('psd') ? 1 : x.facts.has.has('nsd') ? -1 : 0;
}

function joined(a: Facts, b: Facts): Facts {
  const above = Math.max(a.above ?? -Infinity, b.above ?? -Infinity);
  const below = Math.min(a.below ?? Infinity, b.below ?? Infinity);
  return facts([...a.has, ...b.has], { ...(above > -Infinity && { above }), ...(below < Infinity && { below }) });
}

/**
 * With the logarithms of determinants of symmetric matrices that are not known to be definite taken where these are: another
 * branch, on which an even number of eigenvalues is negative, is hardly ever meant, and its optima are none of a model.
 */
function onDefinite(e: Expr, by: readonly VariableNode[]): Expr {
  return rewriteUp(e, (node) => {
    const X = argOfLogDeterminant(node);
    if (!X || !variablesOf([X]).some((v) => by.includes(v))) return node;
    const simple = simplify(X, lazy);
    return hasFact(simple, 'symmetric') && !hasFact(simple, 'psd') ? logDeterminantOfDefinite(X) : node;
  });
}

/** Facts of form, which the numbers of a variable have by how they are stored or made. */
function shapeFacts(node: VariableNode): Fact[] {
  const structure = structureOf(node);
  const cones = (['pd', 'psd', 'nd', 'nsd'] as const).filter((fact) => node.facts.has.has(fact));
  return [...(structure === 'none' ? [] : [structure]), ...cones];
}

function constraintsOf(x: VariableNode, span: Span | undefined): Constraint[] {
  const { has, above, below } = x.facts;
  const make = (says: string, relation: Relation, expr: Expr): Constraint => ({ name: `${x.name} ${says}`, relation, expr, ...(span && { span }) });
  const level = (value: number): Expr => number(fromNumber(value), x.shape);
  const list: Constraint[] = [];
  if (above !== undefined) list.push(make(`>= ${above}`, '>=', sub(x, level(above))));
  else if (has.has('nonnegative')) list.push(make('>= 0', '>=', x));
  if (below !== undefined) list.push(make(`<= ${below}`, '<=', sub(x, level(below))));
  else if (has.has('nonpositive')) list.push(make('<= 0', '<=', x));
  if (has.has('simplex')) list.push(make('in simplex', '==', sub(total(x), number(one))));
  if (has.has('unit')) list.push(make('unit', '==', sub(squaredNorm(x), number(one))));
  if (has.has('orthogonal')) list.push(make('orthogonal', '==', sub(einsum('ij,ik->jk', [x, x]), eye(must(x.shape[1])))));
  return list;
}

/** `c x + d` compared with zero, with a number c and a d of known sign, forces a sign on x. */
function signForced({ expr, relation }: Constraint, x: VariableNode): Fact[] {
  if (relation === '==') return [];
  const simple = simplify(expr, lazy);
  const terms = simple.kind === 'sum' ? simple.terms : [split(simple)];
  const mine = terms.filter((t) => t.arg === x);
  const [own] = mine;
  if (mine.length !== 1 || !own || own.coef.num === 0) return [];
  const rest = terms.filter((t) => t !== own);
  const up = (relation === '>=') === own.coef.num > 0;
  // x ≥ -rest/c or x ≤ -rest/c
  const bound = rest.length === 0 ? zeros(x.shape) : scale(own.coef.num > 0 ? minusOne : one, add(...rest.map((t) => scale(t.coef, t.arg))));
  const { has } = factsOf(bound);
  if (up && has.has('nonnegative')) return ['nonnegative'];
  if (!up && has.has('nonpositive')) return ['nonpositive'];
  return [];
}
