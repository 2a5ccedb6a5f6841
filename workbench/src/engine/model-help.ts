// What a model says, as the editor needs it.

import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import { readModelParts } from '../../../src/lang/model-parts.ts';
import { type PartRow, type VariableRow, partRow, variableRow } from './reading.ts';

export interface ModelHelp {
  /** The text that was read. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly parts: readonly PartRow[];
  readonly variables: readonly VariableRow[];
}

export function modelHelp(text: string): ModelHelp {
  const { reading, resolved, parts } = readModelParts(text);
  return { text, diagnostics: reading.diagnostics, parts: parts.map(partRow), variables: (resolved?.variables ?? []).map(variableRow) };
}
