// Some of the sets that `npm run test:sets` runs whole: problems of Maros & Mészáros (1999), the linear programs of Netlib
// among them, and programs without an optimum made from those. Proofs are looked at again by plain arithmetic.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { must } from '../src/base/internal.ts';
import { type Stored, better, contradicted, falling, linearOf, programOf } from '../bench/sets/programs.ts';
import { fallAlong, farkasMargin } from '../bench/sets/proofs.ts';
import { dataOf, model, mpsOf } from '../bench/sets/texts.ts';
import { readMps } from '../src/data/programs/mps.ts';
import type { NumericProgram } from '../src/data/programs/program.ts';
import { minimise, problemOf, solve } from '../src/solve/index.ts';

interface Known extends Stored {
  readonly optimum: { readonly quadratic: number; readonly linear?: number };
}

const known = JSON.parse(readFileSync(new URL('problems/quadratic-programs.json', import.meta.url), 'utf8')) as readonly Known[];
const cases = known.map((p) => ({ name: p.name, program: programOf(p), optimum: p.optimum.quadratic }));
const linear = known.flatMap((p) => (p.optimum.linear === undefined ? [] : [{ name: p.name.slice(1), program: linearOf(programOf(p)), optimum: p.optimum.linear }]));

function fromFile(program: NumericProgram): ReturnType<typeof minimise> {
  return minimise(problemOf(readMps(mpsOf(program), 'problem.mps')));
}

function near(found: number, optimum: number): void {
  expect(Math.abs(found - optimum)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(optimum)));
}

describe.each([...cases, ...linear])('$name', ({ program, optimum }) => {
  test('from a file', () => {
    const { outcome, objective, kkt } = fromFile(program);
    expect(outcome).toEqual({ kind: 'optimal', scope: 'global' });
    near(objective, optimum);
    expect(Math.max(kkt.stationarity.scaled, kkt.primal.scaled, kkt.sign.scaled, kkt.complementarity.scaled)).toBeLessThan(1e-8);
  });

  test('from a model, with bounds as rows and 1e20 for none', () => {
    const { outcome, objective } = solve(model, dataOf(program));
    expect(outcome).toBe('optimal (global)');
    near(objective, optimum);
  });
});

describe.each(linear)('$name without an optimum', ({ program, optimum }) => {
  test('a better objective is infeasible', () => {
    const one = better(program, optimum);
    const { outcome } = fromFile(one);
    const proof = outcome.kind === 'infeasible' && outcome.certificate.kind === 'farkas' ? outcome.certificate : undefined;
    expect(farkasMargin(one, must(proof).rows, must(proof).bounds)).toBeGreaterThan(1e-6);
  });

  test('a combination of its equations with another right side is infeasible', () => {
    const one = contradicted(program, 7);
    if (one === undefined) return;
    const { outcome } = fromFile(one);
    const proof = outcome.kind === 'infeasible' && outcome.certificate.kind === 'farkas' ? outcome.certificate : undefined;
    expect(farkasMargin(one, must(proof).rows, must(proof).bounds)).toBeGreaterThan(1e-6);
  });

  test('a column that pays for ever', () => {
    const one = must(falling(program, 7));
    const { outcome } = fromFile(one);
    expect(outcome.kind).toBe('unbounded');
    expect(fallAlong(one, outcome.kind === 'unbounded' ? outcome.ray : [])).toBeGreaterThan(1e-6);
  });
});

test('the proofs are refused where they prove nothing', () => {
  const { program } = must(linear[0]);
  const one = better(program, must(linear[0]).optimum);
  const none = new Float64Array(one.columns.length);
  expect(farkasMargin(one, new Float64Array(one.rows.length).fill(1), none)).toBeNaN();
  expect(fallAlong(one, none.map(() => 1))).toBeNaN();
});
