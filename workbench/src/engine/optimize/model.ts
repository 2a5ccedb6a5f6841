// How a model is understood, with the numbers there are so far.

import type { Diagnostic } from '../../../../src/base/diagnostic.ts';
import { factsText } from '../../../../src/pipeline/words.ts';
import { type NameReading, type PartReading, type PreparedModel, prepareModel, readingOf } from '../../../../src/solve/index.ts';
import type { Work } from '../work.ts';
import { type ModelQuestion, type Source, loaded, wrongModel } from './given.ts';

export interface NameRow {
  readonly name: string;
  readonly type: string;
  readonly facts: string;
  readonly used: boolean;
}

export interface ModelAnswer {
  /** Errors, warnings and notices about the text of the model. */
  readonly diagnostics: readonly Diagnostic[];
  /** What is wrong with the numbers; the text may be fine. */
  readonly dataProblems: readonly Diagnostic[];
  readonly sources: readonly Source[];
  /** Parameters without a value. */
  readonly missing: readonly string[];
  /** Parameters that are single numbers, with their values where they have one. */
  readonly scalars: readonly (readonly [name: string, value: number])[];
  readonly sizes: Readonly<Record<string, number>>;
  readonly reading?: ModelView;
}

export interface ModelView {
  readonly given: readonly NameRow[];
  readonly wanted: readonly NameRow[];
  readonly sense: 'min' | 'max';
  readonly objective: PartReading;
  readonly constraints: readonly PartReading[];
  readonly structure: readonly string[];
  /** Whether it is convex, in a sentence. */
  readonly convexity: string;
  readonly method?: { readonly name: string; readonly why: string };
}

const nothing: ModelAnswer = { diagnostics: [], dataProblems: [], sources: [], missing: [], scalars: [], sizes: {} };

export async function model(question: ModelQuestion, work: Work): Promise<ModelAnswer> {
  if (question.model.trim() === '') return nothing;
  let prepared: PreparedModel;
  try {
    prepared = prepareModel(question.model);
  } catch (error) {
    return { ...nothing, diagnostics: wrongModel(error) };
  }
  const plain = { ...nothing, diagnostics: prepared.notices };
  try {
    const { values, start, sources, sizes, notices } = await loaded(prepared, question, work);
    const missing = prepared.model.parameters.filter((p) => !Object.hasOwn(values, p.name)).map((p) => p.name);
    const scalars = prepared.model.parameters.flatMap((p): [string, number][] => {
      const value = values[p.name];
      return p.shape.length === 0 && value && 'data' in value && value.data.length === 1 ? [[p.name, value.data[0]!]] : [];
    });
    return { ...plain, sources, missing, scalars, sizes, dataProblems: notices, ...readWith(prepared, missing.length === 0 ? { values, start } : undefined) };
  } catch (error) {
    return { ...plain, dataProblems: wrongModel(error), ...readWith(prepared) };
  }
}

function readWith(prepared: PreparedModel, data?: { readonly values: object; readonly start: object }): Pick<ModelAnswer, 'reading' | 'diagnostics'> {
  const report = readingOf(prepared, data?.values as Parameters<typeof readingOf>[1], data?.start as Parameters<typeof readingOf>[2]);
  const rows = (list: readonly NameReading[]): NameRow[] => list.map(({ name, type, facts, used }) => ({ name, type, facts: factsText(facts), used }));
  const { sense, objective, constraints, structure, method, verdict } = report;
  return {
    diagnostics: report.notices,
    reading: {
      given: rows(report.given),
      wanted: rows(report.wanted),
      sense,
      objective,
      constraints,
      structure,
      convexity: verdict,
      ...(method && { method }),
    },
  };
}
