// Profiles against the golden numbers, the reference table of the shipped configurations, and the closed forms.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { newStream } from '../harness/random.ts';
import { mixings } from './attention.ts';
import { alibiDistances, uniformCausal, uniformCausalExact } from './closed-form.ts';
import { readStack } from './describe.ts';
import { positionBias } from './position-bias.ts';
import { rollout } from './rollout.ts';

const data = new URL('../../../test/data/position-bias/', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, data), 'utf8');
const config = (name: string): unknown => parse(text(`${name}.yaml`));
const measured = text('measured-bloom-176b-fineweb-edu.csv').split('\n').filter((line) => /^\d/.test(line)).map(Number);

function profile(description: Record<string, unknown>): Float64Array {
  const stack = readStack({ length: 16, layers: 4, residual: 0.3, ...description });
  return rollout({ ...stack, mixings: mixings(stack) }, stack.length - 1);
}

/** R[T−1]·…·R[0] as n × n products, from the definition. */
function productRow(stack: ReturnType<typeof readStack>): Float64Array {
  const n = stack.length;
  let P = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));
  mixings(stack).forEach((A, t) => {
    const share = stack.residual[t]!;
    const next = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) {
      const r = (i === k ? 1 - share : 0) + share * A[i * n + k]!;
      for (let j = 0; j < n; j++) next[i * n + j]! += r * P[k * n + j]!;
    }
    P = next;
  });
  return P.slice((n - 1) * n);
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => Math.max(...Array.from(a, (x, j) => Math.abs(x - b[j]!)));

describe('golden profiles, n = 16, T = 4, λ = 0.3', () => {
  const cases: readonly [string, Record<string, unknown>, string][] = [
    ['ALiBi, one head, slope 0.5', { positions: { alibi: 0.5 } }, '.001141 .001500 .002133 .003099 .004536 .006650 .009732 .014190 .020581 .029652 .042378 .059983 .083918 .115748 .156855 .447903'],
    ['uniform, window 4', { mask: { window: 4 } }, '0 0 0 .000032 .000127 .000316 .001814 .004525 .008353 .029742 .048516 .064768 .181495 .159916 .139645 .360750'],
    ['ALiBi, 4 heads', { heads: 4, positions: 'alibi' }, '.080051 .059602 .051753 .047403 .044660 .042849 .041669 .040970 .040676 .040756 .041207 .042049 .043322 .045085 .047419 .290528'],
    ['RoPE, 4 frequencies', { positions: { rope: { dimension: 8 } } }, '.042256 .057385 .082471 .073641 .039168 .022099 .021728 .036845 .070326 .080203 .042147 .018189 .014535 .024588 .055202 .319215'],
  ];
  it.each(cases)('%s', (_name, description, golden) => {
    expect(largestDifference(profile(description), golden.split(' ').map(Number))).toBeLessThan(5.1e-7);
  });

  it('finds every valley of an oscillating profile, and the one of a U', () => {
    const stack = { length: 16, layers: 4, residual: 0.3 };
    expect(positionBias({ ...stack, heads: 4, positions: 'alibi' }).numbers).toMatchObject({ valleys: [{ index: 8 }], deepest: { index: 8 } });
    expect(positionBias({ ...stack, positions: { rope: { dimension: 8 } } }).numbers.valleys.map((v) => v.index)).toEqual([6, 12]);
  });
});

