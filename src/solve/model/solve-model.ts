// From the text of a model and its data to an answer.

import { RicciError } from '../../base/diagnostic.ts';
import { doneBy } from '../../base/deadline.ts';
import { must } from '../../base/internal.ts';
import { zeros } from '../../ir/build.ts';
import { inContext } from '../../ir/expr.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { type Known, keptOnce, valuesAt } from '../evaluate.ts';
import type { Limits, Progress, Result, SolveOptions } from '../method.ts';
import { augmentedLagrangian } from '../augmented-lagrangian.ts';
import { choose, methodNames } from '../choose.ts';
import { coordinateDescent, hasCoordinates } from '../coordinate-descent.ts';
import { interiorPoint } from '../interior-point.ts';
import { levenbergMarquardt } from '../least-squares.ts';
import { otherStarts } from '../many-starts.ts';
import { holds, kktReport } from '../kkt.ts';
import { isSemidefinite } from '../linear/definite.ts';
import { type Matrix, denseMatrix } from '../matrix.ts';
import { objectiveWith } from '../late.ts';
import { downwards } from '../negative-curvature.ts';
import { newtonCg } from '../newton-cg.ts';
import { nonlinearInteriorPoint } from '../nonlinear.ts';
import { isPairwise } from '../pairwise/pair-program.ts';
import { pairwise } from '../pairwise/pairwise.ts';
import { multipliersAt } from '../prices-at.ts';
import { type Problem, rowCount } from '../problem.ts';
import { quadraticProgram } from '../quadratic-program.ts';
import { quasiNewton } from '../quasi-newton.ts';
import { fallingOn, straightOn } from '../endless.ts';
import { secondOrderInteriorPoint } from '../second-order/interior-point.ts';
import { semidefiniteInteriorPoint } from '../semidefinite/interior-point.ts';
import { rankOneFactorisation } from '../semidefinite/rank-one.ts';
import { semismoothNewton } from '../semismooth-newton.ts';
import { type Solution as NumericSolution, solving, zeroMultipliers } from '../solve.ts';
import { wayDown } from '../way-down.ts';
import { type Solution, type Solved, answerOf, variablesAt } from './answer.ts';
import { type Assembled, assemble } from './assemble.ts';
import { crossedBounds, refuseContradictions } from './contradictions.ts';
import { byNumbers, convexBy, withNumbers } from './convexity.ts';
import { type Given, type ModelData, readData } from './data.ts';
import { isAffine } from './derivatives.ts';
import { type Derived, derive } from './derived.ts';
import { judgedAtPoles, judgedFarOut } from './doubts.ts';
import { bothWork, remaining } from './work.ts';
import { unpack } from './layout.ts';
import { byLogarithms, overLogarithms } from './over-logarithms.ts';
import { withSigns } from './one-sign.ts';
import { byFactorsFor, wholeAt } from './over-matrices.ts';
import { dataNotices, unusedNotices } from './notices.ts';
import { type PreparedModel, type Ready, bentFor, conicFor, formFor, normsFor, overMatrices, prepareModel, readyFor } from './prepare.ts';
import { hasFactors, reformulate } from './reformulate.ts';
import { withShownFacts } from './shown.ts';
import { type Guess, type StartInput, clamped, inward, isDefined, startAt } from './start.ts';
import type { Statement } from './statement.ts';
import { withExponents } from './with-exponents.ts';
import { heldAtZero, holdsAtZero, vanishing } from './vanishing.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { givingWay, toItsEnd } from '../run-steps.ts';

export interface ModelOptions extends Pick<SolveOptions, 'tolerance' | 'limits' | 'onProgress' | 'signal'> {
  /** Values of variables to start from; also tell the sizes of variables that the data do not determine. */
  readonly start?: Given;
  /**
   * How many starts are tried where the problem is not certified convex; unless told 8 for constraints on few variables,
   * else 4. A given start is the first of them; the others, for constraints on few variables only, lie around it and in
   * the box.
   */
  readonly starts?: number;
  /** Of the random starts. */
  readonly seed?: number;
  /** One of `methodNames`, in any case and with - for blanks, instead of the one that the problem asks for. */
  readonly method?: string;
  /** From the solution of the same model with other data. */
  readonly warm?: Solution['warm'];
}

