// The notation tree in two dimensions: what LaTeX, MathML and Unicode have in common. Juxtaposition binds tighter than ⊙
// and ⊘ here (in the language's text they bind alike), so that A x ⊙ y is (A x) ⊙ y.

import { must, unreachable } from '../base/internal.ts';
import { type Rational, isExact, toNumber } from '../ir/rational.ts';
import { type NotationTree, type SignedTree, rangeText } from './notation-tree.ts';
import { isDecimal } from './term.ts';

/** How tight a piece of output holds together. */
export const binding = { relation: 0, sum: 1, entry: 2, product: 3, scripted: 4, plain: 5 } as const;

export interface Box {
  readonly text: string;
  readonly level: number;
  /** Higher than a line: brackets around it must grow. */
  readonly tall: boolean;
  /** A word or a function: wants room beside it. */
  readonly wide?: boolean;
}

export type Sign =
  | 'plus'
  | 'minus'
  | 'negative'
  | 'equals'
  | 'odot'
  | 'entries'
  | 'oslash'
  | 'otimes'
  | 'top'
  | 'identity'
  | 'transposer'
  | 'delta'
  | 'one'
  | 'zero'
  | 'sum'
  | 'comma'
  | 'infinity';
export type Fence = '(' | ')' | '[' | ']' | '|' | '‖';

/** A target of typesetting. */
export interface Style {
  readonly sign: (s: Sign) => string;
  readonly digits: (text: string) => string;
  readonly name: (name: string) => Box;
  /** The name of a function. */
  readonly word: (name: string) => string;
  readonly primed: (word: string, primes: number) => string;
  readonly join: (parts: readonly string[]) => string;
  readonly juxtapose: (factors: readonly Box[]) => string;
  /** Index labels side by side. */
  readonly labels: (list: readonly string[]) => string;
  /** A function before its bracket. */
  readonly applied: (word: string, bracket: string) => string;
  readonly fence: (open: string, inner: Box, close: string) => string;
  readonly fraction: (over: Box, under: Box) => Box;
  readonly root: (inner: Box) => Box;
  readonly scripts: (base: string, below: string, above: string) => string;
  readonly sumOver: (labels: string) => string;
  readonly table: (rows: readonly (readonly string[])[]) => string;
}

export function typeset(t: NotationTree, style: Style): string {
  return box(t, style).text;
}

function box(t: NotationTree, s: Style): Box {
  const of = (child: NotationTree): Box => box(child, s);
  switch (t.kind) {
    case 'number':
      return number(t.value, s);
    case 'name':
      return s.name(t.name);
    case 'filled':
      return t.stance === 'matrix' && t.value === 1
        ? {
            text: s.join([s.sign('one'), s.scripts(s.sign('one'), '', s.sign('top'))]),
            level: binding.product,
            tall: false,
          }
        : plain(s.sign(t.value === 1 ? 'one' : 'zero'));
    case 'identity':
      return plain(s.sign('identity'));
    case 'size':
      return of(t.shown);
    case 'transposer':
      return plain(s.sign('transposer'));
    case 'negate': {
      const inner = of(t.of);
      return {
        text: s.join([s.sign('negative'), closed(inner, binding.entry, s)]),
        level: binding.sum,
        tall: inner.tall,
      };
    }
    case 'sum':
      return sum(t.terms, s);
    case 'product':
      return product(t.factors, s);
    case 'hadamard':
      return chain(t.factors.map(of), 'odot', s);
    case 'quotient':
      return t.elementWise ? chain([of(t.over), of(t.under)], 'oslash', s) : s.fraction(of(t.over), of(t.under));
    case 'power':
      return power(t, s);
    case 'root':
      return s.root(of(t.of));
    case 'norm': {
      const inner = of(t.of);
      return { text: s.scripts(s.fence('‖', inner, '‖'), s.digits('2'), ''), level: binding.plain, tall: inner.tall };
    }
    case 'transpose':
      return transposed(t.of, s);
    case 'call':
      return call(t, s);
    case 'einsum':
      return einsum(t, s);
    case 'kronecker': {
      const [left, right] = [of(t.left), of(t.right)];
      return {
        text: s.join([closed(left, binding.product, s), s.sign('otimes'), closed(right, binding.product, s)]),
        level: binding.entry,
        tall: left.tall || right.tall,
      };
    }
    case 'blocks':
      return { text: s.table(t.rows.map((row) => row.map((c) => of(c).text))), level: binding.plain, tall: true };
    case 'slice': {
      const labels = t.ranges.map((r) => s.digits(rangeText(r)));
      return subscripted(of(t.of), s.join(separated(labels, s)), t.of, s);
    }
    case 'indexed':
      return indexed(t.of, t.labels, s);
    case 'index-sum': {
      const inner = of(t.of);
      return {
        text: s.join([s.sumOver(s.labels(t.labels)), closed(inner, binding.entry, s)]),
        level: binding.entry,
        tall: true,
      };
    }
    case 'equation': {
      const [left, right] = [of(t.left), of(t.right)];
      return {
        text: s.join([left.text, s.sign('equals'), right.text]),
        level: binding.relation,
        tall: left.tall || right.tall,
      };
    }
    default:
      return unreachable(t);
  }
}

