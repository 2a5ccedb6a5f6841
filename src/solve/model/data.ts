// Numbers given for a model: checked against its declarations, with the line of the model in every complaint.

import { type Diagnostic, RicciError, type Span } from '../../base/diagnostic.ts';
import { type Csr, csrAsymmetry, csrEntries, csrProblem, csrRowOf, isCsr } from '../../base/csr.ts';
import { must } from '../../base/internal.ts';
import type { Facts } from '../../ir/fact.ts';
import { type Fact, facts } from '../../ir/fact.ts';
import { dimNames } from '../../ir/dim.ts';
import type { Model } from '../../lang/model.ts';
import type { VariableInfo } from '../../lang/resolve.ts';
import { type Dense, type Nested, dense, fromNested } from '../../ops/reference/dense.ts';
import { bindSizes } from '../../run/sizes.ts';
import { type Residents, newResidents } from '../../run/wasm/residents.ts';
import type { Range } from '../../run/wasm/survey.ts';
import { type Kept, type Parameter, keptOnce } from '../evaluate.ts';
import { isSemidefinite } from '../linear/definite.ts';
import { type SparseMatrix, denseMatrix } from '../matrix.ts';
import { brokenClaim, claimsNothing, contradicts, isMirrored } from '../../run/claims.ts';
import { maxNorm } from '../vector.ts';
import { exponentsOf, withSideOfOne } from './exponents.ts';
import { type LargeArrays, newLargeArrays } from './large-arrays.ts';
import { numbersOf } from './layout.ts';
import { fromCoordinates } from './matrices.ts';
import { sidesOf, withoutInfinities } from './sides.ts';

/** A number, nested lists row by row, a typed array, an array with its shape, or a sparse matrix by rows. */
export type GivenValue = Nested | ArrayLike<number> | Dense | Csr;
export type Given = Readonly<Record<string, GivenValue>>;

export interface ModelData {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly residents?: Residents;
  readonly kept?: Kept;
  readonly start: ReadonlyMap<string, Dense>;
  readonly sizes: ReadonlyMap<string, number>;
  /** What the numbers of a parameter show: signs, and of exponents on which side of 1 they are. */
  readonly facts: ReadonlyMap<string, Facts>;
  /** Of parameters that are large arrays. */
  readonly ranges: ReadonlyMap<string, Range>;
  readonly notices: readonly Diagnostic[];
}

/** Throws a `RicciError` with everything that is wrong with the data. */
export function readData(model: Model, given: Given, start: Given = {}): ModelData {
  const problems: Diagnostic[] = [];
  const notices: Diagnostic[] = [];
  const residents = newResidents();
  const reading: Reading = { problems, ...newLargeArrays(residents) };
  const parameters = new Map<string, Parameter>();
  const sides = sidesOf(model);
  for (const p of model.parameters) {
    if (!Object.hasOwn(given, p.name)) problems.push(missing(p));
    else {
      const value = packed(p, given[p.name], sides.has(p.name) ? 'side' : 'value', reading);
      if (value) parameters.set(p.name, value);
    }
  }
  const starts = new Map<string, Dense>();
  for (const v of model.variables) {
    if (!Object.hasOwn(start, v.name)) continue;
    const value = packed(v, start[v.name], 'start', reading);
    if (value) starts.set(v.name, value);
  }
  for (const name of Object.keys(given)) if (!model.parameters.some((p) => p.name === name)) notices.push(unused(model, name));
  for (const name of Object.keys(start)) if (!model.variables.some((v) => v.name === name)) problems.push(noSuchVariable(model, name));
  if (problems.length > 0) throw new RicciError(problems);
  const sizes = sizesOf(model, new Map([...parameters, ...starts]));
  for (const p of model.parameters) checkFacts(p, must(parameters.get(p.name)), reading);
  if (problems.length > 0) throw new RicciError(problems);
  const seen = { facts: new Map<string, Facts>(), ranges: new Map<string, Range>() };
  for (const [name, value] of parameters) {
    const range = reading.rangeIn(value, false);
    seen.facts.set(name, signsOf(value, range, value.shape.length === 0 && exponentsOf(model).has(name)));
    if (range) seen.ranges.set(name, range);
  }
  return { parameters, residents, start: starts, sizes, ...seen, notices };
}

