// The notation tree as text of the language (it parses back) and as Unicode for reading. Brackets by precedence only,
// with one exception for the eye: a matrix product beside `.*` or `./` is bracketed, because these bind alike.

import { unreachable } from '../base/internal.ts';
import { type Rational, isExact, toNumber } from '../ir/rational.ts';
import type { NotationTree, SignedTree } from './notation-tree.ts';
import { rangeText } from './notation-tree.ts';
import { isDecimal } from './term.ts';

// Levels of binding: a sum, a product, a power, a transpose or index, an atom.
const level = { sum: 1, product: 2, power: 3, postfix: 4, atom: 5 } as const;

export function toText(t: NotationTree): string {
  return write(t).text;
}

interface Written {
  readonly text: string;
  readonly level: number;
}

function atom(text: string): Written {
  return { text, level: level.atom };
}

function bracketed(w: Written, least: number): string {
  return w.level >= least ? w.text : `(${w.text})`;
}

function write(t: NotationTree): Written {
  switch (t.kind) {
    case 'number':
      return writeNumber(t.value);
    case 'name':
      return atom(t.name);
    case 'filled':
      return atom(
        `${t.stance === 'matrix' ? 'matrix' : t.stance === 'tensor' ? 'tensor' : 'vector'}(${[t.value, ...(t.shows ? t.sizes : [])].join(', ')})`,
      );
    case 'identity':
      return atom(!t.shows ? 'eye' : `eye(${t.sizes.join(', ')})`);
    case 'size':
      return /^[\p{L}_][\p{L}\d_]*$/u.test(t.text) ? atom(t.text) : atom(`sum(vector(1, ${t.text}))`);
    case 'transposer':
      return atom('#(il,jk->ijkl; eye, eye)');
    case 'negate':
      return { text: `-${bracketed(write(t.of), level.product)}`, level: level.sum };
    case 'sum':
      return { text: t.terms.map(writeTerm).join(''), level: level.sum };
    case 'product':
      return { text: t.factors.map((f, i) => factorText(t.factors, f, i)).join('*'), level: level.product };
    case 'hadamard':
      return {
        text: t.factors.map((f, i) => (i === 0 ? firstEntry(f) : bracketed(write(f), level.power))).join('.*'),
        level: level.product,
      };
    case 'quotient': {
      const over = t.elementWise ? firstEntry(t.over) : bracketed(write(t.over), level.product);
      return {
        text: `${over}${t.elementWise ? './' : '/'}${bracketed(write(t.under), level.power)}`,
        level: level.product,
      };
    }
    case 'power': {
      const exponent = write(t.exponent);
      const isPlain = exponent.level >= level.postfix;
      return {
        text: `${bracketed(write(t.base), level.postfix)}${t.elementWise ? '.^' : '^'}${isPlain ? exponent.text : `(${exponent.text})`}`,
        level: level.power,
      };
    }
    case 'root':
      return atom(`sqrt(${toText(t.of)})`);
    case 'norm':
      return atom(`norm2(${toText(t.of)})`);
    case 'transpose':
      return { text: `${bracketed(write(t.of), level.postfix)}'`, level: level.postfix };
    case 'call':
      return atom(`${t.name}${"'".repeat(t.primes)}(${t.args.map(toText).join(', ')})`);
    case 'einsum':
      return atom(`#(${t.labels.join(',')}->${t.out}; ${t.operands.map(toText).join(', ')})`);
    case 'kronecker':
      return {
        text: `${bracketed(write(t.left), level.power)}⊗${bracketed(write(t.right), level.power)}`,
        level: level.product,
      };
    case 'blocks':
      return atom(`[${t.rows.map((row) => row.map(toText).join(', ')).join('; ')}]`);
    case 'slice':
      return {
        text: `${bracketed(write(t.of), level.postfix)}[${t.ranges.map(rangeText).join(', ')}]`,
        level: level.postfix,
      };
    case 'indexed':
      return { text: `${bracketed(write(t.of), level.postfix)}[${t.labels.join(',')}]`, level: level.postfix };
    case 'index-sum':
      return atom(`sum[${t.labels.join(',')}](${toText(t.of)})`);
    case 'equation':
      return { text: `${toText(t.left)} = ${toText(t.right)}`, level: 0 };
    default:
      return unreachable(t);
  }
}

function writeTerm(t: SignedTree, i: number): string {
  const text = bracketed(write(t.of), level.product);
  return t.negative ? `-${text}` : i === 0 ? text : `+${text}`;
}

/** A factor behind scalars alone may be any product: 2*(x.*y) is 2*x.*y. */
function factorText(factors: readonly NotationTree[], f: NotationTree, i: number): string {
  if (i === 0)
    return f.kind === 'hadamard' || (f.kind === 'quotient' && f.elementWise)
      ? bracketed(write(f), level.power)
      : bracketed(write(f), level.product);
  const isLast = i === factors.length - 1;
  const afterScalars = factors.slice(0, i).every((g) => g.stance === 'scalar');
  const opens = f.kind === 'product' || (isLast && (f.kind === 'hadamard' || (f.kind === 'quotient' && f.elementWise)));
  return afterScalars && opens ? bracketed(write(f), level.product) : bracketed(write(f), level.power);
}

/** The first operand of `.*` or `./`: a matrix product is bracketed for the eye, a scalar multiple is not. */
function firstEntry(t: NotationTree): string {
  const isMatrixProduct = t.kind === 'product' && t.factors.filter((f) => f.stance !== 'scalar').length > 1;
  return bracketed(write(t), isMatrixProduct ? level.power : level.product);
}

/** Integers, short decimals exactly, other fractions as fractions, floats with all their digits. */
function writeNumber(value: Rational): Written {
  if (value.num < 0) return { text: `-${writeNumber({ num: -value.num, den: value.den }).text}`, level: level.sum };
  const x = toNumber(value);
  if (Number.isNaN(x)) return { text: '0/0', level: level.product };
  if (!Number.isFinite(x)) return { text: '1/0', level: level.product };
  if (!isExact(value) || isDecimal(value)) return atom(String(x).replace('e+', 'e'));
  return { text: `${value.num}/${value.den}`, level: level.product };
}
