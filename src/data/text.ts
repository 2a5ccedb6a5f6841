// Text files: bytes to lines, words to numbers.

import { badContent, badFile, tooLarge } from './problem.ts';

// Strings end at 2^29 characters.
const mostText = 2 ** 29 - 32;

/** UTF-8 with or without a mark. */
export function textOf(file: string, bytes: Uint8Array): string {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw badFile(file, 'the text is UTF-16', { needed: 'UTF-8', found: 'a UTF-16 mark', help: 'save it as UTF-8' });
  }
  if (bytes.length > mostText) {
    throw tooLarge(file, 'the text is too long to be read in one piece', { needed: `at most ${mostText} bytes`, found: `${bytes.length} bytes`, help: 'save the data as .npz or Parquet' });
  }
  const zero = bytes.subarray(0, 4096).indexOf(0);
  if (zero >= 0) throw badFile(file, 'this is no text: it holds a zero byte', { at: `byte ${zero}`, needed: 'text', help: 'give the file the ending of its format' });
  return new TextDecoder().decode(bytes);
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/;
const words: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Infinity],
  ['infinity', Infinity],
]);

/** A decimal number, `nan`, `inf` or `-inf`; undefined for anything else. */
export function numberIn(word: string): number | undefined {
  if (number.test(word)) return Number(word.replace(/[dD]/, 'e'));
  const found = words.get(word.replace(/^[+-]/, '').toLowerCase());
  return found === undefined ? undefined : word.startsWith('-') ? -found : found;
}

/** The number a word stands for; what is wrong with it otherwise. */
export function requireNumber(file: string, word: string, at: string): number {
  const value = numberIn(word);
  if (value !== undefined) return value;
  throw badContent(file, word === '' ? 'there is nothing where a number was expected' : 'this is not a number', {
    at,
    needed: 'a number such as -1.5e3, nan or inf',
    ...(word !== '' && { found: word }),
    help: word === '' ? 'write nan for what is missing' : /^[+-]?\d+,\d+$/.test(word) ? 'write decimals with a point' : 'leave the column or line out, or write nan where nothing is known',
  });
}

/** Lines without their ends, one at a time. */
export function* linesOf(text: string): Generator<readonly [number: number, line: string]> {
  let start = 0;
  for (let k = 1; start < text.length; k++) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    yield [k, text.slice(start, end).replace(/\r$/, '')];
    start = end + 1;
  }
}

/** Numbers whose count is not known beforehand. */
export class Growing {
  #data = new Float64Array(1024);
  length = 0;
  push(value: number): void {
    if (this.length === this.#data.length) {
      const wider = new Float64Array(this.#data.length * 2);
      wider.set(this.#data);
      this.#data = wider;
    }
    this.#data[this.length++] = value;
  }
  done(): Float64Array {
    return this.#data.slice(0, this.length);
  }
}
