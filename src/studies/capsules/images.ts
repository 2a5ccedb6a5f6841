// Labelled images, what moves them, and their patches.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { type Architecture, positionsAlong } from './architecture.ts';

export interface Images {
  readonly side: number;
  readonly count: number;
  readonly classes: number;
  /** From 0 to 1, image by image, row by row. */
  readonly pixels: Float64Array;
  readonly labels: Int32Array;
}

/** How images are moved, around their centre. */
export type Motion = { readonly kind: 'shift'; readonly right: number; readonly down: number } | { readonly kind: 'turn'; readonly degrees: number } | { readonly kind: 'scale'; readonly by: number };

export function motionText(motion: Motion): string {
  switch (motion.kind) {
    case 'shift':
      return `shift by ${motion.right === 0 ? `${motion.down} pixel down` : `${motion.right} pixel right`}`;
    case 'turn':
      return `rotation by ${motion.degrees}°`;
    default:
      return `scale by ${motion.by}`;
  }
}

/** Every image moved the same way; bilinear between pixels, 0 outside. */
export function moved(images: Images, motion: Motion): Images {
  const { side, count, pixels } = images;
  const middle = (side - 1) / 2;
  const out = new Float64Array(pixels.length);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [y, x] = origin(motion, row - middle, column - middle);
      const weights = corners(y + middle, x + middle, side);
      for (let n = 0; n < count; n++) {
        let sum = 0;
        for (const [at, weight] of weights) sum += weight * pixels[n * side * side + at]!;
        out[n * side * side + row * side + column] = sum;
      }
    }
  }
  return { ...images, pixels: out };
}

/** Where what is now at (y, x) was before. */
function origin(motion: Motion, y: number, x: number): [y: number, x: number] {
  switch (motion.kind) {
    case 'shift':
      return [y - motion.down, x - motion.right];
    case 'turn': {
      const angle = (motion.degrees * Math.PI) / 180;
      return [Math.cos(angle) * y - Math.sin(angle) * x, Math.sin(angle) * y + Math.cos(angle) * x];
    }
    default:
      return [y / motion.by, x / motion.by];
  }
}

function corners(y: number, x: number, side: number): [at: number, weight: number][] {
  const [row, column] = [Math.floor(y), Math.floor(x)];
  const [fy, fx] = [y - row, x - column];
  const all: [number, number, number][] = [
    [row, column, (1 - fy) * (1 - fx)],
    [row, column + 1, (1 - fy) * fx],
    [row + 1, column, fy * (1 - fx)],
    [row + 1, column + 1, fy * fx],
  ];
  return all.filter(([r, c, w]) => w > 0 && r >= 0 && c >= 0 && r < side && c < side).map(([r, c, w]) => [r * side + c, w]);
}

/** Patches of every image: [image, position, pixel]. The convolution is then a product. */
export function patchesOf({ side, count, pixels }: Images, a: Pick<Architecture, 'features'>): { readonly shape: readonly number[]; readonly data: Float64Array } {
  const { patch, stride } = a.features;
  const along = positionsAlong({ side, features: a.features });
  const data = new Float64Array(count * along * along * patch * patch);
  let k = 0;
  for (let n = 0; n < count; n++)
    for (let top = 0; top < along; top++)
      for (let left = 0; left < along; left++)
        for (let row = 0; row < patch; row++)
          for (let column = 0; column < patch; column++) data[k++] = pixels[n * side * side + (top * stride + row) * side + left * stride + column]!;
  return { shape: [count, along * along, patch * patch], data };
}

/** 1 at the class of each image. */
export function targetsOf({ count, classes, labels }: Images): { readonly shape: readonly number[]; readonly data: Float64Array } {
  const data = new Float64Array(count * classes);
  for (let n = 0; n < count; n++) data[n * classes + labels[n]!] = 1;
  return { shape: [count, classes], data };
}

/** Images `from` to `to`, without the latter. */
export function someImages(images: Images, from: number, to: number): Images {
  const size = images.side ** 2;
  return { ...images, count: to - from, pixels: images.pixels.slice(from * size, to * size), labels: images.labels.slice(from, to) };
}

/** Images as large as the architecture takes them: means of squares of pixels. */
export function shrunk(images: Images, side: number): Images {
  const factor = images.side / side;
  if (factor === 1) return images;
  if (!Number.isInteger(factor)) throw new RicciError([sidesDiffer(images.side, side)]);
  const pixels = new Float64Array(images.count * side * side);
  for (let n = 0; n < images.count; n++)
    for (let row = 0; row < images.side; row++)
      for (let column = 0; column < images.side; column++)
        pixels[n * side * side + Math.floor(row / factor) * side + Math.floor(column / factor)]! += must(images.pixels[(n * images.side + row) * images.side + column]) / factor ** 2;
  return { ...images, side, pixels };
}

function sidesDiffer(found: number, needed: number): Diagnostic {
  return {
    code: 'data-shape-differs',
    severity: 'error',
    message: `images of ${found} by ${found} pixels do not fit a network for ${needed} by ${needed}`,
    span: [0, 0],
    needed: `a side of ${needed}, or a multiple of it`,
    found: String(found),
    help: `give the architecture a side that divides ${found}`,
  };
}
