// The smooth problem with numbers in it: the numeric problem that methods read, and where its rows came from.

import { csrFromCoordinates } from '../../base/csr.ts';
import { must } from '../../base/internal.ts';
import { once } from '../../base/once.ts';
import { type Expr, type VariableNode, contract, currentContext, inContext, variable } from '../../ir/expr.ts';
import { isZero } from '../../ir/rational.ts';
import { squaresIn, weighted } from './squares.ts';
import { dependents, variables as variablesOf } from '../../ir/walk.ts';
import { readable } from '../../simplify/pipelines.ts';
import type { Relation } from '../../lang/model.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { type Evaluate, type Evaluator, type Known, evaluator, keptOnce, valuesAt } from '../evaluate.ts';
import { type Matrix, type SparseMatrix, denseMatrix, eachEntry } from '../matrix.ts';
import type { Cone, LinearRows, NonlinearRows, NormRows, Objective, ObjectiveClass, Problem, Residuals, SampledRows } from '../problem.ts';
import { type Blocks, derivative, directionOf, dependsOn, gradientsOf, hasJumps, hessianProducts } from './derivatives.ts';
import { approximationOf } from './approximation.ts';
import { type CoordinateForm, coordinateForm, coordinatesOf } from './coordinates.ts';
import { type Block, type Layout, gather, layoutOf, numbersOf, placeIn, unpack } from './layout.ts';
import { isPolynomial } from '../polynomial.ts';
import { type Places, patternOf, placesOf } from './pattern.ts';
import { type ScaledForm, scaledForm, scaledMatrix } from './scaled.ts';
import type { Row, Smooth } from './reformulate.ts';

/** What became of a row of the smooth problem, entry by entry. */
export type Fate =
  /** `factor` times z[place], plus a constant, compared with zero: bounds of z[place]. */
  | { readonly kind: 'bound'; readonly place: number; readonly factor: number; readonly lower: number; readonly upper: number }
  | { readonly kind: 'linear'; readonly row: number }
  | { readonly kind: 'nonlinear'; readonly row: number }
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

/** The symbolic side of assembling, which does not change with the numbers. */
export interface Derived {
  readonly smooth: Smooth;
  readonly gradient: readonly Expr[];
  /** Hessian blocks of the objective, [k][l] for l ≤ k; absent where they are zero. Made when they are first asked for. */
  readonly hessian: () => Blocks;
  readonly products: () => readonly Expr[];
  readonly class: ObjectiveClass;
  /** Of a quadratic objective without constraints but bounds. */
  readonly coordinates?: CoordinateForm;
  /** Of a quadratic objective of one vector. */
  readonly scaled?: ScaledForm;
  /** The objective as a weighted sum of squares, where it is one and not quadratic. */
  readonly squares?: Squares;
  readonly rows: readonly DerivedRow[];
  /** Of what the norms are of. */
  readonly norms: readonly DerivedRow[];
}

export interface Squares {
  readonly residuals: readonly Expr[];
  /** What stands beside the squares, without variables. */
  readonly constants: readonly Expr[];
  /** Of each residual, by variable; absent where it does not depend on it. */
  readonly jacobians: readonly (readonly (Expr | undefined)[])[];
}

export interface DerivedRow {
  readonly affine: boolean;
  /** By variable; absent where the row does not depend on it. */
  readonly jacobian: readonly (Expr | undefined)[];
  /** Of the sum of entries times `multiplier`, as for the objective; empty for affine rows. */
  readonly hessian: () => Blocks;
  readonly products: () => readonly Expr[];
  readonly multiplier: VariableNode;
}

