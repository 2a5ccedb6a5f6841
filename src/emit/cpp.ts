// C++17 with Eigen: header files, vectors and matrices as Eigen's, arrays of more axes entry by entry.

import { must } from '../base/internal.ts';
import { type Dim, dimValue } from '../ir/dim.ts';
import type { Shape } from '../ir/expr.ts';
import { type Rational, isInteger, toNumber } from '../ir/rational.ts';
import { type Code, atom, level, wrap } from '../ops/spell.ts';
import { moduleText } from './cpp-module.ts';
import type { Dialect, Laid, Operand, Scope, WeightedTerm } from './dialect.ts';
import { type Loops, entryOf, entryWise, positions, positionsFor } from './entries.ts';
import { productCode as product, sumCode as sum } from './infix.ts';

// Keywords, alternative spellings, names that modules use, macros of common headers and of GNU modes.
const words =
  'alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class co_await co_return co_yield compl concept const const_cast consteval constexpr constinit continue decltype default delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template this thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq ' +
  'std Eigen Index Tensor detail known entry check_arguments self_check final override import module main assert errno linux unix i386 NULL NAN INFINITY EOF stdin stdout stderr I _Complex HUGE_VAL offsetof signals slots emit foreach BUFSIZ RAND_MAX';

function literal(value: Rational): Code {
  const number = toNumber(value);
  const limits = 'std::numeric_limits<double>::';
  if (!Number.isFinite(number)) return { text: Number.isNaN(number) ? `${limits}quiet_NaN()` : `${number < 0 ? '-' : ''}${limits}infinity()`, level: number < 0 ? level.unary : level.atom, plain: true };
  const text = (x: number): string => (/^-?\d+$/.test(String(x)) ? `${x}.0` : String(x));
  if (isInteger(value) || String(number).length <= 6) return { text: text(number), level: number < 0 ? level.unary : level.atom, plain: true };
  return { text: `${text(value.num)} / ${text(value.den)}`, level: level.product, plain: true };
}

/** Whole numbers would divide as such. */
function real(code: Code): Code {
  return code.text.startsWith('1 / ') ? { ...code, text: `1.0${code.text.slice(1)}` } : code;
}

function productCode(factors: readonly Code[]): Code {
  return real(product(factors));
}

function sumCode(terms: readonly { readonly coef: Rational; readonly code: Code | undefined }[]): Code {
  return real(sum(terms, literal));
}

const loops: Loops = {
  literal,
  at: (name, at) => `${name}(${at.join(', ')})`,
  flat: (name, position, shape, scope) => {
    if (shape.length === 1) return `${name}(${position})`;
    if (shape.length > 2) return `${name}.data(${position})`;
    const cols = wrap(scope.dim(must(shape[1])), level.atom);
    const p = /^\w+$/.test(position) ? position : `(${position})`;
    return `${name}(${p} / ${cols}, ${p} % ${cols})`;
  },
  build: (shape, at, entry, scope) => {
    const dims = shape.map((d) => scope.dim(d).text);
    const recipe = lambda(at, entry.text);
    if (shape.length > 2) return `${scope.helper('tensor')}<${shape.length}>({${dims.join(', ')}}, ${recipe})`;
    return `Eigen::${shape.length === 1 ? 'VectorXd' : 'MatrixXd'}::NullaryExpr(${dims.join(', ')}, ${recipe})`;
  },
  sum: (length, index, entry, scope) => `${scope.helper('sum')}(${length.text}, ${lambda([index], entry)})`,
  equals: '==',
  zero: '0.0',
  one: '1.0',
};

/** A function of positions; those it does not use have no name. */
function lambda(at: readonly string[], entry: string): string {
  const parameters = at.map((index) => (new RegExp(`\\b${index}\\b`).test(entry) ? `Index ${index}` : 'Index'));
  return `[&](${parameters.join(', ')}) { return ${entry}; }`;
}

const basic = entryWise(loops);

function isFlat(...shapes: readonly Shape[]): boolean {
  return shapes.every((s) => s.length <= 2);
}

