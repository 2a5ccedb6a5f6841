// Expressions to functions of numbers: planned for the sizes of the values, run by WebAssembly made for them.

import { RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { type Expr, type VariableNode, currentContext, inContext } from '../ir/expr.ts';
import { variables as variablesOf } from '../ir/walk.ts';
import { type Plan, planOf } from '../plan/plan.ts';
import { sizeReader } from './layout.ts';
import { planFor, prepared, programFor } from './prepare.ts';
import type { Buffer } from '../plan/view.ts';
import { type Given, type Input, type Tensor, givenValues, partOf, sparseAsItIs } from './values.ts';
import type { Real } from './wasm/lanes.ts';
import { type Kernel, type Loaded, type Stretch, load } from './wasm/loaded.ts';
import { type Machine, sharedMachine } from './wasm/machine.ts';
import type { Residents } from './wasm/residents.ts';

export interface CompileOptions {
  /** Sizes by name, for those that no value tells. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Numbers of 8 bytes unless told. */
  readonly precision?: Real;
  /** Values that stay: copied once, and what depends on them alone is computed once. */
  readonly fixed?: Readonly<Record<string, Input>>;
  /** Its memory and kernels are used; functions share one unless told. */
  readonly machine?: Machine;
}

export type Values = Readonly<Record<string, Input | undefined>>;

/** Results by name. An array given in `out` under a name is filled and returned. */
export type CompiledMany<Name extends string = string> = (values: Values, out?: Partial<Record<Name, Float64Array | Float32Array>>) => Record<Name, Tensor>;
export type Compiled = (values: Values, out?: Float64Array | Float32Array) => Tensor;

interface Ready {
  readonly plan: Plan;
  readonly loaded: Loaded;
  readonly shapes: readonly (readonly number[])[];
}

/** Of one result: more would not fit beside what it is made of. */
const mostEntries = 2 ** 30;
/** Plans for so many combinations of shapes are kept, the latest ones. */
const mostPlans = 8;

/**
 * The values of an expression, or of several that share work, as a function of the values of their variables.
 * Sizes come from the values; the program for them is made at the first call with them and kept.
 * Throws a `RicciError` for values of wrong shape and when memory does not suffice.
 *
 * @example compile(expr)({ A: { shape: [2, 2], data }, x: Float64Array.of(1, 2) }).data
 */
export function compile(root: Expr, options?: CompileOptions): Compiled;
export function compile<Name extends string>(roots: Readonly<Record<Name, Expr>>, options?: CompileOptions): CompiledMany<Name>;
export function compile(roots: Expr | Readonly<Record<string, Expr>>, options: CompileOptions = {}): Compiled | CompiledMany {
  const isOne = 'kind' in roots && 'shape' in roots && typeof (roots as Expr).id === 'number';
  if (!isOne) return compileMany(roots as Readonly<Record<string, Expr>>, options);
  const many = compileMany({ value: roots as Expr }, options);
  const one: Compiled = (values, out) => must(many(values, out && { value: out })['value']);
  return one;
}

function compileMany(roots: Readonly<Record<string, Expr>>, options: CompileOptions): CompiledMany {
  const { machine = sharedMachine(), precision = 'f64', fixed = {} } = options;
  const context = currentContext();
  const names = Object.keys(roots);
  const exprs = names.map((name) => must(roots[name]));
  const inputs = variablesOf(exprs);
  const dims = new Map(Object.entries(options.dims ?? {}));
  let ready: Expr[] | undefined;
  const plans = new Map<string, Ready>();
  const newArray = (name: string, shape: readonly number[], length: number): Float64Array | Float32Array => {
    if (length > mostEntries) throw new RicciError([tooLarge(name, shape)]);
    return precision === 'f64' ? new Float64Array(length) : new Float32Array(length);
  };

  return (values, out = {}) => {
    const { given, sizes } = givenValues(inputs, { ...values, ...fixed }, dims);
    const sparse = sparseInputs(inputs, given);
    const key = [...sizes, ...sparse].map(([name, n]) => `${name}=${n}`).join();
    let found = plans.get(key);
    if (!found) {
      found = inContext(context, () => {
        ready ??= prepared(exprs);
        const sizeOf = sizeReader(sizes);
        const plan = planOf(programFor(ready, sizes), sizeOf, { fixed: new Set(Object.keys(fixed)), sparse });
        return { plan, loaded: load(machine, plan, precision), shapes: exprs.map((e) => e.shape.map(sizeOf)) };
      });
      found.loaded.fix(readerOf(inputs, given));
      if (plans.size >= mostPlans) plans.delete(must(plans.keys().next().value));
    }
    // The latest last.
    plans.delete(key);
    plans.set(key, found);
    const { plan, loaded, shapes } = found;
    const valueOf = readerOf(inputs, given);
    const results = names.map((name, i) => {
      const length = must(shapes[i]).reduce((a, b) => a * b, 1);
      const wanted = out[name];
      if (wanted && wanted.length !== length) throw new RicciError([wrongOut(name, must(shapes[i]), wanted.length)]);
      return wanted ?? newArray(name, must(shapes[i]), length);
    });
    loaded.call(changing(plan, fixed).map((i) => valueOf(i.variable.name, i.buffer.part)), results);
    return Object.fromEntries(names.map((name, i) => [name, { shape: must(shapes[i]), data: must(results[i]) }]));
  };
}

function changing(plan: Plan, fixed: Readonly<Record<string, Input>>): Plan['inputs'] {
  return plan.inputs.filter((i) => !Object.hasOwn(fixed, i.variable.name));
}

/** Names of sparse values, with the number of their entries. */
function sparseInputs(variables: readonly VariableNode[], given: readonly Given[]): Map<string, number> {
  return new Map(variables.flatMap((v, i) => ((g) => (g.sparse ? [[v.name, g.data.length] as const] : []))(must(given[i]))));
}

function readerOf(variables: readonly VariableNode[], given: readonly Given[]): (name: string, part: Buffer['part']) => ArrayLike<number> {
  const byName = new Map(variables.map((v, i) => [v.name, must(given[i])]));
  return (name, part) => partOf(must(byName.get(name), `the value of ${name}`), part);
}

export interface KernelOptions extends Omit<CompileOptions, 'dims'> {
  /** In the order in which the function takes them. */
  readonly inputs: readonly VariableNode[];
  readonly sizes: ReadonlyMap<string, number>;
  /** Values that are copied once, although nothing that depends on them is computed beforehand. */
  readonly resident?: Readonly<Record<string, Input>>;
  /**
   * Copies of fixed and resident arrays that other functions use too. Their owner has checked the indices of sparse ones
   * (`csrProblem`), so that they are not looked at again for each function.
   */
  readonly residents?: Residents;
}

/**
 * For callers in a hurry, such as solvers: sizes are given, arrays are row by row, results go to arrays that are there, in
 * the order of the names. Nothing is checked and nothing is allocated in a call.
 */
export function compileKernel(roots: Readonly<Record<string, Expr>>, { inputs, sizes, fixed = {}, resident = {}, residents, machine = sharedMachine(), precision = 'f64' }: KernelOptions): Kernel {
  const exprs = Object.values(roots);
  const all = variablesOf(exprs);
  const there = { ...fixed, ...resident };
  const held = all.filter((v) => Object.hasOwn(there, v.name));
  const { given } = givenValues(held, there, sizes, residents && sparseAsItIs);
  const plan = planFor(exprs, sizes, { fixed: new Set(Object.keys(fixed)), resident: new Set(Object.keys(resident)), sparse: sparseInputs(held, given) });
  const loaded = load(machine, plan, precision, residents);
  loaded.fix(readerOf(held, given));
  const order = changing(plan, there).map(({ variable: v }) => {
    const at = inputs.findIndex((i) => i.name === v.name);
    if (at < 0) throw new RicciError([notAnInput(v, inputs)]);
    return at;
  });
  const isInOrder = order.length === inputs.length && order.every((at, i) => at === i);
  if (isInOrder) return loaded.call;
  const chosen: ArrayLike<number>[] = order.map(() => []);
  const choose = (values: readonly ArrayLike<number>[]): readonly ArrayLike<number>[] => {
    for (let i = 0; i < order.length; i++) chosen[i] = values[order[i]!]!;
    return chosen;
  };
  const { sampled } = loaded.call;
  const run = (values: readonly ArrayLike<number>[], out: readonly (Float64Array | Float32Array)[]): void => loaded.call(choose(values), out);
  return Object.assign(run, sampled && { sampled: { ...sampled, call: (stretches: readonly Stretch[], values: readonly ArrayLike<number>[], out: readonly (Float64Array | Float32Array)[]) => sampled.call(stretches, choose(values), out) } });
}

function tooLarge(name: string, shape: readonly number[]) {
  return {
    code: 'out-of-memory',
    severity: 'error',
    message: `${name} does not fit in memory`,
    span: [0, 0],
    needed: `[${shape.join(', ')}]`,
    found: `room for ${mostEntries} numbers`,
    help: 'use smaller dims, f32, or a structured result instead of a dense one',
  } as const;
}

function wrongOut(name: string, shape: readonly number[], length: number) {
  return {
    code: 'value-shape',
    severity: 'error',
    message: `the array for ${name} does not have the size of ${name}`,
    span: [0, 0],
    needed: `[${shape.join(', ')}], which is ${shape.reduce((a, b) => a * b, 1)} entries`,
    found: `${length} entries`,
    help: 'leave it out, or give an array of that length',
  } as const;
}

function notAnInput(v: VariableNode, inputs: readonly VariableNode[]) {
  return {
    code: 'value-missing',
    severity: 'error',
    message: `${v.name} has no value`,
    span: [0, 0],
    needed: `${v.name} among the inputs or the fixed values`,
    found: `inputs ${inputs.map((i) => i.name).join(', ')}`,
    help: `add ${v.name} to the inputs`,
  } as const;
}
