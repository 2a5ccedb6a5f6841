// Kinks out of a statement, exactly, by helper variables: split into positive parts, epigraph, or a least value, as the
// record of the function offers. A function may be replaced where the problem only gains from smaller values of it.

import { must } from '../../base/internal.ts';
import { add, neg, scale, sub, times, zeros } from '../../ir/build.ts';
import { type Expr, type Shape, type Term, type VariableNode, contract, sum, variable } from '../../ir/expr.ts';
import { type Fact, facts } from '../../ir/fact.ts';
import { minusOne, ratio, same } from '../../ir/rational.ts';
import { structureOf } from '../../ir/structure.ts';
import { children, dependents, postorder, rewriteUp, variables as variablesOf } from '../../ir/walk.ts';
import { gradients } from '../../diff/differentiate.ts';
import type { Relation } from '../../lang/model.ts';
import { has } from '../../ops/facts.ts';
import type { Curvature, Kinks, Semidefinite } from '../../ops/op.ts';
import { asPower, power } from '../../ops/scalar/power.ts';
import { opNamed } from '../../ops/table.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { dependsOn, isAffine } from './derivatives.ts';
import { normOf } from './lengths.ts';
import { rises } from './rising.ts';
import type { Statement } from './statement.ts';

/** A row of the smooth problem: `expr` compared with zero. */
export interface Row {
  readonly expr: Expr;
  readonly relation: Relation;
  /** Which constraint of the statement it is, or a part of; absent for rows that tie helpers. */
  readonly constraint?: number;
}

export interface Origin {
  readonly helper: VariableNode;
  readonly of: Expr;
  /** The helper is the value itself, its positive or negative part, V with V V' the value, or a psd matrix that bounds it. */
  readonly part: 'value' | 'matrix' | 'positive' | 'negative' | 'factor' | 'negated factor';
  /** Of a psd matrix: what takes its rows apart. */
  readonly parts?: readonly Expr[];
  /** Of a psd matrix: its value where it bounds closely. */
  readonly best?: Expr;
}

export interface Smooth {
  readonly objective: Expr;
  /** The objective in the form it was written, which shows squares of norms. */
  readonly written: Expr;
  readonly rows: readonly Row[];
  /** Those that are solved for: own ones that were not replaced, and helpers. */
  readonly variables: readonly VariableNode[];
  /** Every variable of the statement, in terms of those that are solved for. */
  readonly recover: ReadonlyMap<string, Expr>;
  readonly helpers: ReadonlySet<string>;
  /** Variables that stay semidefinite matrices: own ones and helpers. */
  readonly cones: ReadonlyMap<string, 1 | -1>;
  /** Helpers that are no less than the norm of an affine part. */
  readonly norms: readonly Norm[];
  /** Whether rows that are convex and quadratic become second-order cones too. */
  readonly hasCones: boolean;
  /** What helpers are, at a point of the statement's variables: in this order, each of variables and earlier helpers. */
  readonly origins: readonly Origin[];
  /** Functions with kinks that had to stay, and how many. */
  readonly kinksLeft: readonly Expr[];
  /** Functions with kinks that stay because the objective is continuously differentiable with them. */
  readonly bends?: readonly Expr[];
  /** Each replacement in a few words: "abs by two parts". */
  readonly replaced: readonly string[];
}

/** Each entry of the helper bounds the length of what stands at its labels in all the parts, whose first axes are its own. */
export interface Norm {
  readonly helper: VariableNode;
  readonly parts: readonly Expr[];
}

// Each round replaces one function; models are short.
const maxRounds = 200;

/**
 * Roots are smooth except where they vanish, so they are left as they are at first; `parted` gives each a helper of its
 * own, which an interior point can take to zero: √e ≤ t exactly if e/t ≤ t.
 * Benson & Vanderbei, Solving problems with semidefinite and related constraints using interior-point methods, 2003.
 */
export type Roots = 'smooth' | 'parted';

/**
 * `matrices` keeps semidefinite variables as they are, and writes functions of spectra by new ones; else they become products
 * of a factor. So does `conic`, for methods that take them, which like `norms` keeps norms of affine parts as second-order
 * cones of their own. `bent` replaces corners alone that are added to the rest of the objective as they are.
 */
