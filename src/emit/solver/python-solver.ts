// A problem as a Python program that solves it: the functions of the problem, a `solve` with named arguments, the solver.

import { must, unreachable } from '../../base/internal.ts';
import type { Dim } from '../../ir/dim.ts';
import type { Shape } from '../../ir/expr.ts';
import type { Fact } from '../../ir/fact.ts';
import { toNumber } from '../../ir/rational.ts';
import type { EmittedFile } from '../emit.ts';
import type { FunctionModel } from '../module.ts';
import { codeOf, mentions, stringLiteral, withoutUnused } from '../module-text.ts';
import { jax } from '../jax.ts';
import { numpy } from '../numpy.ts';
import { preludeText } from '../prelude.ts';
import { sampleText } from '../python-check.ts';
import { checkedLines, docstring, escaped, shapeWords, sizeLines } from '../python-module.ts';
import { jaxPrelude, numpyPrelude } from '../python-prelude.ts';
import { sampleSize } from '../sample-size.ts';
import { table, wrapped } from '../words.ts';
import { definitionsFor } from './python-runtime.ts';
import { type SolverModule, functionNames, helpersOf, limitsOf, solverModule } from './solver-functions.ts';
import type { SolverRequest } from './solver-request.ts';

// Options of `solve`, and what the file defines beside the functions of the problem.
const words = 'solve start starts tolerance max_iterations callback seed NamedTuple Result Progress objective';

interface Library {
  readonly target: 'numpy' | 'jax';
  /** Where the solver's own vectors live. */
  readonly xp: string;
  readonly passed: string;
  readonly passedByName: string;
}

const libraries: Readonly<Record<'numpy' | 'jax', Library>> = {
  numpy: { target: 'numpy', xp: 'xp', passed: ', xp', passedByName: ', xp' },
  jax: { target: 'jax', xp: 'np', passed: '', passedByName: '' },
};

/** The program. Throws `NotInTarget` when an operation has no spelling. */
export function pythonSolver(request: SolverRequest, target: 'numpy' | 'jax'): EmittedFile {
  const lib = libraries[target];
  const dialect = target === 'numpy' ? numpy : jax;
  const made = solverModule(request, dialect, words.split(' '));
  const { model } = made;
  const kept = target === 'numpy' ? { keep: '        self.xp = xp\n', own: 'self.xp', with: ', self.xp' } : { keep: '', own: lib.xp, with: '' };
  const fill = (text: string): string => text.replaceAll('$keep', kept.keep).replaceAll('$own', kept.own).replaceAll('$with', kept.with).replaceAll('$xp', lib.xp).replaceAll('$p', lib.passed).replaceAll('$q', lib.passedByName);
  const hasParameters = request.parameters.length > 0;
  const helpers = preludeText(target === 'numpy' ? numpyPrelude : jaxPrelude, [...model.helpers.keys(), ...(hasParameters ? ['check_shapes'] : [])]);
  const own = [
    ...solveLines(request, made, lib),
    '',
    '',
    ...model.functions.flatMap((f) => [...functionLines(f, request, made, lib), '', '']),
    ...(hasParameters ? [...checkedParameters(request, made, lib), '', ''] : []),
  ];
  const text = [
    docstring(titleLines(request, made, lib)),
    '',
    'from __future__ import annotations',
    '',
    ...(helpers.some((h) => h.includes('itertools.')) ? ['import itertools'] : []),
    'from typing import NamedTuple',
    '',
    ...(target === 'jax' ? ['import jax', 'import jax.numpy as jnp', 'import numpy as np', 'from jax.typing import ArrayLike', '', 'jax.config.update("jax_enable_x64", True)'] : ['import numpy as np', 'from numpy.typing import ArrayLike']),
    '',
    '',
    ...own,
    ...definitionsFor(own.join('\n')).flatMap((definition) => [fill(definition), '', '']),
    ...helpers.flatMap((h) => [h, '', '']),
    ...selfTest(request, made, lib),
  ].join('\n');
  return { path: `${model.name}.py`, text: `${text.trimEnd()}\n` };
}

