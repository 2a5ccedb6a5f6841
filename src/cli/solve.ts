// `ricci solve FILE`: a model and its data to an answer, with a line of progress, and the best point so far on Ctrl-C.

import process from 'node:process';
import { type Dense, toNested } from '../ops/reference/dense.ts';
import { type ModelOptions, type PathPoint, type Progress, type Solution, methodNames, prepareModel, sensitivities, solutionData, solving, solvingPath } from '../solve/index.ts';
import { labelled, noticeRows } from './answer.ts';
import { pathData, pathOf, pathText, sensitivityData, sensitivityText } from './along.ts';
import { type Given, UsageError, oneWord } from './args.ts';
import type { Command, ExitCode } from './command.ts';
import { requireWritable, writeData } from './data.ts';
import type { Io } from './io.ts';
import { isProgramFile, solveProgramFile } from './program-file.ts';
import { dataOf, modelFrom, modelOptions, showingModelErrors } from './model-file.ts';
import type { Paint } from './paint.ts';
import { valueText } from './values.ts';

export const solveCommand: Command = {
  name: 'solve',
  usage: 'ricci solve FILE [--data FILE …] [--at JSON] [--start FILE | JSON] [options]',
  says: `Solves the problem of a model file. The answer says how the solve ended, the value of every variable, a multiplier for
every constraint, and how well the conditions of optimality hold. Multipliers are those of the problem as a
minimisation, with the Lagrangian f + sum(lambda.*(left-right)) for <= and ==, and f - sum(lambda.*(left-right)) for >=;
those of inequalities are not negative. FILE may be an MPS or LP file (.mps, .qps, .lp). Ctrl-C ends with the best point so far. The exit code is 0 for an optimum.`,
  options: {
    ...modelOptions,
    method: { value: 'NAME', says: `${methodNames.map((name) => JSON.stringify(name)).join(', ')}; chosen by the problem unless named` },
    tol: { value: 'NUMBER', says: 'tolerance of the conditions of optimality, 1e-8 unless told' },
    'max-seconds': { value: 'NUMBER', says: 'stop after so much time, with the best point so far' },
    'max-evaluations': { value: 'NUMBER', says: 'stop after so many values and gradients of the objective' },
    starts: { value: 'NUMBER', says: 'how many starts are tried where the problem may have local optima, 4 unless told' },
    seed: { value: 'NUMBER', says: 'of the random starts' },
    out: { short: 'o', value: 'FILE', says: 'write x, objective and multipliers there, as .npz or .json' },
    watch: { short: 'w', says: 'show a line of progress' },
    sensitivity: { value: 'NAME', says: 'derivatives of the optimum by this parameter; may be repeated' },
    path: { value: 'NAME=FIRST:LAST:COUNT', says: 'solve for so many values of a parameter, each from the last optimum' },
    json: { says: 'the answer as JSON' },
  },
  examples: ['ricci solve lasso.ricci --data data.npz', `ricci solve nearest.ricci --at '{"a": [1, -2]}' --json`, 'ricci solve fit.ricci --data data.npz --start start.json --watch --out result.npz'],
  run: async (given, io) => {
    const path = oneWord(given, 'the model', 'ricci solve lasso.ricci --data data.npz');
    if (isProgramFile(path)) return solveProgramFile(path, given, optionsOf(given), io);
    const file = modelFrom(path);
    const out = given.last('out');
    if (out !== undefined) requireWritable(out);
    const { data, start } = await dataOf(given);
    const options: ModelOptions = { ...optionsOf(given), ...(start && { start }) };
    return showingModelErrors(io, file, async () => {
      const prepared = prepareModel(file.text);
      const stop = new AbortController();
      const interrupt = (): void => stop.abort();
      process.once('SIGINT', interrupt);
      if (given.has('path')) return walked(prepared, data ?? {}, { ...options, signal: stop.signal }, given, io);
      const watcher = given.has('watch') ? watching(io) : undefined;
      const solution = await finished(solving(prepared, data ?? {}, { ...options, signal: stop.signal }), watcher);
      process.removeListener('SIGINT', interrupt);
      watcher?.end();
      if (out !== undefined) writeData(out, arraysOf(solution));
      const slopes = given.has('sensitivity') ? sensitivities(prepared, data ?? {}, solution, given.all('sensitivity'), start) : [];
      const notices = solution.notices.filter((n) => n.severity !== 'error');
      io.out(given.has('json') ? JSON.stringify({ ...solutionData(solution), ...(slopes.length > 0 && { sensitivities: sensitivityData(slopes) }), notices }) : `${solutionText(solution, io.paint, out)}${slopes.length > 0 ? `\n\nderivatives of the optimum\n${sensitivityText(slopes, io.paint)}` : ''}${notices.length > 0 ? `\n${labelled(noticeRows(notices), io.paint)}` : ''}`);
      return exitCodeOf(solution);
    });
  },
};

