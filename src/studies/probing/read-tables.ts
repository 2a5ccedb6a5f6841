// Tables from files: words with embeddings, words with features, words with groups. What two files say of one word is put
// together by the word, or row by row where there are no words.

import type { DataArray } from '../../data/array.ts';
import { notFiniteIn, shapeOf, toDense } from '../../data/array.ts';
import { type Row, readCells } from '../../data/csv.ts';
import { badContent, badFile } from '../../data/problem.ts';
import { readData } from '../../data/read.ts';
import { numberIn, requireNumber } from '../../data/text.ts';
import { type Names, type TableInput, problem, problems, short } from './tables.ts';

export interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Which array of an archive. */
  readonly part?: string;
}

export interface ProbingFiles {
  readonly embeddings: File;
  readonly features: File;
  /** Names of rows, for tables of numbers alone. */
  readonly words?: File;
  /** Names of columns, for features that are numbers alone. */
  readonly featureNames?: File;
  readonly groups?: File;
}

export interface ProbingTables {
  readonly X: TableInput;
  readonly Y: TableInput;
  readonly names: Pick<Names, 'words' | 'features' | 'groups'>;
  /** What of the files is not in the tables. */
  readonly notices: readonly string[];
}

interface Named {
  /** One for each row; absent for numbers alone. */
  readonly words?: readonly string[];
  readonly columns?: readonly string[];
  readonly rows: readonly ArrayLike<number>[];
}

/** Reads and joins the tables of an audit. Throws a `RicciError` that says which file, where, and what was needed. */
export async function readProbingTables({ embeddings, features, words, featureNames, groups }: ProbingFiles): Promise<ProbingTables> {
  const listed = words && (await readList(words));
  const X = withWords(embeddings.name, await readEmbeddings(embeddings), listed);
  const Y = withWords(features.name, await readFeatures(features), listed);
  const columns = featureNames ? await readList(featureNames) : Y.columns;
  const joined = X.words && Y.words ? join(X.words, Y.words, [embeddings.name, features.name]) : { left: all(X.rows), right: all(Y.rows), notices: [] };
  const known = joined.left.map((i) => X.words?.[i] ?? Y.words?.[i]).filter((word) => word !== undefined);
  const names = known.length > 0 && known.length === joined.left.length ? known : undefined;
  const group = groups && (await readGroups(groups, names));
  return {
    X: joined.left.map((i) => Array.from(X.rows[i]!)),
    Y: joined.right.map((i) => Array.from(Y.rows[i]!)),
    names: { ...(names && { words: names }), ...(columns && { features: columns }), ...(group && { groups: group }) },
    notices: joined.notices,
  };
}

const isTable = ({ name }: File): boolean => /\.(?:csv|tsv|txt|vec)$/i.test(name);
const all = (rows: readonly unknown[]): number[] => rows.map((_, i) => i);

/** A word, then its numbers, in each line; with or without a line of names, and with the counts of word2vec at the top. */
async function readEmbeddings(file: File): Promise<Named> {
  if (!isTable(file)) return numbersOf(file);
  const rows = withoutCounts(await cellsOf(file));
  const [first] = rows;
  const hasNames = first!.cells.slice(1).every((cell) => numberIn(cell) === undefined) && first!.cells.length > 1;
  return wide(file, hasNames ? rows.slice(1) : rows, hasNames ? first : undefined);
}

/** Pairs of word and feature, with a value or without; or a word and a number for each feature, below a line of names. */
async function readFeatures(file: File): Promise<Named> {
  if (!isTable(file)) return numbersOf(file);
  const rows = await cellsOf(file);
  const [first, second] = rows;
  const width = first!.cells.length;
  const isLong = (width === 2 || width === 3) && numberIn((second ?? first)!.cells[1] ?? '') === undefined;
  if (isLong) return long(file, rows);
  if (first!.cells.slice(1).some((cell) => numberIn(cell) !== undefined)) {
    throw badContent(file.name, 'the first line does not name the features', { at: `line ${first!.line}`, needed: 'word, then a name for each feature', found: short(first!.cells), help: 'add a line of names, or write one line for each word and feature: word,feature' });
  }
  return wide(file, rows.slice(1), first);
}

