// Every node of a graph to its term in matrix notation, children first, each node once.

import { must, unreachable } from '../base/internal.ts';
import { type Dim, addDims, dim, dimValue, subDims } from '../ir/dim.ts';
import { type ApplyNode, type ContractNode, type Expr, type Label, type SumNode, labelDims } from '../ir/expr.ts';
import { isZero, mul, one, ratio } from '../ir/rational.ts';
import { postorder, children } from '../ir/walk.ts';
import { isSymmetric } from '../ops/facts.ts';
import type { FunctionRecord } from '../ops/op.ts';
import { asGeneralPower, asPower } from '../ops/scalar/power.ts';
import { functionNamed, functions, opNamed } from '../ops/table.ts';
import type { Piece } from './label-graph.ts';
import { reduceProduct } from './reduce-product.ts';
import {
  type NotationTree,
  type SignedTree,
  type Stance,
  blocks,
  call,
  filled,
  inReadingOrder,
  identity,
  nameTree,
  negate,
  numberTree,
  power,
  slice,
  sizeTree,
  sumTree,
  transposeOf,
  withSizes,
} from './notation-tree.ts';
import { asBlocks } from './blocks.ts';
import { type Term, coreTerm, finish, scalarPower, scalarTerm, scaled, shapedPower, transposedTerm } from './term.ts';
import { type Unit, absorbUnits } from './unit-tensors.ts';

export interface Named {
  readonly name: string;
  readonly tree: NotationTree;
}

export interface MatrixForm {
  readonly tree: NotationTree;
  /** Sub-expressions with a name of their own, each in terms of those before it. */
  readonly where: readonly Named[];
}

// A text of more than about this many characters gives names to what occurs several times.
const largestTree = 20_000;
const largestShared = 400;
const deepestTree = 150;

export function matrixForm(root: Expr): MatrixForm {
  const plain = convertAll(root, Number.POSITIVE_INFINITY);
  const size = plain.where.reduce((n, w) => n + w.tree.size, plain.tree.size);
  return size <= largestTree ? plain : convertAll(root, largestShared);
}

interface Work {
  readonly terms: Map<Expr, Term>;
}

function convertAll(root: Expr, largest: number): MatrixForm {
  const nodes = postorder([root]);
  const work: Work = { terms: new Map() };
  const uses = largest === Number.POSITIVE_INFINITY ? undefined : countUses(nodes);
  const where: Named[] = [];
  const taken = new Set(nodes.flatMap((e) => (e.kind === 'variable' ? [e.name] : [])));
  let count = 0;
  for (const e of nodes) {
    const term = convert(e, work);
    let size = term.core?.size ?? 0;
    let depth = term.core?.depth ?? 0;
    for (const part of [term.over, term.under]) {
      for (const t of part) {
        size += t.size;
        depth = Math.max(depth, t.depth);
      }
    }
    const isLong = size > largest && (uses?.get(e) ?? 0) > 1;
    if (e === root || (depth <= deepestTree && !isLong)) {
      work.terms.set(e, term);
      continue;
    }
    do count++;
    while (taken.has(`T${count}`));
    const name = `T${count}`;
    where.push({ name, tree: finish(term, stanceOf(e)) });
    work.terms.set(e, coreTerm(nameTree(name, stanceOf(e), isSymmetric(e))));
  }
  return { tree: finish(termOf(root, work), stanceOf(root)), where };
}

const recognisers: readonly FunctionRecord[] = functions.filter((f) => f.recognise !== undefined);

export function countUses(nodes: readonly Expr[]): Map<Expr, number> {
  const uses = new Map<Expr, number>();
  for (const e of nodes) for (const c of children(e)) uses.set(c, (uses.get(c) ?? 0) + 1);
  return uses;
}

export function stanceOf(e: Expr): Stance {
  const order = e.shape.length;
  return order === 0 ? 'scalar' : order === 1 ? 'column' : order === 2 ? 'matrix' : 'tensor';
}

/** The term of a node; arguments that a record made up on the way are converted when they are met. */
function termOf(e: Expr, work: Work): Term {
  const known = work.terms.get(e);
  if (known) return known;
  for (const node of postorder([e])) if (!work.terms.has(node)) work.terms.set(node, convert(node, work));
  return must(work.terms.get(e));
}

