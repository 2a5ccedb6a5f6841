// Factoring: a factor that stands in several terms of a sum in the same place is taken out once. Greedy by the
// reading cost; works for tensors of any order, because "the same place" is a statement about labels.

import { components } from '../base/components.ts';
import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import { type Expr, type Label, type Shape, type Term, number } from '../ir/expr.ts';
import { content, inverse, mul, one } from '../ir/rational.ts';
import { isSymmetric } from '../ops/facts.ts';
import type { Factor } from '../ops/op.ts';
import { cost, costInProduct, costOfNumber, costOfProduct, costOfSum } from './cost.ts';
import type { ProductOptions } from './options.ts';
import { assembleFactors } from './orient.ts';
import { product } from './product.ts';
import { split, sumOf } from './sum.ts';

// Where several factors could be taken out with equal right, the sum stays as it is unless this much of it is left.
const worthChoosing = 0.8;

// Sums with more factors than this in all are left as they are.
const mostFactors = 1200;

/** The sum in factored form, or as it was where factoring does not pay. */
export function factored(e: Expr, options: ProductOptions): Expr {
  if (e.kind !== 'sum' || e.terms.length < 2) return e;
  if (e.terms.reduce((n, t) => n + (t.arg.kind === 'contract' ? t.arg.args.length : 1), 0) > mostFactors) return e;
  const narrow = withoutRepetition(e, options);
  if (narrow) return narrow;
  const grouped = onDiagonals(e.terms, e.shape, options);
  let terms = grouped;
  let enough = 1;
  for (let rounds = 0; rounds < 50; rounds++) {
    const next = takeOut(terms, e.shape, options);
    if (!next) break;
    if (next.isArbitrary && next.terms.length > 1) enough = worthChoosing;
    terms = next.terms;
  }
  const result = sumOf(terms, e.shape, options.trace);
  return cost(result) < enough * cost(e) - 1e-9 ? result : e;
}

interface Flat {
  readonly coef: Term['coef'];
  readonly factors: readonly Factor[];
  readonly out: readonly Label[];
}

function flat(t: Term): Flat {
  if (t.arg.kind === 'contract') {
    const { args, labels, out } = t.arg;
    return { coef: t.coef, factors: args.map((expr, i) => ({ expr, labels: must(labels[i]) })), out };
  }
  const labels = t.arg.shape.map((_, i) => i);
  return { coef: t.coef, factors: [{ expr: t.arg, labels }], out: labels };
}

/** a*vector(1) + b*vector(1) = (a + b)*vector(1): axes along which no term varies stand outside. */
function withoutRepetition(e: Expr, options: ProductOptions): Expr | undefined {
  if (e.kind !== 'sum') return undefined;
  const flats = e.terms.map(flat);
  const varies = e.shape.map((_, axis) => flats.some((f) => f.factors.some((g) => g.expr.kind !== 'number' && g.labels.includes(must(f.out[axis]))) || f.out.indexOf(must(f.out[axis])) !== f.out.lastIndexOf(must(f.out[axis]))));
  if (varies.every(Boolean)) return undefined;
  const kept = [...e.shape.keys()].filter((axis) => varies[axis]);
  const shape = kept.map((axis) => must(e.shape[axis]));
  const cores = flats.map((f) => ({
    coef: one,
    arg: product(
      f.coef,
      f.factors.flatMap((g) => (g.expr.kind === 'number' ? [{ expr: number(g.expr.value), labels: [] }] : [g])),
      kept.map((axis) => must(f.out[axis])),
      shape,
      options,
    ),
  }));
  options.trace?.rule('common-repetition');
  return product(one, [{ expr: factored(sumOf(cores, shape, options.trace), options), labels: kept }], [...e.shape.keys()], e.shape, options);
}

/** Terms that put their values on the same diagonals are summed first: diag(u) + diag(v) = diag(u + v). */
function onDiagonals(terms: readonly Term[], shape: Shape, options: ProductOptions): readonly Term[] {
  const groups = new Map<string, Term[]>();
  for (const t of terms) {
    const pattern = t.arg.kind === 'contract' ? t.arg.out.map((l, _, out) => out.indexOf(l)).join('.') : shape.map((_, i) => i).join('.');
    const list = groups.get(pattern);
    if (list) list.push(t);
    else groups.set(pattern, [t]);
  }
  return [...groups].flatMap(([pattern, list]): Term[] => {
    const slots = pattern === '' ? [] : pattern.split('.').map(Number);
    const distinct = [...new Set(slots)];
    if (list.length < 2 || distinct.length === slots.length) return list;
    const coreShape = distinct.map((axis) => must(shape[axis]));
    const cores = list.map(flat).map((f) => split(product(f.coef, f.factors, distinct.map((axis) => must(f.out[axis])), coreShape, options)));
    options.trace?.rule('common-diagonal');
    const core = factored(sumOf(cores, coreShape, options.trace), options);
    return [split(product(one, [{ expr: core, labels: distinct }], slots, shape, options))];
  });
}

