// The layout of an emitted Python module: docstring, one function for each output, one check of the arguments, helpers.

import { must } from '../base/internal.ts';
import { type Dim, dimName, dimValue } from '../ir/dim.ts';
import type { Shape } from '../ir/expr.ts';
import type { Argument, FunctionModel, ModuleModel, Signature } from './module.ts';
import { selfCheck } from './python-check.ts';
import type { ArrayLibrary } from './python-library.ts';
import { preludeText } from './prelude.ts';
import { argumentRows, isNamedSize, oneLine, table, wrapped } from './words.ts';

export function moduleText(m: ModuleModel, lib: ArrayLibrary): string {
  const names = [...m.helpers.keys(), ...(m.signature.arguments.length > 0 ? ['check_shapes'] : [])];
  const helpers = preludeText(lib.prelude, names);
  const uses = (word: string): boolean => helpers.some((text) => text.includes(word));
  const standard = [
    ...(uses('itertools.') ? ['import itertools'] : []),
    ...(m.signature.callables.length > 0 ? ['from collections.abc import Callable'] : []),
    ...(lib.decorator?.({ isStatic: ['n'] }).includes('partial') && m.signature.explicit.length + m.signature.callables.length > 0 ? ['from functools import partial'] : []),
  ];
  return `${[
    docstring([
      m.title,
      '',
      ...table(m.functions.map((f) => [f.name, f.says])),
      '',
      ...argumentLines(m),
      '',
      ...wrapped(`${lib.sentence} Run this file to check every derivative against finite differences. Written by ricci.`),
    ]),
    '',
    'from __future__ import annotations',
    '',
    ...standard.flatMap((line, i) => (i === standard.length - 1 ? [line, ''] : [line])),
    ...lib.imports,
    ...(lib.setup.length > 0 ? ['', ...lib.setup] : []),
    '',
    '',
    ...m.functions.flatMap((f) => [...functionLines(f, m, lib), '', '']),
    ...(m.signature.arguments.length > 0 ? [...checkedLines(m, lib), '', ''] : []),
    ...helpers.flatMap((text) => [text, '', '']),
    ...(m.checks.length > 0 ? selfCheck(m, lib) : []),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

/** Text of a user inside a docstring: nothing in it can end the string or begin an escape. */
export function escaped(text: string): string {
  return oneLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

export function docstring(lines: readonly string[], indent = ''): string {
  const [first, ...rest] = lines.map((l) => (l.trim() === '' ? '' : (/^ */.exec(l)?.[0] ?? '') + escaped(l.trimStart())));
  if (rest.length === 0) return `${indent}"""${first}"""`;
  return [`${indent}"""${first}`, ...rest.map((l) => (l === '' ? '' : indent + l)), `${indent}"""`].join('\n').replace(/\n\n+(\s*"""$)/, '\n$1');
}

export function shapeWords(shape: Shape): string {
  return shape.length === 0 ? 'a number' : `shape (${shape.map((d) => d.key).join(', ')}${shape.length === 1 ? ',' : ''})`;
}

function argumentLines(m: ModuleModel): string[] {
  const rows = argumentRows(m, shapeWords);
  return rows.length === 0 ? [] : ['Arguments, the same for every function:', '', ...table(rows)];
}

function parameterList(s: Signature, lib: ArrayLibrary, core?: FunctionModel['core']): string {
  const own = core ? [`${core.name}: ${core.parts.length > 1 ? `tuple[${core.parts.map(() => lib.takes).join(', ')}]` : lib.takes}`, ...s.arguments.filter((a) => !core.parts.includes(a.name)).map((a) => `${a.name}: ${lib.takes}`)] : s.arguments.map((a) => `${a.name}: ${lib.takes}`);
  const plain = [...own, ...s.explicit.map((e) => `${e.name}: int`), ...s.callables.map((c) => `${c.name}: Callable`)];
  return [...plain, ...(lib.isArgument ? ['*', `${lib.library}=np`] : [])].join(', ');
}

/** `x, A, xp` as a call passes them on. */
function passed(s: Signature, lib: Pick<ArrayLibrary, 'isArgument' | 'library'>): string[] {
  return [...s.arguments.map((a) => a.name), ...s.explicit.map((e) => e.name), ...(lib.isArgument ? [lib.library] : [])];
}

function functionLines(f: FunctionModel, m: ModuleModel, lib: ArrayLibrary): string[] {
  const gives = (shape: Shape): string => (shape.length === 0 ? lib.givesNumber : lib.givesArray);
  const result = f.results.length === 1 ? gives(must(f.results[0]).shape) : `tuple[${f.results.map((r) => gives(r.shape)).join(', ')}]`;
  const returns = f.results.length === 1 ? shapeWords(must(f.results[0]).shape) : f.results.map((r) => `${r.name}, ${shapeWords(r.shape)}`).join('; ');
  const main = m.signature.arguments;
  const own = f.signature.arguments.slice(f.shared);
  const isOwn = f.core === undefined;
  const text = f.body.results.map((r) => r.text).join(', ');
  const head = `def ${f.name}(${parameterList(f.signature, lib, f.core)}) -> ${result}:`;
  const isStatic = [...f.signature.explicit.map((e) => e.name), ...f.signature.callables.map((c) => c.name)];
  const lines = [
    ...(lib.decorator ? [lib.decorator({ isStatic })] : []),
    ...signatureLines(head),
    docstring(wrapped(`${f.says} Returns ${returns}.`), '    '),
    ...(isOwn && main.length > 0 ? [`    ${list(main)} = _checked(${passed(m.signature, lib).join(', ')})`] : []),
    ...(f.core && f.core.parts.length > 1 ? [`    ${f.core.parts.join(', ')} = ${f.core.name}`] : []),
    ...own.flatMap((a) => conversion(a, lib)),
    ...(isOwn ? own.map((a) => `    _check_shapes(${a.name}=(${a.name}, ${directionShape(a, f, m)}))`) : shapeChecks(own, (d) => (dimName(d) === undefined && dimValue(d) === undefined ? `"${escaped(d.key)}"` : axisText(d)))),
    ...sizeLines(f),
    ...f.body.statements.map((s) => `    ${s.names.join(', ')} = ${s.code.text}`),
    `    return ${text}`,
  ];
  return lines;
}

/** The shape of a direction: that of the argument it belongs to, or for a diagonal one its number of rows. */
function directionShape(direction: Argument, f: FunctionModel, m: ModuleModel): string {
  const key = (a: Argument): string => a.variable.shape.map((d) => d.key).join();
  const like = f.signature.arguments.slice(0, f.shared).find((a) => key(a) === key(direction));
  if (like) return `${like.name}.shape`;
  const at = new Map([...f.signature.explicit.map((e) => [e.size, e.name] as const), ...f.signature.sizes.map((s) => [s.size, `${s.from.name}.shape[${s.axis}]`] as const)]);
  return `(${direction.variable.shape.map((d) => `${m.dimOver(d, (size) => must(at.get(size))).text},`).join(' ')})`;
}

export function signatureLines(head: string): string[] {
  if (head.length <= 92) return [head];
  const open = head.indexOf('(');
  const close = head.lastIndexOf(') ->');
  return [head.slice(0, open + 1), `    ${head.slice(open + 1, close)},`.replace(/,,$/, ','), head.slice(close)];
}

function list(args: readonly Argument[]): string {
  return args.map((a) => a.name).join(', ');
}

function conversion(a: Argument, lib: Pick<ArrayLibrary, 'converted'>): string[] {
  return [`    ${a.name} = ${lib.converted(a.name)}`];
}

export function sizeLines(f: FunctionModel): string[] {
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const s of f.used) {
    if (seen.has(s.name)) continue;
    const together = f.used.filter((u) => u.from === s.from);
    const { shape } = s.from.variable;
    if (shape.length > 1 && together.length === shape.length) {
      const inOrder = shape.map((_, axis) => must(together.find((u) => u.axis === axis)).name);
      lines.push(`    ${inOrder.join(', ')} = ${s.from.name}.shape`);
      for (const u of together) seen.add(u.name);
    } else {
      lines.push(`    ${s.name} = ${s.from.name}.shape[${s.axis}]`);
      seen.add(s.name);
    }
  }
  return lines;
}

/** One function that turns the arguments into arrays and says which shape does not fit. */
export function checkedLines(m: Pick<ModuleModel, 'signature' | 'dimOver'>, lib: Pick<ArrayLibrary, 'isArgument' | 'library' | 'converted'>): string[] {
  const { arguments: args, explicit, sizes } = m.signature;
  const at = new Map([...explicit.map((e) => [e.size, e.name] as const), ...sizes.map((s) => [s.size, `${s.from.name}.shape[${s.axis}]`] as const)]);
  const isNamed = (d: Dim): boolean => isNamedSize(d, m);
  const [plain, others] = [args.filter((a) => a.variable.shape.every(isNamed)), args.filter((a) => !a.variable.shape.every(isNamed))];
  const wanted = (d: Dim): string => (isNamed(d) ? axisText(d) : m.dimOver(d, (size) => must(at.get(size))).text);
  return [
    `def _checked(${passed(m.signature, lib).join(', ')}):`,
    docstring(['The arguments as arrays of double precision; ValueError where a shape does not fit.'], '    '),
    ...args.flatMap((a) => conversion(a, lib)),
    ...shapeChecks(plain, axisText),
    ...shapeChecks(others, wanted),
    `    return ${list(args)}`,
  ];
}

function axisText(d: Dim): string {
  return dimValue(d) === undefined ? `"${escaped(d.key)}"` : d.key;
}

function shapeChecks(args: readonly Argument[], wanted: (d: Dim) => string): string[] {
  if (args.length === 0) return [];
  const entries = args.map((a) => `${a.name}=(${a.name}, (${a.variable.shape.map(wanted).join(', ')}${a.variable.shape.length === 1 ? ',' : ''}))`);
  const line = `    _check_shapes(${entries.join(', ')})`;
  return line.length <= 100 ? [line] : ['    _check_shapes(', ...entries.map((e) => `        ${e},`), '    )'];
}
