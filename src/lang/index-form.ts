// Index notation: every entry of the result as a formula of entries. It exists for every graph.

import { must, unreachable } from '../base/internal.ts';
import { type Dim, dim, dimNames, mulDims } from '../ir/dim.ts';
import {
  type ApplyNode,
  type ContractNode,
  type DeltaNode,
  type Expr,
  type Label,
  eye,
  labelDims,
} from '../ir/expr.ts';
import { ones } from '../ir/build.ts';
import { isZero, mul, one } from '../ir/rational.ts';
import { children, postorder } from '../ir/walk.ts';
import { asGeneralPower, asPower } from '../ops/scalar/power.ts';
import { functionNamed, opNamed } from '../ops/table.ts';
import { countUses, matrixWriter, ofDim, rangeOf, signedTerms, stanceOf } from './matrix-form.ts';
import {
  type NotationTree,
  call,
  equation,
  filled,
  identity,
  inReadingOrder,
  indexSum,
  indexed,
  nameTree,
  power,
  slice,
  sumTree,
} from './notation-tree.ts';
import { type Term, finish, scalarPower, scalarTerm, scaled } from './term.ts';

export interface IndexForm {
  /** `R[i,j] = …`; for a scalar the formula alone. */
  readonly tree: NotationTree;
  readonly where: readonly NotationTree[];
}

// Above this size nodes that occur several times, and below this depth all nodes, get a line of their own.
const largestFormula = 3000;
const largestShared = 60;
const deepestFormula = 100;

interface Work {
  readonly matrix: (e: Expr) => NotationTree;
  readonly names: ReadonlyMap<Expr, string>;
  readonly letters: readonly string[];
  /** Labels of the left side, whose sizes are known. */
  readonly outer: readonly string[];
}

type Scope = readonly string[];

export function indexForm(root: Expr): IndexForm {
  const nodes = postorder([root]);
  const taken = new Set(
    nodes.flatMap((e) => [...(e.kind === 'variable' ? [e.name] : []), ...e.shape.flatMap(dimNames)]),
  );
  const free = (name: string): boolean => !taken.has(name);
  const names = longNodes(root, nodes, free);
  const work: Work = { matrix: matrixWriter(names), names, letters: alphabet.filter(free), outer: [] };
  const where = [...names].map(([e, name]) => {
    const others = new Map([...names].filter(([other]) => other !== e));
    return formula(e, name, { ...work, names: others, matrix: matrixWriter(others) });
  });
  const result = ['R', 'Y', 'Z', 'Result'].find(free) ?? 'R_';
  return { tree: root.shape.length === 0 ? entryTree(root, [], work, []) : formula(root, result, work), where };
}

const alphabet = [...'ijklmnpqrstuvwabcdefgh', ...'ijklmnpqrstuvw'].map((c, i) => (i < 22 ? c : `${c}${i}`));

function formula(e: Expr, name: string, work: Work): NotationTree {
  const labels = e.shape.map((_, k) => must(work.letters[k], 'letter for an axis'));
  const left = labels.length === 0 ? nameTree(name, 'scalar') : indexed(nameTree(name, stanceOf(e)), labels);
  return equation(left, entryTree(e, labels, { ...work, outer: labels }, labels));
}

/** Nodes that get a name, in the order of their use. */
function longNodes(root: Expr, nodes: readonly Expr[], free: (name: string) => boolean): Map<Expr, string> {
  const uses = countUses(nodes);
  const size = new Map<Expr, number>();
  const depth = new Map<Expr, number>();
  const measure = (names: ReadonlyMap<Expr, string>, e: Expr): void => {
    const below = children(e).map((c) => ({
      size: names.has(c) ? 1 : must(size.get(c)),
      depth: names.has(c) ? 0 : must(depth.get(c)),
    }));
    size.set(
      e,
      below.reduce((n, b) => n + b.size, 1),
    );
    depth.set(e, Math.max(0, ...below.map((b) => b.depth)) + 1);
  };
  for (const e of nodes) measure(new Map(), e);
  const isLong = must(size.get(root)) > largestFormula;
  const names = new Map<Expr, string>();
  let count = 0;
  for (const e of nodes) {
    measure(names, e);
    const shared = isLong && must(size.get(e)) > largestShared && (uses.get(e) ?? 0) > 1;
    if (e === root || !(shared || must(depth.get(e)) > deepestFormula) || children(e).length === 0) continue;
    do count++;
    while (!free(`T${count}`));
    names.set(e, `T${count}`);
  }
  return names;
}

