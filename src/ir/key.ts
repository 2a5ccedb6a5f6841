// Canonical form of a contraction: an order of its factors and a numbering of its labels that do not depend on how it
// was written. Colour refinement, then individualisation of one label of a tied class where that is not enough
// (McKay & Piperno, Practical graph isomorphism II, 2014, sections 2 and 3).

import { hashText, mix } from '../base/hash.ts';
import { must } from '../base/internal.ts';

export interface KeyedFactor {
  readonly hash: number;
  readonly labels: readonly number[];
  /** True when the two axes of a symmetric matrix may be exchanged. */
  readonly swaps: boolean;
}

export interface CanonicalOrder {
  /** Positions of the factors, in canonical order. */
  readonly order: readonly number[];
  /** Labels of each factor (in the given order of factors), those of a factor that swaps in canonical order. */
  readonly labels: readonly (readonly number[])[];
  readonly rename: (label: number) => number;
}

export function canonicalOrder(
  factors: readonly KeyedFactor[],
  out: readonly number[],
  dimKey: (label: number) => string,
): CanonicalOrder {
  const order = factors.map((_, i) => i);
  const labels = factors.map((f) => f.labels);
  if (isToldApart(factors)) order.sort((i, j) => must(factors[i]).hash - must(factors[j]).hash);
  else sortByParts(order, labels, factors, out, dimKey);
  return { order, labels, rename: numbering(order, labels, out) };
}

/** Numbers labels by first appearance, first in `out`, then in the ordered factors. */
function numbering(order: readonly number[], labels: readonly (readonly number[])[], out: readonly number[]): (l: number) => number {
  const names = new Map<number, number>();
  for (const l of out) if (!names.has(l)) names.set(l, names.size);
  for (const i of order) for (const l of must(labels[i])) if (!names.has(l)) names.set(l, names.size);
  return (l) => must(names.get(l), 'label');
}

/** Parts that share no summed label are ordered each for itself, so that equal parts cost nothing. */
function sortByParts(
  order: number[],
  labels: (readonly number[])[],
  factors: readonly KeyedFactor[],
  out: readonly number[],
  dimKey: (l: number) => string,
): void {
  const ranked = connectedParts(factors, out).map((part): RankedPart => {
    const mine = part.map((i) => must(factors[i]));
    // Different factors that are read one way have their order without any colours.
    if (isToldApart(mine)) {
      const positions = part.toSorted((i, j) => must(factors[i]).hash - must(factors[j]).hash);
      let text: string | undefined;
      return { least: must(factors[must(positions[0])]).hash, positions, certificate: () => (text ??= canonicalPart(mine, out, dimKey).certificate) };
    }
    const best = canonicalPart(mine, out, dimKey);
    for (const i of part) {
      const f = must(factors[i]);
      if (f.swaps) labels[i] = f.labels.toSorted((a, b) => must(best.colours.get(a)) - must(best.colours.get(b)));
    }
    return { least: Math.min(...mine.map((f) => f.hash)), positions: best.order.map((k) => must(part[k])), certificate: () => best.certificate };
  });
  // A certificate begins with the least hash.
  if (ranked.length > 1) ranked.sort((a, b) => a.least - b.least || byText(a.certificate(), b.certificate()));
  let at = 0;
  for (const { positions } of ranked) for (const i of positions) order[at++] = i;
}

