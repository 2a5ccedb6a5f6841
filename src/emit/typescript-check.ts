// The self-check of an emitted TypeScript module: derivatives against finite differences at random points.

import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import type { VariableNode } from '../ir/expr.ts';
import type { ModuleModel, SelfCheck } from './module.ts';
import { beside } from './module-text.ts';
import { sampleSize } from './sample-size.ts';

export function selfCheck(m: ModuleModel): string[] {
  const s = m.signature;
  const size = (d: Dim): number => sampleSize(d, m.sample);
  return [
    '/** The largest relative error of the derivatives along random directions, at random points of several kinds; throws when they disagree with differences. */',
    'export function selfCheck(): Record<string, number> {',
    '  let state = 1;',
    '  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;',
    '  const size = (): number => 0.3 + 1.2 * random();',
    '  const draws: Record<string, (centre: number) => number> = {',
    "    'any numbers': () => (random() < 0.5 ? -1 : 1) * size(),",
    "    'positive numbers': size,",
    "    'numbers near the identity': (centre) => 0.2 * random() + centre,",
    '  };',
    '  const found: Record<string, number> = {};',
    '  for (const [kind, draw] of Object.entries(draws)) {',
    '    const error = errorAt(draw);',
    '    if (Number.isFinite(error)) found[kind] = error;',
    '  }',
    "  if (Object.keys(found).length === 0) throw new RangeError('found no point where the derivatives are finite');",
    "  if (Object.values(found).some((error) => error > 1e-6)) throw new RangeError(`derivatives and differences disagree: ${JSON.stringify(found)}`);",
    '  return found;',
    '}',
    '',
    '/** The largest relative error at one random point; not a number where a value is none. */',
    'function errorAt(draw: (centre: number) => number): number {',
    '  const errors: number[] = [];',
    '  try {',
    '    const point: Arguments = {',
    ...s.arguments.map((a) => `      ${a.name}: ${sampleText(a.variable, size)},`),
    ...s.explicit.map((e) => `      ${e.name}: ${m.sample.get(e.size)},`),
    ...s.callables.map((c) => `      ${c.name}: ${(['Math.sin', 'Math.cos', '(x) => -Math.sin(x)', '(x) => -Math.cos(x)'] as const)[(c.order % 4) as 0 | 1 | 2 | 3]},`),
    '    };',
    ...m.checks.flatMap((c, k) => checkLines(c, k, m, size)),
    '  } catch {',
    '    return NaN;',
    '  }',
    '  return errors.reduce((worst, error) => (error <= worst ? worst : error), 0);',
    '}',
    '',
    '/** Relative error of a derivative along a direction, by differences of fourth order. */',
    'function errorAlong(f: (t: number) => Float64Array, claimed: Float64Array): number {',
    '  const h = 1e-3;',
    '  const [a, b, c, d] = [f(-2 * h), f(-h), f(h), f(2 * h)];',
    '  const differences = a.map((_, k) => (a[k]! - 8 * b[k]! + 8 * c[k]! - d[k]!) / (12 * h));',
    '  const size = differences.reduce((top, x) => Math.max(top, Math.abs(x)), 1);',
    '  return differences.reduce((worst, x, k) => Math.max(worst, Math.abs(x - claimed[k]!)), 0) / size;',
    '}',
    '',
    'function numbersOf(x: Value): Float64Array {',
    "  return typeof x === 'number' ? Float64Array.of(x) : x instanceof Float64Array ? x : x.data;",
    '}',
    '',
    '/** x + t e */',
    'function moved<T extends Value>(x: T, e: Value, t: number): T {',
    '  const by = numbersOf(e);',
    '  const numbers = numbersOf(x).map((value, k) => value + t * by[k]!);',
    "  return (typeof x === 'number' ? numbers[0]! : x instanceof Float64Array ? numbers : { ...(x as Matrix), data: numbers }) as T;",
    '}',
    '',
    '/** A derivative over its last axes times the direction. */',
    'function along(derivative: Value, e: Value): Float64Array {',
    '  const [all, by] = [numbersOf(derivative), numbersOf(e)];',
    '  return Float64Array.from({ length: all.length / by.length }, (_, k) => by.reduce((total, value, j) => total + value * all[k * by.length + j]!, 0));',
    '}',
  ];
}

