// A number that tells expressions apart and does not depend on how they are written: the value at one point of small
// sizes, in the ring of integers modulo 2^32, with every function replaced by a hash of its arguments. Sums and products
// may be nested and ordered as they like; equal values of variables make them interchangeable.

import { must, unreachable } from '../base/internal.ts';
import { type Dim, dim, dimValue, substituteDim } from '../ir/dim.ts';
import type { ContractNode, DeltaNode, Expr, Label, Shape, VariableNode } from '../ir/expr.ts';
import type { Rational } from '../ir/rational.ts';
import { hashText, mix } from '../base/hash.ts';
import { children, postorder } from '../ir/walk.ts';

/** The value of an expression where each variable has entries drawn from the number it is given. */
export type Fingerprint = (seedOf: (v: VariableNode) => number) => number;

type Entries = Int32Array;
type Step = (values: readonly Entries[], seedOf: (v: VariableNode) => number) => Entries;

// Beyond this many entries or multiplications in one node no fingerprint is taken.
const mostSteps = 4096;

/** Undefined when the tensors are too large, or a size is negative at the sizes that are tried. */
export function fingerprintOf(root: Expr): { readonly take: Fingerprint; readonly nodes: number } | undefined {
  const order = postorder([root]);
  const plan = planWith(order, 2) ?? planWith(order, 5);
  if (!plan) return undefined;
  const take: Fingerprint = (seedOf) => {
    const values: Entries[] = [];
    for (const step of plan) values.push(step(values, seedOf));
    return hashOf(must(values.at(-1)), 0);
  };
  return { take, nodes: order.length };
}

function planWith(order: readonly Expr[], size: number): Step[] | undefined {
  const sizes = new Map<string, number>();
  const sizeOf = (d: Dim): number => {
    let n = sizes.get(d.key);
    if (n === undefined) sizes.set(d.key, (n = dimValue(substituteDim(d, () => dim(size))) ?? -1));
    return n;
  };
  const position = new Map(order.map((node, i) => [node, i] as const));
  const plan: Step[] = [];
  for (const node of order) {
    const count = node.shape.reduce((n, d) => n * sizeOf(d), 1);
    if (node.shape.some((d) => sizeOf(d) < 1) || count > mostSteps) return undefined;
    const step = stepOf(node, count, children(node).map((c) => must(position.get(c))), sizeOf);
    if (!step) return undefined;
    plan.push(step);
  }
  return plan;
}

function stepOf(node: Expr, count: number, args: readonly number[], sizeOf: (d: Dim) => number): Step | undefined {
  const fixed = (entries: Entries): Step => () => entries;
  switch (node.kind) {
    case 'number':
      return fixed(new Int32Array(count).fill(ofRational(node.value)));
    case 'size':
      return fixed(Int32Array.of(sizeOf(node.dim)));
    case 'delta':
      return fixed(deltaEntries(node, count, sizeOf));
    case 'stack': {
      const [whole, offset] = [sizeOf(must(node.shape[1])), sizeOf(node.offset)];
      return fixed(Int32Array.from({ length: count }, (_, i) => (i % whole === Math.floor(i / whole) + offset ? 1 : 0)));
    }
    case 'variable': {
      const [rows, columns] = node.shape.map(sizeOf);
      const turns = node.shape.length === 2 && rows === columns && node.facts.has.has('symmetric');
      const place = (i: number): number => (turns ? Math.min(i, (i % columns!) * columns! + Math.floor(i / columns!)) : i);
      return (_, seedOf) => {
        const seed = seedOf(node);
        return Int32Array.from({ length: count }, (_e, i) => mix(seed, place(i)) | 1);
      };
    }
    case 'sum': {
      const coefs = node.terms.map((t) => ofRational(t.coef));
      return (values) => {
        const result = new Int32Array(count);
        args.forEach((a, k) => {
          const [coef, arg] = [must(coefs[k]), must(values[a])];
          for (let i = 0; i < count; i++) result[i] = (result[i]! + Math.imul(coef, arg[i]!)) | 0;
        });
        return result;
      };
    }
    case 'contract':
      return contraction(node, count, args, sizeOf);
    case 'apply': {
      const head = hashText(`${node.op}(${node.params.join(',')})`) | 0;
      return (values) => {
        const seed = args.reduce((h, a) => hashOf(must(values[a]), h), head);
        return Int32Array.from({ length: count }, (_, i) => mix(seed, i) | 1);
      };
    }
    default:
      return unreachable(node);
  }
}

function contraction(node: ContractNode, count: number, args: readonly number[], sizeOf: (d: Dim) => number): Step | undefined {
  const sizes = new Map<Label, number>();
  const note = (labels: readonly Label[], shape: Shape): void => labels.forEach((l, axis) => void sizes.set(l, sizeOf(must(shape[axis]))));
  note(node.out, node.shape);
  node.args.forEach((a, k) => note(must(node.labels[k]), a.shape));
  const labels = [...sizes.keys()];
  const steps = [...sizes.values()].reduce((n, d) => n * d, 1);
  if (steps * (args.length + 1) > 4 * mostSteps) return undefined;
  // For every assignment of positions to labels, the entry of each factor and of the result.
  const entriesOf = (mine: readonly Label[]): Int32Array => {
    const result = new Int32Array(steps);
    let stride = 1;
    for (const l of mine.toReversed()) {
      const size = must(sizes.get(l));
      let inner = 1;
      for (const other of labels.slice(labels.indexOf(l) + 1)) inner *= must(sizes.get(other));
      for (let s = 0; s < steps; s++) result[s] = result[s]! + (Math.floor(s / inner) % size) * stride;
      stride *= size;
    }
    return result;
  };
  const out = entriesOf(node.out);
  const places = node.labels.map(entriesOf);
  return (values) => {
    const result = new Int32Array(count);
    const factors = args.map((a) => must(values[a]));
    for (let s = 0; s < steps; s++) {
      let product = 1;
      for (let k = 0; k < factors.length; k++) product = Math.imul(product, factors[k]![places[k]![s]!]!);
      const at = out[s]!;
      result[at] = (result[at]! + product) | 0;
    }
    return result;
  };
}

function deltaEntries(node: DeltaNode, count: number, sizeOf: (d: Dim) => number): Entries {
  const sizes = node.groups.map((g) => g.reduce((n, d) => n * sizeOf(d), 1));
  const whole = must(sizes[0]);
  return Int32Array.from({ length: count }, (_, i) => {
    // Each group reads as one digit; all digits must agree.
    let rest = i;
    for (let g = 0; g < sizes.length; g++, rest = Math.floor(rest / whole)) if (rest % whole !== i % whole) return 0;
    return 1;
  });
}

function ofRational(r: Rational): number {
  return r.den === 1 && Number.isInteger(r.num) ? r.num | 0 : hashText(`${r.num}/${r.den}`) | 1;
}

function hashOf(entries: Entries, seed: number): number {
  return entries.reduce(mix, mix(seed, entries.length));
}
