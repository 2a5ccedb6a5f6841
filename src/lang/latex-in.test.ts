import { describe, expect, test } from 'vitest';
import { readLatex } from './latex-in.ts';
import { read } from './read.ts';

const R = String.raw;

describe('LaTeX to text', () => {
  test.each([
    [R`\frac{1}{2}\|Ax-b\|_2^2 + \lambda \|x\|_1`, '1/2*norm2(A*x-b)^2+lambda*norm1(x)'],
    [R`\log(\sigma(X w))`, 'log(sigmoid(X*w))'],
    [R`\sigma^2 (w^\top w)`, "sigma^2*(w'*w)"],
    [R`\frac12 x^\top A x`, "1/2*x'*A*x"],
    [R`x^T y`, "x'*y"],
    [R`x^{\mathsf{T}} y`, "x'*y"],
    [R`x^{\mathrm T} y`, "x'*y"],
    [R`X^{-1}`, 'X^-1'],
    [R`X^{-\top} y`, "inv(X)'*y"],
    [R`\operatorname{tr}(A X^{-1})`, 'tr(A*X^-1)'],
    [R`\lambda_{\max}(A) + \lambda_\min\left(A\right)`, 'lmax(A)+lmin(A)'],
    [R`\sigma_{\max}(A)`, 'spectral(A)'],
    [R`\mathrm{tr}\left(X^\top X\right)`, "tr(X'*X)"],
    [R`\operatorname{Tr} X`, 'tr(X)'],
    [R`tr(AX)`, 'tr(A*X)'],
    [R`\log\det X`, 'log(det(X))'],
    [R`\ln x + \exp(-y)`, 'log(x)+exp(-y)'],
    [R`\sin^2 x`, 'sin(x)^2'],
    [R`\sin 2x`, 'sin(2*x)'],
    [R`\log_2 x`, '(log(x)/log(2))'],
    [R`e^{-x^2}`, 'exp(-x^2)'],
    [R`\sqrt{x} + \sqrt[3]{y}`, 'sqrt(x)+y.^(1/3)'],
    [R`x \odot y \oslash z`, 'x.*y./z'],
    [R`x \circ y`, 'x.*y'],
    [R`A \otimes B`, 'A ⊗ B'],
    [R`a \cdot b \times c`, 'a*b*c'],
    [R`\lVert x \rVert_\infty`, 'norminf(x)'],
    [R`\left\| X \right\|_F^2 + \|X\|_*`, 'norm2(X)^2+nuc(X)'],
    [R`|x| + \lvert y \rvert`, 'abs(x)+abs(y)'],
    [R`\langle x, y \rangle`, 'sum(x.*y)'],
    [R`\mathbf{x}^\top \boldsymbol{\Sigma}^{-1} \mathbf{x}`, "x'*Sigma^-1*x"],
    [R`\mathbf 1^\top x + \mathbb{1}^\top y + \mathbf{1}^\top z`, "vector(1)'*x+vector(1)'*y+vector(1)'*z"],
    [R`\hat{y} - \bar x`, 'y_hat-x_bar'],
    [R`\text{diag}(x) A`, 'diag(x)*A'],
    [R`\max(0, x)`, 'max(0, x)'],
    [R`\sum_{i,j} A_{ij} B_{ij}`, 'sum[i, j](A[i,j]*B[i,j])'],
    [R`\sum_{i=1}^n x_i y_i + c`, 'sum[i=1:n](x[i]*y[i])+c'],
    [R`\frac{1}{n}\sum_{i=1}^n x_i`, '1/sum(vector(1,n))*sum[i=1:n](x[i])'],
    [R`\sum_{i=1}^n \log(1+e^{-y_i w^\top x_i})`, "sum[i=1:n](log(1+exp(-y[i]*w'*X[i,:]')))"],
    [R`\sum_i \|x_i - c\|^2`, "sum[i](norm2(X[i,:]'-c)^2)"],
    [R`\sum_i X_{i,:} w`, 'sum[i](X[i,:]*w)'],
    [R`A_{ij} x_j`, 'A[i,j]*x[j]'],
    [R`x_1 + x_{\text{max}}`, 'x_1+x_max'],
    [R`\begin{bmatrix} A & B \\ C & D \end{bmatrix}`, '[A, B; C, D]'],
    [R`\begin{pmatrix} x \\ y \\ \end{pmatrix}`, '[x; y]'],
    [R`\left(X^\top X + \lambda I\right)^{-1} X^\top y`, "(X'*X+lambda*eye)^-1*X'*y"],
    [R`f(x) = \frac{x^\top A x}{x^\top x}.`, "x'*A*x/(x'*x)"],
    [R`$$ -\,x $$`, '-x'],
    [R`(Ax-b)'(Ax-b)`, "(A*x-b)'*(A*x-b)"],
    [R`x^{\odot 2}`, 'x.^2'],
    [R`\bigl( a + b \bigr) c`, '(a+b)*c'],
    [R`A^{\dagger} b`, 'pinv(A)*b'],
    [R`2^{k+1}`, '2^(k+1)'],
    [R`a - \frac{b}{c} d`, 'a-b/c*d'],
    [R`a \frac{b}{c}`, 'a*(b/c)'],
  ])('%s', (latex, text) => {
    const converted = readLatex(latex);
    expect(converted.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    expect(converted.text).toBe(text);
  });

  test.each<[string, string, string?]>([
    [R`\log|X|`, 'log(det(X))'],
    [R`\log\left|\Sigma\right|`, 'log(det(Sigma))', 'Sigma: matrix(n, n) pd'],
    [R`|\Sigma|^{-1/2}`, 'det(Sigma)^(-1/2)', 'Sigma: matrix(n, n)'],
    [R`\left|A x\right|`, 'abs(A*x)'],
    [R`\lvert A \rvert`, 'abs(A)', 'A: matrix(2, 3)'],
    [R`\sum_i |x_i|`, 'sum[i](abs(x[i]))'],
    [R`\operatorname{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V`, "softmaxrows(Q*K'/sqrt(d_k))*V"],
    [R`\operatorname{softmax}(x)`, 'softmax(x)'],
    [R`\sigma(Wx)`, 'sigma(W*x)', 'sigma: function'],
    [R`\langle A, X\rangle_F`, 'sum(A.*X)'],
    [R`\langle A, X\rangle_{\mathrm F}`, 'sum(A.*X)'],
    [R`\operatorname{tr} X^\top A X + c`, "tr(X'*A*X)+c"],
    [R`\max_i x_i + \max_{i,j} |A_{ij}|`, 'max(x)+max(abs(A))'],
    [R`\begin{aligned} f(x) &= x^\top A x \end{aligned}`, "x'*A*x"],
    [R`\begin{equation*} x^\top x, \end{equation*}`, "x'*x"],
    ['x^T A x', "x'*A*x"],
    ['x^TAx', "x'*A*x"],
    ['{x}^{T}{A}{x}', "x'*A*x"],
    ['A^{-T}x', "inv(A)'*x"],
    ['norm2(A*x)^{2} + sum(x.*y)', 'norm2(A*x)^2+sum(x.*y)'],
    [R`a_{ij} x_i y_j + d_k`, 'a[i,j]*x[i]*y[j]+d_k'],
  ])('%s is read as %s', (latex, text, declare) => {
    const { diagnostics } = read(latex, declare === undefined ? {} : { declare });
    expect(diagnostics.map((d) => d.message)).toContain(`read as ${text}`);
  });

  test('^T in plain text is the transpose, unless T is a name', () => {
    const plain = read('x^T*A*x');
    expect([plain.kind, plain.diagnostics.map((d) => d.code)]).toEqual(['scalar', ['latex-read']]);
    expect(read('c^T', { declare: 'T: scalar' }).variables.map((v) => v.name)).toEqual(['T', 'c']);
  });

  test('declared names stay whole', () => {
    const { variables, diagnostics } = read(R`\|Ax - \mu_0\|^2`, { declare: 'Ax: vector(3); mu_0: vector(3)' });
    expect(variables.map((v) => v.name)).toEqual(['Ax', 'mu_0']);
    expect(diagnostics.map((d) => d.message)).toEqual(['read as norm2(Ax-mu_0)^2']);
  });

  test('declared functions are applied', () => {
    expect(read(R`\mathbf 1^\top f(Ax)`, { declare: 'f: function' }).kind).toBe('scalar');
  });

  test.each([
    [R`x + \int y`, 'latex-unknown-command', R`\int`],
    [R`\mathbb{R} x`, 'latex-unknown-command', R`\mathbb{R}`],
    [R`\frac{d}{dx} \sin(x)`, 'latex-unknown-command', R`\frac{d}{dx}`],
    [R`\frac{\partial f}{\partial x}`, 'latex-unknown-command', R`\frac{\partial f}{\partial x}`],
    [R`\frac{1}{2`, 'latex-unclosed', '{'],
    [R`\left( x`, 'latex-unclosed', '('],
    [R`\|x\|_7`, 'latex-not-understood', R`\|x\|_7`],
    [R`\sum_{i<j} x`, 'latex-not-understood', R`\sum_{i<j}`],
    [R`\frac{a}{} + b`, 'missing-operand', '}'],
    [R`x^\top A y`, 'inner-dims-differ', R`A y`, 'A: matrix(3, 4); x: vector(3); y: vector(3)'],
    [R`A_{11} \lambda`, 'index-out-of-range', 'A_{11}', 'A: vector(3)'],
  ] as [string, string, string, string?][])('%s is %s', (latex, code, at, declare) => {
    const [first] = read(latex, declare === undefined ? {} : { declare }).diagnostics;
    expect([first?.code, first && latex.slice(...first.span)]).toEqual([code, at]);
    expect(first?.help).toBeTruthy();
  });
});
