// How long the first call of a compiled value and gradient takes, and every later one, for small sizes.
//
//   node bench/wasm/first-call.ts
//
// Rounds take new contexts: nothing of an earlier round is known. The first round also compiles ricci's own code and the
// kernels that all functions share.

import type { Expr } from '../../src/ir/expr.ts';
import { inContext, newContext } from '../../src/ir/expr.ts';
import { variables } from '../../src/ir/walk.ts';
import { read } from '../../src/lang/read.ts';
import { oneDerivative } from '../../src/pipeline.ts';
import { compileKernel } from '../../src/run/compile.ts';
import { sizeReader } from '../../src/run/layout.ts';

const cases: readonly (readonly [text: string, by: string, declare: string])[] = [
  ['norm2(A*x-y)^2', 'x', 'A: matrix(n, m); x: vector(m); y: vector(n)'],
  ["sum(log(exp(-y.*(X*w))+vector(1)))+0.1*w'*w", 'w', 'X: matrix(n, m); y: vector(n); w: vector(m)'],
  ["norm2(T-U*V')^2", 'U', 'T: matrix(n, m); U: matrix(n, k); V: matrix(m, k)'],
  ['sum(huber(A*x-y))', 'x', 'A: matrix(n, m); x: vector(m); y: vector(n)'],
  ["0.5*logdet(S)+0.5*x'*inv(S)*x", 'S', 'S: matrix(n, n) pd; x: vector(n)'],
  ['sum(tanh(A*tanh(B*x)))', 'x', 'A: matrix(n, n); B: matrix(n, m); x: vector(m)'],
  ['logsumexp(A*x)', 'x', 'A: matrix(n, m); x: vector(m)'],
  ['100*(x[2]-x[1]^2)^2+(1-x[1])^2', 'x', 'x: vector(2)'],
];
const sizes = new Map([['n', 8], ['m', 5], ['k', 3]]);
const sizeOf = sizeReader(sizes);
const entries = (e: Expr): number => e.shape.map(sizeOf).reduce((a, b) => a * b, 1);
const rounds = 6;
const calls = 20_000;

interface Measured {
  readonly first: number;
  readonly later: number;
}

function measure(text: string, by: string, declare: string): Measured {
  return inContext(newContext(), () => {
    const { expr, variables: known } = read(text, { declare });
    const value = expr!;
    const gradient = oneDerivative(value, known.find((v) => v.name === by)!.node);
    const inputs = variables([value, gradient]);
    const values = inputs.map((v) => Float64Array.from({ length: entries(v) }, (_, i) => (v.name === 'S' && i % 9 === 0 ? 9 : Math.random())));
    const out = [new Float64Array(1), new Float64Array(entries(gradient))];
    const start = performance.now();
    const f = compileKernel({ value, gradient }, { inputs, sizes });
    f(values, out);
    const first = performance.now() - start;
    for (let i = 0; i < calls; i++) f(values, out);
    const again = performance.now();
    for (let i = 0; i < calls; i++) f(values, out);
    return { first, later: ((performance.now() - again) / calls) * 1000 };
  });
}

const all = Array.from({ length: rounds }, () => cases.map((c) => measure(...c)));
const least = (of: (round: readonly Measured[]) => number): number => Math.min(...all.slice(1).map(of));
console.log(`${'value and gradient'.padEnd(48)} ${'fresh ms'.padStart(9)} ${'first ms'.padStart(9)} ${'later µs'.padStart(9)}`);
cases.forEach(([text], i) => {
  const numbers = [all[0]![i]!.first, least((r) => r[i]!.first), least((r) => r[i]!.later)];
  console.log(`${text.padEnd(48)} ${numbers.map((n) => n.toFixed(2).padStart(9)).join(' ')}`);
});
