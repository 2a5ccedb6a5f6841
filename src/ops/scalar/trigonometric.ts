// Circular and hyperbolic functions. Derivatives: DLMF 4.20, 4.24, 4.34.

import { must } from '../../base/internal.ts';
import { add, neg, ones, scale, sub, times, zeros } from '../../ir/build.ts';
import type { Expr } from '../../ir/expr.ts';
import type { Fact, Facts } from '../../ir/fact.ts';
import { ratio } from '../../ir/rational.ts';
import { call, scalarOp, signOfFirst } from '../define.ts';
import type { FunctionRecord } from '../op.ts';
import { absorb } from './absorb.ts';
import { arrays } from '../spell.ts';
import { numbers } from '../spell-native.ts';
import { exponential, power } from './power.ts';
import { scripts } from '../spell-scripts.ts';

const square = (x: Expr): Expr => power(x, 2);
const one = (x: Expr): Expr => ones(x.shape);
const half = ratio(1, 2);

/** exp(x) and exp(-x). */
function bothWays(x: Expr | undefined): readonly [Expr, Expr] {
  return [exponential(must(x)), exponential(neg(must(x)))];
}

type Interval = readonly [number, number];

// The multiples of π as numbers lie just below them; this is the first number above π/2.
const beyondQuarter = Math.PI / 2 + 2 ** -52;

function isWithin({ has, above, below }: Facts, [from, to]: Interval): boolean {
  return (above ?? (has.has('positive') ? 0 : -Infinity)) >= from && (below ?? (has.has('negative') ? 0 : Infinity)) <= to;
}

/** The sign of a function that is positive inside one interval and negative inside another. */
function signWithin(x: Facts, positive: Interval, negative: Interval): readonly Fact[] {
  return isWithin(x, positive) ? ['positive'] : isWithin(x, negative) ? ['negative'] : [];
}

const sin = scalarOp({
  name: 'sin',
  ampl: 41,
  says: 'sine, entry by entry',
  partials: [([x]) => call(cos.op, [must(x)])],
  spell: {
    ...scripts('sin({0})'),
    ...arrays('sin'),
    ...numbers('Math.sin', 'std::sin', 'sin'),
  },
  value: ([x]) => Math.sin(must(x)),
  facts: ([x]) => signWithin(must(x), [0, Math.PI], [-Math.PI, 0]),
  range: { above: -1, below: 1, reached: true },
  noticeForMatrix: 'sin of a matrix is taken entry by entry; the matrix sine is sinm',
  rules: [absorb('sine-over-cosine', 'sin(x)./cos(x)', 'tan(x)', (x) => power(call(cos.op, [x]), -1), (x) => call(tan.op, [x]))],
  examples: [{ of: "sin(x)'*y", by: 'x', is: 'cos(x).*y' }],
});

const cos = scalarOp({
  name: 'cos',
  ampl: 46,
  says: 'cosine, entry by entry',
  partials: [([x]) => neg(call(sin.op, [must(x)]))],
  spell: {
    ...scripts('cos({0})'),
    ...arrays('cos'),
    ...numbers('Math.cos', 'std::cos', 'cos'),
  },
  value: ([x]) => Math.cos(must(x)),
  facts: ([x]) => signWithin(must(x), [-Math.PI / 2, Math.PI / 2], [beyondQuarter, 1.5 * Math.PI]),
  range: { above: -1, below: 1, reached: true },
  noticeForMatrix: 'cos of a matrix is taken entry by entry; the matrix cosine is cosm',
  examples: [{ of: "cos(x)'*y", by: 'x', is: '-sin(x).*y' }],
});

const tan = scalarOp({
  name: 'tan',
  ampl: 38,
  says: 'tangent, entry by entry',
  partials: [([x], node) => add(one(must(x)), square(node))],
  spell: {
    ...scripts('tan({0})'),
    ...arrays('tan'),
    ...numbers('Math.tan', 'std::tan', 'tan'),
  },
  value: ([x]) => Math.tan(must(x)),
  facts: ([x]) => signWithin(must(x), [0, Math.PI / 2], [-Math.PI / 2, 0]),
  excludes: ([x]) => `cos(${x}) = 0`,
  holds: ([x]) => isWithin(must(x), [-Math.PI / 2, Math.PI / 2]),
  examples: [{ of: 'sum(tan(x))', by: 'x', is: 'vector(1)+tan(x).^2' }],
});

const arcsin = scalarOp({
  name: 'arcsin',
  aliases: ['asin'],
  ampl: 51,
  says: 'inverse sine, entry by entry',
  partials: [([x]) => power(sub(one(must(x)), square(must(x))), ratio(-1, 2))],
  spell: {
    ...scripts('asin({0})'),
    ...arrays('arcsin'),
    ...numbers('Math.asin', 'std::asin', 'asin'),
  },
  value: ([x]) => Math.asin(must(x)),
  needs: ([x]) => `-1 < ${x} < 1`,
  holds: ([x]) => (x?.above ?? -Infinity) >= -1 && (x?.below ?? Infinity) <= 1,
  examples: [{ of: 'sum(arcsin(x))', by: 'x', is: '(vector(1)-x.^2).^(-0.5)', declare: 'x: vector(n) in (-1, 1)' }],
});

