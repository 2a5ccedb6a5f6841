// Special functions of one real variable.  DLMF = dlmf.nist.gov, the successor of Abramowitz & Stegun

const EULER_GAMMA = 0.57721566490153286;

/** B2, B4, …, B20 */
const BERNOULLI: readonly number[] = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
  -174611 / 330,
];

/** (ζ(k) - 1) / k for k = 2, 3, … */
const ZETA: readonly number[] = [
  0.3224670334241132, 0.0673523010531981, 0.020580808427784546, 0.007385551028673986, 0.0028905103307415234,
  0.001192753911703261, 0.0005096695247430425, 0.00022315475845357939, 9.945751278180853e-05, 4.492623673813314e-05,
  2.050721277567069e-05, 9.439488275268397e-06, 4.374866789907488e-06, 2.039215753801366e-06, 9.55141213040742e-07,
  4.492469198764566e-07, 2.1207184805554665e-07, 1.0043224823968099e-07, 4.7698101693639804e-08,
  2.2711094608943164e-08, 1.0838659214896955e-08, 5.183475041970047e-09, 2.4836745438024785e-09,
  1.1921401405860912e-09, 5.731367241678862e-10, 2.7595228851242334e-10, 1.330476437424449e-10,
];

export function erf(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x) || size > 6) return Number.isNaN(x) ? NaN : Math.sign(x);
  if (size < 2.5) {
    // 2/√π e^(-x²) Σ 2^k x^(2k+1) / (2k+1)!!, all terms of one sign.  DLMF 7.6.2
    let term = x;
    let sum = x;
    for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  // √π e^(x²) erfc(x) = 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))).  DLMF 7.9.1 in contracted form
  let tail = size;
  for (let k = 60; k >= 1; k--) tail = size + k / 2 / tail;
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail));
}

/** log |Γ(x)|; +Infinity at the poles 0, -1, -2, … */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (!Number.isFinite(x)) return Infinity;
  if (x <= 0 && Number.isInteger(x)) return Infinity;
  // Γ(x) Γ(1 - x) = π / sin πx.  DLMF 5.5.3
  if (x < 0) return Math.log(Math.PI / Math.abs(sinPi(x))) - lgamma(1 - x);
  if (x < 0.5) return lgamma(1 + x) - Math.log(x);
  if (x < 1.5) return lgammaNear2(x - 1) - Math.log1p(x - 1);
  if (x < 10) {
    // Γ(x + 1) = x Γ(x) down to [1.5, 2.5), near the zeros at 1 and 2 where a power series keeps relative accuracy.
    let y = x;
    let product = 1;
    while (y >= 2.5) {
      y -= 1;
      product *= y;
    }
    return Math.log(product) + lgammaNear2(y - 2);
  }
  // Stirling: (x - 1/2) log x - x + log(2π)/2 + Σ B2k / (2k (2k-1) x^(2k-1)).  DLMF 5.11.1
  let correction = 0;
  for (let k = BERNOULLI.length; k >= 1; k--) {
    correction = correction / (x * x) + BERNOULLI[k - 1]! / (2 * k * (2 * k - 1));
  }
  return (x - 0.5) * (Math.log(x) - 1) - 0.5 + 0.5 * Math.log(2 * Math.PI) + correction / x;
}

/** ψ(x) = Γ'(x) / Γ(x); NaN at the poles. */
export function digamma(x: number): number {
  if (x === Infinity) return Infinity;
  if (!Number.isFinite(x) || (x <= 0 && Number.isInteger(x))) return NaN;
  // ψ(1 - x) - ψ(x) = π cot πx.  DLMF 5.5.4
  if (x < 0) return digamma(1 - x) - Math.PI * cotPi(x);
  // ψ(x + 1) = ψ(x) + 1/x up to where the asymptotic series is exact to rounding.  DLMF 5.5.2, 5.11.2
  let below = 0;
  let y = x;
  for (; y < 12; y++) below += 1 / y;
  let correction = 0;
  for (let k = BERNOULLI.length; k >= 1; k--) correction = (correction + BERNOULLI[k - 1]! / (2 * k)) / (y * y);
  return Math.log(y) - 0.5 / y - correction - below;
}

