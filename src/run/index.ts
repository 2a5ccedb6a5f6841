/**
 * ricci/run: expressions as functions of numbers, by WebAssembly made for them.
 * @module
 */

export { type Compiled, type CompiledMany, type CompileOptions, type KernelOptions, type Values, compile, compileKernel } from './compile.ts';
export { type StructuredTensor, compileStructured } from './structured.ts';
export type { Csr, Input, Tensor } from './values.ts';
export { type ComputeWorker, type Remote, computeWorker } from './compute/client.ts';
export type { ComputeOptions, RemoteOptions } from './compute/message.ts';
export { type SystemBlas, type SystemBlasOptions, systemBlas } from './native/system-blas.ts';
export { type Machine, type MachineOptions, newMachine } from './wasm/machine.ts';
export { type GpuCompiled, type GpuOptions, compileGpu } from './webgpu/compile.ts';
export { type GpuDevice, gpuDevice } from './webgpu/gpu.ts';
