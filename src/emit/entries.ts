// Arrays written entry by entry, for languages of loops. What need not be made stays a recipe for its entries; a chain of
// such recipes is one loop.

import { must } from '../base/internal.ts';
import { type Dim, addDims, dimValue, sameDim } from '../ir/dim.ts';
import type { DeltaNode, Label, Shape, StackNode } from '../ir/expr.ts';
import { type Code, atom, level, wrap } from '../ops/spell.ts';
import type { Dialect, Laid, Operand, Scope, Spelled, WeightedTerm } from './dialect.ts';
import { productCode, sumCode } from './infix.ts';

/** What tells one language of loops from another. */
export interface Loops {
  readonly literal: Dialect['literal'];
  /** An entry of an array that has a name. */
  readonly at: (name: string, at: readonly string[], shape: Shape, scope: Scope) => string;
  /** An entry by its position when the last axis moves fastest. */
  readonly flat: (name: string, position: string, shape: Shape, scope: Scope) => string;
  /** The array with these entries. */
  readonly build: (shape: Shape, at: readonly string[], entry: Code, scope: Scope) => string;
  /** The sum of `entry` for `index` up to the length. */
  readonly sum: (length: Code, index: string, entry: string, scope: Scope) => string;
  readonly equals: string;
  readonly zero: string;
  readonly one: string;
}

/** Names of positions, which no other name may be. */
export const positions: readonly string[] = Array.from({ length: 12 }, (_, k) => `${k % 2 === 0 ? 'i' : 'j'}${k < 2 ? '' : Math.floor(k / 2) + 1}`);

/** The first `count` of them, after `from`. */
export function positionsFor(count: number, from = 0): string[] {
  return positions.slice(from, from + count);
}

/** The array and the recipe for its entries. */
export function lazily(loops: Loops, shape: Shape, scope: Scope, entry: (at: readonly string[]) => Code, operands: readonly Operand[], isHeavy = false): Code {
  const at = positionsFor(shape.length);
  if (shape.length === 0) return entry([]);
  const heavy = isHeavy || operands.some((o) => o.code.heavy) ? { heavy: true as const } : {};
  return { ...atom(loops.build(shape, at, entry(at), scope)), entry, ...heavy };
}

/** An array that is made. */
function made(loops: Loops, shape: Shape, scope: Scope, entry: (at: readonly string[]) => Code): Code {
  if (shape.length === 0) return entry([]);
  const at = positionsFor(shape.length);
  return atom(loops.build(shape, at, entry(at), scope));
}

function isName(code: Code): boolean {
  return /^\w+$/.test(code.text);
}