export function derive(smooth: Smooth): Derived {
  const by = smooth.variables;
  const first = gradientsOf(smooth.objective, by);
  const second = later(() => hessianBlocks(first, by));
  // The second derivative of other functions is not constant; many methods never ask for it.
  const isEven = first.every((g) => isPolynomial([...dependents(g, new Set<Expr>(by))])) && !hasJumps(smooth.objective, by);
  // Where nothing is curved, all that moves cancels.
  const gradient = !isEven || second().flat().some((h) => h !== undefined) ? first : first.map((g) => readable(g));
  const isLinear = isEven && gradient.every((g) => !dependsOn(g, by));
  const isQuadratic = isEven && second().flat().every((h) => h === undefined || !dependsOn(h, by));
  const squares = isLinear || isQuadratic ? undefined : squaresOf(smooth.written, by);
  const rows = smooth.rows.map((row, k) => derivedRow(row, k, by));
  const [[only] = []] = isQuadratic ? second() : [];
  const scaled = by.length === 1 && only?.shape.length === 2 ? scaledForm(only) : undefined;
  const coordinates = isQuadratic && !isLinear && rows.every((r) => r.affine) ? coordinateForm(smooth, second()) : undefined;
  return {
    smooth,
    gradient,
    hessian: second,
    products: later(() => (isLinear ? [] : hessianProducts(gradient, by))),
    class: isLinear ? 'linear' : isQuadratic ? 'quadratic' : squares ? 'least-squares' : 'smooth',
    ...(coordinates && { coordinates }),
    ...(scaled && { scaled }),
    ...(squares && { squares }),
    rows,
    norms: smooth.norms.map(({ of }, k) => derivedRow({ expr: of, relation: '==' }, rows.length + k, by)),
  };
}

/** f = Σ weight |r|² + constant with weights that are not negative; each is taken into its residual. */
function squaresOf(objective: Expr, by: readonly VariableNode[]): Squares | undefined {
  const { squares, constants, isAll } = squaresIn(objective, by);
  const residuals = squares.map(weighted).filter((r) => r !== undefined);
  if (!isAll || residuals.length === 0 || residuals.length < squares.length) return undefined;
  const jacobians = residuals.map((r) => by.map((v) => (variablesOf([r]).includes(v) ? nonZero(derivative(r, v)) : undefined)));
  return { residuals, jacobians, constants };
}

function derivedRow({ expr }: Row, k: number, by: readonly VariableNode[]): DerivedRow {
  const multiplier = variable(`#multiplier ${k}`, expr.shape);
  const jacobian = by.map((v) => (variablesOf([expr]).includes(v) ? nonZero(derivative(expr, v)) : undefined));
  const affine = !hasJumps(expr, by) && jacobian.every((j) => j === undefined || !dependsOn(j, by));
  if (affine) return { affine, jacobian, hessian: () => [], products: () => [], multiplier };
  const labels = expr.shape.map((_, i) => i);
  const gradient = gradientsOf(contract([multiplier, expr], [labels, labels], []), by);
  return { affine, jacobian, hessian: later(() => hessianBlocks(gradient, by)), products: later(() => hessianProducts(gradient, by)), multiplier };
}

/** Graphs of this context that are made when they are first asked for. */
function later<T>(make: () => T): () => T {
  const context = currentContext();
  return once(() => inContext(context, make));
}

/** ∂gradient[k]/∂by[l] for l ≤ k. */
function hessianBlocks(gradient: readonly Expr[], by: readonly VariableNode[]): Blocks {
  return gradient.map((g, k) => by.slice(0, k + 1).map((v) => (variablesOf([g]).includes(v) ? nonZero(derivative(g, v)) : undefined)));
}

function nonZero(e: Expr): Expr | undefined {
  return e.kind === 'number' && isZero(e.value) ? undefined : e;
}

// Largest number of stored entries of a Hessian or Jacobian; beyond it only products are offered.
const mostEntries = 6e6;

export interface AssembleOptions {
  readonly start: Float64Array;
  readonly startGiven: boolean;
  readonly convex: boolean;
}

/** The numeric problem. `start` is computed by the caller from the layout. */
export function assemble(derived: Derived, known: Known, options: (layout: Layout) => AssembleOptions): Assembled {
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
  const objective = objectiveOf(derived, builder, layout);
  const rows = linear.finish();
  const nonlinear = curvedCount > 0 ? nonlinearOf(curved, curvedCount, builder, layout) : undefined;
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
    ...(smooth.norms.length > 0 && { norms: normRows(derived, builder, layout) }),
    ...(smooth.cones.size > 0 && { cones: layout.blocks.flatMap((b) => coneOf(b, smooth.cones)) }),
    convex,
  };
  return { problem, layout, fates, affineRows: derived.rows.map((r) => r.affine) };
}

