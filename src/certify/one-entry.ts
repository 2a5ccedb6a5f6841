// An expression that is computed entry by entry, as one of numbers: what holds for all values of the numbers holds for every entry.

import { must } from '../base/internal.ts';
import { constant, times } from '../ir/build.ts';
import type { Dim } from '../ir/dim.ts';
import { type Expr, type Label, type VariableNode, apply, contract, sum, variable } from '../ir/expr.ts';
import { facts, signFacts } from '../ir/fact.ts';
import { one } from '../ir/rational.ts';
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

/** φ for Σ φ(entries): the summand of a total over one axis (or one pair of axes, and so on) of what is computed entry by entry. */
export function summand(e: Expr): Expr | undefined {
  const terms = e.kind === 'sum' ? e.terms : [{ coef: one, arg: e }];
  const [first] = terms;
  const dims = first && totalled(first.arg);
  if (!dims || e.shape.length > 0) return undefined;
  const entries = terms.map(({ coef, arg }) => {
    const own = totalled(arg);
    const isAlike = own?.length === dims.length && own.every((d, k) => d.key === must(dims[k]).key);
    const open = isAlike && arg.kind === 'contract' ? inOneEntry(contract(arg.args, arg.labels, longest(arg.labels), own)) : undefined;
    return open && { coef, arg: open };
  });
  return entries.every((t) => t !== undefined) ? sum(entries) : undefined;
}

/** The axes over which a product is totalled, where a factor has all of them. */
function totalled(e: Expr): readonly Dim[] | undefined {
  if (e.kind !== 'contract' || e.out.length > 0) return undefined;
  const labels = longest(e.labels);
  const at = e.labels.findIndex((mine) => mine === labels);
  return labels.length === 0 ? undefined : must(e.args[at]).shape;
}

function longest(labels: readonly (readonly Label[])[]): readonly Label[] {
  return labels.reduce((a, b) => (b.length > a.length ? b : a), []);
}

/** The numbers that stand for variables in one entry. */
export function entriesOf(by: readonly VariableNode[]): VariableNode[] {
  return by.map(entryOfVariable);
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
