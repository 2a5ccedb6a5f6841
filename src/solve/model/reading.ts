// How a model is understood: what is given and wanted, what kind of parts it has, and how it would be solved.

import type { Diagnostic } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { random } from '../../base/random.ts';
import { dimNames, evaluateDim } from '../../ir/dim.ts';
import { type Expr, type Shape, type VariableNode, inContext } from '../../ir/expr.ts';
import { type Facts, facts } from '../../ir/fact.ts';
import { variables as variablesOf } from '../../ir/walk.ts';
import type { VariableInfo } from '../../lang/resolve.ts';
import { toText, write } from '../../lang/write.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { sample, sampleSizes } from '../../run/sample.ts';
import { choose } from '../choose.ts';
import { type Problem, rowCount } from '../problem.ts';
import { assemble } from './assemble.ts';
import type { Derived, DerivedRow } from './derived.ts';
import { type Convexity, type PartVerdict, turned, withNumbers } from './convexity.ts';
import { type Given, type ModelData, readData } from './data.ts';
import { dependsOn } from './derivatives.ts';
import { byFactorsFor } from './over-matrices.ts';
import { patternOf } from './pattern.ts';
import { dataNotices, unusedNotices } from './notices.ts';
import { type PreparedModel, type Ready, bentFor, conicFor, normsFor, readyFor } from './prepare.ts';
import { byLogarithms, overLogarithms } from './over-logarithms.ts';
import { type Smooth, hasFactors } from './reformulate.ts';
import { withShownFacts } from './shown.ts';
import { withExponents } from './with-exponents.ts';

export interface NameReading {
  readonly name: string;
  /** `matrix(m, n)`, or with the sizes of the data `matrix(40, 10)`. */
  readonly type: string;
  readonly facts: Facts;
  readonly used: boolean;
}

export interface PartReading {
  /** Of a constraint. */
  readonly name?: string;
  readonly text: string;
  /** `quadratic`, `bounds of x`, `linear, vector(m)`, … */
  readonly kind: string;
  readonly convexity: string;
}

export interface ModelReport {
  readonly given: readonly NameReading[];
  readonly wanted: readonly NameReading[];
  readonly sense: 'min' | 'max';
  readonly objective: PartReading;
  readonly constraints: readonly PartReading[];
  /** What is known of second derivatives, and of kinks. */
  readonly structure: readonly string[];
  readonly convex: boolean;
  /** Whether it is convex, and what an optimum then is. */
  readonly verdict: string;
  readonly method?: { readonly name: string; readonly why: string };
  /** Without data: signs of parameters that this reading assumes. */
  readonly assumes: readonly string[];
  readonly notices: readonly Diagnostic[];
}

/** How the model is read, with the data if there are any. */
export function readingOf(prepared: PreparedModel, data?: Given, start?: Given): ModelReport {
  return inContext(prepared.context, () => (data === undefined ? withoutData(prepared) : withData(prepared, readData(prepared.model, data, start))));
}

function withData(prepared: PreparedModel, read: ModelData): ModelReport {
  const solved = withExponents(prepared, read);
  const data = withShownFacts(solved, read, Infinity);
  const ready = conicFor(solved, data) ?? boundedFor(solved, data) ?? byFactorsFor(solved, data)?.ready ?? readyFor(solved, data.facts);
  return report(prepared, ready, { solved, data, sizes: data.sizes, assumes: [], notices: [...prepared.notices, ...dataNotices(prepared.model, data)] });
}

/** With kinks that may stay, where nothing but bounds constrains the variables. */
function boundedFor(prepared: PreparedModel, data: ModelData): Ready | undefined {
  const ready = bentFor(prepared, data.facts);
  return ready && rowCount(numbersOf(ready.derived, data)) === 0 ? ready : undefined;
}

function numbersOf(derived: Derived, data: ModelData): Problem {
  return assemble(derived, data, ({ dim }) => ({ start: new Float64Array(dim), startGiven: false, convex: false })).problem;
}

/** Numbers for the parameters are drawn, of small sizes; scalars that weigh kinks are taken to be positive. */
function withoutData(prepared: PreparedModel): ModelReport {
  const { model } = prepared;
  const plain = readyFor(prepared, new Map());
  const weights = model.parameters.filter((p) => p.shape.length === 0 && p.facts.has.size === 0);
  const positive = new Map(weights.map((p) => [p.name, facts(['positive'])]));
  const needed = weights.length > 0 && (plain.derived.smooth.kinksLeft.length > 0 || !plain.convexity().all);
  const assumed = needed ? readyFor(prepared, positive) : plain;
  const isKnown = ({ convexity, inLogarithms }: Ready): boolean => convexity().all || inLogarithms() !== undefined;
  const helps = needed && (assumed.derived.smooth.kinksLeft.length < plain.derived.smooth.kinksLeft.length || (isKnown(assumed) && !isKnown(plain)));
  const signs = helps ? positive : new Map<string, Facts>();
  const drawn = drawnData(prepared, signs);
  const ready = (drawn && (conicFor(prepared, drawn) ?? boundedFor(prepared, drawn) ?? byFactorsFor(prepared, drawn)?.ready)) ?? (helps ? assumed : plain);
  return report(prepared, ready, { ...(drawn && { data: drawn }), assumes: helps ? weights.map((p) => `${p.name} > 0`) : [], notices: prepared.notices });
}

