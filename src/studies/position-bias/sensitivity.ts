// What moves the valley: the derivative of the U-index by every parameter of the architecture.

import { must } from '../../base/internal.ts';
import { gradients } from '../../diff/differentiate.ts';
import { compile } from '../../run/compile.ts';
import { newUIndex } from './functional.ts';
import { newGradient } from './gradient.ts';
import { type Parameter, groupsOf, parameterText, parametersOf, valueOf } from './parameters.ts';
import { graphOf, variableOf } from './program.ts';
import type { Further } from './report.ts';
import type { Stack } from './stack.ts';

export interface Slope {
  readonly what: string;
  readonly value: number | undefined;
  /** dU/dθ; for a common change of several, by its factor or its shift. */
  readonly derivative: number;
  /** (θ/U)·dU/dθ: percent of the U-index for a percent of the parameter. */
  readonly elasticity: number | undefined;
}

export interface Sensitivity {
  readonly uIndex: number;
  /** Several parameters moved together, such as all slopes by one factor. */
  readonly together: readonly Slope[];
  /** Every parameter alone, the most telling first. */
  readonly single: readonly (Slope & { readonly parameter: Parameter })[];
  /** Relaxed windows: the U-index and the derivatives of the stack whose windows have soft edges. */
  readonly relaxedWindows: boolean;
}

/** Undefined where the profile has no valley, or a valley without any influence. */
export function sensitivity(stack: Stack, query: number): Sensitivity | undefined {
  const hasWindows = groupsOf(stack).some((g) => g.positions.kind !== 'attention' && g.masks.some((m) => m.kind === 'window'));
  const parameters = parametersOf(stack);
  const length = query + 1;
  const gradient = newGradient(hasWindows ? 'relaxed' : 'hard')(stack, query, newUIndex(length), parameters);
  if (!gradient) return undefined;
  const { value: uIndex, by } = gradient;
  // A weight grows while the others shrink with their sum.
  const weightMean = parameters.reduce((sum, p, i) => (p.kind === 'head weight' ? sum + valueOf(stack, p) * by[i]! : sum), 0);
  const single = parameters.map((parameter, i) => {
    const value = valueOf(stack, parameter);
    const derivative = parameter.kind === 'head weight' ? by[i]! - weightMean : by[i]!;
    return { parameter, what: parameterText(stack, parameter), value, derivative, elasticity: (value * derivative) / uIndex };
  });
  return { uIndex, together: [...together(stack, single, uIndex), ...schedule(stack, single, uIndex)], single: [...single].sort((a, b) => size(b) - size(a)), relaxedWindows: hasWindows };
}

/** Equal but for rounding is equal, so that the order of layers stays. */
function size({ elasticity }: { readonly elasticity: number }): number {
  return Number(Math.abs(elasticity).toPrecision(9));
}

type Single = { readonly parameter: Parameter; readonly value: number; readonly derivative: number };

const byFactor = [
  ['residual', 'all λ by one factor'],
  ['slope', 'all slopes by one factor'],
  ['temperature', 'all temperatures by one factor'],
  ['window', 'all windows by one factor'],
] as const;

function together(stack: Stack, single: readonly Single[], uIndex: number): Slope[] {
  const sumOf = (kind: Parameter['kind'], of: (s: Single) => number): number | undefined => {
    const found = single.filter((s) => s.parameter.kind === kind);
    return found.length === 0 ? undefined : found.reduce((sum, s) => sum + of(s), 0);
  };
  const rows: Slope[] = byFactor.flatMap(([kind, what]) => {
    const derivative = sumOf(kind, (s) => s.value * s.derivative);
    return derivative === undefined ? [] : [{ what, value: undefined, derivative, elasticity: derivative / uIndex }];
  });
  const shift = sumOf('diagonal', (s) => s.derivative);
  return shift === undefined ? rows : [...rows, { what: 'all diagonals by one shift', value: undefined, derivative: shift, elasticity: undefined }];
}

/** By the parameters of a schedule that has a formula: λ[t] = first·level^(−exponent), level = t+1. */
function schedule({ schedule: given, residual }: Stack, single: readonly Single[], uIndex: number): Slope[] {
  if (given.kind === 'list') return [];
  const of = graphOf("g'*(first*level.^(-exponent))", 'g: vector(n)\nlevel: vector(n) positive\nfirst: scalar positive\nexponent: scalar');
  const [first, exponent] = gradients(of, ['first', 'exponent'].map((name) => variableOf(of, name)));
  const values = given.kind === 'power' ? { first: given.first, exponent: given.exponent } : { first: given.value, exponent: 0 };
  const found = compile({ first: must(first), exponent: must(exponent) })({ ...values, level: Float64Array.from(residual, (_, t) => t + 1), g: Float64Array.from(single.filter((s) => s.parameter.kind === 'residual'), (s) => s.derivative) });
  const slope = (what: string, value: number, derivative: number): Slope => ({ what, value, derivative, elasticity: (value * derivative) / uIndex });
  if (given.kind === 'constant') return [slope('λ of every layer', given.value, found.first.data[0]!)];
  return [slope('first λ of the power law', given.first, found.first.data[0]!), slope('exponent of the power law', given.exponent, found.exponent.data[0]!)];
}

/** Layers whose attention is the same commute, and their λ tell the same: the first of them stands for all. */
function alikeOnce(single: Sensitivity['single']): Slope[] {
  const groups = Map.groupBy(single, ({ parameter, value, derivative }) => `${parameter.kind} ${value} ${derivative.toPrecision(9)}`);
  return [...groups.values()].map(([first, ...others]) => ({ ...first!, what: others.length === 0 ? first!.what : `${first!.what}, and ${others.length} alike` }));
}

/** Shown one by one; the others are in the JSON of the library. */
const mostShown = 12;

export function sensitivityParts(found: Sensitivity | undefined): Further {
  if (!found) return { warnings: ['the U-index has no derivative here: the profile has no valley, or no influence at all in it'] };
  const { uIndex, together: common, single, relaxedWindows } = found;
  const row = ({ what, value, derivative, elasticity }: Slope) => [what, value, derivative, elasticity];
  const shown = alikeOnce(single).slice(0, mostShown);
  return {
    tables: [
      {
        name: 'What moves the valley',
        says: `Derivatives of the U-index ${Number(uIndex.toPrecision(5))} from the engine: by one parameter, and by several that move together. The elasticity is percent of the U-index for a percent of the parameter. Content added to all scores of a head changes nothing; masks other than windows, and the number of layers and heads, have no derivative.${relaxedWindows ? ' Windows count with soft edges: only so their width has a derivative, and the U-index is that of the softened stack.' : ''}`,
        columns: ['parameter', 'value', 'dU/dθ', 'elasticity'],
        rows: [...common, ...shown].map(row),
      },
    ],
  };
}