const arccos = scalarOp({
  name: 'arccos',
  aliases: ['acos'],
  ampl: 53,
  says: 'inverse cosine, entry by entry',
  partials: [([x]) => neg(power(sub(one(must(x)), square(must(x))), ratio(-1, 2)))],
  spell: {
    ...scripts('acos({0})'),
    ...arrays('arccos'),
    ...numbers('Math.acos', 'std::acos', 'acos'),
  },
  value: ([x]) => Math.acos(must(x)),
  needs: ([x]) => `-1 < ${x} < 1`,
  holds: ([x]) => (x?.above ?? -Infinity) >= -1 && (x?.below ?? Infinity) <= 1,
  examples: [{ of: 'sum(arccos(x))', by: 'x', is: '-(vector(1)-x.^2).^(-0.5)', declare: 'x: vector(n) in (-1, 1)' }],
});

const arctan = scalarOp({
  name: 'arctan',
  aliases: ['atan'],
  ampl: 49,
  says: 'inverse tangent, entry by entry',
  partials: [([x]) => power(add(one(must(x)), square(must(x))), -1)],
  spell: {
    ...scripts('atan({0})'),
    ...arrays('arctan'),
    ...numbers('Math.atan', 'std::atan', 'atan'),
  },
  value: ([x]) => Math.atan(must(x)),
  facts: signOfFirst,
  // π/2 rounded up.
  range: { above: -1.5707963267948968, below: 1.5707963267948968, reached: false },
  timesArgument: (x) => [zeros(x.shape)],
  examples: [{ of: 'sum(arctan(x))', by: 'x', is: 'vector(1)./(vector(1)+x.^2)' }],
});

const sinh = scalarOp({
  name: 'sinh',
  ampl: 40,
  says: 'hyperbolic sine, entry by entry',
  partials: [([x]) => call(cosh.op, [must(x)])],
  spell: {
    ...scripts('sinh({0})'),
    ...arrays('sinh'),
    ...numbers('Math.sinh', 'std::sinh', 'sinh'),
  },
  value: ([x]) => Math.sinh(must(x)),
  facts: signOfFirst,
  timesArgument: (x) => [zeros(x.shape)],
  inExponentials: ([x]) => scale(half, sub(...bothWays(x))),
  rules: [absorb('hyperbolic-sine-over-cosine', 'sinh(x)./cosh(x)', 'tanh(x)', (x) => power(call(cosh.op, [x]), -1), (x) => call(tanh.op, [x]))],
  examples: [{ of: 'sum(sinh(x))', by: 'x', is: 'cosh(x)' }],
});

const cosh = scalarOp({
  name: 'cosh',
  ampl: 45,
  says: 'hyperbolic cosine, entry by entry',
  partials: [([x]) => call(sinh.op, [must(x)])],
  spell: {
    ...scripts('cosh({0})'),
    ...arrays('cosh'),
    ...numbers('Math.cosh', 'std::cosh', 'cosh'),
  },
  value: ([x]) => Math.cosh(must(x)),
  curvature: { is: 'convex', grows: [0] },
  inExponentials: ([x]) => scale(half, add(...bothWays(x))),
  facts: () => ['positive'],
  examples: [{ of: 'sum(cosh(x))', by: 'x', is: 'sinh(x)' }],
});

const tanh = scalarOp({
  name: 'tanh',
  ampl: 37,
  says: 'hyperbolic tangent, entry by entry',
  partials: [([x], node) => sub(one(must(x)), square(node))],
  spell: {
    ...scripts('tanh({0})'),
    ...arrays('tanh'),
    ...numbers('Math.tanh', 'std::tanh', 'tanh'),
  },
  value: ([x]) => Math.tanh(must(x)),
  facts: signOfFirst,
  range: { above: -1, below: 1, reached: false },
  timesArgument: (x) => [zeros(x.shape)],
  inExponentials: ([x]) => times(sub(...bothWays(x)), power(add(...bothWays(x)), -1)),
  examples: [{ of: 'sum(tanh(x))', by: 'x', is: 'vector(1)-tanh(x).^2' }],
});

export const trigonometricRecords: readonly FunctionRecord[] = [sin, cos, tan, arcsin, arccos, arctan, sinh, cosh, tanh].map((f) => f.record);

export function sine(x: Expr): Expr {
  return call(sin.op, [x]);
}

export function cosine(x: Expr): Expr {
  return call(cos.op, [x]);
}
