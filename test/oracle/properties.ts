// What must hold for every expression of the language. Each property says how it failed, or nothing.

import process from 'node:process';
import { RicciError } from '../../src/base/diagnostic.ts';
import { must } from '../../src/base/internal.ts';
import { type Random, random } from '../../src/base/random.ts';
import { accumulate } from '../../src/diff/order.ts';
import { forward, reverse } from '../../src/diff/differentiate.ts';
import { dimNames, evaluateDim } from '../../src/ir/dim.ts';
import { type Expr, type VariableNode, inContext, newContext, variable } from '../../src/ir/expr.ts';
import { type Fact, facts } from '../../src/ir/fact.ts';
import { postorder, rewriteUp, variables } from '../../src/ir/walk.ts';
import { type Reading, read } from '../../src/lang/read.ts';
import { indexText, toLatex, toText, write } from '../../src/lang/write.ts';
import { dense } from '../../src/ops/reference/dense.ts';
import { oneDerivative } from '../../src/pipeline.ts';
import { checkDerivative, checkEqual } from '../../src/run/check.ts';
import { interpret } from '../../src/run/interpret.ts';
import { asPower } from '../../src/ops/scalar/power.ts';
import { interpretModular } from '../../src/run/modular.ts';
import { type Point, sample, sampleSizes, variablesOf } from '../../src/run/sample.ts';
import { cost } from '../../src/simplify/cost.ts';
import { fast, normal, readable } from '../../src/simplify/pipelines.ts';
import { type Tree, declarationsOf, leaves, shuffled, size, textOf } from './tree.ts';

export interface Failure {
  readonly property: string;
  readonly detail: string;
}

export interface Outcome {
  readonly failure?: Failure;
  /** Why some numbers could not be compared, if so. */
  readonly inconclusive?: string;
}

const slowest = 2000;
const prime = 33554393;

class Failed extends Error {
  readonly failure: Failure;
  constructor(property: string, detail: string) {
    super(property);
    this.failure = { property, detail };
  }
}

function fail(property: string, detail: string): never {
  throw new Failed(property, detail);
}

/** Checks every property; `seed` decides points, orders and names. */
export function examine(tree: Tree, seed: number): Outcome {
  const outcome = examineBy(() => performance.now(), tree, seed);
  // Another process on this machine is no fault of the expression: what was slow is measured in processor time.
  return outcome.failure?.property === 'slow' ? examineBy(() => process.cpuUsage().user / 1000, tree, seed) : outcome;
}

function examineBy(clock: () => number, tree: Tree, seed: number): Outcome {
  const notes: string[] = [];
  try {
    inContext(newContext(), () => new Examination(tree, random(seed), notes, clock).run());
  } catch (e) {
    if (e instanceof Failed) return { failure: e.failure };
    if (e instanceof RicciError)
      return { failure: { property: `error ${must(e.diagnostics[0]).code}`, detail: e.message } };
    const { message, stack } = e as Error;
    return {
      failure: {
        property: `crash ${message.replaceAll(/\d+/g, '#').slice(0, 60)}`,
        detail: (stack ?? message).split('\n').slice(0, 4).join(' '),
      },
    };
  }
  return notes.length > 0 ? { inconclusive: must(notes[0]) } : {};
}

class Examination {
  readonly #tree: Tree;
  readonly #random: Random;
  readonly #notes: string[];
  readonly #clock: () => number;

  constructor(tree: Tree, r: Random, notes: string[], clock: () => number) {
    this.#tree = tree;
    this.#random = r;
    this.#notes = notes;
    this.#clock = clock;
  }

