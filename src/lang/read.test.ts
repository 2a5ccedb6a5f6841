import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { must } from '../base/internal.ts';
import { dim } from '../ir/dim.ts';
import { inContext, newContext } from '../ir/expr.ts';
import { type ReadOptions, type Reading, read } from './read.ts';

/** `matrix(m, n) | A matrix(m, n), x vector(n)`: the result, and each variable as it was read. */
function summary(r: Reading): string {
  const shape = (list: readonly { key: string }[]): string =>
    list.length > 0 ? `(${list.map((d) => d.key).join(', ')})` : '';
  const errors = r.diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.code}: ${d.message}`);
  if (errors.length > 0) return errors.join('; ');
  const variables = r.variables.map((v) => `${v.name} ${v.kind}${shape(v.shape)}${v.origin === 'inferred' ? '?' : ''}`);
  return `${r.kind}${shape(r.expr?.shape ?? [])} | ${variables.join(', ')}`;
}

describe('kinds and shapes without declarations', () => {
  test.each([
    ["x'*A*x", 'scalar | x vector(n), A matrix(n, n)'],
    ['A*x', 'vector(m) | A matrix(m, n), x vector(n)'],
    ["x'*A", 'row(n) | x vector(m), A matrix(m, n)'],
    ["x*y'", 'matrix(m, n) | x vector(m), y vector(n)'],
    ["x'*y", 'scalar | x vector(n), y vector(n)'],
    ['A*B', 'matrix(m, p) | A matrix(m, n), B matrix(n, p)'],
    ["A'", 'matrix(n, m) | A matrix(m, n)'],
    ["x'", 'row(n) | x vector(n)'],
    ['c*A', 'matrix(m, n) | c scalar, A matrix(m, n)'],
    ['a^b', 'scalar | a scalar, b scalar'],
    ['X^2', 'matrix(n, n) | X matrix(n, n)'],
    ['inv(X)*y', 'vector(n) | X matrix(n, n), y vector(n)'],
    ['det(X)', 'scalar | X matrix(n, n)'],
    ['norm2(A*x-y)^2', 'scalar | A matrix(m, n), x vector(n), y vector(m)'],
    ['norm2(A*x-b)^2', 'scalar | A matrix(m, n), x vector(n), b vector(m)?'],
    ['norm2(X*beta-y)^2', 'scalar | X matrix(m, n), beta vector(n)?, y vector(m)'],
    ["x'*A*x+b'*x", 'scalar | x vector(n), A matrix(n, n), b vector(n)?'],
    ["x'*w+t", 'scalar | x vector(n), w vector(n), t scalar?'],
    ['t*vector(1)+x', 'vector(n) | t scalar?, x vector(n)'],
    ['expm(t*A)', 'matrix(n, n) | t scalar?, A matrix(n, n)'],
    ["x'*A*x/n", 'scalar | x vector(m), A matrix(m, m), n scalar?'],
    ['norm1(x)+lambda*norm2(x)', 'scalar | x vector(n), lambda scalar'],
    ["(x-μ)'*Σ*(x-μ)", 'scalar | x vector(n), μ vector(n)?, Σ matrix(n, n)'],
    ['sum(log(exp(-y.*(X*w))+vector(1)))', 'scalar | y vector(m), X matrix(m, n), w vector(n)'],
    ['log(sum(exp(A*x)))', 'scalar | A matrix(m, n), x vector(n)'],
    ["y*y'.*K", 'matrix(n, n) | y vector(n), K matrix(n, n)'],
    ['tr(kron(A,X))', 'scalar | A matrix(m, m), X matrix(n, n)'],
    ['kron(A,B)', 'matrix(m*p, n*q) | A matrix(m, n), B matrix(p, q)'],
    ['svdvals(A)', 'vector(min(m,n)) | A matrix(m, n)'],
    ['vec(A)', 'vector(m*n) | A matrix(m, n)'],
    ['#(ijk,i,j,k->; A,x,x,x)', 'scalar | A tensor(n, n, n)?, x vector(n)'],
    ['#(ij,jk->ik; A,B)', 'matrix(m, p) | A matrix(m, n), B matrix(n, p)'],
    ['#(ij,kl->ijkl; A,B)', 'tensor(m, n, p, q) | A matrix(m, n), B matrix(p, q)'],
    ['sum((X-#(i,j,k->ijk; u,v,w)).^2)', 'scalar | X tensor(m, n, p)?, u vector(m), v vector(n), w vector(p)'],
    ['A[i,k]*B[k,j]', 'matrix(m, p) | A matrix(m, n), B matrix(n, p)'],
    ['c[i]*x[i]', 'scalar | c vector(n)?, x vector(n)'],
    ['T[i,j,k]*x[k]', 'matrix(m, n) | T tensor(m, n, p)?, x vector(p)'],
    ['sum[i](y[i]*A[i,:])', 'row(n) | y vector(m), A matrix(m, n)'],
    ['[A; B]', 'matrix(m+p, n) | A matrix(m, n), B matrix(p, n)'],
    ['[A, B; C, D]', 'matrix(m+q, n+p) | A matrix(m, n), B matrix(m, p), C matrix(q, n), D matrix(q, p)'],
    ['[x; y]', 'vector(m+n) | x vector(m), y vector(n)'],
    ['A[1:3, :]', 'matrix(3, n) | A matrix(m, n)'],
    ['A[:, 2]', 'vector(m) | A matrix(m, n)'],
    ['A[2, :]', 'row(n) | A matrix(m, n)'],
    ['x[1:k]', 'vector(k) | x vector(n)'],
    ['x[2:end]', 'vector(n-1) | x vector(n)'],
    ['softmax(x)', 'vector(n) | x vector(n)'],
    ["softmax(x'*W)", 'row(n) | x vector(m), W matrix(m, n)'],
    ['softmax(A, rows)', 'matrix(m, n) | A matrix(m, n)'],
    ['A./rowsum(A)', 'matrix(m, n) | A matrix(m, n)'],
    ['max(x, y)', 'vector(n) | x vector(n), y vector(n)'],
    ['max(A)', 'scalar | A matrix(m, n)'],
    ['max(A, rows)', 'vector(m) | A matrix(m, n)'],
    ['eye+X', 'matrix(n, n) | X matrix(n, n)'],
    ['matrix(1, 2, 3)*x', 'vector(2) | x vector(3)'],
    ["y = A*x; y'*y", 'scalar | A matrix(m, n), x vector(n)'],
    ['2', 'scalar | '],
    ['-1/2', 'scalar | '],
    ['𝑥'.normalize('NFKC') + "'*A", 'row(n) | x vector(m), A matrix(m, n)'],
    ['x₁+x₂', 'vector(n) | x₁ vector(n), x₂ vector(n)'],
    ['weight.*x_1', 'vector(n) | weight vector(n), x_1 vector(n)'],
  ])('%s', (text, expected) => expect(summary(read(text))).toBe(expected));
});

describe('with declarations', () => {
  test.each([
    ['A*x', 'A: matrix(m, n); x: vector(n)', 'vector(m) | A matrix(m, n), x vector(n)'],
    ['A*x', 'A: matrix(4, 4); x: vector(4)', 'vector(4) | A matrix(4, 4), x vector(4)'],
    ['A*x', 'A: matrix(m, k); x: vector(n)', 'vector(m) | A matrix(m, k), x vector(k)'],
    ['A*x', 'A: matrix; x: vector', 'vector(m) | A matrix(m, n), x vector(n)'],
    ['A*x', 'matrix A\nvector x', 'vector(m) | A matrix(m, n), x vector(n)'],
    ['A*x', 'A: matrix(m, 3)', 'vector(m) | A matrix(m, 3), x vector(3)'],
    ['x', 'A: matrix(2, 3)', 'vector(n) | A matrix(2, 3), x vector(n)'],
    ['[x; y]', 'x: vector(n); y: vector(2*n+1)', 'vector(3*n+1) | x vector(n), y vector(2*n+1)'],
    ['A*[x; y]', 'A: matrix(m, n+k); x: vector(n)', 'vector(m) | A matrix(m, k+n), x vector(n), y vector(k)'],
    ['kron(A, B)*x', 'A: matrix(2, 3); B: matrix(4, 5)', 'vector(8) | A matrix(2, 3), B matrix(4, 5), x vector(15)'],
    ["f(A*x)'*f''(x)", 'f: function', 'scalar | A matrix(n, n), x vector(n)'],
    ['I-X', 'I: identity(3)', 'matrix(3, 3) | I matrix(3, 3), X matrix(3, 3)'],
    ["X'*X-I", 'I: identity', 'matrix(m, m) | I matrix(m, m), X matrix(n, m)'],
    ['K*x', 'K: matrix symmetric', 'vector(n) | K matrix(n, n), x vector(n)'],
    ['K*x', 'K: matrix(n, m) symmetric', 'vector(n) | K matrix(n, n), x vector(n)'],
    [
      'z-kron(vector(1), vector(1))-A*x',
      'A: matrix(n, n)',
      'vector(m*p) | A matrix(m*p, m*p), z vector(m*p), x vector(m*p)',
    ],
    ['T', 'T: tensor(2, 3, 4)', 'tensor(2, 3, 4) | T tensor(2, 3, 4)'],
    ['exp(1)', 'exp: scalar', 'scalar | exp scalar'],
    ['pi*x', 'pi: scalar; x: vector(2)', 'vector(2) | pi scalar, x vector(2)'],
    ['eigvals(S)', 'S: matrix(n, n) symmetric', 'vector(n) | S matrix(n, n)'],
    ["eigvals(A'*A)", 'A: matrix(m, n)', 'vector(n) | A matrix(m, n)'],
  ])('%s with %s', (text, declare, expected) => expect(summary(read(text, { declare }))).toBe(expected));

  test('facts, origins and places', () => {
    const { variables } = read("p'*log(S*x)", {
      declare: 'S: matrix(n, n) symmetric pd; p: vector(n) in simplex; s: scalar in (0, 1)',
    });
    expect(variables.map((v) => [v.name, v.origin, v.span])).toEqual([
      ['S', 'declared', [0, 1]],
      ['p', 'declared', [30, 31]],
      ['s', 'declared', [55, 56]],
      ['x', 'default', [9, 10]],
    ]);
    expect(variables.map((v) => [...v.facts.has].sort().join(' '))).toEqual([
      'pd psd symmetric',
      'nonnegative simplex',
      'nonnegative positive',
      '',
    ]);
  });

  test('a derivative is read back with the variables of its function', () => {
    const first = read("x'*A*x", { declare: 'A: matrix(3, 3)' });
    const back = read("A*x+A'*x", { variables: first.variables, expect: [dim(3)] });
    expect(back.variables.map((v) => v.node)).toEqual(first.variables.map((v) => v.node));
    expect(summary(read('eye+0*matrix(1)', { variables: first.variables, expect: [dim(3), dim(3)] }))).toBe(
      'matrix(3, 3) | A matrix(3, 3), x vector(3)',
    );
    expect(summary(read('0', { expect: [dim(2), dim('n')] }))).toBe('matrix(2, n) | ');
    expect(summary(read('vector(1)', { expect: [dim(2), dim('n')] }))).toMatch('result-shape-differs');
  });

  test('kinds and sizes from given numbers', () => {
    const sizes = new Map([
      ['A', [3, 4]],
      ['b', [3]],
      ['t', []],
    ]);
    expect(summary(read('t*A*x-b', { sizes }))).toBe('vector(3) | t scalar, A matrix(3, 4), x vector(4), b vector(3)');
    expect(read('A', { sizes }).variables[0]?.origin).toBe('data');
    expect(summary(read('A', { sizes, declare: 'A: matrix(m, n)' }))).toBe('matrix(3, 4) | A matrix(3, 4)');
    expect(summary(read('A', { sizes, declare: 'A: matrix(3, 3)' }))).toMatch('data-shape-differs');
    expect(summary(read('A', { sizes, declare: 'A: vector(3)' }))).toMatch('data-shape-differs');
  });
});

describe('notices', () => {
  const codes = (text: string, declare?: string): string[] =>
    read(text, declare === undefined ? {} : { declare }).diagnostics.map((d) => d.code);
  test.each([
    ["x'*A*x", undefined, []],
    ['exp(A)', undefined, ['elementwise-function']],
    ['exp(x)', undefined, []],
    ['x^2', undefined, ['elementwise-power']],
    ['x.^2', undefined, []],
    ['x+1', undefined, ['scalar-broadcast']],
    ['2.*x', undefined, []],
    ['x+c', 'c: scalar', ['scalar-broadcast']],
    ['A*x-b', undefined, ['kind-inferred']],
    ['A[i,j]*x[j]', undefined, ['einstein-sum']],
    ['y[i] = A[i,j]*x[j]', undefined, []],
    ['sum[j](x[j])', undefined, []],
    ['A*x', 'A: matrix(m, k); x: vector(n)', ['dims-equal']],
    ["vector(1)'*vector(1)", undefined, ['size-unknown']],
    ['c*I+X', undefined, ['identity-letter']],
    ['c*I+X', 'I: identity', []],
    ['2*pi*a', undefined, ['constant-pi']],
    ['x % 2', undefined, ['comment-read']],
    ['x*y[1]\nx % 2', undefined, []],
    ['|c*x|', undefined, ['bars-read']],
    [String.raw`x^\top A x`, undefined, ['latex-read']],
    [String.raw`\|Ax\|`, undefined, ['latex-read', 'latex-read']],
    [String.raw`\|Ax\|`, 'Ax: vector(3)', ['latex-read']],
  ] as [string, string | undefined, string[]][])('%s with %s', (text, declare, expected) =>
    expect(codes(text, declare)).toEqual(expected),
  );
});

describe('bars', () => {
  test.each([
    ['||A*x-y||^2', 'norm2(A*x-y)^2'],
    ['‖A*x-y‖₂²', 'norm2(A*x-y)^2'],
    ['‖x‖₁+||X||_F+||X||_*', 'norm1(x)+norm2(X)+nuc(X)'],
    ['||x||_∞+||x||_inf+||X||_op', 'norminf(x)+norminf(x)+spectral(X)'],
    ['|x|', 'abs(x)'],
    ['|a||b|', undefined],
    ['|a|*|b|', 'abs(a)*abs(b)'],
    ['||x-|y| ||', 'norm2(x-abs(y))'],
    ['||x-||y||*y||', 'norm2(x-norm2(y)*y)'],
    ['||Ax-y||^{2}', 'norm2(A*x-y)^2'],
    ['|a||b|^{2}', 'abs(a)*abs(b)^2'],
  ] as [string, string | undefined][])('%s', (text, plain) => {
    inContext(newContext(), () => {
      const { expr } = read(text);
      expect(expr).toBe(plain === undefined ? undefined : must(read(plain).expr));
    });
  });
});

// What people get wrong: the text, the code, the words the message points at; every error says what to do.
describe('errors', () => {
  test.each([
    ['', 'empty-text', ''],
    ['   ', 'empty-text', '   '],
    ['x+', 'missing-operand', '+'],
    ['*x', 'missing-operand', '*'],
    ['x+*y', 'missing-operand', '*'],
    ['(A*x', 'unclosed-bracket', '('],
    ['A*x)', 'unmatched-bracket', ')'],
    ['2x', 'missing-operator', 'x'],
    ['A x', 'missing-operator', 'x'],
    ['x ? y', 'unexpected-character', '?'],
    ['A**2', 'double-star', '**'],
    ['A.T*x', 'foreign-spelling', '.T'],
    ['np.dot(A,x)', 'foreign-spelling', '.dot'],
    ['x.dot(y)', 'foreign-spelling', '.dot'],
    ['X*{A}', 'foreign-spelling', '{'],
    ['X^T+T', 'bad-exponent', 'T'],
    ["X^'", 'foreign-spelling', "^'"],
    ['|X|', 'wrong-argument', '|X|'],
    ['||A*x-b|', 'unclosed-bracket', '||'],
    ['(|x)+y', 'unclosed-bracket', '|'],
    ['x*|', 'unclosed-bracket', '|'],
    ['2|x|', 'missing-operator', '|'],
    ['||x||_3', 'foreign-spelling', '_3'],
    ['1e400*x', 'number-out-of-range', '1e400'],
    ['x+1e-400', 'number-out-of-range', '1e-400'],
    ['A\\b', 'foreign-spelling', '\\'],
    ['np.linalg.norm(x)', 'foreign-spelling', '.linalg.norm'],
    ["np.einsum('ij,j->i', A, x)", 'foreign-spelling', '.einsum'],
    ['sum(X, axis=0)', 'unknown-axis', 'axis=0'],
    ['sum(X, keepdims=True)', 'foreign-spelling', 'keepdims=True'],
    ["norm(X, 'fro')", 'foreign-spelling', "'fro'"],
    ['max(x, [], 2)', 'foreign-spelling', '[]'],
    ["X(:,1)'*y", 'foreign-spelling', '(:,1)'],
    ['x(1:3)', 'foreign-spelling', '(1:3)'],
    ['norm(x, 1)', 'wrong-number-of-arguments', 'norm(x, 1)'],
    ['sin x', 'function-without-arguments', 'sin'],
    ['d/dx x^2', 'foreign-spelling', 'd/dx'],
    ['if x > 0 then x else 0', 'foreign-spelling', 'if'],
    ['e^x', 'bad-exponent', 'x'],
    ['∑x', 'unexpected-character', '∑'],
    ["'*x", 'unclosed-string', "'"],
    ['A*x <= y', 'relation-in-expression', '<='],
    ['x: vector(3)', 'bad-declaration', ':'],
    ['(x, y)', 'unexpected-character', ','],
    ['ones(3)', 'unknown-function', 'ones'],
    ['sgn(x)', 'unknown-function', 'sgn'],
    ['sofmax(x)', 'unknown-function', 'sofmax'],
    ['f(x)', 'not-a-function', 'f'],
    ['A(1,2)', 'not-a-function', 'A'],
    ["A'(x+y)", 'not-a-function', 'A'],
    ['exp*x', 'function-without-arguments', 'exp'],
    ['exp(x, y)', 'wrong-number-of-arguments', 'exp(x, y)'],
    ['inv()', 'wrong-number-of-arguments', 'inv()'],
    ['inv(x)*y', 'wrong-argument', 'inv(x)', 'x: vector(3)'],
    ['inv(A)', 'not-square', 'A', 'A: matrix(3, 4)'],
    ['exp(A, rows)', 'unknown-axis', 'rows'],
    ['sum(A, 1)', 'unknown-axis', '1'],
    ['eigvals(A)', 'needs-fact', 'A'],
    ['x*y', 'column-times-column', '*'],
    ["x'*y'", 'column-times-column', '*'],
    ['A*x', 'inner-dims-differ', '*', 'A: matrix(3, 4); x: vector(3)'],
    ['x*A', 'product-does-not-fit', '*', 'x: vector(3); A: matrix(3, 3)'],
    ["A*x'", 'product-does-not-fit', '*'],
    ['T*x', 'product-does-not-fit', '*', 'T: tensor(2, 3, 4); x: vector(4)'],
    ["T'", 'transpose-of-tensor', "T'", 'T: tensor(2, 3, 4)'],
    ['A+x', 'kinds-differ', 'A+x'],
    ['A.*x', 'kinds-differ', '.*'],
    ["x+y'", 'kinds-differ', "x+y'"],
    ['x+y', 'shapes-differ', 'x+y', 'x: vector(3); y: vector(4)'],
    ['A+B', 'shapes-differ', 'A+B', 'A: matrix(3, 4); B: matrix(4, 3)'],
    ['x/y', 'division-by-array', '/'],
    ['c/x', 'division-by-array', '/'],
    ['A/B', 'division-by-array', '/'],
    ['X^0.3', 'bad-exponent', '0.3'],
    ['X^c', 'bad-exponent', 'c'],
    ['x^y', 'bad-exponent', 'y'],
    ['A^1000000', 'exponent-too-large', '1000000'],
    ['A^2', 'not-square', 'A', 'A: matrix(2, 3)'],
    ['#(ij,jk->ik; A)', 'bad-einsum', 'ij,jk->ik'],
    ['#(ij,jk; A, B)', 'bad-einsum', 'ij,jk'],
    ['#(ij->i; x)', 'bad-einsum', 'x', 'x: vector(3)'],
    ['#(i,i->; x,y)', 'shapes-differ', 'y', 'x: vector(3); y: vector(4)'],
    ['A[i]', 'wrong-number-of-indices', 'A[i]', 'A: matrix(3, 4)'],
    ['a[1]', 'wrong-number-of-indices', 'a[1]', 'a: scalar'],
    ['x[5]', 'index-out-of-range', '5', 'x: vector(4)'],
    ['x[0]', 'index-out-of-range', '0'],
    ['x[2:7]', 'index-out-of-range', '2:7', 'x: vector(4)'],
    ['x[]', 'bad-index', '['],
    ['x[i]*y[i]*z[i]', 'index-three-times', 'i'],
    ['exp(A[i,j]*x[j])', 'index-inside-function', 'A[i,j]*x[j]'],
    ['sum[k](x[i])', 'index-not-used', 'k'],
    ['x[i]+y[j]', 'free-indices-differ', 'y[j]'],
    ['A*x[i]', 'mixed-notation', 'A*x[i]'],
    ['y[i]*x[j]+A*x', 'mixed-notation', 'y[i]*x[j]'],
    ['[A; B]', 'blocks-differ', 'B', 'A: matrix(3, 4); B: matrix(3, 5)'],
    ['[A, B]', 'blocks-differ', 'B', 'A: matrix(3, 4); B: matrix(2, 4)'],
    ['x = 2; x', 'declared-twice', 'x', 'x: vector(3)'],
    ['A*x = y', 'bad-definition', 'A*x'],
    ['vector()', 'wrong-number-of-arguments', 'vector()'],
    ['vector(1, 0)', 'bad-size', '0'],
    [String.raw`\int x`, 'latex-unknown-command', String.raw`\int`],
    [String.raw`\frac{1}{2`, 'latex-unclosed', '{'],
    [String.raw`A^\top b + \foo x`, 'latex-unknown-command', String.raw`\foo`],
    [String.raw`x^\top y^\top`, 'column-times-column', String.raw`x^\top y^\top`],
  ] as [string, string, string, string?][])('%j is %s', (text, code, at, declare) => {
    const { expr, diagnostics } = read(text, declare === undefined ? {} : { declare });
    const [first, second] = diagnostics.filter((d) => d.severity === 'error');
    expect(expr).toBeUndefined();
    if (first?.code === 'foreign-spelling' || first?.code === 'unknown-axis') expect(second?.message).toBeUndefined();
    expect([first?.code, first && text.slice(...first.span)]).toEqual([code, at]);
    expect(first?.help).toBeTruthy();
    expect(first?.message).not.toMatch(/\.$|undefined|\?\d/);
    expect(`${first?.needed} ${first?.found} ${first?.help}`).not.toMatch(/\?\d/);
  });

  test('several at once, in the order of their places', () => {
    const { diagnostics } = read('foo(x)+bar(y)+A*x', { declare: 'A: matrix(2, 3); x: vector(2)' });
    expect(diagnostics.map((d) => d.code)).toEqual(['unknown-function', 'unknown-function', 'inner-dims-differ']);
  });

  test('parsing goes on after an error', () => {
    const { diagnostics } = read('(x+)*y + A**2 + (z');
    expect(diagnostics.filter((d) => d.severity === 'error').map((d) => d.code)).toEqual([
      'missing-operand',
      'double-star',
      'unclosed-bracket',
    ]);
  });

  test('both sides of a conflict, and where they were declared', () => {
    const declare = 'A: matrix(3, 4); x: vector(3)';
    const [d] = read('A*x', { declare }).diagnostics;
    expect(d?.needed).toBe('4 = 3');
    expect(d?.found).toBe('A is matrix(3, 4), x is vector(3)');
    expect(d?.help).toBe("write A' if the transpose is meant");
    expect(d?.notes?.map((n) => [n.text, declare.slice(...n.span), n.source])).toEqual([
      ['A is matrix(3, 4), declared here', 'A', 'declare'],
      ['x is vector(3), declared here', 'x', 'declare'],
    ]);
  });

  test('errors of declarations point into the declarations', () => {
    const declare = 'A: matirx(3, 4)';
    const [d] = read('A', { declare }).diagnostics;
    expect([d?.code, d?.source, declare.slice(...must(d).span)]).toEqual(['unknown-kind', 'declare', 'matirx']);
  });
});

describe('bounded', () => {
  test.each([
    ['a megabyte', 'x+'.repeat(500_000), 'text-too-long'],
    ['10,000 nested brackets', `${'('.repeat(9_900)}x${')'.repeat(9_900)}`, 'nesting-too-deep'],
    ['20,000 signs', 'x+'.repeat(12_000), 'too-many-tokens'],
    ['a tower of powers', Array.from({ length: 5_000 }, () => 'a').join('^'), 'nesting-too-deep'],
    ['indices behind indices', `x${'[1]'.repeat(4_000)}`, 'nesting-too-deep'],
    ['a huge power', 'A^1000000', 'exponent-too-large'],
    ['a huge Kronecker product', Array.from({ length: 60 }, () => 'matrix(1, 2, 2)').join(' ⊗ '), 'dim-too-large'],
    [
      'a Kronecker product of sums',
      Array.from({ length: 60 }, (_, i) => `matrix(1, m${i}+1, n${i}+1)`).join(' ⊗ '),
      'dim-too-large',
    ],
  ])('%s', (_, text, code) => {
    const start = performance.now();
    expect(read(text).diagnostics.map((d) => d.code)).toContain(code);
    expect(performance.now() - start).toBeLessThan(500);
  });

  test('a Kronecker product of 60 factors has symbolic sizes', () => {
    const { expr } = inContext(newContext(), () => read(Array.from({ length: 60 }, () => 'A').join(' ⊗ ')));
    expect(expr?.shape[0]?.terms.map((t) => t.names.length)).toEqual([60]);
  });

  test('random words and signs never throw', () => {
    const words =
      "x y A B a T I f i j k sum exp inv norm2 vector matrix eye rows 1 2 0.5 3 + - * / .* ./ ^ .^ ' ( ) [ ] , ; : = -> # #( sum[ sum[i]( x[ A[i,j] ' | \\frac { } \\sum _ ^ \\top @ ** .T < % \n ⊗ √ ∘ \" ? delta[i,j] end".split(
        ' ',
      );
    const r = random(11);
    let slowest = 0;
    inContext(newContext(), () => {
      for (let round = 0; round < 1500; round++) {
        const text = Array.from({ length: 1 + r.integer(25) }, () => must(words[r.integer(words.length)])).join(
          r.uniform() < 0.5 ? '' : ' ',
        );
        const start = performance.now();
        const { expr, diagnostics } = read(text);
        slowest = Math.max(slowest, performance.now() - start);
        const errors = diagnostics.filter((d) => d.severity === 'error');
        expect({ text, failed: expr === undefined }).toEqual({ text, failed: errors.length > 0 });
        const outside = diagnostics.filter((d) => d.span[0] < 0 || d.span[0] > d.span[1] || d.span[1] > text.length);
        expect({ text, outside }).toEqual({ text, outside: [] });
      }
    });
    expect(slowest).toBeLessThan(2000);
  });
});

interface Case {
  readonly id: string;
  readonly expression: string;
  readonly by: readonly string[];
  readonly declare: string;
  readonly derivative: string;
}

const cases = JSON.parse(readFileSync(new URL('../../test/corpus/cases.json', import.meta.url), 'utf8')) as Case[];

describe('published cases', () => {
  test.each(cases.map((c) => [c.id, c] as const))('%s', (_, c) => {
    const { declare } = c;
    const errors = (r: Reading): string[] =>
      r.diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.code}: ${d.message}`);
    const options: ReadOptions = { declare };
    const first = read(c.expression, options);
    expect(errors(first)).toEqual([]);
    const shape = c.by.flatMap((name) => must(first.variables.find((v) => v.name === name)).shape);
    const back = read(c.derivative, { variables: first.variables, expect: [...must(first.expr).shape, ...shape] });
    expect(errors(back)).toEqual([]);
    expect(errors(read(c.expression))).toEqual([]);
  });
});
