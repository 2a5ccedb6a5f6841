// The smooth problem with numbers in it: the numeric problem that methods read, and where its rows came from.

import { must } from '../../base/internal.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import type { Relation } from '../../lang/model.ts';
import { type Known, evaluator, keptWhile } from '../evaluate.ts';
import type { SparseMatrix } from '../matrix.ts';
import { rowList } from '../row-list.ts';
import type { Cone, LinearRows, NormRows, Problem } from '../problem.ts';
import { type Derived, type DerivedRow, isQuadraticRow } from './derived.ts';
import { nonlinearOf, objectiveOf } from './functions.ts';
import { type Block, type Layout, layoutOf, numbersOf, unpack } from './layout.ts';
import { type Builder, compact, newBuilder } from './matrices.ts';
import { type ConeRow, conesOf } from './quadratic-rows.ts';
import type { Row } from './reformulate.ts';

/** What became of a row of the smooth problem, entry by entry. */
export type Fate =
  /** `factor` times z[place], plus a constant, compared with zero: bounds of z[place]. */
  | { readonly kind: 'bound'; readonly place: number; readonly factor: number; readonly lower: number; readonly upper: number }
  | { readonly kind: 'linear'; readonly row: number }
  | { readonly kind: 'nonlinear'; readonly row: number }
  /** A second-order cone. */
  | ({ readonly kind: 'cone' } & ConeRow)
  /** No variable in it: kept or broken whatever z is. */
  | { readonly kind: 'constant'; readonly value: number };

export interface Assembled {
  readonly problem: Problem;
  readonly layout: Layout;
  /** For each row of the smooth problem the fate of each of its entries. */
  readonly fates: readonly (readonly Fate[])[];
  /** The class of the objective and of the rows, for the reading. */
  readonly affineRows: readonly boolean[];
}

export interface AssembleOptions {
  readonly start: Float64Array;
  readonly startGiven: boolean;
  readonly convex: boolean;
}

/** The numeric problem. `start` is computed by the caller from the layout. */
export function assemble(derived: Derived, known: Known, options: (layout: Layout) => AssembleOptions): Assembled {
  const { smooth } = derived;
  const words = `rows ${smooth.rows.map((r) => r.relation).join()} ${smooth.norms.length}`;
  const { layout, lower, upper, fates, rows, curved } = keptWhile(known, words, [...smooth.variables, ...smooth.rows.map((r) => r.expr)], () => rowsOf(derived, known));
  const builder = newBuilder(layout, known);
  const objective = objectiveOf(derived, builder, layout);
  const curvedCount = curved.reduce((sum, c) => sum + c.count, 0);
  const smoothRows = curvedCount > 0 ? nonlinearOf(curved, curvedCount, builder, layout) : undefined;
  const helpers = smooth.norms.length > 0 ? normRows(derived, builder, layout) : undefined;
  const inCones = smoothRows && smooth.hasCones && curved.every((c) => isQuadraticRow(c.derived, derived)) ? conesOf(smoothRows, { lower, upper }, helpers) : undefined;
  const nonlinear = inCones ? undefined : smoothRows;
  const norms = inCones?.norms ?? helpers;
  const fateOf = (fate: Fate): Fate => (inCones && fate.kind === 'nonlinear' ? { kind: 'cone', ...must(inCones.each[fate.row]) } : fate);
  const { start, startGiven, convex } = options(layout);
  const problem: Problem = {
    dim: layout.dim,
    lower,
    upper,
    start,
    startGiven,
    objective,
    ...(rows && { linear: rows }),
    ...(nonlinear && { nonlinear }),
    ...(norms && { norms }),
    ...(smooth.cones.size > 0 && { cones: layout.blocks.flatMap((b) => coneOf(b, smooth.cones)) }),
    convex,
  };
  return { problem, layout, fates: inCones ? fates.map((list) => list.map(fateOf)) : fates, affineRows: derived.rows.map((r) => r.affine) };
}

