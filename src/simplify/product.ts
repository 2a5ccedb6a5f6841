// Products in normal form: one flat contraction of atoms, with unit tensors absorbed into labels, numbers in the
// coefficient, equal factors counted as powers, and the factors and labels in canonical order.

import { must } from '../base/internal.ts';
import { type ContractNode, type Expr, type Label, type Shape, contract, number, size } from '../ir/expr.ts';
import { canonicalOrder } from '../ir/key.ts';
import * as rational from '../ir/rational.ts';
import type { Factor } from '../ops/op.ts';
import { has, isSymmetric } from '../ops/facts.ts';
import { rulesOf } from '../ops/table.ts';
import { asPower, distributes, power } from '../ops/scalar/power.ts';
import { absorbDelta, absorbStack, combineUnitTensors } from './delta.ts';
import type { Mode } from './mode.ts';
import { primitive, scaled, split, sumOf } from './sum.ts';
import type { Trace } from './trace.ts';
import { type Atom, type Work, find, freshLabel, identify, isPrivate, removeSummed } from './work.ts';

export interface ProductOptions {
  readonly mode: Mode;
  /** Contractions that must stay nodes of their own. */
  readonly opaque?: ReadonlySet<Expr>;
  readonly trace?: Trace;
  /** Simplifies what rules build. */
  readonly simplify: (e: Expr) => Expr;
}

/** The simplified product of simplified factors. */
export function product(coef: rational.Rational, factors: readonly Factor[], out: readonly Label[], outShape: Shape, options: ProductOptions): Expr {
  const work: Work = { coef, atoms: [], out, outShape, dims: new Map(), parent: new Map(), nextLabel: 1, summed: new Set() };
  for (const label of [...out, ...factors.flatMap((f) => f.labels)]) work.nextLabel = Math.max(work.nextLabel, label + 1);
  out.forEach((l, i) => work.dims.set(l, must(outShape[i])));
  for (const f of factors) absorb(work, f.expr, rational.one, f.labels, options);
  for (let rounds = 0; rounds < 1000; rounds++) {
    if (rational.isZero(work.coef)) return number(rational.zero, outShape);
    normaliseLabels(work);
    if (combineUnitTensors(work)) continue;
    if (mergePowers(work, options)) continue;
    if (applyFacts(work, options)) continue;
    if (applyRules(work, options)) continue;
    if (mergeSubproducts(work, options)) continue;
    break;
  }
  sumLonelyLabels(work);
  mergeScalarParts(work);
  if (options.mode.expand) {
    const distributed = distribute(work, options);
    if (distributed) return distributed;
  }
  return assemble(work, options);
}

/** Takes a factor in, opening products, views, sums of one term, unit tensors and powers of those. */
export function absorb(work: Work, expr: Expr, exponent: rational.Rational, labels: readonly Label[], options: ProductOptions): void {
  expr.shape.forEach((d, axis) => work.dims.set(must(labels[axis]), d));
  if (rational.isZero(exponent)) return;
  const keep = (): void => void work.atoms.push({ base: expr, exponent, labels });
  switch (expr.kind) {
    case 'number': {
      if (rational.isInteger(exponent)) work.coef = rational.mul(work.coef, rational.powInteger(expr.value, exponent.num));
      else if (rational.isOne(expr.value)) break;
      else keep();
      break;
    }
    case 'sum': {
      const { coef, arg } = expr.terms.length === 1 ? split(expr) : primitive(expr);
      const outside = powerOfCoef(coef, exponent);
      if (outside === undefined || arg === expr) {
        if (expr.terms.length === 1) keep();
        else keepOriented(work, expr, exponent, labels);
        break;
      }
      work.coef = rational.mul(work.coef, outside);
      absorb(work, arg, exponent, labels, options);
      break;
    }
    case 'delta':
      if (rational.isOne(exponent) || exponent.num > 0) absorbDelta(work, expr, labels);
      else keep();
      break;
    case 'stack':
      if (exponent.num > 0) absorbStack(work, expr, labels);
      else keep();
      break;
    case 'contract': {
      const narrow = rational.isOne(exponent) ? undefined : (withoutRepeats(expr) ?? alongDiagonal(expr, labels.map((l) => find(work, l))));
      if (narrow) absorb(work, narrow.expr, exponent, narrow.axes.map((axis) => must(labels[axis])), options);
      else if (options.mode.expand && isShortPower(expr, exponent)) {
        for (let i = 0; i < exponent.num; i++) open(work, expr, rational.one, labels, options);
      } else if (options.opaque?.has(expr) || !opens(expr, exponent)) {
        const parts = separateParts(expr, exponent);
        if (!parts) keep();
        else for (const part of parts) absorb(work, part.expr, exponent, part.axes.map((axis) => must(labels[axis])), options);
      } else open(work, expr, exponent, labels, options);
      break;
    }
    case 'apply': {
      const p = asPower(expr);
      if (p && (distributes(exponent) || !distributes(p.exponent) || has(p.base, 'nonnegative'))) {
        absorb(work, p.base, rational.mul(p.exponent, exponent), labels, options);
      } else keep();
      break;
    }
    default:
      keep();
  }
}

