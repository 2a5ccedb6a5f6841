// Statistical Reference Datasets of the National Institute of Standards and Technology, nonlinear regression
// (https://www.itl.nist.gov/div898/strd), from both starts; and tests of Moré, Garbow & Hillstrom 1981.

import { describe, expect, test } from 'vitest';

import { add, div, exp, mul, pow, problemFrom, sq, sub } from './jets-for-tests.ts';
import type { Jet } from './jets-for-tests.ts';
import { solve } from './solve.ts';

type Model = (b: readonly Jet[], x: number) => Jet;

const polynomial = (b: readonly Jet[], x: number, constant = 0): Jet =>
  add(constant, ...b.map((one, k) => mul(one, x ** (constant === 0 ? k : k + 1))));
const misra1a: Model = (b, x) => mul(b[0]!, sub(1, exp(mul(-x, b[1]!))));
const boxBOD = misra1a;
const mGH09: Model = (b, x) => div(mul(b[0]!, add(x * x, mul(x, b[1]!))), add(x * x, mul(x, b[2]!), b[3]!));
const mGH10: Model = (b, x) => mul(b[0]!, exp(div(b[1]!, add(x, b[2]!))));
const rat42: Model = (b, x) => div(b[0]!, add(1, exp(sub(b[1]!, mul(x, b[2]!)))));
const rat43: Model = (b, x) => mul(b[0]!, exp(mul(-1, div(logOnePlusExp(sub(b[1]!, mul(x, b[2]!))), b[3]!))));
const danWood: Model = (b, x) => mul(b[0]!, exp(mul(Math.log(x), b[1]!)));
const thurber: Model = (b, x) => div(polynomial(b.slice(0, 4), x), polynomial(b.slice(4), x, 1));
const eckerle4: Model = (b, x) => mul(div(b[0]!, b[1]!), exp(mul(-0.5, sq(div(sub(x, b[2]!), b[1]!)))));
const mGH17: Model = (b, x) => add(b[0]!, mul(b[1]!, exp(mul(-x, b[3]!))), mul(b[2]!, exp(mul(-x, b[4]!))));

function logOnePlusExp(a: Jet): Jet {
  const s = 1 / (1 + Math.exp(-a.v));
  const h = a.h.map((value, at) => {
    const n = a.g.length;
    return s * value + s * (1 - s) * a.g[Math.floor(at / n)]! * a.g[at % n]!;
  });
  return { v: Math.log1p(Math.exp(a.v)), g: a.g.map((value) => s * value), h };
}

