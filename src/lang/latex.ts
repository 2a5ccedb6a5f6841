// LaTeX. Brackets grow only around what is higher than a line.

import { greekLetter, isOneLetter, nameParts } from './name-parts.ts';
import type { NotationTree } from './notation-tree.ts';
import { type Sign, type Style, binding, typeset } from './typeset.ts';

export function toLatex(t: NotationTree): string {
  return typeset(t, latex);
}

const signs: Readonly<Record<Sign, string>> = {
  plus: ' + ',
  minus: ' - ',
  negative: '-',
  equals: ' = ',
  odot: ' \\odot ',
  entries: '\\odot ',
  oslash: ' \\oslash ',
  otimes: ' \\otimes ',
  top: '\\top',
  identity: '\\mathbb{I}',
  transposer: '\\mathbb{T}',
  delta: '\\delta',
  one: '\\mathbf{1}',
  zero: '\\mathbf{0}',
  sum: '\\sum',
  comma: ', ',
  infinity: '\\infty',
};

// Functions that LaTeX knows by a command.
const operators = new Set([
  'sin',
  'cos',
  'tan',
  'sinh',
  'cosh',
  'tanh',
  'arcsin',
  'arccos',
  'arctan',
  'exp',
  'log',
  'det',
  'max',
  'min',
  'dim',
  'ker',
  'deg',
  'sup',
  'inf',
]);

const special: Readonly<Record<string, string>> = {
  '\\': '\\backslash ',
  '{': '\\{',
  '}': '\\}',
  _: '\\_',
  '#': '\\#',
  $: '\\$',
  '%': '\\%',
  '&': '\\&',
  '^': '\\hat{}',
  '~': '\\sim ',
};

function escape(text: string): string {
  return text.replaceAll(/[\\{}_#$%&^~]/g, (c) => special[c] ?? c);
}

function letters(text: string): string {
  return isOneLetter(text) ? escape(text) : `\\mathrm{${escape(text)}}`;
}

function nameOf(name: string): string {
  const { base, greek, below } = nameParts(name);
  const head = greek === undefined ? letters(base) : capitalLikeLatin(greek);
  if (below === undefined) return head;
  const inner = nameParts(below);
  return `${head}_{${inner.greek !== undefined && inner.below === undefined ? `\\${inner.greek}` : /^\d+$/.test(below) ? below : letters(below)}}`;
}

function capitalLikeLatin(command: string): string {
  return greekLetter(command) === command ? letters(command) : `\\${command}`;
}

// A command such as \alpha must not run into the letter that follows.
function glue(parts: readonly string[]): string {
  let text = '';
  for (const p of parts) text += /\\[A-Za-z]+$/.test(text) && /^[A-Za-z]/.test(p) ? ` ${p}` : p;
  return text;
}

const fences: Readonly<Record<string, string>> = { '‖': '\\|' };

const latex: Style = {
  sign: (s) => signs[s],
  digits: (text) => text.replaceAll('−', '-').replaceAll('∞', '\\infty').replaceAll('∗', '*'),
  name: (name) => ({
    text: nameOf(name),
    level: binding.plain,
    tall: false,
    wide: nameOf(name).startsWith('\\mathrm'),
  }),
  word: (name) =>
    operators.has(name) ? `\\${name}` : isOneLetter(name) ? letters(name) : `\\operatorname{${escape(name)}}`,
  primed: (word, primes) => word + "'".repeat(primes),
  join: glue,
  juxtapose: (factors) =>
    factors.reduce((text, f, i) => {
      const before = factors[i - 1];
      if (!before) return f.text;
      if (/\d$/.test(text) && /^\d/.test(f.text)) return `${text} \\cdot ${f.text}`;
      return `${text} ${before.wide || f.wide ? '\\, ' : ''}${f.text}`;
    }, ''),
  labels: (list) => (list.every(isOneLetter) ? list.join('') : list.map(nameOf).join(',')),
  applied: (word, bracket) => `${word}${bracket}`,
  fence: (open, inner, close) => {
    const [l, r] = [fences[open] ?? open, fences[close] ?? close];
    return inner.tall ? `\\left${l} ${inner.text} \\right${r}` : glue([l, inner.text, r]);
  },
  fraction: (over, under) => ({ text: `\\frac{${over.text}}{${under.text}}`, level: binding.scripted, tall: true }),
  root: (inner) => ({ text: `\\sqrt{${inner.text}}`, level: binding.plain, tall: inner.tall }),
  scripts: (base, below, above) =>
    base + (below === '' ? '' : `_${argument(below)}`) + (above === '' ? '' : `^${argument(above)}`),
  sumOver: (labels) => `\\sum_{${labels}} `,
  table: (rows) => `\\begin{bmatrix} ${rows.map((r) => r.join(' & ')).join(' \\\\ ')} \\end{bmatrix}`,
};

function argument(text: string): string {
  return /^(?:[A-Za-z0-9]|\\[A-Za-z]+)$/.test(text) ? text : `{${text}}`;
}
