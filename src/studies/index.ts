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
export { describeStack } from './position-bias/describe-stack.ts';
export { readStack } from './position-bias/describe.ts';
export { type Design, type DesignOptions, design, designParts } from './position-bias/design.ts';
export { type Sensitivity, sensitivity, sensitivityParts } from './position-bias/sensitivity.ts';
export type { Attention, Mask, Positions, Schedule, Stack } from './position-bias/stack.ts';

// The gallery: published claims, checked
export type { Claim, Entry, EntryInfo, EntryOptions, Measure, ModelText } from './gallery/entry.ts';
export { entries as galleryEntries, entryNamed as galleryEntry } from './gallery/list.ts';
export { runEntry as runGalleryEntry } from './gallery/run-entry.ts';

// Probing
export { type Audit, type AuditOptions, type ModelAudit, audit } from './probing/audit.ts';
export type { ControlAudit, RealAudit } from './probing/climb.ts';
export type { Comparison } from './probing/compare.ts';
export type { ControlName, ControlSort } from './probing/controls.ts';
export type { FeatureAudit, FeatureComparison, Sparsity } from './probing/feature-audit.ts';
export type { Warning as ProbingWarning } from './probing/leakage.ts';
export type { LearningCurve } from './probing/learning-curve.ts';
export type { ProbeName } from './probing/probe.ts';
export { type ProbingFiles, type ProbingTables, type File as ProbingFile, readProbingTables } from './probing/read-tables.ts';
export { probingReport } from './probing/report.ts';
export type { Metric, Scores } from './probing/scores.ts';
export type { TableInput } from './probing/tables.ts';
export type { ProbingVerdict, VerdictKind } from './probing/verdict.ts';

// Random numbers and statistics
export { type Stream, newStream } from './harness/random.ts';
export { type Interval, bootstrap, bootstrapMean, maxStatisticPValues, pValue, permutationTest } from './harness/resampling.ts';
export { auc, mean, median, pearson, quantile, ranks, spearman, standardDeviation, variance, wasserstein1, wasserstein1OfWeights } from './harness/statistics.ts';

// Capsule networks
export { type Audit as CapsuleAudit, type AuditOptions as CapsuleAuditOptions, auditCapsules } from './capsules/audit.ts';
export { type Architecture as CapsuleArchitecture, readArchitecture as readCapsules } from './capsules/architecture.ts';
export { capsulesReport } from './capsules/report.ts';
export { readIdx } from './capsules/idx.ts';
export { type GlyphOptions, glyphImages } from './capsules/glyphs.ts';
export { type Images, shrunk } from './capsules/images.ts';
