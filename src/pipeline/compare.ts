// "Is my own derivative right?": a candidate beside ours, with the point where they differ and the slip it looks like.

import type { Diagnostic } from '../base/diagnostic.ts';
import { scale, transpose } from '../ir/build.ts';
import { must } from '../base/internal.ts';
import { sameDim, sameShape } from '../ir/dim.ts';
import { type Expr, contract, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { rewriteUp } from '../ir/walk.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { cookbook } from '../diff/structured.ts';
import { type Reading, read } from '../lang/read.ts';
import { type Derivation, type DeriveOptions, derive, understood } from '../pipeline.ts';
import { checkEqual } from '../run/check.ts';
import { variablesOf } from '../run/sample.ts';
import { normal } from '../simplify/pipelines.ts';
import { lay, layouts } from './layout.ts';
import { transposeSlip } from './transpose-slip.ts';
import { typeText } from './type-text.ts';

export interface Comparison {
  readonly equal: boolean;
  /** By what the verdict stands: the same normal form, or agreement (or a difference) at random points. */
  readonly by: 'normal form' | 'numbers';
  readonly worst: number;
  readonly counterexample?: { readonly values: ReadonlyMap<string, Dense>; readonly left: Dense; readonly right: Dense };
  /** A common slip that turns the candidate into our derivative. */
  readonly slip?: string;
}

/** A candidate in words, beside the derivation it was compared with. */
export interface Candidate {
  readonly derivation: Derivation;
  readonly candidate: Expr;
  readonly comparison: Comparison;
  readonly notices: readonly Diagnostic[];
}

/**
 * Derives an expression and says whether a candidate is that derivative. Throws a `RicciError` when one of the two texts
 * has errors.
 *
 * @example check("x'*A*x", "2*A*x", { by: ['x'] }).comparison.equal // false: A need not be symmetric
 */
export function check(text: string, candidate: string, options: DeriveOptions): Candidate {
  return compareWith(derive(text, options), candidate);
}

/** The candidate is read with the variables of the derivation, and where it can be in the shape of its result. */
export function compareWith(derivation: Derivation, text: string): Candidate {
  const { shown: derivative, reading: known } = derivation;
  const options = { variables: known.variables, functions: known.functions };
  const isFaithful = (r: Reading): boolean => r.variables.every((v) => known.variables.every((k) => k.name !== v.name || sameShape(k.shape, v.shape)));
  const fitting = read(text, { ...options, expect: derivative.shape });
  const isFitting = isFaithful(fitting) && fitting.diagnostics.every((d) => d.code !== 'result-shape-differs');
  const reading = understood(isFitting ? fitting : read(text, options));
  const [needed, found] = [typeText(derivative.shape), typeText(reading.expr.shape, reading.kind === 'row' ? 'row' : 'column')];
  const notices = [...reading.diagnostics];
  if (!isFaithful(reading)) {
    const inside = transposeSlip(derivation, text);
    notices.push(otherSizes(text));
    return { derivation, candidate: reading.expr, comparison: { equal: false, by: 'numbers', worst: Infinity, ...(inside !== undefined && { slip: inside }) }, notices };
  }
  if (!sameShape(derivative.shape, reading.expr.shape)) notices.push(otherShape(text, needed, found));
  else if (reading.kind === 'row') notices.push(isRow(text, needed, found));
  const isSymmetric = derivation.by.some((v) => v.facts.has.has('symmetric'));
  const comparison = compare(derivative, reading.expr, isSymmetric, laidOtherwise(derivation));
  const inside = comparison.equal || comparison.slip !== undefined ? undefined : transposeSlip(derivation, text);
  return { derivation, candidate: reading.expr, comparison: inside === undefined ? comparison : { ...comparison, slip: inside }, notices };
}

/** The derivative in the layouts that were not chosen, where they arrange it differently. */
function laidOtherwise(d: Derivation): Arrangement[] {
  const own = d.function.shape.length;
  return layouts.flatMap((layout) => {
    const { expr } = lay(d.derivative, own, layout);
    return layout === d.layout || expr === d.shown ? [] : [{ says: `it is the derivative in ${layout} layout`, expr }];
  });
}

function otherSizes(text: string): Diagnostic {
  return { code: 'candidate-shape', severity: 'warning', message: 'the candidate makes sense only where some sizes are equal that need not be', span: [0, text.length], help: 'look for a missing transpose, or declare the sizes equal' };
}

function otherShape(text: string, needed: string, found: string): Diagnostic {
  return { code: 'candidate-shape', severity: 'warning', message: `the candidate is ${found}, the derivative ${needed}`, span: [0, text.length], needed, found, help: 'axes of the function come first, then those of the variable; the gradient of a scalar has the shape of the variable' };
}

function isRow(text: string, needed: string, found: string): Diagnostic {
  return { code: 'candidate-row', severity: 'notice', message: 'the candidate is a row; it is compared entry by entry', span: [0, text.length], needed, found, help: 'the derivative is a column in mixed layout, a row in numerator layout' };
}

/** The derivative, arranged in another way that has a name. */
export interface Arrangement {
  readonly says: string;
  readonly expr: Expr;
}

/** Compares a candidate with our derivative. */
export function compare(derivative: Expr, candidate: Expr, symmetric: boolean, arrangements: readonly Arrangement[] = []): Comparison {
  if (sameShape(derivative.shape, candidate.shape)) {
    if (normal(derivative) === normal(candidate)) return { equal: true, by: 'normal form', worst: 0 };
    const report = checkEqual(derivative, candidate);
    if (report.equal) return { equal: true, by: 'numbers', worst: report.worst };
    const slip = slipOf(derivative, candidate, symmetric, arrangements);
    return { equal: false, by: 'numbers', worst: report.worst, ...(report.counterexample && { counterexample: report.counterexample }), ...(slip !== undefined && { slip }) };
  }
  const slip = slipOf(derivative, candidate, symmetric, arrangements);
  return { equal: false, by: 'numbers', worst: Infinity, ...(slip !== undefined && { slip }) };
}

function slipOf(ours: Expr, theirs: Expr, symmetric: boolean, arrangements: readonly Arrangement[]): string | undefined {
  const equals = (e: Expr): boolean => sameShape(e.shape, theirs.shape) && (normal(e) === normal(theirs) || checkEqual(e, theirs).equal);
  const slips: readonly (readonly [string, () => Expr | undefined])[] = [
    ['the transpose is missing (or too many): it is the transpose of the derivative', () => (ours.shape.length === 2 ? transpose(ours) : undefined)],
    ['a factor 2 is missing', () => scale(0.5, ours)],
    ['there is a factor 2 too many', () => scale(2, ours)],
    ['the sign is wrong', () => scale(-1, ours)],
    ["it follows the Cookbook's convention for symmetric variables, G + G' - G∘I", () => (symmetric && ours.shape.length >= 2 ? cookbook(ours) : undefined)],
    ...otherOrders(ours).map((expr): readonly [string, () => Expr] => ['its axes are in another order: those of the function come first, then those of the variable', () => expr]),
  ];
  // What is its own transpose is the same in every layout.
  const laid = arrangements.find((a) => equals(a.expr));
  const transposed = laid && ours.shape.length === 2 ? 'the transpose is missing (or too many): ' : '';
  if (laid) return `${transposed}${laid.says}`;
  for (const [says, make] of slips) {
    const e = make();
    if (e && equals(e)) return says;
  }
  const names = symmetryThatHelps(ours, theirs);
  return names && `it would be right if ${names.join(' and ')} were symmetric`;
}

// All orders of more axes than this are too many to try.
const mostAxes = 4;

/** The same tensor with its axes in every other order; a matrix has its transpose for that. */
function otherOrders(e: Expr): Expr[] {
  const axes = e.shape.map((_, i) => i);
  if (axes.length < 3 || axes.length > mostAxes) return [];
  return permutations(axes)
    .filter((order) => order.some((axis, i) => axis !== i))
    .map((order) => contract([e], [axes], order, order.map((axis) => must(e.shape[axis]))));
}

function permutations(list: readonly number[]): number[][] {
  return list.length < 2 ? [[...list]] : list.flatMap((first) => permutations(list.filter((x) => x !== first)).map((rest) => [first, ...rest]));
}

/** Square matrices that the candidate takes to be symmetric: one alone if that explains it, else all of them. */
function symmetryThatHelps(ours: Expr, theirs: Expr): string[] | undefined {
  if (!sameShape(ours.shape, theirs.shape)) return undefined;
  const square = variablesOf([ours, theirs]).filter((v) => v.shape.length === 2 && !v.facts.has.has('symmetric') && sameDim(must(v.shape[0]), must(v.shape[1])));
  const names = square.map((v) => v.name);
  const groups = names.length > 1 ? [...names.map((name) => [name]), names] : [names];
  return groups.find((group) => {
    const symmetric = (e: Expr): Expr => rewriteUp(e, (node) => (node.kind === 'variable' && group.includes(node.name) ? variable(node.name, node.shape, facts([...node.facts.has, 'symmetric'])) : node));
    const [a, b] = [symmetric(ours), symmetric(theirs)];
    return group.length > 0 && (normal(a) === normal(b) || checkEqual(a, b).equal);
  });
}

