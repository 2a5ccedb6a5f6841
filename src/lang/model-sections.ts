// Where the blocks of a model begin: parameters, variables, min or max, st, and start.

import type { Diagnostic, Span } from '../base/diagnostic.ts';
import { unreachable } from '../base/internal.ts';
import { error } from './codes.ts';
import type { Token } from './tokens.ts';

export type SectionName = 'parameters' | 'variables' | 'min' | 'max' | 'st' | 'start';

export interface Section {
  readonly name: SectionName;
  /** Of the keyword. */
  readonly span: Span;
  /** What stands in it, without the keyword; ends with a token of kind `end`. */
  readonly tokens: readonly Token[];
}

const keywords: Readonly<Record<string, SectionName>> = {
  parameters: 'parameters',
  parameter: 'parameters',
  variables: 'variables',
  variable: 'variables',
  min: 'min',
  minimize: 'min',
  minimise: 'min',
  max: 'max',
  maximize: 'max',
  maximise: 'max',
  st: 'st',
  subject: 'st',
  constraints: 'st',
  start: 'start',
};

/** The keywords as they are usually written, each in a few words. */
export const keywordWords: readonly { readonly name: SectionName; readonly says: string }[] = [
  { name: 'parameters', says: 'what is given with the data' },
  { name: 'variables', says: 'what is solved for' },
  { name: 'min', says: 'minimise the expression below' },
  { name: 'max', says: 'maximise the expression below' },
  { name: 'st', says: 'subject to the constraints below' },
  { name: 'start', says: 'values to start from' },
];

/** The blocks in the order of the text. What stands before the first one is reported. */
export function sectionsOf(tokens: readonly Token[], diagnostics: Diagnostic[]): Section[] {
  const found: { name: SectionName; span: Span; from: number; to: number }[] = [];
  let depth = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind === 'operator') depth += '([{'.includes(token.text) ? 1 : ')]}'.includes(token.text) ? -1 : 0;
    const key = depth <= 0 ? keywordAt(tokens, at, found.at(-1)?.name) : undefined;
    if (!key) continue;
    found.push({ name: key.name, span: key.span, from: at + key.length, to: at });
    at += key.length - 1;
  }
  const before = tokens.slice(0, found[0]?.to ?? 0).find((t) => t.kind !== 'newline' && t.kind !== 'end');
  if (before)
    diagnostics.push(
      error('bad-model', before.span, 'a model begins with its parameters or variables', {
        needed: 'parameters, variables, min or max',
        found: before.text,
        help: 'write parameters on a line before the declarations',
      }),
    );
  return found.map(({ name, span, from }, k) => {
    const to = found[k + 1]?.to ?? tokens.length - 1;
    const end = tokens[to]?.span[0] ?? 0;
    return { name, span, tokens: [...tokens.slice(from, to), { kind: 'end', text: '', span: [end, end] }] };
  });
}

interface Keyword {
  readonly name: SectionName;
  readonly span: Span;
  /** How many tokens it takes. */
  readonly length: number;
}

function keywordAt(tokens: readonly Token[], at: number, inside: SectionName | undefined): Keyword | undefined {
  const token = tokens[at];
  if (token?.kind !== 'name') return undefined;
  const before = tokens[at - 1];
  const beginsLine = before === undefined || before.kind === 'newline' || isSign(before, ';');
  const spelled = token.text.toLowerCase();
  // `s.t.`, which is four tokens.
  const abbreviated = spelled === 's' && isSign(tokens[at + 1], '.') && tokens[at + 2]?.text.toLowerCase() === 't';
  const name = abbreviated ? 'st' : Object.hasOwn(keywords, spelled) ? keywords[spelled] : undefined;
  if (name === undefined) return undefined;
  const declaring = inside === undefined || inside === 'parameters' || inside === 'variables';
  const length = abbreviated ? (isSign(tokens[at + 3], '.') ? 4 : 3) : spelled === 'subject' ? 2 : 1;
  if (spelled === 'subject' && tokens[at + 1]?.text.toLowerCase() !== 'to') return undefined;
  const key = { name, length, span: [token.span[0], tokens[at + length - 1]?.span[1] ?? token.span[1]] as const };
  const endsLine = tokens[at + length]?.kind === 'newline';
  switch (name) {
    case 'parameters':
    case 'variables':
      return beginsLine || declaring ? key : undefined;
    case 'min':
    case 'max':
      // Behind the objective a line that begins with max(…) is a value.
      return declaring ? key : beginsLine && !isSign(tokens[at + 1], '(') ? key : undefined;
    case 'st':
      // On one line with the objective it stands where an operator is missing.
      return (declaring ? beginsLine && endsLine : beginsLine || endsValue(before)) ? key : undefined;
    case 'start':
      return beginsLine && endsLine ? key : undefined;
    default:
      return unreachable(name);
  }
}

function endsValue(token: Token): boolean {
  return token.kind === 'name' || token.kind === 'number' || [')', ']', "'"].includes(token.text);
}

function isSign(token: Token | undefined, text: string): boolean {
  return token?.kind === 'operator' && token.text === text;
}
