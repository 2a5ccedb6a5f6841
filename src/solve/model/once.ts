// Objectives with kinks that have a first derivative all the same, such as squares of positive parts and Huber's loss: they
// may stay as they are, for methods that take an element of the generalised second derivative.

import { must } from '../../base/internal.ts';
import { neg, zeros } from '../../ir/build.ts';
import type { ApplyNode, ContractNode, Expr, VariableNode } from '../../ir/expr.ts';
import { type Facts, facts, noFacts } from '../../ir/fact.ts';
import { isInteger, isZero } from '../../ir/rational.ts';
import { children, dependents, postorder, rewriteUp } from '../../ir/walk.ts';
import { factsOf, has } from '../../ops/facts.ts';
import { applied } from '../../ops/op.ts';
import { asPower } from '../../ops/scalar/power.ts';
import { opNamed } from '../../ops/table.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { gradientsOf } from './derivatives.ts';
import { type Smooth, bareKinks, reformulate } from './reformulate.ts';
import type { Statement } from './statement.ts';

/**
 * The problem with its kinks, where the objective has some, is continuously differentiable all the same, and no other part has
 * any; but for absolute values of variables, which become two parts each.
 */
export function withBends(statement: Statement): Smooth | undefined {
  const { objective, constraints, variables, cones } = statement;
  if (cones.size > 0) return undefined;
  const plain = simplify(objective, lazy);
  const kinked = functionsIn(plain, variables).filter(isKinked);
  const bare = bareKinks(plain, variables);
  if (kinked.every((e) => bare.has(e)) || constraints.some((c) => functionsIn(simplify(c.expr, lazy), variables).some(isKinked))) return undefined;
  const smooth = reformulate(statement, 'bent');
  // Corners that are not of single variables take rows.
  if (smooth.rows.length > constraints.length || !isOnceDifferentiable(smooth.objective, smooth.variables)) return undefined;
  return { ...smooth, kinksLeft: [], bends: functionsIn(smooth.objective, smooth.variables).filter(isKinked) };
}

/** Those of functions that move with the variables, the outermost last. */
function functionsIn(e: Expr, by: readonly VariableNode[]): ApplyNode[] {
  const active = dependents(e, new Set<Expr>(by));
  return postorder([e]).filter((node): node is ApplyNode => node.kind === 'apply' && active.has(node));
}

function isKinked(node: ApplyNode): boolean {
  return opNamed(node.op).kinks !== undefined;
}

/**
 * Whether the first derivative is continuous. What stands in it is the derivative but at kinks; f is locally Lipschitz, so
 * that it is the derivative there too where it is continuous. Unknown means no.
 */
function isOnceDifferentiable(f: Expr, by: readonly VariableNode[]): boolean {
  if (!functionsIn(f, by).every((node) => isContinuous(node))) return false;
  return gradientsOf(f, by).every((g) => {
    const nodes = functionsIn(g, by);
    const jumps = new Set<Expr>(nodes.filter((node) => !isContinuous(node)));
    return jumps.size === 0 || (!jumps.has(g) && postorder([g]).every((node) => children(node).every((arg) => !jumps.has(arg) || isTamed(arg as ApplyNode, node))));
  });
}

/** A function that is constant but for jumps at the zeros of its argument. */
export function isJump(node: ApplyNode): boolean {
  const { args } = node;
  const record = opNamed(node.op);
  const { holds, kinks } = record;
  const isElsewhere = args.length !== 1 || kinks !== undefined || !holds || holds([noFacts]) || !signs.every((s) => holds([s]));
  if (isElsewhere) return false;
  const slope = record.partial(applied(record, node), 0);
  return slope.kind === 'number' && isZero(slope.value);
}

/** Functions with kinks are continuous by what they are; powers where they have no pole and no root. */
function isContinuous(node: ApplyNode): boolean {
  const op = opNamed(node.op);
  const isSafe = op.holds?.(node.args.map(factsOf)) === true;
  if (op.kinks) return op.kinks.semidefinite === undefined && (op.kinks.least === undefined || isSafe);
  const p = asPower(node);
  if (p) return (isInteger(p.exponent) && p.exponent.num > 0) || has(p.base, 'positive');
  return op.excludes === undefined || isSafe;
}

const signs: readonly Facts[] = [facts(['positive']), facts(['negative'])];

/** Whether a jump, which is at the zeros of its argument, is multiplied, entry by entry, by what is continuous and zero there. */
function isTamed(jump: ApplyNode, within: Expr): boolean {
  const [u] = jump.args;
  if (!u || !isJump(jump) || within.kind !== 'contract') return false;
  return within.args.every((arg, k) => arg !== jump || within.args.some((other, l) => other !== jump && hasSameLabels(within, k, l) && vanishesWith(other, u)));
}

function hasSameLabels({ labels }: ContractNode, k: number, l: number): boolean {
  const [a, b] = [must(labels[k]), must(labels[l])];
  return a.length === b.length && a.every((label, i) => label === b[i]);
}

function vanishesWith(e: Expr, u: Expr): boolean {
  const minus = simplify(neg(u), lazy);
  const there = simplify(rewriteUp(e, (node) => (node === u || node === minus ? zeros(u.shape) : node)), lazy);
  return isZeroBySign(there);
}

function isZeroBySign(e: Expr): boolean {
  return (has(e, 'nonnegative') && has(e, 'nonpositive')) || (e.kind === 'contract' && e.args.some(isZeroBySign));
}
