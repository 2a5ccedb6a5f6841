// A problem as a TypeScript program that solves it: the functions of the problem, `solve` with one object of parameters,
// the solver. Nothing is imported.

import { must, unreachable } from '../../base/internal.ts';
import type { Dim } from '../../ir/dim.ts';
import type { Shape, VariableNode } from '../../ir/expr.ts';
import type { Fact } from '../../ir/fact.ts';
import { toNumber } from '../../ir/rational.ts';
import type { EmittedFile } from '../emit.ts';
import type { FunctionModel } from '../module.ts';
import { codeOf, mentions, shapeWords, stringLiteral, withoutUnused } from '../module-text.ts';
import { sampleSize } from '../sample-size.ts';
import { table, wrapped } from '../words.ts';
import { preludeText } from '../prelude.ts';
import { sampleText } from '../typescript-check.ts';
import { axisOf, comment, interfaceOf, plainAxis, sizeOf, typeOf } from '../typescript-module.ts';
import { typescriptPrelude } from '../typescript-prelude.ts';
import { typescript } from '../typescript.ts';
import { type SolverModule, functionNames, helpersOf, limitsOf, solverModule } from './solver-functions.ts';
import type { OwnVariable, SolverRequest } from './solver-request.ts';
import { runtimeNames, typescriptParts, typescriptRuntime } from './typescript-runtime.ts';

const names: Readonly<Record<string, string>> = {
  [functionNames.objective]: 'objective',
  [functionNames.evaluate]: 'evaluateAll',
  [functionNames.bounds]: 'boundsOf',
  [functionNames.norms]: 'rowNorms',
  [functionNames.start]: 'helperStarts',
  [functionNames.recovered]: 'recoveredFrom',
  [functionNames.limits]: 'rowLimits',
  [functionNames.pulls]: 'rowGradients',
  [functionNames.cones]: 'coneGradients',
};

/** The program. Throws `NotInTarget` when an operation has no spelling. */
export function typescriptSolver(request: SolverRequest): EmittedFile {
  const made = solverModule(request, typescript, runtimeNames.split(' '));
  const { model } = made;
  const checks = request.parameters.flatMap((p) => factLines(made.nameOf(p.variable.name), p.needs));
  const own = [...model.functions.flatMap((f) => [...functionLines(f, made), '']), ...solveLines(request, made, checks), '', ...selfTest(request, made)];
  const calls = (name: string, code: string): boolean => new RegExp(`\\b${name}\\(`).test(withoutTexts(code));
  const parts = Object.entries(typescriptParts).filter(([name]) => calls(name, own.join('\n')) || (name === 'formed' && calls('isFormed', own.join('\n')))).map(([, text]) => text);
  const code = [...own, ...parts].join('\n');
  const helpers = preludeText(typescriptPrelude, [...typescriptPrelude.keys()].filter((name) => calls(name, code)));
  const text = [
    ...comment(titleLines(request, made)),
    '',
    ...interfaceOf('Matrix'),
    '',
    ...interfaceOf('Tensor'),
    '',
    'export interface Parameters {',
    ...request.parameters.flatMap(({ variable }) => [...comment([shapeWords(variable.shape)], '  '), `  readonly ${made.nameOf(variable.name)}: ${typeOf(variable.shape)};`]),
    '}',
    '',
    ...own,
    '',
    typescriptRuntime,
    '',
    ...parts.flatMap((part) => [part, '']),
    ...helpers.flatMap((h) => [h, '']),
  ].join('\n');
  return { path: `${model.name}.ts`, text: `${text.trimEnd()}\n` };
}

function titleLines(request: SolverRequest, { nameOf }: SolverModule): string[] {
  const first = request.text.findIndex((l) => l.trim() !== '');
  const rows = (list: readonly { readonly variable: VariableNode }[]): [string, string][] => list.map(({ variable }) => [nameOf(variable.name), shapeWords(variable.shape)]);
  return [
    'Solves the problem of this model:',
    '',
    ...request.text.slice(Math.max(0, first)).map((l) => (l.trim() === '' ? '' : `    ${l.trimEnd()}`)),
    '',
    'Variables:',
    '',
    ...table(rows(request.variables)),
    '',
    ...wrapped(`${request.convex ? 'The problem is convex: an optimum is global.' : 'The problem was not certified convex: an optimum may be local, and depends on the start.'} ${request.remarks.map((r) => `${r}. `).join('')}Vectors are Float64Array, matrices { rows, cols, data } with data row by row. Nothing is imported; it runs in Node and in browsers. \`selfTest()\` compares the gradients with differences. Written by ricci.`),
  ];
}

