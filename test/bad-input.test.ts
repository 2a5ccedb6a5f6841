// Whatever comes in: an answer or a clear error, within 2 seconds and 500 MB.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { RicciError } from '../src/base/diagnostic.ts';
import { random } from '../src/base/random.ts';
import { inContext, newContext } from '../src/ir/expr.ts';
import { derive } from '../src/pipeline.ts';
import type { Attempt } from './oracle/attempt.ts';

interface Question {
  readonly says: string;
  readonly text: string;
  readonly by?: readonly string[];
  readonly declare?: string;
  readonly wants?: Attempt['outcome'];
}

const many = (count: number, part: string | ((i: number) => string), between: string): string =>
  Array.from({ length: count }, (_, i) => (typeof part === 'string' ? part : part(i))).join(between);

const questions: readonly Question[] = [
  { says: '10,000 nested parentheses', text: `${'('.repeat(10_000)}x${')'.repeat(10_000)}` },
  { says: '10,000 brackets that stay open', text: '('.repeat(10_000), wants: 'error' },
  { says: '10,000 closing brackets', text: `x${')'.repeat(10_000)}`, wants: 'error' },
  { says: 'a megabyte of one sum', text: many(500_000, 'x', '+') },
  { says: 'a megabyte of one name', text: 'x'.repeat(1_000_000) },
  { says: 'a megabyte of digits', text: '7'.repeat(1_000_000) },
  { says: 'a megabyte of brackets', text: '[('.repeat(500_000), wants: 'error' },
  { says: 'a matrix to the power of a million', text: 'tr(A^1000000)', by: ['A'], declare: 'A: matrix(n, n)' },
  { says: 'a matrix to the power of 60', text: 'tr(A^60)', by: ['A'], declare: 'A: matrix(n, n)' },
  {
    says: 'a product of 100 different matrices',
    text: `tr(${many(100, (i) => `A${i}`, '*')})`,
    by: ['A50'],
    declare: many(100, (i) => `A${i}: matrix(n, n)`, '; '),
  },
  {
    says: 'a 60-factor Kronecker product',
    text: `tr(${'kron(A, '.repeat(59)}A${')'.repeat(59)})`,
    by: ['A'],
    declare: 'A: matrix(n, n)',
  },
  {
    says: 'a 60-factor Kronecker product of numbers',
    text: `tr(${'kron(A, '.repeat(59)}A${')'.repeat(59)})`,
    by: ['A'],
    declare: 'A: matrix(3, 3)',
  },
  { says: 'unknown function', text: 'frobnicate(x)', wants: 'error' },
  { says: 'unknown variable', text: "x'*x", by: ['y'], wants: 'error' },
  { says: 'names of the prototype', text: 'constructor(x)+toString*__proto__', wants: 'error' },
  { says: 'conflicting dims', text: 'A*x', declare: 'A: matrix(3, 4); x: vector(5)', wants: 'error' },
  { says: 'conflicting dims in a sum', text: "x'*x+sum(x+y)", declare: 'x: vector(3); y: vector(4)', wants: 'error' },
  { says: '10,000 transposes', text: `sum(x${"'".repeat(10_000)})` },
  { says: '5,000 terms', text: many(5000, (i) => `${i + 1}*x'*x`, '+') },
  { says: '3,000 variables', text: many(3000, (i) => `a${i}*b`, '+'), by: ['b'] },
  { says: '2,000 different functions of x', text: many(2000, (i) => `sin(a/${i + 1})`, '+'), by: ['a'] },
  { says: '5,000 nested functions', text: `${'sin('.repeat(5000)}a${')'.repeat(5000)}`, by: ['a'] },
  { says: '90 nested functions', text: `${'sin('.repeat(90)}a${')'.repeat(90)}`, by: ['a'] },
  { says: 'a power tower', text: many(3000, 'a', '^'), by: ['a'] },
  { says: 'a large power of a sum', text: '(a+b)^50', by: ['a', 'a'] },
  { says: 'a product of 60 sums', text: many(60, (i) => `(a+b${i})`, '*'), by: ['a'] },
  {
    says: 'a large power of a quadratic form',
    text: "(x'*A*x)^20",
    by: ['x', 'x'],
    declare: 'A: matrix(n, n) symmetric; x: vector(n)',
  },
  { says: 'a tower of squares', text: `${'('.repeat(40)}a${')^2'.repeat(40)}`, by: ['a'] },
  {
    says: 'doubling by definitions',
    text: `y0 = a\n${many(40, (i) => `y${i + 1} = y${i}*y${i}+y${i}`, '\n')}\ny40`,
    by: ['a'],
  },
  { says: 'an element of a billion', text: 'x[1000000000]', declare: 'x: vector(n)' },
  { says: 'an element zero', text: 'x[0]', declare: 'x: vector(n)', wants: 'error' },
  {
    says: 'an einsum with every letter',
    text: `#(${many(8, (i) => 'abcdefghijklmnopqrstuvwxyz'.slice(3 * i, 3 * i + 3), ',')}->; ${many(8, 'T', ', ')})`,
    by: ['T'],
    declare: 'T: tensor(n, n, n)',
  },
  {
    says: 'a symmetric einsum of 24 factors',
    text: `#(${many(24, (i) => `${'abcdefgh'[i % 8] ?? ''}${'abcdefgh'[(i * 3 + 1) % 8] ?? ''}`, ',')}->; ${many(24, 'A', ', ')})`,
    by: ['A'],
    declare: 'A: matrix(n, n) symmetric',
  },
  { says: 'sizes that cannot be stored', text: "x'*x", declare: 'x: vector(1000000000)' },
  { says: 'sizes beyond counting', text: "x'*x", declare: 'x: vector(99999999999999999999)', wants: 'error' },
  { says: 'numbers beyond floats', text: '1e400*x', declare: 'x: vector(n)' },
  { says: 'a division by zero', text: 'x/0', declare: 'x: vector(n)' },
  { says: 'zero to the power of zero', text: '0^0*a', by: ['a'] },
  { says: 'nothing', text: '', wants: 'error' },
  { says: 'white space', text: ' \n\t ', wants: 'error' },
  { says: 'a zero character', text: 'x\u0000y', wants: 'error' },
  { says: 'half a surrogate pair', text: 'x+\ud83d', wants: 'error' },
  { says: 'an open string', text: "#('ij", wants: 'error' },
  {
    says: 'bad declarations',
    text: "x'*x",
    declare: 'x: vektor(n); : ; y matrix; x: vector(n, m) in (2, 1)',
    wants: 'error',
  },
  { says: 'a declaration of a megabyte', text: "x'*x", declare: 'x: vector(n) '.repeat(80_000) },
];

