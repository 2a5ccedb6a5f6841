// The names of the input that stand for variables, and what their places say about their order.

import type { Span } from '../base/diagnostic.ts';
import { type Dim, dimNames } from '../ir/dim.ts';
import { functionNamed } from '../ops/table.ts';
import { signatureOf } from './signature.ts';
import { type CallSyntax, type Program, type Syntax, partsOf } from './syntax.ts';
import { firstSizeArgument, isConstantName } from './type-constant.ts';

export interface NameUse {
  readonly name: string;
  readonly span: Span;
  /** In how many places it stands. */
  readonly count: number;
  /** The number of axes, where an index or an einsum pattern shows it. */
  readonly order?: number;
}

/** Names in order of appearance, with the first order that a use shows. */
export function variableNames(program: Program, isKnown: (name: string) => boolean, isSize: (name: string) => boolean): NameUse[] {
  const uses = new Map<string, NameUse>();
  const defined = new Set<string>();
  const use = (name: string, span: Span, order?: number): void => {
    if (defined.has(name)) return;
    if (!isKnown(name) && (isConstantName(name) || functionNamed(name) !== undefined || isPi(name) || isSize(name))) return;
    const before = uses.get(name);
    const shown = before?.order ?? order;
    uses.set(name, { name, span: before?.span ?? span, count: (before?.count ?? 0) + 1, ...(shown !== undefined && { order: shown }) });
  };
  const visit = (s: Syntax): void => {
    switch (s.kind) {
      case 'name':
        return use(s.name, s.span);
      case 'index':
        if (s.arg.kind !== 'name') return visit(s.arg);
        if (!isUnitTensor(s, isKnown)) use(s.arg.name, s.arg.span, s.items.length);
        return;
      case 'einsum':
        for (const [k, arg] of s.args.entries()) {
          if (arg.kind === 'name') use(arg.name, arg.span, [...(s.operands[k] ?? '')].length);
          else visit(arg);
        }
        return;
      case 'call':
        for (const [k, arg] of s.args.entries()) if (!isSizeArgument(s, k, isKnown)) visit(arg);
        return;
      case 'number':
      case 'sum':
      case 'product':
      case 'power':
      case 'transpose':
      case 'total':
      case 'block':
      case 'missing':
        for (const part of partsOf(s)) visit(part);
        return;
    }
  };
  for (const { value, target } of program.statements) {
    visit(value);
    if (target) defined.add(target.name);
  }
  return [...uses.values()];
}

/** `delta[i,j]`, unless a variable has that name. */
export function isUnitTensor(s: Extract<Syntax, { kind: 'index' }>, isKnown: (name: string) => boolean): boolean {
  return s.arg.kind === 'name' && /^(delta|δ)$/.test(s.arg.name) && s.items.length === 2 && !isKnown(s.arg.name);
}

/** Names of declared sizes that no variable has: `sum(x)/n` for `x: vector(n)`. */
export function sizeNames(shapes: readonly (readonly Dim[])[], isKnown: (name: string) => boolean): Set<string> {
  const names = shapes.flat().flatMap(dimNames);
  return new Set(names.filter((name) => /^[\p{L}_][\p{L}\d_]*$/u.test(name) && !isKnown(name)));
}

export function isPi(name: string): boolean {
  return name === 'pi' || name === 'π';
}

/** Sizes and axes inside a call are no variables. */
function isSizeArgument(s: CallSyntax, k: number, isKnown: (name: string) => boolean): boolean {
  if (isConstantName(s.name)) return k >= firstSizeArgument(s.name);
  const arg = s.args[k];
  if (
    k > 0 &&
    k === s.args.length - 1 &&
    arg?.kind === 'name' &&
    /^(rows?|cols?|columns?)$/.test(arg.name) &&
    !isKnown(arg.name)
  )
    return true;
  const forms = functionNamed(s.name)?.forms ?? [];
  return forms.some((f) => {
    const { params } = signatureOf(f.signature);
    return params.length === s.args.length && params[k]?.kind === 'size';
  });
}

const greek =
  /^(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|lam|mu|nu|xi|omicron|rho|sigma|tau|upsilon|phi|varphi|chi|psi|omega)(?:$|[\d_])/;

/** a…g scalars, h…z columns, A…Z matrices, as on MatrixCalculus.org; Greek letters are scalars. */
export function defaultOrder(name: string): number {
  if (greek.test(name) || /^\p{Script=Greek}/u.test(name)) return /^\p{Lu}/u.test(name) ? 2 : 0;
  const [first = ''] = name;
  if (/\p{Lu}/u.test(first)) return 2;
  return first >= 'a' && first <= 'g' ? 0 : 1;
}
