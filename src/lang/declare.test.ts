import { describe, expect, test } from 'vitest';
import { readDeclarations } from './declare.ts';

/** `A matrix(m,n) symmetric`, functions last. */
function shown(text: string): string[] {
  const { variables, functions, diagnostics } = readDeclarations(text);
  expect(diagnostics).toEqual([]);
  const list = variables.map((v) => {
    const interval = [v.facts.above, v.facts.below].some((end) => end !== undefined)
      ? [`(${v.facts.above ?? ''},${v.facts.below ?? ''})`]
      : [];
    return [
      `${v.name} ${v.kind}${v.dims ? `(${v.dims.map((d) => d.key).join(',')})` : ''}`,
      ...[...v.facts.has].sort(),
      ...interval,
    ].join(' ');
  });
  return [...list, ...functions.map((f) => `${f} function`)];
}

describe('declarations', () => {
  test.each([
    ['A: matrix(m, n)', ['A matrix(m,n)']],
    ['x, y: vector(n); c: scalar', ['x vector(n)', 'y vector(n)', 'c scalar']],
    ['A: matrix\nx: vector', ['A matrix', 'x vector']],
    ['A: matrix(2*n, n+1)', ['A matrix(2*n,n+1)']],
    ['T: tensor(i, j, k)', ['T tensor(i,j,k)']],
    ['T: tensor(3, 4)', ['T matrix(3,4)']],
    ['f, g: function', ['f function', 'g function']],
    ['K: matrix(n, n) symmetric psd', ['K matrix(n,n) psd symmetric']],
    ['K: matrix(n, n) spd', ['K matrix(n,n) pd psd symmetric']],
    ['K: matrix(n, n) positive definite', ['K matrix(n,n) pd psd symmetric']],
    ['K: matrix(n, n) positive semi-definite', ['K matrix(n,n) psd symmetric']],
    ['K: symmetric matrix(n, n)', ['K matrix(n,n) symmetric']],
    ['D: matrix(n, n) diagonal', ['D matrix(n,n) diagonal lower symmetric upper']],
    ['L: matrix(n, n) lower triangular', ['L matrix(n,n) lower']],
    ['Q: matrix(n, n) orth', ['Q matrix(n,n) orthogonal']],
    ['p: vector(n) in simplex', ['p vector(n) nonnegative simplex']],
    ['s: scalar in (0, 1)', ['s scalar nonnegative positive (0,1)']],
    ['s: scalar in [0, 1]', ['s scalar nonnegative (,1)']],
    ['s: scalar in (-inf, 2)', ['s scalar (,2)']],
    ['x: vector(n) >= 0', ['x vector(n) nonnegative']],
    ['x: vector(n) positive, sparse', ['x vector(n) nonnegative positive sparse']],
    ['c: scalar positive constant', ['c scalar constant nonnegative positive']],
    ['matrix A symmetric', ['A matrix symmetric']],
    ['vector x, y\nscalar l, u', ['x vector', 'y vector', 'l scalar', 'u scalar']],
    ['Matrix B', ['B matrix']],
    ['λ: scalar > 0', ['λ scalar nonnegative positive (0,)']],
  ])('%j', (text, expected) => expect(shown(text)).toEqual(expected));

  test('unit matrices', () => {
    for (const text of ['I: identity(3)', 'I: identity(3, 3)', 'I: matrix(3, 3) identity']) {
      const [v] = readDeclarations(text).variables;
      expect([v?.kind, v?.dims?.map((d) => d.key), v?.facts.has.has('identity')]).toEqual(['matrix', ['3', '3'], true]);
    }
  });

  test.each([
    ['A matrix(3, 4)', 'bad-declaration', 'matrix'],
    [': vector(3)', 'bad-declaration', ':'],
    ['A: matirx(3, 4)', 'unknown-kind', 'matirx'],
    ['A:', 'unknown-kind', ''],
    ['x: row(3)', 'unknown-kind', 'row'],
    ['A: matrix(n, n) symetric', 'unknown-fact', 'symetric'],
    ['x: vector(3); x: scalar', 'declared-twice', 'x'],
    ['A: matrix(3)', 'bad-size', 'matrix(3)'],
    ['x: vector(0)', 'bad-size', '0'],
    ['A: matrix[3,3]', 'bad-size', '['],
    ['vector x[3]', 'bad-size', '['],
    ['x: vector 3', 'bad-size', '3'],
    ['x: vector(1.5)', 'bad-size', '1.5'],
    ['x: vector(n/2)', 'bad-size', 'n/2'],
    ['x: vector(3', 'unclosed-bracket', '('],
    ['s: scalar in (1, 0)', 'bad-interval', '(1, 0)'],
    ['s: scalar in 3', 'bad-interval', '3'],
    ['x: vector(n) symmetric', 'fact-does-not-fit', 'symmetric'],
    ['z: complex vector(n)', 'complex-not-yet', 'complex'],
  ])('%j is %s', (text, code, at) => {
    const { diagnostics } = readDeclarations(text);
    const [first] = diagnostics;
    expect([first?.code, first && text.slice(...first.span), first?.source]).toEqual([code, at, 'declare']);
    expect(first?.help).toBeTruthy();
    expect(diagnostics.length).toBe(1);
  });
});
