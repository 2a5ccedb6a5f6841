// A page as a document: the question, its answer and a program, written as LaTeX, Markdown, HTML or a Jupyter notebook.

import { type Diagnostic, RicciError } from '../../../src/base/diagnostic.ts';
import { unreachable } from '../../../src/base/internal.ts';
import { code } from '../../../src/pipeline/code.ts';
import { derive } from './derive.ts';
import { type ExportFormat, exportFormats } from './export-formats.ts';
import { latexDocument, latexStyle } from './export-latex.ts';
import type { Style } from './export-style.ts';
import type { Question } from './question.ts';
import type { Shown } from './shown.ts';

type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'formula'; readonly shown: Shown }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly [string, string])[] }
  | { readonly kind: 'code'; readonly language: 'ricci' | 'python'; readonly text: string };

/** Throws the diagnostics of a question that has no answer. */
export function exportPage({ format, ...question }: Question & { readonly format: ExportFormat }): { readonly name: string; readonly text: string } {
  const text = writers[format](blocks(question));
  return { name: `ricci.${exportFormats[format].extension}`, text };
}

function blocks(question: Question): Block[] {
  const derived = derive(question);
  if (!derived.function) throw new RicciError(errorsOf(derived.diagnostics));
  const { by, derivative } = derived;
  const declared = derived.variables.map((v): [string, string] => [v.name, [v.type, v.facts].filter((t) => t !== '').join(' ')]);
  const head = by.map((name) => `/d${name}`).join('');
  return [
    { kind: 'heading', text: 'Function' },
    { kind: 'formula', shown: derived.function },
    { kind: 'code', language: 'ricci', text: [...question.declare.split('\n').filter((line) => line.trim() !== ''), question.text].join('\n') },
    { kind: 'rows', rows: declared },
    ...(derivative
      ? [
          { kind: 'heading' as const, text: `Derivative by ${by.join(', ')}` },
          { kind: 'formula' as const, shown: derivative },
          { kind: 'code' as const, language: 'ricci' as const, text: `d${head} = ${derivative.text}` },
          { kind: 'rows' as const, rows: [['shape', derivative.type] as const, ...derived.rows] },
        ]
      : []),
    ...program(question, by),
  ];
}

function errorsOf(list: readonly Diagnostic[]): readonly Diagnostic[] {
  const nothing: Diagnostic = { code: 'nothing-to-export', severity: 'error', message: 'there is no expression to export', span: [0, 0], help: 'write one first' };
  return list.length > 0 ? list : [nothing];
}

// What NumPy lacks has no program; the page is exported without one.
function program({ text, declare }: Question, by: readonly string[]): Block[] {
  try {
    const file = code(text, 'numpy', { by, want: by.length > 0 ? ['gradient'] : ['value'], declare, points: 0 });
    return [
      { kind: 'heading', text: 'Program' },
      { kind: 'code', language: 'python', text: file.text.trimEnd() },
    ];
  } catch (error) {
    if (error instanceof RicciError) return [];
    throw error;
  }
}

function written(block: Block, style: Style): string {
  switch (block.kind) {
    case 'heading':
      return style.heading(block.text);
    case 'formula':
      return style.formula(block.shown);
    case 'rows':
      return style.rows(block.rows);
    case 'code':
      return style.code(block.text, block.language);
    default:
      return unreachable(block);
  }
}

const writers: Readonly<Record<ExportFormat, (list: readonly Block[]) => string>> = { latex, markdown, html, notebook };

const origin = 'Written by ricci; every derivative was checked against differences at random points.';

function latex(list: readonly Block[]): string {
  return latexDocument(list.map((block) => written(block, latexStyle)), origin);
}

const markdownStyle: Style = {
  heading: (text) => `## ${markdownText(text)}`,
  formula: (formula) => `$$\n${formula.latex}\n$$`,
  rows: (rows) => ['| | |', '|---|---|', ...rows.map(([label, text]) => `| ${markdownText(label)} | ${markdownText(text)} |`)].join('\n'),
  code: (text, language) => `${fence(text)}${language}\n${text}\n${fence(text)}`,
};

function markdown(list: readonly Block[]): string {
  return [...list.map((block) => written(block, markdownStyle)), `*${origin}*`, ''].join('\n\n');
}

function markdownText(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#+!|$]/g, (c) => `\\${c}`).replaceAll('\n', ' ');
}

/** Longer than any run of back-ticks inside. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  return '`'.repeat(longest + 1);
}

const htmlStyle: Style = {
  heading: (text) => `<h2>${escaped(text)}</h2>`,
  formula: (formula) => formula.mathml,
  rows: (rows) => `<table>\n${rows.map(([label, text]) => `<tr><th scope="row">${escaped(label)}</th><td>${escaped(text)}</td></tr>`).join('\n')}\n</table>`,
  code: (text) => `<pre><code>${escaped(text)}</code></pre>`,
};

const htmlSheet =
  ':root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}math{font-size:1.25rem}pre{overflow:auto;padding:1rem;background:light-dark(#f3f1ea,#22272a)}th{text-align:left;padding-right:1rem;vertical-align:top}';

function html(list: readonly Block[]): string {
  const body = list.map((block) => written(block, htmlStyle));
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>ricci</title>\n<style>${htmlSheet}</style>\n</head>\n<body>\n${body.join('\n')}\n<p><small>${origin}</small></p>\n</body>\n</html>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

// nbformat 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html
function notebook(list: readonly Block[]): string {
  const cells = list.map((block, i) => {
    const common = { id: `cell-${i + 1}`, metadata: {} };
    if (block.kind === 'code' && block.language === 'python') return { ...common, cell_type: 'code', execution_count: null, outputs: [], source: sourceLines(block.text) };
    return { ...common, cell_type: 'markdown', source: sourceLines(written(block, markdownStyle)) };
  });
  const metadata = { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' }, language_info: { name: 'python' } };
  return `${JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }, undefined, 1)}\n`;
}

function sourceLines(text: string): string[] {
  return text.split(/(?<=\n)/);
}
