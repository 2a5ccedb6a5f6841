import { expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { inContext, newContext } from '../ir/expr.ts';
import { readOrThrow } from '../pipeline.ts';
import { interpreter } from '../run/interpret.ts';
import { sample, variablesOf } from '../run/sample.ts';
import { leastValue, rangeOf } from './range.ts';

const declare = 'x: scalar positive; y: scalar in (1, inf); z: scalar in (-2, 3); u: scalar in (0, 1); v: scalar; w: scalar in (-5, -1)';
const texts = ['exp(x)-1', 'y^2-1', 'log(y)', '1/y', 'z^2', 'z^3', 'z*u', 'w*z', '1-u', 'u-u^2', 'tanh(x)*sigmoid(v)', 'sigmoid(x)-sigmoid(-x)', 'exp(-y)', 'atan(v)*u+2', 'w^(-2)', 'y^0.5-1', 'softplus(z)', '3-z-2*u', 'sin(v)*cos(v)', 'y^(-1.5)*exp(w)', 'erf(y)', '1-erf(x)', 'log(y)/y', '(z+3)^-1'];

test.each(texts)('values of %s lie in their range', (text) => {
  inContext(newContext(), () => {
    const { expr } = readOrThrow(text, declare);
    const { above, below, reached } = rangeOf(expr);
    const stream = random(11);
    const run = interpreter([expr], new Map());
    for (let k = 0; k < 200; k++) {
      const value = run(sample(variablesOf([expr]), new Map(), stream).values)[0]!.data[0]!;
      if (reached) expect(value >= above && value <= below).toBe(true);
      else expect(value > above - 1e-12 && value < below + 1e-12).toBe(true);
    }
  });
});

test.each([
  ['exp(x)-1', 'positive', true], ['y^2-1', 'positive', true], ['z+2', 'positive', true], ['z+1.999', 'nonnegative', false], ['1-u*u', 'positive', true],
  ['1-sin(v)', 'nonnegative', true], ['1-sin(v)', 'positive', false], ['2-u-cos(v)', 'positive', true], ['1-cosh(u)', 'nonnegative', false], ['sigmoid(x)-sigmoid(-x)', 'nonnegative', true],
  // One function at two places, one above the other.
  ['digamma(x+1)-digamma(x)', 'nonnegative', true], ['digamma(x)-digamma(x+1)', 'nonnegative', false], ['polygamma(1, x)-polygamma(1, x+u)', 'nonnegative', true], ['sigmoid(v+x)-sigmoid(v)+u', 'nonnegative', true],
  ['sigmoid(v+z)-sigmoid(v)', 'nonnegative', false], ['exp(v+x)-2*exp(v)', 'nonnegative', false], ['sin(v+x)-sin(v)', 'nonnegative', false], ['exp(v)-exp(v-x)', 'nonnegative', true],
  ['cos(z)', 'nonnegative', false], ['tan(u)-tan(u/2)', 'nonnegative', true],
  // An end that was rounded shows nothing at zero: the sum of a tenth and two tenths is not three tenths.
  ['y-1', 'positive', true], ['0.1+0.2*y-0.3', 'nonnegative', false],
] as const)('%s is %s: %s', (text, property, expected) => {
  inContext(newContext(), () => expect(leastValue(readOrThrow(text, declare).expr, property)).toBe(expected));
});
