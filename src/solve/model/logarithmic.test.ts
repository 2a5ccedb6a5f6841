import { describe, expect, test } from 'vitest';

import type { Given } from './data.ts';
import { prepareModel } from './prepare.ts';
import { readingOf } from './reading.ts';
import { sensitivities } from './sensitivity.ts';
import { solveModel } from './solve-model.ts';

const word = 'convex in the logarithms of the variables';

// Boyd, Kim, Vandenberghe & Hassibi 2007, section 2.3 (the volume of a box), and others with known optima.
const programs: readonly { readonly name: string; readonly model: string; readonly data?: Given; readonly objective: number }[] = [
  {
    name: 'a box of given walls and floor',
    model: 'variables\n scalar h positive\n scalar w positive\n scalar d positive\nmax\n h*w*d\nst\n 2*(h*w+h*d) <= 100\n w*d <= 10\n 0.5 <= h/w\n h/w <= 2\n 0.5 <= d/w\n d/w <= 2\n',
    objective: 77.45966692414834,
  },
  {
    name: 'monomials and posynomials',
    model: 'variables\n scalar x positive\n scalar y positive\n scalar z positive\nmin\n 1/(x*y*z)\nst\n 2*x*y+2*x*z <= 10\n y*z <= 4\n x/y <= 2\n x/y >= 0.5\n',
    objective: 0.2,
  },
  {
    name: 'vectors and data',
    model: 'parameters\n vector c\nvariables\n vector x positive\nmin\n sum(c./x)\nst\n x.*x <= 2\n x[1]*x[2] <= 1\n',
    data: { c: [1, 4, 9] },
    objective: 15 / Math.SQRT2,
  },
  {
    name: 'an equation of monomials, bounds for signs',
    model: 'variables\n scalar w\n scalar h\nmin\n w*h+1/w\nst\n w*h^2 == 6\n w >= 0.1\n 0.5 <= h <= 3\n',
    objective: 9 / 18 ** (1 / 3),
  },
  {
    name: 'the Perron eigenvalue',
    model: 'parameters\n matrix A\nvariables\n vector v positive\n scalar l positive\nmin\n l\nst\n A*v <= l*v\n sum(v) <= 10\n',
    data: { A: [[2, 1], [1, 3]] },
    objective: (5 + Math.sqrt(5)) / 2,
  },
  { name: 'exponentials', model: 'variables\n scalar x positive\n scalar y positive\nmin\n exp(x)*y+1/(x*y)\n', objective: 2 * Math.sqrt(Math.E) },
  { name: 'the larger of two', model: 'variables\n scalar x positive\n scalar y positive\nmin\n max(x*y, 1/x)+1/y\n', objective: 3 / 2 ** (2 / 3) },
];

describe('geometric programs', () => {
  for (const { name, model, data = {}, objective } of programs) {
    test(name, () => {
      const found = solveModel(model, data);
      expect([found.outcome, found.convexity]).toEqual(['optimal (global)', word]);
      expect(Math.abs(found.objective / objective - 1)).toBeLessThan(1e-8);
      expect(found.violation).toBeLessThan(1e-8);
      for (const measure of ['stationarity', 'primal', 'sign', 'complementarity'] as const) expect(found.kkt[measure].scaled).toBeLessThan(1e-7);
    });
  }

  test('multipliers are those of the constraints as they are written', () => {
    const model = (floor: number): string => `variables\n scalar h positive\n scalar w positive\n scalar d positive\nmax\n h*w*d\nst\n walls: 2*(h*w+h*d) <= 100\n floor: w*d <= ${floor}\n h/w <= 2\n d/w <= 2\n`;
    const [before, at, after] = [9.999, 10, 10.001].map((floor) => solveModel(model(floor)));
    const slope = (after!.objective - before!.objective) / 0.002;
    expect(at!.multipliers['floor']!.data[0]! / slope).toBeCloseTo(1, 5);
  });

  test('sensitivities', () => {
    const model = 'parameters\n scalar c\nvariables\n scalar x positive\n scalar y positive\nmin\n c*x*y+1/x+1/y\nst\n x/y <= 0.5\n';
    const solution = solveModel(model, { c: 2 });
    expect(solution.convexity).toBe(word);
    const [found] = sensitivities(model, { c: 2 }, solution, ['c']);
    expect(found!.objective!.data[0]).toBeCloseTo(solution.x['x']!.data[0]! * solution.x['y']!.data[0]!, 6);
  });

  test('constraints that contradict each other', () => {
    const { outcome, convexity, says } = solveModel('variables\n scalar x positive\n scalar y positive\n scalar z positive\nmin\n x/y\nst\n 2 <= x\n x <= 3\n x^2+3*y/z <= y^0.5\n x/y == z^2\n');
    expect([outcome, convexity]).toEqual(['infeasible', word]);
    expect(says).toContain('x^2+3*y/z <= y^0.5');
  });

  test('a caller that stops it is heard', () => {
    const { outcome, x } = solveModel(programs[1]!.model, {}, { onProgress: () => 'stop' });
    expect(outcome).toContain('stopped');
    expect(x['x']!.data[0]).toBeGreaterThan(0);
  });
});

describe('what is left alone', () => {
  // The first has a better point where x is zero, and both sides of its constraint vanish.
  test.each([
    ['variables that may be zero on both sides', 'variables\n scalar x\n scalar y positive\n scalar z positive\nmin\n 1/y+x*z\nst\n x*y <= x*z\n z <= 1\n y <= 5\n x >= 0\n'],
    ['differences', 'variables\n scalar x positive\n scalar y positive\nmin\n (x-2*y)^2*x+1/(x*y)\nst\n x <= 9\n y <= 9\n'],
    ['variables of any sign', 'variables\n scalar x\n scalar y\nmin\n x^2*y^2+1/(1+x^2)\nst\n x <= 5\n -5 <= y\n'],
  ])('%s', (_, model) => {
    const found = solveModel(model);
    expect(found.convexity).toMatch(/^not certified/);
    expect(found.outcome).not.toBe('optimal (global)');
  });

  test('a method that is asked for works on the variables themselves', () => {
    const found = solveModel(programs[1]!.model, {}, { method: 'augmented Lagrangian' });
    expect([found.outcome, found.method]).toEqual(['optimal (local)', 'augmented Lagrangian']);
  });
});

test('a reading says in what the model is convex', () => {
  const { verdict, method } = readingOf(prepareModel(programs[1]!.model), {});
  expect(verdict).toBe('in the logarithms of the variables: an optimum is a global one');
  const solution = solveModel(programs[1]!.model);
  expect(method).toEqual({ name: solution.method, why: solution.why });
  expect(solution.why).toContain('in the logarithms of the variables there are constraints');
  const weighed = 'parameters\n scalar c\nvariables\n scalar x positive\n scalar y positive\nmin\n c*x*y+1/x+1/y\nst\n x/y <= 0.5\n';
  expect(readingOf(prepareModel(weighed)).verdict).toBe('in the logarithms of the variables, for c > 0: an optimum is a global one');
});
