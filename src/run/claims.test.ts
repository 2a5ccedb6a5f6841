import { expect, test } from 'vitest';
import { derive } from '../pipeline.ts';
import { evaluate, readValues } from '../pipeline/evaluate.ts';

const told = (text: string, declare: string, at: Record<string, unknown>): string[] => evaluate(text, at, { declare }).notices.map((n) => `${n.severity} ${n.code}: ${n.message}`);

test.each([
  ['x^2', 'x: scalar positive', { x: -1 }, ['warning data-contradict: x is declared positive, but its numbers are not']],
  ['x^2', 'x: scalar positive', { x: 1 }, []],
  ['x^2', 'x: scalar in (0.5, 2)', { x: 3 }, ['warning data-contradict: x is declared in (0.5, 2), but its numbers are not']],
  ["x'*S*x", 'S: matrix(2, 2) symmetric; x: vector(2)', { S: [[1, 2], [3, 4]], x: [1, 1] }, ['warning data-contradict: S is declared symmetric, but its numbers are not']],
  ["x'*S*x", 'S: matrix(2, 2) psd; x: vector(2)', { S: [[1, 2], [2, 1]], x: [1, 1] }, ['warning data-contradict: S is declared psd, but its numbers are not']],
  ["x'*S*x", 'S: matrix(2, 2) psd; x: vector(2)', { S: [[1, 1], [1, 1]], x: [1, 1] }, []],
  ['sum(p.*log(p))', 'p: vector(2) simplex', { p: [0.5, 0.6] }, ['warning data-contradict: p is declared simplex, but its numbers are not']],
  ['sum(D)', 'D: matrix(2, 2) diagonal', { D: [[1, 0], [1, 1]] }, [expect.stringContaining('D is declared')]],
] as const)('%s with %s', (text, declare, at, expected) => {
  expect(told(text, declare, at)).toEqual(expected);
});

test('a derivative at such values says so too', () => {
  const values = readValues({ x: [1, -2] });
  const { notices } = derive('sum(abs(x))', { by: ['x'], declare: 'x: vector(n) nonnegative', values, points: 0 });
  expect(notices.map((n) => n.code)).toContain('data-contradict');
});
