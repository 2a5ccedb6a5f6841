// The answer to "is it convex?": a certificate that was replayed, a counterexample, or what stopped the proof.

import { once } from '../base/once.ts';
import { sameShape } from '../ir/dim.ts';
import { type ApplyNode, type Expr, type VariableNode, variable } from '../ir/expr.ts';
import { type Fact, facts, matrixFacts, signFacts } from '../ir/fact.ts';
import { postorder, rewriteUp, variables } from '../ir/walk.ts';
import { neg } from '../ir/build.ts';
import { isInteger } from '../ir/rational.ts';
import { has } from '../ops/facts.ts';
import { asGeneralPower, asPower } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { lazy } from '../simplify/mode.ts';
import { simplify } from '../simplify/simplify.ts';
import { type Certificate, type Spectrum, analyse, asStrictAsShown, bendOf, byOrder, growthClaim, isRelativeEntropy, isSingular, plain, secondClaim } from './convexity.ts';
import { type Counterexample, type Refutation, refute } from './refute.ts';
import { checkEqual } from '../run/check.ts';
import { type Lift, type Obstacle, replaced } from './regular.ts';
import { entriesOf, summand } from './one-entry.ts';
import { prove, quadraticForm } from './prove.ts';
import { replay } from './replay.ts';
import { differsOnList, differsOnSpectrum } from './replay-spectrum.ts';
import { alongLine } from './second.ts';

export type Verdict =
  | { readonly kind: 'certified'; readonly certificate: Certificate; /** Taken to be positive beyond their declarations. */ readonly assumed: readonly VariableNode[] }
  | { readonly kind: 'neither'; readonly notConvex: Counterexample; readonly notConcave: Counterexample }
  | ({ readonly kind: 'unknown'; readonly obstacle: Obstacle } & Refutation);

// Nodes of an expression whose proof, if it has one, is short, and of a second derivative whose proof may be long.
const small = 6;
const large = 30;

/**
 * Convexity of a scalar in the variables `by` together.
 *
 * Certified verdicts hold for every value of the other variables that their declarations allow, under the assumptions
 * named; each was replayed by `replay.ts`. Refuted ones come with points and directions.
 */
export function verdict(f: Expr, by: readonly VariableNode[]): Verdict {
  // A long proof is not begun where a few points settle the matter.
  const start = simplify(f, lazy);
  const line = alongLine(start, by);
  const refuted = once(() => refute(f, by, line));
  if (postorder([start]).length > small && postorder([line.second]).length > large) {
    const { notConvex, notConcave } = refuted();
    if (notConvex && notConcave) return { kind: 'neither', notConvex, notConcave };
  }
  const direct = analyse(f, by);
  if ('certificate' in direct) return certified(direct.certificate, []);
  const weighted = underAssumptions(f, by, [weights(f, by)]);
  if (weighted) return weighted;
  const { notConvex, notConcave } = refuted();
  if (notConvex && notConcave) return { kind: 'neither', notConvex, notConcave };
  const domain = restricted(direct.obstacle);
  const found = underAssumptions(f, by, [domain, [...weights(f, by), ...domain]]);
  return found ?? { kind: 'unknown', obstacle: direct.obstacle, ...(notConvex && { notConvex }), ...(notConcave && { notConcave }) };
}

function underAssumptions(f: Expr, by: readonly VariableNode[], lists: readonly (readonly VariableNode[])[]): Verdict | undefined {
  for (const list of lists) {
    if (list.length === 0) continue;
    const stronger = new Map<Expr, VariableNode>(list.map((v) => [v, variable(v.name, v.shape, facts([...v.facts.has, 'positive']))]));
    const changed = rewriteUp(f, (node) => stronger.get(node) ?? node);
    const again = analyse(
      changed,
      by.map((v) => stronger.get(v) ?? v),
    );
    if ('certificate' in again) return certified(again.certificate, [...stronger.values()]);
  }
  return undefined;
}

function certified(certificate: Certificate, assumed: readonly VariableNode[]): Verdict {
  const wrong = replayed(certificate);
  if (wrong !== undefined) return { kind: 'unknown', obstacle: { node: certificate.of, reason: `a proof was found that did not replay: ${wrong}` } };
  return { kind: 'certified', certificate, assumed };
}

