// Products with unit tensors that only rearrange entries: reshapes, slices, zeros around.

import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import type { Label, StackNode } from '../ir/expr.ts';
import type { Code } from '../ops/spell.ts';
import type { Step } from '../plan/primitive.ts';
import { groupsOf } from '../plan/arrange.ts';
import type { Dialect, Operand, Scope } from './dialect.ts';

/** Spells operations on steps that are spelled already. */
export interface Writer {
  readonly dialect: Dialect;
  readonly scope: Scope;
  readonly code: (step: Step) => Code;
}

export interface UnitProduct {
  readonly other: Step;
  readonly spell: (writer: Writer) => Code;
}

/** A product with a unit tensor that only rearranges: a reshape, a slice, or zeros around. */
export function unitProduct(step: Step): UnitProduct | undefined {
  const product = labelled(step);
  if (!product) return undefined;
  for (const [D, x] of [[product.left, product.right], [product.right, product.left]] as const) {
    const base = D.step.kind === 'transpose' && D.step.of.kind === 'unit' ? D.step : undefined;
    const unit = base ? base.of : D.step;
    if (unit.kind !== 'unit' || x.step.kind === 'unit') continue;
    const own = base ? base.order.map((_, axis) => must(D.labels[base.order.indexOf(axis)])) : D.labels;
    if (new Set(own).size !== own.length || new Set(x.labels).size !== x.labels.length) continue;
    const made = unit.node.kind === 'stack' ? moved(unit.node, own, x, product.out) : regrouped(unit, own, x, product.out);
    if (made) return made;
  }
  return undefined;
}

interface Factor {
  readonly step: Step;
  readonly labels: readonly Label[];
}

function labelled(step: Step): { left: Factor; right: Factor; out: readonly Label[] } | undefined {
  if (step.kind === 'einsum') return { left: { step: step.left, labels: step.leftLabels }, right: { step: step.right, labels: step.rightLabels }, out: step.out };
  if (step.kind !== 'matmul') return undefined;
  const batch = Array.from({ length: step.batch }, (_, i) => i);
  const free = (s: Step, from: number): number[] => s.shape.slice(step.batch + 1).map((_, i) => from + i);
  const [a, b] = [free(step.left, 100), free(step.right, 200)];
  return { left: { step: step.left, labels: [...batch, ...a, 99] }, right: { step: step.right, labels: [...batch, 99, ...b] }, out: [...batch, ...a, ...b] };
}

/** Brings axes into the order of the result. */
function inOrder({ dialect, scope }: Writer, of: Operand, labels: readonly Label[], out: readonly Label[]): Code {
  const order = out.map((l) => labels.indexOf(l));
  return order.every((axis, i) => axis === i) ? of.code : dialect.transpose(of, order, scope);
}

function moved(node: StackNode, [part, whole]: readonly Label[], x: Factor, out: readonly Label[]): UnitProduct | undefined {
  if (part === undefined || whole === undefined) return undefined;
  const [from, to] = x.labels.includes(whole) ? [whole, part] : [part, whole];
  if (!x.labels.includes(from) || x.labels.includes(to) || out.includes(from) || !out.includes(to)) return undefined;
  const axis = x.labels.indexOf(from);
  const labels = x.labels.with(axis, to);
  const [p, w] = node.shape as [Dim, Dim];
  return {
    other: x.step,
    spell: (writer) => {
      const of: Operand = { code: writer.code(x.step), shape: x.step.shape };
      const code = to === part ? writer.dialect.slice(of, axis, node.offset, p, writer.scope) : writer.dialect.pad(of, axis, node.offset, w, writer.scope);
      return inOrder(writer, { code, shape: x.step.shape.with(axis, to === part ? p : w) }, labels, out);
    },
  };
}

function regrouped(unit: Step & { kind: 'unit' }, own: readonly Label[], x: Factor, out: readonly Label[]): UnitProduct | undefined {
  const { node } = unit;
  if (node.kind !== 'delta' || node.groups.length !== 2) return undefined;
  const groups = groupsOf(node, own);
  const g = groups.findIndex((group) => group.every((l) => x.labels.includes(l) && !out.includes(l)));
  const [group, other] = [groups[g], groups[1 - g]];
  if (!group || !other || !other.every((l) => out.includes(l) && !x.labels.includes(l))) return undefined;
  const rest = x.labels.filter((l) => !group.includes(l));
  if (!rest.every((l) => out.includes(l))) return undefined;
  return {
    other: x.step,
    spell: (writer) => {
      // The group's axes side by side, where the first of them stands in the result.
      const before = out.filter((l) => rest.includes(l) && out.indexOf(l) < out.indexOf(must(other[0])));
      const order = [...before, ...group, ...rest.filter((l) => !before.includes(l))];
      const made = [...before, ...other, ...rest.filter((l) => !before.includes(l))];
      const code = inOrder(writer, { code: writer.code(x.step), shape: x.step.shape }, x.labels, order);
      const shapeOf = (l: Label): Dim => (other.includes(l) ? must(must(node.groups[1 - g])[other.indexOf(l)]) : must(x.step.shape[x.labels.indexOf(l)]));
      const turned = order.map((l) => must(x.step.shape[x.labels.indexOf(l)]));
      const shape = made.map(shapeOf);
      return inOrder(writer, { code: writer.dialect.reshape({ code, shape: turned }, shape, writer.scope), shape }, made, out);
    },
  };
}