describe('the configurations of arXiv 2602.16837, n = 256', () => {
  // p[0], p[1], minimum, its index, p[n−2], p[n−1], mass 64..191, Σλδ; the last three rows by an independent program in NumPy.
  const rows: readonly [string, number, number, number, number, number, number, number, number][] = [
    ['no_content_bloom', 0.0203, 0.0101, 0.00253, 61, 0.0114, 0.0252, 0.39, 3.36],
    ['no_content_bloom-7b1', 0.0182, 0.0094, 0.00245, 61, 0.0132, 0.0355, 0.379, 3.14],
    ['all_content_fineweb-edu_bloom-7b1', 0.0022, 0.0012, 0.00076, 23, 0.0382, 0.0959, 0.214, 2.22],
    ['no_content_falcon-rw-7b', 0.0388, 0.0172, 0.00309, 85, 0.0038, 0.0039, 0.42, 4.36],
    ['no_content_mpt-7b', 0.0257, 0.0126, 0.0028, 71, 0.0078, 0.0156, 0.405, 3.66],
    ['no_content_mpt-30b', 0.0445, 0.0191, 0.00314, 93, 0.0034, 0.0049, 0.418, 4.58],
    ['mean_content_fineweb-edu_bloom', 0.0292, 0.0088, 0.00258, 61, 0.0092, 0.0125, 0.396, 3.9],
    ['mean_content_fineweb-edu_bloom-7b1', 0.0205, 0.0093, 0.00246, 61, 0.0127, 0.0302, 0.381, 3.28],
    ['mean_content_fineweb-edu_mpt-7b', 0.0037, 0.0035, 0.00212, 58, 0.0127, 0.1857, 0.33, 1.6],
  ];
  it.each(rows)('%s', (name, first, second, least, index, beforeLast, last, middle, total) => {
    const { rollout: p, numbers, collapse } = positionBias(config(name), { secondMoment: false, depths: false });
    expect(p[0]).toBeCloseTo(first, 4);
    expect(p[1]).toBeCloseTo(second, 4);
    expect(numbers.deepest.value).toBeCloseTo(least, 5);
    expect(numbers.deepest.index).toBe(index);
    expect(p[254]).toBeCloseTo(beforeLast, 4);
    expect(p[255]).toBeCloseTo(last, 4);
    expect(numbers.middle).toBeCloseTo(middle, 3);
    expect(collapse.total).toBeCloseTo(total, 2);
  });

  it('collapses without a residual stream', () => {
    const { rollout: p, collapse, numbers } = positionBias(config('no_content_bloom-noresidual'), { secondMoment: false, depths: false });
    expect(p[0]).toBeCloseTo(1, 4);
    expect(collapse.total).toBeCloseTo(60.17, 2);
    expect(collapse.says).toMatch(/collapsed at this depth/);
    expect(numbers.uIndex).toBe(1);
    // BLOOM-7B1, Falcon-RW-7B, MPT-7B
    for (const [heads, layers, end] of [[32, 30, 0.991], [64, 36, 0.999], [32, 32, 0.996]] as const) {
      expect(positionBias({ length: 256, layers, heads, positions: 'alibi', residual: 1 }, { secondMoment: false }).rollout[0]).toBeCloseTo(end, 3);
    }
  });

  it('scores BLOOM-176B against the measured curve, with the control of one constant λ', () => {
    const { scores, controls } = positionBias(config('no_content_bloom'), { measured });
    expect(scores?.rollout.spearman).toBeCloseTo(0.907, 3);
    expect(scores?.rollout.wasserstein1).toBeCloseTo(0.079, 3);
    const at = (residual: number) => controls.find((c) => c.residual === residual);
    expect(at(0.05)?.spearman).toBeCloseTo(0.877, 3);
    expect(at(0.05)?.wasserstein1).toBeCloseTo(0.04, 3);
    expect(at(0.03)?.spearman).toBeCloseTo(0.74, 3);
    expect(at(0.08)?.spearman).toBeCloseTo(0.754, 3);
    expect(at(0.1)?.spearman).toBeCloseTo(-0.575, 3);
    const none = positionBias(config('no_content_bloom-noresidual'), { measured }).scores?.rollout;
    expect(none?.spearman).toBeCloseTo(-0.575, 3);
    expect(none?.wasserstein1).toBeCloseTo(0.651, 3);
  });

  it('takes under a second without content and under twenty with (measured: 0.03 s and 0.8 s)', () => {
    const described = config('no_content_bloom');
    const plain = performance.now();
    const stack = readStack(described);
    rollout({ ...stack, mixings: mixings(stack) }, 255);
    expect(performance.now() - plain).toBeLessThan(1000);
    const random = newStream('content');
    const rows2 = Array.from({ length: 70 }, () => Array.from({ length: 112 }, () => 10 * random.normal()));
    const full = performance.now();
    profile({ length: 256, layers: 70, heads: 112, positions: 'alibi', content: { diagonal: rows2 }, residual: 0.05 });
    expect(performance.now() - full).toBeLessThan(20_000);
  });
});

