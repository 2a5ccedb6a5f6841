// L D Lᵀ of quasi-definite matrices, dense and sparse, with pivots in the order given (Vanderbei 1995), and the sweeps
// over vectors that refinement makes between two solves.

import { f64, f64x2, i32, v128 } from './assembler.ts';
import type { Body, F64, I32, Local, Value } from './assembler.ts';
import { emitGemv } from './gemv.ts';
import { lanesOf } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import { locals } from './level1.ts';
import { stream } from './loops.ts';
import type { Build } from './machine.ts';
import { emitSparseFactors } from './sparse-factors.ts';
import type { KeepPivot } from './sparse-factors.ts';

/** A pivot has no digits left if it is below `noise` times the sum of its terms; `standIn` times that stands in for it. */
export interface LostPivot {
  readonly noise: number;
  readonly standIn: number;
}

export type QuasiDefiniteKernel = 'denseFactor' | 'denseSolve' | 'sparseFactor' | 'sparseSolve' | 'rest' | 'most' | 'plus' | 'times' | 'between' | 'scaled' | 'gemv' | 'gemvT';

/**
 * `denseFactor`: eliminates rows `last - 1` down to `first` of a lower triangle by rows, `step` bytes apart, from each
 * other and leaves those above to a product; rows become those of L. Signs, pivots and sizes of terms are doubles.
 * `sparseFactor`: columns `first` to `last - 1`, up-looking (Davis, Direct Methods for Sparse Linear Systems, ch. 4).
 * Both return how many pivots were replaced.
 *
 * `gemv`, `gemvT`: y += alpha A x or alpha Aᵀ x, without what `Blas` does round them. `plus`: to += x.
 * `rest`: right - diagonal ∘ x. `most`: max |x| ∘ weight, NaN if one is. `times`: x ∘ y. `between`: (x - y) ∘ weight.
 * `scaled`: rows of a matrix, each entry times a weight.
 */
