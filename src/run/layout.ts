// Strides, offsets and unit tensors: what the interpreters over numbers and over remainders share.

import { RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { type Dim, evaluateDim } from '../ir/dim.ts';
import type { ContractNode, DeltaNode, Label, Shape, StackNode } from '../ir/expr.ts';

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
  let product = 1;
  for (let i = 0; i < shape.length; i++) product *= shape[i]!;
  return product;
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
  const list = new Int32Array(count(shape));
  // In place, from the end: what an axis repeats lies before where it goes.
  for (let axis = 0, done = 1; axis < shape.length; axis++) {
    const n = shape[axis]!;
    const stride = strides[axis]!;
    for (let i = done - 1; i >= 0; i--) {
      const start = list[i]!;
      for (let j = n - 1; j >= 0; j--) list[i * n + j] = start + j * stride;
    }
    done *= n;
  }
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
 * `left` and `right` are positions of arguments or, after them, of the results of earlier steps; 1 where there is none.
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
 * soon as no later argument and no axis of the result needs it. Arguments that share no summed label with others are
 * multiplied with each other first. The last step has the result.
 */
export function planContraction(node: ContractNode, sizeOf: SizeOf, most: number = mostSteps): ContractionStep[] {
  const { args, labels, out } = node;
  // Labels of a node are numbered from 0 on.
  const sizes: number[] = [];
  // The arguments, and then the results of steps.
  const operands: Operand[] = [];
  const all: number[] = [];
  for (let i = 0; i < args.length; i++) {
    const shape = args[i]!.shape.map(sizeOf);
    for (let axis = 0; axis < shape.length; axis++) sizes[labels[i]![axis]!] = shape[axis]!;
    operands.push({ labels: labels[i]!, strides: stridesOf(shape) });
    all.push(i);
  }
  const outSizes = node.shape.map(sizeOf);
  for (let axis = 0; axis < out.length; axis++) sizes[out[axis]!] = outSizes[axis]!;

  const steps: ContractionStep[] = [];
  const multiply = ([first, ...waiting]: readonly number[], isLast: boolean): number => {
    let left = first;
    do {
      const from = left === undefined ? nothing : operands[left]!;
      const next = takeSmallest(waiting, from, operands, out, sizes);
      const right = next === undefined ? nothing : operands[next]!;
      const isResult = isLast && waiting.length === 0;
      const kept = isResult ? distinct(out) : keptLabels(from, right, waiting, operands, out);
      const summed: Label[] = [];
      for (const l of from.labels) if (!kept.includes(l) && !summed.includes(l)) summed.push(l);
      for (const l of right.labels) if (!kept.includes(l) && !summed.includes(l)) summed.push(l);
      const keptSizes = kept.map((l) => sizes[l]!);
      const summedSizes = summed.map((l) => sizes[l]!);
      const length = countWithin(keptSizes);
      if (length * countWithin(summedSizes) > most) countWithin([...keptSizes, ...summedSizes], most);
      const repeats = isResult && kept.length < out.length;
      steps.push({
        left,
        right: next,
        leftKept: offsets(keptSizes, stridesFor(kept, from)),
        leftSummed: offsets(summedSizes, stridesFor(summed, from)),
        rightKept: offsets(keptSizes, stridesFor(kept, right)),
        rightSummed: offsets(summedSizes, stridesFor(summed, right)),
        target: repeats ? offsets(keptSizes, stridesFor(kept, { labels: out, strides: stridesOf(outSizes) })) : undefined,
        length: repeats ? countWithin(outSizes) : length,
      });
      left = operands.push({ labels: kept, strides: stridesOf(keptSizes) }) - 1;
    } while (waiting.length > 0);
    return left;
  };
  const parts = args.length > 2 ? summedTogether(labels, out) : [all];
  multiply(parts.length === 1 || parts.length === args.length ? all : parts.map((part) => (part.length === 1 ? part[0]! : multiply(part, false))), true);
  return steps;
}

/** The arguments by what they share summed labels with. */
function summedTogether(labels: readonly (readonly Label[])[], out: readonly Label[]): number[][] {
  const parts: { readonly args: number[]; readonly labels: Label[] }[] = [];
  for (let i = 0; i < labels.length; i++) {
    const own = { args: [i], labels: labels[i]!.filter((l) => !out.includes(l)) };
    for (let k = parts.length - 1; k >= 0; k--) {
      const part = parts[k]!;
      if (!part.labels.some((l) => own.labels.includes(l))) continue;
      own.args.unshift(...part.args);
      own.labels.push(...part.labels);
      parts.splice(k, 1);
    }
    parts.push(own);
  }
  return parts.map((part) => part.args.sort((a, b) => a - b));
}

const nothing: Operand = { labels: [], strides: [] };

/** How far an operand moves with each label. */
function stridesFor(wanted: readonly Label[], { labels, strides }: Operand): number[] {
  const found: number[] = [];
  for (let k = 0; k < wanted.length; k++) {
    let stride = 0;
    for (let axis = 0; axis < labels.length; axis++) if (labels[axis] === wanted[k]) stride += strides[axis]!;
    found.push(stride);
  }
  return found;
}

function distinct(labels: readonly Label[]): Label[] {
  const found: Label[] = [];
  for (let i = 0; i < labels.length; i++) if (!found.includes(labels[i]!)) found.push(labels[i]!);
  return found;
}

function takeSmallest(waiting: number[], left: Operand, operands: readonly Operand[], out: readonly Label[], sizes: readonly number[]): number | undefined {
  if (waiting.length < 2) return waiting.pop();
  let best = 0;
  let least = Infinity;
  for (let k = 0; k < waiting.length; k++) {
    const entries = keptLabels(left, operands[waiting[k]!]!, waiting, operands, out, waiting[k]).reduce((n, l) => n * sizes[l]!, 1);
    if (entries < least) [best, least] = [k, entries];
  }
  return waiting.splice(best, 1)[0];
}

/** Labels of the two that are still needed, by the result or by arguments that wait, but for one of these. */
function keptLabels(left: Operand, right: Operand, waiting: readonly number[], operands: readonly Operand[], out: readonly Label[], except = -1): Label[] {
  const found: Label[] = [];
  const isNeeded = (l: Label): boolean => {
    if (out.includes(l)) return true;
    for (const i of waiting) if (i !== except && operands[i]!.labels.includes(l)) return true;
    return false;
  };
  for (const l of left.labels) if (!found.includes(l) && isNeeded(l)) found.push(l);
  for (const l of right.labels) if (!found.includes(l) && isNeeded(l)) found.push(l);
  return found;
}

export function shapeText(shape: Shape): string {
  return shape.length === 0 ? 'a scalar' : `[${shape.map((d) => d.key).join(', ')}]`;
}
