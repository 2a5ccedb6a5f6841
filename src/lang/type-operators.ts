// Types of sums, products and transposes.

import { type Fix, type Span, fix } from '../base/diagnostic.ts';
import { unreachable } from '../base/internal.ts';
import { type Dim, sameDim } from '../ir/dim.ts';
import { type Code, type Details, error, notice } from './codes.ts';
import { constantOf } from './constant.ts';
import { rewriting, transposing } from './fixes.ts';
import { alike, firmness, labelsOf } from './type-alike.ts';
import type { ProductOperator, ProductSyntax, SumSyntax, Syntax, TransposeSyntax } from './syntax.ts';
import {
  type ShowDim,
  type Type,
  type Typing,
  describe,
  dimAt,
  isGuess,
  origins,
  quote,
  says,
  typeWith,
  unknownType,
  wrapped,
} from './type.ts';

export function typeOfSum(t: Typing, s: SumSyntax): Type {
  const parts = s.terms.map(({ arg }) => ({ syntax: arg, type: t.typeOf(arg) }));
  const [only] = parts;
  if (parts.length === 1 && only) return only.type;
  const common = alike(t, parts, { verb: 'added', sign: s.terms[1]?.sign === -1 ? '-' : '+', whole: s.span });
  if (common.kind !== 'scalar' && common.kind !== 'unknown') {
    const small = parts.find((p) => p.type.kind === 'scalar');
    if (small) t.notify((show) => scalarBroadcast(t, small.syntax, common, show));
    if (common.kind !== 'matrix') doubtBroadcast(t, parts);
  }
  return common;
}

/** Where nobody said so, `A*x-b` has a vector b, and `x'*w+t` a scalar t. */
function doubtBroadcast(t: Typing, parts: readonly { readonly syntax: Syntax; readonly type: Type }[]): void {
  const scalars = parts.filter((p) => p.type.kind === 'scalar');
  if (scalars.length === 0) return;
  const named = scalars.filter((p) => isGuess(t, p.syntax));
  const compound = scalars.every((p) => p.syntax.kind !== 'name' && !constantOf(p.syntax));
  for (const { syntax } of compound ? parts.filter((p) => isGuess(t, p.syntax)) : named)
    if (syntax.kind === 'name') t.doubt(syntax.name);
}

function scalarBroadcast(t: Typing, s: Syntax, common: Type, show: ShowDim): ReturnType<typeof notice> {
  const ones = common.kind === 'matrix' ? 'matrix(1)' : 'vector(1)';
  const eye = common.kind === 'matrix' ? `, ${quote(t, s)}*eye adds to the diagonal` : '';
  return notice(
    'scalar-broadcast',
    s.span,
    `the scalar ${quote(t, s)} is added to every entry of ${describe(common, show)}`,
    {
      help: `the same as ${quote(t, s)}*${ones}${eye}`,
    },
  );
}

interface Factor {
  readonly type: Type;
  /** What has been multiplied so far, for messages. */
  readonly syntax: Syntax;
}

export function typeOfProduct(t: Typing, s: ProductSyntax): Type {
  let left: Factor = { type: t.typeOf(s.first), syntax: s.first };
  for (const [k, { op, arg, at }] of s.rest.entries()) {
    const right: Factor = { type: t.typeOf(arg), syntax: arg };
    const next = s.rest[k + 1];
    const behind = next?.op === '*' ? next.arg : undefined;
    left = { type: combine(t, left, right, op, at, behind), syntax: beginning(s, k + 1) };
  }
  return left.type;
}

/** The first factors of a product, for messages. */
function beginning(s: ProductSyntax, count: number): ProductSyntax {
  return {
    kind: 'product',
    first: s.first,
    span: [s.span[0], s.rest[count - 1]?.arg.span[1] ?? s.span[1]],
    get rest() {
      return s.rest.slice(0, count);
    },
  };
}

