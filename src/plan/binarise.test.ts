import { expect, test } from 'vitest';
import { dim } from '../ir/dim.ts';
import { einsum, variable } from '../ir/expr.ts';
import { postorder } from '../ir/walk.ts';
import { normal } from '../simplify/pipelines.ts';
import { binarise, sizeOfDim } from './binarise.ts';

const [m, n] = [dim('m'), dim('n')];
const A = variable('A', [m, n]);
const x = variable('x', [n]);
const y = variable('y', [m]);

test('every contraction has at most two factors and the function stays', () => {
  const e = einsum('ki,k,kj,j->i', [A, y, A, x]);
  const [b] = binarise([e], new Map([['m', 1000], ['n', 10]]));
  expect(postorder([b!]).every((node) => node.kind !== 'contract' || node.args.length <= 2)).toBe(true);
  expect(normal(b!)).toBe(normal(e));
});

test('results that share a part share its node', () => {
  const e = einsum('ij,j->i', [A, x]);
  const [f, g] = binarise([einsum('i,i->', [e, y]), einsum('ij,i->j', [A, e])], new Map());
  expect(postorder([f!]).includes(e)).toBe(true);
  expect(postorder([g!]).includes(e)).toBe(true);
});

test('a dim without a size counts as typical', () => {
  expect(sizeOfDim(m, new Map([['m', 7]]))).toBe(7);
  expect(sizeOfDim(m, new Map())).toBe(64);
});
