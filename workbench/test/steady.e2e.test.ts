import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';
import { clear, expression, write } from './editing.ts';

const { visit } = inBrowser();

declare global {
  /** Shifts of the layout that nothing was pressed for, and what moved. */
  var shifts: { readonly value: number; readonly moved: readonly string[] }[];
}

interface Shift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}

async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[])
        if (!entry.hadRecentInput) globalThis.shifts.push({ value: entry.value, moved: entry.sources.map(({ node }) => (node instanceof Element ? `${node.localName}.${node.className}` : 'text')) });
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.reload();
}

/** Where parts of the page begin. */
const places = (page: Page, of: readonly string[]): Promise<number[]> => page.evaluate((names) => names.map((name) => Math.round(document.querySelector(name)!.getBoundingClientRect().top)), of);

describe('nothing jumps', () => {
  test('a session through all rooms shifts the layout by less than 0.03 in all', async () => {
    await visit(async (page) => {
      await watch(page);
      await page.getByRole('tabpanel').waitFor();
      await clear(expression(page));
      await page.keyboard.type("logdet(X) + x'*X*y + x*y", { delay: 30 });
      await page.waitForTimeout(1200);
      for (let i = 0; i < 6; i++) await page.keyboard.press('Backspace');
      await page.getByLabel('then by', { exact: true }).selectOption('X');
      await page.waitForTimeout(600);
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        await page.waitForTimeout(500);
      }
      for (const room of ['Gallery', 'Studies', 'Help', 'Optimize']) {
        await page.getByRole('button', { name: room, exact: true }).click();
        await page.waitForTimeout(1200);
      }
      await page.getByRole('combobox', { name: 'example' }).selectOption('Lasso');
      await page.waitForTimeout(600);
      await page.getByRole('button', { name: 'Solve', exact: true }).click();
      await page.getByRole('heading', { name: 'optimal (global)' }).waitFor();
      await page.waitForTimeout(600);
      await page.getByRole('slider', { name: /^c = / }).press('PageUp');
      await page.waitForTimeout(1000);
      const shifts = await page.evaluate(() => globalThis.shifts);
      expect({ sum: shifts.reduce((sum, s) => sum + s.value, 0), shifts }).toSatisfy(({ sum }: { sum: number }) => sum < 0.03);
    });
  }, 60_000);

  const mistakes = async (page: Page, where: readonly string[]): Promise<void> => {
    await page.getByRole('tabpanel').waitFor();
    const before = await places(page, where);
    for (const text of ['norm2(A*x-', 'x', 'x + c', 'A*x*y']) {
      await write(expression(page), text);
      await page.waitForTimeout(900);
      expect({ text, at: await places(page, where) }).toEqual({ text, at: before });
    }
  };

  test('a mistake, and names that come and go, leave everything where it was', async () => {
    await visit((page) => mistakes(page, ['.choices', '.variables', '.variables .label', '.tabs']));
  });

  test('on a phone, what follows the input stays where it was', async () => {
    await visit((page) => mistakes(page, ['.strip', '.choices', '.answer']), { viewport: { width: 390, height: 844 } });
  });
});