/** On its diagonal a diagonal matrix is the vector it spreads: diag(x)[i,i] = x[i]. */
function alongDiagonal(e: ContractNode, labels: readonly Label[]): { expr: Expr; axes: readonly number[] } | undefined {
  const axes = e.out.flatMap((l, axis) => (e.out.indexOf(l) === axis ? [axis] : []));
  if (axes.length === e.out.length || !e.out.every((l, axis) => labels[axis] === labels[e.out.indexOf(l)])) return undefined;
  const shape = axes.map((axis) => must(e.shape[axis]));
  if (e.args.length === 0) return { expr: number(rational.one, shape), axes };
  const factors = e.args.map((expr, i) => ({ expr, labels: must(e.labels[i]) }));
  return { expr: assembleFactors(factors, axes.map((axis) => must(e.out[axis])), shape), axes };
}

/** Factors that share no summed label: (s*(x'y))^-1 = s^-1*(x'y)^-1. */
function separateParts(e: ContractNode, exponent: rational.Rational): { expr: Expr; axes: readonly number[] }[] | undefined {
  if (new Set(e.out).size < e.out.length || e.args.length < 2) return undefined;
  const left = new Set(e.args.keys());
  const parts: number[][] = [];
  for (const start of left) {
    const part = [start];
    left.delete(start);
    for (const i of part) {
      for (const k of left) {
        if (!must(e.labels[k]).some((l) => !e.out.includes(l) && must(e.labels[i]).includes(l))) continue;
        part.push(k);
        left.delete(k);
      }
    }
    parts.push(part);
  }
  if (parts.length < 2) return undefined;
  const nodes = parts.map((part) => {
    const axes = [...e.out.keys()].filter((axis) => part.some((i) => must(e.labels[i]).includes(must(e.out[axis]))));
    const factors = part.map((i) => ({ expr: must(e.args[i]), labels: must(e.labels[i]) }));
    return { expr: assembleFactors(factors, axes.map((axis) => must(e.out[axis])), axes.map((axis) => must(e.shape[axis]))), axes };
  });
  return distributes(exponent) || nodes.every((n) => has(n.expr, 'nonnegative')) ? nodes : undefined;
}

/** A small whole power of a small product, which distribution writes out: (A*x).^2 as a product of four factors. */
function isShortPower(e: ContractNode, exponent: rational.Rational): boolean {
  return e.out.length > 0 && rational.isInteger(exponent) && exponent.num > 1 && exponent.num <= 4 && e.args.length <= 6 && !opens(e, exponent);
}

/** The contraction without the axes along which it only repeats, if there are any. */
export function withoutRepeats(e: ContractNode): { expr: Expr; axes: readonly number[] } | undefined {
  const used = new Set(e.labels.flat());
  const axes = e.out.flatMap((l, axis) => (used.has(l) ? [axis] : []));
  if (axes.length === e.out.length || new Set(e.out).size < e.out.length) return undefined;
  const factors = e.args.map((expr, i) => ({ expr, labels: must(e.labels[i]) }));
  const expr = assembleFactors(
    factors,
    axes.map((axis) => must(e.out[axis])),
    axes.map((axis) => must(e.shape[axis])),
  );
  return { expr, axes };
}

/** A contraction can be merged when it is taken once, or when it is an element-wise product taken to a whole power. */
function opens(e: ContractNode, exponent: rational.Rational): boolean {
  if (rational.isOne(exponent)) return true;
  const inner = e.labels.flat();
  const elementwise = inner.every((l) => e.out.includes(l)) && new Set(e.out).size === e.out.length;
  if (!elementwise) return false;
  if (distributes(exponent)) return exponent.num > 0 || e.labels.length > 0;
  return e.args.length === 1 || e.args.every((a) => has(a, 'nonnegative'));
}