function entryTree(e: Expr, at: readonly string[], work: Work, scope: Scope): NotationTree {
  return finish(entry(e, at, work, scope), 'scalar');
}

/** The entry of `e` at these labels; `scope` are the labels that mean something here. */
function entry(e: Expr, at: readonly string[], work: Work, scope: Scope): Term {
  const name = work.names.get(e);
  if (name !== undefined)
    return scalarTerm(at.length === 0 ? nameTree(name, 'scalar') : indexed(nameTree(name, stanceOf(e)), at));
  switch (e.kind) {
    case 'number':
      return { coef: e.value, over: [], under: [] };
    case 'size':
      return ofDim(e.dim);
    case 'variable':
      return scalarTerm(at.length === 0 ? nameTree(e.name, 'scalar') : indexed(nameTree(e.name, stanceOf(e)), at));
    case 'delta': {
      const own = e.shape.map((_, i) => i);
      return entryOfProduct([{ expr: e, labels: own }], own, e.shape, at, work, scope);
    }
    case 'stack':
      return scalarTerm(
        indexed(slice(identity([must(e.shape[1]).key]), [rangeOf(e.offset, must(e.shape[0])), 'all'], 'matrix'), at),
      );
    case 'sum': {
      const [only] = e.terms;
      if (e.terms.length === 1 && only) return scaled(entry(only.arg, at, work, scope), only.coef);
      const terms = e.terms.flatMap((t) =>
        signedTerms(finish(scaled(entry(t.arg, at, work, scope), t.coef), 'scalar')),
      );
      return scalarTerm(sumTree(inReadingOrder(terms), 'scalar'));
    }
    case 'contract':
      // kron, vec and reshape are read in matrix notation.
      if (hasJoins(e) && at.length <= 2)
        return scalarTerm(at.length === 0 ? work.matrix(e) : entryOf(work.matrix(e), at));
      return entryOfProduct(factorsOf(e), e.out, e.shape, at, work, scope);
    case 'apply':
      return entryOfApply(e, at, work, scope);
    default:
      return unreachable(e);
  }
}

function entryOfApply(e: ApplyNode, at: readonly string[], work: Work, scope: Scope): Term {
  const fixed = asPower(e);
  if (fixed) return scalarPower(entryTree(fixed.base, at, work, scope), fixed.exponent);
  const general = asGeneralPower(e);
  if (general)
    return scalarTerm(
      power(entryTree(general.base, at, work, scope), entryTree(general.exponent, at, work, scope), false),
    );
  const op = opNamed(e.op);
  if (op.ranks(e.params).some((r) => r > 0)) {
    const tree = work.matrix(e);
    return scalarTerm(at.length === 0 ? tree : entryOf(tree, at));
  }
  const written = op.written?.(e);
  const args = (written?.args ?? e.args).map((a) => entryTree(a, a.shape.length === 0 ? [] : at, work, scope));
  const name = written?.name ?? e.op;
  return scalarTerm(
    call(name, args, 'scalar', { primes: written?.primes ?? 0, look: functionNamed(name)?.look ?? {} }),
  );
}

function entryOf(tree: NotationTree, at: readonly string[]): NotationTree {
  if (tree.kind === 'transpose') return indexed(tree.of, at.toReversed());
  return indexed(tree, at);
}

interface LabelledExpr {
  readonly expr: Expr;
  readonly labels: readonly Label[];
}

// Beyond this many factors nested products stay nested.
const mostFactors = 60;

