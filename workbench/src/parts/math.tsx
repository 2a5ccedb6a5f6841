// A formula, shown by the browser from the engine's MathML.

import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { mathElements } from './math-elements.ts';

/** `mathml` has one `math` element a line. */
export function Formula({ mathml, label }: { readonly mathml: string; readonly label: string }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => place.current?.replaceChildren(...formulas(mathml, label)), [mathml, label]);
  return <div class="formula" ref={place} tabIndex={0} role="group" aria-label={label} />;
}

function formulas(mathml: string, label: string): Element[] {
  const rows = mathElements(mathml);
  rows.at(-1)?.setAttribute('alttext', label);
  return rows;
}

/** A formula within a line of text. */
export function Inline({ mathml, label }: { readonly mathml: string; readonly label: string }): JSX.Element {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => place.current?.replaceChildren(...formulas(mathml, label).map(inLine)), [mathml, label]);
  return <span class="inline-formula" ref={place} />;
}

function inLine(formula: Element): Element {
  formula.removeAttribute('display');
  return formula;
}

/** Marks every place of a formula inside `within` that is written as `mathml` is, until the function it gives is called. */
export function lit(within: Element, mathml: string): () => void {
  const wanted = contentOf(formulas(mathml, '').at(-1));
  const marked = wanted.length === 0 ? [] : [...within.querySelectorAll('math, math *')].flatMap((parent) => runsOf([...parent.children], wanted));
  for (const element of marked) element.classList.add('lit');
  return () => {
    for (const element of marked) {
      element.classList.remove('lit');
      if (element.classList.length === 0) element.removeAttribute('class');
    }
  };
}

/** Elements in a row that say the whole; a group around them says nothing. */
function contentOf(element: Element | undefined): readonly Element[] {
  const children = element ? [...element.children] : [];
  return children.length === 1 && children[0]!.localName === 'mrow' ? contentOf(children[0]) : children;
}

function runsOf(siblings: readonly Element[], wanted: readonly Element[]): Element[] {
  return siblings.flatMap((_, at) => (wanted.every((w, i) => siblings[at + i]?.isEqualNode(w)) ? siblings.slice(at, at + wanted.length) : []));
}
