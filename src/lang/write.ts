// Results in the notations people read: matrix notation as text, Unicode, LaTeX and MathML, and index notation.

import type { Expr } from '../ir/expr.ts';
import { indexForm } from './index-form.ts';
import { kroneckerConvention, kroneckerForm } from './kronecker.ts';
import { toLatex as latexOf } from './latex.ts';
import { toMathML as mathmlOf } from './mathml.ts';
import { type Named, matrixForm } from './matrix-form.ts';
import { type NotationTree, equation, nameTree, transposeOf } from './notation-tree.ts';
import { toText as textOf } from './print.ts';
import { toUnicode as unicodeOf } from './unicode.ts';
import { withPi } from './with-pi.ts';

export interface WriteOptions {
  /** How a vector stands; a column by default. */
  readonly orientation?: 'column' | 'row';
}

export interface Notation {
  readonly tree: NotationTree;
  /** Sub-expressions with names, for what would be too long in one piece; each uses those before it. */
  readonly where: readonly Named[];
  /** A result of order four as a matrix of Kronecker products, with the convention; typeset in place of `tree`. */
  readonly kronecker?: { readonly tree: NotationTree; readonly convention: string };
}

export function write(e: Expr, options: WriteOptions = {}): Notation {
  const { tree, where } = matrixForm(withPi(e));
  const isTurned = options.orientation === 'row' && tree.stance === 'column';
  const flat = e.shape.length === 4 ? kroneckerForm(tree) : undefined;
  return {
    tree: isTurned ? transposeOf(tree) : tree,
    where,
    ...(flat && { kronecker: { tree: flat, convention: kroneckerConvention } }),
  };
}

/** Text of the language; it parses back to the same graph. Names of sub-expressions stand in lines before. */
export function toText(n: Notation): string {
  return lines(n, n.tree, textOf);
}

export function toUnicode(n: Notation): string {
  return lines(n, n.kronecker?.tree ?? n.tree, unicodeOf);
}

export function toLatex(n: Notation): string {
  const main = latexOf(n.kronecker?.tree ?? n.tree);
  if (n.where.length === 0) return main;
  const rows = [...n.where.map((w) => latexOf(definition(w))), main];
  return `\\begin{gathered} ${rows.join(' \\\\ ')} \\end{gathered}`;
}

export function toMathML(n: Notation): string {
  return [...n.where.map(definition), n.kronecker?.tree ?? n.tree].map(mathmlOf).join('\n');
}

/** Index notation as text, such as `R[i] = sum[j](A[i,j]*x[j])`; long shared parts have lines of their own in front. */
export function indexText(e: Expr): string {
  const { tree, where } = indexForm(withPi(e));
  return [...where, tree].map(textOf).join('\n');
}

export function indexLatex(e: Expr): string {
  const { tree, where } = indexForm(withPi(e));
  if (where.length === 0) return latexOf(tree);
  return `\\begin{gathered} ${[...where, tree].map(latexOf).join(' \\\\ ')} \\end{gathered}`;
}

/** Index notation as MathML, one `math` element a line. */
export function indexMathML(e: Expr): string {
  const { tree, where } = indexForm(withPi(e));
  return [...where, tree].map(mathmlOf).join('\n');
}

function lines(n: Notation, main: NotationTree, render: (t: NotationTree) => string): string {
  return [...n.where.map(definition), main].map(render).join('\n');
}

function definition(w: Named): NotationTree {
  return equation(nameTree(w.name, w.tree.stance), w.tree);
}
