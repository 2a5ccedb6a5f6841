// What large arrays in linear memory are like: their range, whether all numbers are finite, and how far a square matrix is
// from its transpose. Both at once, while a matrix is brought there, reads it a single time.

import { f64, f64x2, i32, v128 } from './assembler.ts';
import type { Local, Value } from './assembler.ts';
import { lanesOf } from './lanes.ts';
import { locals } from './level1.ts';
import { stream } from './loops.ts';
import type { Build, Machine } from './machine.ts';

export interface Range {
  readonly least: number;
  readonly most: number;
  readonly isFinite: boolean;
}

// Elements of a call, and of the block that its results are in.
const chunk = 1 << 14;
const results = 6;

/** Of `count` doubles at an address; the range passes over what is not a number. */
export function rangeOf(machine: Machine, at: number, count: number): Range {
  const { memory } = machine.context;
  const { range } = machine.linked(emitSurvey);
  return memory.temporary(results * 8, (out) => {
    memory.doubles(out, results).set([Infinity, Infinity, -Infinity, -Infinity, 0, 0]);
    for (let from = 0; from < count; from += chunk) range(Math.min(chunk, count - from), at + from * 8, out);
    const [a, b, c, d, e, f] = memory.doubles(out, results) as unknown as [number, number, number, number, number, number];
    return { least: Math.min(a, b), most: Math.max(c, d), isFinite: e + f === 0 };
  });
}

// Tall tiles: the rows that are read across are short pieces of few, the columns long ones.
const tallest = 128;
const widest = 8;

export interface SquareSurvey {
  /** The Frobenius norm of the lower triangle of A - A', in which tiles that meet the diagonal count whole. */
  readonly asymmetry: number;
  /** Of all entries. */
  readonly range: Range;
}

/** Of a square matrix by rows; `bring` puts some of the rows to the address, from the first to before the second, in their order. */
export function squareSurvey(machine: Machine, at: number, n: number, bring: (from: number, to: number) => void = () => {}): SquareSurvey {
  const { memory } = machine.context;
  const { mirrored } = machine.linked(emitSurvey);
  const below = memory.temporary(4 * 8, (out) => {
    memory.doubles(out, 4).set([Infinity, Infinity, -Infinity, -Infinity]);
    let squares = 0;
    for (let top = 0; top < n; top += tallest) {
      const height = Math.min(tallest, n - top);
      bring(top, top + height);
      for (let left = 0; left < top + height; left += widest) squares += mirrored(height, Math.min(widest, n - left), at + (top * n + left) * 8, at + (left * n + top) * 8, n * 8, out);
    }
    const [a, b, c, d] = memory.doubles(out, 4) as unknown as [number, number, number, number];
    return { squares, least: Math.min(a, b), most: Math.max(c, d) };
  });
  // Where the triangles are equal, and their differences numbers, one of them tells of all.
  const range = below.squares === 0 ? { least: below.least, most: below.most, isFinite: true } : rangeOf(machine, at, n * n);
  return { asymmetry: Math.sqrt(below.squares), range };
}