/** A path of values; the exit code is 0 if every solve ended at an optimum. */
async function walked(prepared: ReturnType<typeof prepareModel>, data: Parameters<typeof solvingPath>[1], options: ModelOptions, given: Given, io: Io): Promise<ExitCode> {
  const other = ['out', 'sensitivity', 'watch'].find((name) => given.has(name));
  if (other !== undefined) throw new UsageError(`--${other} is for one solve, and --path makes several`, 'use --json, which has every solution');
  const { parameter, values } = pathOf(given.last('path') ?? '');
  const points: PathPoint[] = [];
  let since = performance.now();
  for (const step of solvingPath(prepared, data, { ...options, parameter, values })) {
    if ('solution' in step) points.push(step);
    if (performance.now() - since < 30) continue;
    await new Promise((resume) => setTimeout(resume, 0));
    since = performance.now();
  }
  io.out(given.has('json') ? JSON.stringify(pathData(parameter, points)) : pathText(parameter, points, io.paint));
  return points.length === values.length && points.every((p) => p.solution.outcome.startsWith('optimal')) ? 0 : 1;
}

export function exitCodeOf({ outcome }: Solution): ExitCode {
  return outcome.startsWith('optimal') ? 0 : 1;
}

function optionsOf(given: Given): ModelOptions {
  const number = (name: string, isGood: (x: number) => boolean, what: string): number | undefined => {
    const text = given.last(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === '' || !isGood(value)) throw new UsageError(`--${name} is ${what}`, `write --${name} ${name === 'tol' ? '1e-8' : '10'}`);
    return value;
  };
  const positive = (x: number): boolean => x > 0 && Number.isFinite(x);
  const whole = (x: number): boolean => Number.isInteger(x) && x > 0;
  const tolerance = number('tol', positive, 'a number greater than 0');
  const seconds = number('max-seconds', positive, 'a number of seconds greater than 0');
  const evaluations = number('max-evaluations', whole, 'a whole number greater than 0');
  const starts = number('starts', whole, 'a whole number greater than 0');
  const seed = number('seed', Number.isInteger, 'a whole number');
  const method = given.last('method');
  return {
    ...(tolerance !== undefined && { tolerance }),
    ...((seconds !== undefined || evaluations !== undefined) && { limits: { ...(seconds !== undefined && { seconds }), ...(evaluations !== undefined && { evaluations }) } }),
    ...(starts !== undefined && { starts }),
    ...(seed !== undefined && { seed }),
    ...(method !== undefined && { method }),
  };
}

/** Runs a solve, with pauses in which a signal can arrive. */
async function finished(run: Generator<Progress, Solution>, watcher: Watcher | undefined): Promise<Solution> {
  let since = performance.now();
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value;
    watcher?.see(next.value);
    if (performance.now() - since < 30) continue;
    await new Promise((resume) => setTimeout(resume, 0));
    since = performance.now();
  }
}