const node = join(import.meta.dirname, '../node_modules/.bin/node');
const folder = mkdtempSync(join(tmpdir(), 'ricci-'));
const script = join(import.meta.dirname, 'oracle/attempt.ts');

function attempt(q: Question): Attempt {
  const file = join(folder, 'question.json');
  writeFileSync(file, JSON.stringify({ text: q.text, by: q.by ?? ['x'], declare: q.declare }));
  const run = spawnSync(node, ['--max-old-space-size=500', script, file], {
    encoding: 'utf8',
    // What counts is the time of the processor; a busy machine may take much longer.
    timeout: 60_000,
    env: process.env,
  });
  if (run.status !== 0 || run.stdout === '')
    return {
      outcome: 'crash',
      said: `${run.error?.message ?? ''} ${run.stderr.slice(0, 600)}`,
      milliseconds: Infinity,
      megabytes: Infinity,
    };
  return JSON.parse(run.stdout) as Attempt;
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('an answer or an error', () => {
  test.each(questions.map((q) => [q.says, q] as const))('%s', (_, q) => {
    const { outcome, said, milliseconds, megabytes } = attempt(q);
    expect(outcome, `it said ${said}`).not.toBe('crash');
    if (q.wants) expect(outcome, `it said ${said}`).toBe(q.wants);
    expect(milliseconds, `it said ${said}`).toBeLessThan(2000);
    expect(megabytes, `it said ${said}`).toBeLessThan(500);
  }, 90_000);
});

test('random text is answered or refused with a code and a span inside the text', () => {
  const r = random(7);
  const pieces = [
    "x'",
    '*',
    '+',
    '-',
    '/',
    '.*',
    './',
    '^',
    '(',
    ')',
    '[',
    ']',
    ',',
    ';',
    ':',
    '=',
    '#(',
    '->',
    'A',
    'x',
    'sum',
    'tr(',
    'ij',
    '2',
    '1e3',
    ' ',
    '\n',
    '§',
    '½',
    '∇',
    '\\frac{',
    '}',
    '$',
    "'",
    '"',
    '_',
    '.',
    'eye',
    'vector(1)',
    'matrix(',
    '<=',
    'é',
    '\u{1F600}',
    '\u0007',
  ];
  for (let k = 0; k < 1500; k++) {
    const text = Array.from({ length: 1 + r.integer(12) }, () => pieces[r.integer(pieces.length)]).join('');
    inContext(newContext(), () => {
      try {
        derive(text, { by: ['x'], declare: 'x: vector(n); A: matrix(n, n)', points: 1 });
      } catch (e) {
        if (!(e instanceof RicciError)) throw new Error(`${JSON.stringify(text)}: ${(e as Error).stack}`, { cause: e });
        for (const d of e.diagnostics) {
          expect(d.code, `for ${text}`).toMatch(/^[a-z0-9-]+$/);
          const length = d.source === 'declare' ? Infinity : text.length;
          expect(
            d.span[0] >= 0 && d.span[0] <= d.span[1] && d.span[1] <= length,
            `${JSON.stringify(text)} ${JSON.stringify(d)}`,
          ).toBe(true);
        }
      }
    });
  }
});

test('random bytes are read without an exception', () => {
  const r = random(11);
  for (let k = 0; k < 500; k++) {
    const text = String.fromCharCode(
      ...Array.from({ length: 1 + r.integer(60) }, () => (r.uniform() < 0.7 ? 32 + r.integer(95) : r.integer(65536))),
    );
    inContext(newContext(), () => {
      try {
        derive(text, { by: ['x'], points: 1 });
      } catch (e) {
        if (!(e instanceof RicciError)) throw new Error(`${JSON.stringify(text)}: ${(e as Error).stack}`, { cause: e });
      }
    });
  }
});
