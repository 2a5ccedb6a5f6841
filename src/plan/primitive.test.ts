import { expect, test } from 'vitest';
import { must, unreachable } from '../base/internal.ts';
import { add, times, total } from '../ir/build.ts';
import { dim } from '../ir/dim.ts';
import { type Expr, apply, contract, einsum, number, size, sum, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { exponential } from '../ops/scalar/power.ts';
import { normal } from '../simplify/pipelines.ts';
import { binarise } from './binarise.ts';
import { type Step, program } from './primitive.ts';

/** The step as an expression again: what it means, by labels. */
function meaning(step: Step): Expr {
  const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
  const axes = (s: Step): number[] => range(0, s.shape.length);
  switch (step.kind) {
    case 'input':
      return step.variable;
    case 'fill':
      return number(step.value, step.shape);
    case 'size':
      return size(step.dim);
    case 'unit':
      return step.node;
    case 'transpose':
      return contract([meaning(step.of)], [axes(step.of)], step.order);
    case 'diagonal': {
      const labels = axes(step.of).map((a) => (a === step.second ? step.first : a));
      return contract([meaning(step.of)], [labels], axes(step.of).filter((a) => a !== step.second));
    }
    case 'reduce':
      return contract([meaning(step.of)], [axes(step.of)], axes(step.of).filter((a) => !step.axes.includes(a)));
    case 'expand':
      return contract([meaning(step.of)], [axes(step).filter((a) => step.along[a])], axes(step), step.shape);
    case 'multiply':
      return contract(step.operands.map((o) => meaning(o.of)), step.operands.map((o) => axes(step).filter((a) => o.along[a])), axes(step), step.shape);
    case 'combine':
      return sum(step.terms.map((t) => ({ coef: t.coef, arg: meaning(t.of) })));
    case 'matmul': {
      const batch = range(0, step.batch);
      const left = [...batch, ...range(10, step.left.shape.length - step.batch - 1), 99];
      const right = [...batch, 99, ...range(20, step.right.shape.length - step.batch - 1)];
      return contract([meaning(step.left), meaning(step.right)], [left, right], [...left, ...right].filter((l, i, all) => l !== 99 && all.indexOf(l) === i));
    }
    case 'einsum':
      return contract([meaning(step.left), meaning(step.right)], [step.leftLabels, step.rightLabels], step.out);
    case 'spread':
      return contract([meaning(step.of)], [axes(step.of)], step.pattern);
    case 'call':
      return apply(step.node.op, step.node.params, step.args.map(meaning), step.shape);
    default:
      return unreachable(step);
  }
}

const [k, m, n] = [dim('k'), dim('m'), dim('n')];
const A = variable('A', [m, n]);
const B = variable('B', [n, k]);
const M = variable('M', [n, n]);
const S = variable('S', [n, n], facts(['symmetric']));
const T = variable('T', [k, m, n]);
const [x, y] = [variable('x', [n]), variable('y', [m])];
const a = variable('a', []);

const cases: Record<string, Expr> = {
  'matrix times vector': einsum('ij,j->i', [A, x]),
  'transposed matrix times vector': einsum('ij,i->j', [A, y]),
  'matrix times matrix': einsum('ij,jk->ik', [A, B]),
  'product read backwards': einsum('ij,jk->ki', [A, B]),
  'dot product': einsum('i,i->', [x, x]),
  'outer product': einsum('i,j->ij', [y, x]),
  'outer product read backwards': einsum('i,j->ji', [y, x]),
  'scaled columns': einsum('ij,j->ij', [A, x]),
  'scaled rows, transposed': einsum('ij,i->ji', [A, y]),
  'trace of a product': einsum('ij,ij->', [A, A]),
  'diagonal': einsum('ii->i', [M]),
  'trace': einsum('ii->', [M]),
  'a diagonal matrix': einsum('i->ii', [x]),
  'repeated along a new axis': einsum('i->ij', [x], [n, m]),
  'row sums of a product': einsum('ij,jk->i', [A, B]),
  'batched product': einsum('kmn,kn->km', [einsum('kmn->kmn', [T]), einsum('nk->kn', [B])]),
  'batched matrices': einsum('bmn,bmp->bnp', [T, T]),
  'two axes at once': einsum('kmn,mn->k', [T, A]),
  'element-wise': times(x, exponential(x)),
  'sum of a scalar function': total(exponential(A)),
  'long product': einsum('i,ij,jk,k,kl->l', [x, M, S, x, S]),
  'fourth order': einsum('ik,jl->ijkl', [M, S]),
  'fourth-order unit pattern': einsum('jl->ijil', [M], [m, n, m, n]),
  'scalars': times(a, a, a),
  'a sum': add(M, einsum('ij->ji', [M]), S),
  'nothing at all': contract([], [], [0, 0], [n, n]),
};

test.each(Object.entries(cases))('%s', (_, e) => {
  const sizes = new Map([['k', 3], ['m', 40], ['n', 7]]);
  const { outputs } = program(binarise([e], sizes));
  expect(normal(meaning(must(outputs[0])))).toBe(normal(e));
});

test('common array programs use one product', () => {
  const kinds = (e: Expr): string[] => program(binarise([e], new Map())).steps.map((s) => s.kind);
  expect(kinds(einsum('ij,j->i', [A, x]))).toEqual(['input', 'input', 'matmul']);
  expect(kinds(einsum('ij,kj->ik', [A, A]))).toEqual(['input', 'transpose', 'matmul']);
  expect(kinds(einsum('ij,jk->ik', [S, S]))).toEqual(['input', 'matmul']);
  expect(kinds(einsum('kmn,mn->k', [T, A]))).toEqual(['input', 'input', 'einsum']);
});

test('equal steps are one step, idle ones are left out', () => {
  const p = program(binarise([einsum('ij,j->i', [A, x]), einsum('ij,j,i->', [A, x, y])], new Map()));
  expect(p.steps.filter((s) => s.kind === 'matmul')).toHaveLength(2);
  expect(p.steps.every((s) => s.kind !== 'fill')).toBe(true);
});
