// Public sets of linear and quadratic programs, each as an MPS file and as a model with its data:
// npm run test:sets [-- NAME …]. Problems with more than RICCI_SETS_SIZE (1500) variables and rows, bounds counted as
// rows, are left out. Fails if an optimum, a proof or an outcome is not what it should be. Writes bench/results/sets.json.
//
// Maros & Mészáros, A repository of convex quadratic programming problems, Optimization Methods and Software 11, 1999;
// Gay, Electronic mail distribution of linear programming test problems, COAL Newsletter 13, 1985.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { must } from '../../src/base/internal.ts';
import { readMps } from '../../src/data/programs/mps.ts';
import type { NumericProgram } from '../../src/data/programs/program.ts';
import { minimise, numericOutcome, problemOf, solve } from '../../src/solve/index.ts';
import { type Stored, better, contradicted, falling, linearOf, programOf } from './programs.ts';
import { fallAlong, farkasMargin } from './proofs.ts';
import { dataOf, model, mpsOf } from './texts.ts';

/** Of the convex programs; a linear one without an optimum is left out. */
interface Optimum {
  readonly quadratic: number;
  readonly linear?: number;
}

interface Case {
  readonly set: string;
  readonly name: string;
  readonly way: 'file' | 'model';
  readonly program: NumericProgram;
  readonly wanted: number | 'infeasible' | 'unbounded';
}

interface Answer {
  readonly outcome: string;
  readonly objective: number;
  readonly error: number;
  readonly kkt: number;
  readonly iterations: number;
  readonly seconds: number;
  readonly isRight: boolean;
}

const size = Number(process.env['RICCI_SETS_SIZE'] ?? 1500);
const seconds = Number(process.env['RICCI_SETS_SECONDS'] ?? 60);
const chosen = process.argv.slice(2);
const results = join(import.meta.dirname, '../results');
const folder = join(results, 'maros-meszaros');
const optima = JSON.parse(readFileSync(join(import.meta.dirname, 'optima.json'), 'utf8')) as Readonly<Record<string, Optimum>>;

fetchData();
const clarabel = clarabelTimes();
const cases = readdirSync(folder).filter((file) => file !== 'clarabel.json').flatMap(casesOf);
const answers = cases.map((one) => {
  const answer = answered(one);
  const clarabelSeconds = one.set === 'Maros–Mészáros' ? clarabel[one.name]?.seconds : undefined;
  const line = [
    answer.isRight ? ' ' : '!',
    one.set.padEnd(15),
    one.way.padEnd(5),
    one.name.padEnd(10),
    answer.outcome.padEnd(20),
    answer.objective.toPrecision(9).padStart(16),
    `error ${answer.error.toExponential(0)}  kkt ${answer.kkt.toExponential(0)}  ${answer.iterations} iterations  ${(1000 * answer.seconds).toFixed(0)} ms`,
    clarabelSeconds === undefined ? '' : `(Clarabel ${(1000 * clarabelSeconds).toFixed(1)})`,
  ];
  console.log(line.join(' '));
  return { set: one.set, way: one.way, name: one.name, ...answer, ...(clarabelSeconds !== undefined && { clarabelSeconds }) };
});
console.log();
for (const [set, list] of Map.groupBy(answers, (a) => `${a.set}, ${a.way}`)) {
  const times = list.map((a) => a.seconds).toSorted((a, b) => a - b);
  const wrong = list.filter((a) => !a.isRight).map((a) => a.name);
  const total = (values: readonly number[]): string => values.reduce((a, b) => a + b, 0).toFixed(2);
  const peer = list.flatMap((a) => a.clarabelSeconds ?? []);
  console.log(`${set}: ${list.length - wrong.length} of ${list.length}${wrong.length > 0 ? ` (not: ${wrong.join(', ')})` : ''}, ${total(times)} s in all, median ${(1000 * must(times[Math.floor(times.length / 2)])).toFixed(0)} ms${peer.length > 0 ? `, Clarabel ${total(peer)} s` : ''}`);
}
writeFileSync(join(results, 'sets.json'), `${JSON.stringify(answers, undefined, 1)}\n`);
process.exitCode = answers.every((a) => a.isRight) ? 0 : 1;

