// One growing linear memory and the blocks handed out from it.  Addresses are bytes, aligned to cache lines.

import { RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { engine } from './engine.ts';
import type { MemoryObject } from './engine.ts';

const PAGE = 65536;
const LINE = 64;
/** What 32-bit addresses reach. */
const MOST_BYTES = 65536 * PAGE;

export interface LinearMemory {
  readonly object: MemoryObject;
  /** The whole memory.  Views go stale when it grows: take them anew after anything that may allocate. */
  readonly f64: () => Float64Array;
  readonly f32: () => Float32Array;
  readonly i32: () => Int32Array;
  readonly bytes: () => Uint8Array;
  /** `count` doubles at an address; stale after growth, like every view. */
  readonly doubles: (address: number, count: number) => Float64Array;
  /** An uninitialised block; throws RicciError `out-of-memory`. */
  readonly allocate: (bytes: number) => number;
  readonly release: (address: number) => void;
  /** A block for the time of the call. */
  readonly temporary: <T>(bytes: number, use: (address: number) => T) => T;
  /** Bytes in blocks not yet released. */
  readonly used: () => number;
}

interface Gap {
  at: number;
  size: number;
}

export interface MemoryOptions {
  /** The memory never grows beyond this; 4 GiB unless told. */
  readonly maximumBytes?: number;
  /** A SharedArrayBuffer, for workers; reserves `maximumBytes` of address space. */
  readonly shared?: boolean;
}

export function createMemory({ maximumBytes = MOST_BYTES, shared = false }: MemoryOptions = {}): LinearMemory {
  const maximum = Math.max(1, Math.floor(Math.min(maximumBytes, MOST_BYTES) / PAGE));
  const object = new (engine().Memory)({ initial: 1, maximum, shared });
  let buffer = object.buffer;
  let views = viewsOf(buffer);
  const current = (): ReturnType<typeof viewsOf> => {
    if (object.buffer !== buffer) {
      buffer = object.buffer;
      views = viewsOf(buffer);
    }
    return views;
  };

  const sizes = new Map<number, number>();
  // Sorted by address, never adjacent.  The first line stays unused: no block has address 0.
  const gaps: Gap[] = [{ at: LINE, size: PAGE - LINE }];
  let used = 0;

  const free = (at: number, size: number): void => {
    let next = 0;
    while (next < gaps.length && gaps[next]!.at < at) next++;
    const left = gaps[next - 1];
    const right = gaps[next];
    const joinsLeft = left !== undefined && left.at + left.size === at;
    const joinsRight = right !== undefined && at + size === right.at;
    if (joinsLeft) {
      left.size += size + (joinsRight ? right.size : 0);
      if (joinsRight) gaps.splice(next, 1);
    } else if (joinsRight) {
      right.at = at;
      right.size += size;
    } else gaps.splice(next, 0, { at, size });
  };

  const grow = (size: number): void => {
    const length = object.buffer.byteLength;
    const last = gaps.at(-1);
    const tail = last !== undefined && last.at + last.size === length ? last.size : 0;
    const needed = Math.ceil((size - tail) / PAGE);
    const room = maximum - length / PAGE;
    if (needed > room) throw outOfMemory(size, used, maximum * PAGE);
    // Some more than needed, so that many small blocks do not grow the memory many times.
    const generous = Math.min(room, Math.max(needed, Math.ceil(length / PAGE / 4)));
    const grown = [generous, needed].find((pages) => canGrow(object, pages));
    if (grown === undefined) throw outOfMemory(size, used, maximum * PAGE);
    free(length, grown * PAGE);
  };

  const firstGap = (size: number): number => {
    let index = 0;
    while (index < gaps.length && gaps[index]!.size < size) index++;
    return index;
  };

  const allocate = (bytes: number): number => {
    if (!(bytes >= 0 && bytes <= MOST_BYTES)) throw outOfMemory(bytes, used, maximum * PAGE);
    const size = Math.max(LINE, Math.ceil(bytes / LINE) * LINE);
    let index = firstGap(size);
    if (index === gaps.length) {
      grow(size);
      index = firstGap(size);
    }
    const gap = must(gaps[index], 'gap after growing');
    const { at } = gap;
    if (gap.size === size) gaps.splice(index, 1);
    else {
      gap.at += size;
      gap.size -= size;
    }
    sizes.set(at, size);
    used += size;
    return at;
  };

  const release = (address: number): void => {
    const size = must(sizes.get(address), `block at ${address}`);
    sizes.delete(address);
    used -= size;
    free(address, size);
  };

  return {
    object,
    f64: () => current().f64,
    f32: () => current().f32,
    i32: () => current().i32,
    bytes: () => current().bytes,
    doubles: (address, count) => current().f64.subarray(address / 8, address / 8 + count),
    allocate,
    release,
    temporary: (bytes, use) => {
      const at = allocate(bytes);
      try {
        return use(at);
      } finally {
        release(at);
      }
    },
    used: () => used,
  };
}

function viewsOf(buffer: ArrayBufferLike): {
  readonly f64: Float64Array;
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly bytes: Uint8Array;
} {
  return {
    f64: new Float64Array(buffer),
    f32: new Float32Array(buffer),
    i32: new Int32Array(buffer),
    bytes: new Uint8Array(buffer),
  };
}

function canGrow(object: MemoryObject, pages: number): boolean {
  try {
    return object.grow(pages) >= 0;
  } catch {
    return false; // RangeError: the host has no more
  }
}

function outOfMemory(bytes: number, used: number, limit: number): RicciError {
  return new RicciError([
    {
      code: 'out-of-memory',
      severity: 'error',
      message: `${inWords(bytes)} do not fit in memory`,
      span: [0, 0],
      needed: `${inWords(bytes)} besides the ${inWords(used)} in use`,
      found: `a limit of ${inWords(limit)}`,
      help: 'use smaller dims, f32, or a structured result instead of a dense one',
    },
  ]);
}

function inWords(bytes: number): string {
  if (!Number.isFinite(bytes)) return 'infinitely many bytes';
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const amount = bytes / 1024 ** step;
  return `${step === 0 ? amount : amount.toPrecision(3)} ${units[step]}`;
}
