import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';
import { expression, write } from './editing.ts';

const { visit } = inBrowser();

describe('on paper', () => {
  test('what was written and what came out, dark on white, and nothing that is pressed', async () => {
    await visit(
      async (page) => {
        await write(expression(page), "x'*A*x");
        await expect.poll(() => page.getByRole('region', { name: 'answer', exact: true }).textContent()).toContain('agrees with differences');
        await page.emulateMedia({ media: 'print' });
        const buttons = await page.locator('button:visible').allTextContents();
        expect(buttons).toEqual(['Steps']);
        expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe('rgb(255, 255, 255)');
        expect(await page.evaluate(() => getComputedStyle(document.body).colorScheme)).toBe('light');
        expect(await page.getByLabel('then by', { exact: true }).isVisible()).toBe(false);
        expect(await page.getByLabel('by', { exact: true }).isVisible()).toBe(true);
        expect(await page.locator('.answer .formula').count()).toBe(2);
        const pdf = await page.pdf({ format: 'A4' });
        expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
        // One sheet is enough for a short answer.
        expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
      },
      { colorScheme: 'dark' },
    );
  });
});
