import { readOrThrow } from '../pipeline.ts';
import { describe, expect, test } from 'vitest';
import { add, identityOn, neg, ones, scale, sub, times, total, transpose, zeros } from '../ir/build.ts';
import { addDims, dim, mulDims } from '../ir/dim.ts';
import { type Expr, apply, contract, delta, einsum, eye, number, size, stack, variable } from '../ir/expr.ts';
import { type Fact, facts } from '../ir/fact.ts';
import { ratio } from '../ir/rational.ts';
import { inverse } from '../ops/matrix/determinant.ts';
import { exponential, powName, power } from '../ops/scalar/power.ts';
import { cost } from './cost.ts';
import { fast, normal, readable } from './pipelines.ts';

const [m, n, p] = [dim('m'), dim('n'), dim('p')];
const matrix = (name: string, ...fact: Fact[]): Expr => variable(name, [n, n], facts(fact));
const [A, B, C, S, Q] = [matrix('A'), matrix('B'), matrix('C'), matrix('S', 'symmetric'), matrix('Q', 'orthogonal')];
const [x, y] = [variable('x', [n]), variable('y', [n])];
const a = variable('a', []);
const mul = (...list: Expr[]): Expr => list.reduce((l, r) => einsum(r.shape.length === 1 ? 'ij,j->i' : 'ij,jk->ik', [l, r]));

function same(left: Expr, right: Expr): void {
  expect(normal(left)).toBe(normal(right));
}

const call = (base: Expr, exponent: Expr): Expr => apply(powName, [], [base, exponent], base.shape);

describe('products', () => {
  test('flatten, and identities vanish', () => {
    same(mul(mul(A, B), C), mul(A, mul(B, C)));
    same(mul(A, eye(n), B), mul(A, B));
    expect(normal(identityOn([n, m]))).toBe(normal(einsum('ac,bd->abcd', [eye(n), eye(m)])));
  });
  test('transposes cancel, also inside functions', () => {
    same(transpose(transpose(A)), A);
    same(transpose(mul(A, B)), mul(transpose(B), transpose(A)));
    same(transpose(S), S);
    same(exponential(transpose(A)), transpose(exponential(A)));
    same(inverse(transpose(A)), transpose(inverse(A)));
    expect(normal(transpose(inverse(S)))).toBe(inverse(S));
  });
  test('a sum that repeats along an axis is taken without it', () => {
    const [wide, narrow] = [(e: Expr): Expr => einsum('i->ij', [e], [n, n]), add(x, y, ones([n]))];
    const sum = add(wide(x), wide(y), ones([n, n]));
    same(power(sum, -1), wide(power(narrow, -1)));
    same(exponential(sum), wide(exponential(narrow)));
    same(einsum('ij,ij->ij', [A, power(sum, -1)]), einsum('ij,i->ij', [A, power(narrow, -1)]));
  });
  test('a sum of pairs A + A\' is symmetric', () => {
    const M = add(mul(A, B), mul(transpose(B), transpose(A)), mul(A, S), mul(S, transpose(A)));
    expect(normal(transpose(inverse(M)))).toBe(normal(inverse(M)));
    expect(normal(transpose(inverse(add(mul(A, B), mul(B, A)))))).not.toBe(normal(inverse(add(mul(A, B), mul(B, A)))));
  });
  test('a sum below a fraction line stands beside its common parts', () => {
    const [c, d] = [variable('c', []), variable('d', [])];
    same(power(sub(times(a, c), times(a, d)), -1), times(power(a, -1), power(sub(c, d), -1)));
    same(power(sub(times(power(a, 3), c), times(a, d)), -1), times(power(a, -1), power(sub(times(power(a, 2), c), d), -1)));
    const Ax = mul(A, x);
    same(power(add(times(Ax, x), times(Ax, y)), -2), times(power(Ax, -2), power(add(x, y), -2)));
  });
  test('on a diagonal matrix both labels are one', () => {
    const D = matrix('D', 'diagonal');
    same(times(x, mul(D, y)), mul(D, times(x, y)));
    expect(normal(mul(D, D))).toBe(normal(times(D, D)));
    expect(normal(D)).toBe(D);
    expect(normal(times(D, D, A))).not.toBe(normal(times(D, D)));
  });
  test('the same entry of two powers of one base', () => {
    const entry = einsum('ai,i->', [stack(dim(1), n, dim(0)), times(exponential(x), power(x, -1))]);
    const apart = times(einsum('ai,i->', [stack(dim(1), n, dim(0)), x]), entry);
    same(apart, einsum('ai,i->', [stack(dim(1), n, dim(0)), exponential(x)]));
    const column = (M: Expr): Expr => einsum('ij,kj->i', [M, stack(dim(1), n, dim(0))]);
    same(times(column(power(A, 2)), column(power(A, -1))), column(A));
  });
  test('a function of a symmetric and another matrix reads as the other does', () => {
    same(transpose(call(S, transpose(A))), call(S, A));
  });
  test('powers of products meet in one orientation', () => {
    const [P, flipped] = [einsum('ki,jk->ij', [A, S]), einsum('kj,ki->ij', [A, S])];
    const turned = (M: Expr): Expr => einsum('ij->ijij', [M]);
    same(turned(power(P, -1)), einsum('ji->ijij', [power(flipped, -1)]));
    same(einsum('ij,ij->ijij', [B, power(P, -2)]), einsum('ij,ji->ijij', [B, power(flipped, -2)]));
  });
  test('equal factors are powers', () => {
    same(times(x, x), power(x, 2));
    same(times(power(x, 3), power(x, -2)), x);
    same(times(power(a, ratio(1, 2)), power(a, ratio(1, 2))), a);
    same(power(scale(2, x), -1), scale(ratio(1, 2), power(x, -1)));
  });
  test('a product meets the power it is the base of', () => {
    const q = einsum('i,ij,j->', [x, S, x]);
    same(times(q, power(q, ratio(-3, 2))), power(q, ratio(-1, 2)));
    const v = einsum('ij,j->i', [A, x]);
    same(times(v, power(v, -1)), ones([n]));
  });
  test('a factor that only the readable form has takes no function apart', () => {
    const e = readOrThrow('det(A^3+A*A)', 'A: matrix(n, n)').expr;
    expect(normal(readable(e))).toBe(normal(e));
  });
  test('roots of squares are not opened', () => {
    expect(normal(power(power(x, 2), ratio(1, 2)))).not.toBe(x);
  });
  test('a summed label that stands nowhere counts', () => {
    same(total(ones([n])), size(n));
    same(total(ones([dim(3), n])), scale(3, size(n)));
    same(times(total(ones([n])), power(size(n), -1)), number(ratio(1)));
  });
  test('orthogonal matrices cancel, and nothing undeclared does', () => {
    same(mul(transpose(Q), Q), eye(n));
    same(mul(Q, transpose(Q)), eye(n));
    expect(normal(mul(transpose(A), A))).not.toBe(normal(eye(n)));
  });
  test('an inverse cancels over a summed label only', () => {
    same(mul(inverse(A), A, x), x);
    expect(normal(times(inverse(A), A)).kind).toBe('contract');
  });
});

