// `[A, B; C, D]`: the sum of the blocks, each put in its place.

import { must } from '../base/internal.ts';
import { add } from '../ir/build.ts';
import { type Dim, addDims, dim } from '../ir/dim.ts';
import { type Expr, contract, stack } from '../ir/expr.ts';
import type { BlockSyntax } from './syntax.ts';
import type { Orientation } from './type.ts';
import type { Lowering, Value } from './value.ts';

export function lowerBlock(l: Lowering, s: BlockSyntax): Value {
  const type = l.typeOf(s);
  const [[only] = []] = s.rows;
  if (s.rows.length === 1 && s.rows[0]?.length === 1 && only) return l.value(only);
  const shape = l.shapeOf(type);
  const unit = dim(1);
  const placed: Expr[] = [];
  let top = dim(0);
  for (const row of s.rows) {
    let left = dim(0);
    let height = unit;
    for (const part of row) {
      const { node } = l.value(part);
      const kind = l.typeOf(part).kind;
      const [rows, cols] = extent(node, kind);
      placed.push(put(node, kind, { rows, cols, top, left }, type.kind, shape));
      left = addDims(left, cols);
      height = rows;
    }
    top = addDims(top, height);
  }
  return { node: add(...placed), labels: [] };
}

type Kind = Orientation | 'unknown';

function extent(node: Expr, kind: Kind): [Dim, Dim] {
  const unit = dim(1);
  const [m = unit, n = unit] = node.shape;
  return kind === 'row' ? [unit, m] : [m, n];
}

interface Place {
  readonly rows: Dim;
  readonly cols: Dim;
  readonly top: Dim;
  readonly left: Dim;
}

function put(node: Expr, kind: Kind, at: Place, whole: Kind, shape: readonly Dim[]): Expr {
  // Labels: 0, 1 rows and columns of the block, 2, 3 those of the whole.
  const own = kind === 'matrix' ? [0, 1] : kind === 'vector' ? [0] : kind === 'row' ? [1] : [];
  const vertical = whole !== 'row';
  const horizontal = whole !== 'vector';
  const args = [node];
  const labels = [own];
  const rowsWhole = must(shape[0]);
  const colsWhole = must(shape.at(-1));
  if (vertical) {
    args.push(stack(at.rows, rowsWhole, at.top));
    labels.push([0, 2]);
  }
  if (horizontal) {
    args.push(stack(at.cols, colsWhole, at.left));
    labels.push([1, 3]);
  }
  return contract(args, labels, [...(vertical ? [2] : []), ...(horizontal ? [3] : [])], shape);
}
