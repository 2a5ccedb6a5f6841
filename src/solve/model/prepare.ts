// A model made ready to be solved, once for all data of the same signs: read, without kinks, differentiated, judged.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import { once } from '../../base/once.ts';
import { type Context, type Expr, type Shape, inContext, newContext } from '../../ir/expr.ts';
import { type Facts, factsKey } from '../../ir/fact.ts';
import { dependents, postorder } from '../../ir/walk.ts';
import { opNamed } from '../../ops/table.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { type Model, readModel } from '../../lang/model.ts';
import { isConvexByPieces } from './bent.ts';
import type { Known } from '../evaluate.ts';
import { isPolynomial } from '../polynomial.ts';
import { assemble } from './assemble.ts';
import type { ModelData } from './data.ts';
import { type Derived, derive, isQuadraticRow } from './derived.ts';
import { exponentsOf } from './exponents.ts';
import { type Convexity, convexBy, convexityOf } from './convexity.ts';
import { dependsOn, isAffine } from './derivatives.ts';
import { normOf } from './lengths.ts';
import { type Form, reformulate } from './reformulate.ts';
import { insideOf } from './inside.ts';
import { inLogarithms } from './logarithmic.ts';
import { withBends } from './once.ts';
import { lifted, wideSquares } from './squares.ts';
import { numbersOf } from './layout.ts';
import { type Statement, statementOf } from './statement.ts';

export interface PreparedModel {
  readonly text: string;
  readonly model: Model;
  /** Warnings and notices of the text. */
  readonly notices: readonly Diagnostic[];
  /** Graphs of the model live here. */
  readonly context: Context;
  readonly ready: Map<string, Ready>;
  readonly judged: Map<string, Judged>;
  /** Whether there is anything that a program over semidefinite matrices would be needed for. */
  readonly isAboutSpectra: () => boolean;
  /** Parameters that stand as exponents. */
  readonly exponents: () => ReadonlySet<string>;
  /** The model for exponents that are certain numbers. */
  readonly fixed: Map<string, PreparedModel>;
}

/** What does not depend on the form that a problem takes. */
export interface Judged {
  readonly statement: Statement;
  /**
   * Computed when it is first asked for, and kept, but for proofs that were not found by `until`, in milliseconds of
   * `performance.now()`: a later solve may have the time.
   */
  readonly convexity: (until?: number) => Convexity;
  /** In the logarithms of its variables, if it is convex so; the same of proofs. */
  readonly inLogarithms: (until?: number) => Statement | undefined;
  /** Whether norms of the variables stand in it. */
  readonly hasNorms: () => boolean;
  /** Whether a constraint is of degree two in the variables. */
  readonly hasForms: () => boolean;
  /** The program for a point at which all is defined that needs definite matrices; undefined if nothing does. */
  readonly inside: () => Statement | undefined;
  /** With the kinks of an objective that is continuously differentiable all the same. */
  readonly bent: () => { readonly derived: Derived; readonly isConvexByPieces: boolean } | undefined;
}

/** The symbolic side of a problem, for data of certain signs. */
export interface Ready extends Judged {
  readonly derived: Derived;
  /** The problem with variables for wide squares, by which of them. */
  readonly forms: Map<string, Derived>;
}

/** Throws a `RicciError` with every error of the text. */
export function prepareModel(text: string): PreparedModel {
  const context = newContext();
  const { model, diagnostics } = inContext(context, () => readModel(text));
  if (!model) throw new RicciError(diagnostics);
  return { text, model, notices: diagnostics, context, ready: new Map(), judged: new Map(), isAboutSpectra: once(() => aboutSpectra(model)), exponents: once(() => exponentsOf(model)), fixed: new Map() };
}

/** Computed at the first data of these signs, and kept. */
export function readyFor(prepared: PreparedModel, known: ReadonlyMap<string, Facts>, form: Form = 'smooth'): Ready {
  const key = form + signsIn(known);
  const found = prepared.ready.get(key);
  if (found) return found;
  const judged = judgedFor(prepared, known);
  const made = inContext(prepared.context, (): Ready => ({ ...judged, derived: derive(reformulate(judged.statement, form)), forms: new Map() }));
  prepared.ready.set(key, made);
  return made;
}

