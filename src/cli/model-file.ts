// What the commands on models share: the text of a model, its data, and errors beside the lines they are about.

import { readFileSync } from 'node:fs';
import { RicciError } from '../base/diagnostic.ts';
import type { Given as Data, GivenValue } from '../solve/index.ts';
import { type Given, type Options, UsageError } from './args.ts';
import type { ExitCode } from './command.ts';
import { dataFrom } from './data.ts';
import type { Io } from './io.ts';
import { renderAll } from './render.ts';
import { valuesFrom } from './values.ts';

export const modelOptions: Options = {
  data: { value: '[NAME=]FILE[:PART]', says: 'a data file: .npz .npy .csv .mtx .svm .parquet .json; may be repeated' },
  at: { value: 'FILE | JSON', says: `values of parameters: '{"A": [[1, 2], [3, 4]], "b": [1, 2]}' or a file with them` },
  start: { value: 'FILE | JSON', says: 'start values of variables, which also tell their sizes' },
};

export interface ModelFile {
  readonly name: string;
  readonly text: string;
}

/** The model in a file, or from standard input for `-`. */
export function modelFrom(path: string): ModelFile {
  try {
    return { name: path === '-' ? 'standard input' : path, text: readFileSync(path === '-' ? 0 : path, 'utf8') };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot read ${path}: ${code === 'ENOENT' ? 'there is no such file' : message}`, 'give a file with a model: parameters, variables, min, st');
  }
}

/** Undefined where no data are named. */
export async function dataOf(given: Given): Promise<{ data: Data | undefined; start: Data | undefined }> {
  const at = given.last('at');
  const start = given.last('start');
  const files = given.all('data');
  const data = files.length === 0 && at === undefined ? undefined : { ...(await fileValues(files)), ...(at === undefined ? {} : (valuesFrom(at) as Data)) };
  const isInline = start?.trimStart().startsWith('{') === true || start?.endsWith('.json') === true;
  return { data, start: start === undefined ? undefined : isInline ? (valuesFrom(start) as Data) : await fileValues([start]) };
}

async function fileValues(specs: readonly string[]): Promise<Data> {
  const { data } = await dataFrom(specs);
  return Object.fromEntries([...data].map(([name, { array }]): [string, GivenValue] => [name, array]));
}

/** Runs `work`; errors are shown on the error output beside the lines of the model, with exit code 1. */
export async function showingModelErrors(io: Io, { name, text }: ModelFile, work: () => ExitCode | Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RicciError)) throw error;
    io.err(renderAll(error.diagnostics, { expression: text, names: { expression: name } }, io.errPaint));
    return 1;
  }
}
