// Facts of every node, from declared facts of variables and the records' rules. Unknown means no.

import { must, unreachable } from '../base/internal.ts';
import { isZero, same } from '../ir/rational.ts';
import { type ApplyNode, type ContractNode, type Expr, type SumNode, contextCache, contract, labelDims } from '../ir/expr.ts';
import { type Fact, type Facts, facts, noFacts } from '../ir/fact.ts';
import { canonicalOrder } from '../ir/key.ts';
import { children, postorder } from '../ir/walk.ts';
import { opNamed } from './table.ts';

const cache = contextCache(() => new Map<Expr, Facts>());

export function factsOf(root: Expr): Facts {
  const known = cache();
  const found = known.get(root);
  if (found) return found;
  const below = children(root);
  if (below.every((c) => known.has(c))) known.set(root, derive(root, known));
  else for (const node of postorder([root])) if (!known.has(node)) known.set(node, derive(node, known));
  return must(known.get(root));
}

export function has(e: Expr, fact: Fact): boolean {
  return factsOf(e).has.has(fact);
}

/** Whether the two axes of this matrix may be exchanged. */
export function isSymmetric(e: Expr): boolean {
  return e.shape.length === 2 && has(e, 'symmetric');
}

function derive(e: Expr, known: ReadonlyMap<Expr, Facts>): Facts {
  const of = (a: Expr): Facts => known.get(a) ?? noFacts;
  switch (e.kind) {
    case 'number':
      return facts([...signOf(e.value.num), 'constant', ...(isZero(e.value) || isSquareShape(e) ? (['symmetric'] as const) : [])]);
    case 'size':
      return facts(['positive', 'constant']);
    case 'variable':
      return e.facts;
    case 'delta':
      return facts(e.shape.length === 2 ? ['identity'] : ['nonnegative', 'constant']);
    case 'stack':
      return facts(['nonnegative', 'constant']);
    case 'sum':
      return facts([...ofSum(e.terms.map((t) => ({ sign: t.coef.num, facts: of(t.arg) }))).has, ...(isOwnTranspose(e, of) ? (['symmetric'] as const) : [])]);
    case 'contract':
      return ofContract(e, of);
    case 'apply':
      return facts([...(opNamed(e.op).facts?.(e.args.map(of), e) ?? []), ...(isSymmetricEntryByEntry(e, of) ? (['symmetric'] as const) : [])]);
    default:
      return unreachable(e);
  }
}

/** A function of numbers, taken entry by entry of symmetric matrices. */
function isSymmetricEntryByEntry(e: ApplyNode, of: (a: Expr) => Facts): boolean {
  return isSquareShape(e) && opNamed(e.op).ranks(e.params).every((r) => r === 0) && e.args.every((a) => of(a).has.has('symmetric'));
}

function isSquareShape(e: Expr): boolean {
  return e.shape.length === 2 && must(e.shape[0]).key === must(e.shape[1]).key;
}

function signOf(value: number): Fact[] {
  return value > 0 ? ['positive'] : value < 0 ? ['negative'] : ['nonnegative', 'nonpositive'];
}

// Larger sums are not looked into.
const mostTerms = 40;

/** A + A': every term that is not symmetric stands beside its transpose, as often. */
function isOwnTranspose(e: SumNode, of: (a: Expr) => Facts): boolean {
  if (!isSquareShape(e) || e.terms.length > mostTerms) return false;
  return e.terms.every((t) => {
    if (of(t.arg).has.has('symmetric')) return true;
    const others = e.terms.filter((other) => same(other.coef, t.coef) && mayBeTransposes(t.arg, other.arg));
    if (others.length === 0) return false;
    const across = transposeOf(t.arg, of);
    return others.some((other) => other.arg === across);
  });
}

/** Whether both are made of the same factors, a matrix alone being its only factor. */
function mayBeTransposes(a: Expr, b: Expr): boolean {
  const [left, right] = [a, b].map((e) => (e.kind === 'contract' ? e.args : [e])) as [readonly Expr[], readonly Expr[]];
  return left.length === right.length && left.every((arg) => right.includes(arg));
}

