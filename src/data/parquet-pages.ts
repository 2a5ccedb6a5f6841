// Before a column of a Parquet file is decoded: its pages and the runs inside them, against what the file declares. A run of
// equal values takes a few bytes whatever it is long, so a damaged length would fill the memory. Parquet format 2.11, Encodings.

import type { ColumnMetaData, SchemaTree } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';

type Decompress = (input: Uint8Array, length: number) => Uint8Array;

interface Chunk {
  readonly meta: ColumnMetaData;
  /** From a child of the root down to the column. */
  readonly path: readonly SchemaTree[];
  readonly decompress: Decompress | undefined;
}

// Writers fill the last run of packed bits up to some number of values.
const mostPadding = 512;
const mostPage = 2 ** 30;

/** What is wrong with the pages of a column chunk, if anything is. */
export function pageProblem(bytes: Uint8Array, { meta, path, decompress }: Chunk): string | undefined {
  const values = Number(meta.num_values);
  const first = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
  const length = Number(meta.total_compressed_size);
  if (!(first >= 4 && length >= 0 && first + length <= bytes.length)) return 'a column lies outside the file';
  const [repeated, defined] = levels(path);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset + first, length), offset: 0 };
  let seen = 0;
  while (seen < values && reader.offset < length - 1) {
    const header = parquetHeader(reader);
    const [packed, size] = [header.compressed_page_size, header.uncompressed_page_size];
    if (!(packed >= 0 && packed <= length - reader.offset && size >= 0 && size <= mostPage)) return 'a page is longer than its column';
    const page = bytes.subarray(first + reader.offset, first + reader.offset + packed);
    reader.offset += packed;
    const unpack = (part: Uint8Array, to: number): Uint8Array => (decompress && meta.codec !== 'UNCOMPRESSED' ? decompress(part, to) : part);
    const [v1, v2, dictionary] = [header.data_page_header, header.data_page_header_v2, header.dictionary_page_header];
    if (header.type === 'DICTIONARY_PAGE') {
      if (!dictionary || !(dictionary.num_values >= 0 && dictionary.num_values <= size * 8)) return 'a dictionary has more entries than its page can hold';
      continue;
    }
    const page1 = header.type === 'DATA_PAGE' ? v1 : undefined;
    const page2 = header.type === 'DATA_PAGE_V2' ? v2 : undefined;
    const declared = (page1 ?? page2)?.num_values ?? 0;
    if (!(declared > 0 && declared <= values - seen)) return 'a page has another number of values than its column';
    seen += declared;
    if (page1) {
      const inside = unpack(page, size);
      const view = viewOf(inside);
      let at = 0;
      for (const most of [repeated, defined]) {
        if (most === 0) continue;
        const end = at + 4 + view.getUint32(at, true);
        if (end > inside.length || !runsFit(inside.subarray(at + 4, end), widthOf(most), declared)) return 'the levels of a page do not fit';
        at = end;
      }
      if (!valuesFit(inside.subarray(at), page1.encoding, meta.type, declared)) return 'a run of values is longer than its page';
    } else if (page2) {
      const [r, d] = [page2.repetition_levels_byte_length, page2.definition_levels_byte_length];
      if (!(r >= 0 && d >= 0 && r + d <= Math.min(packed, size) && page2.num_nulls >= 0 && page2.num_nulls <= declared && page2.num_rows >= 0 && page2.num_rows <= declared)) return 'the parts of a page do not fit';
      if (repeated > 0 && !runsFit(page.subarray(0, r), widthOf(repeated), declared)) return 'the levels of a page do not fit';
      if (defined > 0 && !runsFit(page.subarray(r, r + d), widthOf(defined), declared)) return 'the levels of a page do not fit';
      const rest = page.subarray(r + d);
      const inside = page2.is_compressed === false ? rest : unpack(rest, size - r - d);
      if (!valuesFit(inside, page2.encoding, meta.type, declared)) return 'a run of values is longer than its page';
    }
  }
  return seen === values ? undefined : 'a column has fewer values than it declares';
}

/** How deep lists go on the way, and how many of its steps may be missing. */
function levels(path: readonly SchemaTree[]): readonly [repeated: number, defined: number] {
  const count = (...types: readonly (string | undefined)[]): number => path.filter((s) => types.includes(s.element.repetition_type)).length;
  return [count('REPEATED'), count('REPEATED', 'OPTIONAL')];
}

function widthOf(most: number): number {
  return 32 - Math.clz32(most);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function valuesFit(bytes: Uint8Array, encoding: string, type: string, count: number): boolean {
  switch (encoding) {
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY': {
      const width = bytes[0] ?? 0;
      return bytes.length === 0 || (width <= 32 && runsFit(bytes.subarray(1), width, count));
    }
    case 'RLE':
      return type === 'BOOLEAN' && (bytes.length < 4 || runsFit(bytes.subarray(4), 1, count));
    default:
      return true;
  }
}

/** Runs as they follow each other: equal values with their number, or values packed by eight. */
function runsFit(bytes: Uint8Array, width: number, count: number): boolean {
  let at = 0;
  for (let seen = 0; seen < count && at < bytes.length; ) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) return false;
      header += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const isPacked = header % 2 === 1;
    const length = Math.floor(header / 2) * (isPacked ? 8 : 1);
    if (length > count - seen + (isPacked ? mostPadding : 0)) return false;
    at += isPacked ? (length / 8) * width : Math.ceil(width / 8);
    seen += length;
  }
  return true;
}
