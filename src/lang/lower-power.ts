// Powers: of scalars and entry by entry, and of square matrices.

import { must } from '../base/internal.ts';
import { type Expr, contract, eye } from '../ir/expr.ts';
import { call } from '../ops/define.ts';
import type { Rational } from '../ir/rational.ts';
import { inverse } from '../ops/matrix/determinant.ts';
import { squareRoot } from '../ops/matrix/functions.ts';
import { power } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { powName } from '../ops/scalar/power.ts';
import { constantOf } from './constant.ts';
import type { PowerSyntax } from './syntax.ts';
import { type Lowering, type Value, allLabels, fit } from './value.ts';

export function lowerPower(l: Lowering, s: PowerSyntax): Value {
  const constant = constantOf(s.exponent);
  const base = l.value(s.base);
  if (s.op === '^' && l.typeOf(s.base).kind === 'matrix' && constant) {
    return { node: rootedPower(base.node, base.labels.length, constant), labels: base.labels };
  }
  if (constant) return { node: power(base.node, constant), labels: base.labels };
  const exponent = l.value(s.exponent);
  const target = { type: l.typeOf(s), labels: allLabels([base, exponent]) };
  const args = [fit(l, base, l.typeOf(s.base), target), fit(l, exponent, l.typeOf(s.exponent), target)];
  return { node: call(opNamed(powName), args), labels: target.labels.map((x) => x.name) };
}

/** Of negative exponents the inverse, of halves the principal square root. */
function rootedPower(X: Expr, batch: number, { num, den }: Rational): Expr {
  const root = den === 2 ? squareRoot(X) : X;
  return matrixPower(num < 0 ? inverse(root) : root, batch, Math.abs(num));
}

/** By squaring, so that the graph has about log k nodes. */
function matrixPower(X: Expr, batch: number, k: number): Expr {
  if (k === 0) return identity(X, batch);
  if (k === 1) return X;
  const half = matrixPower(X, batch, Math.floor(k / 2));
  const square = times(half, half, batch);
  return k % 2 === 0 ? square : times(square, X, batch);
}

function times(A: Expr, B: Expr, batch: number): Expr {
  const lead = Array.from({ length: batch }, (_, i) => -1 - i);
  return contract(
    [A, B],
    [
      [...lead, 0, 1],
      [...lead, 1, 2],
    ],
    [...lead, 0, 2],
  );
}

function identity(X: Expr, batch: number): Expr {
  const I = eye(must(X.shape.at(-1)));
  const lead = Array.from({ length: batch }, (_, i) => -1 - i);
  return batch === 0 ? I : contract([I], [[0, 1]], [...lead, 0, 1], X.shape);
}
