import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { must } from '../../base/internal.ts';
import { random as seeded } from '../../base/random.ts';
import { inContext, newContext } from '../../ir/expr.ts';
import { readModel } from '../../lang/model.ts';
import { addProduct, addSymmetricProduct, addTransposedProduct } from '../matrix.ts';
import { type Assembled, assemble } from './assemble.ts';
import { derive } from './derived.ts';
import { type Given, readData } from './data.ts';
import { reformulate } from './reformulate.ts';
import { statementOf } from './statement.ts';

interface Case {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly data: Given;
  readonly start?: Given;
}

const cases = JSON.parse(readFileSync(new URL('../../../test/models.json', import.meta.url), 'utf8')) as Case[];

function assembled(text: string, data: Given, start: Given = {}): Assembled {
  return inContext(newContext(), () => {
    const { model, diagnostics } = readModel(text);
    const found = must(model, diagnostics.map((d) => d.message).join());
    const given = readData(found, data, start);
    const smooth = reformulate(statementOf(found, given.facts));
    return assemble(derive(smooth), given, ({ dim }) => ({ start: new Float64Array(dim), startGiven: false, convex: false }));
  });
}

const largest = (x: Float64Array): number => x.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
const minus = (a: Float64Array, b: Float64Array, by = 1): Float64Array => a.map((x, i) => (x - b[i]!) / by);

describe('derivatives of assembled problems agree with differences', () => {
  it.each(cases.map((c) => [`${c.id} ${c.name}`, c] as const))('%s', (_, { model, data, start }) => {
    const { problem } = assembled(model, data, start);
    const { dim, objective, nonlinear, linear } = problem;
    const random = seeded(7);
    const point = (from: number, n = dim): Float64Array => Float64Array.from({ length: n }, () => from + random.uniform());
    const [z, v] = [point(0.2), point(-0.5)];
    const h = 1e-5;
    const [ahead, behind] = [z.map((x, i) => x + h * v[i]!), z.map((x, i) => x - h * v[i]!)];
    const gradient = (at: Float64Array): Float64Array => {
      const out = new Float64Array(dim);
      expect(objective.gradient(at, out)).toBeCloseTo(objective.value(at), 10);
      return out;
    };
    const slope = (objective.value(ahead) - objective.value(behind)) / (2 * h);
    expect(Math.abs(slope - gradient(z).reduce((s, g, i) => s + g * v[i]!, 0))).toBeLessThan(1e-6 * (1 + Math.abs(slope)));
    const bent = minus(gradient(ahead), gradient(behind), 2 * h);
    const agree = (found: Float64Array, expected: Float64Array): void => expect(largest(minus(found, expected))).toBeLessThan(1e-6 * (1 + largest(expected)));
    const into = (n: number, write: (out: Float64Array) => void): Float64Array => {
      const out = new Float64Array(n);
      write(out);
      return out;
    };
    const { residuals } = objective;
    const H = objective.hessian?.(z);
    if (H) agree(into(dim, (out) => addSymmetricProduct(H, v, 1, out)), bent);
    if (objective.hessianProduct) agree(into(dim, (out) => objective.hessianProduct?.(z, v, out)), bent);
    if (residuals) {
      const at = (where: Float64Array): Float64Array => into(residuals.count, (out) => residuals.value(where, out));
      expect(residuals.weight * at(z).reduce((s, r) => s + r * r, residuals.offset)).toBeCloseTo(objective.value(z), 8);
      agree(into(residuals.count, (out) => addProduct(residuals.jacobian(z), v, 1, out)), minus(at(ahead), at(behind), 2 * h));
    }
    if (linear) expect(linear.matrix.cols).toBe(dim);
    if (!nonlinear) return;
    const rows = (where: Float64Array): Float64Array => into(nonlinear.count, (out) => nonlinear.value(where, out));
    agree(into(nonlinear.count, (out) => addProduct(nonlinear.jacobian(z), v, 1, out)), minus(rows(ahead), rows(behind), 2 * h));
    const y = point(-0.5, nonlinear.count);
    const pulled = (where: Float64Array): Float64Array => into(dim, (out) => addTransposedProduct(nonlinear.jacobian(where), y, 1, out));
    const curved = minus(pulled(ahead), pulled(behind), 2 * h);
    agree(into(dim, (out) => addSymmetricProduct(must(nonlinear.hessian?.(z, y)), v, 1, out)), curved);
    agree(into(dim, (out) => nonlinear.hessianProduct?.(z, y, v, out)), curved);
  });
});

const kinds = (a: Assembled): string[] => a.fates.map((list) => [...new Set(list.map((f) => f.kind))].join('+'));

