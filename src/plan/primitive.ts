// The straight-line form that back ends read: every step is one operation on whole arrays with axes in a fixed order,
// of the kind that array libraries have. Labels are gone; equal steps are one step.

import { must, unreachable } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import { type ApplyNode, type ContractNode, type DeltaNode, type Expr, type Label, type Shape, type StackNode, type VariableNode, shapeKey } from '../ir/expr.ts';
import type { Rational } from '../ir/rational.ts';
import { postorder } from '../ir/walk.ts';
import { isSymmetric } from '../ops/facts.ts';
import { opNamed } from '../ops/table.ts';

interface Made {
  /** Position in the program. */
  readonly at: number;
  readonly shape: Shape;
}

/** An operand laid along some axes of the result; it repeats along the others. */
export interface Aligned {
  readonly of: Step;
  /** For each axis of the result, whether the operand has it. */
  readonly along: readonly boolean[];
}

export type Step = Made &
  (
    | { readonly kind: 'input'; readonly variable: VariableNode }
    | { readonly kind: 'fill'; readonly value: Rational }
    | { readonly kind: 'size'; readonly dim: Dim }
    /** Unit tensors: the identity, reshapes, placements. */
    | { readonly kind: 'unit'; readonly node: DeltaNode | StackNode }
    /** Axis i of the result is axis `order[i]` of the operand. */
    | { readonly kind: 'transpose'; readonly of: Step; readonly order: readonly number[] }
    /** The entries with equal positions on two axes; axis `second` disappears. */
    | { readonly kind: 'diagonal'; readonly of: Step; readonly first: number; readonly second: number }
    | { readonly kind: 'reduce'; readonly of: Step; readonly axes: readonly number[] }
    /** Repeats along new axes. */
    | { readonly kind: 'expand'; readonly of: Step; readonly along: readonly boolean[] }
    /** Entry by entry, operands in order. */
    | { readonly kind: 'multiply'; readonly operands: readonly Aligned[] }
    | { readonly kind: 'combine'; readonly terms: readonly { readonly coef: Rational; readonly of: Step }[] }
    /**
     * Over the last axis of `left` and the first own axis of `right`, after `batch` leading axes they share. Either side
     * may lack its free axis: then it is a vector. `symmetric` where the result is known to be.
     */
    | { readonly kind: 'matmul'; readonly left: Step; readonly right: Step; readonly batch: number; readonly symmetric?: true }
    /** Any other product of two, by labels. */
    | {
        readonly kind: 'einsum';
        readonly left: Step;
        readonly right: Step;
        readonly leftLabels: readonly Label[];
        readonly rightLabels: readonly Label[];
        readonly out: readonly Label[];
      }
    /** Zeros except where axes with the same number in `pattern` agree; those entries are the operand's. */
    | { readonly kind: 'spread'; readonly of: Step; readonly pattern: readonly number[] }
    | { readonly kind: 'call'; readonly node: ApplyNode; readonly args: readonly Step[]; readonly batch: number; readonly elementwise: boolean }
  );

export interface Program {
  readonly steps: readonly Step[];
  readonly outputs: readonly Step[];
}

type Shaped = Step extends infer S ? (S extends Made ? Omit<S, 'at'> : never) : never;

/** Steps of the results, whose contractions have at most two factors (see `binarise`). */
export function program(roots: readonly Expr[]): Program {
  const steps: Step[] = [];
  const known = new Map<string, Step>();
  const add = (shaped: Shaped): Step => {
    const key = keyOf(shaped);
    const found = known.get(key);
    if (found) return found;
    const step = { ...shaped, at: steps.length } as Step;
    steps.push(step);
    known.set(key, step);
    return step;
  };
  const done = new Map<Expr, Step>();
  for (const node of postorder(roots)) {
    done.set(
      node,
      lower(node, (e) => must(done.get(e)), add),
    );
  }
  const outputs = roots.map((r) => must(done.get(r)));
  return { steps: live(steps, outputs), outputs };
}

/** The steps an output needs; lowering may have looked at others. */
function live(steps: readonly Step[], outputs: readonly Step[]): Step[] {
  const needed = new Set<Step>(outputs);
  for (const step of steps.toReversed()) if (needed.has(step)) operandsOf(step).forEach((s) => needed.add(s));
  return steps.filter((s) => needed.has(s));
}

