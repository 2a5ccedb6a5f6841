// A solve in the worker: news while it goes on, messages to pause and stop it, and its answer as plain data.

import { type Dense, type Nested, toNested } from '../../../../src/ops/reference/dense.ts';
import type { KktReport, Progress, Solution } from '../../../../src/solve/index.ts';
import { prepareModel, solving } from '../../../../src/solve/index.ts';
import { writeNpz } from '../../../../src/data/npz.ts';
import type { Work } from '../work.ts';
import { type ModelQuestion, loaded } from './given.ts';
import { newTrail } from './trail.ts';

export interface SolveQuestion extends ModelQuestion {
  /** One of the methods by name; empty for the one that the problem asks for. */
  readonly method: string;
  readonly seconds: number;
  /** Starts from the last solution of the same model in this worker. */
  readonly isWarm: boolean;
}

/** What a message can ask for while a solve goes on. */
export type SolveMessage = 'pause' | 'go on' | 'stop';

/** Points of the curves since the last news. */
export interface SolveNews {
  readonly method: string;
  readonly points: readonly SolvePoint[];
  readonly seconds: number;
}

export interface SolvePoint {
  /** Counted anew by a method that begins anew. */
  readonly iteration: number;
  readonly objective: number;
  readonly stationarity: number;
  readonly violation: number;
}

export interface ValueRow {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of long arrays the beginning, row by row. */
  readonly value: Nested;
  /** How many entries are left out. */
  readonly left: number;
}

export interface Solved {
  readonly outcome: string;
  readonly isOptimal: boolean;
  readonly says: string;
  readonly objective: number;
  readonly x: readonly ValueRow[];
  readonly multipliers: readonly ValueRow[];
  readonly proof: readonly ValueRow[];
  readonly kkt: KktReport;
  readonly violation: number;
  readonly convexity: string;
  readonly method: string;
  readonly why: string;
  readonly iterations: number;
  readonly evaluations: number;
  readonly seconds: number;
  /** x, objective and multipliers as an .npz file. */
  readonly file: Uint8Array;
}

const pause = 40;

export async function solve(question: SolveQuestion, work: Work): Promise<Solved> {
  const prepared = keptModel(question.model, work);
  const { values, start } = await loaded(prepared, question, work);
  const stop = new AbortController();
  let resume: (() => void) | undefined;
  let paused: Promise<void> | undefined;
  work.onMessage((message) => {
    if (message === 'pause') paused ??= new Promise((go) => (resume = go));
    else {
      if (message === 'stop') stop.abort();
      resume?.();
      paused = undefined;
    }
  });
  const before = question.isWarm ? lastSolution(question.model, work)?.solution : undefined;
  const run = solving(prepared, values, {
    start,
    signal: stop.signal,
    limits: { seconds: question.seconds },
    ...(question.method !== '' && { method: question.method }),
    ...(before && { warm: before.warm }),
  });
  const trail = newTrail({ isWarm: before !== undefined });
  let points: SolvePoint[] = [];
  let told = performance.now();
  const tell = (method: string, seconds: number): void => {
    work.progress({ method, points, seconds } satisfies SolveNews);
    points = [];
    told = performance.now();
  };
  for (;;) {
    const next = run.next();
    if (next.done === true) {
      tell(next.value.method, next.value.seconds);
      work.memory.set(solutionKey, { model: question.model, solution: next.value, trail: trail.points() } satisfies LastSolution);
      return answer(next.value);
    }
    points.push(pointOf(next.value));
    trail.take(next.value);
    if (performance.now() - told < pause) continue;
    tell(next.value.method, next.value.seconds);
    await new Promise((go) => setTimeout(go, 0));
    if (paused) await paused;
  }
}

const modelKey = 'prepared model';
const solutionKey = 'last solution';

export interface LastSolution {
  readonly model: string;
  readonly solution: Solution;
  /** The points that the solve went through, as `flat` writes them. */
  readonly trail: readonly Float64Array[];
}

/** The last solution of this model in this worker. */
export function lastSolution(model: string, { memory }: Work): LastSolution | undefined {
  const last = memory.get(solutionKey) as LastSolution | undefined;
  return last?.model === model ? last : undefined;
}

/** The model, read once as long as its text stays the same. */
export function keptModel(text: string, { memory }: Work): ReturnType<typeof prepareModel> {
  const kept = memory.get(modelKey) as ReturnType<typeof prepareModel> | undefined;
  if (kept?.text === text) return kept;
  const prepared = prepareModel(text);
  memory.set(modelKey, prepared);
  return prepared;
}

function pointOf({ iteration, objective, stationarity, violation }: Progress): SolvePoint {
  return { iteration, objective, stationarity, violation };
}

const mostShown = 200;

function valueRow([name, { shape, data }]: [string, Dense]): ValueRow {
  const isLong = data.length > mostShown;
  return { name, shape, value: isLong ? [...data.subarray(0, mostShown)] : toNested({ shape, data }), left: Math.max(0, data.length - mostShown) };
}

function answer(s: Solution): Solved {
  const rows = (list: Readonly<Record<string, Dense>> | undefined): ValueRow[] => Object.entries(list ?? {}).map(valueRow);
  const { outcome, says, objective, kkt, violation, convexity, method, why, iterations, evaluations, seconds } = s;
  const arrays = new Map<string, Dense>([...Object.entries(s.x), ['objective', { shape: [], data: Float64Array.of(objective) }], ...Object.entries(s.multipliers).map(([name, value]) => [`multiplier ${name}`, value] as const)]);
  return {
    outcome,
    isOptimal: outcome.startsWith('optimal'),
    says,
    objective,
    x: rows(s.x),
    multipliers: rows(s.multipliers),
    proof: rows(s.farkas ?? s.ray),
    kkt,
    violation,
    convexity,
    method,
    why,
    iterations,
    evaluations,
    seconds,
    file: writeNpz(arrays),
  };
}
