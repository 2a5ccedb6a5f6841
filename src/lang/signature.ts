// Signatures of the function table: `matrix(m, n), matrix(p, q) -> matrix(m*p, n*q)`.

import { invariant } from '../base/internal.ts';
import { contextCache } from '../ir/expr.ts';
import { parse } from './parse.ts';
import type { Syntax } from './syntax.ts';

const paramKinds = ['any', 'scalar', 'vector', 'row', 'matrix', 'tensor', 'size'] as const;

export type ParamKind = (typeof paramKinds)[number];

export interface Param {
  readonly kind: ParamKind;
  readonly sizes: readonly Syntax[];
}

export interface Signature {
  readonly params: readonly Param[];
  readonly result: Param;
}

const cache = contextCache(() => new Map<string, Signature>());

export function signatureOf(text: string): Signature {
  const known = cache().get(text);
  if (known) return known;
  const [left = '', right = ''] = text.split('->');
  const [result] = paramsOf(right, text);
  invariant(result !== undefined, `signature ${text} has no result`);
  const signature = { params: paramsOf(left, text), result };
  cache().set(text, signature);
  return signature;
}

// A kind with sizes that are names, as in most signatures.
const plainParam = /^\s*([a-z]+)\s*(?:\(\s*([a-z]\w*(?:\s*,\s*[a-z]\w*)*)\s*\))?\s*$/;

function paramsOf(side: string, whole: string): Param[] {
  const plain = side.split(/,(?![^(]*\))/).map((text) => plainParam.exec(text));
  return plain.every((match) => match !== null) ? plain.map(([, kind = '', sizes]) => plainParamOf(kind, sizes, whole)) : parsedParams(side, whole);
}

function plainParamOf(name: string, sizes: string | undefined, whole: string): Param {
  return { kind: kindNamed(name, whole), sizes: sizes === undefined ? [] : sizes.split(',').map((size): Syntax => ({ kind: 'name', name: size.trim(), span: [0, 0] })) };
}

function kindNamed(name: string, whole: string): ParamKind {
  const kind = paramKinds.find((k) => k === name);
  invariant(kind !== undefined, `signature ${whole} has the unknown kind ${name}`);
  return kind;
}

function parsedParams(side: string, whole: string): Param[] {
  const { syntax, diagnostics } = parse(`f(${side})`);
  const call = syntax.statements[0]?.value;
  invariant(call?.kind === 'call' && diagnostics.length === 0, `signature ${whole} cannot be read`);
  return call.args.map((arg) => {
    const name = arg.kind === 'name' || arg.kind === 'call' ? arg.name : '';
    return { kind: kindNamed(name, whole), sizes: arg.kind === 'call' ? arg.args : [] };
  });
}
