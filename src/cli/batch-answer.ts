// One line of `ricci batch` to one line: the request, answered in a context of its own.

import { type Diagnostic, RicciError } from '../base/diagnostic.ts';
import { unreachable } from '../base/internal.ts';
import { inContext, newContext } from '../ir/expr.ts';
import { indexText, toLatex, toText, write } from '../lang/write.ts';
import { type CheckReport, type Derivation, derive } from '../pipeline.ts';
import { type Want, codeRequest, emitted, targetNamed, targetNames } from '../pipeline/code.ts';
import { certificationData, certify } from '../pipeline/certify.ts';
import { type Candidate, check } from '../pipeline/compare.ts';
import { type Evaluation, type Nested, type Values, evaluate, readValues } from '../pipeline/evaluate.ts';
import { withoutValues } from '../pipeline/declared.ts';
import { typeText } from '../pipeline/type-text.ts';
import { toNested } from '../ops/reference/dense.ts';
import { solverCode, solverTargets } from '../pipeline/solver-code.ts';
import type { Target } from '../ops/spell.ts';
import { type Given as Data, prepareModel, solutionData, solve } from '../solve/index.ts';
import { stepsOf } from '../pipeline/steps.ts';
import { valueOf } from './answer.ts';
import { suggestion } from './args.ts';
import { internalMessage } from './report.ts';
import {
  type CheckRequest,
  type DeriveRequest,
  type EvaluateRequest,
  type Request,
  type CodeRequest,
  type SolveRequest,
  problem,
  readRequest,
} from './request.ts';

/** Never throws; the answer is JSON without a newline. */
export function answerLine(line: string, most: { readonly seconds: number } = { seconds: Infinity }): string {
  const { id, request, diagnostics } = readRequest(line);
  if (!request) return refusal(id, diagnostics);
  try {
    return JSON.stringify({ id, ok: true, ...inContext(newContext(), () => answer(request, most.seconds)) });
  } catch (error) {
    return refusal(id, error instanceof RicciError ? onLines(request.text, error.diagnostics) : [internal(error)]);
  }
}

/** About a text of several lines: with the line of each, counted from one. */
function onLines(text: string, list: readonly Diagnostic[]): readonly (Diagnostic & { readonly line?: number })[] {
  if (!text.includes('\n')) return list;
  return list.map((d) => (d.source === undefined && d.span[1] > 0 ? { ...d, line: text.slice(0, d.span[0]).split('\n').length } : d));
}

export function refusal(id: unknown, diagnostics: readonly Diagnostic[]): string {
  return JSON.stringify({ id, ok: false, diagnostics });
}

function internal(error: unknown): Diagnostic {
  return problem('internal', internalMessage(error).slice(0, 500), {
    help: 'this is a bug of ricci: please report it with the request',
  });
}

function answer(request: Request, seconds: number): object {
  switch (request.kind) {
    case 'derive':
      return answerDerive(request);
    case 'evaluate':
      return answerEvaluate(request);
    case 'check':
      return answerCheck(request);
    case 'certify':
      return certificationData(certify(request.text, { by: request.by, ...(request.declare !== undefined && { declare: request.declare }) }));
    case 'solve':
      return answerSolve(request, seconds);
    case 'code':
      return answerCode(request);
    default:
      return unreachable(request);
  }
}

/** A program that solves the model, in each of the languages. */
function answerCode({ text, to }: CodeRequest): object {
  const unknown = to.find((name) => !solverTargets.some((t) => t === name));
  if (unknown !== undefined) throw new RicciError([problem('target-unknown', `no program that solves a model is written in ${unknown}`, { needed: solverTargets.join(', '), found: unknown, help: suggestion(unknown, solverTargets, '') ?? 'choose one of these' })]);
  const prepared = prepareModel(text);
  return { code: Object.fromEntries(solverTargets.filter((t) => to.includes(t)).map((t) => [t, solverCode(prepared, t).text])) };
}

function answerSolve({ text, data, start, tolerance, seconds: asked = Infinity }: SolveRequest, most: number): object {
  const seconds = Math.min(asked, most);
  const prepared = prepareModel(text);
  const solution = solve(prepared, (data ?? {}) as Data, {
    ...(start && { start: start as Data }),
    ...(tolerance !== undefined && { tolerance }),
    ...(Number.isFinite(seconds) && { limits: { seconds } }),
  });
  return { ...solutionData(solution), notices: onLines(text, solution.notices) };
}

function answerDerive({ text, at, steps, want, kind: _, ...options }: DeriveRequest): object {
  const values = at && readValues(at);
  const d = derive(text, { ...options, ...(values && { values }), ...(steps && { trace: true }) });
  return derivationData(d, {
    ...(values && withoutValues([d.shown], 'notice').length === 0 && { value: valueOf(d, values) }),
    ...(at && { given: at }),
    ...(steps && { steps }),
    ...(want && { code: sources(text, options.by, options.declare, want) }),
  });
}

