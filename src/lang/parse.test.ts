import { describe, expect, test } from 'vitest';
import { parse } from './parse.ts';
import type { IndexItem, Syntax } from './syntax.ts';

/** The tree as text, fully bracketed. */
function tree(s: Syntax): string {
  switch (s.kind) {
    case 'number':
      return `${s.value.num}${s.value.den === 1 ? '' : `/${s.value.den}`}`;
    case 'name':
      return s.name;
    case 'sum':
      return `(${s.terms.map((t) => `${t.sign === 1 ? '+' : '-'}${tree(t.arg)}`).join('')})`;
    case 'product':
      return `(${tree(s.first)}${s.rest.map((r) => `${r.op}${tree(r.arg)}`).join('')})`;
    case 'power':
      return `(${tree(s.base)}${s.op}${tree(s.exponent)})`;
    case 'transpose':
      return `${tree(s.arg)}${"'".repeat(s.count)}`;
    case 'index':
      return `${tree(s.arg)}[${s.items.map(item).join(',')}]`;
    case 'call':
      return `${s.name}${"'".repeat(s.primes)}(${s.args.map(tree).join(',')})`;
    case 'einsum':
      return `#(${s.operands.join(',')}->${s.result};${s.args.map(tree).join(',')})`;
    case 'total':
      return `sum[${s.labels.map((l) => l.name + (l.to ? `<=${tree(l.to)}` : '')).join(',')}](${tree(s.arg)})`;
    case 'block':
      return `[${s.rows.map((r) => r.map(tree).join(',')).join(';')}]`;
    case 'missing':
      return '…';
    default:
      return s;
  }
}

function item(i: IndexItem): string {
  if (i.kind === 'label') return i.name;
  if (i.kind === 'entry') return `=${tree(i.at)}`;
  return `${i.from ? tree(i.from) : ''}:${i.to ? tree(i.to) : ''}`;
}

function statements(text: string): string {
  return parse(text)
    .syntax.statements.map(({ target, value }) => {
      const labels = target && target.labels.length > 0 ? `[${target.labels.map((l) => l.name).join(',')}]` : '';
      return (target ? `${target.name}${labels} = ` : '') + tree(value);
    })
    .join('; ');
}

describe('trees', () => {
  test.each([
    ['a+b-c', '(+a+b-c)'],
    ['-a', '(-a)'],
    ['-a*b', '(-(a*b))'],
    ['a*-b', '(a*(-b))'],
    ['--a', 'a'],
    ['a - -b', '(+a+b)'],
    ['a*b/c.*d', '(a*b/c.*d)'],
    ['a@b', '(a*b)'],
    ['-a^2', '(-(a^2))'],
    ['a^-b', '(a^(-b))'],
    ['a^b^c', '(a^(b^c))'],
    ["A^2'", "(A^2')"],
    ["(A^2)'", "(A^2)'"],
    ["x'*y''", "(x'*y'')"],
    ["f'(x)", "f'(x)"],
    ["f''(x)+f(x)'", "(+f''(x)+f(x)')"],
    ["x' (y)", "(x'*y)"],
    ['A[i,1:3]', 'A[i,1:3]'],
    ['A[:,2]', 'A[:,=2]'],
    ['x[1:k][2]', 'x[1:k][=2]'],
    ['x[n-1]', 'x[=(+n-1)]'],
    ['x[2:end]', 'x[2:end]'],
    ['sum[i,k](A[i,k])', 'sum[i,k](A[i,k])'],
    ['sum[i=1:n](x[i])', 'sum[i<=n](x[i])'],
    ['sum(A, rows)', 'sum(A,rows)'],
    ['#(ij,jk->ik; A,B)', '#(ij,jk->ik;A,B)'],
    ["#('ij, jk -> ik', A, B)", '#(ij,jk->ik;A,B)'],
    ['#(->ij; )', '#(->ij;)'],
    ['#(,i->i; a, x)', '#(,i->i;a,x)'],
    ['[A, B; C, D]', '[A,B;C,D]'],
    ['[x; y;]', '[x;y]'],
    ['A ⊗ B ⊗ C*D', '(kron(kron(A,B),C)*D)'],
    ['√x + √(y)', '(+sqrt(x)+sqrt(y))'],
    ['0.25*x', '(1/4*x)'],
    ['y = A*x; y', 'y = (A*x); y'],
    ['C[i,j] = A[i,k]\nC', 'C[i,j] = A[i,k]; C'],
    ['a +\n b\n\n c', '(+a+b); c'],
    // after an error
    ['a+*b', '(+a+(…*b))'],
    ['2x', '(2*x)'],
    ['(a+b', '(+a+b)'],
    ['foo(a,)', 'foo(a,…)'],
    ['A.T*x', "(A'*x)"],
    ['X**2', '(X^2)'],
  ])('%j', (text, expected) => {
    const had = parse(text).diagnostics.length;
    expect(statements(text)).toBe(expected);
    expect(had).toBe(parse(text).diagnostics.length);
  });

  test('spans cover what they say', () => {
    const text = "a + (x'*y) * f(z)";
    const [s] = parse(text).syntax.statements;
    expect(s?.value.kind === 'sum' && s.value.terms.map((t) => text.slice(...t.arg.span))).toEqual([
      'a',
      "(x'*y) * f(z)",
    ]);
  });
});
