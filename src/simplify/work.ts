// The state of a product under construction.

import type { Dim } from '../ir/dim.ts';
import type { Expr, Label, Shape } from '../ir/expr.ts';
import { type Rational, isOne } from '../ir/rational.ts';
import type { Factor } from '../ops/op.ts';
import { power } from '../ops/scalar/power.ts';

/** A factor of a product under construction: base to a constant power, with a label for every axis. */
export interface Atom {
  readonly base: Expr;
  readonly exponent: Rational;
  readonly labels: readonly Label[];
}

export interface Work {
  coef: Rational;
  atoms: Atom[];
  out: readonly Label[];
  readonly outShape: Shape;
  readonly dims: Map<Label, Dim>;
  /** Labels found to be equal. */
  readonly parent: Map<Label, Label>;
  nextLabel: Label;
  /** Labels whose sum has been carried out; any other label that stands in no factor counts its axis. */
  readonly summed: Set<Label>;
}

export function find(work: Work, label: Label): Label {
  let l = label;
  for (let p = work.parent.get(l); p !== undefined; p = work.parent.get(l)) l = p;
  return l;
}

/** Makes two labels one; labels of the result are kept as representatives. */
export function identify(work: Work, a: Label, b: Label): void {
  const [x, y] = [find(work, a), find(work, b)];
  if (x === y) return;
  if (work.out.includes(y)) work.parent.set(x, y);
  else work.parent.set(y, x);
}

export function freshLabel(work: Work, dim: Dim): Label {
  const label = work.nextLabel++;
  work.dims.set(label, dim);
  return label;
}

/** How often each label stands in the atoms, and whether it is a label of the result. */
export function isPrivate(work: Work, label: Label, atoms: readonly Atom[]): boolean {
  const l = find(work, label);
  if (work.out.some((o) => find(work, o) === l)) return false;
  return work.atoms.every((a) => atoms.includes(a) || !a.labels.includes(l));
}

/** Takes atoms out together with the labels that only they carry: the sum over these has been carried out. */
export function removeSummed(work: Work, gone: readonly Atom[], kept: readonly Label[] = []): void {
  const carried = gone.flatMap((a) => a.labels).filter((l) => isPrivate(work, l, gone) && !kept.includes(l));
  work.atoms = work.atoms.filter((a) => !gone.includes(a));
  for (const l of carried) work.summed.add(find(work, l));
}

/** The factor an atom stands for. */
export function asFactor(atom: Atom): Factor {
  return { expr: isOne(atom.exponent) ? atom.base : power(atom.base, atom.exponent), labels: atom.labels };
}