function titleLines(request: SolverRequest, { nameOf }: SolverModule, { target }: Library): string[] {
  const first = request.text.findIndex((l) => l.trim() !== '');
  const kept = request.text.slice(Math.max(0, first));
  const rows = (list: readonly { readonly variable: SolverRequest['parameters'][number]['variable'] }[]): [string, string][] => list.map(({ variable }) => [nameOf(variable.name), shapeWords(variable.shape)]);
  return [
    'Solves the problem of this model:',
    '',
    ...kept.map((l) => (l.trim() === '' ? '' : `    ${l.trimEnd()}`)),
    '',
    'Arguments of solve:',
    '',
    ...table(rows(request.parameters)),
    '',
    'Variables:',
    '',
    ...table(rows(request.variables)),
    '',
    ...wrapped(`${request.convex ? 'The problem is convex: an optimum is global.' : 'The problem was not certified convex: an optimum may be local, and depends on the start.'} ${request.remarks.map((r) => `${r}.`).join(' ')} ${target === 'numpy' ? 'Arrays are those of the module `xp`: NumPy, or CuPy for a GPU.' : 'The functions of the problem are compiled by JAX, in double precision.'} Run this file for a test on random data. Written by ricci.`.replaceAll(/ +/g, ' ')),
  ];
}

function tuple(parts: readonly string[]): string {
  return `(${parts.join(', ')}${parts.length === 1 ? ',' : ''})`;
}

/** A shape over the names of sizes. */
function shapeCode(shape: Shape, { model }: SolverModule): string {
  const at = new Map(model.signature.sizes.map((s) => [s.size, s.name]));
  return tuple(shape.map((d: Dim) => model.dimOver(d, (size) => must(at.get(size), `size ${size}`)).text));
}

/** The arguments that the body of a function asks for, in the order of the module. */
function usedArguments(f: FunctionModel, { model }: SolverModule): string[] {
  const code = codeOf(f);
  const sources = new Set(f.used.filter((s) => mentions(code, s.name)).map((s) => s.from.name));
  return model.signature.arguments.map((a) => a.name).filter((name) => mentions(code, name) || sources.has(name));
}

function call(name: string, made: SolverModule, lib: Library, renamed: (argument: string) => string = (a) => a): string {
  const f = withoutUnused(must(made.model.functions.find((g) => g.name === name)));
  const args = usedArguments(f, made).map(renamed);
  return `${nameInCode(name)}(${[...args, ...(lib.target === 'numpy' ? ['xp=xp'] : [])].join(', ')})`;
}

function nameInCode(name: string): string {
  return name === functionNames.objective ? name : `_${name}`;
}

function has(made: SolverModule, name: string): boolean {
  return made.model.functions.some((f) => f.name === name);
}

function functionLines(whole: FunctionModel, request: SolverRequest, made: SolverModule, lib: Library): string[] {
  const f = withoutUnused(whole);
  const code = codeOf(f);
  const isObjective = f.name === functionNames.objective;
  const args = usedArguments(f, made);
  const list = [...args, ...(lib.target === 'numpy' ? ['*', 'xp=np'] : [])].join(', ');
  const head = `def ${nameInCode(f.name)}(${list}):`;
  const own = new Set(request.parameters.map((p) => made.nameOf(p.variable.name)));
  const results = f.body.results.map((r) => r.text);
  const arrays = isObjective ? args.map((a) => `    ${a} = ${lib.target === 'numpy' ? `xp.asarray(${a}, dtype=float)` : `jnp.asarray(${a}, dtype=jnp.float64)`}`) : [];
  return [
    ...(lib.target === 'jax' ? ['@jax.jit'] : []),
    ...(head.length <= 100 ? [head] : [`def ${nameInCode(f.name)}(`, ...wrapped(`${list},`, 92).map((l) => `    ${l}`), '):']),
    docstring(wrapped(isObjective ? `${f.says} Takes the variables${own.size > 0 ? ' and parameters' : ''} it needs.` : f.says), '    '),
    ...arrays,
    ...sizeLines({ ...f, used: f.used.filter((s) => mentions(code, s.name)) }),
    ...f.body.statements.map((s) => `    ${s.names.join(', ')} = ${s.code.text}`),
    `    return ${isObjective ? must(results[0]) : results.length === 1 ? `(${must(results[0])},)` : results.join(', ')}`,
  ];
}

