// The unblocked steps at the bottom of the factorizations, and rank-one updates.

import { i32, v128 } from './assembler.ts';
import type { Body, Local, ModuleBuilder, Value } from './assembler.ts';
import type { Lanes } from './lanes.ts';
import { locals } from './level1.ts';

export function emitPanels(module: ModuleBuilder, lanes: Lanes): void {
  emitGer(module, lanes);
  emitCholesky(module, lanes);
  emitLu(module, lanes);
  emitSwapRows(module, lanes);
  emitSweep(module, lanes);
}

/** y ← y - factor x over `count` neighbouring elements; the pointers move on. */
function emitSubtract(
  body: Body,
  lanes: Lanes,
  factor: Local<'f64' | 'f32'>,
  splat: Local<'v128'>,
  count: Local<'i32'>,
  x: Local<'i32'>,
  y: Local<'i32'>,
): void {
  const { bytes, scalar } = lanes;
  const move = (elements: number): void => {
    body.set(x, i32.add(x, elements * bytes));
    body.set(y, i32.add(y, elements * bytes));
    body.set(count, i32.sub(count, elements));
  };
  body.while(
    () => i32.geU(count, lanes.lanes),
    () => {
      body.do(v128.store(y, lanes.nmadd(splat, v128.load(x), v128.load(y))));
      move(lanes.lanes);
    },
  );
  body.while(
    () => count,
    () => {
      body.do(scalar.store(y, scalar.sub(scalar.load(y), scalar.mul(factor, scalar.load(x)))));
      move(1);
    },
  );
}

/** A += alpha x yᵀ */
function emitGer(module: ModuleBuilder, lanes: Lanes): void {
  const { real, bytes, scalar } = lanes;
  module.function(
    'ger',
    { rows: 'i32', cols: 'i32', alpha: real, x: 'i32', y: 'i32', a: 'i32', step: 'i32' },
    'none',
    (body, { rows, cols, alpha, x, y, a, step }) => {
      const [count, from, to] = locals(body, 3) as [Local<'i32'>, Local<'i32'>, Local<'i32'>];
      const factor = body.local(real);
      const splat = body.local('v128');
      body.while(
        () => rows,
        () => {
          body.set(factor, scalar.sub(scalar.const(0), scalar.mul(alpha, scalar.load(x))));
          body.set(splat, lanes.splat(factor));
          body.set(count, cols);
          body.set(from, y);
          body.set(to, a);
          emitSubtract(body, lanes, factor, splat, count, from, to);
          body.set(x, i32.add(x, bytes));
          body.set(a, i32.add(a, step));
          body.set(rows, i32.sub(rows, 1));
        },
      );
    },
  );
}

/** Lower factor in place, by rows; the number of the first pivot that is not positive and finite, else n. */
function emitCholesky(module: ModuleBuilder, lanes: Lanes): void {
  const { real, bytes, scalar } = lanes;
  module.function('choleskyPanel', { n: 'i32', a: 'i32', step: 'i32' }, 'i32', (body, { n, a, step }) => {
    const [i, j, k, row, other, p, q] = locals(body, 7) as Seven;
    const [sum, both] = [body.local(real), body.local('v128')];
    body.set(row, a);
    body.range(i, 0, n, 1, () => {
      body.set(other, a);
      body.range(j, 0, i32.add(i, 1), 1, () => {
        // A_ij - Σ L_ik L_jk
        body.set(p, row);
        body.set(q, other);
        body.set(k, j);
        body.set(both, v128.zero());
        body.while(
          () => i32.geU(k, lanes.lanes),
          () => {
            body.set(both, lanes.madd(v128.load(p), v128.load(q), both));
            body.set(p, i32.add(p, 16));
            body.set(q, i32.add(q, 16));
            body.set(k, i32.sub(k, lanes.lanes));
          },
        );
        body.set(sum, lanes.sumLanes(both));
        body.while(
          () => k,
          () => {
            body.set(sum, scalar.add(sum, scalar.mul(scalar.load(p), scalar.load(q))));
            body.set(p, i32.add(p, bytes));
            body.set(q, i32.add(q, bytes));
            body.set(k, i32.sub(k, 1));
          },
        );
        body.set(sum, scalar.sub(scalar.load(p), sum));
        body.if(
          i32.eq(i, j),
          () => {
            const usable = i32.and(scalar.gt(sum, scalar.const(0)), scalar.gt(scalar.const(Infinity), sum));
            body.if(i32.eqz(usable), () => body.return(i));
            body.do(scalar.store(p, scalar.sqrt(sum)));
          },
          () => body.do(scalar.store(p, scalar.div(sum, scalar.load(q)))),
        );
        body.set(other, i32.add(other, step));
      });
      body.set(row, i32.add(row, step));
    });
    return n;
  });
}