/** The same data with another value of one parameter, which alone is read. Throws as `readData` does. */
export function withValue(model: Model, before: ModelData, name: string, given: GivenValue): ModelData {
  const problems: Diagnostic[] = [];
  const reading: Reading = { problems, ...newLargeArrays(must(before.residents)) };
  const p = must(model.parameters.find((one) => one.name === name));
  const isSide = keptOnce(before, 'sides', [], () => sidesOf(model)).has(name);
  const value = packed(p, given, isSide ? 'side' : 'value', reading);
  if (!value) throw new RicciError(problems);
  const parameters = new Map(before.parameters).set(name, value);
  const isAsBefore = value.shape.every((n, axis) => n === before.parameters.get(name)?.shape[axis]);
  const sizes = isAsBefore ? before.sizes : sizesOf(model, new Map([...parameters, ...before.start]));
  checkFacts(p, value, reading);
  if (problems.length > 0) throw new RicciError(problems);
  const range = reading.rangeIn(value, false);
  const signs = signsOf(value, range, value.shape.length === 0 && keptOnce(before, 'exponents', [], () => exponentsOf(model)).has(name));
  return { ...before, parameters, sizes, facts: withEntry(before.facts, name, signs, isSameFacts), ranges: withEntry(before.ranges, name, range, Object.is) };
}

/** The same map where the entry is there already. */
function withEntry<V>(map: ReadonlyMap<string, V>, name: string, value: V | undefined, isSame: (a: V, b: V) => boolean): ReadonlyMap<string, V> {
  const old = map.get(name);
  if (old === value || (old !== undefined && value !== undefined && isSame(old, value))) return map;
  const next = new Map(map);
  if (value === undefined) next.delete(name);
  else next.set(name, value);
  return next;
}

function isSameFacts(a: Facts, b: Facts): boolean {
  if (a.above !== b.above || a.below !== b.below || a.has.size !== b.has.size) return false;
  for (const fact of a.has) if (!b.has.has(fact)) return false;
  return true;
}

function sizesOf(model: Model, values: ReadonlyMap<string, Dense>): Map<string, number> {
  const all = [...model.parameters, ...model.variables];
  let sizes: Map<string, number>;
  try {
    sizes = bindSizes(all.map((v) => v.node), values);
  } catch (e) {
    if (!(e instanceof RicciError)) throw e;
    // The conflict names values; the line is that of the declaration.
    throw new RicciError(e.diagnostics.map((d) => ({ ...d, span: spanOfMention(d.message, all) })));
  }
  const open = model.variables.filter((v) => v.shape.some((d) => dimNames(d).some((n) => !sizes.has(n))));
  if (open.length === 0) {
    refuseHuge(model, sizes);
    return sizes;
  }
  throw new RicciError(
    open.map(({ name, kind, shape, span }) => ({
      code: 'variable-size-unknown',
      severity: 'error',
      message: `nothing says how large ${name} is`,
      span: span ?? [0, 0],
      needed: `numbers for ${[...new Set(shape.flatMap(dimNames))].filter((n) => !sizes.has(n)).join(', ')}`,
      found: `${kind}(${shape.map((d) => d.key).join(', ')})`,
      help: `declare its size, as in ${kind} ${name}(${shape.map((_, i) => 3 + i).join(', ')}), or give it a start value`,
    })),
  );
}

// Vectors of as many numbers as variables take a gigabyte each beyond this.
const mostEntries = 2 ** 27;

function refuseHuge({ variables }: Model, sizes: ReadonlyMap<string, number>): void {
  const huge = variables.map((v) => ({ ...v, entries: numbersOf(v.shape, sizes).reduce((a, b) => a * b, 1) })).filter((v) => v.entries > mostEntries);
  if (huge.length === 0) return;
  throw new RicciError(huge.map(({ name, kind, shape, span, entries }) => ({
    code: 'too-large',
    severity: 'error',
    message: `${name} has too many entries to be solved for`,
    span: span ?? [0, 0],
    needed: `at most ${mostEntries} numbers`,
    found: `${entries} numbers, ${kind}(${numbersOf(shape, sizes).join(', ')})`,
    help: 'choose smaller sizes',
  })));
}

/** The declaration of the variable that a message about sizes begins with. */
function spanOfMention(message: string, all: readonly VariableInfo[]): Span {
  const words = message.split(/[^\p{L}\p{N}_]+/u);
  return all.find((v) => words.includes(v.name))?.span ?? [0, 0];
}

interface Reading extends LargeArrays {
  readonly problems: Diagnostic[];
}

