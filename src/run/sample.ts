// Random generic points of a declared domain.

import { must } from '../base/internal.ts';
import type { Random } from '../base/random.ts';
import { type Dim, addDims, dim, dimNames, evaluateDim, subDims } from '../ir/dim.ts';
import type { Expr, VariableNode } from '../ir/expr.ts';
import { type Facts, facts } from '../ir/fact.ts';
import { postorder } from '../ir/walk.ts';
import { type Dense, dense, matmul, scale, transpose } from '../ops/reference/dense.ts';
import { orthonormal } from '../ops/reference/qr.ts';
import { count } from './layout.ts';
import { type Structure, structureOf } from '../ir/structure.ts';

/** How free entries are drawn where nothing is declared. */
export type Style = 'generic' | 'positive' | 'definite' | 'definite-positive' | 'small' | 'small-positive' | 'near-identity' | 'uneven';

export interface Point {
  readonly values: ReadonlyMap<string, Dense>;
  readonly sizes: ReadonlyMap<string, number>;
}

/** One variable for each name, with the facts of all nodes of that name. */
export function variablesOf(roots: readonly Expr[]): VariableNode[] {
  const byName = new Map<string, VariableNode>();
  for (const node of postorder(roots)) {
    if (node.kind !== 'variable') continue;
    const known = byName.get(node.name);
    byName.set(node.name, known ? { ...known, facts: merged(known.facts, node.facts) } : node);
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function merged(a: Facts, b: Facts): Facts {
  const above = a.above ?? b.above;
  const below = a.below ?? b.below;
  return facts([...a.has, ...b.has], { ...(above !== undefined && { above }), ...(below !== undefined && { below }) });
}

/**
 * Small sizes for every name in the shapes of these graphs, all different. `flipped` turns their order round, so that
 * over two calls with one stream a matrix(m, n) is both tall and wide.
 */
export function sampleSizes(roots: readonly Expr[], random: Random, flipped = false): Map<string, number> {
  return sizeSampler(roots)(random, flipped);
}

/** The same, for several samples. */
export function sizeSampler(roots: readonly Expr[]): (random: Random, flipped: boolean) => Map<string, number> {
  const dims = new Map<string, Dim>();
  for (const e of postorder(roots)) {
    for (const d of e.shape) dims.set(d.key, d);
    if (e.kind === 'size') dims.set(e.dim.key, e.dim);
    if (e.kind !== 'stack') continue;
    // The part must fit: whole >= offset + part.
    const [part, whole] = e.shape as [Dim, Dim];
    const room = addDims(subDims(subDims(whole, e.offset), part), dim(1));
    dims.set(room.key, room);
  }
  const names = [...new Set([...dims.values()].flatMap(dimNames).flatMap(plainNames))].sort();
  const smallest = names.length === 1 ? 3 : 2;
  return (random, flipped) => {
    for (let largest = names.length + 2; ; largest++) {
      const pool = shuffled(Array.from({ length: largest - smallest + 1 }, (_, i) => smallest + i), random);
      const sizes = new Map(names.map((name, i) => [name, flipped ? smallest + largest - must(pool[i]) : must(pool[i])]));
      if (largest > names.length + 12 || [...dims.values()].every((d) => (evaluateDim(d, sizes) ?? 0) >= 1)) return sizes;
    }
  };
}

/** What is made for sizes, made once for equal ones. */
export function forSizes<T>(make: (sizes: ReadonlyMap<string, number>) => T): (sizes: ReadonlyMap<string, number>) => T {
  const made: { readonly sizes: ReadonlyMap<string, number>; readonly value: T }[] = [];
  return (sizes) => {
    const known = made.find((m) => m.sizes.size === sizes.size && [...sizes].every(([name, n]) => m.sizes.get(name) === n));
    if (known) return known.value;
    const value = make(sizes);
    made.push({ sizes, value });
    return value;
  };
}

/** `min(m,n)` depends on m and n. */
function plainNames(name: string): string[] {
  const inner = /^min\((.*)\)$/.exec(name)?.[1];
  return inner === undefined ? [name] : inner.split(/[^A-Za-z_]+/).filter((n) => n !== '');
}

function shuffled<T>(items: T[], random: Random): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [items[i], items[j]] = [must(items[j]), must(items[i])];
  }
  return items;
}

export function sample(variables: readonly VariableNode[], sizes: ReadonlyMap<string, number>, random: Random, style: Style = 'generic'): Point {
  const values = new Map(variables.map((v) => [v.name, valueOf(v, v.shape.map((d) => evaluateDim(d, sizes) ?? 1), random, style)]));
  return { values, sizes };
}

/** What a style assumes of these variables beyond their facts, in words. */
export function assumptions(variables: readonly VariableNode[], style: Style): string[] {
  return variables.flatMap((v) => {
    const known = v.facts.has;
    if (['positive', 'negative', 'nonpositive', 'pd', 'nd', 'nsd', 'psd', 'orthogonal', 'identity'].some((f) => known.has(f as never))) return [];
    if (isSquare(v) && (style === 'definite' || style === 'definite-positive')) return [`${v.name} symmetric positive definite`];
    if (isSquare(v) && style === 'near-identity') return [`${v.name} near the identity`];
    if (style === 'positive' || style === 'definite-positive' || style === 'near-identity') return known.has('nonnegative') ? [] : [`${v.name} > 0`];
    if (style === 'small' || (style === 'uneven' && v.shape.length > 0)) return [`${v.name} near 0`];
    if (style === 'small-positive') return [`${v.name} > 0 and small`];
    return [];
  });
}

