// Dense factors of [H + diag(d), Aᵀ; A, -diag(e)]. What has a diagonal of its own goes first, entry by entry: variables
// whose second derivatives are on the diagonal, or rows with room; what remains is a dense matrix of fewer rows, the
// Schur complement, to which they give one symmetric product. The cheapest of these ways is taken.

import { lookAtTime } from '../../base/deadline.ts';
import { rowMajor, sub, transposed } from '../../run/wasm/matrix.ts';
import type { Matrix as Held } from '../../run/wasm/matrix.ts';
import { eachEntry, entryCount } from '../matrix.ts';
import type { Matrix, SparseMatrix } from '../matrix.ts';
import { curvatureOf, hasOwnDiagonal } from './diagonal.ts';
import type { DiagonalFacts } from './diagonal.ts';
import { kktKernels, roomOf } from './kkt-form.ts';
import type { HeldKkt, KktForm } from './kkt-form.ts';

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
// Rows with less room press: eliminated, they would drown what is small beside them. So many more than variables stay.
const pressing = 1e-5;
const spareRows = 8;
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
  const tail = m - way.headRows + way.rest + mostKept(way);
  const gram = way.kind === 'rows' ? way.headRows * n : (n - way.rest) * m;
  return { kind: 'dense', head: way.kind, work: way.work, tail: m - way.headRows + way.rest, room: m * n + way.rest ** 2 + 2 * tail ** 2 + gram, hold: () => hold(H, A, way) };
}

