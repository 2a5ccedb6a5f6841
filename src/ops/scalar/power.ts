// Powers, exp and log: they stand in each other's derivatives.

import { must } from '../../base/internal.ts';
import { add, constant, ones, scale, sub, times } from '../../ir/build.ts';
import { type Expr, contextCache } from '../../ir/expr.ts';
import { type Rational, isInteger, keyOf, one, ratio, same } from '../../ir/rational.ts';
import { call, scalarOp, whenFirstIs } from '../define.ts';
import type { Factor, FunctionRecord, ProductRule } from '../op.ts';
import { dense } from '../reference/dense.ts';
import { type Spelling, arrays, powers } from '../spell.ts';
import { nativePowers, numbers } from '../spell-native.ts';
import { scripts } from '../spell-scripts.ts';
import { powerModulo } from '../reference/modular.ts';

/** MATLAB writes a dot between arrays. */
const dotted: Spelling = (site) => (site.ranks.every((rank) => rank === 0) ? powers({ infix: '^', sqrt: 'sqrt' }) : powers({ infix: '.^', sqrt: 'sqrt', slash: './' }))(site);

// d a^b = b a^(b-1) da + a^b log(a) db
const pow = scalarOp({
  name: 'pow',
  ampl: 5,
  says: 'power, entry by entry: pow(x, y) is x.^y',
  partials: [
    ([a, b]) => {
      const [base, exponent] = [must(a), must(b)];
      if (exponent.kind === 'number') {
        const lower = { num: exponent.value.num - exponent.value.den, den: exponent.value.den };
        return scale(exponent.value, power(base, lower));
      }
      return times(exponent, call(pow.op, [base, sub(exponent, constant(1, base.shape))]));
    },
    ([a], node) => times(node, logarithm(must(a))),
  ],
  spell: {
    octave: dotted, r: powers({ infix: '^', sqrt: 'sqrt' }),
    numpy: powers({ infix: '**', sqrt: 'xp.sqrt' }), jax: powers({ infix: '**', sqrt: 'jnp.sqrt' }), torch: powers({ infix: '**', sqrt: 'torch.sqrt' }),
    ...nativePowers,
  },
  value: ([a, b]) => realPower(must(a), must(b)),
  inExponentials: ([a, b]) => {
    const u = argOfExp(a);
    return u && exponential(times(u, must(b)));
  },
  modular: ([a], node, prime) => {
    const exponent = node.args[1];
    if (exponent?.kind !== 'number' || !isInteger(exponent.value)) return undefined;
    const value = powerModulo(must(a?.data[0]), exponent.value.num, prime);
    return value === undefined ? undefined : dense([], [value]);
  },
  facts: ([a], node) => {
    const exponent = asPower(node)?.exponent;
    const isEven = exponent !== undefined && isInteger(exponent) && exponent.num % 2 === 0;
    if (a?.has.has('positive') || (a?.has.has('negative') && isEven)) return ['positive'];
    return a?.has.has('nonnegative') || isEven ? ['nonnegative'] : [];
  },
  examples: [
    { of: 'a^b', by: 'a', is: 'b*a^(b-1)', declare: 'a: scalar positive; b: scalar' },
    { of: 'a^b', by: 'b', is: 'a^b*log(a)', declare: 'a: scalar positive; b: scalar' },
  ],
});


const built = contextCache(() => new Map<Expr, Map<string, Expr>>());

/** `base` to a constant power, entry by entry. */
export function power(base: Expr, exponent: Rational | number): Expr {
  const r = typeof exponent === 'number' ? ratio(exponent) : exponent;
  const known = built();
  const mine = known.get(base) ?? new Map<string, Expr>();
  const key = keyOf(r);
  const found = mine.get(key) ?? call(pow.op, [base, constant(r, base.shape)]);
  known.set(base, mine.set(key, found));
  return found;
}

/** Base and constant exponent of a power; undefined for everything else. */
export function asPower(e: Expr): { base: Expr; exponent: Rational } | undefined {
  if (e.kind !== 'apply' || e.op !== pow.op.name) return undefined;
  const [base, exponent] = e.args;
  return exponent?.kind === 'number' ? { base: must(base), exponent: exponent.value } : undefined;
}

/** Base and exponent when the exponent is not a constant. */
export function asGeneralPower(e: Expr): { base: Expr; exponent: Expr } | undefined {
  if (e.kind !== 'apply' || e.op !== pow.op.name) return undefined;
  return { base: must(e.args[0]), exponent: must(e.args[1]) };
}

