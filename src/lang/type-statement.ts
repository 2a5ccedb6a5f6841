// The end of a statement: free index labels become the axes of its value.

import { error, notice } from './codes.ts';
import type { Statement, Syntax } from './syntax.ts';
import { type LabelDim, type Type, type Typing, kindOfOrder, says, typeWith, unknownType } from './type.ts';

export interface Closed {
  readonly type: Type;
  readonly labels: readonly LabelDim[];
}

export function closeStatement(t: Typing, statement: Statement, type: Type): Closed {
  const { target, value } = statement;
  if (type.kind === 'unknown') return { type, labels: [] };
  const wanted = target && target.labels.length > 0 ? target.labels.map((l) => l.name) : undefined;
  if (type.labels.length === 0 && !wanted) return { type, labels: [] };
  if (type.kind !== 'scalar') {
    t.report(
      (show) =>
        error('mixed-notation', value.span, 'this has free indices and axes without an index', {
          needed: 'an index for every axis',
          found: says(t, value, type, show),
          help: 'write indices on every factor, or sum over the free ones: sum[i](…)',
        }),
      'firm',
    );
    return { type: unknownType, labels: [] };
  }
  if (!wanted && !sameFreeLabels(t, value)) return { type: unknownType, labels: [] };
  const labels = (wanted ?? type.labels.map((l) => l.name)).map(
    (name) => type.labels.find((l) => l.name === name) ?? { name, dim: t.solver.fresh() },
  );
  // A label twice on the left is a diagonal: one dim.
  const unique = labels.map((l) => labels.find((first) => first.name === l.name) ?? l);
  return {
    type: typeWith(
      kindOfOrder(unique.length),
      unique.map((l) => l.dim),
    ),
    labels: unique,
  };
}

function sameFreeLabels(t: Typing, value: Syntax): boolean {
  if (value.kind !== 'sum') return true;
  const lists = value.terms.map(({ arg }) => ({ arg, labels: t.typeOf(arg).labels.map((l) => l.name) }));
  const [first] = lists;
  if (!first) return true;
  const key = (labels: readonly string[]): string => [...labels].sort().join(',');
  const other = lists.find(
    (l) => key(l.labels) !== key(first.labels) && l.labels.length > 0 && first.labels.length > 0,
  );
  if (!other) return true;
  const all = [...new Set([...first.labels, ...other.labels])];
  t.report(() =>
    error('free-indices-differ', other.arg.span, 'the terms of this sum have different free indices', {
      needed: first.labels.join(', '),
      found: other.labels.join(', '),
      help: `say what the result is: y[${all.join(',')}] = …`,
    }),
  );
  return false;
}

/** What the summation convention did, when there is no left side to say it. */
export function noticeConvention(t: Typing, statement: Statement, closed: Closed, summed: readonly string[]): void {
  if (statement.target || (closed.labels.length === 0 && summed.length === 0)) return;
  const over = summed.length > 0 ? `summed over ${[...new Set(summed)].join(', ')}` : 'nothing is summed';
  const free = closed.labels.map((l) => l.name);
  const result =
    free.length === 0
      ? 'the result is a scalar'
      : `the result has the ${free.length === 1 ? 'index' : 'indices'} ${free.join(', ')}`;
  t.notify(() =>
    notice('einstein-sum', statement.value.span, `${over}; ${result}`, {
      help: `to say it yourself, write y[${free.join(',')}] = … or sum[…](…)`.replace('y[] =', 'y ='),
    }),
  );
}
