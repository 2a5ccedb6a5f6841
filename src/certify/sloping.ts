// What the proof by slopes and its replay share: derivatives and ends of intervals, other variables, where a function is defined.

import { must, unreachable } from '../base/internal.ts';
import { constant, neg } from '../ir/build.ts';
import { type Expr, type VariableNode, variable } from '../ir/expr.ts';
import { type Facts, facts } from '../ir/fact.ts';
import { isInteger, toNumber } from '../ir/rational.ts';
import { postorder, rewriteUp } from '../ir/walk.ts';
import { factsOf } from '../ops/facts.ts';
import { asGeneralPower, asPower, logarithm, power } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { dense } from '../ops/reference/dense.ts';
import { reverse } from '../diff/differentiate.ts';
import { interpreter } from '../run/interpret.ts';
import { variablesOf } from '../run/sample.ts';
import { lazy } from '../simplify/mode.ts';
import { simplify } from '../simplify/simplify.ts';
import type { End, Exchange, Property } from './proof.ts';
import { rangeOf } from './range.ts';

/** The end of the interval of a variable, where it is a number. */
export function endOf(v: VariableNode, end: End): number | undefined {
  const at = rangeOf(v)[end];
  return Number.isFinite(at) ? at : undefined;
}

/** The derivative, with the sign with which it must not be negative for values that are not negative at this end. */
export function slopeClaim(e: Expr, v: VariableNode, end: End): Expr {
  const slope = simplify(reverse(e, v), lazy);
  return end === 'above' ? slope : neg(slope);
}

export function valueClaim(e: Expr, v: VariableNode, at: number): Expr {
  return simplify(rewriteUp(e, (node) => (node === v ? constant(at) : node)), lazy);
}

export interface Exchanged {
  readonly variable: VariableNode;
  readonly value: Expr;
}

/** The other variable and what the first is of it; undefined where the exchange does not serve. */
export function exchanged(v: VariableNode, how: Exchange): Exchanged | undefined {
  const { above, below } = rangeOf(v);
  const named = (f: Facts): VariableNode => variable(`other ${v.name}`, [], f);
  switch (how) {
    case 'reciprocal': {
      const w = named(facts(['positive'], { ...(above > 0 && { below: 1 / above }), ...(Number.isFinite(below) && { above: 1 / below }) }));
      return above >= 0 && (above === 0 || above === 1) && (below === Infinity || below === 1) ? { variable: w, value: power(w, -1) } : undefined;
    }
    case 'logarithm': {
      const isKnown = (above === -Infinity || above === 0) && (below === 0 || below === Infinity);
      const w = named(facts(['positive'], { ...(above === 0 && { above: 1 }), ...(below === 0 && { below: 1 }) }));
      return isKnown ? { variable: w, value: logarithm(w) } : undefined;
    }
    default:
      return unreachable(how);
  }
}

/** The claim in another variable; exponentials of it are powers. */
export function inOther(e: Expr, v: VariableNode, { value }: Exchanged): Expr {
  return simplify(rewriteUp(e, (node) => (node === v ? value : node)), lazy);
}

/** The variable on both sides of zero. */
export function sides(v: VariableNode): { readonly above: VariableNode; readonly below: VariableNode } | undefined {
  const { above, below } = rangeOf(v);
  if (!(above < 0 && below > 0)) return undefined;
  return {
    above: variable(v.name, [], facts(['positive'], below === Infinity ? {} : { below })),
    below: variable(v.name, [], facts(['negative'], above === -Infinity ? {} : { above })),
  };
}

/** Signs that suffice for the expression to be defined, and smooth, all over the ranges of its variables; undefined where none do. */
export function demands(e: Expr): readonly { readonly property: Property; readonly of: Expr; readonly orNegative: boolean }[] | undefined {
  const found: { property: Property; of: Expr; orNegative: boolean }[] = [];
  for (const node of postorder([e])) {
    if (node.kind !== 'apply') continue;
    const p = asPower(node);
    const general = asGeneralPower(node);
    if (p) {
      if (isInteger(p.exponent) && p.exponent.num >= 0) continue;
      found.push({ property: 'positive', of: p.base, orNegative: isInteger(p.exponent) });
      continue;
    }
    if (general) {
      found.push({ property: 'positive', of: general.base, orNegative: false });
      continue;
    }
    const op = opNamed(node.op);
    if ((op.needs === undefined && op.excludes === undefined) || op.holds?.(node.args.map(factsOf)) === true) continue;
    const [x, ...others] = node.args;
    if (!x || others.length > 0 || op.needs?.(['x']) !== 'x > 0') return undefined;
    found.push({ property: 'positive', of: x, orNegative: false });
  }
  return found;
}

// How near to an end values are taken to see that they tend to the value there, and how near those must lie.
const near = 1e-10;
const close = 1e-3;
const farFromPole = 1e-6;

/** No pole stands at the end, and the values nearby tend to the value there. */
export function isContinuousAt(e: Expr, v: VariableNode, at: number, end: End): boolean {
  const others = variablesOf([e]).filter((w) => w !== v);
  const nodes = postorder([e]);
  const run = interpreter(nodes, new Map());
  const valuesAt = (x: number): Map<Expr, number> => {
    const point = new Map([...others.map((w) => [w.name, inside(w)] as const), [v.name, x]]);
    const values = run(new Map([...point].map(([name, y]) => [name, dense([], [y])])));
    return new Map(nodes.map((node, k) => [node, must(values[k]).data[0]!]));
  };
  const here = valuesAt(at);
  const nearby = valuesAt(at + (end === 'above' ? near : -near));
  return nodes.every((node) => {
    const [x, y] = [must(here.get(node)), must(nearby.get(node))];
    if (!Number.isFinite(x) || Math.abs(x - y) > close * (1 + Math.abs(x))) return false;
    if (node.kind !== 'apply') return true;
    const p = asPower(node);
    if (p) return toNumber(p.exponent) > 0 || Math.abs(must(here.get(p.base))) > farFromPole;
    const op = opNamed(node.op);
    return (op.needs === undefined && op.excludes === undefined) || Math.abs(must(here.get(must(node.args[0])))) > farFromPole;
  });
}

/** A point of the range of a variable. */
function inside(v: VariableNode): number {
  const { above, below } = rangeOf(v);
  if (Number.isFinite(above) && Number.isFinite(below)) return above + 0.6180339887 * (below - above);
  if (Number.isFinite(above)) return above + 0.7320508076;
  return Number.isFinite(below) ? below - 0.7320508076 : 0.7320508076;
}

