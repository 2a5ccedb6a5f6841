import { describe, expect, test } from 'vitest';
import { assemble, call, f32, f64, f64x2, i32, i64, signed, unsigned, v128 } from './assembler.ts';
import { engine, instantiate } from './engine.ts';
import { detectFeatures } from './features.ts';

describe('numbers in bytes', () => {
  test.each<[number, number[]]>([
    [0, [0]],
    [127, [127]],
    [128, [0x80, 1]],
    [624485, [0xe5, 0x8e, 0x26]],
    [4294967295, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('unsigned %d', (value, bytes) => expect(unsigned(value)).toEqual(bytes));

  test.each<[bigint, number[]]>([
    [0n, [0]],
    [63n, [63]],
    [64n, [0xc0, 0]],
    [-64n, [0x40]],
    [-123456n, [0xc0, 0xbb, 0x78]],
  ])('signed %d', (value, bytes) => expect(signed(value)).toEqual(bytes));
});

test('expressions, locals and scalar types', () => {
  const bytes = assemble((module) => {
    module.function('hypot', { x: 'f64', y: 'f64' }, 'f64', (_, { x, y }) =>
      f64.sqrt(f64.add(f64.mul(x, x), f64.mul(y, y))),
    );
    module.function('mixed', { n: 'i32' }, 'f64', (body, { n }) => {
      const half = body.let(f32.mul(0.5, f32.fromF64(f64.fromI32(n))));
      const bits = body.let(i64.and(i64.reinterpret(f64.fromF32(half)), 0x7fffffffffffffffn));
      return f64.reinterpret(bits);
    });
  });
  expect(engine().validate(bytes)).toBe(true);
  const { hypot, mixed } = instantiate<'hypot' | 'mixed'>(bytes);
  expect(hypot(3, 4)).toBe(5);
  expect(mixed(-7)).toBe(3.5);
});

test('control flow, calls and imports', () => {
  const bytes = assemble((module) => {
    const twice = module.function('twice', { x: 'i32' }, 'i32', (_, { x }) => i32.add(x, x));
    // Declared after a function of the module: indices are settled at the end.
    const host = module.importFunction('host', 'add', ['i32', 'i32'], 'i32');
    module.function('triangle', { n: 'i32' }, 'i32', (body, { n }) => {
      const [i, sum] = [body.local('i32'), body.local('i32')];
      body.range(i, 0, i32.add(n, 1), 1, () => body.set(sum, i32.add(sum, i)));
      return sum;
    });
    module.function('collatz', { n: 'i32' }, 'i32', (body, { n }) => {
      const steps = body.local('i32');
      body.while(
        () => i32.gtU(n, 1),
        () => {
          body.if(
            i32.and(n, 1),
            () => body.set(n, i32.add(i32.mul(n, 3), 1)),
            () => body.set(n, i32.shrU(n, 1)),
          );
          body.set(steps, i32.add(steps, 1));
        },
      );
      return steps;
    });
    module.function('doubled', { x: 'i32' }, 'i32', (body, { x }) => {
      body.if(i32.eqz(x), () => body.return(i32.const(-1)));
      return call(host, call(twice, x), i32.const(100));
    });
    module.function('countdown', { n: 'i32' }, 'i32', (body, { n }) => {
      const turns = body.local('i32');
      body.repeat(() => {
        body.set(turns, i32.add(turns, 1));
        body.set(n, i32.sub(n, 1));
        return n;
      });
      return turns;
    });
  });
  const module = instantiate<'triangle' | 'collatz' | 'doubled' | 'countdown'>(bytes, {
    host: { add: (a: number, b: number) => a + b },
  });
  expect(module.triangle(10)).toBe(55);
  expect(module.collatz(27)).toBe(111);
  expect([module.doubled(4), module.doubled(0)]).toEqual([108, -1]);
  expect(module.countdown(5)).toBe(5);
});

test('memory and vectors', () => {
  const bytes = assemble((module) => {
    module.importMemory('host', 'memory');
    module.function('work', { at: 'i32' }, 'none', (body, { at }) => {
      const x = body.let(v128.load(at));
      const swapped = body.let(v128.shuffle(x, x, [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]));
      body.do(v128.store(at, f64x2.mul(x, swapped), 16));
      body.do(v128.store64Lane(at, x, 1, 32));
      body.do(f64.store(at, f64x2.lane(v128.select(f64x2.lt(x, swapped), x, swapped), 0), 40));
    });
  });
  const memory = new (engine().Memory)({ initial: 1 });
  const view = new Float64Array(memory.buffer);
  view.set([3, 5], 2);
  instantiate<'work'>(bytes, { host: { memory } }).work(16);
  expect(Array.from(view.slice(2, 8))).toEqual([3, 5, 15, 15, 5, 3]);
});

test('features: a deterministic context does without relaxed SIMD', () => {
  const found = detectFeatures();
  expect(found.simd).toBe(true);
  expect(found.fused && !found.relaxed).toBe(false);
  expect(detectFeatures({ deterministic: true })).toEqual({ simd: true, relaxed: false, fused: false });
});
