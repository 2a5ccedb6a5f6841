// How far a row of a matrix is from values of a kernel function of points: the sum of squared differences, four vectors of
// entries at a time, with the points stored coordinate by coordinate.

import { f64x2, i32, v128 } from './assembler.ts';
import type { Body, Local, Value } from './assembler.ts';
import { elementary } from './elementary.ts';
import { lanesOf } from './lanes.ts';
import { locals } from './level1.ts';
import type { Build } from './machine.ts';
import type { Kept } from './site.ts';

/** `products`: (p·q)^power; `gaussian`: v w exp(-|p - q|²); `laplacian`: v w exp(-|p - q|). */
export type LikenessKernel = 'products' | 'gaussian' | 'laplacian';

/** What the points are multiplied with before they are handed over, so that exp is a power of two. */
export const likenessScale: Readonly<Record<LikenessKernel, number>> = { products: 1, gaussian: Math.sqrt(Math.LOG2E), laplacian: Math.LOG2E };

/** Entries that one turn compares: rows, points and weights have a multiple of so many. */
export const LIKENESS_STRIP = 16;

const params = { count: 'i32', dims: 'i32', row: 'i32', points: 'i32', step: 'i32', own: 'i32', weights: 'i32', weight: 'f64', power: 'i32' } as const;

/**
 * Each takes the number of entries and of coordinates, the address of the row, of the points with `step` bytes from one
 * coordinate to the next, of the own point, of the weights, and the own weight.
 */
export const emitLikeness: Build<LikenessKernel> = (module, { constants, features }, host) => {
  const lanes = lanesOf('f64', features);
  type Taken = { readonly [K in keyof typeof params]: Local<(typeof params)[K]> };
  /** `join` takes a coordinate of the own point and one of each other into the sums, `finish` makes values of them. */
  const emit = (name: LikenessKernel, join: (sum: Local<'v128'>, mine: Local<'v128'>, other: Value<'v128'>, body: Body) => void, finish: (sums: Kept, body: Body, taken: Taken, first: number) => Kept): void => {
    module.function(name, params, 'f64', (body, taken) => {
      const { count, dims, row, points, step, own } = taken;
      const [at, mineAt, k] = locals(body, 3) as [Local<'i32'>, Local<'i32'>, Local<'i32'>];
      const sums = Array.from({ length: LIKENESS_STRIP / 2 }, () => body.local('v128'));
      const totals = [body.local('v128'), body.local('v128')];
      const mine = body.local('v128');
      body.while(
        () => count,
        () => {
          for (const sum of sums) body.set(sum, v128.zero());
          body.set(at, i32.add(points, 0));
          body.set(mineAt, i32.add(own, 0));
          body.range(k, 0, dims, 1, () => {
            body.set(mine, lanes.loadSplat(mineAt));
            sums.forEach((sum, v) => join(sum, mine, v128.load(at, 16 * v), body));
            body.set(at, i32.add(at, step));
            body.set(mineAt, i32.add(mineAt, 8));
          });
          for (let v = 0; v < sums.length; v += 2) {
            finish(sums.slice(v, v + 2), body, taken, v).forEach((value, u) => {
              body.set(value, f64x2.sub(v128.load(row, 16 * (v + u)), value));
              body.set(totals[u]!, lanes.madd(value, value, totals[u]!));
            });
          }
          for (const moving of [row, points, taken.weights]) body.set(moving, i32.add(moving, 8 * LIKENESS_STRIP));
          body.set(count, i32.sub(count, LIKENESS_STRIP));
        },
      );
      return lanes.sumLanes(body.let(f64x2.add(totals[0]!, totals[1]!))) as Value<'f64'>;
    });
  };
  const far = (sum: Local<'v128'>, mine: Local<'v128'>, other: Value<'v128'>, body: Body): void => {
    const gap = body.let(f64x2.sub(mine, other));
    body.set(sum, lanes.madd(gap, gap, sum));
  };
  const weighted = (values: Kept, body: Body, { weights, weight }: Taken, first: number): Kept => {
    const splat = body.let(f64x2.splat(weight));
    return values.map((value, v) => body.let(f64x2.mul(value, f64x2.mul(splat, v128.load(weights, 16 * (first + v))))));
  };
  emit(
    'products',
    (sum, mine, other, body) => body.set(sum, lanes.madd(mine, other, sum)),
    (sums, body, { power }) => {
      const values = sums.map((sum) => body.let(sum));
      const left = body.let(i32.sub(power, 1));
      body.while(
        () => left,
        () => {
          values.forEach((value, v) => body.set(value, f64x2.mul(value, sums[v]!)));
          body.set(left, i32.sub(left, 1));
        },
      );
      return values;
    },
  );
  emit('gaussian', far, (sums, body, taken, first) => weighted(elementary({ body, constants, features, host }).exp2NegRough(sums), body, taken, first));
  emit('laplacian', far, (sums, body, taken, first) => weighted(elementary({ body, constants, features, host }).exp2NegRough(sums.map((sum) => f64x2.sqrt(sum))), body, taken, first));
};
