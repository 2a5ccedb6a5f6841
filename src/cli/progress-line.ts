// How far a study is, on a terminal.

import process from 'node:process';
import type { Progress } from '../studies/harness/progress.ts';
import type { Io } from './io.ts';

/** One line on a terminal, rewritten; elsewhere a line now and then. */
export function progressOn(io: Io, name: string): { readonly see: (p: Progress) => void; readonly end: () => void } {
  const isTerminal = process.stderr.isTTY;
  let shown = performance.now();
  return {
    see: ({ stage, done, of, says }) => {
      if (performance.now() - shown < (isTerminal ? 100 : 5000)) return;
      shown = performance.now();
      const text = `${name}: ${stage} ${done} of ${of}${says === undefined ? '' : `, ${says}`}`;
      if (isTerminal) process.stderr.write(`\r\u001B[K${text}`);
      else io.err(text);
    },
    end: () => void (isTerminal && process.stderr.write('\r\u001B[K')),
  };
}