export type Form = Roots | 'conic' | 'matrices' | 'norms' | 'bent';

/** The statement without kinks, as far as that is exact. */
export function reformulate(statement: Statement, form: Form = 'smooth'): Smooth {
  const taken = new Set([statement.objective, ...statement.constraints.map((c) => c.expr)].flatMap((e) => variablesOf([e]).map((v) => v.name)));
  for (const v of statement.variables) taken.add(v.name);
  const keepsMatrices = form === 'conic' || form === 'matrices';
  let state: Working = {
    objective: simplify(statement.objective, lazy),
    written: statement.objective,
    rows: statement.constraints.map((c, k) => ({ expr: simplify(c.expr, lazy), relation: c.relation, constraint: k })),
    variables: statement.variables,
    recover: new Map(statement.variables.map((v) => [v.name, v])),
    helpers: new Set(),
    cones: keepsMatrices ? statement.cones : new Map(),
    norms: [],
    hasCones: form === 'norms' || form === 'conic',
    origins: [],
    replaced: [],
  };
  const fresh = freshBeside(taken);
  if (!keepsMatrices) for (const [name, sign] of statement.cones) state = factorised(state, name, sign, fresh);
  const stuck = new Set<Expr>();
  for (let round = 0; round < maxRounds; round++) {
    const bare = form === 'bent' ? bareKinks(state.objective, state.variables) : undefined;
    const { hasCones } = state;
    const isKinked = (e: Expr): boolean => (bare ? bare.has(e) : kinksOf(e, form) !== undefined) || (form === 'parted' && rootOf(e) !== undefined) || (hasCones && normOf(e) !== undefined);
    const node = activeNodes(state, isKinked).find((e) => !stuck.has(e));
    if (!node) break;
    const root = form === 'parted' ? withoutRoot : hasCones ? withoutNorms : undefined;
    const next = without(state, node, form, fresh) ?? root?.(state, node, fresh);
    if (next) state = next;
    else stuck.add(node);
  }
  const smooth = { ...state, kinksLeft: activeNodes(state, (e) => kinksOf(e, form) !== undefined) };
  return form === 'matrices' ? withoutCopies(smooth) : smooth;
}

/** Makes variables with names of their own. */
function freshBeside(taken: Set<string>): Fresh {
  return (shape, list) => {
    let k = 1;
    while (taken.has(`helper${k}`)) k++;
    taken.add(`helper${k}`);
    return variable(`helper${k}`, shape, facts(list));
  };
}

/** A problem over semidefinite matrices, with a product of a factor for each of them. */
export function byFactors(smooth: Smooth): Smooth {
  const taken = namesIn(smooth);
  let state: Working = smooth;
  for (const [name, sign] of smooth.cones) state = factorised(state, name, sign, freshBeside(taken));
  return { ...state, cones: new Map(), kinksLeft: smooth.kinksLeft };
}

/** The same without variables that rows of helpers call parts of semidefinite matrices, entry by entry. */
function withoutCopies(smooth: Smooth): Smooth {
  let state = smooth;
  for (let at = 0; at < state.rows.length; ) {
    const row = must(state.rows[at]);
    const { expr, relation, constraint } = row;
    const terms = constraint === undefined && relation === '==' && expr.kind === 'sum' ? expr.terms : [];
    const isCopy = ({ coef, arg }: Term): boolean => Math.abs(coef.num) === coef.den && isPlainVariable(arg, state) && terms.every((t) => t.arg === arg || !variablesOf([t.arg]).includes(arg));
    const own = terms.length > 1 ? terms.find(isCopy) : undefined;
    if (!own) {
      at++;
      continue;
    }
    const value = scale(own.coef.num > 0 ? minusOne : 1, sum(terms.filter((t) => t !== own)));
    const rest = { ...state, rows: state.rows.filter((r) => r !== row) };
    state = { ...exchanged(rest, own.arg, simplify(value, lazy)), variables: state.variables.filter((v) => v !== own.arg), kinksLeft: state.kinksLeft };
  }
  return state;
}

