// The solver that an exported TypeScript program brings along, written once: projected L-BFGS on a box inside an augmented
// Lagrangian. The same method as in `python-runtime.ts`, with the same sources.

/** Names of the runtime that a program's own functions call, and that no argument may have. */
export const runtimeNames =
  'Options Result Progress Value Evaluation Problem Outcome Counter numbersOf sizeOf shaped splitInto joined startOf sizeFromStart demand formed isFormed filled insideTheCone guessesFor pickBetter evaluateAll boundsOf rowNorms helperStarts recoveredFrom objective Parameters checkShapes eigh clippedTo boundMultiplier augmentedLagrangian bothBounds rowGradients rowLimits coneGradients rowsFrom offTheCone factorOf solveModel selfTest';

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

/** f, the rows c, and the gradient of f + w'c with the weights w that rows allow nearest to y + rho * c. */
interface Evaluation {
  readonly f: number;
  readonly c: Float64Array;
  readonly g: Float64Array;
}

interface Problem {
  readonly evaluate: (z: Float64Array, y: Float64Array, rho: Float64Array) => Evaluation;
  /** Lengths of the gradients of the rows. */
  readonly norms: (z: Float64Array) => Float64Array;
  /** The gradient of y'c over constraints. */
  readonly pull: (z: Float64Array, y: Float64Array) => Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly rows: Rows;
  readonly convex: boolean;
  /** A point from which the objective falls by more than the margin, of a stationary one that is no optimum for semidefinite matrices. */
  readonly escape?: (z: Float64Array, y: Float64Array, margin: number) => Float64Array | undefined;
}

/**
 * Which weights the rows of a problem allow; a row counts in the objective with the largest weight * row. Any weight makes an
 * equation of a row, any from 0 on an inequality c <= 0; weights within bounds make a kink such as |c|, from -1 to 1, and
 * those that together are no longer than a radius a norm.
 */
interface Rows {
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly isConstraint: Uint8Array;
  /** Those that are no constraints. */
  readonly kinks: readonly Block[];
  readonly balls: readonly Ball[];
}

interface Block {
  readonly from: number;
  readonly to: number;
}

/** Vectors of the same length one after the other, and the radius of each. */
interface Ball extends Block {
  readonly radius: Float64Array;
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
  // Those far out may be where logarithms are defined.
  const far = [10, 100, 1000].flatMap((level) => [(): number => level, (): number => -level]);
  return convex ? [zeros, ones, shares, random, ...far] : [random, ones, shares, random, random, random, zeros];
}

/** Of two results from different starts: what is optimal, then what keeps the constraints, then what is lower. */
function pickBetter(a: Result | undefined, b: Result, sense: 1 | -1): Result {
  if (a === undefined) return b;
  const order = (r: Result): readonly number[] => [r.status.startsWith('optimal') || r.status === 'unbounded' ? 0 : 1, r.violation > 1e-6 ? 1 : 0, sense * r.objective];
  const [p, q] = [order(a), order(b)];
  const first = p.findIndex((value, k) => value !== q[k]);
  return first >= 0 && q[first]! < p[first]! ? b : a;
}

/** The rows of these shapes, with limits of their weights: least and most, or a radius. */
function rowsFrom(shapes: readonly (readonly number[])[], limits: readonly (readonly Value[])[]): Rows {
  const counts = shapes.map(sizeOf);
  const many = counts.reduce((sum, count) => sum + count, 0);
  const least = new Float64Array(many).fill(-Infinity);
  const most = new Float64Array(many).fill(Infinity);
  const isConstraint = new Uint8Array(many).fill(1);
  const [kinks, balls]: [Block[], Ball[]] = [[], []];
  let from = 0;
  limits.forEach((limit, k) => {
    const block = { from, to: from + counts[k]! };
    const [low, high] = limit.map(numbersOf);
    for (let i = from; high !== undefined && i < block.to; i++) {
      least[i] = low!.length === 1 ? low![0]! : low![i - from]!;
      most[i] = high.length === 1 ? high[0]! : high[i - from]!;
    }
    if (high === undefined) balls.push({ ...block, radius: low! });
    if (high?.[0] !== Infinity) {
      kinks.push(block);
      isConstraint.fill(0, block.from, block.to);
    }
    from = block.to;
  });
  return { least, most, isConstraint, kinks, balls };
}

