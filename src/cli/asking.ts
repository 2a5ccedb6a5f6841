// Options that several commands share, and errors shown beside the text they are about.

import { RicciError } from '../base/diagnostic.ts';
import { type Given, type Options, UsageError } from './args.ts';
import type { ExitCode } from './command.ts';
import type { Io } from './io.ts';
import { renderAll } from './render.ts';

export const declaring: Options = {
  declare: { value: '"A: matrix(m, n)"', says: 'declare variables; may be repeated, or hold several separated by ;' },
};

export const deriving: Options = {
  by: { value: 'NAME', says: 'the variable; repeated for a derivative of higher order' },
  ...declaring,
  symmetric: {
    value: 'CONVENTION',
    oneOf: ['projected', 'cookbook'],
    says: "for symmetric variables: projected (G+G')/2, or cookbook G+G'-G∘I",
  },
};

export function declarationsOf(given: Given): string {
  return given.all('declare').join('\n');
}

/** Names may also be given as one list: `--by x,y`. */
export function namesBy(given: Given, command: string): string[] {
  const names = given.all('by').flatMap((by) => by.split(/[\s,]+/).filter((name) => name !== ''));
  if (names.length === 0) throw new UsageError('the variable is missing', `write ${command} --by x`);
  return names;
}

/** Runs `work`; errors in the input are shown on the error output, with exit code 1. */
export function showingErrors(io: Io, expression: string, declare: string, work: () => ExitCode): ExitCode {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RicciError)) throw error;
    io.err(renderAll(error.diagnostics, { expression, declare }, io.errPaint));
    return 1;
  }
}
