// The Derive page as people use it: typing, what is wrong and its fixes, help in the editor, the variables, the choices.

import type { Locator, Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';
import { accept, completed, declarations, expression, hovered, textOf, type, write } from './editing.ts';

const { visit } = inBrowser();

const answer = (page: Page): Locator => page.getByRole('region', { name: 'answer', exact: true });
const messages = (page: Page): Locator => page.getByRole('list', { name: 'messages' });

/** The derivative as text, which is the name of its formula. */
const derivative = (page: Page): Promise<string | null> => answer(page).getByRole('group').nth(1).getAttribute('aria-label');
describe('the Derive page', () => {
  test('an expression typed has its derivative, checked', async () => {
    await visit(async (page) => {
      await write(expression(page), 'sum(log(1+exp(-y.*(X*w))))');
      await expect.poll(() => answer(page).getByRole('heading').first().textContent()).toBe('derivative by w');
      await expect.poll(() => answer(page).textContent()).toContain('agrees with differences');
    });
  });

  test('what is wrong is said in three parts, underlined, and mended by a click; the last answer stays', async () => {
    await visit(async (page) => {
      await type(expression(page), 'x*A*w');
      await type(expression(page), 'norm2(B*x)^2');
      await expect.poll(() => derivative(page)).toBe("2*B'*B*x");
      await write(expression(page), 'nrom2(B*x)^2');
      await expect.poll(() => messages(page).textContent()).toContain('there is no function nrom2');
      await expect.poll(() => page.locator('.squiggle.error').allTextContents()).toEqual(['nrom2']);
      expect(await derivative(page)).toBe("2*B'*B*x");
      await expect.poll(() => answer(page).textContent()).toContain('the last text without errors');
      await messages(page).getByRole('button', { name: 'write norm2', exact: true }).click();
      await expect.poll(() => textOf(expression(page))).toBe('norm2(B*x)^2');
      await expect.poll(() => messages(page).count()).toBe(0);
      await expect.poll(() => page.locator('.squiggle').count()).toBe(0);
    });
  });

  test('by the keyboard: the next mistake, and its first fix', async () => {
    await visit(async (page) => {
      await write(declarations(page), 'x, y: vector(n)');
      await type(expression(page), 'sum(x) + x*y');
      await expect.poll(() => messages(page).textContent()).toContain('column');
      // The underline says that the editor has the engine's word on this text.
      await expect.poll(() => page.locator('.squiggle.error').allTextContents()).toEqual(['*']);
      await expression(page).focus();
      await expect.poll(() => expression(page).evaluate((field) => field === document.activeElement)).toBe(true);
      await page.keyboard.press('F8');
      await page.keyboard.press('ControlOrMeta+.');
      await expect.poll(() => textOf(expression(page))).toBe("sum(x) + x'*y");
    });
  });

  test('a mistake in the declarations is mended there', async () => {
    await visit(async (page) => {
      await write(declarations(page), 'A: matrx(m, n)');
      await expect.poll(() => messages(page).textContent()).toContain('matrx is no kind');
      await messages(page).getByRole('button', { name: 'write matrix' }).click();
      await expect.poll(() => textOf(declarations(page))).toBe('A: matrix(m, n)');
    });
  });

  test('hover says kind, shape and facts of what is under the pointer, and how a function is called', async () => {
    await visit(async (page) => {
      await write(declarations(page), 'S: matrix(n, n) pd');
      await type(expression(page), 'logdet(S+eye)');
      await expect.poll(() => answer(page).getByRole('heading').first().textContent()).toBe('derivative by S');
      await expect.poll(() => hovered(page.locator('.is-function', { hasText: 'logdet' }))).toContain('logdet(matrix(n, n)) → scalar');
      await expect.poll(() => hovered(page.locator('.input .is-operator', { hasText: '+' }))).toBe('S+eye: matrix(n, n) pd');
      await expect.poll(() => hovered(page.locator('.input .is-name', { hasText: 'S' }))).toContain('S: matrix(n, n) pd');
    });
  });

  test('completion has functions with their signatures, and names of the text', async () => {
    await visit(async (page) => {
      await type(expression(page), 'theta1*logd');
      await expect.poll(() => completed(page)).toBe('logdet(matrix(n, n)) → scalar');
      await expect.poll(() => page.locator('.cm-completionInfo').textContent()).toContain('determinant');
      await accept(page);
      await page.keyboard.type('X+th');
      await expect.poll(() => completed(page)).toContain('theta1scalar');
      await accept(page);
      await expect.poll(() => textOf(expression(page))).toBe('theta1*logdet(X+theta1)');
    });
  });

  test('completion of declarations has kinds, and facts that fit', async () => {
    await visit(async (page) => {
      await type(declarations(page), 'A: ma');
      await expect.poll(() => completed(page)).toContain('matrix');
      await accept(page);
      await page.keyboard.type(' sy');
      await expect.poll(() => completed(page)).toContain('symmetric');
      await accept(page);
      await expect.poll(() => textOf(declarations(page))).toBe('A: matrix(m, n) symmetric');
    });
  });

  test('Greek letters by name', async () => {
    await visit(async (page) => {
      await type(expression(page), '\\lambda*norm2(x)^2+\\alpha');
      await expect.poll(() => textOf(expression(page))).toBe('λ*norm2(x)^2+α');
      await expect.poll(() => derivative(page)).toBe('2*λ*x');
    });
  });

  test('LaTeX pasted is read, and can be written in the language', async () => {
    await visit(async (page) => {
      await write(expression(page), '\\frac{1}{2}\\|Ax-b\\|_2^2 + \\lambda \\|x\\|_1');
      await expect.poll(() => messages(page).textContent()).toContain('read as 1/2*norm2(A*x-b)^2+lambda*norm1(x)');
      await expect.poll(() => derivative(page)).toContain("A'*(A*x-b)");
      await messages(page).getByRole('button', { name: 'write it so' }).click();
      await expect.poll(() => textOf(expression(page))).toBe('1/2*norm2(A*x-b)^2+lambda*norm1(x)');
    });
  });

  test('several lines', async () => {
    await visit(async (page) => {
      await type(expression(page), 'r = A*x-b\nr\'*r');
      await expect.poll(() => derivative(page)).toBe("2*A'*(A*x-b)");
    });
  });

  test('letters are changes of the text at once, also over a long selection, and are undone', async () => {
    await visit(async (page) => {
      const long = Array.from({ length: 60 }, (_, i) => `tr(X_${i})`).join('+');
      await write(expression(page), long);
      await expect.poll(() => textOf(expression(page))).toBe(long);
      await page.evaluate(() => {
        const counted = globalThis as { byBrowser?: number };
        counted.byBrowser = 0;
        addEventListener('input', () => (counted.byBrowser! += 1), { capture: true });
      });
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.press('x');
      await expect.poll(() => textOf(expression(page))).toBe('x');
      await expect.poll(() => derivative(page)).toBe('eye');
      expect(await page.evaluate(() => (globalThis as { byBrowser?: number }).byBrowser)).toBe(0);
      await page.keyboard.press('ControlOrMeta+Z');
      await expect.poll(() => textOf(expression(page))).toBe(long);
    });
  });

  test('no derivative stands there before its check', async () => {
    await visit(async (page) => {
      await answer(page).getByRole('heading').first().waitFor();
      await page.evaluate(() => {
        const unchecked: string[] = [];
        const look = (): void => {
          const shown = document.querySelector('.answer .derivative .formula')?.getAttribute('aria-label');
          if (shown !== undefined && shown !== null && !document.querySelector('.answer .check dd')?.textContent.includes('agrees with differences')) unchecked.push(shown);
        };
        new MutationObserver(look).observe(document.querySelector('.answer')!, { subtree: true, childList: true, attributes: true, characterData: true });
        (globalThis as { unchecked?: string[] }).unchecked = unchecked;
      });
      await type(expression(page), 'logdet(X*X+eye)+tr(logm(X))');
      await expect.poll(() => derivative(page)).toContain("inv(X)'");
      expect(await page.evaluate(() => (globalThis as { unchecked?: string[] }).unchecked)).toEqual([]);
    });
  });

  test('the table of variables writes declarations', async () => {
    await visit(async (page) => {
      await type(expression(page), "x'*A*x");
      await expect.poll(() => derivative(page)).toBe("(A+A')*x");
      await page.getByLabel('add a fact of A').selectOption('symmetric');
      await expect.poll(() => textOf(declarations(page))).toBe('A: matrix(n, n) symmetric');
      await expect.poll(() => derivative(page)).toBe('2*A*x');
      const size = page.getByLabel('size 1 of x');
      await size.fill('5');
      await size.press('Enter');
      await expect.poll(() => textOf(declarations(page))).toBe('A: matrix(n, n) symmetric\nx: vector(5)');
      await page.getByRole('button', { name: 'A is symmetric: take back' }).click();
      await expect.poll(() => derivative(page)).toBe("(A+A')*x");
      await page.getByLabel('kind of x').selectOption('matrix');
      await expect.poll(() => textOf(declarations(page))).toContain('x: matrix');
    });
  });

  test('of hundreds of variables some are shown, and more on request', async () => {
    await visit(async (page) => {
      await write(expression(page), Array.from({ length: 90 }, (_, i) => `x_${i}'*y`).join('+'));
      const rows = page.getByRole('region', { name: 'variables' }).locator('tbody tr');
      await expect.poll(() => rows.count()).toBe(40);
      await page.getByRole('button', { name: 'show 40 more of 91' }).click();
      await page.getByRole('button', { name: 'show 11 more of 91' }).click();
      await expect.poll(() => rows.count()).toBe(91);
    });
  });

  test('order two, pairs, layouts and conventions', async () => {
    await visit(async (page) => {
      await type(expression(page), 'norm2(A*x-y)^2');
      await expect.poll(() => derivative(page)).toBe("2*A'*(A*x-y)");
      await page.getByLabel('then by', { exact: true }).selectOption('x');
      await expect.poll(() => derivative(page)).toBe("2*A'*A");
      await page.getByLabel('then by', { exact: true }).selectOption('y');
      await expect.poll(() => derivative(page)).toBe("-2*A'");
      await page.getByLabel('and then by').selectOption('A');
      await expect.poll(() => answer(page).textContent()).toContain('tensor(n, m, m, n)');
      await page.getByLabel('then by', { exact: true }).selectOption('');
      await page.getByLabel('by', { exact: true }).selectOption('A');
      await page.getByLabel('layout').selectOption('numerator');
      await expect.poll(() => derivative(page)).toBe("2*x*(A*x-y)'");
      await write(declarations(page), 'A: matrix(n, n) symmetric');
      await page.getByLabel('layout').selectOption('mixed');
      await page.getByLabel('by symmetric variables').selectOption('cookbook');
      await expect.poll(() => answer(page).textContent()).toContain('Matrix Cookbook');
    });
  });

  test('excluded points, and copies in every notation', async () => {
    await visit(
      async (page) => {
        await type(expression(page), 'norm2(x)');
        await expect.poll(() => answer(page).textContent()).toContain('x = 0');
        for (const [what, text] of [['text', 'x/norm2(x)'], ['LaTeX', '\\'], ['MathML', '<math'], ['Unicode', 'x']] as const) {
          await answer(page).getByRole('button', { name: `copy ${what}` }).click();
          await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(text);
        }
      },
      { permissions: ['clipboard-read', 'clipboard-write'] },
    );
  });

  test('long work says what it does, and can be stopped', async () => {
    await visit(async (page) => {
      await type(expression(page), 'norm2(x)^2');
      await expect.poll(() => derivative(page)).toBe('2*x');
      const layer = (of: string, k: number): string => `tanh(W${k}*${of}+b${k})`;
      const deep = Array.from({ length: 60 }, (_, k) => k).reduce(layer, 'x');
      await page.getByLabel('then by', { exact: true }).selectOption('x');
      await write(expression(page), `norm2(${deep})^2`);
      await page.getByRole('button', { name: 'stop' }).click();
      await expect.poll(() => answer(page).textContent()).toContain('stopped');
      await page.getByLabel('then by', { exact: true }).selectOption('');
      await type(expression(page), 'sum(x)');
      await expect.poll(() => derivative(page)).toBe('vector(1)');
    });
  });
});

describe('check mine', () => {
  test('equal, or the slip and the point where it differs', async () => {
    await visit(async (page) => {
      await type(expression(page), "x'*A*x");
      await expect.poll(() => derivative(page)).toBe("(A+A')*x");
      await page.getByRole('tab', { name: 'check mine' }).click();
      const own = page.getByRole('textbox', { name: 'your derivative' });
      const panel = page.getByRole('tabpanel');
      await type(own, '2*A*x');
      await expect.poll(() => panel.textContent()).toContain('not equal it would be right if A were symmetric');
      await expect.poll(() => panel.getByRole('region', { name: 'where they differ' }).textContent()).toContain('they differ at');
      await type(own, "A*x+A'*x");
      await expect.poll(() => panel.textContent()).toContain('equal proved');
      await type(own, "A*x+A'*");
      await expect.poll(() => panel.textContent()).toContain('a value is missing');
    });
  });
});

describe('hostile input', () => {
  const cases: readonly (readonly [what: string, text: string, says: string])[] = [
    ['a million characters', 'x+'.repeat(500_000), '100000 is the most that is read'],
    ['ten thousand brackets', `${'('.repeat(10_000)}x${')'.repeat(10_000)}`, 'more than 20000 words and signs'],
    ['nine thousand brackets', `${'('.repeat(9000)}x${')'.repeat(9000)}`, 'nested more than 200 deep'],
    ['markup', '<img src=x onerror=alert(1)><math><script>alert(2)</script>', 'the comparison < cannot stand in an expression'],
  ];
  test.each(cases)('%s', async (_, text, says) => {
    await visit(async (page) => {
      await expression(page).click();
      await page.evaluate((pasted) => {
        const data = new DataTransfer();
        data.setData('text/plain', pasted);
        document.querySelector('.input .cm-content')!.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
      }, text);
      await expect.poll(() => messages(page).textContent(), { timeout: 10_000 }).toContain(says);
      await type(expression(page), 'norm2(x)^2');
      await expect.poll(() => derivative(page), { timeout: 10_000 }).toBe('2*x');
      expect(await page.locator('img[src], main script').count()).toBe(0);
    });
  });
});
