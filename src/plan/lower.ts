// Primitive steps to kernels for given sizes. Steps that only move axes become views; every other step becomes one kernel
// into a buffer of its own (`fuse` then joins loops). Products of any labels become products of matrices.

import { must, unreachable } from '../base/internal.ts';
import type { Label, Shape, VariableNode } from '../ir/expr.ts';
import { toNumber } from '../ir/rational.ts';
import { opNamed } from '../ops/table.ts';
import type { Kernel, Operation, SparseMatrix } from './kernel.ts';
import type { Labelled, Maker, SizeOf } from './maker.ts';
import { product } from './product.ts';
import { type Program, type Step, operandsOf } from './primitive.ts';
import { type SparseSite, type SparseValue, sparseStep } from './sparse.ts';
import { unitEntries } from './unit.ts';
import { type Buffer, type View, countOf, diagonalOf, isRowMajor, laidAlong, permuted, viewOf } from './view.ts';

/** A number stands for an array of that value. */
export type Value = DenseValue | SparseValue;
export type DenseValue = { readonly kind: 'view'; readonly view: View } | { readonly kind: 'number'; readonly value: number; readonly shape: readonly number[] };

export interface Lowered {
  readonly kernels: readonly Kernel[];
  readonly inputs: readonly { readonly variable: VariableNode; readonly buffer: Buffer }[];
  readonly outputs: readonly DenseValue[];
}

export interface LowerOptions {
  /** Inputs that stay the same from call to call. */
  readonly fixed?: ReadonlySet<string>;
  /** Inputs that are sparse, with the number of their entries. */
  readonly sparse?: ReadonlyMap<string, number>;
}

