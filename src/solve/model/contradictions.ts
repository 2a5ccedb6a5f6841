// Constraints that no values can keep. Those in which no variable stands, and bounds from the data that leave a variable no
// value, are mistakes of the data, and are refused; bounds that are written so make a problem infeasible.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { variables } from '../../ir/walk.ts';
import type { Assembled } from './assemble.ts';
import type { PreparedModel, Ready } from './prepare.ts';

const tolerance = 1e-9;

/** Throws where constraints without variables do not hold. */
export function refuseContradictions({ model }: PreparedModel, { statement, derived }: Ready, { fates }: Assembled): void {
  const problems = derived.smooth.rows.flatMap(({ relation, constraint }, r): Diagnostic[] => {
    const broken = must(fates[r]).find((f) => f.kind === 'constant' && (relation === '==' ? Math.abs(f.value) > tolerance : relation === '<=' ? f.value > tolerance : f.value < -tolerance));
    if (broken?.kind !== 'constant' || constraint === undefined) return [];
    const { name, span } = must(statement.constraints[constraint]);
    return [{ code: 'contradiction', severity: 'error', message: `${name} cannot hold, and no variable stands in it`, span: span ?? [0, model.text.length], needed: `a difference of its sides that is ${relation} 0`, found: String(broken.value), help: 'correct the data, or leave the constraint out' }];
  });
  if (problems.length > 0) throw new RicciError(problems);
}

/** What is to be said of the first variable whose bounds leave it no value. Throws where one of them comes from the data. */
export function crossedBounds({ statement, derived }: Ready, { problem, fates }: Assembled): Diagnostic | undefined {
  const { lower, upper } = problem;
  const empty = lower.findIndex((low, j) => low > upper[j]!);
  if (empty < 0) return undefined;
  const by = (side: 'lower' | 'upper'): number | undefined => {
    const row = derived.smooth.rows.findIndex((_, r) => must(fates[r]).some((f) => f.kind === 'bound' && f.place === empty && f[side] === problem[side][empty]));
    return derived.smooth.rows[row]?.constraint;
  };
  const low = by('lower');
  const named = [...new Set([low, by('upper')])].filter((k) => k !== undefined).map((k) => must(statement.constraints[k]));
  const isOfData = variables(named.map((c) => c.expr)).some((leaf) => statement.variables.every((v) => v.name !== leaf.name));
  const notes = named.flatMap(({ span }, i) => (span ? [{ span, text: i === 0 && low !== undefined ? `at least ${lower[empty]}` : `at most ${upper[empty]}` }] : []));
  const crossed: Diagnostic = {
    code: 'empty-bounds',
    severity: isOfData ? 'error' : 'notice',
    message: `the bounds leave no value: ${named.map((c) => c.name).join(' contradicts ')}`,
    span: named[0]?.span ?? [0, 0],
    needed: 'a lower bound that is not above the upper one',
    found: `${lower[empty]} above ${upper[empty]}`,
    help: isOfData ? 'correct the data of these bounds' : 'correct these bounds, or leave one of them out',
    notes,
  };
  if (isOfData) throw new RicciError([crossed]);
  return crossed;
}
