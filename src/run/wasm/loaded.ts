// A plan in linear memory, ready to be called: places for its arrays, code for its loops, one closure for each kernel.

import { must } from '../../base/internal.ts';
import { dense } from '../../ops/reference/dense.ts';
import { isSymmetric } from '../../ops/facts.ts';
import { opNamed } from '../../ops/table.ts';
import type { Call, Clear, Kernel as PlanKernel, Loop, Product, SparseMatrix } from '../../plan/kernel.ts';
import { type Pass, isPass } from '../../plan/one-pass.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Buffer, type View, countOf, isRowMajor } from '../../plan/view.ts';
import type { Blas } from './blas.ts';
import { link } from './context.ts';
import { sparseRunner } from './sparse-runner.ts';
import type { FunctionRef } from './assembler.ts';
import type { Real } from './lanes.ts';
import { type HostCalls, callsOutside, codeOf, emitLoop } from './loop.ts';
import { loopKey } from './loop-key.ts';
import type { WasmFunction } from './engine.ts';
import { type LinkedLoop, type LoopPieces, type LoopRunner, loopRunner } from './loop-runner.ts';
import type { Machine } from './machine.ts';
import { type Csr, type Matrix, type Vector, transposed } from './matrix.ts';
import { FEW_TO_SHARE, type Resident, type Residents } from './residents.ts';
import { type Placed, type Whole, byRows, whole } from './whole.ts';

export type Numbers = Float64Array | Float32Array;

export interface Loaded {
  /** Sets the inputs that stay in place, and runs what depends on fixed ones alone. */
  readonly fix: (valueOf: (name: string, part: Buffer['part']) => ArrayLike<number>) => void;
  readonly call: Kernel;
}

/** Values of the inputs that do not stay, in the order of the plan; results in the order of the outputs, row by row. */
export interface Kernel {
  (inputs: readonly ArrayLike<number>[], outputs: readonly Numbers[]): void;
  /** Where some rows of a large matrix tell about all. It lives as long as the kernel is kept. */
  readonly sampled?: Sampled;
}

export interface Sampled {
  readonly rows: number;
  /** The same from some stretches of the rows alone, whose sums are taken for as many as all rows make. */
  readonly call: (stretches: readonly Stretch[], inputs: readonly ArrayLike<number>[], outputs: readonly Numbers[]) => void;
}

/** The first row, and that after the last. */
export type Stretch = readonly [from: number, to: number];