  run(): void {
    const reading = this.read(this.#tree);
    if (!reading) return;
    const e = must(reading.expr);
    const [n, r, f] = [
      this.timed('normal', () => normal(e)),
      this.timed('readable', () => readable(e)),
      this.timed('fast', () => fast(e)),
    ];
    for (const [name, other] of [
      ['normal', n],
      ['readable', r],
      ['fast', f],
    ] as const)
      this.same(name, e, other);
    if (normal(n) !== n) fail('normal twice', `${text(n)}  then  ${text(normal(n))}`);
    if (normal(r) !== n) fail('normal of readable', `${text(n)}  then  ${text(normal(r))}`);
    if (cost(r) > cost(e) + 1e-9) fail('cost', `${cost(e)} became ${cost(r)}: ${text(r)}`);
    if (cost(readable(r)) > cost(r) + 1e-9) fail('cost of readable twice', text(r));
    this.exactly(e, [n, r, f]);
    for (const form of new Set([n, r])) this.readsBack(form, reading);
    this.otherOrder(reading, n, r);
    this.otherNames(reading, n, r);
    for (const v of reading.variables) this.derivative(e, v.node, reading);
  }

  timed<T>(what: string, work: () => T): T {
    const start = this.#clock();
    const result = work();
    const took = this.#clock() - start;
    if (took > slowest) fail('slow', `${what} took ${took.toFixed(0)} ms`);
    return result;
  }

  read(tree: Tree, rename?: (name: string) => string): Reading | undefined {
    const reading = this.timed('read', () => read(textOf(tree, rename), { declare: declarationsOf(tree, rename) }));
    const errors = reading.diagnostics.filter((d) => d.severity === 'error');
    const [first] = errors;
    if (first === undefined) return reading;
    // Facts are not guessed, and sizes of constants may be open.
    if (first.code === 'needs-fact') {
      this.#notes.push(first.code);
      return undefined;
    }
    return fail(`read ${first.code}`, first.message);
  }

  same(name: string, a: Expr, b: Expr): void {
    if (a === b) return;
    const report = checkEqual(a, b, { points: 2, seed: this.#random.integer(1e6) });
    if (report.equal) return;
    if (report.points === 0) this.#notes.push(`${name}: ${report.reason ?? ''}`);
    else if (report.counterexample && !isRounding(a, b, report.counterexample, this.#random))
      fail(`value of ${name}`, `error ${report.worst.toExponential(1)}: ${text(b)}`);
  }

  /** Exact values modulo a prime, where there are any. */
  exactly(e: Expr, others: readonly Expr[]): void {
    // Random integers are no points of a curved set.
    if (variables([e]).some((v) => ['orthogonal', 'simplex', 'unit'].some((fact) => v.facts.has.has(fact as Fact))))
      return;
    const sizes = sampleSizes([e], this.#random);
    const values = new Map(variables([e]).map((v) => [v.name, integers(v, sizes, this.#random)] as const));
    const wanted = interpretModular(e, { sizes, variables: values }, prime);
    if (!wanted) return;
    for (const other of others) {
      const found = interpretModular(other, { sizes, variables: values }, prime);
      if (found && !found.data.every((x, i) => x === wanted.data[i])) fail('exact value', text(other));
    }
  }

  readsBack(e: Expr, reading: Reading): void {
    // A size that no variable has, as in tr(eye) alone, has no name that could be read.
    const named = new Set(reading.variables.flatMap((v) => v.shape.flatMap(dimNames)));
    const dims = postorder([e]).flatMap((node) => (node.kind === 'size' ? [node.dim] : node.shape));
    if (dims.flatMap(dimNames).some((name) => !named.has(name))) return;
    const options = { variables: reading.variables, functions: reading.functions, expect: e.shape };
    const notation = write(e);
    for (const [name, written] of [
      ['text', toText(notation)],
      ['index form', indexText(e)],
    ] as const) {
      const back = read(written, options);
      const error = back.diagnostics.find((d) => d.severity === 'error');
      if (error || !back.expr) fail(`${name} read back ${error?.code ?? ''}`, written);
      if (normal(back.expr) === normal(e)) continue;
      if (name === 'index form') this.same(name, e, back.expr);
      else if (!this.isNowhereDefined(e, back.expr)) fail('text read back', `${written}  is then  ${text(back.expr)}`);
    }
    if (toLatex(notation) === '') fail('LaTeX', 'is empty');
  }

  /**
   * A division by zero whatever the variables are, as in C./eye, has no normal form: rules for quotients hold where there
   * are values. A negative power in `e` has no value at any point, and `back` has the finite entries of `e` and no others.
   */
  isNowhereDefined(e: Expr, back: Expr): boolean {
    const powers = postorder([e]).filter((node) => (asPower(node)?.exponent.num ?? 0) < 0);
    if (!powers.some((p) => checkEqual(p, p, { points: 1, seed: this.#random.integer(1e6) }).points === 0)) return false;
    const point = sample(variablesOf([e, back]), sampleSizes([e, back], this.#random), this.#random);
    const [left, right] = [e, back].map((x) => interpret(x, { variables: point.values, sizes: point.sizes }).data);
    this.#notes.push('defined nowhere');
    return must(left).every((x, i) => {
      const y = must(right)[i]!;
      return Number.isFinite(x) === Number.isFinite(y) && (!Number.isFinite(x) || Math.abs(x - y) <= 1e-8 * (1 + Math.abs(x)));
    });
  }

  otherOrder(reading: Reading, n: Expr, r: Expr): void {
    const tree = shuffled(this.#tree, this.#random);
    const back = read(textOf(tree), { declare: declarationsOf(tree), expect: n.shape });
    const error = back.diagnostics.find((d) => d.severity === 'error');
    if (!back.expr) fail(`other order ${error?.code ?? ''}`, textOf(tree));
    if (back.expr.shape.length !== n.shape.length) return;
    if (normal(back.expr) !== n)
      fail('normal in other order', `${textOf(tree)}: ${text(n)}  or  ${text(normal(back.expr))}`);
    const [a, b] = [cost(r), cost(readable(back.expr))];
    if (Math.abs(a - b) > 1e-9)
      fail('readable in other order', `${textOf(tree)}: ${text(r)}  or  ${text(readable(back.expr))}`);
  }

  otherNames(reading: Reading, n: Expr, r: Expr): void {
    const names = leaves(this.#tree).map((l) => must(l.variable).name);
    const fresh = names.map((_, i) => `q${i}`).sort(() => this.#random.uniform() - 0.5);
    const renaming = new Map(names.map((name, i) => [name, must(fresh[i])]));
    const other = this.read(this.#tree, (name) => must(renaming.get(name)));
    if (!other?.expr) return;
    const back = new Map(
      other.variables.map((v) => [
        v.node as Expr,
        must(reading.variables.find((w) => renaming.get(w.name) === v.name)).node as Expr,
      ]),
    );
    const restored = rewriteUp(normal(other.expr), (node) => back.get(node) ?? node);
    if (normal(restored) !== n) fail('normal under other names', `${text(n)}  or  ${text(restored)}`);
    const [a, b] = [cost(r), cost(readable(other.expr))];
    if (Math.abs(a - b) > 1e-9) fail('readable under other names', `${text(r)}  or  ${text(readable(other.expr))}`);
  }

  derivative(e: Expr, by: VariableNode, reading: Reading): void {
    const order = e.shape.length + by.shape.length;
    if (order > 4 || by.facts.has.has('identity')) return;
    const d = this.timed('derivative', () => oneDerivative(e, by));
    this.checked(e, by, d, 'derivative');
    this.readsBack(d, reading);
    this.modes(e, by);
    if (e.shape.length > 0 || by.shape.length === 0 || size(this.#tree) > 14 || by.shape.length > 2) return;
    const second = this.timed('second derivative', () => oneDerivative(d, by));
    if (postorder([second]).length > 150) return;
    this.checked(d, by, second, 'second derivative');
    this.readsBack(second, reading);
  }

  checked(of: Expr, by: VariableNode, derivative: Expr, name: string): void {
    const report = checkDerivative({ of, by, derivative, points: 1, seed: this.#random.integer(1e6) });
    if (report.ok) return;
    if (report.reason !== undefined && !report.reason.includes('shape')) this.#notes.push(`${name}: ${report.reason}`);
    else
      fail(
        `${name} check`,
        `by ${by.name}: ${report.reason ?? `error ${report.worst.toExponential(1)}`}: ${text(derivative)}`,
      );
  }

  modes(e: Expr, by: VariableNode): void {
    const free = variable(
      by.name,
      by.shape,
      facts(
        [...by.facts.has].filter((f) => !['orthogonal', 'simplex', 'unit'].includes(f)),
        by.facts,
      ),
    );
    const of = rewriteUp(e, (node) => (node === by ? free : node));
    const first = reverse(of, free);
    this.agrees('forward', first, forward(of, free));
    for (const order of ['reverse', 'forward', 'cross-country'] as const)
      this.agrees(`elimination ${order}`, first, accumulate(of, free, order).derivative);
  }

  agrees(name: string, a: Expr, b: Expr): void {
    if (a === b || (postorder([a]).length < 120 && normal(a) === normal(b))) return;
    this.same(name, a, b);
  }
}

function text(e: Expr): string {
  return toText(write(e));
}

function integers(v: VariableNode, sizes: ReadonlyMap<string, number>, r: Random): ReturnType<typeof dense> {
  const shape = v.shape.map((d) => must(evaluateDim(d, sizes)));
  const has = v.facts.has;
  const n = shape[1] ?? 1;
  const data = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => r.integer(prime));
  const kept = data.map((x, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    if (has.has('identity')) return i === j ? 1 : 0;
    if (has.has('diagonal') && i !== j) return 0;
    if (has.has('lower') && i < j) return 0;
    if (has.has('upper') && i > j) return 0;
    return has.has('symmetric') && i < j ? must(data[j * n + i]) : x;
  });
  return dense(shape, kept);
}

/** Whether values that differ at a point differ no more than they do when its numbers are changed in the last digits. */
function isRounding(
  a: Expr,
  b: Expr,
  at: Point & { readonly left: { data: Float64Array }; readonly right: { data: Float64Array } },
  r: Random,
): boolean {
  let spread = 0;
  for (let k = 0; k < 5; k++) {
    const near = new Map(
      [...at.values].map(([name, X]) => [
        name,
        dense(
          X.shape,
          X.data.map((x) => x * (1 + 1e-13 * (r.uniform() - 0.5))),
        ),
      ]),
    );
    for (const [e, center] of [
      [a, at.left],
      [b, at.right],
    ] as const) {
      const value = interpret(e, { variables: near, sizes: at.sizes });
      value.data.forEach((x, i) => (spread = Math.max(spread, Math.abs(x - center.data[i]!))));
    }
  }
  const apart = at.left.data.reduce((m, x, i) => Math.max(m, Math.abs(x - at.right.data[i]!)), 0);
  return apart <= 1000 * spread;
}
