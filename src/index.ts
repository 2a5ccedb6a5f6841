/**
 * ricci: derivatives of matrix and tensor expressions, simplified and checked.
 *
 * @example
 * ```ts
 * import { derive, show } from 'ricci';
 *
 * const d = derive("norm2(A*x-y)^2", { by: ['x'] });
 * show(d);            // 2*A'*(A*x-y)
 * show(d, 'latex');   // 2 A^\top (A x - y)
 * ```
 *
 * Functions that take text throw a `RicciError` with every diagnostic when the text has errors; `read` returns them.
 * @module
 */

// From text to answers
export { type CheckReport, type Derivation, type DeriveOptions, derive } from './pipeline.ts';
export { type Evaluation, type Nested, type Values, evaluate, readValues } from './pipeline/evaluate.ts';
export { type CompileTextOptions, type DerivativeOptions, compile, hessian, planOf } from './pipeline/compile.ts';
export type { CompileOptions, CompiledMany, Csr, Input, Tensor } from './run/index.ts';
export type { Plan } from './plan/plan.ts';
export { type PlanRow, planRows } from './plan/table.ts';
export type { StructuredTensor } from './run/structured.ts';
export { type Candidate, type Comparison, check, compareWith } from './pipeline/compare.ts';
export { type Certification, type CertifyOptions, type ProofStep, certify, headline, proofSteps } from './pipeline/certify.ts';
export type { Verdict } from './certify/verdict.ts';
export { type StepLine, type Steps, stepsOf } from './pipeline/steps.ts';
export { type NotationName, show } from './pipeline/show.ts';
export type { Domain } from './pipeline/domain.ts';
export type { Layout } from './pipeline/layout.ts';
export type { SymmetricConvention } from './diff/structured.ts';

// Data files
export { type DataArray, type DataFile, toDense } from './data/array.ts';
export { readData } from './data/read.ts';
export { writeJson } from './data/json.ts';
export { writeNpz } from './data/npz.ts';
export { type DataEvaluation, type DataResult, type Sourced, evaluateData } from './pipeline/data.ts';

// What a user is told
export { type Diagnostic, type Note, RicciError, type Severity, type Source, type Span } from './base/diagnostic.ts';

// Text and graphs
export { type ReadOptions, type Reading, type VariableInfo, type VariableKind, read, readLatex } from './lang/read.ts';
export {
  type Notation,
  type WriteOptions,
  indexLatex,
  indexMathML,
  indexText,
  toLatex,
  toMathML,
  toText,
  toUnicode,
  write,
} from './lang/write.ts';
export { typeText } from './pipeline/type-text.ts';
export { type Dim, dim } from './ir/dim.ts';
export type { Fact, Facts } from './ir/fact.ts';
export { type Context, type Expr, type Shape, type VariableNode, inContext, newContext } from './ir/expr.ts';
export { functionNames } from './ops/table.ts';

// Passes over graphs
export { oneDerivative } from './pipeline.ts';
export { gradients, hvp, jvp, vjp } from './diff/differentiate.ts';
export { fast, normal, readable } from './simplify/pipelines.ts';

// From a model and its data to a verified optimum; ricci/solve has more
export { type Given, type Instance, type ModelOptions, type PreparedModel, type PathPoint, type Sensitivity, type Solution, instanceOf, prepareModel, sensitivities, solve, solveAsync, solvePath } from './solve/index.ts';
export { type Model, type ModelReading, readModel } from './lang/model.ts';
export { type SolverTarget, solverCode } from './pipeline/solver-code.ts';
