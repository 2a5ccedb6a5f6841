// Parquet: every column of numbers is a vector of its name, a column of lists of one length a matrix. What is missing in a
// column becomes NaN, and is counted in a notice. The format is read by hyparquet, which is loaded when it is needed.

import type { FileMetaData, SchemaTree } from 'hyparquet';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { badContent, badFile, entriesOf, fileNotice, mostEntries, printable, tooLarge } from './problem.ts';

export interface ParquetTable {
  readonly columns: ReadonlyMap<string, Dense>;
  /** All columns side by side, where each of them is a vector and none was left out. */
  readonly whole?: Dense;
  readonly notices: readonly Diagnostic[];
}

export async function readParquet(file: string, bytes: Uint8Array): Promise<ParquetTable> {
  const mark = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || mark(0) !== 'PAR1' || mark(bytes.length - 4) !== 'PAR1') {
    throw badFile(file, mark(0) === 'PAR1' ? 'the file ends too early' : 'this is no Parquet file: its first bytes are others', {
      needed: 'PAR1 at the beginning and at the end',
      found: `${bytes.length} bytes`,
      help: 'save or copy it again, or give the file the ending of its format',
    });
  }
  const [{ parquetMetadataAsync, parquetRead, parquetSchema }, { compressors: all }, { pageProblem }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors'), import('./parquet-pages.ts')]);
  const compressors = bounded(file, all);
  const source = { byteLength: bytes.length, slice: (start: number, end?: number) => bytes.slice(start, end).buffer };
  const metadata = await decoded(file, () => parquetMetadataAsync(source));
  const count = rowCount(file, metadata);
  const columns = new Map<string, Dense>();
  const notices: Diagnostic[] = [];
  const left: string[] = [];
  for (const child of await decoded(file, () => namedAll(parquetSchema(metadata)).children)) {
    const { name } = child.element;
    if (!holdsNumbers(child)) {
      left.push(name);
      continue;
    }
    const problem = await decoded(file, () => {
      const chunks = metadata.row_groups.flatMap((g) => g.columns.flatMap((c) => (c.meta_data?.path_in_schema[0] === name ? [c.meta_data] : [])));
      return chunks.map((meta) => pageProblem(bytes, { meta, path: pathIn(child, meta.path_in_schema), decompress: compressors[meta.codec] })).find((p) => p !== undefined);
    });
    if (problem !== undefined) throw badFile(file, `column ${printable(name)}: ${problem}`, { help: 'the file is damaged: save or copy it again' });
    const cells = new Array<unknown>(count);
    let read = 0;
    await decoded(file, () =>
      parquetRead({
        file: source,
        metadata,
        columns: [name],
        compressors,
        onChunk: ({ columnData, rowStart }) => {
          // What does not fit is counted, and told below: the library has no place for errors of its callers.
          for (let i = 0; i < columnData.length && rowStart + i < count; i++) cells[rowStart + i] = columnData[i];
          read += columnData.length;
        },
      }),
    );
    if (read !== count) throw badFile(file, `column ${printable(name)} has ${read} entries`, { needed: `${count}, as the file declares`, help: 'the file is damaged: save it again' });
    const { array, missing } = columnOf(file, name, cells);
    columns.set(name, array);
    if (missing > 0) notices.push(fileNotice(file, `${missing} missing ${missing === 1 ? 'value' : 'values'} of ${printable(name)} became NaN`, 'fill them before, or leave the rows out'));
  }
  if (columns.size === 0) throw badContent(file, 'there is no column of numbers', { found: left.map(printable).join(', '), help: 'save columns of integers or floats' });
  if (left.length > 0) notices.push(fileNotice(file, `left out ${left.map(printable).join(', ')}`, 'only columns of numbers, and of lists of numbers, are read'));
  const vectors = [...columns.values()].every((c) => c.shape.length === 1);
  return { columns, notices, ...(vectors && left.length === 0 && { whole: sideBySide(file, [...columns.values()], count) }) };
}

/** What the library throws while it decodes is the file's fault. */
async function decoded<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && error.name === 'RicciError') throw error;
    const says = printable(error instanceof Error ? error.message : String(error));
    throw badFile(file, 'the file cannot be decoded', { found: says, help: 'the file is damaged, or uses an encoding that is not known: save it again' });
  }
}

function rowCount(file: string, metadata: FileMetaData): number {
  const groups = metadata.row_groups.reduce((sum, g) => sum + Number(g.num_rows), 0);
  const values = metadata.row_groups.flatMap((g) => g.columns.map((c) => Number(c.meta_data?.num_values ?? 0)));
  if ([groups, Number(metadata.num_rows), ...values].some((n) => !(n >= 0 && n <= mostEntries))) {
    throw tooLarge(file, `declares ${metadata.num_rows} rows`, { needed: `at most ${mostEntries} entries in a column`, help: 'take a part of the data' });
  }
  if (groups !== Number(metadata.num_rows)) throw badFile(file, 'the parts have another number of rows than the whole', { needed: String(metadata.num_rows), found: String(groups), help: 'the file is damaged: save it again' });
  return groups;
}

