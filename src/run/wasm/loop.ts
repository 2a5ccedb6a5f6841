// A loop of the plan as a WebAssembly function: axes nested, the innermost in vectors, operations inlined.

import { must, unreachable } from '../../base/internal.ts';
import { opNamed } from '../../ops/table.ts';
import { operandsOf } from '../../plan/fuse.ts';
import type { Loop, Operation } from '../../plan/kernel.ts';
import { type View, countOf } from '../../plan/view.ts';
import { type Arithmetic, arithmetic } from './arithmetic.ts';
import { call, f32, f32x4, f64, f64x2, i32, v128 } from './assembler.ts';
import type { Body, FunctionRef, I32, Local, ModuleBuilder, V128, Value } from './assembler.ts';
import type { WasmContext } from './context.ts';
import type { HostFunction } from './host.ts';
import { elementary } from './elementary.ts';
import type { Elementary } from './elementary.ts';
import type { Kept, Wide } from './site.ts';
import { type EntrySite, type SumOf, entrywiseFor } from './entrywise.ts';
import type { Real } from './lanes.ts';

/** How a loop's function is called: `run(table, from, to)` for positions of its first level. */
export interface LoopCode {
  /** Their addresses stand in the table, one i32 each, in this order. */
  readonly arrays: readonly View[];
  /** Positions of the first level, and of all other levels together. */
  readonly first: number;
  readonly rest: number;
  /** Results summed over everything: each call leaves its part behind the addresses, one f64 each. */
  readonly totals: readonly View[];
  /** Results that calls add to: zero before the first one. */
  readonly cleared: readonly View[];
}

/** Functions of numbers that are left to JavaScript, by the name under which the module imports them. */
export type HostCalls = Record<string, (...args: number[]) => number>;

export interface LoopSite {
  readonly module: ModuleBuilder;
  readonly context: WasmContext;
  readonly host: (name: HostFunction) => FunctionRef<'f64'>;
  readonly real: Real;
  readonly calls: HostCalls;
  readonly imported: Map<string, FunctionRef<'f64'>>;
}

interface Level {
  readonly size: number;
  readonly summed: boolean;
  /** By array, in bytes. */
  readonly steps: readonly number[];
}

/** Whether it needs functions of numbers that are left to JavaScript. */
export function callsOutside({ operations }: Loop): boolean {
  return operations.some((o) => o.kind === 'call' && !entrywiseFor(o.op, o.of.map((i) => constantOf(operations[i]))));
}

/** Where totals begin in the table. */
export function totalsAt(arrays: number): number {
  return Math.ceil(arrays / 2) * 8;
}

/** What a loop goes through, and how. */
interface Course extends LoopCode {
  /** The first so many arrays are read, the others written. */
  readonly loads: number;
  readonly levels: readonly Level[];
  readonly isTotal: boolean;
  /** Sums are kept in registers along the innermost level. */
  readonly registers: boolean;
}

function courseOf(loop: Loop, bytes: number): Course {
  const loads = loop.operations.flatMap((o) => (o.kind === 'load' ? [o.view] : []));
  const sums = new Set(loop.results.flatMap((r) => r.sums));
  const results = loop.results.map((r) => alongLoop(r.to, r.sums.length > 0 ? sums : new Set(), loop.space));
  const arrays = [...loads, ...results];
  const levels = levelsOf(loop, sums, arrays, bytes);
  const isTotal = sums.size > 0 && levels.every((l) => l.summed);
  const registers = sums.size > 0 && must(levels.at(-1)).summed;
  const totals = isTotal ? loop.results.flatMap((r) => (r.sums.length > 0 ? [r.to] : [])) : [];
  const cleared = sums.size > 0 && !registers ? loop.results.flatMap((r) => (r.sums.length > 0 ? [r.to] : [])) : [];
  return { arrays, loads: loads.length, levels, isTotal, registers, first: must(levels[0]).size, rest: countOf(levels.slice(1).map((l) => l.size)), totals, cleared };
}

export function codeOf(loop: Loop, real: Real): LoopCode {
  return courseOf(loop, real === 'f64' ? 8 : 4);
}

