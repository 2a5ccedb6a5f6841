// R, without packages. Vectors have no dimensions; what is shorter than an array repeats along its first axes, and other
// axes are written out.

import { must } from '../base/internal.ts';
import { type Dim, dimValue } from '../ir/dim.ts';
import type { Shape } from '../ir/expr.ts';
import { type Rational, toNumber } from '../ir/rational.ts';
import { type Code, atom, level, wrap } from '../ops/spell.ts';
import type { Dialect, Laid, Scope, WeightedTerm } from './dialect.ts';
import { numberCode, productCode, sumCode } from './infix.ts';
import { moduleText } from './r-module.ts';

// A variable does not hide a function in R, but a function does.
const functions =
  'abs acos all anyDuplicated aperm apply array asin atan backsolve c cat cbind chol colSums combn cos cosh crossprod det determinant diag digamma dim do.call drop eigen exp expand.grid expm1 ' +
  'forwardsolve identity intersect is.finite is.function is.null is.numeric kronecker lapply length lgamma list log log1p match matrix max message min ncol norm nrow numeric order outer ' +
  'paste pgamma plogis pmax pmin prod psigamma rbind rep rowSums self_check seq_len setdiff sign sin sinh solve sprintf sqrt stop stopifnot strsplit sum svd t tan tanh tcrossprod tryCatch unlist vapply which';
const words = 'if else repeat while function for next break in TRUE FALSE NULL Inf NaN NA NA_integer_ NA_real_ NA_complex_ NA_character_';

