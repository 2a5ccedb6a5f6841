// The studies as tasks: a question, progress, and a report, which all studies have in one form.

import { parse } from 'yaml';
import { RicciError } from '../../../../src/base/diagnostic.ts';
import { must, unreachable } from '../../../../src/base/internal.ts';
import type { RunOptions } from '../../../../src/studies/harness/progress.ts';
import type { Report } from '../../../../src/studies/harness/report.ts';
import { auditCapsules, audit, capsulesReport, galleryEntry, positionBias, positionBiasReport, probingReport, readCapsules, readProbingTables, runGalleryEntry } from '../../../../src/studies/index.ts';
import type { Work } from '../work.ts';

export type StudyQuestion =
  | { readonly study: 'position-bias'; /** YAML or JSON. */ readonly description: string }
  | { readonly study: 'claim'; readonly name: string; readonly quick: boolean }
  | { readonly study: 'probing'; readonly embeddings: File; readonly features: File; readonly repeats: number }
  | { readonly study: 'capsules'; readonly description: string; readonly train: number; readonly epochs: number; readonly forecastOnly: boolean };

/** The message `stop` ends it with the error `cancelled`. */
export async function study(question: StudyQuestion, work: Work): Promise<Report> {
  const stop = new AbortController();
  work.onMessage(() => stop.abort());
  const options: RunOptions = { signal: stop.signal, onProgress: work.progress };
  switch (question.study) {
    case 'position-bias':
      return positionBiasReport(positionBias(described(question.description)));
    case 'claim':
      return await runGalleryEntry(must(galleryEntry(question.name)), { ...options, quick: question.quick });
    case 'probing': {
      const file = async (f: File): Promise<{ name: string; bytes: Uint8Array }> => ({ name: f.name, bytes: new Uint8Array(await f.arrayBuffer()) });
      const { X, Y, names, notices } = await readProbingTables({ embeddings: await file(question.embeddings), features: await file(question.features) });
      return probingReport(await audit(X, Y, { ...names, ...options, repeats: question.repeats }), { notices });
    }
    case 'capsules': {
      const { train, epochs, forecastOnly } = question;
      return capsulesReport(await auditCapsules(readCapsules(described(question.description)), { ...options, train, test: Math.max(50, Math.round(train / 4)), epochs, forecastOnly }));
    }
    default:
      return unreachable(question);
  }
}

/** The data of a description; throws a diagnostic where it is no YAML. */
function described(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 20 });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new RicciError([{ code: 'bad-description', severity: 'error', message: `the description is no YAML: ${message}`, span: [0, 0], needed: 'fields, one a line, such as layers: 12', help: 'mend that line' }]);
  }
}
