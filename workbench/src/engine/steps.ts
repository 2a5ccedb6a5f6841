// The derivation, step by step.

import { type Steps, writtenSteps } from '../../../src/pipeline/steps.ts';
import { derive } from '../../../src/pipeline.ts';
import type { Question } from './question.ts';
import { type Shown, shown } from './shown.ts';

export function steps({ text, declare, by, layout, symmetric }: Question): readonly Steps<Shown>[] {
  return writtenSteps(derive(text, { by, declare, layout, symmetric, points: 0, trace: true }), (e) => shown(e), (written) => written.text);
}
