import { describe, expect, it } from 'vitest';
import { facts } from '../ir/fact.ts';
import { derive } from '../pipeline.ts';
import { factsText } from '../pipeline/words.ts';
import { answerText } from './answer.ts';
import { plain } from './paint.ts';

function answer(text: string, by: string, declare: string, more: Partial<Parameters<typeof derive>[1]> = {}): string {
  return answerText(derive(text, { by: by.split(' '), declare, ...more }), plain);
}

describe('answers', () => {
  it('name a fact once, without what it implies', () => {
    expect(factsText(facts(['pd', 'sparse']))).toBe('pd sparse');
    expect(factsText(facts(['diagonal', 'positive']))).toBe('diagonal positive');
    expect(factsText(facts(['identity']))).toBe('identity');
    expect(factsText(facts([], { above: 0, below: 1 }))).toBe('in (0, 1)');
    expect(factsText(facts(['simplex']))).toBe('in simplex');
    expect(factsText(facts([]))).toBe('');
  });

  it('leave out what is declared and not used', () => {
    expect(answer("x'*x", 'x', 'x: vector(n); A: matrix(m, m)')).not.toContain('A');
  });

  it('name layout and convention where another choice gives another answer', () => {
    expect(answer('A*x', 'x', '')).toContain('mixed: axes (m) of the function, then (n) of x');
    expect(answer('A*X', 'X', '')).toMatch(/mixed: axes \(m, \w\) of the function, then \(n, \w\) of X/);
    expect(answer("x'*x", 'x', '')).not.toContain('layout');
    expect(answer("x'*x", 'x', '', { layout: 'numerator' })).toContain("d/dx = 2*x'   row(n)");
    expect(answer('tr(A*X)', 'X', 'X: matrix(n, n) symmetric')).toContain("projected, (G+G')/2, as X is symmetric");
    expect(answer('tr(A*X)', 'X', 'X: matrix(n, n) symmetric', { symmetric: 'cookbook' })).toContain("G+G'-G∘I");
    expect(answer("x'*D*x", 'D', 'D: matrix(n, n) diagonal')).toContain('by the diagonal of D');
    expect(answer("x'*L*x", 'L', 'L: matrix(n, n) lower')).toContain('by the lower triangle of L');
  });

  it('state domain, excluded points and what the check assumed', () => {
    expect(answer('norm2(x)', 'x', '')).toMatch(/excluded +x = 0/);
    expect(answer('sum(log(x))', 'x', '')).toMatch(/needs +x > 0\n +check +agrees .* with x > 0/);
    expect(answer('sum(log(x))', 'x', 'x: vector(n) positive')).not.toContain('needs');
    expect(answer("x'*x", 'x', '', { points: 0 })).toMatch(/check +left out/);
  });
});