/**
 * One or two factors of a term with their place: for every axis the positions of the result it lies on, or "summed".
 * Two at once find A'(B + C)A, where the terms may join their two ends differently.
 */
interface Occurrence {
  readonly term: number;
  readonly factors: readonly number[];
  /** Labels of the factors' axes, one factor after the other. */
  readonly labels: readonly Label[];
}

function takeOut(terms: readonly Term[], shape: Shape, options: ProductOptions): { readonly terms: readonly Term[]; readonly isArbitrary: boolean } | undefined {
  if (terms.length < 2) return undefined;
  const flats = terms.map((t) => withWholeSlices(withWholeNumbers(flat(t), options)));
  let most = 0;
  const tried = candidates(flats)
    .flatMap((place) => {
      const { list } = place;
      if (place.most < most - 1e-9) return [];
      const frame = frameOf(list, flats, shape);
      const before = list.reduce((n, o) => n + 1 + cost(must(terms[o.term]).arg) + (must(terms[o.term]).coef.num < 0 ? 0.1 : 0), -1);
      const expected = before - expectedCost(frame, shape);
      most = Math.max(most, expected);
      return { list, frame, before, expected };
    })
    .sort((p, q) => q.expected - p.expected);
  let best: { saved: number; expected: number; list: readonly Occurrence[]; frame: Frame; rest: Expr; whole: Expr } | undefined;
  for (const { list, frame, before, expected } of tried) {
    if (best ? expected < best.saved - 1e-9 : expected <= 1e-9) break;
    // Of equal savings the one in more terms.
    if (best && expected <= best.saved + 1e-9 && list.length <= best.list.length) continue;
    const rest = restOf(frame, options);
    const whole = around(frame, rest, shape, options);
    const saved = before - cost(whole);
    const isBetter = best ? saved > best.saved + 1e-9 || (saved > best.saved - 1e-9 && list.length > best.list.length) : saved > 1e-9;
    if (isBetter) best = { saved, expected, list, frame, rest, whole };
  }
  if (!best) return undefined;
  options.trace?.rule('factor-out');
  const gone = new Set(best.list.map((o) => o.term));
  // What is left is factored too, unless brackets in brackets make the whole longer.
  const inner = factored(best.rest, options);
  const deep = inner === best.rest ? best.whole : around(best.frame, inner, shape, options);
  const whole = cost(best.whole) < cost(deep) - 1e-9 ? best.whole : deep;
  return { terms: [...terms.filter((_, i) => !gone.has(i)), split(whole)], isArbitrary: isArbitrary(best, tried, terms.length) };
}

/**
 * Whether another factor, of other terms, could be taken out as well and would leave this one without its terms: of
 * A*X*X + X*A*X + X*X*A neither X is to be preferred.
 */
function isArbitrary(best: Tried, tried: readonly Tried[], count: number): boolean {
  if (best.list.length === count || count > mostEven) return false;
  const mine = new Set(best.list.map((o) => o.term));
  return tried.some(({ list, expected }) => {
    const shared = list.filter((o) => mine.has(o.term)).length;
    return Math.abs(expected - best.expected) < 1e-9 && list.length === mine.size && shared > 0 && shared < mine.size;
  });
}

interface Tried {
  readonly expected: number;
  readonly list: readonly Occurrence[];
}

// In longer sums any order is taken.
const mostEven = 6;

// How many places of common factors are tried, and up to how many factors of a term pairs are looked at.
const triedPlaces = 12;
// What taking one factor out of a term can save beside the factor: its operator, the sign, a number.
const operators = 2.5;
const pairedFactors = 8;

