// Sums of squares within an objective: the residuals of least squares, and squares of few numbers that many variables
// make, which are better kept as variables of their own.

import { must } from '../../base/internal.ts';
import { scale, sub } from '../../ir/build.ts';
import { type Expr, type VariableNode, contract, number, variable } from '../../ir/expr.ts';
import { type Rational, fromNumber, isOne, mul, one, ratio, same, toNumber } from '../../ir/rational.ts';
import { rewriteUp, variables as variablesOf } from '../../ir/walk.ts';
import { sumOfSquares, squaredNorm } from '../../ops/defined/reductions.ts';
import { has } from '../../ops/facts.ts';
import { asPower, power } from '../../ops/scalar/power.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { dependsOn, isAffine } from './derivatives.ts';
import { numbersOf } from './layout.ts';
import type { Smooth } from './reformulate.ts';

/** `coef` times the product of `weights` times the sum of squares of `residual`, which stands in the objective as `node`. */
export interface Square {
  readonly node: Expr;
  readonly residual: Expr;
  readonly coef: Rational;
  /** Scalars without variables. */
  readonly weights: readonly Expr[];
}

export interface SumOfSquares {
  readonly squares: readonly Square[];
  /** Terms without variables. */
  readonly constants: readonly Expr[];
  /** Whether there is nothing else. */
  readonly isAll: boolean;
}

/** The squares among the terms of an objective. */
export function squaresIn(objective: Expr, by: readonly VariableNode[]): SumOfSquares {
  const squares: Square[] = [];
  const constants: Expr[] = [];
  let isAll = true;
  const visit = (e: Expr, coef: Rational, weights: readonly Expr[]): void => {
    if (!dependsOn(e, by)) {
      const factors = [...weights, e];
      constants.push(scale(coef, contract(factors, factors.map(() => []), [])));
      return;
    }
    const residual = squared(e);
    if (residual) {
      squares.push({ node: e, residual, coef, weights });
      return;
    }
    if (e.kind === 'sum') {
      for (const t of e.terms) visit(t.arg, mul(coef, t.coef), weights);
      return;
    }
    const moving = e.kind === 'contract' && e.out.length === 0 && e.args.every((a) => a.shape.length === 0) ? e.args.filter((a) => dependsOn(a, by)) : [];
    if (e.kind === 'contract' && moving.length === 1) visit(must(moving[0]), coef, [...weights, ...e.args.filter((a) => a !== moving[0])]);
    else isAll = false;
  };
  visit(objective, one, []);
  return { squares, constants, isAll };
}

/** r, where `e` is the sum of squares of its entries, perhaps as the square of a root. */
function squared(e: Expr): Expr | undefined {
  const whole = asPower(e);
  const root = whole && same(whole.exponent, ratio(2)) ? asPower(whole.base) : undefined;
  return root && same(root.exponent, ratio(1, 2)) ? sumOfSquares(root.base) : sumOfSquares(e);
}

// A matrix of this many rows is small whatever stands in it.
const smallDim = 60;

/** Squares of affine residuals that are few beside the variables: their second derivative is full, but of low rank. */
export function wideSquares(smooth: Smooth, sizes: ReadonlyMap<string, number>): readonly Square[] {
  const count = (e: Expr): number => numbersOf(e.shape, sizes).reduce((a, b) => a * b, 1);
  const { squares } = squaresIn(smooth.written, smooth.variables);
  return squares.filter(({ residual }) => {
    const mine = smooth.variables.filter((v) => variablesOf([residual]).includes(v)).reduce((sum, v) => sum + count(v), 0);
    return mine >= smallDim && 3 * count(residual) <= mine && isAffine(residual, smooth.variables);
  });
}

/** The problem with a variable for each of these residuals, tied to it by linear rows. */
export function lifted(smooth: Smooth, squares: readonly Square[]): Smooth {
  const taken = new Set([...smooth.variables.map((v) => v.name), ...smooth.recover.keys()]);
  const helpers = squares.map(({ residual }) => {
    let k = 1;
    while (taken.has(`residual${k}`)) k++;
    taken.add(`residual${k}`);
    return variable(`residual${k}`, residual.shape);
  });
  const exchanged = (e: Expr): Expr =>
    rewriteUp(e, (node) => {
      const k = squares.findIndex((s) => s.node === node);
      return k < 0 ? node : squaredNorm(must(helpers[k]));
    });
  const written = exchanged(smooth.written);
  return {
    ...smooth,
    written,
    objective: simplify(written, lazy),
    variables: [...smooth.variables, ...helpers],
    helpers: new Set([...smooth.helpers, ...helpers.map((v) => v.name)]),
    origins: [...smooth.origins, ...helpers.map((helper, k) => ({ helper, of: must(squares[k]).residual, part: 'value' as const }))],
    rows: [...smooth.rows, ...helpers.map((helper, k) => ({ expr: simplify(sub(must(squares[k]).residual, helper), lazy), relation: '==' as const }))],
  };
}

/** The residual with its factor taken in; undefined unless the factor is known not to be negative. */
export function weighted({ residual, coef, weights }: Square): Expr | undefined {
  if (coef.num <= 0 || !weights.every((w) => has(w, 'nonnegative'))) return undefined;
  const factors = [...(isOne(coef) ? [] : [number(fromNumber(Math.sqrt(toNumber(coef))))]), ...weights.map((w) => power(w, ratio(1, 2)))];
  const labels = residual.shape.map((_, i) => i);
  return simplify(contract([...factors, residual], [...factors.map(() => []), labels], labels), lazy);
}
