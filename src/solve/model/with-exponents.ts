// Exponents among the data as numbers: x.^p is a square for p = 2.

import { must } from '../../base/internal.ts';
import { once } from '../../base/once.ts';
import { type Expr, inContext, number } from '../../ir/expr.ts';
import { fromNumber } from '../../ir/rational.ts';
import { rewriteUp } from '../../ir/walk.ts';
import type { Model, ModelPart } from '../../lang/model.ts';
import type { ModelData } from './data.ts';
import { type PreparedModel, aboutSpectra } from './prepare.ts';

// Powers by whole numbers and halves up to this size are products, reciprocals and roots.
const largest = 8;
// Forms of the model that are kept.
const most = 8;

/** The model for exponents that are these numbers: the scalars among them that make a power a product or a root stand as numbers. */
export function withExponents(prepared: PreparedModel, { parameters }: Pick<ModelData, 'parameters'>): PreparedModel {
  const { model, context, fixed } = prepared;
  const scalars = model.parameters.filter((p) => p.shape.length === 0 && prepared.exponents().has(p.name));
  const numbers = scalars.flatMap((p) => {
    const value = must(parameters.get(p.name)).data[0]!;
    return Number.isInteger(2 * value) && Math.abs(value) <= largest ? [{ node: p.node, value }] : [];
  });
  if (numbers.length === 0) return prepared;
  const key = numbers.map(({ node, value }) => `${node.id} ${value}`).join();
  const found = fixed.get(key);
  if (found) return found;
  const made = inContext(context, (): PreparedModel => {
    const swap = new Map<Expr, Expr>(numbers.map(({ node, value }) => [node, number(fromNumber(value))]));
    const at = <P extends ModelPart>(part: P): P => ({ ...part, expr: rewriteUp(part.expr, (e) => swap.get(e) ?? e) });
    const own: Model = { ...model, objective: at(model.objective), constraints: model.constraints.map(at), starts: new Map([...model.starts].map(([name, part]) => [name, at(part)])) };
    return { ...prepared, model: own, ready: new Map(), judged: new Map(), fixed: new Map(), isAboutSpectra: once(() => aboutSpectra(own)) };
  });
  const [oldest] = fixed.keys();
  if (fixed.size >= most && oldest !== undefined) fixed.delete(oldest);
  fixed.set(key, made);
  return made;
}
