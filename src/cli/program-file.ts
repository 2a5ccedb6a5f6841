// `ricci solve FILE.mps` and `FILE.lp`: a program of numbers to an answer, with the names of its columns and rows.

import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import process from 'node:process';
import { RicciError } from '../base/diagnostic.ts';
import { readLp } from '../data/programs/lp.ts';
import { readMps } from '../data/programs/mps.ts';
import type { NumericProgram } from '../data/programs/program.ts';
import { type SolveOptions, minimiseAsync, numericOutcome, problemOf } from '../solve/index.ts';
import { labelled } from './answer.ts';
import { type Given, UsageError } from './args.ts';
import type { ExitCode } from './command.ts';
import type { Io } from './io.ts';
import { renderAll } from './render.ts';

const readers: Readonly<Record<string, (text: string, file: string) => NumericProgram>> = { '.mps': readMps, '.qps': readMps, '.lp': readLp };
const mostShown = 60;

export function isProgramFile(path: string): boolean {
  return readers[extname(path).toLowerCase()] !== undefined;
}

export async function solveProgramFile(path: string, given: Given, options: Pick<SolveOptions, 'tolerance' | 'limits' | 'method'>, io: Io): Promise<ExitCode> {
  const other = ['data', 'at', 'start', 'sensitivity', 'path', 'starts', 'out', 'watch'].find((name) => given.has(name));
  if (other !== undefined) throw new UsageError(`--${other} is for models, and ${path} has its numbers in it`, 'leave it out');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`, 'give an MPS or LP file');
  }
  try {
    const program = readers[extname(path).toLowerCase()]?.(text, path) as NumericProgram;
    const stop = new AbortController();
    const interrupt = (): void => stop.abort();
    process.once('SIGINT', interrupt);
    const solution = await minimiseAsync(problemOf(program), { ...options, signal: stop.signal });
    process.removeListener('SIGINT', interrupt);
    const sign = program.sense === 'max' ? -1 : 1;
    const outcome = numericOutcome(solution.outcome);
    const objective = sign * solution.objective + 0;
    const named = (names: readonly string[], values: ArrayLike<number>): [string, number][] => names.map((name, k) => [name, (values[k] ?? 0) + 0]);
    const x = named(program.columns, solution.z);
    const prices = named(program.rows, solution.multipliers.linear);
    if (given.has('json')) {
      io.out(JSON.stringify({ outcome, objective, x: Object.fromEntries(x), multipliers: Object.fromEntries(prices), reducedCosts: Object.fromEntries(named(program.columns, solution.multipliers.bounds)), violation: solution.violation, kkt: solution.kkt, method: solution.method, iterations: solution.iterations, seconds: solution.seconds }));
    } else {
      const shown = x.filter(([, value]) => value !== 0);
      const rows: [string, string][] = [
        ...shown.slice(0, mostShown).map(([name, value]): [string, string] => [name, String(Number(value.toPrecision(10)))]),
        ...(shown.length > mostShown ? [['…', `${shown.length - mostShown} more that are not zero (--json for all)`] as [string, string]] : []),
        ['method', `${solution.method}, because ${solution.why}; ${solution.iterations} iterations, ${solution.seconds.toFixed(2)} s`],
      ];
      io.out(`${io.paint.bold(outcome)}   objective ${io.paint.bold(String(objective))}\n  ${counted(program.columns.length, 'variable')}, ${counted(program.rows.length, 'row')}\n\n${labelled(rows, io.paint)}`);
    }
    return outcome.startsWith('optimal') ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RicciError)) throw error;
    io.err(renderAll(error.diagnostics, { expression: '', names: {} }, io.errPaint));
    return 1;
  }
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
