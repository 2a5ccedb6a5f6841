// Products in normal form: one flat contraction of atoms, with unit tensors absorbed into labels, numbers in the
// coefficient, equal factors counted as powers, and the factors and labels in canonical order.

import { must } from '../base/internal.ts';
import { type Expr, type Label, type Shape, number } from '../ir/expr.ts';
import * as rational from '../ir/rational.ts';
import { has } from '../ops/facts.ts';
import type { Factor } from '../ops/op.ts';
import { absorb, takeDiagonals } from './absorb.ts';
import { applyFacts, applyRules } from './apply-rules.ts';
import { combineUnitTensors } from './delta.ts';
import { mergePowers, mergeScalarParts, mergeSubproducts, sumLonelyLabels } from './merge.ts';
import type { ProductOptions } from './options.ts';
import { assembleFactors, isReordering } from './orient.ts';
import { scaled, sumOf } from './sum.ts';
import { type Atom, type Work, asFactor, find, freshLabel, identify } from './work.ts';

/** The simplified product of simplified factors. */
export function product(coef: rational.Rational, factors: readonly Factor[], out: readonly Label[], outShape: Shape, options: ProductOptions): Expr {
  const work: Work = { coef, atoms: [], out, outShape, dims: new Map(), parent: new Map(), nextLabel: 1, summed: new Set() };
  work.nextLabel = factors.reduce((n, f) => above(n, f.labels), above(1, out));
  out.forEach((l, i) => work.dims.set(l, must(outShape[i])));
  for (const f of factors) absorb(work, f.expr, rational.one, f.labels, options);
  for (let rounds = 0; rounds < 1000; rounds++) {
    if (rational.isZero(work.coef)) return number(rational.zero, outShape);
    normaliseLabels(work);
    if (options.mode.expand && joinAlongDiagonals(work)) continue;
    if (takeDiagonals(work, options)) continue;
    if (mergePowers(work, options)) continue;
    if (combineUnitTensors(work)) continue;
    if (applyFacts(work, options)) continue;
    if (applyRules(work, options)) continue;
    if (mergeSubproducts(work, options)) continue;
    break;
  }
  sumLonelyLabels(work);
  mergeScalarParts(work, options);
  if (options.mode.expand) {
    const distributed = distribute(work, options);
    if (distributed) return distributed;
  }
  return assemble(work, options);
}

function above(n: Label, labels: readonly Label[]): Label {
  return labels.reduce((most, l) => (l < most ? most : l + 1), n);
}

function normaliseLabels(work: Work): void {
  if (work.parent.size > 0) work.atoms = work.atoms.map((a) => ({ ...a, labels: a.labels.map((l) => find(work, l)) }));
  separateSingles(work);
}

/** D x = diag(D) .* x: on a diagonal matrix both labels have one position, and a product can be written with either. */
function joinAlongDiagonals(work: Work): boolean {
  for (const { base, exponent, labels } of work.atoms) {
    const [row, column] = labels;
    if (labels.length !== 2 || row === column || exponent.num < 0 || !has(base, 'diagonal')) continue;
    // An entry of the diagonal stays what it is.
    const taken = labels.map((l) => work.atoms.find((a) => a.base.kind === 'stack' && a.base.shape[0]?.key === '1' && a.labels[1] === l)?.base);
    if (taken[0] && taken[0] === taken[1]) continue;
    identify(work, must(row), must(column));
    return true;
  }
  return false;
}

/** A summed label of size 1 has one position: every factor that carries it may have it for itself. */
function separateSingles(work: Work): void {
  if (!work.atoms.some((a) => a.base.shape.some((d) => d.key === '1'))) return;
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

/** diag(diag(D)) = D. */
function isWholeDiagonal({ base, labels }: Atom, out: readonly Label[]): boolean {
  return out.length === 2 && labels.length === 2 && labels[0] === labels[1] && out.every((l) => l === labels[0]) && has(base, 'diagonal');
}

function assemble(work: Work, options: ProductOptions): Expr {
  const out = work.out.map((l) => find(work, l));
  const [only] = work.atoms;
  if (work.atoms.length === 0 && new Set(out).size === out.length) return number(work.coef, work.outShape);
  if (options.mode.expand && work.atoms.length === 1 && only && isWholeDiagonal(only, out)) return scaled(work.coef, asFactor(only).expr);
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
