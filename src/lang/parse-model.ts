// Tokens to the syntax of a model: declarations, an objective, relations, definitions and start values. Never throws.

import { type Diagnostic, type Span, fix } from '../base/diagnostic.ts';
import { matrixFacts, otherFacts, signFacts } from '../ir/fact.ts';
import { error, notice } from './codes.ts';
import { type Cursor, cursorOver, since } from './cursor.ts';
import { type Declaration, type Sink, declarationsAt, kindOf } from './declare.ts';
import { type Section, type SectionName, sectionsOf } from './model-sections.ts';
import { expression } from './parse.ts';
import type { Syntax } from './syntax.ts';
import { type Token, tokenizeModel } from './tokens.ts';

export type Relation = '<=' | '>=' | '==';

export type ModelItem =
  | { readonly kind: 'definition'; readonly name: string; readonly nameSpan: Span; readonly value: Syntax; readonly span: Span }
  | { readonly kind: 'objective'; readonly value: Syntax; readonly span: Span }
  | RelationItem
  | { readonly kind: 'start'; readonly name: string; readonly nameSpan: Span; readonly value: Syntax; readonly span: Span };

export interface RelationItem {
  readonly kind: 'relation';
  readonly name?: string;
  readonly relation: Relation;
  readonly left: Syntax;
  readonly right: Syntax;
  /** Of the sign between the two sides. */
  readonly at: Span;
  readonly span: Span;
}

export interface ParsedModel {
  readonly parameters: readonly Declaration[];
  readonly variables: readonly Declaration[];
  readonly functions: readonly string[];
  readonly sense: 'min' | 'max';
  /** In the order of the text; one objective at most. */
  readonly items: readonly ModelItem[];
  readonly diagnostics: readonly Diagnostic[];
}

export function parseModel(text: string): ParsedModel {
  const { tokens, diagnostics } = tokenizeModel(text);
  const found: Diagnostic[] = [...diagnostics];
  const refused = diagnostics.some((d) => d.code === 'text-too-long' || d.code === 'too-many-tokens');
  const sections = refused ? [] : sectionsOf(tokens, found);
  const seen = new Set<string>();
  const parameters: Sink = { variables: [], functions: [], seen };
  const variables: Sink = { variables: [], functions: [], seen };
  const items: ModelItem[] = [];
  for (const section of sections) {
    const declared = (name: string): boolean => seen.has(name);
    switch (section.name) {
      case 'parameters':
        declarationsAt(cursorOver(declarationTokens(section.tokens, found), found), parameters);
        break;
      case 'variables':
        declarationsAt(cursorOver(declarationTokens(section.tokens, found), found), variables);
        break;
      case 'min':
      case 'max':
        items.push(...lines(joinedLines(section.tokens), found, (c) => objectiveLine(c, declared)));
        break;
      case 'st':
        items.push(...lines(joinedLines(section.tokens), found, (c) => constraintLine(c, declared)));
        break;
      case 'start':
        items.push(...lines(section.tokens, found, (c) => startLine(c)));
        break;
    }
  }
  if (!refused) found.push(...missingParts(text, sections, items));
  const goals = sections.filter((s) => s.name === 'min' || s.name === 'max');
  for (const extra of goals.slice(1))
    found.push(error('bad-model', extra.span, 'a model has one objective', { help: 'add the parts, with weights, or make one of them a constraint' }));
  return {
    parameters: parameters.variables,
    variables: variables.variables,
    functions: [...parameters.functions, ...variables.functions],
    sense: goals[0]?.name === 'max' ? 'max' : 'min',
    items,
    diagnostics: found.map(withoutSource),
  };
}

/** Declarations of a model stand in its own text. */
export function withoutSource({ source: _, notes, fixes, ...d }: Diagnostic): Diagnostic {
  return {
    ...d,
    ...(notes && { notes: notes.map(({ span, text }) => ({ span, text })) }),
    ...(fixes && { fixes: fixes.map(({ says, edits }) => ({ says, edits: edits.map(({ span, text }) => ({ span, text })) })) }),
  };
}

