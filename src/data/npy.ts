// NumPy's .npy: a magic word, a header that is a Python dict literal, then the entries. The format is that of NEP 1 with
// the versions 2 and 3 of numpy.lib.format. Arrays of Python objects are pickles, which are never read.

import type { Dense } from '../ops/reference/dense.ts';
import { badContent, badFile, entriesOf } from './problem.ts';

export interface NpyHeader {
  /** Kind, bytes an entry, byte order: `<f8` and the like. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** One array from the bytes of a .npy file. */
export function readNpy(file: string, bytes: Uint8Array): Dense {
  const { header, start } = npyHeader(file, bytes);
  const type = entryType(file, header.descr);
  const count = entriesOf(file, header.shape);
  const needed = start + count * type.bytes;
  if (bytes.length !== needed) {
    throw badFile(file, bytes.length < needed ? 'the file ends too early' : 'there is more in the file than its header says', {
      needed: `${needed} bytes: ${start} of header, and ${count} entries of ${type.bytes} bytes for shape [${header.shape.join(', ')}]`,
      found: `${bytes.length} bytes`,
      help: 'the file is damaged or was not written to its end: save or copy it again',
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * type.bytes);
  const data = new Float64Array(count);
  const isLittle = !header.descr.startsWith('>');
  for (let i = 0; i < count; i++) data[i] = type.read(view, i * type.bytes, isLittle);
  if (type.exact !== undefined) requireExact(file, data, type.exact, header.descr);
  return { shape: header.shape, data: header.fortranOrder ? rowMajor(data, header.shape) : data };
}

/** The text of an array of bytes, such as the `format` member of a sparse matrix saved by SciPy. */
export function readNpyText(file: string, bytes: Uint8Array): string | undefined {
  const { header, start } = npyHeader(file, bytes);
  if (!/^[|<>=][SU]\d+$/.test(header.descr) || header.shape.length > 0) return undefined;
  return [...bytes.subarray(start)].filter((b) => b !== 0).map((b) => String.fromCharCode(b)).join('');
}

/** A .npy file of 64-bit floats, or of 32-bit integers. */
export function writeNpy(shape: readonly number[], data: Float64Array | Int32Array): Uint8Array {
  const descr = data instanceof Int32Array ? '<i4' : '<f8';
  const shapeText = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shapeText}, }`;
  // The entries begin at a multiple of 64 bytes; the header ends with a newline.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length + data.byteLength);
  bytes.set(magic);
  bytes[6] = 1;
  const view = new DataView(bytes.buffer);
  view.setUint16(8, length - 10, true);
  new TextEncoder().encodeInto(text.padEnd(length - 11).concat('\n'), bytes.subarray(10));
  if (data instanceof Int32Array) for (let i = 0; i < data.length; i++) view.setInt32(length + 4 * i, data[i]!, true);
  else for (let i = 0; i < data.length; i++) view.setFloat64(length + 8 * i, data[i]!, true);
  return bytes;
}

function npyHeader(file: string, bytes: Uint8Array): { header: NpyHeader; start: number } {
  if (!magic.every((b, i) => bytes[i] === b)) {
    const short = bytes.length < 6;
    throw badFile(file, short ? 'the file ends within its first bytes' : 'this is no .npy file: its first bytes are others', {
      needed: '\\x93NUMPY',
      found: bytes.length === 0 ? 'an empty file' : [...bytes.subarray(0, 6)].map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0')}`)).join(''),
      help: 'write it with numpy.save, or give the file the ending of its format',
    });
  }
  const major = bytes[6] ?? 0;
  const wide = major >= 2;
  const from = wide ? 12 : 10;
  if (bytes.length < from) throw cutOff(file, from, bytes.length);
  if (major < 1 || major > 3) {
    throw badFile(file, `version ${major} of the .npy format is not known`, { at: 'byte 6', needed: 'version 1, 2 or 3', found: String(major), help: 'save it with numpy.save again' });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (from + length > bytes.length) throw cutOff(file, from + length, bytes.length);
  if (length > 1e6) throw badFile(file, 'the header is longer than any shape needs', { at: 'byte 8', needed: 'at most 1000000 bytes', found: `${length} bytes`, help: 'the file is damaged: save it again' });
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(from, from + length));
  return { header: parseHeader(file, text), start: from + length };
}

function cutOff(file: string, needed: number, found: number): Error {
  return badFile(file, 'the file ends within its header', { needed: `at least ${needed} bytes`, found: `${found} bytes`, help: 'the file is damaged or was not written to its end: save or copy it again' });
}

