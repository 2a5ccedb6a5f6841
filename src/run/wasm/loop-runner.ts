// How the loops of a plan are called: in turns, so that V8 can replace code between them, by one thread or several.

import { must } from '../../base/internal.ts';
import type { Buffer, View } from '../../plan/view.ts';
import type { Crew } from '../threads/crew.ts';
import { type Job, type SharedFunction, type Task, newJob } from '../threads/job.ts';
import type { WasmFunction } from './engine.ts';
import type { Real } from './lanes.ts';
import { type LoopCode, totalsAt } from './loop.ts';
import type { Machine } from './machine.ts';
import { vectorAt } from './matrix.ts';

export interface LoopRunner {
  /** Bytes that it needs for itself, for as long as it lives. */
  readonly room: number;
  /** Ready to be called, where arrays lie as the two functions say and the room begins at an address. */
  readonly link: (room: number, place: (v: View) => number, address: (b: Buffer) => number) => LinkedLoop;
}

export interface LinkedLoop {
  readonly run: () => void;
  /** Where one thread runs it. */
  readonly pieces?: LoopPieces;
}

/** `part` takes positions of the first level, in order; sums over them are stored `weight` times. */
export interface LoopPieces {
  readonly start: () => void;
  readonly part: (from: number, to: number) => void;
  readonly finish: (weight: number) => void;
}

/** Entries that one call goes through. */
const CHUNK = 1 << 13;
/** Entries below which one thread is as fast. */
const FEW = 1 << 16;
/** Sums that turns add to are made in so many parts, whatever the number of threads. */
const PARTS = 16;
/** For each thread: many, so that none waits long for another that was interrupted. */
const TASKS = 16;
const LINE = 64;

const roundUp = (n: number): number => Math.ceil(n / LINE) * LINE;

export function loopRunner(machine: Machine, real: Real, code: LoopCode, run: WasmFunction): LoopRunner {
  const { crew } = machine.context;
  const shared = crew?.shared(run);
  if (!crew || !shared || code.first * code.rest < crew.atLeast(FEW) || turnsOf(code, crew).length < 2) return onOneThread(machine, real, code, run);
  if (code.totals.length > 0) return totalsOnThreads(machine, real, code, crew, shared);
  if (code.cleared.length === 0) return entriesOnThreads(machine, code, crew, shared);
  const sums = code.cleared.reduce((sum, v) => sum + v.buffer.length, 0);
  return crew.atLeast(2 * PARTS * sums) <= code.first * code.rest ? sumsOnThreads(machine, real, code, crew, shared) : onOneThread(machine, real, code, run);
}

/** First and last positions of the first level. */
function turnsOf({ first, rest }: LoopCode, crew: Crew): (readonly [from: number, to: number])[] {
  const turn = Math.max(1, Math.floor(crew.atLeast(CHUNK) / Math.max(1, rest)));
  return Array.from({ length: Math.ceil(first / turn) }, (_, i) => [i * turn, Math.min(first, (i + 1) * turn)]);
}

function tableSize(code: LoopCode): number {
  return roundUp(totalsAt(code.arrays.length) + 8 * code.totals.length);
}

function writeTable({ context: { memory } }: Machine, at: number, code: LoopCode, place: (v: View) => number): void {
  const words = memory.i32();
  code.arrays.forEach((v, i) => {
    words[at / 4 + i] = place(v);
  });
}

function clearing({ context: { memory } }: Machine, real: Real, code: LoopCode, address: (b: Buffer) => number): () => void {
  const bytes = real === 'f64' ? 8 : 4;
  const blocks = code.cleared.map((v) => [address(v.buffer) / bytes, v.buffer.length] as const);
  return () => {
    // By numbers: filling shared memory by bytes is many times slower.
    for (const [from, length] of blocks) (real === 'f64' ? memory.f64() : memory.f32()).fill(0, from, from + length);
  };
}

/** Pairwise over the turns: error grows with the logarithm of their number. */
interface Pairwise {
  readonly add: (r: number, part: number) => void;
  readonly store: (weight: number) => void;
}

function pairwise({ context: { memory } }: Machine, real: Real, code: LoopCode, place: (v: View) => number): Pairwise {
  const bytes = real === 'f64' ? 8 : 4;
  const targets = code.totals.map((v) => place(v) / bytes);
  const waiting = targets.map((): number[] => []);
  const counts = targets.map(() => 0);
  return {
    add: (r, part) => {
      let total = part;
      for (let bit = ++counts[r]!; bit % 2 === 0; bit /= 2) total += waiting[r]!.pop()!;
      waiting[r]!.push(total);
    },
    store: (weight) => {
      const all = real === 'f64' ? memory.f64() : memory.f32();
      for (let r = 0; r < targets.length; r++) {
        let total = 0;
        for (let part = waiting[r]!.pop(); part !== undefined; part = waiting[r]!.pop()) total += part;
        all[targets[r]!] = weight * total;
        counts[r] = 0;
      }
    },
  };
}

