// The user's own derivative beside ours.

import { errorText } from '../../../src/base/words.ts';
import { type Diagnostic, RicciError } from '../../../src/base/diagnostic.ts';
import { type Nested, toNested } from '../../../src/ops/reference/dense.ts';
import { derive } from '../../../src/pipeline.ts';
import { compareWith } from '../../../src/pipeline/compare.ts';
import type { Question } from './question.ts';
import { type Shown, shown } from './shown.ts';

export interface MineQuestion extends Question {
  /** The user's derivative. */
  readonly mine: string;
}

export interface Mine {
  /** Of the user's text. */
  readonly diagnostics: readonly Diagnostic[];
  readonly ours: Shown;
  /** Absent when the user's text has errors, or is empty. */
  readonly theirs?: Shown;
  readonly verdict?: { readonly isEqual: true; readonly because: string } | { readonly isEqual: false; readonly slip?: string; readonly point?: Point };
}

/** Where the two differ, and by how much. */
export interface Point {
  readonly values: readonly { readonly name: string; readonly value: Nested }[];
  readonly ours: Nested;
  readonly theirs: Nested;
}

/** Throws a `RicciError` when the expression itself has errors. */
export function mine({ text, declare, by, layout, symmetric, mine: own }: MineQuestion): Mine {
  const d = derive(text, { by, declare, layout, symmetric });
  const ours = shown(d.shown, d.orientation);
  if (own.trim() === '') return { diagnostics: [], ours };
  try {
    const { candidate, comparison, notices } = compareWith(d, own);
    const common = { diagnostics: notices, ours, theirs: shown(candidate) };
    if (comparison.equal) {
      const because = comparison.by === 'normal form' ? 'proved: both have the same normal form' : `checked: equal at every random point tried, worst relative error ${errorText(comparison.worst)}`;
      return { ...common, verdict: { isEqual: true, because } };
    }
    const { counterexample: c, slip } = comparison;
    const point = c && { values: [...c.values].map(([name, value]) => ({ name, value: toNested(value) })), ours: toNested(c.left), theirs: toNested(c.right) };
    return { ...common, verdict: { isEqual: false, ...(slip !== undefined && { slip }), ...(point && { point }) } };
  } catch (error) {
    if (!(error instanceof RicciError)) throw error;
    return { diagnostics: error.diagnostics, ours };
  }
}
