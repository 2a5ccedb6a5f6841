// The engine as a road: text → graph → derivative → simplification → check → notation.

import { type Diagnostic, RicciError } from './base/diagnostic.ts';
import { must } from './base/internal.ts';
import { type Expr, type VariableNode, variable } from './ir/expr.ts';
import { postorder, rewriteUp } from './ir/walk.ts';
import { crossCountry } from './diff/order.ts';
import { forward, reverse } from './diff/differentiate.ts';
import { type SymmetricConvention, cookbook, freed, project } from './diff/structured.ts';
import { structureOf } from './ir/structure.ts';
import { type ReadOptions, type Reading, type VariableInfo, read } from './lang/read.ts';
import { toText, write } from './lang/write.ts';
import type { Dense } from './ops/reference/dense.ts';
import { type DerivativeCheck, checkDerivative } from './run/check.ts';
import { contradicted } from './run/claims.ts';
import { readable } from './simplify/pipelines.ts';
import { lazy } from './simplify/mode.ts';
import { simplify } from './simplify/simplify.ts';
import { type Trace, newTrace } from './simplify/trace.ts';
import { type Domain, domainOf } from './pipeline/domain.ts';
import { type Layout, lay } from './pipeline/layout.ts';
import { smallReading } from './pipeline/small.ts';

export interface DeriveOptions {
  /** One name for each order, in the order of the axes. */
  readonly by: readonly string[];
  readonly declare?: string;
  readonly layout?: Layout;
  readonly symmetric?: SymmetricConvention;
  /** Random points of the check; 0 leaves it out (the answer then says so). */
  readonly points?: number;
  readonly seed?: number;
  readonly trace?: boolean;
  /** Numbers for the variables: names that are not declared take kind and sizes from theirs. */
  readonly values?: ReadonlyMap<string, Dense>;
}

export interface CheckReport {
  readonly points: number;
  /** Worst relative error over all points and orders. */
  readonly worst: number;
  /** What the points assume beyond the declarations, such as "X > 0". */
  readonly assumed: readonly string[];
  /** Declared sizes that were made small for the check: "1000 → 4". */
  readonly sizes: readonly string[];
}

export interface Derivation {
  readonly reading: Reading;
  readonly function: Expr;
  readonly by: readonly VariableInfo[];
  /** Axes: those of the function, then those of each variable. */
  readonly derivative: Expr;
  /** The derivative as it is shown: in the chosen layout. */
  readonly shown: Expr;
  readonly orientation: 'column' | 'row';
  readonly layout: Layout;
  readonly symmetric?: SymmetricConvention;
  readonly domain: Domain;
  readonly check?: CheckReport;
  readonly trace?: Trace;
  readonly notices: readonly Diagnostic[];
}

/**
 * Reads an expression and derives it by the named variables. Throws a `RicciError` with every diagnostic when the text
 * has errors, and when the numerical check disagrees: then the answer is withheld.
 *
 * @example show(derive("norm2(A*x-y)^2", { by: ['x'] })) // 2*A'*(A*x-y)
 */
export function derive(text: string, options: DeriveOptions): Derivation {
  const reading = understood(read(text, readOptions(options)));
  const d = deriveReading(text, reading, options);
  if (!options.values) return d;
  return { ...d, notices: [...d.notices, ...contradicted(reading.variables.map((v) => v.node), options.values)] };
}

/** The same for a text that has been read. */
export function deriveReading(text: string, reading: Understood, options: Omit<DeriveOptions, 'declare' | 'values'>): Derivation {
  const by = options.by.map((name) => variableNamed(reading, name));
  const trace = options.trace ? newTrace() : undefined;
  const { layout = 'mixed', symmetric = 'projected' } = options;
  const of = reading.expr;
  const start = simplify(of, lazy);
  const current = by.reduce((e, info) => oneDerivative(e, info.node, trace), of);
  const check = options.points === 0 ? undefined : checked(text, reading, options);
  const isSymmetricBy = by.some((v) => structureOf(v.node) === 'symmetric');
  const finished = symmetric === 'cookbook' && by.length === 1 && isSymmetricBy ? readable(cookbook(current)) : current;
  const laid = lay(finished, start.shape.length, layout);
  const shown = laid.expr === finished ? finished : readable(laid.expr);
  return {
    reading,
    function: of,
    by,
    derivative: finished,
    shown,
    orientation: laid.orientation,
    layout,
    ...(isSymmetricBy && { symmetric }),
    domain: domainOf(start, finished, (e) => toText(write(e))),
    ...(check && { check }),
    ...(trace && { trace }),
    notices: reading.diagnostics,
  };
}

/**
 * Every order against differences of the one before it, at random points; large declared sizes are made small for that.
 * Throws when they disagree: the answer is then withheld.
 */
