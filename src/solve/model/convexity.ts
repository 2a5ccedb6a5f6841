// Whether the problem is convex: by certificate from its symbols, or for a quadratic part from its numbers.

import { type Expr, type VariableNode, contract, variable } from '../../ir/expr.ts';
import { neg, sub } from '../../ir/build.ts';
import { unreachable } from '../../base/internal.ts';
import { facts } from '../../ir/fact.ts';
import { children, dependents, isLinearGraph, variables as variablesOf } from '../../ir/walk.ts';
import { covers, glance, withoutNames } from '../../certify/alike.ts';
import { composed } from '../../certify/composition.ts';
import { doneBy } from '../../base/deadline.ts';
import { once } from '../../base/once.ts';
import { leastValue } from '../../certify/range.ts';
import { replaced } from '../../certify/regular.ts';
import { type Verdict, verdict } from '../../certify/verdict.ts';
import { has } from '../../ops/facts.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { isOfKernel, isSemidefinite } from '../linear/definite.ts';
import type { Matrix } from '../matrix.ts';
import type { Coordinates, Problem } from '../problem.ts';
import { isAffine } from './derivatives.ts';
import { later } from './later.ts';
import type { Statement } from './statement.ts';

export type Bend = 'affine' | 'convex' | 'concave' | 'neither' | 'unknown';

export interface PartVerdict {
  readonly bend: Bend;
  /** The certificate's own word, such as "strongly convex". */
  readonly says: string;
  /** Whether it serves: convex objective, a feasible set that is convex. */
  readonly serves: boolean;
}

export interface Convexity {
  readonly objective: PartVerdict;
  /** In the order of the statement's constraints. */
  readonly constraints: readonly PartVerdict[];
  readonly all: boolean;
  /** Whether a verdict was given up for lack of time. */
  readonly isLate: boolean;
  /** Whether the numbers of a quadratic objective were tried, and are not semidefinite. */
  readonly isIndefinite?: boolean;
}

/** Verdicts on the parts of a statement, kinks and all; those not found by `until`, in milliseconds of the clock, are unknown. */
export function convexityOf(statement: Statement, until: number = Infinity): Convexity {
  const by = statement.variables;
  const judged: Judged[] = [];
  const isKept = once(() => keptBy(statement));
  const part = (e: Expr, of: readonly VariableNode[]): PartVerdict => doneBy(until, () => verdictLike(judged, e, of, isKept)) ?? late;
  const objective = part(statement.objective, by);
  const constraints = statement.constraints.map(({ expr, relation }): PartVerdict => {
    if (isSeenAffine(expr, by) || (relation === '==' && isAffine(expr, by))) return affine;
    if (relation === '==') return { bend: 'unknown', says: 'an equation that is not affine', serves: false };
    // Entries are convex together exactly if every weighted sum of them is.
    const weights = variable('#weight', expr.shape, facts(['nonnegative']));
    const labels = expr.shape.map((_, i) => i);
    const sum = contract([weights, relation === '<=' ? expr : neg(expr)], [labels, labels], []);
    const found = part(expr.shape.length === 0 ? (relation === '<=' ? expr : neg(expr)) : sum, by);
    if (relation === '<=') return found;
    return {
      bend: mirrored(found.bend),
      serves: found.serves,
      get says() {
        return turned(found.says);
      },
    };
  });
  return { objective, constraints, all: objective.serves && constraints.every((c) => c.serves), isLate: [objective, ...constraints].includes(late) };
}

/** Whether the affine constraints alone keep an expression from being negative. */
function keptBy({ constraints, variables }: Statement): (e: Expr) => boolean {
  const sides = constraints.filter((c) => isSeenAffine(c.expr, variables)).flatMap(({ expr, relation }) => (relation === '>=' ? [expr] : relation === '<=' ? [neg(expr)] : [expr, neg(expr)]));
  return (e) => sides.some((side) => side.shape.length === e.shape.length && side.shape.every((d, i) => d.key === e.shape[i]?.key) && leastValue(simplify(sub(e, side), lazy), 'nonnegative'));
}

