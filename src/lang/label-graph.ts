// A product as a graph: labels are the nodes, matrices the edges, vectors stand on nodes, tensors of order three and more
// hold several nodes together.

import { must } from '../base/internal.ts';
import { type Rational, add, isInteger, one, zero } from '../ir/rational.ts';
import {
  bySimplicity,
  diagonalMatrix,
  diagonalOf,
  filled,
  hadamard,
  type NotationTree,
  numberTree,
  oneTree,
  power,
  product,
  quotient,
  transposeOf,
} from './notation-tree.ts';

export type Label = number;

/** A factor without its scalars; its axes bear these labels, which may repeat. */
export interface Piece {
  readonly tree: NotationTree;
  readonly labels: readonly Label[];
}

/** Factors of an element-wise product and of its denominator. */
export interface Group {
  readonly over: NotationTree[];
  readonly under: NotationTree[];
}

/** A matrix with rows `a` and columns `b`. */
export interface Edge {
  readonly a: Label;
  readonly b: Label;
  readonly group: Group;
}

export interface Graph {
  readonly vectors: Map<Label, Group>;
  readonly edges: Map<Label, Edge[]>;
  readonly tensors: Piece[];
  readonly scalars: NotationTree[];
  readonly sizes: Sizes;
}

/** What is known of a label's dim: as a scalar, and as text. */
export interface Sizes {
  readonly tree: (l: Label) => NotationTree;
  readonly text: (l: Label) => string;
}

export function graphOf(pieces: readonly Piece[], sizes: Sizes): Graph {
  const graph: Graph = { vectors: new Map(), edges: new Map(), tensors: [], scalars: [], sizes };
  for (const { tree, labels } of pieces) {
    const [a, b] = labels;
    if (labels.length === 0) graph.scalars.push(tree);
    else if (tree.kind === 'filled' && tree.value === 1)
      for (const l of labels) addVector(graph, l, filled(1, 'column'));
    else if (labels.length === 1) addVector(graph, must(a), tree);
    else if (labels.length > 2) graph.tensors.push({ tree, labels });
    else addMatrix(graph, must(a), must(b), groupOf(tree));
  }
  return graph;
}

export function emptyGroup(): Group {
  return { over: [], under: [] };
}

/** The factors of an element-wise product; ones vanish. */
export function groupOf(tree: NotationTree): Group {
  if (tree.kind === 'filled' && tree.value === 1) return emptyGroup();
  if (tree.kind === 'hadamard') return tree.factors.map(groupOf).reduce(joinGroups, emptyGroup());
  if (
    tree.kind === 'quotient' &&
    tree.elementWise &&
    (tree.over.stance !== 'scalar' || tree.over.hash === oneTree.hash)
  ) {
    const over = tree.over.stance === 'scalar' ? emptyGroup() : groupOf(tree.over);
    const under = groupOf(tree.under);
    return { over: [...over.over, ...under.under], under: [...over.under, ...under.over] };
  }
  return { over: [tree], under: [] };
}

export function joinGroups(g: Group, h: Group): Group {
  return { over: [...g.over, ...h.over], under: [...g.under, ...h.under] };
}

export function isEmpty(g: Group | undefined): boolean {
  return g === undefined || (g.over.length === 0 && g.under.length === 0);
}

export function groupTree(g: Group, stance: 'column' | 'matrix', sizes: readonly string[] = []): NotationTree {
  if (isEmpty(g)) return filled(1, stance, sizes, false);
  const over = g.over.length === 0 ? oneTree : hadamard(asPowers(g.over));
  return g.under.length === 0 ? over : quotient(over, hadamard(asPowers(g.under)), true);
}

/** Equal factors together as a power, the simple before the complicated. */
function asPowers(list: readonly NotationTree[]): NotationTree[] {
  const powers = new Map<number, { base: NotationTree; exponent: Rational }>();
  for (const t of list) {
    const [base, exponent] =
      t.kind === 'power' && t.elementWise && t.exponent.kind === 'number' && isInteger(t.exponent.value)
        ? [t.base, t.exponent.value]
        : [t, one];
    powers.set(base.hash, { base, exponent: add(exponent, powers.get(base.hash)?.exponent ?? zero) });
  }
  return [...powers.values()].map(({ base, exponent }) => power(base, numberTree(exponent), true)).sort(bySimplicity);
}