function checkLines(c: SelfCheck, k: number, m: ModuleModel, size: (d: Dim) => number): string[] {
  const shape = c.by.variable.shape.map(size);
  const { has } = c.by.variable.facts;
  const e = `e${k + 1}`;
  const isDiagonal = shape.length === 2 && has.has('diagonal');
  const n = shape[0];
  const entry = `${e}.data[i * ${shape[1]} + j]!`;
  const triangle = has.has('lower') ? 'i >= j' : has.has('upper') ? 'i <= j' : undefined;
  const raw = isDiagonal ? drawn([must(n)]) : drawn(shape);
  const lines = [`    const ${e} = ${raw};`];
  let direction = e;
  if (shape.length === 2 && !isDiagonal && (has.has('symmetric') || triangle !== undefined)) {
    direction = `${e}s`;
    lines.push(`    const ${direction} = matrix(${shape.join(', ')}, (i, j) => ${triangle === undefined ? `${entry} + ${e}.data[j * ${shape[1]} + i]!` : `(${triangle} ? ${entry} : 0)`});`);
  }
  const step = isDiagonal ? `matrix(${n}, ${n}, (i, j) => (i === j ? ${e}[i]! : 0))` : direction;
  const apply = m.functions.find((f) => f.name === c.apply);
  const more = apply ? beside(apply).map((p) => `, point.${p.name}`).join('') : '';
  const claimed = { array: `along(${c.derivative}(point), ${direction})`, product: `numbersOf(${c.derivative}(point, ${direction}))`, core: `numbersOf(${c.apply}(${c.core}(point), ${direction}${more}))` }[c.how];
  lines.push(`    errors.push(errorAlong((t) => numbersOf(${c.of}({ ...point, ${c.by.name}: moved(point.${c.by.name}, ${step}, t) })), ${claimed}));`);
  return lines;
}

/** Random numbers: around the identity for a matrix, where that is asked for. */
function drawn(shape: readonly number[]): string {
  if (shape.length === 0) return 'draw(0.2)';
  if (shape.length === 1) return `vector(${shape[0]}, () => draw(0.2))`;
  if (shape.length === 2) return `matrix(${shape.join(', ')}, (i, j) => draw(i === j ? 1 : 0))`;
  return `tensor([${shape.join(', ')}], () => draw(0))`;
}

export function sampleText(v: VariableNode, sizeOf: (d: Dim) => number): string {
  const shape = v.shape.map(sizeOf);
  const { has } = v.facts;
  const { above, below } = v.facts;
  const x = drawn(shape);
  const n = shape[0];
  const each = (entry: string): string => (shape.length === 0 ? `((x) => ${entry})(${x})` : shape.length === 1 ? `${x}.map((x) => ${entry})` : `((X) => ({ ...X, data: X.data.map((x) => ${entry}) }))(${x})`);
  if (above !== undefined && below !== undefined) return each(`${above} + ${below - above} * (0.1 + 0.8 / (1 + Math.abs(x)))`);
  if (above !== undefined) return each(`${above} + Math.abs(x)`);
  if (below !== undefined) return each(`${below} - Math.abs(x)`);
  if (shape.length === 2) {
    const made = (entry: string): string => `((B) => matrix(${n}, ${shape[1]}, (i, j) => ${entry}))(${x})`;
    const [own, turned] = [`B.data[i * ${shape[1]} + j]!`, `B.data[j * ${shape[1]} + i]!`];
    if (has.has('identity')) return `eye(${n})`;
    if (has.has('orthogonal')) return `((B) => times(svd(B)[0], transpose(svd(B)[2])))(${x})`;
    if (has.has('diagonal')) return made(`(i === j ? ${has.has('psd') ? `Math.abs(${own})` : own} : 0)`);
    const gram = `sum(${n}, (k) => B.data[i * ${n} + k]! * B.data[j * ${n} + k]!) / ${n} + (i === j ? 0.4 : 0)`;
    if (has.has('psd')) return made(gram);
    if (has.has('nsd')) return made(`-(${gram})`);
    if (has.has('symmetric')) return made(`0.5 * (${own} + ${turned})`);
    if (has.has('lower')) return made(`(i >= j ? ${own} : 0)`);
    if (has.has('upper')) return made(`(i <= j ? ${own} : 0)`);
  }
  if (has.has('simplex')) return `((x) => x.map((value) => Math.abs(value) / x.reduce((total, other) => total + Math.abs(other), 0)))(${x})`;
  if (has.has('unit')) return `((x) => x.map((value) => value / Math.sqrt(x.reduce((total, other) => total + other * other, 0))))(${x})`;
  if (has.has('positive') || has.has('nonnegative')) return each('Math.abs(x)');
  if (has.has('negative') || has.has('nonpositive')) return each('-Math.abs(x)');
  return has.has('integer') ? each('Math.round(4 * x)') : x;
}
