// Functions of a list that do not depend on its order.

import { must } from '../base/internal.ts';
import { random } from '../base/random.ts';
import type { Expr, VariableNode } from '../ir/expr.ts';
import { dense } from '../ops/reference/dense.ts';
import { interpreter } from '../run/interpret.ts';
import { sample, sampleSizes, variablesOf } from '../run/sample.ts';

const points = 8;
const tolerance = 1e-8;

/** Whether the values of a vector may be exchanged: by numbers, for a pair of neighbours and a turn, which make every order. */
export function isSymmetricIn(g: Expr, list: VariableNode): boolean {
  const stream = random(13);
  for (let k = 0; k < points; k++) {
    const sizes = sampleSizes([g, list], stream);
    const { values } = sample(variablesOf([g, list]), sizes, stream, 'generic');
    const run = interpreter([g], sizes);
    const at = (data: readonly number[]): number => must(run(new Map([...values, [list.name, dense([data.length], data)]]))[0]).data[0]!;
    const own = [...must(values.get(list.name)).data];
    if (own.length < 2) continue;
    const [first, second, ...more] = own as [number, number, ...number[]];
    const expected = at(own);
    if ([[second, first, ...more], [second, ...more, first]].some((order) => !(Math.abs(at(order) - expected) <= tolerance * Math.max(1, Math.abs(expected))))) return false;
  }
  return true;
}

