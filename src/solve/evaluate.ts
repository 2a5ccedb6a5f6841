// Graphs as functions of the variables alone: parameters are fixed, and what they alone make is computed once.

import { must } from '../base/internal.ts';
import { type Expr, type VariableNode, currentContext, inContext } from '../ir/expr.ts';
import { variables as variablesOf } from '../ir/walk.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { compileKernel } from '../run/compile.ts';
import { interpreter } from '../run/interpret.ts';
import { sizeReader } from '../run/layout.ts';

/** Values of the graphs, for values of the variables by name. */
export type Evaluate = (variables: ReadonlyMap<string, Dense>) => readonly Dense[];

export interface Known {
  readonly parameters: ReadonlyMap<string, Dense>;
  readonly sizes: ReadonlyMap<string, number>;
}

/** The roots as one function, with what they share shared. It is made at its first call: many are never called. */
export function evaluator(roots: readonly Expr[], by: readonly VariableNode[], { parameters, sizes }: Known): Evaluate {
  const context = currentContext();
  const shapes = roots.map((r) => r.shape.map(sizeReader(sizes)));
  const lengths = shapes.map((s) => s.reduce((a, b) => a * b, 1));
  const used = new Set(variablesOf(roots));
  const inputs = by.filter((v) => used.has(v));
  let run: ReturnType<typeof compileKernel> | undefined;
  return (variables) => {
    run ??= inContext(context, () => {
      const fixed = [...used].filter((v) => !inputs.includes(v)).map((v) => [v.name, must(parameters.get(v.name), `value of ${v.name}`)] as const);
      return compileKernel(Object.fromEntries(roots.map((r, k) => [`r${k}`, r])), { inputs, sizes, fixed: Object.fromEntries(fixed) });
    });
    const out = lengths.map((n) => new Float64Array(n));
    run(
      inputs.map((v) => must(variables.get(v.name)).data),
      out,
    );
    return out.map((data, k) => ({ shape: must(shapes[k]), data }));
  };
}

/** The values of graphs at one point, where that is all that is asked. */
export function valuesAt(roots: readonly Expr[], variables: ReadonlyMap<string, Dense>, { parameters, sizes }: Known): readonly Dense[] {
  return interpreter(roots, sizes)(new Map([...parameters, ...variables]));
}
