// Layouts: how the axes of a derivative are arranged when function and variable have at most two axes together.
//
// mixed        the axes of the function, then those of the variable; the gradient of a scalar has the variable's shape
// numerator    as the Jacobian of the function: a gradient by a column is a row, by a matrix the transposed matrix
// denominator  the variable's axes first: a Jacobian is transposed

import { unreachable } from '../base/internal.ts';
import { transpose } from '../ir/build.ts';
import type { Expr } from '../ir/expr.ts';

export const layouts = ['mixed', 'numerator', 'denominator'] as const;
export type Layout = (typeof layouts)[number];

export interface Laid {
  readonly expr: Expr;
  readonly orientation: 'column' | 'row';
}

/** Rearranges a derivative with axes [of, by]; beyond two axes every layout is the mixed one. */
export function lay(derivative: Expr, functionAxes: number, layout: Layout): Laid {
  const variableAxes = derivative.shape.length - functionAxes;
  const shape = `${functionAxes},${variableAxes}`;
  const column: Laid = { expr: derivative, orientation: 'column' };
  switch (layout) {
    case 'mixed':
      return column;
    case 'numerator':
      if (shape === '0,1') return { expr: derivative, orientation: 'row' };
      return shape === '0,2' ? { expr: transpose(derivative), orientation: 'column' } : column;
    case 'denominator':
      if (shape === '1,0') return { expr: derivative, orientation: 'row' };
      return shape === '1,1' || shape === '2,0' ? { expr: transpose(derivative), orientation: 'column' } : column;
    default:
      return unreachable(layout);
  }
}
