// The language in five minutes: short lessons, each with examples that the page computes while it is read.

export interface Example {
  readonly text: string;
  readonly declare?: string;
  readonly by: readonly string[];
  readonly says: string;
}

export interface Lesson {
  readonly title: string;
  readonly says: string;
  readonly examples: readonly Example[];
}

export const lessons: readonly Lesson[] = [
  {
    title: 'Write a formula, name a variable',
    says: "What is not declared goes by its letter: a … g are numbers, h … z column vectors, A … Z matrices. * is the matrix product, ' the transpose.",
    examples: [
      { text: "x'*A*x", by: ['x'], says: 'the gradient of a quadratic form' },
      { text: 'norm2(A*x-y)^2', by: ['x'], says: 'least squares' },
      { text: 'logdet(X)', declare: 'X: matrix(n, n)', by: ['X'], says: 'by a matrix' },
    ],
  },
  {
    title: 'Element by element',
    says: 'With a dot an operation works on entries: .* ./ .^; a number stands for every entry. exp, log, tanh and their like always work on entries; the matrix functions are called expm, logm, sqrtm.',
    examples: [
      { text: 'sum(log(1+exp(-y.*(X*w))))', by: ['w'], says: 'logistic regression' },
      { text: 'x./norm2(x)', by: ['x'], says: 'a vector by a vector gives a Jacobian' },
    ],
  },
  {
    title: 'Declare what is known',
    says: 'One declaration a line: kind, sizes, facts. Facts make answers shorter and rule out what cannot be: symmetric, psd, pd, diagonal, orthogonal, positive, in (0, 1), in simplex.',
    examples: [
      { text: 'logdet(K)', declare: 'K: matrix(n, n) symmetric pd', by: ['K'], says: 'the derivative by a symmetric matrix is projected on symmetric ones' },
      { text: 'sum(D*x)', declare: 'D: matrix(n, n) diagonal', by: ['D'], says: 'by the diagonal' },
      { text: 'f(A*x)', declare: 'f: function', by: ['x'], says: 'a function that nobody defined: the chain rule' },
    ],
  },
  {
    title: 'Any order, any shape',
    says: 'Choose more than one variable for higher derivatives. What has more than two axes is written with unit matrices, Kronecker products or index notation.',
    examples: [
      { text: 'sum(exp(A*x))', by: ['x', 'x'], says: 'a Hessian' },
      { text: 'sum(x.^3)', by: ['x', 'x', 'x'], says: 'third order' },
      { text: 'A*X*B', by: ['X'], says: 'a matrix by a matrix' },
    ],
  },
  {
    title: 'Tensors, indices, blocks',
    says: 'Einstein sums are written as in NumPy, or with indices. Blocks and slices count from 1.',
    examples: [
      { text: '#(ij,jk->ik; A, B)', by: ['A'], says: 'an einsum' },
      { text: 'sum[i,j](x[i]*A[i,j]*x[j])', by: ['x'], says: 'with indices' },
      { text: "[A, B]*[x; y]", by: ['x'], says: 'blocks' },
    ],
  },
  {
    title: 'LaTeX',
    says: 'Formulas can be pasted from papers. What is ambiguous is resolved by the declarations, and said.',
    examples: [
      { text: String.raw`\frac{1}{2}\|Ax-b\|_2^2 + \lambda \|x\|_2^2`, declare: 'b: vector(m)\nlambda: scalar', by: ['x'], says: 'ridge regression' },
      { text: String.raw`\operatorname{tr}(A X^{-1})`, by: ['X'], says: 'a trace' },
    ],
  },
];
