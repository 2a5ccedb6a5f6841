// Second derivatives that are cheap to make and to solve with, as the first guess of a quasi-Newton method: that of a
// sample of the rows where the objective is a sum over many (Byrd, Chin, Neveitt & Nocedal, SIAM J. Optimization 21, 2011),
// and the blocks on the diagonal where each row or column of a matrix variable meets only itself.

import { must } from '../../base/internal.ts';
import { random } from '../../base/random.ts';
import type { Csr } from '../../base/csr.ts';
import { dimNames } from '../../ir/dim.ts';
import { type Expr, type VariableNode, currentContext, inContext, labelDims, sum } from '../../ir/expr.ts';
import { postorder, variables as variablesOf } from '../../ir/walk.ts';
import { opNamed } from '../../ops/table.ts';
import { unscaled } from '../../simplify/sum.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { type Known, type Parameter, evaluator } from '../evaluate.ts';
import { type BlockDiagonal, blockInverse } from '../linear/block-diagonal.ts';
import { denseSymmetric, shiftedFactors, solveShifted } from '../linear/symmetric.ts';
import { denseMatrix } from '../matrix.ts';
import type { Approximation } from '../problem.ts';
import type { Blocks } from './derivatives.ts';
import { type Block, type Layout, numbersOf, unpack } from './layout.ts';
import { type PatternTerm, patternOf, placesOf } from './pattern.ts';

export type Approximating = (z: Float64Array) => Approximation;

// Beyond this many variables the second derivative of a sample is not factorised either.
const mostVariables = 400;
// Rows of a sample for each variable, and how many times as many rows there must be.
const rowsEach = 40;
const manyRows = 5;
// Blocks of this order are small.
const smallBlock = 64;

/** For a Hessian in blocks, k, l ≤ k, of the variables of a layout. Undefined where neither kind applies. */
export function approximationOf(hessian: () => Blocks, layout: Layout, known: Known): Approximating | undefined {
  if (layout.blocks.some((b) => b.places)) return undefined;
  if (layout.dim > mostVariables) return byBlocks(hessian(), layout, known);
  const rows = Math.max(1000, rowsEach * layout.dim);
  return [...known.sizes.values()].some((n) => n >= manyRows * rows) ? bySample(hessian(), rows, layout, known) : undefined;
}

function bySample(hessian: Blocks, rows: number, layout: Layout, known: Known): Approximating | undefined {
  const mine = new Set(layout.blocks.flatMap((b) => b.node.shape.flatMap(dimNames)));
  const terms = hessian.flatMap((list, k) => list.flatMap((e, l) => (e ? patternOf(e).flatMap((t) => apart(t).map((one) => ({ ...one, k, l }))) : [])));
  const parameters = variablesOf(terms.map((t) => t.core)).filter((v) => known.parameters.has(v.name));
  const name = parameters.flatMap((v) => v.shape.map((d) => d.key)).find((key) => !mine.has(key) && (known.sizes.get(key) ?? 0) >= manyRows * rows);
  if (name === undefined || !terms.every((t) => isSumOver(t.core, name))) return undefined;
  if (parameters.some((v) => !isSampled(v, name, known))) return undefined;
  // Made when it is first asked for.
  const context = currentContext();
  let make: Approximating | undefined;
  return (z) => (make ??= inContext(context, () => sampling(terms, { layout, known, name, rows })))(z);
}

/** Whether rows, or columns, of a parameter can be left out. */
function isSampled(v: VariableNode, name: string, known: Known): boolean {
  const axes = v.shape.map((d) => dimNames(d).includes(name));
  const axis = v.shape.findIndex((d) => d.key === name);
  if (!axes.includes(true)) return true;
  return axis >= 0 && v.shape.length <= 2 && axes.filter(Boolean).length === 1 && (axis === 0 || !known.parameters.get(v.name)?.sparse);
}

interface Sample {
  readonly layout: Layout;
  readonly known: Known;
  /** Of the size that the rows have. */
  readonly name: string;
  readonly rows: number;
}

