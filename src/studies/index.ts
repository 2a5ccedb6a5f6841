/**
 * ricci/studies: structural analyses of architectures and data, and what they share.
 * @module
 */

export type { Layer, Mask, Positions, Stack } from './position-bias/stack.ts';
export { type AdamOptions, type FullBatch, type Optimizer, type Rate, type SgdOptions, adam, lbfgs, sgd } from './harness/optimizer.ts';
export { type TrainOptions, type TrainState, type TrainStep, type Trained, gradientNorms, train, trainAsync, training } from './harness/train.ts';
export { type TrainOutcome, trainSentence } from './harness/train-outcome.ts';
export { type LossFunction, type LossOptions, type Trainable, lossFunction, trainable } from './harness/trainable.ts';