function shapeCode(shape: Shape, { model }: SolverModule): string {
  const at = new Map(model.signature.sizes.map((s) => [s.size, s.name]));
  return `[${shape.map((d: Dim) => model.dimOver(d, (size) => must(at.get(size), `size ${size}`)).text).join(', ')}]`;
}

function usedArguments(f: FunctionModel, { model }: SolverModule): readonly { readonly name: string; readonly variable: VariableNode }[] {
  const code = codeOf(f);
  const sources = new Set(f.used.filter((s) => mentions(code, s.name)).map((s) => s.from.name));
  return model.signature.arguments.filter((a) => mentions(code, a.name) || sources.has(a.name));
}

function found(made: SolverModule, name: string): FunctionModel | undefined {
  const f = made.model.functions.find((g) => g.name === name);
  return f && withoutUnused(f);
}

function call(name: string, made: SolverModule): string {
  return `${must(names[name])}(${usedArguments(must(found(made, name)), made).map((a) => a.name).join(', ')})`;
}

function functionLines(whole: FunctionModel, made: SolverModule): string[] {
  const f = withoutUnused(whole);
  const code = codeOf(f);
  const isObjective = f.name === functionNames.objective;
  const types = f.results.map((r) => typeOf(r.shape));
  const results = f.body.results.map((r) => r.text);
  const used = f.used.filter((s, k) => mentions(code, s.name) && f.used.findIndex((o) => o.name === s.name) === k);
  const list = usedArguments(f, made).map((a) => `${a.name}: ${typeOf(a.variable.shape)}`);
  const left = (s: FunctionModel['body']['statements'][number]): string => (s.names.length === 1 ? must(s.names[0]) : `[${s.names.map((n) => (mentions(code, n) ? n : '')).join(', ')}]`);
  return [
    ...comment(wrapped(f.says)),
    `${isObjective ? 'export ' : ''}function ${must(names[f.name])}(${list.join(', ')}): ${isObjective ? 'number' : `[${types.join(', ')}]`} {`,
    ...used.map((s) => `  const ${s.name} = ${sizeOf(s)};`),
    ...f.body.statements.map((s) => `  const ${left(s)} = ${s.code.text};`),
    `  return ${isObjective ? must(results[0]) : `[${results.join(', ')}]`};`,
    '}',
  ];
}

const forms = ['symmetric', 'diagonal', 'lower', 'upper'] as const;

function factLines(x: string, needs: readonly Fact[]): string[] {
  const has = (f: Fact): boolean => needs.includes(f);
  const form = has('diagonal') ? 'diagonal' : forms.find((f) => has(f));
  const line = (holds: string, says: string): string => `  demand(${holds}, '${x} must be ${says}: the program was written for that');`;
  const entries = (test: string, says: string): string => line(`numbersOf(${x}).every((entry) => ${test})`, says);
  return [
    ...(form === undefined ? [] : [line(`isFormed(${x}, '${form}')`, form === 'lower' || form === 'upper' ? `${form} triangular` : form)]),
    ...(has('pd') ? [line(`eigh(${x})[0][0]! > 0`, 'positive definite')] : has('psd') ? [line(`eigh(${x})[0].every((value, _k, all) => value >= -1e-9 * Math.abs(all.at(-1)!))`, 'positive semidefinite')] : []),
    ...(has('nd') ? [line(`eigh(${x})[0].at(-1)! < 0`, 'negative definite')] : has('nsd') ? [line(`eigh(${x})[0].every((value, _k, all) => value <= 1e-9 * Math.abs(all[0]!))`, 'negative semidefinite')] : []),
    ...(has('positive') ? [entries('entry > 0', 'positive')] : has('nonnegative') ? [entries('entry >= 0', 'at least 0')] : []),
    ...(has('negative') ? [entries('entry < 0', 'negative')] : has('nonpositive') ? [entries('entry <= 0', 'at most 0')] : []),
  ];
}

