// What all emitted code of one memory shares: the memory, the constants in it, what the host can do, who shares the work.

import { type Crew, type CrewOptions, newCrew, requireThreads } from '../threads/crew.ts';
import { assemble } from './assembler.ts';
import type { FunctionRef, ModuleBuilder } from './assembler.ts';
import { createConstants } from './constants.ts';
import type { Constants } from './constants.ts';
import { instantiate } from './engine.ts';
import type { WasmFunction } from './engine.ts';
import { detectFeatures } from './features.ts';
import type { Features } from './features.ts';
import { type HostFunction, hostFunctions } from './host.ts';
import { createMemory } from './memory.ts';
import type { LinearMemory, MemoryOptions } from './memory.ts';

export interface WasmContext {
  readonly memory: LinearMemory;
  readonly constants: Constants;
  readonly features: Features;
  /** Where several threads work. */
  readonly crew?: Crew;
}

export interface ContextOptions extends MemoryOptions, Omit<CrewOptions, 'threads'> {
  /** The same bits on every machine, at some cost in speed. */
  readonly deterministic?: boolean;
  /** Instead of what the host is found to support. */
  readonly features?: Features;
  /** Threads that share large work, this one among them; one unless told. The memory is shared then. */
  readonly threads?: number;
}

export function createContext({ deterministic = false, features, threads = 1, ...options }: ContextOptions = {}): WasmContext {
  requireThreads(threads);
  const memory = createMemory(threads > 1 ? { ...options, shared: true } : options);
  const crew = threads > 1 ? newCrew(memory, { ...options, threads }) : undefined;
  return { memory, constants: createConstants(memory), features: features ?? detectFeatures({ deterministic }), ...(crew && { crew }) };
}

/**
 * Assemble, compile and link a module that works on the context's memory.  Let a call take some ten thousand
 * elements at most and call again for more: V8 starts with baseline code and never replaces a loop that runs.
 * `functions` are further functions of the host module, which `build` imports itself when the module is made.
 */
export function link<Name extends string>(
  context: WasmContext,
  build: (module: ModuleBuilder, host: (name: HostFunction) => FunctionRef<'f64'>) => void,
  functions: Readonly<Record<string, (...args: number[]) => number>> = {},
): Readonly<Record<Name, WasmFunction>> {
  const bytes = assemble((module) => {
    const { buffer } = context.memory.object;
    const shared = typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
    module.importMemory('host', 'memory', shared ? { sharedMax: 65536 } : {});
    const host = new Map<HostFunction, FunctionRef<'f64'>>();
    build(module, (name) => {
      const found =
        host.get(name) ?? module.importFunction('host', name, hostFunctions[name].length === 2 ? ['f64', 'f64'] : ['f64'], 'f64');
      host.set(name, found);
      return found;
    });
  });
  const made = instantiate<Name>(bytes, { host: { memory: context.memory.object, ...hostFunctions, ...functions } });
  // Other threads have none of the further functions.
  if (Object.keys(functions).length === 0) context.crew?.share(bytes, Object.values(made));
  return made;
}