const factWords: Partial<Record<Fact, (x: string, xp: string) => readonly [string, string]>> = {
  symmetric: (x, xp) => [`${xp}.all(${xp}.abs(${x} - ${x}.T) <= 1e-9 * ${xp}.max(${xp}.abs(${x}), initial=0.0))`, 'symmetric'],
  psd: (x, xp) => [`${xp}.linalg.eigvalsh(${x})[0] >= -1e-9 * ${xp}.max(${xp}.abs(${x}), initial=0.0)`, 'positive semidefinite'],
  pd: (x, xp) => [`${xp}.linalg.eigvalsh(${x})[0] > 0`, 'positive definite'],
  nsd: (x, xp) => [`${xp}.linalg.eigvalsh(${x})[-1] <= 1e-9 * ${xp}.max(${xp}.abs(${x}), initial=0.0)`, 'negative semidefinite'],
  nd: (x, xp) => [`${xp}.linalg.eigvalsh(${x})[-1] < 0`, 'negative definite'],
  diagonal: (x, xp) => [`${xp}.all(${x} == ${xp}.diag(${xp}.diagonal(${x})))`, 'diagonal'],
  lower: (x, xp) => [`${xp}.all(${x} == ${xp}.tril(${x}))`, 'lower triangular'],
  upper: (x, xp) => [`${xp}.all(${x} == ${xp}.triu(${x}))`, 'upper triangular'],
  positive: (x, xp) => [`${xp}.all(${x} > 0)`, 'positive'],
  nonnegative: (x, xp) => [`${xp}.all(${x} >= 0)`, 'at least 0'],
  negative: (x, xp) => [`${xp}.all(${x} < 0)`, 'negative'],
  nonpositive: (x, xp) => [`${xp}.all(${x} <= 0)`, 'at most 0'],
};

/** Facts of a parameter that need words, without those that others say already. */
function checkedFacts(needs: readonly Fact[]): readonly Fact[] {
  const implied: Partial<Record<Fact, readonly Fact[]>> = { nonnegative: ['positive'], nonpositive: ['negative'], psd: ['pd'], nsd: ['nd'], symmetric: ['diagonal'], lower: ['diagonal'], upper: ['diagonal'] };
  return needs.filter((f) => factWords[f] && !implied[f]?.some((stronger) => needs.includes(stronger)));
}

function checkedParameters(request: SolverRequest, made: SolverModule, lib: Library): string[] {
  const parameters = request.parameters.map((p) => p.variable.name);
  const { model } = made;
  const args = model.signature.arguments.filter((a) => parameters.includes(a.variable.name));
  const arrayLibrary = lib.target === 'numpy' ? { isArgument: true, library: 'xp', converted: (n: string) => `_numbers("${n}", ${n}, xp)` } : { isArgument: false, library: 'jnp', converted: (n: string) => `jnp.asarray(_numbers("${n}", ${n}))` };
  const lines = checkedLines({ ...model, signature: { arguments: args, sizes: made.known, explicit: [], callables: [] } }, arrayLibrary);
  const xp = lib.target === 'numpy' ? 'xp' : 'jnp';
  const checks = args.flatMap(({ name, variable }) => [
    `    _require(${xp}.all(${xp}.isfinite(${name})), "${name} has entries that are not finite")`,
    ...checkedFacts(must(request.parameters.find((p) => p.variable === variable)).needs).map((f) => {
      const [holds, says] = must(factWords[f])(name, xp);
      return `    _require(${holds}, "${name} must be ${says}: the program was written for that")`;
    }),
    ...(variable.facts.above !== undefined && variable.facts.above !== 0 ? [`    _require(${xp}.all(${name} >= ${variable.facts.above}), "${name} must be at least ${variable.facts.above}")`] : []),
    ...(variable.facts.below !== undefined && variable.facts.below !== 0 ? [`    _require(${xp}.all(${name} <= ${variable.facts.below}), "${name} must be at most ${variable.facts.below}")`] : []),
  ]);
  const last = must(lines.at(-1));
  const doc = lines.findIndex((l) => l.includes('"""'));
  return [...lines.slice(0, doc), docstring(['The parameters as arrays of double precision; ValueError for wrong shapes and values.'], '    '), ...lines.slice(doc + 1, -1), ...checks, last];
}

function quoted(name: string): string {
  return stringLiteral(name);
}

