// The order in which a product of several factors is contracted, two at a time. Exact by dynamic programming over
// subsets for few factors, greedy for many. Cost is counted in multiplications for given sizes of the labels.
// Pfeifer, Haegeman, Verstraete, Faster identification of optimal contraction sequences, Phys. Rev. E 90, 2014.

import { must } from '../base/internal.ts';
import type { Label } from '../ir/expr.ts';

export interface Operand {
  readonly labels: readonly Label[];
}

/** One contraction of two operands; results are numbered after the operands, in order. */
export interface PathStep {
  readonly left: number;
  readonly right: number;
  /** Labels of the result: those that a later step or the output still needs. */
  readonly labels: readonly Label[];
  readonly multiplications: number;
}

export interface Path {
  readonly steps: readonly PathStep[];
  readonly multiplications: number;
}

// 3^n subsets are looked at: about 20,000 for 9 factors.
const exactUpTo = 9;

/** `out` are the labels that stay; `sizeOf` is the number of positions of a label. */
export function contractionPath(operands: readonly Operand[], out: readonly Label[], sizeOf: (label: Label) => number): Path {
  if (operands.length < 2) return { steps: [], multiplications: 0 };
  return operands.length <= exactUpTo ? exact(operands, out, sizeOf) : greedy(operands, out, sizeOf);
}

function volume(labels: Iterable<Label>, sizeOf: (label: Label) => number): number {
  let product = 1;
  for (const l of labels) product *= sizeOf(l);
  return product;
}

function exact(operands: readonly Operand[], out: readonly Label[], sizeOf: (label: Label) => number): Path {
  const n = operands.length;
  const full = 2 ** n - 1;
  const kept = labelsOfSubsets(operands, out);
  const best = Array.from({ length: full + 1 }, () => ({ cost: Infinity, peak: Infinity, split: 0 }));
  for (let i = 0; i < n; i++) best[1 << i] = { cost: 0, peak: 0, split: 0 };
  for (let set = 1; set <= full; set++) {
    if ((set & (set - 1)) === 0) continue;
    const here = must(best[set]);
    // Each split once: the part that holds the lowest factor is `a`.
    const low = set & -set;
    for (let a = (set - 1) & set; a > 0; a = (a - 1) & set) {
      if ((a & low) === 0) continue;
      const b = set ^ a;
      const [x, y] = [must(best[a]), must(best[b])];
      if (x.cost + y.cost > here.cost) continue;
      const step = volume(new Set([...must(kept[a]), ...must(kept[b])]), sizeOf);
      const cost = x.cost + y.cost + step;
      const peak = Math.max(x.peak, y.peak, volume(must(kept[set]), sizeOf));
      if (cost < here.cost || (cost === here.cost && peak < here.peak)) Object.assign(here, { cost, peak, split: a });
    }
  }
  const steps: PathStep[] = [];
  const build = (set: number): number => {
    const { split } = must(best[set]);
    if (split === 0) return Math.log2(set);
    const [left, right] = [build(split), build(set ^ split)];
    const all = new Set([...must(kept[split]), ...must(kept[set ^ split])]);
    steps.push({ left, right, labels: must(kept[set]), multiplications: volume(all, sizeOf) });
    return n + steps.length - 1;
  };
  build(full);
  return { steps, multiplications: must(best[full]).cost };
}

/** For every subset of the factors, its labels that stand outside it too. */
function labelsOfSubsets(operands: readonly Operand[], out: readonly Label[]): (readonly Label[])[] {
  const n = operands.length;
  const holders = new Map<Label, number>();
  operands.forEach((o, i) => o.labels.forEach((l) => holders.set(l, (holders.get(l) ?? 0) | (1 << i))));
  const stays = new Set(out);
  return Array.from({ length: 2 ** n }, (_, set) => {
    const mine: Label[] = [];
    for (const [label, who] of holders) {
      if ((who & set) !== 0 && (stays.has(label) || (who & ~set) !== 0)) mine.push(label);
    }
    return mine;
  });
}

/** Always the pair that adds least: multiplications first, then the growth of memory. */
function greedy(operands: readonly Operand[], out: readonly Label[], sizeOf: (label: Label) => number): Path {
  const live = new Map<number, readonly Label[]>(operands.map((o, i) => [i, [...new Set(o.labels)]]));
  const uses = new Map<Label, number>();
  for (const labels of live.values()) for (const l of labels) uses.set(l, (uses.get(l) ?? 0) + 1);
  const stays = new Set(out);
  const steps: PathStep[] = [];
  let total = 0;
  while (live.size > 1) {
    let best: { left: number; right: number; cost: number; growth: number; labels: readonly Label[] } | undefined;
    const entries = [...live];
    for (const [i, [left, a]] of entries.entries()) {
      for (const [right, b] of entries.slice(i + 1)) {
        const all = new Set([...a, ...b]);
        const labels = [...all].filter((l) => stays.has(l) || (uses.get(l) ?? 0) > Number(a.includes(l)) + Number(b.includes(l)));
        const cost = volume(all, sizeOf);
        const growth = volume(labels, sizeOf) - volume(a, sizeOf) - volume(b, sizeOf);
        if (!best || cost < best.cost || (cost === best.cost && growth < best.growth)) best = { left, right, cost, growth, labels };
      }
    }
    const { left, right, cost, labels } = must(best);
    for (const l of [...must(live.get(left)), ...must(live.get(right))]) uses.set(l, (uses.get(l) ?? 0) - 1);
    for (const l of labels) uses.set(l, (uses.get(l) ?? 0) + 1);
    live.delete(left);
    live.delete(right);
    live.set(operands.length + steps.length, labels);
    steps.push({ left, right, labels, multiplications: cost });
    total += cost;
  }
  return { steps, multiplications: total };
}