describe('bounds are recognised as bounds', () => {
  it.each([
    ['vector x(3)', 'x >= 0', [0, Infinity]],
    ['vector x(3)', '-x <= 0', [0, Infinity]],
    ['vector x(3)', '2*x <= 6', [-Infinity, 3]],
    ['vector x(3)', '1 >= x', [-Infinity, 1]],
    ['vector x(3)', '-1 <= x <= 1', [-1, 1]],
    ['vector x(3)', 'x == 2', [2, 2]],
    ['vector x(3)', '-2*x == 2', [-1, -1]],
    ['matrix x(2, 3)', "x' <= 4", [-Infinity, 4]],
    ['vector x(3) positive', 'x <= 5', [0, 5]],
    ['vector x(3) in [-1, 2]', 'x <= 5', [-1, 2]],
  ])('%s with %s', (declaration, constraint, [lower, upper]) => {
    const { problem, fates } = assembled(`variables\n ${declaration}\nmin\n norm2(x)^2\nst\n ${constraint}`, {});
    expect(fates.flat().every((f) => f.kind === 'bound')).toBe(true);
    expect(problem.linear).toBeUndefined();
    expect([...problem.lower]).toEqual(Array(problem.dim).fill(lower));
    expect([...problem.upper]).toEqual(Array(problem.dim).fill(upper));
  });

  it('but sums and curves are rows', () => {
    expect(kinds(assembled("variables\n vector x(3)\nmin\n sum(x)\nst\n sum(x) <= 1\n x'*x <= 1\n x.^2 <= 2\n x[2] >= 1\n 1 <= 2", {}))).toEqual(['linear', 'nonlinear', 'nonlinear', 'bound', 'constant']);
  });

  it('facts of variables are constraints', () => {
    expect(kinds(assembled('variables\n vector p(3) in simplex\n vector u(2) unit\nmin\n sum(p)+sum(u)', {}))).toEqual(['bound', 'linear', 'nonlinear']);
  });

  it('entries of structured matrices have one place each', () => {
    const { problem, layout } = assembled('variables\n matrix S(3, 3) symmetric\n matrix L(3, 3) lower\n matrix D(3, 3) diagonal\nmin\n norm2(S)^2+norm2(L)^2+norm2(D)^2', {});
    expect(layout.blocks.map((b) => b.count)).toEqual([6, 6, 3]);
    const H = must(problem.objective.hessian?.(new Float64Array(15)));
    const diagonal = Array.from({ length: 15 }, (_, i) => {
      const e = new Float64Array(15);
      e[i] = 1;
      const out = new Float64Array(15);
      addSymmetricProduct(H, e, 1, out);
      return out[i];
    });
    expect(diagonal).toEqual([2, 4, 4, 2, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
  });
});

describe('kinks', () => {
  const text = (objective: string, st = ''): string => `parameters\n matrix A\n vector b\n scalar c\nvariables\n vector x\n scalar s\nmin\n ${objective}\n${st === '' ? '' : `st\n ${st}\n`}`;
  const data = { A: [[1, 2], [3, 4], [5, 7]], b: [1, 0, 2], c: 2 };
  const smooth = (model: string, given: Given = data, start: Given = { x: [0, 0], s: 0 }): { replaced: readonly string[]; left: number } =>
    inContext(newContext(), () => {
      const found = must(readModel(model).model);
      const { replaced, kinksLeft } = reformulate(statementOf(found, readData(found, given, start).facts));
      return { replaced, left: kinksLeft.length };
    });

  it.each([
    ['norm1(A*x-b)+s^2', ''],
    ['c*norm1(x)+s^2', ''],
    ['sum(max(A*x, b))+s^2', ''],
    ['max(A*x-b)+s^2', ''],
    ['norminf(A*x-b)+s^2', ''],
    ['sum(relu(A*x-b).^2)+s^2', ''],
    ['sum(hinge(b.*(A*x)))+s^2', ''],
    ['sum(huber(A*x-b))+s^2', ''],
    ['-sum(min(A*x, b))+s^2', ''],
    ['s^2', 'norm1(x) <= c'],
    ['s^2', 'c >= norminf(x)'],
    ['s^2', 'min(x) >= 1'],
    ['exp(norm1(x))+s^2', ''],
    ['max(abs(x))+s^2', 'sum(abs(x)) <= c*sum(abs(b))'],
  ])('%s st %s has none left', (objective, st) => {
    const { replaced, left } = smooth(text(objective, st));
    expect(replaced.length).toBeGreaterThan(0);
    expect(left).toBe(0);
  });

  it.each([
    ['-norm1(x)+s^2', ''],
    ['s^2', 'norm1(x) >= c'],
    ['s^2', 'norm1(x) == c'],
    ['sum(min(A*x, b))+s^2', ''],
    ['sum(b.*abs(x))*s', ''],
  ])('%s st %s keeps its own', (objective, st) => {
    expect(smooth(text(objective, st), { ...data, b: [1, -1] , A: [[1, 2], [3, 4]] }).left).toBeGreaterThan(0);
  });

  it('depends on the signs of the data', () => {
    expect(smooth(text('c*norm1(x)+s^2'), { ...data, c: -2 }).left).toBe(1);
  });

  it('takes an absolute value of a known sign as it is', () => {
    expect(smooth(text('-norm1(x)+s^2', 'x >= 0')).replaced).toEqual(['abs of a known sign']);
  });
});

describe('what cancels only when products are written out', () => {
  it.each([
    ["(c'*x+1)^2-(c'*x)^2", 'linear'],
    ["sum((x+vector(1)).^2)-x'*x", 'linear'],
    ["sum((x+vector(1)).^3-x.^3)", 'quadratic'],
  ])('%s is %s', (objective, expected) => {
    expect(assembled(`parameters\n vector c\nvariables\n vector x\nmin\n ${objective}+0*c'*x`, { c: [1, 2, 3] }).problem.objective.class).toBe(expected);
  });
});
