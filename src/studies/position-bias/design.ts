// Design: the parameters of a stack that make its profile most even, within bounds, by the solver of this program.

import type { Matrix } from '../../solve/matrix.ts';
import type { Problem } from '../../solve/problem.ts';
import { solve } from '../../solve/solve.ts';
import { outcomeName } from '../../solve/outcome.ts';
import { massOf, newShortfall, newValleyVolume } from './functional.ts';
import { newGradient } from './gradient.ts';
import { type Parameter, parameterText, parametersOf, valueOf, withValues } from './parameters.ts';
import type { PositionBias } from './position-bias.ts';
import { badStack } from './problem.ts';
import type { Further } from './report.ts';
import type { Stack } from './stack.ts';

export type Movable = 'residual' | 'slope' | 'diagonal' | 'temperature';

/** `even`: as even a profile as can be. `valley`: no position below both of its sides, however uneven the rest. */
export type DesignGoal = 'even' | 'valley';

export interface DesignOptions {
  readonly query: number;
  /** `even` unless told. */
  readonly goal?: DesignGoal;
  /** What may move. */
  readonly vary: readonly Movable[];
  readonly bounds?: Partial<Readonly<Record<Movable, readonly [low: number, high: number]>>>;
  /** Σλ stays as it is. */
  readonly keepResidual?: boolean;
  /** Least masses of the first and of the last quarter of the positions. */
  readonly primacyAtLeast?: number;
  readonly recencyAtLeast?: number;
  readonly maxEvaluations?: number;
}

export interface Design {
  readonly goal: DesignGoal;
  readonly stack: Stack;
  readonly outcome: string;
  readonly method: string;
  /** The penalty of the goal before and after. */
  readonly before: number;
  readonly after: number;
  readonly evaluations: number;
  /** The largest violation of a constraint. */
  readonly violation: number;
  readonly moved: readonly { readonly what: string; readonly from: number; readonly to: number }[];
}

const usual: Readonly<Record<Movable, readonly [number, number]>> = { residual: [0, 1], slope: [0, 2], diagonal: [-10, 10], temperature: [0.1, 10] };

/**
 * Minimises a valley penalty over the chosen parameters: n·Σ_j max(0, 1/n − p[j])² for an even profile, or the volume of
 * the valleys. The problem is not convex: the answer is a local optimum from the stack as it is given. Throws a
 * `RicciError` for bounds and masses that cannot be kept by any stack, and for parameters that the stack does not have.
 */
export function design(stack: Stack, options: DesignOptions): Design {
  const { query, vary, goal = 'even', bounds = {}, keepResidual = false, primacyAtLeast, recencyAtLeast, maxEvaluations = 2000 } = options;
  const parameters = parametersOf(stack).filter((p) => (vary as readonly string[]).includes(p.kind));
  const missing = vary.find((kind) => !parameters.some((p) => p.kind === kind));
  if (missing !== undefined || parameters.length === 0) throw badStack('design', `the stack has no ${missing ?? 'parameter'} to move`, { needed: `some of ${[...new Set(parametersOf(stack).map((p) => p.kind))].join(', ')}`, found: missing ?? 'nothing' });
  const box = (kind: Movable): readonly [number, number] => bounds[kind] ?? usual[kind];
  for (const kind of vary) checkBox(kind, box(kind));
  const length = query + 1;
  const quarter = Math.floor(length / 4);
  const gradientOf = newGradient();
  const penalty = goal === 'even' ? newShortfall(length) : newValleyVolume(length);
  const at = (z: Float64Array): Stack => withValues(stack, parameters, z);
  const floors = [
    ...(primacyAtLeast === undefined ? [] : [{ of: massOf(0, quarter), least: mass(primacyAtLeast, 'primacy') }]),
    ...(recencyAtLeast === undefined ? [] : [{ of: massOf(length - quarter, length), least: mass(recencyAtLeast, 'recency') }]),
  ];
  const start = Float64Array.from(parameters, (p) => valueOf(stack, p));
  const problem: Problem = {
    dim: parameters.length,
    lower: Float64Array.from(parameters, (p) => box(p.kind as Movable)[0]),
    upper: Float64Array.from(parameters, (p) => box(p.kind as Movable)[1]),
    start,
    startGiven: true,
    convex: false,
    objective: {
      class: 'smooth',
      value: (z) => gradientOf(at(z), query, penalty, [])!.value,
      gradient: (z, out) => {
        const { value, by } = gradientOf(at(z), query, penalty, parameters)!;
        out.set(by);
        return value;
      },
    },
    ...(keepResidual && { linear: sameSum(stack, parameters) }),
    ...(floors.length > 0 && {
      nonlinear: {
        count: floors.length,
        lower: Float64Array.from(floors, (f) => f.least),
        upper: new Float64Array(floors.length).fill(Infinity),
        value: (z, out) => floors.forEach((f, i) => (out[i] = gradientOf(at(z), query, f.of, [])!.value)),
        jacobian: (z) => ({ kind: 'dense', rows: floors.length, cols: parameters.length, data: Float64Array.from(floors.flatMap((f) => [...gradientOf(at(z), query, f.of, parameters)!.by])) }),
      },
    }),
  };
  const found = solve(problem, { tolerance: 1e-6, limits: { evaluations: maxEvaluations } });
  return {
    goal,
    stack: at(found.z),
    outcome: outcomeName(found.outcome),
    method: found.method,
    before: gradientOf(stack, query, penalty, [])!.value,
    after: found.objective,
    evaluations: found.evaluations.objective + found.evaluations.gradient,
    violation: found.violation,
    moved: parameters.map((p, i) => ({ what: parameterText(stack, p), from: start[i]!, to: found.z[i]! })),
  };
}

