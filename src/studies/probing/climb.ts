// Up the ladder: a probe on the real features, and on every draw of every control.

import { must } from '../../base/internal.ts';
import type { Pace } from '../harness/progress.ts';
import type { Stream } from '../harness/random.ts';
import { type Interval, intervalOf } from '../harness/resampling.ts';
import { type Comparison, compare } from './compare.ts';
import type { Control, ControlName, ControlSort } from './controls.ts';
import { ceilingTrial, meanTrial } from './fixed.ts';
import type { Probe } from './probe.ts';
import { type Resampled, resampledScores } from './resampled.ts';
import { type Details, type Metric, type Scores, byMetric, meanScores } from './scores.ts';
import type { Split } from './splits.ts';
import { surfaceFeatures } from './surface.ts';
import type { Matrix, Tables } from './tables.ts';
import { type Bench, type Trial, benchOf } from './trial.ts';

export interface ClimbOptions {
  readonly repeats: number;
  /** Draws of permuted rows; the first probe alone takes more than `repeats`. */
  readonly permutations: number;
  readonly resamples: number;
  readonly random: Stream;
  readonly pace: Pace;
}

/** A probe on the real features. */
export interface RealAudit {
  readonly heldOut: Scores;
  readonly inSample: Scores;
  /** 95 %, over words. */
  readonly intervals: Readonly<Record<Metric, Interval>>;
  /** The hyper-parameter in each fold. */
  readonly chosen: readonly number[];
  readonly details: Details;
}

export interface ControlAudit {
  readonly name: ControlName;
  readonly sort: ControlSort;
  readonly breaks: string;
  readonly expected: string;
  readonly keepsFeatures: boolean;
  /** On held-out words, of each draw; of surface features, with their rows permuted. */
  readonly draws: readonly Scores[];
  /** What surface features score; absent elsewhere. */
  readonly surface?: Scores;
  /** The mean of the first few draws; absent where nothing is learned. */
  readonly inSample?: Scores;
  /** Real against this control; of surface features, their score against their own permuted rows. */
  readonly comparisons: Readonly<Record<Metric, Comparison>>;
  /** Scores of single features in each draw. */
  readonly details: readonly Details[];
}

export interface Climb {
  readonly probe: Probe;
  readonly real: RealAudit;
  readonly controls: readonly ControlAudit[];
}

/** In-sample scores vary little, and are there to be warned of. */
const inSampleDraws = 3;

export async function climb(tables: Tables, folds: readonly Split[], probe: Probe, which: readonly Control[], { repeats, permutations, resamples, random, pace }: ClimbOptions): Promise<Climb> {
  const tell = pace.stage(probe.name);
  const drawsOf = (control: Control): number => (control.draw === undefined ? 1 : control.name === 'rows permuted' ? Math.max(repeats, permutations) : repeats);
  const total = 1 + which.reduce((sum, control) => sum + drawsOf(control), 0);
  let done = 0;
  const step = async (): Promise<void> => await tell(++done, total);
  await tell(0, total);

  const bench = benchOf(probe, tables.X, folds);
  const measured = measuredOn(bench, tables.Y, resamples, random);
  const { trial } = measured;
  const real: RealAudit = {
    heldOut: trial.heldOut,
    inSample: bench.inSample(tables.Y),
    intervals: byMetric((metric) => intervalOf(measured.resampled[metric].filter((x) => !Number.isNaN(x)))),
    chosen: trial.chosen,
    details: trial.details,
  };
  await step();

  const audits: ControlAudit[] = [];
  for (const control of which) {
    const streams = random.split(control.name);
    const trials: Trial[] = [];
    const within: Scores[] = [];
    const { draw } = control;
    for (let k = 0; k < (draw ? drawsOf(control) : 0); k++) {
      const { X, Y = tables.Y } = must(draw)(tables, streams.split(k));
      const drawn = X ? benchOf(probe, X, folds) : bench;
      trials.push(drawn.heldOut(Y));
      if (k < inSampleDraws) within.push(drawn.inSample(Y));
      await step();
    }
    if (!draw) {
      trials.push(control.sort === 'ceiling' ? ceilingTrial(tables.Y, folds) : meanTrial(tables.Y, folds));
      await step();
    }
    const surface = control.sort === 'surface' ? measuredOn(bench, must(surfaceFeatures(tables.words)).Y, resamples, streams) : undefined;
    const { scores, resampled } = surface ?? measured;
    const compared = (metric: Metric): Comparison => compare(scores[metric], resampled[metric], trials.map((t) => t.heldOut[metric]), draw !== undefined, streams.split(metric));
    const { name, sort, breaks, expected, keepsFeatures } = control;
    audits.push({
      name,
      sort,
      breaks,
      expected,
      keepsFeatures,
      draws: trials.map((t) => t.heldOut),
      ...(surface && { surface: surface.scores }),
      ...(within.length > 0 && { inSample: meanScores(within) }),
      comparisons: byMetric(compared),
      details: trials.map((t) => t.details),
    });
  }
  return { probe, real, controls: audits };
}

interface Measured {
  readonly scores: Scores;
  readonly resampled: Resampled;
  readonly trial: Trial;
}

function measuredOn(bench: Bench, Y: Matrix, resamples: number, random: Stream): Measured {
  const trial = bench.heldOut(Y);
  return { scores: trial.heldOut, resampled: resampledScores(trial, Y, resamples, random.split('words')), trial };
}