function open(work: Work, e: ContractNode, exponent: rational.Rational, labels: readonly Label[], options: ProductOptions): void {
  const names = new Map<Label, Label>();
  e.out.forEach((inner, i) => {
    const outer = must(labels[i]);
    const known = names.get(inner);
    if (known === undefined) names.set(inner, outer);
    else identify(work, known, outer);
  });
  e.args.forEach((arg, k) => {
    const mine = must(e.labels[k]).map((inner, axis) => {
      let label = names.get(inner);
      if (label === undefined) {
        label = freshLabel(work, must(arg.shape[axis]));
        names.set(inner, label);
      }
      return label;
    });
    absorb(work, arg, exponent, mine, options);
  });
}

/** c^r, where that is an exact number and splitting it off is allowed. */
function powerOfCoef(coef: rational.Rational, exponent: rational.Rational): rational.Rational | undefined {
  if (rational.isOne(coef)) return coef;
  if (rational.isInteger(exponent)) return rational.powInteger(coef, exponent.num);
  if (coef.num < 0) return undefined;
  const root = Math.pow(rational.toNumber(coef), rational.toNumber(exponent));
  const guess = exactRoot(coef, exponent);
  return guess && Math.abs(rational.toNumber(guess) - root) <= 1e-12 * root ? guess : undefined;
}

function exactRoot(coef: rational.Rational, exponent: rational.Rational): rational.Rational | undefined {
  if (!rational.isExact(coef) || !rational.isExact(exponent)) return undefined;
  const root = (n: number): number => Math.round(Math.pow(n, 1 / exponent.den));
  const [p, q] = [root(coef.num), root(coef.den)];
  if (p ** exponent.den !== coef.num || q ** exponent.den !== coef.den) return undefined;
  return rational.powInteger(rational.ratio(p, q), exponent.num);
}

/** A sum is kept in the order of axes that needs fewer transposes, so that S and S' meet as one atom. */
function keepOriented(work: Work, e: Expr, exponent: rational.Rational, labels: readonly Label[]): void {
  const turned = orientation(e);
  work.atoms.push(turned ? { base: turned.expr, exponent, labels: turned.order.map((axis) => must(labels[axis])) } : { base: e, exponent, labels });
}

/** Another order of axes in which the node reads more simply, if there is one. */
export function orientation(e: Expr): { expr: Expr; order: readonly number[] } | undefined {
  if (e.shape.length !== 2) return undefined;
  const flipped = flip(e);
  if (flipped === e) return undefined;
  const [plain, other] = [transposes(e), transposes(flipped)];
  return other < plain || (other === plain && flipped.hash < e.hash) ? { expr: flipped, order: [1, 0] } : undefined;
}

/** The transposed matrix, with the transposition moved to the terms of a sum. */
export function flip(e: Expr): Expr {
  if (e.kind === 'sum') return sumOf(e.terms.map((t) => ({ coef: t.coef, arg: flip(t.arg) })), e.shape.toReversed());
  if (e.kind === 'number') return number(e.value, e.shape.toReversed());
  if (e.kind !== 'contract') return assembleFactors([{ expr: e, labels: [0, 1] }], [1, 0], e.shape.toReversed());
  const factors = e.args.map((expr, i) => ({ expr, labels: must(e.labels[i]) }));
  return assembleFactors(factors, e.out.toReversed(), e.shape.toReversed());
}

/** How many matrices are read against the order of the axes of the result. */
export function transposes(e: Expr): number {
  if (e.kind === 'sum') return e.terms.reduce((n, t) => n + transposes(t.arg), 0);
  if (e.kind !== 'contract') return 0;
  const [row, col] = e.out;
  return e.labels.filter((l, i) => l.length === 2 && l[0] !== l[1] && (l[1] === row || l[0] === col) && !isSymmetric(must(e.args[i]))).length;
}

function normaliseLabels(work: Work): void {
  if (work.parent.size > 0) work.atoms = work.atoms.map((a) => ({ ...a, labels: a.labels.map((l) => find(work, l)) }));
  separateSingles(work);
}

