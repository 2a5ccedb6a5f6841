import { describe, expect, test } from 'vitest';
import { redeclare } from './redeclare.ts';
import { read } from './read.ts';

describe('redeclare', () => {
  const cases: readonly (readonly [string, string, string | undefined, string])[] = [
    ['', 'x', 'vector(n)', 'x: vector(n)'],
    ['A: matrix(m, n)', 'x', 'vector(n)', 'A: matrix(m, n)\nx: vector(n)'],
    ['A: matrix(m, n)\nx: vector(n)', 'A', 'matrix(n, n) symmetric', 'A: matrix(n, n) symmetric\nx: vector(n)'],
    ['A: matrix(m, n); x: vector(n)  # data', 'x', 'scalar', 'A: matrix(m, n); x: scalar  # data'],
    ['x, y: vector(n) positive', 'y', 'scalar', 'x: vector(n) positive\ny: scalar'],
    ['x, y: vector(n) positive', 'x', 'scalar', 'y: vector(n) positive\nx: scalar'],
    ['vector x(5), y(n)', 'x', 'vector(6)', 'vector y(n)\nx: vector(6)'],
    ['vector x(5), y(n)', 'y', 'scalar', 'vector x(5)\ny: scalar'],
    ['matrix A symmetric', 'A', 'matrix(m, n)', 'A: matrix(m, n)'],
    ['A: matrix(m, n)\nx: vector(n)', 'A', undefined, 'x: vector(n)'],
    ['A: matrix(m, n)\nx: vector(n)', 'x', undefined, 'A: matrix(m, n)'],
    ['A: matrix(m, n); x: vector(n)', 'A', undefined, 'x: vector(n)'],
    ['A: matrix(m, n)', 'x', undefined, 'A: matrix(m, n)'],
    ['A: matrx(m, n)', 'x', 'scalar', 'A: matrx(m, n)\nx: scalar'],
  ];
  test.each(cases)('%j with %s as %s', (text, name, declaration, expected) => {
    const changed = redeclare(text, name, declaration);
    expect(changed).toBe(expected);
    if (declaration !== undefined) expect(read(name, { declare: changed }).variables.find((v) => v.name === name)?.origin).toBe('declared');
  });
});