export function emitLoop(site: LoopSite, name: string, loop: Loop): void {
  const bytes = site.real === 'f64' ? 8 : 4;
  const { arrays, loads, levels, isTotal, registers } = courseOf(loop, bytes);
  const inner = must(levels.at(-1));
  const summing = loop.results.map((r) => r.sums.length > 0);
  const firstSum = levels.findIndex((l) => l.summed);

  site.module.function(name, { table: 'i32', from: 'i32', to: 'i32' }, 'none', (body, { table, from, to }) => {
    const start = arrays.map((_, i) => body.let(i32.load(table, i * 4)));
    const first = must(levels[0]);
    start.forEach((p, i) => {
      if (first.steps[i] !== 0) body.set(p, i32.add(p, i32.mul(from, must(first.steps[i]))));
    });
    const width = widthOf(loop);
    const sumsOf = loop.results.map((r, k) => (summing[k] && registers ? newSum(site, body, loop.operations[r.of]!, width) : undefined));
    const code = innerCode({ site, body, loop, width, loads, steps: inner.steps, bytes, sums: sumsOf, summing });
    const atLevel = (level: number, pointers: readonly Local<'i32'>[]): void => {
      const { size, steps } = must(levels[level]);
      if (registers && level === firstSum) for (const s of sumsOf) s?.clear();
      const count: I32 = level === 0 ? i32.sub(to, from) : i32.const(size);
      if (level === levels.length - 1) code(pointers, count, level === 0 ? undefined : size);
      else {
        const left = body.let(count);
        body.while(
          () => left,
          () => {
            const next = pointers.map((p) => body.let(i32.add(p, 0)));
            atLevel(level + 1, next);
            pointers.forEach((p, i) => {
              if (steps[i] !== 0) body.set(p, i32.add(p, must(steps[i])));
            });
            body.set(left, i32.sub(left, 1));
          },
        );
      }
      if (registers && level === firstSum) {
        let slot = 0;
        sumsOf.forEach((s, r) => {
          if (!s) return;
          const total = s.total();
          if (isTotal) body.do(f64.store(table, total, totalsAt(arrays.length) + 8 * slot++));
          else storeScalar(body, site.real, pointers[loads + r]!, total);
        });
      }
    };
    atLevel(0, start);
  });
}

/** The result as a view over the whole loop: it stays where it is along what is summed. */
function alongLoop(to: View, sums: ReadonlySet<number>, space: readonly number[]): View {
  let axis = 0;
  return { ...to, shape: space, strides: space.map((_, i) => (sums.has(i) ? 0 : must(to.strides[axis++]))) };
}

/** Sums go inside when the last axis is summed, outside otherwise; neighbours that lie as one axis become one. */
function levelsOf(loop: Loop, sums: ReadonlySet<number>, arrays: readonly View[], bytes: number): Level[] {
  const axes = loop.space.map((_, i) => i).filter((i) => loop.space[i] !== 1 || sums.has(i));
  const summed = axes.filter((i) => sums.has(i));
  const kept = axes.filter((i) => !sums.has(i));
  const last = axes.at(-1);
  const order = last !== undefined && sums.has(last) ? [...kept, ...summed] : [...summed, ...kept];
  const levels: Level[] = [];
  for (const axis of order) {
    const level = { size: must(loop.space[axis]), summed: sums.has(axis), steps: arrays.map((v) => must(v.strides[axis]) * bytes) };
    const before = levels.at(-1);
    if (before && before.summed === level.summed && before.steps.every((s, i) => s === must(level.steps[i]) * level.size)) {
      levels[levels.length - 1] = { ...level, size: before.size * level.size };
    } else levels.push(level);
  }
  return levels.length > 0 ? levels : [{ size: 1, summed: false, steps: arrays.map(() => 0) }];
}

interface Sum {
  readonly clear: () => void;
  /** Takes arguments of the operation instead of its values. */
  readonly special?: SumOf;
  readonly addVectors: (x: Wide, count: number) => void;
  readonly addSingle: (x: V128) => void;
  readonly total: () => Value<'f64'>;
}