export function addVector(graph: Graph, l: Label, tree: NotationTree): void {
  graph.vectors.set(l, joinGroups(graph.vectors.get(l) ?? emptyGroup(), groupOf(tree)));
}

export function addEdge(graph: Graph, edge: Edge): void {
  for (const l of [edge.a, edge.b]) {
    const list = graph.edges.get(l);
    if (list) list.push(edge);
    else graph.edges.set(l, [edge]);
  }
}

/** A matrix on two labels; outer products in it stand as vectors on the two, the diagonal of a matrix on its one. */
function addMatrix(graph: Graph, a: Label, b: Label, group: Group): void {
  const rest = emptyGroup();
  for (const side of ['over', 'under'] as const) {
    for (const tree of group[side]) {
      const pair = outerParts(tree) ?? (a === b ? [diagonalOf(tree)] : undefined);
      if (!pair) rest[side].push(tree);
      for (const [i, v] of (pair ?? []).entries()) {
        const g = groupOf(v);
        const placed: Group = side === 'over' ? g : { over: g.under, under: g.over };
        const l = i === 0 ? a : b;
        graph.vectors.set(l, joinGroups(graph.vectors.get(l) ?? emptyGroup(), placed));
      }
    }
  }
  for (const l of [a, b]) if (!graph.vectors.has(l) && isEmpty(rest)) graph.vectors.set(l, emptyGroup());
  if (!isEmpty(rest)) addEdge(graph, { a, b, group: rest });
}

/** u and v, when the tree is u*v'. */
function outerParts(t: NotationTree): [NotationTree, NotationTree] | undefined {
  if (t.kind !== 'product' || t.stance !== 'matrix') return undefined;
  const cut = t.factors.findIndex((f) => f.stance === 'row');
  if (cut < 1 || must(t.factors[cut - 1]).stance !== 'column') return undefined;
  return [product(t.factors.slice(0, cut)), transposeOf(product(t.factors.slice(cut)))];
}

export function removeEdge(graph: Graph, edge: Edge): void {
  for (const l of [edge.a, edge.b]) {
    const list = must(graph.edges.get(l)).filter((e) => e !== edge);
    if (list.length === 0) graph.edges.delete(l);
    else graph.edges.set(l, list);
  }
}

export function edgesAt(graph: Graph, l: Label): readonly Edge[] {
  return graph.edges.get(l) ?? [];
}

export function otherEnd(e: Edge, l: Label): Label {
  return e.a === l ? e.b : e.a;
}

/** The matrix of the edge with its rows at `l`. */
export function from(e: Edge, l: Label): NotationTree {
  const tree = groupTree(e.group, 'matrix');
  return e.a === l ? tree : transposeOf(tree);
}

export function turned(e: Edge, l: Label): Group {
  return e.a === l ? e.group : { over: e.group.over.map(transposeOf), under: e.group.under.map(transposeOf) };
}

/** The diagonal matrix of what stands on a label, or nothing. */
export function onLabel(graph: Graph, l: Label): NotationTree[] {
  const g = graph.vectors.get(l);
  return g && !isEmpty(g) ? [diagonalMatrix(groupTree(g, 'column'))] : [];
}

/** The element-wise product of two matrices between the same labels, the way that needs fewer transposes. */
export function parallel(e: Edge, f: Edge): Edge {
  const at = (l: Label): Group => joinGroups(turned(e, l), turned(f, l));
  const quotes = (g: Group): number => [...g.over, ...g.under].reduce((n, t) => n + t.quotes, 0);
  const [forward, backward] = [at(e.a), at(e.b)];
  return quotes(forward) <= quotes(backward) ? { a: e.a, b: e.b, group: forward } : { a: e.b, b: e.a, group: backward };
}

export function mergeParallel(graph: Graph, l: Label): boolean {
  const edges = edgesAt(graph, l);
  for (const [i, e] of edges.entries()) {
    const f = edges.slice(i + 1).find((g) => otherEnd(g, l) === otherEnd(e, l));
    if (!f) continue;
    removeEdge(graph, e);
    removeEdge(graph, f);
    addEdge(graph, parallel(e, f));
    return true;
  }
  return false;
}

export function outer(u: Group, v: Group, [rows, cols]: readonly [string, string]): NotationTree {
  return product([groupTree(u, 'column', [rows]), transposeOf(groupTree(v, 'column', [cols]))]);
}
