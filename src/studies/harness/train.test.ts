import { describe, expect, test } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { total, times } from '../../ir/build.ts';
import { dim } from '../../ir/dim.ts';
import { einsum, variable } from '../../ir/expr.ts';
import { exponential } from '../../ops/scalar/power.ts';
import { confirmGradient } from './confirm-gradient.ts';
import { adam, lbfgs, sgd } from './optimizer.ts';
import { newStream } from './random.ts';
import { type TrainStep, gradientNorms, train, trainAsync } from './train.ts';
import { trainSentence } from './train-outcome.ts';
import { lossFunction, trainable } from './trainable.ts';

const stream = newStream('training');
const examples = 40;
const X = { shape: [examples, 3], data: stream.normals(examples * 3) };
const truth = [1.5, -2, 0.5];
const y = Float64Array.from({ length: examples }, (_, i) => truth.reduce((sum, w, j) => sum + w * X.data[3 * i + j]!, 0));
const data = { X, y };
const start = { w: [0, 0, 0] };
const squares = trainable('norm2(X*w-y)^2/2', ['w']);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (e) {
    if (e instanceof RicciError) return must(e.diagnostics[0]).code;
    throw e;
  }
  return 'none';
}

describe('methods', () => {
  test.each([
    ['L-BFGS', lbfgs({ tolerance: 1e-10 }), 100, 1e-6],
    ['Adam', adam({ rate: 0.05 }), 300, 1e-3],
    ['SGD', sgd({ rate: 0.02 }), 60, 1e-6],
    ['SGD with momentum', sgd({ rate: 0.01, momentum: 0.8 }), 60, 1e-6],
  ] as const)('%s finds the weights that made the data', (_, method, epochs, within) => {
    const { values, outcome } = train(squares, { data, start, method, epochs, examples: ['X', 'y'], batch: 8 });
    expect(['finished', 'converged']).toContain(outcome.kind);
    truth.forEach((w, j) => expect(Math.abs(values['w']!.data[j]! - w)).toBeLessThan(within));
  });

  test('two steps of Adam are those of the paper', () => {
    const half = trainable('a^2/2', ['a']);
    const { losses, values } = train(half, { data: {}, start: { a: 2 }, method: adam({ rate: 0.5, beta1: 0.5, beta2: 0.75, epsilon: 0 }), epochs: 2 });
    // g = 2, then 1.5; m = 1, 1.25 and v = 1, 1.3125, corrected by 1/2, 3/4 and by 1/4, 7/16.
    const second = 1.5 - (0.5 * (1.25 / 0.75)) / Math.sqrt(1.3125 / 0.4375);
    expect(losses).toEqual([2, 1.125]);
    expect(values['a']!.data[0]).toBeCloseTo(second, 14);
  });

  test('momentum adds up what came before', () => {
    const { values } = train(trainable('a^2/2', ['a']), { data: {}, start: { a: 1 }, method: sgd({ rate: 0.5, momentum: 0.5 }), epochs: 2 });
    // 1 - 0.5·1 = 0.5; velocity 0.5·1 + 0.5 = 1; 0.5 - 0.5·1 = 0
    expect(values['a']!.data[0]).toBe(0);
  });

  test('rates may change with the steps', () => {
    const { values } = train(trainable('a^2/2', ['a']), { data: {}, start: { a: 1 }, method: sgd({ rate: (k) => (k === 0 ? 0.5 : 1) }), epochs: 2 });
    expect(values['a']!.data[0]).toBe(0);
  });
});

describe('mini-batches', () => {
  const options = { data, start, method: adam({ rate: 0.01 }), examples: ['X', 'y'], batch: 7, seed: 5 };

  test('an epoch takes no example twice', () => {
    const seen: number[][] = [];
    const rows = trainable('sum(x)*a', ['a']);
    const x = Float64Array.from({ length: 10 }, (_, i) => 2 ** i);
    train(rows, { data: { x }, start: { a: 1 }, method: sgd({ rate: 0 }), examples: ['x'], batch: 3, epochs: 2, onStep: ({ loss, epoch }) => void (seen[epoch] ??= []).push(loss) });
    for (const epoch of seen) {
      expect(epoch).toHaveLength(3);
      const together = epoch.reduce((a, b) => a + b, 0);
      // Nine of the ten powers of two, each once: one bit is missing, none is carried.
      expect(Math.log2(2 ** 10 - 1 - together) % 1).toBe(0);
      expect(epoch.every((sum) => [...sum.toString(2)].filter((bit) => bit === '1').length === 3)).toBe(true);
    }
    expect(seen[0]).not.toEqual(seen[1]);
  });

  test('the seed decides', () => {
    const once = train(squares, { ...options, epochs: 3 });
    expect(train(squares, { ...options, epochs: 3 }).losses).toEqual(once.losses);
    expect(train(squares, { ...options, epochs: 3, seed: 6 }).losses).not.toEqual(once.losses);
  });

  test('a training that was stopped goes on as if it had not been', () => {
    const whole = train(squares, { ...options, epochs: 4 });
    const first = train(squares, { ...options, epochs: 4, onStep: ({ step }) => (step === 8 ? 'stop' : undefined) });
    expect(first.outcome.kind).toBe('stopped');
    expect(first.state.steps).toBe(8);
    const rest = train(squares, { ...options, epochs: 4, from: first.state });
    expect([...first.losses, ...rest.losses]).toEqual(whole.losses);
    expect(rest.values['w']!.data).toEqual(whole.values['w']!.data);
  });

  test('single precision comes to the same within its digits', () => {
    const [one, two] = [train(squares, { ...options, epochs: 3 }), train(squares, { ...options, epochs: 3, precision: 'f32' })];
    one.values['w']!.data.forEach((w, j) => expect(Math.abs(two.values['w']!.data[j]! - w)).toBeLessThan(1e-5));
  });
});

