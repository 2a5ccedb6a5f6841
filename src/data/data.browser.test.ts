// Files that are dropped on a page: the readers in Chromium, from the bytes of a File.

import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { isCsr } from '../base/csr.ts';
import { RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { toNested } from '../ops/reference/dense.ts';
import { type DataFile, toDense } from './array.ts';
import { writeNpy } from './npy.ts';
import { writeNpz } from './npz.ts';
import { readData } from './read.ts';

// numpy.savez_compressed('n.npz', A=numpy.asfortranarray(numpy.arange(6.).reshape(2, 3)), y=numpy.array([1.5, -2], dtype='f4'))
const byNumpy = 'UEsDBC0AAAAIAAAAIQDkyAZg//////////8FABQAQS5ucHkBABAAsAAAAAAAAABXAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEg8pKk0FChdnJBakArkaRjoKxpo6CrUK5AMuBhTA4QChP9hDaAEonwFKizgAAFBLAwQtAAAACAAAACEA1kNLBf//////////BQAUAHkubnB5AQAQAIgAAAAAAAAASwAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2airqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAuBoYD9gxAAgBQSwECLQMtAAAACAAAACEA5MgGYFcAAACwAAAABQAAAAAAAAAAAAAAgAEAAAAAQS5ucHlQSwECLQMtAAAACAAAACEA1kNLBUsAAACIAAAABQAAAAAAAAAAAAAAgAGOAAAAeS5ucHlQSwUGAAAAAAIAAgBmAAAAEAEAAAAA';

const A = { shape: [2, 3], data: Float64Array.of(0, 1, 2, 3, 4, 5) };
const rows = [[0, 1, 2], [3, 4, 5]];
const decoded = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** As a page has it: through a File and its ArrayBuffer. */
async function dropped(name: string, content: Uint8Array | ArrayBuffer | string): Promise<DataFile> {
  const file = new File([typeof content === 'string' ? content : new Uint8Array(content)], name);
  return readData(file.name, new Uint8Array(await file.arrayBuffer()));
}

const numbersOf = (file: DataFile, name: string): unknown => toNested(toDense(must(file.arrays.get(name), name)));

test('npz as NumPy writes it, deflated', async () => {
  const file = await dropped('n.npz', decoded(byNumpy));
  expect([numbersOf(file, 'A'), numbersOf(file, 'y')]).toEqual([rows, [1.5, -2]]);
});

test('npz and npy as ricci writes them', async () => {
  const packed = writeNpz(new Map([['A', A], ['x', { shape: [2], data: Float64Array.of(NaN, -0) }]]));
  const file = await dropped('some.npz', packed);
  expect([numbersOf(file, 'A'), numbersOf(file, 'x')]).toEqual([rows, [NaN, -0]]);
  expect(numbersOf(await dropped('A.npy', writeNpy(A.shape, A.data)), 'A')).toEqual(rows);
});

test('CSV, with and without names', async () => {
  const file = await dropped('t.csv', 'a,b\n1,2\n3,4\n');
  expect([numbersOf(file, 'a'), numbersOf(file, 't')]).toEqual([[1, 3], [[1, 2], [3, 4]]]);
  expect(numbersOf(await dropped('b.csv', '1\n2\n'), 'b')).toEqual([1, 2]);
});

test('LIBSVM and Matrix Market stay sparse', async () => {
  const file = await dropped('train.svm', '+1 1:0.5 3:2\n-1 2:1\n');
  expect(isCsr(must(file.arrays.get('X')))).toBe(true);
  expect([numbersOf(file, 'X'), numbersOf(file, 'y')]).toEqual([[[0.5, 0, 2], [0, 1, 0]], [1, -1]]);
  const market = await dropped('M.mtx', '%%MatrixMarket matrix coordinate real symmetric\n2 2 2\n1 1 4\n2 1 -1\n');
  expect(isCsr(must(market.arrays.get('M')))).toBe(true);
  expect(numbersOf(market, 'M')).toEqual([[4, -1], [-1, 0]]);
});

test('Parquet and JSON', async () => {
  const parquet = parquetWriteBuffer({ columnData: [{ name: 'a', data: [1, 2, 3], type: 'DOUBLE' }, { name: 'k', data: [7, 8, 9], type: 'INT32' }] });
  const file = await dropped('t.parquet', parquet);
  expect([numbersOf(file, 'a'), numbersOf(file, 'k')]).toEqual([[1, 2, 3], [7, 8, 9]]);
  expect(numbersOf(await dropped('j.json', '{"A": [[0, 1, 2], [3, 4, 5]], "c": 2}'), 'A')).toEqual(rows);
});

test.each<[name: string, content: Uint8Array | string, says: RegExp]>([
  ['cut.npz', decoded(byNumpy).slice(0, 150), /cut\.npz/],
  ['cut.npy', writeNpy(A.shape, A.data).slice(0, 100), /cut\.npy/],
  ['t.csv', 'a,b\n1,2\n3\n', /t\.csv/],
  ['t.svm', '+1 1:0.5 x\n', /t\.svm/],
  ['t.mtx', '%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 4\n', /t\.mtx/],
  ['t.parquet', 'PAR1 and no more', /t\.parquet/],
  ['t.json', '{"A": [1, 2', /t\.json/],
  ['picture.png', '', /picture\.png/],
])('%s is told to be wrong', async (name, content, says) => {
  const problem = await dropped(name, content).then(() => undefined, (error: unknown) => error);
  expect(problem).toBeInstanceOf(RicciError);
  expect((problem as RicciError).message).toMatch(says);
});
