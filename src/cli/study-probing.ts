// `ricci study probing`: is a feature predicted from embeddings because they know it, or for lesser reasons?

import { existsSync, readFileSync } from 'node:fs';
import { type AuditOptions, audit } from '../studies/probing/audit.ts';
import { type ControlName, controls } from '../studies/probing/controls.ts';
import type { ProbeName } from '../studies/probing/probe.ts';
import { probes } from '../studies/probing/probes.ts';
import { type File, readProbingTables } from '../studies/probing/read-tables.ts';
import { auditData, probingReport } from '../studies/probing/report.ts';
import { type Metric, metrics } from '../studies/probing/scores.ts';
import { reportJson } from '../studies/harness/report.ts';
import { type Given, UsageError } from './args.ts';
import type { Command, ExitCode } from './command.ts';
import { interruptible } from './interruptible.ts';
import { progressOn } from './progress-line.ts';
import { reportText, requireFolder, writeReport } from './study-report.ts';

const controlNames = controls.map((c) => c.name);

export const probingCommand: Command = {
  name: 'probing',
  usage: 'ricci study probing --embeddings FILE --features FILE [options]',
  says: `Whether features are predicted from embeddings because the embeddings know them: probes with nested cross-validation on
the real features and on a ladder of controls, and a verdict: not above base rate, above base rate but not above
meaningless geometry, or beyond geometry controls. Files are CSV, TSV or text with a word at the start of each line, or
arrays of numbers (.npz, .npy, Parquet, …; FILE:NAME for one array of several). Features may be one line for each word
and feature (word,feature), or a column for each. Ctrl-C stops.`,
  options: {
    embeddings: { value: 'FILE[:ARRAY]', says: 'a word, then its numbers, in each line; or a matrix' },
    features: { value: 'FILE[:ARRAY]', says: 'word,feature or word,feature,value in each line; or a column for each feature; or a matrix' },
    words: { value: 'FILE', says: 'names of the rows of matrices, one a line' },
    'feature-names': { value: 'FILE', says: 'names of the columns of a matrix of features, one a line' },
    groups: { value: 'FILE', says: 'word,group in each line: words of a group are never split between training and test' },
    models: { value: 'NAME,…', says: `of ${Object.keys(probes).join(', ')}; ridge, pls, knn unless told; the first decides` },
    controls: { value: 'NAME,…', says: `of ${controlNames.join(', ')}; all unless told` },
    repeats: { value: 'NUMBER', says: 'draws of each control, 20 unless told' },
    permutations: { value: 'NUMBER', says: 'draws of permuted rows for the p-values of features, 99 unless told' },
    folds: { value: 'NUMBER', says: 'of the outer cross-validation, 5 unless told' },
    metric: { value: 'NAME', says: `which score decides: ${metrics.join(', ')}`, oneOf: metrics },
    least: { value: 'NUMBER', says: 'leave out features that fewer words have' },
    curve: { value: 'SHARES', says: 'shares of the training words for the learning curve, 0.1,0.25,0.5,1 unless told; "none" for none' },
    seed: { value: 'NUMBER', says: 'of all random numbers, 1 unless told' },
    json: { says: 'everything that was measured, as JSON' },
    out: { short: 'o', value: 'FOLDER', says: 'write report.json, report.md and figures there' },
  },
  examples: [
    'ricci study probing --embeddings vectors.csv --features norms.csv -o out',
    'ricci study probing --embeddings data.npz:X --features data.npz:Y --words words.txt --models ridge,knn --least 5',
  ],
  run: async (given, io): Promise<ExitCode> => {
    const [word] = given.words;
    if (word !== undefined) throw new UsageError(`${JSON.stringify(word)} is one word too many`, 'tables are given as --embeddings FILE and --features FILE');
    const folder = given.last('out');
    if (folder !== undefined) requireFolder(folder);
    const options = optionsOf(given);
    const { X, Y, names, notices } = await readProbingTables({ embeddings: fileOf(given, 'embeddings'), features: fileOf(given, 'features'), ...optionalFiles(given) });
    const line = progressOn(io, 'probing');
    const found = await interruptible((signal) => audit(X, Y, { ...names, ...options, signal, onProgress: line.see }).finally(line.end));
    const report = { ...probingReport(found, { notices, command: commandOf(given) }), audit: auditData(found) };
    const written = folder === undefined ? [] : writeReport(folder, report);
    if (given.has('json')) io.out(reportJson(report));
    else io.out(`${reportText(report, io.paint, ['Features', 'Chosen within the training words'])}${written.length > 0 ? `\n\n${written.map((file) => `  written  ${file}`).join('\n')}` : ''}`);
    return 0;
  },
};

function optionalFiles(given: Given): { words?: File; featureNames?: File; groups?: File } {
  return {
    ...(given.has('words') && { words: fileOf(given, 'words') }),
    ...(given.has('feature-names') && { featureNames: fileOf(given, 'feature-names') }),
    ...(given.has('groups') && { groups: fileOf(given, 'groups') }),
  };
}

function fileOf(given: Given, name: string): File {
  const text = given.last(name);
  if (text === undefined) throw new UsageError(`the ${name} are missing`, `write --${name} FILE`);
  // A colon may be part of a file's name.
  const [, path = text, part] = existsSync(text) ? [] : (/^(.+):([^:/\\]+)$/.exec(text) ?? []);
  try {
    return { name: path, bytes: readFileSync(path), ...(part !== undefined && { part }) };
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message.replace(/, .*$/, '')}`, 'check the path');
  }
}

function optionsOf(given: Given): Omit<AuditOptions, 'onProgress'> {
  const number = (name: string): Record<string, number> => {
    const text = given.last(name);
    if (text === undefined) return {};
    if (!/^\d+$/.test(text.trim())) throw new UsageError(`--${name} cannot be ${JSON.stringify(text)}`, `write a whole number, such as --${name} 20`);
    return { [name]: Number(text) };
  };
  const list = (name: string): string[] | undefined => given.last(name)?.split(',').map((item) => item.trim());
  const [models, which, curve, metric] = [list('models'), list('controls'), list('curve'), given.last('metric')];
  return {
    ...(models && { models: models as ProbeName[] }),
    ...(which && { controls: which as ControlName[] }),
    ...(curve && { curve: curve.join() === 'none' ? [] : curve.map((share) => (share === '' ? NaN : Number(share))) }),
    ...(metric !== undefined && { metric: metric as Metric }),
    ...number('repeats'),
    ...number('permutations'),
    ...number('folds'),
    ...number('least'),
    ...number('seed'),
  };
}

/** The command again, without what it writes and shows. */
function commandOf(given: Given): string {
  const told = ['embeddings', 'features', 'words', 'feature-names', 'groups', 'models', 'controls', 'repeats', 'permutations', 'folds', 'metric', 'least', 'curve', 'seed'].filter((name) => given.has(name));
  return ['ricci study probing', ...told.map((name) => `--${name} ${/[\s']/.test(given.last(name)!) ? JSON.stringify(given.last(name)) : given.last(name)}`)].join(' ');
}
