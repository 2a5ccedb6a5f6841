// Emitted NumPy, JAX and PyTorch, run by the real libraries: one Python process for all cases of all targets. A library
// that is not there is skipped, and said so. RICCI_PYTHON names another interpreter, such as one with JAX and PyTorch.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashText } from '../../src/base/hash.ts';
import { must } from '../../src/base/internal.ts';
import { type EmitRequest, dialects, emit } from '../../src/emit/emit.ts';
import { add, times, total } from '../../src/ir/build.ts';
import { dim } from '../../src/ir/dim.ts';
import { einsum, inContext, newContext, variable } from '../../src/ir/expr.ts';
import type { Nested } from '../../src/ops/reference/dense.ts';
import { allOps } from '../../src/ops/table.ts';
import { code } from '../../src/pipeline/code.ts';
import { type Prepared, all, prepare, publishedPoints } from './cases.ts';
import { far } from './far.ts';

const python = process.env['RICCI_PYTHON'] ?? join(import.meta.dirname, '../../.venv/bin/python');
const libraries = { numpy: 'numpy', jax: 'jax', torch: 'torch' } as const;
type PythonTarget = keyof typeof libraries;

function hasModule(name: string): boolean {
  return existsSync(python) && spawnSync(python, ['-c', `import ${name}`]).status === 0;
}

const targets = (Object.keys(libraries) as PythonTarget[]).filter((target) => {
  const isThere = hasModule(libraries[target]);
  if (!isThere) process.stdout.write(`emitted ${target} is not run: ${python} has no ${libraries[target]}\n`);
  return isThere;
});
const hasScipy = hasModule('scipy');

interface Job {
  readonly path: string;
  readonly target: PythonTarget;
  readonly values: Readonly<Record<string, Nested>>;
  readonly sizes?: Readonly<Record<string, number>>;
  readonly callables?: Readonly<Record<string, readonly [string, number]>>;
  readonly hashes?: Readonly<Record<string, number>>;
  readonly calls: readonly string[];
  readonly direction?: Nested;
  /** Where the derivative is asked for too. */
  readonly points?: readonly Readonly<Record<string, Nested>>[];
}

interface Answer {
  readonly error?: string;
  readonly results?: Readonly<Record<string, Nested>>;
}