/** `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`: read as text, never run. */
export function parseHeader(file: string, text: string): NpyHeader {
  const bad = (what: string): Error =>
    badFile(file, `the header cannot be read: ${what}`, { needed: "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4)}", found: text.trim(), help: 'write it with numpy.save' });
  const body = /^\s*\{([\s\S]*)\}\s*$/.exec(text)?.[1];
  if (body === undefined) throw bad('it is no dict');
  if (/['"]descr['"]\s*:\s*\[/.test(body)) {
    throw badContent(file, 'the array has named fields', { found: printableDescr(body), help: 'save each field as an array of its own: numpy.savez(file, a=table["a"])' });
  }
  const descr = /['"]descr['"]\s*:\s*['"]([^'"]*)['"]/.exec(body)?.[1];
  const order = /['"]fortran_order['"]\s*:\s*(True|False)\b/.exec(body)?.[1];
  const shape = /['"]shape['"]\s*:\s*\(([^()]*)\)/.exec(body)?.[1];
  if (descr === undefined) throw bad('descr is missing');
  if (order === undefined) throw bad('fortran_order is missing');
  if (shape === undefined) throw bad('shape is missing');
  const parts = shape.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  if (!parts.every((part) => /^\d+L?$/.test(part))) throw bad('shape is no list of sizes');
  if (parts.length > 32) throw bad('shape has more than 32 axes');
  return { descr, fortranOrder: order === 'True', shape: parts.map((part) => Number(part.replace('L', ''))) };
}

function printableDescr(body: string): string {
  return /['"]descr['"]\s*:\s*(\[[^\]]*\]?)/.exec(body)?.[1] ?? 'a list of fields';
}

interface EntryType {
  readonly bytes: number;
  readonly read: (view: DataView, at: number, little: boolean) => number;
  /** Integers this wide may be beyond what a double holds: their exact reading. */
  readonly exact?: 64;
}

const types: Readonly<Record<string, EntryType>> = {
  b1: { bytes: 1, read: (v, at) => (v.getUint8(at) === 0 ? 0 : 1) },
  i1: { bytes: 1, read: (v, at) => v.getInt8(at) },
  i2: { bytes: 2, read: (v, at, little) => v.getInt16(at, little) },
  i4: { bytes: 4, read: (v, at, little) => v.getInt32(at, little) },
  i8: { bytes: 8, read: (v, at, little) => Number(v.getBigInt64(at, little)), exact: 64 },
  u1: { bytes: 1, read: (v, at) => v.getUint8(at) },
  u2: { bytes: 2, read: (v, at, little) => v.getUint16(at, little) },
  u4: { bytes: 4, read: (v, at, little) => v.getUint32(at, little) },
  u8: { bytes: 8, read: (v, at, little) => Number(v.getBigUint64(at, little)), exact: 64 },
  f2: { bytes: 2, read: (v, at, little) => fromHalf(v.getUint16(at, little)) },
  f4: { bytes: 4, read: (v, at, little) => v.getFloat32(at, little) },
  f8: { bytes: 8, read: (v, at, little) => v.getFloat64(at, little) },
};

const refused: Readonly<Record<string, readonly [what: string, help: string]>> = {
  O: ['Python objects, which would have to be run to be read', 'save an array of numbers: numpy.save(file, numpy.asarray(a, dtype=float))'],
  c: ['complex numbers', 'save the real and the imaginary part as two arrays'],
  S: ['text', 'save numbers'],
  U: ['text', 'save numbers'],
  a: ['text', 'save numbers'],
  V: ['raw bytes or fields', 'save each field as an array of its own'],
  M: ['dates', 'save them as numbers, such as days'],
  m: ['time differences', 'save them as numbers, such as seconds'],
};

function entryType(file: string, descr: string): EntryType {
  const kind = /^[<>|=]?([a-zA-Z]\d*)/.exec(descr)?.[1] ?? '';
  const found = Object.hasOwn(types, kind) && /^[<>|=]?[a-z]\d$/.test(descr) ? types[kind] : undefined;
  if (found) return found;
  const [what, help] = (Object.hasOwn(refused, kind.charAt(0)) ? refused[kind.charAt(0)] : undefined) ?? [`entries of type ${descr}`, 'save it as float64: numpy.save(file, a.astype(float))'];
  throw badContent(file, `the array holds ${what}`, { needed: 'f2 f4 f8, i1 … i8, u1 … u8 or b1', found: descr, help });
}

function requireExact(file: string, data: Float64Array, width: number, descr: string): void {
  const at = data.findIndex((value) => !Number.isSafeInteger(value));
  if (at < 0) return;
  throw badContent(file, `entry ${at} is a ${width}-bit integer beyond 2^53, which a double does not hold exactly`, {
    needed: `integers up to ${Number.MAX_SAFE_INTEGER}`,
    found: `about ${data[at]} (${descr})`,
    help: 'subtract an offset, or say that rounding is fine: a.astype(float)',
  });
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Entries whose first axis moves fastest, in the order where the last one does. */
export function rowMajor(data: Float64Array, shape: readonly number[]): Float64Array {
  if (shape.length < 2) return data;
  const result = new Float64Array(data.length);
  const index = shape.map(() => 0);
  const strides = shape.map(() => 1);
  for (let axis = 1; axis < shape.length; axis++) strides[axis] = strides[axis - 1]! * shape[axis - 1]!;
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    result[to] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
