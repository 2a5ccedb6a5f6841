// Graphs that may never be asked for.

import { once } from '../../base/once.ts';
import { currentContext, inContext } from '../../ir/expr.ts';

/** What is made of graphs of this context, when it is first asked for. */
export function later<T>(make: () => T): () => T {
  const context = currentContext();
  return once(() => inContext(context, make));
}
