// The typed tensor graph. Constructors build, intern and check shapes; they never simplify.
//
// Every node is a real tensor with an ordered list of axes (its shape; [] is a scalar). A row vector is an order-1
// tensor like a column: orientation belongs to the notation, not to the graph.

import { hashText } from '../base/hash.ts';
import { InternalError, invariant, must } from '../base/internal.ts';
import { type KeyedFactor, canonicalOrder } from './key.ts';
import { type Dim, dim, mulDims, sameDim, sameShape } from './dim.ts';
import { type Facts, factsKey, noFacts } from './fact.ts';
import { type Rational, keyOf } from './rational.ts';

export type Shape = readonly Dim[];
/** The name of an index in a contraction; local to its node. */
export type Label = number;

interface Node {
  /** Equal exactly for equal nodes of one context. */
  readonly id: number;
  /** Depends on structure and names only, never on the order in which nodes were made. */
  readonly hash: number;
  readonly shape: Shape;
}

/** A tensor whose entries all have one value. */
export interface NumberNode extends Node {
  readonly kind: 'number';
  readonly value: Rational;
}

/** The number of entries of an axis, as a scalar. */
export interface SizeNode extends Node {
  readonly kind: 'size';
  readonly dim: Dim;
}

export interface VariableNode extends Node {
  readonly kind: 'variable';
  readonly name: string;
  readonly facts: Facts;
}

/**
 * Unit tensor: 1 where the positions of all groups agree, else 0. A group is one axis, or several read as one
 * position (the first moves slowest): [[n],[n]] is the identity, [[m*n],[m,n]] the reshape of a matrix to a vector.
 */
export interface DeltaNode extends Node {
  readonly kind: 'delta';
  readonly groups: readonly (readonly Dim[])[];
}

/** Places an axis inside a longer one: axes [part, whole], 1 where whole = part + offset. Slices and blocks. */
export interface StackNode extends Node {
  readonly kind: 'stack';
  readonly offset: Dim;
}

export interface Term {
  readonly coef: Rational;
  readonly arg: Expr;
}

/** Weighted sum of tensors of one shape. */
export interface SumNode extends Node {
  readonly kind: 'sum';
  readonly terms: readonly Term[];
  /** Of the terms, in their order. */
  readonly args: readonly Expr[];
}

/**
 * Product of the arguments with an index label on every axis, summed over labels that are not in `out`.
 * A label twice in one argument is its diagonal, twice in `out` puts the values on a diagonal (zero elsewhere),
 * and a label in `out` alone repeats the values along that axis.
 */
export interface ContractNode extends Node {
  readonly kind: 'contract';
  readonly args: readonly Expr[];
  readonly labels: readonly (readonly Label[])[];
  readonly out: readonly Label[];
}

/** A function of the table. Leading axes beyond those the function takes are batch axes, the same for all arguments. */
export interface ApplyNode extends Node {
  readonly kind: 'apply';
  readonly op: string;
  readonly params: readonly (number | string)[];
  readonly args: readonly Expr[];
}

export type Expr = NumberNode | SizeNode | VariableNode | DeltaNode | StackNode | SumNode | ContractNode | ApplyNode;
export type Kind = Expr['kind'];

/** Holds the intern table and the caches of passes. Nodes of different contexts must not meet. */
export interface Context {
  readonly nodes: Map<string, Expr>;
  /** Contractions by the way they were written, before labels and factors were brought into canonical order. */
  readonly written: Map<string, ContractNode>;
  readonly caches: Map<object, unknown>;
}

let current: Context = newContext();
let nextId = 1;

export function newContext(): Context {
  return { nodes: new Map(), written: new Map(), caches: new Map() };
}

/** The context in which nodes are made now: for work that is finished later, by `inContext`. */
export function currentContext(): Context {
  return current;
}

/** Runs `work` with its own intern table, which is dropped afterwards. */
export function inContext<T>(context: Context, work: () => T): T {
  const outer = current;
  current = context;
  try {
    return work();
  } finally {
    current = outer;
  }
}

/** A cache that lives as long as the current context: `const seen = contextCache(() => new Map())`, then `seen()`. */
export function contextCache<T>(make: () => T): () => T {
  const key = {};
  return () => {
    let value = current.caches.get(key) as T | undefined;
    if (value === undefined) {
      value = make();
      current.caches.set(key, value);
    }
    return value;
  };
}

