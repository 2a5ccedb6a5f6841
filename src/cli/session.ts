// What the prompt remembers, and how it answers a line. No terminal in here: a line in, a text out.

import { type Diagnostic, RicciError } from '../base/diagnostic.ts';
import { inContext, newContext } from '../ir/expr.ts';
import { readDeclarations } from '../lang/declare.ts';
import { toText, write } from '../lang/write.ts';
import { type Derivation, derive, readOrThrow } from '../pipeline.ts';
import { check } from '../pipeline/compare.ts';
import { evaluate } from '../pipeline/evaluate.ts';
import { show } from '../pipeline/show.ts';
import { typeText } from '../pipeline/type-text.ts';
import { readable } from '../simplify/pipelines.ts';
import { answerText, labelled, noticeRows, stepsText, variableLines } from './answer.ts';
import { UsageError } from './args.ts';
import { candidateText } from './candidate-text.ts';
import { columns } from './command.ts';
import { explanation } from './explain.ts';
import { listing } from './functions.ts';
import type { Paint } from './paint.ts';
import { internalMessage } from './report.ts';
import { renderAll } from './render.ts';
import { valueText, valuesFrom } from './values.ts';

export interface Session {
  /** The text of each declaration, by name. */
  readonly declared: Map<string, string>;
  /** The last derivation asked for. */
  last?: { readonly text: string; readonly by: readonly string[]; readonly declare: string };
}

export function newSession(): Session {
  return { declared: new Map() };
}

export interface Reply {
  readonly text: string;
  readonly quit?: true;
}

/** Every line has a reply: an answer, or what is wrong with it. */
export function reply(session: Session, line: string, paint: Paint): Reply {
  const text = line.trim().replace(/;$/, '');
  if (text === '' || text.startsWith('#') || text.startsWith('%')) return { text: '' };
  if (/^(?:quit|exit|:q)(?:\(\))?$/.test(text)) return { text: '', quit: true };
  try {
    return { text: inContext(newContext(), () => answer(session, text, paint)) };
  } catch (error) {
    return { text: failure(error, text, declarations(session), paint) };
  }
}

/** Words that begin a line of their own. */
export const promptWords = [
  'derive',
  'check',
  'is',
  'eval',
  'steps',
  'latex',
  'unicode',
  'index',
  'mathml',
  'declared',
  'forget',
  'functions',
  'explain',
  'help',
  'quit',
] as const;

export function knownNames(session: Session): string[] {
  return [...session.declared.keys()];
}

function answer(session: Session, text: string, paint: Paint): string {
  const [, word = '', rest = ''] = /^(\w+)(?:\s+(.*))?$/s.exec(text) ?? [];
  switch (word) {
    case 'help':
      return help(paint);
    case 'functions':
      return rest === '' ? listing(paint) : explanation(rest, paint);
    case 'explain':
      return explanation(rest, paint);
    case 'declared':
      return session.declared.size === 0 ? 'nothing is declared' : [...session.declared.values()].join('\n');
    case 'forget':
      return forget(session, rest);
    case 'steps':
      return stepsText(lastDerivation(session), paint);
    case 'latex':
    case 'unicode':
    case 'index':
    case 'mathml':
      if (rest === '') return show(lastDerivation(session), word);
      break;
    default:
  }
  return (
    deriveLine(session, text, paint) ??
    checkLine(session, text, paint) ??
    evalLine(session, text) ??
    declareLine(session, text, paint) ??
    expressionLine(session, text, paint)
  );
}

// `d EXPR / d x / d y`, or `derive EXPR by x, y`
function deriveLine(session: Session, text: string, paint: Paint): string | undefined {
  const quotient = /^d\s+(?<of>.+?)(?<by>(?:\s*\/\s*d\s+[\p{L}_][\p{L}\p{N}_]*)+)$/u.exec(text)?.groups;
  const spoken = /^derive\s+(?<of>.+?)\s+by\s+(?<by>[^()]+)$/u.exec(text)?.groups;
  const [of, by] = [
    quotient?.['of'] ?? spoken?.['of'],
    quotient?.['by']?.split(/\s*\/\s*d\s+/).slice(1) ?? spoken?.['by']?.split(/[\s,]+/),
  ];
  if (of === undefined || by === undefined) {
    if (/^derive\b/.test(text))
      throw new UsageError('the variable is missing', "write derive x'*A*x by x, or d x'*A*x / d x");
    return undefined;
  }
  const names = by.filter((name) => name !== '');
  const declare = declarations(session);
  try {
    const d = derive(of, { by: names, declare });
    session.last = { text: of, by: names, declare };
    return answerText(d, paint);
  } catch (error) {
    throw error instanceof RicciError ? new AtText(error, of) : error;
  }
}

// `check EXPR by x is CANDIDATE`, or `is CANDIDATE` about the last derivative
function checkLine(session: Session, text: string, paint: Paint): string | undefined {
  const full = /^check\s+(?<of>.+?)\s+by\s+(?<by>[^()]+?)\s+is\s+(?<is>.+)$/su.exec(text)?.groups;
  const short = /^is\s+(?<is>.+?)\??$/su.exec(text)?.groups;
  const is = full?.['is'] ?? short?.['is'];
  if (is === undefined) {
    if (/^check\b/.test(text)) throw new UsageError('this check is incomplete', "write check x'*A*x by x is A*x+A'*x");
    return undefined;
  }
  const asked = full
    ? { text: full['of'] ?? '', by: (full['by'] ?? '').split(/[\s,]+/), declare: declarations(session) }
    : session.last;
  if (!asked) throw new UsageError('there is no derivative to compare with yet', "write d x'*A*x / d x first");
  try {
    const { text: of, ...options } = asked;
    return candidateText(check(of, is, options), paint);
  } catch (error) {
    throw error instanceof RicciError ? new AtText(error, asked.text, is) : error;
  }
}

