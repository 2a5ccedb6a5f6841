// Sums: nested sums are merged, equal terms counted, zeros dropped.

import { must } from '../base/internal.ts';
import { type ContractNode, type Expr, type Shape, type Term, number, sum } from '../ir/expr.ts';
import * as rational from '../ir/rational.ts';
import type { SumRule } from '../ops/op.ts';
import { rulesOf } from '../ops/table.ts';
import type { Trace } from './trace.ts';

/** A node as coefficient times a node without one. */
export function split(e: Expr): Term {
  if (e.kind === 'number') return { coef: e.value, arg: number(rational.one, e.shape) };
  if (e.kind === 'sum' && e.terms.length === 1) return must(e.terms[0]);
  return { coef: rational.one, arg: e };
}

/** The product of all numbers that sums of one term put before a node, and that node: 2*(3*A) is 6 and A. */
export function unscaled(e: Expr): Term {
  let [coef, arg]: [rational.Rational, Expr] = [rational.one, e];
  for (let only = arg; only.kind === 'sum' && only.terms.length === 1; only = arg) {
    const t = must(only.terms[0]);
    [coef, arg] = [rational.mul(coef, t.coef), t.arg];
  }
  return { coef, arg };
}

/** The simplified sum of simplified terms, all of one shape. */
export function sumOf(terms: readonly Term[], shape: Shape, trace?: Trace): Expr {
  let merged = collect(terms);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [k, term] of merged.entries()) {
      for (const rule of rulesInSum(term.arg)) {
        const change = rule.rewrite(merged, k);
        if (!change) continue;
        trace?.rule(rule.name);
        merged = collect([...merged.filter((_, i) => !change.remove.includes(i)), ...change.add]);
        changed = true;
        break;
      }
      if (changed) break;
    }
  }
  return assemble(merged, shape);
}

/** The rules of a function that is a term, or a factor of one. */
function rulesInSum(arg: Expr): readonly SumRule[] {
  if (arg.kind === 'apply') return rulesOf('sum', arg.op);
  let found: readonly SumRule[] = [];
  if (arg.kind !== 'contract') return found;
  for (const factor of arg.args) {
    const more = factor.kind === 'apply' ? rulesOf('sum', factor.op) : found;
    if (more.length > 0 && more !== found) found = found.length > 0 ? [...new Set([...found, ...more])] : more;
  }
  return found;
}

/** Scales a simplified node. */
export function scaled(coef: rational.Rational, e: Expr): Expr {
  if (rational.isOne(coef)) return e;
  if (e.kind === 'sum') {
    return assemble(
      e.terms.map((t) => ({ coef: rational.mul(coef, t.coef), arg: t.arg })),
      e.shape,
    );
  }
  return assemble([{ coef: rational.mul(coef, split(e).coef), arg: split(e).arg }], e.shape);
}

function assemble(terms: readonly Term[], shape: Shape): Expr {
  const live = terms.filter((t) => !rational.isZero(t.coef));
  const [first] = live;
  if (first === undefined) return number(rational.zero, shape);
  if (live.length === 1) {
    if (first.arg.kind === 'number') return number(rational.mul(first.coef, first.arg.value), shape);
    if (rational.isOne(first.coef)) return first.arg;
  }
  return sum(live);
}

function collect(terms: readonly Term[]): Term[] {
  const byArg = new Map<Expr, rational.Rational>();
  const visit = (coef: rational.Rational, arg: Expr): void => {
    if (arg.kind === 'sum') {
      for (const t of arg.terms) visit(rational.mul(coef, t.coef), t.arg);
      return;
    }
    const part = split(arg);
    const total = rational.mul(coef, part.coef);
    const known = byArg.get(part.arg);
    byArg.set(part.arg, known ? rational.add(known, total) : total);
  };
  for (const t of terms) visit(t.coef, t.arg);
  return [...byArg].filter(([, coef]) => !rational.isZero(coef)).map(([arg, coef]) => ({ coef, arg }));
}

/** A sum as number times a sum whose coefficients are coprime whole numbers and whose leading sign is positive. */
export function primitive(e: Expr): Term {
  if (e.kind !== 'sum' || e.terms.length < 2) return { coef: rational.one, arg: e };
  const content = rational.content(e.terms.map((t) => t.coef));
  const unit = isNegativeLead(e.terms) ? rational.neg(content) : content;
  return rational.isOne(unit) ? { coef: unit, arg: e } : { coef: unit, arg: scaled(rational.inverse(unit), e) };
}

/** More minus than plus signs; on a tie a negative constant, then a negative longest term, then the hash decides. */
export function isNegativeLead(terms: readonly Term[]): boolean {
  const minus = terms.filter((t) => t.coef.num < 0).length;
  if (minus * 2 !== terms.length) return minus * 2 > terms.length;
  const constant = terms.find((t) => t.arg.kind === 'number');
  if (constant) return constant.coef.num < 0;
  const ranked = [...terms].sort((s, t) => rank(t.arg) - rank(s.arg) || nameOrder(s.arg, t.arg) || s.arg.hash - t.arg.hash);
  return must(ranked[0]).coef.num < 0;
}

function rank(e: Expr): number {
  switch (e.kind) {
    case 'number':
    case 'size':
      return 0;
    case 'variable':
      return 1;
    case 'contract':
      // One number on every axis stands behind: x - mean(x)*vector(1).
      return isRepeated(e) ? 0.5 : 1 + e.args.length;
    default:
      return 2;
  }
}

function isRepeated({ args, labels, out }: ContractNode): boolean {
  const isVaried = labels.some((mine, k) => args[k]?.kind !== 'number' && mine.some((l) => out.includes(l)));
  return out.length > 0 && new Set(out).size === out.length && !isVaried;
}

/** x - y, x - w and x - a: letters that name unknowns lead. */
function nameOrder(a: Expr, b: Expr): number {
  if (a.kind !== 'variable' || b.kind !== 'variable') return 0;
  const late = (name: string): string => `${/^[xX]/.test(name) ? 0 : /^[a-gA-G]/.test(name) ? 2 : 1}${name}`;
  return late(a.name) < late(b.name) ? -1 : 1;
}
