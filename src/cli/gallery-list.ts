// `ricci gallery list` and `ricci gallery show NAME`: entries as they are written down, without a run.

import type { ModelText } from '../studies/gallery/entry.ts';
import { entries, entryNamed } from '../studies/gallery/list.ts';
import { neededText } from '../studies/harness/verdict.ts';
import { UsageError, suggestion } from './args.ts';
import { type Command, columns } from './command.ts';
import type { Paint } from './paint.ts';

export const listCommand: Command = {
  name: 'list',
  usage: 'ricci gallery list [--json]',
  says: 'Lists the entries of the gallery.',
  options: { json: { says: 'names, titles, topics, claims and models as JSON' } },
  examples: [],
  run: (given, io) => {
    if (given.words.length > 0) throw new UsageError(`list takes no name, and ${JSON.stringify(given.words[0])} is one`, `ricci gallery show ${given.words[0]}`);
    const plain = entries.map(({ load: _, ...info }) => info);
    io.out(given.has('json') ? JSON.stringify(plain) : columns(entries.map((e) => [io.paint.bold(e.name), `${e.title}. ${io.paint.dim(e.topics.join(', '))}`] as const)));
    return 0;
  },
};

export const showCommand: Command = {
  name: 'show',
  usage: 'ricci gallery show NAME',
  says: 'Shows an entry: what it asks, the mathematics, its models in the language, what is claimed and what would decide it.',
  options: {},
  examples: ['ricci gallery show neural-collapse'],
  run: (given, io) => {
    const entry = chosen(given.words, 'show');
    const { paint } = io;
    const parts = [
      paint.bold(entry.title),
      entry.asks,
      ...entry.text,
      paint.bold('Models'),
      ...entry.models.map((m) => modelLines(m, paint)),
      paint.bold('Claims'),
      ...entry.claims.map(({ says, tests, control }) => [says, ...tests.map((t) => `  needed: ${t.what} ${neededText(t.needed)}`), ...(control === undefined ? [] : [`  control: ${control}`])].join('\n')),
      `${paint.bold('Not tried')}: ${entry.notTried.join('; ')}`,
      `${paint.bold('Sources')}\n${entry.sources.map((s) => `  ${s}`).join('\n')}`,
      paint.dim(`ricci gallery run ${entry.name} decides the claims`),
    ];
    io.out(parts.join('\n\n'));
    return 0;
  },
};

function modelLines({ name, says, text, declare, by, solve }: ModelText, paint: Paint): string {
  const indented = text.split('\n').map((line) => `    ${line}`).join('\n');
  const use = solve ? 'solved with ricci solve' : by && by.length > 0 ? `derived by ${by.join(', ')}` : '';
  return [`  ${paint.bold(name)}: ${says}`, indented, ...(declare === undefined ? [] : [paint.dim(`    where ${declare}`)]), ...(use === '' ? [] : [paint.dim(`    ${use}`)])].join('\n');
}

/** The entry that is named; wrong usage otherwise. */
export function chosen(words: readonly string[], verb: string): (typeof entries)[number] {
  const [name, extra] = words;
  const names = entries.map((e) => e.name);
  if (name === undefined) throw new UsageError('the name of an entry is missing', `ricci gallery ${verb} ${names[0]}`);
  if (extra !== undefined) throw new UsageError(`${JSON.stringify(extra)} is one word too many`, `ricci gallery ${verb} ${name}`);
  const entry = entryNamed(name);
  if (entry === undefined) throw new UsageError(`there is no entry ${JSON.stringify(name)}`, suggestion(name, names, `ricci gallery ${verb} `) ?? 'ricci gallery list names them');
  return entry;
}