const folder = mkdtempSync(join(tmpdir(), 'ricci-emitted-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const jobs: Job[] = [];
let answers: readonly Answer[] = [];

/** Registers a job; its answer is there when the tests run. */
function later(job: Omit<Job, 'path'> & { readonly text: string }): () => Answer {
  const index = jobs.length;
  const path = join(folder, `m${index}.py`);
  const { text, ...rest } = job;
  writeFileSync(path, text);
  jobs.push({ path, ...rest });
  return () => must(answers[index]);
}

/** Sizes and functions that the emitted module asks for beside the variables. */
function extras(text: string, prepared: Prepared): Pick<Job, 'sizes' | 'callables' | 'hashes'> {
  const head = /def value\(([^)]*)\)/.exec(text)?.[1] ?? '';
  const named = (type: string): string[] => [...head.matchAll(new RegExp(`(\\w+): ${type}\\b`, 'g'))].map((m) => must(m[1]));
  return {
    sizes: Object.fromEntries(named('int').map((name) => [name, must(prepared.sizes.get(name))])),
    callables: Object.fromEntries(named('Callable').map((name) => [name, ['f', name === 'f' ? 0 : Number(/^d(\d*)f$/.exec(name)?.[1] ?? '') || 1] as const])),
    hashes: { f: hashText('f') },
  };
}

beforeAll(() => {
  if (jobs.length === 0) return;
  const [input, output] = [join(folder, 'jobs.json'), join(folder, 'answers.json')];
  writeFileSync(input, JSON.stringify(jobs));
  const { status, stderr } = spawnSync(python, [join(import.meta.dirname, 'run.py'), input, output], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Python failed: ${stderr}`);
  answers = JSON.parse(readFileSync(output, 'utf8')) as Answer[];
}, 900_000);

function flat(value: Nested): number[] {
  return typeof value === 'number' ? [value] : value === null ? [Number.NaN] : value.flatMap(flat);
}

function shapeOf(value: Nested): number[] {
  return typeof value === 'number' || value === null ? [] : [value.length, ...(value.length > 0 ? shapeOf(must(value[0])) : [])];
}

function difference(found: Nested, wanted: Nested): number {
  const [a, b] = [flat(found), flat(wanted)];
  const size = Math.max(1, ...b.map(Math.abs));
  return Math.max(0, ...b.map((v, i) => Math.abs(v - (a[i] ?? Number.NaN)))) / size;
}

const prepared = all.map((c) => ({ c, p: inContext(newContext(), () => prepare(c)) }));
const needsScipy = new Set(['erf', 'lgamma', 'digamma', 'polygamma']);

describe.each(targets)('%s', (target) => {
  const dialect = must(dialects[target]);
  const cases = prepared
    .filter(({ p }) => target !== 'numpy' || hasScipy || ![...p.ops].some((op) => needsScipy.has(op)))
    // JAX compiles every function anew; the published cases stand for all there, one function each.
    .filter(({ c }) => target !== 'jax' || /^[A-I]\d+$/.test(c.id) || c.id.startsWith('more_'))
    .map(({ c, p }) => {
      const { text } = inContext(newContext(), () => emit(p.request, dialect));
      const points = publishedPoints.get(c.id) ?? [];
      const calls = target === 'jax' ? ['both'] : ['value', 'derivative', 'both'];
      return { title: `${c.id}: ${c.text} by ${c.by.join(', ')}`, p, points, answer: later({ text, target, values: p.values, calls, points: points.map(({ at }) => Object.fromEntries(Object.entries(at).filter(([name]) => name in p.values))), ...(p.direction !== undefined && text.includes('def derivative_core') && { direction: p.direction }), ...extras(text, p) }) };
    });

  test.each(cases)('$title', ({ p, points, answer }) => {
    const { error, results = {} } = answer();
    expect(error).toBeUndefined();
    for (const [k, { expected }] of points.entries()) expect(difference(must(results[`point ${k}`]), expected)).toBeLessThan(p.tolerance);
    for (const [name, found] of Object.entries(results)) {
      if (name.startsWith('point ')) continue;
      // A system and back again: as exact as the system allows.
      if (name === 'resolved') {
        expect(difference(found, must(p.expected['applied']))).toBeLessThan(1e-6);
        continue;
      }
      const wanted = must(p.expected[name], name);
      if (name !== 'both') expect(shapeOf(found)).toEqual(shapeOf(wanted));
      expect(difference(found, wanted)).toBeLessThan(p.tolerance);
    }
  });
});

test('every function of the table is emitted somewhere', () => {
  const seen = new Set(prepared.flatMap(({ p }) => [...p.ops]));
  // Made by `stabilise`; the tests of src/emit look at them.
  const made = new Set(['solve', 'cholsolve']);
  expect(allOps().map((op) => op.name).filter((name) => !seen.has(name) && !made.has(name))).toEqual([]);
});

describe('far from zero', () => {
  const cases = targets.flatMap((target) =>
    far.map(({ text, values, by, value, gradient }) => ({
      title: `${target}: ${text}`,
      value,
      gradient,
      answer: later({ text: inContext(newContext(), () => code(text, target, { by: [by], want: ['gradient'], points: 0 }).text), target, values, calls: ['value', 'gradient'] }),
    })),
  );
  test.each(cases)('$title', ({ value, gradient, answer }) => {
    const { error, results } = answer();
    expect(error).toBeUndefined();
    const size = Math.abs(value) || 1;
    expect(Math.abs((results?.['value'] as number) - value) / size).toBeLessThan(1e-12);
    expect(difference(must(results?.['gradient']), gradient)).toBeLessThan(1e-12);
  });
});

describe('symmetric products wide enough to be computed in blocks', () => {
  // Columns 0 … 599 of two rows: every block of the product has other entries.
  const A = [0, 1].map((r) => Array.from({ length: 600 }, (_, j) => ((7 * j + 3 * r) % 11) - 5 + r / 2));
  const H = must(A[0]).map((_, j) => must(A[0]).map((__, k) => 2 * A.reduce((sum, row) => sum + row[j]! * row[k]!, 0)));
  const x = must(A[0]).map((_, j) => j % 3);
  const cases = targets.map((target) => ({ target, answer: later({ text: inContext(newContext(), () => code('norm2(A*x)^2', target, { by: ['x'], want: ['hessian'], points: 0 }).text), target, values: { A, x }, calls: ['hessian'] }) }));
  test.each(cases)('$target', ({ answer }) => {
    const { error, results } = answer();
    expect(error).toBeUndefined();
    expect(results?.['hessian']).toEqual(H);
  });
});

describe('wrong arguments', () => {
  const wrong: readonly (readonly [values: Record<string, Nested>, says: RegExp])[] = [
    [{ x: [1, 2, 3], A: [[1, 2], [3, 4]], y: [1, 2] }, /ValueError: A must have shape \(m, n\) with n = 3 from x, got \(2, 2\)/],
    [{ x: [1, 2], A: [[1, 2], [3, 4]], y: [1, 2, 3] }, /ValueError: y must have shape \(m,\) with m = 2 from A, got \(3,\)/],
    [{ x: 1, A: [[1, 2], [3, 4]], y: [1, 2] }, /ValueError: x must have shape \(n,\), got \(\)/],
  ];
  const cases = targets.flatMap((target) => {
    const { text } = inContext(newContext(), () => code('norm2(A*x-y)^2', target, { by: ['x'], want: ['gradient'], points: 0 }));
    return wrong.map(([values, says]) => ({ target, says, answer: later({ text, target, values, calls: ['gradient'] }) }));
  });
  test.each(cases)('$target: $says', ({ says, answer }) => {
    expect(answer().error).toMatch(says);
  });
});

describe('names and text of users stay in their place', () => {
  const marker = join(folder, 'harm');
  const attack = `open(r'${marker}', 'w')`;
  const hostile = [`x"); ${attack} #`, `x'''\n${attack}\n'''`, `"""\n${attack}\n"""`, 'None', 'xp', 'np', 'lambda', '_checked', 'value', 'A\\', 'x\u2028y', 'ﬁ', 'fi', '{0}', '@special', '$xp', 'direction', 'core', 'λ', 'lambda_', '__import__("os")'];
  const request = (name: string): EmitRequest => {
    const n = dim(`n"]; ${attack} #`);
    const [x, y] = [variable(name, [n]), variable(`${name}2`, [n])];
    const all2 = add(times(x, x), y);
    return { name, title: `"""\n${attack}\n\\`, variables: [x, y], outputs: [{ name: 'value', says: `${name} \\" """ ${attack}`, expr: total(all2) }, { name: `${name}!`, says: name, expr: einsum('i,i->i', [x, y]) }] };
  };
  const cases = targets.flatMap((target) =>
    hostile.map((name) => {
      const { text } = inContext(newContext(), () => emit(request(name), must(dialects[target])));
      const [x, y] = must(/def value\(\s*([^)]*)\)/.exec(text)?.[1]).split(', ').map((p) => must(p.trim().split(':')[0]));
      return { title: `${target}: ${JSON.stringify(name)}`, answer: later({ text, target, values: { [must(x)]: [1, 2], [must(y)]: [3, 5] }, calls: ['value'] }) };
    }),
  );
  test.each(cases)('$title', ({ answer }) => {
    const { error, results } = answer();
    expect(error).toBeUndefined();
    expect(results?.['value']).toBe(13);
    expect(existsSync(marker)).toBe(false);
  });
});

describe('the self-check of a module', () => {
  const modules: readonly (readonly [text: string, by: string, declare?: string])[] = [
    ["norm2(T-U*V')^2", 'U'],
    ['logdet(S)', 'S', 'S: matrix(n, n) pd'],
    ['sum(log(x))', 'x'],
    ['norm2(D*x)^2', 'D', 'D: matrix(n, n) diagonal'],
    ['tr(D*D)', 'D', 'D: matrix(n, n) diagonal'],
    ['sum(f(A*x))', 'x', 'f: function'],
  ];
  const cases = targets.filter((target) => target === 'numpy').flatMap((target) => modules.map(([text, by, declare]) => ({ target, text, by, declare })));
  test.each(cases)('$target: $text by $by', ({ target, text, by, declare }) => {
    const file = inContext(newContext(), () => code(text, target, { by: [by], want: ['hessian', 'hvp'], points: 0, ...(declare !== undefined && { declare }) }));
    const path = join(folder, `check_${target}_${modules.findIndex((m) => m[0] === text)}.py`);
    writeFileSync(path, file.text);
    const { status, stdout, stderr } = spawnSync(python, [path], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('largest relative error');
  });
});
