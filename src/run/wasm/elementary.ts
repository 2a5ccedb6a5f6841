// Elementary functions of two doubles at once, inlined where they are used; at most 2 ulp from the exact value
// everywhere, subnormal numbers included.  The polynomials interpolate at Chebyshev nodes (computed with 110
// digits); products meant to be exact are exact with and without fused multiply-add.
// Muller, "Elementary Functions", 3rd edition, for the methods.

import { call, f64x2, i32, i32x4, i64x2, v128 } from './assembler.ts';
import type { Local, V128, Value } from './assembler.ts';
import type { HostFunction } from './host.ts';
import { gammaFunctions } from './gamma.ts';
import type { Kept, Site, Wide } from './site.ts';

type OfOne = (x: Wide) => Kept;

/** Each places its arguments once and leaves as many results in locals. */
export interface Elementary {
  readonly exp: OfOne;
  readonly expm1: OfOne;
  readonly log: OfOne;
  readonly log1p: OfOne;
  readonly pow: (x: Wide, y: Wide) => Kept;
  readonly tanh: OfOne;
  readonly sinh: OfOne;
  readonly cosh: OfOne;
  readonly sigmoid: OfOne;
  /** log(1 + e^x) */
  readonly softplus: OfOne;
  /** e^-|x|, which the next two share. */
  readonly expNegAbs: OfOne;
  readonly sigmoidFrom: (x: Wide, expNegAbs: Kept) => Kept;
  readonly softplusFrom: (x: Wide, expNegAbs: Kept) => Kept;
  /** e^-|x| where that is at least 2^-1020, else some number below; a fifth cheaper. */
  readonly expNegAbsNormal: OfOne;
  /** 2^-x for x ≥ 0, to 10 units in the last place, where that is at least 2^-1020, else some number below; two thirds of the steps. */
  readonly exp2NegRough: OfOne;
  readonly sin: OfOne;
  readonly cos: OfOne;
  readonly tan: OfOne;
  readonly asin: OfOne;
  readonly acos: OfOne;
  readonly atan: OfOne;
  readonly erf: OfOne;
  readonly sqrt: OfOne;
  readonly abs: OfOne;
  readonly lgamma: OfOne;
  readonly digamma: OfOne;
  /** Of constant order. */
  readonly polygamma: (n: number, x: Wide) => Kept;
}

/** Functions of one vector. */
export type OfOneName = { [K in keyof Elementary]: Elementary[K] extends OfOne ? (OfOne extends Elementary[K] ? K : never) : never }[keyof Elementary];

