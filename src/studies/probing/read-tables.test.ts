import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import { writeNpz } from '../../data/npz.ts';
import { type File, type ProbingFiles, readProbingTables } from './read-tables.ts';
import { tablesOf } from './tables.ts';

const file = (name: string, text: string, part?: string): File => ({ name, bytes: new TextEncoder().encode(text), ...(part !== undefined && { part }) });
const vectors = file('v.csv', 'word,e0,e1\ncat,1,2\ndog,3,4\nsun,5,6\n');
const read = (files: Partial<ProbingFiles>) => readProbingTables({ embeddings: vectors, features: file('f.csv', 'word,feature\ndog,has legs\ncat,has legs\ncat,is soft\n'), ...files });

describe('tables from files', () => {
  it('are joined by word, in the order of the embeddings; what is left over is told', async () => {
    expect(await read({})).toEqual({
      X: [[1, 2], [3, 4]],
      Y: [[1, 1], [1, 0]],
      names: { words: ['cat', 'dog'], features: ['has legs', 'is soft'] },
      notices: ['1 of 3 words of v.csv have no features and are left out.'],
    });
    const { notices } = await read({ features: file('f.csv', 'cat,soft\nyak,wool\ndog,loud') });
    expect(notices[0]).toBe('1 of 3 words of f.csv have no embedding and are left out: yak.');
  });

  it.each([
    ['pairs without names', 'cat,is soft\ndog,has legs\ncat,has legs', [[1, 1], [0, 1]]],
    ['pairs with values and names', 'concept\tfeature\tproduction\ncat\tis soft\t12\ndog\thas legs\t3.5', [[12, 0], [0, 3.5]]],
    ['a column for each', 'id;is soft;has legs\ndog;0;1\ncat;1;0.5', [[1, 0.5], [0, 1]]],
    ['names with commas', '"cat","soft, and warm"\n"dog","loud"', [[1, 0], [0, 1]]],
  ])('features as %s', async (_name, text, expected) => {
    expect((await read({ features: file('f.csv', text) })).Y).toEqual(expected);
  });

  it.each([
    ['GloVe', 'cat 1 2\ndog 3 4\n'],
    ['word2vec', '2 2\ncat 1 2\ndog 3 4\n'],
    ['tabs', 'cat\t1\t2\ndog\t3\t4\n'],
  ])('embeddings as %s writes them', async (_name, text) => {
    expect((await read({ embeddings: file('v.txt', text) })).X).toEqual([[1, 2], [3, 4]]);
  });

  it('of numbers alone have their names from lists, or none', async () => {
    const bytes = writeNpz(new Map([['X', { shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) }], ['Y', { shape: [3, 1], data: Float64Array.of(1, 0, 1) }]]));
    const [X, Y] = ['X', 'Y'].map((part) => ({ name: 'd.npz', bytes, part }));
    expect(await read({ embeddings: X!, features: Y!, words: file('w.txt', 'a\nb\nc\n'), featureNames: file('n.txt', 'red') })).toMatchObject({ X: [[1, 2], [3, 4], [5, 6]], Y: [[1], [0], [1]], names: { words: ['a', 'b', 'c'], features: ['red'] } });
    expect((await read({ embeddings: X!, features: Y! })).names).toEqual({});
    expect((await read({ embeddings: X!, words: file('w.txt', 'dog\nsun\ncat\n') })).X).toEqual([[1, 2], [5, 6]]);
  });

  it('groups by word, or in the order of the rows', async () => {
    expect((await read({ groups: file('g.csv', 'dog,animal\ncat,pet\nsun,star') })).names.groups).toEqual(['pet', 'animal']);
    expect((await read({ groups: file('g.txt', 'one\ntwo\n') })).names.groups).toEqual(['one', 'two']);
  });

  const several = { name: 'd.npz', bytes: writeNpz(new Map([['X', { shape: [1, 1], data: Float64Array.of(1) }], ['Y', { shape: [1], data: Float64Array.of(1) }]])) };
  it.each<[string, Partial<ProbingFiles>, RegExp, RegExp]>([
    ['no word in both', { features: file('f.csv', 'Cat,soft\nDog,loud') }, /no word is in both/, /cat; dog; sun in the one, Cat; Dog/],
    ['a word twice', { embeddings: file('v.csv', 'cat,1\ndog,2\ncat,3') }, /words occur twice/, /cat/],
    ['a cell that is no number', { embeddings: file('v.csv', 'word,e0\ncat,1\ndog,x') }, /line 3, e0: this is not a number/, /x/],
    ['a nan', { embeddings: { ...several, part: 'X', bytes: writeNpz(new Map([['X', { shape: [1, 1], data: Float64Array.of(NaN) }]])) } }, /not finite/, /1 of 1/],
    ['short lines', { embeddings: file('v.csv', 'cat,1,2\ndog,3') }, /line 2: the lines have different lengths/, /2 cells/],
    ['a pair twice', { features: file('f.csv', 'cat,soft\ncat,soft') }, /same feature twice/, /cat, soft/],
    ['an empty file', { features: file('f.csv', '') }, /f.csv: the file is empty|no line/, /^/],
    ['words alone', { features: file('f.csv', 'cat\ndog') }, /words, but no numbers|not word and feature/, /^/],
    ['columns without names', { features: file('f.csv', 'cat,1,0,1\ndog,0,1,1') }, /does not name the features/, /cat; 1/],
    ['one array of several', { embeddings: several }, /several arrays/, /X, Y/],
    ['an array that is not there', { embeddings: { ...several, part: 'Z' } }, /no array Z/, /X, Y/],
    ['a vector', { embeddings: { ...several, part: 'Y' } }, /no matrix/, /\[1\]/],
    ['a list of words of other length', { embeddings: { ...several, part: 'X' }, words: file('w.txt', 'a\nb') }, /another number of rows/, /1/],
    ['a word without group', { groups: file('g.csv', 'dog,animal') }, /no group/, /cat/],
    ['an ending that is not known', { embeddings: file('v.docx', 'x') }, /not read/, /docx/],
  ])('say what is wrong: %s', async (_name, files, message, found) => {
    const error = (await read(files).catch((e: unknown) => e)) as RicciError;
    expect(error).toBeInstanceOf(RicciError);
    expect(error.message).toMatch(message);
    expect(error.diagnostics[0]?.found ?? '').toMatch(found);
    expect(error.diagnostics[0]?.help).toBeTruthy();
  });

  it('reads the nouns of WordNet', async () => {
    const at = (name: string): File => ({ name, bytes: readFileSync(join(import.meta.dirname, '../../../test/data/wordnet', name)) });
    const { X, Y, names } = await readProbingTables({ embeddings: { ...at('wordnet.npz'), part: 'X' }, features: { ...at('wordnet.npz'), part: 'Y' }, words: at('words.txt'), featureNames: at('features.txt') });
    const tables = tablesOf(X, Y, names);
    expect([tables.X.rows, tables.X.cols, tables.Y.cols, tables.words[0], tables.features[0]]).toEqual([1488, 100, 122, 'abdominal', 'body part.05227735-n']);
    expect(tables.X.data[0]).toBe(16659);
    expect(tables.Y.data.reduce((sum, value) => sum + value, 0)).toBe(6838);
  });
});
