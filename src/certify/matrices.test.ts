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
  'log(det(X+Y))-log(det(X)) | X | X: matrix(n, n) pd; Y: matrix(n, n) psd',
  "logdet(X+A*A')-logdet(X) | X | X: matrix(n, n) pd; A: matrix(n, m)",
  'log(sum(exp(eigvals(X)))) | X | X: matrix(n, n) symmetric',
  'sum(abs(eigvals(X))) | X | X: matrix(n, n) symmetric',
  'sum(1./eigvals(X)) | X | X: matrix(n, n) pd',
  'sum(svdvals(X).^1.5) | X',
  'norm2(svdvals(A*X-B)) | X',
  'sum(svdvals(X)-log(1+svdvals(X))) | X',
  'tr(X*(logm(X)-logm(Y))) | X Y | X: matrix(n, n) pd; Y: matrix(n, n) pd',
  '2*tr(X*logm(X))-2*tr(logm(Y)*X)+norm2(X-Y)^2 | X Y | X: matrix(n, n) pd; Y: matrix(n, n) pd',
];

const concave = [
  'tr(X*logm(Y))-tr(X*logm(X)) | X Y | X: matrix(n, n) pd; Y: matrix(n, n) pd',
  'sum(log(eigvals(eye+X))) | X | X: matrix(n, n) psd',
  "logdet(Y-X*inv(Z)*X') | X Y Z | Y: matrix(n, n) pd; Z: matrix(m, m) pd; X: matrix(n, m)",
  "v'*logm(Y)*v | Y | Y: matrix(n, n) pd; v: vector(n)",
  'tr(A*sqrtm(Y)) | Y | Y: matrix(n, n) pd; A: matrix(n, n) psd',
  'logdet(logm(Y+eye)) | Y | Y: matrix(n, n) pd',
  "tr(X*logm(A*diag(y)*A'+eye)) | y | y: vector(n) positive; X: matrix(m, m) psd; A: matrix(m, n)",
];

const neither = [
  'tr(X*logm(Y)) | X Y | X: matrix(n, n) pd; Y: matrix(n, n) pd', '2*tr(X*logm(X))-3*tr(X*logm(Y)) | X Y | X: matrix(n, n) pd; Y: matrix(n, n) pd', 'tr(Y*logm(X))-tr(X*logm(Y)) | X Y | X: matrix(n, n) pd; Y: matrix(n, n) pd',
  "c'*eigvals(X) | X | X: matrix(n, n) symmetric; c: vector(n)", 'sum(svdvals(X).^0.5) | X', 'sum(eigvals(X).^3) | X | X: matrix(n, n) symmetric', 'sum(log(1+svdvals(X))) | X', 'sum((svdvals(X)-1).^2) | X',
  'logdet(X-Y)-logdet(X) | X | X: matrix(n, n) pd; Y: matrix(n, n) psd',
 'tr(X*logm(Y)) | Y | X: matrix(n, n) symmetric; Y: matrix(n, n) pd', 'tr(A*sqrtm(Y)) | Y | Y: matrix(n, n) pd; A: matrix(n, n) symmetric', "-logdet(eye+X'*X) | X | X: matrix(m, n)", "v'*expm(Y)*v | Y | Y: matrix(n, n) symmetric; v: vector(n)"];

describe('matrices', () => {
  test.each(convex)('convex: %s', (line) => expect(curvature(line)).toMatch(/^(strictly |strongly )?convex/));
  test.each(concave)('concave: %s', (line) => expect(curvature(line)).toMatch(/^(strictly |strongly )?concave/));
  test.each(neither)('no certificate: %s', (line) => expect(curvature(line)).toMatch(/^(neither|not known)/));
});