function missingParts(text: string, sections: readonly Section[], items: readonly ModelItem[]): Diagnostic[] {
  const has = (...names: SectionName[]): boolean => sections.some((s) => names.includes(s.name));
  const place: Span = [0, Math.max(0, text.search(/\n|$/))];
  const missing: Diagnostic[] = [];
  if (!has('variables'))
    missing.push(error('bad-model', place, 'the model has no variables', { needed: 'a block variables', help: 'write variables, and below it vector x' }));
  const goal = sections.find((s) => s.name === 'min' || s.name === 'max');
  const help = "write min, and below it what is minimised: norm2(A*x-b)^2";
  if (!goal) missing.push(error('bad-model', place, 'the model has no objective', { needed: 'min or max', help }));
  else if (!items.some((i) => i.kind === 'objective'))
    missing.push(error('bad-model', goal.span, `nothing stands below ${goal.name}`, { needed: 'an objective', help }));
  return missing;
}

const wholeNumbers = ['integer', 'int', 'integers', 'binary', 'bool', 'boolean'];

/** A declaration may begin without a new line, as in `matrix A vector b`; wishes for whole numbers are refused here. */
function declarationTokens(tokens: readonly Token[], diagnostics: Diagnostic[]): Token[] {
  const result: Token[] = [];
  let line: Token[] = [];
  const flush = (): void => {
    const isSet = (t: Token, k: number): boolean => t.text === '{' && line[k - 1]?.text === 'in';
    const wish = line.find((t, k) => (t.kind === 'name' && wholeNumbers.includes(t.text.toLowerCase())) || isSet(t, k));
    if (wish === undefined) result.push(...line);
    else {
      diagnostics.push(integerWish(wish.span, wish.text === '{' ? 'a set of single values' : wish.text));
      const names = line.filter((t) => t.kind === 'name' && t !== wish && kindOf(t.text) === undefined);
      // The names exist, so that nothing else is said about them.
      for (const name of names.slice(0, 1)) result.push(name, { kind: 'operator', text: ':', span: wish.span }, { kind: 'name', text: 'vector', span: wish.span });
    }
    line = [];
  };
  for (const [k, token] of tokens.entries()) {
    const isKind = (t: Token): boolean => t.kind === 'name' && kindOf(t.text) !== undefined;
    const begins = isKind(token) && tokens[k + 1]?.kind === 'name' && line.some(isKind);
    if (token.kind === 'newline' || token.kind === 'end' || token.text === ';') {
      flush();
      result.push(token);
    } else if (begins) {
      flush();
      result.push({ kind: 'newline', text: '\n', span: [token.span[0], token.span[0]] });
      line.push(token);
    } else line.push(token);
  }
  flush();
  return result;
}

const relationSigns = ['<=', '>=', '==', '<', '>', '!=', '='];

/** Lines that go on in the next one are joined: a relation may be split before its sign, and a sum before + or -. */
function joinedLines(tokens: readonly Token[]): Token[] {
  const result: Token[] = [];
  let hasRelation = false;
  for (const [k, token] of tokens.entries()) {
    if (token.kind === 'newline') {
      const next = lineAfter(tokens, k);
      const [first] = next;
      if (first?.kind === 'operator' && goesOn(first.text, hasRelation, next.some(isRelation))) continue;
    }
    hasRelation = isBreak(token) ? false : hasRelation || isRelation(token);
    result.push(token);
  }
  return result;
}

function lineAfter(tokens: readonly Token[], newline: number): Token[] {
  let from = newline;
  while (tokens[from]?.kind === 'newline') from++;
  let to = from;
  for (let t = tokens[to]; t && t.kind !== 'end' && !isBreak(t); t = tokens[to]) to++;
  return tokens.slice(from, to);
}

function isBreak(t: Token): boolean {
  return t.kind === 'newline' || (t.kind === 'operator' && t.text === ';');
}

function isRelation(t: Token): boolean {
  return t.kind === 'operator' && relationSigns.includes(t.text);
}

