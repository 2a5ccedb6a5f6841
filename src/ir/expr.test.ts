import { expect, test } from 'vitest';
import { add, broadcast, identityOn, scale, transpose } from './build.ts';
import { dim } from './dim.ts';
import { contract, delta, einsum, eye, inContext, newContext, number, sum, variable } from './expr.ts';
import { one, ratio } from './rational.ts';
import { postorder, rewriteUp } from './walk.ts';

const n = dim('n');
const [A, B, x] = [variable('A', [n, n]), variable('B', [n, n]), variable('x', [n])];

test('equal structure is one node, whatever the labels and the order of factors', () => {
  expect(einsum('ij,jk->ik', [A, B])).toBe(einsum('qr,pq->pr', [B, A]));
  expect(einsum('i,ij,j->', [x, A, x])).toBe(einsum('b,ab,a->', [x, A, x]));
  expect(einsum('ij,jk->ik', [A, B])).not.toBe(einsum('ij,kj->ik', [A, B]));
  expect(add(A, B)).toBe(add(B, A));
});

test('highly symmetric products are recognised', () => {
  expect(einsum('ab,bc,cd,da->', [A, A, A, A])).toBe(einsum('pq,rs,qr,sp->', [A, A, A, A]));
  const labels = (f: (i: number) => number): string => Array.from({ length: 12 }, (_, i) => String.fromCharCode(97 + f(i)) + String.fromCharCode(97 + f((i + 1) % 12))).join(',');
  const ring = Array.from({ length: 12 }, () => A);
  expect(einsum(`${labels((i) => i)}->`, ring)).toBe(einsum(`${labels((i) => (5 * i + 3) % 12)}->`, ring));
  // K4: every pair of four labels joined
  expect(einsum('ab,ac,ad,bc,bd,cd->', [A, A, A, A, A, A])).toBe(einsum('ca,cb,cd,ab,ad,bd->', [A, A, A, A, A, A]));
  expect(einsum('a,b,c,d,e,f,g,h->', Array.from({ length: 8 }, () => x))).toBe(einsum('h,g,f,e,d,c,b,a->', Array.from({ length: 8 }, () => x)));
});

test('equal local counts do not make different products equal', () => {
  // two triangles and one hexagon
  const six = Array.from({ length: 6 }, () => A);
  expect(einsum('ab,bc,ca,de,ef,fd->', six)).not.toBe(einsum('ab,bc,cd,de,ef,fa->', six));
});

test('constructors build and do not simplify', () => {
  expect(scale(1, x).kind).toBe('sum');
  expect(sum([{ coef: ratio(0), arg: x }]).kind).toBe('sum');
  expect(transpose(transpose(A)).kind).toBe('contract');
  expect(contract([eye(n), x], [[0, 1], [1]], [0]).kind).toBe('contract');
});

test('wrong shapes are refused', () => {
  const m = dim('m');
  expect(() => add(x, variable('y', [m]))).toThrow('internal: terms of a sum differ in shape');
  expect(() => einsum('ij,j->i', [A, variable('y', [m])])).toThrow('internal: label of dims');
  expect(() => delta([[n], [m]])).toThrow('internal: groups');
});

test('a label of the result alone repeats, twice in the result it spreads', () => {
  expect(broadcast(number(one), [n, n]).shape).toHaveLength(2);
  expect(einsum('i->ii', [x]).shape.map((d) => d.key)).toEqual(['n', 'n']);
  expect(identityOn([n, n]).shape).toHaveLength(4);
});

test('a context keeps its nodes to itself', () => {
  const inner = inContext(newContext(), () => variable('x', [n]));
  expect(inner).not.toBe(x);
  expect(inner.hash).toBe(x.hash);
});

test('traversal visits shared nodes once and survives depth', () => {
  let e = add(x, x);
  for (let i = 0; i < 20000; i++) e = add(e, e);
  expect(postorder([e])).toHaveLength(20002);
  expect(rewriteUp(e, (node) => node)).toBe(e);
});