/** A side of inequalities may be infinite. */
function packed(v: VariableInfo, value: unknown, what: 'value' | 'side' | 'start', { problems, rangeIn }: Reading): Parameter | undefined {
  const given = toParameter(value);
  const found = what === 'side' && typeof given !== 'string' ? withoutInfinities(given) : given;
  const complain = (says: string, details: Partial<Diagnostic> = {}): undefined => {
    const head = what !== 'start' ? { code: 'bad-data', message: `the value of ${v.name} ${says}` } : { code: 'bad-start-value', message: `the start value of ${v.name} ${says}` };
    problems.push({
      ...head,
      severity: 'error',
      span: v.span ?? [0, 0],
      needed: `finite numbers, row by row, for ${v.kind} ${v.name}`,
      help: `give ${v.name} as ${example(v)}`,
      ...details,
    });
    return undefined;
  };
  if (typeof found === 'string') return complain(found);
  const order = v.shape.length;
  const bad = (what !== 'start' && rangeIn(found, isSymmetric(v))?.isFinite === true) || firstNotFinite(found.sparse?.values ?? found.data) < 0 ? -1 : firstNotFinite(found.data);
  if (bad >= 0) {
    const place = positionOf(bad, found.shape);
    return complain(`has ${String(found.data[bad])} ${place === '' ? 'as its value' : `at ${place}`}`, { help: `replace it, or leave that row out` });
  }
  const fitted = fittedTo(found, order);
  if (!fitted) return complain(`has ${found.shape.length} axes`, { needed: `${order === 0 ? 'one number' : order === 1 ? 'a list of numbers' : order === 2 ? 'a list of rows' : `${order} axes`} for ${v.kind} ${v.name}`, found: `shape [${found.shape.join(', ')}]` });
  if (fitted.shape.includes(0)) return complain('has no entries', { found: `shape [${fitted.shape.join(', ')}]` });
  return fitted;
}

/** Its position, or -1. */
function firstNotFinite(data: Float64Array): number {
  for (let from = 0; from < data.length; from += stretch) {
    const to = Math.min(data.length, from + stretch);
    // The sum of finite numbers may overflow; that of others is never finite. It is quicker than a question each.
    if (Number.isFinite(sumOf(data, from, to))) continue;
    for (let i = from; i < to; i++) if (!Number.isFinite(data[i])) return i;
  }
  return -1;
}

function sumOf(data: Float64Array, from: number, to: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = from;
  for (; i + 3 < to; i += 4) {
    a += data[i]!;
    b += data[i + 1]!;
    c += data[i + 2]!;
    d += data[i + 3]!;
  }
  for (; i < to; i++) a += data[i]!;
  return a + b + c + d;
}

const stretch = 4096;

/** Columns and rows of one dimension are vectors, arrays of one entry numbers. */
function fittedTo(value: Parameter, order: number): Parameter | undefined {
  if (value.shape.length === order) return value;
  const longer = value.shape.filter((n) => n !== 1);
  if (order === 1 && longer.length <= 1 && value.shape.length <= 2) return { shape: [value.data.length], data: value.data };
  if (order === 0 && longer.length === 0) return { shape: [], data: value.data };
  return undefined;
}

// With more entries than this share of all, zeros are cheaper than indices.
const mostShare = 0.2;

function toParameter(value: unknown): Parameter | string {
  if (typeof value === 'number') return { shape: [], data: Float64Array.of(value) };
  if (value === null || value === undefined) return 'is missing';
  if (ArrayBuffer.isView(value) && 'length' in value) return dense([(value as unknown as ArrayLike<number>).length], Float64Array.from(value as unknown as ArrayLike<number>));
  if (typeof value === 'object' && isCsr(value)) return fromSparse(value);
  if (Array.isArray(value)) {
    const problem = raggedness(value);
    return problem ?? fromNested(value as Nested);
  }
  if (typeof value === 'object' && 'shape' in value && 'data' in value) {
    const { shape, data } = value as Dense;
    return shape.reduce((a, b) => a * b, 1) === data.length ? { shape, data: data instanceof Float64Array ? data : Float64Array.from(data) } : 'has as many numbers as its shape does not say';
  }
  return `is ${typeof value === 'object' ? 'an object' : `a ${typeof value}`}`;
}

function fromSparse(sparse: Csr): Parameter | string {
  const problem = csrProblem(sparse);
  if (problem !== undefined) return `is no sparse matrix: ${problem}`;
  const shape = [sparse.rows, sparse.cols];
  if (sparse.values.length > mostShare * sparse.rows * sparse.cols) return { shape, data: csrEntries(sparse) };
  let all: Float64Array | undefined;
  return {
    shape,
    sparse,
    get data() {
      all ??= csrEntries(sparse);
      return all;
    },
  };
}

