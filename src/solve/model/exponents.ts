// Parameters that stand as exponents: whether a power is convex depends on the side of 1 that they are on.

import { type Facts, facts } from '../../ir/fact.ts';
import { postorder, variables } from '../../ir/walk.ts';
import type { Model } from '../../lang/model.ts';
import { asGeneralPower } from '../../ops/scalar/power.ts';

/** Their names. */
export function exponentsOf({ objective, constraints }: Model): ReadonlySet<string> {
  const powers = postorder([objective.expr, ...constraints.map((c) => c.expr)]).flatMap((e) => asGeneralPower(e) ?? []);
  return new Set(powers.flatMap((p) => variables([p.exponent]).map((v) => v.name)));
}

/** What is known of an exponent between these besides its sign. */
export function withSideOfOne(known: Facts, least: number, most: number): Facts {
  if (least > 1) return facts(known.has, { above: 1 });
  return least > 0 && most < 1 ? facts(known.has, { above: 0, below: 1 }) : known;
}
