// Where buffers lie in one block of memory: a place is used again once its last reader has run.

import { must } from '../base/internal.ts';
import { type Kernel, reads, writes } from './kernel.ts';
import type { Buffer } from './view.ts';

/** In entries; places begin at multiples of 16 entries, which is a cache line for 4 bytes and for 8. */
export interface Arena {
  readonly offsets: ReadonlyMap<Buffer, number>;
  readonly length: number;
}

const LINE = 16;

/** What kernels of one group read and write is there at once. `first` are there before the first group, `last` are needed after the last one. */
export function arena(groups: readonly (readonly Kernel[])[], first: readonly Buffer[], last: ReadonlySet<Buffer>, elsewhere: ReadonlySet<Buffer>): Arena {
  const end = new Map<Buffer, number>();
  groups.forEach((group, i) => {
    for (const b of [...group.flatMap(reads), ...group.flatMap(writes)]) end.set(b, i);
  });
  for (const b of last) end.set(b, groups.length);
  const offsets = new Map<Buffer, number>();
  let gaps: { at: number; size: number }[] = [];
  let length = 0;
  const roomOf = (b: Buffer): number => Math.max(1, Math.ceil(b.length / LINE)) * LINE;
  const take = (b: Buffer): void => {
    if (offsets.has(b) || elsewhere.has(b)) return;
    const size = roomOf(b);
    const best = gaps.filter((g) => g.size >= size).sort((g, h) => g.size - h.size)[0];
    if (best) {
      offsets.set(b, best.at);
      gaps = gaps.filter((g) => g !== best);
      if (best.size > size) gaps.push({ at: best.at + size, size: best.size - size });
      return;
    }
    // The gap at the end grows.
    const tail = gaps.find((g) => g.at + g.size === length);
    const at = tail ? tail.at : length;
    if (tail) gaps = gaps.filter((g) => g !== tail);
    offsets.set(b, at);
    length = at + size;
  };
  const free = (b: Buffer): void => {
    let [at, size] = [must(offsets.get(b)), roomOf(b)];
    gaps = gaps.filter((g) => {
      if (g.at + g.size === at) at = g.at;
      else if (at + size !== g.at) return true;
      size += g.size;
      return false;
    });
    gaps.push({ at, size });
  };
  for (const b of first) take(b);
  for (const b of first) if (!end.has(b) && offsets.has(b)) free(b);
  groups.forEach((group, i) => {
    for (const b of group.flatMap(writes)) take(b);
    for (const b of new Set([...group.flatMap(reads), ...group.flatMap(writes)])) if (end.get(b) === i && offsets.has(b)) free(b);
  });
  return { offsets, length };
}
