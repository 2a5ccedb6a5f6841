// What NumPy, JAX and PyTorch have in common: how they spell operations on arrays.

import { must } from '../base/internal.ts';
import { type Dim, dimValue } from '../ir/dim.ts';
import type { Label, Shape } from '../ir/expr.ts';
import { type Rational, toNumber } from '../ir/rational.ts';
import { type Code, atom, level, wrap } from '../ops/spell.ts';
import type { Dialect, Laid, Operand, Scope } from './dialect.ts';
import { numberCode, productCode, sumCode } from './infix.ts';
import type { ArrayLibrary } from './python-library.ts';
import { moduleText } from './python-module.ts';

// Keywords, names of the module itself, and built-in functions that are used.
const words =
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case type ' +
  'np xp jax jnp torch Tensor math scipy itertools annotations ArrayLike NDArray abs all any bool dict enumerate float int isinstance len list max min object print range set str sum tuple zip ValueError TypeError Callable';

export function pythonDialect(lib: ArrayLibrary): Dialect {
  const xp = lib.library;
  const call = (name: string, ...args: string[]): Code => atom(`${xp}.${name}(${args.join(', ')})`);
  const literal = (value: Rational): Code => numberCode(value, (v) => (Number.isNaN(v) ? `${xp}.nan` : v > 0 ? `${xp}.inf` : `-${xp}.inf`));
  const shapeText = (shape: Shape, scope: Scope): string => {
    const dims = shape.map((d) => scope.dim(d).text);
    return dims.length === 1 ? must(dims[0]) : `(${dims.join(', ')})`;
  };
  const transpose = ({ code }: Operand, order: readonly number[]): Code => {
    const x = wrap(code, level.atom);
    if (order.length === 2) return atom(`${x}.T`);
    const isSwap = order.every((axis, i) => axis === (i === order.length - 1 ? order.length - 2 : i === order.length - 2 ? order.length - 1 : i));
    return isSwap ? atom(`${x}.mT`) : atom(lib.permuted(x, order.join(', ')));
  };
  /** With axes of one entry where the operand repeats; leading ones need none. */
  const aligned = ({ code, along }: Laid): Code => {
    const first = along.indexOf(true);
    if (first < 0) return code;
    const own = along.slice(first);
    if (own.every((is) => is)) return code;
    const index = `[${own.map((is) => (is ? ':' : 'None')).join(', ')}]`;
    const at = (c: Code): Code => atom(wrap(c, level.atom) + index);
    if (!code.over) return at(code);
    const over = at(code.over);
    return { text: `1 / ${wrap(over, level.unary)}`, level: level.product, over };
  };
  const einsum = (pattern: string, ...operands: string[]): Code => call('einsum', `"${pattern}"`, ...operands);
  return {
    target: lib.target,
    extension: '.py',
    reserved: new Set(words.split(' ')),
    width: 84,
    literal,
    smaller: (a, b) => atom(`min(${a.text}, ${b.text})`),
    fill: (value, shape, scope) => {
      const number = toNumber(value);
      const text = number === 0 ? 'zeros' : number === 1 ? 'ones' : number;
      return atom(lib.filled(text, shapeText(shape, scope), scope.first));
    },
    unit: (node, scope) => {
      if (node.kind === 'stack') {
        const [part, whole] = node.shape as [Dim, Dim];
        return atom(`${lib.eye(scope.dim(whole).text, scope.first)}[${range(node.offset, part, scope)}]`);
      }
      const [first] = node.groups;
      const n = productCode(must(first).map((d) => scope.dim(d))).text;
      const identity = lib.eye(n, scope.first);
      if (node.groups.length === 2 && node.shape.length === 2) return atom(identity);
      const letters = node.groups.map((_, k) => letter(k));
      const joined = node.groups.length === 2 ? atom(identity) : letters.slice(2).reduce((sum, l, k) => einsum(`${letters.slice(0, k + 2).join('')},a${l}->${letters.slice(0, k + 3).join('')}`, sum.text, identity), atom(identity));
      return atom(`${joined.text}.reshape${shapeText(node.shape, scope)}`);
    },
    transpose,
    diagonal: ({ code, shape }, first, second) => {
      if (shape.length === 2) return atom(lib.diagonal(code.text));
      const labels = shape.map((_, axis) => letter(axis === second ? first : axis));
      return einsum(`${labels.join('')}->${labels.filter((_, axis) => axis !== second).join('')}`, code.text);
    },
    trace: ({ code }) => call('trace', code.text),
    reduce: ({ code, shape }, axes) => (axes.length === shape.length ? call('sum', code.text) : call('sum', code.text, `${lib.axis}=${axes.length === 1 ? axes[0] : `(${axes.join(', ')})`}`)),
    expand: (of, shape, scope) => {
      if (of.along.every((own) => !own)) {
        const ones = lib.filled('ones', shapeText(shape, scope), scope.first);
        return productCode([atom(ones), { ...of.code, level: of.code.level }]);
      }
      return atom(lib.repeated(aligned(of).text, shapeText(shape, scope)));
    },
    reshape: ({ code }, shape, scope) => atom(`${wrap(code, level.atom)}.reshape${shape.length === 1 ? '(-1)' : shapeText(shape, scope)}`),
    slice: ({ code }, axis, offset, length, scope) => atom(`${wrap(code, level.atom)}[${':, '.repeat(axis)}${range(offset, length, scope)}]`),
    pad: (of, axis, offset, whole, scope) => {
      const before = scope.dim(offset);
      const after = sumCode([{ coef: unit, code: scope.dim(whole) }, { coef: minus, code: before }, { coef: minus, code: scope.dim(must(of.shape[axis])) }].filter((t) => t.code?.text !== '0'), literal);
      return atom(lib.padded(of, axis, before.text, after.text));
    },
    multiply: (operands, shape) => {
      const mask = operands.find((o) => o.code.mask && o.along.every((own) => own));
      const rest = operands.filter((o) => o !== mask);
      if (mask?.code.mask && rest.some((o) => o.along.every((own) => own))) return mask.code.mask(productCode(rest.map(aligned)));
      const [a, b] = operands;
      if (operands.length === 2 && a && b && shape.length === 2 && [a, b].every((o) => o.shape.length === 1 && !o.code.over) && a.along[0] !== b.along[0]) {
        const [column, row] = a.along[0] ? [a, b] : [b, a];
        return call('outer', column.code.text, row.code.text);
      }
      // Numbers and small factors first.
      const ordered = [...operands].sort((p, q) => Number(p.shape.length > 0) - Number(q.shape.length > 0));
      return productCode(ordered.map(aligned));
    },
    combine: (terms) => sumCode(terms.map(({ coef, of }) => ({ coef, code: of && aligned(of) })), literal),
    matmul: (left, right, _, scope) => {
      const gram = lib.wholeGram && left.shape.length === 2 ? gramOf(left.code, right.code) : undefined;
      return gram === undefined ? matmul(left.code, right.code) : atom(`${scope.helper('gram')}(${gram})`);
    },
    inner: (left, right) => atom(lib.vdot(left.code, right.code)),
    einsum: (left, right, labels) => {
      const [l, r] = [labels.left.at(-1), labels.right];
      const free = labels.left.slice(0, -1);
      const isProduct = l !== undefined && r[0] === l && r.length <= 2 && !labels.out.includes(l) && labels.out.join() === [...free, ...r.slice(1)].join();
      if (isProduct && !free.includes(must(r.at(-1)))) return matmul(left.code, right.code);
      const letters = lettersOf([...labels.left, ...labels.right]);
      const text = (list: readonly Label[]): string => list.map((x) => must(letters.get(x))).join('');
      const isSummed = [...labels.left, ...labels.right].some((x) => !labels.out.includes(x));
      return call('einsum', `"${text(labels.left)},${text(labels.right)}->${text(labels.out)}"`, left.code.text, right.code.text, ...(isSummed && lib.planned !== '' && labels.left.length + labels.right.length > 4 ? [lib.planned] : []));
    },
    spread: (of, pattern, shape, scope) => {
      const isNumber = of.shape.length === 0 && of.along.every((own) => !own);
      if (!isNumber && pattern.length === 2) return call('diag', of.code.text);
      // Axis p of the pattern is axis p of the operand; a second axis of the same number comes from an identity.
      const axes = pattern.map((_, k) => letter(k));
      const have = of.along.flatMap((own, p) => (own ? [must(axes[pattern.indexOf(p)])] : []));
      const pairs = pattern.flatMap((p, k) => (pattern.indexOf(p) === k ? [] : [{ first: pattern.indexOf(p), second: k, n: scope.dim(must(shape[k])).text }]));
      let [labels, code] = [have, of.code];
      let isStarted = !isNumber;
      for (const [i, { first, second, n }] of pairs.entries()) {
        const identity = lib.eye(n, scope.first);
        const own = [must(axes[first]), must(axes[second])];
        const union = i === pairs.length - 1 ? axes : [...new Set([...labels, ...own])];
        code = isStarted ? einsum(`${labels.join('')},${own.join('')}->${union.join('')}`, code.text, identity) : atom(identity);
        if (!isStarted && i === pairs.length - 1 && union.join() !== own.join()) code = atom(lib.permuted(code.text, axes.map((a) => own.indexOf(a)).join(', ')));
        labels = isStarted ? union : own;
        isStarted = true;
      }
      return isNumber && of.code.text !== '1' ? productCode([of.code, code]) : code;
    },
    argument: (code, shape, scope) => (shape.length === 0 && code.plain ? atom(lib.asArray(code.text, scope.first)) : code),
    module: (model) => moduleText(model, lib),
  };
}

