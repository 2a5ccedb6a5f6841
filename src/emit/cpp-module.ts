// The layout of an emitted C++ header: a namespace with one inline function for each output, one check of the arguments.

import { must } from '../base/internal.ts';
import { dimValue } from '../ir/dim.ts';
import type { Shape } from '../ir/expr.ts';
import { selfCheck } from './cpp-check.ts';
import { cppPrelude } from './cpp-prelude.ts';
import type { FunctionModel, ModuleModel, SizeSource, Statement } from './module.ts';
import { beside, bySimplicity, codeOf, mentions, shapeWords, cppString, withoutUnused } from './module-text.ts';
import { preludeText } from './prelude.ts';
import { argumentRows, oneLine, table, wrapped } from './words.ts';

export function moduleText(m: ModuleModel): string {
  const functions = m.functions.map(withoutUnused);
  const lines = functions.flatMap((f) => [...functionLines(f, m), '']);
  const hasArrays = m.signature.arguments.some((a) => a.variable.shape.length > 0);
  const check = m.checks.length > 0 ? [...selfCheck(m), ''] : [];
  const names = [...lines.join('\n').matchAll(/\bdetail::(\w+)/g)].map((found) => must(found[1])).filter((name) => cppPrelude.has(name));
  const helpers = preludeText(cppPrelude, [...new Set([...names, ...(hasArrays ? ['check_shape'] : [])])]);
  const code = [...lines, ...check, ...(check.length > 0 ? mainLines(m.name) : []), ...helpers, ...m.signature.arguments.map((a) => parameterType(a.variable.shape))].join('\n');
  const guard = `RICCI_${m.name.toUpperCase()}_HPP`;
  return `${[
    ...comment([
      m.title,
      '',
      ...table(m.functions.map((f) => [f.name, f.says])),
      '',
      ...(argumentRows(m, shapeWords).length > 0 ? ['Arguments, the same for every function:', '', ...table(argumentRows(m, shapeWords)), ''] : []),
      ...wrapped(`C++17 and Eigen 3.4.${m.checks.length > 0 ? ` To compare every derivative with finite differences: g++ -std=c++17 -I EIGEN -D ${guard}_MAIN -x c++ ${m.name}.hpp, and run it.` : ''} Written by ricci.`),
    ]),
    `#ifndef ${guard}`,
    `#define ${guard}`,
    '',
    ...includes(code),
    '',
    `namespace ${m.name} {`,
    '',
    'using Index = Eigen::Index;',
    '',
    ...(mentions(code, 'Tensor') ? [tensorType, ''] : []),
    ...(helpers.length > 0 ? ['namespace detail {', '', ...helpers.flatMap((text) => [text, '']), '}  // namespace detail', ''] : []),
    ...(hasArrays ? [...checkedLines(m), ''] : []),
    ...lines,
    ...(check.length > 0 ? [`#ifdef ${guard}_MAIN`, '', ...check, `}  // namespace ${m.name}`, '', ...mainLines(m.name), '', `namespace ${m.name} {`, '', '#endif', ''] : []),
    `}  // namespace ${m.name}`,
    '',
    '#endif',
  ].join('\n')}\n`;
}

function includes(code: string): string[] {
  const needed: readonly (readonly [header: string, word: RegExp])[] = [
    ['algorithm', /std::(max|min|count|next_permutation)\b/],
    ['array', /std::array/],
    ['cmath', /std::(abs|exp|log|sqrt|pow|sin|cos|tan|asin|acos|atan|sinh|cosh|tanh|erf|lgamma|log1p|expm1|round|isfinite|fmod)\b/],
    ['cstddef', /std::size_t/],
    ['functional', /std::(function|multiplies)/],
    ['iostream', /std::cout/],
    ['limits', /std::numeric_limits/],
    ['map', /std::map/],
    ['numeric', /std::(iota|accumulate)/],
    ['random', /std::mt19937/],
    ['stdexcept', /std::(invalid_argument|domain_error|runtime_error|exception)/],
    ['string', /std::string|std::to_string/],
    ['tuple', /std::(tuple|get)\b/],
    ['utility', /std::(move|pair|make_index_sequence)\b/],
    ['variant', /std::variant/],
    ['vector', /std::vector/],
  ];
  return [
    ...needed.filter(([, word]) => word.test(code)).map(([header]) => `#include <${header}>`),
    '',
    '#include <Eigen/Dense>',
    ...(/\.(exp|log|sqrt)\(\); \}|blocks\.exp\(\)/.test(code) ? ['#include <unsupported/Eigen/MatrixFunctions>'] : []),
  ];
}

