// What lowering hands around: a node whose first axes belong to index labels.

import type { Diagnostic } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import { type Expr, type Shape, contract, number } from '../ir/expr.ts';
import type { Syntax } from './syntax.ts';
import type { LabelDim, Type, Typing } from './type.ts';

export interface Value {
  readonly node: Expr;
  /** Names of the leading axes, each once. */
  readonly labels: readonly string[];
}

export interface Lowering {
  readonly typing: Typing;
  readonly value: (s: Syntax) => Value;
  readonly typeOf: (s: Syntax) => Type;
  readonly shapeOf: (type: Type) => Shape;
  readonly sumsAt: (s: Syntax) => readonly string[];
  readonly final: (d: Dim) => Dim;
  readonly report: (d: Diagnostic) => void;
  readonly leaf: (name: string) => Expr | undefined;
}

/** Summed over some of its labels. */
export function withoutLabels(value: Value, summed: readonly string[]): Value {
  const gone = value.labels.filter((l) => summed.includes(l));
  if (gone.length === 0) return value;
  const ids = value.node.shape.map((_, i) => i);
  const out = ids.filter((i) => !gone.includes(value.labels[i] ?? ''));
  return { node: contract([value.node], [ids], out), labels: value.labels.filter((l) => !gone.includes(l)) };
}

export interface Target {
  readonly type: Type;
  readonly labels: readonly LabelDim[];
}

/** The value repeated to the target's labels and axes: a scalar everywhere, a column or row across a matrix. */
export function fit(l: Lowering, value: Value, type: Type, target: Target): Expr {
  const own = l.shapeOf(target.type);
  const shape = [...target.labels.map((x) => l.final(x.dim)), ...own];
  const { node, labels } = value;
  const sameLabels =
    labels.length === target.labels.length && labels.every((name, i) => name === target.labels[i]?.name);
  if (sameLabels && node.shape.length === shape.length) return node;
  if (node.kind === 'number') return number(node.value, shape);
  const lead = labels.map((name) => target.labels.findIndex((x) => x.name === name));
  const first = target.labels.length;
  const axes = ownAxes(type, target.type).map((axis) => first + axis);
  return contract(
    [node],
    [[...lead, ...axes]],
    shape.map((_, i) => i),
    shape,
  );
}

/** Which axes of the target the value's own axes are. */
function ownAxes(type: Type, target: Type): number[] {
  if (type.kind === target.kind) return type.dims.map((_, i) => i);
  if (type.kind === 'vector' && target.kind === 'matrix') return [0];
  if (type.kind === 'row' && target.kind === 'matrix') return [1];
  return [];
}

export function labelShape(value: Value): LabelDim[] {
  return value.labels.map((name, i) => ({ name, dim: must(value.node.shape[i]) }));
}

/** All labels of several values, in order of appearance. */
export function allLabels(values: readonly Value[]): LabelDim[] {
  const known = new Map<string, LabelDim>();
  for (const v of values) for (const label of labelShape(v)) if (!known.has(label.name)) known.set(label.name, label);
  return [...known.values()];
}
