// Second derivatives full of unit tensors as core and pattern: the numbers that there are, how they act on a direction, and
// how a linear system with them is solved. A tensor with axes [x, x] is a sum of terms of these forms:
//
//   diagonal          zero unless all axes of both sides agree
//   blocks            zero unless some agree; one block for all (tied) or one for each position (separate)
//   Kronecker         a product of matrices, one for each axis; or with the axes of one side exchanged
//   permutation       ones that exchange the axes
//   rank one          a product of a tensor of each side
//   congruence        X' diag(w) X, which never needs to be formed to be applied
//
// Systems are solved for one base (diagonal, blocks, Kronecker or permutation) plus terms of rank one: Sherman and Morrison
// 1950; Golub & Van Loan, Matrix Computations, 4th edition, section 2.1.4.

import { must } from '../base/internal.ts';
import { add, constant, permute, scale, sub, times } from '../ir/build.ts';
import { type ContractNode, type Expr, type Label, type Shape, type Term, type VariableNode, contract, variable } from '../ir/expr.ts';
import { sameShape } from '../ir/dim.ts';
import { facts } from '../ir/fact.ts';
import { type Rational, isOne, one } from '../ir/rational.ts';
import { factsOf, isSymmetric } from '../ops/facts.ts';
import { solution } from '../ops/matrix/solve.ts';
import { power } from '../ops/scalar/power.ts';
import { distributed, isPattern } from './arrange.ts';

export type Form = 'diagonal' | 'tied blocks' | 'separate blocks' | 'Kronecker' | 'permutation' | 'congruence' | 'rank one' | 'sum';

export interface Structured {
  /** Of the whole: with "plus rank one" where such terms are added. */
  readonly form: string;
  /** The parts that are computed once; with their values as expressions of the arguments. */
  readonly cores: readonly Core[];
  /** The tensor applied to the direction, from the cores. */
  readonly apply: Expr;
  /** What the tensor maps to the direction, from the cores; undefined where the form does not tell. */
  readonly solve?: Expr;
  /** All entries, from the cores. */
  readonly dense: Expr;
}

export interface Core {
  readonly variable: VariableNode;
  readonly value: Expr;
}

/**
 * Undefined when the tensor is best kept in full. The direction stands for its last axes; `tidy` simplifies without
 * distributing.
 */
export function structured(given: Expr, direction: VariableNode, tidy: (e: Expr) => Expr): Structured | undefined {
  const rank = direction.shape.length;
  const H = tidy(must(distributed([given])[0]));
  if (H.shape.length !== 2 * rank || rank === 0) return undefined;
  const terms: readonly Term[] = H.kind === 'sum' ? H.terms : [{ coef: one, arg: H }];
  const makes = newCores(terms.length === 1, tidy);
  const parts = terms.map((t) => partOf(t, rank, makes));
  if (!parts.every((p) => p !== undefined)) return undefined;
  if (rank === 1 && !parts.some((p) => p.form !== 'rank one')) return undefined;
  const cores = makes.cores();
  if (cores.length === 0) return undefined;
  const dense = parts.length === 1 ? must(parts[0]).whole : add(...parts.map((p) => p.whole));
  const labels = H.shape.map((_, i) => i);
  const apply = tidy(contract([dense, direction], [labels, labels.slice(rank)], labels.slice(0, rank)));
  const base = baseOf(parts, direction.shape);
  const solve = base && sameShape(H.shape.slice(0, rank), direction.shape) ? solved(base.inverse, parts, direction) : undefined;
  const plus = parts.some((p) => p.form === 'rank one') && parts.some((p) => p.form !== 'rank one') ? ' plus rank one' : '';
  return { form: `${base?.form ?? (plus === '' && parts.every((p) => p.form === 'rank one') ? 'rank one' : parts.length === 1 ? must(parts[0]).form : 'sum')}${plus}`, cores, apply, dense, ...(solve && { solve: tidy(solve) }) };
}

interface Part {
  readonly form: Form;
  /** Labels of the result; equal ones agree. */
  readonly out: readonly Label[];
  /** The numbers along the labels that they depend on; nothing where they are one constant. */
  readonly core?: { readonly of: Expr; readonly labels: readonly Label[] };
  readonly weight: Rational;
  /** The two factors of a product of matrices, each with its labels, or of a term of rank one. */
  readonly factors?: readonly [Factor, Factor];
  readonly whole: Expr;
}

