// Signs of tensors and definiteness of matrices, proved from facts, from records and by sums of squares.
// Klaus, Merk, Wiedom, Laue, Giesen, Convexity Certificates from Hessians, NeurIPS 2022, for the plan: definiteness of
// the normal form of a Hessian by rules on its graph. Unknown means no: what no rule proves is undefined.

import { must, unreachable } from '../base/internal.ts';
import { type Expr, contextCache, contract, variable } from '../ir/expr.ts';
import { type Fact, facts } from '../ir/fact.ts';
import { isInteger } from '../ir/rational.ts';
import { factsOf, has, isSymmetric } from '../ops/facts.ts';
import { opNamed } from '../ops/table.ts';
import { asPower } from '../ops/scalar/power.ts';
import { postorder } from '../ir/walk.ts';
import { lookAtTime } from '../base/deadline.ts';
import { isSpent, spend } from './effort.ts';
import { drawn } from './denominators.ts';
import { type Split, splitPowers } from './general-powers.ts';
import type { Atom } from './network.ts';
import { type Polynomial, isEven, polynomial } from './network.ts';
import type { Drawn, Proof, Property } from './proof.ts';
import { leastValue } from './range.ts';
import { bySlopes } from './slopes.ts';
import { type Block, sumOfSquares } from './squares.ts';
import { collected } from './collect.ts';
import { ofTotals } from './totals.ts';
import { inOrder } from './loewner.ts';
import { type Substitution, substitutions } from './substitute.ts';
import type { Judge } from './mirror.ts';

// Claims are proved from smaller claims down to this depth, on graphs up to this size.
const deepest = 6;
const deepestForSlopes = 2;
const mostTermsBesideSlopes = 6;
const largest = 400;

const cache = contextCache(() => new Map<string, Proof | undefined>());
let depth = 0;
// Within a proof by slopes there is no other, and squares of short expressions alone are looked for.
let isSloping = false;

/** A proof that every entry of a tensor is ≥ 0, or > 0, or that a matrix is positive semidefinite; or undefined. */
export function prove(property: Property, of: Expr): Proof | undefined {
  const known = cache();
  const key = `${isSloping ? 'slope' : ''} ${property} ${of.id}`;
  if (known.has(key)) return known.get(key);
  if (depth >= deepest) return undefined;
  lookAtTime();
  known.set(key, undefined);
  depth++;
  try {
    const proof = spend(postorder([of]).length) ? attempt(property, of) : undefined;
    if (proof || !isSpent()) known.set(key, proof);
    else known.delete(key);
    return proof;
  } catch (error) {
    known.delete(key);
    throw error;
  } finally {
    depth--;
  }
}

function attempt(property: Property, of: Expr): Proof | undefined {
  const found = directly(property, of);
  if (found || property !== 'nonnegative' || isSloping || depth > deepestForSlopes) return found;
  isSloping = true;
  try {
    return bySlopes(of, { directly, prove });
  } finally {
    isSloping = false;
  }
}

function directly(property: Property, of: Expr): Proof | undefined {
  if (has(of, property)) return { property, of, reason: { rule: 'fact' }, premises: [] };
  if (postorder([of]).length > largest) return undefined;
  const byRecord = fromRecord(property, of);
  if (byRecord) return byRecord;
  if (property !== 'psd' && leastValue(of, property)) return { property, of, reason: { rule: 'range' }, premises: [] };
  switch (property) {
    case 'positive':
      return positive(of);
    case 'nonnegative':
      return squares(property, of, weighed(of, ['nonnegative']));
    case 'psd':
      return isMatrix(of) && isSymmetric(of) ? squares(property, of, quadraticForm(of)) : undefined;
    default:
      return unreachable(property);
  }
}

/** Σ w·e with a fresh w ≥ 0: it is never negative exactly when no entry is. */
export function weighed(e: Expr, sign: readonly Fact[]): Expr {
  if (e.shape.length === 0) return e;
  const labels = e.shape.map((_, k) => k);
  return contract([variable('weight of it', e.shape, facts(sign)), e], [labels, labels], []);
}

/** v'Mv with a fresh v. */
export function quadraticForm(M: Expr): Expr {
  const v = variable('vector of it', M.shape.slice(0, 1));
  return contract([v, M, v], [[0], [0, 1], [1]], []);
}

function isMatrix(e: Expr): boolean {
  return e.shape.length === 2 && must(e.shape[0]).key === must(e.shape[1]).key;
}

