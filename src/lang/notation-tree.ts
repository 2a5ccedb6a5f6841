// The notation tree: what is written, independent of how it is typeset. Constructors do what a writer does without
// thinking: flatten products, move a transpose to where it is shortest, write X*X as X^2.

import { hashText } from '../base/hash.ts';
import { must, unreachable } from '../base/internal.ts';
import type { Look } from '../ops/op.ts';
import { type Rational, add, isInteger, isOne, keyOf, neg, one } from '../ir/rational.ts';

/** How a value stands in matrix notation. A vector of the graph is a column; a transpose makes it a row. */
export type Stance = 'scalar' | 'column' | 'row' | 'matrix' | 'tensor';

interface Common {
  readonly stance: Stance;
  /** About the number of characters of the text. */
  readonly size: number;
  readonly depth: number;
  /** Names, numbers and calls inside: what makes a term look complicated. */
  readonly leaves: number;
  /** Transposes inside. */
  readonly quotes: number;
  /** A bounded beginning of the text, for alphabetical order. */
  readonly key: string;
  /** Equal for equal trees. */
  readonly hash: number;
  readonly symmetric: boolean;
  /** Nothing inside says the sizes of the whole: vector(1)*x' and the like. */
  readonly isOpen: boolean;
}

export type Range = { readonly from: string; readonly to: string } | { readonly at: string } | 'all';

type Shaped =
  | { readonly kind: 'number'; readonly value: Rational }
  | { readonly kind: 'name'; readonly name: string }
  /** Every entry 0, or every entry 1. Sizes are written where the surroundings do not say them. */
  | { readonly kind: 'filled'; readonly value: 0 | 1; readonly sizes: readonly string[]; readonly shows: boolean }
  | { readonly kind: 'identity'; readonly sizes: readonly string[]; readonly shows: boolean }
  /** The number of entries of an axis: `text` in the language of sizes, `shown` as mathematics. */
  | { readonly kind: 'size'; readonly text: string; readonly shown: NotationTree }
  | { readonly kind: 'negate'; readonly of: NotationTree }
  | { readonly kind: 'sum'; readonly terms: readonly SignedTree[] }
  /** Matrix product; scalars stand first. */
  | { readonly kind: 'product'; readonly factors: readonly NotationTree[] }
  /** Entry by entry. */
  | { readonly kind: 'hadamard'; readonly factors: readonly NotationTree[] }
  | {
      readonly kind: 'quotient';
      readonly over: NotationTree;
      readonly under: NotationTree;
      readonly elementWise: boolean;
    }
  | {
      readonly kind: 'power';
      readonly base: NotationTree;
      readonly exponent: NotationTree;
      readonly elementWise: boolean;
    }
  | { readonly kind: 'root'; readonly of: NotationTree }
  | { readonly kind: 'norm'; readonly of: NotationTree }
  | { readonly kind: 'transpose'; readonly of: NotationTree }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly primes: number;
      readonly args: readonly NotationTree[];
      readonly look: Look;
    }
  /** Index labels of each operand and of the result; a label of no operand repeats. */
  | {
      readonly kind: 'einsum';
      readonly operands: readonly NotationTree[];
      readonly labels: readonly string[];
      readonly out: string;
    }
  | { readonly kind: 'kronecker'; readonly left: NotationTree; readonly right: NotationTree }
  /** The tensor that transposes a matrix. */
  | { readonly kind: 'transposer' }
  | { readonly kind: 'blocks'; readonly rows: readonly (readonly NotationTree[])[] }
  | { readonly kind: 'slice'; readonly of: NotationTree; readonly ranges: readonly Range[] }
  | { readonly kind: 'indexed'; readonly of: NotationTree; readonly labels: readonly string[] }
  | { readonly kind: 'index-sum'; readonly labels: readonly string[]; readonly of: NotationTree }
  | { readonly kind: 'equation'; readonly left: NotationTree; readonly right: NotationTree };

