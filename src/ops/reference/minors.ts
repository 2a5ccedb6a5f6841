// Derivatives of the determinant from signed minors, right where X is singular too.
//
// det X is linear in each row and in each column, so ∂^k det / ∂X[a1,b1]…∂X[ak,bk] is the determinant of
// what is left without those rows and columns, with a sign (Jacobi; Horn & Johnson, section 0.8).

import { dense, squareDim, transpose } from './dense.ts';
import type { Dense } from './dense.ts';
import { det } from './lu.ts';

/** adj X, with X adj X = det(X) I: the transposed cofactors. */
export function adjugate(X: Dense): Dense {
  return transpose(detDerivative(X, 1));
}

/** ∂^k det X / ∂X[a1,b1]…∂X[ak,bk] for k ≥ 1, as a tensor with axes a1, b1, …, ak, bk. */
export function detDerivative(X: Dense, k: number): Dense {
  const n = squareDim(X);
  if (!Number.isInteger(k) || k < 1) throw new Error(`internal: derivative order ${k} is not a positive integer`);
  const result = dense(new Array<number>(2 * k).fill(n));
  const choices = orderedChoices(n, k);
  const minors = new Map<string, number>();
  for (const rows of choices) {
    for (const cols of choices) {
      const key = `${rows.sorted.join()};${cols.sorted.join()}`;
      let minor = minors.get(key);
      if (minor === undefined) {
        minor = det(without(X, rows.sorted, cols.sorted));
        minors.set(key, minor);
      }
      let position = 0;
      for (let slot = 0; slot < k; slot++) position = (position * n + rows.picked[slot]!) * n + cols.picked[slot]!;
      result.data[position] = rows.sign * cols.sign * minor + 0;
    }
  }
  return result;
}

interface Choice {
  readonly picked: readonly number[];
  readonly sorted: readonly number[];
  /** (-1)^(sum of the picked indices + inversions of their order) */
  readonly sign: number;
}

/** All sequences of k distinct indices below n. */
function orderedChoices(n: number, k: number): readonly Choice[] {
  const choices: Choice[] = [];
  const extend = (picked: readonly number[], sign: number): void => {
    if (picked.length === k) {
      choices.push({ picked, sorted: [...picked].sort((a, b) => a - b), sign });
      return;
    }
    for (let next = 0; next < n; next++) {
      if (picked.includes(next)) continue;
      const inversions = picked.filter((earlier) => earlier > next).length;
      extend([...picked, next], (next + inversions) % 2 === 0 ? sign : -sign);
    }
  };
  extend([], 1);
  return choices;
}

function without(X: Dense, rows: readonly number[], cols: readonly number[]): Dense {
  const n = squareDim(X);
  const data: number[] = [];
  for (let i = 0; i < n; i++) {
    if (rows.includes(i)) continue;
    for (let j = 0; j < n; j++) if (!cols.includes(j)) data.push(X.data[i * n + j]!);
  }
  return dense([n - rows.length, n - cols.length], data);
}
