// From each keystroke to an answer: what was read, its variables, and the checked derivative.

import { type Diagnostic, RicciError } from '../../../src/base/diagnostic.ts';
import type { Reading, VariableInfo } from '../../../src/lang/read.ts';
import { readParts } from '../../../src/lang/parts.ts';
import { checked, deriveReading, understood } from '../../../src/pipeline.ts';
import { checkText, conventions } from '../../../src/pipeline/words.ts';
import type { Work } from './work.ts';
import type { Question } from './question.ts';
import { type PartRow, type VariableRow, partRow, variableRow } from './reading.ts';
import { type Shown, shown } from './shown.ts';

export type { PartRow, VariableRow } from './reading.ts';

export interface Derived {
  /** The text that was read. */
  readonly text: string;
  /** Errors, warnings and notices about the input, in the order of their places. */
  readonly diagnostics: readonly Diagnostic[];
  readonly variables: readonly VariableRow[];
  readonly parts: readonly PartRow[];
  /** Absent when the input has errors. */
  readonly function?: Shown;
  /** The variables it was derived by; chosen here when none was asked for, or none of that name is there. */
  readonly by: readonly string[];
  /** Absent when the input has errors, when there is nothing to derive by, or when the check disagreed. */
  readonly derivative?: Shown;
  /** Labels and sentences: layout, conventions, domain, excluded points, the check. */
  readonly rows: readonly (readonly [label: string, text: string])[];
}

/** What there is to show before the answer is there. */
export interface Underway {
  /** What is being done, in a word or two. */
  readonly step: string;
  readonly read: Derived;
}

export function derive({ text, declare, by: asked, layout, symmetric }: Question, work?: Pick<Work, 'progress'>): Derived {
  const { reading, parts } = readParts(text, { declare });
  const variables = reading.variables.map(variableRow);
  const none: Derived = { text, diagnostics: reading.diagnostics, variables, parts: parts.map(partRow), by: asked, rows: [] };
  if (!reading.expr) return none;
  const isThere = asked.length > 0 && asked.every((name) => variables.some((v) => v.name === name));
  const by = isThere ? asked : preferred(reading);
  const start: Derived = { ...none, by, function: shown(reading.expr) };
  if (by.length === 0) return start;
  const say = (step: string): void => work?.progress({ step, read: start } satisfies Underway);
  try {
    const known = understood(reading);
    say(`deriving by ${by.join(', then ')}`);
    const unchecked = deriveReading(text, known, { by, layout, symmetric, points: 0 });
    say('checking the derivative with numbers');
    const d = { ...unchecked, check: checked(text, known, { by }) };
    return {
      ...start,
      derivative: shown(d.shown, d.orientation),
      rows: [
        ...conventions(d),
        ...d.domain.needs.map((need): [string, string] => ['needs', need]),
        ...d.domain.excluded.map((point): [string, string] => ['excluded', point]),
        ['check', checkText(d)],
      ],
    };
  } catch (error) {
    if (!(error instanceof RicciError)) throw error;
    return { ...start, diagnostics: [...start.diagnostics, ...error.diagnostics] };
  }
}

// The variable that people most often mean: the names of unknowns first, then vectors, matrices, scalars.
function preferred({ variables }: Reading): string[] {
  const free = variables.filter((v) => !v.facts.has.has('constant'));
  const usual = ['x', 'w', 'X', 'W', 'theta', 'beta', 'u', 'U'];
  const named = usual.flatMap((name) => free.filter((v) => v.name === name));
  const rank = (v: VariableInfo): number => (v.shape.length === 1 ? 0 : v.shape.length > 1 ? 1 : 2);
  const [first] = [...named, ...free.toSorted((a, b) => rank(a) - rank(b))];
  return first ? [first.name] : [];
}
