// The operands of a step as an emitted line refers to them.

import { must } from '../base/internal.ts';
import type { Shape } from '../ir/expr.ts';
import type { Rational } from '../ir/rational.ts';
import { type Step, operandsOf } from '../plan/primitive.ts';

export interface Slot {
  readonly of: Step;
  /** For broadcast places. */
  readonly along?: readonly boolean[];
  /** A number stands here as such. */
  readonly value?: Rational;
}

/** Operands as they are referred to: broadcasts are looked through where the other operands give the shape. */
export function slots(step: Step): readonly Slot[] {
  switch (step.kind) {
    case 'combine':
      return laidOut(step.terms.map((t) => ({ of: t.of, along: t.of.shape.map(() => true) })), step.shape);
    case 'multiply':
      return laidOut(step.operands, step.shape);
    case 'call':
      return step.elementwise ? laidOut(step.args.map((of) => ({ of, along: of.shape.map(() => true) })), step.shape, 'numbers too') : step.args.map((of) => ({ of }));
    case 'spread': {
      const { of } = step;
      const isTied = (axis: number): boolean => step.pattern.filter((p) => p === axis).length > 1;
      if (of.kind === 'fill' && of.shape.every((_, axis) => isTied(axis))) return [{ of, value: of.value, along: of.shape.map(() => false) }];
      if (of.kind !== 'expand' || !of.along.every((own, axis) => own || isTied(axis))) return [{ of, along: of.shape.map(() => true) }];
      return [{ of: of.of, along: of.along }];
    }
    case 'expand':
      return [{ of: step.of, along: step.along }];
    default:
      return operandsOf(step).map((of) => ({ of }));
  }
}

function laidOut(operands: readonly { readonly of: Step; readonly along: readonly boolean[] }[], shape: Shape, numbers?: 'numbers too'): readonly Slot[] {
  const peeled = operands.map(({ of, along }): Slot => {
    if (of.kind === 'fill') return { of, value: of.value, along: shape.map(() => false) };
    if (of.kind !== 'expand') return { of, along };
    let axis = -1;
    return { of: of.of, along: along.map((own) => own && must(of.along[++axis])) };
  });
  const covers = (list: readonly Slot[]): boolean => shape.every((_, axis) => list.some((s) => s.along?.[axis]));
  if (covers(peeled)) return peeled;
  // One operand is written in full; a number among numbers stays one, and the whole is repeated.
  const full = operands.map(({ of, along }, i): Slot => (peeled[i]?.value === undefined ? { of, along } : must(peeled[i])));
  if (covers(full) || numbers) return full;
  return operands.map(({ of, along }, i) => (i === 0 ? { of, along } : must(peeled[i])));
}