type Seven = [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>];

/** LU with partial pivoting of a narrow panel in place; `pivots` (i32) gets the row that row j changed with. */
function emitLu(module: ModuleBuilder, lanes: Lanes): void {
  const { real, bytes, scalar } = lanes;
  module.function(
    'luPanel',
    { rows: 'i32', cols: 'i32', a: 'i32', step: 'i32', pivots: 'i32' },
    'none',
    (body, { rows, cols, a, step, pivots }) => {
      const [i, j, best, at, top, to, from] = locals(body, 7) as Seven;
      const count = body.local('i32');
      const [size, most, factor, held] = [real, real, real, real].map((type) => body.local(type));
      const splat = body.local('v128');
      const at2 = (base: Local<'i32'>, index: Local<'i32'>): Value<'i32'> => i32.add(base, i32.mul(index, step));
      body.set(top, a);
      body.range(j, 0, i32.select(i32.ltU(rows, cols), rows, cols), 1, () => {
        body.set(most!, scalar.const(-1));
        body.set(at, i32.add(top, i32.mul(j, bytes)));
        body.set(best, j);
        body.range(i, j, rows, 1, () => {
          body.set(size!, scalar.abs(scalar.load(at)));
          body.if(scalar.gt(size!, most!), () => {
            body.set(most!, size!);
            body.set(best, i);
          });
          body.set(at, i32.add(at, step));
        });
        body.do(i32.store(i32.add(pivots, i32.shl(j, 2)), best));
        body.if(i32.ne(best, j), () => {
          body.set(to, at2(a, best));
          body.set(from, top);
          body.range(i, 0, cols, 1, () => {
            body.set(held!, scalar.load(from));
            body.do(scalar.store(from, scalar.load(to)));
            body.do(scalar.store(to, held!));
            body.set(from, i32.add(from, bytes));
            body.set(to, i32.add(to, bytes));
          });
        });
        // A zero column stays; the callers see the zero pivot.
        body.set(held!, scalar.load(i32.add(top, i32.mul(j, bytes))));
        body.if(i32.or(scalar.gt(held!, scalar.const(0)), scalar.gt(scalar.const(0), held!)), () => {
          body.set(at, i32.add(i32.add(top, i32.mul(j, bytes)), step));
          body.range(i, i32.add(j, 1), rows, 1, () => {
            body.set(factor!, scalar.div(scalar.load(at), held!));
            body.do(scalar.store(at, factor!));
            body.set(splat, lanes.splat(factor!));
            body.set(from, i32.add(i32.add(top, i32.mul(j, bytes)), bytes));
            body.set(to, i32.add(at, bytes));
            body.set(count, i32.sub(i32.sub(cols, j), 1));
            emitSubtract(body, lanes, factor!, splat, count, from, to);
            body.set(at, i32.add(at, step));
          });
        });
        body.set(top, i32.add(top, step));
      });
    },
  );
}

