// The one table of functions. A new function is one record in one file; its file is listed here.

import { must } from '../base/internal.ts';
import type { FunctionFamily, FunctionRecord, Op, Rule } from './op.ts';
import { extremumRecords } from './defined/extremum.ts';
import { learningRecords } from './defined/learning.ts';
import { squashRecords } from './defined/squash.ts';
import { normsAlong } from './defined/norms-along.ts';
import { reductionRecords } from './defined/reductions.ts';
import { maskOps, structureRecords } from './defined/structure.ts';
import { decompositionRecords } from './matrix/decompositions.ts';
import { determinantFamily, determinantRecords, minorOp } from './matrix/determinant.ts';
import { matrixFunctionFamily, matrixFunctionOps, matrixFunctionRecords } from './matrix/functions.ts';
import { solveOps } from './matrix/solve.ts';
import { spectralRecords } from './matrix/spectral.ts';
import { logisticRecords } from './scalar/logistic.ts';
import { piecewiseRecords } from './scalar/piecewise.ts';
import { powerRecords } from './scalar/power.ts';
import { rootRecords } from './scalar/root.ts';
import { specialRecords } from './scalar/special.ts';
import { trigonometricRecords } from './scalar/trigonometric.ts';
import { userOp } from './scalar/user.ts';

/** Every function of the language, in the order of the reference pages. */
export const functions: readonly FunctionRecord[] = [
  ...powerRecords,
  ...rootRecords,
  ...logisticRecords,
  ...trigonometricRecords,
  ...piecewiseRecords,
  ...specialRecords,
  ...reductionRecords,
  ...normsAlong,
  ...extremumRecords,
  ...structureRecords,
  ...learningRecords,
  ...squashRecords,
  ...determinantRecords,
  ...matrixFunctionRecords,
  ...decompositionRecords,
  ...spectralRecords,
];

/** Records of graph nodes that no function of the language names directly. */
const hidden: readonly Op[] = [userOp, minorOp, ...maskOps, ...matrixFunctionOps, ...solveOps];

const families: readonly FunctionFamily[] = [determinantFamily, matrixFunctionFamily];

const byName = new Map<string, FunctionRecord>();
for (const f of functions) for (const name of [f.name, ...(f.aliases ?? [])]) byName.set(name, f);

const ops = new Map<string, Op>();
for (const f of functions) if (f.op) ops.set(f.op.name, f.op);
for (const op of hidden) ops.set(op.name, op);

// A tensor of a higher order than this has more entries than anything here can hold.
const highestOrder = 12;

/** The function of that name or alias. */
export function functionNamed(name: string): FunctionRecord | undefined {
  const known = byName.get(name);
  if (known) return known;
  for (const { pattern, member } of families) {
    const [, order, word] = pattern.exec(name) ?? [];
    if (order !== undefined && word !== undefined && Number(order) <= highestOrder) return member(Number(order), word);
  }
  return undefined;
}

export function functionNames(): string[] {
  return [...byName.keys()];
}

/** The record of an `apply` node. */
export function opNamed(name: string): Op {
  return must(ops.get(name), `op ${name}`);
}

/** Every record of `apply` nodes. */
export function allOps(): readonly Op[] {
  return [...ops.values()];
}

const rules = new Map<string, Rule[]>();
for (const op of ops.values()) {
  for (const rule of op.rules ?? []) {
    const key = `${rule.at} ${rule.on ?? op.name}`;
    rules.set(key, [...(rules.get(key) ?? []), rule]);
  }
}

/** The rules that look at nodes of this op, in the order of the table. */
export function rulesOf<A extends Rule['at']>(at: A, op: string): readonly Extract<Rule, { at: A }>[] {
  return (rules.get(`${at} ${op}`) ?? []) as Extract<Rule, { at: A }>[];
}

export function allRules(): readonly Rule[] {
  return [...rules.values()].flat();
}