interface Factor {
  readonly of: Expr;
  readonly labels: readonly Label[];
}

interface Cores {
  /** The variable that stands for a value; constants stand for themselves. */
  readonly core: (value: Expr) => Expr;
  /** The weight of a single term goes into its core. */
  readonly weighed: (coef: Rational, value: Expr) => { readonly core: Expr; readonly rest: Rational };
  readonly cores: () => readonly Core[];
}

function newCores(isSingle: boolean, tidy: (e: Expr) => Expr): Cores {
  const known = new Map<Expr, VariableNode>();
  const core = (value: Expr): Expr => {
    if (value.kind === 'number' || value.kind === 'delta' || value.kind === 'size' || (value.kind === 'contract' && value.args.length === 0)) return value;
    const found = known.get(value) ?? variable(`core ${known.size}`, value.shape, facts(isSymmetric(value) ? ['symmetric'] : [...factsOf(value).has].filter((f) => f === 'diagonal')));
    known.set(value, found);
    return found;
  };
  return {
    core: (value) => core(tidy(value)),
    weighed: (coef, value) => (isSingle && !isOne(coef) ? { core: core(tidy(scale(coef, value))), rest: one } : { core: core(tidy(value)), rest: coef }),
    cores: () => [...known].map(([value, v]) => ({ variable: v, value })),
  };
}

function partOf({ coef, arg }: Term, rank: number, makes: Cores): Part | undefined {
  if (arg.kind === 'delta' && (rank > 1 || arg.groups.some((g) => g.length > 1))) return undefined;
  if (isPattern(arg)) return patternPart(coef, arg, rank, makes);
  if (arg.kind !== 'contract') return undefined;
  return productPart(coef, arg, rank, makes) ?? congruencePart(coef, arg, rank, makes);
}

/** X[i,a] w[i] X[i,b] for a vector of variables. */
function congruencePart(coef: Rational, arg: ContractNode, rank: number, makes: Cores): Part | undefined {
  const [a, b] = arg.out;
  if (rank !== 1 || a === undefined || b === undefined) return undefined;
  const ends = arg.labels.flatMap((mine, k) => (mine.length === 2 && (mine.includes(a) || mine.includes(b)) ? [k] : []));
  const [p, q] = ends;
  if (ends.length !== 2 || p === undefined || q === undefined || arg.args[p] !== arg.args[q]) return undefined;
  const axis = must(arg.labels[p]).findIndex((l) => l === a || l === b);
  const inner = must(must(arg.labels[p])[1 - axis]);
  if (must(arg.labels[q])[1 - axis] !== inner || inner === a || inner === b || must(arg.labels[q])[axis] === must(arg.labels[p])[axis]) return undefined;
  const others = arg.args.flatMap((_, k) => (k === p || k === q ? [] : [k]));
  if (!others.every((k) => must(arg.labels[k]).every((l) => l === inner))) return undefined;
  const X = makes.core(must(arg.args[p]));
  const row = (out: Label): readonly Label[] => (axis === 0 ? [out, inner] : [inner, out]);
  if (others.length === 0) return { form: 'congruence', out: arg.out, weight: coef, whole: weigh(coef, contract([X, X], [row(a), row(b)], [a, b])) };
  const along = others.some((k) => must(arg.labels[k]).length > 0) ? [inner] : [];
  const value = contract(
    others.map((k) => must(arg.args[k])),
    others.map((k) => must(arg.labels[k])),
    along,
  );
  const { core, rest } = makes.weighed(coef, value);
  return { form: 'congruence', out: arg.out, weight: rest, whole: weigh(rest, contract([X, core, X], [row(a), along, row(b)], [a, b])) };
}

function patternPart(coef: Rational, arg: Expr, rank: number, makes: Cores): Part {
  const pattern: { args: readonly Expr[]; labels: readonly (readonly Label[])[]; out: readonly Label[] } = arg.kind === 'contract' ? arg : { args: [], labels: [], out: arg.shape.map(() => 0) };
  const { out } = pattern;
  const form = formOf(out, rank, pattern.labels.flat());
  if (pattern.args.length === 0) return { form, out, weight: coef, whole: weigh(coef, arg) };
  const own = [...new Set(out)].filter((l) => pattern.labels.some((mine) => mine.includes(l)));
  const { core, rest } = makes.weighed(coef, contract(pattern.args, pattern.labels, own));
  return { form, out, core: { of: core, labels: own }, weight: rest, whole: weigh(rest, contract([core], [own], out, arg.shape)) };
}

