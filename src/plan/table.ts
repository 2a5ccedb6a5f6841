// A plan as a table: what each step does, and what it costs.

import { must, unreachable } from '../base/internal.ts';
import { opNamed } from '../ops/table.ts';
import type { Call, Kernel, Loop, Operation, Product, SparseKernel } from './kernel.ts';
import type { Plan } from './plan.ts';
import { type Buffer, type View, countOf } from './view.ts';

export interface PlanRow {
  /** `t1 = X*w`: arrays are called t1, t2, … in the order in which they are made. */
  readonly step: string;
  readonly shape: readonly number[];
  /** Additions and multiplications. */
  readonly flops: number;
  /** They are what the usual algorithm takes; the count itself depends on the numbers. */
  readonly about?: true;
  /** Evaluations of functions of numbers such as exp. */
  readonly functions: number;
  /** Read and written. */
  readonly bytes: number;
  /** Done once, before the first call. */
  readonly once: boolean;
}

/** One row a kernel, in order. */
export function planRows(plan: Plan, bytesOfNumber = 8): PlanRow[] {
  const names = newNames(plan);
  return [
    ...plan.once.map((k) => rowOf(k, names, bytesOfNumber, true)),
    ...plan.kernels.map((k) => rowOf(k, names, bytesOfNumber, false)),
  ];
}

/** Bytes of memory that a call needs. */
export function planMemory(plan: Plan, bytesOfNumber = 8): number {
  return (plan.arena.length + plan.lasting.reduce((sum, b) => sum + b.length, 0)) * bytesOfNumber;
}

/** The table as text, with sums below. */
export function planTable(plan: Plan, bytesOfNumber = 8): string {
  const rows = planRows(plan, bytesOfNumber);
  const total = (of: (r: PlanRow) => number): number => rows.filter((r) => !r.once).reduce((sum, r) => sum + of(r), 0);
  const flopsOf = (flops: number, about: boolean): string => `${about ? '~' : ''}${short(flops)}`;
  const cells = [
    ['step', 'size', 'flops', 'functions', 'bytes'],
    ...rows.map((r) => [`${r.once ? 'once: ' : ''}${r.step}`, r.shape.join('×') || '1', flopsOf(r.flops, r.about === true), r.functions === 0 ? '' : short(r.functions), short(r.bytes)]),
    ['a call', '', flopsOf(total((r) => r.flops), rows.some((r) => r.about === true && !r.once)), short(total((r) => r.functions)), short(total((r) => r.bytes))],
  ];
  const widths = must(cells[0]).map((_, i) => Math.max(...cells.map((row) => must(row[i]).length)));
  const lines = cells.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(must(widths[i])) : cell.padStart(must(widths[i])))).join('  ').trimEnd());
  return [...lines, `memory ${short(planMemory(plan, bytesOfNumber))} bytes`].join('\n');
}

function short(n: number): string {
  if (n < 10_000) return String(Math.round(n));
  const units = ['', 'k', 'M', 'G', 'T', 'P'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(n) / 3));
  return `${(n / 1000 ** step).toPrecision(3)}${units[step]}`;
}

type Names = (b: Buffer) => string;

function newNames(plan: Plan): Names {
  const known = new Map<Buffer, string>();
  let made = 0;
  const constant = (b: Buffer): string => (b.length === 1 ? numberText(b.data?.[0] ?? Number.NaN) : 'unit tensor');
  for (const { variable, buffer } of plan.inputs) known.set(buffer, variable.name);
  return (b) => {
    const found = known.get(b);
    if (found !== undefined) return found;
    const name = b.role === 'constant' ? constant(b) : `t${++made}`;
    known.set(b, name);
    return name;
  };
}

function numberText(x: number): string {
  return Number.isInteger(x) || String(x).length <= 8 ? String(x) : x.toPrecision(4);
}

function rowOf(k: Kernel, names: Names, bytes: number, once: boolean): PlanRow {
  switch (k.kind) {
    case 'loop':
      return { ...loopRow(k, names, bytes), once };
    case 'product':
      return { ...productRow(k, names, bytes), once };
    case 'call':
      return { ...callRow(k, names, bytes), once };
    case 'clear':
      return { step: `${names(k.buffer)} = 0`, shape: [k.buffer.length], flops: 0, functions: 0, bytes: k.buffer.length * bytes, once };
    default:
      return { ...sparseRow(k, names, bytes), once };
  }
}

function callRow({ node, args, to, batches }: Call, names: Names, bytes: number): Omit<PlanRow, 'once'> {
  const op = opNamed(node.op);
  const own = op.ranks(node.params).map((rank, i) => must(args[i]).shape.slice(must(args[i]).shape.length - rank));
  const { flops, functions = 0 } = op.work(own, node.params);
  const read = args.reduce((sum, a) => sum + countOf(a.shape), 0);
  const step = `${names(to.buffer)} = ${node.op}(${args.map((a) => names(a.buffer)).join(', ')})`;
  return { step, shape: to.shape, flops: Math.round(batches * flops), about: true, functions: batches * functions, bytes: (read + countOf(to.shape)) * bytes };
}

