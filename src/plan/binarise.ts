// Products of several factors become products of two, in the order that costs least. What several results share is
// shared by the graph; the order of a product is chosen for given sizes.

import { must } from '../base/internal.ts';
import { type Dim, evaluateDim } from '../ir/dim.ts';
import { type ContractNode, type Expr, type Label, contract, labelDims } from '../ir/expr.ts';
import { rewriteUp } from '../ir/walk.ts';
import { contractionPath } from './path.ts';

/** Sizes of named dims; a dim without one counts as `typicalSize`. */
export type Sizes = ReadonlyMap<string, number>;

export const typicalSize = 64;

export function sizeOfDim(d: Dim, sizes: Sizes): number {
  const all = new Map(sizes);
  for (const t of d.terms) for (const name of t.names) if (!all.has(name)) all.set(name, typicalSize);
  return evaluateDim(d, all) ?? typicalSize;
}

/** The same functions with contractions of at most two factors. */
export function binarise(roots: readonly Expr[], sizes: Sizes): Expr[] {
  const cache = new Map<Expr, Expr>();
  return roots.map((root) => rewriteUp(root, (node) => (node.kind === 'contract' && node.args.length > 2 ? inOrder(node, sizes) : node), cache));
}

function inOrder(node: ContractNode, sizes: Sizes): Expr {
  const dims = labelDims(node.args, node.labels);
  node.out.forEach((l, i) => dims.set(l, must(node.shape[i])));
  const operands = node.args.map((expr, i) => ({ expr, labels: must(node.labels[i]) }));
  const path = contractionPath(operands, node.out, (l) => sizeOfDim(must(dims.get(l)), sizes));
  const parts: { expr: Expr; labels: readonly Label[] }[] = [...operands];
  path.steps.forEach((step, i) => {
    const [a, b] = [must(parts[step.left]), must(parts[step.right])];
    const isLast = i === path.steps.length - 1;
    const labels = isLast ? node.out : ordered(step.labels, a.labels, b.labels);
    const shape = labels.map((l) => must(dims.get(l)));
    parts.push({ expr: contract([a.expr, b.expr], [a.labels, b.labels], labels, shape), labels });
  });
  return must(parts.at(-1)).expr;
}

/** Axes of an intermediate result: shared ones, then those of the left factor, then those of the right one. */
function ordered(labels: readonly Label[], left: readonly Label[], right: readonly Label[]): Label[] {
  const rank = (l: Label): number => (left.includes(l) && right.includes(l) ? 0 : left.includes(l) ? 1 : 2);
  const place = (l: Label): number => (left.includes(l) ? left.indexOf(l) : right.indexOf(l));
  return [...labels].sort((a, b) => rank(a) - rank(b) || place(a) - place(b));
}
