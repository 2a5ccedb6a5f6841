// Is a scalar convex in some of its variables? The second derivative along every line, proved non-negative as a sum of
// squares; kinks and domains by composition. What is claimed carries its proof.

import { must } from '../base/internal.ts';
import { add, scale, times, transpose } from '../ir/build.ts';
import { type ApplyNode, type Expr, type VariableNode, contextCache, sum, variable } from '../ir/expr.ts';
import { type Fact, facts, signFacts } from '../ir/fact.ts';
import { isInteger, minusOne, one, ratio } from '../ir/rational.ts';
import { children, dependents, isLinearGraph, postorder, rewriteUp, variables } from '../ir/walk.ts';
import { factsOf, has, isSymmetric } from '../ops/facts.ts';
import { asPower, power } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { reverse } from '../diff/differentiate.ts';
import { lazy } from '../simplify/mode.ts';
import { normal } from '../simplify/pipelines.ts';
import { simplify } from '../simplify/simplify.ts';
import { lookAtTime } from '../base/deadline.ts';
import { isSpent, withEffort, withOwnEffort } from './effort.ts';
import { byExponentials } from './exponentials.ts';
import { evenParts, innerParts } from './inner.ts';
import { entriesOf, summand } from './one-entry.ts';
import { polynomial } from './network.ts';
import type { Proof } from './proof.ts';
import { prove, quadraticForm, squares, weighed } from './prove.ts';
import { type Bend, type Condition, type Kink, type Lift, type Obstacle, asksMoreThanSign, factsAmong, regular, replaced } from './regular.ts';
import { matricesOfEntropy, relativeEntropies } from './relative-entropy.ts';
import { alongLine } from './second.ts';
import { type OfSpectrum, spectralParts } from './spectrum.ts';
import { definiteness } from './strict.ts';

export type Curvature = 'affine' | 'strongly convex' | 'strictly convex' | 'convex' | 'strongly concave' | 'strictly concave' | 'concave';

/** For a function of the eigenvalues of a matrix: what it is of them, and why that is convex or concave. */
export interface Spectrum {
  readonly of: OfSpectrum;
  readonly certificate: Certificate;
  /** For singular values: the function rises (a concave one falls) with each. */
  readonly growth?: Proof;
}

/** Why an expression has this curvature. */
export interface Certificate {
  readonly curvature: Curvature;
  readonly of: Expr;
  readonly by: readonly VariableNode[];
  /** The expression with lifted parts as variables. */
  readonly smooth: Expr;
  /** A part may have a certificate of its own, without conditions. */
  readonly lifts: readonly (Lift & { readonly growth?: Proof; readonly spectrum?: Spectrum; readonly certificate?: Certificate; /** The certificate is about the summand. */ readonly isTotal?: true })[];
  readonly kinks: readonly (Kink & { readonly growth: Proof })[];
  readonly domain: readonly Proof[];
  /** ±q ≥ 0. */
  readonly second: Proof;
  readonly conditions: readonly Condition[];
}

export type Analysis = { readonly certificate: Certificate } | { readonly obstacle: Obstacle };

// Steps of one analysis.
const mostEffort = 40_000;

/** Certifies `f` as affine, convex or concave in `by`, or says what stopped the proof. */
export function analyse(f: Expr, by: readonly VariableNode[]): Analysis {
  return withEffort(mostEffort, () => analysed(f, by));
}

