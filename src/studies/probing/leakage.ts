// What makes scores on held-out words too good, or says less than it seems: found in the tables before anything is learned.

import { asInput, formulas } from './kernels.ts';
import { pearson } from '../harness/statistics.ts';
import { type Tables, column, positivesOf, short } from './tables.ts';

export interface Warning {
  readonly kind: 'twin-embeddings' | 'near-twins' | 'word-forms' | 'twin-features' | 'derived-feature' | 'more-features-than-words' | 'wide-embedding' | 'words-without-features' | 'few-draws' | 'left-out' | 'not-tried' | 'few-positives';
  readonly says: string;
}

/** Distance, as a share of the root mean square of their lengths, below which two embeddings count as one. */
const near = 0.05;
/** Correlation of a feature with one dimension above which it counts as derived from it. */
const derived = 0.98;

export function leakage(tables: Tables): Warning[] {
  const grouped = tables.groups === undefined ? 'give `groups` so that they stay on one side' : 'check that your groups keep them together';
  const { identical, close } = twins(tables);
  const forms = wordForms(tables);
  const same = twinFeatures(tables);
  const taken = derivedFeatures(tables);
  const { X, Y, words } = tables;
  const silent = words.filter((_, i) => Y.data.subarray(i * Y.cols, (i + 1) * Y.cols).every((value) => value <= 0));
  const rare = positivesOf(Y).filter((count) => count < 5).length;
  const when = (is: boolean, kind: Warning['kind'], says: string): Warning[] => (is ? [{ kind, says }] : []);
  return [
    ...when(identical.length > 0, 'twin-embeddings', `Words with the same embedding, in training and in test: ${short(identical)}. Keep one of each, or ${grouped}.`),
    ...when(close.length > 0, 'near-twins', `Words whose embeddings nearly agree (${near * 100} % of their length apart, or less): ${short(close)}. If they are forms of one word, ${grouped}.`),
    ...when(forms.length > 0, 'word-forms', `Words that look like forms of one word: ${short(forms)}. What is learned of one is known of the other; ${grouped}.`),
    ...when(same.length > 0, 'twin-features', `Features that are the same for every word: ${short(same)}. They count twice in every mean; keep one of each.`),
    ...when(taken.length > 0, 'derived-feature', `Features that are one dimension of the embedding in disguise (correlation above ${derived}): ${short(taken)}. Leave them out, unless that is the question.`),
    ...when(Y.cols > X.rows, 'more-features-than-words', `There are more features (${Y.cols}) than words (${X.rows}): means over features rest on few words each.`),
    ...when(X.cols * 2 > X.rows, 'wide-embedding', `The embedding has ${X.cols} dimensions for ${X.rows} words: in sample almost anything can be fitted, so that only scores on held-out words say something.`),
    ...when(silent.length > 0, 'words-without-features', `Words without any feature, which P@k leaves out: ${short(silent)}.`),
    ...when(rare > 0, 'few-positives', `${rare} of ${Y.cols} features are of fewer than 5 words: their scores on held-out words are mostly chance. \`least\` leaves such features out.`),
  ];
}

function twins({ X, words }: Tables): { identical: string[]; close: string[] } {
  const { rows, cols, data } = X;
  const products = formulas({ P: "A*A'" }, 'A: matrix(m, d)')({ A: asInput(X) }).P.data;
  const [identical, close]: [string[], string[]] = [[], []];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      const [ii, jj, ij] = [products[i * rows + i]!, products[j * rows + j]!, products[i * rows + j]!];
      if (ii + jj - 2 * ij > (near * near * (ii + jj)) / 2) continue;
      const isSame = data.subarray(i * cols, (i + 1) * cols).every((value, k) => value === data[j * cols + k]);
      (isSame ? identical : close).push(`${words[j]} and ${words[i]}`);
    }
  }
  return { identical, close };
}

/** Words that agree but for capitals, spaces and hyphens, or a plural's ending. */
function wordForms({ words, areTexts }: Tables): string[] {
  if (!areTexts) return [];
  const bare = (word: string): string => word.toLowerCase().replaceAll(/[\s_-]+/g, '');
  const there = new Map(words.map((word) => [bare(word), word]));
  return words.flatMap((word) => {
    const key = bare(word);
    const others = [key, key.replace(/s$/, ''), key.replace(/es$/, ''), key.replace(/ies$/, 'y')].map((other) => there.get(other));
    const other = others.find((found) => found !== undefined && found !== word);
    return other === undefined ? [] : [`${other} and ${word}`];
  });
}

function twinFeatures({ Y, features }: Tables): string[] {
  const first = new Map<string, string>();
  return features.flatMap((name, j) => {
    const key = column(Y, j).join();
    const other = first.get(key);
    if (other === undefined) first.set(key, name);
    return other === undefined ? [] : [`${other} and ${name}`];
  });
}

function derivedFeatures({ X, Y, features }: Tables): string[] {
  const dimensions = Array.from({ length: X.cols }, (_, k) => column(X, k));
  return features.filter((_, j) => {
    const values = column(Y, j);
    return dimensions.some((dimension) => Math.abs(pearson(dimension, values)) > derived);
  });
}
