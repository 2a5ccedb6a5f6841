// What can be trained: a scalar expression with its parameters; its value and gradient as one compiled program.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { gradients } from '../../diff/differentiate.ts';
import type { Expr, VariableNode } from '../../ir/expr.ts';
import { rewriteUp, variables } from '../../ir/walk.ts';
import { read } from '../../lang/read.ts';
import { compileKernel } from '../../run/compile.ts';
import { type Input, givenValues } from '../../run/values.ts';

/** A scalar to be made small by the choice of its parameters; its other variables are data. */
export interface Trainable {
  readonly loss: Expr;
  readonly parameters: readonly VariableNode[];
  /**
   * Variables of the loss that stand for expressions, and count as constants when it is derived: no gradient flows through
   * these expressions. Each may have those before it.
   */
  readonly held?: readonly { readonly variable: VariableNode; readonly is: Expr }[];
}

/**
 * A loss from its text. Throws a `RicciError` when the text has errors, the loss is no scalar, or does not have one of the
 * parameters.
 *
 * @example trainable('norm2(X*w-y)^2', ['w'])
 */
export function trainable(text: string, parameters: readonly string[], declare?: string): Trainable {
  const reading = read(text, declare === undefined ? {} : { declare });
  const { expr } = reading;
  if (expr === undefined) throw new RicciError(reading.diagnostics);
  if (expr.shape.length > 0) throw new RicciError([notScalar(text, expr)]);
  const there = variables([expr]);
  const found = parameters.map((name) => there.find((v) => v.name === name));
  const missing = parameters.filter((_, i) => found[i] === undefined);
  if (missing.length > 0 || parameters.length === 0) throw new RicciError([noParameter(missing, there)]);
  if (reading.functions.length > 0) throw new RicciError([withoutMeaning(reading.functions)]);
  return { loss: expr, parameters: found.map((v) => must(v)) };
}

/** Where the parameters lie in one array of numbers. */
export interface Part {
  readonly name: string;
  readonly shape: readonly number[];
  readonly from: number;
  readonly length: number;
}

export interface LossFunction {
  readonly parts: readonly Part[];
  /** All parameters in one array, as they were given. */
  readonly start: Float64Array;
  /** How many examples the data have; 1 where nothing is an example. */
  readonly examples: number;
  /** How many of them are taken at a time. */
  readonly batch: number;
  /** Loss at `x` of the chosen examples; its gradient is written to `gradient`. */
  evaluate(x: Float64Array, gradient: Float64Array): number;
  /** Takes these examples for the evaluations to come, as many as the function was made for. */
  choose(rows: ArrayLike<number>): void;
}

export interface LossOptions {
  /** Values of every variable that is no parameter. */
  readonly data: Readonly<Record<string, Input>>;
  /** Values of the parameters, for their shapes. */
  readonly start: Readonly<Record<string, Input>>;
  /** Data whose first axis counts examples; only some are taken at a time. */
  readonly examples?: readonly string[];
  /** How many at a time; all unless told. */
  readonly batch?: number;
  readonly precision?: 'f64' | 'f32';
}

