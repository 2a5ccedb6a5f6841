// A sum of placed parts that tile a vector or matrix is written as blocks.

import { must } from '../base/internal.ts';
import { type Dim, addDims, dim, sameDim } from '../ir/dim.ts';
import { type Expr, type Label, type SumNode, type Term, contract, sum } from '../ir/expr.ts';
import { isOne, mul, one, zero } from '../ir/rational.ts';
import { type NotationTree, blocks, filled, numberTree, transposeOf, withSizes } from './notation-tree.ts';

/** `length` places from `offset` on. */
interface Place {
  readonly offset: Dim;
  readonly length: Dim;
}

interface Placed {
  readonly places: readonly Place[];
  /** Without the axes of length one that only a placement has. */
  readonly inner: Expr;
  readonly dropped: readonly boolean[];
}

/** The blocks, when the terms of `e` are placed without overlap; `tree` writes what stands in a block. */
export function asBlocks(e: SumNode, tree: (e: Expr) => NotationTree): NotationTree | undefined {
  if (e.shape.length !== 1 && e.shape.length !== 2) return undefined;
  const parts: Placed[] = [];
  for (const t of e.terms.flatMap(opened)) {
    const part = placed(t, e.shape);
    if (!part) return undefined;
    parts.push(part);
  }
  const grids = e.shape.map((whole, axis) =>
    inOrder(
      parts.map((p) => must(p.places[axis])),
      whole,
    ),
  );
  const [rows, cols = [wholeAxis(dim(1))]] = grids;
  if (!rows || grids.includes(undefined) || rows.length * cols.length < 2) return undefined;
  const cellOf = (row: Place, col: Place): NotationTree => {
    const mine = parts.filter(
      (p) => isSame(must(p.places[0]), row) && (p.places.length === 1 || isSame(must(p.places[1]), col)),
    );
    const [first] = mine;
    if (!first) {
      const isEntry = sameDim(row.length, dim(1)) && sameDim(col.length, dim(1));
      return isEntry ? numberTree(zero) : filled(0, e.shape.length === 1 ? 'column' : 'matrix');
    }
    if (mine.some((p) => p.dropped.some((d, i) => d !== first.dropped[i]))) return filled(0, 'tensor');
    const inner = mine.length === 1 ? first.inner : sum(mine.map((p) => ({ coef: one, arg: p.inner })));
    const cell = tree(inner);
    return first.dropped.length === 2 && first.dropped[0] === true && first.dropped[1] === false
      ? transposeOf(cell)
      : cell;
  };
  const cells = rows.map((row) => cols.map((col) => cellOf(row, col)));
  if (cells.flat().some((c) => c.kind === 'filled' && c.stance === 'tensor')) return undefined;
  return blocks(sized(cells), e.shape.length === 1 ? 'column' : 'matrix');
}

/** The terms of a sum that numbers stand before: a*([0; x]+[y; 0]) = a*[0; x]+a*[y; 0]. */
function opened(t: Term): readonly Term[] {
  const { coef, arg } = t;
  if (arg.kind !== 'contract') return [t];
  const at = arg.args.findIndex((f) => f.kind === 'sum' && f.terms.length > 1 && f.shape.length === arg.out.length && f.shape.length > 0);
  const [inner, labels] = [arg.args[at], arg.labels[at]];
  if (inner?.kind !== 'sum' || !labels || new Set(labels).size !== labels.length || !labels.every((l) => arg.out.includes(l))) return [t];
  if (arg.labels.some((mine, k) => k !== at && mine.some((l) => labels.includes(l)))) return [t];
  let fresh = Math.max(...arg.labels.flat(), ...arg.out) + 1;
  const others = arg.args.flatMap((f, k) => (k === at ? [] : [{ f, labels: must(arg.labels[k]) }]));
  return inner.terms.map((part): Term => {
    // The factors of a placed part side by side with the numbers: what places it must be seen.
    if (part.arg.kind !== 'contract') return { coef: mul(coef, part.coef), arg: contract([part.arg, ...others.map((o) => o.f)], [labels, ...others.map((o) => o.labels)], arg.out, arg.shape) };
    const names = new Map(part.arg.out.map((l, axis) => [l, must(labels[axis])]));
    const rename = (l: Label): Label => {
      if (!names.has(l)) names.set(l, fresh++);
      return must(names.get(l));
    };
    const factors = part.arg.labels.map((mine) => mine.map(rename));
    return { coef: mul(coef, part.coef), arg: contract([...part.arg.args, ...others.map((o) => o.f)], [...factors, ...others.map((o) => o.labels)], arg.out, arg.shape) };
  });
}

