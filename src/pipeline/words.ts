// What an answer says beside its formula, in words: facts, conventions, the check.

import { errorText, listed } from '../base/words.ts';
import type { Fact, Facts } from '../ir/fact.ts';
import type { Shape } from '../ir/expr.ts';
import { structureOf } from '../ir/structure.ts';
import type { VariableInfo } from '../lang/read.ts';
import type { Derivation } from '../pipeline.ts';

/** How a variable came by its kind. */
export const origins: Readonly<Record<VariableInfo['origin'], string>> = {
  declared: 'declared',
  default: 'by its letter',
  inferred: 'from its use',
  data: 'from its value',
};

/** Facts in words, without those that others imply. */
export function factsText(f: Facts): string {
  const implied = new Set<Fact>();
  const take = (fact: Fact, ...rest: Fact[]): void => {
    if (f.has.has(fact)) for (const r of rest) implied.add(r);
  };
  take('identity', 'diagonal', 'orthogonal', 'pd', 'psd', 'symmetric', 'lower', 'upper', 'nonnegative', 'constant');
  take('diagonal', 'symmetric', 'lower', 'upper');
  take('pd', 'psd', 'symmetric');
  take('psd', 'symmetric');
  take('nd', 'nsd', 'symmetric');
  take('nsd', 'symmetric');
  take('positive', 'nonnegative');
  take('negative', 'nonpositive');
  take('simplex', 'nonnegative');
  const bounds = f.above !== undefined || f.below !== undefined;
  if (bounds) for (const sign of ['positive', 'nonnegative', 'negative', 'nonpositive'] as const) implied.add(sign);
  const words = [...f.has]
    .filter((fact) => !implied.has(fact))
    .map((fact) => (fact === 'simplex' ? 'in simplex' : fact));
  return [...words, ...(bounds ? [`in (${f.above ?? '-inf'}, ${f.below ?? 'inf'})`] : [])].join(' ');
}

/** Layout and convention, where another choice would give another answer. */
export function conventions(d: Derivation): [string, string][] {
  const rows: [string, string][] = [];
  const own = d.function.shape.length;
  const axes = d.derivative.shape.length;
  if (d.layout !== 'mixed') rows.push(['layout', layoutWords[d.layout]]);
  else if (own > 0 || axes > 2) rows.push(['layout', `mixed: ${axesText(d)}`]);
  if (d.symmetric === 'projected') rows.push(['convention', `projected, (G+G')/2, as ${symmetricNames(d)} symmetric`]);
  if (d.symmetric === 'cookbook')
    rows.push(['convention', `Matrix Cookbook, G+G'-G∘I, as ${symmetricNames(d)} symmetric`]);
  for (const [name, structure] of new Map(d.by.map((v) => [v.name, structureOf(v.node)] as const))) {
    if (structure === 'diagonal') rows.push(['convention', `by the diagonal of ${name}, one axis`]);
    if (structure === 'lower' || structure === 'upper')
      rows.push(['convention', `by the ${structure} triangle of ${name}, zero elsewhere`]);
  }
  return rows;
}

const layoutWords = {
  numerator: 'numerator: the Jacobian of the function; the gradient by a column is a row',
  denominator: "denominator: the variable's axes first, the Jacobian transposed",
} as const;

function axesText(d: Derivation): string {
  const own = d.function.shape.length;
  const parts: [string, Shape][] = [['the function', d.derivative.shape.slice(0, own)]];
  let at = own;
  for (const [i, v] of d.by.entries()) {
    // A diagonal variable has one axis, its diagonal.
    const count =
      i === d.by.length - 1
        ? d.derivative.shape.length - at
        : Math.min(v.node.shape.length, v.node.facts.has.has('diagonal') ? 1 : v.node.shape.length);
    parts.push([v.name, d.derivative.shape.slice(at, at + count)]);
    at += count;
  }
  const words = parts
    .filter(([, shape]) => shape.length > 0)
    .map(([name, shape]) => `(${shape.map((s) => s.key).join(', ')}) of ${name}`);
  return `axes ${words.join(', then ')}`;
}

function symmetricNames(d: Derivation): string {
  const names = [...new Set(d.by.filter((v) => v.node.facts.has.has('symmetric')).map((v) => v.name))];
  return `${listed(names)} ${names.length === 1 ? 'is' : 'are'}`;
}

/** What the check found, in one sentence without a full stop. */
export function checkText(d: Derivation): string {
  if (!d.check) return 'left out';
  const { points, worst, assumed } = d.check;
  const where = assumed.length === 0 ? '' : ` with ${listed(assumed)}`;
  return `agrees with differences at ${points} random point${points === 1 ? '' : 's'}${where}, worst relative error ${errorText(worst)}`;
}