/**
 * Solves a model. `model` is its text, or what `prepareModel` made of it: then it is read and differentiated only once.
 * Throws a `RicciError` for mistakes in the text and the data; how a solve ends is an outcome, never an exception.
 *
 * @example solveModel('variables\n vector x(2)\nmin\n norm2(x-vector(1))^2').objective // 0
 */
export function solveModel(model: string | PreparedModel, data: Given = {}, options: ModelOptions = {}): Solution {
  return toItsEnd(solvingModel(model, data, options));
}

/** The same, giving way to other work several times a second, so that an abort signal can arrive. */
export async function solveModelAsync(model: string | PreparedModel, data: Given = {}, options: ModelOptions = {}): Promise<Solution> {
  return await givingWay(solvingModel(model, data, options));
}

/** A step of a method. Its objective is that of the model. */
export interface ModelProgress extends Progress {
  /** The variables of the model there, computed when they are asked for; to be asked before the next step. */
  readonly x: () => Readonly<Record<string, Dense>>;
  /** The variables where this run began, unless bounds or an earlier solution moved it. */
  readonly start: () => Readonly<Record<string, Dense>>;
}

/** One value after each step of a method. */
export function* solvingModel(model: string | PreparedModel, data: Given = {}, options: ModelOptions = {}): Generator<ModelProgress, Solution> {
  const began = performance.now();
  const prepared = typeof model === 'string' ? prepareModel(model) : model;
  const given = inContext(prepared.context, () => readData(prepared.model, data, options.start));
  try {
    return yield* solvingGiven(prepared, given, options, began);
  } finally {
    given.residents?.release();
  }
}

// Of a limit on time, what proofs of convexity may take at most.
const shareOfProof = 0.4;

/** In milliseconds of the clock. */
function proofsUntil({ limits }: ModelOptions, began: number): number {
  return limits?.seconds === undefined ? Infinity : began + shareOfProof * 1000 * limits.seconds;
}

/** The same for data that were read. */
export function* solvingGiven(written: PreparedModel, data: ModelData, options: ModelOptions, began: number): Generator<ModelProgress, Solution> {
  const prepared = withExponents(written, data);
  const given = withShownFacts(prepared, data, proofsUntil(options, began));
  const conic = inContext(prepared.context, () => conicForm(prepared, given, options.method, proofsUntil(options, began)));
  const notices = [...written.notices, ...dataNotices(written.model, given), ...keptOnce(given, 'names without use', [], () => unusedNotices(written.model))];
  const answer = (of: Solved): Solution => inContext(prepared.context, () => ({ ...withSigns(answerOf(of), of.ready.statement), notices: of.crossed ? [...notices, of.crossed] : notices }));
  const bent = conic ? undefined : yield* solvingBent(prepared, given, options, began);
  if (bent) return answer(bent);
  const byNorms = conic ? undefined : yield* solvingNorms(prepared, given, options, began);
  if (byNorms) return answer(byNorms);
  const bySpectra = conic ? undefined : yield* solvingSpectra(prepared, given, options, began);
  if (bySpectra) return answer(bySpectra);
  const asLogarithms = conic ? undefined : yield* solvingLogarithms(prepared, given, options, began);
  if (asLogarithms) return answer(asLogarithms);
  const ready = conic ?? readyFor(prepared, given.facts);
  const solved = yield* solvingWith(prepared, ready, given, options, began);
  const solution = answer(solved);
  const { kind } = solved.result.outcome;
  if ((kind !== 'feasible' && kind !== 'failed' && kind !== 'locally-infeasible') || solution.ray || conic) return solution;
  const { warm: _, ...rest } = options;
  const plus = (more: Solution): Solution => ({ ...more, iterations: solution.iterations + more.iterations, evaluations: solution.evaluations + more.evaluations });
  // As cones the constraints tell of ways without end, and of contradictions.
  const inCones = options.method === undefined ? yield* solvingNorms(prepared, given, rest, began, 'proved') : undefined;
  if (inCones && inCones.result.outcome.kind !== 'stopped') return plus(answer(inCones));
  if (kind !== 'feasible') {
    const contradiction = yield* solvingWithoutObjective(prepared, ready, given, rest, began);
    if (!contradiction) return solution;
    const { outcome, says, farkas } = answer(contradiction);
    return { ...solution, outcome, says, ...(farkas && { farkas }) };
  }
  // What vanishes at the optimum may have no derivative there.
  const held = yield* solvingHeld(prepared, solved, { given, options: rest, began });
  if (held) return plus(answer(held));
  const parted = readyFor(prepared, given.facts, 'parted');
  if (parted.derived.smooth.origins.length === ready.derived.smooth.origins.length) return solution;
  const again = answer(yield* solvingWith(prepared, parted, given, rest, began));
  return again.outcome.startsWith('optimal') ? plus(again) : plus({ ...solution, iterations: again.iterations, evaluations: again.evaluations, seconds: again.seconds });
}

