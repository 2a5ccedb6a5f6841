// A polynomial of networks as a sum of squares: Σ C[a,b] ⟨h[a], h[b]⟩ with C positive semidefinite, for halves h read off
// its positive terms. Completing squares, the inequality of Cauchy and Schwarz (a half against itself with two ports
// exchanged), variances and Gram matrices of univariate polynomials are all of this form.

import { must } from '../base/internal.ts';
import { type Dim, evaluateDim } from '../ir/dim.ts';
import { isIdentity } from '../ir/build.ts';
import { type Expr, contract, sum } from '../ir/expr.ts';
import { type Rational, add, inverse, isZero, mul, neg, ratio, zero } from '../ir/rational.ts';
import { opNamed } from '../ops/table.ts';
import { normal } from '../simplify/pipelines.ts';
import { addsUpToOne, arrangements, glued, openProduct, signature, withMatrixUnit, withRows, withUnit, withoutUnits } from './glue.ts';
import { type Half, type Judge, mirrors } from './mirror.ts';
import { type Polynomial, dimsOf, networkOf, polynomial, productOf } from './network.ts';

/** Halves that may be joined with one another, and their coefficients. */
export interface Block {
  readonly halves: readonly Half[];
  readonly gram: readonly (readonly Rational[])[];
}

// Halves of one block.
const mostHalves = 16;

/** Undefined when this search finds none; that is no proof that there is none. */
export function sumOfSquares(given: Polynomial, judge: Judge): readonly Block[] | undefined {
  const q = withoutTotals(given);
  if (q.size === 0) return [];
  const halves = [...q].filter(([, coef]) => coef.num > 0).flatMap(([key]) => mirrors(networkOf(key), judge));
  const simple = assigned(q, blocksOf(halves));
  if (simple) return simple;
  const matrices = matrixUnits(halves);
  // A trace is the product with the identity: for negative terms that are squares of traces.
  const traces = matrices.length === 0 ? [] : [...q].filter(([, coef]) => coef.num < 0).flatMap(([key]) => mirrors(networkOf(key), judge));
  const wider = traces.flatMap((h) => matrices.map((u) => withMatrixUnit(h, u)));
  // One kind of unit after the other: squares that two kinds offer would be shared between them.
  const units = unitsOf(q);
  const kinds = [units.filter((u) => !('dim' in u)), units.filter((u) => 'dim' in u)];
  for (const chosen of kinds.every((k) => k.length > 0) ? [...kinds, units] : [units]) {
    const more = halves.flatMap((h) => chosen.flatMap((u) => ('rows' in u ? withRows(h, u.rows) : dimsOfUnit(u).every((d) => h.ports.some((p) => p.kind === 'shared' && p.dim.key === d.key)) ? [withUnit(h, u)] : [])));
    const found = more.length + wider.length === 0 ? undefined : assigned(q, blocksOf([...halves, ...more, ...wider]));
    if (found) return found;
  }
  return undefined;
}

/** Totals over the simplex are 1. */
function withoutTotals(q: Polynomial): Polynomial {
  const networks = [...q].map(([key, coef]) => ({ key, coef, atoms: networkOf(key) }));
  if (!networks.some(({ atoms }) => withoutUnits(atoms).gone.size > 0)) return q;
  return polynomial(sum(networks.map(({ key, coef, atoms }) => ({ coef, arg: withoutUnits(atoms).gone.size > 0 ? productOf(withoutUnits(atoms).atoms) : key }))));
}

type Unit = { readonly simplex: Expr } | { readonly dim: Dim } | { readonly rows: Expr };

function dimsOfUnit(unit: Exclude<Unit, { readonly rows: Expr }>): readonly Dim[] {
  return 'simplex' in unit ? unit.simplex.shape : [unit.dim];
}

/** Matrices at ports that are inverses, with what they invert. */
function matrixUnits(halves: readonly Half[]): { readonly X: Expr; readonly M: Expr }[] {
  const found = new Map<Expr, { readonly X: Expr; readonly M: Expr }>();
  for (const port of halves.flatMap((h) => h.ports)) {
    if (port.kind !== 'matrix' || port.matrix.kind !== 'apply') continue;
    const [X] = port.matrix.args;
    if (X?.shape.length === 2 && isIdentity(normal(contract([port.matrix, X], [[0, 1], [1, 2]], [0, 2])))) found.set(port.matrix, { X, M: port.matrix });
  }
  return [...found.values()];
}

