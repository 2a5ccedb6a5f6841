// Matrices of the numeric problem, filled from the entries of expressions: dense, or by compressed rows with a fixed pattern.

import { csrFromCoordinates } from '../../base/csr.ts';
import { must } from '../../base/internal.ts';
import { type Expr, type VariableNode, currentContext, inContext } from '../../ir/expr.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { type Evaluator, type Known, evaluator, keptOnce, keptWhile } from '../evaluate.ts';
import { type Matrix, type SparseMatrix, denseMatrix } from '../matrix.ts';
import type { Blocks } from './derivatives.ts';
import { type Block, type Layout, numbersOf, placeIn } from './layout.ts';
import { type PatternTerm, type Places, patternOf, placesOf, stridesOf } from './pattern.ts';
import { type SparseEntries, sparseEntries } from './sparse-cores.ts';

// Largest number of stored entries of a Hessian or Jacobian; beyond it only products are offered.
const mostEntries = 6e6;

export interface Builder {
  readonly known: Known;
  /** A Jacobian of parameters alone. */
  readonly constantJacobian: (parts: readonly (Expr | undefined)[], rowAxes: number, count: number) => SparseMatrix;
  /** A matrix of `rows` rows, one column for each variable; undefined where it would be too large. */
  readonly matrix: (parts: readonly Part[], rows: number, form: Form, more?: readonly VariableNode[]) => ((values: ReadonlyMap<string, Dense>) => Matrix) | undefined;
  readonly evaluate: (roots: readonly Expr[], more?: readonly VariableNode[]) => Evaluator;
}

/** Of a symmetric matrix a sparse one stores the lower triangle. */
type Form = 'general' | 'symmetric';

export interface Part {
  readonly expr: Expr;
  readonly rowAxes: number;
  /** Row and column of an entry in the matrix; -1 leaves it out. */
  readonly row: (entry: number) => number;
  readonly col: (entry: number) => number;
  /** Symmetric parts off the diagonal blocks stand for both sides. */
  readonly lowerOnly: boolean;
}

/** The parts of a symmetric matrix, from blocks by two variables each. */
export function symmetricParts(blocks: Blocks, layout: Layout): Part[] {
  return blocks.flatMap((list, k) =>
    list.flatMap((expr, l): Part[] => {
      const [rowBlock, colBlock] = [must(layout.blocks[k]), must(layout.blocks[l])];
      return expr ? [{ expr, rowAxes: rowBlock.shape.length, row: (i) => placeIn(rowBlock, i), col: (j) => placeIn(colBlock, j), lowerOnly: l < k }] : [];
    }),
  );
}

