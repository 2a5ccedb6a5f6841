// Emitted TypeScript: one Node process runs all modules, one compiler run checks their types.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashText } from '../../src/base/hash.ts';
import { must } from '../../src/base/internal.ts';
import { emit } from '../../src/emit/emit.ts';
import { typescript } from '../../src/emit/typescript.ts';
import { inContext, newContext } from '../../src/ir/expr.ts';
import type { Nested } from '../../src/ops/reference/dense.ts';
import { code } from '../../src/pipeline/code.ts';
import { type Prepared, all, prepare, publishedPoints } from './cases.ts';
import { far } from './far.ts';
import { difference, hostileRequest, selfChecked, shapeOf } from './native.ts';

interface Job {
  readonly path: string;
  readonly values: Readonly<Record<string, Nested>>;
  readonly callables?: Readonly<Record<string, readonly [hash: number, order: number]>>;
  readonly calls: readonly string[];
  readonly direction?: Nested;
  /** Where the derivative is asked for too. */
  readonly points?: readonly Readonly<Record<string, Nested>>[];
}

interface Answer {
  readonly error?: string;
  readonly results?: Readonly<Record<string, { readonly shape: readonly number[]; readonly numbers: readonly (number | string)[] }>>;
}

const folder = mkdtempSync(join(tmpdir(), 'ricci-typescript-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const jobs: Job[] = [];
let answers: readonly Answer[] = [];
let types = '';

function later({ text, ...job }: Omit<Job, 'path'> & { readonly text: string }): () => Answer {
  const index = jobs.length;
  const path = join(folder, `m${index}.ts`);
  writeFileSync(path, text);
  jobs.push({ path, ...job });
  return () => must(answers[index]);
}

/** Sizes and functions that the module asks for beside the variables. */
function extras(text: string, { sizes, values }: Prepared): Pick<Job, 'values' | 'callables'> {
  const block = /export interface Arguments \{([\s\S]*?)\n\}/.exec(text)?.[1] ?? '';
  const fields = [...block.matchAll(/readonly (\w+): (.*);/g)].map((m) => [must(m[1]), must(m[2])] as const);
  const callables = fields.filter(([, type]) => type.includes('=>')).map(([name]) => [name, [hashText('f'), name === 'f' ? 0 : Number(/^d(\d*)f$/.exec(name)?.[1] ?? '') || 1] as const] as const);
  const explicit = fields.filter(([name, type]) => type === 'number' && !(name in values) && sizes.has(name)).map(([name]) => [name, must(sizes.get(name))] as const);
  return { values: { ...values, ...Object.fromEntries(explicit) }, callables: Object.fromEntries(callables) };
}

beforeAll(() => {
  const [input, output] = [join(folder, 'jobs.json'), join(folder, 'answers.json')];
  writeFileSync(input, JSON.stringify(jobs));
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'run-typescript.ts'), input, output], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Node failed: ${stderr}`);
  answers = JSON.parse(readFileSync(output, 'utf8')) as Answer[];
  const config = { compilerOptions: { target: 'es2022', lib: ['es2022'], module: 'esnext', moduleResolution: 'bundler', types: [], strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noUnusedLocals: true, noUnusedParameters: true, isolatedDeclarations: true, declaration: true, erasableSyntaxOnly: true, noEmit: true }, files: jobs.map((j) => j.path) };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const compiler = join(import.meta.dirname, '../../node_modules/.bin/tsc');
  types = spawnSync(compiler, ['-p', join(folder, 'tsconfig.json')], { encoding: 'utf8' }).stdout;
}, 300_000);

function numbers(found: { readonly numbers: readonly (number | string)[] } | undefined): number[] {
  return (found?.numbers ?? []).map(Number);
}

const cases = all.map((c) => {
  const { p, text } = inContext(newContext(), () => {
    const made = prepare(c);
    return { p: made, text: emit(made.request, typescript).text };
  });
  const hasCore = text.includes('export function derivativeCore');
  const points = publishedPoints.get(c.id) ?? [];
  return { title: `${c.id}: ${c.text} by ${c.by.join(', ')}`, p, points, answer: later({ text, calls: ['value', 'derivative', 'both'], points: points.map(({ at }) => at), ...(p.direction !== undefined && hasCore && { direction: p.direction }), ...extras(text, p) }) };
});

test.each(cases)('$title', ({ p, points, answer }) => {
  const { error, results = {} } = answer();
  expect(error).toBeUndefined();
  expect(Object.keys(results)).toContain('derivative');
  for (const [k, { expected }] of points.entries()) {
    const found = must(results[`point ${k}`]);
    expect(found.shape).toEqual(shapeOf(expected));
    expect(difference(numbers(found), expected)).toBeLessThan(p.tolerance);
  }
  for (const [name, found] of Object.entries(results)) {
    if (name.startsWith('point ')) continue;
    const wanted = must(p.expected[name], name);
    if (name !== 'both') expect(found.shape).toEqual(shapeOf(wanted));
    expect(difference(numbers(found), wanted)).toBeLessThan(p.tolerance);
  }
});

test('both points of every published case are among them', () => {
  expect(cases.filter((c) => c.points.length === 2)).toHaveLength(124);
});

describe('far from zero', () => {
  const made = far.map((c) => ({ ...c, answer: later({ text: inContext(newContext(), () => code(c.text, 'typescript', { by: [c.by], want: ['gradient'], points: 0 }).text), values: c.values, calls: ['value', 'gradient'] }) }));
  test.each(made)('$text', ({ value, gradient, answer }) => {
    const { error, results } = answer();
    expect(error).toBeUndefined();
    expect(Math.abs(must(numbers(results?.['value'])[0]) - value) / (Math.abs(value) || 1)).toBeLessThan(1e-12);
    expect(difference(numbers(results?.['gradient']), gradient)).toBeLessThan(1e-12);
  });
});

describe('wrong arguments', () => {
  const { text } = inContext(newContext(), () => code('norm2(A*x-y)^2', 'typescript', { by: ['x'], want: ['gradient'], points: 0 }));
  const A = [[1, 2], [3, 4]];
  const wrong: readonly (readonly [values: Record<string, Nested>, says: string])[] = [
    [{ x: [1, 2, 3], A, y: [1, 2] }, 'A must have shape (m, n) with n = 3 from x, got (2, 2)'],
    [{ x: [1, 2], A, y: [1, 2, 3] }, 'y must have shape (m,) with m = 2 from A, got (3,)'],
    [{ x: 1, A, y: [1, 2] }, 'x must have shape (n,), got ()'],
  ];
  const made = wrong.map(([values, says]) => ({ says, answer: later({ text, values, calls: ['gradient'] }) }));
  test.each(made)('$says', ({ says, answer }) => {
    expect(answer().error).toBe(`RangeError: ${says}`);
  });
});

describe('names and text of users stay in their place', () => {
  const marker = join(folder, 'harm');
  const attack = `process.getBuiltinModule('fs').writeFileSync('${marker}', '')`;
  const hostile = [`x*/; ${attack} //`, `\${${attack}}`, `'); ${attack} //`, '`', 'data', 'class', 'double', 'function', 'Eigen', 'given', 'value', 'sum', 'vector', 'i', 'j', 'A\\', 'x\u2028y', '\uFB01', 'fi', '{0}', '@sum', 'direction', 'core', 'λ', 'lambda_', '__proto__', 'constructor', 'checkShapes', 'Math'];
  const made = hostile.map((name) => {
    const { text } = inContext(newContext(), () => emit(hostileRequest(name, attack), typescript));
    const [x, y] = [...must(/export interface Arguments \{([\s\S]*?)\n\}/.exec(text)?.[1]).matchAll(/readonly (\w+):/g)].map((m) => must(m[1]));
    return { title: JSON.stringify(name), answer: later({ text, values: { [must(x)]: [1, 2], [must(y)]: [3, 5] }, calls: ['value'] }) };
  });
  test.each(made)('$title', ({ answer }) => {
    const { error, results } = answer();
    expect(error).toBeUndefined();
    expect(numbers(results?.['value'])).toEqual([13]);
    expect(existsSync(marker)).toBe(false);
  });
});

