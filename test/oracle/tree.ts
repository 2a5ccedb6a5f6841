// A generated expression: a typed tree that can be written as text under other names or in another order, and shrunk.

import type { Random } from '../../src/base/random.ts';
import { must } from '../../src/base/internal.ts';
import { type Dim, sameDim } from '../../src/ir/dim.ts';

export type Kind = 'scalar' | 'vector' | 'row' | 'matrix' | 'tensor';

export interface Type {
  readonly kind: Kind;
  readonly dims: readonly Dim[];
}

/** What is known of the values; `invertible` and stronger are for square matrices. */
export type Claim = 'any' | 'positive' | 'unit' | 'symmetric' | 'definite' | 'invertible';

export interface Leaf {
  readonly name: string;
  readonly facts: string;
}

export interface Tree {
  readonly type: Type;
  readonly claim: Claim;
  readonly parts: readonly Tree[];
  /** From the texts of the parts, bracketed where they are no atoms. */
  readonly write: (parts: readonly string[]) => string;
  readonly isAtom: boolean;
  readonly variable?: Leaf;
  /** The name of a declared function that is applied here. */
  readonly declares?: string;
  /** The same value with the parts in another order. */
  readonly exchange?: (order: readonly number[]) => Tree;
  /** A smaller tree of the same type without that part. */
  readonly drop?: (part: number, parts: readonly Tree[]) => Tree | undefined;
}

export function scalarType(): Type {
  return { kind: 'scalar', dims: [] };
}

export function sameType(a: Type, b: Type): boolean {
  return a.kind === b.kind && a.dims.length === b.dims.length && a.dims.every((d, i) => sameDim(d, must(b.dims[i])));
}

/** Every name written as `rename` says. */
export function textOf(t: Tree, rename: (name: string) => string = (name) => name): string {
  if (t.variable) return rename(t.variable.name);
  return t.write(t.parts.map((p) => (p.isAtom ? textOf(p, rename) : `(${textOf(p, rename)})`)));
}

export function leaves(t: Tree): Tree[] {
  const found = new Map<string, Tree>();
  const visit = (u: Tree): void => {
    if (u.variable) found.set(u.variable.name, u);
    u.parts.forEach(visit);
  };
  visit(t);
  return [...found.values()].sort((a, b) => (must(a.variable).name < must(b.variable).name ? -1 : 1));
}

export function declarationsOf(t: Tree, rename: (name: string) => string = (name) => name): string {
  const functions = new Set<string>();
  const visit = (u: Tree): void => {
    if (u.declares !== undefined) functions.add(`${u.declares}: function`);
    u.parts.forEach(visit);
  };
  visit(t);
  const variables = leaves(t).map((leaf) => {
    const { name, facts } = must(leaf.variable);
    const dims = leaf.type.dims.map((d) => d.key).join(', ');
    return `${rename(name)}: ${leaf.type.kind}${dims === '' ? '' : `(${dims})`}${facts === '' ? '' : ` ${facts}`}`;
  });
  return [...variables, ...functions].join('\n');
}

export function size(t: Tree): number {
  return t.parts.reduce((n, p) => n + size(p), 1);
}

/** The same value with parts in another order wherever that is allowed. */
export function shuffled(t: Tree, random: Random): Tree {
  const parts = t.parts.map((p) => shuffled(p, random));
  const next = { ...t, parts };
  if (!t.exchange) return next;
  const order = parts.map((_, i) => i).sort(() => random.uniform() - 0.5);
  const exchanged = t.exchange(order);
  return { ...exchanged, parts: order.map((i) => must(parts[i])) };
}

/** Smaller trees of the same type, the smallest first. */
export function smaller(t: Tree): Tree[] {
  const found: Tree[] = [];
  const below = (u: Tree): Tree[] => u.parts.flatMap((p) => [p, ...below(p)]);
  const fits = (u: Tree): Tree[] =>
    below(u).filter((s) => sameType(s.type, u.type) && (u.claim === 'any' || s.claim === u.claim));
  // Anywhere in the tree: a node becomes one of the nodes below it, or loses a part.
  const visit = (u: Tree, put: (v: Tree) => Tree): void => {
    for (const s of fits(u)) found.push(put(s));
    if (u.drop)
      for (const i of u.parts.keys()) found.push(...[u.drop(i, u.parts)].filter((s) => s !== undefined).map(put));
    u.parts.forEach((p, i) => visit(p, (v) => put({ ...u, parts: u.parts.with(i, v) })));
  };
  visit(t, (v) => v);
  return found.filter((s) => size(s) < size(t)).sort((a, b) => size(a) - size(b));
}