export function newBuilder(layout: Layout, known: Known): Builder {
  const by = layout.blocks.map((b) => b.node);
  const context = currentContext();
  const evaluate: Builder['evaluate'] = (roots, more = []) => evaluator(roots, [...by, ...more], known);
  const placed = (part: Part, { core, axes }: PatternTerm): Places => placesOf(axes, numbersOf(core.shape, known.sizes), numbersOf(part.expr.shape, known.sizes), part.rowAxes);
  const placedFew = (part: Part, { axes }: PatternTerm, { row, col }: SparseEntries): Pick<Places, 'row' | 'col'> => {
    const { row: down, col: right } = stridesOf(axes, 2, numbersOf(part.expr.shape, known.sizes), part.rowAxes);
    const at = ([a = 0, b = 0]: readonly number[]): Int32Array => row.map((r, e) => a * r + b * col[e]!);
    return { row: at(down), col: at(right) };
  };
  return {
    known,
    evaluate,
    constantJacobian: (list, rowAxes, count) => {
      const parts = list.flatMap((expr, k): (Part & { readonly block: Block })[] => (expr ? [{ expr, rowAxes, block: must(layout.blocks[k]), row: (i) => i, col: (j) => placeIn(must(layout.blocks[k]), j), lowerOnly: false }] : []));
      const pieces = parts.flatMap((part) => patternOf(part.expr).map((term) => ({ part, term, sparse: sparseEntries(term.core, known) })));
      // Of blocks of one term that are not spread the entries are those of the matrix, in their order.
      if (new Set(pieces.map(({ part }) => part)).size === pieces.length && pieces.every(({ part, sparse }) => !sparse && !part.block.places)) {
        const blocks = evaluator(pieces.map(({ term }) => term.core), by, known)(new Map());
        const sides = pieces.map(({ part: { expr, block }, term: { axes, core } }, k): Columns => {
          const isUntied = axes.length === core.shape.length;
          return { data: must(blocks[k]).data, first: block.offset, width: block.size, ...(!isUntied && { at: placesOf(axes, numbersOf(core.shape, known.sizes), numbersOf(expr.shape, known.sizes), rowAxes) }) };
        });
        if (sides.every(({ at }) => !at || isByRows(at))) return ofRows(count, layout.dim, sides);
      }
      const full = pieces.filter(({ sparse }) => !sparse);
      const few = pieces.flatMap(({ part, term, sparse }) => sparse?.map((own) => ({ part, term, own })) ?? []);
      const values = evaluator(full.map(({ term }) => term.core), by, known)(new Map());
      const most = values.reduce((sum, v) => sum + v.data.length, 0) + few.reduce((sum, { own }) => sum + own.values.length, 0);
      const [rowOf, colOf, entries] = [new Int32Array(most), new Int32Array(most), new Float64Array(most)];
      let used = 0;
      const put = ({ row, col }: Part, r: number, c: number, value: number): void => {
        const j = col(c);
        if (value === 0 || j < 0) return;
        rowOf[used] = row(r);
        colOf[used] = j;
        entries[used++] = value;
      };
      full.forEach(({ part, term }, t) => {
        const { data } = must(values[t]);
        const { row, col } = placed(part, term);
        for (let e = 0; e < data.length; e++) put(part, row[e]!, col[e]!, data[e]!);
      });
      for (const { part, term, own } of few) {
        const { row, col } = placedFew(part, term, own);
        own.values.forEach((value, e) => put(part, row[e]!, col[e]!, value));
      }
      return fromCoordinates(count, layout.dim, rowOf.subarray(0, used), colOf.subarray(0, used), entries.subarray(0, used));
    },
    matrix: (parts, rows, form, more) => {
      const cols = layout.dim;
      const pieces = parts.flatMap((part) => patternOf(part.expr).map((term) => ({ part, term, sparse: sparseEntries(term.core, known) })));
      const cores = pieces.flatMap(({ term, sparse }) => (sparse ? [] : [term.core]));
      const few = pieces.flatMap(({ part, term, sparse }) => sparse?.map((own) => ({ part, term, own })) ?? []);
      const total = cores.reduce((sum, core) => sum + numbersOf(core.shape, known.sizes).reduce((a, b) => a * b, 1), 0) + few.reduce((sum, { own }) => sum + own.values.length, 0);
      if (total > mostEntries) return undefined;
      const run = evaluate(cores, more);
      const isDense = rows * cols <= 2 * total || rows * cols <= 2500;
      const [whole] = cores;
      const isWhole = whole && pieces.length === 1 && total === rows * cols && whole.shape.length === must(parts[0]).expr.shape.length;
      // One block that is not spread: its entries are those of the matrix, in their order.
      if (isWhole && layout.blocks.length === 1 && !must(layout.blocks[0]).places) return (values) => denseMatrix(rows, cols, must(run(values)[0]).data);
      // Where sparse data change, so does the pattern.
      const keep = few.length > 0 ? keptWhile : keptOnce;
      const fill = keep(known, `${form} matrix of ${rows} from ${parts.map((p) => `${p.row(0)} ${p.col(0)}`).join()}`, parts.map((p) => p.expr), () => {
        let made: ((cores: readonly ArrayLike<number>[]) => Matrix) | undefined;
        return (values: readonly Dense[]): Matrix => {
          made ??= inContext(context, filled);
          return made([...values.map(({ data }) => data), ...few.map(({ own }) => own.values)]);
        };
      });
      const filled = (): ((cores: readonly ArrayLike<number>[]) => Matrix) => {
        const full = pieces.flatMap(({ part, term, sparse }) => (sparse ? [] : [{ part, ...placed(part, term) }]));
        const targets = [...full, ...few.map(({ part, term, own }) => ({ part, ...placedFew(part, term, own) }))].map(({ row, col, part }): Target => {
          const [r, c] = [new Int32Array(row.length), new Int32Array(row.length)];
          for (let e = 0; e < row.length; e++) [r[e], c[e]] = [part.row(row[e]!), part.col(col[e]!)];
          return { r, c, symmetric: part.lowerOnly };
        });
        return isDense ? denseFill(targets, rows, cols) : sparseFill(targets, [rows, cols], form);
      };
      return (values) => fill(run(values));
    },
  };
}

