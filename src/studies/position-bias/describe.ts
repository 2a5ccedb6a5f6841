// From the description of a stack (YAML, JSON or flags, as plain data) to the stack. Everything is checked before
// anything is computed.

import type { Dense } from '../../ops/reference/dense.ts';
import { badStack, shown } from './problem.ts';
import { byLayerAndHead, fieldsOf, isFields, numberAt, numbersAt, wholeAt } from './fields.ts';
import { fromRepository, isRepositoryFormat } from './repository.ts';
import { type Attention, type Mask, type Positions, type Schedule, type Stack, alibiSlopes, scheduled } from './stack.ts';

const known = ['length', 'layers', 'heads', 'mask', 'positions', 'content', 'temperature', 'residual', 'headWeights'] as const;

/** Beyond these an n × n matrix a layer does not fit in memory, or nobody waits for the answer. */
const most = { length: 8192, layers: 4096, heads: 1024 } as const;

/** A description in the words of this program; the configuration format of the repository is turned into them. */
export function descriptionOf(source: unknown): Record<string, unknown> {
  return { ...fieldsOf(isRepositoryFormat(source) ? fromRepository(source) : source, '', known) };
}

/**
 * The stack of a description: fields `length`, `layers`, `heads`, `mask`, `positions`, `content`, `temperature`,
 * `residual`, `headWeights`, or the configuration format of the repository ml-uhh/position-bias. Throws a `RicciError`
 * that names the field.
 *
 * @example readStack({ length: 64, layers: 12, heads: 4, positions: 'alibi', residual: 0.1 })
 */
export function readStack(description: unknown): Stack {
  const fields = descriptionOf(description);
  const length = wholeAt(fields['length'], 'length', 2, most.length);
  const layers = wholeAt(fields['layers'], 'layers', 1, most.layers);
  const heads = wholeAt(fields['heads'] ?? 1, 'heads', 1, most.heads);
  const masks = masksOf(fields['mask'] ?? 'causal', layers, heads, length);
  const positions = positionsOf(fields['positions'] ?? 'none', layers, heads, length);
  const content = fieldsOf(fields['content'] ?? {}, 'content', ['base', 'diagonal']);
  const base = byLayerAndHead(content['base'] ?? 0, 'content.base', layers, heads);
  const diagonal = byLayerAndHead(content['diagonal'] ?? 0, 'content.diagonal', layers, heads);
  const temperature = temperatures(fields['temperature'] ?? 1, layers);
  const headWeights = weightsOf(fields['headWeights'], heads);
  const shared: Attention[] = [];
  const attention = Array.from({ length: layers }, (_, t): Attention => {
    const one: Attention = { masks: masks[t]!, positions: positions[t]!, base: base[t]!, diagonal: diagonal[t]!, temperature: temperature[t]!, headWeights };
    const same = shared.find((s) => s.masks === one.masks && s.positions === one.positions && s.base === one.base && s.diagonal === one.diagonal && s.temperature === one.temperature);
    if (same) return same;
    shared.push(one);
    return one;
  });
  return { length, heads, attention, ...residualOf(fields['residual'], layers) };
}

function residualOf(value: unknown, layers: number): Pick<Stack, 'residual' | 'schedule'> {
  const share = { least: 0, most: 1 };
  if (value === undefined) throw badStack('residual', 'the weight of attention against the residual stream is missing', { needed: 'a number from 0 to 1, a list of one a layer, or { power: { first, exponent } }', help: 'write residual: 0.1 for every layer; 1 leaves the residual stream out' });
  if (Array.isArray(value)) return { residual: Float64Array.from(numbersAt(value, 'residual', layers, share)), schedule: { kind: 'list' } };
  const schedule: Exclude<Schedule, { kind: 'list' }> = isFields(value) ? power(value) : { kind: 'constant', value: numberAt(value, 'residual', share) };
  return { residual: scheduled(schedule, layers), schedule };
}

function power(value: unknown): Exclude<Schedule, { kind: 'list' }> {
  const outer = fieldsOf(value, 'residual', ['power']);
  const fields = fieldsOf(outer['power'], 'residual.power', ['first', 'exponent']);
  return { kind: 'power', first: numberAt(fields['first'], 'residual.power.first', { least: 0, most: 1 }), exponent: numberAt(fields['exponent'], 'residual.power.exponent', { least: 0 }) };
}

function temperatures(value: unknown, layers: number): number[] {
  const positive = { least: 0, above: true };
  if (Array.isArray(value)) return numbersAt(value, 'temperature', layers, positive);
  const one = numberAt(value, 'temperature', positive);
  return Array.from({ length: layers }, () => one);
}

function weightsOf(value: unknown, heads: number): number[] {
  if (value === undefined) return Array.from({ length: heads }, () => 1 / heads);
  const weights = numbersAt(value, 'headWeights', heads, { least: 0 });
  const total = weights.reduce((a, b) => a + b, 0);
  if (Math.abs(total - 1) > 1e-6) throw badStack('headWeights', 'the weights of the heads must sum to 1', { needed: 'a sum of 1', found: `a sum of ${Number(total.toPrecision(6))}`, help: 'divide them by their sum' });
  return weights.map((w) => w / total);
}

