// The 35 problems of Moré, Garbow, Hillstrom, Testing unconstrained optimization software, ACM TOMS 7, 1981, by their
// numbers there, from the standard starts. Several have local minima that are known by their values.

import { expect, test } from 'vitest';
import { type Jet, type Term, add, atan, cos, div, exp, log, mul, pow, problemFrom, sin, sq, sub } from './jets-for-tests.ts';
import { solve } from './solve.ts';

interface Case {
  readonly start: readonly number[];
  readonly residuals: (x: readonly Jet[]) => readonly Jet[];
  /** Sums of squares at the known minima. */
  readonly values: readonly number[];
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
const at = (x: readonly Jet[], i: number): Jet => x[i - 1] as Jet;
const total = (terms: readonly Term[]): Jet => add(...terms);
const root = (a: Jet): Jet => pow(a, 0.5);
const inner = (x: readonly Jet[], j: number): Jet => (j < 1 || j > x.length ? mul(0, at(x, 1)) : at(x, j));

const bard = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39];
const gaussian = [0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521, 0.3989, 0.3521, 0.242, 0.1295, 0.054, 0.0175, 0.0044, 0.0009];
const meyer = [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872];
const kowalikU = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];
const kowalikY = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246];
const osborne1 = [0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603, 0.58, 0.558, 0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42, 0.414, 0.411, 0.406];
const osborne2 = [
  1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612,
  0.558, 0.533, 0.495, 0.5, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559, 0.597, 0.625,
  0.739, 0.71, 0.729, 0.72, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054,
];

/** θ(x₁, x₂) of the helical valley, continuous away from its axis. */
function angle(a: Jet, b: Jet): Jet {
  const turn = mul(1 / (2 * Math.PI), atan(div(b, a)));
  return a.v < 0 ? add(turn, 0.5) : turn;
}

function watson(n: number, values: readonly number[]): Case {
  return {
    start: count(n).map(() => 0),
    residuals: (x) => [
      ...count(29).map((i) => {
        const t = i / 29;
        const slope = total(count(n).slice(1).map((j) => mul((j - 1) * t ** (j - 2), at(x, j))));
        return add(slope, mul(-1, sq(total(count(n).map((j) => mul(t ** (j - 1), at(x, j)))))), -1);
      }),
      at(x, 1),
      add(at(x, 2), mul(-1, sq(at(x, 1))), -1),
    ],
    values,
  };
}

function chebyquad(n: number, values: readonly number[]): Case {
  return {
    start: count(n).map((j) => j / (n + 1)),
    residuals: (x) => {
      const shifted = x.map((v) => sub(mul(2, v), 1));
      let before: Term[] = shifted.map(() => 1);
      let now: Jet[] = [...shifted];
      return count(n).map((i) => {
        if (i > 1) {
          const next = now.map((T, j) => sub(mul(2, shifted[j] as Jet, T), before[j] as Term));
          before = now;
          now = next;
        }
        return add(mul(1 / n, total(now)), i % 2 === 1 ? 0 : 1 / (i * i - 1));
      });
    },
    values,
  };
}

const linear = (rows: number, n: number, f: (x: readonly Jet[], i: number) => Jet, value: number): Case => ({ start: count(n).map(() => 1), residuals: (x) => count(rows).map((i) => f(x, i)), values: [value] });

