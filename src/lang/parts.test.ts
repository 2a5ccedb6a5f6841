import { describe, expect, test } from 'vitest';
import { factsOf } from '../ops/facts.ts';
import { readModelParts } from './model-parts.ts';
import { readParts } from './parts.ts';

function at(text: string, of: string, declare = ''): { is: string; type: string; facts: string }[] {
  return readParts(text, { declare })
    .parts.filter((p) => text.slice(...p.span) === of)
    .map((p) => ({ is: p.is, type: p.type, facts: p.expr ? [...factsOf(p.expr).has].join(' ') : '' }));
}

describe('readParts', () => {
  test('every part has its kind, shape and facts', () => {
    const text = 'norm2(A*x-y)^2 + logdet(B*B\'+eye)/n';
    const declare = 'A: matrix(m, n); B: matrix(k, p)';
    expect(at(text, 'A*x', declare)).toEqual([{ is: 'value', type: 'vector(m)', facts: '' }]);
    expect(at(text, 'y', declare)).toEqual([{ is: 'variable', type: 'vector(m)', facts: '' }]);
    expect(at(text, "B*B'", declare)[0]?.facts).toContain('psd');
    expect(at(text, 'logdet', declare)[0]).toMatchObject({ is: 'function', type: 'scalar' });
    expect(at(text, 'n', declare)[0]).toMatchObject({ is: 'size', type: 'scalar' });
  });

  test('a text with errors has kinds as far as they are known', () => {
    expect(at('A*x + x*y', 'A*x')).toMatchObject([{ type: 'vector(m)' }]);
    expect(at('A*x + x*y', 'x*y')).toMatchObject([{ type: 'unknown' }]);
    expect(readParts('((').parts).toEqual([]);
  });

  test('parts of LaTeX stand at their place in the LaTeX', () => {
    expect(at('x^\\top A x + \\log(b)', 'b')).toMatchObject([{ is: 'variable', type: 'scalar' }]);
  });

  test('definitions, sums over indices', () => {
    expect(at('r = A*x-b; r\'*r', 'r')).toMatchObject([{ is: 'definition', type: 'vector(m)' }, { is: 'definition' }, { is: 'definition' }]);
    expect(at('sum[i](A[i,j]*x[i])', 'A[i,j]')).toMatchObject([{ type: 'scalar with indices i, j', facts: '' }]);
  });

  test('parts of a model', () => {
    const text = 'parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n norm2(A*x-b)^2\nst\n x >= 0';
    const { parts, reading } = readModelParts(text);
    expect(reading.model).toBeDefined();
    expect(parts.find((p) => text.slice(...p.span) === 'A*x-b')?.type).toMatch(/^vector\(/);
  });
});