describe('endings', () => {
  test('a loss that explodes ends the training at the last finite point', () => {
    const { outcome, values } = train(squares, { data, start, method: sgd({ rate: 10 }), epochs: 1000 });
    expect(outcome.kind).toBe('diverged');
    expect(trainSentence(outcome)).toMatch(/not finite after \d+ steps; the largest number in w there is .*smaller rate/);
    expect(values['w']!.data.every(Number.isFinite)).toBe(true);
  });

  test('a loss that is not defined at the start is told as such', () => {
    const { outcome } = train(trainable('sum(log(x))', ['x']), { data: {}, start: { x: [1, -1] }, method: adam(), epochs: 5 });
    expect(trainSentence(outcome)).toContain('The loss is not finite at the start values');
  });

  test('a signal ends it', async () => {
    const stop = new AbortController();
    let last: TrainStep | undefined;
    const onStep = (step: TrainStep): void => {
      last = step;
      if (step.step === 3) stop.abort();
    };
    for (const method of [adam(), lbfgs()]) {
      const { outcome } = await trainAsync(squares, { data, start, method, onStep, signal: stop.signal });
      expect(outcome.kind).toBe('stopped');
    }
    expect(last?.step).toBe(3);
  });
});

test('no gradient flows through what is held', () => {
  const [n, h] = [dim('n'), variable('h', [dim('n')])];
  const x = variable('x', [n]);
  const held = { loss: total(times(h, x)), parameters: [x], held: [{ variable: h, is: exponential(x) }] };
  const f = lossFunction(held, { data: {}, start: { x: [0, 1] } });
  const gradient = new Float64Array(2);
  expect(f.evaluate(f.start, gradient)).toBeCloseTo(Math.E, 14);
  expect([...gradient]).toEqual([1, expect.closeTo(Math.E, 14)]);
});

test('a wrong gradient is found before anything is trained', () => {
  const f = lossFunction(squares, { data, start });
  const gradient = new Float64Array(3);
  const value = f.evaluate(f.start, gradient);
  expect(() => confirmGradient(f, f.start, gradient, value, 1)).not.toThrow();
  gradient[1] = -gradient[1]!;
  expect(codeOf(() => confirmGradient(f, f.start, gradient, value, 1))).toBe('check-failed');
});

test('a loss that bends sharply is no wrong gradient', () => {
  const { losses } = train(trainable('sin(a/1e-5)', ['a']), { data: {}, start: { a: 1e-6 }, method: sgd({ rate: 1e-12 }), epochs: 2 });
  expect(losses[1]).toBeLessThan(must(losses[0]));
});

test('gradient norms have the names of the parameters', () => {
  const n = dim('n');
  const [a, b] = [variable('p', [n]), variable('q', [n])];
  let norms: Record<string, number> = {};
  train({ loss: einsum('i,i->', [a, b]), parameters: [a, b] }, { data: {}, start: { p: [3, 4], q: [1, 0] }, method: adam(), epochs: 1, onStep: (step) => void (norms = gradientNorms(step)) });
  expect(norms).toEqual({ p: 1, q: 5 });
});

test('what does not fit is told before anything runs', () => {
  const method = adam();
  expect(codeOf(() => trainable('X*w-y', ['w']))).toBe('objective-not-scalar');
  expect(codeOf(() => trainable('norm2(X*w-y)^2', ['v']))).toBe('unknown-variable');
  expect(codeOf(() => trainable('norm2(X*w-', ['w']))).not.toBe('none');
  expect(codeOf(() => trainable('sum(f(w))', ['w'], 'f: function; w: vector(n)'))).toBe('value-missing');
  expect(codeOf(() => train(squares, { data: { X }, start, method }))).toBe('value-missing');
  expect(codeOf(() => train(squares, { data: { X, y: y.slice(1) }, start, method, examples: ['X', 'y'] }))).toBe('sizes-differ');
  expect(codeOf(() => train(squares, { data: { X, y: y.with(3, Number.NaN) }, start, method }))).toBe('value-not-finite');
  expect(codeOf(() => train(squares, { data, start: { w: [0, 0] }, method }))).toBe('sizes-differ');
  expect(codeOf(() => train(squares, { data, start, method, from: { x: new Float64Array(2), moments: [], steps: 0 } }))).toBe('bad-start');
});