function coneOf({ node, shape, places }: Block, cones: ReadonlyMap<string, 1 | -1>): Cone[] {
  const sign = cones.get(node.name);
  return sign === undefined ? [] : [{ order: must(shape[0]), places: must(places, 'places of a symmetric matrix'), sign }];
}

/** Each cone: the helper, and then what the norm is of. */
function normRows({ smooth, norms }: Derived, builder: Builder, layout: Layout): NormRows {
  const zero = unpack(layout, new Float64Array(layout.dim));
  const [rows, cols, values, offset, starts]: [number[], number[], number[], number[], number[]] = [[], [], [], [], [0]];
  smooth.norms.forEach(({ helper, of }, k) => {
    const first = offset.push(0);
    rows.push(first - 1);
    cols.push(must(layout.blocks.find((b) => b.node === helper)).offset);
    values.push(1);
    const { data } = must(builder.evaluate([of])(zero)[0]);
    const jacobian = builder.constantJacobian(must(norms[k]).jacobian, of.shape.length, data.length);
    eachEntry(jacobian, (i, j, value) => {
      rows.push(first + i);
      cols.push(j);
      values.push(value);
    });
    for (const value of data) offset.push(value);
    starts.push(offset.length);
  });
  const matrix = compact(fromCoordinates(offset.length, layout.dim, rows, cols, values));
  return { matrix, offset: Float64Array.from(offset), starts: Int32Array.from(starts) };
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

/** Entries at one place are added. */
function fromCoordinates(rows: number, cols: number, rowOf: ArrayLike<number>, colOf: ArrayLike<number>, entries: ArrayLike<number>): SparseMatrix {
  const { indptr, indices, values } = csrFromCoordinates(rows, cols, rowOf, colOf, entries);
  return { kind: 'sparse', rows, cols, starts: indptr, indices, values };
}

/** Dense where that takes less room. */
function compact(A: SparseMatrix): Matrix {
  if (A.values.length * 3 < A.rows * A.cols || A.rows * A.cols > 2 * mostEntries) return A;
  const dense = denseMatrix(A.rows, A.cols);
  for (let i = 0; i < A.rows; i++) for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) dense.data[i * A.cols + A.indices[at]!] = A.values[at]!;
  return dense;
}

/** Rows of one entry are bounds. */
function linearFates(
  jacobian: SparseMatrix,
  constant: Dense,
  relation: Relation,
  into: { lower: Float64Array; upper: Float64Array; linear: LinearCollector },
): Fate[] {
  return Array.from(constant.data, (c, i): Fate => {
    let [count, place, factor] = [0, -1, 0];
    for (let at = jacobian.starts[i]!; at < jacobian.starts[i + 1]!; at++) {
      if (jacobian.values[at] === 0) continue;
      count++;
      [place, factor] = [jacobian.indices[at]!, jacobian.values[at]!];
    }
    const level = 0 - c;
    const least = relation === '<=' ? -Infinity : level;
    const most = relation === '>=' ? Infinity : level;
    // A row without entries stays if it is broken: it proves that nothing is feasible.
    if (count === 0 && least <= 0 && most >= 0) return { kind: 'constant', value: c };
    if (count !== 1) return { kind: 'linear', row: into.linear.add(jacobian, i, least, most) };
    const [a, b] = factor > 0 ? [least / factor, most / factor] : [most / factor, least / factor];
    // Zero has no sign in a bound.
    if (a > into.lower[place]!) into.lower[place] = a + 0;
    if (b < into.upper[place]!) into.upper[place] = b + 0;
    return { kind: 'bound', place, factor, lower: a, upper: b };
  });
}