const tensorType = `/** Entries along several axes, the last moving fastest. */
struct Tensor {
  std::vector<Index> shape;
  Eigen::VectorXd data;

  template <typename... At>
  double operator()(At... at) const {
    Index position = 0;
    std::size_t axis = 0;
    ((position = position * shape[axis++] + at), ...);
    return data(position);
  }
};`;

/** A comment that no text of a user can end, nor a backslash at the end of a line reach beyond. */
function comment(lines: readonly string[]): string[] {
  const safe = lines.map((l) => oneLine(l).replaceAll('\\', '/').replaceAll('*/', '* /').replaceAll('/*', '/ *').replaceAll('??', '? ?'));
  if (safe.length === 1) return [`/** ${safe[0]} */`];
  return ['/**', ...safe.map((l) => ` * ${l}`.trimEnd()), ' */'];
}

export function valueType(shape: Shape): string {
  return (['double', 'Eigen::VectorXd', 'Eigen::MatrixXd'] as const)[shape.length] ?? 'Tensor';
}

function parameterType(shape: Shape): string {
  return (['double', 'const Eigen::Ref<const Eigen::VectorXd>&', 'const Eigen::Ref<const Eigen::MatrixXd>&'] as const)[shape.length] ?? 'const Tensor&';
}

const functionType = 'const std::function<double(double)>&';

function moduleParameters(m: ModuleModel): string[] {
  const { arguments: args, explicit, callables } = m.signature;
  return [...args.map((a) => `${parameterType(a.variable.shape)} ${a.name}`), ...explicit.map((e) => `Index ${e.name}`), ...callables.map((c) => `${functionType} ${c.name}`)];
}

function functionLines(f: FunctionModel, m: ModuleModel): string[] {
  const types = f.results.map((r) => valueType(r.shape));
  const single = f.results.length === 1;
  const type = single ? must(types[0]) : `std::tuple<${types.join(', ')}>`;
  const returns = single ? shapeWords(must(f.results[0]).shape) : f.results.map((r) => `${r.name}, ${shapeWords(r.shape)}`).join('; ');
  const own = f.signature.arguments.slice(f.shared);
  const code = codeOf(f);
  const used = f.used.filter((s, k) => mentions(code, s.name) && f.used.findIndex((o) => o.name === s.name) === k);
  const isTuple = f.core !== undefined && f.core.parts.length > 1;
  const coreTypes = f.core?.parts.map((p) => valueType(must(own.find((a) => a.name === p)).variable.shape)) ?? [];
  const others = own.filter((a) => !f.core?.parts.includes(a.name));
  const typed = (a: { variable: { shape: Shape }; name: string }): string => `${parameterType(a.variable.shape)} ${a.name}`;
  const parameters = f.core
    ? [isTuple ? `const std::tuple<${coreTypes.join(', ')}>& ${f.core.name}` : typed({ ...must(own[0]), name: f.core.name }), ...others.map(typed), ...beside(f).map((p) => (p.isSize ? `Index ${p.name}` : `${functionType} ${p.name}`))]
    : [...moduleParameters(m), ...own.map(typed)];
  const taken = new Set([...f.signature.arguments.map((a) => a.name), ...f.body.statements.flatMap((s) => s.names)]);
  const checked = m.signature.arguments.some((a) => a.variable.shape.length > 0);
  const isUsed = (name: string): boolean => mentions(code, name) || used.some((size) => size.from.name === name) || own.some((a) => a.name === name && a.variable.shape.length > 0) || (checked && checkedNames(m).includes(name));
  const texts = f.body.results.map((r) => unwrapped(r.text));
  return [
    ...comment(wrapped(`${f.says} Returns ${returns}.`)),
    ...signatureLines(type, f.name, f.core ? parameters : parameters.map((p) => (isUsed(must(p.split(' ').at(-1))) ? p : `[[maybe_unused]] ${p}`))),
    ...(f.core || !checked ? [] : [`  check_arguments(${checkedNames(m).join(', ')});`]),
    ...(isTuple && f.core ? f.core.parts.map((p, k) => `  const auto& ${p} = std::get<${k}>(${must(f.core).name});`) : []),
    ...(own.some((a) => a.variable.shape.length > 0) ? ['  detail::Sizes known;', ...own.filter((a) => a.variable.shape.length > 0).map((a) => `  detail::check_shape(known, ${cppString(a.name)}, ${shapeOf(a.name, a.variable.shape)}, {${a.variable.shape.map((d) => (f.core ? plainAxis(d) : axisOf(m, d))).join(', ')}});`)] : []),
    ...used.map((s) => `  const Index ${s.name} = ${sizeOf(s)};`),
    ...f.body.statements.flatMap((s) => statementLines(s, taken, code)),
    single ? `  return ${texts[0]};` : `  return {${texts.join(', ')}};`,
    '}',
  ];
}

