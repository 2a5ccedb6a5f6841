// A Python process that runs contenders: one order at a time, JSON lines both ways.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Worker {
  readonly libraries: readonly string[];
  readonly ask: (order: object) => Promise<Record<string, unknown>>;
  readonly end: () => void;
}

/** Its times are those of the clock on the wall, or of the processor. */
export async function startWorker(python: string, threads: number, clock: 'wall' | 'processor' = 'wall'): Promise<Worker> {
  const child = spawn(python, [join(import.meta.dirname, 'worker.py'), String(threads), clock], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers: ((line: string) => void)[] = [];
  const failures: ((error: Error) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => answers.shift()?.(line));
  let dead: Error | undefined;
  const died = (error: Error): void => {
    dead = error;
    for (const fail of failures.splice(0)) fail(error);
  };
  child.on('error', died);
  child.on('exit', (code, signal) => died(new Error(`${python} ended with ${code ?? signal}`)));
  const ask = async (order: object): Promise<Record<string, unknown>> => {
    if (dead) throw dead;
    const answer = new Promise<string>((resolve, reject) => {
      answers.push((line) => {
        failures.shift();
        resolve(line);
      });
      failures.push(reject);
    });
    child.stdin.write(`${JSON.stringify(order)}\n`);
    const found = JSON.parse(await answer) as Record<string, unknown>;
    if (typeof found['error'] === 'string') throw new Error(found['error']);
    return found;
  };
  const { libraries } = (await ask({ do: 'libraries' })) as { libraries: string[] };
  return { libraries, ask, end: () => ending(child) };
}

function ending(child: ChildProcess): void {
  child.removeAllListeners('exit');
  child.stdin?.end();
}
