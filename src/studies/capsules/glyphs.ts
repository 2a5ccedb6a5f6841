// Small images of ten glyphs, each drawn by strokes in a random affine frame: data that anyone can make again from a seed.

import { must } from '../../base/internal.ts';
import { newStream } from '../harness/random.ts';
import type { Images } from './images.ts';

export interface GlyphOptions {
  readonly count: number;
  /** How many of the ten glyphs; all unless told. */
  readonly classes?: number;
  /** Side of an image in pixels. */
  readonly side?: number;
  readonly seed?: number;
  /** How far the frames of the glyphs differ; 1 unless told, 0 for one frame. */
  readonly warp?: number;
  /** Standard deviation of what is added to each pixel; 0.05 unless told. */
  readonly noise?: number;
}

type Point = readonly [x: number, y: number];
type Stroke = readonly Point[];

/** Part of an ellipse as a stroke, from one angle to another in turns; y grows downwards. */
function arc(x: number, y: number, rx: number, ry: number, from: number, to: number): Stroke {
  return Array.from({ length: 17 }, (_, k) => {
    const angle = 2 * Math.PI * (from + ((to - from) * k) / 16);
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/** The digits on the square [-1, 1]². */
const glyphs: readonly (readonly Stroke[])[] = [
  [arc(0, 0, 0.5, 0.8, 0, 1)],
  [[[-0.3, -0.5], [0.05, -0.8], [0.05, 0.8]]],
  [arc(0, -0.35, 0.45, 0.45, -0.5, 0.12), [[0.33, -0.04], [-0.5, 0.8], [0.5, 0.8]]],
  [arc(0, -0.4, 0.42, 0.4, -0.45, 0.25), arc(0, 0.4, 0.48, 0.4, -0.25, 0.45)],
  [[[0.2, 0.8], [0.2, -0.8], [-0.5, 0.3], [0.5, 0.3]]],
  [[[0.45, -0.8], [-0.35, -0.8], [-0.4, -0.05]], arc(0, 0.3, 0.48, 0.48, -0.4, 0.4)],
  [[[0.35, -0.8], [-0.2, -0.3], [-0.43, 0.25]], arc(0, 0.35, 0.45, 0.45, 0, 1)],
  [[[-0.5, -0.8], [0.5, -0.8], [-0.1, 0.8]]],
  [arc(0, -0.42, 0.36, 0.38, 0, 1), arc(0, 0.4, 0.45, 0.42, 0, 1)],
  [arc(0, -0.35, 0.43, 0.43, 0, 1), [[0.43, -0.35], [0.35, 0.3], [0, 0.8]]],
];

/**
 * Glyphs in equal shares, in random order. Turned by up to 0.35, sheared by up to 0.3, scaled by 0.75 to 1.15 in each
 * direction and shifted by up to a tenth of the side, all times `warp`.
 *
 * @example glyphImages({ count: 100, seed: 1 }).labels.length // 100
 */
export function glyphImages({ count, classes = glyphs.length, side = 14, seed = 1, warp = 1, noise = 0.05 }: GlyphOptions): Images {
  const random = newStream(seed).split('glyphs');
  const order = random.split('order').permutation(count);
  const pixels = new Float64Array(count * side * side);
  const labels = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    const own = random.split(n);
    const between = (low: number, high: number): number => low + (high - low) * own.uniform();
    const label = must(order[n]) % Math.min(classes, glyphs.length);
    labels[n] = label;
    const turn = warp * between(-0.35, 0.35);
    const shear = warp * between(-0.3, 0.3);
    const [sx, sy] = [1 + warp * between(-0.25, 0.15), 1 + warp * between(-0.25, 0.15)];
    const [dx, dy] = [warp * between(-0.2, 0.2), warp * between(-0.2, 0.2)];
    const thick = 0.13 + 0.05 * warp * between(-1, 1);
    const moved = ([x, y]: Point): Point => {
      const [u, v] = [sx * x + shear * y, sy * y];
      return [0.8 * (Math.cos(turn) * u - Math.sin(turn) * v) + dx, 0.8 * (Math.sin(turn) * u + Math.cos(turn) * v) + dy];
    };
    draw(must(glyphs[label]).map((stroke) => stroke.map(moved)), thick, side, pixels.subarray(n * side * side, (n + 1) * side * side));
    for (let k = n * side * side; k < (n + 1) * side * side; k++) pixels[k] = Math.min(1, Math.max(0, pixels[k]! + noise * own.normal()));
  }
  return { side, count, classes: Math.min(classes, glyphs.length), pixels, labels };
}

/** Ink by the distance from the nearest stroke: full up to half the thickness, none a pixel further. */
function draw(strokes: readonly Stroke[], thickness: number, side: number, to: Float64Array): void {
  const pixel = 2 / side;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const at: Point = [(column + 0.5) * pixel - 1, (row + 0.5) * pixel - 1];
      let nearest = Infinity;
      for (const stroke of strokes) for (let k = 1; k < stroke.length; k++) nearest = Math.min(nearest, distance(at, must(stroke[k - 1]), must(stroke[k])));
      to[row * side + column] = Math.min(1, Math.max(0, (thickness / 2 + pixel - nearest) / pixel));
    }
  }
}

/** From a point to a piece of a straight line. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}
