// Emitted code of a scripting language, run by its real runtime: one process for all cases. Jobs and answers pass as a
// script and as lines of text with 17 digits, the first axis of an array moving fastest.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashText } from '../../src/base/hash.ts';
import { must } from '../../src/base/internal.ts';
import type { Dialect } from '../../src/emit/dialect.ts';
import { type EmitRequest, type EmittedFile, emit } from '../../src/emit/emit.ts';
import { add, times, total } from '../../src/ir/build.ts';
import { dim } from '../../src/ir/dim.ts';
import { einsum, inContext, newContext, variable } from '../../src/ir/expr.ts';
import type { Nested } from '../../src/ops/reference/dense.ts';
import { allOps } from '../../src/ops/table.ts';
import { code } from '../../src/pipeline/code.ts';
import { all, prepare, publishedPoints } from './cases.ts';
import { far } from './far.ts';

export interface ScriptLanguage {
  readonly dialect: Dialect;
  /** The command, as it is called with the script. */
  readonly command: readonly string[];
  /** Why it is not there, to be printed. */
  readonly missing: string;
  /** An array with these sizes, its entries with the first axis moving fastest. */
  readonly array: (entries: readonly string[], sizes: readonly number[]) => string;
  /** The function `a^k sin(a x + 0.4 + k pi/2) + b^k exp(b x) / 2`. */
  readonly declared: (a: number, b: number, k: number) => string;
  /** The head of a script that has jobs behind it. */
  readonly head: (answers: string) => string;
  readonly job: (job: Job) => string;
  readonly tail: string;
  /** The functions of an emitted file, in order. */
  readonly functions: (text: string) => readonly string[];
  /** The parameters of one of them. */
  readonly parameters: (text: string, name: string) => readonly string[];
  readonly hasCore: (text: string) => boolean;
  /** The sizes that the runtime gives for an array with these. */
  readonly sizes: (sizes: readonly number[]) => readonly number[];
  /** A file made on attack, in the language. */
  readonly attack: (path: string) => string;
  /** Texts that would end a comment, a string or a line, with the attack behind them. */
  readonly hostile: (attack: string) => readonly string[];
  readonly wrong: readonly (readonly [values: Readonly<Record<string, Nested>>, says: RegExp])[];
  /** A script that runs the self-check of an emitted file. */
  readonly selfCheck: (folder: string, file: EmittedFile) => string;
}

export interface Job {
  readonly number: number;
  readonly folder: string;
  readonly path: string;
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly calls: readonly string[];
  readonly direction?: string;
}

interface Found {
  readonly sizes: readonly number[];
  readonly values: readonly number[];
}

interface Answer {
  readonly error?: string;
  readonly results: ReadonlyMap<string, Found>;
}

