// Functions of a symmetric matrix that see its eigenvalues alone: F(S) = g(λ(S)) with g symmetric. F is convex exactly if
// g is (Davis, All convex invariant functions of Hermitian matrices, 1957), so a proof about the vector λ is a proof
// about S. Traces of products of functions of S, and scalar functions of such traces, are of this kind, and so are symmetric
// functions of the list of eigenvalues. A symmetric function of the singular values of any matrix is convex if it is convex and rises
// with each (Lewis, The convex analysis of unitarily invariant matrix functions, 1995).

import { must, unreachable } from '../base/internal.ts';
import { isIdentity, ones, times } from '../ir/build.ts';
import { type ApplyNode, type ContractNode, type Expr, type Label, type SumNode, type VariableNode, apply, contract, sum, variable } from '../ir/expr.ts';
import { type Fact, facts, signFacts } from '../ir/fact.ts';
import { dependents, postorder, variables } from '../ir/walk.ts';
import { has, isSymmetric } from '../ops/facts.ts';
import { opNamed } from '../ops/table.ts';
import { replaced } from './regular.ts';
import { isSymmetricIn } from './symmetric-in.ts';

export interface OfSpectrum {
  /** S, symmetric. */
  readonly matrix: Expr;
  /** λ, with the sign that the definiteness of S gives. */
  readonly eigenvalues: VariableNode;
  /** g(λ). */
  readonly reduced: Expr;
  /** The node that lists them, if one does. */
  readonly list?: ApplyNode;
}

/** The scalar as a function of the eigenvalues or singular values of one matrix, through which alone it depends on the variables. */
export function ofSpectrum(e: Expr, by: readonly VariableNode[]): OfSpectrum | undefined {
  return e.shape.length > 0 ? undefined : (ofFunctions(e, by) ?? ofList(e, by));
}

function ofList(e: Expr, by: readonly VariableNode[]): OfSpectrum | undefined {
  const active = dependents(e, new Set<Expr>(by));
  const lists = postorder([e]).filter((node): node is ApplyNode => node.kind === 'apply' && active.has(node) && opNamed(node.op).lists !== undefined);
  const [list, ...more] = lists;
  const [S] = list?.args ?? [];
  if (!list || !S || more.length > 0 || S.shape.length !== 2) return undefined;
  const eigenvalues = variable(`${opNamed(list.op).lists} of it`, list.shape, facts(signFacts.filter((f) => has(list, f))));
  const reduced = replaced(e, new Map([[list, eigenvalues]]));
  const isAlone = !variables([reduced]).some((v) => by.includes(v));
  return isAlone && isSymmetricIn(reduced, eigenvalues) ? { matrix: S, eigenvalues, reduced, list } : undefined;
}

function ofFunctions(e: Expr, by: readonly VariableNode[]): OfSpectrum | undefined {
  const active = dependents(e, new Set<Expr>(by));
  const matrices = new Set(postorder([e]).flatMap((node) => matricesOf(node, active)));
  const inner = [...matrices].filter((S) => !postorder([S]).some((node) => node !== S && matricesOf(node, active).length > 0) && matricesOf(S, active).length === 0);
  const [S, ...more] = inner;
  if (S === undefined || more.length > 0 || !isSymmetric(S)) return undefined;
  const sign: Fact[] = has(S, 'pd') ? ['positive'] : has(S, 'psd') ? ['nonnegative'] : [];
  const eigenvalues = variable('eigenvalues of it', [must(S.shape[0])], facts(sign));
  const found = reduction(S, eigenvalues, active)(e);
  return found?.kind === 'scalar' ? { matrix: S, eigenvalues, reduced: found.expr } : undefined;
}

function matricesOf(node: Expr, active: ReadonlySet<Expr>): Expr[] {
  const [X] = node.kind === 'apply' && opNamed(node.op).onSpectrum ? node.args : [];
  return X && X.shape.length === 2 && active.has(X) ? [X] : [];
}

/** `matrix`: a function of S, by the eigenvalues that belong to those of S; `free`: nothing that moves. */
type Reduced = { readonly kind: 'free' | 'scalar' | 'matrix'; readonly expr: Expr };