type Placed = PatternTerm & { readonly k: number; readonly l: number };

function sampling(terms: readonly Placed[], { layout, known, name, rows }: Sample): Approximating {
  const parameters = variablesOf(terms.map((t) => t.core)).filter((v) => known.parameters.has(v.name));
  const all = must(known.sizes.get(name));
  const chosen = someOf(all, rows);
  const sampled = new Map(known.parameters);
  for (const v of parameters) {
    const axis = v.shape.findIndex((d) => d.key === name);
    if (axis < 0) continue;
    sampled.set(v.name, partOf(must(known.parameters.get(v.name)), axis, chosen));
  }
  const sizes = new Map(known.sizes).set(name, chosen.length);
  const run = evaluator(terms.map((t) => t.core), layout.blocks.map((b) => b.node), { ...known, parameters: sampled, sizes });
  const places = terms.map(({ core, axes, k, l }) => {
    const [row, col] = [must(layout.blocks[k]), must(layout.blocks[l])];
    const { row: r, col: c } = placesOf(axes, numbersOf(core.shape, sizes), [...row.shape, ...col.shape], row.shape.length);
    return { r: r.map((i) => i + row.offset), c: c.map((j) => j + col.offset), factor: mentions(core, name) ? all / chosen.length : 1, isOff: k !== l };
  });
  const n = layout.dim;
  return (z) => {
    const H = new Float64Array(n * n);
    run(unpack(layout, z)).forEach(({ data }, t) => {
      const { r, c, factor, isOff } = must(places[t]);
      for (let e = 0; e < data.length; e++) {
        H[r[e]! * n + c[e]!]! += factor * data[e]!;
        if (isOff) H[c[e]! * n + r[e]!]! += factor * data[e]!;
      }
    });
    return ofDense(H, n);
  };
}

/** About `wanted` of so many places, in order. */
function someOf(all: number, wanted: number): Int32Array {
  const source = random(1);
  const isChosen = new Uint8Array(all);
  for (let k = 0; k < wanted; k++) isChosen[Math.floor(all * source.uniform())] = 1;
  const chosen = new Int32Array(isChosen.reduce((count, one) => count + one, 0));
  for (let i = 0, to = 0; i < all; i++) if (isChosen[i] === 1) chosen[to++] = i;
  return chosen;
}

/** The terms of a core that is a sum, each by itself. */
function apart({ core, axes }: PatternTerm): PatternTerm[] {
  return core.kind === 'sum' && core.terms.length > 1 ? core.terms.map((t) => ({ core: sum([t]), axes })) : [{ core, axes }];
}

function ofDense(H: Float64Array, n: number): Approximation {
  return {
    inverse: (mask) => {
      const kept = mask ? Array.from(mask.keys()).filter((j) => mask[j] !== 0) : Array.from({ length: n }, (_, j) => j);
      const factors = shiftedFactors(mask ? denseSymmetric(denseMatrix(n, n, H), kept) : H, kept.length, 0);
      return (r) => {
        const part = Float64Array.from(kept, (j) => r[j]!);
        solveShifted(factors, part);
        const out = new Float64Array(n);
        kept.forEach((j, at) => (out[j] = part[at]!));
        return out;
      };
    },
  };
}

/** Whether the rows of `name` meet in one sum alone, the outermost, if at all. */
function isSumOver(core: Expr, name: string): boolean {
  const top = unscaled(core).arg;
  return postorder([core]).every((node) => {
    if (node.kind === 'size') return !dimNames(node.dim).includes(name);
    if (node.kind === 'apply') return opNamed(node.op).ranks(node.params).every((r) => r === 0) || !mentions(node, name);
    if (node.kind !== 'contract' || node === top) return true;
    const dims = labelDims(node.args, node.labels);
    return [...dims].every(([label, dim]) => node.out.includes(label) || !dimNames(dim).includes(name));
  });
}

