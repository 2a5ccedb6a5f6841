/**
 * ricci/studies: structural analyses of architectures and data, and what they share.
 * @module
 */

export { type AdamOptions, type FullBatch, type Optimizer, type Rate, type SgdOptions, adam, lbfgs, sgd } from './harness/optimizer.ts';
export { type TrainOptions, type TrainState, type TrainStep, type Trained, gradientNorms, train, trainAsync, training } from './harness/train.ts';
export { type TrainOutcome, trainSentence } from './harness/train-outcome.ts';
export { type LossFunction, type LossOptions, type Trainable, lossFunction, trainable } from './harness/trainable.ts';

// Reports, verdicts and figures
export { type Cell, type Finding, type Report, type Table, reportFiles, reportJson, reportLines, reportMarkdown } from './harness/report.ts';
export { type Decision, type Needed, type Test, type Verdict, decide, decideUnder } from './harness/verdict.ts';
export { type LadderVerdict, type NullComparison, type NullDraws, againstNull, upLadder } from './harness/structural-null.ts';
export type { Figure } from './harness/figure.ts';
export { figureFile, figureSvg } from './harness/svg.ts';
export { type Line, fitLine, fitPower } from './harness/slope.ts';
export type { Progress as StudyProgress, RunOptions } from './harness/progress.ts';

// Position bias of attention stacks
export { type PositionBias, type PositionBiasOptions, newPositionBias, positionBias } from './position-bias/position-bias.ts';
export { type ExactOptions, type ExactStudy, exactParts, exactStudy } from './position-bias/exact-study.ts';
export { type Further, positionBiasReport } from './position-bias/report.ts';
export { type Weights, givenWeights, randomWeights } from './position-bias/weights.ts';
export { readStack } from './position-bias/describe.ts';
export type { Attention, Mask, Positions, Schedule, Stack } from './position-bias/stack.ts';

// The gallery: published claims, checked
export type { Claim, Entry, EntryInfo, EntryOptions, Measure, ModelText } from './gallery/entry.ts';
export { entries as galleryEntries, entryNamed as galleryEntry } from './gallery/list.ts';
export { runEntry as runGalleryEntry } from './gallery/run-entry.ts';
