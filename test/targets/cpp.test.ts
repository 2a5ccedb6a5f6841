// Emitted C++: all headers in a few files, compiled by g++ with Eigen against one precompiled header, run once.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashText } from '../../src/base/hash.ts';
import { must } from '../../src/base/internal.ts';
import { cpp } from '../../src/emit/cpp.ts';
import { type EmitRequest, emit } from '../../src/emit/emit.ts';
import { inContext, newContext } from '../../src/ir/expr.ts';
import type { Nested } from '../../src/ops/reference/dense.ts';
import { code, codeRequest } from '../../src/pipeline/code.ts';
import { type Prepared, type PublishedPoint, all, prepare, publishedPoints } from './cases.ts';
import { far } from './far.ts';
import { difference, flat, hostileRequest, selfChecked, shapeOf } from './native.ts';

const asked = spawnSync('pkg-config', ['--cflags-only-I', 'eigen3'], { encoding: 'utf8' });
const eigen = /-I(\S+)/.exec(asked.stdout ?? '')?.[1] ?? '/usr/include/eigen3';
const isThere = existsSync(join(eigen, 'Eigen/Dense')) && spawnSync('g++', ['--version']).status === 0;
if (!isThere) process.stdout.write(`emitted C++ is not run: it needs g++ and Eigen in ${eigen}\n`);

const folder = mkdtempSync(join(tmpdir(), 'ricci-cpp-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Found {
  readonly shape: readonly number[];
  readonly numbers: readonly number[];
}

/** One program: what it includes, and C++ that writes its results. */
interface Part {
  readonly header: string;
  readonly lines: readonly string[];
}

const parts: Part[] = [];
let answers: ReadonlyMap<string, Found | string> = new Map();

/** Registers a part; its answers are there when the tests run. */
function later(text: string, lines: readonly string[]): (key: string) => Found | string | undefined {
  const header = `m${parts.length}.hpp`;
  writeFileSync(join(folder, header), text);
  const own = parts.length;
  parts.push({ header, lines: lines.map((l) => l.replaceAll('$', `${own}:`)) });
  return (key) => answers.get(`${own}:${key}`);
}

function numbersText(v: Nested): string {
  return flat(v).map((x) => (Number.isInteger(x) ? `${x}.0` : String(x))).join(', ');
}

/** A value as an argument. */
function given(v: Nested): string {
  const shape = shapeOf(v);
  if (shape.length === 0) return numbersText(v);
  if (shape.length === 1) return `vec({${numbersText(v)}})`;
  return shape.length === 2 ? `mat(${shape[0]}, ${shape[1]}, {${numbersText(v)}})` : `{{${shape.join(', ')}}, vec({${numbersText(v)}})}`;
}

/** Names of the parameters of a function, with their types. */
function parametersOf(text: string, name: string): { readonly type: string; readonly name: string }[] {
  const list = must(new RegExp(`^inline [^\\n]*? ${name}\\(([^{]*)\\) \\{`, 'm').exec(text)?.[1], name);
  return list.split(/,\s*(?![^<]*>)/).map((p) => p.trim()).filter((p) => p !== '').map((p) => ({ type: p.replace(/\s*\w+$/, ''), name: must(/(\w+)$/.exec(p)?.[1]) }));
}

/** The arguments of a function in its order: values of variables, sizes, stand-ins for declared functions. */
function argumentsFor(text: string, name: string, sizes: ReadonlyMap<string, number>): string[] {
  return parametersOf(text, name).map(({ type, name: p }) => {
    if (type.includes('std::function')) return `declared(${hashText('f')}, ${p === 'f' ? 0 : Number(/^d(\d*)f$/.exec(p)?.[1] ?? '') || 1})`;
    if (/(^|\s)Index$/.test(type)) return String(must(sizes.get(p)));
    return `a_${p}`;
  });
}

function declarations(text: string, name: string, values: Readonly<Record<string, Nested>>, space: string): string[] {
  return parametersOf(text, name).filter((p) => p.name in values).map(({ type, name: p }) => `const ${type.includes('Tensor') ? `${space}::Tensor` : 'auto'} a_${p} = ${type.includes('Tensor') ? given(must(values[p])) : given(must(values[p]))};`);
}

const shared = `#include <Eigen/Dense>
#include <unsupported/Eigen/MatrixFunctions>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>
#ifndef RICCI_TEST
#define RICCI_TEST
inline Eigen::VectorXd vec(std::vector<double> x) { return Eigen::Map<Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size())); }
inline Eigen::MatrixXd mat(Eigen::Index m, Eigen::Index n, std::vector<double> x) { return Eigen::VectorXd(vec(x)).reshaped<Eigen::RowMajor>(m, n); }
inline std::function<double(double)> declared(double h, int order) {
  const double a = 0.6 + std::fmod(h, 97.0) / 200, b = 0.3 + std::fmod(h, 89.0) / 300;
  return [=](double x) { return std::pow(a, order) * std::sin(a * x + 0.4 + order * 3.141592653589793 / 2) + std::pow(b, order) * std::exp(b * x) * 0.5; };
}
inline void say(const std::string& key, const std::vector<Eigen::Index>& shape, const Eigen::VectorXd& x) {
  std::printf("%s|", key.c_str());
  for (const auto n : shape) std::printf("%ld ", static_cast<long>(n));
  std::printf("|");
  for (const double v : x) std::printf("%.17g ", v);
  std::printf("\\n");
}
inline void out(const std::string& key, double x) { say(key, {}, Eigen::VectorXd::Constant(1, x)); }
inline void out(const std::string& key, const Eigen::VectorXd& x) { say(key, {x.size()}, x); }
inline void out(const std::string& key, const Eigen::MatrixXd& x) { say(key, {x.rows(), x.cols()}, x.reshaped<Eigen::RowMajor>()); }
template <typename T> auto out(const std::string& key, const T& x) -> decltype(x.shape, void()) { say(key, x.shape, x.data); }
template <typename... T> void out(const std::string& key, const std::tuple<T...>& x) {
  int k = 0;
  std::apply([&](const auto&... part) { (out(key + "." + std::to_string(k++), part), ...); }, x);
}
template <typename F> void attempt(const std::string& key, F f) {
  try { f(); } catch (const std::exception& e) { std::printf("%s|error|%s\\n", key.c_str(), e.what()); }
}
#endif
`;

function shell(command: string, args: readonly string[]): Promise<string> {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: folder });
    let text = '';
    child.stderr.on('data', (data: Buffer) => void (text += data.toString()));
    child.on('close', (status) => {
      done(status === 0 ? '' : text.slice(0, 4000) || `status ${status}`);
    });
  });
}

