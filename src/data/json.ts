// Arrays as JSON: nested lists, row by row; or an object of them by name. A sparse matrix is an object with its sizes and
// either indptr, indices and values (row by row) or row, col and values, all counted from 0.

import { type Csr, csrProblem, isCsr } from '../base/csr.ts';
import { type Dense, toNested } from '../ops/reference/dense.ts';
import type { DataArray } from './array.ts';
import { fromCoordinates } from './npz.ts';
import { badContent, badFile, entriesOf } from './problem.ts';
import { textOf } from './text.ts';

/** An array or sparse matrix without a name gets that of the file, `stem`. */
export function readJson(file: string, bytes: Uint8Array, stem: string): Map<string, DataArray> {
  let value: unknown;
  try {
    value = JSON.parse(textOf(file, bytes).replace(/^\uFEFF/, ''));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badFile(file, `this is not JSON: ${error.message}`, { needed: '{"A": [[1, 2], [3, 4]], "x": [1, 2]}', help: 'numbers that are not finite are written "NaN", "Infinity" and "-Infinity"' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isSparseForm(value)) return new Map([[stem, arrayIn(file, value, stem)]]);
  return new Map(Object.entries(value).map(([name, one]) => [name, arrayIn(file, one, name)]));
}

/** One object with the arrays by name; reads back to the same numbers. */
export function writeJson(arrays: ReadonlyMap<string, DataArray>): string {
  const entry = (v: number): number | string => (Number.isFinite(v) ? v : String(v));
  const parts = [...arrays].map(([name, array]) => {
    const value = isCsr(array)
      ? { rows: array.rows, cols: array.cols, indptr: [...array.indptr], indices: [...array.indices], values: [...array.values].map(entry) }
      : toNested(array);
    return `${JSON.stringify(name)}: ${JSON.stringify(value, (_, v: unknown) => (typeof v === 'number' ? entry(v) : v))}`;
  });
  return `{${parts.join(',\n ')}}\n`;
}

function isSparseForm(value: object): boolean {
  return 'rows' in value && 'cols' in value && 'values' in value;
}

function arrayIn(file: string, value: unknown, name: string): DataArray {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return sparse(file, value as Readonly<Record<string, unknown>>, name);
  return nested(file, value, name);
}

const special: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

function nested(file: string, value: unknown, name: string): Dense {
  const shape: number[] = [];
  for (let v = value; Array.isArray(v); v = v[0] as unknown) {
    shape.push(v.length);
    if (shape.length > 32) throw badContent(file, `${name} is nested more than 32 deep`, { help: 'give arrays of at most 32 axes' });
    if (v.length === 0) break;
  }
  const data = new Float64Array(entriesOf(file, shape, name));
  let at = 0;
  const fill = (v: unknown, axis: number, place: string): void => {
    if (axis === shape.length) {
      const number = typeof v === 'number' ? v : special.get(v);
      if (number === undefined) {
        throw badContent(file, Array.isArray(v) ? 'a list stands where a number was expected' : 'this is not a number', { at: place, needed: 'a number, or "NaN", "Infinity" or "-Infinity"', found: JSON.stringify(v), help: 'give nested lists of one length at each level' });
      }
      data[at++] = number;
      return;
    }
    if (!Array.isArray(v)) throw badContent(file, 'this is not a list', { at: place, needed: `a list of length ${shape[axis]}`, found: JSON.stringify(v), help: 'give nested lists of one length at each level' });
    if (v.length !== shape[axis]) throw badContent(file, 'the lists have different lengths', { at: place, needed: `length ${shape[axis]}, as that of the first`, found: `length ${v.length}`, help: 'give nested lists of one length at each level' });
    (v as unknown[]).forEach((item, i) => fill(item, axis + 1, `${place}[${i}]`));
  };
  fill(value, 0, name);
  return { shape, data };
}

function sparse(file: string, form: Readonly<Record<string, unknown>>, name: string): Csr {
  const bad = (message: string): Error => badContent(file, `${name}: ${message}`, { needed: '{"rows": 2, "cols": 2, "indptr": [0, 1, 2], "indices": [0, 1], "values": [1, 1]}, or row and col instead of indptr and indices', help: 'give nested lists for what is not sparse' });
  const list = (key: string): Float64Array => {
    const found = form[key];
    if (!Array.isArray(found)) throw bad(`${key} is no list`);
    return Float64Array.from(found as unknown[], (v) => (typeof v === 'number' ? v : special.get(v)) ?? fail(bad(`${key} holds something that is not a number`)));
  };
  const places = (key: string): Int32Array => {
    const found = list(key);
    if (!found.every((v) => Number.isInteger(v) && v >= 0 && v < 2 ** 31)) throw bad(`${key} holds a number that is no place in a matrix`);
    return Int32Array.from(found);
  };
  const size = (key: string): number => {
    const found = form[key];
    if (typeof found !== 'number' || !Number.isInteger(found) || found < 0) throw bad(`${key} is no size`);
    entriesOf(file, [found], name);
    return found;
  };
  const extra = Object.keys(form).find((key) => !['rows', 'cols', 'indptr', 'indices', 'row', 'col', 'values'].includes(key));
  if (extra !== undefined) throw bad(`${extra} is no part of a sparse matrix`);
  const [rows, cols, values] = [size('rows'), size('cols'), list('values')];
  if ('row' in form) return fromCoordinates(rows, cols, places('row'), places('col'), values, bad);
  const found: Csr = { rows, cols, indptr: places('indptr'), indices: places('indices'), values };
  const problem = csrProblem(found);
  if (problem !== undefined) throw bad(problem);
  return found;
}

function fail(error: Error): never {
  throw error;
}