export function load(machine: Machine, plan: Plan, real: Real, residents?: Residents): Loaded {
  const { memory } = machine.context;
  const bytes = real === 'f64' ? 8 : 4;
  const loops = [...plan.once, ...plan.kernels].filter((k) => k.kind === 'loop');
  const runners = compiled(machine, loops, real);
  const numberOf = new Map(loops.map((l, i) => [l, i]));

  // One block: what lasts, then what loops need for themselves.
  const lasting = new Map<Buffer, number>();
  let size = 0;
  const claim = (n: number): number => {
    const at = size;
    size += Math.max(1, Math.ceil(n / 64)) * 64;
    return at;
  };
  // What is shared has its address when it has its value.
  const shared = new Map<Buffer, Resident | undefined>();
  if (residents) for (const { buffer } of plan.inputs) if (plan.lasting.includes(buffer) && buffer.length >= FEW_TO_SHARE) shared.set(buffer, undefined);
  for (const b of plan.lasting) if (!shared.has(b)) lasting.set(b, claim(b.length * bytes));
  const rooms = runners.map((r) => claim(r.room));
  const need = Math.max(plan.arena.length, plan.onceArena.length) * bytes;
  const block = memory.allocate(size);
  const at = (b: Buffer, offsets: ReadonlyMap<Buffer, number>, base: number): number => {
    const own = lasting.get(b);
    if (shared.has(b)) return must(shared.get(b), 'a shared value').address;
    return own === undefined ? base + must(offsets.get(b), 'place of a buffer') * bytes : block + own;
  };
  const numbers = (): Numbers => (real === 'f64' ? memory.f64() : memory.f32());
  const write = (b: Buffer, from: ArrayLike<number>, to: number): void => {
    if (isWhole(b)) copyIn(from, memory.i32(), to / 4);
    else copyIn(from, numbers(), to / bytes);
  };
  for (const b of plan.lasting) if (b.data && !shared.has(b)) numbers().set(b.data, (block + must(lasting.get(b))) / bytes);

  const mirrored = new Set(plan.inputs.filter((i) => isSymmetric(i.variable)).map((i) => i.buffer));
  /** Whether it is a whole matrix that was said to be symmetric. */
  const isMirrored = ({ buffer, shape, strides }: View): boolean => mirrored.has(buffer) && shape.length === 2 && countOf(shape) === buffer.length && strides.includes(1);

  /** One closure a kernel, with addresses filled in. */
  const closures = (groups: readonly (readonly PlanKernel[])[], offsets: ReadonlyMap<Buffer, number>, base: number): Step[] => {
    const address = (b: Buffer): number => at(b, offsets, base);
    const place = (v: View): number => address(v.buffer) + v.offset * bytes;
    const linkedLoop = (k: Loop): LinkedLoop => {
      const i = must(numberOf.get(k));
      return must(runners[i]).link(block + must(rooms[i]), place, address);
    };
    return groups.flatMap((group): Step[] => {
      const pieces = isPass(group) && !machine.context.crew ? linkedLoop(group[1]).pieces : undefined;
      return isPass(group) && pieces ? [onePass(machine.blas(real), group, pieces, place, address)] : group.map((k) => ({ run: single(k) }));
    });

    function single(k: PlanKernel): () => void {
      switch (k.kind) {
        case 'loop':
          return linkedLoop(k).run;
        case 'product':
          return productRunner(machine.blas(real), k, place, isMirrored(k.left));
        case 'call':
          return callRunner(machine, real, k, place);
        case 'clear':
          return clearRunner(machine, k, bytes, address);
        default:
          return sparseRunner(machine, real, k, place, address);
      }
    }
  };

  let steps: readonly Step[] = [];
  let base = -1;
  const calls = plan.inputs.filter((i) => !lasting.has(i.buffer) && !shared.has(i.buffer));
  const isUsed = calls.map((i) => plan.arena.offsets.has(i.buffer));
  let given: readonly number[] = [];
  let results: readonly ((out: Numbers) => void)[] = [];
  const linked = (): void => {
    const now = machine.scratch(need);
    if (now === base) return;
    base = now;
    const { offsets } = plan.arena;
    steps = closures(plan.groups, offsets, base);
    given = calls.map((i, k) => (isUsed[k] ? at(i.buffer, offsets, base) : -1));
    results = plan.outputs.map((o) => {
      if (o.kind === 'number') return (out) => void out.fill(o.value);
      return reader(machine, real, o.view, at(o.view.buffer, offsets, base) + o.view.offset * bytes);
    });
  };
  const runOnce = (): void => {
    for (const step of closures(plan.once.map((k) => [k]), plan.onceArena.offsets, machine.scratch(need))) step.run();
  };

  const take = (inputs: readonly ArrayLike<number>[]): void => {
    linked();
    for (let i = 0; i < given.length; i++) if (given[i]! >= 0) write(calls[i]!.buffer, inputs[i]!, given[i]!);
  };
  const sampledBy = (rows: number): Sampled => ({
    rows,
    call: (stretches, inputs, outputs) => {
      take(inputs);
      for (const step of steps) {
        if (step.some) step.some(stretches);
        else step.run();
      }
      for (let i = 0; i < results.length; i++) results[i]!(outputs[i]!);
    },
  });
  const loaded: Loaded = {
    fix: (valueOf) => {
      for (const { variable, buffer } of plan.inputs) {
        const own = lasting.get(buffer);
        if (residents && shared.has(buffer)) {
          const from = valueOf(variable.name, buffer.part);
          shared.set(buffer, residents.of(machine, from, isWhole(buffer) ? 'i32' : real, (address) => write(buffer, from, address)));
        }
        if (own !== undefined) write(buffer, valueOf(variable.name, buffer.part), block + own);
      }
      runOnce();
    },
    call: Object.assign(
      (inputs: readonly ArrayLike<number>[], outputs: readonly Numbers[]): void => {
        take(inputs);
        for (let i = 0; i < steps.length; i++) steps[i]!.run();
        for (let i = 0; i < results.length; i++) results[i]!(outputs[i]!);
      },
      plan.pass && !machine.context.crew && { sampled: sampledBy(must(plan.pass[1].space[0])) },
    ),
  };
  // Callers may keep the function alone.
  machine.releaseWith(loaded.call, block);
  return loaded;
}