function formOf(out: readonly Label[], rank: number, used: readonly Label[]): Form {
  const tied = tiedAxes(out, rank);
  if (tied.length === rank) return 'diagonal';
  if (tied.length > 0) return tied.some((k) => used.includes(must(out[k]))) ? 'separate blocks' : 'tied blocks';
  return rank === 2 && out[0] === out[3] && out[1] === out[2] ? 'permutation' : 'sum';
}

function tiedAxes(out: readonly Label[], rank: number): number[] {
  return Array.from({ length: rank }, (_, k) => k).filter((k) => out[k] === out[rank + k]);
}

/** Rank one: no factor joins the sides. Kronecker: the factors fall apart by pairs of axes. */
function productPart(coef: Rational, arg: ContractNode, rank: number, makes: Cores): Part | undefined {
  const { out } = arg;
  const places = (labels: readonly Label[]): number[] => labels.map((l) => out.indexOf(l)).filter((k) => k >= 0);
  const groups = components(arg).map((args) => ({ args, axes: places(args.flatMap((k) => must(arg.labels[k]))) }));
  if (groups.flatMap((g) => g.axes).length < out.length) return undefined;
  const split = (first: (axes: readonly number[]) => boolean, second: (axes: readonly number[]) => boolean): readonly [Factor, Factor] | undefined => {
    if (!groups.every((g) => first(g.axes) || second(g.axes))) return undefined;
    const factor = (belongs: (axes: readonly number[]) => boolean, rest: boolean): Factor => {
      const args = groups.filter((g) => belongs(g.axes) || (rest && g.axes.length === 0)).flatMap((g) => g.args);
      const labels = out.filter((l) => args.some((k) => must(arg.labels[k]).includes(l)));
      const value = contract(
        args.map((k) => must(arg.args[k])),
        args.map((k) => must(arg.labels[k])),
        labels,
      );
      return { of: makes.core(value), labels };
    };
    return [factor((axes) => axes.length > 0 && first(axes), true), factor((axes) => axes.length > 0 && second(axes), false)];
  };
  const within = (...allowed: readonly number[]) => (axes: readonly number[]): boolean => axes.every((k) => allowed.includes(k));
  const sides = split(
    (axes) => axes.every((k) => k < rank),
    (axes) => axes.length > 0 && axes.every((k) => k >= rank),
  );
  const pairs = sides ? undefined : rank === 2 ? (split(within(0, 2), within(1, 3)) ?? split(within(0, 3), within(1, 2))) : undefined;
  const factors = sides ?? pairs;
  if (!factors) return undefined;
  const whole = weigh(
    coef,
    contract(
      factors.map((f) => f.of),
      factors.map((f) => f.labels),
      out,
      arg.shape,
    ),
  );
  return { form: sides ? 'rank one' : 'Kronecker', out, weight: coef, factors, whole };
}

/** Arguments joined by labels, of the result or not. */
function components(e: ContractNode): number[][] {
  const groups: { args: number[]; labels: Set<Label> }[] = [];
  e.labels.forEach((labels, k) => {
    const touching = groups.filter((g) => labels.some((l) => g.labels.has(l)));
    const merged = { args: [...touching.flatMap((g) => g.args), k], labels: new Set([...touching.flatMap((g) => [...g.labels]), ...labels]) };
    for (const g of touching) groups.splice(groups.indexOf(g), 1);
    groups.push(merged);
  });
  return groups.map((g) => g.args);
}

interface Base {
  readonly form: Form | 'diagonal plus congruence';
  /** The inverse of the base applied to a tensor of the shape of the direction. */
  readonly inverse: (R: Expr) => Expr;
}

