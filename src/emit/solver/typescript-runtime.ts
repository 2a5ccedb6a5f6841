// The solver that an exported TypeScript program brings along, written once: projected L-BFGS on a box inside an augmented
// Lagrangian. The same method as in `python-runtime.ts`, with the same sources.

/** Names of the runtime that a program's own functions call, and that no argument may have. */
export const runtimeNames =
  'Options Result Progress Value Evaluation Problem Outcome Counter numbersOf sizeOf shaped splitInto joined startOf sizeFromStart demand formed isFormed filled guessesFor pickBetter evaluateAll boundsOf rowNorms helperStarts recoveredFrom objective Parameters checkShapes eigh clippedTo boundMultiplier augmentedLagrangian bothBounds factorOf solveModel selfTest';

export const typescriptRuntime = `type Value = number | Float64Array | Matrix | Tensor;

export interface Progress {
  readonly iteration: number;
  readonly objective: number;
  readonly violation: number;
  readonly stationarity: number;
  readonly penalty: number;
}

export interface Options {
  /** Values of variables to start from, by name; those not given are guessed. */
  readonly start?: Readonly<Record<string, Value>>;
  /** Of the violation of constraints; ten times as much of stationarity and complementarity, relative. 1e-8 unless told. */
  readonly tolerance?: number;
  /** Steps of the quasi-Newton method in all, from each start. */
  readonly maxIterations?: number;
  /** How many guesses are tried. */
  readonly starts?: number;
  /** Of guesses that are random. */
  readonly seed?: number;
  /** Called after each step; 'stop' ends the solve. */
  readonly onProgress?: (progress: Progress) => 'stop' | void;
}

export interface Result {
  /**
   * "optimal (global)", "optimal (local)", "infeasible", "locally infeasible", "unbounded", "left the domain",
   * "stopped (iterations)", "stopped (callback)" or "no progress".
   */
  readonly status: string;
  readonly objective: number;
  readonly x: Readonly<Record<string, Value>>;
  /**
   * By constraint, for the problem as a minimisation with the Lagrangian f + sum(multiplier * (left - right)) for <= and
   * ==, and f - sum(multiplier * (left - right)) for >=; those of inequalities are not negative.
   */
  readonly multipliers: Readonly<Record<string, Value>>;
  /** Largest entry of the projected gradient of the Lagrangian, relative to that of the objective. */
  readonly stationarity: number;
  /** Largest violation of a constraint, in units of its gradient where that is longer than 1. */
  readonly violation: number;
  readonly complementarity: number;
  readonly iterations: number;
  readonly evaluations: number;
}

/** f, the rows c, and the gradient of f + w'c with w = y + rho * c, in inequalities at least 0. */
interface Evaluation {
  readonly f: number;
  readonly c: Float64Array;
  readonly g: Float64Array;
}

interface Problem {
  readonly evaluate: (z: Float64Array, y: Float64Array, rho: Float64Array) => Evaluation;
  readonly norms: (z: Float64Array) => Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** 1 where a row must be zero, 0 where it must not be above zero. */
  readonly equal: Uint8Array;
  readonly convex: boolean;
}

interface Outcome {
  readonly status: string;
  readonly z: Float64Array;
  readonly y: Float64Array;
  readonly measures: readonly [stationarity: number, violation: number, complementarity: number];
  readonly iterations: number;
  readonly evaluations: number;
}

function numbersOf(value: Value): Float64Array {
  return typeof value === 'number' ? Float64Array.of(value) : value instanceof Float64Array ? value : value.data;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

function shaped(data: Float64Array, shape: readonly number[]): Value {
  if (shape.length === 0) return data[0]!;
  if (shape.length === 1) return data;
  return shape.length === 2 ? { rows: shape[0]!, cols: shape[1]!, data } : { shape, data };
}

/** The arrays of these shapes, one after the other in z. */
function splitInto(z: Float64Array, shapes: readonly (readonly number[])[]): Value[] {
  let at = 0;
  return shapes.map((shape) => shaped(z.subarray(at, (at += sizeOf(shape))), shape));
}

/** All entries of the arrays, one after the other. */
function joined(values: readonly Value[]): Float64Array {
  const parts = values.map(numbersOf);
  const all = new Float64Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Start values with the names and shapes of variables; RangeError for others. */
function startOf(start: Readonly<Record<string, Value>>, shapes: Readonly<Record<string, readonly number[]>>): void {
  for (const [name, value] of Object.entries(start)) {
    const wanted = shapes[name]!;
    const found = typeof value === 'number' ? [] : value instanceof Float64Array ? [value.length] : 'shape' in value ? value.shape : [value.rows, value.cols];
    demand(found.length === wanted.length && found.every((n, axis) => n === wanted[axis]), \`the start value of \${name} must have shape (\${wanted.join(', ')}), got (\${found.join(', ')})\`);
    demand(numbersOf(value).every(Number.isFinite), \`the start value of \${name} is not finite\`);
  }
}

function demand(holds: boolean, words: string): void {
  if (!holds) throw new RangeError(words);
}

function filled(shape: readonly number[], entry: () => number): Value {
  return shaped(Float64Array.from({ length: sizeOf(shape) }, entry), shape);
}

/** Ways to guess an entry of a variable of so many entries, the first at which everything is defined being taken. */
function guessesFor(convex: boolean, seed: number): ((size: number) => number)[] {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const uniform = (): number => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) + 0.5) / 2 ** 32;
  const random = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const [zeros, ones, shares] = [(): number => 0, (): number => 1, (size: number): number => 1 / size];
  return convex ? [zeros, ones, shares, random] : [random, ones, shares, random, random, random, zeros];
}

/** Of two results from different starts: what is optimal, then what keeps the constraints, then what is lower. */
function pickBetter(a: Result | undefined, b: Result, sense: 1 | -1): Result {
  if (a === undefined) return b;
  const order = (r: Result): readonly number[] => [r.status.startsWith('optimal') || r.status === 'unbounded' ? 0 : 1, r.violation > 1e-6 ? 1 : 0, sense * r.objective];
  const [p, q] = [order(a), order(b)];
  const first = p.findIndex((value, k) => value !== q[k]);
  return first >= 0 && q[first]! < p[first]! ? b : a;
}

/** Ends a solve from within. */
class Stopped extends Error {}

const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const topOf = (v: Float64Array): number => v.reduce((top, x) => (Math.abs(x) <= top ? top : Math.abs(x)), 0);
const clipped = (z: Float64Array, { lower, upper }: Problem): Float64Array => z.map((x, i) => Math.min(Math.max(x, lower[i]!), upper[i]!));

/** The step to the nearest point of the box from z - g: zero where g holds z at a bound or vanishes. */
function projectedStep(z: Float64Array, g: Float64Array, { lower, upper }: Problem): Float64Array {
  return g.map((slope, i) => Math.min(Math.max(-slope, lower[i]! - z[i]!), upper[i]! - z[i]!));
}

type Pair = readonly [s: Float64Array, y: Float64Array];

/** -H g on the free variables (Nocedal & Wright, algorithm 7.4), and the scale of H. */
function twoLoop(memory: readonly Pair[], g: Float64Array, free: Uint8Array): [Float64Array, number] {
  const q = g.map((slope, i) => (free[i] ? -slope : 0));
  const usable: { s: Float64Array; y: Float64Array; sy: number; alpha: number }[] = [];
  let scale: number | undefined;
  for (const pair of [...memory].reverse()) {
    const [s, y] = pair.map((v) => v.map((x, i) => (free[i] ? x : 0))) as unknown as Pair;
    const [sy, yy] = [inner(s, y), inner(y, y)];
    if (sy <= 1e-12 * Math.sqrt(inner(s, s) * yy)) continue;
    scale ??= sy / yy;
    const alpha = inner(s, q) / sy;
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * y[i]!;
    usable.push({ s, y, sy, alpha });
  }
  for (let i = 0; i < q.length; i++) q[i]! *= scale ?? 1;
  for (const { s, y, sy, alpha } of usable.reverse()) {
    const beta = inner(y, q) / sy;
    for (let i = 0; i < q.length; i++) q[i]! += (alpha - beta) * s[i]!;
  }
  return [q, scale ?? 1];
}

interface Point {
  readonly z: Float64Array;
  readonly f: number;
  readonly g: Float64Array;
}
type Merit = (z: Float64Array) => Point;

/** A step along the path of z + t d bent into the box: enough decrease, and a slope that has flattened. */
function search(merit: Merit, { z, f, g }: Point, d: Float64Array, first: number, problem: Problem): Point | undefined {
  const slope = inner(g, d);
  const rounding = 4e-15 * Math.abs(f);
  let [step, least, most, best] = [first, 0, Infinity, undefined as Point | undefined];
  for (let k = 0; k < 50; k++) {
    const moved = z.map((x, i) => x + step * d[i]!);
    const to = merit(clipped(moved, problem));
    const gain = g.reduce((sum, s, i) => sum + s * (to.z[i]! - z[i]!), 0);
    const isFinite = Number.isFinite(to.f) && Number.isFinite(topOf(to.g));
    const along = isFinite ? to.g.reduce((sum, s, i) => (to.z[i] === moved[i] ? sum + s * d[i]! : sum), 0) : NaN;
    const falls = isFinite && gain < 0 && to.f <= f + 1e-4 * gain;
    // Where values no longer tell points apart, slopes do (approximate Wolfe conditions).
    const levels = isFinite && Math.abs(to.f - f) <= rounding && along <= -0.8 * slope;
    if (!falls && !levels) {
      most = step;
      const bend = to.f - f - slope * step;
      const guess = isFinite && bend > 0 && least === 0 ? (-0.5 * slope * step * step) / bend : 0;
      step = Math.min(Math.max(guess, least + 0.1 * (most - least)), least + 0.5 * (most - least));
    } else {
      if (best === undefined || to.f <= best.f) best = to;
      if (along >= 0.9 * slope || !to.z.some((x, i) => x === moved[i])) return to;
      least = step;
      step = most < Infinity ? 0.5 * (least + most) : 4 * step;
    }
    if (most - least <= 1e-12 * least || step < 1e-20 || step > 1e30) break;
  }
  return best;
}

/** Projected L-BFGS; \`why\` is empty when the target was reached. */
function minimise(merit: Merit, start: Float64Array, problem: Problem, target: number, memory: Pair[], after: (point: Point, size: number) => void): Point & { readonly why: string } {
  const { lower, upper } = problem;
  let at = merit(clipped(start, problem));
  if (!Number.isFinite(at.f) || !Number.isFinite(topOf(at.g))) return { ...at, why: 'left the domain' };
  const begin = Math.abs(at.f);
  let [idle, smallest] = [0, Infinity];
  for (;;) {
    const { z, f, g } = at;
    const size = topOf(projectedStep(z, g, problem));
    after(at, size);
    if (size <= target) return { ...at, why: '' };
    if (f < -1e14 * Math.max(1, begin) || topOf(z) > 1e16) return { ...at, why: 'unbounded' };
    const near = Math.min(1e-6, size);
    const free = Uint8Array.from(g, (slope, i) => ((z[i]! - lower[i]! <= near && slope > 0) || (upper[i]! - z[i]! <= near && slope < 0) ? 0 : 1));
    const [direction, scale] = twoLoop(memory, g, free);
    let d: Float64Array = direction.map((x, i) => (free[i] ? x : -scale * g[i]!));
    if (inner(g, d) > -1e-14 * Math.sqrt(inner(g, g) * inner(d, d))) {
      memory.length = 0;
      d = g.map((x) => -x);
    }
    const first = memory.length > 0 ? 1 : Math.min(1, Math.max(1e-3, 0.1 * Math.sqrt(inner(z, z))) / Math.sqrt(inner(d, d)));
    const to = search(merit, at, d, first, problem);
    if (to === undefined) {
      if (memory.length === 0) return { ...at, why: 'no progress' };
      memory.length = 0;
      continue;
    }
    const pair: Pair = [to.z.map((x, i) => x - z[i]!), to.g.map((x, i) => x - g[i]!)];
    if (inner(...pair) > 1e-10 * Math.sqrt(inner(pair[0], pair[0]) * inner(pair[1], pair[1]))) {
      memory.push(pair);
      if (memory.length > 30) memory.shift();
    }
    idle = f - to.f > 1e-15 * Math.abs(f) || size < 0.5 * smallest ? 0 : idle + 1;
    smallest = Math.min(smallest, size);
    at = to;
    if (idle >= 12) return { ...at, why: 'no progress' };
  }
}

/** Minimises f(z) within the box, with rows c(z) equal to zero or not above it. */
function augmentedLagrangian(problem: Problem, start: Float64Array, options: Required<Pick<Options, 'tolerance' | 'maxIterations'>> & Pick<Options, 'onProgress'>): Outcome {
  const { equal, convex } = problem;
  const { tolerance } = options;
  const many = equal.length;
  const none = new Float64Array(many);
  let [iterations, evaluations] = [0, 0];
  const measured = (z: Float64Array, y: Float64Array, rho: Float64Array): Evaluation => {
    evaluations++;
    return problem.evaluate(z, y, rho);
  };
  const step = (objective: number, violation: number, stationarity: number, penalty: number): void => {
    iterations++;
    if (options.onProgress?.({ iteration: iterations, objective, violation, stationarity, penalty }) === 'stop') throw new Stopped('stopped (callback)');
    if (iterations >= options.maxIterations) throw new Stopped('stopped (iterations)');
  };
  let z: Float64Array = clipped(start, problem);
  let y: Float64Array = none;
  const initial = measured(z, none, none);
  if (![initial.f, topOf(initial.g), topOf(initial.c)].every(Number.isFinite)) return { status: 'left the domain', z, y, measures: [Infinity, Infinity, Infinity], iterations, evaluations };
  // Rows in units of their gradients, or of 1 where these are short.
  const unit = many > 0 ? problem.norms(z).map((norm) => 1 / Math.max(1, norm)) : none;
  const first = topOf(initial.g);
  const scale = first < 1 ? Math.max(first, 1e-300) : 1;
  const violations = (c: Float64Array): Float64Array => c.map((x, i) => (equal[i] ? Math.abs(x) : Math.max(x, 0)) * unit[i]!);
  const off0 = violations(initial.c);
  const weight = Math.min(1e4, Math.max(1e-4, (10 * Math.max(1, Math.abs(initial.f))) / Math.max(1, 0.5 * inner(off0, off0))));
  let rho = unit.map((u) => weight * u * u);
  let last = { f: initial.f, c: initial.c, z };
  const merit: Merit = (at) => {
    const { f, c, g } = measured(at, y, rho);
    last = { f, c, z: at };
    // Inequalities whose weight y + rho c would be negative count with their least value.
    const terms = c.reduce((sum, x, i) => sum + (equal[i] || y[i]! + rho[i]! * x > 0 ? x * (y[i]! + 0.5 * rho[i]! * x) : (-0.5 * y[i]! * y[i]!) / rho[i]!), 0);
    return { z: at, f: f + terms, g };
  };
  const squares = unit.map((u) => u * u);
  const infeasibility: Merit = (at) => {
    const { c, g } = measured(at, none, squares);
    const v = violations(c);
    const plain = measured(at, none, none).g;
    last = { f: last.f, c, z: at };
    return { z: at, f: 0.5 * inner(v, v), g: g.map((x, i) => x - plain[i]!) };
  };
  const report = (at: Float64Array, multipliers: Float64Array): Outcome['measures'] => {
    const { f, c, g } = measured(at, multipliers, none);
    const size = Math.max(topOf(measured(at, none, none).g), scale);
    const slack = c.reduce((top, x, i) => (equal[i] ? top : Math.max(top, Math.abs(multipliers[i]! * x))), 0);
    return [topOf(projectedStep(at, g, problem)) / size, topOf(violations(c)), slack / Math.max(1, Math.abs(f))];
  };
  const done = (m: Outcome['measures']): boolean => m[0] <= 10 * tolerance && m[1] <= tolerance && m[2] <= 10 * tolerance;

  let status = 'no progress';
  let measures: Outcome['measures'] = [Infinity, Infinity, Infinity];
  let best: { z: Float64Array; y: Float64Array; measures: Outcome['measures'] } | undefined;
  let [before, stuck, precision, same] = [Infinity, 0, 1e-2, 0];
  const memory: Pair[] = [];
  try {
    for (let round = 0; round < 200; round++) {
      const goal = Math.max(2 * tolerance, many > 0 ? precision : 0) * Math.max(scale, Math.min(1, first));
      const found = minimise(merit, z, problem, goal, memory, (_at, size) => step(last.f, topOf(violations(last.c)), size / scale, topOf(rho)));
      z = found.z;
      const { f, c } = measured(z, y, rho);
      if (found.why === 'unbounded') {
        if (topOf(violations(c)) <= 1e-6 * Math.max(1, topOf(z))) status = 'unbounded';
        break;
      }
      if (found.why === 'left the domain') {
        status = found.why;
        break;
      }
      const slack = topOf(c.map((x, i) => (equal[i] ? Math.abs(x) : Math.abs(Math.min(-x, Math.max(0, y[i]! + rho[i]! * x) / rho[i]!))) * unit[i]!));
      y = y.map((m, i) => Math.min(1e20, Math.max(equal[i] ? -1e20 : 0, m + rho[i]! * c[i]!)));
      measures = report(z, y);
      if (best === undefined || Math.max(...measures) < Math.max(...best.measures)) {
        best = { z, y, measures };
        same = 0;
      } else same++;
      if (done(measures) || many === 0 || same >= 12) break;
      // Progress in violation and complementarity, in units of the rows.
      stuck = slack > 0.9 * before && slack > tolerance ? stuck + 1 : 0;
      if (stuck >= 4) {
        // Off a point that is stationary by symmetry alone.
        const aside = z.map((x, i) => x + 1e-3 * (1 + Math.abs(x)) * Math.cos(i + 1));
        const restored = minimise(infeasibility, aside, problem, 1e-9 * Math.max(1, scale), [], (_at, size) => step(f, slack, size, topOf(rho)));
        if (Math.sqrt(2 * restored.f) > Math.max(1e-6, 10 * tolerance)) {
          status = convex ? 'infeasible' : 'locally infeasible';
          z = restored.z;
          best = undefined;
          break;
        }
        z = restored.z;
        y = none;
        stuck = 0;
        memory.length = 0;
      }
      if (slack > 0.3 * before && slack > 0.1 * tolerance) {
        rho = rho.map((r, i) => Math.min(10 * r, 1e14 * squares[i]!));
        memory.length = 0;
      }
      before = stuck > 0 ? Math.min(before, slack) : slack;
      precision = Math.max(0.1 * precision, 2 * tolerance);
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    status = error.message;
    z = last.z;
  }
  if (best !== undefined && status !== 'unbounded' && status !== 'left the domain' && (!status.startsWith('stopped') || done(best.measures))) ({ z, y, measures } = best);
  else measures = report(z, y);
  if (done(measures) && status === 'no progress') status = convex ? 'optimal (global)' : 'optimal (local)';
  return { status, z, y, measures, iterations, evaluations };
}`;

