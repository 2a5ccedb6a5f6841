// A derivation's result in any notation.

import { unreachable } from '../base/internal.ts';
import { indexText, toLatex, toMathML, toText, toUnicode, write } from '../lang/write.ts';
import type { Derivation } from '../pipeline.ts';

export const notations = ['text', 'unicode', 'latex', 'mathml', 'index'] as const;
export type NotationName = (typeof notations)[number];

/**
 * The derivative as it is shown, in the chosen layout. `text` and `index` can be read again.
 *
 * @example show(derive("norm2(A*x-y)^2", { by: ['x'] }), 'latex') // 2 A^\top (A x - y)
 */
export function show(d: Derivation, notation: NotationName = 'text'): string {
  if (notation === 'index') return indexText(d.shown);
  const written = write(d.shown, { orientation: d.orientation });
  switch (notation) {
    case 'text':
      return toText(written);
    case 'unicode':
      return toUnicode(written);
    case 'latex':
      return toLatex(written);
    case 'mathml':
      return toMathML(written);
    default:
      return unreachable(notation);
  }
}
