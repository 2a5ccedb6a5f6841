import { describe, expect, test } from 'vitest';
import { inBrowser } from './browser.ts';

const { visit } = inBrowser();
const at = '#studies';

describe('the studies', () => {
  test('position bias follows its sliders and its description, and says what is wrong with it', async () => {
    await visit(
      async (page) => {
        const report = page.getByRole('article', { name: /^report: / });
        await expect.poll(() => report.locator('figure svg').count()).toBeGreaterThan(1);
        const before = await report.textContent();
        await page.getByRole('slider', { name: /^layers/ }).press('PageUp');
        await expect.poll(() => report.textContent()).not.toBe(before);
        await page.getByRole('textbox', { name: /^The stack as YAML/ }).fill('length: 64\nlayers: 4\nresidual: 1.5\n');
        await expect.poll(() => page.getByRole('list', { name: 'messages' }).textContent()).toContain('residual');
      },
      { at },
    );
  });

  test('position bias: a measured profile, what moves the valley, and a design that is taken over', async () => {
    const repository = 'sequence_length: 32\nnum_layers: 12\nattention_config:\n  num_heads: 4\n  alibi_slopes: [0.25, 0.0625, 0.015625, 0.00390625]\nlambda_schedule_config:\n  schedule_type: constant\n  lambda_const: 0.1\n';
    await visit(
      async (page) => {
        const report = page.getByRole('article', { name: /^report: / });
        await page.getByLabel(/^or from a file/).setInputFiles({ name: 'bloom.yaml', mimeType: 'text/yaml', buffer: Buffer.from(repository) });
        await page.getByText('A configuration of another repository').waitFor();
        await page.getByRole('button', { name: 'take it over' }).click();
        await expect.poll(() => page.getByRole('textbox', { name: /^The stack as YAML/ }).inputValue()).toMatch(/length: 32/);
        const measured = Array.from({ length: 32 }, (_, i) => (i - 12) ** 2 + 1).join('\n');
        await page.getByLabel(/^a measured profile/).setInputFiles({ name: 'measured.csv', mimeType: 'text/csv', buffer: Buffer.from(`${measured}\n`) });
        await expect.poll(() => report.textContent()).toContain('orders the positions as they were measured');
        await page.getByRole('button', { name: 'What moves the valley?' }).click();
        await expect.poll(() => report.getByRole('heading', { name: 'What moves the valley' }).isVisible(), { timeout: 20_000 }).toBe(true);
        await page.getByRole('button', { name: 'Design a stack' }).click();
        await expect.poll(() => page.getByText('The designed stack is drawn').isVisible(), { timeout: 30_000 }).toBe(true);
        const before = await page.getByRole('textbox', { name: /^The stack as YAML/ }).inputValue();
        await page.getByRole('button', { name: 'take it over' }).click();
        await expect.poll(() => page.getByRole('textbox', { name: /^The stack as YAML/ }).inputValue()).not.toBe(before);
        await page.getByRole('spinbutton', { name: /^the position that listens/ }).fill('99');
        await expect.poll(() => page.getByRole('list', { name: 'messages' }).textContent()).toContain('no such position');
      },
      { at: '#studies' },
    );
  });

  test('the probing audit reads two files and gives its verdict; mismatched ones are refused', async () => {
    // Words on a line, and a feature that is one end of it.
    const words = Array.from({ length: 40 }, (_, i) => `w${i}`);
    const noise = (i: number, k: number): number => ((i * 7919 + k * 104_729) % 101) / 101 - 0.5;
    const embeddings = ['word,a,b,c', ...words.map((word, i) => [word, i / 20 - 1, noise(i, 1), noise(i, 2)].join(','))].join('\n');
    const features = ['word,feature', ...words.flatMap((word, i) => (i > 25 ? [`${word},high`] : i < 12 ? [`${word},low`] : [`${word},middle`]))].join('\n');
    const file = (name: string, text: string): { name: string; mimeType: string; buffer: Buffer } => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    await visit(
      async (page) => {
        await page.getByRole('button', { name: 'Probing audit' }).click();
        await page.getByLabel(/^embeddings/).setInputFiles(file('embeddings.csv', embeddings));
        await page.getByLabel(/^features/).setInputFiles(file('features.csv', 'word,feature\nzebra,striped\n'));
        await page.getByRole('button', { name: 'Audit', exact: true }).click();
        await expect.poll(() => page.getByRole('list', { name: 'messages' }).textContent()).toMatch(/needed/);
        await page.getByLabel(/^features/).setInputFiles(file('features.csv', features));
        await page.getByRole('spinbutton', { name: /^draws/ }).fill('5');
        await page.getByRole('button', { name: 'Audit', exact: true }).click();
        await expect.poll(() => page.getByRole('article', { name: 'report: Probing audit' }).textContent(), { timeout: 45_000 }).toMatch(/base rate|geometry/);
      },
      { at },
    );
  });

  test('the capsule audit forecasts', async () => {
    await visit(
      async (page) => {
        await page.getByRole('button', { name: 'Capsule audit' }).click();
        await page.getByRole('button', { name: 'Forecast', exact: true }).click();
        await expect.poll(() => page.getByRole('article', { name: /^report: / }).textContent(), { timeout: 45_000 }).toMatch(/starved/);
      },
      { at },
    );
  });

  test('a published claim is run quickly, and its model opens', async () => {
    await visit(
      async (page) => {
        await page.getByRole('button', { name: 'Claims, checked' }).click();
        const card = page.getByRole('region', { name: /squash/i });
        await card.getByRole('button', { name: /^Run quickly/ }).click();
        await expect.poll(() => card.getByRole('article').textContent(), { timeout: 45_000 }).toContain('holds');
        await card.getByText('the mathematics, and the models').click();
        await card.getByRole('button', { name: /^open / }).first().click();
        await expect.poll(() => page.getByRole('region', { name: 'answer', exact: true }).textContent()).toContain('agrees with differences');
      },
      { at },
    );
  });
});
