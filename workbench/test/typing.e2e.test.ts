// Letters that are typed: held for an instant, and never lost, doubled or put elsewhere.

import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';
import { expression, textOf, write } from './editing.ts';

const { visit } = inBrowser();

declare global {
  /** What changed the page or asked for a frame while a key was dealt with. */
  var withinKeys: string[];
}

const written = (page: Page): Promise<string> => textOf(expression(page));

/** The caret at the end of `text`, and everything at rest. */
async function begin(page: Page, text: string): Promise<void> {
  await page.locator('.answer h2').waitFor();
  await write(expression(page), text);
  await page.waitForTimeout(700);
}

describe('letters', () => {
  test('within the event of a key nothing asks for a frame, which would hold the answer back', async () => {
    await visit(async (page) => {
      await page.addInitScript(() => {
        globalThis.withinKeys = [];
        const ask = requestAnimationFrame;
        const kinds = new Set(['keydown', 'keypress', 'beforeinput']);
        const isOfKey = (): boolean => kinds.has(globalThis.event?.type ?? '');
        globalThis.requestAnimationFrame = (callback) => {
          if (isOfKey()) globalThis.withinKeys.push('a frame');
          return ask(callback);
        };
        for (const name of ['insertBefore', 'appendChild', 'removeChild'] as const) {
          const plain = Node.prototype[name] as (...of: unknown[]) => unknown;
          (Node.prototype as unknown as Record<string, unknown>)[name] = function (this: Node, ...given: unknown[]) {
            if (isOfKey()) globalThis.withinKeys.push(name);
            return plain.apply(this, given);
          };
        }
      });
      await page.reload();
      await begin(page, 'norm2(A*x-y)^2+');
      const within = (): Promise<string[]> => page.evaluate(() => globalThis.withinKeys.splice(0));
      const press = async (key: string): Promise<void> => {
        await page.keyboard.press(key);
        await page.waitForTimeout(150);
      };
      await within();
      for (const key of [..."x'*x", 'Backspace']) await press(key);
      expect(await within()).toEqual([]);
      // The editor's own keys do: the watch sees them.
      await press('ArrowLeft');
      expect((await within()).length).toBeGreaterThan(0);
      await press('Delete');
      expect(await within()).toEqual([]);
      await expect.poll(() => written(page)).toBe("norm2(A*x-y)^2+x'");
    });
  });

  test('as fast as they come, between other keys, over a selection, and undone', async () => {
    await visit(async (page) => {
      await begin(page, 'a+b');
      await page.keyboard.type('+c*d+exp(e)');
      await expect.poll(() => written(page)).toBe('a+b+c*d+exp(e)');
      await page.keyboard.press('x');
      await page.keyboard.press('Backspace');
      await page.keyboard.press('y');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('z');
      await page.keyboard.press('End');
      await page.keyboard.press('w');
      await expect.poll(() => written(page)).toBe('a+b+c*d+exp(e)zyw');
      await page.keyboard.press('Control+A');
      await page.keyboard.press('q');
      await page.keyboard.press('Enter');
      await page.keyboard.type('\\alpha^2');
      await expect.poll(() => written(page)).toBe('q\nα^2');
      for (let k = 0; k < 4; k++) await page.keyboard.press('Backspace');
      await expect.poll(() => written(page)).toBe('q');
      await page.keyboard.type('a+b');
      await page.keyboard.press('Shift+ArrowLeft');
      await page.keyboard.press('Backspace');
      await page.keyboard.press('c');
      await page.keyboard.press('Home');
      await page.keyboard.press('Delete');
      await expect.poll(() => written(page)).toBe('a+c');
      await page.keyboard.press('Control+End');
      await page.keyboard.insertText('\n  x\u{1F600}');
      await page.keyboard.press('Backspace');
      await expect.poll(() => written(page)).toBe('a+c\n  x');
      await page.keyboard.press('Backspace');
      await page.keyboard.press('Backspace');
      await page.keyboard.press('Backspace');
      await expect.poll(() => written(page)).toBe('a+c');
      await page.keyboard.type('α^2');
      await page.waitForTimeout(700);
      await page.keyboard.press('Control+Z');
      await expect.poll(() => written(page)).not.toContain('α^2');
    });
  });

  test('a text that is opened takes the place of a letter that is held', async () => {
    await visit(async (page) => {
      await begin(page, "x'*x");
      await page.keyboard.press('Control+End');
      const link = await page.evaluate(() => location.hash);
      await page.keyboard.insertText('+1');
      await page.waitForTimeout(700);
      // Both in one turn of the page: nothing has come between.
      const shown = await page.evaluate((to) => {
        const content = document.querySelector('.input .cm-content')!;
        content.dispatchEvent(new InputEvent('beforeinput', { inputType: 'insertText', data: 'q', bubbles: true, cancelable: true }));
        location.hash = to;
        return content.textContent;
      }, link);
      await expect.poll(() => written(page)).toBe("x'*x");
      await page.waitForTimeout(100);
      expect(await written(page)).toBe("x'*x");
      expect(shown).toBe("x'*x+1");
    });
  });
});