export interface SignedTree {
  readonly negative: boolean;
  readonly of: NotationTree;
}

export type NotationTree = Common & Shaped;
export type NotationKind = NotationTree['kind'];

const keyLength = 48;

interface Made {
  readonly stance: Stance;
  readonly key: string;
  /** What tells the tree apart, with its children's hashes. */
  readonly tag?: string;
  readonly symmetric?: boolean;
  readonly isOpen?: boolean;
  readonly own?: number;
  readonly leaves?: number;
  readonly quotes?: number;
}

function make(shaped: Shaped, children: readonly NotationTree[], made: Made): NotationTree {
  let size = made.own ?? 1;
  let depth = 0;
  let leaves = made.leaves ?? 0;
  let quotes = made.quotes ?? 0;
  let text = `${shaped.kind} ${made.stance} ${made.tag ?? ''}`;
  for (const c of children) {
    size += c.size;
    depth = Math.max(depth, c.depth);
    leaves += c.leaves;
    quotes += c.quotes;
    text += ` ${c.hash}`;
  }
  const key = made.key.length > keyLength ? made.key.slice(0, keyLength) : made.key;
  const symmetric = made.symmetric ?? made.stance === 'scalar';
  return {
    ...shaped,
    stance: made.stance,
    size,
    depth: depth + 1,
    leaves,
    quotes,
    key,
    hash: hashText(text),
    symmetric,
    isOpen: made.isOpen ?? false,
  };
}

export function numberTree(value: Rational): NotationTree {
  const key = keyOf(value);
  return make({ kind: 'number', value }, [], { stance: 'scalar', key, tag: key, own: key.length, leaves: 1 });
}

export const oneTree: NotationTree = numberTree(one);

export function nameTree(name: string, stance: Stance, symmetric = false): NotationTree {
  const made: Made = {
    stance,
    key: name,
    tag: name,
    own: name.length,
    leaves: 1,
    symmetric: symmetric || stance === 'scalar',
  };
  return make({ kind: 'name', name }, [], made);
}

export function filled(
  value: 0 | 1,
  stance: Stance,
  sizes: readonly string[] = [],
  shows: boolean = sizes.length > 0,
): NotationTree {
  const name = stance === 'matrix' ? 'matrix' : stance === 'tensor' ? 'tensor' : 'vector';
  const key = `~${name}(${[value, ...(shows ? sizes : [])].join(', ')})`;
  const symmetric = stance === 'matrix' && sizes[0] === sizes[1];
  return make({ kind: 'filled', value, sizes, shows }, [], {
    stance,
    key,
    tag: key,
    own: key.length,
    leaves: 1,
    symmetric,
    isOpen: !shows && sizes.length > 0,
  });
}

export function identity(sizes: readonly string[] = [], shows: boolean = sizes.length > 0): NotationTree {
  const made: Made = {
    stance: 'matrix',
    key: 'eye',
    tag: shows ? sizes.join() : '',
    own: 3,
    leaves: 1,
    symmetric: true,
    isOpen: !shows && sizes.length > 0,
  };
  return make({ kind: 'identity', sizes, shows }, [], made);
}

/** The same with sizes written, as far as nothing inside says them. */
export function withSizes(t: NotationTree): NotationTree {
  if (!t.isOpen) return t;
  switch (t.kind) {
    case 'filled':
      return filled(t.value, t.stance, t.sizes);
    case 'identity':
      return identity(t.sizes);
    case 'negate':
      return negate(withSizes(t.of));
    case 'root':
      return root(withSizes(t.of));
    case 'transpose':
      return quoted(withSizes(t.of));
    case 'product':
      return product(
        t.factors.map((f, i) =>
          i === t.factors.length - 1 || t.factors.slice(0, i).every((g) => g.stance === 'scalar') ? withSizes(f) : f,
        ),
      );
    case 'sum':
      return sumTree(
        t.terms.map((s, i) => (i === 0 ? { ...s, of: withSizes(s.of) } : s)),
        t.stance,
        t.symmetric,
      );
    case 'hadamard':
      return hadamard(t.factors.map((f, i) => (i === 0 ? withSizes(f) : f)));
    case 'quotient':
      return quotient(withSizes(t.over), t.under, t.elementWise);
    case 'power':
      return power(withSizes(t.base), t.exponent, t.elementWise);
    case 'call':
      return call(t.name, t.args.map(withSizes), t.stance, t);
    default:
      return t;
  }
}

