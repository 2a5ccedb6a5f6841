// Steps on sparse matrices that keep their zeros: products, scaling, functions with f(0) = 0, sums. Every other step reads
// the matrix as a dense one.

import { must } from '../base/internal.ts';
import type { Label, Shape } from '../ir/expr.ts';
import { toNumber } from '../ir/rational.ts';
import { opNamed } from '../ops/table.ts';
import type { Operation, SparseMatrix } from './kernel.ts';
import type { Maker } from './maker.ts';
import type { Step } from './primitive.ts';
import { type View, isRowMajor, laidAlong, permuted, viewOf } from './view.ts';

/** The matrix, or its transpose. */
export interface SparseValue {
  readonly kind: 'sparse';
  readonly matrix: SparseMatrix;
  readonly turned: boolean;
}

interface NumberValue {
  readonly kind: 'number';
  readonly value: number;
  readonly shape: readonly number[];
}

type Value = SparseValue | NumberValue | { readonly kind: 'view'; readonly view: View };

export interface SparseSite {
  readonly make: Maker;
  readonly valueOf: (step: Step) => Value;
  /** The step as a dense array. */
  readonly view: (step: Step) => View;
  readonly shapeOf: (shape: Shape) => number[];
  /** The operands of a product by labels. */
  readonly labelled: (step: Step & { kind: 'matmul' | 'einsum' }) => { readonly left: readonly Label[]; readonly right: readonly Label[]; readonly out: readonly Label[] };
}

/** What the step gives, when an operand is sparse and the step can use that. */
export function sparseStep(step: Step, site: SparseSite): Value | undefined {
  switch (step.kind) {
    case 'transpose': {
      const of = sparse(step.of, site);
      return of && { ...of, turned: of.turned !== (step.order[0] === 1) };
    }
    case 'combine': {
      const [only] = step.terms;
      const of = only && step.terms.length === 1 ? sparse(only.of, site) : undefined;
      return of && only && withValues(of, onEntries([of], (i) => ({ kind: 'combine', terms: [{ coef: toNumber(only.coef), of: must(i[0]) }] }), site));
    }
    case 'multiply':
      return multiplied(step, site);
    case 'call':
      return called(step, site);
    case 'reduce': {
      const of = sparse(step.of, site);
      return of && reduced(of, step.axes, site);
    }
    case 'matmul':
    case 'einsum':
      return product(step, site);
    default:
      return undefined;
  }
}

function sparse(step: Step, site: SparseSite): SparseValue | undefined {
  const value = site.valueOf(step);
  return value.kind === 'sparse' ? value : undefined;
}

function withValues(of: SparseValue, values: View): SparseValue {
  return { ...of, matrix: { ...of.matrix, values } };
}

/** An operation on the entries of matrices of one pattern; `operation` is given where their entries stand. */
function onEntries(list: readonly SparseValue[], operation: (of: readonly number[]) => Operation, { make }: SparseSite, sums: readonly number[] = []): View {
  const loads: Operation[] = list.map(({ matrix }) => ({ kind: 'load', view: matrix.values }));
  return make.loop(must(list[0]).matrix.values.shape, [...loads, operation(loads.map((_, i) => i))], loads.length, sums);
}

function samePattern(a: SparseValue, b: SparseValue): boolean {
  return a.matrix.starts === b.matrix.starts && a.matrix.indices === b.matrix.indices;
}

function multiplied(step: Step & { kind: 'multiply' }, site: SparseSite): Value | undefined {
  const { make, view, shapeOf, valueOf } = site;
  const all = step.operands.filter((o) => o.along.every(Boolean)).flatMap((o) => sparse(o.of, site) ?? []);
  const [first] = all;
  if (!first || step.shape.length !== 2 || step.operands.filter((o) => valueOf(o.of).kind === 'sparse').length !== all.length) return undefined;
  if (!all.every((o) => samePattern(o, first) && o.turned === first.turned)) return undefined;
  let result = first;
  for (const o of step.operands) {
    const value = valueOf(o.of);
    if (value === first) continue;
    if (value.kind === 'sparse') result = withValues(result, onEntries([result, value], (of) => ({ kind: 'multiply', of }), site));
    else if (value.kind === 'number') result = withValues(result, onEntries([result], ([i]) => ({ kind: 'combine', terms: [{ coef: value.value, of: must(i) }] }), site));
    else {
      const by = laidAlong(view(o.of), o.along, shapeOf(step.shape));
      const to = viewOf(make.buffer(must(result.matrix.values.shape[0])), result.matrix.values.shape);
      make.emit({ kind: 'sparse-scale', matrix: result.matrix, by: result.turned ? permuted(by, [1, 0]) : by, to });
      result = withValues(result, to);
    }
  }
  return result;
}

/** Entry by entry, when zeros stay zeros. */
function called(step: Step & { kind: 'call' }, site: SparseSite): Value | undefined {
  const scalar = opNamed(step.node.op).scalarValue;
  const values = step.args.map(site.valueOf);
  const at = values.findIndex((v) => v.kind === 'sparse');
  const of = values[at];
  if (!step.elementwise || !scalar || of?.kind !== 'sparse') return undefined;
  if (!values.every((v, i) => i === at || v.kind === 'number')) return undefined;
  const atZero = scalar(values.map((v) => (v.kind === 'number' ? v.value : 0)), step.node.params);
  if (atZero !== 0) return undefined;
  const operations: Operation[] = values.map((v) => (v.kind === 'number' ? { kind: 'number', value: v.value } : { kind: 'load', view: of.matrix.values }));
  operations.push({ kind: 'call', op: step.node.op, params: step.node.params, of: values.map((_, i) => i) });
  return withValues(of, site.make.loop(of.matrix.values.shape, operations, values.length));
}

