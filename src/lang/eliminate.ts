// Summed labels are removed one at a time; each removal is a matrix product, a trace, a diagonal or a Hadamard product.

import { must } from '../base/internal.ts';
import {
  addEdge,
  addVector,
  type Edge,
  edgesAt,
  emptyGroup,
  from,
  type Graph,
  groupTree,
  isEmpty,
  type Label,
  mergeParallel,
  onLabel,
  otherEnd,
  outer,
  parallel,
  removeEdge,
} from './label-graph.ts';
import { byLength, isEntryPower, sumOf, totalTree, traceTree } from './total.ts';
import { diagonalOf, type NotationTree, product } from './notation-tree.ts';

/** Labels connected by matrices. */
export function parts(graph: Graph): Label[][] {
  const seen = new Set<Label>();
  const found: Label[][] = [];
  for (const start of [...graph.edges.keys(), ...graph.vectors.keys()]) {
    if (seen.has(start)) continue;
    const part = [start];
    seen.add(start);
    for (const l of part) {
      for (const e of edgesAt(graph, l)) {
        const next = otherEnd(e, l);
        if (seen.has(next)) continue;
        seen.add(next);
        part.push(next);
      }
    }
    found.push(part);
  }
  return found;
}

// More ends than this are not tried as the first of a row*matrix*column product.
const mostRoots = 4;

const longPart = 24;

export function eliminatePart(graph: Graph, part: readonly Label[], kept: ReadonlySet<Label>): void {
  const keeps = part.some((l) => kept.has(l));
  const edgeCount = part.reduce((n, l) => n + edgesAt(graph, l).length, 0) / 2;
  if (keeps || edgeCount !== part.length - 1 || part.length === 1) {
    eliminate(graph, part, kept);
    return;
  }
  // A tree that is summed over wholly: every end may come first. The shortest text wins.
  const ends = part.filter((l) => edgesAt(graph, l).length === 1).slice(0, part.length > longPart ? 1 : mostRoots);
  let best: NotationTree | undefined;
  for (const end of ends) {
    const trial = copyPart(graph, part);
    eliminate(trial, part, new Set([end]));
    const scalar = totalTree(trial.vectors.get(end) ?? emptyGroup());
    if (best === undefined || byLength(scalar, best) < 0) best = scalar;
  }
  for (const l of part) {
    graph.vectors.delete(l);
    graph.edges.delete(l);
  }
  graph.scalars.push(must(best));
}

function copyPart(graph: Graph, part: readonly Label[]): Graph {
  const vectors = new Map(
    part.flatMap((l) => (graph.vectors.has(l) ? [[l, must(graph.vectors.get(l))] as const] : [])),
  );
  const edges = new Map<Label, Edge[]>(part.map((l) => [l, [...edgesAt(graph, l)]]));
  return { vectors, edges, tensors: [], scalars: [], sizes: graph.sizes };
}

/** Removes labels outside `kept` while any can be. */
function eliminate(graph: Graph, part: readonly Label[], kept: ReadonlySet<Label>): void {
  for (const l of part) for (const e of edgesAt(graph, l)) if (e.a === l) divideOuter(graph, e);
  const alive = new Set(part.filter((l) => !kept.has(l)));
  const step = (): boolean => {
    for (const rule of [removeEnd, closeCycle, joinChain, mergeParallel]) {
      for (const l of alive) {
        const done = rule(graph, l, alive);
        if (done) return true;
      }
    }
    return false;
  };
  while (step());
}

/** Between other matrices, diag(u)*(1./D)*diag(v) is (u*v')./D. */
function divideOuter(graph: Graph, e: Edge): void {
  const isInner = [e.a, e.b].every((l) => edgesAt(graph, l).length === 2 && !isEmpty(graph.vectors.get(l)));
  if (!isInner || e.group.over.length > 0 || e.group.under.length === 0) return;
  const [u, v] = [must(graph.vectors.get(e.a)), must(graph.vectors.get(e.b))];
  removeEdge(graph, e);
  addEdge(graph, {
    ...e,
    group: { over: [outer(u, v, [graph.sizes.text(e.a), graph.sizes.text(e.b)])], under: e.group.under },
  });
  graph.vectors.delete(e.a);
  graph.vectors.delete(e.b);
}

