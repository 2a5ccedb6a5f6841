// The order of axes in which a matrix reads with the fewest transposes, and the contraction of given factors with
// symmetric ones read in canonical order.

import { must } from '../base/internal.ts';
import { type Expr, type Label, type Shape, contextCache, contract, number } from '../ir/expr.ts';
import { canonicalOrder } from '../ir/key.ts';
import type { Factor } from '../ops/op.ts';
import { isSymmetric } from '../ops/facts.ts';
import { sumOf } from './sum.ts';

/** Another order of axes in which the node reads more simply, if there is one. */
export function orientation(e: Expr): Orientation | undefined {
  if (e.shape.length !== 2 || isSymmetric(e)) return undefined;
  const known = orientations();
  if (!known.has(e)) known.set(e, betterOrientation(e));
  return known.get(e);
}

interface Orientation {
  readonly expr: Expr;
  readonly order: readonly number[];
}

const orientations = contextCache(() => new Map<Expr, Orientation | undefined>());

function betterOrientation(e: Expr): Orientation | undefined {
  const flipped = flip(e);
  if (flipped === e) return undefined;
  const [plain, other] = [transposes(e), transposes(flipped)];
  if (other !== plain) return other < plain ? { expr: flipped, order: [1, 0] } : undefined;
  const [mine, theirs] = [pattern(e), pattern(flipped)];
  return theirs < mine || (theirs === mine && flipped.hash < e.hash) ? { expr: flipped, order: [1, 0] } : undefined;
}

/** The labels of the factors without their names: where axes are taken in order it comes first. */
function pattern(e: Expr): string {
  if (e.kind === 'sum') return e.terms.map((t) => pattern(t.arg)).sort().join('+');
  return e.kind === 'contract' ? e.labels.map((l) => l.join('.')).sort().join(',') : '';
}

/** The transposed matrix, with the transposition moved to the terms of a sum. */
export function flip(e: Expr): Expr {
  if (e.kind === 'sum') return sumOf(e.terms.map((t) => ({ coef: t.coef, arg: flip(t.arg) })), e.shape.toReversed());
  if (e.kind === 'number') return number(e.value, e.shape.toReversed());
  if (e.kind !== 'contract') return assembleFactors([{ expr: e, labels: [0, 1] }], [1, 0], e.shape.toReversed());
  const factors = e.args.map((expr, i) => ({ expr, labels: must(e.labels[i]) }));
  return assembleFactors(factors, e.out.toReversed(), e.shape.toReversed());
}

/** How many matrices are read against the order of the axes of the result. */
export function transposes(e: Expr): number {
  if (e.kind === 'sum') return e.terms.reduce((n, t) => n + transposes(t.arg), 0);
  if (e.kind !== 'contract') return 0;
  const [row, col] = e.out;
  return e.labels.filter((l, i) => l.length === 2 && l[0] !== l[1] && (l[1] === row || l[0] === col) && !isSymmetric(must(e.args[i]))).length;
}

/** The contraction with symmetric factors read in canonical order; the factor itself where nothing else is left. */
export function assembleFactors(factors: readonly Factor[], out: readonly Label[], outShape: Shape): Expr {
  const swaps = factors.map((f) => isSymmetric(f.expr));
  let labels: readonly (readonly Label[])[] = factors.map((f) => f.labels);
  if (swaps.some(Boolean)) {
    const dims = new Map<Label, string>();
    out.forEach((l, i) => dims.set(l, must(outShape[i]).key));
    factors.forEach((f) => f.labels.forEach((l, axis) => dims.set(l, must(f.expr.shape[axis]).key)));
    const [only] = factors;
    if (factors.length === 1 && only && only.labels[0] !== only.labels[1]) labels = [outRank(only.labels[0], out) > outRank(only.labels[1], out) ? only.labels.toReversed() : only.labels];
    else
      labels = canonicalOrder(
        factors.map((f, i) => ({ hash: f.expr.hash, labels: f.labels, swaps: must(swaps[i]) })),
        out,
        (l) => must(dims.get(l)),
      ).labels;
  }
  const [first] = factors;
  if (factors.length === 1 && first && isReordering(must(labels[0]), out) && must(labels[0]).every((l, i) => l === out[i])) return first.expr;
  return contract(
    factors.map((f) => f.expr),
    labels,
    out,
    outShape,
  );
}

export function isReordering(labels: readonly Label[], out: readonly Label[]): boolean {
  return labels.length === out.length && new Set(out).size === out.length && labels.every((l) => out.includes(l));
}

function outRank(label: Label | undefined, out: readonly Label[]): number {
  const at = label === undefined ? -1 : out.indexOf(label);
  return at < 0 ? out.length : at;
}
