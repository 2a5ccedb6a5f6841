// The same meaning written in two ways has the same value. Sizes are pairwise different, samples are generic.

import { describe, expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { must } from '../base/internal.ts';
import { dimValue } from '../ir/dim.ts';
import { dense } from '../ops/reference/dense.ts';
import { interpret } from '../run/interpret.ts';
import { read } from './read.ts';

const declare = `A: matrix(3, 4); B: matrix(4, 2); C: matrix(3, 4); M: matrix(3, 3); S: matrix(3, 3) symmetric; x: vector(4); y: vector(3);
  z: vector(4); w: vector(3) positive; a: scalar positive; b: scalar; T: tensor(3, 4, 2); X: matrix(5, 4); t: vector(5); f: function; I: identity(3)`;

function value(
  text: string,
  options: Parameters<typeof read>[1] = { declare },
): { kind: string | undefined; shape: number[]; data: number[] } {
  const { expr, kind, variables, diagnostics } = read(text, options);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const r = random(7);
  const values = new Map(
    variables.map((v) => {
      const shape = v.shape.map((d) => must(dimValue(d)));
      const count = shape.reduce((p, n) => p * n, 1);
      const entries = Float64Array.from({ length: count }, () =>
        v.facts.has.has('positive') ? r.uniform() + 0.2 : r.normal(),
      );
      if (v.facts.has.has('symmetric'))
        for (let i = 0; i < 3; i++) for (let j = 0; j < i; j++) entries[i * 3 + j] = must(entries[j * 3 + i]);
      return [v.name, dense(shape, entries)] as const;
    }),
  );
  const result = interpret(must(expr), { variables: values, sizes: new Map() });
  return { kind, shape: [...result.shape], data: [...result.data] };
}

function same(left: string, right: string): void {
  const [p, q] = [value(left), value(right)];
  expect([p.kind, p.shape]).toEqual([q.kind, q.shape]);
  p.data.forEach((v, i) => expect(v, `${left} against ${right}, entry ${i}`).toBeCloseTo(must(q.data[i]), 9));
}

describe('two ways to write it', () => {
  test.each([
    // matrix notation and einsum
    ["y'*A*x", '#(i,ij,j->; y,A,x)'],
    ['A*x', '#(ij,j->i; A, x)'],
    ['A@B', "#('ij,jk->ik', A, B)"],
    ["x*y'", '#(i,j->ij; x, y)'],
    ["A'", '#(ij->ji; A)'],
    ['A.*C', '#(ij,ij->ij; A, C)'],
    ['diag(y)', '#(i->ii; y)'],
    ['tr(M)', '#(ii->; M)'],
    ['diag(M)', '#(ii->i; M)'],
    ['sum(A)', '#(ij->; A)'],
    ["y*vector(1,4)'", '#(i->ij; y)+matrix(0,3,4)'],
    ['a*x', '#(,i->i; a, x)'],
    ['vector(1,4)', '#(->i; )+0*x'],
    // orientation
    ["(A*x)'", "x'*A'"],
    ["y'*A", "(A'*y)'"],
    ["x''", 'x'],
    ["M'''", "M'"],
    ["a'", 'a'],
    ["x*x'*z", "(x'*z)*x"],
    // signs, powers, constants
    ['-x+z', 'z-x'],
    ['a--b', 'a+b'],
    ['2*-x', '-2*x'],
    ['-a^2', '-(a*a)'],
    ['a^b^2', 'a^(b*b)'],
    ['a^-1', '1/a'],
    ['a^(1/2)', 'sqrt(a)'],
    ['a^-1/2', '(1/a)/2'],
    ['w.^0.5', 'sqrt(w)'],
    ['a.^w', 'exp(log(a)*w)'],
    ['w.^b', 'exp(b*log(w))'],
    ['w.^w', 'exp(w.*log(w))'],
    ['x^2', 'x.*x'],
    ['M^3', 'M*M*M'],
    ['M^7', 'M*M*M*M*M*M*M'],
    ['M^0*y', 'y'],
    ['M^-1', 'inv(M)'],
    ['M²', 'M*M'],
    ['1e-1*x', 'x/10'],
    ['x/a/2', '0.5*x./a'],
    ['x./w[1]', 'x/w[1]'],
    ['1./w', 'w.^(-1)'],
    ['x+1', 'x+vector(1)'],
    ['A-a', 'A-a*matrix(1)'],
    ['max(x, 0)', 'relu(x)'],
    ['I*y', 'y'],
    ['eye+M', 'I+M'],
    ['eye(3)*y', 'y'],
    // functions
    ['sum(A, rows)', 'rowsum(A)'],
    ['sum(A, cols)', 'colsum(A)'],
    ['rowsum(A)', 'A*vector(1)'],
    ['colsum(A)', "vector(1)'*A"],
    ['A./rowsum(A)', "A./(rowsum(A)*vector(1)')"],
    ['A-colsum(A)', 'A-vector(1)*colsum(A)'],
    ['rowsum(A).*A', 'diag(rowsum(A))*A'],
    ['norm2(x)^2', "x'*x"],
    ['norm2(A)^2', "tr(A'*A)"],
    ["softmax(x')", "softmax(x)'"],
    ['√(a)', 'sqrt(a)'],
    ['reshape(A, 4, 3)', 'reshape(vec(A), 4, 3)'],
    ['y ⊗ w', 'kron(y, w)'],
    ['x ⊙ z', 'x.*z'],
    ['f(2*x)', 'f(x+x)'],
    // index notation
    ['A[i,j]*x[j]', 'A*x'],
    ['A[i,k]*B[k,j]', 'A*B'],
    ['D[i,j] = M[i,k]*A[k,j]', 'M*A'],
    ["D[i,j] = M[i,k]*A[k,j]; y'*D", "y'*M*A"],
    ['D[j,i] = M[i,k]*A[k,j]', "(M*A)'"],
    ['M[i,i]', 'tr(M)'],
    ['v[i] = M[i,i]', 'diag(M)'],
    ['D[i,i] = y[i]', 'diag(y)'],
    ['D[i,j] = y[i]+0*x[j]', "y*vector(1,4)'"],
    ['s = x[i]*z[i]', "x'*z"],
    ['s = exp(x[i])', 'sum(exp(x))'],
    ['exp(x[i])*z[i]', "exp(x)'*z"],
    ['v[i] = exp(x[i])*z[i]', 'exp(x).*z'],
    ['v[i] = exp(sum[j](A[i,j]*x[j]))', 'exp(A*x)'],
    ['sum[i,j](A[i,j]^2)', 'norm2(A)^2'],
    ['sum[j=1:4](x[j]*z[j])', "x'*z"],
    ['v[i] = y[i]*(A[i,j]*x[j]+w[i])', 'y.*(A*x+w)'],
    ['s = (x[i]+z[i])^2', "(x+z)'*(x+z)"],
    ['r[i] = A[i,j]', 'rowsum(A)'],
    ['A[i,j]*delta[i,k]*y[k]', "A'*y"],
    ['inv(M)[i,j]*y[j]', 'inv(M)*y'],
    ['(A*B)[i,k]*y[i]', "(A*B)'*y"],
    ["sum[i](t[i]*X[i,:]')", "X'*t"],
    ["sum[i](log(1+exp(-t[i]*x'*X[i,:]')))", 'sum(log(vector(1)+exp(-t.*(X*x))))'],
    ['sum[i](norm2(X[i,:])^2)', 'norm2(X)^2'],
    ['v[i] = norm2(X[i,:])', 'sqrt(rowsum(X.*X))'],
    ['sum[i](logsumexp(X[i,:]))', 'sum[i](log(sum(exp(X[i,:]))))'],
    ["v[i] = sum(softmax(X[i,:]).*x')", 'softmaxrows(X)*x'],
    ["sum[i](X[i,:]'*X[i,:])", "X'*X"],
    ['sum[i](t[i]*M)', 'sum(t)*M'],
    ['sum[k](T[i,j,k]*y[i])', '#(ijk,i->j; T, y)'],
    ['T[i,j,k]*B[j,k]', '#(ijk,jk->i; T, B)'],
    ['T[:,2,1]', '#(ijk,j,k->i; T, [0;1;0;0], [1;0])'],
    // entries, slices, blocks
    ['x[2]', "[0;1;0;0]'*x"],
    ['x[end]', 'x[4]'],
    ['A[2,:]', "[0;1;0]'*A"],
    ['A[:,3]', 'A*[0;0;1;0]'],
    ['A[1:2,:]*x', '(A*x)[1:2]'],
    ['A[2:end,1]', 'A[:,1][2:3]'],
    ['A[i,1]*y[i]', "y'*A[:,1]"],
    ['A[2,3]', 'A[2,:][3]'],
    ['[A; C]*x', '[A*x; C*x]'],
    ['[A, M]*[x; y]', 'A*x+M*y'],
    ['[A, matrix(0); matrix(0), M]*[x; y]', '[A*x; M*y]'],
    ['[a, b]', "[a; b]'"],
    ['[x, z]', "[x'; z']'"],
    ['[a; x]', "[a, x']'"],
    ["[a, x'; y, A]", "[[a; y], [x'; A]]"],
    ['[x]', 'x'],
    // statements
    ["u = A*x; u'*u", 'norm2(A*x)^2'],
    ['u = A*x\nv = u.*y\nsum(v)', "y'*A*x"],
    ['u = A[i,j]*x[j]; sum(u)', 'sum(A*x)'],
    ['A*x +\n y', 'A*x+y'],
    ['sum(\nx\n)', 'sum(x)'],
    ['x % a comment', 'x'],
    // LaTeX
    [String.raw`\frac{1}{2}\|Ax-y\|_2^2 + a\|x\|_1`, '0.5*norm2(A*x-y)^2+a*norm1(x)'],
    [String.raw`y^\top A x`, "y'*A*x"],
    [String.raw`\operatorname{tr}(M S^{-1})`, 'tr(M*inv(S))'],
    [String.raw`M^{-\top} y`, "inv(M)'*y"],
    [String.raw`\sum_{i=1}^5 \log(1+e^{-t_i x^\top X_{i,:}^\top})`, 'sum(log(vector(1)+exp(-t.*(X*x))))'],
    [String.raw`\sum_{i,j} A_{ij} C_{ij}`, 'sum(A.*C)'],
    [String.raw`x \odot z`, 'x.*z'],
    [String.raw`\mathbf{1}^\top x`, 'sum(x)'],
    [String.raw`\sqrt{x^\top x}`, 'norm2(x)'],
    [String.raw`\begin{bmatrix} A \\ C \end{bmatrix} x`, '[A; C]*x'],
    [String.raw`\left(\frac{x^\top z}{2}\right)^2`, "(x'*z/2)^2"],
    [String.raw`\max(0, x)`, 'relu(x)'],
    [String.raw`\lvert x\rvert`, 'abs(x)'],
  ] as [string, string][])('%s is %s', (left, right) => same(left, right));

  test('a row of a matrix, by declarations', () => {
    const text = String.raw`\sum_{i=1}^m \log(1+e^{-y_i w^\top x_i})`;
    const { variables, kind, diagnostics } = read(text, { declare: 'X: matrix(m, n); y: vector(m); w: vector(n)' });
    expect([kind, variables.map((v) => v.name)]).toEqual(['scalar', ['X', 'y', 'w']]);
    expect(diagnostics.map((d) => d.message).join('\n')).toContain('x_i is read as row i of a matrix X');
  });
});