function solveLines(request: SolverRequest, made: SolverModule, lib: Library): string[] {
  const { model, nameOf } = made;
  const parameters = request.parameters.map((p) => nameOf(p.variable.name));
  const X = lib.xp;
  const own = request.variables.map((v) => ({ ...v, code: nameOf(v.variable.name), shape: shapeCode(v.variable.shape, made), text: quoted(v.variable.name) }));
  const solved = request.solved.map((s) => ({ ...s, code: nameOf(s.variable.name), shape: shapeCode(s.variable.shape, made) }));
  const unpacked = `${tupleOf(solved.map((s) => s.code))} = _split($z, $solved_shapes)`;
  const hasRows = request.rows.length > 0;
  const sizes = [
    ...made.known.map((s) => `    ${s.name} = ${s.from.name}.shape[${s.axis}]`),
    ...made.fromStart.map((s) => `    ${s.name} = _size($given, ${quoted(s.from.variable.name)}, ${s.axis}, "${escaped(shapeWords(s.from.variable.shape).replace('shape ', ''))}")`),
  ];
  const ys = request.rows.map((r) => nameOf(r.y.name));
  const rhos = request.rows.map((r) => nameOf(r.rho.name));
  const helpers = helpersOf(request);
  const starts = has(made, functionNames.start) ? [`        $started = list(${call(functionNames.start, made, lib)})`, ...helpers.flatMap((h, k) => (h.as === 'factor' ? [`        $started[${k}] = _factor(${X === 'np' ? `np.asarray($started[${k}])` : `$started[${k}]`}${lib.passed})`] : []))] : [];
  let at = 0;
  const order = solved.map((s) => (s.start ? `$started[${at++}]` : s.code));
  const guessOf = (v: (typeof own)[number]): string => (v.cone ? `${v.cone === 1 ? '' : '-'}_inside_the_cone($guess(${v.shape})${lib.passed})` : v.structure === 'none' ? `$guess(${v.shape})` : `_formed($guess(${v.shape}), "${v.structure}"${lib.passed})`);
  const structured = own.filter((v) => v.structure !== 'none');
  const doc = [
    'Solves the problem, and says in the result how that ended: see Result.',
    '',
    ...wrapped('start: values of variables to start from, as {name: array}; those not given are guessed.', 84),
    ...wrapped(`tolerance: of the violation of constraints; ten times as much of stationarity and complementarity, relative. max_iterations: steps of the quasi-Newton method in all, from each start. callback: called with a Progress after each step; a true answer stops. starts: how many guesses are tried${request.convex ? ' if the first does not end at an optimum' : '; the best result is returned'}. seed: of guesses that are random.`, 84),
    ...wrapped('Raises ValueError for arguments of the wrong shape, numbers that are not finite, and facts of the model that do not hold.', 84),
  ];
  const lines = [
    ...(structured.length > 0 ? structured.map((v) => `    if ${v.text} in $given:\n        _require(${X}.allclose($given[${v.text}], _formed($given[${v.text}], "${v.structure}"${lib.passed})), ${quoted(`the start value of ${v.variable.name} must be ${v.structure}`)})`) : []),
    `    $solved_shapes = [${solved.map((s) => s.shape).join(', ')}]`,
    ...(hasRows ? [`    $row_shapes = [${request.rows.map((r) => shapeCode(r.expr.shape, made)).join(', ')}]`] : []),
    ...(has(made, functionNames.limits) ? [`    $limits = ${call(functionNames.limits, made, lib)}`] : []),
    ...(hasRows ? [`    $rows = _Rows($row_shapes, [${weightLimits(request).join(', ')}]${lib.passed})`] : []),
    '',
    `    def $evaluate($z${hasRows ? ', $weights, $penalties' : ''}):`,
    `        ${unpacked}`,
    ...(hasRows ? [`        ${tupleOf(ys)} = _split($weights, $row_shapes)`, `        ${tupleOf(rhos)} = _split($penalties, $row_shapes)`] : []),
    '        try:',
    `            $values = ${call(functionNames.evaluate, made, lib)}`,
    '        except np.linalg.LinAlgError:  # outside of the domain',
    `            return np.nan, ${hasRows ? 'np.nan * $weights, ' : ''}np.nan * $z`,
    hasRows
      ? `        return float($values[0]), _joined($values[1:${request.rows.length + 1}]${lib.passed}), _joined($values[${request.rows.length + 1}:]${lib.passed})`
      : `        return float($values[0]), _joined($values[1:]${lib.passed})`,
    '',
    ...(hasRows ? ['    def $norms($z):', `        ${unpacked}`, `        return _joined(${call(functionNames.norms, made, lib)}${lib.passed})`, ''] : []),
    ...(request.pulls.length > 0 ? ['    def $pull($z, $weights):', `        ${unpacked}`, `        ${tupleOf(ys)} = _split($weights, $row_shapes)`, `        return _joined(${call(functionNames.pulls, made, lib)}${lib.passed})`, ''] : []),
    ...(request.cones.length > 0 ? coneLines(request, made, lib, unpacked, tupleOf(ys)) : []),
    '    def $first($guess):',
    ...own.map((v) => `        ${v.code} = $given[${v.text}] if ${v.text} in $given else ${guessOf(v)}`),
    ...starts,
    `        return _joined([${order.join(', ')}]${lib.passed})`,
    '',
    ...boundLines(request, made, lib),
    '',
    `    def $result($status, $z, ${hasRows ? '$weights, ' : ''}$measures, $count):`,
    `        ${unpacked}`,
    ...(has(made, functionNames.recovered) ? [`        ${tupleOf(own.map((v) => v.code))} = ${call(functionNames.recovered, made, lib)}`] : []),
    ...multiplierLines(request, made, lib).map((l) => `    ${l}`),
    `        $value = float(${call(functionNames.objective, made, lib)})`,
    `        $arrays = {${own.map((v) => `${v.text}: ${X}.asarray(${v.code})`).join(', ')}}`,
    '        return Result($status, $value, $arrays, $multipliers, *$measures, $count.iterations, $count.evaluations)',
    '',
    '    $best = None',
    '    $tried = 0',
    ...(hasRows ? [`    $none = ${X}.zeros_like($rows.least)`] : []),
    `    for $guess in _guesses(${request.convex ? 'True' : 'False'}, seed${lib.passed}):`,
    `        $z = ${X}.clip($first($guess), $lower, $upper)`,
    hasRows ? '        $value, _, $slope = $evaluate($z, $none, $none)' : '        $value, $slope = $evaluate($z)',
    `        $defined = np.isfinite($value) and (len($given) == ${own.length} or np.isfinite(_largest($slope${lib.passed})))`,
    '        if not $defined:',
    '            continue',
    `        $ended = ${hasRows ? '_augmented_lagrangian' : '_minimise_in_box'}(`,
    `            $evaluate, $z, $lower, $upper, ${hasRows ? `$rows, $norms, ${request.pulls.length > 0 ? '$pull' : 'None'}, ` : ''}${request.convex ? 'True' : 'False'},`,
    `            tolerance=tolerance, max_iterations=max_iterations, callback=callback${request.cones.length > 0 ? ', escape=$escape' : ''}${lib.target === 'numpy' ? ', xp=xp' : ''},`,
    '        )',
    `        $best = _better($best, $result(*$ended), ${request.sense === 'max' ? -1 : 1})`,
    '        $tried += 1',
    `        if len($given) == ${own.length} or $tried >= starts or $best.status.startswith("stopped")${request.convex ? ' or $best.status not in ("no progress", "left the domain")' : ''}:`,
    '            break',
    '    _require($best is not None, "the objective or a constraint is not defined at any start that was guessed: give one")',
    '    return $best',
  ];
  const checks = [
    ...(parameters.length > 0 ? [`    ${parameters.join(', ')} = _checked(${[...parameters, ...(lib.target === 'numpy' ? ['xp'] : [])].join(', ')})`] : []),
    '    _checked_options(tolerance, max_iterations, starts, callback)',
    `    $given = _given(start, ${tuple(own.map((v) => v.text))}${lib.passed})`,
    ...sizes,
    `    _shaped($given, {${own.map((v) => `${v.text}: ${v.shape}`).join(', ')}})`,
  ];
  const taken = new Set([...model.signature.arguments.map((a) => a.name), ...model.signature.sizes.map((s) => s.name), ...words.split(' ')]);
  return [
    '@np.errstate(all="ignore")  # points outside of the domain are tried, and left',
    'def solve(',
    ...(parameters.length > 0 ? wrapped(`${parameters.map((p) => `${p}: ArrayLike`).join(', ')},`, 92).map((l) => `    ${l}`) : []),
    '    *,',
    '    start: dict | None = None,',
    '    tolerance: float = 1e-8,',
    '    max_iterations: int = 100_000,',
    '    callback=None,',
    `    starts: int = ${request.convex ? 3 : 4},`,
    '    seed: int = 0,',
    ...(lib.target === 'numpy' ? ['    xp=np,'] : []),
    ') -> Result:',
    docstring(doc, '    '),
    ...[...checks, ...lines].map((l) => l.replaceAll(/\$([a-z_]+)/g, (_, name: string) => freeName(name, taken))),
    '',
    '',
    ...guessLines(lib, structured.length > 0),
    ...(request.bounds.some((b) => b.constraint !== undefined && b.side !== 'both') ? ['', '', ...boundMultiplierLines(lib)] : []),
  ];
}

