// Values as callers have them: numbers, nested lists, typed arrays, arrays with a shape.

import { type Diagnostic, RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { evaluateDim } from '../ir/dim.ts';
import type { VariableNode } from '../ir/expr.ts';
import type { Nested } from '../ops/reference/dense.ts';
import { count, shapeText } from './layout.ts';
import { bindSizes } from './sizes.ts';

/** Row by row. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array;
}

/** A typed array alone is a vector, or an array whose shape the other values tell. */
export type Input = number | Nested | Float64Array | Float32Array | { readonly shape: readonly number[]; readonly data: ArrayLike<number> } | Csr;

/** A sparse matrix: row i has the entries from `indptr[i]` on, below `indptr[i + 1]`, in columns `indices`, counted from 0. */
export interface Csr {
  readonly rows: number;
  readonly cols: number;
  readonly indptr: ArrayLike<number>;
  readonly indices: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export interface Given {
  /** Undefined for a typed array whose shape is not known yet. */
  readonly shape: readonly number[] | undefined;
  /** The entries; those that are kept of a sparse matrix. */
  readonly data: ArrayLike<number>;
  readonly sparse?: Pick<Csr, 'indptr' | 'indices'>;
}

/** The numbers of a part of an input, as `Buffer` names it. */
export function partOf({ data, sparse }: Given, part: 'starts' | 'indices' | 'values' | undefined): ArrayLike<number> {
  if (part === 'starts') return must(sparse).indptr;
  return part === 'indices' ? must(sparse).indices : data;
}

/** Reads values of variables and finds every size. Throws diagnostics that name the variable and the two shapes. */
export function givenValues(
  variables: readonly VariableNode[],
  values: Readonly<Record<string, Input | undefined>>,
  sizes: ReadonlyMap<string, number>,
  sparseOf: (value: Csr) => Given | string = checkedSparse,
): { given: Given[]; sizes: Map<string, number> } {
  const problems: Diagnostic[] = [];
  const given = variables.map((v): Given => {
    const value = Object.hasOwn(values, v.name) ? values[v.name] : undefined;
    const read = value === undefined ? 'missing' : readInput(value, v, sparseOf);
    if (typeof read !== 'string') return read;
    problems.push(read === 'missing' ? missing(v, Object.keys(values)) : bad(v, read));
    return { shape: undefined, data: [] };
  });
  if (problems.length > 0) throw new RicciError(problems);
  return { given, sizes: sizesOf(variables, given, sizes) };
}

function sizesOf(variables: readonly VariableNode[], given: readonly Given[], fixed: ReadonlyMap<string, number>): Map<string, number> {
  const known = new Map<string, { shape: readonly number[]; data: Float64Array }>();
  const none = new Float64Array();
  variables.forEach((v, i) => {
    const { shape } = must(given[i]);
    if (shape) known.set(v.name, { shape, data: none });
  });
  // Sizes that are given count as a variable of that length would.
  const sizes = bindSizes(variables, known, fixed);
  variables.forEach((v, i) => {
    const { shape, data } = must(given[i]);
    if (shape) return;
    const wanted = v.shape.map((d) => evaluateDim(d, sizes));
    if (wanted.some((n) => n === undefined)) throw new RicciError([withoutShape(v, data.length)]);
    if (count(wanted as number[]) !== data.length) throw new RicciError([wrongLength(v, wanted as number[], data.length)]);
  });
  return sizes;
}

function readInput(value: Input, v: VariableNode, sparseOf: (value: Csr) => Given | string): Given | string {
  if (typeof value === 'number') return { shape: [], data: [value] };
  if (value instanceof Float64Array || value instanceof Float32Array) {
    if (v.shape.length === 1) return { shape: [value.length], data: value };
    return v.shape.length === 0 && value.length === 1 ? { shape: [], data: value } : { shape: undefined, data: value };
  }
  if (Array.isArray(value)) return nested(value, v.shape.length);
  if (typeof value === 'object' && value !== null && 'indptr' in value) return v.shape.length === 2 ? sparseOf(value) : `is a sparse matrix, and ${v.name} is none`;
  if (typeof value !== 'object' || value === null || !('shape' in value) || !('data' in value)) return `is ${value === null ? 'null' : `a ${typeof value}`}`;
  if (count(value.shape) !== value.data.length) return `has ${value.data.length} entries for the shape [${value.shape.join(', ')}]`;
  return { shape: value.shape, data: value.data };
}

/** For matrices whose indices were looked at before. */
export function sparseAsItIs({ rows, cols, indptr, indices, values }: Csr): Given {
  return { shape: [rows, cols], data: values, sparse: { indptr, indices } };
}

/** Every index is looked at: code that runs on them does not. */
function checkedSparse({ rows, cols, indptr, indices, values }: Csr): Given | string {
  const isCount = (n: number): boolean => Number.isInteger(n) && n >= 0 && n < 2 ** 31;
  if (!isCount(rows) || !isCount(cols)) return `has ${rows} rows and ${cols} columns`;
  if (indptr.length !== rows + 1) return `has indptr of length ${indptr.length} for ${rows} rows`;
  if (indices.length !== values.length) return `has ${indices.length} indices and ${values.length} values`;
  if (indptr[0] !== 0 || indptr[rows] !== values.length) return `has indptr from ${indptr[0]} to ${indptr[rows]}, not from 0 to ${values.length}`;
  for (let i = 0; i < rows; i++) if (!(indptr[i + 1]! >= indptr[i]!)) return `has indptr that falls from ${indptr[i]} to ${indptr[i + 1]} at row ${i}`;
  const lastRow = new Int32Array(cols).fill(-1);
  for (let i = 0; i < rows; i++) {
    for (let e = indptr[i]!; e < indptr[i + 1]!; e++) {
      const j = indices[e]!;
      if (!(Number.isInteger(j) && j >= 0 && j < cols)) return `has the column ${j}, of ${cols} columns`;
      if (lastRow[j] === i) return `has the column ${j} twice in row ${i}`;
      lastRow[j] = i;
    }
  }
  return { shape: [rows, cols], data: values, sparse: { indptr, indices } };
}

/** Lists may end early where an axis is empty: `rank` says how many axes there are. */
function nested(value: readonly unknown[], rank: number): Given | string {
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level) || ArrayBuffer.isView(level); level = (level as readonly unknown[])[0]) {
    shape.push((level as readonly unknown[]).length);
    if (shape.length > 16) return 'has more than 16 axes';
  }
  if (shape.at(-1) === 0) while (shape.length < rank) shape.push(0);
  const data = new Float64Array(count(shape));
  let at = 0;
  const fill = (level: unknown, axis: number): string | undefined => {
    if (axis === shape.length) {
      if (typeof level !== 'number') return `has ${Array.isArray(level) ? 'a list' : `a ${level === null ? 'null' : typeof level}`} where a number was expected`;
      data[at++] = level;
      return undefined;
    }
    const list = level as readonly unknown[];
    if (!Array.isArray(list) && !ArrayBuffer.isView(list)) return 'has a number where a list was expected';
    if (list.length !== shape[axis]) return `has rows of different length (${list.length} and ${shape[axis]})`;
    for (let i = 0; i < list.length; i++) {
      const wrong = fill(list[i], axis + 1);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
  return fill(value, 0) ?? { shape, data };
}

function problem(code: string, message: string, needed: string, found: string, help: string): Diagnostic {
  return { code, severity: 'error', message, span: [0, 0], needed, found, help };
}

function missing({ name, shape }: VariableNode, there: readonly string[]): Diagnostic {
  return problem('value-missing', `${name} has no value`, `a value of shape ${shapeText(shape)} for ${name}`, there.length === 0 ? 'none' : `values for ${there.join(', ')}`, `give a value to ${name}`);
}

function bad({ name, shape }: VariableNode, what: string): Diagnostic {
  return problem('bad-value', `the value of ${name} ${what}`, `a number, nested lists, a typed array, { shape, data }, or { rows, cols, indptr, indices, values }, of shape ${shapeText(shape)}`, what, `give ${name} as for example 2.5, [1, 2, 3] or new Float64Array(3)`);
}

function withoutShape({ name, shape }: VariableNode, length: number): Diagnostic {
  return problem('value-shape', `the shape of ${name} is not known`, `${shapeText(shape)} with a number for each`, `${length} entries without a shape`, `give ${name} as { shape, data }, or give its sizes in dims`);
}

function wrongLength({ name, shape }: VariableNode, wanted: readonly number[], length: number): Diagnostic {
  return problem('value-shape', `the value of ${name} does not have the shape of ${name}`, `${shapeText(shape)} = [${wanted.join(', ')}], which is ${count(wanted)} entries`, `${length} entries`, `give ${name} row by row, with ${count(wanted)} entries`);
}
