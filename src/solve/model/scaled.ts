// A second derivative that is a matrix of the data between two diagonal ones, such as that of ½ (a.*y)'K(a.*y): methods that
// read few of its rows need no copy of it.

import { must } from '../../base/internal.ts';
import { type Expr, type VariableNode, contract, number } from '../../ir/expr.ts';
import { isSymmetric } from '../../ops/facts.ts';
import { sharedMachine } from '../../run/wasm/machine.ts';
import type { Resident } from '../../run/wasm/residents.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { unscaled } from '../../simplify/sum.ts';
import { type Known, valuesAt } from '../evaluate.ts';
import { denseMatrix } from '../matrix.ts';
import type { ScaledMatrix } from '../problem.ts';

/** Entry (i, j) is factor · scales[i] · M[i, j] · scales[j], with a parameter M. */
export interface ScaledForm {
  readonly matrix: VariableNode;
  readonly scales: readonly Expr[];
  readonly factor: Expr;
}

/** Read off the factors; undefined for other arrays. */
export function scaledForm(e: Expr): ScaledForm | undefined {
  const { coef, arg: product } = unscaled(e);
  if (product.kind === 'variable' && product.shape.length === 2) return isSymmetric(product) ? { matrix: product, scales: [], factor: number(coef) } : undefined;
  if (product.kind !== 'contract' || product.out.length !== 2 || product.out[0] === product.out[1]) return undefined;
  const { args, labels, out } = product;
  const parts = args.map((arg, k) => ({ arg, labels: must(labels[k]) }));
  const [M, ...more] = parts.filter((p) => p.labels.length === 2);
  if (!M || more.length > 0 || M.arg.kind !== 'variable' || !isSymmetric(M.arg) || !out.every((l) => M.labels.includes(l)) || M.labels[0] === M.labels[1]) return undefined;
  const of = (label: number): Expr[] => parts.filter((p) => p.labels.length === 1 && p.labels[0] === label).map((p) => p.arg);
  const [left, right] = [of(must(out[0])), of(must(out[1]))];
  const scalars = parts.filter((p) => p.labels.length === 0).map((p) => p.arg);
  const isMirrored = left.length === right.length && left.every((s) => left.filter((x) => x === s).length === right.filter((x) => x === s).length);
  if (!isMirrored || left.length + right.length + scalars.length + 1 !== parts.length) return undefined;
  return { matrix: M.arg, scales: left, factor: simplify(contract([number(coef), ...scalars], [[], ...scalars.map(() => [])], []), lazy) };
}

/** With numbers; undefined where the factor is negative. */
export function scaledMatrix({ matrix, scales, factor }: ScaledForm, known: Known): ScaledMatrix | undefined {
  const value = must(known.parameters.get(matrix.name));
  const [n = 0] = value.shape;
  const machine = sharedMachine();
  const { residents } = known;
  if (value.sparse || !residents) return undefined;
  const [times, ...vectors] = valuesAt([factor, ...scales], new Map(), known).map((v) => v.data);
  const all = must(must(times)[0]);
  if (!(all >= 0)) return undefined;
  const scale = new Float64Array(n).fill(Math.sqrt(all));
  for (const v of vectors) for (let i = 0; i < n; i++) scale[i]! *= v[i]!;
  const copy = (): Resident => residents.of(machine, value.data, 'f64', (address) => machine.context.memory.f64().set(value.data, address / 8));
  return { matrix: { ...denseMatrix(n, n, value.data), copy }, scale };
}