function solveLines(request: SolverRequest, made: SolverModule, factChecks: readonly string[]): string[] {
  const { model, nameOf } = made;
  const quoted = stringLiteral;
  const parameters = request.parameters.map((p) => ({ name: nameOf(p.variable.name), shape: p.variable.shape }));
  const own = request.variables.map((v) => ({ ...v, code: nameOf(v.variable.name), shape: shapeCode(v.variable.shape, made), type: typeOf(v.variable.shape), text: quoted(v.variable.name) }));
  const solved = request.solved.map((s) => ({ ...s, code: nameOf(s.variable.name), shape: shapeCode(s.variable.shape, made), type: typeOf(s.variable.shape) }));
  const tuple = (list: readonly { readonly type: string }[]): string => `[${list.map((s) => s.type).join(', ')}]`;
  const unpacked = (fn: string): string => {
    const f = must(found(made, fn));
    const used = new Set(usedArguments(f, made).map((a) => a.name));
    return destructured(solved.map((s) => (used.has(s.code) ? s.code : '')), `splitInto($z, $solvedShapes) as ${tuple(solved)}`);
  };
  const rowsOf = (which: 'y' | 'rho', from: string, fn: string = functionNames.evaluate): string[] => {
    const used = new Set(usedArguments(must(found(made, fn)), made).map((a) => a.name));
    const list = request.rows.map((r) => nameOf(r[which].name));
    return list.some((n) => used.has(n)) ? [`    ${destructured(list.map((n) => (used.has(n) ? n : '')), `splitInto(${from}, $rowShapes) as ${tuple(request.rows.map((r) => ({ type: typeOf(r.y.shape) })))}`)}`] : [];
  };
  const m = request.rows.length;
  const sizes = [
    ...made.known.map((s) => `  const ${s.name} = ${sizeOf(s)};`),
    ...made.fromStart.map((s) => `  const ${s.name} = sizeFromStart($start, ${quoted(s.from.variable.name)}, ${s.axis}, ${quoted(shapeWords(s.from.variable.shape).replace(/^\w+ /, ''))});`),
  ];
  const wanted = parameters.map(({ name, shape }) => `${name}: [${name}, [${shape.map((d) => (model.signature.sizes.some((s) => s.size === d.key) ? plainAxis(d) : axisOf(model, d))).join(', ')}]]`);
  const helpers = helpersOf(request);
  let at = 0;
  const order = solved.map((s) => {
    if (!s.start) return s.code;
    const text = `$started[${at++}]`;
    return s.start.as === 'factor' ? `factorOf(${text})` : text;
  });
  const guessOf = (v: (typeof own)[number]): string => {
    const plain = `filled(${v.shape}, () => $guess(sizeOf(${v.shape})))`;
    if (v.cone) return `insideTheCone(${plain}, ${v.cone})`;
    return v.structure === 'none' ? plain : `formed(${plain}, '${v.structure}')`;
  };
  const usedBy = (fn: string): ReadonlySet<string> => new Set(found(made, fn) ? usedArguments(must(found(made, fn)), made).map((a) => a.name) : []);
  const solvedFor = (fn: string): string[] => [request.solved.some((s) => usedBy(fn).has(nameOf(s.variable.name))) ? `    ${unpacked(fn)}` : '    void $z;'];
  const startUses = usedBy(functionNames.start);
  const isStart = (v: (typeof own)[number]): boolean => startUses.has(v.code) || solved.some((s) => s.code === v.code && !s.start);
  const objectiveUses = usedBy(functionNames.objective);
  const recovers = found(made, functionNames.recovered) !== undefined;
  const body = [
    ...(parameters.length > 0 ? [`  const { ${parameters.map((p) => p.name).join(', ')} } = $given;`, `  for (const [$name, $value] of Object.entries({ ${parameters.map((p) => p.name).join(', ')} })) demand(isValue($value), \`\${$name} must be a number, a Float64Array, or { rows, cols, data }\`);`, `  checkShapes({ ${wanted.join(', ')} });`, `  demand([${parameters.map((p) => p.name).join(', ')}].every((value) => numbersOf(value).every(Number.isFinite)), 'a parameter has entries that are not finite');`] : []),
    ...factChecks,
    '  const { start: $start = {} } = $options;',
    `  for (const name of Object.keys($start)) demand([${own.map((v) => v.text).join(', ')}].includes(name), \`\${name} is not a variable; there are ${own.map((v) => harmlessName(v)).join(', ')}\`);`,
    ...sizes,
    `  startOf($start, { ${own.map((v) => `${v.text}: ${v.shape}`).join(', ')} });`,
    ...own.filter((v) => v.structure !== 'none').map((v) => `  if ($start[${v.text}] !== undefined) demand(isFormed($start[${v.text}]!, '${v.structure}'), ${quoted(`the start value of ${v.variable.name} must be ${v.structure}`)});`),
    `  const $solvedShapes = [${solved.map((s) => s.shape).join(', ')}];`,
    ...(m === 0 ? [] : [`  const $rowShapes = [${request.rows.map((r) => shapeCode(r.expr.shape, made)).join(', ')}];`]),
    ...(found(made, functionNames.limits) ? [`  const $limits = ${call(functionNames.limits, made)};`] : []),
    `  const $rows = rowsFrom(${m > 0 ? '$rowShapes' : '[]'}, [${weightLimits(request).join(', ')}]);`,
    `  const $evaluate: Problem['evaluate'] = ($z${m > 0 ? ', $y, $rho' : ', $y'}) => {`,
    `    ${unpacked(functionNames.evaluate)}`,
    ...(m > 0 ? [...rowsOf('y', '$y'), ...rowsOf('rho', '$rho')] : []),
    `    const $values = ${call(functionNames.evaluate, made)};`,
    `    return { f: $values[0], c: ${m > 0 ? `joined($values.slice(1, ${m + 1}) as Value[])` : '$y'}, g: joined($values.slice(${m + 1}) as Value[]) };`,
    '  };',
    ...(m > 0
      ? ["  const $norms: Problem['norms'] = ($z) => {", ...solvedFor(functionNames.norms), `    return joined(${call(functionNames.norms, made)});`, '  };']
      : ["  const $norms: Problem['norms'] = () => new Float64Array(0);"]),
    ...(request.pulls.length > 0
      ? ["  const $pull: Problem['pull'] = ($z, $y) => {", ...solvedFor(functionNames.pulls), ...rowsOf('y', '$y', functionNames.pulls), `    return joined(${call(functionNames.pulls, made)});`, '  };']
      : ["  const $pull: Problem['pull'] = ($z) => new Float64Array($z.length);"]),
    ...(request.cones.length > 0
      ? [
          '  const $matrixGradients = ($z: Float64Array, $y: Float64Array): Matrix[] => {',
          ...solvedFor(functionNames.cones),
          ...rowsOf('y', '$y', functionNames.cones),
          ...(request.rows.some((r) => usedBy(functionNames.cones).has(nameOf(r.y.name))) ? [] : ['    void $y;']),
          `    return ${call(functionNames.cones, made)};`,
          '  };',
          `  const $escape: Problem['escape'] = ($z, $y, $margin) => offTheCone($z, $solvedShapes, [${request.cones.map((c) => c.of).join(', ')}], $matrixGradients($z, $y), $margin);`,
        ]
      : []),
    ...boundLines(request, made),
    `  const $problem: Problem = { evaluate: $evaluate, norms: $norms, pull: $pull, lower: $lower, upper: $upper, rows: $rows, convex: ${request.convex}${request.cones.length > 0 ? ', escape: $escape' : ''} };`,
    '  const $first = ($guess: (size: number) => number): Float64Array => {',
    ...own.filter(isStart).map((v) => `    const ${v.code} = ($start[${v.text}] ?? ${guessOf(v)}) as ${v.type};`),
    ...(own.some(isStart) ? [] : ['    void $guess;']),
    ...(helpers.length > 0 ? [`    const $started = ${call(functionNames.start, made)};`] : []),
    `    return joined([${order.join(', ')}]);`,
    '  };',
    '  const $resultOf = ($outcome: Outcome): Result => {',
    ...(recovers ? [`    ${destructured(solved.map((s) => (usedBy(functionNames.recovered).has(s.code) ? s.code : '')), `splitInto($outcome.z, $solvedShapes) as ${tuple(solved)}`)}`.replace('const [] = splitInto', 'splitInto')] : []),
    `    const $recovered = ${call(functionNames.recovered, made)};`,
    ...(own.some((v) => objectiveUses.has(v.code) && !solved.some((s) => s.code === v.code && usedBy(functionNames.recovered).has(s.code))) ? [`    ${destructured(own.map((v) => (objectiveUses.has(v.code) && !solved.some((s) => s.code === v.code && usedBy(functionNames.recovered).has(s.code)) ? v.code : '')), '$recovered')}`] : []),
    ...multiplierLines(request),
    '    const [stationarity, violation, complementarity] = $outcome.measures;',
    `    return { status: $outcome.status, objective: ${call(functionNames.objective, made)}, x: { ${own.map((v, k) => `${v.text}: $recovered[${k}]`).join(', ')} }, multipliers: $multipliers, stationarity, violation, complementarity, iterations: $outcome.iterations, evaluations: $outcome.evaluations };`,
    '  };',
    '  let $best: Result | undefined;',
    '  let $tried = 0;',
    `  for (const $guess of guessesFor(${request.convex}, $options.seed ?? 0)) {`,
    '    const $z = $first($guess).map((x, i) => Math.min(Math.max(x, $lower[i]!), $upper[i]!));',
    '    const $there = $evaluate($z, new Float64Array($rows.least.length), new Float64Array($rows.least.length));',
    `    if (!Number.isFinite($there.f) || (Object.keys($start).length < ${own.length} && !Number.isFinite(topOf($there.g)))) continue;`,
    '    const $outcome = augmentedLagrangian($problem, $z, { tolerance: $options.tolerance ?? 1e-8, maxIterations: $options.maxIterations ?? 100_000, ...($options.onProgress && { onProgress: $options.onProgress }) });',
    `    $best = pickBetter($best, $resultOf($outcome), ${request.sense === 'max' ? -1 : 1});`,
    '    $tried++;',
    `    if (Object.keys($start).length === ${own.length} || $tried >= ($options.starts ?? ${request.convex ? 3 : 4}) || $best.status.startsWith('stopped')${request.convex ? " || !['no progress', 'left the domain'].includes($best.status)" : ''}) break;`,
    '  }',
    "  demand($best !== undefined, 'the objective or a constraint is not defined at any start that was guessed: give one');",
    '  return $best!;',
  ];
  const taken = new Set([...model.signature.arguments.map((a) => a.name), ...model.signature.sizes.map((s) => s.name)]);
  const local = (line: string): string => line.replaceAll(/\$([a-zA-Z]+)/g, (_, name: string) => freeName(name, taken));
  return [
    ...comment(wrapped('Solves the problem, and says in the result how that ended. Throws RangeError for arguments of the wrong shape, numbers that are not finite, and facts of the model that do not hold.')),
    `function solveModel(${local(`${parameters.length > 0 ? '$given' : '_given'}: Parameters, $options: Options = {}`)}): Result {`,
    ...withoutUnusedSizes(body.map(local)),
    '}',
    'export { solveModel as solve };',
  ];
}