function drawnData({ model }: PreparedModel, known: ReadonlyMap<string, Facts>): ModelData | undefined {
  const nodes = [...model.parameters, ...model.variables].map((v) => v.node);
  const source = random(5);
  const sizes = sampleSizes(nodes, source);
  const values = sample(model.parameters.map((p) => p.node), sizes, source);
  const parameters = new Map<string, Dense>();
  for (const p of model.parameters) {
    const value = values.values.get(p.name);
    if (!value) return undefined;
    parameters.set(p.name, known.has(p.name) ? { shape: value.shape, data: value.data.map((x) => Math.abs(x) + 0.1) } : value);
  }
  return { parameters, start: new Map(), sizes, facts: known, ranges: new Map(), notices: [] };
}

interface Reporting {
  /** The model as it is solved with these data, where that is another. */
  readonly solved?: PreparedModel;
  readonly data?: ModelData;
  /** Absent where sizes stay symbols. */
  readonly sizes?: ReadonlyMap<string, number>;
  readonly assumes: readonly string[];
  readonly notices: readonly Diagnostic[];
}

function report(prepared: PreparedModel, ready: Ready, { solved: form = prepared, data, sizes, assumes, notices }: Reporting): ModelReport {
  const { model } = prepared;
  const { derived } = ready;
  const type = (shape: Shape): string => typeIn(shape, sizes);
  const numbersIn = (of: Derived): Problem | undefined => data && numbersOf(of, data);
  const problem = numbersIn(derived);
  const quadratic = problem?.objective.class === 'quadratic' ? problem.objective.hessian?.(problem.start) : undefined;
  // Numbers that were drawn say nothing of the numbers to come.
  const proved: Convexity = sizes ? withNumbers(ready.convexity(), () => quadratic) : ready.convexity();
  const norms = data && (proved.all || sizes) ? normsFor(form, data) : undefined;
  const inCones = [norms, ready].some((r) => r && r.derived.class === 'linear' && r.derived.smooth.hasCones);
  const convexity = inCones && sizes ? byCones(proved) : proved;
  const logarithms = convexity.all ? undefined : ready.inLogarithms();
  const solved = logarithms ? numbersIn(overLogarithms(ready, logarithms).derived) : norms && convexity.all ? numbersIn(norms.derived) : problem;
  const isFactored = hasFactors(derived.smooth);
  const [method] = solved ? choose({ ...solved, fills: isFactored, convex: logarithms !== undefined || (convexity.all && derived.smooth.kinksLeft.length === 0 && !isFactored) }) : [];
  const parts = [model.objective.expr, ...model.constraints.map((c) => c.expr)];
  const used = new Set(variablesOf(parts).map((v) => v.name));
  const names = (list: readonly VariableInfo[]): NameReading[] => list.map((v) => ({ name: v.name, type: type(v.shape), facts: v.facts, used: used.has(v.name) }));
  return {
    given: names(model.parameters),
    wanted: names(model.variables),
    sense: model.sense,
    objective: { text: toText(write(model.objective.expr)), kind: objectiveKind(ready), convexity: model.sense === 'max' ? turned(convexity.objective.says) : convexity.objective.says },
    constraints: ready.statement.constraints.map((c, k) => {
      const row = derived.smooth.rows.findIndex((r) => r.constraint === k);
      return { name: c.name, text: writtenAs(prepared, k) ?? c.name, kind: rowKind(must(derived.rows[row]), must(derived.smooth.rows[row]).expr, derived.smooth, type), convexity: must(convexity.constraints[k]).says };
    }),
    structure: [...kinkWords(derived.smooth), ...hessianWords(ready, type)],
    convex: convexity.all,
    verdict: verdictFor(convexity.all ? 'itself' : logarithms ? 'logarithms' : 'unknown', assumes),
    ...(method && { method: { name: method.name, why: logarithms ? `${byLogarithms} ${method.why}` : method.why } }),
    assumes,
    notices: [...notices, ...unusedNotices(model)],
  };
}

function verdictFor(convexIn: 'itself' | 'logarithms' | 'unknown', assumes: readonly string[]): string {
  const assuming = assumes.length > 0 ? `, for ${assumes.join(' and ')}` : '';
  if (convexIn === 'itself') return `yes${assuming}: an optimum is a global one`;
  if (convexIn === 'logarithms') return `in the logarithms of the variables${assuming}: an optimum is a global one`;
  return `not certified${assuming}: an optimum may be a local one`;
}

