// MATLAB and Octave, the same text for both (MATLAB from R2016b on): vectors are columns, an array has its first axis fastest.

import { must } from '../base/internal.ts';
import { type Dim, dimValue } from '../ir/dim.ts';
import type { Shape } from '../ir/expr.ts';
import { type Rational, toNumber } from '../ir/rational.ts';
import { type Code, atom, level, wrap } from '../ops/spell.ts';
import type { Dialect, Laid, Operand, Scope } from './dialect.ts';
import { numberCode, sumCode } from './infix.ts';
import { moduleText } from './octave-module.ts';
import { octavePrelude } from './octave-prelude.ts';

// Keywords, functions that bodies call (a variable would hide them), and names of the module itself.
const words =
  'break case catch classdef continue do else elseif end end_try_catch end_unwind_protect endfor endfunction endif endparfor endswitch endwhile enumeration events ' +
  'for function global if methods otherwise parfor persistent properties return spmd switch try unwind_protect unwind_protect_cleanup until while ' +
  'Inf NaN abs acos asin atan cat cell char chol circshift cos cosh det diag double eig erf error exp expm expm1 eye feval gammaln inv isfinite kron log log1p logical logm ' +
  'max min nargin nargout norm numel ones permute pinv psi rand repmat reshape sign sin sinh size sqrt sqrtm struct sum svd sylvester tan tanh trace tril triu true false varargin varargout zeros ' +
  'ans orth round isempty isvector functions self_check checkArguments selfCheckAt point toward errors cores kind shift';

const reserved = new Set([...words.split(' '), ...octavePrelude.keys()]);

