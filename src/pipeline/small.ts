// Declared sizes in the hundreds make a numerical check long without making it stronger: the same text is read once
// more with every such size replaced by a small one, and that reading is checked.

import { RicciError } from '../base/diagnostic.ts';
import { type Dim, dim, dimValue } from '../ir/dim.ts';
import { type Declared, type Reading, read } from '../lang/read.ts';

const largestChecked = 6;

export interface SmallReading {
  readonly reading: Reading;
  /** "1000 → 4" for every size replaced. */
  readonly sizes: readonly string[];
}

/** Undefined when no declared size is large, or when the text needs the sizes it has. */
export function smallReading(text: string, reading: Reading): SmallReading | undefined {
  const all = reading.variables.flatMap((v) => v.shape.map(dimValue)).filter((n) => n !== undefined);
  const large = [...new Set(all)].filter((n) => n > largestChecked).sort((a, b) => a - b);
  if (large.length === 0) return undefined;
  const taken = new Set(all);
  const replaced = new Map<number, number>();
  for (const n of large) {
    let small = 3;
    while (taken.has(small)) small++;
    taken.add(small);
    replaced.set(n, small);
  }
  const shrink = (d: Dim): Dim => {
    const n = dimValue(d);
    const small = n === undefined ? undefined : replaced.get(n);
    return small === undefined ? d : dim(small);
  };
  const variables: Declared[] = reading.variables.map(({ name, kind, facts, shape }) => ({ name, kind, facts, shape: shape.map(shrink) }));
  const again = readOrNothing(text, variables, reading.functions);
  return again && { reading: again, sizes: [...replaced].map(([n, small]) => `${n} → ${small}`) };
}

function readOrNothing(text: string, variables: readonly Declared[], functions: readonly string[]): Reading | undefined {
  try {
    const again = read(text, { variables, functions });
    return again.expr === undefined ? undefined : again;
  } catch (e) {
    if (e instanceof RicciError) return undefined;
    throw e;
  }
}
