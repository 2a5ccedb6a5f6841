import { describe, expect, test } from 'vitest';

import { add, exp, log, mul, problemFrom, sq, sub } from './jets-for-tests.ts';
import type { Formulas } from './jets-for-tests.ts';
import { outcomeName, outcomeSentence } from './outcome.ts';
import { solve, solveAsync } from './solve.ts';

const disc: Formulas = {
  start: [2, 0.1],
  f: (x) => add(x[0]!, x[1]!),
  positive: (x) => [sub(2, add(sq(x[0]!), sq(x[1]!)))],
  convex: true,
};

describe('answers', () => {
  test.each(['nonlinear interior point', 'augmented Lagrangian'])('a linear function on a disc by %s', (method) => {
    const { z, multipliers, outcome, kkt } = solve(problemFrom(disc), { method });
    expect(outcome).toEqual({ kind: 'optimal', scope: 'global' });
    expect(Array.from(z)).toEqual([expect.closeTo(-1, 8), expect.closeTo(-1, 8)]);
    // 2 − |x|² ≥ b: the optimum −√(4 − 2b) grows by 1/2 for each unit of b.
    expect(multipliers.nonlinear[0]).toBeCloseTo(0.5, 7);
    expect(kkt.gap?.scaled).toBeLessThan(1e-7);
  });

  test('equations far from linear', () => {
    const { objective, outcome } = solve(
      problemFrom({
        start: [0, 0, 0],
        f: (x) => add(...x.map(sq)),
        equal: (x) => [sub(exp(add(x[0]!, x[1]!)), 3), add(mul(x[1]!, x[2]!), -0.5)],
      }),
    );
    expect(outcome.kind).toBe('optimal');
    expect(objective).toBeLessThan(1.36);
  });

  test('disjoint discs are infeasible, with the least violation', () => {
    const { outcome } = solve(
      problemFrom({
        start: [0.3, 0.2],
        f: (x) => x[0]!,
        positive: (x) => [sub(1, add(sq(add(x[0]!, -2)), sq(x[1]!))), sub(1, add(sq(add(x[0]!, 2)), sq(x[1]!)))],
        convex: true,
      }),
    );
    expect(outcome.kind).toBe('infeasible');
    if (outcome.kind === 'infeasible' && outcome.certificate.kind === 'least-violation')
      expect(outcome.certificate.violation).toBeCloseTo(3, 4);
    expect(outcomeSentence(outcome)).toMatch(/least violation is 3/);
  });

  test('rows without a common point, not known to be convex, are infeasible only locally', () => {
    const { outcome } = solve(problemFrom({ start: [0.5], f: (x) => x[0]!, equal: (x) => [add(sq(x[0]!), 1)] }));
    expect(outcomeName(outcome)).toBe('locally infeasible');
  });

  test('a saddle point is left', () => {
    const { objective, outcome } = solve(
      problemFrom({ start: [0, 0], f: (x) => add(sq(x[0]!), sq(sub(sq(x[1]!), 1))) }),
    );
    expect(outcome.kind).toBe('optimal');
    expect(objective).toBeCloseTo(0, 10);
  });

  test('unbounded below', () => {
    const { outcome } = solve(problemFrom({ start: [1, 1], f: (x) => sub(sq(x[0]!), x[1]!), convex: true }));
    expect(outcome.kind).toBe('unbounded');
  });

  test('steps are cut back to the domain', () => {
    const barrier = problemFrom({ start: [0.9], f: (x) => sub(mul(1e-3, log(x[0]!)), mul(-1, sq(x[0]!))) });
    for (const method of ['projected Newton', 'projected L-BFGS']) {
      const { z } = solve({ ...barrier, lower: Float64Array.of(1e-2) }, { method });
      expect(z[0]).toBeGreaterThanOrEqual(1e-2);
    }
    const well = problemFrom({ start: [5], f: (x) => sub(x[0]!, log(x[0]!)) });
    for (const method of ['projected Newton', 'projected L-BFGS', 'nonlinear interior point'])
      expect(solve(well, { method }).z[0]).toBeCloseTo(1, 7);
  });

  test('a start outside the domain is named', () => {
    const { outcome } = solve(problemFrom({ start: [-1], f: (x) => sub(x[0]!, log(x[0]!)) }));
    expect(outcome.kind).toBe('left-domain');
  });
});

describe('limits', () => {
  const rosenbrock = problemFrom({
    start: [-1.2, 1],
    f: (x) => add(mul(100, sq(sub(x[1]!, sq(x[0]!)))), sq(sub(1, x[0]!))),
  });

  test('of evaluations and iterations', () => {
    const few = solve(rosenbrock, { method: 'projected L-BFGS', limits: { evaluations: 10 } });
    expect(few.outcome).toEqual({ kind: 'stopped', by: 'evaluations' });
    expect(few.evaluations.objective + few.evaluations.gradient).toBeLessThanOrEqual(10);
    expect(few.objective).toBeLessThan(24.2);
    const short = solve(rosenbrock, { method: 'projected L-BFGS', limits: { iterations: 3 } });
    expect(short.outcome).toEqual({ kind: 'stopped', by: 'iterations' });
    expect(short.iterations).toBe(3);
  });

  test('the caller stops it, and keeps the best point', async () => {
    const seen: number[] = [];
    const watched = solve(rosenbrock, {
      onProgress: ({ objective }) => {
        seen.push(objective);
        return seen.length === 4 ? 'stop' : undefined;
      },
    });
    expect(watched.outcome).toEqual({ kind: 'stopped', by: 'caller' });
    expect(watched.objective).toBeCloseTo(Math.min(...seen), 12);
    const aborted = await solveAsync(rosenbrock, { signal: AbortSignal.abort() });
    expect(aborted.outcome).toEqual({ kind: 'stopped', by: 'caller' });
  });

  test('a warm start from the optimum needs few evaluations', () => {
    const cold = solve(rosenbrock, { method: 'projected L-BFGS' });
    const warm = solve(rosenbrock, { method: 'projected L-BFGS', warm: cold.warm });
    expect(warm.outcome.kind).toBe('optimal');
    expect(warm.evaluations.gradient).toBeLessThan(cold.evaluations.gradient / 4);
  });
});
