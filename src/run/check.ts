// The check every answer passes before it is shown: the derivative against differences of the function itself, and two
// expressions against each other, at random generic points of the declared domain.

import { RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { type Random, random } from '../base/random.ts';
import { sameShape } from '../ir/dim.ts';
import type { Expr, VariableNode } from '../ir/expr.ts';
import { postorder } from '../ir/walk.ts';
import { type Dense, dense, scale } from '../ops/reference/dense.ts';
import { differentiate, largest } from './differences.ts';
import { interpreter } from './interpret.ts';
import { type Structure, structureOf } from '../ir/structure.ts';
import { type Point, type Style, assumptions, forSizes, sample, sampleDirection, sizeSampler, variablesOf } from './sample.ts';

export interface CheckOptions {
  /** How many points; 3 by default. */
  readonly points?: number;
  readonly seed?: number;
}

export interface DerivativeClaim extends CheckOptions {
  readonly of: Expr;
  readonly by: VariableNode;
  /** Axes of `of`, then of `by`; for a diagonal variable a single axis, its diagonal. */
  readonly derivative: Expr;
  /** `cookbook`: the derivative by a symmetric variable counts an entry off the diagonal with its mirror image. */
  readonly convention?: 'projected' | 'cookbook';
}

export interface DerivativeCheck {
  readonly ok: boolean;
  /** How many points were compared. */
  readonly points: number;
  /** Largest relative error. */
  readonly worst: number;
  /** What the points assume beyond the declarations, such as `X > 0`. */
  readonly domain: readonly string[];
  /** The point of the largest error, with both answers along a direction. */
  readonly at?: Point & { readonly direction: Dense; readonly difference: Dense; readonly derivative: Dense };
  readonly reason?: string;
  /** Why it is not ok: no point serves, the arrays are too large, or the two sides differ. */
  readonly cause?: Cause;
}

export type Cause = 'no-point' | 'too-large' | 'differs';

export interface EqualityCheck {
  readonly equal: boolean;
  readonly points: number;
  readonly worst: number;
  readonly domain: readonly string[];
  readonly counterexample?: Point & { readonly left: Dense; readonly right: Dense };
  readonly reason?: string;
}

// In this order styles are tried until the function is finite and smooth at a point.
const attempts: readonly (readonly [Style, number])[] = [
  ['generic', 8],
  ['positive', 6],
  ['definite', 5],
  ['definite-positive', 5],
  ['small', 5],
  ['small-positive', 5],
  ['near-identity', 6],
  ['uneven', 6],
];

// After this many milliseconds no further point is begun; the report says how many there were.
const longestCheck = 800;

// Looser than this no agreement counts.
const loosest = 1e-6;
const tightest = 1e-8;
// Multiplications in one step of a contraction: what is larger is not checked, and the reason says so.
const effort = 2 ** 27;

export function checkDerivative(claim: DerivativeClaim): DerivativeCheck {
  const { of, by, derivative } = claim;
  const structure = structureOf(by);
  const byShape = structure === 'diagonal' ? by.shape.slice(0, 1) : by.shape;
  if (!sameShape(derivative.shape, [...of.shape, ...byShape])) return failed('the derivative does not have the shape [function, variable]', 'differs');
  const nodes = postorder([of, derivative]);
  const place = nodes.indexOf(derivative);
  const functionFor = forSizes((sizes) => interpreter([of], sizes, effort));
  const runFor = forSizes((sizes) => interpreter(nodes, sizes, effort));
  return overPoints([of, derivative, by], claim, (at, stream) => {
    const evaluate = functionFor(at.sizes);
    const X = must(at.values.get(by.name));
    const reach = Math.min(1, largest(X.data)) || 1;
    const E = scale(sampleDirection(structure, X.shape, stream), reach);
    const moved = (t: number): Float64Array => {
      const value = dense(X.shape, X.data.map((x, i) => x + t * E.data[i]!));
      return must(evaluate(new Map(at.values).set(by.name, value))[0]).data;
    };
    const center = moved(0);
    if (!center.every(Number.isFinite)) return 'no point of the domain found';
    const all = runFor(at.sizes)(at.values);
    const claimed = must(all[place]);
    if (!claimed.data.every(Number.isFinite)) return 'the derivative is not finite where the function is';
    // What is 0 but for rounding has the rounding errors of what passes on the way.
    const passing = all.reduce((m, v) => Math.max(m, ...[largest(v.data)].filter(Number.isFinite)), 0);
    const floor = Math.max(1e-3 * largest(center), 1e-5 * passing);
    const found = differentiate(moved, 1 / 16, 1e-12 * Math.max(floor, largest(claimed.data)));
    const along = contracted(claimed, weights(E, structure, claim.convention ?? 'projected'), center.length);
    const size = Math.max(largest(found.value), largest(along), floor) || 1;
    const doubt = found.error / size;
    if (!(doubt < 1e-7)) return 'the function is not smooth enough for differences';
    const error = largest(along.map((v, i) => v - found.value[i]!)) / size;
    const { shape } = must(all[nodes.indexOf(of)]);
    return {
      error,
      limit: Math.min(loosest, Math.max(tightest, 100 * doubt)),
      at: { ...at, direction: E, difference: dense(shape, found.value), derivative: dense(shape, along) },
    };
  });
}

/** Whether two expressions agree as functions, wherever both are finite. */
export function checkEqual(a: Expr, b: Expr, options: CheckOptions = {}): EqualityCheck {
  if (!sameShape(a.shape, b.shape)) return { equal: false, points: 0, worst: Infinity, domain: [], reason: 'the shapes differ' };
  const nodes = postorder([a, b]);
  const places = [nodes.indexOf(a), nodes.indexOf(b)] as const;
  const runFor = forSizes((sizes) => interpreter(nodes, sizes, effort));
  const { ok, at, reason, ...rest } = overPoints([a, b], options, (point) => {
    const all = runFor(point.sizes)(point.values);
    const [left, right] = [must(all[places[0]]), must(all[places[1]])];
    if (!left.data.every(Number.isFinite) || !right.data.every(Number.isFinite)) return 'no point found where both sides are finite';
    // What cancels on the way leaves rounding errors of its own size.
    const passing = all.reduce((m, v) => Math.max(m, ...[largest(v.data)].filter(Number.isFinite)), 0);
    const size = Math.max(largest(left.data), largest(right.data), 1e-4 * passing) || 1;
    return { error: largest(left.data.map((v, i) => v - right.data[i]!)) / size, limit: 1e-9, at: { ...point, left, right } };
  });
  return { equal: ok, ...rest, ...(!ok && at && { counterexample: at }), ...(reason !== undefined && { reason }) };
}

interface Comparison<At> {
  readonly error: number;
  readonly limit: number;
  readonly at: At;
}

interface Outcome<At> {
  readonly ok: boolean;
  readonly points: number;
  readonly worst: number;
  readonly domain: readonly string[];
  readonly at?: At;
  readonly reason?: string;
  readonly cause?: Cause;
}

interface NoPoint {
  readonly reason: string;
  readonly cause: Cause;
}

/** Compares at several points; `compare` says in words why a point does not serve. */
function overPoints<At>(roots: readonly Expr[], options: CheckOptions, compare: (at: Point, stream: Random) => Comparison<At> | string): Outcome<At> {
  const variables = variablesOf(roots);
  const stream = random(options.seed ?? 1);
  const drawSizes = sizeSampler(roots);
  const wanted = options.points ?? 3;
  let order = attempts;
  let worst = 0;
  let shown: Comparison<At> | undefined;
  let domain: readonly string[] = [];
  let ok = true;
  let points = 0;
  const start = performance.now();
  for (let point = 0; point < wanted; point++) {
    if (point > 0 && performance.now() - start > longestCheck) break;
    const found = findPoint(drawSizes, variables, stream, order, point, compare);
    if ('reason' in found) {
      if (point === 0) return failed(found.reason, found.cause);
      break;
    }
    points++;
    // The style that worked goes first from now on.
    order = [...attempts.filter(([style]) => style === found.style), ...attempts.filter(([style]) => style !== found.style)];
    domain = [...new Set([...domain, ...assumptions(variables, found.style)])];
    const { error, limit } = found.comparison;
    const agrees = error <= limit;
    // The point to show is the worst of those that disagree, if any do.
    if (shown === undefined || (agrees === ok ? error > shown.error : !agrees)) shown = found.comparison;
    ok &&= agrees;
    worst = Math.max(worst, error);
  }
  return { ok, points, worst, domain, at: must(shown).at, ...(!ok && { cause: 'differs' }) };
}

function findPoint<At>(
  drawSizes: ReturnType<typeof sizeSampler>,
  variables: readonly VariableNode[],
  stream: Random,
  order: typeof attempts,
  point: number,
  compare: (at: Point, stream: Random) => Comparison<At> | string,
): { comparison: Comparison<At>; style: Style } | NoPoint {
  let reason = 'no point of the domain found';
  let tries = 0;
  for (const [style, times] of order) {
    for (let k = 0; k < times; k++, tries++) {
      const sizes = drawSizes(stream, (point + tries) % 2 === 1);
      try {
        const comparison = compare(sample(variables, sizes, stream, style), stream);
        if (typeof comparison !== 'string') return { comparison, style };
        reason = comparison;
      } catch (e) {
        if (e instanceof RicciError) return { reason: e.diagnostics[0]?.message ?? e.message, cause: 'too-large' };
        throw e;
      }
    }
  }
  return { reason, cause: 'no-point' };
}

function failed(reason: string, cause: Cause): { ok: false; points: number; worst: number; domain: readonly string[]; reason: string; cause: Cause } {
  return { ok: false, points: 0, worst: Infinity, domain: [], reason, cause };
}

/** What the entries of the derivative are weighed with along E. */
function weights(E: Dense, structure: Structure, convention: 'projected' | 'cookbook'): Float64Array {
  const n = E.shape[0] ?? 1;
  if (structure === 'diagonal') return Float64Array.from({ length: n }, (_, i) => E.data[i * n + i]!);
  if (structure === 'symmetric' && convention === 'cookbook') return E.data.map((e, k) => (k % n >= Math.floor(k / n) ? e : 0));
  return E.data;
}

/** Σ over the variable's axes, which are the last. */
function contracted(derivative: Dense, E: Float64Array, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => E.reduce((sum, e, k) => sum + e * derivative.data[i * E.length + k]!, 0));
}
