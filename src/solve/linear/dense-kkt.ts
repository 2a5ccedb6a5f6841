// Dense factors of [H + diag(d), Aᵀ; A, -diag(e)]. What has a diagonal of its own goes first, entry by entry: variables
// whose second derivatives are on the diagonal, or rows with room; what remains is a dense matrix of fewer rows, the
// Schur complement, to which they give one symmetric product. The cheapest of these ways is taken.

import { lookAtTime } from '../../base/deadline.ts';
import { rowMajor, sub, transposed, vectorAt } from '../../run/wasm/matrix.ts';
import type { Matrix as Held } from '../../run/wasm/matrix.ts';
import { eachEntry, entryCount } from '../matrix.ts';
import type { Matrix, SparseMatrix } from '../matrix.ts';
import { kktKernels, roomOf } from './kkt-form.ts';
import type { HeldKkt, KktForm } from './kkt-form.ts';

/** What is known before numbers are. */
export interface DiagonalFacts {
  /** Variables with d > 0. */
  readonly variables?: Uint8Array;
  /** Rows with e > 0. */
  readonly rows?: Uint8Array;
}

/** The first `rest` variables and the last rows, from `head` on, are factored; either all variables or all rows are. */
interface Elimination {
  readonly kind: KktForm['head'];
  readonly variables: Int32Array;
  readonly rows: Int32Array;
  readonly rest: number;
  readonly headRows: number;
  /** Multiplications, of which those of the products count less. */
  readonly work: number;
}

// A multiplication of the factorisation costs so many of the product.
const factorCost = 2;
const panel = 64;
const vectorCount = 7;

export interface DenseForm extends KktForm {
  /** Multiplications of a factorisation. */
  readonly work: number;
  /** Rows left for it. */
  readonly tail: number;
  /** Numbers that it holds. */
  readonly room: number;
}

export function denseForm(H: Matrix, A: SparseMatrix, facts: DiagonalFacts): DenseForm {
  const way = elimination(H, A, facts);
  const [n, m] = [H.rows, A.rows];
  const tail = m - way.headRows + way.rest;
  const gram = way.kind === 'rows' ? way.headRows * n : (n - way.rest) * m;
  return { kind: 'dense', head: way.kind, work: way.work, tail, room: m * n + way.rest ** 2 + 2 * tail ** 2 + gram, hold: () => hold(H, A, way) };
}

/** The cheapest elimination. */
function elimination(H: Matrix, A: SparseMatrix, facts: DiagonalFacts): Elimination {
  const [n, m] = [H.rows, A.rows];
  const own = onDiagonal(H, facts.variables);
  const headVariables = own.reduce((sum, flag) => sum + flag, 0);
  const headRows = facts.rows?.reduce((sum, flag) => sum + flag, 0) ?? 0;
  const costOf = (heads: number, square: number): number => (heads * square ** 2) / 2 + (factorCost * (n + m - heads) ** 3) / 6;
  const [byVariables, byRows, whole] = [costOf(headVariables, m), costOf(headRows, n), costOf(0, 0)];
  const [allVariables, allRows] = [inOrder(new Uint8Array(n)), inOrder(new Uint8Array(m))];
  if (headRows > 0 && byRows < Math.min(whole, byVariables))
    // Rows of the head come first, variables last.
    return { kind: 'rows', variables: allVariables, rows: inOrder(facts.rows!.map((flag) => 1 - flag)), rest: n, headRows, work: byRows };
  if (headVariables > 0 && byVariables < whole) return { kind: 'variables', variables: inOrder(own), rows: allRows, rest: n - headVariables, headRows: 0, work: byVariables };
  return { kind: 'none', variables: allVariables, rows: allRows, rest: n, headRows: 0, work: whole };
}

/** Places of the zeros, then of the ones. */
function inOrder(flags: Uint8Array): Int32Array {
  const out = new Int32Array(flags.length);
  let at = 0;
  for (const wanted of [0, 1]) for (let i = 0; i < flags.length; i++) if (flags[i] === wanted) out[at++] = i;
  return out;
}

// Of the largest: a curvature that is clearly there.
const clear = 1e-6;