// (e^r - 1 - r - r²/2) / r³ on |r| ≤ ln(2)/2, error 2^-60 of e^r
const EXP: readonly number[] = [
  0.16666666666666669, 0.041666666666666664, 0.008333333333330055, 0.0013888888888886548, 0.00019841269863088255,
  2.4801587317169235e-5, 2.7557268406190795e-6, 2.7557282931125736e-7, 2.51004110820149e-8, 2.091125490208877e-9,
];
// (2^-s - 1) / s on |s| ≤ 1/2, 2^-50 of 2^-s
const EXP2_NEG: readonly number[] = [
  -0.6931471805599462, 0.24022650695910075, -0.05550410866465167, 0.009618129107618665, -0.0013333558200794592,
  0.00015403530424776529, -1.5252672924850737e-05, 1.3215451633221434e-06, -1.0205905413765595e-07,
  7.070977866508138e-09,
];
// (2 atanh(s)/s - 2) / z in z = s² ≤ (3 - 2√2)², 2^-58
const LOG: readonly number[] = [
  0.666666666666667, 0.39999999999899033, 0.28571428626190487, 0.22222211099711295, 0.18182891680439733,
  0.15331636699545695, 0.1461749869387011,
];
// The same for z ≤ 1/9, 2^-58
const LOG_WIDE: readonly number[] = [
  0.6666666666666666, 0.39999999999999525, 0.2857142857160023, 0.22222222198220246, 0.1818181989900684,
  0.15384543927176786, 0.13335179455463733, 0.1173426795617247, 0.10845268502768013, 0.07491740334509496,
  0.1563134332075557,
];
// (atanh(s)/s - 1 - z/3) / z², same range, 2^-63
const ATANH: readonly number[] = [
  0.20000000000000012, 0.14285714285669068, 0.1111111113563503, 0.0909090411008881, 0.07692788394767743,
  0.06642945607012939, 0.06457217921851578,
];
// (tanh(x)/x - 1) / z in z = x² ≤ 0.625², 2^-57
const TANH: readonly number[] = [
  -0.3333333333333333, 0.1333333333333332, -0.05396825396823573, 0.021869488535124274, -0.008863235499567353,
  0.003592127503982188, -0.0014558283645951344, 0.0005899815905338661, -0.00023888848777076985, 9.603840394270472e-5,
  -3.707630062798862e-5, 1.2205070696543997e-5, -2.4366763192580156e-6,
];
// (sinh(x)/x - 1) / z in z = x² ≤ 1, 2^-57
const SINH: readonly number[] = [
  0.16666666666666666, 0.008333333333333333, 0.00019841269841269773, 2.755731922404034e-6, 2.505210836405804e-8,
  1.6059048396350562e-10, 7.646625361656657e-13, 2.8445264169895285e-15,
];
// (sin(x)/x - 1) / z in z = x² ≤ (π/4)², 2^-57
const SIN: readonly number[] = [
  -0.16666666666666666, 0.008333333333333331, -0.0001984126984126506, 2.755731921933466e-6, -2.505210623088241e-8,
  1.6058531370931902e-10, -7.586682497157786e-13,
];
// (cos(x) - 1 + z/2) / z², same range, 2^-60
const COS: readonly number[] = [
  0.041666666666666664, -0.0013888888888887395, 2.480158729876295e-5, -2.755731727031051e-7, 2.087614597263508e-9,
  -1.1382611119025631e-11,
];
// erf(x)/x - 1 in z = x² ≤ 1, 2^-56
const ERF: readonly number[] = [
  0.1283791670955126, -0.3761263890318375, 0.11283791670954879, -0.026866170645076792, 0.0052239776248180145,
  -0.000854832698083379, 0.0001205533111164271, -1.4925595266831182e-5, 1.6461000484121368e-6, -1.6350312701054695e-7,
  1.4659775274047436e-8, -1.1372848856791674e-9, 5.957176147748911e-11,
];
// erfc(x) e^(x²) in 2 / (2 + x), 1 ≤ x ≤ 6, 2^-60 of 1
const ERFC: readonly number[] = [
  1.2757465902407647e-8, 0.2820943348176194, 0.28210201928824347, 0.2467687405970476, 0.17662641816415953,
  0.08334702936624487, -0.010878560542555796, 0.0015679244899145831, -0.33305179338191954, 0.9103720418554148,
  -2.1111627816797722, 3.774210227928713, -4.558364390203347, 3.62380169932767, -1.8439883142846591, 0.5505238569044295,
  -0.07396929302791522,
];

// (atan(x)/x - 1) / z in z = x² ≤ tan(π/8)², 2^-58
const ATAN: readonly number[] = [
  -0.3333333333333333, 0.19999999999999804, -0.14285714285659806, 0.11111111105153429, -0.09090908753400499,
  0.07692296372129964, -0.06666424833613552, 0.05878928398517232, -0.052304498567092406, 0.04551573086664191,
  -0.034570044186095536, 0.016285183029865667,
];
// (asin(x)/x - 1) / z in z = x² ≤ 1/4, 2^-58
const ASIN: readonly number[] = [
  0.16666666666666666, 0.07500000000000118, 0.044642857142551895, 0.03038194447553234, 0.02237215744350722,
  0.017352816540325496, 0.01396378001220357, 0.011566459612121669, 0.009621842970100282, 0.009319560794767446,
  0.0030448799094556773, 0.019554513336123378, -0.01924167174674304, 0.02961201126495512,
];

// ln 2 and π/2 in parts of 33 bits, so that their products with integers below 2^20 are exact.
const LN2_HIGH = 0.6931471804855391;
const LN2_LOW = 7.440617110012397e-11;
const HALF_PI: readonly number[] = [
  1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32,
];
const THIRD_LOW = 1.850371707708594e-17;

/** Adding it leaves the nearest integer in the low bits, if that is below 2^51 in magnitude. */
const ROUNDER = 6755399441055744;
const SMALLEST_NORMAL = 2.2250738585072014e-308;
const SIGN_BIT = 1n << 63n;
const EXPONENT_BITS = 0x7ffn << 52n;
const SQRT_HALF_BITS = 0x3fe6a09e667f3bcdn;

interface Parts {
  readonly high: Kept;
  readonly low: Kept;
}