/** Starts and indices of sparse matrices. */
function isWhole({ part }: Buffer): boolean {
  return part === 'starts' || part === 'indices';
}

/** Below this many entries a loop is faster than `set`. */
const FEW = 24;

function copyIn(from: ArrayLike<number>, all: Numbers | Int32Array, at: number): void {
  if (from.length > FEW) all.set(from, at);
  else for (let i = 0; i < from.length; i++) all[at + i] = from[i]!;
}

function compiled(machine: Machine, loops: readonly Loop[], real: Real): LoopRunner[] {
  const { context } = machine;
  const keys = loops.map((l) => loopKey(l, real));
  // Code that was made before is there, whatever arrays it went over.
  const made = new Map<string, WasmFunction>();
  const missing = new Map<string, Loop>();
  loops.forEach((l, i) => {
    const key = must(keys[i]);
    const found = machine.loops.get(key);
    if (found) made.set(key, found);
    else missing.set(key, l);
  });
  const compile = (some: readonly (readonly [string, Loop])[]): void => {
    if (some.length === 0) return;
    const calls: HostCalls = {};
    const imported = new Map<string, FunctionRef<'f64'>>();
    // The table of host functions is complete once the module is made.
    const functions = link(context, (module, host) => some.forEach(([, l], i) => emitLoop({ module, context, host, real, calls, imported }, `loop${i}`, l)), calls);
    some.forEach(([key], i) => {
      const run = must(functions[`loop${i}`]);
      made.set(key, run);
      machine.loops.set(key, run);
    });
  };
  if (context.crew) {
    // Other threads cannot call JavaScript: what does stays apart.
    compile([...missing].filter(([, l]) => !callsOutside(l)));
    compile([...missing].filter(([, l]) => callsOutside(l)));
  } else compile([...missing]);
  return loops.map((l, i) => loopRunner(machine, real, codeOf(l, real), must(made.get(must(keys[i])))));
}

/** Bytes of a block of rows: it stays in the second cache between the two products. */
const BLOCK = 1 << 18;

interface Step {
  readonly run: () => void;
  /** From some rows, for all. */
  readonly some?: (stretches: readonly Stretch[]) => void;
}

/** Rows of a sparse matrix that are gone through together: what is made of them stays in the first cache. */
const SPARSE_ROWS = 1 << 10;

/** A x, a loop over its entries, and A' of what the loop makes: A comes from memory once. */
function onePass(blas: Blas, pass: Pass, loop: LoopPieces, place: (v: View) => number, address: (b: Buffer) => number): Step {
  const [p, , q] = pass;
  const [y, t] = [place(p.to), place(q.right)];
  const cols = must(q.to.shape[0]);
  const rows = must(p.to.shape[0]);
  const x = { at: place(p.right), length: cols, step: cols === 1 ? 1 : must(p.right.strides[0]) };
  const g = { at: place(q.to), length: cols, step: 1 };
  const { high, forth, back } = pass[0].kind === 'product' ? denseRows(blas, pass[0].left, place) : sparseRows(pass[0].matrix, place, address);
  const stretch = (first: number, end: number, weight: number): void => {
    for (let from = first; from < end; from += high) {
      const length = Math.min(high, end - from);
      forth(blas, from, length, p.scale, x, { at: y + from * blas.bytes, length, step: 1 });
      loop.part(from, from + length);
      back(blas, from, length, weight * q.scale, { at: t + from * blas.bytes, length, step: 1 }, g);
    }
  };
  const over = (stretches: readonly Stretch[], weight: number): void => {
    loop.start();
    blas.fill(0, g);
    for (const [from, to] of stretches) stretch(from, to, weight);
    loop.finish(weight);
  };
  const all: readonly Stretch[] = [[0, rows]];
  return { run: () => over(all, 1), some: (stretches) => over(stretches, rows / stretches.reduce((sum, [from, to]) => sum + to - from, 0)) };
}

