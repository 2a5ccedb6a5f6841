// Products with unit tensors that only rearrange entries: slices and reshapes are views, zeros around are a copy.

import { must } from '../base/internal.ts';
import type { DeltaNode, Label, StackNode } from '../ir/expr.ts';
import type { Labelled, Maker, SizeOf } from './maker.ts';
import { type View, countOf, joinedAxes, permuted, rowMajor, sliced } from './view.ts';

interface Moved {
  readonly view: View;
  readonly labels: readonly Label[];
}

/** The product of a unit tensor and `x`, when it only moves entries of `x`. */
export function rearranged(unit: Labelled, x: Labelled, out: readonly Label[], make: Maker, sizeOf: SizeOf): Moved | undefined {
  const turn = unit.step.kind === 'transpose' && unit.step.of.kind === 'unit' ? unit.step : undefined;
  const step = turn ? turn.of : unit.step;
  if (step.kind !== 'unit') return undefined;
  const own = turn ? turn.order.map((_, axis) => must(unit.labels[turn.order.indexOf(axis)])) : unit.labels;
  if (new Set(own).size !== own.length || new Set(x.labels).size !== x.labels.length) return undefined;
  return step.node.kind === 'stack' ? moved(step.node, own, x, out, make, sizeOf) : regrouped(step.node, own, x, out, make, sizeOf);
}

function moved(node: StackNode, [part, whole]: readonly Label[], x: Labelled, out: readonly Label[], make: Maker, sizeOf: SizeOf): Moved | undefined {
  if (part === undefined || whole === undefined) return undefined;
  const [from, to] = x.labels.includes(whole) ? [whole, part] : [part, whole];
  if (!x.labels.includes(from) || x.labels.includes(to) || out.includes(from) || !out.includes(to)) return undefined;
  const [p, w] = node.shape.map(sizeOf) as [number, number];
  const offset = sizeOf(node.offset);
  if (offset < 0 || offset + p > w) return undefined;
  const axis = x.labels.indexOf(from);
  const labels = x.labels.with(axis, to);
  if (to === part) return { view: sliced(x.view, axis, offset, p), labels };
  const whole0 = make.cleared(x.view.shape.with(axis, w));
  make.into(x.view, sliced(whole0, axis, offset, p));
  return { view: whole0, labels };
}

function regrouped(node: DeltaNode, own: readonly Label[], x: Labelled, out: readonly Label[], make: Maker, sizeOf: SizeOf): Moved | undefined {
  if (node.groups.length !== 2) return undefined;
  let at = 0;
  const groups = node.groups.map((g) => own.slice(at, (at += g.length)));
  const g = groups.findIndex((group) => group.every((l) => x.labels.includes(l) && !out.includes(l)));
  const [group, other] = [groups[g], groups[1 - g]];
  if (!group || !other || !other.every((l) => out.includes(l) && !x.labels.includes(l))) return undefined;
  const rest = x.labels.filter((l) => !group.includes(l));
  if (!rest.every((l) => out.includes(l))) return undefined;
  const order = [...rest, ...group].map((l) => x.labels.indexOf(l));
  const turned = permuted(x.view, order);
  const strides = turned.strides.slice(rest.length);
  const joined = joinedAxes(turned.shape.slice(rest.length), strides);
  const flat = joined ? turned : make.rowMajor(turned);
  const step = joined ? joined.stride : 1;
  const shape = must(node.groups[1 - g]).map(sizeOf);
  const restShape = turned.shape.slice(0, rest.length);
  const restStrides = joined ? flat.strides.slice(0, rest.length) : rowMajor([...restShape, countOf(shape)]).slice(0, rest.length);
  return { view: { ...flat, shape: [...restShape, ...shape], strides: [...restStrides, ...rowMajor(shape).map((s) => s * step)] }, labels: [...rest, ...other] };
}
