// Arrays as text to be read: rounded, entries below each other.

import type { Nested } from '../../../src/ops/reference/dense.ts';

const digits = 6;

/** JSON of the rounded entries, with a line for each row of a matrix and entries of equal width. */
export function arrayText(value: Nested): string {
  const width = typeof value === 'number' ? 0 : widest(value);
  return written(value, width, 0);
}

function written(value: Nested, width: number, depth: number): string {
  if (typeof value === 'number') return numberText(value).padStart(width);
  const isRow = value.every((entry) => typeof entry === 'number');
  const between = isRow ? ', ' : `,\n${' '.repeat(depth + 1)}`;
  return `[${value.map((entry) => written(entry, width, depth + 1)).join(between)}]`;
}

function widest(value: Nested): number {
  return typeof value === 'number' ? numberText(value).length : value.reduce<number>((most, entry) => Math.max(most, widest(entry)), 0);
}

/** Six significant digits. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(digits)));
}
