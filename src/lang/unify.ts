// Which dims are equal. Dims are polynomials; an equation binds a single name where it can, waits where it cannot yet,
// and remembers why, so that a conflict can say where each dim came from.

import type { Note, Span } from '../base/diagnostic.ts';
import {
  type Dim,
  type DimTerm,
  dim,
  dimName,
  dimNames,
  dimValue,
  mulDims,
  addDims,
  sameDim,
  subDims,
  substituteDim,
} from '../ir/dim.ts';

export interface Conflict {
  readonly left: Dim;
  readonly right: Dim;
}

/** A size the user named that turned out to be another one. */
export interface Merge {
  readonly name: string;
  readonly is: Dim;
  readonly span: Span;
}

export interface Solver {
  /** A dim that nothing is known of. */
  readonly fresh: () => Dim;
  readonly find: (d: Dim) => Dim;
  readonly equate: (a: Dim, b: Dim, span: Span) => Conflict | undefined;
  /** Equations that had to wait; called once at the end. */
  readonly settle: () => readonly { readonly conflict: Conflict; readonly span: Span }[];
  readonly merges: () => readonly Merge[];
  /** Sizes the user named, also those that turned out to be others. */
  readonly named: () => readonly string[];
  /** Where the numbers and names in this dim came from. */
  readonly why: (d: Dim, show: (d: Dim) => string) => Note[];
}

/** Names of dims that nobody wrote start with `?`. */
export function isFresh(name: string): boolean {
  return name.startsWith('?');
}

export function createSolver(): Solver {
  const bound = new Map<string, { to: Dim; span: Span }>();
  const order = new Map<string, number>();
  const merges: Merge[] = [];
  let waiting: { a: Dim; b: Dim; span: Span }[] = [];
  let count = 0;

  const meaning = (name: string): Dim | undefined => {
    const entry = bound.get(name);
    if (entry === undefined) return undefined;
    const to = find(entry.to);
    // Shortens the chain for the next time.
    if (to !== entry.to) bound.set(name, { to, span: entry.span });
    return to;
  };

  // Most dims are a name or a number.
  const find = (d: Dim): Dim => {
    const name = dimName(d);
    if (name !== undefined && !name.startsWith('min(')) return meaning(name) ?? d;
    return dimValue(d) === undefined ? substituteDim(d, meaning) : d;
  };

  const rank = (name: string): number => {
    const known = order.get(name);
    if (known !== undefined) return known;
    order.set(name, order.size);
    return order.size - 1;
  };

  const bind = (name: string, to: Dim, span: Span): void => {
    bound.set(name, { to, span });
    if (!isFresh(name)) merges.push({ name, is: to, span });
  };

  const equate = (a: Dim, b: Dim, span: Span): Conflict | undefined => {
    const [left, right] = [find(a), find(b)];
    if (sameDim(left, right)) return undefined;
    const solution = solvePlain(left, right, rank) ?? solve(subDims(left, right), rank);
    if (solution === 'never') return { left, right };
    if (solution === 'later') waiting.push({ a: left, b: right, span });
    else bind(solution.name, solution.is, span);
    return undefined;
  };

  const settle = (): { conflict: Conflict; span: Span }[] => {
    const conflicts: { conflict: Conflict; span: Span }[] = [];
    for (let round = 0; waiting.length > 0 && round < 100; round++) {
      const list = waiting;
      waiting = [];
      for (const { a, b, span } of list) {
        const conflict = equate(a, b, span);
        if (conflict) conflicts.push({ conflict, span });
      }
      if (waiting.length < list.length) continue;
      const [first] = waiting.splice(0, 1);
      if (first === undefined) break;
      const pairs = matchFactors(find(first.a), find(first.b));
      const failed = pairs === undefined ? { left: find(first.a), right: find(first.b) } : undefined;
      const conflict = failed ?? pairs?.map(([x, y]) => equate(x, y, first.span)).find((c) => c !== undefined);
      if (conflict) conflicts.push({ conflict, span: first.span });
    }
    return conflicts;
  };

  const why = (d: Dim, show: (d: Dim) => string): Note[] => {
    const notes: Note[] = [];
    const seen = new Set<string>();
    const visit = (of: Dim): void => {
      for (const name of dimNames(of)) {
        const entry = bound.get(name);
        if (entry === undefined || seen.has(name)) continue;
        seen.add(name);
        const is = show(entry.to);
        if (!isFresh(name)) notes.push({ span: entry.span, text: `${name} = ${is} follows from this` });
        visit(entry.to);
      }
    };
    visit(d);
    return notes.slice(0, 3);
  };

  return {
    fresh: () => {
      const name = `?${count++}`;
      rank(name);
      return dim(name);
    },
    find,
    equate,
    settle,
    merges: () => merges,
    named: () => [...order.keys()].filter((name) => !isFresh(name)),
    why,
  };
}

