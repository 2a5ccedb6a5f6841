// What every back end is tested with: problems with values at a point of their domain, and what the interpreter says there.

import { must } from '../../src/base/internal.ts';
import { random } from '../../src/base/random.ts';
import { type Expr, type VariableNode, inContext, newContext } from '../../src/ir/expr.ts';
import { postorder, variables } from '../../src/ir/walk.ts';
import { read } from '../../src/lang/read.ts';
import { type Dense, dense } from '../../src/ops/reference/dense.ts';
import { oneDerivative } from '../../src/pipeline.ts';
import { compile } from '../../src/run/compile.ts';
import { interpreter } from '../../src/run/interpret.ts';
import { type Style, sample, sampleSizes } from '../../src/run/sample.ts';
import { type Machine, newMachine } from '../../src/run/wasm/machine.ts';
import { type TargetCase, looseOps } from './cases.ts';

export interface Problem {
  readonly roots: Readonly<Record<string, Expr>>;
  readonly values: ReadonlyMap<string, Dense>;
  readonly sizes: ReadonlyMap<string, number>;
}

export type Results = Readonly<Record<string, ArrayLike<number>>>;

export interface BackEnd {
  readonly name: string;
  /** Relative to the largest entry. */
  readonly tolerance: { readonly usual: number; readonly loose: number };
  /** Cases beyond what its numbers can tell are left out where this says so. */
  /** At most this share of a group is left out. */
  readonly leavesOut: number;
  readonly takes: (p: Problem, expected: readonly Dense[]) => boolean;
  readonly run: (p: Problem) => Results | Promise<Results>;
}

const oneThread = newMachine();

function wasm(precision: 'f64' | 'f32', machine: Machine): (p: Problem) => Results {
  return ({ roots, values, sizes }) => {
    const f = compile(roots, { precision, machine, dims: Object.fromEntries(sizes) });
    return Object.fromEntries(Object.entries(f(Object.fromEntries(values))).map(([name, t]) => [name, t.data]));
  };
}

/** Single precision tells only what does not change much when the values are rounded to it. */
export function isWellConditioned({ roots, values, sizes }: Problem, expected: readonly Dense[]): boolean {
  const rounded = new Map([...values].map(([name, v]) => [name, dense(v.shape, Float32Array.from(v.data))]));
  const moved = interpreter(Object.values(roots), sizes)(rounded);
  return moved.every((m, i) => difference(m.data, must(expected[i]).data) < 3e-7 && must(expected[i]).data.every((v) => Math.abs(v) < 1e30));
}

export const webAssembly: readonly BackEnd[] = [
  { name: 'WebAssembly, f64', tolerance: { usual: 1e-12, loose: 1e-9 }, leavesOut: 0.02, takes: () => true, run: wasm('f64', oneThread) },
  { name: 'WebAssembly, f32', tolerance: { usual: 5e-5, loose: 5e-3 }, leavesOut: 0.2, takes: isWellConditioned, run: wasm('f32', oneThread) },
];

/** For published cases: what it adds is how work is shared, which does not depend on the functions in it. */
export function threaded(machine: Machine): BackEnd {
  return { name: 'WebAssembly, f64, several threads', tolerance: { usual: 1e-12, loose: 1e-9 }, leavesOut: 0.02, takes: () => true, run: wasm('f64', machine) };
}

function difference(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let [worst, size] = [0, 1];
  if (found.length !== wanted.length) return Infinity;
  for (let i = 0; i < wanted.length; i++) {
    size = Math.max(size, Math.abs(wanted[i]!));
    const d = Math.abs(found[i]! - wanted[i]!);
    worst = Number.isNaN(d) ? (Number.isNaN(found[i]!) === Number.isNaN(wanted[i]!) ? worst : Infinity) : Math.max(worst, d);
  }
  return worst / size;
}

const styles: readonly Style[] = ['generic', 'positive', 'definite', 'definite-positive', 'small', 'small-positive', 'near-identity'];

/** Values at a point of the domain, and what the interpreter says there. */
function pointOf(roots: Readonly<Record<string, Expr>>, args: readonly VariableNode[], seeds: readonly number[]): { problem: Problem; expected: readonly Dense[] } | undefined {
  const exprs = Object.values(roots);
  for (const seed of seeds) {
    for (const style of styles) {
      const stream = random(seed);
      const sizes = sampleSizes([...exprs, ...args], stream);
      const { values } = sample(args, sizes, stream, style);
      const expected = interpreter(exprs, sizes)(values);
      if (expected.every((r) => r.data.every(Number.isFinite))) return { problem: { roots, values, sizes }, expected };
    }
  }
  return undefined;
}

/** Value and derivative, together. */
export function rootsOf({ text, by, declare }: Omit<TargetCase, 'id'>): { roots: Record<string, Expr>; args: VariableNode[] } {
  const { expr, variables: known, diagnostics } = read(text, declare === undefined ? {} : { declare });
  if (!expr) throw new Error(`${text}: ${diagnostics.map((d) => d.message).join('; ')}`);
  const through = by.map((name) => must(known.find((v) => v.name === name)).node);
  const derivative = through.reduce<Expr>((e, x) => oneDerivative(e, x), expr);
  return { roots: { value: expr, derivative }, args: [...new Set([...through, ...variables([expr, derivative])])] };
}

/** Undefined when results agree; what differs, or "left out" where the back end does not take the problem. */
export async function examine(backEnd: BackEnd, made: () => { readonly roots: Readonly<Record<string, Expr>>; readonly args: readonly VariableNode[] }, seeds: readonly number[] = [1, 2, 3]): Promise<string | undefined> {
  const started = inContext(newContext(), () => {
    const { roots, args } = made();
    const point = pointOf(roots, args, seeds);
    if (!point || !backEnd.takes(point.problem, point.expected)) return undefined;
    const ops = postorder(Object.values(roots)).flatMap((e) => (e.kind === 'apply' ? [e.op] : []));
    return { names: Object.keys(roots), expected: point.expected, isLoose: ops.some((op) => looseOps.has(op)), found: backEnd.run(point.problem) };
  });
  if (!started) return 'left out';
  const tolerance = started.isLoose ? backEnd.tolerance.loose : backEnd.tolerance.usual;
  const found = await started.found;
  const worst = started.names.map((name, i) => [name, difference(must(found[name]), must(started.expected[i]).data)] as const);
  const bad = worst.filter(([, d]) => !(d <= tolerance));
  return bad.length === 0 ? undefined : bad.map(([name, d]) => `${name} differs by ${d.toExponential(1)}`).join(', ');
}

/** Every case of a list; those that fail, with what is wrong, and those that were left out. */
export async function examineAll(backEnd: BackEnd, cases: readonly TargetCase[]): Promise<{ failures: readonly string[]; left: readonly string[] }> {
  const left: string[] = [];
  const failures: string[] = [];
  for (const c of cases) {
    const problem = await examine(backEnd, () => rootsOf(c));
    if (problem === 'left out') left.push(c.id);
    else if (problem !== undefined) failures.push(`${c.id}: ${c.text} by ${c.by.join(', ')}: ${problem}`);
  }
  return { failures, left };
}