export function lower(program: Program, sizeOf: SizeOf, { fixed = new Set(), sparse = new Map() }: LowerOptions = {}): Lowered {
  const kernels: Kernel[] = [];
  const inputs: { variable: VariableNode; buffer: Buffer }[] = [];
  const uses = new Map<Step, number>();
  for (const step of program.steps) for (const s of operandsOf(step)) uses.set(s, (uses.get(s) ?? 0) + 1);
  for (const step of program.outputs) uses.set(step, (uses.get(step) ?? 0) + 1);

  const isFixed = new Map<Step, boolean>();
  for (const step of program.steps) isFixed.set(step, step.kind === 'input' ? fixed.has(step.variable.name) : operandsOf(step).every((s) => isFixed.get(s)));

  let ids = 0;
  const buffer = (length: number, role: Buffer['role'] = 'work', more: Partial<Buffer> = {}): Buffer => ({ id: ids++, length, role, ...more });
  const make: Maker = {
    buffer,
    emit: (k) => void kernels.push(k),
    loop: (space, operations, of, sums = []) => {
      const order = memoryOrder(space, operations);
      const turned = operations.map((o): Operation => (o.kind === 'load' ? { kind: 'load', view: permuted(o.view, order) } : o));
      const kept = order.filter((axis) => !sums.includes(axis));
      const to = viewOf(buffer(countOf(kept.map((axis) => must(space[axis])))), kept.map((axis) => must(space[axis])));
      kernels.push({
        kind: 'loop',
        space: order.map((axis) => must(space[axis])),
        operations: turned,
        results: [{ of, to, sums: order.flatMap((axis, i) => (sums.includes(axis) ? [i] : [])) }],
      });
      const back = [...kept].sort((a, b) => a - b).map((axis) => kept.indexOf(axis));
      return permuted(to, back);
    },
    into: (of, to) => {
      const order = memoryOrder(to.shape, [{ kind: 'load', view: of }]);
      kernels.push({ kind: 'loop', space: order.map((axis) => must(to.shape[axis])), operations: [{ kind: 'load', view: permuted(of, order) }], results: [{ of: 0, to: permuted(to, order), sums: [] }] });
    },
    cleared: (shape) => {
      const made = buffer(countOf(shape));
      kernels.push({ kind: 'clear', buffer: made });
      return viewOf(made, shape);
    },
    rowMajor: (v) => {
      if (isRowMajor(v)) return v;
      const to = viewOf(buffer(countOf(v.shape)), v.shape);
      make.into(v, to);
      return to;
    },
  };

  const known = new Map<Step, Value>();
  const shapeOf = (shape: Shape): number[] => shape.map(sizeOf);
  const valueOf = (step: Step): Value => must(known.get(step));
  /** Sparse matrices that some step reads as dense. */
  const dense = new Map<SparseMatrix, View>();
  const densified = ({ matrix, turned }: SparseValue): View => {
    const found = dense.get(matrix) ?? viewOf(buffer(matrix.rows * matrix.cols), [matrix.rows, matrix.cols]);
    if (!dense.has(matrix)) kernels.push({ kind: 'densify', matrix, to: found });
    dense.set(matrix, found);
    return turned ? permuted(found, [1, 0]) : found;
  };
  const denseOf = (step: Step): DenseValue => {
    const value = valueOf(step);
    return value.kind === 'sparse' ? seen(densified(value)) : value;
  };
  const view = (step: Step): View => {
    const value = denseOf(step);
    return value.kind === 'view' ? value.view : constantView(buffer, value.value, value.shape);
  };
  const number = (value: number, shape: readonly number[]): DenseValue => ({ kind: 'number', value, shape });
  const seen = (v: View): DenseValue => ({ kind: 'view', view: v });
  const operand = (step: Step, along: readonly boolean[], shape: readonly number[]): Operation => {
    const value = denseOf(step);
    return value.kind === 'number' ? { kind: 'number', value: value.value } : { kind: 'load', view: laidAlong(value.view, along, shape) };
  };
  const all = (step: Step): boolean[] => step.shape.map(() => true);
  const last = (operations: readonly Operation[]): number => operations.length - 1;

  const lowered = (step: Step): Value => {
    const shape = shapeOf(step.shape);
    switch (step.kind) {
      case 'input': {
        const entries = sparse.get(step.variable.name);
        if (entries !== undefined) {
          const part = (length: number, which: NonNullable<Buffer['part']>): Buffer => {
            const one = buffer(length, 'input', { name: step.variable.name, part: which });
            inputs.push({ variable: step.variable, buffer: one });
            return one;
          };
          const [rows, cols] = shape as [number, number];
          const matrix = { rows, cols, starts: part(rows + 1, 'starts'), indices: part(entries, 'indices'), values: viewOf(part(entries, 'values'), [entries]) };
          return { kind: 'sparse', matrix, turned: false };
        }
        const made = buffer(countOf(shape), 'input', { name: step.variable.name });
        inputs.push({ variable: step.variable, buffer: made });
        return seen(viewOf(made, shape));
      }
      case 'fill':
        return number(toNumber(step.value), shape);
      case 'size':
        return number(sizeOf(step.dim), []);
      case 'unit':
        return seen(viewOf(buffer(countOf(shape), 'constant', { data: unitEntries(step.node, sizeOf) }), shape));
      case 'transpose': {
        const of = denseOf(step.of);
        return of.kind === 'number' ? number(of.value, shape) : seen(permuted(of.view, step.order));
      }
      case 'diagonal': {
        const of = denseOf(step.of);
        return of.kind === 'number' ? number(of.value, shape) : seen(diagonalOf(of.view, step.first, step.second));
      }
      case 'expand': {
        const of = denseOf(step.of);
        return of.kind === 'number' ? number(of.value, shape) : seen(laidAlong(of.view, step.along, shape));
      }
      case 'reduce': {
        const of = denseOf(step.of);
        if (of.kind === 'number') return number(of.value * countOf(step.axes.map((axis) => must(of.shape[axis]))), shape);
        return seen(make.loop(of.view.shape, [{ kind: 'load', view: of.view }], 0, step.axes));
      }
      case 'multiply': {
        const operations: Operation[] = step.operands.map((o) => operand(o.of, o.along, shape));
        if (operations.every((o) => o.kind === 'number')) return number(operations.reduce((p, o) => p * o.value, 1), shape);
        operations.push({ kind: 'multiply', of: operations.map((_, i) => i) });
        return seen(make.loop(shape, operations, last(operations)));
      }
      case 'combine': {
        const coefs = step.terms.map((t) => toNumber(t.coef));
        if (step.terms.every((t) => denseOf(t.of).kind === 'number')) {
          return number(step.terms.reduce((sum, t, i) => sum + must(coefs[i]) * (denseOf(t.of) as { value: number }).value, 0), shape);
        }
        const [only] = step.terms;
        if (only && step.terms.length === 1) {
          const scaled = scaledProduct(only.of, must(coefs[0]), uses, kernels, valueOf);
          if (scaled) return scaled;
        }
        const operations: Operation[] = step.terms.map((t) => operand(t.of, all(t.of), shape));
        operations.push({ kind: 'combine', terms: coefs.map((coef, of) => ({ coef, of })) });
        return seen(make.loop(shape, operations, last(operations)));
      }
      case 'matmul':
      case 'einsum': {
        const { left, right, out } = labelled(step, view);
        const fresh = (s: Step): boolean => (uses.get(s) ?? 0) <= 1 && isElementwise(s) && isFixed.get(s) !== true;
        const sizes = new Map<Label, number>();
        for (const o of [left, right]) o.labels.forEach((l, i) => sizes.set(l, must(o.view.shape[i])));
        // A number times a matrix: no product.
        for (const [a, b] of [[step.left, right], [step.right, left]] as const) {
          const value = denseOf(a);
          if (value.kind === 'number') return seen(timesNumber(value.value, a === step.left ? left : right, b, out, make));
        }
        return seen(product({ ...left, fresh: fresh(step.left) }, { ...right, fresh: fresh(step.right) }, out, (l) => must(sizes.get(l)), step.kind === 'matmul' && step.symmetric === true, make, sizeOf));
      }
      case 'spread': {
        const to = make.cleared(shape);
        const own = step.of.shape.map((_, axis) => step.pattern.reduce((s, p, k) => (p === axis ? s + must(to.strides[k]) : s), 0));
        const part: View = { ...to, shape: shapeOf(step.of.shape), strides: own };
        make.into(view(step.of), part);
        return seen(to);
      }
      case 'call': {
        if (isElementwise(step)) {
          const operations: Operation[] = step.args.map((a) => operand(a, all(a), shape));
          operations.push({ kind: 'call', op: step.node.op, params: step.node.params, of: operations.map((_, i) => i) });
          return seen(make.loop(shape, operations, last(operations)));
        }
        const args = step.args.map((a) => make.rowMajor(view(a)));
        const to = viewOf(buffer(countOf(shape)), shape);
        kernels.push({ kind: 'call', node: step.node, args, to, batches: countOf(shapeOf(must(step.args[0]).shape.slice(0, step.batch))) });
        return seen(to);
      }
      default:
        return unreachable(step);
    }
  };
  const site: SparseSite = { make, valueOf, view, shapeOf, labelled: labelsOf };
  for (const step of program.steps) {
    const takesSparse = operandsOf(step).some((s) => valueOf(s).kind === 'sparse');
    known.set(step, (takesSparse ? sparseStep(step, site) : undefined) ?? lowered(step));
  }
  return { kernels, inputs, outputs: program.outputs.map(denseOf) };
}