export function judgedFor({ model, context, judged }: PreparedModel, known: ReadonlyMap<string, Facts>): Judged {
  const key = signsIn(known);
  const found = judged.get(key);
  if (found) return found;
  const statement = inContext(context, () => statementOf(model, known));
  let kept: Convexity | undefined;
  const convexity = (until = Infinity): Convexity => {
    if (kept) return kept;
    const made = inContext(context, () => convexityOf(statement, until));
    if (!made.isLate) kept = made;
    return made;
  };
  let logarithms: { readonly found: Statement | undefined } | undefined;
  const asLogarithms = (until = Infinity): Statement | undefined => {
    if (logarithms) return logarithms.found;
    const made = inContext(context, () => inLogarithms(statement, until));
    if (!made.isLate) logarithms = made;
    return made.found;
  };
  const isNorm = (e: Expr): boolean => normOf(e) !== undefined && dependsOn(e, statement.variables);
  // A square of a norm is none.
  const hasNorms = once(() => inContext(context, () => postorder([statement.objective, ...statement.constraints.map((c) => c.expr)].map((e) => simplify(e, lazy))).some(isNorm)));
  const isForm = (e: Expr): boolean => e.shape.length === 0 && dependsOn(e, statement.variables) && isPolynomial([...dependents(e, new Set<Expr>(statement.variables))]) && !isAffine(e, statement.variables);
  const hasForms = once(() => inContext(context, () => statement.constraints.some((c) => c.relation !== '==' && isForm(simplify(c.expr, lazy)))));
  const bent = once(() => inContext(context, () => {
    const smooth = withBends(statement);
    const derived = smooth && derive(smooth);
    return derived && { derived, isConvexByPieces: isConvexByPieces(derived.hessian(), derived.smooth.variables) };
  }));
  const inside = once(() => inContext(context, () => insideOf(statement)));
  const made: Judged = { statement, convexity, inLogarithms: asLogarithms, hasNorms, hasForms, inside, bent };
  judged.set(key, made);
  return made;
}

const signsWritten = new WeakMap<ReadonlyMap<string, Facts>, string>();

/** Solves along a path share what is known of their data. */
function signsIn(known: ReadonlyMap<string, Facts>): string {
  const found = signsWritten.get(known) ?? [...known].map(([name, facts]) => `${name} ${factsKey(facts)}`).join('; ');
  signsWritten.set(known, found);
  return found;
}

// Beyond this many free entries of its matrices a program is solved by factors.
const mostConic = 6000;

/**
 * The program over semidefinite matrices that the model is, if it has any or is about spectra: a linear or quadratic objective,
 * linear rows, sizes that interior points take.
 */
export function conicFor(prepared: PreparedModel, known: Known & Pick<ModelData, 'facts'>, until: number = Infinity): Ready | undefined {
  const { sizes } = known;
  const ready = inCones(prepared, known.facts, until);
  if (!ready) return undefined;
  const { smooth, norms, class: kind } = ready.derived;
  if ((kind !== 'linear' && kind !== 'quadratic') || !norms.flat().every((r) => r.affine)) return undefined;
  const count = (shape: Shape): number => numbersOf(shape, sizes).reduce((a, b) => a * b, 1);
  const inMatrices = smooth.variables.filter((v) => smooth.cones.has(v.name)).reduce((sum, v) => sum + count(v.shape) / 2, 0);
  const entries = smooth.norms.flatMap((n) => n.parts).reduce((sum, part) => sum + 3 * count(part.shape), inMatrices);
  if (entries > (kind === 'linear' ? mostConic : mostConic / 6)) return undefined;
  return inContext(prepared.context, () => keepsToCones(ready, known)) ? ready : undefined;
}

// Numbers in norms, each of which brings two rows.
const mostInNorms = 1000;

/** Whether its quadratic rows are convex for these numbers, and its norms are not too long. */
function keepsToCones({ derived }: Ready, known: Known): boolean {
  if (derived.rows.every((r) => r.affine) && derived.smooth.norms.length === 0) return true;
  const { problem } = assemble(derived, known, ({ dim }) => ({ start: new Float64Array(dim), startGiven: false, convex: false }));
  return problem.nonlinear === undefined && (problem.norms?.offset.length ?? 0) <= mostInNorms;
}

/** The same with any smooth convex objective and no norms, for methods that need first derivatives only. */
export function overMatrices(prepared: PreparedModel, known: ReadonlyMap<string, Facts>, until: number = Infinity): Ready | undefined {
  const ready = inCones(prepared, known, until);
  return ready?.derived.smooth.norms.length === 0 && ready.derived.rows.every((r) => r.affine) ? ready : undefined;
}

