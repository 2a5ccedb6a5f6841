import { describe, expect, test } from 'vitest';
import { type Csr, csrEntries, csrFromCoordinates } from '../../base/csr.ts';
import { random } from '../../base/random.ts';
import { solveModel } from './solve-model.ts';

/** Three entries in each of the first `busy` rows. */
function scattered(rows: number, cols: number, busy: number, seed: number): Csr {
  const source = random(seed);
  const rowOf = Array.from({ length: 3 * busy }, (_, k) => Math.floor(k / 3));
  return csrFromCoordinates(rows, cols, rowOf, rowOf.map(() => Math.floor(source.uniform() * cols)), rowOf.map(() => source.uniform() - 0.4));
}

function numbers(count: number, seed: number): Float64Array {
  const source = random(seed);
  return Float64Array.from({ length: count }, () => source.uniform());
}

const head = 'parameters\n  matrix A\n  vector b\nvariables\n  vector x\nmin\n';
const models = {
  'a logistic loss': `${head}  sum(log(1+exp(-b.*(A*x))))+0.5*norm2(x)^2\n`,
  'least squares': `${head}  norm2(A*x-b)^2+norm2(x)^2\n`,
  'the lasso': `${head}  norm2(A*x-b)^2+0.1*norm1(x)\n`,
  'a linear program': `${head}  sum(x)\nst\n  A*x >= 0.01*min(b, 0)\n  A*x <= b\n  0 <= x\n`,
};

describe('sparse data', () => {
  // More entries than any array holds.
  test.for(Object.entries(models))('%s with 10^10 entries, few of them not zero', ([, model]) => {
    const { outcome } = solveModel(model, { A: scattered(400_000, 25_000, 40, 1), b: numbers(400_000, 2) });
    expect(outcome).toBe('optimal (global)');
  });

  const rows = 'parameters\n  matrix A\n  matrix B\n  vector b\n  vector c\n  vector w\nvariables\n  vector x\nmin\n  c\'*x+0.5*norm2(x)^2\nst\n';
  test.for([
    'A*x <= b',
    '2*A*x - B*x <= b',
    'diag(w)*(A*x) + 3*(B*x) <= b',
    "A'*(w.*x) <= b",
    "w.*(A'*x) + sum(x)*w <= b",
    'A*(w.*x) - x <= b',
    'w\'*(A*x) == 0.1\n  B*x <= b',
    '(A+B)*x >= -b',
  ])('rows of sparse matrices are those of full ones: %s', (constraint) => {
    const [A, B] = [scattered(30, 30, 30, 3), scattered(30, 30, 30, 4)];
    const others = { b: numbers(30, 5), c: numbers(30, 6).map((v) => v - 0.7), w: numbers(30, 7).map((v) => v - 0.3) };
    const full = (S: Csr): { shape: number[]; data: Float64Array } => ({ shape: [30, 30], data: csrEntries(S) });
    const sparse = solveModel(`${rows}  ${constraint}\n`, { A, B, ...others });
    const filled = solveModel(`${rows}  ${constraint}\n`, { A: full(A), B: full(B), ...others });
    expect([sparse.outcome, filled.outcome]).toEqual(['optimal (global)', 'optimal (global)']);
    expect(sparse.objective).toBeCloseTo(filled.objective, 9);
    sparse.x.x!.data.forEach((value, i) => expect(value).toBeCloseTo(filled.x.x!.data[i]!, 6));
  });

  /** With -1 beside `diagonal`. */
  const tridiagonal = (n: number, diagonal: number): Csr => {
    const places = Array.from({ length: n }, (_, i) => [i - 1, i, i + 1].filter((j) => j >= 0 && j < n).map((j) => [i, j] as const)).flat();
    return csrFromCoordinates(n, n, places.map(([i]) => i), places.map(([, j]) => j), places.map(([i, j]) => (i === j ? diagonal : -1)));
  };
  const quadratic = (Q: string): string => `parameters\n  matrix Q${Q}\n  matrix A\n  vector q\n  vector b\nvariables\n  vector x\nmin\n  0.5*x'*Q*x+q'*x\nst\n  A*x <= b\n  -1 <= x\n`;

  test.for(['', ' psd'])('a quadratic program of many variables: matrix Q%s', (declared) => {
    const n = 20_000;
    const { outcome, method, convexity } = solveModel(quadratic(declared), { Q: tridiagonal(n, 2.5), A: scattered(50, n, 50, 8), q: numbers(n, 9), b: numbers(50, 10) });
    expect([outcome, method, convexity]).toEqual(['optimal (global)', 'interior point', 'convex']);
  });

  test('its optimum is that of the full data', () => {
    const data = { A: scattered(5, 40, 5, 8), q: numbers(40, 9).map((v) => v - 0.5), b: numbers(5, 10) };
    const Q = tridiagonal(40, 2.5);
    const [sparse, full] = [Q, { shape: [40, 40], data: csrEntries(Q) }].map((given) => solveModel(quadratic(''), { ...data, Q: given }));
    expect([sparse!.outcome, sparse!.objective]).toEqual([full!.outcome, expect.closeTo(full!.objective, 9)]);
  });

  test.for([
    [' psd', tridiagonal(300, 1.5), 'psd'],
    [' symmetric', csrFromCoordinates(300, 300, [0, 1], [1, 0], [1, 2]), 'symmetric'],
    [' diagonal', tridiagonal(300, 3), 'diagonal'],
    [' nonnegative', tridiagonal(300, 3), 'nonnegative'],
    [' positive', csrFromCoordinates(300, 300, [0], [0], [1]), 'positive'],
    [' lower', tridiagonal(300, 3), 'lower'],
  ] as const)('what is declared and not so is found: matrix Q%s', ([declared, Q, word]) => {
    const data = { Q, A: scattered(5, 300, 5, 8), q: numbers(300, 9), b: numbers(5, 10) };
    expect(() => solveModel(quadratic(declared), data)).toThrow(`Q is declared ${word}, but its numbers are not`);
  });

  test.for([' psd', ' symmetric', ' diagonal', ' nonnegative', ' upper'])('what is declared and so is believed: matrix Q%s', (declared) => {
    const Q = csrFromCoordinates(300, 300, [...Array(300).keys()], [...Array(300).keys()], numbers(300, 11));
    expect(solveModel(quadratic(declared), { Q, A: scattered(5, 300, 5, 8), q: numbers(300, 9), b: numbers(5, 10) }).outcome).toBe('optimal (global)');
  });
});
