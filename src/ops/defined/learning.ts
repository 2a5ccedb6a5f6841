// Softmax, log-sum-exp and what is made of them, over the last k axes.

import { must } from '../../base/internal.ts';
import { identityOn, neg, ones, permute, sub, times, total, transpose } from '../../ir/build.ts';
import { type Expr, contract, sum } from '../../ir/expr.ts';
import { isInteger, minusOne, same } from '../../ir/rational.ts';
import { call, defined } from '../define.ts';
import type { FunctionRecord, Op, ProductChange, ProductView } from '../op.ts';
import { type Dense, dense } from '../reference/dense.ts';
import { type Spelling, lastAxes as spelledAxes } from '../spell.ts';
import { ofEntries } from '../spell-native.ts';
import { axesText, lastAxesFromOne } from '../spell-scripts.ts';
import { argOfExp, asPower, expName, exponential, logName, logarithm, powName, power } from '../scalar/power.ts';
import { lastAxes, written } from './extremum.ts';
import * as work from '../matrix/work.ts';

/** `f(x, axis=-1)`; over all axes without the name of an axis, unless the library asks for one. */
function overLastAxes(name: string, { axis = 'axis', tail = '', all }: { axis?: string; tail?: string; all?: string } = {}): Spelling {
  return (site) => {
    const over = spelledAxes(site);
    const text = over === undefined ? all : over.length === 1 ? String(over[0]) : `(${over.join(', ')})`;
    const named = name.replace(/@(\w+)/, (_, inner: string) => site.helper(inner));
    return `${named}(${site.args[0]?.text}${text === undefined ? '' : `, ${axis}=${text}`}${tail})`;
  };
}

const torchSoftmax: Spelling = (site) =>
  site.params[0] === 1 ? `torch.softmax(${site.args[0]?.text}, dim=-1)` : `${site.helper('softmax')}(${site.args[0]?.text}, ${site.params[0]})`;

const torchLogSumExp: Spelling = ({ args: [x], params: [k] }) =>
  `torch.logsumexp(${x?.text}, dim=${k === 1 ? '-1' : `(${Array.from({ length: Number(k) }, (_, i) => i - Number(k)).join(', ')})`})`;

// d softmax(x) = (diag(s) - s s') dx
const softmax: Op = {
  name: 'softmax',
  ranks: ([k]) => [Number(k)],
  shape: ([x]) => must(x),
  partial: ({ node, params: [k], at }) => {
    const [out, into] = letters(Number(k));
    return sub(
      at(`${out},${out}${into}->${out}${into}`, node, identityOn(lastAxes(node.shape, Number(k)))),
      at(`${out},${into}->${out}${into}`, node, node),
    );
  },
  spell: {
    octave: (site) => `${site.helper('softmax')}(${site.args[0]?.text}, ${axesText(lastAxesFromOne(site))})`, r: ({ args: [x], batch, helper }) => `${helper('softmax')}(${x?.text}${batch === 0 ? '' : `, ${batch}`})`,
    numpy: overLastAxes('@softmax', { tail: ', xp=xp' }), jax: overLastAxes('jax.nn.softmax', { all: 'None' }), torch: torchSoftmax,
    ...ofEntries('softmax', 'softmax', 'same shape'),
  },
  work: work.ofEntries(3, 1),
  value: ([x]) => {
    const { values, sum: whole } = exponentials(must(x));
    for (let i = 0; i < values.length; i++) values[i]! /= whole;
    return { shape: must(x).shape, data: values };
  },
  facts: (_, node) => (node.shape.length === Number(node.params[0]) ? ['positive', 'simplex'] : ['positive']),
  totalsOne: ([k]) => Number(k),
  written: (node) => written(node, node.shape.length === 1 ? 'softmax' : 'softmaxall', 'softmaxrows', 'softmaxcols', true),
  rules: [
    {
      name: 'softmax-of-one',
      at: 'apply',
      example: { before: 'softmaxall(a)*x', after: 'x', declare: 'a: scalar; x: vector(n)' },
      rewrite: ({ params: [k], shape }) => (k === 0 ? ones(shape) : undefined),
    },
    {
      name: 'softmax',
      at: 'product',
      on: powName,
      example: { before: 'exp(x)/sum(exp(x))', after: 'softmax(x)' },
      rewrite: foldSoftmax,
    },
    {
      name: 'softmax-sums-to-one',
      at: 'product',
      example: { before: 'sum(softmax(x))*y', after: 'y' },
      rewrite: (product, k) => {
        const { expr, labels } = must(product.factors[k]);
        if (expr.kind !== 'apply') return undefined;
        const batch = labels.length - Number(expr.params[0]);
        const own = labels.slice(batch);
        if (new Set(labels).size !== labels.length || !own.every((l) => product.isPrivateTo(l, [k]))) return undefined;
        return { remove: [k], add: [{ expr: ones(expr.shape.slice(0, batch)), labels: labels.slice(0, batch) }] };
      },
    },
    {
      name: 'log-of-softmax',
      at: 'apply',
      on: logName,
      example: { before: 'log(softmax(x))', after: 'logsoftmax(x)' },
      rewrite: ({ args: [s] }) => (s?.kind === 'apply' && s.op === softmax.name ? logSoftmax(must(s.args[0]), Number(s.params[0])) : undefined),
    },
    {
      name: 'exp-of-logsoftmax',
      at: 'apply',
      on: expName,
      example: { before: 'exp(logsoftmax(x))', after: 'softmax(x)' },
      rewrite: ({ args: [e] }) => expOfLogSoftmax(must(e)),
    },
  ],
};

