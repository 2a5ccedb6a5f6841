// What the terms of a sum have in common: a*x - a*y = a*(x - y). A sum below a fraction line is in normal form when it
// stands beside its common parts: 1/(a*x - a*y) = 1/a * 1/(x - y).

import { components } from '../base/components.ts';
import { must } from '../base/internal.ts';
import type { Expr, Label, Shape, SumNode, Term } from '../ir/expr.ts';
import * as rational from '../ir/rational.ts';
import type { Factor } from '../ops/op.ts';
import { asPower, power } from '../ops/scalar/power.ts';
import type { ProductOptions } from './options.ts';
import { assembleFactors } from './orient.ts';
import { sumOf } from './sum.ts';

/** A base to a power that varies along some axes of the sum. */
export interface Part {
  readonly base: Expr;
  readonly exponent: rational.Rational;
  readonly axes: readonly number[];
}

/** The parts that all terms have, to the power they have in common, and what is left of the sum. */
export function commonParts(e: SumNode, options: ProductOptions): { readonly parts: readonly Part[]; readonly rest: Expr } | undefined {
  const [first, ...others] = e.terms.map((t) => partsOf(t.arg));
  if (!first || others.length === 0) return undefined;
  const common = new Map<string, Part>();
  for (const [key, part] of first) {
    const exponents = [part.exponent, ...others.map((o) => o.get(key)?.exponent ?? rational.zero)];
    const least = exponents.reduce((a, b) => (Math.abs(rational.toNumber(b)) < Math.abs(rational.toNumber(a)) ? b : a));
    if (exponents.every((x) => x.num * least.num > 0)) common.set(key, { ...part, exponent: least });
  }
  if (common.size === 0) return undefined;
  const rest = e.terms.map((t): Term => ({ coef: t.coef, arg: without(t.arg, common, e.shape, options) }));
  return { parts: [...common.values()], rest: sumOf(rest, e.shape, options.trace) };
}

/** Factors connected by summed labels, as one part each. */
function partsOf(e: Expr): Map<string, Part> {
  const found = new Map<string, Part>();
  const note = (expr: Expr, axes: readonly number[]): void => {
    const p = asPower(expr) ?? { base: expr, exponent: rational.one };
    const key = `${p.base.id}:${axes.join('.')}`;
    found.set(key, { base: p.base, axes, exponent: rational.add(p.exponent, found.get(key)?.exponent ?? rational.zero) });
  };
  if (e.kind === 'number') return found;
  if (e.kind !== 'contract') note(e, [...e.shape.keys()]);
  else if (new Set(e.out).size === e.out.length) {
    const isSummed = (l: Label): boolean => !e.out.includes(l);
    for (const part of components(e.args.length, (i, k) => must(e.labels[k]).some((l) => isSummed(l) && must(e.labels[i]).includes(l)))) {
      const [only] = part;
      const labels = part.flatMap((i) => must(e.labels[i]));
      if (part.length === 1 && new Set(labels).size === labels.length && !labels.some(isSummed)) note(must(e.args[must(only)]), labels.map((l) => e.out.indexOf(l)));
      else {
        const axes = [...e.out.keys()].filter((axis) => labels.includes(must(e.out[axis])));
        const factors = part.map((i): Factor => ({ expr: must(e.args[i]), labels: must(e.labels[i]) }));
        note(assembleFactors(factors, axes.map((axis) => must(e.out[axis])), axes.map((axis) => must(e.shape[axis]))), axes);
      }
    }
  }
  return found;
}

function without(e: Expr, common: ReadonlyMap<string, Part>, shape: Shape, options: ProductOptions): Expr {
  const factors = [...partsOf(e)].flatMap(([key, p]): Factor[] => {
    const exponent = rational.add(p.exponent, rational.neg(common.get(key)?.exponent ?? rational.zero));
    if (rational.isZero(exponent)) return [];
    return [{ expr: rational.isOne(exponent) ? p.base : power(p.base, exponent), labels: p.axes }];
  });
  return options.simplify(assembleFactors(factors, [...shape.keys()], shape));
}
