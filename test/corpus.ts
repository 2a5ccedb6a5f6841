// The corpus in test/corpus/*.txt, whose format is in src/pipeline/corpus.ts.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answers, type Case, caseText, casesOfText } from '../src/pipeline/corpus.ts';

export type { Answers, Case };

const folder: string = join(import.meta.dirname, 'corpus');

export function corpusFiles(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort();
}

export function casesOf(file: string): Case[] {
  return casesOfText(file, readFileSync(join(folder, file), 'utf8'));
}

export function corpus(): Case[] {
  return corpusFiles().flatMap(casesOf);
}

/** Writes a file of cases anew, with other answers. */
export function writeCases(file: string, cases: readonly Case[]): void {
  writeFileSync(join(folder, file), `${cases.map(caseText).join('\n\n')}\n`);
}
