// Kernels as WGSL over one array of 32-bit numbers that holds every buffer of a plan. Sizes and places are constants of the
// shader: the same plan always gives the same text.

import { must, unreachable } from '../../base/internal.ts';
import { operandsOf } from '../../plan/fuse.ts';
import type { Loop, Operation, Product, Result } from '../../plan/kernel.ts';
import { type View, countOf } from '../../plan/view.ts';
import { entries, library } from './functions.ts';

export interface Shader {
  readonly code: string;
  readonly groups: readonly [x: number, y: number, z: number];
}

type Place = (v: View) => number;

const HEAD = '@group(0) @binding(0) var<storage, read_write> m: array<f32>;';
/** The most groups of one axis: https://www.w3.org/TR/webgpu/, section 3.6.2. */
const ROW = 65535;
const LANES = 256;
const THREADS = 64;
/** Shorter sums are taken by one thread. */
const SHORT = 48;

/** Whether every function of the loop has WGSL. */
export function isSpelled(loop: Loop): boolean {
  return loop.operations.every((o) => o.kind !== 'call' || Object.hasOwn(entries, o.op));
}

/** One shader for the results that are summed over the same axes. */
export function loopShaders(loop: Loop, place: Place): Shader[] {
  const bySums = Map.groupBy(loop.results, (r) => r.sums.join());
  return [...bySums.values()].filter(() => countOf(loop.space) > 0 || loop.results.some((r) => r.sums.length > 0)).map((results) => loopShader(loop, results, place));
}

function loopShader(loop: Loop, results: readonly Result[], place: Place): Shader {
  const { sums } = must(results[0]);
  const kept = loop.space.map((_, axis) => axis).filter((axis) => !sums.includes(axis));
  const keptSizes = kept.map((axis) => must(loop.space[axis]));
  const sumSizes = sums.map((axis) => must(loop.space[axis]));
  const [outer, inner] = [countOf(keptSizes), countOf(sumSizes)];
  const body = operations(loop, results, place);
  const { helpers } = body;
  const targets = results.map((r) => address(r.to, kept, place));
  const head = [HEAD, ...helpers].join('\n');
  if (sums.length === 0 || inner <= SHORT) {
    const [first, groups] = threads(outer);
    const lines =
      sums.length === 0
        ? [...body.lines, ...results.map((r, k) => `m[${targets[k]}] = v${r.of};`)]
        : [
            ...results.map((_, k) => `var acc${k} = 0.0;`),
            `for (var s = 0u; s < ${inner}u; s++) {`,
            ...positions('s', sums, sumSizes),
            ...body.lines,
            ...results.map((r, k) => `acc${k} += v${r.of};`),
            '}',
            ...results.map((_, k) => `m[${targets[k]}] = acc${k};`),
          ];
    return { code: [head, main(THREADS), first, ...positions('t', kept, keptSizes), ...lines, '}'].join('\n'), groups };
  }
  const shared = results.map((_, k) => `var<workgroup> part${k}: array<f32, ${LANES}>;`);
  const lines = [
    `let t = g.y * ${ROW}u + g.x;`,
    `if (t >= ${outer}u) { return; }`,
    ...positions('t', kept, keptSizes),
    ...results.map((_, k) => `var acc${k} = 0.0;`),
    `for (var s = lane; s < ${inner}u; s += ${LANES}u) {`,
    ...positions('s', sums, sumSizes),
    ...body.lines,
    ...results.map((r, k) => `acc${k} += v${r.of};`),
    '}',
    ...results.map((_, k) => `part${k}[lane] = acc${k};`),
    'workgroupBarrier();',
    `for (var half = ${LANES / 2}u; half > 0u; half /= 2u) {`,
    `if (lane < half) { ${results.map((_, k) => `part${k}[lane] += part${k}[lane + half];`).join(' ')} }`,
    'workgroupBarrier();',
    '}',
    `if (lane == 0u) { ${results.map((_, k) => `m[${targets[k]}] = part${k}[0];`).join(' ')} }`,
  ];
  return { code: [head, ...shared, main(LANES), ...lines, '}'].join('\n'), groups: inRows(outer) };
}

function main(lanes: number): string {
  return `@compute @workgroup_size(${lanes}) fn main(@builtin(workgroup_id) g: vec3<u32>, @builtin(local_invocation_index) lane: u32) {`;
}

function threads(count: number): [first: string, groups: Shader['groups']] {
  return [`let t = (g.y * ${ROW}u + g.x) * ${THREADS}u + lane;\nif (t >= ${count}u) { return; }`, inRows(Math.ceil(count / THREADS))];
}

function inRows(groups: number): Shader['groups'] {
  return [Math.min(groups, ROW), Math.ceil(groups / ROW), 1];
}

/** `let i2 = …` for each axis, from a position that counts them all, the last moving fastest. */
function positions(from: string, axes: readonly number[], sizes: readonly number[]): string[] {
  let below = countOf(sizes);
  return axes.map((axis, k) => {
    const size = must(sizes[k]);
    below /= Math.max(1, size);
    return `let i${axis} = (${from} / ${below}u) % ${size}u;`;
  });
}