/** Places that two terms or more have in common, those that promise most first. */
function candidates(flats: readonly Flat[]): readonly { readonly list: readonly Occurrence[]; readonly most: number }[] {
  const places = new Map<string, { readonly weight: number; readonly list: Occurrence[] }>();
  const note = (key: string, weight: number, occurrence: Occurrence): void => {
    const known = places.get(key);
    if (!known) places.set(key, { weight, list: [occurrence] });
    else if (known.list.at(-1)?.term !== occurrence.term) known.list.push(occurrence);
  };
  const found = flats.map((f) => f.factors.map((factor) => ({ ...placeOf(factor, f.out), weight: cost(factor.expr) })));
  found.forEach((list, term) => list.forEach((p, k) => note(p.key, p.weight, { term, factors: [k], labels: p.labels })));
  const isCommon = (p: Place): boolean => must(places.get(p.key)).list.length > 1;
  found.forEach((list, term) => {
    if (list.length > pairedFactors) return;
    const open = [...list.keys()].filter((k) => must(list[k]).open && isCommon(must(list[k])));
    for (const k of open) {
      for (const m of open) {
        const [p, q] = [must(list[k]), must(list[m])];
        if (k === m || p.key > q.key || (p.key === q.key && k > m)) continue;
        note(`${p.key}&${q.key}`, p.weight + q.weight, { term, factors: [k, m], labels: [...p.labels, ...q.labels] });
      }
    }
  });
  return [...places.values()]
    .filter(({ list }) => list.length > 1)
    .map(({ weight, list }) => ({ list, gain: (list.length - 1) * weight, most: (list.length - 1) * (weight + operators) }))
    .sort((p, q) => q.gain - p.gain)
    .slice(0, triedPlaces);
}

/** A number such as x'Ax beside a vector or matrix is one factor: taking x out of it would turn it inside out. */
function withWholeNumbers(f: Flat, options: ProductOptions): Flat {
  if (f.out.length === 0 || f.factors.length < 3) return f;
  const labelsOf = (i: number): readonly Label[] => must(f.factors[i]).labels;
  const parts = components(f.factors.length, (i, k) => labelsOf(k).some((l) => !f.out.includes(l) && labelsOf(i).includes(l)));
  const whole = parts.filter((part) => part.length > 1 && !part.flatMap(labelsOf).some((l) => f.out.includes(l)));
  if (whole.length === 0) return f;
  const closed = new Set(whole.flat());
  const numbers = whole.map((part): Factor => ({ expr: product(one, part.map((i) => must(f.factors[i])), [], [], options), labels: [] }));
  return { ...f, factors: [...f.factors.filter((_, i) => !closed.has(i)), ...numbers] };
}

/** A slice such as x[2:n] is one factor: it is not x that is common to x[1] and x[2]. */
function withWholeSlices(f: Flat): Flat {
  let factors = f.factors;
  for (const slice of f.factors) {
    const [part, whole] = slice.labels;
    if (slice.expr.kind !== 'stack' || part === whole || f.out.includes(must(whole))) continue;
    const holders = factors.filter((g) => g !== slice && g.labels.includes(must(whole)));
    const [of] = holders;
    if (holders.length !== 1 || !of || of.expr.kind === 'stack' || of.labels.filter((l) => l === whole).length !== 1) continue;
    const labels = of.labels.map((l) => (l === whole ? must(part) : l));
    if (new Set(labels).size !== labels.length) continue;
    const shape = of.labels.map((l, axis) => must(l === whole ? slice.expr.shape[0] : of.expr.shape[axis]));
    const expr = assembleFactors([of, slice], labels, shape);
    factors = factors.flatMap((g) => (g === slice ? [] : g === of ? [{ expr, labels }] : [g]));
  }
  return factors === f.factors ? f : { ...f, factors };
}

interface Place {
  readonly key: string;
  readonly labels: readonly Label[];
  /** A matrix with one end in the result and one end summed. */
  readonly open: boolean;
}

function placeOf(factor: Factor, out: readonly Label[]): Place {
  const show = (l: Label): string => {
    const at = out.flatMap((o, i) => (o === l ? [i] : []));
    return at.length > 0 ? at.join('.') : 's';
  };
  const pattern = factor.labels.map((l) => factor.labels.indexOf(l)).join('');
  let labels = factor.labels;
  if (labels.length === 2 && isSymmetric(factor.expr) && show(must(labels[0])) > show(must(labels[1]))) labels = labels.toReversed();
  const shown = labels.map(show);
  return { key: `${factor.expr.id}|${pattern}|${shown.join('|')}`, labels, open: shown.length === 2 && shown.filter((x) => x === 's').length === 1 };
}