function harmlessName(v: OwnVariable & { readonly code: string }): string {
  return v.code;
}

/** Code without what stands in quotes. */
function withoutTexts(code: string): string {
  return code.replaceAll(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/g, '');
}

/** Sizes are read only where a line needs them. */
function withoutUnusedSizes(lines: readonly string[]): string[] {
  const code = lines.map(withoutTexts);
  return lines.filter((line, k) => {
    const name = /^ {2}const (\w+) = (?:\w+\.(?:length|rows|cols|shape\[\d+\]!)|sizeFromStart\(.*\));$/.exec(line)?.[1];
    return name === undefined || code.some((other, i) => i !== k && mentions(other, name));
  });
}

/** `const [a, , b] = value`, with what is not used left out. */
function destructured(list: readonly string[], value: string): string {
  const last = list.findLastIndex((n) => n !== '');
  return `const [${list.slice(0, last + 1).join(', ')}] = ${value};`;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  while (taken.has(free)) free += '_';
  return free;
}

function boundLines(request: SolverRequest, made: SolverModule): string[] {
  const fresh = ['  const $lowers = $solvedShapes.map(($shape) => new Float64Array(sizeOf($shape)).fill(-Infinity));', '  const $uppers = $solvedShapes.map(($shape) => new Float64Array(sizeOf($shape)).fill(Infinity));'];
  const joined = ['  const [$lower, $upper] = [joined($lowers), joined($uppers)];', "  demand($lower.every((x, i) => x <= $upper[i]!), 'the bounds of a variable contradict each other');"];
  const f = found(made, functionNames.bounds);
  if (!f) return [...fresh, ...joined];
  const needed = usedArguments(f, made);
  return [
    ...request.variables
      .filter((v) => needed.some((a) => a.variable === v.variable))
      .map((v) => `  const ${made.nameOf(v.variable.name)} = filled(${shapeCode(v.variable.shape, made)}, () => 0) as ${typeOf(v.variable.shape)};`),
    `  const $bounds = ${call(functionNames.bounds, made)};`,
    ...fresh,
    ...request.bounds.flatMap((b, k) => [
      ...(b.side === 'upper' ? [] : [`  numbersOf($bounds[${k}]).forEach((x, i) => ($lowers[${b.of}]![i] = Math.max($lowers[${b.of}]![i]!, x)));`]),
      ...(b.side === 'lower' ? [] : [`  numbersOf($bounds[${k}]).forEach((x, i) => ($uppers[${b.of}]![i] = Math.min($uppers[${b.of}]![i]!, x)));`]),
    ]),
    ...joined,
  ];
}