/** The place of an entry; axis k of the view is position i`axes[k]`. */
function address(v: View, axes: readonly number[], place: Place): string {
  const parts = v.strides.flatMap((stride, k) => (stride === 0 || v.shape[k] === 1 ? [] : [stride === 1 ? `i${axes[k]}` : `i${axes[k]} * ${stride}u`]));
  return [`${place(v)}u`, ...parts].join(' + ');
}

function operations(loop: Loop, results: readonly Result[], place: Place): { lines: string[]; helpers: string[] } {
  const used = new Set<number>();
  const visit = (k: number): void => {
    if (used.has(k)) return;
    used.add(k);
    operandsOf(must(loop.operations[k])).forEach(visit);
  };
  for (const r of results) visit(r.of);
  const needs = new Set<string>();
  const all = loop.space.map((_, axis) => axis);
  const constant = (k: number): number | undefined => {
    const o = must(loop.operations[k]);
    return o.kind === 'number' ? o.value : undefined;
  };
  const code = (o: Operation): string => {
    switch (o.kind) {
      case 'load':
        return `m[${address(o.view, all, place)}]`;
      case 'number':
        return literal(o.value);
      case 'combine':
        return o.terms.map((t) => (t.coef === 1 ? `v${t.of}` : `${literal(t.coef)} * v${t.of}`)).join(' + ');
      case 'multiply':
        return o.of.map((k) => `v${k}`).join(' * ');
      case 'call': {
        const entry = must(entries[o.op], `WGSL of ${o.op}`);
        for (const name of entry.needs ?? []) needs.add(name);
        return entry.code(
          o.of.map((k) => `v${k}`),
          o.of.map(constant),
        );
      }
      default:
        return unreachable(o);
    }
  };
  const lines = loop.operations.flatMap((o, k) => (used.has(k) ? [`let v${k}: f32 = ${code(o)};`] : []));
  return { lines, helpers: Object.keys(library).filter((name) => needs.has(name)).map((name) => must(library[name])) };
}

/** WGSL has no literals for what is not finite, nor beyond the range of its numbers. */
function literal(value: number): string {
  const near = Math.fround(value);
  if (Number.isNaN(near)) return 'bitcast<f32>(0x7fc00000u | u32(m[0] == m[0]))';
  if (!Number.isFinite(near)) return `bitcast<f32>(${near > 0 ? '0x7f800000u' : '0xff800000u'} & ~u32(m[0] == m[0] && m[0] != m[0]))`;
  const text = String(near);
  return `${near < 0 ? '(' : ''}${/[.e]/.test(text) ? text : `${text}.0`}${near < 0 ? ')' : ''}`;
}

const TILE = 16;

/** Tiles of both factors in shared memory. */
export function productShader(k: Product, place: Place): Shader {
  const [rows, inner] = k.left.shape.slice(k.batch) as [number, number];
  const cols = must(k.right.shape.at(-1));
  const batchSizes = k.to.shape.slice(0, k.batch);
  const batches = Array.from({ length: k.batch }, (_, axis) => axis);
  const at = (v: View, row: string, col: string): string => {
    const [rowStep, colStep] = v.strides.slice(k.batch) as [number, number];
    return [address({ ...v, shape: batchSizes, strides: v.strides.slice(0, k.batch) }, batches, place), `(${row}) * ${rowStep}u`, `(${col}) * ${colStep}u`].join(' + ');
  };
  const code = [
    HEAD,
    `var<workgroup> a: array<f32, ${TILE * TILE}>;`,
    `var<workgroup> b: array<f32, ${TILE * TILE}>;`,
    `@compute @workgroup_size(${TILE}, ${TILE}) fn main(@builtin(workgroup_id) g: vec3<u32>, @builtin(local_invocation_id) l: vec3<u32>) {`,
    ...positions('g.z', batches, batchSizes),
    `let row = g.y * ${TILE}u + l.y;`,
    `let col = g.x * ${TILE}u + l.x;`,
    'var acc = 0.0;',
    `for (var k0 = 0u; k0 < ${inner}u; k0 += ${TILE}u) {`,
    'var left = 0.0; var right = 0.0;',
    `if (row < ${rows}u && k0 + l.x < ${inner}u) { left = m[${at(k.left, 'row', 'k0 + l.x')}]; }`,
    `if (k0 + l.y < ${inner}u && col < ${cols}u) { right = m[${at(k.right, 'k0 + l.y', 'col')}]; }`,
    `a[l.y * ${TILE}u + l.x] = left; b[l.y * ${TILE}u + l.x] = right;`,
    'workgroupBarrier();',
    `for (var k = 0u; k < ${TILE}u; k++) { acc += a[l.y * ${TILE}u + k] * b[k * ${TILE}u + l.x]; }`,
    'workgroupBarrier();',
    '}',
    `if (row < ${rows}u && col < ${cols}u) { m[${at(k.to, 'row', 'col')}] = ${literal(k.scale)} * acc; }`,
    '}',
  ].join('\n');
  return { code, groups: [Math.ceil(cols / TILE), Math.ceil(rows / TILE), countOf(batchSizes)] };
}
