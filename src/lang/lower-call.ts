// Calls: functions of the table, declared functions, constants with inferred sizes.

import { InternalError, must, unreachable } from '../base/internal.ts';
import { type Dim, dim } from '../ir/dim.ts';
import { type Expr, contract, eye, number, size } from '../ir/expr.ts';
import type { FunctionRecord } from '../ops/op.ts';
import { has } from '../ops/facts.ts';
import { userFunction } from '../ops/scalar/user.ts';
import { batched } from './batch.ts';
import { error } from './codes.ts';
import { signatureOf } from './signature.ts';
import { isSizeProblem, sizeOf } from './size.ts';
import type { CallSyntax, Syntax } from './syntax.ts';
import type { ResolvedCall } from './type.ts';
import { quote } from './type.ts';
import { type Lowering, type Value, allLabels, fit } from './value.ts';

export function lowerCall(l: Lowering, s: CallSyntax): Value {
  const resolved = must(l.typing.calls.get(s), 'resolved call');
  switch (resolved.kind) {
    case 'user': {
      const { node, labels } = l.value(resolved.arg);
      return { node: userFunction(resolved.name, resolved.order, node), labels };
    }
    case 'eye':
      return { node: eye(must(l.shapeOf(l.typeOf(s))[0])), labels: [] };
    case 'constant':
      return filled(l, s, resolved.value);
    case 'form':
      return form(l, s, resolved);
    default:
      return unreachable(resolved);
  }
}

function filled(l: Lowering, s: CallSyntax, value: Syntax): Value {
  const shape = l.shapeOf(l.typeOf(s));
  const { node } = l.value(value);
  if (node.kind === 'number') return { node: number(node.value, shape), labels: [] };
  return {
    node: contract(
      [node],
      [[]],
      shape.map((_, i) => i),
      shape,
    ),
    labels: [],
  };
}

function form(l: Lowering, s: CallSyntax, call: Extract<ResolvedCall, { kind: 'form' }>): Value {
  const { params } = signatureOf(call.form.signature);
  const isSize = (i: number): boolean => params[i]?.kind === 'size';
  const labels = allLabels(call.args.filter((_, i) => !isSize(i)).map((arg) => l.value(arg)));
  const arrays: Expr[] = [];
  const positions: number[] = [];
  const args = call.args.map((arg, i): Expr => {
    if (isSize(i)) return size(l.final(sizeArgument(arg)));
    const fitted = fit(l, l.value(arg), l.typeOf(arg), { type: must(call.fits[i]), labels });
    arrays.push(fitted);
    positions.push(i);
    return fitted;
  });
  checkFacts(l, s, call.record, must(call.args[0]), must(args[0]));
  const build = (list: readonly Expr[]): Expr =>
    call.form.build(args.map((a, i) => (isSize(i) ? a : must(list[positions.indexOf(i)]))));
  const batch = labels.map((x) => x.dim);
  return { node: guarded(l, s, () => batched(build, arrays, batch)), labels: labels.map((x) => x.name) };
}

function sizeArgument(arg: Syntax): Dim {
  const d = sizeOf(arg, dim);
  return isSizeProblem(d) ? dim(1) : d;
}

/** A record may refuse what its signature cannot say, such as sizes that do not multiply to the right number. */
function guarded(l: Lowering, s: CallSyntax, build: () => Expr): Expr {
  try {
    return build();
  } catch (problem) {
    if (!(problem instanceof InternalError)) throw problem;
    l.report(
      error('wrong-argument', s.span, `${s.name} does not take these sizes`, {
        needed: 'sizes that fit each other',
        found: quote(l.typing, s),
        help: 'declare the sizes of its argument, and give ones with the same product',
      }),
    );
    return number({ num: 0, den: 1 }, l.shapeOf(l.typeOf(s)));
  }
}

function checkFacts(l: Lowering, s: CallSyntax, record: FunctionRecord, arg: Syntax, node: Expr): void {
  const missing = record.requires?.find((fact) => !has(node, fact));
  if (missing === undefined) return;
  const shown = quote(l.typing, arg);
  const help =
    arg.kind === 'name'
      ? `declare ${shown} ${missing}`
      : `declare its variables so that ${shown} is ${missing}; 0.5*(X+X') always is symmetric`;
  l.report(
    error('needs-fact', arg.span, `${s.name} needs a ${missing} matrix`, {
      needed: `${missing}, declared or derived`,
      found: `nothing says that ${shown} is ${missing}`,
      help,
    }),
  );
}
