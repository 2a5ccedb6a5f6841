import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';
import { expression, write } from './editing.ts';

const { visit } = inBrowser();

/** A tab, and what its panel shows for least squares. */
const shown: readonly (readonly [tab: string, text: string])[] = [
  ['Steps', 'chain-rule'],
  ['Index notation', '∑'],
  ['Code', 'def gradient('],
  ['Plan', 't1 = A*x'],
  ['Try numbers', 'relative error'],
  ['Convexity', 'convex in x'],
];

describe('the tabs under the answer', () => {
  test('every tab shows its part, and follows the expression', async () => {
    await visit(async (page) => {
      const panel = page.getByRole('tabpanel');
      for (const [tab, text] of shown) {
        await page.getByRole('tab', { name: tab }).click();
        await expect.poll(() => panel.textContent(), { message: tab }).toContain(text);
      }
      await write(expression(page), 'sum(log(1+x.^2))');
      await expect.poll(() => panel.textContent()).toContain('neither convex nor concave in x');
    });
  });

  test('the graph is drawn, and a node tells what it is', async () => {
    await visit(async (page) => {
      await page.getByRole('tab', { name: 'Graph' }).click();
      // Shape and cost stand in the nodes.
      await expect.poll(() => page.getByRole('img', { name: /^A\*x, vector/ }).textContent()).toBe('A*xvector(m)  n·m');
      await page.getByRole('img', { name: /^A, matrix/ }).focus();
      await expect.poll(() => page.locator('p.chosen').textContent()).toBe('A matrix(m, n)');
      // Its places in the formulas light up: once in the function, twice in the derivative.
      await expect.poll(() => page.locator('.answer math .lit').allTextContents()).toEqual(['A', 'A', 'A']);
      await page.getByRole('img', { name: /^A\*x-y, vector/ }).first().focus();
      await expect.poll(() => page.locator('.answer math .lit').count()).toBeGreaterThan(4);
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'download graph.svg' }).click()]);
      expect(file.suggestedFilename()).toBe('graph.svg');
    });
  });

  test('by keys alone: from tab to tab, and to another language', async () => {
    await visit(async (page) => {
      await page.getByRole('tab', { name: 'Steps' }).focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => page.getByRole('tab', { name: 'Code' }).getAttribute('aria-selected')).toBe('true');
      await page.getByRole('combobox', { name: 'language' }).selectOption('r');
      await expect.poll(() => page.getByRole('tabpanel').textContent()).toContain('<- function(');
      await page.keyboard.press('Alt+Shift+Digit1');
      await expect.poll(() => page.getByRole('tab', { name: 'Steps' }).getAttribute('aria-selected')).toBe('true');
    });
  });

  test('a matrix pasted as NumPy, MATLAB or CSV have it is what the value is of', async () => {
    await visit(async (page) => {
      await page.getByRole('tab', { name: 'Try numbers' }).click();
      const typed = page.getByRole('textbox', { name: /^Values as JSON/ });
      for (const text of ['A = [[1. 2.]\n [3. 4.]]\nx = [1. 1.]\ny = [0. 0.]', 'A = [1 2; 3 4];\nx = [1; 1];\ny = [0; 0];', 'A =\n1,2\n3,4\nx = 1,1\ny = 0,0', '{"A": [[1, 2], [3, 4]], "x": [1, 1], "y": [0, 0]}']) {
        await typed.fill('');
        await typed.fill(text);
        await expect.poll(() => page.getByLabel('value of function').textContent(), { message: text }).toBe('58');
        await expect.poll(() => page.getByLabel('value of derivative').textContent()).toBe('[48, 68]');
        expect(await page.getByRole('cell', { name: '48.00000000' }).count()).toBeGreaterThan(0);
      }
    });
  });

  test('values that do not fit are refused in words', async () => {
    await visit(async (page) => {
      await page.getByRole('tab', { name: 'Try numbers' }).click();
      await page.getByRole('textbox', { name: /^Values as JSON/ }).fill('{"x": [1, 2], "A": [[1, 2, 3]]}');
      await expect.poll(() => page.getByRole('tabpanel').getByRole('list', { name: 'messages' }).textContent()).toMatch(/needed.*found/s);
    });
  });
});
