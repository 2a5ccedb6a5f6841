import { expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { weightedGram } from './weighted-gram.ts';

test('products follow the weights, few or all of them', () => {
  const r = random(1);
  const [rows, cols] = [2500, 6];
  const data = Float64Array.from({ length: rows * cols }, () => r.normal());
  const gram = weightedGram({ rows, cols, data }, undefined);
  let d = new Float64Array(rows).fill(1);
  for (let turn = 0; turn < 12; turn++) {
    const found = gram(d);
    for (const [i, j] of [[0, 0], [3, 1], [1, 3], [5, 5]] as const) {
      let sum = 0;
      for (let k = 0; k < rows; k++) sum += d[k]! * data[k * cols + i]! * data[k * cols + j]!;
      expect(found[i * cols + j]).toBeCloseTo(sum, 8);
    }
    const some = turn % 4 === 3 ? 0 : turn % 2 === 0 ? 0.02 : 0.9;
    d = d.map((w) => (r.uniform() < some ? (w === 0 ? 2 * r.uniform() : 0) : w));
  }
  expect([...gram(new Float64Array(rows))]).toEqual(Array<number>(cols * cols).fill(0));
});
