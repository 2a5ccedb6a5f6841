// Graphs of tensors as sums over single numbers: constants, linear terms, products of two variables, and trees.

import { RicciError } from '../../base/diagnostic.ts';
import { must, unreachable } from '../../base/internal.ts';
import type { NlTree } from '../../data/programs/nl.ts';
import type { ApplyNode, ContractNode, Expr } from '../../ir/expr.ts';
import { toNumber } from '../../ir/rational.ts';
import { postorder } from '../../ir/walk.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { dense } from '../../ops/reference/dense.ts';
import { opNamed } from '../../ops/table.ts';
import { deltaEntries, planContraction, sizeReader, stackEntries } from '../../run/layout.ts';

/** constant + Σ linear + Σ products + Σ trees */
export interface Poly {
  readonly constant: number;
  readonly linear: ReadonlyMap<number, number>;
  /** By `i j` with i ≤ j. */
  readonly products: ReadonlyMap<string, number>;
  readonly trees: readonly { readonly coef: number; readonly tree: NlTree }[];
}

export type Scalar = number | Poly;

// Terms of one value, and values of one tensor.
const mostTerms = 200_000;
const mostValues = 2_000_000;
// Products of longer sums are not multiplied out.
const longSum = 60;

/** Entries of each root, row by row. `variables` says which number of the problem each entry of a variable is. */
export function scalarsOf(roots: readonly Expr[], variables: ReadonlyMap<string, readonly Scalar[]>, known: { readonly parameters: ReadonlyMap<string, Dense>; readonly sizes: ReadonlyMap<string, number> }): readonly (readonly Scalar[])[] {
  const sizeOf = sizeReader(known.sizes);
  const values = new Map<Expr, readonly Scalar[]>();
  const at = (e: Expr): readonly Scalar[] => {
    for (const node of postorder([e])) if (!values.has(node)) values.set(node, entriesOf(node));
    return must(values.get(e));
  };
  const count = (e: Expr): number => {
    const found = e.shape.map(sizeOf).reduce((a, b) => a * b, 1);
    if (found > mostValues) throw unwritable('a part of the model has too many entries', String(found), `${mostValues} at most`);
    return found;
  };
  const entriesOf = (e: Expr): readonly Scalar[] => {
    switch (e.kind) {
      case 'number':
        return Array.from({ length: count(e) }, () => toNumber(e.value));
      case 'size':
        return [sizeOf(e.dim)];
      case 'variable':
        return variables.get(e.name) ?? Array.from(must(known.parameters.get(e.name), `value of ${e.name}`).data);
      case 'delta':
        return Array.from(deltaEntries(e, sizeOf));
      case 'stack':
        return Array.from(stackEntries(e, sizeOf));
      case 'sum': {
        const parts = e.terms.map((t) => ({ coef: toNumber(t.coef), entries: at(t.arg) }));
        return Array.from({ length: count(e) }, (_, i) => total(parts.map(({ coef, entries }) => scaled(must(entries[i]), coef))));
      }
      case 'contract':
        return contracted(e, e.args.map(at));
      case 'apply':
        return applied(e);
      default:
        return unreachable(e);
    }
  };
  const contracted = (node: ContractNode, args: readonly (readonly Scalar[])[]): readonly Scalar[] => {
    const made = [...args];
    for (const step of planContraction(node, sizeOf)) {
      const left = step.left === undefined ? [1] : must(made[step.left]);
      const right = step.right === undefined ? [1] : must(made[step.right]);
      const into: Scalar[] = Array.from({ length: step.length }, () => 0);
      for (let i = 0; i < step.leftKept.length; i++) {
        const parts: Scalar[] = [];
        for (let s = 0; s < step.leftSummed.length; s++) {
          const product = multiplied(must(left[step.leftKept[i]! + step.leftSummed[s]!]), must(right[step.rightKept[i]! + step.rightSummed[s]!]));
          if (product !== 0) parts.push(product);
        }
        into[step.target ? step.target[i]! : i] = total(parts);
      }
      made.push(into);
    }
    return must(made.at(-1));
  };
  const applied = (e: ApplyNode): readonly Scalar[] => {
    const op = opNamed(e.op);
    const args = e.args.map(at);
    if (args.every((list) => list.every((v) => typeof v === 'number'))) return constantCall(e, args, sizeOf);
    if (op.ampl !== undefined && op.ranks(e.params).every((r) => r === 0)) {
      const code = op.ampl;
      return must(args[0]).map((_, i) => called(code, args.map((list) => must(list[i])), op.scalarValue));
    }
    if (!op.elementary) throw unwritable(`${e.op} has no operator in .nl files`, e.op, 'sums, products, powers, exp, log, abs, max, min, and trigonometric and hyperbolic functions');
    return at(op.elementary(e.args, e.params));
  };
  return roots.map(at);
}

/** A function of numbers alone. */
function constantCall(e: ApplyNode, args: readonly (readonly number[])[], sizeOf: (d: Expr['shape'][number]) => number): readonly number[] {
  const op = opNamed(e.op);
  const ranks = op.ranks(e.params);
  const shapes = e.args.map((a) => a.shape.map(sizeOf));
  const batch = must(shapes[0]).slice(0, must(shapes[0]).length - must(ranks[0]));
  const batches = batch.reduce((a, b) => a * b, 1);
  const own = shapes.map((s, k) => s.slice(s.length - must(ranks[k])));
  return Array.from({ length: batches }, (_, at) => {
    const parts = own.map((shape, k) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return dense(shape, Float64Array.from(must(args[k]).slice(at * size, (at + 1) * size)));
    });
    return Array.from(op.value(parts, e.params).data);
  }).flat();
}

