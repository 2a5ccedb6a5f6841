import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { corpus } from '../../test/corpus.ts';
import { inBrowser } from './browser.ts';

const { visit } = inBrowser();
const models = JSON.parse(readFileSync(new URL('../../test/models.json', import.meta.url), 'utf8')) as { name: string }[];

describe('the gallery', () => {
  test('holds the whole corpus; an entry found by its words opens, with the answer of the tests', async () => {
    const all = corpus();
    const wanted = all.find((c) => c.title === 'softmax against a vector')!;
    await visit(
      async (page) => {
        await expect.poll(() => page.getByRole('status').textContent()).toBe(`${all.length + models.length} entries`);
        await expect.poll(() => page.locator('.formula-place math').count()).toBeGreaterThan(3);
        await page.getByRole('searchbox', { name: 'Search' }).fill('softmax AGAINST vector');
        await expect.poll(() => page.locator('.formula-place math').first().textContent()).toContain('softmax');
        await page.getByRole('button', { name: /^softmax against a vector\s*y'\*softmax/ }).first().click();
        await expect.poll(() => page.getByRole('textbox', { name: 'expression' }).textContent()).toBe(wanted.of);
        await expect.poll(() => page.getByRole('group', { name: wanted.answers['derivative']! }).isVisible()).toBe(true);
      },
      { at: '#gallery' },
    );
  });

  test('a model opens with its data, ready to be solved', async () => {
    await visit(
      async (page) => {
        await page.getByRole('searchbox', { name: 'Search' }).fill(models[0]!.name);
        await page.getByRole('button', { name: models[0]!.name }).first().click();
        await expect.poll(() => page.getByRole('button', { name: 'Solve', exact: true }).isEnabled()).toBe(true);
        await page.getByRole('button', { name: 'Solve', exact: true }).click();
        await expect.poll(() => page.getByRole('heading', { name: 'optimal (global)' }).isVisible()).toBe(true);
      },
      { at: '#gallery' },
    );
  });
});
