// Taking a factor into a product: products, views, sums of one term, unit tensors and powers of those are opened.

import { components } from '../base/components.ts';
import { must } from '../base/internal.ts';
import { type ContractNode, type Expr, type Label, type SumNode, number } from '../ir/expr.ts';
import * as rational from '../ir/rational.ts';
import { has } from '../ops/facts.ts';
import { asPower, distributes } from '../ops/scalar/power.ts';
import { commonParts } from './content.ts';
import { absorbDelta, absorbStack } from './delta.ts';
import type { ProductOptions } from './options.ts';
import { assembleFactors, orientation } from './orient.ts';
import { primitive, split, sumOf } from './sum.ts';
import { type Work, find, freshLabel, identify } from './work.ts';

/** A factor of a product, on some of its axes. */
interface Part {
  readonly expr: Expr;
  readonly axes: readonly number[];
}

/** Takes a factor in, opening products, views, sums of one term, unit tensors and powers of those. */
export function absorb(work: Work, expr: Expr, exponent: rational.Rational, labels: readonly Label[], options: ProductOptions): void {
  expr.shape.forEach((d, axis) => work.dims.set(must(labels[axis]), d));
  if (rational.isZero(exponent)) return;
  const keep = (): void => void work.atoms.push({ base: expr, exponent, labels });
  switch (expr.kind) {
    case 'number': {
      const value = rational.isInteger(exponent) ? rational.powInteger(expr.value, exponent.num) : undefined;
      if (value && rational.isInRange(value, expr.value)) work.coef = rational.mul(work.coef, value);
      else if (rational.isOne(expr.value)) break;
      else keep();
      break;
    }
    case 'sum': {
      const narrow = rational.isOne(exponent) ? undefined : withoutRepeats(expr);
      if (narrow) {
        absorb(work, narrow.expr, exponent, narrow.axes.map((axis) => must(labels[axis])), options);
        break;
      }
      const { coef, arg } = expr.terms.length === 1 ? split(expr) : primitive(expr);
      const common = options.mode.expand && arg.kind === 'sum' && exponent.num < 0 && distributes(exponent) ? commonParts(arg, options) : undefined;
      const outside = powerOfCoef(coef, exponent);
      if (common && outside) {
        work.coef = rational.mul(work.coef, outside);
        for (const p of common.parts) absorb(work, p.base, rational.mul(p.exponent, exponent), p.axes.map((axis) => must(labels[axis])), options);
        absorb(work, common.rest, exponent, labels, options);
        break;
      }
      if (outside === undefined || arg === expr) {
        if (expr.terms.length === 1) keep();
        else keepOriented(work, expr, exponent, labels);
        break;
      }
      work.coef = rational.mul(work.coef, outside);
      absorb(work, arg, exponent, labels, options);
      break;
    }
    case 'delta':
      if (rational.isOne(exponent) || exponent.num > 0) absorbDelta(work, expr, labels);
      else keep();
      break;
    case 'stack':
      if (exponent.num > 0) absorbStack(work, expr, labels);
      else keep();
      break;
    case 'contract': {
      const narrow = rational.isOne(exponent) ? undefined : (withoutRepeats(expr) ?? alongDiagonal(expr, labels.map((l) => find(work, l))));
      if (narrow) absorb(work, narrow.expr, exponent, narrow.axes.map((axis) => must(labels[axis])), options);
      else if (options.mode.expand && isShortPower(expr, exponent)) {
        for (let i = 0; i < exponent.num; i++) open(work, expr, rational.one, labels, options);
      } else if (options.opaque?.has(expr) || !opens(expr, exponent)) {
        const parts = separateParts(expr, exponent);
        if (rational.isOne(exponent)) keepShared(work, expr, parts, labels, options);
        else if (!parts) keepOriented(work, expr, exponent, labels);
        else for (const part of parts) absorb(work, part.expr, exponent, part.axes.map((axis) => must(labels[axis])), options);
      } else open(work, expr, exponent, labels, options);
      break;
    }
    case 'apply': {
      const p = asPower(expr);
      if (p && (distributes(exponent) || !distributes(p.exponent) || has(p.base, 'nonnegative'))) {
        absorb(work, p.base, rational.mul(p.exponent, exponent), labels, options);
      } else keep();
      break;
    }
    default:
      keep();
  }
}

/**
 * A product that several places need stays one factor, made once. Only an outer product is cheaper apart, and then its own
 * products stay whole.
 */
