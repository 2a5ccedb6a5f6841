import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';

const { visit } = inBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds against WCAG 2.2 A and AA, in words. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } };
    const { violations: found } = await checker.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return found.flatMap(({ id, nodes }) => nodes.map((n) => `${id}: ${n.html.slice(0, 160)}\n${n.failureSummary}`));
  });
}

/** Rooms, and how to see that they are there. */
const rooms: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  '': async (page) => {
    await expect.poll(() => page.getByRole('tabpanel').textContent()).toContain('by x');
  },
  '#gallery': async (page) => {
    await expect.poll(() => page.getByRole('status').textContent()).toContain('entries');
  },
  '#studies': async (page) => {
    await expect.poll(() => page.locator('figure svg').count()).toBeGreaterThan(0);
  },
  '#help': async (page) => {
    await expect.poll(() => page.locator('math').count()).toBeGreaterThan(10);
  },
  '#optimize': async (page) => {
    await page.getByRole('combobox', { name: 'example' }).selectOption('Lasso');
    await page.getByRole('button', { name: 'Solve', exact: true }).click();
    await expect.poll(() => page.getByRole('heading', { name: 'optimal (global)' }).isVisible()).toBe(true);
  },
};

describe.each(['light', 'dark'] as const)('nothing against WCAG AA, %s', (colorScheme) => {
  test.each(Object.entries(rooms))('%s', async (at, ready) => {
    await visit(
      async (page) => {
        await ready(page);
        expect(await violations(page)).toEqual([]);
      },
      { at, colorScheme, reducedMotion: 'reduce' },
    );
  });

  test('every tab, and what lies over the page', async () => {
    await visit(
      async (page) => {
        for (const tab of await page.getByRole('tab').all()) {
          await tab.click();
          await expect.poll(() => page.getByRole('tabpanel').textContent()).not.toBe('');
          await page.waitForTimeout(300);
          expect({ tab: await tab.textContent(), found: await violations(page) }).toMatchObject({ found: [] });
        }
        for (const name of ['Share', 'History', 'keyboard shortcuts']) {
          await page.getByRole('button', { name, exact: true }).click();
          await page.getByRole('dialog').waitFor();
          expect({ name, found: await violations(page) }).toEqual({ name, found: [] });
          await page.keyboard.press('Escape');
        }
      },
      { colorScheme, reducedMotion: 'reduce' },
    );
  });
});

describe('small screens', () => {
  // The last is what a window of 1280 × 900 has at a zoom of 200 %.
  const sizes = [{ width: 320, height: 640 }, { width: 360, height: 740 }, { width: 640, height: 450 }] as const;
  test.each(Object.entries(rooms))('no page is wider than its window: %s', async (at, ready) => {
    await visit(
      async (page) => {
        await ready(page);
        for (const size of sizes) {
          await page.setViewportSize(size);
          await page.waitForTimeout(200);
          expect({ size, over: await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth)) }).toEqual({ size, over: 0 });
        }
      },
      { at, viewport: sizes[1] },
    );
  });
});

describe('by keys alone', () => {
  test('an expression, its tabs, another room, the sheet of shortcuts', async () => {
    await visit(async (page) => {
      await page.keyboard.press('Alt+e');
      await page.keyboard.press('Control+a');
      await page.keyboard.type("x'*A*x");
      await expect.poll(() => page.getByRole('region', { name: 'answer', exact: true }).textContent()).toContain('agrees with differences');
      await page.keyboard.press('Alt+2');
      await expect.poll(() => page.getByRole('textbox', { name: 'model' }).isVisible()).toBe(true);
      await page.keyboard.press('Alt+1');
      await page.getByRole('tab', { selected: true }).focus();
      await page.keyboard.press('?');
      await expect.poll(() => page.getByRole('dialog', { name: 'Keyboard shortcuts' }).isVisible()).toBe(true);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('tab', { selected: true }).evaluate((tab) => tab === document.activeElement)).toBe(true);
    });
  });
});
