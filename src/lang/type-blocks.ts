// Types of blocks: `[A, B; C, D]`, `[x; y]`, `[a, b]`.

import { must, unreachable } from '../base/internal.ts';
import { type Dim, addDims, dim, dimName } from '../ir/dim.ts';
import { error } from './codes.ts';
import type { BlockSyntax, Syntax } from './syntax.ts';
import { type Orientation, type Type, type Typing, origins, says, typeWith, unknownType } from './type.ts';
import { isFresh } from './unify.ts';

interface Part {
  readonly syntax: Syntax;
  readonly type: Type;
  readonly rows: Dim;
  readonly cols: Dim;
}

export function typeOfBlock(t: Typing, s: BlockSyntax): Type {
  const types = s.rows.map((row) => row.map((p) => t.typeOf(p)));
  if (types.flat().some((type) => type.kind === 'unknown')) return unknownType;
  const bad = s.rows.flat().find((p) => t.typeOf(p).kind === 'tensor' || t.typeOf(p).labels.length > 0);
  if (bad) {
    const help = 'blocks are scalars, vectors, rows and matrices';
    t.report((show) =>
      error('blocks-differ', bad.span, 'this cannot be a block', {
        needed: 'a matrix, a vector or a scalar',
        found: says(t, bad, t.typeOf(bad), show),
        help,
      }),
    );
    return unknownType;
  }
  const parts = s.rows.map((row) => row.map((syntax): Part => part(syntax, t.typeOf(syntax))));
  const heights: Dim[] = [];
  let width: Dim | undefined;
  for (const [i, row] of parts.entries()) {
    const first = must(row[0]);
    for (const other of row.slice(1)) if (!agree(t, first, other, 'rows')) return unknownType;
    heights.push(first.rows);
    if (i > 0 && row.length === parts[0]?.length) alignColumns(t, must(parts[0]), row);
    const mine = row.map((p) => p.cols).reduce(addDims);
    if (width === undefined) width = mine;
    else if (t.solver.equate(width, mine, must(s.rows[i])[0]?.span ?? s.span))
      return differ(t, must(parts[0]?.[0]), first, 'columns', width, mine);
  }
  return assembled(parts, heights.reduce(addDims), must(width));
}

/** Blocks below each other are equally wide where nothing else says how wide they are. */
function alignColumns(t: Typing, above: readonly Part[], row: readonly Part[]): void {
  for (const [j, { cols, syntax }] of row.entries()) {
    const other = must(above[j]).cols;
    const free = [cols, other].some((d) => isFresh(dimName(t.solver.find(d)) ?? ''));
    if (free) t.solver.equate(other, cols, syntax.span);
  }
}

function part(syntax: Syntax, type: Type): Part {
  const [m, n] = type.dims;
  const unit = dim(1);
  switch (type.kind) {
    case 'matrix':
      return { syntax, type, rows: must(m), cols: must(n) };
    case 'vector':
      return { syntax, type, rows: must(m), cols: unit };
    case 'row':
      return { syntax, type, rows: unit, cols: must(m) };
    case 'scalar':
    case 'tensor':
    case 'unknown':
      return { syntax, type, rows: unit, cols: unit };
    default:
      return unreachable(type.kind);
  }
}

function agree(t: Typing, a: Part, b: Part, what: 'rows'): boolean {
  if (!t.solver.equate(a.rows, b.rows, b.syntax.span)) return true;
  differ(t, a, b, what, a.rows, b.rows);
  return false;
}

function differ(t: Typing, a: Part, b: Part, what: 'rows' | 'columns', x: Dim, y: Dim): Type {
  t.report((show) =>
    error('blocks-differ', b.syntax.span, `these blocks do not have equally many ${what}`, {
      needed: `${show(x)} = ${show(y)}`,
      found: `${says(t, a.syntax, a.type, show)}, ${says(t, b.syntax, b.type, show)}`,
      help:
        what === 'rows'
          ? 'separate blocks one below the other by ; and fill with matrix(0)'
          : 'fill the shorter row with matrix(0)',
      notes: origins(t, [a.syntax, b.syntax], show),
    }),
  );
  return unknownType;
}

/** A single column of columns is a column, a single row of rows a row. */
function assembled(parts: readonly (readonly Part[])[], rows: Dim, cols: Dim): Type {
  const all = (kind: Orientation): boolean =>
    parts.flat().every((p) => p.type.kind === kind || p.type.kind === 'scalar');
  const single = parts.length === 1 && parts[0]?.length === 1;
  if (single) return must(parts[0]?.[0]).type;
  if (parts.every((row) => row.length === 1) && all('vector')) return typeWith('vector', [rows]);
  if (parts.length === 1 && all('row')) return typeWith('row', [cols]);
  return typeWith('matrix', [rows, cols]);
}