function hasName(code: Code): boolean {
  return /^\w+$/.test(code.text);
}

/** As an expression of Eigen's matrices. */
function matrixOf(code: Code): Code {
  return code.form === 'array' ? { ...atom(`${wrap(code, level.atom)}.matrix()`), ...(code.entry && { entry: code.entry }) } : code;
}

/** As an expression of Eigen's arrays; what is divided by too. */
function arrayOf(code: Code): Code {
  const own: Code = code.form === 'array' ? code : { ...atom(`${wrap(code, level.atom)}.array()`), form: 'array' };
  return code.over ? { ...own, over: arrayOf(code.over) } : own;
}

function isFull(o: Laid): boolean {
  return o.along.every((own) => own);
}

/** The operand in the shape of the result; numbers stay numbers. */
function repeated(o: Laid, shape: Shape, scope: Scope): Code {
  if (o.shape.length === 0 || isFull(o)) return o.code;
  const [m, n] = shape.map((d) => scope.dim(d).text);
  const written = (code: Code): Code => {
    const x = wrap(code, level.atom);
    return { ...atom(o.along[0] ? `${x}.replicate(1, ${n})` : `${x}.transpose().replicate(${m}, 1)`), ...(code.form === 'array' && { form: 'array' as const }) };
  };
  return o.code.over ? { ...written(o.code), over: written(o.code.over) } : written(o.code);
}

function withForm(code: Code, form: Code['form']): Code {
  const { form: _, ...rest } = code;
  return form === undefined ? rest : { ...rest, form };
}

function diagonalMatrix(vector: Code): Code {
  return { ...atom(`Eigen::MatrixXd(${wrap(vector, level.atom)}.asDiagonal())`), form: { diagonal: vector.text } };
}

function diagonalOf(code: Code): Code | undefined {
  if (typeof code.form !== 'object') return undefined;
  const { diagonal } = code.form;
  return { text: diagonal, level: /^[\w.:()]+$/.test(diagonal) ? level.atom : level.sum };
}

function multiply(operands: readonly Laid[], shape: Shape, scope: Scope): Code {
  if (shape.length === 0) return productCode(operands.map((o) => o.code));
  const mask = operands.find((o) => o.code.mask && isFull(o));
  const others = operands.filter((o) => o !== mask);
  if (mask?.code.mask && others.some(isFull)) return mask.code.mask(matrixOf(multiply(others, shape, scope)));
  const [numbers, arrays] = [operands.filter((o) => o.shape.length === 0), operands.filter((o) => o.shape.length > 0)];
  const scale = numbers.map((o) => o.code);
  const [a, b] = arrays;
  if (arrays.length === 1 && a && isFull(a) && !a.code.over) {
    const diagonal = diagonalOf(a.code);
    return diagonal ? diagonalMatrix(productCode([...scale, diagonal])) : withForm(productCode([...scale, a.code]), a.code.form);
  }
  if (arrays.length === 2 && a && b && shape.length === 2 && !a.code.over && !b.code.over) {
    const isOuter = a.shape.length === 1 && b.shape.length === 1 && a.along[0] !== b.along[0];
    if (isOuter) {
      const [column, row] = a.along[0] ? [a, b] : [b, a];
      const outer: Code = { text: `${wrap(matrixOf(column.code), level.power)} * ${wrap(matrixOf(row.code), level.atom)}.transpose()`, level: level.matmul };
      return scale.length === 0 ? outer : productCode([...scale, outer]);
    }
    const [v, M] = isFull(a) ? [b, a] : [a, b];
    if (v.shape.length === 1 && !isFull(v) && isFull(M) && typeof M.code.form !== 'object') {
      const weights = withForm(scale.length === 0 ? v.code : productCode([...scale, v.code]), v.code.form);
      const D = `${wrap(matrixOf(weights), level.atom)}.asDiagonal()`;
      const X = wrap(matrixOf(M.code), level.power);
      return { text: v.along[0] ? `${D} * ${X}` : `${X} * ${D}`, level: level.matmul };
    }
  }
  return withForm(productCode([...scale, ...arrays.map((o) => arrayOf(repeated(o, shape, scope)))]), 'array');
}

