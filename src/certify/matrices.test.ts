// Functions of matrices: in the order of semidefinite matrices, and of eigenvalues.

import { describe, expect, test } from 'vitest';
import { inContext, newContext } from '../ir/expr.ts';
import { certify, headline } from '../pipeline/certify.ts';

function curvature(line: string): string {
  const [text = '', by = '', declare = ''] = line.split('|').map((s) => s.trim());
  return inContext(newContext(), () => headline(certify(text, { by: by.split(' '), declare })));
}

const convex = [
  "-logdet(eye-X'*X) | X | X: matrix(m, n)",
  "-logdet(Y-X*X') | X Y | Y: matrix(n, n) symmetric; X: matrix(n, m)",
  "tr(inv(Y-X*X')) | X Y | Y: matrix(n, n) symmetric; X: matrix(n, m)",
  "x'*inv(Y-x*x')*x | x Y | Y: matrix(n, n) pd; x: vector(n)",
  '-tr(X*logm(Y)) | Y | X: matrix(n, n) pd; Y: matrix(n, n) pd',
  'tr(X*(logm(X)-logm(Y))) | Y | X: matrix(n, n) pd; Y: matrix(n, n) pd',
  'tr(A*inv(sqrtm(Y))) | Y | Y: matrix(n, n) pd; A: matrix(n, n) psd',
];

const concave = [
  "logdet(Y-X*inv(Z)*X') | X Y Z | Y: matrix(n, n) pd; Z: matrix(m, m) pd; X: matrix(n, m)",
  "v'*logm(Y)*v | Y | Y: matrix(n, n) pd; v: vector(n)",
  'tr(A*sqrtm(Y)) | Y | Y: matrix(n, n) pd; A: matrix(n, n) psd',
  'logdet(logm(Y+eye)) | Y | Y: matrix(n, n) pd',
  "tr(X*logm(A*diag(y)*A'+eye)) | y | y: vector(n) positive; X: matrix(m, m) psd; A: matrix(m, n)",
];

const neither = ['tr(X*logm(Y)) | Y | X: matrix(n, n) symmetric; Y: matrix(n, n) pd', 'tr(A*sqrtm(Y)) | Y | Y: matrix(n, n) pd; A: matrix(n, n) symmetric', "-logdet(eye+X'*X) | X | X: matrix(m, n)", "v'*expm(Y)*v | Y | Y: matrix(n, n) symmetric; v: vector(n)"];

describe('matrices', () => {
  test.each(convex)('convex: %s', (line) => expect(curvature(line)).toMatch(/^(strictly |strongly )?convex/));
  test.each(concave)('concave: %s', (line) => expect(curvature(line)).toMatch(/^(strictly |strongly )?concave/));
  test.each(neither)('no certificate: %s', (line) => expect(curvature(line)).toMatch(/^(neither|not known)/));
});
