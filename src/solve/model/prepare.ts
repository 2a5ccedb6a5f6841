// A model made ready to be solved, once for all data of the same signs: read, without kinks, differentiated, judged.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import { type Context, inContext, newContext } from '../../ir/expr.ts';
import { type Facts, factsKey } from '../../ir/fact.ts';
import { type Model, readModel } from '../../lang/model.ts';
import { type Derived, derive } from './assemble.ts';
import { type Convexity, convexityOf } from './convexity.ts';
import { type Form, reformulate } from './reformulate.ts';
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
}

/** The symbolic side of a problem, for data of certain signs. */
export interface Ready {
  readonly statement: Statement;
  readonly derived: Derived;
  readonly convexity: Convexity;
  /** The problem with variables for wide squares, by which of them. */
  readonly forms: Map<string, Derived>;
}

/** Throws a `RicciError` with every error of the text. */
export function prepareModel(text: string): PreparedModel {
  const context = newContext();
  const { model, diagnostics } = inContext(context, () => readModel(text));
  if (!model) throw new RicciError(diagnostics);
  return { text, model, notices: diagnostics, context, ready: new Map() };
}

/** Computed at the first data of these signs, and kept. */
export function readyFor({ model, context, ready }: PreparedModel, known: ReadonlyMap<string, Facts>, form: Form = 'smooth'): Ready {
  const key = form + [...known].map(([name, facts]) => `${name} ${factsKey(facts)}`).join('; ');
  const found = ready.get(key);
  if (found) return found;
  const made = inContext(context, (): Ready => {
    const statement = statementOf(model, known);
    return { statement, derived: derive(reformulate(statement, form)), convexity: convexityOf(statement), forms: new Map() };
  });
  ready.set(key, made);
  return made;
}

// Beyond this many free entries of its matrices a program is solved by factors.
const mostConic = 6000;

/**
 * The program over semidefinite matrices that the model is, if it has any or is about spectra: a linear or quadratic objective,
 * linear rows, sizes that interior points take.
 */
export function conicFor(prepared: PreparedModel, known: ReadonlyMap<string, Facts>, sizes: ReadonlyMap<string, number>): Ready | undefined {
  const ready = readyFor(prepared, known, 'conic');
  const { smooth, rows, class: kind } = ready.derived;
  if (smooth.cones.size === 0 || smooth.kinksLeft.length > 0 || (kind !== 'linear' && kind !== 'quadratic') || !rows.every((r) => r.affine) || !ready.convexity.all) return undefined;
  const entries = smooth.variables.filter((v) => smooth.cones.has(v.name)).reduce((sum, v) => sum + numbersOf(v.shape, sizes).reduce((a, b) => a * b, 0.5), 0);
  return entries <= mostConic && (kind === 'linear' || entries <= mostConic / 6) ? ready : undefined;
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
