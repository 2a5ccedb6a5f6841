// What a study says, in one form for all: data first, then JSON, Markdown and figures from the same data.

import type { Figure } from './figure.ts';
import { figureFile } from './svg.ts';
import { type Decision, type Test, neededText, numberText, passes } from './verdict.ts';

export interface Report {
  /** Such as `gallery/strong-duality` or `probing`. */
  readonly study: string;
  readonly title: string;
  /** One paragraph: the answer. */
  readonly says: string;
  /** What was chosen, by name. */
  readonly setting: Readonly<Record<string, string | number | boolean>>;
  /** Every random number follows from these. */
  readonly seeds: readonly number[];
  readonly findings: readonly Finding[];
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
  readonly warnings: readonly string[];
  /** What was not tried, and so is not claimed. */
  readonly notTried: readonly string[];
  /** Papers and records behind it. */
  readonly sources: readonly string[];
  /** The command that gives these numbers again. */
  readonly command?: string;
}

/** Claimed, measured, verdict; and the control without which the number would mislead. */
export interface Finding {
  readonly claim: string;
  readonly decision: Decision;
  readonly control?: string;
  /** What explains a difference between claimed and measured. */
  readonly remark?: string;
}

export interface Table {
  readonly name: string;
  readonly says: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Cell = string | number | boolean | undefined;

/** JSON with a format name and version; numbers that JSON lacks are the strings "NaN", "Infinity" and "-Infinity". */
export function reportJson(report: Report): string {
  const plain = (_key: string, value: unknown): unknown => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value);
  return JSON.stringify({ format: 'ricci-report', version: 1, ...report }, plain, 1);
}

export interface MarkdownOptions {
  /** Markdown that follows the first paragraph. */
  readonly about?: readonly string[];
  /** Where the files of figures are, seen from the page; beside it unless told. */
  readonly folder?: string;
}

/** Markdown, with the figures as the files that `reportFiles` names. */
export function reportMarkdown(report: Report, { about = [], folder }: MarkdownOptions = {}): string {
  const { title, says, setting, seeds, findings, tables, figures, warnings, notTried, sources, command } = report;
  const list = (head: string, items: readonly string[]): string[] => (items.length === 0 ? [] : [`## ${head}`, items.map((item) => `- ${plainText(item)}`).join('\n')]);
  return [
    `# ${plainText(title)}`,
    plainText(says),
    ...about,
    ...(findings.length === 0 ? [] : ['## Claimed, measured, verdict', table(['claimed', 'measured', 'needed', 'verdict'], findings.map(findingRow))]),
    ...findings.flatMap((f) => [...(f.control === undefined ? [] : [`Control: ${plainText(f.control)}`]), ...(f.remark === undefined ? [] : [plainText(f.remark)])]),
    ...list('Warnings', warnings),
    '## Setting',
    table(['what', 'value'], [...Object.entries(setting), ['seeds', seeds.length === 0 ? 'none: nothing is random' : seeds.join(', ')]]),
    ...(command === undefined ? [] : [`    ${command.replaceAll(/\s+/g, ' ')}`]),
    ...tables.flatMap((t) => [`## ${plainText(t.name)}`, plainText(t.says), table(t.columns, t.rows)]),
    ...figures.flatMap((f) => [`![${plainText(f.title)}](${folder === undefined ? '' : `${folder}/`}${fileName(f.name)})`, plainText(f.says)]),
    ...list('Not tried', notTried),
    ...list('Sources', sources),
  ].join('\n\n').concat('\n');
}

/** The files of a report by name: report.json, report.md, and an SVG for each figure. */
export function reportFiles(report: Report): Map<string, string> {
  return new Map([['report.json', `${reportJson(report)}\n`], ['report.md', reportMarkdown(report)], ...report.figures.map((f): [string, string] => [fileName(f.name), figureFile(f)])]);
}

/** A short text for terminals: the findings, and what each was decided by. */
export function reportLines(report: Report): string[] {
  return report.findings.map(({ claim, decision }) => `${decision.verdict}${decision.condition === undefined ? '' : ` (${decision.condition})`}: ${claim}\n    ${testText(decision.by)}`);
}

/** "cosine 0.9995, needed: at least 0.999". */
export function testText(test: Test): string {
  return `${test.what} ${measuredText(test)}, needed: ${neededText(test.needed)}`;
}

function measuredText({ value, interval }: Test): string {
  return `${numberText(value)}${interval === undefined ? '' : ` (${numberText(interval[0])} to ${numberText(interval[1])})`}`;
}

function findingRow({ claim, decision }: Finding): Cell[] {
  const measured = decision.tests.map((t) => `${t.what} ${measuredText(t)}${passes(t) === 'no' ? ' ✗' : ''}`);
  return [claim, measured.join('; '), decision.tests.map((t) => neededText(t.needed)).join('; '), `${decision.verdict}${decision.condition === undefined ? '' : `: ${decision.condition}`}`];
}

function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function cellText(cell: Cell): string {
  // A cell without a value is null in JSON.
  return typeof cell === 'number' ? numberText(cell) : plainText(String(cell ?? ''));
}

/** Text in which no character is markup, on one line. */
export function plainText(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(/[\\`*_[\]|#~]/g, String.raw`\$&`);
}

/** Letters, digits and hyphens only, so that a name never leaves its folder. */
function fileName(name: string): string {
  return `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'figure'}.svg`;
}
