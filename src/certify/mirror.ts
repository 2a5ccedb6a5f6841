// A network that is its own mirror image is a sum of squares. Let an involution of the labels exchange two halves of the
// factors; factors it leaves in place are entrywise non-negative weights on labels it leaves in place, or positive
// semidefinite matrices between a label and its image. Then the value is h'(P ⊗ Q ⊗ … ⊗ diag(w))h for the half h, which
// is not negative. Gram matrices, congruence, non-negative scaling, Schur's product theorem and Kronecker products are
// all cases of this one rule (Horn & Johnson, Matrix Analysis, 2nd edition, sections 4.2, 7.1 and 7.5).

import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import type { Expr, Label } from '../ir/expr.ts';
import { isOne, same } from '../ir/rational.ts';
import { isSymmetric } from '../ops/facts.ts';
import { type Atom, type Network, dimsOf, half, isDiagonal, isEven } from './network.ts';

/** Where a half is joined to its image: by a label both share, or through a matrix. */
export type Port =
  | { readonly kind: 'shared'; readonly label: Label; readonly dim: Dim }
  | { readonly kind: 'matrix'; readonly label: Label; readonly matrix: Expr };

export interface Half {
  readonly atoms: Network;
  readonly ports: readonly Port[];
}

/** What the search needs to know of factors; both are proved elsewhere. */
export interface Judge {
  readonly isNonnegative: (base: Expr) => boolean;
  readonly isPsd: (matrix: Expr) => boolean;
}

// Tries of the search, and results it returns.
const mostTries = 4000;
const mostFound = 8;

/** The ways to read a network as ⟨h, h⟩. */
export function mirrors(network: Network, judge: Judge): readonly Half[] {
  const dims = dimsOf(network);
  const found: Half[] = [];
  let tries = 0;

  const search = (rest: readonly Atom[], state: State): void => {
    if (found.length >= mostFound || ++tries > mostTries) return;
    const atom = nextAtom(rest, state);
    if (!atom) {
      found.push(halfOf(state, dims));
      return;
    }
    const others = rest.filter((a) => a !== atom);
    const shared = exchange(state, atom.labels, atom.labels);
    if (shared && (isEven(atom.exponent) || judge.isNonnegative(atom.base) || (isDiagonal(atom) && judge.isPsd(atom.base)))) search(others, chosen(shared, { weight: atom }));
    const isKnown = atom.labels.some((l) => state.image.has(l));
    for (const other of others) {
      if (other.base !== atom.base || !same(other.exponent, atom.exponent)) continue;
      const remaining = others.filter((a) => a !== other);
      for (const image of imagesOf(other)) {
        const next = exchange(state, atom.labels, image);
        if (next) search(remaining, chosen(next, { kept: atom }));
        const turned = isKnown ? exchange(state, image, atom.labels) : undefined;
        if (turned) search(remaining, chosen(turned, { kept: { ...other, labels: image } }));
      }
    }
    const [l, m] = atom.labels;
    if (atom.labels.length === 2 && l !== undefined && m !== undefined && l !== m && isOne(atom.exponent) && judge.isPsd(atom.base)) {
      for (const [left, right] of [[l, m], [m, l]] as const) {
        const next = exchange(state, [left], [right]);
        if (next) search(others, chosen(next, { bridge: { matrix: atom.base, label: left } }));
      }
    }
  };
  search(network, nothing);
  return found;
}

function imagesOf(atom: Atom): readonly (readonly Label[])[] {
  return isSymmetric(atom.base) && atom.labels[0] !== atom.labels[1] ? [atom.labels, atom.labels.toReversed()] : [atom.labels];
}

/** A factor whose labels are known already, if there is one: it has the fewest images. */
function nextAtom(rest: readonly Atom[], state: State): Atom | undefined {
  return rest.find((a) => a.labels.length > 0 && a.labels.every((l) => state.image.has(l))) ?? rest.find((a) => a.labels.some((l) => state.image.has(l))) ?? rest[0];
}

type Side = 'left' | 'right' | 'shared';

interface Choice {
  readonly weight?: Atom;
  readonly kept?: Atom;
  readonly bridge?: { readonly matrix: Expr; readonly label: Label };
}

/** A partial involution of the labels, with what was chosen on the way. */
interface State {
  readonly image: ReadonlyMap<Label, Label>;
  readonly side: ReadonlyMap<Label, Side>;
  readonly choices: readonly Choice[];
}

const nothing: State = { image: new Map(), side: new Map(), choices: [] };

function chosen(state: State, choice: Choice): State {
  return { ...state, choices: [...state.choices, choice] };
}

/** With the labels on the left becoming those on the right; equal ones are shared. Undefined where that contradicts. */
function exchange(state: State, left: readonly Label[], right: readonly Label[]): State | undefined {
  const image = new Map(state.image);
  const side = new Map(state.side);
  for (const [k, l] of left.entries()) {
    const r = must(right[k]);
    const [sideL, sideR]: [Side, Side] = l === r ? ['shared', 'shared'] : ['left', 'right'];
    if ((image.get(l) ?? r) !== r || (image.get(r) ?? l) !== l) return undefined;
    if ((side.get(l) ?? sideL) !== sideL || (side.get(r) ?? sideR) !== sideR) return undefined;
    image.set(l, r).set(r, l);
    side.set(l, sideL).set(r, sideR);
  }
  return { ...state, image, side };
}

function halfOf(state: State, dims: ReadonlyMap<Label, Dim>): Half {
  const atoms: Atom[] = [];
  const ports: Port[] = [];
  for (const { weight, kept, bridge } of state.choices) {
    if (weight) atoms.push({ ...weight, exponent: half(weight.exponent) });
    if (kept) atoms.push(kept);
    if (bridge) ports.push({ kind: 'matrix', ...bridge });
  }
  for (const [label, side] of state.side) if (side === 'shared') ports.push({ kind: 'shared', label, dim: must(dims.get(label)) });
  return { atoms, ports };
}