interface Rows extends Pick<Assembled, 'layout' | 'fates'>, Pick<Problem, 'lower' | 'upper'> {
  readonly rows: LinearRows | undefined;
  readonly curved: readonly { readonly row: Row; readonly derived: DerivedRow; readonly first: number; readonly count: number }[];
}

/** All but the objective, and the functions of curved rows. */
function rowsOf(derived: Derived, known: Known): Rows {
  const { smooth } = derived;
  const layout = layoutOf(smooth.variables, known.sizes);
  const builder = newBuilder(layout, known);
  const lower = new Float64Array(layout.dim).fill(-Infinity);
  const upper = new Float64Array(layout.dim).fill(Infinity);
  for (const b of layout.blocks) if (smooth.helpers.has(b.node.name) && !smooth.norms.some((n) => n.helper === b.node)) signBounds(b, lower, upper);
  const linear = new LinearCollector(layout.dim);
  const curved: { row: Row; derived: DerivedRow; first: number; count: number }[] = [];
  let curvedCount = 0;
  const zero = unpack(layout, new Float64Array(layout.dim));
  const fates = smooth.rows.map((row, k): readonly Fate[] => {
    const d = must(derived.rows[k]);
    const count = numbersOf(row.expr.shape, known.sizes).reduce((a, b) => a * b, 1);
    if (!d.affine) {
      const first = curvedCount;
      curved.push({ row, derived: d, first, count });
      curvedCount += count;
      return Array.from({ length: count }, (_, i): Fate => ({ kind: 'nonlinear', row: first + i }));
    }
    const [constant] = evaluator([row.expr], smooth.variables, known)(zero);
    if (d.jacobian.every((j) => j === undefined)) return Array.from(must(constant).data, (value): Fate => ({ kind: 'constant', value }));
    const jacobian = builder.constantJacobian(d.jacobian, row.expr.shape.length, count);
    return linearFates(jacobian, must(constant), row.relation, { lower, upper, linear });
  });
  joinCrossed(lower, upper);
  return { layout, lower, upper, fates, rows: linear.finish(), curved };
}

// Bounds that differ by less come from rounding; beside their size.
const sameBound = 1e-9;

/** Whether two bounds are one but for rounding. */
export function isSameBound(a: number, b: number): boolean {
  return a === b || (Number.isFinite(a) && Math.abs(a - b) <= sameBound * Math.max(1, Math.abs(a)));
}

/** Bounds that cross by rounding alone hold their variable where they meet. */
function joinCrossed(lower: Float64Array, upper: Float64Array): void {
  lower.forEach((low, j) => {
    if (low > upper[j]! && isSameBound(low, upper[j]!)) lower[j] = upper[j] = (low + upper[j]!) / 2;
  });
}

function coneOf({ node, shape, places }: Block, cones: ReadonlyMap<string, 1 | -1>): Cone[] {
  const sign = cones.get(node.name);
  return sign === undefined ? [] : [{ order: must(shape[0]), places: must(places, 'places of a symmetric matrix'), sign }];
}

/** Each cone: an entry of the helper, and then what its norm is of. */
function normRows({ smooth, norms }: Derived, builder: Builder, layout: Layout): NormRows {
  const zero = unpack(layout, new Float64Array(layout.dim));
  const values = builder.evaluate(smooth.norms.flatMap((n) => n.parts))(zero);
  const list = rowList(layout.dim);
  const starts = [0];
  let first = 0;
  smooth.norms.forEach(({ helper, parts }, k) => {
    const { offset, count } = must(layout.blocks.find((b) => b.node === helper));
    const inside = parts.map((of, i) => {
      const { data } = must(values[first + i]);
      const { jacobian } = must(must(norms[k])[i]);
      return { data, jacobian: builder.constantJacobian(jacobian, of.shape.length, data.length), length: data.length / count };
    });
    first += parts.length;
    for (let entry = 0; entry < count; entry++) {
      list.single(offset + entry, 1, 0);
      for (const { data, jacobian, length } of inside) {
        for (let i = entry * length; i < (entry + 1) * length; i++) list.add(jacobian, i, 1, data[i]!);
      }
      starts.push(must(starts.at(-1)) + 1 + inside.reduce((sum, part) => sum + part.length, 0));
    }
  });
  return { matrix: list.matrix(), offset: list.right(), starts: Int32Array.from(starts) };
}

