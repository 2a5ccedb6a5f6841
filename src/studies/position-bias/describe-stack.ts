// From a stack back to a description, so that what a design found can be studied again.

import { unreachable } from '../../base/internal.ts';
import type { Mask, Positions, Schedule, Stack } from './stack.ts';

/** A description that `readStack` turns into the same stack: plain data, for JSON and YAML. */
export function describeStack(stack: Stack): Record<string, unknown> {
  const { length, heads, attention, residual, schedule } = stack;
  const each = <Part>(of: (a: Stack['attention'][number]) => Part): Part | Part[] => {
    const all = attention.map(of);
    return all.every((one) => JSON.stringify(one) === JSON.stringify(all[0])) ? all[0]! : all;
  };
  const isGiven = attention.some((a) => a.positions.kind === 'attention');
  return {
    length,
    layers: residual.length,
    heads,
    mask: each((a) => maskRow(a.masks, length)),
    positions: isGiven ? { attention: attention.map((a) => (a.positions.kind === 'attention' ? a.positions.heads.map((A) => rows(A, length)) : [])) } : each((a) => positionsText(a.positions)),
    content: { base: attention.map((a) => a.base), diagonal: attention.map((a) => a.diagonal) },
    temperature: attention.map((a) => a.temperature),
    residual: residualText(schedule, residual),
    headWeights: attention[0]!.headWeights,
  };
}

function maskRow(masks: readonly Mask[], length: number): unknown {
  const all = masks.map((mask) => maskText(mask, length));
  return all.every((one) => JSON.stringify(one) === JSON.stringify(all[0])) ? all[0] : { heads: all };
}

function maskText(mask: Mask, length: number): unknown {
  switch (mask.kind) {
    case 'causal':
    case 'full':
      return mask.kind;
    case 'window':
      return { window: mask.width };
    case 'prefix':
      return { prefix: mask.length };
    case 'matrix':
      return { matrix: rows(mask.allowed, length) };
    default:
      return unreachable(mask);
  }
}

function positionsText(positions: Positions): unknown {
  switch (positions.kind) {
    case 'none':
    case 'attention':
      return 'none';
    case 'alibi':
      return { alibi: positions.slopes };
    case 'rope':
      return { rope: { base: positions.base, dimension: positions.dimension } };
    case 'table':
      return { table: positions.bias };
    default:
      return unreachable(positions);
  }
}

function residualText(schedule: Schedule, residual: Float64Array): unknown {
  switch (schedule.kind) {
    case 'constant':
      return schedule.value;
    case 'power':
      return { power: { first: schedule.first, exponent: schedule.exponent } };
    case 'list':
      return [...residual];
    default:
      return unreachable(schedule);
  }
}

function rows(A: Float64Array, n: number): number[][] {
  return Array.from({ length: n }, (_, i) => [...A.subarray(i * n, (i + 1) * n)]);
}
