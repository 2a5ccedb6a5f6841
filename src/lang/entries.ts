// What is read off a product before it is reduced: entries that unit rows take, labels that unit matrices make one.

import { must } from '../base/internal.ts';
import type { Label, Piece } from './label-graph.ts';
import { filled, type Range, selectedRows, slice, transposeOf } from './notation-tree.ts';

/** One row of the identity, summed over its one place, takes an entry of whatever else bears its other label. */
export function takeEntries(pieces: readonly Piece[], out: readonly Label[]): readonly Piece[] {
  const rowOf = (p: Piece): string | undefined => {
    const range = p.labels.length === 2 ? selectedRows(p.tree) : undefined;
    const [place] = p.labels;
    if (range === undefined || range === 'all' || 'at' in range || range.from !== range.to || place === p.labels[1])
      return undefined;
    return out.includes(must(place)) || pieces.some((q) => q !== p && q.labels.includes(must(place)))
      ? undefined
      : range.from;
  };
  const k = pieces.findIndex((p) => rowOf(p) !== undefined);
  if (k < 0) return pieces;
  const taker = must(pieces[k]);
  const label = must(taker.labels[1]);
  const rest = pieces.filter((p) => p !== taker);
  const whole = taker.tree.kind === 'slice' ? taker.tree.of : taker.tree;
  const at = positionText(must(rowOf(taker)), whole.kind === 'identity' ? whole.sizes[0] : undefined);
  if (out.includes(label))
    return takeEntries([...rest, { tree: slice(whole, ['all', { at }], 'column'), labels: [label] }], out);
  return takeEntries(
    rest.map((p) => {
      let piece = p;
      while (piece.labels.includes(label)) piece = entryOf(piece, piece.labels.indexOf(label), at);
      return piece;
    }),
    out,
  );
}

/** An identity with a summed label says that its two labels are one. */
export function joinLabels(pieces: readonly Piece[], out: readonly Label[]): readonly Piece[] {
  const k = pieces.findIndex((p) => p.tree.kind === 'identity' && p.labels.some((l) => !out.includes(l)));
  const found = pieces[k];
  if (!found) return pieces;
  const [a, b] = found.labels as [Label, Label];
  const [gone, kept] = out.includes(b) ? [a, b] : [b, a];
  const rest = pieces
    .filter((p) => p !== found)
    .map((p) => ({ tree: p.tree, labels: p.labels.map((l) => (l === gone ? kept : l)) }));
  return joinLabels([...rest, { tree: filled(1, 'column'), labels: [kept] }], out);
}

function entryOf({ tree, labels }: Piece, axis: number, at: string): Piece {
  const rest = labels.filter((_, i) => i !== axis);
  const ranges = labels.map((_, i): Range => (i === axis ? { at } : 'all'));
  if (labels.length !== 2)
    return {
      tree: slice(tree, ranges, rest.length === 0 ? 'scalar' : rest.length === 2 ? 'matrix' : 'tensor'),
      labels: rest,
    };
  return { tree: axis === 0 ? transposeOf(slice(tree, ranges, 'row')) : slice(tree, ranges, 'column'), labels: rest };
}

/** A bare name in brackets would be a label. */
function positionText(at: string, size: string | undefined): string {
  if (at === size && !/^\d+$/.test(at)) return 'end';
  return /^[^\d\s][^\s+*-]*$/.test(at) ? `${at}+0` : at;
}