/** Lengths of the vectors of a ball. */
function lengthsOf(v: Float64Array, { from, to, radius }: Ball): Float64Array {
  const each = (to - from) / radius.length;
  return radius.map((_, k) => Math.hypot(...v.subarray(from + k * each, from + (k + 1) * each)));
}

/** The nearest weights that are allowed. */
function allowedBy({ least, most, balls }: Rows, wanted: Float64Array): Float64Array {
  const weights = wanted.map((w, i) => Math.min(Math.max(w, least[i]!), most[i]!));
  for (const ball of balls) {
    const lengths = lengthsOf(weights, ball);
    const each = (ball.to - ball.from) / lengths.length;
    for (let i = ball.from; i < ball.to; i++) {
      const k = Math.floor((i - ball.from) / each);
      weights[i]! *= ball.radius[k]! / Math.max(lengths[k]!, ball.radius[k]!, 1e-300);
    }
  }
  return weights;
}

/** The same unit for all entries of a norm: the least. */
function alikeIn({ balls }: Rows, unit: Float64Array): Float64Array {
  const same = unit.slice();
  for (const { from, to, radius } of balls) {
    const each = (to - from) / radius.length;
    for (let at = from; at < to; at += each) same.fill(Math.min(...unit.subarray(at, at + each)), at, at + each);
  }
  return same;
}

/** The weights of kinks that give the most, and 0 for constraints. */
function steepestOf(rows: Rows, c: Float64Array): Float64Array {
  return allowedBy(rows, c.map((x, i) => (rows.isConstraint[i] ? 0 : 1e100 * x)));
}

/** What kinks add to the objective. */
function addedBy(rows: Rows, c: Float64Array): number {
  const { least, most, isConstraint, balls } = rows;
  const inBall = (i: number): boolean => least[i] === -Infinity;
  const bounded = c.reduce((sum, x, i) => (isConstraint[i] || inBall(i) ? sum : sum + Math.max(least[i]! * x, most[i]! * x)), 0);
  return balls.reduce((sum, ball) => sum + inner(ball.radius, lengthsOf(c, ball)), bounded);
}

/** What the weights miss: the largest product with a constraint, or all that kinks add beyond them. */
function gapOf(rows: Rows, c: Float64Array, y: Float64Array): number {
  const slack = c.reduce((top, x, i) => (rows.isConstraint[i] ? Math.max(top, Math.abs(y[i]! * x)) : top), 0);
  return Math.max(slack, Math.abs(addedBy(rows, c) - c.reduce((sum, x, i) => (rows.isConstraint[i] ? sum : sum + y[i]! * x), 0)));
}

/** Ends a solve from within. */
class Stopped extends Error {}

const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const topOf = (v: Float64Array): number => v.reduce((top, x) => (Math.abs(x) <= top ? top : Math.abs(x)), 0);
const clipped = (z: Float64Array, { lower, upper }: Problem): Float64Array => z.map((x, i) => Math.min(Math.max(x, lower[i]!), upper[i]!));

/** -g, but no more than the distance to a bound in its way, times a unit: zero where g holds z at a bound or vanishes. */
function projectedStep(z: Float64Array, g: Float64Array, { lower, upper }: Problem, unit: number): Float64Array {
  return g.map((slope, i) => Math.min(Math.max(-slope, unit * (lower[i]! - z[i]!)), unit * (upper[i]! - z[i]!)));
}