// d log(Σ exp(x)) = softmax(x)' dx
const logsumexp: Op = {
  name: 'logsumexp',
  elementary: ([x], [k]) => logarithm(total(exponential(must(x)), Number(k))),
  ranks: ([k]) => [Number(k)],
  shape: () => [],
  partial: ({ args, params }) => call(softmax, args, params),
  spell: {
    octave: (site) => `${site.helper('logSumExp')}(${site.args[0]?.text}, ${axesText(lastAxesFromOne(site))})`, r: ({ args: [x], batch, helper }) => `${helper('log_sum_exp')}(${x?.text}${batch === 0 ? '' : `, ${batch}`})`,
    numpy: overLastAxes('@logsumexp', { tail: ', xp=xp' }), jax: overLastAxes('jax.scipy.special.logsumexp'), torch: torchLogSumExp,
    ...ofEntries('logsumexp', 'logsumexp', 'number'),
  },
  work: work.ofEntries(2, 1),
  value: ([x]) => {
    const shifted = exponentials(must(x));
    return dense([], [Math.log(shifted.sum) + shifted.largest]);
  },
  curvature: { is: 'convex', grows: [1] },
  written: (node) => written(node, 'logsumexp', 'logsumexprows', 'logsumexpcols'),
  rules: [
    {
      name: 'logsumexp-of-one',
      at: 'apply',
      example: { before: 'logsumexp(a)', after: 'a', declare: 'a: scalar' },
      rewrite: ({ args: [x], params: [k] }) => (k === 0 ? x : undefined),
    },
    {
      name: 'logsumexp',
      at: 'apply',
      on: logName,
      example: { before: 'log(sum(exp(x)))', after: 'logsumexp(x)' },
      rewrite: ({ args: [u] }) => {
        const s = sumOfExp(must(u));
        return s && call(logsumexp, [s.arg], [s.count]);
      },
    },
  ],
};

const softmaxRecord: FunctionRecord = {
  ...defined({
    name: 'softmax',
    family: 'learning',
    says: 'exp(x)/sum(exp(x)); of a matrix along the rows or columns: softmax(X, rows), softmax(X, cols)',
    axis: { rows: 'softmaxrows', cols: 'softmaxcols' },
    forms: {
      'vector(n) -> vector(n)': ([x]) => softmaxOver(must(x), 1),
      'row(n) -> row(n)': ([x]) => softmaxOver(must(x), 1),
    },
    examples: [{ of: 'softmax(x)', by: 'x', is: "diag(softmax(x))-softmax(x)*softmax(x)'" }],
  }),
  op: softmax,
};

const softmaxrows = defined({
  name: 'softmaxrows',
  family: 'learning',
  says: 'softmax of each row',
  forms: { 'matrix(m, n) -> matrix(m, n)': ([X]) => softmaxOver(must(X), 1) },
  examples: [
    { of: 'sum(softmaxrows(X).*Y)', by: 'X', is: "softmaxrows(X).*(Y-rowsum(softmaxrows(X).*Y)*vector(1)')", declare: 'X: matrix(m, n); Y: matrix(m, n)' },
  ],
});

const softmaxcols = defined({
  name: 'softmaxcols',
  family: 'learning',
  says: 'softmax of each column',
  forms: { 'matrix(m, n) -> matrix(m, n)': ([X]) => transpose(softmaxOver(transpose(must(X)), 1)) },
  examples: [
    { of: 'sum(softmaxcols(X).*Y)', by: 'X', is: 'softmaxcols(X).*(Y-vector(1)*colsum(softmaxcols(X).*Y))', declare: 'X: matrix(m, n); Y: matrix(m, n)' },
  ],
});

