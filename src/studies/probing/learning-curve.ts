// What more words would bring: scores by the share of the training words that is learned from.

import type { Pace } from '../harness/progress.ts';
import type { Stream } from '../harness/random.ts';
import { type Control, type ControlName, controls } from './controls.ts';
import type { Probe } from './probe.ts';
import { type Metric, meanOfKnown } from './scores.ts';
import { type Split, thinned } from './splits.ts';
import type { Tables } from './tables.ts';
import { benchOf } from './trial.ts';

export interface LearningCurve {
  readonly metric: Metric;
  readonly shares: readonly number[];
  /** Training words at each share, in the mean over folds. */
  readonly words: readonly number[];
  readonly lines: readonly { readonly name: 'real' | ControlName; readonly scores: readonly number[]; readonly low: readonly number[]; readonly high: readonly number[] }[];
}

const beside: readonly ControlName[] = ['rows permuted', 'random direction', 'random ball'];

export interface CurveOptions {
  readonly shares: readonly number[];
  /** Draws of words, each with a draw of every control. */
  readonly draws: number;
  readonly metric: Metric;
  readonly random: Stream;
  readonly pace: Pace;
}

export async function learningCurve(tables: Tables, folds: readonly Split[], probe: Probe, { shares, draws, metric, random, pace }: CurveOptions): Promise<LearningCurve> {
  const tell = pace.stage('learning curve');
  const others = beside.flatMap((name) => controls.filter((c) => c.name === name));
  const names = ['real' as const, ...others.map((c) => c.name)];
  const found: number[][][] = names.map(() => []);
  const words: number[] = [];
  let done = 0;
  for (const share of shares) {
    const scores: number[][] = names.map(() => []);
    let count = 0;
    for (let k = 0; k < draws; k++) {
      const stream = random.split('curve').split(k);
      const parts = folds.map((fold, f) => thinned(fold, share, stream.split(`words ${share}`).split(f)));
      count += parts.reduce((sum, { train }) => sum + train.length, 0) / parts.length / draws;
      const bench = benchOf(probe, tables.X, parts);
      for (const [at, control] of [undefined, ...others].entries()) {
        const { Y = tables.Y } = control === undefined ? {} : drawn(control, tables, stream);
        scores[at]!.push(bench.heldOut(Y).heldOut[metric]);
      }
      await tell(++done, shares.length * draws);
    }
    words.push(Math.round(count));
    for (const [at, list] of scores.entries()) found[at]!.push(list);
  }
  return {
    metric,
    shares,
    words,
    lines: names.map((name, at) => ({
      name,
      scores: found[at]!.map((list) => meanOfKnown(list)),
      low: found[at]!.map((list) => Math.min(...list)),
      high: found[at]!.map((list) => Math.max(...list)),
    })),
  };
}

function drawn({ draw, name }: Control, tables: Tables, stream: Stream): ReturnType<NonNullable<Control['draw']>> {
  return draw ? draw(tables, stream.split(name)) : {};
}