/** Products with a block of rows, and with what lies across it. */
interface Rows {
  readonly high: number;
  readonly forth: (blas: Blas, from: number, length: number, scale: number, x: Vector, y: Vector) => void;
  readonly back: (blas: Blas, from: number, length: number, scale: number, t: Vector, g: Vector) => void;
}

function denseRows({ bytes }: Blas, A: View, place: (v: View) => number): Rows {
  const [, cols] = A.shape as [number, number];
  const step = must(A.strides[0]);
  const at = place(A);
  const block = (from: number, rows: number): Matrix => ({ at: at + from * step * bytes, rows, cols, rowStep: step, colStep: 1 });
  return {
    high: Math.max(8, Math.floor(BLOCK / (cols * bytes) / 8) * 8),
    forth: (blas, from, length, scale, x, y) => blas.gemv(scale, block(from, length), x, 0, y),
    back: (blas, from, length, scale, t, g) => blas.gemv(scale, transposed(block(from, length)), t, 1, g),
  };
}

function sparseRows({ cols, starts, indices, values }: SparseMatrix, place: (v: View) => number, address: (b: Buffer) => number): Rows {
  const [first, columns, entries] = [address(starts), address(indices), place(values)];
  const block = (from: number, rows: number): Csr => ({ rows, cols, starts: first + 4 * from, indices: columns, values: entries });
  return {
    high: SPARSE_ROWS,
    forth: (blas, from, length, scale, x, y) => blas.csrGemv(scale, block(from, length), x, 0, y),
    back: (blas, from, length, scale, t, g) => blas.csrGemvT(scale, block(from, length), t, 1, g),
  };
}

/** The offset of each position of leading axes, for several views. */
function batchOffsets(views: readonly View[], batch: number): number[][] {
  let list = [views.map(() => 0)];
  for (let axis = 0; axis < batch; axis++) {
    const n = must(must(views[0]).shape[axis]);
    list = list.flatMap((at) => Array.from({ length: n }, (_, i) => at.map((o, k) => o + i * must(views[k]!.strides[axis]))));
  }
  return list;
}

/** Entries of a matrix that comes from memory rather than from the second cache: half of it suffices where it is symmetric. */
const FAR_ENTRIES = 1 << 20;

function productRunner(blas: Blas, k: Product, place: (v: View) => number, isMirrored: boolean): () => void {
  const matrixAt = (v: View): ((offset: number) => Matrix) => {
    const [rows, cols] = v.shape.slice(k.batch) as [number, number];
    const [rowStep, colStep] = v.strides.slice(k.batch) as [number, number];
    const at = place(v);
    return (offset) => ({ at: at + offset * blas.bytes, rows, cols, rowStep, colStep });
  };
  const views = [k.left, k.right, k.to];
  const [left, right, to] = views.map(matrixAt) as [(o: number) => Matrix, (o: number) => Matrix, (o: number) => Matrix];
  const runs = batchOffsets(views, k.batch).map(([l, r, t]) => {
    const [A, B, C] = [left(l!), right(r!), to(t!)];
    if (k.symmetric) {
      return () => {
        blas.syrkLower(k.scale, A, transposed(B), 0, C);
        blas.mirrorLower(C);
      };
    }
    if (C.cols === 1) {
      const x = { at: B.at, length: B.rows, step: B.rows === 1 ? 1 : B.rowStep };
      const y = { at: C.at, length: C.rows, step: C.rows === 1 ? 1 : C.rowStep };
      if (isMirrored && A.rows * A.cols >= FAR_ENTRIES) return () => blas.symv(k.scale, A.colStep === 1 ? A : transposed(A), x, y);
      return () => blas.gemv(k.scale, A, x, 0, y);
    }
    return () => blas.gemm(k.scale, A, B, 0, C);
  });
  const [only] = runs;
  if (only && runs.length === 1) return only;
  return () => {
    for (const run of runs) run();
  };
}

