// What is known of a value beyond its shape. A missing fact means "not known", never "false".

export const matrixFacts = ['symmetric', 'psd', 'pd', 'nsd', 'nd', 'diagonal', 'lower', 'upper', 'orthogonal', 'identity'] as const;
export const signFacts = ['positive', 'nonnegative', 'negative', 'nonpositive'] as const;
export const otherFacts = ['simplex', 'unit', 'constant', 'sparse', 'integer'] as const;

export type Fact = (typeof matrixFacts)[number] | (typeof signFacts)[number] | (typeof otherFacts)[number];

export interface Facts {
  readonly has: ReadonlySet<Fact>;
  /** Entries lie strictly between these, where given. */
  readonly above?: number;
  readonly below?: number;
}

export const noFacts: Facts = { has: new Set() };

// Each fact with what it implies.
const implied: Partial<Record<Fact, readonly Fact[]>> = {
  pd: ['psd', 'symmetric'],
  psd: ['symmetric'],
  nd: ['nsd', 'symmetric'],
  nsd: ['symmetric'],
  diagonal: ['symmetric', 'lower', 'upper'],
  identity: ['diagonal', 'symmetric', 'lower', 'upper', 'orthogonal', 'pd', 'psd', 'nonnegative', 'constant'],
  positive: ['nonnegative'],
  negative: ['nonpositive'],
  simplex: ['nonnegative'],
};

export function facts(list: Iterable<Fact>, interval: { above?: number; below?: number } = {}): Facts {
  const has = new Set<Fact>();
  const visit = (fact: Fact): void => {
    if (has.has(fact)) return;
    has.add(fact);
    implied[fact]?.forEach(visit);
  };
  for (const fact of list) visit(fact);
  if (interval.above !== undefined && interval.above >= 0) visit('positive');
  if (interval.below !== undefined && interval.below <= 0) visit('negative');
  if (has.size === 0 && interval.above === undefined && interval.below === undefined) return noFacts;
  return { has, ...interval };
}

export function factsKey(f: Facts): string {
  const interval = f.above === undefined && f.below === undefined ? '' : `(${f.above ?? ''},${f.below ?? ''})`;
  return [...f.has].sort().join(' ') + interval;
}
