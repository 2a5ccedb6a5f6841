// The part of the WebAssembly API in use, typed here because `lib` has none: Node and browsers both provide it.

export interface MemoryObject {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

export type WasmFunction = (...args: number[]) => number;

interface Engine {
  validate(bytes: Uint8Array): boolean;
  Memory: new (size: { initial: number; maximum?: number; shared?: boolean }) => MemoryObject;
  Module: new (bytes: Uint8Array) => WasmModule;
  Instance: new (
    module: WasmModule,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: Record<string, unknown> };
}

/** The host's WebAssembly. */
export function engine(): Engine {
  const found = (globalThis as unknown as { WebAssembly?: Engine }).WebAssembly;
  if (found === undefined) throw new Error('internal: this host has no WebAssembly');
  return found;
}

/** Compile and link at once; exports are functions of numbers. */
export function instantiate<Name extends string = string>(
  bytes: Uint8Array,
  imports: Record<string, Record<string, unknown>> = {},
): Readonly<Record<Name, WasmFunction>> {
  const { Module, Instance } = engine();
  return new Instance(new Module(bytes), imports).exports as Record<Name, WasmFunction>;
}