function goesOn(sign: string, hasRelation: boolean, nextRelates: boolean): boolean {
  if (sign === '+' || sign === '-') return !(hasRelation && nextRelates);
  return ['*', '/', '.*', './', '@', '^', '.^', "'", ')', ...relationSigns].includes(sign);
}

function lines(tokens: readonly Token[], diagnostics: Diagnostic[], line: (c: Cursor) => ModelItem[]): ModelItem[] {
  const c = cursorOver(tokens, diagnostics);
  const items: ModelItem[] = [];
  while (c.peek().kind !== 'end') {
    if (c.peek().kind === 'newline' || c.at(';') || c.at(',')) c.next();
    else {
      items.push(...line(c));
      restOfLine(c);
    }
  }
  return items;
}

function atBreak(c: Cursor): boolean {
  return c.peek().kind === 'end' || c.peek().kind === 'newline' || c.at(';') || c.at(',');
}

function restOfLine(c: Cursor): void {
  if (atBreak(c)) return;
  const { span, text } = c.peek();
  c.report(error('bad-model', span, `${text === '' ? 'this' : text} cannot stand here`, { needed: 'the end of the line', found: text, help: 'write each constraint on a line of its own' }));
  while (!atBreak(c)) c.next();
}

/** `r = A*x - b`, where r is a new name. */
function definition(c: Cursor, declared: (name: string) => boolean): ModelItem | undefined {
  const token = c.peek();
  const equals = c.peek(1);
  if (token.kind !== 'name' || declared(token.text) || equals.kind !== 'operator' || equals.text !== '=') return undefined;
  c.next();
  c.next();
  const value = expression(c);
  return { kind: 'definition', name: token.text, nameSpan: token.span, value, span: since(c, token.span[0]) };
}

function objectiveLine(c: Cursor, declared: (name: string) => boolean): ModelItem[] {
  const known = definition(c, declared);
  if (known) return [known];
  const start = c.peek().span[0];
  const value = expression(c);
  const sign = c.peek();
  if (sign.kind === 'operator' && relationSigns.includes(sign.text)) {
    c.report(error('relation-in-expression', sign.span, 'the objective is a value, not a relation', { help: 'write constraints below st' }));
    while (!atBreak(c)) c.next();
  }
  return [{ kind: 'objective', value, span: since(c, start) }];
}

function constraintLine(c: Cursor, declared: (name: string) => boolean): ModelItem[] {
  const known = definition(c, declared);
  if (known) return [known];
  const label = c.peek().kind === 'name' && c.peek(1).kind === 'operator' && c.peek(1).text === ':' ? c.next() : undefined;
  if (label) c.next();
  if (isMembership(c)) return [];
  const start = c.peek().span[0];
  const sides: Syntax[] = [expression(c)];
  const signs: { relation: Relation; at: Span }[] = [];
  for (let sign = relationAt(c); sign; sign = relationAt(c)) {
    signs.push(sign);
    sides.push(expression(c));
  }
  if (signs.length === 0) {
    c.report(error('constraint-without-relation', since(c, start), 'a constraint compares two values', { needed: '<=, >= or ==', help: 'write for example x >= 0' }));
    return [];
  }
  if (signs.length > 1 && (new Set(signs.map((s) => s.relation)).size > 1 || signs.length > 2)) {
    c.report(error('bad-chain', signs[1]?.at ?? since(c, start), 'a chain has two signs of one direction', { needed: 'l <= x <= u', help: 'write two constraints, each on a line of its own' }));
    return [];
  }
  return signs.flatMap(({ relation, at }, k): ModelItem[] => {
    const [left, right] = [sides[k], sides[k + 1]];
    if (!left || !right) return [];
    const side = signs.length > 1 ? (k === 0 ? 'first' : 'second') : undefined;
    const name = label && (side ? `${label.text}.${side}` : label.text);
    return [{ kind: 'relation', relation, left, right, at, span: [left.span[0], right.span[1]], ...(name !== undefined && { name }) }];
  });
}

const allFacts: ReadonlySet<string> = new Set([...matrixFacts, ...signFacts, ...otherFacts]);

