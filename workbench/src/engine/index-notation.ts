// Function and derivative with their indices written out.

import type { Expr } from '../../../src/ir/expr.ts';
import { indexLatex, indexText } from '../../../src/lang/write.ts';
import { derive } from '../../../src/pipeline.ts';
import type { Question } from './question.ts';

export interface Indexed {
  readonly title: string;
  readonly text: string;
  readonly latex: string;
}

export function indexNotation({ text, declare, by, layout, symmetric }: Question): readonly Indexed[] {
  const d = derive(text, { by, declare, layout, symmetric, points: 0 });
  const indexed = (title: string, e: Expr): Indexed => ({ title, text: indexText(e), latex: indexLatex(e) });
  return [indexed('function', d.function), indexed(`derivative by ${by.join(', ')}`, d.shown)];
}
