// What a command is, and its help.

import { type Given, type Options, readArgs } from './args.ts';
import type { Io } from './io.ts';

/** 0 done, 1 the answer is "no" or the input has errors, 2 wrong usage, 70 a bug of ricci. */
export type ExitCode = 0 | 1 | 2 | 70;

export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly says: string;
  readonly options: Options;
  readonly examples: readonly string[];
  readonly run: (given: Given, io: Io) => ExitCode | Promise<ExitCode>;
}

const everywhere: Options = { help: { short: 'h', says: 'show this help' } };

export async function runCommand(command: Command, args: readonly string[], io: Io): Promise<ExitCode> {
  const given = readArgs(args, { ...command.options, ...everywhere });
  if (given.has('help')) {
    io.out(helpOf(command, io));
    return 0;
  }
  return await command.run(given, io);
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
    columns(options),
    ...(command.examples.length > 0 ? ['', paint.bold('examples'), ...command.examples.map((e) => `  ${e}`)] : []),
  ].join('\n');
}

/** Two columns, the first as wide as it needs to be. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`.trimEnd()).join('\n');
}