/** The factors, with those of nested products in place of these. */
function factorsOf(e: ContractNode): LabelledExpr[] {
  const list: LabelledExpr[] = e.args.map((expr, i) => ({ expr, labels: must(e.labels[i]) }));
  let fresh = Math.max(0, ...e.labels.flat(), ...e.out) + 1;
  for (let i = 0; i < list.length && list.length < mostFactors;) {
    const { expr, labels } = must(list[i]);
    if (expr.kind !== 'contract' || hasJoins(expr)) {
      i++;
      continue;
    }
    const names = new Map<Label, Label>();
    const inner: LabelledExpr[] = [];
    expr.out.forEach((l, k) => {
      const [outer, known, d] = [must(labels[k]), names.get(l), must(expr.shape[k])];
      if (known !== undefined) inner.push({ expr: eye(d), labels: [known, outer] });
      else names.set(l, outer);
      // The label of a repeated value stands in no factor: ones keep it.
      if (!expr.labels.some((ls) => ls.includes(l))) inner.push({ expr: ones([d]), labels: [outer] });
    });
    for (const [k, arg] of expr.args.entries()) {
      inner.push({
        expr: arg,
        labels: must(expr.labels[k]).map((l) => {
          if (!names.has(l)) names.set(l, fresh++);
          return must(names.get(l));
        }),
      });
    }
    list.splice(i, 1, ...inner);
  }
  return list;
}

/** The unit matrix, with its size where its labels are summed and nothing else says it. */
function unitMatrix(d: Dim, labels: readonly string[], work: Work): NotationTree {
  return labels.every((l) => work.outer.includes(l)) ? identity() : identity([d.key]);
}

function hasJoins(e: ContractNode): boolean {
  return e.args.some((a) => a.kind === 'delta' && a.groups.some((g) => g.length > 1));
}

function entryOfProduct(
  list: readonly LabelledExpr[],
  out: readonly Label[],
  shape: readonly Dim[],
  at: readonly string[],
  work: Work,
  scope: Scope,
): Term {
  const dims = labelDims(
    list.map((f) => f.expr),
    list.map((f) => f.labels),
  );
  out.forEach((l, i) => void (dims.has(l) || dims.set(l, must(shape[i]))));
  const same = new Map<Label, Label>();
  const find = (l: Label): Label => (same.has(l) ? find(must(same.get(l))) : l);
  const joined: { unit: DeltaNode; labels: readonly Label[] }[] = [];
  for (const { expr, labels } of list) {
    if (expr.kind !== 'delta') continue;
    if (expr.groups.every((g) => g.length === 1)) {
      for (const l of labels.slice(1)) if (find(l) !== find(must(labels[0]))) same.set(find(l), find(must(labels[0])));
    } else joined.push({ unit: expr, labels });
  }
  // Names: the result's where there is one, else a fresh letter. One label with two names of the result: eye[i,j].
  const names = new Map<Label, string>();
  const used = [...scope];
  const units: NotationTree[] = [];
  out.forEach((o, i) => {
    const label = find(o);
    const given = must(at[i]);
    const known = names.get(label);
    if (known === undefined) names.set(label, given);
    else if (known !== given) units.push(indexed(unitMatrix(must(shape[i]), [known, given], work), [known, given]));
    if (!used.includes(given)) used.push(given);
  });
  const summed: string[] = [];
  const sizes: Term[] = [];
  const inFactors = new Set(
    list.flatMap((f) =>
      f.expr.kind === 'delta' && f.expr.groups.every((g) => g.length === 1) ? [] : f.labels.map(find),
    ),
  );
  for (const l of new Set([...dims.keys()].map(find))) {
    if (names.has(l)) continue;
    if (!inFactors.has(l)) {
      sizes.push(ofDim(must(dims.get(l))));
      continue;
    }
    const letter = work.letters.find((c) => !used.includes(c)) ?? `i${used.length}`;
    used.push(letter);
    summed.push(letter);
    names.set(l, letter);
  }
  let coef = one;
  const under: NotationTree[] = [];
  const over: NotationTree[] = [...units];
  for (const s of sizes) {
    coef = mul(coef, s.coef);
    over.push(...s.over);
  }
  for (const { expr, labels } of list) {
    if (expr.kind === 'delta') continue;
    const term = entry(
      expr,
      labels.map((l) => must(names.get(find(l)))),
      work,
      used,
    );
    coef = mul(coef, term.coef);
    over.push(...term.over);
    under.push(...term.under);
  }
  for (const { unit, labels } of joined) {
    const mine = labels.map((l) => must(names.get(find(l))));
    let position = singleLabel(unit, mine);
    if (position === undefined) {
      position = work.letters.find((c) => !used.includes(c)) ?? `i${used.length}`;
      used.push(position);
      summed.push(position);
    }
    over.push(...joinEntries(unit, mine, position));
  }
  const sizeOf = (letter: string): Term => {
    for (const [l, name] of names) if (name === letter) return ofDim(must(dims.get(l)));
    return { coef: one, over: [], under: [] };
  };
  return isZero(coef) ? { coef, over: [], under: [] } : withSums(coef, over, under, summed, sizeOf);
}

