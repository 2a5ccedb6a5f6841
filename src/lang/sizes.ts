// Names for the dims that nobody named: m, n, p, … in the order of the variables, none that is taken.

import type { Diagnostic, Span } from '../base/diagnostic.ts';
import { type Dim, dim, dimNames, dimValue, substituteDim } from '../ir/dim.ts';
import { notice } from './codes.ts';
import type { Type } from './type.ts';
import type { Reading } from './typing.ts';
import { isFresh } from './unify.ts';

const letters = ['m', 'n', 'p', 'q', 'r', 's', 't', 'k', 'l', 'd', 'u', 'v', 'w', 'h'];

export interface NamedSizes {
  readonly final: (d: Dim) => Dim;
  readonly notices: readonly Diagnostic[];
}

export function nameSizes({ typing, variables }: Reading): NamedSizes {
  const { solver } = typing;
  const unnamed = new Set<string>();
  // No new name may be one that stands for another size: replacing sizes twice must change nothing.
  const taken = new Set([...variables.map((v) => v.name), ...solver.named()]);
  const note = (type: Type): string[] =>
    [...type.dims, ...type.labels.map((l) => l.dim)].flatMap((d) => {
      const size = solver.find(d);
      const found = freshIn(size);
      for (const name of dimNames(size)) if (!isFresh(name)) taken.add(name);
      return found.filter((name) => !unnamed.has(name) && unnamed.add(name));
    });
  for (const v of variables) note(v.type);
  const loose: { span: Span; names: string[] }[] = [];
  for (const [s, type] of typing.types) {
    const names = note(type);
    if (names.length > 0) loose.push({ span: s.span, names });
  }
  const free = unnamed.size === 1 ? ['n', ...letters.filter((l) => l !== 'n')] : letters;
  const names = new Map<string, Dim>();
  const next = freeNames(free, taken);
  for (const name of unnamed) names.set(name, dim(next.next().value));
  const final = (d: Dim): Dim => substituteDim(solver.find(d), (name) => names.get(name));
  return { final, notices: [...merged(typing, final), ...loose.slice(0, 1).map((l) => sizeUnknown(l.span))] };
}

/** Also those inside `min(?1,?2)`. */
function freshIn(d: Dim): string[] {
  return !d.key.includes('?') ? [] : [...d.key.matchAll(/\?\d+/g)].map((m) => m[0]);
}

function* freeNames(list: readonly string[], taken: ReadonlySet<string>): Generator<string, never> {
  for (let round = 0; ; round++) {
    for (const letter of list) {
      const name = round === 0 ? letter : `${letter}${round}`;
      if (!taken.has(name)) yield name;
    }
  }
}

function merged(typing: Reading['typing'], final: (d: Dim) => Dim): Diagnostic[] {
  const data = (span: Span): boolean => span[0] === 0 && span[1] === 0;
  return typing.solver
    .merges()
    .filter((m) => !data(m.span))
    .map(({ name, is, span }) => {
      const value = final(is);
      const message =
        dimValue(value) === undefined
          ? `the sizes ${name} and ${value.key} must be equal here`
          : `the size ${name} must be ${value.key} here`;
      return notice('dims-equal', span, message, { help: `declare them with one name if that is meant` });
    });
}

function sizeUnknown(span: Span): Diagnostic {
  return notice('size-unknown', span, 'nothing says how large this is', {
    help: 'give the size, as in vector(1, n) or eye(n)',
  });
}
