import { describe, expect, test } from 'vitest';
import { must } from '../base/internal.ts';
import { binarise } from '../plan/binarise.ts';
import { postorder } from '../ir/walk.ts';
import { read } from '../lang/read.ts';
import { indexText } from '../lang/write.ts';
import { checkEqual } from '../run/check.ts';
import { fastAll } from './pipelines.ts';
import { stabilise, withSolves } from './stabilise.ts';

function forms(text: string, declare = ''): { ops: string[]; isEqual: boolean } {
  const expr = must(read(text, { declare }).expr, text);
  const [stable] = withSolves(binarise(stabilise(fastAll([expr])), new Map()));
  const ops = postorder([must(stable)]).flatMap((e) => (e.kind === 'apply' ? [e.op] : []));
  return { ops: [...new Set(ops)].sort(), isEqual: checkEqual(expr, must(stable)).equal };
}

describe('stable forms', () => {
  const cases: readonly (readonly [text: string, ops: readonly string[], declare?: string])[] = [
    ['log(1+a)', ['log1p'], 'a: scalar positive'],
    ['exp(a)-1', ['expm1']],
    ['sum(x)*(3*exp(a)-3+b)', ['expm1']],
    ['log(exp(a)+exp(b))', ['softplus']],
    ['log(1+2*exp(a))', ['softplus']],
    ['1/sum(exp(x))', ['exp', 'logsumexp']],
    ['exp(a)/(exp(a)+exp(b))', ['exp', 'softplus']],
    ['logdet(S)', ['chol', 'log'], 'S: matrix(n, n) pd'],
    ['logdet(A)', ['logdet'], 'A: matrix(n, n)'],
    ['inv(A)*x', ['solve'], 'A: matrix(n, n); x: vector(n)'],
    ["x'*inv(A)", ['solve'], 'A: matrix(n, n); x: vector(n)'],
    ['inv(S)*B', ['chol', 'cholsolve'], 'S: matrix(n, n) pd; B: matrix(n, m)'],
    ["inv(A)*B*inv(A)'", ['solve'], 'A: matrix(n, n); B: matrix(n, n)'],
    ['inv(A)+inv(A)*B', ['inv'], 'A: matrix(n, n); B: matrix(n, n)'],
    ['tr(inv(A))*x', ['inv'], 'A: matrix(n, n); x: vector(n)'],
    ['diag(inv(A)*diag(x))', ['inv'], 'A: matrix(n, n); x: vector(n)'],
  ];
  test.each(cases.map(([text, ops, declare]) => ({ text, ops, declare })))('$text', ({ text, ops, declare }) => {
    expect(forms(text, declare)).toEqual({ ops, isEqual: true });
  });
});

test('what needs nothing stays the same node', () => {
  const expr = must(read("x'*A*x+sum(tanh(x))").expr);
  const [fast] = fastAll([expr]);
  expect(indexText(must(stabilise([must(fast)])[0]))).toBe(indexText(must(fast)));
});
