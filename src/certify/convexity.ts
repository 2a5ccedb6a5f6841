// Is a scalar convex in some of its variables? The second derivative along every line, proved non-negative as a sum of
// squares; kinks and domains by composition. What is claimed carries its proof.

import { type Expr, type VariableNode, contextCache, sum, variable } from '../ir/expr.ts';
import { facts, signFacts } from '../ir/fact.ts';
import { minusOne, one } from '../ir/rational.ts';
import { children, dependents, rewriteUp, variables } from '../ir/walk.ts';
import { has } from '../ops/facts.ts';
import { opNamed } from '../ops/table.ts';
import { reverse } from '../diff/differentiate.ts';
import { lazy } from '../simplify/mode.ts';
import { simplify } from '../simplify/simplify.ts';
import { polynomial } from './network.ts';
import type { Proof } from './proof.ts';
import { prove, squares, weighed } from './prove.ts';
import { type Bend, type Condition, type Kink, type Lift, type Obstacle, factsAmong, regular, replaced } from './regular.ts';
import { alongLine } from './second.ts';
import { definiteness } from './strict.ts';

export type Curvature = 'affine' | 'strongly convex' | 'strictly convex' | 'convex' | 'strongly concave' | 'strictly concave' | 'concave';

/** Why an expression has this curvature. */
export interface Certificate {
  readonly curvature: Curvature;
  readonly of: Expr;
  readonly by: readonly VariableNode[];
  /** The expression with lifted parts as variables. */
  readonly smooth: Expr;
  readonly lifts: readonly (Lift & { readonly growth?: Proof })[];
  readonly kinks: readonly (Kink & { readonly growth: Proof })[];
  readonly domain: readonly Proof[];
  /** ±q ≥ 0. */
  readonly second: Proof;
  readonly conditions: readonly Condition[];
}

export type Analysis = { readonly certificate: Certificate } | { readonly obstacle: Obstacle };

/** Certifies `f` as affine, convex or concave in `by`, or says what stopped the proof. */
export function analyse(f: Expr, by: readonly VariableNode[]): Analysis {
  const start = simplify(f, lazy);
  const first = attempt(f, start, by, {});
  if ('certificate' in first) return first;
  const others = [
    () => attempt(f, start, by, { apart: true }),
    () => attempt(f, simplify(inExponentials(start), lazy), by, {}),
    () => attempt(f, start, by, { shifts: affineSums(start, by) }),
  ];
  for (const again of others) {
    const found = again();
    if ('certificate' in found) return found;
  }
  return first;
}

/** Hyperbolic functions and their like written out, so that rational identities of exponentials apply. */
function inExponentials(e: Expr): Expr {
  return rewriteUp(e, (node) => (node.kind === 'apply' ? (opNamed(node.op).inExponentials?.(node.args, has) ?? node) : node));
}

/** The largest sums that are affine, such as x - b: as variables of their own they keep squares together. */
function affineSums(start: Expr, by: readonly VariableNode[]): Lift[] {
  const active = dependents(start, new Set(by));
  const found: Lift[] = [];
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e) || !active.has(e)) return;
    seen.add(e);
    if (e.kind === 'sum' && e.terms.length > 1 && bendOf(e, by) === 'affine') {
      found.push({ variable: variable(`shift ${found.length}`, e.shape, factsAmong(e, [...signFacts, 'symmetric', 'psd', 'pd'])), node: e, is: 'affine' });
      return;
    }
    children(e).forEach(visit);
  };
  visit(start);
  return found;
}

interface AttemptOptions {
  /** Concave arguments of functions with a domain become variables. */
  readonly apart?: boolean;
  /** Parts that become variables before anything else. */
  readonly shifts?: readonly Lift[];
}

