// Facts and the rules of the records, tried on the factors of a product.

import { must } from '../base/internal.ts';
import type { Label } from '../ir/expr.ts';
import * as rational from '../ir/rational.ts';
import type { Factor } from '../ops/op.ts';
import { has } from '../ops/facts.ts';
import { rulesOf } from '../ops/table.ts';
import { absorb } from './absorb.ts';
import type { ProductOptions } from './options.ts';
import { type Work, asFactor, find, identify, isPrivate, removeSummed } from './work.ts';

/** Q'Q = I for orthogonal Q, wherever two meet over a summed label. */
export function applyFacts(work: Work, options: ProductOptions): boolean {
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

export function applyRules(work: Work, options: ProductOptions): boolean {
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
