// The optimization problems that are compared: the text of the model, and data of the sizes that people have.

import type { Csr } from '../../src/base/csr.ts';
import { random } from '../../src/base/random.ts';
import type { Given, GivenValue } from '../../src/solve/model/data.ts';

export interface SolveCase {
  readonly name: string;
  readonly model: string;
  readonly data: () => Given;
  readonly start?: () => Given;
  /** Values of one parameter, solved one after the other, each from the solution before. */
  readonly path?: { readonly parameter: string; readonly values: (data: Given) => readonly number[] };
  /** Theirs over ours must be at least this, by peer. */
  readonly bars: Readonly<Record<string, number>>;
  /** Of the peers that count: ours must not exceed theirs. */
  readonly evaluations?: boolean;
}

type Stream = ReturnType<typeof random>;
interface Array2 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

const normals = (r: Stream, count: number): Float64Array => Float64Array.from({ length: count }, () => r.normal());
const matrix = (r: Stream, m: number, n: number): Array2 => ({ shape: [m, n], data: normals(r, m * n) });

function product({ shape: [m = 0, n = 0], data }: Array2, x: Float64Array): Float64Array {
  return Float64Array.from({ length: m }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += data[i * n + j]! * x[j]!;
    return sum;
  });
}

/** As a9a is made: indicators, fourteen a row. */
function indicators(r: Stream, rows: number, cols: number, perRow: number): Csr {
  const indptr = Int32Array.from({ length: rows + 1 }, (_, i) => i * perRow);
  const indices = new Int32Array(rows * perRow);
  for (let i = 0; i < rows; i++) {
    const chosen = new Set<number>();
    // Some features are common and most are rare.
    while (chosen.size < perRow) chosen.add(Math.min(cols - 1, Math.floor(cols * r.uniform() ** 2)));
    indices.set([...chosen].sort((a, b) => a - b), i * perRow);
  }
  return { rows, cols, indptr, indices, values: new Float64Array(rows * perRow).fill(1) };
}

function signsOf(r: Stream, margins: Float64Array): Float64Array {
  return margins.map((z) => (r.uniform() < 1 / (1 + Math.exp(-z)) ? 1 : -1));
}

const logistic = `
parameters
  matrix A
  vector y
  scalar c
variables
  vector w
min
  0.5*w'*w+c*sum(log(exp((-y).*(A*w))+vector(1)))
`;

const leastSquares = `
parameters
  matrix A
  vector b
variables
  vector x
min
  norm2(A*x-b).^2
st
  x >= 0
`;

function logisticSparse(): Given {
  const r = random(1);
  const A = indicators(r, 32_560, 123, 14);
  const truth = normals(r, 123);
  const margins = Float64Array.from({ length: A.rows }, (_, i) => A.indices.subarray(14 * i, 14 * i + 14).reduce((sum, j) => sum + truth[j]!, 0));
  return { A, y: signsOf(r, margins), c: 1 };
}

function logisticDense(rows: number, cols: number, scale = 1): Given {
  const r = random(2);
  const A = matrix(r, rows, cols);
  const y = signsOf(r, product(A, normals(r, cols).map((x) => 0.3 * x)));
  return { A: { ...A, data: A.data.map((x) => scale * x) }, y, c: 1 };
}

/** Observations of a vector with a tenth of its entries not zero. */
function regression(rows: number, cols: number, seed: number, more: Given = {}): Given {
  const r = random(seed);
  const A = matrix(r, rows, cols);
  const truth = normals(r, cols).map((x) => (r.uniform() < 0.1 ? 3 * x : 0));
  return { A, b: product(A, truth).map((x) => x + r.normal()), ...more };
}

/** Points on the sides of a plane, some of them with the wrong label. */
function labelled(rows: number, cols: number, seed: number): Given {
  const r = random(seed);
  const A = matrix(r, rows, cols);
  const margins = product(A, normals(r, cols));
  return { A, y: margins.map((z) => (z + 3 * r.normal() > 0 ? 1 : -1)), c: 1 };
}

/** A tenth of the observations is far off. */
function outliers(rows: number, cols: number, seed: number): Given {
  const r = random(seed);
  const A = matrix(r, rows, cols);
  return { A, b: product(A, normals(r, cols)).map((z) => z + (r.uniform() < 0.1 ? 30 : 1) * r.normal()) };
}

function kernelMachine(n: number, dim: number): Given {
  const r = random(4);
  const X = matrix(r, n, dim).data;
  const K = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let far = 0;
      for (let k = 0; k < dim; k++) far += (X[i * dim + k]! - X[j * dim + k]!) ** 2;
      K[i * n + j] = K[j * n + i] = Math.exp(-far / dim);
    }
  }
  // A curved border, and some labels that are wrong.
  const y = Float64Array.from({ length: n }, (_, i) => (X[i * dim]! * X[i * dim + 1]! + 0.3 * r.normal() > 0 ? 1 : -1));
  return { K: { shape: [n, n], data: K }, y, c: 1 };
}

