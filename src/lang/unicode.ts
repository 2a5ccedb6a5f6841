// One line of Unicode, for reading in a terminal: Aᵀ(A x − y), x ⊙ y, √x, x².

import { greekLetter, nameParts } from './name-parts.ts';
import type { NotationTree } from './notation-tree.ts';
import { type Box, type Sign, type Style, binding, typeset } from './typeset.ts';

export function toUnicode(t: NotationTree): string {
  return typeset(t, unicode);
}

const signs: Readonly<Record<Sign, string>> = {
  plus: ' + ',
  minus: ' − ',
  negative: '−',
  equals: ' = ',
  odot: ' ⊙ ',
  entries: '⊙',
  oslash: ' ⊘ ',
  otimes: ' ⊗ ',
  top: 'ᵀ',
  identity: '𝕀',
  transposer: '𝕋',
  delta: 'δ',
  one: '𝟏',
  zero: '𝟎',
  sum: '∑',
  comma: ', ',
  infinity: '∞',
};

const raised = new Map(
  zip('0123456789+-−=()abcdefghijklmnoprstuvwxyz', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ').concat([
    ['ᵀ', 'ᵀ'],
    ['⊙', '⊙'],
    ['.', '·'],
  ]),
);
const lowered = new Map(
  zip('0123456789+-−=()aehijklmnoprstuvx', '₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ').concat([[',', ',']]),
);

function zip(a: string, b: string): [string, string][] {
  const letters = [...b];
  return [...a].map((c, i) => [c, letters[i] ?? c]);
}

/** Every character raised or lowered, if the alphabet has them all. */
function shifted(text: string, alphabet: ReadonlyMap<string, string>): string | undefined {
  const out = [...text.replaceAll(' ', '')].map((c) => alphabet.get(c));
  return out.every((c) => c !== undefined) ? out.join('') : undefined;
}

function nameOf(name: string): string {
  const { base, greek, below } = nameParts(name);
  const head = greek === undefined ? base : greekLetter(greek);
  return below === undefined ? head : head + (shifted(below, lowered) ?? `_${below}`);
}

function closed(b: Box, least: number): string {
  return b.level >= least ? b.text : `(${b.text})`;
}

const unicode: Style = {
  sign: (s) => signs[s],
  digits: (text) => text,
  name: (name) => ({ text: nameOf(name), level: binding.plain, tall: false }),
  word: (name) => name,
  primed: (word, primes) => word + '′'.repeat(primes),
  join: (parts) => parts.join(''),
  juxtapose: (factors) => factors.map((f) => f.text).join(' '),
  labels: (list) => (list.every((l) => l.length === 1) ? list.join('') : list.join(',')),
  applied: (word, bracket) => word + bracket,
  fence: (open, inner, close) => `${open}${inner.text}${close}`,
  fraction: (over, under) => ({
    text: `${closed(over, binding.product)}/${closed(under, binding.scripted)}`,
    level: binding.product,
    tall: false,
  }),
  root: (inner) => ({
    text: inner.level === binding.plain ? `√${inner.text}` : `√(${inner.text})`,
    level: binding.scripted,
    tall: false,
  }),
  scripts: (base, below, above) => {
    const [low, high] = [
      shifted(below, lowered) ?? `_${below.length > 1 ? `{${below}}` : below}`,
      shifted(above, raised) ?? `^${above.length > 1 ? `(${above})` : above}`,
    ];
    return base + (below === '' ? '' : low) + (above === '' ? '' : high);
  },
  sumOver: (labels) => `∑${shifted(labels, lowered) ?? `_{${labels}}`} `,
  table: (rows) => `[${rows.map((r) => r.join(', ')).join('; ')}]`,
};