/** Of an objective that was seen to be convex, with constraints that are all affine. */
export function convexBy({ constraints }: Statement): Convexity {
  return { objective: { bend: 'convex', says: 'convex', serves: true }, constraints: constraints.map(() => affine), all: true, isLate: false };
}

const affine: PartVerdict = { bend: 'affine', says: 'affine', serves: true };
const late: PartVerdict = { bend: 'unknown', says: 'not known to be convex: the time did not suffice for a proof', serves: false };

/** What is said of the negative. */
export function turned(says: string): string {
  return says.startsWith('neither') ? says : says.replaceAll(/convex|concave/g, (word) => (word === 'convex' ? 'concave' : 'convex'));
}

function mirrored(bend: Bend): Bend {
  return bend === 'convex' ? 'concave' : bend === 'concave' ? 'convex' : bend;
}

interface Judged {
  readonly of: Expr;
  readonly glance: string;
  readonly found: PartVerdict;
}

/** What is certified of a part is so of parts that differ in names alone, and in what more is known of the given. */
function verdictLike(judged: Judged[], e: Expr, by: readonly VariableNode[], isKept: () => (e: Expr) => boolean): PartVerdict {
  const of = simplify(e, lazy);
  const told = byForm(of, by);
  if (told) return told;
  const seen = glance(of);
  const near = judged.filter((j) => j.glance === seen && j.found.serves);
  const nameless = near.length > 0 ? withoutNames(of, by) : undefined;
  const same = nameless && near.find((j) => {
    const other = withoutNames(j.of, by);
    return other && covers(other, nameless);
  });
  if (same) return same.found;
  const { found, elsewhere } = partVerdict(e, by, isKept);
  // What rests on constraints tells nothing of other variables.
  judged.push({ of, glance: seen, found: elsewhere });
  return found;
}

/** Of a part that is seen to be convex. Whether it is strictly so is looked into when it is asked for. */
function byForm(of: Expr, by: readonly VariableNode[]): PartVerdict | undefined {
  const leaves = new Set<Expr>(variablesOf([of]));
  const mine = by.filter((v) => leaves.has(v));
  if (composed(of, mine) !== 'convex') return undefined;
  const word = later(() => {
    const found = described(verdict(of, mine), () => false);
    return found.serves && found.bend === 'convex' ? found.says : 'convex';
  });
  return {
    bend: 'convex',
    serves: true,
    get says() {
      return word();
    },
  };
}

/** The verdict here; `elsewhere`, without the constraints. */
function partVerdict(e: Expr, by: readonly VariableNode[], isKept: () => (e: Expr) => boolean): { readonly found: PartVerdict; readonly elsewhere: PartVerdict } {
  const leaves = new Set<Expr>(variablesOf([e]));
  const mine = by.filter((v) => leaves.has(v));
  if (mine.length === 0 || isSeenAffine(e, mine)) return { found: affine, elsewhere: affine };
  const v = verdict(e, mine);
  const plain = described(v, () => false);
  if (plain.serves) return { found: plain, elsewhere: plain };
  if (isAffine(e, mine)) return { found: affine, elsewhere: affine };
  const found = described(v, (c) => isKept()(c));
  return { found: found.serves ? found : (ofKeptParts(e, mine, isKept()) ?? found), elsewhere: plain };
}

