// An expression of the graph as the page shows it: plain data.

import type { Expr } from '../../../src/ir/expr.ts';
import { toLatex, toMathML, toText, toUnicode, write } from '../../../src/lang/write.ts';
import { typeText } from '../../../src/pipeline/type-text.ts';

export interface Shown {
  readonly text: string;
  readonly unicode: string;
  readonly latex: string;
  /** One `math` element a line; the last is the result, those before name parts of it. */
  readonly mathml: string;
  /** Such as `matrix(m, n)`. */
  readonly type: string;
  /** How a result of order four stands as a matrix. */
  readonly kronecker?: string;
}

export function shown(e: Expr, orientation: 'column' | 'row' = 'column'): Shown {
  const notation = write(e, { orientation });
  return {
    text: toText(notation),
    unicode: toUnicode(notation),
    latex: toLatex(notation),
    mathml: toMathML(notation),
    type: typeText(e.shape, orientation),
    ...(notation.kronecker && { kronecker: notation.kronecker.convention }),
  };
}
