// A derivation as people read it.

import type { Diagnostic } from '../base/diagnostic.ts';
import type { Expr } from '../ir/expr.ts';
import { variables } from '../ir/walk.ts';
import { toText, write } from '../lang/write.ts';
import type { VariableInfo } from '../lang/read.ts';
import type { Derivation } from '../pipeline.ts';
import { type Nested, evaluateAt } from '../pipeline/evaluate.ts';
import { type NotationName, show } from '../pipeline/show.ts';
import { type StepLine, stepsOf } from '../pipeline/steps.ts';
import { typeText } from '../pipeline/type-text.ts';
import { checkText, conventions, factsText, origins } from '../pipeline/words.ts';
import type { Paint } from './paint.ts';
import { valueText } from './values.ts';

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
