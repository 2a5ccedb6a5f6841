// Matrix times vector, rows of neighbouring elements `step` bytes apart; bound by memory, so each row is read once.

import { i32, v128 } from './assembler.ts';
import type { FunctionRef, Local, ModuleBuilder } from './assembler.ts';
import type { Lanes } from './lanes.ts';
import { locals } from './level1.ts';
import { stream } from './loops.ts';

/** Rows taken together while the matrix may lie in a cache: fewer loads of the vector. */
const ROWS = 4;
/** Beyond so many bytes one stream at a time is faster: it is what the hardware fetches ahead best. */
const CACHED = 12 << 20;

export function emitGemv(module: ModuleBuilder, lanes: Lanes): void {
  // y += alpha A x; y += alpha Aᵀ x
  emitByRows(module, lanes, 'gemv', emitDots(module, lanes, ROWS), emitDots(module, lanes, 1));
  emitByRows(module, lanes, 'gemvT', emitSums(module, lanes, ROWS), emitSums(module, lanes, 1));
}

function emitByRows(
  module: ModuleBuilder,
  { real, bytes }: Lanes,
  name: 'gemv' | 'gemvT',
  several: FunctionRef<'none'>,
  single: FunctionRef<'none'>,
): void {
  const params = { rows: 'i32', cols: 'i32', alpha: real, a: 'i32', step: 'i32', x: 'i32', y: 'i32' } as const;
  module.function(name, params, 'none', (body, { rows, cols, alpha, a, step, x, y }) => {
    // The vector with one entry a row.
    const along = name === 'gemv' ? y : x;
    const whileRows = (count: number, callee: FunctionRef<'none'>): void =>
      body.while(
        () => i32.geU(rows, count),
        () => {
          body.call(callee, cols, alpha, a, step, x, y);
          body.set(a, i32.add(a, i32.mul(step, count)));
          body.set(along, i32.add(along, count * bytes));
          body.set(rows, i32.sub(rows, count));
        },
      );
    body.if(i32.leU(i32.mul(i32.mul(rows, cols), bytes), CACHED), () => whileRows(ROWS, several));
    whileRows(1, single);
  });
}

/** y_i += alpha A_i · x for `count` rows. */
function emitDots(module: ModuleBuilder, lanes: Lanes, count: number): FunctionRef<'none'> {
  const { real, bytes, scalar } = lanes;
  const unroll = count === 1 ? 8 : 2;
  return module.function(
    `dots${count}`,
    { cols: 'i32', alpha: real, a: 'i32', step: 'i32', x: 'i32', y: 'i32' },
    'none',
    (body, { cols, alpha, a, step, x, y }) => {
      const rows = rowPointers(locals(body, count), a, step, (row, to) => body.set(row, to));
      const part = body.local('v128');
      const total = rows.map(() => Array.from({ length: unroll }, () => body.local('v128')));
      const rest = rows.map(() => body.local(real));
      stream(
        body,
        lanes,
        cols,
        [x, ...rows],
        unroll,
        (which, offset) => {
          body.set(part, v128.load(x, offset));
          rows.forEach((row, i) => {
            const sum = total[i]![which]!;
            body.set(sum, lanes.madd(v128.load(row, offset), part, sum));
          });
        },
        () =>
          rows.forEach((row, i) =>
            body.set(rest[i]!, scalar.add(rest[i]!, scalar.mul(scalar.load(row), scalar.load(x)))),
          ),
      );
      rows.forEach((_, i) => {
        const [first, ...others] = total[i]!;
        for (const other of others) body.set(first!, lanes.add(first!, other));
        const dot = scalar.add(lanes.sumLanes(first!), rest[i]!);
        body.do(scalar.store(y, scalar.add(scalar.load(y, i * bytes), scalar.mul(alpha, dot)), i * bytes));
      });
    },
  );
}

/** y += alpha Σ x_i A_i over `count` rows. */
function emitSums(module: ModuleBuilder, lanes: Lanes, count: number): FunctionRef<'none'> {
  const { real, bytes, scalar } = lanes;
  return module.function(
    `sums${count}`,
    { cols: 'i32', alpha: real, a: 'i32', step: 'i32', x: 'i32', y: 'i32' },
    'none',
    (body, { cols, alpha, a, step, x, y }) => {
      const rows = rowPointers(locals(body, count), a, step, (row, to) => body.set(row, to));
      const factors = rows.map((_, i) => body.let(scalar.mul(alpha, scalar.load(x, i * bytes))));
      const splats = factors.map((factor) => body.let(lanes.splat(factor)));
      const sum = body.local('v128');
      stream(
        body,
        lanes,
        cols,
        [y, ...rows],
        count === 1 ? 4 : 2,
        (_, offset) => {
          body.set(sum, v128.load(y, offset));
          rows.forEach((row, i) => body.set(sum, lanes.madd(splats[i]!, v128.load(row, offset), sum)));
          body.do(v128.store(y, sum, offset));
        },
        () => {
          const terms = rows.map((row, i) => scalar.mul(factors[i]!, scalar.load(row)));
          body.do(scalar.store(y, terms.reduce(scalar.add, scalar.load(y))));
        },
      );
    },
  );
}

function rowPointers(
  rows: readonly Local<'i32'>[],
  first: Local<'i32'>,
  step: Local<'i32'>,
  set: (row: Local<'i32'>, to: ReturnType<typeof i32.add>) => void,
): readonly Local<'i32'>[] {
  rows.forEach((row, i) => set(row, i === 0 ? i32.add(first, 0) : i32.add(rows[i - 1]!, step)));
  return rows;
}
