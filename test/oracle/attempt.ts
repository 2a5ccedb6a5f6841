// Run as a process of its own by the tests of bad input: one question in the file it is given, what became of it on
// standard output. A crash of the process is a failed test.

import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { RicciError } from '../../src/base/diagnostic.ts';
import { must } from '../../src/base/internal.ts';
import { toText, write } from '../../src/lang/write.ts';
import { derive } from '../../src/pipeline.ts';

export interface Attempt {
  readonly outcome: 'answer' | 'error' | 'crash';
  /** The answer, the codes of the errors, or the stack. */
  readonly said: string;
  /** Of processor time: other processes on this machine do not count. */
  readonly milliseconds: number;
  readonly megabytes: number;
}

const { text, by, declare } = JSON.parse(readFileSync(must(process.argv[2]), 'utf8')) as {
  text: string;
  by: string[];
  declare?: string;
};
const start = process.cpuUsage();

function attempt(): Pick<Attempt, 'outcome' | 'said'> {
  try {
    const derivation = derive(text, { by, ...(declare !== undefined && { declare }) });
    return { outcome: 'answer', said: toText(write(derivation.shown)) };
  } catch (e) {
    if (e instanceof RicciError) return { outcome: 'error', said: e.diagnostics.map((d) => d.code).join(' ') };
    return { outcome: 'crash', said: (e as Error).stack ?? String(e) };
  }
}

/** Of this process alone: `maxRSS` may be that of the process that started it. */
function mostMemory(): number {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return (own === undefined ? process.resourceUsage().maxRSS : Number(own)) / 1024;
}

const { outcome, said } = attempt();
const report: Attempt = {
  outcome,
  said: said.slice(0, 300),
  milliseconds: process.cpuUsage(start).user / 1000,
  megabytes: mostMemory(),
};
process.stdout.write(JSON.stringify(report));
