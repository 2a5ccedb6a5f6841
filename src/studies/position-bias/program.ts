// Expressions of this study, from their text in the language to graphs.

import { RicciError } from '../../base/diagnostic.ts';
import type { Expr, VariableNode } from '../../ir/expr.ts';
import { must } from '../../base/internal.ts';
import { variables } from '../../ir/walk.ts';
import { read } from '../../lang/read.ts';

/** The graph of a text; its variables are found by name with `variableOf`. */
export function graphOf(text: string, declare: string): Expr {
  const { expr, diagnostics } = read(text, { declare });
  if (expr === undefined) throw new RicciError(diagnostics);
  return expr;
}

export function variableOf(expr: Expr, name: string): VariableNode {
  return must(
    variables([expr]).find((v) => v.name === name),
    `variable ${name}`,
  );
}
