// For the tests of this folder only: elementary functions to about 50 digits, on numbers m · 2^e with BigInt m.

export interface Big {
  readonly m: bigint;
  readonly e: number;
}

const DIGITS = 200;

function bitLength(m: bigint): number {
  return (m < 0n ? -m : m).toString(16).length * 4;
}

function big(m: bigint, e: number): Big {
  const extra = bitLength(m) - DIGITS;
  return extra > 16 ? { m: m >> BigInt(extra), e: e + extra } : { m, e };
}

export function fromNumber(x: number): Big {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const word = view.getBigUint64(0);
  const field = Number((word >> 52n) & 0x7ffn);
  const fraction = word & ((1n << 52n) - 1n);
  const m = field === 0 ? fraction : fraction | (1n << 52n);
  return { m: word >> 63n === 0n ? m : -m, e: Math.max(field, 1) - 1075 };
}

export function toNumber({ m, e }: Big): number {
  const extra = Math.max(0, bitLength(m) - 64);
  const [top, exponent] = [Number(m >> BigInt(extra)), e + extra];
  return exponent > 900
    ? top * 2 ** 900 * 2 ** (exponent - 900)
    : top * 2 ** Math.max(-1000, exponent) * 2 ** Math.min(0, exponent + 1000);
}

export function add(a: Big, b: Big): Big {
  if (a.m === 0n) return b;
  if (b.m === 0n) return a;
  const [high, low] = a.e >= b.e ? [a, b] : [b, a];
  if (high.e - low.e > 3000) return high;
  return big((high.m << BigInt(high.e - low.e)) + low.m, low.e);
}

export function neg({ m, e }: Big): Big {
  return { m: -m, e };
}

export function sub(a: Big, b: Big): Big {
  return add(a, neg(b));
}

export function mul(a: Big, b: Big): Big {
  return big(a.m * b.m, a.e + b.e);
}

export function div(a: Big, b: Big): Big {
  const shift = Math.max(0, DIGITS + 8 + bitLength(b.m) - bitLength(a.m));
  return big((a.m << BigInt(shift)) / b.m, a.e - shift - b.e);
}

export function whole(n: number): Big {
  return { m: BigInt(n), e: 0 };
}

/** The nearest integer. */
function round({ m, e }: Big): bigint {
  return e >= 0 ? m << BigInt(e) : (m + (1n << BigInt(-e - 1))) >> BigInt(-e);
}

/** Σ of terms made from the last one, until they no longer count; `to` is the scale in bits. */
function seriesFrom(first: bigint, next: (term: bigint, k: number) => bigint): bigint {
  let sum = 0n;
  let term = first;
  for (let k = 1; term !== 0n && term !== -1n; k++) {
    sum += term;
    term = next(term, k);
  }
  return sum;
}

function fixed({ m, e }: Big, bits: number): bigint {
  const shift = e + bits;
  return shift >= 0 ? m << BigInt(shift) : m >> BigInt(-shift);
}

function atanhInverse(n: bigint, bits: number): bigint {
  let power = (1n << BigInt(bits)) / n;
  let sum = 0n;
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += power / k;
    power /= n * n;
  }
  return sum;
}

function atanInverse(n: bigint, bits: number): bigint {
  let power = (1n << BigInt(bits)) / n;
  let sum = 0n;
  for (let k = 1n, sign = 1n; power !== 0n; k += 2n, sign = -sign) {
    sum += (sign * power) / k;
    power /= n * n;
  }
  return sum;
}

const BITS = 260;
const LN2: Big = {
  m: 18n * atanhInverse(26n, BITS) - 2n * atanhInverse(4801n, BITS) + 8n * atanhInverse(8749n, BITS),
  e: -BITS,
};
/** For arguments up to the largest double. */
const PI_BITS = 1400;
const PI: Big = { m: 16n * atanInverse(5n, PI_BITS) - 4n * atanInverse(239n, PI_BITS), e: -PI_BITS };

export function exp(x: Big): Big {
  const n = round(div(x, LN2));
  const r = fixed(sub(x, mul(LN2, { m: n, e: 0 })), BITS) >> 8n;
  let value = seriesFrom(1n << BigInt(BITS), (term, k) => ((term * r) >> BigInt(BITS)) / BigInt(k));
  for (let i = 0; i < 8; i++) value = (value * value) >> BigInt(BITS);
  return big(value, Number(n) - BITS);
}

