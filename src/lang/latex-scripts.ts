// Superscripts of a LaTeX formula: powers, transposes, inverses.

import type { Span } from '../base/diagnostic.ts';
import { error } from './codes.ts';
import { type LatexCursor, isTransposed, rawArgument } from './latex-cursor.ts';
import { type LatexToken, type Out, join, out, textOf, wrap } from './latex-tokens.ts';

export interface Scripts {
  readonly below: readonly LatexToken[] | undefined;
  /** Empty where there is none. */
  readonly above: readonly LatexToken[];
  /** Number of `'` marks. */
  readonly marks: number;
}

/** Takes what is raised or lowered behind a value. */
export function readScripts(c: LatexCursor): Scripts {
  let below: LatexToken[] | undefined;
  let above: LatexToken[] = [];
  let marks = 0;
  for (;;) {
    const token = c.peek();
    if (c.isChar("'")) {
      c.next();
      marks++;
    } else if (c.isChar('_') || c.isChar('^')) {
      c.next();
      const twice = token.text === '_' ? below !== undefined : above.length > 0;
      if (twice)
        c.say(
          error('latex-not-understood', token.span, 'two scripts of one kind on one value', {
            help: 'put braces around the inner one',
          }),
        );
      if (token.text === '_') below = rawArgument(c);
      else above = rawArgument(c);
    } else return { below, above, marks };
  }
}

/** A value that is not a name, with its scripts. */
export function scripts(c: LatexCursor, base: Out): Out {
  const { below, above, marks } = readScripts(c);
  let value = base;
  if (below !== undefined) {
    const items = below.filter((t) => !(t.kind === 'char' && /[{},]/.test(t.text))).map((t) => t.text);
    value = join([base.span[0], c.end()], 3, wrap(base, 3), `[${items.join(',')}]`);
  }
  return superscript(c, value, above, marks);
}

export function superscript(
  c: LatexCursor,
  base: Out,
  above: readonly LatexToken[],
  marks: number,
  argument?: Out,
): Out {
  const span: Span = [base.span[0], Math.max(base.span[1], c.end())];
  if (argument) return join(span, 3, base, '(', argument, ')');
  const turned = (o: Out): Out =>
    join(span, 3, o.pieces.length === 1 && textOf(o) === '1' ? out('vector(1)', o.span) : wrap(o, 3), "'");
  let value = marks % 2 === 1 ? turned(base) : base;
  if (above.length === 0) return value;
  const inner = above.filter((t) => !(t.kind === 'char' && /[{}]/.test(t.text)));
  const [first, ...rest] = inner;
  if (isTransposed(above) && !(first?.text === 'T' && c.known.declared.get('T') === 'scalar')) return turned(value);
  if (first?.text === '-' && isTransposed(rest)) return join(span, 3, 'inv(', value, ")'");
  if (inner.length === 1 && (first?.text === 'dagger' || first?.text === '+'))
    return join(span, 3, 'pinv(', value, ')');
  value = wrap(value, 3);
  if (first?.kind === 'command' && (first.text === 'odot' || first.text === 'circ') && rest.length > 0) {
    return join(span, 2, value, '.^', wrap(c.over(rest).expression(), 3));
  }
  const exponent = c.over(above).expression();
  const text = textOf(exponent);
  return join(span, 2, value, '^', text === '-1' ? exponent : wrap(exponent, 3));
}