/** A linear objective over cones is convex whatever is known of the parts that these stand for; others are to be proved. */
function inCones(prepared: PreparedModel, known: ReadonlyMap<string, Facts>, until: number): Ready | undefined {
  if (!prepared.isAboutSpectra()) return undefined;
  const ready = readyFor(prepared, known, 'conic');
  const { smooth, rows, class: kind } = ready.derived;
  if (smooth.cones.size === 0 || smooth.kinksLeft.length > 0 || !inContext(prepared.context, () => rows.every((r) => r.affine || isQuadraticRow(r, ready.derived)))) return undefined;
  return kind === 'linear' || ready.convexity(until).all ? ready : undefined;
}

// Beyond this many multiplications of a step a problem with norms is solved as a smooth one.
const mostConicWork = 3e8;

/**
 * The second-order cone program that the model is, if it has norms of affine parts, or quadratic constraints that are not proved
 * convex by their symbols, or with `proved` those that are: a linear or quadratic objective, linear and quadratic rows that are
 * cones for these numbers.
 */
export function normsFor(prepared: PreparedModel, known: Known & Pick<ModelData, 'facts'>, until: number = Infinity, forms: 'unproved' | 'proved' = 'unproved'): Ready | undefined {
  const { statement, hasNorms, hasForms, convexity } = judgedFor(prepared, known.facts);
  if (statement.cones.size > 0 || !(forms === 'unproved' ? hasNorms() || (hasForms() && !convexity(until).all) : !hasNorms() && hasForms() && convexity(until).all)) return undefined;
  const ready = readyFor(prepared, known.facts, 'norms');
  const { smooth, rows, norms, class: kind } = ready.derived;
  const isLinear = rows.every((r) => r.affine);
  if ((isLinear && smooth.norms.length === 0) || smooth.kinksLeft.length > 0 || (kind !== 'linear' && kind !== 'quadratic')) return undefined;
  if (!norms.flat().every((r) => r.affine) || !inContext(prepared.context, () => rows.every((r) => r.affine || isQuadraticRow(r, ready.derived)))) return undefined;
  const count = (shape: Shape): number => numbersOf(shape, known.sizes).reduce((a, b) => a * b, 1);
  const dim = smooth.variables.reduce((sum, v) => sum + count(v.shape), 0);
  const rest = smooth.rows.reduce((sum, r) => sum + count(r.expr.shape), 0);
  if ((dim + rest) * dim * dim > mostConicWork) return undefined;
  return isLinear || inContext(prepared.context, () => keepsToCones(ready, known)) ? ready : undefined;
}

/** The model with its kinks, if it is convex and has a first derivative all the same, and linear rows, which may all be bounds. */
export function bentFor(prepared: PreparedModel, known: ReadonlyMap<string, Facts>, until: number = Infinity): Ready | undefined {
  const judged = judgedFor(prepared, known);
  const found = judged.bent();
  if (!found?.derived.rows.every((r) => r.affine)) return undefined;
  const convexity = found.isConvexByPieces ? () => convexBy(judged.statement) : judged.convexity;
  return convexity(until).all ? { ...judged, convexity, derived: found.derived, forms: new Map() } : undefined;
}

export function aboutSpectra({ objective, constraints, variables }: Model): boolean {
  const parts = [objective.expr, ...constraints.map((c) => c.expr)];
  const isCone = variables.some((v) => v.node.facts.has.has('psd') || v.node.facts.has.has('nsd'));
  if (isCone) return true;
  const isMeant = (e: Expr): boolean => e.kind === 'apply' && opNamed(e.op).kinks?.semidefinite !== undefined;
  const nodes = postorder(parts);
  // Functions of all values of a spectrum are functions of their own when they are simplified.
  const hasSpectrum = nodes.some((e) => e.kind === 'apply' && e.shape.length === 1 && e.args[0]?.shape.length === 2);
  return nodes.some(isMeant) || (hasSpectrum && postorder(parts.map((e) => simplify(e, lazy))).some(isMeant));
}

/** The form of the problem for these sizes: squares of few numbers made of many variables get variables of their own. */
export function formFor({ context }: PreparedModel, { derived, forms }: Ready, sizes: ReadonlyMap<string, number>): Derived {
  // Coordinate descent has its own way with them.
  if (derived.class !== 'quadratic' || derived.coordinates?.variables.some((v) => v.negative !== undefined)) return derived;
  return inContext(context, () => {
    const wide = wideSquares(derived.smooth, sizes);
    if (wide.length === 0) return derived;
    const key = wide.map((s) => s.node.id).join(',');
    const found = forms.get(key) ?? derive(lifted(derived.smooth, wide));
    forms.set(key, found);
    return found;
  });
}
