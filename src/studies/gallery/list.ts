// The gallery: every entry with what a card shows. Runs are loaded when they are wanted.

import type { Entry } from './entry.ts';
import { info as capsuleSquash } from './capsule-squash/info.ts';
import { info as headsAndSsms } from './heads-and-ssms/info.ts';
import { info as infiniteWidth } from './infinite-width/info.ts';
import { info as macaron } from './macaron/info.ts';
import { info as equivariantProducts } from './equivariant-products/info.ts';
import { info as ghostsOfSoftmax } from './ghosts-of-softmax/info.ts';
import { info as hessianSpectrum } from './hessian-spectrum/info.ts';
import { info as modularAddition } from './modular-addition/info.ts';
import { info as neuralCollapse } from './neural-collapse/info.ts';
import { info as strongDuality } from './strong-duality/info.ts';
import { info as transformersAsSvm } from './transformers-as-svm/info.ts';
import { info as gaussMarkov } from './gauss-markov-adjunction/info.ts';

export const entries: readonly Entry[] = [
  { ...ghostsOfSoftmax, load: async () => (await import('./ghosts-of-softmax/run.ts')).run },
  { ...transformersAsSvm, load: async () => (await import('./transformers-as-svm/run.ts')).run },
  { ...neuralCollapse, load: async () => (await import('./neural-collapse/run.ts')).run },
  { ...hessianSpectrum, load: async () => (await import('./hessian-spectrum/run.ts')).run },
  { ...headsAndSsms, load: async () => (await import('./heads-and-ssms/run.ts')).run },
  { ...strongDuality, load: async () => (await import('./strong-duality/run.ts')).run },
  { ...macaron, load: async () => (await import('./macaron/run.ts')).run },
  { ...equivariantProducts, load: async () => (await import('./equivariant-products/run.ts')).run },
  { ...modularAddition, load: async () => (await import('./modular-addition/run.ts')).run },
  { ...gaussMarkov, load: async () => (await import('./gauss-markov-adjunction/run.ts')).run },
  { ...capsuleSquash, load: async () => (await import('./capsule-squash/run.ts')).run },
  { ...infiniteWidth, load: async () => (await import('./infinite-width/run.ts')).run },
];

/** The entry of that name, if there is one. */
export function entryNamed(name: string): Entry | undefined {
  return entries.find((e) => e.name === name);
}
