import { array, assert, constantFrom, property } from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { minimise, problemOf } from '../../solve/index.ts';
import { type Highs, loadHighs } from '../../solve/highs-for-tests.ts';
import { readLp } from './lp.ts';
import { readMps } from './mps.ts';
import type { NumericProgram } from './program.ts';

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

const mps = `* a comment
NAME          sample
OBJSENSE
    MAX
ROWS
 N  cost
 N  other
 L  lim1
 G  lim2
 E  eqn
 G  ranged
COLUMNS
    x         cost         1.0   lim1         1.0
    x         lim2         1.0   other        7.0
    y         cost         2.0   lim1         1.0
    y         eqn         -1.0   ranged       1.0
    z         cost        -1.0   eqn          1.0
    w         lim1         1.0
RHS
    rhs       lim1         4.0   lim2         1.0
    rhs       eqn          7.0   cost        -3.0
    rhs       ranged       0.5
RANGES
    rng       lim1         2.5   ranged       2.0
    rng       eqn         -1.5
BOUNDS
 UP bnd       x            4.0
 LO bnd       y           -1.0
 UP bnd       y            1.0
 MI bnd       z
 UP bnd       z           20
 UP bnd       w           -2
ENDATA
`;

test('MPS: sense, ranges, bounds of all kinds, the constant', () => {
  const p = readMps(mps, 'sample.mps');
  expect(p).toMatchObject({ name: 'sample', sense: 'max', columns: ['x', 'y', 'z', 'w'], rows: ['lim1', 'lim2', 'eqn', 'ranged'], constant: 3 });
  expect([...p.rowLower]).toEqual([1.5, 1, 5.5, 0.5]);
  expect([...p.rowUpper]).toEqual([4, Infinity, 7, 2.5]);
  expect([...p.lower]).toEqual([0, -1, -Infinity, -Infinity]);
  expect([...p.upper]).toEqual([4, 1, 20, -2]);
});

test('MPS: a quadratic objective, either triangle or both; names with blanks in fixed format', () => {
  const head = 'NAME\nROWS\n N obj\n G c\nCOLUMNS\n x obj -2 c 1\n y c 1\nRHS\n r c 1\n';
  const half = readMps(`${head}QUADOBJ\n x x 2\n y x 1\n y y 4\nENDATA`, 'q.mps');
  const full = readMps(`${head}QMATRIX\n x x 2\n x y 1\n y x 1\n y y 4\nENDATA`, 'q.mps');
  expect(half.quadratic).toEqual(full.quadratic);
  // ½(2x² + 2xy + 4y²) - 2x with x + y ≥ 1: at y = 0, x = 1.
  expect(minimise(problemOf(half)).objective).toBeCloseTo(-1, 7);
  const fixed = readMps('NAME\nROWS\n N  obj\n L  row one\nCOLUMNS\n    my col    obj       1.0            row one   2.0\nRHS\n    rhs       row one   6.0\nENDATA', 'f.mps');
  expect(fixed).toMatchObject({ columns: ['my col'], rows: ['row one'] });
  expect(fixed.entries).toEqual([[0, 0, 2]]);
});

test.each([
  [mps.replace('ENDATA\n', ''), /ends before ENDATA/],
  [mps.replace(' L  lim1', ' Q  lim1'), /line 8: the kind of this row/],
  [mps.replace('x         lim2         1.0', 'x         lim9         1.0'), /line 14: there is no row lim9/],
  [mps.replace('lim1         4.0', 'lim1         4.x'), /line 20: this is not a number/],
  [mps.replace(' UP bnd       x', ' BV bnd       x'), /line 27: bounds of kind BV are for whole/],
  [mps.replace('COLUMNS\n', "COLUMNS\n    M1        'MARKER'                 'INTORG'\n"), /line 13: variables that must be whole/],
  [mps.replace('RANGES', 'SOS1'), /line 23: sets of variables/],
  ['hello world', /line 1: hello is no section/],
])('MPS: errors name the line (%#)', (text, message) => {
  expect(() => readMps(text, 'bad.mps')).toThrow(message);
});

test('LP: labels, ranges, constants, quadratic terms, bounds', () => {
  const p = readLp('\\ a comment\nMaximize\n obj: 3 x + 2 y - z + 4 + [ -2 x^2 + 2 x * y - 4 y^2 ] / 2\nSubject To\n c1: x + y <= 10\n -2 <= x - y + 2 z <= 8\n c3: 2 x >= -1\nBounds\n x <= 40\n -inf <= y <= 5\n z free\n -3 <= w\nEnd\n'.replace('c3: 2 x', 'c3: 2 x + w'), 'a.lp');
  expect(p).toMatchObject({ sense: 'max', columns: ['x', 'y', 'z', 'w'], rows: ['c1', 'row 1', 'c3'], constant: 4 });
  expect([...p.rowLower]).toEqual([-Infinity, -2, -1]);
  expect([...p.rowUpper]).toEqual([10, 8, Infinity]);
  expect([...p.lower]).toEqual([0, -Infinity, -Infinity, -3]);
  expect([...p.upper]).toEqual([40, 5, Infinity, Infinity]);
  expect(p.quadratic).toEqual([[0, 0, -2], [1, 0, 1], [1, 1, -4]]);
});

