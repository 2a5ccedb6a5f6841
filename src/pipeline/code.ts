// Text to source code in other languages.

import { type Diagnostic, RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { type Expr, type VariableNode, contract, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { variables } from '../ir/walk.ts';
import { structureOf } from '../ir/structure.ts';
import { NotInTarget } from '../emit/body.ts';
import { type EmitRequest, type EmittedFile, type Output, dialects, emit } from '../emit/emit.ts';
import { read } from '../lang/read.ts';
import { toText, write } from '../lang/write.ts';
import { type Target, targets } from '../ops/spell.ts';
import { type Understood, checked, oneDerivative, understood, variableNamed } from '../pipeline.ts';
import { readable } from '../simplify/pipelines.ts';

export const wants = ['value', 'gradient', 'jacobian', 'hessian', 'hvp'] as const;
/** What a module computes. Each derivative brings those of lower order along, which its self-check needs. */
export type Want = (typeof wants)[number];

export interface CodeOptions {
  /** Variables to derive by. */
  readonly by: readonly string[];
  readonly want: readonly Want[];
  /** Name of the module. */
  readonly name?: string;
  readonly declare?: string;
  /** Random points of the numerical check; 0 leaves it out. */
  readonly points?: number;
}

/** The targets that can be written. */
export const codeTargets: readonly Target[] = targets.filter((t) => dialects[t] !== undefined);

/** Names that people use for the same target. */
const otherNames: ReadonlyMap<string, Target> = new Map([['matlab', 'octave']]);

/** What a target may be called by. */
export const targetNames: readonly string[] = codeTargets.flatMap((t) => [t, ...[...otherNames].filter(([, target]) => target === t).map(([name]) => name)]);

export function targetNamed(name: string): Target | undefined {
  return otherNames.get(name) ?? codeTargets.find((t) => t === name);
}

/**
 * Source code for an expression and its derivatives. Throws a `RicciError` when the text has errors, when a derivative is
 * not confirmed by the numerical check, and when the target lacks a function.
 *
 * @example code("x'*A*x", 'numpy', { by: ['x'], want: ['gradient'] }).text
 */
export function code(text: string, target: Target, options: CodeOptions): EmittedFile {
  return emitted(codeRequest(text, options), target);
}

/** The same for several targets, derived once. */
export function emitted(request: EmitRequest, target: Target): EmittedFile {
  const dialect = dialects[target];
  if (!dialect) throw problem('target-unknown', `${target} is not written yet`, { needed: codeTargets.join(', '), found: target });
  try {
    return emit(request, dialect);
  } catch (error) {
    if (!(error instanceof NotInTarget)) throw error;
    throw problem('not-in-target', error.message, { help: 'choose another target' });
  }
}

/** The outputs of a module, as expressions. */
export function codeRequest(text: string, options: CodeOptions): EmitRequest {
  const reading = understood(read(text, { ...(options.declare !== undefined && { declare: options.declare }) }));
  const by = [...new Set(options.by)].map((name) => variableNamed(reading, name).node);
  const isNumber = reading.expr.shape.length === 0;
  const wanted = new Set<Want>(['value', ...options.want]);
  if (by.length === 0 && wanted.size > 1) throw problem('by-missing', 'a derivative needs a variable', { help: 'name one: --by x' });
  if (isNumber && wanted.has('jacobian')) wanted.add('gradient').delete('jacobian');
  if (!isNumber && wanted.has('gradient')) wanted.add('jacobian').delete('gradient');
  if (!isNumber && (wanted.has('hessian') || wanted.has('hvp'))) throw problem('not-a-number', 'a Hessian is of a function whose value is a number', { needed: 'a scalar', found: reading.expr.shape.length === 1 ? 'a vector' : reading.expr.shape.length === 2 ? 'a matrix' : `${reading.expr.shape.length} axes`, help: 'ask for the jacobian, or sum the entries up' });
  if (wanted.has('hessian') || wanted.has('hvp')) wanted.add('gradient');
  if (options.points !== 0) checkFirst(text, reading, by, wanted, options.points);

  const of = readable(reading.expr);
  const outputs: Output[] = [{ name: 'value', says: `${text.replaceAll(/\s+/g, ' ').trim()}.`, expr: of }];
  const says = (what: string, e: Expr): string => {
    const written = toText(write(e));
    return written.length <= 160 && !written.includes('\n') ? `${what}: ${written}.` : `${what}.`;
  };
  const named = (what: string, ...xs: readonly VariableNode[]): string => (by.length === 1 ? what : [what, ...xs.map((x) => x.name)].join('_'));
  const first = wanted.has('jacobian') ? 'jacobian' : 'gradient';
  if (wanted.has(first)) {
    for (const x of by) {
      const G = oneDerivative(reading.expr, x);
      outputs.push({ name: named(first, x), says: says(`${first === 'gradient' ? 'Gradient' : 'Jacobian'} by ${x.name}`, G), expr: G, derives: { of: 'value', by: x } });
    }
  }
  const gradientOf = (x: VariableNode): Output => must(outputs.find((o) => o.name === named('gradient', x)));
  if (wanted.has('hessian')) {
    for (const [i, x] of by.entries()) {
      for (const y of by.slice(i)) {
        const H = oneDerivative(gradientOf(x).expr, y);
        outputs.push({ name: named('hessian', x, y), says: says(`Second derivative by ${x.name}${y === x ? '' : ` and ${y.name}`}`, H), expr: H, by: directionFor(y), derives: { of: gradientOf(x).name, by: y } });
      }
    }
  }
  if (wanted.has('hvp')) {
    for (const x of by) {
      const direction = directionFor(x);
      const G = gradientOf(x);
      const labels = G.expr.shape.map((_, axis) => axis);
      const product = oneDerivative(contract([G.expr, direction], [labels, labels], []), x);
      outputs.push({ name: named('hvp', x), says: `Second derivative by ${x.name} applied to a direction.`, expr: product, direction, derives: { of: G.name, by: x } });
    }
  }
  const together = (names: readonly string[]): { name: string; outputs: readonly string[] }[] => (names.length < 2 ? [] : [{ name: names.join('_and_').replace(/_and_(?=.*_and_)/g, '_'), outputs: names }]);
  const gradients = outputs.filter((o) => o.name.startsWith('gradient')).map((o) => o.name);
  const hessians = outputs.filter((o) => o.name.startsWith('hessian')).map((o) => o.name);
  return {
    name: options.name ?? 'f',
    title: `${text.replaceAll(/\s+/g, ' ').trim()}${by.length === 0 ? '' : ` and derivatives by ${by.map((x) => x.name).join(', ')}`}`,
    variables: argumentsOf(reading, by),
    outputs,
    combined: [...together(['value', ...gradients]).map((c) => ({ ...c, name: 'value_and_gradient' })), ...(hessians.length > 0 && gradients.length > 0 ? [{ name: 'value_gradient_and_hessian', outputs: ['value', ...gradients, ...hessians] }] : [])],
  };
}

/** The variables to derive by come first, as optimisers call them; then the others in the order they were read. */
function argumentsOf(reading: Understood, by: readonly VariableNode[]): VariableNode[] {
  const used = new Set(variables([reading.expr]));
  return [...by, ...reading.variables.map((v) => v.node).filter((v) => used.has(v) && !by.includes(v))];
}

/** No name of the language has a blank, so this is no variable of the user. */
function directionFor(x: VariableNode): VariableNode {
  const structure = structureOf(x);
  if (structure === 'diagonal') return variable('direction of it', x.shape.slice(0, 1));
  return variable('direction of it', x.shape, facts(structure === 'none' ? [] : [structure]));
}

/** Every derivative that is written passes the numerical check, second derivatives by two variables among them. */
function checkFirst(text: string, reading: Understood, by: readonly VariableNode[], wanted: ReadonlySet<Want>, points: number | undefined): void {
  const names = by.map((v) => v.name);
  const second = wanted.has('hessian') ? names.flatMap((x, i) => names.slice(i).map((y) => [x, y])) : wanted.has('hvp') ? names.map((x) => [x, x]) : [];
  const first = wanted.has('gradient') || wanted.has('jacobian') ? names.map((x) => [x]) : [];
  for (const list of second.length > 0 ? second : first) checked(text, reading, { by: list, ...(points !== undefined && { points }) });
}

function problem(code_: string, message: string, more: { needed?: string; found?: string; help?: string } = {}): RicciError {
  const diagnostic: Diagnostic = { code: code_, severity: 'error', message, span: [0, 0], ...more };
  return new RicciError([diagnostic]);
}
