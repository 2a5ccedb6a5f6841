// A network with one hidden layer: guesses tanh(X W + 1 aᵀ) V + 1 bᵀ, squared errors, Adam on mini-batches. How long it is
// trained is chosen by the error on every fifth training word. The gradient is the engine's.

import { adam } from '../harness/optimizer.ts';
import { newStream } from '../harness/random.ts';
import { asInput, formulas, withGradients } from './kernels.ts';
import type { Guess, Probe } from './probe.ts';
import type { Split } from './splits.ts';
import { type Matrix, columnMeans, lessRow, rowsOf } from './tables.ts';

export function network(): Probe {
  const kernels = networkKernels();
  return {
    name: 'network',
    says: `a network with ${hidden} hidden units by Adam, stopped where a fifth of the training words has the least error`,
    chooses: 'the number of epochs',
    bind: (X, splits) => {
      const fits = splits.map((split) => choosing(X, split, kernels));
      return (Y) => fits.map((fit) => fit(Y));
    },
  };
}

const hidden = 64;
const batch = 32;
const mostEpochs = 60;
/** The search ends when so many more epochs were no better. */
const patience = 8;

type Kernels = ReturnType<typeof networkKernels>;

function networkKernels() {
  const sizes = 'X: matrix(n, d); W: matrix(d, h); a: vector(h); V: matrix(h, p); b: vector(p); o: vector(n)';
  return {
    loss: withGradients("norm2(tanh(X*W + o*a')*V + o*b' - Y)^2", ['W', 'a', 'V', 'b'], `${sizes}; Y: matrix(n, p)`),
    guesses: formulas({ P: "tanh(X*W + o*a')*V + o*b'" }, sizes),
  };
}

function choosing(X: Matrix, { train, test }: Split, kernels: Kernels): (Y: Matrix) => Guess {
  const inner = scaled(X, { train: train.filter((_row, i) => i % 5 !== 4), test: train.filter((_row, i) => i % 5 === 4) });
  const whole = scaled(X, { train, test });
  return (Y) => {
    const truth = rowsOf(Y, inner.test).data;
    const trial = training(inner, Y, kernels);
    let best = { epochs: 0, error: squaredDistance(trial.guess(), truth) };
    for (let epoch = 1; epoch <= mostEpochs && epoch - best.epochs <= patience; epoch++) {
      trial.epoch();
      const error = squaredDistance(trial.guess(), truth);
      if (error < best.error) best = { epochs: epoch, error };
    }
    const run = training(whole, Y, kernels);
    for (let epoch = 0; epoch < best.epochs; epoch++) run.epoch();
    return { values: run.guess(), chosen: best.epochs };
  };
}

interface Scaled extends Split {
  /** Training rows, less their means, with entries of root mean square 1. */
  readonly known: Matrix;
  /** Test rows by the same means and scale. */
  readonly others: Matrix;
}

function scaled(X: Matrix, { train, test }: Split): Scaled {
  const centre = columnMeans(rowsOf(X, train));
  const known = lessRow(rowsOf(X, train), centre);
  const size = Math.sqrt(known.data.reduce((sum, x) => sum + x * x, 0) / known.data.length) || 1;
  const by = (M: Matrix): Matrix => ({ ...M, data: M.data.map((x) => x / size) });
  return { train, test, known: by(known), others: by(lessRow(rowsOf(X, test), centre)) };
}

interface Training {
  /** Every training word once, in random order. */
  readonly epoch: () => void;
  /** [test rows, features], as the network is now. */
  readonly guess: () => Float64Array;
}

/** From the training means: V begins at zero, and every training from the same random W and a. */
function training({ train, known, others }: Scaled, Y: Matrix, { loss, guesses }: Kernels): Training {
  const random = newStream('network');
  const features = rowsOf(Y, train);
  const [d, p] = [known.cols, Y.cols];
  const parts = cut(new Float64Array(d * hidden + hidden + hidden * p + p), d, p);
  const slopes = cut(new Float64Array(parts.all.length), d, p);
  parts.W.set(random.split('W').normals(d * hidden).map((x) => x / Math.sqrt(d)));
  // Without them the network would begin as an odd function of the embedding, and be slow to leave that.
  parts.a.set(random.split('a').normals(hidden));
  parts.b.set(columnMeans(features));
  const method = adam({ rate: 3e-3 });
  const moments = [new Float64Array(parts.all.length), new Float64Array(parts.all.length)];
  const size = Math.min(batch, train.length);
  let [epochs, steps] = [0, 0];
  const named = ({ W, a, V, b }: Parts) => ({ W: { shape: [d, hidden], data: W }, a, V: { shape: [hidden, p], data: V }, b });
  return {
    epoch: () => {
      const order = random.split(`epoch ${epochs++}`).permutation(train.length);
      for (let from = 0; from + size <= train.length; from += size) {
        const rows = order.subarray(from, from + size);
        loss({ ...named(parts), X: asInput(rowsOf(known, rows)), Y: asInput(rowsOf(features, rows)), o: new Float64Array(size).fill(1) }, { W: slopes.W, a: slopes.a, V: slopes.V, b: slopes.b });
        method.step(parts.all, slopes.all, moments, steps++);
      }
    },
    guess: () => Float64Array.from(guesses({ ...named(parts), X: asInput(others), o: new Float64Array(others.rows).fill(1) }).P.data),
  };
}

interface Parts {
  readonly all: Float64Array;
  readonly W: Float64Array;
  readonly a: Float64Array;
  readonly V: Float64Array;
  readonly b: Float64Array;
}

function cut(all: Float64Array, d: number, p: number): Parts {
  const ends = [d * hidden, d * hidden + hidden, d * hidden + hidden + hidden * p];
  return { all, W: all.subarray(0, ends[0]), a: all.subarray(ends[0], ends[1]), V: all.subarray(ends[1], ends[2]), b: all.subarray(ends[2]) };
}

function squaredDistance(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, at) => sum + (value - y[at]!) ** 2, 0);
}
