// The symbolic side of a problem: its derivatives, which do not change with the numbers.

import { must } from '../../base/internal.ts';
import { type Expr, type VariableNode, contract, sum, variable } from '../../ir/expr.ts';
import { zeros } from '../../ir/build.ts';
import { dependents, rewriteUp, variables as variablesOf } from '../../ir/walk.ts';
import { lazy } from '../../simplify/mode.ts';
import { settle, simplify } from '../../simplify/simplify.ts';
import { readable } from '../../simplify/pipelines.ts';
import { isPolynomial } from '../polynomial.ts';
import type { ObjectiveClass } from '../problem.ts';
import { type CoordinateForm, coordinateForm } from './coordinates.ts';
import { type Blocks, dependsOn, derivative, hasJumps, hessianProducts, plainDerivative, plainGradients } from './derivatives.ts';
import { later } from './later.ts';
import type { Row, Smooth } from './reformulate.ts';
import { type ScaledForm, scaledForm } from './scaled.ts';
import { nonZero, secondDerivatives } from './second-derivatives.ts';
import { squaresIn, weighted } from './squares.ts';

/** Derivatives as graphs; second ones are made when they are first asked for. */
export interface Derived {
  readonly smooth: Smooth;
  readonly gradient: readonly Expr[];
  /** Hessian blocks of the objective, [k][l] for l ≤ k; absent where they are zero. Made when they are first asked for. */
  readonly hessian: () => Blocks;
  readonly products: () => readonly Expr[];
  /** The objective and its gradient where all variables are zero: of a quadratic one its constant and its linear part. */
  readonly atZero: () => readonly Expr[];
  readonly class: ObjectiveClass;
  /** Of a quadratic objective without constraints but bounds. */
  readonly coordinates?: CoordinateForm;
  /** Of a quadratic objective of one vector. */
  readonly scaled?: ScaledForm;
  /** The objective as a weighted sum of squares, where it is one and not quadratic. */
  readonly squares?: Squares;
  readonly rows: readonly DerivedRow[];
  /** Of the parts of every norm. */
  readonly norms: readonly (readonly DerivedRow[])[];
}

export interface Squares {
  readonly residuals: readonly Expr[];
  /** What stands beside the squares, without variables. */
  readonly constants: readonly Expr[];
  /** Of each residual, by variable; absent where it does not depend on it. */
  readonly jacobians: readonly (readonly (Expr | undefined)[])[];
}

export interface DerivedRow {
  readonly affine: boolean;
  /** By variable; absent where the row does not depend on it. */
  readonly jacobian: readonly (Expr | undefined)[];
  /** Of the sum of entries times `multiplier`, as for the objective; empty for affine rows. */
  readonly hessian: () => Blocks;
  readonly products: () => readonly Expr[];
  readonly multiplier: VariableNode;
}

export function derive(smooth: Smooth): Derived {
  const by = smooth.variables;
  const first = plainGradients(smooth.objective, by);
  const second = secondDerivatives(smooth.objective, () => first, by);
  // The second derivative of other functions is not constant; many methods never ask for it.
  const isEven = first.every((g) => isPolynomial([...dependents(g, new Set<Expr>(by))])) && !hasJumps(smooth.objective, by);
  // Where nothing is curved, all that moves cancels.
  const gradient = !isEven || second().flat().some((h) => h !== undefined) ? first : first.map((g) => readable(g));
  const isLinear = isEven && gradient.every((g) => !dependsOn(g, by));
  const isQuadratic = isEven && second().flat().every((h) => h === undefined || !dependsOn(h, by));
  const squares = isLinear || isQuadratic || smooth.bends ? undefined : squaresOf(smooth.written, by);
  const rows = smooth.rows.map((row, k) => derivedRow(row, k, by));
  const [[only] = []] = isQuadratic ? second() : [];
  const scaled = by.length === 1 && only?.shape.length === 2 ? scaledForm(only) : undefined;
  const coordinates = isQuadratic && !isLinear && rows.every((r) => r.affine) ? coordinateForm(smooth, second()) : undefined;
  return {
    smooth,
    gradient,
    hessian: second,
    atZero: later(() => [smooth.objective, ...gradient].map((e) => simplify(rewriteUp(e, (node) => (by.some((v) => v === node) ? zeros(node.shape) : node)), lazy))),
    products: later(() => (isLinear ? [] : hessianProducts(gradient, by))),
    class: isLinear ? 'linear' : isQuadratic ? 'quadratic' : squares ? 'least-squares' : 'smooth',
    ...(coordinates && { coordinates }),
    ...(scaled && { scaled }),
    ...(squares && { squares }),
    rows,
    norms: smooth.norms.map(({ parts }) => parts.map((expr, k) => derivedRow({ expr, relation: '==' }, rows.length + k, by))),
  };
}