/** A constant says its sizes unless its neighbours do: [matrix(1, 4, 4), A] is as wide as it says. */
function sized(cells: readonly (readonly NotationTree[])[]): NotationTree[][] {
  const says = (t: NotationTree): boolean => !t.isOpen && !(t.kind === 'filled' && t.sizes.length === 0);
  return cells.map((row) =>
    row.map((cell, k) => {
      if (!cell.isOpen) return cell;
      const [height, width] = [row.some(says), cell.stance === 'column' || cells.some((other) => says(must(other[k])))];
      return (cell.kind === 'identity' ? height || width : height && width) ? cell : withSizes(cell);
    }),
  );
}

function wholeAxis(length: Dim): Place {
  return { offset: dim(0), length };
}

function isSame(a: Place, b: Place): boolean {
  return sameDim(a.offset, b.offset) && sameDim(a.length, b.length);
}

/** The different places one behind the other, when they fill the axis. */
function inOrder(places: readonly Place[], whole: Dim): Place[] | undefined {
  const rest = places.filter((p, i) => places.findIndex((q) => isSame(p, q)) === i);
  const list: Place[] = [];
  let at = dim(0);
  while (!sameDim(at, whole)) {
    const next = rest.filter((p) => sameDim(p.offset, at));
    if (next.length !== 1) return undefined;
    list.push(must(next[0]));
    at = addDims(at, must(next[0]).length);
    if (list.length > rest.length) return undefined;
  }
  return list.length === rest.length ? list : undefined;
}

/** Where a term stands on each axis, and what stands there; undefined when no axis says. */
function placed({ coef, arg }: Term, shape: readonly Dim[]): Placed | undefined {
  if (arg.kind !== 'contract' || new Set(arg.out).size !== arg.out.length) return undefined;
  const used = new Set<number>();
  const out: (number | undefined)[] = [];
  const innerShape: Dim[] = [];
  const dropped: boolean[] = [];
  const places = arg.out.map((label, axis): Place => {
    const holders = arg.labels.flatMap((ls, k) => (ls.includes(label) ? [k] : []));
    const k = holders[0] ?? -1;
    const stack = arg.args[k];
    const part = arg.labels[k]?.[0];
    if (
      holders.length !== 1 ||
      stack?.kind !== 'stack' ||
      used.has(k) ||
      arg.labels[k]?.[1] !== label ||
      part === undefined ||
      arg.out.includes(part)
    ) {
      out.push(label);
      innerShape.push(must(shape[axis]));
      dropped.push(false);
      return wholeAxis(must(shape[axis]));
    }
    used.add(k);
    const length = must(stack.shape[0]);
    const isBare = sameDim(length, dim(1)) && !arg.labels.some((ls, m) => m !== k && ls.includes(part));
    out.push(isBare ? undefined : part);
    if (!isBare) innerShape.push(length);
    dropped.push(isBare);
    return { offset: stack.offset, length };
  });
  if (used.size === 0) return undefined;
  const keep = arg.args.map((_, k) => k).filter((k) => !used.has(k));
  const labels = keep.map((k) => must(arg.labels[k]));
  const innerOut = out.filter((l) => l !== undefined);
  const [only] = keep;
  const isPlain =
    keep.length === 1 &&
    only !== undefined &&
    must(labels[0]).length === innerOut.length &&
    must(labels[0]).every((l, i) => l === innerOut[i]) &&
    new Set(innerOut).size === innerOut.length;
  const inner = isPlain
    ? must(arg.args[only])
    : contract(
        keep.map((k) => must(arg.args[k])),
        labels,
        innerOut,
        innerShape,
      );
  return { places, inner: isOne(coef) ? inner : sum([{ coef, arg: inner }]), dropped };
}