/** Signs of own variables are rows besides; those of helpers are bounds that nothing else tells. */
function isPlainVariable(e: Expr, { variables, cones, helpers }: Smooth): e is VariableNode {
  return e.kind === 'variable' && variables.includes(e) && !cones.has(e.name) && structureOf(e) === 'none' && !(helpers.has(e.name) && e.facts.has.size > 0);
}

/** A problem by factors of matrices, with a variable for each part that takes rows of a matrix for itself. */
export function inParts(smooth: Smooth): Smooth {
  const taken = namesIn(smooth);
  let state = smooth;
  for (const { helper: V, of } of smooth.origins) {
    const { parts } = smooth.origins.find((o) => o.helper === of) ?? {};
    if (!parts || !smooth.variables.includes(V)) continue;
    const fresh = freshBeside(taken);
    const rows = parts.map((part) => ({ part, rows: fresh([must(part.shape[0]), must(V.shape[1])], []) }));
    const whole = add(...rows.map(({ part, rows: W }) => contract([part, W], [[0, 1], [0, 2]], [1, 2])));
    const origins = rows.map(({ part, rows: W }): Origin => ({ helper: W, of: contract([part, V], [[0, 1], [1, 2]], [0, 2]), part: 'value' }));
    const next = exchanged(state, V, whole);
    state = { ...withHelpers({ ...next, variables: next.variables.filter((v) => v !== V) }, origins, []), kinksLeft: state.kinksLeft };
  }
  return state;
}

/** A factor of a semidefinite matrix is not convex, whatever the problem over the matrix is. */
export function hasFactors({ origins }: Smooth): boolean {
  return origins.some((o) => o.part === 'factor' || o.part === 'negated factor');
}

function namesIn(smooth: Smooth): Set<string> {
  return new Set([...smooth.recover.keys(), ...allParts(smooth).flatMap((e) => variablesOf([e]).map((v) => v.name)), ...smooth.helpers]);
}

/** Functions with corners that are added to the rest as they are. */
export function bareKinks(f: Expr, by: readonly VariableNode[]): ReadonlySet<Expr> {
  const active = dependents(f, new Set<Expr>(by));
  const found = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (e.kind === 'apply') {
      const { kinks } = opNamed(e.op);
      if (kinks && !kinks.least) found.add(e);
      return;
    }
    const moving = children(e).filter((arg) => active.has(arg));
    if (e.kind === 'sum' || moving.length === 1) moving.forEach(visit);
  };
  visit(f);
  return found;
}

type Working = Omit<Smooth, 'kinksLeft'>;
type Fresh = (shape: Shape, list: readonly Fact[]) => VariableNode;

/** Nodes of this kind that depend on variables, the outermost first. */
function activeNodes(state: Working, isMeant: (e: Expr) => boolean): Expr[] {
  const roots = [state.objective, ...state.rows.map((r) => r.expr), ...state.norms.flatMap((n) => n.parts)];
  const leaves = new Set<Expr>(state.variables);
  const active = new Set(roots.flatMap((r) => [...dependents(r, leaves)]));
  return postorder(roots)
    .filter((e) => active.has(e) && isMeant(e))
    .toReversed();
}

function kinksOf(e: Expr, form: Form): (Kinks & { readonly curve: Curvature['is'] }) | undefined {
  const op = e.kind === 'apply' ? opNamed(e.op) : undefined;
  if (op?.kinks?.semidefinite && form !== 'conic' && form !== 'matrices') return undefined;
  return op?.kinks && { ...op.kinks, curve: op.curvature?.is ?? 'convex' };
}

