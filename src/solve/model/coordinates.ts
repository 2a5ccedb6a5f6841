// A quadratic objective by coordinates: which variables are the two parts of one, and its second derivative as products
// A'diag(w)A of a matrix with itself, of which a method asks for few columns, besides diagonals and small arrays.

import { must } from '../../base/internal.ts';
import { once } from '../../base/once.ts';
import { add } from '../../ir/build.ts';
import { type Expr, type VariableNode, contract, currentContext, inContext, number } from '../../ir/expr.ts';
import { isZero } from '../../ir/rational.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { unscaled } from '../../simplify/sum.ts';
import { type Known, evaluator, keptOnce, keptWhile, valuesAt } from '../evaluate.ts';
import type { Coordinates, Factored } from '../problem.ts';
import { type GramColumns, gramColumns } from '../linear/gram-columns.ts';
import { type Layout, numbersOf } from './layout.ts';
import { patternOf } from './pattern.ts';
import type { Smooth } from './reformulate.ts';

/** By variables of the smooth problem: those that stand for themselves or for the positive part of one. */
export interface CoordinateForm {
  readonly variables: readonly { readonly at: number; /** Its negative part. */ readonly negative?: number }[];
  /** The second derivative by the `at` of two of them, the second not later than the first. */
  readonly blocks: readonly { readonly row: number; readonly col: number; readonly terms: readonly Term[] }[];
}

type Term =
  /** `scale` times A'diag(weights)A, where A has a row for each label summed over. */
  | { readonly kind: 'gram'; readonly matrix: Expr; readonly isTransposed: boolean; readonly scale: Expr; readonly weights: readonly Expr[] }
  | { readonly kind: 'diagonal'; readonly core: Expr }
  | { readonly kind: 'whole'; readonly core: Expr };

/** The form of a quadratic objective; undefined if parts of one variable do not enter as their difference. */
export function coordinateForm(smooth: Smooth, hessian: readonly (readonly (Expr | undefined)[])[]): CoordinateForm | undefined {
  const by = smooth.variables;
  const negativeOf = new Map<VariableNode, VariableNode>();
  for (const { helper, of, part } of smooth.origins) {
    if (part !== 'positive' && part !== 'negative') return undefined;
    // A row that ties parts to what they are parts of is no matter of coordinates.
    if (of.kind !== 'variable' || by.includes(of)) return undefined;
    const other = smooth.origins.find((o) => o.of === of && o.part === 'negative');
    if (part === 'positive' && other) negativeOf.set(helper, other.helper);
  }
  const negatives = new Set(negativeOf.values());
  if (by.some((v) => smooth.helpers.has(v.name) && !negativeOf.has(v) && !negatives.has(v))) return undefined;
  const block = (k: number, l: number): Expr | undefined => (k >= l ? hessian[k]?.[l] : undefined);
  const cancels = (a: Expr | undefined, b: Expr | undefined): boolean => {
    if (!a || !b) return a === b;
    const sum = simplify(add(a, b), lazy);
    return sum.kind === 'number' && isZero(sum.value);
  };
  const variables = by.flatMap((v, at) => {
    if (negatives.has(v)) return [];
    const negative = negativeOf.get(v);
    return [{ at, ...(negative && { negative: by.indexOf(negative) }) }];
  });
  // Each part enters every block with the sign of the difference, or a sum of both would be curved.
  for (const { at, negative } of variables) {
    if (negative === undefined) continue;
    for (let l = 0; l < by.length; l++) {
      const [a, b] = l === at || l === negative ? [block(Math.max(at, l), Math.min(at, l)), block(Math.max(negative, l), Math.min(negative, l))] : [block(at, l) ?? block(l, at), block(negative, l) ?? block(l, negative)];
      if (!cancels(a, b)) return undefined;
    }
  }
  const blocks = variables.flatMap(({ at: row }, k) =>
    variables.slice(0, k + 1).flatMap(({ at: col }) => {
      const e = block(row, col);
      if (!e) return [];
      const rowAxes = must(by[row]).shape.length;
      return [{ row, col, terms: patternOf(e).map((t) => termOf(t, rowAxes, row === col)) }];
    }),
  );
  return { variables, blocks };
}

export function termOf({ core, axes }: { readonly core: Expr; readonly axes: readonly number[] }, rowAxes: number, isSquare: boolean): Term {
  if (isSquare && axes.length === 2 * rowAxes && axes.slice(0, rowAxes).every((a, i) => a === axes[rowAxes + i]) && core.shape.length === rowAxes) return { kind: 'diagonal', core: repeated(core) };
  const gram = isSquare && rowAxes === 1 && axes.length === 2 && axes[0] === 0 && axes[1] === 1 ? gramTerm(core) : undefined;
  if (gram) return gram;
  const labels = axes;
  const isPlain = labels.every((a, i) => a === i);
  if (isPlain) return { kind: 'whole', core };
  // Spread over the axes it stands for.
  return { kind: 'whole', core: contract([core], [core.shape.map((_, i) => i)], labels, labels.map((a) => must(core.shape[a]))) };
}

