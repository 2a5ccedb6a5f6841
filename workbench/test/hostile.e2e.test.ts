import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';
import { clear, declarations, expression, write } from './editing.ts';

const { visit } = inBrowser();
const linkOf = (json: string): string => `#1.${deflateRawSync(json).toString('base64url')}`;

/** Links that nobody wrote by hand, and what the page says of them. */
const links: readonly (readonly [name: string, json: string, says: RegExp])[] = [
  ['lists in lists without an end', `{"text":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /appears here|damaged/],
  ['wrong types in every field', '{"text":5,"declare":{},"by":{"length":1},"room":"constructor","tab":"__proto__","model":["a"],"draw":{"seed":"x"},"study":7}', /agrees with differences|appears here/],
  ['names of prototypes', '{"__proto__":{"text":"x"},"constructor":1,"text":"x\'*x","by":["__proto__","constructor"]}', /agrees with differences/],
  ['markup', '{"text":"<img src=x onerror=alert(1)>","declare":"<script>alert(1)</script>"}', /error/],
  ['a text of a megabyte', JSON.stringify({ text: `${'x+'.repeat(500_000)}x` }), /characters/],
  ['ten thousand parentheses', JSON.stringify({ text: `${'('.repeat(10_000)}x${')'.repeat(10_000)}` }), /words and signs|nested/],
];

describe('hostile links', () => {
  test.each(links)('%s: the page says what is wrong, and answers the next question', async (_name, json, says) => {
    await visit(
      async (page) => {
        await expect.poll(() => page.getByRole('main').textContent(), { timeout: 20_000 }).toMatch(says);
        expect(await page.locator('main img:not(.cm-widgetBuffer), main script').count()).toBe(0);
        await clear(declarations(page));
        await write(expression(page), 'tr(X^2)');
        await expect.poll(() => page.getByRole('region', { name: 'answer', exact: true }).textContent(), { timeout: 20_000 }).toMatch(/derivative by X.*agrees with differences/s);
      },
      { at: linkOf(json) },
    );
  });
});

describe('data that are none', () => {
  const model = { room: 'optimize', model: 'parameters\n  matrix A\nvariables\n  vector x\nmin\n  norm2(A*x)^2\n' };
  const files: readonly (readonly [name: string, text: string])[] = [
    ['A.npz', 'PK\u0003\u0004 nonsense'],
    ['A.npy', '\u0093NUMPY\u0001\u0000\u00ff\u00ffnonsense'],
    ['A.csv', 'a,"b\n1,2,3\n4'],
    ['A.svm', '1 3:x 2:4'],
    ['A.mtx', '%%MatrixMarket matrix coordinate real general\n3 3 99\n1 1'],
    ['A.parquet', 'PAR1nonsensePAR1'],
    ['A.json', '{"A": [[1,2],[3]]}'],
    ['nothing.csv', ''],
    ['A.exe', 'MZ'],
  ];
  test('every kind of file says what is wrong with it', async () => {
    await visit(
      async (page) => {
        const messages = page.getByRole('region', { name: 'reading of the model' }).getByRole('list', { name: 'messages' });
        for (const [name, text] of files) {
          await page.getByLabel(/^Drop data files here/).setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text, 'latin1') });
          await expect.poll(() => messages.textContent(), { message: name }).toContain(name);
          await page.getByRole('button', { name: `leave out ${name}` }).click();
        }
      },
      { at: linkOf(JSON.stringify(model)) },
    );
  });

  test('sizes that fill no memory are refused before anything is drawn', async () => {
    await visit(
      async (page) => {
        await expect.poll(() => page.getByRole('region', { name: 'reading of the model' }).textContent()).toContain('A of 10000×10000 is too large');
      },
      { at: linkOf(JSON.stringify({ ...model, draw: { seed: 1, sizes: { m: 10_000, n: 10_000, constructor: 7 } } })) },
    );
  });
});
