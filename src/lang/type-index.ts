// Types of `A[i, 1:3]`, of sums over indices and of einsums.

import type { Span } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { type Dim, addDims, dim, dimValue, sameDim, subDims } from '../ir/dim.ts';
import { error } from './codes.ts';
import { isSizeProblem, sizeOf } from './size.ts';
import type { EinsumSyntax, IndexItem, IndexSyntax, Syntax, TotalSyntax } from './syntax.ts';
import { count } from './parse-einsum.ts';
import { labelsOf } from './type-alike.ts';
import {
  type LabelDim,
  type Orientation,
  type Type,
  type Typing,
  kindOfOrder,
  origins,
  says,
  typeWith,
  unknownType,
} from './type.ts';

export function typeOfIndex(t: Typing, s: IndexSyntax): Type {
  const type = t.typeOf(s.arg);
  if (type.kind === 'unknown') return type;
  if (type.dims.length !== s.items.length) {
    const needed = count(type.dims.length, 'index', 'indices');
    t.report((show) =>
      error(
        'wrong-number-of-indices',
        s.span,
        type.kind === 'scalar'
          ? 'a scalar has no indices'
          : `this ${type.kind} has ${count(type.dims.length, 'axis', 'axes')}`,
        {
          needed,
          found: `${s.items.length}, and ${says(t, s.arg, type, show)}`,
          help: 'give one index for each axis; : takes all of it',
          notes: origins(t, [s.arg], show),
        },
      ),
    );
    return unknownType;
  }
  const fresh: { type: Type; syntax: { span: Span } }[] = [];
  const kept: { axis: number; dim: Dim }[] = [];
  for (const [axis, item] of s.items.entries()) {
    const d = must(type.dims[axis]);
    if (item.kind === 'label')
      fresh.push({ syntax: item, type: typeWith('scalar', [], [{ name: item.name, dim: d }]) });
    else if (item.kind === 'range') {
      const length = rangeLength(t, item, d);
      if (length === undefined) return unknownType;
      kept.push({ axis, dim: length });
    } else if (!entryFits(t, item, d)) return unknownType;
  }
  const operands = [{ syntax: s.arg, type }, ...fresh.map((f) => ({ type: f.type, syntax: s.arg }))];
  return typeWith(
    keptKind(
      type.kind,
      kept.map((k) => k.axis),
    ),
    kept.map((k) => k.dim),
    labelsOf(t, operands),
  );
}

/** A column of a matrix is a column, a row a row. */
function keptKind(kind: Orientation, axes: readonly number[]): Orientation {
  if (axes.length === 0) return 'scalar';
  if (kind === 'matrix') return axes.length === 2 ? 'matrix' : axes[0] === 0 ? 'vector' : 'row';
  return kind === 'tensor' ? kindOfOrder(axes.length) : kind;
}

/** 1-based position as an offset from 0, `end` being the last. */
export function offsetOf(s: Syntax, whole: Dim): Dim | undefined {
  const position = sizeOf(s, (name) => (name === 'end' ? whole : dim(name)));
  return isSizeProblem(position) ? undefined : subDims(position, dim(1));
}

export function rangeEnds(
  item: Extract<IndexItem, { kind: 'range' }>,
  whole: Dim,
): { offset: Dim; length: Dim } | undefined {
  const offset = item.from ? offsetOf(item.from, whole) : dim(0);
  const last = item.to ? offsetOf(item.to, whole) : subDims(whole, dim(1));
  return offset && last && { offset, length: addDims(subDims(last, offset), dim(1)) };
}

function rangeLength(t: Typing, item: Extract<IndexItem, { kind: 'range' }>, d: Dim): Dim | undefined {
  const ends = rangeEnds(item, d);
  if (!ends) return badPosition(t, item.span);
  t.later((show) => {
    const whole = t.solver.find(d);
    const now = rangeEnds(item, whole);
    if (!now) return undefined;
    const [from, length] = [dimValue(now.offset), dimValue(now.length)];
    const room = dimValue(subDims(whole, addDims(now.offset, now.length)));
    if ((from ?? 0) >= 0 && (length ?? 1) >= 1 && (room ?? 0) >= 0) return undefined;
    return outOfRange(item.span, `1 to ${show(whole)}, first before last`);
  });
  return sameDim(ends.length, d) ? d : ends.length;
}

