import { describe, expect, test } from 'vitest';
import { empty } from './document.ts';
import { checkedFields, fromLink, toLink } from './link.ts';

describe('the link', () => {
  test('holds the whole state and gives it back', async () => {
    const page = { ...empty, text: "norm2(A*x-y)^2 + λ*'<b>'", declare: 'A: matrix(m, n) ✓', by: ['x', 'x'], tab: 'code', mine: "2*A'*(A*x-y)", model: 'min\n  x' } as const;
    const link = await toLink(page);
    expect(link).toMatch(/^1\.[\w-]+$/);
    expect({ ...empty, ...(await fromLink(`#${link}`)) }).toEqual(page);
  });
  test('is short: only what was changed stands in it', async () => {
    expect(await toLink(empty)).toBe('');
    expect((await toLink({ ...empty, text: "x'*A*x" })).length).toBeLessThan(40);
  });
  test.each([['#1.@@@'], ['#1.AAAA'], ['#nonsense'], ['#1.'], ['#<script>alert(1)</script>']])('%s is refused in words', async (fragment) => {
    expect(await fromLink(fragment)).toHaveProperty('wrong');
  });
  test('a small link of a very long text is refused before it fills the memory', async () => {
    const link = await toLink({ ...empty, text: 'x'.repeat(50_000_000) });
    expect(link.length).toBeLessThan(100_000);
    expect(await fromLink(`#${link}`)).toEqual({ wrong: 'this link holds more than 2 MB of text, which is not opened' });
  });
  test('a room by its name', async () => {
    expect(await fromLink('#help')).toEqual({ room: 'help' });
  });
  test('fields of another kind are left out', () => {
    expect(checkedFields({ text: 3, by: ['a', 'b', 'c', 'd'], room: 'attic', tab: 'code', __proto__: { model: 'x' }, extra: 1 })).toEqual({ tab: 'code' });
    expect(checkedFields(null)).toEqual({});
  });
});