function plain(text: string): Box {
  return { text, level: binding.plain, tall: false };
}

function closed(b: Box, least: number, s: Style): string {
  return b.level >= least ? b.text : s.fence('(', b, ')');
}

function number(value: Rational, s: Style): Box {
  if (value.num < 0) {
    const size = number({ num: -value.num, den: value.den }, s);
    return { text: s.join([s.sign('negative'), size.text]), level: binding.sum, tall: size.tall };
  }
  const x = toNumber(value);
  if (!Number.isFinite(x)) return plain(Number.isNaN(x) ? s.word('NaN') : s.sign('infinity'));
  if (isExact(value) && !isDecimal(value))
    return s.fraction(plain(s.digits(String(value.num))), plain(s.digits(String(value.den))));
  const [digits, exponent] = String(x).split('e');
  if (exponent === undefined) return plain(s.digits(must(digits)));
  const ten = s.scripts(s.digits('10'), '', s.digits(exponent.replace('+', '').replace('-', '−')));
  return {
    text: digits === '1' ? ten : s.juxtapose([plain(s.digits(must(digits))), plain(ten)]),
    level: binding.scripted,
    tall: false,
  };
}

function sum(terms: readonly SignedTree[], s: Style): Box {
  const boxes = terms.map((t) => box(t.of, s));
  const parts = boxes.flatMap((b, i) => {
    const text = closed(b, binding.entry, s);
    const negative = must(terms[i]).negative;
    return i === 0 ? (negative ? [s.sign('negative'), text] : [text]) : [s.sign(negative ? 'minus' : 'plus'), text];
  });
  return { text: s.join(parts), level: binding.sum, tall: boxes.some((b) => b.tall) };
}

/** Scalars alone before a product or an element-wise product need no bracket around it. */
function product(factors: readonly NotationTree[], s: Style): Box {
  const boxes: Box[] = [];
  let level: number = binding.product;
  let scalarsOnly = true;
  for (const [i, f] of factors.entries()) {
    const isLast = i === factors.length - 1;
    const b = box(f, s);
    if (scalarsOnly && f.kind === 'product') boxes.push({ ...b, wide: true });
    else if (
      scalarsOnly &&
      isLast &&
      i > 0 &&
      (f.kind === 'index-sum' || f.kind === 'hadamard' || (f.kind === 'quotient' && f.elementWise))
    ) {
      boxes.push(b);
      level = binding.entry;
    } else boxes.push({ ...b, text: closed(b, binding.scripted, s), level: Math.max(b.level, binding.scripted) });
    scalarsOnly &&= f.stance === 'scalar';
  }
  return { text: s.juxtapose(boxes), level, tall: boxes.some((b) => b.tall) };
}

/** Operands of ⊙ or ⊘, from the left. */
function chain(boxes: readonly Box[], sign: Sign, s: Style): Box {
  const parts = boxes.flatMap((b, i) =>
    i === 0
      ? [closed(b, sign === 'odot' ? binding.product : binding.entry, s)]
      : [s.sign(sign), closed(b, sign === 'odot' ? binding.product : binding.scripted, s)],
  );
  return { text: s.join(parts), level: binding.entry, tall: boxes.some((b) => b.tall) };
}