function combine(terms: readonly WeightedTerm[], shape: Shape, scope: Scope): Code {
  if (shape.length === 0) return sumCode(terms.map(({ coef, of }) => ({ coef, code: of?.code })));
  const isMatrix = terms.every(({ of }) => of !== undefined && of.shape.length > 0 && isFull(of) && of.code.form !== 'array' && !of.code.over);
  if (!isMatrix) return withForm(sumCode(terms.map(({ coef, of }) => ({ coef, code: of && (of.shape.length === 0 ? of.code : arrayOf(repeated(of, shape, scope))) }))), 'array');
  const diagonals = terms.flatMap(({ coef, of }) => ((code) => (code ? [{ coef, code }] : []))(of && diagonalOf(of.code)));
  const rest = terms.filter(({ of }) => of && !diagonalOf(of.code)).map(({ coef, of }) => ({ coef, code: of?.code }));
  if (diagonals.length === 0) return withForm(sumCode(rest), undefined);
  const vector = sumCode(diagonals.map(({ coef, code }) => ({ coef, code })));
  return rest.length === 0 ? diagonalMatrix(vector) : atom(`${scope.helper('plus_diagonal')}(${sumCode(rest).text}, ${vector.text})`);
}

function matmul(left: Operand, right: Operand, scope: Scope): Code {
  const [A, B] = [matrixOf(left.code), matrixOf(right.code)];
  if (left.shape.length === 1) return dotted(left, right);
  if (right.shape.length === 2 && A.turned?.text === B.text) return atom(`${scope.helper('gram')}(${B.text})`);
  if (right.shape.length === 2 && B.turned?.text === A.text) return atom(`${scope.helper('gram')}(${B.text})`);
  const l = A.level === level.matmul ? A.text : wrap(A, level.power);
  return { text: `${l} * ${wrap(B, level.power)}`, level: level.matmul };
}

/** The sum of the products of all entries. */
function dotted(left: Operand, right: Operand): Code {
  const [a, b] = [left.code, right.code];
  if (a.text === b.text) return atom(`${wrap(matrixOf(a), level.atom)}.squaredNorm()`);
  if (a.form === 'array' || b.form === 'array') return atom(`(${wrap(arrayOf(a), level.product)} * ${wrap(arrayOf(b), level.unary)}).sum()`);
  return atom(left.shape.length === 1 ? `${wrap(a, level.atom)}.dot(${b.text})` : `${wrap(a, level.atom)}.cwiseProduct(${b.text}).sum()`);
}

function constant(value: Code, shape: Shape, scope: Scope): string {
  const dims = shape.map((d) => scope.dim(d).text).join(', ');
  const type = shape.length === 1 ? 'Eigen::VectorXd' : 'Eigen::MatrixXd';
  return value.text === '1.0' ? `${type}::Ones(${dims})` : value.text === '0.0' ? `${type}::Zero(${dims})` : `${type}::Constant(${dims}, ${value.text})`;
}

/** Rows or columns of a matrix, or a part of a vector. */
function block(x: string, rank: number, axis: number, offset: Dim, length: Dim, scope: Scope): string {
  const [from, count] = [scope.dim(offset).text, scope.dim(length).text];
  const isStart = dimValue(offset) === 0;
  if (rank === 1) return isStart ? `${x}.head(${count})` : `${x}.segment(${from}, ${count})`;
  const which = axis === 0 ? 'Rows' : 'Cols';
  return isStart ? `${x}.${axis === 0 ? 'top' : 'left'}${which}(${count})` : `${x}.middle${which}(${from}, ${count})`;
}