function fetchData(): void {
  if (existsSync(folder) && readdirSync(folder).length > 100) return;
  const python = join(import.meta.dirname, '../../.venv/bin/python');
  if (!existsSync(python)) throw new Error('there is no .venv: npm run setup:python makes it');
  mkdirSync(folder, { recursive: true });
  const archive = process.env['RICCI_SETS_ARCHIVE'];
  const { status, stderr } = spawnSync(python, [join(import.meta.dirname, 'fetch.py'), folder, ...(archive === undefined ? [] : [archive])], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1));
}

/** Measured once, by the interpreter that RICCI_PEERS_PYTHON names; without one there are none. */
function clarabelTimes(): Readonly<Record<string, { readonly seconds: number } | undefined>> {
  const file = join(folder, 'clarabel.json');
  const python = process.env['RICCI_PEERS_PYTHON']?.split(',')[0];
  if (!existsSync(file) && python !== undefined) spawnSync(python, [join(import.meta.dirname, 'fetch.py'), folder, '--clarabel'], { env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } });
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, { seconds: number }>) : {};
}

function casesOf(file: string): readonly Case[] {
  const stored = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Stored;
  const { name, n, m } = stored;
  const optimum = optima[name];
  if (optimum === undefined || (chosen.length > 0 ? !chosen.includes(name) : 2 * n + m > size)) return [];
  const program = programOf(stored);
  const list: Case[] = [];
  for (const way of ['file', 'model'] as const) list.push({ set: 'Maros–Mészáros', name, way, program, wanted: optimum.quadratic });
  if (optimum.linear === undefined || !name.startsWith('Q')) return list;
  const linear = linearOf(program);
  const seed = n + m;
  list.push({ set: 'Netlib', name: name.slice(1).toLowerCase(), way: 'file', program: linear, wanted: optimum.linear });
  list.push({ set: 'Netlib', name: name.slice(1).toLowerCase(), way: 'model', program: linear, wanted: optimum.linear });
  const made: readonly (readonly [string, NumericProgram | undefined, 'infeasible' | 'unbounded'])[] = [
    ['better', better(linear, optimum.linear), 'infeasible'],
    ['against', contradicted(linear, seed), 'infeasible'],
    ['against, P', contradicted(program, seed + 1), 'infeasible'],
    ['falling', falling(linear, seed), 'unbounded'],
    ['falling, P', falling(program, seed), 'unbounded'],
  ];
  for (const [how, one, wanted] of made) if (one !== undefined) list.push({ set: wanted, name: `${name.slice(1).toLowerCase()} ${how}`, way: 'file', program: one, wanted });
  return list;
}

function answered({ way, program, wanted }: Case): Answer {
  const before = process.cpuUsage();
  const limits = { seconds };
  let found: Pick<Answer, 'outcome' | 'objective' | 'iterations' | 'kkt'>;
  let margin = NaN;
  if (way === 'file') {
    const s = minimise(problemOf(readMps(mpsOf(program), 'problem.mps')), { limits });
    const { outcome } = s;
    found = { outcome: numericOutcome(outcome), objective: s.objective, iterations: s.iterations, kkt: worst(s.kkt) };
    if (outcome.kind === 'infeasible' && outcome.certificate.kind === 'farkas') margin = farkasMargin(program, outcome.certificate.rows, outcome.certificate.bounds);
    if (outcome.kind === 'unbounded') margin = fallAlong(program, outcome.ray);
  } else {
    const s = solve(model, dataOf(program), { limits });
    found = { outcome: s.outcome, objective: s.objective, iterations: s.iterations, kkt: worst(s.kkt) };
  }
  const { user, system } = process.cpuUsage(before);
  const error = typeof wanted === 'number' ? Math.abs(found.objective - wanted) / Math.max(1, Math.abs(wanted)) : 0;
  const isRight = typeof wanted === 'number' ? found.outcome.startsWith('optimal') && error <= 1e-6 && found.kkt <= 1e-7 : found.outcome === wanted && margin > 1e-9;
  return { ...found, error, seconds: (user + system) / 1e6, isRight };
}

function worst({ stationarity, primal, sign, complementarity }: ReturnType<typeof minimise>['kkt']): number {
  return Math.max(stationarity.scaled, primal.scaled, sign.scaled, complementarity.scaled);
}
