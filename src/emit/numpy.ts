// NumPy. The array module is an argument, so that CuPy works.

import type { Dialect } from './dialect.ts';
import { pythonDialect } from './python.ts';
import { numpyPrelude } from './python-prelude.ts';

export const numpy: Dialect = pythonDialect({
  target: 'numpy',
  library: 'xp',
  imports: ['import numpy as np', 'from numpy.typing import ArrayLike'],
  setup: [],
  takes: 'ArrayLike',
  givesArray: 'np.ndarray',
  givesNumber: 'float',
  isArgument: true,
  sentence: 'Every function takes the array module as `xp`: NumPy, or CuPy for a GPU.',
  converted: (name) => `xp.asarray(${name}, dtype=float)`,
  filled: (value, shape) => (typeof value === 'number' ? `xp.full(${shape}, ${float(value)})` : `xp.${value}(${shape})`),
  eye: (n) => `xp.eye(${n})`,
  permuted: (x, order) => `${x}.transpose(${order})`,
  axis: 'axis',
  repeated: (x, shape) => `xp.broadcast_to(${x}, ${shape}).copy()`,
  padded: (x, axis, before, after) => `xp.pad(${x.code.text}, ${pairs(x.shape.length, axis, `(${before}, ${after})`)})`,
  diagonal: (x) => `xp.diagonal(${x})`,
  vdot: (a, b) => `xp.vdot(${a.text}, ${b.text})`,
  wholeGram: false,
  planned: 'optimize=True',
  asArray: (code) => code,
  prelude: numpyPrelude,
});

/** `((0, 0), (before, after))`; one pair for a vector. */
export function pairs(rank: number, axis: number, pair: string): string {
  return rank === 1 ? pair : `(${Array.from({ length: rank }, (_, i) => (i === axis ? pair : '(0, 0)')).join(', ')})`;
}

export function float(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
