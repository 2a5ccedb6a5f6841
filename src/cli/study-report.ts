// The report of a study on a terminal and in a folder. Everything is made before anything is written.

import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell, Report, Table } from '../studies/harness/report.ts';
import { reportFiles, reportLines } from '../studies/harness/report.ts';
import { numberText } from '../studies/harness/verdict.ts';
import { UsageError } from './args.ts';
import { labelled } from './answer.ts';
import type { Paint } from './paint.ts';

/** report.json, report.md and a figure for each that the report has; and other files by name. */
export function writeReport(folder: string, report: Report, others: ReadonlyMap<string, string> = new Map()): string[] {
  const files = [...reportFiles(report), ...others];
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
  } catch (error) {
    throw new UsageError(`cannot write to ${folder}: ${(error as Error).message}`, 'give a folder that can be written to');
  }
  return files.map(([name]) => join(folder, name));
}

/** Told before any work is done. */
export function requireFolder(path: string): void {
  if (existsSync(path) && !statSync(path).isDirectory()) throw new UsageError(`${path} is a file`, 'give a folder, which is made when it is not there');
}

/** What it says, what was decided, and its tables but for those left out. */
export function reportText(report: Report, paint: Paint, without: readonly string[] = []): string {
  const tables = report.tables.filter((t) => t.rows.length > 0 && !without.includes(t.name));
  return [paint.bold(report.title), report.says, ...reportLines(report), ...tables.map((t) => tableText(t, paint)), ...(report.warnings.length > 0 ? [labelled(report.warnings.map((w) => ['warning', w] as const), paint)] : [])].join('\n\n');
}

/** Columns as wide as their widest cell; numbers on the right. */
export function tableText({ name, says, columns, rows }: Table, paint: Paint): string {
  const cells = rows.map((row) => columns.map((_, k) => cellText(row[k])));
  const wide = columns.map((head, k) => Math.max(head.length, ...cells.map((row) => row[k]!.length)));
  const line = (row: readonly string[]): string => `  ${row.map((cell, k) => (k === 0 ? cell.padEnd(wide[k]!) : cell.padStart(wide[k]!))).join('  ')}`.trimEnd();
  return [paint.bold(name), `  ${says}`, paint.dim(line(columns)), ...cells.map(line)].join('\n');
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  return typeof cell === 'number' ? numberText(cell) : String(cell);
}

const bars = '▁▂▃▄▅▆▇█';

/** Values as a row of bars of at most `width` characters, by their logarithms; what is 0 or far below stays empty. */
export function sparkline(values: ArrayLike<number>, width: number = 64): string {
  const count = Math.min(width, values.length);
  const logs = Array.from({ length: count }, (_, k) => {
    const [from, to] = [Math.floor((k * values.length) / count), Math.floor(((k + 1) * values.length) / count)];
    let sum = 0;
    for (let j = from; j < to; j++) sum += values[j]!;
    return Math.log10(sum / (to - from));
  });
  // The query itself stands far above the rest, and has the highest bar in any case.
  const top = Math.max(...logs.slice(0, -1));
  // Six powers of ten are as much as eight bars can tell.
  const low = Math.max(top - 6, Math.min(...logs.filter(Number.isFinite)));
  return logs.map((x) => (x < low ? ' ' : bars[x >= top ? 7 : Math.min(6, Math.floor(((x - low) / (top - low)) * 7))])).join('');
}
