// Text to model: the public door of the model language. GENO's models are read unchanged.
// Laue, Mitterreiter, Giesen: GENO - GENeric Optimization for Classical Machine Learning, NeurIPS 2019.

import type { Diagnostic, Span } from '../base/diagnostic.ts';
import { must, unreachable } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import type { Expr } from '../ir/expr.ts';
import { error } from './codes.ts';
import type { Declaration } from './declare.ts';
import { renamings } from './fixes.ts';
import { nearest } from './foreign.ts';
import { type Lowered, lower } from './lower.ts';
import { type ModelItem, type Relation, type RelationItem, parseModel, withoutSource } from './parse-model.ts';
import { type Resolved, type VariableInfo, resolve } from './resolve.ts';
import type { Statement, SumSyntax } from './syntax.ts';
import { quote } from './type.ts';
import { hasError, ordered } from './ordered.ts';

export type { Relation } from './parse-model.ts';

/** What the text of a model says, with symbolic sizes. */
export interface Model {
  readonly text: string;
  readonly parameters: readonly VariableInfo[];
  readonly variables: readonly VariableInfo[];
  readonly sense: 'min' | 'max';
  readonly objective: ModelPart;
  readonly constraints: readonly ModelConstraint[];
  /** Start values written in the model, by variable. */
  readonly starts: ReadonlyMap<string, ModelPart>;
  /** The size that stands for a dim as it was written or inferred. */
  readonly size: (d: Dim) => Dim;
}

export interface ModelPart {
  readonly expr: Expr;
  /** In the text of the model. */
  readonly span: Span;
}

/** `expr` compared with zero, entry by entry; it is the left side minus the right. */
export interface ModelConstraint extends ModelPart {
  /** As given (`budget: …`; the parts of a chain are `budget.first` and `budget.second`), else as written. */
  readonly name: string;
  readonly isNamed: boolean;
  readonly relation: Relation;
}

export interface ModelReading {
  /** Errors, warnings and notices, in the order of their places in the text of the model. */
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when there is an error. */
  readonly model?: Model;
}

/**
 * Never throws for any text: what is wrong is in the diagnostics.
 *
 * @example readModel('variables\n vector x\nmin\n norm2(x)^2').model.variables[0].name // x
 */
export function readModel(text: string): ModelReading {
  return understandModel(text).reading;
}

/** A reading with what led to it; `resolved` and `statements` are absent where the text could not be parsed. */
export interface ModelUnderstanding {
  readonly reading: ModelReading;
  readonly statements?: readonly Statement[];
  readonly resolved?: Resolved;
  readonly lowered?: Lowered;
}

/** The same, with the syntax and its types. */
export function understandModel(text: string): ModelUnderstanding {
  const parsed = parseModel(text);
  if (hasError(parsed.diagnostics)) return { reading: { diagnostics: ordered(parsed.diagnostics) } };
  const statements = parsed.items.map(statementOf);
  const isVariable = new Set(parsed.variables.map((v) => v.name));
  const resolved = resolve({
    text,
    program: { statements, span: [0, text.length] },
    declarations: [...parsed.parameters, ...parsed.variables],
    functions: parsed.functions,
    data: new Map<string, readonly number[]>(),
  });
  const found = [
    ...parsed.diagnostics,
    ...resolved.diagnostics.map(withoutSource).filter((d) => !isBroadcastOfRelation(d, parsed.items)).map((d) => asRelation(d, parsed.items)),
    ...parsed.variables.flatMap(impossibleFacts),
    ...undeclared(resolved, new Set([...parsed.parameters, ...parsed.variables].map((d) => d.name)), parsed.items),
    ...startProblems(parsed.items, isVariable),
    ...objectiveProblems(resolved, parsed.items, text),
  ];
  if (hasError(found)) return { reading: { diagnostics: ordered(found) }, statements, resolved };
  const lowered = lower(resolved);
  const { values, diagnostics } = lowered;
  // A size that nothing in the text tells no data tell either.
  const all = ordered([...found, ...diagnostics].map((d) => (d.code === 'size-unknown' ? { ...d, severity: 'error' as const } : d)));
  if (hasError(all)) return { reading: { diagnostics: all }, statements, resolved, lowered };
  const part = (item: ModelItem): ModelPart => ({ expr: must(values[parsed.items.indexOf(item)]), span: item.span });
  const relations = parsed.items.filter((i) => i.kind === 'relation');
  const names = constraintNames(relations, text);
  const model: Model = {
    text,
    parameters: resolved.variables.filter((v) => !isVariable.has(v.name)),
    variables: resolved.variables.filter((v) => isVariable.has(v.name)),
    sense: parsed.sense,
    objective: part(must(parsed.items.find((i) => i.kind === 'objective'))),
    constraints: relations.map((item, k) => ({ ...part(item), name: must(names[k]), isNamed: item.name !== undefined, relation: item.relation })),
    starts: new Map(parsed.items.flatMap((i) => (i.kind === 'start' ? [[i.name, part(i)] as const] : []))),
    size: resolved.final,
  };
  return { reading: { diagnostics: all, model }, statements, resolved, lowered };
}

