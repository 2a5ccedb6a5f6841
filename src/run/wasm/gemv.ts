// Matrix times vector, rows of neighbouring elements `step` bytes apart; bound by memory, so each row is read once.

import { i32, v128 } from './assembler.ts';
import type { Body, FunctionRef, Local, ModuleBuilder } from './assembler.ts';
import type { Lanes } from './lanes.ts';
import { locals } from './level1.ts';
import { stream } from './loops.ts';

/** Rows taken together: as many streams as the hardware fetches ahead well, and as sums fit registers. */
const ROWS: readonly number[] = [8, 4, 1];
/**
 * Short rows that are taken together lie this many rows apart, or a smaller odd number: streams from pages of their own are fetched ahead
 * better than one. Odd, or they would meet in the same few lines of the cache.
 */
const APART = 41;
/** From here on neighbouring rows are as far apart as that, in bytes. */
const LONG = 4096;
/** Neighbouring vectors of a row taken at once: a line of the cache, so that it is used up before it is lost. */
const LINE = 4;

export function emitGemv(module: ModuleBuilder, lanes: Lanes): void {
  const { real, bytes } = lanes;
  const params = { rows: 'i32', cols: 'i32', alpha: real, a: 'i32', step: 'i32', x: 'i32', y: 'i32' } as const;
  const [dots, sums] = [ROWS.map((count) => emitDots(module, lanes, count)), ROWS.map((count) => emitSums(module, lanes, count))];
  // y += alpha A x
  module.function('gemv', params, 'none', (body, { rows, cols, alpha, a, step, x, y }) => {
    const [apart, i] = locals(body, 2) as [Local<'i32'>, Local<'i32'>];
    const whileRows = (count: number, callee: FunctionRef<'none'>): void =>
      body.while(
        () => i32.geU(rows, count),
        () => {
          body.set(apart, i32.divU(rows, count));
          body.if(i32.geU(apart, APART), () => body.set(apart, i32.const(APART)));
          body.if(i32.geU(step, LONG), () => body.set(apart, i32.const(1)));
          body.set(apart, i32.or(i32.sub(apart, 1), 1));
          body.range(i, 0, apart, 1, () => body.call(callee, cols, alpha, i32.add(a, i32.mul(i, step)), i32.mul(apart, step), x, i32.add(y, i32.mul(i, bytes)), i32.mul(apart, bytes)));
          body.set(a, i32.add(a, i32.mul(i32.mul(apart, step), count)));
          body.set(y, i32.add(y, i32.mul(apart, count * bytes)));
          body.set(rows, i32.sub(rows, i32.mul(apart, count)));
        },
      );
    ROWS.forEach((count, k) => whileRows(count, dots[k]!));
  });
  // y += alpha Aᵀ x
  module.function('gemvT', params, 'none', (body, { rows, cols, alpha, a, step, x, y }) => {
    const whileRows = (count: number, callee: FunctionRef<'none'>): void =>
      body.while(
        () => i32.geU(rows, count),
        () => {
          body.call(callee, cols, alpha, a, step, x, y);
          body.set(a, i32.add(a, i32.mul(step, count)));
          body.set(x, i32.add(x, count * bytes));
          body.set(rows, i32.sub(rows, count));
        },
      );
    ROWS.forEach((count, k) => whileRows(count, sums[k]!));
  });
}

/** A line of each row at a time, then `vector` and `single` for the rest; the pointers move on. */
function byLines(
  body: Body,
  lanes: Lanes,
  cols: Local<'i32'>,
  pointers: readonly Local<'i32'>[],
  line: () => void,
  vector: () => void,
  single: () => void,
): void {
  const left = body.let(i32.add(cols, 0));
  body.while(
    () => i32.geU(left, LINE * lanes.lanes),
    () => {
      line();
      for (const pointer of pointers) body.set(pointer, i32.add(pointer, LINE * 16));
      body.set(left, i32.sub(left, LINE * lanes.lanes));
    },
  );
  stream(body, lanes, left, pointers, 1, vector, single);
}

/** y_i += alpha A_i · x for `count` rows, `step` bytes apart, with results `apart` bytes from each other. */
function emitDots(module: ModuleBuilder, lanes: Lanes, count: number): FunctionRef<'none'> {
  const { real, scalar } = lanes;
  // A single row needs several sums, so that additions do not wait for each other.
  const sums = count === 1 ? LINE : 1;
  return module.function(
    `dots${count}`,
    { cols: 'i32', alpha: real, a: 'i32', step: 'i32', x: 'i32', y: 'i32', apart: 'i32' },
    'none',
    (body, { cols, alpha, a, step, x, y, apart }) => {
      const rows = rowPointers(locals(body, count), a, step, (row, to) => body.set(row, to));
      const parts = Array.from({ length: LINE }, () => body.local('v128'));
      const total = rows.map(() => Array.from({ length: sums }, () => body.local('v128')));
      const rest = rows.map(() => body.local(real));
      const vectors = (width: number): void => {
        for (let u = 0; u < width; u++) body.set(parts[u]!, v128.load(x, 16 * u));
        rows.forEach((row, i) => {
          for (let u = 0; u < width; u++) {
            const sum = total[i]![u % sums]!;
            body.set(sum, lanes.madd(v128.load(row, 16 * u), parts[u]!, sum));
          }
        });
      };
      byLines(
        body,
        lanes,
        cols,
        [x, ...rows],
        () => vectors(LINE),
        () => vectors(1),
        () =>
          rows.forEach((row, i) =>
            body.set(rest[i]!, scalar.add(rest[i]!, scalar.mul(scalar.load(row), scalar.load(x)))),
          ),
      );
      rows.forEach((_, i) => {
        const [first, ...others] = total[i]!;
        for (const other of others) body.set(first!, lanes.add(first!, other));
        const dot = scalar.add(lanes.sumLanes(first!), rest[i]!);
        body.do(scalar.store(y, scalar.add(scalar.load(y), scalar.mul(alpha, dot))));
        if (i + 1 < count) body.set(y, i32.add(y, apart));
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
      const sums = Array.from({ length: LINE }, () => body.local('v128'));
      const vectors = (width: number): void => {
        for (let u = 0; u < width; u++) body.set(sums[u]!, v128.load(y, 16 * u));
        rows.forEach((row, i) => {
          for (let u = 0; u < width; u++) body.set(sums[u]!, lanes.madd(splats[i]!, v128.load(row, 16 * u), sums[u]!));
        });
        for (let u = 0; u < width; u++) body.do(v128.store(y, sums[u]!, 16 * u));
      };
      byLines(
        body,
        lanes,
        cols,
        [y, ...rows],
        () => vectors(LINE),
        () => vectors(1),
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