function newSum({ context, host }: LoopSite, body: Body, of: Operation, width: number): Sum {
  // Independent vectors, so that additions do not wait for each other.
  const vectors = Array.from({ length: width }, () => body.local('v128'));
  const rest = body.local('f64');
  const { constants, features } = context;
  const make = of.kind === 'call' ? entrywiseFor(of.op, [])?.sum : undefined;
  const special = make?.(body, elementary({ body, constants, features, host }), arithmetic(body, constants, features), width);
  return {
    ...(special && { special }),
    clear: () => {
      special?.clear();
      for (const v of vectors) body.set(v, v128.zero());
      body.set(rest, f64.const(0));
    },
    addVectors: (x, count) => {
      for (let j = 0; j < count; j++) body.set(vectors[j]!, f64x2.add(vectors[j]!, x[j] ?? x[0]!));
    },
    addSingle: (x) => body.set(rest, f64.add(rest, f64x2.lane(x, 0))),
    total: () => {
      const parts: readonly V128[] = [...(special?.vectors() ?? []), ...vectors];
      const all = body.let(parts.reduce(f64x2.add));
      return body.let(f64.add(f64.add(f64x2.lane(all, 0), f64x2.lane(all, 1)), rest));
    },
  };
}

function storeScalar(body: Body, real: Real, at: I32, x: Value<'f64'>, offset = 0): void {
  body.do(real === 'f64' ? f64.store(at, x, offset) : f32.store(at, f32.fromF64(x), offset));
}

function loadScalar(real: Real, at: I32, offset = 0): Value<'f64'> {
  return real === 'f64' ? f64.load(at, offset) : f64.fromF32(f32.load(at, offset));
}

interface Inner {
  readonly site: LoopSite;
  readonly body: Body;
  readonly loop: Loop;
  /** Vectors side by side. */
  readonly width: number;
  /** The first so many arrays are read, the others written. */
  readonly loads: number;
  readonly steps: readonly number[];
  readonly bytes: number;
  readonly sums: readonly (Sum | undefined)[];
  readonly summing: readonly boolean[];
}

