// The commonest slip of all: one transpose inside a derivative that is missing, or too many.

import { sameShape } from '../ir/dim.ts';
import { type Reading, read } from '../lang/read.ts';
import { tokenize } from '../lang/tokens.ts';
import type { Derivation } from '../pipeline.ts';
import { checkEqual } from '../run/check.ts';
import { normal } from '../simplify/pipelines.ts';

// More places than these are too many to try.
const mostPlaces = 12;

/** What to say if the candidate with the transpose of one matrix taken away or added is our derivative. */
export function transposeSlip({ shown: ours, reading: known }: Derivation, text: string): string | undefined {
  const options = { variables: known.variables, functions: known.functions, expect: ours.shape };
  const isFaithful = (r: Reading): boolean => r.variables.every((v) => known.variables.some((k) => k.name === v.name && sameShape(k.shape, v.shape)));
  for (const { name, changed, isMissing } of exchanged(text, known)) {
    const reading = read(changed, options);
    if (!reading.expr || !isFaithful(reading) || !sameShape(reading.expr.shape, ours.shape)) continue;
    if (normal(reading.expr) === normal(ours) || checkEqual(reading.expr, ours).equal) return `a transpose of ${name} is ${isMissing ? 'missing' : 'too many'}: ${changed.trim()} is right`;
  }
  return undefined;
}

interface Exchange {
  readonly name: string;
  readonly changed: string;
  readonly isMissing: boolean;
}

/** The text with one matrix after the other transposed. */
function exchanged(text: string, { variables }: Reading): Exchange[] {
  const matrices = new Set(variables.filter((v) => v.shape.length === 2).map((v) => v.name));
  const { tokens } = tokenize(text);
  return tokens
    .flatMap((token, i): Exchange[] => {
      if (token.kind !== 'name' || !matrices.has(token.text)) return [];
      const next = tokens[i + 1];
      const isTransposed = next?.text === "'" && next.span[0] === token.span[1];
      const end = isTransposed ? next.span[1] : token.span[1];
      return [{ name: token.text, changed: `${text.slice(0, token.span[1])}${isTransposed ? '' : "'"}${text.slice(end)}`, isMissing: !isTransposed }];
    })
    .slice(0, mostPlaces);
}
