// Checks by numbers that a part is what it is said to be of the eigenvalues of a matrix, in any order of them.

import { must } from '../base/internal.ts';
import { random } from '../base/random.ts';
import { type ApplyNode, type Expr, type VariableNode, variable } from '../ir/expr.ts';
import { facts, matrixFacts } from '../ir/fact.ts';
import { variables } from '../ir/walk.ts';
import { factsOf, has, isSymmetric } from '../ops/facts.ts';
import { opNamed } from '../ops/table.ts';
import { dense } from '../ops/reference/dense.ts';
import { symmetricEigen } from '../ops/reference/symmetric-eigen.ts';
import { interpreter } from '../run/interpret.ts';
import { sample, sampleSizes, variablesOf } from '../run/sample.ts';
import { replaced } from './regular.ts';
import type { OfSpectrum } from './spectrum.ts';
import { isSymmetricIn } from './symmetric-in.ts';

const points = 5;
const tolerance = 1e-8;

/** Undefined when `node` is the function of the values that its matrix has in the list. */
export function differsOnList(node: Expr, { matrix, eigenvalues, reduced, list }: OfSpectrum & { readonly list: ApplyNode }, by: readonly VariableNode[]): string | undefined {
  const known = opNamed(list.op).lists;
  if (known === undefined || list.args[0] !== matrix || (known === 'eigenvalues' && !isSymmetric(matrix))) return 'no values of the matrix are listed';
  if (eigenvalues.shape.length !== 1 || [...eigenvalues.facts.has].some((f) => !has(list, f))) return 'the variable is no such list';
  if (replaced(node, new Map([[list, eigenvalues]])) !== reduced || variables([reduced]).some((v) => by.includes(v))) return 'the part depends on more than the list';
  return isSymmetricIn(reduced, eigenvalues) ? undefined : 'the part depends on the order of the list';
}

/** Undefined when `node` is g of the eigenvalues of the matrix at random points, and depends on the variables through it alone. */
export function differsOnSpectrum(node: Expr, { matrix, eigenvalues, reduced }: OfSpectrum, by: readonly VariableNode[]): string | undefined {
  const known = [...factsOf(matrix).has].filter((f) => (matrixFacts as readonly string[]).includes(f));
  const S = variable('matrix of it', matrix.shape, facts([...known, 'symmetric']));
  const f = replaced(node, new Map([[matrix, S]]));
  if (variables([f]).some((v) => by.includes(v))) return 'the part depends on the variables beside its matrix';
  const stream = random(11);
  for (let k = 0; k < points; k++) {
    const sizes = sampleSizes([f, reduced], stream);
    const { values } = sample(variablesOf([f, reduced]), sizes, stream, 'definite');
    const spectrum = symmetricEigen(must(values.get(S.name))).values;
    const along = (data: Float64Array): number => must(interpreter([reduced], sizes)(new Map([...values, [eigenvalues.name, dense(spectrum.shape, data)]]))[0]).data[0]!;
    const [whole] = interpreter([f], sizes)(values);
    const expected = must(whole).data[0]!;
    const off = Math.max(Math.abs(along(spectrum.data) - expected), Math.abs(along(spectrum.data.toReversed()) - expected));
    if (!(off <= tolerance * Math.max(1, Math.abs(expected)))) return `the part is ${expected} where its function of the eigenvalues is ${along(spectrum.data)}`;
  }
  return undefined;
}
