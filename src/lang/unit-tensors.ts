// Unit tensors in a product. Those that only say "these labels are one" are read so. Those that read two labels as one
// position (r = a·|b| + b) are kron, vec and reshape where the rest of the product allows it.

import { must } from '../base/internal.ts';
import { type Dim, dim, mulDims, sameDim } from '../ir/dim.ts';
import type { Label } from '../ir/expr.ts';
import { functionNamed } from '../ops/table.ts';
import type { Piece } from './label-graph.ts';
import { reduceProduct } from './reduce-product.ts';
import { type NotationTree, call, filled, identity, nameTree } from './notation-tree.ts';

export interface Unit {
  readonly groups: readonly (readonly Dim[])[];
  readonly labels: readonly Label[];
}

export interface Absorbed {
  readonly pieces: readonly Piece[];
  readonly out: readonly Label[];
}

/** The position `whole` of the pair (slow, fast). */
interface Join {
  readonly whole: Label;
  readonly slow: Label;
  readonly fast: Label;
}

export interface Sizes {
  readonly dims: Map<Label, Dim>;
  readonly write: (d: Dim) => NotationTree;
}

export function absorbUnits(
  pieces: readonly Piece[],
  units: readonly Unit[],
  out: readonly Label[],
  sizes: Sizes,
): Absorbed {
  if (units.length === 0) return { pieces, out };
  const same = new Map<Label, Label>();
  const find = (l: Label): Label => {
    let at = l;
    for (let next = same.get(at); next !== undefined; next = same.get(at)) at = next;
    return at;
  };
  const unite = (a: Label, b: Label): void => {
    const [p, q] = [find(a), find(b)];
    if (p !== q) same.set(p, q);
  };
  const joins = pairUp(joinsOf(units, unite, sizes.dims), find, unite, sizes.dims);
  const named = pieces.map((p) => ({ ...p, labels: p.labels.map(find) }));
  // A label that stands in unit tensors alone is summed or shown: ones stand on it.
  const bare = units.flatMap((u) => u.labels).map((l) => ({ tree: filled(1, 'column'), labels: [find(l)] }));
  const outer = out.map(find);
  return { pieces: resolve([...named, ...bare], joins, outer, sizes), out: outer };
}

function joinsOf(units: readonly Unit[], unite: (a: Label, b: Label) => void, dims: Map<Label, Dim>): Join[] {
  const joins: Join[] = [];
  let fresh = Math.max(0, ...dims.keys()) + 1;
  for (const { groups, labels } of units) {
    let at = 0;
    const parts = groups.map((g) => labels.slice(at, (at += g.length)));
    const singles = parts.filter((p) => p.length === 1).map((p) => must(p[0]));
    const whole = singles[0] ?? fresh++;
    if (!dims.has(whole)) dims.set(whole, must(groups[0]).reduce(mulDims, dim(1)));
    for (const l of singles) unite(l, whole);
    for (const part of parts) {
      if (part.length < 2) continue;
      // r = ((a b) c): the first moves slowest
      let slow = must(part[0]);
      part.slice(1).forEach((fast, i) => {
        const isLast = i === part.length - 2;
        const joined = isLast ? whole : fresh++;
        if (!isLast) dims.set(joined, mulDims(must(dims.get(slow)), must(dims.get(fast))));
        joins.push({ whole: joined, slow, fast });
        slow = joined;
      });
    }
  }
  return joins;
}

/** One position has one pair: two joins of one whole with the same sizes are the same. */
function pairUp(
  list: readonly Join[],
  find: (l: Label) => Label,
  unite: (a: Label, b: Label) => void,
  dims: ReadonlyMap<Label, Dim>,
): Join[] {
  const kept: Join[] = [];
  for (const j of list) {
    const twin = kept.find(
      (k) =>
        find(k.whole) === find(j.whole) &&
        sameDim(must(dims.get(k.slow)), must(dims.get(j.slow))) &&
        sameDim(must(dims.get(k.fast)), must(dims.get(j.fast))),
    );
    if (twin) {
      unite(twin.slow, j.slow);
      unite(twin.fast, j.fast);
    } else kept.push(j);
  }
  return kept.map((j) => ({ whole: find(j.whole), slow: find(j.slow), fast: find(j.fast) }));
}

function resolve(start: readonly Piece[], list: readonly Join[], out: readonly Label[], sizes: Sizes): Piece[] {
  let pieces = [...start];
  let joins = [...list];
  while (joins.length > 0) {
    const state = { pieces, joins, out, sizes };
    const next =
      joins
        .map((j) => asVector(state, j) ?? asReshape(state, j) ?? asKronecker(state, j))
        .find((s) => s !== undefined) ?? asMatrices(state, must(joins[0]));
    pieces = [...next.pieces];
    joins = [...next.joins];
  }
  return pieces;
}

interface State {
  readonly pieces: readonly Piece[];
  readonly joins: readonly Join[];
  readonly out: readonly Label[];
  readonly sizes: Sizes;
}

/** What hangs together with a label through pieces, and the labels at which it meets the result or a join. */
function partOf(state: State, start: Label): { inside: Set<Piece>; border: Set<Label> } {
  const labels = new Set([start]);
  const inside = new Set<Piece>();
  for (const l of labels) {
    for (const p of state.pieces) {
      if (!p.labels.includes(l) || inside.has(p)) continue;
      inside.add(p);
      for (const m of p.labels) labels.add(m);
    }
  }
  const isBorder = (l: Label): boolean =>
    state.out.includes(l) || state.joins.some((j) => j.whole === l || j.slow === l || j.fast === l);
  return { inside, border: new Set([...labels].filter(isBorder)) };
}