/** `behind` is multiplied from the right next. */
function combine(t: Typing, left: Factor, right: Factor, op: ProductOperator, at: Span, behind: Syntax | undefined): Type {
  const [a, b] = [left.type, right.type];
  if (a.kind === 'unknown' || b.kind === 'unknown') return unknownType;
  switch (op) {
    case '*':
      return matrixProduct(t, left, right, at);
    case '/':
      if (b.kind === 'scalar') return { ...a, labels: labelsOf(t, [left, right]) };
      t.report((show) => divisionByArray(t, left, right, at, show), firmness(t, left, right));
      return unknownType;
    case '.*':
    case './':
      return alike(t, [left, right], {
        verb: op === '.*' ? 'multiplied entry by entry' : 'divided entry by entry',
        sign: op,
        whole: at,
        ...(behind && { behind }),
      });
    default:
      return unreachable(op);
  }
}

function divisionByArray(t: Typing, left: Factor, right: Factor, at: Span, show: ShowDim): ReturnType<typeof error> {
  const [a, b] = [quote(t, left.syntax), quote(t, right.syntax)];
  const solve = right.type.kind === 'matrix' ? `; inv(${b}) for the inverse` : '';
  return error('division-by-array', at, `/ divides by scalars only`, {
    needed: 'a scalar after /',
    found: says(t, right.syntax, right.type, show),
    help: `write ${left.type.kind === 'scalar' || left.type.kind === right.type.kind ? `${a}./${b}` : './'} to divide entry by entry${solve}`,
    notes: origins(t, [right.syntax], show),
    fixes: [fix('write ./', at, './')],
  });
}

/** The same product with these operands transposed. */
function turned(t: Typing, left: Factor, right: Factor, turn: { readonly left?: true; readonly right?: true }): Fix {
  const edits = [...(turn.left ? transposing(t.text, left.syntax) : []), ...(turn.right ? transposing(t.text, right.syntax) : [])];
  const from = Math.min(left.syntax.span[0], ...edits.map((e) => e.span[0]));
  const to = Math.max(right.syntax.span[1], ...edits.map((e) => e.span[1]));
  return rewriting(t.text, [from, to], edits);
}

function entryByEntry(at: Span): Fix {
  return fix('write .* to multiply entry by entry', at, '.*');
}

/** The matrix product, by orientation; rows and columns are what they look like. */
function matrixProduct(t: Typing, left: Factor, right: Factor, at: Span): Type {
  const [a, b] = [left.type, right.type];
  const labels = labelsOf(t, [left, right]);
  if (a.kind === 'scalar') return { ...b, labels };
  if (b.kind === 'scalar') {
    // A name behind a row closes a product such as a'*X*b.
    if (a.kind === 'row' && right.syntax.kind === 'name' && isGuess(t, right.syntax)) t.doubt(right.syntax.name);
    return { ...a, labels };
  }
  const inner = (x: Dim, y: Dim, then: () => Type): Type => {
    const conflict = t.solver.equate(x, y, at);
    if (!conflict) return then();
    t.report((show) => innerDims(t, left, right, x, y, at, show));
    return unknownType;
  };
  const shape = `${a.kind} ${b.kind}`;
  switch (shape) {
    case 'row vector':
      return inner(dimAt(a, 0), dimAt(b, 0), () => typeWith('scalar', [], labels));
    case 'row matrix':
      return inner(dimAt(a, 0), dimAt(b, 0), () => typeWith('row', [dimAt(b, 1)], labels));
    case 'matrix vector':
      return inner(dimAt(a, 1), dimAt(b, 0), () => typeWith('vector', [dimAt(a, 0)], labels));
    case 'matrix matrix':
      return inner(dimAt(a, 1), dimAt(b, 0), () => typeWith('matrix', [dimAt(a, 0), dimAt(b, 1)], labels));
    case 'vector row':
      return typeWith('matrix', [dimAt(a, 0), dimAt(b, 0)], labels);
    default: {
      const scales = shape === 'vector matrix';
      t.report((show) => badProduct(t, left, right, at, show), scales ? undefined : firmness(t, left, right));
      return unknownType;
    }
  }
}