const emitSurvey: Build<'range' | 'mirrored'> = (module, { features }) => {
  const lanes = lanesOf('f64', features);
  // Six numbers at `out` take part: least, most, and what is zero for finite numbers, by lanes.
  module.function('range', { count: 'i32', x: 'i32', out: 'i32' }, 'none', (body, { count, x, out }) => {
    const least = Array.from({ length: 4 }, () => body.let(v128.load(out)));
    const most = Array.from({ length: 4 }, () => body.let(v128.load(out, 16)));
    const odd = Array.from({ length: 4 }, () => body.local('v128'));
    const see = (k: number, value: ReturnType<typeof v128.load>): void => {
      const one = body.let(value);
      body.set(least[k]!, f64x2.pmin(least[k]!, one));
      body.set(most[k]!, f64x2.pmax(most[k]!, one));
      body.set(odd[k]!, f64x2.add(odd[k]!, f64x2.sub(one, one)));
    };
    stream(body, lanes, count, [x], 4, (k, offset) => see(k, v128.load(x, offset)), () => see(0, v128.load64Splat(x)));
    const joined = (parts: typeof odd, join: typeof f64x2.add): (typeof odd)[number] => parts.reduce((a, b) => body.let(join(a, b)));
    body.do(v128.store(out, joined(least, f64x2.pmin)));
    body.do(v128.store(out, joined(most, f64x2.pmax), 16));
    body.do(v128.store(out, f64x2.add(v128.load(out, 32), joined(odd, f64x2.add)), 32));
  });
  // Σ (A[i, j] - B[j, i])², both with `step` bytes from row to row: squares of two by two, and what is left one by one.
  // Four numbers at `out` take part in the range of A: least and most, by lanes.
  module.function('mirrored', { rows: 'i32', cols: 'i32', a: 'i32', b: 'i32', step: 'i32', out: 'i32' }, 'f64', (body, { rows, cols, a, b, step, out }) => {
    const least = Array.from({ length: 2 }, () => body.let(v128.load(out)));
    const most = Array.from({ length: 2 }, () => body.let(v128.load(out, 16)));
    const see = (k: number, one: Local<'v128'>): void => {
      body.set(least[k]!, f64x2.pmin(least[k]!, one));
      body.set(most[k]!, f64x2.pmax(most[k]!, one));
    };
    const [i, at, other, left] = locals(body, 4) as [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>];
    const sums = Array.from({ length: 2 }, () => body.local('v128'));
    const [rest, gap] = [body.local('f64'), body.local('f64')];
    const single = (from: Local<'i32'>, to: Local<'i32'>, down = 0, right = 0): void => {
      const mine = down === 0 ? from : i32.add(from, step);
      const its = right === 0 ? to : i32.add(to, step);
      see(0, body.let(v128.load64Splat(mine, 8 * right)));
      body.set(gap, f64.sub(f64.load(mine, 8 * right), f64.load(its, 8 * down)));
      body.set(rest, f64.add(rest, f64.mul(gap, gap)));
    };
    const along = (width: number, visit: () => void): void =>
      body.while(
        () => i32.geU(left, width),
        () => {
          visit();
          body.set(at, i32.add(at, 8 * width));
          body.set(other, i32.add(other, i32.mul(step, width)));
          body.set(left, i32.sub(left, width));
        },
      );
    const begin = (): void => {
      body.set(at, i32.add(a, i32.mul(i, step)));
      body.set(other, i32.add(b, i32.mul(i, 8)));
      body.set(left, i32.add(cols, 0));
    };
    const even = body.let(i32.and(rows, -2));
    body.range(i, 0, even, 2, () => {
      begin();
      along(2, () => {
        const [upper, lower] = [body.let(v128.load(other)), body.let(v128.load(i32.add(other, step)))];
        const turned = [v128.shuffle(upper, lower, firstLanes), v128.shuffle(upper, lower, secondLanes)];
        turned.forEach((column, k) => {
          const mine = body.let(v128.load(k === 0 ? at : i32.add(at, step)));
          see(k, mine);
          const difference = body.let(f64x2.sub(mine, column));
          body.set(sums[k]!, lanes.madd(difference, difference, sums[k]!));
        });
      });
      along(1, () => {
        single(at, other);
        single(at, other, 1);
      });
    });
    body.if(i32.ltU(even, rows), () => {
      body.set(i, i32.add(even, 0));
      begin();
      along(1, () => single(at, other));
    });
    body.do(v128.store(out, f64x2.pmin(least[0]!, least[1]!)));
    body.do(v128.store(out, f64x2.pmax(most[0]!, most[1]!), 16));
    return f64.add(rest, lanes.sumLanes(body.let(f64x2.add(sums[0]!, sums[1]!))) as Value<'f64'>);
  });
};

// Of two vectors, bytes of the first doubles and of the second ones.
const firstLanes = [...Array(8).keys(), ...Array.from({ length: 8 }, (_, k) => 16 + k)];
const secondLanes = [...Array.from({ length: 8 }, (_, k) => 8 + k), ...Array.from({ length: 8 }, (_, k) => 24 + k)];