function isExactly(border: ReadonlySet<Label>, labels: readonly Label[]): boolean {
  return border.size === labels.length && labels.every((l) => border.has(l));
}

/** How often the label is a border: by places in the result and in joins. */
function meetings(state: State, l: Label): number {
  return (
    state.out.filter((o) => o === l).length +
    state.joins.reduce((n, j) => n + [j.whole, j.slow, j.fast].filter((m) => m === l).length, 0)
  );
}

function reduced(state: State, inside: ReadonlySet<Piece>, out: readonly Label[]): Piece[] {
  const { scalars, core } = reduceProduct([...inside], out, {
    tree: (l) => state.sizes.write(must(state.sizes.dims.get(l))),
    text: (l) => must(state.sizes.dims.get(l)).key,
  });
  const tree = core ?? filled(1, 'column');
  return [{ tree, labels: out }, ...scalars.map((s) => ({ tree: s, labels: [] }))];
}

function changed(state: State, gone: Iterable<Piece>, joins: readonly Join[], added: readonly Piece[]): State {
  const removed = new Set(gone);
  return {
    ...state,
    pieces: [...state.pieces.filter((p) => !removed.has(p)), ...added],
    joins: state.joins.filter((j) => !joins.includes(j)),
  };
}

/** vec(M) or kron(u, v): all behind the pair is one matrix or two vectors. */
function asVector(state: State, j: Join): State | undefined {
  if (j.slow === j.fast || meetings(state, j.slow) !== 1 || meetings(state, j.fast) !== 1) return undefined;
  const a = partOf(state, j.slow);
  const b = partOf(state, j.fast);
  if (isExactly(a.border, [j.slow, j.fast])) {
    const [matrix, ...scalars] = reduced(state, a.inside, [j.fast, j.slow]) as [Piece, ...Piece[]];
    return changed(
      state,
      a.inside,
      [j],
      [{ tree: call('vec', [matrix.tree], 'column'), labels: [j.whole] }, ...scalars],
    );
  }
  if (!isExactly(a.border, [j.slow]) || !isExactly(b.border, [j.fast])) return undefined;
  const [u, ...left] = reduced(state, a.inside, [j.slow]) as [Piece, ...Piece[]];
  const [v, ...right] = reduced(state, b.inside, [j.fast]) as [Piece, ...Piece[]];
  const tree = isOnes(u.tree) && isOnes(v.tree) ? filled(1, 'column') : kron(u.tree, v.tree);
  return changed(state, [...a.inside, ...b.inside], [j], [{ tree, labels: [j.whole] }, ...left, ...right]);
}

function isOnes(t: NotationTree): boolean {
  return t.kind === 'filled' && t.value === 1;
}

function kron(a: NotationTree, b: NotationTree): NotationTree {
  return call('kron', [a, b], a.stance, {
    look: functionNamed('kron')?.look ?? {},
    symmetric: a.symmetric && b.symmetric,
  });
}

/** reshape(v, m, n): the vector at the position is not shown elsewhere. */
function asReshape(state: State, j: Join): State | undefined {
  if (meetings(state, j.whole) !== 1 || j.slow === j.fast) return undefined;
  const { inside, border } = partOf(state, j.whole);
  if (!isExactly(border, [j.whole])) return undefined;
  const [v, ...scalars] = reduced(state, inside, [j.whole]) as [Piece, ...Piece[]];
  const { dims } = state.sizes;
  const from = v.tree.kind === 'call' && v.tree.name === 'vec' ? must(v.tree.args[0]) : v.tree;
  const tree = isOnes(v.tree)
    ? filled(1, 'matrix')
    : call(
        'reshape',
        [from, nameTree(must(dims.get(j.fast)).key, 'scalar'), nameTree(must(dims.get(j.slow)).key, 'scalar')],
        'matrix',
      );
  return changed(state, inside, [j], [{ tree, labels: [j.fast, j.slow] }, ...scalars]);
}

/** kron(A, B): the slow labels of two pairs are connected by A, the fast ones by B. */
function asKronecker(state: State, j: Join): State | undefined {
  if (meetings(state, j.slow) !== 1 || meetings(state, j.fast) !== 1) return undefined;
  const a = partOf(state, j.slow);
  const b = partOf(state, j.fast);
  for (const k of state.joins) {
    if (k === j || meetings(state, k.slow) !== 1 || meetings(state, k.fast) !== 1) continue;
    if (!isExactly(a.border, [j.slow, k.slow]) || !isExactly(b.border, [j.fast, k.fast])) continue;
    const [A, ...left] = reduced(state, a.inside, [j.slow, k.slow]) as [Piece, ...Piece[]];
    const [B, ...right] = reduced(state, b.inside, [j.fast, k.fast]) as [Piece, ...Piece[]];
    const tree = kron(A.tree, B.tree);
    return changed(
      state,
      [...a.inside, ...b.inside],
      [j, k],
      [{ tree, labels: [j.whole, k.whole] }, ...left, ...right],
    );
  }
  return undefined;
}

/** The general case: the position's slow part is kron(eye, ones), its fast part kron(ones, eye), two ordinary matrices. */
function asMatrices(state: State, j: Join): State {
  const { dims } = state.sizes;
  const size = (l: Label): string => must(dims.get(l)).key;
  const ones = (l: Label): NotationTree => filled(1, 'matrix', [size(l), '1']);
  const unit = (l: Label): NotationTree => identity([size(l)]);
  return changed(
    state,
    [],
    [j],
    [
      { tree: kron(unit(j.slow), ones(j.fast)), labels: [j.whole, j.slow] },
      { tree: kron(ones(j.slow), unit(j.fast)), labels: [j.whole, j.fast] },
    ],
  );
}