/** All terms but those of rank one, as one invertible map. */
function baseOf(parts: readonly Part[], shape: Shape): Base | undefined {
  const list = parts.filter((p) => p.form !== 'rank one');
  const rank = shape.length;
  const [only] = list;
  if (!only) return undefined;
  if (rank === 1 && list.some((p) => p.form === 'congruence')) {
    const whole = list.length === 1 ? only.whole : add(...list.map((p) => p.whole));
    return { form: list.every((p) => p.form === 'congruence') ? 'congruence' : 'diagonal plus congruence', inverse: (R) => solution(whole, R) };
  }
  if (list.length === 1 && only.form === 'Kronecker') return { form: 'Kronecker', inverse: (R) => kroneckerInverse(only, R) };
  if (list.length === 1 && only.form === 'permutation') return { form: 'permutation', inverse: (R) => permute(overDiagonal(R, [{ ...only, out: only.out.slice(0, 2) }], shape), [1, 0]) };
  if (list.some((p) => p.factors)) return undefined;
  const tied = Array.from({ length: rank }, (_, k) => k).filter((k) => list.every((p) => p.out[k] === p.out[rank + k]));
  if (tied.length === rank) return { form: 'diagonal', inverse: (R) => overDiagonal(R, list.map((p) => ({ ...p, out: p.out.slice(0, rank) })), shape) };
  const [axis] = tied;
  if (rank !== 2 || axis === undefined) return undefined;
  return blocks(list, axis, shape);
}

/** R divided entry by entry by the sum of the terms. */
function overDiagonal(R: Expr, list: readonly Part[], shape: Shape): Expr {
  const terms = list.map((p) => weigh(p.weight, p.core ? contract([p.core.of], [p.core.labels], p.out, shape) : constant(1, shape)));
  return times(R, power(terms.length === 1 ? must(terms[0]) : add(...terms), -1));
}

/** A matrix for each position of one axis, or one matrix for all. */
function blocks(list: readonly Part[], axis: number, shape: Shape): Base {
  const other = 1 - axis;
  const isSeparate = list.some((p) => p.core?.labels.includes(must(p.out[axis])));
  const sizes = isSeparate ? [must(shape[axis]), must(shape[other]), must(shape[other])] : [must(shape[other]), must(shape[other])];
  const terms = list.map((p) => {
    const out = [...(isSeparate ? [must(p.out[axis])] : []), must(p.out[other]), must(p.out[2 + other])];
    return weigh(p.weight, p.core ? contract([p.core.of], [p.core.labels], out, sizes) : contract([], [], out, sizes));
  });
  const B = terms.length === 1 ? must(terms[0]) : add(...terms);
  const order = axis === 0 ? [0, 1] : [1, 0];
  return isSeparate
    ? { form: 'separate blocks', inverse: (R) => permute(solution(B, permute(R, order)), order) }
    : { form: 'tied blocks', inverse: (R) => permute(solution(B, permute(R, order.toReversed())), order.toReversed()) };
}

/** A X B' = R, or A X' B' = R where the axes of one side are exchanged. */
function kroneckerInverse({ factors, out, weight }: Part, R: Expr): Expr {
  const [first, second] = must(factors);
  const isExchanged = first.labels.includes(must(out[3])) || second.labels.includes(must(out[2]));
  const facing = (f: Factor, row: number): Expr => (f.labels[0] === out[row] ? f.of : permute(f.of, [1, 0]));
  const [A, B] = [facing(first, 0), facing(second, 1)];
  const left = solution(A, R);
  const both = permute(solution(B, permute(left, [1, 0])), isExchanged ? [0, 1] : [1, 0]);
  return isOne(weight) ? both : scale({ num: weight.den * Math.sign(weight.num), den: Math.abs(weight.num) }, both);
}

/** The base and one term of rank one after the other. */
function solved(inverse: (R: Expr) => Expr, parts: readonly Part[], R: Expr): Expr {
  let current = inverse;
  for (const p of parts) {
    if (p.form !== 'rank one') continue;
    const before = current;
    const [u, v] = must(p.factors).map((f) => f.of) as [Expr, Expr];
    const z = before(u);
    const inner = (a: Expr, b: Expr): Expr => contract([a, b], [a.shape.map((_, i) => i), b.shape.map((_, i) => i)], []);
    const bottom = add(constant(1), scale(p.weight, inner(v, z)));
    current = (S) => {
      const y = before(S);
      return sub(y, scale(p.weight, times(z, inner(v, y), power(bottom, -1))));
    };
  }
  return current(R);
}

function weigh(coef: Rational, e: Expr): Expr {
  return isOne(coef) ? e : scale(coef, e);
}
