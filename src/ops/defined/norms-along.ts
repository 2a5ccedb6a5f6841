// Norms of the rows and of the columns of a matrix.

import { must } from '../../base/internal.ts';
import { transpose } from '../../ir/build.ts';
import { type Expr, einsum } from '../../ir/expr.ts';
import { ratio } from '../../ir/rational.ts';
import { defined } from '../define.ts';
import type { FunctionRecord } from '../op.ts';
import { absolute } from '../scalar/piecewise.ts';
import { power } from '../scalar/power.ts';
import { largest } from './extremum.ts';

interface Along {
  readonly name: string;
  readonly says: string;
  /** Of a matrix, with a value for each of its rows. */
  readonly ofRows: (X: Expr) => Expr;
  /** What the sum of all norms has for a derivative by X. */
  readonly byRows: string;
  readonly byColumns: string;
}

const norms: readonly Along[] = [
  { name: 'norm1', says: 'sum of the absolute values', ofRows: (X) => einsum('ij->i', [absolute(X)]), byRows: 'sign(X)', byColumns: 'sign(X)' },
  {
    name: 'norm2',
    says: 'Euclidean norm',
    ofRows: (X) => power(einsum('ij->i', [power(X, 2)]), ratio(1, 2)),
    byRows: 'diag(rowsum(X.^2).^(-0.5))*X',
    byColumns: 'X*diag(colsum(X.^2).^(-0.5))',
  },
  { name: 'norminf', says: 'largest absolute value', ofRows: (X) => largest(absolute(X), 1), byRows: 'ismaxrows(abs(X)).*sign(X)', byColumns: 'ismaxcols(abs(X)).*sign(X)' },
];

export const normsAlong: readonly FunctionRecord[] = norms.flatMap(({ name, says, ofRows, byRows, byColumns }) => [
  defined({
    name: `${name}rows`,
    family: 'reduction',
    says: `${says} of each row, as a column`,
    forms: { 'matrix(m, n) -> vector(m)': ([X]) => ofRows(must(X)) },
    examples: [{ of: `sum(${name}rows(X))`, by: 'X', is: byRows }],
  }),
  defined({
    name: `${name}cols`,
    family: 'reduction',
    says: `${says} of each column, as a row`,
    forms: { 'matrix(m, n) -> row(n)': ([X]) => ofRows(transpose(must(X))) },
    examples: [{ of: `sum(${name}cols(X))`, by: 'X', is: byColumns }],
  }),
]);
