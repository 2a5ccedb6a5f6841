// How MATLAB/Octave and R spell functions: both call most of them alike. Their functions of matrices take one matrix;
// with leading batch axes they run once for each page.

import { must } from '../base/internal.ts';
import type { Expr } from '../ir/expr.ts';
import { type CallSite, type Code, type Spell, type Spelling, atom, fillTemplate, level, wrap } from './spell.ts';

type Scripts = Pick<Spell, 'octave' | 'r'>;
type Written = string | ((site: CallSite) => Code | string);

/** A function entry by entry, or one that takes batch axes itself. */
export function scripts(octave: Written, r: Written = octave): Scripts {
  return { octave, r };
}

/** A function of matrices. */
export function ofMatrices(octave: Written, r: Written = octave): Scripts {
  return {
    octave: eachPage(octave, (names, body) => `@(${names}) ${body}`, 'eachPage', (k, call, { helper }) => `${helper('nthOutput')}(${k + 1}, @() ${call})`),
    r: eachPage(r, (names, body) => `function(${names}) ${body}`, 'each_page', (_, call) => call),
  };
}

function eachPage(spelling: Written, lambda: (names: string, body: string) => string, helper: string, part: (k: number, call: string, site: CallSite) => string): Spelling {
  return (site) => {
    if (site.batch === 0) return spelled(spelling, site);
    const names = site.args.map((_, k) => String.fromCharCode(97 + k));
    const page = spelled(spelling, {
      ...site,
      args: names.map(atom),
      batch: 0,
      ranks: site.ranks.map((rank) => rank - site.batch),
      shared: (parts, call) => parts.map((_, k) => part(k, call, site)),
    });
    return `${site.helper(helper)}(${lambda(names.join(', '), page.text)}, ${site.batch}, ${site.args.map((a) => a.text).join(', ')})`;
  };
}

function spelled(spelling: Written, site: CallSite): Code {
  const text = typeof spelling === 'string' ? fillTemplate(spelling, site) : spelling(site);
  return typeof text === 'string' ? atom(text) : text;
}

/** The last k axes of the first argument, counted from 1, as MATLAB writes them. */
export function lastAxesFromOne({ params, ranks }: CallSite): readonly number[] {
  const [k, rank] = [Number(params[0]), must(ranks[0])];
  return Array.from({ length: k }, (_, i) => rank - k + i + 1);
}

/** `[1 2]`, or the number alone. */
export function axesText(axes: readonly number[]): string {
  return axes.length === 1 ? String(axes[0]) : `[${axes.join(' ')}]`;
}

/** R's `pmax` and `pmin` keep the axes of the first argument, which must not be a number that is repeated. */
export function arrayFirst(name: string): Written {
  return ({ args, node }) => {
    const k = node.args.findIndex((a) => !isRepeatedNumber(a));
    return `${name}(${(k > 0 ? [args[k], ...args.filter((_, i) => i !== k)] : args).map((a) => a?.text).join(', ')})`;
  };
}

function isRepeatedNumber(e: Expr): boolean {
  return e.shape.length > 0 && (e.kind === 'number' || (e.kind === 'contract' && e.args.every((a) => a.shape.length === 0) && e.labels.flat().length === 0));
}

/** `A \ B` of MATLAB. */
export function leftDivision(A: Code, B: Code): Code {
  return { text: `${wrap(A, level.power)} \\ ${wrap(B, level.power)}`, level: level.matmul };
}