function without(state: Working, node: Expr, form: Form, fresh: Fresh): Working | undefined {
  const kinks = kinksOf(node, form);
  if (!kinks || node.kind !== 'apply') return undefined;
  const [x] = node.args;
  if (x && kinks.parts && kinks.curve === 'convex') {
    // A known sign leaves one piece.
    if (has(x, 'nonnegative') || has(x, 'nonpositive')) {
      const zero = scale(0, x);
      const value = has(x, 'nonnegative') ? kinks.parts(x, zero) : kinks.parts(zero, scale(minusOne, x));
      return exchanged(state, node, simplify(value, lazy), `${node.op} of a known sign`);
    }
  }
  const split = byRows(state, node, kinks);
  if (split) return split;
  if (!gains(state, node, kinks.curve)) return undefined;
  if (x && kinks.parts && kinks.curve === 'convex') {
    const [p, q] = [fresh(x.shape, ['nonnegative']), fresh(x.shape, ['nonnegative'])];
    const asParts = parted(state, node, x, kinks.parts(p, q), p, q);
    if (asParts) return asParts;
  }
  if (kinks.least && x) {
    const y = fresh(x.shape, []);
    const next = exchanged(state, node, simplify(kinks.least(node.args, y), lazy), `${node.op} as a least value`);
    return withHelpers(next, [{ helper: y, of: x, part: 'value' }], []);
  }
  if (kinks.semidefinite) return byMatrix(state, node, kinks.semidefinite(node.args), fresh);
  if (!kinks.pieces) return undefined;
  const pieces = kinks.pieces(node.args);
  const signed = kinks.curve === 'convex' ? pieces.some((p) => has(p, 'nonnegative')) : false;
  const t = fresh(node.shape, signed ? ['nonnegative'] : []);
  const rows = pieces.map((piece): Row => ({ expr: simplify(sub(spread(t, piece.shape), piece), lazy), relation: kinks.curve === 'convex' ? '>=' : '<=' }));
  return withHelpers(exchanged(state, node, t, `${node.op} by its epigraph`), [{ helper: t, of: node, part: 'value' }], rows);
}

/**
 * A row that bounds the largest of some pieces bounds each, as |x| ≤ 1 does: one that the node alone makes kinked, where it
 * stands nowhere else.
 */
function byRows(state: Working, node: Expr & { readonly kind: 'apply' }, { pieces, curve }: Kinks & { readonly curve: Curvature['is'] }): Working | undefined {
  const isKinked = (e: Expr): boolean => e.kind === 'apply' && opNamed(e.op).kinks !== undefined;
  const [row, ...more] = state.rows.filter((r) => postorder([r.expr]).includes(node));
  const elsewhere = [state.objective, ...state.norms.flatMap((n) => n.parts)];
  if (!pieces || row?.expr.kind !== 'sum' || row.relation === '==' || more.length > 0 || postorder(elsewhere).includes(node)) return undefined;
  const own = row.expr.terms.find((t) => t.arg === node);
  const others = row.expr.terms.filter((t) => t.arg !== node);
  const isUpper = (row.relation === '<=') === (curve === 'convex');
  if (!own || own.coef.num > 0 !== isUpper || activeNodes({ ...state, objective: sum(others), rows: [], norms: [] }, isKinked).length > 0) return undefined;
  const all = pieces(node.args);
  // A piece without variables would be a row without any.
  if (!all.every((piece) => dependsOn(piece, state.variables))) return undefined;
  const rows = all.map((piece): Row => {
    const rest = others.map(({ coef, arg }) => ({ coef, arg: spread(arg, piece.shape) }));
    return { ...row, expr: simplify(sum([{ coef: own.coef, arg: piece }, ...rest]), lazy) };
  });
  return { ...state, rows: state.rows.flatMap((r) => (r === row ? rows : [r])), replaced: [...state.replaced, `${node.op} by rows of its pieces`] };
}

/** By a psd matrix, and a number where the function is an eigenvalue. */
function byMatrix(state: Working, node: Expr & { readonly kind: 'apply' }, { order, parts, hasLevel, vanish, value, best }: Semidefinite, fresh: Fresh): Working {
  const Z = fresh([order, order], ['psd']);
  const t = hasLevel ? fresh([], []) : zeros([]);
  const rows = vanish(Z, t).map((expr): Row => ({ expr: simplify(expr, lazy), relation: '==' }));
  const next = exchanged(state, node, simplify(value(Z, t), lazy), `${node.op} by a semidefinite matrix`);
  const origins: readonly Origin[] = [{ helper: Z, of: node, part: 'matrix', best, ...(parts && { parts }) }, ...(t.kind === 'variable' ? [{ helper: t, of: node, part: 'value' } as const] : [])];
  return withHelpers({ ...next, cones: new Map([...next.cones, [Z.name, 1]]) }, origins, rows);
}

