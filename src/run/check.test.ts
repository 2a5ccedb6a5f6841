import { describe, expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { add, constant, permute, scale, sub, times, total, transpose, zeros } from '../ir/build.ts';
import { dim, mulDims } from '../ir/dim.ts';
import { type Expr, type VariableNode, einsum, variable } from '../ir/expr.ts';
import { type Fact, facts } from '../ir/fact.ts';
import { call } from '../ops/define.ts';
import { determinant, inverse, logDeterminant } from '../ops/matrix/determinant.ts';
import { type Dense, identity, matmul, transpose as transposeOf } from '../ops/reference/dense.ts';
import { det } from '../ops/reference/lu.ts';
import { symmetricEigen } from '../ops/reference/symmetric-eigen.ts';
import { absolute } from '../ops/scalar/piecewise.ts';
import { exponential, logarithm, power } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { checkDerivative, checkEqual } from './check.ts';
import { sample, sampleSizes } from './sample.ts';

const [m, n] = [dim('m'), dim('n')];
const square = (name: string, ...list: Fact[]): VariableNode => variable(name, [n, n], facts(list));
const A = variable('A', [m, n]);
const x = variable('x', [n]);
const y = variable('y', [m]);

describe('checkDerivative', () => {
  test('right answers pass, wrong ones show a point', () => {
    const of = total(power(sub(einsum('ij,j->i', [A, x]), y), 2));
    const right = scale(2, einsum('ij,i->j', [A, sub(einsum('ij,j->i', [A, x]), y)]));
    expect(checkDerivative({ of, by: x, derivative: right })).toMatchObject({ ok: true, points: 3, domain: [] });
    const wrong = checkDerivative({ of, by: x, derivative: scale(1.0001, right) });
    expect(wrong.ok).toBe(false);
    expect(wrong.worst).toBeGreaterThan(5e-5);
    expect(wrong.at?.values.get('x')?.shape).toEqual([wrong.at?.sizes.get('n')]);
  });

  test('a forgotten transpose is found', () => {
    const X = square('X');
    expect(checkDerivative({ of: logDeterminant(X), by: X, derivative: transpose(inverse(X)) }).ok).toBe(true);
    expect(checkDerivative({ of: logDeterminant(X), by: X, derivative: inverse(X) }).ok).toBe(false);
  });

  test('small derivatives are measured by their own size', () => {
    const of = scale(1e-5, total(exponential(x)));
    expect(checkDerivative({ of, by: x, derivative: scale(1e-5, exponential(x)) }).ok).toBe(true);
    expect(checkDerivative({ of, by: x, derivative: scale(2e-5, exponential(x)) }).ok).toBe(false);
    expect(checkDerivative({ of, by: x, derivative: zeros([n]) }).ok).toBe(false);
  });

  test('structured variables move within their structure', () => {
    const S = square('S', 'symmetric');
    const C = square('C');
    const of = einsum('ij,ji->', [C, S]);
    expect(checkDerivative({ of, by: S, derivative: scale(0.5, add(C, transpose(C))) }).ok).toBe(true);
    const cookbook = sub(add(C, transpose(C)), einsum('ii->ii', [C]));
    expect(checkDerivative({ of, by: S, derivative: cookbook }).ok).toBe(false);
    expect(checkDerivative({ of, by: S, derivative: cookbook, convention: 'cookbook' }).ok).toBe(true);
    const D = square('D', 'diagonal');
    expect(checkDerivative({ of: einsum('ij,ji->', [C, D]), by: D, derivative: einsum('ii->i', [C]) }).ok).toBe(true);
    const L = square('L', 'lower');
    const mask = call(opNamed('lowermask'), [constant(1, [n, n])]);
    expect(checkDerivative({ of: einsum('ij,ij->', [C, L]), by: L, derivative: times(C, mask) }).ok).toBe(true);
    expect(checkDerivative({ of: L, by: L, derivative: einsum('ik,jl,kl->ijkl', [permute(eyeOf(), [0, 1]), eyeOf(), mask]) }).ok).toBe(true);
  });

  test('the domain is found and told', () => {
    const many = variable('x', [dim(12)]);
    const positive = checkDerivative({ of: total(logarithm(many)), by: many, derivative: power(many, -1) });
    expect(positive).toMatchObject({ ok: true, domain: ['x > 0'] });
    const declared = variable('x', [dim(12)], facts(['positive']));
    expect(checkDerivative({ of: total(logarithm(declared)), by: declared, derivative: power(declared, -1) })).toMatchObject({ ok: true, domain: [] });
    const X = variable('X', [dim(4), dim(4)]);
    const chol = call(opNamed('chol'), [X]);
    const claim = einsum('ij,ab->ijab', [chol, X]);
    expect(checkDerivative({ of: chol, by: X, derivative: claim }).domain).toEqual(['X symmetric positive definite']);
    const never = checkDerivative({ of: logarithm(scale(-1, power(x, 2))), by: x, derivative: einsum('i->ii', [x]) });
    expect(never).toMatchObject({ ok: false, reason: 'no point of the domain found' });
  });

  test('kinks are stepped around', () => {
    const of = total(absolute(x));
    const sign = call(opNamed('sign'), [x]);
    expect(checkDerivative({ of, by: x, derivative: sign, points: 30 })).toMatchObject({ ok: true, points: 30 });
  });

  test('the same seed gives the same answer; shapes must fit', () => {
    const of = total(exponential(x));
    const claim = { of, by: x, derivative: exponential(x), seed: 5 };
    expect(checkDerivative(claim)).toEqual(checkDerivative(claim));
    expect(checkDerivative({ of, by: x, derivative: of }).reason).toContain('shape');
    expect(checkDerivative({ of, by: variable('z', [n]), derivative: zeros([n]) }).ok).toBe(true);
  });
});

function eyeOf(): Expr {
  return einsum('i->ii', [constant(1, [n])]);
}

describe('checkEqual', () => {
  test('equal and different functions', () => {
    const X = square('X');
    expect(checkEqual(determinant(transpose(X)), determinant(X))).toMatchObject({ equal: true, points: 3 });
    expect(checkEqual(sub(X, X), zeros([n, n])).equal).toBe(true);
    const different = checkEqual(transpose(X), X);
    expect(different.equal).toBe(false);
    expect(different.counterexample?.left).not.toEqual(different.counterexample?.right);
    expect(checkEqual(x, y).reason).toBe('the shapes differ');
    expect(checkEqual(exponential(logarithm(x)), x)).toMatchObject({ equal: true });
  });

  test('what cancels leaves no false alarm', () => {
    const big = scale(1e6, total(exponential(x)));
    expect(checkEqual(sub(add(big, total(x)), big), total(x)).equal).toBe(true);
    expect(checkEqual(scale(1e-9, x), scale(2e-9, x)).equal).toBe(false);
  });
});

describe('sample', () => {
  const stream = random(3);
  const draw = (shape: VariableNode['shape'], ...list: Fact[]): Dense =>
    sample([variable('V', shape, facts(list))], new Map([['n', 4]]), stream).values.get('V')!;

  test('facts hold', () => {
    const S = draw([n, n], 'symmetric');
    expect(transposeOf(S)).toEqual(S);
    expect(symmetricEigen(draw([n, n], 'pd')).values.data[0]).toBeGreaterThan(0);
    expect(symmetricEigen(draw([n, n], 'nd')).values.data[3]).toBeLessThan(0);
    const Q = draw([n, n], 'orthogonal');
    expect(Math.abs(det(matmul(Q, transposeOf(Q))))).toBeCloseTo(1, 12);
    const D = draw([n, n], 'diagonal');
    expect(D.data.filter((v) => v !== 0)).toHaveLength(4);
    expect(draw([n, n], 'lower').data[1]).toBe(0);
    expect(draw([n, n], 'upper').data[4]).toBe(0);
    expect(draw([n, n], 'identity')).toEqual(identity(4));
    expect(draw([n], 'positive').data.every((v) => v > 0)).toBe(true);
    expect(draw([n], 'negative').data.every((v) => v < 0)).toBe(true);
    expect(draw([n], 'simplex').data.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(Math.hypot(...draw([n], 'unit').data)).toBeCloseTo(1, 12);
  });

  test('sizes differ, and a matrix is both tall and wide', () => {
    const seen = new Set<boolean>();
    for (let i = 0; i < 4; i++) {
      const sizes = sampleSizes([A], random(i), false);
      const flipped = sampleSizes([A], random(i), true);
      seen.add(sizes.get('m')! > sizes.get('n')!);
      seen.add(flipped.get('m')! > flipped.get('n')!);
      expect(sizes.get('m')).not.toBe(sizes.get('n'));
      expect(sizes.get('m')! > sizes.get('n')!).toBe(flipped.get('m')! < flipped.get('n')!);
    }
    expect(seen.size).toBe(2);
    expect([...sampleSizes([variable('K', [mulDims(m, n), n])], random(1)).keys()]).toEqual(['m', 'n']);
  });
});