/** One module for each target: the function with its gradient or Jacobian, or its Hessian for the same name twice. */
function sources(text: string, by: readonly string[], declare: string | undefined, want: readonly string[]): Record<string, string> {
  if (by.length > 2 || (by.length === 2 && by[0] !== by[1])) {
    throw new RicciError([problem('not-yet', 'code is written for first derivatives and Hessians only', { found: by.join(', '), help: 'leave want out, or derive by one name' })]);
  }
  const order: readonly Want[] = by.length === 2 ? ['hessian'] : ['gradient'];
  // The derivative has been checked already.
  const request = codeRequest(text, { by, want: order, points: 0, ...(declare !== undefined && { declare }) });
  return Object.fromEntries(want.map((name) => [name, emitted(request, target(name)).text]));
}

function target(name: string): Target {
  const found = targetNamed(name);
  if (found) return found;
  throw new RicciError([problem('target-unknown', `no code is written for ${name}`, { needed: targetNames.join(', '), found: name, help: suggestion(name, targetNames, '') ?? 'choose one of these' })]);
}

/** A derivation as data, for `batch` and `derive --json`. */
export function derivationData(
  d: Derivation,
  more: { value?: Nested; given?: Values; steps?: boolean; code?: Record<string, string> } = {},
): object {
  const notation = write(d.shown, { orientation: d.orientation });
  const notices = [
    ...d.notices,
    ...(more.value === undefined ? [] : notFinite(more.value)),
    ...(more.given && more.value === undefined ? withoutValues([d.shown], 'notice') : []),
    ...(more.given ? unused(more.given, d.reading.variables) : []),
  ];
  return {
    type: typeText(d.shown.shape, d.orientation),
    text: toText(notation),
    latex: toLatex(notation),
    index: indexText(d.shown),
    ...(more.value !== undefined && { value: more.value }),
    ...(d.check && { check: checkData(d.check) }),
    notices,
    excluded: d.domain.excluded,
    needs: d.domain.needs,
    ...(d.layout !== 'mixed' && { layout: d.layout }),
    ...(d.symmetric !== undefined && { symmetric: d.symmetric }),
    ...(more.steps && { steps: stepsOf(d) }),
    ...(more.code && { code: more.code }),
  };
}

function checkData({ points, worst, assumed, sizes }: CheckReport): object {
  return { points, worst, ...(assumed.length > 0 && { assumed }), ...(sizes.length > 0 && { sizes }) };
}

function answerEvaluate({ text, at, declare }: EvaluateRequest): object {
  return evaluationData(evaluate(text, at ?? {}, declare === undefined ? {} : { declare }), at ?? {});
}

/** An evaluation as data, for `batch` and `eval --json`. */
export function evaluationData(e: Evaluation, given: Values): object {
  return {
    type: typeText(e.expr.shape, e.orientation),
    text: toText(write(e.expr, { orientation: e.orientation })),
    value: e.value,
    notices: [...e.notices, ...notFinite(e.value), ...unused(given, e.reading.variables)],
  };
}

function answerCheck({ text, at, is, kind: _, ...options }: CheckRequest): object {
  const values = at && readValues(at);
  return candidateData(check(text, is, { ...options, ...(values && { values }) }));
}

/** A comparison as data, for `batch` and `check --json`. */
export function candidateData(c: Candidate): object {
  const { equal, worst, counterexample, slip } = c.comparison;
  return {
    equal,
    worst: Number.isFinite(worst) ? worst : null,
    ...(counterexample && {
      counterexample: {
        at: Object.fromEntries([...counterexample.values].map(([name, value]) => [name, toNested(value)])),
        derivative: toNested(counterexample.left),
        candidate: toNested(counterexample.right),
      },
    }),
    ...(slip !== undefined && { slip }),
    ...(!equal && { derivative: toText(write(c.derivation.derivative)) }),
    notices: c.notices,
  };
}

function notFinite(value: Nested): Diagnostic[] {
  const count = (v: Nested): number =>
    typeof v === 'number' ? (Number.isFinite(v) ? 0 : 1) : v.reduce((n: number, part) => n + count(part), 0);
  const bad = count(value);
  if (bad === 0) return [];
  const message = `${bad} ${bad === 1 ? 'entry of the value is' : 'entries of the value are'} not finite, written as null`;
  return [
    {
      code: 'value-not-finite',
      severity: 'notice',
      message,
      span: [0, 0],
      help: 'the values lie outside the domain, or on an excluded point',
    },
  ];
}

function unused(given: Values, variables: readonly { readonly name: string }[]): Diagnostic[] {
  return Object.keys(given)
    .filter((name) => name !== 'I' && !variables.some((v) => v.name === name))
    .map((name): Diagnostic => ({
      code: 'value-not-used',
      severity: 'notice',
      message: `the value of ${name} is not used`,
      span: [0, 0],
      help: `the expression has no variable ${name}`,
    }));
}