function signBounds(b: Block, lower: Float64Array, upper: Float64Array): void {
  if (b.node.facts.has.has('nonnegative')) lower.fill(0, b.offset, b.offset + b.count);
  if (b.node.facts.has.has('nonpositive')) upper.fill(0, b.offset, b.offset + b.count);
}

class LinearCollector {
  readonly #dim: number;
  readonly #from: { readonly A: SparseMatrix; readonly row: number }[] = [];
  readonly #lower: number[] = [];
  readonly #upper: number[] = [];
  constructor(dim: number) {
    this.#dim = dim;
  }
  /** Takes a row of `A`; returns its number here. */
  add(A: SparseMatrix, row: number, lower: number, upper: number): number {
    this.#from.push({ A, row });
    this.#lower.push(lower);
    this.#upper.push(upper);
    return this.#from.length - 1;
  }
  finish(): LinearRows | undefined {
    const rows = this.#from.length;
    if (rows === 0) return undefined;
    const most = this.#from.reduce((sum, { A, row }) => sum + A.starts[row + 1]! - A.starts[row]!, 0);
    const [starts, indices, values] = [new Int32Array(rows + 1), new Int32Array(most), new Float64Array(most)];
    let used = 0;
    this.#from.forEach(({ A, row }, i) => {
      for (let at = A.starts[row]!; at < A.starts[row + 1]!; at++) {
        if (A.values[at] === 0) continue;
        indices[used] = A.indices[at]!;
        values[used++] = A.values[at]!;
      }
      starts[i + 1] = used;
    });
    const matrix = compact({ kind: 'sparse', rows, cols: this.#dim, starts, indices: indices.subarray(0, used), values: values.subarray(0, used) });
    return { matrix, lower: Float64Array.from(this.#lower), upper: Float64Array.from(this.#upper) };
  }
}

/** Rows of one entry are bounds. */
function linearFates(
  jacobian: SparseMatrix,
  constant: Dense,
  relation: Relation,
  into: { lower: Float64Array; upper: Float64Array; linear: LinearCollector },
): Fate[] {
  const fateOf = (c: number, i: number): Fate => {
    let count = 0;
    let place = -1;
    let factor = 0;
    for (let at = jacobian.starts[i]!; at < jacobian.starts[i + 1]!; at++) {
      if (jacobian.values[at] === 0) continue;
      count++;
      place = jacobian.indices[at]!;
      factor = jacobian.values[at]!;
    }
    const level = 0 - c;
    const least = relation === '<=' ? -Infinity : level;
    const most = relation === '>=' ? Infinity : level;
    // A row without entries stays if it is broken: it proves that nothing is feasible.
    if (count === 0 && least <= 0 && most >= 0) return { kind: 'constant', value: c };
    if (count !== 1) return { kind: 'linear', row: into.linear.add(jacobian, i, least, most) };
    const a = (factor > 0 ? least : most) / factor;
    const b = (factor > 0 ? most : least) / factor;
    // Zero has no sign in a bound.
    if (a > into.lower[place]!) into.lower[place] = a + 0;
    if (b < into.upper[place]!) into.upper[place] = b + 0;
    return { kind: 'bound', place, factor, lower: a, upper: b };
  };
  const fates: Fate[] = [];
  for (let i = 0; i < constant.data.length; i++) fates.push(fateOf(constant.data[i]!, i));
  return fates;
}
