// A fill-reducing order for sparse symmetric elimination: approximate minimum degree on the quotient graph.
// Amestoy, Davis & Duff 1996: eliminated pivots become elements (cliques kept as lists), external degrees are
// bounded from above, indistinguishable variables are merged.

import { lookAtTime } from '../../base/deadline.ts';
import type { SparseMatrix } from '../matrix.ts';

/** An elimination order of the rows of a symmetric matrix, given by one triangle: entry k is the k-th pivot. */
export function minimumDegree(triangle: SparseMatrix): Int32Array {
  const n = triangle.rows;
  const { graph, last } = quotientGraph(triangle);
  const { weight, variables, elements } = graph;
  const members: Int32Array[] = new Array<Int32Array>(n); // of an element; undefined for a variable
  const size = new Int32Array(n); // weight of an element's members that are still variables
  const degree = new Int32Array(n);
  const buckets = degreeBuckets(n);
  const isLast = new Uint8Array(n);
  for (const i of last) isLast[i] = 1;
  for (let i = 0; i < n; i++) if (isLast[i] === 0) buckets.insert(i, (degree[i] = variables[i]!.length));

  const merged: number[][] = Array.from({ length: n }, () => []);
  const stampIn = new Int32Array(n).fill(-1); // last pivot whose element has this variable
  const outside = new Int32Array(n); // |Le \ Lp| where seenBy is the pivot
  const seenBy = new Int32Array(n).fill(-1);
  const absorbed = new Uint8Array(n);
  const pivots: number[] = [];
  let left = n - last.length;

  while (left > 0) {
    if (pivots.length % 32 === 0) lookAtTime();
    const p = buckets.smallest();
    buckets.remove(p, degree[p]!);
    pivots.push(p);
    left -= weight[p]!;
    const clique = front(p);
    stampIn[p] = p;
    const cliqueWeight = clique.reduce((sum, i) => sum + weight[i]!, 0);
    weight[p] = -weight[p]!;
    members[p] = Int32Array.from(clique);
    size[p] = cliqueWeight;
    countOutside(p, clique);
    for (const i of clique) update(p, i, cliqueWeight);
    mergeAlike(clique);
    for (const i of clique) if (weight[i]! > 0) buckets.insert(i, degree[i]!);
  }
  return unfold([...pivots, ...last], merged, n);

  /** The live variables next to p, through edges and elements; the elements are absorbed. */
  function front(p: number): number[] {
    const found: number[] = [];
    const take = (i: number): void => {
      if (i === p || weight[i]! <= 0 || stampIn[i] === p) return;
      stampIn[i] = p;
      found.push(i);
    };
    for (const i of variables[p]!) take(i);
    for (const e of elements[p]!) {
      if (absorbed[e]) continue;
      for (const i of members[e]!) take(i);
      absorbed[e] = 1;
      members[e] = none;
    }
    variables[p] = none;
    elements[p] = none;
    return found;
  }

  function countOutside(p: number, clique: readonly number[]): void {
    for (const i of clique) {
      for (const e of elements[i]!) {
        if (absorbed[e]) continue;
        if (seenBy[e] !== p) {
          seenBy[e] = p;
          outside[e] = size[e]!;
        }
        outside[e]! -= weight[i]!;
      }
    }
  }

  /** Drops from i what element p covers, and bounds its degree. */
  function update(p: number, i: number, cliqueWeight: number): void {
    buckets.remove(i, degree[i]!);
    let bound = cliqueWeight - weight[i]!;
    const keptElements: number[] = [p];
    for (const e of elements[i]!) {
      if (absorbed[e]) continue;
      if (outside[e]! <= 0) {
        absorbed[e] = 1; // all of it lies in p
        members[e] = none;
        continue;
      }
      keptElements.push(e);
      bound += outside[e]!;
    }
    const keptVariables: number[] = [];
    for (const j of variables[i]!) {
      if (weight[j]! <= 0 || stampIn[j] === p) continue;
      keptVariables.push(j);
      bound += weight[j]!;
    }
    elements[i] = Int32Array.from(keptElements);
    variables[i] = Int32Array.from(keptVariables);
    degree[i] = Math.min(left - weight[i]!, degree[i]! + cliqueWeight - weight[i]!, bound);
  }

  /** Merges variables of a clique with the same neighbours: they can be eliminated together without more fill. */
  function mergeAlike(clique: readonly number[]): void {
    const byHash = new Map<number, number[]>();
    for (const i of clique) {
      let hash = 0;
      for (const e of elements[i]!) hash = (hash + e) | 0;
      for (const j of variables[i]!) hash = (hash + j) | 0;
      const alike = byHash.get(hash);
      if (alike === undefined) {
        byHash.set(hash, [i]);
        continue;
      }
      const twin = alike.find((j) => sameSet(elements[i]!, elements[j]!) && sameSet(variables[i]!, variables[j]!));
      if (twin === undefined) {
        alike.push(i);
        continue;
      }
      weight[twin]! += weight[i]!;
      degree[twin]! -= weight[i]!;
      weight[i] = 0;
      merged[twin]!.push(i);
    }
  }
}