/** `x in …`, `x integer`: sets are declared with their variable. The rest of the line is not looked at. */
function isMembership(c: Cursor): boolean {
  const [name, word, next] = [c.peek(), c.peek(1), c.peek(2)];
  if (name.kind !== 'name' || word.kind !== 'name') return false;
  const isIn = word.text === 'in' || word.text === '∈';
  const wishes = [word, next].find((t) => t.kind === 'name' && wholeNumbers.includes(t.text.toLowerCase()));
  if (!isIn && wishes === undefined) return false;
  const span: Span = [name.span[0], next.kind === 'end' || next.kind === 'newline' ? word.span[1] : next.span[1]];
  if (wishes || next.text === '{') c.report(integerWish(span, wishes?.text ?? 'a set of single values'));
  else {
    const isFact = next.kind === 'name' && allFacts.has(next.text);
    const help = isFact ? `write ${matrixFacts.some((f) => f === next.text) ? 'matrix' : 'vector'} ${name.text} ${next.text} below variables` : `write vector ${name.text} in [0, 1] below variables, or two relations: 0 <= ${name.text} <= 1`;
    c.report(error('bad-model', span, 'a set is declared with its variable, not below st', { needed: `${name.text} ${word.text} … below variables`, help }));
  }
  while (!atBreak(c) || c.at(',')) c.next();
  return true;
}

function integerWish(span: Span, found: string): Diagnostic {
  return error('integer-variable', span, 'variables that are whole numbers cannot be solved for', {
    needed: 'real variables',
    found,
    help: 'leave it out and read the answer as a bound, or use a solver for mixed-integer problems',
  });
}

function relationAt(c: Cursor): { relation: Relation; at: Span } | undefined {
  const token = c.peek();
  if (token.kind !== 'operator' || !relationSigns.includes(token.text)) return undefined;
  c.next();
  const turned = turnedAround(c, token);
  if (turned) return turned;
  while (c.peek().kind === 'newline') c.next();
  const at = token.span;
  switch (token.text) {
    case '<':
    case '>':
      c.report(notice('strict-relation', at, `${token.text} is read as ${token.text}=`, { help: 'a solver cannot tell an open set from its closure; write a margin if one is needed' }));
      return { relation: token.text === '<' ? '<=' : '>=', at };
    case '=':
      c.report(error('bad-definition', at, 'an equation is written with ==', { needed: '==', found: '=', help: 'write ==; a single = gives a new name to a value', fixes: [fix('write ==', at, '==')] }));
      return { relation: '==', at };
    case '!=':
      c.report(error('bad-model', at, 'a constraint cannot ask for two values to differ', { needed: '<=, >= or ==', found: '!=', help: 'leave it out, or ask for a margin: x >= y + 0.1' }));
      return { relation: '==', at };
    default:
      return { relation: token.text as Relation, at };
  }
}

/** => and =<, as some write them. */
function turnedAround(c: Cursor, { text, span }: Token): { relation: Relation; at: Span } | undefined {
  const other = c.peek();
  if (text !== '=' || other.span[0] !== span[1] || (other.text !== '<' && other.text !== '>')) return undefined;
  c.next();
  const at: Span = [span[0], other.span[1]];
  const relation = other.text === '<' ? '<=' : '>=';
  c.report(error('foreign-spelling', at, `=${other.text} is written ${relation}`, { needed: relation, found: `=${other.text}`, help: `write ${relation}`, fixes: [fix(`write ${relation}`, at, relation)] }));
  return { relation, at };
}

function startLine(c: Cursor): ModelItem[] {
  const token = c.peek();
  if (token.kind !== 'name' || c.peek(1).text !== '=') {
    c.report(error('bad-definition', token.span, 'a start value is written x = …', { needed: 'a variable and =', help: 'write for example x = vector(1)' }));
    while (!atBreak(c)) c.next();
    return [];
  }
  c.next();
  c.next();
  const value = expression(c);
  return [{ kind: 'start', name: token.text, nameSpan: token.span, value, span: since(c, token.span[0]) }];
}
