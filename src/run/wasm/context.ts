// What all emitted code of one worker shares: a memory, the constants in it, and what the host can do.

import { assemble } from './assembler.ts';
import type { FunctionRef, ModuleBuilder } from './assembler.ts';
import { createConstants } from './constants.ts';
import type { Constants } from './constants.ts';
import { instantiate } from './engine.ts';
import type { WasmFunction } from './engine.ts';
import { detectFeatures } from './features.ts';
import type { Features } from './features.ts';
import { createMemory } from './memory.ts';
import type { LinearMemory, MemoryOptions } from './memory.ts';

export interface WasmContext {
  readonly memory: LinearMemory;
  readonly constants: Constants;
  readonly features: Features;
}

export interface ContextOptions extends MemoryOptions {
  /** The same bits on every machine, at some cost in speed. */
  readonly deterministic?: boolean;
  /** Instead of what the host is found to support. */
  readonly features?: Features;
}

export function createContext({ deterministic = false, features, ...options }: ContextOptions = {}): WasmContext {
  const memory = createMemory(options);
  return { memory, constants: createConstants(memory), features: features ?? detectFeatures({ deterministic }) };
}

/** Host functions, for the rare arguments that kernels leave to them; `pow` takes two numbers. */
export type HostFunction = 'sin' | 'cos' | 'tan' | 'pow';

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
        host.get(name) ?? module.importFunction('host', name, name === 'pow' ? ['f64', 'f64'] : ['f64'], 'f64');
      host.set(name, found);
      return found;
    });
  });
  return instantiate<Name>(bytes, {
    host: { memory: context.memory.object, sin: Math.sin, cos: Math.cos, tan: Math.tan, pow: power, ...functions },
  });
}

/** pow as in IEEE 754, section 9.2.1; ECMAScript has NaN for 1^NaN and (±1)^(±∞). */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}
