// Solving, from the text of a model and its data to the verified optimum, against scikit-learn, CVXPY with Clarabel, and
// genosolver: npm run bench:solve [-- CASE …]. Writes bench/results/solve.json.
//
// Contenders take turns, so that a slow moment of the machine hits all alike; ratios are medians of the ratios of each turn.
// Ours reads the model anew each time; only the machine code that V8 made of our own functions stays warm.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type Csr, isCsr } from '../../src/base/csr.ts';
import { must } from '../../src/base/internal.ts';
import { writeNpy } from '../../src/data/npy.ts';
import { solvePath } from '../../src/solve/model/path.ts';
import { solveModel } from '../../src/solve/model/solve-model.ts';
import type { Given, GivenValue } from '../../src/solve/model/data.ts';
import type { Solution } from '../../src/solve/model/answer.ts';
import { acceptedCases } from './accepted-cases.ts';
import { interpreters } from './python.ts';
import { smallCases } from './small-cases.ts';
import { type SolveCase, solveCases } from './solve-cases.ts';
import { median, ratio, ratioText, secondsText } from './statistics.ts';
import { type Worker, startWorker } from './worker.ts';

const threads = Number(process.env['RICCI_PEERS_THREADS'] ?? 1);
const rounds = Number(process.env['RICCI_PEERS_ROUNDS'] ?? 5);
const chosen = process.argv.slice(2);
const peers = (process.env['RICCI_PEERS_OF'] ?? 'sklearn,cvxpy,genosolver').split(',');

// A contender that takes longer is measured once.
const long = 30;
// Ways of a peer count if their objective is this near to the best, relative to it.
const near = 1e-6;

interface Contender {
  readonly peer: string;
  readonly way: string;
  readonly objective: number;
  readonly evaluations: number;
  /** How far its point is from stationary, where evaluations are compared. */
  readonly stationarity?: number | null;
  readonly time: () => Promise<number>;
  readonly seconds: number[];
}

const workers: Worker[] = [];
for (const python of interpreters()) workers.push(await startWorker(python, threads));
console.log(`${must(cpus()[0]).model}, ${threads} thread${threads === 1 ? '' : 's'}`);
const reports: object[] = [];
for (const c of [...solveCases, ...smallCases, ...acceptedCases]) if (chosen.length === 0 || chosen.some((name) => c.name === name || c.name.startsWith(`${name}-`))) reports.push(await compared(c));
for (const w of workers) w.end();
mkdirSync(join(import.meta.dirname, '../results'), { recursive: true });
const file = join(import.meta.dirname, '../results/solve.json');
writeFileSync(file, `${JSON.stringify({ cpu: must(cpus()[0]).model, threads, rounds, cases: reports }, undefined, 2)}\n`);
console.log(`\nwritten to ${file}`);

async function compared(c: SolveCase): Promise<object> {
  const data = c.data();
  const start = c.start?.() ?? {};
  const path = c.path?.values(data);
  const folder = mkdtempSync(join(tmpdir(), 'ricci-peers-'));
  const list: Contender[] = [];
  const onDisk = saved({ ...data, ...start, ...(path && { path }) }, folder);
  for (const peer of peers) list.push(...(await contendersOf(c, peer, onDisk)));
  const { contender: ours, solution } = oursOn(c, data, start, path);
  const all = [ours, ...list];
  const turns = Math.max(...all.map((x) => must(x.seconds[0]))) > long / 3 ? Math.min(rounds, 3) : rounds;
  const counts = all.filter((x) => must(x.seconds[0]) < long);
  for (const x of counts) x.seconds.length = 0;
  for (let turn = 0; turn < turns; turn++)
    for (let k = 0; k < counts.length; k++) {
    const x = must(counts[(k + turn) % counts.length]);
    x.seconds.push(await x.time());
  }
  for (const x of list) for (const w of workers) await w.ask({ do: 'forget', id: `${c.name} ${x.peer} ${x.way}` });
  rmSync(folder, { recursive: true });
  const stationarity = c.evaluations ? list.find((x) => x.peer === 'genosolver')?.stationarity : undefined;
  const asNear = stationarity ? solveModel(c.model, data, { start, tolerance: stationarity }).evaluations : undefined;
  return report(c, ours, list, solution, asNear);
}

async function contendersOf(c: SolveCase, peer: string, data: object): Promise<Contender[]> {
  const worker = workers.find((w) => w.libraries.includes(peer));
  if (!worker) {
    console.log(`no interpreter has ${peer}: going on without it`);
    return [];
  }
  const id = `${c.name} ${peer}`;
  const { ways } = (await worker.ask({ do: 'prepare-solve', id, peer, case: c.name, data })) as { ways: { way: string; seconds: number; objective: number; evaluations: number; stationarity: number | null; failed?: string }[] };
  for (const w of ways) if (w.failed !== undefined) console.log(`  ${id}, ${w.way}: ${w.failed}`);
  return ways
    .filter((w) => w.failed === undefined)
    .map(({ way, seconds, objective, evaluations, stationarity }) => {
      const time = async (): Promise<number> => (await worker.ask({ do: 'time', id: `${id} ${way}`, repeats: 1 }))['seconds'] as number;
      return { peer, way, objective, evaluations, stationarity, time, seconds: [seconds] };
    });
}