/** A label in one matrix: matrix times vector. In none: the sum over a vector. */
function removeEnd(graph: Graph, l: Label, alive: Set<Label>): boolean {
  const edges = edgesAt(graph, l);
  if (edges.length > 1) return false;
  const group = graph.vectors.get(l) ?? emptyGroup();
  const [edge] = edges;
  if (edge) {
    const next = otherEnd(edge, l);
    const matrix = from(edge, next);
    removeEdge(graph, edge);
    addVector(graph, next, product([matrix, groupTree(group, 'column', [graph.sizes.text(l)])]));
  } else {
    graph.scalars.push(isEmpty(group) ? graph.sizes.tree(l) : totalTree(group));
  }
  graph.vectors.delete(l);
  alive.delete(l);
  return true;
}

/** Two matrices between the same two labels, one of them bare: a trace, or a diagonal at the other. */
function closeCycle(graph: Graph, l: Label, alive: Set<Label>): boolean {
  const [e, f, more] = edgesAt(graph, l);
  if (!e || !f || more || otherEnd(e, l) !== otherEnd(f, l) || !isEmpty(graph.vectors.get(l))) return false;
  if (e.group.under.length > 0 || f.group.under.length > 0) return false;
  const next = otherEnd(e, l);
  const isPowered = (edge: Edge): boolean => edge.group.over.every(isEntryPower);
  if (isPowered(e) || isPowered(f)) return false;
  const isWhole = alive.has(next) && edgesAt(graph, next).length === 2;
  // The rows of a plain Hadamard product are summed, (A.*B)*vector(1); of chains the diagonal is shorter, diag(A*B*C).
  const isChain = (edge: Edge): boolean => edge.group.over.length === 1 && edge.group.over[0]?.kind === 'product';
  if (!isWhole && !isChain(e) && !isChain(f)) return false;
  const middle = isWhole ? onLabel(graph, next) : [];
  if (middle.length > 0) {
    // With a vector on the other label, a sum over the Hadamard product may be shorter.
    const { a, b, group } = parallel(e, f);
    const merged: Edge = { a, b, group };
    const total = sumOf(product([from(merged, l), groupTree(must(graph.vectors.get(next)), 'column')]));
    if (byLength(total, traceTree(product([from(e, l), ...middle, from(f, next)]))) <= 0) return false;
  }
  removeEdge(graph, e);
  removeEdge(graph, f);
  alive.delete(l);
  graph.vectors.delete(l);
  if (isWhole) {
    graph.scalars.push(traceTree(product([from(e, l), ...middle, from(f, next)])));
    graph.vectors.delete(next);
    alive.delete(next);
  } else {
    const [first, second] = [product([from(e, next), from(f, l)]), product([from(f, next), from(e, l)])];
    addVector(graph, next, diagonalOf(byLength(first, second) <= 0 ? first : second));
  }
  return true;
}

/** A label between two others: matrix product, with a diagonal matrix where a vector stands on it. */
function joinChain(graph: Graph, l: Label, alive: Set<Label>): boolean {
  const [e, f, more] = edgesAt(graph, l);
  if (!e || !f || more || otherEnd(e, l) === otherEnd(f, l)) return false;
  const [a, b] = [otherEnd(e, l), otherEnd(f, l)];
  const tree = product([from(e, a), ...onLabel(graph, l), from(f, l)]);
  removeEdge(graph, e);
  removeEdge(graph, f);
  graph.vectors.delete(l);
  alive.delete(l);
  addEdge(graph, { a, b, group: { over: [tree], under: [] } });
  return true;
}
