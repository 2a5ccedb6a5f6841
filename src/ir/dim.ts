// A dim is a symbolic or numeric size: a polynomial in size names with integer coefficients, in a canonical order,
// so that two dims are the same exactly when their keys are.

import { must } from '../base/internal.ts';

export interface DimTerm {
  readonly coef: number;
  /** Names of sizes, sorted, repeated for powers. */
  readonly names: readonly string[];
}

export interface Dim {
  readonly key: string;
  readonly terms: readonly DimTerm[];
}

export function dim(of: number | string): Dim {
  if (typeof of === 'string') return { key: of, terms: [{ coef: 1, names: [of] }] };
  return of === 0 ? { key: '0', terms: [] } : { key: String(of), terms: [{ coef: of, names: [] }] };
}

export function sameDim(a: Dim, b: Dim): boolean {
  return a.key === b.key;
}

export function sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a === b || (a.length === b.length && a.every((d, i) => d.key === must(b[i]).key));
}

export function addDims(a: Dim, b: Dim): Dim {
  if (a.terms.length === 0) return b;
  if (b.terms.length === 0) return a;
  return fromTerms([...a.terms, ...b.terms]);
}

export function subDims(a: Dim, b: Dim): Dim {
  if (b.terms.length === 0) return a;
  return fromTerms([...a.terms, ...b.terms.map((t) => ({ coef: -t.coef, names: t.names }))]);
}

export function mulDims(a: Dim, b: Dim): Dim {
  if (a.key === '1') return b;
  if (b.key === '1') return a;
  return fromTerms(
    a.terms.flatMap((s) => b.terms.map((t) => ({ coef: s.coef * t.coef, names: [...s.names, ...t.names].sort() }))),
  );
}

/** The smaller of two dims: a number when both are, else a size named after both. */
export function minDims(a: Dim, b: Dim): Dim {
  if (sameDim(a, b)) return a;
  const [x, y] = [dimValue(a), dimValue(b)];
  if (x !== undefined && y !== undefined) return dim(Math.min(x, y));
  const [first, second] = [a.key, b.key].sort();
  return dim(`min(${first},${second})`);
}

/** The number, if the dim is one. */
export function dimValue(d: Dim): number | undefined {
  if (d.terms.length === 0) return 0;
  const [t] = d.terms;
  return d.terms.length === 1 && t !== undefined && t.names.length === 0 ? t.coef : undefined;
}

/** The size name, if the dim is a single one. */
export function dimName(d: Dim): string | undefined {
  const [t] = d.terms;
  return d.terms.length === 1 && t !== undefined && t.coef === 1 && t.names.length === 1 ? t.names[0] : undefined;
}

export function dimNames(d: Dim): string[] {
  return [...new Set(d.terms.flatMap((t) => t.names))];
}

/** The dim with every known name replaced. */
export function substituteDim(d: Dim, sizes: (name: string) => Dim | undefined): Dim {
  if (d.terms.every((t) => t.names.every((n) => sizes(n) === undefined && !n.startsWith('min(')))) return d;
  return d.terms
    .map((t) => t.names.map((n) => sizes(n) ?? minOf(n, sizes) ?? dim(n)).reduce(mulDims, dim(t.coef)))
    .reduce(addDims, dim(0));
}

/** A name such as `min(m,n)` follows the names it is made of. */
function minOf(name: string, sizes: (name: string) => Dim | undefined): Dim | undefined {
  const match = /^min\(([^,()]+),([^,()]+)\)$/.exec(name);
  if (!match) return undefined;
  const part = (key: string): Dim => (/^\d+$/.test(key) ? dim(Number(key)) : (sizes(key) ?? dim(key)));
  return minDims(part(must(match[1])), part(must(match[2])));
}

/** The number of a dim under given sizes; undefined when a name has none. */
export function evaluateDim(d: Dim, sizes: ReadonlyMap<string, number>): number | undefined {
  let total = 0;
  for (const { coef, names } of d.terms) {
    let value = coef;
    for (const name of names) {
      const size = sizes.get(name);
      if (size === undefined) return evaluateParts(d, sizes);
      value *= size;
    }
    total += value;
  }
  return total;
}

/** The same where a name has no number of its own: it may be made of others, or cancel. */
function evaluateParts(d: Dim, sizes: ReadonlyMap<string, number>): number | undefined {
  return dimValue(
    substituteDim(d, (name) => {
      const value = sizes.get(name);
      return value === undefined ? undefined : dim(value);
    }),
  );
}

function fromTerms(list: readonly DimTerm[]): Dim {
  const byNames = new Map<string, DimTerm>();
  for (const t of list) {
    const key = t.names.join('*');
    byNames.set(key, { coef: (byNames.get(key)?.coef ?? 0) + t.coef, names: t.names });
  }
  const terms = [...byNames.entries()]
    .filter(([, t]) => t.coef !== 0)
    .sort(([a, s], [b, t]) => t.names.length - s.names.length || (a < b ? -1 : 1))
    .map(([, t]) => t);
  return { key: keyOf(terms), terms };
}

function keyOf(terms: readonly DimTerm[]): string {
  if (terms.length === 0) return '0';
  return terms
    .map((t, i) => {
      const sign = t.coef < 0 ? '-' : i > 0 ? '+' : '';
      const size = Math.abs(t.coef);
      const names = t.names.join('*');
      return sign + (names === '' ? String(size) : size === 1 ? names : `${size}*${names}`);
    })
    .join('');
}