// `eval EXPR at {"x": [1, 2]}`
function evalLine(session: Session, text: string): string | undefined {
  const found = /^eval\s+(?<of>.+?)(?:\s+at\s+(?<at>\{.*\}|\S+))?$/su.exec(text)?.groups;
  if (!found) return undefined;
  const of = found['of'] ?? '';
  try {
    return valueText(
      evaluate(of, found['at'] === undefined ? {} : valuesFrom(found['at']), { declare: declarations(session) }).value,
    );
  } catch (error) {
    throw error instanceof RicciError ? new AtText(error, of) : error;
  }
}

function declareLine(session: Session, text: string, paint: Paint): string | undefined {
  const items = text
    .split(/;/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const forms = items.map(
    (item) =>
      /^(?<names>[\p{L}_][\p{L}\p{N}_]*(?:\s*,\s*[\p{L}_][\p{L}\p{N}_]*)*)\s*:(?!:)\s*(?<kind>.*)$/u.exec(item)
        ?.groups ??
      /^(?<kind>scalar|vector|matrix|tensor|function)\s+(?<names>[\p{L}_][\p{L}\p{N}_]*(?:\s*,\s*[\p{L}_][\p{L}\p{N}_]*)*)(?<facts>[^()=*/+]*)$/u.exec(
        item,
      )?.groups,
  );
  if (forms.length === 0 || forms.some((f) => f === undefined)) return undefined;
  const errors = readDeclarations(text).diagnostics.filter((d) => d.severity === 'error');
  if (errors.length > 0) return renderAll(errors, { declare: text }, paint);
  const names: string[] = [];
  for (const form of forms) {
    for (const name of (form?.['names'] ?? '').split(/\s*,\s*/)) {
      session.declared.set(name, `${name}: ${form?.['kind']?.trim() ?? ''}${form?.['facts']?.trimEnd() ?? ''}`);
      names.push(name);
    }
  }
  return names.map((name) => session.declared.get(name) ?? '').join('\n');
}

function expressionLine(session: Session, text: string, paint: Paint): string {
  const reading = readOrThrow(text, declarations(session));
  const orientation = reading.kind === 'row' ? 'row' : 'column';
  const form = readable(reading.expr);
  const notation = toText(write(form, { orientation }));
  const rows = noticeRows(reading.diagnostics);
  return [
    `${paint.bold(notation)}   ${paint.dim(typeText(form.shape, orientation))}`,
    ...variableLines(reading.variables, [reading.expr], paint),
    ...(rows.length > 0 ? [labelled(rows, paint)] : []),
  ].join('\n');
}

function forget(session: Session, names: string): string {
  if (names === '') session.declared.clear();
  for (const name of names.split(/[\s,]+/)) session.declared.delete(name);
  return '';
}

function lastDerivation(session: Session): Derivation {
  if (!session.last) throw new UsageError('there is no derivative to show yet', "write d x'*A*x / d x first");
  const { text, by, declare } = session.last;
  return derive(text, { by, declare, trace: true });
}

function declarations(session: Session): string {
  return [...session.declared.values()].join('\n');
}

/** A user error whose spans point into a part of the line. */
class AtText extends Error {
  readonly diagnostics: readonly Diagnostic[];
  readonly text: string;
  readonly candidate: string | undefined;
  constructor(error: RicciError, text: string, candidate?: string) {
    super(error.message);
    this.name = 'AtText';
    this.diagnostics = error.diagnostics;
    this.text = text;
    this.candidate = candidate;
  }
}

function failure(error: unknown, line: string, declare: string, paint: Paint): string {
  if (error instanceof AtText) return renderAll(error.diagnostics, { expression: error.text, declare }, paint);
  if (error instanceof RicciError) return renderAll(error.diagnostics, { expression: line, declare }, paint);
  if (error instanceof UsageError)
    return `${error.message}${error.hint === undefined ? '' : `\n  ${paint.dim('try')}     ${error.hint}`}`;
  return `${paint.red(internalMessage(error))}\n  ${paint.dim('try')}     report it with the line: this is a bug of ricci`;
}

function help(paint: Paint): string {
  const rows = [
    ["d x'*A*x / d x", "derivative; two at once: d x'*A*x / d x / d x"],
    ["derive x'*A*x by x", 'the same in words'],
    ["x'*A*x", 'the type and the simplified form'],
    ['A: matrix(n, n) symmetric', 'declare; also vector(n), scalar, tensor(i, j, k), function'],
    ['steps', 'the last derivative step by step'],
    ['latex  unicode  index  mathml', 'the last derivative in another notation'],
    ["is A*x+A'*x", 'compare the last derivative with your own'],
    [`eval x'*x at {"x": [1, 2]}`, 'evaluate at given values'],
    ['declared, forget A', 'what is declared; take it back'],
    ['functions, explain NAME', 'the functions; a function or an error code explained'],
    ['quit', 'leave (also Ctrl-D)'],
  ] as const;
  return columns(rows.map(([line, says]) => [line, paint.dim(says)] as const));
}
