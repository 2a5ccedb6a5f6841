// Before the order of products is chosen: products that never form a diagonal or rank-one matrix, sums of squares and Gram
// matrices in the form that array libraries do best, reshapes where they cost nothing.

import { must } from '../base/internal.ts';
import { type ContractNode, type DeltaNode, type Expr, type Label, contract, labelDims, sum } from '../ir/expr.ts';
import { mul, ratio, same } from '../ir/rational.ts';
import { rewriteUp } from '../ir/walk.ts';
import { has, isSymmetric } from '../ops/facts.ts';
import { asPower, power } from '../ops/scalar/power.ts';

export function arranged(roots: readonly Expr[]): Expr[] {
  const cache = new Map<Expr, Expr>();
  return roots.map((root) => rewriteUp(root, (e) => (e.kind === 'contract' ? regrouped(weightedGram(squares(turned(e)))) : merged(e)), cache));
}

/**
 * (diag(s) - s s') x = s.*x - s (s'x): sums with diagonal matrices, or of outer products alone, are multiplied out where they
 * are summed over. Other sums are not: a centred matrix must stay centred.
 */
export function distributed(roots: readonly Expr[]): Expr[] {
  const cache = new Map<Expr, Expr>();
  return roots.map((root) => rewriteUp(root, (e) => (e.kind === 'contract' ? multipliedOut(withoutPatterns(e)) : e), cache));
}

const mostTerms = 8;

function multipliedOut(e: ContractNode): Expr {
  const k = e.args.findIndex((arg, i) => {
    if (arg.kind !== 'sum' || arg.shape.length < 2 || arg.terms.length > mostTerms || must(e.labels[i]).every((l) => e.out.includes(l))) return false;
    const others = e.labels.filter((_, m) => m !== i);
    if (!must(e.labels[i]).some((l) => !e.out.includes(l) && others.some((mine) => mine.includes(l)))) return false;
    return arg.terms.some((t) => isPattern(t.arg)) || arg.terms.every((t) => isOuter(t.arg));
  });
  const S = e.args[k];
  if (S?.kind !== 'sum') return e;
  return sum(
    S.terms.map(({ coef, arg }) => {
      const product = contract(e.args.with(k, arg), e.labels, e.out, e.shape);
      return { coef, arg: product.kind === 'contract' ? multipliedOut(withoutPatterns(product)) : product };
    }),
  );
}

/** Factors that are zero off some diagonal dissolve: their axes on the diagonal become one label. */
function withoutPatterns(e: ContractNode): ContractNode {
  const k = e.args.findIndex((arg) => arg.kind === 'contract' && new Set(arg.out).size < arg.out.length);
  const P = e.args[k];
  if (P?.kind !== 'contract') return e;
  const own = must(e.labels[k]);
  const parent = new Map<Label, Label>();
  const find = (l: Label): Label => (parent.has(l) ? find(must(parent.get(l))) : l);
  const names = new Map<Label, Label>();
  P.out.forEach((l, axis) => {
    const mine = find(must(own[axis]));
    const known = names.get(l);
    if (known === undefined) names.set(l, mine);
    else if (find(known) !== mine) parent.set(mine, find(known));
  });
  let fresh = Math.max(0, ...e.labels.flat(), ...e.out) + 1;
  const inside = P.labels.map((list) =>
    list.map((l) => {
      const name = names.get(l) ?? fresh++;
      names.set(l, name);
      return find(name);
    }),
  );
  const labels = [...e.labels.filter((_, i) => i !== k).map((list) => list.map(find)), ...inside];
  // A label that is summed but stands in no factor would count its axis: then the pattern stays.
  const stands = new Set([...labels.flat(), ...e.out.map(find)]);
  if (!own.every((l) => stands.has(find(l)))) return e;
  const made = contract([...e.args.filter((_, i) => i !== k), ...P.args], labels, e.out.map(find), e.shape);
  return made.kind === 'contract' ? withoutPatterns(made) : e;
}

/** Zero off some diagonal. */
export function isPattern(e: Expr): boolean {
  return e.kind === 'delta' || (e.kind === 'contract' && new Set(e.out).size < e.out.length);
}

/** A product of vectors, each along axes of its own. */
export function isOuter(e: Expr): boolean {
  return e.kind === 'contract' && e.args.filter((a) => a.shape.length === 1).length >= 2 && e.args.every((a) => a.shape.length <= 1) && new Set(e.out).size === e.out.length && e.labels.flat().every((l) => e.out.includes(l));
}

/** 2 * (3 * x) = 6 * x, which rewriting may leave behind. */
function merged(e: Expr): Expr {
  if (e.kind !== 'sum' || !e.terms.some((t) => t.arg.kind === 'sum' && t.arg.terms.length === 1)) return e;
  return sum(e.terms.map(({ coef, arg }) => (arg.kind === 'sum' && arg.terms.length === 1 ? { coef: mul(coef, must(arg.terms[0]).coef), arg: must(arg.terms[0]).arg } : { coef, arg })));
}

/** A sum that is its own transpose, such as A + A', is read so that what is summed over comes last. */
function turned(e: ContractNode): ContractNode {
  const labels = e.args.map((arg, k) => {
    const own = must(e.labels[k]);
    const [i, j] = own as [Label, Label];
    return own.length === 2 && i !== j && !e.out.includes(i) && e.out.includes(j) && isItsTranspose(arg) ? [j, i] : own;
  });
  return labels.every((own, k) => own === e.labels[k]) ? e : (contract(e.args, labels, e.out, e.shape) as ContractNode);
}

