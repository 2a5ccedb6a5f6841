// Gamma functions of two doubles at once: log Γ, ψ and the derivatives of ψ, at most a few ulp from the exact value for positive
// arguments. Others, infinities and NaN are left to the host. DLMF = dlmf.nist.gov.

import { call, f64, f64x2, i32, i32x4, v128 } from './assembler.ts';
import type { Value } from './assembler.ts';
import { arithmetic } from './arithmetic.ts';
import type { Kept, Site, Wide } from './site.ts';
import type { HostFunction } from './host.ts';

// log Γ(2 + z) / z for |z| ≤ 1/2, 2^-55
const NEAR_TWO: readonly number[] = [
  0.42278433509846713, 0.3224670334241132, -0.06735230105319814, 0.02058080842778457, -0.0073855510286681535,
  0.002890510330738737, -0.0011927539120010226, 0.0005096695248853096, -0.00022315475074520367,
  9.945750909889392e-05, -4.4926351103833334e-05, 2.050726741605779e-05, -9.438458716242811e-06,
  4.374374916915131e-06, -2.0449201467015115e-06, 9.578663334114758e-07, -4.303558760359961e-07,
  2.0304806751615227e-07, -1.3412819758517287e-07, 6.379047507619774e-08,
];
// ψ(x) / (x - root) in x - 3/2 for 1 ≤ x ≤ 2, 2^-54
const OVER_ROOT: readonly number[] = [
  0.9510558760318328, -0.4236274212814606, 0.24054248424078697, -0.14840492305388092, 0.09498872445289039,
  -0.06192213327548831, 0.040760833940846085, -0.026975796659787055, 0.017907248317313294, -0.011908220105959716,
  0.007927021796868154, -0.005279937255532708, 0.003518106563802472, -0.0023454947397380833, 0.0015633696313653504,
  -0.0010364584817312839, 0.0006909255761282986, -0.00048595039220036254, 0.00032395945401345196,
  -0.00014480643368061614, 9.653646261410062e-05, -0.0001782188548855923, 0.00011881232908510335,
];
/** The positive zero of ψ. */
const ROOT = 1.4616321449683622;
const ROOT_LOW = 9.549995429965697e-17;
const BERNOULLI: readonly number[] = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330];
// Of log Γ: B2k / (2k (2k-1)). DLMF 5.11.1
const STIRLING = BERNOULLI.slice(0, 8).map((b, k) => b / ((2 * k + 2) * (2 * k + 1)));
// Of ψ: B2k / 2k. DLMF 5.11.2
const OF_DIGAMMA = BERNOULLI.slice(0, 8).map((b, k) => b / (2 * k + 2));
/** From here on the asymptotic series are exact to rounding. */
const FAR = 10;
const HALF_LOG_2PI = 0.9189385332046727;

/** Orders of `polygamma` that have code. */
export const mostPolygamma = 12;

export interface GammaFunctions {
  readonly lgamma: (x: Wide) => Kept;
  readonly digamma: (x: Wide) => Kept;
  /** The n-th derivative of ψ, 1 ≤ n ≤ mostPolygamma. */
  readonly polygamma: (n: number, x: Wide) => Kept;
}