function called(code: number, args: readonly Scalar[], value: ((args: readonly number[], params: readonly never[]) => number) | undefined): Scalar {
  if (value && args.every((a) => typeof a === 'number')) return value(args, []);
  const [base, exponent] = args;
  if (code === 5 && exponent === 1) return must(base);
  if (code === 5 && exponent === 2 && base !== undefined && typeof base !== 'number' && isShort(base)) return multiplied(base, base);
  return ofTree({ kind: 'operator', code, args: args.map(treeOf) });
}

function ofTree(tree: NlTree): Poly {
  return { constant: 0, linear: new Map(), products: new Map(), trees: [{ coef: 1, tree }] };
}

export function variableScalar(index: number): Poly {
  return { constant: 0, linear: new Map([[index, 1]]), products: new Map(), trees: [] };
}

export function scaled(a: Scalar, by: number): Scalar {
  if (typeof a === 'number') return a * by;
  if (by === 0) return 0;
  if (by === 1) return a;
  return {
    constant: a.constant * by,
    linear: new Map([...a.linear].map(([j, c]) => [j, c * by])),
    products: new Map([...a.products].map(([key, c]) => [key, c * by])),
    trees: a.trees.map(({ coef, tree }) => ({ coef: coef * by, tree })),
  };
}

function total(parts: readonly Scalar[]): Scalar {
  if (parts.every((p) => typeof p === 'number')) return parts.reduce<number>((sum, p) => sum + p, 0);
  if (parts.length === 1) return must(parts[0]);
  let constant = 0;
  const linear = new Map<number, number>();
  const products = new Map<string, number>();
  const trees: { coef: number; tree: NlTree }[] = [];
  for (const p of parts) {
    if (typeof p === 'number') {
      constant += p;
      continue;
    }
    constant += p.constant;
    for (const [j, c] of p.linear) linear.set(j, (linear.get(j) ?? 0) + c);
    for (const [key, c] of p.products) products.set(key, (products.get(key) ?? 0) + c);
    trees.push(...p.trees);
  }
  if (linear.size + products.size + trees.length > mostTerms) throw unwritable('a value of the model has too many terms', String(linear.size + products.size + trees.length), `${mostTerms} at most`);
  return { constant, linear, products, trees };
}

function isAffine(p: Poly): boolean {
  return p.products.size === 0 && p.trees.length === 0;
}

function isShort(p: Poly): boolean {
  return isAffine(p) && p.linear.size <= longSum;
}

export function multiplied(a: Scalar, b: Scalar): Scalar {
  if (typeof a === 'number') return scaled(b, a);
  if (typeof b === 'number') return scaled(a, b);
  if (!isShort(a) || !isShort(b)) return ofTree(a === b ? { kind: 'operator', code: 5, args: [treeOf(a), { kind: 'number', value: 2 }] } : { kind: 'operator', code: 2, args: [treeOf(a), treeOf(b)] });
  const linear = new Map<number, number>();
  const products = new Map<string, number>();
  const put = <Key>(into: Map<Key, number>, key: Key, value: number): void => void (value !== 0 && into.set(key, (into.get(key) ?? 0) + value));
  for (const [i, c] of a.linear) {
    put(linear, i, c * b.constant);
    for (const [j, d] of b.linear) put(products, i <= j ? `${i} ${j}` : `${j} ${i}`, c * d);
  }
  for (const [j, d] of b.linear) put(linear, j, d * a.constant);
  return { constant: a.constant * b.constant, linear, products, trees: [] };
}

/** Everything but the linear terms; the constant is left out where it is 0. */
export function nonlinearTree(p: Poly, withConstant: boolean): NlTree {
  const terms: NlTree[] = [
    ...[...p.products].filter(([, c]) => c !== 0).map(([key, c]) => weighted(c, productTree(key))),
    ...p.trees.filter((t) => t.coef !== 0).map(({ coef, tree }) => weighted(coef, tree)),
    ...(withConstant && p.constant !== 0 ? [{ kind: 'number', value: p.constant } as const] : []),
  ];
  return summed(terms);
}

function treeOf(a: Scalar): NlTree {
  if (typeof a === 'number') return { kind: 'number', value: a };
  const linear = [...a.linear].filter(([, c]) => c !== 0).map(([index, c]) => weighted(c, { kind: 'variable', index }));
  const rest = nonlinearTree(a, true);
  return summed([...linear, ...(rest.kind === 'number' && rest.value === 0 ? [] : [rest])]);
}

function summed(terms: readonly NlTree[]): NlTree {
  const [a, b] = terms;
  if (a === undefined) return { kind: 'number', value: 0 };
  if (b === undefined) return a;
  return { kind: 'operator', code: terms.length === 2 ? 0 : 54, args: terms };
}

function weighted(c: number, tree: NlTree): NlTree {
  if (c === 1) return tree;
  return c === -1 ? { kind: 'operator', code: 16, args: [tree] } : { kind: 'operator', code: 2, args: [{ kind: 'number', value: c }, tree] };
}

function productTree(key: string): NlTree {
  const [i, j] = key.split(' ').map(Number) as [number, number];
  const v = (index: number): NlTree => ({ kind: 'variable', index });
  return i === j ? { kind: 'operator', code: 5, args: [v(i), { kind: 'number', value: 2 }] } : { kind: 'operator', code: 2, args: [v(i), v(j)] };
}

function unwritable(message: string, found: string, needed: string): RicciError {
  return new RicciError([{ code: 'not-in-target', severity: 'error', message, span: [0, 0], needed, found, help: 'write the model by other functions, or solve it here' }]);
}

