// Every edit offered does away with what it was offered for.

import { describe, expect, test } from 'vitest';
import { edited } from './fixes.ts';
import { readModel } from './model.ts';
import { read } from './read.ts';

const cases: readonly (readonly [text: string, code: string, ...after: string[]])[] = [
  ['nrom2(x)', 'unknown-function', 'norm2(x)', 'norm(x)', 'norm1(x)'],
  ['average(x)', 'unknown-function', 'mean(x)'],
  ['np.exp(x)', 'foreign-spelling', 'exp(x)'],
  ['A.T*x', 'foreign-spelling', "A'*x"],
  ['x**2', 'double-star', 'x^2', 'x.^2'],
  ['A x', 'missing-operator', 'A *x', 'A .*x'],
  ['norm2(A*x', 'unclosed-bracket', 'norm2(A*x)'],
  ['norm2(x))', 'unmatched-bracket', 'norm2(x)'],
  ['x$', 'unexpected-character', 'x'],
  ['x*y', 'column-times-column', "x'*y", 'x.*y', "x*y'"],
  ['(A*x)*(B*y)', 'column-times-column', "(A*x)'*(B*y)", '(A*x).*(B*y)', "(A*x)*(B*y)'"],
  ['A*x*y', 'column-times-column', "(A*x)'*y", 'A*x.*y', "A*x*y'"],
  ["x'*y'", 'column-times-column', "x'*y", "x'.*y'", "x*y'"],
  ['a/x', 'division-by-array', 'a./x'],
  ['x*A', 'product-does-not-fit', "x'*A"],
  ["A*x'", 'product-does-not-fit', 'A*x'],
  ['sum(A, 1)', 'unknown-axis', 'sum(A, rows)', 'sum(A, cols)'],
  ["A^'", 'foreign-spelling', "A'"],
  ['\\frac{1}{2} x^\\top x', 'latex-read', "1/2*x'*x"],
];

const declare = 'x, y: vector(n); A, B: matrix(n, n)';

describe('fixes', () => {
  test.each(cases)('of %s, which is %s', (text, code, ...after) => {
    const d = read(text, { declare }).diagnostics.find((found) => found.code === code);
    const results = (d?.fixes ?? []).map((f) => edited(text, f.edits));
    expect(results).toEqual(after);
    for (const result of results.filter((r) => !/^A \.\*x$|^A\*x\.\*y$/.test(r))) expect(read(result, { declare }).diagnostics.filter((found) => found.code === code && found.severity === d?.severity)).toEqual([]);
  });

  test('of inner sizes that differ, where a transpose fits', () => {
    const [wrong] = read('B*z', { declare: 'B: matrix(3, 4); z: vector(3)' }).diagnostics;
    expect(wrong?.fixes?.map((f) => edited('B*z', f.edits))).toEqual(["B'*z"]);
  });

  test('of declarations, which stand in their text', () => {
    const [wrong] = read('A', { declare: 'A: matrx(m, n) symetric' }).diagnostics;
    expect(wrong?.fixes?.[0]).toEqual({ says: 'write matrix', edits: [{ span: [3, 8], text: 'matrix', source: 'declare' }] });
  });

  test('of models', () => {
    const text = 'variables\n vector x\nmin\n norm2(x)\nst\n sum(x) = 1';
    const [wrong] = readModel(text).diagnostics;
    expect(wrong?.fixes?.map((f) => readModel(edited(text, f.edits)).diagnostics)).toEqual([[]]);
  });
});
