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
  test.each([
    ['another side of zero', '1/x', 'x <= 3'],
    ['both sides of one', '-1/(x-1)^2', 'x <= 3\n x >= 0'],
    ['between two', 'x/(x^2-1)', 'x <= 5\n x >= -5'],
    ['beside a least value', 'x+1/x', 'x <= 3\n x >= -3'],
    ['where no bound is', 'log(5-2*x)+x^2', 'x <= 9'],
    ['of a function with many', 'tan(x)', 'x <= 9'],
  ])('%s', (_, objective, rows) => {
    const found = solveModel(`variables\n scalar x\nmin\n ${objective}\nst\n ${rows}\n`);
    expect(found.outcome).toBe('unbounded');
    expect(found.says).toMatch(/to a point where it is not defined/);
    expect(found.violation).toBe(0);
    const [x, ray] = [found.x['x']!.data[0]!, found.ray!['x']!.data[0]!];
    const at = (t: number): number => solveModel(`parameters\n scalar a\nvariables\n scalar x\nmin\n ${objective}\nst\n x == a\n`, { a: x + t * ray }).objective;
    expect(at(0.999)).toBeLessThan(at(0.9));
    expect(at(0.9)).toBeLessThan(at(0));
  });
  test('a difference of variables in a denominator', () => {
    expect(solveModel('variables\n vector x(2)\nmin\n 1/(x[1]-x[2])\nst\n x >= 0\n x <= 1').outcome).toBe('unbounded');
    expect(solveModel('variables\n vector x(2)\nmin\n x[1]/x[2]+x[2]\nst\n sum(x) <= 4\n x[1] >= 1').outcome).toBe('unbounded');
  });
  test.each([
    ['a start says which side is meant', '1/x', 'x <= 3', { x: 1 }, 1 / 3],
    ['a zero that constraints keep away', '1/x', 'x <= 3\n x^2 >= 1', {}, -1],
    ['a zero of numerator and denominator', 'sin(x)/x+x^2', 'x <= 1', {}, 0.9],
    ['a pole above', '1/x^2+x^2', 'x <= 3', {}, 2],
  ])('no pole is reached: %s', (_, objective, rows, start, most) => {
    const found = solveModel(`variables\n scalar x\nmin\n ${objective}\nst\n ${rows}\n`, {}, { start });
    expect(found.outcome).toMatch(/^(optimal|feasible)/);
    expect(found.objective).toBeLessThanOrEqual(most + 0.2);
  });
  test.each(['sqrt(x)', 'x*log(x)', 'x-log(x)', 'log(1+x)', '1/x+log(x)'])('%s is not', (objective) => {
    expect(solveModel(`variables\n scalar x\nmin\n ${objective}\nst\n x >= 0\n`).outcome).not.toBe('unbounded');
  });
});