const cases: Readonly<Record<string, Case>> = {
  '1 Rosenbrock': { start: [-1.2, 1], residuals: ([a, b]) => [mul(10, sub(b as Jet, sq(a as Jet))), sub(1, a as Jet)], values: [0] },
  '2 Freudenstein and Roth': {
    start: [0.5, -2],
    residuals: (x) => [add(at(x, 1), -13, mul(sub(mul(sub(5, at(x, 2)), at(x, 2)), 2), at(x, 2))), add(at(x, 1), -29, mul(sub(mul(add(at(x, 2), 1), at(x, 2)), 14), at(x, 2)))],
    values: [0, 48.9842],
  },
  '3 Powell badly scaled': { start: [0, 1], residuals: (x) => [sub(mul(1e4, at(x, 1), at(x, 2)), 1), add(exp(mul(-1, at(x, 1))), exp(mul(-1, at(x, 2))), -1.0001)], values: [0] },
  '4 Brown badly scaled': { start: [1, 1], residuals: (x) => [sub(at(x, 1), 1e6), sub(at(x, 2), 2e-6), sub(mul(at(x, 1), at(x, 2)), 2)], values: [0] },
  '5 Beale': { start: [1, 1], residuals: (x) => [1.5, 2.25, 2.625].map((y, i) => sub(y, mul(at(x, 1), sub(1, pow(at(x, 2), i + 1))))), values: [0] },
  '6 Jennrich and Sampson': { start: [0.3, 0.4], residuals: (x) => count(10).map((i) => sub(2 + 2 * i, add(exp(mul(i, at(x, 1))), exp(mul(i, at(x, 2)))))), values: [124.362] },
  '7 helical valley': {
    start: [-1, 0, 0],
    residuals: (x) => [mul(10, sub(at(x, 3), mul(10, angle(at(x, 1), at(x, 2))))), mul(10, sub(root(add(sq(at(x, 1)), sq(at(x, 2)))), 1)), at(x, 3)],
    values: [0],
  },
  '8 Bard': {
    start: [1, 1, 1],
    residuals: (x) => bard.map((y, k) => sub(y, add(at(x, 1), div(k + 1, add(mul(15 - k, at(x, 2)), mul(Math.min(k + 1, 15 - k), at(x, 3))))))),
    values: [8.21487e-3],
  },
  '9 Gaussian': { start: [0.4, 1, 0], residuals: (x) => gaussian.map((y, k) => sub(mul(at(x, 1), exp(mul(-0.5, at(x, 2), sq(sub((7 - k) / 2, at(x, 3)))))), y)), values: [1.12793e-8] },
  '10 Meyer': { start: [0.02, 4000, 250], residuals: (x) => meyer.map((y, k) => sub(mul(at(x, 1), exp(div(at(x, 2), add(at(x, 3), 45 + 5 * (k + 1))))), y)), values: [87.9458] },
  '11 Gulf research and development': {
    start: [5, 2.5, 0.15],
    residuals: (x) =>
      count(99).map((i) => {
        const t = i / 100;
        const gap = sub(25 + (-50 * Math.log(t)) ** (2 / 3), at(x, 2));
        return sub(exp(mul(-1, div(exp(mul(at(x, 3), 0.5, log(sq(gap)))), at(x, 1)))), t);
      }),
    values: [0],
  },
  '12 Box three-dimensional': {
    start: [0, 10, 20],
    residuals: (x) => count(10).map((i) => sub(sub(exp(mul(-0.1 * i, at(x, 1))), exp(mul(-0.1 * i, at(x, 2)))), mul(Math.exp(-0.1 * i) - Math.exp(-i), at(x, 3)))),
    values: [0],
  },
  '13 Powell singular': {
    start: [3, -1, 0, 1],
    residuals: (x) => [add(at(x, 1), mul(10, at(x, 2))), mul(Math.sqrt(5), sub(at(x, 3), at(x, 4))), sq(sub(at(x, 2), mul(2, at(x, 3)))), mul(Math.sqrt(10), sq(sub(at(x, 1), at(x, 4))))],
    values: [0],
  },
  '14 Wood': {
    start: [-3, -1, -3, -1],
    residuals: (x) => [
      mul(10, sub(at(x, 2), sq(at(x, 1)))),
      sub(1, at(x, 1)),
      mul(Math.sqrt(90), sub(at(x, 4), sq(at(x, 3)))),
      sub(1, at(x, 3)),
      mul(Math.sqrt(10), add(at(x, 2), at(x, 4), -2)),
      mul(Math.sqrt(0.1), sub(at(x, 2), at(x, 4))),
    ],
    values: [0],
  },
  '15 Kowalik and Osborne': {
    start: [0.25, 0.39, 0.415, 0.39],
    residuals: (x) => kowalikU.map((u, k) => sub(kowalikY[k] as number, div(mul(at(x, 1), add(u * u, mul(u, at(x, 2)))), add(u * u, mul(u, at(x, 3)), at(x, 4))))),
    values: [3.07505e-4],
  },
  '16 Brown and Dennis': {
    start: [25, 5, -5, -1],
    residuals: (x) => count(20).map((i) => add(sq(add(at(x, 1), mul(i / 5, at(x, 2)), -Math.exp(i / 5))), sq(add(at(x, 3), mul(Math.sin(i / 5), at(x, 4)), -Math.cos(i / 5))))),
    values: [85822.2],
  },
  '17 Osborne 1': {
    start: [0.5, 1.5, -1, 0.01, 0.02],
    residuals: (x) => osborne1.map((y, k) => sub(y, add(at(x, 1), mul(at(x, 2), exp(mul(-10 * k, at(x, 4)))), mul(at(x, 3), exp(mul(-10 * k, at(x, 5))))))),
    values: [5.46489e-5],
  },
  '18 Biggs EXP6': {
    start: [1, 2, 1, 1, 1, 1],
    residuals: (x) =>
      count(13).map((i) => {
        const t = i / 10;
        const y = Math.exp(-t) - 5 * Math.exp(-10 * t) + 3 * Math.exp(-4 * t);
        return add(mul(at(x, 3), exp(mul(-t, at(x, 1)))), mul(-1, at(x, 4), exp(mul(-t, at(x, 2)))), mul(at(x, 6), exp(mul(-t, at(x, 5)))), -y);
      }),
    values: [0, 5.65565e-3],
  },
  '19 Osborne 2': {
    start: [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5],
    residuals: (x) =>
      osborne2.map((y, k) => {
        const t = k / 10;
        const bell = (a: number, w: number, c: number): Jet => mul(at(x, a), exp(mul(-1, at(x, w), sq(sub(t, at(x, c))))));
        return sub(y, add(mul(at(x, 1), exp(mul(-t, at(x, 5)))), bell(2, 6, 9), bell(3, 7, 10), bell(4, 8, 11)));
      }),
    values: [4.01377e-2],
  },
  '20 Watson, 6': watson(6, [2.28767e-3]),
  '20 Watson, 9': watson(9, [1.39976e-6]),
  '20 Watson, 12': watson(12, [4.72238e-10]),
  '21 extended Rosenbrock': {
    start: count(10).map((i) => (i % 2 === 1 ? -1.2 : 1)),
    residuals: (x) => count(5).flatMap((k) => [mul(10, sub(at(x, 2 * k), sq(at(x, 2 * k - 1)))), sub(1, at(x, 2 * k - 1))]),
    values: [0],
  },
  '22 extended Powell singular': {
    start: count(8).map((i) => [3, -1, 0, 1][(i - 1) % 4] as number),
    residuals: (x) =>
      [0, 4].flatMap((o) => [
        add(at(x, o + 1), mul(10, at(x, o + 2))),
        mul(Math.sqrt(5), sub(at(x, o + 3), at(x, o + 4))),
        sq(sub(at(x, o + 2), mul(2, at(x, o + 3)))),
        mul(Math.sqrt(10), sq(sub(at(x, o + 1), at(x, o + 4)))),
      ]),
    values: [0],
  },
  '23 penalty I, 4': { start: count(4), residuals: (x) => [...x.map((v) => mul(Math.sqrt(1e-5), sub(v, 1))), sub(total(x.map(sq)), 0.25)], values: [2.24997e-5] },
  '23 penalty I, 10': { start: count(10), residuals: (x) => [...x.map((v) => mul(Math.sqrt(1e-5), sub(v, 1))), sub(total(x.map(sq)), 0.25)], values: [7.08765e-5] },
  '24 penalty II, 4': penalty2(4, 9.37629e-6),
  '24 penalty II, 10': penalty2(10, 2.9366e-4),
  '25 variably dimensioned': {
    start: count(8).map((j) => 1 - j / 8),
    residuals: (x) => {
      const s = total(x.map((v, j) => mul(j + 1, sub(v, 1))));
      return [...x.map((v) => sub(v, 1)), s, sq(s)];
    },
    values: [0],
  },
  '26 trigonometric': {
    start: count(10).map(() => 0.1),
    residuals: (x) => {
      const s = total(x.map(cos));
      return x.map((v, k) => add(10, mul(-1, s), mul(k + 1, sub(1, cos(v))), mul(-1, sin(v))));
    },
    values: [0, 2.79506e-5],
  },
  '27 Brown almost-linear': {
    start: count(10).map(() => 0.5),
    residuals: (x) => [...x.slice(0, 9).map((v) => add(v, total(x), -11)), sub(mul(...x), 1)],
    values: [0, 1],
  },
  '28 discrete boundary value': {
    start: count(10).map((i) => (i / 11) * (i / 11 - 1)),
    residuals: (x) => count(10).map((i) => add(mul(2, at(x, i)), mul(-1, inner(x, i - 1)), mul(-1, inner(x, i + 1)), mul(1 / 242, pow(add(at(x, i), i / 11 + 1), 3)))),
    values: [0],
  },
  '29 discrete integral equation': {
    start: count(10).map((i) => (i / 11) * (i / 11 - 1)),
    residuals: (x) => {
      const cube = (j: number): Jet => pow(add(at(x, j), j / 11 + 1), 3);
      return count(10).map((i) =>
        add(at(x, i), mul((1 - i / 11) / 22, total(count(i).map((j) => mul(j / 11, cube(j))))), ...(i < 10 ? [mul(i / 11 / 22, total(count(10).slice(i).map((j) => mul(1 - j / 11, cube(j)))))] : [])),
      );
    },
    values: [0],
  },
  '30 Broyden tridiagonal': {
    start: count(10).map(() => -1),
    residuals: (x) => count(10).map((i) => add(mul(sub(3, mul(2, at(x, i))), at(x, i)), mul(-1, inner(x, i - 1)), mul(-2, inner(x, i + 1)), 1)),
    values: [0],
  },
  '31 Broyden banded': {
    start: count(10).map(() => -1),
    residuals: (x) =>
      count(10).map((i) => {
        const near = count(10).filter((j) => j !== i && j >= i - 5 && j <= i + 1);
        return add(mul(at(x, i), add(2, mul(5, sq(at(x, i))))), 1, mul(-1, total(near.map((j) => mul(at(x, j), add(1, at(x, j)))))));
      }),
    values: [0],
  },
  '32 linear, full rank': linear(20, 10, (x, i) => add(i <= 10 ? at(x, i) : 0, mul(-2 / 20, total(x)), -1), 10),
  '33 linear, rank 1': linear(20, 10, (x, i) => sub(mul(i, total(x.map((v, j) => mul(j + 1, v)))), 1), (20 * 19) / (2 * 41)),
  '34 linear, rank 1 with zero columns and rows': linear(20, 10, (x, i) => sub(i === 1 || i === 20 ? mul(0, at(x, 1)) : mul(i - 1, total(count(8).map((j) => mul(j + 1, at(x, j + 1))))), 1), (400 + 60 - 6) / (2 * 37)),
  '35 Chebyquad, 7': chebyquad(7, [0]),
  '35 Chebyquad, 8': chebyquad(8, [3.51687e-3]),
  '35 Chebyquad, 9': chebyquad(9, [0]),
  '35 Chebyquad, 10': chebyquad(10, [6.50395e-3, 4.77271e-3]),
};

