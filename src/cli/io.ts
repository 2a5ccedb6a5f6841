// What a command sees of the outside world, so that tests can stand in for it.

import { type Paint, paintFor } from './paint.ts';

export interface Io {
  /** Writes one or more lines; the newline at the end is added. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Colours of the answer. */
  readonly paint: Paint;
  /** Colours of the error output. */
  readonly errPaint: Paint;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

export function processIo(process: NodeJS.Process): Io {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    paint: paintFor(process.stdout.isTTY, process.env),
    errPaint: paintFor(process.stderr.isTTY, process.env),
    input: process.stdin,
    output: process.stdout,
  };
}
