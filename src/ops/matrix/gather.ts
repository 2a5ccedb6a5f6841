// Linear maps of matrices in products: what stands behind two labels of a tensor, gathered into one matrix.

import { must } from '../../base/internal.ts';
import { type Expr, contract } from '../../ir/expr.ts';
import type { Factor, ProductChange, ProductView } from '../op.ts';

interface Gathered {
  /** The matrix with the first of the two labels as its row, or as its column. */
  readonly matrix: Expr;
  readonly transposed: Expr;
  readonly members: readonly number[];
}

/**
 * M[row, col], such that factor `k` meets the rest of the product through these two labels only in M. Undefined when the
 * factors behind them also touch the result or other labels of factor `k`.
 */
function gather({ factors, out }: ProductView, k: number, axis: number): Gathered | undefined {
  const here = must(factors[k]);
  const [row, col] = here.labels.slice(axis, axis + 2) as [number, number];
  const forbidden = new Set([...out, ...here.labels.filter((_, i) => i !== axis && i !== axis + 1)]);
  const reached = new Set([row, col]);
  const members = new Set<number>();
  for (let before = -1; before < members.size; ) {
    before = members.size;
    factors.forEach((f, m) => {
      if (m === k || members.has(m) || !f.labels.some((l) => reached.has(l))) return;
      members.add(m);
      for (const l of f.labels) reached.add(l);
    });
  }
  if ([...reached].some((l) => forbidden.has(l))) return undefined;
  const parts = [...members].map((m) => must(factors[m]));
  const n = here.expr.shape.slice(axis, axis + 2);
  const build = (labels: readonly number[]): Expr => {
    const [only] = parts;
    if (parts.length === 1 && only?.labels.length === 2 && row !== col && only.labels.every((l, i) => l === labels[i])) return only.expr;
    return contract(
      parts.map((p) => p.expr),
      parts.map((p) => p.labels),
      labels,
      n,
    );
  };
  return { matrix: build([row, col]), transposed: build([col, row]), members: [...members] };
}

/**
 * For a tensor T[i, j, a1, b1, …] of a self-adjoint family, tr(G T(E)) = tr(E T(G)): a matrix behind a pair [a, b] is
 * filled in; a matrix G behind [i, j] is filled in for the first pair, whose labels [b, a] become those of the result.
 * `fill(E)` builds the tensor with one pair less.
 */
export function fillDirections(product: ProductView, k: number, fill: (E: Expr) => Expr): ProductChange | undefined {
  const { labels } = must(product.factors[k]);
  for (let axis = 2; axis < labels.length; axis += 2) {
    const found = gather(product, k, axis);
    if (found) return change(k, found, fill(found.matrix), [...labels.slice(0, axis), ...labels.slice(axis + 2)]);
  }
  const result = labels.length > 2 ? gather(product, k, 0) : undefined;
  return result && change(k, result, fill(result.transposed), [must(labels[3]), must(labels[2]), ...labels.slice(4)]);
}

function change(k: number, { members }: Gathered, expr: Expr, labels: readonly number[]): ProductChange {
  const add: Factor[] = [{ expr, labels }];
  return { remove: [k, ...members], add };
}
