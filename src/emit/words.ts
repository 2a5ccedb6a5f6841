// Plain text of emitted files: what arguments are, in words; tables and paragraphs of a given width. Text of users loses
// what could end a comment or turn it around.

import { must } from '../base/internal.ts';
import { type Dim, dimName, dimValue } from '../ir/dim.ts';
import type { VariableNode } from '../ir/expr.ts';
import type { ModuleModel } from './module.ts';

/** Text without line ends, control characters and marks of direction, each a blank instead. */
export function oneLine(text: string): string {
  return [...text].map((c) => (isControl(c) ? ' ' : c)).join('');
}

function isControl(c: string): boolean {
  const code = must(c.codePointAt(0));
  return code < 32 || (code >= 127 && code < 160) || code === 0x2028 || code === 0x2029 || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/** Two columns, the second aligned. */
export function table(rows: readonly (readonly [string, string])[], indent = '    '): string[] {
  const width = Math.max(0, ...rows.map(([a]) => a.length));
  return rows.map(([a, b]) => `${indent}${a.padEnd(width)}  ${b}`.trimEnd());
}

export function wrapped(text: string, width = 88): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** `, positive definite`: the declared facts that a caller should know. */
export function factWords(v: VariableNode): string {
  const words = [...v.facts.has].filter((f) => ['symmetric', 'pd', 'psd', 'positive', 'nonnegative', 'diagonal', 'lower', 'upper', 'orthogonal'].includes(f));
  const kept = words.filter((f) => !(f === 'symmetric' && words.some((w) => ['pd', 'psd', 'diagonal'].includes(w))) && !(f === 'psd' && words.includes('pd')) && !(f === 'nonnegative' && words.includes('positive')) && !((f === 'lower' || f === 'upper') && words.includes('diagonal')));
  const named: Readonly<Record<string, string>> = { pd: 'positive definite', psd: 'positive semidefinite', lower: 'lower triangular', upper: 'upper triangular' };
  return kept.length === 0 ? '' : `, ${kept.map((f) => named[f] ?? f).join(', ')}`;
}

/** The arguments of every function with what they are, the shapes said by `shapeWords`. */
export function argumentRows({ signature }: ModuleModel, shapeWords: (shape: VariableNode['shape']) => string): [string, string][] {
  return [
    ...signature.arguments.map((a): [string, string] => [a.name, `${shapeWords(a.variable.shape)}${factWords(a.variable)}${a.name === a.variable.name ? '' : `; ${a.variable.name} in the formula`}`]),
    ...signature.explicit.map((e): [string, string] => [e.name, 'a size, as a whole number']),
    ...signature.callables.map((c): [string, string] => [c.name, c.order === 0 ? 'a function, entry by entry' : `derivative of ${c.function} of order ${c.order}, entry by entry`]),
  ];
}

/** A size that shapes are checked against by its name: a number or a single symbol that no argument gives explicitly. */
export function isNamedSize(d: Dim, { signature }: Pick<ModuleModel, 'signature'>): boolean {
  return dimValue(d) !== undefined || (dimName(d) !== undefined && !signature.explicit.some((e) => e.size === dimName(d)));
}