function unitsOf(q: Polynomial): Unit[] {
  const found = new Map<string, Unit>();
  // A size that is a number stands in no product.
  for (const d of [...q.keys()].flatMap((key) => [...dimsOf(networkOf(key)).values()])) if (evaluateDim(d, new Map()) !== undefined) found.set(`size ${d.key}`, { dim: d });
  for (const atom of [...q.keys()].flatMap((key) => networkOf(key))) {
    if (atom.base.kind === 'size') found.set(`size ${atom.base.dim.key}`, { dim: atom.base.dim });
    if (atom.base.kind === 'apply' && atom.base.shape.length === 2 && opNamed(atom.base.op).totalsOne?.(atom.base.params) === 1) found.set(String(atom.base.id), { rows: atom.base });
    if (addsUpToOne(atom.base)) found.set(String(atom.base.id), { simplex: atom.base });
  }
  return [...found.values()];
}

/** Halves by the kinds of their ports, each in every order of its ports, without repetition. */
function blocksOf(halves: readonly Half[]): readonly (readonly Half[])[] {
  const blocks = new Map<string, Half[]>();
  const known = new Map<Half, Expr>();
  // Symmetric matrices read either way are one.
  const openOf = (half: Half): Expr => {
    const open = known.get(half) ?? normal(openProduct(half));
    known.set(half, open);
    return open;
  };
  for (const half of halves.flatMap(arrangements)) {
    const key = signature(half);
    const block = blocks.get(key);
    if (!block) blocks.set(key, [half]);
    else if (block.length < mostHalves && !block.some((other) => openOf(other) === openOf(half))) block.push(half);
  }
  return [...blocks.values()];
}

interface Place {
  readonly block: number;
  readonly a: number;
  readonly b: number;
  /** What ⟨a, b⟩ + ⟨b, a⟩ (or ⟨a, a⟩) is, as a multiple of the term. */
  readonly factor: Rational;
}

function assigned(q: Polynomial, blocks: readonly (readonly Half[])[]): readonly Block[] | undefined {
  const places = new Map<Expr, Place[]>();
  for (const [block, halves] of blocks.entries()) {
    for (const a of halves.keys()) {
      for (let b = a; b < halves.length; b++) {
        const terms = [...polynomial(glued(must(halves[a]), must(halves[b])))];
        const [only] = terms;
        if (terms.length !== 1 || !only || !q.has(only[0])) continue;
        const list = places.get(only[0]) ?? [];
        places.set(only[0], list);
        list.push({ block, a, b, factor: a === b ? only[1] : mul(ratio(2), only[1]) });
      }
    }
  }
  // Terms that stand on no diagonal choose their block; the squares follow where they are needed.
  const crossing = [...q].filter(([key, coef]) => coef.num < 0 || !places.get(key)?.some((p) => p.a === p.b));
  const options = crossing.map(([key]) => [...new Set((places.get(key) ?? []).filter((p) => p.a !== p.b).map((p) => p.block))]);
  const attempts: readonly (readonly number[])[] = [...choices(options), [...blocks.keys()]];
  for (const allowed of attempts) {
    const found = filled(q, blocks, places, new Set(allowed), 'apart') ?? filled(q, blocks, places, new Set(allowed), 'leaning');
    if (found) return found;
  }
  return undefined;
}

// Sets of blocks that are tried.
const mostChoices = 60;

/** Sets of blocks that serve every crossing term, small ones first: those with one block for all, then one for each. */
function choices(options: readonly (readonly number[])[]): readonly (readonly number[])[] {
  if (options.length === 0) return [];
  const all = [...new Set(options.flat())];
  const single = all.filter((block) => options.every((o) => o.includes(block))).map((block) => [block]);
  let several: readonly (readonly number[])[] = [[]];
  for (const option of options) {
    const next = several.flatMap((chosen) => (option.some((b) => chosen.includes(b)) ? [chosen] : option.map((b) => [...chosen, b])));
    several = next.slice(0, mostChoices);
  }
  return [...single, ...several.filter((chosen) => chosen.length > 1).toSorted((a, b) => a.length - b.length)];
}