const flags = ['-std=c++17', '-O0', '-D', 'EIGEN_DONT_VECTORIZE', '-fmax-errors=6', '-Wall', '-Wextra', '-Werror', '-isystem', eigen];
const units = 8;

// The compiler takes about a second for a case. The published cases and those of particular operations are always there, and
// of the examples of the table those with a function that stands nowhere else; RICCI_FULL=1 runs all of them.
const prepared = all.map((c) => ({ c, p: inContext(newContext(), () => prepare(c)) }));
const isAlways = (id: string): boolean => /^[A-I]\d+$/.test(id) || id.startsWith('more_');
const covered = new Set(prepared.filter(({ c }) => isAlways(c.id)).flatMap(({ p }) => [...p.ops]));
const chosen = prepared.filter(({ c, p }) => {
  if (process.env['RICCI_FULL'] === '1' || isAlways(c.id)) return true;
  const isNew = [...p.ops].some((op) => !covered.has(op));
  for (const op of p.ops) covered.add(op);
  return isNew;
});

const cases = (isThere ? chosen : []).map(({ c, p }) => {
  // Several results in one go are tested with the cases of particular operations.
  const { combined: _, ...apart } = p.request;
  const { text } = inContext(newContext(), () => emit(c.id.startsWith('more_') ? p.request : apart, cpp));
  const points = publishedPoints.get(c.id) ?? [];
  return { title: `${c.id}: ${c.text} by ${c.by.join(', ')}`, p, points, hasBoth: text.includes(' both('), answer: later(text, linesFor(text, p, points)) };
});

