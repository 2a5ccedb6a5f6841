// What the Derive page asks about, in every tab.

import type { Layout } from '../../../src/pipeline/layout.ts';
import type { SymmetricConvention } from '../../../src/diff/structured.ts';

export interface Question {
  readonly text: string;
  /** Declarations, one a line. */
  readonly declare: string;
  /** One name an order; empty for a variable that the engine chooses. */
  readonly by: readonly string[];
  readonly layout: Layout;
  readonly symmetric: SymmetricConvention;
}
