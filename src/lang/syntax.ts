// What the text says, before it has types. Sums and products are lists, so that long ones are not deep.

import type { Span } from '../base/diagnostic.ts';
import { unreachable } from '../base/internal.ts';
import type { Rational } from '../ir/rational.ts';

export type Syntax =
  | NumberSyntax
  | NameSyntax
  | SumSyntax
  | ProductSyntax
  | PowerSyntax
  | TransposeSyntax
  | IndexSyntax
  | CallSyntax
  | EinsumSyntax
  | TotalSyntax
  | BlockSyntax
  | MissingSyntax;

interface Placed {
  readonly span: Span;
}

export interface NumberSyntax extends Placed {
  readonly kind: 'number';
  readonly value: Rational;
}

export interface NameSyntax extends Placed {
  readonly kind: 'name';
  readonly name: string;
}

/** Also unary minus: a sum of one negative term. */
export interface SumSyntax extends Placed {
  readonly kind: 'sum';
  readonly terms: readonly SignedTerm[];
}

export interface SignedTerm {
  readonly sign: 1 | -1;
  readonly arg: Syntax;
  /** Where the sign stands. */
  readonly at: Span;
}

export type ProductOperator = '*' | '/' | '.*' | './';

export interface ProductSyntax extends Placed {
  readonly kind: 'product';
  readonly first: Syntax;
  readonly rest: readonly { readonly op: ProductOperator; readonly arg: Syntax; readonly at: Span }[];
}

export interface PowerSyntax extends Placed {
  readonly kind: 'power';
  readonly base: Syntax;
  readonly exponent: Syntax;
  readonly op: '^' | '.^';
  readonly at: Span;
}

export interface TransposeSyntax extends Placed {
  readonly kind: 'transpose';
  readonly arg: Syntax;
  readonly count: number;
}

export interface IndexSyntax extends Placed {
  readonly kind: 'index';
  readonly arg: Syntax;
  readonly items: readonly IndexItem[];
}

/** A bare name is a label; numbers and arithmetic are entries, counted from 1. */
export type IndexItem =
  | (Placed & { readonly kind: 'label'; readonly name: string })
  | (Placed & { readonly kind: 'entry'; readonly at: Syntax })
  | (Placed & { readonly kind: 'range'; readonly from?: Syntax; readonly to?: Syntax });

export interface CallSyntax extends Placed {
  readonly kind: 'call';
  readonly name: string;
  readonly nameSpan: Span;
  /** Quotes between name and arguments: `f''(x)`. */
  readonly primes: number;
  readonly args: readonly Syntax[];
  /** Written |…| or ||…||: where the closing bars stand, with what is below them. */
  readonly bars?: Span;
}

export interface EinsumSyntax extends Placed {
  readonly kind: 'einsum';
  readonly operands: readonly string[];
  readonly result: string;
  readonly patternSpan: Span;
  readonly args: readonly Syntax[];
}

/** `sum[i, k](…)`, `sum[i=1:n](…)`. */
export interface TotalSyntax extends Placed {
  readonly kind: 'total';
  readonly labels: readonly (Placed & { readonly name: string; readonly to?: Syntax })[];
  readonly arg: Syntax;
}

export interface BlockSyntax extends Placed {
  readonly kind: 'block';
  readonly rows: readonly (readonly Syntax[])[];
}

/** Stands where something is wrong that has been reported. */
export interface MissingSyntax extends Placed {
  readonly kind: 'missing';
}

export interface Statement extends Placed {
  /** `C[i, j] = …` or `y = …`. */
  readonly target?: Placed & {
    readonly name: string;
    readonly labels: readonly (Placed & { readonly name: string })[];
  };
  readonly value: Syntax;
}

export interface Program extends Placed {
  readonly statements: readonly Statement[];
}

/** The direct parts, left to right; sizes inside indices are not parts. */
export function partsOf(s: Syntax): readonly Syntax[] {
  switch (s.kind) {
    case 'number':
    case 'name':
    case 'missing':
      return [];
    case 'sum':
      return s.terms.map((t) => t.arg);
    case 'product':
      return [s.first, ...s.rest.map((r) => r.arg)];
    case 'power':
      return [s.base, s.exponent];
    case 'transpose':
    case 'index':
    case 'total':
      return [s.arg];
    case 'call':
    case 'einsum':
      return s.args;
    case 'block':
      return s.rows.flat();
    default:
      return unreachable(s);
  }
}
