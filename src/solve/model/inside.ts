// Where to start for logarithms of determinants: at a point at which their arguments are positive definite, found by a
// semidefinite program (Boyd & Vandenberghe, Convex Optimization, section 11.4: phase I methods).

import { add, neg, scale, sub } from '../../ir/build.ts';
import { einsum, eye, number, variable } from '../../ir/expr.ts';
import { facts } from '../../ir/fact.ts';
import { minusOne, one } from '../../ir/rational.ts';
import { must } from '../../base/internal.ts';
import { postorder, variables as variablesOf } from '../../ir/walk.ts';
import { argOfDefinite } from '../../ops/matrix/determinant.ts';
import { isAffine } from './derivatives.ts';
import type { Constraint, Statement } from './statement.ts';

/**
 * Of the affine matrices that must be positive definite wherever the statement has values, the program that makes the least
 * of their eigenvalues as large as possible, up to 1, under the constraints that are affine; undefined if there are none.
 */
export function insideOf({ objective, constraints, variables, cones }: Statement): Statement | undefined {
  const matrices = [...postorder([objective, ...constraints.map((c) => c.expr)])].flatMap((e) => argOfDefinite(e) ?? []).filter((M) => variablesOf([M]).some((v) => variables.includes(v)));
  if (matrices.length === 0 || !matrices.every((M) => isAffine(M, variables))) return undefined;
  const level = variable('#least', []);
  const parts = matrices.map((M, k) => variable(`#above ${k}`, M.shape, facts(['symmetric', 'psd'])));
  const ties = matrices.map((M, k): Constraint => ({ name: `#definite ${k}`, relation: '==', expr: add(M, scale(minusOne, einsum(',ij->ij', [level, eye(must(M.shape[0]))])), neg(must(parts[k]))) }));
  return {
    objective: neg(level),
    constraints: [...constraints.filter((c) => isAffine(c.expr, variables)), ...ties, { name: '#most', relation: '<=', expr: sub(level, number(one)) }],
    variables: [...variables, level, ...parts],
    cones: new Map([...cones, ...parts.map((p): [string, 1] => [p.name, 1])]),
  };
}
