// The examples and rules of the table, as they stand in the language: each example's derivative is derived, checked and
// compared, each rule's two sides are compared as functions.

import { describe, expect, test } from 'vitest';
import { inContext, newContext } from '../src/ir/expr.ts';
import { type Reading, read } from '../src/lang/read.ts';
import type { Expr } from '../src/ir/expr.ts';
import { allRules, functions } from '../src/ops/table.ts';
import { derive } from '../src/pipeline.ts';
import { checkEqual } from '../src/run/check.ts';

const examples = functions.flatMap((f) => f.examples.map((e) => ({ ...e, title: `${f.name}: d ${e.of} / d ${e.by}` })));

/** The expression, or the errors in its place. */
function readAs(text: string, beside: Reading, like: Expr): Expr | string {
  const { variables, functions: declared } = beside;
  const { expr, diagnostics } = read(text, { variables, functions: declared, expect: like.shape });
  return expr ?? `${text}: ${diagnostics.map((d) => `${d.message} (${d.needed} / ${d.found})`).join('; ')}`;
}

describe('examples', () => {
  test.each(examples)('$title', ({ of, by, is, declare }) => {
    inContext(newContext(), () => {
      const answer = derive(of, { by: [by], ...(declare !== undefined && { declare }) });
      const expected = readAs(is, answer.reading, answer.derivative);
      expect(expected).not.toBeTypeOf('string');
      if (typeof expected !== 'string') expect(checkEqual(expected, answer.derivative)).toMatchObject({ equal: true });
    });
  });
});

describe('rules', () => {
  test.each(allRules().map((rule) => ({ name: rule.name, ...rule.example })))('$name', ({ before, after, declare }) => {
    inContext(newContext(), () => {
      const left = read(before, declare === undefined ? {} : { declare });
      expect(left.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
      if (!left.expr) return;
      const right = readAs(after, left, left.expr);
      expect(right).not.toBeTypeOf('string');
      if (typeof right !== 'string') expect(checkEqual(left.expr, right)).toMatchObject({ equal: true });
    });
  });
});