/** A point beside z, by this size relative. */
function shaken(z: Float64Array, size: number, problem: Problem): Float64Array {
  return clipped(z.map((x, i) => x + size * (1 + Math.abs(x)) * Math.cos(i + 1)), problem);
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

/** Which variables their bounds hold against the slope. */
function heldBy(z: Float64Array, g: Float64Array, { lower, upper }: Problem, near: number): Uint8Array {
  return Uint8Array.from(g, (slope, i) => ((z[i]! - lower[i]! <= near && slope > 0) || (upper[i]! - z[i]! <= near && slope < 0) ? 1 : 0));
}

/** x with H x = b for a symmetric H, by elimination; directions along which H vanishes are left out. */
function eliminated(H: readonly Float64Array[], b: Float64Array): Float64Array {
  const n = b.length;
  const rows = H.map((row, i) => Float64Array.of(...row, b[i]!));
  const top = H.reduce((most, row) => Math.max(most, topOf(row)), 0);
  const pivots: (number | undefined)[] = [];
  let used = 0;
  for (let j = 0; j < n; j++) {
    let best = used;
    for (let i = used; i < n; i++) if (Math.abs(rows[i]![j]!) > Math.abs(rows[best]![j]!)) best = i;
    if (used === n || Math.abs(rows[best]![j]!) <= 1e-13 * top) {
      pivots.push(undefined);
      continue;
    }
    [rows[used], rows[best]] = [rows[best]!, rows[used]!];
    const own = rows[used]!;
    for (let i = 0; i < n; i++) {
      const factor = i === used ? 0 : rows[i]![j]! / own[j]!;
      if (factor !== 0) for (let k = j; k <= n; k++) rows[i]![k]! -= factor * own[k]!;
    }
    pivots.push(used++);
  }
  return Float64Array.from(pivots, (at, j) => (at === undefined ? 0 : rows[at]![n]! / rows[at]![j]!));
}

/** A Newton step on the free variables, with second derivatives by differences; nothing for too many, and where it is no better. */
function newtonStep(merit: Merit, at: Point, problem: Problem, unit: number, size: number): Point | undefined {
  const { z, f, g } = at;
  const held = heldBy(z, g, problem, size / unit);
  const free = [...z.keys()].filter((i) => !held[i]);
  if (free.length === 0 || free.length > 300) return undefined;
  const columns = free.map((j) => {
    const aside = z.slice();
    aside[j]! += 1e-6 * (1 + Math.abs(z[j]!)) * (z[j]! < problem.upper[j]! ? 1 : -1);
    const { g: there } = merit(aside);
    return Float64Array.from(free, (i) => (there[i]! - g[i]!) / (aside[j]! - z[j]!));
  });
  const H = columns.map((column, i) => column.map((x, j) => 0.5 * (x + columns[j]![i]!)));
  if (!H.every((row) => row.every(Number.isFinite))) return undefined;
  const step = eliminated(H, Float64Array.from(free, (i) => -g[i]!));
  for (const t of [1, 0.5, 0.1]) {
    const moved = z.slice();
    free.forEach((i, k) => (moved[i]! += t * step[k]!));
    const to = merit(clipped(moved, problem));
    const gain = g.reduce((sum, s, i) => sum + s * (to.z[i]! - z[i]!), 0);
    const falls = f - to.f > Math.max(1e-10 * Math.abs(f), -1e-4 * gain);
    if (falls || (to.f <= f + 1e-10 * Math.abs(f) && topOf(projectedStep(to.z, to.g, problem, unit)) < 0.7 * size)) return to;
  }
  return undefined;
}

interface Goal {
  /** Of what is left of the slope. */
  readonly target: number;
  /** Of the whole slope; the larger of the two counts. */
  readonly share: number;
  /** What a distance of 1 to a bound counts as. */
  readonly unit: number;
}

/** Projected L-BFGS; \`why\` is empty when the goal was reached. */
function minimise(merit: Merit, start: Float64Array, problem: Problem, { target, share, unit }: Goal, memory: Pair[], after: (size: number) => void): Point & { readonly why: string } {
  let at = merit(clipped(start, problem));
  if (!Number.isFinite(at.f) || !Number.isFinite(topOf(at.g))) return { ...at, why: 'left the domain' };
  const begin = Math.abs(at.f);
  let [idle, steps, smallest] = [0, 0, Infinity];
  for (;;) {
    const { z, f, g } = at;
    const size = topOf(projectedStep(z, g, problem, unit));
    after(size);
    if (size <= Math.max(target, share * topOf(g))) return { ...at, why: '' };
    if (f < -1e14 * Math.max(1, begin) || topOf(z) > 1e16) return { ...at, why: 'unbounded' };
    const held = heldBy(z, g, problem, Math.min(1e-6 * Math.max(1, topOf(z)), size / unit));
    const [direction, scale] = twoLoop(memory, g, held.map((h) => 1 - h));
    let d: Float64Array = direction.map((x, i) => (held[i] ? -scale * g[i]! : x));
    if (inner(g, d) > -1e-14 * Math.sqrt(inner(g, g) * inner(d, d))) {
      memory.length = 0;
      d = g.map((x) => -x);
    }
    const first = memory.length > 0 ? 1 : Math.min(1, Math.max(1e-3, 0.1 * Math.sqrt(inner(z, z))) / Math.sqrt(inner(d, d)));
    let to = search(merit, at, d, first, problem);
    if (to === undefined && memory.length > 0) {
      memory.length = 0;
      continue;
    }
    steps++;
    const isStuck = to === undefined || idle >= 12;
    if (isStuck || (steps % Math.max(200, z.length) === 0 && steps <= 4000)) {
      const newton = newtonStep(merit, at, problem, unit, size);
      if (newton !== undefined) {
        to = newton;
        idle = 0;
        memory.length = 0;
      } else if (isStuck) return { ...at, why: 'no progress' };
    }
    const next: Point = to!;
    const pair: Pair = [next.z.map((x, i) => x - z[i]!), next.g.map((x, i) => x - g[i]!)];
    if (inner(...pair) > 1e-10 * Math.sqrt(inner(pair[0], pair[0]) * inner(pair[1], pair[1]))) {
      memory.push(pair);
      if (memory.length > 30) memory.shift();
    }
    idle = f - next.f > 1e-15 * Math.abs(f) || size < 0.5 * smallest ? 0 : idle + 1;
    smallest = Math.min(smallest, size);
    at = next;
  }
}

/** Minimises f(z) + the largest w'c(z) over the weights w that the rows allow, within the box. */
function augmentedLagrangian(problem: Problem, start: Float64Array, options: Required<Pick<Options, 'tolerance' | 'maxIterations'>> & Pick<Options, 'onProgress'>): Outcome {
  const { rows, convex } = problem;
  const { isConstraint } = rows;
  const { tolerance } = options;
  const many = isConstraint.length;
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
  // A start may be stationary, and in kinks: a point near by tells sizes.
  const beside = measured(shaken(z, 0.1, problem), none, none);
  const slopeBeside = topOf(beside.g);
  const steepest = topOf(many > 0 ? measured(z, steepestOf(rows, initial.c), none).g : initial.g);
  const first = Math.max(topOf(initial.g), steepest, Number.isFinite(beside.f + slopeBeside) ? slopeBeside : 0);
  const scale = first > 0 ? Math.min(first, 1) : 1;
  // Rows in units of their gradients, or of 1 where these are short.
  const unit = many > 0 ? alikeIn(rows, problem.norms(z).map((norm) => 1 / Math.max(1, norm))) : none;
  const violations = (c: Float64Array): Float64Array => c.map((x, i) => (isConstraint[i] ? Math.abs(Math.max(x, rows.least[i]!)) * unit[i]! : 0));
  const off0 = violations(initial.c);
  const steep = Math.max(1, first);
  const guess = (10 * Math.max(1, Math.abs(initial.f + addedBy(rows, initial.c)))) / Math.max(1, 0.5 * inner(off0, off0));
  const weight = steep * Math.min(1e4, Math.max(1e-4, guess / steep));
  const most = unit.map((u) => 1e14 * steep * u * u);
  let rho = unit.map((u) => weight * u * u);
  for (const { from, to } of rows.kinks) {
    // A penalty that brings the weights of typical rows to their bounds.
    const typical = initial.c.subarray(from, to).some((x) => x !== 0) ? initial.c : beside.c;
    const own = typical.subarray(from, to);
    const added = inner(steepestOf(rows, typical).subarray(from, to), own);
    if (added > 0 && Number.isFinite(added)) rho.fill((10 * added) / inner(own, own), from, to);
  }
  const raised = (c: Float64Array): Float64Array => allowedBy(rows, y.map((m, i) => m + rho[i]! * c[i]!));
  let last = { f: initial.f, c: initial.c, z };
  const merit: Merit = (at) => {
    const { f, c, g } = measured(at, y, rho);
    last = { f, c, z: at };
    const w = raised(c);
    return { z: at, f: w.reduce((sum, x, i) => sum + x * c[i]! - (0.5 * (x - y[i]!) ** 2) / rho[i]!, f), g };
  };
  /** Half the sum of squared violations. */
  const infeasibility: Merit = (at) => {
    const { c } = measured(at, none, none);
    const wanted = allowedBy(rows, c.map((x, i) => unit[i]! * unit[i]! * x));
    const weights = wanted.map((w, i) => (isConstraint[i] ? w : 0));
    last = { f: last.f, c, z: at };
    return { z: at, f: 0.5 * inner(weights, c), g: problem.pull(at, weights) };
  };
  /** What a distance of 1 counts as, where slopes are of this size. */
  const unitOf = (at: Float64Array, size: number): number => Math.max(1, size / Math.max(1, topOf(at)));
  const report = (at: Float64Array, weights: Float64Array): { measures: Outcome['measures']; size: number } => {
    const { f, c, g } = measured(at, weights, none);
    // The gradients of kinks cancel each other.
    const parts = weights.reduce((top, w, i) => (isConstraint[i] ? top : Math.max(top, Math.abs(w) / unit[i]!)), 0);
    const size = Math.max(topOf(measured(at, none, none).g), parts, scale);
    return { measures: [topOf(projectedStep(at, g, problem, unitOf(at, size))) / size, topOf(violations(c)), gapOf(rows, c, weights) / Math.max(1, Math.abs(f + addedBy(rows, c)))], size };
  };
  /** How far the worst measure is above what is asked: at most 1 at an optimum. */
  const excess = ([stationarity, violation, gap]: Outcome['measures']): number => Math.max(stationarity / 10, violation, gap / 10) / tolerance;

  let status = 'no progress';
  let measures: Outcome['measures'] = [Infinity, Infinity, Infinity];
  let best: { z: Float64Array; y: Float64Array; measures: Outcome['measures'] } | undefined;
  let [before, stuck, precision, same, escapes] = [Infinity, 0, 1e-2, 0, 0];
  let size = Math.max(scale, many > 0 ? first : Math.min(1, first));
  const memory: Pair[] = [];
  try {
    for (let round = 0; round < 200; round++) {
      const begin = z;
      const goal = { target: Math.max(2 * tolerance, many > 0 ? precision : 0) * size, share: many > 0 ? 0 : 2 * tolerance, unit: unitOf(z, size) };
      const found = minimise(merit, z, problem, goal, memory, (left) => step(last.f + addedBy(rows, last.c), topOf(violations(last.c)), left / scale, topOf(rho)));
      z = found.z;
      const { f, c } = measured(z, y, rho);
      if (found.why === 'unbounded') {
        const holds = topOf(violations(c)) <= 1e-6 * Math.max(1, topOf(z));
        if (holds) status = 'unbounded';
        if (holds || rho.every((r, i) => r >= most[i]!)) break;
        // The penalty is too small to hold the objective.
        z = begin;
        rho = rho.map((r, i) => Math.min(10 * r, most[i]!));
        memory.length = 0;
        continue;
      }
      if (found.why === 'left the domain') {
        status = found.why;
        break;
      }
      y = raised(c).map((w) => Math.min(1e20, Math.max(-1e20, w)));
      ({ measures, size } = report(z, y));
      if (best === undefined || excess(measures) < excess(best.measures)) {
        best = { z, y, measures };
        same = 0;
      } else same++;
      if (excess(measures) <= 1) {
        const further = problem.escape?.(z, y, 10 * tolerance * Math.max(1, Math.abs(f + addedBy(rows, c))));
        if (further === undefined) break;
        z = further;
        best = undefined;
        memory.length = 0;
        if (++escapes > 20) break;
        continue;
      }
      if ((many === 0 && found.why !== '') || same >= 12) break;
      if (many === 0) continue;
      // Progress in violation and complementarity, in units of the rows.
      const next = raised(c);
      const slack = topOf(next.map((w, i) => ((w - y[i]!) / rho[i]!) * unit[i]!));
      stuck = slack > 0.9 * before && slack > tolerance ? stuck + 1 : 0;
      if (stuck >= 4 && isConstraint.includes(1)) {
        // Off a point that is stationary by symmetry alone.
        const restored = minimise(infeasibility, shaken(z, 1e-3, problem), problem, { target: 1e-9, share: 1e-10, unit: 1 }, [], (left) => step(f, slack, left, topOf(rho)));
        if (Math.sqrt(2 * restored.f) > Math.max(1e-6, 10 * tolerance)) {
          // By convexity points at which all constraints hold are so far from here as this falls to 0 along its slope.
          const reach = projectedStep(restored.z, restored.g, problem, 1).reduce((sum, p, i) => sum + Math.abs(p) * (1 + Math.abs(restored.z[i]!)), 0);
          if (restored.f > 1e3 * reach) status = convex ? 'infeasible' : 'locally infeasible';
          z = restored.z;
          best = undefined;
          break;
        }
        z = restored.z;
        y = none;
        stuck = 0;
        memory.length = 0;
      }
      if (slack > 0.3 * before && slack > 0.1 * tolerance && found.why === '') {
        rho = rho.map((r, i) => Math.min(10 * r, most[i]!));
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
  if (best !== undefined && status !== 'unbounded' && status !== 'left the domain' && (!status.startsWith('stopped') || excess(best.measures) <= 1)) ({ z, y, measures } = best);
  else ({ measures } = report(z, y));
  if (excess(measures) <= 1 && status === 'no progress') status = convex ? 'optimal (global)' : 'optimal (local)';
  return { status, z, y, measures, iterations, evaluations };
}`;

/** A stationary factor is an optimum if the gradient by its product is semidefinite; else its least direction leads down. */
const typescriptCone = `/**
 * Nothing if the gradients by V V' are semidefinite, as at an optimum; else a point from which the objective falls.
 * Burer & Monteiro, Math. Programming 103, 2005. \`margin\` is how much the objective may miss.
 */
function offTheCone(z: Float64Array, shapes: readonly (readonly number[])[], factors: readonly number[], gradients: readonly Matrix[], margin: number): Float64Array | undefined {
  const moved = z.slice();
  let falls = false;
  factors.forEach((factor, k) => {
    const { rows: n, data: V } = splitInto(moved, shapes)[factor] as Matrix;
    const [values, vectors] = eigh(gradients[k]!);
    const trace = Math.max(1, inner(V, V));
    if (values[0]! * trace >= -margin) return;
    // A column that is hardly used takes the direction: along it the objective falls by its second derivative.
    const used = Float64Array.from({ length: n }, (_, j) => V.reduce((sum, v, at) => (at % n === j ? sum + v * v : sum), 0));
    const weakest = used.indexOf(Math.min(...used));
    for (let i = 0; i < n; i++) V[i * n + weakest]! += 0.1 * Math.sqrt(trace / n) * vectors.data[i * n]!;
    falls = true;
  });
  return falls ? moved : undefined;
}`;

/** V with V V' = X, for start values of factors. */
const typescriptFactor = `/** V with V V' = X; what is not positive semidefinite is cut off. */
function factorOf(X: Matrix): Matrix {
  const [values, vectors] = eigh(X);
  return { ...vectors, data: vectors.data.map((v, k) => v * Math.sqrt(Math.max(0, values[k % X.cols]!))) };
}`;

/** Start values of semidefinite matrices: the identity first, where norms and roots may have no derivative. */
const typescriptInside = `/** sign (I + G G' / 10), for a guess G. */
function insideTheCone(G: Value, sign: 1 | -1): Matrix {
  const { rows: n, cols: m, data } = G as Matrix;
  const product = (i: number, j: number): number => data.subarray(i * m, (i + 1) * m).reduce((sum, g, k) => sum + g * data[j * m + k]!, 0);
  return { rows: n, cols: n, data: Float64Array.from({ length: n * n }, (_, k) => sign * ((k % (n + 1) === 0 ? 1 : 0) + 0.1 * product(Math.floor(k / n), k % n))) };
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
  isValue: `function isValue(value: unknown): boolean {
  return typeof value === 'number' || value instanceof Float64Array || (value as { data?: unknown } | undefined | null)?.data instanceof Float64Array;
}`,
  factorOf: typescriptFactor,
  insideTheCone: typescriptInside,
  formed: typescriptForms,
  offTheCone: typescriptCone,
};
