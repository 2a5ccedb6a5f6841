// The back ends in Chromium: WebAssembly as in Node, and WebGPU, which only a browser has.

import { beforeAll, describe, expect, test } from 'vitest';
import { must } from '../../src/base/internal.ts';
import { type GpuDevice, gpuDevice } from '../../src/run/webgpu/gpu.ts';
import { compileGpu } from '../../src/run/webgpu/compile.ts';
import { type TargetCase, all } from './cases.ts';
import { type BackEnd, examineAll, isWellConditioned, webAssembly } from './suite.ts';

let device: GpuDevice | undefined;

beforeAll(async () => {
  device = await gpuDevice();
});

const webGpu: BackEnd = {
  name: 'WebGPU, f32',
  tolerance: { usual: 5e-5, loose: 5e-3 },
  leavesOut: 0.2,
  takes: isWellConditioned,
  run: async ({ roots, values, sizes }) => {
    const f = compileGpu(roots, { device: must(device), dims: Object.fromEntries(sizes) });
    const results = await f(Object.fromEntries(values));
    return Object.fromEntries(Object.entries(results).map(([name, t]) => [name, t.data]));
  },
};

test('there is a device', () => {
  expect(device).toBeDefined();
});

// Every shader is compiled anew, which takes long without a real device: all cases when asked for.
const isFull = (import.meta as unknown as { readonly env: Readonly<Record<string, string | undefined>> }).env['VITE_RICCI_FULL'] !== undefined;
const some = (cases: readonly TargetCase[], backEnd: BackEnd): readonly TargetCase[] => (isFull || backEnd !== webGpu ? cases : cases.filter((_, i) => i % 4 === 0));

describe.each([...webAssembly, webGpu])('$name', (backEnd) => {
  const [published, others] = [all.filter((c) => /^[A-I]\d+$/.test(c.id)), all.filter((c) => !/^[A-I]\d+$/.test(c.id))];
  test.each([
    ['published cases', published],
    ['examples and programs', others],
  ])('%s', async (_, cases) => {
    const { failures, left } = await examineAll(backEnd, some(cases, backEnd));
    expect(failures.join('\n')).toBe('');
    expect(left.length, `left out: ${left.join(', ')}`).toBeLessThanOrEqual(cases.length * backEnd.leavesOut);
  }, 240_000);
});
