// Declarations changed for one variable, everything else as it was written.

import type { Span } from '../base/diagnostic.ts';
import { readDeclarations } from './declare.ts';
import { type Token, tokenize } from './tokens.ts';

/** `declaration` is what stands behind the colon, such as `matrix(m, n) symmetric`; undefined takes the variable out. */
export function redeclare(text: string, name: string, declaration: string | undefined): string {
  const line = declaration === undefined ? undefined : `${name}: ${declaration}`;
  const known = readDeclarations(text).variables.find((v) => v.name === name)?.span;
  if (!known) return line === undefined ? text : appended(text, line);
  const { tokens } = tokenize(text);
  const statement = statementAt(tokens, known);
  const names = namesIn(statement, known);
  if (names.length > 1) {
    const rest = withoutName(text, statement, names, known);
    return line === undefined ? rest : appended(rest, line);
  }
  const whole: Span = [statement[0]?.span[0] ?? known[0], statement.at(-1)?.span[1] ?? known[1]];
  if (line !== undefined) return text.slice(0, whole[0]) + line + text.slice(whole[1]);
  return withoutStatement(text, whole);
}

function appended(text: string, line: string): string {
  const before = text.trimEnd();
  return before === '' ? line : `${before}\n${line}`;
}

function isBreak(t: Token): boolean {
  return t.kind === 'newline' || t.kind === 'end' || (t.kind === 'operator' && t.text === ';');
}

function statementAt(tokens: readonly Token[], at: Span): Token[] {
  const here = tokens.findIndex((t) => t.span[0] === at[0]);
  let from = here;
  let to = here;
  for (let t = tokens[from - 1]; t && !isBreak(t); t = tokens[from - 1]) from--;
  for (let t = tokens[to]; t && !isBreak(t); t = tokens[to]) to++;
  return tokens.slice(from, to);
}

/** Positions in the statement of the names of its list: of `x, y: vector(n)` both. */
function namesIn(statement: readonly Token[], at: Span): number[] {
  const here = statement.findIndex((t) => t.span[0] === at[0]);
  const names = [here];
  for (let k = nameBefore(statement, here); k >= 0; k = nameBefore(statement, k)) names.unshift(k);
  for (let k = afterSizes(statement, here + 1); isComma(statement[k]) && statement[k + 1]?.kind === 'name'; k = afterSizes(statement, k + 2)) names.push(k + 1);
  return names;
}

/** The name before a comma here, its sizes passed over; -1 where there is none. */
function nameBefore(statement: readonly Token[], at: number): number {
  if (!isComma(statement[at - 1])) return -1;
  const last = at - 2;
  const open = statement[last]?.text === ')' ? statement.findLastIndex((t, k) => k < last && t.text === '(') : -1;
  const name = open > 0 ? open - 1 : last;
  return statement[name]?.kind === 'name' ? name : -1;
}

/** Behind `(5)`, if that stands here. */
function afterSizes(statement: readonly Token[], at: number): number {
  if (statement[at]?.text !== '(') return at;
  const close = statement.findIndex((t, k) => k > at && t.text === ')');
  return close < 0 ? at : close + 1;
}

function isComma(t: Token | undefined): boolean {
  return t?.kind === 'operator' && t.text === ',';
}

/** The text without one of several names, and the comma beside it. */
function withoutName(text: string, statement: readonly Token[], names: readonly number[], at: Span): string {
  const here = names.findIndex((k) => statement[k]?.span[0] === at[0]);
  const next = names[here + 1];
  const own = names[here] ?? 0;
  const end = afterSizes(statement, own + 1);
  const from = next === undefined ? (statement[own - 1]?.span[0] ?? at[0]) : at[0];
  const to = next === undefined ? (statement[end - 1]?.span[1] ?? at[1]) : (statement[next]?.span[0] ?? at[1]);
  return text.slice(0, from) + text.slice(to);
}

/** A statement goes with what parts it from the next, a line with nothing else on it as a whole. */
function withoutStatement(text: string, [from, to]: Span): string {
  const after = /^[^\S\n]*(?:;[^\S\n]*)?\n?/.exec(text.slice(to))?.[0].length ?? 0;
  const rest = text.slice(0, from) + text.slice(to + after);
  return rest.replace(/[;\s]+$/, '');
}
