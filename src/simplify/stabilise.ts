// Forms that keep their digits and do not overflow, for code and numbers. They are no shorter, so no one reads them.
//
// stabilise   log(1+u) and exp(u)-1 near 0; sums of exponentials under a logarithm or below a fraction; the logarithm of
//             the determinant of a positive definite matrix from its Cholesky factor
// withSolves  inv(A) B as the solution of a linear system; from the Cholesky factor where A is positive definite

import { must, unreachable } from '../base/internal.ts';
import { add, broadcast, constant, scale, sub, total, transpose } from '../ir/build.ts';
import { type ContractNode, type Expr, type Label, type Term, contract, einsum, sum } from '../ir/expr.ts';
import { type Rational, isZero, mul, one, same, toNumber } from '../ir/rational.ts';
import { children, postorder, rewriteUp } from '../ir/walk.ts';
import { logOfSumOfExp } from '../ops/defined/learning.ts';
import { has, isSymmetric } from '../ops/facts.ts';
import { choleskyFactor } from '../ops/matrix/decompositions.ts';
import { argOfInverse, argOfLogDeterminant } from '../ops/matrix/determinant.ts';
import { choleskySolution, solution } from '../ops/matrix/solve.ts';
import { expMinusOne, logOnePlus, softplus } from '../ops/scalar/logistic.ts';
import { argOfExp, argOfLog, asPower, exponential, logarithm } from '../ops/scalar/power.ts';

export function stabilise(roots: readonly Expr[]): Expr[] {
  const cache = new Map<Expr, Expr>();
  return roots.map((root) => rewriteUp(root, stable, cache));
}

function stable(e: Expr): Expr {
  switch (e.kind) {
    case 'number':
    case 'size':
    case 'variable':
    case 'delta':
    case 'stack':
      return e;
    case 'sum':
      return nearZero(e.terms) ?? e;
    case 'contract':
      return mergedExponentials(e);
    case 'apply': {
      const u = argOfLog(e);
      if (u) return logOfPositive(u) ?? logNearOne(u) ?? e;
      const p = asPower(e);
      const log = p && p.exponent.num < 0 ? logOfPositive(p.base) : undefined;
      if (p && log) return exponential(scale(p.exponent, log));
      const X = argOfLogDeterminant(e);
      return X?.shape.length === 2 && has(X, 'pd') ? scale(2, total(logarithm(einsum('ii->i', [choleskyFactor(X)])))) : e;
    }
    default:
      return unreachable(e);
  }
}

/** The value of a constant term. */
function valueOf(t: Term): Rational | undefined {
  return t.arg.kind === 'number' ? mul(t.coef, t.arg.value) : undefined;
}

// c exp(u) - c = c expm1(u)
function nearZero(terms: readonly Term[]): Expr | undefined {
  const [constants, rest] = [terms.filter((t) => t.arg.kind === 'number'), terms.filter((t) => t.arg.kind !== 'number')];
  const c = constants.length === 1 ? valueOf(must(constants[0])) : undefined;
  const k = rest.findIndex((t) => c && argOfExp(t.arg) && t.coef.num === -c.num && t.coef.den === c.den);
  if (c === undefined || k < 0) return undefined;
  return sum(rest.with(k, { coef: must(rest[k]).coef, arg: expMinusOne(must(argOfExp(must(rest[k]).arg))) }));
}

// log(1 + u) = log1p(u)
function logNearOne(e: Expr): Expr | undefined {
  if (e.kind !== 'sum' || e.terms.length < 2) return undefined;
  const k = e.terms.findIndex((t) => {
    const value = valueOf(t);
    return value !== undefined && same(value, one);
  });
  return k < 0 ? undefined : logOnePlus(sum(e.terms.filter((_, i) => i !== k)));
}

/** The logarithm of a sum of exponentials with positive weights, without the exponentials themselves. */
function logOfPositive(e: Expr): Expr | undefined {
  const whole = logOfSumOfExp(e);
  if (whole) return whole;
  if (e.kind !== 'sum' || e.terms.length < 2) return undefined;
  const logs = e.terms.map((t): Expr | undefined => {
    const value = valueOf(t);
    if (value !== undefined) return value.num > 0 ? constant(logOf(value), e.shape) : undefined;
    const u = argOfExp(t.arg) ?? logOfSumOfExp(t.arg);
    if (u === undefined || t.coef.num <= 0) return undefined;
    return same(t.coef, one) ? u : add(u, constant(logOf(t.coef), e.shape));
  });
  if (logs.some((l) => l === undefined) || logs.every((l) => l?.kind === 'number')) return undefined;
  // log(e^a + e^b) = a + softplus(b - a)
  return (logs as Expr[]).reduce((a, b) => (isZeroNumber(a) ? softplus(b) : isZeroNumber(b) ? softplus(a) : add(a, softplus(sub(b, a)))));
}

