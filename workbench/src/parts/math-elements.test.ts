import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { corpus } from '../../../test/corpus.ts';
import { derive } from '../engine/derive.ts';
import { inContext, newContext } from '../../../src/ir/expr.ts';
import { mathElements } from './math-elements.ts';

/** As much of an element as formulas use. */
class Plain {
  readonly children: Plain[] = [];
  readonly attributes = new Map<string, string>();
  textContent = '';
  readonly localName: string;
  constructor(localName: string) {
    this.localName = localName;
  }
  append(child: Plain): void {
    this.children.push(child);
  }
  setAttribute(key: string, value: string): void {
    this.attributes.set(key, value);
  }
}

const made = (mathml: string): Plain[] => mathElements(mathml) as unknown as Plain[];

beforeEach(() => void vi.stubGlobal('document', { createElementNS: (_: string, name: string) => new Plain(name) }));
afterEach(() => void vi.unstubAllGlobals());

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function written({ localName, attributes, children, textContent }: Plain): string {
  const xmlns = localName === 'math' ? ' xmlns="http://www.w3.org/1998/Math/MathML"' : '';
  return `<${localName}${xmlns}${[...attributes].map(([k, v]) => ` ${k}="${escaped(v)}"`).join('')}>${escaped(textContent)}${children.map(written).join('')}</${localName}>`;
}

test('the formulas of the gallery come out as they were written', () => {
  const cases = corpus().filter((_, i) => i % 7 === 0);
  const formulas = cases.flatMap(({ of, declare, by }) => {
    const { function: f, derivative: d } = inContext(newContext(), () => derive({ text: of, declare, by, layout: 'mixed', symmetric: 'projected' }));
    return [f?.mathml, d?.mathml].filter((m) => m !== undefined);
  });
  expect(formulas.length).toBeGreaterThan(100);
  for (const mathml of formulas) expect(made(mathml).map(written).join('\n')).toBe(mathml);
});

describe('what is no formula', () => {
  test.each([
    ['<math><script>alert(1)</script></math>'],
    ['<math><mi>x</mi>'],
    ['<math></mi></math>'],
    ['<math><mi>x</mi></math></math>'],
    ['<img src="x" onerror="alert(1)">'],
    ['x'],
    ['<math><mi onclick=alert(1)>x</mi></math>'],
    ['<math><!-- --></math>'],
  ])('%s makes nothing', (text) => {
    expect(made(text)).toEqual([]);
  });

  test('attributes that formulas do not have are left out, and text stays text', () => {
    const [math] = made('<math onclick="alert(1)" display="block" href="javascript:alert(1)"><mtext>&lt;img src=&quot;x&quot;&gt; &amp;amp;</mtext></math>');
    expect([...math!.attributes]).toEqual([['display', 'block']]);
    expect(math!.children[0]!.textContent).toBe('<img src="x"> &amp;');
  });
});
