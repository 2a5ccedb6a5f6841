// Sums and products with the signs + - * /, as most languages write them.

import { must } from '../base/internal.ts';
import { type Rational, isInteger, toNumber } from '../ir/rational.ts';
import { type Code, level, wrap } from '../ops/spell.ts';

/** A number as a literal: whole numbers and short decimals as they are, other fractions as a division. */
export function numberCode(value: Rational, special: (value: number) => string): Code {
  const number = toNumber(value);
  if (!Number.isFinite(number)) return { text: special(number), level: level.atom, plain: true };
  const text = String(number);
  if (value.den === 1 || text.length <= 6) return { text, level: number < 0 ? level.unary : level.atom, plain: true };
  return { text: `${value.num} / ${value.den}`, level: level.product, plain: true };
}

export interface Term {
  readonly coef: Rational;
  /** Absent for the number alone. */
  readonly code: Code | undefined;
  /** How something is divided by the code, entry by entry; `/` by default. */
  readonly slash?: string;
}

/** `2 * a - b / 3 + 1`: positive terms first. */
export function sumCode(terms: readonly Term[], literal: (value: Rational) => Code): Code {
  const ordered = [...terms.filter((t) => t.coef.num > 0), ...terms.filter((t) => !(t.coef.num > 0))];
  const plain = terms.every((t) => t.code?.plain ?? true) ? { plain: true as const } : {};
  const written = ordered.map(({ coef, code, slash }) => {
    const isMinus = coef.num < 0;
    return { isMinus, code: weighted(isMinus ? { num: -coef.num, den: coef.den } : coef, code, literal, slash) };
  });
  const [first, ...rest] = written;
  const head = must(first);
  if (rest.length === 0) return head.isMinus ? { ...negated(head.code), ...plain } : { ...head.code, ...plain };
  const start = head.isMinus ? negated(head.code).text : wrap(head.code, level.sum);
  const text = start + rest.map((t) => (t.isMinus ? ` - ${wrap(t.code, level.sum + 1)}` : ` + ${wrap(t.code, level.sum + 1)}`)).join('');
  return { text, level: level.sum, ...plain };
}

/** -a * b binds as a product does: in an exponent or below a line it needs brackets. */
function negated(code: Code): Code {
  const isOpen = code.level >= level.product && code.level < level.unary;
  return { text: `-${wrap(code, level.product)}`, level: isOpen ? code.level : level.unary };
}

/** A positive multiple. */
function weighted(coef: Rational, code: Code | undefined, literal: (value: Rational) => Code, slash = '/'): Code {
  if (code === undefined) return literal(coef);
  if (coef.num === 1 && coef.den === 1) return code;
  if (code.over) return { text: `${wrap(literal(coef), level.product)} ${slash} ${wrap(code.over, level.unary)}`, level: level.product };
  const isShortDecimal = isInteger(coef) || String(toNumber(coef)).length <= 6;
  if (!isShortDecimal && coef.num === 1) return { text: `${wrap(code, level.product)} / ${coef.den}`, level: level.product };
  return { text: `${wrap(literal(coef), level.product)} * ${wrap(code, level.product)}`, level: level.product };
}

/** `a * b / c`. */
export function productCode(factors: readonly Code[]): Code {
  const above = factors.filter((f) => !f.over);
  const below = factors.flatMap((f) => (f.over ? [f.over] : []));
  const plain = factors.every((f) => f.plain) ? { plain: true as const } : {};
  if (factors.length === 1) return must(factors[0]);
  if (above.length === 0) {
    const over = productCode(below);
    return { text: `1 / ${wrap(over, level.unary)}`, level: level.product, over, ...plain };
  }
  const start = above.map((f, i) => wrap(f, i === 0 ? level.product : level.unary)).join(' * ');
  return { text: start + below.map((f) => ` / ${wrap(f, level.unary)}`).join(''), level: level.product, ...plain };
}