function logOf(value: Rational): Rational {
  return { num: Math.log(toNumber(value)), den: 1 };
}

function isZeroNumber(e: Expr): boolean {
  return e.kind === 'number' && isZero(e.value);
}

// exp(u) exp(v) = exp(u + v), also where v has only some of the axes: one factor may be huge and the other tiny.
function mergedExponentials(e: ContractNode): Expr {
  const factors = e.args.map((arg, i) => ({ arg, labels: must(e.labels[i]) }));
  const isPlain = (labels: readonly Label[]): boolean => new Set(labels).size === labels.length;
  for (const big of factors) {
    const small = factors.find((f) => f !== big && argOfExp(f.arg) && isPlain(f.labels) && f.labels.every((l) => big.labels.includes(l)));
    const [u, v] = [argOfExp(big.arg), argOfExp(small?.arg)];
    if (!u || !v || !small || !isPlain(big.labels)) continue;
    const spread = small.labels.length === 0 ? broadcast(v, u.shape) : contract([v], [small.labels], big.labels, u.shape);
    const rest = factors.filter((f) => f !== big && f !== small);
    const all = [...rest, { arg: exponential(add(u, spread)), labels: big.labels }];
    const merged = contract(all.map((f) => f.arg), all.map((f) => f.labels), e.out, e.shape);
    return merged.kind === 'contract' ? mergedExponentials(merged) : merged;
  }
  return e;
}

/**
 * Products of two with an inverse become solutions of linear systems; an inverse that is needed as such stays one, and its
 * products stay products.
 */
export function withSolves(roots: readonly Expr[]): Expr[] {
  const order = postorder(roots);
  const needed = new Set<Expr>(roots);
  for (const node of order) {
    const gone = node.kind === 'contract' ? solvable(node)?.inverse : undefined;
    for (const c of children(node)) if (c !== gone) needed.add(c);
  }
  const cache = new Map<Expr, Expr>();
  const visit = (node: Expr): Expr => {
    if (node.kind !== 'contract') return node;
    const found = solvable(node);
    return found && !needed.has(found.inverse) ? solved(found, node) : node;
  };
  return roots.map((root) => rewriteUp(root, visit, cache));
}

interface Solvable {
  readonly inverse: Expr;
  readonly A: Expr;
  /** The inverse is transposed in the product. */
  readonly transposed: boolean;
  readonly B: Expr;
  /** Of B: the label that is summed first. */
  readonly order: readonly Label[];
  readonly row: Label;
  readonly labels: readonly Label[];
}

function solvable(e: ContractNode): Solvable | undefined {
  if (e.args.length !== 2) return undefined;
  for (const k of [0, 1]) {
    const inverse = must(e.args[k]);
    const A = argOfInverse(inverse);
    const [B, labels] = [must(e.args[1 - k]), must(e.labels[1 - k])];
    const [i, j] = must(e.labels[k]);
    if (!A || A.shape.length !== 2 || B === inverse || i === undefined || j === undefined || i === j || labels.length > 2 || new Set(labels).size !== labels.length) continue;
    const [row, inner] = labels.includes(j) ? [i, j] : [j, i];
    if (!labels.includes(inner) || labels.includes(row) || e.out.includes(inner) || !e.out.includes(row)) continue;
    if (!labels.every((l) => l === inner || e.out.includes(l))) continue;
    return { inverse, A, transposed: inner === i, B, order: [inner, ...labels.filter((l) => l !== inner)], row, labels };
  }
  return undefined;
}

function solved({ A, transposed, B, order, row, labels }: Solvable, e: ContractNode): Expr {
  const right = order.every((l, i) => l === labels[i]) ? B : contract([B], [labels], order);
  const X = has(A, 'pd') ? choleskySolution(choleskyFactor(A), right) : solution(transposed && !isSymmetric(A) ? transpose(A) : A, right);
  const named = [row, ...order.slice(1)];
  return named.length === e.out.length && named.every((l, i) => l === e.out[i]) ? X : contract([X], [named], e.out, e.shape);
}

