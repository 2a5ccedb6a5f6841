import { describe, expect, it } from 'vitest';
import { answerLine } from './batch-answer.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- JSON of many shapes, looked at field by field
const ask = (request: unknown): any =>
  JSON.parse(answerLine(typeof request === 'string' ? request : JSON.stringify(request)));
const codes = (request: unknown): string[] => ask(request).diagnostics.map((d: { code: string }) => d.code);

describe('batch requests', () => {
  it('derives, with the value at given numbers', () => {
    const answer = ask({
      id: 'A4',
      derive: "0.5*x'*A*x",
      by: ['x'],
      declare: 'A: matrix(2,2); x: vector(2)',
      at: {
        A: [
          [1, 2],
          [3, 4],
        ],
        x: [1, 1],
      },
    });
    expect(answer).toMatchObject({
      id: 'A4',
      ok: true,
      type: 'vector(2)',
      value: [3.5, 6.5],
      check: { points: 3 },
      notices: [],
      excluded: [],
    });
    expect(answer.check.worst).toBeLessThan(1e-8);
    expect(typeof answer.text).toBe('string');
    expect(answer.index).toContain('R[i]');
    expect(answer.latex).toContain('^\\top');
  });

  it('tells the line of a model that an error or a notice is about', () => {
    const solve = 'parameters\n  matrix A\n  vector b\nvariables\n  vector x\nmin\n  norm2(A*x-b)^2\nst\n  x > 0\n';
    const [error] = ask({ solve, data: { A: [[1, 2], [3, 4]], b: [1, 2, 3] } }).diagnostics;
    expect(error).toMatchObject({ code: 'sizes-differ', line: 3 });
    const { notices } = ask({ solve, data: { A: [[1, 2], [3, 5]], b: [1, 2], c: 1 } });
    expect(notices.map(({ code, line }: { code: string; line?: number }) => [code, line])).toEqual(expect.arrayContaining([['strict-relation', 9], ['data-not-used', undefined]]));
    expect(ask({ derive: 'A*x', by: 'x', declare: 'A: matrix(2,2); x: vector(3)' }).diagnostics[0]).not.toHaveProperty('line');
  });

  it('puts the axes of the function first, then those of each variable', () => {
    const at = {
      A: [
        [1, 2, 3],
        [4, 5, 6],
      ],
      x: [1, 1, 1],
    };
    expect(ask({ derive: 'A*x', by: 'x', at }).value).toEqual(at.A);
    const { value } = ask({ derive: 'A*x', by: ['x', 'A'], at });
    expect([value.length, value[0].length, value[0][0].length, value[0][0][0].length]).toEqual([2, 3, 2, 3]);
    expect(value[1][2]).toEqual([
      [0, 0, 0],
      [0, 0, 1],
    ]);
  });

  it('takes kinds and sizes of undeclared names from their values', () => {
    expect(ask({ derive: 'sum(a)', by: ['a'], at: { a: [1, 2, 3] } })).toMatchObject({
      type: 'vector(3)',
      value: [1, 1, 1],
    });
    expect(ask({ derive: 'sum(x)', by: ['x'], declare: 'x: vector(n)', at: { x: [1, 2] } }).value).toEqual([1, 1]);
    expect(ask({ evaluate: 'x*2', at: { x: 3 } })).toMatchObject({ type: 'scalar', value: 6 });
  });

  it('takes a unit matrix as a value or as a declaration', () => {
    const at = {
      I: [
        [1, 0],
        [0, 1],
      ],
      X: [
        [1, 2],
        [3, 4],
      ],
    };
    for (const declare of ['I: identity(2)', 'I: matrix(2,2)', '']) {
      expect(ask({ derive: 'tr((I-X)*X)', by: ['X'], declare, at }).value).toEqual([
        [-1, -6],
        [-4, -7],
      ]);
    }
  });

  it('evaluates and compares', () => {
    expect(ask({ id: 1, evaluate: 'norm2(x)', at: { x: [3, 4] } })).toEqual({
      id: 1,
      ok: true,
      type: 'scalar',
      text: 'norm2(x)',
      value: 5,
      notices: [],
    });
    expect(ask({ check: "x'*A*x", by: ['x'], is: "(A+A')*x" })).toMatchObject({ ok: true, equal: true });
    const wrong = ask({ check: "x'*x", by: ['x'], is: 'x' });
    expect(wrong).toMatchObject({
      ok: true,
      equal: false,
      worst: 0.5,
      slip: 'a factor 2 is missing',
      derivative: '2*x',
    });
    expect(wrong.counterexample.derivative).toEqual(wrong.counterexample.at.x.map((v: number) => 2 * v));
    expect(ask({ check: "x'*A*x", by: ['x'], is: '2*A*x' }).slip).toContain('if A were symmetric');
  });

  it('does not let a candidate change the sizes of the variables', () => {
    const answer = ask({ check: 'A*x', by: ['x'], is: "A'" });
    expect(answer).toMatchObject({ equal: false, worst: null });
    expect(answer.slip).toContain('transpose');
    expect(ask({ check: 'A*x', by: ['x'], is: 'A*A' }).equal).toBe(false);
  });

  it('writes what is not finite as null, and says so', () => {
    const answer = ask({ derive: 'log(x)', by: ['x'], at: { x: 0 } });
    expect(answer.value).toBeNull();
    expect(answer.notices.map((n: { code: string }) => n.code)).toContain('value-not-finite');
  });

  it('names a variable whose value does not fit, with both shapes', () => {
    const [first] = ask({
      derive: "x'*A*x",
      by: ['x'],
      declare: 'A: matrix(3,3)',
      at: {
        A: [
          [1, 2],
          [3, 4],
        ],
        x: [1, 2],
      },
    }).diagnostics;
    expect(first).toMatchObject({ code: 'data-shape-differs', severity: 'error', needed: '3 × 3' });
    expect(`${first.message} ${first.found}`).toMatch(/A.*2 × 2/);
    expect(codes({ evaluate: 'x', at: { x: [[1, 2], [3]] } })).toEqual(['bad-value']);
    expect(codes({ evaluate: 'x+y', at: { x: 1 } })).toEqual(['value-missing']);
  });

  it('answers what is no request', () => {
    expect(ask('{').id).toBeNull();
    expect(codes('{')).toEqual(['bad-json']);
    expect(codes('[1]')).toEqual(['bad-request']);
    expect(codes({})).toEqual(['bad-request']);
    expect(codes({ derive: 5, by: [] })).toEqual(['bad-request', 'bad-request']);
    expect(codes({ derive: 'x', by: ['x'], at: [1] })).toEqual(['bad-request']);
    expect(codes({ derive: 'x', by: ['x'], evaluate: 'x' })).toEqual(['bad-request']);
    expect(codes({ derive: 'x', by: ['x'], layout: 'odd' })).toEqual(['bad-request']);
    expect(codes({ derive: 'x', by: ['x'], want: ['cobol'] })).toEqual(['target-unknown']);
    expect(codes({ derive: 'x', by: ['x'], want: [] })).toEqual(['bad-request']);
    expect(codes({ derive: "x'*A*y", by: ['x', 'y'], want: ['numpy'] })).toEqual(['not-yet']);
    expect(ask({ id: 7, derive: 'x', by: ['x'], declaer: '' }).diagnostics[0]).toMatchObject({
      code: 'unknown-field',
      found: 'declaer',
      help: 'did you mean declare?',
    });
    expect(codes({ derive: '', by: ['x'] })).toEqual(['empty-text']);
    expect(codes({ derive: 'x', by: ['__proto__'] })).toEqual(['unknown-variable']);
  });

  it('solves models', () => {
    const solve = 'parameters\n vector a\nvariables\n vector x\nmin\n norm2(x-a)^2\nst\n x >= 0';
    const answer = ask({ id: 'M', solve, data: { a: [1, -2] } });
    expect(answer).toMatchObject({ id: 'M', ok: true, outcome: 'optimal (global)', objective: 4, convexity: 'convex', x: { x: [1, 0] }, multipliers: { 'x >= 0': [0, 4] } });
    expect(Object.keys(answer)).toEqual(expect.arrayContaining(['kkt', 'iterations', 'evaluations', 'seconds', 'violation', 'says', 'method', 'why']));
    expect(codes({ solve, data: { a: [1, null] } })).toEqual(['bad-data']);
    expect(codes({ solve: 'variables\n vector x\nmin\n norm2(x)' })).toEqual(['variable-size-unknown']);
    expect(ask({ solve: 'variables\n vector x\nmin\n norm2(x)^2', start: { x: [1, 2] } }).x.x).toEqual([0, 0]);
    expect(codes({ solve: 'min\n 1' })).toEqual(['bad-model']);
    expect(codes({ solve, data: { a: [1] }, seconds: -1 })).toEqual(['bad-request']);
    expect(ask({ solve: 'variables\n vector x(1)\nmin\n sum(x)\nst\n x <= 1' }).outcome).toBe('unbounded');
  });

  it('writes code', () => {
    const { ok, code } = ask({ derive: "x'*A*x", by: ['x', 'x'], want: ['numpy', 'jax', 'matlab'] }) as { ok: boolean; code: Record<string, string> };
    expect(ok).toBe(true);
    expect(code['numpy']).toContain('def hessian(');
    expect(code['jax']).toContain('import jax');
    expect(code['matlab']).toContain('function result = hessian(');
  });

  it('keeps any id', () => {
    for (const id of [0, '', null, [1], { a: 1 }, 'ü']) expect(ask({ id, evaluate: '1' }).id).toEqual(id);
  });
});