/** Common factors and what is left of each term: how labels of one are labels of the other. */
interface Frame {
  readonly taken: readonly Factor[];
  /** For every axis of the common factors its label: the axis of the result, or a label of its own. */
  readonly axes: readonly { readonly dim: Dim; readonly label: Label; readonly summed: boolean }[];
  readonly rests: readonly { readonly coef: Term['coef']; readonly factors: readonly Factor[]; readonly out: readonly Label[] }[];
  readonly restLabels: readonly Label[];
  readonly restShape: Shape;
}

function frameOf(list: readonly Occurrence[], flats: readonly Flat[], shape: Shape): Frame {
  const first = must(list[0]);
  const firstFlat = must(flats[first.term]);
  const taken = first.factors.map((k) => must(firstFlat.factors[k]));
  const rests = list.map((o) => {
    const f = must(flats[o.term]);
    return { f, factors: f.factors.filter((_, k) => !o.factors.includes(k)), own: o.labels };
  });
  // Axes of the common factors: on the result where the first term has them there, else each with a label of its own.
  const axes = taken.flatMap((F, which) =>
    placeOf(F, firstFlat.out).labels.map((l, axis, all) => {
      const dim: Dim = must(F.expr.shape[F.labels.indexOf(l)]);
      const onResult = firstFlat.out.indexOf(l);
      return { dim, label: onResult >= 0 ? onResult : 1000 * (which + 1) + all.indexOf(l), summed: onResult < 0 && all.indexOf(l) === axis };
    }),
  );
  const holds = (factors: readonly Factor[], l: Label): boolean => factors.some((g) => g.labels.includes(l));
  const isTied = (own: readonly Label[], axis: number): boolean => own.some((l, k) => l === own[axis] && axes[k]?.label !== axes[axis]?.label);
  const linked = axes.flatMap((a, axis) => (a.summed && rests.some(({ factors, own }) => holds(factors, must(own[axis])) || isTied(own, axis)) ? [axis] : []));
  const covered = new Set(axes.map((a) => a.label));
  const kept = [...shape.keys()].filter((i) => !covered.has(i) || rests.some(({ f, factors }) => holds(factors, must(f.out[i]))));
  return {
    taken,
    axes,
    rests: rests.map(({ f, factors, own }) => ({ coef: f.coef, factors, out: [...linked.map((axis) => must(own[axis])), ...kept.map((i) => must(f.out[i]))] })),
    restLabels: [...linked.map((axis) => must(axes[axis]).label), ...kept],
    restShape: [...linked.map((axis) => must(axes[axis]).dim), ...kept.map((i) => must(shape[i]))],
  };
}

/** The sum of what is left of each term. */
function restOf({ rests, restShape }: Frame, options: ProductOptions): Expr {
  const parts = rests.map((r): Term => ({ coef: one, arg: product(r.coef, r.factors, r.out, restShape, options) }));
  return sumOf(parts, restShape, options.trace);
}

/** The common factors times the sum. */
function around({ taken, axes, restLabels }: Frame, rest: Expr, shape: Shape, options: ProductOptions): Expr {
  let at = 0;
  const factors: Factor[] = taken.map((F) => {
    const labels = axes.slice(at, at + F.labels.length).map((a) => a.label);
    at += F.labels.length;
    return { expr: F.expr, labels };
  });
  return product(one, [...factors, { expr: rest, labels: restLabels }], [...shape.keys()], shape, options);
}

/** The reading cost of the product if nothing simplifies further, got without building it. */
function expectedCost({ taken, axes, rests, restLabels, restShape }: Frame, shape: Shape): number {
  const common = content(rests.map((r) => r.coef));
  const sum = costOfSum(
    rests.map(({ coef, factors, out }) => ({
      coef: mul(coef, inverse(common)),
      cost: factors.length === 0 && new Set(out).size === out.length ? costOfNumber(out.length) : costOfProduct(factors.map((f) => cost(f.expr)), factors.map((f) => f.labels), out),
    })),
    restShape.length,
  );
  const whole = costOfProduct([...taken.map((F) => cost(F.expr)), sum + costInProduct(restShape.length)], [axes.map((a) => a.label), restLabels], [...shape.keys()]);
  return costOfSum([{ coef: common, cost: whole }], shape.length);
}
