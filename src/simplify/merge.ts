// Factors that become one: equal bases, the factors of a base beside its power, equal scalar parts.

import { components } from '../base/components.ts';
import { must } from '../base/internal.ts';
import { type ContractNode, type Expr, type Label, size } from '../ir/expr.ts';
import * as rational from '../ir/rational.ts';
import { isSymmetric } from '../ops/facts.ts';
import { asPower } from '../ops/scalar/power.ts';
import { absorb } from './absorb.ts';
import type { ProductOptions } from './options.ts';
import { assembleFactors } from './orient.ts';
import { split } from './sum.ts';
import { type Atom, type Work, asFactor, find, isPrivate, removeSummed } from './work.ts';

/** x^a x^b = x^(a+b), for equal bases on equal labels. */
export function mergePowers(work: Work, options: ProductOptions): boolean {
  if (new Set(work.atoms.map((a) => a.base)).size === work.atoms.length) return false;
  const seen = new Map<string, number>();
  const entries = takenEntries(work);
  for (const [k, atom] of work.atoms.entries()) {
    const key = atomKey(atom, entries);
    const m = seen.get(key);
    if (m === undefined) {
      seen.set(key, k);
      continue;
    }
    const other = must(work.atoms[m]);
    if (other.base.kind === 'delta' || other.base.kind === 'stack') {
      work.atoms.splice(k, 1);
      return true;
    }
    const takers = atom.labels.flatMap((l) => (other.labels.includes(l) ? [] : (entries.get(l) ?? [])));
    removeSummed(work, takers, atom.labels);
    work.atoms = work.atoms.filter((a) => a !== atom && a !== other);
    for (const t of takers) work.summed.add(must(t.labels[1]));
    replace(work, { ...other, exponent: rational.add(atom.exponent, other.exponent) }, options);
    return true;
  }
  return false;
}

function replace(work: Work, atom: Atom, options: ProductOptions): void {
  if (rational.isZero(atom.exponent)) return;
  absorb(work, atom.base, atom.exponent, atom.labels, options);
}

function atomKey(atom: Atom, entries: ReadonlyMap<Label, Atom>): string {
  const labels = atom.labels.map((l) => {
    const taker = entries.get(l);
    return taker ? `#${taker.base.id}` : String(l);
  });
  if (labels.length === 2 && isSymmetric(atom.base)) labels.sort();
  return `${atom.base.id}:${labels.join('.')}`;
}

/** Labels of one factor at which one entry is taken, with what takes it: two that take the same entry stand for one. */
function takenEntries(work: Work): ReadonlyMap<Label, Atom> {
  const taken = new Map<Label, Atom>();
  for (const atom of work.atoms) {
    if (atom.base.kind !== 'stack' || atom.base.shape[0]?.key !== '1') continue;
    const [part, whole] = atom.labels as [Label, Label];
    const holders = work.atoms.flatMap((a) => a.labels).filter((l) => l === whole).length;
    if (holders === 2 && part !== whole && isPrivate(work, part, [atom]) && !work.out.some((o) => find(work, o) === whole)) taken.set(whole, atom);
  }
  return taken;
}

/** (x'Ax)^r with the factors x, A, x of its base beside it: the factors join the power. */
export function mergeSubproducts(work: Work, options: ProductOptions): boolean {
  for (const atom of work.atoms) {
    if (rational.isOne(atom.exponent)) continue;
    const { coef, arg } = split(atom.base);
    if (arg.kind !== 'contract' || !rational.isOne(coef) || arg.args.length === 0) continue;
    const names = new Map<Label, Label>();
    const consistent = arg.out.every((l, i) => {
      const known = names.get(l);
      names.set(l, must(atom.labels[i]));
      return known === undefined || known === atom.labels[i];
    });
    if (!consistent) continue;
    const used = matchFactors(work, arg, 0, names, [atom]);
    if (!used) continue;
    removeSummed(work, used, atom.labels);
    replace(work, { ...atom, exponent: rational.add(atom.exponent, rational.one) }, options);
    return true;
  }
  return false;
}

