import { expect, test } from 'vitest';
import { digamma, erf, lgamma, polygamma } from './special.ts';

// Values by mpmath 1.3 with 40 digits, at the double nearest to each argument.
const ERF = [
  [1e-10, 1.1283791670955125739e-10],
  [0.1, 0.1124629160182848922],
  [0.5, 0.52049987781304653768],
  [1, 0.84270079294971486934],
  [2, 0.99532226501895273416],
  [2.4, 0.99931148610335492143],
  [2.6, 0.9997639655834706508],
  [3, 0.99997790950300141456],
  [4.5, 0.99999999980338395585],
  [-1.3, -0.9340079449406524366],
] as const;
const LGAMMA = [
  [1e-5, 11.512919692895825626],
  [0.1, 2.252712651734205902],
  [0.49, 0.59224962933526705574],
  [0.75, 0.20328095143129537148],
  [1.001, -0.00057639359828330615152],
  [1.25, -0.098271836421813161464],
  [1.75, -0.084401121020485555958],
  [2.0625, 0.027667521522857023497],
  [2.5, 0.28468287047291915963],
  [3.7, 1.4280723266653881292],
  [9.9, 12.577179904219879684],
  [10.5, 13.940625219403763633],
  [100, 359.13420536957539878],
  [1e10, 220258509288.81058147],
  [-0.5, 1.2655121234846453965],
  [-2.25, 0.55550154502064747059],
  [-10.3, -14.457515440024208334],
] as const;
const DIGAMMA = [
  [1e-3, -1000.5755719318102797],
  [0.25, -4.2274535333762654081],
  [1, -0.57721566490153286061],
  [1.5, 0.036489973978576520559],
  [2, 0.42278433509846713939],
  [7.3, 1.9178203356379860723],
  [50, 3.901989673427892197],
  [-0.5, 0.036489973978576520559],
  [-3.2, 5.6353702211726443926],
  [-20.75, -0.085143521734187153786],
] as const;
const POLYGAMMA = [
  [1, 1, 1.6449340668482264365],
  [1, 0.01, 10001.621213528312804],
  [1, 5.5, 0.19934238698962765913],
  [2, 1, -2.4041138063191885708],
  [2, 0.3, -75.272536588726038917],
  [3, 2.25, 0.32454400918839602279],
  [5, 1, 122.08116743813389677],
  [8, 0.6, -4001509.1046635937734],
  [12, 3.5, -42.172657384457859981],
  [1, -0.5, 8.9348022005446793094],
  [2, -1.3, 68.549413471162134232],
  [3, -2.75, 1558.4897512832936013],
  [4, -0.1, 2399958.2275538267997],
  [1, 1e6, 1.0000005000001666667e-6],
] as const;

function expectRelative(actual: number, wanted: number, tolerance: number): void {
  expect(Math.abs(actual - wanted) / Math.abs(wanted)).toBeLessThanOrEqual(tolerance);
}

test('erf', () => {
  for (const [x, value] of ERF) expectRelative(erf(x), value, 1e-15);
  expect([erf(0), erf(Infinity), erf(-30), erf(NaN)]).toEqual([0, 1, -1, NaN]);
});

test('lgamma, with relative accuracy at its zeros 1 and 2', () => {
  for (const [x, value] of LGAMMA) expectRelative(lgamma(x), value, 1e-15);
  expect([lgamma(1), lgamma(2)].map(Math.abs)).toEqual([0, 0]);
  expect([lgamma(0), lgamma(-3), lgamma(Infinity)]).toEqual([Infinity, Infinity, Infinity]);
  for (let n = 3, factorial = 2; n < 20; n++, factorial *= n - 1) expectRelative(lgamma(n), Math.log(factorial), 1e-15);
});

test('digamma', () => {
  for (const [x, value] of DIGAMMA)
    expect(Math.abs(digamma(x) - value)).toBeLessThan(4e-15 * Math.max(1, Math.abs(value)));
  expect([digamma(0), digamma(-2), digamma(Infinity)]).toEqual([NaN, NaN, Infinity]);
});

test('polygamma', () => {
  for (const [n, x, value] of POLYGAMMA) expectRelative(polygamma(n, x), value, 4e-15);
  for (const x of [0.3, 4.7, -1.6]) {
    expect(polygamma(0, x)).toBe(digamma(x));
    // ψ⁽ⁿ⁾(x + 1) = ψ⁽ⁿ⁾(x) + (-1)^n n! x^(-n-1).  DLMF 5.15.5
    for (const [n, factorial] of [
      [1, 1],
      [2, 2],
      [3, 6],
      [4, 24],
    ] as const) {
      expectRelative(polygamma(n, x + 1) - (-1) ** n * factorial * x ** (-n - 1), polygamma(n, x), 1e-13);
    }
  }
  expect([polygamma(1, 0), polygamma(2, -4)]).toEqual([NaN, NaN]);
  expect(() => polygamma(-1, 2)).toThrow(/^internal:/);
});