/** Exchange row i with row pivots[i], i = 0 … count - 1, over `cols` neighbouring elements. */
function emitSwapRows(module: ModuleBuilder, lanes: Lanes): void {
  const { real, bytes, scalar } = lanes;
  module.function(
    'swapRows',
    { count: 'i32', cols: 'i32', a: 'i32', step: 'i32', pivots: 'i32' },
    'none',
    (body, { count, cols, a, step, pivots }) => {
      const [i, p, left, x, y] = locals(body, 5) as Seven;
      const [held, one] = [body.local('v128'), body.local(real)];
      body.range(i, 0, count, 1, () => {
        body.set(p, i32.load(i32.add(pivots, i32.shl(i, 2))));
        body.if(i32.ne(p, i), () => {
          body.set(x, i32.add(a, i32.mul(i, step)));
          body.set(y, i32.add(a, i32.mul(p, step)));
          body.set(left, cols);
          body.while(
            () => i32.geU(left, lanes.lanes),
            () => {
              body.set(held, v128.load(x));
              body.do(v128.store(x, v128.load(y)));
              body.do(v128.store(y, held));
              body.set(x, i32.add(x, 16));
              body.set(y, i32.add(y, 16));
              body.set(left, i32.sub(left, lanes.lanes));
            },
          );
          body.while(
            () => left,
            () => {
              body.set(one, scalar.load(x));
              body.do(scalar.store(x, scalar.load(y)));
              body.do(scalar.store(y, one));
              body.set(x, i32.add(x, bytes));
              body.set(y, i32.add(y, bytes));
              body.set(left, i32.sub(left, 1));
            },
          );
        });
      });
    },
  );
}

/**
 * Plane rotations of rows (0, 1), (1, 2), … in this order: (x, y) ← (c x + s y, c y - s x) with c, s one after
 * the other at `angles`.  A strip of columns at a time, so that the row two rotations share stays in registers.
 */
function emitSweep(module: ModuleBuilder, lanes: Lanes): void {
  const { real, bytes, scalar } = lanes;
  module.function(
    'sweepRows',
    { count: 'i32', cols: 'i32', a: 'i32', step: 'i32', angles: 'i32' },
    'none',
    (body, { count, cols, a, step, angles }) => {
      const [i, at, angle] = locals(body, 3) as Seven;
      const carried = Array.from({ length: 4 }, () => body.local('v128'));
      const [c, s, next] = [body.local('v128'), body.local('v128'), body.local('v128')];
      const [one, other] = [body.local(real), body.local(real)];
      const eachRotation = (rotate: () => void): void => {
        body.set(at, a);
        body.set(angle, angles);
        body.range(i, 0, count, 1, () => {
          rotate();
          body.set(at, i32.add(at, step));
          body.set(angle, i32.add(angle, 2 * bytes));
        });
      };
      const strip = (vectors: number): void =>
        body.while(
          () => i32.geU(cols, vectors * lanes.lanes),
          () => {
            const used = carried.slice(0, vectors);
            used.forEach((x, j) => body.set(x, v128.load(a, j * 16)));
            eachRotation(() => {
              body.set(c, lanes.loadSplat(angle));
              body.set(s, lanes.loadSplat(angle, bytes));
              used.forEach((x, j) => {
                body.set(next, v128.load(i32.add(at, step), j * 16));
                body.do(v128.store(at, lanes.madd(c, x, lanes.mul(s, next)), j * 16));
                body.set(x, lanes.nmadd(s, x, lanes.mul(c, next)));
              });
            });
            used.forEach((x, j) => body.do(v128.store(at, x, j * 16)));
            body.set(a, i32.add(a, vectors * 16));
            body.set(cols, i32.sub(cols, vectors * lanes.lanes));
          },
        );
      strip(4);
      strip(1);
      body.while(
        () => cols,
        () => {
          body.set(one, scalar.load(a));
          eachRotation(() => {
            body.set(other, scalar.load(i32.add(at, step)));
            const [cosine, sine] = [scalar.load(angle), scalar.load(angle, bytes)];
            body.do(scalar.store(at, scalar.add(scalar.mul(cosine, one), scalar.mul(sine, other))));
            body.set(one, scalar.sub(scalar.mul(cosine, other), scalar.mul(sine, one)));
          });
          body.do(scalar.store(at, one));
          body.set(a, i32.add(a, bytes));
          body.set(cols, i32.sub(cols, 1));
        },
      );
    },
  );
}
