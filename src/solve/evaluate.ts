// Graphs as functions of the variables alone: parameters are fixed, and what they alone make is computed once.

import { RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { once } from '../base/once.ts';
import { type Expr, type VariableNode, contextCache, currentContext, inContext } from '../ir/expr.ts';
import { dependents, variables as variablesOf } from '../ir/walk.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { compileKernel } from '../run/compile.ts';
import { interpreter } from '../run/interpret.ts';
import { type SharedInterpreter, sharedInterpreter } from '../run/shared-interpreter.ts';
import { stablyPrepared } from '../run/prepare.ts';
import { mostSteps, sizeReader } from '../run/layout.ts';
import type { Kernel, Stretch } from '../run/wasm/loaded.ts';
import type { Residents } from '../run/wasm/residents.ts';
import type { Csr } from '../base/csr.ts';
import { isPolynomial } from './polynomial.ts';
import { type KernelOf, inStages, stagedKernel } from './stages.ts';

/** Values of the graphs, for values of the variables by name. */
export type Evaluate = (variables: ReadonlyMap<string, Dense>) => readonly Dense[];

export interface Evaluator extends Evaluate {
  /** The same, with the values written row by row into arrays that are there. */
  readonly into: (variables: ReadonlyMap<string, Dense>, out: readonly Float64Array[]) => void;
  /** The first of the values alone. */
  readonly first: () => Evaluator;
  /** The same from some of the rows over which the graphs sum, for all; undefined where they do not. Makes the function. */
  readonly sampled: () => SampledEvaluate | undefined;
}

export interface SampledEvaluate {
  readonly rows: number;
  readonly from: (stretches: readonly Stretch[]) => Evaluate;
}

/** The value of a parameter. Of a sparse one `data` is made when it is first asked for. */
export interface Parameter extends Dense {
  readonly sparse?: Csr;
}

export interface Known {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly sizes: ReadonlyMap<string, number>;
  /** Copies of the parameters that all functions of a solve share. */
  readonly residents?: Residents;
  readonly kept?: Kept;
}

/**
 * What solves of one model share whose data differ in the parameters `changing` alone: functions, which take those as
 * arguments, and what the other data make.
 */
export interface Kept {
  readonly changing: ReadonlySet<string>;
  readonly made: Map<ReadonlyMap<string, number>, Map<string, Made>>;
}

/** What was made from the expressions on the way here, and from more of them. */
interface Made {
  own?: { readonly value: unknown };
  more?: Map<Expr, Made>;
}

/** What is made from `parts` and the sizes alone, made once for all solves that share it. */
export function keptOnce<T>({ kept, sizes }: Known, name: string, parts: readonly Expr[], make: () => T): T {
  if (!kept) return make();
  // Data of other sizes have a map of their own.
  let at = entryOf(entryOf(kept.made, sizes, newMap), name, newMade);
  for (const e of parts) at = entryOf((at.more ??= new Map()), e, newMade);
  return (at.own ??= { value: make() }).value as T;
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

function newMap(): Map<string, Made> {
  return new Map();
}

function newMade(): Made {
  return {};
}

/** The same for what is made from the values of `parts`: made anew where one of them changes. */
export function keptWhile<T>(known: Known, name: string, parts: readonly Expr[], make: () => T): T {
  const { kept } = known;
  const isChanging = kept !== undefined && keptOnce(known, 'whether it changes', parts, () => variablesOf(parts).some((v) => kept.changing.has(v.name)));
  return isChanging ? make() : keptOnce(known, name, parts, make);
}

/** The roots as one function, with what they share shared. It is made at its first call: many are never called. */
export function evaluator(roots: readonly Expr[], by: readonly VariableNode[], known: Known): Evaluator {
  const context = currentContext();
  return evaluatorOf(roots, by, known, once(() => inContext(context, () => stablyPrepared(roots))));
}

/** `stable` gives the roots in forms whose values are, where they are no polynomials. */
function evaluatorOf(roots: readonly Expr[], by: readonly VariableNode[], known: Known, stable: () => readonly Expr[]): Evaluator {
  const { parameters, sizes, residents } = known;
  const context = currentContext();
  const own = keptOnce(known, `function of ${by.length}`, [...by, ...roots], () => reading(roots, by, known));
  const { shapes, lengths, mine, given, changing, plain } = own;
  const valueOf = (v: VariableNode): Parameter => must(parameters.get(v.name), `value of ${v.name}`);
  const kernel = (): Kernel =>
    (own.kernel ??= inContext(context, () => {
      const fixed = Object.fromEntries(given.filter((v) => !changing.includes(v)).map((v) => [v.name, operand(valueOf(v))]));
      const kernelOf: KernelOf = (some, inputs) => compileKernel(Object.fromEntries(some.map((r, k) => [`r${k}`, r])), { inputs, sizes, fixed, ...(residents && { residents }) });
      const stages = changing.length > 0 ? inStages(roots, new Set(mine), new Set(changing)) : undefined;
      return stages ? stagedKernel(stages, { moving: mine, changing, sizes, kernelOf }) : kernelOf(roots, [...mine, ...changing]);
    }));
  const inputs = (variables: ReadonlyMap<string, Dense>): ArrayLike<number>[] => {
    const list: ArrayLike<number>[] = [];
    for (const v of mine) list.push(must(variables.get(v.name)).data);
    for (const v of changing) list.push(valueOf(v).data);
    return list;
  };
  const through = (run: (values: readonly ArrayLike<number>[], out: readonly Float64Array[]) => void): Evaluate => (variables) => {
    const out = lengths.map((n) => new Float64Array(n));
    run(inputs(variables), out);
    return out.map((data, k) => ({ shape: must(shapes[k]), data }));
  };
  const compiled = through((values, out) => kernel()(values, out));
  let calls = known.kept || !isSmall(given.map(valueOf), lengths, plain ? manyNumbers : fewNumbers) ? fewCalls : 0;
  let slow: Evaluate | undefined;
  const evaluate: Evaluate = (variables) => {
    if (calls < fewCalls) {
      calls++;
      slow ??= interpreted(plain ? roots : stable(), known, smallProduct);
      if (slow) return slow(variables);
      calls = fewCalls;
      // A function that is called is often called once.
      const alone = interpreted(plain ? roots : stable(), known, onceProduct);
      if (alone) return alone(variables);
    }
    return compiled(variables);
  };
  const sampled = (): SampledEvaluate | undefined => {
    const found = calls < fewCalls ? undefined : kernel().sampled;
    return found && { rows: found.rows, from: (stretches) => through((values, out) => must(kernel().sampled).call(stretches, values, out)) };
  };
  const into: Evaluator['into'] = (variables, out) => {
    if (calls >= fewCalls) kernel()(inputs(variables), out);
    else evaluate(variables).forEach(({ data }, k) => must(out[k]).set(data));
  };
  const first = (): Evaluator => evaluatorOf(roots.slice(0, 1), by, known, () => stable().slice(0, 1));
  return Object.assign(evaluate, { sampled, into, first });
}

interface Reading {
  readonly shapes: readonly (readonly number[])[];
  readonly lengths: readonly number[];
  /** Of the variables and the parameters those that are used. */
  readonly mine: readonly VariableNode[];
  readonly given: readonly VariableNode[];
  readonly changing: readonly VariableNode[];
  readonly plain: boolean;
  /** Made when it is first called. */
  kernel?: Kernel;
}

function reading(roots: readonly Expr[], by: readonly VariableNode[], { sizes, kept }: Known): Reading {
  const shapes = roots.map((r) => r.shape.map(sizeReader(sizes)));
  const lengths = shapes.map((s) => s.reduce((a, b) => a * b, 1));
  const used = new Set(variablesOf(roots));
  const mine = by.filter((v) => used.has(v));
  const given = [...used].filter((v) => !mine.includes(v));
  const changing = kept ? given.filter((v) => kept.changing.has(v.name)) : [];
  return { shapes, lengths, mine, given, changing, plain: isPlain(roots, mine) };
}

// So many calls of a small function take the interpreter less time than making machine code for it.
const fewCalls = 30;
// Of functions other than polynomials, whose values take the interpreter longer.
const fewNumbers = 4000;
// Multiplications of a product, by how often it is made.
const smallProduct = 20_000;
const onceProduct = 200_000;

/** Polynomials of what moves; other functions need forms that are stable. */
function isPlain(roots: readonly Expr[], by: readonly VariableNode[]): boolean {
  const leaves = new Set<Expr>(by);
  return roots.every((root) => isPolynomial([...dependents(root, leaves)]));
}

function isSmall(given: readonly Parameter[], lengths: readonly number[], most: number): boolean {
  const numbers = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  return given.reduce((sum, { shape }) => sum + numbers(shape), 0) + lengths.reduce((a, b) => a + b, 0) <= most;
}

/** Undefined where a product needs more than `most` multiplications. */
function interpreted(roots: readonly Expr[], known: Known, most: number): Evaluate | undefined {
  try {
    return sharedFor(known)(roots, most);
  } catch (error) {
    if (error instanceof RicciError) return undefined;
    throw error;
  }
}

const shared = contextCache(() => new WeakMap<Known['parameters'], SharedInterpreter>());

/** Functions of the same parameters share what they have in common. */
function sharedFor({ parameters, sizes }: Known): SharedInterpreter {
  const all = shared();
  let found = all.get(parameters);
  if (!found) all.set(parameters, (found = sharedInterpreter(sizes, parameters)));
  return found;
}

function operand(value: Parameter): Dense | Csr {
  return value.sparse ?? value;
}

// From so many numbers on, the interpreter takes longer than making a function does.
const manyNumbers = 20_000;

/** The values of graphs at one point, by functions made for them where the parameters are large. */
export function valuesOnce(roots: readonly Expr[], variables: ReadonlyMap<string, Dense>, known: Known): readonly Dense[] {
  const used = variablesOf(roots);
  const isLarge = known.kept !== undefined || used.some((v) => {
    const parameter = known.parameters.get(v.name);
    return parameter !== undefined && parameter.shape.reduce((a, b) => a * b, 1) > manyNumbers;
  });
  if (!isLarge) return sharedFor(known)(roots, mostSteps)(variables);
  return evaluator(roots, used.filter((v) => variables.has(v.name)), known)(variables);
}

/** The values of graphs at one point, where that is all that is asked. */
export function valuesAt(roots: readonly Expr[], variables: ReadonlyMap<string, Dense>, known: Known): readonly Dense[] {
  const { parameters, sizes } = known;
  const run = keptOnce(known, 'interpreter', roots, () => interpreter(roots, sizes));
  return run(variables.size === 0 ? parameters : new Map([...parameters, ...variables]));
}
