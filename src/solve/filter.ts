// The filter of Fletcher & Leyffer as Wächter & Biegler (2006) use it: pairs of violation and barrier objective, of
// which a new point must beat each in one.

export type Filter = readonly (readonly [violation: number, barrier: number])[];

const margin = 1e-5;

export function passes(filter: Filter, violation: number, barrier: number): boolean {
  return filter.every(([theta, phi]) => violation <= (1 - margin) * theta || barrier <= phi - margin * theta);
}

export function withPair(filter: Filter, violation: number, barrier: number): Filter {
  const added = [violation, barrier] as const;
  return [...filter.filter(([theta, phi]) => theta < violation || phi < barrier), added];
}