/** Variables whose row of H has its diagonal entry alone, where that or d is clearly positive. */
function onDiagonal(H: Matrix, bounded: Uint8Array | undefined): Uint8Array {
  const n = H.rows;
  const alone = new Uint8Array(n).fill(1);
  const diagonal = new Float64Array(n);
  let most = 0;
  if (entryCount(H) > 0)
    eachEntry(H, (i, j, value) => {
      if (i === j) {
        diagonal[i]! += value;
        if (value > most) most = value;
      } else if (value !== 0) alone[i] = alone[j] = 0;
    });
  for (let j = 0; j < n; j++) if (bounded?.[j] !== 1 && !(diagonal[j]! > clear * most)) alone[j] = 0;
  return alone;
}

function hold(H: Matrix, A: SparseMatrix, { kind, variables, rows, rest, headRows }: Elimination): HeldKkt {
  lookAtTime();
  const [n, m] = [H.rows, A.rows];
  const size = n + m;
  const tailRows = m - headRows;
  const tail = tailRows + rest;
  const heads = size - tail;
  const curved = hasCurvature(H);
  const gram = kind === 'rows' ? headRows * n : (n - rest) * m;
  const room = roomOf(8 * (m * n + (curved ? rest * rest : 0) + 2 * tail * tail + gram + panel * tail + 3 * tail + heads * 2 + (vectorCount + 1) * size + 40));
  const { machine } = room;
  const { memory } = machine.context;
  const blas = machine.blas('f64');
  const kernel = kktKernels(machine);
  const matrix = (count: number, cols: number): Held => rowMajor(room.doubles(count * cols), count, cols);
  const [heldA, heldH] = [matrix(m, n), matrix(curved ? rest : 0, rest)];
  const [template, S, product, scaled] = [matrix(tail, tail), matrix(tail, tail), matrix(1, gram), matrix(panel, tail)];
  const [sizes, pivots, signs] = [room.doubles(tail), room.doubles(tail), room.doubles(tail)];
  const [inverse, root] = [room.doubles(heads), room.doubles(heads)];
  const diagonal = room.doubles(size);
  const vectors = Array.from({ length: vectorCount }, () => room.doubles(size));
  const spare = vectors.pop()!;

  const place = new Int32Array(size);
  for (let j = 0; j < n; j++) place[variables[j]!] = m + j;
  for (let i = 0; i < m; i++) place[n + rows[i]!] = i;
  const curvature = new Float64Array(size);
  fill();

  const block = (M: Held, i: number, j: number, count: number, cols: number): Held => sub(M, i, j, count, cols);
  const vector = (at: number, from: number, length: number): ReturnType<typeof vectorAt> => vectorAt(at + 8 * from, length);
  /** Of rows or columns of A: what is eliminated, beside what is left. */
  const headA = kind === 'rows' ? block(heldA, 0, 0, headRows, n) : block(heldA, 0, rest, m, n - rest);
  const headAt = kind === 'rows' ? 0 : tail;
  const tailAt = kind === 'rows' ? headRows : 0;

  return { size, place, curvature, diagonal, vectors, factor, backward, lessProduct, release: room.release };

  function fill(): void {
    const all = memory.f64();
    const [a, h, t] = [heldA.at / 8, heldH.at / 8, template.at / 8];
    all.fill(0, a, a + m * n);
    all.fill(0, h, h + heldH.rows * rest);
    all.fill(0, t, t + tail * tail);
    for (let i = 0; i < m; i++) {
      const row = place[n + i]!;
      for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) {
        const column = place[A.indices[at]!]! - m;
        all[a + row * n + column]! += A.values[at]!;
        if (row >= headRows && column < rest) all[t + (tailRows + column) * tail + row - headRows]! += A.values[at]!;
      }
    }
    if (entryCount(H) > 0)
      eachEntry(H, (i, j, value) => {
        if (j > i) return;
        const [one, other] = [place[i]! - m, place[j]! - m];
        if (i === j) {
          curvature[m + one]! += value;
          return;
        }
        all[h + one * rest + other]! += value;
        all[h + other * rest + one]! += value;
        all[t + (tailRows + Math.max(one, other)) * tail + tailRows + Math.min(one, other)]! += value;
      });
    all.fill(-1, signs / 8, signs / 8 + tailRows);
    all.fill(1, signs / 8 + tailRows, signs / 8 + tail);
  }

  function factor(regularisation: number): void {
    let all = memory.f64();
    const [d, s] = [diagonal / 8, S.at / 8];
    all.copyWithin(s, template.at / 8, template.at / 8 + tail * tail);
    for (let i = 0; i < heads; i++) {
      const pivot = Math.abs(all[d + headAt + i]!) + regularisation;
      all[inverse / 8 + i] = 1 / pivot;
      all[root / 8 + i] = Math.sqrt(1 / pivot);
    }
    if (heads > 0 && headA.cols > 0 && headA.rows > 0) {
      const byRows = kind === 'rows';
      const weighted = rowMajor(product.at, headA.rows, headA.cols);
      kernel.scaled(headA.rows, headA.cols, headA.at, headA.rowStep * 8, root, byRows ? 8 : 0, byRows ? 0 : 8, weighted.at);
      const factors = byRows ? transposed(weighted) : weighted;
      const to = byRows ? block(S, tailRows, tailRows, n, n) : block(S, 0, 0, m, m);
      blas.syrkLower(byRows ? 1 : -1, factors, factors, 1, to);
      all = memory.f64();
    }
    for (let i = 0; i < tail; i++) {
      const at = s + i * (tail + 1);
      all[at]! += all[d + tailAt + i]! + (i < tailRows ? -regularisation : regularisation);
      all[sizes / 8 + i] = Math.abs(all[at]!);
    }
    factorTail();
  }

  /** From the last row to the first, in panels. */
  function factorTail(): void {
    const width = tail <= 2 * panel ? tail : panel;
    for (let last = tail; last > 0; last -= width) {
      lookAtTime();
      const first = Math.max(0, last - width);
      kernel.denseFactor(first, last, tail * 8, S.at, signs, pivots, sizes);
      if (first === 0) return;
      const L = block(S, first, 0, last - first, first);
      const LD = rowMajor(scaled.at, L.rows, first);
      kernel.scaled(L.rows, first, L.at, tail * 8, pivots + 8 * first, 8, 0, LD.at);
      blas.syrkLower(-1, transposed(LD), transposed(L), 1, block(S, 0, 0, first, first));
    }
  }

  function backward(v: number): void {
    const solveTail = (): unknown => kernel.denseSolve(tail, tail * 8, S.at, pivots, v + 8 * tailAt);
    if (heads === 0) {
      solveTail();
      return;
    }
    const head = v + 8 * headAt;
    const [rowsOfV, variablesOfV] = [vector(v, 0, m), vector(v, m, n)];
    if (kind === 'rows') {
      kernel.times(heads, head, inverse, spare);
      blas.gemv(1, transposed(headA), vectorAt(spare, heads), 1, variablesOfV);
      solveTail();
      blas.gemv(1, headA, variablesOfV, 0, vectorAt(spare, heads));
      kernel.between(heads, spare, head, inverse, head);
      return;
    }
    kernel.times(heads, head, inverse, spare);
    blas.gemv(-1, headA, vectorAt(spare, heads), 1, rowsOfV);
    solveTail();
    blas.gemv(1, transposed(headA), rowsOfV, 0, vectorAt(spare, heads));
    kernel.between(heads, head, spare, inverse, head);
  }

  function lessProduct(v: number, to: number): void {
    blas.gemv(-1, heldA, vector(v, m, n), 1, vector(to, 0, m));
    blas.gemv(-1, transposed(heldA), vector(v, 0, m), 1, vector(to, m, n));
    if (curved) blas.gemv(-1, heldH, vector(v, m, rest), 1, vector(to, m, rest));
  }
}

/** Has H an entry beside its diagonal? */
function hasCurvature(H: Matrix): boolean {
  let found = false;
  if (entryCount(H) > 0)
    eachEntry(H, (i, j, value) => {
      if (i !== j && value !== 0) found = true;
    });
  return found;
}
