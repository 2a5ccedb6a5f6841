import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { inContext } from '../../ir/expr.ts';
import { facts } from '../../ir/fact.ts';
import { readingOf } from './reading.ts';
import { bentFor, prepareModel } from './prepare.ts';
import { withBends } from './once.ts';
import { sensitivities } from './sensitivity.ts';
import { solveModel } from './solve-model.ts';
import { solvePath } from './path.ts';
import { statementOf } from './statement.ts';

function model(objective: string, { wanted = 'vector x', rows = '' }: { wanted?: string; rows?: string } = {}): string {
  return `parameters\n matrix A\n vector b\nvariables\n ${wanted}\nmin\n ${objective}\n${rows === '' ? '' : `st\n ${rows}\n`}`;
}

describe('a first derivative without jumps', () => {
  const judged = (objective: string): boolean => {
    const prepared = prepareModel(`parameters\n matrix A\n vector b, l, u, e\n scalar c, d\nvariables\n vector x\nmin\n ${objective}\n`);
    const known = new Map([['d', facts(['positive'])]]);
    return inContext(prepared.context, () => withBends(statementOf(prepared.model, known)) !== undefined);
  };
  test.each([
    'sum(huber(A*x-b))',
    'sum(huber(A*x-b, vector(d)))',
    'sum(relu(A*x-b).^2)',
    'sum(max(0,1-b.*(A*x)).^3)',
    'norm2(min(A*x-b,0))^2',
    "relu(A*x-b)'*relu(A*x-b)",
    'sum(relu(x-u).^2)+sum(relu(l-x).^2)',
    'sum(max(abs(A*x-b)-d,0).^2)',
    'sum(abs(x).^3)',
    'sum(x.*abs(x))',
    'sqrt(1+sum(relu(A*x-b).^2))',
    // Absolute values of variables become parts.
    'sum(huber(A*x-b))+norm1(x)',
    'sum(max(0,1-b.*(A*x)).^2)+d*norm1(x)',
  ])('%s', (objective) => expect(judged(objective)).toBe(true));
  test.each([
    'sum(relu(A*x-b))',
    'sum(huber(A*x-b))+norm1(A*x)',
    'sum(huber(A*x-b))-norm1(x)',
    'sum(huber(A*x-b))+norminf(x)',
    // A threshold below zero would leave a jump.
    'sum(huber(A*x-b, e))',
    'sum(max(abs(A*x-b)-c,0).^2)+norminf(x)',
    // With e < 0 there is a corner where |r| vanishes.
    'sum(max(abs(A*x-b)-e,0).^2)',
    'sum(max(x,0).*max(x,1))',
    'sum(relu(x).*step(x-1))',
    'sum(x.*sign(x))',
    'max(A*x)^2',
    'sum(abs(x).^1.5)',
    'sqrt(sum(relu(A*x-b).^2))',
    'max(0, norm2(x)-1)^2',
  ])('not known: %s', (objective) => expect(judged(objective)).toBe(false));
});

describe('convexity by the pieces of the second derivative', () => {
  const judged = (objective: string): { byPieces: boolean | undefined; says: string } => {
    const prepared = prepareModel(`parameters\n matrix A\n vector b\n scalar c, d\nvariables\n vector x\nmin\n ${objective}\n`);
    bentFor(prepared, new Map([['d', facts(['positive'])]]));
    const [found] = prepared.judged.values();
    return { byPieces: found!.bent()?.isConvexByPieces, says: found!.convexity().objective.says };
  };
  test.each(['sum(huber(A*x-b))', "0.5*x'*x+d*sum(max(0,1-b.*(A*x)).^2)", 'sum(abs(x).^3)', 'sum(max(abs(A*x-b)-d,0).^2)'])('%s, which the certificate says too', (objective) => {
    expect(judged(objective)).toEqual({ byPieces: true, says: expect.stringMatching(/^(strongly |strictly )?convex$/) });
  });
  test.each(['-sum(huber(A*x-b))', 'sum(b.*huber(A*x-b))', 'sum(huber(A*x-b))-sum(x.^2)', "0.5*x'*x+c*sum(max(0,1-b.*(A*x)).^2)", 'sum(x.*abs(x))', 'sum(huber(x.^2-b))'])('not of %s', (objective) => {
    const { byPieces, says } = judged(objective);
    expect(byPieces).not.toBe(true);
    expect(says).not.toBe('convex');
  });
});

const huber = 'sum(huber(A*x-b))';
const hinge = 'sum(max(vector(1)-b.*(A*x),vector(0)).^2)';
const outside = 'sum(max(abs(A*x-b)-0.5,0).^2)';
const nonnegative = { rows: 'x >= 0' };

interface Data {
  readonly A: number[][];
  readonly b: number[];
}