/** As a second-order cone program, if the model is one and its optimum was found, or a proof that it has none, or a limit met. */
function* solvingNorms(prepared: PreparedModel, given: ModelData, options: ModelOptions, began: number, forms: 'unproved' | 'proved' = 'unproved'): Generator<ModelProgress, Solved | undefined> {
  const wished = options.method === undefined ? undefined : plainName(options.method);
  if (wished !== undefined && wished !== plainName(secondOrderInteriorPoint.name)) return undefined;
  const ready = inContext(prepared.context, () => normsFor(prepared, given, proofsUntil(options, began), forms));
  if (!ready) return undefined;
  const { warm: _, ...rest } = options;
  const solved = yield* solvingWith(prepared, ready, given, rest, began);
  const { kind } = solved.result.outcome;
  return (kind === 'optimal' && solved.convexity.all) || kind === 'stopped' || kind === 'infeasible' || kind === 'unbounded' || wished !== undefined ? solved : undefined;
}

// Methods that ask for no more than a first derivative, and no rows.
const forBends: ReadonlySet<string> = new Set([semismoothNewton, quasiNewton, newtonCg].map((method) => plainName(method.name)));

/** With its kinks, if the model is once differentiable and has bounds alone, and if that ended with more than a point. */
function* solvingBent(prepared: PreparedModel, given: ModelData, options: ModelOptions, began: number): Generator<ModelProgress, Solved | undefined> {
  const isWished = options.method !== undefined;
  if (options.method !== undefined && !forBends.has(plainName(options.method))) return undefined;
  const ready = bentFor(prepared, given.facts, proofsUntil(options, began));
  if (!ready) return undefined;
  const assembled = inContext(prepared.context, () => assembledFor(ready, given));
  const { dim } = assembled.problem;
  if (rowCount(assembled.problem) > 0) return undefined;
  const { warm, ...rest } = options;
  const solved = yield* solvingWith(prepared, ready, given, { ...rest, ...(warm?.z?.length === dim && { warm }) }, began, assembled);
  const { kind } = solved.result.outcome;
  return kind === 'optimal' || kind === 'stopped' || kind === 'unbounded' || isWished ? solved : undefined;
}

/** With semidefinite matrices, as factors, for functions of spectra beside others that are curved, if the optimum was found. */
function* solvingSpectra(prepared: PreparedModel, given: ModelData, options: ModelOptions, began: number): Generator<ModelProgress, Solved | undefined> {
  const form = options.method === undefined ? byFactorsFor(prepared, given) : undefined;
  if (!form) return undefined;
  const { warm: _, ...rest } = options;
  const solved = yield* solvingWith(prepared, form.ready, given, rest, began);
  const { result } = solved;
  if (result.outcome.kind === 'stopped') return solved;
  if (result.outcome.kind !== 'optimal') return undefined;
  const at = inContext(prepared.context, () => wholeAt(form, solved.assembled, result, given));
  const { problem } = at.assembled;
  const kkt = kktReport(problem, at.z, at.multipliers);
  if (!holds(kkt, options.tolerance ?? 1e-8)) return undefined;
  const outcome = { kind: 'optimal', scope: solved.convexity.all ? 'global' : 'local' } as const;
  const { z, multipliers } = at;
  return { ...solved, ready: form.whole, assembled: at.assembled, kkt, result: { ...result, z, multipliers, outcome, violation: kkt.primal.value, warm: { z, multipliers } } };
}

