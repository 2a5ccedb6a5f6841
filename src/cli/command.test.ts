// Commands with commands of their own.

import { describe, expect, it } from 'vitest';
import { type Command, runCommand } from './command.ts';
import type { Io } from './io.ts';
import { paintFor } from './paint.ts';

function asked(...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const paint = paintFor(false, {});
  const io = { out: (text: string) => void lines.push(text), paint } as unknown as Io;
  const inner: Command = { name: 'count', usage: 'number count WORD …', says: 'counts words', options: { twice: { says: 'twice as many' } }, examples: [], run: (given, to) => (to.out(String(given.words.length * (given.has('twice') ? 2 : 1))), 0) };
  const outer: Command = { name: 'number', usage: 'number NAME …', says: 'numbers', options: {}, examples: [], parts: [{ name: 'count', says: 'counts words', load: () => Promise.resolve(inner) }], run: (_given, to) => (to.out('itself'), 0) };
  return runCommand(outer, args, io).then(() => lines.join('\n'));
}

describe('commands of commands', () => {
  it('hands the rest to the part that the first word names, with the options of that part', async () => {
    expect(await asked('count', 'a', 'b', '--twice')).toBe('4');
    expect(await asked()).toBe('itself');
  });

  it('lists its parts in its help, and a part has its own', async () => {
    expect(await asked('--help')).toMatch(/count {2}counts words/);
    expect(await asked('count', '--help')).toMatch(/--twice/);
  });

  it('names what is near, or all there is', async () => {
    await expect(asked('coumt')).rejects.toMatchObject({ message: 'there is no number "coumt"', hint: 'did you mean ricci number count?' });
    await expect(asked('zzzzzz')).rejects.toMatchObject({ hint: 'there are count' });
  });
});
