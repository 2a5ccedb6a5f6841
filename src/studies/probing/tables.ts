// What an audit is about: embeddings and features of the same words, row by row.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';

/** Entries row by row. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

export interface Tables {
  /** [words, dimensions] */
  readonly X: Matrix;
  /** [words, features]; above zero where a word has a feature. */
  readonly Y: Matrix;
  /** Numbers from 1 when no words are given. */
  readonly words: readonly string[];
  readonly features: readonly string[];
  /** Words of one group are never split between training and test. */
  readonly groups?: readonly string[];
  /** Features that were left out because too few words have them, or too few have not. */
  readonly leftOut: readonly string[];
  /** Whether the words are texts, so that their letters can be looked at. */
  readonly areTexts: boolean;
}

export type TableInput = readonly (readonly number[])[] | { readonly shape: readonly number[]; readonly data: ArrayLike<number> };

export interface Names {
  /** One for each row, none twice. */
  readonly words?: readonly string[];
  /** One for each column of the features, none twice. */
  readonly features?: readonly string[];
  /** One for each row. */
  readonly groups?: readonly string[];
  /** Leaves out features that fewer words have, or all but fewer. Without it such features are errors. */
  readonly least?: number;
}

/** Fewest words: below, a fold in five has no two words with a feature and two without. */
const fewestWords = 20;
/** Fewest words with a feature, unless `least` tells. */
const fewestPositives = 2;

/**
 * The tables of an audit, checked. Throws a `RicciError` with every problem found: tables that do not fit, numbers that
 * are none, words or features that occur twice, features that say nothing.
 */
export function tablesOf(X: TableInput, Y: TableInput, names: Names = {}): Tables {
  const [embeddings, norms] = [matrixOf(X, 'the embeddings'), matrixOf(Y, 'the features')];
  if (embeddings.rows !== norms.rows) {
    const found = `${embeddings.rows} rows of embeddings and ${norms.rows} rows of features`;
    throw problems(problem('sizes-differ', 'the tables have different numbers of rows', 'row k of both tables about word k', found, 'give both tables for the same words, in the same order'));
  }
  const { rows } = embeddings;
  const words = names.words ?? Array.from({ length: rows }, (_, k) => String(k + 1));
  const features = names.features ?? Array.from({ length: norms.cols }, (_, k) => `feature ${k + 1}`);
  const found = [
    ...listProblems('words', words, rows),
    ...listProblems('features', features, norms.cols),
    ...(names.groups ? lengthProblems('groups', names.groups, rows) : []),
    ...finiteProblems('the embeddings', embeddings, words, (k) => `dimension ${k + 1}`),
    ...finiteProblems('the features', norms, words, (k) => features[k] ?? ''),
    ...(rows < fewestWords ? [problem('bad-data', 'there are too few words', `at least ${fewestWords}, so that scores on held-out words mean something`, `${rows}`, 'audit a larger table')] : []),
  ];
  if (found.length > 0) throw problems(...found);
  const { kept, leftOut } = informative(norms, features, names.least);
  return {
    X: embeddings,
    Y: columnsOf(norms, kept),
    words,
    features: kept.map((k) => features[k]!),
    leftOut,
    areTexts: names.words !== undefined && words.some((word) => /\p{L}/u.test(word)),
    ...(names.groups && { groups: names.groups }),
  };
}

export function columnsOf({ rows, cols, data }: Matrix, kept: readonly number[]): Matrix {
  const out = new Float64Array(rows * kept.length);
  for (let i = 0; i < rows; i++) for (const [k, j] of kept.entries()) out[i * kept.length + k] = data[i * cols + j]!;
  return { rows, cols: kept.length, data: out };
}

export function rowsOf({ cols, data }: Matrix, rows: ArrayLike<number>): Matrix {
  const out = new Float64Array(rows.length * cols);
  for (let i = 0; i < rows.length; i++) out.set(data.subarray(rows[i]! * cols, (rows[i]! + 1) * cols), i * cols);
  return { rows: rows.length, cols, data: out };
}

export function columnMeans({ rows, cols, data }: Matrix): Float64Array {
  const means = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) means[j]! += data[i * cols + j]!;
  return means.map((sum) => sum / rows);
}

/** With the given row taken from every row. */
export function lessRow({ rows, cols, data }: Matrix, row: Float64Array): Matrix {
  const out = new Float64Array(data.length);
  for (let at = 0; at < data.length; ) for (let j = 0; j < cols; j++, at++) out[at] = data[at]! - row[j]!;
  return { rows, cols, data: out };
}

export function column({ rows, cols, data }: Matrix, j: number): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) out[i] = data[i * cols + j]!;
  return out;
}

/** How many words have each feature. */
export function positivesOf({ rows, cols, data }: Matrix): Int32Array {
  const counts = new Int32Array(cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) if (data[i * cols + j]! > 0) counts[j]!++;
  return counts;
}