function raggedness(list: readonly unknown[]): string | undefined {
  const shape: number[] = [];
  for (let level: unknown = list; Array.isArray(level); level = level[0]) shape.push(level.length);
  if (shape.includes(0)) return 'has an empty axis';
  const visit = (item: unknown, axis: number): string | undefined => {
    if (axis === shape.length) {
      if (typeof item === 'number') return undefined;
      return Array.isArray(item) ? 'contains a list where a number was expected' : `contains ${item === null ? 'null' : `a ${typeof item}`}`;
    }
    if (!Array.isArray(item)) return 'contains a number where a list was expected';
    if (item.length !== shape[axis]) return `has rows of different lengths (${shape[axis]} and ${item.length})`;
    const isLast = axis === shape.length - 1;
    for (let i = 0; i < item.length; i++) {
      const inner: unknown = item[i];
      const problem = isLast && typeof inner === 'number' ? undefined : visit(inner, axis + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  return visit(list, 0);
}

/** `row 2, column 3`, counted from 1. */
function positionOf(at: number, shape: readonly number[]): string {
  const position: number[] = [];
  for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
    const n = shape[axis]!;
    position.unshift((rest % n) + 1);
    rest = Math.floor(rest / n);
  }
  if (position.length === 0) return '';
  return position.length === 2 ? `row ${position[0]}, column ${position[1]}` : position.length === 1 ? `entry ${position[0]}` : `[${position.join(', ')}]`;
}

function example(v: VariableInfo): string {
  return v.shape.length === 0 ? 'a number such as 2.5' : v.shape.length === 1 ? 'a list such as [1, 2, 3]' : 'a list of rows such as [[1, 2], [3, 4]]';
}

function missing({ name, kind, span }: VariableInfo): Diagnostic {
  return { code: 'data-missing', severity: 'error', message: `the data have no value for ${name}`, span: span ?? [0, 0], needed: `a value for ${kind} ${name}`, help: `add ${name} to the data, or declare it below variables if it is wanted` };
}

function unused(model: Model, name: string): Diagnostic {
  const isVariable = model.variables.some((v) => v.name === name);
  const help = isVariable ? `${name} is a variable; a start value is given apart from the data` : `leave it out, or declare ${name} below parameters`;
  return { code: 'data-not-used', severity: 'notice', message: `the value of ${name} is not used`, span: [0, 0], help };
}

function noSuchVariable(model: Model, name: string): Diagnostic {
  return { code: 'bad-start-value', severity: 'error', message: `there is no variable ${name} to start from`, span: [0, 0], needed: `one of ${model.variables.map((v) => v.name).join(', ')}`, found: name, help: 'give start values to variables only' };
}

function isSymmetric({ facts: { has } }: VariableInfo): boolean {
  return has.has('symmetric');
}

/** Declared facts are believed by every rule, so the numbers must have them. */
function checkFacts(p: VariableInfo, value: Parameter, { problems, rangeIn, asymmetryOf }: Reading): void {
  if (claimsNothing(p.facts)) return;
  const [n = 0] = value.shape;
  const range = rangeIn(value, isSymmetric(p));
  const { sparse } = value;
  const broken = brokenClaim(p.facts, value, {
    isSymmetric: () => {
      if (sparse) return csrAsymmetry(sparse) <= 1e-9 * maxNorm(sparse.values);
      const scale = range ? Math.max(-range.least, range.most) : maxNorm(value.data);
      return (range !== undefined && asymmetryOf(value, n) <= 1e-9 * scale) || isMirrored(value.data, n, 1e-9 * scale);
    },
    isSemidefinite: (sign) => {
      const signed = (data: Float64Array): Float64Array => (sign === 1 ? data : data.map((x) => -x));
      return isSemidefinite(sparse ? lowerTriangle(n, { ...sparse, values: signed(sparse.values) }) : denseMatrix(n, n, signed(value.data)), 1e-9);
    },
  });
  if (broken !== undefined) problems.push(contradicts(p.name, broken, 'error', p.span));
}

function lowerTriangle(n: number, S: Csr): SparseMatrix {
  const rowOf = csrRowOf(S);
  const below = Int32Array.from(rowOf.keys()).filter((k) => S.indices[k]! <= rowOf[k]!);
  return fromCoordinates(n, n, below.map((k) => rowOf[k]!), below.map((k) => S.indices[k]!), Float64Array.from(below, (k) => S.values[k]!));
}

function signsOf(value: Parameter, range: Range | undefined, isExponent: boolean): Facts {
  const data = value.sparse?.values ?? value.data;
  // Between the entries of a sparse matrix there are zeros.
  let least = range?.least ?? (value.sparse ? 0 : Infinity);
  let most = range?.most ?? (value.sparse ? 0 : -Infinity);
  if (!range) for (let i = 0; i < data.length && !(least < 0 && most > 0); i++) {
    const x = data[i]!;
    if (x < least) least = x;
    if (x > most) most = x;
  }
  const list: Fact[] = [];
  if (least > 0) list.push('positive');
  else if (least >= 0) list.push('nonnegative');
  if (most < 0) list.push('negative');
  else if (most <= 0) list.push('nonpositive');
  return isExponent ? withSideOfOne(facts(list), least, most) : facts(list);
}