/** Emits the innermost level for given pointers: several vectors a turn, then one, then single entries. */
function innerCode({ site, body, loop, width: widest, loads, steps, bytes, sums, summing }: Inner): (pointers: readonly Local<'i32'>[], count: I32, known: number | undefined) => void {
  const { context, real } = site;
  const hasHeavy = widest < 4;
  const settled = sums.flatMap((s) => (s?.special ? [s.special] : []));
  return (pointers, count, known) => {
    // What does not move along the level is loaded once.
    const repeated = new Map<number, Wide>();
    for (let i = 0; i < loads; i++) if (steps[i] === 0) repeated.set(i, [body.let(f64x2.splat(loadScalar(real, pointers[i]!)))]);

    const load = (i: number, width: number, single: boolean): Wide => {
      const found = repeated.get(i);
      if (found) return found;
      const [at, step] = [pointers[i]!, must(steps[i])];
      if (single) return [body.let(f64x2.splat(loadScalar(real, at)))];
      return Array.from({ length: width }, (_, j) => {
        if (step !== bytes) return body.let(f64x2.replaceLane(f64x2.splat(loadScalar(real, at, 2 * j * step)), 1, loadScalar(real, at, (2 * j + 1) * step)));
        return body.let(real === 'f64' ? v128.load(at, 16 * j) : f64x2.promoteLow(v128.load64Zero(at, 8 * j)));
      });
    };
    const store = (i: number, x: Wide, width: number, single: boolean): void => {
      const [at, step] = [pointers[i]!, must(steps[i])];
      for (let j = 0; j < (single ? 1 : width); j++) {
        const one = x[j] ?? x[0]!;
        if (single) storeScalar(body, real, at, f64x2.lane(one, 0));
        else if (step !== bytes) for (const lane of [0, 1]) storeScalar(body, real, at, f64x2.lane(one, lane), (2 * j + lane) * step);
        else if (real === 'f64') body.do(v128.store(at, one, 16 * j));
        else body.do(v128.store64Lane(at, f32x4.demote(one), 0, 8 * j));
      }
    };
    const positions = (width: number, single: boolean): void => {
      // A special sum takes full turns only.
      const isSpecial = (k: number): boolean => !single && width === widest && sums[k]?.special !== undefined;
      const wanted = neededFor(loop, (k) => !isSpecial(k));
      const { valueOf, siteOf } = valuesOf(loop.operations, wanted, site, body, (i) => load(i, width, single), single);
      loop.results.forEach((r, k) => {
        if (isSpecial(k)) {
          const o = loop.operations[r.of] as Operation & { kind: 'call' };
          sums[k]!.special!.add(siteOf(o), valueOf(o.of[0]!));
          return;
        }
        const value = valueOf(r.of);
        if (!summing[k]) store(loads + k, value, width, single);
        else if (sums[k]) {
          if (single) sums[k].addSingle(value[0]!);
          else sums[k].addVectors(value, width);
        } else {
          const to = arithmetic(body, context.constants, context.features);
          const before = load(loads + k, width, single);
          store(loads + k, to.add(before, value), width, single);
        }
      });
    };
    const advance = (entries: number): void =>
      pointers.forEach((p, i) => {
        if (steps[i] !== 0) body.set(p, i32.add(p, must(steps[i]) * entries));
      });
    const left = body.let(typeof count === 'number' ? i32.const(count) : count);
    const turn = (width: number): void => {
      positions(width, false);
      advance(2 * width);
      body.set(left, i32.sub(left, 2 * width));
    };
    const every = Math.min(...settled.map((s) => s.every));
    const block = body.local('i32');
    const turns = (width: number): void =>
      body.while(
        () => i32.geU(left, 2 * width),
        () => {
          if (width < widest || settled.length === 0) {
            turn(width);
            return;
          }
          // Special sums are settled after so many turns.
          body.set(block, i32.const(every));
          body.while(
            () => i32.and(i32.geU(left, 2 * width), i32.gtS(block, 0)),
            () => {
              turn(width);
              body.set(block, i32.sub(block, 1));
            },
          );
          for (const s of settled) s.settle();
        },
      );
    // Strides this long do not fit the offsets of several vectors.
    const reach = Math.max(...steps.map(Math.abs)) * 2 * widest;
    if (reach < 2 ** 30) {
      if (known === undefined || known >= 2 * widest) turns(widest);
      if (known === undefined ? !hasHeavy : known % (2 * widest) >= 2) turns(1);
    }
    if (known === undefined || known % 2 === 1 || reach >= 2 ** 30) {
      body.while(
        () => left,
        () => {
          positions(1, true);
          advance(1);
          body.set(left, i32.sub(left, 1));
        },
      );
    }
  };
}

function isHeavy(o: Operation, operations: readonly Operation[]): boolean {
  if (o.kind !== 'call') return false;
  const values = o.of.map((i) => constantOf(operations[i]));
  return entrywiseFor(o.op, values)?.isHeavy(values) ?? true;
}

function constantOf(o: Operation | undefined): number | undefined {
  return o?.kind === 'number' ? o.value : undefined;
}

function widthOf({ operations }: Loop): number {
  return operations.length > 12 || operations.some((o) => isHeavy(o, operations)) ? 2 : 4;
}

/** The operations that the results for which `asValue` holds need, and the arguments of the others. */
function neededFor({ operations, results }: Loop, asValue: (k: number) => boolean): ReadonlySet<number> {
  const needed = new Set(results.flatMap((r, k) => (asValue(k) ? [r.of] : operandsOf(operations[r.of]!))));
  for (let i = operations.length - 1; i >= 0; i--) if (needed.has(i)) operandsOf(operations[i]!).forEach((k) => needed.add(k));
  return needed;
}

interface Evaluated {
  readonly valueOf: (i: number) => Wide;
  /** For the function of an operation, when its arguments are there. */
  readonly siteOf: (o: Operation & { kind: 'call' }) => EntrySite;
}

