// A product with its scalars apart: coefficient, scalar factors, scalar denominators, and what has a shape.

import { type Rational, add, isExact, isInteger, isOne, mul, one, ratio, zero, fromDecimal, same } from '../ir/rational.ts';
import {
  type NotationTree,
  type Stance,
  bySimplicity,
  filled,
  negate,
  norm,
  numberTree,
  oneTree,
  power,
  product,
  quotient,
  root,
  transposeOf,
} from './notation-tree.ts';
import { must } from '../base/internal.ts';

export interface Term {
  readonly coef: Rational;
  readonly over: readonly NotationTree[];
  readonly under: readonly NotationTree[];
  readonly core?: NotationTree;
}

export function scalarTerm(tree: NotationTree): Term {
  return { coef: one, over: [tree], under: [] };
}

export function coreTerm(core: NotationTree): Term {
  return core.stance === 'scalar' ? scalarTerm(core) : { coef: one, over: [], under: [], core };
}

export function scaled(t: Term, by: Rational): Term {
  return isOne(by) ? t : { ...t, coef: mul(t.coef, by) };
}

export function transposedTerm(t: Term): Term {
  return t.core ? { ...t, core: transposeOf(t.core) } : t;
}

/** A positive number as it is written: integers, short decimals exactly, other fractions as fractions. */
export function isDecimal(r: Rational): boolean {
  if (!isExact(r) || r.den === 1) return true;
  let { den } = r;
  while (den % 10 === 0) den /= 10;
  while (den % 2 === 0) den /= 2;
  while (den % 5 === 0) den /= 5;
  const text = String(r.num / r.den);
  return den === 1 && text.length <= Math.max(8, `${r.num}/${r.den}`.length) && same(fromDecimal(text), r);
}

/** The tree of the term; a negative coefficient becomes a `negate` around it. */
export function finish(t: Term, stance: Stance): NotationTree {
  const size = { num: Math.abs(t.coef.num), den: t.coef.den };
  const isNegative = t.coef.num < 0;
  const core = t.core ?? (stance === 'scalar' ? undefined : filled(1, stance));
  const apart = t.under.length > 0 && !isDecimal(size);
  const coef = apart ? ratio(size.num) : size;
  const unders = [...(apart ? [numberTree(ratio(size.den))] : []), ...collected(t.under).sort(bySimplicity)];
  const scalars = [...(isOne(coef) ? [] : [numberTree(coef)]), ...collected(t.over).sort(byScalar)];
  const under = unders.length === 0 ? undefined : product(unders);
  let tree: NotationTree;
  if (core?.kind === 'quotient' && core.elementWise && core.over.hash === oneTree.hash && scalars.length > 0) {
    tree = quotient(product(scalars), core.under, true);
  } else {
    const list = core ? [...scalars, core] : scalars;
    tree = list.length === 0 ? oneTree : product(list);
  }
  if (under) tree = quotient(tree, under, false);
  return isNegative ? negate(tree) : tree;
}

/** Equal scalars together as a power. */
function collected(list: readonly NotationTree[]): NotationTree[] {
  if (list.length < 2) return [...list];
  const powers = new Map<number, { base: NotationTree; exponent: Rational }>();
  for (const t of list) {
    const isPower = t.kind === 'power' && t.exponent.kind === 'number' && isInteger(t.exponent.value);
    const [base, exponent] = isPower && t.exponent.kind === 'number' ? [t.base, t.exponent.value] : [t, one];
    powers.set(base.hash, { base, exponent: add(exponent, powers.get(base.hash)?.exponent ?? zero) });
  }
  return [...powers.values()].map(({ base, exponent }) => power(base, numberTree(exponent), false));
}

/** Numbers, then names and functions, then products such as x'*A*x. */
function byScalar(a: NotationTree, b: NotationTree): number {
  // Like a number, pi stands before all letters.
  const rank = (t: NotationTree): number => (t.kind === 'index-sum' ? 2 : t.kind === 'product' ? 1 : t.kind === 'name' && t.name === 'pi' ? -1 : 0);
  return rank(a) - rank(b) || bySimplicity(a, b);
}

/** A scalar to a constant power, as a term: negative exponents go below the line. */
export function scalarPower(base: NotationTree, exponent: Rational): Term {
  if (exponent.num < 0)
    return { coef: one, over: [], under: [positivePower(base, { num: -exponent.num, den: exponent.den })] };
  if (exponent.num === 0) return { coef: one, over: [], under: [] };
  return scalarTerm(positivePower(base, exponent));
}

function positivePower(base: NotationTree, exponent: Rational): NotationTree {
  const length = squaredLength(base);
  if (length) return power(length, numberTree(mul(exponent, ratio(2))), false);
  if (exponent.num === 1 && exponent.den === 2) return root(base);
  return power(base, numberTree(exponent), false);
}

/** norm2(u), when the tree is u'*u or norm2(u)^2. */
function squaredLength(t: NotationTree): NotationTree | undefined {
  if (
    t.kind === 'power' &&
    t.base.kind === 'norm' &&
    t.exponent.kind === 'number' &&
    t.exponent.value.num === 2 &&
    t.exponent.value.den === 1
  ) {
    return t.base;
  }
  const [row, column, more] = t.kind === 'product' ? t.factors : [];
  if (!row || !column || more || row.stance !== 'row') return undefined;
  return transposeOf(row).hash === column.hash ? norm(must(column)) : undefined;
}

/** A vector, matrix or tensor to a constant power, entry by entry. */
export function shapedPower(base: NotationTree, exponent: Rational): NotationTree {
  const size = { num: Math.abs(exponent.num), den: exponent.den };
  const up = size.num === 1 && size.den === 2 ? root(base) : power(base, numberTree(size), true);
  return exponent.num < 0 ? quotient(oneTree, up, true) : up;
}