export function checked(text: string, reading: Understood, options: Pick<DeriveOptions, 'by' | 'points' | 'seed'>): CheckReport {
  const small = smallReading(text, reading);
  const used = small?.reading ?? reading;
  const reports: DerivativeCheck[] = [];
  let current = must(used.expr);
  for (const name of options.by) {
    const { node } = variableNamed(used, name);
    const next = oneDerivative(current, node);
    const report = checkDerivative({ of: current, by: node, derivative: next, ...pick(options) });
    if (!report.ok) throw new RicciError([withheld(text, name, report, next)]);
    reports.push(report);
    current = next;
  }
  return {
    points: Math.min(...reports.map((r) => r.points)),
    worst: Math.max(...reports.map((r) => r.worst)),
    assumed: [...new Set(reports.flatMap((r) => r.domain))],
    sizes: small?.sizes ?? [],
  };
}

/** A reading without errors. */
export type Understood = Reading & Required<Pick<Reading, 'expr' | 'kind'>>;

/** Everything read, or every error at once. */
export function readOrThrow(text: string, declare?: string): Understood {
  return understood(read(text, declare === undefined ? {} : { declare }));
}

export function understood(reading: Reading): Understood {
  const { expr, kind } = reading;
  if (expr === undefined || kind === undefined) throw new RicciError(reading.diagnostics);
  return { ...reading, expr, kind };
}

/** Values tell the language their shapes. */
export function readOptions(options: Pick<DeriveOptions, 'declare' | 'values'>): ReadOptions {
  const sizes = options.values && new Map([...options.values].map(([name, value]) => [name, value.shape] as const));
  return { ...(options.declare !== undefined && { declare: options.declare }), ...(sizes && { sizes }) };
}

// Above this many nodes an answer is accumulated once and shown as computed.
const smallGraph = 300;

/** ∂of/∂by, projected on the structure of the variable and simplified. Axes: of, by. */
export function oneDerivative(of: Expr, by: VariableNode, trace?: Trace): Expr {
  const free = variable(by.name, by.shape, freed(by));
  const exchange = (e: Expr, from: Expr, to: Expr): Expr => (from === to ? e : rewriteUp(e, (node) => (node === from ? to : node)));
  const start = simplify(exchange(of, by, free), lazy);
  const raw = start.shape.length === 0 ? reverse(start, free) : postorder([start]).length > smallGraph ? accumulateLarge(start, free) : crossCountry(start, free).derivative;
  const found = project(exchange(raw, free, by), by);
  if (trace) readable(found, trace);
  return readable(found);
}

function accumulateLarge(of: Expr, by: Expr): Expr {
  return of.shape.length > by.shape.length ? forward(of, by) : reverse(of, by);
}

/** The variable of that name; throws with the names there are. */
export function variableNamed(reading: Reading, name: string): VariableInfo {
  const found = reading.variables.find((v) => v.name === name);
  if (found) return found;
  const names = reading.variables.map((v) => v.name);
  throw new RicciError([
    {
      code: 'unknown-variable',
      severity: 'error',
      message: `there is no variable ${name} to derive by`,
      span: [0, 0],
      needed: names.length > 0 ? `one of ${names.join(', ')}` : 'a variable in the expression',
      found: name,
      help: helpWithName(name, names),
    },
  ]);
}

/** `Ax` and `x_i` are names of their own. */
function helpWithName(name: string, names: readonly string[]): string {
  const longer = names.find((other) => other !== name && (other.startsWith(name) || other.endsWith(name)));
  if (longer?.startsWith(`${name}_`)) return `${longer} is one name; write ${name}[${longer.slice(name.length + 1)}] for an entry of ${name}`;
  if (longer?.endsWith(name) && /^\p{Lu}\p{L}$/u.test(longer)) return `${longer} is one name; write ${longer.slice(0, -name.length)}*${name} for a product`;
  return `use one of the variables, or declare ${name}`;
}

function withheld(text: string, name: string, report: DerivativeCheck, derivative: Expr): Diagnostic {
  const common = {
    severity: 'error',
    span: [0, text.length],
    needed: 'agreement with finite differences at random points of the domain',
  } as const;
  switch (report.cause) {
    case 'no-point':
      return {
        ...common,
        code: 'no-point-of-domain',
        message: `no point was found where the expression and its derivative by ${name} can be compared, so the derivative is not shown`,
        found: report.reason ?? 'no point of the domain',
        help: 'declare where the variables live (for example `x: vector(n) positive` or `X: matrix(n, n) pd`); an expression that overflows everywhere cannot be checked',
      };
    case 'too-large':
      return {
        ...common,
        code: 'too-large-to-check',
        message: `the derivative by ${name} is too large for the numerical check, so it is not shown`,
        found: 'arrays of more numbers than the check may use',
        help: 'declare smaller sizes: the derivative has the same form for every size',
      };
    default:
      return {
        ...common,
        code: 'check-failed',
        message: `the derivative by ${name} was not confirmed by the numerical check, so it is not shown`,
        found: `${report.reason ?? 'they differ'}${Number.isFinite(report.worst) ? `, relative error ${report.worst.toExponential(1)}` : ''}: ${toText(write(derivative)).slice(0, 400)}`,
        help: 'this is a bug of ricci if the expression is smooth on its declared domain: please report it with the expression',
      };
  }
}

function pick(options: Pick<DeriveOptions, 'points' | 'seed'>): { points?: number; seed?: number } {
  return { ...(options.points !== undefined && { points: options.points }), ...(options.seed !== undefined && { seed: options.seed }) };
}