interface Dataset {
  readonly model: Model;
  readonly starts: readonly (readonly number[])[];
  readonly certified: readonly number[];
  readonly squares: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const datasets: Record<string, Dataset> = {
  Misra1a: {
    model: misra1a,
    starts: [
      [500.0, 0.0001],
      [250.0, 0.0005],
    ],
    certified: [238.94212918, 0.00055015643181],
    squares: 0.12455138894,
    x: [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0],
    y: [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.4, 75.47, 81.78],
  },
  MGH09: {
    model: mGH09,
    starts: [
      [25.0, 39.0, 41.5, 39.0],
      [0.25, 0.39, 0.415, 0.39],
    ],
    certified: [0.19280693458, 0.19128232873, 0.12305650693, 0.13606233068],
    squares: 0.00030750560385,
    x: [4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625],
    y: [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246],
  },
  MGH10: {
    model: mGH10,
    starts: [
      [2.0, 400000.0, 25000.0],
      [0.02, 4000.0, 250.0],
    ],
    certified: [0.005609636471, 6181.3463463, 345.22363462],
    squares: 87.945855171,
    x: [50.0, 55.0, 60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 90.0, 95.0, 100.0, 105.0, 110.0, 115.0, 120.0, 125.0],
    y: [
      34780.0, 28610.0, 23650.0, 19630.0, 16370.0, 13720.0, 11540.0, 9744.0, 8261.0, 7030.0, 6005.0, 5147.0, 4427.0,
      3820.0, 3307.0, 2872.0,
    ],
  },
  Rat42: {
    model: rat42,
    starts: [
      [100.0, 1.0, 0.1],
      [75.0, 2.5, 0.07],
    ],
    certified: [72.462237576, 2.6180768402, 0.067359200066],
    squares: 8.0565229338,
    x: [9.0, 14.0, 21.0, 28.0, 42.0, 57.0, 63.0, 70.0, 79.0],
    y: [8.93, 10.8, 18.59, 22.33, 39.35, 56.11, 61.73, 64.62, 67.08],
  },
  Rat43: {
    model: rat43,
    starts: [
      [100.0, 10.0, 1.0, 1.0],
      [700.0, 5.0, 0.75, 1.3],
    ],
    certified: [699.6415127, 5.2771253025, 0.75962938329, 1.2792483859],
    squares: 8786.404908,
    x: [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0],
    y: [
      16.08, 33.83, 65.8, 97.2, 191.55, 326.2, 386.87, 520.53, 590.03, 651.92, 724.93, 699.56, 689.96, 637.56, 717.41,
    ],
  },
  BoxBOD: {
    model: boxBOD,
    starts: [
      [1.0, 1.0],
      [100.0, 0.75],
    ],
    certified: [213.80940889, 0.54723748542],
    squares: 1168.0088766,
    x: [1.0, 2.0, 3.0, 5.0, 7.0, 10.0],
    y: [109.0, 149.0, 149.0, 191.0, 213.0, 224.0],
  },
  DanWood: {
    model: danWood,
    starts: [
      [1.0, 5.0],
      [0.7, 4.0],
    ],
    certified: [0.76886226176, 3.8604055871],
    squares: 0.0043173084083,
    x: [1.309, 1.471, 1.49, 1.565, 1.611, 1.68],
    y: [2.138, 3.421, 3.597, 4.34, 4.882, 5.66],
  },
  Thurber: {
    model: thurber,
    starts: [
      [1000.0, 1000.0, 400.0, 40.0, 0.7, 0.3, 0.03],
      [1300.0, 1500.0, 500.0, 75.0, 1.0, 0.4, 0.05],
    ],
    certified: [1288.13968, 1491.0792535, 583.23836877, 75.416644291, 0.96629502864, 0.39797285797, 0.049727297349],
    squares: 5642.7082397,
    x: [
      -3.067, -2.981, -2.921, -2.912, -2.84, -2.797, -2.702, -2.699, -2.633, -2.481, -2.363, -2.322, -1.501, -1.46,
      -1.274, -1.212, -1.1, -1.046, -0.915, -0.714, -0.566, -0.545, -0.4, -0.309, -0.109, -0.103, 0.01, 0.119, 0.377,
      0.79, 0.963, 1.006, 1.115, 1.572, 1.841, 2.047, 2.2,
    ],
    y: [
      80.574, 84.248, 87.264, 87.195, 89.076, 89.608, 89.868, 90.101, 92.405, 95.854, 100.696, 101.06, 401.672, 390.724,
      567.534, 635.316, 733.054, 759.087, 894.206, 990.785, 1090.109, 1080.914, 1122.643, 1178.351, 1260.531, 1273.514,
      1288.339, 1327.543, 1353.863, 1414.509, 1425.208, 1421.384, 1442.962, 1464.35, 1468.705, 1447.894, 1457.628,
    ],
  },
  Eckerle4: {
    model: eckerle4,
    starts: [
      [1.0, 10.0, 500.0],
      [1.5, 5.0, 450.0],
    ],
    certified: [1.5543827178, 4.0888321754, 451.54121844],
    squares: 0.0014635887487,
    x: [
      400.0, 405.0, 410.0, 415.0, 420.0, 425.0, 430.0, 435.0, 436.5, 438.0, 439.5, 441.0, 442.5, 444.0, 445.5, 447.0,
      448.5, 450.0, 451.5, 453.0, 454.5, 456.0, 457.5, 459.0, 460.5, 462.0, 463.5, 465.0, 470.0, 475.0, 480.0, 485.0,
      490.0, 495.0, 500.0,
    ],
    y: [
      0.0001575, 0.0001699, 0.000235, 0.0003102, 0.0004917, 0.000871, 0.0017418, 0.00464, 0.0065895, 0.0097302,
      0.0149002, 0.023731, 0.0401683, 0.0712559, 0.1264458, 0.2073413, 0.2902366, 0.3445623, 0.3698049, 0.3668534,
      0.3106727, 0.2078154, 0.1164354, 0.0616764, 0.03372, 0.0194023, 0.0117831, 0.0074357, 0.0022732, 0.00088,
      0.0004579, 0.0002345, 0.0001586, 0.0001143, 7.1e-5,
    ],
  },
  MGH17: {
    model: mGH17,
    starts: [
      [50.0, 150.0, -100.0, 1.0, 2.0],
      [0.5, 1.5, -1.0, 0.01, 0.02],
    ],
    certified: [0.37541005211, 1.9358469127, -1.4646871366, 0.01286753464, 0.022122699662],
    squares: 5.4648946975e-5,
    x: [
      0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0, 140.0, 150.0, 160.0, 170.0,
      180.0, 190.0, 200.0, 210.0, 220.0, 230.0, 240.0, 250.0, 260.0, 270.0, 280.0, 290.0, 300.0, 310.0, 320.0,
    ],
    y: [
      0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603,
      0.58, 0.558, 0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42, 0.414, 0.411,
      0.406,
    ],
  },
};

const cases = Object.entries(datasets).flatMap(([name, { starts }]) => starts.map((start, k) => ({ name, start, k })));

describe('NIST StRD', () => {
  test.each(cases)('$name from start $k', ({ name, start }) => {
    const { model, certified, squares, x, y } = datasets[name]!;
    const residuals = (b: readonly Jet[]): Jet[] => x.map((at, i) => sub(model(b, at), y[i]!));
    const { outcome, z, objective } = solve(problemFrom({ start, f: (b) => b[0]!, residuals }));
    expect(outcome.kind).toBe('optimal');
    certified.forEach((value, j) => expect(Math.abs(z[j]! / value - 1)).toBeLessThan(1e-6));
    expect(objective / squares).toBeCloseTo(1, 8);
  });
});

const more: Record<string, { start: readonly number[]; residuals: (x: readonly Jet[]) => readonly Jet[]; is: number }> =
  {
    Rosenbrock: { start: [-1.2, 1], residuals: (x) => [mul(10, sub(x[1]!, sq(x[0]!))), sub(1, x[0]!)], is: 0 },
    'Freudenstein and Roth': {
      start: [0.5, -2],
      residuals: (x) => [
        add(-13, x[0]!, mul(add(mul(sub(5, x[1]!), x[1]!), -2), x[1]!)),
        add(-29, x[0]!, mul(add(mul(add(x[1]!, 1), x[1]!), -14), x[1]!)),
      ],
      is: 48.9842,
    },
    'Powell badly scaled': {
      start: [0, 1],
      residuals: (x) => [add(mul(1e4, x[0]!, x[1]!), -1), add(exp(mul(-1, x[0]!)), exp(mul(-1, x[1]!)), -1.0001)],
      is: 0,
    },
    'Brown badly scaled': {
      start: [1, 1],
      residuals: (x) => [add(x[0]!, -1e6), add(x[1]!, -2e-6), add(mul(x[0]!, x[1]!), -2)],
      is: 0,
    },
    Beale: {
      start: [1, 1],
      residuals: (x) => [1.5, 2.25, 2.625].map((y, i) => sub(y, mul(x[0]!, sub(1, pow(x[1]!, i + 1))))),
      is: 0,
    },
    'Jennrich and Sampson': {
      start: [0.3, 0.4],
      residuals: (x) =>
        Array.from({ length: 10 }, (_, i) => sub(4 + 2 * i, add(exp(mul(i + 1, x[0]!)), exp(mul(i + 1, x[1]!))))),
      is: 124.362182,
    },
    Bard: {
      start: [1, 1, 1],
      residuals: (x) =>
        [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39].map((y, i) => {
          const [u, v] = [i + 1, 15 - i];
          return sub(y, add(x[0]!, div(u, add(mul(v, x[1]!), mul(Math.min(u, v), x[2]!)))));
        }),
      is: 8.21487e-3,
    },
    'Powell singular': {
      start: [3, -1, 0, 1],
      residuals: (x) => [
        add(x[0]!, mul(10, x[1]!)),
        mul(Math.sqrt(5), sub(x[2]!, x[3]!)),
        sq(sub(x[1]!, mul(2, x[2]!))),
        mul(Math.sqrt(10), sq(sub(x[0]!, x[3]!))),
      ],
      is: 0,
    },
    Wood: {
      start: [-3, -1, -3, -1],
      residuals: (x) => [
        mul(10, sub(x[1]!, sq(x[0]!))),
        sub(1, x[0]!),
        mul(Math.sqrt(90), sub(x[3]!, sq(x[2]!))),
        sub(1, x[2]!),
        mul(Math.sqrt(10), add(x[1]!, x[3]!, -2)),
        mul(Math.sqrt(0.1), sub(x[1]!, x[3]!)),
      ],
      is: 0,
    },
    'Kowalik and Osborne': {
      start: [0.25, 0.39, 0.415, 0.39],
      residuals: (x) => {
        const u = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];
        const y = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246];
        return u.map((ui, i) =>
          sub(y[i]!, div(mul(x[0]!, add(ui * ui, mul(ui, x[1]!))), add(ui * ui, mul(ui, x[2]!), x[3]!))),
        );
      },
      is: 3.07505e-4,
    },
    'Box three-dimensional': {
      start: [0, 10, 20],
      residuals: (x) =>
        Array.from({ length: 10 }, (_, i) => {
          const t = 0.1 * (i + 1);
          const gap = Math.exp(-t) - Math.exp(-10 * t);
          return sub(sub(exp(mul(-t, x[0]!)), exp(mul(-t, x[1]!))), mul(gap, x[2]!));
        }),
      is: 0,
    },
  };