interface Builder {
  readonly known: Known;
  /** A Jacobian of parameters alone. */
  readonly constantJacobian: (parts: readonly (Expr | undefined)[], rowAxes: number, count: number) => SparseMatrix;
  /** A matrix of `rows` rows, one column for each variable; undefined where it would be too large. */
  readonly matrix: (parts: readonly Part[], rows: number, form: Form, more?: readonly VariableNode[]) => ((values: ReadonlyMap<string, Dense>) => Matrix) | undefined;
  readonly evaluate: (roots: readonly Expr[], more?: readonly VariableNode[]) => Evaluator;
}

/** Of a symmetric matrix a sparse one stores the lower triangle. */
type Form = 'general' | 'symmetric';

interface Part {
  readonly expr: Expr;
  readonly rowAxes: number;
  /** Row and column of an entry in the matrix; -1 leaves it out. */
  readonly row: (entry: number) => number;
  readonly col: (entry: number) => number;
  /** Symmetric parts off the diagonal blocks stand for both sides. */
  readonly lowerOnly: boolean;
}

function newBuilder(layout: Layout, known: Known): Builder {
  const by = layout.blocks.map((b) => b.node);
  const context = currentContext();
  const evaluate: Builder['evaluate'] = (roots, more = []) => evaluator(roots, [...by, ...more], known);
  const located = (parts: readonly Part[]): { cores: Expr[]; places: (Places & { part: Part })[] } => {
    const cores: Expr[] = [];
    const places: (Places & { part: Part })[] = [];
    for (const part of parts) {
      const shape = numbersOf(part.expr.shape, known.sizes);
      for (const term of patternOf(part.expr)) {
        cores.push(term.core);
        places.push({ ...placesOf(term.axes, numbersOf(term.core.shape, known.sizes), shape, part.rowAxes), part });
      }
    }
    return { cores, places };
  };
  return {
    known,
    evaluate,
    constantJacobian: (list, rowAxes, count) => {
      const [only] = list;
      // One block that is not spread: its entries are those of the matrix, in their order.
      if (only && layout.blocks.length === 1 && !must(layout.blocks[0]).places && isUntied(only)) return ofRows(count, layout.dim, must(evaluator([only], by, known)(new Map())[0]).data);
      const parts = list.flatMap((expr, k): Part[] => (expr ? [{ expr, rowAxes, row: (i) => i, col: (j) => placeIn(must(layout.blocks[k]), j), lowerOnly: false }] : []));
      const { cores, places } = located(parts);
      const values = evaluator(cores, by, known)(new Map());
      const most = values.reduce((sum, v) => sum + v.data.length, 0);
      const [rowOf, colOf, entries] = [new Int32Array(most), new Int32Array(most), new Float64Array(most)];
      let used = 0;
      places.forEach(({ row, col, part }, t) => {
        const { data } = must(values[t]);
        for (let e = 0; e < data.length; e++) {
          const j = part.col(col[e]!);
          if (data[e] === 0 || j < 0) continue;
          [rowOf[used], colOf[used], entries[used]] = [part.row(row[e]!), j, data[e]!];
          used++;
        }
      });
      return fromCoordinates(count, layout.dim, rowOf.subarray(0, used), colOf.subarray(0, used), entries.subarray(0, used));
    },
    matrix: (parts, rows, form, more) => {
      const cols = layout.dim;
      const cores = parts.flatMap((p) => patternOf(p.expr).map((t) => t.core));
      const total = cores.reduce((sum, core) => sum + numbersOf(core.shape, known.sizes).reduce((a, b) => a * b, 1), 0);
      if (total > mostEntries) return undefined;
      const run = evaluate(cores, more);
      const isDense = rows * cols <= 2 * total || rows * cols <= 2500;
      const [whole] = cores;
      const isWhole = whole && cores.length === 1 && total === rows * cols && whole.shape.length === must(parts[0]).expr.shape.length;
      // One block that is not spread: its entries are those of the matrix, in their order.
      if (isWhole && layout.blocks.length === 1 && !must(layout.blocks[0]).places) return (values) => denseMatrix(rows, cols, must(run(values)[0]).data);
      const fill = keptOnce(known, `${form} matrix of ${rows} from ${parts.map((p) => `${p.row(0)} ${p.col(0)}`).join()}`, parts.map((p) => p.expr), () => {
        let made: ((cores: readonly Dense[]) => Matrix) | undefined;
        return (values: readonly Dense[]): Matrix => {
          made ??= inContext(context, filled);
          return made(values);
        };
      });
      const filled = (): ((values: readonly Dense[]) => Matrix) => {
        const targets = located(parts).places.map(({ row, col, part, count }): Target => {
          const [r, c] = [new Int32Array(count), new Int32Array(count)];
          for (let e = 0; e < count; e++) [r[e], c[e]] = [part.row(row[e]!), part.col(col[e]!)];
          return { r, c, symmetric: part.lowerOnly };
        });
        return isDense ? denseFill(targets, rows, cols) : sparseFill(targets, [rows, cols], form);
      };
      return (values) => fill(run(values));
    },
  };
}