/** Matrix notation of several nodes that share their work and know these names, for those who write parts of a graph themselves. */
export function matrixWriter(names: ReadonlyMap<Expr, string>): (e: Expr) => NotationTree {
  const terms = new Map(
    [...names].map(([e, name]) => [e, coreTerm(nameTree(name, stanceOf(e), isSymmetric(e)))] as const),
  );
  const work: Work = { terms };
  return (e) => treeOf(e, work);
}

function treeOf(e: Expr, work: Work): NotationTree {
  return finish(termOf(e, work), stanceOf(e));
}

function convert(e: Expr, work: Work): Term {
  switch (e.kind) {
    case 'number':
      return ofNumber(e);
    case 'size':
      return ofDim(e.dim);
    case 'variable':
      return coreTerm(nameTree(e.name, stanceOf(e), isSymmetric(e)));
    case 'delta':
      return ofProduct(
        [{ expr: e, labels: e.shape.map((_, i) => i) }],
        e.shape.map((_, i) => i),
        e.shape,
        work,
      );
    case 'stack':
      return coreTerm(slice(identity([must(e.shape[1]).key]), [rangeOf(e.offset, must(e.shape[0])), 'all'], 'matrix'));
    case 'sum':
      return ofSum(e, work);
    case 'contract':
      return ofRecord(e, work) ?? ofContract(e, work);
    case 'apply':
      return ofPower(e, work) ?? ofRecord(e, work) ?? ofApply(e, work);
    default:
      return unreachable(e);
  }
}

function ofNumber(e: Extract<Expr, { kind: 'number' }>): Term {
  if (e.shape.length === 0) return { coef: e.value, over: [], under: [] };
  const core = filled(
    isZero(e.value) ? 0 : 1,
    stanceOf(e),
    e.shape.map((d) => d.key),
    e.shape.length > 2,
  );
  return isZero(e.value) ? coreTerm(core) : { coef: e.value, over: [], under: [], core };
}

/** A size as a scalar. */
export function ofDim(d: Dim): Term {
  const value = dimValue(d);
  if (value !== undefined) return { coef: ratio(value), over: [], under: [] };
  const terms = d.terms.map((t): SignedTree => {
    const term: Term = { coef: ratio(Math.abs(t.coef)), over: t.names.map((n) => nameTree(n, 'scalar')), under: [] };
    return { negative: t.coef < 0, of: finish(term, 'scalar') };
  });
  return scalarTerm(sizeTree(d.key, sumTree(terms, 'scalar')));
}

/** Rows offset+1 to offset+count, counted from one. */
export function rangeOf(offset: Dim, count: Dim): { from: string; to: string } {
  return { from: addDims(offset, dim(1)).key, to: addDims(offset, count).key };
}

function ofSum(e: SumNode, work: Work): Term {
  const [only] = e.terms;
  if (e.terms.length === 1 && only) return scaled(termOf(only.arg, work), only.coef);
  const whole = ofRecord(e, work);
  if (whole) return whole;
  const tiled = asBlocks(e, (inner) => treeOf(inner, work));
  if (tiled) return coreTerm(tiled);
  const stance = stanceOf(e);
  const terms = e.terms.flatMap((t) => signedTerms(finish(scaled(termOf(t.arg, work), t.coef), stance)));
  return coreTerm(sumTree(inReadingOrder(terms), stance, isSymmetric(e)));
}

/** The signed terms of a tree that stands in a sum. */
export function signedTerms(tree: NotationTree): readonly SignedTree[] {
  if (tree.kind === 'sum') return tree.terms;
  if (tree.kind === 'negate') return signedTerms(tree.of).map((t) => ({ ...t, negative: !t.negative }));
  if (tree.kind === 'number' && tree.value.num < 0) return [{ negative: true, of: negate(tree) }];
  return [{ negative: false, of: tree }];
}

function ofContract(e: ContractNode, work: Work): Term {
  return ofMasked(e, work) ?? ofPadded(e, work) ?? ofProduct(flatFactors(e), e.out, e.shape, work);
}

