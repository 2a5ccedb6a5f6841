// The ladder of controls: the same probe on tables from which something was taken away.

import { must } from '../../base/internal.ts';
import type { Stream } from '../harness/random.ts';
import { asInput, formulas } from './kernels.ts';
import { directions } from './nearest.ts';
import { surfaceFeatures } from './surface.ts';
import { type Matrix, type Tables, column, columnMeans, lessRow, rowsOf } from './tables.ts';

export type ControlName =
  | 'mean predictor'
  | 'rows permuted'
  | 'independent columns'
  | 'unrelated balls'
  | 'random direction'
  | 'random ball'
  | 'random embedding'
  | 'features themselves'
  | 'surface features';

/**
 * base      nothing can be predicted: what scores give for nothing
 * geometry  meaningless features that follow the geometry of the embedding
 * ceiling   what the method reaches when it is told the answer
 * surface   features of the spelling, against themselves with their rows permuted
 */
export type ControlSort = 'base' | 'geometry' | 'ceiling' | 'surface';

export interface Control {
  readonly name: ControlName;
  readonly sort: ControlSort;
  readonly breaks: string;
  readonly expected: string;
  /** Whether the real features are predicted, so that scores are about the same numbers. */
  readonly keepsFeatures: boolean;
  /** Tables of one draw; absent for what is not drawn. */
  readonly draw?: (tables: Tables, random: Stream) => { readonly X?: Matrix; readonly Y?: Matrix };
}

export const controls: readonly Control[] = [
  {
    name: 'mean predictor',
    sort: 'base',
    breaks: 'nothing is learned but how common each feature is',
    expected: 'the base rate, with an AUC at or below chance',
    keepsFeatures: true,
  },
  {
    name: 'rows permuted',
    sort: 'base',
    breaks: 'the link between a word and its features',
    expected: 'base rate',
    keepsFeatures: true,
    draw: ({ Y }, random) => ({ Y: rowsOf(Y, random.permutation(Y.rows)) }),
  },
  {
    name: 'independent columns',
    sort: 'base',
    breaks: 'also the correlations of features; their counts are kept',
    expected: 'base rate',
    keepsFeatures: false,
    draw: ({ Y }, random) => ({ Y: byColumn(Y, (values) => Float64Array.from(random.permutation(Y.rows), (k) => values[k]!)) }),
  },
  {
    name: 'unrelated balls',
    sort: 'base',
    breaks: 'the link, and keeps the structure: neighbourhoods of a geometry whose words were permuted',
    expected: 'base rate',
    keepsFeatures: false,
    draw: (tables, random) => ({ Y: rowsOf(balls(tables, random), random.permutation(tables.Y.rows)) }),
  },
  {
    name: 'random embedding',
    sort: 'base',
    breaks: 'the embedding: normal numbers in its place',
    expected: 'base rate on held-out words, although high in sample',
    keepsFeatures: true,
    draw: ({ X }, random) => ({ X: { ...X, data: random.normals(X.data.length) } }),
  },
  {
    name: 'random direction',
    sort: 'geometry',
    breaks: 'the meaning, and keeps linear geometry: each feature is a random direction cut at its own count',
    expected: 'as good as real, where features only follow the geometry',
    keepsFeatures: false,
    draw: ({ X, Y }, random) => ({ Y: throughDirections(X, Y, random) }),
  },
  {
    name: 'random ball',
    sort: 'geometry',
    breaks: 'the meaning, and keeps local geometry: each feature is the neighbourhood of a random word, as large as its own count',
    expected: 'as good as real or better, where features only follow the geometry',
    keepsFeatures: false,
    draw: (tables, random) => ({ Y: balls(tables, random) }),
  },
  {
    name: 'features themselves',
    sort: 'ceiling',
    breaks: 'nothing: the features of a word predict themselves through a few components',
    expected: 'the upper bound of the method',
    keepsFeatures: true,
  },
  {
    name: 'surface features',
    sort: 'surface',
    breaks: 'the meaning: length and letters in place of the features',
    expected: 'their own base rate, unless the embedding knows spelling',
    keepsFeatures: false,
    draw: ({ words }, random) => ({ Y: rowsOf(must(surfaceFeatures(words)).Y, random.permutation(words.length)) }),
  },
];

/** Each column mapped on its own. */
function byColumn(Y: Matrix, map: (values: Float64Array, j: number) => Float64Array): Matrix {
  const data = new Float64Array(Y.data.length);
  for (let j = 0; j < Y.cols; j++) map(column(Y, j), j).forEach((value, i) => (data[i * Y.cols + j] = value));
  return { ...Y, data };
}

/** Words in the order of a random projection get the values of each feature, the highest first. */
function throughDirections(X: Matrix, Y: Matrix, random: Stream): Matrix {
  const centred = lessRow(X, columnMeans(X));
  return byColumn(Y, (values) => {
    const g = random.normals(X.cols);
    const along = Float64Array.from({ length: X.rows }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < X.cols; k++) sum += centred.data[i * X.cols + k]! * g[k]!;
      return sum;
    });
    return inOrderOf(along, values);
  });
}

/** Words in the order of their cosine with a random word get the values of each feature, the highest first. */
function balls({ X, Y }: Tables, random: Stream): Matrix {
  const rows = directions(X);
  const centres = Int32Array.from({ length: Y.cols }, () => random.integer(X.rows));
  const near = formulas({ P: "A*B'" }, 'A: matrix(m, d); B: matrix(n, d)')({ A: asInput(rowsOf(rows, centres)), B: asInput(rows) }).P.data;
  return byColumn(Y, (values, j) => inOrderOf(near.subarray(j * X.rows, (j + 1) * X.rows), values));
}

/** The values, dealt so that they fall as `score` falls. Equal scores keep their order. */
function inOrderOf(score: Float64Array | Float32Array, values: Float64Array): Float64Array {
  const order = Int32Array.from({ length: score.length }, (_, k) => k).sort((a, b) => score[b]! - score[a]! || a - b);
  const sorted = Float64Array.from(values).sort().reverse();
  const out = new Float64Array(values.length);
  order.forEach((word, place) => (out[word] = sorted[place]!));
  return out;
}