export const rLanguage: Dialect = {
  target: 'r',
  extension: '.R',
  reserved: new Set(words.split(' ')),
  reservedForFunctions: new Set(functions.split(' ')),
  helperName: (name) => `.${name}`,
  width: 88,
  literal,
  smaller: (a, b) => atom(`min(${a.text}, ${b.text})`),
  fill: (value, shape, scope) => (toNumber(value) === 0 && shape.length === 1 ? atom(`numeric(${scope.dim(must(shape[0])).text})`) : repeated(literal(value).text, shape, scope)),
  unit: (node, scope) => {
    if (node.kind === 'stack') {
      const [part, whole] = node.shape as [Dim, Dim];
      return atom(`diag(${scope.dim(whole).text})[${range(node.offset, part, scope)}, , drop = FALSE]`);
    }
    const n = productCode(must(node.groups[0]).map((d) => scope.dim(d))).text;
    if (node.groups.length === 2 && node.shape.length === 2) return atom(`diag(${n})`);
    const joined = node.groups.length === 2 ? `diag(${n})` : `${scope.helper('spread')}(rep(1, ${n}), ${vector(node.groups.map(() => '1'))}, ${vector(node.groups.map(() => n))})`;
    // Symmetric in its axes, so that only the result's have to be turned around.
    return node.groups.every((g) => g.length === 1) ? atom(joined) : reverse(atom(`array(${joined}, ${sizes(node.shape.toReversed(), scope)})`), node.shape.length);
  },
  transpose: ({ code }, order) => permuted(code, order),
  diagonal: ({ code, shape }, first, second, scope) => (shape.length === 2 ? atom(`diag(${code.text})`) : atom(`${scope.helper('diagonal')}(${code.text}, ${first + 1}, ${second + 1})`)),
  trace: ({ code }) => atom(`sum(diag(${code.text}))`),
  reduce: ({ code, shape }, axes) => reduced(code, shape.length, axes),
  expand: (of, shape, scope) => expanded(of, shape, scope),
  reshape: ({ code, shape }, to, scope) => {
    const turned = reverse(code, shape.length);
    if (to.length === 1) return atom(`c(${turned.text})`);
    if (to.length > 2) return reverse(atom(`array(${turned.text}, ${sizes(to.toReversed(), scope)})`), to.length);
    const [m, n] = to.map((d) => scope.dim(d).text);
    return { ...atom(`matrix(${turned.text}, ${m}, ${n}, byrow = TRUE)`), turned: atom(`matrix(${turned.text}, ${n}, ${m})`) };
  },
  slice: ({ code, shape }, axis, offset, length, scope) => {
    const entries = range(offset, length, scope);
    const index = shape.length === 1 ? entries : [...shape.map((_, k) => (k === axis ? entries : '')), 'drop = FALSE'].join(', ');
    return atom(`${wrap(code, level.atom)}[${index}]`);
  },
  pad: (of, axis, offset, whole, scope) => {
    const after = sumCode([{ coef: unit, code: scope.dim(whole) }, { coef: minus, code: scope.dim(offset) }, { coef: minus, code: scope.dim(must(of.shape[axis])) }].filter((t) => t.code.text !== '0'), literal);
    if (of.shape.length > 2) return atom(`${scope.helper('pad')}(${of.code.text}, ${axis + 1}, ${scope.dim(offset).text}, ${scope.dim(whole).text})`);
    const zeros = (count: string): string[] => (count === '0' ? [] : [of.shape.length === 1 ? `numeric(${count})` : `matrix(0, ${of.shape.map((d, k) => (k === axis ? count : scope.dim(d).text)).join(', ')})`]);
    const parts = [...zeros(scope.dim(offset).text), of.code.text, ...zeros(after.text)];
    return atom(`${of.shape.length === 1 ? 'c' : axis === 0 ? 'rbind' : 'cbind'}(${parts.join(', ')})`);
  },
  multiply: (operands, shape, scope) => {
    const mask = operands.find((o) => o.code.mask && o.along.every((own) => own));
    const rest = operands.filter((o) => o !== mask);
    if (mask?.code.mask && rest.some((o) => o.along.every((own) => own))) return mask.code.mask(product(rest, shape, scope));
    const pair = columnAndRow(operands);
    if (pair && pair.every((o) => !o.code.over)) return atom(`outer(${pair.map((o) => o.code.text).join(', ')})`);
    return product(operands, shape, scope);
  },
  combine: (terms, shape, scope) => {
    const [a, b] = terms;
    const pair = terms.length === 2 && a?.of && b?.of ? columnAndRow([a.of, b.of]) : undefined;
    const sign = pair && outerSign(terms, must(pair[0]));
    if (pair && sign) return atom(`outer(${pair.map((o) => o.code.text).join(', ')}, "${sign}")`);
    const operands = conformed(terms.flatMap((t) => (t.of ? [t.of] : [])), shape, scope);
    let next = 0;
    return sumCode(terms.map(({ coef, of }) => ({ coef, code: of && must(operands[next++]) })), literal);
  },
  matmul: (left, right, batch, scope) => {
    if (batch > 0) {
      const pages = 'xyz'.slice(0, batch);
      const [own, other] = [left.shape.length - batch, right.shape.length - batch];
      return atom(`${scope.helper('einsum')}(${left.code.text}, "${pages}${own > 1 ? 'a' : ''}b", ${right.code.text}, "${pages}b${other > 1 ? 'c' : ''}", "${pages}${own > 1 ? 'a' : ''}${other > 1 ? 'c' : ''}")`);
    }
    if (left.shape.length === 1 && right.shape.length === 1) return summed(left, right);
    if (left.shape.length === 1) return atom(`drop(${matrixProduct(transposed(right.code), left.code).text})`);
    const made = matrixProduct(left.code, right.code);
    return right.shape.length === 1 ? atom(`drop(${made.text})`) : made;
  },
  inner: summed,
  einsum: (left, right, labels, scope) => {
    const [l, o] = [labels.left, labels.right];
    if (l.length === 2 && o.length === 2 && l.every((x) => o.includes(x)) && labels.out.length === 1) {
      const turned = l[0] === o[0] ? right.code : transposed(right.code);
      return reduced(productCode([left.code, turned]), 2, [l[0] === labels.out[0] ? 1 : 0]);
    }
    const letters = new Map([...new Set([...l, ...o])].map((x, k) => [x, String.fromCharCode(105 + k <= 122 ? 105 + k : 97 + k - 18)]));
    const text = (list: readonly number[]): string => `"${list.map((x) => must(letters.get(x))).join('')}"`;
    return atom(`${scope.helper('einsum')}(${left.code.text}, ${text(l)}, ${right.code.text}, ${text(o)}, ${text(labels.out)})`);
  },
  spread: (of, pattern, shape, scope) => {
    // The number of rows is said, because diag of a single number would be an identity of that size.
    if (pattern.length === 2) return of.code.text === '1' ? atom(`diag(${scope.dim(must(shape[0])).text})`) : atom(`diag(${of.code.text}, ${scope.dim(must(shape[0])).text})`);
    const own = of.along.map((_, p) => must(shape[pattern.indexOf(p)]));
    const entries = of.along.every((is) => is) ? of.code : expanded(of, own, scope);
    return atom(`${scope.helper('spread')}(${entries.text}, ${vector(pattern.map((p) => String(p + 1)))}, ${sizes(shape, scope)})`);
  },
  argument: (code) => code,
  module: moduleText,
};

