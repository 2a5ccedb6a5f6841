// Sums of some rows of a matrix with weights: products with a symmetric matrix where most entries of the vector are zero.

import { f64, i32, v128 } from './assembler.ts';
import type { Body, Local } from './assembler.ts';
import { lanesOf } from './lanes.ts';
import { locals } from './level1.ts';
import { stream } from './loops.ts';
import type { Build, Machine } from './machine.ts';

/** Rows taken together: as many streams as the hardware fetches ahead well. */
const TOGETHER: readonly number[] = [8, 4, 1];
const UNROLL = 2;

/** out += Σ weights[k] · (the `length` doubles at places[k]). `at` is where `length` doubles are, which are changed. */
export function addRows(machine: Machine, places: readonly number[], weights: readonly number[], length: number, at: number): void {
  const { memory } = machine.context;
  const { addRows: add } = machine.linked(emitRowSum);
  const count = places.length;
  if (count === 0) return;
  memory.temporary(count * 16, (list) => {
    memory.doubles(list, count).set(weights);
    memory.i32().set(places, list / 4 + 2 * count);
    add(count, list + 8 * count, list, length, at);
  });
}

const emitRowSum: Build<'addRows'> = (module, { features }) => {
  const lanes = lanesOf('f64', features);
  const together = (body: Body, rows: number, places: Local<'i32'>, weights: Local<'i32'>, length: Local<'i32'>, out: Local<'i32'>): void => {
    const pointers = locals(body, rows);
    const to = body.let(i32.add(out, 0));
    pointers.forEach((pointer, k) => body.set(pointer, i32.load(places, 4 * k)));
    const splats = pointers.map((_, k) => body.let(v128.load64Splat(weights, 8 * k)));
    const sum = body.local('v128');
    stream(
      body,
      lanes,
      length,
      [to, ...pointers],
      UNROLL,
      (_, offset) => {
        body.set(sum, v128.load(to, offset));
        pointers.forEach((pointer, k) => body.set(sum, lanes.madd(splats[k]!, v128.load(pointer, offset), sum)));
        body.do(v128.store(to, sum, offset));
      },
      () => body.do(f64.store(to, pointers.map((pointer, k) => f64.mul(f64.load(weights, 8 * k), f64.load(pointer))).reduce(f64.add, f64.load(to)))),
    );
    body.set(places, i32.add(places, 4 * rows));
    body.set(weights, i32.add(weights, 8 * rows));
  };
  module.function('addRows', { count: 'i32', places: 'i32', weights: 'i32', length: 'i32', out: 'i32' }, 'none', (body, { count, places, weights, length, out }) => {
    for (const rows of TOGETHER)
      body.while(
        () => i32.geU(count, rows),
        () => {
          together(body, rows, places, weights, length, out);
          body.set(count, i32.sub(count, rows));
        },
      );
  });
};
