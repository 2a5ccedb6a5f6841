// Signs by slopes: functions of one number, and convex functions of norms and other inner parts.

import { describe, expect, test } from 'vitest';
import { inContext, newContext } from '../ir/expr.ts';
import { must } from '../base/internal.ts';
import { neg } from '../ir/build.ts';
import { certify, headline } from '../pipeline/certify.ts';
import { readOrThrow } from '../pipeline.ts';
import type { Proof } from './proof.ts';
import { prove } from './prove.ts';
import { replay } from './replay.ts';

function curvature(line: string): string {
  const [text = '', by = '', declare = ''] = line.split('|').map((s) => s.trim());
  return inContext(newContext(), () => headline(certify(text, { by: by.split(' '), declare })));
}

const convex = [
  'x/tanh(x) | x | x: scalar',
  'sum(x./tanh(x)) | x',
  'sinh(x)/x | x | x: scalar',
  'log(sinh(x)/x) | x | x: scalar positive',
  '(exp(x)-1)/x | x | x: scalar positive',
  'x/(exp(x)-1) | x | x: scalar positive',
  'log((exp(x)-1)/x) | x | x: scalar positive',
  '1/softplus(-x) | x | x: scalar',
  'log(x)/(x-1) | x | x: scalar in (1, inf)',
  'x*sin(x) | x | x: scalar in (-1, 1)',
  'tanh(x) | x | x: scalar negative',
  'sum(x.^2./(1+abs(x))) | x',
  'sum(x.^4./(1+x.^2)) | x',
  'norm2(x)-log(1+norm2(x)) | x',
  'norm2(A*x-b)-log(1+norm2(A*x-b))+x\'*x | x',
  "x'*x/(1+norm2(x)) | x",
  "x'*K*x/(1+sqrt(x'*K*x)) | x | K: matrix(n, n) psd",
  'norm1(x)^2/(1+norm1(x)) | x',
  'log(cosh(norm2(x))) | x',
  'norm2(x)/tanh(norm2(x)) | x',
  'norm2(x)^3/t^2 | x t | t: scalar positive',
  "(x'*x)^2/t^3 | x t | t: scalar positive",
];

const concave = [
  '(1+1/x)^x | x | x: scalar positive',
  'log(softplus(x)) | x | x: scalar',
  'log(1-exp(-exp(x))) | x | x: scalar',
  'log(sinh(x)) | x | x: scalar positive',
  'sin(x)/x | x | x: scalar in (0, 1)',
  'log(x+sqrt(1+x^2)) | x | x: scalar positive',
  '(x-1)/log(x) | x | x: scalar in (1, inf)',
];

const neither = [
  // The set where these have values is not convex.
  '(norm2(x)-1)^1.5 | x',
  '(norm2(x)-1)^1.5+norm2(x)^2 | x',
  'max(x, y)^2 | x y | x: scalar; y: scalar',
  'relu(x)^2+x^4-3*min(x, 0)^2 | x | x: scalar',
  'norm2(x)*tanh(norm2(x)) | x',
  'norm2(x)-sin(norm2(x)) | x',
  "norm2(x)^2*log(norm2(x)) | x",
  'exp(-1/norm2(x)) | x',
  '1/norm2(x) | x',
  'sum(abs(x).^3./(1+x.^2)) | x',
  'x*sin(x) | x | x: scalar in (-1.2, 1.2)',
  'sin(x)/x | x | x: scalar in (0, 3)',
  'softplus(x)^0.5 | x | x: scalar',
];

describe('by slopes', () => {
  test.each(convex)('convex: %s', (line) => expect(curvature(line)).toMatch(/^(strictly |strongly )?convex/));
  test.each(concave)('concave: %s', (line) => expect(curvature(line)).toMatch(/^(strictly |strongly )?concave/));
  test.each(neither)('no certificate: %s', (line) => expect(curvature(line)).toMatch(/^(neither|not known)/));
});

const declare = 'x: scalar positive; y: scalar in (0, 1); z: scalar; v: vector(n) positive';

test.each(['x-log(1+x)', 'x-tanh(x)', 'exp(x)-1-x-x^2/2', 'x*cosh(x)-sinh(x)', 'y-sin(y)', 'exp(z)-softplus(z)', '1/x-log(1+1/x)', 'exp(z)-1-z', 'cosh(z)-1-z^2/2', 'v-tanh(v)', '(1+x)*log(1+x)-x', 'y-y^3/6-sin(y)+y^5/120'])('%s is not negative', (text) => {
  inContext(newContext(), () => {
    const proof = prove('nonnegative', readOrThrow(text, declare).expr);
    expect(proof).toBeDefined();
    expect(replay(must(proof))).toBeUndefined();
  });
});

test.each(['x-log(1+1.1*x)', 'x-1.01*tanh(x)', 'exp(x)-1-x-0.51*x^2', 'sin(y)-y', '0.99*exp(z)-softplus(z)', 'exp(z)-1-1.01*z', 'exp(z)-1.0001-z', 'v-1.01*tanh(v)', 'log(x)', 'sin(x)', '1/x-1'])('%s is negative somewhere', (text) => {
  inContext(newContext(), () => expect(prove('nonnegative', readOrThrow(text, declare).expr)).toBeUndefined());
});

/** Every proof in the tree with one step changed. */
function* tampered(proof: Proof): Generator<Proof> {
  const { reason } = proof;
  // What facts say is known without a premise.
  if (proof.premises[0] && proof.premises[0].reason.rule !== 'fact') yield { ...proof, premises: proof.premises.slice(1) };
  yield { ...proof, of: neg(proof.of) };
  if (reason.rule === 'slope') {
    yield { ...proof, reason: { ...reason, end: reason.end === 'above' ? 'below' : 'above' } };
    yield { ...proof, premises: proof.premises.toSpliced(1, 1) };
    yield { ...proof, property: 'positive' };
  }
  if (reason.rule === 'exchanged') yield { ...proof, reason: { ...reason, how: reason.how === 'reciprocal' ? 'logarithm' : 'reciprocal' } };
  if (reason.rule === 'scaled' && reason.by.length % 2 === 1) yield { ...proof, reason: { ...reason, by: reason.by.map(neg) } };
  for (const [k, premise] of proof.premises.entries()) for (const other of tampered(premise)) if (premise.reason.rule !== 'fact' && premise.reason.rule !== 'range') yield { ...proof, premises: proof.premises.with(k, other) };
}

test.each(['x-log(1+x)', 'exp(z)-softplus(z)', '1/x-log(1+1/x)', 'x*cosh(x)-sinh(x)', 'cosh(z)-1-z^2/2', 'exp(x)-1-x-x^2/2'])('a proof that %s is not negative, changed in one step, does not replay', (text) => {
  inContext(newContext(), () => {
    const proof = must(prove('nonnegative', readOrThrow(text, declare).expr));
    const others = [...tampered(proof)];
    expect(others.length).toBeGreaterThan(3);
    for (const other of others) expect(replay(other)).toBeDefined();
  });
});
