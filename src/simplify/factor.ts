// Factoring: a factor that stands in several terms of a sum in the same place is taken out once. Greedy by the
// reading cost; works for tensors of any order, because "the same place" is a statement about labels.

import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import type { Expr, Label, Shape, Term } from '../ir/expr.ts';
import { one } from '../ir/rational.ts';
import { isSymmetric } from '../ops/facts.ts';
import type { Factor } from '../ops/op.ts';
import { cost } from './cost.ts';
import { type ProductOptions, product } from './product.ts';
import { split, sumOf } from './sum.ts';

/** The sum in factored form, or as it was where factoring does not pay. */
export function factored(e: Expr, options: ProductOptions): Expr {
  if (e.kind !== 'sum' || e.terms.length < 2) return e;
  const grouped = onDiagonals(e.terms, e.shape, options);
  let terms = grouped;
  for (let rounds = 0; rounds < 50; rounds++) {
    const next = takeOut(terms, e.shape, options);
    if (!next) break;
    terms = next;
  }
  const result = sumOf(terms, e.shape, options.trace);
  return cost(result) < cost(e) - 1e-9 ? result : e;
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

/** Terms that put their values on the same diagonals are summed first: diag(u) + diag(v) = diag(u + v). */
function onDiagonals(terms: readonly Term[], shape: Shape, options: ProductOptions): readonly Term[] {
  const groups = new Map<string, Flat[]>();
  for (const t of terms) {
    const f = flat(t);
    const pattern = f.out.map((l) => f.out.indexOf(l)).join('.');
    const list = groups.get(pattern);
    if (list) list.push(f);
    else groups.set(pattern, [f]);
  }
  return [...groups].flatMap(([pattern, list]): Term[] => {
    const slots = pattern === '' ? [] : pattern.split('.').map(Number);
    const distinct = [...new Set(slots)];
    if (list.length < 2 || distinct.length === slots.length) return list.map((f) => rebuilt(f, shape, options));
    const coreShape = distinct.map((axis) => must(shape[axis]));
    const cores = list.map((f) => rebuilt({ ...f, out: distinct.map((axis) => must(f.out[axis])) }, coreShape, options));
    options.trace?.rule('common-diagonal');
    const core = factored(sumOf(cores, coreShape, options.trace), options);
    return [split(product(one, [{ expr: core, labels: distinct }], slots, shape, options))];
  });
}

function rebuilt(f: Flat, shape: Shape, options: ProductOptions): Term {
  return split(product(f.coef, f.factors, f.out, shape, options));
}

/** A factor of one term, with its place: for every axis the positions of the result it lies on, or "summed". */
interface Occurrence {
  readonly term: number;
  readonly factor: number;
  /** Labels of the factor's axes in the order of the place. */
  readonly labels: readonly Label[];
}

function takeOut(terms: readonly Term[], shape: Shape, options: ProductOptions): readonly Term[] | undefined {
  if (terms.length < 2) return undefined;
  const flats = terms.map(flat);
  const places = new Map<string, Occurrence[]>();
  flats.forEach((f, term) => {
    const seen = new Set<string>();
    f.factors.forEach((factor, k) => {
      const { key, labels } = placeOf(factor, f.out);
      if (seen.has(key)) return;
      seen.add(key);
      const list = places.get(key);
      if (list) list.push({ term, factor: k, labels });
      else places.set(key, [{ term, factor: k, labels }]);
    });
  });
  const candidates = [...places.values()]
    .filter((list) => list.length > 1)
    .map((list) => ({ list, gain: (list.length - 1) * cost(must(flats[must(list[0]).term]?.factors[must(list[0]).factor]).expr) }))
    .sort((a, b) => b.gain - a.gain)
    .slice(0, 8);
  let best: { saved: number; terms: readonly Term[] } | undefined;
  for (const { list } of candidates) {
    const joined = join(list, flats, shape, options);
    if (!joined) continue;
    const before = list.reduce((n, o) => n + 1 + cost(must(terms[o.term]).arg) + (must(terms[o.term]).coef.num < 0 ? 0.1 : 0), 0);
    const saved = before - 1 - cost(joined);
    if (saved <= 1e-9 || (best && saved <= best.saved + 1e-9)) continue;
    const gone = new Set(list.map((o) => o.term));
    best = { saved, terms: [...terms.filter((_, i) => !gone.has(i)), split(joined)] };
  }
  if (best) options.trace?.rule('factor-out');
  return best?.terms;
}

function placeOf(factor: Factor, out: readonly Label[]): { key: string; labels: readonly Label[] } {
  const show = (l: Label): string => {
    const at = out.flatMap((o, i) => (o === l ? [i] : []));
    return at.length > 0 ? at.join('.') : 's';
  };
  const pattern = factor.labels.map((l) => factor.labels.indexOf(l)).join('');
  let labels = factor.labels;
  if (labels.length === 2 && isSymmetric(factor.expr) && show(must(labels[0])) > show(must(labels[1]))) labels = labels.toReversed();
  return { key: `${factor.expr.id}|${pattern}|${labels.map(show).join('|')}`, labels };
}

/** F · (sum of what is left of each term), as one product. */
function join(list: readonly Occurrence[], flats: readonly Flat[], shape: Shape, options: ProductOptions): Expr | undefined {
  const first = must(list[0]);
  const F = must(flats[first.term]?.factors[first.factor]);
  // Labels of the joined product: positions of the result, then the summed axes of F.
  const rests = list.map((o) => {
    const f = must(flats[o.term]);
    return { f, factors: f.factors.filter((_, k) => k !== o.factor), own: o.labels };
  });
  const outUsed = shape.map((_, i) => rests.some(({ f, factors }) => factors.some((g) => g.labels.includes(must(f.out[i])))));
  const ownFirst = must(rests[0]).own;
  const outFirst = must(flats[first.term]).out;
  const summed = [...new Set(ownFirst)].filter((l) => !outFirst.includes(l));
  const inner = summed.map((l) => ownFirst.indexOf(l));
  const linked = inner.filter((axis) => rests.some(({ factors, own }) => factors.some((g) => g.labels.includes(must(own[axis])))));
  const covered = shape.map((_, i) => ownFirst.includes(must(outFirst[i])));
  const outKept = [...shape.keys()].filter((i) => must(outUsed[i]) || !must(covered[i]));
  const axisDim = (axis: number): Dim => must(F.expr.shape[F.labels.indexOf(must(ownFirst[axis]))]);
  const restShape = [...linked.map(axisDim), ...outKept.map((i) => must(shape[i]))];
  const parts: Term[] = rests.map(({ f, factors, own }) => ({
    coef: one,
    arg: product(f.coef, factors, [...linked.map((axis) => must(own[axis])), ...outKept.map((i) => must(f.out[i]))], restShape, options),
  }));
  const rest = factored(sumOf(parts, restShape, options.trace), options);
  return product(
    one,
    [
      { expr: F.expr, labels: F.labels },
      { expr: rest, labels: [...linked.map((axis) => must(ownFirst[axis])), ...outKept.map((i) => must(outFirst[i]))] },
    ],
    outFirst,
    shape,
    options,
  );
}

