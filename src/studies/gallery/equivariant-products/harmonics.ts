// Real spherical harmonics, a grid that integrates their products exactly, and couplings by 3j symbols.

/** A place (l, m) among the coefficients of a signal: l² + l + m. */
export function place(l: number, m: number): number {
  return l * l + l + m;
}

/** How many coefficients degrees 0 … L have. */
export function size(L: number): number {
  return (L + 1) ** 2;
}

/** Orthonormal real harmonics of degree 0 … L at a unit vector, by recurrences of Legendre functions (DLMF 14.10.3, 14.30.1). */
export function harmonics(L: number, [x, y, z]: readonly [number, number, number]): Float64Array {
  const out = new Float64Array(size(L));
  const s = Math.hypot(x, y);
  const angle = Math.atan2(y, x);
  for (let m = 0; m <= L; m++) {
    // P̄_m^m, then up in l; normalised so that squares integrate to 1 over the sphere.
    let here = Math.sqrt((2 * m + 1) / (4 * Math.PI));
    for (let k = 1; k <= m; k++) here *= s * Math.sqrt((2 * k - 1) / (2 * k));
    let before = 0;
    for (let l = m; l <= L; l++) {
      if (m === 0) out[place(l, 0)] = here;
      else {
        out[place(l, m)] = Math.SQRT2 * here * Math.cos(m * angle);
        out[place(l, -m)] = Math.SQRT2 * here * Math.sin(m * angle);
      }
      const a = (k: number): number => Math.sqrt((4 * k * k - 1) / (k * k - m * m));
      const next = a(l + 1) * (z * here - (l > m ? before / a(l) : 0));
      [before, here] = [here, next];
    }
  }
  return out;
}

export interface Grid {
  readonly points: readonly (readonly [number, number, number])[];
  /** They sum to 4π. */
  readonly weights: Float64Array;
}

/** Gauss–Legendre in z and equal angles around it: exact for polynomials up to `degree`. */
export function gridFor(degree: number): Grid {
  const { nodes, weights } = gaussLegendre(Math.floor(degree / 2) + 1);
  const around = degree + 1;
  const points = nodes.flatMap((z) => Array.from({ length: around }, (_, k): [number, number, number] => {
    const angle = (2 * Math.PI * (k + 0.5)) / around;
    const s = Math.sqrt(1 - z * z);
    return [s * Math.cos(angle), s * Math.sin(angle), z];
  }));
  return { points, weights: Float64Array.from(weights.flatMap((w) => Array.from({ length: around }, () => (w * 2 * Math.PI) / around))) };
}

/** Zeros of the Legendre polynomial by Newton, with 2/((1-z²) P'(z)²).  DLMF 3.5.19 */
function gaussLegendre(n: number): { nodes: number[]; weights: number[] } {
  const both = Array.from({ length: n }, (_, k) => {
    let z = Math.cos((Math.PI * (k + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let turn = 0; turn < 100; turn++) {
      let [p, q] = [z, 1];
      for (let l = 2; l <= n; l++) [p, q] = [((2 * l - 1) * z * p - (l - 1) * q) / l, p];
      slope = (n * (z * p - q)) / (z * z - 1);
      const step = p / slope;
      z -= step;
      if (Math.abs(step) < 1e-16) break;
    }
    return [z, 2 / ((1 - z * z) * slope * slope)] as const;
  });
  return { nodes: both.map(([z]) => z), weights: both.map(([, w]) => w) };
}

const factorial: readonly number[] = Array.from({ length: 30 }, (_, n) => Array.from({ length: n }, (__, k) => k + 1).reduce((a, b) => a * b, 1));

/** Racah's formula for the 3j symbol. */
export function threeJ(l1: number, l2: number, l3: number, m1: number, m2: number, m3: number): number {
  if (m1 + m2 + m3 !== 0 || l3 < Math.abs(l1 - l2) || l3 > l1 + l2) return 0;
  const f = (n: number): number => factorial[n]!;
  const triangle = (f(l1 + l2 - l3) * f(l1 - l2 + l3) * f(-l1 + l2 + l3)) / f(l1 + l2 + l3 + 1);
  const sizes = f(l1 + m1) * f(l1 - m1) * f(l2 + m2) * f(l2 - m2) * f(l3 + m3) * f(l3 - m3);
  let sum = 0;
  for (let t = 0; t <= l1 + l2 - l3; t++) {
    const rest = [l1 + l2 - l3 - t, l1 - m1 - t, l2 + m2 - t, l3 - l2 + m1 + t, l3 - l1 - m2 + t];
    if (rest.some((n) => n < 0)) continue;
    sum += (t % 2 === 0 ? 1 : -1) / (f(t) * rest.reduce((a, n) => a * f(n), 1));
  }
  return ((l1 - l2 - m3) % 2 === 0 ? 1 : -1) * Math.sqrt(triangle * sizes) * sum;
}

interface Complex {
  readonly re: number;
  readonly im: number;
}

/** Real harmonics by complex ones: the complex m that the real (l, m) has, with their weights. */
function realFromComplex(m: number): readonly (readonly [number, Complex])[] {
  const [h, sign] = [Math.SQRT1_2, m % 2 === 0 ? 1 : -1];
  if (m === 0) return [[0, { re: 1, im: 0 }]];
  if (m > 0) return [[m, { re: sign * h, im: 0 }], [-m, { re: h, im: 0 }]];
  return [[m, { re: 0, im: h }], [-m, { re: 0, im: -sign * h }]];
}

/**
 * The 3j symbols of three degrees between real harmonics. For an odd sum of degrees they are imaginary; the imaginary
 * part is given, which couples as well.
 */
export function realThreeJ(l1: number, l2: number, l3: number, visit: (m1: number, m2: number, m3: number, value: number) => void): void {
  const isOdd = (l1 + l2 + l3) % 2 === 1;
  for (let m1 = -l1; m1 <= l1; m1++) {
    for (let m2 = -l2; m2 <= l2; m2++) {
      for (let m3 = -l3; m3 <= l3; m3++) {
        let [re, im] = [0, 0];
        for (const [p, a] of realFromComplex(m1)) {
          for (const [q, b] of realFromComplex(m2)) {
            for (const [r, c] of realFromComplex(m3)) {
              if (p + q + r !== 0) continue;
              const w = threeJ(l1, l2, l3, p, q, r);
              const ab = { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
              re += w * (ab.re * c.re - ab.im * c.im);
              im += w * (ab.re * c.im + ab.im * c.re);
            }
          }
        }
        visit(m1, m2, m3, isOdd ? im : re);
      }
    }
  }
}

/** Every path between degrees up to L, for Clebsch–Gordan or with the weights of the integral of three harmonics. */
export function couplings(L: number, which: 'clebsch-gordan' | 'gaunt'): Float64Array {
  const n = size(L);
  const T = new Float64Array(n ** 3);
  for (let l1 = 0; l1 <= L; l1++) {
    for (let l2 = 0; l2 <= L; l2++) {
      for (let l3 = Math.abs(l1 - l2); l3 <= Math.min(L, l1 + l2); l3++) {
        const weight = which === 'gaunt' ? Math.sqrt(((2 * l1 + 1) * (2 * l2 + 1) * (2 * l3 + 1)) / (4 * Math.PI)) * threeJ(l1, l2, l3, 0, 0, 0) : Math.sqrt(2 * l3 + 1);
        realThreeJ(l1, l2, l3, (m1, m2, m3, value) => void (T[(place(l1, m1) * n + place(l2, m2)) * n + place(l3, m3)] = weight * value));
      }
    }
  }
  return T;
}