/** Factors of the product that are exactly those of `e`, with private labels where `e` sums; used ones come first. */
function matchFactors(work: Work, e: ContractNode, k: number, names: Map<Label, Label>, used: Atom[]): Atom[] | undefined {
  if (k === e.args.length) {
    const summed = [...names].filter(([inner]) => !e.out.includes(inner)).map(([, outer]) => outer);
    const mine = used.slice(1);
    return summed.every((l) => isPrivate(work, l, mine)) && new Set(summed).size === summed.length ? used : undefined;
  }
  const wanted = must(e.args[k]);
  const taken = asPower(wanted);
  const [base, exponent] = taken ? [taken.base, taken.exponent] : [wanted, rational.one];
  const inner = must(e.labels[k]);
  for (const atom of work.atoms) {
    if (used.includes(atom) || atom.base !== base || !rational.same(atom.exponent, exponent)) continue;
    const orders = isSymmetric(base) ? [atom.labels, atom.labels.toReversed()] : [atom.labels];
    for (const labels of orders) {
      const next = new Map(names);
      const fits = inner.every((l, axis) => {
        const outer = must(labels[axis]);
        const known = next.get(l);
        next.set(l, outer);
        return known === undefined || known === outer;
      });
      const found = fits && matchFactors(work, e, k + 1, next, [...used, atom]);
      if (found) return found;
    }
  }
  return undefined;
}

/** A summed label that stands in no factor counts its axis. */
export function sumLonelyLabels(work: Work): void {
  const used = new Set(work.summed);
  for (const l of work.out) used.add(find(work, l));
  for (const a of work.atoms) for (const l of a.labels) used.add(l);
  for (const [label, dim] of work.dims) {
    const l = find(work, label);
    if (used.has(l)) continue;
    used.add(l);
    const [only] = dim.terms;
    if (dim.terms.length === 1 && only && only.names.length === 0) work.coef = rational.mul(work.coef, rational.ratio(only.coef));
    else work.atoms.push({ base: size(dim), exponent: rational.one, labels: [] });
  }
  for (let merged = true; merged; ) {
    merged = false;
    for (const [k, a] of work.atoms.entries()) {
      const m = a.base.kind === 'size' ? work.atoms.findIndex((b, i) => i > k && b.base === a.base) : -1;
      if (m < 0) continue;
      const exponent = rational.add(a.exponent, must(work.atoms[m]).exponent);
      work.atoms = work.atoms.filter((_, i) => i !== k && i !== m);
      if (!rational.isZero(exponent)) work.atoms.push({ ...a, exponent });
      merged = true;
      break;
    }
  }
}

/** Equal parts without labels of the result become one power: (x'y)(x'y) = (x'y)^2, and (x.^2)[1] = x[1]^2. */
export function mergeScalarParts(work: Work, options: ProductOptions): void {
  if (work.atoms.length < 2) return;
  const out = new Set(work.out.map((l) => find(work, l)));
  if (work.atoms.every((a) => a.labels.length === 0 || a.labels.some((l) => out.has(l)))) return;
  const parts = new Map<Expr, { readonly atoms: Atom[]; exponent: rational.Rational }>();
  for (const part of scalarParts(work, out)) {
    const taken = asEntry(part);
    const apart = assembleFactors((taken?.atoms ?? part).map(asFactor), [], []);
    // An entry of a sum is the sum of the entries.
    const node = taken && options.mode.expand ? options.simplify(apart) : apart;
    const exponent = taken?.exponent ?? rational.one;
    const known = parts.get(node);
    if (known) {
      known.atoms.push(...part);
      known.exponent = rational.add(known.exponent, exponent);
    } else parts.set(node, { atoms: [...part], exponent });
  }
  for (const [node, { atoms, exponent }] of parts) {
    if (rational.isOne(exponent)) continue;
    work.atoms = work.atoms.filter((a) => !atoms.includes(a));
    if (!rational.isZero(exponent)) work.atoms.push({ base: node, exponent, labels: [] });
  }
}

/** A power of which one entry is taken on every axis: the entry, to that power. */
function asEntry(part: readonly Atom[]): { atoms: Atom[]; exponent: rational.Rational } | undefined {
  const others = part.filter((a) => a.base.kind !== 'stack');
  const [only] = others;
  if (others.length !== 1 || !only || rational.isOne(only.exponent) || part.length !== only.labels.length + 1) return undefined;
  const takes = (a: Atom): boolean => a === only || (a.base.kind === 'stack' && a.base.shape[0]?.key === '1');
  return part.every(takes) ? { atoms: part.map((a) => (a === only ? { ...a, exponent: rational.one } : a)), exponent: only.exponent } : undefined;
}

/** Connected parts whose labels are all summed. */
function scalarParts(work: Work, out: ReadonlySet<Label>): Atom[][] {
  const shaped = work.atoms.filter((a) => a.labels.length > 0);
  return components(shaped.length, (i, k) => must(shaped[k]).labels.some((l) => must(shaped[i]).labels.includes(l)))
    .map((part) => part.map((i) => must(shaped[i])))
    .filter((part) => part.every((a) => a.labels.every((l) => !out.has(l))));
}
