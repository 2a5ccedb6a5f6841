import { describe, expect, test } from 'vitest';
import { corpus } from '../../test/corpus.ts';
import { inBrowser } from './browser.ts';

const { visit } = inBrowser();

describe('the gallery', () => {
  test('holds the whole corpus; an entry found by its words opens, with the answer of the tests', async () => {
    const all = corpus();
    const wanted = all.find((c) => c.title === 'softmax against a vector')!;
    await visit(
      async (page) => {
        await expect.poll(() => page.getByRole('status').textContent()).toBe(`${all.length} entries`);
        await page.getByRole('searchbox', { name: 'Search' }).fill('softmax AGAINST vector');
        await page.getByRole('button', { name: /^softmax against a vector\s*y'\*softmax/ }).first().click();
        await expect.poll(() => page.getByRole('textbox', { name: 'expression' }).textContent()).toBe(wanted.of);
        await expect.poll(() => page.getByRole('group', { name: wanted.answers['derivative']! }).isVisible()).toBe(true);
      },
      { at: '#gallery' },
    );
  });
});