/** In the logarithms of its variables, if the model is convex in these, and if that ended with an optimum or a proof that it has none. */
function* solvingLogarithms(prepared: PreparedModel, given: ModelData, options: ModelOptions, began: number): Generator<ModelProgress, Solved | undefined> {
  if (options.method !== undefined) return undefined;
  const kept = readyFor(prepared, given.facts);
  const { class: kind, rows } = kept.derived;
  const until = proofsUntil(options, began);
  if ((kind !== 'smooth' && rows.every((r) => r.affine)) || kept.convexity(until).all) return undefined;
  const statement = kept.inLogarithms(until);
  if (!statement) return undefined;
  const within = <T>(work: () => T): T => inContext(prepared.context, work);
  const ready: Ready = { ...kept, derived: formFor(prepared, kept, given.sizes) };
  const assembled = within(() => assembledFor(ready, given));
  const { problem, layout } = assembled;
  refuseContradictions(prepared, ready, assembled);
  const { warm: _, ...rest } = options;
  const solved = yield* solvingWith(prepared, within(() => overLogarithms(ready, statement)), { ...given, start: new Map() }, rest, began);
  const { outcome: ended } = solved.result;
  if (ended.kind !== 'optimal' && ended.kind !== 'infeasible' && ended.kind !== 'stopped') return undefined;
  const x = within(() => new Map(Object.entries(variablesAt(solved.result.z, solved))));
  const z = within(() => clamped(startAt({ statement: ready.statement, smooth: ready.derived.smooth, layout, known: given, given: x }, 'zeros'), problem));
  const multipliers = (ended.kind === 'optimal' ? multipliersAt(problem, z) : undefined) ?? zeroMultipliers(problem);
  const kkt = kktReport(problem, z, multipliers);
  const tolerance = options.tolerance ?? 1e-8;
  if ((ended.kind === 'optimal' && !holds(kkt, tolerance)) || (ended.kind === 'infeasible' && kkt.primal.scaled <= tolerance)) return undefined;
  const outcome: NumericSolution['outcome'] = ended.kind === 'infeasible' ? { kind: 'infeasible', certificate: { kind: 'least-violation', violation: kkt.primal.value } } : ended;
  const result = { ...solved.result, z, multipliers, outcome, objective: problem.objective.value(z), violation: kkt.primal.value, warm: { z, multipliers } };
  return { ...solved, ready, assembled, kkt, result, why: `${byLogarithms} ${solved.why}`, convexity: { ...solved.convexity, all: false, inLogarithms: true } };
}

/** The constraints alone, over semidefinite matrices, or those of them that are affine, if they are proved to contradict each other. */
function* solvingWithoutObjective(prepared: PreparedModel, ready: Ready, given: ModelData, options: ModelOptions, began: number): Generator<ModelProgress, Solved | undefined> {
  if (!prepared.isAboutSpectra() || options.method !== undefined) return undefined;
  const { variables, constraints } = ready.statement;
  const alone = (kept: Statement['constraints']): Ready | undefined => {
    const statement = { ...ready.statement, objective: zeros([]), constraints: kept };
    const derived = derive(reformulate(statement, 'conic'));
    return isConicProgram(derived) ? { ...ready, statement, convexity: () => convexBy(statement), derived, forms: new Map() } : undefined;
  };
  const bare = inContext(prepared.context, () => alone(constraints) ?? alone(constraints.filter((c) => isAffine(c.expr, variables))));
  const solved = bare && (yield* solvingWith(prepared, bare, given, options, began));
  return solved?.result.outcome.kind === 'infeasible' ? solved : undefined;
}

/** The optimum of the smooth form of a model next to one of another form, with its multipliers. */
export function smoothPoint(prepared: PreparedModel, given: ModelData, x: Solution['x']): Result['warm'] {
  const from: ModelData = { ...given, start: new Map(Object.entries(x)) };
  return toItsEnd(solvingWith(prepared, readyFor(prepared, given.facts), from, {}, performance.now())).result.warm;
}

/** With the norms that are nearly zero held at zero; undefined if there are none, or if that is not optimal. */
function* solvingHeld(prepared: PreparedModel, { ready, assembled, result, known }: Solved, { given, options, began }: { readonly given: ModelData; readonly options: ModelOptions; readonly began: number }): Generator<ModelProgress, Solved | undefined> {
  const { smooth } = ready.derived;
  const within = <T>(work: () => T): T => inContext(prepared.context, work);
  const norms = within(() => vanishing(smooth, unpack(assembled.layout, result.z), known));
  if (norms.length === 0) return undefined;
  const held: Ready = { ...ready, derived: within(() => derive(heldAtZero(smooth, norms))), forms: new Map() };
  const solved = yield* solvingWith(prepared, held, given, options, began);
  const at = { assembled: solved.assembled, multipliers: solved.result.multipliers, at: unpack(solved.assembled.layout, solved.result.z), known };
  return solved.result.outcome.kind === 'optimal' && within(() => holdsAtZero(smooth, norms, at)) ? solved : undefined;
}

