// Alternating rounds of our code and NumPy's, one thread each. Ratios of medians are what counts (NumPy's time over ours:
// above 1 we are faster), on a busy machine beside the ratio of the best rounds; times are for orientation. They are those
// of the processor, so that what waits for other programs is not counted.

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Case {
  readonly name: string;
  /** Ratio asked for, if any. */
  readonly target?: number;
  readonly flops?: number;
  readonly setup: string;
  readonly numpy: string;
  readonly prepare: () => () => void;
  /** Evaluations a round. */
  readonly repeat?: number;
}

interface Row {
  readonly name: string;
  readonly ours: number;
  readonly numpy: number;
  readonly ratio: number;
  /** Of the best rounds. */
  readonly best: number;
  readonly target?: number;
}

type Ask = (request: object) => Promise<{ readonly seconds?: number }>;

function startNumPy(): { readonly ask: Ask; readonly stop: () => void } {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const child = spawn(`${root}.venv/bin/python`, [fileURLToPath(new URL('numpy-side.py', import.meta.url))], {
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error('the Python process ended');
      return JSON.parse(value) as { readonly seconds?: number };
    },
    stop: () => void child.stdin.end(),
  };
}

function seconds(run: () => void, repeat: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < repeat; i++) run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6 / repeat;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function measure({ name, target, setup, numpy, prepare, repeat = 1 }: Case, ask: Ask): Promise<Row> {
  await ask({ setup });
  const run = prepare();
  for (let i = 0; i < 3; i++) {
    run();
    await ask({ time: numpy, repeat: 1 });
  }
  await new Promise((resolve) => setTimeout(resolve, 30)); // V8 finishes optimising in the background
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < 11; round++) {
    ours.push(seconds(run, repeat));
    theirs.push((await ask({ time: numpy, repeat })).seconds!);
  }
  const [a, b] = [median(ours), median(theirs)];
  return { name, ours: a, numpy: b, ratio: b / a, best: Math.min(...theirs) / Math.min(...ours), ...(target === undefined ? {} : { target }) };
}

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

/** Runs those whose name contains what `--only` says; a table, and JSON in the file of `--json`. */
export async function compare(cases: readonly Case[], about: object): Promise<void> {
  const only = option('--only');
  const { ask, stop } = startNumPy();
  const rows: Row[] = [];
  console.log(`${'case'.padEnd(34)} ${'ours ms'.padStart(9)} ${'NumPy ms'.padStart(9)} ${'ratio'.padStart(6)} ${'best'.padStart(6)}  target`);
  for (const one of cases) {
    if (only !== undefined && !one.name.includes(only)) continue;
    const row = await measure(one, ask);
    rows.push(row);
    const ms = (value: number): string => (value * 1000).toFixed(3).padStart(9);
    const wanted = row.target === undefined ? '' : `${row.target} ${row.ratio >= row.target ? 'reached' : 'MISSED'}`;
    console.log(`${row.name.padEnd(34)} ${ms(row.ours)} ${ms(row.numpy)} ${row.ratio.toFixed(2).padStart(6)} ${row.best.toFixed(2).padStart(6)}  ${wanted}`);
  }
  stop();
  const file = option('--json');
  const json = JSON.stringify({ node: process.version, ...about, rows });
  if (file === undefined) console.log(json);
  else writeFileSync(file, json);
}