/** A relation becomes the difference of its sides, so that scalars repeat as in a sum. */
function statementOf(item: ModelItem): Statement {
  switch (item.kind) {
    case 'definition':
      return { span: item.span, value: item.value, target: { name: item.name, span: item.nameSpan, labels: [] } };
    case 'objective':
      return { span: item.span, value: item.value };
    case 'relation':
      return { span: item.span, value: difference(item.left, item.right, item.at, item.span) };
    case 'start': {
      // x - x + value: of the shape of the variable.
      const name = { kind: 'name', name: item.name, span: item.nameSpan } as const;
      return { span: item.span, value: { kind: 'sum', span: item.span, terms: [1, -1, 1].map((sign, k) => ({ sign: sign as 1 | -1, at: item.nameSpan, arg: k < 2 ? name : item.value })) } };
    }
    default:
      return unreachable(item);
  }
}

function difference(left: SumSyntax['terms'][number]['arg'], right: SumSyntax['terms'][number]['arg'], at: Span, span: Span): SumSyntax {
  return { kind: 'sum', span, terms: [{ sign: 1, at: left.span, arg: left }, { sign: -1, at, arg: right }] };
}

/** `x >= 0` compares every entry with a number, which needs no notice. */
function isBroadcastOfRelation(d: Diagnostic, items: readonly ModelItem[]): boolean {
  if (d.code !== 'scalar-broadcast') return false;
  return items.some((i) => (i.kind === 'relation' && (sameSpan(i.left.span, d.span) || sameSpan(i.right.span, d.span))) || (i.kind === 'start' && sameSpan(i.value.span, d.span)));
}

/** What is said of a sum is said of the relation it stands for. */
function asRelation(d: Diagnostic, items: readonly ModelItem[]): Diagnostic {
  const item = items.find((i) => i.kind === 'relation' && sameSpan(i.span, d.span));
  if (!item || (d.code !== 'shapes-differ' && d.code !== 'kinds-differ')) return d;
  return { ...d, message: 'the two sides of this constraint have different shapes', span: (item as RelationItem).at };
}

function sameSpan(a: Span, b: Span): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function undeclared(resolved: Resolved, declared: ReadonlySet<string>, items: readonly ModelItem[]): Diagnostic[] {
  return resolved.variables
    .filter((v) => !declared.has(v.name) && !items.some((i) => i.kind === 'start' && i.name === v.name))
    .map(({ name, span }) => {
      const near = nearest(name, [...declared]);
      const help = near.length > 0 ? `did you mean ${near.join(' or ')}? Otherwise declare ${name}` : `declare ${name} below parameters (given) or variables (wanted)`;
      return error('undeclared-name', span ?? [0, 0], `${name} is declared neither as a parameter nor as a variable`, { needed: 'a declaration', help, ...(span && renamings(near, span)) });
    });
}

/** Facts that would leave nothing to solve for. */
function impossibleFacts(d: Declaration): Diagnostic[] {
  return (['constant', 'identity'] as const)
    .filter((fact) => d.facts.has.has(fact))
    .map((fact) => error('variable-cannot-be', d.span ?? [0, 0], `a variable cannot be ${fact === 'identity' ? 'the unit matrix' : fact}`, { help: `leave it out, or declare ${d.name} below parameters` }));
}

function startProblems(items: readonly ModelItem[], isVariable: ReadonlySet<string>): Diagnostic[] {
  return items.flatMap((i) =>
    i.kind === 'start' && !isVariable.has(i.name)
      ? [error('bad-start', i.nameSpan, `${i.name} is no variable of the model`, { needed: [...isVariable].join(', '), found: i.name, help: 'give start values to variables only; parameters come with the data' })]
      : [],
  );
}

function objectiveProblems(resolved: Resolved, items: readonly ModelItem[], text: string): Diagnostic[] {
  const at = items.findIndex((i) => i.kind === 'objective');
  const type = resolved.reading.statements[at]?.type;
  const item = items[at];
  if (!item || !type || type.kind === 'scalar' || type.kind === 'unknown') return [];
  const shown = quote({ text }, { span: item.span });
  return [
    error('objective-not-scalar', item.span, 'the objective must be a single number', {
      needed: 'a scalar',
      found: `${type.kind}(${type.dims.map((d) => resolved.final(d).key).join(', ')})`,
      help: `write norm2(${shown})^2 or sum(${shown})`,
    }),
  ];
}

/** Given names, else the constraint as written; equal ones are numbered. */
function constraintNames(items: readonly RelationItem[], text: string): string[] {
  const used = new Map<string, number>();
  return items.map((item) => {
    const plain = item.name ?? text.slice(...item.span).replaceAll(/(?:#(?!\s*\([^\n]*->)|%)[^\n]*/g, '').replaceAll(/\s+/g, ' ').trim();
    const count = (used.get(plain) ?? 0) + 1;
    used.set(plain, count);
    return count === 1 ? plain : `${plain} (${count})`;
  });
}
