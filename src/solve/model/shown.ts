// What the numbers of parameters show beyond their signs, asked for where a model is not seen to be convex without it: on which
// side of 1 they are, that a matrix is semidefinite, and at last what a scalar is: c-d is positive for c = 3 and d = 2.

import { must } from '../../base/internal.ts';
import { inContext } from '../../ir/expr.ts';
import { type Fact, type Facts, facts } from '../../ir/fact.ts';
import { dependents } from '../../ir/walk.ts';
import type { Parameter } from '../evaluate.ts';
import { isSemidefinite } from '../linear/definite.ts';
import { denseMatrix } from '../matrix.ts';
import { isPolynomial } from '../polynomial.ts';
import type { ModelData } from './data.ts';
import { withSideOfOne } from './exponents.ts';
import { type PreparedModel, bentFor, conicFor, judgedFor, normsFor, readyFor } from './prepare.ts';

// Larger arrays are not looked at.
const mostNumbers = 1e6;
// Beside its value, on both sides.
const margin = 1e-12;
// Of the largest entry: what products of matrices leave of their symmetry.
const rounding = 1e-14;

/** The data with facts by which the model is convex, if signs alone do not suffice and these do. */
export function withShownFacts(prepared: PreparedModel, given: ModelData, until: number): ModelData {
  return inContext(prepared.context, () => {
    if (isSeen(prepared, given, until)) return given;
    for (const shown of [ofArrays, ofScalars]) {
      const more = new Map([...given.facts].map(([name, known]) => [name, shown(must(given.parameters.get(name)), known, given.kept?.changing.has(name) === true)]));
      const other = { ...given, facts: more };
      if ([...more].some(([name, known]) => known !== given.facts.get(name)) && judgedFor(prepared, more).convexity(until).all) return other;
    }
    return given;
  });
}

/** Whether signs suffice, or the numbers of a program tell in their own way; what is dear to prove is asked last. */
function isSeen(prepared: PreparedModel, given: ModelData, until: number): boolean {
  const variables = new Set(prepared.model.variables.map((v) => v.node));
  const isOfForms = [prepared.model.objective, ...prepared.model.constraints].every(({ expr }) => isPolynomial([...dependents(expr, variables)]));
  if (isOfForms || conicFor(prepared, given, until) || normsFor(prepared, given, until) || bentFor(prepared, given.facts, until)) return true;
  const { smooth, rows, class: kind } = readyFor(prepared, given.facts).derived;
  const isProgram = (kind === 'linear' || kind === 'quadratic') && smooth.kinksLeft.length === 0 && rows.every((r) => r.affine);
  return isProgram || judgedFor(prepared, given.facts).convexity(until).all;
}

function ofArrays({ shape, data, sparse }: Parameter, known: Facts): Facts {
  if (sparse !== undefined || data.length > mostNumbers) return known;
  const [least, most] = [data.reduce((a, b) => Math.min(a, b), Infinity), data.reduce((a, b) => Math.max(a, b), -Infinity)];
  const sided = withSideOfOne(known, least, most);
  const found = curvatureOf(shape, data);
  return found === undefined ? sided : facts([...sided.has, found]);
}

function curvatureOf([n = 0, m = 0, ...more]: readonly number[], data: Float64Array): Fact | undefined {
  if (n !== m || n === 0 || more.length > 0) return undefined;
  const least = rounding * data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) if (!(Math.abs(data[i * n + j]! - data[j * n + i]!) <= least)) return undefined;
  if (isSemidefinite(denseMatrix(n, n, data))) return 'psd';
  return isSemidefinite(denseMatrix(n, n, data.map((x) => -x))) ? 'nsd' : undefined;
}

/** What changes from solve to solve is told by powers of two, so that few forms of the model are made. */
function ofScalars(value: Parameter, known: Facts, changes: boolean): Facts {
  const all = ofArrays(value, known);
  if (value.shape.length > 0) return all;
  const at = value.data[0]!;
  const power = 2 ** Math.floor(Math.log2(Math.abs(at)));
  const [low, high] = changes && at !== 0 ? (at > 0 ? [power, 2 * power] : [-2 * power, -power]) : [at, at];
  const by = margin * Math.max(1, Math.abs(low), Math.abs(high));
  return facts(all.has, { above: low - by, below: high + by });
}
