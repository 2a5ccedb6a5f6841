// Applies one rule to one node, by hand, so that rules can be tested before and without the simplifier.

import { must } from '../../src/base/internal.ts';
import { scale } from '../../src/ir/build.ts';
import { type ContractNode, type Expr, contract, sum } from '../../src/ir/expr.ts';
import { has } from '../../src/ops/facts.ts';
import type { ProductRule } from '../../src/ops/op.ts';
import { allRules, rulesOf } from '../../src/ops/table.ts';

/** What the rule of that name makes of `e`; undefined when it does not apply. */
export function rewriteBy(name: string, e: Expr): Expr | undefined {
  const rule = must(
    allRules().find((r) => r.name === name),
    `rule ${name}`,
  );
  if (rule.at === 'apply') return e.kind === 'apply' ? rule.rewrite(e, has) : undefined;
  if (rule.at === 'product') return e.kind === 'contract' ? inProduct(rule, e) : undefined;
  if (e.kind !== 'sum') return undefined;
  const change = e.terms.keys().map((k) => rule.rewrite(e.terms, k)).find((c) => c !== undefined);
  return change && sum([...e.terms.filter((_, i) => !change.remove.includes(i)), ...change.add]);
}

function inProduct(rule: ProductRule, e: ContractNode): Expr | undefined {
  const factors = e.args.map((expr, i) => ({ expr, labels: must(e.labels[i]) }));
  const isPrivateTo = (label: number, own: readonly number[]): boolean =>
    !e.out.includes(label) && factors.every((f, i) => own.includes(i) || !f.labels.includes(label));
  for (const [k, { expr }] of factors.entries()) {
    const owned = expr.kind === 'apply' && rulesOf('product', expr.op).includes(rule);
    const change = owned ? rule.rewrite({ factors, out: e.out, isPrivateTo }, k, has) : undefined;
    if (!change) continue;
    const all = [...factors.filter((_, i) => !change.remove.includes(i)), ...change.add];
    const product = contract(
      all.map((f) => f.expr),
      all.map((f) => f.labels),
      e.out,
      e.shape,
    );
    return change.coef ? scale(change.coef, product) : product;
  }
  return undefined;
}