const softmaxall = defined({
  name: 'softmaxall',
  family: 'learning',
  says: 'softmax over all entries',
  forms: { 'any -> any': ([X]) => softmaxOver(must(X), must(X).shape.length) },
  examples: [{ of: 'sum(softmaxall(X).*Y)', by: 'X', is: 'softmaxall(X).*Y-sum(softmaxall(X).*Y)*softmaxall(X)' }],
});

const logsumexpRecord: FunctionRecord = {
  ...defined({
    name: 'logsumexp',
    family: 'learning',
    says: 'log(sum(exp(x))) without overflow',
    axis: { rows: 'logsumexprows', cols: 'logsumexpcols' },
    forms: { 'any -> scalar': ([x]) => logSumExp(must(x), must(x).shape.length) },
    examples: [{ of: 'logsumexp(x)', by: 'x', is: 'softmax(x)' }],
  }),
  op: logsumexp,
};

const logsumexprows = defined({
  name: 'logsumexprows',
  family: 'learning',
  says: 'log-sum-exp of each row, as a column',
  forms: { 'matrix(m, n) -> vector(m)': ([X]) => logSumExp(must(X), 1) },
  examples: [{ of: 'sum(logsumexprows(X))', by: 'X', is: 'softmaxrows(X)' }],
});

const logsumexpcols = defined({
  name: 'logsumexpcols',
  family: 'learning',
  says: 'log-sum-exp of each column, as a row',
  forms: { 'matrix(m, n) -> row(n)': ([X]) => logSumExp(transpose(must(X)), 1) },
  examples: [{ of: 'sum(logsumexpcols(X))', by: 'X', is: 'softmaxcols(X)' }],
});

const logsoftmax = defined({
  name: 'logsoftmax',
  family: 'learning',
  says: 'log(softmax(x)) = x-logsumexp(x)',
  axis: { rows: 'logsoftmaxrows', cols: 'logsoftmaxcols' },
  forms: {
    'vector(n) -> vector(n)': ([x]) => logSoftmax(must(x), 1),
    'row(n) -> row(n)': ([x]) => logSoftmax(must(x), 1),
  },
  examples: [{ of: "y'*logsoftmax(x)", by: 'x', is: 'y-sum(y)*softmax(x)' }],
});

const logsoftmaxrows = defined({
  name: 'logsoftmaxrows',
  family: 'learning',
  says: 'log of the softmax of each row',
  forms: { 'matrix(m, n) -> matrix(m, n)': ([X]) => logSoftmax(must(X), 1) },
  examples: [{ of: 'sum(logsoftmaxrows(X).*Y)', by: 'X', is: 'Y-diag(rowsum(Y))*softmaxrows(X)', declare: 'X: matrix(m, n); Y: matrix(m, n)' }],
});

const logsoftmaxcols = defined({
  name: 'logsoftmaxcols',
  family: 'learning',
  says: 'log of the softmax of each column',
  forms: { 'matrix(m, n) -> matrix(m, n)': ([X]) => transpose(logSoftmax(transpose(must(X)), 1)) },
  examples: [{ of: 'sum(logsoftmaxcols(X).*Y)', by: 'X', is: 'Y-softmaxcols(X)*diag(colsum(Y))', declare: 'X: matrix(m, n); Y: matrix(m, n)' }],
});

const crossentropy = defined({
  name: 'crossentropy',
  family: 'learning',
  says: 'cross-entropy -sum(y.*log(p)) of targets y and probabilities p',
  forms: { 'any, any -> scalar': ([y, p]) => neg(total(times(must(y), logarithm(must(p))))) },
  needs: 'p > 0',
  examples: [
    { of: 'crossentropy(y, p)', by: 'p', is: '-y./p', declare: 'y: vector(n); p: vector(n) positive' },
    { of: 'crossentropy(y, softmax(x))', by: 'x', is: 'sum(y)*softmax(x)-y' },
  ],
});

export const learningRecords: readonly FunctionRecord[] = [
  softmaxRecord,
  softmaxrows,
  softmaxcols,
  softmaxall,
  logsumexpRecord,
  logsumexprows,
  logsumexpcols,
  logsoftmax,
  logsoftmaxrows,
  logsoftmaxcols,
  crossentropy,
];

/** Softmax over the last k axes. */
export function softmaxOver(x: Expr, k: number): Expr {
  return call(softmax, [x], [k]);
}

export function logSumExp(x: Expr, k: number): Expr {
  return call(logsumexp, [x], [k]);
}

function logSoftmax(x: Expr, k: number): Expr {
  const labels = x.shape.map((_, i) => i);
  const batch = labels.slice(0, labels.length - k);
  return sub(x, contract([logSumExp(x, k)], [batch], labels, x.shape));
}