/** What each row allows, as the runtime takes it. */
function weightLimits(request: SolverRequest): string[] {
  let at = 0;
  return request.rows.map(({ weights: { kind } }) => {
    switch (kind) {
      case 'equation':
        return '[-Infinity, Infinity]';
      case 'inequality':
        return '[0, Infinity]';
      case 'interval':
        return `[$limits[${at++}]!, $limits[${at++}]!]`;
      case 'ball':
        return `[$limits[${at++}]!]`;
      default:
        return unreachable(kind);
    }
  });
}

function multiplierLines(request: SolverRequest): string[] {
  const named = request.cones.flatMap(({ name }, k) => (name === undefined ? [] : [`      ${stringLiteral(name)}: $matrixGradients($outcome.z, $outcome.y)[${k}]!,`]));
  if (request.constraints.length === 0 && named.length === 0) return ['    const $multipliers = {};'];
  const kinds = request.constraints.map((_, k) => request.bounds.find((b) => b.constraint === k)?.side);
  const entries = request.constraints.map((c, k) => {
    const row = request.rows.findIndex((r) => r.constraint === k);
    if (row >= 0) return `      ${stringLiteral(c.name)}: $weights[${row}]!,`;
    const at = request.bounds.findIndex((b) => b.constraint === k);
    const { of, side, factor } = must(request.bounds[at], `bound of ${c.name}`);
    if (side === 'both') return `      ${stringLiteral(c.name)}: bothBounds($slopes[${of}]!, ${toNumber(factor)}),`;
    return `      ${stringLiteral(c.name)}: boundMultiplier($slopes[${of}]!, $bounds[${at}], '${side}', $${side}s[${of}]!, $taken[${of}]!, ${toNumber(factor)}),`;
  });
  return [
    ...(request.rows.some((r) => r.constraint !== undefined) ? ['    const $weights = splitInto($outcome.y, $rowShapes);'] : []),
    ...(kinds.some((kind) => kind !== undefined) ? ['    const $slopes = splitInto($evaluate($outcome.z, $outcome.y, new Float64Array($rows.least.length)).g, $solvedShapes);'] : []),
    ...(kinds.includes('lower') || kinds.includes('upper') ? ['    const $taken = $solvedShapes.map(() => new Set<string>());'] : []),
    '    const $multipliers = {',
    ...entries,
    ...named,
    '    };',
  ];
}