export const octave: Dialect = {
  target: 'octave',
  extension: '.m',
  reserved,
  isNamedAsFile: true,
  helperName: (name) => name,
  width: 96,
  literal,
  smaller: (a, b) => atom(`min(${a.text}, ${b.text})`),
  fill: (value, shape, scope) => {
    const number = toNumber(value);
    const sizes = sizesText(shape, scope);
    return atom(number === 0 ? `zeros(${sizes})` : number === 1 ? `ones(${sizes})` : `repmat(${literal(value).text}, ${sizes})`);
  },
  unit: (node, scope) => {
    if (node.kind === 'stack') {
      const [part, whole] = node.shape as [Dim, Dim];
      const identity = `eye(${scope.dim(part).text}, ${scope.dim(whole).text})`;
      return atom(dimValue(node.offset) === 0 ? identity : `circshift(${identity}, ${scope.dim(node.offset).text}, 2)`);
    }
    const n = dimProduct(must(node.groups[0]), scope);
    const identity = `eye(${n.text})`;
    if (node.groups.length === 2 && node.shape.length === 2) return atom(identity);
    const sides = node.groups.map(() => n.text).join(', ');
    const joined: Operand = { code: atom(node.groups.length === 2 ? identity : `${scope.helper('spread')}(1, [${node.groups.map(() => 1).join(' ')}], [${sides}])`), shape: node.groups.map((g) => must(g[0])) };
    // Symmetric in its axes, so that only the result's have to be turned around.
    const reversed = atom(`reshape(${joined.code.text}, [${node.shape.toReversed().map((d) => scope.dim(d).text).join(', ')}])`);
    return node.groups.every((g) => g.length === 1) ? joined.code : reverse(reversed, node.shape.length);
  },
  transpose: ({ code }, order) => permuted(code, order),
  diagonal: ({ code, shape }, first, second, scope) => (shape.length === 2 ? atom(`diag(${code.text})`) : atom(`${scope.helper('diagonalOf')}(${code.text}, ${first + 1}, ${second + 1})`)),
  trace: ({ code }) => atom(`trace(${code.text})`),
  reduce: ({ code, shape }, axes) => reduced(code, shape.length, axes),
  expand: (of, shape, scope) => {
    const counts = shape.map((d, axis) => (of.along[axis] ? '1' : scope.dim(d).text));
    return atom(`repmat(${aligned(of).text}, ${counts.length === 1 ? `${counts[0]}, 1` : counts.join(', ')})`);
  },
  reshape: ({ code, shape }, to, scope) => {
    const turned = reverse(code, shape.length);
    if (to.length === 1) return atom(isName(turned) ? `${turned.text}(:)` : `reshape(${turned.text}, [], 1)`);
    return reverse(atom(`reshape(${turned.text}, ${to.toReversed().map((d) => scope.dim(d).text).join(', ')})`), to.length);
  },
  slice: ({ code, shape }, axis, offset, length, scope) => {
    const entries = range(offset, length, scope);
    if (!isName(code)) return atom(`${scope.helper('part')}(${code.text}, ${axis + 1}, ${entries})`);
    return atom(`${code.text}(${shape.map((_, k) => (k === axis ? entries : ':')).join(', ')})`);
  },
  pad: (of, axis, offset, whole, scope) => {
    const own = must(of.shape[axis]);
    const after = sumCode([{ coef: unit, code: scope.dim(whole) }, { coef: minus, code: scope.dim(offset) }, { coef: minus, code: scope.dim(own) }].filter((t) => t.code.text !== '0'), literal);
    const zeros = (count: string): string[] => (count === '0' ? [] : [`zeros(${of.shape.length === 1 ? `${count}, 1` : of.shape.map((d, k) => (k === axis ? count : scope.dim(d).text)).join(', ')})`]);
    const parts = [...zeros(scope.dim(offset).text), of.code.text, ...zeros(sameSize(whole, offset, own) ? '0' : after.text)];
    return atom(of.shape.length > 2 ? `cat(${axis + 1}, ${parts.join(', ')})` : `[${parts.join(axis === 0 ? '; ' : ', ')}]`);
  },
  multiply: (operands, shape) => {
    const mask = operands.find((o) => o.code.mask && o.along.every((own) => own));
    const rest = operands.filter((o) => o !== mask);
    if (mask?.code.mask && rest.some((o) => o.along.every((own) => own))) return mask.code.mask(product(rest));
    const [a, b] = operands;
    if (operands.length === 2 && a && b && shape.length === 2 && [a, b].every((o) => o.shape.length === 1 && !o.code.over) && a.along[0] !== b.along[0]) {
      const [column, row] = a.along[0] ? [a, b] : [b, a];
      return matrixProduct(column.code, transposed(row.code));
    }
    return product(operands);
  },
  combine: (terms) => sumCode(terms.map(({ coef, of }) => ({ coef, code: of && aligned(of), ...(of && of.shape.length > 0 && { slash: './' }) })), literal),
  matmul: (left, right, batch, scope) => {
    if (batch > 0) {
      const own = (shape: Shape, letters: string): string => 'xyz'.slice(0, batch) + letters.slice(0, shape.length - batch);
      const [l, r] = [own(left.shape, left.shape.length - batch === 1 ? 'b' : 'ab'), own(right.shape, 'bc')];
      const out = 'xyz'.slice(0, batch) + (left.shape.length - batch > 1 ? 'a' : '') + (right.shape.length - batch > 1 ? 'c' : '');
      return atom(`${scope.helper('einsum')}(${left.code.text}, '${l}', ${right.code.text}, '${r}', '${out}')`);
    }
    if (left.shape.length > 1) return matrixProduct(left.code, right.code);
    return right.shape.length === 1 ? matrixProduct(transposed(left.code), right.code) : matrixProduct(transposed(right.code), left.code);
  },
  inner: (left, right) => {
    if (left.shape.length === 1) return matrixProduct(transposed(left.code), right.code);
    const both = [left, right].map((o): Laid => ({ ...o, along: o.shape.map(() => true) }));
    return reduced(isName(left.code) && left.code.text === right.code.text ? { text: `${left.code.text}.^2`, level: level.power } : product(both), left.shape.length, left.shape.map((_, axis) => axis));
  },
  einsum: (left, right, labels, scope) => {
    const [l, r] = [labels.left, labels.right];
    if (l.length === 2 && r.length === 2 && l.every((x) => r.includes(x)) && labels.out.length === 1) {
      const turned = l[0] === r[0] ? right : { ...right, code: transposed(right.code), shape: right.shape.toReversed() };
      return reduced(product([left, turned].map((o): Laid => ({ ...o, along: [true, true] }))), 2, [l[0] === labels.out[0] ? 1 : 0]);
    }
    const letters = new Map([...new Set([...l, ...r])].map((x, k) => [x, String.fromCharCode(105 + k <= 122 ? 105 + k : 97 + k - 18)]));
    const text = (list: readonly number[]): string => `'${list.map((x) => must(letters.get(x))).join('')}'`;
    return atom(`${scope.helper('einsum')}(${left.code.text}, ${text(l)}, ${right.code.text}, ${text(r)}, ${text(labels.out)})`);
  },
  spread: (of, pattern, shape, scope) => {
    const isNumber = of.shape.length === 0;
    if (pattern.length === 2) {
      if (!isNumber) return atom(`diag(${of.code.text})`);
      const identity = atom(`eye(${scope.dim(must(shape[0])).text})`);
      return of.code.text === '1' ? identity : product([of, { code: identity, shape, along: [true, true] }]);
    }
    const sizes = shape.map((d) => scope.dim(d).text).join(', ');
    return atom(`${scope.helper('spread')}(${aligned(of).text}, [${pattern.map((p) => p + 1).join(' ')}], [${sizes}])`);
  },
  argument: (code) => code,
  module: (model) => moduleText(model, reserved),
};

const unit: Rational = { num: 1, den: 1 };
const minus: Rational = { num: -1, den: 1 };

function literal(value: Rational): Code {
  return numberCode(value, (v) => (Number.isNaN(v) ? 'NaN' : v > 0 ? 'Inf' : '-Inf'));
}