export function expm1(x: Big): Big {
  if (toNumber(x) > 0.1 || toNumber(x) < -0.1) return sub(exp(x), whole(1));
  let [sum, term] = [x, x];
  for (let k = 2; k < 60; k++) {
    term = div(mul(term, x), whole(k));
    sum = add(sum, term);
  }
  return sum;
}

/** log x by Newton's iteration on exp. */
export function log(x: Big): Big {
  const top = bitLength(x.m);
  const shifted: Big = { m: x.m, e: -top }; // in [1/16, 1)
  let y = fromNumber(Math.log(toNumber(shifted)));
  for (let i = 0; i < 3; i++) y = add(y, sub(mul(shifted, exp(neg(y))), whole(1)));
  return add(y, mul(LN2, whole(x.e + top)));
}

export function log1p(x: Big): Big {
  const size = Math.abs(toNumber(x));
  if (size > 0.01) return log(add(whole(1), x));
  // 2 atanh(x / (2 + x))
  const s = div(x, add(x, whole(2)));
  const z = mul(s, s);
  let [sum, power] = [s, s];
  for (let k = 3; k < 60; k += 2) {
    power = mul(power, z);
    sum = add(sum, div(power, whole(k)));
  }
  return mul(sum, whole(2));
}

export function tanh(x: Big): Big {
  const e = expm1(mul(x, whole(2)));
  return div(e, add(e, whole(2)));
}

export function sinh(x: Big): Big {
  if (x.m < 0n) return neg(sinh(neg(x)));
  const e = expm1(x);
  return div(add(e, div(e, add(e, whole(1)))), whole(2));
}

export function cosh(x: Big): Big {
  const e = exp(x);
  return div(add(e, div(whole(1), e)), whole(2));
}

export function sigmoid(x: Big): Big {
  const e = exp(x);
  return div(e, add(e, whole(1)));
}

export function softplus(x: Big): Big {
  return log1p(exp(x));
}

/** sin x, or cos x as sin(x + π/2), by the reduced Taylor series. */
export function sin(x: Big, quarters = 0): Big {
  // x = turns π/2 + r over the common denominator 2^(PI_BITS + 1 + down).
  const down = Math.max(0, -x.e);
  const numerator = x.m << BigInt(PI_BITS + 1 + Math.max(0, x.e));
  const quarter = PI.m << BigInt(down);
  const doubled = 2n * numerator + quarter;
  const turns = (doubled - (((doubled % (2n * quarter)) + 2n * quarter) % (2n * quarter))) / (2n * quarter);
  const rr = big(numerator - turns * quarter, -PI_BITS - 1 - down);
  const quadrant = Number((((turns + BigInt(quarters)) % 4n) + 4n) % 4n);
  const z = mul(rr, rr);
  let [sum, term] = quadrant % 2 === 0 ? [rr, rr] : [whole(1), whole(1)];
  for (let k = quadrant % 2 === 0 ? 2 : 1; k < 80; k += 2) {
    term = neg(div(mul(term, z), whole(k * (k + 1))));
    sum = add(sum, term);
  }
  return quadrant >= 2 ? neg(sum) : sum;
}

export function cos(x: Big): Big {
  return sin(x, 1);
}

export function tan(x: Big): Big {
  return div(sin(x), cos(x));
}

/** The argument halved until small, then the series. */
export function atan(x: Big): Big {
  let y = x;
  for (let k = 0; k < 8; k++) y = div(y, add(whole(1), sqrt(add(whole(1), mul(y, y)))));
  const z = mul(y, y);
  let [sum, power] = [y, y];
  for (let k = 3; k < 60; k += 2) {
    power = neg(mul(power, z));
    sum = add(sum, div(power, whole(k)));
  }
  return mul(sum, whole(256));
}

export function asin(x: Big): Big {
  return atan(div(x, sqrt(sub(whole(1), mul(x, x)))));
}

/** 2 atan √((1 - x)/(1 + x)) */
export function acos(x: Big): Big {
  return mul(whole(2), atan(sqrt(div(sub(whole(1), x), add(whole(1), x)))));
}

/** 2/√π e^(-x²) Σ 2^k x^(2k+1) / (2k+1)!!, all terms of one sign. */
export function erf(x: Big): Big {
  const z = mul(x, x);
  let [sum, term] = [x, x];
  for (let k = 1; k < 400; k++) {
    term = div(mul(term, mul(z, whole(2))), whole(2 * k + 1));
    sum = add(sum, term);
    if (bitLength(term.m) + term.e < bitLength(sum.m) + sum.e - DIGITS) break;
  }
  const rootPi = sqrt({ m: PI.m, e: PI.e });
  return div(mul(mul(whole(2), exp(neg(z))), sum), rootPi);
}

