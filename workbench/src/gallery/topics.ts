// The corpus by topic. Every entry is a case of the tests: its answer there is the answer here.

import { type Case, casesOfText } from '../../../src/pipeline/corpus.ts';

export interface Topic {
  readonly title: string;
  readonly cases: readonly Case[];
}

const titles: Readonly<Record<string, string>> = {
  'matrix-cookbook': 'Matrix Cookbook',
  losses: 'Losses',
  learning: 'Machine learning: softmax, networks, attention',
  'higher-orders': 'Second and third order',
  'inverse-and-determinant': 'Inverse and determinant',
  tensors: 'Tensors',
  'einsum-and-indices': 'Einstein sums and indices',
  structured: 'Structured answers',
  'structured-variables': 'Structured variables',
  'structure-functions': 'diag, kron, vec, reshape and their like',
  spectral: 'Eigenvalues and singular values',
  'matrix-functions': 'Matrix functions',
  'matrix-function-calculus': 'Calculus of matrix functions',
  reductions: 'Sums, norms and other reductions',
  functions: 'Functions of numbers',
  broadcasting: 'Broadcasting',
  'blocks-and-slices': 'Blocks and slices',
  'declared-functions': 'Functions that nobody defined',
  sharpe: 'Portfolios',
  'peers-get-wrong': 'What others get wrong',
  'asked-for': 'Asked by users elsewhere',
  'required-forms': 'Forms that must come out',
  documentation: 'From the documentation',
  exported: 'From exported pages',
  spelling: 'Spellings that are understood',
};

const texts = import.meta.glob<string>('../../../test/corpus/*.txt', { query: '?raw', import: 'default' });

const modelFiles = import.meta.glob<readonly ModelCase[]>('../../../test/models.json', { import: 'default' });

/** A published model with its data; the tests solve it. */
export interface ModelCase {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly start?: Readonly<Record<string, unknown>>;
}

export async function loadModels(): Promise<readonly ModelCase[]> {
  return (await Promise.all(Object.values(modelFiles).map((load) => load()))).flat();
}

/** In the order of `titles`; a file without a title stands last under its own name. */
export async function loadTopics(): Promise<readonly Topic[]> {
  const files = await Promise.all(Object.entries(texts).map(async ([path, load]) => [path.replace(/^.*\/|\.txt$/g, ''), await load()] as const));
  const order = Object.keys(titles);
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return files.toSorted(([a], [b]) => rank(a) - rank(b)).map(([name, text]) => ({ title: titles[name] ?? name, cases: casesOfText(name, text) }));
}

/** Every word stands somewhere in the case. */
export function matches({ title, of, declare, by }: Case, words: readonly string[]): boolean {
  const text = `${title} ${of} ${declare} ${by.join(' ')}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
