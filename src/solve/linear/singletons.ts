// Columns with one entry, as slacks have, cost no fill: they leave a system [H + diag(d), Aᵀ; A, -diag(e)] before an order
// is sought or a Schur complement formed. One with a diagonal d > 0 of its own gives its row the room a²/d. One without
// tells the multiplier of its row, which then tells it: both leave (the doubleton pivots of Duff & Reid 1996).

import { vectorAt } from '../../run/wasm/matrix.ts';
import type { Csr } from '../../run/wasm/matrix.ts';
import { partOf } from '../matrix.ts';
import type { Matrix, SparseMatrix } from '../matrix.ts';
import { curvatureOf, hasOwnDiagonal } from './diagonal.ts';
import type { DiagonalFacts } from './diagonal.ts';
import { kktKernels, roomOf } from './kkt-form.ts';
import type { HeldKkt, KktForm, Room } from './kkt-form.ts';
import { symmetricPart } from './symmetric.ts';

/** What is left, and the form of the whole from a form of that. */
export interface WithoutSingletons {
  readonly H: Matrix;
  readonly A: SparseMatrix;
  readonly facts: DiagonalFacts;
  readonly around: (form: KktForm) => KktForm;
}

/** Variables and rows by where they go; `value` is the one entry of each column, in the order of slacks and then pairs. */
interface Parts {
  readonly variables: Int32Array;
  readonly rows: Int32Array;
  /** Columns of rows that stay. */
  readonly slacks: Int32Array;
  readonly rowOfSlack: Int32Array;
  /** Columns that leave with their rows. */
  readonly pairs: Int32Array;
  readonly rowOfPair: Int32Array;
  readonly value: Float64Array;
}

const vectorCount = 6;
// Of the largest entry of its row: a pivot that does not make others grow much.
const clear = 0.1;

/** undefined where no column has one entry alone. */
export function withoutSingletons(H: Matrix, A: SparseMatrix, facts: DiagonalFacts): WithoutSingletons | undefined {
  const parts = partsOf(H, A, facts);
  if (parts === undefined) return undefined;
  const { variables, rows, rowOfSlack } = parts;
  const hasRoom = facts.rows?.slice() ?? new Uint8Array(A.rows);
  for (let k = 0; k < rowOfSlack.length; k++) hasRoom[rowOfSlack[k]!] = 1;
  return {
    H: symmetricPart(H, variables),
    A: partOf(A, rows, variables),
    facts: { ...(facts.variables && { variables: flagsAt(facts.variables, variables) }), ...(facts.free && { free: flagsAt(facts.free, variables) }), rows: flagsAt(hasRoom, rows) },
    around: (form) => ({ ...form, hold: () => hold(H, A, parts, form) }),
  };
}

function flagsAt(flags: Uint8Array, places: Int32Array): Uint8Array {
  const out = new Uint8Array(places.length);
  for (let k = 0; k < places.length; k++) out[k] = flags[places[k]!]!;
  return out;
}

function numbersAt(numbers: Int32Array, places: Int32Array): Int32Array {
  const out = new Int32Array(places.length);
  for (let k = 0; k < places.length; k++) out[k] = numbers[places[k]!]!;
  return out;
}

