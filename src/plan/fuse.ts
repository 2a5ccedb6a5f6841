// Loops over the same space become one: a loop that reads what another makes takes the value where it is made, and
// results that no one else reads are never written. Loops that read the same array go over it once.

import { must, unreachable } from '../base/internal.ts';
import { type Kernel, type Loop, type Operation, type Result, reads, writes } from './kernel.ts';
import { type Buffer, type View, sameView } from './view.ts';

// Beyond these a loop runs out of registers and gains nothing.
const mostOperations = 48;
const mostArrays = 16;
/** How far back a loop looks for another. */
const reach = 64;

/** `kept` are buffers that must be there at the end. */
export function fused(kernels: readonly Kernel[], kept: ReadonlySet<Buffer>): Kernel[] {
  const list: Kernel[] = [];
  for (const k of kernels) {
    if (k.kind === 'loop') place(tidy(k), list);
    else list.push(k);
  }
  return live(list, kept);
}

function place(loop: Loop, list: Kernel[]): void {
  const [mine, made] = [new Set(reads(loop)), new Set(writes(loop))];
  // What stands between the candidate and the end of the list reads and writes.
  const [readBetween, writtenBetween] = [new Set<Buffer>(), new Set<Buffer>()];
  const meets = (a: Iterable<Buffer>, b: ReadonlySet<Buffer>): boolean => [...a].some((x) => b.has(x));
  for (let at = list.length - 1; at >= Math.max(0, list.length - reach); at--) {
    const other = must(list[at]);
    if (other.kind === 'loop') {
      const up = !meets(mine, writtenBetween) && !meets(made, writtenBetween) && !meets(made, readBetween);
      const down = !meets(writes(other), readBetween) && !meets(writes(other), writtenBetween) && !meets(reads(other), writtenBetween);
      const joined = up || down ? merged(other, loop) : undefined;
      if (joined) {
        if (up) list[at] = joined;
        else {
          list.splice(at, 1);
          list.push(joined);
        }
        return;
      }
    }
    for (const b of reads(other)) readBetween.add(b);
    for (const b of writes(other)) writtenBetween.add(b);
  }
  list.push(loop);
}

/** Both loops in one pass, if that is possible and one has something for the other. */
function merged(first: Loop, second: Loop): Loop | undefined {
  if (first.space.length !== second.space.length || first.space.some((n, axis) => n !== second.space[axis])) return undefined;
  if (first.operations.length + second.operations.length > mostOperations) return undefined;
  const sums = [...first.results, ...second.results].map((r) => r.sums.join()).filter((s) => s !== '');
  if (new Set(sums).size > 1) return undefined;
  const made = new Map<Buffer, Result[]>();
  for (const r of first.results) made.set(r.to.buffer, [...(made.get(r.to.buffer) ?? []), r]);
  const passed = new Map<Operation, number>();
  let shares = false;
  for (const o of second.operations) {
    if (o.kind !== 'load') continue;
    const sources = made.get(o.view.buffer);
    if (sources) {
      const source = sources.find((r) => r.sums.length === 0 && sameView(r.to, o.view));
      if (!source || sources.length > 1) return undefined;
      passed.set(o, source.of);
      shares = true;
    } else shares ||= first.operations.some((p) => p.kind === 'load' && p.view.buffer === o.view.buffer);
  }
  if (!shares && first.space.length > 0) return undefined;
  const arrays = new Set([...first.operations, ...second.operations].flatMap((o) => (o.kind === 'load' ? [o.view.buffer] : [])));
  if (arrays.size + first.results.length + second.results.length > mostArrays) return undefined;
  const operations = [...first.operations];
  const keys = new Map(operations.map((o, i) => [keyOf(o), i]));
  const index: number[] = [];
  second.operations.forEach((o) => {
    index.push(passed.get(o) ?? add(renamed(o, index), operations, keys));
  });
  return { ...first, operations, results: [...first.results, ...second.results.map((r) => ({ ...r, of: must(index[r.of]) }))] };
}

function add(o: Operation, operations: Operation[], keys: Map<string, number>): number {
  const key = keyOf(o);
  const found = keys.get(key);
  if (found !== undefined) return found;
  operations.push(o);
  keys.set(key, operations.length - 1);
  return operations.length - 1;
}

function renamed(o: Operation, index: readonly number[]): Operation {
  switch (o.kind) {
    case 'load':
    case 'number':
      return o;
    case 'combine':
      return { ...o, terms: o.terms.map((t) => ({ ...t, of: must(index[t.of]) })) };
    case 'multiply':
    case 'call':
      return { ...o, of: o.of.map((i) => must(index[i])) };
    default:
      return unreachable(o);
  }
}

function keyOf(o: Operation): string {
  return o.kind === 'load' ? `load ${viewKey(o.view)}` : JSON.stringify(o);
}

function viewKey(v: View): string {
  return `${v.buffer.id} ${v.offset} ${v.strides.join()}`;
}

/** Equal operations once, and only those a result needs. */
function tidy(loop: Loop): Loop {
  const needed = new Set<number>(loop.results.map((r) => r.of));
  for (let i = loop.operations.length - 1; i >= 0; i--) if (needed.has(i)) operandsOf(must(loop.operations[i])).forEach((k) => needed.add(k));
  const operations: Operation[] = [];
  const keys = new Map<string, number>();
  const index: number[] = [];
  loop.operations.forEach((o, i) => {
    index.push(needed.has(i) ? add(renamed(o, index), operations, keys) : -1);
  });
  return { ...loop, operations, results: loop.results.map((r) => ({ ...r, of: must(index[r.of]) })) };
}

export function operandsOf(o: Operation): readonly number[] {
  switch (o.kind) {
    case 'load':
    case 'number':
      return [];
    case 'combine':
      return o.terms.map((t) => t.of);
    case 'multiply':
    case 'call':
      return o.of;
    default:
      return unreachable(o);
  }
}

/** Without what nothing needs. */
function live(kernels: readonly Kernel[], kept: ReadonlySet<Buffer>): Kernel[] {
  const needed = new Set(kept);
  const list: Kernel[] = [];
  for (const k of kernels.toReversed()) {
    if (k.kind === 'loop') {
      const results = k.results.filter((r) => needed.has(r.to.buffer));
      if (results.length === 0) continue;
      list.push(results.length === k.results.length ? k : tidy({ ...k, results }));
    } else if (writes(k).some((b) => needed.has(b))) list.push(k);
    else continue;
    for (const b of reads(must(list.at(-1)))) needed.add(b);
  }
  return list.reverse();
}