export function sizeTree(text: string, shown: NotationTree): NotationTree {
  return make({ kind: 'size', text, shown }, [], {
    stance: 'scalar',
    key: text,
    tag: text,
    own: text.length + 16,
    leaves: 1,
  });
}

export function transposer(): NotationTree {
  return make({ kind: 'transposer' }, [], { stance: 'tensor', key: 'T', leaves: 1 });
}

export function negate(of: NotationTree): NotationTree {
  if (of.kind === 'negate') return of.of;
  if (of.kind === 'number') return numberTree(neg(of.value));
  if (of.kind === 'sum' && of.terms.some((t) => t.negative)) {
    return sumTree(inReadingOrder(of.terms.map((t) => ({ ...t, negative: !t.negative }))), of.stance, of.symmetric);
  }
  return make({ kind: 'negate', of }, [of], {
    stance: of.stance,
    key: `-${of.key}`,
    symmetric: of.symmetric,
    isOpen: of.isOpen,
  });
}

export function call(
  name: string,
  given: readonly NotationTree[],
  stance: Stance,
  how: { look?: Look; primes?: number; symmetric?: boolean } = {},
): NotationTree {
  const args = given.map(withSizes);
  const { look = {}, primes = 0, symmetric = stance === 'scalar' } = how;
  const key = `${name}${"'".repeat(primes)}(${args.map((a) => a.key).join(', ')})`;
  return make({ kind: 'call', name, primes, args, look }, args, {
    stance,
    key,
    tag: `${name} ${primes}`,
    own: name.length + primes + 2,
    leaves: 1,
    symmetric,
  });
}

export function root(of: NotationTree): NotationTree {
  return make({ kind: 'root', of }, [of], {
    stance: of.stance,
    key: `sqrt(${of.key})`,
    own: 6,
    leaves: 1,
    symmetric: of.symmetric,
    isOpen: of.isOpen,
  });
}

export function norm(given: NotationTree): NotationTree {
  const of = withSizes(given);
  return make({ kind: 'norm', of }, [of], { stance: 'scalar', key: `norm2(${of.key})`, own: 7, leaves: 1 });
}

/** The diagonal matrix of a column. */
export function diagonalMatrix(of: NotationTree): NotationTree {
  if (of.kind === 'filled' && of.value === 1) return identity(of.sizes, of.shows);
  return call('diag', [of], 'matrix', { symmetric: true });
}

/** The diagonal of a matrix, as a column. */
export function diagonalOf(of: NotationTree): NotationTree {
  if (of.kind === 'call' && of.name === 'diag') return must(of.args[0]);
  if (of.kind === 'identity') return filled(1, 'column', of.sizes, of.shows);
  return call('diag', [of], 'column');
}

/** M, when the tree is the diagonal of M. */
export function asDiagonalOf(t: NotationTree): NotationTree | undefined {
  return t.kind === 'call' && t.name === 'diag' && t.stance === 'column' ? t.args[0] : undefined;
}

/** v, when the tree is the diagonal matrix of v. */
export function asDiagonalMatrix(t: NotationTree): NotationTree | undefined {
  return t.kind === 'call' && t.name === 'diag' && t.stance === 'matrix' ? t.args[0] : undefined;
}

