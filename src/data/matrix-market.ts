// NIST's Matrix Market format: Boisvert, Pozo & Remington 1996 (NISTIR 5935). Coordinates become sparse matrices, arrays
// (columns first) dense ones; a dense array of one column is a vector.

import { type Csr, csrFromCoordinates } from '../base/csr.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { rowMajor } from './npy.ts';
import { badContent, badFile, entriesOf } from './problem.ts';
import { Growing, linesOf, requireNumber, textOf } from './text.ts';

const fields = ['real', 'double', 'integer', 'pattern'];
const symmetries = ['general', 'symmetric', 'skew-symmetric', 'hermitian'];

export function readMatrixMarket(file: string, bytes: Uint8Array): Dense | Csr {
  const lines = dataLines(textOf(file, bytes));
  const banner = bannerOf(file, textOf(file, bytes));
  const first = lines.next();
  const sizes = first.done ? [] : first.value.words;
  const wanted = banner.format === 'array' ? 2 : 3;
  if (first.done || sizes.length !== wanted || !sizes.every((s) => /^\d{1,10}$/.test(s) && Number(s) < 2 ** 31)) {
    throw badFile(file, first.done ? 'the file ends before its sizes' : 'the sizes cannot be read', {
      ...(!first.done && { at: `line ${first.value.line}`, found: sizes.join(' ') }),
      needed: banner.format === 'array' ? 'ROWS COLUMNS' : 'ROWS COLUMNS ENTRIES',
      help: 'write it with scipy.io.mmwrite',
    });
  }
  const [rows, cols, count] = sizes.map(Number) as [number, number, number];
  const square = banner.symmetry === 'general' || rows === cols;
  if (!square) throw badFile(file, `a ${banner.symmetry} matrix must be square`, { at: `line ${first.value.line}`, found: `${rows} × ${cols}`, help: 'write it as general' });
  return banner.format === 'array' ? dense(file, lines, rows, cols, banner.symmetry) : coordinates(file, lines, { rows, cols, count, ...banner });
}

interface Line {
  readonly line: number;
  readonly words: readonly string[];
}

interface Banner {
  readonly format: 'array' | 'coordinate';
  readonly field: string;
  readonly symmetry: string;
}

function bannerOf(file: string, text: string): Banner {
  const [line = ''] = text.slice(0, 1000).split('\n', 1);
  const [head = '', object = '', format = '', field = '', symmetry = '', ...more] = line.trim().toLowerCase().split(/\s+/);
  const bad = (message: string, needed: string, found: string): Error => badFile(file, message, { at: 'line 1', needed, found, help: 'write it with scipy.io.mmwrite' });
  if (head !== '%%matrixmarket') throw bad('this is no Matrix Market file: its first line is another', '%%MatrixMarket matrix coordinate real general', line);
  if (object !== 'matrix') throw bad('only matrices are read', 'matrix', object);
  if (format !== 'array' && format !== 'coordinate') throw bad('the format is not known', 'array or coordinate', format);
  if (field === 'complex' || symmetry === 'hermitian') throw badContent(file, 'the matrix is complex', { at: 'line 1', needed: 'real, integer or pattern', found: `${field} ${symmetry}`, help: 'write the real and the imaginary part as two files' });
  if (!fields.includes(field) || (field === 'pattern' && format === 'array')) throw bad('the kind of entries is not known', 'real, integer or, for coordinates, pattern', field);
  if (!symmetries.includes(symmetry) || more.length > 0) throw bad('the symmetry is not known', 'general, symmetric or skew-symmetric', [symmetry, ...more].join(' '));
  return { format, field, symmetry };
}

/** Lines with words after the banner; comments begin with %. */
function* dataLines(text: string): Generator<Line, undefined> {
  for (const [line, words] of linesOf(text)) {
    const trimmed = words.trim();
    if (trimmed !== '' && !trimmed.startsWith('%')) yield { line, words: trimmed.split(/\s+/) };
  }
  return undefined;
}

function dense(file: string, lines: Iterable<Line>, rows: number, cols: number, symmetry: string): Dense {
  const total = entriesOf(file, [rows, cols]);
  const skew = symmetry === 'skew-symmetric' ? 1 : 0;
  const needed = symmetry === 'general' ? total : (rows * (rows + 1 - 2 * skew)) / 2;
  const given = new Growing();
  for (const { line, words } of lines) {
    for (const word of words) {
      if (given.length === needed) throw countProblem(file, `line ${line}`, needed, 'more');
      given.push(requireNumber(file, word, `line ${line}`));
    }
  }
  if (given.length < needed) throw countProblem(file, undefined, needed, String(given.length));
  const list = given.done();
  const shape = cols === 1 ? [rows] : [rows, cols];
  if (symmetry === 'general') return { shape, data: cols === 1 ? list : rowMajor(list, [rows, cols]) };
  const data = new Float64Array(total);
  let k = 0;
  for (let j = 0; j < cols; j++) {
    for (let i = j + skew; i < rows; i++, k++) {
      data[i * cols + j] = list[k]!;
      data[j * cols + i] = i === j || skew === 0 ? list[k]! : 0 - list[k]!;
    }
  }
  return { shape, data };
}

function coordinates(file: string, lines: Iterable<Line>, { rows, cols, count, field, symmetry }: Banner & { rows: number; cols: number; count: number }): Csr {
  const [rowOf, colOf, values] = [new Growing(), new Growing(), new Growing()];
  const isPattern = field === 'pattern';
  let read = 0;
  entriesOf(file, [rows]);
  entriesOf(file, [cols]);
  for (const { line, words } of lines) {
    if (read++ === count) throw countProblem(file, `line ${line}`, count, 'more');
    const [i = '', j = '', value = '1'] = words;
    const inside = /^\d+$/.test(i) && /^\d+$/.test(j) && Number(i) >= 1 && Number(i) <= rows && Number(j) >= 1 && Number(j) <= cols;
    if (words.length !== (isPattern ? 2 : 3) || !inside) {
      throw badContent(file, 'an entry cannot be read', { at: `line ${line}`, needed: `${isPattern ? 'ROW COLUMN' : 'ROW COLUMN VALUE'} with rows 1 … ${rows} and columns 1 … ${cols}`, found: words.join(' '), help: 'rows and columns are counted from 1' });
    }
    const [r, c, v] = [Number(i) - 1, Number(j) - 1, requireNumber(file, value, `line ${line}`)];
    const add = (row: number, col: number, entry: number): void => {
      rowOf.push(row);
      colOf.push(col);
      values.push(entry);
    };
    add(r, c, v);
    if (symmetry !== 'general' && r !== c) add(c, r, symmetry === 'symmetric' ? v : 0 - v);
  }
  if (read < count) throw countProblem(file, undefined, count, String(read));
  return csrFromCoordinates(rows, cols, rowOf.done(), colOf.done(), values.done());
}

function countProblem(file: string, at: string | undefined, needed: number, found: string): Error {
  return badFile(file, found === 'more' ? 'there are more entries than the sizes say' : 'the file ends before all entries are there', {
    ...(at !== undefined && { at }),
    needed: `${needed} entries`,
    found,
    help: 'the file is damaged or was not written to its end: save or copy it again',
  });
}