/** Labels for the result's and the argument's own axes. */
function letters(k: number): [out: string, into: string] {
  const run = (from: number): string => Array.from({ length: k }, (_, i) => String.fromCharCode(from + i)).join('');
  return [run(0x61), run(0x3b1)];
}

function exponentials({ data }: Dense): { values: Float64Array; sum: number; largest: number } {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) if (!Number.isNaN(largest) && !(largest > data[i]!)) largest = data[i]!;
  if (largest === Number.NEGATIVE_INFINITY) largest = 0;
  const values = new Float64Array(data.length);
  let whole = 0;
  for (let i = 0; i < data.length; i++) whole += values[i] = Math.exp(data[i]! - largest);
  return { values, sum: whole, largest };
}

interface SumOfExp {
  readonly u: Expr;
  /** u with the axes of the sum's result first, the summed ones last. */
  readonly arg: Expr;
  readonly order: readonly number[];
  /** How many axes are summed. */
  readonly count: number;
}

/** log Σ exp(u), when `e` is a sum of exp(u) over some axes of u: of any order, in the order of axes of `e`. */
export function logOfSumOfExp(e: Expr): Expr | undefined {
  if (e.kind !== 'contract' || e.args.length !== 1) return undefined;
  const u = argOfExp(e.args[0]);
  const labels = must(e.labels[0]);
  const count = labels.length - e.out.length;
  const isPlain = new Set(labels).size === labels.length && new Set(e.out).size === e.out.length && e.out.every((l) => labels.includes(l));
  if (u === undefined || count === 0 || !isPlain) return undefined;
  const order = [...e.out.map((l) => labels.indexOf(l)), ...labels.flatMap((l, axis) => (e.out.includes(l) ? [] : [axis]))];
  return logSumExp(permute(u, order), count);
}

/** The parts of Σ exp(u) over some axes of u. */
function sumOfExp(e: Expr): SumOfExp | undefined {
  if (e.kind !== 'contract' || e.args.length !== 1) return undefined;
  const u = argOfExp(e.args[0]);
  const labels = must(e.labels[0]);
  const count = labels.length - e.out.length;
  if (u === undefined || count === 0 || new Set(labels).size !== labels.length || new Set(e.out).size !== e.out.length) return undefined;
  if (!e.out.every((l) => labels.includes(l))) return undefined;
  // The language has names for all entries, for rows and for columns; what it cannot say stays as it is.
  if (e.out.length > 0 && labels.length > 2) return undefined;
  const order = [...e.out.map((l) => labels.indexOf(l)), ...labels.flatMap((l, axis) => (e.out.includes(l) ? [] : [axis]))];
  return { u, arg: permute(u, order), order, count };
}

// exp(u) (Σ exp(u))^-1 = softmax(u)
function foldSoftmax({ factors }: ProductView, k: number): ProductChange | undefined {
  const here = must(factors[k]);
  const p = asPower(here.expr);
  const s = p && sumOfExp(p.base);
  if (!p || !s || !isInteger(p.exponent) || p.exponent.num >= 0) return undefined;
  for (const [m, other] of factors.entries()) {
    if (m === k || argOfExp(other.expr) !== s.u) continue;
    const labels = s.order.map((axis) => must(other.labels[axis]));
    if (!here.labels.every((l, i) => l === labels[i])) continue;
    const rest = p.exponent.num === -1 ? [] : [{ expr: power(p.base, p.exponent.num + 1), labels: here.labels }];
    return { remove: [k, m], add: [{ expr: softmaxOver(s.arg, s.count), labels }, ...rest] };
  }
  return undefined;
}

/** exp(u - logsumexp(u)) = softmax(u) */
function expOfLogSoftmax(e: Expr): Expr | undefined {
  if (e.kind !== 'sum') return undefined;
  for (const [i, term] of e.terms.entries()) {
    const inner = term.arg.kind === 'contract' && term.arg.args.length === 1 ? term.arg.args[0] : term.arg;
    if (!same(term.coef, minusOne) || inner?.kind !== 'apply' || inner.op !== logsumexp.name) continue;
    const u = must(inner.args[0]);
    const k = Number(inner.params[0]);
    const rest = e.terms.filter((_, m) => m !== i);
    if (u.shape.length !== e.shape.length || rest.length === 0) continue;
    const single = rest.length === 1 && same(must(rest[0]).coef, { num: 1, den: 1 }) ? must(rest[0]).arg : sum(rest);
    if (single === u && logSoftmax(u, k) === sub(u, term.arg)) return softmaxOver(u, k);
  }
  return undefined;
}