/** A matrix times a pattern of ones: tril(X), triu(X). */
function ofMasked(e: ContractNode, work: Work): Term | undefined {
  const [row, col] = e.out;
  if (e.out.length !== 2 || row === col) return undefined;
  for (const [k, arg] of e.args.entries()) {
    const masks = arg.kind === 'apply' ? opNamed(arg.op).written?.(arg).masks : undefined;
    const [a, b] = must(e.labels[k]);
    const name = a === row && b === col ? masks?.along : a === col && b === row ? masks?.across : undefined;
    // A pattern alone is written as it is, but not its transpose.
    if (name === undefined || (e.args.length === 1 && name === masks?.along)) continue;
    const rest = e.args.flatMap((expr, i) => (i === k ? [] : [{ expr, labels: must(e.labels[i]) }]));
    const term = ofProduct(rest, e.out, e.shape, work);
    return term.core && { ...term, core: call(name, [term.core], 'matrix') };
  }
  return undefined;
}

/** A vector put in its place among zeros: [0; x[1:n-1]]. */
function ofPadded(e: ContractNode, work: Work): Term | undefined {
  const [whole] = e.out;
  if (e.out.length !== 1) return undefined;
  const k = e.args.findIndex((arg, i) => arg.kind === 'stack' && e.labels[i]?.[1] === whole);
  const [place, part] = [e.args[k], e.labels[k]?.[0]];
  const rest = e.args.flatMap((expr, i) => (i === k ? [] : [{ expr, labels: must(e.labels[i]) }]));
  if (place?.kind !== 'stack' || part === undefined || part === whole || rest.some((f) => f.labels.includes(must(whole)))) return undefined;
  if (!rest.some((f) => f.labels.includes(part))) return undefined;
  const length = must(place.shape[0]);
  const after = subDims(must(place.shape[1]), addDims(place.offset, length));
  const term = ofProduct(rest, [part], [length], work);
  if (!term.core) return undefined;
  const zeros = (d: Dim): NotationTree[][] => (dimValue(d) === 0 ? [] : [[dimValue(d) === 1 ? numberTree(ratio(0)) : filled(0, 'column', [d.key], true)]]);
  return { ...term, core: blocks([...zeros(place.offset), [withSizes(term.core)], ...zeros(after)], 'column') };
}

// Beyond this many factors nested tensors stay nested.
const mostFactors = 24;

/** The factors, with those of nested products of order three and more in place of these. */
function flatFactors(e: ContractNode): LabelledExpr[] {
  const list: LabelledExpr[] = e.args.map((expr, i) => ({ expr, labels: must(e.labels[i]) }));
  let fresh = Math.max(0, ...e.labels.flat(), ...e.out) + 1;
  for (let i = 0; i < list.length && list.length < mostFactors;) {
    const { expr, labels } = must(list[i]);
    if (
      expr.kind !== 'contract' ||
      expr.shape.length < 3 ||
      new Set(expr.out).size !== expr.out.length ||
      expr.args.length === 0
    ) {
      i++;
      continue;
    }
    const names = new Map(expr.out.map((l, k) => [l, must(labels[k])]));
    const rename = (l: Label): Label => {
      if (!names.has(l)) names.set(l, fresh++);
      return must(names.get(l));
    };
    const inner = expr.args.map((arg, k) => ({ expr: arg, labels: must(expr.labels[k]).map(rename) }));
    list.splice(i, 1, ...inner);
  }
  return list;
}

interface LabelledExpr {
  readonly expr: Expr;
  readonly labels: readonly Label[];
}

function ofProduct(list: readonly LabelledExpr[], out: readonly Label[], shape: readonly Dim[], work: Work): Term {
  const dims = labelDims(
    list.map((f) => f.expr),
    list.map((f) => f.labels),
  );
  out.forEach((l, i) => void (dims.has(l) || dims.set(l, must(shape[i]))));
  let coef = one;
  const over: NotationTree[] = [];
  const under: NotationTree[] = [];
  const pieces: Piece[] = [];
  const units: Unit[] = [];
  for (const { expr, labels } of list) {
    if (expr.kind === 'delta') {
      units.push({ groups: expr.groups, labels });
      continue;
    }
    const term = termOf(expr, work);
    coef = mul(coef, term.coef);
    over.push(...term.over);
    under.push(...term.under);
    if (term.core) pieces.push({ tree: term.core, labels });
  }
  const write = (d: Dim): NotationTree => finish(ofDim(d), 'scalar');
  const absorbed = absorbUnits(pieces, units, out, { dims, write });
  const reduced = reduceProduct(absorbed.pieces, absorbed.out, {
    tree: (l) => write(must(dims.get(l))),
    text: (l) => must(dims.get(l)).key,
  });
  for (const s of reduced.scalars) {
    if (s.kind === 'number') coef = mul(coef, s.value);
    else over.push(s);
  }
  return { coef, over, under, ...(reduced.core && { core: reduced.core }) };
}

