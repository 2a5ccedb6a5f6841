// The layout of an emitted TypeScript module: one function for each output on one object of arguments, one check of them.

import { must } from '../base/internal.ts';
import { dimValue } from '../ir/dim.ts';
import type { Shape } from '../ir/expr.ts';
import type { FunctionModel, ModuleModel, SizeSource } from './module.ts';
import { beside, bySimplicity, codeOf, mentions, shapeWords, stringLiteral, withoutUnused } from './module-text.ts';
import { newNames } from './names.ts';
import { preludeText } from './prelude.ts';
import { selfCheck } from './typescript-check.ts';
import { typescriptPrelude } from './typescript-prelude.ts';
import { argumentRows, oneLine, table, wrapped } from './words.ts';

export function moduleText(m: ModuleModel): string {
  const hasArguments = m.signature.arguments.length + m.signature.explicit.length + m.signature.callables.length > 0;
  const functions = m.functions.flatMap((f) => [...functionLines(f, m, hasArguments), '']);
  const check = m.checks.length > 0 ? [...selfCheck(m), ''] : [];
  const own = [...m.functions.map((f) => codeOf(withoutUnused(f))), ...check.filter((l) => !l.startsWith('/**')), ...(m.signature.arguments.length > 0 ? ['checkShapes('] : [])].join('\n');
  const helpers = preludeText(typescriptPrelude, [...typescriptPrelude.keys()].filter((name) => mentions(own, name)));
  const code = [...functions, ...check, ...helpers].join('\n');
  return `${[
    ...comment([
      m.title,
      '',
      ...table(m.functions.map((f) => [f.name, f.says])),
      '',
      ...(hasArguments ? ['Arguments, one object for every function:', '', ...table(argumentRows(m, shapeWords)), ''] : []),
      ...wrapped(`Vectors are Float64Array, matrices { rows, cols, data } with data row by row. Nothing is imported; it runs in Node and in browsers.${m.checks.length > 0 ? ' `selfCheck()` compares every derivative with finite differences.' : ''} Written by ricci.`),
    ]),
    '',
    ...(/\b(Matrix|Value)\b/.test(code) || argumentTypes(m).includes('Matrix') ? [...interfaceOf('Matrix'), ''] : []),
    ...(/\b(Tensor|Value)\b/.test(code) || argumentTypes(m).includes('Tensor') ? [...interfaceOf('Tensor'), ''] : []),
    ...(hasArguments ? [...argumentsInterface(m), ''] : []),
    ...functions,
    ...check,
    ...(m.signature.arguments.length > 0 ? [...checkedLines(m), ''] : []),
    ...(/\bValue\b/.test(code) ? ['type Value = number | Float64Array | Matrix | Tensor;', ''] : []),
    ...helpers.flatMap((text) => [text, '']),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

export function interfaceOf(name: 'Matrix' | 'Tensor'): string[] {
  return name === 'Matrix'
    ? ['/** Entry (i, j) is data[i * cols + j]. */', 'export interface Matrix {', '  readonly rows: number;', '  readonly cols: number;', '  readonly data: Float64Array;', '}']
    : ['/** The last axis moves fastest in data. */', 'export interface Tensor {', '  readonly shape: readonly number[];', '  readonly data: Float64Array;', '}'];
}

/** A comment that no text of a user can end. */
export function comment(lines: readonly string[], indent = ''): string[] {
  const safe = lines.map((l) => oneLine(l).replaceAll('*/', '* /'));
  if (safe.length === 1) return [`${indent}/** ${safe[0]} */`];
  return [`${indent}/**`, ...safe.map((l) => `${indent} * ${l}`.trimEnd()), `${indent} */`].filter((l, i, all) => !(l.trim() === '*' && all[i + 1]?.trim() === '*/'));
}

export function typeOf(shape: Shape): string {
  return (['number', 'Float64Array', 'Matrix'] as const)[shape.length] ?? 'Tensor';
}

function argumentTypes(m: ModuleModel): string {
  return m.signature.arguments.map((a) => typeOf(a.variable.shape)).join(' ');
}

function argumentsInterface(m: ModuleModel): string[] {
  const { arguments: args, explicit, callables } = m.signature;
  const rows = new Map(argumentRows(m, shapeWords));
  const line = (name: string, type: string): string[] => [...comment([must(rows.get(name))], '  '), `  readonly ${name}: ${type};`];
  return [
    'export interface Arguments {',
    ...args.flatMap((a) => line(a.name, typeOf(a.variable.shape))),
    ...explicit.flatMap((e) => line(e.name, 'number')),
    ...callables.flatMap((c) => line(c.name, '(x: number) => number')),
    '}',
  ];
}

/** The parts of a result by name; a core of several parts is a tuple. */
function resultNames(f: FunctionModel): readonly string[] | undefined {
  if (new Set(f.results.map((r) => r.name)).size < f.results.length) return undefined;
  const names = newNames(new Set());
  return f.results.map((r) => names.claim(r.name.replace(/_([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())));
}

/** The parts that are used. */
function parts(names: readonly string[], code: string): string {
  const used = names.map((name) => (mentions(code, name) ? name : ''));
  return `[${used.slice(0, used.findLastIndex((name) => name !== '') + 1).join(', ')}]`;
}

function functionLines(whole: FunctionModel, m: ModuleModel, hasArguments: boolean): string[] {
  const f = withoutUnused(whole);
  const names = resultNames(f);
  const types = f.results.map((r) => typeOf(r.shape));
  const single = f.results.length === 1;
  const type = single ? must(types[0]) : names ? `{ ${names.map((n, k) => `${n}: ${types[k]}`).join('; ')} }` : `[${types.join(', ')}]`;
  const texts = f.body.results.map((r) => r.text);
  const result = single ? must(texts[0]) : names ? `{ ${names.map((n, k) => (n === texts[k] ? n : `${n}: ${texts[k]}`)).join(', ')} }` : `[${texts.join(', ')}]`;
  const returns = single ? shapeWords(must(f.results[0]).shape) : f.results.map((r, k) => `${names?.[k] ?? r.name}, ${shapeWords(r.shape)}`).join('; ');
  const own = f.signature.arguments.slice(f.shared);
  const code = codeOf(f);
  const used = f.used.filter((s, k) => mentions(code, s.name) && f.used.findIndex((o) => o.name === s.name) === k);
  const isNeeded = (name: string): boolean => mentions(code, name) || used.some((s) => s.from.name === name) || (f.core === undefined && own.length > 0 && m.signature.sizes.some((s) => s.from.name === name && own.some((o) => o.variable.shape.some((d) => mentions(d.key, s.size)))));
  const given = f.core ? [] : [...m.signature.arguments.map((a) => a.name), ...m.signature.explicit.map((e) => e.name), ...m.signature.callables.map((c) => c.name)].filter(isNeeded);
  const parameters = f.core
    ? [`${f.core.name}: ${f.core.parts.length > 1 ? `readonly [${f.core.parts.map((p) => typeOf(must(own.find((a) => a.name === p)).variable.shape)).join(', ')}]` : typeOf(must(own[0]).variable.shape)}`, ...own.filter((a) => !f.core?.parts.includes(a.name)).map((a) => `${a.name}: ${typeOf(a.variable.shape)}`), ...beside(f).map((p) => `${p.name}: ${p.isSize ? 'number' : '(x: number) => number'}`)]
    : [...(hasArguments ? ['given: Arguments'] : []), ...own.map((a) => `${a.name}: ${typeOf(a.variable.shape)}`)];
  const checked = m.signature.arguments.length > 0 ? 'checked(given)' : 'given';
  return [
    ...comment([...wrapped(`${f.says} Returns ${returns}.`)]),
    `export function ${f.name}(${parameters.join(', ')}): ${type} {`,
    ...(f.core || !hasArguments ? [] : given.length > 0 ? [`  const { ${given.join(', ')} } = ${checked};`] : m.signature.arguments.length > 0 ? [`  ${checked};`] : []),
    ...(f.core && f.core.parts.length > 1 ? [`  const [${f.core.parts.join(', ')}] = ${f.core.name};`] : []),
    ...(own.length > 0 ? [`  checkShapes({ ${own.map((a) => `${a.name}: [${a.name}, [${(f.core ? a.variable.shape.map(plainAxis) : a.variable.shape.map((d) => axisOf(m, d))).join(', ')}]]`).join(', ')} });`] : []),
    ...used.map((s) => `  const ${s.name} = ${sizeOf(s)};`),
    ...f.body.statements.map((s) => `  const ${s.names.length > 1 ? parts(s.names, code) : s.names[0]} = ${s.code.text};`),
    `  return ${result};`,
    '}',
  ];
}

/** A name stands for any size, the same everywhere. */
export function plainAxis(d: Shape[number]): string {
  return dimValue(d) === undefined ? stringLiteral(d.key) : d.key;
}

export function axisOf(m: ModuleModel, d: Shape[number]): string {
  const value = dimValue(d);
  if (value !== undefined) return String(value);
  return m.dimOver(d, (size) => ((source) => (source ? sizeOf(source) : must(m.signature.explicit.find((e) => e.size === size)).name))(m.signature.sizes.find((s) => s.size === size))).text;
}

export function sizeOf({ from, axis }: SizeSource): string {
  const rank = from.variable.shape.length;
  return rank === 1 ? `${from.name}.length` : rank === 2 ? `${from.name}.${axis === 0 ? 'rows' : 'cols'}` : `${from.name}.shape[${axis}]!`;
}

export function checkedLines(m: ModuleModel): string[] {
  const { arguments: args } = m.signature;
  const entries = bySimplicity(m).map(({ name, axes }) => `${name}: [${name}, [${axes.map(({ dim, isNamed }) => (isNamed ? plainAxis(dim) : axisOf(m, dim))).join(', ')}]]`);
  const sizes = m.signature.explicit.map((e) => e.name).filter((name) => mentions(entries.join(), name));
  const line = `  checkShapes({ ${entries.join(', ')} });`;
  return [
    '/** The arguments; RangeError where a shape does not fit. */',
    'function checked(given: Arguments): Arguments {',
    `  const { ${[...args.map((a) => a.name), ...sizes].join(', ')} } = given;`,
    ...(line.length <= 110 ? [line] : ['  checkShapes({', ...entries.map((e) => `    ${e},`), '  });']),
    '  return given;',
    '}',
  ];
}
