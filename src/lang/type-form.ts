// A call of a function of the table: which of its forms, and whether the arguments fit the signature.

import { must } from '../base/internal.ts';
import { type Dim, dim } from '../ir/dim.ts';
import type { Form, FunctionRecord } from '../ops/op.ts';
import { error, notice } from './codes.ts';
import { argumentAdvice } from './foreign.ts';
import { count } from './parse-einsum.ts';
import { type Param, type Signature, signatureOf } from './signature.ts';
import { isCountable, isSizeProblem, sizeOf } from './size.ts';
import type { CallSyntax, Syntax } from './syntax.ts';
import { type Operand, alike, labelsOf } from './type-alike.ts';
import { type Orientation, type Type, type Typing, describe, origins, quote, says, unknownType } from './type.ts';

/** The type of the function of this record at these arguments. */
export function applied(t: Typing, s: CallSyntax, record: FunctionRecord, args: readonly Syntax[]): Type {
  const arities = record.forms.map((f) => signatureOf(f.signature).params.length);
  const fitting = record.forms.filter((_, i) => arities[i] === args.length);
  if (fitting.length === 0) return wrongArity(t, s, record, args, arities);
  const isSize = (i: number): boolean => fitting.some((f) => signatureOf(f.signature).params[i]?.kind === 'size');
  const operands = args.map((syntax, i): Operand => ({ syntax, type: isSize(i) ? unknownType : t.typeOf(syntax) }));
  if (operands.some((o, i) => o.type.kind === 'unknown' && !isSize(i))) return unknownType;
  for (const rowsAs of ['rows', 'columns'] as const) {
    for (const form of fitting) {
      const signature = signatureOf(form.signature);
      if (signature.params.every((p, i) => fits(p, must(operands[i]).type, rowsAs)))
        return instantiate(t, s, record, form, signature, operands);
    }
  }
  t.report((show) =>
    error(
      'wrong-argument',
      s.span,
      `${s.name} does not take ${operands.length === 1 ? `a ${must(operands[0]).type.kind}` : 'these arguments'}`,
      {
        needed: formsOf(record, s.name),
        found: operands.map((o) => says(t, o.syntax, o.type, show)).join(', '),
        help: adviceFor(t, s, record, operands),
        notes: origins(t, args, show),
      },
    ),
  );
  return unknownType;
}

function adviceFor(t: Typing, s: CallSyntax, record: FunctionRecord, operands: readonly Operand[]): string {
  const [first] = operands;
  if (first?.type.kind === 'matrix' && operands.length === 1 && record.axis)
    return `write ${s.name}(…, rows) for each row, or cols for each column`;
  if (first?.type.kind === 'scalar')
    return 'a scalar stands for itself here: leave the function out, or declare its argument otherwise';
  if (first?.type.kind === 'vector' && first.syntax.kind === 'name')
    return `declare ${first.syntax.name} as a matrix if it is one, or write diag(${first.syntax.name})`;
  return `change the argument of ${s.name}, or declare its variables otherwise`;
}

function formsOf(record: FunctionRecord, name: string): string {
  return [...new Set(record.forms.map((f) => `${name}(${f.signature.split('->')[0]?.trim() ?? ''})`))].join(' or ');
}

function wrongArity(
  t: Typing,
  s: CallSyntax,
  record: FunctionRecord,
  args: readonly Syntax[],
  arities: readonly number[],
): Type {
  for (const a of args) t.typeOf(a);
  const needed = [...new Set(arities)].sort((a, b) => a - b).join(' or ');
  t.report(
    () =>
      error('wrong-number-of-arguments', s.span, `${s.name} takes ${needed} argument${needed === '1' ? '' : 's'}`, {
        needed: formsOf(record, s.name),
        found: count(args.length, 'argument'),
        help: argumentAdvice(s.name, args[1] && quote(t, args[1])) ?? `give ${needed}`,
      }),
    'firm',
  );
  return unknownType;
}

function fits(param: Param, type: Type, rowsAs: 'rows' | 'columns'): boolean {
  if (param.kind === 'any' || param.kind === 'size') return true;
  if (param.kind === 'vector' && type.kind === 'row') return rowsAs === 'columns';
  if (param.kind !== type.kind) return false;
  return param.kind !== 'tensor' || param.sizes.length === 0 || param.sizes.length === type.dims.length;
}