/** The transpose as it would stand in a simplified graph. */
function transposeOf(e: Expr, of: (a: Expr) => Facts): Expr {
  if (e.kind !== 'contract') return contract([e], [[0, 1]], [1, 0]);
  const out = e.out.toReversed();
  const [only] = e.args;
  const isPlain = e.args.length === 1 && only?.shape.length === 2 && must(e.labels[0]).every((l, i) => l === out[i]) && out[0] !== out[1];
  return isPlain && only ? only : contract(e.args, symmetricInOrder(e, out, of), out, e.shape.toReversed());
}

/** The labels of the factors, those of symmetric ones in canonical order. */
function symmetricInOrder(e: ContractNode, out: readonly number[], of: (a: Expr) => Facts): readonly (readonly number[])[] {
  const factors = e.args.map((a, i) => ({ hash: a.hash, labels: must(e.labels[i]), swaps: a.shape.length === 2 && of(a).has.has('symmetric') }));
  if (!factors.some((f) => f.swaps)) return e.labels;
  const dims = labelDims(e.args, e.labels);
  return canonicalOrder(factors, out, (l) => (dims.get(l) ?? must(e.shape[e.out.indexOf(l)])).key).labels;
}

function ofSum(terms: readonly { sign: number; facts: Facts }[]): Facts {
  const list: Fact[] = [];
  const all = (test: (t: { sign: number; facts: Facts }) => boolean): boolean => terms.every(test);
  const some = (test: (t: { sign: number; facts: Facts }) => boolean): boolean => terms.some(test);
  for (const fact of ['symmetric', 'diagonal', 'lower', 'upper', 'constant'] as const) {
    if (all((t) => t.facts.has.has(fact))) list.push(fact);
  }
  const signed = (t: { sign: number; facts: Facts }, up: Fact, down: Fact): boolean => t.facts.has.has(t.sign > 0 ? up : down);
  if (all((t) => signed(t, 'psd', 'nsd'))) list.push(some((t) => signed(t, 'pd', 'nd')) ? 'pd' : 'psd');
  if (all((t) => signed(t, 'nsd', 'psd'))) list.push(some((t) => signed(t, 'nd', 'pd')) ? 'nd' : 'nsd');
  if (all((t) => signed(t, 'nonnegative', 'nonpositive'))) list.push(some((t) => signed(t, 'positive', 'negative')) ? 'positive' : 'nonnegative');
  if (all((t) => signed(t, 'nonpositive', 'nonnegative'))) list.push(some((t) => signed(t, 'negative', 'positive')) ? 'negative' : 'nonpositive');
  return facts(list);
}

function ofContract(e: ContractNode, of: (a: Expr) => Facts): Facts {
  const args = e.args.map(of);
  const list: Fact[] = [];
  const spread = e.out.length !== new Set(e.out).size; // zeros off a diagonal
  const negatives = args.filter((a) => a.has.has('nonpositive') && !a.has.has('nonnegative')).length;
  const signedAll = args.every((a) => a.has.has('nonnegative') || a.has.has('nonpositive'));
  const strict = args.every((a) => a.has.has('positive') || a.has.has('negative')) && !spread;
  if (isEvenPower(e) || isQuadraticForm(e, args)) list.push('nonnegative');
  if (signedAll) list.push(negatives % 2 === 0 ? (strict ? 'positive' : 'nonnegative') : strict ? 'negative' : 'nonpositive');
  if (args.every((a) => a.has.has('constant'))) list.push('constant');
  if (e.out.length === 2 && must(e.shape[0]).key === must(e.shape[1]).key) {
    if (e.args.length === 0 && e.out[0] === e.out[1]) list.push('identity');
    else if (e.out[0] === e.out[1]) list.push('diagonal', ...(list.includes('positive') || (signedAll && negatives % 2 === 0 && args.every((a) => a.has.has('positive'))) ? (['pd'] as const) : []));
    else if (e.args.some((_, k) => args[k]?.has.has('diagonal') && e.out.every((l) => must(e.labels[k]).includes(l)))) {
      // A diagonal factor on both axes of the result clears everything off the diagonal.
      list.push('diagonal');
    } else if (isSwapInvariant(e, of)) {
      list.push('symmetric');
      const whole = flattened(e);
      if (isGram(whole, whole.args.map(of))) list.push('psd');
    } else if (e.args.length === 1) {
      for (const [from, to] of [['lower', 'upper'], ['upper', 'lower'], ['orthogonal', 'orthogonal']] as const) {
        if (args[0]?.has.has(from)) list.push(to);
      }
    }
  }
  return facts(list);
}