describe('closed forms', () => {
  it('is exact in fractions: n = 6, T = 3, λ = 1/2', () => {
    const half = { num: 1n, den: 2n };
    expect(uniformCausalExact(6, [half, half, half]).map((f) => `${f.num}/${f.den}`)).toEqual(['50749/172800', '31129/172800', '23119/172800', '18379/172800', '3781/43200', '343/1728']);
    expect(largestDifference(uniformCausal(6, [0.5, 0.5, 0.5]), profile({ length: 6, layers: 3, residual: 0.5 }))).toBeLessThan(1e-15);
  });

  it.each([
    [2, 1],
    [64, 12],
    [64, 200],
    [200, 70],
  ])('equals the matrix product: n = %i, %i random layers', (n, layers) => {
    const random = newStream(`closed ${n}`);
    const stack = readStack({ length: n, layers, residual: Array.from({ length: layers }, () => random.uniform()) });
    expect(largestDifference(uniformCausal(n, stack.residual), productRow(stack))).toBeLessThan(1e-12);
  });

  it('equals the matrix product at n = 4096', () => {
    const random = newStream('4096');
    const stack = readStack({ length: 4096, layers: 12, residual: Array.from({ length: 12 }, () => random.uniform()) });
    // The last row of the product; a row times a matrix for each of the twelve factors.
    expect(largestDifference(uniformCausal(4096, stack.residual), rollout({ ...stack, mixings: mixings(stack) }, 4095))).toBeLessThan(1e-12);
  });

  it('falls strictly to the position before the query under uniform causal attention, and says so', () => {
    const { rollout: p, rightArm, closedForm, numbersWithoutQuery } = positionBias({ length: 100, layers: 8, residual: 0.2 });
    for (let j = 1; j < 99; j++) expect(p[j]).toBeLessThan(p[j - 1]!);
    expect(p[99]).toBeGreaterThan(p[98]!);
    expect(rightArm.says).toMatch(/the query alone.*uniform causal attention makes no other/);
    expect(numbersWithoutQuery.uIndex).toBe(1);
    expect(closedForm).toMatchObject({ name: 'uniform causal', from: 0 });
    expect(closedForm?.difference).toBeLessThan(1e-12);
  });

  it('equals the generating function of ALiBi away from the first position', () => {
    const { closedForm } = positionBias({ length: 400, layers: 12, positions: { alibi: 0.3 }, residual: 0.3 });
    expect(closedForm?.from).toBe(100);
    expect(closedForm?.difference).toBeLessThan(1e-15);
  });

  it('has the mean distance of independent jumps: Σ λ·w/(e^slope − 1) (Wu et al. 2025 for λ = 1)', () => {
    const stack = readStack({ length: 4096, layers: 5, heads: 2, positions: { alibi: [0.3, 0.1] }, headWeights: [0.25, 0.75], residual: [1, 0.5, 0.2, 0.9, 0.4] });
    const distances = alibiDistances(stack, 4096);
    const mean = distances.reduce((sum, p, k) => sum + k * p, 0);
    expect(mean).toBeCloseTo(3 * (0.25 / (Math.exp(0.3) - 1) + 0.75 / (Math.exp(0.1) - 1)), 10);
  });
});

