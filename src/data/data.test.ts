// Files as the libraries themselves write them: NumPy, SciPy and hyparquet-writer; and what is wrong with files.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csrFromCoordinates, isCsr } from '../base/csr.ts';
import { RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { random } from '../base/random.ts';
import { type Nested, fromNested, toNested } from '../ops/reference/dense.ts';
import { type DataArray, type DataFile, notFiniteIn, shapeOf, toDense } from './array.ts';
import { writeJson } from './json.ts';
import { writeNpy } from './npy.ts';
import { writeNpz } from './npz.ts';
import { readData } from './read.ts';
import { crc32, zipped } from './zip.ts';

const python = join(import.meta.dirname, '../../.venv/bin/python');
const hasPython = existsSync(python) && spawnSync(python, ['-c', 'import scipy']).status === 0;
let folder = '';

const written = `
import numpy as np, scipy.io, scipy.sparse as sp, sys, os
os.chdir(sys.argv[1])
rng = np.random.default_rng(1)
A = np.arange(6.).reshape(2, 3) - 2.5
T = np.arange(24.).reshape(2, 3, 4)
for d in ['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'b1']:
    for o in '<>':
        np.save(f'type_{"little" if o == "<" else "big"}_{d}.npy', (np.arange(6).reshape(2, 3) % (2 if d == 'b1' else 100)).astype(o + d))
np.save('fortran.npy', np.asfortranarray(A)); np.save('tensor_fortran.npy', np.asfortranarray(T)); np.save('scalar.npy', np.float64(2.5))
np.save('negative.npy', np.array([-1, -128], dtype='i1')); np.save('half.npy', np.array([6e-8, -65504, np.inf, np.nan], dtype='f2'))
np.save('special.npy', np.array([np.nan, np.inf, -np.inf, -0.0])); np.save('empty.npy', np.zeros((0, 3)))
np.save('object.npy', np.array([{}, 1], dtype=object)); np.save('text.npy', np.array(['a'])); np.save('complex.npy', np.array([1j]))
np.save('fields.npy', np.array([(1, 2.)], dtype=[('a', 'i4'), ('b', 'f8')])); np.save('wide.npy', np.array([2**53 + 1])); np.save('dates.npy', np.array(['2020-01-01'], dtype='M8[D]'))
np.lib.format.write_array(open('version2.npy', 'wb'), A, version=(2, 0)); np.lib.format.write_array(open('version3.npy', 'wb'), A, version=(3, 0))
np.savez('plain.npz', A=A, x=np.arange(3)); np.savez_compressed('packed.npz', A=A, big=np.zeros((300, 200)), y=rng.normal(size=50))
S = sp.random(7, 5, density=0.4, random_state=2, format='csr')
np.save('S_dense.npy', S.toarray())
for f in ['csr', 'csc', 'coo']: sp.save_npz(f'sparse_{f}.npz', S.asformat(f))
scipy.io.mmwrite('general.mtx', S); scipy.io.mmwrite('array.mtx', A); scipy.io.mmwrite('column.mtx', A[:, :1]); scipy.io.mmwrite('integer.mtx', np.arange(4).reshape(2, 2))
Q = np.array([[1., 2, 0], [2, 0, 5], [0, 5, 9]]); K = np.array([[0., 2, 0], [-2, 0, 5], [0, -5, 0]])
scipy.io.mmwrite('symmetric.mtx', sp.coo_array(Q)); scipy.io.mmwrite('skew.mtx', sp.coo_array(K)); scipy.io.mmwrite('symmetric_array.mtx', Q); scipy.io.mmwrite('skew_array.mtx', K)
scipy.io.mmwrite('pattern.mtx', sp.coo_array(Q != 0), field='pattern'); scipy.io.mmwrite('complex.mtx', np.array([[1j]]))
np.savetxt('spaces.txt', A, header='made by numpy'); np.savetxt('commas.csv', A, delimiter=',')
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ricci-data-'));
  if (!hasPython) return;
  const { status, stderr } = spawnSync(python, ['-c', written, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = async (file: string): Promise<DataFile> => readData(file, readFileSync(join(folder, file)));
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const nested = (file: DataFile, name?: string): Nested => toNested(toDense(must(name === undefined ? file.whole : file.arrays.get(name))));

async function problemOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof RicciError)) throw error;
    const [d] = error.diagnostics;
    return `${d?.code}: ${d?.message}; needed ${d?.needed}; found ${d?.found}; try ${d?.help}`;
  }
  throw new Error('there was no error');
}

const A = [[-2.5, -1.5, -0.5], [0.5, 1.5, 2.5]];

describe.skipIf(!hasPython)('what NumPy and SciPy write', () => {
  it('every type of number, in both byte orders', async () => {
    const files = readdirSync(folder).filter((f) => f.startsWith('type_'));
    expect(files).toHaveLength(24);
    for (const file of files) expect([file, nested(await load(file))]).toEqual([file, file.endsWith('b1.npy') ? [[0, 1, 0], [1, 0, 1]] : [[0, 1, 2], [3, 4, 5]]]);
    expect(nested(await load('negative.npy'))).toEqual([-1, -128]);
    expect(nested(await load('half.npy'))).toEqual([2 ** -24, -65504, Infinity, Number.NaN]);
  });

  it('versions, orders of axes, scalars, what is not finite, nothing', async () => {
    for (const file of ['fortran.npy', 'version2.npy', 'version3.npy']) expect(nested(await load(file))).toEqual(A);
    const T = nested(await load('tensor_fortran.npy')) as number[][][];
    expect(T.flat(2)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect([T.length, T[0]?.length, T[0]?.[0]?.length]).toEqual([2, 3, 4]);
    expect(nested(await load('scalar.npy'))).toBe(2.5);
    const special = await load('special.npy');
    expect(nested(special)).toEqual([Number.NaN, Infinity, -Infinity, -0]);
    expect(notFiniteIn(must(special.whole))).toBe(3);
    expect(shapeOf(must((await load('empty.npy')).whole))).toEqual([0, 3]);
  });

  it('archives, stored and deflated', async () => {
    const plain = await load('plain.npz');
    expect([...plain.arrays.keys()]).toEqual(['A', 'x']);
    expect([nested(plain, 'A'), nested(plain, 'x')]).toEqual([A, [0, 1, 2]]);
    const packed = await load('packed.npz');
    expect(nested(packed, 'A')).toEqual(A);
    expect(shapeOf(must(packed.arrays.get('big')))).toEqual([300, 200]);
  });

  it('sparse matrices', async () => {
    const wanted = nested(await load('S_dense.npy'));
    for (const file of ['sparse_csr.npz', 'sparse_csc.npz', 'sparse_coo.npz', 'general.mtx']) {
      const found = await load(file);
      expect(isCsr(must(found.whole))).toBe(true);
      expect(nested(found)).toEqual(wanted);
    }
  });

  it('Matrix Market in every form', async () => {
    expect(nested(await load('array.mtx'))).toEqual(A);
    expect(nested(await load('column.mtx'))).toEqual([-2.5, 0.5]);
    expect(nested(await load('integer.mtx'))).toEqual([[0, 1], [2, 3]]);
    for (const file of ['symmetric.mtx', 'symmetric_array.mtx']) expect(nested(await load(file))).toEqual([[1, 2, 0], [2, 0, 5], [0, 5, 9]]);
    for (const file of ['skew.mtx', 'skew_array.mtx']) expect(nested(await load(file))).toEqual([[0, 2, 0], [-2, 0, 5], [0, -5, 0]]);
    expect(nested(await load('pattern.mtx'))).toEqual([[1, 1, 0], [1, 0, 1], [0, 1, 1]]);
    expect(readFileSync(join(folder, 'symmetric.mtx'), 'utf8')).toContain(' symmetric');
    expect(readFileSync(join(folder, 'skew_array.mtx'), 'utf8')).toContain('array real skew-symmetric');
  });

  it('text tables', async () => {
    expect(nested(await load('spaces.txt'))).toEqual(A);
    expect(nested(await load('commas.csv'))).toEqual(A);
  });

  it.each([
    ['object.npy', /file-content: object\.npy: the array holds Python objects.*found [|]O/],
    ['text.npy', /file-content: text\.npy: the array holds text/],
    ['complex.npy', /file-content: complex\.npy: the array holds complex numbers/],
    ['dates.npy', /file-content: dates\.npy: the array holds dates/],
    ['fields.npy', /file-content: fields\.npy: the array has named fields.*'a', '<i4'/],
    ['wide.npy', /file-content: wide\.npy: entry 0 is a 64-bit integer beyond 2\^53/],
    ['complex.mtx', /file-content: complex\.mtx, line 1: the matrix is complex/],
  ])('%s is refused', async (file, says) => {
    expect(await problemOf(load(file))).toMatch(says);
  });
});

describe.skipIf(!hasPython)('what we write', () => {
  it('NumPy and SciPy read back', () => {
    const S = csrFromCoordinates(3, 4, [2, 0, 2], [3, 1, 0], [5, -2.5, 1e-300]);
    writeFileSync(join(folder, 'ours.npz'), writeNpz(new Map<string, ReturnType<typeof fromNested>>([['A', fromNested(A)], ['s', fromNested(2.5)], ['v', fromNested([1, Number.NaN, -Infinity])]])));
    writeFileSync(join(folder, 'ours_sparse.npz'), writeNpz(new Map([['S', S]])));
    const script = `
import numpy as np, scipy.sparse as sp, sys, os, json
os.chdir(sys.argv[1])
f = np.load('ours.npz'); S = sp.load_npz('ours_sparse.npz')
print(json.dumps([sorted(f.files), f['A'].tolist(), f['s'].tolist(), str(f['v'].tolist()), str(f['A'].dtype), S.format, S.toarray().tolist()]))`;
    const { stdout, stderr } = spawnSync(python, ['-c', script, folder], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([['A', 's', 'v'], A, 2.5, '[1.0, nan, -inf]', 'float64', 'csr', [[0, -2.5, 0, 0], [0, 0, 0, 0], [1e-300, 0, 0, 5]]]);
  });
});

describe('what we write, we read', () => {
  const arrays = new Map<string, DataArray>([
    ['A', fromNested(A)],
    ['v', fromNested([Number.NaN, -Infinity, 0.1])],
    ['s', csrFromCoordinates(2, 3, [1, 0, 1], [2, 1, 2], [1, 2, 3])],
  ]);
  const check = (file: DataFile): void => {
    expect([...file.arrays.keys()]).toEqual(['A', 'v', 's']);
    expect([nested(file, 'A'), nested(file, 'v'), nested(file, 's')]).toEqual([A, [Number.NaN, -Infinity, 0.1], [[0, 2, 0], [0, 0, 4]]]);
    expect(isCsr(must(file.arrays.get('s')))).toBe(true);
  };
  it('.npz', async () => check(await readData('a.npz', writeNpz(arrays))));
  it('JSON', async () => check(await readData('a.json', bytesOf(writeJson(arrays)))));
});

describe('tables', () => {
  it('names in the first line are vectors, all columns together the matrix', async () => {
    const found = await readData('dir.d/ages.csv', bytesOf('# people\nage;"height; cm"\r\n31; 1.5\r\n\r\n40;nan\r\n'));
    expect([...found.arrays.keys()]).toEqual(['ages', 'age', 'height; cm']);
    expect([nested(found), nested(found, 'age')]).toEqual([[[31, 1.5], [40, Number.NaN]], [31, 40]]);
  });
  it('one column is a vector, one line a matrix of one row', async () => {
    expect(nested(await readData('b.csv', bytesOf('1\n2.5e1\n-.5\n')))).toEqual([1, 25, -0.5]);
    expect(nested(await readData('b.tsv', bytesOf('1\t2\t3')))).toEqual([[1, 2, 3]]);
  });
  it('LIBSVM', async () => {
    const found = await readData('train.svm', bytesOf('+1 1:0.5 3:2 # first\n-1 qid:7 2:1e-3\n\n0\n'));
    expect([nested(found, 'X'), nested(found, 'y')]).toEqual([[[0.5, 0, 2], [0, 0.001, 0], [0, 0, 0]], [1, -1, 0]]);
    expect(found.notices.map((n) => n.message)).toEqual(['train.svm: 1 query numbers (qid) are left out']);
    expect(nested(await readData('t.svm', bytesOf('1 0:1 2:5')), 'X')).toEqual([[1, 0, 5]]);
  });
  it('JSON in every form', async () => {
    const found = await readData('v.json', bytesOf('{"A": [[1, 2]], "x": [1, "NaN"], "s": 3, "S": {"rows": 2, "cols": 2, "row": [1, 1], "col": [0, 0], "values": [1, 2]}}'));
    expect([...found.arrays.keys()].map((name) => nested(found, name))).toEqual([[[1, 2]], [1, Number.NaN], 3, [[0, 0], [3, 0]]]);
    expect(nested(await readData('v.json', bytesOf('[[1, 2], [3, 4]]')), 'v')).toEqual([[1, 2], [3, 4]]);
    expect(nested(await readData('S.json', bytesOf('{"rows": 1, "cols": 2, "indptr": [0, 1], "indices": [1], "values": [7]}')), 'S')).toEqual([[0, 7]]);
  });

  it('Parquet', async () => {
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'f', data: [1.5, Number.NaN, -2], type: 'DOUBLE' },
        { name: 'i', data: [1, 2, 3], type: 'INT32' },
        { name: 'long', data: [1n, -2n, 3n], type: 'INT64' },
        { name: 'b', data: [true, false, true], type: 'BOOLEAN' },
        { name: 'holes', data: [1, null, 3], type: 'DOUBLE', nullable: true },
        { name: 'city', data: ['a', 'b', 'c'], type: 'STRING' },
        { name: 'day', data: [new Date(0), new Date(1), new Date(2)], type: 'TIMESTAMP' },
      ],
    });
    const found = await readData('t.parquet', new Uint8Array(buffer));
    expect(Object.fromEntries([...found.arrays.keys()].map((name) => [name, nested(found, name)]))).toEqual({ f: [1.5, Number.NaN, -2], i: [1, 2, 3], long: [1, -2, 3], b: [1, 0, 1], holes: [1, Number.NaN, 3] });
    expect(found.notices.map((n) => n.message)).toEqual(['t.parquet: 1 missing value of holes became NaN', 't.parquet: left out city, day']);
    const xy = await readData('d/xy.parquet', new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'x', data: [1, 2], type: 'FLOAT' }, { name: 'y', data: [3, 4], type: 'DOUBLE' }] })));
    expect([nested(xy), nested(xy, 'xy')]).toEqual([[[1, 3], [2, 4]], [[1, 3], [2, 4]]]);
    const schema = [{ name: 'root', num_children: 1 }, { name: 'v', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' }, { name: 'list', repetition_type: 'REPEATED', num_children: 1 }, { name: 'element', repetition_type: 'OPTIONAL', type: 'DOUBLE' }] as const;
    const lists = (data: readonly number[][]): Uint8Array => new Uint8Array(parquetWriteBuffer({ schema: [...schema], columnData: [{ name: 'v', data: [...data] }] }));
    expect(nested(await readData('l.parquet', lists([[1, 2, 3], [4, 5, 6]])))).toEqual([[1, 2, 3], [4, 5, 6]]);
    expect(await problemOf(readData('l.parquet', lists([[1, 2, 3], [4, 5]])))).toMatch(/l\.parquet, column v, row 2: the lists of the column have different lengths; needed a list of length 3; found length 2/);
    const n = 30_000;
    const long = await readData('big.parquet', new Uint8Array(parquetWriteBuffer({ rowGroupSize: 7000, pageSize: 3000, columnData: [{ name: 'k', data: Int32Array.from({ length: n }, (_, i) => i % 300), type: 'INT32' }, { name: 'h', data: Array.from({ length: n }, (_, i) => (i % 5 === 0 ? null : i)), type: 'INT32' }] })));
    expect((nested(long, 'k') as number[]).every((v, i) => v === i % 300)).toBe(true);
    expect((nested(long, 'h') as number[]).every((v, i) => (i % 5 === 0 ? Number.isNaN(v) : v === i))).toBe(true);
    expect(await problemOf(readData('w.parquet', new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'x', data: [2n ** 53n + 1n], type: 'INT64' }] }))))).toMatch(/file-content: w\.parquet, column x, row 1: this integer is beyond 2\^53.*found 9007199254740993/);
  });
});

describe('what is wrong is said', () => {
  it.each([
    ['a.csv', '1,2\n3\n', /file-content: a\.csv, line 2: the lines have different lengths; needed 2 cells, as in line 1; found 1: 3/],
    ['a.csv', 'u,v\n1,2\n3,x\n', /file-content: a\.csv, line 3, column 2 \(v\): this is not a number; .*found x/],
    ['a.csv', 'u,v\n1,\n', /line 2, column 2 \(v\): there is nothing where a number was expected; .*try write nan/],
    ['a.csv', '"u\n2",v\n1,2\n1,q\n', /line 4, column 2/],
    ['a.csv', 'u;v\n1,5;2\n', /line 2, column 1 \(u\): this is not a number.*found 1,5; try write decimals with a point/],
    ['a.csv', 'u,u\n1,2\n', /two columns are called u/],
    ['a.csv', 'u,v\n', /there are names, but no line with data/],
    ['a.csv', '\n# nothing\n', /there is no line with data/],
    ['a.csv', '"1,2\n3', /bad-file: a\.csv, row 1: .*quote/],
    ['a.csv', '1\0', /holds a zero byte/],
    ['a.svm', '1 2:3 1:4', /line 1: the indices of a line must ascend; needed more than 2; found 1:4/],
    ['a.svm', '1 a:3', /line 1: an entry cannot be read.*found a:3/],
    ['a.svm', '1:3 2:4', /line 1: the line does not begin with its label/],
    ['a.svm', '1 3:x', /line 1, index 3: this is not a number/],
    ['a.svm', '', /there is no line with data/],
    ['a.mtx', 'hello', /line 1: this is no Matrix Market file/],
    ['a.mtx', '%%MatrixMarket matrix coordinate real general\n%\n2 2 1\n3 1 5\n', /line 4: an entry cannot be read; needed ROW COLUMN VALUE with rows 1 … 2 and columns 1 … 2; found 3 1 5/],
    ['a.mtx', '%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 5\n', /the file ends before all entries are there; needed 2 entries; found 1/],
    ['a.mtx', '%%MatrixMarket matrix array real general\n1 2\n1\n2\n3\n', /line 5: there are more entries than the sizes say/],
    ['a.mtx', '%%MatrixMarket matrix coordinate real symmetric\n2 3 0\n', /a symmetric matrix must be square/],
    ['a.mtx', '%%MatrixMarket matrix array real general\n2000000000 2000000000\n', /file-too-large: a\.mtx: declares an array of shape \[2000000000, 2000000000\]/],
    ['a.mtx', '%%MatrixMarket matrix coordinate real general\n2147483647 1 0\n', /file-too-large/],
    ['a.json', '{"x": [1, 2', /bad-file: a\.json: this is not JSON/],
    ['a.json', '{"x": [[1, 2], [3]]}', /file-content: a\.json, x\[1\]: the lists have different lengths; needed length 2, as that of the first; found length 1/],
    ['a.json', '{"x": [1, null]}', /x\[1\]: this is not a number.*found null/],
    ['a.json', '{"x": [1, [2]]}', /x\[1\]: a list stands where a number was expected/],
    ['a.json', '{"S": {"rows": 1, "cols": 1, "indptr": [0, 2], "indices": [0], "values": [1]}}', /S: indptr runs from 0 to 2, not from 0 to 1/],
    ['a.json', '{"S": {"rows": 1, "cols": 1, "row": [1], "col": [0], "values": [1]}}', /S: entry 0 stands at \(1, 0\), outside 1 × 1/],
    ['a.json', '{"S": {"rows": 1e12, "cols": 1, "row": [], "col": [], "values": []}}', /file-too-large/],
    ['a.npy', 'PK', /bad-file: a\.npy: the file ends within its first bytes/],
    ['a.npz', '\u0093NUMPY', /bad-file: a\.npz: this is no \.npz file/],
    ['a.parquet', 'PAR1 but not really', /bad-file: a\.parquet: the file ends too early/],
    ['a.xlsx', '', /bad-file: a\.xlsx: files of this kind are not read; needed \.npy, .*; found \.xlsx/],
    ['a', '', /the name of the file has no ending/],
  ])('%s: %j', async (file, text, says) => {
    expect(await problemOf(readData(file, bytesOf(text)))).toMatch(says);
  });

  const header = (text: string): Uint8Array => {
    const bytes = writeNpy([1], Float64Array.of(1));
    bytes.set(bytesOf(text.padEnd(bytes.length - 19)), 10);
    return bytes;
  };
  it.each([
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (9007199254740993, 9), }", /file-too-large/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (4000000, 4000000), }", /file-too-large/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (0, 99999999999999), }", /file-too-large/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (1000000,), }", /the file ends too early; needed 8000128 bytes/],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (), }", /^$|./],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (__import__('os'),), }", /the header cannot be read/],
    ["{'descr': '<f8', 'fortran_order': 1, 'shape': (1,), }", /fortran_order is missing/],
    ['[1, 2]', /it is no dict/],
  ])('a .npy file whose header is %s', async (text, says) => {
    const bytes = header(text);
    if (text.includes('(),')) expect(nested(await readData('a.npy', bytes))).toBe(1);
    else expect(await problemOf(readData('a.npy', bytes))).toMatch(says);
  });

  it('an archive that unpacks to more than it can', async () => {
    const bomb = zipped(new Map([['A.npy', new Uint8Array(100)]]));
    const view = new DataView(bomb.buffer);
    const entry = bomb.length - 22 - 46 - 5;
    expect(view.getUint32(entry, true)).toBe(0x02014b50);
    view.setUint16(entry + 10, 8, true);
    view.setUint32(entry + 24, 4_000_000_000, true);
    expect(await problemOf(readData('bomb.npz', bomb))).toMatch(/file-too-large: bomb\.npz, byte 0: A\.npy declares more than it can hold.*found 4000000000 bytes from 100 packed ones/);
    view.setUint32(entry + 24, 90_000, true);
    expect(await problemOf(readData('bomb.npz', bomb))).toMatch(/A\.npy: it (?:cannot be unpacked|unpacks to)/);
  });

  it('an archive whose bytes were changed', async () => {
    const archive = writeNpz(new Map([['A', fromNested(A)]]));
    archive[100]! ^= 1;
    expect(await problemOf(readData('a.npz', archive))).toMatch(/A\.npy: its checksum is wrong/);
    expect(crc32(bytesOf('123456789'))).toBe(0xcbf43926);
  });
});

describe('files cut off or changed anywhere', () => {
  const parquet = (): Uint8Array => new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'x', data: Array.from({ length: 20 }, (_, i) => i / 3), type: 'DOUBLE' }, { name: 'n', data: Array.from({ length: 20 }, (_, i) => i % 3), type: 'INT32' }] }));
  const numpyFile = (name: string): Uint8Array | undefined => (hasPython ? readFileSync(join(folder, name)) : undefined);
  const files: readonly (readonly [file: string, bytes: () => Uint8Array | undefined])[] = [
    ['a.npy', () => writeNpy([2, 3], Float64Array.from(A.flat()))],
    ['a.npz', () => writeNpz(new Map([['A', fromNested(A)], ['x', fromNested([1, 2])]]))],
    ['packed.npz', () => numpyFile('packed.npz')],
    ['sparse_csc.npz', () => numpyFile('sparse_csc.npz')],
    ['a.csv', () => bytesOf('u,"v,w"\n1,2\n3,4\n')],
    ['a.svm', () => bytesOf('1 1:0.5 3:2\n-1 2:1e3\n')],
    ['a.mtx', () => bytesOf('%%MatrixMarket matrix coordinate real symmetric\n2 2 2\n1 1 5\n2 1 7\n')],
    ['a.json', () => bytesOf('{"A": [[1, 2], [3, 4]], "S": {"rows": 1, "cols": 2, "indptr": [0, 1], "indices": [1], "values": [7]}}')],
    ['a.parquet', parquet],
    ['lists.parquet', () => new Uint8Array(parquetWriteBuffer({ codec: 'UNCOMPRESSED', columnData: [{ name: 'v', data: Array.from({ length: 40 }, (_, i) => (i % 7 === 0 ? null : i % 4)), type: 'INT32', nullable: true }, { name: 'b', data: Array.from({ length: 40 }, (_, i) => i % 3 === 0), type: 'BOOLEAN' }] }))],
  ];

  /** An answer, or an error in words; anything else is a bug. */
  const answerOrError = async (file: string, bytes: Uint8Array): Promise<'read' | 'refused'> => {
    try {
      await readData(file, bytes);
      return 'read';
    } catch (error) {
      if (!(error instanceof RicciError)) throw error;
      expect(error.diagnostics.every((d) => d.message.includes(file) && d.help !== undefined)).toBe(true);
      return 'refused';
    }
  };

  it.each(files)('%s', async (file, make) => {
    const bytes = make();
    if (!bytes) return;
    expect(await answerOrError(file, bytes)).toBe('read');
    const step = Math.max(1, Math.floor(bytes.length / 1500));
    const binary = /np[yz]|parquet/.test(file);
    for (let length = 0; length < bytes.length; length += step) {
      const found = await answerOrError(file, bytes.subarray(0, length));
      if (binary) expect([length, found]).toEqual([length, 'refused']);
    }
    const draw = random(7);
    for (let k = 0; k < 400; k++) {
      const changed = bytes.slice();
      for (let n = 1 + draw.integer(3); n > 0; n--) changed[draw.integer(bytes.length)] = draw.integer(256);
      await answerOrError(file, changed);
    }
  }, 60_000);
});