export function number(value: Rational, shape: Shape = []): NumberNode {
  const text = `number ${keyOf(value)}${shapeKey(shape)}`;
  return intern(text, () => ({ ...fresh(text, shape), kind: 'number', value }));
}

export function size(of: Dim): SizeNode {
  const text = `size ${of.key}`;
  return intern(text, () => ({ ...fresh(text, []), kind: 'size', dim: of }));
}

export function variable(name: string, shape: Shape, facts: Facts = noFacts): VariableNode {
  const text = `variable ${name}${shapeKey(shape)}${factsKey(facts)}`;
  return intern(text, () => ({ ...fresh(text, shape), kind: 'variable', name, facts }));
}

export function delta(groups: readonly (readonly Dim[])[]): DeltaNode {
  invariant(groups.length >= 2, 'a unit tensor needs two groups');
  const [first] = groups.map(sizeOfGroup);
  invariant(groups.every((g) => sameDim(sizeOfGroup(g), must(first))), 'groups of a unit tensor differ in size');
  const text = `delta ${groups.map(shapeKey).join('=')}`;
  return intern(text, () => ({ ...fresh(text, groups.flat()), kind: 'delta', groups }));
}

/** The identity matrix. */
export function eye(n: Dim): DeltaNode {
  return delta([[n], [n]]);
}

export function stack(part: Dim, whole: Dim, offset: Dim): StackNode {
  const text = `stack ${part.key} ${whole.key} ${offset.key}`;
  return intern(text, () => ({ ...fresh(text, [part, whole]), kind: 'stack', offset }));
}

export function sum(terms: readonly Term[]): Expr {
  const [first] = terms;
  invariant(first !== undefined, 'a sum needs a term');
  invariant(terms.every((t) => t.arg.shape === first.arg.shape || sameShape(t.arg.shape, first.arg.shape)), 'terms of a sum differ in shape');
  const sorted = terms.length === 1 ? terms : terms.toSorted((s, t) => byHash(s.arg, t.arg) || (keyOf(s.coef) < keyOf(t.coef) ? -1 : 1));
  let text = 'sum';
  for (const t of sorted) text += ` ${keyOf(t.coef)}*${t.arg.id}`;
  return intern(text, () => ({
    ...fresh(`sum ${sorted.map((t) => `${keyOf(t.coef)}*${t.arg.hash}`).join('+')}`, first.arg.shape),
    kind: 'sum',
    terms: sorted,
    args: sorted.map((t) => t.arg),
  }));
}

/** `outShape` is needed only for labels of `out` that stand in no argument. */
export function contract(
  args: readonly Expr[],
  labels: readonly (readonly Label[])[],
  out: readonly Label[],
  outShape?: Shape,
): Expr {
  invariant(args.length === labels.length, 'one list of labels for each argument');
  // Labels by first appearance.
  const names: Label[] = [];
  const written = asWritten(names, args, labels, out, outShape);
  const known = current.written.get(written);
  if (known) return known;
  const dims = dimsInOrder(names, args, labels);
  const shape: Dim[] = [];
  for (let i = 0; i < out.length; i++) shape.push((dims[names.indexOf(out[i]!)] ??= must(outShape?.[i], 'dim of a label that stands in no factor')));
  const factors: KeyedFactor[] = [];
  for (let i = 0; i < args.length; i++) factors.push({ hash: args[i]!.hash, labels: labels[i]!, swaps: false });
  const { order, rename } = canonicalOrder(factors, out, (l) => dims[names.indexOf(l)]!.key);
  const sorted: Expr[] = [];
  const named: Label[][] = [];
  let [ids, pattern] = ['', ' '];
  for (const i of order) {
    const mine = labels[i]!.map(rename);
    ids += named.length === 0 ? args[i]!.id : `,${args[i]!.id}`;
    pattern += named.length === 0 ? mine.join('.') : `,${mine.join('.')}`;
    sorted.push(args[i]!);
    named.push(mine);
  }
  const outNamed = out.map(rename);
  pattern += `->${outNamed.join('.')}${shapeKey(shape)}`;
  const node = intern<ContractNode>(`contract ${ids}${pattern}`, () => ({
    ...fresh(`contract ${sorted.map((a) => a.hash).join(',')}${pattern}`, shape),
    kind: 'contract',
    args: sorted,
    labels: named,
    out: outNamed,
  }));
  current.written.set(written, node);
  return node;
}

