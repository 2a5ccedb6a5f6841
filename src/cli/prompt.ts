// `ricci` alone: a prompt with history and completion on a terminal; from a pipe, an answer to every line.

import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Interface, createInterface } from 'node:readline';
import { functionNames } from '../ops/table.ts';
import type { Command, ExitCode } from './command.ts';
import type { Io } from './io.ts';
import { type Session, knownNames, newSession, promptWords, reply } from './session.ts';

export const promptCommand: Command = {
  name: 'prompt',
  usage: 'ricci [prompt] [--welcome]',
  says: 'Answers line by line: on a terminal with history and completion, from a pipe one answer for each line.\nIts exit code is 0 whatever the lines say; type help for what a line can be.',
  options: { welcome: { says: 'begin with a worked example' } },
  examples: ['ricci', `echo "d x'*A*x / d x" | ricci`],
  run: async (given, io): Promise<ExitCode> => {
    const session = newSession();
    if (given.has('welcome')) welcome(session, io);
    if (io.input.isTTY && io.output.isTTY) await converse(session, io, given.has('welcome'));
    else await answerLines(session, io);
    return 0;
  },
};

function welcome(session: Session, io: Io): void {
  const { paint } = io;
  io.out(`${paint.bold('ricci')}: derivatives of matrix and tensor expressions, simplified and checked. An example:`);
  for (const line of ['d norm2(A*x-y)^2 / d x', 'steps', "is A'*(A*x-y)"]) {
    io.out(`\n${paint.cyan('>')} ${line}`);
    io.out(reply(session, line, paint).text);
  }
  io.out('');
}

async function answerLines(session: Session, io: Io): Promise<void> {
  for await (const line of createInterface({ input: io.input, crlfDelay: Infinity })) {
    const { text, quit } = reply(session, line, io.paint);
    if (text !== '') io.out(text.includes('\n') ? `${text}\n` : text);
    if (quit) break;
  }
}

const historyFile = join(homedir(), '.ricci_history');
const longestHistory = 1000;

async function converse(session: Session, io: Io, isGreeted: boolean): Promise<void> {
  io.out(io.paint.dim(`${isGreeted ? 'Now you. ' : ''}Type help for what a line can be, quit to leave.`));
  const history = readHistory();
  const prompt = createInterface({
    input: io.input,
    output: io.output,
    prompt: '> ',
    history: [...history],
    historySize: longestHistory,
    removeHistoryDuplicates: true,
    completer: (line: string) => complete(line, session),
  });
  let latest = history;
  prompt.on('history', (lines: string[]) => (latest = lines));
  prompt.on('SIGINT', () => clearLine(prompt, io));
  prompt.prompt();
  for await (const line of prompt) {
    // Away from raw mode, so that Ctrl-C still ends an answer that takes too long.
    io.input.setRawMode(false);
    const { text, quit } = reply(session, line, io.paint);
    io.input.setRawMode(true);
    if (text !== '') io.out(`${text}\n`);
    if (quit) break;
    prompt.prompt();
  }
  prompt.close();
  writeHistory(latest);
}

function clearLine(prompt: Interface, io: Io): void {
  io.output.write('^C\n');
  prompt.write(null, { ctrl: true, name: 'e' });
  prompt.write(null, { ctrl: true, name: 'u' });
  prompt.prompt();
}

export function complete(line: string, session: Session): [string[], string] {
  const word = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(line)?.[0] ?? '';
  if (word === '') return [[], ''];
  const starts = line.trim() === word ? promptWords : [];
  const all = [...new Set<string>([...starts, ...knownNames(session), ...functionNames()])];
  return [all.filter((name) => name.startsWith(word)), word];
}

function readHistory(): string[] {
  try {
    return readFileSync(historyFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .slice(0, longestHistory);
  } catch {
    return [];
  }
}

/** A home that cannot be written to only means no history. */
function writeHistory(lines: readonly string[]): void {
  try {
    writeFileSync(historyFile, `${lines.join('\n')}\n`, { mode: 0o600 });
  } catch {}
}