function entryFits(t: Typing, item: Extract<IndexItem, { kind: 'entry' }>, d: Dim): boolean {
  if (!offsetOf(item.at, d)) {
    badPosition(t, item.span);
    return false;
  }
  t.later((show) => {
    const whole = t.solver.find(d);
    const offset = offsetOf(item.at, whole);
    const room = offset && dimValue(subDims(whole, offset));
    if (!offset || ((dimValue(offset) ?? 0) >= 0 && (room ?? 1) >= 1)) return undefined;
    return outOfRange(item.span, `1 to ${show(whole)}`);
  });
  return true;
}

function outOfRange(span: Span, needed: string): ReturnType<typeof error> {
  return error('index-out-of-range', span, 'this index is outside of the axis', {
    needed,
    help: 'indices count from 1; the last is end',
  });
}

function badPosition(t: Typing, span: Span): undefined {
  t.report(() =>
    error('bad-index', span, 'this is no position', {
      needed: 'a number, a label, or a range',
      help: 'write A[i,j], x[2], x[end], A[1:3, :] or A[2:n, 1]',
    }),
  );
  return undefined;
}

export function typeOfTotal(t: Typing, s: TotalSyntax): Type {
  const type = t.typeOf(s.arg);
  if (type.kind === 'unknown') return type;
  for (const label of s.labels) {
    const found = type.labels.find((l) => l.name === label.name);
    if (!found) {
      const help = `leave ${label.name} out of sum[…], or use it inside, as in sum[${label.name}](x[${label.name}])`;
      t.report(() =>
        error('index-not-used', label.span, `the index ${label.name} does not occur in the sum, so it has no range`, {
          help,
        }),
      );
      return unknownType;
    }
    if (label.to && !upperEndFits(t, label.to, found)) return unknownType;
  }
  return { ...type, labels: type.labels.filter((l) => !s.labels.some((bound) => bound.name === l.name)) };
}

function upperEndFits(t: Typing, to: Syntax, label: LabelDim): boolean {
  const end = sizeOf(to, dim);
  if (isSizeProblem(end)) {
    t.report(() =>
      error('bad-size', end.span, end.message, { needed: 'the size of the axis', help: `write sum[${label.name}](…)` }),
    );
    return false;
  }
  if (!t.solver.equate(end, label.dim, to.span)) return true;
  t.report((show) =>
    error('shapes-differ', to.span, `the sum over ${label.name} ends elsewhere than its axis`, {
      needed: show(label.dim),
      found: show(end),
      help: `write sum[${label.name}](…) for the whole axis`,
    }),
  );
  return false;
}

export function typeOfEinsum(t: Typing, s: EinsumSyntax): Type {
  const dims = new Map<string, Dim>();
  const types = s.args.map((a) => t.typeOf(a));
  for (const [k, arg] of s.args.entries()) {
    const type = must(types[k]);
    const labels = [...must(s.operands[k])];
    if (type.kind === 'unknown') return unknownType;
    if (type.labels.length > 0) {
      t.report((show) =>
        error('mixed-notation', arg.span, 'an einsum takes no values with free indices', {
          found: says(t, arg, type, show),
          help: 'write the einsum without [ ] indices',
        }),
      );
      return unknownType;
    }
    if (labels.length !== type.dims.length) {
      t.report((show) =>
        error(
          'bad-einsum',
          arg.span,
          `${labels.length === 0 ? 'no labels stand' : labels.length === 1 ? 'one label stands' : `${labels.length} labels stand`} for a value of order ${type.dims.length}`,
          {
            needed: `${count(labels.length, 'axis', 'axes')} for ${labels.join('') || 'nothing'}`,
            found: says(t, arg, type, show),
            help: 'give one letter for each axis',
            notes: origins(t, [arg], show),
          },
        ),
      );
      return unknownType;
    }
    for (const [axis, label] of labels.entries()) {
      const d = must(type.dims[axis]);
      const known = dims.get(label);
      if (known === undefined) dims.set(label, d);
      else if (t.solver.equate(known, d, arg.span)) {
        t.report((show) =>
          error('shapes-differ', arg.span, `the label ${label} stands for axes of different sizes`, {
            needed: `${show(known)} = ${show(d)}`,
            found: s.args.map((a, i) => says(t, a, must(types[i]), show)).join(', '),
            help: 'use another label, or change the declared sizes',
            notes: [...origins(t, s.args, show), ...t.solver.why(d, show)],
          }),
        );
        return unknownType;
      }
    }
  }
  const out = [...s.result].map((label) => {
    const d = dims.get(label) ?? t.solver.fresh();
    dims.set(label, d);
    return d;
  });
  return typeWith(kindOfOrder(out.length), out);
}