/** The operand so that its entries can be asked for: what is long to compute gets a name, when more than one entry asks. */
export function ready(of: Operand, scope: Scope, often: boolean): Operand {
  const { code, shape } = of;
  if (shape.length === 0) return /\w\(/.test(code.over?.text ?? code.text) ? { ...of, code: scope.name(of) } : of;
  if (isName(code) || (code.entry && !(often && code.heavy))) return of;
  return { ...of, code: scope.name(of) };
}

export function entryOf({ code, shape }: Operand, at: readonly string[], loops: Loops, scope: Scope): Code {
  if (shape.length === 0) return code;
  return code.entry ? code.entry(at) : atom(loops.at(code.text, at, shape, scope));
}

/** The operations of a dialect, entry by entry. */
export function entryWise(loops: Loops): Pick<Dialect, 'fill' | 'unit' | 'transpose' | 'diagonal' | 'trace' | 'reduce' | 'expand' | 'reshape' | 'slice' | 'pad' | 'multiply' | 'inner' | 'einsum' | 'spread'> & {
  readonly combine: (terms: readonly WeightedTerm[], shape: Shape, scope: Scope) => Code;
  readonly elementwise: (args: readonly Laid[], shape: Shape, scope: Scope, spelled: Spelled) => Code;
} {
  const own = (o: Laid, at: readonly string[]): string[] => at.filter((_, axis) => o.along[axis]);
  const laidReady = (o: Laid, scope: Scope): Laid => ({ ...o, ...ready(o, scope, !o.along.every((is) => is)) });
  const laidEntry = (o: Laid, at: readonly string[], scope: Scope): Code => {
    const entry = entryOf(o, own(o, at), loops, scope);
    return o.shape.length === 0 && o.code.over ? { ...entry, over: o.code.over } : entry;
  };
  const guard = (conditions: readonly string[], then: Code): Code => (conditions.length === 0 ? then : { text: `${conditions.join(' && ')} ? ${then.text} : ${loops.zero}`, level: 0 });
  const sumOver = (dims: Shape, at: readonly string[], entry: string, scope: Scope): string => dims.reduceRight((inner, d, k) => loops.sum(scope.dim(d), must(at[k]), inner, scope), entry);
  /** Positions in several axes as one. */
  const flatPosition = (dims: Shape, at: readonly string[], scope: Scope): Code =>
    at.reduce<Code>((sum, index, k) => (k === 0 ? atom(index) : { text: `${wrap(sum, level.product)} * ${wrap(scope.dim(must(dims[k])), level.unary)} + ${index}`, level: level.sum }), atom('0'));
  const shifted = (index: string, by: Dim, sign: '+' | '-', scope: Scope): string => (dimValue(by) === 0 ? index : `${index} ${sign} ${wrap(scope.dim(by), level.product)}`);

  return {
    fill: (value, shape, scope) => lazily(loops, shape, scope, () => loops.literal(value), []),
    unit: (node: DeltaNode | StackNode, scope) =>
      lazily(
        loops,
        node.shape,
        scope,
        (at) => {
          if (node.kind === 'stack') return guard([`${shifted(must(at[0]), node.offset, '+', scope)} ${loops.equals} ${at[1]}`], atom(loops.one));
          let from = 0;
          const [first, ...rest] = node.groups.map((g) => flatPosition(g, at.slice(from, (from += g.length)), scope).text);
          return guard(rest.map((r) => `${first} ${loops.equals} ${r}`), atom(loops.one));
        },
        [],
      ),
    transpose: (of, order, scope) => {
      const x = ready(of, scope, false);
      return lazily(loops, order.map((axis) => must(of.shape[axis])), scope, (at) => entryOf(x, order.map((_, axis) => must(at[order.indexOf(axis)])), loops, scope), [x]);
    },
    diagonal: (of, first, second, scope) => {
      const x = ready(of, scope, false);
      return lazily(loops, of.shape.filter((_, axis) => axis !== second), scope, (at) => entryOf(x, at.toSpliced(second, 0, must(at[first])), loops, scope), [x]);
    },
    trace: (of, scope) => {
      const x = ready(of, scope, false);
      const [index] = positionsFor(1);
      return atom(sumOver(of.shape.slice(0, 1), [must(index)], entryOf(x, [must(index), must(index)], loops, scope).text, scope));
    },
    reduce: (of, axes, scope) => {
      const x = ready(of, scope, false);
      const kept = of.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
      const inner = positionsFor(axes.length, kept.length);
      return made(loops, kept.map((axis) => must(of.shape[axis])), scope, (at) => {
        const full = of.shape.map((_, axis) => (axes.includes(axis) ? must(inner[axes.indexOf(axis)]) : must(at[kept.indexOf(axis)])));
        return atom(sumOver(axes.map((axis) => must(of.shape[axis])), inner, entryOf(x, full, loops, scope).text, scope));
      });
    },
    expand: (of, shape, scope) => {
      const x = laidReady(of, scope);
      return lazily(loops, shape, scope, (at) => laidEntry(x, at, scope), [x]);
    },
    reshape: (of, shape, scope) => {
      const x = isName(of.code) ? of : { ...of, code: scope.name(of) };
      return lazily(loops, shape, scope, (at) => atom(loops.flat(x.code.text, flatPosition(shape, at, scope).text, of.shape, scope)), []);
    },
    slice: (of, axis, offset, length, scope) => {
      const x = ready(of, scope, false);
      return lazily(loops, of.shape.with(axis, length), scope, (at) => entryOf(x, at.map((index, k) => (k === axis ? shifted(index, offset, '+', scope) : index)), loops, scope), [x]);
    },
    pad: (of, axis, offset, whole, scope) => {
      const x = ready(of, scope, false);
      const length = must(of.shape[axis]);
      const end = addDims(offset, length);
      return lazily(loops, of.shape.with(axis, whole), scope, (at) => {
        const index = must(at[axis]);
        const conditions = [...(dimValue(offset) === 0 ? [] : [`${index} >= ${scope.dim(offset).text}`]), ...(sameDim(end, whole) ? [] : [`${index} < ${scope.dim(end).text}`])];
        return guard(conditions, entryOf(x, at.map((k, a) => (a === axis ? shifted(k, offset, '-', scope) : k)), loops, scope));
      }, [x]);
    },
    multiply: (operands, shape, scope) => {
      const all = [...operands].sort((p, q) => Number(p.shape.length > 0) - Number(q.shape.length > 0)).map((o) => (shape.length === 0 ? o : laidReady(o, scope)));
      return lazily(loops, shape, scope, (at) => productCode(all.map((o) => laidEntry(o, at, scope))), all);
    },
    combine: (terms, shape, scope) => {
      const all = terms.map(({ coef, of }) => ({ coef, of: of && (shape.length === 0 ? of : laidReady(of, scope)) }));
      return lazily(loops, shape, scope, (at) => sumCode(all.map(({ coef, of }) => ({ coef, code: of && laidEntry(of, at, scope) })), loops.literal), all.flatMap(({ of }) => (of ? [of] : [])));
    },
    inner: (left, right, scope) => {
      const [a, b] = [ready(left, scope, false), ready(right, scope, false)];
      const at = positionsFor(left.shape.length);
      return atom(sumOver(left.shape, at, productCode([entryOf(a, at, loops, scope), entryOf(b, at, loops, scope)]).text, scope));
    },
    einsum: (left, right, labels, scope) => {
      // An entry is asked for once for every label that only the other factor has.
      const isOften = (mine: readonly Label[], others: readonly Label[]): boolean => others.some((l) => !mine.includes(l));
      const [a, b] = [ready(left, scope, isOften(labels.left, labels.right)), ready(right, scope, isOften(labels.right, labels.left))];
      const dims = new Map<Label, Dim>([...labels.left.map((l, k) => [l, must(left.shape[k])] as const), ...labels.right.map((l, k) => [l, must(right.shape[k])] as const)]);
      const summed = [...dims.keys()].filter((l) => !labels.out.includes(l));
      const inner = positionsFor(summed.length, labels.out.length);
      return made(loops, labels.out.map((l) => must(dims.get(l))), scope, (at) => {
        const index = (l: Label): string => must(labels.out.includes(l) ? at[labels.out.indexOf(l)] : inner[summed.indexOf(l)]);
        const entry = productCode([entryOf(a, labels.left.map(index), loops, scope), entryOf(b, labels.right.map(index), loops, scope)]);
        return atom(sumOver(summed.map((l) => must(dims.get(l))), inner, entry.text, scope));
      });
    },
    spread: (of, pattern, shape, scope) => {
      const numbers = [...new Set(pattern)].sort((p, q) => p - q);
      const x = { ...of, ...ready(of, scope, false) };
      return lazily(loops, shape, scope, (at) => {
        const ties = pattern.flatMap((p, k) => (pattern.indexOf(p) === k ? [] : [`${at[pattern.indexOf(p)]} ${loops.equals} ${at[k]}`]));
        return guard(ties, laidEntry(x, numbers.map((p) => must(at[pattern.indexOf(p)])), scope));
      }, [x]);
    },
    elementwise: (args, shape, scope, spelled) => {
      const ranks = args.map(() => 0);
      if (shape.length === 0) return spelled(args.map((a) => a.code), ranks);
      const all = args.map((o) => laidReady(o, scope));
      return lazily(loops, shape, scope, (at) => spelled(all.map((o) => laidEntry(o, at, scope)), ranks), all, isCall(spelled(args.map(() => atom('x')), ranks)));
    },
  };
}

function isCall(code: Code): boolean {
  return /\w\(/.test(code.text);
}
