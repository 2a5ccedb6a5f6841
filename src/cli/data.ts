// Data files on the command line: `--data file.npz`, `--data b=y.csv`, `--data y=people.csv:age`.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { RicciError, type Diagnostic } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import type { DataArray, DataFile } from '../data/array.ts';
import { writeJson } from '../data/json.ts';
import { writeNpz } from '../data/npz.ts';
import { readData } from '../data/read.ts';
import type { Sourced } from '../pipeline/data.ts';
import { UsageError, suggestion } from './args.ts';

export interface Loaded {
  readonly data: ReadonlyMap<string, Sourced>;
  readonly notices: readonly Diagnostic[];
}

/** All arrays of the files; a later file's take the place of an earlier one's of the same name. */
export async function dataFrom(specs: readonly string[]): Promise<Loaded> {
  const data = new Map<string, Sourced>();
  const notices: Diagnostic[] = [];
  for (const text of specs) {
    const { name, path, part } = specOf(text);
    // One file after the other, so that the first problem is told and memory is taken once.
    const file = await readData(path, bytesOf(path));
    notices.push(...file.notices);
    if (name === undefined && part === undefined) for (const [own, array] of file.arrays) data.set(own, { array, file: path });
    else data.set(name ?? must(part), { array: partOf(file, name, part), file: path });
  }
  return { data, notices };
}

/** Writes named arrays by the ending of the file's name. */
export function writeData(path: string, arrays: ReadonlyMap<string, DataArray>): void {
  const ending = endingOf(path);
  try {
    writeFileSync(path, ending === 'npz' ? writeNpz(arrays) : writeJson(arrays));
  } catch (error) {
    if (error instanceof RicciError) throw error;
    throw new UsageError(`cannot write ${path}: ${reason(error)}`, 'give a file in a folder that exists');
  }
}

/** Told before any work is done. */
export function requireWritable(path: string): void {
  if (!['npz', 'json'].includes(endingOf(path))) throw new UsageError(`results cannot be written to ${path}`, 'give a file that ends in .npz or .json');
}

function endingOf(path: string): string {
  return /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
}

interface Spec {
  readonly name?: string;
  readonly path: string;
  readonly part?: string;
}

/** `FILE`, `NAME=FILE`, and `:PART` behind either; a file that is there under the whole text is meant. */
function specOf(text: string): Spec {
  if (existsSync(text)) return { path: text };
  const [, name, rest = text] = /^([\p{L}_][\p{L}\p{N}_]*)=(.+)$/su.exec(text) ?? [];
  const own = name === undefined ? {} : { name };
  if (existsSync(rest)) return { ...own, path: rest };
  const [, path, part] = /^(.+):([^:/\\]+)$/s.exec(rest) ?? [];
  return path !== undefined && part !== undefined && existsSync(path) ? { ...own, path, part } : { ...own, path: rest };
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${reason(error)}`, `give a data file: --data values.npz, or --data b=y.csv`);
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code === 'ERR_FS_FILE_TOO_LARGE' ? 'it is larger than 2 GiB' : message;
}

function partOf(file: DataFile, name: string | undefined, part: string | undefined): DataArray {
  const found = part === undefined ? file.whole : file.arrays.get(part);
  if (found) return found;
  const names = [...file.arrays.keys()];
  throw new UsageError(
    part === undefined ? `${file.file} holds several arrays: ${names.join(', ')}` : `${file.file} holds no ${part}`,
    part === undefined ? `say which one is ${name}: --data ${name}=${file.file}:${names[0]}` : (suggestion(part, names, '') ?? `it holds ${names.join(', ')}`),
  );
}
