// Solving as somebody at a terminal does it: a process for each problem, `ricci solve MODEL --data FILE` beside a script that
// imports scikit-learn or CVXPY, from starting the process to its end: npm run bench:processes [-- CASE …].
// Writes bench/results/processes.json. Contenders take turns; of each peer the fastest way counts.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { isCsr } from '../../src/base/csr.ts';
import { must } from '../../src/base/internal.ts';
import type { DataArray } from '../../src/data/array.ts';
import { writeNpz } from '../../src/data/npz.ts';
import type { GivenValue } from '../../src/solve/model/data.ts';
import { interpreters } from './python.ts';
import { smallCases } from './small-cases.ts';
import { type SolveCase, solveCases } from './solve-cases.ts';
import { median, ratio, ratioText, secondsText } from './statistics.ts';

const root = join(import.meta.dirname, '../..');
const rounds = Number(process.env['RICCI_PEERS_ROUNDS'] ?? 5);
const asked = process.argv.slice(2);
// Objectives agree if they are this near, relative to them.
const near = 1e-6;
const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

interface Command {
  readonly name: string;
  readonly run: () => { readonly seconds: number; readonly objective: number };
}

// The ways of the peers by case, those that take minutes left out.
const waysOf: Readonly<Record<string, readonly string[]>> = {
  'logistic-sparse': ['sklearn lbfgs, tol=1e-8', 'sklearn newton-cholesky'],
  'logistic-dense': ['sklearn lbfgs, tol=1e-8', 'sklearn newton-cholesky'],
  lasso: ['sklearn Lasso'],
  'svm-dual': ['sklearn SVC'],
  nnls: ['sklearn scipy.optimize.nnls'],
  'box-least-squares': ['sklearn scipy.optimize.nnls', 'cvxpy Clarabel'],
  portfolio: ['cvxpy Clarabel'],
  'norm-cone': ['cvxpy Clarabel'],
  ...Object.fromEntries(smallCases.map((c) => [c.name, ['cvxpy Clarabel']])),
};

built();
const python = must(interpreters()[0]);
const reports: object[] = [];
for (const c of [...smallCases, ...solveCases]) {
  const ways = waysOf[c.name];
  if (ways && (asked.length === 0 || asked.some((name) => c.name === name || c.name.startsWith(`${name}-`)))) reports.push(compared(c, ways));
}
mkdirSync(join(root, 'bench/results'), { recursive: true });
const out = join(root, 'bench/results/processes.json');
writeFileSync(out, `${JSON.stringify({ cpu: must(cpus()[0]).model, rounds, cases: reports }, undefined, 2)}\n`);
console.log(`\nwritten to ${out}`);

function built(): void {
  const { status, stderr } = spawnSync('npm', ['run', '-s', 'build'], { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`the build failed: ${stderr}`);
}

function compared(c: SolveCase, ways: readonly string[]): object {
  const folder = mkdtempSync(join(tmpdir(), 'ricci-processes-'));
  const [model, data] = [join(folder, 'model.ricci'), join(folder, 'data.npz')];
  writeFileSync(model, c.model);
  writeFileSync(data, writeNpz(new Map(Object.entries(c.data()).map(([name, value]) => [name, arrayOf(value)]))));
  const ours: Command = { name: 'ricci', run: () => timed(process.execPath, [join(root, 'dist/cli/main.js'), 'solve', model, '--data', data, '--json'], objectiveOf) };
  const theirs = ways.map((name): Command => {
    const [peer, ...way] = name.split(' ');
    return { name, run: () => timed(python, [join(import.meta.dirname, 'solve_once.py'), c.name, must(peer), way.join(' '), data], Number) };
  });
  const all = [ours, ...theirs];
  const first = all.map((command) => command.run());
  const seconds: number[][] = all.map(() => []);
  for (let turn = 0; turn < rounds; turn++)
    for (let k = 0; k < all.length; k++) {
    const at = (k + turn) % all.length;
    must(seconds[at]).push(must(all[at]).run().seconds);
  }
  rmSync(folder, { recursive: true });
  const objective = must(first[0]).objective;
  console.log(`\n${c.name}`);
  const ratios: Record<string, number> = {};
  for (const [k, { name }] of all.entries()) {
    const gap = (must(first[k]).objective - objective) / Math.max(1, Math.abs(objective));
    ratios[name] = ratio(must(seconds[k]), must(seconds[0]));
    console.log(`  ${name.padEnd(32)} ${secondsText(median(must(seconds[k]))).padStart(9)}  ${ratioText(ratios[name]).padStart(7)}  objective ${gap < 0 ? '-' : '+'}${Math.abs(gap).toExponential(1)}`);
    if (gap < -near) {
      console.log('  MISSES the optimum');
      process.exitCode = 1;
    }
  }
  return { name: c.name, ratios, seconds: Object.fromEntries(all.map(({ name }, k) => [name, seconds[k]])) };
}

function timed(command: string, args: readonly string[], read: (text: string) => number): { seconds: number; objective: number } {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...oneThread }, maxBuffer: 2 ** 28 });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')}: ${stderr}`);
  return { seconds, objective: read(stdout) };
}

function objectiveOf(json: string): number {
  const answer = JSON.parse(json) as { outcome: string; objective: number };
  if (!answer.outcome.startsWith('optimal')) throw new Error(answer.outcome);
  return answer.objective;
}

function arrayOf(value: GivenValue): DataArray {
  if (typeof value === 'number') return { shape: [], data: Float64Array.of(value) };
  if (typeof value === 'object' && isCsr(value)) return value;
  if (Array.isArray(value) && Array.isArray(value[0])) return { shape: [value.length, value[0].length], data: Float64Array.from((value as number[][]).flat()) };
  if ('shape' in value && 'data' in value) return { shape: value.shape, data: Float64Array.from(value.data) };
  return { shape: [(value as ArrayLike<number>).length], data: Float64Array.from(value as ArrayLike<number>) };
}
