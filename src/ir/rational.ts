// Coefficients. Exact fractions of safe integers; a result that leaves that range becomes a float
// (den 1, num not an integer or beyond 2^53).

export interface Rational {
  readonly num: number;
  readonly den: number;
}

export const zero: Rational = { num: 0, den: 1 };
export const one: Rational = { num: 1, den: 1 };
export const minusOne: Rational = { num: -1, den: 1 };

export function isExact(r: Rational): boolean {
  return Number.isSafeInteger(r.num);
}

export function ratio(num: number, den = 1): Rational {
  if (den === 0) return { num: num / den, den: 1 };
  if (!Number.isSafeInteger(num) || !Number.isSafeInteger(den)) return { num: num / den + 0, den: 1 };
  if (den === 1) return { num: num + 0, den };
  const g = gcd(Math.abs(num), Math.abs(den)) * (den < 0 ? -1 : 1);
  return { num: num / g + 0, den: den / g };
}

/** The exact value of a decimal such as `0.125` or `1e-3` where it fits, else the nearest float. */
export function fromDecimal(text: string): Rational {
  const value = Number(text);
  const match = /^(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) return { num: value, den: 1 };
  const digits = (match[1] ?? '') + (match[2] ?? '');
  const exponent = Number(match[3] ?? 0) - (match[2] ?? '').length;
  if (digits.replace(/^0+/, '').length > 15 || Math.abs(exponent) > 15) return fromNumber(value);
  const scale = 10 ** Math.abs(exponent);
  return exponent >= 0 ? ratio(Number(digits) * scale) : ratio(Number(digits), scale);
}

/** A float whose shortest decimal is short is that decimal, so that its text reads back as the same number. */
export function fromNumber(value: number): Rational {
  const [mantissa = '', exponent = '0'] = String(Math.abs(value)).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const places = fraction.length - Number(exponent);
  const isShort = Number.isFinite(value) && (whole + fraction).replace(/^0+/, '').length <= 15 && Math.abs(places) <= 15;
  if (!isShort) return { num: value + 0, den: 1 };
  const digits = Number(whole + fraction) * Math.sign(value);
  return places >= 0 ? ratio(digits, 10 ** places) : ratio(digits * 10 ** -places);
}

export function toNumber(r: Rational): number {
  return r.num / r.den;
}

export function add(a: Rational, b: Rational): Rational {
  if (a.den === 1 && b.den === 1) return ratio(a.num + b.num);
  const num = a.num * b.den + b.num * a.den;
  const den = a.den * b.den;
  return Number.isSafeInteger(num) && Number.isSafeInteger(den) ? ratio(num, den) : fromNumber(toNumber(a) + toNumber(b));
}

export function mul(a: Rational, b: Rational): Rational {
  if (isOne(a) && isExact(b)) return b;
  if (isOne(b) && isExact(a)) return a;
  const num = a.num * b.num;
  const den = a.den * b.den;
  return Number.isSafeInteger(num) && Number.isSafeInteger(den) ? ratio(num, den) : fromNumber(toNumber(a) * toNumber(b));
}

export function neg(a: Rational): Rational {
  return { num: 0 - a.num, den: a.den };
}

export function inverse(a: Rational): Rational {
  return isExact(a) ? ratio(a.den, a.num) : fromNumber(1 / toNumber(a));
}

/** `a` to an integer power; exact while it fits. */
export function powInteger(a: Rational, k: number): Rational {
  if (k < 0) return powInteger(inverse(a), -k);
  const num = a.num ** k;
  const den = a.den ** k;
  return Number.isSafeInteger(num) && Number.isSafeInteger(den) ? ratio(num, den) : fromNumber(toNumber(a) ** k);
}

/** Whether a power of `base` is a number: it may be beyond the largest, or zero by rounding. */
export function isInRange(power: Rational, base: Rational): boolean {
  return Number.isFinite(toNumber(power)) && (isZero(power) === isZero(base));
}

export function same(a: Rational, b: Rational): boolean {
  return a.num === b.num && a.den === b.den;
}

export function isZero(a: Rational): boolean {
  return a.num === 0;
}

export function isOne(a: Rational): boolean {
  return a.num === 1 && a.den === 1;
}

export function isInteger(a: Rational): boolean {
  return a.den === 1 && Number.isSafeInteger(a.num);
}

/** The greatest rational that divides all of them into integers, or 1 when a float is among them. */
export function content(list: readonly Rational[]): Rational {
  let num = 0;
  let den = 1;
  for (const r of list) {
    if (!isExact(r)) return one;
    num = gcd(num, Math.abs(r.num));
    den = (den / gcd(den, r.den)) * r.den;
    if (!Number.isSafeInteger(den)) return one;
  }
  return num === 0 ? one : ratio(num, den);
}

export function keyOf(r: Rational): string {
  return r.den === 1 ? String(r.num) : `${r.num}/${r.den}`;
}

function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a === 0 ? 1 : a;
}
