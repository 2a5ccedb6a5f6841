// Spellings for TypeScript and C++: plain functions of numbers there, arrays of Eigen here.

import { must } from '../base/internal.ts';
import { type Rational, isInteger, toNumber } from '../ir/rational.ts';
import { type CallSite, type Code, type Spell, type Spelling, atom, fillTemplate, level, wrap } from './spell.ts';

type Native = Pick<Spell, 'typescript' | 'cpp'>;

/** Whether the call is about whole arrays. */
function isArray({ ranks }: CallSite): boolean {
  return ranks.some((r) => r > 0);
}

/** One template for a number, another for an array: `{0!}.exp()`. */
export function eigen(number: string, array: string): Spelling {
  return (site) => fillTemplate(isArray(site) ? array : number, site);
}

/** A function of one number; `method` is what Eigen's arrays call it, `lambda` where they have none. */
export function numbers(typescript: string, number: string, method?: string): Native {
  const array = method === undefined ? `{0!}.unaryExpr([](double t) { return ${number}(t); })` : `{0!}.${method}()`;
  return { typescript: `${typescript}({0})`, cpp: eigen(`${number}({0})`, array) };
}

/** A function of the preludes, by the name of each. */
export function preludes(typescript: string, cpp: string, args = '{0}'): Native {
  return { typescript: `@${typescript}(${args})`, cpp: `@${cpp}(${args})` };
}

/** Powers: products for small whole exponents, divisions for negative ones. */
export const nativePowers: Native = {
  typescript: (site) => power({ sqrt: (x) => atom(`Math.sqrt(${x.text})`), square: (x) => repeated(x) ?? atom(`${site.helper('square')}(${x.text})`), pow: (x, y) => atom(`Math.pow(${x.text}, ${y})`) }, String)(site),
  cpp: (site) =>
    isArray(site)
      ? arrayPower(site)
      : power({ sqrt: (x) => atom(`std::sqrt(${x.text})`), square: (x) => repeated(x) ?? atom(`${site.helper('square')}(${x.text})`), pow: (x, y) => atom(`std::pow(${x.text}, ${y})`) }, decimal)(site),
};

/** x * x where that is short to write. */
function repeated(x: Code): Code | undefined {
  return /^[\w.]+([[(][\w *+]+[\])]!?)?$/.test(x.text) && x.text.length <= 24 ? { text: `${x.text} * ${x.text}`, level: level.product } : undefined;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

interface PowerWords {
  readonly sqrt: (x: Code) => Code;
  readonly square: (x: Code) => Code;
  readonly pow: (x: Code, exponent: string) => Code;
}

function exponentText(e: Rational, literal: (value: number) => string): string {
  const value = toNumber(e);
  return isInteger(e) || String(value).length <= 6 ? literal(value) : `${literal(e.num)} / ${literal(e.den)}`;
}

function power({ sqrt, square, pow }: PowerWords, literal: (value: number) => string): (site: CallSite) => Code {
  return ({ args, values }) => {
    const [x, y] = [must(args[0]), must(args[1])];
    const e = values[1];
    const plain = x.plain && y.plain ? { plain: true as const } : {};
    const raised = (by: Rational): Code => {
      if (by.num === by.den) return x;
      if (by.num * 2 === by.den) return sqrt(x);
      return toNumber(by) === 2 ? square(x) : pow(x, exponentText(by, literal));
    };
    if (e === undefined) return { ...pow(x, y.text), ...plain };
    if (e.num >= 0) return { ...raised(e), ...plain };
    const over = raised({ num: -e.num, den: e.den });
    return { text: `${literal(1)} / ${wrap(over, level.unary)}`, level: level.product, over, ...plain };
  };
}

function arrayPower({ args, values, ranks }: CallSite): Code {
  const [x, y] = [must(args[0]), must(args[1])];
  if (ranks[0] === 0) return atom(`Eigen::pow(${x.text}, ${y.text})`);
  const base = wrap(x, level.atom);
  const methods = new Map([[2, 'square'], [3, 'cube'], [0.5, 'sqrt']]);
  const raised = (e: Rational): Code => {
    const method = methods.get(toNumber(e));
    return e.num === e.den ? x : atom(method === undefined ? `${base}.pow(${exponentText(e, decimal)})` : `${base}.${method}()`);
  };
  const e = values[1];
  if (e === undefined) return atom(`${base}.pow(${y.text})`);
  if (e.num >= 0) return raised(e);
  const over = raised({ num: -e.num, den: e.den });
  return e.num === -e.den ? { ...atom(`${base}.inverse()`), over } : { text: `1.0 / ${wrap(over, level.unary)}`, level: level.product, over };
}

/** A function of two numbers; with a method of Eigen's arrays where it has one. */
export function pairs(typescript: string, number: string, method?: string): Native {
  return {
    typescript: `${typescript}({0}, {1})`,
    cpp: (site) => {
      const [x, y] = [must(site.args[0]), must(site.args[1])];
      const called = (a: string, b: string): string => fillTemplate(`${number}(${a}, ${b})`, site).text;
      if (!isArray(site)) return called(x.text, y.text);
      const [isLeft, isRight] = site.ranks.map((r) => r > 0);
      const [array, other] = isLeft ? [x, y] : [y, x];
      if (method !== undefined) return `${wrap(array, level.atom)}.${method}(${other.text})`;
      if (isLeft && isRight) return `${wrap(x, level.atom)}.binaryExpr(${y.text}, [](double s, double t) { return ${called('s', 't')}; })`;
      return `${wrap(array, level.atom)}.unaryExpr([&](double entry) { return ${isLeft ? called('entry', other.text) : called(other.text, 'entry')}; })`;
    },
  };
}

/** A function of all entries, whatever the number of axes: TypeScript's takes the numbers alone. */
export function ofEntries(typescript: string, cpp: string, gives: 'number' | 'same shape'): Native {
  return {
    typescript: ({ args: [x], ranks: [rank], helper }) => {
      const [name, given] = [helper(typescript), wrap(must(x), level.atom)];
      if (rank === 1) return `${name}(${x?.text})`;
      if (rank === 0) return gives === 'number' ? must(x) : '1';
      return gives === 'number' ? `${name}(${given}.data)` : { text: `{ ...${given}, data: ${name}(${given}.data) }`, level: level.atom };
    },
    cpp: ({ args: [x], ranks: [rank], helper }) => {
      const given = must(x);
      if (rank === 0) return gives === 'number' ? given : '1.0';
      if (must(rank) <= 2) return `${helper(cpp)}(${given.text})`;
      const data = `${wrap(given, level.atom)}.data`;
      return gives === 'number' ? `${helper(cpp)}(${data})` : `Tensor{${wrap(given, level.atom)}.shape, ${helper(cpp)}(${data})}`;
    },
  };
}

/** One part of a decomposition that several calls may share, or a function of that part. */
export function partOf(parts: readonly string[], of: string, k: number, { typescript = '{0}', cpp = '{0}' }: { typescript?: string; cpp?: string } = {}): Native {
  const spelled = (template: string): Spelling => (site) => {
    const part = must(site.shared(parts, `${site.helper(of)}(${site.args[0]?.text})`)[k]);
    return fillTemplate(template, { ...site, args: [atom(part)] });
  };
  return { typescript: spelled(typescript), cpp: spelled(cpp) };
}