/** Whether no unit tensor stands in it. */
function isUntied(e: Expr): boolean {
  const [term, ...more] = patternOf(e);
  return term !== undefined && more.length === 0 && term.core.shape.length === e.shape.length;
}

function ofRows(rows: number, cols: number, data: Float64Array): SparseMatrix {
  const starts = new Int32Array(rows + 1);
  const [indices, values] = [new Int32Array(data.length), new Float64Array(data.length)];
  let used = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const value = data[i * cols + j]!;
      if (value === 0) continue;
      indices[used] = j;
      values[used++] = value;
    }
    starts[i + 1] = used;
  }
  return { kind: 'sparse', rows, cols, starts, indices: indices.subarray(0, used), values: values.subarray(0, used) };
}

interface Target {
  readonly r: Int32Array;
  readonly c: Int32Array;
  /** Block below the diagonal of a symmetric matrix, of which the other side is not given. */
  readonly symmetric: boolean;
}

function denseFill(targets: readonly Target[], rows: number, cols: number): (cores: readonly Dense[]) => Matrix {
  return (cores) => {
    const result = denseMatrix(rows, cols);
    targets.forEach(({ r, c, symmetric }, t) => {
      const { data } = must(cores[t]);
      for (let e = 0; e < data.length; e++) {
        if (r[e]! < 0 || c[e]! < 0) continue;
        result.data[r[e]! * cols + c[e]!]! += data[e]!;
        if (symmetric) result.data[c[e]! * cols + r[e]!]! += data[e]!;
      }
    });
    return result;
  };
}

/** Compressed rows with a fixed pattern. */
function sparseFill(targets: readonly Target[], [rows, cols]: readonly [number, number], form: Form): (cores: readonly Dense[]) => Matrix {
  const slots: Int32Array[] = [];
  const index = new Map<number, number>();
  const keys: number[] = [];
  for (const { r, c, symmetric } of targets) {
    const slot = new Int32Array(r.length).fill(-1);
    for (let e = 0; e < r.length; e++) {
      if (r[e]! < 0 || c[e]! < 0) continue;
      const [i, j] = symmetric && c[e]! > r[e]! ? [c[e]!, r[e]!] : [r[e]!, c[e]!];
      if (form === 'symmetric' && j > i) continue;
      const key = i * cols + j;
      let at = index.get(key);
      if (at === undefined) {
        at = keys.length;
        index.set(key, at);
        keys.push(key);
      }
      slot[e] = at;
    }
    slots.push(slot);
  }
  const order = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]!);
  const position = new Int32Array(keys.length);
  order.forEach((k, at) => (position[k] = at));
  const starts = new Int32Array(rows + 1);
  const indices = new Int32Array(keys.length);
  order.forEach((k, at) => {
    const key = keys[k]!;
    indices[at] = key % cols;
    starts[Math.floor(key / cols) + 1]!++;
  });
  for (let i = 0; i < rows; i++) starts[i + 1]! += starts[i]!;
  return (cores) => {
    const data = new Float64Array(keys.length);
    slots.forEach((slot, t) => {
      const core = must(cores[t]).data;
      for (let e = 0; e < core.length; e++) if (slot[e]! >= 0) data[position[slot[e]!]!]! += core[e]!;
    });
    return { kind: 'sparse', rows, cols, starts, indices, values: data };
  };
}

