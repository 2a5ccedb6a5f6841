// From a product with labels to matrix notation: read, eliminate what is summed, write what is left on the result's labels.

import { must } from '../base/internal.ts';
import { tensorOf, writeStuckParts } from './einsum-form.ts';
import { eliminatePart, parts } from './eliminate.ts';
import { joinLabels, takeEntries } from './entries.ts';
import {
  edgesAt,
  emptyGroup,
  type Graph,
  graphOf,
  type Group,
  groupTree,
  isEmpty,
  joinGroups,
  type Label,
  onLabel,
  otherEnd,
  outer,
  type Piece,
  type Sizes,
  turned,
} from './label-graph.ts';
import {
  asDiagonalOf,
  diagonalMatrix,
  filled,
  hadamard,
  identity,
  type NotationTree,
  product,
  quotient,
  transposeOf,
} from './notation-tree.ts';

export interface Reduced {
  readonly scalars: readonly NotationTree[];
  /** Absent for a scalar result. */
  readonly core?: NotationTree;
}

export function reduceProduct(pieces: readonly Piece[], out: readonly Label[], sizes: Sizes): Reduced {
  const graph = graphOf(joinLabels(takeEntries(pieces, out), out), sizes);
  const kept = new Set([...out, ...graph.tensors.flatMap((t) => t.labels)]);
  for (const part of parts(graph)) eliminatePart(graph, part, kept);
  const scalars = graph.scalars;
  if (out.length > 2) return { scalars, core: tensorOf(graph, out) };
  writeStuckParts(graph, out);
  if (out.length === 0) return { scalars };
  const [i, j] = out as [Label, Label | undefined];
  const u = graph.vectors.get(i);
  if (j === undefined) return { scalars, core: groupTree(u ?? emptyGroup(), 'column', [sizes.text(i)]) };
  if (i === j) return { scalars, core: spreadOnDiagonal(u, sizes.text(i)) };
  return { scalars, core: matrixOf(graph, i, j) };
}

function spreadOnDiagonal(g: Group | undefined, size: string): NotationTree {
  if (g === undefined || isEmpty(g)) return identity([size], false);
  const only = g.over.length === 1 && g.under.length === 0 ? asDiagonalOf(must(g.over[0])) : undefined;
  return only ? hadamard([only, identity([size], false)]) : diagonalMatrix(groupTree(g, 'column'));
}

/** The matrix with rows `i` and columns `j`, once nothing else is left between and on them. */
function matrixOf(graph: Graph, i: Label, j: Label): NotationTree {
  const between = edgesAt(graph, i).filter((e) => otherEnd(e, i) === j);
  const [u, v] = [graph.vectors.get(i), graph.vectors.get(j)];
  const sizes: [string, string] = [graph.sizes.text(i), graph.sizes.text(j)];
  if (between.length === 0) {
    if (isEmpty(u) && isEmpty(v)) return filled(1, 'matrix', sizes, false);
    return outer(u ?? emptyGroup(), v ?? emptyGroup(), sizes);
  }
  const group = between.map((e) => turned(e, i)).reduce(joinGroups);
  if (group.over.length === 0 && !isEmpty(u) && !isEmpty(v)) {
    return quotient(outer(must(u), must(v), sizes), groupTree({ over: group.under, under: [] }, 'matrix'), true);
  }
  if (isEmpty(group)) return outer(u ?? emptyGroup(), v ?? emptyGroup(), sizes);
  const forward = groupTree(group, 'matrix');
  const backward = transposeOf(groupTree(between.map((e) => turned(e, j)).reduce(joinGroups), 'matrix'));
  return product([...onLabel(graph, i), backward.quotes < forward.quotes ? backward : forward, ...onLabel(graph, j)]);
}
