// What was read, as plain data: for the editor (what stands where), and for the table of variables.

import type { VariableInfo } from '../../../src/lang/read.ts';
import type { Part } from '../../../src/lang/parts.ts';
import { factsOf } from '../../../src/ops/facts.ts';
import { typeText } from '../../../src/pipeline/type-text.ts';
import { factsText, origins } from '../../../src/pipeline/words.ts';

export interface VariableRow {
  readonly name: string;
  readonly kind: VariableInfo['kind'];
  /** Names or numbers, one an axis. */
  readonly dims: readonly string[];
  /** In words of the language, such as `symmetric pd`. */
  readonly facts: string;
  readonly type: string;
  /** How it came by its kind, in words. */
  readonly origin: string;
  readonly isDeclared: boolean;
}

/** A part of the text, from the outermost in. */
export interface PartRow {
  readonly from: number;
  readonly to: number;
  readonly is: Part['is'];
  readonly name?: string;
  readonly type: string;
  readonly facts: string;
}

export function variableRow(v: VariableInfo): VariableRow {
  return {
    name: v.name,
    kind: v.kind,
    dims: v.shape.map((dim) => dim.key),
    facts: factsText(v.facts),
    type: typeText(v.shape),
    origin: origins[v.origin],
    isDeclared: v.origin === 'declared',
  };
}

export function partRow({ span: [from, to], is, name, type, expr }: Part): PartRow {
  return { from, to, is, type, facts: expr ? factsText(factsOf(expr)) : '', ...(name !== undefined && { name }) };
}
