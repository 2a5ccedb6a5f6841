// From each keystroke to an answer: what was read, its variables, and the checked derivative.

import { type Diagnostic, RicciError } from '../../../src/base/diagnostic.ts';
import { type Reading, type VariableInfo, read } from '../../../src/lang/read.ts';
import { derive as deriveText } from '../../../src/pipeline.ts';
import { typeText } from '../../../src/pipeline/type-text.ts';
import { checkText, conventions, factsText, origins } from '../../../src/pipeline/words.ts';
import type { Question } from './question.ts';
import { type Shown, shown } from './shown.ts';

export interface VariableRow {
  readonly name: string;
  readonly kind: VariableInfo['kind'];
  /** Names or numbers, one an axis. */
  readonly dims: readonly string[];
  /** In words of the language, such as `symmetric pd`. */
  readonly facts: string;
  readonly type: string;
  /** How it came by its kind, in words. */
  readonly origin: string;
  readonly isDeclared: boolean;
}

export interface Derived {
  /** Errors, warnings and notices about the input, in the order of their places. */
  readonly diagnostics: readonly Diagnostic[];
  readonly variables: readonly VariableRow[];
  /** Absent when the input has errors. */
  readonly function?: Shown;
  /** The variables it was derived by; chosen here when none was asked for. */
  readonly by: readonly string[];
  /** Absent when the input has errors, when there is nothing to derive by, or when the check disagreed. */
  readonly derivative?: Shown;
  /** Labels and sentences: layout, conventions, domain, excluded points, the check. */
  readonly rows: readonly (readonly [label: string, text: string])[];
}

export function derive({ text, declare, by: asked, layout, symmetric }: Question): Derived {
  const reading = read(text, { declare });
  const variables = reading.variables.map(variableRow);
  const none: Derived = { diagnostics: reading.diagnostics, variables, by: asked, rows: [] };
  if (!reading.expr) return none;
  const by = asked.length > 0 ? asked : preferred(reading);
  const start: Derived = { ...none, by, function: shown(reading.expr) };
  if (by.length === 0) return start;
  try {
    const d = deriveText(text, { by, declare, layout, symmetric });
    return {
      ...start,
      function: shown(d.function),
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

function variableRow(v: VariableInfo): VariableRow {
  return {
    name: v.name,
    kind: v.kind,
    dims: v.shape.map((dim) => dim.key),
    facts: factsText(v.facts),
    type: typeText(v.shape),
    origin: origins[v.origin],
    isDeclared: v.origin === 'declared',
  };
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