/** A local name of the layout that is none of the model's. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  while (taken.has(free)) free += '_';
  return free;
}

/** Names on the left of an assignment from a tuple. */
function tupleOf(names: readonly string[]): string {
  return names.length === 1 ? `${must(names[0])},` : names.join(', ');
}

function guessLines({ target, xp, passed }: Library, hasStructure: boolean): string[] {
  return [
    `def _guesses(convex, seed${passed}):`,
    '    """Ways to guess a start, the first at which everything is defined being taken."""',
    '    rng = np.random.default_rng(seed)',
    '',
    '    def random(shape):',
    `        return ${target === 'numpy' ? 'xp' : 'np'}.asarray(rng.standard_normal(shape))`,
    '',
    '    def shares(shape):',
    `        return ${xp}.full(shape, 1.0 / max(1, int(np.prod(shape))))`,
    '',
    '    def level(value):',
    `        return lambda shape: ${xp}.full(shape, value)`,
    '',
    '    # those far out may be where logarithms are defined',
    '    far = [level(sign * size) for size in (10.0, 100.0, 1000.0) for sign in (1.0, -1.0)]',
    `    return [${xp}.zeros, ${xp}.ones, shares, random, *far] if convex else [random, ${xp}.ones, shares, random, random, random, ${xp}.zeros]`,
    ...(hasStructure
      ? ['', '', `def _formed(X, structure${passed}):`, '    """The nearest matrix of this form."""', `    return {"symmetric": lambda: 0.5 * (X + X.T), "diagonal": lambda: ${xp}.diag(${xp}.diagonal(X)), "lower": lambda: ${xp}.tril(X), "upper": lambda: ${xp}.triu(X)}[structure]()`]
      : []),
  ];
}

