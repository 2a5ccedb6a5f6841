import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { corpus } from '../../../test/corpus.ts';
import { formulas } from './formulas.ts';

const models = JSON.parse(readFileSync(new URL('../../../test/models.json', import.meta.url), 'utf8')) as { name: string; model: string }[];

test('every entry of the gallery has a formula', () => {
  const cases = corpus();
  const found = formulas([...cases.map(({ of, declare }) => ({ text: of, declare })), ...models.map(({ model }) => ({ model }))]);
  const without = [...cases.map((c) => c.of), ...models.map((m) => m.name)].filter((_, i) => !found[i]!.includes('<math'));
  expect(without).toEqual([]);
});

test('what cannot be read has none, and does not keep others from theirs', () => {
  const [wrong, right] = formulas([{ text: 'norm2(A*x', declare: '' }, { text: 'norm2(A*x)', declare: '' }]);
  expect(wrong).toBe('');
  expect(right).toContain('<math');
});