test.each([
  ['find x', /line 1: the objective is missing/],
  ['min\n x\nst\n x + y\nend', /line 5: a row without a relation/],
  ['min\n x\nst\n x + y <= z\nend', /line 4: a row without a right side/],
  ['min\n x\nst\n x <= 1\nbounds\n q <= 2\nend', /line 6: there is no variable q/],
  ['min\n x\nst\n x >= 1\ngeneral\n x\nend', /line 5: variables that must be whole/],
  ['min\n x\nst\n [ x^2 ] <= 1\nend', /line 4: quadratic constraints/],
  ['min\n x\nst\n x >= 1\n', /the file ends before its end/],
])('LP: errors name the line (%#)', (text, message) => {
  expect(() => readLp(text, 'bad.lp')).toThrow(message);
});

test('any text gives a program or an error of its own', () => {
  const words = ['min', 'max', 'st', 'x', 'y', '1', '-2', '+', '<=', '>=', ':', '[', ']', '^', '*', '/', '2', 'bounds', 'end', '\n', 'free', 'inf', 'ROWS\n', ' N o\n', 'COLUMNS\n', ' x o 1\n', 'RHS\n', 'BOUNDS\n', ' UP b x 1\n', 'ENDATA', ' '];
  assert(
    property(array(constantFrom(...words), { maxLength: 30 }), (list) => {
      for (const read of [readLp, readMps]) {
        try {
          read(list.join(' '), 'any');
        } catch (error) {
          expect((error as Error).constructor.name).toBe('RicciError');
        }
      }
    }),
    { numRuns: 500 },
  );
});

/** A random program as LP text and as MPS text. */
function generated(seed: number): { readonly lp: string; readonly mps: string } {
  const source = random(seed);
  const whole = (n: number): number => Math.floor(source.uniform() * n);
  const [n, m] = [2 + whole(6), 1 + whole(6)];
  const number = (): number => Math.round(source.normal() * 100) / 100;
  const names = Array.from({ length: n }, (_, j) => `x${j}`);
  const c = names.map(number);
  const rows = Array.from({ length: m }, () => ({ a: names.map(() => (source.uniform() < 0.6 ? number() : 0)), kind: (['<=', '>=', '='] as const)[whole(3)]!, b: number() * 3 }));
  const bounds = names.map(() => ({ lower: source.uniform() < 0.3 ? -Infinity : Math.min(0, number()), upper: source.uniform() < 0.4 ? Infinity : 1 + Math.abs(number()) }));
  const signed = (v: number, name: string): string => `${v < 0 ? '-' : '+'} ${Math.abs(v)} ${name}`;
  const lp = `Minimize\n obj: ${c.map((v, j) => signed(v, names[j]!)).join(' ')}\nSubject To\n${rows.map((r, i) => ` r${i}: ${r.a.map((v, j) => signed(v, names[j]!)).join(' ')} ${r.kind} ${r.b}`).join('\n')}\nBounds\n${bounds.map(({ lower, upper }, j) => ` ${lower === -Infinity ? '-inf' : lower} <= ${names[j]} <= ${upper === Infinity ? '+inf' : upper}`).join('\n')}\nEnd\n`;
  const kinds = { '<=': 'L', '>=': 'G', '=': 'E' } as const;
  const mpsText = `NAME t\nROWS\n N obj\n${rows.map((r, i) => ` ${kinds[r.kind]} r${i}`).join('\n')}\nCOLUMNS\n${names.map((name, j) => [` ${name} obj ${c[j]}`, ...rows.map((r, i) => ` ${name} r${i} ${r.a[j]}`)].join('\n')).join('\n')}\nRHS\n${rows.map((r, i) => ` r${i} ${r.b}`).join('\n')}\nBOUNDS\n${bounds.map(({ lower, upper }, j) => [lower === -Infinity ? ` MI b ${names[j]}` : ` LO b ${names[j]} ${lower}`, ...(upper === Infinity ? [] : [` UP b ${names[j]} ${upper}`])].join('\n')).join('\n')}\nENDATA\n`;
  return { lp, mps: mpsText };
}

test('generated programs: both formats say the same, and HiGHS agrees with the answer', () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 60; seed++) {
    const { lp, mps: text } = generated(seed);
    const [a, b] = [readLp(lp, 'a.lp'), readMps(text, 'a.mps')];
    const plain = (p: NumericProgram): unknown => ({ cost: [...p.cost], lower: [...p.lower], upper: [...p.upper], rowLower: [...p.rowLower], rowUpper: [...p.rowUpper], entries: p.entries.map((e) => e.map((v) => v + 0).join()).sort() });
    expect(plain(a)).toEqual(plain(b));
    const ours = minimise(problemOf(a));
    const theirs = highs.solve(lp, { output_flag: false });
    seen.add(theirs.Status);
    if (theirs.Status === 'Optimal') {
      expect(ours.outcome.kind).toBe('optimal');
      expect(Math.abs(ours.objective - theirs.ObjectiveValue)).toBeLessThan(1e-6 * Math.max(1, Math.abs(theirs.ObjectiveValue)));
    } else expect(ours.outcome.kind).not.toBe('optimal');
  }
  expect(seen.size).toBeGreaterThan(1);
});