function reduction(S: Expr, eigenvalues: VariableNode, active: ReadonlySet<Expr>): (e: Expr) => Reduced | undefined {
  const known = new Map<Expr, Reduced | undefined>();
  const at = (e: Expr): Reduced | undefined => {
    if (!known.has(e)) known.set(e, e === S ? { kind: 'matrix', expr: eigenvalues } : active.has(e) ? moving(e) : still(e));
    return known.get(e);
  };
  const still = (e: Expr): Reduced | undefined =>
    e.shape.length === 0 ? { kind: 'free', expr: e } : isIdentity(e) && e.shape[0]?.key === eigenvalues.shape[0]?.key ? { kind: 'matrix', expr: ones(eigenvalues.shape) } : undefined;
  const moving = (e: Expr): Reduced | undefined => {
    switch (e.kind) {
      case 'number':
      case 'size':
      case 'variable':
      case 'delta':
      case 'stack':
        return undefined;
      case 'sum':
        return ofSum(e);
      case 'contract':
        return ofContract(e);
      case 'apply':
        return ofApply(e);
      default:
        return unreachable(e);
    }
  };
  const ofSum = (e: SumNode): Reduced | undefined => {
    const terms = e.terms.map((t) => ({ coef: t.coef, part: at(t.arg) }));
    const isMatrix = e.shape.length > 0;
    if (!terms.every(({ part }) => part && (part.kind === 'matrix') === isMatrix)) return undefined;
    return { kind: isMatrix ? 'matrix' : 'scalar', expr: sum(terms.map(({ coef, part }) => ({ coef, arg: must(part).expr }))) };
  };
  const ofApply = (e: ApplyNode): Reduced | undefined => {
    const args = e.args.map(at);
    const [X] = args;
    const rule = opNamed(e.op).onSpectrum;
    if (rule && X?.kind === 'matrix' && args.length === 1) return { kind: e.shape.length === 2 ? 'matrix' : 'scalar', expr: rule(X.expr) };
    if (e.shape.length > 0 || !args.every((a) => a && a.kind !== 'matrix' && a.expr.shape.length === 0)) return undefined;
    return { kind: 'scalar', expr: apply(e.op, e.params, args.map((a) => must(a).expr), []) };
  };
  // Functions of one matrix commute: along a chain, and around a cycle, their eigenvalues are multiplied.
  const ofContract = (e: ContractNode): Reduced | undefined => {
    const scalars: Expr[] = [];
    const links: { readonly ends: readonly Label[]; readonly values: Expr }[] = [];
    for (const [k, arg] of e.args.entries()) {
      const part = at(arg);
      if (!part) return undefined;
      if (part.kind === 'matrix') links.push({ ends: must(e.labels[k]), values: part.expr });
      else scalars.push(part.expr);
    }
    const isMatrix = e.out.length === 2 && e.out[0] !== e.out[1];
    if (!isMatrix && e.out.length > 0) return undefined;
    const uses = [...links.flatMap((l) => l.ends), ...e.out];
    if (uses.some((l) => uses.filter((other) => other === l).length !== 2)) return undefined;
    const chains = chainsOf(links);
    const open = chains.filter((c) => e.out.some((l) => c.labels.has(l)));
    if (open.length > 1) return undefined;
    const traces = chains.filter((c) => !open.includes(c)).map((c) => contract(c.values, c.values.map(() => [0]), []));
    const factors = [...scalars, ...traces];
    if (isMatrix) return { kind: 'matrix', expr: times(...factors, ...must(open[0]).values) };
    return { kind: 'scalar', expr: contract(factors, factors.map(() => []), []) };
  };
  return at;
}

/** Links that share labels, together. */
function chainsOf(links: readonly { readonly ends: readonly Label[]; readonly values: Expr }[]): readonly { readonly labels: ReadonlySet<Label>; readonly values: readonly Expr[] }[] {
  let chains: { labels: Set<Label>; values: Expr[] }[] = [];
  for (const { ends, values } of links) {
    const met = chains.filter((c) => ends.some((l) => c.labels.has(l)));
    const joined = { labels: new Set([...ends, ...met.flatMap((c) => [...c.labels])]), values: [...met.flatMap((c) => c.values), values] };
    chains = [...chains.filter((c) => !met.includes(c)), joined];
  }
  return chains;
}

/** The largest parts of a graph that are functions of a spectrum. */
export function spectralParts(root: Expr, by: readonly VariableNode[]): readonly { readonly node: Expr; readonly of: OfSpectrum }[] {
  const active = dependents(root, new Set<Expr>(by));
  const found: { node: Expr; of: OfSpectrum }[] = [];
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e) || !active.has(e)) return;
    seen.add(e);
    const of = ofSpectrum(e, by);
    if (of) found.push({ node: e, of });
    else if (e.kind === 'sum') e.terms.forEach((t) => visit(t.arg));
    else if (e.kind === 'contract' || e.kind === 'apply') e.args.forEach(visit);
  };
  visit(root);
  return found;
}
