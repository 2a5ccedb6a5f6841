// Typed syntax to graph. Index labels are leading axes until they are summed or become axes of the result.

import type { Diagnostic } from '../base/diagnostic.ts';
import { must, unreachable } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import { type Expr, type Shape, contract, eye, number, sum } from '../ir/expr.ts';
import { fromNumber, minusOne, one } from '../ir/rational.ts';
import { constantOf } from './constant.ts';
import { lowerBlock } from './lower-block.ts';
import { lowerCall } from './lower-call.ts';
import { lowerIndex } from './lower-index.ts';
import { lowerPower } from './lower-power.ts';
import { lowerProduct } from './lower-product.ts';
import type { EinsumSyntax, NameSyntax, SumSyntax, Syntax } from './syntax.ts';
import type { Type } from './type.ts';
import type { Reading, TypedStatement } from './typing.ts';
import { isPi } from './names.ts';
import { type Lowering, type Value, fit, withoutLabels } from './value.ts';

export interface Lowered {
  /** The value of the last statement. */
  readonly expr: Expr | undefined;
  /** The values of all statements, in order. */
  readonly values: readonly Expr[];
  /** The graph of a part; of one with free index labels, none. */
  readonly exprOf: (s: Syntax) => Expr | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export interface LowerInput {
  readonly reading: Reading;
  readonly sums: ReadonlyMap<Syntax, readonly string[]>;
  readonly final: (d: Dim) => Dim;
  /** The graph of a variable. */
  readonly leaf: (name: string) => Expr | undefined;
}

/** All types must be known. */
export function lower(input: LowerInput): Lowered {
  const { reading, final } = input;
  const diagnostics: Diagnostic[] = [];
  const definitions = new Map<string, Value>();
  const values = new Map<Syntax, Value>();
  const shapeOf = (type: Type): Shape => type.dims.map(final);
  const lowering: Lowering = {
    typing: reading.typing,
    value,
    typeOf: (s) => must(reading.typing.types.get(s), 'type'),
    shapeOf,
    sumsAt: (s) => input.sums.get(s) ?? [],
    final,
    report: (d) => void diagnostics.push(d),
    leaf: input.leaf,
  };
  const results = reading.statements.map((typed) => {
    const node = statementValue(lowering, typed);
    const { target } = typed.statement;
    if (target) definitions.set(target.name, { node, labels: [] });
    return node;
  });
  const exprOf = (s: Syntax): Expr | undefined => {
    const known = values.get(s);
    return known?.labels.length === 0 ? known.node : undefined;
  };
  return { expr: results.at(-1), values: results, exprOf, diagnostics };

  function value(s: Syntax): Value {
    const known = values.get(s);
    if (known) return known;
    const result = s.kind === 'product' ? lowerProduct(lowering, s) : withoutLabels(own(s), lowering.sumsAt(s));
    values.set(s, result);
    return result;
  }

  function own(s: Exclude<Syntax, { kind: 'product' }>): Value {
    const constant = constantOf(s);
    if (constant) return { node: number(constant), labels: [] };
    switch (s.kind) {
      case 'number':
        return { node: number(s.value), labels: [] };
      case 'name':
        return definitions.get(s.name) ?? named(lowering, s);
      case 'sum':
        return lowerSum(lowering, s);
      case 'power':
        return lowerPower(lowering, s);
      case 'transpose':
        return lowerTranspose(lowering, s.arg, s.count);
      case 'index':
        return lowerIndex(lowering, s);
      case 'call':
        return lowerCall(lowering, s);
      case 'einsum':
        return lowerEinsum(lowering, s);
      case 'total':
        return withoutLabels(
          value(s.arg),
          s.labels.map((l) => l.name),
        );
      case 'block':
        return lowerBlock(lowering, s);
      case 'missing':
        throw new Error('internal: lowering of a text with errors');
      default:
        return unreachable(s);
    }
  }
}

function named(l: Lowering, s: NameSyntax): Value {
  const node = l.leaf(s.name);
  if (node) return { node, labels: [] };
  if (isPi(s.name)) return { node: number(fromNumber(Math.PI)), labels: [] };
  const [n] = l.shapeOf(l.typeOf(s));
  return { node: eye(must(n, 'size of the unit matrix')), labels: [] };
}

/** Free labels become axes in the order of the left side, or of their appearance. */
function statementValue(l: Lowering, { statement, labels, type }: TypedStatement): Expr {
  const { node, labels: have } = l.value(statement.value);
  if (labels.length === 0) return node;
  const ids = labels.map((label) => labels.findIndex((first) => first.name === label.name));
  const mine = have.map((name) => labels.findIndex((first) => first.name === name));
  return contract([node], [mine], ids, l.shapeOf(type));
}

function lowerSum(l: Lowering, s: SumSyntax): Value {
  const type = l.typeOf(s);
  const [only] = s.terms;
  // A sum of one term keeps its own labels; others are brought to one shape.
  if (s.terms.length === 1 && only) {
    const { node, labels } = l.value(only.arg);
    return { node: only.sign === 1 ? node : sum([{ coef: minusOne, arg: node }]), labels };
  }
  const labels = [...new Set(s.terms.flatMap((t) => l.value(t.arg).labels))];
  const dims = labelDims(
    l,
    s.terms.map((t) => t.arg),
  );
  const target = { type, labels: labels.map((name) => ({ name, dim: must(dims.get(name), 'dim of a label') })) };
  const terms = s.terms.map(({ sign, arg }) => ({
    coef: sign === 1 ? one : minusOne,
    arg: fit(l, l.value(arg), l.typeOf(arg), target),
  }));
  return { node: sum(terms), labels };
}

function labelDims(l: Lowering, parts: readonly Syntax[]): Map<string, Dim> {
  const dims = new Map<string, Dim>();
  for (const part of parts) {
    const { node, labels } = l.value(part);
    labels.forEach((name, i) => dims.set(name, must(node.shape[i])));
  }
  return dims;
}

function lowerTranspose(l: Lowering, arg: Syntax, count: number): Value {
  const { node, labels } = l.value(arg);
  if (count % 2 === 0 || l.typeOf(arg).kind !== 'matrix') return { node, labels };
  const lead = labels.map((_, i) => i);
  const [i, j] = [lead.length, lead.length + 1];
  return { node: contract([node], [[...lead, i, j]], [...lead, j, i]), labels };
}

function lowerEinsum(l: Lowering, s: EinsumSyntax): Value {
  const codes = (labels: string): number[] => [...labels].map((c) => c.codePointAt(0) ?? 0);
  const args = s.args.map((a) => l.value(a).node);
  return { node: contract(args, s.operands.map(codes), codes(s.result), l.shapeOf(l.typeOf(s))), labels: [] };
}
