// Numbers for the variables, given or drawn; the value, the derivative, and the derivative beside differences.

import { must } from '../../../src/base/internal.ts';
import { random } from '../../../src/base/random.ts';
import type { Expr, VariableNode } from '../../../src/ir/expr.ts';
import { type Dense, dense, toNested } from '../../../src/ops/reference/dense.ts';
import { read } from '../../../src/lang/read.ts';
import { derive, oneDerivative } from '../../../src/pipeline.ts';
import { type Nested, readValues } from '../../../src/pipeline/evaluate.ts';
import { withoutValues } from '../../../src/pipeline/declared.ts';
import { RicciError } from '../../../src/base/diagnostic.ts';
import { structureOf } from '../../../src/ir/structure.ts';
import { differentiate } from '../../../src/run/differences.ts';
import { interpreter } from '../../../src/run/interpret.ts';
import { type Style, sample, sampleSizes, variablesOf } from '../../../src/run/sample.ts';
import { bindSizes } from '../../../src/run/sizes.ts';
import { pastedValues } from './pasted-values.ts';
import { placeText } from './place-text.ts';
import type { Question } from './question.ts';

export interface NumbersQuestion extends Question {
  /** Values by name, as `pastedValues` reads them; what is missing is drawn. */
  readonly values: string;
  readonly seed: number;
}

export interface Difference {
  /** Such as `x[2]`, or `[1] by x[2]` where the function has axes; counted from 1. */
  readonly entry: string;
  readonly derivative: number;
  readonly difference: number;
  readonly error: number;
}

export interface Numbers {
  readonly values: Readonly<Record<string, Nested>>;
  readonly function: Nested;
  readonly derivative: Nested;
  /** The first entries of the derivative, each beside a difference of the order before; none by structured variables. */
  readonly differences: readonly Difference[];
  readonly entries: number;
}

const mostEntries = 24;

/** Throws diagnostics when values do not fit, or name what is not there. */
export function numbers({ text, declare, by, values, seed }: NumbersQuestion): Numbers {
  const { variables } = read(text, { declare });
  const given = readValues(pastedValues(values, variables.map(({ name, shape }) => ({ name, axes: shape.length }))));
  const d = derive(text, { by, declare, values: given, points: 0 });
  const missing = withoutValues([d.function, d.derivative], 'error');
  if (missing.length > 0) throw new RicciError(missing);
  const nodes = variablesOf([d.function, ...d.by.map((v) => v.node)]);
  const stream = random(seed);
  const drawn = new Map([...sampleSizes(nodes, stream), ...bindSizes(nodes.filter((v) => given.has(v.name)), given)]);
  const draws = styles.map((style) => () => new Map([...sample(nodes, drawn, stream, style).values, ...given]));
  const point = firstFinite(draws, (at) => interpreter([d.function, d.derivative], bindSizes(nodes, at))(at));
  const [value, derivative] = point.results;
  const before = d.by.slice(0, -1).reduce((e, v) => oneDerivative(e, v.node), d.function);
  const last = d.by.at(-1)?.node;
  return {
    values: Object.fromEntries([...point.values].map(([name, v]) => [name, toNested(v)])),
    function: toNested(must(value)),
    derivative: toNested(must(derivative)),
    differences: last && structureOf(last) === 'none' ? differences(before, last, must(derivative).data, point.values) : [],
    entries: must(derivative).data.length,
  };
}

type Values = ReadonlyMap<string, Dense>;

// Functions with a domain have values at some of these.
const styles: readonly Style[] = ['generic', 'positive', 'definite', 'definite-positive', 'near-identity', 'small-positive'];

/** The first point where all is finite; the first of all when there is none, so that the user sees what comes out. */
function firstFinite(draws: readonly (() => Values)[], evaluate: (values: Values) => readonly Dense[]): { readonly values: Values; readonly results: readonly Dense[] } {
  let first: { readonly values: Values; readonly results: readonly Dense[] } | undefined;
  for (const draw of draws) {
    const values = draw();
    const found = { values, results: evaluate(values) };
    if (found.results.every((r) => r.data.every(Number.isFinite))) return found;
    first ??= found;
  }
  return must(first);
}

/** The first entries of the derivative of `of` by `by`, beside differences of `of`. */
function differences(of: Expr, by: VariableNode, derivative: Float64Array, point: Values): Difference[] {
  const evaluate = interpreter([of], bindSizes(variablesOf([of, by]), point));
  const X = must(point.get(by.name));
  const { shape, data } = must(evaluate(point)[0]);
  const rows: Difference[] = [];
  for (let j = 0; j < X.data.length && rows.length < mostEntries; j++) {
    const along = (t: number): Float64Array => must(evaluate(new Map(point).set(by.name, dense(X.shape, X.data.with(j, X.data[j]! + t))))[0]).data;
    const { value } = differentiate(along, 1 / 16, 1e-12);
    for (let k = 0; k < data.length && rows.length < mostEntries; k++) {
      const [claimed, found] = [must(derivative[k * X.data.length + j]), must(value[k])];
      const own = placeText(k, shape);
      rows.push({
        entry: `${own === '' ? '' : `${own} by `}${by.name}${placeText(j, X.shape)}`,
        derivative: claimed,
        difference: found,
        error: Math.abs(claimed - found) / Math.max(1, Math.abs(found)),
      });
    }
  }
  return rows;
}
