// Fréchet derivatives of matrix functions of any order, exactly the function's own accuracy.
//
// They are the part with every ε of the function of a jet.  Higham 2008, "Functions of Matrices", section 3.2; Higham &
// Relton 2014

import { type Dense, dense, norm, requireSameShape, scale, squareDim } from './dense.ts';
import { type JetFunction, jetOf, topOf } from './jet.ts';

/** D^k f(X)[E1, …, Ek], symmetric in the directions; f(X) itself when there are none. */
export function frechet(f: JetFunction, X: Dense, directions: readonly Dense[]): Dense {
  for (const E of directions) requireSameShape(X, E);
  // Multilinear: take the directions about as long as X, by powers of two so that nothing is rounded.
  const size = norm(X) > 0 ? norm(X) : 1;
  const factors = directions.map((E) => powerOfTwoNear(size / norm(E)));
  const scaled = directions.map((E, index) => scale(E, factors[index]!));
  return factors.reduce((result, factor) => scale(result, 1 / factor), topOf(f(jetOf(X, scaled))));
}

/**
 * The derivative of order directions.length + free with `free` directions left open, as a tensor with axes
 * i, j, a1, b1, …, a_free, b_free: the open directions are unit matrices with their 1 at [a, b].
 */
export function frechetTensor(f: JetFunction, X: Dense, directions: readonly Dense[], free: number): Dense {
  const n = squareDim(X);
  const entries = n * n;
  const columns = entries ** free;
  const result = dense(new Array<number>(2 + 2 * free).fill(n));
  const known = new Map<string, Dense>(); // symmetric in the open slots, so each set of them is computed once
  for (let column = 0; column < columns; column++) {
    const slots = Array.from(
      { length: free },
      (_, slot) => Math.floor(column / entries ** (free - 1 - slot)) % entries,
    );
    const key = [...slots].sort((a, b) => a - b).join();
    let derivative = known.get(key);
    if (derivative === undefined) {
      derivative = frechet(f, X, [...directions, ...slots.map((slot) => unitMatrix(n, slot))]);
      known.set(key, derivative);
    }
    for (let row = 0; row < entries; row++) result.data[row * columns + column] = derivative.data[row]!;
  }
  return result;
}

function unitMatrix(n: number, entry: number): Dense {
  const E = dense([n, n]);
  E.data[entry] = 1;
  return E;
}

/** 1 for zero, infinite and undefined ratios. */
function powerOfTwoNear(ratio: number): number {
  return ratio > 0 && ratio < Infinity ? 2 ** Math.round(Math.log2(ratio)) : 1;
}
