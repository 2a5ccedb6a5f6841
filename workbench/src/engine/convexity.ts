// The verdict on convexity, with its proof or the points that refute it.

import { type ProofStep, certify, conditionsOf, counterexampleData, headline, proofSteps, shownText } from '../../../src/pipeline/certify.ts';
import type { Counterexample } from '../../../src/certify/refute.ts';
import type { Question } from './question.ts';

export interface Refutation {
  /** Such as `not convex`. */
  readonly says: string;
  /** Values by name, row by row, as JSON. */
  readonly point: readonly (readonly [name: string, value: string])[];
  readonly direction: readonly (readonly [name: string, value: string])[];
  readonly difference: number;
}

export interface Convexity {
  readonly kind: 'certified' | 'neither' | 'unknown';
  readonly says: string;
  readonly conditions: readonly string[];
  readonly proof: readonly ProofStep[];
  readonly refutations: readonly Refutation[];
  /** What stopped the proof. */
  readonly obstacle?: { readonly expression: string; readonly reason: string };
}

export function convexity({ text, declare, by }: Question): Convexity {
  const certification = certify(text, { by, declare });
  const v = certification.verdict;
  const refutations =
    v.kind === 'certified'
      ? []
      : [...(v.notConvex ? [refutation('not convex: f(x+d) − 2 f(x) + f(x−d) < 0', v.notConvex)] : []), ...(v.notConcave ? [refutation('not concave: f(x+d) − 2 f(x) + f(x−d) > 0', v.notConcave)] : [])];
  return {
    kind: v.kind,
    says: headline(certification),
    conditions: conditionsOf(v),
    proof: v.kind === 'certified' ? proofSteps(v.certificate) : [],
    refutations,
    ...(v.kind === 'unknown' && { obstacle: { expression: shownText(v.obstacle.node), reason: v.obstacle.reason } }),
  };
}

function refutation(says: string, found: Counterexample): Refutation {
  const { point, direction, difference } = counterexampleData(found);
  const rounded = (value: unknown): string => JSON.stringify(value, (_, x: unknown) => (typeof x === 'number' ? Number(x.toPrecision(6)) : x));
  const listed = (values: object): [string, string][] => Object.entries(values).map(([name, value]) => [name, rounded(value)]);
  return { says, point: listed(point), direction: listed(direction), difference };
}
