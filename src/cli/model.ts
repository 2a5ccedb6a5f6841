// `ricci model FILE`: how a model is read.

import { factsText } from '../pipeline/words.ts';
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type ModelReport, type NameReading, type NlFile, type PartReading, nlFileOf, prepareModel, readingOf } from '../solve/index.ts';
import { labelled, noticeRows } from './answer.ts';
import { UsageError, oneWord } from './args.ts';
import type { Command } from './command.ts';
import { dataOf, modelFrom, modelOptions, showingModelErrors } from './model-file.ts';
import type { Paint } from './paint.ts';

export const modelCommand: Command = {
  name: 'model',
  usage: 'ricci model FILE [--data FILE …] [--at JSON] [--nl FILE.nl] [--json]',
  says: `Reads a model and says how it is understood: names and sizes, what kind of objective and constraints it has, whether it
is convex, and which method would solve it and why. With data, sizes and verdicts are those of the data.`,
  options: { ...modelOptions, nl: { value: 'FILE.nl', says: "writes the model with its data as AMPL's text form, names of columns and rows beside it" }, json: { says: 'the reading as JSON' } },
  examples: ['ricci model lasso.ricci', 'ricci model lasso.ricci --data data.npz'],
  run: async (given, io) => {
    const file = modelFrom(oneWord(given, 'the model', 'ricci model lasso.ricci'));
    const { data, start } = await dataOf(given);
    return showingModelErrors(io, file, () => {
      const prepared = prepareModel(file.text);
      const nl = given.last('nl');
      if (nl !== undefined) {
        io.out(writtenNl(nl, nlFileOf(prepared, data, start, basename(nl, '.nl'))));
        return 0;
      }
      const reading = readingOf(prepared, data, start);
      io.out(given.has('json') ? JSON.stringify(reading, (_, value: unknown) => (value instanceof Set ? [...(value as Set<unknown>)] : value)) : readingText(reading, io.paint));
      return 0;
    });
  },
};

/** The file and its names, one a line, as AMPL writes them. */
function writtenNl(path: string, { text, columns, rows }: NlFile): string {
  if (!/\.nl$/i.test(path)) throw new UsageError(`the model cannot be written to ${path}`, 'give a file that ends in .nl');
  const stub = path.replace(/\.nl$/i, '');
  try {
    writeFileSync(path, text);
    writeFileSync(`${stub}.col`, `${columns.join('\n')}\n`);
    if (rows.length > 0) writeFileSync(`${stub}.row`, `${rows.join('\n')}\n`);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${(error as Error).message}`, 'give a file in a folder that exists');
  }
  return `${path}: ${columns.length} ${columns.length === 1 ? 'variable' : 'variables'}, ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}; names in ${stub}.col${rows.length > 0 ? ` and ${stub}.row` : ''}`;
}

export function readingText(r: ModelReport, paint: Paint): string {
  const rows: [string, string][] = [];
  if (r.given.length > 0) rows.push(['given', nameLines(r.given)]);
  rows.push(['wanted', nameLines(r.wanted)]);
  rows.push([r.sense === 'min' ? 'minimise' : 'maximise', partLine(r.objective)]);
  if (r.constraints.length > 0) rows.push(['subject to', aligned(r.constraints.map(partCells))]);
  if (r.structure.length > 0) rows.push(['structure', r.structure.join('\n')]);
  rows.push(['convex', r.verdict]);
  if (r.method) rows.push(['method', `${r.method.name}, because ${r.method.why}`]);
  return labelled([...rows, ...noticeRows(r.notices)], paint);
}

function nameLines(list: readonly NameReading[]): string {
  return aligned(list.map((n) => [n.name, [n.type, factsText(n.facts)].filter((w) => w !== '').join(' '), n.used ? '' : 'not used']));
}

function partLine(part: PartReading): string {
  return `${part.text}\n${part.kind}${part.convexity === part.kind || part.convexity === 'affine' ? '' : `, ${part.convexity}`}`;
}

function partCells({ text, kind, convexity }: PartReading): string[] {
  return [text, convexity === 'affine' ? kind : `${kind}, ${convexity}`];
}

/** Columns of equal width. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, k) => Math.max(...rows.map((r) => r[k]?.length ?? 0))) ?? [];
  return rows.map((r) => r.map((cell, k) => cell.padEnd(widths[k] ?? 0)).join('  ').trimEnd()).join('\n');
}
