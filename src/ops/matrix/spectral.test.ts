import { describe, expect, test } from 'vitest';
import { rewriteBy } from '../../../test/helpers/rewrite.ts';
import { add, neg, scale, sub, transpose } from '../../ir/build.ts';
import { dim } from '../../ir/dim.ts';
import { type Expr, einsum, eye, variable } from '../../ir/expr.ts';
import { facts } from '../../ir/fact.ts';
import { checkDerivative, checkEqual } from '../../run/check.ts';
import { lowerMask } from '../defined/structure.ts';
import { call } from '../define.ts';
import { factsOf } from '../facts.ts';
import { power } from '../scalar/power.ts';
import { opNamed } from '../table.ts';
import { inverse } from './determinant.ts';

const [m, n] = [dim('m'), dim('n')];
const X = variable('X', [m, n]);
const S = variable('S', [n, n], facts(['symmetric']));
const P = variable('P', [n, n], facts(['pd']));
const x = variable('x', [n]);
const of = (name: string, ...args: readonly Expr[]): Expr => call(opNamed(name), args);

function same(a: Expr, b: Expr): void {
  expect(checkEqual(a, b)).toMatchObject({ equal: true });
}

describe('gradients in the form people know', () => {
  test.each([
    ['lmax', einsum('a,b->ab', [of('vmax', S), of('vmax', S)])],
    ['lmin', einsum('a,b->ab', [of('vmin', S), of('vmin', S)])],
  ])('%s', (name, derivative) => {
    expect(checkDerivative({ of: of(name, S), by: S, derivative })).toMatchObject({ ok: true });
  });

  test('nuclear norm: U V, and X (X X)^(-1/2) for a tall X', () => {
    const polar = einsum('ar,br->ab', [of('svdu', X), of('svdv', X)]);
    expect(checkDerivative({ of: of('nuc', X), by: X, derivative: polar })).toMatchObject({ ok: true });
    const tall = variable('T', [dim(4), dim(2)]);
    const gram = einsum('ki,kj->ij', [tall, tall]);
    same(einsum('ij,jk->ik', [tall, inverse(of('sqrtm', gram))]), einsum('ar,br->ab', [of('svdu', tall), of('svdv', tall)]));
  });
});

describe('identities', () => {
  test('eigenvalues', () => {
    const V = of('eigvecs', S);
    same(einsum('ik,k,jk->ij', [V, of('eigvals', S), V]), S);
    same(of('lmin', S), neg(of('lmax', neg(S))));
    same(of('reducedmax', S), of('pinv', sub(einsum(',ij->ij', [of('lmax', S), eye(n)]), S)));
    const sum = einsum('i->', [of('eigvals', S)]);
    same(sum, rewriteBy('sum-of-eigenvalues', sum)!);
    const unit = einsum('i,j->j', [power(of('vmax', S), 2), x]);
    same(unit, rewriteBy('unit-vmax', unit)!);
    expect(rewriteBy('unit-vmax', einsum('i,i->i', [power(of('vmax', S), 2), x]))).toBeUndefined();
    const again = einsum('ik,k,jk->ij', [V, of('eigvals', S), V]);
    same(rewriteBy('eigendecomposition', again)!, S);
    expect(rewriteBy('eigendecomposition', einsum('ki,k,jk->ij', [V, of('eigvals', S), V]))).toBeUndefined();
    same(rewriteBy('diagonal-of-gap', einsum('ii,i->i', [of('gap', x), x]))!, scale(0, x));
    expect(rewriteBy('sum-of-eigenvalues', einsum('i,i->', [of('eigvals', S), x]))).toBeUndefined();
  });

  test('singular values', () => {
    const again = einsum('ir,r,jr->ij', [of('svdu', X), of('svdvals', X), of('svdv', X)]);
    same(again, X);
    expect(rewriteBy('singular-value-decomposition', again)).toBe(einsum('ij->ij', [X]));
    same(of('svdvals', transpose(X)), of('svdvals', X));
    same(einsum('r,r->', [of('svdvals', X), of('svdvals', X)]), einsum('ij,ij->', [X, X]));
    same(power(of('smax', X), 2), of('lmax', einsum('ki,kj->ij', [X, X])));
    for (const name of ['svdu', 'svdv']) {
      const Q = of(name, X);
      const product = einsum('ki,kj->ij', [Q, Q]);
      same(product, rewriteBy(`columns-of-${name}`, product)!);
      expect(rewriteBy(`columns-of-${name}`, einsum('ik,jk->ij', [Q, Q]))).toBeUndefined();
    }
  });

  test('Cholesky and pseudo-inverse', () => {
    const L = of('chol', P);
    const product = einsum('ik,jk->ij', [L, L]);
    same(product, P);
    expect(rewriteBy('product-of-cholesky-factors', product)).toBe(einsum('ij->ij', [P]));
    expect(rewriteBy('product-of-cholesky-factors', einsum('ki,kj->ij', [L, L]))).toBeUndefined();
    for (const pattern of ['ij,ij->ij', 'ij,ji->ij', 'ij,ij->', 'ij,ji->i']) {
      const masked = einsum(pattern, [L, lowerMask(n, n)]);
      same(masked, rewriteBy('cholesky-factor-is-lower', masked)!);
    }
    same(einsum('ij,jk,kl->il', [X, of('pinv', X), X]), X);
    same(of('pinv', transpose(X)), transpose(of('pinv', X)));
    same(rewriteBy('pseudo-inverse-twice', of('pinv', of('pinv', X)))!, X);
  });
});

test('facts', () => {
  const has = (e: Expr): string[] => [...factsOf(e).has];
  expect(has(of('eigvals', P))).toContain('positive');
  expect(has(of('lmin', P))).toContain('positive');
  expect(has(of('eigvecs', S))).toContain('orthogonal');
  expect(has(of('chol', P))).toContain('lower');
  expect(has(of('pinv', S))).toContain('symmetric');
  expect(has(of('expm', S))).toContain('pd');
  expect(has(of('sqrtm', P))).toContain('pd');
  expect(has(of('lyap', of('sqrtm', P), S))).toContain('symmetric');
  expect(has(of('sqrtm', scale(2, add(P, P))))).toContain('pd');
  expect(has(of('reducedmin', S))).toContain('nsd');
});
