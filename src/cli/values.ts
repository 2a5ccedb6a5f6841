// Values on the command line: `--at '{"x": [1, 2]}'` or `--at file.json`; and numbers as text.

import { readFileSync } from 'node:fs';
import type { Nested, Values } from '../pipeline/evaluate.ts';
import { UsageError } from './args.ts';

export function valuesFrom(text: string): Values {
  const isInline = text.trimStart().startsWith('{');
  const json = isInline ? text : fileText(text);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const where = isInline ? 'the values after --at' : text;
    throw new UsageError(
      `${where} cannot be read as JSON: ${(error as Error).message}`,
      `write --at '{"x": [1, 2], "A": [[1, 2], [3, 4]]}'`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError('the values must be an object with a value for each name', `write --at '{"x": [1, 2]}'`);
  }
  return value as Values;
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new UsageError(
      `cannot read ${path}: ${reason}`,
      `give a JSON file, or the values themselves: --at '{"x": [1, 2]}'`,
    );
  }
}

/** JSON, one row a line, ten significant digits; a single number in full. */
export function valueText(value: Nested, indent = ''): string {
  if (typeof value === 'number') return indent === '' ? String(value) : digits(value);
  if (value.every((v) => typeof v === 'number')) return `[${value.map((v) => digits(v)).join(', ')}]`;
  const inner = `${indent === '' ? '' : indent} `;
  return `[${value.map((v) => valueText(v, inner)).join(`,\n${inner}`)}]`;
}

function digits(x: number): string {
  return Number.isInteger(x) && Math.abs(x) < 1e15 ? String(x) : String(Number(x.toPrecision(10)));
}
