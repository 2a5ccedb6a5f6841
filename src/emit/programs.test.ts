// Typical programs as they are emitted: read them as a maintainer of the target would.

import { expect, test } from 'vitest';
import { inContext, newContext } from '../ir/expr.ts';
import { code } from '../pipeline/code.ts';

/** The statements of one function: without signature, docstring and the check of the arguments. */
function bodyOf(text: string, name: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((l) => l.startsWith(`def ${name}(`));
  const open = lines.findIndex((l, i) => i >= start && l.includes('"""'));
  const close = lines[open]?.match(/"""/g)?.length === 2 ? open : lines.findIndex((l, i) => i > open && l.includes('"""'));
  const end = lines.findIndex((l, i) => i > close && l === '');
  return lines
    .slice(close + 1, end)
    .map((l) => l.trim())
    .filter((l) => !l.includes('_checked(') && !l.startsWith('_check_shapes') && !/^(\w+) = \w+\.as\w+\(\1, dtype/.test(l));
}

interface Program {
  readonly of: string;
  readonly by: string;
  readonly declare?: string;
  readonly function: string;
  readonly is: readonly string[];
}

const programs: readonly Program[] = [
  { of: "x'*A*x", by: 'x', function: 'value', is: ['return A @ x @ x'] },
  { of: "x'*A*x", by: 'x', function: 'gradient', is: ['return (A + A.T) @ x'] },
  { of: "x'*A*x", by: 'x', function: 'hessian', is: ['return A + A.T'] },
  { of: 'norm2(A*x-y)^2', by: 'x', function: 'value_and_gradient', is: ['residual = A @ x - y', 'return residual @ residual, 2 * (A.T @ residual)'] },
  { of: 'norm2(A*x-y)^2', by: 'x', function: 'hessian', is: ['return 2 * (A.T @ A)'] },
  { of: 'norm2(A*x-y)^2', by: 'x', function: 'hvp', is: ['return 2 * (A.T @ (A @ direction))'] },
  { of: 'sum(log(exp(-y.*(X*w))+vector(1)))', by: 'w', function: 'value', is: ['return xp.sum(xp.logaddexp(0, -(X @ w) * y))'] },
  { of: 'sum(log(exp(-y.*(X*w))+vector(1)))', by: 'w', function: 'gradient', is: ['return -(X.T @ (_sigmoid(-(X @ w) * y, xp) * y))'] },
  { of: 'sum(log(exp(-y.*(X*w))+vector(1)))', by: 'w', function: 'hessian', is: ['scaled = (X @ w) * y', 'scaled_X = xp.sqrt(_sigmoid(scaled, xp) * _sigmoid(-scaled, xp) * y**2)[:, None] * X', 'return scaled_X.T @ scaled_X'] },
  { of: 'sum(log(exp(-y.*(X*w))+vector(1)))', by: 'w', function: 'hvp', is: ['scaled = (X @ w) * y', 'return X.T @ (y**2 * (_sigmoid(-scaled, xp) * (_sigmoid(scaled, xp) * (X @ direction))))'] },
  { of: "norm2(T-U*V')^2", by: 'U', function: 'hessian', is: ['m = U.shape[0]', 'return 2 * xp.einsum("bd,ac->abcd", V.T @ V, xp.eye(m))'] },
  { of: "norm2(T-U*V')^2", by: 'U', function: 'hessian_core', is: ['return 2 * (V.T @ V)'] },
  { of: "norm2(T-U*V')^2", by: 'U', function: 'hessian_apply', is: ['return direction @ core'] },
  { of: "norm2(W.*(T-U*V'))^2", by: 'U', function: 'gradient', is: ['return 2 * (((U @ V.T - T) * W**2) @ V)'] },
  { of: "norm2(W.*(T-U*V'))^2", by: 'U', function: 'hessian_apply', is: ['return xp.einsum("ijk,ik->ij", core, direction, optimize=True)'] },
  { of: 'log(sum(exp(A*x)))', by: 'x', function: 'value_and_gradient', is: ['Ax = A @ x', 'return _logsumexp(Ax, xp=xp), A.T @ _softmax(Ax, xp=xp)'] },
  { of: 'log(sum(exp(A*x)))', by: 'x', function: 'hessian', is: ['softmax = _softmax(A @ x, xp=xp)', 'scaled_A = xp.sqrt(softmax)[:, None] * A', 'product = A.T @ softmax', 'return scaled_A.T @ scaled_A - xp.outer(product, product)'] },
  { of: 'log(sum(exp(x)))', by: 'x', function: 'hessian_core', is: ['return _softmax(x, xp=xp)'] },
  { of: 'log(sum(exp(x)))', by: 'x', function: 'hessian_apply', is: ['return direction * core - (direction @ core) * core'] },
  { of: "0.5*logdet(S)+0.5*x'*inv(S)*x", by: 'S', declare: 'S: matrix(n, n) pd; x: vector(n)', function: 'value', is: ['chol_S = xp.linalg.cholesky(S)', 'product = x @ _cholesky_solve(chol_S, x, xp, columns=False)', 'return xp.sum(xp.log(xp.diagonal(chol_S))) + 0.5 * product'] },
  { of: "0.5*logdet(S)+0.5*x'*inv(S)*x", by: 'S', declare: 'S: matrix(n, n) pd; x: vector(n)', function: 'gradient', is: ['inv_S = xp.linalg.inv(S)', 'inv_Sx = inv_S @ x', 'return 0.5 * inv_S - 0.5 * xp.outer(inv_Sx, inv_Sx)'] },
  { of: "a'*inv(X)*b", by: 'X', declare: 'a, b: vector(n)', function: 'value_and_gradient', is: ['solve_Xt = xp.linalg.solve(X.T, a)', 'return b @ solve_Xt, -xp.outer(solve_Xt, xp.linalg.solve(X, b))'] },
  { of: 'sum((x+y).^p)^(1/p)', by: 'x', declare: 'p: scalar; x, y: vector(m)', function: 'gradient', is: ['m = x.shape[0]', 'total = y + x', 'return xp.sum(total**p)**(1 / p - 1) * total**(-xp.ones(m) * (1 - p))'] },
  { of: "x'*y/(norm2(x)*norm2(y))", by: 'x', function: 'value', is: ['return (x @ y) / (xp.sqrt(x @ x) * xp.sqrt(y @ y))'] },
  { of: "x'*y/(norm2(x)*norm2(y))", by: 'x', function: 'gradient', is: ['xx = x @ x', 'return -((x @ y) / xx**1.5 * x - y / xp.sqrt(xx)) / xp.sqrt(y @ y)'] },
  { of: 'norm2(relu(W*x+b)-y)^2', by: 'W', declare: 'b: vector(m)', function: 'value_and_gradient', is: ['total = b + W @ x', 'residual = xp.maximum(total, 0) - y', 'return residual @ residual, 2 * xp.outer(xp.heaviside(total, 0.0) * residual, x)'] },
  { of: 'nuc(X)', by: 'X', function: 'gradient', is: ['U, s, V = _svd(X, xp)', 'return U @ V.T'] },
  { of: 'sum(softmax(X, rows).*Y)', by: 'X', declare: 'X, Y: matrix(m, n)', function: 'gradient', is: ['softmax_X = _softmax(X, axis=-1, xp=xp)', 'return softmax_X * Y - xp.einsum("ij,ij->i", softmax_X, Y)[:, None] * softmax_X'] },
  { of: 'sum(softmax(X, rows).*Y)', by: 'X', declare: 'X, Y: matrix(m, n)', function: 'hvp', is: ['softmax_X = _softmax(X, axis=-1, xp=xp)', 'scaled_direction = xp.einsum("ij,ij->i", softmax_X, Y)[:, None] * direction', 'scaled_Y = xp.einsum("ij,ij->i", direction, softmax_X)[:, None] * Y', 'total = scaled_direction + scaled_Y - direction * Y', 'return xp.einsum("ij,ij->i", total, softmax_X)[:, None] * softmax_X - total * softmax_X'] },
];

test.each(programs)('numpy: $function of $of', ({ of, by, declare, function: name, is }) => {
  const { text } = inContext(newContext(), () => code(of, 'numpy', { by: [by], want: ['hessian', 'hvp'], points: 0, ...(declare !== undefined && { declare }) }));
  expect(bodyOf(text, name)).toEqual(is);
});

test('the same request gives the same text', () => {
  const once = (): string => inContext(newContext(), () => code("norm2(relu(W*x+b)-y)^2", 'numpy', { by: ['W'], want: ['hessian', 'hvp'], declare: 'b: vector(m)', points: 0 }).text);
  expect(once()).toBe(once());
});
