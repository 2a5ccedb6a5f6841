// `ricci gallery run NAME | all`: runs entries, with a line of progress; Ctrl-C ends them.

import { join } from 'node:path';
import process from 'node:process';
import type { Entry } from '../studies/gallery/entry.ts';
import { entries } from '../studies/gallery/list.ts';
import { runEntry } from '../studies/gallery/run-entry.ts';
import { type Report, reportJson } from '../studies/harness/report.ts';
import { type Given, UsageError } from './args.ts';
import { type Command, type ExitCode, columns } from './command.ts';
import { chosen } from './gallery-list.ts';
import { progressOn } from './progress-line.ts';
import { reportText, writeReport } from './study-report.ts';

export const runCommand: Command = {
  name: 'run',
  usage: 'ricci gallery run NAME | all [--quick] [--seed NUMBER] [-o FOLDER] [--json]',
  says: `Runs an entry and decides its claims: claimed, measured, verdict. The same seed gives the same numbers. An entry takes seconds to a
few minutes; the exit code is 0 whatever the verdict is.`,
  options: {
    quick: { says: 'smaller and shorter, but still deciding' },
    seed: { value: 'NUMBER', says: 'of all random numbers, 1 unless told' },
    out: { short: 'o', value: 'FOLDER', says: 'write report.json, report.md and figures there; of all, in a folder for each' },
    json: { says: 'the report as JSON; of all, one line for each' },
  },
  examples: ['ricci gallery run macaron', 'ricci gallery run all --quick -o out'],
  run: async (given, io): Promise<ExitCode> => {
    const isAll = given.words.length === 1 && given.words[0] === 'all';
    const wanted: readonly Entry[] = isAll ? entries : [chosen(given.words, 'run')];
    const seed = seedOf(given);
    const out = given.last('out');
    const stop = new AbortController();
    const interrupt = (): void => stop.abort();
    process.once('SIGINT', interrupt);
    const reports: Report[] = [];
    for (const entry of wanted) {
      const line = progressOn(io, entry.name);
      const report = await runEntry(entry, { quick: given.has('quick'), seed, signal: stop.signal, onProgress: line.see }).finally(line.end);
      reports.push(report);
      const written = out === undefined ? [] : writeReport(isAll ? join(out, entry.name) : out, report);
      if (given.has('json')) io.out(isAll ? JSON.stringify(JSON.parse(reportJson(report))) : reportJson(report));
      else io.out(`${reportText(report, io.paint, ['Derivatives'])}${written.map((file) => `\n  written  ${file}`).join('')}\n`);
    }
    process.removeListener('SIGINT', interrupt);
    if (isAll && !given.has('json')) io.out(columns(reports.flatMap((r) => r.findings.map((f) => [f.decision.verdict, `${r.title}: ${f.claim}`] as const))));
    return 0;
  },
};

function seedOf(given: Given): number {
  const text = given.last('seed') ?? '1';
  const seed = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(seed)) throw new UsageError('--seed is a whole number', 'write --seed 2');
  return seed;
}
