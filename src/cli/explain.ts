// `ricci explain CODE`: the page of an error code, or of a function.

import { readFileSync, readdirSync } from 'node:fs';
import { codes } from '../lang/codes.ts';
import { functionNamed } from '../ops/table.ts';
import { UsageError, oneWord, suggestion } from './args.ts';
import type { Command } from './command.ts';
import { functionText } from './functions.ts';
import type { Paint } from './paint.ts';

export const explainCommand: Command = {
  name: 'explain',
  usage: 'ricci explain CODE | FUNCTION',
  says: 'Explains an error or notice by its code, with examples; or a function by its name.',
  options: {},
  examples: ['ricci explain inner-dims-differ', 'ricci explain logdet'],
  run: (given, io) => {
    io.out(
      explanation(oneWord(given, 'a code or the name of a function', 'ricci explain inner-dims-differ'), io.paint),
    );
    return 0;
  },
};

const folder = new URL('../../docs/errors/', import.meta.url);

export function explanation(topic: string, paint: Paint): string {
  const code = topic.replace(/^\w+\[(.*)\]$/, '$1');
  const page = pageOf(code);
  if (page !== undefined) return forTerminal(page, paint);
  if (Object.hasOwn(codes, code)) return `${paint.bold(code)}\n\n${codes[code as keyof typeof codes]}`;
  const record = functionNamed(topic);
  if (record) return functionText(record, paint);
  throw new UsageError(
    `there is no error code or function ${JSON.stringify(topic)}`,
    suggestion(code, [...new Set([...errorCodes(), ...Object.keys(codes)])], '') ??
      'ricci functions lists the functions',
  );
}

export function errorCodes(): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.md'))
      .map((file) => file.slice(0, -3));
  } catch {
    return [];
  }
}

function pageOf(code: string): string | undefined {
  if (!errorCodes().includes(code)) return undefined;
  return readFileSync(new URL(`${code}.md`, folder), 'utf8');
}

/** Markdown without its signs where they only matter to a renderer. */
function forTerminal(page: string, paint: Paint): string {
  let isCode = false;
  const lines = page
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('```')) {
        isCode = !isCode;
        return [];
      }
      if (isCode) return [`  ${line}`];
      if (line.startsWith('#')) return [paint.bold(line.replace(/^#+\s*/, ''))];
      return [line.replaceAll('`', '')];
    });
  return lines.join('\n');
}
