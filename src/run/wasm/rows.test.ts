import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { dense } from '../../ops/reference/dense.ts';
import { opNamed } from '../../ops/table.ts';
import { newMachine } from './machine.ts';
import { byRows } from './whole.ts';

const machine = newMachine();
const { memory } = machine.context;

function run(name: string, rows: readonly (readonly number[])[]): number[][] {
  const length = rows[0]!.length;
  const wide = name === 'softmax' ? length : 1;
  return memory.temporary(rows.length * length * 8 + 64, (x) =>
    memory.temporary(rows.length * wide * 8 + 64, (y) => {
      memory.f64().set(rows.flat(), x / 8);
      machine.rows()[byRows[name]!](rows.length, length, x, y);
      return rows.map((_, i) => [...memory.doubles(y + i * wide * 8, wide)]);
    }),
  );
}

function wanted(name: string, row: readonly number[]): number[] {
  return [...opNamed(name).value([dense([row.length], row)], [1]).data];
}

describe.each(Object.keys(byRows))('%s by rows', (name) => {
  test('agrees with the reference for rows of every length', () => {
    const stream = random(5);
    for (const [count, length, spread] of [[1, 1, 1], [3, 2, 1], [5, 3, 30], [700, 7, 1], [2, 100, 300], [3, 9001, 5], [1100, 16, 500]] as const) {
      const rows = Array.from({ length: count }, () => Array.from({ length }, () => spread * stream.normal()));
      run(name, rows).forEach((found, i) => {
        wanted(name, rows[i]!).forEach((v, j) => expect(Math.abs(found[j]! - v)).toBeLessThanOrEqual(1e-14 * Math.max(Math.abs(v), name === 'softmax' ? 0 : 1)));
      });
    }
  });

  test.each([
    ['all -∞', [-Infinity, -Infinity, -Infinity]],
    ['some -∞', [-Infinity, 2, 1, -Infinity, 0]],
    ['∞', [1, Infinity, 2]],
    ['NaN', [1, 2, 3, 4, NaN, 5]],
    ['NaN first', [NaN, 2, -Infinity]],
    ['NaN beside -∞', [-Infinity, NaN]],
    ['far apart', [-1e300, 0, 1e300]],
    ['large', [800, 801, 799, 800]],
    ['tiny terms', [0, -740, -800]],
  ])('%s', (_, row) => {
    const found = run(name, [row])[0]!;
    // NaN comes through, as in every other function.
    const expected = row.some(Number.isNaN) ? found.map(() => NaN) : wanted(name, row);
    expected.forEach((v, j) => {
      if (Number.isFinite(v)) expect(Math.abs(found[j]! - v)).toBeLessThanOrEqual(1e-15 * Math.abs(v));
      else expect(found[j]).toBe(v);
    });
  });
});
