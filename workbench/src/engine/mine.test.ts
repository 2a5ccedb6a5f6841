import { describe, expect, test } from 'vitest';
import { type Mine, type MineQuestion, mine } from './mine.ts';

const ask = (text: string, own: string, more: Partial<MineQuestion> = {}): Mine => mine({ text, declare: '', by: ['x'], layout: 'mixed', symmetric: 'projected', mine: own, ...more });

describe('the own derivative', () => {
  test('equal by normal form, or by numbers', () => {
    expect(ask('norm2(A*x-y)^2', "2*A'*A*x-2*A'*y").verdict).toMatchObject({ isEqual: true, because: expect.stringContaining('proved') as string });
    expect(ask('sum(sin(x).^2)', 'sin(vector(2).*x)').verdict).toMatchObject({ isEqual: true, because: expect.stringContaining('checked') as string });
  });

  test.each([
    ['norm2(A*x-y)^2', "A'*(A*x-y)", /factor 2 is missing/],
    ['norm2(A*x-y)^2', "-2*A'*(A*x-y)", /sign/],
    ["x'*A*x", '2*A*x', /if A were symmetric/],
    ['norm2(A*x-y)^2', '2*A*(A*x-y)', /^a transpose of A is missing: 2\*A'\*\(A\*x-y\) is right$/],
    ["norm2(A'*x-y)^2", "2*A'*(A'*x-y)", /^a transpose of A is too many: 2\*A\*\(A'\*x-y\) is right$/],
    ['A*x', "A'", /transpose is missing \(or too many\): it is the derivative in denominator layout/],
  ])('%s with %s', (text, own, slip) => {
    const { verdict } = ask(text, own);
    expect(verdict).toMatchObject({ isEqual: false, slip: expect.stringMatching(slip) as string });
  });

  test('layouts and conventions are slips where they were not chosen, and right where they were', () => {
    const by = { by: ['X'], declare: 'X: matrix(n, n) symmetric; A: matrix(n, n)' };
    expect(ask('tr(A*X)', "A+A'-diag(diag(A))", by).verdict).toMatchObject({ isEqual: false, slip: expect.stringContaining('Cookbook') as string });
    expect(ask('tr(A*X)', "A+A'-diag(diag(A))", { ...by, symmetric: 'cookbook' }).verdict).toMatchObject({ isEqual: true });
    expect(ask('A*x', "A'", { layout: 'denominator' }).verdict).toMatchObject({ isEqual: true });
    expect(ask('A*x', 'A', { layout: 'denominator' }).verdict).toMatchObject({ isEqual: false, slip: expect.stringContaining('mixed layout') as string });
  });

  test('axes of a tensor in another order', () => {
    const T = 'T: tensor(i, j, k)';
    const { verdict } = ask("#(ijk,k->ij; T, x)", '#(ijk->kij; T)', { declare: T });
    expect(verdict).toMatchObject({ isEqual: false, slip: expect.stringContaining('another order') as string });
  });

  test('where they differ, with all values', () => {
    const { verdict } = ask('sum(x.^3)', '3*x.^2+x');
    expect(verdict).toMatchObject({ isEqual: false });
    const point = verdict?.isEqual === false ? verdict.point : undefined;
    expect(point?.values.map((v) => v.name)).toEqual(['x']);
    const [x, ours, theirs] = [point?.values[0]?.value, point?.ours, point?.theirs] as [number[], number[], number[]];
    x.forEach((xi, i) => {
      expect(ours[i]).toBeCloseTo(3 * xi ** 2, 9);
      expect(theirs[i]).toBeCloseTo(3 * xi ** 2 + xi, 9);
    });
  });

  test('errors of the own text are its diagnostics; nothing written is no verdict', () => {
    const wrong = ask('norm2(x)^2', '2*x*');
    expect(wrong.verdict).toBeUndefined();
    expect(wrong.diagnostics.map((d) => d.code)).toContain('missing-operand');
    expect(ask('norm2(x)^2', '  ')).toMatchObject({ diagnostics: [], ours: { text: '2*x' } });
    expect(() => ask('norm2(', '2*x')).toThrow(/error\[/);
  });
});