/** A list of masks has one a layer. */
function masksOf(value: unknown, layers: number, heads: number, length: number): (readonly Mask[])[] {
  if (!Array.isArray(value)) {
    const all = maskRow(value, 'mask', heads, length);
    return Array.from({ length: layers }, () => all);
  }
  if (value.length !== layers) throw badStack('mask', 'a list of masks has one a layer', { needed: `${layers} masks`, found: `${value.length}` });
  return sharedRows(value, (one, t) => maskRow(one, `mask[${t}]`, heads, length));
}

function maskRow(value: unknown, at: string, heads: number, length: number): readonly Mask[] {
  if (isFields(value) && 'heads' in value) {
    const list = fieldsOf(value, at, ['heads'])['heads'];
    if (!Array.isArray(list) || list.length !== heads) throw badStack(`${at}.heads`, 'this lists one mask a head', { needed: `${heads} masks`, found: Array.isArray(list) ? `${list.length}` : shown(list) });
    return list.map((one: unknown, h) => maskOf(one, `${at}.heads[${h}]`, length));
  }
  const all = maskOf(value, at, length);
  return Array.from({ length: heads }, () => all);
}

function maskOf(value: unknown, at: string, length: number): Mask {
  if (value === 'causal' || value === 'full') return { kind: value };
  if (isFields(value)) {
    const fields = fieldsOf(value, at, ['window', 'prefix', 'matrix']);
    if (Object.keys(fields).length === 1) {
      if ('window' in fields) {
        if (fields['window'] === 0) throw badStack(`${at}.window`, 'this mask leaves every row empty: no query may read anything', { needed: 'a window of at least 1, which is the query itself', found: '0' });
        return { kind: 'window', width: wholeAt(fields['window'], `${at}.window`, 1) };
      }
      if ('prefix' in fields) return { kind: 'prefix', length: wholeAt(fields['prefix'], `${at}.prefix`, 0, length) };
      return { kind: 'matrix', allowed: allowedOf(fields['matrix'], `${at}.matrix`, length) };
    }
  }
  throw badStack(at, 'there is no such mask', { needed: 'causal, full, { window: W }, { prefix: K }, { matrix: rows of 0 and 1 } or { heads: [one a head] }', found: shown(value) });
}

function allowedOf(value: unknown, at: string, length: number): Float64Array {
  const allowed = squareOf(value, at, length);
  for (let i = 0; i < length; i++) {
    const row = allowed.subarray(i * length, (i + 1) * length);
    if (row.some((x) => x !== 0 && x !== 1)) throw badStack(`${at}[${i}]`, 'a mask has entries 0 and 1', { needed: '0 or 1', found: shown(row.find((x) => x !== 0 && x !== 1)) });
    if (!row.includes(1)) throw badStack(`${at}[${i}]`, 'this mask leaves a row empty', { needed: `at least one position that position ${i} may read`, found: 'a row of zeros', help: 'let every position read itself' });
  }
  return allowed;
}

function positionsOf(value: unknown, layers: number, heads: number, length: number): readonly Positions[] {
  if (isFields(value) && Object.keys(value).length === 1) {
    if ('alibi' in value) {
      const slopes = byLayerAndHead(value['alibi'], 'positions.alibi', layers, heads, { least: 0 });
      return sharedRows(slopes, (row) => ({ kind: 'alibi', slopes: row }));
    }
    if ('attention' in value) return attentionOf(value['attention'], 'positions.attention', layers, heads, length);
  }
  if (!Array.isArray(value)) {
    const all = positionOf(value, 'positions', heads);
    return Array.from({ length: layers }, () => all);
  }
  if (value.length !== layers) throw badStack('positions', 'a list of positions has one a layer', { needed: `${layers} entries`, found: `${value.length}` });
  return sharedRows(value, (one, t) => positionOf(one, `positions[${t}]`, heads));
}

