// Kernels that run together, a block of rows at a time.

import { must } from '../base/internal.ts';
import type { Kernel } from './kernel.ts';

/** Entries beyond which a matrix is worth reading once instead of twice. */
const large = 1 << 19;

/**
 * A x, a loop over its entries, and A' of what the loop makes, as in losses with their gradients, are one group of three: by
 * blocks of rows A comes from memory once. Every other kernel is a group of its own.
 */
export function grouped(kernels: readonly Kernel[]): (readonly Kernel[])[] {
  const groups: (readonly Kernel[])[] = [];
  for (let i = 0; i < kernels.length; ) {
    const size = isOnePass(kernels.slice(i, i + 3)) ? 3 : 1;
    groups.push(kernels.slice(i, (i += size)));
  }
  return groups;
}

function isOnePass([p, l, q]: readonly Kernel[]): boolean {
  if (p?.kind !== 'product' || l?.kind !== 'loop' || q?.kind !== 'product' || p.batch + q.batch > 0) return false;
  const [rows, cols] = p.left.shape as [number, number];
  if (rows * cols < large || p.to.shape[1] !== 1 || q.to.shape[1] !== 1 || l.space.length !== 1 || l.space[0] !== rows) return false;
  const [A, B] = [p.left, q.left];
  if (B.buffer !== A.buffer || B.offset !== A.offset || B.strides[0] !== 1 || A.strides[1] !== 1 || B.strides[1] !== must(A.strides[0])) return false;
  const made = l.results.find((r) => r.to.buffer === q.right.buffer);
  return made?.sums.length === 0 && made.to.offset === q.right.offset && q.right.strides[0] === 1 && made.to.strides[0] === 1;
}
