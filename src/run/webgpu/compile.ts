// Expressions as functions of numbers on a GPU, in 32-bit numbers: the plan of the WebAssembly back end, kernel by kernel as
// WGSL. What the device has no code for runs on the host in between.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { type Expr, currentContext, inContext } from '../../ir/expr.ts';
import { variables as variablesOf } from '../../ir/walk.ts';
import type { Arena } from '../../plan/arena.ts';
import type { Kernel } from '../../plan/kernel.ts';
import { type Plan, planOf } from '../../plan/plan.ts';
import { type Buffer, type View, countOf } from '../../plan/view.ts';
import { type CompiledMany, type Values, compile } from '../compile.ts';
import { sizeReader } from '../layout.ts';
import { prepared, programFor } from '../prepare.ts';
import { type Tensor, givenValues } from '../values.ts';
import { type GpuBuffer, type GpuDevice, type GpuPipeline, mapRead, usage } from './gpu.ts';
import { hostCall, hostLoop } from './host.ts';
import { type Shader, isSpelled, loopShaders, productShader } from './shader.ts';

export interface GpuOptions {
  /** From `gpuDevice()`. */
  readonly device: GpuDevice;
  /** Sizes by name, for those that no value tells. */
  readonly dims?: Readonly<Record<string, number>>;
}

export interface GpuCompiled<Name extends string = string> {
  /** Results in 32-bit numbers. */
  (values: Values): Promise<Record<Name, Tensor>>;
  /** The worst difference from the same results in 64-bit numbers, relative to the largest entry of each. */
  readonly check: (values: Values) => Promise<number>;
}

/**
 * The values of several expressions that share work as a function of the values of their variables, on a GPU.
 * Throws a `RicciError` for values of wrong shape, and where the device has too little memory.
 *
 * @example await compileGpu({ value: expr }, { device })({ A, x })
 */
export function compileGpu<Name extends string>(roots: Readonly<Record<Name, Expr>>, { device, dims = {} }: GpuOptions): GpuCompiled<Name> {
  const context = currentContext();
  const names = Object.keys(roots) as Name[];
  const exprs = names.map((name) => roots[name]);
  const inputs = variablesOf(exprs);
  const sizesGiven = new Map(Object.entries(dims));
  let ready: Expr[] | undefined;
  const plans = new Map<string, Runner>();
  const run = async (values: Values): Promise<Record<Name, Tensor>> => {
    const { given, sizes } = givenValues(inputs, values, sizesGiven);
    const key = [...sizes].map(([name, n]) => `${name}=${n}`).join();
    let runner = plans.get(key);
    if (!runner) {
      runner = inContext(context, () => {
        ready ??= prepared(exprs);
        return runnerOf(device, planOf(programFor(ready, sizes), sizeReader(sizes)));
      });
      plans.set(key, runner);
    }
    const data = new Map(inputs.map((v, i) => [v.name, must(given[i]).data]));
    const results = await runner(data);
    const sizeOf = sizeReader(sizes);
    return Object.fromEntries(names.map((name, i) => [name, { shape: must(exprs[i]).shape.map(sizeOf), data: must(results[i]) }])) as unknown as Record<Name, Tensor>;
  };
  let exact: CompiledMany<Name> | undefined;
  const check = async (values: Values): Promise<number> => {
    const found = await run(values);
    exact ??= inContext(context, () => compile(roots, { dims }));
    const wanted = exact(values);
    return Math.max(0, ...names.map((name) => difference(found[name].data, wanted[name].data)));
  };
  return Object.assign(run, { check });
}

function difference(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let [worst, size] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    worst = Math.max(worst, Math.abs(found[i]! - wanted[i]!));
    size = Math.max(size, Math.abs(wanted[i]!));
  }
  return worst === 0 ? 0 : worst / (size || 1);
}

type Runner = (inputs: ReadonlyMap<string, ArrayLike<number>>) => Promise<Float32Array[]>;

/** Everything of a plan lies in one buffer of the device: what lasts, then the places of inputs and work. */
function runnerOf(device: GpuDevice, plan: Plan): Runner {
  const lasting = new Map<Buffer, number>();
  let base = 0;
  for (const b of plan.lasting) {
    lasting.set(b, base);
    base += Math.ceil(Math.max(1, b.length) / 64) * 64;
  }
  const length = base + Math.max(plan.arena.length, plan.onceArena.length, 16);
  const bytes = 4 * length;
  const most = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  if (bytes > most) throw new RicciError([tooLarge(bytes, most)]);
  const whole = device.createBuffer({ size: bytes, usage: usage.storage | usage.copySource | usage.copyTarget });
  const mirror = device.createBuffer({ size: bytes, usage: usage.mapRead | usage.copyTarget });
  const placeIn = (arena: Arena) => (v: View): number => v.offset + (lasting.get(v.buffer) ?? base + must(arena.offsets.get(v.buffer), 'place of a buffer'));
  for (const b of plan.lasting) if (b.data) device.queue.writeBuffer(whole, 4 * must(lasting.get(b)), Float32Array.from(b.data));
  const once = stepsOf(device, plan.once, placeIn(plan.onceArena), whole, mirror, bytes);
  const steps = stepsOf(device, plan.kernels, placeIn(plan.arena), whole, mirror, bytes);
  const inputAt = plan.inputs.map(({ variable, buffer }) => ({ name: variable.name, at: lasting.get(buffer) ?? (plan.arena.offsets.has(buffer) ? base + must(plan.arena.offsets.get(buffer)) : undefined) }));
  const outputs = plan.outputs.map((o) => (o.kind === 'number' ? o : { kind: 'view' as const, view: o.view, at: placeIn(plan.arena)(o.view) }));
  let isReady = false;
  // One call at a time: they share the buffer.
  let turn: Promise<unknown> = Promise.resolve();
  const call: Runner = async (inputs) => {
    if (!isReady) {
      for (const step of once) await step();
      isReady = true;
    }
    for (const { name, at } of inputAt) if (at !== undefined) device.queue.writeBuffer(whole, 4 * at, Float32Array.from(must(inputs.get(name))));
    for (const step of steps) await step();
    const memory = outputs.some((o) => o.kind === 'view') ? await read(device, whole, mirror, bytes) : new Float32Array();
    return outputs.map((o) => (o.kind === 'number' ? new Float32Array(countOf(o.shape)).fill(o.value) : gathered(memory, o.view, o.at)));
  };
  return (inputs) => {
    const next = turn.then(() => call(inputs));
    turn = next.catch(() => undefined);
    return next;
  };
}

