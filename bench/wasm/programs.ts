// Compiled expressions against NumPy as people write it, one thread each, in alternating rounds.
//
//   node bench/wasm/programs.ts [--json FILE] [--only NAME]

import { random } from '../../src/base/random.ts';
import type { Expr, VariableNode } from '../../src/ir/expr.ts';
import { variables } from '../../src/ir/walk.ts';
import { read } from '../../src/lang/read.ts';
import { oneDerivative } from '../../src/pipeline.ts';
import { compileKernel } from '../../src/run/compile.ts';
import { sizeReader } from '../../src/run/layout.ts';
import { sharedMachine } from '../../src/run/wasm/machine.ts';
import { type Case, compare } from './against-numpy.ts';

interface Program {
  readonly name: string;
  readonly target?: number;
  readonly text: string;
  readonly declare: string;
  readonly sizes: Readonly<Record<string, number>>;
  /** Adds derivatives: one name for each order. */
  readonly by?: readonly string[];
  readonly setup: string;
  readonly numpy: string;
  readonly values?: Readonly<Record<string, (i: number) => number>>;
  readonly repeat?: number;
}

function caseOf({ text, declare, sizes, by = [], values = {}, ...rest }: Program): Case {
  return {
    ...rest,
    prepare: () => {
      const reading = read(text, { declare });
      if (!reading.expr) throw new Error(reading.diagnostics.map((d) => d.message).join('; '));
      const roots: Record<string, Expr> = { value: reading.expr };
      by.forEach((name, i) => {
        const { node } = reading.variables.find((v) => v.name === name)!;
        roots[`order ${i + 1}`] = oneDerivative(i === 0 ? reading.expr! : roots[`order ${i}`]!, node);
      });
      const named = new Map(Object.entries(sizes));
      const size = sizeReader(named);
      const entries = (e: Expr): number => e.shape.map(size).reduce((a, b) => a * b, 1);
      const stream = random(1);
      const given = Object.fromEntries(
        variables(Object.values(roots)).map((v: VariableNode) => {
          const of = values[v.name] ?? (() => stream.normal());
          return [v.name, { shape: v.shape.map(size), data: Float64Array.from({ length: entries(v) }, (_, i) => of(i)) }];
        }),
      );
      // Data lie where they are computed with, as NumPy's do; nothing is computed beforehand.
      const run = compileKernel(roots, { inputs: [], sizes: named, resident: given });
      const out = Object.values(roots).map((e) => new Float64Array(entries(e)));
      return () => run([], out);
    },
  };
}

const million = { n: 10_000_000 };
const vectors = 'y = rng.standard_normal(10**7); z = rng.standard_normal(10**7); a = 1.0';