function wide(file: File, rows: readonly Row[], head: Row | undefined): Named {
  const width = (head ?? rows[0])?.cells.length ?? 0;
  if (rows.length === 0 || width < 2) throw badFile(file.name, rows.length === 0 ? 'there are names, but no words' : 'there are words, but no numbers', { needed: 'a word, then its numbers, in each line', help: 'check which file this is, and how its columns are separated' });
  const numbers = rows.map(({ line, cells }) => {
    if (cells.length !== width) throw badContent(file.name, 'the lines have different lengths', { at: `line ${line}`, needed: `a word and ${width - 1} numbers`, found: `${cells.length} cells`, help: 'write as many cells in each line' });
    return cells.slice(1).map((cell, k) => requireNumber(file.name, cell, `line ${line}, ${head?.cells[k + 1] ?? `column ${k + 2}`}`));
  });
  return { words: rows.map((row) => row.cells[0]!), rows: numbers, ...(head && { columns: head.cells.slice(1) }) };
}

function long(file: File, rows: readonly Row[]): Named {
  const [first] = rows;
  const width = first!.cells.length;
  // A line of names is told by its words, or by a third cell that is no number.
  const isHead = /^(?:word|concept|id|item|name|term|lemma)s?$/i.test(first!.cells[0]!) || (width === 3 && numberIn(first!.cells[2]!) === undefined);
  const pairs = isHead ? rows.slice(1) : rows;
  if (pairs.length === 0) throw badFile(file.name, 'there are names, but no words', { needed: 'word,feature in each line', help: 'write one line for each feature of each word' });
  const [words, columns] = [new Map<string, number>(), new Map<string, number>()];
  const placed = pairs.map(({ line, cells }) => {
    const [word = '', feature = '', value] = cells;
    if (cells.length !== width || word === '' || feature === '') throw badContent(file.name, 'a line is not word and feature', { at: `line ${line}`, needed: width === 2 ? 'word,feature' : 'word,feature,value', found: cells.join(','), help: 'write as many cells in each line, and none empty' });
    for (const [map, name] of [[words, word], [columns, feature]] as const) if (!map.has(name)) map.set(name, map.size);
    return { i: words.get(word)!, j: columns.get(feature)!, value: value === undefined ? 1 : requireNumber(file.name, value, `line ${line}`), line };
  });
  const table = Array.from(words, () => new Float64Array(columns.size));
  const seen = new Set<number>();
  for (const { i, j, value, line } of placed) {
    const key = i * columns.size + j;
    if (seen.has(key)) throw badContent(file.name, 'a word has the same feature twice', { at: `line ${line}`, found: `${[...words.keys()][i]}, ${[...columns.keys()][j]}`, help: 'keep one line for each word and feature' });
    seen.add(key);
    table[i]![j] = value;
  }
  return { words: [...words.keys()], columns: [...columns.keys()], rows: table };
}

/** Arrays of numbers, whose rows have no names. */
async function numbersOf({ name, bytes, part }: File): Promise<Named> {
  const file = await readData(name, bytes);
  const array: DataArray | undefined = part === undefined ? file.whole : file.arrays.get(part);
  const listed = [...file.arrays.keys()].join(', ');
  if (array === undefined) throw badContent(name, part === undefined ? 'there are several arrays' : `there is no array ${part}`, { needed: 'the name of one array', found: listed, help: `write ${name}:NAME with one of these names` });
  const [rows = 0, cols = 0, ...more] = shapeOf(array);
  if (cols === 0 || more.length > 0) throw badContent(name, `${part ?? 'the array'} is no matrix`, { needed: 'shape [words, columns]', found: `[${shapeOf(array).join(', ')}]`, help: 'give one row for each word' });
  if (notFiniteIn(array) > 0) throw problems(problem('value-not-finite', `${name}${part === undefined ? '' : `:${part}`} has entries that are not finite numbers`, 'finite numbers', `${notFiniteIn(array)} of ${rows * cols}`, 'leave out these words or columns, or fill in what is missing'));
  const { data } = toDense(array);
  return { rows: Array.from({ length: rows }, (_, i) => data.subarray(i * cols, (i + 1) * cols)) };
}

