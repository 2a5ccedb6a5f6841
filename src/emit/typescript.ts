// TypeScript: self-contained modules of plain functions on Float64Array, for Node and browsers.

import { must } from '../base/internal.ts';
import type { Shape } from '../ir/expr.ts';
import type { Rational } from '../ir/rational.ts';
import { type Code, atom, level, wrap } from '../ops/spell.ts';
import type { Dialect, Operand, Scope } from './dialect.ts';
import { type Loops, entryOf, entryWise, positions, positionsFor, ready } from './entries.ts';
import { numberCode } from './infix.ts';
import { moduleText } from './typescript-module.ts';
import { typescriptPrelude } from './typescript-prelude.ts';

// Words of the language, of the strict mode, and global names that modules use.
const words =
  'abstract any arguments as async await bigint boolean break case catch class const constructor continue debugger declare default delete do else enum eval export extends false finally for from function get global globalThis if implements import in infer Infinity instanceof interface is keyof let module namespace NaN never new null number object of package private protected public readonly require return satisfies set static string super switch symbol this throw true try type typeof undefined unique unknown using var void while with yield ' +
  'Array Float64Array Map Math Matrix Number Object RangeError Readonly Record Set Tensor Value Arguments checked given selfCheck errorAt errorAlong numbersOf moved along shapeOf completeColumn point errors';

function literal(value: Rational): Code {
  return numberCode(value, (v) => (Number.isNaN(v) ? 'NaN' : v > 0 ? 'Infinity' : '-Infinity'));
}

/** A position as a factor of a product. */
function factor(position: string): string {
  return /^\w+$/.test(position) ? position : `(${position})`;
}

/** A function of positions: those it does not use are left out, or begin with an underscore. */
function recipeOf(at: readonly string[], entry: string): string {
  const isUsed = at.map((index) => new RegExp(`\\b${index}\\b`).test(entry));
  const last = isUsed.lastIndexOf(true);
  return `(${at.slice(0, last + 1).map((index, k) => (isUsed[k] ? index : `_${index}`)).join(', ')}) => ${entry}`;
}

const loops: Loops = {
  literal,
  at: (name, at, shape, scope) => {
    const position = at.reduce((sum, index, k) => (k === 0 ? index : `${k === 1 ? factor(sum) : `(${sum})`} * ${wrap(scope.dim(must(shape[k])), level.unary)} + ${index}`), '');
    return `${shape.length === 1 ? name : `${name}.data`}[${position}]!`;
  },
  flat: (name, position, shape) => `${shape.length === 1 ? name : `${name}.data`}[${position}]!`,
  build: (shape, at, entry, scope) => {
    const dims = shape.map((d) => scope.dim(d).text);
    const recipe = recipeOf(at, wrap(entry, level.sum));
    if (shape.length > 2) return `${scope.helper('tensor')}([${dims.join(', ')}], ${recipe})`;
    return `${scope.helper(shape.length === 1 ? 'vector' : 'matrix')}(${dims.join(', ')}, ${recipe})`;
  },
  sum: (length, index, entry, scope) => `${scope.helper('sum')}(${length.text}, ${recipeOf([index], entry)})`,
  equals: '===',
  zero: '0',
  one: '1',
};

const basic = entryWise(loops);

/** The operand as an array that is made. */
function array({ code }: Operand): string {
  return code.text;
}

function matmul(left: Operand, right: Operand, scope: Scope): Code {
  const [A, B] = [left.code, right.code];
  const call = (name: string, ...args: string[]): Code => atom(`${scope.helper(name)}(${args.join(', ')})`);
  if (left.shape.length === 1) return call('dot', array(left), array(right));
  if (right.shape.length === 1) return A.turned ? call('transposedTimesVector', A.turned.text, B.text) : call('timesVector', A.text, B.text);
  if (A.turned) return call('transposedTimes', A.turned.text, B.text);
  if (B.turned) return call('timesTransposed', A.text, B.turned.text);
  return call('times', A.text, B.text);
}

export const typescript: Dialect = {
  target: 'typescript',
  extension: '.ts',
  reserved: new Set([...words.split(' '), ...positions, ...typescriptPrelude.keys()]),
  width: 108,
  custom: (wish) => ((name) => (typescriptPrelude.has(name) ? `${name}Value` : name))(wish.replace(/_+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())),
  helperName: (name) => name,
  literal,
  smaller: (a, b) => atom(`Math.min(${a.text}, ${b.text})`),
  ...basic,
  unit: (node, scope) => {
    const code = basic.unit(node, scope);
    const [first, second] = node.kind === 'delta' && node.groups.length === 2 ? node.groups : [];
    return first?.length === 1 && second?.length === 1 ? { ...code, text: `${scope.helper('eye')}(${scope.dim(must(first[0])).text})` } : code;
  },
  transpose: (of, order, scope) => {
    if (order.length !== 2) return basic.transpose(of, order, scope);
    const x = ready(of, scope, false);
    return { ...basic.transpose(x, order, scope), text: `${scope.helper('transpose')}(${x.code.text})`, turned: x.code };
  },
  matmul: (left, right, batch, scope) => {
    if (batch === 0 && left.shape.length <= 2 && right.shape.length <= 2) return matmul(left, right, scope);
    const shared = positionsFor(batch).map((_, k) => k);
    const [l, r] = [left.shape.slice(batch + 1).map((_, k) => 10 + k), right.shape.slice(batch + 1).map((_, k) => 20 + k)];
    return basic.einsum(left, right, { left: [...shared, ...l, 30], right: [...shared, 30, ...r], out: [...shared, ...l, ...r] }, scope);
  },
  inner: (left, right, scope) => (left.shape.length === 1 && [left, right].every((o) => /^\w+$/.test(o.code.text)) ? atom(`${scope.helper('dot')}(${left.code.text}, ${right.code.text})`) : basic.inner(left, right, scope)),
  batched: (args, batch, shape, scope, spelled) => {
    const at = positionsFor(batch);
    const sliced = args.map((a): { code: Code; rank: number } => {
      const x = a.code.entry || !/^\w+$/.test(a.code.text) ? scope.name(a) : a.code;
      const rank = a.shape.length - batch;
      if (rank === 0) return { code: entryOf({ ...a, code: x }, at, loops, scope), rank };
      const helper = a.shape.length === 2 ? 'row' : rank === 1 ? 'vectorOf' : 'matrixOf';
      return { code: atom(`${scope.helper(helper)}(${x.text}, ${at.join(', ')})`), rank };
    });
    const one = spelled(sliced.map((s) => s.code), sliced.map((s) => s.rank)).text;
    const own = shape.slice(batch);
    if (own.length === 0) return atom(loops.build(shape, at, atom(one), scope));
    return atom(stacked(shape, batch, at, one, scope));
  },
  partOf: (code, part) => `${code}[${part}]`,
  argument: (code) => code,
  module: moduleText,
};

/** Values for the places on the leading axes, one behind the other. */
function stacked(shape: Shape, batch: number, at: readonly string[], one: string, scope: Scope): string {
  const dims = shape.map((d) => scope.dim(d).text);
  const numbers = shape.length - batch === 1 ? one : `${one}.data`;
  const recipe = recipeOf(at, numbers);
  const data = `${scope.helper('stack')}([${dims.slice(0, batch).join(', ')}], ${recipe})`;
  return shape.length === 2 ? `{ rows: ${dims[0]}, cols: ${dims[1]}, data: ${data} }` : `{ shape: [${dims.join(', ')}], data: ${data} }`;
}
