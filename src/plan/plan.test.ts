import { describe, expect, test } from 'vitest';
import { must } from '../base/internal.ts';
import { add, broadcast, scale, sub, times, total } from '../ir/build.ts';
import { dim } from '../ir/dim.ts';
import { type Expr, einsum, variable } from '../ir/expr.ts';
import { call } from '../ops/define.ts';
import { inverse } from '../ops/matrix/determinant.ts';
import { facts } from '../ir/fact.ts';
import type { Op } from '../ops/op.ts';
import { exponential, logarithm } from '../ops/scalar/power.ts';
import { allOps, opNamed } from '../ops/table.ts';
import { planFor } from '../run/prepare.ts';
import type { Kernel } from './kernel.ts';
import type { Plan, PlanOptions } from './plan.ts';
import { planMemory, planRows, planTable } from './table.ts';

const [m, n, k] = [dim('m'), dim('n'), dim('k')];
const A = variable('A', [m, n]);
const T = variable('T', [m, n]);
const U = variable('U', [m, k]);
const V = variable('V', [n, k]);
const M = variable('M', [n, n]);
const A2 = variable('A2', [n, n]);
const x = variable('x', [n]);
const y = variable('y', [m]);
const sizes = new Map([['m', 1000], ['n', 800], ['k', 5]]);

const plan = (roots: readonly Expr[], options?: PlanOptions): Plan => planFor(roots, sizes, options);
const kinds = (p: Plan): Kernel['kind'][] => p.kernels.map((one) => one.kind);
const flops = (p: Plan): number => planRows(p).reduce((sum, r) => sum + r.flops, 0);

describe('one pass over a matrix', () => {
  const z = times(y, einsum('ij,j->i', [A, x]));
  const slope = times(exponential(z), y);
  const first = add(total(exponential(z)), scale(0.5, einsum('j,j->', [x, x])));
  const second = add(einsum('ij,i->j', [A, slope]), x);
  const groups = (roots: readonly Expr[]): string[] => plan(roots).groups.map((g) => g.map((one) => one.kind).join(' '));

  test('a loss and its gradient, whatever else stands between them', () => {
    expect(groups([first, second])).toContain('product loop product');
    expect(groups([einsum('ij,i->j', [A, slope])])).toEqual(['product loop product']);
  });

  test('not where the second product needs what comes later', () => {
    // The weights wait for the whole sum.
    const share = exponential(add(z, broadcast(total(exponential(z)), [m])));
    expect(groups([einsum('ij,i->j', [A, share])])).not.toContain('product loop product');
  });
});

describe('products', () => {
  test('a chain goes through the vector', () => {
    expect(flops(plan([einsum('ij,jk,k->i', [A, M, x])]))).toBe(2 * 800 * 800 + 2 * 1000 * 800);
  });

  test('transposes, diagonals and slices are views: one product, nothing moved', () => {
    expect(kinds(plan([einsum('ji,kj->ik', [A, U.shape.length === 2 ? einsum('ab->ba', [U]) : U])]))).toEqual(['product']);
    expect(kinds(plan([einsum('ii,i->', [M, x])]))).toEqual(['loop']);
  });

  test('what several products need is made once, with its scalings and its numbers', () => {
    const made = (by: number): Expr => scale(by, einsum('i,ij,jk->ik', [y, A, V]));
    for (const by of [1, 0.25]) {
      const p = plan([einsum('ik,ik,i->k', [made(by), U, exponential(y)]), einsum('ik,ik,k->i', [made(by), U, einsum('jk->k', [V])])]);
      expect(kinds(p).filter((kind) => kind === 'product')).toHaveLength(1);
    }
  });

  test('an outer product that several products need is never made', () => {
    const outer = einsum('i,j->ij', [y, x]);
    const p = plan([einsum('ij,j->i', [outer, exponential(x)]), einsum('ij,i->j', [outer, exponential(y)])]);
    expect(flops(p)).toBeLessThan(10_000);
  });

  test('a Gram product takes half the work, also with weights', () => {
    const gram = plan([einsum('ki,kj->ij', [A, A])]);
    expect(flops(gram)).toBe(800 * 801 * 1000);
    const weighted = plan([einsum('ki,k,kj->ij', [A, y, A])]);
    expect(kinds(weighted)).toEqual(['loop', 'product']);
    expect(flops(weighted)).toBe(1000 * 800 + 800 * 801 * 1000);
    const positive = plan([einsum('ki,k,kj->ij', [A, exponential(y), A])]);
    expect(flops(positive)).toBe(1000 * 800 + 800 * 801 * 1000);
    expect(flops(plan([einsum('ki,kj->ij', [A, T])]))).toBe(2 * 800 * 800 * 1000);
    const S = variable('S', [n, n], facts(['symmetric']));
    expect(flops(plan([einsum('ij,jk,lk->il', [A, S, A])]))).toBe(2 * 1000 * 800 * 800 + 1000 * 1001 * 800);
  });

  test('a number times a product is part of the product', () => {
    expect(kinds(plan([scale(-2, einsum('ij,i->j', [A, y]))]))).toEqual(['product']);
  });
});