function partsOf(H: Matrix, A: SparseMatrix, facts: DiagonalFacts): Parts | undefined {
  const [n, m] = [A.cols, A.rows];
  // Of columns met once, the place of the entry; -1 before, -2 after the second.
  const only = new Int32Array(n).fill(-1);
  const rowOf = new Int32Array(n);
  for (let i = 0; i < m; i++) {
    for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) {
      const j = A.indices[at]!;
      only[j] = only[j] === -1 ? at : -2;
      rowOf[j] = i;
    }
  }
  if (!only.some((at) => at >= 0 && A.values[at] !== 0)) return undefined;
  const curvature = curvatureOf(H);
  const own = hasOwnDiagonal(curvature, facts.variables);
  const pairOf = new Int32Array(m).fill(-1);
  const sizes = new Float64Array(m).fill(-1);
  for (let j = 0; j < n; j++) {
    const at = only[j]!;
    const row = rowOf[j]!;
    if (at < 0 || facts.free?.[j] !== 1 || pairOf[row]! >= 0 || !curvature.alone[j] || curvature.diagonal[j] !== 0) continue;
    if (sizes[row]! < 0) sizes[row] = largest(A, row);
    if (Math.abs(A.values[at]!) > clear * sizes[row]!) pairOf[row] = j;
  }
  // 0: stays, 1: a slack, 2: of a pair.
  const goes = new Uint8Array(n);
  for (let j = 0; j < n; j++) {
    const at = only[j]!;
    if (at < 0 || A.values[at] === 0) continue;
    const pair = pairOf[rowOf[j]!]!;
    if (pair === j) goes[j] = 2;
    else if (pair < 0 && own[j] === 1) goes[j] = 1;
  }
  const [slacks, pairs] = [placesOf(goes, 1), placesOf(goes, 2)];
  const count = slacks.length + pairs.length;
  if (count === 0) return undefined;
  const value = new Float64Array(count);
  for (let k = 0; k < count; k++) value[k] = A.values[only[k < slacks.length ? slacks[k]! : pairs[k - slacks.length]!]!]!;
  const leaves = new Uint8Array(m);
  for (let k = 0; k < pairs.length; k++) leaves[rowOf[pairs[k]!]!] = 1;
  return { variables: placesOf(goes, 0), rows: placesOf(leaves, 0), slacks, rowOfSlack: numbersAt(rowOf, slacks), pairs, rowOfPair: numbersAt(rowOf, pairs), value };
}

function largest(A: SparseMatrix, row: number): number {
  let most = 0;
  for (let at = A.starts[row]!; at < A.starts[row + 1]!; at++) most = Math.max(most, Math.abs(A.values[at]!));
  return most;
}

function placesOf(kinds: Uint8Array, wanted: number): Int32Array {
  const out = new Int32Array(kinds.length);
  let used = 0;
  for (let i = 0; i < kinds.length; i++) if (kinds[i] === wanted) out[used++] = i;
  return out.subarray(0, used);
}

