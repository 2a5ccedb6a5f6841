// Signs of functions of one number by their slopes: what is not negative at one end of an interval, and does not fall from there, is
// not negative on it. Positive factors are taken away first, and between one derivative and the next, so that of x-tanh(x), or
// exp(x)-1-x-x²/2, or a polynomial in x, exp(x) and log(x), less is left each time: the sequence of Ritt and Hardy by which signs of
// exponential-logarithmic functions are found (Hardy, Orders of Infinity, 1910; Richardson, Zero Tests for Constants, 1992).

import { must } from '../base/internal.ts';
import { random } from '../base/random.ts';
import { constant, neg } from '../ir/build.ts';
import type { Expr, VariableNode } from '../ir/expr.ts';
import { type Rational, isInteger, keyOf, mul, neg as negated, one, toNumber, zero } from '../ir/rational.ts';
import { postorder, rewriteUp, variables } from '../ir/walk.ts';
import { argOfExp, power } from '../ops/scalar/power.ts';
import { dense } from '../ops/reference/dense.ts';
import { interpreter } from '../run/interpret.ts';
import { lookAtTime } from '../base/deadline.ts';
import { spend } from './effort.ts';
import { byElementary } from './exponentials.ts';
import { type Term, dividedByPowers, fractionOf, productOfPowers, sumOfTerms } from './fraction.ts';
import { inOneEntry } from './one-entry.ts';
import type { End, Exchange, Property, Proof } from './proof.ts';
import { rangeOf } from './range.ts';
import { demands, endOf, exchanged, inOther, isContinuousAt, sides, slopeClaim, valueClaim } from './sloping.ts';

/** How claims are proved without slopes, and with all there is. */
export interface Provers {
  readonly directly: (property: Property, of: Expr) => Proof | undefined;
  readonly prove: (property: Property, of: Expr) => Proof | undefined;
}

// Size of what is begun with and of what is derived, derivatives in a row, and claims looked at.
const largestStart = 60;
const largestStep = 110;
const deepest = 7;
const mostClaims = 30;
const mostVariables = 2;
// Of a claim, for each of its nodes.
const claimCost = 5;

/** A proof by slopes that no entry is negative; undefined where none was found. */
export function bySlopes(of: Expr, provers: Provers): Proof | undefined {
  if (postorder([of]).length > largestStart) return undefined;
  const entry = inOneEntry(of);
  if (!entry) return undefined;
  const all = variables([entry]);
  if (all.length === 0 || all.length > mostVariables || isNegativeSomewhere(entry)) return undefined;
  const search = searching(provers);
  for (const v of all) {
    const found = search(entry, v);
    if (found) return entry === of ? found : { property: 'nonnegative', of, reason: { rule: 'entry' }, premises: [found] };
  }
  return undefined;
}

interface Divisor {
  readonly powers: ReadonlyMap<Expr, Rational>;
  readonly signs: readonly Proof[];
}

