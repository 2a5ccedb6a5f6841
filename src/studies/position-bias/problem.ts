// Errors in the description of a stack: where it is, what was needed, what was found, what to try.

import { RicciError } from '../../base/diagnostic.ts';

export interface More {
  readonly needed?: string;
  readonly found?: string;
  readonly help?: string;
}

/** `at` is the field, as in `residual[3]`. */
export function badStack(at: string, message: string, more: More = {}): RicciError {
  return new RicciError([{ code: 'bad-stack', severity: 'error', message: at === '' ? message : `${at}: ${message}`, span: [0, 0], ...more }]);
}

/** Of the arrays of one stack: more would not fit beside what is made of them. */
const mostEntries = 2 ** 27;

export function needRoom(entries: number, what: string): void {
  if (entries > mostEntries) throw badStack('length', 'the stack takes more memory than there is', { needed: `at most ${mostEntries} numbers`, found: what, help: 'take fewer positions, or layers that are alike' });
}

/** A value of the description in a few characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
