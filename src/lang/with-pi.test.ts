import { expect, test } from 'vitest';
import { must } from '../base/internal.ts';
import { inContext, newContext } from '../ir/expr.ts';
import { normal } from '../simplify/pipelines.ts';
import { read } from './read.ts';
import { indexText, toLatex, toText, write } from './write.ts';

/** As it is written, and whether that reads back to the same graph. */
function written(text: string, declare = ''): { readonly text: string; readonly isSame: boolean } {
  return inContext(newContext(), () => {
    const e = normal(must(read(text, { declare }).expr));
    const out = toText(write(e));
    return { text: out, isSame: normal(must(read(out, { declare }).expr)) === e };
  });
}

test.each([
  ['2*pi*a', '2*pi*a'],
  ['a/pi', 'a/pi'],
  ['3*pi*a/7+b*pi', '3/7*pi*a+pi*b'],
  ['sqrt(2/pi)*x', 'x*sqrt(2/pi)'],
  ['5/pi*x', '5*x/pi'],
  ['pi*A', 'pi*A'],
])('%s is %s', (text, expected) => {
  const found = written(text);
  expect(found.isSame).toBe(true);
  expect([...found.text].sort().join('')).toBe([...expected].sort().join(''));
});

test('numbers that only come near stay numbers', () => {
  expect(written('3.1415926535*a').text).toBe('3.1415926535*a');
  expect(written('0.318309886183*a').text).toBe('0.318309886183*a');
});

test('a variable called pi keeps its name for itself', () => {
  expect(written('3.141592653589793*a*pi', 'pi: scalar')).toEqual({ text: expect.stringContaining('3.141592653589793'), isSame: true });
});

test('in other notations', () => {
  inContext(newContext(), () => {
    const e = must(read('exp(a)/sqrt(2*pi)').expr);
    expect(toLatex(write(e))).toContain(String.raw`\sqrt{2 \pi}`);
    expect(indexText(e)).toContain('sqrt(2*pi)');
  });
});
