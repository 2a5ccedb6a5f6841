// The numbers of a model: typed, from files, or drawn, in this order.

import { type Diagnostic, RicciError } from '../../../../src/base/diagnostic.ts';
import { random } from '../../../../src/base/random.ts';
import { dimNames, evaluateDim } from '../../../../src/ir/dim.ts';
import { type VariableNode, inContext } from '../../../../src/ir/expr.ts';
import type { Dense } from '../../../../src/ops/reference/dense.ts';
import { type DataArray, type DataFile, shapeOf } from '../../../../src/data/array.ts';
import { readData } from '../../../../src/data/read.ts';
import { readValues } from '../../../../src/pipeline/evaluate.ts';
import { sample } from '../../../../src/run/sample.ts';
import { bindSizes } from '../../../../src/run/sizes.ts';
import type { PreparedModel } from '../../../../src/solve/index.ts';
import type { Draw } from '../../state/document.ts';
import { pastedValues } from '../pasted-values.ts';
import type { Work } from '../work.ts';

export interface ModelQuestion {
  readonly model: string;
  /** Values by name, as `pastedValues` reads them. */
  readonly values: string;
  readonly files: readonly File[];
  /** Absent where nothing is to be drawn. */
  readonly draw?: Draw | undefined;
}

/** An array that a model gets. */
export interface Source {
  readonly name: string;
  readonly shape: readonly number[];
  /** `typed`, `drawn` or a file's name. */
  readonly from: string;
}

export interface Loaded {
  readonly values: Readonly<Record<string, DataArray>>;
  /** Start values of variables among the typed ones. */
  readonly start: Readonly<Record<string, DataArray>>;
  readonly sources: readonly Source[];
  readonly notices: readonly Diagnostic[];
  /** Sizes of drawn arrays that the user may change. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** Throws diagnostics of files and of values; arrays that a model does not know are left to the model to report. */
export async function loaded(prepared: PreparedModel, question: ModelQuestion, { memory }: Work): Promise<Loaded> {
  const files = await Promise.all(question.files.map((file) => fileIn(file, memory)));
  const typed = readValues(pastedValues(question.values, [...prepared.model.parameters, ...prepared.model.variables].map(({ name, shape }) => ({ name, axes: shape.length }))));
  const isVariable = (name: string): boolean => prepared.model.variables.some((v) => v.name === name);
  const found = new Map<string, DataArray>();
  const from = new Map<string, string>();
  const put = (name: string, array: DataArray, source: string): void => void (found.set(name, array), from.set(name, source));
  for (const file of files) for (const [name, array] of arraysFor(file, prepared)) put(name, array, file.file);
  for (const [name, array] of typed) if (!isVariable(name)) put(name, array, 'typed');
  const drawn = question.draw ? drawnFor(prepared, found, typed, question.draw) : { arrays: new Map<string, Dense>(), starts: new Map<string, Dense>(), sizes: {} };
  for (const [name, array] of drawn.arrays) put(name, array, 'drawn');
  return {
    values: Object.fromEntries(found),
    start: Object.fromEntries([...drawn.starts, ...[...typed].filter(([name]) => isVariable(name))]),
    sources: [...[...found].map(([name, array]) => ({ name, shape: shapeOf(array), from: from.get(name) ?? '' })), ...[...drawn.starts].map(([name, { shape }]) => ({ name, shape, from: 'drawn as a start, since no data say how large it is' }))],
    notices: files.flatMap((file) => file.notices),
    sizes: drawn.sizes,
  };
}

/** A file is read once, as long as it stays the same. */
async function fileIn(file: File, memory: Map<string, unknown>): Promise<DataFile> {
  const key = `file ${file.name} ${file.size} ${file.lastModified}`;
  const kept = memory.get(key) as DataFile | undefined;
  if (kept) return kept;
  const read = await readData(file.name, new Uint8Array(await file.arrayBuffer()));
  memory.set(key, read);
  return read;
}

/** A file with one array gives it to the one parameter there is, whatever their names. */
function arraysFor({ arrays, whole }: DataFile, { model }: PreparedModel): ReadonlyMap<string, DataArray> {
  const known = new Map([...arrays].filter(([name]) => model.parameters.some((p) => p.name === name)));
  if (known.size > 0) return known;
  const [only, ...others] = model.parameters.filter((p) => p.shape.length > 0);
  return whole && only && others.length === 0 ? new Map([[only.name, whole]]) : arrays;
}

const usualSize = 12;

interface Drawn {
  readonly arrays: ReadonlyMap<string, Dense>;
  /** Starts of variables with a size that no parameter has. */
  readonly starts: ReadonlyMap<string, Dense>;
  readonly sizes: Readonly<Record<string, number>>;
}

/** What is missing, drawn with its facts; sizes are those of the data and of typed starts, then those chosen. */
function drawnFor({ model, context }: PreparedModel, found: ReadonlyMap<string, DataArray>, typed: ReadonlyMap<string, DataArray>, { seed, sizes: chosen }: Draw): Drawn {
  return inContext(context, () => {
    const nodes = model.parameters.map((p) => p.node);
    const missing = nodes.filter((node) => !found.has(node.name));
    const wanted = model.variables.map((v) => v.node);
    const given = [...nodes.filter((node) => found.has(node.name)), ...wanted.filter((node) => typed.has(node.name))];
    const shaped = new Map([...found, ...typed].map(([name, array]) => [name, { shape: shapeOf(array) }]));
    const known = bindSizes(given, shaped);
    const names = [...new Set([...missing, ...wanted].flatMap((node) => node.shape.flatMap(dimNames)))].filter((name) => !known.has(name));
    const free = Object.fromEntries(names.map((name, i) => [name, Object.hasOwn(chosen, name) ? chosen[name]! : usualSize - 3 * (i % 3)]));
    const sizes = new Map([...known, ...Object.entries(free)]);
    const stream = random(seed);
    needRoom(missing, sizes);
    const { values } = sample(missing, sizes, stream, 'generic');
    const ofParameters = new Set(nodes.flatMap((node) => node.shape.flatMap(dimNames)));
    const unsized = wanted.filter((node) => !typed.has(node.name) && node.shape.flatMap(dimNames).some((name) => !ofParameters.has(name)));
    needRoom(unsized, sizes);
    // A weight is rarely negative.
    const arrays = new Map([...values].map(([name, value]) => [name, value.shape.length === 0 ? { ...value, data: value.data.map(Math.abs) } : value]));
    return { arrays, starts: sample(unsized, sizes, stream, 'generic').values, sizes: free };
  });
}

const mostEntries = 2 ** 26;

function needRoom(nodes: readonly VariableNode[], sizes: ReadonlyMap<string, number>): void {
  for (const { name, shape } of nodes) {
    const lengths = shape.map((dim) => evaluateDim(dim, sizes) ?? 1);
    if (lengths.reduce((a, b) => a * b, 1) <= mostEntries) continue;
    throw new RicciError([{ code: 'too-large', severity: 'error', message: `${name} of ${lengths.join('×')} is too large to be drawn in a page`, span: [0, 0], needed: `at most ${mostEntries} numbers`, help: 'choose smaller sizes' }]);
  }
}

/** What a question about a model that is wrong is answered with. */
export function wrongModel(error: unknown): readonly Diagnostic[] {
  if (error instanceof RicciError) return error.diagnostics;
  throw error;
}