/** V with V V' = X, for start values of factors. */
const typescriptFactor = `/** V with V V' = X; what is not positive semidefinite is cut off. */
function factorOf(X: Matrix): Matrix {
  const [values, vectors] = eigh(X);
  return { ...vectors, data: vectors.data.map((v, k) => v * Math.sqrt(Math.max(0, values[k % X.cols]!))) };
}`;

const typescriptForms = `/** The nearest matrix of this form. */
function formed(X: Value, form: 'symmetric' | 'diagonal' | 'lower' | 'upper'): Matrix {
  const { rows, cols, data } = X as Matrix;
  const keeps = { symmetric: (): boolean => true, diagonal: (i: number, j: number): boolean => i === j, lower: (i: number, j: number): boolean => j <= i, upper: (i: number, j: number): boolean => j >= i }[form];
  const entry = (i: number, j: number): number => (form === 'symmetric' ? 0.5 * (data[i * cols + j]! + data[j * cols + i]!) : data[i * cols + j]!);
  return { rows, cols, data: data.map((_, k) => (keeps(Math.floor(k / cols), k % cols) ? entry(Math.floor(k / cols), k % cols) : 0)) };
}

function isFormed(X: Value, form: 'symmetric' | 'diagonal' | 'lower' | 'upper'): boolean {
  const size = numbersOf(X).reduce((top, x) => Math.max(top, Math.abs(x)), 0);
  const near = formed(X, form).data;
  return numbersOf(X).every((x, k) => Math.abs(x - near[k]!) <= 1e-9 * size);
}`;


