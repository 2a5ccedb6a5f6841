// Functions with kinks. Derivatives are those of the smooth pieces; the kinks themselves are named as excluded points.

import { must } from '../../base/internal.ts';
import { add, neg, ones, scale, sub, times, zeros } from '../../ir/build.ts';
import type { Expr } from '../../ir/expr.ts';
import { isInteger, ratio } from '../../ir/rational.ts';
import { call, defined, scalarOp, whenFirstIs } from '../define.ts';
import type { ApplyRule, FunctionRecord } from '../op.ts';
import { type Spelling, arrays, helpers, level } from '../spell.ts';
import { eigen, numbers, pairs } from '../spell-native.ts';
import { arrayFirst, scripts } from '../spell-scripts.ts';
import { absorb } from './absorb.ts';
import { asPower, powName, power } from './power.ts';

const step = scalarOp({
  name: 'step',
  aliases: ['heaviside'],
  says: '1 where x > 0, else 0, entry by entry',
  partials: [([x]) => zeros(must(x).shape)],
  spell: {
    octave: 'double({0} > 0)', r: ({ args: [x] }) => ({ text: `1 * (${must(x).text} > 0)`, level: level.product }),
    numpy: 'xp.heaviside({0}, 0.0)', jax: 'jnp.heaviside({0}, 0.0)', torch: '@step({0})',
    typescript: '@step({0})', cpp: eigen('@step({0})', '({0!} > 0.0).cast<double>()'),
  },
  value: ([x]) => (must(x) > 0 ? 1 : 0),
  facts: () => ['nonnegative'],
  excludes: ([x]) => `${x} = 0`,
  holds: whenFirstIs('positive', 'negative'),
  rules: [
    absorb('step-times-itself', 'step(x).*x', 'relu(x)', (x) => x, relu),
    absorb('step-of-relu', 'relu(x).*step(x)', 'relu(x)', relu, relu),
    {
      name: 'step-squared',
      at: 'apply',
      on: powName,
      example: { before: 'step(x).*step(x)', after: 'step(x)' },
      rewrite: (node) => {
        const p = asPower(node);
        return p && isInteger(p.exponent) && p.exponent.num > 0 && p.base.kind === 'apply' && p.base.op === step.op.name ? p.base : undefined;
      },
    },
  ],
  examples: [{ of: 'sum(step(x).*y)', by: 'y', is: 'step(x)' }],
});

const sign = scalarOp({
  name: 'sign',
  says: 'sign: -1, 0 or 1, entry by entry',
  partials: [([x]) => zeros(must(x).shape)],
  spell: {
    ...scripts('sign({0})'),
    ...arrays('sign'),
    ...numbers('Math.sign', '@sign', 'sign'),
  },
  value: ([x]) => Math.sign(must(x)),
  excludes: ([x]) => `${x} = 0`,
  holds: whenFirstIs('positive', 'negative'),
  rules: [
    absorb('sign-times-itself', 'sign(x).*x', 'abs(x)', (x) => x, (x) => call(abs.op, [x])),
    absorb('sign-over-abs', 'sign(x)./abs(x)', '1./x', (x) => power(call(abs.op, [x]), -1), (x) => power(x, -1)),
    absorb('sign-of-abs', 'abs(x).*sign(x)', 'x', (x) => call(abs.op, [x]), (x) => x),
  ],
  examples: [{ of: 'sum(sign(x).*y)', by: 'y', is: 'sign(x)' }],
});

const abs = scalarOp({
  name: 'abs',
  ampl: 15,
  says: 'absolute value, entry by entry',
  look: { open: '|', close: '|' },
  partials: [([x]) => call(sign.op, [must(x)])],
  spell: {
    ...scripts('abs({0})'),
    ...arrays('abs'),
    ...numbers('Math.abs', 'std::abs', 'abs'),
  },
  value: ([x]) => Math.abs(must(x)),
  curvature: { is: 'convex', grows: [0] },
  kinks: { pieces: ([x]) => [must(x), neg(must(x))], parts: (p, q) => add(p, q) },
  facts: ([x]) => (x?.has.has('nonnegative') && x.has.has('nonpositive') ? ['nonnegative', 'nonpositive'] : ['nonnegative']),
  excludes: ([x]) => `${x} = 0`,
  holds: whenFirstIs('positive', 'negative'),
  rules: [
    {
      name: 'even-power-of-abs',
      at: 'apply',
      on: powName,
      example: { before: 'abs(x).^2', after: 'x.^2' },
      rewrite: (node) => {
        const p = asPower(node);
        if (!p || !isInteger(p.exponent) || p.exponent.num % 2 !== 0) return undefined;
        return p.base.kind === 'apply' && p.base.op === abs.op.name ? power(must(p.base.args[0]), p.exponent) : undefined;
      },
    },
  ],
  examples: [{ of: 'sum(abs(x))', by: 'x', is: 'sign(x)' }],
});

