// Graphs as plain data, which can be sent to another thread and built again there.

import { must, unreachable } from '../base/internal.ts';
import { type ApplyNode, type ContractNode, type DeltaNode, type Expr, type NumberNode, type SizeNode, type StackNode, type SumNode, type VariableNode, apply, contract, delta, number, size, stack, sum, variable } from './expr.ts';
import { postorder } from './walk.ts';

/** A node with the places of its arguments in the list instead of them. */
type Packed =
  | Pick<NumberNode, 'kind' | 'value' | 'shape'>
  | Pick<SizeNode, 'kind' | 'dim'>
  | Pick<VariableNode, 'kind' | 'name' | 'shape' | 'facts'>
  | Pick<DeltaNode, 'kind' | 'groups'>
  | Pick<StackNode, 'kind' | 'shape' | 'offset'>
  | { readonly kind: SumNode['kind']; readonly terms: readonly { readonly coef: NumberNode['value']; readonly arg: number }[] }
  | (Pick<ContractNode, 'kind' | 'labels' | 'out' | 'shape'> & { readonly args: readonly number[] })
  | (Pick<ApplyNode, 'kind' | 'op' | 'params' | 'shape'> & { readonly args: readonly number[] });

export interface PackedGraph {
  /** Arguments stand before what they are arguments of. */
  readonly nodes: readonly Packed[];
  readonly roots: readonly number[];
}

/** Each shared node once; the result survives structured cloning. */
export function packed(roots: readonly Expr[]): PackedGraph {
  const places = new Map<Expr, number>();
  const place = (e: Expr): number => must(places.get(e), 'place of an argument');
  const nodes = postorder(roots).map((e): Packed => {
    places.set(e, places.size);
    switch (e.kind) {
      case 'number':
        return { kind: e.kind, value: e.value, shape: e.shape };
      case 'size':
        return { kind: e.kind, dim: e.dim };
      case 'variable':
        return { kind: e.kind, name: e.name, shape: e.shape, facts: e.facts };
      case 'delta':
        return { kind: e.kind, groups: e.groups };
      case 'stack':
        return { kind: e.kind, shape: e.shape, offset: e.offset };
      case 'sum':
        return { kind: e.kind, terms: e.terms.map((t) => ({ coef: t.coef, arg: place(t.arg) })) };
      case 'contract':
        return { kind: e.kind, args: e.args.map(place), labels: e.labels, out: e.out, shape: e.shape };
      case 'apply':
        return { kind: e.kind, op: e.op, params: e.params, args: e.args.map(place), shape: e.shape };
      default:
        return unreachable(e);
    }
  });
  return { nodes, roots: roots.map(place) };
}

/** The same graph in the current context. */
export function unpacked({ nodes, roots }: PackedGraph): Expr[] {
  const made: Expr[] = [];
  const at = (i: number): Expr => must(made[i], 'an argument');
  for (const n of nodes) made.push(built(n, at));
  return roots.map(at);
}

function built(n: Packed, at: (i: number) => Expr): Expr {
  switch (n.kind) {
    case 'number':
      return number(n.value, n.shape);
    case 'size':
      return size(n.dim);
    case 'variable':
      return variable(n.name, n.shape, n.facts);
    case 'delta':
      return delta(n.groups);
    case 'stack':
      return stack(must(n.shape[0]), must(n.shape[1]), n.offset);
    case 'sum':
      return sum(n.terms.map((t) => ({ coef: t.coef, arg: at(t.arg) })));
    case 'contract':
      return contract(n.args.map(at), n.labels, n.out, n.shape);
    case 'apply':
      return apply(n.op, n.params, n.args.map(at), n.shape);
    default:
      return unreachable(n);
  }
}