/** The gradients against differences at a random point. */
function selfTest(request: SolverRequest, made: SolverModule): string[] {
  const { model, nameOf } = made;
  const size = (d: Dim): number => sampleSize(d, model.sample);
  const used = usedArguments(must(found(made, functionNames.evaluate)), made);
  const penalties = new Set(request.rows.map((r) => nameOf(r.rho.name)));
  const form = (v: VariableNode): string => request.variables.find((o) => o.variable === v)?.structure ?? 'none';
  // Small enough to be weights that kinks allow.
  const kinks = new Set(request.rows.filter((r) => limitsOf(r).length > 0).map((r) => nameOf(r.y.name)));
  const drawn = used.map(({ name, variable }) => {
    const shape = `[${variable.shape.map(size).join(', ')}]`;
    const plain = kinks.has(name) ? `filled(${shape}, () => 1e-3 * draw())` : penalties.has(name) ? `filled(${shape}, () => 0)` : request.parameters.some((p) => p.variable === variable) ? sampleText(variable, size) : `filled(${shape}, draw)`;
    return `    ${name}: ${form(variable) === 'none' ? plain : `formed(${plain}, '${form(variable)}')`} as ${typeOf(variable.shape)},`;
  });
  const m = request.rows.length;
  const rows = request.rows.map((r, k) => ` + inner(numbersOf(point.${nameOf(r.y.name)}), numbersOf(values[${k + 1}]))`).join('');
  const steps = request.solved.flatMap(({ variable }, k) => {
    const name = nameOf(variable.name);
    if (!used.some((a) => a.name === name)) return [];
    const shape = `[${variable.shape.map(size).join(', ')}]`;
    const direction = form(variable) === 'none' ? `filled(${shape}, draw)` : `formed(filled(${shape}, draw), '${form(variable)}')`;
    return [
      '  {',
      `    const e = numbersOf(${direction});`,
      `    const along = (t: number): number => total({ ...point, ${name}: shaped(numbersOf(point.${name}).map((x, i) => x + t * 1e-3 * e[i]!), ${shape}) as ${typeOf(variable.shape)} });`,
      '    const slope = (along(-2) - 8 * along(-1) + 8 * along(1) - along(2)) / 12e-3;',
      `    errors.push(Math.abs(inner(numbersOf(gradients[${m + k + 1}]), e) - slope) / Math.max(1, Math.abs(slope)));`,
      '  }',
    ];
  });
  const passed = used.map((a) => `point.${a.name}`).join(', ');
  return [
    '/** The largest relative error of the gradients along random directions at a random point; RangeError where it is large. */',
    'export function selfTest(): number {',
    '  let [state, size] = [1, 1];',
    '  const draw = (_centre?: number): number => size * (0.3 + (1.2 * (state = (Math.imul(state, 1664525) + 1013904223) >>> 0)) / 2 ** 32);',
    '  const drawn = () => ({',
    ...drawn,
    '  });',
    '  let point = drawn();',
    '  const total = (point: { ' + used.map((a) => `readonly ${a.name}: ${typeOf(a.variable.shape)}`).join('; ') + ' }): number => {',
    `    const values = evaluateAll(${passed});`,
    `    return values[0]${rows};`,
    '  };',
    '  // Smaller numbers where these lie outside of the domain.',
    '  for (; size > 1e-3 && !Number.isFinite(total(point)); point = drawn()) size /= 2;',
    '  const errors: number[] = [];',
    `  const gradients = evaluateAll(${passed});`,
    ...steps,
    '  const worst = Math.max(0, ...errors);',
    '  demand(worst <= 1e-6, `gradients and differences disagree: ${worst}`);',
    '  return worst;',
    '}',
  ];
}
