// Numbers in and out: named values as nested arrays, row by row.

import { needValues } from './declared.ts';
import { type Diagnostic, RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import type { Expr, VariableNode } from '../ir/expr.ts';
import { variables } from '../ir/walk.ts';
import { read } from '../lang/read.ts';
import { type Dense, type Nested, dense, toNested } from '../ops/reference/dense.ts';
import { interpret } from '../run/interpret.ts';
import { type Understood, readOptions, understood } from '../pipeline.ts';
import { contradicted } from '../run/claims.ts';
import { bindSizes } from '../run/sizes.ts';
import { typeText } from './type-text.ts';

export type { Nested };
export type Values = Readonly<Record<string, unknown>>;

/** Values checked and packed; throws diagnostics that name the variable and what is wrong with its value. */
export function readValues(values: Values): Map<string, Dense> {
  const problems: Diagnostic[] = [];
  const result = new Map<string, Dense>();
  for (const [name, value] of Object.entries(values)) {
    const packed = pack(value);
    if (typeof packed === 'string') {
      problems.push({ code: 'bad-value', severity: 'error', message: `the value of ${name} ${packed}`, span: [0, 0], needed: 'a number, or nested arrays of numbers, row by row, of one length at each level', found: shorten(value), help: `give ${name} as for example 2.5, [1, 2, 3] or [[1, 2], [3, 4]]` });
    } else result.set(name, packed);
  }
  if (problems.length > 0) throw new RicciError(problems);
  return result;
}

/**
 * The value of a graph, with its axes as nested arrays. Sizes come from the values, also of variables that only `others`
 * mention: the derivative of `sum(x)` is `vector(1)`, as long as x.
 */
export function evaluateAt(e: Expr, values: ReadonlyMap<string, Dense>, others: readonly VariableNode[] = []): Nested {
  needValues([e]);
  const own = variables([e]);
  const missing = own.filter((v) => !values.has(v.name));
  if (missing.length > 0) throw new RicciError(missing.map(withoutValue));
  const nodes = [...new Set([...own, ...others])];
  return toNested(interpret(e, { variables: values, sizes: bindSizes(nodes, values) }));
}

export function withoutValue({ name, shape }: VariableNode): Diagnostic {
  return { code: 'value-missing', severity: 'error', message: `${name} has no value`, span: [0, 0], needed: `a value for ${name}, which is ${typeText(shape)}`, found: 'none', help: `give ${name} among the values` };
}

export interface Evaluation {
  readonly reading: Understood;
  readonly expr: Expr;
  readonly orientation: 'column' | 'row';
  readonly value: Nested;
  readonly notices: readonly Diagnostic[];
}

/**
 * Reads an expression and evaluates it at the given numbers. Throws a `RicciError` when the text has errors, a value is
 * missing, or values and declarations differ in shape; values without the facts that are declared of them are warned of.
 *
 * @example evaluate("x'*x", { x: [3, 4] }).value // 25
 */
export function evaluate(text: string, at: Values, options: { readonly declare?: string } = {}): Evaluation {
  const values = readValues(at);
  const reading = understood(read(text, readOptions({ ...options, values })));
  const { expr, kind, variables: known } = reading;
  const notices = [...reading.diagnostics, ...contradicted(known.map((v) => v.node), values)];
  const value = evaluateAt(expr, values, known.map((v) => v.node));
  return { reading, expr, orientation: kind === 'row' ? 'row' : 'column', value, notices };
}

function pack(value: unknown): Dense | string {
  const shape: number[] = [];
  for (let v = value; Array.isArray(v); v = v[0] as unknown) {
    shape.push(v.length);
    if (v.length === 0) return 'has an empty axis';
    if (shape.length > 12) return 'has more than 12 axes';
  }
  const count = shape.reduce((a, b) => a * b, 1);
  if (count > 1e8) return 'has more than 100 million entries';
  const data = new Float64Array(count);
  let at = 0;
  const fill = (v: unknown, axis: number): string | undefined => {
    if (axis === shape.length) {
      if (typeof v !== 'number') return v === null ? 'contains null' : `contains ${Array.isArray(v) ? 'a list where a number was expected' : `a ${typeof v}`}`;
      if (!Number.isFinite(v)) return 'contains a number that is not finite';
      data[at++] = v;
      return undefined;
    }
    if (!Array.isArray(v)) return 'contains a number where a list was expected';
    if (v.length !== must(shape[axis])) return `has rows of different length (${v.length} and ${must(shape[axis])})`;
    for (const item of v as unknown[]) {
      const problem = fill(item, axis + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  return fill(value, 0) ?? dense(shape, data);
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
