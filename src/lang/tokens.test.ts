import { describe, expect, test } from 'vitest';
import { tokenize } from './tokens.ts';

const words = (text: string): string[] =>
  tokenize(text)
    .tokens.slice(0, -1)
    .map((t) => (t.kind === 'newline' ? '↵' : t.kind === 'string' ? `"${t.text}"` : t.text));

describe('tokens', () => {
  test.each([
    ["x'*A*x", ['x', "'", '*', 'A', '*', 'x']],
    ['2.*x', ['2', '.*', 'x']],
    ['2./x.^3.5', ['2', './', 'x', '.^', '3.5']],
    ['1e-3+.5+2.', ['1e-3', '+', '.5', '+', '2.']],
    ["2.'", ['2', "'"]],
    ['x1 x_1 x₁ xᵀ αβ', ['x1', 'x_1', 'x₁', 'x', "'", 'αβ']],
    ['x⊙y⊘z · w × A ⊗ B', ['x', '.*', 'y', './', 'z', '*', 'w', '*', 'A', '⊗', 'B']],
    ['X⁻¹ y²', ['X', '^', '-', '1', 'y', '^', '2']],
    ["#('ij->ji', A)", ['#', '(', '"ij->ji"', ',', 'A', ')']],
    ["(x)' + [1]' + 3'", ['(', 'x', ')', "'", '+', '[', '1', ']', "'", '+', '3', "'"]],
    ['a % b\nc # d\n#(i->;x)', ['a', '↵', 'c', '↵', '#', '(', 'i', '->', ';', 'x', ')']],
    ['(a\nb)', ['(', 'a', 'b', ')']],
    ['a\r\nb', ['a', '↵', 'b']],
    ['x <= y == z', ['x', '<=', 'y', '==', 'z']],
  ])('%j', (text, expected) => expect(words(text)).toEqual(expected));

  test('spans are those of the text', () => {
    const text = 'αx ⊙ X⁻¹';
    expect(tokenize(text).tokens.map((t) => text.slice(...t.span))).toEqual(['αx', '⊙', 'X', '⁻¹', '⁻¹', '⁻¹', '']);
  });

  test('what means nothing is reported once for a run', () => {
    const { diagnostics } = tokenize('x ??? y $');
    expect(diagnostics.map((d) => [d.code, d.span])).toEqual([
      ['unexpected-character', [2, 5]],
      ['unexpected-character', [8, 9]],
    ]);
  });
});
