// What no matrix notation says (three matrices that meet at a label, tensors of order three and more) as einsums with
// operands in matrix notation.

import { must } from '../base/internal.ts';
import {
  addEdge,
  addVector,
  type Edge,
  edgesAt,
  from,
  type Graph,
  groupOf,
  groupTree,
  isEmpty,
  type Label,
  mergeParallel,
  otherEnd,
  type Piece,
  removeEdge,
} from './label-graph.ts';
import { squares, sumOf } from './total.ts';
import { bySimplicity, diagonalMatrix, einsum, identity, type NotationTree, product } from './notation-tree.ts';

/** Replaces each connected part that still has a summed label by one einsum over its result labels. */
export function writeStuckParts(graph: Graph, out: readonly Label[]): void {
  const tensors = [...graph.tensors];
  const starts = new Set([...graph.edges.keys(), ...tensors.flatMap((t) => t.labels)].filter((l) => !out.includes(l)));
  while (starts.size > 0) {
    const [start] = starts;
    const labels = new Set([must(start)]);
    const pieces = new Set<Piece>();
    const edges = new Set<Edge>();
    for (const l of labels) {
      starts.delete(l);
      if (out.includes(l)) continue;
      for (const e of edgesAt(graph, l)) {
        edges.add(e);
        labels.add(otherEnd(e, l));
      }
      for (const t of tensors.filter((p) => p.labels.includes(l))) {
        pieces.add(t);
        for (const m of t.labels) labels.add(m);
      }
    }
    const operands: Piece[] = [...pieces];
    for (const e of edges) {
      operands.push(pieceOf(e, out));
      removeEdge(graph, e);
    }
    for (const t of pieces) tensors.splice(tensors.indexOf(t), 1);
    for (const l of labels) {
      const g = graph.vectors.get(l);
      if (out.includes(l) || !g) continue;
      operands.push({ tree: groupTree(g, 'column'), labels: [l] });
      graph.vectors.delete(l);
    }
    const rest = [...new Set(out)].filter((l) => labels.has(l));
    const tree = totalOfTensors(operands, rest) ?? writeEinsum(operands, rest);
    const [a, b] = rest;
    if (a === undefined) graph.scalars.push(tree);
    else if (b === undefined) addVector(graph, a, tree);
    else addEdge(graph, { a, b, group: groupOf(tree) });
  }
  // Tensors whose labels all stand in the result, such as T[i,i,j].
  for (const t of tensors) {
    const rest = [...new Set(t.labels)];
    const tree = writeEinsum([t], rest);
    if (rest.length === 1) addVector(graph, must(rest[0]), tree);
    else addEdge(graph, { a: must(rest[0]), b: must(rest[1]), group: groupOf(tree) });
  }
}

/** The sum over all entries of a tensor, or of the square of one. */
function totalOfTensors(operands: readonly Piece[], out: readonly Label[]): NotationTree | undefined {
  const [p, q, more] = operands;
  if (!p || more || out.length > 0 || new Set(p.labels).size !== p.labels.length) return undefined;
  if (!q) return sumOf(p.tree);
  return q.tree.hash === p.tree.hash && q.labels.every((l, i) => l === p.labels[i]) ? squares(p.tree) : undefined;
}

/** An operand for the edge, read the way that needs fewer transposes. */
function pieceOf(e: Edge, out: readonly Label[]): Piece {
  const [forward, backward] = [from(e, e.a), from(e, e.b)];
  if (forward.hash === backward.hash && out.indexOf(e.b) < out.indexOf(e.a))
    return { tree: backward, labels: [e.b, e.a] };
  return backward.quotes < forward.quotes
    ? { tree: backward, labels: [e.b, e.a] }
    : { tree: forward, labels: [e.a, e.b] };
}

/** A result of order three and more. */
export function tensorOf(graph: Graph, out: readonly Label[]): NotationTree {
  const operands: Piece[] = [...graph.tensors];
  const shown = [...out];
  let fresh = Math.max(0, ...out, ...graph.edges.keys(), ...graph.tensors.flatMap((t) => t.labels)) + 1;
  for (const l of new Set(out)) {
    const places = out.flatMap((o, i) => (o === l ? [i] : []));
    const group = graph.vectors.get(l);
    const bare = edgesAt(graph, l).length === 0 && !graph.tensors.some((t) => t.labels.includes(l));
    if (!bare || places.length === 1 || (places.length > 2 && !isEmpty(group))) continue;
    const tree =
      group && !isEmpty(group) ? diagonalMatrix(groupTree(group, 'column')) : identity([graph.sizes.text(l)], false);
    graph.vectors.delete(l);
    for (const [k, place] of places.slice(1).entries()) {
      shown[place] = fresh++;
      operands.push({ tree, labels: [must(shown[must(places[k])]), must(shown[place])] });
    }
  }
  absorbVectors(graph);
  for (const l of graph.edges.keys()) while (mergeParallel(graph, l));
  for (const e of new Set([...graph.edges.values()].flat())) operands.push(pieceOf(e, out));
  for (const [l, g] of graph.vectors) if (!isEmpty(g)) operands.push({ tree: groupTree(g, 'column'), labels: [l] });
  return writeEinsum(operands, shown);
}

/** A vector on a label of a matrix becomes a diagonal factor of that matrix. */
function absorbVectors(graph: Graph): void {
  for (const [l, g] of graph.vectors) {
    const [edge] = edgesAt(graph, l);
    if (!edge || isEmpty(g)) continue;
    const tree = product([diagonalMatrix(groupTree(g, 'column')), from(edge, l)]);
    removeEdge(graph, edge);
    addEdge(graph, { a: l, b: otherEnd(edge, l), group: groupOf(tree) });
    graph.vectors.delete(l);
  }
}

const letters = 'ijklmnpqrstuvwabcdefghoxyzIJKLMNPQRSTUVWABCDEFGHOXYZ';

/** A letter for the k-th label; behind the Latin ones there are enough others. */
function letter(k: number): string {
  return letters[k] ?? String.fromCodePoint(0x4e00 + k);
}

function writeEinsum(operands: readonly Piece[], out: readonly Label[]): NotationTree {
  const place = (p: Piece): number =>
    Math.min(out.length, ...p.labels.map((l) => out.indexOf(l)).filter((k) => k >= 0));
  const sorted = operands.toSorted(
    (p, q) => place(p) - place(q) || q.labels.length - p.labels.length || bySimplicity(p.tree, q.tree),
  );
  const names = new Map<Label, string>();
  const name = (l: Label): string => {
    const known = names.get(l);
    if (known !== undefined) return known;
    const next = letter(names.size);
    names.set(l, next);
    return next;
  };
  const result = out.map(name).join('');
  return einsum(
    sorted.map((p) => p.tree),
    sorted.map((p) => p.labels.map(name).join('')),
    result,
  );
}
