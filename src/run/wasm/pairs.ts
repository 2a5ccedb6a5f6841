// The two passes of sequential minimal optimisation over slopes and rows of a second derivative. Arrays have a multiple of
// PAIRS_STRIP doubles; beyond the last variable nothing may move. A row that is read for the first time lies anywhere in a
// large matrix, so a number of each line of the cache is asked for before the row is worked on: many are then under way at
// once, where a pass waits for one after the other.

import { f64, f64x2, i32, v128 } from './assembler.ts';
import type { Body, Local, V128, Value } from './assembler.ts';
import { lanesOf } from './lanes.ts';
import type { Build } from './machine.ts';

export const PAIRS_STRIP = 4;

const vectors = PAIRS_STRIP / 2;

/**
 * `choose`: the number of the variable that gains most with one that is chosen, -1 where none does. For each variable: its
 * `slope`, the curvature `bend` along it, `ratio`, 0 in `closed` or -Infinity where it may not shrink, and its entry of the
 * row. The first has the slope `least`, the curvature `own`, and `twice` its ratio; no curvature is below `flat`.
 *
 * `move`: slope += ratio (byFirst · first + bySecond · second); the number of the variable of least slope among those with 0
 * in `opened` instead of Infinity; at `out` that slope and the largest among those that may shrink. The second row is the
 * one that was not read before.
 *
 * Both write what is of no use to the two doubles at `spare`.
 */
export const emitPairs: Build<'choose' | 'move'> = (module, { features }) => {
  const lanes = lanesOf('f64', features);
  const select = features.relaxed ? v128.relaxedSelect64 : v128.select;
  module.function(
    'choose',
    { count: 'i32', slope: 'i32', bend: 'i32', ratio: 'i32', closed: 'i32', row: 'i32', least: 'f64', own: 'f64', twice: 'f64', flat: 'f64', spare: 'i32' },
    'f64',
    (body, { count, slope, bend, ratio, closed, row, least, own, twice, flat, spare }) => {
      askFor(body, row, count, spare);
      const [from, first, double, lowest] = [least, own, twice, flat].map((x) => body.let(f64x2.splat(x))) as [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];
      const found = best(body, select, 0, f64x2.gt);
      over(body, count, [slope, bend, ratio, closed, row], found.advance, (k) => {
        const rise = body.let(f64x2.pmax(v128.zero(), f64x2.add(f64x2.sub(v128.load(slope, 16 * k), from), v128.load(closed, 16 * k))));
        const joint = f64x2.mul(double, f64x2.mul(v128.load(ratio, 16 * k), v128.load(row, 16 * k)));
        // An operand that is no number is passed over.
        const curve = f64x2.pmax(lowest, f64x2.sub(f64x2.add(first, v128.load(bend, 16 * k)), joint));
        found.see(k, f64x2.div(f64x2.mul(rise, rise), curve));
      });
      return found.place(f64.gt);
    },
  );
  module.function(
    'move',
    { count: 'i32', slope: 'i32', ratio: 'i32', first: 'i32', second: 'i32', byFirst: 'f64', bySecond: 'f64', opened: 'i32', closed: 'i32', out: 'i32', spare: 'i32' },
    'f64',
    (body, { count, slope, ratio, first, second, byFirst, bySecond, opened, closed, out, spare }) => {
      askFor(body, second, count, spare);
      const [one, other] = [byFirst, bySecond].map((x) => body.let(f64x2.splat(x))) as [Local<'v128'>, Local<'v128'>];
      const found = best(body, select, Infinity, f64x2.lt);
      const most = Array.from({ length: vectors }, () => body.let(f64x2.splat(-Infinity)));
      over(body, count, [slope, ratio, first, second, opened, closed], found.advance, (k) => {
        const change = lanes.madd(one, v128.load(first, 16 * k), f64x2.mul(other, v128.load(second, 16 * k)));
        const now = body.let(lanes.madd(v128.load(ratio, 16 * k), change, v128.load(slope, 16 * k)));
        body.do(v128.store(slope, now, 16 * k));
        body.set(most[k]!, f64x2.pmax(most[k]!, f64x2.add(now, v128.load(closed, 16 * k))));
        found.see(k, f64x2.add(now, v128.load(opened, 16 * k)));
      });
      const top = body.let(most.map((m): V128 => m).reduce((a, b) => f64x2.pmax(a, b)));
      const place = body.let(found.place(f64.lt));
      body.do(f64.store(out, found.value));
      body.do(f64.store(out, f64.select(f64.gt(f64x2.lane(top, 0), f64x2.lane(top, 1)), f64x2.lane(top, 0), f64x2.lane(top, 1)), 8));
      return place;
    },
  );
};