/** e, when the node is the root of an e that is never negative. */
function rootOf(node: Expr): Expr | undefined {
  const p = asPower(node);
  return p && same(p.exponent, ratio(1, 2)) && has(p.base, 'nonnegative') ? p.base : undefined;
}

/** Whether there are roots to be parted. */
export function hasRoots(smooth: Smooth): boolean {
  return activeNodes(smooth, (e) => rootOf(e) !== undefined).length > 0;
}

function withoutRoot(state: Working, node: Expr, fresh: Fresh): Working | undefined {
  const e = rootOf(node);
  if (!e || !gains(state, node, 'convex')) return undefined;
  const t = fresh(node.shape, ['nonnegative']);
  const row: Row = { expr: simplify(sub(times(e, power(t, minusOne)), t), lazy), relation: '<=' };
  return withHelpers(exchanged(state, node, t, 'root by its epigraph'), [{ helper: t, of: node, part: 'value' }], [row]);
}

/** Without this norm, and those beside it that can go at the same time. */
function withoutNorms(state: Working, node: Expr, fresh: Fresh): Working | undefined {
  let nodes = activeNodes(state, (e) => normOf(e) !== undefined).filter((e) => must(normOf(e)).every((part) => isAffine(part, state.variables)));
  const helpers = new Map(nodes.map((e) => [e, fresh(e.shape, ['nonnegative'])]));
  const helperOf = (e: Expr): VariableNode => must(helpers.get(e));
  while (nodes.includes(node)) {
    const swap = new Map(nodes.map((e) => [e, helperOf(e)]));
    const next = exchangedAll(state, swap, nodes.map(() => 'norm by a second-order cone'));
    const lost = notGaining(next, [...swap.values()]);
    if (lost.size === 0) {
      const given = withHelpers(next, nodes.map((e) => ({ helper: helperOf(e), of: e, part: 'value' })), []);
      return { ...given, norms: [...given.norms, ...nodes.map((e) => ({ helper: helperOf(e), parts: must(normOf(e)).map((part) => simplify(part, lazy)) }))] };
    }
    nodes = nodes.filter((e) => !lost.has(helperOf(e)));
  }
  return undefined;
}

/** Those of the variables, which are not negative, without which it is not seen that the objective and all rows gain from smaller values. */
function notGaining({ objective, rows, norms }: Working, all: readonly VariableNode[]): Set<Expr> {
  const lost = new Set<Expr>(all.filter((t) => norms.some((n) => variablesOf(n.parts).includes(t))));
  const see = (e: Expr, relation: Relation): void => {
    const leaves = variablesOf([e]);
    const mine = all.filter((t) => leaves.includes(t));
    if (mine.length === 0) return;
    const weights = variable('#weight', e.shape, facts(['nonnegative']));
    const labels = e.shape.map((_, i) => i);
    const weighted = e.shape.length === 0 ? e : contract([weights, e], [labels, labels], []);
    gradients(weighted, mine).forEach((g, k) => {
      const isGain = relation !== '==' && has(simplify(g, lazy), relation === '<=' ? 'nonnegative' : 'nonpositive');
      if (!isGain) lost.add(must(mine[k]));
    });
  };
  see(objective, '<=');
  for (const { expr, relation } of rows) see(expr, relation);
  return lost;
}

/** t repeated over the further axes of a piece. */
function spread(t: Expr, shape: Shape): Expr {
  if (t.shape.length === shape.length) return t;
  return contract([t], [t.shape.map((_, i) => i)], shape.map((_, i) => i), shape);
}

