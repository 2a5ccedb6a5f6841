import { describe, expect, test } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { type NlTree, readNl } from '../../data/programs/nl.ts';
import { nlText } from '../../data/programs/nl-text.ts';
import type { Given } from '../model/data.ts';
import { prepareModel } from '../model/prepare.ts';
import { solveModel } from '../model/solve-model.ts';
import { solveNl } from './solve-nl.ts';
import { nlFileOf } from './write.ts';

// minimise (x0-1)^2 + exp(x1) subject to x0 x1 >= 1, 1 <= x0 + 2 x1 <= 4, by hand.
const byHand = `g3 1 1 0	# problem hand
 2 2 1 1 0	# vars, constraints, objectives, ranges, eqns
 1 1	# nonlinear constraints, objectives
 0 0	# network constraints: nonlinear, linear
 2 2 2	# nonlinear vars in constraints, objectives, both
 0 0 0 1	# linear network variables; functions; arith, flags
 0 0 0 0 0	# discrete variables: binary, integer, nonlinear (b,c,o)
 4 2	# nonzeros in Jacobian, gradients
 0 0	# max name lengths: constraints, variables
 0 0 0 0 0	# common exprs: b,c,o,c1,o1
C0
o2	# *
v0
v1
C1
n0
O0 0
o54	# sumlist
2
o5
o0
v0
n-1
n2
o44
v1
x2
0 2
1 1.5
r
2 1
0 1 4
b
2 0.1
2 0.1
k1
2
J0 2
0 0
1 0
J1 2
0 1
1 2
G0 2
0 0
1 0
`;

test('a file written by hand', async () => {
  const p = readNl(byHand, 'hand.nl');
  expect([p.variables, p.rows.length, p.sense, p.name]).toEqual([2, 2, 'min', 'hand']);
  const { solution, x, prices } = await solveNl(p);
  expect(solution.outcome).toMatch(/^optimal/);
  const same = solveModel('variables\n vector x(2)\nmin\n (x[1]-1)^2+exp(x[2])\nst\n x[1]*x[2] >= 1\n x[1]+2*x[2] >= 1\n x[1]+2*x[2] <= 4\n x >= 0.1\nstart\n x = [2; 1.5]');
  expect(Math.abs(solution.objective - same.objective)).toBeLessThan(1e-8);
  expect(Math.abs(must(x[0]) * must(x[1]) - 1)).toBeLessThan(1e-7);
  expect(must(prices[0])).toBeGreaterThan(0.1);
  expect(Math.abs(must(prices[0]) - must(same.multipliers['x[1]*x[2] >= 1']).data[0]!)).toBeLessThan(1e-5);
});

test('defined variables, maximisation, linear objectives', async () => {
  const text = `g3 1 1 0
 2 1 1 0 0
 1 0
 0 0
 2 0 0
 0 0 0 1
 0 0 0 0 0
 2 2
 0 0
 0 0 0 1 0
V2 1 1
0 1
n-1
C0
o0
o5
v2
n2
o77
v1
O0 1
n3
r
1 4
b
3
3
k1
1
J0 2
0 0
1 0
G0 2
0 1
1 1
`;
  const { solution, x } = await solveNl(readNl(text, 'disc.nl'));
  // The largest x + y on a disc of radius 2 around (1, 0).
  expect(solution.outcome).toBe('optimal (global)');
  expect(Math.abs(solution.objective - (1 + 2 * Math.SQRT2 + 3))).toBeLessThan(1e-7);
  expect(Math.abs(must(x[0]) - 1 - Math.SQRT2)).toBeLessThan(1e-5);
});

const A = [[1, 2], [3, 4], [5, 6.5]];
const b = [1, -2, 3];
const models: readonly (readonly [string, Given])[] = [
  ['parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n norm2(A*x-b)^2\nst\n budget: sum(x) <= 0.3\n -1 <= x <= 2', { A, b }],
  ['parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n norm2(A*x-b)+0.1*norm1(x)\nst\n sum(x) == 0.2', { A, b }],
  ['parameters\n matrix A\n vector b\nvariables\n vector w\nmin\n sum(log(1+exp(-b.*(A*w))))+0.1*(w\'*w)', { A, b }],
  ['parameters\n vector q\nvariables\n vector p in simplex\nmin\n sum(p.*log(p./q))\nst\n p >= 0.01', { q: [0.2, 0.3, 0.5] }],
  ['variables\n scalar x, y\nmin\n (1-x)^2+100*(y-x^2)^2\nst\n x^2+y^2 <= 1.5\nstart\n x = -1\n y = 1', {}],
  ['variables\n vector x(3)\nmax\n sum(log(x))-norm2(x)^2\nst\n sum(x) <= 2', {}],
  ['variables\n vector x(2)\nmin\n sum(x.*atan(x))+cosh(x[1])-tanh(x[2])+sqrt(1+x[1]^2)\nst\n sin(x[1])+x[2] >= 0.5\n x >= -2\n x <= 2', {}],
  ['parameters\n matrix C symmetric\nvariables\n matrix X(2,2) symmetric\nmin\n norm2(X-C)^2\nst\n tr(X) == 1', { C: [[1, 2], [2, 3]] }],
  ['parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n logsumexp(A*x-b)+5*sum(huber(x-1))', { A, b }],
  ['parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n sum(max(A*x-b, 0))+sum(relu(x).^2)+norm2(x)^2', { A, b }],
];