/** `scalar` ≥ 0 by squares; it stands for the property of `of`. */
export function squares(property: Property, of: Expr, scalar: Expr): Proof | undefined {
  const split = splitPowers(scalar);
  const q = polynomial(split?.scalar ?? scalar);
  if (isSloping && q.size > mostTermsBesideSlopes) return undefined;
  const { terms, drawn: weights, premises } = drawn(q, (e) => prove('nonnegative', e));
  const written = function* (): Generator<Substitution> {
    for (const other of isSloping ? [undefined] : waysToWrite(terms)) yield { terms: other?.terms ?? terms, drawn: [...weights, ...(other?.drawn ?? [])], premises: [...premises, ...(other?.premises ?? [])] };
    // Weights are seen through where nothing was drawn out of them.
    if (weights.length > 0 && !isSloping) yield* collected(q, (e) => prove('nonnegative', e));
  };
  for (const way of written()) {
    const blocks = spend(way.terms.size ** 2) ? sumOfSquares(way.terms, judge) : undefined;
    if (blocks) return { property, of, reason: { rule: 'squares', drawn: inOwnTerms(way.drawn, split), blocks }, premises: [...way.premises, ...premisesOf(blocks)] };
  }
  return undefined;
}

function* waysToWrite(terms: Polynomial): Generator<Substitution | undefined> {
  yield undefined;
  yield* substitutions(terms);
  yield* ofTotals(terms);
  yield* collected(terms, (e) => prove('nonnegative', e));
  yield* inOrder(terms, (e) => prove('psd', e));
}

function inOwnTerms(list: readonly Drawn[], split: Split | undefined): readonly Drawn[] {
  return split ? [...list.map((d) => ({ ...d, value: split.back(d.value) })), ...split.drawn] : list;
}

const judge: Judge = {
  isNonnegative: (base) => prove('nonnegative', base) !== undefined,
  isPsd: (matrix) => prove('psd', matrix) !== undefined,
};

/** What the blocks take for granted: the signs of their weights, and that matrices between halves are psd. */
export function premisesOf(blocks: readonly Block[]): Proof[] {
  const found = new Map<string, Proof>();
  const need = (property: Property, of: Expr): void => {
    found.set(`${property} ${of.id}`, must(prove(property, of), `${property} premise`));
  };
  for (const half of blocks.flatMap((b) => b.halves)) {
    for (const atom of half.atoms) if (isWeight(atom)) need(prove('nonnegative', atom.base) ? 'nonnegative' : 'psd', atom.base);
    for (const port of half.ports) if (port.kind === 'matrix') need('psd', port.matrix);
  }
  return [...found.values()];
}

/** A half has roots of its weights; a root asks for a sign. */
export function isWeight(atom: Atom): boolean {
  return !isInteger(atom.exponent);
}

function positive(of: Expr): Proof | undefined {
  if (of.kind === 'sum') {
    for (const [k, t] of of.terms.entries()) {
      const strict = t.coef.num > 0 ? prove('positive', t.arg) : undefined;
      if (!strict) continue;
      const rest = of.terms.filter((_, i) => i !== k).map((other) => (other.coef.num > 0 ? prove('nonnegative', other.arg) : undefined));
      if (rest.every((p) => p !== undefined)) return { property: 'positive', of, reason: { rule: 'positive term' }, premises: [strict, ...rest] };
    }
    return undefined;
  }
  const p = asPower(of);
  const factors = of.kind === 'contract' && new Set(of.out).size === of.out.length ? of.args : p && !isEven(p.exponent) ? [p.base] : [];
  if (factors.length === 0) return undefined;
  const premises = factors.map((f) => prove('positive', f));
  return premises.every((f) => f !== undefined) ? { property: 'positive', of, reason: { rule: 'product' }, premises } : undefined;
}

/** The record's facts, for arguments whose properties were proved beyond their own facts. */
function fromRecord(property: Property, of: Expr): Proof | undefined {
  if (of.kind !== 'apply') return undefined;
  const rule = opNamed(of.op).facts;
  if (!rule) return undefined;
  const premises: Proof[] = [];
  const args = of.args.map((arg) => {
    const known = factsOf(arg);
    const more: Fact[] = [];
    for (const fact of isMatrix(arg) ? (['psd'] as const) : (['positive', 'nonnegative'] as const)) {
      if (known.has.has(fact)) break;
      const proof = prove(fact, arg);
      if (!proof) continue;
      premises.push(proof);
      more.push(fact);
      break;
    }
    return more.length === 0 ? known : facts([...known.has, ...more]);
  });
  if (premises.length === 0) return undefined;
  return facts(rule(args, of)).has.has(property) ? { property, of, reason: { rule: 'function' }, premises } : undefined;
}
