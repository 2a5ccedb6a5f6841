// A symmetric matrix times a vector, from the lower triangle alone: each row serves as a column too, so that half of the matrix
// comes from memory.

import { i32, v128 } from './assembler.ts';
import type { Local, ModuleBuilder } from './assembler.ts';
import type { Lanes, Scalar } from './lanes.ts';
import { locals } from './level1.ts';
import { stream } from './loops.ts';

/** Rows taken together: as many streams as the hardware fetches ahead well. */
const ROWS: readonly number[] = [8, 4, 1];
const UNROLL = 2;

/** y += alpha A x for an A of `n` rows `step` bytes apart, whose entries above the diagonal are not read. */
export function emitSymv(module: ModuleBuilder, lanes: Lanes): void {
  const { real, bytes, scalar } = lanes;
  const strips = ROWS.map((count) =>
    // For rows `from` to `from + count`, with the address of the first: what lies before the diagonal block, and the block.
    module.function(`symv${count}`, { from: 'i32', alpha: real, a: 'i32', step: 'i32', x: 'i32', y: 'i32' }, 'none', (body, { from, alpha, a, step, x, y }) => {
      const rows = locals(body, count);
      rows.forEach((row, r) => body.set(row, r === 0 ? i32.add(a, 0) : i32.add(rows[r - 1]!, step)));
      const own = { x: body.let(i32.add(x, i32.mul(from, bytes))), y: body.let(i32.add(y, i32.mul(from, bytes))) };
      const factors = rows.map((_, r) => body.let(scalar.mul(alpha, scalar.load(own.x, r * bytes))));
      const splats = factors.map((factor) => body.let(lanes.splat(factor)));
      const totals = rows.map(() => body.local('v128'));
      const rests = rows.map(() => body.local(real));
      const [sum, other, entry] = [body.local('v128'), body.local('v128'), body.local('v128')];
      stream(
        body,
        lanes,
        from,
        [x, y, ...rows],
        UNROLL,
        (_, offset) => {
          body.set(sum, v128.load(y, offset));
          body.set(other, v128.load(x, offset));
          rows.forEach((row, r) => {
            body.set(entry, v128.load(row, offset));
            body.set(sum, lanes.madd(splats[r]!, entry, sum));
            body.set(totals[r]!, lanes.madd(entry, other, totals[r]!));
          });
          body.do(v128.store(y, sum, offset));
        },
        () => {
          body.do(scalar.store(y, rows.map((row, r) => scalar.mul(factors[r]!, scalar.load(row))).reduce(scalar.add, scalar.load(y))));
          rows.forEach((row, r) => body.set(rests[r]!, scalar.add(rests[r]!, scalar.mul(scalar.load(row), scalar.load(x)))));
        },
      );
      // The rows now point to the diagonal block.
      rows.forEach((_, r) => {
        const entryAt = (c: number): Scalar => (c <= r ? scalar.load(rows[r]!, c * bytes) : scalar.load(rows[c]!, r * bytes));
        const block = rows.map((__, c) => scalar.mul(factors[c]!, entryAt(c))).reduce(scalar.add);
        const before = scalar.mul(alpha, scalar.add(lanes.sumLanes(totals[r]!), rests[r]!));
        body.do(scalar.store(own.y, scalar.add(scalar.load(own.y, r * bytes), scalar.add(before, block)), r * bytes));
      });
    }),
  );
  module.function('symv', { n: 'i32', alpha: real, a: 'i32', step: 'i32', x: 'i32', y: 'i32' }, 'none', (body, { n, alpha, a, step, x, y }) => {
    const from: Local<'i32'> = body.local('i32');
    ROWS.forEach((count, k) =>
      body.while(
        () => i32.geU(i32.sub(n, from), count),
        () => {
          body.call(strips[k]!, from, alpha, a, step, x, y);
          body.set(a, i32.add(a, i32.mul(step, count)));
          body.set(from, i32.add(from, count));
        },
      ),
    );
  });
}