/** A summed label of size 1 has one position: every factor that carries it may have it for itself. */
function separateSingles(work: Work): void {
  const out = new Set(work.out.map((l) => find(work, l)));
  const seen = new Set<Label>();
  for (const [k, atom] of work.atoms.entries()) {
    if (!atom.base.shape.some((d) => d.key === '1')) continue;
    const labels = atom.labels.map((l, axis) => {
      const dim = must(atom.base.shape[axis]);
      if (dim.key !== '1' || out.has(l)) return l;
      if (!seen.has(l)) {
        seen.add(l);
        return l;
      }
      const own = freshLabel(work, dim);
      seen.add(own);
      return own;
    });
    work.atoms[k] = { ...atom, labels };
  }
}

/** x^a x^b = x^(a+b), for equal bases on equal labels. */
function mergePowers(work: Work, options: ProductOptions): boolean {
  if (work.atoms.length < 2) return false;
  const seen = new Map<string, number>();
  for (const [k, atom] of work.atoms.entries()) {
    const key = atomKey(atom);
    const m = seen.get(key);
    if (m === undefined) {
      seen.set(key, k);
      continue;
    }
    const other = must(work.atoms[m]);
    if (other.base.kind === 'delta' || other.base.kind === 'stack') {
      work.atoms.splice(k, 1);
      return true;
    }
    work.atoms = work.atoms.filter((_, i) => i !== k && i !== m);
    replace(work, { ...atom, exponent: rational.add(atom.exponent, other.exponent) }, options);
    return true;
  }
  return false;
}

function replace(work: Work, atom: Atom, options: ProductOptions): void {
  if (rational.isZero(atom.exponent)) return;
  absorb(work, atom.base, atom.exponent, atom.labels, options);
}

function atomKey(atom: Atom): string {
  const labels = atom.labels.length === 2 && isSymmetric(atom.base) ? [...atom.labels].sort((a, b) => a - b) : atom.labels;
  return `${atom.base.id}:${labels.join('.')}`;
}

/** Q'Q = I for orthogonal Q, wherever two meet over a summed label. */
function applyFacts(work: Work, options: ProductOptions): boolean {
  for (const [k, a] of work.atoms.entries()) {
    if (a.labels.length !== 2 || !rational.isOne(a.exponent) || !has(a.base, 'orthogonal') || has(a.base, 'identity')) continue;
    for (const b of work.atoms.slice(k + 1)) {
      if (b.base !== a.base || !rational.isOne(b.exponent)) continue;
      for (const axis of [0, 1]) {
        const [shared, mine, other] = [must(a.labels[axis]), must(a.labels[1 - axis]), must(b.labels[1 - axis])];
        if (shared !== b.labels[axis] || mine === shared || other === shared || !isPrivate(work, shared, [a, b])) continue;
        options.trace?.rule('orthogonal-cancels');
        removeSummed(work, [a, b], [mine, other]);
        identify(work, mine, other);
        return true;
      }
    }
  }
  return false;
}

function asFactor(atom: Atom): Factor {
  return { expr: rational.isOne(atom.exponent) ? atom.base : power(atom.base, atom.exponent), labels: atom.labels };
}

function applyRules(work: Work, options: ProductOptions): boolean {
  let factors: Factor[] | undefined;
  for (let k = 0; k < work.atoms.length; k++) {
    const atom = must(work.atoms[k]);
    const here = rational.isOne(atom.exponent) ? atom.base : asFactor(atom).expr;
    if (here.kind !== 'apply') continue;
    if (!rational.isOne(atom.exponent)) {
      const rule = rulesOf('apply', here.op).find((r) => r.rewrite(here, has) !== undefined);
      const next = rule?.rewrite(here, has);
      if (rule && next) {
        options.trace?.rule(rule.name);
        work.atoms = work.atoms.filter((a) => a !== atom);
        absorb(work, options.simplify(next), rational.one, atom.labels, options);
        return true;
      }
    }
    const candidates = rulesOf('product', here.op);
    if (candidates.length === 0) continue;
    factors ??= work.atoms.map(asFactor);
    const view = {
      factors,
      out: work.out.map((l) => find(work, l)),
      isPrivateTo: (label: Label, list: readonly number[]) =>
        isPrivate(
          work,
          label,
          list.map((i) => must(work.atoms[i])),
        ),
    };
    for (const rule of candidates) {
      const change = rule.rewrite(view, k, has);
      if (!change) continue;
      options.trace?.rule(rule.name);
      removeSummed(
        work,
        change.remove.map((i) => must(work.atoms[i])),
        change.add.flatMap((f) => f.labels),
      );
      if (change.coef) work.coef = rational.mul(work.coef, change.coef);
      for (const f of change.add) absorb(work, options.simplify(f.expr), rational.one, f.labels, options);
      return true;
    }
  }
  return false;
}

