import { expect, test } from 'vitest';
import { add, block, dense, fromNested, matmul, scale, sub, transpose } from './dense.ts';
import type { Dense } from './dense.ts';
import { definite, expectAllNaN, expectNear, generic, rightHalf } from './samples-for-tests.ts';
import { frechet, frechetTensor } from './frechet.ts';
import { inverse } from './lu.ts';
import { lyap } from './lyapunov.ts';
import { inverse as inverseOfJet } from './jet.ts';
import { cosm, cosmOfJet, expm, expmOfJet, logm, logmOfJet, sinm, sinmOfJet, sqrtm, sqrtmOfJet } from './matrix-function.ts';

const X = scale(generic(3, 3, 1), 0.8);
const E = generic(3, 3, 2);
const F = generic(3, 3, 3);

/** Central differences at h, h/2, h/4, … extrapolated to h = 0 (Richardson). */
function richardson(difference: (h: number) => Dense, h: number): Dense {
  let row = [0, 1, 2, 3, 4].map((level) => difference(h / 2 ** level));
  for (let order = 1; row.length > 1; order++) {
    const weight = 4 ** order;
    row = row.slice(1).map((finer, index) => scale(sub(scale(finer, weight), row[index]!), 1 / (weight - 1)));
  }
  return row[0]!;
}

test('against extrapolated differences of e^X, orders 1 and 2', () => {
  const at = (s: number, t: number): Dense => expm(add(X, add(scale(E, s), scale(F, t))));
  const first = richardson((h) => scale(sub(at(h, 0), at(-h, 0)), 0.5 / h), 0.5);
  expectNear(frechet(expmOfJet, X, [E]), first, 1e-12);
  const second = richardson(
    (h) => scale(sub(add(at(h, h), at(-h, -h)), add(at(h, -h), at(-h, h))), 0.25 / h ** 2),
    0.5,
  );
  expectNear(frechet(expmOfJet, X, [E, F]), second, 1e-11);
});

test('square root: the Lyapunov equation', () => {
  for (const n of [1, 2, 4]) {
    for (const P of [rightHalf(n, 1), definite(n, 2)]) {
      const [R, G, H] = [sqrtm(P), generic(n, n, 4), generic(n, n, 5)];
      const [LG, LH] = [lyap(R, G), lyap(R, H)];
      expectNear(frechet(sqrtmOfJet, P, [G]), LG, 1e-14);
      // Differentiate R L(G) + L(G) R = G once more.
      const second = lyap(R, scale(add(matmul(LH, LG), matmul(LG, LH)), -1));
      expectNear(frechet(sqrtmOfJet, P, [G, H]), second, 1e-13);
    }
  }
});

test('logarithm and exponential are inverse to each other', () => {
  const P = rightHalf(3, 6);
  expectNear(frechet(expmOfJet, logm(P), [frechet(logmOfJet, P, [E])]), E, 1e-14);
  expectNear(frechet(logmOfJet, expm(X), [frechet(expmOfJet, X, [E])]), E, 1e-13);
});

test('sine and cosine: derivatives of sin² + cos² = 1', () => {
  const [S, C, DS, DC] = [sinm(X), cosm(X), frechet(sinmOfJet, X, [E]), frechet(cosmOfJet, X, [E])];
  const sum = add(add(matmul(S, DS), matmul(DS, S)), add(matmul(C, DC), matmul(DC, C)));
  expectNear(sum, dense([3, 3]), 1e-14);
});

test('any function of jets will do: the inverse, order 3', () => {
  const P = rightHalf(3, 6);
  const Y = inverse(P);
  const G = generic(3, 3, 7);
  let wanted = dense([3, 3]);
  for (const [A, B, C] of [
    [E, F, G],
    [E, G, F],
    [F, E, G],
    [F, G, E],
    [G, E, F],
    [G, F, E],
  ] as const) {
    wanted = sub(wanted, [A, Y, B, Y, C, Y].reduce(matmul, Y));
  }
  expectNear(frechet(inverseOfJet, P, [E, F, G]), wanted, 1e-14);
});

test('multilinear at every scale, symmetric, and scalar derivatives for 1×1', () => {
  expectNear(
    scale(frechet(logmOfJet, rightHalf(3, 6), [scale(E, 1e-100), scale(F, 1e120)]), 1e-20),
    frechet(logmOfJet, rightHalf(3, 6), [F, E]),
    1e-14,
  );
  expectNear(frechet(expmOfJet, X, []), expm(X), 0);
  expectNear(frechet(expmOfJet, X, [dense([3, 3])]), dense([3, 3]), 0);
  const one = fromNested([[1]]);
  expectNear(frechet(sqrtmOfJet, fromNested([[4]]), [one, one, one]), fromNested([[3 / 8 / 4 ** 2.5]]), 1e-15);
  expectNear(frechet(logmOfJet, fromNested([[2]]), [one, one, one, one]), fromNested([[-6 / 16]]), 1e-15);
  expectNear(frechet(sinmOfJet, dense([1, 1]), [one]), one, 0);
  expectAllNaN(frechet(logmOfJet, fromNested([[-1]]), [one]));
  expect(() => frechet(expmOfJet, X, [one])).toThrow(/^internal:/);
});

test('the tensor contracted with directions is the derivative in them', () => {
  const contractLast = (T: Dense, D: Dense): Dense => {
    const rest = T.data.length / 9;
    return dense(
      T.shape.slice(0, -2),
      block(matmul(dense([rest, 9], T.data), dense([9, 1], D.data)), 0, 0, rest, 1).data,
    );
  };
  const second = frechetTensor(expmOfJet, X, [], 2);
  expect(second.shape).toEqual([3, 3, 3, 3, 3, 3]);
  expectNear(contractLast(contractLast(second, E), F), frechet(expmOfJet, X, [E, F]), 1e-14);
  expectNear(contractLast(frechetTensor(expmOfJet, X, [E], 1), F), frechet(expmOfJet, X, [E, F]), 1e-14);
  expectNear(frechetTensor(expmOfJet, X, [E], 0), frechet(expmOfJet, X, [E]), 0);
  // X ↦ X: the identity tensor δ_ia δ_jb
  const first = frechetTensor((A) => A, X, [], 1);
  expectNear(contractLast(first, transpose(E)), transpose(E), 0);
});
