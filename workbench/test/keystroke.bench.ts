// From a keystroke to the derivative on the page, over the corpus, in Chromium: npm run bench:workbench.
//
// For each case the page is opened with the text but for its last character; then that key is pressed. The clock runs
// from the event of the key until the derivative of the new text stands in the page, built and laid out. It is checked by
// then: the page shows no derivative before its check. The time is taken apart by stages (keystroke.watch.ts). Beside it:
// every time the page's own thread was blocked for more than 50 ms while loading, typing, and with long texts.
// Writes bench/results/workbench.json; `npm run bench:workbench -- 5` takes every fifth case.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type Page, chromium } from 'playwright';
import { build, preview } from 'vite';
import { must } from '../../src/base/internal.ts';
import { chromiumArguments, chromiumPath } from '../../test/chromium.ts';
import { corpus } from '../../test/corpus.ts';
import { empty } from '../src/state/document.ts';
import { toLink } from '../src/state/link.ts';
import config from '../vite.config.ts';
import { type Stages, inWorker, watch } from './keystroke.watch.ts';

interface Measured {
  readonly title: string;
  readonly stages: Stages;
}

/** The stages in their order, and what each of them is. */
const stageNames: Readonly<Record<keyof Stages, string>> = {
  handled: 'the event reaches the page',
  asked: 'question sent',
  received: 'question to the worker',
  read: 'worker: read and typed',
  derived: 'worker: derived and simplified',
  answered: 'worker: checked, written, sent',
  arrived: 'answer to the page',
  built: 'page: letter and elements of the derivative built',
  laid: 'page: laid out',
};
const order = Object.keys(stageNames) as (keyof Stages)[];

const site = await served();
const browser = await chromium.launch({ ...(chromiumPath !== undefined && { executablePath: chromiumPath }), args: [...chromiumArguments] });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, bypassCSP: true });
await page.addInitScript(watch);
await page.goto(site.address);
await page.locator('.answer h2').waitFor();
await page.waitForTimeout(1000);
const loading = await longTasks(page);

// Single characters leave nothing to stand before the last key.
const cases = corpus().filter((c) => c.of.length > 1 && !c.of.includes('\n'));
const every = Math.max(1, Number(process.argv[2] ?? 1));
const warming = 40;
const measured: Measured[] = [];
let withheld = 0;
for (const [round, c] of [...cases.slice(0, warming), ...cases.filter((_, i) => i % every === 0)].entries()) {
  // The number makes each link another one, which the page opens.
  const link = await toLink({ ...empty, text: c.of.slice(0, -1), declare: c.declare, by: c.by, mine: String(round) });
  await page.evaluate((to) => (location.hash = to), link);
  await page.waitForFunction((text) => globalThis.ricciWatcher.isIdle(text), c.of.slice(0, -1));
  await page.getByRole('textbox', { name: 'expression' }).focus();
  await page.keyboard.press('Control+End');
  // As long as fast typists wait: the key before has been painted.
  await page.waitForTimeout(100);
  await page.evaluate((text) => globalThis.ricciWatcher.start(text), c.of);
  await page.keyboard.press(must(c.of.at(-1)));
  const stages = await page.evaluate(() => globalThis.ricciWatcher.ended());
  // The first rounds are for the compilers of the browser.
  if (round < warming) continue;
  if (stages === undefined) withheld++;
  else measured.push({ title: c.title, stages });
}
const typing = await longTasks(page);

/** Pasted as a whole, and one letter after it. */
const longTexts: Readonly<Record<string, string>> = {
  'nine thousand brackets': `${'('.repeat(4500)}x${')'.repeat(4500)}`,
  'twenty thousand brackets': `${'('.repeat(10_000)}x${')'.repeat(10_000)}`,
  'a megabyte': 'x+'.repeat(500_000),
  'seven hundred variables': Array.from({ length: 700 }, (_, i) => `x_${i}*y`).join('+'),
};
const pasting: Record<string, number[]> = {};
for (const [name, text] of Object.entries(longTexts)) {
  await page.getByRole('textbox', { name: 'expression' }).focus();
  await page.keyboard.press('Control+A');
  await page.waitForTimeout(500);
  await longTasks(page);
  await page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
  await page.waitForTimeout(1500);
  await page.keyboard.press('a');
  await page.waitForTimeout(1000);
  pasting[name] = await longTasks(page);
}
await browser.close();
await site.close();