function analysed(f: Expr, by: readonly VariableNode[]): Analysis {
  const written = bySigns(f);
  const start = simplify(written, lazy);
  const inner = onlyInner(start, by);
  const outer = inner && attempt(f, start, by, { shifts: [inner] });
  if (outer && 'certificate' in outer && outer.certificate.conditions.length === 0) return outer;
  const first = attempt(f, start, by, {});
  if ('certificate' in first) return first;
  const others = [
    () => withParts(f, start, by, entryByEntry(start, by)),
    () => attempt(f, start, by, { apart: true }),
    () => attempt(f, start, by, { inExponentials: true }),
    () => attempt(f, start, by, { shifts: affineSums(start, by) }),
    () => withParts(f, written, by, affineParts(written, by)),
    () => withParts(f, written, by, interiors(written, by)),
    () => withParts(f, written, by, interiors(written, by), { inExponentials: true }),
    ...factored(start, by).map(({ whole, rest }) => () => withParts(f, whole, by, [rest])),
    () => withParts(f, written, by, spectral(written, by)),
    () => withParts(f, normal(written), by, spectral(normal(written), by)),
    () => withParts(f, start, by, termByTerm(start, by)),
    () => withParts(f, start, by, ordered(start, by)),
    () => withEntropies(f, normal(written), by),
    ...composed(start, by).map(({ whole, lift }) => () => withParts(f, whole, by, [lift()].flat())),
  ];
  for (const again of others) {
    lookAtTime();
    if (isSpent()) break;
    const found = again();
    if ('certificate' in found) return found;
  }
  // Terms that are dear together may each be cheap, as in a sum of norms.
  return isSpent() ? orElse(withOwnEffort(mostEffort, () => withParts(f, start, by, termByTerm(start, by))), first) : first;
}

/** Functions that ask for more than a sign, such as log1p, by those that ask for one. */
function bySigns(f: Expr): Expr {
  return rewriteUp(f, (node) => {
    const elementary = node.kind === 'apply' && asksMoreThanSign(node) ? opNamed(node.op).elementary : undefined;
    return node.kind === 'apply' && elementary ? elementary(node.args, node.params) : node;
  });
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

function withParts(f: Expr, start: Expr, by: readonly VariableNode[], shifts: readonly Lift[], options: AttemptOptions = {}): Analysis {
  return shifts.length === 0 ? { obstacle: { node: f, reason: 'it has no such parts' } } : attempt(f, start, by, { ...options, shifts });
}

/** The largest parts that are affine, as they were written: a convex function of them is one of the variables. */
function affineParts(f: Expr, by: readonly VariableNode[]): Lift[] {
  const active = dependents(f, new Set<Expr>(by));
  const found: Lift[] = [];
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e) || !active.has(e) || e.kind === 'variable') return;
    seen.add(e);
    if (bendOf(e, by) === 'affine') found.push({ variable: variable(`shift ${found.length}`, e.shape, factsAmong(e, [...signFacts, 'symmetric', 'psd', 'pd'])), node: e, is: 'affine' });
    else children(e).forEach(visit);
  };
  visit(f);
  return found;
}

/**
 * The one linear part through which the variables are seen, if entries of theirs are summed in it, as in A*x - b: then a proof
 * for every value of the part is shorter, and one that looks inside would not tell more.
 */
function onlyInner(start: Expr, by: readonly VariableNode[]): Lift | undefined {
  const varied = new Set<Expr>(by);
  const parts = [...linearParts(start, varied)];
  // Parts that differ by what does not vary, as sum(x) and a+sum(x), are one.
  const [node, ...others] = parts.length === 1 ? parts : new Set(parts.map((e) => withoutConstants(e, varied)));
  if (!node || others.length > 0 || varied.has(node)) return undefined;
  const isMixed = postorder([node]).every(
    (over) =>
      !children(over).some((c) => varied.has(c)) ||
      (over.kind === 'contract' && over.args.every((arg, k) => !varied.has(arg) || must(over.labels[k]).some((l) => !over.out.includes(l)))),
  );
  return isMixed ? { variable: variable('shift 0', node.shape, factsAmong(node, [...signFacts, 'symmetric', 'psd', 'pd'])), node, is: 'affine' } : undefined;
}

/** The one term that varies, if there is one, of a sum. */
function withoutConstants(e: Expr, varied: ReadonlySet<Expr>): Expr {
  if (e.kind !== 'sum') return e;
  const active = dependents(e, varied);
  const [only, ...others] = e.terms.filter((t) => active.has(t.arg));
  return only && others.length === 0 ? only.arg : e;
}