/** A list of vectors for each operation that is wanted. */
function valuesOf(operations: readonly Operation[], wanted: ReadonlySet<number>, site: LoopSite, body: Body, load: (i: number) => Wide, single: boolean): Evaluated {
  const { constants, features } = site.context;
  const to = arithmetic(body, constants, features);
  let made: Elementary | undefined;
  const functions = (): Elementary => (made ??= elementary({ body, constants, features, host: site.host }));
  const values = new Map<number, Wide>();
  const valueOf = (i: number): Wide => must(values.get(i), 'value of an operation');
  const constant = (i: number): number | undefined => constantOf(operations[i]);
  const even = new Map<number, Map<string, Kept>>();
  const siteOf = (o: Operation & { kind: 'call' }): EntrySite => {
    const root = withoutSign(o.of[0] ?? -1, operations);
    const shared = even.get(root) ?? new Map<string, Kept>();
    even.set(root, shared);
    return { get functions() { return functions(); }, to, values: o.of.map(constant), even: shared };
  };
  let loaded = 0;
  operations.forEach((o, i) => {
    const array = o.kind === 'load' ? loaded++ : 0;
    if (!wanted.has(i)) return;
    switch (o.kind) {
      case 'load':
        values.set(i, load(array));
        return;
      case 'number':
        values.set(i, to.number(o.value));
        return;
      case 'combine':
        values.set(i, combined(o.terms, valueOf, constant, to));
        return;
      case 'multiply':
        values.set(i, o.of.map(valueOf).reduce((a, b) => to.mul(a, b)));
        return;
      case 'call': {
        const args = o.of.map(valueOf);
        const code = entrywiseFor(o.op, o.of.map(constant))?.code;
        values.set(i, code ? code(siteOf(o), ...args) : calledOutside(o, args, o.of.map(constant), site, body, single));
        return;
      }
      default:
        unreachable(o);
    }
  });
  return { valueOf, siteOf };
}

/** The operation of which this one is the negative, or itself. */
function withoutSign(i: number, operations: readonly Operation[]): number {
  const o = operations[i];
  const [only] = o?.kind === 'combine' ? o.terms : [];
  return o?.kind === 'combine' && o.terms.length === 1 && only?.coef === -1 ? withoutSign(only.of, operations) : i;
}

function combined(terms: readonly { readonly coef: number; readonly of: number }[], valueOf: (i: number) => Wide, constant: (i: number) => number | undefined, to: Arithmetic): Wide {
  const fixed = terms.filter((t) => constant(t.of) !== undefined).reduce((sum, t) => sum + t.coef * constant(t.of)!, 0);
  const moving = terms.filter((t) => constant(t.of) === undefined);
  // A term that is taken as it is comes first.
  const sorted = [...moving].sort((a, b) => Number(b.coef === 1) - Number(a.coef === 1));
  let sum: Wide | undefined = fixed === 0 && moving.length > 0 ? undefined : to.number(fixed);
  for (const { coef, of } of sorted) {
    const x = valueOf(of);
    if (sum === undefined) sum = coef === 1 ? x : coef === -1 ? to.neg(x) : to.mul(x, to.number(coef));
    else if (coef === 1) sum = to.add(sum, x);
    else if (coef === -1) sum = to.sub(sum, x);
    else sum = to.madd(x, to.number(coef), sum);
  }
  return must(sum);
}

/** A function without vector code, for each entry by itself. */
function calledOutside(o: Operation & { kind: 'call' }, args: readonly Wide[], known: readonly (number | undefined)[], site: LoopSite, body: Body, single: boolean): Wide {
  const key = `${o.op}(${o.params.join()})`;
  let ref = site.imported.get(key);
  if (!ref) {
    const scalar = must(opNamed(o.op).scalarValue, `a function of numbers for ${o.op}`);
    site.calls[key] = (...numbers) => scalar(numbers, o.params);
    ref = site.module.importFunction('host', key, o.of.map(() => 'f64' as const), 'f64');
    site.imported.set(key, ref);
  }
  const width = Math.max(...args.map((a) => a.length));
  const target = ref;
  const one = (j: number, lane: number): Value<'f64'> => call(target, ...args.map((a, k) => (known[k] === undefined ? f64x2.lane(a[j] ?? a[0]!, lane) : f64.const(known[k]))));
  return Array.from({ length: width }, (_, j) => {
    const low = body.let(one(j, 0));
    return body.let(single ? f64x2.splat(low) : f64x2.replaceLane(f64x2.splat(low), 1, one(j, 1)));
  });
}