describe('other stacks', () => {
  it('answers for any query', () => {
    const stack = { length: 32, layers: 5, residual: 0.2, heads: 2, positions: 'alibi' };
    const { rollout: early } = positionBias(stack, { query: 10 });
    expect([...early]).toEqual([...positionBias({ ...stack, length: 11 }).rollout]);
  });

  it.each([
    ['prefix', { mask: { prefix: 4 } }, 4],
    ['full', { mask: 'full' }, 0],
    ['window', { mask: { window: 3 } }, 1],
  ] as const)('%s masks keep a profile of sum 1, and its absorbing positions are known', (_name, description, absorbing) => {
    const { rollout: p, collapse } = positionBias({ length: 12, layers: 3, residual: 0.4, ...description });
    expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(collapse.absorbing).toHaveLength(absorbing);
  });

  it('takes mixtures: masks by layer and by head, positions by layer, attention as an array', () => {
    const one = profile({ heads: 2, mask: [{ window: 4 }, 'causal', { window: 4 }, { heads: ['causal', { window: 2 }] }], positions: ['none', 'alibi', { table: [0, -1, -2] }, { rope: { dimension: 4 } }] });
    expect(one.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const even = Array.from({ length: 16 }, (_, i) => Array.from({ length: 16 }, (__, j) => (j <= i ? 1 / (i + 1) : 0)));
    expect(largestDifference(profile({ positions: { attention: even } }), profile({}))).toBeLessThan(1e-15);
    expect(largestDifference(profile({ mask: { matrix: even.map((row) => row.map((x) => (x > 0 ? 1 : 0))) } }), profile({}))).toBeLessThan(1e-15);
  });

  it('knows whether later queries read later positions', () => {
    const order = (description: Record<string, unknown>) => positionBias({ length: 16, layers: 2, residual: 0.1, ...description }).order;
    expect(order({})).toEqual({ violated: 0, worst: 0 });
    expect(order({ heads: 4, positions: 'alibi' })).toEqual({ violated: 0, worst: 0 });
    expect(order({ positions: { rope: { dimension: 4 } } }).violated).toBeGreaterThan(0.05);
    // The first query reads the second position, and the second query the first.
    expect(order({ length: 2, positions: { attention: [[0, 1], [1, 0]] } })).toEqual({ violated: 0.5, worst: 1 });
  });

  it('holds scores of any size', () => {
    const p = profile({ positions: { alibi: 900 }, content: { diagonal: -2000 } });
    expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(p.every((x) => Number.isFinite(x))).toBe(true);
  });

  it('decides by summability what more layers do', () => {
    const limit = (residual: unknown) => positionBias({ length: 16, layers: 6, residual }).collapse.limit;
    expect(positionBias({ length: 16, layers: 6, mask: { prefix: 4 }, residual: 0.1 }).collapse.limit).toBe('collapses');
    expect(positionBias({ length: 16, layers: 6, mask: 'full', residual: 0.1 }).collapse.limit).toBe('not decided');
    expect([limit(0.1), limit({ power: { first: 0.5, exponent: 1 } }), limit({ power: { first: 0.5, exponent: 1.5 } }), limit([0.1, 0.1, 0.1, 0.1, 0.1, 0.1])]).toEqual(['collapses', 'collapses', 'does not collapse', 'not decided']);
  });
});

describe('what cannot be used is told by field', () => {
  const stack = { length: 8, layers: 2, residual: 0.1, heads: 2 };
  const cases: readonly [string, unknown, RegExp][] = [
    ['λ outside [0, 1]', { ...stack, residual: [0.1, 1.2] }, /residual\[1\].*cannot be used/],
    ['a list of wrong length', { ...stack, residual: [0.1] }, /residual: this list/],
    ['NaN', { ...stack, content: { diagonal: NaN } }, /content\.diagonal/],
    ['an unknown field', { ...stack, residul: 0.1 }, /residul: there is no such field/],
    ['a mask that leaves rows empty', { ...stack, mask: { window: 0 } }, /leaves every row empty/],
    ['a mask matrix with an empty row', { ...stack, length: 2, mask: { matrix: [[1, 0], [0, 0]] } }, /mask\.matrix\[1\].*leaves a row empty/],
    ['a ragged array', { ...stack, length: 2, mask: { matrix: [[1, 0], [1]] } }, /different lengths/],
    ['attention that does not sum to 1', { ...stack, length: 2, positions: { attention: [[1, 0], [0.4, 0.4]] } }, /rows of attention sum to 1/],
    ['negative slopes', { ...stack, positions: { alibi: -1 } }, /positions\.alibi/],
    ['an odd dimension', { ...stack, positions: { rope: { dimension: 3 } } }, /pairs of coordinates/],
    ['weights of heads', { ...stack, headWeights: [1, 1] }, /must sum to 1/],
    ['no residual weight', { length: 8, layers: 2 }, /residual: .*missing/],
    ['an unknown schedule of the repository', { sequence_length: 8, num_layers: 2, attention_config: { num_heads: 1 }, lambda_schedule_config: { schedule_type: 'cosine' } }, /schedule_type: there is no such schedule/],
    ['no description at all', 7, /no set of fields/],
  ];
  it.each(cases)('%s', (_name, description, message) => {
    expect(() => readStack(description)).toThrow(message);
  });

  it('a stack that would not fit in memory', () => {
    const slopes = Array.from({ length: 64 }, (_, t) => [1 / (t + 1)]);
    expect(() => positionBias({ length: 4096, layers: 64, positions: { alibi: slopes }, residual: 0.1 })).toThrow(/more memory than there is/);
  });

  it('a measurement of another length, or of nothing', () => {
    expect(() => positionBias(stack, { measured: [1, 2] })).toThrow(/does not fit the query/);
    expect(() => positionBias(stack, { measured: [1, 2, 3, 4, 5, 6, 7, NaN] })).toThrow(/measured\[7\]/);
    expect(() => positionBias(stack, { query: 8 })).toThrow(/no such position/);
  });
});
