// Scalars: sums over entries, inner products, quadratic forms, traces and squared norms, each in its shortest form.

import { must } from '../base/internal.ts';
import { ratio } from '../ir/rational.ts';
import { type Group, groupTree } from './label-graph.ts';
import {
  asDiagonalOf,
  bySimplicity,
  call,
  hadamard,
  isPalindrome,
  norm,
  type NotationTree,
  numberTree,
  power,
  product,
  transposeOf,
} from './notation-tree.ts';

export function byLength(a: NotationTree, b: NotationTree): number {
  return a.quotes + a.size - b.quotes - b.size || a.quotes - b.quotes || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** The sum of the entries of an element-wise product of vectors. */
export function totalTree(g: Group): NotationTree {
  const [u, v, more] = g.over;
  const [chain, another] = g.over.filter((t) => t.kind === 'product');
  if (g.under.length > 0 || u === undefined) return call('sum', [groupTree(g, 'column')], 'scalar');
  if (more && chain && !another) {
    const rest = g.over.filter((t) => t !== chain);
    return innerProduct(groupTree({ over: rest, under: [] }, 'column'), chain);
  }
  if (more) return sumOf(groupTree(g, 'column'));
  if (v) return innerProduct(u, v);
  const matrix = asDiagonalOf(u);
  return matrix ? traceTree(matrix) : sumOf(withoutOnes(u) ?? u);
}

/** The sum of all entries of a vector or matrix. */
export function sumOf(of: NotationTree): NotationTree {
  const flipped = of.stance === 'matrix' ? transposeOf(of) : of;
  const t = flipped.quotes < of.quotes ? flipped : of;
  if (isSquare(t)) return squares(t.base);
  if (t.kind === 'hadamard' && t.factors.every(isSquare))
    return squares(hadamard(t.factors.map((f) => (f.kind === 'power' ? f.base : f))));
  return call('sum', [t], 'scalar');
}

/** M, when the tree is M*vector(1). */
function withoutOnes(u: NotationTree): NotationTree | undefined {
  const last = u.kind === 'product' ? u.factors.at(-1) : undefined;
  return u.kind === 'product' && last?.kind === 'filled' && last.value === 1
    ? product(u.factors.slice(0, -1))
    : undefined;
}

function isSquare(t: NotationTree): t is NotationTree & { kind: 'power' } {
  return isEntryPower(t) && t.exponent.kind === 'number' && t.exponent.value.num === 2 && t.exponent.value.den === 1;
}

export function isEntryPower(t: NotationTree): t is NotationTree & { kind: 'power' } {
  return t.kind === 'power' && t.elementWise;
}

function innerProduct(a: NotationTree, b: NotationTree): NotationTree {
  if (a.hash === b.hash) return squares(a);
  const [u, v] = bySimplicity(a, b) <= 0 ? [a, b] : [b, a];
  if (isSquare(u) && isSquare(v)) return squares(hadamard([u.base, v.base]));
  if ((isEntryPower(u) && v.kind !== 'product') || (isEntryPower(v) && u.kind !== 'product'))
    return call('sum', [hadamard([u, v])], 'scalar');
  for (const [p, q] of [
    [u, v],
    [v, u],
  ] as const) {
    const rows = withoutOnes(p);
    if (rows) return sumOf(product([transposeOf(rows), q]));
  }
  const [first, second] = [product([transposeOf(u), v]), product([transposeOf(v), u])];
  const best = second.quotes + second.size < first.quotes + first.size ? second : first;
  if (
    best.kind !== 'product' ||
    best.factors.length % 2 !== 0 ||
    best.factors.length === 2 ||
    !isPalindrome(best.factors)
  )
    return best;
  return squares(product(best.factors.slice(best.factors.length / 2)));
}

/** x'*x, or the squared norm of what is longer than a name. */
export function squares(x: NotationTree): NotationTree {
  if (x.stance === 'column' && x.kind === 'name') return product([transposeOf(x), x]);
  return power(norm(x), numberTree(ratio(2)), false);
}

const longestTurned = 12;

/** The trace of a product, which may begin at any factor and may be read backwards. */
export function traceTree(of: NotationTree): NotationTree {
  const factors = of.kind === 'product' ? of.factors : [of];
  if (factors.length > longestTurned) return call('tr', [of], 'scalar');
  const turns = factors.flatMap((_, i) => {
    const list = [...factors.slice(i), ...factors.slice(0, i)];
    return [list, list.toReversed().map(transposeOf)];
  });
  const n = factors.length;
  const halves = n % 2 === 0 ? turns.filter(isPalindrome).map((list) => product(list.slice(n / 2))) : [];
  const [half] = halves.toSorted(byLength);
  if (half) return squares(half);
  const [best] = turns.map((list) => product(list)).toSorted(byLength);
  if (best?.stance === 'scalar') return best;
  return call('tr', [must(best)], 'scalar');
}
