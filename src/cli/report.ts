// A bug of ricci: said as such, with what to do, and without a stack trace unless RICCI_DEBUG is set.

import process from 'node:process';
import type { ExitCode } from './command.ts';
import type { Io } from './io.ts';

export function reportInternal(error: unknown, io: Io): ExitCode {
  io.err(
    `${io.errPaint.bold(io.errPaint.red(internalMessage(error)))}\n  try     report it with the input that led here: this is a bug of ricci`,
  );
  if (process.env['RICCI_DEBUG'] && error instanceof Error && error.stack !== undefined) io.err(error.stack);
  return 70;
}

export function internalMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.startsWith('internal:') ? text : `internal: ${text}`;
}
