// Fields of a description, read with care: every number finite and in its range, every list of the right length, no
// field that nothing reads.

import { badStack, shown } from './problem.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a field, whose fields are all among those named. */
export function fieldsOf(value: unknown, at: string, known: readonly string[]): Fields {
  if (!isFields(value)) throw badStack(at, 'this is no set of fields', { needed: `fields among ${known.join(', ')}`, found: shown(value) });
  const strange = Object.keys(value).find((name) => !known.includes(name));
  if (strange !== undefined) {
    throw badStack(at === '' ? strange : `${at}.${strange}`, 'there is no such field', { needed: `fields among ${known.join(', ')}`, found: strange, help: 'correct the name or leave the field out' });
  }
  return value;
}

export interface Range {
  readonly least?: number;
  readonly most?: number;
  /** The least itself is outside. */
  readonly above?: boolean;
}

export function numberAt(value: unknown, at: string, range: Range = {}): number {
  const { least = -Infinity, most = Infinity, above = false } = range;
  const isGood = typeof value === 'number' && Number.isFinite(value) && (above ? value > least : value >= least) && value <= most;
  if (!isGood) throw badStack(at, 'this number cannot be used', { needed: rangeText(range), found: shown(Number.isNaN(value) ? 'NaN' : value) });
  return value;
}

function rangeText({ least, most, above = false }: Range): string {
  if (least === undefined) return most === undefined ? 'a finite number' : `a number of at most ${most}`;
  if (most === undefined) return above ? `a number greater than ${least}` : `a number of at least ${least}`;
  return `a number ${above ? 'above' : 'from'} ${least} ${above ? 'up ' : ''}to ${most}`;
}

export function wholeAt(value: unknown, at: string, least: number, most: number = Infinity): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw badStack(at, 'this count cannot be used', { needed: most === Infinity ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`, found: shown(value) });
  }
  return value;
}

/** A list of numbers, all in the range. */
export function numbersAt(value: unknown, at: string, count: number | undefined, range: Range = {}): number[] {
  if (!Array.isArray(value) || value.length === 0 || (count !== undefined && value.length !== count)) {
    throw badStack(at, 'this list cannot be used', { needed: count === undefined ? 'a list of numbers' : `${count} numbers`, found: Array.isArray(value) ? `${value.length} entries` : shown(value) });
  }
  return value.map((x: unknown, k) => numberAt(x, `${at}[${k}]`, range));
}

/**
 * Numbers by layer and head from one number for all, a list with one a head, or a list of such lists with one a layer.
 * Layers that say the same share one list.
 */
export function byLayerAndHead(value: unknown, at: string, layers: number, heads: number, range: Range = {}): number[][] {
  const row = (one: unknown, where: string): number[] => {
    if (typeof one === 'number') return Array.from({ length: heads }, () => numberAt(one, where, range));
    if (Array.isArray(one) && one.length === 1 && heads !== 1) return row(one[0], `${where}[0]`);
    return numbersAt(one, where, heads, range);
  };
  const isNested = Array.isArray(value) && value.some((one) => Array.isArray(one));
  if (!isNested) {
    const all = row(value, at);
    return Array.from({ length: layers }, () => all);
  }
  if (value.length === 1) {
    const all = row(value[0], `${at}[0]`);
    return Array.from({ length: layers }, () => all);
  }
  if (value.length !== layers) throw badStack(at, 'there must be one list for all layers or one a layer', { needed: `1 or ${layers} lists`, found: `${value.length}` });
  return value.map((one: unknown, t) => row(one, `${at}[${t}]`));
}
