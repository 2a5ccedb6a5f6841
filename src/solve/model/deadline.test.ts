import { expect, test } from 'vitest';
import { inContext } from '../../ir/expr.ts';
import { prepareModel, readyFor } from './prepare.ts';
import { doneBy, lookAtTime } from '../../certify/deadline.ts';

const model = prepareModel('parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n log(sum(exp(A*x-b)))+norm2(x)\nst\n norm2(A*x) <= 3');

test('a proof past its deadline is given up, and found by a later search with the time for it', () => {
  const late = readyFor(model, new Map()).convexity(performance.now() - 1);
  expect([late.isLate, late.all, late.objective.serves]).toEqual([true, false, false]);
  expect(late.objective.says).toContain('the time did not suffice');
  const convexity = readyFor(model, new Map()).convexity();
  expect([convexity.isLate, convexity.all]).toEqual([false, true]);
});

test('the nearer of two deadlines counts, and other errors pass', () => {
  inContext(model.context, () => {
    const inner = doneBy(0, () => doneBy(Infinity, () => lookAtTime() ?? 'done'));
    expect(inner).toBeUndefined();
    expect(doneBy(Infinity, () => lookAtTime() ?? 'done')).toBe('done');
    expect(() => doneBy(0, () => JSON.parse('{'))).toThrow(SyntaxError);
  });
});
