// Function and derivative with their indices written out.

import type { Expr } from '../../../src/ir/expr.ts';
import { indexLatex, indexMathML, indexText } from '../../../src/lang/write.ts';
import { derive } from '../../../src/pipeline.ts';
import type { Question } from './question.ts';

export interface Indexed {
  readonly title: string;
  readonly text: string;
  readonly latex: string;
  /** Absent where it would be too long to be drawn at once. */
  readonly mathml?: string;
}

const mostDrawn = 3000;

export function indexNotation({ text, declare, by, layout, symmetric }: Question): readonly Indexed[] {
  const d = derive(text, { by, declare, layout, symmetric, points: 0 });
  const indexed = (title: string, e: Expr): Indexed => {
    const written = indexText(e);
    return { title, text: written, latex: indexLatex(e), ...(written.length <= mostDrawn && { mathml: indexMathML(e) }) };
  };
  return [indexed('function', d.function), indexed(`derivative by ${by.join(', ')}`, d.shown)];
}
