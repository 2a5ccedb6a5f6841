// One reading of the input: the type of every part, under one choice of orders for the names that are not declared.

import type { Diagnostic, Span } from '../base/diagnostic.ts';
import { must, unreachable } from '../base/internal.ts';
import { type Dim, dim } from '../ir/dim.ts';
import type { Shape } from '../ir/expr.ts';
import { functionNamed } from '../ops/table.ts';
import { error, notice } from './codes.ts';
import type { Declaration } from './declare.ts';
import { nearest } from './foreign.ts';
import { type NameUse, defaultOrder, isPi, isUnitTensor } from './names.ts';
import type { NameSyntax, Program, Statement, Syntax } from './syntax.ts';
import { typeOfBlock } from './type-blocks.ts';
import { typeOfCall } from './type-call.ts';
import { typeOfEinsum, typeOfIndex, typeOfTotal } from './type-index.ts';
import { typeOfProduct, typeOfSum, typeOfTranspose } from './type-operators.ts';
import { typeOfPower } from './type-power.ts';
import {
  type LabelDim,
  type ShowDim,
  type Type,
  type Typing,
  type Variable,
  kindOfOrder,
  scalarType,
  typeWith,
  unknownType,
} from './type.ts';
import { closeStatement, noticeConvention } from './type-statement.ts';
import { createSolver } from './unify.ts';

export interface Input {
  readonly text: string;
  readonly program: Program;
  readonly declared: ReadonlyMap<string, Declaration>;
  readonly functions: ReadonlySet<string>;
  readonly uses: readonly NameUse[];
  /** Labels summed at a part without being written. */
  readonly sums: ReadonlyMap<Syntax, readonly string[]>;
  /** The same by statement; absent where the sums are in doubt. */
  readonly summed: ReadonlyMap<Statement, readonly string[]>;
  readonly data: ReadonlyMap<string, GivenShape>;
  /** Names that stand for declared sizes. */
  readonly sizeNames: ReadonlySet<string>;
  readonly expect?: Shape;
}

/** The shape of given numbers; a size that is undefined is to be inferred. */
export type GivenShape = readonly (number | undefined)[];

/** Orders of names that are not declared, and how each came by its order. */
export type Orders = ReadonlyMap<string, { readonly order: number; readonly how: 'default' | 'inferred' | 'data' }>;

export interface TypedStatement {
  readonly statement: Statement;
  /** Index labels of the result, in the order of its axes. */
  readonly labels: readonly LabelDim[];
  readonly type: Type;
}

export interface Reading {
  readonly typing: Typing;
  readonly statements: readonly TypedStatement[];
  readonly variables: readonly Variable[];
  readonly reports: readonly ((show: ShowDim) => Diagnostic)[];
  readonly errors: number;
  readonly firm: number;
  readonly doubts: ReadonlySet<string>;
}

// Beyond these nobody reads on.
const maxReports = 60;

export function typeInput(input: Input, orders: Orders): Reading {
  const solver = createSolver();
  const types = new Map<Syntax, Type>();
  const reports: ((show: ShowDim) => Diagnostic)[] = [];
  const checks: ((show: ShowDim) => Diagnostic | undefined)[] = [];
  const variables = new Map<string, Variable>();
  const definitions = new Map<string, Type>();
  const counts = { errors: 0, firm: 0 };
  const doubts = new Set<string>();

  const typing: Typing = {
    text: input.text,
    solver,
    types,
    calls: new Map(),
    typeOf,
    variable: (name) => (definitions.has(name) ? undefined : variables.get(name)),
    isDefined: (name) => definitions.has(name),
    isFunction: (name) => input.functions.has(name),
    isSizeName: (name) => input.sizeNames.has(name),
    report: (make, weight) => {
      if (counts.errors >= maxReports) return;
      reports.push(make);
      counts.errors++;
      if (weight === 'firm') counts.firm++;
    },
    notify: (make) => void (reports.length < maxReports && reports.push(make)),
    doubt: (name) => void doubts.add(name),
    later: (check) => void checks.push(check),
  };

  for (const declaration of input.declared.values())
    variables.set(declaration.name, declaredVariable(typing, declaration, input.data));
  for (const { name } of input.uses) {
    if (variables.has(name)) continue;
    const { order, how } = orders.get(name) ?? { order: defaultOrder(name), how: 'default' as const };
    const dims = input.data.get(name)?.map((n) => (n === undefined ? solver.fresh() : dim(n))) ?? Array.from({ length: order }, solver.fresh);
    variables.set(name, { name, how, type: typeWith(kindOfOrder(order), dims) });
  }
  const statements = input.program.statements.map((statement): TypedStatement => {
    const closed = closeStatement(typing, statement, typeOf(statement.value));
    const summed = input.summed.get(statement);
    if (summed) noticeConvention(typing, statement, closed, summed);
    const { target } = statement;
    if (target) {
      if (definitions.has(target.name) || variables.has(target.name)) {
        typing.report(
          () =>
            error('declared-twice', target.span, `${target.name} has a meaning already`, {
              help: 'define another name',
            }),
          'firm',
        );
      } else definitions.set(target.name, closed.type);
    }
    return { statement, ...closed };
  });
  expectShape(typing, statements.at(-1), input.expect);
  for (const { conflict, span } of solver.settle()) {
    typing.report((show) => sizesDiffer(span, show(conflict.left), show(conflict.right)));
  }
  for (const check of checks) {
    if (check((d) => d.key)) typing.report((show) => must(check(show)));
  }
  return { typing, statements, variables: [...variables.values()], reports, doubts, ...counts };

  function typeOf(s: Syntax): Type {
    const known = types.get(s);
    if (known) return known;
    const own = ownType(s);
    const summed = input.sums.get(s);
    const type = summed ? { ...own, labels: own.labels.filter((l) => !summed.includes(l.name)) } : own;
    types.set(s, type);
    return type;
  }

  function ownType(s: Syntax): Type {
    switch (s.kind) {
      case 'number':
        return scalarType;
      case 'name':
        return definitions.get(s.name) ?? variables.get(s.name)?.type ?? namedConstant(typing, s);
      case 'sum':
        return typeOfSum(typing, s);
      case 'product':
        return typeOfProduct(typing, s);
      case 'power':
        return typeOfPower(typing, s);
      case 'transpose':
        return typeOfTranspose(typing, s);
      case 'index':
        if (isUnitTensor(s, (name) => variables.has(name) || definitions.has(name)))
          types.set(s.arg, unitMatrix(typing));
        return typeOfIndex(typing, s);
      case 'call':
        return typeOfCall(typing, s);
      case 'einsum':
        return typeOfEinsum(typing, s);
      case 'total':
        return typeOfTotal(typing, s);
      case 'block':
        return typeOfBlock(typing, s);
      case 'missing':
        return unknownType;
      default:
        return unreachable(s);
    }
  }
}