/** Undefined when every part of the certificate holds. */
export function replayed(c: Certificate): string | undefined {
  if (c.second.of !== secondClaim(c)) return 'the second derivative is not that of the expression';
  if (c.curvature !== asStrictAsShown(c)) return 'the curvature is not that of the proof';
  const up = c.curvature !== 'affine' && plain(c.curvature) === 'convex';
  const free = [...c.by, ...c.lifts.map((l) => l.variable)];
  if (c.lifts.some((l) => !sameShape(l.variable.shape, l.node.shape))) return 'a part has another shape than its variable';
  const open = c.lifts.find((l) => !isDomainSaid(l, c));
  if (open) return 'more is taken for granted about a part than is known or said';
  if (!postorder([c.smooth]).every((node) => isPoleSaid(node, c))) return 'a pole inside the domain is not said';
  for (const l of c.lifts) {
    const wrong = l.spectrum && wrongSpectrum(l, l.spectrum, c.by);
    if (wrong !== undefined) return wrong;
    if (l.isRelativeEntropy && !(l.is === 'convex' && isRelativeEntropy(l.node, c.by))) return 'a part is no relative entropy of affine matrices';
    if (l.isOrdered && (byOrder(l.node) !== l.is || !isAffineArgument(l.node, c.by)) && !l.certificate) return 'a matrix was not shown to bend in the order of semidefinite ones';
    if (l.certificate && !isAbout(l, l.certificate, c.by)) return 'the proof about a term is of something else';
    const inTerm = l.certificate && replayed(l.certificate);
    if (inTerm !== undefined) return inTerm;
    if (l.is === 'affine') {
      if (bendOf(l.node, free) !== 'affine') return 'a part that is said to be affine was not found to be';
      continue;
    }
    if (!l.growth || l.growth.property !== (l.isOrdered ? 'psd' : 'nonnegative') || l.growth.of !== growthClaim(c.smooth, l, (l.is === 'convex') === up)) return 'growth with a part was not shown';
  }
  if (!isMadeOfParts(c)) return 'the expression is not what its parts make';
  for (const proof of [c.second, ...c.domain, ...c.lifts.flatMap((l) => (l.growth ? [l.growth] : [])), ...c.kinks.map((k) => k.growth)]) {
    const wrong = replay(proof);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

// Functions in pieces may differ at few of them.
const points = 12;

/** By form, or by numbers where the proof took another form of it. */
function isMadeOfParts({ of, smooth, lifts }: Certificate): boolean {
  const parts = new Map<Expr, Expr>(lifts.map((l) => [l.variable, l.node]));
  let whole = smooth;
  // Parts lie within parts.
  for (let k = 0; k < lifts.length && variables([whole]).some((v) => parts.has(v)); k++) whole = replaced(whole, parts);
  return simplify(whole, lazy) === simplify(of, lazy) || checkEqual(of, whole, { points }).equal;
}

/** What is claimed of a part beyond its facts is a condition that is said, or asked by the functions it stands in; inside a set the edge follows. */
function isDomainSaid(l: Lift, { smooth, conditions }: Certificate): boolean {
  const isKnown = [...l.variable.facts.has].every((f) => has(l.node, f));
  if (isKnown || l.isInside || conditions.some((k) => k.of === l.node)) return true;
  if (!l.isOrdered && postorder([smooth]).some((node) => node.kind === 'apply' && asksForDomain(node) && node.args.some((arg) => variables([arg]).includes(l.variable)))) return true;
  return [...l.variable.facts.has].every((f) => (f === 'positive' || f === 'nonnegative' ? prove('nonnegative', l.node) : has(l.node, f) || prove('psd', l.node)) !== undefined);
}

/** The base of a negative whole power that varies has a sign, or a condition says so. */
function isPoleSaid(node: Expr, c: Certificate): boolean {
  const p = asPower(node);
  if (!p || !isInteger(p.exponent) || p.exponent.num > 0) return true;
  const varied = new Set<Expr>([...c.by, ...c.lifts.map((l) => l.variable)]);
  if (!variables([p.base]).some((v) => varied.has(v))) return true;
  const parts = new Map<Expr, Expr>(c.lifts.map((l) => [l.variable, l.node]));
  if (c.conditions.some((k) => k.of === p.base || k.of === replaced(p.base, parts))) return true;
  return [p.base, simplify(neg(p.base), lazy)].some((base) => prove('nonnegative', base) !== undefined);
}

/** Outside a half-line it has no value: a pole alone is no such domain. */
function asksForDomain(node: ApplyNode): boolean {
  const p = asPower(node);
  return p ? !isInteger(p.exponent) : opNamed(node.op).needs !== undefined || asGeneralPower(node) !== undefined;
}

/** Of the term itself, of its quadratic form, or of the summand of a total. */
function isAbout(l: Certificate['lifts'][number], own: Certificate, by: readonly VariableNode[]): boolean {
  const expected = l.isTotal ? summand(l.node) : l.isOrdered ? quadraticForm(l.node) : l.node;
  const free = l.isTotal ? entriesOf(by) : by;
  return own.of === expected && own.by.length === free.length && own.by.every((v, k) => v === free[k]) && plain(own.curvature) === l.is && own.conditions.length === 0;
}

function isAffineArgument(node: Expr, by: readonly VariableNode[]): boolean {
  const [X] = node.kind === 'apply' ? node.args : [];
  return X !== undefined && bendOf(X, by) === 'affine';
}

/** What is wrong with a part that is said to be a function of eigenvalues. */
function wrongSpectrum({ node, is }: Lift, { of, certificate, growth }: Spectrum, by: readonly VariableNode[]): string | undefined {
  const { eigenvalues, reduced, list } = of;
  if (certificate.of !== reduced || certificate.by.length !== 1 || certificate.by[0] !== eigenvalues) return 'the proof about eigenvalues is of another function';
  const bends = plain(certificate.curvature);
  if ((bends !== is && !(isSingular(of) && bends === 'affine')) || certificate.conditions.length > 0) return 'the function of the eigenvalues has another curvature';
  if (bendOf(of.matrix, by) !== 'affine') return 'the matrix is not affine in the variables';
  if (isSingular(of) && (growth?.property !== 'nonnegative' || growth.of !== growthClaim(reduced, { variable: eigenvalues }, is === 'convex'))) return 'growth with the singular values was not shown';
  const wrong = growth && replay(growth);
  return wrong ?? replayed(certificate) ?? (list ? differsOnList(node, { ...of, list }, by) : differsOnSpectrum(node, of, by));
}

function isUndeclared(v: VariableNode): boolean {
  return ![...signFacts, ...matrixFacts].some((fact: Fact) => v.facts.has.has(fact)) && v.facts.above === undefined && v.facts.below === undefined;
}

/** Numbers of unknown sign that are not varied: they often weigh terms. */
function weights(f: Expr, by: readonly VariableNode[]): VariableNode[] {
  return variables([f]).filter((v) => v.shape.length === 0 && !by.includes(v) && isUndeclared(v));
}

/** What stands where a domain asks for a sign. */
function restricted({ node, isDomain }: Obstacle): VariableNode[] {
  return isDomain ? variables([node]).filter((v) => v.shape.length < 2 && isUndeclared(v)) : [];
}