function* solvingWith(prepared: PreparedModel, kept: Ready, given: ModelData, options: ModelOptions, began: number, made?: Assembled): Generator<ModelProgress, Solved> {
  const ready: Ready = { ...kept, derived: formFor(prepared, kept, given.sizes) };
  const known: Known = given;
  const assembled = made ?? inContext(prepared.context, () => assembledFor(ready, known));
  const { problem } = assembled;
  refuseContradictions(prepared, ready, assembled);
  const crossed = crossedBounds(ready, assembled);
  const method = options.method === undefined ? undefined : methodFor(options.method, problem, prepared);
  const curved = (): Matrix | undefined => {
    const isQuick = mayFactorise(problem, options.limits, began);
    const matrix = isQuick || !problem.objective.coordinates ? secondDerivative(problem) : undefined;
    return isQuick || matrix?.kind === 'sparse' ? matrix : undefined;
  };
  // Those who ask for factors have tests of their own.
  const isFactored = hasFactors(ready.derived.smooth);
  const isProgram = !isFactored && ready.derived.smooth.kinksLeft.length === 0 && !problem.nonlinear;
  const until = proofsUntil(options, began);
  const shown = isProgram ? doneBy(until, () => byNumbers(problem, () => secondDerivative(problem))) : undefined;
  const symbolic = shown ? undefined : ready.convexity(until);
  const convexity = shown ?? doneBy(until, () => withNumbers(must(symbolic), curved)) ?? must(symbolic);
  const isTrusted = convexity.all && ready.derived.smooth.kinksLeft.length === 0;
  const convex = isTrusted && !isFactored;
  const guessed = inContext(prepared.context, () => startsFor(prepared, ready, assembled, given, options, isTrusted));
  const inside = ready.inside() && !guessed.some(({ z }) => isDefined(problem, z)) ? yield* pointInside(prepared, ready, given, options, began) : undefined;
  const starts = inside ? [...guessed.filter((s) => s.isGiven), ...inContext(prepared.context, () => startsFor(prepared, ready, assembled, { ...given, start: inside }, options, isTrusted))] : guessed;
  const sign = prepared.model.sense === 'max' ? -1 : 1;
  const xOf = (z: Float64Array): Point => inContext(prepared.context, () => variablesAt(z, { prepared, ready, assembled, known }));
  let best: NumericSolution | undefined;
  for (const { z, isGiven, isSpare } of starts) {
    if (isSpare && best?.outcome.kind === 'optimal') break;
    const left = remaining(options.limits, (performance.now() - began) / 1000, best);
    const most = Math.min(left?.iterations ?? Infinity, best === undefined ? Infinity : patience);
    const limits = Number.isFinite(most) ? { ...left, iterations: most } : left;
    const found = yield* ofModel(solvingForms({ ...problem, start: z, startGiven: isGiven, convex, ...(isFactored && { fills: true }), ...(convexity.isIndefinite && { semidefinite: false }) }, { ...numericOptions(options, limits, sign), ...(method !== undefined && { method }) }), sign, z, xOf);
    // What an own limit cut short tells nothing.
    const isCut = found.outcome.kind === 'stopped' && found.outcome.by === 'iterations' && most < (left?.iterations ?? Infinity);
    best = best === undefined ? found : better(best, isCut ? { ...found, outcome: best.outcome, objective: Infinity } : found);
    if ((found.outcome.kind === 'stopped' && !isCut) || found.outcome.kind === 'unbounded') break;
  }
  const farOut = convex ? must(best, 'a start') : yield* ofModel(judgedFarOut(problem, must(best, 'a start'), options, began), sign, problem.start, xOf);
  const result = convex ? farOut : inContext(prepared.context, () => judgedAtPoles(farOut, { ready, assembled, known }, starts, options.tolerance));
  const seconds = (performance.now() - began) / 1000;
  return { prepared, ready, assembled, known, result, kkt: result.kkt, why: result.why, convexity, seconds, ...(crossed && { crossed }) };
}

