import { describe, expect, it } from 'vitest';
import { mean, quantile, variance } from './statistics.ts';
import { naturalLog, newStream, threefry } from './random.ts';

describe('the cipher', () => {
  // The known answers that come with the Random123 library of the paper's authors.
  it.each([
    [[0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
    [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x1cb996fc, 0xbb002be7]],
    [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], [0xc4923a9c, 0x483df7a0]],
  ] as const)('key %j, counter %j', (key, counter, answer) => {
    expect(threefry(key, counter)).toEqual(answer);
  });
});

describe('a stream', () => {
  // Written down from another program of the same definition, in another language.
  it('is the same everywhere: its first numbers, to the last bit', () => {
    const stream = newStream(7);
    expect([stream.bits(), stream.bits(), stream.integer(10)]).toEqual([3018729647, 3838283746, 6]);
    expect(stream.uniform()).toBe(0.0646400135806735);
    expect([...stream.normals(3)]).toEqual([0.8862722640372394, 1.0901759307878356, -0.39987011224422214]);
    expect([...newStream('a study').permutation(8)]).toEqual([3, 7, 5, 6, 1, 2, 4, 0]);
    expect(newStream(7).split('permutations').split(3).uniform()).toBe(0.2593504892739743);
  });

  it('of a name does not depend on what was drawn before, and names are unrelated', () => {
    const fresh = newStream(1).split('rows').split(4).uniform();
    const used = newStream(1);
    used.normals(5);
    expect(used.split('rows').split(4).uniform()).toBe(fresh);
    const firsts = ['', 'a', 'b', 'ab', 'ba', 'a\0', '4', 4, 5, -1].map((name) => newStream(1).split(name).uniform());
    expect(new Set(firsts).size).toBe(firsts.length);
    expect(newStream(2 ** 32 + 1).uniform()).not.toBe(newStream(1).uniform());
  });

  it('has uniform and normal numbers with the right moments', () => {
    const stream = newStream(3);
    const u = stream.uniforms(40_000);
    expect(Math.abs(mean(u) - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / u.length));
    expect(Math.min(...u)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...u)).toBeLessThan(1);
    const z = stream.normals(40_000);
    expect(Math.abs(mean(z))).toBeLessThan(4 / Math.sqrt(z.length));
    expect(Math.abs(variance(z) - 1)).toBeLessThan(4 * Math.sqrt(2 / z.length));
    // Quantiles of the standard normal: 1.959964 is exceeded by 2.5 %; 4 standard errors of an order statistic.
    expect(Math.abs(quantile(z, 0.975) - 1.959964)).toBeLessThan(4 * Math.sqrt((0.975 * 0.025) / z.length) / 0.05845);
  });

  it('draws integers evenly, choices without repetition and permutations of all', () => {
    const stream = newStream('even');
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let k = 0; k < 14_000; k++) counts[stream.integer(7)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chiSquare).toBeLessThan(22.5); // 99.9 % of chi-square with 6 degrees of freedom
    expect([...stream.permutation(50)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, k) => k));
    const some = stream.choice(1000, 30);
    expect(new Set(some).size).toBe(30);
    expect(stream.choice(5, 0)).toHaveLength(0);
    const orders = new Map<string, number>();
    for (let k = 0; k < 6000; k++) {
      const order = stream.permutation(3).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });

  it('refuses what is no count', () => {
    expect(() => newStream(0.5)).toThrow('whole number');
    expect(() => newStream(1).integer(0)).toThrow('below 0');
    expect(() => newStream(1).choice(3, 4)).toThrow('4 different numbers of 3');
  });
});

it('the own logarithm agrees with the one of the engine', () => {
  const stream = newStream('log');
  for (let k = 0; k < 2000; k++) {
    const s = stream.uniform() ** (1 + (k % 9)) || 0.5;
    expect(Math.abs(naturalLog(s) - Math.log(s))).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(Math.log(s))));
  }
});
