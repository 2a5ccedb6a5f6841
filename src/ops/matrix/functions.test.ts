import { describe, expect, test } from 'vitest';
import { checkEqual } from '../../run/check.ts';
import { rewriteBy } from '../../../test/helpers/rewrite.ts';
import { constant, neg, scale, times, transpose, zeros } from '../../ir/build.ts';
import { dim } from '../../ir/dim.ts';
import { type Expr, contract, einsum, eye, variable } from '../../ir/expr.ts';
import { facts } from '../../ir/fact.ts';
import { exponential } from '../scalar/power.ts';
import { call } from '../define.ts';
import { opNamed } from '../table.ts';
import { determinant, inverse, logDeterminant } from './determinant.ts';
import { frechetNode } from './functions.ts';

const n = dim('n');
const [X, A, B] = ['X', 'A', 'B'].map((name) => variable(name, [n, n])) as [Expr, Expr, Expr];
const P = variable('P', [n, n], facts(['pd']));
const [x, y, t] = [variable('x', [n]), variable('y', [n]), variable('t', [])];
const of = (name: string, ...args: readonly Expr[]): Expr => call(opNamed(name), args);

function same(rule: string, before: Expr, after?: Expr): void {
  const made = rewriteBy(rule, before);
  if (made === undefined) throw new Error(`${rule} does not apply`);
  expect({ rule, ...checkEqual(before, made) }).toMatchObject({ rule, equal: true });
  if (after) expect(made).toBe(after);
}

describe('Fréchet derivatives in products', () => {
  const D = frechetNode('expm', [X], 1);
  const DD = frechetNode('sinm', [X], 2);

  test('a matrix behind an open direction is filled in', () => {
    same('direction-filled-in', einsum('ijab,ab->ij', [D, A]), einsum('ij->ij', [frechetNode('expm', [X, A], 0)]));
    same('direction-filled-in', einsum('ijab,ba->ij', [D, A]));
    same('direction-filled-in', einsum('ijab,ac,cb->ij', [D, A, B]));
    same('direction-filled-in', einsum('ijab,a,b->ij', [D, x, y]));
    same('direction-filled-in', einsum('ijab,ac,c,b->ji', [D, A, x, y]));
    same('direction-filled-in', einsum('ijaa->ij', [D]));
    same('direction-filled-in', einsum('ijaa,a->ij', [D, x]));
    same('direction-filled-in', einsum('ijab->ij', [D]));
    same('direction-filled-in', einsum('ijabcd,cd->ijab', [DD, A]));
    same('direction-filled-in', einsum('ijabcd,ab,cd->ij', [DD, A, B]));
  });

  test('a matrix behind the result moves to a direction', () => {
    same('direction-filled-in', einsum('ijab,ij->ab', [D, A]));
    same('direction-filled-in', einsum('ijab,ji->ab', [D, A]));
    same('direction-filled-in', einsum('ijab,i,j->ab', [D, x, y]));
    same('direction-filled-in', einsum('iiab->ab', [D]));
    same('direction-filled-in', einsum('ijabcd,ij->abcd', [DD, A]));
    same('direction-filled-in', einsum('iiabcd->abdc', [DD]));
    same('direction-filled-in', einsum('ijab,ij->ab', [frechetNode('logm', [P], 1), A]));
    same('direction-filled-in', einsum('ijab,ij->ab', [frechetNode('sqrtm', [P], 1), A]));
    same('direction-filled-in', einsum('ijab,ij->ab', [frechetNode('cosm', [X, B], 1), A]));
  });

  test('labels that the result needs too stay', () => {
    expect(rewriteBy('direction-filled-in', einsum('ijab,ia->jb', [D, A]))).toBeUndefined();
    expect(rewriteBy('direction-filled-in', einsum('ijab,b->ijab', [D, x]))).toBeUndefined();
    expect(rewriteBy('direction-filled-in', einsum('ijab,ia,jb->', [D, A, B]))).toBeUndefined();
  });
});

describe('rules of matrix functions', () => {
  test('the identity as a direction', () => {
    same('direction-is-identity', frechetNode('expm', [X, eye(n)], 0), of('expm', X));
    same('direction-is-identity', frechetNode('cosm', [X, eye(n), A], 0));
    same('direction-is-identity', frechetNode('sinm', [X, eye(n)], 1));
    same('direction-is-identity', frechetNode('logm', [P, eye(n)], 0), inverse(P));
    same('direction-is-identity', frechetNode('sqrtm', [P, eye(n)], 0));
    expect(rewriteBy('direction-is-identity', frechetNode('logm', [P, eye(n), A], 0))).toBeUndefined();
  });

  test('directions that commute', () => {
    same('direction-commutes', frechetNode('expm', [times(t, A), A], 0));
    same('direction-commutes', frechetNode('expm', [A, scale(3, A)], 0));
    same('direction-commutes', frechetNode('sinm', [times(t, A), A, scale(2, A)], 0));
    same('direction-commutes', frechetNode('cosm', [A, A, A], 0));
    same('direction-commutes', frechetNode('logm', [P, P], 0));
    same('direction-commutes', frechetNode('sqrtm', [P, scale(2, P)], 0));
    expect(rewriteBy('direction-commutes', frechetNode('expm', [A, transpose(A)], 0))).toBeUndefined();
    expect(rewriteBy('direction-commutes', frechetNode('expm', [X, A], 0))).toBeUndefined();
    const doubled = contract([t, A], [[], [0, 1]], [1, 0]);
    expect(rewriteBy('direction-commutes', frechetNode('expm', [doubled, A], 0))).toBeUndefined();
  });

  test('square roots and Lyapunov equations', () => {
    same('derivative-of-sqrtm', frechetNode('sqrtm', [P, A], 0), of('lyap', of('sqrtm', P), A));
    same('square-of-sqrtm', einsum('ij,jk->ik', [of('sqrtm', P), of('sqrtm', P)]));
    same('square-of-sqrtm', einsum('ij,jk,k->i', [of('sqrtm', P), of('sqrtm', P), x]));
    same('right-side-filled-in', einsum('ijab,ab->ij', [of('lyapmap', P), A]));
    same('right-side-filled-in', einsum('ijab,ij->ab', [of('lyapmap', P), A]));
  });

  test('values at zero and one, traces and determinants', () => {
    same('expm-of-zero', of('expm', zeros([n, n])), eye(n));
    same('expm-of-logm', of('expm', of('logm', P)), P);
    same('inverse-of-expm', inverse(of('expm', X)), of('expm', neg(X)));
    same('determinant-of-expm', determinant(of('expm', X)), exponential(einsum('ii->', [X])));
    same('logdet-of-expm', logDeterminant(of('expm', X)), einsum('ii->', [X]));
    same('trace-of-logm', einsum('ii->', [of('logm', P)]));
    same('logm-of-identity', of('logm', eye(n)), zeros([n, n]));
    same('sqrtm-of-identity', of('sqrtm', eye(n)), eye(n));
    expect(rewriteBy('expm-of-zero', of('expm', constant(1, [n, n])))).toBeUndefined();
  });
});