function sizesDiffer(span: Span, left: string, right: string): Diagnostic {
  return error('shapes-differ', span, 'these sizes must be equal, but nothing makes them so', {
    needed: `${left} = ${right}`,
    found: `${left} and ${right}`,
    help: 'declare the sizes',
  });
}

function unitMatrix(t: Typing): Type {
  const n = t.solver.fresh();
  return typeWith('matrix', [n, n]);
}

/** A name that is neither declared nor a variable: `eye`, `pi`, or a function without its arguments. */
function namedConstant(t: Typing, s: NameSyntax): Type {
  if (t.isSizeName(s.name)) return scalarType;
  if (s.name === 'eye') return unitMatrix(t);
  if (isPi(s.name)) {
    t.notify(() =>
      notice('constant-pi', s.span, `${s.name} is the number 3.14159…`, {
        help: `declare ${s.name} if it is a variable`,
      }),
    );
    return scalarType;
  }
  const isCall = functionNamed(s.name) !== undefined || t.isFunction(s.name);
  const near = nearest(s.name, ['vector(1)', 'matrix(1)']);
  const help = isCall ? `write ${s.name}(…), or declare ${s.name} as a variable` : `write ${near[0] ?? `${s.name}(1)`}`;
  t.report(
    () =>
      error('function-without-arguments', s.span, `${s.name} is a function and needs its arguments`, {
        needed: `${s.name}(…)`,
        help,
      }),
    'firm',
  );
  return unknownType;
}

const squareFacts = ['symmetric', 'orthogonal', 'identity'] as const;

function declaredVariable(t: Typing, d: Declaration, data: ReadonlyMap<string, GivenShape>): Variable {
  const given = data.get(d.name);
  const order =
    d.kind === 'tensor' ? (d.dims?.length ?? given?.length ?? 3) : { scalar: 0, vector: 1, matrix: 2 }[d.kind];
  const dims: readonly Dim[] = d.dims ?? Array.from({ length: order }, t.solver.fresh);
  const span = d.span ?? [0, 0];
  const source = d.span ? ({ source: 'declare' } as const) : {};
  const [m, n] = dims;
  if (d.kind === 'matrix' && m && n && squareFacts.some((f) => d.facts.has.has(f)) && t.solver.equate(m, n, span)) {
    const fact = squareFacts.find((f) => d.facts.has.has(f)) ?? 'symmetric';
    const found = `matrix(${m.key}, ${n.key})`;
    const help = `declare ${d.name} square, or leave the fact out`;
    t.report(
      () =>
        error('not-square', span, `a matrix that is ${fact} must be square`, {
          needed: 'as many rows as columns',
          found,
          help,
          ...source,
        }),
      'firm',
    );
  }
  const type = typeWith(d.kind, dims);
  if (
    given &&
    (given.length !== dims.length || given.some((size, i) => size !== undefined && t.solver.equate(must(dims[i]), dim(size), span)))
  ) {
    const found = given.length === 0 ? 'one number' : `numbers of shape ${given.join(' × ')}`;
    t.report(
      (show) =>
        error('data-shape-differs', span, `the numbers given for ${d.name} do not fit its declaration`, {
          needed: dims.length === 0 ? 'one number' : dims.map(show).join(' × '),
          found,
          help: 'give numbers of the declared shape, or change the declaration',
          ...source,
        }),
      'firm',
    );
  }
  return { name: d.name, type, declaration: d, how: 'declared' };
}

function expectShape(t: Typing, last: TypedStatement | undefined, expect: Shape | undefined): void {
  if (!last || !expect || last.type.kind === 'unknown') return;
  const { type, statement } = last;
  const differs =
    type.dims.length !== expect.length ||
    type.dims.some((d, i) => t.solver.equate(d, must(expect[i]), statement.value.span));
  if (!differs || (type.kind === 'scalar' && statement.value.kind === 'number')) return;
  t.report((show) =>
    error('result-shape-differs', statement.value.span, 'the result has another shape than expected', {
      needed: `(${expect.map(show).join(', ')})`,
      found: `(${type.dims.map(show).join(', ')})`,
      help: 'transpose or sum where the axes differ',
    }),
  );
}
