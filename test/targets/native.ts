// What the tests of TypeScript and C++ share: numbers compared, and hostile names.

import { must } from '../../src/base/internal.ts';
import type { EmitRequest } from '../../src/emit/emit.ts';
import { add, times, total } from '../../src/ir/build.ts';
import { dim } from '../../src/ir/dim.ts';
import { einsum, variable } from '../../src/ir/expr.ts';
import type { Nested } from '../../src/ops/reference/dense.ts';

export function flat(value: Nested): number[] {
  return typeof value === 'number' ? [value] : value === null ? [Number.NaN] : value.flatMap(flat);
}

export function shapeOf(value: Nested): number[] {
  return typeof value === 'number' || value === null ? [] : [value.length, ...(value.length > 0 ? shapeOf(must(value[0])) : [])];
}

/** The largest difference relative to the largest number that is wanted, or to 1. */
export function difference(found: readonly number[], wanted: Nested): number {
  const b = flat(wanted);
  const size = Math.max(1, ...b.map(Math.abs));
  if (found.length !== b.length) return Number.NaN;
  return Math.max(0, ...b.map((v, i) => Math.abs(v - must(found[i])))) / size;
}

/** A request whose every name is hostile; its value at (1, 2) and (3, 5) is 13. */
export function hostileRequest(name: string, attack: string): EmitRequest {
  const n = dim(`n"]; ${attack} //`);
  const [x, y] = [variable(name, [n]), variable(`${name}2`, [n])];
  return {
    name,
    title: `*/ ${attack} /* """\n${attack}\n\\`,
    variables: [x, y],
    outputs: [
      { name: 'value', says: `${name} \\" */ ${attack}`, expr: total(add(times(x, x), y)) },
      { name: `${name}!`, says: name, expr: einsum('i,i->i', [x, y]) },
    ],
  };
}

/** The self-check of these modules is run as a user would. */
export const selfChecked: readonly (readonly [text: string, by: string, declare?: string])[] = [
  ["norm2(T-U*V')^2", 'U'],
  ['logdet(S)', 'S', 'S: matrix(n, n) pd'],
  ['sum(log(x))', 'x'],
  ['norm2(D*x)^2', 'D', 'D: matrix(n, n) diagonal'],
  ['norm2(L*x)^2', 'L', 'L: matrix(n, n) lower'],
  ['log(sum(exp(x)))', 'x'],
  ['sum(f(A*x))', 'x', 'f: function'],
  ['t*sum(draw.^2)+note', 't', 't: scalar; draw: vector(n); note: scalar'],
];