/** Numbers as they are, arrays and sparse matrices as files. */
function saved(data: Given, folder: string): Record<string, unknown> {
  const array = (name: string, shape: readonly number[], values: ArrayLike<number>): string => {
    const at = join(folder, `${name}.npy`);
    writeFileSync(at, writeNpy(shape, Float64Array.from(values)));
    return at;
  };
  const one = (name: string, value: GivenValue): unknown => {
    if (typeof value === 'number') return value;
    if (typeof value === 'object' && isCsr(value)) return sparse(name, value);
    if (Array.isArray(value) && Array.isArray(value[0])) return array(name, [value.length, value[0].length], (value as number[][]).flat());
    if ('shape' in value && 'data' in value) return array(name, value.shape, value.data);
    return array(name, [(value as ArrayLike<number>).length], value as ArrayLike<number>);
  };
  const sparse = (name: string, S: Csr): object => ({
    shape: [S.rows, S.cols],
    values: array(`${name}-values`, [S.values.length], S.values),
    indices: array(`${name}-indices`, [S.indices.length], S.indices),
    indptr: array(`${name}-indptr`, [S.indptr.length], S.indptr),
  });
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, one(name, value)]));
}

function oursOn(c: SolveCase, data: Given, start: Given, path: readonly number[] | undefined): { contender: Contender; solution: Solution } {
  let objective = 0;
  let evaluations = 0;
  const once = (): { seconds: number; solution: Solution } => {
    const began = performance.now();
    const solutions = c.path && path ? solvePath(c.model, data, { parameter: c.path.parameter, values: path, start }).map((p) => p.solution) : [solveModel(c.model, data, { start })];
    const solution = solutions.find((s) => !s.outcome.startsWith('optimal')) ?? solutions.at(-1);
    objective = solutions.reduce((sum, s) => sum + s.objective, 0);
    evaluations = solutions.reduce((sum, s) => sum + s.evaluations, 0);
    return { seconds: (performance.now() - began) / 1000, solution: must(solution) };
  };
  const { seconds, solution } = once();
  return { contender: { peer: 'ricci', way: solution.method, objective, evaluations, time: async () => once().seconds, seconds: [seconds] }, solution };
}

function report(c: SolveCase, ours: Contender, list: readonly Contender[], solution: Solution, asNear: number | undefined): object {
  const least = Math.min(ours.objective, ...list.map((x) => x.objective));
  const gap = (x: Contender): number => (x.objective - least) / Math.max(1, Math.abs(least));
  console.log(`\n${c.name}: ${solution.outcome}`);
  for (const x of [ours, ...list]) {
    console.log(`  ${x.peer.padEnd(10)} ${secondsText(median(x.seconds)).padStart(9)}  objective +${gap(x).toExponential(1)}  ${String(x.evaluations).padStart(6)} evaluations or iterations  ${x.way}`);
  }
  const ratios: Record<string, number> = {};
  for (const peer of new Set(list.map((x) => x.peer))) {
    const good = list.filter((x) => x.peer === peer && gap(x) <= Math.max(near, gap(ours)));
    if (good.length === 0) continue;
    const best = good.reduce((a, b) => (median(b.seconds) < median(a.seconds) ? b : a));
    const turns = Math.min(best.seconds.length, ours.seconds.length);
    const r = ratio(best.seconds.slice(0, turns), ours.seconds.slice(0, turns));
    ratios[peer] = r;
    const bar = c.bars[peer];
    console.log(`  ${peer.padEnd(10)} ${ratioText(r).padStart(8)}  (${best.way})${bar === undefined ? '' : r >= bar ? `   reaches ${ratioText(bar)}` : `   MISSES ${ratioText(bar)}`}`);
  }
  const geno = list.find((x) => x.peer === 'genosolver');
  if (c.evaluations && geno) {
    const verdict = gap(geno) > Math.max(near, gap(ours)) ? 'of a worse point' : Math.min(ours.evaluations, asNear ?? Infinity) < geno.evaluations ? 'fewer' : 'MORE';
    const toThere = asNear === undefined ? '' : `, ${asNear} to its stationarity of ${geno.stationarity?.toExponential(1)},`;
    console.log(`  evaluations ${ours.evaluations}${toThere} against ${geno.evaluations}: ${verdict}`);
  }
  if (!solution.outcome.startsWith('optimal')) process.exitCode = 1;
  return {
    name: c.name,
    outcome: solution.outcome,
    contenders: [ours, ...list].map((x) => ({ peer: x.peer, way: x.way, median: median(x.seconds), gap: gap(x), evaluations: x.evaluations, stationarity: x.stationarity, seconds: x.seconds })),
    ratios,
    bars: c.bars,
  };
}
