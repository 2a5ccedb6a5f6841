// The logistic function and its relatives, and log and exp near 0.

import { must } from '../../base/internal.ts';
import { add, isNegation, neg, ones, sub, times } from '../../ir/build.ts';
import { type Expr, contract } from '../../ir/expr.ts';
import { isInteger, one, same } from '../../ir/rational.ts';
import { call, scalarOp, whenFirstIs } from '../define.ts';
import type { FunctionRecord, ProductRule, SumRule } from '../op.ts';
import { arrays } from '../spell.ts';
import { numbers } from '../spell-native.ts';
import { scripts } from '../spell-scripts.ts';
import { argOfExp, asPower, exponential, logName, logarithm, powName, power, sameLabels } from './power.ts';

// 1/(1+exp(u)) = sigmoid(-u), with an exp(u) beside it sigmoid(u)
const foldSigmoid: ProductRule = {
  name: 'sigmoid',
  at: 'product',
  on: powName,
  example: { before: 'exp(x)./(vector(1)+exp(x))', after: 'sigmoid(x)' },
  rewrite: ({ factors }, k) => {
    const here = must(factors[k]);
    const p = asPower(here.expr);
    const u = p && onePlusExp(p.base);
    if (!p || !u || !isInteger(p.exponent) || p.exponent.num >= 0) return undefined;
    const rest = p.exponent.num + 1;
    const others = rest === 0 ? [] : [{ expr: power(p.base, rest), labels: here.labels }];
    for (const [m, other] of factors.entries()) {
      if (m !== k && sameLabels(here, other) && argOfExp(other.expr) === u) {
        return { remove: [k, m], add: [{ expr: sigmoid(u), labels: here.labels }, ...others] };
      }
    }
    return { remove: [k], add: [{ expr: sigmoid(neg(u)), labels: here.labels }, ...others] };
  },
};

// sigmoid(u) exp(-u) = sigmoid(-u)
const absorbExp: ProductRule = {
  name: 'sigmoid-times-exp',
  at: 'product',
  example: { before: 'sigmoid(x).*exp(-x)', after: 'sigmoid(-x)' },
  rewrite: ({ factors }, k) => {
    const here = must(factors[k]);
    const u = here.expr.kind === 'apply' ? must(here.expr.args[0]) : undefined;
    for (const [m, other] of factors.entries()) {
      const v = argOfExp(other.expr);
      if (u && v && sameLabels(here, other) && isNegation(u, v)) return { remove: [k, m], add: [{ expr: sigmoid(v), labels: here.labels }] };
    }
    return undefined;
  },
};

const { op: sigmoidOp, record: sigmoidRecord } = scalarOp({
  name: 'sigmoid',
  elementary: ([x]) => power(add(ones(must(x).shape), exponential(neg(must(x)))), -1),
  aliases: ['logistic'],
  says: 'logistic function 1/(1+exp(-x)), entry by entry',
  partials: [([x], node) => times(node, call(sigmoidOp, [neg(must(x))]))],
  spell: {
    octave: '@sigmoid({0})', r: 'plogis({0})',
    numpy: '@sigmoid({0}, xp)', jax: 'jax.nn.sigmoid({0})', torch: 'torch.sigmoid({0})',
    ...numbers('@sigmoid', '@sigmoid', 'logistic'),
  },
  value: ([x]) => (must(x) >= 0 ? 1 / (1 + Math.exp(-must(x))) : Math.exp(must(x)) / (1 + Math.exp(must(x)))),
  facts: () => ['positive'],
  range: { above: 0, below: 1, reached: false },
  rules: [
    {
      name: 'one-minus-sigmoid',
      at: 'sum',
      example: { before: 'vector(1)-sigmoid(x)', after: 'sigmoid(-x)' },
      rewrite: complementOfSigmoid,
    },
    {
      name: 'sigmoid-and-complement',
      at: 'sum',
      example: { before: 'y.*sigmoid(x)+y.*sigmoid(-x)', after: 'y' },
      rewrite: withComplement,
    },
    foldSigmoid,
    absorbExp,
  ],
  examples: [{ of: 'sum(sigmoid(x))', by: 'x', is: 'sigmoid(x).*sigmoid(-x)' }],
});

const { op: softplusOp, record: softplusRecord } = scalarOp({
  name: 'softplus',
  elementary: ([x]) => logarithm(add(ones(must(x).shape), exponential(must(x)))),
  says: 'log(1+exp(x)) without overflow, entry by entry',
  partials: [([x]) => call(sigmoidOp, [must(x)])],
  spell: {
    ...scripts('@softplus({0})'),
    numpy: 'xp.logaddexp(0, {0})', jax: 'jax.nn.softplus({0})', torch: '@softplus({0})',
    ...numbers('@softplus', '@softplus'),
  },
  value: ([x]) => Math.max(must(x), 0) + Math.log1p(Math.exp(-Math.abs(must(x)))),
  facts: () => ['positive'],
  curvature: { is: 'convex', grows: [1] },
  rules: [
    {
      name: 'softplus',
      at: 'apply',
      on: logName,
      example: { before: 'log(vector(1)+exp(x))', after: 'softplus(x)' },
      rewrite: ({ args: [u] }) => {
        const v = onePlusExp(u);
        return v && softplus(v);
      },
    },
  ],
  examples: [{ of: 'sum(softplus(x))', by: 'x', is: 'sigmoid(x)' }],
});