it('a declared function has a derivative but no value', () => {
  const evaluated = JSON.parse(answerLine('{"id":1,"evaluate":"f(a)","declare":"f: function; a: scalar","at":{"a":1}}')) as { ok: boolean; diagnostics: { code: string }[] };
  expect(evaluated.ok).toBe(false);
  expect(evaluated.diagnostics.map((d) => d.code)).toEqual(['value-missing']);
  const derived = JSON.parse(answerLine(`{"id":2,"derive":"sum(f(x))","by":["x"],"declare":"f: function","at":{"x":[1,2]}}`)) as { text: string; value?: unknown; notices: { code: string }[] };
  expect(derived.text).toBe("f'(x)");
  expect(derived.value).toBeUndefined();
  expect(derived.notices.map((d) => d.code)).toContain('value-missing');
});

it('writes programs that solve a model', () => {
  const model = 'variables\n vector x(2)\nmin\n norm2(x)^2';
  const { ok, code } = ask({ code: model, to: ['numpy', 'typescript'] });
  expect(ok).toBe(true);
  expect(Object.keys(code)).toEqual(['numpy', 'typescript']);
  expect(code.numpy).toContain('def solve(');
  expect(code.typescript).toContain('export { solveModel as solve };');
  expect(codes({ code: model, to: ['numpi'] })).toEqual(['target-unknown']);
  expect(codes({ code: model })).toEqual(['bad-request']);
});
