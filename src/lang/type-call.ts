// Types of calls: functions of the table by their signatures, declared functions, and constants such as vector(1).

import { type Fix, type Span, fix } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import type { FunctionRecord } from '../ops/op.ts';
import { functionNamed } from '../ops/table.ts';
import { type Details, error, notice } from './codes.ts';
import { renamings } from './fixes.ts';
import { functionAdvice, functionsLike } from './foreign.ts';
import { count } from './parse-einsum.ts';
import { signatureOf } from './signature.ts';
import type { CallSyntax } from './syntax.ts';
import { typeOfConstant } from './type-constant.ts';
import { applied } from './type-form.ts';
import { type Type, type Typing, quote, unknownType } from './type.ts';

export function typeOfCall(t: Typing, s: CallSyntax): Type {
  if (t.isFunction(s.name)) return userCall(t, s);
  if (s.primes > 0) return primed(t, s);
  const constant = typeOfConstant(t, s);
  if (constant) return constant;
  if (s.bars && !readBars(t, s, s.bars)) return unknownType;
  const record = functionNamed(s.name);
  if (!record) return unknownFunction(t, s);
  const axis = axisOf(t, s, record);
  if (axis === 'wrong') return unknownType;
  return axis ? applied(t, s, axis, s.args.slice(0, -1)) : applied(t, s, record, s.args);
}

function userCall(t: Typing, s: CallSyntax): Type {
  const [arg] = s.args;
  const types = s.args.map((a) => t.typeOf(a));
  if (s.args.length !== 1 || !arg) {
    const found = count(s.args.length, 'argument');
    t.report(() =>
      error('wrong-number-of-arguments', s.span, `${s.name} is a declared function of one argument`, {
        needed: '1 argument',
        found,
        help: `write ${s.name}(x)`,
      }),
    );
    return unknownType;
  }
  t.calls.set(s, { kind: 'user', name: s.name, order: s.primes, arg });
  return must(types[0]);
}

/**
 * Says what bars were read as. |X| is the determinant in some books, and the absolute values of the entries in others: that
 * is asked, and `false` given.
 */
function readBars(t: Typing, s: CallSyntax, close: Span): boolean {
  const [arg] = s.args;
  const isMatrix = s.name === 'abs' && arg !== undefined && t.typeOf(arg).kind === 'matrix';
  const writing = (name: string): Fix => ({
    says: `write ${name}(…)`,
    edits: [
      { span: s.nameSpan, text: `${name}(` },
      { span: close, text: ')' },
    ],
  });
  if (!isMatrix) {
    const help = `${s.name}(…) says the same without this notice`;
    t.notify(() => notice('bars-read', s.span, `${quote(t, s)} is read as ${s.name}(…)`, { help, fixes: [writing(s.name)] }));
    return true;
  }
  const inside = quote(t, arg);
  t.report(
    () =>
      error('wrong-argument', s.span, 'bars around a matrix can mean two things', {
        needed: 'a scalar or a vector between the bars',
        found: 'a matrix',
        help: `write det(${inside}) for the determinant, or abs(${inside}) for absolute values entry by entry`,
        fixes: ['det', 'abs'].map(writing),
      }),
    'firm',
  );
  return false;
}

function primed(t: Typing, s: CallSyntax): Type {
  for (const a of s.args) t.typeOf(a);
  const variable = t.variable(s.name);
  const help = variable ? `write ${s.name}'*(…) for a product` : `declare ${s.name}: function to use its derivative`;
  t.report(() =>
    error('not-a-function', s.nameSpan, `${s.name}' is applied like a function, but ${s.name} is not declared as one`, {
      needed: "a declared function before '(",
      help,
    }),
  );
  return unknownType;
}

function unknownFunction(t: Typing, s: CallSyntax): Type {
  for (const a of s.args) t.typeOf(a);
  const variable = t.variable(s.name);
  const [first] = s.args;
  if (variable || t.isDefined(s.name) || [...s.name].length === 1) {
    const inside = first && s.args.length === 1 ? quote(t, first) : '…';
    const entry =
      s.args.every((a) => a.kind === 'number') && s.args.length > 0
        ? `${s.name}[${s.args.map((a) => quote(t, a)).join(',')}] for an entry, `
        : '';
    const help = `write ${entry}${s.name}*(${inside}) for a product, or declare ${s.name}: function`;
    t.report(() =>
      error('not-a-function', s.nameSpan, `${s.name} is used like a function, but it is a variable`, {
        needed: 'a function before (',
        help,
        fixes: [
          fix(`write ${s.name}*(…)`, [s.nameSpan[1], s.nameSpan[1]], '*'),
          ...(t.isDefined(s.name) ? [] : [{ says: `declare ${s.name}: function`, edits: [{ span: [0, 0], text: `${s.name}: function\n`, source: 'declare' }] } satisfies Fix]),
        ],
      }),
    );
  } else {
    t.report(
      () =>
        error('unknown-function', s.nameSpan, `there is no function ${s.name}`, {
          found: s.name,
          help: functionAdvice(s.name),
          ...renamings(functionsLike(s.name), s.nameSpan),
        }),
      'firm',
    );
  }
  return unknownType;
}

/** The function that `f(A, rows)` means; 'wrong' when that has been reported. */
function axisOf(t: Typing, s: CallSyntax, record: FunctionRecord): FunctionRecord | 'wrong' | undefined {
  const last = s.args.at(-1);
  if (s.args.length < 2 || !last) return undefined;
  const named = last.kind === 'name' && /^(rows?|cols?|columns?)$/.test(last.name) && !t.variable(last.name);
  const numbered =
    last.kind === 'number' &&
    record.axis !== undefined &&
    !record.axis.isByOrder &&
    !record.forms.some((f) => signatureOf(f.signature).params.length === s.args.length);
  if (!named && !numbered) return undefined;
  const wrong = (message: string, details: Details): 'wrong' => {
    for (const a of s.args.slice(0, -1)) t.typeOf(a);
    t.report(() => error('unknown-axis', last.span, message, details), 'firm');
    return 'wrong';
  };
  if (!record.axis)
    return wrong(`${s.name} takes no axis`, { found: quote(t, last), help: `leave ${quote(t, last)} out` });
  if (numbered) {
    const help = `write ${s.name}(${s.args
      .slice(0, -1)
      .map((a) => quote(t, a))
      .join(', ')}, rows) for one value per row, or cols for one per column`;
    return wrong('an axis is said by name', { needed: 'rows or cols', found: quote(t, last), help, ...renamings(['rows', 'cols'], last.span) });
  }
  return functionNamed(last.kind === 'name' && last.name.startsWith('r') ? record.axis.rows : record.axis.cols);
}
