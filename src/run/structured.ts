// Second derivatives as they are kept: the numbers of their cores, computed once for given values, and what they do.

import { must } from '../base/internal.ts';
import type { Expr, VariableNode } from '../ir/expr.ts';
import { contract, variable } from '../ir/expr.ts';
import { solution } from '../ops/matrix/solve.ts';
import { structured } from '../plan/structure.ts';
import { fast } from '../simplify/pipelines.ts';
import { type CompileOptions, type Values, compile } from './compile.ts';
import type { Input, Tensor } from './values.ts';

/** A linear map on tensors of the shape of a variable, at given values. */
export interface StructuredTensor {
  /** Such as "tied blocks" or "diagonal plus rank one"; "dense" where all entries are kept. */
  readonly form: string;
  /** The numbers that are kept. */
  readonly cores: readonly Tensor[];
  /** All entries, with the axes of the variable twice. For n×k variables these are n²k² numbers. */
  readonly dense: () => Tensor;
  /** The map applied to a tensor of the shape of the variable. */
  readonly apply: (direction: Input) => Tensor;
  /** What is mapped to `rhs`. Undefined where the form does not tell how; entries are not finite where the map is singular. */
  readonly solve?: (rhs: Input) => Tensor;
}

/**
 * `H` with axes [x, x] as a function of the values of its variables, compressed where it has structure.
 *
 * @example compileStructured(hessian, U)({ T, U, V }).apply(S) // of the shape of U
 */
export function compileStructured(H: Expr, by: VariableNode, options: CompileOptions = {}): (values: Values) => StructuredTensor {
  const direction = variable('direction of it', by.shape);
  const found = structured(fast(H), direction, fast);
  if (!found) return compileDense(H, direction, options);
  const { form } = found;
  const names = found.cores.map((c) => c.variable.name);
  const cores = compile(Object.fromEntries(found.cores.map((c) => [c.variable.name, c.value])), options);
  const { fixed: _, ...plain } = options;
  const whole = compile(found.dense, plain);
  const apply = compile(found.apply, plain);
  const solve = found.solve && compile(found.solve, plain);
  return (values) => {
    const kept = cores(values);
    return {
      form,
      cores: names.map((name) => must(kept[name])),
      dense: () => whole(kept),
      apply: (S) => apply({ ...kept, [direction.name]: S }),
      ...(solve && { solve: (R: Input) => solve({ ...kept, [direction.name]: R }) }),
    };
  };
}

function compileDense(H: Expr, direction: VariableNode, options: CompileOptions): (values: Values) => StructuredTensor {
  const whole = variable('core 0', H.shape);
  const rank = direction.shape.length;
  const labels = H.shape.map((_, i) => i);
  const entries = compile(H, options);
  const { fixed: _, ...plain } = options;
  const apply = compile(contract([whole, direction], [labels, labels.slice(rank)], labels.slice(0, rank)), plain);
  const solve = rank === 1 ? compile(solution(whole, direction), plain) : undefined;
  return (values) => {
    const core = entries(values);
    return {
      form: 'dense',
      cores: [core],
      dense: () => core,
      apply: (S) => apply({ [whole.name]: core, [direction.name]: S }),
      ...(solve && { solve: (R: Input) => solve({ [whole.name]: core, [direction.name]: R }) }),
    };
  };
}