const reluParts = scalarOp({
  name: 'relu',
  elementary: ([x]) => call(maximum.op, [must(x), zeros(must(x).shape)]),
  says: 'positive part max(x, 0), entry by entry',
  partials: [([x]) => call(step.op, [must(x)])],
  spell: {
    octave: 'max({0}, 0)', r: 'pmax({0}, 0)',
    numpy: 'xp.maximum({0}, 0)', jax: 'jax.nn.relu({0})', torch: 'torch.relu({0})',
    typescript: 'Math.max({0}, 0)', cpp: eigen('std::max({0}, 0.0)', '{0!}.max(0.0)'),
  },
  value: ([x]) => Math.max(must(x), 0),
  curvature: { is: 'convex', grows: [1] },
  kinks: { pieces: ([x]) => [must(x), zeros(must(x).shape)], parts: (p) => p },
  facts: ([x]) => (x?.has.has('nonpositive') ? ['nonnegative', 'nonpositive'] : ['nonnegative']),
  excludes: ([x]) => `${x} = 0`,
  holds: whenFirstIs('positive', 'negative'),
  examples: [{ of: 'sum(relu(x).^2)', by: 'x', is: '2*relu(x)' }],
});

/** PyTorch's maximum and minimum take tensors only; against a number they are a clamp. */
function clampOr(name: 'maximum' | 'minimum', bound: 'min' | 'max'): Spelling {
  return ({ args, values }) => {
    const k = values.findIndex((v) => v !== undefined);
    const [x, y] = args;
    return k < 0 ? `torch.${name}(${x?.text}, ${y?.text})` : `torch.clamp(${args[1 - k]?.text}, ${bound}=${args[k]?.text})`;
  };
}

// At a tie both derivatives are 0, the point is excluded.
const maximum = scalarOp({
  name: 'maximum',
  ampl: 12,
  says: 'the larger of two, entry by entry; written max(x, y)',
  partials: [([x, y]) => call(step.op, [sub(must(x), must(y))]), ([x, y]) => call(step.op, [sub(must(y), must(x))])],
  spell: {
    octave: 'max({0}, {1})', r: arrayFirst('pmax'),
    numpy: 'xp.maximum({0}, {1})', jax: 'jnp.maximum({0}, {1})', torch: clampOr('maximum', 'min'),
    ...pairs('Math.max', 'std::max', 'max'),
  },
  value: ([x, y]) => Math.max(must(x), must(y)),
  facts: ([x, y]) => [...(['positive', 'nonnegative'] as const).filter((f) => x?.has.has(f) || y?.has.has(f)), ...(['negative', 'nonpositive'] as const).filter((f) => x?.has.has(f) && y?.has.has(f))],
  curvature: { is: 'convex', grows: [1, 1] },
  kinks: { pieces: (args) => args },
  excludes: ([x, y]) => `${x} = ${y}`,
  rules: [sameTwice('maximum-of-equals', 'max(x, x)')],
  written: ({ args }) => ({ name: 'max', args }),
  examples: [{ of: 'sum(max(x, y))', by: 'x', is: 'step(x-y)' }],
});

const minimum = scalarOp({
  name: 'minimum',
  ampl: 11,
  says: 'the smaller of two, entry by entry; written min(x, y)',
  partials: [([x, y]) => call(step.op, [sub(must(y), must(x))]), ([x, y]) => call(step.op, [sub(must(x), must(y))])],
  spell: {
    octave: 'min({0}, {1})', r: arrayFirst('pmin'),
    numpy: 'xp.minimum({0}, {1})', jax: 'jnp.minimum({0}, {1})', torch: clampOr('minimum', 'max'),
    ...pairs('Math.min', 'std::min', 'min'),
  },
  value: ([x, y]) => Math.min(must(x), must(y)),
  facts: ([x, y]) => [...(['positive', 'nonnegative'] as const).filter((f) => x?.has.has(f) && y?.has.has(f)), ...(['negative', 'nonpositive'] as const).filter((f) => x?.has.has(f) || y?.has.has(f))],
  curvature: { is: 'concave', grows: [1, 1] },
  kinks: { pieces: (args) => args },
  excludes: ([x, y]) => `${x} = ${y}`,
  rules: [sameTwice('minimum-of-equals', 'min(x, x)')],
  written: ({ args }) => ({ name: 'min', args }),
  examples: [{ of: 'sum(min(x, y))', by: 'x', is: 'step(y-x)' }],
});