/** One search: what was tried is not tried again. */
function searching({ directly, prove }: Provers): (e: Expr, v: VariableNode) => Proof | undefined {
  let left = mostClaims;
  const known = new Map<Expr, Proof | undefined>();
  const sign = (property: Property, of: Expr): Proof | undefined => directly(property, of) ?? prove(property, of);

  // In the variable itself, in one that belongs to it, or on both sides of zero.
  const started = (e: Expr, v: VariableNode): Proof | undefined => {
    const { above, below } = rangeOf(v);
    const inOwn = (): Proof | undefined => (above === -Infinity && below === Infinity ? undefined : shown(e, v, 0));
    return exchangedBy(e, v, 'logarithm') ?? inOwn() ?? exchangedBy(e, v, 'reciprocal') ?? onBothSides(e, v);
  };

  const exchangedBy = (e: Expr, v: VariableNode, how: Exchange): Proof | undefined => {
    const written = how === 'logarithm' ? byElementary(e) : e;
    const other = how === 'reciprocal' || standsInExponentials(written, v) ? exchanged(v, how) : undefined;
    const inner = other && shown(inOther(written, v, other), other.variable, 0);
    return inner && { property: 'nonnegative', of: e, reason: { rule: 'exchanged', variable: v, how }, premises: [inner] };
  };

  const onBothSides = (e: Expr, v: VariableNode): Proof | undefined => {
    const both = sides(v);
    if (!both || !isContinuousAt(e, v, 0, 'above') || !isContinuousAt(e, v, 0, 'below')) return undefined;
    const premises: Proof[] = [];
    for (const side of [both.above, both.below]) {
      const found = shown(inOther(e, v, { variable: side, value: side }), side, 0);
      if (!found) return undefined;
      premises.push(found);
    }
    return { property: 'nonnegative', of: e, reason: { rule: 'sides', variable: v }, premises };
  };

  const shown = (e: Expr, v: VariableNode, depth: number): Proof | undefined => {
    if (known.has(e)) return known.get(e);
    const size = postorder([e]).length;
    if (left-- <= 0 || size > largestStep || !spend(claimCost * size) || isNegativeSomewhere(e)) return undefined;
    lookAtTime();
    known.set(e, undefined);
    const found = directly('nonnegative', e) ?? inFactors(e, v, depth);
    known.set(e, found);
    return found;
  };

  /** Without its positive factors, and divided by others that help. */
  const inFactors = (e: Expr, v: VariableNode, depth: number): Proof | undefined => {
    const { coef, factors, rest } = fractionOf(byElementary(e), (a) => sign('positive', a) !== undefined);
    const signs: Proof[] = [];
    const outside: Expr[] = [];
    let total = coef;
    for (const [base, k] of factors) {
      const isOdd = isInteger(k) && k.num % 2 !== 0;
      const positive = sign('positive', base);
      const negative = positive || !isOdd ? undefined : sign('positive', neg(base));
      if (isOdd && !positive && !negative) return undefined;
      if (negative) total = negated(total);
      signs.push(...[positive ?? negative].filter((s) => s !== undefined));
      outside.push(power(negative ? neg(base) : base, k));
    }
    const inner = rest.map((t): Term => ({ ...t, coef: mul(t.coef, total) }));
    const scaled = (proof: Proof | undefined, divisor?: Divisor): Proof | undefined =>
      proof && (proof.of === e ? proof : { property: 'nonnegative', of: e, reason: { rule: 'scaled', by: [...outside, ...(divisor ? [productOfPowers(divisor.powers)] : [])] }, premises: [proof, ...signs, ...(divisor?.signs ?? [])] });
    const plain = sumOfTerms(inner);
    const direct = plain === e ? undefined : directly('nonnegative', plain);
    if (direct) return scaled(direct);
    if (depth >= deepest) return undefined;
    for (const divisor of divisors(inner, v, sign)) {
      const found = rising(divisor ? sumOfTerms(dividedByPowers(inner, divisor.powers)) : plain, v, depth);
      if (found) return scaled(found, divisor);
    }
    return undefined;
  };

  /** Not negative at an end, and not falling from there. */
  const rising = (e: Expr, v: VariableNode, depth: number): Proof | undefined => {
    for (const end of ['above', 'below'] as const satisfies readonly End[]) {
      const at = endOf(v, end);
      const value = at !== undefined && isContinuousAt(e, v, at, end) ? sign('nonnegative', valueClaim(e, v, at)) : undefined;
      const domain = value && domainOf(e);
      if (!domain) continue;
      const slope = shown(slopeClaim(e, v, end), v, depth + 1);
      if (slope) return { property: 'nonnegative', of: e, reason: { rule: 'slope', variable: v, end }, premises: [slope, value, ...domain] };
    }
    return undefined;
  };

  const domainOf = (e: Expr): readonly Proof[] | undefined => {
    const found = demands(e)?.map(({ of, orNegative }) => sign('positive', of) ?? (orNegative ? sign('positive', neg(of)) : undefined));
    return found?.every((p) => p !== undefined) === true ? found : undefined;
  };

  return started;
}

/** None; what stands beside the highest power of an atom; that term. */
function* divisors(terms: readonly Term[], v: VariableNode, sign: Provers['prove']): Generator<Divisor | undefined> {
  yield undefined;
  const tried = new Set<string>();
  for (const atom of new Set(terms.flatMap((t) => [...t.powers.keys()]).filter((a) => a !== v))) {
    const powerIn = (t: Term): number => toNumber(t.powers.get(atom) ?? zero);
    const top = Math.max(...terms.map(powerIn));
    const high = terms.filter((t) => powerIn(t) === top);
    const beside = high.map((t): Term => ({ ...t, powers: new Map([...t.powers].filter(([a]) => a !== atom)) }));
    const lists = high.length === 1 ? [must(beside[0]).powers, must(high[0]).powers] : [new Map([[sumOfTerms(beside), one]])];
    for (const powers of lists) {
      const name = [...powers].map(([a, k]) => `${a.id}^${keyOf(k)}`).join(' ');
      if (powers.size === 0 || tried.has(name)) continue;
      tried.add(name);
      const signs = [...powers.keys()].map((a) => sign('positive', a));
      if (signs.every((s) => s !== undefined)) yield { powers, signs };
    }
  }
}

/** The variable is seen through exponentials alone. */
function standsInExponentials(e: Expr, v: VariableNode): boolean {
  return !variables([rewriteUp(e, (node) => (argOfExp(node) ? constant(1) : node))]).includes(v);
}

const points = 14;
const clear = 1e-7;

/** By numbers, near the ends of the ranges too. */
function isNegativeSomewhere(e: Expr): boolean {
  const all = variables([e]);
  const nodes = postorder([e]);
  const run = interpreter(nodes, new Map());
  const stream = random(5);
  for (let k = 0; k < points; k++) {
    const values = run(new Map(all.map((v) => [v.name, dense([], [valueIn(v, stream.uniform(), k)])])));
    const passing = values.reduce((most, x) => Math.max(most, Math.abs(x.data[0]!)), 0);
    const value = must(values.at(-1)).data[0]!;
    if (Number.isFinite(passing) && value < -clear * passing) return true;
  }
  return false;
}

function valueIn(v: VariableNode, u: number, k: number): number {
  const { above, below } = rangeOf(v);
  if (Number.isFinite(above) && Number.isFinite(below)) return above + (below - above) * u;
  const far = 10 ** (4 * u - 2.5);
  if (Number.isFinite(above)) return above + far;
  return Number.isFinite(below) ? below - far : k % 2 === 0 ? far : -far;
}