/** Whether entries come row by row, each row from left to right. */
function isByRows({ row, col }: Places): boolean {
  for (let e = 1; e < row.length; e++) if (row[e]! < row[e - 1]! || (row[e] === row[e - 1] && col[e]! <= col[e - 1]!)) return false;
  return true;
}

interface Columns {
  /** [rows, width], or entries at places. */
  readonly data: Float64Array;
  readonly first: number;
  readonly width: number;
  /** Row by row. */
  readonly at?: Places;
}

/** Side by side, in order. */
function ofRows(rows: number, cols: number, blocks: readonly Columns[]): SparseMatrix {
  const most = blocks.reduce((sum, { data }) => sum + data.length, 0);
  const starts = new Int32Array(rows + 1);
  const [indices, values] = [new Int32Array(most), new Float64Array(most)];
  const next = blocks.map(() => 0);
  let used = 0;
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < blocks.length; k++) {
      const { data, first, width, at } = blocks[k]!;
      let e = next[k]!;
      const from = e;
      const end = at ? data.length : from + width;
      for (; e < end; e++) {
        if (at && at.row[e] !== i) break;
        const value = data[e]!;
        if (value === 0) continue;
        indices[used] = first + (at ? at.col[e]! : e - from);
        values[used++] = value;
      }
      next[k] = e;
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

function denseFill(targets: readonly Target[], rows: number, cols: number): (cores: readonly ArrayLike<number>[]) => Matrix {
  return (cores) => {
    const result = denseMatrix(rows, cols);
    targets.forEach(({ r, c, symmetric }, t) => {
      const data = must(cores[t]);
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
function sparseFill(targets: readonly Target[], [rows, cols]: readonly [number, number], form: Form): (cores: readonly ArrayLike<number>[]) => Matrix {
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
      const core = must(cores[t]);
      for (let e = 0; e < core.length; e++) if (slot[e]! >= 0) data[position[slot[e]!]!]! += core[e]!;
    });
    return { kind: 'sparse', rows, cols, starts, indices, values: data };
  };
}

/** Entries at one place are added. */
export function fromCoordinates(rows: number, cols: number, rowOf: ArrayLike<number>, colOf: ArrayLike<number>, entries: ArrayLike<number>): SparseMatrix {
  const { indptr, indices, values } = csrFromCoordinates(rows, cols, rowOf, colOf, entries);
  return { kind: 'sparse', rows, cols, starts: indptr, indices, values };
}

/** Dense where that takes less room. */
export function compact(A: SparseMatrix): Matrix {
  if (A.values.length * 3 < A.rows * A.cols || A.rows * A.cols > 2 * mostEntries) return A;
  const dense = denseMatrix(A.rows, A.cols);
  for (let i = 0; i < A.rows; i++) for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) dense.data[i * A.cols + A.indices[at]!] = A.values[at]!;
  return dense;
}