function constantView(buffer: Maker['buffer'], value: number, shape: readonly number[]): View {
  const made = buffer(1, 'constant', { data: Float64Array.of(value) });
  return { buffer: made, offset: 0, shape, strides: shape.map(() => 0) };
}

function isElementwise(s: Step): boolean {
  return s.kind === 'combine' || s.kind === 'multiply' || (s.kind === 'call' && s.elementwise && opNamed(s.node.op).scalarValue !== undefined);
}

/** c·(A B), where nothing else needs A B: the product takes the number. */
function scaledProduct(of: Step, coef: number, uses: ReadonlyMap<Step, number>, kernels: Kernel[], valueOf: (s: Step) => Value): Value | undefined {
  let step = of;
  while (uses.get(step) === 1 && step.kind === 'transpose') step = step.of;
  if (uses.get(step) !== 1 || (step.kind !== 'matmul' && step.kind !== 'einsum')) return undefined;
  const value = valueOf(of);
  if (value.kind !== 'view') return undefined;
  const at = kernels.findLastIndex((k) => (k.kind === 'product' || k.kind === 'sparse-product') && k.to.buffer === value.view.buffer);
  const k = kernels[at];
  if (k?.kind !== 'product' && k?.kind !== 'sparse-product') return undefined;
  kernels[at] = { ...k, scale: k.scale * coef };
  return value;
}

