// What a simplification did: the names of the rules, with the node before and after.

import type { Expr } from '../ir/expr.ts';

export interface Rewriting {
  readonly rules: readonly string[];
  readonly before: Expr;
  readonly after: Expr;
}

export interface Trace {
  /** Called by builders when a rule applies. */
  readonly rule: (name: string) => void;
  /** Called by the pass when a node is done; collects the rules named since the last call. */
  readonly node: (before: Expr, after: Expr) => void;
  readonly list: readonly Rewriting[];
}

export function newTrace(): Trace {
  const list: Rewriting[] = [];
  let names: string[] = [];
  return {
    list,
    rule: (name) => void (names.includes(name) || names.push(name)),
    node: (before, after) => {
      if (names.length > 0 && before !== after) list.push({ rules: names, before, after });
      names = [];
    },
  };
}
