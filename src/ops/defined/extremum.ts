// Largest and smallest entry. The derivative is the indicator of the entry that is largest, whose own is zero; ties are
// excluded points.

import { must } from '../../base/internal.ts';
import { transpose, zeros } from '../../ir/build.ts';
import type { Dim } from '../../ir/dim.ts';
import type { ApplyNode, Expr, Shape } from '../../ir/expr.ts';
import { call, defined } from '../define.ts';
import { transposed } from '../matrix/determinant.ts';
import type { Curvature, FunctionRecord, Op, Written } from '../op.ts';
import { type Dense, dense } from '../reference/dense.ts';
import { type Spelling, lastAxes as spelledAxes, level, wrap } from '../spell.ts';
import { ofEntries } from '../spell-native.ts';
import { lastAxesFromOne } from '../spell-scripts.ts';
import { larger, smaller } from '../scalar/piecewise.ts';
import * as work from '../matrix/work.ts';

interface Extremum {
  readonly name: 'max' | 'min';
  readonly says: string;
  readonly better: (a: number, b: number) => boolean;
  readonly ofTwo: (x: Expr, y: Expr) => Expr;
  readonly is: Curvature['is'];
}

function overAxes(name: string, axis: string): Spelling {
  return (site) => {
    const over = spelledAxes(site);
    return `${name}(${site.args[0]?.text}${over === undefined ? '' : `, ${axis}=${over.length === 1 ? over[0] : `(${over.join(', ')})`}`})`;
  };
}

/** Ones at the largest (or smallest) entry, the first if there are several. */
function indicator(name: string, tail: string): Spelling {
  return ({ args: [x], params: [k], helper }) => `${helper(name)}(${x?.text}, ${k}${tail})`;
}

/** `max(X, [], 2)`, `max(max(X))`. */
function largestOfAxes(name: string): Spelling {
  return (site) => lastAxesFromOne(site).reduce((x, axis) => (site.batch === 0 ? `${name}(${x})` : `${name}(${x}, [], ${axis})`), site.args[0]?.text ?? '');
}

/** Ones at the first largest entry; at the smallest, after a change of sign. */
function indicatorOf(name: 'max' | 'min', helper: string): Spelling {
  return ({ args: [x], batch, helper: of }) => `${of(helper)}(${name === 'max' ? x?.text : `-${wrap(must(x), level.product)}`}, ${batch})`;
}

