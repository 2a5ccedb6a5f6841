// Functions of the last axes, a row of neighbouring doubles at a time: largest and smallest entries, log-sum-exp, softmax.

import { f64, f64x2, i32, v128 } from './assembler.ts';
import type { Body, Local, ModuleBuilder, V128, Value } from './assembler.ts';
import { type WasmContext, link } from './context.ts';
import type { HostFunction } from './host.ts';
import type { FunctionRef } from './assembler.ts';
import { elementary } from './elementary.ts';
import type { Wide } from './site.ts';
import { sharedFunction } from './threaded.ts';
import type { Task } from '../threads/job.ts';

export type RowKernel = 'max' | 'min' | 'logsumexp' | 'softmax';

/** Rows `from`, of `length` entries each, into one number or one row each at `to`. Addresses in bytes. */
export type Rows = Readonly<Record<RowKernel, (rows: number, length: number, from: number, to: number) => void>>;

/** Entries that one call goes through. */
const CHUNK = 1 << 13;
/** Rows whose largest entries are kept for a second pass. */
const MOST_ROWS = 512;

/** Entries below which one thread is as fast. */
const FEW = 1 << 15;

interface Step {
  readonly run: RowKernel | 'shift';
  readonly args: (count: number, length: number, x: number, y: number, largest: number) => readonly number[];
  /** Bits of the arguments that lie in scratch memory. */
  readonly own?: number;
}

const same: Step['args'] = (count, length, x, y) => [count, length, x, y];
const steps: Readonly<Record<RowKernel, readonly Step[]>> = {
  max: [{ run: 'max', args: same }],
  min: [{ run: 'min', args: same }],
  softmax: [{ run: 'softmax', args: same }],
  logsumexp: [
    { run: 'logsumexp', args: (count, length, x, y, largest) => [count, length, x, y, largest], own: 1 << 4 },
    { run: 'shift', args: (count, _, _x, y, largest) => [count, y, largest], own: 1 << 2 },
  ],
};

export function createRows(context: WasmContext): Rows {
  const { memory, crew } = context;
  const made = link<RowKernel | 'shift'>(context, (module, host) => {
    emitExtremum(module, 'max', f64x2.max, f64.max, -Infinity);
    emitExtremum(module, 'min', f64x2.min, f64.min, Infinity);
    emitSoftmax(module, context, host);
  });
  const runner = (kernel: RowKernel): Rows[RowKernel] => {
    const size = kernel === 'softmax' ? (length: number): number => length : (): number => 1;
    const chunk = crew?.atLeast(CHUNK) ?? CHUNK;
    return (rows, length, from, to) => {
      const turn = Math.min(MOST_ROWS, Math.max(1, Math.floor(chunk / Math.max(1, length))));
      const turns = Math.ceil(rows / turn);
      const at = (i: number, largest: number): [number, number, number, number, number] => [Math.min(turn, rows - i * turn), length, from + i * turn * length * 8, to + i * turn * size(length) * 8, largest];
      if (crew && turns > 1 && rows * length >= crew.atLeast(FEW)) {
        const tasks = Array.from({ length: turns }, (_, i): Task => steps[kernel].map(({ run, args, own = 0 }) => ({ run: sharedFunction(crew, made[run]), args: args(...at(i, 0)), own })));
        crew.runOnce(tasks, MOST_ROWS * 8);
        return;
      }
      const all = (scratch: number): void => {
        for (let i = 0; i < turns; i++) for (const { run, args } of steps[kernel]) made[run](...args(...at(i, scratch)));
      };
      if (steps[kernel].some((s) => s.own !== undefined)) memory.temporary(MOST_ROWS * 8, all);
      else all(0);
    };
  };
  return { max: runner('max'), min: runner('min'), softmax: runner('softmax'), logsumexp: runner('logsumexp') };
}

type V2 = (a: V128, b: V128) => V128;
type F2 = (a: Value<'f64'>, b: Value<'f64'>) => Value<'f64'>;

/** The best entry of a row; NaN when there is one, `start` when there is none. */
function bestOf(body: Body, x: Local<'i32'>, n: Local<'i32'>, ofVectors: V2, ofNumbers: F2, start: number): Local<'f64'> {
  const best = body.let(f64.const(start));
  const bests = [0, 1].map(() => body.let(f64x2.splat(best)));
  const [left, at] = [body.let(i32.add(n, 0)), body.let(i32.add(x, 0))];
  eachOf(body, left, [at], (width) => {
    for (let j = 0; j < width; j++) body.set(bests[j]!, ofVectors(bests[j]!, v128.load(at, 16 * j)));
  }, () => body.set(best, ofNumbers(best, f64.load(at))));
  const both = body.let(ofVectors(bests[0]!, bests[1]!));
  body.set(best, ofNumbers(best, ofNumbers(f64x2.lane(both, 0), f64x2.lane(both, 1))));
  return best;
}

/** Two vectors a turn, then one, then single entries; the pointers move along. */
function eachOf(body: Body, left: Local<'i32'>, pointers: readonly Local<'i32'>[], vectors: (width: number) => void, single: () => void): void {
  const advance = (entries: number): void => {
    for (const p of pointers) body.set(p, i32.add(p, entries * 8));
    body.set(left, i32.sub(left, entries));
  };
  for (const width of [2, 1]) {
    body.while(
      () => i32.geU(left, 2 * width),
      () => {
        vectors(width);
        advance(2 * width);
      },
    );
  }
  body.if(left, () => {
    single();
    advance(1);
  });
}