// Larger products are not looked into.
const mostFactors = 12;

/** The same product with the factors of nested products in place of these, as far as that is plain renaming. */
function flattened(e: ContractNode): ContractNode {
  const factors = flatFactors(e);
  if (factors.length === e.args.length && factors.every((f, i) => f.arg === e.args[i])) return e;
  const flat = contract(
    factors.map((f) => f.arg),
    factors.map((f) => f.labels),
    e.out,
    e.shape,
  );
  return flat.kind === 'contract' ? flat : e;
}

interface FlatFactor {
  readonly arg: Expr;
  readonly labels: readonly number[];
}

function flatFactors(e: ContractNode): readonly FlatFactor[] {
  let factors = e.args.map((arg, i): FlatFactor => ({ arg, labels: must(e.labels[i]) }));
  if (!factors.some((f) => f.arg.kind === 'contract')) return factors;
  let fresh = Math.max(0, ...e.labels.flat(), ...e.out) + 1;
  for (let i = 0; i < factors.length && factors.length <= mostFactors; ) {
    const { arg, labels } = must(factors[i]);
    const isPlain = arg.kind === 'contract' && new Set(arg.out).size === arg.out.length && arg.out.every((l) => arg.labels.some((mine) => mine.includes(l)));
    if (!isPlain) {
      i++;
      continue;
    }
    const names = new Map(arg.out.map((l, axis) => [l, must(labels[axis])]));
    const rename = (l: number): number => {
      const name = names.get(l) ?? fresh++;
      names.set(l, name);
      return name;
    };
    factors = factors.toSpliced(i, 1, ...arg.args.map((inner, k) => ({ arg: inner, labels: must(arg.labels[k]).map(rename) })));
  }
  return factors;
}

/** Every factor twice with the same labels: a sum of squares. */
function isEvenPower(e: ContractNode): boolean {
  if (e.args.length % 2 !== 0 || e.args.length === 0) return false;
  const left = e.args.map((a, i) => `${a.id}(${must(e.labels[i]).join(',')})`).sort();
  return left.every((key, i) => key === left[i ^ 1]);
}

/** x'Sx with S psd. */
function isQuadraticForm(e: ContractNode, args: readonly Facts[]): boolean {
  if (e.out.length > 0 || e.args.length !== 3) return false;
  const middle = e.args.findIndex((a, k) => a.shape.length === 2 && args[k]?.has.has('psd'));
  const ends = e.args.flatMap((a, k) => (k === middle ? [] : [{ a, labels: must(e.labels[k]) }]));
  const [p, q] = ends;
  if (middle < 0 || !p || !q || p.a !== q.a || p.labels.length !== 1) return false;
  const inner = must(e.labels[middle]);
  return p.labels[0] !== q.labels[0] && inner.includes(must(p.labels[0])) && inner.includes(must(q.labels[0]));
}

