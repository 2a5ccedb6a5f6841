// Zip archives as .npz files use them: members stored or deflated, zip64 where a size needs it. APPNOTE.TXT 6.3.10.

import { badFile, mostEntries, tooLarge } from './problem.ts';

export interface Member {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly at: number;
}

const most = mostEntries * 8 + 2 ** 16;
// Deflate gains at most a factor 1032 (zlib's technical notes), and a member may have a few bytes around it.
const deflateGain = 1032;

/** The members by the central directory, checked against the length of the file. */
export function zipMembers(file: string, bytes: Uint8Array): Member[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (message: string, at: number): Error =>
    badFile(file, message, { at: `byte ${at}`, help: 'the file is damaged or was not written to its end: save or copy it again' });
  if (bytes.length < 4 || view.getUint32(0, true) !== 0x04034b50) {
    if (!(bytes.length >= 22 && view.getUint32(0, true) === 0x06054b50)) {
      throw badFile(file, bytes.length < 4 ? 'the file ends within its first bytes' : 'this is no .npz file: its first bytes are others', { needed: 'PK\\x03\\x04', found: `${bytes.length} bytes`, help: 'write it with numpy.savez, or give the file the ending of its format' });
    }
  }
  const end = endOfDirectory(view);
  if (end === undefined) throw damaged('the directory at the end of the archive is missing', bytes.length);
  let [count, size, start] = [view.getUint16(end + 10, true), view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  if (count === 0xffff || size === 0xffffffff || start === 0xffffffff) {
    const record = zip64Record(view, end);
    if (record === undefined) throw damaged('the zip64 directory is missing', end);
    [count, size, start] = [safe(view, record + 32), safe(view, record + 40), safe(view, record + 48)];
  }
  if (start + size > end || count * 46 > size) throw damaged('the directory does not fit into the archive', end);
  const members: Member[] = [];
  let at = start;
  for (let k = 0; k < count; k++) {
    if (at + 46 > start + size || view.getUint32(at, true) !== 0x02014b50) throw damaged(`entry ${k + 1} of the directory cannot be read`, at);
    const lengths = [28, 30, 32].map((o) => view.getUint16(at + o, true)) as [number, number, number];
    const next = at + 46 + lengths[0] + lengths[1] + lengths[2];
    if (next > start + size) throw damaged(`entry ${k + 1} of the directory is cut off`, at);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + lengths[0]));
    if (view.getUint16(at + 8, true) & 1) throw badFile(file, `${name} is encrypted`, { at: `byte ${at}`, help: 'save it without a password' });
    const extra = wideSizes(view, at, at + 46 + lengths[0], lengths[1]);
    if (extra === undefined) throw damaged(`the sizes of ${name} are missing`, at);
    const member = { name, method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true), ...extra };
    checkSizes(file, member, start);
    members.push(member);
    at = next;
  }
  return members;
}

/** The bytes of a member; never more than it declares. */
export async function unpack(file: string, bytes: Uint8Array, member: Member): Promise<Uint8Array> {
  const { name, at, packed, size, method } = member;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (message: string): Error => badFile(file, `${name}: ${message}`, { at: `byte ${at}`, help: 'the file is damaged: save or copy it again' });
  if (at + 30 > bytes.length || view.getUint32(at, true) !== 0x04034b50) throw damaged('its header is not where the directory says');
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + packed > bytes.length) throw damaged('it ends beyond the end of the file');
  const inside = bytes.subarray(start, start + packed);
  const whole = method === 0 ? inside : await inflated(inside, size, damaged);
  if (crc32(whole) !== member.crc) throw damaged('its checksum is wrong');
  return whole;
}

