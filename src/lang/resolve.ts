// Syntax and declarations to types: which kinds, which sizes, and what is wrong.

import type { Diagnostic, Span } from '../base/diagnostic.ts';
import { type Dim, dim } from '../ir/dim.ts';
import { type Expr, type Shape, type VariableNode, eye, size, variable } from '../ir/expr.ts';
import { type Facts, noFacts } from '../ir/fact.ts';
import { notice } from './codes.ts';
import type { Declaration, VariableKind } from './declare.ts';
import { implicitSums } from './einstein.ts';
import { indexArithmetic } from './index-arithmetic.ts';
import { infer } from './infer.ts';
import { sizeNames, variableNames } from './names.ts';
import { nameSizes } from './sizes.ts';
import type { Program, Statement, Syntax } from './syntax.ts';
import type { ShowDim, Variable } from './type.ts';
import type { GivenShape, Input, Reading } from './typing.ts';

export interface VariableInfo {
  readonly name: string;
  readonly kind: VariableKind;
  readonly shape: Shape;
  readonly facts: Facts;
  readonly origin: 'declared' | 'default' | 'inferred' | 'data';
  readonly node: VariableNode;
  /** In the declarations where it is declared there, else its first place in the text. */
  readonly span?: Span;
}

export interface ResolveInput {
  readonly text: string;
  readonly program: Program;
  readonly declarations: readonly Declaration[];
  readonly functions: readonly string[];
  readonly data: ReadonlyMap<string, GivenShape>;
  readonly expect?: Shape;
}

export interface Resolved {
  readonly reading: Reading;
  readonly sums: ReadonlyMap<Syntax, readonly string[]>;
  readonly final: (d: Dim) => Dim;
  readonly variables: readonly VariableInfo[];
  readonly leaf: (name: string) => Expr | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export function resolve(input: ResolveInput): Resolved {
  const declared = new Map(input.declarations.map((d) => [d.name, d]));
  const functions = new Set(input.functions);
  const isKnown = (name: string): boolean => declared.has(name) || input.data.has(name);
  const named = sizeNames(
    input.declarations.map((d) => d.dims ?? []),
    (name) => isKnown(name) || functions.has(name),
  );
  const uses = variableNames(input.program, isKnown, (name) => named.has(name)).filter((u) => !functions.has(u.name));
  const sums = new Map<Syntax, readonly string[]>();
  const summed = new Map<Statement, readonly string[]>();
  const found: Diagnostic[] = [];
  for (const statement of input.program.statements) {
    const implicit = implicitSums(statement, input.text);
    for (const [s, labels] of implicit.at) sums.set(s, labels);
    if (implicit.diagnostics.length === 0) summed.set(statement, [...implicit.at.values()].flat());
    found.push(...implicit.diagnostics, ...indexArithmetic(statement));
  }
  const { text, program, data } = input;
  const whole: Input = {
    text,
    program,
    declared,
    functions,
    uses,
    sums,
    summed,
    data,
    sizeNames: named,
    ...(input.expect && { expect: input.expect }),
  };
  const reading = infer(whole);
  const sizes = nameSizes(reading);
  const show: ShowDim = (d) => sizes.final(d).key;
  const firstUse = new Map(uses.map((u) => [u.name, u.span]));
  const variables = reading.variables.map((v) => describeVariable(v, sizes.final, firstUse.get(v.name)));
  const nodes = new Map(variables.map((v) => [v.name, leafOf(v)]));
  const diagnostics = [
    ...found,
    ...reading.reports.map((make) => make(show)),
    ...reading.variables.flatMap((v) => inferredNotice(v, firstUse.get(v.name))),
    ...sizes.notices,
  ];
  return { reading, sums, final: sizes.final, variables, leaf: (name) => nodes.get(name) ?? (named.has(name) ? size(sizes.final(dim(name))) : undefined), diagnostics };
}

function describeVariable(v: Variable, final: (d: Dim) => Dim, use: Span | undefined): VariableInfo {
  const shape = v.type.dims.map(final);
  const facts = v.declaration?.facts ?? noFacts;
  const kind = v.type.kind === 'row' || v.type.kind === 'unknown' ? 'vector' : v.type.kind;
  const span = v.declaration?.span ?? use;
  return {
    name: v.name,
    kind,
    shape,
    facts,
    origin: v.how,
    node: variable(v.name, shape, facts),
    ...(span && { span }),
  };
}

/** A declared unit matrix stands in the graph as what it is. */
function leafOf(v: VariableInfo): Expr {
  const [n] = v.shape;
  return v.facts.has.has('identity') && n ? eye(n) : v.node;
}

function inferredNotice(v: Variable, span: Span | undefined): Diagnostic[] {
  if (!span) return [];
  if (v.name === 'I' && v.how === 'default') {
    return [
      notice('identity-letter', span, 'I is read as a matrix variable', {
        help: 'write eye for the unit matrix, or declare I: identity(n)',
      }),
    ];
  }
  if (v.how !== 'inferred') return [];
  const order = v.type.dims.length;
  const kind = order > 2 ? `tensor of order ${order}` : v.type.kind;
  return [
    notice('kind-inferred', span, `${v.name} is read as a ${kind}, from its use`, {
      help: `declare ${v.name} if it is something else`,
    }),
  ];
}
