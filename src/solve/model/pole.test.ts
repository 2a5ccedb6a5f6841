import { describe, expect, test } from 'vitest';
import { solveModel } from './solve-model.ts';

describe('objectives with a pole that the constraints allow are unbounded', () => {
  test.each([
    ['min', 'log(x)', 'x >= 0'],
    ['min', 'log(x)', 'x <= 3'],
    ['min', 'log(x+2)', 'x >= -2'],
    ['min', '-1/x', 'x >= 0'],
    ['max', '1/x+x', 'x >= 0\n x <= 2'],
    ['max', '-log(3-x)', 'x <= 3'],
  ])('%s %s for %s', (sense, objective, rows) => {
    const found = solveModel(`variables\n scalar x\n${sense}\n ${objective}\nst\n ${rows}\n`);
    expect(found.outcome).toBe('unbounded');
    expect(found.says).toMatch(/to a point where it is not defined/);
  });
  test('some variables go there, others stay', () => {
    const found = solveModel('variables\n vector x(2)\nmin\n sum(log(x))+x[1]^2\nst\n x >= 0\n');
    expect(found.outcome).toBe('unbounded');
    expect([...found.ray!['x']!.data].filter((v) => v !== 0)).toHaveLength(1);
  });
  test.each(['sqrt(x)', 'x*log(x)', 'x-log(x)', 'log(1+x)', '1/x+log(x)'])('%s is not', (objective) => {
    expect(solveModel(`variables\n scalar x\nmin\n ${objective}\nst\n x >= 0\n`).outcome).not.toBe('unbounded');
  });
});