export function sumTree(terms: readonly SignedTree[], stance: Stance, symmetric = false): NotationTree {
  const only = terms.length === 1 ? must(terms[0]) : undefined;
  if (only) return only.negative ? negate(only.of) : only.of;
  let key = '';
  for (const [i, t] of terms.entries()) {
    if (key.length > keyLength) break;
    key += `${t.negative ? '-' : i > 0 ? '+' : ''}${t.of.key}`;
  }
  const tag = terms.map((t) => (t.negative ? '-' : '+')).join('');
  return make(
    { kind: 'sum', terms },
    terms.map((t) => t.of),
    {
      stance,
      key,
      tag,
      own: terms.length,
      symmetric: symmetric || stance === 'scalar',
      isOpen: terms.every((t) => t.of.isOpen),
    },
  );
}

export function einsum(operands: readonly NotationTree[], labels: readonly string[], out: string): NotationTree {
  const stance: Stance =
    out.length === 0 ? 'scalar' : out.length === 1 ? 'column' : out.length === 2 ? 'matrix' : 'tensor';
  const tag = `${labels.join(',')}->${out}`;
  const key = `#(${tag}; ${operands.map((o) => o.key).join(', ')})`;
  return make({ kind: 'einsum', operands, labels, out }, operands, {
    stance,
    key,
    tag,
    own: tag.length + 5,
    leaves: 1,
  });
}

export function kronecker(left: NotationTree, right: NotationTree): NotationTree {
  return make({ kind: 'kronecker', left, right }, [left, right], { stance: 'tensor', key: `${left.key}⊗${right.key}` });
}

export function blocks(rows: readonly (readonly NotationTree[])[], stance: Stance): NotationTree {
  const key = `[${rows.map((r) => r.map((c) => c.key).join(', ')).join('; ')}]`;
  return make({ kind: 'blocks', rows }, rows.flat(), {
    stance,
    key,
    tag: rows.map((r) => r.length).join(' '),
    own: rows.flat().length + 2,
  });
}

export function slice(of: NotationTree, ranges: readonly Range[], stance: Stance): NotationTree {
  const [entry, more] = ranges;
  if (ranges.every((r) => r === 'all')) return of;
  // An entry of a row or a column of a matrix is an entry of the matrix.
  const line = of.kind === 'transpose' ? of.of : of;
  if (entry !== undefined && more === undefined && line.kind === 'slice' && line.ranges.length === 2) {
    const [row, col] = line.ranges as [Range, Range];
    const part = (list: readonly Range[], own: 'row' | 'column'): NotationTree => {
      if (stance === 'scalar') return slice(line.of, list, stance);
      return stance === own ? slice(line.of, list, own) : transposeOf(slice(line.of, list, own));
    };
    if (row !== 'all' && 'at' in row && col === 'all') return part([row, entry], 'row');
    if (col !== 'all' && 'at' in col && row === 'all') return part([entry, col], 'column');
  }
  const text = ranges.map(rangeText).join(', ');
  return make({ kind: 'slice', of, ranges }, [of], {
    stance,
    key: `${of.key}[${text}]`,
    tag: text,
    own: text.length + 2,
  });
}

export function rangeText(r: Range): string {
  return r === 'all' ? ':' : 'at' in r ? r.at : `${r.from}:${r.to}`;
}

export function indexed(of: NotationTree, labels: readonly string[]): NotationTree {
  const text = labels.join(',');
  return make({ kind: 'indexed', of, labels }, [of], {
    stance: 'scalar',
    key: `${of.key}[${text}]`,
    tag: text,
    own: text.length + 2,
  });
}

export function indexSum(labels: readonly string[], of: NotationTree): NotationTree {
  const text = labels.join(',');
  return make({ kind: 'index-sum', labels, of }, [of], {
    stance: 'scalar',
    key: `sum[${text}](${of.key})`,
    tag: text,
    own: text.length + 7,
  });
}

export function equation(left: NotationTree, right: NotationTree): NotationTree {
  return make({ kind: 'equation', left, right }, [left, right], {
    stance: right.stance,
    key: `${left.key}=${right.key}`,
    own: 3,
  });
}

