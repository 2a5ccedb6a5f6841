// Small models as they are written in courses on convex optimization, where what counts is everything around the numbers.

import { random } from '../../src/base/random.ts';
import type { Given } from '../../src/solve/model/data.ts';
import type { SolveCase } from './solve-cases.ts';

type Rows = number[][];
interface Source {
  readonly vector: (n: number, f?: (x: number) => number) => number[];
  readonly matrix: (m: number, n: number, f?: (x: number) => number) => Rows;
}

function sourceOf(seed: number): Source {
  const r = random(seed);
  const vector: Source['vector'] = (n, f = (x) => x) => Array.from({ length: n }, () => f(r.normal()));
  return { vector, matrix: (m, n, f) => Array.from({ length: m }, () => vector(n, f)) };
}

const times = (A: Rows, x: readonly number[]): number[] => A.map((row) => row.reduce((sum, a, j) => sum + a * x[j]!, 0));
const gram = (A: Rows): Rows => A[0]!.map((_, i) => A[0]!.map((__, j) => A.reduce((sum, row) => sum + row[i]! * row[j]!, 0)));
const regression = 'parameters\n  matrix A\n  vector b\nvariables\n  vector x\n';
const squares = (s: Source, m: number, n: number): Given => ({ A: s.matrix(m, n), b: s.vector(m) });

function small(name: string, model: string, data: (s: Source) => Given): SolveCase {
  return { name: `small-${name}`, model, data: () => data(sourceOf(11)), bars: { cvxpy: 1 } };
}

export const smallCases: readonly SolveCase[] = [
  small('bounds', `${regression}min\n  norm2(A*x-b)^2\nst\n  -0.2 <= x\n  x <= 0.2\n`, (s) => squares(s, 100, 30)),
  small('lp', "parameters\n  vector c\n  matrix A\n  vector b\nvariables\n  vector x\nmin\n  c'*x\nst\n  A*x <= b\n  x >= 0\n  x <= 10\n", (s) => ({ A: s.matrix(40, 60, Math.abs), b: s.vector(40, (x) => 10 + Math.abs(x)), c: s.vector(60) })),
  small('qp', "parameters\n  matrix Q symmetric psd\n  vector c\n  matrix A\n  vector b\n  matrix G\n  vector h\nvariables\n  vector x\nmin\n  0.5*x'*Q*x+c'*x\nst\n  A*x == b\n  G*x <= h\n", (s) => {
    const [A, G, x] = [s.matrix(5, 40), s.matrix(30, 40), s.vector(40)];
    const room = s.vector(30, Math.abs);
    return { Q: gram(s.matrix(40, 40)), c: s.vector(40), A, b: times(A, x), G, h: times(G, x).map((v, i) => v + room[i]!) };
  }),
  small('entropy', `${regression}max\n  -sum(x.*log(x))\nst\n  A*x == b\n  sum(x) == 1\n`, (s) => {
    const A = s.matrix(5, 50);
    const x = s.vector(50, Math.abs);
    const total = x.reduce((a, b) => a + b, 0);
    return { A, b: times(A, x.map((v) => v / total)) };
  }),
  small('geometric', 'parameters\n  matrix A\n  vector b\n  matrix G\n  vector h\nvariables\n  vector x\nmin\n  log(sum(exp(A*x+b)))\nst\n  log(sum(exp(G*x+h))) <= 0\n', (s) => ({ A: s.matrix(20, 8), b: s.vector(20), G: s.matrix(10, 8), h: s.vector(10, (x) => x - 4) })),
  small('huber', `${regression}min\n  sum(huber(A*x-b))\n`, (s) => ({ A: s.matrix(100, 20), b: s.vector(100, (x) => 2 * x) })),
  small('l1', `${regression}min\n  norm1(A*x-b)\n`, (s) => squares(s, 100, 20)),
  small('minmax', `${regression}min\n  max(A*x+b)\nst\n  norminf(x) <= 1\n`, (s) => squares(s, 60, 15)),
  small('balls', "parameters\n  matrix A\n  vector b, c\nvariables\n  vector x\nmin\n  c'*x\nst\n  norm2(A*x-b) <= 3\n  norm2(x) <= 2\n", (s) => {
    const A = s.matrix(30, 20);
    return { A, b: times(A, s.vector(20, (x) => 0.1 * x)), c: s.vector(20) };
  }),
  small('semidefinite', 'parameters\n  matrix C symmetric\nvariables\n  matrix X symmetric psd\nmin\n  tr(C*X)\nst\n  diag(X) == vector(1)\n', (s) => {
    const B = s.matrix(12, 12);
    return { C: B.map((row, i) => row.map((v, j) => (v + B[j]![i]!) / 2)) };
  }),
  small('groups', `parameters\n  matrix A\n  vector b\n  scalar c\nvariables\n  vector x\nmin\n  0.5*norm2(A*x-b)^2+c*(${Array.from({ length: 8 }, (_, k) => `norm2(x[${5 * k + 1}:${5 * k + 5}])`).join('+')})\n`, (s) => {
    const A = s.matrix(50, 40);
    const x = s.vector(40).map((v, j) => (j < 10 ? v : 0));
    const noise = s.vector(50);
    return { A, b: times(A, x).map((v, i) => v + 0.5 * noise[i]!), c: 10 };
  }),
  small('robust-lp', "parameters\n  vector c, a1, a2, a3, b\n  matrix P1, P2, P3\nvariables\n  vector x\nmin\n  c'*x\nst\n  a1'*x+norm2(P1'*x) <= b[1]\n  a2'*x+norm2(P2'*x) <= b[2]\n  a3'*x+norm2(P3'*x) <= b[3]\n", (s) => {
    const [a1, a2, a3] = [s.vector(10), s.vector(10), s.vector(10)];
    // A cost that the rows bound.
    const c = a1.map((a, j) => -a - a2[j]! - a3[j]!);
    return { c, a1, a2, a3, P1: s.matrix(10, 10), P2: s.matrix(10, 10), P3: s.matrix(10, 10), b: [1, 1, 1] };
  }),
  small('root-lasso', 'parameters\n  matrix A\n  vector b\n  scalar c\nvariables\n  vector x\nmin\n  norm2(A*x-b)+c*norm1(x)\n', (s) => ({ ...squares(s, 50, 20), c: 0.5 })),
];
