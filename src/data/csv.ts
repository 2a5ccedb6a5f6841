// Tables as text: separated by commas, semicolons, tabs or spaces. With a line of names at the top every column is a
// vector of its name, and all of them side by side are the matrix that the file as a whole stands for.

import type { Dense } from '../ops/reference/dense.ts';
import type { DataArray } from './array.ts';
import { badContent, badFile } from './problem.ts';
import { Growing, linesOf, numberIn, requireNumber, textOf } from './text.ts';

export interface Table {
  readonly columns: ReadonlyMap<string, DataArray>;
  /** A vector when there is one column. */
  readonly whole: Dense;
}

/** The table in a CSV file. Lines that are empty or begin with # are left out. */
export async function readCsv(file: string, bytes: Uint8Array): Promise<Table> {
  const text = textOf(file, bytes);
  const rows = await rowsOf(file, text);
  const first = rows.next();
  if (first.done) throw badFile(file, 'there is no line with data', { help: 'write one line for each row' });
  const names = first.value.cells.some((cell) => cell !== '' && numberIn(cell) === undefined) ? first.value.cells : undefined;
  const width = first.value.cells.length;
  if (names) requireNames(file, names, first.value.line);
  const data = new Growing();
  const add = ({ line, cells }: Row): void => {
    if (cells.length !== width) {
      throw badContent(file, 'the lines have different lengths', {
        at: `line ${line}`,
        needed: `${width} ${width === 1 ? 'cell' : 'cells'}, as in line ${first.value.line}`,
        found: `${cells.length}: ${cells.join(', ')}`,
        help: 'write as many cells in each line; nan where nothing is known',
      });
    }
    cells.forEach((cell, k) => data.push(requireNumber(file, cell, `line ${line}, column ${k + 1}${names ? ` (${names[k]})` : ''}`)));
  };
  if (!names) add(first.value);
  for (const row of rows) add(row);
  const all = data.done();
  if (all.length === 0) throw badFile(file, 'there are names, but no line with data', { help: 'write one line for each row' });
  const count = all.length / width;
  const column = (k: number): Dense => ({ shape: [count], data: Float64Array.from({ length: count }, (_, i) => all[i * width + k]!) });
  return {
    columns: new Map((names ?? []).map((name, k) => [name, column(k)])),
    whole: { shape: width === 1 ? [count] : [count, width], data: all },
  };
}

export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The lines of a table as cells of text, for tables that hold more than numbers. */
export async function readCells(file: string, bytes: Uint8Array): Promise<Row[]> {
  return [...(await rowsOf(file, textOf(file, bytes)))];
}

async function rowsOf(file: string, text: string): Promise<Generator<Row, undefined>> {
  const start = firstLine(text);
  const delimiter = [';', '\t', ',', '|'].find((sign) => start.includes(sign));
  // Columns of numbers separated by spaces, as numpy.savetxt writes them, need no rules of quoting.
  if (delimiter === undefined && !start.includes('"')) return plainRows(text);
  const { default: papa } = await import('papaparse');
  const { data, errors } = papa.parse<string[]>(text, { delimiter: delimiter ?? ',' });
  const [problem] = errors;
  if (problem) throw badFile(file, problem.message.toLowerCase(), { at: `row ${(problem.row ?? 0) + 1}`, help: 'close every quote, and double a quote inside quotes' });
  return quotedRows(data);
}

function firstLine(text: string): string {
  for (const [, line] of linesOf(text)) if (isData(line)) return line;
  return '';
}

function isData(line: string): boolean {
  return line.trim() !== '' && !line.trimStart().startsWith('#');
}

function* plainRows(text: string): Generator<Row, undefined> {
  for (const [line, words] of linesOf(text)) if (isData(words)) yield { line, cells: words.trim().split(/\s+/) };
  return undefined;
}

/** Cells in quotes may hold line ends, which the numbers of lines count. */
function* quotedRows(data: readonly (readonly string[])[]): Generator<Row, undefined> {
  let line = 1;
  for (const cells of data) {
    const [first = ''] = cells;
    if ((cells.length > 1 || first.trim() !== '') && !first.trimStart().startsWith('#')) yield { line, cells: cells.map((cell) => cell.trim()) };
    line += 1 + cells.reduce((count, cell) => count + (cell.match(/\n/g)?.length ?? 0), 0);
  }
  return undefined;
}

function requireNames(file: string, names: readonly string[], line: number): void {
  names.forEach((name, k) => {
    const twice = names.indexOf(name) !== k;
    if (name !== '' && !twice) return;
    const number = names.some((other) => numberIn(other) !== undefined);
    throw badContent(file, twice && name !== '' ? `two columns are called ${name}` : 'a column has no name', {
      at: `line ${line}, column ${k + 1}`,
      needed: 'a name of its own for each column, or numbers only',
      help: number ? 'the first line holds both names and numbers: write nan for what is missing' : 'name every column in the first line; pandas gives row numbers none: to_csv(…, index=False)',
    });
  });
}
