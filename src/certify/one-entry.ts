// An expression that is computed entry by entry, as one of numbers: what holds for all values of the numbers holds for every entry.

import { must } from '../base/internal.ts';
import { constant, times } from '../ir/build.ts';
import { type Expr, type VariableNode, apply, sum, variable } from '../ir/expr.ts';
import { facts, signFacts } from '../ir/fact.ts';
import { postorder } from '../ir/walk.ts';
import { opNamed } from '../ops/table.ts';

/** Undefined where entries of different places meet, or where a size counts. Of tensors, signs and intervals are kept. */
export function inOneEntry(e: Expr): Expr | undefined {
  const made = new Map<Expr, Expr>();
  for (const node of postorder([e])) {
    const entry = entryOf(node, made);
    if (!entry) return undefined;
    made.set(node, entry);
  }
  return made.get(e);
}

function entryOf(node: Expr, made: ReadonlyMap<Expr, Expr>): Expr | undefined {
  const of = (arg: Expr): Expr => must(made.get(arg));
  switch (node.kind) {
    case 'number':
      return constant(node.value);
    case 'variable':
      return entryOfVariable(node);
    case 'sum':
      return sum(node.terms.map(({ coef, arg }) => ({ coef, arg: of(arg) })));
    case 'contract': {
      const isAligned = node.labels.every((mine) => mine.length === 0 || (mine.length === node.out.length && mine.every((l, k) => l === node.out[k])));
      return isAligned && new Set(node.out).size === node.out.length ? times(...node.args.map(of)) : undefined;
    }
    case 'apply':
      return isOfNumbers(node) ? apply(node.op, node.params, node.args.map(of), []) : undefined;
    default:
      return undefined;
  }
}

function isOfNumbers(node: Expr & { readonly kind: 'apply' }): boolean {
  const op = opNamed(node.op);
  return op.scalarValue !== undefined && op.ranks(node.params).every((r) => r === 0) && node.args.every((a) => a.shape.length === 0 || a.shape.length === node.shape.length);
}

function entryOfVariable(v: VariableNode): VariableNode {
  if (v.shape.length === 0) return v;
  const { has, above, below } = v.facts;
  return variable(`entry of ${v.name}`, [], facts(signFacts.filter((f) => has.has(f)), { ...(above !== undefined && { above }), ...(below !== undefined && { below }) }));
}