const times = (stage: keyof Stages): number[] => measured.map((m) => m.stages[stage] - previous(m.stages, stage)).sort((a, b) => a - b);
const total = measured.map((m) => m.stages.laid).sort((a, b) => a - b);
const result = {
  machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length },
  cases: measured.length,
  withoutAnswer: withheld,
  median: at(total, 0.5),
  p95: at(total, 0.95),
  max: at(total, 1),
  stages: Object.fromEntries(order.map((stage) => [stageNames[stage], { median: at(times(stage), 0.5), p95: at(times(stage), 0.95), inSlowest: around95(stage) }])),
  slowest: measured
    .toSorted((a, b) => b.stages.laid - a.stages.laid)
    .slice(0, 8)
    .map(({ title, stages }) => ({ title, ms: Number(stages.laid.toFixed(1)), worker: Number((stages.answered - stages.received).toFixed(1)) })),
  blocked: { loading, typing, pasting },
};
const folder = join(import.meta.dirname, '../../bench/results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'workbench.json'), `${JSON.stringify(result, undefined, 2)}\n`);
console.log(`${measured.length} keystrokes, ${withheld} without a derivative; milliseconds to the checked derivative, laid out`);
console.log(`median ${result.median}  p95 ${result.p95}  max ${result.max}\n`);
console.log(`${'stage'.padEnd(56)} median     p95  in the slowest tenth`);
for (const [name, { median, p95, inSlowest }] of Object.entries(result.stages)) console.log(`${name.padEnd(56)} ${median.toFixed(1).padStart(6)}  ${p95.toFixed(1).padStart(6)}  ${inSlowest.toFixed(1).padStart(6)}`);
console.log(`\nslowest\n${result.slowest.map((s) => `  ${s.ms.toFixed(1).padStart(6)} (worker ${s.worker.toFixed(1)}) ${s.title}`).join('\n')}`);
console.log(`\nblocked for more than 50 ms: ${JSON.stringify(result.blocked)}\n`);
const limits: readonly (readonly [string, boolean])[] = [
  ['a keystroke to its derivative under 16 ms for 95 in 100 cases', result.p95 < 16],
  ['the page never blocked for more than 50 ms', [loading, typing, ...Object.values(pasting)].every((list) => list.length === 0)],
];
for (const [says, holds] of limits) console.log(`${holds ? 'ok     ' : 'MISSED '} ${says}`);

function at(sorted: readonly number[], q: number): number {
  return Number(must(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]).toFixed(2));
}

/** Where the stage before ended; the page goes on while the worker works, so a stage may seem to end before it. */
function previous(stages: Stages, stage: keyof Stages): number {
  const before = order[order.indexOf(stage) - 1];
  return before === undefined ? 0 : stages[before];
}

/** The mean of a stage over the slowest tenth of keystrokes: what makes them slow. */
function around95(stage: keyof Stages): number {
  const slow = measured.toSorted((a, b) => b.stages.laid - a.stages.laid).slice(0, Math.ceil(measured.length / 10));
  return Number((slow.reduce((sum, m) => sum + m.stages[stage] - previous(m.stages, stage), 0) / slow.length).toFixed(2));
}

async function served(): Promise<{ readonly address: string; readonly close: () => Promise<void> }> {
  const outDir = join(import.meta.dirname, '../dist-bench');
  const ours = { ...config, configFile: false, logLevel: 'warn', build: { ...config.build, outDir } } as const;
  process.env['NODE_ENV'] = 'production';
  await build(ours);
  for (const name of readdirSync(join(outDir, 'assets')).filter((file) => /^worker-.*\.js$/.test(file))) {
    const path = join(outDir, 'assets', name);
    writeFileSync(path, inWorker + readFileSync(path, 'utf8'));
  }
  const server = await preview({ ...ours, preview: { ...config.preview, port: 4399, host: '127.0.0.1' } });
  return { address: must(server.resolvedUrls?.local[0]), close: () => server.close() };
}

async function longTasks(of: Page): Promise<number[]> {
  return of.evaluate(() => globalThis.ricciWatcher.longTasks());
}
