// The linear space of matrices that a variable's declared facts confine it to.

import type { VariableNode } from './expr.ts';

export type Structure = 'none' | 'symmetric' | 'diagonal' | 'lower' | 'upper';

/** The structure of a variable, which its derivative and the directions it may move in share. */
export function structureOf(variable: VariableNode): Structure {
  if (variable.shape.length !== 2) return 'none';
  return (['diagonal', 'symmetric', 'lower', 'upper'] as const).find((fact) => variable.facts.has.has(fact)) ?? 'none';
}