interface Watcher {
  readonly see: (p: Progress) => void;
  readonly end: () => void;
}

/** One line on a terminal, rewritten; elsewhere a line now and then. */
function watching(io: Io): Watcher {
  const isTerminal = process.stderr.isTTY;
  let shown = -Infinity;
  let last: Progress | undefined;
  const show = (p: Progress): void => {
    shown = performance.now();
    const line = progressLine(p);
    if (isTerminal) process.stderr.write(`\r\u001B[K${line}`);
    else io.err(line);
  };
  return {
    see: (p) => {
      last = p;
      if (performance.now() - shown >= (isTerminal ? 50 : 500)) show(p);
    },
    end: () => {
      if (last) show(last);
      if (isTerminal && last) process.stderr.write('\n');
    },
  };
}

export function progressLine({ method, iteration, objective, violation, stationarity, step, seconds }: Progress): string {
  const small = (x: number): string => x.toExponential(1);
  return `${method} ${iteration}  objective ${objective.toPrecision(10)}  violation ${small(violation)}  stationarity ${small(stationarity)}  step ${small(step)}  ${seconds.toFixed(1)} s`;
}

export function solutionText(s: Solution, paint: Paint, out?: string): string {
  const head = `${paint.bold(s.outcome.startsWith('optimal') ? paint.green(s.outcome) : paint.yellow(s.outcome))}   objective ${paint.bold(String(s.objective))}`;
  const { stationarity, primal, sign, complementarity, gap } = s.kkt;
  const small = (x: number): string => (x === 0 ? '0' : x.toExponential(1));
  const kkt = `stationarity ${small(stationarity.scaled)}, feasibility ${small(primal.scaled)}, sign ${small(sign.scaled)}, complementarity ${small(complementarity.scaled)}${gap ? `, gap ${small(gap.scaled)}` : ''}`;
  const values = (list: Readonly<Record<string, Dense>>): [string, string][] => Object.entries(list).map(([name, value]) => [name, shortValue(value, out)]);
  const rows: [string, string][] = [
    ...values(s.x),
    ...values(s.multipliers).map(([name, value]): [string, string] => [name, `multiplier ${value}`]),
    ...(s.farkas ? values(s.farkas).map(([name, value]): [string, string] => [name, `in the proof ${value}`]) : []),
    ...(s.ray ? values(s.ray).map(([name, value]): [string, string] => [name, `along the ray ${value}`]) : []),
    ['conditions', kkt],
    ['convexity', s.convexity],
    ['method', `${s.method}${s.why === '' ? '' : `, because ${s.why}`}; ${count(s.iterations, 'iteration')}, ${count(s.evaluations, 'evaluation')}, ${s.seconds.toFixed(2)} s`],
    ...(out === undefined ? [] : [['written', out] as [string, string]]),
  ];
  return `${head}\n  ${s.says}\n\n${labelled(rows, paint)}`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

// Longer arrays are for files.
const mostShown = 60;

function shortValue(value: Dense, out: string | undefined): string {
  if (value.data.length <= mostShown) return valueText(toNested(value));
  let [least, most] = [Infinity, -Infinity];
  for (const x of value.data) [least, most] = [Math.min(least, x), Math.max(most, x)];
  return `${value.shape.join(' × ')} entries from ${Number(least.toPrecision(6))} to ${Number(most.toPrecision(6))}${out === undefined ? ' (--out FILE or --json for all)' : ''}`;
}

/** `x` under its own name, `objective`, and `multiplier NAME`. */
function arraysOf(s: Solution): Map<string, Dense> {
  return new Map<string, Dense>([
    ...Object.entries(s.x),
    ['objective', { shape: [], data: Float64Array.of(s.objective) }],
    ...Object.entries(s.multipliers).map(([name, value]) => [`multiplier ${name}`, value] as const),
  ]);
}
