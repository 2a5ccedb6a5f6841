// Classifiers whose steps are measured against the radius: gradients and derivatives of logits along a step.

import { gradients, jvp } from '../../../diff/differentiate.ts';
import { add } from '../../../ir/build.ts';
import { type Expr, type VariableNode, variable } from '../../../ir/expr.ts';
import { compile } from '../../../run/compile.ts';
import type { Stream } from '../../harness/random.ts';
import { readModel } from '../engine.ts';
import type { ModelText } from '../entry.ts';
import { norm } from '../matrices.ts';

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export interface Task {
  readonly X: Tensor;
  readonly Y: Tensor;
  readonly m: number;
}

/** Weights by name. */
export type Weights = Readonly<Record<string, Tensor>>;

export interface Classifier {
  readonly start: (stream: Stream) => Weights;
  readonly loss: (weights: Weights) => number;
  /** The loss and the direction of steepest descent, of length 1, with the length of the gradient and the radius π/Δ along it. */
  readonly look: (weights: Weights) => { readonly loss: number; readonly direction: Weights; readonly length: number; readonly radius: number };
  readonly accuracy: (weights: Weights) => number;
}

export function classifier(lossText: ModelText, logitsText: ModelText, shapes: Readonly<Record<string, readonly [number, number]>>, { X, Y, m }: Task): Classifier {
  const names = Object.keys(shapes);
  const [loss, logits] = [readModel(lossText), readModel(logitsText)];
  const along = names.map((name): VariableNode => variable(`d${name}`, logits.variable(name).shape));
  const change: Expr = names.map((name, i) => jvp(logits.expr, logits.variable(name), along[i]!)).reduce((a, b) => add(a, b));
  const slopes = compile(change, { fixed: { X } });
  const scores = compile(logits.expr, { fixed: { X } });
  const fixed = { X, Y, m };
  const value = compile(loss.expr, { fixed });
  const gradient = compile(Object.fromEntries(gradients(loss.expr, names.map(loss.variable)).map((g, i) => [names[i]!, g])), { fixed });
  const [rows, classes] = Y.shape as [number, number];
  return {
    start: (stream) => Object.fromEntries(names.map((name) => [name, { shape: shapes[name]!, data: stream.split(name).normals(shapes[name]![0] * shapes[name]![1]).map((x) => x / Math.sqrt(shapes[name]![0])) }])),
    loss: (weights) => value(weights).data[0]!,
    look: (weights) => {
      const found = gradient(weights);
      const length = Math.hypot(...names.map((name) => norm(found[name]!.data)));
      const direction = Object.fromEntries(names.map((name) => [name, { shape: shapes[name]!, data: Float64Array.from(found[name]!.data, (g) => -g / length) }]));
      const slope = slopes({ ...weights, ...Object.fromEntries(names.map((name) => [`d${name}`, direction[name]!])) }).data;
      let spread = 0;
      for (let i = 0; i < rows; i++) {
        const row = slope.subarray(i * classes, (i + 1) * classes);
        spread = Math.max(spread, Math.max(...row) - Math.min(...row));
      }
      return { loss: value(weights).data[0]!, direction, length, radius: Math.PI / spread };
    },
    accuracy: (weights) => {
      const all = scores(weights).data;
      let right = 0;
      for (let i = 0; i < rows; i++) {
        const row = all.subarray(i * classes, (i + 1) * classes);
        if (Y.data[i * classes + row.indexOf(Math.max(...row))] === 1) right++;
      }
      return right / rows;
    },
  };
}

/** Weights moved by so much along a direction. */
export function moved(weights: Weights, direction: Weights, by: number): Weights {
  return Object.fromEntries(Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: data.map((x, i) => x + by * direction[name]!.data[i]!) }]));
}

export interface ClusterOptions {
  readonly classes: number;
  /** How many clusters a class has. */
  readonly each: number;
  readonly inputs: number;
  readonly perCluster: number;
  readonly spread: number;
}

/** Clusters around random unit vectors; the last column of X is 1. */
export function clusters({ classes, each, inputs, perCluster, spread }: ClusterOptions, stream: Stream): Task {
  const count = classes * each;
  const N = count * perCluster;
  const centres = Array.from({ length: count }, (_, k) => {
    const v = stream.split('centre').split(k).normals(inputs);
    return v.map((x) => x / norm(v));
  });
  const noise = stream.split('noise').normals(N * inputs);
  const X = Float64Array.from({ length: N * (inputs + 1) }, (_, at) => {
    const [i, j] = [Math.floor(at / (inputs + 1)), at % (inputs + 1)];
    return j === inputs ? 1 : centres[i % count]![j]! + spread * noise[i * inputs + j]!;
  });
  const Y = Float64Array.from({ length: N * classes }, (_, at) => ((Math.floor(at / classes) % count) % classes === at % classes ? 1 : 0));
  return { X: { shape: [N, inputs + 1], data: X }, Y: { shape: [N, classes], data: Y }, m: N };
}
