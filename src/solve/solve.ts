// From a numeric problem to a result: checks the box, runs the chosen methods, and lets the judge decide what their
// claims are worth.

import { choose, methodNamed } from './choose.ts';
import type { Attempt } from './choose.ts';
import { doneBy } from '../base/deadline.ts';
import { condense } from './condense.ts';
import type { Condensed } from './condense.ts';
import { counted } from './counted.ts';
import type { Control, Run } from './drive.ts';
import { endless, fallingOn } from './endless.ts';
import { withoutFarBounds } from './far-bounds.ts';
import { fallsForEver, farkasGap, holds, kktReport, stationaryViolation } from './kkt.ts';
import type { KktReport } from './kkt.ts';
import { leastViolationPoint } from './least-violation.ts';
import type { Multipliers, Outcome, Progress, Result, SolveOptions, Standing, WarmStart } from './method.ts';
import { poleNear, toPole } from './pole.ts';
import type { Problem } from './problem.ts';
import { givingWay, toItsEnd } from './run-steps.ts';

export interface Solution extends Result {
  readonly kkt: KktReport;
  /** Why the method was chosen. */
  readonly why: string;
}

/** Minimises; see `Problem` for what is solved, `Multipliers` for signs and `Outcome` for the endings. */
export function solve(problem: Problem, options: SolveOptions = {}): Solution {
  return toItsEnd(solving(problem, options));
}

/** The same, giving way to other work a few times a second, so that an abort signal can arrive. */
export async function solveAsync(problem: Problem, options: SolveOptions = {}): Promise<Solution> {
  return await givingWay(solving(problem, options));
}

/** One value after each step of a method. */
export function* solving(given: Problem, options: SolveOptions = {}): Generator<Progress, Solution> {
  const began = performance.now();
  const clock = (): number => (performance.now() - began) / 1000;
  const tolerance = options.tolerance ?? 1e-8;
  const bounded = withoutFarBounds(given);
  const problem = { ...bounded, start: startInside(bounded, options.warm) };
  const seconds = options.limits?.seconds ?? Infinity;
  const late = Symbol('late');
  /** What comes before the steps of a method, as far as the time for it suffices. */
  const inTime = <T>(work: () => T): T | typeof late => {
    const done = doneBy(began + 1000 * seconds, () => ({ value: work() }));
    return done === undefined ? late : done.value;
  };
  const shorter = clock() < seconds ? inTime(() => condense(problem)) : undefined;
  const condensed = shorter === late ? undefined : shorter;
  // What methods see; what they find is judged on the problem itself.
  const watch = counted(condensed?.problem ?? problem, options.limits ?? {}, options.signal, clock);
  const attempts = options.method === undefined ? choose(condensed?.problem ?? problem, options.limits?.seconds) : [methodNamed(options.method)].values();
  const next = (): Attempt | typeof late | undefined => inTime(() => attempts.next().value ?? undefined);
  const chosen = next();
  const first = chosen === late ? undefined : chosen;
  let best: Candidate | undefined;
  let iterations = 0;
  const end = (outcome: Outcome, candidate: Candidate | undefined): Solution => {
    const at = candidate ?? candidateAt(problem, { z: problem.start, multipliers: zeroMultipliers(problem) }, tolerance);
    return {
      outcome: outcome.kind === 'optimal' ? doubted(problem, at, tolerance) ?? outcome : outcome,
      z: at.z,
      objective: at.objective,
      violation: at.kkt.primal.value,
      multipliers: at.multipliers,
      kkt: at.kkt,
      method: at.by?.name ?? first?.name ?? 'none',
      why: at.by?.why ?? first?.why ?? '',
      iterations,
      evaluations: watch.count(),
      seconds: clock(),
      warm: {
        z: at.z,
        multipliers: at.multipliers,
        ...(at.memory === undefined ? {} : { memory: at.memory }),
      },
    };
  };

  const empty = emptyBox(problem);
  if (empty >= 0) return end({ kind: 'infeasible', certificate: { kind: 'empty-box', variable: empty } }, undefined);

  let last: Run['claim'] | undefined;
  for (let attempt = chosen; attempt; attempt = next()) {
    if (attempt === late) {
      last = { kind: 'stopped', by: 'time' };
      break;
    }
    const warm: WarmStart =
      best === undefined || attempt.fresh ? (options.warm ?? {}) : { z: best.z, multipliers: best.multipliers };
    const control: Control = { counted: watch, options, clock, before: iterations };
    const shortened = warm.multipliers === undefined || condensed === undefined ? warm : { ...warm, multipliers: condensed.condense(warm.multipliers) };
    const done = yield* attempt.run({ tolerance, warm: shortened }, control);
    // Multipliers may be made when they are asked for.
    const run = watch.atTheEnd(() => restored(done, condensed));
    iterations += run.iterations;
    if (last?.kind !== 'locally-infeasible' || run.claim.kind === 'stopped') last = run.claim;
    const { standing } = run;
    const candidate = standing && watch.atTheEnd(() => candidateAt(problem, standing, tolerance, attempt));
    const proven = verified(problem, run, candidate, tolerance);
    best = better(best, candidate, tolerance);
    if (proven !== undefined && (attempt.final || proven.kind !== 'optimal')) {
      // Of several optima the best one counts.
      // What is lower and no optimum may be on a way that never ends.
      const isOptimal = best !== undefined && holds(best.kkt, tolerance);
      const lower = proven.kind !== 'optimal' || isOptimal || best === candidate ? undefined : best;
      const ray = lower && farRay(problem, lower, tolerance);
      if (ray) return end({ kind: 'unbounded', ray }, lower);
      return end(proven, proven.kind === 'optimal' && isOptimal ? best : candidate);
    }
    if (run.claim.kind === 'stopped') break;
    if (best === undefined) continue;
    // Where no point is feasible, a second opinion has nothing to add.
    const least = leastViolation(problem, best, run, tolerance);
    if (least !== undefined) return end(least.outcome, least.at);
  }
  if (best !== undefined && holds(best.kkt, tolerance)) return end(optimal(problem), best);
  const ray = best === undefined || last?.kind === 'stopped' ? undefined : farRay(problem, best, tolerance);
  if (ray !== undefined) return end({ kind: 'unbounded', ray }, best);
  const pole = best === undefined || last?.kind === 'stopped' || !(best.kkt.primal.scaled <= tolerance) ? undefined : poleNear(problem, best.z, tolerance);
  if (best && pole) return end(toPole(pole), pole.from === best.z ? best : candidateAt(problem, { z: pole.from, multipliers: zeroMultipliers(problem) }, tolerance, best.by));
  return end(unproven(last, best, tolerance), best);
}