/** Matrix product. Nested products flatten, equal neighbours become powers, a row of the identity selects. */
export function product(list: readonly NotationTree[]): NotationTree {
  const factors: NotationTree[] = [];
  for (const f of list) {
    if (f.kind === 'product' && f.stance !== 'scalar') for (const g of f.factors) join(factors, g);
    else join(factors, f);
  }
  const only = factors.length === 1 ? factors[0] : undefined;
  if (only) return only;
  const stance = stanceOfProduct(factors);
  const key =
    factors.length > 8
      ? factors
          .slice(0, 8)
          .map((f) => f.key)
          .join('*')
      : factors.map((f) => f.key).join('*');
  const whole = make({ kind: 'product', factors }, factors, {
    stance,
    key,
    own: factors.length - 1,
    isOpen: isOpenProduct(factors, stance),
  });
  return stance === 'matrix' && isPalindrome(factors) ? { ...whole, symmetric: true } : whole;
}

function isOpenProduct(factors: readonly NotationTree[], stance: Stance): boolean {
  if (stance === 'scalar') return false;
  const first = factors.find((f) => f.stance !== 'scalar');
  const last = factors.at(-1);
  return (stance !== 'row' && first?.isOpen === true) || (stance !== 'column' && last?.isOpen === true);
}

function join(factors: NotationTree[], next: NotationTree): void {
  const last = factors.at(-1);
  if (next.kind === 'identity' && last !== undefined && last.stance !== 'scalar') return;
  if (last?.kind === 'identity' && (next.stance === 'matrix' || next.stance === 'column')) factors.pop();
  else if (last?.stance === 'matrix' && next.stance === 'matrix') {
    const [a, b] = [matrixPower(last), matrixPower(next)];
    if (a.base.hash === b.base.hash) {
      factors[factors.length - 1] = power(a.base, numberTree(add(a.exponent, b.exponent)), false);
      return;
    }
    const [u, v] = [asDiagonalMatrix(last), asDiagonalMatrix(next)];
    if (u && v) {
      factors[factors.length - 1] = diagonalMatrix(hadamard([u, v]));
      return;
    }
  }
  const before = factors.at(-1);
  const picked = before && pick(before, next);
  if (picked) factors[factors.length - 1] = picked;
  else
    factors.push(
      before && before.stance !== 'scalar' && before.isOpen && next.stance !== 'row' ? withSizes(next) : next,
    );
}

/** Rows of the identity on the left of a matrix or column, or its columns on the right, pick a part. */
function pick(left: NotationTree, right: NotationTree): NotationTree | undefined {
  const rows = selectedRows(left);
  if (rows && !selectedRows(right) && (right.stance === 'column' || right.stance === 'matrix')) {
    if (right.kind === 'slice' && right.ranges[0] === 'all')
      return slice(right.of, [rows, ...right.ranges.slice(1)], right.stance);
    return slice(right, right.stance === 'column' ? [rows] : [rows, 'all'], right.stance);
  }
  const cols = right.kind === 'transpose' ? selectedRows(right.of) : undefined;
  if (cols && left.stance === 'matrix' && !(left.kind === 'transpose' && selectedRows(left.of))) {
    if (left.kind === 'slice' && left.ranges[1] === 'all')
      return slice(left.of, [must(left.ranges[0]), cols], 'matrix');
    return slice(left, ['all', cols], 'matrix');
  }
  if (cols && left.stance === 'row') return transposeOf(slice(transposeOf(left), [cols], 'column'));
  return undefined;
}

export function selectedRows(t: NotationTree): Range | undefined {
  return t.kind === 'slice' && t.of.kind === 'identity' && t.ranges[1] === 'all' ? t.ranges[0] : undefined;
}