function attempt(f: Expr, start: Expr, by: readonly VariableNode[], { apart = false, shifts = [] }: AttemptOptions): Analysis {
  const shifted = shifts.length === 0 ? start : replaced(start, new Map(shifts.map((l) => [l.node, l.variable])));
  const parts = regular(shifted, [...by, ...shifts.map((l) => l.variable)], bendOf, { apart });
  if ('reason' in parts) return { obstacle: parts };
  const { whole, expr, kinks, premises, conditions } = parts;
  const lifts = [...shifts, ...parts.lifts];
  const { second, variables: free, directions } = alongLine(expr, [...by, ...lifts.map((l) => l.variable)]);
  const common = { of: f, by, smooth: expr, domain: premises, conditions };
  if (polynomial(second).size === 0 && lifts.every((l) => l.is === 'affine')) {
    const trivial: Proof = { property: 'nonnegative', of: second, reason: { rule: 'squares', drawn: [], blocks: [] }, premises: [] };
    return { certificate: { ...common, curvature: 'affine', lifts, kinks: [], second: trivial } };
  }
  let stopped: Obstacle = { node: second, reason: 'no sum of squares was found for the second derivative along a line, nor for its negative' };
  for (const sign of [one, minusOne]) {
    const q = sum([{ coef: sign, arg: second }]);
    const proof = squares('nonnegative', q, q);
    if (!proof) continue;
    const name = sign === one ? 'convex' : 'concave';
    const grown = lifts.map((l) => ({ ...l, ...(l.is !== 'affine' && { growth: growth(expr, l.variable, (l.is === 'convex') === (name === 'convex')) }) }));
    const pointed = kinks.map((k) => ({ ...k, growth: growthOf(whole, k.node, name === 'convex') }));
    const wrong = grown.find((l) => l.is !== 'affine' && l.growth === undefined) ?? pointed.find((k) => k.growth === undefined);
    if (wrong) {
      stopped = { node: wrong.node, reason: `the expression was not proved to ${name === 'convex' ? 'grow' : 'fall'} with this part, which has a kink` };
      continue;
    }
    const degree = definiteness(proof, directions.slice(0, by.length), new Set<Expr>([...free, ...directions]));
    const curvature: Curvature = degree === 'none' ? name : `${degree} ${name}`;
    return { certificate: { ...common, curvature, lifts: grown as Certificate['lifts'], kinks: pointed as Certificate['kinks'], second: proof } };
  }
  return { obstacle: stopped };
}

const cache = contextCache(() => new Map<string, Bend | undefined>());

/** How every entry of a tensor depends on the variables. */
export function bendOf(e: Expr, by: readonly VariableNode[]): Bend | undefined {
  const known = cache();
  const key = `${e.id} ${by.map((v) => v.id).join(',')}`;
  if (known.has(key)) return known.get(key);
  known.set(key, undefined);
  const used = new Set(variables([e]));
  const found = by.some((v) => used.has(v)) ? analyse(weighed(e, ['nonnegative']), by) : undefined;
  const bend = found === undefined ? 'affine' : 'certificate' in found && found.certificate.conditions.length === 0 ? plain(found.certificate.curvature) : undefined;
  known.set(key, bend);
  return bend;
}

export function plain(c: Curvature): Bend {
  return c === 'affine' ? c : c.endsWith('convex') ? 'convex' : 'concave';
}

/** ±∂expr/∂part ≥ 0 */
function growth(expr: Expr, part: Expr, up: boolean): Proof | undefined {
  return prove('nonnegative', growthClaim(expr, part, up));
}

export function growthClaim(expr: Expr, part: Expr, up: boolean): Expr {
  return simplify(sum([{ coef: up ? one : minusOne, arg: reverse(expr, part) }]), lazy);
}

/** The same for a node inside the expression, whose value is not negative. */
function growthOf(f: Expr, node: Expr, up: boolean): Proof | undefined {
  const stands = variable('root of it', node.shape, facts(['nonnegative']));
  return growth(replaced(f, new Map([[node, stands]])), stands, up);
}

/** What a certificate says about the second derivative, built again from the expression. */
export function secondClaim({ smooth, by, lifts, curvature }: Certificate): Expr {
  const { second } = alongLine(smooth, [...by, ...lifts.map((l) => l.variable)]);
  return curvature === 'affine' ? second : sum([{ coef: plain(curvature) === 'convex' ? one : minusOne, arg: second }]);
}
