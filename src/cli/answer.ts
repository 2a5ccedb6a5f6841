// A derivation as people read it.

import type { Diagnostic } from '../base/diagnostic.ts';
import { structureOf } from '../ir/structure.ts';
import type { Fact, Facts } from '../ir/fact.ts';
import type { Expr, Shape } from '../ir/expr.ts';
import { variables } from '../ir/walk.ts';
import { toText, write } from '../lang/write.ts';
import type { VariableInfo } from '../lang/read.ts';
import type { Derivation } from '../pipeline.ts';
import { type Nested, evaluateAt } from '../pipeline/evaluate.ts';
import { type NotationName, show } from '../pipeline/show.ts';
import { type StepLine, stepsOf } from '../pipeline/steps.ts';
import { typeText } from '../pipeline/type-text.ts';
import { listed } from './args.ts';
import type { Paint } from './paint.ts';
import { errorText, valueText } from './values.ts';

export interface Shown {
  readonly notations?: readonly NotationName[];
  readonly steps?: boolean;
  readonly value?: Nested;
}

export function answerText(d: Derivation, paint: Paint, shown: Shown = {}): string {
  const notation = write(d.shown, { orientation: d.orientation });
  const head = d.by.map((v) => `/d${v.name}`).join('');
  const rows: [string, string][] = [
    ...(shown.notations ?? []).map((name): [string, string] => [name, show(d, name)]),
    ...(shown.value === undefined ? [] : [['value', valueText(shown.value)] as [string, string]]),
    ...(notation.kronecker && shown.notations?.some((n) => n !== 'index')
      ? [['kronecker', notation.kronecker.convention] as [string, string]]
      : []),
    ...conventions(d),
    ...d.domain.needs.map((need, i): [string, string] => [i === 0 ? 'needs' : '', need]),
    ...d.domain.excluded.map((point, i): [string, string] => [i === 0 ? 'excluded' : '', point]),
    ['check', checkText(d)],
    ...noticeRows(d.notices),
  ];
  return [
    `${toText(write(d.function))}   ${paint.dim(typeText(d.function.shape))}`,
    ...variableLines(d.reading.variables, [d.function, ...d.by.map((v) => v.node)], paint),
    '',
    `${paint.dim(`d${head} =`)} ${paint.bold(indented(toText(notation), `d${head} = `.length))}   ${paint.dim(typeText(d.shown.shape, d.orientation))}`,
    '',
    labelled(rows, paint),
    ...(shown.steps ? ['', stepsText(d, paint)] : []),
  ].join('\n');
}

/** The variables that stand in these graphs with kind, shape and facts, and how each came by them. */
export function variableLines(all: readonly VariableInfo[], graphs: readonly Expr[], paint: Paint): string[] {
  const used = new Set(variables(graphs));
  // A declared unit matrix stands in the graph as a unit tensor.
  const rows = all
    .filter((v) => used.has(v.node) || v.facts.has.has('identity'))
    .map((v) => ({
      name: v.name,
      type: [typeText(v.shape), factsText(v.facts)].filter((t) => t !== '').join(' '),
      how: origins[v.origin],
    }));
  const [names, types] = [Math.max(...rows.map((r) => r.name.length)), Math.max(...rows.map((r) => r.type.length))];
  return rows.map((r) => `  ${r.name.padEnd(names)}  ${r.type.padEnd(types)}  ${paint.dim(r.how)}`.trimEnd());
}

const origins: Readonly<Record<VariableInfo['origin'], string>> = {
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
function conventions(d: Derivation): [string, string][] {
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

function checkText(d: Derivation): string {
  if (!d.check) return 'left out';
  const { points, worst, assumed } = d.check;
  const where = assumed.length === 0 ? '' : ` with ${listed(assumed)}`;
  return `agrees with differences at ${points} random point${points === 1 ? '' : 's'}${where}, worst relative error ${errorText(worst)}`;
}

export function noticeRows(notices: readonly Diagnostic[]): [string, string][] {
  return notices.map((n): [string, string] => [
    n.severity,
    `${n.message}${n.help === undefined ? '' : ` (${n.help})`}`,
  ]);
}

/** Rows with a label; further lines of a text stand below its first. */
export function labelled(rows: readonly (readonly [string, string])[], paint: Paint): string {
  const wide = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `  ${paint.dim(label.padEnd(wide))}  ${indented(text, wide + 4)}`).join('\n');
}

function indented(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`);
}

/** The derivation line by line, one block for each order. */
export function stepsText(d: Derivation, paint: Paint): string {
  return stepsOf(d)
    .map(({ by, lines }) => {
      const parts = lines.filter((l) => l.kind === 'derivative');
      const rewritings = lines.filter((l) => l.kind === 'simplification');
      return [
        paint.bold(`step by step, by ${by}`),
        ...stepColumns(parts, '↦', paint),
        ...(rewritings.length > 0 ? [paint.bold('simplified'), ...stepColumns(rewritings, '→', paint)] : []),
      ].join('\n');
    })
    .join('\n\n');
}

function stepColumns(lines: readonly StepLine[], arrow: string, paint: Paint): string[] {
  const rows = lines.map((l) => ({
    before: l.before.replaceAll('\n', ', '),
    after: l.after.replaceAll('\n', ', '),
    rule: l.rule,
    says: l.says,
  }));
  const left = Math.min(36, Math.max(...rows.map((r) => r.before.length)));
  const right = Math.min(36, Math.max(...rows.map((r) => r.after.length)));
  return rows.map((r) => {
    const says = r.says === r.rule.replaceAll('-', ' ') ? '' : `${r.says}  `;
    return `  ${r.before.padEnd(left)} ${arrow} ${r.after.padEnd(right)}  ${paint.dim(`${says}[${r.rule}]`)}`;
  });
}

/** The value of the derivative as it is shown. */
export function valueOf(d: Derivation, values: Parameters<typeof evaluateAt>[1]): Nested {
  return evaluateAt(
    d.shown,
    values,
    d.reading.variables.map((v) => v.node),
  );
}