function drawn(seed: number): Readonly<Record<string, Data>> {
  const r = random(seed);
  const matrix = (m: number, n: number, size = 1): number[][] => Array.from({ length: m }, () => Array.from({ length: n }, () => size * r.normal()));
  const vector = (n: number, size = 1): number[] => Array.from({ length: n }, () => size * r.normal());
  const product = (X: number[][], v: number[]): number[] => X.map((row) => row.reduce((sum, x, j) => sum + x * v[j]!, 0));
  const [A, b, x, thin] = [matrix(60, 12), vector(60, 2), vector(12), matrix(12, 4)];
  const low = matrix(60, 4).map((row) => product(thin, row));
  return {
    plain: { A, b },
    // All rows are on their straight pieces at the start, and most at the end.
    far: { A, b: b.map((v) => 1e4 * v) },
    'of low rank': { A: low, b },
    'far and of low rank': { A: low, b: b.map((v) => 1e4 * v) },
    wide: { A: matrix(8, 12), b: vector(8, 3) },
    'tied at kinks': { A, b: product(A, x).map((v, i) => v + (i % 3) - 1) },
    'large numbers': { A: matrix(60, 12, 1e4), b: vector(60, 1e4) },
    'large columns': { A: matrix(60, 12, 1e8), b },
    'small columns': { A: matrix(60, 12, 1e-6), b },
    labels: { A, b: b.map(Math.sign) },
    separable: { A, b: product(A, x).map(Math.sign) },
    'labels of low rank': { A: low, b: b.map(Math.sign) },
  };
}

describe('optima are those of the quadratic programs', () => {
  const regressions = ['plain', 'far', 'of low rank', 'far and of low rank', 'wide', 'tied at kinks', 'large numbers', 'large columns', 'small columns'];
  const machines = ['labels', 'separable', 'labels of low rank'];
  const same = (text: string, data: Data): void => {
    const found = solveModel(text, { ...data });
    expect(found.method).toBe('semismooth Newton');
    expect(found.outcome).toBe('optimal (global)');
    const other = solveModel(text, { ...data }, { method: 'interior point' });
    expect(Math.abs(found.objective - other.objective)).toBeLessThanOrEqual(1e-8 * Math.max(1, other.objective));
    expect(found.violation).toBe(0);
  };
  for (const seed of [1, 2]) {
    const data = drawn(seed);
    test.each(regressions)(`Huber's loss, %s (${seed})`, (name) => same(model(huber), data[name]!));
    test.each(regressions)(`squares beyond a tolerance, %s (${seed})`, (name) => same(model(outside), data[name]!));
    test.each(machines)(`squared hinges, %s (${seed})`, (name) => {
      same(model(hinge), data[name]!);
      same(model(`0.5*x'*x+${hinge}`), data[name]!);
      same(model("0.5*norm2(x)^2+3*sum(max(0,1-b.*(A*x+z)).^2)", { wanted: 'vector x\n scalar z' }), data[name]!);
      same(model(hinge, nonnegative), data[name]!);
    });
    test.each(['plain', 'of low rank', 'wide', 'tied at kinks'])(`bounds, %s (${seed})`, (name) => {
      same(model(huber, nonnegative), data[name]!);
      same(model(huber, { rows: 'x >= -0.1\n x <= 0.1' }), data[name]!);
    });
    test.each(['plain', 'of low rank', 'labels', 'wide'])(`absolute values of variables beside them, %s (${seed})`, (name) => {
      for (const objective of [`${huber}+3*norm1(x)`, `${hinge}+20*norm1(x)+0.5*x'*x`]) {
        same(model(objective), data[name]!);
        const { x } = solveModel(model(objective), { ...data[name]! });
        expect(x['x']!.data.some((v) => v === 0)).toBe(true);
      }
    });
    test(`beside functions that are curved (${seed})`, () => {
      const found = solveModel(model(`${huber}+sum(exp(x))`), { ...data['plain']! });
      const other = solveModel(model(`${huber}+sum(exp(x))`), { ...data['plain']! }, { method: 'nonlinear interior point' });
      expect(found.method).toBe('semismooth Newton');
      expect(found.objective).toBeCloseTo(other.objective, 7);
    });
  }
  test('distances to a box', () => {
    const found = solveModel('parameters\n vector b\nvariables\n vector x\nmin\n sum(relu(x-1).^2)+sum(relu(-x).^2)+0.5*sum((x-b).^2)\n', { b: [-3, 0.5, 7] });
    expect(found.method).toBe('semismooth Newton');
    expect([...found.x['x']!.data].map((x) => x.toFixed(9))).toEqual(['-1.000000000', '0.500000000', '3.000000000']);
  });
  test('a matrix of variables', () => {
    const { A } = drawn(3)['plain']!;
    const text = 'parameters\n matrix A, B\nvariables\n matrix X\nmin\n sum(huber(A*X-B))\n';
    const data = { A, B: A.map((row) => [2 * row[0]! * row[1]!, row[2]! - 1]) };
    expect(solveModel(text, data).objective).toBeCloseTo(solveModel(text, data, { method: 'interior point' }).objective, 8);
  });
});