const unit: Rational = { num: 1, den: 1 };
const minus: Rational = { num: -1, den: 1 };

/** The Y of Y.T @ Y, as text. */
function gramOf(left: Code, right: Code): string | undefined {
  if (left.text === `${right.text}.T`) return right.text;
  return right.text === `${left.text}.T` ? right.text : undefined;
}

function matmul(left: Code, right: Code): Code {
  const l = left.level === level.matmul ? left.text : wrap(left, level.power);
  return { text: `${l} @ ${wrap(right, level.power)}`, level: level.matmul };
}

/** `offset:offset + length`. */
function range(offset: Dim, length: Dim, scope: Scope): string {
  const [from, count] = [scope.dim(offset), scope.dim(length)];
  const [a, n] = [dimValue(offset), dimValue(length)];
  if (a === 0) return `:${count.text}`;
  return a !== undefined && n !== undefined ? `${a}:${a + n}` : `${from.text}:${from.text} + ${wrap(count, level.sum + 1)}`;
}

function letter(k: number): string {
  return String.fromCharCode(97 + k);
}

function lettersOf(labels: readonly Label[]): Map<Label, string> {
  const letters = new Map<Label, string>();
  for (const l of labels) if (!letters.has(l)) letters.set(l, String.fromCharCode(105 + letters.size <= 122 ? 105 + letters.size : 97 + letters.size - 18));
  return letters;
}
