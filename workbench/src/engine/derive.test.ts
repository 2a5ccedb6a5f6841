import { describe, expect, test } from 'vitest';
import { type Underway, derive } from './derive.ts';
import { modelHelp } from './model-help.ts';
import type { Question } from './question.ts';
import { redeclared } from './redeclared.ts';
import { words } from './words.ts';

const question: Question = { text: 'norm2(A*x-y)^2', declare: '', by: [], layout: 'mixed', symmetric: 'projected' };
const ask = (more: Partial<Question>): ReturnType<typeof derive> => derive({ ...question, ...more });

describe('derive', () => {
  test('reading and parts arrive before the answer', () => {
    const news: Underway[] = [];
    const answer = derive(question, { progress: (n) => news.push(n as Underway) });
    expect(news.map((n) => n.step)).toEqual(['deriving by x', 'checking the derivative with numbers']);
    expect(news[0]?.read.function?.text).toBe('norm2(A*x-y)^2');
    expect(answer.parts.find((p) => question.text.slice(p.from, p.to) === 'A*x-y')).toMatchObject({ type: 'vector(m)' });
    expect(answer.derivative?.text).toBe("2*A'*(A*x-y)");
    expect(structuredClone(answer)).toEqual(answer);
  });

  test('a variable that is not there any more leaves the choice to us', () => {
    expect(ask({ by: ['w'] })).toMatchObject({ by: ['x'] });
    expect(ask({ by: ['x', 'w'] })).toMatchObject({ by: ['x'] });
    expect(ask({ by: ['x', 'x'] }).derivative?.text).toBe("2*A'*A");
    expect(ask({ by: ['x', 'A'] }).derivative?.type).toBe('tensor(n, m, n)');
  });

  test('errors leave parts and variables', () => {
    const { diagnostics, parts, variables, derivative } = ask({ text: 'A*x + x*z', declare: 'x: vector(3)\nz: vector(3)' });
    expect(diagnostics[0]).toMatchObject({ code: 'column-times-column', severity: 'error' });
    expect(parts.length).toBeGreaterThan(3);
    expect(variables.map((v) => v.name)).toEqual(['x', 'z', 'A']);
    expect(derivative).toBeUndefined();
  });

  test.each([
    ['a million characters', 'x+'.repeat(500_000), 'text-too-long'],
    ['ten thousand brackets', `${'('.repeat(10_000)}x${')'.repeat(10_000)}`, 'too-many-tokens'],
    ['five thousand brackets', `${'('.repeat(5000)}x${')'.repeat(5000)}`, 'nesting-too-deep'],
    ['control characters', 'x\u0000\u202e+y', 'unexpected-character'],
  ])('%s are refused in words', (_, text, code) => {
    const start = performance.now();
    expect(ask({ text }).diagnostics.map((d) => d.code)).toContain(code);
    expect(performance.now() - start).toBeLessThan(1500);
  });
});

test('words have signatures and a line each', () => {
  const list = words();
  expect(list.find((w) => w.name === 'logdet')).toEqual({ name: 'logdet', is: 'function', signatures: ['logdet(matrix(n, n)) → scalar'], says: expect.stringContaining('determinant') as string });
  expect(list.every((w) => w.says !== '' && w.signatures.length > 0)).toBe(true);
  expect(new Set(list.filter((w) => w.is !== 'function').map((w) => w.is))).toEqual(new Set(['kind', 'fact', 'keyword']));
});

test('a table row becomes a declaration', () => {
  expect(redeclared({ declare: 'y: vector(m)', name: 'A', kind: 'matrix', dims: ['n', 'n'], facts: 'symmetric pd' })).toBe('y: vector(m)\nA: matrix(n, n) symmetric pd');
  expect(redeclared({ declare: '', name: 'A', kind: 'tensor', dims: [], facts: '' })).toBe('A: tensor');
});

test('a model has diagnostics with fixes, variables and parts', () => {
  const text = 'parameters\n matrix A\nvariables\n vector x\nmin\n norm2(A*x-b)^2';
  const { diagnostics, variables, parts } = modelHelp(text);
  expect(diagnostics.filter((d) => d.severity === 'error').map((d) => d.code)).toEqual(['undeclared-name']);
  expect(variables.map((v) => v.name)).toEqual(['A', 'x', 'b']);
  expect(parts.some((p) => text.slice(p.from, p.to) === 'A*x')).toBe(true);
});