function isItsTranspose(e: Expr): boolean {
  if (e.kind !== 'sum' || e.terms.length > mostTerms) return false;
  return e.terms.every((t) => e.terms.some((other) => same(t.coef, other.coef) && transposeOf(t.arg) === other.arg));
}

function transposeOf(e: Expr): Expr {
  if (e.kind === 'number' || isSymmetric(e)) return e;
  if (e.kind !== 'contract') return contract([e], [[0, 1]], [1, 0]);
  const flipped = contract(e.args, e.labels, e.out.toReversed(), e.shape.toReversed());
  const isPlain = flipped.kind === 'contract' && flipped.args.length === 1 && flipped.labels[0]?.join() === flipped.out.join() && flipped.out[0] !== flipped.out[1];
  return isPlain ? must(flipped.args[0]) : flipped;
}

// Σ u^2 = u'u
function squares(e: ContractNode): ContractNode {
  const [only] = e.args;
  const p = only && e.args.length === 1 ? asPower(only) : undefined;
  const labels = must(e.labels[0] ?? []);
  if (!p || !same(p.exponent, ratio(2)) || e.out.length >= labels.length || new Set(labels).size !== labels.length) return e;
  return node([p.base, p.base], [labels, labels], e);
}

/**
 * A' diag(w) A = Y' Y with Y = diag(sqrt(w)) A for w >= 0: libraries know that Y' Y is symmetric and do half of the work.
 */
function weightedGram(e: ContractNode): ContractNode {
  for (const [p, A] of e.args.entries()) {
    const q = e.args.findIndex((arg, i) => i > p && arg === A);
    const [a, b] = [must(e.labels[p]), e.labels[q] ?? []];
    if (A.shape.length !== 2 || q < 0) continue;
    const axis = a.findIndex((l, i) => l === b[i] && !e.out.includes(l));
    const inner = a[axis];
    if (inner === undefined || a[1 - axis] === b[1 - axis] || !e.out.includes(must(a[1 - axis])) || !e.out.includes(must(b[1 - axis]))) continue;
    const others = e.args.flatMap((arg, i) => (i === p || i === q ? [] : [{ arg, labels: must(e.labels[i]) }]));
    const weights = others.filter((o) => o.labels.length === 1 && o.labels[0] === inner);
    const scalars = others.filter((o) => o.labels.length === 0);
    if (weights.length === 0 || weights.length + scalars.length !== others.length || !weights.every((w) => has(w.arg, 'nonnegative'))) continue;
    const root = power(contract(weights.map((w) => w.arg), weights.map((w) => w.labels), [inner]), ratio(1, 2));
    const Y = contract([A, root], [a, [inner]], a);
    return node([Y, Y, ...scalars.map((s) => s.arg)], [a, b, ...scalars.map((s) => s.labels)], e);
  }
  return e;
}

/** Unit tensors that only regroup axes meet one factor alone, before or after the product: then they are a reshape. */
function regrouped(e: ContractNode): Expr {
  if (e.args.length < 3) return e;
  for (const [k, D] of e.args.entries()) {
    if (D.kind !== 'delta' || D.groups.length !== 2 || D.groups.every((g) => g.length === 1)) continue;
    const own = must(e.labels[k]);
    const groups = groupsOf(D, own);
    if (new Set(own).size !== own.length) continue;
    const [others, labels] = [e.args.filter((_, i) => i !== k), e.labels.filter((_, i) => i !== k)];
    const holders = (l: Label): number[] => labels.flatMap((mine, i) => (mine.includes(l) ? [i] : []));
    for (const [g, group] of groups.entries()) {
      const rest = must(groups[1 - g]);
      const [holder] = holders(must(group[0]));
      const isInside = holder !== undefined && group.every((l) => !e.out.includes(l) && holders(l).length === 1 && holders(l)[0] === holder);
      if (isInside) {
        const mine = must(labels[holder]);
        const next = [...mine.filter((l) => !group.includes(l)), ...rest];
        if (new Set(mine).size !== mine.length || rest.some((l) => mine.includes(l))) continue;
        const joined = contract([must(others[holder]), D], [mine, own], next);
        const done = contract(others.with(holder, joined), labels.with(holder, next), e.out, e.shape);
        return done.kind === 'contract' ? regrouped(done) : done;
      }
      if (group.every((l) => e.out.includes(l) && holders(l).length === 0) && rest.every((l) => !e.out.includes(l) && holders(l).length > 0)) {
        const inside = [...new Set([...e.out.filter((l) => !group.includes(l)), ...rest])];
        const dims = labelDims(e.args, e.labels);
        e.out.forEach((l, i) => dims.set(l, must(e.shape[i])));
        const inner = contract(others, labels, inside, inside.map((l) => must(dims.get(l))));
        return contract([inner.kind === 'contract' ? regrouped(inner) : inner, D], [inside, own], e.out, e.shape);
      }
    }
  }
  return e;
}

export function groupsOf(D: DeltaNode, labels: readonly Label[]): Label[][] {
  let at = 0;
  return D.groups.map((g) => labels.slice(at, (at += g.length)));
}

function node(args: readonly Expr[], labels: readonly (readonly Label[])[], like: ContractNode): ContractNode {
  return contract(args, labels, like.out, like.shape) as ContractNode;
}
