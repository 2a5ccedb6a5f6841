import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';

const { visit } = inBrowser();

describe('the Derive page', () => {
  test('an expression typed has its derivative, checked', async () => {
    await visit(async (page) => {
      await page.getByRole('textbox', { name: 'expression' }).fill('sum(log(1+exp(-y.*(X*w))))');
      const answer = page.getByRole('region', { name: 'answer', exact: true });
      await expect.poll(() => answer.getByRole('heading').first().textContent()).toBe('derivative by w');
      await expect.poll(() => answer.textContent()).toContain('agrees with differences');
    });
  });
});