export function operandsOf(step: Step): readonly Step[] {
  switch (step.kind) {
    case 'input':
    case 'fill':
    case 'size':
    case 'unit':
      return [];
    case 'transpose':
    case 'diagonal':
    case 'reduce':
    case 'expand':
    case 'spread':
      return [step.of];
    case 'multiply':
      return step.operands.map((o) => o.of);
    case 'combine':
      return step.terms.map((t) => t.of);
    case 'matmul':
    case 'einsum':
      return [step.left, step.right];
    case 'call':
      return step.args;
    default:
      return unreachable(step);
  }
}

/** Equal for equal steps. */
function keyOf(s: Shaped): string {
  return `${s.kind} ${shapeKey(s.shape)} ${contentOf(s)}`;
}

function contentOf(s: Shaped): string {
  switch (s.kind) {
    case 'input':
      return `${s.variable.id}`;
    case 'fill':
      return rationalKey(s.value);
    case 'size':
      return s.dim.key;
    case 'unit':
      return `${s.node.id}`;
    case 'transpose':
      return `${s.of.at} ${s.order.join()}`;
    case 'diagonal':
      return `${s.of.at} ${s.first} ${s.second}`;
    case 'reduce':
      return `${s.of.at} ${s.axes.join()}`;
    case 'expand':
      return `${s.of.at} ${s.along.join()}`;
    case 'multiply':
      return s.operands.map((o) => `${o.of.at} ${o.along.join()}`).join(';');
    case 'combine':
      return s.terms.map((t) => `${rationalKey(t.coef)} ${t.of.at}`).join(';');
    case 'matmul':
      return `${s.left.at} ${s.right.at} ${s.batch} ${s.symmetric === true}`;
    case 'einsum':
      return `${s.left.at} ${s.right.at} ${s.leftLabels.join()} ${s.rightLabels.join()} ${s.out.join()}`;
    case 'spread':
      return `${s.of.at} ${s.pattern.join()}`;
    case 'call':
      return `${s.node.id} ${s.args.map((one) => one.at).join()} ${s.batch} ${s.elementwise}`;
    default:
      return unreachable(s);
  }
}

function rationalKey({ num, den }: Rational): string {
  return `${num}/${den}`;
}

type Add = (shaped: Shaped) => Step;

function lower(e: Expr, of: (e: Expr) => Step, add: Add): Step {
  switch (e.kind) {
    case 'number':
      return add({ kind: 'fill', value: e.value, shape: e.shape });
    case 'size':
      return add({ kind: 'size', dim: e.dim, shape: [] });
    case 'variable':
      return add({ kind: 'input', variable: e, shape: e.shape });
    case 'delta':
    case 'stack':
      return add({ kind: 'unit', node: e, shape: e.shape });
    case 'sum':
      return add({ kind: 'combine', terms: e.terms.map((t) => ({ coef: t.coef, of: of(t.arg) })), shape: e.shape });
    case 'contract':
      return contraction(e, of, add);
    case 'apply': {
      const ranks = opNamed(e.op).ranks(e.params);
      const batch = must(e.args[0]).shape.length - must(ranks[0]);
      return add({ kind: 'call', node: e, args: e.args.map(of), batch, elementwise: ranks.every((r) => r === 0), shape: e.shape });
    }
    default:
      return unreachable(e);
  }
}

interface Part {
  readonly step: Step;
  readonly labels: readonly Label[];
  readonly symmetric: boolean;
}

function contraction(e: ContractNode, of: (e: Expr) => Step, add: Add): Step {
  const out = [...new Set(e.out)];
  const shape = out.map((l) => must(e.shape[e.out.indexOf(l)]));
  const dims = new Map<Label, Dim>(out.map((l, i) => [l, must(shape[i])]));
  const parts = e.args.map((arg, i) => ownLabels(part(of(arg), must(e.labels[i]), isSymmetric(arg)), i, e, add));
  const core = spreadOver(joined(parts, out, dims, isSymmetric(e), add), out, shape, add);
  if (out.length === e.out.length) return core;
  return add({ kind: 'spread', of: core, pattern: e.out.map((l) => out.indexOf(l)), shape: e.shape });
}

function part(step: Step, labels: readonly Label[], symmetric: boolean): Part {
  return { step, labels, symmetric };
}

/** Takes diagonals of repeated labels and sums labels that only this factor has. */
function ownLabels(p: Part, index: number, e: ContractNode, add: Add): Part {
  let { step, labels } = p;
  for (let second = labels.length - 1; second > 0; second--) {
    const first = labels.indexOf(must(labels[second]));
    if (first === second) continue;
    step = add({ kind: 'diagonal', of: step, first, second, shape: step.shape.filter((_, i) => i !== second) });
    labels = labels.filter((_, i) => i !== second);
  }
  const isShared = (l: Label): boolean => e.out.includes(l) || e.labels.some((other, k) => k !== index && other.includes(l));
  const axes = labels.flatMap((l, i) => (isShared(l) ? [] : [i]));
  if (axes.length > 0) {
    step = add({ kind: 'reduce', of: step, axes, shape: step.shape.filter((_, i) => !axes.includes(i)) });
    labels = labels.filter((_, i) => !axes.includes(i));
  }
  return { step, labels, symmetric: p.symmetric && labels.length === 2 };
}