describe('unit tensors', () => {
  test('the trace of a Kronecker product', () => {
    const X = variable('X', [m, m]);
    const join = delta([[mulDims(n, m)], [n, m]]);
    const kron = contract([A, X, join, join], [[0, 1], [2, 3], [4, 0, 2], [5, 1, 3]], [4, 5]);
    same(einsum('ii->', [kron]), times(einsum('ii->', [A]), einsum('ii->', [X])));
  });
  test('a reshape and back', () => {
    const X = variable('X', [m, n]);
    const flat = contract([X, delta([[mulDims(m, n)], [n, m]])], [[0, 1], [2, 1, 0]], [2]);
    same(contract([flat, delta([[mulDims(m, n)], [n, m]])], [[2], [2, 1, 0]], [0, 1]), X);
  });
  test('blocks do not meet, a block meets itself', () => {
    const whole = addDims(n, p);
    const [top, bottom] = [stack(n, whole, dim(0)), stack(p, whole, n)];
    const z = variable('z', [p]);
    same(einsum('iw,jw->ij', [top, bottom]), zeros([n, p]));
    const both = add(einsum('iw,i->w', [top, x]), einsum('iw,i->w', [bottom, z]));
    same(einsum('iw,w->i', [top, both]), x);
    same(total(both), add(total(x), total(z)));
  });
});

describe('sums', () => {
  test('terms merge and cancel', () => {
    same(add(A, A, neg(A)), A);
    same(sub(mul(A, B), mul(A, B)), zeros([n, n]));
    same(times(a, sub(x, y)), sub(times(a, x), times(a, y)));
  });
  test('the normal form does not depend on how a sum is grouped', () => {
    same(mul(add(A, B), add(A, B)), add(mul(A, A), mul(A, B), mul(B, A), mul(B, B)));
    same(power(add(a, number(ratio(1))), 2), add(power(a, 2), scale(2, a), number(ratio(1))));
  });
});

describe('readable', () => {
  test('common factors are taken out on either side', () => {
    expect(readable(add(mul(A, x), mul(B, x)))).toBe(readable(mul(add(A, B), x)));
    expect(readable(sub(mul(transpose(A), B, x), mul(transpose(A), y)))).toBe(readable(mul(transpose(A), sub(mul(B, x), y))));
    expect(cost(readable(add(mul(A, C, x), mul(B, C, x))))).toBeLessThan(cost(add(mul(A, C, x), mul(B, C, x))));
  });
  test('a square is found again', () => {
    const outer = (u: Expr, v: Expr): Expr => einsum('i,j->ij', [u, v]);
    const open = add(outer(x, x), neg(outer(x, y)), neg(outer(y, x)), outer(y, y));
    expect(readable(open)).toBe(readable(outer(sub(x, y), sub(x, y))));
  });
  test('diagonals are summed before they are spread', () => {
    const spread = (u: Expr): Expr => einsum('i->ii', [u]);
    expect(readable(add(spread(x), spread(exponential(y))))).toBe(readable(spread(add(x, exponential(y)))));
  });
  test('cost never rises', () => {
    for (const e of [mul(add(A, B), sub(A, B)), power(add(x, y), 2), times(a, add(mul(A, x), x)), transpose(mul(A, B, C))]) {
      expect(cost(readable(e))).toBeLessThanOrEqual(cost(e));
    }
  });
});

test('fast keeps a shared product one node', () => {
  const shared = mul(A, B);
  const e = add(mul(shared, x), mul(transpose(shared), y));
  const args = (node: Expr): Expr[] => (node.kind === 'sum' ? node.terms.map((t) => t.arg) : []);
  expect(args(fast(e)).every((t) => t.kind === 'contract' && t.args.includes(shared))).toBe(true);

});
