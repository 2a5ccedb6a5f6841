// What `ricci solve` says of a parameter: derivatives of the optimum by it, and a path of its values.

import { type PathPoint, type Sensitivity, solutionData, spaced } from '../solve/index.ts';
import { type Nested, toNested } from '../ops/reference/dense.ts';
import { UsageError } from './args.ts';
import type { Paint } from './paint.ts';
import { labelled } from './answer.ts';
import { valueText } from './values.ts';

const mostShown = 60;

export function sensitivityText(list: readonly Sensitivity[], paint: Paint): string {
  const value = (d: Parameters<typeof toNested>[0]): string => (d.data.length <= mostShown ? valueText(toNested(d)) : `${d.shape.join(' × ')} entries (--json for all)`);
  const rows = list.flatMap((s): [string, string][] => [
    [`by ${s.parameter}`, s.says],
    ...(s.objective ? [['objective', value(s.objective)] as [string, string]] : []),
    ...Object.entries(s.x ?? {}).map(([name, d]): [string, string] => [name, value(d)]),
  ]);
  return labelled(rows, paint);
}

export function sensitivityData(list: readonly Sensitivity[]): Record<string, unknown> {
  const nested = (list2: Sensitivity['x']): Record<string, Nested> => Object.fromEntries(Object.entries(list2 ?? {}).map(([name, d]) => [name, toNested(d)]));
  return Object.fromEntries(list.map((s) => [s.parameter, { says: s.says, ...(s.objective && { objective: toNested(s.objective) }), ...(s.x && { x: nested(s.x) }) }]));
}

/** `c=1e-3:10:50`: fifty values of c. */
export function pathOf(text: string): { readonly parameter: string; readonly values: readonly number[] } {
  const match = /^([^=]+)=([^:]+):([^:]+):(\d+)$/.exec(text);
  const [first, last, count] = [match?.[2], match?.[3], match?.[4]].map((part) => Number(part));
  const isGood = match !== null && [first, last].every((x) => x !== undefined && Number.isFinite(x)) && count !== undefined && count >= 1 && count <= 1e5;
  if (!isGood || match[1] === undefined) throw new UsageError(`--path ${text} is not a path`, 'write --path c=1e-3:10:50, for 50 values of c from 0.001 to 10');
  return { parameter: match[1].trim(), values: spaced(first as number, last as number, count) };
}

export function pathText(parameter: string, points: readonly PathPoint[], paint: Paint): string {
  const rows = points.map(({ value, solution }) => [Number((value as number).toPrecision(8)).toString(), solution.objective.toPrecision(10), String(solution.iterations), solution.outcome]);
  const head = [parameter, 'objective', 'iterations', 'outcome'];
  const widths = head.map((h, k) => Math.max(h.length, ...rows.map((r) => (r[k] ?? '').length)));
  const line = (cells: readonly string[]): string => cells.map((c, k) => c.padEnd(widths[k] ?? 0)).join('  ').trimEnd();
  return [paint.bold(line(head)), ...rows.map(line)].join('\n');
}

export function pathData(parameter: string, points: readonly PathPoint[]): unknown {
  return { parameter, path: points.map(({ value, solution }) => ({ value, ...solutionData(solution) })) };
}
