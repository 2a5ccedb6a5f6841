// Presentation MathML Core. Every character of a name is escaped.

import { greekLetter, isOneLetter, nameParts } from './name-parts.ts';
import type { NotationTree } from './notation-tree.ts';
import { type Sign, type Style, binding, typeset } from './typeset.ts';

/** A whole `math` element. */
export function toMathML(t: NotationTree): string {
  return `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">${row([typeset(t, mathml)])}</math>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function mo(text: string, attributes = ''): string {
  return `<mo${attributes}>${escape(text)}</mo>`;
}

function mi(text: string): string {
  return `<mi>${escape(text)}</mi>`;
}

function row(parts: readonly string[]): string {
  return `<mrow>${parts.join('')}</mrow>`;
}

const signs: Readonly<Record<Sign, string>> = {
  plus: mo('+'),
  minus: mo('−'),
  negative: mo('−', ' form="prefix"'),
  equals: mo('='),
  odot: mo('⊙'),
  entries: mo('⊙', ' form="prefix"'),
  oslash: mo('⊘'),
  otimes: mo('⊗'),
  top: mo('⊤'),
  identity: mi('𝕀'),
  transposer: mi('𝕋'),
  delta: mi('δ'),
  one: '<mn>𝟏</mn>',
  zero: '<mn>𝟎</mn>',
  sum: mo('∑'),
  comma: mo(','),
  infinity: mi('∞'),
};

function word(text: string): string {
  return mi(text);
}

function nameOf(name: string): string {
  const { base, greek, below } = nameParts(name);
  const head = mi(greek === undefined ? base : greekLetter(greek));
  return below === undefined ? head : `<msub>${head}${/^\d+$/.test(below) ? `<mn>${below}</mn>` : mi(below)}</msub>`;
}

// Beside a word, as TeX sets an operator after an ordinary sign.
const thinSpace = '<mspace width="0.1667em"></mspace>';
const invisibleTimes = mo('⁢');
const functionApplication = mo('⁡');

const mathml: Style = {
  sign: (s) => signs[s],
  digits: (text) =>
    /^[\d.]+$/.test(text)
      ? `<mn>${text}</mn>`
      : /^−[\d.]+$/.test(text)
        ? row([signs.negative, `<mn>${text.slice(1)}</mn>`])
        : `<mtext>${escape(text)}</mtext>`,
  name: (name) => ({ text: nameOf(name), level: binding.plain, tall: false }),
  word,
  primed: (text, primes) => (primes === 0 ? text : `<msup>${text}${mo('′'.repeat(primes))}</msup>`),
  join: row,
  juxtapose: (factors) => row(factors.flatMap((f, i) => (i === 0 ? [f.text] : f.wide ? [invisibleTimes, thinSpace, f.text] : [invisibleTimes, f.text]))),
  labels: (list) => row(list.flatMap((l, i) => (i === 0 || list.every(isOneLetter) ? [mi(l)] : [mo(','), mi(l)]))),
  applied: (text, bracket) => row([text, functionApplication, bracket]),
  // Fonts without mathematics have only one size of brackets that grow, and it is too large for a line of text.
  fence: (open, inner, close) => {
    const grows = inner.tall ? '' : ' stretchy="false"';
    return row([mo(open, ` fence="true" form="prefix"${grows}`), inner.text, mo(close, ` fence="true" form="postfix"${grows}`)]);
  },
  fraction: (over, under) => ({
    text: `<mfrac>${row([over.text])}${row([under.text])}</mfrac>`,
    level: binding.scripted,
    tall: true,
  }),
  root: (inner) => ({ text: `<msqrt>${inner.text}</msqrt>`, level: binding.plain, tall: inner.tall }),
  scripts: (base, below, above) => {
    if (below !== '' && above !== '') return `<msubsup>${row([base])}${row([below])}${row([above])}</msubsup>`;
    if (below !== '') return `<msub>${row([base])}${row([below])}</msub>`;
    return above === '' ? base : `<msup>${row([base])}${row([above])}</msup>`;
  },
  sumOver: (labels) => `<munder>${signs.sum}${row([labels])}</munder>`,
  table: (rows) =>
    row([
      mo('[', ' fence="true"'),
      `<mtable>${rows.map((r) => `<mtr>${r.map((c) => `<mtd>${c}</mtd>`).join('')}</mtr>`).join('')}</mtable>`,
      mo(']', ' fence="true"'),
    ]),
};