/** Values of all variables at which what must be positive definite is so, if there are such. */
function* pointInside(prepared: PreparedModel, ready: Ready, given: ModelData, { tolerance, limits, signal }: ModelOptions, began: number): Generator<ModelProgress, ModelData['start'] | undefined> {
  const bare = inContext(prepared.context, () => {
    const statement = must(ready.inside());
    const derived = derive(reformulate(statement, 'conic'));
    return isConicProgram(derived) ? { ...ready, statement, convexity: () => convexBy(statement), inside: () => undefined, derived, forms: new Map() } : undefined;
  });
  if (!bare) return undefined;
  const { assembled, result, known } = yield* solvingWith(prepared, bare, given, { ...(tolerance !== undefined && { tolerance }), ...(limits && { limits }), ...(signal && { signal }) }, began);
  return result.objective < 0 ? new Map(Object.entries(inContext(prepared.context, () => variablesAt(result.z, { prepared, ready: bare, assembled, known })))) : undefined;
}

function isConicProgram({ smooth, rows }: Derived): boolean {
  return smooth.cones.size > 0 && smooth.kinksLeft.length === 0 && rows.every((r) => r.affine);
}

/** Of a quadratic objective, by coordinates where it has them: parts of one variable would only repeat its entries. */
function secondDerivative({ objective, start }: Problem): Matrix | undefined {
  const { coordinates, scaled } = objective;
  // Where all rows and columns are scaled alike, what is scaled has the same curvatures but for their size.
  if (scaled && Math.abs(scaled.scale[0]!) > 0 && scaled.scale.every((s) => Math.abs(s) === Math.abs(scaled.scale[0]!))) return scaled.matrix;
  const n = coordinates?.positive.length ?? 0;
  if (coordinates && n < start.length && n <= mostForProof) return denseMatrix(n, n, coordinates.curvature(Int32Array.from({ length: n }, (_, i) => i)));
  return objective.class === 'quadratic' ? objective.hessian?.(start) : undefined;
}

/** Whether a factorisation is done soon enough, at a few billion operations a second. */
function mayFactorise({ dim }: Problem, limits: Limits | undefined, began: number): boolean {
  if (limits?.seconds === undefined) return true;
  const left = limits.seconds - (performance.now() - began) / 1000;
  return dim ** 3 / 3 < 3e9 * shareOfProof * left;
}

// A proof by numbers factorises a matrix of this order at most.
const mostForProof = 2500;

function numericOptions({ tolerance, signal, warm, onProgress }: ModelOptions, limits: Limits | undefined, sign: 1 | -1): SolveOptions {
  return {
    ...(tolerance !== undefined && { tolerance }),
    ...(limits && { limits }),
    ...(signal && { signal }),
    ...(warm && { warm }),
    ...(onProgress && { onProgress: (p: Progress) => onProgress({ ...p, objective: sign * p.objective }) }),
  };
}

// Levenberg–Marquardt that takes longer than this has met a valley that its linear models do not see the bend of; a
// second start that takes longer is given up.
const patience = 300;

// Points without curvature that are left behind, at most.
const mostWaysDown = 5;

/** Goes on from points that only derivatives take for an optimum. */
function* solvingForms(problem: Problem, options: SolveOptions): Generator<Progress, NumericSolution> {
  let best = yield* solvingOnce(problem, options);
  for (let turn = 0; turn < mostWaysDown && best.outcome.kind === 'optimal'; turn++) {
    const below = wayDown(problem, best.z);
    const saddle = below ? undefined : downwards(problem, best.z, best.multipliers);
    const starts = below ? [below] : saddle ? bothWays(problem, best.z, saddle) : [];
    if (starts.length === 0) break;
    const { warm: _, ...rest } = options;
    const from = best;
    for (const start of starts) {
      const limits = remaining(options.limits, best.seconds, best);
      const next = yield* solvingOnce({ ...problem, start, startGiven: true }, { ...rest, ...(limits && { limits }) });
      best = { ...better(best, next), seconds: best.seconds + next.seconds };
    }
    if (best.z !== from.z) continue;
    const straight = straightOn(problem, best.z);
    if (straight) return { ...best, outcome: fallingOn(straight) };
    return { ...best, outcome: { kind: 'feasible', why: below ? 'its derivatives vanish where the point ended, and yet the objective falls from there' : 'it is a saddle point: second derivatives show that the objective falls along a way that the constraints allow' } };
  }
  return best;
}

// Beside the largest number of the point, or 1.
const outOfSaddle = 0.1;

function bothWays(problem: Problem, z: Float64Array, way: Float64Array): Float64Array[] {
  const size = outOfSaddle * z.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  return [1, -1].map((sign) => clamped(z.map((v, j) => v + sign * size * way[j]!), problem));
}

