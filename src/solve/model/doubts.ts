// Second thoughts about local optima: they may be points on a way without end, or lie beside a pole.

import { fallingOn } from '../endless.ts';
import { kktReport } from '../kkt.ts';
import type { Progress, SolveOptions } from '../method.ts';
import { toPole } from '../pole.ts';
import type { Problem } from '../problem.ts';
import { runaway } from '../runaway.ts';
import { type Solution as NumericSolution, solving } from '../solve.ts';
import type { Solved } from './answer.ts';
import { hasDenominators, poleOfDenominators } from './denominators.ts';
import { bothWork, remaining } from './work.ts';

// A point far out that takes more iterations than these is given up.
const patience = 300;

/** A local optimum, unless it is a point on a way that never ends. */
export function* judgedFarOut(problem: Problem, found: NumericSolution, { limits, signal }: Pick<SolveOptions, 'limits' | 'signal'>, began: number): Generator<Progress, NumericSolution> {
  if (found.outcome.kind !== 'optimal') return found;
  let all = found;
  const endless = yield* runaway(problem, found, function* (point) {
    const left = remaining(limits, (performance.now() - began) / 1000, all);
    const next = yield* solving(point, { tolerance: toleranceFarOut, ...(signal && { signal }), limits: { ...left, iterations: Math.min(patience, left?.iterations ?? Infinity) } });
    all = { ...found, ...bothWork(all, next) };
    return next;
  });
  return endless ? { ...all, outcome: fallingOn(endless) } : all;
}

/** An optimum on one side of a pole, unless the objective falls to it on the other; a given start says which side is meant. */
export function judgedAtPoles(found: NumericSolution, { ready: { derived }, assembled: { problem, layout }, known }: Pick<Solved, 'ready' | 'assembled' | 'known'>, starts: readonly { readonly z: Float64Array; readonly isGiven: boolean }[], tolerance = 1e-8): NumericSolution {
  const isOpen = found.outcome.kind === 'feasible' || (found.outcome.kind === 'optimal' && !starts.some((s) => s.isGiven));
  if (!isOpen || !hasDenominators(derived)) return found;
  const at = poleOfDenominators(derived, { problem, layout, known }, [found.z, ...starts.map((s) => s.z)], tolerance);
  if (!at) return found;
  const multipliers = { ...found.multipliers, linear: found.multipliers.linear.map(() => 0), nonlinear: found.multipliers.nonlinear.map(() => 0), bounds: found.multipliers.bounds.map(() => 0) };
  const kkt = kktReport(problem, at.from, multipliers);
  return { ...found, outcome: toPole(at), z: at.from, objective: problem.objective.value(at.from), violation: kkt.primal.value, multipliers, kkt, warm: { z: at.from } };
}

// Small numbers count there.
const toleranceFarOut = 1e-13;