/** Factors grouped by the summed labels they share; what has none stands in front. */
function withSums(
  start: Term['coef'],
  over: readonly NotationTree[],
  under: readonly NotationTree[],
  summed: readonly string[],
  sizeOf: (letter: string) => Term,
): Term {
  let coef = start;
  const items = [
    ...over.map((tree) => ({ tree, isOver: true })),
    ...under.map((tree) => ({ tree, isOver: false })),
  ].map((item) => ({ ...item, labels: labelsIn(item.tree, new Set(summed)) }));
  const front = items.filter((i) => i.labels.size === 0);
  const sums: NotationTree[] = [];
  const waiting = new Set(summed);
  for (const first of summed) {
    if (!waiting.has(first)) continue;
    const labels = new Set([first]);
    for (const l of labels)
      for (const item of items) if (item.labels.has(l)) for (const m of item.labels) labels.add(m);
    for (const l of labels) waiting.delete(l);
    const mine = items.filter((i) => [...i.labels].some((l) => labels.has(l)));
    if (mine.length === 0) {
      const size = sizeOf(first);
      coef = mul(coef, size.coef);
      sums.push(...size.over);
      continue;
    }
    const inner = finish(
      {
        coef: one,
        over: mine.filter((i) => i.isOver).map((i) => i.tree),
        under: mine.filter((i) => !i.isOver).map((i) => i.tree),
      },
      'scalar',
    );
    sums.push(
      indexSum(
        [...summed].filter((l) => labels.has(l)),
        inner,
      ),
    );
  }
  return {
    coef,
    over: [...front.filter((i) => i.isOver).map((i) => i.tree), ...sums],
    under: front.filter((i) => !i.isOver).map((i) => i.tree),
  };
}

/** Which of these labels stand free in the tree. */
function labelsIn(t: NotationTree, wanted: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  const visit = (u: NotationTree, hidden: readonly string[]): void => {
    switch (u.kind) {
      case 'indexed':
        for (const l of u.labels) if (wanted.has(l) && !hidden.includes(l)) found.add(l);
        return;
      case 'index-sum':
        visit(u.of, [...hidden, ...u.labels]);
        return;
      case 'sum':
        for (const s of u.terms) visit(s.of, hidden);
        return;
      case 'product':
      case 'hadamard':
        for (const f of u.factors) visit(f, hidden);
        return;
      case 'quotient':
        visit(u.over, hidden);
        visit(u.under, hidden);
        return;
      case 'power':
        visit(u.base, hidden);
        visit(u.exponent, hidden);
        return;
      case 'negate':
      case 'root':
        visit(u.of, hidden);
        return;
      case 'call':
        for (const a of u.args) visit(a, hidden);
        return;
      default:
    }
  };
  visit(t, []);
  return found;
}

/** A group at position r is kron(eye, ones)[r,a]*kron(ones, eye)[r,b]; `position` is r. */
function joinEntries(unit: DeltaNode, labels: readonly string[], position: string): NotationTree[] {
  const filling = (dims: readonly Dim[]): NotationTree => filled(1, 'matrix', [dims.reduce(mulDims, dim(1)).key, '1']);
  let start = 0;
  return unit.groups.flatMap((dims) => {
    const mine = labels.slice(start, (start += dims.length));
    if (dims.length === 1) return mine[0] === position ? [] : [indexed(identity(), [position, must(mine[0])])];
    return mine.map((l, k) => {
      const [before, after] = [dims.slice(0, k), dims.slice(k + 1)];
      const inner =
        after.length > 0
          ? call('kron', [identity([must(dims[k]).key]), filling(after)], 'matrix')
          : identity([must(dims[k]).key]);
      const tree = before.length > 0 ? call('kron', [filling(before), inner], 'matrix') : inner;
      return indexed(tree, [position, l]);
    });
  });
}

/** The label of the first group of one axis; undefined when all groups have several. */
function singleLabel(unit: DeltaNode, labels: readonly string[]): string | undefined {
  let start = 0;
  for (const dims of unit.groups) {
    if (dims.length === 1) return labels[start];
    start += dims.length;
  }
  return undefined;
}