/** Whether it is one number, of degree two in the variables. */
export function isQuadraticRow(row: DerivedRow, { smooth: { variables, rows }, rows: all }: Derived): boolean {
  if (rows[all.indexOf(row)]?.expr.shape.length !== 0 || row.affine) return false;
  return row.jacobian.every((j) => !j || isPolynomial([...dependents(j, new Set<Expr>(variables))])) && row.hessian().flat().every((h) => !h || !dependsOn(h, variables));
}

/** f = Σ weight |r|² + constant with weights that are not negative; each is taken into its residual. */
function squaresOf(objective: Expr, by: readonly VariableNode[]): Squares | undefined {
  const { squares, constants, isAll } = squaresIn(objective, by);
  const residuals = squares.map(weighted).filter((r) => r !== undefined);
  if (!isAll || residuals.length === 0 || residuals.length < squares.length) return undefined;
  const jacobians = residuals.map((r) => by.map((v) => (variablesOf([r]).includes(v) ? nonZero(derivative(r, v)) : undefined)));
  return { residuals, jacobians, constants };
}

function derivedRow({ expr }: Row, k: number, by: readonly VariableNode[]): DerivedRow {
  const multiplier = variable(`#multiplier ${k}`, expr.shape);
  const jacobian = by.map((v) => (variablesOf([expr]).includes(v) ? nonZero(plainDerivative(expr, v)) : undefined));
  const affine = !hasJumps(expr, by) && jacobian.every((j) => j === undefined || !dependsOn(j, by));
  if (affine) return { affine, jacobian, hessian: () => [], products: () => [], multiplier };
  const isNumber = expr.shape.length === 0;
  const total = isNumber ? expr : weighed(expr, multiplier);
  const gradient = later(() => (isNumber ? jacobian.map((j, at) => j ?? zeros(must(by[at]).shape)) : plainGradients(total, by)));
  const weigh = (e: Expr): Expr => (isNumber ? timesNumber(e, multiplier) : e);
  const second = secondDerivatives(total, gradient, by);
  const hessian = later(() => second().map((row) => row.map((e) => e && weigh(e))));
  return { affine, jacobian, hessian, products: later(() => hessianProducts(gradient().map(weigh), by)), multiplier };
}

/** The sum of all entries, each times its multiplier. */
function weighed(expr: Expr, multiplier: VariableNode): Expr {
  const labels = expr.shape.map((_, i) => i);
  return contract([multiplier, expr], [labels, labels], []);
}

/** Of what is simplified, term by term and into its products: it stays so, and its structure still shows. */
function timesNumber(e: Expr, factor: VariableNode): Expr {
  const result = weightedBy(e, factor);
  settle(result, lazy);
  return result;
}

function weightedBy(e: Expr, factor: VariableNode): Expr {
  if (e.kind === 'sum') return sum(e.terms.map(({ coef, arg }) => ({ coef, arg: timesNumber(arg, factor) })));
  if (e.kind === 'contract') return contract([factor, ...e.args], [[], ...e.labels], e.out, e.shape);
  const axes = e.shape.map((_, i) => i);
  return contract([factor, e], [[], axes], axes);
}
