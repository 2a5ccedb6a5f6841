// The problems of Hock and Schittkowski, and some of Schittkowski's second book, from model text to verified optimum.

import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { solve } from '../src/index.ts';

interface Problem {
  readonly number: string;
  readonly start: readonly number[];
  readonly optimum: number;
  readonly data: Record<string, number[]>;
  readonly model: string;
}

const [problems, more] = ['hock-schittkowski', 'schittkowski'].map((name) => readFileSync(new URL(`problems/${name}.txt`, import.meta.url), 'utf8').split(/^# /m).slice(1).map(read)) as [Problem[], Problem[]];

function read(block: string): Problem {
  const end = block.indexOf('\n');
  const [number = '', start = '', optimum = '', data = 'data {}'] = block.slice(0, end).split('|').map((part) => part.trim());
  return {
    number,
    start: start.split(' ').slice(1).map(Number),
    optimum: Number(optimum.split(' ')[1]),
    data: JSON.parse(data.slice('data '.length)) as Record<string, number[]>,
    model: block.slice(end + 1),
  };
}

// Problem 117 has the variables x and y; their ten and five values follow each other in the file.
function startOf({ number, start }: Problem): Record<string, number[]> {
  return number === '117' ? { x: start.slice(0, 10), y: start.slice(10) } : { x: [...start] };
}

describe('Hock & Schittkowski', () => {
  test.each(problems)('$number', (problem) => {
    const { optimum, model, data } = problem;
    const { outcome, objective, violation } = solve(model, data, { start: startOf(problem) });
    expect(outcome).toMatch(/^optimal/);
    expect(violation).toBeLessThan(1e-8 * Math.max(1, Math.abs(optimum)));
    // A few local optima of the book are not the best ones.
    expect(objective).toBeLessThan(optimum + 1e-6 * Math.max(1, Math.abs(optimum)));
  }, 60_000);
});

describe('Schittkowski', () => {
  test.each(more)('$number', (problem) => {
    const { optimum, model, data } = problem;
    const { outcome, objective, violation } = solve(model, data, { start: startOf(problem) });
    expect(outcome).toMatch(/^optimal/);
    expect(violation).toBeLessThan(1e-8 * Math.max(1, Math.abs(optimum)));
    expect(Math.abs(objective - optimum)).toBeLessThan(1e-6 * Math.max(1, Math.abs(optimum)));
  }, 60_000);
});