/** The first variable whose bounds no number keeps; -1 if there is none. */
function emptyBox({ lower, upper }: Problem): number {
  for (let j = 0; j < lower.length; j++) if (!(lower[j]! <= upper[j]!)) return j;
  return -1;
}

/** What a method found on the condensed problem, said of the problem itself. */
function restored(run: Run, condensed: Condensed | undefined): Run {
  if (condensed === undefined) return run;
  const { claim, standing } = run;
  const combination = claim.kind === 'infeasible' ? condensed.restore(claim.rows, claim.bounds) : undefined;
  return {
    ...run,
    claim: claim.kind === 'infeasible' && combination !== undefined ? { ...claim, rows: combination.linear, bounds: combination.bounds } : claim,
    standing: standing && { ...standing, multipliers: { ...standing.multipliers, ...condensed.restore(standing.multipliers.linear, standing.multipliers.bounds) } },
  };
}

interface Candidate {
  readonly z: Float64Array;
  readonly multipliers: Multipliers;
  readonly kkt: KktReport;
  readonly objective: number;
  readonly memory?: Standing['memory'];
  readonly by?: Attempt;
}

function candidateAt(
  problem: Problem,
  standing: Pick<Standing, 'z' | 'multipliers' | 'memory'>,
  tolerance: number,
  by?: Attempt,
): Candidate {
  const { z, multipliers, memory } = standing;
  const kkt = kktReport(problem, z, multipliers, tolerance);
  const objective = problem.objective.value(z);
  return {
    z,
    multipliers,
    kkt,
    objective,
    ...(memory === undefined ? {} : { memory }),
    ...(by === undefined ? {} : { by }),
  };
}

/** The outcome, if what the run claims, or more, stands the test. */
function verified(
  problem: Problem,
  { claim }: Run,
  candidate: Candidate | undefined,
  tolerance: number,
): Outcome | undefined {
  if (claim.kind === 'infeasible') {
    const { rows, bounds, cones, norms } = claim;
    const gap = farkasGap(problem, rows, bounds, cones, norms);
    if (gap > 0) return { kind: 'infeasible', certificate: { kind: 'farkas', rows, bounds, ...(cones && { cones }), ...(norms && { norms }), gap } };
  }
  if (candidate === undefined) return undefined;
  if (claim.kind === 'unbounded') {
    const feasible = candidate.kkt.primal.scaled <= tolerance;
    // The last step of an iteration bends a little; what it tends to may be one of the axes.
    const straight = claim.ray.map((value) => (Math.abs(value) < 1e-3 ? 0 : value));
    const ray = [claim.ray, straight].find((one) => fallsForEver(problem, candidate.z, one));
    if (feasible && ray !== undefined) return { kind: 'unbounded', ray };
  }
  if (holds(candidate.kkt, tolerance)) return optimal(problem);
  return undefined;
}

