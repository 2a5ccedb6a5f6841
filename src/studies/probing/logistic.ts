// Logistic regression of every feature at once: Σ softplus(Z) − Y∘Z + μ/2 |B|², Z = Xc B + 1 bᵀ, with one μ for all.
// The gradient is the engine's, the minimum by its L-BFGS.
//
// In the coordinates C of Xc B = U diag(g) C with g = s/√(s²/4 + μ) the Hessian is at most the identity (Böhning & Lindsay,
// Ann. Inst. Stat. Math. 40, 1988: that of softplus is at most ¼), so that directions of little variance take no more
// steps than others. μ is chosen by the likelihood of every fifth training word, learned on the others.

import { toItsEnd } from '../../solve/run-steps.ts';
import { solving } from '../../solve/solve.ts';
import { asInput, formulas, withGradients } from './kernels.ts';
import type { Guess, Probe } from './probe.ts';
import { type Decomposition, spectrum } from './spectrum.ts';
import type { Split } from './splits.ts';
import { type Matrix, columnMeans, lessRow, rowsOf } from './tables.ts';

export function logistic(): Probe {
  const kernels = logisticKernels();
  return {
    name: 'logistic',
    says: 'logistic regression of every feature with one penalty, chosen by the likelihood of a fifth of the training words',
    chooses: 'μ, as a multiple of the mean eigenvalue of the training covariance',
    bind: (X, splits) => {
      const fits = splits.map((split) => choosing(X, split, kernels));
      return (Y) => fits.map((fit) => fit(Y));
    },
  };
}

/** From much penalty to little, so that each solution starts the next. */
const multiples: readonly number[] = [10, 1, 0.1, 0.01, 0.001];

type Kernels = ReturnType<typeof logisticKernels>;

function logisticKernels() {
  return {
    decomposition: spectrum(),
    loss: withGradients("sum(softplus(A*C + o*b')) - tr(Y'*(A*C + o*b')) + norm2(diag(w)*C)^2/2", ['C', 'b'], 'A: matrix(n, r); C: matrix(r, p); o: vector(n); b: vector(p); Y: matrix(n, p); w: vector(r)'),
    logits: formulas({ Z: "T*(diag(g)*C) + o*b'" }, 'T: matrix(m, r); g: vector(r); C: matrix(r, p); o: vector(m); b: vector(p)'),
  };
}

function choosing(X: Matrix, { train, test }: Split, kernels: Kernels): (Y: Matrix) => Guess {
  const inner = fitting(X, { train: train.filter((_row, i) => i % 5 !== 4), test: train.filter((_row, i) => i % 5 === 4) }, kernels);
  const whole = fitting(X, { train, test }, kernels);
  return (Y) => {
    const isThere: Matrix = { ...Y, data: Y.data.map((value) => (value > 0 ? 1 : 0)) };
    const truth = rowsOf(isThere, inner.test).data;
    const costs: number[] = [];
    for (const logits of inner.along(isThere, multiples)) {
      costs.push(logits.reduce((sum, z, at) => sum + softplus(z) - truth[at]! * z, 0));
      if (costs.length > 1 && costs.at(-1)! > costs.at(-2)!) break;
    }
    const best = costs.indexOf(Math.min(...costs));
    const [values] = whole.along(isThere, [multiples[best]!]);
    return { values: values!, chosen: multiples[best]! };
  };
}

interface Fit {
  readonly test: Int32Array;
  /** Logits of the test rows for one penalty after the other. */
  readonly along: (Y: Matrix, penalties: readonly number[]) => Generator<Float64Array, void>;
}

function fitting(X: Matrix, { train, test }: Split, kernels: Kernels): Fit {
  const centre = columnMeans(rowsOf(X, train));
  const parts = kernels.decomposition(lessRow(rowsOf(X, train), centre));
  const T = parts.coordinates(lessRow(rowsOf(X, test), centre));
  const typical = parts.squares.reduce((sum, s) => sum + s, 0) / Math.min(X.cols, train.length);
  return {
    test,
    *along(Y, penalties) {
      const known = rowsOf(Y, train);
      // B = V diag(g/s) C: solutions are handed on as s/g C, which no penalty scales.
      let start: Solution = { slopes: new Float64Array(parts.squares.length * Y.cols), levels: columnMeans(known).map((m) => Math.log((m + 0.5 / train.length) / (1 - m + 0.5 / train.length))) };
      for (const penalty of penalties) {
        start = minimum(parts, known, penalty * typical, start, kernels);
        yield Float64Array.from(kernels.logits({ T: asInput(T), g: parts.squares.map(Math.sqrt), C: { shape: [parts.squares.length, Y.cols], data: start.slopes }, o: new Float64Array(T.rows).fill(1), b: start.levels }).Z.data);
      }
    },
  };
}

interface Solution {
  /** Vᵀ B, [r, p]. */
  readonly slopes: Float64Array;
  readonly levels: Float64Array;
}

/** To a gradient of 1e-3 of its scale, or 60 steps: held-out scores do not see more. */
function minimum({ U, squares }: Decomposition, Y: Matrix, mu: number, start: Solution, { loss }: Kernels): Solution {
  const [r, p] = [squares.length, Y.cols];
  const scale = squares.map((s) => 1 / Math.sqrt(s / 4 + mu));
  const A = { shape: [U.rows, r], data: Float64Array.from(U.data, (u, at) => u * Math.sqrt(squares[at % r]!) * scale[at % r]!) };
  const fixed = { A, Y: asInput(Y), o: new Float64Array(U.rows).fill(1), w: scale.map((g) => g * Math.sqrt(mu)) };
  const dim = (r + 1) * p;
  const at = (z: Float64Array): Record<string, { shape: number[]; data: Float64Array }> => ({ C: { shape: [r, p], data: z.subarray(0, r * p) }, b: { shape: [p], data: z.subarray(r * p) } });
  const evaluate = (z: Float64Array, out: Float64Array): number => loss({ ...fixed, ...at(z) }, { C: out.subarray(0, r * p), b: out.subarray(r * p) })['value']!.data[0]!;
  const spare = new Float64Array(dim);
  const first = new Float64Array(dim);
  first.set(start.slopes.map((value, k) => value / scale[Math.floor(k / p)]!));
  first.set(start.levels, r * p);
  const { z } = toItsEnd(
    solving(
      {
        dim,
        lower: new Float64Array(dim).fill(-Infinity),
        upper: new Float64Array(dim).fill(Infinity),
        start: first,
        startGiven: true,
        convex: true,
        objective: { class: 'smooth', value: (x) => evaluate(x, spare), gradient: evaluate },
      },
      { method: 'projected L-BFGS', tolerance: 1e-3, limits: { iterations: 60 } },
    ),
  );
  return { slopes: z.slice(0, r * p).map((value, k) => value * scale[Math.floor(k / p)]!), levels: z.slice(r * p) };
}

function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}
