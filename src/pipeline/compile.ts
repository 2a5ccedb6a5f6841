// Text to functions of numbers: the value, and derivatives when asked for, in one program.

import { RicciError } from '../base/diagnostic.ts';
import { dimNames } from '../ir/dim.ts';
import type { Expr } from '../ir/expr.ts';
import { postorder } from '../ir/walk.ts';
import { needValues } from './declared.ts';
import { checked, oneDerivative, readOrThrow, variableNamed } from '../pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import { planTable } from '../plan/table.ts';
import { type CompileOptions, type CompiledMany, type Values, compile as compileExprs } from '../run/compile.ts';
import { planFor } from '../run/prepare.ts';
import { type StructuredTensor, compileStructured } from '../run/structured.ts';

export interface DerivativeOptions {
  readonly declare?: string;
  /** Adds the result `derivative` by this variable. */
  readonly by?: string;
  /** Adds the result `hessian`: the second derivative by the same variable. */
  readonly hessian?: boolean;
}

export type CompileTextOptions = CompileOptions & DerivativeOptions;

/**
 * A function of numbers from an expression, or from several by name. Results are named `value`, and `derivative` and
 * `hessian` when asked for; those of several expressions have their names. Derivatives are checked as `derive` does.
 * Throws a `RicciError` when the text has errors, and the function does for values of wrong shape.
 *
 * @example compile("norm2(A*x-y)^2", { by: 'x' })({ A: [[1, 2], [3, 4]], x: [1, 1], y: [0, 1] }).derivative.data // 42, 60
 */
export function compile(text: string | Readonly<Record<string, string>>, options: CompileTextOptions = {}): CompiledMany {
  const { declare, by: _by, hessian: _hessian, ...rest } = options;
  const roots = typeof text === 'string' ? rootsOf(text, options) : Object.fromEntries(Object.entries(text).map(([name, one]) => [name, readOrThrow(one, declare).expr]));
  needValues(Object.values(roots));
  return compileExprs(roots, rest);
}

/** Value and derivatives as graphs. */
export function rootsOf(text: string, { declare, by, hessian: second = false }: DerivativeOptions): Record<string, Expr> {
  const reading = readOrThrow(text, declare);
  const roots: Record<string, Expr> = { value: reading.expr };
  if (second && by === undefined) throw new RicciError([withoutVariable(text)]);
  if (by === undefined) return roots;
  const { node } = variableNamed(reading, by);
  checked(text, reading, { by: second ? [by, by] : [by] });
  roots['derivative'] = oneDerivative(reading.expr, node);
  if (second) roots['hessian'] = oneDerivative(roots['derivative'], node);
  return roots;
}

/** The size that dims count as when none is given. */
export const sizeUnlessGiven = 100;

/**
 * The program that `compile` runs for given sizes, as a table: every step with its operations and the bytes it moves.
 *
 * @example planOf("norm2(A*x-y)^2", { by: 'x', dims: { m: 1000, n: 50 } })
 */
export function planOf(text: string, options: DerivativeOptions & Pick<CompileOptions, 'dims' | 'precision'> = {}): { readonly plan: Plan; readonly table: string; readonly sizes: ReadonlyMap<string, number> } {
  const roots = Object.values(rootsOf(text, options));
  const sizes = new Map(Object.entries(options.dims ?? {}));
  for (const name of postorder(roots).flatMap((e) => (e.kind === 'size' ? [e.dim, ...e.shape] : e.shape)).flatMap(dimNames)) {
    if (!name.startsWith('min(') && !sizes.has(name)) sizes.set(name, sizeUnlessGiven);
  }
  const plan = planFor(roots, sizes);
  return { plan, table: planTable(plan, options.precision === 'f32' ? 4 : 8), sizes };
}

/**
 * The second derivative of a scalar by one variable as a function of numbers, kept as core and pattern where it has
 * structure: see `StructuredTensor`. Checked as `derive` does.
 *
 * @example hessian("norm2(T-U*V')^2", { by: 'U' })({ T, U, V }).form // 'tied blocks': k×k numbers for an n×k variable
 */
export function hessian(text: string, options: CompileOptions & { readonly by: string; readonly declare?: string }): (values: Values) => StructuredTensor {
  const { by, declare, ...rest } = options;
  const reading = readOrThrow(text, declare);
  const { node } = variableNamed(reading, by);
  checked(text, reading, { by: [by, by] });
  return compileStructured(oneDerivative(oneDerivative(reading.expr, node), node), node, rest);
}

function withoutVariable(text: string) {
  return {
    code: 'unknown-variable',
    severity: 'error',
    message: 'a second derivative needs a variable',
    span: [0, text.length],
    needed: 'the name of a variable in `by`',
    found: 'none',
    help: "give by as for example { by: 'x', hessian: true }",
  } as const;
}
