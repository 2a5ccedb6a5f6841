// What a command is, and its help.

import { listed } from '../base/words.ts';
import { type Given, type Options, UsageError, readArgs, suggestion } from './args.ts';
import type { Io } from './io.ts';

/** 0 done, 1 the answer is "no" or the input has errors, 2 wrong usage, 70 a bug of ricci. */
export type ExitCode = 0 | 1 | 2 | 70;

/** A command by name, loaded when it is called, so that starting stays quick. */
export interface Entry {
  readonly name: string;
  readonly says: string;
  readonly load: () => Promise<Command>;
}

export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly says: string;
  readonly options: Options;
  readonly examples: readonly string[];
  /** Commands of its own: the first word names one of them, and the rest is theirs. */
  readonly parts?: readonly Entry[];
  readonly run: (given: Given, io: Io) => ExitCode | Promise<ExitCode>;
}

const everywhere: Options = { help: { short: 'h', says: 'show this help' } };

export async function runCommand(command: Command, args: readonly string[], io: Io): Promise<ExitCode> {
  const part = command.parts && (await partOf(command, command.parts, args));
  if (part) return await runCommand(part, args.slice(1), io);
  const given = readArgs(args, { ...command.options, ...everywhere });
  if (given.has('help')) {
    io.out(helpOf(command, io));
    return 0;
  }
  return await command.run(given, io);
}

/** The part that the first word names, or none where no word is given. */
async function partOf({ name }: Command, parts: readonly Entry[], args: readonly string[]): Promise<Command | undefined> {
  const [first] = args;
  if (first === undefined || first.startsWith('-')) return undefined;
  const entry = parts.find((p) => p.name === first);
  if (entry) return await entry.load();
  const names = parts.map((p) => p.name);
  throw new UsageError(`there is no ${name} ${JSON.stringify(first)}`, suggestion(first, names, `ricci ${name} `) ?? (names.length > 0 ? `there are ${listed(names)}` : undefined));
}

export function helpOf(command: Command, { paint }: Pick<Io, 'paint'>): string {
  const options = Object.entries({ ...command.options, ...everywhere }).map(([name, o]) => {
    const head = `${o.short === undefined ? '' : `-${o.short}, `}--${name}${o.value === undefined ? '' : ` ${o.value}`}`;
    return [head, o.says] as const;
  });
  return [
    command.says,
    '',
    `${paint.bold('usage')}  ${command.usage}`,
    '',
    ...(command.parts && command.parts.length > 0 ? [columns(command.parts.map((p) => [p.name, p.says] as const)), ''] : []),
    columns(options),
    ...(command.examples.length > 0 ? ['', paint.bold('examples'), ...command.examples.map((e) => `  ${e}`)] : []),
  ].join('\n');
}

/** Two columns, the first as wide as it needs to be. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`.trimEnd()).join('\n');
}