/** The contraction as it was asked for, with labels by first appearance: the same request needs no second canonical form. */
function asWritten(names: Label[], args: readonly Expr[], labels: readonly (readonly Label[])[], out: readonly Label[], outShape: Shape | undefined): string {
  let text = '';
  for (let i = 0; i < args.length; i++) {
    text += ` ${args[i]!.id}`;
    for (const l of labels[i]!) text += `.${placeIn(names, l)}`;
  }
  const used = names.length;
  text += '>';
  for (const l of out) text += `.${placeIn(names, l)}`;
  return names.length > used ? text + shapeKey(outShape ?? []) : text;
}

/** The dim of every label that stands in an argument, in the order of `names`. */
function dimsInOrder(names: readonly Label[], args: readonly Expr[], labels: readonly (readonly Label[])[]): (Dim | undefined)[] {
  const dims: (Dim | undefined)[] = names.map(() => undefined);
  for (let i = 0; i < args.length; i++) {
    const { shape } = args[i]!;
    const mine = labels[i]!;
    if (mine.length !== shape.length) throw new InternalError(`${mine.length} labels for ${shape.length} axes`);
    for (let axis = 0; axis < mine.length; axis++) {
      const at = names.indexOf(mine[axis]!);
      const [d, found] = [shape[axis]!, dims[at]];
      if (found === undefined) dims[at] = d;
      else if (!sameDim(found, d)) throw new InternalError(`label of dims ${found.key} and ${d.key}`);
    }
  }
  return dims;
}

/** The position of the label, at the end if it is new. */
function placeIn(names: Label[], l: Label): number {
  const known = names.indexOf(l);
  return known < 0 ? names.push(l) - 1 : known;
}

/** `einsum('ij,jk->ik', [A, B])`. `outShape` as for `contract`. */
export function einsum(pattern: string, args: readonly Expr[], outShape?: Shape): Expr {
  const [left, right] = pattern.split('->') as [string, string];
  const codes = (s: string): Label[] => [...s].map((c) => c.charCodeAt(0));
  return contract(args, args.length === 0 ? [] : left.split(',').map(codes), codes(right), outShape);
}

/** The function's shape rule lives in its record; this only interns. Use `call` of ops to build one. */
export function apply(op: string, params: readonly (number | string)[], args: readonly Expr[], shape: Shape): ApplyNode {
  const head = `apply ${op}(${params.join(',')})`;
  return intern(`${head} ${args.map((a) => a.id).join(',')}${shapeKey(shape)}`, () => ({
    ...fresh(`${head} ${args.map((a) => a.hash).join(',')}${shapeKey(shape)}`, shape),
    kind: 'apply',
    op,
    params,
    args,
  }));
}

/** The dim of every label that stands in an argument. */
export function labelDims(args: readonly Expr[], labels: readonly (readonly Label[])[]): Map<Label, Dim> {
  const names = [...new Set(labels.flat())];
  const dims = dimsInOrder(names, args, labels);
  return new Map(names.map((l, i) => [l, must(dims[i])]));
}

/** A deterministic order of nodes that depends on structure and names only. */
export function byHash(a: Expr, b: Expr): number {
  return a.hash - b.hash || a.id - b.id;
}

export function sizeOfGroup(group: readonly Dim[]): Dim {
  return group.length === 1 ? group[0]! : group.reduce(mulDims, dim(1));
}

export function shapeKey(shape: Shape): string {
  let text = '[';
  for (let i = 0; i < shape.length; i++) text += i === 0 ? shape[i]!.key : `,${shape[i]!.key}`;
  return `${text}]`;
}

function fresh(text: string, shape: Shape): Node {
  return { id: nextId++, hash: hashText(text), shape };
}

function intern<T extends Expr>(key: string, make: () => T): T {
  const found = current.nodes.get(key);
  if (found !== undefined) return found as T;
  const node = make();
  current.nodes.set(key, node);
  return node;
}