const unit: Rational = { num: 1, den: 1 };
const minus: Rational = { num: -1, den: 1 };

function literal(value: Rational): Code {
  return numberCode(value, (v) => (Number.isNaN(v) ? 'NaN' : v > 0 ? 'Inf' : '-Inf'));
}

function vector(entries: readonly string[]): string {
  return entries.length === 1 ? must(entries[0]) : `c(${entries.join(', ')})`;
}

function sizes(shape: Shape, scope: Scope): string {
  return vector(shape.map((d) => scope.dim(d).text));
}

/** A number everywhere, or a text whose entries fill the first axes again and again. */
function repeated(text: string, shape: Shape, scope: Scope): Code {
  if (shape.length === 1) return atom(`rep(${text}, ${scope.dim(must(shape[0])).text})`);
  return atom(shape.length === 2 ? `matrix(${text}, ${shape.map((d) => scope.dim(d).text).join(', ')})` : `array(${text}, ${sizes(shape, scope)})`);
}

function withOver(code: Code, change: (c: Code) => Code): Code {
  if (!code.over) return change(code);
  const over = change(code.over);
  return { text: `1 / ${wrap(over, level.unary)}`, level: level.product, over };
}

/** The operand as an array of the result's shape. */
function expanded({ code, along }: Laid, shape: Shape, scope: Scope): Code {
  const axes = along.flatMap((own, axis) => (own ? [axis] : []));
  if (axes.length === shape.length) return code;
  return withOver(code, (c) => {
    if (axes.every((axis, k) => axis === k)) return repeated(c.text, shape, scope);
    if (shape.length === 2) return atom(`matrix(${c.text}, ${shape.map((d) => scope.dim(d).text).join(', ')}, byrow = TRUE)`);
    return atom(`${scope.helper('along')}(${c.text}, ${vector(axes.map((axis) => String(axis + 1)))}, ${sizes(shape, scope)})`);
  });
}

/** The operand as R repeats it along an array of the result's shape. */
function recycled(of: Laid, shape: Shape, scope: Scope): Code {
  const axes = of.along.flatMap((own, axis) => (own ? [axis] : []));
  if (axes.length === 0 || axes.length === shape.length) return of.code;
  if (axes.every((axis, k) => axis === k)) return axes.length === 1 ? of.code : withOver(of.code, (c) => atom(`c(${c.text})`));
  if (!axes.every((axis, k) => axis === shape.length - axes.length + k)) return expanded(of, shape, scope);
  const each = productCode(shape.slice(0, shape.length - axes.length).map((d) => scope.dim(d)));
  return withOver(of.code, (c) => atom(`rep(${c.text}, each = ${each.text})`));
}

/** Operands that R combines entry by entry: one of them is a whole array, unless all are numbers or vectors. */
function conformed(operands: readonly Laid[], shape: Shape, scope: Scope): Code[] {
  if (shape.length < 2) return operands.map((o) => o.code);
  const isWhole = (o: Laid): boolean => o.along.every((own) => own);
  const first = operands.findIndex((o) => o.along.some((own) => own));
  const whole = operands.some(isWhole) ? -1 : first;
  return operands.map((o, i) => (i === whole ? expanded(o, shape, scope) : recycled(o, shape, scope)));
}