export function emitQuasiDefinite({ noise, standIn }: LostPivot): Build<QuasiDefiniteKernel> {
  return (module, { features }) => {
    const lanes = lanesOf('f64', features);

    /** The pivot, or its replacement, which counts. */
    const kept: KeepPivot = (body, pivot, sign, size, replaced) => {
      body.if(i32.eqz(f64.gt(f64.mul(pivot, sign), f64.mul(noise, size))), () => {
        body.set(pivot, f64.mul(sign, f64.select(f64.gt(size, 0), f64.mul(standIn, size), 1)));
        body.set(replaced, i32.add(replaced, 1));
      });
    };
    const entry = (base: I32, i: I32): Value<'i32'> => i32.add(base, i32.shl(i, 3));

    module.function('denseFactor', { first: 'i32', last: 'i32', step: 'i32', a: 'i32', signs: 'i32', pivots: 'i32', sizes: 'i32' }, 'i32', (body, { first, last, step, a, signs, pivots, sizes }) => {
      const replaced = body.local('i32');
      const k = body.let(last);
      body.while(
        () => i32.gtS(k, first),
        () => {
          body.set(k, i32.sub(k, 1));
          const row = body.let(i32.add(a, i32.mul(k, step)));
          const pivot = body.let(f64.load(entry(row, k)));
          kept(body, pivot, f64.load(entry(signs, k)), f64.load(entry(sizes, k)), replaced);
          body.do(f64.store(entry(pivots, k), pivot));
          const inverse = body.let(f64.div(1, pivot));
          const i = body.let(first);
          body.while(
            () => i32.ltS(i, k),
            () => {
              const factor = body.let(f64.mul(f64.load(entry(row, i)), inverse));
              body.if(f64.ne(factor, 0), () => less(body, lanes, i32.add(i, 1), factor, row, i32.add(a, i32.mul(i, step))));
              body.set(i, i32.add(i, 1));
            },
          );
          const [from, size] = [body.let(row), body.let(sizes)];
          body.range(i, 0, k, 1, () => {
            const value = body.let(f64.load(from));
            const scaled = body.let(f64.mul(value, inverse));
            body.do(f64.store(size, f64.add(f64.load(size), f64.abs(f64.mul(value, scaled)))));
            body.do(f64.store(from, scaled));
            body.set(from, i32.add(from, 8));
            body.set(size, i32.add(size, 8));
          });
        },
      );
      return replaced;
    });

    module.function('denseSolve', { n: 'i32', step: 'i32', a: 'i32', pivots: 'i32', x: 'i32' }, 'none', (body, { n, step, a, pivots, x }) => {
      const k = body.let(n);
      const row = body.let(i32.add(a, i32.mul(n, step)));
      body.while(
        () => k,
        () => {
          body.set(k, i32.sub(k, 1));
          body.set(row, i32.sub(row, step));
          const value = body.let(f64.load(entry(x, k)));
          body.if(f64.ne(value, 0), () => less(body, lanes, k, value, row, x));
          body.do(f64.store(entry(x, k), f64.div(value, f64.load(entry(pivots, k)))));
        },
      );
      body.range(k, 0, n, 1, () => {
        const sum = dotOf(body, lanes, k, row, x);
        body.do(f64.store(entry(x, k), f64.sub(f64.load(entry(x, k)), sum)));
        body.set(row, i32.add(row, step));
      });
    });

    emitSparseFactors(module, kept);
    emitGemv(module, lanes);

    const sweep = (body: Body, n: Local<'i32'>, pointers: readonly Local<'i32'>[], vector: (offset: number) => void, single: () => void): void => stream(body, lanes, n, pointers, 2, (_, offset) => vector(offset), single);
    module.function('rest', { n: 'i32', right: 'i32', diagonal: 'i32', x: 'i32', to: 'i32' }, 'none', (body, { n, right, diagonal, x, to }) =>
      sweep(
        body,
        n,
        [right, diagonal, x, to],
        (at) => body.do(v128.store(to, f64x2.sub(v128.load(right, at), f64x2.mul(v128.load(diagonal, at), v128.load(x, at))), at)),
        () => body.do(f64.store(to, f64.sub(f64.load(right), f64.mul(f64.load(diagonal), f64.load(x))))),
      ),
    );
    module.function('most', { n: 'i32', x: 'i32', weight: 'i32' }, 'f64', (body, { n, x, weight }) => {
      const most = body.local('f64');
      body.while(
        () => n,
        () => {
          body.set(most, f64.max(most, f64.mul(f64.abs(f64.load(x)), f64.load(weight))));
          for (const pointer of [x, weight]) body.set(pointer, i32.add(pointer, 8));
          body.set(n, i32.sub(n, 1));
        },
      );
      return most;
    });
    module.function('plus', { n: 'i32', x: 'i32', to: 'i32' }, 'none', (body, { n, x, to }) =>
      sweep(
        body,
        n,
        [x, to],
        (at) => body.do(v128.store(to, f64x2.add(v128.load(to, at), v128.load(x, at)), at)),
        () => body.do(f64.store(to, f64.add(f64.load(to), f64.load(x)))),
      ),
    );
    module.function('times', { n: 'i32', x: 'i32', y: 'i32', to: 'i32' }, 'none', (body, { n, x, y, to }) =>
      sweep(
        body,
        n,
        [x, y, to],
        (at) => body.do(v128.store(to, f64x2.mul(v128.load(x, at), v128.load(y, at)), at)),
        () => body.do(f64.store(to, f64.mul(f64.load(x), f64.load(y)))),
      ),
    );
    module.function('between', { n: 'i32', x: 'i32', y: 'i32', weight: 'i32', to: 'i32' }, 'none', (body, { n, x, y, weight, to }) =>
      sweep(
        body,
        n,
        [x, y, weight, to],
        (at) => body.do(v128.store(to, f64x2.mul(f64x2.sub(v128.load(x, at), v128.load(y, at)), v128.load(weight, at)), at)),
        () => body.do(f64.store(to, f64.mul(f64.sub(f64.load(x), f64.load(y)), f64.load(weight)))),
      ),
    );
    const steps = { weight: 'i32', weightRow: 'i32', weightCol: 'i32' } as const;
    module.function('scaled', { rows: 'i32', cols: 'i32', from: 'i32', step: 'i32', ...steps, to: 'i32' }, 'none', (body, { rows, cols, from, step, weight, weightRow, weightCol, to }) => {
      const [i, j, w, at] = locals(body, 4) as [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>];
      body.range(i, 0, rows, 1, () => {
        body.set(w, weight);
        body.set(at, from);
        body.range(j, 0, cols, 1, () => {
          body.do(f64.store(to, f64.mul(f64.load(at), f64.load(w))));
          body.set(w, i32.add(w, weightCol));
          for (const pointer of [at, to]) body.set(pointer, i32.add(pointer, 8));
        });
        body.set(weight, i32.add(weight, weightRow));
        body.set(from, i32.add(from, step));
      });
    });
  };
}

/** to -= factor · from, for so many elements. */
function less(body: Body, lanes: Lanes, count: I32, factor: F64, from: Value<'i32'>, to: Value<'i32'>): void {
  const splat = body.let(f64x2.splat(factor));
  const [x, y] = [body.let(from), body.let(to)];
  stream(
    body,
    lanes,
    count,
    [x, y],
    4,
    (_, offset) => body.do(v128.store(y, lanes.nmadd(splat, v128.load(x, offset), v128.load(y, offset)), offset)),
    () => body.do(f64.store(y, f64.sub(f64.load(y), f64.mul(f64x2.lane(splat, 0), f64.load(x))))),
  );
}

function dotOf(body: Body, lanes: Lanes, count: I32, left: Value<'i32'>, right: Value<'i32'>): Local<'f64'> {
  const sums = Array.from({ length: 4 }, () => body.let(v128.zero()));
  const rest = body.let(f64.const(0));
  const [x, y] = [body.let(left), body.let(right)];
  stream(
    body,
    lanes,
    count,
    [x, y],
    4,
    (which, offset) => body.set(sums[which]!, lanes.madd(v128.load(x, offset), v128.load(y, offset), sums[which]!)),
    () => body.set(rest, f64.add(rest, f64.mul(f64.load(x), f64.load(y)))),
  );
  const total = body.let(f64x2.add(f64x2.add(sums[0]!, sums[1]!), f64x2.add(sums[2]!, sums[3]!)));
  return body.let(f64.add(rest, f64.add(f64x2.lane(total, 0), f64x2.lane(total, 1))));
}