export function sqrt(x: Big): Big {
  if (x.m === 0n) return x;
  const shift = 2 * DIGITS + (((x.e % 2) + 2) % 2);
  const m = x.m << BigInt(shift);
  let root = 1n << BigInt(Math.ceil(bitLength(m) / 2) + 1);
  for (;;) {
    const next = (root + m / root) >> 1n;
    if (next >= root) break;
    root = next;
  }
  return big(root, (x.e - shift) / 2);
}

export function pow(x: Big, y: Big): Big {
  return exp(mul(y, log(x)));
}

/** |found - wanted| in units of the last place of wanted. */
export function ulpError(found: number, wanted: Big): number {
  const nearest = toNumber(wanted);
  if (Object.is(found, nearest)) return 0;
  if (!Number.isFinite(nearest) || !Number.isFinite(found)) {
    // At the border of overflow infinity stands for the next number.
    const bounded = Number.isFinite(found) ? found : Math.sign(found) * 2 ** 1023 * 2;
    if (!Number.isFinite(bounded))
      return Math.abs(nearest) > 1.797693134862315e308 && Math.sign(nearest) === Math.sign(found) ? 0 : Infinity;
    return Infinity;
  }
  const exponent = Math.max(-1074, Math.floor(Math.log2(Math.abs(nearest))) - 52);
  const off = sub(fromNumber(found), wanted);
  return Math.abs(toNumber({ m: off.m, e: off.e - exponent }));
}

/** B2, B4, …, from Σ_k binomial(n + 1, k) Bk = 0. */
const BERNOULLI: readonly Big[] = ((count) => {
  const all: Big[] = [whole(1)];
  for (let n = 1; n <= 2 * count; n++) {
    let [sum, binomial] = [whole(0), 1n];
    for (let k = 0; k < n; k++) {
      sum = add(sum, mul({ m: binomial, e: 0 }, all[k]!));
      binomial = (binomial * BigInt(n + 1 - k)) / BigInt(k + 1);
    }
    all.push(n > 1 && n % 2 === 1 ? whole(0) : neg(div(sum, whole(n + 1))));
  }
  return all.filter((_, n) => n > 0 && n % 2 === 0);
})(24);

/** Where Stirling's series with these is exact to 60 digits. */
const FAR = 60;

/** log Γ(x), x > 0: Stirling's series far out, and Γ(x + 1) = x Γ(x) back. */
export function lgamma(x: Big): Big {
  let [y, product] = [x, whole(1)];
  while (toNumber(y) < FAR) {
    product = mul(product, y);
    y = add(y, whole(1));
  }
  const half = div(whole(1), whole(2));
  let value = add(sub(mul(sub(y, half), log(y)), y), mul(half, log(mul(whole(2), PI))));
  let power = y;
  BERNOULLI.forEach((b, k) => {
    value = add(value, div(b, mul(whole((2 * k + 2) * (2 * k + 1)), power)));
    power = mul(power, mul(y, y));
  });
  return sub(value, log(product));
}

/** ψ⁽ⁿ⁾(x), x > 0, in the same way. */
export function polygamma(n: number, x: Big): Big {
  const factorial = (k: number): Big => (k <= 1 ? whole(1) : mul(whole(k), factorial(k - 1)));
  const toPower = (a: Big, k: number): Big => (k === 0 ? whole(1) : mul(a, toPower(a, k - 1)));
  let [y, sum] = [x, whole(0)];
  while (toNumber(y) < FAR) {
    sum = add(sum, div(factorial(n), toPower(y, n + 1)));
    y = add(y, whole(1));
  }
  sum = add(sum, div(factorial(n), mul(whole(2), toPower(y, n + 1))));
  BERNOULLI.forEach((b, k) => {
    sum = add(sum, div(mul(b, factorial(2 * k + 1 + n)), mul(factorial(2 * k + 2), toPower(y, 2 * k + 2 + n))));
  });
  if (n === 0) return sub(log(y), sum);
  const all = add(sum, div(factorial(n - 1), toPower(y, n)));
  return n % 2 === 0 ? neg(all) : all;
}