function innerDims(
  t: Typing,
  left: Factor,
  right: Factor,
  x: Dim,
  y: Dim,
  at: Span,
  show: ShowDim,
): ReturnType<typeof error> {
  const [a, b] = [left.type, right.type];
  const turnsLeft = a.kind === 'matrix' && sameDim(t.solver.find(dimAt(a, 0)), t.solver.find(y));
  const turnsRight = !turnsLeft && b.kind === 'matrix' && sameDim(t.solver.find(dimAt(b, 1)), t.solver.find(x));
  const flipped = turnsLeft
    ? `write (${quote(t, left.syntax)})' if the transpose is meant`
    : turnsRight
      ? `write (${quote(t, right.syntax)})' if the transpose is meant`
      : `make the columns of ${quote(t, left.syntax)} and the rows of ${quote(t, right.syntax)} equally many`;
  return error('inner-dims-differ', at, 'this product needs matching inner dims', {
    needed: `${show(x)} = ${show(y)}`,
    found: `${says(t, left.syntax, a, show)}, ${says(t, right.syntax, b, show)}`,
    help: flipped.replaceAll(/\(([\p{L}\p{N}_]+)\)'/gu, "$1'"),
    notes: [...origins(t, [left.syntax, right.syntax], show), ...t.solver.why(x, show), ...t.solver.why(y, show)],
    ...((turnsLeft || turnsRight) && { fixes: [turned(t, left, right, turnsLeft ? { left: true } : { right: true })] }),
  });
}

/** A transpose more, or one less. */
function otherWay(text: string): string {
  return text.endsWith("'") ? text.slice(0, -1) : `${text}'`;
}

function badProduct(t: Typing, left: Factor, right: Factor, at: Span, show: ShowDim): ReturnType<typeof error> {
  const [a, b] = [left.type, right.type];
  const [x, y] = [wrapped(t, left.syntax), wrapped(t, right.syntax)];
  const found = `${says(t, left.syntax, a, show)}, ${says(t, right.syntax, b, show)}`;
  const make = (code: Code, message: string, details: Details): ReturnType<typeof error> =>
    error(code, at, message, { found, notes: origins(t, [left.syntax, right.syntax], show), ...details });
  switch (`${a.kind} ${b.kind}`) {
    case 'vector vector':
      return make('column-times-column', 'a column times a column is not a matrix product', {
        needed: 'a row times a column, or a column times a row',
        help: `write ${x}'*${y} (a scalar), ${x}.*${y} (entry by entry) or ${x}*${y}' (a matrix)`,
        fixes: [turned(t, left, right, { left: true }), entryByEntry(at), turned(t, left, right, { right: true })],
      });
    case 'row row':
      return make('column-times-column', 'a row times a row is not a matrix product', {
        needed: 'a row times a column, or a column times a row',
        help: `write ${x}*${otherWay(y)} (a scalar), ${x}.*${y} (entry by entry) or ${otherWay(x)}*${y} (a matrix)`,
        fixes: [turned(t, left, right, { right: true }), entryByEntry(at), turned(t, left, right, { left: true })],
      });
    case 'vector matrix':
      return make('product-does-not-fit', 'a column cannot stand left of a matrix', {
        needed: 'a row before a matrix',
        help: `write ${x}'*${y}, ${y}*${x}, or diag(${x})*${y} to scale its rows`,
        fixes: [turned(t, left, right, { left: true })],
      });
    case 'matrix row':
      return make('product-does-not-fit', 'a row cannot stand right of a matrix', {
        needed: 'a column after a matrix',
        help: `write ${x}*${otherWay(y)}`,
        fixes: [turned(t, left, right, { right: true })],
      });
    default:
      return make('product-does-not-fit', 'tensors have no matrix product', {
        needed: 'index labels',
        help: 'write an einsum such as #(ijk,k->ij; T, x)',
      });
  }
}

export function typeOfTranspose(t: Typing, s: TransposeSyntax): Type {
  const type = t.typeOf(s.arg);
  switch (type.kind) {
    case 'unknown':
      return type;
    case 'scalar':
      if (s.arg.kind === 'name' && isGuess(t, s.arg)) t.doubt(s.arg.name);
      return type;
    case 'vector':
      return s.count % 2 === 0 ? type : { ...type, kind: 'row' };
    case 'row':
      return s.count % 2 === 0 ? type : { ...type, kind: 'vector' };
    case 'matrix':
      return s.count % 2 === 0 ? type : { ...type, dims: [...type.dims].reverse() };
    case 'tensor':
      t.report((show) =>
        error('transpose-of-tensor', s.span, 'a tensor has no single transpose', {
          found: says(t, s.arg, type, show),
          help: 'say the order of its axes: #(ijk->kji; T)',
        }),
      );
      return unknownType;
    default:
      return unreachable(type.kind);
  }
}