function matrixPower(t: NotationTree): { base: NotationTree; exponent: Rational } {
  if (
    t.kind === 'power' &&
    !t.elementWise &&
    t.stance === 'matrix' &&
    t.exponent.kind === 'number' &&
    isInteger(t.exponent.value)
  ) {
    return { base: t.base, exponent: t.exponent.value };
  }
  return { base: t, exponent: one };
}

function stanceOfProduct(factors: readonly NotationTree[]): Stance {
  const shaped = factors.filter((f) => f.stance !== 'scalar');
  const [first, last] = [shaped[0], shaped.at(-1)];
  if (!first || !last) return 'scalar';
  if (shaped.some((f) => f.stance === 'tensor')) return 'tensor';
  const left = first.stance === 'row';
  const right = last.stance === 'column';
  return left ? (right ? 'scalar' : 'row') : right ? 'column' : 'matrix';
}

/** Whether the factors read the same after a transpose. */
export function isPalindrome(factors: readonly NotationTree[]): boolean {
  return factors.every((f, i) => i > (factors.length - 1) / 2 || transposeOf(f).hash === must(factors.at(-1 - i)).hash);
}

export function hadamard(list: readonly NotationTree[]): NotationTree {
  const factors = list.flatMap((f) => (f.kind === 'hadamard' ? f.factors : [f]));
  const only = factors.length === 1 ? factors[0] : undefined;
  if (only) return only;
  const stance = must(factors.find((f) => f.stance !== 'scalar') ?? factors[0]).stance;
  const symmetric = factors.every((f) => f.symmetric);
  return make({ kind: 'hadamard', factors }, factors, {
    stance,
    key: factors.map((f) => f.key).join('.*'),
    own: 2 * factors.length - 2,
    symmetric,
    isOpen: factors.every((f) => f.isOpen || f.stance === 'scalar') && stance !== 'scalar',
  });
}

export function quotient(over: NotationTree, under: NotationTree, elementWise: boolean): NotationTree {
  const stance = over.stance === 'scalar' ? under.stance : over.stance;
  const symmetric = over.symmetric && under.symmetric;
  return make({ kind: 'quotient', over, under, elementWise }, [over, under], {
    stance,
    key: `${over.key}${elementWise ? './' : '/'}${under.key}`,
    tag: elementWise ? '.' : '',
    own: 2,
    symmetric,
    isOpen: over.stance === 'scalar' ? under.isOpen : over.isOpen && (under.isOpen || under.stance === 'scalar'),
  });
}

/** `base` to a power, by entries or of the matrix; the stance is the base's unless only the exponent has a shape. */
export function power(base: NotationTree, exponent: NotationTree, elementWise: boolean): NotationTree {
  if (exponent.kind === 'number' && isOne(exponent.value)) return base;
  const stance = base.stance === 'scalar' ? exponent.stance : base.stance;
  return make({ kind: 'power', base, exponent, elementWise }, [base, exponent], {
    stance,
    key: `${base.key}${elementWise ? '.^' : '^'}${exponent.key}`,
    tag: elementWise ? '.' : '',
    symmetric: base.symmetric && exponent.symmetric,
    isOpen: base.isOpen && (exponent.isOpen || exponent.stance === 'scalar'),
  });
}

// Beyond this size a transpose stands outside: looking for a shorter place would visit a shared tree many times.
const largestMoved = 300;