/** Parts that a program includes if it calls them. */
export const typescriptParts: Readonly<Record<string, string>> = {
  sizeFromStart: `/** A size that only the start value of a variable tells. */
function sizeFromStart(start: Readonly<Record<string, Value>>, name: string, axis: number, shape: string): number {
  const value = start[name];
  const sizes = value === undefined || typeof value === 'number' ? [] : value instanceof Float64Array ? [value.length] : 'shape' in value ? value.shape : [value.rows, value.cols];
  demand(axis < sizes.length, \`nothing says how large \${name} is: give start: { \${name}: an array of shape \${shape} }\`);
  return sizes[axis]!;
}`,
  boundMultiplier: `/** What holds the variable at this bound; of equal bounds the first has it all. */
function boundMultiplier(slope: Value, bound: Value, side: 'lower' | 'upper', tight: Value, taken: Set<string>, factor: number): Value {
  const [slopes, bounds, tights] = [numbersOf(slope), numbersOf(bound), numbersOf(tight)];
  const found = slopes.map((s, i) => {
    const holds = bounds[i] === tights[i] && (side === 'lower' ? s > 0 : s < 0) && !taken.has(\`\${side} \${i}\`);
    if (holds) taken.add(\`\${side} \${i}\`);
    return holds ? Math.abs(s / factor) : 0;
  });
  return shaped(found, typeof slope === 'number' ? [] : slope instanceof Float64Array ? [slope.length] : 'shape' in slope ? slope.shape : [slope.rows, slope.cols]);
}`,
  bothBounds: `function bothBounds(slope: Value, factor: number): Value {
  const found = numbersOf(slope).map((s) => -s / factor);
  return shaped(found, typeof slope === 'number' ? [] : slope instanceof Float64Array ? [slope.length] : 'shape' in slope ? slope.shape : [slope.rows, slope.cols]);
}`,
  factorOf: typescriptFactor,
  formed: typescriptForms,
};
