// Unit tensors inside a product: an identity makes two labels one; what remains are reshapes and placements.

import { must } from '../base/internal.ts';
import { type Dim, addDims, dimValue, sameShape, subDims } from '../ir/dim.ts';
import { type DeltaNode, type Label, type StackNode, delta, shapeKey, stack } from '../ir/expr.ts';
import * as rational from '../ir/rational.ts';
import { type Atom, type Work, find, freshLabel, identify, isPrivate, removeSummed } from './work.ts';

/** Splits a unit tensor into groups of labels; groups of the same dims are identified axis by axis. */
export function absorbDelta(work: Work, e: DeltaNode, labels: readonly Label[]): void {
  const kinds = new Map<string, Label[]>();
  let at = 0;
  for (const group of e.groups) {
    // Axes of size 1 have one position and tell nothing.
    const mine = labels.slice(at, at + group.length).filter((_, i) => must(group[i]).key !== '1');
    at += group.length;
    const key = shapeKey(group.filter((d) => d.key !== '1'));
    const known = kinds.get(key);
    if (known) known.forEach((l, i) => identify(work, l, must(mine[i])));
    else kinds.set(key, mine);
  }
  if (kinds.size > 1) work.atoms.push(reshapeAtom(work, [...kinds.values()]));
}

function reshapeAtom(work: Work, groups: readonly (readonly Label[])[]): Atom {
  const sorted = [...groups].sort((g, h) => g.length - h.length);
  return {
    base: delta(sorted.map((g) => g.map((l) => dimOf(work, l)))),
    exponent: rational.one,
    labels: sorted.flat(),
  };
}

export function absorbStack(work: Work, e: StackNode, labels: readonly Label[]): void {
  const [part, whole] = e.shape as [Dim, Dim];
  if (part.key === whole.key && dimValue(e.offset) === 0) identify(work, must(labels[0]), must(labels[1]));
  else work.atoms.push({ base: e, exponent: rational.one, labels });
}

/** One simplification of reshapes and placements; true when something changed. */
export function combineUnitTensors(work: Work): boolean {
  for (const atom of work.atoms) {
    if (atom.base.kind === 'delta' && atom.exponent.num > 0 && reduceReshape(work, atom, atom.base)) return true;
    if (atom.base.kind === 'stack' && reducePlacement(work, atom, atom.base)) return true;
  }
  return false;
}

function groupsOf(atom: Atom, e: DeltaNode): Label[][] {
  let at = 0;
  return e.groups.map((g) => {
    const mine = atom.labels.slice(at, at + g.length);
    at += g.length;
    return mine;
  });
}

function reduceReshape(work: Work, atom: Atom, e: DeltaNode): boolean {
  const groups = groupsOf(atom, e);
  // Summed over a whole group that stands nowhere else: exactly one position of it fits the others.
  const idle = groups.findIndex((g) => new Set(g).size === g.length && g.every((l) => isPrivate(work, l, [atom]) && atom.labels.filter((x) => x === l).length === 1));
  if (idle >= 0) {
    const rest = groups.filter((_, i) => i !== idle);
    removeSummed(work, [atom], rest.flat());
    if (rest.length > 1) work.atoms.push(reshapeAtom(work, rest));
    return true;
  }
  // Two reshapes of one axis agree on its position.
  for (const other of work.atoms) {
    if (other === atom || other.base.kind !== 'delta') continue;
    const theirs = groupsOf(other, other.base);
    const shared = groups.find((g) => theirs.some((h) => h.length === g.length && h.every((l, i) => l === g[i])));
    if (!shared) continue;
    const all = [...groups, ...theirs.filter((h) => !(h.length === shared.length && h.every((l, i) => l === shared[i])))];
    work.atoms = work.atoms.filter((a) => a !== atom && a !== other);
    const kinds: Label[][] = [];
    for (const g of all) {
      const same = kinds.find((h) => sameShape(h.map((l) => dimOf(work, l)), g.map((l) => dimOf(work, l))));
      if (same) same.forEach((l, i) => identify(work, l, must(g[i])));
      else kinds.push(g);
    }
    if (kinds.length > 1) work.atoms.push(reshapeAtom(work, kinds));
    return true;
  }
  return false;
}