/** (x'Ax)^r with the factors x, A, x of its base beside it: the factors join the power. */
function mergeSubproducts(work: Work, options: ProductOptions): boolean {
  for (const atom of work.atoms) {
    if (rational.isOne(atom.exponent)) continue;
    const { coef, arg } = split(atom.base);
    if (arg.kind !== 'contract' || !rational.isOne(coef) || arg.args.length === 0) continue;
    const names = new Map<Label, Label>();
    const consistent = arg.out.every((l, i) => {
      const known = names.get(l);
      names.set(l, must(atom.labels[i]));
      return known === undefined || known === atom.labels[i];
    });
    if (!consistent) continue;
    const used = matchFactors(work, arg, 0, names, [atom]);
    if (!used) continue;
    removeSummed(work, used, atom.labels);
    replace(work, { ...atom, exponent: rational.add(atom.exponent, rational.one) }, options);
    return true;
  }
  return false;
}

/** Factors of the product that are exactly those of `e`, with private labels where `e` sums; used ones come first. */
function matchFactors(work: Work, e: ContractNode, k: number, names: Map<Label, Label>, used: Atom[]): Atom[] | undefined {
  if (k === e.args.length) {
    const summed = [...names].filter(([inner]) => !e.out.includes(inner)).map(([, outer]) => outer);
    const mine = used.slice(1);
    return summed.every((l) => isPrivate(work, l, mine)) && new Set(summed).size === summed.length ? used : undefined;
  }
  const wanted = must(e.args[k]);
  const taken = asPower(wanted);
  const [base, exponent] = taken ? [taken.base, taken.exponent] : [wanted, rational.one];
  const inner = must(e.labels[k]);
  for (const atom of work.atoms) {
    if (used.includes(atom) || atom.base !== base || !rational.same(atom.exponent, exponent)) continue;
    const orders = isSymmetric(base) ? [atom.labels, atom.labels.toReversed()] : [atom.labels];
    for (const labels of orders) {
      const next = new Map(names);
      const fits = inner.every((l, axis) => {
        const outer = must(labels[axis]);
        const known = next.get(l);
        next.set(l, outer);
        return known === undefined || known === outer;
      });
      const found = fits && matchFactors(work, e, k + 1, next, [...used, atom]);
      if (found) return found;
    }
  }
  return undefined;
}

/** A summed label that stands in no factor counts its axis. */
function sumLonelyLabels(work: Work): void {
  const used = new Set(work.atoms.flatMap((a) => a.labels));
  const out = new Set(work.out.map((l) => find(work, l)));
  const seen = new Set<Label>();
  for (const [label, dim] of work.dims) {
    const l = find(work, label);
    if (seen.has(l) || used.has(l) || out.has(l) || work.summed.has(l)) continue;
    seen.add(l);
    const [only] = dim.terms;
    if (dim.terms.length === 1 && only && only.names.length === 0) work.coef = rational.mul(work.coef, rational.ratio(only.coef));
    else work.atoms.push({ base: size(dim), exponent: rational.one, labels: [] });
  }
  for (let merged = true; merged; ) {
    merged = false;
    for (const [k, a] of work.atoms.entries()) {
      const m = a.base.kind === 'size' ? work.atoms.findIndex((b, i) => i > k && b.base === a.base) : -1;
      if (m < 0) continue;
      const exponent = rational.add(a.exponent, must(work.atoms[m]).exponent);
      work.atoms = work.atoms.filter((_, i) => i !== k && i !== m);
      if (!rational.isZero(exponent)) work.atoms.push({ ...a, exponent });
      merged = true;
      break;
    }
  }
}

/** Equal parts without labels of the result become one power: (x'y)(x'y) = (x'y)^2. */
function mergeScalarParts(work: Work): void {
  if (work.atoms.length < 2) return;
  const parts = new Map<Expr, Atom[][]>();
  for (const part of scalarParts(work)) {
    const node = assembleFactors(part.map(asFactor), [], []);
    const list = parts.get(node);
    if (list) list.push(part);
    else parts.set(node, [part]);
  }
  for (const [node, list] of parts) {
    if (list.length < 2) continue;
    const gone = new Set(list.flat());
    work.atoms = [...work.atoms.filter((a) => !gone.has(a)), { base: node, exponent: rational.ratio(list.length), labels: [] }];
  }
}

