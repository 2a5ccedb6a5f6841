// The exact Jacobian against what predicts it, over several draws of the weights.

import type { LineSeries } from '../harness/figure.ts';
import type { Progress, RunOptions } from '../harness/progress.ts';
import { mean } from '../harness/statistics.ts';
import { decide } from '../harness/verdict.ts';
import { type ExactProfile, type SoftmaxPath, newExact } from './exact.ts';
import { badStack } from './problem.ts';
import type { Further } from './report.ts';
import { type Scores, scores } from './scores.ts';
import type { Stack } from './stack.ts';
import { type Values, type Weights, randomWeights } from './weights.ts';

export interface ExactOptions extends RunOptions {
  readonly query: number;
  readonly path?: SoftmaxPath;
  readonly values?: Values;
  /** Scores also from random queries and keys, not from positions alone. */
  readonly queries?: boolean;
  /** d, 32 unless told. */
  readonly dimension?: number;
  /** One draw of weights and inputs for each. */
  readonly seeds?: readonly number[];
  /** Whether each draw of the weights is also taken with another input. */
  readonly otherInputs?: boolean;
  /** Weights of the user instead of random ones. */
  readonly weights?: Weights;
}

export const predictions = ['rolloutByNorms', 'rolloutByJacobian', 'secondMoment'] as const;
export type Prediction = (typeof predictions)[number];

export interface ExactStudy {
  readonly path: SoftmaxPath;
  readonly values: Values | 'given';
  readonly seeds: readonly number[];
  readonly dimension: number;
  /** Means over the draws, over the positions up to the last one with influence. */
  readonly profiles: Readonly<Record<Prediction | 'jacobian', Float64Array>>;
  /** Each prediction against the Jacobian of its own draw; means over the draws. */
  readonly scores: Readonly<Record<Prediction, Scores>>;
  readonly lambdaNorms: Float64Array;
  readonly lambdaJacobian: Float64Array;
  /** Exact profiles against each other: of one draw of the weights with two inputs, and of different draws. */
  readonly alike?: { readonly otherInput: Scores; readonly otherWeights?: Scores };
}

/**
 * The exact profile, by block norms of the Jacobian of a pre-norm attention stack, beside rollout with λ from norms,
 * rollout with λ from the Jacobian, and second moment. The residual weights of the description play no part: what the
 * residual stream is worth follows from the weights.
 */
export async function exactStudy(stack: Stack, options: ExactOptions): Promise<ExactStudy> {
  const { query, path = 'frozen', values = 'random', queries = true, dimension = 32, seeds = [1, 2, 3], otherInputs = false, weights, signal, onProgress } = options;
  if (dimension < 3 || !Number.isInteger(dimension)) throw badStack('dimension', 'a normalised vector has at least 3 coordinates', { needed: 'a whole number of at least 3', found: String(dimension) });
  const exact = newExact(stack);
  const drawn = weights ? [undefined] : seeds;
  const found: ExactProfile[] = [];
  const again: ExactProfile[] = [];
  for (const seed of drawn) {
    const run = { query, path, ...(signal && { signal }), ...(onProgress && { onProgress: (p: Progress) => onProgress({ ...p, stage: seed === undefined ? p.stage : `seed ${seed}, ${p.stage}` }) }) };
    const random = { dimension, seed: seed ?? 0, values, queries };
    found.push(await exact(weights ?? randomWeights(stack, random), run));
    if (otherInputs && !weights) again.push(await exact(randomWeights(stack, { ...random, input: 1 }), run));
  }
  const length = Math.max(query, ...found.map((f) => f.jacobian.findLastIndex((x) => x > 0))) + 1;
  const profileOf = (name: Prediction | 'jacobian'): Float64Array => meanOf(found.map((f) => f[name].subarray(0, length)));
  const scoreOf = (name: Prediction): Scores => meanScores(found.map((f) => scores(f[name].subarray(0, length), f.jacobian.subarray(0, length))));
  const jacobians = found.map((f) => f.jacobian.subarray(0, length));
  const pairs = jacobians.flatMap((p, i) => jacobians.slice(i + 1).map((q) => scores(p, q)));
  return {
    path,
    values: weights ? 'given' : values,
    seeds: weights ? [] : seeds,
    dimension: weights ? weights.X.shape[1]! : dimension,
    profiles: { jacobian: profileOf('jacobian'), rolloutByNorms: profileOf('rolloutByNorms'), rolloutByJacobian: profileOf('rolloutByJacobian'), secondMoment: profileOf('secondMoment') },
    scores: { rolloutByNorms: scoreOf('rolloutByNorms'), rolloutByJacobian: scoreOf('rolloutByJacobian'), secondMoment: scoreOf('secondMoment') },
    lambdaNorms: meanOf(found.map((f) => f.lambdaNorms)),
    lambdaJacobian: meanOf(found.map((f) => f.lambdaJacobian)),
    ...(again.length > 0 && { alike: { otherInput: meanScores(again.map((f, i) => scores(jacobians[i]!, f.jacobian.subarray(0, length)))), ...(pairs.length > 0 && { otherWeights: meanScores(pairs) }) } }),
  };
}

