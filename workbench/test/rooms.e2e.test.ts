import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';
import { beginEndlessSolve, expression, model, setSizes, write } from './editing.ts';

const { visit } = inBrowser();

describe('from room to room', () => {
  test('the browser goes back and forward between rooms, with what stood there', async () => {
    await visit(async (page) => {
      await write(expression(page), 'tr(X^3)');
      await page.waitForTimeout(900);
      await page.getByRole('button', { name: 'Gallery' }).click();
      await page.getByRole('searchbox', { name: 'Search' }).fill('logdet');
      await page.waitForTimeout(900);
      await page.goBack();
      await expect.poll(() => expression(page).textContent()).toBe('tr(X^3)');
      await page.goForward();
      await expect.poll(() => page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('logdet');
    });
  });

  test('a solve goes on while another room is open; a changed model makes its answer an old one', async () => {
    await visit(
      async (page) => {
        const status = await beginEndlessSolve(page);
        await page.getByRole('button', { name: 'Help' }).click();
        await page.getByRole('heading', { name: 'The language in five minutes' }).waitFor();
        await page.getByRole('button', { name: 'Optimize' }).click();
        await expect.poll(() => status.textContent()).toMatch(/^running: .*[1-9]\d* steps/);
        await page.getByRole('button', { name: 'Pause' }).click();
        await write(model(page), 'variables\n  scalar u\nmin\n  (u-1)^2\n');
        await page.getByText('This solve is of the model as it was when it began').waitFor();
        await page.getByRole('button', { name: 'Stop' }).click();
        await expect.poll(() => page.getByText('This is the answer to the model as it was before').isVisible()).toBe(true);
        await page.getByRole('button', { name: 'Solve', exact: true }).click();
        await expect.poll(() => page.getByRole('heading', { name: 'optimal (global)' }).isVisible()).toBe(true);
        expect(await page.getByText('as it was before').count()).toBe(0);
      },
      { at: '#optimize' },
    );
  });

  test('an equation is a line of the picture, and a size that no data gives is drawn', async () => {
    await visit(
      async (page) => {
        await write(model(page), 'variables\n  scalar u\n  scalar v\nmin\n  (u-1)^2 + 3*(v+1)^2\nst\n  u^2 + v^2 == 1\n');
        await page.getByRole('button', { name: 'Solve', exact: true }).click();
        const picture = page.getByRole('img', { name: /^level lines of the objective over u and v/ });
        await expect.poll(async () => ((await picture.locator('.equation').getAttribute('d')) ?? '').length).toBeGreaterThan(200);
        await write(model(page), "parameters\n  matrix C(n, n) symmetric\nvariables\n  matrix X(n, k)\nmin\n  norm2(C - X*X')^2\n");
        await page.getByRole('button', { name: 'draw what is missing' }).click();
        await setSizes(page, { k: 2 });
        await expect.poll(() => page.getByRole('list', { name: 'data' }).textContent()).toMatch(/X 12×2, drawn as a start/);
        await page.getByRole('button', { name: 'Solve', exact: true }).click();
        await expect.poll(() => page.getByRole('img', { name: /^level lines of the objective over X\[1, 1\] and X\[1, 2\]/ }).isVisible()).toBe(true);
      },
      { at: '#optimize' },
    );
  });

  test('topics of the gallery are chosen, and a link keeps the search', async () => {
    let link = '';
    await visit(
      async (page) => {
        await page.getByRole('searchbox', { name: 'Search' }).fill('inv');
        await page.getByRole('button', { name: /^Matrix Cookbook/ }).click();
        await expect.poll(() => page.getByRole('article').locator('h2').allTextContents()).toEqual(['Matrix Cookbook']);
        await page.waitForTimeout(900);
        link = new URL(page.url()).hash;
      },
      { at: '#gallery' },
    );
    await visit(
      async (page) => {
        await expect.poll(() => page.getByRole('button', { name: /^Matrix Cookbook/ }).getAttribute('aria-pressed')).toBe('true');
        expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('inv');
        expect(await page.getByRole('article').locator('li').count()).toBeGreaterThan(3);
      },
      { at: link },
    );
  });
});
