// Matrix formulas in the language as functions of numbers, by the engine's own kernels.

import { RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { gradients } from '../../diff/differentiate.ts';
import { type Expr, inContext, newContext } from '../../ir/expr.ts';
import { variables } from '../../ir/walk.ts';
import { read } from '../../lang/read.ts';
import { type CompiledMany, type CompileOptions, compile } from '../../run/compile.ts';
import type { Matrix } from './tables.ts';

/** Formulas by name, compiled together so that they share work. */
export function formulas<Name extends string>(texts: Readonly<Record<Name, string>>, declare: string, options?: CompileOptions): CompiledMany<Name> {
  return inContext(newContext(), () => {
    const roots = Object.fromEntries(Object.entries<string>(texts).map(([name, text]) => [name, exprOf(text, declare)]));
    return compile(roots as Record<Name, Expr>, options);
  });
}

/** A scalar with its derivatives by some of its variables, as one function: results are `value` and the names of the variables. */
export function withGradients(text: string, by: readonly string[], declare: string): CompiledMany {
  return inContext(newContext(), () => {
    const value = exprOf(text, declare);
    const there = variables([value]);
    const found = by.map((name) => must(there.find((v) => v.name === name)));
    const slopes = gradients(value, found);
    return compile({ value, ...Object.fromEntries(by.map((name, k) => [name, must(slopes[k])])) });
  });
}

function exprOf(text: string, declare: string): Expr {
  const { expr, diagnostics } = read(text, { declare });
  if (expr === undefined) throw new RicciError(diagnostics);
  return expr;
}

export function asInput({ rows, cols, data }: Matrix): { shape: readonly number[]; data: Float64Array } {
  return { shape: [rows, cols], data };
}
