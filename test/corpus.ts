// The corpus: cases a mathematician can read, in test/corpus/*.txt. Used by the tests and by the benchmark.
//
//   # gradient of a quadratic form
//   A: matrix(n, n)
//   x: vector(n)
//   d x'*A*x / d x
//   ==> type        vector(n)
//   ==> derivative  A*x+A'*x
//   ==> excluded    x = 0

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Answers = Readonly<Record<string, string>>;

export interface Case {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  /** Declarations, one a line. */
  readonly declare: string;
  readonly of: string;
  readonly by: readonly string[];
  readonly answers: Answers;
}

const folder: string = join(import.meta.dirname, 'corpus');

export function corpusFiles(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort();
}

export function casesOf(file: string): Case[] {
  const cases: Case[] = [];
  const lines = readFileSync(join(folder, file), 'utf8').split('\n');
  lines.forEach((title, start) => {
    if (!title.startsWith('# ')) return;
    const end = lines.findIndex((line, i) => i > start && line.startsWith('# '));
    const body = lines.slice(start + 1, end < 0 ? undefined : end);
    cases.push(caseOf(file, start + 1, title.slice(2), body));
  });
  return cases;
}

export function corpus(): Case[] {
  return corpusFiles().flatMap(casesOf);
}

// The last `/ d NAME`s are the variables: a quotient cannot end in two names side by side.
const question = /^d (?<of>.*?)(?<by>(?: \/ d \w+)+)$/;

function caseOf(file: string, line: number, title: string, body: readonly string[]): Case {
  const at = body.findIndex((text) => question.test(text));
  const { of, by } = question.exec(body[at] ?? '')?.groups ?? {};
  if (of === undefined || by === undefined) throw new Error(`${file}:${line}: this case has no line \`d EXPR / d x\``);
  const answers: Record<string, string> = {};
  let last = '';
  for (const text of body.slice(at + 1)) {
    const found = /^==> (\w+)\s*(.*)$/.exec(text);
    if (found) {
      last = found[1] ?? '';
      answers[last] = found[2] ?? '';
    } else if (last !== '' && text.trim() !== '') answers[last] += `\n${text}`;
  }
  const declare = body.slice(0, at).filter((text) => text.trim() !== '' && !text.startsWith('%'));
  return { file, line, title, declare: declare.join('\n'), of, by: by.split(' / d ').slice(1), answers };
}

/** Writes a file of cases anew, with other answers. */
export function writeCases(file: string, cases: readonly Case[]): void {
  writeFileSync(join(folder, file), `${cases.map(textOf).join('\n\n')}\n`);
}

function textOf(c: Case): string {
  const answers = Object.entries(c.answers).map(([key, value]) => `==> ${key.padEnd(10)}  ${value}`);
  return [
    `# ${c.title}`,
    ...(c.declare === '' ? [] : [c.declare]),
    `d ${c.of}${c.by.map((x) => ` / d ${x}`).join('')}`,
    ...answers,
  ].join('\n');
}