function mentions(core: Expr, name: string): boolean {
  return postorder([core]).some((node) => node.shape.some((d) => dimNames(d).includes(name)));
}

/** Some rows or columns of a value. */
function partOf(value: Parameter, axis: number, chosen: Int32Array): Parameter {
  const [rows = 1, cols = 1] = value.shape;
  if (value.sparse) return sparsePart(value.sparse, chosen);
  if (axis === 0) {
    const data = new Float64Array(chosen.length * cols);
    chosen.forEach((i, at) => data.set(value.data.subarray(i * cols, (i + 1) * cols), at * cols));
    return { shape: [chosen.length, ...value.shape.slice(1)], data };
  }
  const data = new Float64Array(rows * chosen.length);
  for (let i = 0, to = 0; i < rows; i++) for (const j of chosen) data[to++] = value.data[i * cols + j]!;
  return { shape: [rows, chosen.length], data };
}

function sparsePart({ cols, indptr, indices, values }: Csr, chosen: Int32Array): Parameter {
  const starts = new Int32Array(chosen.length + 1);
  chosen.forEach((i, at) => (starts[at + 1] = starts[at]! + indptr[i + 1]! - indptr[i]!));
  const count = starts[chosen.length]!;
  const sparse: Csr = { rows: chosen.length, cols, indptr: starts, indices: new Int32Array(count), values: new Float64Array(count) };
  let to = 0;
  for (const i of chosen) {
    for (let at = indptr[i]!; at < indptr[i + 1]!; at++, to++) {
      sparse.indices[to] = indices[at]!;
      sparse.values[to] = values[at]!;
    }
  }
  return { shape: [chosen.length, cols], data: new Float64Array(0), sparse };
}

interface Tied {
  readonly block: Block;
  /** The axis that both sides share. */
  readonly axis: 0 | 1;
  readonly terms: readonly PatternTerm[];
}

/** For matrix variables whose rows, or columns, have second derivatives with themselves only, apart from other variables. */
function byBlocks(hessian: Blocks, layout: Layout, known: Known): Approximating | undefined {
  const tied = layout.blocks.map((block, k): Tied | undefined => {
    const e = hessian[k]?.[k];
    if (!e || block.shape.length !== 2) return undefined;
    const terms = patternOf(e);
    const axis = ([0, 1] as const).find((t) => terms.every(({ axes }) => axes[t] === axes[t + 2]) && must(block.shape[1 - t]) <= smallBlock);
    return axis === undefined ? undefined : { block, axis, terms };
  });
  if (!tied.every((t) => t !== undefined)) return undefined;
  const by = layout.blocks.map((b) => b.node);
  const run = evaluator(tied.flatMap((t) => t.terms.map((one) => one.core)), by, known);
  return (z) => {
    const values = [...run(unpack(layout, z))];
    return blockInverse(layout.dim, tied.map((t) => filled(t, values.splice(0, t.terms.length))));
  };
}

function filled({ block, axis, terms }: Tied, values: readonly Dense[]): BlockDiagonal {
  const [groups, order] = [must(block.shape[axis]), must(block.shape[1 - axis])];
  const strideOf = axis === 0 ? { group: order, inner: 1 } : { group: 1, inner: groups };
  const data = new Float64Array(groups * order * order);
  terms.forEach(({ axes }, t) => {
    const { shape, data: core } = must(values[t]);
    const steps = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
    const [g, i, j] = [must(axes[axis]), must(axes[1 - axis]), must(axes[3 - axis])].map((a) => must(steps[a])) as [number, number, number];
    const isDiagonal = axes[1 - axis] === axes[3 - axis];
    for (let group = 0; group < groups; group++) {
      for (let a = 0; a < order; a++) {
        const row = (group * order + a) * order;
        if (isDiagonal) data[row + a]! += core[group * g + a * i]!;
        else for (let b = 0; b < order; b++) data[row + b]! += core[group * g + a * i + b * j]!;
      }
    }
  });
  return { offset: block.offset, groups, order, stride: strideOf, data };
}

