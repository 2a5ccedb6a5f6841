// Functions the user only declares: `f: function`. The graph knows them and their derivatives by name.

import { must } from '../../base/internal.ts';
import { hashText } from '../../base/hash.ts';
import type { Expr } from '../../ir/expr.ts';
import { call, scalarOp } from '../define.ts';
import { type CallSite, type Spelling, level, wrap } from '../spell.ts';
import type { Op, Params } from '../op.ts';

const called: Spelling = ({ args: [x], params: [name, order], callable }) => `${callable(String(name), Number(order))}(${x?.text})`;
const calledOnArrays: Spelling = (site) => {
  const { args: [x], ranks: [rank], params: [name, order], callable } = site;
  return rank === 0 ? (called as (at: CallSite) => string)(site) : `${wrap(must(x), level.atom)}.unaryExpr(${callable(String(name), Number(order))})`;
};

// For numerical checks f is an analytic function picked by its name; its k-th derivative is exact.
const { op } = scalarOp({
  name: 'function',
  says: 'a declared function of one number, entry by entry',
  partials: [([x], _, [name, order]) => userFunction(String(name), Number(order) + 1, must(x))],
  spell: {
    octave: called, r: called,
    numpy: called, jax: called, torch: called,
    typescript: called, cpp: calledOnArrays,
  },
  value: ([x], [name, order]) => sample(String(name), Number(order), must(x)),
  written: ({ args, params: [name, order] }) => ({ name: String(name), args, primes: Number(order) }),
  examples: [],
});

export const userOp: Op = op;

/** The derivative of the given order (0: the function itself) of the declared function at `x`. */
export function userFunction(name: string, order: number, x: Expr): Expr {
  const params: Params = [name, order];
  return call(op, [x], params);
}

function sample(name: string, order: number, x: number): number {
  const h = hashText(name);
  const [a, b] = [0.6 + (h % 97) / 200, 0.3 + (h % 89) / 300];
  return a ** order * Math.sin(a * x + 0.4 + (order * Math.PI) / 2) + b ** order * Math.exp(b * x) * 0.5;
}