export function elementary({ body, constants, features, host }: Site): Elementary {
  // Every operator works on vectors side by side.  With more than one a shared operand is loaded once and each
  // result is stored at once, so that the instructions of independent vectors alternate.
  const apply = (operator: (...operands: V128[]) => V128, operands: readonly Wide[]): Wide => {
    const width = Math.max(...operands.map((operand) => operand.length));
    if (width === 1) return [operator(...operands.map(([only]) => only!))];
    const ready = operands.map((operand) => (operand.length === 1 ? keep(operand) : operand));
    return Array.from({ length: width }, (_, j) =>
      body.let(operator(...ready.map((operand) => operand[j] ?? operand[0]!))),
    );
  };
  type Unary = (a: Wide) => Wide;
  type Binary = (a: Wide, b: Wide) => Wide;
  type Ternary = (a: Wide, b: Wide, d: Wide) => Wide;
  const unary =
    (operator: (a: V128) => V128): Unary =>
    (a) =>
      apply(operator, [a]);
  const binary =
    (operator: (a: V128, b: V128) => V128): Binary =>
    (a, b) =>
      apply(operator, [a, b]);
  const ternary =
    (operator: (a: V128, b: V128, d: V128) => V128): Ternary =>
    (a, b, d) =>
      apply(operator, [a, b, d]);

  const [add, sub, mul, div] = [binary(f64x2.add), binary(f64x2.sub), binary(f64x2.mul), binary(f64x2.div)];
  const [abs, neg, sqrt] = [unary(f64x2.abs), unary(f64x2.neg), unary(f64x2.sqrt)];
  const [pmin, pmax, lt, le] = [binary(f64x2.pmin), binary(f64x2.pmax), binary(f64x2.lt), binary(f64x2.le)];
  const [gt, ge, eq] = [binary(f64x2.gt), binary(f64x2.ge), binary(f64x2.eq)];
  const [and, or, xor, andNot] = [binary(v128.and), binary(v128.or), binary(v128.xor), binary(v128.andNot)];
  const [addInt, subInt, subLow] = [binary(i64x2.add), binary(i64x2.sub), binary(i32x4.sub)];
  const select = ternary(v128.select);
  /** select for masks of whole lanes. */
  const pick = features.relaxed ? ternary(v128.relaxedSelect64) : select;
  const shiftLeft = (a: Wide, count: number): Wide => unary((x) => i64x2.shl(x, count))(a);
  const shiftRight = (a: Wide, count: number): Wide => unary((x) => i64x2.shrU(x, count))(a);
  const halfInt = unary((x) => i32x4.shrS(x, 1));
  const madd: Ternary = features.relaxed ? ternary(f64x2.relaxedMadd) : (a, b, d) => add(d, mul(a, b));
  /** d - a b */
  const nmadd: Ternary = features.relaxed ? ternary(f64x2.relaxedNmadd) : (a, b, d) => sub(d, mul(a, b));

  const c = (value: number): Wide => [constants.f64x2(value)];
  const bits = (pattern: bigint): Wide => [constants.i64x2(pattern)];
  const zero: Wide = [v128.zero()];
  /** In locals, so that it can be used more than once. */
  const keep = (x: Wide): Kept => x.map((one) => ('index' in one ? (one as Local<'v128'>) : body.let(one)));
  /** In locals of its own, which may be set. */
  const variable = (x: Wide): Kept => x.map((one) => body.let(one));
  const set = (target: Kept, x: Wide): void => target.forEach((local, j) => body.set(local, x[j] ?? x[0]!));

  const horner = (x: Kept, coefficients: readonly number[]): Wide =>
    coefficients.map(c).reduceRight((sum, term) => madd(sum, x, term));
  /** a0 + a1 x + …, even and odd terms apart: half the steps in a row, and still few registers. */
  const polynomial = (x: Kept, coefficients: readonly number[]): Wide => {
    const square = keep(mul(x, x));
    const [even, odd] = [0, 1].map((first) =>
      horner(
        square,
        coefficients.filter((_, i) => i % 2 === first),
      ),
    );
    return madd(keep(odd!), x, even!);
  };

  const signOf = (x: Wide): Wide => and(x, bits(SIGN_BIT));
  /** Whether the mask leaves out some lane. */
  const anyNot = (mask: Wide): Value<'i32'> => v128.anyTrue(v128.not(mask.reduce((all, one) => v128.and(all, one))));
  /** Lanes outside the mask become what the host makes of them. */
  const leaveToHost = (name: HostFunction, usual: Kept, args: readonly Kept[], result: Kept): void =>
    body.if(anyNot(usual), () => {
      result.forEach((local, j) => {
        for (const lane of [0, 1]) {
          const outside = i32.eqz(i32x4.lane(usual[j]!, lane * 2));
          const scalars = args.map((arg) => f64x2.lane(arg[j] ?? arg[0]!, lane));
          body.if(outside, () => body.set(local, f64x2.replaceLane(local, lane, call(host(name), ...scalars))));
        }
      });
    });

  // ---- exact sums and products.  Dekker 1971; Knuth, TAOCP 2, section 4.2.2

  const twoSum = (a: Kept, b: Kept): Parts => {
    const high = keep(add(a, b));
    const part = keep(sub(high, a));
    return { high, low: keep(add(sub(a, sub(high, part)), sub(b, part))) };
  };
  /** For |a| ≥ |b|. */
  const quickSum = (a: Kept, b: Kept): Parts => {
    const high = keep(add(a, b));
    return { high, low: keep(sub(b, sub(high, a))) };
  };
  const halves = (a: Kept): Parts => {
    const big = keep(mul(a, c(134217729)));
    const high = keep(sub(big, sub(big, a)));
    return { high, low: keep(sub(a, high)) };
  };
  const twoProduct = (a: Kept, b: Kept): Parts => {
    const high = keep(mul(a, b));
    if (features.fused) return { high, low: keep(madd(a, b, neg(high))) };
    const [p, q] = [halves(a), halves(b)];
    const first = keep(sub(mul(p.high, q.high), high));
    const middle = keep(add(add(first, mul(p.high, q.low)), mul(p.low, q.high)));
    return { high, low: keep(add(middle, mul(p.low, q.low))) };
  };

  // ---- exponentials

  /** x = n ln 2 + r; `steps` holds n in the low 32 bits of each lane. */
  const reduceExp = (x: Kept): { readonly steps: Kept; readonly n: Kept; readonly r: Wide } => {
    const steps = keep(madd(x, c(Math.LOG2E), c(ROUNDER)));
    const n = keep(sub(steps, c(ROUNDER)));
    return { steps, n, r: nmadd(n, c(LN2_LOW), nmadd(n, c(LN2_HIGH), x)) };
  };
  /** p 2^n by two factors, so that subnormal and largest results come out right. */
  const scaleFactors = (steps: Wide): readonly [Wide, Wide] => {
    const half = keep(halfInt(steps));
    return [keep(powerOfTwo(half)), keep(powerOfTwo(subLow(steps, half)))];
  };
  const powerOfTwo = (k: Wide): Wide => shiftLeft(addInt(k, bits(1023n)), 52);

  /** 2^shift e^(x + low) for |low| tiny. */
  const expScaled = (x: Wide, shift: number, low?: Wide): Kept => {
    const clamped = keep(pmin(pmax(x, c(-746)), c(711)));
    const { steps, r: exact } = reduceExp(clamped);
    const r = keep(low === undefined ? exact : add(exact, low));
    const square = keep(mul(r, r));
    const tail = madd(polynomial(r, EXP), r, c(0.5));
    const value = keep(add(madd(tail, square, r), c(1)));
    const shifted = shift === 0 ? steps : keep(add(steps, c(shift)));
    const [first, second] = scaleFactors(shifted);
    return keep(mul(mul(value, first), second));
  };

  const expm1 = (x: Wide): Kept => {
    const given = keep(x);
    const clamped = keep(pmin(pmax(given, c(-50)), c(711)));
    const { steps, n } = reduceExp(clamped);
    const high = keep(sub(clamped, mul(n, c(LN2_HIGH))));
    const low = keep(mul(n, c(LN2_LOW)));
    const r = keep(sub(high, low));
    const lost = keep(sub(sub(high, r), low));
    const square = keep(mul(r, r));
    const tail = madd(polynomial(r, EXP), r, c(0.5));
    const small = keep(add(r, madd(tail, square, lost)));
    const [first, second] = scaleFactors(steps);
    // 2^n (expm1(r) + 1 - 2^-n)
    const gap = sub(c(1), powerOfTwo(negated(steps)));
    return keep(or(mul(mul(add(small, gap), first), second), signOf(given)));
  };
  /** -n, and at most 1000 in magnitude: 1 - 2^-n is 1 long before. */
  const negated = (steps: Wide): Wide => sub(c(ROUNDER), pmin(sub(steps, c(ROUNDER)), c(1000)));

  // ---- logarithms

  /** log(x + low) for normal positive x + offset: x is m 2^k with m in [√½, √2). */
  const splitExponent = (x: Kept): { readonly m: Kept; readonly k: Kept } => {
    // Biased so that the exponent field counts from √½ on, not from 1.
    const moved = keep(addInt(x, bits((1023n << 52n) - SQRT_HALF_BITS)));
    const field = or(shiftRight(moved, 52), bits(0x433n << 52n));
    const k = keep(sub(field, c(4503599627370496 + 1023)));
    const whole = subInt(and(moved, bits(EXPONENT_BITS)), bits(1023n << 52n));
    return { m: keep(subInt(x, whole)), k };
  };
  /** k ln 2 + log(1 + f) + low with s = f / (2 + f): log(1 + f) = f - (f²/2 - s (f²/2 + R(s²))). */
  const logOf = (k: Wide, f: Kept, low?: Wide): Wide => {
    const s = keep(div(f, add(f, c(2))));
    const z = keep(mul(s, s));
    const halfSquare = keep(mul(mul(f, f), c(0.5)));
    const series = mul(z, polynomial(z, LOG));
    const small = low === undefined ? mul(k, c(LN2_LOW)) : madd(k, c(LN2_LOW), low);
    const correction = add(mul(s, add(halfSquare, series)), small);
    return sub(mul(k, c(LN2_HIGH)), sub(sub(halfSquare, correction), f));
  };
  const log = (given: Wide): Kept => {
    const x = keep(given);
    const usual = keep(and(ge(x, c(SMALLEST_NORMAL)), lt(x, c(Infinity))));
    const scaled = variable(x);
    const shift = variable(x.map(() => v128.zero()));
    const strange = body.let(anyNot(usual));
    body.if(strange, () => {
      const tiny = keep(lt(x, c(SMALLEST_NORMAL)));
      set(scaled, select(tiny, mul(x, c(2 ** 54)), x));
      set(shift, and(tiny, c(-54)));
    });
    const { m, k } = splitExponent(scaled);
    const result = variable(logOf(keep(add(k, shift)), keep(sub(m, c(1)))));
    body.if(strange, () => {
      // 0 → -∞, below → NaN, ∞ and NaN stay.
      const below = select(lt(x, c(0)), c(NaN), select(eq(x, c(0)), c(-Infinity), x));
      set(result, select(and(gt(x, c(0)), lt(x, c(Infinity))), result, below));
    });
    return result;
  };
  /** For x > -1 finite. */
  const log1pUsual = (x: Kept): Kept => {
    const u = keep(add(x, c(1)));
    const part = keep(sub(u, c(1)));
    const lost = add(sub(c(1), sub(u, part)), sub(x, part));
    const { m, k } = splitExponent(u);
    return keep(logOf(k, keep(sub(m, c(1))), div(lost, u)));
  };
  const log1p = (given: Wide): Kept => {
    const x = keep(given);
    const usual = keep(and(gt(x, c(-1)), lt(x, c(Infinity))));
    const result = variable(log1pUsual(x));
    body.if(anyNot(usual), () => {
      const other = select(lt(x, c(-1)), c(NaN), select(eq(x, c(-1)), c(-Infinity), x));
      set(result, select(usual, result, other));
    });
    return keep(or(result, signOf(x)));
  };

  // ---- powers: log x to 2^-65 in two parts, times y, exponential

  const logParts = (x: Kept): Parts => {
    const { m, k } = splitExponent(x);
    const f = keep(sub(m, c(1)));
    const d = keep(add(m, c(1)));
    const dLow = keep(sub(f, sub(d, c(2))));
    const s = keep(div(f, d));
    const product = twoProduct(s, d);
    const sLow = keep(div(sub(sub(sub(f, product.high), product.low), mul(s, dLow)), d));
    // z = s², w = 1/3 + z ATANH(z)
    const square = twoProduct(s, s);
    const z = square.high;
    const zLow = keep(madd(mul(s, c(2)), sLow, square.low));
    const tail = keep(mul(z, polynomial(z, ATANH)));
    const sum = quickSum(keep(c(1 / 3)), tail);
    const w = sum.high;
    const wLow = keep(add(sum.low, c(THIRD_LOW)));
    // log m = 2 s (1 + z w)
    const zw = twoProduct(z, w);
    const zwLow = keep(add(zw.low, madd(z, wLow, mul(zLow, w))));
    const szw = twoProduct(s, zw.high);
    const szwLow = keep(add(szw.low, madd(s, zwLow, mul(sLow, zw.high))));
    const half = quickSum(s, szw.high);
    const halfLow = keep(add(half.low, add(szwLow, sLow)));
    const whole = keep(mul(k, c(LN2_HIGH)));
    const total = twoSum(whole, keep(mul(half.high, c(2))));
    const low = keep(add(total.low, madd(k, c(LN2_LOW), mul(halfLow, c(2)))));
    return quickSum(total.high, low);
  };
  const pow = (given: Wide, exponent: Wide): Kept => {
    const [x, y] = [keep(given), keep(exponent)];
    const usual = keep(and(and(ge(x, c(SMALLEST_NORMAL)), lt(x, c(Infinity))), lt(abs(y), c(2 ** 70))));
    const logarithm = logParts(x);
    const product = twoProduct(y, logarithm.high);
    const low = keep(madd(y, logarithm.low, product.low));
    const inRange = lt(abs(product.high), c(750));
    const result = variable(expScaled(product.high, 0, and(low, inRange)));
    leaveToHost('pow', usual, [x, y], result);
    return result;
  };

  // ---- hyperbolic functions and their kin

  const tanh = (given: Wide): Kept => {
    const x = keep(given);
    const size = keep(abs(x));
    const z = keep(mul(x, x));
    const small = keep(madd(mul(size, z), polynomial(z, TANH), size));
    const e = expScaled(add(size, size), 0);
    const large = sub(c(1), div(c(2), add(e, c(1))));
    return keep(or(pick(keep(lt(size, c(0.625))), small, large), signOf(x)));
  };
  const sinh = (given: Wide): Kept => {
    const x = keep(given);
    const size = keep(abs(x));
    const z = keep(mul(x, x));
    const small = keep(madd(mul(size, z), polynomial(z, SINH), size));
    const e = expScaled(size, -1);
    const large = sub(e, div(c(0.25), e));
    return keep(or(pick(keep(lt(size, c(1))), small, large), signOf(x)));
  };
  const cosh = (given: Wide): Kept => {
    const e = expScaled(abs(given), -1);
    return keep(add(e, div(c(0.25), e)));
  };
  const expNegAbs = (x: Wide): Kept => expScaled(neg(abs(x)), 0);
  const expNegAbsNormal = (x: Wide): Kept => {
    const clamped = keep(pmax(neg(abs(x)), c(-707)));
    const { steps, r: given } = reduceExp(clamped);
    const r = keep(given);
    const square = keep(mul(r, r));
    const value = keep(add(madd(madd(polynomial(r, EXP), r, c(0.5)), square, r), c(1)));
    // Steps onto the exponent.
    return keep(addInt(value, shiftLeft(steps, 52)));
  };
  const exp2NegRough = (x: Wide): Kept => {
    const clamped = keep(pmin(x, c(1020)));
    const steps = keep(sub(c(ROUNDER), clamped));
    const s = keep(add(clamped, sub(steps, c(ROUNDER))));
    const value = keep(madd(polynomial(s, EXP2_NEG), s, c(1)));
    return keep(addInt(value, shiftLeft(steps, 52)));
  };
  const sigmoidFrom = (given: Wide, e: Kept): Kept => {
    const x = keep(given);
    const negative = keep(lt(x, c(0)));
    const d = quickSum(keep(c(1)), e);
    const q = keep(div(pick(negative, e, c(1)), d.high));
    // What 1 + e lost, times 1/d, which is q or 1 - q.
    const lost = mul(d.low, pick(negative, sub(c(1), q), q));
    return keep(sub(q, mul(q, lost)));
  };
  const softplusFrom = (x: Wide, e: Kept): Kept => {
    // log(1 + e) = e - s (e - R(s²)) with s = e / (2 + e) ≤ 1/3
    const s = keep(div(e, add(e, c(2))));
    const z = keep(mul(s, s));
    const inner = keep(nmadd(z, polynomial(z, LOG_WIDE), e));
    return keep(add(pmax(x, zero), nmadd(s, inner, e)));
  };

  // ---- circular functions

  /** Beyond it the host's function takes over. */
  const WIDEST = 2 ** 19;

  /** x = n π/2 + r + low */
  const reduceCircle = (x: Kept): { readonly steps: Kept; readonly r: Kept; readonly low: Kept } => {
    const steps = keep(madd(x, c(2 / Math.PI), c(ROUNDER)));
    const n = keep(sub(steps, c(ROUNDER)));
    const [first, second, third, fourth] = HALF_PI.map((piece) => keep(mul(n, c(piece))));
    // The first difference is exact; the others cancel most when x is near a multiple.
    const a = twoSum(keep(sub(x, first!)), keep(neg(second!)));
    const b = keep(sub(a.low, third!));
    const r = twoSum(a.high, b);
    return { steps, r: r.high, low: keep(sub(r.low, fourth!)) };
  };
  /** sin and cos of r + low in two parts each. */
  const sineAndCosine = (r: Kept, low: Kept): { readonly sine: Parts; readonly cosine: Parts } => {
    const z = keep(mul(r, r));
    // sin(r + low) = r + (r³ S(z) + low (1 - z/2));  cos(r + low) = 1 - z/2 + (z² C(z) - r low)
    const halfSquare = keep(mul(z, c(0.5)));
    const one = quickSum(keep(c(1)), keep(neg(halfSquare)));
    const sineTail = keep(madd(mul(r, z), polynomial(z, SIN), mul(low, one.high)));
    const cosineTail = keep(add(one.low, sub(mul(mul(z, z), polynomial(z, COS)), mul(r, low))));
    return { sine: { high: r, low: sineTail }, cosine: { high: one.high, low: cosineTail } };
  };
  const joined = ({ high, low }: Parts): Kept => keep(add(high, low));
  /** Lanes beyond the reduction's reach are left to the host. */
  const hostBeyond = (name: 'sin' | 'cos' | 'tan', x: Kept, result: Kept): Kept => {
    leaveToHost(name, keep(lt(abs(x), c(WIDEST))), [x], result);
    return result;
  };
  /** Where an odd number of quarter turns exchanges sine and cosine. */
  const isOdd = (steps: Wide): Kept => keep(subInt(zero, and(steps, bits(1n))));

  const circular = (name: 'sin' | 'cos', given: Wide): Kept => {
    const x = keep(given);
    const { steps, r, low } = reduceCircle(x);
    const parts = sineAndCosine(r, low);
    const [sine, cosine] = [joined(parts.sine), joined(parts.cosine)];
    const odd = isOdd(steps);
    const chosen = name === 'sin' ? pick(odd, cosine, sine) : pick(odd, sine, cosine);
    // The second bit of the quarter turns is the sign.
    const turns = name === 'sin' ? steps : addInt(steps, bits(1n));
    const result = variable(xor(chosen, shiftLeft(and(turns, bits(2n)), 62)));
    // sin(-0) = -0, and tiny numbers are their own sine.
    if (name === 'sin') set(result, pick(keep(lt(abs(x), c(2 ** -27))), x, result));
    return hostBeyond(name, x, result);
  };
  const tan = (given: Wide): Kept => {
    const x = keep(given);
    const { steps, r, low } = reduceCircle(x);
    const { sine, cosine } = sineAndCosine(r, low);
    const odd = isOdd(steps);
    const [s, t] = [quickSum(sine.high, sine.low), quickSum(cosine.high, cosine.low)];
    // tan = sin / cos, or -cos / sin after an odd quarter turn, with one step of correction.
    const choose = (a: Wide, b: Wide): Kept => keep(pick(odd, a, b));
    const [top, topLow] = [choose(neg(t.high), s.high), choose(neg(t.low), s.low)];
    const [bottom, bottomLow] = [choose(s.high, t.high), choose(s.low, t.low)];
    const q = keep(div(top, bottom));
    const product = twoProduct(q, bottom);
    const missing = add(sub(sub(top, product.high), product.low), sub(topLow, mul(q, bottomLow)));
    const result = variable(add(q, div(missing, bottom)));
    set(result, pick(keep(lt(abs(x), c(2 ** -27))), x, result));
    return hostBeyond('tan', x, result);
  };

  // ---- inverse circular functions

  const atan = (given: Wide): Kept => {
    const x = keep(given);
    const size = keep(abs(x));
    // atan a = π/2 - atan(1/a) = π/4 + atan((a - 1)/(a + 1))
    const [steep, middle] = [keep(gt(size, c(1 + Math.SQRT2))), keep(gt(size, c(Math.SQRT2 - 1)))];
    const choose = (high: Wide, mid: Wide, low: Wide): Kept => keep(pick(steep, high, keep(pick(middle, mid, low))));
    const sum = quickSum(keep(pmax(size, c(1))), keep(pmin(size, c(1))));
    const bottom = choose(size, sum.high, c(1));
    const q = keep(div(choose(c(-1), sub(size, c(1)), size), bottom));
    const lost = mul(and(andNot(middle, steep), mul(q, sum.low)), neg(div(c(1), bottom)));
    const z = keep(mul(q, q));
    const tail = keep(
      madd(mul(q, z), polynomial(z, ATAN), add(choose(c(6.123233995736766e-17), c(3.061616997868383e-17), c(0)), lost)),
    );
    const value = add(choose(c(Math.PI / 2), c(Math.PI / 4), c(0)), add(q, tail));
    return keep(or(value, signOf(x)));
  };
  /** For 0 ≤ w ≤ 1/4: asin(√w) as √w + low. */
  const asinOfRoot = (w: Kept): Parts => {
    const root = keep(sqrt(w));
    const square = twoProduct(root, root);
    const missing = sub(sub(w, square.high), square.low);
    // 0/0 at w = 0 is taken out by the larger of the roots.
    const rootLow = keep(div(missing, pmax(add(root, root), c(SMALLEST_NORMAL))));
    return { high: root, low: keep(madd(mul(root, w), polynomial(w, ASIN), rootLow)) };
  };
  const arc = (name: 'asin' | 'acos', given: Wide): Kept => {
    const x = keep(given);
    const size = keep(abs(x));
    const inner = keep(le(size, c(0.5)));
    // |x| > 1/2: asin |x| = π/2 - 2 asin √((1 - |x|)/2); beyond 1 the root is NaN.
    const w = keep(pick(inner, mul(x, x), mul(sub(c(1), size), c(0.5))));
    const { high, low } = asinOfRoot(w);
    const innerTail = keep(mul(mul(x, w), polynomial(w, ASIN)));
    const [halfPi, halfPiLow] = [c(Math.PI / 2), c(6.123233995736766e-17)];
    if (name === 'asin') {
      const near = add(size, abs(innerTail));
      const far = sub(halfPi, sub(add(high, high), sub(halfPiLow, add(low, low))));
      return keep(or(pick(inner, near, far), signOf(x)));
    }
    const near = sub(halfPi, sub(x, sub(halfPiLow, innerTail)));
    const right = keep(mul(add(high, low), c(2)));
    const left = sub(c(Math.PI), sub(add(high, high), sub(c(1.2246467991473532e-16), add(low, low))));
    return keep(pick(inner, near, keep(pick(keep(gt(x, c(0))), right, left))));
  };

  const erf = (given: Wide): Kept => {
    const x = keep(given);
    const size = keep(abs(x));
    const z = keep(mul(x, x));
    const small = keep(madd(size, polynomial(z, ERF), size));
    const result = variable(small);
    const inner = keep(lt(size, c(1)));
    body.if(anyNot(inner), () => {
      // Beyond 6 the result is 1; NaN passes through pmin.
      const far = keep(pmin(size, c(6)));
      const u = keep(div(c(2), add(far, c(2))));
      const tail = keep(horner(u, ERFC));
      const complement = mul(expScaled(neg(keep(mul(far, far))), 0), tail);
      set(result, pick(inner, small, sub(c(1), complement)));
    });
    return keep(or(result, signOf(x)));
  };

  return {
    ...gammaFunctions({ body, constants, features, host }, (x) => log(x)),
    exp: (x) => expScaled(x, 0),
    expm1,
    log,
    log1p,
    pow,
    tanh,
    sinh,
    cosh,
    sigmoid: (given) => {
      const x = keep(given);
      return sigmoidFrom(x, expNegAbs(x));
    },
    softplus: (given) => {
      const x = keep(given);
      return softplusFrom(x, expNegAbs(x));
    },
    expNegAbs,
    sigmoidFrom,
    softplusFrom,
    expNegAbsNormal,
    exp2NegRough,
    sin: (x) => circular('sin', x),
    cos: (x) => circular('cos', x),
    tan,
    asin: (x) => arc('asin', x),
    acos: (x) => arc('acos', x),
    atan,
    erf,
    sqrt: (x) => keep(sqrt(x)),
    abs: (x) => keep(abs(x)),
  };
}