describe('loops', () => {
  test('what is made entry by entry and summed is one loop that writes numbers only', () => {
    const r = sub(T, einsum('ik,jk->ij', [U, V]));
    const p = plan([total(logarithm(add(times(r, r), exponential(T))))]);
    expect(kinds(p)).toEqual(['product', 'loop']);
    expect(must(planRows(p)[1]).bytes).toBe((2 * 1000 * 800 + 1) * 8);
  });

  test('value and gradient share the residual', () => {
    const r = sub(T, einsum('ik,jk->ij', [U, V]));
    const p = plan([total(times(r, r)), scale(-2, einsum('ij,jk->ik', [r, V]))]);
    expect(kinds(p)).toEqual(['product', 'loop', 'product']);
    expect(planTable(p).split('\n').map((line) => line.split(/\s{2,}/)[0])).toEqual([
      'step',
      "t1 = U*V'",
      't2 = -T+t1; t3 = sum((-T+t1).*(-T+t1))',
      't4 = 2*t2*V',
      'a call',
      expect.stringMatching(/^memory/),
    ]);
  });

  test('a matrix that only a vector meets is never written', () => {
    expect(kinds(plan([einsum('ij,j->i', [exponential(A), x])]))).toEqual(['loop']);
  });
});

describe('memory', () => {
  test('places are used again', () => {
    // Each product needs the one before it only.
    let e: Expr = M;
    for (let i = 0; i < 20; i++) e = add(inverse(e), M);
    const p = plan([e]);
    expect(p.kernels.filter((one) => one.kind === 'call').length).toBe(20);
    expect(planMemory(p)).toBeLessThan(4.1 * 800 * 800 * 8);
  });

  test('what depends on fixed values alone is done once', () => {
    const p = plan([einsum('ij,j->i', [add(inverse(M), exponential(M)), x])], { fixed: new Set(['M']) });
    expect(p.once.map((one) => one.kind)).toEqual(['call', 'loop']);
    expect(kinds(p)).toEqual(['product']);
  });

  test('nothing is computed twice, and nothing that no one asks for', () => {
    const e = exponential(x);
    const p = plan([total(e), total(times(e, e)), e]);
    expect(kinds(p)).toEqual(['loop']);
    expect(must(planRows(p)[0]).functions).toBeLessThanOrEqual(2 * 800);
  });
});

describe('functions of whole arrays', () => {
  test('an inverse and a solve count what their factorisations take, about', () => {
    const rows = planRows(plan([inverse(M), einsum('ij,j->i', [inverse(A2), x])]));
    expect(rows.map((r) => [r.about, r.flops])).toEqual([[true, 2 * 800 ** 3], [true, Math.round((2 / 3) * 800 ** 3 + 2 * 800 ** 2)]]);
    expect(planTable(plan([inverse(M)]))).toContain('~1.02G');
  });

  test('batches count each', () => {
    const softmaxes = call(opNamed('softmax'), [A], [1]);
    expect(planRows(plan([softmaxes]))).toMatchObject([{ flops: 3 * 1000 * 800, functions: 1000 * 800, about: true }]);
  });

  test('every one of them has work to tell', () => {
    const sizesOf = (op: Op): number[][] => op.ranks([1, 1, 0]).map((rank) => Array.from({ length: rank }, () => 10));
    const idle = allOps().filter((op) => op.scalarValue === undefined && op.name !== 'frechet' && !(op.work(sizesOf(op), [1]).flops > 0));
    expect(idle.map((op) => op.name)).toEqual(['lowermask']);
  });
});
