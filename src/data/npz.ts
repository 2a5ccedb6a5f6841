// NumPy's .npz: a zip archive of .npy files. Sparse matrices as scipy.sparse.save_npz writes them, and as we do beside
// other arrays: members NAME.indptr, NAME.indices, NAME.data and NAME.shape.

import { type Csr, csrFromCoordinates, csrProblem, isCsr } from '../base/csr.ts';
import type { Dense } from '../ops/reference/dense.ts';
import type { DataArray } from './array.ts';
import { readNpy, readNpyText, writeNpy } from './npy.ts';
import { badContent, badFile, entriesOf } from './problem.ts';
import { unpack, zipMembers, zipped } from './zip.ts';

/** The arrays by name. A sparse matrix that SciPy saved alone has the name of the file, given as `stem`. */
export async function readNpz(file: string, bytes: Uint8Array, stem: string): Promise<Map<string, DataArray>> {
  const found = new Map<string, DataArray>();
  const raw = new Map<string, Uint8Array>();
  for (const member of zipMembers(file, bytes)) {
    if (member.name.endsWith('/')) continue;
    const name = member.name.replace(/\.npy$/, '');
    if (raw.has(name)) throw badFile(file, `${name} stands in the archive twice`, { help: 'save it again with one array for each name' });
    raw.set(name, await unpack(file, bytes, member));
  }
  const dense = (name: string): Dense => readNpy(`${file}, ${name}`, raw.get(name) ?? new Uint8Array());
  const format = raw.get('format');
  if (format && raw.has('shape') && raw.has('data')) {
    const kind = readNpyText(`${file}, format`, format) ?? '';
    return new Map([[stem, sparse(file, stem, kind, (part) => (raw.has(part) ? dense(part) : undefined))]]);
  }
  for (const name of raw.keys()) {
    const group = /^(.+)\.(?:indptr|indices|data|shape)$/.exec(name)?.[1];
    if (group === undefined || !['indptr', 'indices', 'data', 'shape'].every((part) => raw.has(`${group}.${part}`))) found.set(name, dense(name));
    else if (!found.has(group)) found.set(group, sparse(file, group, 'csr', (part) => dense(`${group}.${part}`)));
  }
  return found;
}

/** The same arrays give the same bytes. One sparse matrix alone is written as SciPy reads it. */
export function writeNpz(arrays: ReadonlyMap<string, DataArray>): Uint8Array {
  const members = new Map<string, Uint8Array>();
  const [only] = arrays.values();
  const alone = arrays.size === 1 && only !== undefined && isCsr(only);
  for (const [name, array] of arrays) {
    if (!isCsr(array)) members.set(`${name}.npy`, writeNpy(array.shape, array.data));
    else {
      const part = (what: string): string => (alone ? `${what}.npy` : `${name}.${what}.npy`);
      members.set(part('indices'), writeNpy([array.indices.length], array.indices));
      members.set(part('indptr'), writeNpy([array.indptr.length], array.indptr));
      if (alone) members.set('format.npy', formatMember());
      members.set(part('shape'), writeNpy([2], Int32Array.of(array.rows, array.cols)));
      members.set(part('data'), writeNpy([array.values.length], array.values));
    }
  }
  return zipped(members);
}

/** The bytes `csr` as an array of NumPy, of type S3. */
function formatMember(): Uint8Array {
  const numbers = writeNpy([], new Float64Array(1));
  const bytes = numbers.slice(0, numbers.length - 5);
  const text = new TextDecoder('latin1').decode(bytes.subarray(10, -3)).replace("'<f8'", "'|S3'");
  new TextEncoder().encodeInto(text, bytes.subarray(10));
  new TextEncoder().encodeInto('csr', bytes.subarray(-3));
  return bytes;
}

function sparse(file: string, name: string, format: string, part: (name: string) => Dense | undefined): Csr {
  const bad = (message: string): Error => badFile(file, `the sparse matrix ${name} is damaged: ${message}`, { help: 'save it again with scipy.sparse.save_npz' });
  const whole = (what: string): Int32Array => {
    const found = part(what);
    if (!found) throw bad(`${what} is missing`);
    if (!found.data.every((v) => Number.isInteger(v) && v >= 0 && v < 2 ** 31)) throw bad(`${what} holds a number that is no place in a matrix`);
    return Int32Array.from(found.data);
  };
  const [rows, cols, ...more] = whole('shape');
  if (rows === undefined || cols === undefined || more.length > 0) throw bad('shape has not two numbers');
  const values = part('data')?.data ?? new Float64Array();
  switch (format) {
    case 'csr':
    case 'csc': {
      const [indptr, indices] = [whole('indptr'), whole('indices')];
      const [outer, inner] = format === 'csr' ? [rows, cols] : [cols, rows];
      if (indptr.length !== outer + 1 || indptr[0] !== 0 || indptr[outer] !== values.length || indices.length !== values.length) throw bad(csrProblem({ rows: outer, cols: inner, indptr, indices, values }) ?? 'its parts do not fit together');
      const outerOf = new Int32Array(values.length);
      for (let o = 0; o < outer; o++) {
        if (indptr[o + 1]! < indptr[o]!) throw bad(`indptr goes down after ${o}`);
        outerOf.fill(o, indptr[o], indptr[o + 1]);
      }
      return fromCoordinates(rows, cols, format === 'csr' ? outerOf : indices, format === 'csr' ? indices : outerOf, values, bad);
    }
    case 'coo':
      return fromCoordinates(rows, cols, whole('row'), whole('col'), values, bad);
    default:
      throw badContent(file, 'a sparse matrix in a format that is not read', { needed: 'csr, csc or coo', found: format, help: 'save S.tocsr()' });
  }
}

/** Coordinates checked against the size. */
export function fromCoordinates(rows: number, cols: number, rowOf: ArrayLike<number>, colOf: ArrayLike<number>, values: Float64Array, bad: (message: string) => Error): Csr {
  if (rowOf.length !== values.length || colOf.length !== values.length) throw bad(`${rowOf.length} rows, ${colOf.length} columns and ${values.length} values do not match`);
  for (let k = 0; k < values.length; k++) {
    const [r, c] = [rowOf[k]!, colOf[k]!];
    if (!(r >= 0 && r < rows && c >= 0 && c < cols)) throw bad(`entry ${k} stands at (${r}, ${c}), outside ${rows} × ${cols} (counted from 0)`);
  }
  entriesOf('', [rows]);
  entriesOf('', [cols]);
  return csrFromCoordinates(rows, cols, rowOf, colOf, values);
}
