// Declarations with one variable declared anew, as the table of variables says.

import { redeclare } from '../../../src/lang/redeclare.ts';

export interface Redeclaration {
  readonly declare: string;
  readonly name: string;
  readonly kind: 'scalar' | 'vector' | 'matrix' | 'tensor';
  /** None for a kind without sizes, as when it has just been chosen. */
  readonly dims: readonly string[];
  readonly facts: string;
}

export function redeclared({ declare, name, kind, dims, facts }: Redeclaration): string {
  const type = dims.length === 0 ? kind : `${kind}(${dims.join(', ')})`;
  return redeclare(declare, name, `${type} ${facts}`.trim());
}
