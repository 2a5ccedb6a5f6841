// Data files to named arrays, by the ending of the file's name.

import type { DataArray, DataFile } from './array.ts';
import { readCsv } from './csv.ts';
import { readJson } from './json.ts';
import { readLibsvm } from './libsvm.ts';
import { readMatrixMarket } from './matrix-market.ts';
import { readNpy } from './npy.ts';
import { readNpz } from './npz.ts';
import { readParquet } from './parquet.ts';
import { badFile } from './problem.ts';

/** Endings that are understood. */
export const endings: readonly string[] = ['npy', 'npz', 'csv', 'tsv', 'txt', 'svm', 'libsvm', 'svmlight', 'mtx', 'parquet', 'json'];

/**
 * The arrays in a file, given its name and its bytes. An array without a name of its own has that of the file, without
 * folder and ending. Throws a `RicciError` that names the file, the place in it, what was needed, and what to try.
 *
 * @example (await readData('b.csv', new TextEncoder().encode('1\n2\n'))).arrays.get('b')?.shape // [2]
 */
export async function readData(file: string, bytes: Uint8Array): Promise<DataFile> {
  const [, stem = file, ending = ''] = /([^/\\]*?)(?:\.([^./\\]*))?$/.exec(file) ?? [];
  const named = (whole: DataArray, columns: ReadonlyMap<string, DataArray> = new Map()): DataFile => ({ file, arrays: new Map([[stem, whole], ...columns]), whole, notices: [] });
  switch (ending.toLowerCase()) {
    case 'npy':
      return named(readNpy(file, bytes));
    case 'npz':
      return several(file, await readNpz(file, bytes, stem));
    case 'csv':
    case 'tsv':
    case 'txt': {
      const { columns, whole } = await readCsv(file, bytes);
      return named(whole, columns);
    }
    case 'svm':
    case 'libsvm':
    case 'svmlight': {
      const { X, y, notices } = readLibsvm(file, bytes);
      return { file, arrays: new Map<string, DataArray>([['X', X], ['y', y]]), whole: X, notices };
    }
    case 'mtx':
      return named(readMatrixMarket(file, bytes));
    case 'parquet': {
      const { columns, whole, notices } = await readParquet(file, bytes);
      return whole ? { ...named(whole, columns), notices } : { ...several(file, columns), notices };
    }
    case 'json':
      return several(file, readJson(file, bytes, stem));
    default:
      throw badFile(file, ending === '' ? 'the name of the file has no ending, which says what it holds' : `files of this kind are not read`, {
        needed: endings.map((e) => `.${e}`).join(', '),
        ...(ending !== '' && { found: `.${ending}` }),
        help: 'rename the file, or save it in one of these formats',
      });
  }
}

function several(file: string, arrays: ReadonlyMap<string, DataArray>): DataFile {
  const [only] = arrays.values();
  return { file, arrays, notices: [], ...(arrays.size === 1 && only && { whole: only }) };
}

