// The facts as they are written in declarations, each in a few words, with the kinds that may have it.

import type { VariableKind } from './declare.ts';

export interface FactWord {
  readonly name: string;
  readonly says: string;
  readonly kinds: readonly VariableKind[];
}

const all: readonly VariableKind[] = ['scalar', 'vector', 'matrix', 'tensor'];
const matrix: readonly VariableKind[] = ['matrix'];

export const factWords: readonly FactWord[] = [
  { name: 'symmetric', says: "equal to its transpose", kinds: matrix },
  { name: 'psd', says: 'symmetric, no eigenvalue below 0', kinds: matrix },
  { name: 'pd', says: 'symmetric, every eigenvalue above 0', kinds: matrix },
  { name: 'nsd', says: 'symmetric, no eigenvalue above 0', kinds: matrix },
  { name: 'nd', says: 'symmetric, every eigenvalue below 0', kinds: matrix },
  { name: 'diagonal', says: 'zero off the diagonal', kinds: matrix },
  { name: 'lower', says: 'zero above the diagonal', kinds: matrix },
  { name: 'upper', says: 'zero below the diagonal', kinds: matrix },
  { name: 'orthogonal', says: 'its inverse is its transpose', kinds: matrix },
  { name: 'positive', says: 'every entry above 0', kinds: all },
  { name: 'nonnegative', says: 'no entry below 0', kinds: all },
  { name: 'negative', says: 'every entry below 0', kinds: all },
  { name: 'nonpositive', says: 'no entry above 0', kinds: all },
  { name: 'in (0, 1)', says: 'every entry in this interval; any two numbers, or inf', kinds: all },
  { name: 'in simplex', says: 'entries not below 0 that add up to 1', kinds: ['vector'] },
  { name: 'unit', says: 'of length 1', kinds: ['vector', 'matrix', 'tensor'] },
  { name: 'constant', says: 'given, never derived by', kinds: all },
  { name: 'sparse', says: 'mostly zeros', kinds: ['vector', 'matrix'] },
];