describe('Moré, Garbow & Hillstrom', () => {
  const methods = [undefined, 'projected Newton', 'projected L-BFGS'];
  test.each(Object.entries(more))('%s', (_name, { start, residuals, is }) => {
    for (const method of methods) {
      const problem = problemFrom({ start, f: (x) => x[0]!, residuals });
      const { outcome, objective } = solve(problem, method === undefined ? {} : { method });
      expect(outcome.kind, `by ${method}`).toBe('optimal');
      expect(Math.abs(objective - is), `by ${method}`).toBeLessThan(is === 0 ? 1e-10 : 1e-5 * is);
    }
  });
});

test('bounds hold variables of a sum of squares', () => {
  const problem = problemFrom({
    start: [-1, 0.5],
    upper: [0.8, 2],
    f: (x) => x[0]!,
    residuals: (x) => [mul(10, sub(x[1]!, sq(x[0]!))), sub(1, x[0]!)],
  });
  const { z, multipliers, outcome } = solve(problem, { method: 'Levenberg–Marquardt' });
  expect(outcome.kind).toBe('optimal');
  expect(z[0]).toBe(0.8);
  expect(z[1]).toBeCloseTo(0.64, 10);
  // The price of the bound: f would fall by 2 (1 − x) for each unit more.
  expect(multipliers.bounds[0]).toBeCloseTo(-0.4, 8);
});