/** An archive of stored members. */
export function zipped(members: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const encoder = new TextEncoder();
  const parts = [...members].map(([name, bytes]) => ({ name: encoder.encode(name), bytes, crc: crc32(bytes) }));
  const total = parts.reduce((sum, p) => sum + 76 + 2 * p.name.length + p.bytes.length, 22);
  if (total >= 2 ** 32 || parts.length >= 2 ** 16) throw tooLarge('the archive', 'it would be larger than 4 GiB', { help: 'write fewer arrays into one file' });
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  let at = 0;
  const put = (...fields: readonly (readonly [bytes: 2 | 4, value: number])[]): void => {
    for (const [width, value] of fields) {
      if (width === 2) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
      at += width;
    }
  };
  const raw = (bytes: Uint8Array): void => {
    out.set(bytes, at);
    at += bytes.length;
  };
  // Version, flags (bit 11: names are UTF-8), method, time and date (1980-01-01, so that equal arrays give equal files).
  const common = (p: (typeof parts)[number]): readonly (readonly [2 | 4, number])[] => [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 0x21], [4, p.crc], [4, p.bytes.length], [4, p.bytes.length], [2, p.name.length], [2, 0]];
  const starts = parts.map((p) => {
    const start = at;
    put([4, 0x04034b50], ...common(p));
    raw(p.name);
    raw(p.bytes);
    return start;
  });
  const directory = at;
  parts.forEach((p, k) => {
    put([4, 0x02014b50], [2, 20], ...common(p), [2, 0], [2, 0], [2, 0], [4, 0], [4, starts[k]!]);
    raw(p.name);
  });
  const length = at - directory;
  put([4, 0x06054b50], [2, 0], [2, 0], [2, parts.length], [2, parts.length], [4, length], [4, directory], [2, 0]);
  return out;
}

/** The record stands at the very end, before a comment of at most 65535 bytes. */
function endOfDirectory(view: DataView): number | undefined {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) === 0x06054b50 && at + 22 + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  return undefined;
}

function zip64Record(view: DataView, end: number): number | undefined {
  if (end < 20 || view.getUint32(end - 20, true) !== 0x07064b50) return undefined;
  const at = safe(view, end - 20 + 8);
  return at + 56 <= end && view.getUint32(at, true) === 0x06064b50 ? at : undefined;
}

/** A 64-bit number; beyond 2^53 it is far beyond any file and rounding does not matter. */
function safe(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

/** Sizes of a directory entry; those that do not fit 32 bits stand in the extra field 0x0001. */
function wideSizes(view: DataView, entry: number, from: number, length: number): { packed: number; size: number; at: number } | undefined {
  let [packed, size, at] = [view.getUint32(entry + 20, true), view.getUint32(entry + 24, true), view.getUint32(entry + 42, true)];
  if (packed !== 0xffffffff && size !== 0xffffffff && at !== 0xffffffff) return { packed, size, at };
  for (let here = from; here + 4 <= from + length; here += 4 + view.getUint16(here + 2, true)) {
    if (view.getUint16(here, true) !== 1) continue;
    let next = here + 4;
    const stop = Math.min(next + view.getUint16(here + 2, true), from + length);
    const take = (narrow: number): number => {
      if (narrow !== 0xffffffff) return narrow;
      next += 8;
      return next <= stop ? safe(view, next - 8) : Number.NaN;
    };
    size = take(size);
    packed = take(packed);
    at = take(at);
    return Number.isNaN(size + packed + at) ? undefined : { packed, size, at };
  }
  return undefined;
}

function checkSizes(file: string, { name, method, packed, size, at }: Member, directory: number): void {
  if (method !== 0 && method !== 8) {
    throw badFile(file, `${name} is packed by a method that is not known`, { at: `byte ${at}`, needed: 'stored (0) or deflated (8)', found: `method ${method}`, help: 'write it with numpy.savez or numpy.savez_compressed' });
  }
  const fits = at + 30 + packed <= directory && (method === 0 ? size === packed : size <= packed * deflateGain + 64);
  if (fits && size <= most) return;
  throw tooLarge(file, `${name} declares more than it can hold`, {
    at: `byte ${at}`,
    needed: size > most ? `at most ${most} bytes` : 'a size that its packed bytes can account for',
    found: `${size} bytes from ${packed} packed ones`,
    help: 'the file is damaged, or made to fill the memory: save it again',
  });
}

async function inflated(packed: Uint8Array, size: number, damaged: (message: string) => Error): Promise<Uint8Array> {
  const out = new Uint8Array(size);
  let length = 0;
  try {
    const stream = new Blob([packed as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
      if (length + chunk.length > size) throw new RangeError('more');
      out.set(chunk, length);
      length += chunk.length;
    }
  } catch (error) {
    throw damaged(error instanceof RangeError && error.message === 'more' ? 'it unpacks to more than it declares' : 'it cannot be unpacked');
  }
  if (length !== size) throw damaged(`it unpacks to ${length} bytes, not to ${size}`);
  return out;
}

/** CRC-32 of ISO 3309, eight bits at a time. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const crcTable: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
