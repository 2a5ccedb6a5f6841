// The symmetric quasi-definite systems of interior points and projections onto active sets,
//
//     [ H + diag(d)   Aᵀ      ] [x]   [f]
//     [ A            -diag(e) ] [y] = [g]      with d, e ≥ 0,
//
// factored with a small regularisation of both diagonals (Vanderbei 1995; Friedlander & Orban 2012), which iterative
// refinement against the system itself takes out again; where that is slow, a short Krylov space does. Sparse or dense,
// whichever costs less.

import { lookAtTime } from '../../base/deadline.ts';
import { sharedMachine } from '../../run/wasm/machine.ts';
import { vectorAt } from '../../run/wasm/matrix.ts';
import { entryCount } from '../matrix.ts';
import type { Matrix, SparseMatrix } from '../matrix.ts';
import { denseForm } from './dense-kkt.ts';
import type { DiagonalFacts } from './diagonal.ts';
import { gmres } from './gmres.ts';
import { kktKernels } from './kkt-form.ts';
import type { HeldKkt, KktForm } from './kkt-form.ts';
import { withoutSingletons } from './singletons.ts';
import { sparseForm } from './sparse-kkt.ts';

export interface KktPlan {
  readonly n: number;
  readonly m: number;
  readonly form: KktForm;
  /** In linear memory, from the first factorisation on. */
  held: HeldKkt | undefined;
}

/** Until the plan is factored again. */
export interface KktFactors {
  /** Solves in place; `x` [n] and `y` [m] come as the right-hand side. Returns the relative residual reached. */
  solve(x: Float64Array, y: Float64Array): number;
}

// A dense multiplication costs about a third of one with indices.
const sparseFactor = 3;
// What is left after elimination is little where so many times as much goes first.
const fewRows = 5;
// Dense work for which no order is sought.
const little = 3e5;
// Numbers of a dense form.
const mostRoom = 2e8;

/** Reads the pattern once; H is dense in full or sparse as its lower triangle. */
export function planKkt(H: Matrix, A: SparseMatrix, facts: DiagonalFacts = {}): KktPlan {
  const left = withoutSingletons(H, A, facts);
  const form = left === undefined ? formOf(H, A, facts) : left.around(formOf(left.H, left.A, left.facts));
  return { n: H.rows, m: A.rows, form, held: undefined };
}

function formOf(H: Matrix, A: SparseMatrix, facts: DiagonalFacts): KktForm {
  const [n, m] = [H.rows, A.rows];
  const size = n + m;
  const dense = denseForm(H, A, facts);
  const entries = (H.kind === 'dense' ? entryCount(H) / 2 : entryCount(H)) + entryCount(A);
  const isFull = entries > 0.2 * size * size || (fewRows * dense.tail <= size && entryCount(A) >= 0.1 * m * n);
  if (dense.room <= mostRoom && (isFull || dense.work <= little)) return dense;
  const sparse = sparseForm(H, A);
  return dense.room <= mostRoom && sparse.work * sparseFactor > dense.work ? dense : sparse;
}

/** Gives the memory of the plan back; a later factorisation takes it anew. */
export function releaseKkt(plan: KktPlan): void {
  plan.held?.release();
  plan.held = undefined;
}

// Of the right-hand side: what is left after refinement; above the second, a Krylov space is worth its price.
const enough = 1e-14;
const nearlyEnough = 1e-12;
const slow = 0.3;
const mostDirections = 10;

/** Factors for one pair of diagonals; `regularisation` is added to both. */
export function factorKkt(plan: KktPlan, d: Float64Array, e: Float64Array, regularisation = 1e-8): KktFactors {
  const { n, m } = plan;
  const held = (plan.held ??= plan.form.hold());
  const { size, place, diagonal } = held;
  const machine = sharedMachine();
  const { memory } = machine.context;
  const blas = machine.blas('f64');
  const kernel = kktKernels(machine);
  const [right, weight, correction] = held.vectors as [number, number, number];
  const [residual, solution, spare] = held.vectors.slice(3) as [number, number, number];

  // A residual matters by what it moves: an unknown with a large diagonal entry moves little.
  const numbers = memory.f64();
  for (let i = 0; i < size; i++) {
    const value = i < n ? d[i]! : e[i - n]!;
    const at = place[i]!;
    numbers[diagonal / 8 + at] = held.curvature[at]! + (i < n ? value : -value);
    numbers[weight / 8 + at] = 1 / Math.max(1, value);
  }
  lookAtTime();
  held.factor(regularisation);

  const sizeOf = (v: number): number => {
    const most = kernel.most(size, v, weight);
    return Number.isNaN(most) ? Infinity : most;
  };
  const vector = (at: number): ReturnType<typeof vectorAt> => vectorAt(at, size);
  /** to ← right - K v */
  const residualInto = (v: number, to: number): void => {
    kernel.rest(size, right, diagonal, v, to);
    held.lessProduct(v, to);
  };
  /** Of a vector in linear memory and its copy outside. */
  const outside = (use: (at: number) => void): ((v: Float64Array) => void) => (v) => {
    memory.f64().set(v, correction / 8);
    use(correction);
    v.set(memory.doubles(correction, size));
  };
  /** Tries a correction; keeps it if it helps, and says what is left. */
  const correct = (error: number): number => {
    kernel.plus(size, solution, correction);
    residualInto(correction, spare);
    const next = sizeOf(spare);
    if (!(next < error)) return error;
    const all = memory.f64();
    all.copyWithin(solution / 8, correction / 8, correction / 8 + size);
    all.copyWithin(residual / 8, spare / 8, spare / 8 + size);
    return next;
  };

  const solve = (x: Float64Array, y: Float64Array): number => {
    let all = memory.f64();
    for (let i = 0; i < size; i++) all[right / 8 + place[i]!] = i < n ? x[i]! : y[i - n]!;
    all.copyWithin(residual / 8, right / 8, right / 8 + size);
    all.fill(0, solution / 8, solution / 8 + size);
    const scale = Math.max(sizeOf(right), 1e-300);
    let error = scale;
    for (let turn = 0; turn < 4 && error > enough * scale; turn++) {
      memory.f64().copyWithin(correction / 8, residual / 8, residual / 8 + size);
      held.backward(correction);
      const before = error;
      error = correct(error);
      if (error > slow * before) break;
    }
    for (let turn = 0; turn < 3 && error > nearlyEnough * scale; turn++) {
      const before = error;
      const found = gmres(
        {
          size,
          backward: outside(held.backward),
          multiply: (v) => {
            const out = v.slice();
            outside((at) => {
              kernel.times(size, diagonal, at, spare);
              blas.scal(-1, vector(spare));
              held.lessProduct(at, spare);
              blas.copy(-1, vector(spare), vector(at));
            })(out);
            return out;
          },
          weight: memory.doubles(weight, size).slice(),
        },
        memory.doubles(residual, size).slice(),
        mostDirections,
        Math.max(1e-8, (0.1 * nearlyEnough * scale) / error),
      );
      memory.f64().set(found, correction / 8);
      error = correct(error);
      if (error > 0.5 * before) break;
    }
    all = memory.f64();
    for (let i = 0; i < n; i++) x[i] = all[solution / 8 + place[i]!]!;
    for (let i = 0; i < m; i++) y[i] = all[solution / 8 + place[n + i]!]!;
    return error / scale;
  };
  return { solve };
}