/** Where a linear objective over cones is what the problem is for these numbers. */
function byCones(c: Convexity): Convexity {
  const shown = (part: PartVerdict): PartVerdict => (part.serves ? part : { ...part, serves: true, says: 'a second-order cone for these numbers' });
  return { ...c, all: true, objective: shown(c.objective), constraints: c.constraints.map(shown) };
}

/** As it stands in the model, with its name if it has one; undefined for a fact of a variable. */
function writtenAs({ model }: PreparedModel, k: number): string | undefined {
  const own = model.constraints[k];
  if (!own) return undefined;
  const text = model.text.slice(...own.span).replaceAll(/\s+/g, ' ').trim();
  return own.isNamed ? `${own.name}: ${text}` : text;
}

function typeIn(shape: Shape, sizes: ReadonlyMap<string, number> | undefined): string {
  const dims = shape.map((d) => (sizes && dimNames(d).every((n) => sizes.has(n)) ? String(evaluateDim(d, sizes)) : d.key)).join(', ');
  return shape.length === 0 ? 'scalar' : `${['vector', 'matrix'][shape.length - 1] ?? 'tensor'}(${dims})`;
}

function objectiveKind({ derived }: Ready): string {
  const own = derived.class === 'least-squares' ? 'a sum of squares' : derived.class;
  const { helpers, objective } = derived.smooth;
  return variablesOf([objective]).some((v) => helpers.has(v.name)) ? `${own} without its kinks` : own;
}

function rowKind(row: DerivedRow, expr: Expr, smooth: Smooth, type: (shape: Shape) => string): string {
  const entries = expr.shape.length === 0 ? '' : `, ${type(expr.shape)}`;
  const boundOf = row.affine ? boundedVariable(row, expr, smooth) : undefined;
  if (boundOf) return smooth.helpers.has(boundOf.name) ? 'a bound of its value' : `bounds of ${boundOf.name}`;
  if (row.affine) return row.jacobian.every((j) => j === undefined) ? 'no variable in it' : `linear${entries}`;
  const isQuadratic = row.hessian().flat().every((h) => h === undefined || !dependsOn(h, smooth.variables));
  return `${isQuadratic ? 'quadratic' : 'curved'}${entries}`;
}

/** The variable that each entry of the row has one entry of. */
function boundedVariable(row: DerivedRow, expr: Expr, smooth: Smooth): VariableNode | undefined {
  const at = row.jacobian.flatMap((j, k) => (j ? [{ j, v: must(smooth.variables[k]) }] : []));
  const [only] = at;
  if (at.length !== 1 || !only) return undefined;
  const terms = patternOf(only.j);
  const rank = expr.shape.length;
  const one = terms.length === 1 && must(terms[0]).axes.slice(rank).every((axis) => must(terms[0]).axes.slice(0, rank).includes(axis));
  return one ? only.v : undefined;
}

function kinkWords({ replaced, kinksLeft, bends = [] }: Smooth): string[] {
  const count = new Map<string, number>();
  for (const said of replaced) count.set(said, (count.get(said) ?? 0) + 1);
  return [
    ...[...count].map(([said, n]) => `kinks: ${said}${n > 1 ? `, ${n} times` : ''}`),
    ...(bends.length > 0 ? [`kinks: ${[...new Set(bends.map((e) => toText(write(e))))].join(' and ')} ${bends.length > 1 ? 'stay' : 'stays'}, since the objective has a continuous first derivative all the same`] : []),
    ...kinksLeft.map((e) => `kinks: ${toText(write(e))} stays, since smaller values of it are not always better; treated as smooth where it is`),
  ];
}

/** The form of the Hessian block of each variable. */
function hessianWords({ derived }: Ready, type: (shape: Shape) => string): string[] {
  if (derived.class === 'linear') return [];
  const { variables, helpers } = derived.smooth;
  const lines = variables.flatMap((v, k): string[] => {
    const block = derived.hessian()[k]?.[k];
    if (helpers.has(v.name)) return [];
    if (!block) return [`${v.name} enters the objective linearly`];
    const rank = v.shape.length;
    if (rank === 0) return [];
    const tied = patternOf(block).map(({ axes }) => v.shape.map((_, i) => axes[i] === axes[rank + i]));
    const always = v.shape.map((_, i) => tied.every((t) => t[i]));
    const constant = dependsOn(block, variables) ? '' : ', constant';
    if (always.every(Boolean)) return [`Hessian by ${v.name}: diagonal${constant}`];
    if (always.some(Boolean)) return [`Hessian by ${v.name}: one block for each ${always[0] ? 'row' : 'column'}${constant}`];
    return [`Hessian by ${v.name}: full, ${type([...v.shape, ...v.shape])}${constant}`];
  });
  const own = variables.filter((v) => !helpers.has(v.name));
  const crossed = derived.hessian().some((list, k) => list.some((h, l) => l < k && h !== undefined));
  return own.length > 1 && !crossed ? [...lines, 'separable: a sum of parts in one variable each'] : lines;
}
