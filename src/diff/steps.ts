// The derivation as a student would do it: every part of the expression that depends on the variable, from the inside
// out, with the rule that gives its derivative from those of its parts.

import { unreachable } from '../base/internal.ts';
import type { Expr } from '../ir/expr.ts';
import { children, dependents, postorder } from '../ir/walk.ts';

export interface Part {
  /** The sub-expression whose derivative this line gives. */
  readonly of: Expr;
  /** Name of the rule, stable. */
  readonly rule: string;
  /** The rule in words. */
  readonly says: string;
}

/** The parts of `of` that depend on `by`, children before parents; the variable itself comes first. */
export function parts(of: Expr, by: Expr): Part[] {
  const active = dependents(of, new Set([by]));
  return postorder([of])
    .filter((node) => active.has(node))
    .map((node) => ({ of: node, ...ruleOf(node, active) }));
}

function ruleOf(node: Expr, active: ReadonlySet<Expr>): Omit<Part, 'of'> {
  switch (node.kind) {
    case 'number':
    case 'size':
    case 'variable':
    case 'delta':
    case 'stack':
      return { rule: 'variable', says: 'the derivative of a variable by itself is the identity' };
    case 'sum':
      return { rule: 'sum-rule', says: 'term by term; terms without the variable vanish' };
    case 'contract': {
      const count = node.args.filter((a) => active.has(a)).length;
      if (node.args.length === 1) return { rule: 'linear', says: 'linear: summed or rearranged as the part itself' };
      if (count === 1) return { rule: 'linear', says: 'linear: the other factors stay' };
      return { rule: 'product-rule', says: `product rule: one term for each of the ${count} factors that hold the variable` };
    }
    case 'apply': {
      const inner = children(node).some((c) => active.has(c) && c.kind !== 'variable');
      return inner
        ? { rule: 'chain-rule', says: `chain rule with the derivative of ${node.op}` }
        : { rule: 'function-rule', says: `derivative of ${node.op}` };
    }
    default:
      return unreachable(node);
  }
}