function keepShared(work: Work, e: ContractNode, parts: readonly Part[] | undefined, labels: readonly Label[], options: ProductOptions): void {
  const isOuter = parts && parts.reduce((count, { axes }) => count + axes.length, 0) === e.shape.length;
  for (const { expr, axes } of isOuter ? parts : [{ expr: e, axes: [...e.shape.keys()] }]) {
    const mine = axes.map((axis) => must(labels[axis]));
    if (expr.kind === 'contract' && expr.args.length > 1) work.atoms.push({ base: expr, exponent: rational.one, labels: mine });
    else absorb(work, expr, rational.one, mine, options);
  }
}

/** On its diagonal a diagonal matrix is the vector it spreads: diag(x)[i,i] = x[i]. */
function alongDiagonal(e: ContractNode, labels: readonly Label[]): { expr: Expr; axes: readonly number[] } | undefined {
  const axes = e.out.flatMap((l, axis) => (e.out.indexOf(l) === axis ? [axis] : []));
  if (axes.length === e.out.length || !e.out.every((l, axis) => labels[axis] === labels[e.out.indexOf(l)])) return undefined;
  const shape = axes.map((axis) => must(e.shape[axis]));
  if (e.args.length === 0) return { expr: number(rational.one, shape), axes };
  const factors = e.args.map((expr, i) => ({ expr, labels: must(e.labels[i]) }));
  return { expr: assembleFactors(factors, axes.map((axis) => must(e.out[axis])), shape), axes };
}

/** The diagonal of a power is the power of the diagonal: a contraction is read along equal labels before it is raised. */
export function takeDiagonals(work: Work, options: ProductOptions): boolean {
  for (const atom of work.atoms) {
    const { base, exponent, labels } = atom;
    if (base.kind !== 'contract' || rational.isOne(exponent) || new Set(labels).size === labels.length) continue;
    const vector = alongDiagonal(base, labels);
    if (vector) {
      work.atoms = work.atoms.filter((a) => a !== atom);
      absorb(work, vector.expr, exponent, vector.axes.map((axis) => must(labels[axis])), options);
      return true;
    }
    if (new Set(base.out).size < base.out.length) continue;
    const axes = labels.flatMap((l, axis) => (labels.indexOf(l) === axis ? [axis] : []));
    const rename = (l: Label): Label => {
      const axis = base.out.indexOf(l);
      return axis < 0 ? l : must(base.out[labels.indexOf(must(labels[axis]))]);
    };
    const factors = base.args.map((expr, i) => ({ expr, labels: must(base.labels[i]).map(rename) }));
    const narrow = assembleFactors(factors, axes.map((axis) => must(base.out[axis])), axes.map((axis) => must(base.shape[axis])));
    work.atoms = work.atoms.filter((a) => a !== atom);
    absorb(work, narrow, exponent, axes.map((axis) => must(labels[axis])), options);
    return true;
  }
  return false;
}

/** Factors that share no summed label: (s*(x'y))^-1 = s^-1*(x'y)^-1. */
function separateParts(e: ContractNode, exponent: rational.Rational): Part[] | undefined {
  if (new Set(e.out).size < e.out.length || e.args.length < 2) return undefined;
  const parts = components(e.args.length, (i, k) => must(e.labels[k]).some((l) => !e.out.includes(l) && must(e.labels[i]).includes(l)));
  if (parts.length < 2) return undefined;
  const nodes = parts.map((part) => {
    const axes = [...e.out.keys()].filter((axis) => part.some((i) => must(e.labels[i]).includes(must(e.out[axis]))));
    const factors = part.map((i) => ({ expr: must(e.args[i]), labels: must(e.labels[i]) }));
    return { expr: assembleFactors(factors, axes.map((axis) => must(e.out[axis])), axes.map((axis) => must(e.shape[axis]))), axes };
  });
  return distributes(exponent) || nodes.every((n) => has(n.expr, 'nonnegative')) ? nodes : undefined;
}

/** A small whole power of a small product, which distribution writes out: (A*x).^2 as a product of four factors. */
function isShortPower(e: ContractNode, exponent: rational.Rational): boolean {
  return e.out.length > 0 && rational.isInteger(exponent) && exponent.num > 1 && exponent.num <= 4 && e.args.length <= 6 && !opens(e, exponent);
}

/** The node without the axes along which it only repeats, if there are any: of a sum, those of all its terms. */
export function withoutRepeats(e: ContractNode | SumNode): { expr: Expr; axes: readonly number[] } | undefined {
  const repeated = repeatedAxes(e);
  if (repeated.length === 0) return undefined;
  const axes = [...e.shape.keys()].filter((axis) => !repeated.includes(axis));
  return { expr: along(e, axes), axes };
}