/** The number, where it stands at all places. */
function repeated(e: Expr): Expr {
  const isNumber = e.kind === 'contract' && e.args.every((arg) => arg.shape.length === 0);
  return isNumber ? simplify(contract(e.args, e.labels, []), lazy) : e;
}

/** c · A'diag(w)A, read off the factors. */
export function gramTerm(e: Expr): Term | undefined {
  const { coef, arg: product } = unscaled(e);
  if (product.kind !== 'contract' || product.out.length !== 2 || product.out[0] === product.out[1]) return undefined;
  const [i, j] = product.out as [number, number];
  const { args, labels } = product;
  const wide = args.flatMap((arg, k) => (must(labels[k]).length === 2 ? [{ arg, labels: must(labels[k]) }] : []));
  const [A, B] = wide;
  if (wide.length !== 2 || !A || !B || A.arg !== B.arg) return undefined;
  const at = A.labels.findIndex((l) => l !== i && l !== j);
  const k = A.labels[at];
  if (k === undefined || B.labels[at] !== k) return undefined;
  const ends = [A.labels[1 - at], B.labels[1 - at]];
  if (!(ends.includes(i) && ends.includes(j))) return undefined;
  const weights = args.filter((_, n) => must(labels[n]).length === 1 && must(labels[n])[0] === k);
  const scalars = args.filter((_, n) => must(labels[n]).length === 0);
  if (weights.length + scalars.length + 2 !== args.length) return undefined;
  const scale = simplify(contract([number(coef), ...scalars], [[], ...scalars.map(() => [])], []), lazy);
  return { kind: 'gram', matrix: A.arg, isTransposed: at === 1, scale, weights };
}

// Larger arrays than this are not stored for it.
const mostEntries = 6e6;
// Columns are taken from a matrix with all its entries; a sparse one has no more of them than this.
const mostFilled = 1 << 24;

/** With numbers. Undefined where blocks are large and no product, or a product of a matrix that is sparse and larger. */
export function coordinatesOf({ variables, blocks }: CoordinateForm, layout: Layout, known: Known): Coordinates | undefined {
  if (layout.blocks.some((b) => b.places)) return undefined;
  const first = new Map<number, number>();
  let count = 0;
  for (const { at } of variables) {
    first.set(at, count);
    count += must(layout.blocks[at]).count;
  }
  const sizeOf = (e: Expr): number => numbersOf(e.shape, known.sizes).reduce((a, b) => a * b, 1);
  const isSparse = (e: Expr): boolean => e.kind === 'variable' && known.parameters.get(e.name)?.sparse !== undefined;
  const isTooLarge = (t: Term): boolean => (t.kind === 'whole' ? sizeOf(t.core) > mostEntries : t.kind === 'gram' && isSparse(t.matrix) && sizeOf(t.matrix) > mostFilled);
  if (blocks.some((b) => b.terms.some(isTooLarge))) return undefined;
  const { positive, negative } = keptOnce(known, 'places of coordinates', layout.blocks.map((b) => b.node), () => {
    const places = { positive: new Int32Array(count), negative: new Int32Array(count).fill(-1) };
    for (const v of variables) {
      const { offset, count: n } = must(layout.blocks[v.at]);
      const start = must(first.get(v.at));
      for (let i = 0; i < n; i++) {
        places.positive[start + i] = offset + i;
        if (v.negative !== undefined) places.negative[start + i] = must(layout.blocks[v.negative]).offset + i;
      }
    }
    return places;
  });
  const valueOf = (e: Expr): Float64Array => must((e.shape.length === 0 ? valuesAt([e], new Map(), known) : evaluator([e], [], known)(new Map()))[0]).data;
  const context = currentContext();
  const ranges = new Map(variables.map(({ at }) => [at, { first: must(first.get(at)), count: must(layout.blocks[at]).count }]));
  const values: Values = { valueOf, gramOf: gramsOf(known, valueOf) };
  const parts = blocks.flatMap(({ row, col, terms }) =>
    terms.map((t): Part => {
      const cols = must(layout.blocks[col]).count;
      let made: AddTo | undefined;
      return { row, col, addTo: (...args) => (made ??= inContext(context, () => addingTo(t, cols, values)))(...args) };
    }),
  );
  const [only] = blocks;
  const isFactored = only !== undefined && blocks.length === 1 && variables.length === 1 && only.terms.filter((t) => t.kind === 'gram').length === 1 && only.terms.every((t) => t.kind !== 'whole');
  return {
    positive,
    negative,
    curvature: (some) => {
      const out = new Float64Array(some.length * some.length);
      const places = new Map([...ranges].map(([at, range]) => [at, placesWithin(some, range)]));
      for (const { row, col, addTo } of parts) addTo(out, some.length, must(places.get(row)), must(places.get(col)));
      return out;
    },
    ...(isFactored && { factored: once(() => inContext(context, () => factoredBy(only.terms, count, values))) }),
  };
}

