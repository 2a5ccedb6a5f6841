// Vector kernels: neighbouring elements unless a stride (in bytes) is among the parameters.

import { i32, v128 } from './assembler.ts';
import type { Body, I32, Local, ModuleBuilder, V128, Value } from './assembler.ts';
import type { Lanes, Scalar } from './lanes.ts';
import { stream } from './loops.ts';

const UNROLL = 4;

export function emitLevel1(module: ModuleBuilder, lanes: Lanes): void {
  const { real, bytes, scalar } = lanes;

  /** Every term joined into UNROLL independent vectors, which are joined at the end. */
  const reduction = (
    name: string,
    operands: 1 | 2,
    vector: (sum: V128, x: V128, y: V128) => V128,
    single: (sum: Scalar, x: Scalar, y: Scalar) => Scalar,
    join: readonly [(a: V128, b: V128) => V128, (a: Scalar, b: Scalar) => Scalar] = [lanes.add, scalar.add],
  ): void => {
    module.function(name, { n: 'i32', x: 'i32', y: 'i32' }, real, (body, { n, x, y }) => {
      const sums = Array.from({ length: UNROLL }, () => body.local('v128'));
      const rest = body.local(real);
      stream(
        body,
        lanes,
        n,
        operands === 1 ? [x] : [x, y],
        UNROLL,
        (which, offset) => body.set(sums[which]!, vector(sums[which]!, v128.load(x, offset), v128.load(y, offset))),
        () => body.set(rest, single(rest, scalar.load(x), scalar.load(y))),
      );
      const total = body.let(sums.map((sum): V128 => sum).reduce(join[0]));
      const inLanes = Array.from({ length: lanes.lanes }, (_, i) => lanes.lane(total, i));
      return [...inLanes, rest].reduce(join[1]);
    });
  };
  // NaN is passed over: b > a ? b : a.
  const larger = (a: Scalar, b: Scalar): Scalar => scalar.select(scalar.gt(b, a), b, a);

  reduction(
    'dot',
    2,
    (sum, x, y) => lanes.madd(x, y, sum),
    (sum, x, y) => scalar.add(sum, scalar.mul(x, y)),
  );
  reduction('sum', 1, lanes.add, scalar.add);
  reduction(
    'asum',
    1,
    (sum, x) => lanes.add(sum, lanes.abs(x)),
    (sum, x) => scalar.add(sum, scalar.abs(x)),
  );
  reduction(
    'amax',
    1,
    (sum, x) => lanes.pmax(sum, lanes.abs(x)),
    (sum, x) => larger(sum, scalar.abs(x)),
    [lanes.pmax, larger],
  );

  module.function('axpy', { n: 'i32', a: real, x: 'i32', y: 'i32' }, 'none', (body, { n, a, x, y }) => {
    const factor = body.let(lanes.splat(a));
    stream(
      body,
      lanes,
      n,
      [x, y],
      UNROLL,
      (_, offset) => body.do(v128.store(y, lanes.madd(factor, v128.load(x, offset), v128.load(y, offset)), offset)),
      () => body.do(scalar.store(y, scalar.add(scalar.load(y), scalar.mul(a, scalar.load(x))))),
    );
  });

  module.function('scal', { n: 'i32', a: real, x: 'i32' }, 'none', (body, { n, a, x }) => {
    const factor = body.let(lanes.splat(a));
    stream(
      body,
      lanes,
      n,
      [x],
      UNROLL,
      (_, offset) => body.do(v128.store(x, lanes.mul(factor, v128.load(x, offset)), offset)),
      () => body.do(scalar.store(x, scalar.mul(a, scalar.load(x)))),
    );
  });

  module.function('fill', { n: 'i32', a: real, x: 'i32' }, 'none', (body, { n, a, x }) => {
    const value = body.let(lanes.splat(a));
    stream(
      body,
      lanes,
      n,
      [x],
      UNROLL,
      (_, offset) => body.do(v128.store(x, value, offset)),
      () => body.do(scalar.store(x, a)),
    );
  });

  module.function('swap', { n: 'i32', x: 'i32', y: 'i32' }, 'none', (body, { n, x, y }) => {
    const [held, one] = [body.local('v128'), body.local(real)];
    stream(
      body,
      lanes,
      n,
      [x, y],
      2,
      (_, offset) => {
        body.set(held, v128.load(x, offset));
        body.do(v128.store(x, v128.load(y, offset), offset));
        body.do(v128.store(y, held, offset));
      },
      () => {
        body.set(one, scalar.load(x));
        body.do(scalar.store(x, scalar.load(y)));
        body.do(scalar.store(y, one));
      },
    );
  });

  /** (x, y) ← (c x + s y, c y - s x) */
  module.function('rot', { n: 'i32', x: 'i32', y: 'i32', c: real, s: real }, 'none', (body, { n, x, y, c, s }) => {
    const [cc, ss] = [body.let(lanes.splat(c)), body.let(lanes.splat(s))];
    const [a, b] = [body.local('v128'), body.local('v128')];
    const [a1, b1] = [body.local(real), body.local(real)];
    stream(
      body,
      lanes,
      n,
      [x, y],
      2,
      (_, offset) => {
        body.set(a, v128.load(x, offset));
        body.set(b, v128.load(y, offset));
        body.do(v128.store(x, lanes.madd(cc, a, lanes.mul(ss, b)), offset));
        body.do(v128.store(y, lanes.nmadd(ss, a, lanes.mul(cc, b)), offset));
      },
      () => {
        body.set(a1, scalar.load(x));
        body.set(b1, scalar.load(y));
        body.do(scalar.store(x, scalar.add(scalar.mul(c, a1), scalar.mul(s, b1))));
        body.do(scalar.store(y, scalar.sub(scalar.mul(c, b1), scalar.mul(s, a1))));
      },
    );
  });

  /** y ← a x, elements `xStep` and `yStep` bytes apart. */
  module.function(
    'copyStrided',
    { n: 'i32', a: real, x: 'i32', xStep: 'i32', y: 'i32', yStep: 'i32' },
    'none',
    (body, { n, a, x, xStep, y, yStep }) => {
      body.while(
        () => n,
        () => {
          body.do(scalar.store(y, scalar.mul(a, scalar.load(x))));
          body.set(x, i32.add(x, xStep));
          body.set(y, i32.add(y, yStep));
          body.set(n, i32.sub(n, 1));
        },
      );
    },
  );

  /** Index of the first element of largest magnitude, `step` bytes apart; NaN is passed over. */
  module.function('iamax', { n: 'i32', x: 'i32', step: 'i32' }, 'i32', (body, { n, x, step }) => {
    const [index, best] = [body.local('i32'), body.local('i32')];
    const [top, size] = [body.let(scalar.const(-1)), body.local(real)];
    body.range(index, 0, n, 1, () => {
      body.set(size, scalar.abs(scalar.load(x)));
      body.if(scalar.gt(size, top), () => {
        body.set(top, size);
        body.set(best, index);
      });
      body.set(x, i32.add(x, step));
    });
    return best;
  });

  // B (cols × rows) ← Aᵀ, in 8×8 blocks so that lines are used whole.
  module.function(
    'transpose',
    { rows: 'i32', cols: 'i32', a: 'i32', aStep: 'i32', b: 'i32', bStep: 'i32' },
    'none',
    (body, { rows, cols, a, aStep, b, bStep }) => {
      const [i0, j0, i, j, iEnd, jEnd] = locals(body, 6);
      const [from, to] = locals(body, 2);
      body.range(i0!, 0, rows, 8, () => {
        body.set(iEnd!, least(i32.add(i0!, 8), rows));
        body.range(j0!, 0, cols, 8, () => {
          body.set(jEnd!, least(i32.add(j0!, 8), cols));
          body.range(i!, i0!, iEnd!, 1, () => {
            body.set(from!, i32.add(i32.add(a, i32.mul(i!, aStep)), i32.mul(j0!, bytes)));
            body.set(to!, i32.add(i32.add(b, i32.mul(j0!, bStep)), i32.mul(i!, bytes)));
            body.range(j!, j0!, jEnd!, 1, () => {
              body.do(scalar.store(to!, scalar.load(from!)));
              body.set(from!, i32.add(from!, bytes));
              body.set(to!, i32.add(to!, bStep));
            });
          });
        });
      });
    },
  );
}

export function locals(body: Body, count: number): Local<'i32'>[] {
  return Array.from({ length: count }, () => body.local('i32'));
}

export function least(a: I32, b: I32): Value<'i32'> {
  return i32.select(i32.ltU(a, b), a, b);
}