function gathered(memory: Float32Array, v: View, from: number): Float32Array {
  const out = new Float32Array(countOf(v.shape));
  const at = v.shape.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    out[i] = memory[v.strides.reduce((index, stride, axis) => index + stride * at[axis]!, from)]!;
    for (let axis = at.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      if (at[axis]! < v.shape[axis]!) break;
      at[axis] = 0;
    }
  }
  return out;
}

type Step = () => Promise<void>;

/** Neighbouring kernels of the device in one submission, neighbouring kernels of the host on one copy. */
function stepsOf(device: GpuDevice, kernels: readonly Kernel[], place: (v: View) => number, whole: GpuBuffer, mirror: GpuBuffer, bytes: number): Step[] {
  const pipelines = new Map<string, { pipeline: GpuPipeline; group: unknown }>();
  const made = (shader: Shader): { pipeline: GpuPipeline; group: unknown; groups: Shader['groups'] } => {
    let found = pipelines.get(shader.code);
    if (!found) {
      const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module: device.createShaderModule({ code: shader.code }), entryPoint: 'main' } });
      found = { pipeline, group: device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: whole } }] }) };
      pipelines.set(shader.code, found);
    }
    return { ...found, groups: shader.groups };
  };
  const steps: Step[] = [];
  const isHost = (k: Kernel): boolean => k.kind === 'call' || (k.kind === 'loop' && !isSpelled(k));
  for (let from = 0; from < kernels.length; ) {
    let to = from + 1;
    while (to < kernels.length && isHost(must(kernels[to])) === isHost(must(kernels[from]))) to++;
    const run = kernels.slice(from, to);
    steps.push(isHost(must(run[0])) ? hostStep(device, run, place, whole, mirror, bytes) : deviceStep(device, run, place, whole, made));
    from = to;
  }
  return steps;
}

function deviceStep(device: GpuDevice, kernels: readonly Kernel[], place: (v: View) => number, whole: GpuBuffer, made: (s: Shader) => { pipeline: GpuPipeline; group: unknown; groups: Shader['groups'] }): Step {
  const parts = kernels.map((k) => {
    if (k.kind === 'clear') return { clear: { at: 4 * place({ buffer: k.buffer, offset: 0, shape: [], strides: [] }), size: 4 * Math.ceil(k.buffer.length) } };
    const shaders = k.kind === 'loop' ? loopShaders(k, place) : k.kind === 'product' ? [productShader(k, place)] : [];
    return { shaders: shaders.filter((s) => s.groups.every((n) => n > 0)).map(made) };
  });
  return async () => {
    const encoder = device.createCommandEncoder();
    for (const p of parts) {
      if (p.clear) {
        if (p.clear.size > 0) encoder.clearBuffer(whole, p.clear.at, p.clear.size);
        continue;
      }
      for (const { pipeline, group, groups } of p.shaders ?? []) {
        const pass = encoder.beginComputePass();
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...groups);
        pass.end();
      }
    }
    device.queue.submit([encoder.finish()]);
    await Promise.resolve();
  };
}

function hostStep(device: GpuDevice, kernels: readonly Kernel[], place: (v: View) => number, whole: GpuBuffer, mirror: GpuBuffer, bytes: number): Step {
  return async () => {
    const memory = await read(device, whole, mirror, bytes);
    for (const k of kernels) {
      if (k.kind === 'call') hostCall(k, memory, place);
      else if (k.kind === 'loop') hostLoop(k, memory, place);
    }
    device.queue.writeBuffer(whole, 0, memory);
  };
}

async function read(device: GpuDevice, whole: GpuBuffer, mirror: GpuBuffer, bytes: number): Promise<Float32Array> {
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(whole, 0, mirror, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await mirror.mapAsync(mapRead);
  const copy = new Float32Array(mirror.getMappedRange().slice(0));
  mirror.unmap();
  return copy;
}

function tooLarge(bytes: number, most: number): Diagnostic {
  return {
    code: 'out-of-memory',
    severity: 'error',
    message: 'the arrays of this program do not fit the memory of the device',
    span: [0, 0],
    needed: `at most ${most} bytes`,
    found: `${bytes} bytes`,
    help: 'use smaller sizes, or the WebAssembly back end',
  };
}

