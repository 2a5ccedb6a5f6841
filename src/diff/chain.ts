// Derivatives along chains: where the variable is seen through one argument of each node, as in a function of A*x+b, the
// derivative is one product of what stands beside these arguments, and there is nothing to accumulate.

import { must, unreachable } from '../base/internal.ts';
import { type ApplyNode, type ContractNode, type Expr, type Label, type Term, contract, sum } from '../ir/expr.ts';
import { type Rational, isOne, mul, one } from '../ir/rational.ts';
import { dependents } from '../ir/walk.ts';
import { localPartial } from './partial.ts';

/**
 * ∂of/∂by, where `of` is a chain or a weighted sum of chains; undefined where it is not. Axes: of, by. Nothing is simplified, but
 * partials that are sums with unit tensors are multiplied out: A'(diag(s) - s s')A is A'diag(s)A - (A's)(A's)'.
 */
export function alongChains(of: Expr, by: Expr): Expr | undefined {
  const active = dependents(of, new Set([by]));
  const terms = of.kind === 'sum' ? of.terms.filter((t) => active.has(t.arg)) : [{ coef: one, arg: of }];
  const parts: Term[] = [];
  for (const { coef, arg } of terms) {
    const found = active.has(arg) ? alongChain(arg, by, active) : undefined;
    if (!found) return undefined;
    for (const part of found) parts.push({ coef: mul(coef, part.coef), arg: part.arg });
  }
  const [only] = parts;
  return only && (parts.length === 1 && isOne(only.coef) ? only.arg : sum(parts));
}

/** What stands beside the arguments so far, on labels that may come to be the same. */
interface Product {
  /** Each one is the sum of its terms. */
  readonly factors: (readonly Term[])[];
  readonly labels: Label[][];
  readonly same: Map<Label, Label>;
  next: Label;
}

function alongChain(of: Expr, by: Expr, active: ReadonlySet<Expr>): readonly Term[] | undefined {
  const to = of.shape.map((_, i) => i);
  const product: Product = { factors: [], labels: [], same: new Map(), next: to.length };
  let coef: Rational = one;
  let here: Label[] = to;
  for (let node = of; node !== by; ) {
    switch (node.kind) {
      case 'number':
      case 'size':
      case 'variable':
      case 'delta':
      case 'stack':
        return undefined;
      case 'sum': {
        const [term, ...others] = node.terms.filter((t) => active.has(t.arg));
        if (!term || others.length > 0) return undefined;
        coef = mul(coef, term.coef);
        node = term.arg;
        break;
      }
      case 'contract':
      case 'apply': {
        const place = onlyPlace(node.args, active);
        if (place < 0) return undefined;
        here = node.kind === 'contract' ? throughProduct(node, place, here, product) : throughFunction(node, place, here, product);
        node = must(node.args[place]);
        break;
      }
      default:
        return unreachable(node);
    }
  }
  const name = (l: Label): Label => nameOf(l, product.same);
  const labels = product.labels.map((list) => list.map(name));
  const out = [...to, ...here].map(name);
  // A label that a sum leaves to no factor counts its axis.
  if (product.next > to.length && hasLonely(product, labels, out)) return undefined;
  const shape = [...of.shape, ...by.shape];
  return choices(product.factors).map((chosen) => ({ coef: chosen.reduce((c, t) => mul(c, t.coef), coef), arg: contract(chosen.map((t) => t.arg), labels, out, shape) }));
}

/** A term of each factor, in all ways. */
function choices(factors: readonly (readonly Term[])[]): readonly (readonly Term[])[] {
  let all: readonly (readonly Term[])[] = [[]];
  for (const terms of factors) all = all.flatMap((chosen) => terms.map((t) => [...chosen, t]));
  return all;
}

/** The one argument that moves; -1 if there are several. */
function onlyPlace(args: readonly Expr[], active: ReadonlySet<Expr>): number {
  let place = -1;
  for (let k = 0; k < args.length; k++) {
    if (!active.has(args[k]!)) continue;
    if (place >= 0) return -1;
    place = k;
  }
  return place;
}

/** Takes the other factors in; returns the labels of the axes of the argument. */
function throughProduct(node: ContractNode, place: number, here: readonly Label[], product: Product): Label[] {
  const names = named(node.out, here, product);
  node.args.forEach((arg, k) => {
    if (k === place) return;
    product.factors.push([{ coef: one, arg }]);
    product.labels.push(must(node.labels[k]).map((l) => nameIn(names, l, product)));
  });
  return must(node.labels[place]).map((l) => nameIn(names, l, product));
}

function throughFunction(node: ApplyNode, place: number, here: readonly Label[], product: Product): Label[] {
  const { partial, labels, out, into } = localPartial(node, place);
  const names = named(out, here, product);
  product.factors.push(partial.kind === 'sum' && partial.terms.length <= mostTerms && partial.terms.some(hasUnit) ? partial.terms : [{ coef: one, arg: partial }]);
  product.labels.push(labels.map((l) => nameIn(names, l, product)));
  return into.map((l) => nameIn(names, l, product));
}

// Longer sums stay sums.
const mostTerms = 3;

/** Zero off some diagonal, as is seen from the form. */
function hasUnit({ arg }: Term): boolean {
  return isUnit(arg) || (arg.kind === 'contract' && arg.args.some(isUnit));
}

function isUnit(e: Expr): boolean {
  const [only] = e.kind === 'contract' && e.args.length === 1 ? e.args : [];
  return e.kind === 'delta' || (only !== undefined && isUnit(only)) || (e.kind === 'contract' && new Set(e.out).size < e.out.length);
}

/** The labels of a node by those of its axes; axes with one label are one position. */
function named(out: readonly Label[], here: readonly Label[], { same }: Product): Map<Label, Label> {
  const names = new Map<Label, Label>();
  out.forEach((l, axis) => {
    const known = names.get(l);
    if (known === undefined) names.set(l, here[axis]!);
    else if (nameOf(known, same) !== nameOf(here[axis]!, same)) same.set(nameOf(here[axis]!, same), nameOf(known, same));
  });
  return names;
}

function nameIn(names: Map<Label, Label>, l: Label, product: Product): Label {
  let name = names.get(l);
  if (name === undefined) names.set(l, (name = product.next++));
  return name;
}

function nameOf(l: Label, same: ReadonlyMap<Label, Label>): Label {
  for (let name = l; ; ) {
    const other = same.get(name);
    if (other === undefined) return name;
    name = other;
  }
}

function hasLonely({ next, same }: Product, labels: readonly (readonly Label[])[], out: readonly Label[]): boolean {
  for (let l = 0; l < next; l++) {
    const name = nameOf(l, same);
    if (!out.includes(name) && !labels.some((list) => list.includes(name))) return true;
  }
  return false;
}
