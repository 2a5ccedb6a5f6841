import { describe, expect, test } from 'vitest';
import { exportPage } from './export.ts';
import type { ExportFormat } from './export-formats.ts';
import type { Question } from './question.ts';

const question: Question = { text: 'sum(log(1+exp(-y.*(X*w))))', declare: 'X: matrix(n, k)', by: ['w'], layout: 'mixed', symmetric: 'projected' };
const page = (format: ExportFormat, more: Partial<Question> = {}): string => exportPage({ ...question, ...more, format }).text;

describe('exports', () => {
  test('LaTeX has the formula, and no character that LaTeX would read', () => {
    const text = page('latex', { text: "norm2(A_1*x-y)^2", declare: 'A_1: matrix(m, n)', by: ['x'] });
    expect(text).toMatch(/\\fitted\{2 A_\{?1\}?\^\\top \(A_\{?1\}? x - y\)\}/);
    expect(text).toContain('\\item[A\\_1] matrix(m, n)');
    expect(text.match(/\\begin\{(\w+)\}/g)).toHaveLength(text.match(/\\end\{(\w+)\}/g)!.length);
  });
  test('LaTeX is told every letter that it does not know', () => {
    const text = page('latex', { text: 'λ*norm2(x)^2', declare: '', by: ['x'] });
    expect(text).toContain('\\DeclareUnicodeCharacter{03BB}{\\ensuremath{\\lambda}}');
    const told = new Set([...text.matchAll(/DeclareUnicodeCharacter\{([0-9A-F]+)\}/g)].map((m) => Number.parseInt(m[1]!, 16)));
    expect([...text].map((c) => c.codePointAt(0)!).filter((c) => c > 126 && !told.has(c))).toEqual([]);
  });
  test('Markdown', () => {
    const text = page('markdown');
    expect(text).toContain('## Derivative by w');
    expect(text).toMatch(/\$\$\n.*X\^\\top/);
    expect(text).toContain('```python\n');
  });
  test('HTML has MathML, and text as text', () => {
    const text = page('html');
    expect(text).toContain('<math xmlns="http://www.w3.org/1998/Math/MathML"');
    expect(text).toContain('<td>agrees with differences');
  });
  test('a notebook is JSON of cells, with the program as code', () => {
    const { nbformat, cells } = JSON.parse(page('notebook')) as { nbformat: number; cells: { id: string; cell_type: string; source: string[] }[] };
    expect(nbformat).toBe(4);
    expect(cells.map((c) => c.cell_type)).toEqual(['markdown', 'markdown', 'markdown', 'markdown', 'markdown', 'markdown', 'markdown', 'markdown', 'markdown', 'code']);
    expect(cells.at(-1)!.source.join('')).toContain('import numpy');
    expect(new Set(cells.map((c) => c.id)).size).toBe(cells.length);
  });
  test('what is wrong is told, and an empty page says so', () => {
    expect(() => page('html', { text: 'norm2(A*' })).toThrow(/error\[/);
    expect(() => page('html', { text: '' })).toThrow(/error\[/);
  });
});