function spaceOf(text: string): string {
  return must(/^namespace (\w+) \{/m.exec(text)?.[1]);
}

function linesFor(text: string, p: Prepared, points: readonly PublishedPoint[]): string[] {
  const space = spaceOf(text);
  const args = argumentsFor(text, 'value', p.sizes).join(', ');
  const core = text.includes(' derivative_core(') && p.direction !== undefined;
  const more = core ? parametersOf(text, 'derivative_apply').slice(2).map((q) => argumentsFor(text, 'value', p.sizes)[parametersOf(text, 'value').findIndex((v) => v.name === q.name)]) : [];
  return [
    ...declarations(text, 'value', p.values, space),
    ...['value', 'derivative', ...(text.includes(' both(') ? ['both'] : [])].map((f) => `attempt("$${f}", [&] { out("$${f}", ${space}::${f}(${args})); });`),
    ...(core ? [`attempt("$applied", [&] { out("$applied", ${space}::derivative_apply(${space}::derivative_core(${args}), ${given(must(p.direction))}${more.map((m) => `, ${m}`).join('')})); });`] : []),
    ...points.map(({ at }, k) => `attempt("$point ${k}", [&] { ${declarations(text, 'value', at, space).join(' ')} out("$point ${k}", ${space}::derivative(${args})); });`),
  ];
}

const farParts = far.map((c) => {
  const { text } = inContext(newContext(), () => code(c.text, 'cpp', { by: [c.by], want: ['gradient'], points: 0, name: `far${far.indexOf(c)}` }));
  const args = argumentsFor(text, 'value', new Map()).join(', ');
  return { ...c, answer: later(text, [...declarations(text, 'value', c.values, spaceOf(text)), ...['value', 'gradient'].map((f) => `attempt("$${f}", [&] { out("$${f}", ${spaceOf(text)}::${f}(${args})); });`)]) };
});

const wrongText = inContext(newContext(), () => code('norm2(A*x-y)^2', 'cpp', { by: ['x'], want: ['gradient'], points: 0, name: 'wrong' })).text;
const wrongArguments: readonly (readonly [values: string, says: string])[] = [
  ['vec({1, 2, 3}), mat(2, 2, {1, 2, 3, 4}), vec({1, 2})', 'A must have shape (m, n) with n = 3 from x, got (2, 2)'],
  ['vec({1, 2}), mat(2, 2, {1, 2, 3, 4}), vec({1, 2, 3})', 'y must have shape (m) with m = 2 from A, got (3)'],
];
const wrong = later(wrongText, wrongArguments.map(([values], k) => `attempt("$${k}", [&] { out("$${k}", wrong::gradient(${values})); });`));

const marker = join(folder, 'harm');
const attack = `static int harm = std::system("touch ${marker}");`;
const names = [`x*/ ${attack} /*`, `x*\\ ${attack} /*`, `x"); ${attack} //`, 'x\\', '??/', 'data', 'class', 'double', 'function', 'Eigen', 'std', 'detail', 'Index', 'Tensor', 'value', 'sum', 'i', 'j', 'I', 'linux', 'main', 'x\u2028y', '\uFB01', '{0}', '@sum', 'direction', 'core', 'λ', 'known', 'check_arguments', 'n', 'NULL', 'square', 'm0'];
const hostile = names.map((name, k) => {
  const request: EmitRequest = { ...inContext(newContext(), () => hostileRequest(name, attack)) };
  const text = inContext(newContext(), () => emit({ ...hostileRequest(name, attack), name: k % 2 === 0 ? `hostile${k}` : `${request.name}${k}` }, cpp).text);
  return { title: JSON.stringify(name), answer: later(text, [`attempt("$value", [&] { out("$value", ${spaceOf(text)}::value(vec({1, 2}), vec({3, 5}))); });`]) };
});

const checked = selfChecked.map(([of, by, declare], k) => {
  const name = `checked${k}`;
  const request = inContext(newContext(), () => emit(codeRequest(of, { by: [by], want: ['hessian', 'hvp'], points: 0, name, ...(declare !== undefined && { declare }) }), cpp).text);
  // Without a main of its own, to be called from here; and once more with a gradient that is one percent off.
  const inner = request.replace(/#ifdef RICCI_\w+_MAIN/, '').replace(/\}\s*\/\/ namespace \w+\n\nint main\(\)[\s\S]*?\n\}\n\nnamespace \w+ \{\n\n#endif/, '');
  const broken = inner.replaceAll(name, `broken${k}`).replaceAll(name.toUpperCase(), `BROKEN${k}`).replace(/(inline (Eigen::\w+|double) gradient\([\s\S]*?\n {2}return )([\s\S]*?);\n\}/, (_, head: string, type: string, result: string) => `${head}1.01 * ${type}(${result});\n}`);
  const call = (space: string): string => `attempt("$", [&] { out("$", ${space}::self_check()); });`;
  return { title: `${of} by ${by}`, answer: later(inner, [call(name)]), off: later(broken, [call(`broken${k}`)]) };
});

beforeAll(async () => {
  if (!isThere) return;
  writeFileSync(join(folder, 'shared.hpp'), shared);
  const precompiled = await shell('g++', [...flags, '-x', 'c++-header', 'shared.hpp', '-o', 'shared.hpp.gch']);
  if (precompiled !== '') throw new Error(`g++ failed: ${precompiled}`);
  const files = Array.from({ length: units }, (_, u) => {
    // Neighbours need the same instantiations of templates.
    const size = Math.ceil(parts.length / units);
    const mine = parts.slice(u * size, (u + 1) * size);
    const text = ['#include "shared.hpp"', ...mine.map((p) => `#include "${p.header}"`), ...mine.map((p) => `static void run_${p.header.slice(0, -4)}() {\n${p.lines.map((l) => `  ${l}`).join('\n')}\n}`), `void unit_${u}() {`, ...mine.map((p) => `  run_${p.header.slice(0, -4)}();`), '}'].join('\n');
    writeFileSync(join(folder, `unit${u}.cpp`), text);
    return `unit${u}`;
  });
  writeFileSync(join(folder, 'all.cpp'), `${files.map((_, u) => `void unit_${u}();`).join('\n')}\nint main() { ${files.map((_, u) => `unit_${u}();`).join(' ')} }\n`);
  const waiting = [...files];
  const problems: string[] = [];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) problems.push(await shell('g++', [...flags, '-c', `${file}.cpp`, '-o', `${file}.o`]));
  };
  await Promise.all([worker(), worker()]);
  const failed = problems.filter((p) => p !== '');
  if (failed.length > 0) throw new Error(`g++ failed: ${failed.join('\n')}`);
  const linked = await shell('g++', ['all.cpp', ...files.map((f) => `${f}.o`), '-o', 'all']);
  if (linked !== '') throw new Error(`g++ failed: ${linked}`);
  const { status, stdout, stderr } = spawnSync(join(folder, 'all'), { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`the emitted programs failed: ${stderr}`);
  answers = new Map(
    stdout.trim().split('\n').map((line): [string, Found | string] => {
      const [key, shape, rest] = line.split('|') as [string, string, string];
      if (shape === 'error') return [key, rest];
      return [key, { shape: shape.trim() === '' ? [] : shape.trim().split(' ').map(Number), numbers: rest.trim().split(' ').map((x) => (x === 'inf' ? Infinity : Number(x))) }];
    }),
  );
}, 1_800_000);

function found(answer: Found | string | undefined): Found {
  if (typeof answer === 'object') return answer;
  throw new Error(answer ?? 'no answer');
}

test('every function of the table is compiled somewhere', () => {
  const seen = new Set(chosen.flatMap(({ p }) => [...p.ops]));
  expect([...new Set(prepared.flatMap(({ p }) => [...p.ops]))].filter((op) => !seen.has(op))).toEqual([]);
});

describe.runIf(isThere)('C++', () => {
  test('both points of every published case are among them', () => {
    expect(cases.filter((c) => c.points.length === 2)).toHaveLength(124);
  });

  test.each(cases)('$title', ({ p, points, answer, hasBoth }) => {
    for (const [k, { expected }] of points.entries()) {
      const there = found(answer(`point ${k}`));
      expect(there.shape).toEqual(shapeOf(expected));
      expect(difference(there.numbers, expected)).toBeLessThan(p.tolerance);
    }
    for (const name of ['value', 'derivative']) {
      const { shape, numbers } = found(answer(name));
      const wanted = must(p.expected[name]);
      expect(shape).toEqual(shapeOf(wanted));
      expect(difference(numbers, wanted)).toBeLessThan(p.tolerance);
    }
    if (hasBoth) {
      const both = found(answer('both.1'));
      expect(difference(found(answer('both.0')).numbers, must(p.expected['value']))).toBeLessThan(p.tolerance);
      const dense = must(p.expected['derivative']);
      if (both.numbers.length === flat(dense).length) expect(difference(both.numbers, dense)).toBeLessThan(p.tolerance);
    }
    const applied = answer('applied');
    if (applied !== undefined) expect(difference(found(applied).numbers, must(p.expected['applied']))).toBeLessThan(p.tolerance);
  });

  test.each(farParts)('far from zero: $text', ({ value, gradient, answer }) => {
    expect(Math.abs(must(found(answer('value')).numbers[0]) - value) / (Math.abs(value) || 1)).toBeLessThan(1e-12);
    expect(difference(found(answer('gradient')).numbers, gradient)).toBeLessThan(1e-12);
  });

  test.each(wrongArguments.map(([, says], k) => ({ says, k })))('wrong arguments: $says', ({ says, k }) => {
    expect(wrong(String(k))).toBe(says);
  });

  test.each(hostile)('names and text of users stay in their place: $title', ({ answer }) => {
    expect(found(answer('value')).numbers).toEqual([13]);
    expect(existsSync(marker)).toBe(false);
  });

  test.each(checked)('the self-check: $title', ({ answer, off }) => {
    expect(must(found(answer('')).numbers[0])).toBeLessThan(1e-6);
    expect(off('')).toContain('derivatives and differences disagree');
  });

  test('a header is a program when asked', async () => {
    const { text } = inContext(newContext(), () => code('log(sum(exp(A*x)))', 'cpp', { by: ['x'], want: ['gradient'], points: 0, name: 'program' }));
    writeFileSync(join(folder, 'program.hpp'), text);
    expect(await shell('g++', ['-std=c++17', '-I', eigen, '-D', 'RICCI_PROGRAM_HPP_MAIN', '-x', 'c++', 'program.hpp', '-o', 'program'])).toBe('');
    const { status, stdout } = spawnSync(join(folder, 'program'), { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toContain('largest relative error');
  }, 300_000);
});
