// `ricci solve FILE.mps`, `FILE.lp`, `FILE.nl`: a program of numbers to an answer, with the names of its columns and rows.

import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import process from 'node:process';
import { RicciError } from '../base/diagnostic.ts';
import { readLp } from '../data/programs/lp.ts';
import { readMps } from '../data/programs/mps.ts';
import { readNl } from '../data/programs/nl.ts';
import type { NumericProgram } from '../data/programs/program.ts';
import { type Result, type SolveOptions, minimiseAsync, numericOutcome, problemOf, solveNl } from '../solve/index.ts';
import { labelled } from './answer.ts';
import { type Given, UsageError } from './args.ts';
import type { ExitCode } from './command.ts';
import type { Io } from './io.ts';
import { renderAll } from './render.ts';

const readers: Readonly<Record<string, (text: string, file: string) => NumericProgram>> = { '.mps': readMps, '.qps': readMps, '.lp': readLp };
const mostShown = 60;

export function isProgramFile(path: string): boolean {
  return readers[extname(path).toLowerCase()] !== undefined || isNl(path);
}

function isNl(path: string): boolean {
  return extname(path).toLowerCase() === '.nl';
}

export async function solveProgramFile(path: string, given: Given, options: Pick<SolveOptions, 'tolerance' | 'limits' | 'method'>, io: Io): Promise<ExitCode> {
  const other = ['data', 'at', 'start', 'sensitivity', 'path', 'starts', 'out', 'watch'].find((name) => given.has(name));
  if (other !== undefined) throw new UsageError(`--${other} is for models, and ${path} has its numbers in it`, 'leave it out');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`, 'give an MPS, LP or .nl file');
  }
  try {
    const stop = new AbortController();
    const interrupt = (): void => stop.abort();
    process.once('SIGINT', interrupt);
    const { columns, rows: rowNames, x, prices, reducedCosts, outcome, objective, solution } = await (isNl(path) ? nlAnswer : programAnswer)(text, path, { ...options, signal: stop.signal });
    process.removeListener('SIGINT', interrupt);
    if (given.has('json')) {
      io.out(JSON.stringify({ outcome, objective, x: Object.fromEntries(x), multipliers: Object.fromEntries(prices), ...(reducedCosts && { reducedCosts: Object.fromEntries(reducedCosts) }), violation: solution.violation, kkt: solution.kkt, method: solution.method, iterations: solution.iterations, seconds: solution.seconds }));
    } else {
      const shown = x.filter(([, value]) => value !== 0);
      const rows: [string, string][] = [
        ...shown.slice(0, mostShown).map(([name, value]): [string, string] => [name, String(Number(value.toPrecision(10)))]),
        ...(shown.length > mostShown ? [['…', `${shown.length - mostShown} more that are not zero (--json for all)`] as [string, string]] : []),
        ['method', `${solution.method}, because ${solution.why}; ${solution.iterations} iterations, ${solution.seconds.toFixed(2)} s`],
      ];
      io.out(`${io.paint.bold(outcome)}   objective ${io.paint.bold(String(objective))}\n  ${counted(columns, 'variable')}, ${counted(rowNames, 'row')}\n\n${labelled(rows, io.paint)}`);
    }
    return outcome.startsWith('optimal') ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RicciError)) throw error;
    io.err(renderAll(error.diagnostics, { expression: '', names: {} }, io.errPaint));
    return 1;
  }
}

interface Answer {
  /** How many there are. */
  readonly columns: number;
  readonly rows: number;
  readonly outcome: string;
  readonly objective: number;
  readonly x: readonly [string, number][];
  readonly prices: readonly [string, number][];
  readonly reducedCosts?: readonly [string, number][];
  readonly solution: Pick<Result, 'violation' | 'method' | 'iterations' | 'seconds'> & { readonly why: string; readonly kkt: object };
}

type Options = Pick<SolveOptions, 'tolerance' | 'limits' | 'method' | 'signal'>;

function named(names: readonly string[], values: ArrayLike<number>): [string, number][] {
  return names.map((name, k) => [name, (values[k] ?? 0) + 0]);
}

async function programAnswer(text: string, path: string, options: Options): Promise<Answer> {
  const program = readers[extname(path).toLowerCase()]?.(text, path) as NumericProgram;
  const solution = await minimiseAsync(problemOf(program), options);
  const sign = program.sense === 'max' ? -1 : 1;
  return {
    columns: program.columns.length,
    rows: program.rows.length,
    outcome: numericOutcome(solution.outcome),
    objective: sign * solution.objective + 0,
    x: named(program.columns, solution.z),
    prices: named(program.rows, solution.multipliers.linear),
    reducedCosts: named(program.columns, solution.multipliers.bounds),
    solution,
  };
}

/** Names stand in files of their own beside an .nl file, one a line. */
async function nlAnswer(text: string, path: string, options: Options): Promise<Answer> {
  const problem = readNl(text, path);
  const beside = (end: string, count: number, letter: string): string[] => {
    const file = path.replace(/\.nl$/i, end);
    const names = existsSync(file) ? readFileSync(file, 'utf8').split(/\r?\n/).filter((line) => line !== '') : [];
    return Array.from({ length: count }, (_, k) => names[k] ?? `${letter}${k + 1}`);
  };
  const { solution, x, prices } = await solveNl(problem, options);
  return {
    columns: problem.variables,
    rows: problem.rows.length,
    outcome: solution.outcome,
    objective: solution.objective,
    x: named(beside('.col', problem.variables, 'x'), x),
    prices: named(beside('.row', problem.rows.length, 'c'), prices),
    solution,
  };
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
