// Strides, offsets and unit tensors: what the interpreters over numbers and over remainders share.

import { RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { type Dim, evaluateDim } from '../ir/dim.ts';
import { type ContractNode, type DeltaNode, type Label, type Shape, type StackNode, labelDims } from '../ir/expr.ts';

/** What a dim is worth; throws a diagnostic when a size is not known. */
export type SizeOf = (dim: Dim) => number;

export function sizeReader(sizes: ReadonlyMap<string, number>): SizeOf {
  const known = new Map<string, number>();
  return (dim) => {
    const found = known.get(dim.key);
    if (found !== undefined) return found;
    const value = evaluateDim(dim, sizes);
    if (value === undefined) {
      throw new RicciError([
        {
          code: 'size-unknown',
          severity: 'error',
          message: `the size ${dim.key} has no value`,
          span: [0, 0],
          needed: `a number for every name in ${dim.key}`,
          found: sizes.size === 0 ? 'no sizes at all' : `sizes of ${[...sizes.keys()].join(', ')}`,
          help: 'give values to variables that have this dim, or declare the dim as a number',
        },
      ]);
    }
    known.set(dim.key, value);
    return value;
  };
}

export function count(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Beyond this many entries of a tensor the interpreters give up. */
const mostEntries = 2 ** 25;
/** Beyond this many multiplications in one step of a contraction they give up, unless told otherwise. */
export const mostSteps: number = 2 ** 31;

/** `count`, or a diagnostic when that is more than the interpreters take on. */
export function countWithin(shape: readonly number[], most: number = mostEntries): number {
  const entries = count(shape);
  if (entries <= most) return entries;
  throw new RicciError([
    {
      code: 'too-large',
      severity: 'error',
      message: 'too large to evaluate here',
      span: [0, 0],
      needed: `at most ${most} numbers`,
      found: `${entries} numbers, [${shape.join(', ')}]`,
      help: 'choose smaller sizes',
    },
  ]);
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = must(strides[i + 1]) * must(shape[i + 1]);
  return strides;
}

/** The offset of every index below `shape`, in row-major order, when axis i moves by `strides[i]`. */
export function offsets(shape: readonly number[], strides: readonly number[]): Int32Array {
  let list = new Int32Array(1);
  shape.forEach((n, axis) => {
    const next = new Int32Array(list.length * n);
    const stride = must(strides[axis]);
    for (let i = 0, k = 0; i < list.length; i++) for (let j = 0; j < n; j++) next[k++] = list[i]! + j * stride;
    list = next;
  });
  return list;
}

/** Entries of a unit tensor, row-major. */
export function deltaEntries(node: DeltaNode, sizeOf: SizeOf): Float64Array {
  const shape = node.shape.map(sizeOf);
  const data = new Float64Array(countWithin(shape));
  const strides = stridesOf(shape);
  let axis = 0;
  const positions = node.groups.map((group) => {
    const own = group.map(sizeOf);
    const start = axis;
    axis += group.length;
    return offsets(own, strides.slice(start, axis));
  });
  must(positions[0]).forEach((_, k) => {
    data[positions.reduce((offset, group) => offset + must(group[k]), 0)] = 1;
  });
  return data;
}

/** Entries of a slice or block tensor, row-major. */
export function stackEntries(node: StackNode, sizeOf: SizeOf): Float64Array {
  const [part, whole] = node.shape.map(sizeOf) as [number, number];
  const offset = sizeOf(node.offset);
  const data = new Float64Array(part * whole);
  for (let i = 0; i < part; i++) if (i + offset >= 0 && i + offset < whole) data[i * whole + i + offset] = 1;
  return data;
}

/**
 * One step of a contraction: into[target[i]] = Σ_s left[leftKept[i] + leftSummed[s]] · right[rightKept[i] + rightSummed[s]].
 * `right` is the position of an argument; `left` too in the first step, afterwards it is the result of the step before.
 */
export interface ContractionStep {
  readonly left: number | undefined;
  readonly right: number | undefined;
  readonly leftKept: Int32Array;
  readonly leftSummed: Int32Array;
  readonly rightKept: Int32Array;
  readonly rightSummed: Int32Array;
  /** Undefined when the result is filled in order. */
  readonly target: Int32Array | undefined;
  /** Number of entries of the result. */
  readonly length: number;
}

interface Operand {
  readonly labels: readonly Label[];
  readonly strides: readonly number[];
}

/**
 * Pairwise, from the first argument on; next comes the argument that leaves the smallest result. A label is summed as
 * soon as no later argument and no axis of the result needs it.
 */
export function planContraction(node: ContractNode, sizeOf: SizeOf, most: number = mostSteps): ContractionStep[] {
  const sizes = new Map<Label, number>();
  for (const [label, dim] of labelDims(node.args, node.labels)) sizes.set(label, sizeOf(dim));
  node.out.forEach((label, i) => sizes.set(label, sizeOf(must(node.shape[i]))));
  const size = (label: Label): number => must(sizes.get(label));
  const operands = node.args.map((arg, i): Operand => ({ labels: must(node.labels[i]), strides: stridesOf(arg.shape.map(sizeOf)) }));

  const waiting = operands.map((_, i) => i);
  const first = waiting.shift();
  const steps: ContractionStep[] = [];
  let left: Operand = first === undefined ? { labels: [], strides: [] } : must(operands[first]);
  do {
    const next = takeSmallest(waiting, left, operands, node.out, size);
    const right: Operand = next === undefined ? { labels: [], strides: [] } : must(operands[next]);
    const last = waiting.length === 0;
    const kept = last ? [...new Set(node.out)] : keptLabels(left, right, waiting, operands, node.out);
    const summed = [...new Set([...left.labels, ...right.labels])].filter((l) => !kept.includes(l));
    const strideIn = (o: Operand) => (l: Label) => o.labels.reduce((s, mine, axis) => (mine === l ? s + must(o.strides[axis]) : s), 0);
    const [keptSizes, summedSizes] = [kept.map(size), summed.map(size)];
    countWithin([...keptSizes, ...summedSizes], most);
    countWithin(keptSizes);
    countWithin(summedSizes);
    const outStrides = stridesOf(node.shape.map(sizeOf));
    const repeats = last && kept.length < node.out.length;
    steps.push({
      left: steps.length === 0 ? first : undefined,
      right: next,
      leftKept: offsets(keptSizes, kept.map(strideIn(left))),
      leftSummed: offsets(summedSizes, summed.map(strideIn(left))),
      rightKept: offsets(keptSizes, kept.map(strideIn(right))),
      rightSummed: offsets(summedSizes, summed.map(strideIn(right))),
      target: repeats ? offsets(keptSizes, kept.map(strideIn({ labels: node.out, strides: outStrides }))) : undefined,
      length: repeats ? countWithin(node.shape.map(sizeOf)) : count(keptSizes),
    });
    left = { labels: kept, strides: stridesOf(keptSizes) };
  } while (waiting.length > 0);
  return steps;
}

function takeSmallest(
  waiting: number[],
  left: Operand,
  operands: readonly Operand[],
  out: readonly Label[],
  size: (l: Label) => number,
): number | undefined {
  let best = 0;
  let bestCost = Infinity;
  if (waiting.length > 1) {
    waiting.forEach((candidate, k) => {
      const others = waiting.filter((_, m) => m !== k);
      const cost = count(keptLabels(left, must(operands[candidate]), others, operands, out).map(size));
      if (cost < bestCost) [best, bestCost] = [k, cost];
    });
  }
  return waiting.splice(best, 1)[0];
}

function keptLabels(left: Operand, right: Operand, waiting: readonly number[], operands: readonly Operand[], out: readonly Label[]): Label[] {
  const needed = new Set(out);
  for (const i of waiting) for (const l of must(operands[i]).labels) needed.add(l);
  return [...new Set([...left.labels, ...right.labels])].filter((l) => needed.has(l));
}

export function shapeText(shape: Shape): string {
  return shape.length === 0 ? 'a scalar' : `[${shape.map((d) => d.key).join(', ')}]`;
}