/** Connected parts whose labels are all summed. */
function scalarParts(work: Work): Atom[][] {
  const out = new Set(work.out.map((l) => find(work, l)));
  const left = new Set(work.atoms.filter((a) => a.labels.length > 0));
  const parts: Atom[][] = [];
  for (const start of left) {
    const part = [start];
    left.delete(start);
    for (const atom of part) {
      for (const other of left) {
        if (!other.labels.some((l) => atom.labels.includes(l))) continue;
        part.push(other);
        left.delete(other);
      }
    }
    if (part.every((a) => a.labels.every((l) => !out.has(l)))) parts.push(part);
  }
  return parts;
}

// Beyond this many terms a product of sums stays a product.
const termLimit = 200;

function distribute(work: Work, options: ProductOptions): Expr | undefined {
  const whole = (a: Atom): boolean => a.base.kind === 'sum' && a.base.terms.length > 1 && rational.isInteger(a.exponent) && a.exponent.num > 0 && a.exponent.num <= 4;
  const atom = work.atoms.find(whole);
  if (!atom || atom.base.kind !== 'sum') return undefined;
  const count = work.atoms.filter(whole).reduce((n, a) => n * (a.base.kind === 'sum' ? a.base.terms.length : 1) ** a.exponent.num, 1);
  if (count > termLimit) return undefined;
  const out = work.out.map((l) => find(work, l));
  const rest = work.atoms.filter((a) => a !== atom).map(asFactor);
  if (atom.exponent.num > 1) rest.push(asFactor({ ...atom, exponent: rational.ratio(atom.exponent.num - 1) }));
  return sumOf(
    atom.base.terms.map((t) => ({ coef: t.coef, arg: product(work.coef, [...rest, { expr: t.arg, labels: atom.labels }], out, work.outShape, options) })),
    work.outShape,
    options.trace,
  );
}

function assemble(work: Work, options: ProductOptions): Expr {
  const out = work.out.map((l) => find(work, l));
  const [only] = work.atoms;
  if (work.atoms.length === 0 && new Set(out).size === out.length) return number(work.coef, work.outShape);
  if (work.atoms.length === 1 && only && rational.isOne(only.exponent) && only.base.kind === 'sum' && isReordering(only.labels, out)) {
    const order = out.map((l) => only.labels.indexOf(l));
    if (order.every((axis, i) => axis === i)) return scaled(work.coef, only.base);
    return scaled(
      work.coef,
      sumOf(
        only.base.terms.map((t) => ({ coef: t.coef, arg: product(rational.one, [{ expr: t.arg, labels: only.labels }], out, work.outShape, options) })),
        work.outShape,
        options.trace,
      ),
    );
  }
  return scaled(work.coef, assembleFactors(work.atoms.map(asFactor), out, work.outShape));
}

function isReordering(labels: readonly Label[], out: readonly Label[]): boolean {
  return labels.length === out.length && new Set(out).size === out.length && labels.every((l) => out.includes(l));
}

/** The contraction with symmetric factors read in canonical order; the factor itself where nothing else is left. */
export function assembleFactors(factors: readonly Factor[], out: readonly Label[], outShape: Shape): Expr {
  const swaps = factors.map((f) => isSymmetric(f.expr));
  let labels: readonly (readonly Label[])[] = factors.map((f) => f.labels);
  if (swaps.some(Boolean)) {
    const dims = new Map<Label, string>();
    out.forEach((l, i) => dims.set(l, must(outShape[i]).key));
    factors.forEach((f) => f.labels.forEach((l, axis) => dims.set(l, must(f.expr.shape[axis]).key)));
    const [only] = factors;
    if (factors.length === 1 && only && only.labels[0] !== only.labels[1]) labels = [outRank(only.labels[0], out) > outRank(only.labels[1], out) ? only.labels.toReversed() : only.labels];
    else
      labels = canonicalOrder(
        factors.map((f, i) => ({ hash: f.expr.hash, labels: f.labels, swaps: must(swaps[i]) })),
        out,
        (l) => must(dims.get(l)),
      ).labels;
  }
  const [first] = factors;
  if (factors.length === 1 && first && isReordering(must(labels[0]), out) && must(labels[0]).every((l, i) => l === out[i])) return first.expr;
  return contract(
    factors.map((f) => f.expr),
    labels,
    out,
    outShape,
  );
}

function outRank(label: Label | undefined, out: readonly Label[]): number {
  const at = label === undefined ? -1 : out.indexOf(label);
  return at < 0 ? out.length : at;
}
