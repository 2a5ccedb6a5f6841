// Functions of numbers in WGSL, by their names in the table. What is not here is computed on the host.

/** Code over the codes of the arguments; `values` are those that are constant. */
export type Spelling = (args: readonly string[], values: readonly (number | undefined)[]) => string;

interface Entry {
  readonly code: Spelling;
  /** Functions of `library` that it calls. */
  readonly needs?: readonly string[];
}

const builtin = (name: string): Entry => ({ code: ([x]) => `${name}(${x})` });
const helper = (name: string): Entry => ({ code: (args) => `${name}(${args.join(', ')})`, needs: [name] });

/** Powers up to this are products. */
const mostProducts = 8;

export const entries: Readonly<Record<string, Entry>> = {
  exp: builtin('exp'),
  log: builtin('log'),
  sin: { ...helper('r_sin'), needs: ['r_quarter', 'r_sin'] },
  cos: { ...helper('r_cos'), needs: ['r_quarter', 'r_sin', 'r_cos'] },
  tan: { code: ([x]) => `(r_sin(${x}) / r_cos(${x}))`, needs: ['r_quarter', 'r_sin', 'r_cos'] },
  arcsin: builtin('asin'),
  arccos: builtin('acos'),
  arctan: builtin('atan'),
  sinh: helper('r_sinh'),
  cosh: builtin('cosh'),
  tanh: helper('r_tanh'),
  sqrt0: builtin('sqrt'),
  rsqrt0: { code: ([x]) => `select(0.0, inverseSqrt(${x}), ${x} > 0.0)` },
  abs: builtin('abs'),
  sign: builtin('sign'),
  step: { code: ([x]) => `select(0.0, 1.0, ${x} > 0.0)` },
  relu: { code: ([x]) => `max(${x}, 0.0)` },
  maximum: { code: ([x, y]) => `max(${x}, ${y})` },
  minimum: { code: ([x, y]) => `min(${x}, ${y})` },
  log1p: helper('r_log1p'),
  expm1: helper('r_expm1'),
  sigmoid: helper('r_sigmoid'),
  softplus: { ...helper('r_softplus'), needs: ['r_log1p', 'r_softplus'] },
  huber: helper('r_huber'),
  erf: helper('r_erf'),
  pow: { code: power, needs: ['r_pow'] },
};

function power([x, y]: readonly string[], [, exponent]: readonly (number | undefined)[]): string {
  if (exponent === 0.5) return `sqrt(${x})`;
  if (exponent === -0.5) return `inverseSqrt(${x})`;
  if (exponent !== undefined && Number.isInteger(exponent) && exponent !== 0 && Math.abs(exponent) <= mostProducts) {
    const product = Array.from({ length: Math.abs(exponent) }, () => x).join(' * ');
    return exponent > 0 ? `(${product})` : `(1.0 / (${product}))`;
  }
  return `r_pow(${x}, ${y})`;
}

// log1p and expm1 by Kahan's quotients: what rounding does to 1 + x cancels. erf by Abramowitz & Stegun 7.1.28 and its
// series near 0. sin and cos in quarters of a turn, with pi/2 in three parts: those of WGSL may be off by 2^-11.
export const library: Readonly<Record<string, string>> = {
  r_log1p: `fn r_log1p(x: f32) -> f32 { let u = 1.0 + x; return select(log(u) * (x / (u - 1.0)), x, u == 1.0); }`,
  r_expm1: `fn r_expm1(x: f32) -> f32 {
  if (abs(x) < 0.5) { return x * (1.0 + x * (0.5 + x * (0.16666667 + x * (0.041666668 + x * (0.008333333 + x * (0.0013888889 + x * 0.0001984127)))))); }
  return exp(x) - 1.0;
}`,
  r_quarter: `fn r_quarter(r: f32, k: i32) -> f32 {
  let z = r * r;
  let s = r * (1.0 + z * (-0.16666667 + z * (0.008333333 + z * (-0.0001984127 + z * 0.0000027557319))));
  let c = 1.0 + z * (-0.5 + z * (0.041666668 + z * (-0.0013888889 + z * 0.000024801588)));
  let v = select(s, c, (k & 1) == 1);
  return select(v, -v, (k & 2) == 2);
}`,
  r_sin: `fn r_sin(x: f32) -> f32 {
  let k = round(x * 0.63661975);
  return r_quarter(((x - k * 1.5703125) - k * 0.00048375129) - k * 0.0000000754979, i32(k));
}`,
  r_cos: `fn r_cos(x: f32) -> f32 {
  let k = round(x * 0.63661975);
  return r_quarter(((x - k * 1.5703125) - k * 0.00048375129) - k * 0.0000000754979, i32(k) + 1);
}`,
  r_sigmoid: `fn r_sigmoid(x: f32) -> f32 { let e = exp(-abs(x)); return select(e, 1.0, x >= 0.0) / (1.0 + e); }`,
  r_softplus: `fn r_softplus(x: f32) -> f32 { return max(x, 0.0) + r_log1p(exp(-abs(x))); }`,
  r_sinh: `fn r_sinh(x: f32) -> f32 {
  if (abs(x) < 0.5) { let z = x * x; return x * (1.0 + z * (0.16666667 + z * (0.008333333 + z * 0.0001984127))); }
  return 0.5 * (exp(x) - exp(-x));
}`,
  r_tanh: `fn r_tanh(x: f32) -> f32 {
  let a = abs(x);
  if (a < 0.25) { let z = x * x; return x * (1.0 + z * (-0.33333334 + z * (0.13333334 + z * (-0.053968254 + z * 0.021869488)))); }
  let e = exp(-2.0 * a);
  return sign(x) * (1.0 - e) / (1.0 + e);
}`,
  r_huber: `fn r_huber(x: f32, d: f32) -> f32 { let a = abs(x); return select(d * (a - 0.5 * d), 0.5 * x * x, a <= d); }`,
  r_erf: `fn r_erf(x: f32) -> f32 {
  let a = abs(x);
  if (a < 0.5) { let z = x * x; return x * (1.1283792 + z * (-0.37612638 + z * (0.11283792 + z * (-0.02686617 + z * 0.005223978)))); }
  let p = 1.0 + a * (0.0705230784 + a * (0.0422820123 + a * (0.0092705272 + a * (0.0001520143 + a * (0.0002765672 + a * 0.0000430638)))));
  let q = p * p; let r = q * q; let s = r * r;
  return sign(x) * (1.0 - 1.0 / (s * s));
}`,
  r_pow: `fn r_pow(x: f32, y: f32) -> f32 {
  if (x > 0.0) { return exp2(y * log2(x)); }
  if (y == 0.0) { return 1.0; }
  if (x == 0.0) { return select(0.0, 1.0 / x, y < 0.0); }
  let size = exp2(y * log2(-x));
  if (y != floor(y)) { return bitcast<f32>(bitcast<u32>(y) | 0x7fc00000u); }
  return select(size, -size, (y * 0.5) != floor(y * 0.5));
}`,
};