/** The number times the other factor, summed and spread as the labels say. */
function timesNumber(value: number, number: Labelled, other: Labelled, out: readonly Label[], make: Maker): View {
  const sums = other.labels.flatMap((l, axis) => (out.includes(l) ? [] : [axis]));
  const operations: Operation[] = [{ kind: 'load', view: other.view }, { kind: 'number', value }, { kind: 'multiply', of: [0, 1] }];
  const made = make.loop(other.view.shape, operations, 2, sums);
  const labels = other.labels.filter((l) => out.includes(l));
  const sizeOf = (l: Label): number => must(labels.includes(l) ? made.shape[labels.indexOf(l)] : number.view.shape[number.labels.indexOf(l)]);
  return { ...made, shape: out.map(sizeOf), strides: out.map((l) => (labels.includes(l) ? must(made.strides[labels.indexOf(l)]) : 0)) };
}

function labelled(step: Step & { kind: 'matmul' | 'einsum' }, view: (s: Step) => View): { left: Labelled; right: Labelled; out: readonly Label[] } {
  const { left, right, out } = labelsOf(step);
  const of = (s: Step, labels: readonly Label[]): Labelled => ({ step: s, view: view(s), labels, fresh: false });
  return { left: of(step.left, left), right: of(step.right, right), out };
}

function labelsOf(step: Step & { kind: 'matmul' | 'einsum' }): { left: readonly Label[]; right: readonly Label[]; out: readonly Label[] } {
  if (step.kind === 'einsum') return { left: step.leftLabels, right: step.rightLabels, out: step.out };
  const batch = Array.from({ length: step.batch }, (_, i) => i);
  const free = (s: Step, from: number): Label[] => s.shape.slice(step.batch + 1).map((_, i) => from + i);
  const [a, b] = [free(step.left, 100), free(step.right, 200)];
  return { left: [...batch, ...a, 99], right: [...batch, 99, ...b], out: [...batch, ...a, ...b] };
}

/** The order of axes in which the largest operand lies in memory. */
function memoryOrder(space: readonly number[], operations: readonly Operation[]): number[] {
  const identity = space.map((_, axis) => axis);
  const loads = operations.flatMap((o) => (o.kind === 'load' ? [o.view] : []));
  const own = (v: View): number => v.strides.filter((s, axis) => s !== 0 && space[axis] !== 1).length;
  const most = Math.max(0, ...loads.map(own));
  const primary = loads.find((v) => own(v) === most);
  if (!primary || most < space.filter((n) => n !== 1).length) return identity;
  const step = (axis: number): number => must(primary.strides[axis]);
  const moved = identity.filter((axis) => space[axis] !== 1).sort((a, b) => step(b) - step(a) || a - b);
  return [...identity.filter((axis) => space[axis] === 1), ...moved];
}