export function transposeOf(t: NotationTree): NotationTree {
  if (t.stance === 'scalar' || t.symmetric) return t;
  if (t.size > largestMoved && t.kind !== 'transpose' && t.kind !== 'product') return quoted(t);
  switch (t.kind) {
    case 'transpose':
      return t.of;
    case 'negate':
      return negate(transposeOf(t.of));
    case 'product': {
      const scalars = t.factors.filter((f) => f.stance === 'scalar');
      const rest = t.factors.filter((f) => f.stance !== 'scalar');
      return product([...scalars, ...rest.toReversed().map(transposeOf)]);
    }
    case 'quotient':
      if (!t.elementWise) return quotient(transposeOf(t.over), t.under, false);
      return shorter(quoted(t), () => quotient(transposeOf(t.over), transposeOf(t.under), true));
    case 'power':
      if (!t.elementWise) return power(transposeOf(t.base), t.exponent, false);
      return shorter(quoted(t), () => power(transposeOf(t.base), transposeOf(t.exponent), true));
    case 'hadamard':
      return shorter(quoted(t), () => hadamard(t.factors.map(transposeOf)));
    case 'sum':
      return shorter(quoted(t), () =>
        sumTree(inReadingOrder(t.terms.map((s) => ({ ...s, of: transposeOf(s.of) }))), flipped(t.stance)),
      );
    case 'root':
      return shorter(quoted(t), () => root(transposeOf(t.of)));
    case 'slice':
      return t.stance === 'matrix'
        ? shorter(quoted(t), () => slice(transposeOf(t.of), t.ranges.toReversed(), 'matrix'))
        : quoted(t);
    case 'einsum':
      return t.stance === 'matrix' ? einsum(t.operands, t.labels, [...t.out].reverse().join('')) : quoted(t);
    case 'number':
    case 'size':
    case 'name':
    case 'filled':
    case 'identity':
    case 'call':
    case 'norm':
    case 'kronecker':
    case 'transposer':
    case 'blocks':
    case 'indexed':
    case 'index-sum':
    case 'equation':
      return quoted(t);
    default:
      return unreachable(t);
  }
}

function quoted(of: NotationTree): NotationTree {
  return make({ kind: 'transpose', of }, [of], {
    stance: flipped(of.stance),
    key: `${of.key}'`,
    quotes: 1,
    isOpen: of.isOpen,
  });
}

function flipped(stance: Stance): Stance {
  return stance === 'column' ? 'row' : stance === 'row' ? 'column' : stance;
}

/** The transpose around the whole, unless moving it inside needs fewer. */
function shorter(outside: NotationTree, inside: () => NotationTree): NotationTree {
  if (outside.quotes === 1) return outside;
  const other = inside();
  return other.quotes < outside.quotes ? other : outside;
}

/** A positive term first where there is one; then the complicated before the simple; constants last. */
export function inReadingOrder(terms: readonly SignedTree[]): SignedTree[] {
  const sorted = terms
    .map((term) => ({ term, last: Number(isConstant(term.of)), shaped: shapedLeaves(term.of) }))
    .sort(
      (s, t) =>
        s.last - t.last ||
        t.shaped - s.shaped ||
        t.term.of.leaves - s.term.of.leaves ||
        bySimplicity(s.term.of, t.term.of),
    )
    .map((s) => s.term);
  const first = sorted.findIndex((t) => !t.negative);
  return first <= 0 ? sorted : [must(sorted[first]), ...sorted.slice(0, first), ...sorted.slice(first + 1)];
}

function isConstant(t: NotationTree): boolean {
  return (
    t.kind === 'number' ||
    t.kind === 'filled' ||
    (t.kind === 'product' && t.factors.every((f) => f.kind === 'number' || f.kind === 'filled'))
  );
}

/** Leaves of a term without its scalar factors; of a scalar, without its numbers. */
function shapedLeaves(t: NotationTree): number {
  if (t.kind === 'quotient' && !t.elementWise) return shapedLeaves(t.over);
  if (t.kind !== 'product') return t.leaves;
  const isCounted =
    t.stance === 'scalar' ? (f: NotationTree) => f.kind !== 'number' : (f: NotationTree) => f.stance !== 'scalar';
  return t.factors.filter(isCounted).reduce((n, f) => n + f.leaves, 0);
}

/** Order of factors that commute, and of terms: the simple before the complicated, then by letters. */
export function bySimplicity(a: NotationTree, b: NotationTree): number {
  return a.leaves - b.leaves || a.quotes - b.quotes || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.hash - b.hash);
}
