// The layout of an emitted file of R: one function for each output with comments for roxygen, one check of the arguments.

import { must } from '../base/internal.ts';
import { type Dim, dimName, dimValue } from '../ir/dim.ts';
import type { Shape } from '../ir/expr.ts';
import type { Argument, FunctionModel, ModuleModel, Signature, SizeSource } from './module.ts';
import { newNames } from './names.ts';
import { preludeText } from './prelude.ts';
import { selfCheck } from './r-check.ts';
import { rPrelude } from './r-prelude.ts';
import { argumentRows, isNamedSize, oneLine, table, wrapped } from './words.ts';

export function moduleText(m: ModuleModel): string {
  const checks = m.checks.length > 0;
  const names = [...m.helpers.keys(), ...(m.signature.arguments.length > 0 ? ['check_shapes'] : []), ...(checks ? ['draw', 'relative_error'] : [])];
  const parts = [
    headLines(m),
    ...m.functions.map((f, i) => functionLines(f, m, i)),
    ...(m.signature.arguments.length > 0 ? [checkedLines(m)] : []),
    ...preludeText(rPrelude, names).map((text) => [text]),
    ...(checks ? selfCheck(m) : []),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headLines(m: ModuleModel): string[] {
  return [
    ...wrapped(m.title, 84),
    '',
    ...table(m.functions.map((f): [string, string] => [f.name, f.says])),
    ...(m.checks.length > 0 ? ['', 'Run this file by Rscript, or self_check() after source(), to compare every derivative with finite differences.'] : []),
    '',
    'Written by ricci.',
  ].map((l) => `# ${oneLine(l)}`.trimEnd());
}

/** A comment for roxygen: what its markup would read otherwise is escaped. */
function roxygen(lines: readonly string[]): string[] {
  return lines.map((l) => `#' ${l}`.trimEnd());
}

function plain(text: string): string {
  return oneLine(text).replaceAll(/[\\%{}]/g, (c) => `\\${c}`).replaceAll('@', '@@');
}

function quoted(text: string): string {
  return `"${oneLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function shapeWords(shape: Shape): string {
  if (shape.length === 0) return 'a number';
  return shape.length === 1 ? `vector of length ${must(shape[0]).key}` : `${shape.map((d) => d.key).join(' x ')} ${shape.length === 2 ? 'matrix' : 'array'}`;
}

function functionLines(f: FunctionModel, m: ModuleModel, index: number): string[] {
  const own = f.signature.arguments.slice(f.shared);
  const several = f.core && f.core.parts.length > 1 ? f.core : undefined;
  const shown = several ? own.filter((a) => !several.parts.includes(a.name)) : own;
  const names = newNames(new Set());
  const labels = f.results.map((r) => names.claim(r.name));
  const params: string[] = [
    ...(several ? [several.name] : []),
    ...(f.shared > 0 ? m.signature.arguments.map((a) => a.name) : []),
    ...shown.map((a) => a.name),
    ...f.signature.explicit.map((e) => e.name),
    ...f.signature.callables.map((c) => c.name),
  ];
  const documented: [string, string][] = [
    ...(index === 0 ? argumentRows(m, shapeWords) : []),
    ...(several ? [[several.name, `a list of ${several.parts.length} parts`] as [string, string]] : []),
    ...shown.map((a): [string, string] => [a.name, shapeWords(a.variable.shape)]),
  ];
  const results = f.body.results.map((r) => r.text);
  const gives = f.results.map((r, i) => (f.results.length > 1 ? `${labels[i]}, ${shapeWords(r.shape)}` : shapeWords(r.shape))).join('; ');
  return [
    ...roxygen([
      ...wrapped(plain(f.says), 84),
      '',
      ...documented.map(([name, says]) => `@param ${name} ${plain(says)}`),
      ...(index > 0 && f.shared > 0 ? [`@inheritParams ${must(m.functions[0]).name}`] : []),
      ...wrapped(`@return ${f.results.length > 1 ? 'a list: ' : ''}${plain(gives)}`, 84).map((l, i) => (i === 0 ? l : `  ${l}`)),
    ]),
    ...broken(`${f.name} <- function(${params.join(', ')}) {`),
    ...(f.shared > 0 ? [`  .check_arguments(${passed(m.signature).join(', ')})`] : []),
    ...(several?.parts.map((name, i) => `  ${name} <- ${several.name}[[${i + 1}]]`) ?? []),
    ...(own.length > 0 ? shapeChecks(own, (d) => (f.shared > 0 ? sizeOver(d, f.signature, m) : symbol(d))) : []),
    ...sizeLines(f),
    ...f.body.statements.map((s) => `  ${must(s.names[0])} <- ${s.code.text}`),
    `  ${results.length > 1 ? `list(${results.map((text, i) => `${labels[i]} = ${text}`).join(', ')})` : must(results[0])}`,
    '}',
  ];
}

/** A long first line goes on in a second one. */
function broken(head: string): string[] {
  const open = head.indexOf('(') + 1;
  return head.length <= 92 ? [head] : [head.slice(0, open), `  ${head.slice(open, -3)}`, ') {'];
}

function passed(s: Signature): string[] {
  return [...s.arguments, ...s.explicit, ...s.callables].map((a) => a.name);
}

/** The size of an axis. */
function sizeOf({ from, axis }: Pick<SizeSource, 'from' | 'axis'>): string {
  const rank = from.variable.shape.length;
  return rank === 1 ? `length(${from.name})` : rank === 2 ? `${axis === 0 ? 'nrow' : 'ncol'}(${from.name})` : `dim(${from.name})[${axis + 1}]`;
}

function sizeLines(f: FunctionModel): string[] {
  return [...new Map(f.used.map((s) => [s.name, `  ${s.name} <- ${sizeOf(s)}`])).values()];
}

function symbol(d: Dim): string {
  return dimValue(d) === undefined ? quoted(d.key) : d.key;
}

/** A size as an expression of the arguments. */
function sizeOver(d: Dim, s: Signature, m: ModuleModel): string {
  const at = new Map([...s.explicit.map((e) => [e.size, e.name] as const), ...s.sizes.map((from) => [from.size, sizeOf(from)] as const)]);
  return m.dimOver(d, (size) => must(at.get(size))).text;
}

/** One function that says which argument does not fit. */
function checkedLines(m: ModuleModel): string[] {
  const { arguments: args, explicit, callables } = m.signature;
  const isPlain = (a: Argument): boolean => a.variable.shape.every((d) => isNamedSize(d, m));
  const claims = [...args, ...explicit].map((a) => `is.numeric(${a.name})`).concat(callables.map((c) => `is.function(${c.name})`));
  const line = `  stopifnot(${claims.join(', ')})`;
  return [
    '# Error where an argument is no array of numbers of the right shape.',
    ...broken(`.check_arguments <- function(${passed(m.signature).join(', ')}) {`),
    ...(line.length <= 100 ? [line] : ['  stopifnot(', ...claims.map((c, i) => `    ${c}${i === claims.length - 1 ? '' : ','}`), '  )']),
    ...shapeChecks(args.filter(isPlain), symbol),
    ...shapeChecks(args.filter((a) => !isPlain(a)), (d) => (isNamedSize(d, m) && dimName(d) === undefined ? d.key : sizeOver(d, m.signature, m))),
    '}',
  ];
}

function shapeChecks(args: readonly Argument[], wanted: (d: Dim) => string): string[] {
  if (args.length === 0) return [];
  const rows = args.map((a) => `${a.name} = list(${[a.name, ...a.variable.shape.map(wanted)].join(', ')})`);
  const line = `  .check_shapes(${rows.join(', ')})`;
  return line.length <= 100 ? [line] : ['  .check_shapes(', ...rows.map((r, i) => `    ${r}${i === rows.length - 1 ? '' : ','}`), '  )'];
}
