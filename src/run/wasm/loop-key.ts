// What the code of a loop depends on, as text: two loops with the same have the same code, whatever arrays they go over.

import { unreachable } from '../../base/internal.ts';
import type { Loop, Operation } from '../../plan/kernel.ts';
import type { Real } from './lanes.ts';

export function loopKey({ space, operations, results }: Loop, real: Real): string {
  const made = results.map((r) => `${r.of}:${r.to.strides.join()}:${r.sums.join()}`);
  return [real, space.join(), ...operations.map(operationKey), ...made].join(';');
}

function operationKey(o: Operation): string {
  switch (o.kind) {
    case 'load':
      return `load ${o.view.strides.join()}`;
    case 'number':
      return numberKey(o.value);
    case 'combine':
      return o.terms.map((t) => `${numberKey(t.coef)}*${t.of}`).join('+');
    case 'multiply':
      return o.of.join('*');
    case 'call':
      return `${o.op}(${o.params.join()})(${o.of.join()})`;
    default:
      return unreachable(o);
  }
}

function numberKey(x: number): string {
  return Object.is(x, -0) ? '-0' : String(x);
}
