import { expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { solveModel } from './model/solve-model.ts';

// Terms of the objective cancel near the centre, so that it has no digits for the last steps.
test.each([124, 101, 135])('the analytic centre of a polytope is found to the last digits (%i)', (seed) => {
  const r = random(seed);
  const A = Array.from({ length: 150 }, () => Array.from({ length: 40 }, () => r.normal()));
  const b = Array.from({ length: 150 }, () => Math.abs(r.normal()) + 0.1);
  const s = solveModel('parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n -sum(log(b-A*x))', { A, b });
  expect(s.outcome).toBe('optimal (global)');
  expect(s.kkt.stationarity.scaled).toBeLessThan(1e-9);
});