function positionOf(value: unknown, at: string, heads: number): Positions {
  if (value === 'none') return { kind: 'none' };
  if (value === 'alibi') return { kind: 'alibi', slopes: alibiSlopes(heads) };
  if (value === 'rope') return { kind: 'rope', base: 10000, dimension: 64 };
  if (isFields(value) && Object.keys(value).length === 1) {
    if ('alibi' in value) return { kind: 'alibi', slopes: byLayerAndHead(value['alibi'], `${at}.alibi`, 1, heads, { least: 0 })[0]! };
    if ('rope' in value) {
      const { base = 10000, dimension = 64 } = fieldsOf(value['rope'], `${at}.rope`, ['base', 'dimension']);
      const size = wholeAt(dimension, `${at}.rope.dimension`, 2, 4096);
      if (size % 2 === 1) throw badStack(`${at}.rope.dimension`, 'rotary positions turn pairs of coordinates', { needed: 'an even number', found: `${size}` });
      return { kind: 'rope', base: numberAt(base, `${at}.rope.base`, { least: 1, above: true }), dimension: size };
    }
    if ('table' in value) {
      const table = value['table'];
      const isByHead = Array.isArray(table) && table.some((row) => Array.isArray(row));
      if (!isByHead) {
        const row = numbersAt(table, `${at}.table`, undefined);
        return { kind: 'table', bias: Array.from({ length: heads }, () => row) };
      }
      if (table.length !== heads) throw badStack(`${at}.table`, 'there must be one list of biases for all heads or one a head', { needed: `${heads} lists`, found: `${table.length}` });
      return { kind: 'table', bias: table.map((row: unknown, h) => numbersAt(row, `${at}.table[${h}]`, undefined)) };
    }
  }
  throw badStack(at, 'there are no such positions', { needed: 'none, alibi, { alibi: slopes }, rope, { rope: { base, dimension } }, { table: biases by distance } or { attention: an array }', found: shown(value) });
}

/** An array of n × n, heads × n × n or layers × heads × n × n. */
function attentionOf(value: unknown, at: string, layers: number, heads: number, length: number): readonly Positions[] {
  const { shape, data } = arrayOf(value, at);
  const size = length * length;
  const fits = [[length, length], [heads, length, length], [layers, heads, length, length]].some((wanted) => wanted.length === shape.length && wanted.every((n, k) => n === shape[k]));
  if (!fits) throw badStack(at, 'this array does not fit the stack', { needed: `${length} × ${length}, ${heads} × ${length} × ${length} or ${layers} × ${heads} × ${length} × ${length}`, found: shape.join(' × ') });
  const matrices = Array.from({ length: data.length / size }, (_, k) => attentionMatrix(data.subarray(k * size, (k + 1) * size), `${at}, matrix ${k}`, length));
  const layer = (t: number): Positions => ({ kind: 'attention', heads: Array.from({ length: heads }, (_, h) => matrices[shape.length === 2 ? 0 : shape.length === 3 ? h : t * heads + h]!) });
  if (shape.length === 4) return Array.from({ length: layers }, (_, t) => layer(t));
  const all = layer(0);
  return Array.from({ length: layers }, () => all);
}

function attentionMatrix(data: Float64Array, at: string, length: number): Float64Array {
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let j = 0; j < length; j++) {
      const x = data[i * length + j]!;
      if (!(x >= 0)) throw badStack(`${at}, row ${i}, column ${j}`, 'attention is not negative', { needed: 'a number of at least 0', found: String(x) });
      sum += x;
    }
    if (sum === 0) throw badStack(`${at}, row ${i}`, 'this row is empty', { needed: 'entries that sum to 1', found: 'zeros' });
    if (Math.abs(sum - 1) > 1e-3) throw badStack(`${at}, row ${i}`, 'rows of attention sum to 1', { needed: 'a sum of 1', found: `a sum of ${Number(sum.toPrecision(6))}`, help: 'give the attention after softmax' });
    for (let j = 0; j < length; j++) data[i * length + j] = data[i * length + j]! / sum;
  }
  return data;
}

function squareOf(value: unknown, at: string, length: number): Float64Array {
  const { shape, data } = arrayOf(value, at);
  if (shape.length !== 2 || shape[0] !== length || shape[1] !== length) throw badStack(at, 'this array does not fit the stack', { needed: `${length} × ${length}`, found: shape.join(' × ') });
  return data;
}

/** A copy of an array given as `{ shape, data }` or as nested lists. */
function arrayOf(value: unknown, at: string): Dense {
  if (isFields(value) && Array.isArray(value['shape']) && value['data'] instanceof Float64Array) return { shape: value['shape'] as number[], data: value['data'].slice() };
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); level = (level as readonly unknown[])[0]) shape.push(level.length);
  const data: number[] = [];
  const visit = (level: unknown, axis: number, where: string): void => {
    if (axis === shape.length) data.push(numberAt(level, where));
    else if (!Array.isArray(level) || level.length !== shape[axis]) throw badStack(where, 'the rows have different lengths', { needed: `${shape[axis]} entries`, found: Array.isArray(level) ? `${level.length}` : shown(level) });
    else level.forEach((one: unknown, k) => visit(one, axis + 1, `${where}[${k}]`));
  };
  if (shape.length === 0) throw badStack(at, 'this is no array', { needed: 'rows of numbers', found: shown(value) });
  visit(value, 0, at);
  return { shape, data: Float64Array.from(data) };
}

/** One result for equal entries, so that what is alike is computed once. */
function sharedRows<Row, Result>(rows: readonly Row[], make: (row: Row, index: number) => Result): Result[] {
  const made = new Map<string, Result>();
  return rows.map((row, t) => {
    const key = JSON.stringify(row);
    const result = made.get(key) ?? make(row, t);
    made.set(key, result);
    return result;
  });
}
