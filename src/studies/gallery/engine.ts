// What entries ask of the engine: texts read, derived, verified, compiled, and proved equal.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { crossCountry } from '../../diff/order.ts';
import { reverse } from '../../diff/differentiate.ts';
import type { Expr, VariableNode } from '../../ir/expr.ts';
import { isZero } from '../../ir/rational.ts';
import { read } from '../../lang/read.ts';
import { toText, write } from '../../lang/write.ts';
import { type DerivativeCheck, type EqualityCheck, checkDerivative, checkEqual } from '../../run/check.ts';
import { normal, readable } from '../../simplify/pipelines.ts';
import type { ModelText } from './entry.ts';

/** The graph of a text. Throws a `RicciError` with every diagnostic when the text has errors. */
export function exprOf(text: string, declare?: string): Expr {
  return readAll(text, declare).expr;
}

export interface ReadModel {
  readonly expr: Expr;
  readonly variable: (name: string) => VariableNode;
}

/** The graph of a model's text with its variables by name. */
export function readModel({ text, declare }: Pick<ModelText, 'text' | 'declare'>): ReadModel {
  const { expr, variables } = readAll(text, declare);
  return { expr, variable: (name) => must(variables.find((v) => v.name === name), `variable ${name}`).node };
}

function readAll(text: string, declare: string | undefined) {
  const reading = read(text, declare === undefined ? {} : { declare });
  const { expr, variables } = reading;
  if (expr === undefined) throw new RicciError(reading.diagnostics);
  return { expr, variables };
}

/** ∂of/∂by with the axes of `of` first, simplified to be read and computed. */
export function derivative(of: Expr, by: VariableNode): Expr {
  return readable(of.shape.length === 0 ? reverse(of, by) : crossCountry(of, by).derivative);
}

export interface VerifiedDerivative {
  readonly model: string;
  readonly by: string;
  readonly expr: Expr;
  readonly text: string;
  readonly check: DerivativeCheck;
}

/** Every derivative that a model asks for, each compared with differences. Throws a `RicciError` for one that disagrees. */
export function verifiedDerivatives(model: ModelText): VerifiedDerivative[] {
  if (model.solve) return [];
  const { expr: of, variable } = readModel(model);
  return (model.by ?? []).map((name) => {
    const by = variable(name);
    const expr = derivative(of, by);
    const check = checkDerivative({ of, by, derivative: expr });
    const text = toText(write(expr));
    if (!check.ok) throw new RicciError([withheld(model, name, text, check)]);
    return { model: model.name, by: name, expr, text, check };
  });
}

function withheld(model: ModelText, name: string, text: string, { reason, worst }: DerivativeCheck): Diagnostic {
  return {
    code: 'check-failed',
    severity: 'error',
    message: `the derivative of the model "${model.name}" by ${name} was not confirmed by differences`,
    span: [0, model.text.length],
    needed: 'agreement with finite differences at random points of the domain',
    found: `${reason ?? `relative error ${worst.toExponential(1)}`}: ${text.slice(0, 400)}`,
    help: 'this is a bug of ricci: please report it with the model',
  };
}

/** Whether the normal form of an expression is zero: a proof of the identity that it vanishes. */
export function isZeroByNormalForm(text: string, declare: string): boolean {
  const found = normal(exprOf(text, declare));
  return found.kind === 'number' && isZero(found.value);
}

/** Whether two texts agree as functions, at random points of their domain. */
export function agree(a: string, b: string, declare: string): EqualityCheck {
  return checkEqual(exprOf(a, declare), exprOf(b, declare));
}