function penalty2(n: number, value: number): Case {
  const a = Math.sqrt(1e-5);
  return {
    start: count(n).map(() => 0.5),
    residuals: (x) => [
      sub(at(x, 1), 0.2),
      ...count(n).slice(1).map((i) => mul(a, add(exp(mul(0.1, at(x, i))), exp(mul(0.1, at(x, i - 1))), -(Math.exp(i / 10) + Math.exp((i - 1) / 10))))),
      ...count(n).slice(1).map((i) => mul(a, sub(exp(mul(0.1, at(x, i))), Math.exp(-0.1)))),
      sub(total(count(n).map((j) => mul(n - j + 1, sq(at(x, j))))), 1),
    ],
    values: [value],
  };
}

test('all 35 are there', () => {
  expect(new Set(Object.keys(cases).map((name) => Number.parseInt(name, 10))).size).toBe(35);
});

test.each(Object.entries(cases))('%s', (name, { start, residuals, values }) => {
  // On Watson's polynomial of degree 11 a quasi-Newton method takes long.
  for (const method of name.endsWith('Watson, 12') ? [undefined] : [undefined, 'projected L-BFGS']) {
    const { outcome, objective } = solve(problemFrom({ start: [...start], f: (x) => x[0] as Jet, residuals }), method === undefined ? {} : { method });
    expect(outcome.kind, `by ${method}`).toBe('optimal');
    const known = values.some((v) => (v === 0 ? objective < 1e-7 : Math.abs(objective / v - 1) < 1e-5) || (method !== undefined && Math.abs(objective - v) < 1e-8));
    expect(known, `${objective} by ${method}, known are ${values.join(' and ')}`).toBe(true);
  }
});
