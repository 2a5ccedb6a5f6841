// The description of a stack from a file and from flags. Flags take the place of the file's fields.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { type DataArray, toDense } from '../data/array.ts';
import { readData } from '../data/read.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { descriptionOf } from '../studies/position-bias/describe.ts';
import { type Given, type Options, UsageError } from './args.ts';

export const stackOptions: Options = {
  length: { value: 'N', says: 'positions of the sequence, 64 unless told' },
  layers: { value: 'T', says: 'layers' },
  heads: { value: 'H', says: 'heads, 1 unless told' },
  mask: { value: 'MASK', says: 'causal, full, window:W or prefix:K; several with commas, one a layer' },
  positions: { value: 'RULE', says: 'none, alibi, alibi:SLOPE,…, rope:BASE:DIMENSION, or table:BIAS,… by distance' },
  attention: { value: 'FILE', says: 'attention itself: n × n, heads × n × n or layers × heads × n × n' },
  residual: { value: 'λ', says: 'share of attention against the residual stream: a number, one a layer with commas, or power:FIRST:EXPONENT' },
  'content-diagonal': { value: 'NUMBER', says: 'added to the score of a position with itself; one a head with commas' },
  temperature: { value: 'NUMBER', says: 'of the softmax, 1 unless told' },
  'head-weights': { value: 'W,…', says: 'weights of the heads, of sum 1; equal unless told' },
};

/** The description as data, still unchecked; arrays that it names as files are read. */
export async function descriptionFrom(path: string | undefined, given: Given): Promise<Record<string, unknown>> {
  const fromFile = path === undefined ? {} : await withArrays(descriptionOf(parsed(path)), dirname(path));
  const flags = flagsOf(given);
  const attention = given.last('attention');
  const all: Record<string, unknown> = { ...(path === undefined && { length: 64 }), ...fromFile, ...flags, ...(attention !== undefined && { positions: { attention: await arrayFrom(attention) } }) };
  if (all['layers'] === undefined) throw new UsageError('the number of layers is missing', 'give a file, or --layers 12 --heads 4 --positions alibi --residual 0.1');
  return all;
}

function parsed(path: string): unknown {
  try {
    return parse(textOf(path)) as unknown;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} is no YAML or JSON: ${(error as Error).message.split('\n')[0]}`, 'see docs/guide/studies/position-bias.md for the fields of a stack');
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`, 'give a YAML or JSON file that describes a stack');
  }
}

/** A file name in the place of an array stands for the array in it. */
async function withArrays(description: Record<string, unknown>, folder: string): Promise<Record<string, unknown>> {
  const fill = async (value: unknown, name: string): Promise<unknown> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const inner = (value as Record<string, unknown>)[name];
    return typeof inner === 'string' ? { ...value, [name]: await arrayFrom(join(folder, inner)) } : value;
  };
  return { ...description, ...('positions' in description && { positions: await fill(description['positions'], 'attention') }), ...('mask' in description && { mask: await fill(description['mask'], 'matrix') }) };
}

/** The array that a data file stands for as a whole. */
export async function arrayFrom(path: string): Promise<Dense> {
  const { whole, arrays } = await readData(path, bytesOf(path));
  if (whole === undefined) throw new UsageError(`${path} holds several arrays: ${[...arrays.keys()].join(', ')}`, 'give a file with one array');
  return toDense(whole);
}

/** All arrays of a data file, by name. */
export async function arraysFrom(path: string): Promise<Record<string, Dense>> {
  const { arrays } = await readData(path, bytesOf(path));
  return Object.fromEntries([...arrays].map(([name, array]: [string, DataArray]) => [name, toDense(array)]));
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`, 'give a data file');
  }
}

function flagsOf(given: Given): Record<string, unknown> {
  const one = <Value>(name: string, read: (text: string) => Value): Record<string, Value> => {
    const text = given.last(name);
    return text === undefined ? {} : { [fieldNames[name] ?? name]: read(text) };
  };
  const diagonal = given.last('content-diagonal');
  return {
    ...one('length', number),
    ...one('layers', number),
    ...one('heads', number),
    ...one('mask', (text) => several(text.split(',').map(maskOf))),
    ...one('positions', positionsOf),
    ...one('residual', (text) => (text.startsWith('power:') ? { power: { first: number(text.split(':')[1] ?? ''), exponent: number(text.split(':')[2] ?? '') } } : several(numbers(text)))),
    ...one('temperature', number),
    ...one('head-weights', numbers),
    ...(diagonal !== undefined && { content: { diagonal: several(numbers(diagonal)) } }),
  };
}

const fieldNames: Readonly<Record<string, string>> = { 'head-weights': 'headWeights' };

function several<Value>(list: readonly Value[]): Value | readonly Value[] {
  return list.length === 1 ? list[0]! : list;
}

/** What is no number stays text, and the check of the description says so under the name of the field. */
function number(text: string): unknown {
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

function numbers(text: string): unknown[] {
  return text.split(',').map(number);
}

function maskOf(text: string): unknown {
  const [name = '', size] = text.trim().split(':');
  return size === undefined ? name : { [name]: number(size) };
}

function positionsOf(text: string): unknown {
  const [name = '', ...rest] = text.split(':');
  if (rest.length === 0) return name;
  if (name === 'rope') return { rope: { base: number(rest[0] ?? ''), ...(rest[1] !== undefined && { dimension: number(rest[1]) }) } };
  return { [name]: name === 'alibi' ? several(numbers(rest.join(':'))) : numbers(rest.join(':')) };
}