const { op: log1pOp, record: log1pRecord } = scalarOp({
  name: 'log1p',
  elementary: ([x]) => logarithm(add(ones(must(x).shape), must(x))),
  says: 'log(1+x), accurate near 0, entry by entry',
  partials: [([x]) => power(add(ones(must(x).shape), must(x)), -1)],
  spell: {
    ...scripts('log1p({0})'),
    ...arrays('log1p'),
    ...numbers('Math.log1p', 'std::log1p', 'log1p'),
  },
  value: ([x]) => Math.log1p(must(x)),
  needs: ([x]) => `${x} > -1`,
  holds: whenFirstIs('nonnegative'),
  rules: [
    {
      name: 'softplus-of-log1p',
      at: 'apply',
      example: { before: 'log1p(exp(x))', after: 'softplus(x)' },
      rewrite: ({ args: [u] }) => {
        const v = argOfExp(u);
        return v && softplus(v);
      },
    },
  ],
  examples: [{ of: 'sum(log1p(x))', by: 'x', is: 'vector(1)./(vector(1)+x)', declare: 'x: vector(n) positive' }],
});

const { op: expm1Op, record: expm1Record } = scalarOp({
  name: 'expm1',
  elementary: ([x]) => sub(exponential(must(x)), ones(must(x).shape)),
  says: 'exp(x)-1, accurate near 0, entry by entry',
  partials: [([x]) => exponential(must(x))],
  spell: {
    ...scripts('expm1({0})'),
    ...arrays('expm1'),
    ...numbers('Math.expm1', 'std::expm1', 'expm1'),
  },
  value: ([x]) => Math.expm1(must(x)),
  curvature: { is: 'convex', grows: [1] },
  examples: [{ of: 'sum(expm1(x))', by: 'x', is: 'exp(x)' }],
});

export const logisticRecords: readonly FunctionRecord[] = [sigmoidRecord, softplusRecord, log1pRecord, expm1Record];

export function sigmoid(x: Expr): Expr {
  return call(sigmoidOp, [x]);
}

export function softplus(x: Expr): Expr {
  return call(softplusOp, [x]);
}

/** log(1 + x) */
export function logOnePlus(x: Expr): Expr {
  return call(log1pOp, [x]);
}

/** exp(x) - 1 */
export function expMinusOne(x: Expr): Expr {
  return call(expm1Op, [x]);
}

/** u, when `e` is 1 + exp(u). */
function onePlusExp(e: Expr | undefined): Expr | undefined {
  if (e?.kind !== 'sum' || e.terms.length !== 2) return undefined;
  const unit = e.terms.find((t) => t.arg.kind === 'number' && same(t.arg.value, one) && same(t.coef, one));
  const other = e.terms.find((t) => t !== unit);
  return unit && other && same(other.coef, one) ? argOfExp(other.arg) : undefined;
}

function complementOfSigmoid(terms: Parameters<SumRule['rewrite']>[0], k: number): ReturnType<SumRule['rewrite']> {
  const here = must(terms[k]);
  if (here.arg.kind !== 'apply' || here.arg.op !== 'sigmoid') return undefined;
  const unit = terms.findIndex((t) => t.arg.kind === 'number' && t.coef.num * t.arg.value.num === -here.coef.num && t.coef.den * t.arg.value.den === here.coef.den);
  if (unit < 0) return undefined;
  return { remove: [k, unit], add: [{ coef: { num: -here.coef.num, den: here.coef.den }, arg: sigmoid(neg(must(here.arg.args[0]))) }] };
}

/** a*sigmoid(u) + a*sigmoid(-u) = a, for any product a that is left where the sigmoid goes. */
function withComplement(terms: Parameters<SumRule['rewrite']>[0], k: number): ReturnType<SumRule['rewrite']> {
  const here = must(terms[k]);
  if (here.arg.kind !== 'contract') return undefined;
  const { args, labels, out, shape } = here.arg;
  for (const [i, factor] of args.entries()) {
    const u = argOfSigmoid(factor);
    const rest = args.flatMap((expr, at) => (at === i ? [] : [{ expr, labels: must(labels[at]) }]));
    // What is left has the axes of the factor still.
    if (!u || !must(labels[i]).every((l) => rest.some((f) => f.labels.includes(l)) || out.includes(l))) continue;
    const m = terms.findIndex((t, at) => at !== k && same(t.coef, here.coef) && isComplement(t.arg, here.arg, factor, u));
    if (m < 0) continue;
    const [only] = rest;
    const isPlain = rest.length === 1 && only && only.labels.length === out.length && only.labels.every((l, axis) => l === out[axis]);
    const left = isPlain ? only.expr : contract(rest.map((f) => f.expr), rest.map((f) => f.labels), out, shape);
    return { remove: [k, m], add: [{ coef: here.coef, arg: left }] };
  }
  return undefined;
}

/** Whether one product is the other with sigmoid(-u) in place of the factor sigmoid(u). */
function isComplement(e: Expr, whole: Expr, factor: Expr, u: Expr): boolean {
  if (e.kind !== 'contract' || whole.kind !== 'contract' || e.args.length !== whole.args.length) return false;
  return e.args.some((arg, j) => {
    const v = argOfSigmoid(arg);
    return v !== undefined && isNegation(u, v) && contract(e.args.map((a, at) => (at === j ? factor : a)), e.labels, e.out, e.shape) === whole;
  });
}

function argOfSigmoid(e: Expr): Expr | undefined {
  return e.kind === 'apply' && e.op === 'sigmoid' ? e.args[0] : undefined;
}