function factoredBy(terms: readonly Term[], count: number, { valueOf, gramOf: gram }: Values): Factored | undefined {
  let found: GramColumns | undefined;
  let scale = 0;
  const ridge = new Float64Array(count);
  for (const t of terms) {
    if (t.kind === 'gram') {
      scale = must(valueOf(t.scale)[0]);
      found = gram(t);
    } else {
      const values = valueOf(t.core);
      for (let i = 0; i < count; i++) ridge[i]! += values.length === 1 ? values[0]! : values[i]!;
    }
  }
  return found?.columns && scale > 0 ? { columns: found.columns, missing: found.missing, products: found.products, scale, ridge } : undefined;
}

interface Part {
  readonly row: number;
  readonly col: number;
  readonly addTo: AddTo;
}

/** Adds what a term has on these rows and columns to a symmetric matrix of order n; off the diagonal blocks on both sides. */
type AddTo = (out: Float64Array, n: number, rows: Selected, cols: Selected) => void;

/** Coordinates of one variable: where they stand among those asked for, and their numbers within the variable. */
interface Selected {
  readonly to: Int32Array;
  readonly entry: Int32Array;
}

function placesWithin(some: Int32Array, { first, count }: { readonly first: number; readonly count: number }): Selected {
  const to = new Int32Array(some.length);
  const entry = new Int32Array(some.length);
  let used = 0;
  for (let k = 0; k < some.length; k++) {
    const e = some[k]! - first;
    if (e < 0 || e >= count) continue;
    to[used] = k;
    entry[used++] = e;
  }
  return { to: to.subarray(0, used), entry: entry.subarray(0, used) };
}

export type Gram = Extract<Term, { kind: 'gram' }>;

interface Values {
  readonly valueOf: (e: Expr) => Float64Array;
  readonly gramOf: (t: Gram) => GramColumns;
}

/** Made once, and kept for other solves where nothing in it changes. */
function gramsOf(known: Known, valueOf: Values['valueOf']): Values['gramOf'] {
  const made = new Map<Gram, GramColumns>();
  return (t) => {
    const make = (): GramColumns => {
      const own = t.matrix.kind === 'variable' ? known.parameters.get(t.matrix.name) : undefined;
      const [rows, cols] = numbersOf(t.matrix.shape, known.sizes) as [number, number];
      const weights = t.weights.length === 0 ? undefined : t.weights.map(valueOf).reduce((a, b) => a.map((x, i) => x * b[i]!));
      return gramColumns({ rows, cols, data: own?.data ?? valueOf(t.matrix) }, { isTransposed: t.isTransposed, weights, residents: known.residents });
    };
    const parts = [t.matrix, ...t.weights];
    const found = made.get(t) ?? keptWhile(known, t.isTransposed ? 'gram of rows' : 'gram', parts, make);
    made.set(t, found);
    return found;
  };
}

function addingTo(t: Term, columns: number, { valueOf, gramOf }: Values): AddTo {
  switch (t.kind) {
    case 'diagonal': {
      const values = valueOf(t.core);
      return (out, n, { to, entry }) => {
        for (let a = 0; a < to.length; a++) out[to[a]! * (n + 1)]! += values.length === 1 ? values[0]! : values[entry[a]!]!;
      };
    }
    case 'whole': {
      const values = valueOf(t.core);
      return (out, n, rows, cols) => {
        for (let a = 0; a < rows.to.length; a++) {
          for (let b = 0; b < cols.to.length; b++) {
            const value = values[rows.entry[a]! * columns + cols.entry[b]!]!;
            out[rows.to[a]! * n + cols.to[b]!]! += value;
            if (rows !== cols) out[cols.to[b]! * n + rows.to[a]!]! += value;
          }
        }
      };
    }
    default: {
      const scale = must(valueOf(t.scale)[0]);
      const gram = gramOf(t);
      return (out, n, { to, entry }) => gram.addTo(out, n, { to, entry, scale });
    }
  }
}