const line = 64;
const linesAtOnce = 4;

/** A vector of each line of the cache in so many doubles, without waiting for any; what is left of the last lines is not. */
function askFor(body: Body, row: Local<'i32'>, count: Local<'i32'>, spare: Local<'i32'>): void {
  const at = body.let(i32.add(row, 0));
  const left = body.let(i32.shl(count, 3));
  const seen = Array.from({ length: linesAtOnce }, () => body.let(v128.zero()));
  body.while(
    () => i32.geU(left, line * linesAtOnce),
    () => {
      seen.forEach((one, k) => body.set(one, v128.or(one, v128.load(at, line * k))));
      body.set(at, i32.add(at, line * linesAtOnce));
      body.set(left, i32.sub(left, line * linesAtOnce));
    },
  );
  body.do(v128.store(spare, seen.map((one): V128 => one).reduce((a, b) => v128.or(a, b))));
}

/** A strip at a time; the pointers move on. */
function over(body: Body, count: Local<'i32'>, pointers: readonly Local<'i32'>[], advance: () => void, vector: (k: number) => void): void {
  body.while(
    () => count,
    () => {
      for (let k = 0; k < vectors; k++) vector(k);
      for (const pointer of pointers) body.set(pointer, i32.add(pointer, 8 * PAIRS_STRIP));
      advance();
      body.set(count, i32.sub(count, PAIRS_STRIP));
    },
  );
}

interface Best {
  readonly see: (k: number, value: V128) => void;
  readonly advance: () => void;
  /** The number of the best value, which is then in `value`; -1 if none is better than the first. */
  readonly place: (better: (a: Value<'f64'>, b: Value<'f64'>) => Value<'i32'>) => Value<'f64'>;
  readonly value: Local<'f64'>;
}

function best(body: Body, select: (mask: V128, a: V128, b: V128) => V128, first: number, better: (a: V128, b: V128) => V128): Best {
  const values = Array.from({ length: vectors }, () => body.let(f64x2.splat(first)));
  const places = Array.from({ length: vectors }, () => body.let(f64x2.splat(-1)));
  const at = Array.from({ length: vectors }, (_, k) => body.let(f64x2.replaceLane(f64x2.splat(2 * k), 1, 2 * k + 1)));
  const step = body.let(f64x2.splat(PAIRS_STRIP));
  const [value, place] = [body.local('f64'), body.local('f64')];
  return {
    value,
    see: (k, candidate) => {
      const one = body.let(candidate);
      const isBetter = body.let(better(one, values[k]!));
      body.set(values[k]!, select(isBetter, one, values[k]!));
      body.set(places[k]!, select(isBetter, at[k]!, places[k]!));
    },
    advance: () => at.forEach((a) => body.set(a, f64x2.add(a, step))),
    place: (isBetter) => {
      body.set(value, f64.const(first));
      body.set(place, f64.const(-1));
      values.forEach((v, k) => {
        for (const lane of [0, 1]) {
          body.if(isBetter(f64x2.lane(v, lane), value), () => {
            body.set(value, f64x2.lane(v, lane));
            body.set(place, f64x2.lane(places[k]!, lane));
          });
        }
      });
      return place;
    },
  };
}
