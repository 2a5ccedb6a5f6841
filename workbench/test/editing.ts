// Text in the page's editors, as people put it there.

import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';

export const expression = (page: Page): Locator => page.getByRole('textbox', { name: 'expression' });
export const declarations = (page: Page): Locator => page.getByRole('textbox', { name: 'declarations' });
export const model = (page: Page): Locator => page.getByRole('textbox', { name: 'model' });

export const textOf = (editor: Locator): Promise<string> => editor.evaluate((dom) => [...dom.querySelectorAll('.cm-line')].map((l) => l.textContent).join('\n'));

/** Puts text in the place of what stands there, at once. */
export async function write(editor: Locator, text: string): Promise<void> {
  await editor.click();
  await editor.page().keyboard.press('ControlOrMeta+A');
  await editor.page().keyboard.insertText(text);
}

/** Deletes what stands there, as people do: text of no letters put in its place is no key that they have. */
export async function clear(editor: Locator): Promise<void> {
  await editor.click();
  await editor.page().keyboard.press('ControlOrMeta+A');
  await editor.page().keyboard.press('Delete');
}

/** Types text in the place of what stands there, key by key. */
export async function type(editor: Locator, text: string): Promise<void> {
  await clear(editor);
  await editor.page().keyboard.type(text);
}

/** What is said of a place under the pointer, which moves a little, as it does in a hand; nothing before the engine has read the text. */
export async function hovered(place: Locator): Promise<string> {
  const page = place.page();
  await page.mouse.move(0, 0);
  await place.hover();
  await page.waitForTimeout(400);
  const tip = page.locator('.hover');
  return (await tip.count()) === 0 ? '' : ((await tip.first().textContent()) ?? '');
}

/** The first completion; asked for by its key where the words of the language were not there yet when it was typed. */
export async function completed(page: Page): Promise<string> {
  const option = page.locator('.cm-tooltip-autocomplete').getByRole('option').first();
  if ((await option.count()) === 0) await page.keyboard.press('Control+Space');
  return (await option.count()) === 0 ? '' : ((await option.textContent()) ?? '');
}

/** Takes the first completion, which the editor allows when it has stood long enough to be seen. */
export async function accept(page: Page): Promise<void> {
  await page.waitForTimeout(150);
  await page.keyboard.press('Enter');
}

/** Sizes of the data that is drawn, each left by Tab as people do. */
export async function setSizes(page: Page, sizes: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, size] of Object.entries(sizes)) {
    const field = page.getByRole('spinbutton', { name, exact: true });
    await field.fill(String(size));
    await field.press('Tab');
  }
}

/** On the Optimize page: a solve that has begun and will not end in any time of a test; its status. */
export async function beginEndlessSolve(page: Page): Promise<Locator> {
  await write(model(page), 'parameters\n  matrix X(m, n)\n  vector y(m)\nvariables\n  vector w(n)\nmin\n  norm2(sin(X*w) - y)^2 + sum(cos(100*w))^2\n');
  await page.getByRole('button', { name: 'draw what is missing' }).click();
  await setSizes(page, { m: 3000, n: 700 });
  await page.getByRole('button', { name: 'Solve', exact: true }).click();
  const status = page.getByRole('region', { name: 'solve' }).getByRole('status');
  await expect.poll(() => status.textContent()).toMatch(/^running: .*steps/);
  return status;
}