function repeatedAxes(e: Expr): number[] {
  switch (e.kind) {
    case 'number':
      return [...e.shape.keys()];
    case 'contract':
      if (new Set(e.out).size < e.out.length) return [];
      return [...e.out.keys()].filter((axis) => !e.labels.some((mine) => mine.includes(must(e.out[axis]))));
    case 'sum': {
      const [first, ...rest] = e.terms.map((t) => repeatedAxes(t.arg));
      return must(first).filter((axis) => rest.every((list) => list.includes(axis)));
    }
    default:
      return [];
  }
}

/** The values at any position of the axes that are left out. */
function along(e: Expr, axes: readonly number[]): Expr {
  const shape = axes.map((axis) => must(e.shape[axis]));
  if (e.kind === 'number') return number(e.value, shape);
  if (e.kind === 'sum') return sumOf(e.terms.map((t) => ({ coef: t.coef, arg: along(t.arg, axes) })), shape);
  if (e.kind !== 'contract') return e;
  const factors = e.args.map((expr, i) => ({ expr, labels: must(e.labels[i]) }));
  return assembleFactors(factors, axes.map((axis) => must(e.out[axis])), shape);
}

/** A contraction can be merged when it is taken once, or when it is an element-wise product taken to a whole power. */
function opens(e: ContractNode, exponent: rational.Rational): boolean {
  if (rational.isOne(exponent)) return true;
  const inner = e.labels.flat();
  const elementwise = inner.every((l) => e.out.includes(l)) && new Set(e.out).size === e.out.length;
  if (!elementwise) return false;
  if (distributes(exponent)) return exponent.num > 0 || e.labels.length > 0;
  return e.args.length === 1 || e.args.every((a) => has(a, 'nonnegative'));
}

function open(work: Work, e: ContractNode, exponent: rational.Rational, labels: readonly Label[], options: ProductOptions): void {
  const names = new Map<Label, Label>();
  e.out.forEach((inner, i) => {
    const outer = must(labels[i]);
    const known = names.get(inner);
    if (known === undefined) names.set(inner, outer);
    else identify(work, known, outer);
  });
  e.args.forEach((arg, k) => {
    const mine = must(e.labels[k]).map((inner, axis) => {
      let label = names.get(inner);
      if (label === undefined) {
        label = freshLabel(work, must(arg.shape[axis]));
        names.set(inner, label);
      }
      return label;
    });
    absorb(work, arg, exponent, mine, options);
  });
}

/** c^r, where that is an exact number and splitting it off is allowed. */
function powerOfCoef(coef: rational.Rational, exponent: rational.Rational): rational.Rational | undefined {
  if (rational.isOne(coef) || (rational.isZero(coef) && exponent.num > 0)) return coef;
  if (rational.isInteger(exponent)) return moderate(rational.powInteger(coef, exponent.num));
  if (coef.num < 0) return undefined;
  const root = Math.pow(rational.toNumber(coef), rational.toNumber(exponent));
  const guess = exactRoot(coef, exponent);
  return guess && Math.abs(rational.toNumber(guess) - root) <= 1e-12 * root ? moderate(guess) : undefined;
}

/** Beside what is left, a very large or small coefficient overflows where the whole does not: (x/4)^1000 is a number at x = 8. */
function moderate(coef: rational.Rational): rational.Rational | undefined {
  const size = Math.abs(rational.toNumber(coef));
  return size >= 1e-100 && size <= 1e100 ? coef : undefined;
}

function exactRoot(coef: rational.Rational, exponent: rational.Rational): rational.Rational | undefined {
  if (!rational.isExact(coef) || !rational.isExact(exponent)) return undefined;
  const root = (n: number): number => Math.round(Math.pow(n, 1 / exponent.den));
  const [p, q] = [root(coef.num), root(coef.den)];
  if (p ** exponent.den !== coef.num || q ** exponent.den !== coef.den) return undefined;
  return rational.powInteger(rational.ratio(p, q), exponent.num);
}

/** A matrix is kept in the order of axes that needs fewer transposes, so that S and S' meet as one atom. */
function keepOriented(work: Work, e: Expr, exponent: rational.Rational, labels: readonly Label[]): void {
  const turned = orientation(e);
  work.atoms.push(turned ? { base: turned.expr, exponent, labels: turned.order.map((axis) => must(labels[axis])) } : { base: e, exponent, labels });
}
