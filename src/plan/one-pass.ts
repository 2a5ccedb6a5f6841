// Kernels that run together, a block of rows at a time.

import { must } from '../base/internal.ts';
import { type Kernel, type Loop, type Product, type SparseProduct, reads, writes } from './kernel.ts';
import type { Buffer } from './view.ts';

/** Entries beyond which a matrix is worth reading once instead of twice. */
const large = 1 << 19;

/** A x, a loop over its entries, and A' of what the loop makes. */
export type Pass = readonly [Product, Loop, Product] | readonly [SparseProduct, Loop, SparseProduct];

/**
 * The three kernels of a pass, as in losses with their gradients, are one group: by blocks of rows A comes from memory once.
 * What stands between them and does not touch them comes after. Every other kernel is a group of its own.
 */
export function grouped(kernels: readonly Kernel[]): (readonly Kernel[])[] {
  const groups: (readonly Kernel[])[] = [];
  const left = [...kernels];
  for (let first = left.shift(); first; first = left.shift()) {
    const pass = passFrom(first, left);
    groups.push(pass ?? [first]);
    if (pass) for (const k of pass.slice(1)) left.splice(left.indexOf(k), 1);
  }
  return groups;
}

export function isPass(group: readonly Kernel[]): group is Pass {
  return group.length === 3;
}

/**
 * The only pass among the groups, if the others take from it nothing but sums over its rows: some of the rows then tell
 * about all.
 */
export function separablePass(groups: readonly (readonly Kernel[])[], asked: ReadonlySet<Buffer>): Pass | undefined {
  const [pass, ...more] = groups.filter(isPass);
  if (!pass || more.length > 0) return undefined;
  const [p, l] = pass;
  const byRow = [p.to.buffer, ...l.results.filter((r) => r.sums.length === 0).map((r) => r.to.buffer)];
  const others = groups.filter((g) => g !== pass).flat();
  return byRow.some((b) => asked.has(b) || others.some((k) => reads(k).includes(b))) ? undefined : pass;
}

/** How far on the other two may be. */
const reach = 16;

/** The pass that begins with a product, if what stands between its kernels can come after them. */
function passFrom(p: Kernel, after: readonly Kernel[]): Pass | undefined {
  if (p.kind !== 'product' && p.kind !== 'sparse-product') return undefined;
  const at = after.findIndex((k, i) => i < reach && reads(k).includes(p.to.buffer));
  const l = after[at];
  const more = after.findIndex((k, i) => i > at && i < reach && l !== undefined && isOnePass([p, l, k]));
  const q = after[more];
  if (at < 0 || !l || !q) return undefined;
  const passed = (k: Kernel, between: readonly Kernel[]): boolean => between.every((other) => !meet(writes(other), reads(k)) && !meet(writes(other), writes(k)) && !meet(reads(other), writes(k)));
  return passed(l, after.slice(0, at)) && passed(q, after.slice(0, more).filter((k) => k !== l)) ? ([p, l, q] as unknown as Pass) : undefined;
}

function meet(some: readonly Buffer[], others: readonly Buffer[]): boolean {
  return some.some((b) => others.includes(b));
}

function isOnePass([p, l, q]: readonly [Kernel, Kernel, Kernel]): boolean {
  if (l.kind !== 'loop' || l.space.length !== 1) return false;
  const isSame = p.kind === 'product' && q.kind === 'product' ? isDense(p, q) : p.kind === 'sparse-product' && q.kind === 'sparse-product' && isSparse(p, q);
  if (!isSame) return false;
  const { right } = q as Product | SparseProduct;
  const made = l.results.find((r) => r.to.buffer === right.buffer);
  return right.shape[0] === l.space[0] && made?.sums.length === 0 && made.to.offset === right.offset && right.strides[0] === 1 && made.to.strides[0] === 1;
}

function isDense(p: Product, q: Product): boolean {
  const [rows, cols] = p.left.shape as [number, number];
  if (p.batch + q.batch > 0 || rows * cols < large || p.to.shape[1] !== 1 || q.to.shape[1] !== 1) return false;
  const [A, B] = [p.left, q.left];
  return B.buffer === A.buffer && B.offset === A.offset && B.strides[0] === 1 && A.strides[1] === 1 && B.strides[1] === must(A.strides[0]);
}

function isSparse(p: SparseProduct, q: SparseProduct): boolean {
  const [S, T] = [p.matrix, q.matrix];
  if (S.values.buffer.length < large / 8 || p.turned || !q.turned || p.to.shape[1] !== 1 || q.to.shape[1] !== 1 || p.to.strides[0] !== 1) return false;
  return S.values.buffer === T.values.buffer && S.values.offset === T.values.offset && S.indices === T.indices && S.starts === T.starts;
}
