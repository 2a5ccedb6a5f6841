// What is shown does not depend on names, except where a name says which unknown leads.

import { describe, expect, test } from 'vitest';
import { must } from '../src/base/internal.ts';
import { type Expr, inContext, newContext } from '../src/ir/expr.ts';
import { read } from '../src/lang/read.ts';
import { toText, write } from '../src/lang/write.ts';
import { cost } from '../src/simplify/cost.ts';
import { fingerprintOf } from '../src/simplify/fingerprint.ts';
import { withOwnNames } from '../src/simplify/own-names.ts';
import { readable } from '../src/simplify/pipelines.ts';

const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** The expression of the letters p, q and r, exchanged as the order says. */
function expression(text: string, type: string, order: readonly number[]): Expr {
  const named = text.replaceAll(/\b[pqr]\b/g, (letter) => must('pqr'[must(order['pqr'.indexOf(letter)])]));
  return must(read(named, { declare: `p, q, r: ${type}` }).expr);
}

describe.each([
  ['(p-q)*r+p*p', 'scalar'],
  ['(p*p)*(p+q)+(q/r)*sum(vector(3))*r', 'scalar'],
  ['(-p-q+r).^3', 'matrix(3, 3)'],
  ['(r-p-p)^3', 'matrix(3, 3)'],
  ['p*q*r+q*p*r+p*r', 'matrix(3, 3)'],
  ["(p.*q)*sum(r)+exp(q-p)*(p'*q)", 'vector(n)'],
])('%s', (text, type) => {
  test('is one expression under own names, whatever the names were', () => {
    inContext(newContext(), () => {
      expect(new Set(orders.map((order) => withOwnNames(expression(text, type, order)).expr)).size).toBe(1);
    });
  });
  test('reads as well under any names', () => {
    inContext(newContext(), () => {
      expect(new Set(orders.map((order) => cost(readable(expression(text, type, order))))).size).toBe(1);
    });
  });
  test('has its names back', () => {
    inContext(newContext(), () => {
      const e = expression(text, type, [0, 1, 2]);
      const { expr, restore } = withOwnNames(e);
      expect(restore(expr)).toBe(e);
    });
  });
});

test('a fingerprint sees what an expression is, and not how its sums and products are nested', () => {
  inContext(newContext(), () => {
    const of = (text: string): number | undefined =>
      fingerprintOf(expression(text, 'matrix(n, n)', [0, 1, 2]))?.take((v) => v.name.charCodeAt(0));
    expect(of('(p*q)*r')).toBe(of('p*(q*r)'));
    expect(of('(p+q)+r')).toBe(of('r+(q+p)'));
    expect(of("(p*q)'")).toBe(of("q'*p'"));
    expect(of('p*q')).not.toBe(of('q*p'));
    expect(of("p'*q")).not.toBe(of('p*q'));
    expect(of('exp(p)')).not.toBe(of('sin(p)'));
  });
});

test.each([
  ['(y-x)*t', 't*(y-x)', 'x: vector(n); y: vector(n); t: scalar'],
  ['A*(b-x)+c', 'c-A*(x-b)', 'A: matrix(n, n); x: vector(n); b: vector(n); c: vector(n)'],
  ['sin(b-x)', 'sin(b-x)', 'x: vector(n); b: vector(n)'],
])('%s is led by the unknown', (text, expected, declare) => {
  inContext(newContext(), () => {
    expect(toText(write(readable(must(read(text, { declare: declare.replaceAll(';', '\n') }).expr))))).toBe(expected);
  });
});
