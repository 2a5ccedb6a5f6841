// Sizes in text: `n`, `3`, `2*n+1`, `min(m, n)`.

import type { Span } from '../base/diagnostic.ts';
import { unreachable } from '../base/internal.ts';
import { type Dim, addDims, dim, minDims, mulDims, subDims } from '../ir/dim.ts';
import type { Syntax } from './syntax.ts';

export interface SizeProblem {
  readonly span: Span;
  readonly message: string;
}

/** What the names of a size stand for; undefined for a name that cannot be one. */
export type SizeNames = (name: string) => Dim | undefined;

// A product of sums has as many terms as its factors' terms multiplied.
const maxTerms = 2000;

/** The dim that the text says, or why it is none. */
export function sizeOf(s: Syntax, names: SizeNames = dim): Dim | SizeProblem {
  const wrong = (message: string): SizeProblem => ({ span: s.span, message });
  const fold = (
    list: readonly Syntax[],
    combine: (a: Dim, b: Dim, i: number) => Dim | SizeProblem,
  ): Dim | SizeProblem => {
    let result: Dim | undefined;
    for (const [i, part] of list.entries()) {
      const next = sizeOf(part, names);
      if (isSizeProblem(next)) return next;
      const combined = result === undefined ? combine(dim(0), next, i) : combine(result, next, i);
      if (isSizeProblem(combined)) return combined;
      result = combined;
    }
    return result ?? wrong('a size is missing');
  };
  switch (s.kind) {
    case 'number':
      if (s.value.den === 1 && Math.abs(s.value.num) > Number.MAX_SAFE_INTEGER) return wrong('a size ends at 2^53');
      if (s.value.den !== 1 || !Number.isSafeInteger(s.value.num)) return wrong('a size is a whole number');
      return dim(s.value.num);
    case 'name':
      return names(s.name) ?? wrong(`${s.name} is not a size`);
    case 'sum':
      return fold(
        s.terms.map((t) => t.arg),
        (a, b, i) => (s.terms[i]?.sign === -1 ? subDims(a, b) : addDims(a, b)),
      );
    case 'product':
      if (s.rest.some((r) => r.op !== '*')) return wrong('sizes are added, subtracted and multiplied only');
      return fold([s.first, ...s.rest.map((r) => r.arg)], (a, b, i) =>
        i === 0 ? b : (product(a, b) ?? wrong('this size is too long')),
      );
    case 'power': {
      const k = s.exponent.kind === 'number' && s.exponent.value.den === 1 ? s.exponent.value.num : 0;
      if (k < 1 || k > 8) return wrong('the power of a size is a small whole number');
      return fold(
        Array.from({ length: k }, () => s.base),
        (a, b, i) => (i === 0 ? b : (product(a, b) ?? wrong('this size is too long'))),
      );
    }
    case 'call':
      if (s.name !== 'min' || s.args.length !== 2) return wrong('of all functions only min(m, n) can stand in a size');
      return fold(s.args, (a, b, i) => (i === 0 ? b : minDims(a, b)));
    case 'transpose':
    case 'index':
    case 'einsum':
    case 'total':
    case 'block':
    case 'missing':
      return wrong('a size is a number, a name, or simple arithmetic with them');
    default:
      return unreachable(s);
  }
}

export function isSizeProblem(d: Dim | SizeProblem): d is SizeProblem {
  return 'message' in d;
}

/** The product, unless it has too many terms to be useful. */
export function product(a: Dim, b: Dim): Dim | undefined {
  return a.terms.length * b.terms.length > maxTerms ? undefined : mulDims(a, b);
}

/** Whether every number in it can be counted exactly. */
export function isCountable(d: Dim): boolean {
  return d.terms.every((t) => Number.isSafeInteger(t.coef));
}