function factors(m: number, n: number, rank: number): { data: Given; start: Given } {
  const r = random(5);
  const positive = (rows: number, cols: number): Array2 => ({ shape: [rows, cols], data: normals(r, rows * cols).map(Math.abs) });
  const [U, V] = [positive(m, rank), positive(rank, n)];
  const X = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let k = 0; k < rank; k++) for (let j = 0; j < n; j++) X[i * n + j]! += U.data[i * rank + k]! * V.data[k * n + j]!;
  const data = { X: { shape: [m, n], data: X.map((x) => x + 0.5 * Math.abs(r.normal())) } };
  return { data, start: { U: positive(m, rank), V: positive(rank, n) } };
}

function portfolio(n: number, k: number): Given {
  const r = random(6);
  return { F: { ...matrix(r, n, k) }, mu: normals(r, n), d: normals(r, n).map((x) => 0.1 + Math.abs(x)), g: 1 };
}

const size = (value: GivenValue | undefined): Array2 => value as Array2;

/** The least weight at which the solution of an elastic net is zero, over 0.001, in fifty steps of equal ratio. */
function weights({ A, b, ratio }: Given): number[] {
  const { shape: [m = 0, n = 0], data } = size(A);
  const most = Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += data[i * n + j]! * (b as Float64Array)[i]!;
    return Math.abs(sum) / m;
  }).reduce((a, x) => Math.max(a, x), 0);
  return Array.from({ length: 50 }, (_, k) => (most / (ratio as number)) * 10 ** ((-3 * k) / 49));
}

export const solveCases: readonly SolveCase[] = [
  { name: 'logistic-sparse', model: logistic, data: logisticSparse, bars: { sklearn: 1 / 1.5, cvxpy: 1 }, evaluations: true },
  { name: 'logistic-dense', model: logistic, data: () => logisticDense(100_000, 100), bars: { sklearn: 1 / 1.5, cvxpy: 1 }, evaluations: true },
  { name: 'logistic-scaled', model: logistic, data: () => logisticDense(2000, 50, 1e4), bars: { cvxpy: 1 }, evaluations: true },
  {
    name: 'lasso',
    model: 'parameters\n  matrix A\n  vector b\n  scalar c\nvariables\n  vector x\nmin\n  norm2(A*x-b).^2+c*norm1(x)\n',
    data: () => regression(2000, 2000, 3, { c: 200 }),
    bars: { sklearn: 1 / 1.5, cvxpy: 1 },
  },
  {
    name: 'svm-dual',
    model: "parameters\n  matrix K symmetric\n  vector y\n  scalar c\nvariables\n  vector a\nmin\n  0.5*(a.*y)'*K*(a.*y)-sum(a)\nst\n  a >= 0\n  a <= c\n  y'*a == 0\n",
    data: () => kernelMachine(2000, 5),
    bars: { sklearn: 1 / 1.5, cvxpy: 1 },
  },
  {
    name: 'squared-hinge',
    model: "parameters\n  matrix A\n  vector y\n  scalar c\nvariables\n  vector w\nmin\n  0.5*w'*w+c*sum(max(vector(1)-y.*(A*w),0).^2)\n",
    data: () => labelled(20_000, 40, 11),
    bars: { sklearn: 1 / 1.5, cvxpy: 1 },
  },
  {
    name: 'huber-many',
    model: 'parameters\n  matrix A\n  vector b\nvariables\n  vector x\nmin\n  sum(huber(A*x-b))\n',
    data: () => outliers(20_000, 40, 12),
    // SciPy is given the gradient.
    bars: { cvxpy: 1 },
  },
  { name: 'nnls', model: leastSquares, data: () => regression(5000, 1000, 7), bars: { sklearn: 1 / 1.5, cvxpy: 1 } },
  {
    name: 'nmf',
    model: 'parameters\n  matrix X\nvariables\n  matrix U\n  matrix V\nmin\n  norm2(U*V-X).^2\nst\n  U >= 0\n  V >= 0\n',
    data: () => factors(1000, 500, 20).data,
    start: () => factors(1000, 500, 20).start,
    bars: { sklearn: 1 / 1.5 },
    evaluations: true,
  },
  {
    name: 'elastic-net-path',
    model: "parameters\n  matrix A\n  vector b\n  scalar m positive\n  scalar ratio in (0, 1)\n  scalar alpha positive\nvariables\n  vector x\nmin\n  norm2(A*x-b).^2/(2*m)+alpha*ratio*norm1(x)+0.5*alpha*(1-ratio)*x'*x\n",
    data: () => regression(1000, 200, 8, { m: 1000, ratio: 0.5, alpha: 1 }),
    path: { parameter: 'alpha', values: weights },
    bars: { sklearn: 1 / 1.5, cvxpy: 1 },
  },
  {
    name: 'portfolio',
    model: "parameters\n  matrix F\n  vector mu, d\n  scalar g\nvariables\n  vector x\nmin\n  g*(norm2(F'*x).^2+sum(d.*x.^2))-mu'*x\nst\n  sum(x) == 1\n  x >= 0\n",
    data: () => portfolio(1000, 50),
    bars: { cvxpy: 1 },
  },
  { name: 'box-least-squares', model: leastSquares, data: () => regression(300, 100, 9), bars: { cvxpy: 1 }, evaluations: true },
  {
    name: 'norm-cone',
    model: "parameters\n  matrix A\n  vector b\n  scalar t\nvariables\n  vector x\nmin\n  x'*x\nst\n  norm2(A*x-b) <= t\n",
    data: () => regression(60, 30, 10, { t: 12 }),
    bars: { cvxpy: 1 },
  },
];