/** Eigen turns an array into the matrix that is returned: the whole needs no `.matrix()`. */
function unwrapped(text: string): string {
  if (!text.endsWith('.matrix()')) return text;
  let depth = 0;
  for (const c of text) {
    if (c === '(' || c === '{') depth++;
    else if (c === ')' || c === '}') depth--;
    else if (c === ' ' && depth === 0) return text;
  }
  return text.slice(0, -'.matrix()'.length);
}

function statementLines(s: Statement, taken: Set<string>, code: string): string[] {
  if (s.names.length === 1) return [`  const ${s.shape ? valueType(s.shape) : 'auto'} ${s.names[0]} = ${s.code.text};`];
  let whole = `${s.names.join('_')}_parts`;
  while (taken.has(whole)) whole += '_';
  taken.add(whole);
  // References, not a structured binding: a lambda of C++17 cannot capture those.
  return [`  const auto ${whole} = ${s.code.text};`, ...s.names.flatMap((name, k) => (mentions(code, name) ? [`  const auto& ${name} = std::get<${k}>(${whole});`] : []))];
}

function signatureLines(type: string, name: string, parameters: readonly string[]): string[] {
  const line = `inline ${type} ${name}(${parameters.join(', ')}) {`;
  if (line.length <= 110) return [line];
  return [`inline ${type} ${name}(`, ...parameters.map((p, k) => `    ${p}${k === parameters.length - 1 ? ') {' : ','}`)];
}

/** A name stands for any size, the same everywhere. */
function plainAxis(d: Shape[number]): string {
  const value = dimValue(d);
  return value === undefined ? cppString(d.key) : `Index{${value}}`;
}

function axisOf(m: ModuleModel, d: Shape[number]): string {
  if (dimValue(d) !== undefined) return plainAxis(d);
  return m.dimOver(d, (size) => ((source) => (source ? sizeOf(source) : must(m.signature.explicit.find((e) => e.size === size)).name))(m.signature.sizes.find((s) => s.size === size))).text;
}

function sizeOf({ from, axis }: SizeSource): string {
  const rank = from.variable.shape.length;
  return rank === 1 ? `${from.name}.size()` : rank === 2 ? `${from.name}.${axis === 0 ? 'rows' : 'cols'}()` : `${from.name}.shape[${axis}]`;
}

function shapeOf(name: string, shape: Shape): string {
  return shape.length === 1 ? `{${name}.size()}` : shape.length === 2 ? `{${name}.rows(), ${name}.cols()}` : `${name}.shape`;
}

/** What the check takes: arrays, and sizes that are given. */
function checkedNames(m: ModuleModel): string[] {
  const text = checks(m).join('\n');
  return [...m.signature.arguments.filter((a) => a.variable.shape.length > 0).map((a) => a.name), ...m.signature.explicit.map((e) => e.name).filter((name) => mentions(text, name))];
}

function checks(m: ModuleModel): string[] {
  return bySimplicity(m).flatMap(({ name, axes }) => {
    const { shape } = must(m.signature.arguments.find((a) => a.name === name)).variable;
    return axes.length === 0 ? [] : [`  detail::check_shape(known, ${cppString(name)}, ${shapeOf(name, shape)}, {${axes.map(({ dim, isNamed }) => (isNamed ? plainAxis(dim) : axisOf(m, dim))).join(', ')}});`];
  });
}

function checkedLines(m: ModuleModel): string[] {
  const names = new Set(checkedNames(m));
  const parameters = [...m.signature.arguments.filter((a) => names.has(a.name)).map((a) => `${parameterType(a.variable.shape)} ${a.name}`), ...m.signature.explicit.filter((e) => names.has(e.name)).map((e) => `Index ${e.name}`)];
  return ['/** std::invalid_argument where a shape does not fit. */', ...signatureLines('void', 'check_arguments', parameters), '  detail::Sizes known;', ...checks(m), '}'];
}

function mainLines(name: string): string[] {
  return [
    'int main() {',
    '  try {',
    `    const double error = ${name}::self_check();`,
    '    std::cout << "largest relative error " << error << "\\n";',
    '    return error <= 1e-6 ? 0 : 1;',
    '  } catch (const std::exception& problem) {',
    '    std::cout << problem.what() << "\\n";',
    '    return 1;',
    '  }',
    '}',
  ];
}
