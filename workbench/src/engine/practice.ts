// What workers practise with: questions that go through the passes and functions that people use most.

import type { Question } from './question.ts';

const texts: readonly (readonly [text: string, by: readonly string[], declare?: string])[] = [
  ["x'*A*x + b'*x", ['x']],
  ['sum(log(1+exp(-y.*(X*w)))) + c*norm2(w)^2', ['w']],
  ["tr(A*X*B*X') + tr(C*X)", ['X']],
  ['logdet(X)', ['X'], 'X: matrix(n, n) pd'],
  ["log(sum(exp(A*x)))", ['x', 'x']],
  ["norm2(T-U*V')^2", ['U', 'U']],
  ['norm1(A*x) + norm2(x)', ['x']],
  ["softmaxrows(Q*K'/sqrt(d))*V", ['Q']],
  ['inv(A+x*x\')', ['x']],
  ["W2*tanh(W1*x+b1)", ['W1']],
  ["(a'*x)/(x'*x)", ['x', 'x']],
  ['tr(expm(X)*A)', ['X']],
  ["sum(relu(A*x).^2)", ['x']],
  ["x'*D*x", ['D'], 'D: matrix(n, n) diagonal'],
  ["log(det(X'*X))", ['X']],
  ['y = A*x-b\ny\'*y + sigmoid(c\'*x)', ['x']],
];

export const practice: readonly Question[] = texts.map(([text, by, declare = '']) => ({ text, by, declare, layout: 'mixed', symmetric: 'projected' }));