async function readList(file: File): Promise<string[]> {
  const lines = new TextDecoder().decode(file.bytes).split(/\r?\n/).map((line) => line.trim());
  while (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) throw badFile(file.name, 'the file is empty', { needed: 'one name in each line', help: 'check which file this is' });
  return lines;
}

/** Word and group in each line; or a group in each line, in the order of the words. */
async function readGroups(file: File, words: readonly string[] | undefined): Promise<string[]> {
  const rows = await cellsOf(file);
  if (rows.every(({ cells }) => cells.length === 1)) return rows.map(({ cells }) => cells[0]!);
  const groups = new Map(rows.map(({ cells: [word = '', group = ''] }) => [word, group]));
  const without = (words ?? []).filter((word) => !groups.get(word));
  if (words === undefined || without.length > 0) {
    throw badContent(file.name, words === undefined ? 'groups are given by word, and the rows have no words' : 'words have no group', { needed: 'word,group for every word', ...(words && { found: short(without) }), help: words === undefined ? 'give --words, one word for each row' : 'add a line for each; a group of its own will do' });
  }
  return words.map((word) => groups.get(word)!);
}

function withWords(name: string, table: Named, words: readonly string[] | undefined): Named {
  if (table.words || !words) return table;
  if (words.length === table.rows.length) return { ...table, words };
  throw problems(problem('sizes-differ', `${name} has another number of rows than there are words`, `${words.length} rows, one for each word`, `${table.rows.length}`, 'give the list of the words of this table, in the order of its rows'));
}

/** Rows of both tables for the words that are in both, in the order of the first. */
function join(left: readonly string[], right: readonly string[], [nameLeft, nameRight]: readonly [string, string]): { left: number[]; right: number[]; notices: string[] } {
  for (const [name, words] of [[nameLeft, left], [nameRight, right]] as const) {
    const seen = new Set<string>();
    const twice = [...new Set(words.filter((word) => seen.has(word) || !seen.add(word)))];
    if (twice.length > 0) throw badContent(name, 'words occur twice', { needed: 'every word once', found: short(twice), help: 'keep one row for each word: a word in training and in test is a leak' });
  }
  const place = new Map(right.map((word, i) => [word, i]));
  const both = all(left).filter((i) => place.has(left[i]!));
  if (both.length === 0) throw problems(problem('bad-data', `no word is in both ${nameLeft} and ${nameRight}`, 'words that are in both', `${short(left, 3)} in the one, ${short(right, 3)} in the other`, 'check that both use the same ids, with the same capitals'));
  const known = new Set(left);
  const missing = right.filter((word) => !known.has(word));
  return {
    left: both,
    right: both.map((i) => place.get(left[i]!)!),
    notices: [
      ...(missing.length > 0 ? [`${missing.length} of ${right.length} words of ${nameRight} have no embedding and are left out: ${short(missing)}.`] : []),
      ...(both.length < left.length ? [`${left.length - both.length} of ${left.length} words of ${nameLeft} have no features and are left out.`] : []),
    ],
  };
}

async function cellsOf(file: File): Promise<Row[]> {
  const rows = await readCells(file.name, file.bytes);
  if (rows.length === 0) throw badFile(file.name, 'the file is empty', { needed: 'one line for each word', help: 'check which file this is' });
  return rows;
}

function withoutCounts(rows: Row[]): Row[] {
  const [first, second] = rows;
  const isCounts = first!.cells.length === 2 && (second?.cells.length ?? 0) > 2 && first!.cells.every((cell) => /^\d+$/.test(cell));
  return isCounts ? rows.slice(1) : rows;
}