// Huber 1964: x^2/2 for |x| <= d, d(|x| - d/2) beyond. The derivative is x clipped to [-d, d].
const huberParts = scalarOp({
  name: 'huber',
  elementary: ([x, d]) => {
    const beyond = call(maximum.op, [sub(call(abs.op, [must(x)]), must(d)), zeros(must(x).shape)]);
    return scale(ratio(1, 2), sub(power(must(x), 2), power(beyond, 2)));
  },
  says: 'Huber loss with threshold d (1 if not given): x^2/2 up to d, linear beyond, entry by entry',
  partials: [
    ([x, d]) => call(maximum.op, [call(minimum.op, [must(x), must(d)]), neg(must(d))]),
    ([x, d]) => relu(sub(call(abs.op, [must(x)]), must(d))),
  ],
  spell: {
    ...scripts('@huber({0}, {1})'),
    ...helpers('huber', { args: '{0}, {1}' }),
    ...pairs('@huber', '@huber'),
  },
  needs: ([, d]) => `${d} >= 0`,
  value: ([x, d]) => (must(d) < 0 ? NaN : Math.abs(must(x)) <= must(d) ? (must(x) * must(x)) / 2 : must(d) * (Math.abs(must(x)) - must(d) / 2)),
  holds: ([, d]) => d?.has.has('nonnegative') ?? false,
  // Huber's loss is the Moreau envelope of d|x|: least over y of y²/2 + d|x - y|.
  kinks: { least: ([x, d], y) => add(scale(ratio(1, 2), power(y, 2)), times(must(d), absolute(sub(must(x), y)))) },
  source: 'P. J. Huber, Robust estimation of a location parameter, 1964',
  examples: [
    { of: 'sum(huber(x))', by: 'x', is: 'max(min(x, vector(1)), -vector(1))' },
    { of: 'sum(huber(x, d))', by: 'x', is: 'max(min(x, d*vector(1)), -d*vector(1))' },
  ],
});

const huber = {
  ...huberParts.record,
  forms: [
    { signature: 'any -> any', build: ([x]: readonly Expr[]) => call(huberParts.op, [must(x), ones(must(x).shape)]) },
    ...huberParts.record.forms,
  ],
};

const hinge = defined({
  name: 'hinge',
  family: 'learning',
  says: 'hinge loss max(1-x, 0), entry by entry',
  forms: { 'any -> any': ([x]) => relu(sub(ones(must(x).shape), must(x))) },
  examples: [{ of: 'sum(hinge(x))', by: 'x', is: '-step(vector(1)-x)' }],
});

const sqrt = defined({
  name: 'sqrt',
  family: 'element-wise',
  says: 'square root, entry by entry',
  forms: { 'any -> any': ([x]) => power(must(x), ratio(1, 2)) },
  noticeForMatrix: 'sqrt of a matrix is taken entry by entry; the matrix square root is sqrtm',
  needs: 'x > 0',
  examples: [{ of: 'sum(sqrt(x))', by: 'x', is: '0.5*x.^(-0.5)', declare: 'x: vector(n) positive' }],
});

export const piecewiseRecords: readonly FunctionRecord[] = [step, sign, abs, reluParts, maximum, minimum].map((f) => f.record).concat(huber, hinge, sqrt);

export function absolute(x: Expr): Expr {
  return call(abs.op, [x]);
}

/** x, when `e` is abs(x). */
export function argOfAbs(e: Expr | undefined): Expr | undefined {
  return e?.kind === 'apply' && e.op === abs.op.name ? e.args[0] : undefined;
}

/** Both, when `e` is the larger of two. */
export function sidesOfLarger(e: Expr): readonly Expr[] | undefined {
  return e.kind === 'apply' && e.op === maximum.op.name ? e.args : undefined;
}

/** The larger of two, entry by entry. */
export function larger(x: Expr, y: Expr): Expr {
  return call(maximum.op, [x, y]);
}

/** The smaller of two, entry by entry. */
export function smaller(x: Expr, y: Expr): Expr {
  return call(minimum.op, [x, y]);
}

export function relu(x: Expr): Expr {
  return call(reluParts.op, [x]);
}

/** f(x, x) = x */
function sameTwice(name: string, before: string): ApplyRule {
  return { name, at: 'apply', example: { before, after: 'x' }, rewrite: ({ args: [x, y] }) => (x === y ? x : undefined) };
}