function checkBox(kind: Movable, [low, high]: readonly [number, number]): void {
  const [least, most] = kind === 'residual' ? [0, 1] : kind === 'slope' ? [0, Infinity] : kind === 'temperature' ? [Number.MIN_VALUE, Infinity] : [-Infinity, Infinity];
  const isGood = Number.isFinite(low) && Number.isFinite(high) && low <= high && low >= least && high <= most;
  if (!isGood) throw badStack(`bounds.${kind}`, 'these bounds cannot be used', { needed: kind === 'residual' ? 'two numbers from 0 to 1 in order' : kind === 'diagonal' ? 'two numbers in order' : 'two positive numbers in order', found: `${low} to ${high}` });
}

function mass(value: number, name: string): number {
  if (!(value >= 0 && value < 1)) throw badStack(name, 'a mass to keep is a share of 1', { needed: 'a number from 0 up to 1', found: String(value) });
  return value;
}

function sameSum(stack: Stack, parameters: readonly Parameter[]): NonNullable<Problem['linear']> {
  const total = stack.residual.reduce((a, b) => a + b, 0);
  const matrix: Matrix = { kind: 'dense', rows: 1, cols: parameters.length, data: Float64Array.from(parameters, (p) => (p.kind === 'residual' ? 1 : 0)) };
  return { matrix, lower: Float64Array.of(total), upper: Float64Array.of(total) };
}

const penalties = { even: 'The shortfall n·Σ max(0, 1/n − p)²', valley: 'The volume of the valleys n·Σ max(0, lower side − p)²' } as const;

/** What a report says of it, with the profile of the designed stack. */
export function designParts({ goal, outcome, method, before, after, evaluations, violation, moved }: Design, { numbers, rollout }: Pick<PositionBias, 'numbers' | 'rollout'>): Further {
  const { uIndex, effectivePositions } = numbers;
  return {
    tables: [
      {
        name: 'Design',
        says: `${penalties[goal]} goes from ${Number(before.toPrecision(4))} to ${Number(after.toPrecision(4))} (${outcome}, ${method}, ${evaluations} evaluations, constraints within ${violation.toExponential(0)}). The U-index is then ${uIndex === undefined ? 'not defined' : Number(uIndex.toPrecision(4))}, with ${Number(effectivePositions.toPrecision(4))} effective positions. A local optimum from the stack as it is given.`,
        columns: ['parameter', 'from', 'to'],
        rows: moved.map(({ what, from, to }) => [what, from, to]),
      },
    ],
    curves: [{ name: 'design', x: Array.from(rollout, (_, j) => j), y: [...rollout], style: 'dashed' }],
    notTried: ['other starts of the design: its problem is not convex'],
  };
}