describe('many rows', () => {
  const r = random(5);
  const [m, n] = [3000, 15];
  const A = { shape: [m, n], data: Float64Array.from({ length: m * n }, () => r.normal()) };
  const b = Float64Array.from({ length: m }, () => 3 * r.normal());
  test('the rounding of the sums is all that is left', () => {
    const found = solveModel(model(huber), { A, b });
    expect(found.outcome).toBe('optimal (global)');
    expect(found.kkt.stationarity.value).toBeLessThan(1e-10);
    expect(found.iterations).toBeLessThan(15);
  });
  test('sparse data', () => {
    const perRow = 3;
    const indices = Int32Array.from({ length: m * perRow }, (_, k) => (k % perRow) * 5 + Math.floor(5 * r.uniform()));
    const sparse = { rows: m, cols: n, indptr: Int32Array.from({ length: m + 1 }, (_, i) => i * perRow), indices, values: Float64Array.from(indices, () => r.normal()) };
    const full = Array.from({ length: m }, () => Array<number>(n).fill(0));
    indices.forEach((j, k) => (full[Math.floor(k / perRow)]![j]! += sparse.values[k]!));
    const found = solveModel(model(huber), { A: sparse, b });
    expect(found.method).toBe('semismooth Newton');
    expect(found.objective).toBeCloseTo(solveModel(model(huber), { A: full, b }).objective, 6);
  });
});

describe('where it is left', () => {
  const { A, b } = drawn(4)['plain']!;
  test('the objective falls for ever', () => {
    const found = solveModel(model(`${huber}-1000*sum(x)`), { A, b });
    expect(found.outcome).toBe('unbounded');
    const ray = [...found.ray!['x']!.data];
    const fall = A.reduce((sum, row) => sum + Math.abs(row.reduce((s, a, j) => s + a * ray[j]!, 0)), 0) - 1000 * ray.reduce((s, v) => s + v, 0);
    expect(fall).toBeLessThan(0);
    expect(solveModel(model(`${huber}-1000*x[1]`, nonnegative), { A, b }).outcome).toBe('unbounded');
    expect(solveModel(model(`${huber}-1000*x[1]`, { rows: 'x <= 1' }), { A, b }).outcome).toBe('optimal (global)');
  });
  test('rows are matters of the quadratic program', () => {
    expect(solveModel(model(huber, { rows: 'sum(x) == 1' }), { A, b }).method).toBe('interior point');
    expect(() => solveModel(model(huber, { rows: 'sum(x) == 1' }), { A, b }, { method: 'semismooth-newton' })).toThrow(/does not take this problem/);
  });
  test('other methods for bounds take the model as it is too', () => {
    const found = solveModel(model(huber), { A, b }, { method: 'projected-l-bfgs' });
    expect(found.method).toBe('projected L-BFGS');
    expect(found.objective).toBeCloseTo(solveModel(model(huber), { A, b }).objective, 6);
  });
});

describe('what goes with a solve', () => {
  const { A, b } = drawn(6)['plain']!;
  test('multipliers of bounds', () => {
    const found = solveModel(model(huber, nonnegative), { A, b });
    const other = solveModel(model(huber, nonnegative), { A, b }, { method: 'interior point' });
    const [name] = Object.keys(found.multipliers);
    found.multipliers[name!]!.data.forEach((y, j) => expect(y).toBeCloseTo(other.multipliers[name!]!.data[j]!, 6));
  });
  test('the reading names the method and says why', () => {
    const { method, structure } = readingOf(prepareModel(model(huber)), { A, b });
    expect(method?.name).toBe('semismooth Newton');
    expect(structure[0]).toBe('kinks: huber(A*x-b, 1) stays, since the objective has a continuous first derivative all the same');
  });
  test('derivatives of the optimum', () => {
    const text = 'parameters\n matrix A\n vector b\n scalar c\nvariables\n vector x\nmin\n c*sum(x.^2)+sum(huber(A*x-b))\n';
    const at = (c: number): ReturnType<typeof solveModel> => solveModel(text, { A, b, c });
    const [found] = sensitivities(text, { A, b, c: 0.3 }, at(0.3), ['c']);
    const [up, down] = [at(0.3001), at(0.2999)];
    expect(found!.objective!.data[0]).toBeCloseTo((up.objective - down.objective) / 2e-4, 6);
    found!.x!['x']!.data.forEach((v, j) => expect(v).toBeCloseTo((up.x['x']!.data[j]! - down.x['x']!.data[j]!) / 2e-4, 4));
  });
  test('a path', () => {
    const text = 'parameters\n matrix A\n vector b\n scalar c\nvariables\n vector x\nmin\n c*sum(x.^2)+sum(huber(A*x-b))\n';
    const points = solvePath(text, { A, b }, { parameter: 'c', values: [10, 1, 0.1] });
    for (const { value, solution } of points) expect(solution.objective).toBeCloseTo(solveModel(text, { A, b, c: value as number }).objective, 9);
  });
});
