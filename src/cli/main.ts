#!/usr/bin/env node
// The `ricci` command: finds the command that is meant, and turns every ending into a message and an exit code.

import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import process from 'node:process';
import { RicciError } from '../base/diagnostic.ts';
import { UsageError, suggestion } from './args.ts';
import { type ExitCode, columns, runCommand } from './command.ts';
import { commands } from './commands.ts';
import { type Io, processIo } from './io.ts';
import { reportInternal } from './report.ts';
import { renderAll } from './render.ts';

enableCompileCache();
const outside = processIo(process);
// A reader that has seen enough (`ricci functions | head`) ends the program without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70));
process.exitCode = await ending(process.argv.slice(2), outside);

async function ending(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(
        `${io.errPaint.bold(io.errPaint.red('usage'))}: ${error.message}${error.hint === undefined ? '' : `\n  try     ${error.hint}`}`,
      );
      return 2;
    }
    if (error instanceof RicciError) {
      io.err(renderAll(error.diagnostics, {}, io.errPaint));
      return 1;
    }
    return reportInternal(error, io);
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<ExitCode> {
  const [first, ...rest] = args;
  switch (first) {
    case undefined:
      return await runCommand((await import('./prompt.ts')).promptCommand, [], io);
    case '--welcome':
      return await runCommand((await import('./prompt.ts')).promptCommand, ['--welcome'], io);
    case '-h':
    case '--help':
    case 'help': {
      if (first === 'help' && rest[0] !== undefined) return await dispatch([rest[0], '--help'], io);
      io.out(overview(io));
      return 0;
    }
    case '-v':
    case '--version':
    case 'version':
      io.out(`ricci ${version()}`);
      return 0;
    default: {
      const entry = commands.find((c) => c.name === first);
      if (entry) return await runCommand(await entry.load(), rest, io);
      const near = suggestion(
        first,
        commands.map((c) => c.name),
        'ricci ',
      );
      throw new UsageError(`there is no command ${JSON.stringify(first)}`, near ?? (/[^\w.-]/.test(first) ? 'an expression is derived by ricci derive EXPR --by VARIABLE' : 'ricci --help lists the commands'));
    }
  }
}

function overview({ paint }: Io): string {
  return [
    'ricci: derivatives of matrix and tensor expressions, simplified and checked.',
    '',
    `${paint.bold('usage')}  ricci [COMMAND] …`,
    '',
    columns(commands.map((c) => [c.name, c.says] as const)),
    '',
    paint.bold('examples'),
    `  ricci derive "norm2(A*x-y)^2" --by x`,
    `  ricci check "x'*A*x" --by x --is "2*A*x"`,
    `  ricci eval "x'*x" --at '{"x": [1, 2]}'`,
    `  ricci explain inner-dims-differ`,
    '',
    'ricci COMMAND --help tells more about a command; ricci alone starts a prompt.',
    'Exit codes: 0 done, 1 the answer is no or the input has errors, 2 wrong usage, 70 a bug of ricci.',
  ].join('\n');
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
