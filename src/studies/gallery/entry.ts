// What an entry of the gallery is: data that a page or a card shows at once, and a run that is loaded when it is wanted.

import type { Figure } from '../harness/figure.ts';
import type { RunOptions } from '../harness/progress.ts';
import type { Table } from '../harness/report.ts';
import type { Needed } from '../harness/verdict.ts';

/** An expression in the language, or with `solve` a model for the solver. */
export interface ModelText {
  readonly name: string;
  readonly says: string;
  readonly text: string;
  readonly declare?: string;
  /** Variables by which the engine derives it; each derivative is verified in the run. */
  readonly by?: readonly string[];
  /** A model for the solver has parameters, variables, an objective and constraints. */
  readonly solve?: true;
}

/** A number that the run has to measure, and what it has to be. */
export interface Measure {
  /** The name under which the run reports it. */
  readonly id: string;
  readonly what: string;
  readonly needed: Needed;
  /** In a quick run, where that is less. */
  readonly quick?: Needed;
}

export interface Claim {
  readonly says: string;
  readonly tests: readonly [Measure, ...Measure[]];
  /** Where the claim does not hold as it stands, what would have to be true for a narrower one. */
  readonly under?: { readonly condition: string; readonly tests: readonly [Measure, ...Measure[]] };
  /** Without this the number would mislead. */
  readonly control?: string;
  /** What explains a difference. */
  readonly remark?: string;
}

export interface EntryInfo {
  readonly name: string;
  readonly title: string;
  readonly topics: readonly string[];
  /** One sentence: what is asked. */
  readonly asks: string;
  /** Papers. */
  readonly sources: readonly string[];
  readonly models: readonly [ModelText, ...ModelText[]];
  /** The mathematics, a paragraph each; formulas in the language or in words. */
  readonly text: readonly string[];
  readonly claims: readonly [Claim, ...Claim[]];
  /** What was not tried, and so is not claimed. */
  readonly notTried: readonly string[];
}

export interface EntryOptions extends RunOptions {
  /** Smaller and shorter, but still deciding. */
  readonly quick: boolean;
  readonly seed: number;
}

export type Measured = number | { readonly value: number; readonly interval: readonly [low: number, high: number] };

/** What a run found: a number for every measure of the claims, and what shows how it came about. */
export interface Outcome {
  readonly setting: Readonly<Record<string, string | number | boolean>>;
  readonly measured: Readonly<Record<string, Measured>>;
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
  readonly warnings?: readonly string[];
}

export type EntryRun = (options: EntryOptions) => Promise<Outcome>;

export interface Entry extends EntryInfo {
  readonly load: () => Promise<EntryRun>;
}