function boundLines(request: SolverRequest, made: SolverModule, lib: Library): string[] {
  const X = lib.xp;
  const fresh = [
    `    $lower = [${X}.full($shape, -np.inf) for $shape in $solved_shapes]`,
    `    $upper = [${X}.full($shape, np.inf) for $shape in $solved_shapes]`,
  ];
  const joined = [`    $lower, $upper = _joined($lower${lib.passed}), _joined($upper${lib.passed})`, `    _require(${X}.all($lower <= $upper), "the bounds of a variable contradict each other")`];
  if (request.bounds.length === 0) return [...fresh, ...joined];
  // A bound may need the shape of a variable.
  const f = withoutUnused(must(made.model.functions.find((g) => g.name === functionNames.bounds)));
  const variables = request.variables.map((v) => made.nameOf(v.variable.name));
  const needed = usedArguments(f, made).filter((a) => variables.includes(a));
  return [
    ...needed.map((name) => {
      const { variable } = must(request.variables.find((v) => made.nameOf(v.variable.name) === name));
      return `    ${name} = ${X}.zeros(${shapeCode(variable.shape, made)})  # for its shape`;
    }),
    `    $bounds = ${call(functionNames.bounds, made, lib)}`,
    ...fresh,
    ...request.bounds.flatMap((b, k) => [
      ...(b.side === 'upper' ? [] : [`    $lower[${b.of}] = ${X}.maximum($lower[${b.of}], $bounds[${k}])`]),
      ...(b.side === 'lower' ? [] : [`    $upper[${b.of}] = ${X}.minimum($upper[${b.of}], $bounds[${k}])`]),
    ]),
    ...joined,
  ];
}

