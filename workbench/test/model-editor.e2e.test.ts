// The editor of models as people use it: typing, completion, what is wrong and its fixes, hover.

import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';
import { accept, completed, hovered, model, textOf, write } from './editing.ts';

const { visit } = inBrowser();
const at = '#optimize';

const text = 'parameters\n  matrix A\n  vector b\nvariables\n  vector x\nmin\n  norm2(A*x - b)^2\nst\n  x >= 0\n';

describe('the editor of models', () => {
  test('a model typed line by line is read, with its sections in bold', async () => {
    await visit(
      async (page) => {
        await model(page).click();
        // Letters as they are typed; a list of completions takes no line end that is not meant for it.
        for (const line of ['variables', 'scalar u', 'min', '(u-3)^2']) {
          await page.keyboard.type(line, { delay: 15 });
          await page.keyboard.press('Escape');
          await page.keyboard.press('Enter');
        }
        await expect.poll(() => page.getByRole('region', { name: 'reading of the model' }).textContent()).toContain('u scalar');
        await expect.poll(() => page.locator('.model .is-keyword').allTextContents()).toEqual(['variables', 'min']);
        await page.getByRole('button', { name: 'Solve', exact: true }).click();
        await expect.poll(() => page.getByRole('region', { name: 'solve' }).locator('code.value').first().textContent()).toBe('3');
      },
      { at },
    );
  });

  test('completion has sections, kinds, functions with their signatures, and names of the model', async () => {
    await visit(
      async (page) => {
        await write(model(page), 'para');
        await expect.poll(() => completed(page)).toContain('parameters');
        await accept(page);
        await expect.poll(() => textOf(model(page))).toBe('parameters');
        await write(model(page), 'parameters\n  mat');
        await expect.poll(() => completed(page)).toContain('matrix');
        await write(model(page), 'parameters\n  matrix Anna\nvariables\n  vector x\nmin\n  norm2(x)');
        await expect.poll(() => page.getByRole('region', { name: 'reading of the model' }).textContent()).toContain('Anna');
        // A bracket is open now, so that nothing of this text can be read.
        for (let k = 0; k < 2; k++) await page.keyboard.press('Backspace');
        await page.keyboard.type('An', { delay: 30 });
        await expect.poll(() => completed(page)).toContain('Anna');
        await accept(page);
        await page.keyboard.type('*x)+logsu');
        await expect.poll(() => completed(page)).toContain('logsumexp(');
        await accept(page);
        await expect.poll(() => textOf(model(page))).toMatch(/norm2\(Anna\*x\)\+logsumexp/);
      },
      { at },
    );
  });

  test('a mistake is underlined, said in three parts, and mended by a click or by the keyboard', async () => {
    await visit(
      async (page) => {
        const messages = page.getByRole('region', { name: 'reading of the model' }).getByRole('list', { name: 'messages' });
        await write(model(page), text.replace('norm2', 'nrom2'));
        await expect.poll(() => page.locator('.model .squiggle.error').allTextContents()).toEqual(['nrom2']);
        await expect.poll(() => messages.textContent()).toMatch(/there is no function nrom2.*try/s);
        await messages.getByRole('button', { name: 'write norm2', exact: true }).click();
        await expect.poll(() => textOf(model(page))).toBe(text);
        await expect.poll(() => page.locator('.model .squiggle').count()).toBe(0);
        await write(model(page), text.replace('A*x - b', 'A*x - x*b'));
        await expect.poll(() => page.locator('.model .squiggle.error').count()).toBeGreaterThan(0);
        await write(model(page), text.replace('norm2', 'nrom2'));
        await expect.poll(() => page.locator('.model .squiggle.error').first().textContent()).toBe('nrom2');
        await page.keyboard.press('ControlOrMeta+Home');
        await page.keyboard.press('F8');
        await page.keyboard.press('ControlOrMeta+.');
        await expect.poll(() => textOf(model(page))).toBe(text);
      },
      { at },
    );
  });

  test('hover says what stands under the pointer', async () => {
    await visit(
      async (page) => {
        await write(model(page), text);
        await expect.poll(() => page.locator('.model .is-function').count()).toBeGreaterThan(0);
        await expect.poll(() => hovered(page.locator('.model .is-function', { hasText: 'norm2' }))).toContain('norm2(');
        await expect.poll(() => hovered(page.locator('.model .cm-line', { hasText: 'norm2' }).locator('.is-name', { hasText: 'A' }))).toMatch(/A: matrix\(\w+, \w+\)/);
      },
      { at },
    );
  });

  test('keys that mend stand on the sheet', async () => {
    await visit(async (page) => {
      await page.getByRole('button', { name: 'keyboard shortcuts' }).click();
      await expect.poll(() => page.getByRole('dialog').textContent()).toMatch(/F8.*next mistake.*Ctrl.*\..*mend/s);
    });
  });
});