function instantiate(
  t: Typing,
  s: CallSyntax,
  record: FunctionRecord,
  form: Form,
  signature: Signature,
  operands: readonly Operand[],
): Type {
  const names = new Map<string, Dim>();
  const anys = operands.filter((_, i) => signature.params[i]?.kind === 'any');
  const common = anys.length > 0 ? alike(t, anys, { verb: `taken by ${s.name}`, sign: ',', whole: s.span }) : undefined;
  if (common?.kind === 'unknown') return unknownType;
  for (const [i, p] of signature.params.entries()) {
    const operand = must(operands[i]);
    const actual = p.kind === 'size' ? [sizeArgument(t, s, operand.syntax)] : operand.type.dims;
    for (const [k, size] of p.sizes.entries()) {
      const d = actual[k];
      if (d === undefined) return unknownType;
      if (size.kind === 'name' && !names.has(size.name)) names.set(size.name, d);
    }
  }
  const sizeNamed = (name: string): Dim => {
    const known = names.get(name) ?? t.solver.fresh();
    names.set(name, known);
    return known;
  };
  for (const [i, p] of signature.params.entries()) {
    if (p.kind !== 'size' && !checkSizes(t, s, p, must(operands[i]), sizeNamed)) return unknownType;
  }
  const labels = labelsOf(t, operands);
  const fitted = operands.map(({ type }, i) => ({
    ...(signature.params[i]?.kind === 'any' && common ? common : type),
    labels,
  }));
  t.calls.set(s, { kind: 'form', record, form, args: operands.map((o) => o.syntax), fits: fitted });
  noticeMatrix(t, s, record, operands);
  const { result } = signature;
  if (result.kind === 'any') return { ...(common ?? must(operands[0]).type), labels };
  const dims = result.sizes.map((size) => sizeOf(size, sizeNamed));
  if (dims.some((d) => isSizeProblem(d))) return tooLarge(t, s);
  const kept = dims.filter((d): d is Dim => !isSizeProblem(d));
  if (kept.some((d) => !isCountable(t.solver.find(d)))) return tooLarge(t, s);
  const fromRows = operands.some((o, i) => signature.params[i]?.kind === 'vector' && o.type.kind === 'row');
  const kind: Orientation =
    result.kind === 'vector' && fromRows ? 'row' : result.kind === 'size' ? 'scalar' : result.kind;
  return { kind, dims: kept, labels };
}

function sizeArgument(t: Typing, s: CallSyntax, arg: Syntax): Dim | undefined {
  const size = sizeOf(arg, dim);
  if (!isSizeProblem(size)) return size;
  t.report(
    () =>
      error('bad-size', size.span, size.message, {
        needed: `a size as argument of ${s.name}`,
        help: 'give a number or the name of a size',
      }),
    'firm',
  );
  return undefined;
}

function checkSizes(t: Typing, s: CallSyntax, p: Param, operand: Operand, sizeNamed: (name: string) => Dim): boolean {
  for (const [k, size] of p.sizes.entries()) {
    const needed = sizeOf(size, sizeNamed);
    const actual = must(operand.type.dims[k]);
    if (isSizeProblem(needed) || !t.solver.equate(actual, needed, s.span)) continue;
    const square = p.kind === 'matrix' && quoteSizes(p) === 'same';
    t.report((show) =>
      error(
        square ? 'not-square' : 'wrong-argument',
        operand.syntax.span,
        square ? `${s.name} needs a square matrix` : `${s.name} does not take this shape`,
        {
          needed: square ? 'as many rows as columns' : `${show(actual)} = ${show(needed)}`,
          found: says(t, operand.syntax, operand.type, show),
          help: square
            ? `declare it square, or write ${quote(t, operand.syntax)}'*${quote(t, operand.syntax)}`
            : `the arguments of ${s.name} must fit each other`,
          notes: [...origins(t, s.args, show), ...t.solver.why(actual, show)],
        },
      ),
    );
    return false;
  }
  return true;
}

function quoteSizes(p: Param): 'same' | 'different' {
  const [a, b] = p.sizes;
  return a?.kind === 'name' && b?.kind === 'name' && a.name === b.name ? 'same' : 'different';
}

function tooLarge(t: Typing, s: CallSyntax): Type {
  t.report(
    () =>
      error('dim-too-large', s.span, 'this result is too large to have a size', {
        needed: 'sizes below 2^53',
        help: 'use fewer or smaller factors',
      }),
    'firm',
  );
  return unknownType;
}

function noticeMatrix(t: Typing, s: CallSyntax, record: FunctionRecord, operands: readonly Operand[]): void {
  const matrix = operands.find((o) => o.type.kind === 'matrix');
  const message = record.noticeForMatrix;
  if (matrix && message)
    t.notify((show) => notice('elementwise-function', s.nameSpan, message, { found: describe(matrix.type, show) }));
}
