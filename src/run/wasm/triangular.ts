// Triangular solves of small order with many right-hand sides, and the Cholesky factor of a small matrix.
// Larger ones are cut into these and products.

import { i32, v128 } from './assembler.ts';
import type { ModuleBuilder } from './assembler.ts';
import type { Lanes } from './lanes.ts';
import { locals } from './level1.ts';

/** B is overwritten by T⁻¹ B; T lower for `forward`, upper for `backward`.  Any steps in T, rows of B neighbouring. */
export function emitTriangular(module: ModuleBuilder, lanes: Lanes): void {
  emitSolve(module, lanes, 'forward');
  emitSolve(module, lanes, 'backward');
}

function emitSolve(module: ModuleBuilder, lanes: Lanes, name: 'forward' | 'backward'): void {
  const { real, bytes, scalar } = lanes;
  const forward = name === 'forward';
  module.function(
    name,
    { n: 'i32', cols: 'i32', t: 'i32', tRow: 'i32', tCol: 'i32', unit: 'i32', b: 'i32', bStep: 'i32' },
    'none',
    (body, { n, cols, t, tRow, tCol, unit, b, bStep }) => {
      const [i, k, row, from, tAt] = locals(body, 5);
      const sums = Array.from({ length: 4 }, () => body.local('v128'));
      const factor = body.local('v128');
      const sum = body.local(real);
      // Row i of T starts at `row`; unknowns before it (after it, backward) are known.
      const eachRow = (start: () => void, term: () => void, finish: () => void): void => {
        body.range(i!, 0, n, 1, () => {
          body.set(row!, forward ? i32.mul(i!, bStep) : i32.mul(i32.sub(i32.sub(n, 1), i!), bStep));
          body.set(row!, i32.add(b, row!));
          body.set(from!, forward ? b : i32.add(b, i32.mul(i32.sub(n, 1), bStep)));
          const last = i32.sub(n, 1);
          body.set(
            tAt!,
            forward
              ? i32.add(t, i32.mul(i!, tRow))
              : i32.add(t, i32.add(i32.mul(i32.sub(last, i!), tRow), i32.mul(last, tCol))),
          );
          start();
          body.range(k!, 0, i!, 1, () => {
            term();
            body.set(from!, forward ? i32.add(from!, bStep) : i32.sub(from!, bStep));
            body.set(tAt!, forward ? i32.add(tAt!, tCol) : i32.sub(tAt!, tCol));
          });
          finish();
        });
      };
      const strip = (vectors: number): void =>
        body.while(
          () => i32.geU(cols, vectors * lanes.lanes),
          () => {
            const used = sums.slice(0, vectors);
            eachRow(
              () => used.forEach((part, j) => body.set(part, v128.load(row!, j * 16))),
              () => {
                body.set(factor, lanes.loadSplat(tAt!));
                used.forEach((part, j) => body.set(part, lanes.nmadd(factor, v128.load(from!, j * 16), part)));
              },
              () => {
                body.if(i32.eqz(unit), () => {
                  body.set(factor, lanes.loadSplat(tAt!));
                  for (const part of used) body.set(part, lanes.div(part, factor));
                });
                used.forEach((part, j) => body.do(v128.store(row!, part, j * 16)));
              },
            );
            body.set(b, i32.add(b, vectors * 16));
            body.set(cols, i32.sub(cols, vectors * lanes.lanes));
          },
        );
      strip(4);
      strip(1);
      body.while(
        () => cols,
        () => {
          eachRow(
            () => body.set(sum, scalar.load(row!)),
            () => body.set(sum, scalar.sub(sum, scalar.mul(scalar.load(tAt!), scalar.load(from!)))),
            () => {
              body.if(i32.eqz(unit), () => body.set(sum, scalar.div(sum, scalar.load(tAt!))));
              body.do(scalar.store(row!, sum));
            },
          );
          body.set(b, i32.add(b, bytes));
          body.set(cols, i32.sub(cols, 1));
        },
      );
    },
  );
}
