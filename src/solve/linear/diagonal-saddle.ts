// Saddle systems [diag(h), Jᵀ; J, -diag(e)] of separable functions, by what is left for the rows: J diag(1/h) Jᵀ + diag(e).

import { eachEntry } from '../matrix.ts';
import type { Matrix } from '../matrix.ts';

export interface Backward {
  readonly positive: number;
  readonly negative: number;
  /** Solves for (x, y) in place. */
  readonly backward: (work: Float64Array) => void;
}

// A pivot below this, of what has ones on its diagonal, leaves the decision to a factorisation of the whole.
const clear = 1e-9;

/** Undefined where H has entries off its diagonal, a pivot is not clearly positive, or rows nearly depend on each other. */
export function byDiagonal(H: Matrix, d: Float64Array, J: Matrix, e: Float64Array): Backward | undefined {
  const h = diagonalOf(H);
  if (!h) return undefined;
  const [n, m] = [H.rows, J.rows];
  for (let j = 0; j < n; j++) {
    h[j]! += d[j]!;
    if (!(h[j]! > 0 && h[j]! < Infinity)) return undefined;
  }
  // J diag(h)^-½ by rows.
  const root = h.map((value) => 1 / Math.sqrt(value));
  const B = new Float64Array(m * n);
  eachEntry(J, (i, j, value) => {
    B[i * n + j]! += value * root[j]!;
  });
  const S = new Float64Array(m * m);
  const scale = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = k === i ? e[i]! : 0;
      for (let j = 0; j < n; j++) sum += B[i * n + j]! * B[k * n + j]!;
      S[i * m + k] = sum;
    }
    scale[i] = 1 / Math.sqrt(S[i * m + i]!);
  }
  if (!factorised(S, m, scale)) return undefined;
  const backward = (work: Float64Array): void => {
    for (let j = 0; j < n; j++) work[j]! *= root[j]!;
    for (let i = 0; i < m; i++) {
      let sum = -work[n + i]!;
      for (let j = 0; j < n; j++) sum += B[i * n + j]! * work[j]!;
      work[n + i] = sum * scale[i]!;
    }
    solveFactorised(S, m, work.subarray(n));
    for (let i = 0; i < m; i++) {
      work[n + i]! *= scale[i]!;
      for (let j = 0; j < n; j++) work[j]! -= B[i * n + j]! * work[n + i]!;
    }
    for (let j = 0; j < n; j++) work[j]! *= root[j]!;
  };
  return { positive: n, negative: m, backward };
}

function diagonalOf(H: Matrix): Float64Array | undefined {
  const h = new Float64Array(H.rows);
  if (H.kind === 'sparse') {
    for (let i = 0; i < H.rows; i++) {
      for (let at = H.starts[i]!; at < H.starts[i + 1]!; at++) {
        if (H.indices[at] === i) h[i]! += H.values[at]!;
        else if (H.values[at] !== 0) return undefined;
      }
    }
    return h;
  }
  for (let i = 0; i < H.rows; i++) {
    for (let j = 0; j < i; j++) if (H.data[i * H.cols + j] !== 0) return undefined;
    h[i] = H.data[i * H.cols + i]!;
  }
  return h;
}

/** diag(scale) S diag(scale) = L Lᵀ, in place of its lower triangle; false where a pivot is not clearly positive. */
function factorised(S: Float64Array, m: number, scale: Float64Array): boolean {
  for (let i = 0; i < m; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = S[i * m + k]! * scale[i]! * scale[k]!;
      for (let l = 0; l < k; l++) sum -= S[i * m + l]! * S[k * m + l]!;
      if (k < i) S[i * m + k] = sum / S[k * m + k]!;
      else if (sum > clear) S[i * m + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

function solveFactorised(L: Float64Array, m: number, y: Float64Array): void {
  for (let i = 0; i < m; i++) {
    let sum = y[i]!;
    for (let k = 0; k < i; k++) sum -= L[i * m + k]! * y[k]!;
    y[i] = sum / L[i * m + i]!;
  }
  for (let i = m - 1; i >= 0; i--) {
    const value = y[i]! / L[i * m + i]!;
    y[i] = value;
    for (let k = 0; k < i; k++) y[k]! -= L[i * m + k]! * value;
  }
}
