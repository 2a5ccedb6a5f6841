// The derivation, step by step.

import { type Steps, stepsOf } from '../../../src/pipeline/steps.ts';
import { derive } from '../../../src/pipeline.ts';
import type { Question } from './question.ts';

export function steps({ text, declare, by, layout, symmetric }: Question): readonly Steps[] {
  return stepsOf(derive(text, { by, declare, layout, symmetric, points: 0, trace: true }));
}
