// What is wrong with a data file, and where.

import { type Diagnostic, RicciError } from '../base/diagnostic.ts';

export interface Trouble {
  /** Line, byte, row, member: where in the file, such as "line 3, column 2". */
  readonly at?: string;
  readonly needed?: string;
  readonly found?: string;
  readonly help: string;
}

/** The file is not what it should be: damaged, cut off, or of another format. */
export function badFile(file: string, message: string, more: Trouble): RicciError {
  return fileProblem(file, message, { ...more, code: 'bad-file' });
}

/** The file is in order, and holds something that is no array of real numbers. */
export function badContent(file: string, message: string, more: Trouble): RicciError {
  return fileProblem(file, message, { ...more, code: 'file-content' });
}

/** The file asks for more memory than is allowed, or than its own length can account for. */
export function tooLarge(file: string, message: string, more: Trouble): RicciError {
  return fileProblem(file, message, { ...more, code: 'file-too-large' });
}

export function fileNotice(file: string, message: string, help: string): Diagnostic {
  return { code: 'file-notice', severity: 'notice', message: `${file}: ${message}`, span: [0, 0], help };
}

function fileProblem(file: string, message: string, { code, at, needed, found, help }: Trouble & { readonly code: string }): RicciError {
  return new RicciError([
    {
      code,
      severity: 'error',
      message: `${file}${at === undefined ? '' : `, ${at}`}: ${message}`,
      span: [0, 0],
      ...(needed !== undefined && { needed }),
      ...(found !== undefined && { found: printable(found) }),
      help,
    },
  ]);
}

/** Text of a file for a terminal: one short line without control characters. */
export function printable(text: string): string {
  const clean = text.replaceAll(/\p{Cc}|\p{Cf}/gu, '\u00B7');
  return clean.length > 80 ? `${clean.slice(0, 77)}...` : clean;
}

/** Enough for any array that the rest can work with; a file that declares more is refused before anything is allocated. */
export const mostEntries: number = 2 ** 28;

/** The number of entries of a shape; throws when that is no safe number or too many. */
export function entriesOf(file: string, shape: readonly number[], at?: string): number {
  let count = 1;
  for (const n of shape) count *= n;
  // A zero among the factors hides what the others are.
  const widest = shape.reduce((product, n) => product * Math.max(n, 1), 1);
  if (widest <= mostEntries) return count;
  throw tooLarge(file, `declares an array of shape [${shape.join(', ')}]`, {
    ...(at !== undefined && { at }),
    needed: `at most ${mostEntries} entries`,
    help: 'take a part of the data, or keep it sparse',
  });
}