/** A sum of squares that its own methods do not finish soon is solved as any smooth function too; the better end counts. */
function* solvingOnce(problem: Problem, options: SolveOptions): Generator<Progress, NumericSolution> {
  const most = options.limits?.iterations ?? Infinity;
  if (!problem.objective.residuals || problem.convex || most <= patience || options.method !== undefined) return yield* solving(problem, options);
  const first = yield* solving(problem, { ...options, limits: { ...options.limits, iterations: patience } });
  if (first.outcome.kind !== 'stopped' || first.outcome.by !== 'iterations') return first;
  const limits = remaining(options.limits, first.seconds, first);
  const objective = objectiveWith(problem.objective, ({ residuals: _, ...plain }) => ({ ...plain, class: 'smooth' }));
  const second = yield* solving({ ...problem, objective }, { ...options, ...(limits && { limits }) });
  return better(first, second);
}

type Point = Readonly<Record<string, Dense>>;

function* ofModel<R>(run: Generator<Progress, R>, sign: 1 | -1, begun: Float64Array, xOf: (z: Float64Array) => Point): Generator<ModelProgress, R> {
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value;
    const { objective, z } = next.value;
    yield { ...next.value, objective: sign * objective, x: () => xOf(z), start: () => xOf(begun) };
  }
}

function assembledFor({ derived }: Ready, known: Known): Assembled {
  return assemble(derived, known, ({ dim }) => ({ start: new Float64Array(dim), startGiven: false, convex: false }));
}

// A ray tells of the whole problem, an optimum may be local.
const ranks: Readonly<Record<Result['outcome']['kind'], number>> = { unbounded: 0, optimal: 1, feasible: 2, stopped: 3, infeasible: 3, 'locally-infeasible': 4, 'left-domain': 5, failed: 6 };

/** Of two solves from different starts the clearly better one, else the first; iterations and evaluations add up. */
function better(a: NumericSolution, b: NumericSolution): NumericSolution {
  const [p, q] = [ranks[a.outcome.kind], ranks[b.outcome.kind]];
  const clear = 1e-9 * Math.max(Math.abs(a.objective), 1e-7);
  const won = p !== q ? (p < q ? a : b) : b.objective < a.objective - clear ? b : a;
  return { ...won, ...bothWork(a, b) };
}

interface Start {
  readonly z: Float64Array;
  readonly isGiven: boolean;
  /** For methods that could not leave the starts before. */
  readonly isSpare?: boolean;
}

// Up to this many variables a solve takes milliseconds. Constraints make local optima; several solves look for a better one.
const fewVariables = 30;

function startsFor(prepared: PreparedModel, ready: Ready, { problem, layout }: Assembled, data: ModelData, options: ModelOptions, convex: boolean): Start[] {
  const { statement, derived } = ready;
  // Interior points of convex programs begin at points of their own.
  const { class: kind } = problem.objective;
  const isProgram = problem.norms !== undefined || (convex && (kind === 'linear' || kind === 'quadratic') && rowCount(problem) > 0 && !problem.nonlinear && !problem.cones);
  if (isProgram && data.start.size === 0 && prepared.model.starts.size === 0) return [{ z: clamped(new Float64Array(problem.dim), problem), isGiven: false }];
  const written = new Map<string, Dense>();
  // A start is written as x - x + value, of the shape of x.
  for (const [name, part] of prepared.model.starts) written.set(name, must(valuesAt([simplify(part.expr, lazy)], new Map(), data)[0]));
  const given = new Map([...written, ...data.start]);
  const input: StartInput = { statement, smooth: derived.smooth, layout, known: data, given };
  const at = (guess: Guess): Float64Array => clamped(startAt(input, guess), problem);
  const all = statement.variables.every((v) => given.has(v.name));
  const isSmall = problem.dim <= fewVariables && rowCount(problem) > 0;
  const { seed = 1, starts = isSmall ? 8 : 4 } = options;
  const guesses: Guess[] = convex ? ['zeros', 'ones', 'shares', { seed }, { seed: seed + 1 }] : [{ seed }, 'ones', 'shares', { seed: seed + 1 }, 'zeros'];
  if (all) {
    // An earlier solution is the point where the method begins, whatever else is given.
    const z = options.warm?.z?.length === problem.dim ? clamped(options.warm.z, problem) : at('zeros');
    // A start outside the domain says sizes at least.
    if (!isDefined(problem, z)) {
      const instead = guesses.map((guess) => clamped(startAt({ ...input, given: written }, guess), problem)).find((other) => isDefined(problem, other));
      return [{ z, isGiven: true }, ...(instead ? [{ z: instead, isGiven: false, isSpare: true }] : [])];
    }
    const others = isSmall && !convex && options.warm === undefined ? otherStarts({ ...problem, start: z }, { starts, seed }).filter((other) => isDefined(problem, other)) : [];
    return [z, ...others].map((one) => ({ z: one, isGiven: true }));
  }
  const first = firstDefined(problem, guesses, at) ?? firstDefined(problem, guesses, (guess) => inward(at(guess), problem)) ?? at('ones');
  if (convex || given.size > 0) return [{ z: first, isGiven: given.size > 0 }];
  const others = Array.from({ length: Math.max(0, starts - 1) }, (_, k) => at({ seed: seed + 2 + k })).filter((z) => isDefined(problem, z));
  return [first, ...others].map((z) => ({ z, isGiven: false }));
}

