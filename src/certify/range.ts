// Ranges of values by interval arithmetic, as far as signs need them: 1 + erf(x) > 0, exp(x) - 1 > 0 for x > 0. Moore, Kearfott,
// Cloud, Introduction to Interval Analysis, 2009, chapters 2 and 5.

import { must } from '../base/internal.ts';
import { sub } from '../ir/build.ts';
import { type ApplyNode, type ContractNode, type Expr, type SumNode, contextCache, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { type Rational, isInteger, toNumber } from '../ir/rational.ts';
import { factsOf, has } from '../ops/facts.ts';
import { call } from '../ops/define.ts';
import { applied } from '../ops/op.ts';
import { asPower } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { lazy } from '../simplify/mode.ts';
import { simplify } from '../simplify/simplify.ts';

/** Every entry lies between `above` and `below`; if not `reached`, strictly. Ends are rounded unless they are `exact`. */
export interface Range {
  readonly above: number;
  readonly below: number;
  readonly reached: boolean;
  readonly exact: boolean;
}

const cache = contextCache(() => new Map<Expr, Range>());
const anything: Range = { above: -Infinity, below: Infinity, reached: true, exact: true };

/** Whether ranges alone leave no value below zero (`positive`: nor zero). */
export function leastValue(e: Expr, property: 'positive' | 'nonnegative'): boolean {
  const { above, reached, exact } = rangeOf(e);
  return above > 0 || (above === 0 && exact && (property === 'nonnegative' || !reached));
}

// Relative error of a short sum of products and functions.
const rounding = 1e-13;

/** With few binary digits: sums of these are exact. */
function isShort(x: number): boolean {
  return (Number.isInteger(x * 2 ** 20) && Math.abs(x) < 2 ** 20) || Math.abs(x) === Infinity;
}

function ranged(above: number, below: number, reached: boolean, exact: boolean): Range {
  return { above, below, reached, exact: exact && isShort(above) && isShort(below) };
}

/** Where every entry of a tensor lies; unbounded where nothing is known. */
export function rangeOf(e: Expr): Range {
  const known = cache();
  const found = known.get(e);
  if (found) return found;
  const made = within(within(computed(e), bySign(e)), declared(e));
  known.set(e, made);
  return made;
}

function declared(e: Expr): Range {
  if (e.kind === 'variable') return ranged(e.facts.above ?? -Infinity, e.facts.below ?? Infinity, false, true);
  const range = e.kind === 'apply' ? opNamed(e.op).range : undefined;
  return range ? ranged(range.above, range.below, range.reached, true) : anything;
}

function bySign(e: Expr): Range {
  const { has: known } = factsOf(e);
  const isStrict = known.has('positive') || known.has('negative');
  return { above: known.has('nonnegative') ? 0 : -Infinity, below: known.has('nonpositive') ? 0 : Infinity, reached: !isStrict, exact: true };
}

/** Both hold; what is said of an end holds if one of those that have it says so. */
function within(a: Range, b: Range): Range {
  const [above, below] = [Math.max(a.above, b.above), Math.min(a.below, b.below)];
  const atBoth = (holds: (r: Range) => boolean): boolean => [a, b].some((r) => r.above === above && holds(r)) && [a, b].some((r) => r.below === below && holds(r));
  return { above, below, reached: !atBoth((r) => !r.reached || (above === -Infinity && below === Infinity)), exact: atBoth((r) => r.exact) };
}

function computed(e: Expr): Range {
  switch (e.kind) {
    case 'number':
      return ranged(toNumber(e.value), toNumber(e.value), true, true);
    case 'sum':
      return ofSum(e);
    case 'contract':
      return ofProduct(e);
    case 'apply':
      return ofApply(e);
    default:
      return anything;
  }
}

/** Ends that are not exact are moved out by what rounding may do. */
function ofSum(e: SumNode): Range {
  let [above, below, reached, exact] = [0, 0, true, true];
  let [least, most] = [0, 0];
  const signs = signsOfPairs(e);
  for (const [k, { coef, arg }] of e.terms.entries()) {
    const known = signs.get(k);
    if (known === 'second') continue;
    const range = known ?? rangeOf(arg);
    const c = known ? 1 : toNumber(coef);
    const [low, high] = c > 0 ? [c * range.above, c * range.below] : [c * range.below, c * range.above];
    [above, below] = [above + low, below + high];
    [least, most] = [least + Math.abs(low), most + Math.abs(high)];
    reached &&= range.reached;
    exact &&= range.exact && isShort(c) && isShort(low) && isShort(high);
  }
  if (exact) return ranged(above, below, reached, true);
  const out = (end: number, size: number): number => (Number.isFinite(end) ? end + rounding * size : end);
  return ranged(out(above, -least), out(below, most), reached, false);
}

/**
 * c f(u) - c f(w) where f rises or falls between u and w, and w - u has a sign: by the place of the first term of the two,
 * the sign as a range. digamma(x+1) - digamma(x) > 0 is one of these.
 */
function signsOfPairs({ terms }: SumNode): ReadonlyMap<number, Range | 'second'> {
  const found = new Map<number, Range | 'second'>();
  const args = terms.map((t) => itself(t.arg));
  for (const [i, a] of terms.entries()) {
    const u = must(args[i]);
    if (u.kind !== 'apply' || found.has(i)) continue;
    for (const [j, b] of terms.entries()) {
      const w = must(args[j]);
      if (j <= i || w.kind !== 'apply' || found.has(j) || found.has(i) || toNumber(a.coef) !== -toNumber(b.coef)) continue;
      const rise = riseBetween(u, w);
      if (rise === 0) continue;
      // a.coef (f(u) - f(w)), and f(w) - f(u) has the sign of the rise.
      const isUp = rise * toNumber(a.coef) < 0;
      found.set(i, { above: isUp ? 0 : -Infinity, below: isUp ? Infinity : 0, reached: true, exact: true });
      found.set(j, 'second');
    }
  }
  return found;
}

/** Without a product around it that has no other factor and changes nothing. */
function itself(e: Expr): Expr {
  if (e.kind !== 'contract' || e.args.length !== 1) return e;
  const [labels] = e.labels;
  const isSame = labels?.length === e.out.length && new Set(e.out).size === e.out.length && labels.every((l, i) => l === e.out[i]);
  return isSame ? itself(must(e.args[0])) : e;
}

/** The sign of f(w) - f(u) for nodes of one function that differ in one argument. */
function riseBetween(u: ApplyNode, w: ApplyNode): -1 | 0 | 1 {
  if (u.op !== w.op || u.params.some((p, i) => p !== w.params[i]) || asPower(u)) return 0;
  const differing = u.args.flatMap((arg, i) => (arg === w.args[i] ? [] : [i]));
  const [at] = differing;
  const op = opNamed(u.op);
  if (differing.length !== 1 || at === undefined || !op.scalarValue) return 0;
  const [from, to] = [must(u.args[at]), must(w.args[at])];
  if (from.shape.length !== to.shape.length) return 0;
  const step = rangeOf(simplify(sub(to, from), lazy));
  const way = step.above >= 0 ? 1 : step.below <= 0 ? -1 : 0;
  if (way === 0 || !step.exact) return 0;
  // All that lies between has the ranges of both.
  const [a, b] = [rangeOf(from), rangeOf(to)];
  if (!a.exact || !b.exact) return 0;
  const [above, below] = [Math.min(a.above, b.above), Math.max(a.below, b.below)];
  const between = variable('#between', from.shape, facts([], { ...(above > -Infinity && { above }), ...(below < Infinity && { below }) }));
  const node = call(op, u.args.map((arg, i) => (i === at ? between : arg)), u.params);
  if (node.kind !== 'apply') return 0;
  const isEverywhere = (op.needs === undefined && op.excludes === undefined) || op.holds?.(node.args.map(factsOf)) === true;
  const slope = isEverywhere ? op.partial(applied(op, node), at) : undefined;
  if (!slope) return 0;
  return has(slope, 'nonnegative') ? way : has(slope, 'nonpositive') ? (way === 1 ? -1 : 1) : 0;
}

/** Of factors entry by entry; nothing is summed and nothing put on a diagonal. */
function ofProduct(e: ContractNode): Range {
  const isEntrywise = new Set(e.out).size === e.out.length && e.labels.every((mine) => mine.every((l) => e.out.includes(l)));
  if (!isEntrywise) return anything;
  if (e.args.length === 0) return ranged(1, 1, true, true);
  return e.args.map(rangeOf).reduce((a, b) => {
    // Nothing times anything is nothing, however large.
    const corners = [a.above * b.above, a.above * b.below, a.below * b.above, a.below * b.below].map((x) => (Number.isNaN(x) ? 0 : x));
    return ranged(Math.min(...corners), Math.max(...corners), a.reached || b.reached, a.exact && b.exact);
  });
}

function ofApply(e: ApplyNode): Range {
  const p = asPower(e);
  if (p) return ofPower(rangeOf(p.base), p.exponent);
  const op = opNamed(e.op);
  const [arg] = e.args;
  const { scalarValue } = op;
  const isEverywhere = (op.needs === undefined && op.excludes === undefined) || op.holds?.(e.args.map(factsOf)) === true;
  if (!scalarValue || !arg || e.args.length !== 1 || !isEverywhere) return anything;
  const { above, below, reached, exact } = rangeOf(arg);
  if (above === -Infinity && below === Infinity) return anything;
  if (above === below && exact) return atPoint(scalarValue([above], e.params), above);
  const slope = slopeOf(e);
  if (slope === 0) return anything;
  const [low, high] = [scalarValue([slope > 0 ? above : below], e.params), scalarValue([slope > 0 ? below : above], e.params)];
  if (Number.isNaN(low) || Number.isNaN(high)) return anything;
  // Functions are exact at these, if anywhere.
  return ranged(low, high, reached, [above, below].every((x) => x === 0 || Math.abs(x) === 1 || Math.abs(x) === Infinity));
}

/** The value of a function at one argument. */
function atPoint(value: number, argument: number): Range {
  if (!Number.isFinite(value)) return anything;
  if (isShort(value) && Math.abs(argument) <= 1 && Number.isInteger(argument)) return ranged(value, value, true, true);
  const off = rounding * Math.max(1, Math.abs(value));
  return ranged(value - off, value + off, true, false);
}

/** 1 for a function that never falls, -1 for one that never rises, by the sign of its derivative. */
function slopeOf(e: ApplyNode): -1 | 0 | 1 {
  const op = opNamed(e.op);
  const slope = op.partial(applied(op, e), 0);
  return has(slope, 'nonnegative') ? 1 : has(slope, 'nonpositive') ? -1 : 0;
}

function ofPower(base: Range, exponent: Rational): Range {
  const r = toNumber(exponent);
  const at = (x: number): number => Math.pow(x + 0, r);
  const isOdd = isInteger(exponent) && exponent.num % 2 !== 0;
  const exact = base.exact && (isInteger(exponent) || [base.above, base.below].every((x) => x === 0 || x === 1 || x === Infinity));
  if (base.above >= 0 || (isOdd && r > 0)) return r > 0 ? ranged(at(base.above), at(base.below), base.reached, exact) : ranged(at(base.below), at(base.above), base.reached, exact);
  if (!isInteger(exponent) || isOdd || r < 0) return anything;
  if (base.below <= 0) return ranged(at(base.below), at(base.above), base.reached, exact);
  return ranged(0, Math.max(at(base.above), at(base.below)), true, exact);
}
