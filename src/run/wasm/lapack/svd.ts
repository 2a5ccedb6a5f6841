// Thin singular value decomposition: to bidiagonal form by reflections, then implicit QR.
// Golub & Kahan 1965; Golub & Van Loan, section 8.6; zero shifts after Demmel & Kahan 1990

import { invariant } from '../../../base/internal.ts';
import { colOf, part, rowMajor, rowOf, sub, transposed, vectorAt } from '../matrix.ts';
import type { Blas } from '../blas.ts';
import type { Matrix } from '../matrix.ts';
import { setIdentity, temporaryMatrix } from './lu.ts';
import { qr } from './qr.ts';
import { BLOCK, reflect, reflector, reflectorBlocks, reflectorRoom, setTriangle } from './reflectors.ts';

/**
 * A = U diag(s) Vᵀ for A [m, n] (overwritten), r = min(m, n): U [m, r], V [n, r], s descending.  Each column of
 * V has its largest entry positive (of those that tie to within rounding, the first).  NaN throughout for
 * entries that are not finite.
 */
export function svd(blas: Blas, A: Matrix, U: Matrix, V: Matrix): Float64Array {
  invariant(blas.real === 'f64' && A.colStep === 1, 'doubles stored by rows');
  const [m, n] = [A.rows, A.cols];
  const r = Math.min(m, n);
  let most = 0;
  let finite = true;
  for (let i = 0; i < m; i++) {
    const row = rowOf(A, i);
    finite &&= blas.context.memory.doubles(row.at, n).every(Number.isFinite);
    most = Math.max(most, blas.amax(row));
  }
  if (!finite) {
    for (const M of [U, V]) for (let i = 0; i < M.rows; i++) blas.fill(NaN, rowOf(M, i, 0, r));
    return new Float64Array(r).fill(NaN);
  }
  const scale = most === 0 || (most > 1e-100 && most < 1e100) ? 1 : 2 ** Math.max(-1000, Math.floor(Math.log2(most)));
  if (scale !== 1) for (let i = 0; i < m; i++) blas.scal(1 / scale, rowOf(A, i));
  return temporaryMatrix(blas, r, m, (Ut) =>
    temporaryMatrix(blas, r, n, (Vt) => {
      let s: Float64Array;
      if (m >= n) s = tall(blas, A, Ut, Vt);
      else {
        s = temporaryMatrix(blas, n, m, (At) => {
          blas.copyMatrix(A, transposed(At));
          return tall(blas, At, Vt, Ut);
        });
      }
      for (let i = 0; i < r; i++) {
        const leading = leader(blas, Vt, i);
        if (leading >= 0) continue;
        blas.scal(-1, rowOf(Vt, i));
        blas.scal(-1, rowOf(Ut, i));
      }
      blas.copyMatrix(transposed(Ut), U);
      blas.copyMatrix(transposed(Vt), V);
      return s.map((value) => value * scale);
    }),
  );
}

function leader(blas: Blas, M: Matrix, i: number): number {
  const row = rowOf(M, i);
  const most = blas.amax(row) / (1 + 1e-10);
  return blas.context.memory.doubles(row.at, row.length).find((value) => Math.abs(value) >= most) ?? 0;
}

/** For m ≥ n; singular vectors in the rows of Ut [n, m] and Vt [n, n]. */
function tall(blas: Blas, A: Matrix, Ut: Matrix, Vt: Matrix): Float64Array {
  const [m, n] = [A.rows, A.cols];
  if (m <= 1.6 * n || n === 0) return square(blas, A, Ut, Vt);
  // A = Q R first: the reflections from both sides then work on R alone.
  return temporaryMatrix(blas, m, n, (Q) =>
    temporaryMatrix(blas, n, n, (R) =>
      temporaryMatrix(blas, n, n, (inner) => {
        qr(blas, A, Q, R);
        const s = square(blas, R, inner, Vt);
        blas.gemm(1, inner, transposed(Q), 0, Ut);
        return s;
      }),
    ),
  );
}

function square(blas: Blas, A: Matrix, Ut: Matrix, Vt: Matrix): Float64Array {
  const [m, n] = [A.rows, A.cols];
  const { memory } = blas.context;
  const [d, e] = [new Float64Array(n), new Float64Array(n)];
  return memory.temporary(reflectorRoom(n, m), (leftRoom) =>
    memory.temporary(reflectorRoom(n, n), (rightRoom) => {
      const [left, right] = [reflectorBlocks(leftRoom, n, m), reflectorBlocks(rightRoom, n, n)];
      bidiagonalise(blas, A, d, e, left, right);
      // Start from the rows of the identity, so that rotations work on neighbouring numbers.
      setIdentity(blas, Ut);
      setIdentity(blas, Vt);
      for (let start = Math.floor((n - 1) / BLOCK) * BLOCK; start >= 0; start -= BLOCK) {
        reflect(blas, left(start), transposed(sub(Ut, start, start, n - start, m - start)), 'forward');
        reflect(blas, right(start), transposed(sub(Vt, start, start, n - start, n - start)), 'forward');
      }
      memory.temporary(4 * n * 8, (angles) => implicitQr(blas, d, e, Ut, Vt, angles));
      return sortDescending(blas, d, Ut, Vt);
    }),
  );
}