function meanScores(each: readonly Scores[]): Scores {
  return { spearman: mean(each.map((s) => s.spearman)), wasserstein1: mean(each.map((s) => s.wasserstein1)) };
}

function meanOf(rows: readonly Float64Array[]): Float64Array {
  return Float64Array.from(rows[0]!, (_, j) => mean(rows.map((row) => row[j]!)));
}

const names: Readonly<Record<Prediction, string>> = { rolloutByNorms: 'rollout, λ from norms', rolloutByJacobian: 'rollout, λ from the Jacobian', secondMoment: 'second moment' };

/** What a report says of it. */
export function exactParts({ path, values, seeds, dimension, profiles, scores: found, lambdaNorms, lambdaJacobian, alike }: ExactStudy): Further {
  const best = predictions.reduce((a, b) => (found[b].spearman > found[a].spearman ? b : a));
  return {
    seeds,
    findings: [{ claim: `${names[best]} orders the positions as the exact Jacobian does`, decision: decide([{ what: 'Spearman', value: found[best].spearman, needed: { atLeast: 0.95 } }]) }],
    tables: [
      {
        name: 'The exact Jacobian',
        says: `Block norms of the Jacobian of a pre-norm attention stack with ${values} weights, d = ${dimension}, softmax ${path === 'full' ? 'derived too' : 'held fixed'}; predictions from the same forward pass, scored against it.`,
        columns: ['prediction', 'Spearman', 'W1/(n−1)'],
        rows: predictions.map((p) => [names[p], found[p].spearman, found[p].wasserstein1]),
      },
      ...(alike
        ? [
            {
              name: 'What the exact profile depends on',
              says: 'Exact profiles against each other. What is alike for another input is no matter of the data; what is alike for other weights is a matter of the architecture.',
              columns: ['another', 'Spearman', 'W1/(n−1)'],
              rows: [['input, the same weights', alike.otherInput.spearman, alike.otherInput.wasserstein1], ...(alike.otherWeights ? [['draw of the weights and input', alike.otherWeights.spearman, alike.otherWeights.wasserstein1]] : [])],
            },
          ]
        : []),
      {
        name: 'λ by layer',
        says: 'From norms, |a|/(|x|+|a|): averaging many vectors shrinks a, and counts as weakness. From the Jacobian: what the value path passes on, against the identity.',
        columns: ['layer', 'λ from norms', 'λ from the Jacobian'],
        rows: [...lambdaNorms].map((x, t) => [t, x, lambdaJacobian[t]]),
      },
    ],
    curves: [curve('exact Jacobian', profiles.jacobian, 'solid'), curve('second moment of the pass', profiles.secondMoment, 'dashed')],
    notTried: ['feed-forward layers and trained weights: the exact Jacobian is that of attention layers with the weights that are named'],
  };
}

function curve(name: string, values: Float64Array, style: LineSeries['style']): LineSeries {
  return { name, x: Array.from(values, (_, j) => j), y: [...values], ...(style && { style }) };
}
