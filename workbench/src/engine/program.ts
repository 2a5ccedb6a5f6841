// The answer as a program in another language.

import { type Want, code, codeTargets, targetNamed } from '../../../src/pipeline/code.ts';
import { must } from '../../../src/base/internal.ts';
import type { Question } from './question.ts';

export interface ProgramQuestion extends Question {
  readonly target: string;
  readonly want: readonly Want[];
}

export interface Program {
  readonly path: string;
  readonly text: string;
  readonly targets: readonly string[];
}

/** The answer was checked before it was shown, so the program is not checked again. */
export function program({ text, declare, by, target, want }: ProgramQuestion): Program {
  const file = code(text, must(targetNamed(target)), { by, want, declare, points: 0 });
  return { path: file.path, text: file.text, targets: codeTargets };
}
