import { describe, expect, test } from 'vitest';
import { empty } from './document.ts';
import { type Shelf, newHistory, titleOf } from './history.ts';

/** One place to keep things in, seen by several windows. */
function sharedShelf(): Shelf {
  let value: unknown;
  return {
    read: async () => structuredClone(value),
    change: async (next) => {
      await Promise.resolve();
      value = structuredClone(next(structuredClone(value)));
    },
  };
}

const page = (text: string): typeof empty => ({ ...empty, text });
let clock = 0;
const tick = (): number => ++clock;

describe('the history', () => {
  test('of two windows is one: neither loses what the other keeps', async () => {
    const shelf = sharedShelf();
    const [one, other] = [newHistory(tick, shelf), newHistory(tick, shelf)];
    await Promise.all([one.refresh(), other.refresh()]);
    await one.remember(page('tr(X)'));
    await other.remember(page('det(X)'));
    await one.remember(page('logdet(X)'));
    await other.refresh();
    expect(other.pages.value.map((p) => titleOf(p.snapshot))).toEqual(['logdet(X)', 'det(X)', 'tr(X)']);
    await other.forget(other.pages.value[1]!);
    await one.refresh();
    expect(one.pages.value.map((p) => titleOf(p.snapshot))).toEqual(['logdet(X)', 'tr(X)']);
  });

  test('keeps two hundred pages, the latest first, each text once', async () => {
    const history = newHistory(tick, sharedShelf());
    for (let i = 0; i < 230; i++) await history.remember(page(`x^${i % 215}`));
    expect(history.pages.value).toHaveLength(200);
    expect(titleOf(history.pages.value[0]!.snapshot)).toBe('x^14');
    expect(new Set(history.pages.value.map((p) => p.snapshot.text)).size).toBe(200);
  });

  test('where nothing can be kept it lasts as long as the page, and says so', async () => {
    const refuse = (): never => {
      throw new DOMException('no', 'SecurityError');
    };
    const history = newHistory(tick, { read: async () => refuse(), change: async () => refuse() });
    await history.refresh();
    await history.remember(page('tr(X)'));
    await history.refresh();
    expect(history.isKept.value).toBe(false);
    expect(history.pages.value.map((p) => titleOf(p.snapshot))).toEqual(['tr(X)']);
  });

  test('what is stored by others is checked field by field', async () => {
    const shelf = sharedShelf();
    await shelf.change(() => [{ saved: 1, snapshot: { text: 'x', room: '__proto__', by: 7 } }, 'nonsense', { saved: 'now' }, null]);
    const history = newHistory(tick, shelf);
    await history.refresh();
    expect(history.pages.value).toEqual([{ saved: 1, snapshot: { ...empty, text: 'x' } }]);
  });

  test('a model goes by its objective', () => {
    const model = 'parameters\n  matrix A\nvariables\n  vector x\nmin\n  norm2(A*x)^2\n';
    expect(titleOf({ ...empty, text: 'tr(X)', model, room: 'optimize' })).toBe('min norm2(A*x)^2');
    expect(titleOf({ ...empty, text: 'tr(X)', model })).toBe('tr(X)');
  });
});