/** A damaged schema may lack names. */
function namedAll(root: SchemaTree): SchemaTree {
  const visit = ({ element, children }: SchemaTree): void => {
    if (typeof element.name !== 'string') throw new TypeError('a column has no name');
    for (const child of children) visit(child);
  };
  visit(root);
  return root;
}

/** From a child of the root down to a column; the child's own name comes first. */
function pathIn(child: SchemaTree, names: readonly string[]): SchemaTree[] {
  const path = [child];
  for (const name of names.slice(1)) {
    const next = path.at(-1)?.children.find((c) => c.element.name === name);
    if (next) path.push(next);
  }
  return path;
}

const dates = new Set(['DATE', 'TIME', 'TIMESTAMP', 'TIME_MILLIS', 'TIME_MICROS', 'TIMESTAMP_MILLIS', 'TIMESTAMP_MICROS']);

/** A column of numbers, or of lists of them at any depth. */
function holdsNumbers({ element, children }: SchemaTree): boolean {
  if (children.length > 0) return (element.converted_type === 'LIST' || element.logical_type?.type === 'LIST' || element.repetition_type === 'REPEATED') && children.length === 1 && children.every(holdsNumbers);
  const logical = element.logical_type?.type ?? element.converted_type;
  if (logical !== undefined && dates.has(logical)) return false;
  switch (element.type) {
    case 'BOOLEAN':
    case 'INT32':
    case 'INT64':
    case 'FLOAT':
    case 'DOUBLE':
      return true;
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return logical === 'DECIMAL' || logical === 'FLOAT16';
    default:
      return false;
  }
}

type Compressors = Readonly<Record<string, ((input: Uint8Array, length: number) => Uint8Array) | undefined>>;

const mostPage = 2 ** 30;

/** No page may ask for more memory than a page can need. */
function bounded(file: string, all: Compressors): Compressors {
  return Object.fromEntries(
    Object.entries(all).map(([name, decompress]) => [
      name,
      (input: Uint8Array, length: number) => {
        if (length > mostPage) throw tooLarge(file, 'a page declares more than it can hold', { needed: `at most ${mostPage} bytes`, found: `${length} bytes`, help: 'the file is damaged: save it again' });
        return decompress?.(input, length) ?? new Uint8Array();
      },
    ]),
  );
}

function columnOf(file: string, name: string, cells: readonly unknown[]): { array: Dense; missing: number } {
  const first = cells.find((cell) => cell !== null && cell !== undefined);
  const shape = [cells.length];
  for (let cell: unknown = first; isList(cell); cell = cell[0]) shape.push(cell.length);
  const data = new Float64Array(entriesOf(file, shape, `column ${printable(name)}`));
  let [at, missing] = [0, 0];
  const fill = (cell: unknown, axis: number, row: number): void => {
    const place = `column ${printable(name)}, row ${row + 1}`;
    if (axis < shape.length) {
      if (!isList(cell) || cell.length !== shape[axis]) {
        throw badContent(file, 'the lists of the column have different lengths', { at: place, needed: `a list of length ${shape[axis]}`, found: isList(cell) ? `length ${cell.length}` : 'none', help: 'save lists of one length' });
      }
      for (let i = 0; i < cell.length; i++) fill(cell[i], axis + 1, row);
      return;
    }
    if (cell === null || cell === undefined) {
      missing++;
      data[at++] = Number.NaN;
      return;
    }
    const value = typeof cell === 'number' ? cell : Number(cell);
    if (typeof cell === 'bigint' && !Number.isSafeInteger(value)) {
      throw badContent(file, 'this integer is beyond 2^53, which a double does not hold exactly', { at: place, needed: `integers up to ${Number.MAX_SAFE_INTEGER}`, found: String(cell), help: 'subtract an offset, or save the column as floats' });
    }
    data[at++] = value;
  };
  cells.forEach((cell, row) => fill(cell, 1, row));
  return { array: { shape, data }, missing };
}

function isList(cell: unknown): cell is ArrayLike<unknown> {
  return Array.isArray(cell) || (ArrayBuffer.isView(cell) && 'length' in cell);
}

function sideBySide(file: string, columns: readonly Dense[], count: number): Dense {
  const [first] = columns;
  if (columns.length === 1 && first) return first;
  const data = new Float64Array(entriesOf(file, [count, columns.length]));
  columns.forEach((column, k) => {
    for (let i = 0; i < count; i++) data[i * columns.length + k] = column.data[i]!;
  });
  return { shape: [count, columns.length], data };
}