/** Whether (ab)^r = a^r b^r and (a^s)^r = a^(sr) hold for every real base. */
export function distributes(exponent: Rational): boolean {
  return isInteger(exponent);
}

function realPower(a: number, b: number): number {
  if (b === 0.5) return Math.sqrt(a);
  return a ** b;
}

// exp(a) exp(b) = exp(a + b), and integer powers of exp
const mergeExp: ProductRule = {
  name: 'exp-of-sum',
  at: 'product',
  example: { before: 'exp(x).*exp(y)', after: 'exp(x+y)' },
  rewrite: ({ factors }, k) => {
    const first = must(factors[k]);
    for (const [m, other] of factors.entries()) {
      if (m === k || !sameLabels(first, other)) continue;
      const u = argOfExp(other.expr);
      if (u === undefined) continue;
      return { remove: [k, m], add: [{ expr: exponential(add(must(argOfExp(first.expr)), u)), labels: first.labels }] };
    }
    return undefined;
  },
};

const { op: expOp, record: expRecord } = scalarOp({
  name: 'exp',
  ampl: 44,
  says: 'exponential function, entry by entry',
  partials: [(_, node) => node],
  spell: {
    ...scripts('exp({0})'),
    ...arrays('exp'),
    ...numbers('Math.exp', 'std::exp', 'exp'),
  },
  value: ([x]) => Math.exp(must(x)),
  facts: () => ['positive'],
  curvature: { is: 'convex', grows: [1] },
  noticeForMatrix: 'exp of a matrix is taken entry by entry; the matrix exponential is expm',
  rules: [
    mergeExp,
    {
      name: 'exp-of-log',
      at: 'apply',
      example: { before: 'exp(log(x))', after: 'x', declare: 'x: vector(n) positive' },
      rewrite: ({ args: [u] }) => (u?.kind === 'apply' && u.op === 'log' ? u.args[0] : undefined),
    },
    {
      name: 'exp-of-zero',
      at: 'apply',
      example: { before: 'exp(vector(0)).*x', after: 'x' },
      rewrite: ({ args: [u], shape }) => (u?.kind === 'number' && u.value.num === 0 ? ones(shape) : undefined),
    },
  ],
  examples: [{ of: 'sum(exp(x))', by: 'x', is: 'exp(x)' }],
});

const { op: logOp, record: logRecord } = scalarOp({
  name: 'log',
  aliases: ['ln'],
  ampl: 43,
  says: 'natural logarithm, entry by entry',
  partials: [([x]) => power(must(x), -1)],
  spell: {
    ...scripts('log({0})'),
    ...arrays('log'),
    ...numbers('Math.log', 'std::log', 'log'),
  },
  value: ([x]) => Math.log(must(x)),
  noticeForMatrix: 'log of a matrix is taken entry by entry; the matrix logarithm is logm',
  needs: ([x]) => `${x} > 0`,
  holds: whenFirstIs('positive'),
  curvature: { is: 'concave', grows: [1] },
  byArgument: 'convex',
  rules: [
    {
      name: 'log-of-exp',
      at: 'apply',
      example: { before: 'log(exp(x))', after: 'x' },
      rewrite: ({ args: [u] }) => argOfExp(u),
    },
    {
      name: 'log-of-one',
      at: 'apply',
      example: { before: 'x+log(vector(1))', after: 'x' },
      rewrite: ({ args: [u], shape }) => (u?.kind === 'number' && same(u.value, one) ? constant(0, shape) : undefined),
    },
  ],
  examples: [{ of: "y'*log(x)", by: 'x', is: 'y./x', declare: 'x: vector(n) positive' }],
});

export function exponential(x: Expr): Expr {
  return call(expOp, [x]);
}

export function logarithm(x: Expr): Expr {
  return call(logOp, [x]);
}

/** u, when `e` is exp(u). */
export function argOfExp(e: Expr | undefined): Expr | undefined {
  return e?.kind === 'apply' && e.op === expOp.name ? e.args[0] : undefined;
}

/** u, when `e` is log(u). */
export function argOfLog(e: Expr | undefined): Expr | undefined {
  return e?.kind === 'apply' && e.op === logOp.name ? e.args[0] : undefined;
}

export function sameLabels(a: Factor, b: Factor): boolean {
  return a.labels.length === b.labels.length && a.labels.every((l, i) => l === b.labels[i]);
}

export const powerRecords: readonly FunctionRecord[] = [pow.record, expRecord, logRecord];
export const powName: string = pow.op.name;
export const expName: string = expOp.name;
export const logName: string = logOp.name;
