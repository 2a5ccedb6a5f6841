import { describe, expect, test } from 'vitest';
import {
  add,
  broadcast,
  constant,
  identityOn,
  neg,
  ones,
  permute,
  scale,
  sub,
  times,
  total,
  transpose,
  zeros,
} from '../ir/build.ts';
import { dim } from '../ir/dim.ts';
import { type Expr, contract, delta, einsum, eye, size, stack, sum, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { ratio } from '../ir/rational.ts';
import { kronecker } from '../ops/defined/structure.ts';
import { determinant, inverse } from '../ops/matrix/determinant.ts';
import { exponential, logarithm, power } from '../ops/scalar/power.ts';
import { userFunction } from '../ops/scalar/user.ts';
import { functionNamed } from '../ops/table.ts';
import { indexText, toText, toUnicode, write } from './write.ts';

const [k, m, n] = [dim('k'), dim('m'), dim('n')];
const A = variable('A', [n, n]);
const B = variable('B', [n, n]);
const C = variable('C', [n, n]);
const X = variable('X', [n, n]);
const S = variable('S', [n, n], facts(['symmetric']));
const M = variable('M', [m, n]);
const N = variable('N', [m, n]);
const P = variable('P', [n, k]);
const u = variable('u', [n]);
const v = variable('v', [n]);
const x = variable('x', [n]);
const y = variable('y', [n]);
const r = variable('r', [m]);
const a = variable('a', []);
const b = variable('b', []);
const c = variable('c', []);
const T = variable('T', [n, n, n]);
const half = ratio(1, 2);

function call(name: string, ...args: readonly Expr[]): Expr {
  const record = functionNamed(name);
  const form = record?.forms.find(
    (f) => f.signature.split('->')[0]?.match(/any|scalar|vector|row|matrix|size/g)?.length === args.length,
  );
  if (!form) throw new Error(name);
  return form.build(args);
}

const product = (...list: readonly Expr[]): Expr =>
  list.reduce((p, q) => einsum(q.shape.length === 1 ? 'ij,j->i' : 'ij,jk->ik', [p, q]));
const residual = sub(product(M, x), r);
const quadratic = einsum('i,ij,j->', [x, A, x]);
const softmax = call('softmax', x);

function expectTexts(list: readonly (readonly [Expr, string])[]): void {
  for (const [e, text] of list) expect(toText(write(e))).toBe(text);
}

describe('matrix notation', () => {
  test('products of matrices and vectors', () => {
    expectTexts([
      [x, 'x'],
      [transpose(A), "A'"],
      [einsum('ij,j->i', [M, x]), 'M*x'],
      [einsum('ij,i->j', [M, r]), "M'*r"],
      [einsum('ij,jk->ik', [M, P]), 'M*P'],
      [einsum('ij,kj->ik', [M, N]), "M*N'"],
      [einsum('ji,jk,k->i', [M, N, x]), "M'*N*x"],
      [einsum('ij,jk,kl->il', [X, X, X]), 'X^3'],
      [einsum('ij,kj->ki', [A, A]), "A*A'"],
      [product(product(A, B), x), 'A*B*x'],
      [product(A, product(B, x)), 'A*B*x'],
      [einsum('ji,kj->ik', [A, A]), "A'^2"],
      [product(A, add(B, C)), 'A*(B+C)'],
    ]);
  });

  test('inner products and quadratic forms', () => {
    expectTexts([
      [einsum('i,i->', [x, y]), "x'*y"],
      [einsum('i,i->', [x, x]), "x'*x"],
      [quadratic, "x'*A*x"],
      [einsum('i,ij,j->', [x, A, y]), "x'*A*y"],
      [einsum('i,ji,j->', [x, A, y]), "y'*A*x"],
      [einsum('i,ij,j->', [r, M, x]), "r'*M*x"],
      [einsum('ij,ik,j,k->', [M, M, x, y]), "x'*M'*M*y"],
      [einsum('ij,ik,j,k->', [M, M, x, x]), 'norm2(M*x)^2'],
      [einsum('i,ij,j->', [sub(x, y), S, sub(x, y)]), "(x-y)'*S*(x-y)"],
      [einsum('i,i,ij,j,j->', [u, y, A, u, y]), "(u.*y)'*A*(u.*y)"],
      [einsum('i,i->', [x, exponential(y)]), "x'*exp(y)"],
      [einsum('i,i,i->', [x, y, u]), 'sum(u.*x.*y)'],
    ]);
  });

  test('entry by entry', () => {
    expectTexts([
      [times(x, y), 'x.*y'],
      [times(A, B), 'A.*B'],
      [einsum('ij,ji->ij', [A, B]), "A.*B'"],
      [einsum('i,ij,j->i', [x, A, y]), 'x.*(A*y)'],
      [scale(2, einsum('i,ij,j,j->i', [y, S, y, u])), '2*y.*(S*(u.*y))'],
      [times(x, power(y, -1)), 'x./y'],
      [times(A, power(B, -1)), 'A./B'],
      [power(x, -1), '1./x'],
      [scale(2, power(x, -1)), '2./x'],
      [times(x, power(y, -1), power(u, -2)), 'x./(y.*u.^2)'],
      [power(x, ratio(-1, 2)), '1./sqrt(x)'],
      [power(x, 3), 'x.^3'],
      [power(A, half), 'sqrt(A)'],
      [call('pow', x, y), 'x.^y'],
      [call('pow', x, broadcast(a, [n])), 'x.^a'],
      [call('pow', constant(2, [n]), x), '2.^x'],
      [einsum('i,j,ij->ij', [x, y, power(B, -1)]), "(x*y')./B"],
      [product(times(A, B), x), '(A.*B)*x'],
      [product(transpose(times(A, B)), x), "(A.*B)'*x"],
    ]);
  });

  test('diagonals and traces', () => {
    expectTexts([
      [einsum('i->ii', [x]), 'diag(x)'],
      [einsum('ii->i', [A]), 'diag(A)'],
      [einsum('ii->', [A]), 'tr(A)'],
      [einsum('ii->ii', [A]), 'A.*eye'],
      [einsum('ij,j->ij', [A, x]), 'A*diag(x)'],
      [einsum('i,ij->ij', [x, A]), 'diag(x)*A'],
      [einsum('i,ij,j->ij', [x, A, y]), 'diag(x)*A*diag(y)'],
      [einsum('ki,k,kj->ij', [A, exponential(x), A]), "A'*diag(exp(x))*A"],
      [einsum('ij,jk,ki->', [A, X, B]), 'tr(A*X*B)'],
      [einsum('ij,ji->', [A, B]), 'tr(A*B)'],
      [einsum('ij,ij->', [A, B]), "tr(A'*B)"],
      [einsum('ij,ij->', [M, M]), 'norm2(M)^2'],
      [total(power(M, 2)), 'norm2(M)^2'],
      [einsum('ij,jk,kl,li->', [X, X, X, X]), 'tr(X^4)'],
      [einsum('ij,jk,ik->i', [A, B, C]), "diag(A*B*C')"],
      [einsum('i,ij,ij,j->', [x, A, B, y]), "x'*(A.*B)*y"],
      [einsum('i,i->ii', [x, power(y, -1)]), 'diag(x./y)'],
      [contract([], [], [0, 0], [n, n]), 'eye'],
      [times(a, eye(n)), 'a*eye'],
      [einsum(',->', [einsum('ii->', [X]), einsum('ii->', [X])]), 'tr(X)^2'],
    ]);
  });

  test('sums, outer products and repeated values', () => {
    expectTexts([
      [total(x), 'sum(x)'],
      [total(M), 'sum(M)'],
      [total(product(M, x)), 'sum(M*x)'],
      [einsum('ij->i', [M]), 'M*vector(1)'],
      [einsum('ij->j', [M]), "M'*vector(1)"],
      [einsum('i,j->ij', [r, x]), "r*x'"],
      [einsum('ij,j,k->ik', [M, x, y]), "M*x*y'"],
      [einsum('i,jk,k->ij', [x, A, y]), "x*y'*A'"],
      [einsum('i->ij', [x], [n, m]), "x*vector(1)'"],
      [contract([x], [[1]], [0, 1], [m, n]), "vector(1)*x'"],
      [broadcast(a, [n]), 'a*vector(1)'],
      [ones([n]), 'vector(1)'],
      [constant(2, [n]), '2*vector(1)'],
      [zeros([m, n]), 'matrix(0)'],
      [constant(3, [n, n, n]), '3*tensor(1, n, n, n)'],
      [
        einsum('ij,i->ij', [exponential(A), power(einsum('ij->i', [exponential(A)]), -1)]),
        'diag(1./(exp(A)*vector(1)))*exp(A)',
      ],
    ]);
  });

  test('scalars stand first, negative powers below the line', () => {
    expectTexts([
      [scale(2, einsum('ki,k->i', [M, residual])), "2*M'*(M*x-r)"],
      [scale(2, einsum('i,j->ij', [residual, x])), "2*(M*x-r)*x'"],
      [scale(2, einsum(',ij,j->i', [exponential(quadratic), add(A, transpose(A)), x])), "2*exp(x'*A*x)*(A+A')*x"],
      [times(a, power(b, -1)), 'a/b'],
      [times(a, power(times(b, c), -1), x), 'a*x/(b*c)'],
      [times(power(a, -2), power(add(b, c), -1)), '1/(a^2*(b+c))'],
      [times(x, power(total(power(x, 2)), ratio(-1, 2))), 'x/norm2(x)'],
      [times(einsum('i,j->ij', [x, x]), power(einsum('i,i->', [x, x]), ratio(-3, 2))), "x*x'/norm2(x)^3"],
      [times(a, power(quadratic, ratio(-3, 2))), "a/(x'*A*x)^1.5"],
      [power(quadratic, half), "sqrt(x'*A*x)"],
      [power(a, ratio(1, 3)), 'a^(1/3)'],
      [scale(ratio(1, 3), x), '1/3*x'],
      [scale(ratio(2, 3), times(x, power(a, -1))), '2*x/(3*a)'],
      [scale(ratio(1, 8), x), '0.125*x'],
      [scale(1e-9, x), '1e-9*x'],
      [scale(0.1 + 0.2, x), '0.30000000000000004*x'],
      [einsum('i,i,j->j', [x, y, u]), "x'*y*u"],
    ]);
  });

  test('terms: a positive one first, the complicated before the simple, constants last', () => {
    expectTexts([
      [sub(x, y), 'x-y'],
      [sub(y, product(A, x)), 'y-A*x'],
      [add(y, product(A, x)), 'A*x+y'],
      [add(ones([n]), exponential(x)), 'exp(x)+vector(1)'],
      [sub(ones([n]), exponential(x)), 'vector(1)-exp(x)'],
      [add(A, transpose(A)), "A+A'"],
      [transpose(add(A, transpose(B))), "B+A'"],
      [sub(sub(x, y), exponential(x)), 'x-exp(x)-y'],
      [sub(x, sub(u, v)), 'v-u+x'],
      [neg(x), '-x'],
      [neg(add(x, y)), '-(x+y)'],
      [sub(neg(x), y), '-x-y'],
      [
        sub(einsum('i->ii', [softmax]), einsum('i,j->ij', [softmax, softmax])),
        "diag(softmax(x))-softmax(x)*softmax(x)'",
      ],
      [add(constant(1), neg(a)), '1-a'],
      [add(einsum('ki,kj->ij', [M, M]), times(c, eye(n))), "M'*M+c*eye"],
      [transpose(sub(A, product(B, C))), "(A-B*C)'"],
    ]);
  });

  test('symmetric matrices show no transpose', () => {
    expectTexts([
      [einsum('ij,i->j', [S, x]), 'S*x'],
      [einsum('ij,kj->ik', [A, S]), 'A*S'],
      [transpose(inverse(S)), 'inv(S)'],
      [transpose(inverse(A)), "inv(A)'"],
    ]);
  });

  test('functions', () => {
    expectTexts([
      [call('max', x, zeros([n])), 'max(x, 0)'],
      [call('max', x, broadcast(a, [n])), 'max(x, a)'],
      [userFunction('f', 0, product(A, x)), 'f(A*x)'],
      [userFunction('f', 1, x), "f'(x)"],
      [userFunction('f', 2, x), "f''(x)"],
      [exponential(neg(x)), 'exp(-x)'],
      [logarithm(determinant(X)), 'log(det(X))'],
      [call('norm1', residual), 'norm1(M*x-r)'],
      [call('norm2', M), 'norm2(M)'],
      [power(call('norm2', residual), 3), 'norm2(M*x-r)^3'],
      [call('adj', X), 'adj(X)'],
      [transpose(call('adj', X)), "adj(X)'"],
      [call('tril', A), 'tril(A)'],
      [exponential(ones([n])), 'exp(vector(1, n))'],
    ]);
  });

  test('what has no matrix form is an einsum', () => {
    expectTexts([
      [einsum('ij,ik,il->jkl', [A, B, C]), '#(li,lj,lk->ijk; A, B, C)'],
      [einsum('ijk,j,k->i', [T, x, y]), '#(ijk,j,k->i; T, x, y)'],
      [einsum('ijk,i,j,k->', [T, x, x, x]), '#(ijk,i,j,k->; T, x, x, x)'],
      [einsum('ij,ik,il,j,k,l->', [A, B, C, x, y, u]), "((A*x).*(B*y))'*C*u"],
      [einsum('ijk,k->ij', [T, x]), '#(ijk,k->ij; T, x)'],
      [einsum('ijk,k,jl->il', [T, x, A]), '#(ikl,kj,l->ij; T, A, x)'],
      [einsum('ij,jk->ijk', [A, B]), '#(ij,jk->ijk; A, B)'],
      [einsum('i,j,k->ijk', [x, y, u]), '#(i,j,k->ijk; x, y, u)'],
      [permute(T, [2, 0, 1]), '#(jki->ijk; T)'],
      [total(T), 'sum(T)'],
      [total(power(T, 2)), 'norm2(T)^2'],
      [einsum('ij->iij', [A]), '#(ij->iij; A)'],
    ]);
  });

  test('order four', () => {
    expectTexts([
      [identityOn([m, n]), '#(ik,jl->ijkl; eye, eye)'],
      [contract([], [], [0, 1, 0, 1], [m, n, m, n]), '#(ik,jl->ijkl; eye, eye)'],
      [contract([], [], [0, 1, 1, 0], [m, n, n, m]), '#(il,jk->ijkl; eye, eye)'],
      [
        scale(
          2,
          contract(
            [P, P],
            [
              [4, 1],
              [4, 3],
            ],
            [0, 1, 0, 3],
            [m, k, m, k],
          ),
        ),
        "2*#(ik,jl->ijkl; eye, P'*P)",
      ],
      [einsum('ik,jl->ijkl', [A, B]), '#(ik,jl->ijkl; A, B)'],
      [neg(einsum('ik,lj->ijkl', [inverse(X), inverse(X)])), '-#(ik,lj->ijkl; inv(X), inv(X))'],
      [einsum('ij->ijij', [A]), '#(ij->ijij; A)'],
      [einsum('i,jl->ijil', [x, A]), '#(ik,jl->ijkl; diag(x), A)'],
      [einsum('ij,kl->ijkl', [A, B]), '#(ij,kl->ijkl; A, B)'],
      [einsum('i,ik,jl->ijkl', [x, A, B]), '#(ik,jl->ijkl; diag(x)*A, B)'],
    ]);
  });

  test('blocks, slices and entries', () => {
    const [two, four, six] = [dim(2), dim(4), dim(6)];
    const [p, q, z] = [variable('p', [four]), variable('q', [two]), variable('z', [six])];
    const Z = variable('Z', [six, six]);
    const at = (length: number, offset: number): Expr => stack(dim(length), six, dim(offset));
    const place = (e: Expr, i: Expr, j: Expr): Expr => einsum('pr,qc,pq->rc', [i, j, e]);
    const [E, F, G] = [variable('E', [four, four]), variable('F', [four, two]), variable('G', [two, two])];
    expectTexts([
      [add(einsum('pw,p->w', [at(4, 0), p]), einsum('pw,p->w', [at(2, 4), q])), '[p; q]'],
      [add(einsum('pw,p->w', [at(4, 0), p]), einsum('pw,p->w', [at(2, 4), neg(q)])), '[p; -q]'],
      [
        add(place(E, at(4, 0), at(4, 0)), place(F, at(4, 0), at(2, 4)), place(G, at(2, 4), at(2, 4))),
        '[E, F; matrix(0), G]',
      ],
      [
        add(
          einsum('qc,pq->pc', [stack(four, dim(5), dim(0)), E]),
          einsum('qc,p->pc', [stack(dim(1), dim(5), four), p]),
        ),
        '[E, p]',
      ],
      [einsum('pw,w->p', [at(4, 1), z]), 'z[2:5]'],
      [einsum('pw,wv->pv', [at(4, 1), Z]), 'Z[2:5, :]'],
      [einsum('pw,wv,qv->pq', [at(4, 1), Z, at(2, 0)]), 'Z[2:5, 1:2]'],
      [einsum('pw,w->', [at(1, 1), z]), 'z[2]'],
      [einsum('pw,wv->v', [at(1, 1), Z]), "Z[2, :]'"],
      [einsum('pw,vw->v', [at(1, 1), Z]), 'Z[:, 2]'],
      [einsum('pw,qv,vw->', [at(1, 1), at(1, 3), Z]), 'Z[4, 2]'],
      [einsum('pw,p->w', [at(4, 0), p]), '[p; vector(0, 2)]'],
      [einsum('pw,wv,qv,q->', [at(1, 1), Z, at(4, 1), p]), 'Z[2, 2:5]*p'],
      [einsum('pw,wv,qv->q', [at(1, 1), Z, at(4, 1)]), "Z[2, 2:5]'"],
      [einsum('pw,vw,qv,q->', [at(1, 1), Z, at(4, 1), p]), "Z[2:5, 2]'*p"],
    ]);
  });

  test('a constant in a block says its sizes unless its neighbours do', () => {
    const [four, eight] = [dim(4), dim(8)];
    const E = variable('E', [four, four]);
    const place = (e: Expr, offset: number): Expr => einsum('qc,pq->pc', [stack(four, eight, dim(offset)), e]);
    const norm = (e: Expr): Expr => einsum('ij,ij->', [e, e]);
    expectTexts([
      [norm(add(place(constant(1, [four, four]), 0), place(E, 4))), 'norm2([matrix(1, 4, 4), E])^2'],
      [norm(add(place(eye(four), 0), place(E, 4))), 'norm2([eye, E])^2'],
    ]);
  });

  test('kron, vec and reshape', () => {
    const z = variable('z', [dim(6)]);
    const join = delta([[dim(6)], [dim(2), dim(3)]]);
    expectTexts([
      [kronecker(A, B), 'kron(A, B)'],
      [kronecker(x, y), 'kron(x, y)'],
      [einsum('ij,j->i', [kronecker(A, B), variable('t', [kronecker(A, B).shape[0] ?? n])]), 'kron(A, B)*t'],
      [call('vec', M), 'vec(M)'],
      [einsum('rab,r->ab', [join, z]), "reshape(z, 3, 2)'"],
      [einsum('rab,r->ba', [join, z]), 'reshape(z, 3, 2)'],
      [einsum('rij,ji->r', [join, variable('G', [dim(3), dim(2)])]), 'vec(G)'],
      [delta([[n], [n], [n]]), '#(ij,jk->ijk; eye, eye)'],
      [join, '#(ij,ik->ijk; kron(eye(2), matrix(1, 3, 1)), kron(matrix(1, 2, 1), eye(3)))'],
      [einsum('ij,j->i', [eye(n), x]), 'x'],
    ]);
  });

  test('sizes', () => {
    expectTexts([
      [times(total(x), power(size(n), -1)), 'sum(x)/n'],
      [size(dim(3)), '3'],
      [total(eye(dim(3))), '3'],
    ]);
    expect(toUnicode(write(times(total(x), power(size(n), -1))))).toBe('sum(x)/n');
  });

  test('a row where asked for', () => {
    expect(toText(write(einsum('ki,k->i', [M, r]), { orientation: 'row' }))).toBe("r'*M");
    expect(toText(write(sub(x, y), { orientation: 'row' }))).toBe("(x-y)'");
    expect(toText(write(A, { orientation: 'row' }))).toBe('A');
  });
});

describe('bounded work', () => {
  test('a graph whose tree is huge gets names', () => {
    let e: Expr = x;
    for (let i = 0; i < 60; i++) e = exponential(times(e, logarithm(e)));
    const notation = write(e);
    expect(notation.where.length).toBeGreaterThan(3);
    expect(notation.where[0]?.name).toBe('T1');
    expect(toText(notation).length).toBeLessThan(40_000);
    expect(indexText(e).length).toBeLessThan(40_000);
  });

  test('a deep graph does not overflow the stack', () => {
    let e: Expr = a;
    for (let i = 0; i < 20_000; i++) e = exponential(e);
    expect(toText(write(e)).startsWith('T1 = exp(exp(')).toBe(true);
    expect(indexText(e).length).toBeGreaterThan(20_000);
  });

  test('a long sum and a long product', () => {
    const terms = Array.from({ length: 2000 }, (_, i) => ({ coef: ratio(1), arg: variable(`x${i}`, [n]) }));
    expect(toText(write(sum(terms))).length).toBeGreaterThan(8000);
    const chain = Array.from({ length: 300 }, (_, i) => variable(`A${i}`, [n, n]));
    expect(
      toText(
        write(
          contract(
            chain,
            chain.map((_, i) => [i, i + 1]),
            [0, 300],
          ),
        ),
      ).split('*').length,
    ).toBe(300);
  });
});

describe('index notation', () => {
  test.each([
    [einsum('ij,j->i', [M, x]), 'R[i] = sum[j](M[i,j]*x[j])'],
    [quadratic, 'sum[i,j](A[i,j]*x[i]*x[j])'],
    [transpose(A), 'R[i,j] = A[j,i]'],
    [times(x, y), 'R[i] = x[i]*y[i]'],
    [einsum('i->ii', [x]), 'R[i,j] = eye[i,j]*x[i]'],
    [identityOn([m, n]), 'R[i,j,k,l] = eye[i,k]*eye[j,l]'],
    [scale(2, einsum('ki,k->i', [M, residual])), 'R[i] = 2*sum[j](M[j,i]*(sum[k](M[j,k]*x[k])-r[j]))'],
    [exponential(product(A, x)), 'R[i] = exp(sum[j](A[i,j]*x[j]))'],
    [product(inverse(A), x), 'R[i] = sum[j](x[j]*inv(A)[i,j])'],
    [einsum('ii->', [A]), 'sum[i](A[i,i])'],
    [einsum('i,i,j->j', [x, y, u]), 'R[i] = u[i]*sum[j](x[j]*y[j])'],
    [einsum('ijk,j,k->i', [T, x, y]), 'R[i] = sum[j,k](T[i,j,k]*x[j]*y[k])'],
    [contract([x], [[0]], [0, 1], [n, m]), 'R[i,j] = x[i]'],
    [total(ones([dim(3), dim(4)])), '12'],
    [kronecker(A, B), 'R[i,j] = kron(A, B)[i,j]'],
    [einsum('ij,k->kij', [A, variable('i', [n])]), 'R[j,k,l] = A[k,l]*i[j]'],
  ] as const)('%#', (e, text) => {
    expect(indexText(e)).toBe(text);
  });
});