function onOneThread(machine: Machine, real: Real, code: LoopCode, run: WasmFunction): LoopRunner {
  const { memory } = machine.context;
  return {
    room: tableSize(code),
    link: (table, place, address) => {
      writeTable(machine, table, code, place);
      const clear = clearing(machine, real, code, address);
      const parts = (table + totalsAt(code.arrays.length)) / 8;
      const totals = pairwise(machine, real, code, place);
      const pieces: LoopPieces = {
        start: clear,
        part: (from, to) => {
          run(table, from, to);
          if (code.totals.length === 0) return;
          const all = memory.f64();
          for (let r = 0; r < code.totals.length; r++) totals.add(r, all[parts + r]!);
        },
        finish: totals.store,
      };
      const { first, rest } = code;
      const turn = Math.max(1, Math.floor(CHUNK / Math.max(1, rest)));
      return {
        pieces,
        run: () => {
          pieces.start();
          for (let from = 0; from < first; from += turn) pieces.part(from, Math.min(first, from + turn));
          pieces.finish(1);
        },
      };
    },
  };
}

/** Neighbouring calls in so many tasks. */
function grouped(calls: readonly Task[], most: number): Task[] {
  const each = Math.ceil(calls.length / most);
  return Array.from({ length: Math.ceil(calls.length / each) }, (_, i) => calls.slice(i * each, (i + 1) * each).flat());
}

/** Turns write to different places. */
function entriesOnThreads(machine: Machine, code: LoopCode, crew: Crew, shared: SharedFunction): LoopRunner {
  const { memory } = machine.context;
  const jobAt = (table: number): Job => newJob(grouped(turnsOf(code, crew).map(([from, to]) => [{ run: shared, args: [table, from, to] }]), TASKS * crew.threads));
  return {
    room: tableSize(code) + roundUp(jobAt(0).words.byteLength),
    link: (table, place) => {
      writeTable(machine, table, code, place);
      const at = table + tableSize(code);
      const job = jobAt(table);
      memory.f64().set(job.words, at / 8);
      return { run: () => crew.run(job, at) };
    },
  };
}

/** Each turn has a table of its own, where it leaves its part of the totals: they are added as one thread adds them. */
function totalsOnThreads(machine: Machine, real: Real, code: LoopCode, crew: Crew, shared: SharedFunction): LoopRunner {
  const { memory } = machine.context;
  const turns = turnsOf(code, crew);
  const size = tableSize(code);
  const jobAt = (tables: number): Job => newJob(grouped(turns.map(([from, to], i) => [{ run: shared, args: [tables + i * size, from, to] }]), TASKS * crew.threads));
  return {
    room: turns.length * size + roundUp(jobAt(0).words.byteLength),
    link: (tables, place) => {
      turns.forEach((_, i) => writeTable(machine, tables + i * size, code, place));
      const at = tables + turns.length * size;
      const job = jobAt(tables);
      memory.f64().set(job.words, at / 8);
      const parts = (tables + totalsAt(code.arrays.length)) / 8;
      const totals = pairwise(machine, real, code, place);
      return {
        run: () => {
          crew.run(job, at);
          const all = memory.f64();
          for (let i = 0; i < turns.length; i++) for (let r = 0; r < code.totals.length; r++) totals.add(r, all[parts + (i * size) / 8 + r]!);
          totals.store(1);
        },
      };
    },
  };
}

/** Turns add to the same places: parts of them do so in buffers of their own, which are added in order. */
function sumsOnThreads(machine: Machine, real: Real, code: LoopCode, crew: Crew, shared: SharedFunction): LoopRunner {
  const { memory } = machine.context;
  const bytes = real === 'f64' ? 8 : 4;
  const size = tableSize(code);
  const turns = turnsOf(code, crew);
  const tasksAt = (tables: number): Task[] => {
    const each = Math.ceil(turns.length / PARTS);
    return Array.from({ length: Math.ceil(turns.length / each) }, (_, p) => turns.slice(p * each, (p + 1) * each).map(([from, to]) => ({ run: shared, args: [tables + p * size, from, to] })));
  };
  const parts = tasksAt(0).length;
  const targets = [...new Set(code.cleared.map((v) => v.buffer))];
  /** Where a buffer begins in the block of a part. */
  const offsets = new Map<Buffer, number>();
  let block = 0;
  for (const b of targets) {
    offsets.set(b, block);
    block += roundUp(b.length * bytes);
  }
  const words = roundUp(newJob(tasksAt(0)).words.byteLength);
  return {
    room: parts * (size + block) + words,
    link: (tables, place, address) => {
      const at = tables + parts * size;
      const blocks = at + words;
      for (let p = 0; p < parts; p++) {
        writeTable(machine, tables + p * size, code, (v) => (offsets.has(v.buffer) ? blocks + p * block + must(offsets.get(v.buffer)) + v.offset * bytes : place(v)));
      }
      const job = newJob(tasksAt(tables));
      memory.f64().set(job.words, at / 8);
      const clear = clearing(machine, real, code, address);
      const blas = machine.blas(real);
      return {
        run: () => {
          clear();
          memory.f64().fill(0, blocks / 8, (blocks + parts * block) / 8);
          crew.run(job, at);
          for (const b of targets) {
            for (let p = 0; p < parts; p++) blas.axpy(1, vectorAt(blocks + p * block + must(offsets.get(b)), b.length), vectorAt(address(b), b.length));
          }
        },
      };
    },
  };
}
