// Values by name, typed as JSON.

import { RicciError } from '../../../src/base/diagnostic.ts';

/** Throws a diagnostic when the text is not an object. */
export function jsonValues(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as Record<string, unknown>;
  } catch {
    // Said below, as for JSON of another kind.
  }
  throw new RicciError([
    { code: 'bad-value', severity: 'error', message: 'the values are not JSON by name', span: [0, 0], needed: 'an object of numbers and nested arrays', found: text.length > 40 ? `${text.slice(0, 40)}…` : text, help: 'write for example {"x": [1, 2, 3]}' },
  ]);
}
