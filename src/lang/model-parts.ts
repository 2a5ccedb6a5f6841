// What every part of a model is, for those who point at it.

import { type ModelReading, understandModel } from './model.ts';
import { type Part, partsIn } from './parts.ts';
import type { Resolved } from './resolve.ts';

/** A reading of a model, and its parts from the outermost in. */
export function readModelParts(text: string): { readonly reading: ModelReading; readonly resolved?: Resolved; readonly parts: readonly Part[] } {
  const { reading, statements, resolved, lowered } = understandModel(text);
  return { reading, parts: statements && resolved ? partsIn(statements, resolved, lowered, (span) => span) : [], ...(resolved && { resolved }) };
}
