import { describe, expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { must } from '../base/internal.ts';
import { contract, inContext, newContext, variable } from '../ir/expr.ts';
import { oneDerivative, readOrThrow, variableNamed } from '../pipeline.ts';
import { dense } from '../ops/reference/dense.ts';
import { interpret } from '../run/interpret.ts';
import { sample, sampleSizes, variablesOf } from '../run/sample.ts';
import { fast } from '../simplify/pipelines.ts';
import { structured } from './structure.ts';

// expression | variable | form | declarations; "singular" where no inverse exists.
const cases = `
sum(log(exp(x)+vector(1))) | x | diagonal
norm2(T-U*V')^2 | U | tied blocks | T: matrix(6, 5); U: matrix(6, 2); V: matrix(5, 2)
norm2(T-U*V')^2 | V | tied blocks | T: matrix(6, 5); U: matrix(6, 2); V: matrix(5, 2)
norm2(W.*(T-U*V'))^2 | U | separate blocks | T: matrix(6, 5); U: matrix(6, 2); V: matrix(5, 2); W: matrix(6, 5)
norm2(W.*(T-U*V'))^2+c*norm2(U)^2 | U | separate blocks | c: scalar positive
norm2(T-U*V')^2+c*norm2(U)^2 | U | tied blocks | c: scalar positive
norm2(X) | X | diagonal plus rank one singular
norm2(x)^3 | x | diagonal plus rank one
log(sum(exp(x))) | x | diagonal plus rank one singular
log(sum(exp(x)))+c*x'*x | x | diagonal plus rank one | c: scalar positive
sum(exp(X)) | X | diagonal
tr(A*X*B*X') | X | Kronecker | A: matrix(m, m) pd; B: matrix(n, n) pd
logdet(X) | X | Kronecker
c*tr(X*X) | X | permutation
norm2(X)^2+sum(log(cosh(X)))  | X | diagonal
norm2(A*X*B-C)^2 | X | Kronecker | A: matrix(5, 3); B: matrix(2, 4); C: matrix(5, 4); X: matrix(3, 2)
logsumexp(X) | X | diagonal plus rank one singular
prob'*exp(x)+(a'*x)^4 | x | diagonal plus rank one | prob: vector(n) positive; a: vector(n); x: vector(n)
sum(log(exp(-y.*(X*w))+vector(1))) | w | congruence | X: matrix(9, 3); y: vector(9); w: vector(3)
sum(log(exp(-y.*(X*w))+vector(1)))+c*w'*w | w | diagonal plus congruence | c: scalar positive
norm2(A*x-b)^2 | x | congruence | A: matrix(9, 3); b: vector(9); x: vector(3)
log(sum(exp(A*x)))+c*x'*x | x | diagonal plus congruence plus rank one | c: scalar positive
`;

const lines = cases.trim().split('\n').map((line) => line.split('|').map((s) => s.trim()));

describe('structured second derivatives', () => {
  test.each(lines)('%s by %s', (text = '', by = '', wanted = '', declare = '') => {
    inContext(newContext(), () => {
      const reading = readOrThrow(text, declare);
      const x = variableNamed(reading, by).node;
      const H = fast(oneDerivative(oneDerivative(reading.expr, x), x));
      const direction = variable('direction of it', x.shape);
      const s = must(structured(H, direction, fast), 'a structure');
      expect(s.form).toBe(wanted.replace(' singular', ''));
      const stream = random(3);
      for (const flipped of [false, true]) {
        const sizes = sampleSizes([reading.expr, H], stream, flipped);
        const { values } = sample([...variablesOf([reading.expr]), direction], sizes, stream);
        const at = (e: typeof H, more: ReadonlyMap<string, ReturnType<typeof dense>> = new Map()): Float64Array => interpret(e, { variables: new Map([...values, ...more]), sizes }).data;
        const cores = new Map(s.cores.map((c) => [c.variable.name, interpret(c.value, { variables: values, sizes })]));
        const labels = H.shape.map((_, i) => i);
        const r = x.shape.length;
        const product = at(contract([H, direction], [labels, labels.slice(r)], labels.slice(0, r)));
        close(at(s.dense, cores), at(H));
        close(at(s.apply, cores), product);
        if (wanted.includes('singular')) continue;
        const found = at(must(s.solve, 'an inverse'), new Map([...cores, ['direction of it', dense(must(values.get('direction of it')).shape, product)]]));
        close(found, must(values.get('direction of it')).data);
      }
    });
  });

  test('numbers that fill the tensor stay as they are', () => {
    inContext(newContext(), () => {
      const reading = readOrThrow('sum(exp(A*exp(x)))');
      const x = variableNamed(reading, 'x').node;
      const H = fast(oneDerivative(oneDerivative(reading.expr, x), x));
      expect(structured(H, variable('direction of it', x.shape), fast)?.form).not.toBe('congruence');
    });
  });
});

function close(a: Float64Array, b: Float64Array): void {
  const size = b.reduce((m, v) => Math.max(m, Math.abs(v)), 0) || 1;
  expect(a.length).toBe(b.length);
  a.forEach((v, i) => expect(Math.abs(v - b[i]!) / size).toBeLessThan(1e-9));
}