function symmetricParts(blocks: Blocks, layout: Layout): Part[] {
  return blocks.flatMap((list, k) =>
    list.flatMap((expr, l): Part[] => {
      const [rowBlock, colBlock] = [must(layout.blocks[k]), must(layout.blocks[l])];
      return expr ? [{ expr, rowAxes: rowBlock.shape.length, row: (i) => placeIn(rowBlock, i), col: (j) => placeIn(colBlock, j), lowerOnly: l < k }] : [];
    }),
  );
}

function directions(layout: Layout): VariableNode[] {
  return layout.blocks.map((b) => directionOf(b.node));
}

function along(layout: Layout, v: Float64Array): [string, Dense][] {
  return [...unpack(layout, v, '#along ')];
}

function objectiveOf(derived: Derived, builder: Builder, layout: Layout): Objective {
  const { objective } = derived.smooth;
  const value = builder.evaluate([objective]);
  const both = builder.evaluate([objective, ...derived.gradient]);
  const isCurved = derived.class !== 'linear';
  const hessian = later(() => (isCurved ? hessianOf(derived, builder, layout) : undefined));
  const products = later(() => builder.evaluate(derived.products(), directions(layout)));
  const residuals = derived.squares && residualsOf(derived.squares, builder, layout);
  const coordinates = derived.coordinates && coordinatesOf(derived.coordinates, layout, builder.known);
  const approximation = later(() => (isCurved && !coordinates ? approximationOf(derived.hessian, layout, builder.known) : undefined));
  const scaled = isCurved && derived.scaled && !layout.blocks.some((b) => b.places) ? scaledMatrix(derived.scaled, builder.known) : undefined;
  const remembered = memory();
  const take = (values: ReturnType<Evaluate>, out: Float64Array): number => {
    const [f, ...g] = values;
    out.fill(0);
    layout.blocks.forEach((b, k) => gather(b, must(g[k]).data, out));
    return must(f).data[0]!;
  };
  const sampled = once((): SampledRows | undefined => {
    const found = both.sampled();
    return found && { rows: found.rows, from: (stretches) => ((evaluate) => (z, out) => take(evaluate(unpack(layout, z)), out))(found.from(stretches)) };
  });
  return {
    get sampled() {
      return sampled();
    },
    ...(residuals && { residuals }),
    ...(coordinates && { coordinates }),
    ...(scaled && { scaled }),
    get approximation() {
      return approximation();
    },
    get hessian() {
      return hessian();
    },
    class: (derived.class === 'quadratic' && !keptOnce(builder.known, 'whether a second derivative is stored', derived.gradient, () => hessian() !== undefined)) || (derived.class === 'least-squares' && !residuals) ? 'smooth' : derived.class,
    value: (z) => remembered.at(z)?.f ?? must(value(unpack(layout, z))[0]).data[0]!,
    gradient: (z, out) => {
      const known = remembered.at(z);
      if (known) {
        out.set(known.g);
        return known.f;
      }
      const f = take(both(unpack(layout, z)), out);
      remembered.keep({ z: z.slice(), f, g: out.slice() });
      return f;
    },
    ...(isCurved && {
      hessianProduct: (z: Float64Array, v: Float64Array, out: Float64Array) => {
        const parts = products()(new Map([...unpack(layout, z), ...along(layout, v)]));
        out.fill(0);
        layout.blocks.forEach((b, k) => gather(b, must(parts[k]).data, out));
      },
    }),
  };
}

/** Undefined where it would be too large. */
function hessianOf(derived: Derived, builder: Builder, layout: Layout): ((z: Float64Array) => Matrix) | undefined {
  const at = builder.matrix(symmetricParts(derived.hessian(), layout), layout.dim, 'symmetric');
  if (!at || derived.class !== 'quadratic') return at && ((z) => at(unpack(layout, z)));
  let constant: Matrix | undefined;
  return (z) => (constant ??= at(unpack(layout, z)));
}

interface Evaluated {
  readonly z: Float64Array;
  readonly f: number;
  readonly g: Float64Array;
}