/** Compiles value and gradient together. Throws a `RicciError` for values that are missing, of wrong shape or not finite. */
export function lossFunction({ loss, parameters, held = [] }: Trainable, { data, start, examples = [], batch, precision = 'f64' }: LossOptions): LossFunction {
  const put = (e: Expr): Expr => held.reduceRight((out, { variable, is }) => rewriteUp(out, (node) => (node === variable ? is : node)), e);
  const roots = [loss, ...gradients(loss, parameters)].map(put);
  const all = variables(roots);
  const isExample = (v: VariableNode): boolean => examples.includes(v.name);
  const inputs = all.filter((v) => !parameters.includes(v));
  const given = new Map([...inputs.map((v) => [v.name, tensorOf(v, data)] as const), ...parameters.map((v) => [v.name, tensorOf(v, start)] as const)]);
  for (const [name, { data: numbers }] of given) finite(name, numbers);

  const sliced = inputs.filter(isExample);
  const counts = sliced.map((v) => ({ name: v.name, count: must(given.get(v.name)).shape[0] ?? 0 }));
  const count = must(counts[0] ?? { count: 1 }).count;
  const odd = counts.find((c) => c.count !== count);
  if (odd) throw new RicciError([countsDiffer(must(counts[0]), odd)]);
  if (count === 0) throw new RicciError([noExamples(must(counts[0]).name)]);
  const taken = Math.max(1, Math.min(batch ?? count, count));
  const whole = taken === count;

  const room = new Map(sliced.map((v) => [v.name, new Float64Array((must(given.get(v.name)).data.length / count) * taken)]));
  const batchOf = (v: VariableNode): Input => {
    const { shape } = must(given.get(v.name));
    return { shape: [taken, ...shape.slice(1)], data: must(room.get(v.name)) };
  };
  const fixed = Object.fromEntries(inputs.filter((v) => whole || !isExample(v)).map((v) => [v.name, must(given.get(v.name))]));
  const some = Object.fromEntries(sliced.map((v) => [v.name, whole ? must(given.get(v.name)) : batchOf(v)]));
  const { sizes } = givenValues([...parameters, ...inputs], { ...start, ...fixed, ...some }, new Map());

  const parts: Part[] = [];
  for (const { name } of parameters) {
    const { shape, data: numbers } = must(given.get(name));
    const last = parts.at(-1);
    parts.push({ name, shape, from: last ? last.from + last.length : 0, length: numbers.length });
  }
  const dim = parts.reduce((sum, p) => sum + p.length, 0);
  const first = new Float64Array(dim);
  for (const { name, from } of parts) first.set(must(given.get(name)).data, from);
  const names = ['loss', ...parameters.map((p) => p.name)];
  const moving = whole ? [] : sliced;
  const run = compileKernel(Object.fromEntries(roots.map((e, i) => [`${i} ${names[i]}`, e])), { inputs: [...parameters, ...moving], sizes, fixed, precision });
  const value = new Float64Array(1);
  const batches = moving.map((v) => must(room.get(v.name)));
  const cut = (x: Float64Array): Float64Array[] => parts.map(({ from, length }) => x.subarray(from, from + length));
  return {
    parts,
    start: first,
    examples: count,
    batch: taken,
    evaluate: (x, gradient) => {
      run([...cut(x), ...batches], [value, ...cut(gradient)]);
      return value[0]!;
    },
    choose: (rows) => {
      for (const v of moving) gather(must(given.get(v.name)).data, rows, must(room.get(v.name)));
    },
  };
}

function gather(from: ArrayLike<number>, rows: ArrayLike<number>, to: Float64Array): void {
  const width = to.length / rows.length;
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i]! * width;
    for (let k = 0; k < width; k++) to[i * width + k] = from[at + k]!;
  }
}

interface Values {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** With its own shape; sizes that only other values tell are those of a vector. */
function tensorOf(v: VariableNode, values: Readonly<Record<string, Input>>): Values {
  const { given: [found], sizes } = givenValues([v], values, new Map());
  return { shape: must(found).shape ?? v.shape.map((d) => must(sizes.get(d.key))), data: must(found).data };
}

function finite(name: string, data: ArrayLike<number>): void {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new RicciError([problem('value-not-finite', `${name} has an entry that is not a finite number`, 'finite numbers', `${data[i]} at position ${i}, counted from 0`, `leave out or replace that entry of ${name}`)]);
    }
  }
}

function problem(code: string, message: string, needed: string, found: string, help: string): Diagnostic {
  return { code, severity: 'error', message, span: [0, 0], needed, found, help };
}

function notScalar(text: string, { shape }: Expr): Diagnostic {
  return { ...problem('objective-not-scalar', 'a loss is a scalar', 'a scalar', `an expression with ${shape.length} ${shape.length === 1 ? 'axis' : 'axes'}`, 'sum it, as in sum(r.^2)'), span: [0, text.length] };
}

function noParameter(missing: readonly string[], there: readonly VariableNode[]): Diagnostic {
  const list = there.map((v) => v.name).join(', ');
  const message = missing.length === 0 ? 'a training needs a parameter' : `the loss does not have ${missing.join(', ')}`;
  return problem('unknown-variable', message, `one or more of ${list}`, missing.length === 0 ? 'none' : missing.join(', '), 'name variables of the loss as its parameters');
}

function withoutMeaning(functions: readonly string[]): Diagnostic {
  return problem('value-missing', `the function ${functions.join(', ')} has no values`, 'functions that ricci can evaluate', `${functions.join(', ')}, which is only declared`, 'write out what it is');
}

function countsDiffer(a: { name: string; count: number }, b: { name: string; count: number }): Diagnostic {
  return problem('sizes-differ', `${a.name} has ${a.count} examples, and ${b.name} has ${b.count}`, 'as many of one as of the other', `${a.count} and ${b.count}`, `give ${a.name} and ${b.name} whose first axes have one length`);
}

function noExamples(name: string): Diagnostic {
  return problem('bad-data', `${name} has no examples`, 'at least one', '0', `give ${name} a first axis of 1 or more`);
}
