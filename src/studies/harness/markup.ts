// SVG as text. Whatever comes from outside passes through `escaped`, so that it is only ever read as text.

/** Text in which nothing is markup; characters that XML does not allow are left out. */
export function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element with attributes and, inside, markup that is made already. */
export function element(name: string, attributes: Attributes, inside: readonly string[] = []): string {
  const list = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${typeof value === 'number' ? coordinate(value) : escaped(value)}"`]));
  return inside.length === 0 ? `<${name}${list.join('')}/>` : `<${name}${list.join('')}>${inside.join('')}</${name}>`;
}

/** An element such as `text` or `title` with text inside. */
export function textElement(name: string, attributes: Attributes, text: string): string {
  return element(name, attributes, [escaped(text)]);
}

/** Two digits after the point are enough for a picture. */
export function coordinate(x: number): string {
  return String(Number(x.toFixed(2)));
}