/** The gradients by semidefinite matrices, and what leaves a stationary point that is no optimum for them. */
function coneLines(request: SolverRequest, made: SolverModule, lib: Library, unpacked: string, weights: string): string[] {
  const passed = weights === '' ? '$z' : '$z, $weights';
  return [
    `    def $cone_gradients(${passed}):`,
    `        ${unpacked}`,
    ...(weights === '' ? [] : [`        ${weights} = _split($weights, $row_shapes)`]),
    `        return ${call(functionNames.cones, made, lib)}`,
    '',
    `    def $escape(${passed}, $margin):`,
    `        return _off_the_cone($z, $solved_shapes, ${tuple(request.cones.map((c) => String(c.of)))}, $cone_gradients(${passed}), $margin${lib.passed})`,
    '',
  ];
}

/** What each row allows, as the runtime takes it. */
function weightLimits(request: SolverRequest): string[] {
  let at = 0;
  return request.rows.map(({ weights: { kind } }) => {
    switch (kind) {
      case 'equation':
        return '(-np.inf, np.inf)';
      case 'inequality':
        return '(0.0, np.inf)';
      case 'interval':
        return `($limits[${at++}], $limits[${at++}])`;
      case 'ball':
        return `($limits[${at++}],)`;
      default:
        return unreachable(kind);
    }
  });
}

function multiplierLines(request: SolverRequest, made: SolverModule, lib: Library): string[] {
  const named = request.cones.flatMap(({ name }, k) => (name === undefined ? [] : [`        ${quoted(name)}: $cone_gradients($z${request.rows.length > 0 ? ', $weights' : ''})[${k}],`]));
  if (request.constraints.length === 0 && named.length === 0) return ['    $multipliers = {}'];
  const entries = request.constraints.map((c, k) => {
    const row = request.rows.findIndex((r) => r.constraint === k);
    if (row >= 0) return `        ${quoted(c.name)}: $row_weights[${row}],`;
    const at = request.bounds.findIndex((b) => b.constraint === k);
    const { of, side, factor } = must(request.bounds[at], `bound of ${c.name}`);
    const value = toNumber(factor);
    if (side === 'both') return `        ${quoted(c.name)}: ${value === 1 ? `-$slopes[${of}]` : `$slopes[${of}] / ${-value}`},`;
    return `        ${quoted(c.name)}: _bound_multiplier($slopes[${of}]${value === 1 ? '' : ` / ${Math.abs(value)}`}, $bounds[${at}], "${side}", $${side}s[${of}], $taken[${of}]${lib.passed}),`;
  });
  const kinds = request.constraints.map((_, k) => request.bounds.find((b) => b.constraint === k)?.side);
  return [
    ...(request.rows.some((r) => r.constraint !== undefined) ? ['    $row_weights = _split($weights, $row_shapes)'] : []),
    ...(kinds.some((kind) => kind !== undefined) ? [`    $slopes = _split($evaluate(${request.rows.length > 0 ? '$z, $weights, 0.0 * $weights)[2]' : '$z)[1]'}, $solved_shapes)`] : []),
    ...(kinds.includes('lower') ? ['    $lowers = _split($lower, $solved_shapes)'] : []),
    ...(kinds.includes('upper') ? ['    $uppers = _split($upper, $solved_shapes)'] : []),
    ...(kinds.includes('lower') || kinds.includes('upper') ? ['    $taken = [{} for _ in $solved_shapes]'] : []),
    '    $multipliers = {',
    ...entries,
    ...named,
    '    }',
  ];
}

function boundMultiplierLines({ xp, passed }: Library): string[] {
  return [
    `def _bound_multiplier(slope, bound, side, tight, taken${passed}):`,
    '    """What holds the variable at this bound; of equal bounds the first has it all."""',
    '    holds = (bound == tight) & ((slope > 0) if side == "lower" else (slope < 0)) & ~taken.get(side, False)',
    '    taken[side] = taken.get(side, False) | holds',
    `    return ${xp}.where(holds, ${xp}.abs(slope), 0.0)`,
  ];
}

