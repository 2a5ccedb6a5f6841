// IDX files, in which MNIST comes: a magic number, sizes, then bytes; big-endian.
// LeCun, Cortes, Burges, The MNIST database of handwritten digits, section "file formats".

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import type { Images } from './images.ts';

const imageMagic = 0x803;
const labelMagic = 0x801;

/** Images and labels from the bytes of two files that belong together; at most `most` of them. Throws a `RicciError` for other files. */
export function readIdx(images: Uint8Array, labels: Uint8Array, most: number = Infinity): Images {
  const [count, rows, columns] = header(images, imageMagic, 3, 'images') as [number, number, number];
  const [labelCount] = header(labels, labelMagic, 1, 'labels') as [number];
  if (count !== labelCount) throw new RicciError([bad('sizes-differ', 'images and labels do not belong together', `${count} labels`, `${labelCount}`)]);
  if (rows !== columns || rows === 0) throw new RicciError([bad('bad-file', 'the images are not square', 'as many rows as columns', `${rows} rows, ${columns} columns`)]);
  const taken = Math.min(count, most);
  if (taken < 1) throw new RicciError([bad('bad-file', 'the file has no images', 'at least one', '0')]);
  const own = labels.slice(8, 8 + taken);
  return {
    side: rows,
    count: taken,
    classes: Math.max(...own) + 1,
    pixels: Float64Array.from(images.subarray(16, 16 + taken * rows * rows), (byte) => byte / 255),
    labels: Int32Array.from(own),
  };
}

/** The sizes that a file tells, which must be those it has. */
function header(bytes: Uint8Array, magic: number, axes: number, what: string): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + 4 * axes;
  const found = bytes.length >= 4 ? view.getUint32(0) : undefined;
  if (found !== magic || bytes.length < start) {
    const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b ? '; the file is compressed: gunzip it first' : '';
    throw new RicciError([bad('bad-file', `the file of ${what} is no IDX file of ${what}${gzip}`, `the number 0x${magic.toString(16).padStart(8, '0')} at its start`, found === undefined ? 'a file that is too short' : `0x${found.toString(16).padStart(8, '0')}`)]);
  }
  const sizes = Array.from({ length: axes }, (_, k) => view.getUint32(4 + 4 * k));
  const wanted = start + sizes.reduce((a, b) => a * b, 1);
  if (bytes.length !== wanted) throw new RicciError([bad('bad-file', `the file of ${what} is cut off or has more than it says`, `${wanted} bytes`, `${bytes.length}`)]);
  return sizes;
}

function bad(code: string, message: string, needed: string, found: string): Diagnostic {
  return { code, severity: 'error', message, span: [0, 0], needed, found, help: 'give the image and label files of one set, such as t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte' };
}
