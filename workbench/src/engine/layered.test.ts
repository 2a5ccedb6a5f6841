import { describe, expect, test } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { type Edge, layered } from './layered.ts';

/** Every node uses one to three of those before it. */
function sampleGraph(count: number, seed: number): { readonly widths: number[]; readonly edges: Edge[] } {
  const stream = random(seed);
  const edges = Array.from({ length: count }, (_, to) => to)
    .slice(3)
    .flatMap((to) => [...new Set(Array.from({ length: 1 + stream.integer(3) }, () => Math.max(0, to - 1 - stream.integer(8))))].map((from) => ({ from, to })));
  return { widths: Array.from({ length: count }, () => 60 + stream.integer(90)), edges };
}

describe('a graph in layers', () => {
  test.each([3, 12, 25, 40, 150])('of %i nodes: users above, nothing on top of anything, wires through gaps', (count) => {
    const gap = 16;
    const { widths, edges } = sampleGraph(count, count);
    const { places, bends, width } = layered(widths, edges, gap);
    for (const { from, to } of edges) expect(places[to]!.layer).toBeGreaterThan(places[from]!.layer);
    const boxes = places.map((p, i) => ({ ...p, half: widths[i]! / 2 }));
    const passing = bends.flat().map((p) => ({ ...p, half: 0 }));
    for (const layer of Map.groupBy([...boxes, ...passing], (b) => b.layer).values()) {
      const sorted = layer.toSorted((a, b) => a.x - b.x);
      sorted.slice(1).forEach((b, i) => expect(b.x - b.half - (sorted[i]!.x + sorted[i]!.half)).toBeGreaterThan(gap - 1e-6));
    }
    for (const { x, half } of boxes) {
      expect(x - half).toBeGreaterThanOrEqual(-1e-9);
      expect(x + half).toBeLessThanOrEqual(width + 1e-9);
    }
    edges.forEach(({ from, to }, i) => expect(bends[i]).toHaveLength(places[to]!.layer - places[from]!.layer - 1));
  });

  test('a leaf stands right below what uses it, and a chain is a straight line', () => {
    const { places } = layered([80, 80, 80, 80], [{ from: 0, to: 1 }, { from: 1, to: 3 }, { from: 2, to: 3 }], 10);
    expect(places.map((p) => p.layer)).toEqual([0, 1, 1, 2]);
    const straight = layered([80, 20, 120], [{ from: 0, to: 1 }, { from: 1, to: 2 }], 10);
    expect(new Set(straight.places.map((p) => Math.round(p.x)))).toEqual(new Set([60]));
  });

  test('wires that can do without do not cross', () => {
    // Two trees whose leaves are numbered across each other.
    const { places } = layered([50, 50, 50, 50, 50, 50], [{ from: 0, to: 4 }, { from: 2, to: 4 }, { from: 1, to: 5 }, { from: 3, to: 5 }], 10);
    const order = [0, 1, 2, 3].toSorted((a, b) => places[a]!.x - places[b]!.x);
    expect(Math.abs(order.indexOf(0) - order.indexOf(2))).toBe(1);
  });
});
