// Second derivatives full of unit tensors as core and pattern: the numbers that there are, and how they act.

import { must } from '../base/internal.ts';
import { add, scale } from '../ir/build.ts';
import { type Expr, type Term, type VariableNode, contract, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { isOne, one } from '../ir/rational.ts';
import { factsOf, isSymmetric } from '../ops/facts.ts';
import { fast } from '../simplify/pipelines.ts';
import { isOuter, isPattern } from '../plan/arrange.ts';

export interface Structured {
  /** The parts that are computed once; with their values as expressions of the arguments. */
  readonly cores: readonly { readonly variable: VariableNode; readonly value: Expr }[];
  /** The tensor applied to the direction, from the cores. */
  readonly apply: Expr;
}

/** Undefined when the tensor is best kept in full. The direction stands for its last axes. */
export function structured(H: Expr, direction: VariableNode): Structured | undefined {
  const terms: readonly Term[] = H.kind === 'sum' ? H.terms : [{ coef: one, arg: H }];
  if (!terms.some((t) => isPattern(t.arg))) return undefined;
  if (!terms.every((t) => isPattern(t.arg) || isOuter(t.arg))) return undefined;
  const cores = new Map<Expr, VariableNode>();
  const single = terms.length === 1;
  const core = (value: Expr): Expr => {
    if (value.kind === 'number' || value.kind === 'delta' || value.kind === 'size' || (value.kind === 'contract' && value.args.length === 0)) return value;
    const found = cores.get(value) ?? variable(`core ${cores.size}`, value.shape, facts(isSymmetric(value) ? ['symmetric'] : [...factsOf(value).has].filter((f) => f === 'diagonal')));
    cores.set(value, found);
    return found;
  };
  const rebuilt = terms.map(({ coef, arg }) => {
    const weight = (e: Expr): Expr => (isOne(coef) ? e : scale(coef, e));
    if (arg.kind !== 'contract') return weight(core(arg));
    if (!isPattern(arg)) return weight(contract(arg.args.map(core), arg.labels, arg.out, arg.shape));
    const own = [...new Set(arg.out)].filter((l) => arg.labels.some((mine) => mine.includes(l)));
    const inner = arg.args.length === 0 ? undefined : contract(arg.args, arg.labels, own);
    if (inner === undefined) return weight(arg);
    const value = single ? fast(weight(inner)) : fast(inner);
    const whole = contract([core(value)], [own], arg.out, arg.shape);
    return single ? whole : weight(whole);
  });
  if (cores.size === 0) return undefined;
  const all = rebuilt.length === 1 ? must(rebuilt[0]) : add(...rebuilt);
  const labels = H.shape.map((_, i) => i);
  const rank = direction.shape.length;
  const apply = fast(contract([all, direction], [labels, labels.slice(H.shape.length - rank)], labels.slice(0, H.shape.length - rank)));
  return { cores: [...cores].map(([value, v]) => ({ variable: v, value })), apply };
}
