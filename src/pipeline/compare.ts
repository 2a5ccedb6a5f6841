// "Is my own derivative right?": a candidate beside ours, with the point where they differ and the slip it looks like.

import { scale, transpose } from '../ir/build.ts';
import { sameShape } from '../ir/dim.ts';
import type { Expr } from '../ir/expr.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { cookbook } from '../diff/structured.ts';
import { checkEqual } from '../run/check.ts';
import { normal } from '../simplify/pipelines.ts';

export interface Comparison {
  readonly equal: boolean;
  /** By what the verdict stands: the same normal form, or agreement (or a difference) at random points. */
  readonly by: 'normal form' | 'numbers';
  readonly worst: number;
  readonly counterexample?: { readonly values: ReadonlyMap<string, Dense>; readonly left: Dense; readonly right: Dense };
  /** A common slip that turns the candidate into our derivative. */
  readonly slip?: string;
}

/** Compares a candidate with our derivative of the same shape. */
export function compare(derivative: Expr, candidate: Expr, symmetric: boolean): Comparison {
  if (sameShape(derivative.shape, candidate.shape)) {
    if (normal(derivative) === normal(candidate)) return { equal: true, by: 'normal form', worst: 0 };
    const report = checkEqual(derivative, candidate);
    if (report.equal) return { equal: true, by: 'numbers', worst: report.worst };
    const slip = slipOf(derivative, candidate, symmetric);
    return { equal: false, by: 'numbers', worst: report.worst, ...(report.counterexample && { counterexample: report.counterexample }), ...(slip !== undefined && { slip }) };
  }
  const slip = slipOf(derivative, candidate, symmetric);
  return { equal: false, by: 'numbers', worst: Infinity, ...(slip !== undefined && { slip }) };
}

function slipOf(ours: Expr, theirs: Expr, symmetric: boolean): string | undefined {
  const equals = (e: Expr): boolean => sameShape(e.shape, theirs.shape) && (normal(e) === normal(theirs) || checkEqual(e, theirs).equal);
  const slips: readonly (readonly [string, () => Expr | undefined])[] = [
    ['the transpose is missing (or too many): it is the transpose of the derivative', () => (ours.shape.length === 2 ? transpose(ours) : undefined)],
    ['a factor 2 is missing', () => scale(0.5, ours)],
    ['there is a factor 2 too many', () => scale(2, ours)],
    ['the sign is wrong', () => scale(-1, ours)],
    ["it follows the Cookbook's convention for symmetric variables, G + G' - G∘I", () => (symmetric && ours.shape.length >= 2 ? cookbook(ours) : undefined)],
  ];
  for (const [says, make] of slips) {
    const e = make();
    if (e && equals(e)) return says;
  }
  return undefined;
}