/** Diagonal d and superdiagonal e (e_i at (i, i + 1)); left reflector i acts on rows i …, right on columns i + 1 …. */
function bidiagonalise(
  blas: Blas,
  A: Matrix,
  d: Float64Array,
  e: Float64Array,
  left: ReturnType<typeof reflectorBlocks>,
  right: ReturnType<typeof reflectorBlocks>,
): void {
  const [m, n] = [A.rows, A.cols];
  const { memory } = blas.context;
  memory.temporary((m + n) * 8, (at) => {
    const [alongRows, alongCols] = [vectorAt(at, m), vectorAt(at + m * 8, n)];
    for (let start = 0; start < n; start += BLOCK) {
      const [L, R] = [left(start), right(start)];
      const [leftTaus, rightTaus]: [number[], number[]] = [[], []];
      for (let j = 0; j < L.V.rows; j++) {
        const i = start + j;
        const v = rowOf(L.V, j, j);
        blas.fill(0, rowOf(L.V, j, 0, j));
        blas.copy(1, colOf(A, i, i), v);
        const { beta, tau } = reflector(blas, v);
        d[i] = beta;
        leftTaus.push(tau);
        blas.fill(0, rowOf(R.V, j));
        if (i === n - 1) {
          rightTaus.push(0);
          break;
        }
        // A ← (I - tau v vᵀ) A, then row i is reduced from the right.
        const rest = sub(A, i, i + 1, m - i, n - i - 1);
        const w = part(alongCols, 0, n - i - 1);
        blas.gemv(1, transposed(rest), v, 0, w);
        blas.ger(-tau, v, w, rest);
        const u = rowOf(R.V, j, j + 1);
        blas.copy(1, rowOf(A, i, i + 1), u);
        const across = reflector(blas, u);
        e[i] = across.beta;
        rightTaus.push(across.tau);
        const below = sub(A, i + 1, i + 1, m - i - 1, n - i - 1);
        const x = part(alongRows, 0, m - i - 1);
        blas.gemv(1, below, u, 0, x);
        blas.ger(-across.tau, x, u, below);
      }
      setTriangle(blas, L.V, leftTaus, L.T);
      setTriangle(blas, R.V, rightTaus, R.T);
    }
  });
}

/** d becomes the singular values of the bidiagonal matrix; rows of Ut and Vt are rotated with it. */
function implicitQr(blas: Blas, d: Float64Array, e: Float64Array, Ut: Matrix, Vt: Matrix, angles: number): void {
  const n = d.length;
  const rows = (M: Matrix, i: number, j: number, c: number, s: number): void =>
    blas.rot(rowOf(M, i), rowOf(M, j), c, s);
  const size = d.reduce((most, value, i) => Math.max(most, Math.abs(value), Math.abs(e[i]!)), 0);
  const tiny = size * 1e-290;
  for (let last = n - 1, turns = 0; last > 0; turns++) {
    if (turns > 60 * n) {
      d.fill(NaN); // never met for finite input
      return;
    }
    const negligible = (i: number): boolean =>
      Math.abs(e[i]!) <= Number.EPSILON * 0.5 * (Math.abs(d[i]!) + Math.abs(d[i + 1]!)) || Math.abs(e[i]!) <= tiny;
    if (negligible(last - 1)) {
      e[last - 1] = 0;
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !negligible(first - 1)) first--;
    if (first > 0) e[first - 1] = 0;
    const zero = d.subarray(first, last).indexOf(0);
    if (zero >= 0) {
      chaseRow(d, e, first + zero, last, (i, j, c, s) => rows(Ut, i, j, c, s));
      continue;
    }
    if (d[last] === 0) {
      chaseColumn(d, e, first, last, (i, j, c, s) => rows(Vt, i, j, c, s));
      continue;
    }
    // One sweep; its rotations of neighbouring rows are applied together.
    const length = last - first;
    const [left, right] = [angles, angles + 2 * n * 8].map((at) => blas.context.memory.doubles(at, 2 * length));
    step(d, e, first, last, left!, right!);
    blas.sweepRows(sub(Ut, first, 0, length + 1, Ut.cols), angles);
    blas.sweepRows(sub(Vt, first, 0, length + 1, Vt.cols), angles + 2 * n * 8);
  }
}

type Rotate = (i: number, j: number, c: number, s: number) => void;

