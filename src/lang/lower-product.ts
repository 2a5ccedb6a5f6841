// Products to contractions: a run of factors becomes one node with an index label on every axis.

import { must } from '../base/internal.ts';
import { type Expr, contract, number } from '../ir/expr.ts';
import { type Rational, inverse, isZero } from '../ir/rational.ts';
import { power } from '../ops/scalar/power.ts';
import { constantOf } from './constant.ts';
import type { ProductOperator, ProductSyntax, Syntax } from './syntax.ts';
import type { Orientation } from './type.ts';
import type { Lowering, Value } from './value.ts';

// Longer products are nested: canonical labels of very long ones would take long.
const maxFactors = 12;

interface Factor {
  readonly node: Expr;
  readonly ids: readonly number[];
}

/** A product so far: factors with labels, and the labels of its own axes. */
interface Running {
  factors: Factor[];
  own: number[];
  kind: Orientation;
  readonly labels: Map<string, number>;
  next: number;
}

export function lowerProduct(l: Lowering, s: ProductSyntax): Value {
  const constant = constantOf(s);
  if (constant) return { node: number(constant), labels: [] };
  const run: Running = { factors: [], own: [], kind: 'scalar', labels: new Map(), next: 0 };
  const first = operand(l, s.first, '*');
  const { ids, own } = place(run, first);
  run.factors.push({ node: first.value.node, ids });
  run.own = own;
  run.kind = first.kind;
  for (const { op, arg } of s.rest) {
    if (run.factors.length >= maxFactors) fold(run);
    multiply(run, operand(l, arg, op), op);
  }
  const summed = l.sumsAt(s);
  const names = [...run.labels.keys()].filter((name) => !summed.includes(name));
  return { node: close(run, names), labels: names };
}

interface Operand {
  readonly value: Value;
  readonly kind: Orientation;
}

function operand(l: Lowering, s: Syntax, op: ProductOperator): Operand {
  const type = l.typeOf(s);
  const kind = type.kind === 'unknown' ? 'scalar' : type.kind;
  const divides = op === '/' || op === './';
  const constant = constantOf(s);
  if (divides && constant && !isZero(constant)) return { kind, value: { node: number(inverse(constant)), labels: [] } };
  const plain = s.kind === 'index' && !divides ? pureIndex(l, s) : undefined;
  if (plain) return { kind: 'scalar', value: plain };
  const value = l.value(s);
  return { kind, value: divides ? { ...value, node: power(value.node, minus) } : value };
}

const minus: Rational = { num: -1, den: 1 };

/** `A[i,j]` as the factor A with the labels i, j, which may repeat. */
function pureIndex(l: Lowering, s: Extract<Syntax, { kind: 'index' }>): Value | undefined {
  if (l.sumsAt(s).length > 0 || l.typeOf(s.arg).labels.length > 0) return undefined;
  const labels = s.items.flatMap((item) => (item.kind === 'label' ? [item.name] : []));
  return labels.length === s.items.length ? { node: l.value(s.arg).node, labels } : undefined;
}

/** Label numbers for a value: shared ones for its index labels, new ones for its own axes. */
function place(run: Running, { value }: Operand): { ids: number[]; own: number[] } {
  const lead = value.labels.map((name) => {
    const known = run.labels.get(name) ?? run.next++;
    run.labels.set(name, known);
    return known;
  });
  const own = value.node.shape.slice(lead.length).map(() => run.next++);
  return { ids: [...lead, ...own], own };
}

function multiply(run: Running, right: Operand, op: ProductOperator): void {
  const { ids, own } = place(run, right);
  const replace = (from: number, to: number): number[] => ids.map((id) => (id === from ? to : id));
  const push = (placed: readonly number[], result: number[], kind: Orientation): void => {
    run.factors.push({ node: right.value.node, ids: placed });
    run.own = result;
    run.kind = kind;
  };
  if (right.kind === 'scalar') return push(ids, run.own, run.kind);
  if (run.kind === 'scalar') return push(ids, own, right.kind);
  if (op === '.*' || op === './') {
    // A column or row beside a matrix repeats along the other axis.
    if (run.kind === right.kind)
      return push(
        ids.map((id) => run.own[own.indexOf(id)] ?? id),
        run.own,
        run.kind,
      );
    if (run.kind === 'matrix')
      return push(replace(must(own[0]), must(run.own[right.kind === 'vector' ? 0 : 1])), run.own, 'matrix');
    const axis = run.kind === 'vector' ? 0 : 1;
    const mine = must(run.own[0]);
    return push(replace(must(own[axis]), mine), axis === 0 ? [mine, must(own[1])] : [must(own[0]), mine], 'matrix');
  }
  if (run.kind === 'vector' && right.kind === 'row') return push(ids, [...run.own, ...own], 'matrix');
  const inner = must(run.own.at(-1));
  const kept = run.own.slice(0, -1);
  push(replace(must(own[0]), inner), [...kept, ...own.slice(1)], productKind(kept.length, own.length - 1));
}

function productKind(left: number, right: number): Orientation {
  if (left === 0) return right === 0 ? 'scalar' : 'row';
  return right === 0 ? 'vector' : 'matrix';
}

/** Replaces the factors so far by their product. */
function fold(run: Running): void {
  const names = [...run.labels.keys()];
  const node = close(run, names);
  run.factors = [{ node, ids: [...names.map((name) => must(run.labels.get(name))), ...run.own] }];
}

function close(run: Running, names: readonly string[]): Expr {
  const out = [...names.map((name) => must(run.labels.get(name))), ...run.own];
  return contract(
    run.factors.map((f) => f.node),
    run.factors.map((f) => f.ids),
    out,
  );
}
