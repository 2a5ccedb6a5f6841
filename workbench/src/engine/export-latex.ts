// A page as a LaTeX document that compiles as it is.

import { greek } from '../../../src/lang/name-parts.ts';
import type { Style } from './export-style.ts';

/** How LaTeX writes each kind of block. */
export const latexStyle: Style = {
  heading: (text) => `\\section*{${latexText(text)}}`,
  formula: (formula) => `\\fitted{${formula.latex}}`,
  rows: (rows) => ['\\begin{description}', ...rows.map(([label, text]) => `  \\item[${latexText(label)}] ${latexText(text)}`), '\\end{description}'].join('\n'),
  // What ends a verbatim block cannot stand inside one.
  code: (text) => `{\\footnotesize\n\\begin{verbatim}\n${text.replaceAll('\\end{verbatim}', '\\end {verbatim}')}\n\\end{verbatim}\n}`,
};

const latexHead = [
  '\\documentclass{article}',
  '\\usepackage[utf8]{inputenc}',
  '\\usepackage[T1]{fontenc}',
  '\\usepackage[a4paper,margin=2.5cm]{geometry}',
  '\\usepackage{amsmath,amssymb,graphicx,textcomp}',
  // A formula that is wider than the page is made smaller.
  '\\newcommand{\\fitted}[1]{\\[\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{$\\displaystyle #1$}\\]}',
];

/** A whole document around blocks that are written in `latexStyle`. */
export function latexDocument(blocks: readonly string[], origin: string): string {
  const body = blocks.join('\n');
  return [...latexHead, ...declarations(body), `% ${origin}`, '\\begin{document}', body, '\\end{document}', ''].join('\n');
}

/** LaTeX knows few letters beyond ASCII, and stops at the others: those that stand in the text are told to it. */
function declarations(text: string): string[] {
  return [...new Set(text)].filter((c) => c > '~').map((c) => `\\DeclareUnicodeCharacter{${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}}{${ofLatex(c)}}`);
}

function ofLatex(char: string): string {
  const name = Object.entries(greek).find(([, letter]) => letter === char)?.[0];
  if (name !== undefined) return `\\ensuremath{\\${name}}`;
  return signsOfLatex[char] ?? `[U+${char.codePointAt(0)!.toString(16).toUpperCase()}]`;
}

// Named Greek letters that LaTeX has no name for look like Latin ones.
const signsOfLatex: Readonly<Record<string, string>> = {
  '²': '\\ensuremath{^2}',
  '³': '\\ensuremath{^3}',
  '⊤': '\\ensuremath{^\\top}',
  '⊙': '\\ensuremath{\\odot}',
  '⊗': '\\ensuremath{\\otimes}',
  '≤': '\\ensuremath{\\le}',
  '≥': '\\ensuremath{\\ge}',
  '≠': '\\ensuremath{\\ne}',
  '∞': '\\ensuremath{\\infty}',
  '·': '\\ensuremath{\\cdot}',
  '×': '\\ensuremath{\\times}',
  '−': '\\ensuremath{-}',
  '∂': '\\ensuremath{\\partial}',
  '‖': '\\ensuremath{\\|}',
  '½': '\\ensuremath{\\tfrac12}',
  '∘': '\\ensuremath{\\circ}',
  '→': '\\ensuremath{\\to}',
  '–': '--',
  '…': '\\ldots{}',
};

const latexSigns: Readonly<Record<string, string>> = { '\\': '\\textbackslash{}', '^': '\\^{}', '~': '\\~{}', "'": '\\textquotesingle{}' };

function latexText(text: string): string {
  return text.replaceAll(/[\\{}^~'#$%&_]/g, (c) => latexSigns[c] ?? `\\${c}`);
}
