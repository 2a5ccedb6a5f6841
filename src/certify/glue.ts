// Two halves joined at their ports: ⟨a, b⟩.

import { must } from '../base/internal.ts';
import { type Dim, dimValue } from '../ir/dim.ts';
import { type Expr, type Label, contract, size } from '../ir/expr.ts';
import { isOne, one, ratio } from '../ir/rational.ts';
import { has } from '../ops/facts.ts';
import { opNamed } from '../ops/table.ts';
import { power } from '../ops/scalar/power.ts';
import type { Half, Port } from './mirror.ts';
import { type Atom, type Network, merged, productOf } from './network.ts';

/** The product of `a` with the image of `b`, port by port. Both have ports of the same kinds in the same order. */
export function glued(a: Half, b: Half): Expr {
  const shift = 1 + Math.max(-1, ...labelsOf(a));
  const names = new Map<Label, Label>();
  const bridges: Atom[] = [];
  const over = new Map<Label, Dim>();
  for (const [k, mine] of a.ports.entries()) {
    const other = must(b.ports[k]);
    if (mine.kind === 'shared') {
      names.set(other.label, mine.label);
      over.set(mine.label, mine.dim);
    } else bridges.push({ base: mine.matrix, labels: [mine.label, other.label + shift], exponent: one });
  }
  const image = b.atoms.map((atom) => ({ ...atom, labels: atom.labels.map((l) => names.get(l) ?? l + shift) }));
  const { atoms, gone } = withoutUnits(merged([...a.atoms, ...image, ...bridges]));
  return productOf(atoms, new Map([...over].filter(([l]) => !gone.has(l))));
}

/** The entries of a vector of the simplex add up to 1, as do those of a softmax over all of its axes. */
export function withoutUnits(atoms: Network): { atoms: Network; gone: ReadonlySet<Label> } {
  const gone = new Set<Label>();
  const kept = atoms.filter((atom) => {
    const { labels } = atom;
    const isUnit = isOne(atom.exponent) && addsUpToOne(atom.base) && new Set(labels).size === labels.length && atoms.every((a) => a === atom || !a.labels.some((l) => labels.includes(l)));
    if (isUnit) labels.forEach((l) => gone.add(l));
    return !isUnit;
  });
  return { atoms: kept, gone };
}

/** All entries together, which are not negative. */
export function addsUpToOne(e: Expr): boolean {
  if (e.shape.length === 1 && has(e, 'simplex')) return true;
  return e.kind === 'apply' && e.shape.length > 0 && opNamed(e.op).totalsOne?.(e.params) === e.shape.length;
}

export function labelsOf(h: Half): Label[] {
  return [...h.atoms.flatMap((a) => a.labels), ...h.ports.map((p) => p.label)];
}

/** Halves may be joined when their ports are of the same kinds in order. */
export function portKey(p: Port): string {
  return p.kind === 'shared' ? `~${p.dim.key}` : `#${p.matrix.id}`;
}

export function signature(h: Half): string {
  return h.ports.map(portKey).join(' ');
}

/** Ports of one kind together, and every order of ports of the same kind. */
export function arrangements(h: Half): readonly Half[] {
  const sorted = [...h.ports].sort((p, q) => (portKey(p) < portKey(q) ? -1 : portKey(p) > portKey(q) ? 1 : 0));
  return permutations(sorted)
    .filter((ports) => ports.every((p, k) => portKey(p) === portKey(must(sorted[k]))))
    .map((ports) => ({ atoms: h.atoms, ports }));
}

// More ports than this are left in one order.
const mostPorts = 4;

function permutations<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length > mostPorts) return [list];
  if (list.length < 2) return [list];
  return list.flatMap((first, i) => permutations(list.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

/** The same half with more ports, at which a total of 1 is taken: Σ s = 1 on the simplex (over all axes of a softmax), Σ 1/n = 1. */
export function withUnit(h: Half, unit: { readonly simplex: Expr } | { readonly dim: Dim }): Half {
  const label = 1 + Math.max(-1, ...labelsOf(h));
  const dims = 'simplex' in unit ? unit.simplex.shape : [unit.dim];
  const ports = dims.map((dim, k): Port => ({ kind: 'shared', label: label + k, dim }));
  const atom: Atom = 'simplex' in unit ? { base: unit.simplex, labels: ports.map((p) => p.label), exponent: ratio(1, 2) } : { base: size(unit.dim), labels: [], exponent: ratio(-1, 2) };
  return { atoms: merged([...h.atoms, atom]), ports: [...h.ports, ...ports] };
}

/** The same half with one more port, at which a total over a row of S is taken: Σ_j S[i,j] = 1 for the i of each port. */
export function withRows(h: Half, S: Expr): readonly Half[] {
  const [rows, dim] = [must(S.shape[0]), must(S.shape[1])];
  const label = 1 + Math.max(-1, ...labelsOf(h));
  return h.ports
    .filter((p) => p.kind === 'shared' && p.dim.key === rows.key)
    .map((p) => ({ atoms: merged([...h.atoms, { base: S, labels: [p.label, label], exponent: ratio(1, 2) }]), ports: [...h.ports, { kind: 'shared', label, dim }] }));
}

/** The same half with two more ports through M, at which X stands, with tr(X M X M) = n. */
export function withMatrixUnit(h: Half, { X, M }: { readonly X: Expr; readonly M: Expr }): Half {
  const label = 1 + Math.max(-1, ...labelsOf(h));
  const n = must(X.shape[0]);
  const share: Network = dimValue(n) === undefined ? [{ base: size(n), labels: [], exponent: ratio(-1, 2) }] : [];
  return {
    atoms: merged([...h.atoms, { base: X, labels: [label, label + 1], exponent: one }, ...share]),
    ports: [...h.ports, { kind: 'matrix', label, matrix: M }, { kind: 'matrix', label: label + 1, matrix: M }],
  };
}

/** The half as a tensor whose axes are its ports; equal halves are one node. */
export function openProduct(h: Half): Expr {
  const out = h.ports.map((p) => p.label);
  const shape = h.ports.map((p) => (p.kind === 'shared' ? p.dim : must(p.matrix.shape[0])));
  return contract(
    h.atoms.map((a) => (isOne(a.exponent) ? a.base : power(a.base, a.exponent))),
    h.atoms.map((a) => a.labels),
    out,
    shape,
  );
}