/** Convex rows whose least violation is positive: the certificate is the point itself. */
function leastViolation(problem: Problem, best: Candidate, { claim }: Run, tolerance: number): { readonly outcome: Outcome; readonly at: Candidate } | undefined {
  const isStuck = claim.kind === 'stalled' && best.kkt.primal.scaled > tolerance;
  if (!problem.convex || (claim.kind !== 'locally-infeasible' && !isStuck)) return undefined;
  if (problem.norms || (problem.cones !== undefined && problem.cones.length > 0)) return undefined;
  const z = leastViolationPoint(problem, best.z);
  const violation = stationaryViolation(problem, z);
  if (violation === undefined) return undefined;
  const at = candidateAt(problem, { z, multipliers: zeroMultipliers(problem) }, tolerance, best.by);
  return { outcome: { kind: 'infeasible', certificate: { kind: 'least-violation', violation } }, at };
}

/** What is to be said instead of an optimum where derivatives vanish only because the point is far out. */
function doubted(problem: Problem, at: Candidate, tolerance: number): Outcome | undefined {
  const ray = problem.convex ? undefined : farRay(problem, at, tolerance);
  if (ray) return { kind: 'unbounded', ray };
  const found = endless(problem, at.z, at.multipliers);
  return found && fallingOn(found);
}

// Far beyond the start.
const far = 1e5;

/** For a feasible point far out: the way there, or along the axes that went far, if the objective falls along it for ever. */
function farRay(problem: Problem, { z, kkt }: Candidate, tolerance: number): Float64Array | undefined {
  if (!(kkt.primal.scaled <= tolerance)) return undefined;
  const way = z.map((value, j) => value - problem.start[j]!);
  const length = way.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(length > far * problem.start.reduce((most, value) => Math.max(most, Math.abs(value)), 1))) return undefined;
  const straight = way.map((value) => (Math.abs(value) < 1e-3 * length ? 0 : value / length));
  return [way.map((value) => value / length), straight].find((ray) => fallsForEver(problem, z, ray));
}

function optimal(problem: Problem): Outcome {
  return { kind: 'optimal', scope: problem.convex ? 'global' : 'local' };
}

function better(old: Candidate | undefined, next: Candidate | undefined, tolerance: number): Candidate | undefined {
  if (old === undefined || next === undefined) return next ?? old;
  const [before, after] = [old.kkt.primal.scaled, next.kkt.primal.scaled];
  if (after > tolerance || before > tolerance) return after < before ? next : old;
  // Of two optima the lower; of one and the same, the one whose conditions hold best.
  const [oldHolds, nextHolds] = [holds(old.kkt, tolerance), holds(next.kkt, tolerance)];
  const alike = Math.abs(next.objective - old.objective) <= 1e-9 * Math.max(1, Math.abs(old.objective));
  if (oldHolds !== nextHolds && alike) return nextHolds ? next : old;
  return next.objective <= old.objective ? next : old;
}

function unproven(claim: Run['claim'] | undefined, best: Candidate | undefined, tolerance: number): Outcome {
  if (claim === undefined) return { kind: 'failed', why: 'no method takes this problem' };
  const feasible = best !== undefined && best.kkt.primal.scaled <= tolerance;
  switch (claim.kind) {
    case 'stopped':
    case 'left-domain':
      return claim;
    case 'locally-infeasible':
      if (feasible) return { kind: 'feasible', why: 'the method ended where it could not improve the point' };
      return { kind: 'locally-infeasible', violation: best?.kkt.primal.value ?? Infinity };
    default: {
      const why =
        claim.kind === 'stalled' ? claim.why : `what the method found (${claim.kind}) did not stand the final test`;
      return feasible ? { kind: 'feasible', why } : { kind: 'failed', why };
    }
  }
}

export function zeroMultipliers(problem: Problem): Multipliers {
  return {
    linear: new Float64Array(problem.linear?.matrix.rows ?? 0),
    nonlinear: new Float64Array(problem.nonlinear?.count ?? 0),
    bounds: new Float64Array(problem.dim),
  };
}

/** The start, moved into the box. */
function startInside({ start, lower, upper }: Problem, warm: WarmStart | undefined): Float64Array {
  const from = warm?.z ?? start;
  const to = new Float64Array(from.length);
  for (let j = 0; j < from.length; j++) {
    const inside = Math.min(upper[j]!, Math.max(lower[j]!, Number.isFinite(from[j]) ? from[j]! : 0));
    to[j] = Number.isFinite(inside) ? inside : 0;
  }
  return to;
}