function firstDefined(problem: Problem, guesses: readonly Guess[], at: (guess: Guess) => Float64Array): Float64Array | undefined {
  for (const guess of guesses) {
    const z = at(guess);
    if (isDefined(problem, z)) return z;
  }
  return undefined;
}
/** The problem with its matrices kept, where the method is one for them or is left open. */
function conicForm(prepared: PreparedModel, given: ModelData, method: string | undefined, until: number): Ready | undefined {
  if (method === undefined || plainName(method) === plainName(semidefiniteInteriorPoint.name)) return conicFor(prepared, given, until);
  return plainName(method) === plainName(rankOneFactorisation.name) ? overMatrices(prepared, given.facts, until) : undefined;
}

function plainName(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]+/g, '-');
}

/** The method of that name; throws a `RicciError` if there is none, or if it does not take the problem. */
function methodFor(name: string, problem: Problem, { model }: PreparedModel): string {
  const found = methodNames.find((one) => plainName(one) === plainName(name));
  const span = [0, model.text.length] as const;
  if (found === undefined) throw new RicciError([{ code: 'unknown-method', severity: 'error', message: `there is no method ${name}`, span: [0, 0], needed: methodNames.join(', '), found: name, help: 'leave the choice to the problem, or name one of these' }]);
  const lacks = lackFor(found, problem);
  if (lacks === undefined) return found;
  throw new RicciError([{ code: 'method-does-not-fit', severity: 'error', message: `the method ${found} does not take this problem`, span, needed: lacks, help: `leave the choice to the problem: it would be ${choose(problem).next().value?.name ?? 'none'}` }]);
}

/** What a method needs and the problem has not. */
function lackFor(method: string, problem: Problem): string | undefined {
  const { objective, nonlinear } = problem;
  const program = quadraticProgram(problem);
  if (method === rankOneFactorisation.name) return problem.cones ? undefined : 'semidefinite matrices, a smooth convex objective and linear constraints';
  if (method === secondOrderInteriorPoint.name) return problem.norms ? undefined : 'norms of affine parts, a linear or convex quadratic objective and linear constraints';
  if (method === semidefiniteInteriorPoint.name) return problem.cones ? undefined : 'semidefinite matrices, a linear or convex quadratic objective and linear constraints';
  switch (method) {
    case interiorPoint.name:
      return program && isSemidefinite(program.P) ? undefined : 'a linear or convex quadratic objective and linear constraints';
    case levenbergMarquardt.name:
      return objective.residuals && rowCount(problem) === 0 ? undefined : 'a sum of squares, and no constraints but bounds';
    case nonlinearInteriorPoint.name:
      return (objective.hessian || objective.class === 'linear') && (!nonlinear || nonlinear.hessian) ? undefined : 'second derivatives that fit into memory';
    case augmentedLagrangian.name:
      return undefined;
    case semismoothNewton.name:
      return objective.isBent && rowCount(problem) === 0 ? undefined : 'a convex objective with kinks in its first derivative alone, and no constraints but bounds';
    case newtonCg.name:
      return rowCount(problem) === 0 && problem.objective.hessianProduct ? undefined : 'a smooth objective that is not linear, and no constraints but bounds';
    case coordinateDescent.name:
      return hasCoordinates(problem) ? undefined : 'a quadratic objective with absolute values of single variables, and no constraints but bounds';
    case pairwise.name:
      return isPairwise(problem) ? undefined : 'a quadratic objective with a dense second derivative, bounds, and one equation of all variables';
    default:
      return rowCount(problem) === 0 ? undefined : 'no constraints but bounds';
  }
}