/** A random direction that a variable may move in, with entries up to 1: of its structure, or free. */
export function sampleDirection(structure: Structure, shape: readonly number[], random: Random): Dense {
  const free = dense(shape, Float64Array.from({ length: count(shape) }, () => random.normal()));
  const E = structure === 'none' ? free : shaped(free, structure);
  const largest = E.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return scale(E, largest > 0 ? 1 / largest : 1);
}

function valueOf(v: VariableNode, shape: readonly number[], random: Random, styleOfAll: Style): Dense {
  // Scalars of the usual size beside small arrays: inside t > norm2(x).
  const style = styleOfAll === 'uneven' ? (shape.length === 0 ? 'generic' : 'small') : styleOfAll;
  const has = v.facts.has;
  const square = isSquare(v);
  const definite = style === 'definite' || style === 'definite-positive';
  if (has.has('identity')) return shaped(dense(shape, new Float64Array(count(shape)).fill(1)), 'diagonal');
  if (has.has('orthogonal')) return orthonormalOf(shape, random);
  const entries = dense(shape, Float64Array.from({ length: count(shape) }, () => entry(v.facts, random, style)));
  const structure = structureOf(v);
  if (structure === 'diagonal') return shaped(ofSign(entries, v.facts), 'diagonal');
  if (has.has('psd') || has.has('nsd') || (definite && square && structure !== 'lower' && structure !== 'upper' && !has.has('unit'))) {
    return gram(entries, has.has('nsd') ? -1 : 1);
  }
  if (style === 'near-identity' && square) return nearIdentity(shaped(entries, structure));
  const value = shaped(entries, structure);
  if (has.has('simplex')) return normalized(value, (x) => x.reduce((a, b) => a + Math.abs(b), 0), Math.abs);
  if (has.has('unit')) return normalized(value, (x) => Math.hypot(...x), (e) => e);
  return has.has('integer') ? dense(shape, value.data.map((e) => Math.round(4 * e))) : value;
}

function isSquare(v: VariableNode): boolean {
  return v.shape.length === 2 && must(v.shape[0]).key === must(v.shape[1]).key;
}

/** Away from zero, where functions have kinks and poles. */
function entry({ has, above: least, below: most }: Facts, random: Random, style: Style): number {
  // A closed end at zero is a sign.
  const above = least ?? (most !== undefined && has.has('nonnegative') ? 0 : undefined);
  const below = most ?? (least !== undefined && has.has('nonpositive') ? 0 : undefined);
  const u = random.uniform();
  const sign = random.uniform() < 0.5 ? -1 : 1;
  const small = style === 'small' || style === 'small-positive';
  if (above !== undefined && below !== undefined) return above + (below - above) * (0.1 + 0.8 * u);
  const size = small ? 0.05 + 0.3 * u : 0.3 + 1.2 * u;
  if (above !== undefined) return above + size;
  if (below !== undefined) return below - size;
  if (has.has('positive') || has.has('nonnegative')) return size;
  if (has.has('negative') || has.has('nonpositive')) return -size;
  const positive = style === 'positive' || style === 'definite-positive' || style === 'small-positive' || style === 'near-identity';
  return positive ? size : sign * size;
}

/** A diagonal that is positive or negative where a definite matrix asks for it. */
function ofSign(X: Dense, { has }: Facts): Dense {
  if (has.has('psd')) return dense(X.shape, X.data.map(Math.abs));
  return has.has('nsd') ? dense(X.shape, X.data.map((e) => -Math.abs(e))) : X;
}

/** The nearest matrix of that structure: the projection. */
function shaped(X: Dense, structure: Structure): Dense {
  if (structure === 'none') return X;
  const [m, n] = X.shape as [number, number];
  const entryAt: Record<Exclude<Structure, 'none'>, (i: number, j: number) => number> = {
    symmetric: (i, j) => (X.data[i * n + j]! + X.data[j * n + i]!) / 2,
    diagonal: (i, j) => (i === j ? X.data[i * n + j]! : 0),
    lower: (i, j) => (i >= j ? X.data[i * n + j]! : 0),
    upper: (i, j) => (i <= j ? X.data[i * n + j]! : 0),
  };
  return dense(X.shape, Float64Array.from({ length: m * n }, (_, k) => entryAt[structure](Math.floor(k / n), k % n)));
}

function gram(B: Dense, sign: number): Dense {
  const n = must(B.shape[0]);
  const S = scale(matmul(B, transpose(B)), sign / n);
  for (let i = 0; i < n; i++) S.data[i * n + i]! += sign * 0.4;
  return S;
}

function nearIdentity(B: Dense): Dense {
  const n = must(B.shape[0]);
  const X = scale(B, 0.3 / n);
  for (let i = 0; i < n; i++) X.data[i * n + i]! += 1;
  return X;
}

function orthonormalOf(shape: readonly number[], random: Random): Dense {
  const [m, n] = shape as [number, number];
  const Z = dense([Math.max(m, n), Math.min(m, n)], Float64Array.from({ length: m * n }, () => random.normal()));
  return m >= n ? orthonormal(Z) : transpose(orthonormal(Z));
}

function normalized(X: Dense, size: (entries: Float64Array) => number, each: (e: number) => number): Dense {
  const total = size(X.data);
  return dense(X.shape, X.data.map((e) => each(e) / total));
}
