// What a page and its compute worker tell each other.

import type { Diagnostic } from '../../base/diagnostic.ts';
import type { PackedGraph } from '../../ir/transport.ts';
import type { CompileOptions } from '../compile.ts';
import type { Input, Tensor } from '../values.ts';
import type { MachineOptions } from '../wasm/machine.ts';

/** Of the memory that is the worker's own. */
export type ComputeOptions = Pick<MachineOptions, 'threads' | 'maximumBytes' | 'deterministic'>;

export type RemoteOptions = Omit<CompileOptions, 'machine'>;

export interface Program {
  readonly graph: PackedGraph;
  readonly names: readonly string[];
  readonly options: RemoteOptions;
}

export type Request =
  | { readonly kind: 'start'; readonly options: ComputeOptions }
  | { readonly kind: 'ready'; readonly call: number }
  | { readonly kind: 'compile'; readonly program: number; readonly source: Program }
  | { readonly kind: 'forget'; readonly program: number }
  | { readonly kind: 'call'; readonly call: number; readonly program: number; readonly values: Readonly<Record<string, Input | undefined>> };

export interface Answer {
  readonly call: number;
  readonly results?: Readonly<Record<string, Tensor>>;
  /** Of a `RicciError`, else the message of another. */
  readonly diagnostics?: readonly Diagnostic[];
  readonly message?: string;
}
