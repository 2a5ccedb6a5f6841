// `ricci gallery list | show | run`: published claims, checked here.

import { type Command, type Entry, helpOf } from './command.ts';

const parts: readonly Entry[] = [
  { name: 'list', says: 'the entries: what each asks', load: async () => (await import('./gallery-list.ts')).listCommand },
  { name: 'show', says: 'an entry: its claims, its models in the language, its sources', load: async () => (await import('./gallery-list.ts')).showCommand },
  { name: 'run', says: 'run an entry, or all, and decide its claims', load: async () => (await import('./gallery-run.ts')).runCommand },
];

export const galleryCommand: Command = {
  name: 'gallery',
  usage: 'ricci gallery list | show NAME | run NAME | run all',
  says: 'Claims of published papers, checked at small scale: each entry has the object of the paper in the language of ricci, derivatives that\nare generated and verified, a run with seeds, and a verdict with its control.',
  options: {},
  examples: ['ricci gallery list', 'ricci gallery show macaron', 'ricci gallery run macaron --quick'],
  parts,
  run: (_given, io) => {
    io.out(helpOf(galleryCommand, io));
    return 0;
  },
};
