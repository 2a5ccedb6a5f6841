// Operands that are combined entry by entry: all of one shape, or scalars, which repeat. A direct call of a row or
// column reduction (`A./rowsum(A)`) is repeated across a matrix.

import type { Span } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { functions } from '../ops/table.ts';
import { error } from './codes.ts';
import type { Syntax } from './syntax.ts';
import {
  type LabelDim,
  type Type,
  type Typing,
  isGuess,
  joinLabels,
  origins,
  quote,
  says,
  scalarType,
  unknownType,
} from './type.ts';

export interface Operand {
  readonly syntax: Syntax;
  readonly type: Type;
}

export interface Combining {
  /** `added`, for "cannot be added". */
  readonly verb: string;
  readonly sign: string;
  readonly whole: Span;
  /** What the last operand may have been meant to be multiplied with first. */
  readonly behind?: Syntax;
}

/** The common type. */
export function alike(t: Typing, operands: readonly Operand[], how: Combining): Type {
  if (operands.some((o) => o.type.kind === 'unknown')) return unknownType;
  const arrays = operands.filter((o) => o.type.kind !== 'scalar');
  const [first] = arrays;
  const labels = labelsOf(t, operands);
  if (first === undefined) return { ...scalarType, labels };
  const mixed = operands.find((o) => o.type.kind === 'scalar' && o.type.labels.length > 0);
  if (mixed && arrays.some((o) => o.type.labels.length === 0)) {
    const plain = must(arrays.find((o) => o.type.labels.length === 0));
    t.report(
      (show) =>
        error('mixed-notation', mixed.syntax.span, 'index notation and matrix notation do not mix here', {
          found: `${says(t, mixed.syntax, mixed.type, show)}, ${says(t, plain.syntax, plain.type, show)}`,
          help: `write indices on ${quote(t, plain.syntax)} as well, such as (${quote(t, plain.syntax)})[i]`,
        }),
      'firm',
    );
    return unknownType;
  }
  const widest = arrays.find((o) => o.type.kind === 'matrix') ?? first;
  for (const other of arrays) {
    if (other === widest) continue;
    if (!(other.type.kind === widest.type.kind ? sameDims(t, widest, other, how) : repeats(t, widest, other, how)))
      return unknownType;
  }
  return { ...widest.type, labels };
}

export function labelsOf(t: Typing, operands: readonly Operand[]): LabelDim[] {
  const parts = operands.map((o) => ({ type: o.type, span: o.syntax.span }));
  return joinLabels(t, parts, (name, a, b, span) => {
    t.report((show) =>
      error('shapes-differ', span, `the index ${name} runs over axes of different sizes`, {
        needed: `${show(a)} = ${show(b)}`,
        found: `${show(a)} and ${show(b)}`,
        help: 'use another index for one of them',
        notes: origins(
          t,
          operands.map((o) => o.syntax),
          show,
        ),
      }),
    );
  });
}

function sameDims(t: Typing, a: Operand, b: Operand, how: Combining): boolean {
  if (a.type.dims.length !== b.type.dims.length) return differ(t, a, b, how);
  for (const [i, d] of a.type.dims.entries()) {
    const e = must(b.type.dims[i]);
    if (!t.solver.equate(d, e, how.whole)) continue;
    t.report((show) =>
      error('shapes-differ', how.whole, `only arrays of one shape can be ${how.verb}`, {
        needed: `${show(d)} = ${show(e)}`,
        found: `${says(t, a.syntax, a.type, show)}, ${says(t, b.syntax, b.type, show)}`,
        help:
          a.type.kind === 'matrix'
            ? `transpose one of them, or change the declared sizes`
            : 'change the declared sizes',
        notes: [...origins(t, [a.syntax, b.syntax], show), ...t.solver.why(d, show), ...t.solver.why(e, show)],
      }),
    );
    return false;
  }
  return true;
}

/** A column or row beside a matrix. */
function repeats(t: Typing, matrix: Operand, other: Operand, how: Combining): boolean {
  const axis = other.type.kind === 'vector' ? 0 : 1;
  const d = matrix.type.dims[axis];
  const fits =
    matrix.type.kind === 'matrix' &&
    (other.type.kind === 'vector' || other.type.kind === 'row') &&
    isReduction(other.syntax);
  if (!fits || d === undefined) return differ(t, matrix, other, how);
  if (!t.solver.equate(d, must(other.type.dims[0]), how.whole)) return true;
  return sameDims(t, { ...matrix, type: { ...matrix.type, dims: [d] } }, other, how);
}

function isReduction(s: Syntax): boolean {
  if (s.kind !== 'call') return false;
  const last = s.args.at(-1);
  if (s.args.length === 2 && last?.kind === 'name' && /^(rows|cols)$/.test(last.name)) return true;
  return functions.some((f) => f.axis !== undefined && (f.axis.rows === s.name || f.axis.cols === s.name));
}

/** Two guessed names that do not fit: which of them is meant otherwise cannot be told. */
export function firmness(t: Typing, a: Operand, b: Operand): 'firm' | undefined {
  return isGuess(t, a.syntax) && isGuess(t, b.syntax) ? 'firm' : undefined;
}

function differ(t: Typing, a: Operand, b: Operand, how: Combining): false {
  t.report(
    (show) => {
      const [x, y] = [quote(t, a.syntax), quote(t, b.syntax)];
      const kinds = new Set([a.type.kind, b.type.kind]);
      const vector = a.type.kind === 'matrix' ? y : x;
      const matrix = a.type.kind === 'matrix' ? x : y;
      const column = kinds.has('vector');
      let help = 'bring both to one shape';
      if (kinds.has('vector') && kinds.has('row'))
        help = `transpose one of them; ${a.type.kind === 'vector' ? x : y}*${a.type.kind === 'vector' ? y : x} is their outer product`;
      else if (kinds.has('matrix') && (column || kinds.has('row'))) {
        const repeated = column ? `${vector}*vector(1)'` : `vector(1)*${vector}`;
        const scaled = column ? `diag(${vector})*${matrix}` : `${matrix}*diag(${vector})`;
        const [before, after] = a.type.kind === 'matrix' ? [b, a] : [a, b];
        const isMeant = how.behind && column && before.syntax.span[0] < after.syntax.span[0];
        const productFirst = isMeant ? `${vector}${how.sign}(${matrix}*${quote(t, how.behind)}) multiplies first; ` : '';
        help =
          how.sign === '.*' || how.sign === './'
            ? `${productFirst}${scaled} scales the ${column ? 'rows' : 'columns'}; ${repeated} repeats the vector`
            : `${repeated} repeats the vector; ${matrix}*x multiplies`;
      }
      return error('kinds-differ', how.whole, `a ${a.type.kind} and a ${b.type.kind} cannot be ${how.verb}`, {
        needed: 'one kind, or a scalar',
        found: `${says(t, a.syntax, a.type, show)}, ${says(t, b.syntax, b.type, show)}`,
        help,
        notes: origins(t, [a.syntax, b.syntax], show),
      });
    },
    firmness(t, a, b),
  );
  return false;
}