function power(t: Extract<NotationTree, { kind: 'power' }>, s: Style): Box {
  const exponent = t.exponent.kind === 'number' ? exponentText(t.exponent.value, s) : box(t.exponent, s).text;
  const above = t.elementWise && t.stance !== 'scalar' ? s.join([s.sign('entries'), exponent]) : exponent;
  if (t.base.kind === 'norm') {
    const inner = box(t.base.of, s);
    return {
      text: s.scripts(s.fence('‖', inner, '‖'), s.digits('2'), above),
      level: binding.scripted,
      tall: inner.tall,
    };
  }
  const of =
    t.base.kind === 'call' && t.base.look.above === '-1' && t.exponent.kind === 'number' ? t.base.args[0] : undefined;
  if (of && !t.elementWise) {
    const arg = box(of, s);
    return {
      text: s.scripts(closed(arg, binding.plain, s), '', s.join([s.sign('negative'), exponent])),
      level: binding.scripted,
      tall: arg.tall,
    };
  }
  const base = box(t.base, s);
  return { text: s.scripts(closed(base, binding.plain, s), '', above), level: binding.scripted, tall: base.tall };
}

/** Fractions in an exponent stand on one line. */
function exponentText(value: Rational, s: Style): string {
  if (isExact(value) && !isDecimal(value)) return s.digits(`${value.num}/${value.den}`);
  return number(value, s).text;
}

function transposed(of: NotationTree, s: Style): Box {
  if (of.kind === 'call' && of.look.above === '-1' && of.args.length === 1) {
    const arg = box(must(of.args[0]), s);
    return {
      text: s.scripts(closed(arg, binding.plain, s), '', s.join([s.sign('negative'), s.sign('top')])),
      level: binding.scripted,
      tall: arg.tall,
    };
  }
  const base = box(of, s);
  return {
    text: s.scripts(closed(base, binding.plain, s), '', s.sign('top')),
    level: binding.scripted,
    tall: base.tall,
  };
}

function call(t: Extract<NotationTree, { kind: 'call' }>, s: Style): Box {
  const args = t.args.map((a) => box(a, s));
  const tall = args.some((a) => a.tall);
  const inner: Box = {
    text: s.join(
      separated(
        args.map((a) => a.text),
        s,
      ),
    ),
    level: binding.relation,
    tall,
  };
  const { open, close, below, above, symbol, infix } = t.look;
  if (infix)
    return {
      text: s.join(args.flatMap((a, i) => [...(i > 0 ? [s.sign(infix)] : []), closed(a, binding.product, s)])),
      level: binding.entry,
      tall,
    };
  const [only] = args;
  if (args.length === 1 && only && (open !== undefined || above !== undefined || below !== undefined)) {
    const base = open === undefined ? closed(only, binding.plain, s) : s.fence(open, inner, close ?? open);
    const text = s.scripts(
      base,
      below === undefined ? '' : s.digits(below),
      above === undefined ? '' : s.digits(above.replace('-', '−')),
    );
    return { text, level: above === undefined ? binding.plain : binding.scripted, tall };
  }
  const word = s.primed(s.word(symbol ?? t.name), t.primes);
  return { text: s.applied(word, s.fence('(', inner, ')')), level: binding.plain, tall, wide: true };
}

function separated(parts: readonly string[], s: Style): string[] {
  return parts.flatMap((p, i) => (i === 0 ? [p] : [s.sign('comma'), p]));
}

function einsum(t: Extract<NotationTree, { kind: 'einsum' }>, s: Style): Box {
  const summed = [...new Set(t.labels.join(''))].filter((l) => !t.out.includes(l));
  const factors = t.operands.map((o, i) => indexed(o, [...must(t.labels[i])], s));
  const body: Box =
    factors.length === 0
      ? plain(s.digits('1'))
      : { text: s.juxtapose(factors), level: binding.product, tall: factors.some((f) => f.tall) };
  const total: Box =
    summed.length === 0
      ? body
      : { text: s.join([s.sumOver(s.labels(summed)), body.text]), level: binding.entry, tall: true };
  if (t.out === '') return total;
  return {
    text: s.scripts(s.fence('[', total, ']'), s.labels([...t.out]), ''),
    level: binding.plain,
    tall: total.tall,
  };
}

function indexed(of: NotationTree, labels: readonly string[], s: Style): Box {
  if (of.kind === 'identity') return plain(s.scripts(s.sign('delta'), s.labels(labels), ''));
  return subscripted(box(of, s), s.labels(labels), of, s);
}

function subscripted(base: Box, below: string, of: NotationTree, s: Style): Box {
  const bare = of.kind === 'name' && !/[_\d]/.test(of.name);
  const isOpen = bare || (of.kind === 'call' && base.level === binding.plain && of.look.below === undefined);
  return {
    text: s.scripts(isOpen ? base.text : s.fence('(', base, ')'), below, ''),
    level: binding.plain,
    tall: base.tall,
  };
}