describe('the self-check of a module', () => {
  const made = selfChecked.map(([of, by, declare]) => {
    const { text } = inContext(newContext(), () => code(of, 'typescript', { by: [by], want: ['hessian', 'hvp'], points: 0, ...(declare !== undefined && { declare }) }));
    const broken = text.replace(/(export function gradient\([\s\S]*?\n {2}return )([\s\S]*?);\n\}/, (_, head: string, result: string) => `${head}((g: unknown) => (typeof g === 'number' ? 1.01 * g : g instanceof Float64Array ? g.map((v) => 1.01 * v) : { ...(g as object), data: (g as unknown as Matrix).data.map((v) => 1.01 * v) }) as never)(${result});\n}`);
    return { title: `${of} by ${by}`, answer: later({ text, values: {}, calls: ['selfCheck'] }), wrong: broken === text ? undefined : runBroken(broken) };
  });
  test.each(made)('$title', ({ answer, wrong }) => {
    const { error, results } = answer();
    expect(error).toBeUndefined();
    expect(Math.max(...numbers(results?.['selfCheck']))).toBeLessThan(1e-6);
    expect(numbers(results?.['selfCheck']).length).toBeGreaterThan(0);
    expect(wrong).toContain('derivatives and differences disagree');
  });
});

/** A module whose gradient is one percent off, and what its self-check says. */
function runBroken(text: string): string {
  const path = join(folder, `broken${Math.abs(hashText(text))}.ts`);
  writeFileSync(path, text);
  return spawnSync(process.execPath, ['-e', `import(${JSON.stringify(path)}).then((m) => m.selfCheck()).catch((e) => console.log(e.message))`], { encoding: 'utf8' }).stdout;
}

test('all emitted files pass the compiler in strict mode', () => {
  expect(types).toBe('');
});
