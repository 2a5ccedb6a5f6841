// What a factorisation of [H + diag(d), Aᵀ; A, -diag(e)] keeps in linear memory, dense or sparse.

import { sharedMachine } from '../../run/wasm/machine.ts';
import type { Build, Machine } from '../../run/wasm/machine.ts';
import type { WasmFunction } from '../../run/wasm/engine.ts';
import { emitQuasiDefinite } from '../../run/wasm/quasi-definite.ts';
import type { QuasiDefiniteKernel } from '../../run/wasm/quasi-definite.ts';
import { lostPivot } from './pivot.ts';

/** A system in linear memory, until it is released; vectors are addresses of `size` doubles, in the order of `place`. */
export interface HeldKkt {
  readonly size: number;
  /** Where x and then y stand. */
  readonly place: Int32Array;
  /** Diagonal of H, in order. */
  readonly curvature: Float64Array;
  /** Address of the diagonal of the whole, which `factor` reads. */
  readonly diagonal: number;
  /** Addresses of vectors for whoever solves. */
  readonly vectors: readonly number[];
  /** Adds `regularisation` to the sizes of the diagonal's entries. */
  readonly factor: (regularisation: number) => void;
  /** v ← M⁻¹ v */
  readonly backward: (v: number) => void;
  /** to ← to - (K - diagonal) v */
  readonly lessProduct: (v: number, to: number) => void;
  readonly release: () => void;
}

export interface KktForm {
  readonly kind: 'dense' | 'sparse';
  /** What is eliminated, entry by entry, before a dense factorisation. */
  readonly head: 'variables' | 'rows' | 'none';
  readonly hold: () => HeldKkt;
}

const kernels: Build<QuasiDefiniteKernel> = emitQuasiDefinite(lostPivot);

export function kktKernels(machine: Machine): Readonly<Record<QuasiDefiniteKernel, WasmFunction>> {
  return machine.linked(kernels);
}

export interface Room {
  readonly machine: Machine;
  /** Address of the next so many doubles. */
  readonly doubles: (count: number) => number;
  readonly ints: (count: number) => number;
  readonly release: () => void;
}

/** One block for all that a system holds. */
export function roomOf(bytes: number): Room {
  const machine = sharedMachine();
  const block = machine.context.memory.allocate(bytes);
  let next = block;
  const take = (size: number): number => {
    const at = next;
    next += 16 * Math.ceil(size / 16);
    return at;
  };
  const room: Room = {
    machine,
    doubles: (count) => take(8 * count),
    ints: (count) => take(4 * count),
    release: () => machine.releaseNow(room, block),
  };
  machine.releaseWith(room, block);
  return room;
}
