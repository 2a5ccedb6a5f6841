// The layout of a file for MATLAB and Octave: the main function gives a struct of functions, which follow as local ones.

import { must } from '../base/internal.ts';
import { type Dim, dimName, dimValue } from '../ir/dim.ts';
import type { Shape } from '../ir/expr.ts';
import type { Argument, FunctionModel, ModuleModel, Signature } from './module.ts';
import { newNames } from './names.ts';
import { octavePrelude } from './octave-prelude.ts';
import { selfCheck } from './octave-check.ts';
import { preludeText } from './prelude.ts';
import { argumentRows, isNamedSize, oneLine, table, wrapped } from './words.ts';

export function moduleText(m: ModuleModel, reserved: ReadonlySet<string>): string {
  const hasArguments = m.signature.arguments.length > 0;
  const checks = m.checks.length > 0;
  const check = checks ? selfCheck(m) : [];
  const names = [...m.helpers.keys(), ...(hasArguments ? ['checkShapes'] : []), ...(checks ? ['draw', 'relativeError', ...(m.checks.some((c) => c.how === 'array') ? ['applied'] : [])] : [])];
  const functions = m.functions.map((f) => f.name);
  const parts = [
    [...headLines(m), ...[...functions, ...(checks ? ['self_check'] : [])].map((name) => `  functions.${name} = @${name};`), 'end'],
    ...m.functions.map((f) => functionLines(f, m, reserved)),
    ...(hasArguments ? [checkedLines(m)] : []),
    ...check,
    ...preludeText(octavePrelude, names).map((text) => [text]),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headLines(m: ModuleModel): string[] {
  const calls = m.functions.map((f): [string, string] => [`m.${f.name}(${parameters(f.signature)})`, f.says]);
  const rows = argumentRows(m, shapeWords);
  const says = [
    ...wrapped(m.title, 84),
    '',
    `  m = ${m.name}() is a struct of functions:`,
    '',
    ...table([...calls, ...(m.checks.length > 0 ? [['m.self_check()', 'Compares every derivative with finite differences.'] as const] : [])]),
    '',
    ...(rows.length > 0 ? ['  Arguments, the same for every function:', '', ...table(rows), ''] : []),
    '  For MATLAB from R2016b on and for Octave. Written by ricci.',
  ];
  return [`function functions = ${m.name}()`, ...commented(says)];
}

/** Comment lines: nothing in them can end a line, and none is a block of its own. */
function commented(lines: readonly string[]): string[] {
  return lines.map((l) => `% ${oneLine(l)}`.trimEnd());
}

function quoted(text: string): string {
  return `'${oneLine(text).replaceAll("'", "''")}'`;
}

function shapeWords(shape: Shape): string {
  if (shape.length === 0) return 'a number';
  return shape.length === 1 ? `column of ${must(shape[0]).key} entries` : `${shape.map((d) => d.key).join('-by-')} ${shape.length === 2 ? 'matrix' : 'array'}`;
}

/** What a function takes, as its first line and every call write it. */
export function parameters(s: Signature): string {
  return [...s.arguments, ...s.explicit, ...s.callables].map((a) => a.name).join(', ');
}

function functionLines(f: FunctionModel, m: ModuleModel, reserved: ReadonlySet<string>): string[] {
  const taken = new Set([...f.signature.arguments, ...f.signature.explicit, ...f.signature.callables, ...f.used].map((a) => a.name));
  for (const s of f.body.statements) for (const name of s.names) taken.add(name);
  const names = newNames(reserved, taken);
  // A result that is a name already is given under this name.
  const results = f.results.map((r, i) => ((text) => (f.body.statements.some((s) => s.names.includes(text)) && f.body.results.findIndex((other) => other.text === text) === i ? text : names.claim(r.name === f.name ? 'result' : r.name)))(must(f.body.results[i]).text));
  const gives = f.results.map((r) => (f.results.length > 1 ? `${r.name}, ${shapeWords(r.shape)}` : shapeWords(r.shape))).join('; ');
  const own = f.signature.arguments.slice(f.shared);
  return [
    ...broken(`function ${results.length > 1 ? `[${results.join(', ')}]` : results[0]} = ${f.name}(${parameters(f.signature)})`),
    ...commented([...wrapped(f.says, 92), ...wrapped(`Returns ${gives}.`, 92)]),
    ...(f.shared > 0 ? [`  checkArguments(${[...m.signature.arguments, ...m.signature.explicit].map((a) => a.name).join(', ')});`] : []),
    ...(own.length > 0 ? shapeChecks(own, (d) => (f.shared > 0 ? sizeOver(d, f.signature, m) : symbol(d))) : []),
    ...sizeLines(f),
    ...f.body.statements.map((s) => `  ${s.names.length > 1 ? `[${s.names.join(', ')}]` : s.names[0]} = ${s.code.text};`),
    ...results.flatMap((name, i) => (name === must(f.body.results[i]).text ? [] : [`  ${name} = ${must(f.body.results[i]).text};`])),
    'end',
  ];
}

/** A long first line goes on in a second one. */
function broken(head: string): string[] {
  if (head.length <= 100) return [head];
  const open = head.lastIndexOf(' = ') + 3;
  return [`${head.slice(0, open)}...`, `    ${head.slice(open)}`];
}

function sizeLines(f: FunctionModel): string[] {
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const s of f.used) {
    if (seen.has(s.name)) continue;
    const together = f.used.filter((u) => u.from === s.from);
    const { shape } = s.from.variable;
    if (shape.length === 2 && together.length === 2) {
      const inOrder = shape.map((_, axis) => must(together.find((u) => u.axis === axis)).name);
      lines.push(`  [${inOrder.join(', ')}] = size(${s.from.name});`);
      for (const u of together) seen.add(u.name);
    } else {
      lines.push(`  ${s.name} = size(${s.from.name}, ${s.axis + 1});`);
      seen.add(s.name);
    }
  }
  return lines;
}

function symbol(d: Dim): string {
  return dimValue(d) === undefined ? quoted(d.key) : d.key;
}

/** A size as an expression of the arguments. */
function sizeOver(d: Dim, s: Signature, m: ModuleModel): string {
  const at = new Map([...s.explicit.map((e) => [e.size, e.name] as const), ...s.sizes.map((from) => [from.size, `size(${from.from.name}, ${from.axis + 1})`] as const)]);
  return m.dimOver(d, (size) => must(at.get(size))).text;
}

/** One function that says which argument does not fit. */
function checkedLines(m: ModuleModel): string[] {
  const { arguments: args, explicit } = m.signature;
  const isPlain = (a: Argument): boolean => a.variable.shape.every((d) => isNamedSize(d, m));
  return [
    `function checkArguments(${[...args, ...explicit].map((a) => a.name).join(', ')})`,
    '% Error where an argument is no array of real numbers of the right shape.',
    ...shapeChecks(args.filter(isPlain), symbol),
    ...shapeChecks(args.filter((a) => !isPlain(a)), (d) => (isNamedSize(d, m) && dimName(d) === undefined ? d.key : sizeOver(d, m.signature, m))),
    'end',
  ];
}

function shapeChecks(args: readonly Argument[], wanted: (d: Dim) => string): string[] {
  if (args.length === 0) return [];
  const rows = args.map((a) => `'${a.name}', ${a.name}, {${a.variable.shape.map(wanted).join(', ')}}`);
  const line = `  checkShapes({${rows.join('; ')}});`;
  return line.length <= 100 ? [line] : ['  checkShapes({ ...', ...rows.map((r, i) => `    ${r}${i === rows.length - 1 ? '});' : '; ...'}`)];
}