interface RankedPart {
  readonly least: number;
  readonly positions: readonly number[];
  readonly certificate: () => string;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isToldApart(factors: readonly KeyedFactor[]): boolean {
  return factors.every((f, i) => !f.swaps && factors.findIndex((g) => g.hash === f.hash) === i);
}

function connectedParts(factors: readonly KeyedFactor[], out: readonly number[]): number[][] {
  if (factors.length === 1) return [[0]];
  const owner = new Map<number, number>();
  const parent = factors.map((_, i) => i);
  const root = (i: number): number => (parent[i] === i ? i : (parent[i] = root(must(parent[i]))));
  factors.forEach((f, i) => {
    for (const l of f.labels) {
      if (out.includes(l)) continue;
      const other = owner.get(l);
      if (other === undefined) owner.set(l, i);
      else parent[root(i)] = root(other);
    }
  });
  const parts = new Map<number, number[]>();
  factors.forEach((_, i) => {
    const r = root(i);
    const list = parts.get(r);
    if (list) list.push(i);
    else parts.set(r, [i]);
  });
  return [...parts.values()];
}

interface Labelled {
  readonly certificate: string;
  readonly order: readonly number[];
  readonly colours: ReadonlyMap<number, number>;
}

// Beyond this many leaves of the search the first labelling found is kept: still valid, perhaps not canonical.
const searchLimit = 200;

function canonicalPart(factors: readonly KeyedFactor[], out: readonly number[], dimKey: (l: number) => string): Labelled {
  const labels = [...new Set(factors.flatMap((f) => f.labels))];
  const start = new Map<number, number>();
  for (const l of labels) {
    let places = '';
    for (let i = 0; i < out.length; i++) if (out[i] === l) places += places === '' ? i : `.${i}`;
    start.set(l, hashText(`${dimKey(l)}|${places}`) | 0);
  }
  let leaves = 0;
  const search = (colours: ReadonlyMap<number, number>): Labelled => {
    const refined = refine(factors, colours);
    const tied = smallestTie(labels, refined);
    if (tied === undefined || leaves > searchLimit) {
      leaves++;
      return certify(factors, refined);
    }
    let best: Labelled | undefined;
    for (const l of tied) {
      if (best !== undefined && leaves > searchLimit) break;
      const found = search(new Map(refined).set(l, mix(must(refined.get(l)), 1)));
      if (best === undefined || found.certificate < best.certificate) best = found;
    }
    return must(best);
  };
  return search(start);
}

function refine(factors: readonly KeyedFactor[], start: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  let colours = start;
  let count = new Set(colours.values()).size;
  while (count < colours.size) {
    // What a label sees of its factors; a sum, because their order says nothing.
    const seen = new Map<number, number>();
    for (const f of factors) {
      let colour = mix(f.hash | 0, (f.hash / 4294967296) | 0);
      if (f.swaps) for (const shown of f.labels.map((l) => must(colours.get(l))).sort((a, b) => a - b)) colour = mix(colour, shown);
      else for (const l of f.labels) colour = mix(colour, must(colours.get(l)));
      f.labels.forEach((l, axis) => seen.set(l, ((seen.get(l) ?? 0) + mix(colour, f.swaps ? -1 : axis)) | 0));
    }
    const next = new Map<number, number>();
    for (const [l, colour] of colours) next.set(l, mix(colour, seen.get(l) ?? 0));
    const nextCount = new Set(next.values()).size;
    colours = next;
    if (nextCount === count) return colours;
    count = nextCount;
  }
  return colours;
}

/** The labels of the smallest colour class with more than one member. */
function smallestTie(labels: readonly number[], colours: ReadonlyMap<number, number>): number[] | undefined {
  const classes = new Map<number, number[]>();
  for (const l of labels) {
    const colour = must(colours.get(l));
    const list = classes.get(colour);
    if (list) list.push(l);
    else classes.set(colour, [l]);
  }
  let best: { colour: number; list: number[] } | undefined;
  for (const [colour, list] of classes) {
    if (list.length < 2) continue;
    if (!best || list.length < best.list.length || (list.length === best.list.length && colour < best.colour)) best = { colour, list };
  }
  return best?.list;
}

function certify(factors: readonly KeyedFactor[], colours: ReadonlyMap<number, number>): Labelled {
  const shown = factors.map((f, i) => {
    const mine = f.labels.map((l) => must(colours.get(l)));
    return { i, text: `${String(f.hash).padStart(17, '0')}(${(f.swaps ? mine.sort((a, b) => a - b) : mine).join(',')})` };
  });
  shown.sort((a, b) => byText(a.text, b.text));
  return { certificate: shown.map((s) => s.text).join(' '), order: shown.map((s) => s.i), colours };
}
