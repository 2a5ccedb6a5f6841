// Diagnostics as caret text:
//
// error[inner-dims-differ]: this product needs matching inner dimensions
//   expression:1:7
//   1 | norm2(A*x-y)^2
//     |       ~ ~
//     |       | x is vector(n)
//     |       A is matrix(m, k)
//   needed  k = n
//   try     declare A as matrix(m, n)

import type { Diagnostic, Note, Source, Span } from '../base/diagnostic.ts';
import type { Paint } from './paint.ts';

/** The texts that spans point into, and how to call them. */
export interface Sources {
  readonly expression?: string;
  readonly declare?: string;
  readonly names?: { readonly expression?: string; readonly declare?: string };
}

export function renderAll(list: readonly Diagnostic[], sources: Sources, paint: Paint): string {
  return list.map((d) => render(d, sources, paint)).join('\n\n');
}

export function render(d: Diagnostic, sources: Sources, paint: Paint): string {
  const tint = { error: paint.red, warning: paint.yellow, notice: paint.cyan }[d.severity];
  const lines = [`${paint.bold(tint(`${d.severity}[${d.code}]`))}${paint.bold(`: ${d.message}`)}`];
  const notes = d.notes ?? [];
  lines.push(
    ...snippet(
      { source: d.source, span: d.span, notes: notes.filter((n) => n.source === d.source) },
      sources,
      tint,
      paint,
    ),
  );
  const elsewhere = notes.filter((n) => n.source !== d.source);
  const [first] = elsewhere;
  if (first) lines.push(...snippet({ source: first.source, span: first.span, notes: elsewhere }, sources, tint, paint));
  const facts = [
    ['needed', d.needed],
    ['found', d.found],
    ['try', d.help],
  ] as const;
  for (const [label, text] of facts) if (text !== undefined) lines.push(`  ${paint.dim(label.padEnd(6))}  ${text}`);
  return lines.join('\n');
}

interface Place {
  readonly source: Source | undefined;
  readonly span: Span;
  readonly notes: readonly Note[];
}

function snippet(place: Place, sources: Sources, tint: (text: string) => string, paint: Paint): string[] {
  const text = place.source === 'declare' ? sources.declare : sources.expression;
  if (text === undefined || text.trim() === '') return [];
  // A span at 0 of no length says: about the input as a whole.
  if (place.span[0] === 0 && place.span[1] === 0) return [];
  const lines = linesOf(text);
  const name =
    (place.source === 'declare' ? sources.names?.declare : sources.names?.expression) ?? place.source ?? 'expression';
  const first = lineAt(lines, place.span[0]);
  const result = [`  ${paint.dim(`${name}:${first.number}:${place.span[0] - first.start + 1}`)}`];
  const numbers = [...new Set([first, ...place.notes.map((n) => lineAt(lines, n.span[0]))])].sort(
    (a, b) => a.start - b.start,
  );
  const gutter = String(numbers.at(-1)?.number ?? 1).length;
  for (const line of numbers) {
    const notes = place.notes.filter((n) => lineAt(lines, n.span[0]) === line);
    const body = annotate(line, line === first ? place.span : undefined, notes);
    result.push(`  ${paint.dim(`${String(line.number).padStart(gutter)} |`)} ${body.text}`);
    result.push(...body.below.map((below) => `  ${paint.dim(`${' '.repeat(gutter)} |`)} ${tint(below)}`));
  }
  return result;
}

interface Line {
  readonly number: number;
  readonly start: number;
  readonly text: string;
}

function linesOf(text: string): Line[] {
  let start = 0;
  return text.split(/\n/).map((line, i) => {
    const here = { number: i + 1, start, text: line.replace(/\r$/, '') };
    start += line.length + 1;
    return here;
  });
}

function lineAt(lines: readonly Line[], offset: number): Line {
  return lines.findLast((l) => l.start <= offset) ?? { number: 1, start: 0, text: '' };
}

const widest = 100;

/** The line and what stands below it: underlines, then the words of the notes, the last first. */
function annotate(line: Line, span: Span | undefined, notes: readonly Note[]): { text: string; below: string[] } {
  const clip = (s: Span): [number, number] => {
    const from = Math.min(Math.max(s[0] - line.start, 0), line.text.length);
    return [from, Math.max(from + 1, Math.min(s[1] - line.start, line.text.length))];
  };
  const marks = notes.map((n) => ({ at: clip(n.span), says: n.text })).sort((a, b) => a.at[0] - b.at[0]);
  const main = span && clip(span);
  // The places that explain a conflict are clearer without a line under everything between them.
  const isCovered = main && marks.length > 1 && marks.every((m) => m.at[0] >= main[0] && m.at[1] <= main[1]);
  const underlined = [...(main && !isCovered ? [main] : []), ...marks.map((m) => m.at)];
  const view = windowOf(line.text, underlined);
  const column = (offset: number): number => width(view.clean.slice(view.from, offset)) + view.lead;
  const row: string[] = [];
  const draw = ([from, to]: readonly [number, number], mark: string): void => {
    for (let c = column(from); c < Math.min(Math.max(column(to), column(from) + 1), widest + 3); c++) row[c] = mark;
  };
  if (main && !isCovered) draw(main, '^');
  for (const m of marks) draw(m.at, '~');
  const below = [joined(row)];
  const left = marks.map((m) => ({ at: column(m.at[0]), says: m.says }));
  while (left.length > 0) {
    const last = left.pop();
    if (last === undefined) break;
    const bars: string[] = [];
    for (const m of left) if (m.at < last.at) bars[m.at] = '|';
    below.push(`${joined(bars).padEnd(last.at)}${last.says}`);
  }
  return { text: view.text, below };
}

/** A long line is shown around what matters. */
function windowOf(
  text: string,
  marks: readonly (readonly [number, number])[],
): { text: string; clean: string; from: number; lead: number } {
  // Control characters of the input stay off the terminal.
  const clean = text.replaceAll('\t', ' ').replaceAll(/\p{Cc}|\p{Cf}/gu, '\u00B7');
  if (clean.length <= widest) return { text: clean, clean, from: 0, lead: 0 };
  const start = Math.min(...marks.map(([from]) => from));
  const end = Math.max(...marks.map(([, to]) => to));
  const slack = Math.max(10, Math.floor((widest - Math.min(end - start, widest)) / 2));
  const from = Math.max(0, Math.min(start - slack, clean.length - widest));
  const to = Math.min(clean.length, from + widest);
  const lead = from > 0 ? 2 : 0;
  return { text: `${from > 0 ? '… ' : ''}${clean.slice(from, to)}${to < clean.length ? ' …' : ''}`, clean, from, lead };
}

function joined(cells: readonly string[]): string {
  return Array.from(cells, (c) => c ?? ' ').join('');
}

/** Columns on a terminal: combining marks take none, the wide blocks of East Asian writing two. */
function width(text: string): number {
  let columns = 0;
  for (const c of text)
    columns += /\p{M}/u.test(c)
      ? 0
      : /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Extended_Pictographic}/u.test(
            c,
          )
        ? 2
        : 1;
  return columns;
}
