// A drawing of a graph in layers: what a node uses stands below it, wires go round the nodes between.
// Layers, order and places as in Sugiyama, Tagawa and Toda, IEEE Trans. Syst. Man Cybern. 11 (1981).

import { must } from '../../../src/base/internal.ts';

export interface Point {
  readonly x: number;
  readonly layer: number;
}

export interface Layered {
  /** Of each node, its middle. */
  readonly places: readonly Point[];
  /** Of each edge, where it passes the layers between its ends, from below. */
  readonly bends: readonly (readonly Point[])[];
  readonly layers: number;
  readonly width: number;
}

export interface Edge {
  readonly from: number;
  readonly to: number;
}

/** A place in a layer: of a node, or of a wire that passes. */
interface Slot {
  readonly width: number;
  readonly layer: number;
  readonly above: number[];
  readonly below: number[];
}

const sweeps = 12;
const wireWidth = 2;

/** Edges lead from what is used to its user, whose number is larger. `gap` lies between neighbours in a layer. */
export function layered(widths: readonly number[], edges: readonly Edge[], gap: number): Layered {
  const layerOf = layersOf(widths.length, edges);
  const slots: Slot[] = widths.map((width, node) => ({ width, layer: must(layerOf[node]), above: [], below: [] }));
  const chains = edges.map(({ from, to }) => {
    const between: number[] = [];
    for (let layer = must(layerOf[from]) + 1; layer < must(layerOf[to]); layer++) between.push(slots.push({ width: wireWidth, layer, above: [], below: [] }) - 1);
    const way = [from, ...between, to];
    way.slice(1).forEach((upper, i) => {
      must(slots[upper]).below.push(must(way[i]));
      must(slots[must(way[i])]).above.push(upper);
    });
    return between;
  });
  const rows = [...Map.groupBy(slots.keys(), (slot) => must(slots[slot]).layer)].sort(([a], [b]) => a - b).map(([, row]) => row);
  order(rows, slots);
  const x = places(rows, slots, gap);
  const least = Math.min(0, ...slots.map((s, i) => x[i]! - s.width / 2));
  const point = (slot: number): Point => ({ x: x[slot]! - least, layer: must(slots[slot]).layer });
  return {
    places: widths.map((_, node) => point(node)),
    bends: chains.map((between) => between.map(point)),
    layers: rows.length,
    width: Math.max(0, ...slots.map((s, i) => x[i]! - least + s.width / 2)),
  };
}

/** The longest way from a leaf; leaves stand right below the lowest of their users. */
function layersOf(count: number, edges: readonly Edge[]): number[] {
  const layer = new Array<number>(count).fill(0);
  const below = Map.groupBy(edges, (e) => e.to);
  for (let node = 0; node < count; node++) for (const { from } of below.get(node) ?? []) layer[node] = Math.max(layer[node]!, layer[from]! + 1);
  for (const [leaf, uses] of Map.groupBy(edges, (e) => e.from)) if (!below.has(leaf)) layer[leaf] = Math.min(...uses.map(({ to }) => layer[to]!)) - 1;
  return layer;
}

/** The order in which wires cross least often, of those that sweeps by medians find. */
function order(rows: number[][], slots: readonly Slot[]): void {
  const position: number[] = [];
  const settle = (row: readonly number[]): void => row.forEach((slot, i) => (position[slot] = i));
  const middle = (slot: number, near: readonly number[]): number => (near.length === 0 ? position[slot]! : near.reduce((sum, n) => sum + position[n]!, 0) / near.length);
  rows.forEach(settle);
  let best = { crossings: crossings(rows, slots, position), rows: rows.map((row) => [...row]) };
  for (let sweep = 0; sweep < sweeps && best.crossings > 0; sweep++) {
    const isUp = sweep % 2 === 0;
    for (const row of isUp ? rows : rows.toReversed()) {
      const wanted = new Map(row.map((slot) => [slot, middle(slot, isUp ? must(slots[slot]).below : must(slots[slot]).above)]));
      settle(row.sort((a, b) => wanted.get(a)! - wanted.get(b)! || position[a]! - position[b]!));
    }
    const now = crossings(rows, slots, position);
    if (now < best.crossings) best = { crossings: now, rows: rows.map((row) => [...row]) };
  }
  best.rows.forEach((row, i) => rows[i]!.splice(0, row.length, ...row));
}

function crossings(rows: readonly (readonly number[])[], slots: readonly Slot[], position: readonly number[]): number {
  let count = 0;
  for (const row of rows) {
    const wires = row.flatMap((slot) => must(slots[slot]).above.map((upper) => [position[slot]!, position[upper]!] as const));
    wires.forEach(([a, b], i) => {
      for (const [c, d] of wires.slice(i + 1)) if ((a - c) * (b - d) < 0) count++;
    });
  }
  return count;
}

/** Each slot as near to the middle of its neighbours as its row has room. */
function places(rows: readonly (readonly number[])[], slots: readonly Slot[], gap: number): number[] {
  const x: number[] = [];
  const distance = (a: number, b: number): number => (must(slots[a]).width + must(slots[b]).width) / 2 + gap;
  const put = (row: readonly number[], wanted: readonly number[]): void => {
    const shift = row.map(() => 0);
    row.forEach((slot, i) => (shift[i] = i === 0 ? 0 : shift[i - 1]! + distance(must(row[i - 1]), slot)));
    rising(wanted.map((w, i) => w - shift[i]!)).forEach((value, i) => (x[row[i]!] = value + shift[i]!));
  };
  for (const row of rows) put(row, row.map(() => 0));
  for (let sweep = 0; sweep < 2 * sweeps; sweep++) {
    for (const row of sweep % 2 === 0 ? rows : rows.toReversed()) {
      put(
        row,
        row.map((slot) => {
          const near = [...must(slots[slot]).below, ...must(slots[slot]).above];
          return near.length === 0 ? x[slot]! : near.reduce((sum, n) => sum + x[n]!, 0) / near.length;
        }),
      );
    }
  }
  return x;
}

/** The rising sequence that is nearest in the sense of least squares: neighbours that fall are pooled. */
function rising(wanted: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const value of wanted) {
    pools.push({ sum: value, count: 1 });
    for (let last = pools.at(-1)!, before = pools.at(-2); before && before.sum / before.count > last.sum / last.count; last = pools.at(-1)!, before = pools.at(-2)) {
      pools.pop();
      before.sum += last.sum;
      before.count += last.count;
    }
  }
  return pools.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count));
}