function informative(Y: Matrix, features: readonly string[], least: number | undefined): { kept: number[]; leftOut: string[] } {
  const positives = positivesOf(Y);
  const fewest = least ?? fewestPositives;
  const isPoor = (j: number): boolean => !isGraded(column(Y, j)) && (positives[j]! < fewest || Y.rows - positives[j]! < fewest);
  const all = features.map((_, j) => j);
  const poor = all.filter(isPoor);
  if (poor.length > 0 && least === undefined) {
    const counts = poor.map((j) => `${features[j]} (${positives[j] === 0 ? 'no word' : positives[j] === Y.rows ? 'every word' : positives[j] === 1 ? '1 word' : `${positives[j]} words`})`);
    throw problems(
      problem('bad-data', `${poor.length === 1 ? 'a feature says' : `${poor.length} features say`} too little to be tested on held-out words`, `features that at least ${fewest} words have, and at least ${fewest} have not`, short(counts), 'leave them out, or give `least` (on the command line --least 5), which leaves out features of fewer words'),
    );
  }
  const kept = all.filter((j) => !isPoor(j));
  if (kept.length === 0) throw problems(problem('bad-data', 'no feature is left', `features that at least ${fewest} words have`, `the most common one is of ${Math.max(0, ...positives)} words`, 'give a smaller `least`, or a table with more words'));
  return { kept, leftOut: poor.map((j) => features[j]!) };
}

/** A feature that most words have to some degree, also a negative one, says something by the degree. */
function isGraded(values: Float64Array): boolean {
  return new Set(values).size > 2 && values.filter((value) => value === 0).length <= values.length / 2;
}

function matrixOf(input: TableInput, what: string): Matrix {
  if ('shape' in input) {
    const [rows = 0, cols = 0] = input.shape;
    const fits = input.shape.length === 2 && rows * cols === input.data.length;
    if (!fits) throw problems(problem('bad-data', `${what} are no matrix`, 'shape [words, columns] and as many numbers', `shape [${input.shape.join(', ')}] and ${input.data.length} numbers`, 'give one row for each word'));
    return filled(what, { rows, cols, data: Float64Array.from(input.data) });
  }
  const cols = input[0]?.length ?? 0;
  const odd = input.findIndex((row) => row.length !== cols);
  if (odd >= 0) throw problems(problem('bad-data', `the rows of ${what} have different lengths`, `${cols} numbers in each row, as in the first`, `${input[odd]?.length} in row ${odd + 1}`, 'give one number for each column in every row'));
  return filled(what, { rows: input.length, cols, data: Float64Array.from(input.flat()) });
}

function filled(what: string, matrix: Matrix): Matrix {
  if (matrix.data.length > 0) return matrix;
  throw problems(problem('bad-data', `${what} are empty`, 'one row for each word and at least one column', `${matrix.rows} rows and ${matrix.cols} columns`, 'check the file, and that its words are those of the other table'));
}

function listProblems(what: string, names: readonly string[], length: number): Diagnostic[] {
  const seen = new Set<string>();
  const twice = [...new Set(names.filter((name) => seen.has(name) || !seen.add(name)))];
  const help = what === 'words' ? 'keep one row for each word: a word in training and in test is a leak' : 'give every feature a name of its own';
  return [...lengthProblems(what, names, length), ...(twice.length === 0 ? [] : [problem('bad-data', `${what} occur twice`, `every one of the ${what} once`, short(twice), help)])];
}

function lengthProblems(what: string, names: readonly string[], length: number): Diagnostic[] {
  return names.length === length ? [] : [problem('sizes-differ', `there are not as many ${what} as ${what === 'features' ? 'columns' : 'rows'}`, `${length} ${what}`, `${names.length}`, `give one of the ${what} for each ${what === 'features' ? 'column of the features' : 'row'}`)];
}

function finiteProblems(what: string, { cols, data }: Matrix, words: readonly string[], columnName: (k: number) => string): Diagnostic[] {
  const places: string[] = [];
  for (let at = 0; at < data.length; at++) {
    if (!Number.isFinite(data[at])) places.push(`${data[at]} for ${words[Math.floor(at / cols)]}, ${columnName(at % cols)}`);
  }
  return places.length === 0 ? [] : [problem('value-not-finite', `${what} have entries that are not finite numbers`, 'finite numbers', short(places), 'leave out these words or columns, or fill in what is missing')];
}

/** The first few of a list, and how many more there are. */
export function short(items: readonly string[], most = 5): string {
  return items.length <= most ? items.join('; ') : `${items.slice(0, most).join('; ')} and ${items.length - most} more`;
}

export function problem(code: string, message: string, needed: string, found: string, help: string): Diagnostic {
  return { code, severity: 'error', message, span: [0, 0], needed, found, help };
}

export function problems(...found: readonly Diagnostic[]): RicciError {
  return new RicciError(found);
}
