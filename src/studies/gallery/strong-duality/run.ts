// Optima of primal and dual programs by the solver, value iteration, and dual mirror descent on random requests.

import { verdict } from '../../../certify/verdict.ts';
import { compile } from '../../../run/compile.ts';
import { type Given, type PreparedModel, type Solution, prepareModel, solve } from '../../../solve/index.ts';
import { type Pace, newPace } from '../../harness/progress.ts';
import { type Stream, newStream } from '../../harness/random.ts';
import { type Line, fitPower } from '../../harness/slope.ts';
import { mean } from '../../harness/statistics.ts';
import { exprOf, readModel } from '../engine.ts';
import type { EntryOptions, Outcome } from '../entry.ts';
import { info } from './info.ts';

const text = (name: string) => info.models.find((m) => m.name === name)!;

export async function run(options: EntryOptions): Promise<Outcome> {
  const pace = newPace(options);
  const learning = await decisionProcesses(options, pace);
  const allocation = await allocations(options, pace);
  const objective = readModel(text('regularised objective'));
  const convexity = verdict(objective.expr, [objective.variable('v')]);
  const isConvex = convexity.kind === 'certified' && convexity.certificate.curvature !== 'concave';
  return {
    setting: { 'decision processes': learning.length, 'states, actions': '8, 3', gamma: 0.9, eta: 0.3, 'kinds of requests': kinds, resources, horizons: allocation.horizons.join(', '), 'allocation problems': allocation.instances, 'runs per problem and horizon': allocation.draws },
    measured: {
      duality: Math.max(...learning.map((l) => Math.max(Math.abs(l.values - l.visits), Math.abs(l.values - l.iteration)))),
      solved: mean(learning.map((l) => l.verified)),
      regularised: Math.max(...learning.map((l) => Math.abs(l.softValues - l.softVisits))),
      convex: isConvex ? 1 : 0,
      prices: allocation.prices,
      regret: allocation.fits[0]!.slope,
    },
    tables: [
      { name: 'Optima', says: 'Normalised values of the best policy in random decision processes, each computed in independent ways.', columns: ['process', 'values (primal)', 'visitations (dual)', 'value iteration', 'regularised values', 'regularised visitations'], rows: learning.map((l, k) => [k + 1, ...[l.values, l.visits, l.iteration, l.softValues, l.softVisits].map((x) => x.toFixed(12))]) },
      { name: 'Regret', says: 'Horizon times the value of the fluid program, less what was earned; means over problems and runs. Prices start at 0 and are right after some multiple of sqrt(T) requests, which is what small steps pay for.', columns: ['horizon', ...rateNames], rows: allocation.horizons.map((T, k) => [T, ...allocation.regrets.map((list) => list[k]!)]) },
      { name: 'Growth of regret', says: 'Slopes in log-log with 95 % intervals.', columns: ['prices', 'slope', 'low', 'high'], rows: allocation.fits.map((fit, i) => [rateNames[i], fit.slope, ...fit.interval]) },
    ],
    figures: [
      {
        kind: 'lines', name: 'regret', title: 'Regret of online allocation',
        says: 'Regret against the horizon on logarithmic axes: dual mirror descent grows like the square root, fixed prices in proportion to the horizon.',
        x: { label: 'horizon T', scale: 'log' }, y: { label: 'regret', scale: 'log' },
        series: allocation.regrets.map((list, i) => ({ name: rateNames[i]!, x: allocation.horizons, y: list, style: (['solid', 'dotted', 'dashed'] as const)[i]! })),
      },
    ],
  };
}

interface Learning {
  readonly values: number;
  readonly visits: number;
  readonly iteration: number;
  readonly softValues: number;
  readonly softVisits: number;
  /** Share of the four programs whose optimum was verified. */
  readonly verified: number;
}

async function decisionProcesses({ seed, quick }: EntryOptions, pace: Pace): Promise<Learning[]> {
  const draws = quick ? 3 : 12;
  const tell = pace.stage('decision processes');
  const [values, visits, softValues, softVisits] = ['values', 'visitations', 'regularised values', 'regularised visitations'].map((name) => prepareModel(text(name).text)) as [PreparedModel, PreparedModel, PreparedModel, PreparedModel];
  const found: Learning[] = [];
  for (let k = 0; k < draws; k++) {
    const data = processOf(newStream(seed).split('processes').split(k), 8, 3, 0.9);
    const soft = { ...data, eta: 0.3, q: Array.from(data.r, () => 1 / data.r.length) };
    const solutions: Solution[] = [solve(values, data, precisely), solve(visits, data, precisely), solve(softValues, soft, precisely), solve(softVisits, soft, precisely)];
    const [primal, dual, softPrimal, softDual] = solutions.map((s) => s.objective) as [number, number, number, number];
    found.push({ values: primal, visits: dual, iteration: valueIteration(data), softValues: softPrimal, softVisits: softDual, verified: mean(solutions.map((s) => (s.outcome.startsWith('optimal') ? 1 : 0))) });
    await tell(k + 1, draws);
  }
  return found;
}

const precisely = { tolerance: 1e-10 };

interface Process extends Given {
  /** Row (s, a): chances of the next state. */
  readonly P: number[][];
  readonly E: number[][];
  readonly r: number[];
  readonly mu: number[];
  readonly gamma: number;
}

