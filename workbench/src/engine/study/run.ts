// The studies as tasks: a question, progress, and a report, which all studies have in one form.

import { must, unreachable } from '../../../../src/base/internal.ts';
import type { RunOptions } from '../../../../src/studies/harness/progress.ts';
import { auditCapsules, audit, capsulesReport, galleryEntry, probingReport, readCapsules, readProbingTables, runGalleryEntry } from '../../../../src/studies/index.ts';
import type { Work } from '../work.ts';
import { described } from './description.ts';
import { type PositionBiasQuestion, positionBiasStudy } from './position-bias.ts';
import type { Study } from './study.ts';

export type StudyQuestion =
  | PositionBiasQuestion
  | { readonly study: 'claim'; readonly name: string; readonly quick: boolean }
  | { readonly study: 'probing'; readonly embeddings: File; readonly features: File; readonly repeats: number }
  | { readonly study: 'capsules'; readonly description: string; readonly train: number; readonly epochs: number; readonly forecastOnly: boolean };

/** The message `stop` ends it with the error `cancelled`. */
export async function study(question: StudyQuestion, work: Work): Promise<Study> {
  const stop = new AbortController();
  work.onMessage(() => stop.abort());
  const options: RunOptions = { signal: stop.signal, onProgress: work.progress };
  switch (question.study) {
    case 'position-bias':
      return await positionBiasStudy(question, options);
    case 'claim':
      return { report: await runGalleryEntry(must(galleryEntry(question.name)), { ...options, quick: question.quick }) };
    case 'probing': {
      const file = async (f: File): Promise<{ name: string; bytes: Uint8Array }> => ({ name: f.name, bytes: new Uint8Array(await f.arrayBuffer()) });
      const { X, Y, names, notices } = await readProbingTables({ embeddings: await file(question.embeddings), features: await file(question.features) });
      return { report: probingReport(await audit(X, Y, { ...names, ...options, repeats: question.repeats }), { notices }) };
    }
    case 'capsules': {
      const { train, epochs, forecastOnly } = question;
      return { report: capsulesReport(await auditCapsules(readCapsules(described(question.description)), { ...options, train, test: Math.max(50, Math.round(train / 4)), epochs, forecastOnly })) };
    }
    default:
      return unreachable(question);
  }
}