export const cpp: Dialect = {
  target: 'cpp',
  extension: '.hpp',
  reserved: new Set([...words.split(' '), ...positions]),
  width: 104,
  helperName: (name) => `detail::${name}`,
  literal,
  count: (size) => atom(`static_cast<double>(${size.text})`),
  smaller: (a, b) => atom(`std::min<Index>(${a.text}, ${b.text})`),
  ...basic,
  fill: (value, shape, scope) => ({ ...basic.fill(value, shape, scope), ...(isFlat(shape) && { text: constant(literal(value), shape, scope) }) }),
  unit: (node, scope) => {
    const code = basic.unit(node, scope);
    if (node.kind === 'stack') {
      const [part, whole] = node.shape as [Dim, Dim];
      const n = scope.dim(whole).text;
      return { ...code, text: block(`Eigen::MatrixXd::Identity(${n}, ${n})`, 2, 0, node.offset, part, scope) };
    }
    const [first, second] = node.groups.length === 2 ? node.groups : [];
    const n = first?.length === 1 && second?.length === 1 ? scope.dim(must(first[0])).text : undefined;
    return n === undefined ? code : { ...code, text: `Eigen::MatrixXd::Identity(${n}, ${n})` };
  },
  transpose: (of, order, scope) => {
    if (order.length !== 2) return basic.transpose(of, order, scope);
    const { code } = of;
    const entry = hasName(code) || code.entry ? { entry: ([i, j]: readonly string[]): Code => entryOf(of, [must(j), must(i)], loops, scope) } : {};
    return { ...atom(`${wrap(code, level.atom)}.transpose()`), ...entry, ...(code.form === 'array' && { form: 'array' as const }), turned: code, ...(code.heavy && { heavy: true as const }) };
  },
  diagonal: (of, first, second, scope) => (of.shape.length === 2 ? diagonalOf(of.code) ?? atom(`${wrap(matrixOf(of.code), level.atom)}.diagonal()`) : basic.diagonal(of, first, second, scope)),
  trace: (of) => atom(`${wrap(matrixOf(of.code), level.atom)}.trace()`),
  reduce: (of, axes, scope) => {
    if (!isFlat(of.shape)) return basic.reduce(of, axes, scope);
    const x = wrap(of.code, level.atom);
    if (axes.length === of.shape.length) return atom(`${x}.sum()`);
    return withForm(atom(axes[0] === 1 ? `${x}.rowwise().sum()` : `${x}.colwise().sum().transpose()`), of.code.form === 'array' ? 'array' : undefined);
  },
  expand: (of, shape, scope) => {
    if (!isFlat(shape)) return basic.expand(of, shape, scope);
    return of.shape.length === 0 ? atom(constant(of.code, shape, scope)) : repeated(of, shape, scope);
  },
  reshape: (of, shape, scope) => {
    if (!isFlat(of.shape, shape)) return basic.reshape(of, shape, scope);
    const dims = shape.length === 1 ? '' : shape.map((d) => scope.dim(d).text).join(', ');
    return withForm(atom(`${wrap(of.code, level.atom)}.reshaped<Eigen::RowMajor>(${dims})`), of.code.form === 'array' ? 'array' : undefined);
  },
  slice: (of, axis, offset, length, scope) => (isFlat(of.shape) ? withForm(atom(block(wrap(of.code, level.atom), of.shape.length, axis, offset, length, scope)), of.code.form === 'array' ? 'array' : undefined) : basic.slice(of, axis, offset, length, scope)),
  pad: (of, axis, offset, whole, scope) => {
    if (!isFlat(of.shape)) return basic.pad(of, axis, offset, whole, scope);
    const helper = of.shape.length === 1 ? 'padded' : axis === 0 ? 'padded_rows' : 'padded_cols';
    return atom(`${scope.helper(helper)}(${matrixOf(of.code).text}, ${scope.dim(offset).text}, ${scope.dim(whole).text})`);
  },
  multiply: (operands, shape, scope) => (isFlat(shape) ? multiply([...operands].sort((p, q) => Number(p.shape.length > 0) - Number(q.shape.length > 0)), shape, scope) : basic.multiply(operands, shape, scope)),
  combine: (terms, shape, scope) => (isFlat(shape) ? combine(terms, shape, scope) : basic.combine(terms, shape, scope)),
  matmul: (left, right, batch, scope) => {
    if (batch === 0 && isFlat(left.shape, right.shape)) return matmul(left, right, scope);
    const shared = Array.from({ length: batch }, (_, k) => k);
    const [l, r] = [left.shape.slice(batch + 1).map((_, k) => 10 + k), right.shape.slice(batch + 1).map((_, k) => 20 + k)];
    return basic.einsum(left, right, { left: [...shared, ...l, 30], right: [...shared, 30, ...r], out: [...shared, ...l, ...r] }, scope);
  },
  inner: (left, right, scope) => (isFlat(left.shape) ? dotted(left, right) : basic.inner(left, right, scope)),
  einsum: (left, right, labels, scope) => {
    const isAligned = left.shape.length === 2 && right.shape.length === 2 && labels.left.join() === labels.right.join() && labels.out.length === 1;
    if (!isAligned) return basic.einsum(left, right, labels, scope);
    const entries = `${wrap(matrixOf(left.code), level.atom)}.cwiseProduct(${matrixOf(right.code).text})`;
    return atom(labels.out[0] === labels.left[0] ? `${entries}.rowwise().sum()` : `${entries}.colwise().sum().transpose()`);
  },
  spread: (of, pattern, shape, scope) => {
    if (pattern.length !== 2 || shape.length !== 2) return basic.spread(of, pattern, shape, scope);
    if (of.shape.length > 0) return { ...diagonalMatrix(matrixOf(of.code)), ...(hasName(of.code) && { entry: basic.spread(of, pattern, shape, scope).entry as NonNullable<Code['entry']> }) };
    const n = scope.dim(must(shape[0])).text;
    const identity = atom(`Eigen::MatrixXd::Identity(${n}, ${n})`);
    return of.code.text === '1.0' ? identity : productCode([of.code, identity]);
  },
  elementwise: (args, shape, scope, spelled) => {
    if (shape.length === 0 || !isFlat(shape)) return basic.elementwise(args, shape, scope, spelled);
    const isNumber = args.map((a) => a.shape.length === 0);
    const arrays = args.map((a, k) => (isNumber[k] ? a.code : arrayOf(repeated(a, shape, scope))));
    const result = spelled(arrays, isNumber.map((number) => (number ? 0 : shape.length)));
    if (isNumber.every((number) => number)) return atom(constant(result, shape, scope));
    return { ...withForm(result, 'array'), ...(result.over && { over: withForm(result.over, 'array') }) };
  },
  batched: (args, batch, shape, scope, spelled) => {
    const at = positionsFor(batch);
    const sliced = args.map((a): { code: Code; rank: number } => {
      const x = hasName(a.code) ? a.code : scope.name(a);
      const rank = a.shape.length - batch;
      if (rank === 0) return { code: atom(loops.at(x.text, at, a.shape, scope)), rank };
      if (a.shape.length === 2) return { code: atom(`${x.text}.row(${at.join(', ')}).transpose()`), rank };
      return { code: atom(`${scope.helper(rank === 1 ? 'vector_of' : 'matrix_of')}(${x.text}, {${at.join(', ')}})`), rank };
    });
    const one = spelled(sliced.map((s) => s.code), sliced.map((s) => s.rank));
    if (shape.length === batch) return atom(loops.build(shape, at, one, scope));
    const dims = shape.map((d) => scope.dim(d).text);
    if (shape.length === 2) return atom(`${scope.helper('rows')}(${dims.join(', ')}, ${lambda(at, one.text)})`);
    return atom(`${scope.helper('stack')}<${batch}>({${dims.join(', ')}}, ${lambda(at, one.text)})`);
  },
  partOf: (code, part) => `std::get<${part}>(${code})`,
  argument: (code, shape) => (shape.length === 0 ? code : matrixOf(code)),
  module: moduleText,
};