/** As a function of the affine parts that constraints keep from being negative too: if it is convex so, it is in the variables. */
function ofKeptParts(e: Expr, by: readonly VariableNode[], isKept: (e: Expr) => boolean): PartVerdict | undefined {
  const active = dependents(e, new Set<Expr>(by));
  const parts = new Map<Expr, VariableNode>();
  const seen = new Set<Expr>();
  const visit = (node: Expr): void => {
    if (seen.has(node) || !active.has(node)) return;
    seen.add(node);
    if (node.kind !== 'variable' && isSeenAffine(node, by) && isKept(node)) parts.set(node, variable(`#kept${parts.size}`, node.shape, facts(['nonnegative'])));
    else children(node).forEach(visit);
  };
  visit(e);
  if (parts.size === 0) return undefined;
  const outer = replaced(e, parts);
  const leaves = new Set<Expr>(variablesOf([outer]));
  const found = described(verdict(outer, [...by.filter((x) => leaves.has(x)), ...parts.values()]), () => false);
  return found.serves && found.bend === 'convex' ? { ...found, says: 'convex' } : undefined;
}

/** Without a derivative. */
function isSeenAffine(e: Expr, by: readonly VariableNode[]): boolean {
  return isLinearGraph(simplify(e, lazy), by);
}

/** `isKept`: what constraints keep from being negative. */
function described(v: Verdict, isKept: (e: Expr) => boolean): PartVerdict {
  switch (v.kind) {
    case 'certified': {
      const { curvature, conditions } = v.certificate;
      const bend: Bend = curvature === 'affine' ? 'affine' : curvature.endsWith('convex') ? 'convex' : 'concave';
      // A condition that the facts do not bring leaves a domain that may have several pieces.
      const holds = v.assumed.length === 0 && conditions.every((c) => has(c.of, c.fact === 'pd' ? 'psd' : 'nonnegative') || (c.fact === 'positive' && isKept(c.of)));
      return { bend, says: holds ? curvature : `${curvature} on a part of its domain`, serves: holds && (bend === 'affine' || bend === 'convex') };
    }
    case 'neither':
      return { bend: 'neither', says: 'neither convex nor concave', serves: false };
    case 'unknown':
      return { bend: 'unknown', says: v.notConvex ? 'not convex' : v.notConcave ? 'not known to be convex, not concave' : 'not known to be convex', serves: false };
    default:
      return unreachable(v);
  }
}

// Up to this many variables a factorisation is a shorter proof than one from the symbols.
const fewForNumbers = 200;

/**
 * Of a problem with affine rows and no kinks, from its numbers alone: a linear objective, or a quadratic one whose second
 * derivative is a product B'B with something on the diagonal, or is semidefinite, in few variables, or is seen to be without a
 * factorisation. Undefined where that does not tell.
 */
export function byNumbers({ objective: { class: kind, scaled, coordinates }, dim, norms }: Problem, quadratic: () => Matrix | undefined): Pick<Convexity, 'objective' | 'all' | 'isIndefinite'> | undefined {
  if (kind === 'linear') return { objective: affine, all: true };
  if (coordinates && isSumOfSquares(coordinates)) return { objective: convexNumbers, all: true };
  // Each step over norms factorises a matrix of this order.
  const isFew = dim <= fewForNumbers || norms !== undefined;
  const matrix = kind === 'quadratic' && (isFew || scaled) ? quadratic() : undefined;
  return matrix && (isFew ? isSemidefinite(matrix) : isOfKernel(matrix)) ? { objective: convexNumbers, all: true } : undefined;
}

/** Whether the second derivative is a positive multiple of a product B'B, with nothing negative on the diagonal. */
function isSumOfSquares({ factored }: Coordinates): boolean {
  const found = factored?.();
  if (found === undefined) return false;
  for (let i = 0; i < found.ridge.length; i++) if (!(found.ridge[i]! >= 0)) return false;
  return true;
}

const convexNumbers: PartVerdict = { bend: 'convex', says: 'convex for these numbers', serves: true };

/** The verdict with what the numbers of a quadratic objective add. */
export function withNumbers(c: Convexity, quadratic: () => Matrix | undefined): Convexity {
  if (c.objective.serves) return c;
  const matrix = quadratic();
  if (!matrix) return c;
  if (!isSemidefinite(matrix)) return { ...c, isIndefinite: true };
  return { ...c, objective: convexNumbers, all: c.constraints.every((p) => p.serves) };
}