const none = new Int32Array(0);

// Times the root of the order: rows with more neighbours are left out of the graph (the dense rows of Amestoy, Davis & Duff).
const manyNeighbours = 10;

interface QuotientGraph {
  readonly weight: Int32Array;
  readonly variables: Int32Array[];
  readonly elements: Int32Array[];
}

/** The graph, and the rows that come last because nearly all others touch them, those with the fewest neighbours first. */
function quotientGraph(triangle: SparseMatrix): { readonly graph: QuotientGraph; readonly last: readonly number[] } {
  const n = triangle.rows;
  const degree = new Int32Array(n);
  const eachEdge = (visit: (i: number, j: number) => void): void => {
    for (let i = 0; i < n; i++) {
      for (let at = triangle.starts[i]!; at < triangle.starts[i + 1]!; at++) {
        const j = triangle.indices[at]!;
        if (i !== j) visit(i, j);
      }
    }
  };
  eachEdge((i, j) => {
    degree[i]!++;
    degree[j]!++;
  });
  const most = Math.max(16, manyNeighbours * Math.sqrt(n));
  const last = Array.from({ length: n }, (_, i) => i)
    .filter((i) => degree[i]! > most)
    .toSorted((i, j) => degree[i]! - degree[j]!);
  const neighbours: number[][] = Array.from({ length: n }, () => []);
  eachEdge((i, j) => {
    if (degree[i]! > most || degree[j]! > most) return;
    neighbours[i]!.push(j);
    neighbours[j]!.push(i);
  });
  return {
    graph: {
      weight: new Int32Array(n).fill(1),
      variables: neighbours.map((list) => Int32Array.from(list)),
      elements: neighbours.map(() => none),
    },
    last,
  };
}

function sameSet(left: Int32Array, right: Int32Array): boolean {
  return left.length === right.length && left.every((one) => right.includes(one));
}

/** Variables in doubly linked lists by degree. */
function degreeBuckets(n: number): {
  insert(i: number, degree: number): void;
  remove(i: number, degree: number): void;
  smallest(): number;
} {
  const head = new Int32Array(n + 1).fill(-1);
  const next = new Int32Array(n).fill(-1);
  const previous = new Int32Array(n).fill(-1);
  let least = 0;
  return {
    insert(i, degree) {
      const first = head[degree]!;
      next[i] = first;
      previous[i] = -1;
      if (first >= 0) previous[first] = i;
      head[degree] = i;
      if (degree < least) least = degree;
    },
    remove(i, degree) {
      if (previous[i]! >= 0) next[previous[i]!] = next[i]!;
      else head[degree] = next[i]!;
      if (next[i]! >= 0) previous[next[i]!] = previous[i]!;
    },
    smallest() {
      while (head[least]! < 0) least++;
      return head[least]!;
    },
  };
}

/** Each pivot with the variables merged into it, and those merged into them. */
function unfold(pivots: readonly number[], merged: readonly number[][], n: number): Int32Array {
  const order = new Int32Array(n);
  let at = 0;
  const visit = (i: number): void => {
    order[at++] = i;
    for (const j of merged[i]!) visit(j);
  };
  for (const p of pivots) visit(p);
  return order;
}