/** The function of the table that expands to this node. */
function ofRecord(e: Expr, work: Work): Term | undefined {
  const below = children(e);
  for (const record of recognisers) {
    const args = record.recognise?.(e);
    // A sum or a trace of its one argument is written from its labels.
    if (args && !(args.length === below.length && args.every((a, i) => a === below[i])))
      return ofCall(e, record.name, args, {}, work);
  }
  return undefined;
}

function ofPower(e: ApplyNode, work: Work): Term | undefined {
  const fixed = asPower(e);
  if (fixed) {
    if (e.shape.length === 0) return scalarPower(treeOf(fixed.base, work), fixed.exponent);
    return coreTerm(shapedPower(treeOf(fixed.base, work), fixed.exponent));
  }
  const general = asGeneralPower(e);
  if (!general) return undefined;
  const [base, exponent] = entryArguments([general.base, general.exponent], work);
  return coreTerm(power(must(base), must(exponent), e.shape.length > 0));
}

function ofApply(e: ApplyNode, work: Work): Term {
  const op = opNamed(e.op);
  const written = op.written?.(e);
  if (written) {
    const term = ofCall(e, written.name, written.args, { primes: written.primes ?? 0 }, work);
    return written.transposed ? transposedTerm(term) : term;
  }
  if (isByEntries(e)) return ofCall(e, e.op, e.args, {}, work);
  const batch = must(e.args[0]).shape.length - must(op.ranks(e.params)[0]);
  const name = batch > 0 ? (functionNamed(e.op)?.axis?.rows ?? e.op) : e.op;
  const params = e.params.map((p) => (typeof p === 'number' ? numberTree(ratio(p)) : nameTree(p, 'scalar')));
  const stance = stanceOf(e);
  return coreTerm(
    call(name, [...e.args.map((a) => treeOf(a, work)), ...params], stance, {
      look: functionNamed(name)?.look ?? {},
      symmetric: stance === 'scalar' || isSymmetric(e),
    }),
  );
}

function isByEntries(e: Expr): boolean {
  return e.kind === 'apply' && opNamed(e.op).ranks(e.params).every((r) => r === 0);
}

function ofCall(e: Expr, name: string, args: readonly Expr[], how: { primes?: number }, work: Work): Term {
  const record = functionNamed(name);
  const tree = (stance: Stance): NotationTree =>
    call(name, isByEntries(e) ? entryArguments(args, work) : args.map((a) => treeOf(a, work)), stance, { ...how, look: record?.look ?? {}, symmetric: stance === 'scalar' || isSymmetric(e) });
  // A function whose result is a row: the column of the graph is its transpose.
  const givesRow = e.shape.length === 1 && record?.forms.every((f) => /->\s*row\b/.test(f.signature)) === true;
  return coreTerm(givesRow ? transposeOf(tree('row')) : tree(stanceOf(e)));
}

/** A repeated scalar beside an argument of full shape is written as the scalar. */
function entryArguments(args: readonly Expr[], work: Work): NotationTree[] {
  const terms = args.map((a) => termOf(a, work));
  const isRepeated = (t: Term, a: Expr): boolean => a.shape.length > 0 && t.core?.kind === 'filled';
  const someFull = args.some((a, i) => a.shape.length > 0 && !isRepeated(must(terms[i]), a));
  return args.map((a, i) => {
    const t = must(terms[i]);
    if (!someFull || !isRepeated(t, a)) return finish(t, stanceOf(a));
    if (t.core?.kind === 'filled' && t.core.value === 0) return numberTree(ratio(0));
    return finish({ coef: t.coef, over: t.over, under: t.under }, 'scalar');
  });
}
