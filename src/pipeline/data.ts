// Expressions and their derivatives at data from files.

import { needValues } from './declared.ts';
import { type Diagnostic, RicciError } from '../base/diagnostic.ts';
import { type DataArray, notFiniteIn, shapeOf } from '../data/array.ts';
import type { Expr } from '../ir/expr.ts';
import { variables as variablesOf } from '../ir/walk.ts';
import { read } from '../lang/read.ts';
import { toText, write } from '../lang/write.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { derive, readOptions, understood, variableNamed } from '../pipeline.ts';
import { compile } from '../run/compile.ts';
import { bindSizes } from '../run/sizes.ts';
import { withoutValue } from './evaluate.ts';
import { typeText } from './type-text.ts';

/** An array and where it comes from; `file` is absent for values given directly. */
export interface Sourced {
  readonly array: DataArray;
  readonly file?: string;
}

export interface DataResult {
  /** Nothing for the value itself; a name for each order of a derivative. */
  readonly by: readonly string[];
  /** `value`, `d_x`, `d_x_x`: how the result is called in a file. */
  readonly name: string;
  readonly type: string;
  readonly text: string;
  readonly value: Dense;
}

export interface DataEvaluation {
  /** The value, then the derivative of each order. */
  readonly results: readonly DataResult[];
  readonly notices: readonly Diagnostic[];
}

/**
 * The value of an expression, and its derivatives up to the order that `by` names, at the given data. Arrays that the text
 * does not mention are left alone. Throws a `RicciError` that names both files when two of them disagree about a size.
 */
export function evaluateData(text: string, data: ReadonlyMap<string, Sourced>, options: { readonly by?: readonly string[]; readonly declare?: string } = {}): DataEvaluation {
  const { by = [], declare } = options;
  const used = mentioned(text, data);
  const empty = [...used].filter(([, { array }]) => shapeOf(array).includes(0));
  if (empty.length > 0) throw new RicciError(empty.map(([name, sourced]) => withoutEntries(name, sourced)));
  // Reading and deriving look at shapes alone; the numbers go to the compiled program as they are, sparse ones too.
  const none = new Float64Array();
  const values = new Map([...used].map(([name, { array }]): [string, Dense] => [name, { shape: shapeOf(array), data: none }]));
  const inputs = Object.fromEntries([...used].map(([name, { array }]) => [name, array]));
  const files = new Map([...used].flatMap(([name, { file }]) => (file === undefined ? [] : [[name, file] as const])));
  const given = { ...(declare !== undefined && { declare }), values };
  const reading = read(text, readOptions(given));
  if (reading.expr === undefined) throw sizeConflict(text, values, files, declare) ?? new RicciError(reading.diagnostics);
  const { expr, kind, variables } = understood(reading);
  needValues([expr]);
  for (const name of by) variableNamed(reading, name);
  const missing = variablesOf([expr]).filter((v) => !values.has(v.name));
  if (missing.length > 0) throw new RicciError(missing.map(withoutValue));
  const dims = Object.fromEntries(bindSizes(variables.map((v) => v.node), values, undefined, files));
  const valueOf = (e: Expr): Dense => {
    const { shape, data: entries } = compile(e, { dims })(inputs);
    return { shape, data: Float64Array.from(entries) };
  };
  const result = (orders: readonly string[], e: Expr, orientation: 'column' | 'row'): DataResult => ({
    by: orders,
    name: orders.length === 0 ? 'value' : `d_${orders.join('_')}`,
    type: typeText(e.shape, orientation),
    text: toText(write(e, { orientation })),
    value: valueOf(e),
  });
  const derivatives = by.map((_, k) => {
    const orders = by.slice(0, k + 1);
    const d = derive(text, { ...given, by: orders });
    return result(orders, d.shown, d.orientation);
  });
  return { results: [result([], expr, kind === 'row' ? 'row' : 'column'), ...derivatives], notices: [...reading.diagnostics, ...notFinite(used)] };
}

function mentioned(text: string, data: ReadonlyMap<string, Sourced>): Map<string, Sourced> {
  const words = new Set(text.match(/[\p{L}_][\p{L}\p{N}_]*/gu));
  return new Map([...data].filter(([name]) => words.has(name)));
}

/** Read again with sizes to be found: when that works, it is the numbers that do not fit together. */
function sizeConflict(text: string, values: ReadonlyMap<string, Dense>, files: ReadonlyMap<string, string>, declare: string | undefined): RicciError | undefined {
  const sizes = new Map([...values].map(([name, { shape }]) => [name, shape.map(() => undefined)]));
  const open = read(text, { ...(declare !== undefined && { declare }), sizes });
  if (open.expr === undefined) return undefined;
  try {
    bindSizes(open.variables.map((v) => v.node), values, undefined, files);
    return undefined;
  } catch (error) {
    if (error instanceof RicciError) return error;
    throw error;
  }
}

function withoutEntries(name: string, { array, file }: Sourced): Diagnostic {
  return {
    code: 'bad-value',
    severity: 'error',
    message: `${name}${file === undefined ? '' : ` in ${file}`} has no entries`,
    span: [0, 0],
    needed: 'at least one entry along each axis',
    found: `shape [${shapeOf(array).join(', ')}]`,
    help: `give ${name} data`,
  };
}

function notFinite(used: ReadonlyMap<string, Sourced>): Diagnostic[] {
  return [...used].flatMap(([name, { array, file }]): Diagnostic[] => {
    const count = notFiniteIn(array);
    if (count === 0) return [];
    const where = file === undefined ? '' : ` in ${file}`;
    return [{ code: 'value-not-finite', severity: 'notice', message: `${name}${where} has ${count} ${count === 1 ? 'entry that is' : 'entries that are'} not finite`, span: [0, 0], help: 'results that depend on them are not finite either' }];
  });
}