/** The largest parts that are seen to be linear, where something that is not stands over them. */
function linearParts(start: Expr, varied: ReadonlySet<Expr>): ReadonlySet<Expr> {
  const isLinear = new Map<Expr, boolean>([...varied].map((v) => [v, true]));
  const found = new Set<Expr>();
  for (const node of postorder([start])) {
    const moving = children(node).filter((c) => isLinear.has(c));
    if (moving.length === 0) continue;
    const linear = moving.filter((c) => isLinear.get(c));
    const stays = linear.length === moving.length && (node.kind === 'sum' || (node.kind === 'contract' && moving.length === 1));
    isLinear.set(node, stays);
    if (!stays) for (const c of linear) found.add(c);
  }
  return found;
}

// Powers of a factor that are tried.
const mostPower = 3;

/**
 * Arguments of logarithms and roots that are a positive variable, or a power of it, times something concave, as t² − x'x is t times
 * t − x'x/t: positive exactly where that is.
 */
function factored(start: Expr, by: readonly VariableNode[]): { readonly whole: Expr; readonly rest: Lift }[] {
  const active = dependents(start, new Set<Expr>(by));
  const positive = by.filter((v) => v.shape.length === 0 && has(v, 'positive'));
  if (positive.length === 0) return [];
  const found = new Set(postorder([start]).flatMap((node) => (node.kind === 'apply' && active.has(node) ? [...argumentsWithDomain(node)] : [])));
  return [...found].filter((g) => g.kind === 'sum' && g.terms.length > 1 && g.shape.length === 0 && active.has(g)).flatMap((g) => {
    for (const v of positive) {
      for (let k = 1; k <= mostPower; k++) {
        const rest = normal(times(power(v, ratio(-k)), g));
        if (bendOf(rest, by) !== 'concave') continue;
        const H = variable('rest', [], facts(['positive']));
        const whole = replaced(start, new Map([[g, times(power(v, ratio(k)), rest)]]));
        return [{ whole, rest: { variable: H, node: rest, is: 'concave', isInside: true, isRest: true } as const }];
      }
    }
    return [];
  });
}

/** Arguments that must be positive wherever the node has a value. */
function argumentsWithDomain(node: ApplyNode): readonly Expr[] {
  const p = asPower(node);
  if (p) return isInteger(p.exponent) ? [] : [p.base];
  return opNamed(node.op).needs?.(['x']) === 'x > 0' ? node.args : [];
}

function withEntropies(f: Expr, start: Expr, by: readonly VariableNode[]): Analysis {
  const found = relativeEntropies(start);
  const lifts = (found?.parts ?? []).map((node, k): Lift => ({ variable: variable(`relative entropy ${k}`, []), node, is: 'convex', isRelativeEntropy: true }));
  return withParts(f, found?.whole ?? start, by, lifts.every((l) => isRelativeEntropy(l.node, by)) ? lifts : []);
}

/** Of positive definite matrices that are affine in the variables. */
export function isRelativeEntropy(node: Expr, by: readonly VariableNode[]): boolean {
  return matricesOfEntropy(node)?.every((X) => bendOf(X, by) === 'affine' && prove('psd', X) !== undefined) === true;
}

/** A total of φ at entries is what φ is: convex, if φ is in all of its numbers together. */
function entryByEntry(start: Expr, by: readonly VariableNode[]): Certificate['lifts'][number][] {
  const phi = summand(start);
  const found = phi && analyse(phi, entriesOf(by));
  if (!found || !('certificate' in found) || found.certificate.conditions.length > 0) return [];
  return [{ variable: variable('total', [], factsAmong(start, signFacts)), node: start, is: plain(found.certificate.curvature), certificate: found.certificate, isTotal: true }];
}

