// Kernels that run together, a block of rows at a time.

import { must } from '../base/internal.ts';
import { type Kernel, type Product, reads, writes } from './kernel.ts';
import type { Buffer } from './view.ts';

/** Entries beyond which a matrix is worth reading once instead of twice. */
const large = 1 << 19;

/**
 * A x, a loop over its entries, and A' of what the loop makes, as in losses with their gradients, are one group of three: by
 * blocks of rows A comes from memory once. What stands between them and does not touch them comes after. Every other kernel
 * is a group of its own.
 */
export function grouped(kernels: readonly Kernel[]): (readonly Kernel[])[] {
  const groups: (readonly Kernel[])[] = [];
  const left = [...kernels];
  for (let first = left.shift(); first; first = left.shift()) {
    const pass = first.kind === 'product' ? passFrom(first, left) : undefined;
    groups.push(pass ?? [first]);
    if (pass) for (const k of pass.slice(1)) left.splice(left.indexOf(k), 1);
  }
  return groups;
}

/** How far on the other two may be. */
const reach = 16;

/** The group that begins with a product, if what stands between its kernels can come after them. */
function passFrom(p: Product, after: readonly Kernel[]): readonly Kernel[] | undefined {
  const at = after.findIndex((k, i) => i < reach && reads(k).includes(p.to.buffer));
  const l = after[at];
  const more = after.findIndex((k, i) => i > at && i < reach && k.kind === 'product' && l !== undefined && isOnePass(p, l, k));
  const q = after[more];
  if (at < 0 || !l || !q) return undefined;
  const passed = (k: Kernel, between: readonly Kernel[]): boolean => between.every((other) => !meet(writes(other), reads(k)) && !meet(writes(other), writes(k)) && !meet(reads(other), writes(k)));
  return passed(l, after.slice(0, at)) && passed(q, after.slice(0, more).filter((k) => k !== l)) ? [p, l, q] : undefined;
}

function meet(some: readonly Buffer[], others: readonly Buffer[]): boolean {
  return some.some((b) => others.includes(b));
}

function isOnePass(p: Product, l: Kernel, q: Product): boolean {
  if (l.kind !== 'loop' || p.batch + q.batch > 0) return false;
  const [rows, cols] = p.left.shape as [number, number];
  if (rows * cols < large || p.to.shape[1] !== 1 || q.to.shape[1] !== 1 || l.space.length !== 1 || l.space[0] !== rows) return false;
  const [A, B] = [p.left, q.left];
  if (B.buffer !== A.buffer || B.offset !== A.offset || B.strides[0] !== 1 || A.strides[1] !== 1 || B.strides[1] !== must(A.strides[0])) return false;
  const made = l.results.find((r) => r.to.buffer === q.right.buffer);
  return made?.sums.length === 0 && made.to.offset === q.right.offset && q.right.strides[0] === 1 && made.to.strides[0] === 1;
}