function processOf(stream: Stream, states: number, actions: number, gamma: number): Process {
  const pairs = Array.from({ length: states * actions }, (_, k) => k);
  return {
    P: pairs.map(() => simplex(states, stream)),
    E: pairs.map((k) => Array.from({ length: states }, (_, s) => (s === Math.floor(k / actions) ? 1 : 0))),
    r: pairs.map(() => stream.normal()),
    mu: simplex(states, stream),
    gamma,
  };
}

/** A uniform point of the simplex: normalised exponential numbers. */
function simplex(n: number, stream: Stream): number[] {
  const parts = Array.from({ length: n }, () => -Math.log(1 - stream.uniform()));
  const total = parts.reduce((a, b) => a + b, 0);
  return parts.map((x) => x / total);
}

/** (1-gamma) mu'v of the fixed point of the Bellman operator; it contracts by gamma, so 400 steps leave 1e-18. */
function valueIteration({ P, E, r, mu, gamma }: Process): number {
  let v = mu.map(() => 0);
  const stateOf = E.map((row) => row.indexOf(1));
  for (let k = 0; k < 400; k++) {
    const next = mu.map(() => -Infinity);
    P.forEach((row, pair) => {
      const s = stateOf[pair]!;
      next[s] = Math.max(next[s]!, r[pair]! + gamma * row.reduce((sum, p, i) => sum + p * v[i]!, 0));
    });
    v = next;
  }
  return (1 - gamma) * mu.reduce((sum, m, s) => sum + m * v[s]!, 0);
}

const kinds = 12;
const resources = 2;

interface Allocation {
  readonly instances: number;
  readonly draws: number;
  readonly horizons: readonly number[];
  /** Largest difference of the dual at the multipliers of the budget and the fluid program. */
  readonly prices: number;
  /** By rate, then by horizon. */
  readonly regrets: readonly (readonly number[])[];
  readonly fits: readonly Line[];
}

const rateNames = ['dual mirror descent, steps 4/sqrt(T)', 'steps 1/sqrt(T)', 'fixed prices, the control'];

/** Constants c of the steps c/sqrt(T); 0 never moves the prices. */
const rates = [4, 1, 0];

async function allocations({ seed, quick }: EntryOptions, pace: Pace): Promise<Allocation> {
  const instances = quick ? 4 : 8;
  const draws = quick ? 8 : 20;
  const horizons = Array.from({ length: quick ? 6 : 8 }, (_, k) => 400 * 2 ** k);
  const tell = pace.stage('allocation');
  const dual = compile(exprOf(text('dual of the allocation').text, text('dual of the allocation').declare));
  const regrets = rates.map(() => horizons.map(() => 0));
  let prices = 0;
  for (let instance = 0; instance < instances; instance++) {
    const root = newStream(seed).split('allocation').split(instance);
    const p = simplex(kinds, root.split('shares'));
    const r = Array.from(root.split('rewards').uniforms(kinds));
    const B = Array.from({ length: kinds }, (_, k) => Array.from(root.split('use').split(k).uniforms(resources)));
    const rho = Array.from({ length: resources }, () => 0.2);
    const fluid = solve(text('allocation').text, { p, r, B, rho }, precisely);
    const w = fluid.multipliers['budget']!.data;
    prices = Math.max(prices, Math.abs(dual({ p, r, B, w, rho }).data[0]! - fluid.objective));
    for (const [k, T] of horizons.entries()) {
      for (let draw = 0; draw < draws; draw++) {
        const requests = arrivals(p, T, root.split('requests').split(T).split(draw));
        rates.forEach((c, i) => (regrets[i]![k]! += (T * fluid.objective - allocate(requests, { r, B, rho, rate: c / Math.sqrt(T) })) / draws / instances));
      }
      await tell(instance * horizons.length + k + 1, instances * horizons.length, `horizon ${T}`);
    }
  }
  return { instances, draws, horizons, prices, regrets, fits: regrets.map((list) => fitPower(horizons, list)) };
}

function arrivals(p: readonly number[], T: number, stream: Stream): Int32Array {
  return Int32Array.from({ length: T }, () => {
    let left = stream.uniform();
    const kind = p.findIndex((share) => (left -= share) < 0);
    return kind < 0 ? p.length - 1 : kind;
  });
}

interface Terms {
  readonly r: readonly number[];
  readonly B: readonly (readonly number[])[];
  readonly rho: readonly number[];
  readonly rate: number;
}

/** What is earned: accept above the price while every resource lasts, then move prices along use minus budget, not below 0. */
function allocate(requests: Int32Array, { r, B, rho, rate }: Terms): number {
  const w = rho.map(() => 0);
  const left = rho.map((x) => x * requests.length);
  let earned = 0;
  for (const kind of requests) {
    const use = B[kind]!;
    const wanted = r[kind]! > use.reduce((sum, b, i) => sum + b * w[i]!, 0);
    const taken = wanted && use.every((b, i) => b <= left[i]!);
    if (taken) {
      earned += r[kind]!;
      use.forEach((b, i) => (left[i]! -= b));
    }
    w.forEach((price, i) => (w[i] = Math.max(0, price - rate * (rho[i]! - (wanted ? use[i]! : 0)))));
  }
  return earned;
}
