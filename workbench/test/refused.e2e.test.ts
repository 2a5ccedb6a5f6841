import { expect, describe, test } from 'vitest';
import { inBrowser } from './browser.ts';
import { expression, write } from './editing.ts';

const { visit } = inBrowser();

describe('what a browser refuses', () => {
  test('storage, clipboard, service worker and canvases of workers: the page works, and says what is not kept', async () => {
    await visit(async (page) => {
      await page.addInitScript(() => {
        const refuse = (): never => {
          throw new DOMException('refused', 'SecurityError');
        };
        for (const name of ['indexedDB', 'localStorage', 'caches']) Object.defineProperty(globalThis, name, { get: refuse });
        Object.defineProperty(navigator, 'clipboard', { value: undefined });
        navigator.serviceWorker.register = async () => refuse();
        Reflect.deleteProperty(HTMLCanvasElement.prototype, 'transferControlToOffscreen');
      });
      await page.reload();
      await write(expression(page), 'tr(X^3)');
      await expect.poll(() => page.getByRole('region', { name: 'answer', exact: true }).textContent()).toContain('agrees with differences');
      // Without a clipboard the older way copies.
      await page.getByRole('button', { name: 'copy LaTeX' }).click();
      await expect.poll(() => page.getByRole('group', { name: 'copy the derivative' }).textContent()).toMatch(/copied/);
      await page.getByRole('button', { name: /^theme: system/ }).click();
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light');
      await page.waitForTimeout(3000);
      await page.getByRole('button', { name: 'History' }).click();
      await expect.poll(() => page.getByRole('dialog').textContent()).toContain('This browser refuses to keep pages');
      await expect.poll(() => page.getByRole('button', { name: /^tr\(X\^3\)/ }).isVisible()).toBe(true);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Optimize' }).click();
      await page.getByRole('combobox', { name: 'example' }).selectOption('Rosenbrock in two variables');
      await page.getByRole('button', { name: 'Solve', exact: true }).click();
      await expect.poll(() => page.getByText('this browser draws no surfaces').isVisible()).toBe(true);
    });
  });

  test('a clipboard that says no is told about', async () => {
    await visit(async (page) => {
      await page.addInitScript(() => {
        navigator.clipboard.writeText = async () => {
          throw new DOMException('no', 'NotAllowedError');
        };
        document.execCommand = () => false;
      });
      await page.reload();
      await page.getByRole('button', { name: 'copy text' }).click();
      await expect.poll(() => page.getByRole('button', { name: 'not copied' }).isVisible()).toBe(true);
    });
  });
});

describe('two windows of one browser', () => {
  test('keep one history, and each its own page', async () => {
    await visit(async (first) => {
      const second = await first.context().newPage();
      await second.goto(first.url());
      const type = async (page: typeof first, text: string): Promise<void> => {
        await write(expression(page), text);
        await expect.poll(() => page.getByRole('region', { name: 'answer', exact: true }).textContent()).toContain('agrees with differences');
      };
      await type(first, 'logdet(X)');
      await type(second, 'norm2(A*w)^2');
      await first.waitForTimeout(3000);
      for (const page of [first, second]) {
        await page.getByRole('button', { name: 'History' }).click();
        await expect.poll(() => page.getByRole('dialog').getByRole('listitem').allTextContents().then((all) => all.map((t) => t.slice(0, 9)).toSorted())).toEqual(['logdet(X)', 'norm2(A*w']);
        await page.keyboard.press('Escape');
      }
      expect(await first.getByRole('textbox', { name: 'expression' }).textContent()).toBe('logdet(X)');
    });
  });
});

describe('without a network', () => {
  test('every room opens again', async () => {
    await visit(async (page) => {
      await expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state)).toBe('activated');
      await page.context().setOffline(true);
      await page.reload();
      await page.getByRole('button', { name: 'Gallery' }).click();
      await page.getByRole('searchbox', { name: 'Search' }).fill('softmax');
      await expect.poll(() => page.locator('.formula-place math').count()).toBeGreaterThan(3);
      await page.getByRole('button', { name: 'Studies' }).click();
      await expect.poll(() => page.locator('figure svg').count()).toBeGreaterThan(0);
      await page.getByRole('button', { name: 'Optimize' }).click();
      await page.getByRole('combobox', { name: 'example' }).selectOption('Lasso');
      await page.getByRole('button', { name: 'Solve', exact: true }).click();
      await expect.poll(() => page.getByRole('heading', { name: 'optimal (global)' }).isVisible()).toBe(true);
      await expect.poll(() => page.locator('.surface canvas').count()).toBe(1);
      await page.getByRole('button', { name: 'Derive' }).click();
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        await expect.poll(() => page.getByRole('tabpanel').textContent()).not.toBe('');
      }
      expect(await page.getByText('could not be loaded').count()).toBe(0);
    });
  }, 60_000);
});