const programs: readonly Program[] = [
  {
    name: 'logistic loss 1e7',
    target: 1.5,
    text: 'sum(log(vector(1)+exp(-a*y.*z)))',
    declare: 'y: vector(n); z: vector(n); a: scalar',
    sizes: million,
    values: { a: () => 1 },
    setup: vectors,
    numpy: 'np.log1p(np.exp(-y * z)).sum()',
  },
  {
    name: 'huber loss 1e7',
    target: 1.5,
    text: 'sum(huber(y-a*z))',
    declare: 'y: vector(n); z: vector(n); a: scalar',
    sizes: million,
    values: { a: () => 1 },
    setup: `${vectors}
def huber(r):
    s = np.abs(r)
    m = np.minimum(s, 1)
    return (m * (s - 0.5 * m)).sum()`,
    numpy: 'huber(y - z)',
  },
  {
    name: 'softmax cross-entropy 1e6×10',
    target: 1.5,
    text: 'sum(logsumexp(a*Z, rows))-a*sum(Y.*Z)',
    declare: 'Z: matrix(n, k); Y: matrix(n, k); a: scalar',
    sizes: { n: 1_000_000, k: 10 },
    values: { a: () => 1, Y: (i) => (i % 10 === 3 ? 1 : 0) },
    setup: `Z = rng.standard_normal((10**6, 10)); Y = np.zeros((10**6, 10)); Y[:, 3] = 1
def entropy(Z, Y):
    m = Z.max(axis=1, keepdims=True)
    return (np.log(np.exp(Z - m).sum(axis=1)) + m[:, 0]).sum() - (Y * Z).sum()`,
    numpy: 'entropy(Z, Y)',
  },
  {
    name: 'softmax cross-entropy 1e5×100',
    target: 1.5,
    text: 'sum(logsumexp(a*Z, rows))-a*sum(Y.*Z)',
    declare: 'Z: matrix(n, k); Y: matrix(n, k); a: scalar',
    sizes: { n: 100_000, k: 100 },
    values: { a: () => 1, Y: (i) => (i % 100 === 3 ? 1 : 0) },
    setup: `Z = rng.standard_normal((10**5, 100)); Y = np.zeros((10**5, 100)); Y[:, 3] = 1
def entropy(Z, Y):
    m = Z.max(axis=1, keepdims=True)
    return (np.log(np.exp(Z - m).sum(axis=1)) + m[:, 0]).sum() - (Y * Z).sum()`,
    numpy: 'entropy(Z, Y)',
  },
  {
    name: 'logistic value and gradient 5000×500',
    text: "sum(log(exp(-y.*(X*w))+vector(1)))",
    declare: 'X: matrix(n, k); y: vector(n); w: vector(k)',
    sizes: { n: 5000, k: 500 },
    by: ['w'],
    setup: `X = rng.standard_normal((5000, 500)); y = np.sign(rng.standard_normal(5000)); w = rng.standard_normal(500)
def logistic(w):
    m = y * (X @ w)
    return np.log1p(np.exp(-m)).sum(), X.T @ (-y / (1 + np.exp(m)))`,
    numpy: 'logistic(w)',
  },
  {
    name: 'logistic Hessian 5000×500',
    text: "sum(log(exp(-y.*(X*w))+vector(1)))",
    declare: 'X: matrix(n, k); y: vector(n); w: vector(k)',
    sizes: { n: 5000, k: 500 },
    by: ['w', 'w'],
    setup: `X = rng.standard_normal((5000, 500)); y = np.sign(rng.standard_normal(5000)); w = rng.standard_normal(500)
def logistic(w):
    m = y * (X @ w)
    s = 1 / (1 + np.exp(m))
    Z = np.sqrt(s * (1 - s))[:, None] * X
    return np.log1p(np.exp(-m)).sum(), X.T @ (-y * s), Z.T @ Z`,
    numpy: 'logistic(w)',
  },
  {
    name: 'least squares, value and gradient',
    text: 'norm2(A*x-y)^2',
    declare: 'A: matrix(n, k); y: vector(n); x: vector(k)',
    sizes: { n: 2000, k: 1000 },
    by: ['x'],
    setup: `A = rng.standard_normal((2000, 1000)); y = rng.standard_normal(2000); x = rng.standard_normal(1000)
def squares(x):
    r = A @ x - y
    return r @ r, 2 * (A.T @ r)`,
    numpy: 'squares(x)',
  },
  {
    name: 'factorization, value and gradient',
    text: "norm2(T-U*V')^2",
    declare: 'T: matrix(n, m); U: matrix(n, k); V: matrix(m, k)',
    sizes: { n: 1000, m: 800, k: 10 },
    by: ['U'],
    setup: `T = rng.standard_normal((1000, 800)); U = rng.standard_normal((1000, 10)); V = rng.standard_normal((800, 10))
def factor(U):
    R = T - U @ V.T
    return (R * R).sum(), -2 * (R @ V)`,
    numpy: 'factor(U)',
  },
];

await compare(programs.map(caseOf), { features: sharedMachine().context.features });
