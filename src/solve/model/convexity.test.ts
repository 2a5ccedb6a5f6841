import { expect, test } from 'vitest';

import { random } from '../../base/random.ts';
import { inContext } from '../../ir/expr.ts';
import { assemble } from './assemble.ts';
import { byNumbers } from './convexity.ts';
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
