// Vector constants live in linear memory: V8 builds `v128.const` anew in every turn of a loop (from Node 24 on).

import { v128 } from './assembler.ts';
import type { V128 } from './assembler.ts';
import type { LinearMemory } from './memory.ts';

export interface Constants {
  /** The number in every lane. */
  readonly f64x2: (value: number) => V128;
  readonly f32x4: (value: number) => V128;
  /** The bit pattern in both halves. */
  readonly i64x2: (bits: bigint) => V128;
}

const BLOCK = 4096;

/** Equal constants share one place; the code made from them is bound to this memory. */
export function createConstants(memory: LinearMemory): Constants {
  const addresses = new Map<bigint, number>();
  const scratch = new DataView(new ArrayBuffer(8));
  let next = 0;
  let end = 0;
  const i64x2 = (bits: bigint): V128 => {
    const pattern = BigInt.asUintN(64, bits);
    let address = addresses.get(pattern);
    if (address === undefined) {
      if (next === end) {
        next = memory.allocate(BLOCK);
        end = next + BLOCK;
      }
      address = next;
      next += 16;
      const view = new DataView(memory.object.buffer);
      view.setBigUint64(address, pattern, true);
      view.setBigUint64(address + 8, pattern, true);
      addresses.set(pattern, address);
    }
    return v128.load(0, address);
  };
  return {
    i64x2,
    f64x2: (value) => {
      scratch.setFloat64(0, value, true);
      return i64x2(scratch.getBigUint64(0, true));
    },
    f32x4: (value) => {
      scratch.setFloat32(0, value, true);
      scratch.setFloat32(4, value, true);
      return i64x2(scratch.getBigUint64(0, true));
    },
  };
}
