import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../base/diagnostic.ts';
import { coloured, paintFor, plain } from './paint.ts';
import { type Sources, render } from './render.ts';

const text = (d: Partial<Diagnostic>, sources: Sources): string =>
  `\n${render({ code: 'some-code', severity: 'error', message: 'this is wrong', span: [0, 0], ...d }, sources, plain)}\n`;

describe('diagnostics as text', () => {
  it('marks the place, and says needed, found and try', () => {
    expect(text({ span: [2, 4], needed: 'a', found: 'b', help: 'c' }, { expression: 'x+yy' })).toBe(`
error[some-code]: this is wrong
  expression:1:3
  1 | x+yy
    |   ^^
  needed  a
  found   b
  try     c
`);
  });

  it('names the parts that conflict below them, the last first', () => {
    const notes = [
      { span: [6, 7], text: 'A is matrix(m, k)' },
      { span: [8, 9], text: 'x is vector(n)' },
    ] as const;
    expect(text({ span: [6, 9], notes }, { expression: 'norm2(A*x)' })).toBe(`
error[some-code]: this is wrong
  expression:1:7
  1 | norm2(A*x)
    |       ~ ~
    |       | x is vector(n)
    |       A is matrix(m, k)
`);
  });

  it('shows declarations beside the expression', () => {
    const notes = [{ span: [17, 18], source: 'declare', text: 'declared here' }] as const;
    expect(text({ span: [1, 2], notes }, { expression: 'A*x', declare: 'A: matrix(m, n)\n\nx: vector(k)' })).toBe(`
error[some-code]: this is wrong
  expression:1:2
  1 | A*x
    |  ^
  declare:3:1
  3 | x: vector(k)
    | ~
    | declared here
`);
  });

  it('cuts a long line around the place', () => {
    const shown = text({ span: [5000, 5001] }, { expression: `${'x+'.repeat(2500)}?${'+x'.repeat(2500)}` });
    const [, , place, line = '', marks = ''] = shown.split('\n');
    expect(place).toBe('  expression:1:5001');
    expect(line.length).toBeLessThan(115);
    expect(line[marks.indexOf('^')]).toBe('?');
  });

  it('points past the end, under wide letters, and keeps control characters off the terminal', () => {
    expect(text({ span: [3, 3] }, { expression: 'A*\t' })).toContain('1 | A* \n    |    ^');
    expect(text({ span: [3, 4] }, { expression: '文字+y' })).toContain('1 | 文字+y\n    |      ^');
    expect(text({ span: [1, 2] }, { expression: 'x\u001B[2Jy' })).toContain('1 | x·[2Jy\n    |  ^');
  });

  it('needs no text', () => {
    expect(text({ needed: 'a' }, {})).toBe('\nerror[some-code]: this is wrong\n  needed  a\n');
  });
});

describe('colour', () => {
  it('is for terminals, unless the environment says otherwise', () => {
    expect(paintFor(true, {})).toBe(coloured);
    expect(paintFor(false, {})).toBe(plain);
    expect(paintFor(true, { NO_COLOR: '1' })).toBe(plain);
    expect(paintFor(true, { NO_COLOR: '' })).toBe(coloured);
    expect(paintFor(false, { FORCE_COLOR: '1' })).toBe(coloured);
    expect(paintFor(true, { FORCE_COLOR: '0' })).toBe(plain);
    expect(paintFor(true, { TERM: 'dumb' })).toBe(plain);
  });
});