describe('round trips', () => {
  test.each(models)('%j', async (text, data) => {
    const prepared = prepareModel(text);
    const file = nlFileOf(prepared, data);
    const direct = solveModel(prepareModel(text), data);
    const read = readNl(file.text, 'model.nl');
    expect(read.start === undefined).toBe(!text.includes('start'));
    const { solution } = await solveNl(read);
    expect(direct.outcome).toMatch(/^optimal/);
    expect(solution.outcome).toMatch(/^optimal/);
    expect(Math.abs(solution.objective - direct.objective)).toBeLessThan(1e-6 * Math.max(1, Math.abs(direct.objective)));
    // What is written again says the same.
    expect(nlText(read).text).toBe(nlText(readNl(nlText(read).text, 'again.nl')).text);
    expect(file.columns.length).toBe(read.variables);
  });
});

test('what is nonlinear comes first, and the header counts it', () => {
  const { text, columns, rows } = nlFileOf(prepareModel('variables\n scalar a, x, y, z\nmin\n a+y*z\nst\n r1: a+x <= 3\n r2: exp(x)+y >= 1'), {}, {});
  const header = text.split('\n').slice(0, 10).map((l) => l.split('\t')[0]);
  expect(header).toEqual(['g3 1 1 0', ' 4 2 1 0 0', ' 1 1', ' 0 0', ' 1 3 0', ' 0 0 0 1', ' 0 0 0 0 0', ' 4 3', ' 0 0', ' 0 0 0 0 0']);
  expect(columns).toEqual(['x', 'y', 'z', 'a']);
  expect(rows).toEqual(['r2', 'r1']);
});

test('every operator that is read has a value', async () => {
  const at = 0.4;
  const cases: readonly (readonly [number, (x: number) => number])[] = [
    [15, Math.abs], [16, (x) => -x], [37, Math.tanh], [38, Math.tan], [39, Math.sqrt], [40, Math.sinh], [41, Math.sin], [42, Math.log10], [43, Math.log], [44, Math.exp],
    [45, Math.cosh], [46, Math.cos], [47, Math.atanh], [49, Math.atan], [50, Math.asinh], [51, Math.asin], [53, Math.acos], [77, (x) => x * x],
  ];
  for (const [code, value] of cases) {
    const tree: NlTree = { kind: 'operator', code, args: [{ kind: 'variable', index: 0 }] };
    const bound = Float64Array.of(at);
    const { solution } = await solveNl({ name: 'one', variables: 1, sense: 'min', objective: { nonlinear: tree, linear: [] }, rows: [], rowLower: new Float64Array(0), rowUpper: new Float64Array(0), lower: bound, upper: bound });
    expect(Math.abs(solution.objective - value(at)), `o${code}`).toBeLessThan(1e-12);
  }
});

describe('what cannot be read or written says where', () => {
  const broken = (change: (lines: string[]) => void): string => {
    const lines = byHand.split('\n');
    change(lines);
    return lines.join('\n');
  };
  const messageOf = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      if (error instanceof RicciError) return error.diagnostics.map((d) => `${d.code}: ${d.message}`).join('; ');
      throw error;
    }
    return 'nothing';
  };
  test.each([
    ['binary', 'b3 1 1 0\n', /binary/],
    ['another format', 'NAME test\nROWS\n', /no \.nl file/],
    ['whole numbers', broken((l) => (l[6] = ' 1 0 0 0 0')), /line 7.*whole numbers/],
    ['an operator', broken((l) => (l[11] = 'o35')), /line 12.*o35, if/],
    ['cut off', byHand.split('\n').slice(0, 24).join('\n'), /ends in the middle|no operand/],
    ['a variable', broken((l) => (l[12] = 'v7')), /line 13.*not defined/],
    ['a segment', `${byHand}Q1\n`, /segment Q/],
  ])('%s', (_, text, expected) => expect(messageOf(() => readNl(text, 'broken.nl'))).toMatch(expected));

  test('functions and matrices without operators', () => {
    expect(messageOf(() => nlFileOf(prepareModel('variables\n matrix X(2,2)\nmin\n nuc(X)'), {}))).toMatch(/nuc has no operator/);
    expect(messageOf(() => nlFileOf(prepareModel('variables\n matrix X(2,2) psd\nmin\n tr(X)'), {}))).toMatch(/semidefinite/);
    expect(messageOf(() => nlFileOf(prepareModel('variables\n scalar x\nmin\n lgamma(x)\nst\n x >= 1'), {}))).toMatch(/lgamma has no operator/);
  });
});
