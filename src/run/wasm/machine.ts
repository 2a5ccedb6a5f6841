// One linear memory with its kernels, shared by the functions compiled for it.

import { type Latest, newLatest } from '../../base/latest.ts';
import type { WasmFunction } from './engine.ts';
import { type Blas, createBlas } from './blas.ts';
import type { FunctionRef, ModuleBuilder } from './assembler.ts';
import { type ContextOptions, type WasmContext, createContext, link } from './context.ts';
import type { HostFunction } from './host.ts';
import type { SystemBlas } from '../native/system-blas.ts';
import type { Real } from './lanes.ts';
import { type Rows, createRows } from './rows.ts';

export interface Machine {
  readonly context: WasmContext;
  readonly blas: (real: Real) => Blas;
  readonly rows: () => Rows;
  /** The functions of a module of its own, made at the first call for it. */
  readonly linked: <Name extends string>(build: Build<Name>) => Readonly<Record<Name, WasmFunction>>;
  /** Code of loops by what they say, the latest ones: the same are met again and again. */
  readonly loops: Latest<WasmFunction>;
  /** A block that every function uses for what lives during one call; it may move when a larger one is asked for. */
  readonly scratch: (bytes: number) => number;
  /** Frees the block when the owner is collected. */
  readonly releaseWith: (owner: object, address: number) => void;
  /** Frees the block of an owner that is not used any more. */
  readonly releaseNow: (owner: object, address: number) => void;
  /** Until all its threads have started: they join in when they have, and are not waited for otherwise. */
  readonly ready: () => Promise<void>;
  /** Ends its other threads. Functions compiled for it still run, on one. */
  readonly close: () => void;
}

/** Writes the functions of a module. */
export type Build<Name extends string> = ((module: ModuleBuilder, context: WasmContext, host: (name: HostFunction) => FunctionRef<'f64'>) => void) & { readonly names?: Name };

export interface MachineOptions extends ContextOptions {
  /** Takes large products of matrices: `await systemBlas()`. */
  readonly blas?: SystemBlas;
}

/**
 * A memory with its kernels. With `threads`, large work is shared by so many of them; a call still returns when all is done.
 * In Node they may be asked for anywhere, in browsers within a worker of a page that is cross-origin isolated.
 * Throws a `RicciError` `no-threads` elsewhere.
 *
 * @example const f = compile(expr, { machine: newMachine({ threads: 4 }) })
 */
export function newMachine({ blas, ...options }: MachineOptions = {}): Machine {
  const context = createContext(options);
  const { memory } = context;
  const made = new Map<Real, Blas>();
  const collected = new FinalizationRegistry<number>((address) => memory.release(address));
  const modules = new Map<Build<string>, Readonly<Record<string, WasmFunction>>>();
  let rows: Rows | undefined;
  let scratch = { at: 0, bytes: 0 };
  return {
    context,
    blas: (real) => {
      const found = made.get(real) ?? createBlas(context, real, blas?.on(context, real));
      made.set(real, found);
      return found;
    },
    rows: () => (rows ??= createRows(context)),
    linked: (build) => {
      const found = modules.get(build) ?? link<string>(context, (module, host) => build(module, context, host));
      modules.set(build, found);
      return found;
    },
    loops: newLatest(mostLoops),
    scratch: (bytes) => {
      if (bytes > scratch.bytes) {
        if (scratch.at !== 0) memory.release(scratch.at);
        scratch = { at: 0, bytes: 0 };
        scratch = { at: memory.allocate(bytes), bytes };
      }
      return scratch.at;
    },
    releaseWith: (owner, address) => collected.register(owner, address, owner),
    releaseNow: (owner, address) => {
      if (collected.unregister(owner)) memory.release(address);
    },
    ready: async () => context.crew?.ready(),
    close: () => context.crew?.close(),
  };
}

const mostLoops = 512;

let shared: Machine | undefined;

/** The machine of functions that are given none, made when first needed. */
export function sharedMachine(): Machine {
  return (shared ??= newMachine());
}
