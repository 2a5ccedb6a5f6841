// A function of variables and of parameters that change, in two stages: what the variables make alone, which stays as long as
// they do, and the rest, which for a regularisation path is small.

import { must } from '../base/internal.ts';
import { type ContractNode, type Expr, type VariableNode, contract, variable } from '../ir/expr.ts';
import { children, dependents, rewriteUp, variables as variablesOf } from '../ir/walk.ts';
import { sizeReader } from '../run/layout.ts';
import type { Kernel } from '../run/wasm/loaded.ts';
import { areSame } from './vector.ts';

export interface Stages {
  /** Parts without what changes. */
  readonly first: readonly Expr[];
  /** What stands for them in the rest. */
  readonly places: readonly VariableNode[];
  readonly rest: readonly Expr[];
}

/** Undefined where no part that is worth keeping is free of what changes. `moving` are the variables. */
export function inStages(roots: readonly Expr[], moving: ReadonlySet<Expr>, changing: ReadonlySet<Expr>): Stages | undefined {
  const parted = roots.map((root) => apart(root, changing));
  const late = new Set(parted.flatMap((root) => [...dependents(root, changing)]));
  const moved = new Set(parted.flatMap((root) => [...dependents(root, moving)]));
  const isFirst = (e: Expr): boolean => moved.has(e) && !late.has(e) && children(e).length > 0;
  const found = new Set<Expr>();
  const visited = new Set<Expr>();
  const stack: Expr[] = [...parted];
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (visited.has(e)) continue;
    visited.add(e);
    if (isFirst(e)) found.add(e);
    else stack.push(...children(e));
  }
  const first = [...found];
  if (late.size === 0 || !first.some((e) => hasWork(e, moved))) return undefined;
  const places = first.map((e, k) => variable(`#stage ${k}`, e.shape));
  const cache = new Map<Expr, Expr>(first.map((e, k) => [e, must(places[k])]));
  return { first, places, rest: parted.map((root) => rewriteUp(root, (e) => e, cache)) };
}

/** A function of these inputs, in their order. */
export type KernelOf = (roots: readonly Expr[], inputs: readonly VariableNode[]) => Kernel;

interface StageOptions {
  readonly moving: readonly VariableNode[];
  readonly changing: readonly VariableNode[];
  readonly sizes: ReadonlyMap<string, number>;
  readonly kernelOf: KernelOf;
}

interface Point {
  readonly at: readonly Float64Array[];
  readonly values: readonly Float64Array[];
}

// Points whose first stage is kept: where a solve ended, the next one begins, and between the two another may be looked at.
const mostPoints = 3;

/** Both stages as one function of the moving and then the changing variables. */
export function stagedKernel({ first, places, rest }: Stages, { moving, changing, sizes, kernelOf }: StageOptions): Kernel {
  const used = new Set(variablesOf(first));
  const early = [...moving.keys()].filter((k) => used.has(must(moving[k])));
  const one = kernelOf(first, early.map((k) => must(moving[k])));
  const needed = new Set(variablesOf(rest));
  const all = [...moving, ...changing];
  const late = [...all.keys()].filter((k) => needed.has(must(all[k])));
  const stand = [...places.keys()].filter((k) => needed.has(must(places[k])));
  const two = kernelOf(rest, [...late.map((k) => must(all[k])), ...stand.map((k) => must(places[k]))]);
  const sizeOf = sizeReader(sizes);
  const lengths = first.map((e) => e.shape.reduce((product, d) => product * sizeOf(d), 1));
  const points: Point[] = [];
  const valuesAt = (inputs: readonly ArrayLike<number>[]): readonly Float64Array[] => {
    const found = points.find(({ at }) => at.every((values, k) => areSame(values, inputs[early[k]!]!)));
    if (found) return found.values;
    const point = points.length === mostPoints ? must(points.pop()) : { at: early.map((k) => new Float64Array(inputs[k]!.length)), values: lengths.map((n) => new Float64Array(n)) };
    point.at.forEach((values, i) => values.set(inputs[early[i]!]!));
    one(point.at, point.values);
    points.unshift(point);
    return point.values;
  };
  return (inputs, outputs) => {
    const values = valuesAt(inputs);
    two([...late.map((k) => inputs[k]!), ...stand.map((k) => values[k]!)], outputs);
  };
}

/** With the numbers that change taken out of products: c·A'u as c·(A'u). */
function apart(root: Expr, changing: ReadonlySet<Expr>): Expr {
  const late = new Set<Expr>(changing);
  const noted = (e: Expr): Expr => {
    if (children(e).some((c) => late.has(c))) late.add(e);
    return e;
  };
  return rewriteUp(root, (e) => noted(e.kind === 'contract' ? withoutNumbers(e, e.args.map((arg) => late.has(arg))) : e));
}

function withoutNumbers(e: ContractNode, isLate: readonly boolean[]): Expr {
  const numbers = e.args.filter((arg, k) => isLate[k] && arg.shape.length === 0);
  const kept = [...e.args.keys()].filter((k) => !isLate[k]);
  if (numbers.length + kept.length !== e.args.length || kept.length < 2) return e;
  const labels = kept.map((k) => must(e.labels[k]));
  if (new Set(e.out).size < e.out.length || !e.out.every((l) => labels.some((own) => own.includes(l)))) return e;
  const rest = contract(kept.map((k) => must(e.args[k])), labels, e.out, e.shape);
  return contract([...numbers, rest], [...numbers.map(() => []), e.out], e.out, e.shape);
}

/** Products with matrices, and functions: sums and products entry by entry are as soon made as looked up. */
function hasWork(e: Expr, moved: ReadonlySet<Expr>): boolean {
  const stack = [e];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (!moved.has(node)) continue;
    if (node.kind === 'apply' || (node.kind === 'contract' && node.args.some((arg) => arg.shape.length > 1))) return true;
    stack.push(...children(node));
  }
  return false;
}