/** Functions of affine positive definite matrices that bend in the order of semidefinite ones, as log and inverse do. */
function ordered(start: Expr, by: readonly VariableNode[]): Lift[] {
  const active = dependents(start, new Set<Expr>(by));
  const found = postorder([start]).filter((node) => active.has(node) && byOrder(node) !== undefined && node.kind === 'apply' && bendOf(must(node.args[0]), by) === 'affine');
  return found.map((node, k) => ({ variable: variable(`value ${k}`, node.shape, factsAmong(node, ['symmetric', 'psd', 'pd'])), node, is: must(byOrder(node)), isOrdered: true }));
}

/** Inner parts whose curvature is known, inside the sets of their values: the rest follows by continuity. */
function composed(start: Expr, by: readonly VariableNode[]): { readonly whole: Expr; readonly lift: () => Lift | [] }[] {
  if (!isContinuous(start, by)) return [];
  return [...innerParts(start, by), ...evenParts(start, by)].map(({ whole, node, variable: v }) => ({
    whole: simplify(replaced(whole, new Map([[node, v]])), lazy),
    lift: () => {
      const is = bendOf(node, by);
      return is === undefined || is === 'affine' ? [] : { variable: v, node, is, isInside: true };
    },
  }));
}

const insides: Partial<Record<Fact, Fact>> = { nonnegative: 'positive', nonpositive: 'negative', psd: 'pd', nsd: 'nd' };

/** The same inside the sets their facts say: a continuous function that is convex there is so on the edges as well. */
function interiors(f: Expr, by: readonly VariableNode[]): Lift[] {
  const kept = [...by.filter((v) => variables([f]).includes(v)).map((v): Lift => ({ variable: variable(`inside ${v.name}`, v.shape, v.facts), node: v, is: 'affine' })), ...affineParts(f, by)];
  const found = kept.flatMap((l): Lift[] => {
    const known = [...l.variable.facts.has];
    const more = known.flatMap((fact) => insides[fact] ?? []).filter((fact) => !known.includes(fact));
    return more.length === 0 ? [] : [{ ...l, variable: variable(l.variable.name, l.variable.shape, facts([...known.filter((fact) => fact !== 'simplex'), ...more])), isInside: true }];
  });
  return isContinuous(f, by) ? found : [];
}

/** No function in it jumps: poles and kinks are no jumps. */
function isContinuous(f: Expr, by: readonly VariableNode[]): boolean {
  const active = dependents(f, new Set<Expr>(by));
  return postorder([f]).every((node) => {
    if (node.kind !== 'apply' || !active.has(node) || asPower(node)) return true;
    const op = opNamed(node.op);
    return op.curvature !== undefined || op.excludes === undefined || op.holds?.(node.args.map(factsOf)) === true;
  });
}

/** Convex and concave functions of eigenvalues: as variables of their own. */
function spectral(f: Expr, by: readonly VariableNode[]): Certificate['lifts'][number][] {
  return spectralParts(f, by).flatMap(({ node, of }, k) => {
    if (bendOf(of.matrix, by) !== 'affine') return [];
    const found = analyse(of.reduced, [of.eigenvalues]);
    if (!('certificate' in found) || found.certificate.conditions.length > 0) return [];
    const { certificate } = found;
    const own = plain(certificate.curvature);
    const is = isSingular(of) && own === 'affine' ? 'convex' : own;
    const grows = isSingular(of) ? growth(of.reduced, { variable: of.eigenvalues }, is === 'convex') : undefined;
    if (isSingular(of) && !grows) return [];
    return [{ variable: variable(`trace ${k}`, [], factsAmong(node, signFacts)), node, is, spectrum: { of, certificate, ...(grows && { growth: grows }) } }];
  });
}

export function isSingular({ list }: OfSpectrum): boolean {
  return list !== undefined && opNamed(list.op).lists === 'singular values';
}

function orElse(found: Analysis, other: Analysis): Analysis {
  return 'certificate' in found ? found : other;
}