function sparseRow(k: SparseKernel, names: Names, bytes: number): Omit<PlanRow, 'once'> {
  const { matrix, to } = k;
  const entries = countOf(matrix.values.shape);
  const [name, result] = [names(matrix.values.buffer), names(to.buffer)];
  const own = entries * (bytes + 4) + (matrix.rows + 1) * 4;
  const row = (text: string, flops: number, moved: number): Omit<PlanRow, 'once'> => ({ step: `${result} = ${text}`, shape: to.shape, flops, functions: 0, bytes: own + moved * bytes });
  switch (k.kind) {
    case 'sparse-product':
      return row(`${k.scale === 1 ? '' : `${numberText(k.scale)}*`}${name}${k.turned ? "'" : ''}*${names(k.right.buffer)}  (sparse)`, 2 * entries * must(to.shape[1]), touched(k.right) + touched(to));
    case 'sparse-gram':
      return row(`${name}'*${names(k.other.buffer)}  (sparse)`, matrix.rows === 0 ? 0 : Math.round((2 * entries ** 2) / matrix.rows), entries + touched(to));
    case 'sparse-scale':
      return row(`${name}.*${names(k.by.buffer)}  (sparse)`, entries, entries + touched(k.by));
    case 'densify':
      return row(`${name}, made dense`, 0, touched(to));
    default:
      return unreachable(k);
  }
}

function productRow({ left, right, to, scale, batch, symmetric }: Product, names: Names, bytes: number): Omit<PlanRow, 'once'> {
  const [m, n] = to.shape.slice(batch) as [number, number];
  const inner = must(left.shape[batch + 1]);
  const outputs = symmetric ? (m * (m + 1)) / 2 : m * n;
  const turned = (v: View): string => `${names(v.buffer)}${isTurned(v, batch) ? "'" : ''}`;
  const text = `${scale === 1 ? '' : `${numberText(scale)}*`}${turned(left)}*${turned(right)}${symmetric ? '  (symmetric)' : ''}`;
  return { step: `${names(to.buffer)} = ${text}`, shape: to.shape, flops: 2 * countOf(to.shape.slice(0, batch)) * outputs * inner, functions: 0, bytes: (touched(left) + touched(right) + countOf(to.shape)) * bytes };
}

function isTurned({ shape, strides }: View, batch: number): boolean {
  return must(shape[batch]) > 1 && must(shape[batch + 1]) > 1 && must(strides[batch]) < must(strides[batch + 1]);
}

function loopRow(k: Loop, names: Names, bytes: number): Omit<PlanRow, 'once'> {
  const positions = countOf(k.space);
  let [flops, functions] = [0, 0];
  for (const o of k.operations) {
    if (o.kind === 'combine') flops += o.terms.length - 1 + o.terms.filter((t) => Math.abs(t.coef) !== 1).length;
    else if (o.kind === 'multiply') flops += o.of.length - 1;
    else if (o.kind === 'call') functions += 1;
  }
  flops += k.results.filter((r) => r.sums.length > 0).length;
  const read = new Map(k.operations.flatMap((o) => (o.kind === 'load' ? [[`${o.view.buffer.id} ${o.view.offset}`, touched(o.view)] as const] : [])));
  const written = k.results.reduce((sum, r) => sum + touched(r.to), 0);
  const step = k.results.map((r) => `${names(r.to.buffer)} = ${r.sums.length > 0 ? `sum(${textOf(r.of, k.operations, names)})` : textOf(r.of, k.operations, names)}`).join('; ');
  return { step, shape: k.space, flops: flops * positions, functions: functions * positions, bytes: ([...read.values()].reduce((a, b) => a + b, 0) + written) * bytes };
}

/** Entries that a view shows, each once. */
function touched(v: View): number {
  return countOf(v.shape.filter((_, axis) => v.strides[axis] !== 0));
}

const longest = 48;

function textOf(i: number, operations: readonly Operation[], names: Names): string {
  const o = must(operations[i]);
  const inner = (k: number): string => textOf(k, operations, names);
  const factor = (k: number): string => (must(operations[k]).kind === 'combine' ? `(${inner(k)})` : inner(k));
  const whole = ((): string => {
    switch (o.kind) {
      case 'load':
        return names(o.view.buffer);
      case 'number':
        return numberText(o.value);
      case 'multiply':
        return o.of.map(factor).join('.*');
      case 'call':
        return `${o.op}(${o.of.map(inner).join(', ')})`;
      case 'combine':
        return o.terms
          .map(({ coef, of }, t) => `${coef < 0 ? '-' : t > 0 ? '+' : ''}${Math.abs(coef) === 1 ? '' : `${numberText(Math.abs(coef))}*`}${factor(of)}`)
          .join('');
      default:
        return unreachable(o);
    }
  })();
  return whole.length > longest ? `${whole.slice(0, longest - 1)}…` : whole;
}
