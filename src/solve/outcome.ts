// One helpful sentence for every ending.

import { unreachable } from '../base/internal.ts';
import type { Outcome } from './method.ts';

/** The name by which outcomes are reported; begins with `optimal`, `infeasible`, `unbounded` and so on. */
export function outcomeName(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'optimal':
      return `optimal (${outcome.scope})`;
    case 'feasible':
      return 'feasible but not optimal';
    case 'infeasible':
    case 'unbounded':
    case 'failed':
      return outcome.kind;
    case 'locally-infeasible':
      return 'locally infeasible';
    case 'left-domain':
      return 'left the domain';
    case 'stopped':
      return `stopped by ${outcome.by === 'caller' ? 'caller' : `limit (${outcome.by})`}`;
    default:
      return unreachable(outcome);
  }
}

export function outcomeSentence(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'optimal':
      return outcome.scope === 'global'
        ? 'No feasible point is better: the problem is convex and the optimality conditions hold.'
        : 'The optimality conditions hold; elsewhere there may be better points.';
    case 'feasible':
      return `All constraints hold, but this is no optimum to the tolerance: ${outcome.why}.`;
    case 'infeasible':
      return infeasibleSentence(outcome.certificate);
    case 'locally-infeasible':
      return `No nearby point violates the constraints less than by ${short(outcome.violation)}; try another start.`;
    case 'unbounded':
      return outcome.pole ? 'The objective falls below all numbers on the way along the ray given, to a pole that the constraints allow.' : 'The objective falls for ever along the ray given, within all constraints.';
    case 'left-domain':
      return 'The objective or a constraint is not defined where the method had to go; bound the variables away from there.';
    case 'stopped':
      return outcome.by === 'caller'
        ? 'Stopped on request; this is the best point so far.'
        : `The limit on ${outcome.by} was reached; this is the best point so far.`;
    case 'failed':
      return `No feasible point was found, and none was proved missing: ${outcome.why}.`;
    default:
      return unreachable(outcome);
  }
}

function infeasibleSentence(certificate: Extract<Outcome, { kind: 'infeasible' }>['certificate']): string {
  switch (certificate.kind) {
    case 'empty-box':
      return 'A lower bound lies above its upper bound.';
    case 'farkas':
      return 'No point satisfies all constraints: the combination of rows and bounds given contradicts itself.';
    case 'least-violation':
      return `No point satisfies all constraints: the least violation is ${short(certificate.violation)}.`;
    default:
      return unreachable(certificate);
  }
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
