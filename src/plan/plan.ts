// The program of several results that share work, for given sizes: what is run once, what is run at every call, and where
// everything lies.

import type { VariableNode } from '../ir/expr.ts';
import { type Arena, arena } from './arena.ts';
import { fused } from './fuse.ts';
import { type Kernel, reads, writes } from './kernel.ts';
import { type DenseValue, type LowerOptions, lower } from './lower.ts';
import type { SizeOf } from './maker.ts';
import { type Pass, grouped, separablePass } from './one-pass.ts';
import type { Program } from './primitive.ts';
import type { Buffer } from './view.ts';

export interface Plan {
  readonly inputs: readonly { readonly variable: VariableNode; readonly buffer: Buffer }[];
  readonly outputs: readonly DenseValue[];
  /** What depends on constants and fixed inputs alone: run once. */
  readonly once: readonly Kernel[];
  readonly kernels: readonly Kernel[];
  /** The same kernels: those of a group run together, a block of rows at a time. */
  readonly groups: readonly (readonly Kernel[])[];
  /** The group of which some rows tell about all, if there is one. */
  readonly pass?: Pass;
  /** Constants, fixed and resident inputs, and what `once` leaves for the rest. */
  readonly lasting: readonly Buffer[];
  /** Places of inputs and of what the kernels make. */
  readonly arena: Arena;
  /** Places of what `once` makes on the way. */
  readonly onceArena: Arena;
}

export interface PlanOptions extends LowerOptions {
  /** Inputs that stay in place but may change there: they are not copied in a call, and nothing is computed beforehand. */
  readonly resident?: ReadonlySet<string>;
}

export function planOf(program: Program, sizeOf: SizeOf, { fixed = new Set(), resident = new Set(), sparse = new Map() }: PlanOptions = {}): Plan {
  const { kernels, inputs, outputs } = lower(program, sizeOf, { fixed, sparse });
  const stays = new Set<Buffer>();
  const isStill = (b: Buffer): boolean => b.role === 'constant' || (b.role === 'input' && fixed.has(b.name ?? '')) || stays.has(b);
  const changing = new Set<Buffer>();
  for (const k of kernels) {
    if (k.kind === 'clear') continue;
    const still = reads(k).every(isStill);
    for (const b of writes(k)) (still && !changing.has(b) ? stays : changing).add(b);
  }
  for (const b of changing) stays.delete(b);
  const isOnce = (k: Kernel): boolean => writes(k).every((b) => stays.has(b)) && reads(k).every(isStill);
  const asked = new Set(outputs.flatMap((o) => (o.kind === 'view' ? [o.view.buffer] : [])));
  const main = fused(kernels.filter((k) => !isOnce(k)), asked);
  const needed = new Set([...main.flatMap(reads), ...asked]);
  const left = new Set([...stays].filter((b) => needed.has(b)));
  const once = fused(kernels.filter(isOnce), left);
  const used = new Set([...needed, ...once.flatMap(reads)]);
  const staysInPlace = (b: Buffer): boolean => b.role === 'constant' || (b.role === 'input' && (fixed.has(b.name ?? '') || resident.has(b.name ?? '')));
  const lasting = [...new Set([...[...used].filter(staysInPlace), ...left])];
  const elsewhere = new Set(lasting);
  const calls = inputs.map((i) => i.buffer).filter((b) => used.has(b));
  const groups = grouped(main);
  const pass = separablePass(groups, asked);
  return {
    inputs,
    outputs,
    once,
    kernels: groups.flat(),
    groups,
    ...(pass && { pass }),
    lasting,
    arena: arena(groups, calls, asked, elsewhere),
    onceArena: arena(once.map((k) => [k]), [], new Set(), elsewhere),
  };
}