/** The same node when its two result labels are exchanged, with nested products opened and symmetric factors read either way. */
function isSwapInvariant(given: ContractNode, of: (a: Expr) => Facts): boolean {
  if (!hasEqualEnds(given, of)) return false;
  const e = flattened(given);
  const args = e.args.map(of);
  const orient = (labels: readonly number[], i: number): number[] =>
    labels.length === 2 && args[i]?.has.has('symmetric') ? [...labels].sort((a, b) => a - b) : [...labels];
  const [i, j] = e.out as [number, number];
  const swap = (l: number): number => (l === i ? j : l === j ? i : l);
  const plain = contract(e.args, e.labels.map(orient), e.out, e.shape);
  const swapped = contract(e.args, e.labels.map((ls, k) => orient(ls.map(swap), k)), e.out, e.shape);
  if (plain === swapped) return true;
  // A chain A S A' needs the inner label turned as well; the canonical order does that when S is read one way only.
  return e.args.some((_, k) => args[k]?.has.has('symmetric')) && turned(e, swap, args).some((c) => c === plain);
}

/** What lies on one axis of the result lies on the other: without that an exchange of the two changes the node. */
function hasEqualEnds(e: ContractNode, of: (a: Expr) => Facts): boolean {
  const factors = flatFactors(e);
  const on = (label: number | undefined): string =>
    factors
      .flatMap(({ arg, labels }) => labels.flatMap((l, axis) => (l === label ? [`${arg.id}.${of(arg).has.has('symmetric') ? '' : axis}`] : [])))
      .sort()
      .join(' ');
  return on(e.out[0]) === on(e.out[1]);
}

function turned(e: ContractNode, swap: (l: number) => number, args: readonly Facts[]): Expr[] {
  const symmetric = e.args.flatMap((a, k) => (a.shape.length === 2 && args[k]?.has.has('symmetric') ? [k] : []));
  if (symmetric.length > 4) return [];
  return Array.from({ length: 2 ** symmetric.length }, (_, mask) =>
    contract(
      e.args,
      e.labels.map((ls, k) => {
        const bit = symmetric.indexOf(k);
        const mapped = ls.map(swap);
        return bit >= 0 && (mask >> bit) % 2 === 1 ? mapped.toReversed() : mapped;
      }),
      e.out,
      e.shape,
    ),
  );
}

/** A'A, A'diag(w)A with w ≥ 0, A'SA with S psd, or x x', times numbers that are never negative. */
function isGram(e: ContractNode, args: readonly Facts[]): boolean {
  const weights = e.args.flatMap((a, k) => (a.shape.length < 2 && args[k]?.has.has('nonnegative') && !must(e.labels[k]).some((l) => e.out.includes(l)) ? [k] : []));
  const middle = e.args.flatMap((a, k) => (a.shape.length === 2 && args[k]?.has.has('psd') && !must(e.labels[k]).some((l) => e.out.includes(l)) ? [k] : []));
  if (middle.length > 1) return false;
  const rest = e.args.flatMap((a, k) => (middle.includes(k) || weights.includes(k) ? [] : [{ a, labels: must(e.labels[k]) }]));
  if (rest.length !== 2 || rest[0]?.a !== rest[1]?.a) return false;
  const [p, q] = rest as [{ a: Expr; labels: readonly number[] }, { a: Expr; labels: readonly number[] }];
  if (p.labels.length === 1) return middle.length === 0 && weights.every((k) => must(e.labels[k]).length === 0);
  if (p.labels.length !== 2) return false;
  const outAxis = p.labels.findIndex((l) => e.out.includes(l));
  if (outAxis < 0 || !e.out.includes(must(q.labels[outAxis]))) return false;
  const ends = [must(p.labels[1 - outAxis]), must(q.labels[1 - outAxis])];
  if (middle.length === 0) return ends[0] === ends[1] && weights.every((k) => must(e.labels[k]).every((l) => l === ends[0]));
  if (weights.some((k) => must(e.labels[k]).length > 0)) return false;
  const inner = must(e.labels[must(middle[0])]);
  return inner.length === 2 && inner.every((l) => ends.includes(l)) && inner[0] !== inner[1];
}