/** The first point and the two latest, at which several ask. */
function memory(): { readonly at: (z: Float64Array) => Evaluated | undefined; readonly keep: (point: Evaluated) => void } {
  let [first, before, last]: (Evaluated | undefined)[] = [];
  return {
    at: (z) => [last, before, first].find((point) => point !== undefined && isSame(point.z, z)),
    keep: (point) => {
      first ??= point;
      before = last;
      last = point;
    },
  };
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  for (let j = 0; j < a.length; j++) if (!Object.is(a[j], b[j])) return false;
  return true;
}

function residualsOf({ residuals, jacobians, constants }: Squares, builder: Builder, layout: Layout): Residuals | undefined {
  const counts = residuals.map((r) => numbersOf(r.shape, builder.known.sizes).reduce((a, b) => a * b, 1));
  const first = counts.map((_, k) => counts.slice(0, k).reduce((a, b) => a + b, 0));
  const count = counts.reduce((a, b) => a + b, 0);
  const parts = jacobians.flatMap((list, r) =>
    list.flatMap((expr, k): Part[] =>
      expr ? [{ expr, rowAxes: must(residuals[r]).shape.length, row: (i) => must(first[r]) + i, col: (j) => placeIn(must(layout.blocks[k]), j), lowerOnly: false }] : [],
    ),
  );
  const jacobian = builder.matrix(parts, count, 'general');
  if (!jacobian) return undefined;
  const value = builder.evaluate(residuals);
  const offsets = valuesAt(constants, new Map(), builder.known);
  return {
    count,
    weight: 1,
    offset: offsets.reduce((total, c) => total + c.data[0]!, 0),
    value: (z, out) => value(unpack(layout, z)).forEach(({ data }, k) => out.set(data, must(first[k]))),
    jacobian: (z) => jacobian(unpack(layout, z)),
  };
}

function nonlinearOf(
  curved: readonly { row: Row; derived: DerivedRow; first: number; count: number }[],
  count: number,
  builder: Builder,
  layout: Layout,
): NonlinearRows {
  const value = builder.evaluate(curved.map((c) => c.row.expr));
  const parts = curved.flatMap(({ row, derived, first }) =>
    derived.jacobian.flatMap((expr, k): Part[] =>
      expr ? [{ expr, rowAxes: row.expr.shape.length, row: (i) => first + i, col: (j) => placeIn(must(layout.blocks[k]), j), lowerOnly: false }] : [],
    ),
  );
  const multipliers = curved.map((c) => c.derived.multiplier);
  const jacobian = must(builder.matrix(parts, count, 'general'), 'a Jacobian of this size');
  const hessian = builder.matrix(curved.flatMap((c) => symmetricParts(c.derived.hessian(), layout)), layout.dim, 'symmetric', multipliers);
  const products = builder.evaluate(curved.flatMap((c) => c.derived.products()), [...multipliers, ...directions(layout)]);
  const weights = (y: Float64Array): [string, Dense][] =>
    curved.map(({ row, derived, first, count: n }) => [derived.multiplier.name, { shape: numbersOf(row.expr.shape, builder.known.sizes), data: y.subarray(first, first + n) }]);
  return {
    count,
    lower: Float64Array.from(curved.flatMap(({ row, count: n }) => Array<number>(n).fill(row.relation === '<=' ? -Infinity : 0))),
    upper: Float64Array.from(curved.flatMap(({ row, count: n }) => Array<number>(n).fill(row.relation === '>=' ? Infinity : 0))),
    value: (z, out) => {
      value(unpack(layout, z)).forEach(({ data }, k) => out.set(data, must(curved[k]).first));
    },
    jacobian: (z) => jacobian(unpack(layout, z)),
    ...(hessian && { hessian: (z: Float64Array, y: Float64Array) => hessian(new Map([...unpack(layout, z), ...weights(y)])) }),
    hessianProduct: (z, y, v, out) => {
      const parts2 = products(new Map([...unpack(layout, z), ...weights(y), ...along(layout, v)]));
      out.fill(0);
      parts2.forEach(({ data }, k) => gather(must(layout.blocks[k % layout.blocks.length]), data, out));
    },
  };
}
