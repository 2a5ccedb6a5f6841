// One Chromium for a test file, a fresh page for each test; what the page reports as an error fails the test.

import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { chromiumArguments, chromiumPath } from '../../test/chromium.ts';

export interface Visit extends BrowserContextOptions {
  /** Appended to the address, such as `#…`. */
  readonly at?: string;
}

/** `visit` opens the page and gives it to the test; the last one closes it. */
export function inBrowser(): { readonly visit: (work: (page: Page) => Promise<void>, options?: Visit) => Promise<void> } {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath!, args: [...chromiumArguments] });
  });
  afterAll(() => browser?.close());
  return {
    visit: async (work, { at = '', ...options } = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      const wrong: string[] = [];
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
      try {
        await page.goto(`${inject('site')}${at}`);
        await work(page);
        expect(wrong).toEqual([]);
      } catch (error) {
        if (error instanceof Error) error.message += `\n${await stateOf(page, wrong)}`;
        throw error;
      } finally {
        await context.close();
      }
    },
  };
}

/** What a failed test left: the texts in the editors, and what the page reported. */
async function stateOf(page: Page, wrong: readonly string[]): Promise<string> {
  const texts = await page.locator('.cm-content').evaluateAll((all) => all.map((dom) => `${dom.getAttribute('aria-label')}: ${(dom as HTMLElement).innerText.slice(0, 500)}`)).catch(() => ['the page is gone']);
  return [...texts, `errors of the page: ${wrong.join(' · ') || 'none'}`].join('\n');
}