function extremum({ name, says, better, ofTwo, is }: Extremum): { records: readonly FunctionRecord[]; op: Op } {
  const best = (X: Dense): number =>
    X.data.reduce((at, value, i) => (Number.isNaN(X.data[at]!) || (at < i && better(value, X.data[at]!)) ? i : at), 0);
  const tie = ([X]: readonly string[]): string => `${name}(${X}) attained twice`;
  const op: Op = {
    name,
    ranks: ([k]) => [Number(k)],
    shape: () => [],
    partial: ({ args, params }) => call(mark, args, params),
    kinks: { pieces: (args) => args },
    spell: {
      octave: largestOfAxes(name), r: ({ args: [x], batch }) => (batch === 0 ? `${name}(${x?.text})` : `apply(${x?.text}, ${batch === 1 ? 1 : `1:${batch}`}, ${name})`),
      numpy: overAxes(`xp.${name}`, 'axis'), jax: overAxes(`jnp.${name}`, 'axis'), torch: overAxes(`torch.a${name}`, 'dim'),
      ...ofEntries(name === 'max' ? 'largest' : 'smallest', name === 'max' ? 'largest' : 'smallest', 'number'),
    },
    work: work.ofEntries(1),
    value: ([X]) => dense([], [must(X).data[best(must(X))] ?? Number.NaN]),
    excludes: tie,
    curvature: { is, grows: [1] },
    written: (node) => written(node, name, `row${name}`, `col${name}`),
  };
  const mark: Op = {
    name: `is${name}`,
    ranks: ([k]) => [Number(k)],
    shape: ([X]) => must(X),
    partial: ({ node, params: [k] }) => zeros([...node.shape, ...lastAxes(node.shape, Number(k))]),
    spell: {
      octave: indicatorOf(name, 'isMax'), r: indicatorOf(name, 'is_max'),
      numpy: indicator(`is_${name}`, ', xp'), jax: indicator(`is_${name}`, ''), torch: indicator(`is_${name}`, ''),
      ...ofEntries(name === 'max' ? 'atLargest' : 'atSmallest', name === 'max' ? 'at_largest' : 'at_smallest', 'same shape'),
    },
    work: work.ofEntries(1),
    value: ([X]) => {
      const result = dense(must(X).shape);
      result.data[best(must(X))] = 1;
      return result;
    },
    facts: () => ['nonnegative'],
    excludes: tie,
    written: (node) => written(node, `is${name}`, `is${name}rows`, `is${name}cols`, true),
  };
  const whole = (of: Op) => (args: readonly Expr[]) => call(of, [must(args[0])], [must(args[0]).shape.length]);
  const ofRows = (of: Op) => (args: readonly Expr[]) => call(of, [must(args[0])], [1]);
  const ofColumns = (of: Op) => (args: readonly Expr[]) => call(of, [transpose(must(args[0]))], [1]);
  const records: FunctionRecord[] = [
    {
      ...defined({
        name,
        family: 'reduction',
        says: `${says} entry of one argument, or of two arguments entry by entry`,
        axis: { rows: `row${name}`, cols: `col${name}` },
        forms: { 'any -> scalar': whole(op), 'any, any -> any': ([x, y]) => ofTwo(must(x), must(y)) },
        examples: [
          { of: `${name}(x)`, by: 'x', is: `is${name}(x)` },
          { of: `sum(${name}(x, y))`, by: 'x', is: name === 'max' ? 'step(x-y)' : 'step(y-x)' },
        ],
      }),
      op,
    },
    defined({
      name: `row${name}`,
      family: 'reduction',
      says: `${says} entry of each row, as a column`,
      forms: { 'matrix(m, n) -> vector(m)': ofRows(op) },
      examples: [{ of: `sum(row${name}(X))`, by: 'X', is: `is${name}rows(X)` }],
    }),
    defined({
      name: `col${name}`,
      family: 'reduction',
      says: `${says} entry of each column, as a row`,
      forms: { 'matrix(m, n) -> row(n)': ofColumns(op) },
      examples: [{ of: `sum(col${name}(X))`, by: 'X', is: `is${name}cols(X)` }],
    }),
    {
      ...defined({
        name: `is${name}`,
        family: 'reduction',
        says: `1 where the ${says} entry is, else 0`,
        axis: { rows: `is${name}rows`, cols: `is${name}cols` },
        forms: { 'any -> any': whole(mark) },
        examples: [{ of: `is${name}(x)'*y`, by: 'y', is: `is${name}(x)` }],
      }),
      op: mark,
    },
    defined({
      name: `is${name}rows`,
      family: 'reduction',
      says: `1 where the ${says} entry of each row is, else 0`,
      forms: { 'matrix(m, n) -> matrix(m, n)': ofRows(mark) },
      examples: [{ of: `sum(is${name}rows(X).*Y)`, by: 'Y', is: `is${name}rows(X)` }],
    }),
    defined({
      name: `is${name}cols`,
      family: 'reduction',
      says: `1 where the ${says} entry of each column is, else 0`,
      forms: { 'matrix(m, n) -> matrix(m, n)': (args) => transpose(ofColumns(mark)(args)) },
      examples: [{ of: `sum(is${name}cols(X).*Y)`, by: 'Y', is: `is${name}cols(X)` }],
    }),
  ];
  return { records, op };
}

const max = extremum({ name: 'max', says: 'largest', better: (a, b) => a > b, ofTwo: larger, is: 'convex' });
const min = extremum({ name: 'min', says: 'smallest', better: (a, b) => a < b, ofTwo: smaller, is: 'concave' });

export const extremumRecords: readonly FunctionRecord[] = [...max.records, ...min.records];

/** The largest of all entries, as a scalar; or over so many of the last axes. */
export function largest(x: Expr, axes: number = x.shape.length): Expr {
  return call(max.op, [x], [axes]);
}

/** x, when `e` is the largest of all entries of x. */
export function argOfLargest(e: Expr): Expr | undefined {
  return e.kind === 'apply' && e.op === max.op.name && e.shape.length === 0 ? e.args[0] : undefined;
}

/**
 * How a function over the last k axes is written: over all of them, over each row, or over each column.
 * `keeps`: the result has the shape of the argument, so the column form is written transposed.
 */
export function written(node: ApplyNode, all: string, rows: string, columns: string, keeps = false): Written {
  const X = must(node.args[0]);
  if (X.shape.length !== 2 || node.params[0] !== 1) return { name: all, args: [X] };
  const turned = transposed(X);
  return turned ? { name: columns, args: [turned], transposed: keeps } : { name: rows, args: [X] };
}

export function lastAxes(shape: Shape, k: number): readonly Dim[] {
  return shape.slice(shape.length - k);
}