/** d_at = 0: its row is emptied by rotations with the rows below. */
function chaseRow(d: Float64Array, e: Float64Array, at: number, last: number, rotate: Rotate): void {
  let bulge = e[at]!;
  e[at] = 0;
  for (let k = at + 1; k <= last && bulge !== 0; k++) {
    const r = Math.hypot(d[k]!, bulge);
    const [c, s] = [d[k]! / r, bulge / r];
    d[k] = r;
    // Rows at and k: row at ← c row at - s row k.
    rotate(k, at, c, s);
    if (k < last) {
      bulge = -s * e[k]!;
      e[k]! *= c;
    }
  }
}

/** d_last = 0: its column is emptied by rotations with the columns before. */
function chaseColumn(d: Float64Array, e: Float64Array, first: number, last: number, rotate: Rotate): void {
  let bulge = e[last - 1]!;
  e[last - 1] = 0;
  for (let k = last - 1; k >= first && bulge !== 0; k--) {
    const r = Math.hypot(d[k]!, bulge);
    const [c, s] = [d[k]! / r, bulge / r];
    d[k] = r;
    rotate(k, last, c, s);
    if (k > first) {
      bulge = -s * e[k - 1]!;
      e[k - 1]! *= c;
    }
  }
}

/** One sweep of QR on the block first … last; pairs c, s of its rotations go to `left` and `right`. */
function step(
  d: Float64Array,
  e: Float64Array,
  first: number,
  last: number,
  left: Float64Array,
  right: Float64Array,
): void {
  const shift = wilkinson(d, e, first, last);
  // A shift that would be lost in d_first² is left out: the step then keeps small values accurate.
  const useShift = shift > 0 && (shift / d[first]!) * (shift / d[first]!) > Number.EPSILON;
  let f = useShift ? (Math.abs(d[first]!) - shift) * (Math.sign(d[first]!) + shift / d[first]!) : d[first]!;
  let g = e[first]!;
  for (let k = first; k < last; k++) {
    // From the right, columns k and k + 1.
    let r = Math.hypot(f, g);
    let [c, s] = r === 0 ? [1, 0] : [f / r, g / r];
    if (k > first) e[k - 1] = r;
    f = c * d[k]! + s * e[k]!;
    e[k] = c * e[k]! - s * d[k]!;
    g = s * d[k + 1]!;
    d[k + 1]! *= c;
    right[2 * (k - first)] = c;
    right[2 * (k - first) + 1] = s;
    // From the left, rows k and k + 1.
    r = Math.hypot(f, g);
    [c, s] = r === 0 ? [1, 0] : [f / r, g / r];
    d[k] = r;
    f = c * e[k]! + s * d[k + 1]!;
    d[k + 1] = c * d[k + 1]! - s * e[k]!;
    if (k < last - 1) {
      g = s * e[k + 1]!;
      e[k + 1]! *= c;
    }
    left[2 * (k - first)] = c;
    left[2 * (k - first) + 1] = s;
  }
  e[last - 1] = f;
}

/** The smaller singular value of the last 2×2 block.  LAPACK's dlas2 */
function wilkinson(d: Float64Array, e: Float64Array, first: number, last: number): number {
  const [f, g, h] = [Math.abs(d[last - 1]!), Math.abs(e[last - 1]!), Math.abs(d[last]!)];
  const [low, high] = [Math.min(f, h), Math.max(f, h)];
  if (low === 0 || last === first) return 0;
  if (g < high) {
    const [ratio, gap, across] = [1 + low / high, (high - low) / high, (g / high) ** 2];
    return low * (2 / (Math.sqrt(ratio * ratio + across) + Math.sqrt(gap * gap + across)));
  }
  const inverse = high / g;
  if (inverse === 0) return (low * high) / g;
  const [ratio, gap] = [1 + low / high, (high - low) / high];
  const c = 1 / (Math.sqrt(1 + (ratio * inverse) ** 2) + Math.sqrt(1 + (gap * inverse) ** 2));
  return 2 * (low * c * inverse);
}

function sortDescending(blas: Blas, d: Float64Array, Ut: Matrix, Vt: Matrix): Float64Array {
  const n = d.length;
  for (let i = 0; i < n; i++) {
    if (d[i]! >= 0) continue;
    d[i] = -d[i]!;
    blas.scal(-1, rowOf(Vt, i));
  }
  const order = Array.from(d.keys()).sort((i, j) => d[j]! - d[i]!);
  for (const M of [Ut, Vt]) {
    temporaryMatrix(blas, n, M.cols, (sorted) => {
      order.forEach((from, to) => blas.copyMatrix(sub(M, from, 0, 1, M.cols), sub(sorted, to, 0, 1, M.cols)));
      blas.copyMatrix(sorted, rowMajor(M.at, n, M.cols, M.rowStep));
    });
  }
  return Float64Array.from(order, (i) => d[i]!);
}
