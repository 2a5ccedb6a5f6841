// Models of the kinds that people write for solvers of this sort, with data of many sizes and scales: kinks at the optimum,
// linear and conic programs, degenerate, infeasible and unbounded ones.

import { random } from '../../src/base/random.ts';
import type { Given } from '../../src/solve/index.ts';

export interface SolverModel {
  readonly name: string;
  readonly model: string;
  readonly data: Given;
  readonly start?: Given;
  /** `optimal` unless told. */
  readonly outcome?: 'infeasible' | 'unbounded';
}

type Rows = readonly (readonly number[])[];

function text(parameters: string, variables: string, objective: string, ...constraints: string[]): string {
  const list = (words: string): string => words.split('; ').filter((w) => w !== '').map((w) => `  ${w}\n`).join('');
  return `parameters\n${list(parameters)}variables\n${list(variables)}${objective.replace(/^(min|max) /, '$1\n  ')}\n${constraints.length > 0 ? `st\n${constraints.map((c) => `  ${c}\n`).join('')}` : ''}`;
}

const times = (A: Rows, x: readonly number[]): number[] => A.map((row) => row.reduce((sum, a, j) => sum + a * x[j]!, 0));
const product = (A: Rows, B: Rows): number[][] => A.map((row) => B[0]!.map((_, j) => row.reduce((sum, a, k) => sum + a * B[k]![j]!, 0)));
const transposed = (A: Rows): number[][] => A[0]!.map((_, j) => A.map((row) => row[j]!));
const scaled = (A: Rows, by: number): number[][] => A.map((row) => row.map((a) => by * a));
/** Differences of neighbours, of this order. */
const differences = (n: number, order = 1): number[][] => Array.from({ length: n - order }, (_, i) => Array.from({ length: n }, (_, j) => (order === 1 ? [-1, 1] : [1, -2, 1])[j - i] ?? 0));

/** What is drawn, from one stream of numbers. */
function drawing(seed: number) {
  const stream = random(seed);
  const normal = (): number => stream.normal();
  const unit = (): number => stream.uniform();
  const uniform = (low = 0, high = 1): number => low + (high - low) * unit();
  const vector = (n: number, entry: (i: number) => number = normal): number[] => Array.from({ length: n }, (_, i) => entry(i));
  const matrix = (m: number, n: number, entry: (i: number, j: number) => number = normal): number[][] => Array.from({ length: m }, (_, i) => vector(n, (j) => entry(i, j)));
  const noisy = (values: readonly number[], noise = 0.1): number[] => values.map((v) => v + noise * normal());
  const sparse = (n: number, many: number): number[] => vector(n, (i) => (i % Math.ceil(n / many) === 0 ? normal() : 0));
  return {
    normal,
    uniform,
    vector,
    matrix,
    noisy,
    sparse,
    gram: (n: number, rank = n): number[][] => ((F) => product(F, transposed(F)))(matrix(n, rank)),
    symmetric: (n: number): number[][] => ((F) => F.map((row, i) => row.map((a, j) => a + F[j]![i]!)))(matrix(n, n)),
    signs: (n: number): number[] => vector(n, () => (unit() < 0.5 ? -1 : 1)),
    /** Rows, and values with noise from a sparse truth. */
    regression: (m: number, n: number, scale = 1): { A: number[][]; b: number[] } => {
      const A = matrix(m, n, () => scale * normal());
      return { A, b: noisy(times(A, sparse(n, 4)), 0.3 * scale) };
    },
    classes: (m: number, n: number): { A: number[][]; y: number[] } => {
      const A = matrix(m, n);
      return { A, y: noisy(times(A, vector(n)), 0.7).map((v) => (v < 0 ? -1 : 1)) };
    },
  };
}

