// Names for intermediate results.

import { isOne, toNumber } from '../ir/rational.ts';
import { asPower } from '../ops/scalar/power.ts';
import type { Step } from '../plan/primitive.ts';
import { slots } from './slots.ts';

/** A name that says what the value is, where there is one. */
export function wishFor(step: Step, name: (step: Step) => string | undefined): string {
  const short = (s: Step | undefined): string | undefined => {
    if (s?.kind !== 'transpose' || s.order.length !== 2) return s && name(s);
    const inner = name(s.of);
    return inner === undefined || inner.length > 6 ? undefined : `${inner}t`;
  };
  const behind = (word: string, s: Step | undefined): string => ((x) => (x === undefined ? word : `${word}_${x}`))(short(s));
  switch (step.kind) {
    case 'matmul': {
      const [a, b] = [short(step.left), short(step.right)];
      return a !== undefined && b !== undefined && a.length + b.length <= 6 ? `${a}${b}` : 'product';
    }
    case 'call': {
      const of = slots(step).find((s) => s.value === undefined)?.of;
      const p = asPower(step.node);
      if (!p) return behind(step.node.op, of);
      const e = toNumber(p.exponent);
      return behind(e === 2 ? 'squared' : e === 0.5 ? 'root' : e === -1 ? 'reciprocal' : 'power', of);
    }
    case 'combine': {
      const signs = step.terms.map((t) => toNumber(t.coef));
      const isDifference = signs.length === 2 && signs.includes(-1) && signs.includes(1);
      if (!isDifference) return step.terms.length === 1 ? behind('scaled', step.terms[0]?.of) : 'total';
      return step.terms.every((t) => t.of.kind !== 'fill') ? 'residual' : 'complement';
    }
    case 'multiply':
      return behind('scaled', slots(step).find((s) => s.of.shape.length === step.shape.length)?.of);
    case 'reduce':
      return behind('sum', step.of);
    case 'transpose':
      return behind('transposed', step.of);
    case 'diagonal':
      return behind('diagonal', step.of);
    case 'unit':
      return 'identity';
    case 'fill':
      return isOne(step.value) ? 'ones' : 'constant';
    default:
      return 't';
  }
}
