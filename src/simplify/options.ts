// What builders of products are told, besides the factors.

import type { Expr } from '../ir/expr.ts';
import type { Mode } from './mode.ts';
import type { Trace } from './trace.ts';

export interface ProductOptions {
  readonly mode: Mode;
  /** Contractions that must stay nodes of their own. */
  readonly opaque?: ReadonlySet<Expr>;
  readonly trace?: Trace;
  /** Simplifies what rules build. */
  readonly simplify: (e: Expr) => Expr;
}