export function scriptTests(language: ScriptLanguage): void {
  const { dialect } = language;
  const isThere = spawnSync(must(language.command[0]), ['--version']).status === 0;
  if (!isThere) {
    process.stdout.write(`emitted ${dialect.target} is not run: ${language.missing}\n`);
    test.skip(`${dialect.target} is not there`, () => undefined);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), `ricci-${dialect.target}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const jobs: Job[] = [];
  const answers = new Map<number, Answer>();
  const later = (file: EmittedFile, job: Omit<Job, 'number' | 'folder' | 'path'>): (() => Answer) => {
    const number = jobs.length;
    const own = join(folder, `j${number}`);
    mkdirSync(own);
    writeFileSync(join(own, file.path), file.text);
    jobs.push({ number, folder: own, path: file.path, ...job });
    return () => answers.get(number) ?? { error: 'no answer', results: new Map() };
  };

  beforeAll(() => {
    const [script, output] = [join(folder, `jobs${dialect.extension}`), join(folder, 'answers.txt')];
    writeFileSync(script, [language.head(output), ...jobs.map(language.job), language.tail].join('\n'));
    const { status, stderr } = spawnSync(must(language.command[0]), [...language.command.slice(1), script], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`${language.command[0]} failed: ${stderr}`);
    for (const [number, answer] of readAnswers(readFileSync(output, 'utf8'))) answers.set(number, answer);
  }, 900_000);

  const literal = (value: Nested): string => {
    const sizes = shapeOf(value);
    return language.array(firstFastest(value, sizes).map(String), sizes);
  };
  /** Values of the parameters: variables in order, then sizes and declared functions by name. */
  const given = (file: EmittedFile, request: EmitRequest, values: Readonly<Record<string, Nested>>, sizes: ReadonlyMap<string, number>): Pick<Job, 'names' | 'values'> => {
    const names = language.parameters(file.text, 'value');
    const rest = names.slice(request.variables.length).map((name) => {
      const size = sizes.get(name);
      if (size !== undefined) return String(size);
      const h = hashText('f');
      return language.declared(0.6 + (h % 97) / 200, 0.3 + (h % 89) / 300, name === 'f' ? 0 : Number(/^d(\d*)f$/.exec(name)?.[1] ?? '') || 1);
    });
    return { names, values: [...request.variables.map((v) => literal(must(values[v.name], v.name))), ...rest] };
  };
  const matches = (found: Found | undefined, wanted: Nested, tolerance: number): void => {
    const sizes = shapeOf(wanted);
    expect(found?.sizes).toEqual(language.sizes(sizes));
    expect(difference(must(found).values, firstFastest(wanted, sizes))).toBeLessThan(tolerance);
  };

  const prepared = all.map((c) => ({ c, p: inContext(newContext(), () => prepare(c)) }));

  describe('every case', () => {
    const cases = prepared.map(({ c, p }) => {
      const file = inContext(newContext(), () => emit(p.request, dialect));
      const isCore = language.hasCore(file.text);
      return {
        title: `${c.id}: ${c.text} by ${c.by.join(', ')}`,
        p,
        answer: later(file, { ...given(file, p.request, p.values, p.sizes), calls: ['value', 'derivative', 'both'], ...(isCore && p.direction !== undefined && { direction: literal(p.direction) }) }),
        isCore,
        published: (publishedPoints.get(c.id) ?? []).map(({ at, expected }) => ({ expected, answer: later(file, { ...given(file, p.request, at, p.sizes), calls: ['derivative'] }) })),
      };
    });
    test.each(cases)('$title', ({ p, answer, isCore, published }) => {
      const { error, results } = answer();
      expect(error).toBeUndefined();
      matches(results.get('value'), must(p.expected['value']), p.tolerance);
      matches(results.get('derivative'), must(p.expected['derivative']), p.tolerance);
      matches(results.get('both 1'), must(p.expected['value']), p.tolerance);
      const wanted = must(p.expected['derivative']);
      const second = must(results.get('both 2'));
      if (isCore && p.direction !== undefined) matches(results.get('applied'), must(p.expected['applied']), p.tolerance);
      const resolved = results.get('resolved');
      // A system and back again: as exact as the system allows.
      if (resolved) matches(resolved, must(p.expected['applied']), 1e-6);
      if (!isCore) expect(second.sizes).toEqual(language.sizes(shapeOf(wanted)));
      if (second.sizes.join() === language.sizes(shapeOf(wanted)).join()) matches(second, wanted, p.tolerance);
      for (const point of published) {
        const there = point.answer();
        expect(there.error).toBeUndefined();
        matches(there.results.get('derivative'), point.expected, p.tolerance);
      }
    });
    test('both points of every published case are among them', () => {
      expect(cases.filter((c) => c.published.length === 2)).toHaveLength(124);
    });
    test('and every function of the table', () => {
      const seen = new Set(prepared.flatMap(({ p }) => [...p.ops]));
      // Made by `stabilise`; the cases with inv become these.
      const made = new Set(['solve', 'cholsolve']);
      expect(allOps().map((op) => op.name).filter((name) => !seen.has(name) && !made.has(name))).toEqual([]);
    });
  });

  describe('far from zero', () => {
    const cases = far.map(({ text, values, by, value, gradient }) => {
      const file = inContext(newContext(), () => code(text, dialect.target, { by: [by], want: ['gradient'], points: 0 }));
      const names = language.parameters(file.text, 'value');
      return { title: text, value, gradient, answer: later(file, { names, values: names.map((n) => literal(must(values[n]))), calls: ['value', 'gradient'] }) };
    });
    test.each(cases)('$title', ({ value, gradient, answer }) => {
      const { error, results } = answer();
      expect(error).toBeUndefined();
      expect(Math.abs(must(results.get('value')?.values[0]) - value) / (Math.abs(value) || 1)).toBeLessThan(1e-12);
      matches(results.get('gradient'), gradient, 1e-12);
    });
  });

  describe('wrong arguments', () => {
    const file = inContext(newContext(), () => code('norm2(A*x-y)^2', dialect.target, { by: ['x'], want: ['gradient'], points: 0 }));
    const names = language.parameters(file.text, 'value');
    const cases = language.wrong.map(([values, says]) => ({ says, answer: later(file, { names, values: names.map((n) => literal(must(values[n]))), calls: ['gradient'] }) }));
    test.each(cases)('$says', ({ says, answer }) => {
      expect(answer().error).toMatch(says);
    });
  });

  describe('names and text of users stay in their place', () => {
    const marker = join(folder, 'harm');
    const attack = language.attack(marker);
    const request = (name: string): EmitRequest => {
      const n = dim(`n${name}`);
      const [x, y] = [variable(name, [n]), variable(`${name}2`, [n])];
      return { name, title: name, variables: [x, y], outputs: [{ name: 'value', says: name, expr: total(add(times(x, x), y)) }, { name: `${name}!`, says: name, expr: einsum('i,i->i', [x, y]) }, { name: name === 'value' ? 'other' : name, says: name, expr: einsum('i,j->ij', [x, y]) }] };
    };
    const texts = [...language.hostile(attack), 'value', 'self_check', 'A\\', 'x\u2028y', 'ﬁ', 'fi', '{0}', '@softmax', 'direction', 'core', 'λ', 'x y', "x'", ...dialect.reserved, ...(dialect.reservedForFunctions ?? [])];
    const cases = texts.map((name) => {
      const file = inContext(newContext(), () => emit(request(name), dialect));
      const value = must(language.functions(file.text)[0]);
      return { title: JSON.stringify(name), value, answer: later(file, { names: language.parameters(file.text, value), values: [literal([1, 2]), literal([3, 5])], calls: [value] }) };
    });
    test.each(cases)('$title', ({ value, answer }) => {
      const { error, results } = answer();
      expect(error).toBeUndefined();
      expect(results.get(value)?.values).toEqual([13]);
      expect(existsSync(marker)).toBe(false);
    });
    test('the attack works where it is not stopped', () => {
      const script = join(folder, `attack${dialect.extension}`);
      writeFileSync(script, `${attack}\n`);
      spawnSync(must(language.command[0]), [...language.command.slice(1), script]);
      expect(existsSync(marker)).toBe(true);
      rmSync(marker);
    });
  });

  describe('the self-check', () => {
    const modules: readonly (readonly [text: string, by: readonly string[], declare?: string])[] = [
      ["norm2(T-U*V')^2", ['U']],
      ["norm2(T-U*V')^2", ['U', 'V']],
      ['logdet(S)', ['S'], 'S: matrix(n, n) pd'],
      ['sum(log(x))', ['x']],
      ['norm2(D*x)^2', ['D'], 'D: matrix(n, n) diagonal'],
      ['tr(D*D)', ['D'], 'D: matrix(n, n) diagonal'],
      ['norm2(L*x-y)^2', ['L'], 'L: matrix(n, n) lower; x: vector(n); y: vector(n)'],
      ['sum(f(A*x))', ['x'], 'f: function'],
      ["sum(x.^4)+(y'*x)^4", ['x']],
    ];
    const files = modules.map(([text, by, declare], k) => ({ title: `${text} by ${by.join(', ')}`, file: inContext(newContext(), () => code(text, dialect.target, { by, want: ['hessian', 'hvp'], points: 0, name: `m${k}`, ...(declare !== undefined && { declare }) })) }));
    const checked = (k: number, file: EmittedFile): { status: number | null; stdout: string; stderr: string } => {
      const own = join(folder, `check${k}`);
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, file.path), file.text);
      const script = join(own, `run_check${dialect.extension}`);
      writeFileSync(script, language.selfCheck(own, file));
      return spawnSync(must(language.command[0]), [...language.command.slice(1), script], { encoding: 'utf8' });
    };
    test.each(files.map((f, k) => ({ ...f, k })))('$title', ({ file, k }) => {
      const { status, stdout, stderr } = checked(k, file);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout).toContain('largest relative error');
    });
    test('a system is solved from the core in some cases', () => {
      expect([...answers.values()].filter((a) => a.results.has('resolved')).length).toBeGreaterThan(5);
    });
    test('finds a wrong derivative', () => {
      const file = must(files[3]).file;
      const broken = file.text.replace(/1 (\.?)\/ x/, '2 $1/ x');
      expect(broken).not.toBe(file.text);
      const { status, stderr } = checked(90, { ...file, text: broken });
      expect(status).not.toBe(0);
      expect(stderr).toContain('derivatives and differences disagree');
    });
  });
}

function shapeOf(value: Nested): number[] {
  return typeof value === 'number' || value === null ? [] : [value.length, ...(value.length > 0 ? shapeOf(must(value[0])) : [])];
}

function firstFastest(value: Nested, sizes: readonly number[]): number[] {
  const count = sizes.reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, position) => {
    let [rest, at] = [position, value];
    for (const n of sizes) {
      at = must((at as readonly Nested[])[rest % n]);
      rest = Math.floor(rest / n);
    }
    return at === null ? Number.NaN : (at as number);
  });
}

/** Largest difference relative to the largest entry. */
function difference(found: readonly number[], wanted: readonly number[]): number {
  const size = Math.max(1, ...wanted.map(Math.abs));
  return Math.max(0, ...wanted.map((v, i) => Math.abs(v - (found[i] ?? Number.NaN)))) / size;
}

/** Lines `job TAB name TAB sizes TAB values`, or `job TAB ! TAB message`. */
function readAnswers(text: string): Map<number, Answer> {
  const answers = new Map<number, { error?: string; results: Map<string, Found> }>();
  for (const line of text.split('\n')) {
    const [job, name, sizes = '', values = ''] = line.split('\t');
    if (job === undefined || name === undefined) continue;
    const answer = answers.get(Number(job)) ?? { results: new Map<string, Found>() };
    answers.set(Number(job), answer);
    const numbers = (list: string): number[] => list.split(' ').filter((w) => w !== '').map((w) => (w === 'Inf' ? Infinity : w === '-Inf' ? -Infinity : Number(w)));
    if (name === '!') answer.error = sizes;
    else answer.results.set(name, { sizes: numbers(sizes), values: numbers(values) });
  }
  return answers;
}

