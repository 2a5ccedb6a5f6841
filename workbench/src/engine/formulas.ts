// Formulas of texts that are only looked at: expressions with their declarations, and objectives of models.

import { inContext, newContext } from '../../../src/ir/expr.ts';
import { readModel } from '../../../src/lang/model.ts';
import { read } from '../../../src/lang/read.ts';
import { toMathML, write } from '../../../src/lang/write.ts';

export type FormulaSource = { readonly text: string; readonly declare: string } | { readonly model: string };

/** MathML of each, as it is written; empty for what cannot be read. */
export function formulas(list: readonly FormulaSource[]): readonly string[] {
  return list.map((source) => inContext(newContext(), () => formula(source)));
}

function formula(source: FormulaSource): string {
  const expr = 'model' in source ? readModel(source.model).model?.objective.expr : read(source.text, { declare: source.declare }).expr;
  return expr ? toMathML(write(expr)) : '';
}
