// Sweeps of coordinate descent on a quadratic with absolute values and bounds of single variables.

import { f64, f64x2, i32, v128 } from './assembler.ts';
import type { Body, F64, Local, Value } from './assembler.ts';
import { lanesOf } from './lanes.ts';
import { stream } from './loops.ts';
import type { Build } from './machine.ts';

/** Numbers of a coordinate, side by side. */
export const descentFields = ['value', 'curvature', 'weight', 'lower', 'upper', 'linear', 'ridge'] as const;

/**
 * Both minimise along `count` coordinates in turn and return the largest |change| · curvature; `weight` is that of the
 * absolute value. Coordinates without curvature stay where they are.
 *
 * `columns`: the slopes are linear + scale · B'v + ridge · value for v = B x, which changes; at `places` there is an i32, the
 * address of `length` doubles, for the column of each coordinate.
 *
 * `rows`: the slopes are scale · v + ridge · value, and v changes by rows of `length` doubles, `stride` bytes apart, which
 * begin at `matrix`; the number of the first coordinate in v is at `slope`. The i32 at `changes` counts those that change the side
 * of their kink, or come to a bound or leave it.
 */
export const emitDescent: Build<'columns' | 'rows'> = (module, { features }) => {
  const lanes = lanesOf('f64', features);
  const field = (at: Local<'i32'>, name: (typeof descentFields)[number]): Value<'f64'> => f64.load(at, 8 * descentFields.indexOf(name));

  /** Moves the coordinate, whose curvature times its value, less its slope, is `aim`, and then what depends on it. */
  const move = (body: Body, at: Local<'i32'>, aim: F64, curvature: Local<'f64'>, worst: Local<'f64'>, follow: (change: Local<'f64'>, from: Local<'f64'>, to: Local<'f64'>) => void): void => {
    const wish = body.let(aim as Value<'f64'>);
    const value = body.let(field(at, 'value'));
    const beyond = body.let(f64.sub(f64.abs(wish), field(at, 'weight')));
    // At its kink, and held there: no division for those.
    body.if(i32.or(f64.ne(value, 0), i32.eqz(f64.le(beyond, 0))), () => {
      const soft = f64.copysign(f64.max(beyond, 0), wish);
      const to = body.let(f64.max(field(at, 'lower'), f64.min(field(at, 'upper'), f64.div(soft, curvature))));
      const change = body.let(f64.sub(to, value));
      body.if(f64.ne(change, 0), () => {
        body.set(worst, f64.max(worst, f64.mul(f64.abs(change), curvature)));
        body.do(f64.store(at, to));
        follow(change, value, to);
      });
    });
  };
  /** Adds each of `rows` times its factor: what they are added to is read and written once for all. */
  const addRows = (body: Body, length: Local<'i32'>, rows: readonly (readonly [factor: F64, at: Value<'i32'>])[], to: Local<'i32'>): void => {
    const terms = rows.map(([factor, at]) => ({ splat: body.let(f64x2.splat(factor)), x: body.let(at) }));
    const y = body.let(i32.add(to, 0));
    stream(
      body,
      lanes,
      length,
      [...terms.map(({ x }) => x), y],
      4,
      (_, offset) => body.do(v128.store(y, terms.reduce<Value<'v128'>>((sum, { splat, x }) => lanes.madd(splat, v128.load(x, offset), sum), v128.load(y, offset)), offset)),
      () => body.do(f64.store(y, terms.reduce<Value<'f64'>>((sum, { splat, x }) => f64.add(sum, f64.mul(f64x2.lane(splat, 0), f64.load(x))), f64.load(y)))),
    );
  };
  module.function('columns', { count: 'i32', length: 'i32', fields: 'i32', places: 'i32', v: 'i32', scale: 'f64' }, 'f64', (body, { count, length, fields, places, v, scale }) => {
    const k = body.local('i32');
    const worst = body.local('f64');
    body.range(k, 0, count, 1, () => {
      const column = body.let(i32.load(places));
      const curvature = body.let(field(fields, 'curvature'));
      body.if(f64.gt(curvature, 0), () => {
        const sums = Array.from({ length: 4 }, () => body.let(v128.zero()));
        const rest = body.let(f64.const(0));
        const [x, y] = [body.let(i32.add(column, 0)), body.let(i32.add(v, 0))];
        stream(
          body,
          lanes,
          length,
          [x, y],
          4,
          (which, offset) => body.set(sums[which]!, lanes.madd(v128.load(x, offset), v128.load(y, offset), sums[which]!)),
          () => body.set(rest, f64.add(rest, f64.mul(f64.load(x), f64.load(y)))),
        );
        const total = body.let(f64x2.add(f64x2.add(sums[0]!, sums[1]!), f64x2.add(sums[2]!, sums[3]!)));
        const dot = f64.add(rest, lanes.sumLanes(total) as Value<'f64'>);
        const own = f64.mul(f64.sub(curvature, field(fields, 'ridge')), field(fields, 'value'));
        move(body, fields, f64.sub(own, f64.add(field(fields, 'linear'), f64.mul(scale, dot))), curvature, worst, (change) => addRows(body, length, [[change, column]], v));
      });
      body.set(places, i32.add(places, 4));
      body.set(fields, i32.add(fields, 8 * descentFields.length));
    });
    return worst;
  });
  module.function('rows', { count: 'i32', length: 'i32', fields: 'i32', matrix: 'i32', stride: 'i32', v: 'i32', slope: 'i32', changes: 'i32', scale: 'f64' }, 'f64', (body, { count, length, fields, matrix, stride, v, slope, changes, scale }) => {
    const k = body.local('i32');
    const worst = body.local('f64');
    // Every other move waits for the next, and v for its row, which is so far from v.
    const waiting = body.local('f64');
    const ahead = body.let(i32.sub(matrix, v));
    body.range(k, 0, count, 1, () => {
      const curvature = body.let(field(fields, 'curvature'));
      body.if(f64.gt(curvature, 0), () => {
        const own = f64.mul(f64.sub(curvature, field(fields, 'ridge')), field(fields, 'value'));
        const now = f64.add(f64.load(slope), f64.mul(waiting, f64.load(i32.add(ahead, slope))));
        move(body, fields, f64.sub(own, f64.mul(scale, now)), curvature, worst, (change, from, to) => {
          const reaches = (side: 'lower' | 'upper'): Value<'i32'> => i32.ne(f64.eq(from, field(fields, side)), f64.eq(to, field(fields, side)));
          const isKinked = body.let(f64.ne(field(fields, 'weight'), 0));
          const changesSide = i32.and(isKinked, f64.le(f64.mul(from, to), 0));
          const changesBound = i32.and(i32.eqz(isKinked), i32.or(reaches('lower'), reaches('upper')));
          body.do(i32.store(changes, i32.add(i32.load(changes), i32.or(changesSide, changesBound))));
          body.if(
            f64.ne(waiting, 0),
            () => {
              addRows(body, length, [[waiting, i32.add(ahead, v)], [change, matrix]], v);
              body.set(waiting, f64.const(0));
            },
            () => {
              body.set(waiting, change);
              body.set(ahead, i32.sub(matrix, v));
            },
          );
        });
      });
      body.set(matrix, i32.add(matrix, stride));
      body.set(slope, i32.add(slope, 8));
      body.set(fields, i32.add(fields, 8 * descentFields.length));
    });
    body.if(f64.ne(waiting, 0), () => addRows(body, length, [[waiting, i32.add(ahead, v)]], v));
    return worst;
  });
};