function eachRow(body: Body, rows: Local<'i32'>, step: () => void): void {
  body.while(
    () => rows,
    () => {
      step();
      body.set(rows, i32.sub(rows, 1));
    },
  );
}

function emitExtremum(module: ModuleBuilder, name: 'max' | 'min', ofVectors: V2, ofNumbers: F2, start: number): void {
  module.function(name, { rows: 'i32', n: 'i32', x: 'i32', y: 'i32' }, 'none', (body, { rows, n, x, y }) =>
    eachRow(body, rows, () => {
      body.do(f64.store(y, bestOf(body, x, n, ofVectors, ofNumbers, start)));
      body.set(x, i32.add(x, i32.shl(n, 3)));
      body.set(y, i32.add(y, 8));
    }),
  );
}

function emitSoftmax(module: ModuleBuilder, context: WasmContext, host: (name: HostFunction) => FunctionRef<'f64'>): void {
  const functions = (body: Body): ReturnType<typeof elementary> => elementary({ body, host, ...context });
  /**
   * Σ exp(x - largest), each stored to `to` if there is one; x is passed. Where only the sum is wanted, terms below 2^-1020
   * count as some number below: beside the largest, which is 1, they are nothing.
   */
  const sumOfExp = (body: Body, x: Local<'i32'>, n: Local<'i32'>, largest: Local<'f64'>, to?: Local<'i32'>): Value<'f64'> => {
    const exponential = (at: Body): ((u: Wide) => Wide) => (to ? functions(at).exp : functions(at).expNegAbsNormal);
    const shift = body.let(f64x2.splat(largest));
    const sums = [0, 1].map(() => body.let(v128.zero()));
    const rest = body.let(f64.const(0));
    const left = body.let(i32.add(n, 0));
    eachOf(body, left, to ? [x, to] : [x], (width) => {
      const terms = exponential(body)(Array.from({ length: width }, (_, j) => f64x2.sub(v128.load(x, 16 * j), shift)));
      terms.forEach((term, j) => {
        if (to) body.do(v128.store(to, term, 16 * j));
        body.set(sums[j]!, f64x2.add(sums[j]!, term));
      });
    }, () => {
      const [term] = exponential(body)([f64x2.sub(v128.load64Splat(x), shift)]);
      if (to) body.do(v128.store64Lane(to, term!, 0));
      body.set(rest, f64.add(rest, f64x2.lane(term!, 0)));
    });
    const all = body.let(f64x2.add(sums[0]!, sums[1]!));
    return f64.add(f64.add(f64x2.lane(all, 0), f64x2.lane(all, 1)), rest);
  };
  /** The largest entry, NaN passed over: it comes back with the sum. */
  const largestOf = (body: Body, x: Local<'i32'>, n: Local<'i32'>): Local<'f64'> =>
    bestOf(body, x, n, f64x2.pmax, (a, b) => f64.select(f64.lt(a, b), b, a), -Infinity);
  /** Rows of -∞ alone are not shifted. */
  const shiftOf = (body: Body, best: Local<'f64'>): Local<'f64'> => body.let(f64.select(f64.eq(best, -Infinity), 0, best));

  module.function('logsumexp', { rows: 'i32', n: 'i32', x: 'i32', y: 'i32', largest: 'i32' }, 'none', (body, { rows, n, x, y, largest }) =>
    eachRow(body, rows, () => {
      const best = largestOf(body, x, n);
      const shift = shiftOf(body, best);
      body.do(f64.store(largest, shift));
      const sum = body.let(sumOfExp(body, x, n, shift));
      // Of nothing but -∞ the sum is 0; NaN stays.
      const isNothing = i32.and(f64.eq(best, -Infinity), f64.eq(sum, sum));
      body.do(f64.store(y, f64.select(isNothing, 0, sum)));
      for (const p of [y, largest]) body.set(p, i32.add(p, 8));
    }),
  );
  /** y ← log(y) + largest */
  module.function('shift', { n: 'i32', y: 'i32', largest: 'i32' }, 'none', (body, { n, y, largest }) =>
    eachOf(body, n, [y, largest], (width) => {
      const logs = functions(body).log(Array.from({ length: width }, (_, j) => v128.load(y, 16 * j)));
      logs.forEach((log, j) => body.do(v128.store(y, f64x2.add(log, v128.load(largest, 16 * j)), 16 * j)));
    }, () => {
      const [log] = functions(body).log([v128.load64Splat(y)]);
      body.do(f64.store(y, f64.add(f64x2.lane(log!, 0), f64.load(largest))));
    }),
  );
  module.function('softmax', { rows: 'i32', n: 'i32', x: 'i32', y: 'i32' }, 'none', (body, { rows, n, x, y }) =>
    eachRow(body, rows, () => {
      const at = body.let(i32.add(y, 0));
      const total = body.let(sumOfExp(body, x, n, shiftOf(body, largestOf(body, x, n)), at));
      const totals = body.let(f64x2.splat(total));
      const left = body.let(i32.add(n, 0));
      eachOf(body, left, [y], (width) => {
        for (let j = 0; j < width; j++) body.do(v128.store(y, f64x2.div(v128.load(y, 16 * j), totals), 16 * j));
      }, () => body.do(f64.store(y, f64.div(f64.load(y), total))));
    }),
  );
}