/** `log` as in `Elementary`. */
export function gammaFunctions({ body, constants, features, host }: Site, log: (x: Wide) => Kept): GammaFunctions {
  const { add, sub, mul, div, neg, madd, lt, gt, and, select, number } = arithmetic(body, constants, features);
  const keep = (x: Wide): Kept => x.map((one) => body.let(one));
  const set = (target: Kept, x: Wide): void => target.forEach((local, j) => body.set(local, x[j] ?? x[0]!));
  const some = (mask: Wide): Value<'i32'> => v128.anyTrue(mask.reduce((all, one) => v128.or(all, one)));
  const not = (mask: Wide): Wide => mask.map((m) => v128.not(m));
  const horner = (x: Wide, coefficients: readonly number[]): Wide => coefficients.map(number).reduceRight((sum, term) => madd(sum, x, term));
  const power = (x: Wide, n: number): Wide => (n === 1 ? x : n % 2 === 0 ? power(mul(x, x), n / 2) : mul(x, power(x, n - 1)));
  const one = number(1);
  const filled = (x: Wide, value: number): Kept => keep(x.map(() => number(value)[0]!));

  /** What holds for positive finite numbers; the host says what holds for others. */
  const onPositive = (x: Kept, make: () => Kept, name: HostFunction, before: readonly number[] = []): Kept => {
    const usual = keep(and(gt(x, number(0)), lt(x, number(Infinity))));
    const result = make();
    body.if(some(not(usual)), () => {
      result.forEach((local, j) => {
        for (const lane of [0, 1]) {
          const scalars = [...before.map((v) => f64.const(v)), f64x2.lane(x[j]!, lane)];
          body.if(i32.eqz(i32x4.lane(usual[j]!, lane * 2)), () => body.set(local, f64x2.replaceLane(local, lane, call(host(name), ...scalars))));
        }
      });
    });
    return result;
  };

  /** While some lane is at least `bound` and below FAR: y - 1 for y there, and what comes with it. */
  const stepsDown = (x: Kept, y: Kept, bound: number, also: (mask: Kept) => void): void => {
    const isNear = lt(x, number(FAR));
    const high = keep(and(isNear, gt(y, number(bound))));
    body.while(
      () => some(high),
      () => {
        set(y, select(high, sub(y, one), y));
        also(high);
        set(high, and(isNear, gt(y, number(bound))));
      },
    );
  };

  // Γ(x + 1) = x Γ(x) from and to [1.5, 2.5]: log Γ(x) = log Γ(2 + z) ± log r. Near its zeros at 1 and 2 nothing is lost.
  const lgamma = (given: Wide): Kept => {
    const x = keep(given);
    return onPositive(
      x,
      () => {
        const [isNear, isSmall, isTiny] = [lt(x, number(FAR)), lt(x, number(1.5)), lt(x, number(0.5))];
        const [y, product] = [keep(x), filled(x, 1)];
        stepsDown(x, y, 2.5, (mask) => set(product, select(mask, mul(product, y), product)));
        const small = select(isTiny, madd(x, x, x), x);
        const logarithm = log(select(isNear, select(isSmall, small, product), x));
        const z = select(isSmall, select(isTiny, x, sub(x, one)), sub(y, number(2)));
        const near = madd(z, horner(z, NEAR_TWO), select(isSmall, neg(logarithm), logarithm));
        const result = keep(near);
        body.if(some(not(isNear)), () => {
          const w = div(one, x);
          const rest = madd(w, horner(mul(w, w), STIRLING), number(HALF_LOG_2PI - 0.5));
          set(result, select(isNear, near, madd(sub(x, number(0.5)), sub(logarithm, one), rest)));
        });
        return result;
      },
      'lgamma',
    );
  };

  // ψ(x + 1) = ψ(x) + 1/x from and to [1, 2], the sum of reciprocals as one quotient.
  const digamma = (given: Wide): Kept => {
    const x = keep(given);
    return onPositive(
      x,
      () => {
        const [isNear, isSmall] = [lt(x, number(FAR)), lt(x, one)];
        const result = filled(x, 0);
        body.if(some(isNear), () => {
          const [y, top, bottom] = [keep(select(isSmall, add(x, one), x)), keep(select(isSmall, number(-1), filled(x, 0))), keep(select(isSmall, x, filled(x, 1)))];
          stepsDown(x, y, 2, (mask) => {
            set(top, select(mask, madd(top, y, bottom), top));
            set(bottom, select(mask, mul(bottom, y), bottom));
          });
          const within = mul(sub(sub(y, number(ROOT)), number(ROOT_LOW)), horner(sub(y, number(1.5)), OVER_ROOT));
          set(result, add(within, div(top, bottom)));
        });
        body.if(some(not(isNear)), () => {
          const w = div(one, x);
          const square = mul(w, w);
          const far = sub(madd(w, number(-0.5), log(x)), mul(square, horner(square, OF_DIGAMMA)));
          set(result, select(isNear, result, far));
        });
        return result;
      },
      'digamma',
    );
  };

  // (-1)^(n+1) ψ⁽ⁿ⁾(x) = n! Σ (x + i)^-(n+1) + (n-1)!/y^n + n!/(2 y^(n+1)) + Σ B2k (2k+n-1)!/((2k)! y^(2k+n)), y = x + m.
  // All terms but the last few are positive. DLMF 5.15.1, 5.15.8
  const polygamma = (n: number, given: Wide): Kept => {
    const x = keep(given);
    const sign = n % 2 === 0 ? -1 : 1;
    const series = BERNOULLI.map((b, k) => b * quotientOfFactorials(2 * k + n + 1, 2 * k + 2));
    return onPositive(
      x,
      () => {
        const [y, sum] = [keep(x), filled(x, 0)];
        const from = number(FAR + 2 + n);
        const low = keep(lt(y, from));
        body.while(
          () => some(low),
          () => {
            set(sum, select(low, add(sum, div(one, power(y, n + 1))), sum));
            set(y, select(low, add(y, one), y));
            set(low, lt(y, from));
          },
        );
        const w = div(one, y);
        const square = mul(w, w);
        const tail = add(add(number(factorial(n - 1)), mul(w, number(factorial(n) / 2))), mul(square, horner(square, series)));
        return keep(mul(number(sign), madd(sum, number(factorial(n)), mul(power(w, n), tail))));
      },
      'polygamma',
      [n],
    );
  };


  return { lgamma, digamma, polygamma };
}

function factorial(n: number): number {
  return quotientOfFactorials(n, 0);
}

/** a! / b!, also for a < b. */
function quotientOfFactorials(a: number, b: number): number {
  let product = 1;
  for (let k = Math.min(a, b) + 1; k <= Math.max(a, b); k++) product *= k;
  return a < b ? 1 / product : product;
}