/** Vectors are those of what is left, then slacks, then variables of pairs, then rows of pairs. */
function hold(H: Matrix, A: SparseMatrix, parts: Parts, form: KktForm): HeldKkt {
  const { variables, rows, slacks, rowOfSlack, pairs, rowOfPair, value } = parts;
  const inner = form.hold();
  const { size: left } = inner;
  const [slackCount, pairCount] = [slacks.length, pairs.length];
  const size = A.rows + A.cols;
  const beside = partOf(A, rowOfPair, variables);
  const room = roomOf(8 * ((vectorCount + 1) * size + 3 * slackCount + 3 * pairCount + beside.values.length) + 4 * (2 * slackCount + pairCount + 2 + beside.indices.length) + 16 * (vectorCount + 16));
  const { machine } = room;
  const { memory } = machine.context;
  const blas = machine.blas('f64');
  const kernel = kktKernels(machine);
  const diagonal = room.doubles(size);
  const vectors = Array.from({ length: vectorCount }, () => room.doubles(size));
  const [slackInverse, slackSpare] = [room.doubles(slackCount), room.doubles(slackCount)];
  const [pairValue, pairInverse, pairSpare] = [room.doubles(pairCount), room.doubles(pairCount), room.doubles(pairCount)];
  memory.f64().set(value.subarray(slackCount), pairValue / 8);
  memory.f64().set(value.subarray(slackCount).map((a) => 1 / a), pairInverse / 8);

  const place = new Int32Array(size);
  const n = A.cols;
  const put = (of: Int32Array, from: number, at: (k: number) => number): void => {
    for (let k = 0; k < of.length; k++) place[from + of[k]!] = at(k);
  };
  put(variables, 0, (k) => inner.place[k]!);
  put(rows, n, (k) => inner.place[variables.length + k]!);
  put(slacks, 0, (k) => left + k);
  put(pairs, 0, (k) => left + slackCount + k);
  put(rowOfPair, n, (k) => left + slackCount + pairCount + k);
  const curvature = new Float64Array(size);
  curvature.set(inner.curvature);
  const { diagonal: own } = curvatureOf(H);
  // One entry for each slack: its row.
  const [starts, rowPlaces] = [new Int32Array(slackCount + 1), new Int32Array(slackCount)];
  for (let k = 0; k < slackCount; k++) {
    curvature[left + k] = own[slacks[k]!]!;
    starts[k + 1] = k + 1;
    rowPlaces[k] = place[n + rowOfSlack[k]!]!;
  }
  const ofSlacks = held(room, { rows: slackCount, starts, indices: rowPlaces, values: value.subarray(0, slackCount) }, left);
  const ofPairs = held(room, { ...beside, indices: beside.indices.map((k) => inner.place[k]!) }, left);
  const [slackAt, pairAt, rowAt] = [8 * left, 8 * (left + slackCount), 8 * (left + slackCount + pairCount)];

  return { size, place, curvature, diagonal, vectors, factor, backward, lessProduct, release };

  function release(): void {
    inner.release();
    room.release();
  }

  function factor(regularisation: number): void {
    const all = memory.f64();
    const [from, to, inverse] = [diagonal / 8, inner.diagonal / 8, slackInverse / 8];
    all.copyWithin(to, from, from + left);
    for (let k = 0; k < slackCount; k++) {
      const over = 1 / (all[from + left + k]! + regularisation);
      all[inverse + k] = over;
      all[to + rowPlaces[k]!]! -= value[k]! ** 2 * over;
    }
    inner.factor(regularisation);
  }

  function backward(v: number): void {
    if (pairCount > 0) {
      memory.f64().copyWithin(pairSpare / 8, (v + rowAt) / 8, (v + rowAt) / 8 + pairCount);
      kernel.times(pairCount, v + pairAt, pairInverse, v + rowAt);
      addTransposed(-1, ofPairs, v + rowAt, v);
    }
    if (slackCount > 0) {
      kernel.times(slackCount, v + slackAt, slackInverse, slackSpare);
      addTransposed(-1, ofSlacks, slackSpare, v);
    }
    inner.backward(v);
    if (slackCount > 0) {
      memory.f64().fill(0, slackSpare / 8, slackSpare / 8 + slackCount);
      add(1, ofSlacks, v, slackSpare);
      kernel.between(slackCount, v + slackAt, slackSpare, slackInverse, v + slackAt);
    }
    if (pairCount > 0) {
      kernel.rest(pairCount, pairSpare, diagonal + rowAt, v + rowAt, v + pairAt);
      add(-1, ofPairs, v, v + pairAt);
      kernel.times(pairCount, v + pairAt, pairInverse, v + pairAt);
    }
  }

  function lessProduct(v: number, to: number): void {
    inner.lessProduct(v, to);
    if (slackCount > 0) {
      add(-1, ofSlacks, v, to + slackAt);
      addTransposed(-1, ofSlacks, v + slackAt, to);
    }
    if (pairCount === 0) return;
    kernel.rest(pairCount, to + pairAt, pairValue, v + rowAt, to + pairAt);
    kernel.rest(pairCount, to + rowAt, pairValue, v + pairAt, to + rowAt);
    add(-1, ofPairs, v, to + rowAt);
    addTransposed(-1, ofPairs, v + rowAt, to);
  }

  /** y += by · S x, or Sᵀ x */
  function add(by: number, S: Csr, x: number, y: number): void {
    blas.csrGemv(by, S, vectorAt(x, S.cols), 1, vectorAt(y, S.rows));
  }

  function addTransposed(by: number, S: Csr, x: number, y: number): void {
    blas.csrGemvT(by, S, vectorAt(x, S.rows), 1, vectorAt(y, S.cols));
  }
}

/** In linear memory. */
function held(room: Room, { rows, starts, indices, values }: Pick<SparseMatrix, 'rows' | 'starts' | 'indices' | 'values'>, cols: number): Csr {
  const { memory } = room.machine.context;
  const S: Csr = { rows, cols, starts: room.ints(starts.length), indices: room.ints(indices.length), values: room.doubles(values.length) };
  memory.i32().set(starts, S.starts / 4);
  memory.i32().set(indices, S.indices / 4);
  memory.f64().set(values, S.values / 8);
  return S;
}
