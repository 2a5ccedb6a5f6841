// Graphs as functions of the variables alone: parameters are fixed, and what they alone make is computed once.

import { must } from '../base/internal.ts';
import { type Expr, type VariableNode, currentContext, inContext } from '../ir/expr.ts';
import { variables as variablesOf } from '../ir/walk.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { compileKernel } from '../run/compile.ts';
import { interpreter } from '../run/interpret.ts';
import { sizeReader } from '../run/layout.ts';
import type { Residents } from '../run/wasm/residents.ts';
import type { Csr } from '../base/csr.ts';

/** Values of the graphs, for values of the variables by name. */
export type Evaluate = (variables: ReadonlyMap<string, Dense>) => readonly Dense[];

/** The value of a parameter. Of a sparse one `data` is made when it is first asked for. */
export interface Parameter extends Dense {
  readonly sparse?: Csr;
}

export interface Known {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly sizes: ReadonlyMap<string, number>;
  /** Copies of the parameters that all functions of a solve share. */
  readonly residents?: Residents;
}

/** The roots as one function, with what they share shared. It is made at its first call: many are never called. */
export function evaluator(roots: readonly Expr[], by: readonly VariableNode[], { parameters, sizes, residents }: Known): Evaluate {
  const context = currentContext();
  const shapes = roots.map((r) => r.shape.map(sizeReader(sizes)));
  const lengths = shapes.map((s) => s.reduce((a, b) => a * b, 1));
  const used = new Set(variablesOf(roots));
  const inputs = by.filter((v) => used.has(v));
  let run: ReturnType<typeof compileKernel> | undefined;
  return (variables) => {
    run ??= inContext(context, () => {
      const fixed = [...used].filter((v) => !inputs.includes(v)).map((v) => [v.name, operand(must(parameters.get(v.name), `value of ${v.name}`))] as const);
      return compileKernel(Object.fromEntries(roots.map((r, k) => [`r${k}`, r])), { inputs, sizes, fixed: Object.fromEntries(fixed), ...(residents && { residents }) });
    });
    const out = lengths.map((n) => new Float64Array(n));
    run(
      inputs.map((v) => must(variables.get(v.name)).data),
      out,
    );
    return out.map((data, k) => ({ shape: must(shapes[k]), data }));
  };
}

function operand(value: Parameter): Dense | Csr {
  return value.sparse ?? value;
}

// From so many numbers on, the interpreter takes longer than making a function does.
const manyNumbers = 20_000;

/** The values of graphs at one point, by functions made for them where the parameters are large. */
export function valuesOnce(roots: readonly Expr[], variables: ReadonlyMap<string, Dense>, known: Known): readonly Dense[] {
  const used = variablesOf(roots);
  const isLarge = used.some((v) => {
    const parameter = known.parameters.get(v.name);
    return parameter !== undefined && parameter.shape.reduce((a, b) => a * b, 1) > manyNumbers;
  });
  if (!isLarge) return valuesAt(roots, variables, known);
  return evaluator(roots, used.filter((v) => variables.has(v.name)), known)(variables);
}

/** The values of graphs at one point, where that is all that is asked. */
export function valuesAt(roots: readonly Expr[], variables: ReadonlyMap<string, Dense>, { parameters, sizes }: Known): readonly Dense[] {
  return interpreter(roots, sizes)(new Map([...parameters, ...variables]));
}