/** Of two names, or a name and a number, as `solve` has it; undefined for other dims. */
function solvePlain(left: Dim, right: Dim, rank: (name: string) => number): Solution | undefined {
  const [a, b] = [plainName(left), plainName(right)];
  if (a !== undefined) rank(a);
  else for (const name of dimNames(left)) rank(name);
  if (b !== undefined) rank(b);
  else for (const name of dimNames(right)) rank(name);
  if (a !== undefined && b !== undefined) {
    const isLeft = isFresh(a) === isFresh(b) ? rank(a) > rank(b) : isFresh(a);
    return isLeft ? { name: a, is: right } : { name: b, is: left };
  }
  const [name, number] = a === undefined ? [b, left] : [a, right];
  const value = dimValue(number);
  return name === undefined || value === undefined ? undefined : value >= 1 ? { name, is: number } : 'never';
}

function plainName(d: Dim): string | undefined {
  const name = dimName(d);
  return name === undefined || name.startsWith('min(') ? undefined : name;
}

type Solution = { readonly name: string; readonly is: Dim } | 'never' | 'later';

/** Solves `diff = 0` for one name, where every name stands for a whole number of at least 1. */
function solve(diff: Dim, rank: (name: string) => number): Solution {
  if (dimNames(diff).length === 0) return 'never';
  const signs = new Set(diff.terms.map((t) => Math.sign(t.coef)));
  if (signs.size === 1) return 'never';
  const root = singleRoot(diff);
  if (root !== undefined) return root;
  const linear = diff.terms.filter(
    (t) =>
      t.names.length === 1 &&
      !isMin(t) &&
      diff.terms.filter((s) => s.names.includes(t.names[0] ?? '')).length === 1 &&
      isDivisible(diff, t),
  );
  // Names that nobody wrote go first, then those that appeared last.
  const nameOf = (t: DimTerm): string => t.names[0] ?? '';
  const better = (a: DimTerm, b: DimTerm): number =>
    Number(isFresh(nameOf(b))) - Number(isFresh(nameOf(a))) || rank(nameOf(b)) - rank(nameOf(a));
  const candidates = linear.sort(better).map((t) => ({ name: nameOf(t), is: dividedRest(diff, t) }));
  const possible = candidates.filter(
    ({ name, is }) => !occursInMin(name, is) && is.terms.some((t) => t.coef > 0) && (dimValue(is) ?? 1) >= 1,
  );
  const free = possible.filter((c) => isFresh(c.name));
  const among = free.length > 0 ? free : possible;
  const chosen = among.find(({ is }) => is.terms.every((t) => t.coef > 0)) ?? among[0];
  if (chosen !== undefined) return chosen;
  return linear.length > 0 && dimNames(diff).length === 1 ? 'never' : 'later';
}

/** `min(m,n)` cannot be what n stands for. */
function occursInMin(name: string, is: Dim): boolean {
  return is.terms.some((t) =>
    t.names.some(
      (n) =>
        n.startsWith('min(') &&
        n
          .slice(4, -1)
          .split(/[^\p{L}\p{N}_?]+/u)
          .includes(name),
    ),
  );
}

function isMin(t: DimTerm): boolean {
  return t.names.some((n) => n.startsWith('min('));
}

function isDivisible(diff: Dim, by: DimTerm): boolean {
  return diff.terms.every((t) => Number.isInteger(t.coef / by.coef));
}

/** The dim that the name of `term` must be. */
function dividedRest(diff: Dim, term: DimTerm): Dim {
  const rest = diff.terms.filter((t) => t !== term);
  return rest.map((t) => t.names.map((n) => dim(n)).reduce(mulDims, dim(-t.coef / term.coef))).reduce(addDims, dim(0));
}

/** c·n^k = number. */
function singleRoot(diff: Dim): Solution | undefined {
  const [power, rest] = diff.terms;
  if (diff.terms.length !== 2 || power === undefined || rest === undefined || rest.names.length > 0) return undefined;
  const [name] = power.names;
  if (name === undefined || isMin(power) || power.names.some((n) => n !== name)) return undefined;
  const root = Math.round((-rest.coef / power.coef) ** (1 / power.names.length));
  const fits = root >= 1 && power.coef * root ** power.names.length + rest.coef === 0;
  return fits ? { name, is: dim(root) } : 'never';
}

/** m·p = n·q is read as m = n and p = q. */
function matchFactors(a: Dim, b: Dim): [Dim, Dim][] | undefined {
  const [s, t] = [a.terms[0], b.terms[0]];
  if (a.terms.length !== 1 || b.terms.length !== 1 || !s || !t || s.coef !== t.coef) return undefined;
  const left = [...s.names];
  const right = t.names.filter((n) => {
    const i = left.indexOf(n);
    if (i >= 0) left.splice(i, 1);
    return i < 0;
  });
  if (left.length !== right.length) return undefined;
  return left.map((n, i) => [dim(n), dim(right[i] ?? n)]);
}

/** The dims as a reader would write them. */
export function showDim(d: Dim): string {
  return dimName(d) ?? d.key;
}