/** ψ⁽ⁿ⁾(x), the n-th derivative of digamma, n ≥ 0; NaN at the poles. */
export function polygamma(n: number, x: number): number {
  if (!Number.isInteger(n) || n < 0) throw new Error(`internal: polygamma of order ${n}`);
  if (n === 0) return digamma(x);
  if (Number.isNaN(x) || (x <= 0 && Number.isInteger(x))) return NaN;
  const parity = n % 2 === 0 ? 1 : -1;
  if (x > 0) {
    // ψ⁽ⁿ⁾(x) = (-1)^(n+1) n! ζ(n+1, x).  DLMF 25.11.12
    let factorial = 1;
    for (let k = 2; k <= n; k++) factorial *= k;
    return -parity * factorial * hurwitzZeta(n + 1, x);
  }
  // ψ⁽ⁿ⁾(1 - x) - (-1)^n ψ⁽ⁿ⁾(x) = (-1)^n π (d/dx)^n cot πx.  DLMF 5.15.6
  return parity * polygamma(n, 1 - x) - Math.PI * cotPiDerivative(n, x);
}

/** log Γ(2 + z) = (1 - γ) z + Σ_{k≥2} (-1)^k (ζ(k) - 1) z^k / k for |z| ≤ 1/2.  DLMF 5.7.3 and 5.5.1 */
function lgammaNear2(z: number): number {
  let sum = 0;
  for (let k = ZETA.length + 1; k >= 2; k--) sum = z * ((k % 2 === 0 ? 1 : -1) * ZETA[k - 2]! + sum);
  return z * (1 - EULER_GAMMA + sum);
}

/** ζ(s, q) = Σ (q + i)^-s for integer s ≥ 2 and q > 0, by Euler–Maclaurin.  DLMF 25.11.5 */
function hurwitzZeta(s: number, q: number): number {
  let y = q;
  const head: number[] = [];
  for (; y < 14 + s / 2; y++) head.push(y ** -s);
  // y^-s (y/(s-1) + 1/2 + Σ B2k/(2k)! s(s+1)…(s+2k-2) y^(1-2k))
  let tail = y / (s - 1) + 0.5;
  let coefficient = s / y / 2;
  BERNOULLI.forEach((bernoulli, index) => {
    tail += bernoulli * coefficient;
    const k = index + 1;
    coefficient *= ((s + 2 * k - 1) * (s + 2 * k)) / ((2 * k + 1) * (2 * k + 2) * y * y);
  });
  return head.reduceRight((sum, term) => sum + term, y ** -s * tail); // small terms first
}

function sinPi(x: number): number {
  const nearest = Math.round(x);
  return (nearest % 2 === 0 ? 1 : -1) * Math.sin(Math.PI * (x - nearest));
}

function cotPi(x: number): number {
  const offset = x - Math.round(x);
  // Near its zeros at ±1/2 as the tangent of the (exact) distance from them.
  if (Math.abs(offset) > 0.25) return Math.tan(Math.PI * (Math.sign(offset) * 0.5 - offset));
  return 1 / Math.tan(Math.PI * offset);
}

/** (d/dx)^n cot πx: with c = cot πx it is πⁿ Pₙ(c), where P₀ = c and Pₙ₊₁ = -(1 + c²) Pₙ'. */
function cotPiDerivative(n: number, x: number): number {
  let coefficients = [0, 1];
  for (let order = 0; order < n; order++) {
    const next = new Array<number>(coefficients.length + 1).fill(0);
    for (let power = 1; power < coefficients.length; power++) {
      next[power - 1]! -= power * coefficients[power]!;
      next[power + 1]! -= power * coefficients[power]!;
    }
    coefficients = next;
  }
  const c = cotPi(x);
  return Math.PI ** n * coefficients.reduceRight((sum, coefficient) => sum * c + coefficient, 0);
}
