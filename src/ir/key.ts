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
  if (factors.length === 1 && !factors[0]!.swaps) return { order, labels, rename: numbering(order, labels, out) };
  if (isToldApart(factors)) order.sort((i, j) => factors[i]!.hash - factors[j]!.hash);
  else sortByParts(order, labels, factors, out, dimKey);
  return { order, labels, rename: numbering(order, labels, out) };
}

/** Numbers labels by first appearance, first in `out`, then in the ordered factors. */
function numbering(order: readonly number[], labels: readonly (readonly number[])[], out: readonly number[]): (l: number) => number {
  // Labels are few: a list is searched sooner than a map is made.
  const names: number[] = [];
  for (const l of out) if (!names.includes(l)) names.push(l);
  for (const i of order) for (const l of labels[i]!) if (!names.includes(l)) names.push(l);
  return (l) => names.indexOf(l);
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
    // Different factors that are read one way have their order without any colours; equal ones at equal labels need none.
    if (isToldApart(mine, hasSameLabels)) {
      const positions = part.toSorted((i, j) => must(factors[i]).hash - must(factors[j]).hash);
      let text: string | undefined;
      return { least: must(factors[must(positions[0])]).hash, positions, certificate: () => (text ??= canonicalPart(mine, out, dimKey).certificate()) };
    }
    const best = canonicalPart(mine, out, dimKey);
    for (const i of part) {
      const f = must(factors[i]);
      if (f.swaps) labels[i] = f.labels.toSorted((a, b) => best.colourOf(a) - best.colourOf(b));
    }
    return { least: Math.min(...mine.map((f) => f.hash)), positions: best.order.map((k) => must(part[k])), certificate: best.certificate };
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

function isToldApart(factors: readonly KeyedFactor[], isOne: (a: KeyedFactor, b: KeyedFactor) => boolean = () => false): boolean {
  for (let i = 0; i < factors.length; i++) {
    const f = factors[i]!;
    if (f.swaps) return false;
    for (let k = 0; k < i; k++) if (factors[k]!.hash === f.hash && !isOne(factors[k]!, f)) return false;
  }
  return true;
}

function hasSameLabels(a: KeyedFactor, b: KeyedFactor): boolean {
  return a.labels.length === b.labels.length && a.labels.every((l, axis) => l === b.labels[axis]);
}

function connectedParts(factors: readonly KeyedFactor[], out: readonly number[]): number[][] {
  // The least factor of each one's part.
  const first: number[] = [];
  for (let i = 0; i < factors.length; i++) {
    first.push(i);
    for (let k = 0; k < i; k++) {
      const [mine, other] = [first[i]!, first[k]!];
      if (mine === other || !isJoined(factors[i]!, factors[k]!, out)) continue;
      const [least, gone] = [Math.min(mine, other), Math.max(mine, other)];
      for (let j = 0; j <= i; j++) if (first[j] === gone) first[j] = least;
    }
  }
  const parts: number[][] = [];
  for (let i = 0; i < factors.length; i++) if (first[i] === i) parts.push(first.flatMap((least, j) => (least === i ? [j] : [])));
  return parts;
}

/** Whether they share a summed label. */
function isJoined(a: KeyedFactor, b: KeyedFactor, out: readonly number[]): boolean {
  for (const l of a.labels) if (b.labels.includes(l) && !out.includes(l)) return true;
  return false;
}

interface Labelled {
  /** Names the part and its labelling; written only where two are compared. */
  readonly certificate: () => string;
  readonly order: readonly number[];
  readonly colourOf: (label: number) => number;
}

/** The factors of a part with the places of their labels in one list. */
interface Part {
  readonly factors: readonly KeyedFactor[];
  readonly places: readonly (readonly number[])[];
}

/** A colour for each place. */
type Colours = readonly number[];

// Beyond this many leaves of the search the first labelling found is kept: still valid, perhaps not canonical.
const searchLimit = 200;

function canonicalPart(factors: readonly KeyedFactor[], out: readonly number[], dimKey: (l: number) => string): Labelled {
  const labels: number[] = [];
  for (const f of factors) for (const l of f.labels) if (!labels.includes(l)) labels.push(l);
  const part: Part = { factors, places: factors.map((f) => f.labels.map((l) => labels.indexOf(l))) };
  const start = labels.map((l) => {
    let axes = '';
    for (let i = 0; i < out.length; i++) if (out[i] === l) axes += axes === '' ? i : `.${i}`;
    return hashText(`${dimKey(l)}|${axes}`) | 0;
  });
  let leaves = 0;
  const search = (colours: Colours): Leaf => {
    const refined = refine(part, colours);
    const tied = smallestTie(refined);
    if (tied === undefined || leaves > searchLimit) {
      leaves++;
      return leaf(part, refined);
    }
    let best: Leaf | undefined;
    for (const place of tied) {
      if (best !== undefined && leaves > searchLimit) break;
      const found = search(refined.with(place, mix(must(refined[place]), 1)));
      if (best === undefined || found.certificate() < best.certificate()) best = found;
    }
    return must(best);
  };
  const { certificate, order, colours } = search(start);
  return { certificate, order, colourOf: (l) => must(colours[labels.indexOf(l)]) };
}

function refine({ factors, places }: Part, start: Colours): Colours {
  let colours = start;
  let count = distinct(colours);
  while (count < colours.length) {
    // What a label sees of its factors; a sum, because their order says nothing.
    const seen: number[] = Array(colours.length).fill(0);
    for (let k = 0; k < factors.length; k++) {
      const { hash, swaps } = factors[k]!;
      const mine = places[k]!;
      let colour = mix(hash | 0, (hash / 4294967296) | 0);
      if (swaps) for (const shown of mine.map((at) => must(colours[at])).sort((a, b) => a - b)) colour = mix(colour, shown);
      else for (const at of mine) colour = mix(colour, colours[at]!);
      for (let axis = 0; axis < mine.length; axis++) seen[mine[axis]!] = (seen[mine[axis]!]! + mix(colour, swaps ? -1 : axis)) | 0;
    }
    const after: number[] = [];
    for (let at = 0; at < colours.length; at++) after.push(mix(colours[at]!, seen[at]!));
    colours = after;
    const next = distinct(colours);
    if (next === count) return colours;
    count = next;
  }
  return colours;
}

// Labels of a part are few: lists are searched sooner than sets are made.
function distinct(colours: Colours): number {
  let count = 0;
  for (let at = 0; at < colours.length; at++) if (colours.indexOf(colours[at]!) === at) count++;
  return count;
}

/** The places of the smallest colour class with more than one member. */
function smallestTie(colours: Colours): readonly number[] | undefined {
  let best: number | undefined;
  let least = Infinity;
  for (let at = 0; at < colours.length; at++) {
    const colour = colours[at]!;
    if (colours.indexOf(colour) !== at) continue;
    let members = 1;
    for (let other = at + 1; other < colours.length; other++) if (colours[other] === colour) members++;
    if (members < 2 || members > least || (members === least && best !== undefined && colour > best)) continue;
    [best, least] = [colour, members];
  }
  return best === undefined ? undefined : colours.flatMap((colour, at) => (colour === best ? [at] : []));
}

interface Leaf {
  readonly certificate: () => string;
  readonly order: readonly number[];
  readonly colours: Colours;
}

/** Factors by their hashes, alike ones by the colours of their labels. */
function leaf({ factors, places }: Part, colours: Colours): Leaf {
  const texts: string[] = [];
  const textOf = (i: number): string => (texts[i] ??= coloursText(must(factors[i]), must(places[i]), colours));
  const order = factors.map((_, i) => i).sort((i, j) => must(factors[i]).hash - must(factors[j]).hash || byText(textOf(i), textOf(j)));
  let certificate: string | undefined;
  return { certificate: () => (certificate ??= order.map((i) => `${String(must(factors[i]).hash).padStart(17, '0')}${textOf(i)}`).join(' ')), order, colours };
}

function coloursText({ swaps }: KeyedFactor, places: readonly number[], colours: Colours): string {
  const mine = places.map((at) => must(colours[at]));
  return `(${(swaps ? mine.sort((a, b) => a - b) : mine).join(',')})`;
}