function isName(code: Code): boolean {
  return /^[A-Za-z]\w*$/.test(code.text);
}

function sameSize(whole: Dim, offset: Dim, own: Dim): boolean {
  const [w, o, n] = [dimValue(whole), dimValue(offset), dimValue(own)];
  return w !== undefined && o !== undefined && n !== undefined && w === o + n;
}

function dimProduct(dims: readonly Dim[], scope: Scope): Code {
  const codes = dims.map((d) => scope.dim(d));
  return codes.length === 1 ? must(codes[0]) : { text: codes.map((c) => wrap(c, level.product)).join(' * '), level: level.product };
}

/** Sizes between commas; a vector is a column. */
function sizesText(shape: Shape, scope: Scope): string {
  const sizes = shape.map((d) => scope.dim(d).text);
  return sizes.length === 1 ? `${sizes[0]}, 1` : sizes.join(', ');
}

function transposed(code: Code): Code {
  return code.turned ?? { ...atom(`${wrap(code, level.atom)}'`), turned: code };
}

function permuted(code: Code, order: readonly number[]): Code {
  if (order.length === 2) return transposed(code);
  const isReverse = order.every((axis, i) => axis === order.length - 1 - i);
  if (isReverse && code.turned) return code.turned;
  return { ...atom(`permute(${code.text}, [${order.map((axis) => axis + 1).join(' ')}])`), ...(isReverse && { turned: code }) };
}

/** Axes in reverse: what has its last axis fastest then has its first. */
function reverse(code: Code, rank: number): Code {
  return rank < 2 ? code : permuted(code, Array.from({ length: rank }, (_, i) => rank - 1 - i));
}

/** With axes of one entry where the operand repeats; trailing ones need none. */
function aligned({ code, shape, along }: Laid): Code {
  const axes = along.flatMap((own, axis) => (own ? [axis] : []));
  if (axes.every((axis, k) => axis === k)) return code;
  const at = (c: Code): Code => {
    if (along.length === 2) return transposed(c);
    let free = shape.length;
    return atom(`permute(${c.text}, [${along.map((own, axis) => (own ? axes.indexOf(axis) : free++) + 1).join(' ')}])`);
  };
  if (!code.over) return at(code);
  const over = at(code.over);
  return { text: `1 ./ ${wrap(over, level.unary)}`, level: level.product, over };
}

/** `2 * x .* y ./ z`: numbers first, signs with a dot between arrays. */
function product(operands: readonly Laid[]): Code {
  const factors = operands.map((o) => ({ code: aligned(o), isNumber: o.shape.length === 0 })).sort((a, b) => Number(b.isNumber) - Number(a.isNumber));
  if (factors.length === 1) return must(factors[0]).code;
  const above = factors.filter((f) => !f.code.over);
  const below = factors.flatMap((f) => (f.code.over ? [{ ...f, code: f.code.over }] : []));
  const plain = factors.every((f) => f.code.plain) ? { plain: true as const } : {};
  let isNumber = true;
  let text = '';
  for (const f of above) {
    text += text === '' ? wrap(f.code, level.product) : `${isNumber || f.isNumber ? ' * ' : ' .* '}${wrap(f.code, level.unary)}`;
    isNumber &&= f.isNumber;
  }
  for (const f of below) {
    text = `${text === '' ? '1' : text}${f.isNumber ? ' / ' : ' ./ '}${wrap(f.code, level.unary)}`;
  }
  return { text, level: level.product, ...plain };
}

function matrixProduct(left: Code, right: Code): Code {
  const l = left.level === level.matmul ? left.text : wrap(left, level.power);
  return { text: `${l} * ${wrap(right, level.power)}`, level: level.matmul };
}

/** Sums over axes; what is left of them is brought together. */
function reduced(code: Code, rank: number, axes: readonly number[]): Code {
  if (axes.length === rank) {
    if (rank > 1 && isName(code)) return atom(`sum(${code.text}(:))`);
    return atom('sum('.repeat(rank) + code.text + ')'.repeat(rank));
  }
  const summed = axes.reduce((text, axis) => `sum(${text}, ${axis + 1})`, code.text);
  const kept = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
  if (kept.every((axis, k) => axis === k)) return atom(summed);
  return rank === 2 ? transposed(atom(summed)) : atom(`permute(${summed}, [${[...kept, ...axes].map((axis) => axis + 1).join(' ')}])`);
}

/** `3:5`, `1:n`, `(k + 1):(k + n)`. */
function range(offset: Dim, length: Dim, scope: Scope): string {
  const [from, count] = [scope.dim(offset), scope.dim(length)];
  const [a, n] = [dimValue(offset), dimValue(length)];
  if (a !== undefined && n !== undefined) return `${a + 1}:${a + n}`;
  if (a === 0) return `1:${wrap(count, level.sum + 1)}`;
  return `(${from.text} + 1):(${from.text} + ${wrap(count, level.sum + 1)})`;
}