/** The same for the same seed. */
export function solverModels(seed: number): readonly SolverModel[] {
  const { vector, matrix, uniform, gram, symmetric, signs, noisy, sparse, regression, classes, normal } = drawing(seed);
  return [
    // Regression with penalties and kinks.
    ...[[40, 12, 1], [60, 200, 1], [30, 10, 1e3], [30, 10, 1e-3]].map(([m, n, s]) => ({ name: `lasso ${m}x${n} in units of ${s}`, model: text('matrix A; vector b; scalar c', 'vector x', 'min norm2(A*x-b)^2 + c*norm1(x)'), data: { ...regression(m!, n!, s), c: 3 * s! * s! } })),
    { name: 'elastic net', model: text('matrix A; vector b; scalar c, d', 'vector x', 'min 0.5*norm2(A*x-b)^2 + c*norm1(x) + 0.5*d*x\'*x'), data: { ...regression(50, 30), c: 5, d: 2 } },
    { name: 'fused lasso', model: text('matrix A, D; vector b; scalar c, d', 'vector x', 'min norm2(A*x-b)^2 + c*norm1(x) + d*norm1(D*x)'), data: { ...regression(40, 20), D: differences(20), c: 1, d: 3 } },
    { name: 'total variation', model: text('matrix D; vector b; scalar c', 'vector x', 'min 0.5*norm2(x-b)^2 + c*norm1(D*x)'), data: { D: differences(60), b: vector(60, (i) => Math.floor(i / 20) + 0.2 * normal()), c: 0.5 } },
    { name: 'trend filtering', model: text('matrix D; vector b; scalar c', 'vector x', 'min 0.5*norm2(x-b)^2 + c*norm1(D*x)'), data: { D: differences(40, 2), b: vector(40, (i) => Math.abs(i - 20) / 5 + 0.2 * normal()), c: 1 } },
    { name: 'least absolute deviations', model: text('matrix A; vector b', 'vector x', 'min norm1(A*x-b)'), data: regression(60, 8) },
    { name: 'least absolute deviations, units of 1e4', model: text('matrix A; vector b', 'vector x', 'min norm1(A*x-b)'), data: regression(40, 6, 1e4) },
    { name: 'least absolute deviations with a penalty', model: text('matrix A; vector b; scalar c', 'vector x', 'min sum(abs(A*x-b)) + c*norm1(x)'), data: { ...regression(50, 15), c: 4 } },
    { name: 'quantile regression', model: text('matrix A; vector b; scalar t in (0, 1)', 'vector x', 'min sum(max(t*(b-A*x), (t-1)*(b-A*x)))'), data: { ...regression(50, 6), t: 0.3 } },
    { name: 'quantile regression by relu', model: text('matrix A; vector b', 'vector x', 'min 0.8*sum(relu(b-A*x)) + 0.2*sum(relu(A*x-b))'), data: regression(60, 5) },
    { name: 'robust regression', model: text('matrix A; vector b', 'vector x', 'min sum(huber(A*x-b))'), data: regression(50, 8, 3) },
    { name: 'robust regression with a penalty', model: text('matrix A; vector b; scalar c', 'vector x', 'min sum(huber(A*x-b)) + c*norm1(x)'), data: { ...regression(50, 12), c: 2 } },
    { name: 'Chebyshev fit', model: text('matrix A; vector b', 'vector x', 'min norminf(A*x-b)'), data: regression(40, 6) },
    { name: 'Chebyshev fit with a sum of roots', model: text('matrix A; vector b', 'vector x', 'min norminf(A*x-b) + 0.1*norm2(x)'), data: regression(30, 5) },
    { name: 'root lasso', model: text('matrix A; vector b; scalar c', 'vector x', 'min norm2(A*x-b) + c*norm1(x)'), data: { ...regression(40, 15), c: 0.4 } },
    { name: 'norm2 with its kink at the optimum', model: text('matrix A; vector b', 'vector x', 'min norm2(A*x-b)'), data: ((A) => ({ A, b: times(A, vector(6)) }))(matrix(12, 6)) },
    { name: 'norm2 pulls to zero', model: text('vector a', 'vector x', 'min 0.5*norm2(x-a)^2 + 20*norm2(x)'), data: { a: vector(10) } },
    { name: 'group lasso', model: text('matrix A, B; vector b; scalar c', 'vector x, z', 'min norm2(A*x+B*z-b)^2 + c*(norm2(x) + norm2(z))'), data: { A: matrix(30, 5), B: matrix(30, 6), b: noisy(vector(30), 1), c: 12 } },
    { name: 'group lasso, one group out', model: text('matrix A, B, C; vector b; scalar c', 'vector x, z, w', 'min 0.5*norm2(A*x+B*z+C*w-b)^2 + c*(norm2(x) + norm2(z) + norm2(w))'), data: ((A) => ({ A, B: matrix(40, 4), C: matrix(40, 3), b: noisy(times(A, vector(5)), 0.5), c: 6 }))(matrix(40, 5)) },
    { name: 'ridge', model: text('matrix A; vector b; scalar c', 'vector x', 'min norm2(A*x-b)^2 + c*norm2(x)^2'), data: { ...regression(30, 20, 10), c: 3 } },
    { name: 'max of affine functions', model: text('matrix A; vector b', 'vector x', 'min max(A*x-b) + 0.5*norm2(x)^2'), data: regression(30, 8) },
    { name: 'max of affine functions on a box', model: text('matrix A; vector b', 'vector x', 'min max(A*x-b)', '-1 <= x', 'x <= 1'), data: regression(25, 10) },
    { name: 'greatest of a least', model: text('matrix A; vector b', 'vector x', 'max min(A*x+b) - 0.1*norm1(x)', 'norminf(x) <= 2'), data: regression(20, 5) },
    { name: 'min-max portfolio', model: text('matrix R', 'vector x', 'max min(R*x)', 'sum(x) == 1', 'x >= 0'), data: { R: matrix(25, 8) } },
    { name: 'regression on the simplex', model: text('matrix A; vector b', 'vector x in simplex', 'min norm1(A*x-b)'), data: { A: matrix(20, 8), b: vector(20) } },
    { name: 'dead zone', model: text('matrix A; vector b; scalar e nonnegative', 'vector x', 'min sum(relu(abs(A*x-b) - e)) + 0.05*x\'*x'), data: { ...regression(40, 6), e: 0.3 } },
    { name: 'norm1 of a matrix', model: text('matrix B; scalar c', 'matrix X', 'min norm2(X-B)^2 + c*sum(abs(X))'), data: { B: matrix(6, 8), c: 1 } },

    // Classification.
    { name: 'SVM primal by hinge', model: text('matrix A; vector y; scalar c', 'vector w', 'min 0.5*w\'*w + c*sum(hinge(y.*(A*w)))'), data: { ...classes(60, 6), c: 2 } },
    { name: 'SVM primal with offset', model: text('matrix A; vector y; scalar c', 'vector w; scalar b', 'min 0.5*w\'*w + c*sum(max(1 - y.*(A*w+b*vector(1)), 0))'), data: { ...classes(80, 5), c: 10 } },
    { name: 'SVM dual', model: text('matrix K psd; vector y; scalar c', 'vector a', 'min 0.5*(a.*y)\'*K*(a.*y) - sum(a)', '0 <= a', 'a <= c', 'y\'*a == 0'), data: { K: gram(40, 6), y: signs(40), c: 3 } },
    { name: 'SVM, squared hinge', model: text('matrix A; vector y; scalar c', 'vector w', 'min 0.5*w\'*w + c*sum(relu(1-y.*(A*w)).^2)'), data: { ...classes(60, 6), c: 5 } },
    { name: 'sparse SVM', model: text('matrix A; vector y; scalar c', 'vector w', 'min norm1(w) + c*sum(relu(1-y.*(A*w)))'), data: { ...classes(50, 10), c: 1 } },
    { name: 'logistic, norm1', model: text('matrix A; vector y; scalar c', 'vector w', 'min sum(log(1+exp(-y.*(A*w)))) + c*norm1(w)'), data: { ...classes(60, 10), c: 3 } },
    { name: 'logistic, norm2', model: text('matrix A; vector y; scalar c', 'vector w', 'min sum(softplus(-y.*(A*w))) + c*norm2(w)'), data: { ...classes(60, 6), c: 3 } },
    { name: 'logistic, norminf', model: text('matrix A; vector y; scalar c', 'vector w', 'min sum(log(vector(1)+exp(-y.*(A*w)))) + c*norminf(w)'), data: { ...classes(60, 6), c: 3 } },
    { name: 'logistic, bounded', model: text('matrix A; vector y', 'vector w', 'min sum(log(vector(1)+exp(-y.*(A*w))))', '-0.5 <= w', 'w <= 0.5'), data: classes(50, 8) },
    { name: 'logistic, elastic net', model: text('matrix A; vector y; scalar c, d', 'vector w', 'min sum(softplus(-y.*(A*w))) + c*norm1(w) + d*w\'*w'), data: { ...classes(60, 20), c: 1, d: 0.5 } },
    { name: 'Poisson regression', model: text('matrix A; vector k', 'vector w', 'min sum(exp(A*w)) - k\'*(A*w)'), data: ((A) => ({ A, k: times(A, vector(4, () => 0.5)).map((v) => Math.round(Math.exp(v))) }))(matrix(50, 4, () => 0.5 * normal())) },
    { name: 'Poisson regression, norm1', model: text('matrix A; vector k; scalar c', 'vector w', 'min sum(exp(A*w)) - k\'*(A*w) + c*norm1(w)'), data: ((A) => ({ A, k: times(A, vector(8, (i) => (i < 2 ? 0.7 : 0))).map((v) => Math.round(Math.exp(v))), c: 3 }))(matrix(50, 8, () => 0.5 * normal())) },

    // Least squares with constraints, distances, distributions.
    { name: 'non-negative least squares', model: text('matrix A; vector b', 'vector x', 'min norm2(A*x-b)^2', 'x >= 0'), data: regression(40, 20) },
    { name: 'isotonic regression', model: text('matrix D; vector b', 'vector x', 'min norm2(x-b)^2', 'D*x >= 0'), data: { D: differences(40), b: vector(40, (i) => i / 10 + normal()) } },
    { name: 'isotonic regression by absolute values', model: text('matrix D; vector b', 'vector x', 'min norm1(x-b)', 'D*x >= 0'), data: { D: differences(30), b: vector(30, (i) => i / 10 + normal()) } },
    { name: 'convex regression', model: text('matrix D; vector b', 'vector x', 'min norm2(x-b)^2', 'D*x >= 0'), data: { D: differences(30, 2), b: vector(30, (i) => ((i - 15) / 8) ** 2 + 0.3 * normal()) } },
    { name: 'projection on the simplex, units of 1e3', model: text('vector a', 'vector x', 'min norm2(x-a)^2', 'sum(x) == 1000', 'x >= 0'), data: { a: vector(30, () => 300 * normal()) } },
    { name: 'lasso by a constraint', model: text('matrix A; vector b; scalar d', 'vector x', 'min norm2(A*x-b)^2', 'norm1(x) <= d'), data: { ...regression(40, 20), d: 0.8 } },
    { name: 'least norm within a distance', model: text('matrix A; vector b; scalar e', 'vector x', 'min norm1(x)', 'norm2(A*x-b) <= e'), data: ((A) => ({ A, b: times(A, sparse(20, 3)), e: 0.2 }))(matrix(12, 20)) },
    { name: 'compressed sensing', model: text('matrix A; vector b', 'vector x', 'min norm1(x)', 'A*x == b'), data: ((A) => ({ A, b: times(A, sparse(40, 3)) }))(matrix(15, 40)) },
    { name: 'least norminf on a subspace', model: text('matrix A; vector b', 'vector x', 'min norminf(x)', 'A*x == b'), data: { A: matrix(6, 20), b: vector(6) } },
    { name: 'least norm2 on a subspace', model: text('matrix A; vector b', 'vector x', 'min norm2(x)', 'A*x == b'), data: { A: matrix(6, 20), b: vector(6) } },
    { name: 'geometric median', model: text('matrix P', 'vector z', 'min sum(((P.*P)*vector(1)-2*P*z+(z\'*z)*vector(1)).^0.5)'), data: { P: matrix(25, 3, () => 10 * normal()) } },
    { name: 'geometric median at a point', model: text('vector a, b, c, d', 'vector x', 'min norm2(x-a) + norm2(x-b) + norm2(x-c) + norm2(x-d)'), data: { a: [0, 0], b: [4, 0], c: [0, 3], d: [0.5, 0.5] } },
    { name: 'enclosing ball', model: text('matrix P', 'vector z; scalar r', 'min r', '(P.*P)*vector(1)-2*P*z+(z\'*z)*vector(1) <= r^2*vector(1)', 'r >= 0'), data: { P: matrix(20, 4) } },
    { name: 'Chebyshev centre', model: text('matrix A; vector b, l', 'vector x; scalar t', 'max t', 'A*x + t*l <= b'), data: ((A) => ({ A, b: vector(20, () => 1 + uniform()), l: A.map((row) => Math.hypot(...row)) }))(matrix(20, 4)) },
    { name: 'entropy maximisation', model: text('matrix A; vector b', 'vector x positive', 'max -sum(x.*log(x))', 'A*x == b', 'sum(x) == 1'), data: ((A) => ({ A, b: times(A, vector(15, () => 1 / 15)).map((v, i) => v + 0.05 * (i - 1)) }))(matrix(3, 15)) },
    { name: 'relative entropy', model: text('vector q positive; matrix A; vector b', 'vector x in simplex', 'min sum(x.*log(x./q))', 'A*x <= b'), data: { q: vector(10, () => 0.1), A: matrix(3, 10), b: vector(3, () => -0.2) } },
    { name: 'analytic centre', model: text('matrix A; vector b', 'vector x', 'min -sum(log(b-A*x))'), data: ((A) => ({ A: [...A, ...scaled(A, -1)], b: vector(24, () => 1 + uniform()) }))(matrix(12, 4)) },
    { name: 'water filling', model: text('vector a; scalar p', 'vector x', 'max sum(log(a+x))', 'sum(x) == p', 'x >= 0'), data: { a: vector(12, () => uniform(0.1, 3)), p: 2 } },
    { name: 'maximum likelihood of a mixture', model: text('matrix F', 'vector w in simplex', 'max sum(log(F*w))'), data: { F: matrix(40, 8, () => uniform(0.01, 1) ** 3) } },
    { name: 'D-optimal design', model: text('matrix V', 'vector x', 'min -logdet(V*diag(x)*V\')', 'sum(x) == 1', 'x >= 0'), data: { V: matrix(4, 14) } },
    { name: 'A-optimal design', model: text('matrix V', 'vector x', 'min tr(inv(V*diag(x)*V\'))', 'sum(x) == 1', 'x >= 0'), data: { V: matrix(3, 10) } },
    { name: 'geometric program in logarithms', model: text('matrix A, B; vector a, b', 'vector x', 'min log(sum(exp(A*x+a)))', 'log(sum(exp(B*x+b))) <= 0'), data: { A: matrix(8, 3), a: vector(8), B: [...matrix(6, 3), [1, 1, 1], [-1, -1, -1]], b: vector(8, () => -3) } },

    // Portfolios, linear and quadratic programs.
    { name: 'portfolio', model: text('matrix S psd; vector m; scalar g', 'vector x', 'max m\'*x - g*x\'*S*x', 'sum(x) == 1', 'x >= 0'), data: { S: gram(30, 10), m: vector(30), g: 0.5 } },
    { name: 'portfolio with costs', model: text('matrix S psd; vector m, p; scalar c', 'vector x', 'max m\'*x - x\'*S*x - c*norm1(x-p)', 'sum(x) == 1', 'x >= 0'), data: { S: scaled(gram(15), 0.1), m: vector(15), p: vector(15, () => 1 / 15), c: 0.3 } },
    { name: 'portfolio with a floor on the return', model: text('matrix S psd; vector m; scalar d', 'vector x', 'min x\'*S*x', 'm\'*x >= d', 'sum(x) == 1', 'x >= 0'), data: { S: scaled(gram(12), 1e-3), m: vector(12, () => 0.1 * uniform()), d: 0.06 } },
    { name: 'packing', model: text('matrix A; vector b, c', 'vector x', 'max c\'*x', 'A*x <= b', 'x >= 0'), data: { A: matrix(20, 30, () => uniform()), b: vector(20, () => 1), c: vector(30, () => uniform(0.5, 1)) } },
    { name: 'covering, units of 1e3', model: text('matrix A; vector b, c', 'vector x', 'min c\'*x', 'A*x >= b', 'x >= 0'), data: { A: matrix(20, 15, () => 1e3 * uniform()), b: vector(20, () => 1e3), c: vector(15, () => uniform(0.5, 1)) } },
    { name: 'linear program with free variables', model: text('matrix A; vector b, c', 'vector x', 'min c\'*x', 'A*x <= b'), data: ((A) => ({ A, b: vector(30, () => 1 + uniform()), c: times(transposed(A), vector(30, () => -uniform())) }))(matrix(30, 8)) },
    { name: 'linear program, degenerate', model: text('matrix A; vector b, c', 'vector x', 'min c\'*x', 'A*x <= b', 'x >= 0'), data: { A: [[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1], [2, 1, 1]], b: [1, 1, 1, 1.5, 2], c: [-1, -1, -1] } },
    { name: 'assignment', model: text('matrix C', 'matrix X', 'min sum(C.*X)', 'X*vector(1) == vector(1)', 'X\'*vector(1) == vector(1)', 'X >= 0'), data: { C: matrix(7, 7, () => uniform()) } },
    { name: 'transport', model: text('matrix C; vector p, q', 'matrix X', 'min sum(C.*X)', 'X*vector(1) == p', 'X\'*vector(1) == q', 'X >= 0'), data: { C: matrix(5, 8, () => 10 * uniform()), p: vector(5, () => 1.6), q: vector(8, () => 1) } },
    { name: 'transport with entropy', model: text('matrix C; vector p, q', 'matrix X positive', 'min sum(C.*X) + 0.1*sum(X.*log(X))', 'X*vector(1) == p', 'X\'*vector(1) == q'), data: { C: matrix(5, 6, () => uniform()), p: vector(5, () => 1 / 5), q: vector(6, () => 1 / 6) } },
    { name: 'quadratic program', model: text('matrix Q psd; vector c; matrix A; vector b', 'vector x', 'min 0.5*x\'*Q*x+c\'*x', 'A*x <= b'), data: { Q: gram(20, 8), c: vector(20), A: [...matrix(20, 20, (i, j) => (i === j ? 1 : 0)), ...matrix(20, 20, (i, j) => (i === j ? -1 : 0)), ...matrix(5, 20)], b: vector(45, () => 1) } },
    { name: 'quadratic program in units of 1e4', model: text('matrix Q psd; vector c; matrix A; vector b', 'vector x', 'min 0.5*x\'*Q*x+c\'*x', 'A*x == b', 'x >= 0'), data: { Q: scaled(gram(15), 1e4), c: vector(15, () => 1e4 * normal()), A: matrix(4, 15, () => uniform()), b: vector(4, () => 3) } },
    { name: 'quadratic program with units that differ', model: text('matrix A; vector b; vector a positive', 'vector x', 'min sum(a.*x.^2)', 'A*x == b'), data: { a: vector(10, (i) => 10 ** (i % 5 - 2)), A: matrix(3, 10, (_i, j) => normal() * 10 ** (j % 4 - 1)), b: vector(3) } },
    { name: 'quadratic program with redundant rows', model: text('matrix A; vector a, b', 'vector x', 'min norm2(x-a)^2', 'A*x == b', 'x >= 0'), data: ((A) => ({ A: [...A, ...A], a: vector(10), b: [...times(A, vector(10, () => 0.5)), ...times(A, vector(10, () => 0.5))] }))(matrix(3, 10)) },
    { name: 'second-order constraints', model: text('matrix A; vector a, c', 'vector x', 'min c\'*x', 'norm2(A*x) <= 1', 'norm2(x-a) <= 2'), data: { A: matrix(5, 5), a: vector(5, () => 0.5), c: vector(5) } },
    { name: 'robust linear program', model: text('matrix A; vector b, c; scalar g', 'vector x', 'max c\'*x', 'A*x + g*norm2(x)*vector(1) <= b', 'x >= 0'), data: { A: matrix(10, 6, () => uniform()), b: vector(10, () => 3), c: vector(6, () => uniform()), g: 0.3 } },
    { name: 'single-facility by max of norms', model: text('vector a, b, c', 'vector x', 'min max(max(norm2(x-a), norm2(x-b)), norm2(x-c))'), data: { a: [0, 0], b: [5, 1], c: [1, 4] } },

    // Matrices.
    { name: 'non-negative factorisation', model: text('matrix X', 'matrix U(8, 2), V(2, 6)', 'min norm2(X-U*V)^2', 'U >= 0', 'V >= 0'), data: { X: product(matrix(8, 2, () => uniform()), matrix(2, 6, () => uniform())) }, start: { U: matrix(8, 2, () => uniform()), V: matrix(2, 6, () => uniform()) } },
    { name: 'nearest semidefinite matrix', model: text('matrix C symmetric', 'matrix X psd', 'min norm2(X-C)^2'), data: { C: symmetric(5) } },
    { name: 'nearest correlation matrix', model: text('matrix C symmetric', 'matrix X psd', 'min norm2(X-C)^2', 'diag(X) == vector(1)'), data: { C: [[1, 0.9, 0.2], [0.9, 1, 0.9], [0.2, 0.9, 1]] } },
    { name: 'max-cut relaxation', model: text('matrix W symmetric', 'matrix X psd', 'min tr(W*X)', 'diag(X) == vector(1)'), data: { W: symmetric(6) } },
    { name: 'least eigenvalue by a semidefinite matrix', model: text('matrix C symmetric', 'matrix X psd', 'min tr(C*X)', 'tr(X) == 1'), data: { C: symmetric(5) } },
    { name: 'graphical lasso', model: text('matrix S psd; scalar c', 'matrix X pd', 'min tr(S*X) - logdet(X) + c*sum(abs(X))'), data: { S: scaled(gram(4, 12), 1 / 12), c: 0.2 } },
    { name: 'matrix completion', model: text('matrix W, L; scalar c', 'matrix X', 'min norm2(W.*(X-L))^2 + c*nuc(X)'), data: { W: matrix(5, 6, () => (uniform() < 0.7 ? 1 : 0)), L: product(matrix(5, 2), matrix(2, 6)), c: 0.5 } },
    { name: 'spectral norm fit', model: text('matrix A, B', 'vector x', 'min spectral(x(1)*A - B) + 0.1*norm2(x)^2'.replace('x(1)', 'x[1]')), data: { A: matrix(3, 4), B: matrix(3, 4) }, start: { x: [0] } },
    { name: 'multi-task lasso by rows', model: text('matrix A, B; scalar c', 'matrix X', 'min 0.5*norm2(A*X-B)^2 + c*sum(sqrt(rowsum(X.^2)))'), data: ((A) => ({ A, B: product(A, matrix(8, 3, (i) => (i < 2 ? normal() : 0))), c: 3 }))(matrix(25, 8)) },

    // Not convex.
    { name: 'leading direction on the sphere', model: text('matrix C symmetric', 'vector x', 'max x\'*C*x', 'x\'*x == 1'), data: { C: symmetric(8) } },
    { name: 'trust region', model: text('matrix B symmetric; vector g', 'vector x', 'min x\'*B*x+g\'*x', 'norm2(x) <= 1'), data: { B: symmetric(6), g: vector(6) } },
    { name: 'sparse leading direction', model: text('matrix C psd; scalar c', 'vector x', 'max x\'*C*x - c*norm1(x)', 'norm2(x) <= 1'), data: { C: gram(6), c: 1 }, start: { x: vector(6, () => 0.5) } },
    { name: 'curve fit', model: text('vector t, y', 'scalar a, b, c', 'min norm2(a*exp(b*t) + c*vector(1) - y)^2'), data: ((t) => ({ t, y: noisy(t.map((s) => 2 * Math.exp(-1.3 * s) + 0.5), 0.01) }))(vector(30, (i) => i / 10)), start: { a: 1, b: -1, c: 0 } },
    { name: 'Rosenbrock in a disc', model: text('', 'vector x(2)', 'min 100*(x[2]-x[1]^2)^2 + (1-x[1])^2', 'x\'*x <= 1.5'), data: {}, start: { x: [-1, 1] } },
    { name: 'absolute values of a curve', model: text('vector t, y', 'scalar a, b', 'min norm1(a*exp(b*t) - y)'), data: ((t) => ({ t, y: noisy(t.map((s) => 2 * Math.exp(-0.7 * s)), 0.05) }))(vector(20, (i) => i / 10)), start: { a: 1, b: -0.5 } },

    // Infeasible and unbounded.
    { name: 'infeasible: budget above the bounds', model: text('vector u', 'vector x', 'min norm1(x)', 'sum(x) == 10', '0 <= x', 'x <= u'), data: { u: vector(6, () => 1) }, outcome: 'infeasible' },
    { name: 'infeasible: inconsistent equations', model: text('matrix A; vector b', 'vector x', 'min norm2(x)^2', 'A*x == b'), data: { A: [[1, 2, 3], [2, 4, 6]], b: [1, 3] }, outcome: 'infeasible' },
    { name: 'infeasible: two discs', model: text('vector a, b', 'vector x', 'min sum(x)', 'norm2(x-a) <= 1', 'norm2(x-b) <= 1'), data: { a: [0, 0], b: [3, 0] }, outcome: 'infeasible' },
    { name: 'infeasible: linear program', model: text('matrix A; vector b, c', 'vector x', 'min c\'*x', 'A*x <= b', 'x >= 0'), data: { A: [[1, 1], [-1, -1]], b: [1, -2], c: [1, 1] }, outcome: 'infeasible' },
    { name: 'infeasible by little', model: text('vector c', 'vector x', 'min c\'*x', 'sum(x) <= 1', 'sum(x) >= 1.001', 'x >= 0'), data: { c: [1, 2, 3] }, outcome: 'infeasible' },
    { name: 'unbounded: linear program', model: text('matrix A; vector b, c', 'vector x', 'max c\'*x', 'A*x <= b', 'x >= 0'), data: { A: [[1, -1], [-1, 1]], b: [1, 1], c: [1, 1] }, outcome: 'unbounded' },
    { name: 'unbounded: quadratic along its kernel', model: text('matrix Q psd; vector c', 'vector x', 'min x\'*Q*x + c\'*x'), data: { Q: [[1, 1], [1, 1]], c: [1, -1] }, outcome: 'unbounded' },
    { name: 'unbounded: free direction under equations', model: text('matrix A; vector b, c', 'vector x', 'min c\'*x', 'A*x == b'), data: { A: [[1, 1, 0]], b: [1], c: [1, 1, -1] }, outcome: 'unbounded' },
    { name: 'unbounded: concave', model: text('matrix C symmetric', 'vector x', 'min x\'*C*x'), data: { C: [[1, 0], [0, -1]] }, outcome: 'unbounded' },

    // Others.
    { name: 'linear program, larger', model: text('matrix A; vector b, c', 'vector x', 'max c\'*x', 'A*x <= b', 'x >= 0'), data: { A: matrix(60, 80, () => uniform()), b: vector(60, () => 10), c: vector(80, () => uniform()) } },
    { name: 'fused signal on bounds', model: text('matrix D; vector b', 'vector x', 'min norm1(D*x) + 5*norm2(x-b)^2', '0 <= x', 'x <= 1'), data: { D: differences(40), b: vector(40, (i) => (i < 20 ? 0.2 : 0.9) + 0.3 * normal()) } },
    { name: 'max of two norms with bounds', model: text('matrix A; vector b', 'vector x', 'min max(norm1(x), norm2(A*x-b))', 'x >= 0'), data: regression(15, 6) },
    { name: 'kinks in a constraint', model: text('matrix A; vector b; scalar d', 'vector x', 'min norm2(x)^2', 'sum(abs(A*x-b)) <= d'), data: { ...regression(15, 6), d: 8 } },
    { name: 'max in a constraint', model: text('matrix A; vector b, c', 'vector x', 'min c\'*x', 'max(A*x-b) <= 1', 'norminf(x) <= 3'), data: { ...regression(12, 5), c: vector(5) } },
    { name: 'equal shares of a sum of roots', model: text('vector a', 'vector x', 'max sum(sqrt(x)) - a\'*x', 'sum(x) <= 1', 'x >= 0'), data: { a: vector(6, () => uniform()) } },

    // Norms and roots beside semidefinite matrices.
    { name: 'a norm below an entry of a matrix', model: text('matrix C symmetric', 'matrix X(3,3) psd; vector x(3)', 'min tr(C*X)+sum(x)', 'tr(X) == 1', 'norm2(x) <= 2*X[1,1]'), data: { C: [[1, 0.5, 0.2], [0.5, 2, -0.3], [0.2, -0.3, 0.7]] } },
    { name: 'a norm without a derivative at the first guess', model: text('vector a', 'matrix X(3,3) psd; vector x', 'min -logdet(X)+sum(x.^2)', 'norm2(X-eye(3)) <= 2', 'norm2(x-a) <= 1'), data: { a: [3, 3, 3] } },
    { name: 'the smallest ellipsoid around points', model: text('matrix P', 'matrix B psd; vector d', 'min -logdet(B)', 'norm2(P*B+vector(1)*d\', rows) <= 1'), data: { P: [[1, 0.2], [-0.7, 1.1], [0.3, -1.4], [-1.2, -0.5], [0.8, 0.9]] } },
    { name: 'a Huber fit of a semidefinite matrix', model: text('matrix C symmetric', 'matrix X psd', 'min sum(huber(X-C))', 'tr(X) == 1'), data: { C: [[1, 0.5, 0.2], [0.5, 2, -0.3], [0.2, -0.3, -0.7]] } },
    { name: 'a determinant that is positive on another branch too', model: text('matrix C symmetric', 'vector x', 'min -logdet(C+diag(x))+0.1*x\'*x', 'x <= 6'), data: { C: [[-3, 1, 0.5, 0], [1, -2, 0, 0.3], [0.5, 0, 2, 0.4], [0, 0.3, 0.4, 3]] } },
    { name: 'a norm whose power the data tell', model: text('matrix A; vector b; scalar p in (1, 9)', 'vector x', 'min sum(abs(A*x-b).^p)^(1/p)'), data: { A: [[1, 2], [0.5, -1], [2, 0.3], [-1, 1]], b: [1, -2, 0.5, 3], p: 3.2 } },
  ];
}
