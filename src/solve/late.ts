// Parts of objectives and standings that are made when they are looked at. A literal with getters is of a kind of its own each time
// it is made, and what the engine compiled for one of them does not serve the next; getters of a prototype are shared.

import type { Multipliers, Standing } from './method.ts';
import type { Objective } from './problem.ts';

const names = ['hessian', 'steepest', 'approximation', 'sampled'] as const;

type Late = (typeof names)[number];

/** What makes them; each is called whenever its part is looked at. */
export type LateParts = { readonly [K in Late]: () => Objective[K] };

class LateObjective implements Pick<Objective, Late> {
  readonly #parts: LateParts;
  constructor(parts: LateParts) {
    this.#parts = parts;
  }
  get hessian(): Objective['hessian'] {
    return this.#parts.hessian();
  }
  get steepest(): Objective['steepest'] {
    return this.#parts.steepest();
  }
  get approximation(): Objective['approximation'] {
    return this.#parts.approximation();
  }
  get sampled(): Objective['sampled'] {
    return this.#parts.sampled();
  }
}

export function lateObjective(plain: Omit<Objective, Late>, parts: LateParts): Objective {
  return Object.assign(new LateObjective(parts), plain);
}

/** The objective with other parts in the place of those that are not late; none of the late ones is made. */
export function objectiveWith(objective: Objective, change: (plain: Omit<Objective, Late>) => Omit<Objective, Late>): Objective {
  const late: ReadonlySet<string> = new Set(names);
  const own = (Object.keys(objective) as (keyof Objective)[]).filter((name) => !late.has(name));
  const plain = Object.fromEntries(own.map((name) => [name, objective[name]])) as unknown as Omit<Objective, Late>;
  return lateObjective(change(plain), { hessian: () => objective.hessian, steepest: () => objective.steepest, approximation: () => objective.approximation, sampled: () => objective.sampled });
}

class LateStanding implements Pick<Standing, 'multipliers'> {
  readonly #multipliers: () => Multipliers;
  constructor(multipliers: () => Multipliers) {
    this.#multipliers = multipliers;
  }
  get multipliers(): Multipliers {
    return this.#multipliers();
  }
}

/** A standing whose multipliers are made when they are asked for: most are at the end only. */
export function lateStanding(plain: Omit<Standing, 'multipliers'>, multipliers: () => Multipliers): Standing {
  return Object.assign(new LateStanding(multipliers), plain);
}