/** The terms of a sum, where each is affine, convex or concave by itself. */
function termByTerm(start: Expr, by: readonly VariableNode[]): Certificate['lifts'][number][] {
  if (start.kind !== 'sum' || start.terms.length < 2 || start.shape.length > 0) return [];
  const found: Certificate['lifts'][number][] = [];
  let whole: Bend = 'affine';
  for (const { coef, arg } of start.terms) {
    lookAtTime();
    const analysis = withOwnEffort(mostEffort, () => analyse(arg, by));
    if (!('certificate' in analysis) || analysis.certificate.conditions.length > 0) return [];
    const { certificate } = analysis;
    const is = plain(certificate.curvature);
    const here = is === 'affine' || coef.num > 0 ? is : is === 'convex' ? 'concave' : 'convex';
    if (here !== 'affine' && whole !== 'affine' && here !== whole) return [];
    if (here !== 'affine') whole = here;
    found.push({ variable: variable(`term ${found.length}`, [], factsAmong(arg, signFacts)), node: arg, is, certificate });
  }
  return found;
}

interface AttemptOptions {
  /** Concave arguments of functions with a domain become variables. */
  readonly apart?: boolean;
  /** Parts that become variables before anything else. */
  readonly shifts?: readonly Lift[];
  /** Functions are written by exponentials then. */
  readonly inExponentials?: boolean;
}

function attempt(f: Expr, start: Expr, by: readonly VariableNode[], { apart = false, shifts = [], inExponentials = false }: AttemptOptions): Analysis {
  const plainly = shifts.length === 0 ? start : replaced(start, new Map(shifts.map((l) => [l.node, l.variable])));
  const shifted = inExponentials ? simplify(byExponentials(plainly), lazy) : plainly;
  // What is affine in a part that is not affine itself has no convex domain.
  const bent = new Set<Expr>(shifts.filter((l) => l.is !== 'affine' && !l.isRest).map((l) => l.variable));
  const bend = (e: Expr, vars: readonly VariableNode[]): Bend | undefined => (bent.size > 0 && variables([e]).some((v) => bent.has(v)) ? undefined : bendOf(e, vars));
  const parts = regular(shifted, [...by, ...shifts.map((l) => l.variable)], bend, { apart });
  if ('reason' in parts) return { obstacle: parts };
  const { whole, expr, kinks, premises, conditions } = parts;
  const lifts = [...shifts, ...parts.lifts];
  const { second } = alongLine(expr, [...by, ...lifts.map((l) => l.variable)]);
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
    const grown = lifts.map((l) => ({ ...l, ...inOrder(l, by), ...(l.is !== 'affine' && { growth: growth(expr, l, (l.is === 'convex') === (name === 'convex')) }) }));
    const pointed = kinks.map((k) => ({ ...k, growth: growthOf(whole, k.node, name === 'convex') }));
    const wrong = grown.find((l) => l.is !== 'affine' && l.growth === undefined) ?? pointed.find((k) => k.growth === undefined);
    if (wrong) {
      stopped = { node: wrong.node, reason: `the expression was not proved to ${name === 'convex' ? 'grow' : 'fall'} with this part, which has a kink` };
      continue;
    }
    const certificate: Certificate = { ...common, curvature: name, lifts: grown as Certificate['lifts'], kinks: pointed as Certificate['kinks'], second: proof };
    return { certificate: { ...certificate, curvature: asStrictAsShown(certificate) } };
  }
  return { obstacle: stopped };
}

/** The curvature with the degree of strictness that the proof shows. */
export function asStrictAsShown(c: Certificate): Curvature {
  const bend = plain(c.curvature);
  if (bend === 'affine') return bend;
  const { variables: free, directions } = alongLine(c.smooth, [...c.by, ...c.lifts.map((l) => l.variable)]);
  const degree = definiteness(c.second, directions.slice(0, c.by.length), new Set<Expr>([...free, ...directions]));
  return wholeSpectrum(c.smooth, c.lifts, c.by)?.curvature ?? (degree === 'none' ? bend : `${degree} ${bend}`);
}

