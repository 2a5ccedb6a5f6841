import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../base/diagnostic.ts';
import { type Code, codes } from './codes.ts';
import { readModel } from './model.ts';
import { read } from './read.ts';

/** The first block of a page is wrong, the last right; the one between is the message. */
function page(code: string): { wrong: string; message: string; right: string } | undefined {
  const text = readFileSync(new URL(`../../docs/errors/${code}.md`, import.meta.url), 'utf8');
  expect(text.startsWith(`# ${code}\n`)).toBe(true);
  const [wrong, message, right] = [...text.matchAll(/```\n([\s\S]*?)\n```/g)].map((m) => m[1] ?? '');
  return wrong !== undefined && message !== undefined && right !== undefined ? { wrong, message, right } : undefined;
}

function run(example: string): { diagnostics: readonly Diagnostic[]; isRead: boolean } {
  if (/^(parameters|variables|min)$/m.test(example)) {
    const { diagnostics, model } = readModel(example);
    return { diagnostics, isRead: model !== undefined };
  }
  const [first = '', ...rest] = example.split('\n');
  const { diagnostics, expr } = first.startsWith('declare ')
    ? read(rest.join('\n'), { declare: first.slice('declare '.length) })
    : read(example);
  return { diagnostics, isRead: expr !== undefined };
}

// No short text can show these.
const unshown: readonly Code[] = [
  'text-too-long',
  'too-many-tokens',
  'nesting-too-deep',
  'data-shape-differs',
  'result-shape-differs',
];

describe('every code has a page whose examples are true', () => {
  test.each(Object.keys(codes) as Code[])('%s', (code) => {
    expect(existsSync(new URL(`../../docs/errors/${code}.md`, import.meta.url))).toBe(true);
    const shown = page(code);
    if (shown === undefined) {
      expect(unshown).toContain(code);
      return;
    }
    const found = run(shown.wrong).diagnostics.find((d) => d.code === code);
    expect(shown.message.split('\n')[0]).toBe(`${found?.severity}[${code}]: ${found?.message}`);
    const right = run(shown.right);
    expect(right.isRead).toBe(true);
    expect(right.diagnostics.map((d) => d.code)).not.toContain(code);
  });
});
