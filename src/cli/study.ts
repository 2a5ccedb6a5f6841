// `ricci study NAME …`: structural analyses of a user's own architectures and data. Each study is a command in a file of its own.

import { type Command, type Entry, helpOf } from './command.ts';

/** Studies by name, one line each. */
const studies: readonly Entry[] = [
  { name: 'position-bias', says: 'which positions of a sequence an attention stack listens to', load: async () => (await import('./study-position-bias.ts')).positionBiasCommand },
  { name: 'probing', says: 'whether features are predicted from embeddings because the embeddings know them', load: async () => (await import('./study-probing.ts')).probingCommand },
  { name: 'capsules', says: 'what lives, dies and freezes in a capsule network, and what its routing is worth', load: async () => (await import('./study-capsules.ts')).capsulesCommand },
];

export const studyCommand: Command = {
  name: 'study',
  usage: 'ricci study NAME …',
  says: 'Studies an architecture or a set of data. `ricci study NAME --help` tells what a study takes and what it answers.',
  options: {},
  examples: ['ricci study position-bias --layers 12 --heads 4 --positions alibi --residual 0.1', 'ricci study probing --embeddings vectors.csv --features norms.csv -o out'],
  parts: studies,
  run: (_given, io) => {
    io.out(helpOf(studyCommand, io));
    return 0;
  },
};