/** x = p - q: in place of a variable that nothing else bounds, else by an equation. Only where x is affine. */
function parted(state: Working, node: Expr, x: Expr, value: Expr, p: VariableNode, q: VariableNode): Working | undefined {
  const own = state.variables.find((v) => v === x);
  const origins: readonly Origin[] = [{ helper: p, of: x, part: 'positive' }, { helper: q, of: x, part: 'negative' }];
  const said = `${node.kind === 'apply' ? node.op : ''} by positive and negative parts`;
  if (own && own.facts.has.size === 0 && !state.rows.some((r) => isBoundOf(r, own))) {
    const next = exchanged(exchanged(state, node, value, said), own, sub(p, q));
    return withHelpers({ ...next, variables: next.variables.filter((v) => v !== own) }, origins, []);
  }
  if (!isAffine(x, state.variables)) return undefined;
  const tie: Row = { expr: simplify(sub(x, sub(p, q)), lazy), relation: '==' };
  return withHelpers(exchanged(state, node, value, said), origins, [tie]);
}

/** A row of this variable and constants alone, entry by entry. */
export function isBoundOf({ expr }: Pick<Row, 'expr'>, own: VariableNode): boolean {
  const terms = expr.kind === 'sum' ? expr.terms.map((t) => t.arg) : [expr];
  return terms.includes(own) && terms.every((t) => t === own || !variablesOf([t]).includes(own));
}

/** X = ±V V' for a matrix that must be semidefinite. Burer & Monteiro, Math. Programming 95, 2003; here of full rank. */
function factorised(state: Working, name: string, sign: 1 | -1, fresh: Fresh): Working {
  const own = must(state.variables.find((v) => v.name === name));
  const n = must(own.shape[0]);
  const V = fresh([n, n], []);
  const gram = contract([V, V], [[0, 1], [2, 1]], [0, 2]);
  const next = exchanged(state, own, sign === 1 ? gram : neg(gram), state.helpers.has(name) ? 'that matrix by a factor' : `${name} by a factor`);
  return withHelpers({ ...next, variables: next.variables.filter((v) => v !== own) }, [{ helper: V, of: own, part: sign === 1 ? 'factor' : 'negated factor' }], []);
}

function withHelpers(state: Working, origins: readonly Origin[], rows: readonly Row[]): Working {
  const more = origins.map((o) => o.helper);
  return {
    ...state,
    variables: [...state.variables, ...more],
    helpers: new Set([...state.helpers, ...more.map((v) => v.name)]),
    origins: [...state.origins, ...origins],
    rows: [...state.rows, ...rows],
  };
}

/** `by` in place of `node` everywhere. */
function exchanged(state: Working, node: Expr, by: Expr, said?: string): Working {
  return exchangedAll(state, new Map([[node, by]]), said === undefined ? [] : [said]);
}

function exchangedAll(state: Working, swap: ReadonlyMap<Expr, Expr>, said: readonly string[]): Working {
  const cache = new Map<Expr, Expr>();
  const swapped = (e: Expr): Expr => rewriteUp(e, (x) => swap.get(x) ?? x, cache);
  const at = (e: Expr): Expr => {
    const next = swapped(e);
    return next === e ? e : simplify(next, lazy);
  };
  return {
    ...state,
    objective: at(state.objective),
    written: swapped(state.written),
    rows: state.rows.map((r) => ({ ...r, expr: at(r.expr) })),
    norms: state.norms.map((n) => ({ ...n, parts: n.parts.map(at) })),
    recover: new Map([...state.recover].map(([name, e]) => [name, swapped(e)])),
    replaced: [...state.replaced, ...said],
  };
}

/**
 * Whether the objective and every row only gain from smaller (larger) values of the node: then the node may be given
 * any value above (below) its own without losing a solution or winning a false one.
 */
function gains(state: Working, node: Expr, curve: Curvature['is']): boolean {
  const way = curve === 'convex' ? 1 : -1;
  const mentions = (e: Expr): boolean => postorder([e]).includes(node);
  if (state.norms.some((n) => n.parts.some(mentions)) || !rises(state.objective, node, way)) return false;
  return state.rows.every(({ expr, relation }) => !mentions(expr) || (relation !== '==' && rises(expr, node, relation === '<=' ? way : way === 1 ? -1 : 1)));
}

/** Sum of several rows' expressions, for passes that look at all of them. */
export function allParts(smooth: Smooth): Expr[] {
  return [smooth.objective, ...smooth.rows.map((r) => r.expr)];
}

