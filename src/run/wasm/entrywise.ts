// Functions of numbers as vector code, by their names in the table. What is not here is called in JavaScript.

import type { Arithmetic } from './arithmetic.ts';
import { v128 } from './assembler.ts';
import type { Body, V128 } from './assembler.ts';
import type { Elementary, OfOneName } from './elementary.ts';
import type { Kept, Wide } from './site.ts';
import { mostPolygamma } from './gamma.ts';

export interface EntrySite {
  readonly functions: Elementary;
  readonly to: Arithmetic;
  /** Values of arguments that are constant. */
  readonly values: readonly (number | undefined)[];
  /** Even functions of the first argument that several functions of it, or of its negative, have in common. */
  readonly even: Map<string, Kept>;
}

type Code = (site: EntrySite, ...args: Wide[]) => Wide;

interface Entrywise {
  readonly code: Code;
  /** Where only some constant arguments have code. */
  readonly takes?: (values: EntrySite['values']) => boolean;
  /** Takes a polynomial or more: then fewer vectors fit side by side. */
  readonly isHeavy: (values: EntrySite['values']) => boolean;
  /** Of many values only the sum is wanted: when that is cheaper than adding them one by one. */
  readonly sum?: (body: Body, functions: Elementary, to: Arithmetic, width: number) => SumOf;
}

export interface SumOf {
  readonly clear: () => void;
  readonly add: (site: EntrySite, x: Wide) => void;
  /** To be called after at most this many additions, and at the end. */
  readonly every: number;
  readonly settle: () => void;
  /** What the sum is once it is settled, in vectors. */
  readonly vectors: () => readonly V128[];
}

const heavy = (name: OfOneName): Entrywise => ({ code: ({ functions }, x) => functions[name](x), isHeavy: () => true });
const light = (code: Code): Entrywise => ({ code, isHeavy: () => false });

function expNegAbs({ functions, even }: EntrySite, x: Wide): Kept {
  const made = even.get('expNegAbs') ?? functions.expNegAbs(x);
  even.set('expNegAbs', made);
  return made;
}

/**
 * Σ log(1 + e^x) = Σ max(x, 0) + Σ log(1 + e^-|x|), and the logarithms of many terms are one: log Π (1 + e). The product is
 * kept as 1 + t, t ← t + e + t e: rounding is relative to t, so that small terms keep their digits, and no term is lost
 * beside 1. After k terms t is right to 2k roundings, fewer than adding 2k numbers, and below 2^k. Exponentials below 2^-1020 count
 * as some number below 2^-1020.
 */
function sumOfSoftplus(body: Body, functions: Elementary, to: Arithmetic, width: number): SumOf {
  const locals = (): Kept => Array.from({ length: width }, () => body.local('v128'));
  const [products, positives, logs] = [locals(), locals(), locals()];
  const set = (target: Kept, x: Wide): void => target.forEach((local, j) => body.set(local, x[j] ?? x[0]!));
  return {
    every: 64,
    clear: () => {
      for (const list of [products, positives, logs]) for (const local of list) body.set(local, v128.zero());
    },
    add: ({ even }, x) => {
      const e = even.get('expNegAbs') ?? functions.expNegAbsNormal(x);
      set(products, to.madd(products, e, to.add(products, e)));
      set(positives, to.add(positives, to.pmax(x, to.number(0))));
    },
    settle: () => {
      set(logs, to.add(logs, functions.log1p(products)));
      for (const local of products) body.set(local, v128.zero());
    },
    vectors: () => [...positives, ...logs],
  };
}

/** Powers up to this are products. */
const mostProducts = 16;

function isProduct(exponent: number | undefined): exponent is number {
  if (exponent === undefined) return false;
  const whole = Math.floor(Math.abs(exponent));
  const rest = Math.abs(exponent) - whole;
  return whole <= mostProducts && (rest === 0 || (rest === 0.5 && whole <= 1));
}

const pow: Code = ({ functions, to, values: [, exponent] }, x, y) => {
  if (!isProduct(exponent)) return functions.pow(x, y);
  const whole = Math.floor(Math.abs(exponent));
  const rest = Math.abs(exponent) - whole;
  const root = rest === 0.5 ? to.sqrt(x) : undefined;
  const product = whole === 0 ? undefined : power(x, whole, to);
  const size = root && product ? to.mul(product, root) : (root ?? product ?? to.number(1));
  return exponent < 0 ? to.div(to.number(1), size) : size;
};

/** By squaring. */
function power(x: Wide, n: number, to: Arithmetic): Wide {
  if (n === 1) return x;
  const half = power(x, n >> 1, to);
  const square = to.mul(half, half);
  return n % 2 === 0 ? square : to.mul(square, x);
}

/** Vector code for a call, where there is some. */
export function entrywiseFor(op: string, values: EntrySite['values']): Entrywise | undefined {
  const found = entrywise[op];
  return found?.takes?.(values) === false ? undefined : found;
}

export const entrywise: Readonly<Record<string, Entrywise>> = {
  pow: { code: pow, isHeavy: ([, exponent]) => !isProduct(exponent) },
  exp: heavy('exp'),
  log: heavy('log'),
  sigmoid: { code: (site, x) => site.functions.sigmoidFrom(x, expNegAbs(site, x)), isHeavy: () => true },
  softplus: { code: (site, x) => site.functions.softplusFrom(x, expNegAbs(site, x)), isHeavy: () => true, sum: sumOfSoftplus },
  log1p: heavy('log1p'),
  expm1: heavy('expm1'),
  sin: heavy('sin'),
  cos: heavy('cos'),
  tan: heavy('tan'),
  arcsin: heavy('asin'),
  arccos: heavy('acos'),
  arctan: heavy('atan'),
  sinh: heavy('sinh'),
  cosh: heavy('cosh'),
  tanh: heavy('tanh'),
  erf: heavy('erf'),
  sqrt0: light(({ to }, x) => to.sqrt(x)),
  // Where x is not positive: 0 at 0, NaN below.
  rsqrt0: light(({ to }, x) => {
    const root = to.sqrt(x);
    return to.select(to.gt(x, to.number(0)), to.div(to.number(1), root), root);
  }),
  lgamma: heavy('lgamma'),
  digamma: heavy('digamma'),
  polygamma: {
    code: ({ functions, values: [n] }, _, x) => functions.polygamma(n ?? NaN, x),
    isHeavy: () => true,
    takes: ([n]) => n !== undefined && Number.isInteger(n) && n >= 1 && n <= mostPolygamma,
  },
  abs: light(({ to }, x) => to.abs(x)),
  step: light(({ to }, x) => to.and(to.gt(x, to.number(0)), to.number(1))),
  // Zeros and NaN are their own sign.
  sign: light(({ to }, x) => to.select(to.gt(x, to.number(0)), to.number(1), to.select(to.lt(x, to.number(0)), to.number(-1), x))),
  relu: light(({ to }, x) => to.pmax(x, to.number(0))),
  maximum: light(({ to }, x, y) => to.max(x, y)),
  minimum: light(({ to }, x, y) => to.min(x, y)),
  huber: light(({ to }, x, d) => {
    const size = to.abs(x);
    const near = to.mul(to.mul(x, x), to.number(0.5));
    const far = to.mul(d, to.sub(size, to.mul(d, to.number(0.5))));
    return to.select(to.le(size, d), near, far);
  }),
};
