// Numbers as people have them: JSON by name, or `name = array` in the notation of NumPy, MATLAB, or plain rows as in CSV.
// Nothing of it is run: texts are cut into numbers and brackets.

import { RicciError } from '../../../src/base/diagnostic.ts';

/** A variable that values can be for. */
export interface Wanted {
  readonly name: string;
  readonly axes: number;
}

type Nested = number | readonly Nested[];

/**
 * Values by name. An array without a name is for the one variable among `wanted` that has as many axes. A row or a column
 * is a vector where one is wanted. Throws a diagnostic when the text is no numbers.
 */
export function pastedValues(text: string, wanted: readonly Wanted[] = []): Record<string, unknown> {
  const trimmed = text.trim();
  if (trimmed === '') return {};
  const json = parsed(trimmed);
  if (json !== undefined && typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  const named = assignments(trimmed);
  if (named.length > 0) return Object.fromEntries(named.map(([name, value]) => [name, fitting(array(value, name), wanted.find((w) => w.name === name))]));
  const value = array(trimmed, '');
  const variable = owner(value, wanted);
  return { [variable.name]: fitting(value, variable) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const beginning = /^[ \t]*([\p{L}_][\p{L}\p{M}\p{N}_]*)[ \t]*(?:=|<-)/gmu;

/** Each name with the text behind its sign, as far as the next one. */
function assignments(text: string): [name: string, value: string][] {
  const found = [...text.matchAll(beginning)];
  const [first] = found;
  if (!first) return [];
  if (text.slice(0, first.index).trim() !== '') throw wrong('there are numbers in front of the first name', shortened(text), 'write name = … before each array');
  return found.map((match, i): [string, string] => [match[1]!, text.slice(match.index + match[0].length, found[i + 1]?.index ?? text.length)]);
}

const call = /^(?:[\p{L}_]\w*\.)?(?:array|asarray|matrix|tensor|Float64Array)\s*\(([\s\S]*)\)$/u;
const options = /,\s*(?:dtype|shape|device|requires_grad)\s*=[^[\]]*$/;
const number = String.raw`[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|inf(?:inity)?)`;

function array(text: string, name: string): Nested {
  const of = name === '' ? '' : ` of ${name}`;
  let inner = text.trim().replace(/;$/, '').trim();
  for (let within = call.exec(inner); within; within = call.exec(inner)) inner = within[1]!.replace(options, '').trim().replace(/,$/, '');
  if (inner === '') throw wrong(`the value${of} is missing`, 'nothing', `write for example ${name === '' ? 'x' : name} = [1 2 3]`);
  if (/\.\.\.|…/.test(inner)) throw wrong(`entries${of} were left out when they were printed`, shortened(inner), 'print all of them: np.set_printoptions(threshold=np.inf)');
  const value = inner.includes('[') ? bracketed(inner, of) : rows(inner, of);
  rectangular(value, of);
  return value;
}

/** Brackets in brackets, or the rows of one bracket separated by `;`. */
function bracketed(text: string, of: string): Nested {
  if (text.includes(';')) {
    const inner = /^\[([^[\]]*)\]'?$/.exec(text)?.[1];
    if (inner === undefined) throw wrong(`the value${of} is not one array`, shortened(text), 'write [1 2; 3 4]');
    const list = inner.split(/[;\n]/).filter((row) => row.trim() !== '').map((row) => numbers(row, of));
    return text.endsWith("'") ? transposed(list) : list;
  }
  const tokens = text.match(new RegExp(String.raw`\[|\]|[^\s,[\]]+`, 'g')) ?? [];
  let at = 0;
  const list = (): Nested => {
    const entries: Nested[] = [];
    for (at++; at < tokens.length && tokens[at] !== ']'; at++) entries.push(tokens[at] === '[' ? list() : oneNumber(tokens[at]!, of));
    if (at >= tokens.length) throw wrong(`a bracket${of} is not closed`, shortened(text), 'add ] where it ends');
    return entries;
  };
  const value = tokens[0] === '[' ? list() : undefined;
  if (value === undefined || at !== tokens.length - 1) throw wrong(`the value${of} is not one array`, shortened(text), 'write one array in brackets for each name');
  return value;
}

/** Rows of numbers as in CSV or as MATLAB prints them, with its common factor. A first row of words is a heading. */
function rows(text: string, of: string): Nested {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const factor = /^([\d.e+]+)\s*\*$/.exec(lines[0] ?? '')?.[1];
  if (factor !== undefined) lines.shift();
  if (lines.length > 1 && !new RegExp(`^${number}([\\s,;]|$)`, 'i').test(lines[0]!)) lines.shift();
  const scale = factor === undefined ? 1 : Number(factor);
  const list = lines.map((line) => numbers(line, of).map((value) => value * scale));
  const [first] = list;
  if (list.length === 1) return first!.length === 1 ? first![0]! : first!;
  return list.every((row) => row.length === 1) ? list.map((row) => row[0]!) : list;
}

function numbers(row: string, of: string): number[] {
  return row
    .trim()
    .split(/\s*[,\t]\s*|\s+/)
    .filter((cell) => cell !== '')
    .map((cell) => oneNumber(cell, of));
}

const wholeNumber = new RegExp(`^${number}$`, 'i');

function oneNumber(text: string, of: string): number {
  const plain = text.replace(/^"(.*)"$/, '$1');
  if (!wholeNumber.test(plain)) throw wrong(`this${of} is not a number`, shortened(text), 'write numbers such as 1, -2.5 or 1e-3');
  const lower = plain.toLowerCase().replace('+', '');
  return lower.includes('inf') ? (lower.startsWith('-') ? -Infinity : Infinity) : Number(lower);
}

function rectangular(value: Nested, of: string): void {
  if (typeof value === 'number') return;
  const shapes = new Set(value.map((entry) => JSON.stringify(shapeOf(entry))));
  if (shapes.size > 1) throw wrong(`the rows${of} differ in length`, `rows of ${[...new Set(value.map((entry) => (typeof entry === 'number' ? 'no' : entry.length)))].join(' and ')} entries`, 'write as many numbers in each row');
  for (const entry of value) rectangular(entry, of);
}

function shapeOf(value: Nested): number[] {
  return typeof value === 'number' ? [] : [value.length, ...(value.length > 0 ? shapeOf(value[0]!) : [])];
}

function transposed(list: readonly (readonly number[])[]): number[][] {
  return (list[0] ?? []).map((_, j) => list.map((row) => row[j]!));
}

/** A row or a column for a vector, one entry for a number. */
function fitting(value: Nested, variable: Wanted | undefined): Nested {
  if (!variable) return value;
  const shape = shapeOf(value);
  const long = shape.filter((size) => size !== 1);
  if (variable.axes >= shape.length || long.length > variable.axes) return value;
  const flat = (of: Nested): number[] => (typeof of === 'number' ? [of] : of.flatMap(flat));
  if (variable.axes === 0) return flat(value)[0] ?? value;
  return variable.axes === 1 ? flat(value) : value;
}

function owner(value: Nested, wanted: readonly Wanted[]): Wanted {
  const shape = shapeOf(value);
  const exact = wanted.filter((w) => w.axes === shape.length);
  const fits = exact.length > 0 ? exact : wanted.filter((w) => w.axes >= shape.filter((size) => size !== 1).length && w.axes < shape.length);
  const [only, other] = fits;
  if (only && !other) return only;
  const names = fits.length > 0 ? fits : wanted;
  throw wrong('which variable these numbers are for is not said', `an array of ${shape.join('×') || 'one number'}`, names.length === 0 ? 'write name = …' : `write ${names.map((w) => `${w.name} = …`).join(', or ')}`);
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}

function wrong(message: string, found: string, help: string): RicciError {
  return new RicciError([{ code: 'bad-value', severity: 'error', message, span: [0, 0], needed: 'JSON by name, or name = array', found, help }]);
}
