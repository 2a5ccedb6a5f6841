import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';
import { declarations, expression, write } from './editing.ts';

const { visit } = inBrowser();

describe('what is kept', () => {
  test('the link holds the page: opened elsewhere it shows the same', async () => {
    let link = '';
    await visit(async (page) => {
      await write(expression(page), "tr(A*X*B*X')");
      await write(declarations(page), 'X: matrix(n, n) symmetric');
      await expect.poll(() => page.url()).toMatch(/#1\./);
      await page.waitForTimeout(500);
      link = new URL(page.url()).hash;
    });
    await visit(
      async (page) => {
        await expect.poll(() => expression(page).textContent()).toBe("tr(A*X*B*X')");
        await expect.poll(() => declarations(page).textContent()).toBe('X: matrix(n, n) symmetric');
      },
      { at: link },
    );
  });

  test('a damaged link says so, and the page works', async () => {
    await visit(
      async (page) => {
        await expect.poll(() => page.getByRole('alert').first().textContent()).toContain('this link is damaged');
        await write(expression(page), "x'*x");
        await expect.poll(() => page.getByRole('region', { name: 'answer', exact: true }).textContent()).toContain('agrees with differences');
      },
      { at: '#1.bm90IGEgbGluaw' },
    );
  });

  test('without a network the page opens again, and answers', async () => {
    await visit(async (page) => {
      await expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state)).toBe('activated');
      await page.context().setOffline(true);
      await page.reload();
      await write(expression(page), 'sum(exp(A*x))');
      await expect.poll(() => page.getByRole('region', { name: 'answer', exact: true }).textContent()).toContain('agrees with differences');
      await page.getByRole('button', { name: 'Help' }).click();
      await expect.poll(() => page.getByRole('heading', { name: 'The language in five minutes' }).isVisible()).toBe(true);
    });
  });

  test('what was worked on is in the history, and opens again', async () => {
    await visit(async (page) => {
      await write(expression(page), 'logdet(X)');
      await page.waitForTimeout(3200);
      await write(expression(page), 'tr(X)');
      await page.reload();
      await page.getByRole('button', { name: 'History' }).click();
      await page.getByRole('button', { name: /^logdet\(X\)/ }).click();
      await expect.poll(() => expression(page).textContent()).toBe('logdet(X)');
    });
  });

  test('the page as a notebook', async () => {
    await visit(async (page) => {
      await page.getByRole('button', { name: 'Share' }).click();
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Notebook' }).click()]);
      expect(file.suggestedFilename()).toBe('ricci.ipynb');
      await expect.poll(() => page.getByRole('status').last().textContent()).toBe('ricci.ipynb is written');
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    });
  });
});
