import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';
import { beginEndlessSolve, model, write } from './editing.ts';

const { visit } = inBrowser();
const at = '#optimize';

describe('the Optimize page', () => {
  test('a model with a dropped file is read, solved, and told about', async () => {
    await visit(
      async (page) => {
        await write(model(page), 'parameters\n  matrix A\n  vector b\nvariables\n  vector x\nmin\n  norm2(A*x - b)^2\nst\n  x >= 0\n');
        await expect.poll(() => page.getByText('Solve waits for A, b').isVisible()).toBe(true);
        await page.getByLabel(/^Drop data files here/).setInputFiles({ name: 'A.csv', mimeType: 'text/csv', buffer: Buffer.from('1,0\n0,2\n1,1\n') });
        await page.getByRole('textbox', { name: /^Values as JSON/ }).fill('{"b": [1, -2, 3]}');
        const reading = page.getByRole('region', { name: 'reading of the model' });
        await expect.poll(() => reading.textContent()).toContain('matrix(3, 2)');
        await page.getByRole('button', { name: 'Solve', exact: true }).click();
        await expect.poll(() => page.getByRole('heading', { name: 'optimal (global)' }).isVisible()).toBe(true);
        await expect.poll(() => page.getByRole('region', { name: 'solve' }).textContent()).toContain('[2, 0]');
      },
      { at },
    );
  });

  test('a file that is no data says so, and nothing is lost', async () => {
    await visit(
      async (page) => {
        await page.getByRole('combobox', { name: 'example' }).selectOption('Lasso');
        await page.getByLabel(/^Drop data files here/).setInputFiles({ name: 'A.npz', mimeType: 'application/octet-stream', buffer: Buffer.from('no archive') });
        const reading = page.getByRole('region', { name: 'reading of the model' });
        await expect.poll(() => reading.textContent()).toContain('A.npz');
        await page.getByRole('button', { name: 'leave out A.npz' }).click();
        await expect.poll(() => page.getByRole('button', { name: 'Solve', exact: true }).isEnabled()).toBe(true);
      },
      { at },
    );
  });

  test('a slider solves again from the last answer', async () => {
    await visit(
      async (page) => {
        await page.getByRole('combobox', { name: 'example' }).selectOption('Lasso');
        await page.getByRole('button', { name: 'Solve', exact: true }).click();
        const answer = page.getByRole('region', { name: 'solve' });
        await expect.poll(() => answer.getByRole('heading', { name: 'optimal (global)' }).isVisible()).toBe(true);
        const before = await answer.locator('dd.number').textContent();
        await page.getByRole('slider', { name: /^c = / }).press('PageUp');
        await expect.poll(() => answer.locator('dd.number').textContent()).not.toBe(before);
        await expect.poll(() => page.getByRole('textbox', { name: /^Values as JSON/ }).inputValue()).not.toBe('{"c": 2}');
      },
      { at },
    );
  });

  test('two variables are drawn with the path; infeasible problems have a proof', async () => {
    await visit(
      async (page) => {
        await page.getByRole('combobox', { name: 'example' }).selectOption('Rosenbrock in two variables');
        await page.getByRole('button', { name: 'Solve', exact: true }).click();
        const picture = page.getByRole('img', { name: /^level lines of the objective over u and v; the optimum is at 1, 1/ });
        await expect.poll(() => picture.locator('.step').count()).toBeGreaterThan(3);
        // The surface comes from a worker; it is turned by keys, which changes its picture.
        const surface = page.getByRole('img', { name: /^the objective over u and v as a surface/ });
        await expect.poll(() => surface.getAttribute('data-news')).toBe('drawn');
        // Its focus is seen too.
        await surface.press('Shift');
        const before = await surface.screenshot();
        await surface.press('ArrowLeft');
        await expect.poll(async () => (await surface.screenshot()).equals(before)).toBe(false);
        await page.getByRole('combobox', { name: 'example' }).selectOption('No point keeps both');
        await page.getByRole('button', { name: 'Solve', exact: true }).click();
        await expect.poll(() => page.getByRole('heading', { name: 'infeasible', exact: true }).isVisible()).toBe(true);
        await expect.poll(() => page.getByText('proof low').isVisible()).toBe(true);
      },
      { at },
    );
  });

  test('a slice is of the entries or the directions that are chosen, with the path seen in it', async () => {
    await visit(
      async (page) => {
        await page.getByRole('combobox', { name: 'example' }).selectOption('Non-negative least squares');
        await page.getByRole('button', { name: 'Solve', exact: true }).click();
        await page.getByRole('img', { name: /^level lines of the objective over x\[1\] and x\[2\]/ }).waitFor();
        await page.getByRole('combobox', { name: 'across' }).selectOption('x[7]');
        await page.getByRole('img', { name: /^level lines of the objective over x\[7\] and x\[2\]/ }).waitFor();
        await page.getByRole('combobox', { name: 'across' }).selectOption('along the path of the solve');
        await page.getByRole('combobox', { name: 'up' }).selectOption('where the objective is most curved');
        const picture = page.getByRole('img', { name: /^level lines of the objective over along the path of the solve and where the objective is most curved/ });
        await expect.poll(() => picture.locator('.step').count()).toBeGreaterThan(3);
        await page.getByRole('combobox', { name: 'up' }).selectOption('along the path of the solve');
        await expect.poll(() => page.getByRole('region', { name: 'pictures' }).textContent()).toContain('No picture: both axes are the same direction');
      },
      { at },
    );
  });

  test('a solve without an end is stopped, and the page answers meanwhile', async () => {
    await visit(
      async (page) => {
        await beginEndlessSolve(page);
        await page.getByRole('button', { name: 'Pause' }).click();
        await expect.poll(() => page.getByRole('button', { name: 'Go on' }).isVisible()).toBe(true);
        await page.getByRole('button', { name: 'Stop' }).click();
        await expect.poll(() => page.getByRole('button', { name: 'Solve', exact: true }).isEnabled()).toBe(true);
        await expect.poll(() => page.getByRole('heading', { name: /stopped|feasible but not optimal/ }).isVisible()).toBe(true);
        // Its picture would take longer than the next model waits.
        await write(model(page), 'variables\n  vector v(2)\nmin\n  norm2(v - 1)^2\n');
        await expect.poll(() => page.getByRole('region', { name: 'reading of the model' }).textContent()).toContain('vector(2)');
        await page.getByRole('button', { name: 'Solve', exact: true }).click();
        await expect.poll(() => page.getByRole('heading', { name: 'optimal (global)' }).isVisible()).toBe(true);
      },
      { at },
    );
  });
});