function product(operands: readonly Laid[], shape: Shape, scope: Scope): Code {
  const ordered = [...operands].sort((p, q) => Number(p.shape.length > 0) - Number(q.shape.length > 0));
  return productCode(conformed(ordered, shape, scope));
}

/** A vector along the rows and one along the columns of a matrix. */
function columnAndRow(operands: readonly Laid[]): readonly Laid[] | undefined {
  const [a, b] = operands;
  if (operands.length !== 2 || !a || !b || a.shape.length !== 1 || b.shape.length !== 1 || a.along.length !== 2 || a.along[0] === b.along[0]) return undefined;
  return a.along[0] ? [a, b] : [b, a];
}

function outerSign(terms: readonly WeightedTerm[], column: Laid): '+' | '-' | undefined {
  const weight = (is: boolean): number => toNumber(must(terms.find((t) => (t.of === column) === is)).coef);
  if (weight(true) !== 1 || terms.some((t) => t.of?.code.over)) return undefined;
  return weight(false) === 1 ? '+' : weight(false) === -1 ? '-' : undefined;
}

function transposed(code: Code): Code {
  return code.turned ?? { ...atom(`t(${code.text})`), turned: code };
}

function permuted(code: Code, order: readonly number[]): Code {
  if (order.length === 2) return transposed(code);
  const isReverse = order.every((axis, i) => axis === order.length - 1 - i);
  if (isReverse && code.turned) return code.turned;
  return { ...atom(isReverse ? `aperm(${code.text})` : `aperm(${code.text}, ${vector(order.map((axis) => String(axis + 1)))})`), ...(isReverse && { turned: code }) };
}

/** Axes in reverse: what has its last axis fastest then has its first. */
function reverse(code: Code, rank: number): Code {
  return rank < 2 ? code : permuted(code, Array.from({ length: rank }, (_, i) => rank - 1 - i));
}

/** `A %*% B`, by `crossprod` where the left one is a transpose and by `tcrossprod` where the right one is. */
function matrixProduct(left: Code, right: Code): Code {
  const both = (name: string, a: Code, b: Code): Code => atom(a.text === b.text ? `${name}(${a.text})` : `${name}(${a.text}, ${b.text})`);
  if (left.turned) return both('crossprod', left.turned, right);
  if (right.turned) return both('tcrossprod', left, right.turned);
  const l = left.level === level.matmul ? left.text : wrap(left, level.power);
  return { text: `${l} %*% ${wrap(right, level.power)}`, level: level.matmul };
}

function summed(left: { readonly code: Code }, right: { readonly code: Code }): Code {
  const isSame = /^[A-Za-z]\w*$/.test(left.code.text) && left.code.text === right.code.text;
  return atom(`sum(${isSame ? `${left.code.text}^2` : productCode([left.code, right.code]).text})`);
}

/** Sums over axes: the first or the last ones, others after they are brought to the end. */
function reduced(code: Code, rank: number, axes: readonly number[]): Code {
  if (axes.length === rank) return atom(`sum(${code.text})`);
  const kept = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
  if (kept.every((axis, k) => axis === k)) return atom(`rowSums(${code.text}${kept.length === 1 ? '' : `, dims = ${kept.length}`})`);
  if (axes.every((axis, k) => axis === k)) return atom(`colSums(${code.text}${axes.length === 1 ? '' : `, dims = ${axes.length}`})`);
  return atom(`rowSums(${permuted(code, [...kept, ...axes]).text}${kept.length === 1 ? '' : `, dims = ${kept.length}`})`);
}

/** `3:5`, `seq_len(n)`, `k + seq_len(n)`. */
function range(offset: Dim, length: Dim, scope: Scope): string {
  const [from, count] = [scope.dim(offset), scope.dim(length)];
  const [a, n] = [dimValue(offset), dimValue(length)];
  if (a !== undefined && n !== undefined) return `${a + 1}:${a + n}`;
  return a === 0 ? `seq_len(${count.text})` : `${from.text} + seq_len(${count.text})`;
}
