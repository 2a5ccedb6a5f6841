// Special functions. DLMF chapters 5 and 7.

import { must } from '../../base/internal.ts';
import { constant, neg, scale, sub } from '../../ir/build.ts';
import { call, scalarOp, signOfFirst, whenFirstIs } from '../define.ts';
import type { FunctionRecord } from '../op.ts';
import { digamma, erf, lgamma, polygamma } from '../reference/special.ts';
import { numbers, pairs } from '../spell-native.ts';
import { exponential, power } from './power.ts';

const erfParts = scalarOp({
  name: 'erf',
  says: 'error function, entry by entry',
  partials: [([x]) => scale(2 / Math.sqrt(Math.PI), exponential(neg(power(must(x), 2))))],
  spell: {
    octave: 'erf({0})', r: '@erf({0})',
    numpy: '@special(xp).erf({0})', jax: 'jax.scipy.special.erf({0})', torch: 'torch.special.erf({0})',
    ...numbers('@erf', 'std::erf'),
  },
  value: ([x]) => erf(must(x)),
  facts: signOfFirst,
  range: { above: -1, below: 1, reached: false },
  // exp(-x²) > √π x erfc(x), and the same for -x: DLMF 7.8.2 and 7.8.3 imply it, as does ∫ erfc ≥ 0.
  timesArgument: (x) => {
    const tail = scale(1 / Math.sqrt(Math.PI), exponential(neg(power(x, 2))));
    return [sub(x, tail), sub(neg(x), tail)];
  },
  examples: [{ of: 'sum(erf(x))', by: 'x', is: '1.1283791670955126*exp(-x.^2)' }],
});

const lgammaParts = scalarOp({
  name: 'lgamma',
  aliases: ['gammaln'],
  says: 'logarithm of the gamma function, entry by entry',
  partials: [([x]) => call(digammaParts.op, [must(x)])],
  spell: {
    octave: 'gammaln({0})', r: 'lgamma({0})',
    numpy: '@special(xp).gammaln({0})', jax: 'jax.scipy.special.gammaln({0})', torch: 'torch.special.gammaln({0})',
    ...numbers('@lgamma', 'std::lgamma'),
  },
  value: ([x]) => lgamma(must(x)),
  needs: ([x]) => `${x} > 0`,
  holds: whenFirstIs('positive'),
  examples: [{ of: 'sum(lgamma(x))', by: 'x', is: 'digamma(x)', declare: 'x: vector(n) positive' }],
});

const digammaParts = scalarOp({
  name: 'digamma',
  says: 'derivative of lgamma, entry by entry',
  partials: [([x]) => call(polygammaParts.op, [constant(1, must(x).shape), must(x)])],
  spell: {
    octave: 'psi({0})', r: 'digamma({0})',
    numpy: '@special(xp).digamma({0})', jax: 'jax.scipy.special.digamma({0})', torch: 'torch.special.digamma({0})',
    ...numbers('@digamma', '@digamma'),
  },
  value: ([x]) => digamma(must(x)),
  needs: ([x]) => `${x} > 0`,
  holds: whenFirstIs('positive'),
  examples: [{ of: 'sum(digamma(x))', by: 'x', is: 'polygamma(1, x)', declare: 'x: vector(n) positive' }],
});

// The order is a constant; derivatives by it do not exist.
const polygammaParts = scalarOp({
  name: 'polygamma',
  says: 'polygamma(k, x): derivative of digamma of order k, a whole number, entry by entry',
  partials: [
    ([k]) => constant(Number.NaN, must(k).shape),
    ([k, x]) => {
      const order = must(k);
      const next = order.kind === 'number' ? constant({ num: order.value.num + 1, den: 1 }, order.shape) : constant(Number.NaN, order.shape);
      return call(polygammaParts.op, [next, must(x)]);
    },
  ],
  spell: {
    octave: 'psi({0}, {1})', r: 'psigamma({1}, {0})',
    numpy: '@special(xp).polygamma({0}, {1})', jax: 'jax.scipy.special.polygamma({0}, {1})', torch: 'torch.special.polygamma({0}, {1})',
    ...pairs('@polygamma', '@polygamma'),
  },
  value: ([k, x]) => polygamma(must(k), must(x)),
  // (-1)^(k+1) times a sum of powers of 1/(x+n): DLMF 5.15.1.
  facts: ([, x], { args: [k] }) =>
    x?.has.has('positive') && k?.kind === 'number' && k.value.den === 1 && k.value.num >= 1 ? [k.value.num % 2 === 1 ? 'positive' : 'negative'] : [],
  needs: ([, x]) => `${x} > 0`,
  holds: ([, x]) => x?.has.has('positive') === true,
  // x*|polygamma(k, x)| = ∫ x exp(-x t) g(t) dt, g = t^k/(1 - exp(-t)), falls: by parts its slope is -∫ t exp(-x t) g'(t) dt, and g
  // rises. So 1/|polygamma| over x rises, and what does so is superadditive. DLMF 5.9.12 and 5.15.1.
  hasSuperadditiveReciprocal: ([k]) => k?.kind === 'number' && k.value.den === 1 && k.value.num >= 1 && k.value.num % 2 === 1,
  examples: [{ of: 'sum(polygamma(1, x))', by: 'x', is: 'polygamma(2, x)', declare: 'x: vector(n) positive' }],
});

export const specialRecords: readonly FunctionRecord[] = [erfParts, lgammaParts, digammaParts, polygammaParts].map((f) => f.record);
