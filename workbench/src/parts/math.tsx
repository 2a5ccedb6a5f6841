// A formula. MathML is parsed as XML and only its own elements are taken over, so that no text becomes markup.

import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const mathNamespace = 'http://www.w3.org/1998/Math/MathML';

/** `mathml` has one `math` element a line. */
export function Formula({ mathml, label }: { readonly mathml: string; readonly label: string }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => place.current?.replaceChildren(...formulas(mathml, label)), [mathml, label]);
  return <div class="formula" ref={place} tabIndex={0} role="group" aria-label={label} />;
}

function formulas(mathml: string, label: string): Element[] {
  const parsed = new DOMParser().parseFromString(`<all>${mathml}</all>`, 'application/xml').documentElement;
  if (parsed.nodeName === 'parsererror' || parsed.querySelector('parsererror')) return [];
  for (const element of parsed.querySelectorAll('*')) if (element.namespaceURI !== mathNamespace) element.remove();
  const rows = [...parsed.children];
  rows.at(-1)?.setAttribute('alttext', label);
  return rows;
}