/**
 * Every term spread evenly over its places; crossing terms only in the blocks allowed, squares there first. With `leaning`, a
 * negative term that is also the square of a half stands there too, as much as serves best.
 */
function filled(q: Polynomial, blocks: readonly (readonly Half[])[], places: ReadonlyMap<Expr, readonly Place[]>, allowed: ReadonlySet<number>, how: 'apart' | 'leaning'): readonly Block[] | undefined {
  const grams = blocks.map((halves) => halves.map(() => halves.map((): Rational => zero)));
  const put = (list: readonly Place[], coef: Rational): void => {
    for (const { block, a, b, factor } of list) {
      const share = mul(mul(coef, inverse(factor)), ratio(1, list.length));
      const gram = must(grams[block]);
      must(gram[a])[b] = add(must(must(gram[a])[b]), share);
      if (a !== b) must(gram[b])[a] = add(must(must(gram[b])[a]), share);
    }
  };
  // Positive terms first: what leans on them must know them.
  for (const [key, coef] of [...q].sort(([, a], [, b]) => b.num - a.num)) {
    const list = places.get(key) ?? [];
    const leaned = how === 'leaning' && coef.num < 0 ? leaning(coef, list.filter((p) => allowed.has(p.block)), grams) : undefined;
    if (leaned) {
      put([leaned.square], mul(leaned.share, leaned.square.factor));
      put([leaned.crossing], add(coef, neg(mul(leaned.share, leaned.square.factor))));
      continue;
    }
    const squares = list.filter((p) => p.a === p.b);
    const inside = squares.filter((p) => allowed.has(p.block));
    const chosen = coef.num < 0 || squares.length === 0 ? list.filter((p) => p.a !== p.b && allowed.has(p.block)) : inside.length > 0 ? inside : squares;
    if (chosen.length === 0) return undefined;
    put(chosen, coef);
  }
  if (!grams.every(isPsd)) return undefined;
  return blocks.map((halves, k) => trimmed(halves, must(grams[k]))).filter((block) => block.halves.length > 0);
}

/** The coefficient t of the square that leaves most room for p t + r x = c with α t ≥ x². */
function leaning(c: Rational, list: readonly Place[], grams: readonly (readonly (readonly Rational[])[])[]): { square: Place; crossing: Place; share: Rational } | undefined {
  for (const square of list.filter((p) => p.a === p.b)) {
    for (const crossing of list.filter((p) => p.a !== p.b && p.block === square.block && (p.a === square.a || p.b === square.a))) {
      const other = crossing.a === square.a ? crossing.b : crossing.a;
      const alpha = must(must(must(grams[square.block])[other])[other]);
      const [p, r] = [square.factor, crossing.factor];
      const share = mul(add(c, mul(mul(alpha, mul(r, r)), inverse(mul(ratio(2), p)))), inverse(p));
      if (alpha.num > 0 && share.num > 0) return { square, crossing, share };
    }
  }
  return undefined;
}

function trimmed(halves: readonly Half[], gram: readonly (readonly Rational[])[]): Block {
  const used = [...halves.keys()].filter((a) => must(gram[a]).some((c) => !isZero(c)));
  return { halves: used.map((a) => must(halves[a])), gram: used.map((a) => used.map((b) => must(must(gram[a])[b]))) };
}

/** By exact elimination: every pivot is non-negative, and where it is zero so is its row. */
export function isPsd(matrix: readonly (readonly Rational[])[]): boolean {
  const A = matrix.map((row) => [...row]);
  for (const [k, row] of A.entries()) {
    const pivot = must(row[k]);
    if (!(pivot.num >= 0)) return false;
    if (isZero(pivot)) {
      if (row.slice(k).some((e) => !isZero(e))) return false;
      continue;
    }
    for (let i = k + 1; i < A.length; i++) {
      const below = must(A[i]);
      const factor = mul(must(below[k]), inverse(pivot));
      if (isZero(factor)) continue;
      for (let j = k; j < A.length; j++) below[j] = add(must(below[j]), neg(mul(factor, must(row[j]))));
    }
  }
  return true;
}