function callRunner(machine: Machine, real: Real, k: Call, place: (v: View) => number): () => void {
  const { memory } = machine.context;
  const op = opNamed(k.node.op);
  const ranks = op.ranks(k.node.params);
  const { params } = k.node;
  const { batches } = k;
  const own = k.args.map((a, i) => a.shape.slice(a.shape.length - must(ranks[i])));
  const sizes = own.map(countOf);
  const made = batches === 0 ? [] : k.to.shape.slice(must(k.args[0]).shape.length - must(own[0]).length);
  const size = countOf(made);
  const from = k.args.map(place);
  const to = place(k.to);
  const rows = byRows[k.node.op];
  if (rows && real === 'f64') {
    const run = machine.rows()[rows];
    return () => run(batches, sizes[0]!, from[0]!, to);
  }
  const fast: Whole | undefined = rows ? (_, [x], y) => machine.rows()[rows](1, countOf(x!.shape), x!.at, y.at) : whole[k.node.op];
  const kernel = fast && ((args: readonly Placed[], result: Placed): void => fast(machine.blas('f64'), args, result, params));
  if (kernel && real === 'f64') {
    return () => {
      for (let b = 0; b < batches; b++) {
        kernel(from.map((at, i) => ({ at: at + b * sizes[i]! * 8, shape: own[i]! })), { at: to + b * size * 8, shape: made });
      }
    };
  }
  const numbers = (): Numbers => (real === 'f64' ? memory.f64() : memory.f32());
  const bytes = real === 'f64' ? 8 : 4;
  const read = (i: number, b: number): Numbers => {
    const start = from[i]! / bytes + b * sizes[i]!;
    return numbers().subarray(start, start + sizes[i]!);
  };
  if (kernel) {
    // In doubles for the time of the call.
    const room = sizes.map((n) => Math.max(1, n) * 8);
    return () => {
      memory.temporary(room.reduce((a, b) => a + b, size * 8), (start) => {
        for (let b = 0; b < batches; b++) {
          let at = start;
          const args = own.map((shape, i): Placed => {
            const here = at;
            memory.f64().set(read(i, b), here / 8);
            at += room[i]!;
            return { at: here, shape };
          });
          kernel(args, { at, shape: made });
          numbers().set(memory.f64().subarray(at / 8, at / 8 + size), to / bytes + b * size);
        }
      });
    };
  }
  return () => {
    for (let b = 0; b < batches; b++) {
      const value = op.value(own.map((shape, i) => dense(shape, read(i, b))), params);
      numbers().set(value.data, to / bytes + b * size);
    }
  };
}

function clearRunner({ context: { memory } }: Machine, k: Clear, bytes: number, address: (b: Buffer) => number): () => void {
  const at = address(k.buffer);
  // By numbers: filling shared memory by bytes is many times slower.
  return () => void (bytes === 8 ? memory.f64() : memory.f32()).fill(0, at / bytes, at / bytes + k.buffer.length);
}

/** Copies a view out, row by row. */
function reader(machine: Machine, real: Real, v: View, at: number): (out: Numbers) => void {
  const { memory } = machine.context;
  const numbers = (): Numbers => (real === 'f64' ? memory.f64() : memory.f32());
  const bytes = real === 'f64' ? 8 : 4;
  const length = countOf(v.shape);
  if (isRowMajor(v)) {
    const start = at / bytes;
    if (length > FEW) return (out) => out.set(numbers().subarray(start, start + length));
    return (out) => {
      const all = numbers();
      for (let i = 0; i < length; i++) out[i] = all[start + i]!;
    };
  }
  if (v.shape.length === 2) {
    const [rows, cols] = v.shape as [number, number];
    const [rowStep, colStep] = v.strides as [number, number];
    return (out) =>
      memory.temporary(length * bytes, (to) => {
        machine.blas(real).copyMatrix({ at, rows, cols, rowStep, colStep }, { at: to, rows, cols, rowStep: cols, colStep: 1 });
        out.set(numbers().subarray(to / bytes, to / bytes + length));
      });
  }
  return (out) => {
    const all = numbers();
    let k = 0;
    const visit = (axis: number, from: number): void => {
      if (axis === v.shape.length) out[k++] = all[from]!;
      else for (let i = 0; i < v.shape[axis]!; i++) visit(axis + 1, from + i * v.strides[axis]!);
    };
    visit(0, at / bytes);
  };
}