/** A run on random data: the gradients against differences, then a solve. */
function selfTest(request: SolverRequest, made: SolverModule, { target }: Library): string[] {
  const { model, nameOf } = made;
  const size = (d: Dim): string => String(sampleSize(d, model.sample));
  const f = withoutUnused(must(model.functions.find((g) => g.name === functionNames.evaluate)));
  const used = usedArguments(f, made);
  const penalties = new Set(request.rows.map((r) => nameOf(r.rho.name)));
  // Small enough to be weights that kinks allow.
  const kinks = new Set(request.rows.filter((r) => limitsOf(r).length > 0).map((r) => nameOf(r.y.name)));
  const drawn = model.signature.arguments.map(({ name, variable }) => {
    const isParameter = request.parameters.some((p) => p.variable === variable);
    const text = kinks.has(name) ? `1e-3 * draw(${variable.shape.map(size).join(', ')})` : penalties.has(name) ? `np.zeros(${tuple(variable.shape.map(size))})` : isParameter ? sampleText(variable, size) : `draw(${variable.shape.map(size).join(', ')})`;
    const { structure } = request.variables.find((v) => v.variable === variable) ?? { structure: 'none' };
    return { name, isParameter, text: structure === 'none' ? text : `_formed(${text}, "${structure}"${target === 'numpy' ? ', np' : ''})` };
  });
  const rows = request.rows.map((r, k) => ` + np.sum(point["${nameOf(r.y.name)}"] * values[${k + 1}])`).join('');
  const names = request.solved.map((v) => nameOf(v.variable.name));
  const formed = request.solved.map((v) => request.variables.find((o) => o.variable === v.variable)?.structure ?? 'none');
  return [
    'def _self_test(rng):',
    '    """Relative error of the gradients along random directions at a random point, and a solve of random data."""',
    '    def total(point):',
    '        values = _evaluate(**point)',
    `        return float(values[0]${rows})`,
    '',
    '    for size in 0.5 ** np.arange(12):  # smaller numbers where these lie outside of the domain',
    '        draw = lambda *shape: size * rng.uniform(0.3, 1.5, shape)',
    '        drawn = dict(',
    ...drawn.map((d) => `            ${d.name}=${d.text},`),
    '        )',
    `        point = {name: drawn[name] for name in (${used.map((u) => `"${u}"`).join(', ')}${used.length === 1 ? ',' : ''})}`,
    '        if np.isfinite(total(point)):',
    '            break',
    '',
    '    errors = []',
    '    gradients = _evaluate(**point)',
    `    for name, structure, gradient in zip((${names.map((n) => `"${n}"`).join(', ')},), (${formed.map((n) => `"${n}"`).join(', ')},), gradients[${request.rows.length + 1}:]):`,
    '        if name not in point:',
    '            continue',
    `        e = draw(*np.shape(drawn[name]))`,
    ...(formed.some((n) => n !== 'none') ? [`        e = e if structure == "none" else _formed(e, structure${target === 'numpy' ? ', np' : ''})`] : []),
    '        moved = [total({**point, name: point[name] + t * 1e-3 * e}) for t in (-2, -1, 1, 2)]',
    '        slope = (moved[0] - 8 * moved[1] + 8 * moved[2] - moved[3]) / 12e-3',
    '        errors.append(abs(float(np.sum(np.asarray(gradient) * e)) - slope) / max(1.0, abs(slope)))',
    `    parameters = {${drawn.filter((d) => d.isParameter).map((d) => `"${d.name}": drawn["${d.name}"]`).join(', ')}}`,
    `    start = {${request.variables.map((v) => `${quoted(v.variable.name)}: drawn["${nameOf(v.variable.name)}"]`).join(', ')}}`,
    '    return max(errors, default=0.0), solve(**parameters, start=start, max_iterations=2000)',
    '',
    '',
    'if __name__ == "__main__":',
    '    with np.errstate(all="ignore"):',
    '        error, result = _self_test(np.random.default_rng(0))',
    '    print(f"gradients: relative error {error:.1e}")',
    '    print(f"random data: {result.status}, objective {result.objective:.10g} after {result.evaluations} evaluations")',
    '    if error > 1e-6:',
    '        raise SystemExit("gradients and differences disagree")',
  ];
}