/** E[p,w] E[q,w] over w: the same place, or places that do not meet. */
function reducePlacement(work: Work, atom: Atom, e: StackNode): boolean {
  const [part, whole] = atom.labels as [Label, Label];
  const [partDim] = e.shape as [Dim, Dim];
  if (part !== whole && isPrivate(work, whole, [atom])) {
    removeSummed(work, [atom], [part]);
    return true;
  }
  if (placeInPlace(work, atom, e)) return true;
  if (partDim.key === '1' && pickApart(work, e, whole)) return true;
  for (const other of work.atoms) {
    if (other === atom || other.base.kind !== 'stack' || other.labels[1] !== whole) continue;
    const [otherDim] = other.base.shape as [Dim, Dim];
    if (e === other.base) {
      identify(work, part, must(other.labels[0]));
      work.atoms = work.atoms.filter((a) => a !== other);
      return true;
    }
    const [first, firstDim, second] =
      isAtLeastZero(subDims(other.base.offset, e.offset)) ? [e, partDim, other.base] : [other.base, otherDim, e];
    if (isAtLeastZero(subDims(second.offset, addDims(first.offset, firstDim)))) {
      work.coef = rational.zero;
      return true;
    }
  }
  return false;
}

/** A part of a part is a part of the whole: x[2:5][1:2] = x[2:3]. */
function placeInPlace(work: Work, atom: Atom, e: StackNode): boolean {
  const [part, middle] = atom.labels as [Label, Label];
  const outer = work.atoms.find((a) => a !== atom && a.base.kind === 'stack' && a.labels[0] === middle && a.labels[1] !== middle);
  if (!outer || outer.base.kind !== 'stack' || part === middle || !isPrivate(work, middle, [atom, outer])) return false;
  const [partDim] = e.shape as [Dim, Dim];
  const [, wholeDim] = outer.base.shape as [Dim, Dim];
  const labels = [part, must(outer.labels[1])];
  removeSummed(work, [atom, outer], labels);
  absorbStack(work, stack(partDim, wholeDim, addDims(e.offset, outer.base.offset)), labels);
  return true;
}

/** One entry of several factors is that entry of each: (x.*y)[2] = x[2]*y[2]. */
function pickApart(work: Work, e: StackNode, whole: Label): boolean {
  // An entry of a part is an entry of the whole.
  const part = work.atoms.find((a) => a.base !== e && a.base.kind === 'stack' && a.labels[0] === whole && a.labels[1] !== whole);
  if (part?.base.kind === 'stack') {
    const [, outer] = part.base.shape as [Dim, Dim];
    const [one] = e.shape as [Dim, Dim];
    const base = stack(one, outer, addDims(e.offset, part.base.offset));
    work.atoms = work.atoms.map((a) => (a === part ? { ...a, base, labels: [freshLabel(work, one), must(part.labels[1])] } : a));
    return true;
  }
  const places = work.atoms.flatMap((a) => (a.base.kind === 'stack' ? [] : a.labels.flatMap((l, axis) => (l === whole ? [{ atom: a, axis }] : []))));
  const onResult = work.out.flatMap((o, i) => (find(work, o) === find(work, whole) ? [i] : []));
  const [partDim, wholeDim] = e.shape as [Dim, Dim];
  if (onResult.length > 1) {
    // diag(e) = e*e' for a unit vector e.
    const other = freshLabel(work, wholeDim);
    work.out = work.out.with(must(onResult.at(-1)), other);
    work.atoms.push({ base: e, exponent: rational.one, labels: [freshLabel(work, partDim), other] });
    return true;
  }
  const moved = onResult.length > 0 ? places.at(0) : places.length > 1 ? places.at(-1) : undefined;
  if (!moved) return false;
  const own = freshLabel(work, wholeDim);
  work.atoms = [
    ...work.atoms.map((a) => (a === moved.atom ? { ...a, labels: a.labels.with(moved.axis, own) } : a)),
    { base: e, exponent: rational.one, labels: [freshLabel(work, partDim), own] },
  ];
  return true;
}

function isAtLeastZero(d: Dim): boolean {
  return d.terms.every((t) => t.coef >= 0);
}

function dimOf(work: Work, label: Label): Dim {
  return work.dims.get(label) ?? must(work.dims.get(find(work, label)), 'dim of a label');
}