/** A function of the eigenvalues of a variable is as strict in it as in them. Lewis, Convex analysis on the Hermitian matrices, 1996. */
function wholeSpectrum(expr: Expr, lifts: Certificate['lifts'], by: readonly VariableNode[]): Certificate | undefined {
  const [only] = lifts;
  return only?.spectrum && lifts.length === 1 && expr === only.variable && by.length === 1 && only.spectrum.of.matrix === by[0] && !isSingular(only.spectrum.of) ? only.spectrum.certificate : undefined;
}

const cache = contextCache(() => new Map<string, Bend | undefined>());

/** How every entry of a tensor depends on the variables. */
export function bendOf(e: Expr, by: readonly VariableNode[]): Bend | undefined {
  if (isLinearGraph(e, by)) return 'affine';
  const known = cache();
  const key = `${e.id} ${by.map((v) => v.id).join(',')}`;
  if (known.has(key)) return known.get(key);
  known.set(key, undefined);
  const used = new Set(variables([e]));
  let found: Analysis | undefined;
  try {
    found = by.some((v) => used.has(v)) ? analyse(weighed(e, ['nonnegative']), by) : undefined;
  } catch (error) {
    known.delete(key);
    throw error;
  }
  const bend = found === undefined ? 'affine' : 'certificate' in found && found.certificate.conditions.length === 0 ? plain(found.certificate.curvature) : undefined;
  if (bend !== undefined || !isSpent()) known.set(key, bend);
  else known.delete(key);
  return bend;
}

export function plain(c: Curvature): Bend {
  return c === 'affine' ? c : c.endsWith('convex') ? 'convex' : 'concave';
}

/** Why v'Fv bends as F is said to, where its function does not say so. */
function inOrder(l: Lift, by: readonly VariableNode[]): { certificate?: Certificate } {
  if (!l.isOrdered || byOrder(l.node) === l.is) return {};
  const found = analyse(quadraticForm(l.node), by);
  return 'certificate' in found ? { certificate: found.certificate } : {};
}

/** How a function of positive definite matrices bends in the order of semidefinite ones, by its record. */
export function byOrder(node: Expr): Bend | undefined {
  const [X] = node.kind === 'apply' ? node.args : [];
  const is = node.kind === 'apply' ? opNamed(node.op).inLoewnerOrder?.is : undefined;
  return is && X && isSymmetric(X) && prove('psd', X) ? is : undefined;
}

/** ±∂expr/∂part ≥ 0, entry by entry or as a matrix. */
function growth(expr: Expr, part: Pick<Lift, 'variable' | 'isOrdered'>, up: boolean): Proof | undefined {
  return prove(part.isOrdered ? 'psd' : 'nonnegative', growthClaim(expr, part, up));
}

export function growthClaim(expr: Expr, { variable: part, isOrdered }: Pick<Lift, 'variable' | 'isOrdered'>, up: boolean): Expr {
  const G = reverse(expr, part);
  return simplify(scale(up ? one : minusOne, isOrdered ? scale(ratio(1, 2), add(G, transpose(G))) : G), lazy);
}

/** The same for a node inside the expression, whose value is not negative. */
function growthOf(f: Expr, node: Expr, up: boolean): Proof | undefined {
  const stands = variable('root of it', node.shape, facts(['nonnegative']));
  return growth(replaced(f, new Map([[node, stands]])), { variable: stands }, up);
}

/** What a certificate says about the second derivative, built again from the expression. */
export function secondClaim({ smooth, by, lifts, curvature }: Certificate): Expr {
  const { second } = alongLine(smooth, [...by, ...lifts.map((l) => l.variable)]);
  return curvature === 'affine' ? second : sum([{ coef: plain(curvature) === 'convex' ? one : minusOne, arg: second }]);
}
