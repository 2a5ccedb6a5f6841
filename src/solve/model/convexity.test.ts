import { expect, test } from 'vitest';

import { random } from '../../base/random.ts';
import { inContext } from '../../ir/expr.ts';
import { assemble } from './assemble.ts';
import { byNumbers, turned } from './convexity.ts';
import { readData } from './data.ts';
import { prepareModel, readyFor } from './prepare.ts';
import { solveModel } from './solve-model.ts';

const rows = 40;
const r = random(5);
const normals = (count: number): Float64Array => Float64Array.from({ length: count }, () => r.normal());
const given = (cols: number) => ({ A: { shape: [rows, cols], data: normals(rows * cols) }, b: normals(rows), c: 3 });
// Of the second the second derivative is not stored.
const [data, wide] = [given(250), given(1300)];
const model = (more: string): string => `parameters\n matrix A\n vector b\n scalar c\nvariables\n vector x\nmin\n norm2(A*x-b)^2+c*norm1(x)${more}\n`;

function seen(text: string, numbers: typeof data): boolean {
  const prepared = prepareModel(text);
  const read = inContext(prepared.context, () => readData(prepared.model, numbers));
  const { problem } = inContext(prepared.context, () => assemble(readyFor(prepared, read.facts).derived, read, ({ dim }) => ({ start: new Float64Array(dim), startGiven: false, convex: false })));
  return byNumbers(problem, () => undefined)?.all === true;
}

test.each([
  ['', true],
  ["+0.5*c*x'*x", true],
  // Though there are more columns than rows.
  ["-0.001*x'*x", false],
  ["-c*x'*x", false],
])('squares and absolute values%s: seen to be convex by the numbers %s', (more, isConvex) => {
  expect(seen(model(more), data)).toBe(isConvex);
  expect(seen(model(more), wide)).toBe(isConvex);
});

test('and an answer says so', () => {
  const { outcome, convexity, kkt } = solveModel(model(''), data);
  expect(outcome).toBe('optimal (global)');
  expect(convexity).toBe('convex');
  expect(kkt.stationarity.scaled).toBeLessThan(1e-7);
  expect(solveModel(model("-0.001*x'*x"), data).outcome).not.toBe('optimal (global)');
});

test.each([
  ["norm2(x)^2/(c'*x+d)", "c'*x+d >= 1", true],
  ["norm2(x)^2/(c'*x+d)", "c'*x+d >= -1", false],
  ["sum(x.^2)/(1+sum(x))", "1+sum(x) <= 3\n 0.2 <= 1+sum(x)", true],
  ["sum(x)+1/(c'*x-d)", "c'*x >= d\n x <= 10", true],
  ["sum(x)+1/(c'*x-d)", "c'*x <= d\n x >= -10", false],
  ["1/(d-c'*x)-sum(x)", "c'*x <= d\n x <= 10", true],
  ["-1/(d-c'*x)-sum(x)", "c'*x <= d\n x <= 10", false],
  ["t+sum(x)", "x'*x/t <= 1\n t >= 0.1\n x >= -3", true],
])('with constraints that say where, %s for %s is convex: %s', (objective, constraints, isConvex) => {
  const text = `parameters\n vector c\n scalar d\nvariables\n vector x(2)\n scalar t\nmin\n ${objective}+t^2\nst\n ${constraints}\n`;
  const { outcome, convexity } = solveModel(text, { c: [1, 2], d: 3 });
  expect(convexity === 'convex').toBe(isConvex);
  expect(outcome === 'optimal (global)').toBe(isConvex);
});

test('what holds for one variable by a constraint is not said of another', () => {
  const text = 'variables\n vector x(2), z(2)\nmin\n sum(x.^2)/(1+sum(x))+sum(z.^2)/(1+sum(z))\nst\n sum(x) >= 0\n sum(z) >= -3';
  const { convexity, outcome, kkt } = solveModel(text, {}, { start: { x: [1, 1], z: [1, 1] } });
  expect(convexity).toMatch(/^not certified/);
  // On the other side of the pole the objective falls below all numbers; where it is far down no conditions hold.
  expect(outcome.startsWith('optimal') ? kkt.stationarity.scaled : 0).toBeLessThanOrEqual(1e-7);
});

test.each([
  ['sum(abs(A*x-b).^c)', 3, true],
  ['sum(abs(A*x-b).^c)', 1.5, true],
  ['sum(abs(A*x-b).^c)', 0.5, false],
  ['norm1(A*x-b)-sum((1+x.^2).^c)', 0.5, false],
])('with numbers for an exponent, %s for %s is convex: %s', (objective, c, isConvex) => {
  const text = `parameters\n matrix A\n vector b\n scalar c\nvariables\n vector x\nmin\n ${objective}\nst\n -1 <= x <= 1`;
  expect(solveModel(text, { A: [[1, 2], [3, -1], [0, 1]], b: [1, 2, 3], c }).convexity === 'convex').toBe(isConvex);
});

test('verdicts on the negative: both words change, and what is neither stays so', () => {
  const words = { 'strongly convex': 'strongly concave', 'not known to be convex, not concave': 'not known to be concave, not convex', 'neither convex nor concave': 'neither convex nor concave' };
  for (const [says, other] of Object.entries(words)) expect(turned(says)).toBe(other);
});
