// An element of the generalised second derivative of an objective whose first derivative has kinks: products A'diag(d)A,
// where d tells the piece that each row is on, are formed from the rows whose piece has changed.

import { must } from '../../base/internal.ts';
import { add, neg, ones } from '../../ir/build.ts';
import { type Expr, type VariableNode, contract, currentContext, inContext, sum } from '../../ir/expr.ts';
import { minusOne, mul } from '../../ir/rational.ts';
import { rewriteUp } from '../../ir/walk.ts';
import { has } from '../../ops/facts.ts';
import { absolute } from '../../ops/scalar/piecewise.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { denseSymmetric } from '../linear/symmetric.ts';
import { weightedGram } from '../linear/weighted-gram.ts';
import { type Matrix, denseMatrix } from '../matrix.ts';
import { type Gram, gramTerm, termOf } from './coordinates.ts';
import { type Blocks, dependsOn } from './derivatives.ts';
import { type Layout, numbersOf, unpack } from './layout.ts';
import { isJump } from './once.ts';
import { type Builder, symmetricParts } from './matrices.ts';
import { patternOf } from './pattern.ts';

/** A product of a matrix of the data with itself, and the blocks of two variables in which it stands, with which sign. */
interface Product {
  readonly blocks: { readonly row: number; readonly col: number; readonly sign: 1 | -1 }[];
  readonly matrix: Expr;
  readonly isTransposed: boolean;
  /** For each row that is summed over, what multiplies it. */
  readonly weights: Expr;
}

// Of a dense matrix, the order.
const mostDense = 2500;

/**
 * An element of the generalised second derivative at z; undefined where it would be too large. `steep` has every piece that
 * may be curved as if z were on it: the jumps of a derivative are where its pieces meet.
 */
export function bentHessian(blocks: Blocks, builder: Builder, layout: Layout, kind: 'here' | 'steep' = 'here'): ((z: Float64Array) => Matrix) | undefined {
  if (kind === 'steep') return bentHessian(blocks.map((list) => list.map((e) => e && everywhere(e))), builder, layout);
  const n = layout.dim;
  const products: Product[] = [];
  const rest = blocks.map((list, k) =>
    list.map((expr, l) => {
      if (!expr || n > mostDense || layout.blocks.some((b) => b.places)) return expr;
      const terms = expr.kind === 'sum' ? expr.terms.map((t) => simplify(sum([t]), lazy)) : [expr];
      const others = terms.filter((term) => {
        const found = productOf(term, builder, layout);
        if (found) include(products, found, { row: k, col: l });
        return !found;
      });
      return others.length === 0 ? undefined : others.length === 1 ? others[0] : simplify(add(...others), lazy);
    }),
  );
  const isAll = rest.every((list) => list.every((e) => e === undefined));
  const more = isAll ? undefined : builder.matrix(symmetricParts(rest, layout), n, 'symmetric');
  if (!isAll && !more) return undefined;
  if (products.length === 0) return more && ((z) => more(unpack(layout, z)));
  const weights = builder.evaluate(products.map((p) => p.weights));
  const context = currentContext();
  const all = Array.from({ length: n }, (_, i) => i);
  let made: readonly ((d: Float64Array) => Float64Array)[] | undefined;
  return (z) => {
    made ??= inContext(context, () => products.map((p) => gramOf(p, builder)));
    const at = unpack(layout, z);
    const H = more ? denseSymmetric(more(at), all) : new Float64Array(n * n);
    weights(at).forEach(({ data }, k) => {
      const product = must(must(made)[k])(data);
      for (const { row, col, sign } of must(products[k]).blocks) {
        const [{ offset: top, count }, { offset: left }] = [must(layout.blocks[row]), must(layout.blocks[col])];
        for (let i = 0; i < count; i++) {
          for (let j = 0; j < count; j++) {
            H[(top + i) * n + left + j]! += sign * product[i * count + j]!;
            if (row !== col) H[(left + j) * n + top + i]! += sign * product[i * count + j]!;
          }
        }
      }
    });
    return denseMatrix(n, n, H);
  };
}

/** The sum of the sizes of the terms that a derivative adds up over rows. */
export function sizesOf(e: Expr): Expr {
  switch (e.kind) {
    case 'sum':
      return simplify(sum(e.terms.map((t) => ({ coef: t.coef.num < 0 ? mul(minusOne, t.coef) : t.coef, arg: sizesOf(t.arg) }))), lazy);
    case 'contract':
      return simplify(contract(e.args.map(absolute), e.labels, e.out, e.shape), lazy);
    default:
      return simplify(absolute(e), lazy);
  }
}

/** With ones for jumps. */
function everywhere(e: Expr): Expr {
  return simplify(rewriteUp(e, (node) => (node.kind === 'apply' && isJump(node) ? ones(node.shape) : node)), lazy);
}

/**
 * Whether the second derivative, of one variable, is a sum of products A'diag(w)A and diagonals that are not negative: then a
 * function with a continuous first derivative, which is locally Lipschitz, is convex. Unknown means no.
 */
export function isConvexByPieces(blocks: Blocks, [own, ...more]: readonly VariableNode[]): boolean {
  const only = blocks[0]?.[0];
  if (!own || more.length > 0 || !only) return false;
  return patternOf(only).every((pattern) => {
    const term = termOf(pattern, own.shape.length, true);
    return term.kind === 'gram' ? has(weightsOf(term), 'nonnegative') : has(term.core, term.kind === 'diagonal' ? 'nonnegative' : 'psd');
  });
}

/** Two parts of one variable have the same product, with another sign. */
function include(products: Product[], found: Omit<Product, 'blocks'>, at: { readonly row: number; readonly col: number }): void {
  const minus = simplify(neg(found.weights), lazy);
  for (const p of products) {
    if (p.matrix !== found.matrix || p.isTransposed !== found.isTransposed || (p.weights !== found.weights && p.weights !== minus)) continue;
    p.blocks.push({ ...at, sign: p.weights === minus ? -1 : 1 });
    return;
  }
  products.push({ ...found, blocks: [{ ...at, sign: 1 }] });
}

function productOf(e: Expr, { known }: Builder, { blocks }: Layout): Omit<Product, 'blocks'> | undefined {
  const by = blocks.map((b) => b.node);
  const term = e.shape.length === 2 ? gramTerm(e) : undefined;
  if (term?.kind !== 'gram' || dependsOn(term.matrix, by)) return undefined;
  if (term.matrix.kind === 'variable' && known.parameters.get(term.matrix.name)?.sparse) return undefined;
  return { matrix: term.matrix, isTransposed: term.isTransposed, weights: weightsOf(term) };
}

function weightsOf({ matrix, isTransposed, scale, weights }: Gram): Expr {
  const rows = must(matrix.shape[isTransposed ? 1 : 0]);
  return simplify(contract([scale, ...weights], [[], ...weights.map(() => [0])], [0], [rows]), lazy);
}

function gramOf({ matrix, isTransposed }: Pick<Product, 'matrix' | 'isTransposed'>, { known, evaluate }: Builder): (d: Float64Array) => Float64Array {
  const own = matrix.kind === 'variable' ? known.parameters.get(matrix.name) : undefined;
  const [rows, cols] = numbersOf(matrix.shape, known.sizes) as [number, number];
  const data = own?.data ?? must(evaluate([matrix])(new Map())[0]).data;
  if (!isTransposed) return weightedGram({ rows, cols, data }, known.residents);
  const turned = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) turned[j * rows + i] = data[i * cols + j]!;
  return weightedGram({ rows: cols, cols: rows, data: turned }, undefined);
}