function reduced(of: SparseValue, axes: readonly number[], site: SparseSite): Value {
  const { make } = site;
  const { matrix, turned } = of;
  if (axes.length === 2) return { kind: 'view', view: onEntries([of], ([i]) => ({ kind: 'combine', terms: [{ coef: 1, of: must(i) }] }), site, [0]) };
  const alongRows = (axes[0] === 0) !== turned;
  const one = make.buffer(1, 'constant', { data: Float64Array.of(1) });
  const count = alongRows ? matrix.rows : matrix.cols;
  const ones: View = { buffer: one, offset: 0, shape: [count, 1], strides: [0, 0] };
  return { kind: 'view', view: { ...times(matrix, alongRows, ones, make), shape: [alongRows ? matrix.cols : matrix.rows], strides: [1] } };
}

/** M B, or M' B when turned, for B with axes [summed, free]. */
function times(matrix: SparseMatrix, turned: boolean, right: View, make: Maker): View {
  const [, cols] = right.shape as [number, number];
  const B = cols === 1 || right.strides[1] === 1 || isRowMajor(right) ? right : make.rowMajor(right);
  const rows = turned ? matrix.cols : matrix.rows;
  const to = viewOf(make.buffer(rows * cols), [rows, cols]);
  make.emit({ kind: 'sparse-product', matrix, turned, right: B, to, scale: 1 });
  return to;
}

function product(step: Step & { kind: 'matmul' | 'einsum' }, site: SparseSite): Value | undefined {
  const { make, view } = site;
  const { left, right, out } = site.labelled(step);
  const [l, r] = [sparse(step.left, site), sparse(step.right, site)];
  if (l && r && samePattern(l, r)) {
    const gram = asGram(l, left, r, right, out, site);
    if (gram) return { kind: 'view', view: gram };
    const turned = l.turned === r.turned ? right : right.toReversed();
    if (left[0] !== left[1] && left.every((x, i) => x === turned[i])) {
      const both = withValues(l, onEntries([l, r], (of) => ({ kind: 'multiply', of }), site));
      return reduced(both, left.flatMap((x, i) => (out.includes(x) ? [] : [i])), site);
    }
  }
  const swap = l === undefined;
  const S = l ?? r;
  if (!S) return undefined;
  const [own, other] = swap ? [right, left] : [left, right];
  const [a, b] = own as [Label, Label];
  const summed = own.filter((x) => other.includes(x) && !out.includes(x));
  if (a === b || new Set(other).size !== other.length || other.length > 2) return undefined;
  const D = view(swap ? step.left : step.right);
  if (own.every((x) => other.includes(x))) {
    // Sums of S .* D
    const by = permuted(D, [a, b].map((x) => other.indexOf(x)));
    const to = viewOf(make.buffer(must(S.matrix.values.shape[0])), S.matrix.values.shape);
    make.emit({ kind: 'sparse-scale', matrix: S.matrix, by: S.turned ? permuted(by, [1, 0]) : by, to });
    return reduced(withValues(S, to), own.flatMap((x, i) => (out.includes(x) ? [] : [i])), site);
  }
  const [sum] = summed;
  if (sum === undefined || own.some((x) => other.includes(x) && out.includes(x))) return undefined;
  const free = other.find((x) => x !== sum);
  const at = other.indexOf(sum);
  const B: View =
    free === undefined
      ? { ...D, shape: [must(D.shape[0]), 1], strides: [must(D.strides[0]), 0] }
      : permuted(D, [at, 1 - at]);
  const rowLabel = S.turned ? b : a;
  const made = times(S.matrix, sum === rowLabel, B, make);
  const labels = [sum === a ? b : a, ...(free === undefined ? [] : [free])];
  const laid: View = free === undefined ? { ...made, shape: made.shape.slice(0, 1), strides: made.strides.slice(0, 1) } : made;
  return { kind: 'view', view: permuted(laid, out.map((x) => labels.indexOf(x))) };
}

/** Σ_r L[r, i] R[r, j] over the rows of one pattern. */
function asGram(l: SparseValue, left: readonly Label[], r: SparseValue, right: readonly Label[], out: readonly Label[], { make }: SparseSite): View | undefined {
  const rowOf = (v: SparseValue, labels: readonly Label[]): Label => must(labels[v.turned ? 1 : 0]);
  const colOf = (v: SparseValue, labels: readonly Label[]): Label => must(labels[v.turned ? 0 : 1]);
  const [i, j] = [colOf(l, left), colOf(r, right)];
  if (rowOf(l, left) !== rowOf(r, right) || out.includes(rowOf(l, left)) || i === j || out.length !== 2) return undefined;
  const n = l.matrix.cols;
  const to = viewOf(make.buffer(n * n), [n, n]);
  make.emit({ kind: 'sparse-gram', matrix: l.matrix, other: r.matrix.values, to });
  return out[0] === i ? to : permuted(to, [1, 0]);
}