/** The cheapest elimination. */
function elimination(H: Matrix, A: SparseMatrix, facts: DiagonalFacts): Elimination {
  const [n, m] = [H.rows, A.rows];
  const own = hasOwnDiagonal(curvatureOf(H), facts.variables);
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

function mostKept({ headRows, rest }: Elimination): number {
  return Math.min(headRows, rest + spareRows);
}

/** Places of the zeros, then of the ones. */
function inOrder(flags: Uint8Array): Int32Array {
  const out = new Int32Array(flags.length);
  let at = 0;
  for (const wanted of [0, 1]) for (let i = 0; i < flags.length; i++) if (flags[i] === wanted) out[at++] = i;
  return out;
}

function hold(H: Matrix, A: SparseMatrix, way: Elimination): HeldKkt {
  lookAtTime();
  const { kind, variables, rows, rest, headRows } = way;
  const [n, m] = [H.rows, A.rows];
  const size = n + m;
  const tailRows = m - headRows;
  const tail = tailRows + rest;
  const heads = size - tail;
  const most = tail + mostKept(way);
  const curved = hasCurvature(H);
  const gram = kind === 'rows' ? headRows * n : (n - rest) * m;
  const room = roomOf(8 * (m * n + (curved ? rest * rest : 0) + tail * tail + most * most + gram + panel * most + 4 * most + heads * 2 + (vectorCount + 1) * size + 40));
  const { machine } = room;
  const { memory } = machine.context;
  const blas = machine.blas('f64');
  const kernel = kktKernels(machine);
  const matrix = (count: number, cols: number): Held => rowMajor(room.doubles(count * cols), count, cols);
  const [heldA, heldH] = [matrix(m, n), matrix(curved ? rest : 0, rest)];
  const [template, factored, product, scaled] = [matrix(tail, tail), room.doubles(most * most), matrix(1, gram), matrix(panel, most)];
  const [sizes, pivots, signs, tailVector] = [room.doubles(most), room.doubles(most), room.doubles(most), room.doubles(most)];
  const [inverse, root] = [room.doubles(heads), room.doubles(heads)];
  const diagonal = room.doubles(size);
  const vectors = Array.from({ length: vectorCount }, () => room.doubles(size));
  const spare = vectors.pop()!;

  const place = new Int32Array(size);
  for (let j = 0; j < n; j++) place[variables[j]!] = m + j;
  for (let i = 0; i < m; i++) place[n + rows[i]!] = i;
  const curvature = new Float64Array(size);
  // Rows of the head that press come before the tail.
  const kept: number[] = [];
  fill();

  const block = (M: Held, i: number, j: number, count: number, cols: number): Held => sub(M, i, j, count, cols);
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
  }

  function factor(regularisation: number): void {
    let all = memory.f64();
    const d = diagonal / 8;
    kept.length = 0;
    for (let i = 0; i < heads; i++) {
      const pivot = Math.abs(all[d + headAt + i]!);
      const isKept = kind === 'rows' && pivot < pressing && kept.length < most - tail;
      if (isKept) kept.push(i);
      const over = isKept ? 0 : 1 / (pivot + regularisation);
      all[inverse / 8 + i] = over;
      all[root / 8 + i] = Math.sqrt(over);
    }
    const before = kept.length;
    const order = before + tail;
    const S = rowMajor(factored, order, order);
    fillTail(all, S);
    if (heads > before && headA.cols > 0 && headA.rows > 0) {
      const byRows = kind === 'rows';
      const weighted = rowMajor(product.at, headA.rows, headA.cols);
      kernel.scaled(headA.rows, headA.cols, headA.at, headA.rowStep * 8, root, byRows ? 8 : 0, byRows ? 0 : 8, weighted.at);
      const factors = byRows ? transposed(weighted) : weighted;
      const to = byRows ? block(S, before + tailRows, before + tailRows, n, n) : block(S, 0, 0, m, m);
      blas.syrkLower(byRows ? 1 : -1, factors, factors, 1, to);
      all = memory.f64();
    }
    for (let i = 0; i < order; i++) {
      const at = S.at / 8 + i * (order + 1);
      const own = i < before ? headAt + kept[i]! : tailAt + i - before;
      const sign = i < before + tailRows ? -1 : 1;
      all[at]! += all[d + own]! + sign * regularisation;
      all[sizes / 8 + i] = Math.abs(all[at]!);
      all[signs / 8 + i] = sign;
    }
    factorTail(S);
  }

  /** What does not depend on the diagonals: that of the tail, below the rows that are kept. */
  function fillTail(all: Float64Array, S: Held): void {
    const [before, order] = [kept.length, S.rows];
    const [from, to] = [template.at / 8, S.at / 8];
    if (before === 0) {
      all.copyWithin(to, from, from + tail * tail);
      return;
    }
    all.fill(0, to, to + before * order);
    for (let i = 0; i < tail; i++) {
      const row = to + (before + i) * order;
      for (let k = 0; k < before; k++) all[row + k] = i < tailRows ? 0 : all[heldA.at / 8 + kept[k]! * n + i - tailRows]!;
      all.copyWithin(row + before, from + i * tail, from + (i + 1) * tail);
    }
  }

  /** From the last row to the first, in panels. */
  function factorTail(S: Held): void {
    const order = S.rows;
    const width = order <= 2 * panel ? order : panel;
    for (let last = order; last > 0; last -= width) {
      lookAtTime();
      const first = Math.max(0, last - width);
      kernel.denseFactor(first, last, order * 8, S.at, signs, pivots, sizes);
      if (first === 0) return;
      const L = block(S, first, 0, last - first, first);
      const LD = rowMajor(scaled.at, L.rows, first);
      kernel.scaled(L.rows, first, L.at, order * 8, pivots + 8 * first, 8, 0, LD.at);
      blas.syrkLower(-1, transposed(LD), transposed(L), 1, block(S, 0, 0, first, first));
    }
  }

  /** With what is kept before it. */
  function solveTail(v: number): void {
    const before = kept.length;
    const order = before + tail;
    const all = memory.f64();
    const [t, own] = [tailVector / 8, v / 8 + tailAt];
    for (let k = 0; k < before; k++) all[t + k] = all[v / 8 + kept[k]!]!;
    all.copyWithin(t + before, own, own + tail);
    kernel.denseSolve(order, order * 8, factored, pivots, tailVector);
    all.copyWithin(own, t + before, t + order);
  }

  function backward(v: number): void {
    const [head, variablesOfV] = [v + 8 * headAt, v + 8 * m];
    if (heads > 0) kernel.times(heads, head, inverse, spare);
    if (kind === 'rows') addTransposed(1, headA, spare, variablesOfV);
    else if (heads > 0) add(-1, headA, spare, v);
    solveTail(v);
    if (heads === 0) return;
    memory.f64().fill(0, spare / 8, spare / 8 + heads);
    if (kind === 'rows') {
      add(1, headA, variablesOfV, spare);
      kernel.between(heads, spare, head, inverse, head);
      const all = memory.f64();
      kept.forEach((row, k) => (all[v / 8 + row] = all[tailVector / 8 + k]!));
    } else {
      addTransposed(1, headA, v, spare);
      kernel.between(heads, head, spare, inverse, head);
    }
  }

  /** y += by · A x, or Aᵀ x */
  function add(by: number, M: Held, x: number, y: number): void {
    if (M.rows > 0 && M.cols > 0) kernel.gemv(M.rows, M.cols, by, M.at, M.rowStep * 8, x, y);
  }

  function addTransposed(by: number, M: Held, x: number, y: number): void {
    if (M.rows > 0 && M.cols > 0) kernel.gemvT(M.rows, M.cols, by, M.at, M.rowStep * 8, x, y);
  }

  function lessProduct(v: number, to: number): void {
    add(-1, heldA, v + 8 * m, to);
    addTransposed(-1, heldA, v, to + 8 * m);
    if (curved) add(-1, heldH, v + 8 * m, to + 8 * m);
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
