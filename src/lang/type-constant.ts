// Constants: vector(1), matrix(0), tensor(1, i, j, k), eye. Their sizes are inferred unless given.

import { type Dim, dim, dimValue } from '../ir/dim.ts';
import { error } from './codes.ts';
import { count } from './parse-einsum.ts';
import { isSizeProblem, sizeOf } from './size.ts';
import type { CallSyntax, Syntax } from './syntax.ts';
import { type Type, type Typing, kindOfOrder, says, typeWith, unknownType } from './type.ts';

const orders: Readonly<Record<string, number>> = { vector: 1, matrix: 2 };

/** Names that call a constant, so that they are no variables. */
export function isConstantName(name: string): boolean {
  return name === 'eye' || name === 'tensor' || Object.hasOwn(orders, name);
}

/** The position from which the arguments of a constant are sizes. */
export function firstSizeArgument(name: string): number {
  return name === 'eye' ? 0 : 1;
}

/** The type of a call of a constant; undefined when the call is none. */
export function typeOfConstant(t: Typing, s: CallSyntax): Type | undefined {
  if (!isConstantName(s.name)) return undefined;
  const sizes = readSizes(t, s, s.args.slice(firstSizeArgument(s.name)));
  if (!sizes) return unknownType;
  return s.name === 'eye' ? eyeCall(t, s, sizes) : filled(t, s, sizes);
}

function eyeCall(t: Typing, s: CallSyntax, sizes: readonly Dim[]): Type {
  const [n = t.solver.fresh(), m = n] = sizes;
  if (sizes.length > 2 || t.solver.equate(n, m, s.span)) {
    t.report(
      () =>
        error('wrong-argument', s.span, 'the unit matrix is square', {
          needed: 'eye, eye(n) or eye(n, n)',
          found: count(sizes.length, 'size'),
          help: 'write eye',
        }),
      'firm',
    );
    return unknownType;
  }
  t.calls.set(s, { kind: 'eye' });
  return typeWith('matrix', [n, n]);
}

function filled(t: Typing, s: CallSyntax, sizes: readonly Dim[]): Type {
  const [value] = s.args;
  const order = orders[s.name] ?? sizes.length;
  const fits = value !== undefined && (sizes.length === order || (sizes.length === 0 && Object.hasOwn(orders, s.name)));
  if (!fits) {
    const needed =
      { vector: 'vector(1) or vector(1, n)', matrix: 'matrix(1) or matrix(1, m, n)' }[s.name] ?? 'tensor(1, i, j, k)';
    const message = `a constant ${s.name} has a value, and then all of its sizes or none`;
    t.report(
      () =>
        error('wrong-number-of-arguments', s.span, message, {
          needed,
          found: count(s.args.length, 'argument'),
          help: `write ${needed}`,
        }),
      'firm',
    );
    return unknownType;
  }
  const type = t.typeOf(value);
  if (type.kind === 'unknown') return unknownType;
  if (type.kind !== 'scalar' || type.labels.length > 0) {
    t.report((show) =>
      error('wrong-argument', value.span, 'the value of a constant is a scalar', {
        needed: 'a scalar',
        found: says(t, value, type, show),
        help: `write ${s.name}(1)`,
      }),
    );
    return unknownType;
  }
  t.calls.set(s, { kind: 'constant', value });
  const dims = sizes.length > 0 ? sizes : Array.from({ length: order }, () => t.solver.fresh());
  return typeWith(kindOfOrder(order), dims);
}

function readSizes(t: Typing, s: CallSyntax, list: readonly Syntax[]): Dim[] | undefined {
  const sizes: Dim[] = [];
  for (const part of list) {
    const size = sizeOf(part, dim);
    if (isSizeProblem(size) || (dimValue(size) ?? 1) < 1) {
      const message = isSizeProblem(size) ? size.message : 'a size is at least 1';
      t.report(
        () =>
          error('bad-size', part.span, message, {
            needed: `a size as argument of ${s.name}`,
            help: 'give a number or the name of a size',
          }),
        'firm',
      );
      return undefined;
    }
    sizes.push(size);
  }
  return sizes;
}
