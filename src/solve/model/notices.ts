// What is said of a model and its data beside the answer: names that nothing uses, numbers of very different size.

import type { Diagnostic } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { variables as variablesOf } from '../../ir/walk.ts';
import type { Model } from '../../lang/model.ts';
import type { VariableInfo } from '../../lang/resolve.ts';
import type { Range } from '../../run/wasm/survey.ts';
import { type Parameter, keptOnce } from '../evaluate.ts';
import { farBound } from '../far-bounds.ts';
import type { ModelData } from './data.ts';

/** Of the data of a model. */
export function dataNotices(model: Model, data: ModelData): Diagnostic[] {
  return [...data.notices, ...scalingNotices(model, data)];
}

/** Declared names that stand nowhere. */
export function unusedNotices(model: Model): Diagnostic[] {
  const used = new Set(variablesOf([model.objective.expr, ...model.constraints.map((c) => c.expr)]).map((v) => v.name));
  return [...unused(model.parameters, used, 'parameter'), ...unused(model.variables, used, 'variable')];
}

function unused(list: readonly VariableInfo[], used: ReadonlySet<string>, kind: 'parameter' | 'variable'): Diagnostic[] {
  return list
    .filter((v) => !used.has(v.name))
    .map((v) => ({
      code: 'name-not-used',
      severity: 'notice',
      message: `the ${kind} ${v.name} is not used`,
      span: v.span ?? [0, 0],
      help: kind === 'variable' ? 'nothing determines its value; leave it out' : 'leave its declaration out',
    }));
}

const widest = 1e8;
// Of larger arrays only so many entries are looked at, spread over all rows and columns.
const mostEntries = 20_000;

/** Without a common divisor with the number of columns, so that none is passed over. */
function strideFor(length: number, cols: number): number {
  let by = Math.ceil(length / mostEntries);
  while (by > 1 && divisor(by, cols) > 1) by++;
  return Math.max(1, by);
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** Numbers of very different size within one parameter make conditions hard to hold. */
function scalingNotices(model: Model, data: ModelData): Diagnostic[] {
  const { parameters, ranges, kept } = data;
  return model.parameters.flatMap((p) => (kept?.changing.has(p.name) === false ? keptOnce(data, `sizes of ${p.name}`, [], () => noticesOf(p)) : noticesOf(p)));

  function noticesOf(p: VariableInfo): Diagnostic[] {
    const { least, most } = sizesWithin(must(parameters.get(p.name)), ranges.get(p.name));
    if (!(most / least > widest) && !(most > widest)) return [];
    const found = `absolute values from ${least.toExponential(0)} to ${most.toExponential(0)}`;
    return [{ code: 'bad-scaling', severity: 'notice', message: `the numbers of ${p.name} differ widely in size or are very large`, span: p.span ?? [0, 0], found, help: `measure the quantities behind ${p.name} in other units, so that they are nearer to 1` }];
  }
}

interface Sizes {
  readonly least: number;
  readonly most: number;
}

/** Of the absolute values that are not zero; of a large array those that are looked at. */
function sizesWithin(value: Parameter, range: Range | undefined): Sizes {
  // Numbers of one sign lie between those that were seen when they were read.
  if (range && range.least > 0 && range.most < farBound) return range;
  const numbers = value.sparse?.values ?? value.data;
  return sizesOf(numbers, strideFor(numbers.length, value.shape.at(-1) ?? 1));
}

function sizesOf(numbers: Float64Array, by: number): Sizes {
  let least = Infinity;
  let most = 0;
  for (let i = 0; i < numbers.length; i += by) {
    const size = Math.abs(numbers[i]!);
    // What stands for no bound has no size.
    if (size === 0 || size >= farBound) continue;
    if (size < least) least = size;
    if (size > most) most = size;
  }
  return { least, most };
}
