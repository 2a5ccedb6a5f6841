// Columns of a matrix by rows, one after the other: eight rows at a time, so that columns which share a line of the cache
// are met while it is there.

import { f64, i32 } from './assembler.ts';
import { locals } from './level1.ts';
import type { Build } from './machine.ts';

const ROWS = 8;

/**
 * `from` has `rows` rows, `step` bytes apart; at `places` are `count` i32, the offsets of columns in bytes. Column k goes to
 * k · `length` bytes after `to`.
 */
export const emitGather: Build<'gatherColumns'> = (module) => {
  module.function('gatherColumns', { rows: 'i32', count: 'i32', from: 'i32', step: 'i32', places: 'i32', to: 'i32', length: 'i32' }, 'none', (body, { rows, count, from, step, places, to, length }) => {
    const [k, place, source, target, left] = locals(body, 5) as [typeof rows, typeof rows, typeof rows, typeof rows, typeof rows];
    const block = (height: number): void => {
      body.set(place, i32.add(places, 0));
      body.set(target, i32.add(to, 0));
      body.range(k, 0, count, 1, () => {
        body.set(source, i32.add(from, i32.load(place)));
        for (let e = 0; e < height; e++) {
          body.do(f64.store(target, f64.load(source), 8 * e));
          if (e + 1 < height) body.set(source, i32.add(source, step));
        }
        body.set(place, i32.add(place, 4));
        body.set(target, i32.add(target, length));
      });
      body.set(from, i32.add(from, i32.mul(step, height)));
      body.set(to, i32.add(to, 8 * height));
    };
    body.set(left, i32.add(rows, 0));
    body.while(
      () => i32.geU(left, ROWS),
      () => {
        block(ROWS);
        body.set(left, i32.sub(left, ROWS));
      },
    );
    body.while(
      () => left,
      () => {
        block(1);
        body.set(left, i32.sub(left, 1));
      },
    );
  });
};
