// From the engine's MathML to elements. Only what stands in these lists is made, by name and in the namespace of MathML,
// so that no text becomes markup; a browser's own parser of XML would make a document for each formula, at four times the cost.

const mathNamespace = 'http://www.w3.org/1998/Math/MathML';

const names: ReadonlySet<string> = new Set(['math', 'mfrac', 'mi', 'mn', 'mo', 'mover', 'mrow', 'mspace', 'msqrt', 'msub', 'msubsup', 'msup', 'mtable', 'mtd', 'mtext', 'mtr', 'munder', 'munderover']);
const attributes: ReadonlySet<string> = new Set(['display', 'fence', 'form', 'stretchy', 'width']);
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** The elements that stand side by side in `mathml`; none when it is not well formed, or has others than formulas have. */
export function mathElements(mathml: string): Element[] {
  const all = document.createElementNS(mathNamespace, 'mrow');
  const open: Element[] = [all];
  let at = 0;
  for (const match of mathml.matchAll(/<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)>([^<>]*)/g)) {
    const [whole, closing, name = '', given, text = ''] = match;
    const inner = open.at(-1)!;
    if (match.index !== at || !names.has(name)) return [];
    at += whole.length;
    if (closing) {
      if (open.length === 1 || inner.localName !== name) return [];
      open.pop();
      continue;
    }
    const element = document.createElementNS(mathNamespace, name);
    for (const [, key = '', value = ''] of (given ?? '').matchAll(/ ([a-z]+)="([^"]*)"/g)) if (attributes.has(key)) element.setAttribute(key, plain(value));
    if (text !== '') element.textContent = plain(text);
    inner.append(element);
    open.push(element);
  }
  return at === mathml.length && open.length === 1 ? [...all.children] : [];
}

function plain(text: string): string {
  return text.includes('&') ? text.replaceAll(/&([a-z]+);/g, (whole, name: string) => entities[name] ?? whole) : text;
}