function joined(parts: readonly Part[], out: readonly Label[], dims: ReadonlyMap<Label, Dim>, symmetric: boolean, add: Add): Part {
  const [left, right] = parts;
  if (!left) return { step: add({ kind: 'fill', value: { num: 1, den: 1 }, shape: [] }), labels: [], symmetric: false };
  if (!right) return left;
  const summed = left.labels.filter((l) => right.labels.includes(l) && !out.includes(l));
  if (summed.length === 0) return multiplied([left, right], out, dims, add);
  return asMatmul(left, right, summed, out, symmetric, add) ?? asEinsum(left, right, out, dims, add);
}

function multiplied(parts: readonly Part[], out: readonly Label[], dims: ReadonlyMap<Label, Dim>, add: Add): Part {
  const labels = out.filter((l) => parts.some((p) => p.labels.includes(l)));
  const operands = parts.map((p) => {
    const mine = labels.filter((l) => p.labels.includes(l));
    return { of: reordered(p, mine, add).step, along: labels.map((l) => p.labels.includes(l)) };
  });
  return { step: add({ kind: 'multiply', operands, shape: labels.map((l) => must(dims.get(l))) }), labels, symmetric: false };
}

/** Axes in the order of `labels`; a symmetric matrix needs no transpose. */
function reordered(p: Part, labels: readonly Label[], add: Add): Part {
  const order = labels.map((l) => p.labels.indexOf(l));
  if (order.every((axis, i) => axis === i) || (p.symmetric && order.length === 2)) return { ...p, labels };
  return { step: add({ kind: 'transpose', of: p.step, order, shape: order.map((axis) => must(p.step.shape[axis])) }), labels, symmetric: false };
}

function asMatmul(a: Part, b: Part, summed: readonly Label[], out: readonly Label[], symmetric: boolean, add: Add): Part | undefined {
  const batch = out.filter((l) => a.labels.includes(l) && b.labels.includes(l));
  const free = (p: Part, q: Part): Label[] => p.labels.filter((l) => !q.labels.includes(l));
  const [freeA, freeB] = [free(a, b), free(b, a)];
  if (summed.length !== 1 || freeA.length > 1 || freeB.length > 1) return undefined;
  if (batch.length > 0 && (freeA.length === 0 || freeB.length === 0)) return undefined;
  // The factor whose free axis comes first stands on the left; a vector stands on the right.
  const [x, y] = [freeA[0], freeB[0]];
  const turned = x === undefined ? y !== undefined : y !== undefined && out.indexOf(y) < out.indexOf(x);
  const [left, right, freeLeft, freeRight] = turned ? [b, a, freeB, freeA] : [a, b, freeA, freeB];
  const l = reordered(left, [...batch, ...freeLeft, ...summed], add);
  const r = reordered(right, [...batch, ...summed, ...freeRight], add);
  const labels = [...batch, ...freeLeft, ...freeRight];
  const shape = [...l.step.shape.slice(0, -1), ...(freeRight.length > 0 ? r.step.shape.slice(-1) : [])];
  const step = add({ kind: 'matmul', left: l.step, right: r.step, batch: batch.length, ...(symmetric && labels.length === 2 && { symmetric: true }), shape });
  return { step, labels, symmetric: symmetric && labels.length === 2 };
}

function asEinsum(a: Part, b: Part, out: readonly Label[], dims: ReadonlyMap<Label, Dim>, add: Add): Part {
  const labels = out.filter((l) => a.labels.includes(l) || b.labels.includes(l));
  const step = add({ kind: 'einsum', left: a.step, right: b.step, leftLabels: a.labels, rightLabels: b.labels, out: labels, shape: labels.map((l) => must(dims.get(l))) });
  return { step, labels, symmetric: false };
}

/** Brings the axes into the order of the result and repeats along those that no factor has. */
function spreadOver(p: Part, out: readonly Label[], shape: Shape, add: Add): Step {
  const mine = out.filter((l) => p.labels.includes(l));
  const { step } = reordered(p, mine, add);
  if (mine.length === out.length) return step;
  if (step.kind === 'fill') return add({ ...step, shape });
  return add({ kind: 'expand', of: step, along: out.map((l) => mine.includes(l)), shape });
}

